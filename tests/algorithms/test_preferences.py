"""Settings of the provider: listed under Options > Processing > Providers, read by runs, gone after unloading."""

import pytest
from processing.core.ProcessingConfig import ProcessingConfig, Setting
from qgis.core import QgsApplication, QgsProcessingContext, QgsSettings

from carbon_qgis.algorithms import preferences
from carbon_qgis.algorithms.inputs import Inputs
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.run_limits import DEVICE, MEMORY, NAMES, SCHEDULER, THREADS
from carbon_qgis.provider import CarbonProvider


@pytest.fixture(autouse=True)
def as_before(provider, monkeypatch):
    """No variables of the machine; settings and profile as they were."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    yield
    for name in NAMES:
        QgsSettings().remove("Processing/Configuration/" + name)
    preferences.add_settings(provider.name(), provider.icon())


def inputs(algorithm, **values):
    found = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + algorithm)
    return Inputs(found, values, QgsProcessingContext())


def test_the_settings_are_listed_under_the_name_of_the_provider(provider):
    listed = {setting.name: setting for setting in ProcessingConfig.getSettings()[provider.name()]}
    assert set(listed) == set(NAMES)
    assert listed[DEVICE].options == ["auto", "cpu", "cuda"] and listed[DEVICE].valuetype == Setting.SELECTION
    assert listed[MEMORY].valuetype == listed[THREADS].valuetype == Setting.INT
    assert listed[SCHEDULER].valuetype == Setting.STRING and listed[SCHEDULER].value == ""
    assert "(MB)" in listed[MEMORY].description


def test_runs_read_them():
    ProcessingConfig.setSettingValue(MEMORY, 200)
    ProcessingConfig.setSettingValue(THREADS, 3)
    settings = inputs("checkpooltable").settings()
    assert (settings.memory_mb, settings.threads) == (200, 3)


def test_the_scheduler_of_the_settings_or_the_environment_reaches_the_run(monkeypatch):
    assert inputs("checkpooltable").settings().scheduler == ""
    ProcessingConfig.setSettingValue(SCHEDULER, "10.0.0.5:8786")
    assert inputs("checkpooltable").settings().scheduler == "tcp://10.0.0.5:8786"
    monkeypatch.setenv(SCHEDULER, "tls://host:1")
    assert inputs("checkpooltable").settings().scheduler == "tls://host:1"
    with pytest.raises(ValueError, match="The Dask scheduler address of Carbon is 'nowhere'. Give host and port"):
        ProcessingConfig.settings[SCHEDULER].setValue("nowhere")


def test_no_threads_set_means_those_of_qgis(monkeypatch):
    monkeypatch.setattr(QgsApplication, "maxThreads", staticmethod(lambda: 5))
    assert inputs("checkpooltable").settings().threads == 5
    monkeypatch.setattr(QgsApplication, "maxThreads", staticmethod(lambda: -1))
    assert inputs("checkpooltable").settings().threads is None


def test_the_environment_goes_first(monkeypatch):
    ProcessingConfig.setSettingValue(MEMORY, 200)
    monkeypatch.setenv(MEMORY, "64")
    assert inputs("checkpooltable").settings().memory_mb == 64


def test_the_device_of_training_is_the_one_set_unless_the_run_names_one():
    p = inputs("traindensity", DEVICE="auto")
    assert p.device("DEVICE") == "auto"
    ProcessingConfig.setSettingValue(DEVICE, 1)
    assert p.device("DEVICE") == "cpu"
    assert inputs("traindensity", DEVICE="cuda").device("DEVICE") == "cuda"


def test_the_options_dialog_is_told_why_a_value_is_refused():
    with pytest.raises(ValueError, match="The memory budget of Carbon is '5'. Give a whole number of MB from 16"):
        ProcessingConfig.settings[MEMORY].setValue("5")
    assert ProcessingConfig.getSetting(MEMORY) == 96


def test_a_bad_value_stops_a_run_in_plain_words(monkeypatch):
    monkeypatch.setenv(THREADS, "many")
    with pytest.raises(InputError, match="CARBON_THREADS is 'many'"):
        inputs("checkpooltable").settings()


def test_values_of_the_profile_are_read_when_the_provider_loads(provider):
    QgsSettings().setValue("Processing/Configuration/" + MEMORY, "300")
    QgsSettings().setValue("Processing/Configuration/" + DEVICE, 2)
    preferences.add_settings(provider.name(), provider.icon())
    assert preferences.limits().memory_mb == 300 and preferences.limits().device == "cuda"


def test_unloading_leaves_nothing_behind():
    fresh = CarbonProvider()
    fresh.load()
    fresh.unload()
    assert not set(NAMES) & set(ProcessingConfig.settings)
    assert fresh.name() not in ProcessingConfig.getSettings() and fresh.name() not in ProcessingConfig.settingIcons
    assert preferences.limits().memory_mb == 96  # a run still has its defaults
    fresh.unload()  # twice does no harm
