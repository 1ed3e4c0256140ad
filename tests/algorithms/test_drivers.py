"""classifydriver and geodetector as QGIS runs them: known numbers, files and tables, and every refusal by its text."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from qgis.core import QgsApplication, QgsProcessingException
from rasterio.transform import from_origin

from tests.algorithms.workshop import table_rows

NTDS = Path(__file__).parents[1] / "data" / "ntds.csv"
NTDS_Q = {"soiltype": 0.385716842809428, "watershed": 0.637773670070423, "elevation": 0.606708709727727}


def write(path, bands, names=None, unit="", nodata=-9999.0, categorical=(), epsg=32645):
    bands = [np.asarray(band) for band in bands]
    height, width = bands[0].shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=len(bands), dtype=bands[0].dtype,
        crs="EPSG:{}".format(epsg), transform=from_origin(500000, 4000000, 1000, 1000), nodata=nodata,
    ) as dataset:  # fmt: skip
        for index, band in enumerate(bands, 1):
            dataset.write(band, index)
            dataset.set_band_unit(index, unit)
            if names:
                dataset.set_band_description(index, names[index - 1])
                if names[index - 1] in categorical:
                    dataset.update_tags(index, CARBON_CATEGORICAL="1")
    return str(path)


@pytest.fixture
def land(tmp_path):
    """Y = 2 x + z, drivers x, z and the classes of zone; zone splits the region in two."""
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 40, 50)).astype(np.float32)
    zone = np.where(np.arange(50) < 25, 1, 2)[np.newaxis, :].repeat(40, axis=0)
    y = (2 * x + z + zone).astype(np.float32)
    y[0, 0] = -9999.0
    return {
        "y": write(tmp_path / "car.tif", [y], unit="t C/km2/yr"),
        "x": write(tmp_path / "rain.tif", [x], unit="mm"),
        "z": write(tmp_path / "heat.tif", [z]),
        "zone": write(tmp_path / "zone.tif", [zone.astype(np.uint8)], nodata=255),
        "stack": write(
            tmp_path / "stack.tif", [x, z, zone.astype(np.float32)], ["rain", "heat", "zone"], categorical=["zone"]
        ),
        "folder": tmp_path,
    }


def test_published_example_from_a_layer(run_algorithm, tmp_path):
    outputs = {name: str(tmp_path / (name.lower() + ".csv")) for name in ("FACTORS", "INTERACTIONS", "RISK", "MEANS")}
    results = run_algorithm("geodetector", {
        "INPUT": str(NTDS), "Y_FIELD": "incidence", "X_FIELDS": ["soiltype", "watershed", "elevation"],
        "CATEGORICAL": "soiltype, watershed, elevation", "REPORT": str(tmp_path / "report.html"), **outputs,
    })  # fmt: skip
    found = {row["factor"]: float(row["q"]) for row in table_rows(outputs["FACTORS"])}
    assert found == {name: pytest.approx(q, abs=1e-12) for name, q in NTDS_Q.items()}
    assert results["CELLS"] == 185 and results["BEST_DRIVER"] == "watershed"
    assert results["BEST_Q"] == pytest.approx(NTDS_Q["watershed"], abs=1e-12)
    pairs = {(row["factor_1"], row["factor_2"]): row for row in table_rows(outputs["INTERACTIONS"])}
    assert {row["type"] for row in pairs.values()} == {"enhance_bivariate"}
    assert float(pairs["soiltype", "watershed"]["q_12"]) == pytest.approx(0.735681, abs=1e-6)
    assert sum(int(row["cells"]) for row in table_rows(outputs["MEANS"]) if row["factor"] == "soiltype") == 185
    assert len([row for row in table_rows(outputs["RISK"]) if row["factor"] == "soiltype"]) == 10
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "watershed explains the largest share of the differences in incidence" in page
    assert "3 of 3 pairs of drivers explain more together" in page


def test_stack_and_single_rasters_give_the_same_tables(run_algorithm, land):
    tables = []
    for number, drivers in enumerate((
        {"STACK": land["stack"]}, {"DRIVERS": [land["x"], land["z"], land["zone"]], "CATEGORICAL": "zone"},
    )):  # fmt: skip
        path = str(land["folder"] / "factors{}.csv".format(number))
        run_algorithm("geodetector", {
            "TARGET": land["y"], "ECOSYSTEMS": land["zone"], "FACTORS": path, "SEED": 1, **drivers})
        tables.append(table_rows(path))
    assert tables[0] == tables[1]
    overall = {row["factor"]: row for row in tables[0] if row["ecosystem"] == "overall"}
    assert set(overall) == {"rain", "heat", "zone"} and overall["rain"]["cells"] == "1999"
    assert float(overall["rain"]["q"]) > float(overall["heat"]["q"]) > float(overall["zone"]["q"]) > 0
    assert {row["ecosystem"] for row in tables[0]} == {"overall", "1", "2"}


def test_classes_of_one_run_serve_the_next(run_algorithm, land):
    first, second = str(land["folder"] / "classes.csv"), str(land["folder"] / "again.csv")
    run_algorithm("geodetector", {
        "TARGET": land["y"], "STACK": land["stack"], "METHOD": "quantile", "CLASSES": 4, "CLASSES_TABLE": first})
    run_algorithm("geodetector", {
        "TARGET": land["y"], "STACK": land["stack"], "METHOD": "given", "BREAKS_TABLE": first, "CLASSES_TABLE": second})
    before, after = table_rows(first), table_rows(second)
    assert [row["upper_bound"] for row in before] == [row["upper_bound"] for row in after]
    assert [row["cells"] for row in before] == [row["cells"] for row in after]
    assert sum(int(row["cells"]) for row in before if row["driver"] == "rain") == 1999
    assert {row["method"] for row in after} == {"given", "categories"}


def test_bounds_in_the_matrix_and_chosen_drivers(run_algorithm, land):
    path = str(land["folder"] / "classes.csv")
    run_algorithm("geodetector", {
        "TARGET": land["y"], "STACK": land["stack"], "DRIVER_NAMES": "rain", "BREAKS": ["rain", "-1 0; 1, 9"],
        "CLASSES_TABLE": path})
    assert [float(row["upper_bound"]) for row in table_rows(path)] == [-1, 0, 1, 9]


def test_optimal_classes_give_their_table_figures_and_record(run_algorithm, land):
    figures, path = land["folder"] / "figures", str(land["folder"] / "optimal.csv")
    run_algorithm("geodetector", {
        "TARGET": land["y"], "DRIVERS": [land["x"], land["z"]], "METHOD": "optimal", "OPTIMAL": path,
        "FIGURES": str(figures), "REPORT": str(land["folder"] / "report.html")})
    table = table_rows(path)
    assert len(table) == 2 * 5 * 6 and sum(int(row["chosen"]) for row in table) == 2
    assert {file.stem for file in figures.iterdir()} == {"q", "interactions", "optimal-rain", "optimal-heat"}
    record = json.loads((land["folder"] / "optimal.csv.run.json").read_text(encoding="utf-8"))
    assert record["algorithm"] == "carbon:geodetector"


def test_missing_rows_are_counted(run_algorithm, tmp_path, feedback):
    path = tmp_path / "points.csv"
    path.write_text("y,soil,rain\n" + "\n".join(
        "{},{},{}".format("" if i == 3 else i % 7, "ab"[i % 2], "" if i in (5, 6) else i) for i in range(40)), "utf-8")
    results = run_algorithm("geodetector", {
        "INPUT": str(path), "Y_FIELD": "y", "X_FIELDS": ["soil", "rain"], "CLASSES": 3})
    assert results["CELLS"] == 37
    assert "3 of 40 rows left out: a value is missing there (y 1, rain 2)." in feedback.warnings


@pytest.mark.parametrize("change, message", [
    ({"TARGET": None}, "neither was given"),
    ({"INPUT": str(NTDS)}, "both were given"),
    ({"STACK": None}, "No drivers are given"),
    ({"Y_FIELD": "incidence"}, "belongs to a layer with fields"),
    ({"TARGET": None, "STACK": None, "INPUT": str(NTDS), "Y_FIELD": "incidence"}, "The layer needs Driver fields"),
    ({"TARGET": None, "INPUT": str(NTDS), "Y_FIELD": "incidence", "X_FIELDS": "soiltype"}, "belongs to rasters"),
    ({"TARGET": None, "STACK": None, "INPUT": str(NTDS), "Y_FIELD": "incidence", "X_FIELDS": "incidence"},
     "cannot explain itself"),
    ({"SHARE": 0}, "Give a share above 0"),
    ({"CATEGORICAL": "soil"}, "There is no driver 'soil'. The drivers are: rain, heat, zone."),
    ({"DRIVER_NAMES": "rain, wind"}, "There is no driver 'wind'"),
    ({"BREAKS": ["rain", "1 two"]}, "'two' is not a number"),
    ({"BREAKS": ["rain", "1,2 3,4"]}, "'1,2' may be one number with a decimal comma or several numbers"),
    ({"BREAKS": ["rain", "1 2", "heat"]}, "the last row has 1 of 2 values. Every row has the columns Driver, Upper"),
    ({"BREAKS": ["wind", "1 2"]}, "Class bounds are given for 'wind', which is not among the drivers"),
    ({"METHOD": "given"}, "No class bounds are given for 'rain'"),
])  # fmt: skip
def test_refusals_of_geodetector(run_algorithm, land, change, message):
    parameters = {"TARGET": land["y"], "STACK": land["stack"], "FACTORS": str(land["folder"] / "f.csv"), **change}
    with pytest.raises(QgsProcessingException) as caught:
        run_algorithm("geodetector", {k: v for k, v in parameters.items() if v is not None})
    assert message in str(caught.value)
    assert not list(land["folder"].glob("*f.csv*"))


def test_of_several_bands_the_first_is_explained(run_algorithm, land, feedback):
    run_algorithm("geodetector", {"TARGET": land["stack"], "DRIVERS": [land["z"]]})
    assert "stack has 3 bands; the first ('rain') is explained." in feedback.warnings


def test_cancel_leaves_nothing(run_algorithm, land, make_feedback):
    with pytest.raises((QgsProcessingException, AssertionError), match="Cancelled. Nothing was written"):
        run_algorithm("geodetector", {
            "TARGET": land["y"], "STACK": land["stack"], "FACTORS": str(land["folder"] / "f.csv"),
        }, feedback=make_feedback(cancel_at=5))  # fmt: skip
    assert not list(land["folder"].glob("*f.csv*"))


def test_classifydriver_writes_codes_table_style_and_names(run_algorithm, land):
    out, table = land["folder"] / "classes.tif", str(land["folder"] / "table.csv")
    results = run_algorithm("classifydriver", {
        "RASTER": land["x"], "METHOD": "quantile", "CLASSES": 4, "CLASSIFIED": str(out), "TABLE": table,
        "REPORT": str(land["folder"] / "report.html")})
    assert (results["COUNT"], results["CELLS"], results["CHOSEN_METHOD"]) == (4, 2000, "quantile")
    assert results["AREA_KM2"] == pytest.approx(2000, rel=1e-2)
    with rasterio.open(out) as dataset:
        codes = dataset.read(1)
        assert dataset.nodata == 255 and dataset.dtypes == ("uint8",)
        assert dataset.tags(1)["CARBON_CATEGORICAL"] == "1"
        names = json.loads(dataset.tags()["CARBON_CLASSES"])
    assert np.bincount(codes.ravel()).tolist() == [0, 500, 500, 500, 500]
    rows = table_rows(table)
    assert names == {row["class"]: row["label"] for row in rows}
    assert [int(row["cells"]) for row in rows] == [500] * 4
    assert sum(float(row["area_share_percent"]) for row in rows) == pytest.approx(100)
    style = out.with_suffix(".qml").read_text(encoding="utf-8")
    assert style.count("<paletteEntry") == 4 and 'label="{}"'.format(names["1"]) in style
    assert "rain is cut into 4 classes by quantiles" in (land["folder"] / "report.html").read_text(encoding="utf-8")


def test_the_class_raster_is_a_categorical_driver(run_algorithm, land):
    out, table = str(land["folder"] / "classes.tif"), str(land["folder"] / "c.csv")
    run_algorithm("classifydriver", {"RASTER": land["x"], "CLASSES": 3, "CLASSIFIED": out})
    run_algorithm("geodetector", {"TARGET": land["y"], "DRIVERS": [out], "CLASSES_TABLE": table})
    assert [row["method"] for row in table_rows(table)] == ["categories"] * 3
    assert " to " in table_rows(table)[0]["label"]


@pytest.mark.parametrize("change, message", [
    ({"METHOD": "given"}, "needs the upper bounds"),
    ({"METHOD": "given", "BREAKS": "1 x"}, "'x' is not a number"),
    ({"METHOD": "given", "BREAKS": "0 1"}, "its largest value is"),
    ({"METHOD": "optimal"}, "needs the raster that the classes are to explain"),
    ({"RASTER": "zone"}, "10 classes were asked for of driver 'zone', which has 2 different values"),
])  # fmt: skip
def test_refusals_of_classifydriver(run_algorithm, land, change, message):
    parameters = {"RASTER": land["x"], "CLASSIFIED": str(land["folder"] / "c.tif"), **change}
    parameters["RASTER"] = land.get(parameters["RASTER"], parameters["RASTER"])
    with pytest.raises(QgsProcessingException) as caught:
        run_algorithm("classifydriver", parameters)
    assert message in str(caught.value)
    assert not (land["folder"] / "c.tif").exists()


@pytest.mark.parametrize("name", ["classifydriver", "geodetector"])
def test_every_parameter_has_help(name):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + name)
    assert all(parameter.help() for parameter in algorithm.parameterDefinitions())
    assert algorithm.groupId() == "drivers" and len(algorithm.shortHelpString()) > 200
