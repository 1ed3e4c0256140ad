"""trainlevels and predictlevels as QGIS runs them: from samples to a raster of levels, and what they refuse."""

import csv
import json

import numpy as np
import pytest
import rasterio
from qgis.core import QgsApplication, QgsProcessing, QgsProcessingException

from carbon_qgis.core.levels import read_levels
from tests.algorithms.model_inputs import stack, write_table

HEADER = ["id", "x", "y", "block", "split", "weight", "pool", "year", "density [t C/ha]"]
DRIVERS = ["NDVI [1]", "TEM [degC]", "GLC [class]"]


def rows(n=400, seed=0):
    """Density in three levels of NDVI, a little more in class 7."""
    rng = np.random.default_rng(seed)
    ndvi, tem, glc = rng.uniform(0, 1, n), rng.normal(10, 5, n), rng.choice([2, 7, 11], n)
    density = np.digitize(ndvi, [0.3, 0.7]) * 50.0 + 10 * (glc == 7) + rng.normal(size=n) + 20
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    split = np.where(np.arange(n) % 5 == 0, "test", "train")
    return [
        [i + 1, x[i], y[i], int(x[i] // 20) + 5 * int(y[i] // 20), split[i], 1.0, "soil", 2010, density[i]]
        + [ndvi[i], tem[i], int(glc[i])]
        for i in range(n)
    ]


def table(path, content=None, header=None):
    return write_table(path, header or HEADER + DRIVERS, rows() if content is None else content)


QUICK = {"ITERATIONS": 20, "DEPTH": 3, "LEARNING_RATE": 0.3}


@pytest.fixture(scope="module")
def model(tmp_path_factory, provider):
    """A model trained once through the algorithm."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    folder = tmp_path_factory.mktemp("model")
    parameters = {"SAMPLES": table(folder / "s.csv"), "MODEL": str(folder / "soil.carbonmodel"), **QUICK}
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:trainlevels")
    _, ok = algorithm.run(parameters, QgsProcessingContext(), QgsProcessingFeedback(), {}, False)
    assert ok
    return parameters["MODEL"]


def test_a_table_becomes_a_model(run_algorithm, feedback, tmp_path):
    outputs = {name: str(tmp_path / (name.lower() + ".csv")) for name in ("LEVEL_TABLE", "CONFUSION", "METRICS")}
    outputs["IMPORTANCE"] = str(tmp_path / "importance.csv")
    parameters = {
        "SAMPLES": table(tmp_path / "samples.csv"), "MODEL": str(tmp_path / "soil.carbonmodel"),
        "REPORT": str(tmp_path / "report.html"), "METHOD": "natural", **outputs, **QUICK,
    }  # fmt: skip
    results = run_algorithm("trainlevels", parameters)
    assert results["MODEL"] == parameters["MODEL"]
    trained = read_levels(parameters["MODEL"])
    assert trained.driver_names == ("NDVI", "TEM", "GLC") and trained.drivers[2].categorical
    assert (trained.unit, trained.pool, trained.year, trained.seed) == ("t C/ha", "soil", 2010, 42)
    assert results["LEVEL_COUNT"] == 3 and results["TREES"] == trained.classifier.trees
    assert results["HELD_OUT_ACCURACY"] == pytest.approx(trained.metrics["held-out"]["accuracy"])
    assert results["HELD_OUT_ACCURACY"] > 0.9 and trained.metrics["held-out"]["n"] == 80
    with open(outputs["CONFUSION"], newline="", encoding="utf-8-sig") as stream:
        matrix = [row for row in csv.DictReader(stream) if row["set"] == "held-out"]
    found = [[int(row["predicted_" + name]) for name in trained.names] for row in matrix]
    assert found == trained.metrics["held-out"]["confusion_rows_true"]  # not transposed: rows are the true level
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in ("Confusion matrix, held-out", "Learning curve", "Importance of each driver", "whole spatial blocks"):
        assert text in report
    record = json.loads((tmp_path / "metrics.csv.run.json").read_text(encoding="utf-8"))
    assert "trees were kept" in feedback.text and "accuracy" in json.dumps(record)


def test_the_published_preset(run_algorithm, tmp_path):
    parameters = {
        "SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(tmp_path / "m.carbonmodel"), "PRESET": "published",
        "METHOD": "given", "THRESHOLDS": "40 90", **QUICK,
    }  # fmt: skip
    run_algorithm("trainlevels", parameters)
    trained = read_levels(parameters["MODEL"])
    assert trained.thresholds.tolist() == [40.0, 90.0]
    assert trained.training["preset"] == "published" and trained.training["weights"] is False
    assert trained.classifier.trees == 20


def test_levels_of_a_stack(run_algorithm, model, tmp_path, feedback):
    parameters = {
        "STACK": stack(tmp_path / "s.tif"), "MODEL": model, "LEVELS": str(tmp_path / "levels.tif"),
        "PROBABILITIES": str(tmp_path / "p.tif"), "TABLE": str(tmp_path / "t.csv"), "RANGES": str(tmp_path / "r.csv"),
        "REPORT": str(tmp_path / "report.html"),
    }  # fmt: skip
    results = run_algorithm("predictlevels", parameters)
    assert results["CELLS"] == 4799
    with rasterio.open(parameters["LEVELS"]) as levels, rasterio.open(parameters["PROBABILITIES"]) as shares:
        codes, p = levels.read(1), shares.read(masked=True)
        assert set(np.unique(codes)) == {1, 2, 3, 255} and levels.tags()["CARBON_YEAR"] == "2030"
    assert codes[0, 0] == 255 and p.mask[:, 0, 0].all()
    valid = codes != 255
    assert (p.data[:, valid].argmax(axis=0) + 1 == codes[valid]).all()
    style = (tmp_path / "levels.qml").read_text(encoding="utf-8")
    assert "low (up to" in style and "high (above" in style
    assert "Most probable level" in (tmp_path / "report.html").read_text(encoding="utf-8")
    with open(parameters["TABLE"], newline="", encoding="utf-8-sig") as stream:
        assert sum(int(row["cells"]) for row in csv.DictReader(stream)) == 4799
    assert (tmp_path / "levels.tif.run.json").exists()


def test_bands_in_another_order(run_algorithm, model, tmp_path):
    codes = []
    for number, order in enumerate(([0, 1, 2], [2, 0, 1])):
        names, units = ("NDVI", "TEM", "GLC"), ("1", "degC", "1")
        path = stack(tmp_path / "{}.tif".format(number), [names[i] for i in order], [units[i] for i in order])
        out = str(tmp_path / "levels{}.tif".format(number))
        run_algorithm("predictlevels", {"STACK": path, "MODEL": model, "LEVELS": out})
        with rasterio.open(out) as dataset:
            codes.append(dataset.read(1))
    assert (codes[0] == codes[1]).all()


# --- refusals ---------------------------------------------------------------------------------------------


def test_more_samples_than_can_be_used_are_refused_before_they_are_read(refusal, tmp_path, monkeypatch):
    monkeypatch.setattr("carbon_qgis.algorithms.density._samples.MOST_SAMPLES", 300)
    parameters = {"SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(tmp_path / "m.carbonmodel")}
    message = refusal("trainlevels", **parameters)
    assert "'s' has 400 rows; models are trained on at most 300 samples" in message


def test_a_cell_that_is_a_book_is_refused_where_it_is_read(refusal, tmp_path):
    content = rows()
    content[1][4] = "x" * 2000
    parameters = {"SAMPLES": table(tmp_path / "s.csv", content), "MODEL": str(tmp_path / "m.carbonmodel")}
    message = refusal("trainlevels", **parameters)
    assert "'s', row 2: the field 'split' holds a text of 2,000 characters" in message


def test_given_thresholds_must_be_given(refusal, tmp_path):
    parameters = {"SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(tmp_path / "m.carbonmodel"), "METHOD": "given"}
    assert "needs the densities between the levels" in refusal("trainlevels", **parameters)
    parameters["THRESHOLDS"] = "40 high"
    assert "'high' is not a number" in refusal("trainlevels", **parameters)
    parameters["THRESHOLDS"] = "40 5000"
    message = refusal("trainlevels", **{**parameters, **QUICK})
    assert "The level 'high' (above 5000 t C/ha) has no training sample" in message


def test_a_missing_value_stops_or_is_left_out(run_algorithm, refusal, feedback, tmp_path):
    content = rows()
    content[3][9] = ""
    parameters = {"SAMPLES": table(tmp_path / "s.csv", content), "MODEL": str(tmp_path / "m.carbonmodel"), **QUICK}
    assert "NDVI" in refusal("trainlevels", **parameters)
    assert not (tmp_path / "m.carbonmodel").exists()
    run_algorithm("trainlevels", dict(parameters, DROP_INVALID=True))
    assert read_levels(parameters["MODEL"]).training["rows"] == 319


def test_a_constant_driver(run_algorithm, refusal, feedback, tmp_path):
    content = [row[:10] + [4.5] + row[11:] for row in rows()]
    parameters = {"SAMPLES": table(tmp_path / "s.csv", content), "MODEL": str(tmp_path / "m.carbonmodel"), **QUICK}
    assert "'TEM' (4.5) has the same value in all" in refusal("trainlevels", **parameters)
    run_algorithm("trainlevels", dict(parameters, DROP_CONSTANT=True))
    assert "Left out, constant in the training samples: 'TEM' (4.5)." in "\n".join(feedback.warnings)
    assert read_levels(parameters["MODEL"]).driver_names == ("NDVI", "GLC")


def test_a_stack_without_a_driver(refusal, model, tmp_path):
    parameters = {
        "STACK": stack(tmp_path / "s.tif", ("NDVI", "GLC"), ("1", "1")), "MODEL": model,
        "LEVELS": str(tmp_path / "l.tif"),
    }  # fmt: skip
    message = refusal("predictlevels", **parameters)
    assert "lacks the driver 'TEM' that the model was trained with" in message and "It has: NDVI, GLC" in message


def test_a_driver_in_another_unit(refusal, model, tmp_path):
    parameters = {
        "STACK": stack(tmp_path / "s.tif", units=("1", "K", "1")), "MODEL": model, "LEVELS": str(tmp_path / "l.tif"),
    }  # fmt: skip
    assert "'TEM' is in K" in refusal("predictlevels", **parameters)


@pytest.mark.parametrize("damage, words", [(0.5, "damaged or incomplete"), (0.0, "is not a model bundle")])
def test_a_damaged_model_leaves_the_old_raster(refusal, model, tmp_path, damage, words):
    whole = open(model, "rb").read()
    broken = tmp_path / "broken.carbonmodel"
    broken.write_bytes(whole[: int(len(whole) * damage)] or b"hello")
    old = tmp_path / "l.tif"
    old.write_bytes(b"old")
    parameters = {"STACK": stack(tmp_path / "s.tif"), "MODEL": str(broken), "LEVELS": str(old)}
    message = refusal("predictlevels", **parameters)
    assert words in message and "broken.carbonmodel" in message and old.read_bytes() == b"old"


def test_cancel_while_training(context, make_feedback, tmp_path):
    old = tmp_path / "m.carbonmodel"
    old.write_bytes(b"old")
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:trainlevels")
    parameters = {
        "SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(old), "ITERATIONS": 4000, "PRESET": "published", "DEPTH": 3,
    }  # fmt: skip
    feedback = make_feedback(cancel_at=20)
    with pytest.raises(QgsProcessingException, match="Cancelled. Nothing was written"):
        algorithm.run(parameters, context, feedback, {}, False)
    assert max(feedback.fractions) < 30 and old.read_bytes() == b"old"


def test_a_table_layer_of_ones_own(run_algorithm, tmp_path):
    header = ["carbon", "green", "cover"]
    content = [[row[8], row[9], row[11]] for row in rows()]
    parameters = {
        "SAMPLES": table(tmp_path / "own.csv", content, header), "TARGET": "carbon", "UNIT": "kg C/m2",
        "DRIVERS": ["green", "cover"], "CATEGORICAL": ["cover"], "MODEL": QgsProcessing.TEMPORARY_OUTPUT, **QUICK,
    }  # fmt: skip
    results = run_algorithm("trainlevels", parameters)
    assert results["MODEL"].endswith(".carbonmodel")
    trained = read_levels(results["MODEL"])
    assert trained.unit == "kg C/m2" and [d.categorical for d in trained.drivers] == [False, True]
    assert trained.metrics["held-out"]["scheme"].startswith("3 folds of rows at random")
