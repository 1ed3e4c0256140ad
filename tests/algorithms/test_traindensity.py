"""traindensity as QGIS runs it: from samples and a level model to a density model, and what it refuses."""

import json

import numpy as np
import pytest
from qgis.core import QgsProcessingException

from carbon_qgis.core.level_density import read_density_model
from carbon_qgis.core.levels import read_levels
from tests.algorithms.model_inputs import write_table
from tests.algorithms.workshop import table_rows

HEADER = ["id", "x", "y", "split", "density [t C/ha]", "NDVI [1]", "TEM [degC]", "GLC [class]"]
QUICK = {"LAYERS": 1, "HIDDEN": 8, "EPOCHS": 12, "LEARNING_RATE": 0.01, "TREES": 20, "MEMBERS": 1}


def rows(n=400, seed=0):
    rng = np.random.default_rng(seed)
    ndvi, tem, glc = rng.uniform(0, 1, n), rng.normal(10, 5, n), rng.choice([2, 7, 11], n)
    density = 20 + 60 * ndvi + 0.8 * tem + 4 * (glc == 7) + rng.normal(size=n)
    split = np.where(np.arange(n) % 5 == 0, "test", "train")
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    return [[i + 1, x[i], y[i], split[i], density[i], ndvi[i], tem[i], int(glc[i])] for i in range(n)]


def table(path, content=None, header=None):
    return write_table(path, header or HEADER, rows() if content is None else content)


@pytest.fixture
def trained(run_algorithm, tmp_path):
    """Samples, and the level model that was trained on them."""
    samples, levels = table(tmp_path / "samples.csv"), str(tmp_path / "levels.carbonmodel")
    run_algorithm("trainlevels", {"SAMPLES": samples, "MODEL": levels, "ITERATIONS": 15, "DEPTH": 3})
    return {"SAMPLES": samples, "LEVELS": levels, "MODEL": str(tmp_path / "density.carbonmodel"), **QUICK}


def test_from_samples_to_a_model_with_its_report(run_algorithm, trained, tmp_path, feedback):
    outputs = {name: str(tmp_path / (name.lower() + ".csv")) for name in ("METRICS", "CURVES", "SIZES")}
    report = tmp_path / "report.html"
    results = run_algorithm("traindensity", {
        **trained, **outputs, "REPORT": str(report), "FIGURES": str(tmp_path / "figures"),
    })  # fmt: skip
    model = read_density_model(trained["MODEL"])
    levels = read_levels(trained["LEVELS"])
    model.require_levels_of(levels)
    assert model.form == "average" and model.preset == "robust" and model.driver_names == ("NDVI", "TEM", "GLC")
    metrics = table_rows(outputs["METRICS"])
    assert {row["label"] for row in metrics} == {"held-out", "fit"}
    whole = {row["label"]: row for row in metrics if row["levels"] == "all levels"}
    assert whole["held-out"]["n"] == "80" and whole["fit"]["n"] == "320"
    assert float(whole["held-out"]["RMSE_t_C_ha"]) == pytest.approx(results["HELD_OUT_RMSE"])
    assert results["HELD_OUT_RMSE"] < 8 and results["FIT_RMSE"] < 8 and "COUPLED_R2" not in results
    curves = table_rows(outputs["CURVES"])
    assert {row["model"] for row in curves} == {"network 1 x 8", "catboost"}
    assert {row["level"] for row in curves} == {"low", "medium", "high"}
    assert [row["used"] for row in table_rows(outputs["SIZES"])] == ["yes"] * 3
    page = report.read_text(encoding="utf-8")
    assert "held-out" in page and "Loss curve, level &#x27;low&#x27;, network 1 x 8" in page
    assert len(list((tmp_path / "figures").glob("curve-*.png"))) == 6
    record = json.loads((tmp_path / "metrics.csv.run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 42
    assert "Level known, held-out" in feedback.text


def test_same_seed_same_file(run_algorithm, trained, tmp_path):
    again = str(tmp_path / "again.carbonmodel")
    run_algorithm("traindensity", trained)
    run_algorithm("traindensity", {**trained, "MODEL": again})
    with open(trained["MODEL"], "rb") as one, open(again, "rb") as two:
        assert one.read() == two.read()
    run_algorithm("traindensity", {**trained, "MODEL": again, "SEED": 7})
    features = np.array([[0.2, 10.0, 7.0], [0.8, 5.0, 2.0]])
    answers = [read_density_model(path).relative(features) for path in (trained["MODEL"], again)]
    assert np.abs(answers[0] - answers[1]).max() > 1e-4


def test_published_preset_at_a_small_size(run_algorithm, trained):
    run_algorithm("traindensity", {**trained, "PRESET": "published", "EPOCHS": 3})
    model = read_density_model(trained["MODEL"])
    assert model.preset == "published" and model.form == "network"
    assert model.groups[0].networks[0].head == "relu" and model.training["network"]["loss"] == "l1"
    assert model.encoding.method == "minmax" and model.training["network"]["batch"] == 500


def test_cross_validation_and_reliability(run_algorithm, trained):
    results = run_algorithm("traindensity", {
        **trained, "FORM": "catboost", "FOLDS": 2, "RELIABILITY": "applicability"})  # fmt: skip
    assert 0.3 < results["COUPLED_R2"] < 1
    from carbon_qgis.core.bundle import read_bundle

    assert "applicability.npz" in read_bundle(trained["MODEL"], "network").files


@pytest.mark.parametrize(
    "change, text",
    [
        ({"LAYERS": 2, "HIDDEN": None}, "Give both the number of layers and their width"),
        ({"FOLDS": 1}, "Cross-validation needs at least 2 folds, or 0 for none; got 1"),
        ({"LAYERS": 64, "HIDDEN": 8192}, "Training a network of 64 x 8192 on .* would need about .* of memory"),
        ({"MIN_SAMPLES": 300, "SMALL_LEVELS": "refuse"}, "training samples; at least 300 are needed"),
    ],
)
def test_what_cannot_be_trained(run_algorithm, trained, change, text, monkeypatch):
    from carbon_qgis.core import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 4 * 10**9)
    with pytest.raises(QgsProcessingException, match=text):
        run_algorithm("traindensity", {**trained, **change})


def test_another_model_than_one_of_levels(run_algorithm, trained):
    run_algorithm("traindensity", {**trained, "FORM": "catboost"})
    with pytest.raises(QgsProcessingException, match="is a model of density within levels, not a model of density"):
        run_algorithm("traindensity", {**trained, "LEVELS": trained["MODEL"], "MODEL": trained["MODEL"] + "2"})


def test_samples_in_another_unit(run_algorithm, trained, tmp_path):
    header = ["density [kg C/m2]" if name.startswith("density") else name for name in HEADER]
    other = table(tmp_path / "other.csv", header=header)
    with pytest.raises(QgsProcessingException, match="The samples are in kg C/m2 and the level model is in t C/ha"):
        run_algorithm("traindensity", {**trained, "SAMPLES": other})


def test_cancel_leaves_the_old_model(run_algorithm, trained, tmp_path, make_feedback):
    with open(trained["MODEL"], "wb") as stream:
        stream.write(b"old")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_algorithm("traindensity", {**trained, "EPOCHS": 2000, "PATIENCE": 0}, feedback=make_feedback(cancel_at=8))
    with open(trained["MODEL"], "rb") as stream:
        assert stream.read() == b"old"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
