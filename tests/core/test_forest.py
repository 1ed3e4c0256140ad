"""Training, describing, storing and asking a random forest."""

import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from carbon_qgis.core.bundle import arrays_to_bytes, bundle_bytes, read_bundle
from carbon_qgis.core.errors import BundleError, Cancelled, InputError
from carbon_qgis.core.forest import forest_bundle, read_forest
from carbon_qgis.core.forest_growing import _patiently
from carbon_qgis.core.forest_scores import folds_table, importance_table, metrics_table, total_bias
from carbon_qgis.core.forest_training import (
    GRID,
    INVERSE_OF_MEAN,
    MEAN_OF_INVERSES,
    PUBLISHED,
    ROBUST,
    fit_forest,
    preset_options,
)
from carbon_qgis.core.results import Remark
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids
from carbon_qgis.core.validation import FIT, HELD_OUT

DRIVERS = (Driver("NDVI", "1"), Driver("TEM", "degC"), Driver("NOISE", "1"), Driver("LC", "", True))


def region(n=900, seed=0, blocks=True, noise=2.0, places=None):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    ndvi, tem, other = rng.uniform(0, 1, n), 10 + x / 10 + rng.normal(0, 1, n), rng.normal(size=n)
    cover = rng.integers(1, 4, n).astype(float)
    target = 20 + 60 * ndvi**2 + np.where(cover == 2, 25, 0) - tem + rng.normal(0, noise, n)
    features = np.column_stack([ndvi, tem, other, cover])
    block = block_ids(x, y, 20.0) if blocks else None
    where = dict(x=x, y=y) if (blocks if places is None else places) else {}
    return make_samples(DRIVERS, features, target, "t C/ha", "soil", 2010, block=block, **where)


def small(preset=ROBUST, **changes):
    return preset_options(preset, **{"trees": 15, **changes})


@pytest.fixture(scope="module")
def fit():
    return fit_forest(region(), small())


def test_the_robust_preset_and_its_metrics(fit):
    assert (fit.options.min_leaf, fit.options.max_features, fit.options.iqr_factor) == (5, 0.5, None)
    assert preset_options(ROBUST).trees == preset_options(PUBLISHED).trees == 80
    labels = {name: each.label for name, each in fit.metrics.items()}
    assert labels == {"training rows": FIT, "test rows": HELD_OUT, "spatial blocks": HELD_OUT}
    assert fit.metrics["test rows"].r_squared > 0.75 and fit.metrics["spatial blocks"].r_squared > 0.75
    assert fit.metrics["training rows"].r_squared > fit.metrics["test rows"].r_squared
    assert sorted(fit.fold_metrics) == ["spatial fold {}".format(k) for k in range(1, 6)]
    assert abs(fit.total_bias["test rows"].share) < 0.05
    (held,) = [note for note in fit.notes if "held out for the test, in whole spatial blocks" in note]
    assert isinstance(held, Remark), "a fact of the run, not a warning"


def test_importances_find_what_matters(fit):
    ndvi, tem, other, cover = fit.forest.importance
    assert ndvi > cover > tem > other and abs(other) < 0.02
    assert fit.impurity_importance.sum() == pytest.approx(1.0) and np.argmax(fit.impurity_importance) == 0


def test_what_is_stored_predicts_the_same(fit, tmp_path):
    path = tmp_path / "forest.carbonmodel"
    path.write_bytes(forest_bundle(fit.forest))
    again = read_forest(str(path))
    rows = region(50, seed=9).latest
    np.testing.assert_array_equal(again.predict(rows), fit.forest.predict(rows))
    assert (again.unit, again.pool, again.year, again.names) == ("t C/ha", "soil", 2010, ("NDVI", "TEM", "NOISE", "LC"))
    np.testing.assert_array_equal(again.applicability.index(rows), fit.forest.applicability.index(rows))
    assert again.conformal.level == 0.9 and 0.8 < again.conformal.coverage.mean() < 0.98
    manifest = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    assert manifest["metrics"]["test rows"]["label"] == "held-out" and manifest["extra"]["preset"] == ROBUST
    assert not [name for name in zipfile.ZipFile(path).namelist() if not name.endswith((".json", ".npz"))]


def test_same_seed_same_bytes_whatever_the_threads():
    samples = region(300)
    first = forest_bundle(fit_forest(samples, small(trees=6, threads=1)).forest)
    assert first == forest_bundle(fit_forest(samples, small(trees=6, threads=4)).forest)
    assert first != forest_bundle(fit_forest(samples, small(trees=6, seed=1)).forest)


def test_trees_grown_in_steps_are_those_of_one_call():
    from sklearn.ensemble import RandomForestRegressor

    samples = region(300, blocks=False)
    fit = fit_forest(samples, small(trees=7, test="random", threads=2))
    held = np.isin(samples.target, fit.test[0])
    training = samples.take(~held)
    plain = RandomForestRegressor(7, min_samples_leaf=5, max_features=0.5, random_state=42)
    plain.fit(fit.forest.encoding.encode(training.latest), training.target)
    rows = region(40, seed=3).latest
    np.testing.assert_allclose(fit.forest.predict(rows), plain.predict(fit.forest.encoding.encode(rows)), rtol=1e-12)


def test_scaling_of_the_drivers_does_not_move_a_forest():
    samples = region(400)
    scaled = replace(samples, features=samples.features * [100.0, 2.0, 4.0, 1.0] + [5.0, 0, 0, 0])
    one, two = (fit_forest(part, small(trees=5)).forest for part in (samples, scaled))
    np.testing.assert_allclose(one.predict(samples.latest), two.predict(scaled.latest), rtol=1e-6)


def test_published_preset_tunes_among_its_grid(monkeypatch):
    import carbon_qgis.core.forest_training as training

    monkeypatch.setattr(training, "GRID", ((None, 1, 1.0), (2, 5, 0.5)))
    fit = fit_forest(region(400), small(PUBLISHED, trees=8, tune_folds=3))
    assert [row[:3] for row in fit.tuning.rows] == [["none", 1, 1.0], ["2", 5, 0.5]]
    assert [row[-1] for row in fit.tuning.rows] == [1, 0] and fit.options.max_depth is None
    assert sorted(name for name in fit.fold_metrics if "random" in name) == ["random fold 1", "random fold 2",
                                                                           "random fold 3"]  # fmt: skip
    assert fit.removed is not None and fit.forest.transform is not None and fit.options.transform == INVERSE_OF_MEAN
    assert any("at random" in note for note in fit.notes)
    assert len(GRID) == 18


@pytest.mark.parametrize("rare, said", [(0.2, "of 10 folds of the choice"), (0.02, "the mean is that of the other")])
def test_folds_of_one_density_have_no_r2_and_do_not_stop_the_choice(monkeypatch, rare, said):
    """60 cells of a table-based map, most of one class: a fold of 5 often holds one density only."""
    import carbon_qgis.core.forest_training as training

    monkeypatch.setattr(training, "GRID", ((None, 1, 1.0), (2, 5, 0.5)))
    rng = np.random.default_rng(0)
    features = rng.random((60, 2))
    target = np.where(rng.random(60) < 1 - rare, 128.78, 70.0)
    target[0] = 70.0
    samples = make_samples((Driver("PRE", "mm"), Driver("TEM", "degC")), features, target, "t C/ha")
    fit = fit_forest(samples, small(PUBLISHED, trees=3, iqr_factor=None))
    (note,) = [note for note in fit.notes if "R2 is not defined" in note]
    assert said in note
    defined = [m.r_squared for name, m in fit.fold_metrics.items() if "random" in name and m.r_squared is not None]
    assert int(note.split(" ")[1]) == 10 - len(defined) > 0
    (chosen,) = [row for row in fit.tuning.rows if row[-1]]
    assert chosen[3] == pytest.approx(np.mean(defined))


def test_where_no_fold_has_an_r2_all_folds_together_decide(monkeypatch):
    import carbon_qgis.core.forest_training as training

    monkeypatch.setattr(training, "GRID", ((None, 1, 1.0), (2, 5, 0.5)))
    target = np.repeat([70.0, 128.78], 30)
    monkeypatch.setattr(training, "deal_folds", lambda *_: (target > 100).astype(int))
    features = np.column_stack([target + np.arange(60), np.arange(60) % 7])
    samples = make_samples((Driver("PRE", "mm"), Driver("TEM", "degC")), features, target, "t C/ha")
    notes = []
    samples = replace(samples, split=np.full(60, "train"))
    _, table, _ = training._tuned(samples, small(PUBLISHED, trees=3, transform="none"), notes, training.Silent())
    assert "all folds together decided" in notes[0] and all(np.isfinite(row[3]) for row in table.rows)


def test_a_driver_that_is_constant_within_a_fold_does_not_stop_the_training():
    samples = region(400)
    only = np.where(samples.block == samples.block[0], np.arange(400) % 5 + 1.0, 0.0)
    samples = replace(samples, features=np.column_stack([samples.features, only]),
                      drivers=tuple(samples.drivers) + (Driver("IRR", "1"),), split=np.full(400, "train"))  # fmt: skip
    fit = fit_forest(samples, small(trees=3, test="random"))
    assert fit.metrics["spatial blocks"].n == 320 and fit.forest.conformal is not None


def test_the_inverse_of_a_mean_is_biased_and_the_mean_of_inverses_is_not():
    rng = np.random.default_rng(5)
    n = 4000
    features = np.column_stack([rng.uniform(0, 1, n), rng.normal(size=n)])
    target = np.exp(1.0 + features[:, 0] + rng.normal(0, 1.0, n))  # a long tail, as biomass has
    samples = make_samples((Driver("A", "1"), Driver("B", "1")), features, target, "t C/ha")
    fits = {
        name: fit_forest(samples, small(trees=20, min_leaf=1, transform=name, test="random"))
        for name in (INVERSE_OF_MEAN, MEAN_OF_INVERSES, "none")
    }
    # The test rows have a total of their own by chance; all three are compared with it.
    chance = fits["none"].total_bias["test rows"].share
    assert fits[INVERSE_OF_MEAN].total_bias["test rows"].share - chance < -0.15
    assert abs(fits[MEAN_OF_INVERSES].total_bias["test rows"].share - chance) < 0.03
    assert abs(fits["none"].total_bias["training rows"].share) < 0.02


def test_where_one_class_is_most_of_the_cells_the_outlier_rule_is_guarded():
    samples = region(400)
    target = samples.target.copy()
    target[np.random.default_rng(0).random(400) < 0.8] = 30.0
    fit = fit_forest(replace(samples, target=target), small(iqr_factor=1.5))
    assert any("'density [t C/ha]' has an interquartile range of 0" in note for note in fit.notes)
    assert fit.forest.facts["training"]["rows"] > 250


def test_the_tables_own_split_is_used_where_it_has_test_rows():
    samples = region(300)
    split = np.where(np.arange(300) < 60, "test", "train")
    fit = fit_forest(replace(samples, split=split), small())
    np.testing.assert_array_equal(fit.test[0], samples.target[:60])
    assert fit.metrics["test rows"].scheme == (
        "held out as the table's column 'split' says, among neighbours that were learnt, which flatters"
    )
    split = np.where(np.isin(samples.block, np.unique(samples.block)[::5]), "test", "train")
    fit = fit_forest(replace(samples, split=split), small(trees=3))
    assert fit.metrics["test rows"].scheme == "held out as the table's column 'split' says, in whole spatial blocks"


def test_coordinates_stand_in_for_blocks():
    """Measured plots have x and y and no blocks: they get the same tests, applicability and intervals."""
    fit = fit_forest(region(400, blocks=False, places=True), small(trees=5))
    assert fit.metrics["test rows"].scheme == "held out in whole spatial blocks"
    assert "spatial blocks" in fit.metrics and fit.forest.conformal is not None
    assert fit.forest.applicability is not None and not any("No spatial cross-validation" in n for n in fit.notes)
    (said,) = [note for note in fit.notes if "were cut into" in note and "squares, which serve as blocks" in note]
    assert isinstance(said, Remark)
    partly = region(400, blocks=False, places=True)
    partly.x[3] = np.nan
    fit = fit_forest(partly, small(trees=3))
    assert any("neither a column 'block' nor coordinates of all samples" in note for note in fit.notes)
    assert fit.metrics["test rows"].scheme == "held out at random"


REFUSALS = [
    (dict(), dict(n=20, blocks=False), "at least 30 training rows; there are 16"),
    (dict(test="table"), dict(), "no rows with split 'test'"),
    (dict(test="blocks"), dict(blocks=False), "neither a column 'block' nor coord"),
    (dict(trees=10**9), dict(), "would need about"),
]


@pytest.mark.parametrize("options, rows, message", REFUSALS)
def test_refusals(options, rows, message):
    with pytest.raises(InputError, match=message):
        fit_forest(region(**rows), preset_options(ROBUST, **options))


def test_constant_targets_drivers_presets_and_years_are_refused():
    samples = region(100)
    with pytest.raises(InputError, match="density is 3 t C/ha in all"):
        fit_forest(replace(samples, target=np.full(100, 3.0)), small())
    flat = samples.features.copy()
    flat[:, 1] = 7.0
    with pytest.raises(InputError, match="'TEM' is constant"):
        fit_forest(replace(samples, features=flat), small())
    with pytest.raises(InputError, match="'best' is no preset"):
        preset_options("best")
    steps = replace(samples, features=np.stack([samples.features] * 2, axis=1), lags=(1, 0))
    with pytest.raises(InputError, match="drivers of one year"):
        fit_forest(steps, small())


def test_without_blocks_it_says_what_is_missing():
    fit = fit_forest(region(200, blocks=False), small(trees=5))
    assert any("No spatial cross-validation" in note for note in fit.notes)
    assert fit.forest.applicability is None and fit.forest.conformal is None


class CancelAfter:
    def __init__(self, calls):
        self.left = calls

    def update(self, fraction, message=None):
        assert 0.0 <= fraction <= 1.0 + 1e-12

    def cancelled(self):
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("calls", [0, 3, 12, 30])
def test_cancel(calls):
    with pytest.raises(Cancelled):
        fit_forest(region(200), small(trees=12, threads=1), CancelAfter(calls))


def test_a_cancel_is_heard_while_the_forest_is_scored():
    class AtScoring:
        heard = False

        def update(self, fraction, message=None):
            self.heard = self.heard or message == "Scoring the forest"

        def cancelled(self):
            return self.heard

    with pytest.raises(Cancelled):
        fit_forest(region(200), small(trees=3), AtScoring())


def test_a_slow_tree_reports_and_hears_a_cancel():
    import threading

    going = threading.Event()

    class Listener:
        def __init__(self, calls):
            self.shares, self.left = [], calls

        def update(self, fraction, message=None):
            self.shares.append(fraction)
            if len(self.shares) == 3:
                going.set()

        def cancelled(self):
            self.left -= 1
            return self.left < 0

    patient = Listener(99)
    _patiently(lambda: going.wait(30), patient, (0.5, 0.6), 1.0)
    assert len(patient.shares) == 3 and 0.5 < patient.shares[0] < patient.shares[-1] < 0.6
    going.clear()
    with pytest.raises(Cancelled):
        _patiently(lambda: going.wait(30), Listener(1), (0.5, 0.6), 1.0)
    going.set()
    with pytest.raises(MemoryError, match="no room"):
        _patiently(_fail, Listener(99), (0, 1), 1.0)


def _fail():
    raise MemoryError("no room")


def test_bias_of_a_total_and_its_interval():
    samples = replace(region(4, blocks=False), target=np.array([10.0, 20, 30, 40]))
    found = total_bias(samples, np.array([11.0, 22, 33, 44]))
    assert found.share == pytest.approx(0.1) and found.low == pytest.approx(0.1) and found.excludes_zero
    found = total_bias(samples, np.array([14.0, 20, 30, 40]))
    # By hand: ratio 1.04, residuals 3.6, -0.8, -1.2, -1.6; sum of squares 17.6, times 4/3, root, over 100; t of 3.
    assert found.share == pytest.approx(0.04)
    assert found.high - found.share == pytest.approx(3.182446 * np.sqrt(17.6 * 4 / 3) / 100)
    assert not found.excludes_zero
    weighted = replace(samples, weight=np.array([3.0, 1, 1, 1]))
    assert total_bias(weighted, np.array([14.0, 20, 30, 40])).share == pytest.approx(12 / 120)
    blocks = replace(samples, block=np.array([5, 5, 9, 9]))
    # Residuals add up to 2.8 and -2.8 within the two blocks.
    error = total_bias(blocks, np.array([14.0, 20, 30, 40]))
    assert error.high - error.share == pytest.approx(12.706205 * np.sqrt(2 * 2 * 2.8**2) / 100)
    assert np.isnan(total_bias(replace(samples, target=np.zeros(4)), np.ones(4)).share)
    one = total_bias(replace(samples, block=np.zeros(4, int)), np.ones(4))
    assert one.share == pytest.approx(-0.96) and np.isnan(one.low) and not one.excludes_zero


def test_tables_of_a_fit(fit):
    metrics = metrics_table(fit).as_dicts()
    assert [(row["rows"], row["label"]) for row in metrics] == [
        ("training rows", "fit"), ("test rows", "held-out"), ("spatial blocks", "held-out"),
    ]  # fmt: skip
    assert metrics[1]["total_bias_percent"] == pytest.approx(100 * fit.total_bias["test rows"].share)
    assert metrics[1]["scheme"] == "held out in whole spatial blocks"
    assert [row["fold"] for row in folds_table(fit).as_dicts()] == ["spatial fold {}".format(k) for k in range(1, 6)]
    importance = importance_table(fit).as_dicts()
    assert [row["driver"] for row in importance] == ["NDVI", "LC", "TEM", "NOISE"] and importance[1]["unit"] == "class"


def test_every_number_of_the_report_says_fit_or_held_out(fit):
    from carbon_qgis.core.report.forest_report import forest_page

    text = forest_page(fit).html()
    for words in ("R², test samples (held-out)", "R², training samples (fit)", "RMSE, test samples (held-out)",
                  "Error of the total, test samples (held-out)"):  # fmt: skip
        assert words in text, words
    table = text[text.index("Error of the total, with its 95") :]
    rows = [re.sub(r"<[^>]*>", "|", row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]
    kinds = {name: [row for row in rows if "|{}|".format(name) in row][0] for name in fit.total_bias}
    assert "|fit|" in kinds["training rows"] and "|held-out|" in kinds["test rows"]
    assert "|held-out|" in kinds["spatial blocks"] and "(held out in whole spatial blocks)" in text


def test_a_bundle_with_other_arrays_is_refused(fit, tmp_path):
    path = tmp_path / "f.carbonmodel"
    path.write_bytes(forest_bundle(fit.forest))
    manifest, files = read_bundle(str(path), "forest")
    content = fit.forest.arrays.to_dict()
    content["feature"] = content["feature"] + 40
    for wrong, message in (
        ({**files, "forest.npz": arrays_to_bytes(content)}, "asks for a driver"),
        ({k: v for k, v in files.items() if k != "forest.npz"}, "holds no trees"),
    ):
        path.write_bytes(bundle_bytes(manifest, wrong))
        with pytest.raises(BundleError, match=message):
            read_forest(str(path))
    path.write_bytes(bundle_bytes(replace(manifest, target={"unit": "trees"}), files))
    with pytest.raises(BundleError, match="does not say the unit"):
        read_forest(str(path))
