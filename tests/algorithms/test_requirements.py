"""What an algorithm needs is looked for before it computes: its lists of packages against what its code imports."""

import ast
import os
from functools import lru_cache

import pytest
from qgis.core import QgsProcessingException

from carbon_qgis.core import dependencies
from carbon_qgis.provider import ALGORITHMS, PACKAGE_FOLDER

REPOSITORY = os.path.dirname(PACKAGE_FOLDER)
REPORT = "carbon_qgis.core.report"
#: The base class and what all algorithms share; it loads what it needs itself, or goes without.
SHARED = "carbon_qgis.algorithms."

#: Packages that the code of an algorithm's modules names and its run does not need.
FOREIGN = {"torch": "networks: asked for where they are chosen, each with a sentence of its own"}
NOT_NEEDED = {
    "driverstack": {"scipy": "no cell areas are measured"},
    "aggregatetime": {"scipy": "no cell areas are measured"},
    "checkpooltable": {"scipy": "no cell areas are measured"},
    "drivertable": {"scipy": "cells are counted, forests are not grown", "sklearn": "forests are not applied"},
    "scenariocharts": {"scipy": "rasters are only drawn", "sklearn": "forests are not applied"},
    "elasticity": {"sklearn": "forests are not applied"},
    "forecastdensity": {"rasterio": "tables alone"},
    "checkinstallation": {"numpy": "it says what is missing", "rasterio": "it says what is missing"},
}


def file_of(module):
    """Source of a module of the plugin, or None."""
    path = os.path.join(REPOSITORY, *module.split("."))
    for candidate in (path + ".py", os.path.join(path, "__init__.py")):
        if os.path.isfile(candidate):
            return candidate
    return None


@lru_cache(maxsize=None)
def imported_by(module):
    """Names of modules that a module imports anywhere, also within functions."""
    path = file_of(module)
    package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
    found = set()
    with open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = parts[: len(parts) + 1 - node.level] if node.level else []
            origin = ".".join(base + ([node.module] if node.module else []))
            for alias in node.names:
                inner = origin + "." + alias.name
                found.add(inner if file_of(inner) else origin)
    return frozenset(found)


def packages_of(module, with_report):
    """Known third-party packages that a module and all that it imports name."""
    seen, todo, found = set(), [module], set()
    while todo:
        current = todo.pop()
        if current in seen or (current.startswith(REPORT) and not with_report):
            continue
        seen.add(current)
        for name in imported_by(current):
            shared = name.startswith(SHARED) and name.count(".") == SHARED.count(".")
            if name.startswith("carbon_qgis") and not shared:
                todo.extend([name] if file_of(name) else [])
            else:
                found.update({name.split(".")[0]}.intersection(dependencies.PACKAGES))
    return found


@pytest.fixture(params=[name for name, _ in ALGORITHMS])
def named(request, provider):
    """(Module, algorithm) of each algorithm."""
    return "carbon_qgis.algorithms." + request.param, provider.algorithm(request.param.rpartition(".")[2])


def test_every_package_that_the_code_imports_is_listed(named):
    module, algorithm = named
    spared = set(FOREIGN) | set(NOT_NEEDED.get(algorithm.name(), ()))
    assert packages_of(module, False) - spared - set(algorithm.REQUIRES) == set()
    if any(algorithm.parameterDefinition(name) for name in ("REPORT", "FIGURES")):
        listed = set(algorithm.REQUIRES) | set(algorithm.REPORT_REQUIRES)
        assert packages_of(module, True) - spared - listed == set()


def test_no_exception_is_out_of_date(named):
    module, algorithm = named
    assert set(NOT_NEEDED.get(algorithm.name(), ())) <= packages_of(module, True) - set(algorithm.REQUIRES)


@pytest.fixture
def without_matplotlib(monkeypatch):
    """A Python in which matplotlib is not installed."""
    found = dependencies.missing
    monkeypatch.setattr(
        dependencies, "missing", lambda names: found(names) + (["matplotlib"] if "matplotlib" in names else [])
    )


def test_a_report_without_its_package_is_refused_before_the_computation(
    run_algorithm, without_matplotlib, tmp_path, monkeypatch
):
    import numpy as np
    import rasterio
    from affine import Affine

    from carbon_qgis.algorithms.prepare.driverstack import DriverStack

    path = str(tmp_path / "TEM.tif")
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", crs="EPSG:32650", transform=Affine(30, 0, 0, 0, -30, 0), **profile) as dataset:
        dataset.write(np.ones((1, 2, 2), "float32"))
    out = tmp_path / "out"
    out.mkdir()
    given = {"DRIVERS": [path], "STACK": str(out / "stack.tif")}
    run_algorithm("driverstack", given)
    made = sorted(os.listdir(out))
    assert "stack.tif" in made
    monkeypatch.setattr(DriverStack, "compute", lambda *_: pytest.fail("it computed"))
    for name in ("REPORT", "FIGURES"):
        with pytest.raises(QgsProcessingException) as caught:
            run_algorithm("driverstack", dict(given, **{name: str(out / "report.html")}))
        text = str(caught.value)
        assert text.startswith("Skip the report and its figures, or install what they need. The report of 'Driver ")
        assert "needs the Python package 'matplotlib', which is not installed" in text and "Run: " in text
    assert sorted(os.listdir(out)) == made


def test_a_report_of_the_dialog_is_refused_by_a_model_too(without_matplotlib, named, context, feedback):
    """Whoever comes without checkParameterValues, as models do, is told before the computation as well."""
    _, algorithm = named
    if algorithm.parameterDefinition("REPORT") is None or not algorithm.REPORT_REQUIRES:
        return  # it draws nothing

    class Asked:
        def has(self, name):
            return name == "REPORT"

        def destination(self, name):
            return "report.html"

    fresh = algorithm.create()
    with pytest.raises(Exception, match="needs the Python package 'matplotlib'"):
        fresh._require_installed(Asked())
