"""The algorithms of the group 'Prepare' as a user meets them: numbers, files, and every refusal by its text."""

import csv
import json
import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

#: Cells of 100 m: 1 ha.
HECTARE = Affine(100, 0, 500000, 0, -100, 4000000)
PREPARE = (
    "driverstack", "aggregatetime", "convertdensity", "ecosystemclasses", "landuseintensity", "checkpooltable",
)  # fmt: skip
POOLS = "lucode,LULC_name,c_above,c_below,c_soil,c_dead\n1,forest,60,15,90,5\n2,meadow,2,4,80,0\n"
ECOSYSTEMS = "code,ecosystem\n1,Forest\n2,Grass & <herbs>\n3,Forest\n9,Desert\n"
GRADES = "code,grade,name\n1,2,forest\n2,3,crops\n3,4,town\n"
COVER = [[1, 1, 2], [3, 2, 255]]


@pytest.fixture
def raster(tmp_path):
    """Writes a raster of hectares, one band or several, and returns its path."""

    def write(name, values, unit="", nodata=None, dtype="float32", transform=HECTARE, names=(), band_tags=None, **tags):
        values = np.asarray(values, dtype=dtype)
        values = values[np.newaxis] if values.ndim == 2 else values
        count, height, width = values.shape
        path = str(tmp_path / name)
        profile = {"driver": "GTiff", "height": height, "width": width, "count": count, "dtype": dtype}
        with rasterio.open(path, "w", crs="EPSG:32650", transform=transform, nodata=nodata, **profile) as dataset:
            dataset.write(values)
            dataset.update_tags(**tags)
            for band in range(1, count + 1):
                dataset.set_band_unit(band, unit)
                dataset.update_tags(band, **(band_tags or {}))
                if names:
                    dataset.set_band_description(band, names[band - 1])
        return path

    return write


@pytest.fixture
def cover(raster):
    """Land cover with five valid hectares."""
    return raster("cover_2010.tif", COVER, dtype="uint8", nodata=255, CARBON_YEAR="2010")


@pytest.fixture
def table(tmp_path):
    """Writes a text table and returns its path."""

    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def out(tmp_path):
    """Path of an output by name, in a folder of its own."""
    folder = tmp_path / "out"
    folder.mkdir()
    return lambda name: str(folder / name)


@pytest.fixture
def refusal(run_algorithm):
    """The message with which an algorithm refuses."""

    def run(algorithm, **parameters):
        with pytest.raises(QgsProcessingException) as caught:
            run_algorithm(algorithm, parameters)
        return str(caught.value)

    return run


def polygon(left, bottom, right, top):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650", "area", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, bottom, right, top)))
    layer.dataProvider().addFeature(feature)
    return layer


def left_column():
    """A mask of the first column of a raster."""
    return polygon(500000, 3999000, 500100, 4000000)


def read(path, band=1):
    with rasterio.open(path) as dataset:
        return dataset.read(band, masked=True).astype(float).filled(np.nan)


def same(path, expected, band=1):
    np.testing.assert_allclose(read(path, band), np.asarray(expected, dtype=float), rtol=1e-6)
    return True


def rows(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def record(path):
    with open(path + ".run.json", encoding="utf-8") as stream:
        return json.load(stream)


def content(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def legend(path):
    """Renderer type, and labels by class code of a styled class raster."""
    layer = QgsRasterLayer(path)
    layer.loadDefaultStyle()
    renderer = layer.renderer()
    labels = {item.value: item.label for item in renderer.classes()} if renderer.type() == "paletted" else {}
    return renderer.type(), labels


# All of them


def test_they_are_in_the_toolbox_in_working_order(provider):
    mine = [name for name in (algorithm.name() for algorithm in provider.algorithms()) if name in PREPARE]
    assert sorted(mine) == sorted(PREPARE)
    assert {QgsApplication.processingRegistry().algorithmById("carbon:" + name).groupId() for name in mine} == {
        "prepare"
    }


@pytest.mark.parametrize("name", PREPARE)
def test_every_output_and_every_parameter_says_what_it_is(provider, name):
    algorithm = provider.algorithm(name)
    for definition in algorithm.parameterDefinitions():
        assert len(definition.help()) > 25, definition.name()
    assert all(output.description() for output in algorithm.outputDefinitions())


# driverstack


def test_driver_stack_names_units_kinds_and_every_file(run_algorithm, raster, out):
    rain = raster("PRE_2010.tif", [[1, 2, -9], [4, 5, 6]], nodata=-9, unit="cm")
    bands = raster("terrain.tif", [np.full((2, 3), 7.0), np.arange(6).reshape(2, 3)], names=("DEM", ""))
    zones = raster("zones.tif", [[1, 1, 2], [3, 3, 2]], dtype="uint8", band_tags={"CARBON_CATEGORICAL": "1"})
    made = {"STACK": out("stack.tif"), "TABLE": out("t.csv"), "REPORT": out("r.html"), "FIGURES": out("figures")}
    found = run_algorithm("driverstack", {
        "DRIVERS": [rain, bands, zones], "NAMES": ["PRE_2010", "", "mm", "", "terrain_2", "soil", "", "yes"],
        "YEAR": 2010, "SCENARIO": "ssp126", **made,
    })  # fmt: skip
    assert found["CELLS"] == 5 and found["DRIVERS_COUNT"] == 4
    with rasterio.open(made["STACK"]) as stack:
        assert stack.descriptions == ("PRE", "DEM", "soil", "zones")
        assert stack.units[0] == "mm" and stack.tags()["CARBON_YEAR"] == "2010"
        assert stack.tags()["CARBON_SCENARIO"] == "ssp126"
        kinds = [stack.tags(band).get("CARBON_CATEGORICAL") for band in stack.indexes]
        assert kinds == [None, None, "1", "1"]
    assert same(made["STACK"], [[1, 2, np.nan], [4, 5, 6]]) and same(made["STACK"], [[0, 1, 2], [3, 4, 5]], 3)
    assert [row["classes"] for row in rows(made["TABLE"])] == ["", "", "6", "3"]
    assert record(made["STACK"])["drivers"] == ["PRE", "DEM", "soil", "zones"]
    page = content(made["REPORT"])
    assert "4 drivers on one grid: PRE, DEM, soil, zones." in page and "ssp126" in page
    assert {"drivers.png", "classes-soil.svg"} <= set(os.listdir(made["FIGURES"]))
    assert legend(made["STACK"])[0] == "singlebandpseudocolor"


def test_driver_stack_takes_the_reference_grid_and_the_mask(run_algorithm, raster, out):
    fine = raster("fine.tif", np.arange(16).reshape(4, 4), transform=HECTARE * Affine.scale(0.5))
    coarse = raster("coarse.tif", [[1, 2], [3, 4]])
    run_algorithm("driverstack", {
        "DRIVERS": [fine], "REFERENCE": coarse, "MASK": left_column(), "STACK": out("s.tif"),
    })  # fmt: skip
    assert same(out("s.tif"), [[2.5, np.nan], [10.5, np.nan]])


def test_driver_stack_without_a_copy(run_algorithm, raster, out):
    rain, heat = raster("PRE.tif", [[1, 2]]), raster("TEM.tif", [[3, 4]])
    for more in ({"VIRTUAL": True}, {}):
        found = run_algorithm("driverstack", {"DRIVERS": [rain, heat], "STACK": out("s.vrt"), **more})
        assert found["STACK"] == out("s.vrt") and content(out("s.vrt")).startswith("<VRTDataset")
        assert same(out("s.vrt"), [[3, 4]], 2) and record(out("s.vrt"))["virtual"] is True


def test_the_vrt_is_for_the_driver_stack_alone(provider):
    def accepts(algorithm, parameter, name):
        return provider.algorithm(algorithm).parameterDefinition(parameter).isSupportedOutputValue(
            name, QgsProcessingContext())

    assert accepts("driverstack", "STACK", "/tmp/s.vrt")[0] and accepts("carbonstock", "TOTAL", "/tmp/s.tif")[0]
    refused, message = accepts("carbonstock", "TOTAL", "/tmp/s.vrt")
    assert not refused and message == "This output is a GeoTIFF; give it a file name that ends in .tif."


def test_driver_stack_exchanges_names(run_algorithm, raster, out):
    one, two = raster("a.tif", [[1]]), raster("b.tif", [[2]])
    run_algorithm("driverstack", {
        "DRIVERS": [one, two], "NAMES": ["a", "b", "", "", "b", "a", "", ""], "CATEGORICAL": "a",
        "TABLE": out("t.csv"), "STACK": out("s.tif"),
    })  # fmt: skip
    assert [(row["name"], row["source"], row["categorical"]) for row in rows(out("t.csv"))] == [
        ("b", "a.tif", "0"), ("a", "b.tif", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("parameters, words", [
    ({"VIRTUAL": True}, "A virtual raster was asked for, but the stack goes to "),
    ({"VIRTUAL": True, "STACK": "TEMPORARY_OUTPUT"}, "the stack goes to a temporary file. Give it a file name that"),
    ({"CATEGORICAL": "soil"}, "Categorical drivers (CATEGORICAL): there is no driver 'soil'. The drivers are: PRE, PRE"),
    ({"NAMES": ["PRE", "x", "", ""]}, "'PRE' fits several drivers: '"),
    ({"NAMES": ["PRE_2010", "x", "", "", "PRE_2010.tif", "y", "", ""]}, "'PRE_2010' and 'PRE_2010.tif' are the same"),
    ({"NAMES": ["", "x", "", ""]}, "(NAMES), row 1: the layer is missing."),
    ({"NAMES": ["PRE_2010", "x", "mm", "perhaps"]}, "row 1: 'perhaps' in the column categorical is neither yes nor no"),
    ({}, "Two drivers are called 'PRE': '"),
    ({"NAMES": ["PRE_2020", "late", "", "yes"]}, "The driver 'late' is marked as categorical but holds 0.5"),
])  # fmt: skip
def test_driver_stack_refuses(refusal, raster, out, parameters, words):
    drivers = [raster("PRE_2010.tif", [[1, 2]]), raster("PRE_2020.tif", [[0.5, 2]])]
    assert words in refusal("driverstack", **{"DRIVERS": drivers, "STACK": out("s.tif"), **parameters})
    assert os.listdir(os.path.dirname(out(""))) == []


def test_driver_stack_refuses_a_virtual_raster_that_needs_a_copy(refusal, raster, out):
    drivers = [raster("a.tif", [[1, 2]]), raster("b.tif", [[1, 2]], transform=HECTARE * Affine.scale(2))]
    message = refusal("driverstack", DRIVERS=drivers, STACK=out("s.vrt"))
    assert "cannot be a virtual raster, because 'b.tif' is on another grid." in message


# aggregatetime


@pytest.fixture
def months(raster):
    """Three steps of two cells; the second cell lacks one."""
    return raster("PRE_2010.tif", [[[1, 2]], [[3, -1]], [[5, 8]]], nodata=-1, unit="mm", names=("Jan", "Feb", "Mar"))


def test_aggregate_known_answers_and_every_file(run_algorithm, months, out):
    made = {"RESULT": out("sum.tif"), "COUNT": out("n.tif"), "TABLE": out("t.csv"), "REPORT": out("r.html")}
    found = run_algorithm("aggregatetime", {"STEPS": [months], "YEAR": 2010, **made})
    assert same(made["RESULT"], [[9, np.nan]]) and same(made["COUNT"], [[3, 2]])
    assert (found["MIN"], found["MAX"], found["MEAN"], found["CELLS"], found["STEPS_COUNT"]) == (9, 9, 9, 1, 3)
    assert [(row["step"], float(row["mean"])) for row in rows(made["TABLE"])] == [("Jan", 1.5), ("Feb", 3), ("Mar", 6.5)]
    with rasterio.open(made["RESULT"]) as dataset:
        assert dataset.units == ("mm",) and dataset.tags()["CARBON_YEAR"] == "2010"
    assert record(made["RESULT"])["statistic"] == "sum" and "Sum of PRE over 3 time steps" in content(made["REPORT"])
    assert legend(made["RESULT"])[0] == legend(made["COUNT"])[0] == "singlebandpseudocolor"


@pytest.mark.parametrize("parameters, expected", [
    ({"STATISTIC": "mean"}, [[3, np.nan]]),
    ({"STATISTIC": "mean", "MINIMUM_COUNT": 2}, [[3, 5]]),
    ({"VARIABLE": "NDVI", "MINIMUM_COUNT": 1}, [[5, 8]]),
    ({"VARIABLE": "SM", "MINIMUM_COUNT": 1}, [[3, 5]]),
    ({"STATISTIC": "min", "MINIMUM_COUNT": 1}, [[1, 2]]),
    ({"MINIMUM_COUNT": 1, "MASK": "left"}, [[9, np.nan]]),
])  # fmt: skip
def test_aggregate_statistic_count_and_mask(run_algorithm, months, out, parameters, expected):
    if "MASK" in parameters:
        parameters = dict(parameters, MASK=left_column())
    run_algorithm("aggregatetime", {"STEPS": [months], "RESULT": out("r.tif"), **parameters})
    assert same(out("r.tif"), expected)


def test_years_to_the_mean_of_a_period(run_algorithm, raster, out):
    years = [raster("SM_{}.tif".format(year), [[year - 2000, 1]], unit="m3/m3") for year in (2001, 2002, 2006)]
    run_algorithm("aggregatetime", {"STEPS": years, "RESULT": out("r.tif"), "TABLE": out("t.csv")})
    assert same(out("r.tif"), [[3, 1]]) and rows(out("t.csv"))[2]["step"] == "SM_2006"


@pytest.fixture
def cube(tmp_path):
    """A NetCDF file with two variables of two months."""
    netcdf = pytest.importorskip("scipy.io").netcdf_file
    path = str(tmp_path / "cube.nc")
    with netcdf(path, "w") as file:
        for name, values, unit in (
            ("time", [15, 45], "days since 2010-01-01"), ("lat", [40.5, 39.5], "degrees_north"),
            ("lon", [80.5, 81.5, 82.5], "degrees_east"),
        ):  # fmt: skip
            file.createDimension(name, len(values))
            axis = file.createVariable(name, "f8", (name,))
            axis[:], axis.units = values, unit
        file.variables["lat"].standard_name, file.variables["lon"].standard_name = "latitude", "longitude"
        crs = file.createVariable("crs", "i4", ())
        crs.grid_mapping_name, crs.semi_major_axis, crs.inverse_flattening = "latitude_longitude", 6378137.0, 298.257
        for name, unit, first in (("pre", "mm", 10), ("tas", "degC", 1)):
            variable = file.createVariable(name, "f4", ("time", "lat", "lon"))
            variable[:] = first + np.arange(12).reshape(2, 2, 3)
            variable.units, variable.grid_mapping = unit, "crs"
    return path


def test_a_variable_of_a_netcdf_file(run_algorithm, cube, out):
    name = 'NETCDF:"{}":pre'.format(cube)
    found = run_algorithm("aggregatetime", {"STEPS": name, "RESULT": out("r.tif"), "TABLE": out("t.csv")})
    assert same(out("r.tif"), [[26, 28, 30], [32, 34, 36]]) and found["MAX"] == 36
    assert [row["step"] for row in rows(out("t.csv"))] == ["2010-01-16", "2010-02-15"]
    with rasterio.open(out("r.tif")) as dataset:
        assert dataset.units == ("mm",)


def test_a_netcdf_file_of_several_variables_names_them(refusal, cube, out):
    message = refusal("aggregatetime", STEPS=cube, RESULT=out("r.tif"))
    assert message.startswith("Time steps (STEPS): '{}' holds several variables. Choose one of them: NETCDF".format(cube))
    assert ":pre," in message and message.endswith(":tas.")


@pytest.mark.parametrize("parameters, words", [
    ({"MINIMUM_COUNT": 4}, "The minimum count of valid steps is 4, but must be from 1 to 3, the number of steps."),
    ({"STEPS": ["a", "a"]}, "is there twice: it would count double."),
    ({"STEPS": ["a", "b"]}, "The steps have different units: 'mm' ("),
    ({"STEPS": ["gone"]}, "Time steps (STEPS): there is no raster file or layer "),
    ({"MASK": "far"}, "overlap"),
])  # fmt: skip
def test_aggregate_refuses(refusal, raster, months, out, tmp_path, parameters, words):
    files = {"a": months, "b": raster("b.tif", [[1, 2]], unit="degC"), "gone": str(tmp_path / "gone.tif")}
    parameters = dict(parameters, STEPS=[files[name] for name in parameters.get("STEPS", "a")])
    if "MASK" in parameters:
        parameters["MASK"] = polygon(0, 0, 1, 1)
    assert words in refusal("aggregatetime", RESULT=out("r.tif"), **parameters)
    assert os.listdir(os.path.dirname(out(""))) == []


# Cancel


@pytest.mark.parametrize("name, inputs, output", [
    ("driverstack", {"DRIVERS": "big"}, "STACK"),
    ("aggregatetime", {"STEPS": "big"}, "RESULT"),
    ("convertdensity", {"DENSITY": "big", "SOURCE_UNIT": "t C/ha"}, "CONVERTED"),
    ("ecosystemclasses", {"LANDCOVER": "big", "CLASSES_TABLE": "ecosystems"}, "ECOSYSTEMS"),
    ("landuseintensity", {"LANDCOVER": "big", "GRADES": "grades"}, "LUI"),
    ("checkpooltable", {"LANDCOVER": "big", "POOLS": "pools"}, "TABLE"),
])  # fmt: skip
def test_a_cancelled_run_leaves_nothing(
    run_algorithm, raster, table, out, make_feedback, name, inputs, output
):  # fmt: skip
    files = {
        "big": raster("big.tif", np.ones((1200, 1200)), dtype="uint8"), "pools": table("p.csv", POOLS),
        "ecosystems": table("e.csv", ECOSYSTEMS), "grades": table("g.csv", GRADES),
    }  # fmt: skip
    parameters = {key: files.get(value, value) for key, value in inputs.items()}
    parameters[output] = out("kept.csv" if output == "TABLE" else "kept.tif")
    with open(parameters[output], "w") as stream:
        stream.write("what was there before")
    with pytest.raises(QgsProcessingException) as caught:
        run_algorithm(name, parameters, feedback=make_feedback(cancel_at=1))
    assert str(caught.value).startswith("Cancelled.")
    assert content(parameters[output]) == "what was there before" and len(os.listdir(os.path.dirname(out("")))) == 1
