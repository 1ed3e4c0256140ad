"""Switched off nothing is left of the plugin; switched on again everything is there once."""

NOTHING = {
    "modules": [], "provider": False, "algorithms": 0, "problems": [], "toolbox": None, "threads": [], "settings": [],
    "icon": False, "objects": [], "translated": "0 Start here",
}  # fmt: skip


def test_unloading_leaves_nothing_behind_and_loading_again_brings_all(desktop, sample):
    """Also after a run, whose styles and threads must not hold the modules."""
    data = sample / "plum_island"
    parameters = {"LANDCOVER": str(data / "landcover_1999.tif"), "YEAR": 1999, "POOLS": str(data / "pools.csv")}
    assert desktop("running", "run", algorithm="carbon:carbonstock", parameters=parameters)["ok"]
    before = desktop("plugin", "traces")
    assert before["algorithms"] >= 38 and before["problems"] == [] and before["threads"] == []
    for _ in range(2):
        assert desktop("plugin", "off")
        assert desktop("plugin", "traces") == NOTHING
        assert desktop("plugin", "on")
        again = desktop("plugin", "traces")
        assert {name: again[name] for name in again if name not in ("modules", "objects")} == {
            name: before[name] for name in before if name not in ("modules", "objects")
        }
    assert len(desktop("options", "listed")) == 1
