"""The rules of tests/architecture_rules.py, applied to every file of the plugin.

Every rule has a small bad source below that it must refuse and a good one that it must pass, so that a rule which
checks nothing is noticed.
"""
import ast
import re
import subprocess
import sys

import pytest

from tests.architecture_rules import (
    GUI_SIDE,
    HEAVY,
    MAX_LINES,
    PACKAGE,
    REPOSITORY,
    RULES,
    Module,
    algorithms_do_not_meet,
    core_looks_down,
    core_without_qgis,
    dotted,
    is_below,
    machine_paths,
    no_machine_paths,
    nothing_heavy_at_load,
    nothing_that_runs_foreign_code,
    one_door_to_a_cluster,
    only_qgis_pyqt,
    python_3_9,
    rasterio_only_in_the_engine,
    says_what_it_is,
    scoped_enums,
    short_enough,
)

# --- applied to the plugin ----------------------------------------------------------------------------

def modules():
    """Every Python file of the plugin."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield Module(path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plugin():
    found = list(modules())
    assert any(module.inside("carbon_qgis.core.raster") for module in found)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds_everywhere(rule, plugin):
    broken = [f"{module.path}:{line}: {text}" for module in plugin for line, text in rule(module)]
    assert not broken, f"{rule.__doc__}\n" + "\n".join(broken)


def field_type_users(found):
    """Modules that name a field type of Qt 5 (``QVariant.Int``), which Qt 6 does not have at all."""
    types = re.compile(r"(Type\.)?(Int|UInt|Double|String|LongLong|Bool|Date|DateTime|Time|ByteArray)")
    return {module.path for module in found for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and dotted(node).startswith("QVariant.")
            and types.fullmatch(dotted(node)[len("QVariant."):])}


def test_field_types_come_from_one_helper(plugin):
    """QMetaType from QGIS 3.38 on, QVariant before: the choice is made in one place."""
    users = field_type_users(plugin)
    assert len(users) <= 1, sorted(users)


def test_field_types_are_found():
    assert field_type_users([Module(BASE, "QVariant.Int"), Module(ONE, "QVariant.Type.String"),
                             Module(CORE, "QVariant(1)")]) == {BASE, ONE}


def test_no_import_cycles(plugin):
    """A cycle has no bottom: whichever of its files is imported first decides whether it works."""
    cycle = find_cycle(import_graph(plugin))
    assert cycle is None, " -> ".join(cycle)


def import_graph(found):
    """Module -> modules of the plugin it imports at load (packages imported on the way left out)."""
    names = {module.name for module in found}
    graph = {}
    for module in found:
        targets = {name for _, name in module.load_time_imports() if name in names}
        # ``from package import submodule`` names both; only the submodule is meant.
        targets = {name for name in targets
                   if not any(other != name and is_below(other, name) for other in targets)}
        graph[module.name] = targets - {module.name}
    return graph


def find_cycle(graph):
    """The first cycle as a list of names, its first repeated at the end; None where there is none."""
    done = set()

    def visit(name, trail):
        if name in trail:
            return trail[trail.index(name):] + [name]
        if name in done:
            return None
        for target in sorted(graph.get(name, ())):
            cycle = visit(target, trail + [name])
            if cycle:
                return cycle
        done.add(name)
        return None

    for name in sorted(graph):
        cycle = visit(name, [])
        if cycle:
            return cycle
    return None


def test_other_files_of_the_plugin_hold_no_machine_paths():
    """Models, styles, samples and settings travel to other machines too."""
    files = [path for path in PACKAGE.rglob("*")
             if path.suffix in (".model3", ".qml", ".svg", ".json", ".csv", ".md", ".txt", ".html", ".qgs", ".vrt")]
    files += [REPOSITORY / name for name in ("metadata.txt", "pb_tool.cfg", "pyproject.toml")]
    broken = [f"{path.relative_to(REPOSITORY)}:{line}: {text}" for path in files
              for line, text in machine_paths(path.read_text(encoding="utf-8"))]
    assert not broken, "\n".join(broken)


IMPORT_EACH_ALONE = """
import importlib, sys
bad = {bad!r}
for name in {names!r}:
    for known in [known for known in sys.modules if known.split(".")[0] == "carbon_qgis"]:
        del sys.modules[known]
    importlib.import_module(name)
    found = sorted(known for known in bad if known in sys.modules)
    if found:
        sys.exit(name + " brings in " + ", ".join(found))
print("checked", len({names!r}))
"""


def test_each_core_module_is_importable_alone_and_light(plugin):
    """What the syntax tree cannot see: an import by way of another module, or one that fails."""
    names = [module.name for module in plugin if module.inside("carbon_qgis.core")]
    script = IMPORT_EACH_ALONE.format(names=names, bad=sorted(HEAVY | GUI_SIDE))
    done = subprocess.run([sys.executable, "-c", script], cwd=str(REPOSITORY), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["checked", str(len(names))]


# --- the rules themselves: each can fail, and none fails on what is allowed ------------------------------

CORE, RASTER = "carbon_qgis/core/stock.py", "carbon_qgis/core/raster/blocks.py"
CLUSTER = "carbon_qgis/core/raster/cluster.py"
BASE, ONE = "carbon_qgis/algorithms/base.py", "carbon_qgis/algorithms/stock/carbonstock.py"

BAD = [
    (core_without_qgis, CORE, "import qgis.core"),
    (core_without_qgis, CORE, "def f():\n    from osgeo import gdal"),
    (core_without_qgis, RASTER, "from PyQt5.QtCore import QObject"),
    (core_without_qgis, CORE, "import importlib\nimportlib.import_module('processing')"),
    (core_looks_down, CORE, "from carbon_qgis.algorithms import base"),
    (core_looks_down, CORE, "from .. import provider"),
    (core_looks_down, RASTER, "from ...algorithms.base import CarbonAlgorithm"),
    (core_looks_down, RASTER, "from ..report import page"),
    (algorithms_do_not_meet, ONE, "from .carbonaccumulation import CarbonAccumulation"),
    (algorithms_do_not_meet, ONE, "from ...provider import CarbonProvider"),
    (rasterio_only_in_the_engine, CORE, "import rasterio"),
    (rasterio_only_in_the_engine, BASE, "def f():\n    from rasterio.enums import Resampling"),
    (nothing_heavy_at_load, CORE, "import pandas as pd"),
    (nothing_heavy_at_load, ONE, "from scipy import ndimage"),
    (nothing_heavy_at_load, CORE, "try:\n    import torch\nexcept ImportError:\n    torch = None"),
    (nothing_heavy_at_load, CORE, "class A:\n    import matplotlib.pyplot"),
    (nothing_heavy_at_load, CORE, "import typing\nif typing.TYPE_CHECKING:\n    pass\nelse:\n    import scipy"),
    (only_qgis_pyqt, BASE, "from PyQt5.QtGui import QIcon"),
    (only_qgis_pyqt, BASE, "import PyQt6"),
    (nothing_that_runs_foreign_code, CORE, "import pickle"),
    (nothing_that_runs_foreign_code, CORE, "def f():\n    from joblib import Parallel"),
    (nothing_that_runs_foreign_code, RASTER, "from concurrent.futures import ProcessPoolExecutor"),
    (nothing_that_runs_foreign_code, RASTER, "import concurrent.futures as cf\ncf.ProcessPoolExecutor(2)"),
    (nothing_that_runs_foreign_code, CORE, "def f(path):\n    import torch\n    return torch.load(path)"),
    (nothing_that_runs_foreign_code, CORE, "def f(net):\n    import torch\n    return torch.jit.script(net)"),
    (nothing_that_runs_foreign_code, CORE, "def f():\n    from torch.export import load"),
    (nothing_that_runs_foreign_code, CORE, "import numpy as np\nnp.load('x.npz', allow_pickle=True)"),
    (nothing_that_runs_foreign_code, CORE, "eval('1')"),
    (one_door_to_a_cluster, CORE, "def f():\n    from distributed import Client"),
    (one_door_to_a_cluster, RASTER, "def f():\n    import dask.config"),
    (one_door_to_a_cluster, CLUSTER, "from distributed import Client"),
    (nothing_that_runs_foreign_code, CLUSTER, "def f():\n    import pickle"),
    (nothing_that_runs_foreign_code, CLUSTER, "def f():\n    import cloudpickle"),
    (python_3_9, CORE, "match 1:\n    case 1:\n        pass"),
    (python_3_9, CORE, "def f(a: int | None): pass"),
    (python_3_9, CORE, "def f() -> 'int' | None: pass"),
    (python_3_9, CORE, "zip([1], [2], strict=True)"),
    (python_3_9, CORE, "try:\n    pass\nexcept* ValueError:\n    pass"),
    (scoped_enums, BASE, "QgsProcessing.TypeRaster"),
    (scoped_enums, BASE, "p.setFlags(p.flags() | QgsProcessingParameterDefinition.FlagAdvanced)"),
    (scoped_enums, BASE, "QgsProcessingParameterNumber.Double"),
    (scoped_enums, BASE, "core.QgsFeatureSink.FastInsert"),
    (scoped_enums, BASE, "QMetaType.QString"),
    (scoped_enums, BASE, "Qt.AlignCenter"),
    (scoped_enums, BASE, "Qt.UserRole"),
    (scoped_enums, BASE, "dialog.exec_()"),
    (short_enough, CORE, "x = 1\n" * (MAX_LINES + 1)),
    (says_what_it_is, CORE, "import numpy"),
    (says_what_it_is, CORE, ""),
    (no_machine_paths, CORE, "# see /home/someone/data"),
    (no_machine_paths, CORE, "PATH = '/tmp/x.tif'"),
    (no_machine_paths, CORE, r"PATH = 'C:\\Users\\me'"),
]

GOOD = [
    (core_without_qgis, BASE, "from qgis.core import QgsProcessing"),
    (core_looks_down, CORE, "from .raster import blocks\nfrom carbon_qgis.core.errors import CarbonError"),
    (core_looks_down, BASE, "from ..core import stock"),
    (algorithms_do_not_meet, ONE, "from ..base import CarbonAlgorithm\nfrom ...core.stock import carbon_stock"),
    (rasterio_only_in_the_engine, RASTER, "import rasterio"),
    (nothing_heavy_at_load, CORE, "def f():\n    import pandas"),
    (nothing_heavy_at_load, CORE, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas"),
    (nothing_heavy_at_load, CORE, "class A:\n    def f(self):\n        import scipy"),
    (only_qgis_pyqt, BASE, "from qgis.PyQt.QtGui import QIcon"),
    (nothing_that_runs_foreign_code, CORE, "import numpy as np\nnp.load('x.npz', allow_pickle=False)"),
    (nothing_that_runs_foreign_code, RASTER, "from concurrent.futures import Executor, ThreadPoolExecutor"),
    (nothing_that_runs_foreign_code, BASE, "dialog.exec()"),
    (one_door_to_a_cluster, CLUSTER, "def f():\n    from distributed import Client"),
    (python_3_9, CORE, "from typing import Optional\ndef f(a: Optional[int]) -> list[int]: return a | 1"),
    (scoped_enums, BASE, "QgsProcessing.SourceType.TypeRaster"),
    (scoped_enums, BASE, "QgsProcessingParameterDefinition.Flag.FlagAdvanced"),
    (scoped_enums, BASE, "QMetaType.Type.Int\nQVariant()"),
    (scoped_enums, BASE, "Qt.AlignmentFlag.AlignCenter\nQt.ItemDataRole.UserRole"),
    (short_enough, CORE, "x = 1\n" * (MAX_LINES - 1)),
    (says_what_it_is, CORE, '"""Stock."""'),
    (no_machine_paths, CORE, "# t C/ha, kg C/m2/yr, ../data/x, styles/data/x, https://example.org/data/x"),
]


def ids(cases):
    return [f"{rule.__name__}-{number}" for number, (rule, _, _) in enumerate(cases)]


@pytest.mark.parametrize("rule, path, source", BAD, ids=ids(BAD))
def test_rule_refuses(rule, path, source):
    assert list(rule(Module(path, source)))


@pytest.mark.parametrize("rule, path, source", GOOD, ids=ids(GOOD))
def test_rule_allows(rule, path, source):
    assert not list(rule(Module(path, source)))


def test_every_rule_has_a_source_it_refuses():
    assert {rule for rule, _, _ in BAD} == set(RULES)


def test_cycles_are_found():
    found = [Module("carbon_qgis/core/a.py", "from .b import x"), Module("carbon_qgis/core/b.py", "from . import c"),
             Module("carbon_qgis/core/c.py", "import carbon_qgis.core.a"), Module("carbon_qgis/core/__init__.py", "")]
    names = ["carbon_qgis.core.a", "carbon_qgis.core.b", "carbon_qgis.core.c", "carbon_qgis.core.a"]
    assert find_cycle(import_graph(found)) == names
    assert find_cycle(import_graph(found[1:])) is None
