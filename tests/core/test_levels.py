"""The level model: presets, what it learns from, what it refuses, and that a saved model is the same model."""

import dataclasses

import numpy as np
import pytest

from carbon_qgis.core import bundle as bundles
from carbon_qgis.core.errors import BundleError, Cancelled, InputError
from carbon_qgis.core.level_scores import confusion_table, level_scores, metrics_table
from carbon_qgis.core.levels import fit_levels, kept_trees, level_bundle, level_options, read_levels
from carbon_qgis.core.results import Remark
from carbon_qgis.core.samples import Driver, make_samples

DRIVERS = (Driver("NDVI", "1"), Driver("TEM", "degC"), Driver("GLC", "class", True))


def region(n=600, seed=0, noise=4.0, **fields):
    """Samples whose density depends on NDVI and class: low below NDVI 0.3, high above 0.7, class 7 adds 10."""
    rng = np.random.default_rng(seed)
    ndvi, tem, glc = rng.uniform(0, 1, n), rng.normal(10, 5, n), rng.choice([2, 7, 11], n)
    target = np.digitize(ndvi, [0.3, 0.7]) * 50.0 + 10 * (glc == 7) + noise * rng.normal(size=n) + 20
    features = np.stack([ndvi, tem, glc], axis=1)
    fields.setdefault("x", rng.uniform(0, 1000, n))
    fields.setdefault("y", rng.uniform(0, 1000, n))
    return make_samples(DRIVERS, features, target, "t C/ha", "soil", 2010, **fields)


def quick(preset="robust", **changes):
    changes.setdefault("iterations", 20)
    changes.setdefault("depth", 3)
    changes.setdefault("learning_rate", 0.3)
    changes.setdefault("method", "natural")  # the region has three levels that natural breaks find
    return level_options(preset, threads=1, **changes)


@pytest.fixture(scope="module")
def fitted():
    return fit_levels(region(), quick())


def test_learns_levels_that_the_drivers_tell_apart(fitted):
    model = fitted.model
    assert model.names == ("low", "medium", "high") and model.unit == "t C/ha"
    assert 35 < model.thresholds[0] < 60 < 85 < model.thresholds[1] < 110
    fresh = region(seed=5)
    p = model.probabilities(fresh.features)
    assert p.dtype == np.float32 and p.shape == (600, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-6)
    truth = np.digitize(fresh.features[:, 0], [0.3, 0.7])
    assert (model.levels(fresh.features) == truth).mean() > 0.95
    assert fitted.importance_table.rows[0][0] == "NDVI"
    assert sum(model.importance) == pytest.approx(100)


def test_bounds_are_the_extremes_of_each_level(fitted):
    model, target = fitted.model, region().target
    edges = [-np.inf, *model.thresholds, np.inf]
    for level in range(3):
        inside = target[(target > edges[level]) & (target <= edges[level + 1])]
        assert (model.bmin[level], model.bmax[level]) == (inside.min(), inside.max())
        assert model.counts[level] == inside.size
    assert fitted.levels_table.column("Bmax [t C/ha]")[:2] == model.thresholds.tolist()


def test_trees_are_chosen_on_spatial_blocks_and_all_rows_are_learnt(fitted):
    (note,) = fitted.notes
    assert "judged on 600 training rows (3 folds of whole spatial blocks); the model was then" in note
    assert isinstance(note, Remark)
    held, fit = fitted.scores
    assert (held.label, fit.label) == ("held-out", "fit")
    assert "which also chose the number of trees" in held.scheme
    assert held.n == fit.n == 600 and held.log_loss > fit.log_loss
    assert fitted.curves.best == fitted.model.classifier.trees <= 20
    assert len(fitted.curves.held_out) == len(fitted.curves.learn) == 20


def test_the_largest_number_of_trees_within_one_standard_error():
    falling = np.array([[5.0, 4, 3, 2], [5, 4, 3, 1]])
    assert kept_trees(falling, [10, 10]) == 4
    rising = np.array([[3.0, 1, 2, 3], [3, 1, 2.1, 3]])
    assert kept_trees(rising, [10, 10]) == 2
    doubtful = np.array([[3.0, 1, 0.8, 3], [3, 1, 1.3, 3]])  # mean 1.05 at tree 3: 0.05 above, error 0.25
    assert kept_trees(doubtful, [10, 10]) == 3
    assert kept_trees(doubtful, [1, 1000]) == 2  # the fold that counts says no


def test_noise_stops_the_training_early():
    noise = region(noise=0.0)
    noise.features[:] = np.random.default_rng(3).normal(size=noise.features.shape).round(2)
    noise.features[:, 2] = 2 + (noise.features[:, 2] > 0)
    fit = fit_levels(noise, quick(iterations=80))
    assert fit.curves.best < 20


def test_published_preset():
    options = level_options("published")
    assert (options.boost.iterations, options.boost.depth, options.boost.learning_rate) == (1500, 8, 0.1)
    assert (options.boost.seed, options.test_share, options.use_weights) == (42, 0.3, False)
    assert options.stop_folds == 0 and options.boost.one_hot is None
    fit = fit_levels(region(), quick("published"))
    held, fitted = fit.scores
    assert (held.n, fitted.n) == (180, 420) and held.scheme == "30% of the rows at random"
    assert fit.model.classifier.trees == 20 and fit.model.training["rows"] == 420


def test_robust_preset():
    options = level_options("robust")
    assert (options.method, options.boost.iterations, options.boost.depth, options.boost.learning_rate) == (
        "quantile", 600, 6, 0.1
    )
    assert options.boost.more["rsm"] == 0.5
    assert options.stop_folds == 3 and options.use_weights and options.test_share == 0
    with pytest.raises(InputError, match="'fancy' is no preset. Choose one of: robust, published"):
        level_options("fancy")


def test_rows_marked_for_testing_are_not_learnt_from():
    split = np.repeat(["train", "test", "validation"], [420, 120, 60])
    samples = region(split=split)
    robust, published = fit_levels(samples, quick()), fit_levels(samples, quick("published"))
    assert robust.model.training["rows"] == 480 and robust.scores[0].n == 120
    assert published.model.training["rows"] == 420 and published.scores[0].n == 180
    assert robust.scores[0].scheme == "rows marked test (split of the table)"
    broken = dataclasses.replace(samples, target=np.where(split == "test", samples.target[::-1], samples.target))
    again = fit_levels(broken, quick())
    assert level_bundle(again.model) != level_bundle(robust.model)  # the metrics differ ...
    assert again.model.classifier.to_bytes() == robust.model.classifier.to_bytes()  # ... the classifier does not


def test_test_rows_in_whole_blocks_are_called_so():
    block = np.arange(600) // 20
    split = np.where(block % 5 == 0, "test", "train")
    assert fit_levels(region(block=block, split=split), quick()).scores[0].scheme.endswith("(whole spatial blocks)")


def test_weights_change_probabilities_towards_what_they_stand_for():
    """Noise samples, a tenth of them high, weighted so that half of the map is: the mean probability follows."""
    rng = np.random.default_rng(2)
    target = np.repeat([10.0, 90.0], [900, 100]) + rng.normal(size=1000)
    features = rng.normal(size=(1000, 3)).round(3)
    features[:, 2] = 2 + (features[:, 2] > 0)
    weight = np.where(target > 50, 9.0, 1.0)
    samples = make_samples(DRIVERS, features, target, "t C/ha", weight=weight)
    options = dict(method="given", thresholds=(50.0,), iterations=10)
    with_weights = fit_levels(samples, quick(**options)).model
    without = fit_levels(samples, quick(use_weights=False, **options)).model
    assert with_weights.probabilities(features)[:, 1].mean() == pytest.approx(0.5, abs=0.08)
    assert without.probabilities(features)[:, 1].mean() < 0.3


def test_sequences_use_the_last_step():
    samples = region()
    steps = dataclasses.replace(samples, features=np.stack([samples.features * 0 + 2, samples.features], axis=1))
    assert level_bundle(fit_levels(steps, quick()).model) == level_bundle(fit_levels(samples, quick()).model)


def test_the_same_seed_gives_the_same_bytes(fitted):
    assert level_bundle(fit_levels(region(), quick()).model) == level_bundle(fitted.model)


# --- saved models -----------------------------------------------------------------------------------------


def test_a_saved_model_is_the_same_model(fitted, tmp_path):
    path = tmp_path / "soil.carbonmodel"
    path.write_bytes(level_bundle(fitted.model))
    back = read_levels(str(path))
    features = region(seed=9).features
    assert (back.probabilities(features) == fitted.model.probabilities(features)).all()
    for name in ("drivers", "names", "unit", "pool", "year", "seed", "importance", "training"):
        assert getattr(back, name) == getattr(fitted.model, name)
    for name in ("thresholds", "bmin", "bmax", "counts"):
        assert (getattr(back, name) == getattr(fitted.model, name)).all()
    assert back.metrics["held-out"]["n"] == fitted.scores[0].n
    assert back.metrics["fit"]["confusion_rows_true"] == fitted.scores[1].matrix.tolist()


def test_rows_do_not_depend_on_the_rows_around_them(fitted):
    features = region(seed=9).features
    whole = fitted.model.probabilities(features)
    parts = np.concatenate([fitted.model.probabilities(part) for part in np.array_split(features, 7)])
    assert (whole == parts).all()
    assert fitted.model.probabilities(features[:0]).shape == (0, 3)


def test_a_class_that_training_did_not_have_gets_an_answer(fitted):
    features = region(seed=9).features[:5].copy()
    features[:, 2] = 99
    p = fitted.model.probabilities(features)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-6)
    features[:, 2] = -2147483648
    assert (fitted.model.probabilities(features) == p).all()


def test_columns_are_found_by_name(fitted):
    assert fitted.model.columns(("x", "GLC", "TEM", "NDVI")).tolist() == [3, 2, 1]
    with pytest.raises(InputError, match="'The table' lacks the driver 'GLC'"):
        fitted.model.columns(("NDVI", "TEM"))
    with pytest.raises(InputError, match=r"features of shape \(n, 3\): NDVI, TEM, GLC. Got \(4, 2\)"):
        fitted.model.probabilities(np.zeros((4, 2)))


def rebuilt(model, **changes):
    read = bundles.read_bundle_bytes(level_bundle(model), "x", "levels")
    return bundles.bundle_bytes(dataclasses.replace(read.manifest, **changes), read.files)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"levels": {}}, "the list of its levels cannot be read"),
        ({"levels": {"names": ["a", "b"]}}, "the list of its levels cannot be read"),
        ({"target": {}}, "the list of its levels cannot be read"),
        ({"drivers": (bundles.DriverStats("NDVI"),)}, "CatBoost cannot read .levels.cbm. in it"),
    ],
)
def test_a_manifest_that_does_not_fit_the_model(fitted, tmp_path, changes, words):
    path = tmp_path / "soil.carbonmodel"
    path.write_bytes(rebuilt(fitted.model, **changes))
    with pytest.raises(BundleError, match=words):
        read_levels(str(path))


def test_levels_that_do_not_fit_the_classifier(fitted, tmp_path):
    read = bundles.read_bundle_bytes(level_bundle(fitted.model), "x", "levels")
    two = {
        "names": ["low", "high"], "thresholds": [50.0], "bmin": [0.0, 51.0], "bmax": [50.0, 99.0], "counts": [1, 1],
        "importance": [1, 1, 1],
    }  # fmt: skip
    path = tmp_path / "soil.carbonmodel"
    for levels, words in ((two, "for another number of levels"), (dict(two, bmin=[90.0, 51.0]), "do not fit together")):
        path.write_bytes(bundles.bundle_bytes(dataclasses.replace(read.manifest, levels=levels), read.files))
        with pytest.raises(BundleError, match=words):
            read_levels(str(path))


def test_a_damaged_classifier_with_a_right_checksum(fitted, tmp_path):
    read = bundles.read_bundle_bytes(level_bundle(fitted.model), "x", "levels")
    path = tmp_path / "soil.carbonmodel"
    path.write_bytes(bundles.bundle_bytes(read.manifest, {"levels.cbm": read.files["levels.cbm"][:400]}))
    with pytest.raises(BundleError, match="soil.carbonmodel' is damaged: CatBoost cannot read 'levels.cbm' in it"):
        read_levels(str(path))


# --- refusals ---------------------------------------------------------------------------------------------


def test_missing_numbers_are_counted():
    samples = region()
    samples.features[:3, 1] = np.nan
    samples.target[5] = np.inf
    with pytest.raises(InputError, match="infinite values in: 'TEM' 3, the density 1 .of 600 rows."):
        fit_levels(samples, quick())


def test_a_constant_driver_is_refused_or_dropped():
    samples = region()
    samples.features[:, 1] = 4.5
    with pytest.raises(InputError, match=r"driver 'TEM' \(4.5\) has the same value in all 600 training samples"):
        fit_levels(samples, quick())
    fit = fit_levels(samples, quick(drop_constant=True))
    assert fit.model.driver_names == ("NDVI", "GLC")
    assert "Left out, constant in the training samples: 'TEM' (4.5)." in fit.notes


def test_nothing_but_constant_drivers():
    samples = region()
    samples.features[:] = [0.5, 4.5, 7]
    with pytest.raises(InputError, match="Every driver has one value only"):
        fit_levels(samples, quick(drop_constant=True))


def test_codes_that_are_no_codes():
    samples = region()
    samples.features[4, 2] = 7.5
    with pytest.raises(InputError, match="'GLC' is marked as classes but holds 7.5"):
        fit_levels(samples, quick())


def test_no_training_rows():
    with pytest.raises(InputError, match="None of the 600 samples is marked for training"):
        fit_levels(region(split=np.full(600, "test")), quick())


def test_too_few_samples_for_early_stopping():
    fit = fit_levels(region(n=45), quick(min_samples=5))
    assert "Too few samples to hold some out for early stopping: all 20 trees were trained." in fit.notes
    assert [score.label for score in fit.scores] == ["fit"]


class StopAt:
    """Cancelled from a given share on; remembers what it was told."""

    def __init__(self, share):
        self.share, self.seen = share, []

    def update(self, fraction, message=None):
        self.seen.append(fraction)

    def cancelled(self):
        return bool(self.seen) and self.seen[-1] >= self.share


@pytest.mark.parametrize("share", [0.0, 0.05, 0.7])
def test_cancel_stops_within_a_tree(share):
    watch = StopAt(share)
    with pytest.raises(Cancelled):
        fit_levels(region(), quick(iterations=200), watch)
    assert watch.seen[-1] < share + 0.06


def test_progress_moves_with_every_tree():
    watch = StopAt(2.0)
    fit_levels(region(), quick("published", iterations=50), watch)
    assert len(watch.seen) >= 50 and watch.seen == sorted(watch.seen) and watch.seen[-1] <= 1.0


# --- scores -----------------------------------------------------------------------------------------------

TRUE = np.array([0, 0, 0, 1, 1, 2])
P = np.eye(3)[[0, 0, 1, 1, 0, 1]] * 0.8 + 0.1 * (1 - np.eye(3)[[0, 0, 1, 1, 0, 1]])


def test_scores_of_a_known_case():
    scores = level_scores("held-out", "by hand", ("low", "medium", "high"), TRUE, P)
    assert scores.matrix.tolist() == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert scores.accuracy == pytest.approx(0.5)
    assert scores.precision == [pytest.approx(2 / 3), pytest.approx(1 / 3), None]
    assert scores.recall == [pytest.approx(2 / 3), 0.5, 0.0]
    assert scores.f1 == [pytest.approx(2 / 3), pytest.approx(0.4), 0.0]
    chance = (3 * 3 + 2 * 3 + 1 * 0) / 36
    assert scores.kappa == pytest.approx((0.5 - chance) / (1 - chance))
    assert scores.log_loss == pytest.approx(-(3 * np.log(0.8) + 3 * np.log(0.1)) / 6)
    assert scores.weighted_accuracy is None


def test_weighted_accuracy():
    weight = np.array([1.0, 1, 4, 1, 4, 4])
    scores = level_scores("fit", "by hand", ("low", "medium", "high"), TRUE, P, weight)
    assert scores.weighted_accuracy == pytest.approx(3 / 15)


def test_tables_say_what_rows_and_columns_are():
    scores = level_scores("held-out", "by hand", ("low", "very high", "x"), TRUE, P)
    table = confusion_table([scores])
    assert table.title == "Confusion matrix (rows: true level, columns: predicted level)"
    assert [column.name for column in table.columns] == [
        "set", "true_level", "predicted_low", "predicted_very_high", "predicted_x", "samples",
    ]  # fmt: skip
    assert table.rows == [
        ["held-out", "low", 2, 1, 0, 3], ["held-out", "very high", 1, 1, 0, 2], ["held-out", "x", 0, 1, 0, 1],
    ]  # fmt: skip
    rows = metrics_table([scores]).as_dicts()
    assert {row["set"] for row in rows} == {"held-out"}
    found = {(row["metric"], row["level"]): (row["value"], row["n"]) for row in rows}
    assert found[("recall", "very high")] == (0.5, 2) and found[("precision", "x")] == (None, 0)


def test_a_set_must_be_called_fit_or_held_out():
    with pytest.raises(ValueError, match="label"):
        level_scores("test", "x", ("a", "b", "c"), TRUE, P)
