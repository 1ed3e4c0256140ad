"""convertdensity, ecosystemclasses, landuseintensity and checkpooltable as a user meets them."""

import os

import numpy as np
import pytest
import rasterio

from tests.algorithms.workshop import (
    ECOSYSTEMS,
    GRADES,
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


@pytest.fixture
def shop(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm)


# convertdensity


def test_convert_known_answer_and_every_file(shop):
    biomass = shop.raster("agb.tif", [[1000, -9], [2000, 0]], nodata=-9, dtype="int16")
    made = {"CONVERTED": shop.path("c.tif"), "TABLE": shop.path("t.csv"), "REPORT": shop.path("r.html")}
    found = shop.run("convertdensity", {
        "DENSITY": biomass, "SOURCE_UNIT": "t/ha", "TARGET_UNIT": "kg C/m2", "SCALE": 0.1, "CARBON_FRACTION": 0.47,
        "POOL": "above", "YEAR": 2015, **made,
    })  # fmt: skip
    # 1000 x 0.1 t/ha of dry matter x 0.47 = 47 t C/ha = 4.7 kg C/m2; (47 + 94 + 0) t C on three hectares.
    assert same(made["CONVERTED"], [[4.7, np.nan], [9.4, 0]])
    assert found["MIN"] == 0 and found["MAX"] == pytest.approx(9.4, rel=1e-6)
    assert found["MEAN"] == pytest.approx(4.7, rel=1e-6) and found["TOTAL_TG"] == pytest.approx(141e-6, rel=1e-6)
    assert found["AREA_KM2"] == pytest.approx(0.03) and found["CELLS"] == 3
    with rasterio.open(made["CONVERTED"]) as dataset:
        assert dataset.units == ("kg C/m2",)
        tags = dataset.tags()
    assert (tags["CARBON_UNIT"], tags["CARBON_POOL"], tags["CARBON_YEAR"]) == ("kg C/m2", "above", "2015")
    assert float(table_rows(made["TABLE"])[0]["total_t_C"]) == pytest.approx(141, rel=1e-6)
    assert record(made["CONVERTED"])["unit"] == "kg C/m2"
    page = content(made["REPORT"])
    assert "read as dry matter in t/ha" in page and "carbon fraction of 0.47" in page
    assert legend(made["CONVERTED"])[0] == "singlebandpseudocolor"


def test_convert_takes_the_raster_at_its_word(shop):
    density = shop.raster("soil.tif", [[[1, 1]], [[2, 3]]], unit="kg C/m2", CARBON_YEAR="1990")
    shop.run("convertdensity", {
        "DENSITY": density, "BAND": 2, "OFFSET": 1.0, "MASK": left_column(), "CONVERTED": shop.path("c.tif"),
    })  # fmt: skip
    assert same(shop.path("c.tif"), [[30, np.nan]])
    with rasterio.open(shop.path("c.tif")) as dataset:
        assert dataset.units == ("t C/ha",) and dataset.tags()["CARBON_YEAR"] == "1990"


def test_convert_warns_and_alters_nothing(shop, feedback):
    density = shop.raster("c.tif", [[700, -1]], unit="t C/ha")
    shop.run("convertdensity", {
        "DENSITY": density, "POOL": "above", "CONVERTED": shop.path("c.tif"), "REPORT": shop.path("r.html"),
    })  # fmt: skip
    assert same(shop.path("c.tif"), [[700, -1]])
    assert "1 cells are negative, down to -1 t C/ha" in feedback.text
    assert "above 600 t C/ha" in feedback.text and "above 600 t C/ha" in content(shop.path("r.html"))


@pytest.mark.parametrize("parameters, words", [
    ({}, "band 1 carries no unit. Give the source unit explicitly"),
    ({"unit": "Mg/ha"}, "is in 'Mg/ha', which does not say carbon"),
    ({"unit": "mm"}, "is in 'mm', no unit of carbon density"),
    ({"unit": "t C/ha", "CARBON_FRACTION": 0.47}, "says that it holds carbon (t C/ha), but a carbon fraction of 0.47"),
    ({"SOURCE_UNIT": "kg/m2"}, "is 'kg/m2', a mass without carbon in its name, but Carbon fraction (t C per t"),
    ({"SOURCE_UNIT": "t C/ha", "CARBON_FRACTION": 0}, "(CARBON_FRACTION) is 0; it must be above 0 and at most 1"),
    ({"SOURCE_UNIT": "t C/ha", "CARBON_FRACTION": 47}, "(CARBON_FRACTION) is 47; it must be above 0 and at most 1"),
    ({"SOURCE_UNIT": "t C/ha", "SCALE": 0}, "Scale (SCALE) is 0: every cell would be the same."),
    ({"SOURCE_UNIT": "t C/ha", "BAND": 2}, "has 1 band(s); band 2 was asked for."),
])  # fmt: skip
def test_convert_refuses(shop, parameters, words):
    density = shop.raster("d.tif", [[1, 2]], unit=parameters.get("unit", ""))
    parameters = {name: value for name, value in parameters.items() if name != "unit"}
    assert words in shop.refusal("convertdensity", {"DENSITY": density, "CONVERTED": shop.path("c.tif"), **parameters})


# ecosystemclasses


def test_ecosystems_known_answer_legend_and_every_file(shop):
    made = {name: shop.path(name) for name in ("e.tif", "t.csv", "codes.csv", "r.html")}
    found = shop.run("ecosystemclasses", {
        "LANDCOVER": shop.cover(), "CLASSES_TABLE": shop.table("e.csv", ECOSYSTEMS), "ECOSYSTEMS": made["e.tif"],
        "TABLE": made["t.csv"], "CODES": made["codes.csv"], "REPORT": made["r.html"],
    })  # fmt: skip
    assert same(made["e.tif"], [[1, 1, 2], [1, 2, np.nan]])
    assert (found["CELLS"], found["ECOSYSTEMS_COUNT"]) == (5, 2) and found["AREA_KM2"] == pytest.approx(0.05)
    assert [(row["ecosystem"], row["cells"]) for row in table_rows(made["t.csv"])] == [
        ("Forest", "3"), ("Grass & <herbs>", "2"), ("Desert", "0"),
    ]  # fmt: skip
    assert [(row["code"], row["id"]) for row in table_rows(made["codes.csv"])] == [("1", "1"), ("2", "2"), ("3", "1")]
    assert legend(made["e.tif"]) == ("paletted", {1: "Forest", 2: "Grass & <herbs>", 3: "Desert"})
    with rasterio.open(made["e.tif"]) as dataset:
        assert dataset.tags()["CARBON_YEAR"] == "2010"
    assert record(made["e.tif"])["classes"]["3"] == "Desert"
    assert "&#x27;Forest&#x27; is the largest with 60.0 % of the area" in content(made["r.html"])


def test_ecosystems_inside_a_mask(shop):
    found = shop.run("ecosystemclasses", {
        "LANDCOVER": shop.cover(), "CLASSES_TABLE": shop.table("e.csv", ECOSYSTEMS), "MASK": left_column(),
        "ECOSYSTEMS": shop.path("e.tif"),
    })  # fmt: skip
    assert found["CELLS"] == 2 and same(shop.path("e.tif"), [[1, np.nan, np.nan], [1, np.nan, np.nan]])


@pytest.mark.parametrize("text, words", [
    ("code,ecosystem\n2,Grass\n", "has class codes that e.csv does not list: 1 (2 cells), 3 (1 cell)."),
    ("code,ecosystem\n1,a\n1,b\n", "code 1 is already in line 2"),
    ("code,ecosystem\n1,a\n2,\n", "the cell is empty"),
    ("number,ecosystem\n1,a\n", "e.csv has no column 'code' or 'lucode' or 'value'. Its columns are: 'number'"),
    (ECOSYSTEMS + "255,Sea\n", "The nodata value 255 of '"),
])  # fmt: skip
def test_ecosystems_refuses(shop, text, words):
    assert words in shop.refusal("ecosystemclasses", {
        "LANDCOVER": shop.cover(), "CLASSES_TABLE": shop.table("e.csv", text), "ECOSYSTEMS": shop.path("e.tif"),
    })  # fmt: skip


# landuseintensity


def test_intensity_known_answer_and_every_file(shop):
    made = {"LUI": shop.path("lui.tif"), "TABLE": shop.path("t.csv"), "REPORT": shop.path("r.html")}
    grades = shop.table("g.csv", GRADES)
    found = shop.run("landuseintensity", {"LANDCOVER": shop.cover(), "GRADES": grades, **made})
    assert same(made["LUI"], [[200, 200, 300], [400, 300, np.nan]])
    assert (found["MIN"], found["MAX"], found["MEAN"], found["CELLS"]) == (200, 400, 280, 5)
    assert [(row["class"], float(row["grade"])) for row in table_rows(made["TABLE"])] == [
        ("forest", 2), ("crops", 3), ("town", 4),
    ]  # fmt: skip
    assert record(made["LUI"])["window"] == 1 and "280 on average over cells" in content(made["REPORT"])
    assert legend(made["LUI"])[0] == "singlebandpseudocolor"


def test_intensity_in_a_window_and_a_mask(shop):
    common = {"LANDCOVER": shop.cover(), "GRADES": shop.table("g.csv", GRADES), "WINDOW": 3}
    common["LUI"] = shop.path("lui.tif")
    shop.run("landuseintensity", common)
    left = 100 * (2 + 2 + 4 + 3) / 4
    assert same(shop.path("lui.tif"), [[left, 280, 800 / 3], [left, 280, np.nan]])
    shop.run("landuseintensity", dict(common, MASK=left_column()))
    assert same(shop.path("lui.tif"), [[300, np.nan, np.nan], [300, np.nan, np.nan]])


@pytest.mark.parametrize("parameters, text, words", [
    ({"WINDOW": 4}, GRADES, "Side of the window (cells) (WINDOW) is 4; it must be an odd number from 1 to 1001"),
    ({"WINDOW": 0}, GRADES, "(WINDOW) is 0; it must be an odd number"),
    ({"WINDOW": 1003}, GRADES, "(WINDOW) is 1003; it must be an odd number"),
    ({}, "code,grade\n1,2\n", "does not list: 2 (2 cells), 3 (1 cell)"),
    ({}, "code,grade\n1,200\n", "'200' is not a grade from 0 to 100"),
    ({}, "code,level\n1,2\n", "g.csv has no column 'grade' or 'intensity' or 'lui'."),
])  # fmt: skip
def test_intensity_refuses(shop, parameters, text, words):
    grades = shop.table("g.csv", text)
    parameters = dict(parameters, LANDCOVER=shop.cover(), GRADES=grades, LUI=shop.path("lui.tif"))
    assert words in shop.refusal("landuseintensity", parameters)


# checkpooltable


def test_check_finds_what_is_wrong_and_never_fails_on_it(shop, feedback):
    pools = POOLS + "2,again,1,x,-5,0\n"
    found = shop.run("checkpooltable", {
        "POOLS": shop.table("p.csv", pools), "LANDCOVER": shop.cover(), "TABLE": shop.path("t.csv"),
        "REPORT": shop.path("r.html"),
    })  # fmt: skip
    lines = [(row["severity"], row["line"], row["column"]) for row in table_rows(shop.path("t.csv"))]
    errors = [line for line in lines if line[0] == "error"]
    assert errors == [
        ("error", "", "lucode"), ("error", "4", "c_below"), ("error", "4", "c_soil"), ("error", "4", "lucode"),
    ]  # fmt: skip
    assert found["ERRORS"] == 4 and found["CLASSES"] == 2
    assert "1 cell of the land cover with code 3" in feedback.text
    page = content(shop.path("r.html"))
    assert "The table cannot be used as it is: 4 errors" in page and "<h2>Errors</h2>" in page
    assert record(shop.path("t.csv"))["algorithm"] == "carbon:checkpooltable"


def test_check_of_a_good_table_in_its_unit(shop):
    text = POOLS.replace("60,15,90,5", "6,1.5,9,0.5").replace("2,4,80,0", "0.2,0.4,8,0")
    found = shop.run("checkpooltable", {
        "POOLS": shop.table("p.csv", text), "UNIT": "kg C/m2", "REPORT": shop.path("r.html"),
    })  # fmt: skip
    assert (found["ERRORS"], found["WARNINGS"], found["INFOS"], found["CLASSES"]) == (0, 0, 0, 2)
    assert "nothing in it is doubtful" in content(shop.path("r.html"))
    as_tonnes = shop.run("checkpooltable", {"POOLS": shop.table("p.csv", text)})
    assert as_tonnes["WARNINGS"] == 1


def test_check_counts_codes_inside_the_mask_alone(shop, feedback):
    pools = shop.table("p.csv", POOLS)
    found = shop.run("checkpooltable", {
        "POOLS": pools, "LANDCOVER": shop.cover(), "MASK": polygon(500100, 3999000, 500300, 4000000),
    })  # fmt: skip
    assert found["ERRORS"] == 0
    assert shop.run("checkpooltable", {"POOLS": pools, "MASK": left_column()})["ERRORS"] == 0
    assert "There is no land cover, so the study area was not used." in feedback.text


REFUSED = {
    "a code that the table lacks": (POOLS, [[1, 2, 3]], 255),
    "a class that is nodata": (POOLS, [[1, 1, 1]], 2),
    "no valid cell": (POOLS, [[255, 255]], 255),
    "a class twice": (POOLS + "2,again,1,1,5,0\n", [[1, 2]], 255),
    "a negative density": (POOLS.replace("60,", "-60,"), [[1, 2]], 255),
    "no code column": (POOLS.replace("lucode", "class"), [[1, 2]], 255),
}


@pytest.mark.parametrize("why", sorted(REFUSED))
def test_what_carbon_stock_refuses_is_an_error_here(shop, why):
    text, cells, nodata = REFUSED[why]
    given = {
        "POOLS": shop.table("p.csv", text), "LANDCOVER": shop.raster("c.tif", cells, dtype="uint8", nodata=nodata)
    }  # fmt: skip
    assert shop.refusal("carbonstock", dict(given, TOTAL=shop.path("t.tif")))
    found = shop.run("checkpooltable", dict(given, TABLE=shop.path("f.csv")))
    assert found["ERRORS"] >= 1
    if why == "a class that is nodata":
        (row,) = [row for row in table_rows(shop.path("f.csv")) if row["severity"] == "error"]
        assert row["line"] == "3" and "also the nodata value of the land cover" in row["found"]
        assert row["advice"].startswith("Change the nodata value")


@pytest.mark.parametrize("name, more", [
    ("carbonstock", {"POOLS": POOLS, "TOTAL": "t.tif"}),
    ("ecosystemclasses", {"CLASSES_TABLE": ECOSYSTEMS, "ECOSYSTEMS": "e.tif"}),
    ("landuseintensity", {"GRADES": GRADES, "LUI": "i.tif"}),
    ("checkpooltable", {"POOLS": POOLS}),
])  # fmt: skip
def test_a_land_cover_of_several_bands_is_refused(shop, provider, name, more):
    """The first band of a stack would give a map of something else, without a word."""
    cover = shop.raster("stack.tif", [[[1, 2]], [[2, 1]]], dtype="uint8", nodata=255)
    kinds = {d.name(): d.type() for d in provider.algorithm(name).parameterDefinitions()}
    given = {
        key: shop.path(value) if kinds[key] == "rasterDestination" else shop.table(key + ".csv", value)
        for key, value in more.items()
    }
    message = shop.refusal(name, dict(given, LANDCOVER=cover))
    assert message == (
        "'{}' has 2 bands; a raster of classes has one. Extract the band first (Raster > Conversion > "
        "Translate).".format(cover)
    )
    assert os.listdir(str(shop.out)) == []


def test_check_of_a_table_that_is_none(shop):
    assert shop.run("checkpooltable", {"POOLS": shop.table("p.csv", "hello\n")})["ERRORS"] >= 1
    gone = str(shop.folder / "gone.csv")
    assert "there is no file '{}'".format(gone) in shop.refusal("checkpooltable", {"POOLS": gone})
