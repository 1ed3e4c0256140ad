"""Switching the plugin off and on again, and what is left of it."""

import gc
import sys
import threading

import qgis.utils
from processing.core.ProcessingConfig import ProcessingConfig
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication
from toolbox import shown

PLUGIN = "carbon_qgis"


def off(desktop):
    """Unload the plugin as the plugin manager does."""
    return qgis.utils.unloadPlugin(PLUGIN)


def on(desktop):
    """Load and start it again."""
    return qgis.utils.loadPlugin(PLUGIN) and qgis.utils.startPlugin(PLUGIN)


def traces(desktop):
    """What there is of the plugin in QGIS: modules, provider, threads, settings, translations, objects."""
    desktop.settle()
    gc.collect()
    provider = QgsApplication.processingRegistry().providerById("carbon")
    return {
        "modules": sorted(name for name in sys.modules if name.split(".")[0] == PLUGIN),
        "provider": provider is not None,
        "algorithms": len(provider.algorithms()) if provider is not None else 0,
        "problems": provider.problems if provider is not None else [],
        "toolbox": shown(desktop),
        "threads": _threads(),
        "settings": sorted(name for name, one in ProcessingConfig.settings.items() if one.group == "Carbon"),
        "icon": "Carbon" in ProcessingConfig.settingIcons,
        "objects": _objects(),
        "translated": QCoreApplication.translate("Carbon", "0 Start here"),
    }  # fmt: skip


def _threads():
    """Threads that Python started; those of QGIS's own pool are listed too, as dummies, once Python ran in them."""
    own = (threading.main_thread().__class__, threading._DummyThread)
    return sorted(thread.name for thread in threading.enumerate() if not isinstance(thread, own))


def _objects():
    """Classes of the plugin of which there are objects, those of plain values apart: `typing` remembers such."""
    found = {type(one) for one in gc.get_objects()}
    names = {"{}.{}".format(one.__module__, one.__name__) for one in found}
    return sorted(name for name in names if name.startswith(PLUGIN + ".") and ".core." not in name)
