"""assessaccuracy as a user meets it."""

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
    QgsPointXY,
    QgsProcessingException,
    QgsRasterLayer,
    QgsVectorLayer,
)

from tests.algorithms.workshop import table_rows

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


@pytest.fixture
def raster(tmp_path):
    """Writes a raster of 1 km cells and returns its path."""

    def write(name, values, unit="t C/ha", **tags):
        path = str(tmp_path / name)
        values = np.atleast_2d(np.asarray(values, dtype="float32"))
        profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1}
        with rasterio.open(path, "w", crs="EPSG:32650", transform=KM, dtype="float32", **profile) as dataset:
            dataset.write(values, 1)
            dataset.set_band_unit(1, unit)
            dataset.update_tags(**tags)
        return path

    return write


def points(values, weights=None):
    """Points in the middles of the cells of the first row."""
    fields = "field=carbon:double&field=w:double&field=note:string"
    layer = QgsVectorLayer("Point?crs=EPSG:32650&" + fields, "plots", "memory")
    for index, value in enumerate(values):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(500500 + 1000 * index, 3999500)))
        feature.setAttributes([value, weights[index] if weights else None, "n"])
        layer.dataProvider().addFeature(feature)
    return layer


def test_known_answer_and_everything_that_is_written(run_algorithm, raster, tmp_path):
    made = {name: str(tmp_path / name) for name in ("re.tif", "d.tif", "t.csv", "r.html", "figures")}
    found = run_algorithm("assessaccuracy", {
        "DENSITY": raster("e.tif", [[1.2, 1.8, 4.0]], "kg C/m2"), "REFERENCE": raster("r.tif", [[10, 20, 40]]),
        "LABEL": "held-out", "SCHEME": "another survey", "RELATIVE_ERROR": made["re.tif"], "DIFFERENCE": made["d.tif"],
        "TABLE": made["t.csv"], "REPORT": made["r.html"], "FIGURES": made["figures"],
    })  # fmt: skip
    assert found["ACCURACY_PERCENT"] == pytest.approx(90, abs=1e-4) and found["N"] == 3
    assert found["MAE"] == pytest.approx(4 / 3, rel=1e-5) and found["BIAS"] == pytest.approx(0, abs=1e-5)
    (row,) = table_rows(made["t.csv"])
    assert row["label"] == "held-out" and row["scheme"] == "another survey" and row["zone"] == "all"
    assert float(row["R2"]) == pytest.approx(found["R2"])
    with rasterio.open(made["re.tif"]) as dataset:
        np.testing.assert_allclose(dataset.read(1), [[0.2, 0.1, 0.0]], atol=1e-5)
        assert dataset.units == ("1",)
    page = open(made["r.html"], encoding="utf-8").read()
    assert "held-out, another survey" in page
    assert {"scatter.png", "relative-error.svg"} <= set(os.listdir(made["figures"]))
    with open(made["re.tif"] + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:assessaccuracy" and "held-out" in json.dumps(record)
    layer = QgsRasterLayer(made["d.tif"])
    layer.loadDefaultStyle()
    shader = layer.renderer().shader().rasterShaderFunction()
    assert shader.minimumValue() == -shader.maximumValue()


def test_fit_unless_said_otherwise(run_algorithm, raster, tmp_path):
    table = str(tmp_path / "t.csv")
    run_algorithm("assessaccuracy", {
        "DENSITY": raster("e.tif", [[1, 2]]), "REFERENCE": raster("r.tif", [[1, 3]]), "TABLE": table})  # fmt: skip
    assert table_rows(table)[0]["label"] == "fit"
    definition = QgsApplication.processingRegistry().algorithmById("carbon:assessaccuracy").parameterDefinition("LABEL")
    assert "only then do the numbers speak of unseen places" in definition.help()


def test_points_with_unit_and_weights(run_algorithm, raster, tmp_path, feedback):
    common = {"DENSITY": raster("e.tif", [[12, 18, 40, 9]]), "VALUE_FIELD": "carbon", "POINT_UNIT": "kg C/m2"}
    pairs, report = str(tmp_path / "p.csv"), str(tmp_path / "r.html")
    found = run_algorithm("assessaccuracy", {
        **common, "POINTS": points([1.0, 2.0, 4.0, None]), "PAIRS": pairs, "REPORT": report,
        "RELATIVE_ERROR": str(tmp_path / "re.tif")})  # fmt: skip
    assert found["N"] == 3 and found["ACCURACY_PERCENT"] == pytest.approx(90, abs=1e-4)
    assert [float(row["reference_t_C_ha"]) for row in table_rows(pairs)] == [10, 20, 40]
    assert "RELATIVE_ERROR" not in found and not os.path.exists(str(tmp_path / "re.tif"))
    assert "1 have no value" in feedback.text and os.path.exists(report)
    layer = str(tmp_path / "p.gpkg")
    weighted = run_algorithm("assessaccuracy", {
        **common, "PAIRS": layer, "POINTS": points([1.0, 2.0, 4.0], [1, 0, 0]), "WEIGHT_FIELD": "w"})  # fmt: skip
    assert weighted["ACCURACY_PERCENT"] == pytest.approx(80, abs=1e-4)
    made = QgsVectorLayer(layer)
    assert made.crs().authid() == "EPSG:32650" and made.featureCount() == 3
    assert [feature.geometry().asPoint().x() for feature in made.getFeatures()] == [500500, 501500, 502500]


def test_refusals(refusal, raster):
    estimate, reference = raster("e.tif", [[1, 2]]), raster("r.tif", [[1, 3]])
    neither = refusal("assessaccuracy", DENSITY=estimate)
    assert "Give a reference raster (REFERENCE) or reference points (POINTS)." in neither
    layer = points([1.0])
    both = refusal("assessaccuracy", DENSITY=estimate, REFERENCE=reference, POINTS=layer, VALUE_FIELD="carbon")
    assert "not both" in both
    assert "name the field of the points" in refusal("assessaccuracy", DENSITY=estimate, POINTS=layer)
    text = refusal("assessaccuracy", DENSITY=estimate, POINTS=layer, VALUE_FIELD="note")
    assert "The layer 'plots', feature 1: the value 'n' is not a number" in text
    bare = raster("b.tif", [[1, 2]], "")
    assert "it carries no unit" in refusal("assessaccuracy", DENSITY=estimate, REFERENCE=bare)


def test_cancelled_leaves_nothing(run_algorithm, raster, make_feedback, tmp_path):
    big = np.random.default_rng(0).random((1200, 1200)) + 1
    out = tmp_path / "out"
    out.mkdir()
    (out / "re.tif").write_bytes(b"old")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_algorithm(
            "assessaccuracy",
            {"DENSITY": raster("e.tif", big), "REFERENCE": raster("r.tif", big * 1.1),
             "RELATIVE_ERROR": str(out / "re.tif"), "REPORT": str(out / "r.html")},
            feedback=make_feedback(cancel_at=50),
        )  # fmt: skip
    assert os.listdir(out) == ["re.tif"] and (out / "re.tif").read_bytes() == b"old"
