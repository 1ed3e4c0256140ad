"""Names of ecosystems in the tables: from a table, from the raster's tag, from what GDAL knows of it, else codes."""

import csv
import json

import numpy as np
import pytest
import rasterio
from osgeo import gdal
from qgis.core import QgsProcessingException
from rasterio.transform import from_origin

POOLS = "lucode,LULC_name,c_soil\n1,forest,80\n2,water,0\n"


@pytest.fixture
def region(tmp_path):
    """Densities of two years with a map of two ecosystems and a driver; `rows` reads a table."""

    def write(name, values, dtype, unit="", **tags):
        path = str(tmp_path / name)
        with rasterio.open(
            path, "w", driver="GTiff", width=40, height=30, count=1, dtype=dtype, crs="EPSG:32650",
            transform=from_origin(500000, 4000000, 100, 100), nodata=255,
        ) as made:  # fmt: skip
            made.write(values.astype(dtype), 1)
            made.set_band_unit(1, unit)
            made.update_tags(**tags)
        return path

    rng = np.random.default_rng(1)
    rain, codes = rng.random((30, 40)), np.where(np.arange(40) < 20, 1, 2) + np.zeros((30, 1))

    class Region:
        first = write("a.tif", rain * 10, "float32", "t C/ha", CARBON_YEAR="2000")
        last = write("b.tif", rain * 12 + codes, "float32", "t C/ha", CARBON_YEAR="2010")
        rain_path = write("rain.tif", rain, "float32")
        map = staticmethod(lambda name="e.tif", **tags: write(name, codes, "uint8", **tags))

        @staticmethod
        def table(text=POOLS):
            path = tmp_path / "names.csv"
            path.write_text(text, encoding="utf-8")
            return str(path)

        @staticmethod
        def rows(path):
            with open(path, encoding="utf-8") as stream:
                return list(csv.DictReader(stream))

    return Region


@pytest.fixture
def named(run_algorithm, region, tmp_path):
    """Names of the ecosystems in the table of each algorithm."""

    def run(algorithm, ecosystems, **more):
        table = str(tmp_path / (algorithm + ".csv"))
        given = {
            "carbonaccumulation": {
                "DENSITIES": [region.first, region.last], "ECOSYSTEMS_START": ecosystems, "ECOSYSTEMS_TABLE": table,
            },
            "stockbyecosystem": {"DENSITIES": [region.first], "ECOSYSTEMS": [ecosystems], "TABLE": table},
            "geodetector": {
                "TARGET": region.last, "DRIVERS": [region.rain_path], "ECOSYSTEMS": ecosystems, "FACTORS": table,
            },
        }[algorithm]  # fmt: skip
        run_algorithm(algorithm, {**given, **more})
        return {row["ecosystem"] for row in region.rows(table)} - {"overall", "all ecosystems"}

    return run


@pytest.mark.parametrize("algorithm", ["carbonaccumulation", "stockbyecosystem", "geodetector"])
def test_where_names_come_from(algorithm, named, region):
    plain, tagged = region.map(), region.map("t.tif", CARBON_CLASSES=json.dumps({"1": "trees", "2": "lake"}))
    assert named(algorithm, plain) == {"1", "2"}
    assert named(algorithm, tagged) == {"trees", "lake"}
    assert named(algorithm, tagged, CLASS_NAMES=region.table()) == {"forest", "water"}
    assert named(algorithm, plain, CLASS_NAMES=region.table("code,name\n2,water\n")) == {"1", "water"}


def test_category_names_of_the_raster(named, region):
    path = region.map("c.tif")
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetCategoryNames(["", "Wald", "Wasser"])
    dataset = None
    assert named("carbonaccumulation", path) == {"Wald", "Wasser"}


def test_attribute_table_of_the_raster(named, region):
    path = region.map("r.tif")
    table = gdal.RasterAttributeTable()
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_Generic)
    table.CreateColumn("Class_Name", gdal.GFT_String, gdal.GFU_Generic)
    for row, (code, name) in enumerate(((2, "bog"), (1, "fen"))):
        table.SetValueAsInt(row, 0, code)
        table.SetValueAsString(row, 1, name)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDefaultRAT(table)
    dataset = None
    assert named("geodetector", path) == {"bog", "fen"}


def test_a_table_without_names_is_told(named, region, feedback):
    assert named("carbonaccumulation", region.map(), CLASS_NAMES=region.table("lucode,c_soil\n1,80\n2,0\n")) == {
        "1", "2",
    }  # fmt: skip
    assert "'names.csv' has no column with names (LULC_name, name or class)" in feedback.text


def test_a_table_without_codes_is_refused(named, region):
    with pytest.raises(QgsProcessingException, match="code"):
        named("stockbyecosystem", region.map(), CLASS_NAMES=region.table("name\nforest\n"))
