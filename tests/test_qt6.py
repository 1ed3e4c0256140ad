"""Ready for Qt 6 (QGIS 4): what PyQt 6 took away is not used. Read from the sources; nothing is run.

test_architecture.py knows the enums of QGIS that this plugin uses; here the rule is general, so that a class nobody
thought of is found as well.
"""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "carbon_qgis"
#: The one file that may name field types of Qt 5, in the branch for QGIS before 3.38.
FIELD_TYPES = "carbon_qgis/algorithms/publish.py"

#: Nested classes and enums that are passed on or called, not members of an enum.
NESTED = re.compile(r"(Flags?|\w*Type|Behavior|Role|LayerOptions|SaveVectorOptions|WriterError|Stats)$")
#: Functions and constants of QGIS in capitals.
CONSTANTS = {"Qgis.QGIS_VERSION", "Qgis.QGIS_VERSION_INT", "Qgis.QGIS_RELEASE_NAME", "ProcessingConfig.settings"}

#: Methods that PyQt 6 does not have any more, and what to write instead.
GONE = {
    "exec_": "exec()",
    "toTime_t": "toSecsSinceEpoch()",
    "print_": "print()",
    "setMargin": "setContentsMargins()",
    "desktop": "QGuiApplication.primaryScreen()",
    "setTabStopWidth": "setTabStopDistance()",
    "globalPos": "globalPosition()",
}
#: Classes that moved or are gone.
MOVED = {
    "QRegExp": "QRegularExpression", "QRegExpValidator": "QRegularExpressionValidator", "QDesktopWidget": "QScreen",
    "QTextCodec": "str.encode", "QStringList": "list", "QString": "str",
    "QWebView": "QTextBrowser", "QMatrix": "QTransform",
}  # fmt: skip
MOVED_MODULE = {"QtWidgets": {"QAction", "QActionGroup", "QShortcut", "QUndoStack", "QUndoCommand"}}


@lru_cache(maxsize=None)
def sources():
    """(path, tree) of every Python file of the plugin."""
    return [
        (path.relative_to(REPOSITORY).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def dotted(node):
    """'a.b.c' of an attribute chain that begins with a name; '' otherwise."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return base + "." + node.attr if base else ""
    return ""


def foreign_qt(tree):
    """Imports of a binding by its own name: `qgis.PyQt` is the one that is there in both."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in ("PyQt4", "PyQt5", "PyQt6", "PySide2", "PySide6", "sip"):
                yield node.lineno, "{}: import from qgis.PyQt".format(name)


def imported_classes(tree):
    """Names that come from `qgis`, under which the file knows them."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis"
        for alias in node.names
    }  # fmt: skip


def unscoped_members(tree):
    """`Class.Member` in capitals of a class of QGIS or Qt, that is not the name of an enum on the way to a member."""
    classes = imported_classes(tree) | {"Qt", "Qgis"}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id not in classes or not node.attr[0].isupper() or id(node) in inner or id(node) in called:
            continue
        if node.value.id == "QVariant":
            continue  # field types have a rule of their own
        if dotted(node) not in CONSTANTS and not NESTED.search(node.attr):
            yield node.lineno, "{} lacks the name of its enum".format(dotted(node))


def gone_names(tree):
    """Methods and classes that PyQt 6 does not have, and imports from a module that they left."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GONE:
            yield node.lineno, "{}() is gone; write {}".format(node.func.attr, GONE[node.func.attr])
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt"):
            for alias in node.names:
                if alias.name in MOVED:
                    yield node.lineno, "{} is gone; use {}".format(alias.name, MOVED[alias.name])
                if alias.name in MOVED_MODULE.get((node.module or "").split(".")[-1], ()):
                    yield node.lineno, "{} is in QtGui from Qt 6 on; import it from qgis.PyQt.QtGui".format(alias.name)


def field_types(tree):
    """Types of Qt 5's QVariant, which Qt 6 replaced by QMetaType."""
    kinds = re.compile(r"QVariant\.(Type\.)?(Invalid|[A-Z][a-z]\w*)")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and kinds.fullmatch(dotted(node)):
            yield node.lineno, "{}: field types come from one helper".format(dotted(node))


RULES = (foreign_qt, unscoped_members, gone_names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_plugin_keeps_the_rule(rule):
    broken = ["{}:{}: {}".format(path, line, text) for path, tree in sources() for line, text in rule(tree)]
    assert not broken, "\n".join(broken)


def test_field_types_are_named_in_one_file_only():
    users = {path: [text for _, text in field_types(tree)] for path, tree in sources()}
    assert {path for path, found in users.items() if found} == {FIELD_TYPES}


def test_the_helper_takes_the_types_of_qt_6_first():
    """QVariant is imported inside the branch that QGIS before 3.38 takes, so its absence harms nobody."""
    tree = ast.parse((REPOSITORY / FIELD_TYPES).read_text(encoding="utf-8"))
    at_load = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert not any(alias.name == "QVariant" for node in at_load for alias in node.names)


def test_no_compiled_resources_and_forms():
    """Icons are files: pyrcc has no successor in PyQt 6."""
    assert not [path for path in PACKAGE.rglob("*") if path.suffix in (".qrc", ".ui") or path.name == "resources.py"]
    broken = [path for path, tree in sources() for node in ast.walk(tree)
              if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r":/\w+/", node.value)]
    assert not broken


BAD = [
    (foreign_qt, "from PyQt5.QtGui import QIcon"),
    (foreign_qt, "import PyQt6.QtCore"),
    (unscoped_members, "from qgis.core import QgsSomethingNew\nQgsSomethingNew.ThisOne"),
    (unscoped_members, "from qgis.core import QgsProcessing\nx = [QgsProcessing.TypeRaster]"),
    (unscoped_members, "from qgis.core import Qgis\nlog(level=Qgis.Critical)"),
    (unscoped_members, "from qgis.PyQt.QtCore import Qt\nf(Qt.AlignCenter)"),
    (gone_names, "dialog.exec_()"),
    (gone_names, "from qgis.PyQt.QtCore import QRegExp"),
    (gone_names, "from qgis.PyQt.QtWidgets import QAction"),
    (field_types, "QVariant.Int"),
    (field_types, "x = QVariant.Type.String"),
]
GOOD = [
    (foreign_qt, "from qgis.PyQt.QtGui import QIcon"),
    (unscoped_members, "from qgis.core import QgsProcessing\nQgsProcessing.SourceType.TypeRaster"),
    (unscoped_members, "from qgis.core import QgsMapLayer\nkinds = QgsMapLayer.Flag\nkinds.FlagA"),
    (unscoped_members, "from qgis.core import QgsVectorFileWriter\nQgsVectorFileWriter.SaveVectorOptions()"),
    (unscoped_members, "from qgis.core import Qgis\nQgis.QGIS_VERSION_INT >= 33800\nQgis.MessageLevel.Info"),
    (unscoped_members, "class Group:\n    A = 1\nGroup.A"),
    (gone_names, "dialog.exec()"),
    (gone_names, "from qgis.PyQt.QtGui import QAction"),
    (field_types, "QVariant()\nQMetaType.Type.Int"),
]  # fmt: skip


@pytest.mark.parametrize("rule, source", BAD)
def test_a_rule_refuses(rule, source):
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize("rule, source", GOOD)
def test_a_rule_allows(rule, source):
    assert not list(rule(ast.parse(source)))
