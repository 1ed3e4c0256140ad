"""Conformal intervals: known answers, coverage on held-out blocks of real measurements, refusals."""

import csv
import os

import numpy as np
import pytest

from carbon_qgis.core.bundle import arrays_to_bytes, bytes_to_arrays
from carbon_qgis.core.conformal import conformal_of, conformal_quantile, fit_conformal
from carbon_qgis.core.errors import BundleError, InputError
from carbon_qgis.core.spatial_blocks import block_ids, folds, hold_out

PLOTS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "agbref_africa", "agb_points.csv")


def test_quantile_of_19_scores_is_the_18th_at_90_percent():
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 20.0))
    assert conformal_quantile(scores, np.ones(19), 0.9) == 18.0  # ceil(20 * 0.9)
    assert conformal_quantile(scores, np.ones(19), 0.91) == 19.0
    assert conformal_quantile(scores[:5], np.ones(5), 0.95) == scores[:5].max()


def test_a_row_of_weight_two_counts_as_two_rows():
    scores, weight = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 1.0])
    repeated = np.repeat(scores, weight.astype(int))
    for level in (0.1, 0.3, 0.55, 0.8):
        # The new row weighs 7 / 4 in one form and 1 in the other: levels relative to the old rows are compared.
        one = conformal_quantile(scores, weight, level * 7 / (7 + 7 / 4))
        assert one == conformal_quantile(repeated, np.ones(7), level * 7 / 8)


def _two_regimes(n, rng):
    """Residuals with a standard deviation of 1 or 10, told apart by the indicator."""
    kind = rng.integers(0, 2, n).astype(float)
    prediction = rng.uniform(100, 200, n)
    target = prediction + rng.standard_normal(n) * np.where(kind == 1, 10.0, 1.0)
    return kind[:, None], target, prediction


def test_the_width_follows_the_indicator_and_holds_90_percent_on_both_sides():
    rng = np.random.default_rng(1)
    indicators, target, prediction = _two_regimes(4000, rng)
    made = fit_conformal(["kind"], indicators, target, prediction, np.arange(4000) % 5)
    indicators, target, prediction = _two_regimes(4000, rng)
    low, high = made.interval(prediction, indicators)
    for kind in (0.0, 1.0):
        rows = indicators[:, 0] == kind
        assert np.mean((target >= low)[rows] & (target <= high)[rows]) == pytest.approx(0.9, abs=0.025)
    widths = high - low
    ratio = widths[indicators[:, 0] == 1].mean() / widths[indicators[:, 0] == 0].mean()
    assert ratio == pytest.approx(10, rel=0.15)
    assert made.coverage.mean() == pytest.approx(0.9, abs=0.02) and made.rows == 4000


def test_skewed_residuals_get_a_longer_upper_side():
    rng = np.random.default_rng(2)
    prediction = rng.uniform(50, 60, 2000)
    target = prediction + rng.exponential(1.0, 2000)
    made = fit_conformal([], np.empty((2000, 0)), target, prediction, np.arange(2000) % 4)
    low, high = made.interval(prediction, np.empty((2000, 0)))
    assert np.mean(target < low) == pytest.approx(0.05, abs=0.015)
    assert np.mean(target > high) == pytest.approx(0.05, abs=0.015)


def _plots():
    with open(PLOTS, encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    drivers = [name for name in table[0] if name not in ("x", "y", "AGB_T_HA")]
    column = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    features = np.stack([column[name] for name in drivers], axis=1)
    return drivers, features, column["AGB_T_HA"], block_ids(column["x"], column["y"], 300_000)


def _regressor(features, target):
    from sklearn.ensemble import ExtraTreesRegressor

    return ExtraTreesRegressor(20, min_samples_leaf=5, max_features=0.5, random_state=1).fit(features, target)


def test_on_measured_biomass_90_percent_intervals_hold_on_blocks_that_nobody_saw():
    """Spatial blocks of 300 km; a third of them is held out, four times; plain random residuals are too narrow."""
    drivers, features, target, block = _plots()
    held, narrow = [], []
    for seed in range(4):
        test = hold_out(block, len(target), 0.33, seed)
        x, y, own = features[~test], target[~test], block[~test]
        final = _regressor(x, y).predict(features[test])
        for scheme, found in ((own, held), (None, narrow)):
            fold, out = folds(scheme, len(y), 4, seed), np.empty(len(y))
            for k in range(4):
                out[fold == k] = _regressor(x[fold != k], y[fold != k]).predict(x[fold == k])
            low, high = fit_conformal(drivers, x, y, out, fold).interval(final, features[test])
            found.append(np.mean((target[test] >= low) & (target[test] <= high)))
            assert (low >= 0).all() and (high >= low).all()
    assert 0.87 <= np.mean(held) <= 0.95
    assert np.mean(narrow) < np.mean(held)


def test_it_travels_in_a_bundle_unchanged():
    rng = np.random.default_rng(3)
    indicators, target, prediction = _two_regimes(200, rng)
    made = fit_conformal(["kind"], indicators, target, prediction, np.arange(200) % 5)
    again = conformal_of(bytes_to_arrays(arrays_to_bytes(made.arrays()), "model"))
    np.testing.assert_array_equal(again.interval(prediction, indicators), made.interval(prediction, indicators))
    assert (again.names, again.level, again.rows) == (("kind",), 0.9, 200)


def test_far_outside_the_training_range_the_width_stays_finite():
    rng = np.random.default_rng(4)
    indicators, target, prediction = _two_regimes(400, rng)
    made = fit_conformal(["kind"], indicators, target, prediction, np.arange(400) % 5)
    low, high = made.interval(np.array([1e9]), np.array([[-1e9]]), floor=None)
    assert high[0] - low[0] < 100


def test_a_perfect_model_has_intervals_of_nearly_no_width():
    prediction = np.linspace(1, 2, 100)
    made = fit_conformal([], np.empty((100, 0)), prediction, prediction, np.arange(100) % 4)
    low, high = made.interval(prediction, np.empty((100, 0)))
    np.testing.assert_allclose(high - low, 0, atol=1e-9)


def test_refusals_say_what_to_do():
    ones = np.ones(100)
    with pytest.raises(InputError, match="need at least 40 held-out rows .* there are 100 rows in 1 fold"):
        fit_conformal([], np.empty((100, 0)), ones, ones, np.zeros(100))
    with pytest.raises(InputError, match="there are 10 rows"):
        fit_conformal([], np.empty((10, 0)), ones[:10], ones[:10], np.arange(10))
    with pytest.raises(InputError, match=r"need 2 indicators, .* shape \(100, 1\)"):
        fit_conformal(["a", "b"], np.ones((100, 1)), ones, ones, np.arange(100))
    with pytest.raises(InputError, match="missing value"):
        fit_conformal(["a"], np.full((100, 1), np.nan), ones, ones, np.arange(100) % 2)
    made = fit_conformal([], np.empty((100, 0)), ones, ones * 1.1, np.arange(100) % 2).arrays()
    with pytest.raises(BundleError, match="intervals in 'm.carbonmodel' are incomplete"):
        conformal_of({**made, "coefficients": np.zeros(9)}, "m.carbonmodel")
    with pytest.raises(BundleError, match="Train the model again"):
        conformal_of({key: value for key, value in made.items() if key != "numbers"})
