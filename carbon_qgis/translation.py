"""The language of the toolbox: the catalogue for QGIS's locale, in force while the plugin is loaded.

English is the language of the source and needs no file. Texts are looked up by `algorithms.parameters.tr`.
"""

import os
from typing import Optional

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

CATALOGUE_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "i18n")
#: What marks a locale of the one script and of the other; Chinese without a mark is taken for simplified.
_SIMPLIFIED, _TRADITIONAL = {"hans"}, {"hant", "tw", "hk", "mo"}

#: Qt forgets a translator that Python lets go.
_installed: Optional[QTranslator] = None


def interface_locale() -> str:
    """The locale of QGIS's texts, such as 'zh-Hans', 'zh_CN' or 'en'.

    The window writes `locale/userLocale` at every start, whether it comes from the options, from `--lang` or from the
    system. Without a window the setting counts only where the options say that it overrides the system.
    """
    settings = QgsSettings()
    chosen = str(settings.value("locale/userLocale", "") or "")
    overrides = settings.value("locale/overrideFlag", False, type=bool)
    if chosen and (overrides or QgsApplication.platform() == "desktop"):
        return chosen
    return QLocale.system().name()


def catalogue(locale: str) -> Optional[str]:
    """Path of the catalogue for a locale; None for English, and for languages without one."""
    parts = locale.replace("-", "_").partition(".")[0].lower().split("_")
    if parts[0] != "zh":
        return None
    marks = set(parts[1:])
    if marks & _TRADITIONAL and not marks & _SIMPLIFIED:
        return None
    path = os.path.join(CATALOGUE_FOLDER, "carbon_zh_CN.qm")
    return path if os.path.exists(path) else None


def install(locale: Optional[str] = None) -> bool:
    """Put the catalogue for `locale` (by default QGIS's) in force; whether there is one."""
    global _installed
    remove()
    path = catalogue(interface_locale() if locale is None else locale)
    translator = QTranslator()
    if path is None or not translator.load(path) or not QCoreApplication.installTranslator(translator):
        return False
    _installed = translator
    return True


def active() -> bool:
    """Whether a catalogue is in force."""
    return _installed is not None


def remove() -> None:
    """Back to English."""
    global _installed
    if _installed is not None:
        QCoreApplication.removeTranslator(_installed)
        _installed = None
