"""Ready for Qt 6 (QGIS 4): what PyQt 6 took away is not used. Read from the sources; nothing is run.

architecture_rules.py knows the enums of QGIS that this plugin uses; here the rule is general, so that a class nobody
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

#: Enums that are passed on as such. By their whole names: a pattern for them would let `Qt.UserRole` pass as well.
ENUMS = {
    "QMetaType.Type", "Qgis.WkbType", "QgsMapLayer.Flag", "QgsProcessingAlgorithm.Flag",
    "QgsProcessingParameterDefinition.Flag", "QgsProcessingParameterField.DataType", "QgsWkbTypes.Type",
}  # fmt: skip
#: Constants of QGIS in capitals.
CONSTANTS = {"Qgis.QGIS_VERSION", "Qgis.QGIS_VERSION_INT", "Qgis.QGIS_RELEASE_NAME"}

#: Methods that PyQt 6 does not have any more, and what to write instead.
GONE = {
    "exec_": "exec()",
    "print_": "print()",
    "toTime_t": "toSecsSinceEpoch()",
    "setTime_t": "setSecsSinceEpoch()",
    "fromTime_t": "fromSecsSinceEpoch()",
    "setMargin": "setContentsMargins()",
    "desktop": "QGuiApplication.primaryScreen()",
    "setTabStopWidth": "setTabStopDistance()",
    "globalPos": "globalPosition()",
    "byteCount": "sizeInBytes()",
    "setResizeMode": "setSectionResizeMode()",
}
#: Classes that are gone.
MOVED = {
    "QRegExp": "QRegularExpression", "QRegExpValidator": "QRegularExpressionValidator", "QDesktopWidget": "QScreen",
    "QTextCodec": "str.encode", "QStringList": "list", "QString": "str", "qApp": "QApplication.instance()",
    "QWebView": "QTextBrowser", "QWebPage": "QTextBrowser", "QMatrix": "QTransform",
}  # fmt: skip
#: Modules that are gone, also from `qgis.PyQt`.
GONE_MODULES = {"Qt", "QtWebKit", "QtWebKitWidgets", "QtScript", "QtXmlPatterns"}
#: QAction and QShortcut moved from QtWidgets to QtGui. `qgis.PyQt.QtWidgets` has them in Qt 6 too; `qgis.PyQt.QtGui`
#: of QGIS 3.22 does not have them.
IN_WIDGETS = {"QAction", "QShortcut"}
#: These moved likewise, and no module of `qgis.PyQt` has them in both.
NOWHERE_IN_BOTH = {"QActionGroup", "QUndoStack", "QUndoGroup", "QUndoCommand", "QFileSystemModel", "QSvgWidget"}
#: Sets of flags that had a class of their own in PyQt 5; PyQt 6 has the enum alone.
FLAG_SETS = re.compile(
    r"Qt\.(Alignment|Orientations|WindowFlags|WindowStates|ItemFlags|KeyboardModifiers|MouseButtons|DropActions|Edges"
    r"|MatchFlags|TextInteractionFlags|InputMethodHints|ToolBarAreas|DockWidgetAreas|FindChildOptions|GestureFlags)"
)
#: Settings that are always on in Qt 6, and whose names are gone.
ALWAYS_ON = re.compile(r"Qt\.(ApplicationAttribute\.)?AA_(EnableHighDpiScaling|UseHighDpiPixmaps)")
#: Signals that had one overload for texts and one for numbers.
SIGNALS = {"activated", "currentIndexChanged", "highlighted", "valueChanged", "buttonClicked", "textHighlighted"}
#: Modules of Qt as `from qgis.PyQt import QtCore` names them.
QT_MODULES = {"QtCore", "QtGui", "QtNetwork", "QtPrintSupport", "QtSql", "QtSvg", "QtTest", "QtWidgets", "QtXml"}


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


def own_name(node):
    """'Qt.AlignLeft' of both `Qt.AlignLeft` and `QtCore.Qt.AlignLeft`; '' where it is no chain of names."""
    name = dotted(node)
    first, _, rest = name.partition(".")
    return rest if first in QT_MODULES else name


def unscoped_members(tree):
    """`Class.Member` of a class of QGIS or Qt, that is not the name of an enum on the way to a member."""
    classes = imported_classes(tree) | {"Qt", "Qgis"}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or id(node) in inner or id(node) in called:
            continue
        name = own_name(node)
        owner, _, member = name.partition(".")
        if not member or "." in member or owner == "QVariant":
            continue  # field types have a rule of their own
        if owner not in classes and name == dotted(node):
            continue
        # Colours (`Qt.red`) are the only members in small letters; of any other class they may be methods.
        if (member[0].isupper() or owner == "Qt") and name not in CONSTANTS | ENUMS:
            yield node.lineno, "{} lacks the name of its enum (an enum itself goes into ENUMS)".format(name)


def enums_as_numbers(tree):
    """`int(Qt.Something)`: most enums of PyQt 6 are no numbers."""
    classes = imported_classes(tree) | {"Qt", "Qgis"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int" and node.args:
            parts = own_name(node.args[0]).split(".")
            if len(parts) > 1 and parts[0] in classes and parts[-1][0].isupper() and not parts[-1].isupper():
                yield node.lineno, "int({}): enums are no numbers in PyQt 6".format(".".join(parts))


def gone_names(tree):
    """Methods, classes and modules that PyQt 6 does not have, and imports from a module that they left."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _gone_attribute(node)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("qgis.PyQt.") and alias.name.split(".")[2] in GONE_MODULES:
                    yield node.lineno, "{} is gone".format(alias.name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt"):
            module = node.module.split(".")[-1]
            if module in GONE_MODULES:
                yield node.lineno, "{} is gone".format(node.module)
            for alias in node.names:
                yield from _gone_import(node, module, alias.name)


def _gone_attribute(node):
    module, _, rest = dotted(node).partition(".")
    if node.attr in GONE:
        yield node.lineno, "{}() is gone; write {}".format(node.attr, GONE[node.attr])
    if module in QT_MODULES and rest and "." not in rest:
        yield from _gone_import(node, module, rest)
    if FLAG_SETS.fullmatch(own_name(node)):
        yield node.lineno, "{} is gone; PyQt 6 has the enum alone".format(own_name(node))
    if ALWAYS_ON.fullmatch(own_name(node)):
        yield node.lineno, "{} is gone; Qt 6 always does it".format(own_name(node))
    if node.attr == "width" and isinstance(node.value, ast.Call):
        if dotted(node.value.func).split(".")[-1] in ("fontMetrics", "QFontMetrics", "QFontMetricsF"):
            yield node.lineno, "QFontMetrics.width() is gone; write horizontalAdvance()"


def _gone_import(node, module, name):
    if name in MOVED:
        yield node.lineno, "{} is gone; use {}".format(name, MOVED[name])
    if module == "PyQt" and name in GONE_MODULES:
        yield node.lineno, "qgis.PyQt.{} is gone".format(name)
    if name in IN_WIDGETS and module != "QtWidgets":
        yield node.lineno, "{}: take it from qgis.PyQt.QtWidgets, which has it on every QGIS".format(name)
    if name in NOWHERE_IN_BOTH:
        yield node.lineno, "{} is in other modules in Qt 5 and 6: it needs a try of both".format(name)


def fragile_calls(tree):
    """Overloads that PyQt 6 dropped: signals by type, addAction(text, object, slot), old constructors of QDateTime."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            index = getattr(node.slice, "value", node.slice)  # Python 3.8 wraps it
            if isinstance(index, ast.Name) and index.id in ("str", "int") and node.value.attr in SIGNALS:
                yield node.lineno, "{}[{}] is gone; PyQt 6 has one signal".format(node.value.attr, index.id)
        elif isinstance(node, ast.Call):
            name = dotted(node.func).split(".")[-1]
            first = node.args[0] if node.args else None
            of_a_date = isinstance(first, ast.Call) and dotted(first.func).split(".")[-1] == "QDate"
            if isinstance(node.func, ast.Attribute) and node.func.attr == "addAction" and len(node.args) > 3:
                yield node.lineno, "addAction() with a slot: connect the QAction instead"
            if name == "QDateTime" and (len(node.args) > 3 or (len(node.args) == 1 and of_a_date)):
                yield node.lineno, "QDateTime of numbers is gone; write QDateTime(QDate(...), QTime(...))"


def field_types(tree):
    """Types of Qt 5's QVariant, which Qt 6 replaced by QMetaType."""
    kinds = re.compile(r"QVariant\.(Type\.)?(Invalid|[A-Z][a-z]\w*)")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and kinds.fullmatch(dotted(node)):
            yield node.lineno, "{}: field types come from one helper".format(dotted(node))


RULES = (foreign_qt, unscoped_members, enums_as_numbers, gone_names, fragile_calls)


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
    broken = [
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r":/\w+/", node.value)
    ]
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
    (unscoped_members, "from qgis.PyQt.QtCore import Qt\nf(Qt.red)"),
    (unscoped_members, "from qgis.PyQt.QtCore import Qt\nitem.data(0, Qt.UserRole)"),
    (unscoped_members, "from qgis.PyQt.QtCore import Qt\nx = Qt.NoItemFlags"),
    (unscoped_members, "from qgis.PyQt import QtCore\nx = QtCore.Qt.AlignLeft"),
    (unscoped_members, "from qgis.PyQt import QtWidgets\nx = QtWidgets.QMessageBox.AcceptRole"),
    (unscoped_members, "from qgis.PyQt.QtCore import QEvent\nx = event.type() == QEvent.KeyPress"),
    (enums_as_numbers, "from qgis.PyQt.QtCore import Qt\nint(Qt.ItemDataRole.UserRole)"),
    (gone_names, "from qgis.PyQt.QtGui import QAction"),
    (gone_names, "from qgis.PyQt import QtGui\nQtGui.QAction('x', None)"),
    (gone_names, "from qgis.PyQt.QtWidgets import QActionGroup"),
    (gone_names, "button.clicked.connect(dialog.exec_)"),
    (gone_names, "from qgis.PyQt import QtCore\nQtCore.QRegExp('x')"),
    (gone_names, "from qgis.PyQt.QtWebKitWidgets import QWebView"),
    (gone_names, "from qgis.PyQt import QtWebKit"),
    (gone_names, "import qgis.PyQt.QtWebKit"),
    (gone_names, "from qgis.PyQt.Qt import QFont"),
    (gone_names, "from qgis.PyQt.QtCore import Qt\nlabel.setAlignment(Qt.Alignment(4))"),
    (gone_names, "QApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)"),
    (gone_names, "self.fontMetrics().width('x')"),
    (fragile_calls, "box.currentIndexChanged[str].connect(f)"),
    (fragile_calls, "menu.addAction(icon, 'text', self, self.run)"),
    (fragile_calls, "QDateTime(QDate(2020, 1, 1))"),
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
    (unscoped_members, "from qgis.PyQt import QtCore\nx = QtCore.Qt.AlignmentFlag.AlignLeft\nQtCore.QTimer(parent)"),
    (unscoped_members, "import os\nos.O_RDONLY\nself.Something"),
    (enums_as_numbers, "from qgis.core import Qgis\nint(Qgis.QGIS_VERSION_INT)\nint(text)"),
    (gone_names, "from qgis.PyQt.QtWidgets import QAction, QShortcut\nrect.width()"),
    (fragile_calls, "values[int].connect\nQDateTime(QDate(2020, 1, 1), QTime(0, 0))\nmenu.addAction(action)"),
    (field_types, "QVariant()\nQMetaType.Type.Int"),
]  # fmt: skip


@pytest.mark.parametrize("rule, source", BAD)
def test_a_rule_refuses(rule, source):
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize("rule, source", GOOD)
def test_a_rule_allows(rule, source):
    assert not list(rule(ast.parse(source)))
