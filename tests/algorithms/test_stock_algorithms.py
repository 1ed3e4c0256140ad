"""densitystock, stockbyecosystem and carbonaccumulation as a user meets them."""

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
    QgsProcessingException,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from tests.algorithms.workshop import table_rows

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


@pytest.fixture
def raster(tmp_path):
    """Writes a raster of 1 km cells and returns its path."""

    def write(name, values, unit="t C/km2", year=None, dtype="float32", nodata=None, transform=KM, **tags):
        path = str(tmp_path / name)
        values = np.atleast_2d(np.asarray(values, dtype=dtype))
        profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
        with rasterio.open(path, "w", crs="EPSG:32650", transform=transform, nodata=nodata, **profile) as dataset:
            dataset.write(values, 1)
            dataset.set_band_unit(1, unit)
            if year is not None:
                tags["CARBON_YEAR"] = str(year)
            dataset.update_tags(**tags)
        return path

    return write


@pytest.fixture
def pair(raster):
    """2 km2 that gain 200 t C in 5 years; the file names lie about the years."""
    return [raster("now_2050.tif", [[500, 500]], year=2000), raster("then_1900.tif", [[600, 600]], year=2005)]


def polygons(*boxes, names=None):
    """A polygon layer of rectangles in the CRS of the rasters, with a field 'region'."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650&field=region:string", "regions", "memory")
    for index, box in enumerate(boxes):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*box)))
        feature.setAttributes([names[index] if names else None])
        layer.dataProvider().addFeature(feature)
    return layer


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(float).filled(np.nan)


def dates(folder, *lines):
    path = folder / "dates.csv"
    path.write_text("\n".join(("raster,year",) + lines) + "\n", encoding="utf-8")
    return str(path)


# carbonaccumulation


def test_car_known_answer_and_everything_that_is_written(run_algorithm, pair, tmp_path):
    made = {name: str(tmp_path / name) for name in ("rate.tif", "sinks.tif", "intervals.csv", "report.html", "figures")}
    found = run_algorithm("carbonaccumulation", {
        "DENSITIES": pair[::-1], "RATE": made["rate.tif"], "SINK_SOURCE": made["sinks.tif"],
        "TABLE": made["intervals.csv"], "REPORT": made["report.html"], "FIGURES": made["figures"],
    })  # fmt: skip
    assert found["MEAN_RATE"] == 20.0 and found["CHANGE_TG"] == pytest.approx(0.0002, rel=1e-12)
    assert found["SINK_AREA_KM2"] == 2.0 and found["SOURCE_AREA_KM2"] == 0.0
    assert read(made["rate.tif"]).tolist() == [[20, 20]] and read(made["sinks.tif"]).tolist() == [[3, 3]]
    (row,) = table_rows(made["intervals.csv"])
    assert (row["from_year"], row["to_year"], float(row["mean_rate_t_C_km2_yr"])) == ("2000", "2005", 20.0)
    with open(made["report.html"], encoding="utf-8") as stream:
        page = stream.read()
    assert "a square kilometre takes up 20 t C per year" in page and "carbonaccumulation" in page
    assert {"rate.png", "rate.svg", "stock-by-year.png"} <= set(os.listdir(made["figures"]))
    with open(made["rate.tif"] + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:carbonaccumulation" and len(record["inputs"]) == 2
    layer = QgsRasterLayer(made["sinks.tif"])
    layer.loadDefaultStyle()
    assert [entry.value for entry in layer.renderer().classes()] == [1, 2, 3]


def test_car_reversed(run_algorithm, raster):
    paths = [raster("a.tif", [[600, 600]], year=2000), raster("b.tif", [[500, 500]], year=2005)]
    found = run_algorithm("carbonaccumulation", {"DENSITIES": paths, "RATE": "TEMPORARY_OUTPUT"})
    assert found["MEAN_RATE"] == -20.0 and found["SOURCE_AREA_KM2"] == 2.0


def test_car_passes_over_empty_entries_of_a_model(pair, context, feedback):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonaccumulation")
    # As the Modeler does: without a check of the parameters, which refuses empty entries.
    given = {"DENSITIES": [pair[0], None, pair[1], ""], "RATE": "TEMPORARY_OUTPUT"}
    found, fine = algorithm.run(given, context, feedback, {}, False)
    assert fine and found["MEAN_RATE"] == 20.0


def test_car_with_a_table_of_dates(run_algorithm, refusal, pair, tmp_path):
    table = dates(tmp_path, "then_1900,2010", "now_2050.tif,2000")
    found = run_algorithm("carbonaccumulation", {"DENSITIES": pair, "DATES": table, "RATE": "TEMPORARY_OUTPUT"})
    assert found["MEAN_RATE"] == 10.0
    given = {"DENSITIES": pair, "RATE": "TEMPORARY_OUTPUT"}
    message = refusal("carbonaccumulation", **given, DATES=dates(tmp_path, "now_2050,2000", "soil,2010"))
    assert "no raster has the name 'soil'; there is no row for 'then_1900'" in message
    message = refusal("carbonaccumulation", **given, DATES=dates(tmp_path, "now_2050,2000", "then_1900,twenty"))
    assert "line 3, column 'year': 'twenty' is not a number" in message
    message = refusal("carbonaccumulation", **given, DATES=dates(tmp_path, "now_2050,2000", "then_1900,2000"))
    assert "are both of 2000: ΔT = 0" in message


def test_car_with_typed_years(run_algorithm, refusal, raster, pair):
    """Rasters without CARBON_YEAR get their year in the dialog; those with it need no row, and a row goes before it."""
    bare = [raster("soil_a.tif", [[500, 500]]), raster("soil_b.tif", [[600, 600]])]
    given = {"RATE": "TEMPORARY_OUTPUT"}
    found = run_algorithm("carbonaccumulation", {
        **given, "DENSITIES": bare, "YEARS": ["soil_b", "2010", "soil_a.tif", "2000"]})  # fmt: skip
    assert found["MEAN_RATE"] == 10.0
    found = run_algorithm("carbonaccumulation", {
        **given, "DENSITIES": [pair[0], bare[1]], "YEARS": ["soil_b", 2020]})  # fmt: skip
    assert found["MEAN_RATE"] == 5.0
    found = run_algorithm("carbonaccumulation", {**given, "DENSITIES": pair, "YEARS": ["then_1900", "2010"]})
    assert found["MEAN_RATE"] == 10.0


@pytest.mark.parametrize("cells, words", [
    (["soil_a", "2000", "soil", "2010"], "no raster has the name 'soil'; there is no row for 'soil_b'"),
    (["soil_a", "2000"], "there is no row for 'soil_b'"),
    (["soil_a", "2000", "soil_b", "twenty"], "row 2, column 'year': 'twenty' is not a number"),
    (["soil_a", "2000", "soil_a", "2001"], "'soil_a' is already in row 1 (year 2000)"),
    (["soil_a", "2000", "", "2001"], "row 2, column 'layer': the cell is empty"),
    (["soil_a", "2000", "soil_b"], "the last row has 1 of 2 values. Every row has the columns layer, year"),
    (["soil_a", "2000", "soil_b", "2000"], "are both of 2000"),
])  # fmt: skip
def test_car_refuses_typed_years(refusal, raster, cells, words):
    bare = [raster("soil_a.tif", [[500, 500]]), raster("soil_b.tif", [[600, 600]])]
    message = refusal("carbonaccumulation", DENSITIES=bare, YEARS=cells, RATE="TEMPORARY_OUTPUT")
    assert words in message
    assert "both of" in message or "Years of the rasters (YEARS)" in message


def test_car_refuses_years_given_twice(refusal, pair, tmp_path):
    table = dates(tmp_path, "then_1900,2010", "now_2050.tif,2000")
    message = refusal(
        "carbonaccumulation", DENSITIES=pair, YEARS=["then_1900", "2010"], DATES=table, RATE="TEMPORARY_OUTPUT"
    )
    assert "Years are given twice: typed in Years of the rasters (YEARS), and in the table" in message


def test_car_by_ecosystem_is_table_2(run_algorithm, raster, tmp_path):
    c1, c2 = [10, 10, 10, 50, 50, 50], [11, 11, 40, 52, 52, 12]
    codes = {"e1.tif": [1, 1, 1, 2, 2, 2], "e2.tif": [1, 1, 2, 2, 2, 1]}
    maps = [raster(name, row, "", dtype="uint8") for name, row in codes.items()]
    table, report = str(tmp_path / "t2.gpkg"), str(tmp_path / "r.html")
    run_algorithm("carbonaccumulation", {
        "DENSITIES": [raster("c1.tif", c1, year=2000), raster("c2.tif", c2, year=2001)], "BY_ECOSYSTEM": True,
        "ECOSYSTEMS_START": maps[0], "ECOSYSTEMS_END": maps[1], "ECOSYSTEMS_TABLE": table, "REPORT": report,
        "RATE": "TEMPORARY_OUTPUT",
    })  # fmt: skip
    layer = QgsVectorLayer(table)
    water = [feature for feature in layer.getFeatures() if feature["code"] == 2][0]
    parts = [water[name + "_Tg_C"] * 1e6 for name in ("stock_change", "persistent", "gained", "lost")]
    assert parts == pytest.approx([-6, 4, 40, 50])
    assert water["mean_rate_final_t_C_km2_yr"] == pytest.approx(34 / 3)
    with open(report, encoding="utf-8") as stream:
        assert "Maps by ecosystem" in stream.read()


def test_car_by_ecosystem_without_ecosystems_says_so(run_algorithm, pair, feedback):
    run_algorithm("carbonaccumulation", {"DENSITIES": pair, "BY_ECOSYSTEM": True, "RATE": "TEMPORARY_OUTPUT"})
    assert "There is no raster of ecosystems, so nothing was made by ecosystem." in feedback.text


def test_car_options(run_algorithm, raster):
    paths = [raster("{}.tif".format(y), [[v, 0.0]], year=y) for y, v in ((2000, 0), (2002, 8), (2010, 16))]
    common = {"DENSITIES": paths, "RATE": "TEMPORARY_OUTPUT"}
    mask = polygons((500000, 3999000, 501000, 4000000))
    found = run_algorithm("carbonaccumulation", {**common, "METHOD": "mean_of_intervals", "MASK": mask})
    assert found["MEAN_RATE"] == pytest.approx(2.5)
    found = run_algorithm("carbonaccumulation", {**common, "DEADBAND": 1.7})
    assert found["MEAN_RATE"] == pytest.approx(0.8) and found["SINK_AREA_KM2"] == 0.0


def test_car_states_the_unit(run_algorithm, refusal, raster):
    paths = [raster(name, [[value]], "", year) for name, value, year in (("a.tif", 1, 2000), ("b.tif", 2, 2010))]
    message = refusal("carbonaccumulation", DENSITIES=paths, RATE="TEMPORARY_OUTPUT")
    assert "it carries no unit. State the unit" in message
    found = run_algorithm("carbonaccumulation", {"DENSITIES": paths, "UNIT": "kg C/m2", "RATE": "TEMPORARY_OUTPUT"})
    assert found["MEAN_RATE"] == 100.0


def test_car_refusals(refusal, raster, pair, tmp_path):
    rate = {"RATE": "TEMPORARY_OUTPUT"}
    assert "at least two rasters; 1 given" in refusal("carbonaccumulation", DENSITIES=pair[:1], **rate)
    message = refusal("carbonaccumulation", DENSITIES=[pair[0], raster("x_2010.tif", [[1, 2]])], **rate)
    assert "no tag CARBON_YEAR. Give a table of dates" in message
    message = refusal("carbonaccumulation", DENSITIES=pair, TREND=str(tmp_path / "t.tif"), **rate)
    assert "A trend needs at least three dates; 2 given" in message
    assert "is also an input of this run" in refusal("carbonaccumulation", DENSITIES=pair, RATE=pair[0])
    assert read(pair[0]).tolist() == [[500, 500]]
    with open(pair[1], "rb") as stream:
        data = stream.read()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 3])
    assert "damaged, cut short" in refusal("carbonaccumulation", DENSITIES=[pair[0], str(tmp_path / "cut.tif")], **rate)


def test_car_cancelled_leaves_nothing(run_algorithm, raster, make_feedback, tmp_path):
    big = np.random.default_rng(0).random((1500, 1500))
    paths = [raster("{}.tif".format(year), big * year, year=year) for year in (2000, 2010)]
    out = tmp_path / "out"
    out.mkdir()
    (out / "rate.tif").write_bytes(b"old")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_algorithm(
            "carbonaccumulation",
            {"DENSITIES": paths, "RATE": str(out / "rate.tif"), "REPORT": str(out / "r.html")},
            feedback=make_feedback(cancel_at=10),
        )
    assert os.listdir(out) == ["rate.tif"] and (out / "rate.tif").read_bytes() == b"old"


# densitystock


def test_density_stock_known_answer(run_algorithm, raster, tmp_path):
    made = {name: str(tmp_path / name) for name in ("total.tif", "stock.tif", "t.csv", "r.html")}
    found = run_algorithm("densitystock", {
        "SOIL": raster("s.tif", [[2.0]], "kg C/m2"), "YEAR": 2010, "TOTAL": made["total.tif"],
        "STOCK": made["stock.tif"], "TABLE": made["t.csv"], "REPORT": made["r.html"],
    })  # fmt: skip
    assert found["STOCK_T"] == 2000.0 and found["STOCK_TG"] == pytest.approx(0.002, rel=1e-12)
    assert found["CO2E_T"] == pytest.approx(2000 * 44 / 12) and found["CELLS"] == 1 and found["AREA_KM2"] == 1.0
    assert read(made["total.tif"]).tolist() == [[20.0]] and read(made["stock.tif"]).tolist() == [[2000.0]]
    assert [row["pool"] for row in table_rows(made["t.csv"])] == ["soil", "total"]
    with rasterio.open(made["total.tif"]) as dataset:
        assert dataset.tags()["CARBON_YEAR"] == "2010" and dataset.units == ("t C/ha",)
    assert "0.002" in open(made["r.html"], encoding="utf-8").read()


def test_density_stock_of_four_pools_of_mixed_units(run_algorithm, raster, feedback):
    found = run_algorithm("densitystock", {
        "ABOVE": raster("a.tif", [[500, 2]], "t C/ha"), "BELOW": raster("b.tif", [[200, 1]], "Mg C/ha"),
        "SOIL": raster("s.tif", [[1, np.nan]], "kg C/m2"), "DEAD": raster("d.tif", [[100, 100]], "g C/m2"),
        "TOTAL": "TEMPORARY_OUTPUT",
    })  # fmt: skip
    assert found["STOCK_T"] == pytest.approx(50000 + 20000 + 1000 + 100) and found["CELLS"] == 1
    assert "together reach 700 t C/ha, above 600" in feedback.text
    assert "1 cells are valid in some pools only" in feedback.text


def test_density_stock_goes_on_to_car(run_algorithm, raster, tmp_path):
    totals = []
    for year, value in ((2000, 5.0), (2010, 6.0)):
        totals.append(str(tmp_path / "total{}.tif".format(year)))
        soil = raster("s{}.tif".format(year), [[value]], "t C/ha")
        run_algorithm("densitystock", {"SOIL": soil, "YEAR": year, "TOTAL": totals[-1]})
    assert run_algorithm("carbonaccumulation", {"DENSITIES": totals, "RATE": "TEMPORARY_OUTPUT"})["MEAN_RATE"] == 10.0


def test_density_stock_refusals(refusal, raster):
    assert "at least one pool: ABOVE, BELOW, SOIL, DEAD" in refusal("densitystock", TOTAL="TEMPORARY_OUTPUT")
    one, two = raster("a.tif", [[1]], year=2000), raster("b.tif", [[1]], year=2010)
    message = refusal("densitystock", ABOVE=one, SOIL=two, TOTAL="TEMPORARY_OUTPUT")
    assert "The pools are of different years (2000, 2010)" in message
    message = refusal("densitystock", SOIL=raster("c.tif", [[1]], "Mg/ha"), TOTAL="TEMPORARY_OUTPUT")
    assert "its unit is 'Mg/ha'" in message
    message = refusal("densitystock", SOIL=one, BELOW=raster("far.tif", [[1]], transform=KM * Affine.translation(9, 0)),
                      TOTAL="TEMPORARY_OUTPUT")  # fmt: skip
    assert "do not overlap" in message


# stockbyecosystem


def test_stock_by_ecosystem_with_zones_and_years(run_algorithm, raster, tmp_path):
    table, report = str(tmp_path / "t.csv"), str(tmp_path / "r.html")
    zones = polygons((500000, 3999000, 501000, 4000000), (501000, 3999000, 503000, 4000000), names=("West", "East"))
    found = run_algorithm("stockbyecosystem", {
        "DENSITIES": [raster("b.tif", [[10, 20, 40]], year=2010), raster("a.tif", [[1, 2, 4]], year=2000)],
        "ECOSYSTEMS": [raster("e.tif", [[1, 1, 2]], "", dtype="int16", nodata=-1)], "ZONES": zones,
        "ZONE_FIELD": "region", "TABLE": table, "REPORT": report, "BY_ECOSYSTEM": True,
    })  # fmt: skip
    assert found["TOTAL_TG"] == pytest.approx(70e-6)
    assert [(row["zone"], row["year"], row["code"], row["cells"]) for row in table_rows(table)] == [
        ("West", "2000", "1", "1"), ("East", "2000", "1", "1"), ("East", "2000", "2", "1"),
        ("West", "2010", "1", "1"), ("East", "2010", "1", "1"), ("East", "2010", "2", "1"),
    ]  # fmt: skip
    with open(report, encoding="utf-8") as stream:
        page = stream.read()
    assert "Carbon stock by year and ecosystem" in page and "Maps by ecosystem" in page


def test_stock_by_ecosystem_with_a_map_per_year(run_algorithm, refusal, raster, tmp_path):
    densities = [raster("c1.tif", [[1, 2]]), raster("c2.tif", [[10, 20]])]
    maps = [raster("e1.tif", [[1, 2]], "", dtype="uint8"), raster("e2.tif", [[2, 1]], "", dtype="uint8")]
    table = str(tmp_path / "t.csv")
    years = dates(tmp_path, "c1,2000", "c2,2010", "e1,2000", "e2,2010")
    run_algorithm("stockbyecosystem", {"DENSITIES": densities, "ECOSYSTEMS": maps, "DATES": years, "TABLE": table})
    found = {(row["year"], row["code"]): float(row["stock_Tg_C"]) * 1e6 for row in table_rows(table)}
    assert found == pytest.approx({("2000", "1"): 1, ("2000", "2"): 2, ("2010", "2"): 10, ("2010", "1"): 20})
    few = dates(tmp_path, "c1,2000", "c2,2010")
    message = refusal("stockbyecosystem", DENSITIES=densities, ECOSYSTEMS=maps, DATES=few, TABLE=table)
    assert "there is no row for 'e1', 'e2'" in message
    one = {"DENSITIES": densities, "ECOSYSTEMS": maps[:1], "DATES": few}
    assert run_algorithm("stockbyecosystem", {**one, "TABLE": table})["TOTAL_TG"] == pytest.approx(30e-6)


def test_a_run_that_writes_only_a_report_leaves_a_record(run_algorithm, raster, tmp_path):
    """The table stays in memory: the record beside the report is the only one."""
    report = str(tmp_path / "only" / "report.html")
    os.mkdir(os.path.dirname(report))
    density = raster("d.tif", [[100, 300]], year=2000)
    cover = raster("e.tif", [[1, 2]], dtype="uint8", year=2000)
    run_algorithm("stockbyecosystem", {
        "DENSITIES": [density], "ECOSYSTEMS": [cover], "TABLE": "TEMPORARY_OUTPUT", "REPORT": report,
    })  # fmt: skip
    assert sorted(os.listdir(os.path.dirname(report))) == ["report.html", "report.html.run.json"]
    with open(report + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:stockbyecosystem" and record["outputs"] == [report]
    assert [os.path.basename(item["source"]) for item in record["inputs"]] == ["d.tif", "e.tif"]
    assert "peak_memory_mb" in record


def test_stock_by_ecosystem_refusals(refusal, raster, tmp_path):
    table = str(tmp_path / "t.csv")
    density, land = raster("c.tif", [[1, 2]], year=2000), raster("e.tif", [[1, 2]], "", dtype="uint8")
    other = raster("e2.tif", [[1, 2]], "", dtype="uint8")
    message = refusal("stockbyecosystem", DENSITIES=[density], ECOSYSTEMS=[land, other], TABLE=table)
    assert "The year of the ecosystem map" in message and "no tag CARBON_YEAR" in message
    message = refusal("stockbyecosystem", DENSITIES=[density, density], ECOSYSTEMS=[land], TABLE=table)
    assert "are both the total density of 2000" in message
    share = raster("f.tif", [[0.5, 1]], "")
    message = refusal("stockbyecosystem", DENSITIES=[density], ECOSYSTEMS=[share], TABLE=table)
    assert "class codes must be whole numbers" in message
    assert not os.path.exists(table)
