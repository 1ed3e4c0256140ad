"""Bad inputs and values in the chains that are shipped: their steps see them late, and QGIS stands between."""

import os

import pytest

from tests.hostile import rasters, tables, test_values
from tests.hostile.bench import ACCEPTED, BY_NAME, CHAINS, EITHER, Attempt, inputs_of, replaced, sample
from tests.hostile.test_values import described  # noqa: F401

CASE = {case.name: case for case in CHAINS}
#: What several rasters say together: that they do not meet, or hold too little.
TOGETHER = ("No valid cell", "valid cells", "The CRS nowhere", "No cell of", "different values", "no data there",
            "not compared")  # fmt: skip


def test_every_algorithm_meets_bad_inputs(worker):
    """An algorithm that is added is tried as well."""
    assert sorted([*BY_NAME, *CASE]) == sorted(worker.ask("describe")["algorithms"])


@pytest.mark.parametrize("name", CASE)
def test_a_chain_leaves_nothing_beside_its_inputs(bench, name):
    assert not bench.attempt(Attempt("good input", name, CASE[name].parameters, (), ACCEPTED))


def with_bad_files(bench, name):
    """A run for some kinds at each input."""
    files = ((".tif", rasters.RASTERS, rasters.make, 2), (".csv", tables.TABLES, tables.make, 4))
    for suffix, kinds, make, count in files:
        for case, parameter, good in inputs_of((suffix,), [CASE[name]]):
            for kind in sample(kinds, count, "chain", name, parameter):
                path = make(kind, str(bench.inputs / good), str(bench.bad), str(bench.canary))
                shown = os.path.basename(path)[:60].split("\n")[0]
                # A step that none of the outputs need may not meet it; a table of drivers may leave a row out.
                outcome = EITHER if parameter == "DRIVER_TABLE" else kinds[kind][0]
                what = ("raster: " if suffix == ".tif" else "table: ") + kind
                told = (shown, "(" + parameter + ")", *TOGETHER)
                yield Attempt(what, name, replaced(case, parameter, path), told, outcome)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASE)
def test_bad_files_in_a_chain(bench, name):
    wrong = bench.all(with_bad_files(bench, name))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASE)
def test_bad_values_in_a_chain(bench, described, name):  # noqa: F811
    wrong = bench.all(test_values.attempts(described, name, 1))
    assert not wrong, "\n".join(wrong)
