"""What a message sends its reader to exists under that name: algorithms, parameters, and what QGIS calls its own."""

import ast
import re
from pathlib import Path

from qgis.core import QgsApplication

ROOT = Path(__file__).resolve().parents[2]
#: Of QGIS and of the dialogs of the plugin.
KNOWN = {
    "Advanced", "Advanced parameters", "Centroids", "Check validity", "Dask scheduler address", "Edit Model",
    "Export > Save Features As", "Fix geometries", "Help", "Inputs", "Multipart to singleparts", "Save As",
    "Segmentize",
}  # fmt: skip
#: Quoted for another reason: abbreviations.
NO_NAMES = {"Mar", "Mg"}
_QUOTED = re.compile(r"(?<![A-Za-z0-9])'([A-Z][a-z]+(?: [^'{}]{1,70}|-[^'{}]{1,70})?)'")


def titles():
    """Titles of algorithms, whole and without what stands in brackets at their end; titles of parameters."""
    found = set(KNOWN | NO_NAMES)
    for algorithm in QgsApplication.processingRegistry().providerById("carbon").algorithms():
        name = algorithm.displayName()
        found |= {name, re.sub(r" \([^()]*\)$", "", name)}
        found |= {definition.description() for definition in algorithm.parameterDefinitions()}
    return found


def quoted():
    """(file, line, phrase) of everything in quotes that begins as a title does, in texts and not in code."""
    files = sorted((ROOT / "carbon_qgis").rglob("*.py")) + sorted((ROOT / "scripts").glob("chain*.py"))
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for phrase in _QUOTED.findall(node.value):
                    yield path.relative_to(ROOT), node.lineno, phrase


def test_every_name_in_quotes_exists():
    known, found = titles(), list(quoted())
    assert len(found) > 60
    wrong = ["{}:{}: '{}'".format(*each) for each in found if each[2] not in known]
    assert not wrong, "\n".join(wrong)
