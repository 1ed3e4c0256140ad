"""The settings of the plugin under Options > Processing > Providers > Carbon, and what is in force in a run."""

import importlib.util
import os
from typing import Any, Dict

from qgis.PyQt.QtGui import QIcon

from ..core.errors import InputError
from ..core.run_limits import (
    DEFAULTS,
    DEVICE,
    DEVICES,
    MEMORY,
    NAMES,
    SCHEDULER,
    THREADS,
    RunLimits,
    checked,
    run_limits,
)  # fmt: skip
from .parameters import tr


def add_settings(group: str, icon: QIcon) -> None:
    """Add the settings to QGIS's list, with the values that the user's profile keeps."""
    if not _has_processing():
        return
    from processing.core.ProcessingConfig import ProcessingConfig, Setting

    ProcessingConfig.setGroupIcon(group, icon)
    titles = {
        MEMORY: tr("Memory budget of a run (MB)"),
        THREADS: tr("Threads of a run (0: as QGIS)"),
        DEVICE: tr("Device that trains networks"),
        SCHEDULER: tr("Dask scheduler address (empty: this machine)"),
    }
    kinds = {DEVICE: Setting.SELECTION, SCHEDULER: Setting.STRING}
    for name in NAMES:
        kind = kinds.get(name, Setting.INT)
        options = list(DEVICES) if name == DEVICE else None
        ProcessingConfig.addSetting(
            Setting(group, name, titles[name], DEFAULTS[name], False, kind, _validator(name), options)
        )
    ProcessingConfig.readSettings()


def remove_settings(group: str) -> None:
    """Take the settings from QGIS's list; the values stay in the profile for the next time."""
    if not _has_processing():
        return
    from processing.core.ProcessingConfig import ProcessingConfig

    for name in NAMES:
        if name in ProcessingConfig.settings:
            ProcessingConfig.removeSetting(name)
    ProcessingConfig.settingIcons.pop(group, None)


def limits() -> RunLimits:
    """What this run may use.

    Raises
    ------
    InputError
        If an environment variable or a setting has a value that cannot be used.
    """
    return run_limits(stored(), os.environ)


def stored() -> Dict[str, Any]:
    """Values as QGIS keeps them. Only a dictionary of Python is read, so any thread may ask."""
    if not _has_processing():
        return {}
    from processing.core.ProcessingConfig import ProcessingConfig

    return {name: ProcessingConfig.getSetting(name, True) for name in NAMES}


def _has_processing() -> bool:
    """Whether QGIS's own Processing plugin is there; a script that loads the provider alone has none."""
    return importlib.util.find_spec("processing") is not None


def _validator(name: str):
    """The check that QGIS's options dialog makes; it shows the text of a ValueError."""

    def validate(value):
        try:
            checked(name, value)
        except InputError as error:
            raise ValueError(str(error)) from error

    return validate
