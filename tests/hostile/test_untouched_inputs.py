"""A virtual raster is the user's own file, in which GDAL keeps the statistics that a layer of QGIS asks for."""

import os

import pytest
from osgeo import gdal

from tests.hostile.bench import ACCEPTED, CASES, Attempt

RASTERS = {case.name: case for case in CASES if "IN/" in str(case.parameters) and ".tif" in str(case.parameters)}
QUICK = ("carbonstock", "classifydriver", "driverstack")


def virtual(bench, value):
    """A value with a VRT in the place of each raster."""
    if isinstance(value, list):
        return [virtual(bench, item) for item in value]
    if not (isinstance(value, str) and value.startswith("IN/") and value.endswith(".tif")):
        return value
    path = bench.bad / (value[3:-4].replace("/", "_") + ".vrt")
    if not path.exists():
        gdal.Translate(str(path), str(bench.inputs / value[3:]), format="VRT")
    return str(path)


def complaints(bench, name):
    """About a run with virtual rasters alone; `.aux.xml` files are changes too."""
    case = RASTERS[name]
    parameters = {key: virtual(bench, value) for key, value in case.parameters.items()}
    assert ".vrt" in str(parameters)
    wrong = bench.attempt(Attempt("virtual rasters", name, parameters, (), ACCEPTED))
    return wrong + [file for file in os.listdir(bench.bad) if not file.endswith(".vrt")]


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_virtual_rasters_stay_as_they_are(bench, name):
    assert not complaints(bench, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(RASTERS)))
def test_virtual_rasters_of_every_algorithm_stay_as_they_are(bench, name):
    assert not complaints(bench, name)
