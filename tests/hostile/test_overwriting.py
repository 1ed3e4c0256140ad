"""Outputs in the place of files that a run reads along with what it was given."""

import shutil

import pytest

from tests.hostile.bench import BY_NAME, REFUSED, Attempt
from tests.hostile.rasters import _vrt


def _source_of_a_vrt(bench):
    source = _copied(bench, "soil_2010.tif")
    (bench.bad / "x.vrt").write_text(_vrt(str(source), None, str(source)))
    return "convertdensity", {"DENSITY": "BAD/x.vrt", "UNIT": "t C/ha", "CONVERTED": "BAD/soil_2010.tif"}


def _source_of_a_source(bench):
    _source_of_a_vrt(bench)
    (bench.bad / "y.vrt").write_text(_vrt(str(bench.bad / "soil_2010.tif"), None, str(bench.bad / "x.vrt")))
    return "convertdensity", {"DENSITY": "BAD/y.vrt", "UNIT": "t C/ha", "REPORT": "BAD/soil_2010.tif"}


def _part_of_a_shapefile(bench):
    from osgeo import ogr, osr

    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    source = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(bench.bad / "mask.shp"))
    layer = source.CreateLayer("mask", crs, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((-30 -40,60 -40,60 40,-30 40,-30 -40))"))
    layer.CreateFeature(feature)
    del feature, layer, source
    return "classifydriver", {"MASK": "BAD/mask.shp", "REPORT": "BAD/mask.dbf"}


def _raster_of_a_searched_folder(bench):
    shutil.copytree(bench.inputs / "scenario_files", bench.bad / "files")
    return "drivertable", {"FOLDER": "BAD/files", "REPORT": "BAD/files/TEM_SSP126_2020.tif"}


def _raster_of_a_driver_table(bench):
    for path in [*bench.inputs.glob("*.tif"), bench.inputs / "scenarios.csv"]:
        shutil.copy(path, bench.bad)
    return "runscenarios", {"DRIVER_TABLE": "BAD/scenarios.csv", "REPORT": "BAD/PRE.tif"}


def _raster_of_an_ensemble(bench):
    (bench.bad / "ensemble").mkdir()
    shutil.copy(bench.inputs / "PRE.tif", bench.bad / "ensemble" / "C1_2020.tif")
    return "scenariocharts", {"ENSEMBLE": "BAD/ensemble", "REPORT": "BAD/ensemble/C1_2020.tif"}


def _copied(bench, name):
    shutil.copy(bench.inputs / name, bench.bad / name)
    return bench.bad / name


@pytest.mark.parametrize("make", [
    _source_of_a_vrt, _source_of_a_source, _part_of_a_shapefile, _raster_of_a_searched_folder,
    _raster_of_a_driver_table, _raster_of_an_ensemble,
], ids=lambda make: make.__name__.strip("_"))  # fmt: skip
def test_nothing_that_is_read_is_overwritten(bench, make):
    bench.clear()
    algorithm, parameters = make(bench)
    kind = "overwriting: " + make.__name__.strip("_").replace("_", " ")
    parameters = {**BY_NAME[algorithm].parameters, **parameters}
    assert not bench.attempt(Attempt(kind, algorithm, parameters, ("is also an input of this run",), REFUSED))
