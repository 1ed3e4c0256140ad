"""Real qgis_process runs of the packaged plugin."""

import pytest

from tests.headless.headless_helpers import runner


@pytest.fixture(scope="session")
def qgis_process(qgis_environment):
    """Runs qgis_process with the packaged plugin and what QGIS itself ships."""
    run = runner(qgis_environment)
    code, text = run("plugins", "enable", "carbon_qgis")
    assert code == 0, text
    return run


@pytest.fixture(scope="session")
def qgis_process_models(qgis_process, models_environment):
    """The same with the model packages; both have one profile, in which `qgis_process` has enabled the plugin."""
    return runner(models_environment)
