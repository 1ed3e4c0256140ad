"""trainforest and predictforest as QGIS runs them: from samples to a map, and what they refuse."""

import json

import numpy as np
import pytest
import rasterio
from qgis.core import QgsApplication, QgsProcessingException

from carbon_qgis.core.forest import read_forest
from tests.algorithms.model_inputs import stack, write_table
from tests.algorithms.workshop import table_rows

HEADER = ["id", "x", "y", "block", "weight", "pool", "year", "density [t C/ha]"]
DRIVERS = ["NDVI [1]", "TEM [degC]", "GLC [class]"]
QUICK = {"TREES": 12}


def rows(n=400, seed=0, noise=2.0):
    rng = np.random.default_rng(seed)
    ndvi, tem, glc = rng.uniform(0, 1, n), rng.normal(10, 3, n), rng.choice([2, 7, 11], n)
    density = 20 + 60 * ndvi + 25.0 * (glc == 7) - tem + rng.normal(0, noise, n)
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    return [
        [i + 1, x[i], y[i], int(x[i] // 20) + 5 * int(y[i] // 20), 1.0, "soil", 2010, density[i]]
        + [ndvi[i], tem[i], int(glc[i])]
        for i in range(n)
    ]


def table(path, content=None, header=None):
    return write_table(path, header or HEADER + DRIVERS, rows() if content is None else content)


@pytest.fixture(scope="module")
def model(tmp_path_factory, provider):
    """A forest trained once through the algorithm."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    folder = tmp_path_factory.mktemp("model")
    parameters = {"SAMPLES": table(folder / "s.csv"), "MODEL": str(folder / "soil.carbonmodel"), **QUICK}
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:trainforest")
    _, ok = algorithm.run(parameters, QgsProcessingContext(), QgsProcessingFeedback(), {}, False)
    assert ok
    return parameters["MODEL"]


REPORT_TEXTS = (
    "Truth is not tested", "R² of each fold (held-out)", "Importance of each driver",
    "Test samples: prediction against reference (held-out)", "predicted total of the test samples is",
    "Where the forest can be trusted", "whole spatial blocks",
)  # fmt: skip


# --- training ---------------------------------------------------------------------------------------------


def test_a_table_becomes_a_forest(run_algorithm, feedback, tmp_path):
    tables = {name: str(tmp_path / (name.lower() + ".csv")) for name in ("METRICS", "BY_FOLD", "IMPORTANCE")}
    parameters = {
        "SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(tmp_path / "soil.carbonmodel"), "TARGET_KIND": "model",
        "REPORT": str(tmp_path / "report.html"), **tables, **QUICK,
    }  # fmt: skip
    results = run_algorithm("trainforest", parameters)
    forest = read_forest(parameters["MODEL"])
    assert forest.names == ("NDVI", "TEM", "GLC") and forest.drivers[2].categorical
    assert (forest.unit, forest.pool, forest.year, forest.seed) == ("t C/ha", "soil", 2010, 42)
    assert len(forest.arrays) == 12 and forest.applicability is not None and forest.conformal is not None
    metrics = {row["rows"]: row for row in table_rows(tables["METRICS"])}
    assert {name: row["label"] for name, row in metrics.items()} == {
        "training rows": "fit", "test rows": "held-out", "spatial blocks": "held-out",
    }  # fmt: skip
    assert results["TEST_R2"] == pytest.approx(float(metrics["test rows"]["R2"])) and results["TEST_R2"] > 0.7
    assert results["SPATIAL_R2"] == pytest.approx(float(metrics["spatial blocks"]["R2"]))
    assert results["FIT_R2"] > results["TEST_R2"]
    assert results["TOTAL_BIAS_PERCENT"] == pytest.approx(float(metrics["test rows"]["total_bias_percent"]))
    row = metrics["spatial blocks"]
    low, high = float(row["total_bias_low_percent"]), float(row["total_bias_high_percent"])
    assert low < float(row["total_bias_percent"]) < high and high - low < 5
    assert len(table_rows(tables["BY_FOLD"])) == 5
    importance = table_rows(tables["IMPORTANCE"])
    assert importance[0]["driver"] == "NDVI"
    assert sum(float(row["impurity_percent"]) for row in importance) == pytest.approx(100)
    record = json.loads((tmp_path / "metrics.csv.run.json").read_text(encoding="utf-8"))
    assert any(path.endswith(".carbonmodel") for path in record["outputs"]), "a model gets a record too"
    assert '"target_kind": "model"' in json.dumps(record)
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert [text for text in REPORT_TEXTS if text not in report] == []


def test_the_published_preset_tunes_and_reports_its_choice(run_algorithm, tmp_path, monkeypatch, feedback):
    import carbon_qgis.core.forest_training as training

    monkeypatch.setattr(training, "GRID", ((None, 1, 1.0), (10, 5, 0.5)))
    parameters = {
        "SAMPLES": table(tmp_path / "s.csv", rows(200)), "MODEL": str(tmp_path / "m.carbonmodel"), "TREES": 4,
        "PRESET": "published", "TUNING": str(tmp_path / "tuning.csv"), "REPORT": str(tmp_path / "r.html"),
    }  # fmt: skip
    run_algorithm("trainforest", parameters)
    forest = read_forest(parameters["MODEL"])
    assert forest.transform is not None and forest.facts["options"]["iqr_factor"] == 1.5
    tried = table_rows(parameters["TUNING"])
    assert [row["max_depth"] for row in tried] == ["none", "10"] and sum(int(row["chosen"]) for row in tried) == 1
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Choice of depth, leaf and share of drivers" in report and "as published" in report
    assert "Chosen by cross-validation" in feedback.text


def test_advanced_options_change_the_preset(run_algorithm, tmp_path):
    parameters = {
        "SAMPLES": table(tmp_path / "s.csv", rows(150)), "MODEL": str(tmp_path / "m.carbonmodel"), "TREES": 3,
        "PRESET": "published", "IQR": 0, "TUNE": "no", "TRANSFORM": "none", "LEAF": 4, "DEPTH": 6,
        "MAX_FEATURES": 0.7, "TEST": "blocks", "TEST_SHARE": 0.3, "FOLDS": 3, "WEIGHTS": "yes", "SEED": 5,
    }  # fmt: skip
    run_algorithm("trainforest", parameters)
    forest = read_forest(parameters["MODEL"])
    expected = {
        "iqr_factor": None, "tune": False, "transform": "none", "min_leaf": 4, "max_depth": 6, "max_features": 0.7,
        "test": "blocks", "test_share": 0.3, "block_folds": 3, "weighted": True, "seed": 5, "trees": 3,
    }  # fmt: skip
    assert {name: forest.facts["options"][name] for name in expected} == expected and forest.transform is None


def test_samples_without_blocks_are_warned_of(run_algorithm, tmp_path, feedback):
    header = ["carbon", "green", "cover"]
    content = [[row[7], row[8], row[10]] for row in rows(150)]
    parameters = {
        "SAMPLES": table(tmp_path / "own.csv", content, header), "TARGET": "carbon", "UNIT": "kg C/m2",
        "DRIVERS": ["green", "cover"], "CATEGORICAL": ["cover"], "MODEL": str(tmp_path / "m.carbonmodel"),
        "REPORT": str(tmp_path / "r.html"), **QUICK,
    }  # fmt: skip
    results = run_algorithm("trainforest", parameters)
    assert "SPATIAL_R2" not in results and "TEST_R2" in results
    assert "No spatial cross-validation" in "\n".join(feedback.warnings)
    assert "flatters" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert read_forest(parameters["MODEL"]).unit == "kg C/m2"


def test_what_cannot_be_trained_leaves_the_old_model(refusal, tmp_path):
    old = tmp_path / "m.carbonmodel"
    old.write_bytes(b"old")
    few = {"SAMPLES": table(tmp_path / "few.csv", rows(20)), "MODEL": str(old)}
    assert "at least 30 training rows" in refusal("trainforest", **few)
    flat = [row[:9] + [4.5] + row[10:] for row in rows(100)]
    parameters = {"SAMPLES": table(tmp_path / "flat.csv", flat), "MODEL": str(old)}
    assert "'TEM' is constant (4.5" in refusal("trainforest", **parameters)
    content = rows(100)
    content[3][8] = ""
    parameters["SAMPLES"] = table(tmp_path / "gap.csv", content)
    assert "NDVI" in refusal("trainforest", **parameters)
    parameters = {"SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(old), "TEST": "table"}
    assert "no rows with split 'test'" in refusal("trainforest", **parameters)
    assert old.read_bytes() == b"old"


def test_cancel_while_training(context, make_feedback, tmp_path):
    old = tmp_path / "m.carbonmodel"
    old.write_bytes(b"old")
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:trainforest")
    parameters = {"SAMPLES": table(tmp_path / "s.csv"), "MODEL": str(old), "TREES": 2000}
    feedback = make_feedback(cancel_at=5)
    with pytest.raises(QgsProcessingException, match="Cancelled. Nothing was written"):
        algorithm.run(parameters, context, feedback, {}, False)
    assert max(feedback.fractions) < 15 and old.read_bytes() == b"old"


# --- prediction -------------------------------------------------------------------------------------------

RASTERS = ("DENSITY", "CELL_CARBON", "LOW", "HIGH", "APPLICABILITY", "DISSIMILARITY")


def test_a_stack_becomes_maps(run_algorithm, model, tmp_path, feedback):
    paths = {name: str(tmp_path / (name.lower() + ".tif")) for name in RASTERS}
    parameters = {
        "STACK": stack(tmp_path / "s.tif"), "MODEL": model, "REPORT": str(tmp_path / "report.html"),
        "TOTALS": str(tmp_path / "totals.csv"), "OUTSIDE": str(tmp_path / "outside.csv"), **paths,
    }  # fmt: skip
    results = run_algorithm("predictforest", parameters)
    made = {name: rasterio.open(path) for name, path in paths.items()}
    density = made["DENSITY"].read(1, masked=True).astype(float)
    assert density.mask.sum() == 1 and density.mask[0, 0]
    with rasterio.open(parameters["STACK"]) as source:
        features = source.read().reshape(3, -1).T[1:].astype(float)
    expected = read_forest(model).predict(features).astype("f4")
    np.testing.assert_array_equal(density.compressed(), expected)
    assert made["DENSITY"].units == ("t C/ha",) and made["CELL_CARBON"].units == ("t C/cell",)
    assert made["CELL_CARBON"].tags()["CARBON_SCENARIO"] == "SSP126"
    # Cells of 1 km2 hold 100 times their density per hectare.
    carbon = made["CELL_CARBON"].read(1, masked=True).astype(float)
    np.testing.assert_allclose(carbon.compressed(), 100 * density.compressed(), rtol=1e-6)
    assert results["STOCK_TG"] == pytest.approx(carbon.sum() / 1e6, rel=1e-6)
    assert results["MEAN_DENSITY"] == pytest.approx(density.mean(), rel=1e-6) and results["AREA_KM2"] == 4799
    low, high = (made[name].read(1, masked=True) for name in ("LOW", "HIGH"))
    assert (low <= high).all() and set(np.unique(made["APPLICABILITY"].read(1)[0, 1:])) <= {0, 1}
    (total,) = table_rows(parameters["TOTALS"])
    assert float(total["stock_Tg_C"]) == pytest.approx(results["STOCK_TG"]) and total["scenario"] == "SSP126"
    assert [row["driver"] for row in table_rows(parameters["OUTSIDE"])] == ["NDVI", "TEM", "GLC"]
    assert (tmp_path / "density.qml").exists() and (tmp_path / "density.tif.run.json").exists()
    assert "t C/cell" in (tmp_path / "cell_carbon.qml").read_text(encoding="utf-8")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in ("Map of carbon density", "Area of applicability", "It was not said what the density", "per cell and"):
        assert text in report


def test_only_the_density_by_default(run_algorithm, model, tmp_path):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:predictforest")
    rasters = [d for d in algorithm.parameterDefinitions() if d.type() == "rasterDestination"]
    assert [d.name() for d in rasters] == list(RASTERS)
    assert [d.name() for d in rasters if d.createByDefault()] == ["DENSITY"]
    parameters = {"STACK": stack(tmp_path / "s.tif"), "MODEL": model, "DENSITY": str(tmp_path / "d.tif")}
    run_algorithm("predictforest", dict(parameters, YEAR=2055))
    assert sorted(path.name for path in tmp_path.glob("*.tif")) == ["d.tif", "s.tif"]
    with rasterio.open(tmp_path / "d.tif") as dataset:
        assert dataset.tags()["CARBON_YEAR"] == "2055"


def test_a_warmer_world_is_counted_as_outside(run_algorithm, model, tmp_path, feedback):
    parameters = {
        "STACK": stack(tmp_path / "s.tif", warmer=20.0), "MODEL": model, "DENSITY": str(tmp_path / "d.tif"),
    }  # fmt: skip
    results = run_algorithm("predictforest", parameters)
    assert results["OUTSIDE_PERCENT"] > 99
    assert "outside the training range" in "\n".join(feedback.warnings) and "TEM" in "\n".join(feedback.warnings)


def test_bands_in_another_order_give_the_same_map(run_algorithm, model, tmp_path):
    maps = []
    for number, order in enumerate(([0, 1, 2], [2, 0, 1])):
        names, units = ("NDVI", "TEM", "GLC"), ("1", "degC", "1")
        path = stack(tmp_path / "{}.tif".format(number), [names[i] for i in order], [units[i] for i in order])
        out = str(tmp_path / "d{}.tif".format(number))
        run_algorithm("predictforest", {"STACK": path, "MODEL": model, "DENSITY": out})
        with rasterio.open(out) as dataset:
            maps.append(dataset.read(1))
    np.testing.assert_array_equal(maps[0], maps[1])


def test_stacks_that_do_not_fit_are_refused(refusal, model, tmp_path):
    parameters = {
        "STACK": stack(tmp_path / "s.tif", ("NDVI", "GLC"), ("1", "1")), "MODEL": model,
        "DENSITY": str(tmp_path / "d.tif"),
    }  # fmt: skip
    message = refusal("predictforest", **parameters)
    assert "lacks the driver 'TEM' that the model was trained with" in message and "It has: NDVI, GLC" in message
    parameters["STACK"] = stack(tmp_path / "k.tif", units=("1", "K", "1"))
    assert "'TEM' is in K" in refusal("predictforest", **parameters)


def test_outputs_that_the_forest_has_no_basis_for(run_algorithm, refusal, tmp_path):
    content = [row[:1] + row[4:] for row in rows(150)]
    samples = table(tmp_path / "s.csv", content, [n for n in HEADER + DRIVERS if n not in ("x", "y", "block")])
    bare = str(tmp_path / "m.carbonmodel")
    run_algorithm("trainforest", {"SAMPLES": samples, "MODEL": bare, **QUICK})
    parameters = {"STACK": stack(tmp_path / "s.tif"), "MODEL": bare, "DENSITY": str(tmp_path / "d.tif")}
    run_algorithm("predictforest", parameters)
    for name, words in (("APPLICABILITY", "no training points"), ("LOW", "no held-out residuals")):
        message = refusal("predictforest", **{**parameters, name: str(tmp_path / "x.tif")})
        assert words in message and "column 'block'" in message and not (tmp_path / "x.tif").exists()


@pytest.mark.parametrize("share, words", [(0.5, "damaged or incomplete"), (0.0, "is not a model bundle")])
def test_a_damaged_forest_leaves_the_old_raster(refusal, model, tmp_path, share, words):
    whole = open(model, "rb").read()
    broken = tmp_path / "broken.carbonmodel"
    broken.write_bytes(whole[: int(len(whole) * share)] or b"hello")
    old = tmp_path / "d.tif"
    old.write_bytes(b"old")
    parameters = {"STACK": stack(tmp_path / "s.tif"), "MODEL": str(broken), "DENSITY": str(old)}
    message = refusal("predictforest", **parameters)
    assert words in message and "broken.carbonmodel" in message and old.read_bytes() == b"old"


def test_cancel_while_predicting(context, make_feedback, model, tmp_path):
    old = tmp_path / "d.tif"
    old.write_bytes(b"old")
    feedback = make_feedback()
    feedback.cancel()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:predictforest")
    parameters = {"STACK": stack(tmp_path / "s.tif"), "MODEL": model, "DENSITY": str(old)}
    with pytest.raises(QgsProcessingException, match="Cancelled. Nothing was written"):
        algorithm.run(parameters, context, feedback, {}, False)
    assert old.read_bytes() == b"old" and not list(tmp_path.glob(".*"))
