"""A virtual raster is the user's own file, in which GDAL keeps the statistics that a layer of QGIS asks for.

Those of other rasters it keeps beside them: that nothing appears there is seen by the bench in every run.
"""

import os

import pytest
from osgeo import gdal

from tests.faults.cases import CHAINS
from tests.hostile.bench import ACCEPTED, BY_NAME, CASES, Attempt, replaced

CHAIN = CHAINS[0]
RASTERS = {
    case.name: case for case in (*CASES, *CHAINS) if "IN/" in str(case.parameters) and ".tif" in str(case.parameters)
}
QUICK = ("carbonstock", "classifydriver", "driverstack", CHAIN.name)


def virtual(bench, value):
    """A value with a VRT in the place of each raster."""
    if isinstance(value, list):
        return [virtual(bench, item) for item in value]
    if not (isinstance(value, str) and value.startswith("IN/") and value.endswith(".tif")):
        return value
    path = bench.bad / (value[3:-4] + ".vrt")
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        gdal.Translate(str(path), str(bench.inputs / value[3:]), format="VRT")
    return str(path)


def complaints(bench, name):
    """About a run with virtual rasters alone; `.aux.xml` files are changes too."""
    case = RASTERS[name]
    parameters = {key: virtual(bench, value) for key, value in case.parameters.items()}
    assert ".vrt" in str(parameters)
    wrong = bench.attempt(Attempt("virtual rasters", name, parameters, (), ACCEPTED))
    return wrong + [file for _, _, files in os.walk(bench.bad) for file in files if not file.endswith(".vrt")]


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_virtual_rasters_stay_as_they_are(bench, name):
    assert not complaints(bench, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(RASTERS)))
def test_virtual_rasters_of_every_algorithm_stay_as_they_are(bench, name):
    assert not complaints(bench, name)


def test_a_refused_run_leaves_nothing_beside_its_inputs(bench):
    """A value further down the list is what is wrong: the rasters have been looked at by then."""
    # QGIS ends a model by naming the step; what the step said stands above that.
    for case, word in ((BY_NAME["carbonstock"], "none.csv"), (CHAIN, "Carbon stock")):
        attempt = Attempt("value: file", case.name, replaced(case, "POOLS", "IN/none.csv"), (word,))
        assert not bench.attempt(attempt)


def test_a_netcdf_file_stays_alone(bench):
    gdal.Translate(str(bench.bad / "x.nc"), str(bench.inputs / "PRE.tif"), format="netCDF")
    parameters = replaced(BY_NAME["aggregatetime"], "STEPS", str(bench.bad / "x.nc"))
    assert not bench.attempt(Attempt("good format", "aggregatetime", {**parameters, "FUNCTION": "mean"}, (), ACCEPTED))
    assert sorted(os.listdir(bench.bad)) == ["x.nc"]
