"""driverstack and aggregatetime as a user meets them, and what all of the group 'Prepare' share."""

import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from qgis.core import QgsApplication, QgsProcessingContext

from tests.algorithms.workshop import (
    ECOSYSTEMS,
    GRADES,
    HECTARE,
    POOLS,
    Workshop,
    content,
    left_column,
    legend,
    polygon,
    record,
    same,
    table_rows,
)

PREPARE = (
    "driverstack", "aggregatetime", "convertdensity", "ecosystemclasses", "landuseintensity", "checkpooltable",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm)


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


def test_driver_stack_names_units_kinds_and_every_file(shop):
    rain = shop.raster("PRE_2010.tif", [[1, 2, -9], [4, 5, 6]], nodata=-9, unit="cm")
    bands = shop.raster("terrain.tif", [np.full((2, 3), 7.0), np.arange(6).reshape(2, 3)], names=("DEM", ""))
    zones = shop.raster("zones.tif", [[1, 1, 2], [3, 3, 2]], dtype="uint8", band_tags={"CARBON_CATEGORICAL": "1"})
    made = {"STACK": "stack.tif", "TABLE": "t.csv", "REPORT": "r.html", "FIGURES": "figures"}
    made = {output: shop.path(name) for output, name in made.items()}
    found = shop.run("driverstack", {
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
    assert [row["classes"] for row in table_rows(made["TABLE"])] == ["", "", "6", "3"]
    assert record(made["STACK"])["drivers"] == ["PRE", "DEM", "soil", "zones"]
    page = content(made["REPORT"])
    assert "4 drivers on one grid: PRE, DEM, soil, zones." in page and "ssp126" in page
    assert {"drivers.png", "classes-soil.svg"} <= set(os.listdir(made["FIGURES"]))
    assert legend(made["STACK"])[0] == "singlebandpseudocolor"


def test_driver_stack_takes_the_reference_grid_and_the_mask(shop):
    fine = shop.raster("fine.tif", np.arange(16).reshape(4, 4), transform=HECTARE * Affine.scale(0.5))
    coarse = shop.raster("coarse.tif", [[1, 2], [3, 4]])
    shop.run("driverstack", {
        "DRIVERS": [fine], "REFERENCE": coarse, "MASK": left_column(), "STACK": shop.path("s.tif"),
    })  # fmt: skip
    assert same(shop.path("s.tif"), [[2.5, np.nan], [10.5, np.nan]])


def test_driver_stack_is_clipped_to_the_study_area(shop, feedback):
    """In whole cells of the reference grid, and only where the box is ticked: no value is changed or moved."""
    rain = shop.raster("PRE.tif", [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    given = {"DRIVERS": [rain], "MASK": polygon(500110, 3999810, 500290, 3999890), "STACK": shop.path("s.tif")}
    found = shop.run("driverstack", dict(given, CLIP=True))
    assert same(shop.path("s.tif"), [[5, 6]]) and found["CELLS"] == 2
    with rasterio.open(shop.path("s.tif")) as stack:
        assert tuple(stack.bounds) == (500100, 3999800, 500300, 3999900)
    shop.run("driverstack", given)
    assert same(shop.path("s.tif"), [[np.nan] * 3, [np.nan, 5, 6], [np.nan] * 3])
    assert "study area to clip to" not in feedback.text
    shop.run("driverstack", {"DRIVERS": [rain], "CLIP": True, "STACK": shop.path("s.tif")})
    assert same(shop.path("s.tif"), [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert "There is no study area to clip to: the stack covers the whole reference grid." in feedback.warnings


def test_driver_stack_without_a_copy(shop):
    rain, heat = shop.raster("PRE.tif", [[1, 2]]), shop.raster("TEM.tif", [[3, 4]])
    for more in ({"VIRTUAL": True}, {}):
        found = shop.run("driverstack", {"DRIVERS": [rain, heat], "STACK": shop.path("s.vrt"), **more})
        assert found["STACK"] == shop.path("s.vrt") and content(shop.path("s.vrt")).startswith("<VRTDataset")
        assert same(shop.path("s.vrt"), [[3, 4]], 2) and record(shop.path("s.vrt"))["virtual"] is True


def test_the_vrt_is_for_the_driver_stack_alone(provider):
    def accepts(algorithm, parameter, name):
        return provider.algorithm(algorithm).parameterDefinition(parameter).isSupportedOutputValue(
            name, QgsProcessingContext())

    assert accepts("driverstack", "STACK", "/tmp/s.vrt")[0] and accepts("carbonstock", "TOTAL", "/tmp/s.tif")[0]
    refused, message = accepts("carbonstock", "TOTAL", "/tmp/s.vrt")
    assert not refused and message == "This output is a GeoTIFF; give it a file name that ends in .tif."


def test_driver_stack_exchanges_names(shop):
    one, two = shop.raster("a.tif", [[1]]), shop.raster("b.tif", [[2]])
    shop.run("driverstack", {
        "DRIVERS": [one, two], "NAMES": ["a", "b", "", "", "b", "a", "", ""], "CATEGORICAL": "a",
        "TABLE": shop.path("t.csv"), "STACK": shop.path("s.tif"),
    })  # fmt: skip
    assert [(row["name"], row["source"], row["categorical"]) for row in table_rows(shop.path("t.csv"))] == [
        ("b", "a.tif", "0"), ("a", "b.tif", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("parameters, words", [
    ({"VIRTUAL": True}, "A virtual raster was asked for, but the stack goes to "),
    ({"VIRTUAL": True, "STACK": "TEMPORARY_OUTPUT"}, "the stack goes to a temporary file. Give it a file name that"),
    ({"CATEGORICAL": "soil"}, "(CATEGORICAL): there is no driver 'soil'. The drivers are: PRE, PRE."),
    ({"NAMES": ["PRE", "x", "", ""]}, "'PRE' fits several drivers: '"),
    ({"NAMES": ["PRE_2010", "x", "", "", "PRE_2010.tif", "y", "", ""]}, "'PRE_2010' and 'PRE_2010.tif' are the same"),
    ({"NAMES": ["", "x", "", ""]}, "(NAMES), row 1: the layer is missing."),
    ({"NAMES": ["PRE_2010", "x", "mm", "perhaps"]}, "row 1: 'perhaps' in the column categorical is neither yes nor no"),
    ({}, "Two drivers are called 'PRE': '"),
    ({"NAMES": ["PRE_2020", "late", "", "yes"]}, "The driver 'late' is marked as categorical but holds 0.5"),
])  # fmt: skip
def test_driver_stack_refuses(shop, parameters, words):
    drivers = [shop.raster("PRE_2010.tif", [[1, 2]]), shop.raster("PRE_2020.tif", [[0.5, 2]])]
    assert words in shop.refusal("driverstack", {"DRIVERS": drivers, "STACK": shop.path("s.tif"), **parameters})


def test_driver_stack_refuses_a_virtual_raster_that_needs_a_copy(shop):
    drivers = [shop.raster("a.tif", [[1, 2]]), shop.raster("b.tif", [[1, 2]], transform=HECTARE * Affine.scale(2))]
    message = shop.refusal("driverstack", {"DRIVERS": drivers, "STACK": shop.path("s.vrt")})
    assert "cannot be a virtual raster, because 'b.tif' is on another grid." in message


# aggregatetime


@pytest.fixture
def months(shop):
    """Three steps of two cells; the second cell lacks one."""
    steps = [[[1, 2]], [[3, -1]], [[5, 8]]]
    return shop.raster("PRE_2010.tif", steps, nodata=-1, unit="mm", names=("Jan", "Feb", "Mar"))


def test_aggregate_known_answers_and_every_file(shop, months):
    made = {"RESULT": "sum.tif", "COUNT": "n.tif", "TABLE": "t.csv", "REPORT": "r.html"}
    made = {output: shop.path(name) for output, name in made.items()}
    found = shop.run("aggregatetime", {"STEPS": [months], "YEAR": 2010, **made})
    assert same(made["RESULT"], [[9, np.nan]]) and same(made["COUNT"], [[3, 2]])
    assert (found["MIN"], found["MAX"], found["MEAN"], found["CELLS"], found["STEPS_COUNT"]) == (9, 9, 9, 1, 3)
    means = {row["step"]: float(row["mean"]) for row in table_rows(made["TABLE"])}
    assert means == {"Jan": 1.5, "Feb": 3, "Mar": 6.5}
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
def test_aggregate_statistic_count_and_mask(shop, months, parameters, expected):
    if "MASK" in parameters:
        parameters = dict(parameters, MASK=left_column())
    shop.run("aggregatetime", {"STEPS": [months], "RESULT": shop.path("r.tif"), **parameters})
    assert same(shop.path("r.tif"), expected)


def test_years_to_the_mean_of_a_period(shop):
    years = [shop.raster("SM_{}.tif".format(year), [[year - 2000, 1]], unit="m3/m3") for year in (2001, 2002, 2006)]
    shop.run("aggregatetime", {"STEPS": years, "RESULT": shop.path("r.tif"), "TABLE": shop.path("t.csv")})
    assert same(shop.path("r.tif"), [[3, 1]]) and table_rows(shop.path("t.csv"))[2]["step"] == "SM_2006"


@pytest.fixture
def cube(shop):
    """A NetCDF file with two variables of two months."""
    netcdf = pytest.importorskip("scipy.io").netcdf_file
    path = str(shop.folder / "cube.nc")
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


def test_a_variable_of_a_netcdf_file(shop, cube):
    name = 'NETCDF:"{}":pre'.format(cube)
    found = shop.run("aggregatetime", {"STEPS": name, "RESULT": shop.path("r.tif"), "TABLE": shop.path("t.csv")})
    assert same(shop.path("r.tif"), [[26, 28, 30], [32, 34, 36]]) and found["MAX"] == 36
    assert [(row["step"], row["source"]) for row in table_rows(shop.path("t.csv"))] == [
        ("2010-01-16", "cube.nc:pre"), ("2010-02-15", "cube.nc:pre"),
    ]  # fmt: skip
    with rasterio.open(shop.path("r.tif")) as dataset:
        assert dataset.units == ("mm",)


def test_a_netcdf_file_of_several_variables_names_them(shop, cube):
    message = shop.refusal("aggregatetime", {"STEPS": cube, "RESULT": shop.path("r.tif")})
    assert message.startswith("Time steps (STEPS): '{}' holds several variables. Choose one of them: ".format(cube))
    assert ":pre," in message and message.endswith(":tas.")


@pytest.mark.parametrize("parameters, words", [
    ({"MINIMUM_COUNT": 4}, "The minimum count of valid steps is 4, but must be from 1 to 3, the number of steps."),
    ({"STEPS": ["a", "a"]}, "is there twice: it would count double."),
    ({"STEPS": ["a", "b"]}, "The steps have different units: 'mm' ("),
    ({"STEPS": ["gone"]}, "Time steps (STEPS): there is no raster file or layer "),
    ({"MASK": "far"}, "The layer 'area' does not overlap the raster: it covers x 0 to 1"),
])  # fmt: skip
def test_aggregate_refuses(shop, months, parameters, words):
    files = {"a": months, "b": shop.raster("b.tif", [[1, 2]], unit="degC"), "gone": str(shop.folder / "gone.tif")}
    parameters = dict(parameters, STEPS=[files[name] for name in parameters.get("STEPS", "a")])
    if "MASK" in parameters:
        parameters["MASK"] = polygon(0, 0, 1, 1)
    assert words in shop.refusal("aggregatetime", {"RESULT": shop.path("r.tif"), **parameters})


# Cancel


@pytest.mark.parametrize("name, inputs, output", [
    ("driverstack", {"DRIVERS": "big"}, "STACK"),
    ("aggregatetime", {"STEPS": "big"}, "RESULT"),
    ("convertdensity", {"DENSITY": "big", "SOURCE_UNIT": "t C/ha"}, "CONVERTED"),
    ("ecosystemclasses", {"LANDCOVER": "big", "CLASSES_TABLE": "ecosystems"}, "ECOSYSTEMS"),
    ("landuseintensity", {"LANDCOVER": "big", "GRADES": "grades"}, "LUI"),
    ("checkpooltable", {"LANDCOVER": "big", "POOLS": "pools"}, "TABLE"),
])  # fmt: skip
def test_a_cancelled_run_leaves_nothing(shop, make_feedback, name, inputs, output):
    files = {
        "big": shop.raster("big.tif", np.ones((1200, 1200)), dtype="uint8"), "pools": shop.table("p.csv", POOLS),
        "ecosystems": shop.table("e.csv", ECOSYSTEMS), "grades": shop.table("g.csv", GRADES),
    }  # fmt: skip
    parameters = {key: files.get(value, value) for key, value in inputs.items()}
    parameters[output] = shop.path("kept.csv" if output == "TABLE" else "kept.tif")
    with open(parameters[output], "w") as stream:
        stream.write("what was there before")
    assert shop.refusal(name, parameters, feedback=make_feedback(cancel_at=1)).startswith("Cancelled.")
    assert content(parameters[output]) == "what was there before"
