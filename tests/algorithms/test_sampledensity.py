"""sampledensity as QGIS runs it, and the reading of samples that the training algorithms share."""

import json

import numpy as np
import pytest
import rasterio
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant
from rasterio.transform import from_origin

from carbon_qgis.algorithms.base import CarbonAlgorithm
from carbon_qgis.algorithms.density import _samples
from carbon_qgis.algorithms.inputs import Inputs
from carbon_qgis.core import memory
from carbon_qgis.core.errors import InputError, TableError, UnitError
from carbon_qgis.core.samples import Driver
from tests.algorithms.workshop import table_rows


def write(path, bands, names=None, units=(), year=None, categorical=()):
    bands = [np.asarray(band, dtype=np.float32) for band in bands]
    height, width = bands[0].shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=len(bands), dtype="float32", crs="EPSG:3035",
        transform=from_origin(4_000_000, 3_000_000, 1000, 1000), nodata=-9999.0,
    ) as dataset:  # fmt: skip
        if year:
            dataset.update_tags(CARBON_YEAR=str(year))
        for index, band in enumerate(bands, 1):
            dataset.write(band, index)
            if units:
                dataset.set_band_unit(index, units[index - 1])
            if names:
                dataset.set_band_description(index, names[index - 1])
                if names[index - 1] in categorical:
                    dataset.update_tags(index, CARBON_CATEGORICAL="1")
    return str(path)


@pytest.fixture
def land(tmp_path):
    """40 x 50 cells; NDVI is density / 100."""
    density = np.random.default_rng(2).uniform(10, 90, (40, 50)).astype(np.float32)
    density[0, 0] = -9999.0
    ndvi, classes = density / 100, np.arange(2000).reshape(40, 50) % 4
    bands, names = [ndvi, classes], ["NDVI", "GLC"]
    return {
        "DENSITY": write(tmp_path / "soil_2010.tif", [density], units=["t C/ha"], year=2010),
        "STACK": write(tmp_path / "stack_2010.tif", bands, names, ("1", ""), 2010, ("GLC",)),
        "EARLIER": [write(tmp_path / "stack_2008.tif", bands, names, ("1", ""), 2008, ("GLC",))],
        "folder": tmp_path,
    }


def parameters(land, **more):
    return {"DENSITY": land["DENSITY"], "STACK": land["STACK"], "SIZE": 500, **more}


class Reader(CarbonAlgorithm):
    """An algorithm that only reads samples."""

    ID = "reader"

    def title(self):
        return "Reader"

    def help_text(self):
        return "Reads samples."

    def declare(self):
        _samples.declare_samples(self)


def read(context, **values):
    reader = Reader()
    reader.initAlgorithm()
    return _samples.read_samples(Inputs(reader, values, context))


def test_files_and_numbers(land, run_algorithm, feedback):
    folder = land["folder"]
    outputs = {name: str(folder / (name.lower() + ".csv")) for name in ("SAMPLES", "INTERVALS_TABLE", "REMOVED")}
    outputs.update(POINTS=str(folder / "points.gpkg"), REPORT=str(folder / "report.html"))
    outputs.update(FIGURES=str(folder / "figures"))
    found = run_algorithm("sampledensity", parameters(land, RANGES=["NDVI", "", "0.8"], **outputs))
    rows = table_rows(outputs["SAMPLES"])
    assert found["CELLS"] == 1999 and found["SAMPLES_COUNT"] == len(rows) and found["BLOCK_SIZE_KM"] == 5
    assert list(rows[0]) == [
        "id", "x", "y", "row", "col", "block", "split", "interval", "weight", "pool", "year", "density [t C/ha]",
        "NDVI [1]", "GLC [class]",
    ]  # fmt: skip
    for row in rows:
        assert float(row["NDVI [1]"]) == pytest.approx(float(row["density [t C/ha]"]) / 100)
        assert float(row["NDVI [1]"]) <= 0.8 or row["split"] != "train"
        assert float(row["x"]) == 4_000_500 + 1000 * int(row["col"])
    removed = table_rows(outputs["REMOVED"])
    assert removed[0]["variable"] == "NDVI [1]" and int(removed[0]["outside_range"]) == 500 - len(rows) > 0
    assert sum(int(row["samples"]) for row in table_rows(outputs["INTERVALS_TABLE"])) == len(rows)
    layer = QgsVectorLayer(str(folder / "points.gpkg"), "points", "ogr")
    assert layer.featureCount() == len(rows) and layer.crs().authid() == "EPSG:3035"
    first = next(layer.getFeatures())
    assert first.geometry().asPoint() == QgsPointXY(float(rows[0]["x"]), float(rows[0]["y"]))
    record = json.loads((folder / "samples.csv.run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1 and record["drivers"] == ["NDVI [1]", "GLC [class]"]
    assert "Samples of carbon density" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "figures" / "map.svg").exists()
    assert "samples of 1,999 valid cells: train" in feedback.text and "(squares of 5 km" in feedback.text


def forecast(folder, *pools):
    lines = ["{},{},{}".format(year, pool, 5 + year / 1000) for pool in pools for year in (2010, 2020)]
    path = folder / ("_".join(pools) + ".csv")
    path.write_text("\n".join(["year,pool,density_kg_c_m2", *lines]) + "\n", encoding="utf-8")
    return str(path)


def test_the_pool_is_stated_where_the_raster_does_not_say_it(land, run_algorithm):
    out = str(land["folder"] / "s.csv")
    run_algorithm("sampledensity", parameters(land, SAMPLES=out, POOL="soil"))
    assert {row["pool"] for row in table_rows(out)} == {"soil"}
    run_algorithm("sampledensity", parameters(land, SAMPLES=out))
    assert {row["pool"] for row in table_rows(out)} == {""}


def test_what_the_estimate_would_refuse_after_the_training_is_refused_here(land, run_algorithm):
    both = forecast(land["folder"], "above", "soil")
    with pytest.raises(QgsProcessingException, match="several pools .*State the pool.*'Convert carbon density'"):
        run_algorithm("sampledensity", parameters(land, FORECAST=both))
    run_algorithm("sampledensity", parameters(land, FORECAST=both, POOL="soil"))
    with pytest.raises(QgsProcessingException, match="no rows of the pool 'dead', of which the density is"):
        run_algorithm("sampledensity", parameters(land, FORECAST=both, POOL="dead"))
    with pytest.raises(QgsProcessingException, match="no row of 2005"):
        run_algorithm("sampledensity", parameters(land, FORECAST=both, POOL="soil", YEAR=2005))
    run_algorithm("sampledensity", parameters(land, FORECAST=forecast(land["folder"], "soil")))


def test_memory_layers_and_the_same_seed(land, run_algorithm, context):
    temporary = QgsProcessing.TEMPORARY_OUTPUT
    made = [
        run_algorithm("sampledensity", parameters(land, SAMPLES=temporary, POINTS=temporary, SEED=seed))
        for seed in (1, 1, 2)
    ]
    found = [[f.attributes() for f in context.getMapLayer(result["SAMPLES"]).getFeatures()] for result in made]
    assert found[0] == found[1] != found[2]
    points = context.getMapLayer(made[0]["POINTS"])
    assert points.crs().authid() == "EPSG:3035" and next(points.getFeatures()).geometry().asPoint().x() > 4_000_000


@pytest.mark.parametrize("suffix", ["csv", "gpkg"])
def test_samples_are_read_back(land, run_algorithm, context, suffix):
    path = str(land["folder"] / ("samples." + suffix))
    run_algorithm("sampledensity", parameters(
        land, SAMPLES=path, EARLIER=land["EARLIER"], SPLIT_BY="blocks", BLOCK_KM=8, DESIGN="published", INTERVALS=10,
        PER_INTERVAL=40))  # fmt: skip
    samples = read(context, SAMPLES=path)
    assert samples.drivers == (Driver("NDVI", "1"), Driver("GLC", "", True))
    assert samples.lags == (2, 0) and samples.features.shape == (400, 2, 2)
    np.testing.assert_allclose(samples.latest[:, 0], samples.target / 100, rtol=1e-6)
    assert (samples.unit, samples.year, len(samples)) == ("t C/ha", 2010, 400)
    assert len(samples.rows("train")) > 200 and len(set(samples.block.tolist())) > 20 and samples.weight.std() > 0


def own_points():
    """Field points: density in kg C/m2 without a bracketed name, a slope, a soil code and a gap."""
    layer = QgsVectorLayer("Point?crs=EPSG:3035", "field points", "memory")
    kinds = {"soc": QVariant.Double, "slope": QVariant.Double, "soil": QVariant.Int, "note": QVariant.String}
    layer.dataProvider().addAttributes([QgsField(name, kind) for name, kind in kinds.items()])
    layer.updateFields()
    features = []
    for number, slope in enumerate((1.5, None, 2.5)):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([5.0 + number, slope, number, "a"])
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(100 + number, 200)))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_own_field_points(context, provider):
    layer = own_points()
    own = {"SAMPLES": layer, "TARGET": "soc", "UNIT": "kg C/m2", "DRIVERS": ["slope", "soil"], "CATEGORICAL": ["soil"]}
    try:
        samples = read(context, DROP_INVALID=True, **own)
        np.testing.assert_array_equal(samples.features, [[1.5, 0], [2.5, 2]])
        assert samples.drivers == (Driver("slope"), Driver("soil", "", True)) and samples.unit == "kg C/m2"
        np.testing.assert_array_equal(samples.x, [100, 102])
        assert "1 of 3 rows have a missing or infinite value ('slope' 1); they are left out" in samples.notes[0]
        for change, error, message in (
            ({}, TableError, "'field points': 1 of 3 rows have a missing or infinite value"),
            ({"UNIT": "from_header"}, UnitError, "unit of 'soc' is not known"),
            ({"TARGET": None}, TableError, "no column 'density .unit.'"),
            ({"TARGET": "SOC"}, InputError, "has no field 'SOC'. Its fields are: soc, slope"),
            ({"DRIVERS": ["note"], "CATEGORICAL": []}, TableError, "'note' must hold numbers.*row 1 holds 'a'"),
        ):
            with pytest.raises(error, match=message):
                read(context, **{**own, **change})
    finally:
        QgsProject.instance().removeMapLayer(layer.id())


def test_more_samples_than_fit_into_memory_are_refused_before_they_are_read(context, provider, monkeypatch):
    layer = own_points()
    monkeypatch.setattr(memory, "available_bytes", lambda: 300)
    monkeypatch.setattr(_samples, "_plain", None)  # what a value goes through once it is read
    own = {"SAMPLES": layer, "TARGET": "soc", "UNIT": "kg C/m2", "DRIVERS": ["slope", "soil"]}
    try:
        with pytest.raises(InputError, match="Reading 3 samples with 3 columns would need about 1 MB .* free"):
            read(context, **own)
    finally:
        QgsProject.instance().removeMapLayer(layer.id())


@pytest.mark.parametrize(
    "change, message",
    [
        ({"SHARES": "7:2"}, r"Split, train : test : validation \(SHARES\) is '7:2'. Give three sizes"),
        ({"SHARES": "a:b:c"}, "such as 7:2:1"),
        ({"SHARES": "0:2:1"}, "the first above 0"),
        ({"BLOCK_KM": 0}, "is 0. Give a size, or leave it empty"),
        ({"RANGES": ["NDVI", "low", "1"]}, "'NDVI' has the limits 'low' and '1'; they must be numbers or empty"),
        ({"RANGES": ["EVI", "0", "1"]}, "no variable 'EVI'"),
        ({"DRIVER_NAMES": "EVI"}, "lacks the driver 'EVI'"),
        ({"YEAR": 2008, "EARLIER": None}, "is of 2008, but the density is of 2008"),
        ({"STACK": None}, "is no driver stack"),
    ],
)
def test_refusals(land, run_algorithm, change, message):
    given = parameters(land, SAMPLES=str(land["folder"] / "s.csv"), EARLIER=land["EARLIER"])
    given.update({name: land["EARLIER"] if name == "EARLIER" else value for name, value in change.items()})
    if change.get("STACK", "") is None:
        given["STACK"] = land["DENSITY"]
    with pytest.raises(QgsProcessingException, match=message):
        run_algorithm("sampledensity", given)
    assert not list(land["folder"].glob("*s.csv*"))


def test_a_cancel_writes_nothing(land, run_algorithm, make_feedback):
    given = parameters(land, SAMPLES=str(land["folder"] / "s.csv"))
    with pytest.raises(QgsProcessingException, match="Cancelled. Nothing was written"):
        run_algorithm("sampledensity", given, feedback=make_feedback(cancel_at=1))
    assert not list(land["folder"].glob("*s.csv*"))


def test_the_chain_hands_the_pool_on_and_refuses_before_the_training():
    model = QgsApplication.processingRegistry().createAlgorithmById("carbon:coupledcarbon")
    steps = model.childAlgorithms()
    for step, parameter in (("forecast", "POOLS_USED"), ("samples", "POOL")):
        (source,) = steps[step].parameterSources()[parameter]
        assert source.parameterName() == "POOL", step
    (table,) = steps["samples"].parameterSources()["FORECAST"]
    assert (table.outputChildId(), table.outputName()) == ("forecast", "TABLE")
    assert {"samples", "forecast"} <= model.dependsOnChildAlgorithms("levels")
