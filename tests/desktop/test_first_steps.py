"""What a new user does: the sample project from '0 Start here', then the chains of the project in the Modeler."""

import pytest


@pytest.mark.slow
def test_the_sample_arrives_and_its_chains_can_be_edited(desktop, window):
    loaded = desktop("first_steps", "load")
    assert loaded["ok"]
    assert len(loaded["layers"]) == loaded["results"]["LAYERS"] == 23
    assert all(layer["valid"] for layer in loaded["layers"])
    assert len(loaded["models"]) == loaded["results"]["MODELS"] == 4
    for title in loaded["models"]:
        found = desktop("first_steps", "edit", title=title)
        assert title in found["title"]
        assert found["valid"] == []
        assert found["steps"] >= 4 and found["items"] > found["steps"]
    # The Modeler keeps the algorithms of what it showed for as long as QGIS runs: later tests get another window.
    assert window.close() == 0
