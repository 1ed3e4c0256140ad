"""The rules that keep the house in order, for the syntax tree of one file of the plugin.

Imports point down: algorithms -> core -> core/raster -> rasterio. The core knows no QGIS, two algorithms do
not know each other, nothing heavy is imported at load, nothing that can run foreign code is read.

A rule is a function ``rule(module) -> iterable of (line, message)``. tests/test_architecture.py applies them.
"""
import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "carbon_qgis"
MAX_LINES = 500
GROUPS = {"prepare", "density", "stock", "drivers", "scenarios", "validation"}  # folders of algorithms

QT = {"PyQt5", "PyQt6", "PySide2", "PySide6", "sip"}
GUI_SIDE = {"qgis", "osgeo", "processing", "gdal", "ogr", "osr"} | QT
HEAVY = {"torch", "catboost", "sklearn", "statsmodels", "matplotlib", "pandas", "scipy", "distributed", "dask"}
# Readers that run code found in a file, and starters of processes: inside QGIS on Windows and macOS the
# Python executable is QGIS itself, and every worker would open a window.
FORBIDDEN = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "loky",
             "multiprocessing"}
# Dask sends tasks and results as pickles between the machines of a cluster that the user names. That is the one place
# where pickle exists, and it is inside Dask: one file of the plugin talks to it, and none pickles by itself.
CLUSTER_PACKAGES, CLUSTER_DOOR = {"distributed", "dask", "tornado"}, "carbon_qgis.core.raster.cluster"


class Module:
    """One source file: its dotted name, its text and its syntax tree."""

    def __init__(self, path, text):
        self.path = path  # relative to the repository, with forward slashes
        self.text = text
        self.tree = ast.parse(text, path)
        parts = path[: -len(".py")].split("/")
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)

    def inside(self, package):
        """Whether the module is that package or anything below it."""
        return is_below(self.name, package)

    def absolute(self, node):
        """Dotted name of the module that a ``from x import y`` names, relative dots resolved."""
        if not node.level:
            return node.module or ""
        base = self.name.split(".")
        if not self.is_package:
            base = base[:-1]
        base = base[: len(base) - (node.level - 1)]
        return ".".join(base + ([node.module] if node.module else []))

    def imports(self, nodes=None):
        """(line, dotted name) of everything imported; of ``from a import b`` both ``a`` and ``a.b``."""
        for node in ast.walk(self.tree) if nodes is None else nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                module = self.absolute(node)
                yield node.lineno, module
                for alias in node.names:
                    yield node.lineno, f"{module}.{alias.name}"
            elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
                if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                    yield node.lineno, node.args[0].value

    def load_time_imports(self):
        """Imports that run when the module is imported: those outside functions, type checking apart."""
        return self.imports(at_load(self.tree.body))


def is_below(name, package):
    return name == package or name.startswith(package + ".")


def called(node):
    """Last part of the name of what is called: ``a.b.c()`` -> ``c``."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def dotted(node):
    """``a.b.c`` as text; empty where the expression is anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def at_load(statements):
    """Every node that runs at import: not the bodies of functions, not ``if TYPE_CHECKING``."""
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and dotted(node.test).split(".")[-1] == "TYPE_CHECKING":
            yield from at_load(node.orelse)
            continue
        yield node
        yield from at_load(ast.iter_child_nodes(node))


# --- the rules ----------------------------------------------------------------------------------------

def core_without_qgis(module):
    """The core runs without QGIS: in a plain Python, on a cluster, in a test."""
    if module.inside("carbon_qgis.core"):
        for line, name in module.imports():
            if name.split(".")[0] in GUI_SIDE:
                yield line, f"the core imports {name}"


def core_looks_down(module):
    """The core does not know who calls it; its raster engine does not know the science it serves."""
    above = ["carbon_qgis.algorithms", "carbon_qgis.plugin", "carbon_qgis.provider"]
    if module.inside("carbon_qgis.core.raster"):
        above.append("carbon_qgis.core.report")
    if module.inside("carbon_qgis.core"):
        for line, name in module.imports():
            if any(is_below(name, package) for package in above):
                yield line, f"{module.name} imports {name}, which is above it"


def algorithms_do_not_meet(module):
    """One file = one algorithm; what two of them need is in algorithms/ itself or in the core."""
    own = module.name.split(".")
    if not module.inside("carbon_qgis.algorithms") or module.is_package or len(own) < 4:
        return
    for line, name in module.imports():
        other = name.split(".")
        if other[:2] == own[:2] and other[2:3] and other[2] in GROUPS and len(other) >= 4 and other[3] != own[3]:
            if not other[3].startswith("_"):
                yield line, f"{module.name} imports {name}; what both need goes to algorithms/ or the core"
        if is_below(name, "carbon_qgis.provider") or is_below(name, "carbon_qgis.plugin"):
            yield line, f"{module.name} imports {name}, which is above it"


def rasterio_only_in_the_engine(module):
    """One room opens rasters, so one room decides on nodata, blocks, locks and safe writes."""
    if not module.inside("carbon_qgis.core.raster"):
        for line, name in module.imports():
            if name.split(".")[0] == "rasterio":
                yield line, f"{name} is imported outside core/raster"


def nothing_heavy_at_load(module):
    """An import error at load removes the whole provider, and every QGIS start pays the time."""
    for line, name in module.load_time_imports():
        if name.split(".")[0] in HEAVY:
            yield line, f"{name} is imported at module level"


def only_qgis_pyqt(module):
    """qgis.PyQt is Qt 5 or Qt 6, whichever this QGIS was built with."""
    for line, name in module.imports():
        if name.split(".")[0] in QT:
            yield line, f"{name} is imported; use qgis.PyQt"


def _of_torch_that_reads_or_compiles(name):
    """What scripts/check-security relies on: torch reads no file and compiles nothing."""
    return name in ("torch.load", "torch.save") or name.startswith(("torch.jit", "torch.export", "torch.package"))


def nothing_that_runs_foreign_code(module):
    """No pickle or its relatives, no process pools, no eval."""
    for line, name in module.imports():
        parts = name.split(".")
        if parts[0] in FORBIDDEN or "ProcessPoolExecutor" in parts or _of_torch_that_reads_or_compiles(name):
            yield line, f"{name} is imported"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if _of_torch_that_reads_or_compiles(name) or name.endswith("ProcessPoolExecutor"):
                yield node.lineno, f"{name} is used"
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                yield node.lineno, f"{node.func.id}() is called"
            for keyword in node.keywords:
                if keyword.arg == "allow_pickle" and getattr(keyword.value, "value", True) is not False:
                    yield node.lineno, "allow_pickle is not False"


def one_door_to_a_cluster(module):
    """What can send pickles is imported in one file, and only in functions: a run without an address never loads it."""
    for line, name in module.imports():
        if name.split(".")[0] in CLUSTER_PACKAGES and module.name != CLUSTER_DOOR:
            yield line, f"{name} is imported outside {CLUSTER_DOOR}"
    for line, name in module.load_time_imports():
        if name.split(".")[0] in CLUSTER_PACKAGES:
            yield line, f"{name} is imported at module level"


def python_3_9(module):
    """QGIS 3.22 runs on Python 3.9 on Windows and macOS."""
    try:
        ast.parse(module.text, module.path, feature_version=(3, 9))
    except SyntaxError as error:
        yield error.lineno, f"not Python 3.9: {error.msg}"
    deferred = any(name == "__future__.annotations" for _, name in module.imports())
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Match):
            yield node.lineno, "not Python 3.9: match"
        if not deferred:
            for annotation in annotations(node):
                for part in ast.walk(annotation):
                    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr):
                        yield part.lineno, "not Python 3.9: X | Y in an annotation; use typing.Optional or Union"
    for line, name in module.imports():
        # Newer than 3.9 in the standard library, likely to slip in on a newer machine.
        if name in ("tomllib", "typing.TypeAlias", "typing.ParamSpec", "typing.Self", "itertools.pairwise",
                    "itertools.batched", "enum.StrEnum", "contextlib.chdir"):
            yield line, f"not Python 3.9: {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            names = {keyword.arg for keyword in node.keywords}
            if called(node) == "zip" and "strict" in names:
                yield node.lineno, "not Python 3.9: zip(strict=)"
            if called(node) == "dataclass" and names & {"slots", "kw_only"}:
                yield node.lineno, "not Python 3.9: dataclass(slots=, kw_only=)"


def annotations(node):
    """The annotations that a node carries."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
        yield node.returns
    if isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
        yield node.annotation


# Class -> pattern of members that Qt 6 only knows in their enum's scope.
UNSCOPED = {
    "QgsProcessing": r"Type(MapLayer|Vector\w*|Raster|File|Mesh|Plugin|PointCloud)",
    "QgsProcessingParameterNumber": r"Integer|Double",
    "QgsProcessingParameterField": r"Any|Numeric|String|DateTime",
    "QgsProcessingParameterFile": r"File|Folder",
    "QgsProcessingParameterDefinition": r"Flag(Advanced|Hidden|Optional|IsModelOutput)",
    "QgsProcessingAlgorithm": r"Flag[A-Z]\w+",
    "QgsProcessingProvider": r"Flag[A-Z]\w+",
    "QgsProcessingContext": r"Flag[A-Z]\w+",
    "QgsFeatureSink": r"FastInsert|RegeneratePrimaryKey",
    "QgsProcessingFeatureSource": r"Flag[A-Z]\w+",
    "QgsFeatureRequest": r"NoGeometry|NoFlags|SubsetOfAttributes",
    "QgsWkbTypes": r"(Multi)?(Point|LineString|Polygon)Z?M?|NoGeometry|Unknown|(Point|Line|Polygon)Geometry",
    "QgsMapLayer": r"(Raster|Vector|Mesh)Layer",
    "QgsMapLayerType": r"(Raster|Vector|Mesh)Layer",
    "QgsRasterBandStats": r"Min|Max|Mean|StdDev|All|Sum",
    "Qgis": r"Info|Warning|Critical|Success|Float32|Float64|Byte|U?Int(16|32)",
    "QMetaType": r"Int|Double|QString|LongLong|Bool|QDate|QDateTime",
    "QPalette": r"Window|Base|Text|Highlight|Button",
    "QMessageBox": r"Yes|No|Ok|Cancel|Warning|Information|Critical|Question",
    "QDialogButtonBox": r"Ok|Cancel|Close|Help|Apply",
    "QIODevice": r"ReadOnly|WriteOnly|ReadWrite|Text|Append",
    "QEvent": r"[A-Z]\w+(?<!Type)",
    "QImage": r"Format_\w+",
    "QPainter": r"Antialiasing|SmoothPixmapTransform|TextAntialiasing",
    "Qt": r"Align(?!mentFlag)\w+|\w+Role(?<!ItemDataRole)|(Un|Partially)?[Cc]hecked|Horizontal|Vertical|\w+Cursor"
          r"|(Left|Right|Middle)Button|(Solid|Dash|Dot|No)(Line|Pen|Brush)|KeepAspectRatio|SmoothTransformation"
          r"|white|black|red|green|blue|transparent|Key_\w+|(Window|Application|Non)Modal|ISODate|WA_\w+",
}


def scoped_enums(module):
    """Members of enums are written in their scope, which works from QGIS 3.22 on and is the only way in Qt 6."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            owner = dotted(node.value).split(".")[-1]
            if owner in UNSCOPED and re.fullmatch(UNSCOPED[owner], node.attr):
                yield node.lineno, f"{owner}.{node.attr} lacks the name of its enum"
            if node.attr == "exec_":
                yield node.lineno, "exec_() is gone in Qt 6; use exec()"


def short_enough(module):
    """A file that needs a table of contents is two files."""
    lines = module.text.count("\n") + 1
    if lines > MAX_LINES:
        yield lines, f"{lines} lines, more than {MAX_LINES}"


def says_what_it_is(module):
    """Every file opens with a docstring."""
    if not (ast.get_docstring(module.tree) or "").strip():
        yield 1, "no module docstring"


MACHINE_PATH = re.compile(r"(?<![\w./~:-])/(?:home|root|Users|work|tmp|mnt|media|opt|srv|data)/[\w.-]|\b[A-Z]:\\+\w")


def machine_paths(text):
    """(line, message) of every absolute path that exists on somebody's machine only."""
    for number, line in enumerate(text.splitlines(), 1):
        found = MACHINE_PATH.search(line)
        if found:
            yield number, f"a path of one machine: {line[found.start():][:40]}"


def no_machine_paths(module):
    """The same, for a Python file."""
    yield from machine_paths(module.text)


RULES = (
    core_without_qgis, core_looks_down, algorithms_do_not_meet, rasterio_only_in_the_engine, nothing_heavy_at_load,
    only_qgis_pyqt, nothing_that_runs_foreign_code, one_door_to_a_cluster, python_3_9, scoped_enums,
    short_enough, says_what_it_is, no_machine_paths,
)
