"""Every name of QGIS and Qt in the plugin's sources exists in the QGIS that runs the tests.

test_qt6.py reads the sources and knows what Qt 6 took away; this looks the rest up: an enum scoped by a name that only
a newer QGIS has, a class that moved. A line that no other test reaches is met here as well.
"""

import ast
import importlib

import pytest

from tests.test_qt6 import dotted, sources

#: (file, name) that stand in a branch for another version of QGIS, and that branch.
OTHER_VERSIONS = {
    ("carbon_qgis/algorithms/publish.py", "Qgis.WkbType"): "QGIS 3.30 and later",
}


def imported(tree):
    """Name in the file -> (module, name) of everything that comes from `qgis`."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis"
        for alias in node.names
    }


def absent(path, tree):
    """What the file takes from QGIS and this QGIS does not have."""
    names = imported(tree)
    found = {}
    for name, (module, original) in names.items():
        if not hasattr(importlib.import_module(module), original):
            yield "{}: {} has no {}".format(path, module, original)
        else:
            found[name] = getattr(importlib.import_module(module), original)
    for node in ast.walk(tree):
        first, *rest = dotted(node).split(".") if isinstance(node, ast.Attribute) else [""]
        # Of `iface`, which is an object and absent here, nothing can be looked up.
        if first not in found or not isinstance(found[first], type) or (path, dotted(node)) in OTHER_VERSIONS:
            continue
        value = found[first]
        for part in rest:
            if not hasattr(value, part):
                yield "{}:{}: {} has no {}".format(path, node.lineno, dotted(node), part)
                break
            value = getattr(value, part)


def test_every_name_exists():
    missing = [line for path, tree in sources() for line in absent(path, tree)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    "source, word",
    [
        ("from qgis.core import QgsNoSuchThing", "qgis.core has no QgsNoSuchThing"),
        ("from qgis.core import Qgis\nQgis.NoSuchEnum.Member", "has no NoSuchEnum"),
        ("from qgis.PyQt.QtCore import Qt as qt\nqt.DateFormat.NoSuch", "has no NoSuch"),
    ],
)
def test_what_is_absent_is_found(source, word):
    assert any(line.endswith(word) for line in absent("some.py", ast.parse(source)))
