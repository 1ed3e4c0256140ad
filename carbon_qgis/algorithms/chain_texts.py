"""The Modeler chains in the language of QGIS: the texts of a .model3 file are looked up when it is read."""

from typing import Any

from qgis.core import QgsProcessingModelAlgorithm, QgsXmlUtils
from qgis.PyQt.QtCore import QFile, QIODevice
from qgis.PyQt.QtXml import QDomDocument

from .. import translation
from .parameters import tr

#: Where a text of the canvas stands in the file: names of the chain, of its steps, inputs, outputs, notes and boxes.
TEXT_KEYS = ("model_name", "model_group", "component_description", "description", "help")
#: File dialogs: a text, then the endings.
FILTER_KEYS = ("filefilter", "file_filter")


def read_chain(model: QgsProcessingModelAlgorithm, path: str) -> bool:
    """Read a .model3 file into `model`, its texts in the language of QGIS. Names and ids stay as they are."""
    # Not `model.fromFile`: a subclass may come here from its constructor, before its own methods can be called.
    if not translation.active():
        return QgsProcessingModelAlgorithm.fromFile(model, path)
    file, document = QFile(path), QDomDocument()
    if not file.open(QIODevice.OpenModeFlag.ReadOnly) or not _parsed(document, file):
        return False
    return model.loadVariant(_translated(QgsXmlUtils.readVariant(document.firstChildElement())))


def _parsed(document: QDomDocument, file: QFile) -> bool:
    # Qt 5 returns a tuple, Qt 6.5 and later an object.
    found = document.setContent(file)
    return bool(found[0] if isinstance(found, tuple) else found) and not getattr(found, "errorMessage", "")


def _translated(value: Any) -> Any:
    """The same content, with every text that the user reads looked up."""
    if isinstance(value, list):
        return [_translated(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _text(name, item) if isinstance(item, str) else _part(name, item) for name, item in value.items()}


def _part(name: str, value: Any) -> Any:
    if name == "help" and isinstance(value, dict):  # of the chain: a text for each input
        return {key: _text(name, item) if isinstance(item, str) else item for key, item in value.items()}
    return _translated(value)


def _text(name: str, text: str) -> str:
    if not text:
        return text
    if name in FILTER_KEYS:
        title, separator, endings = text.partition(" (")
        return tr(title) + separator + endings
    return tr(text) if name in TEXT_KEYS else text
