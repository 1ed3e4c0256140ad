"""Area of applicability: known answers, an independent implementation, invariants, refusals."""

import itertools

import numpy as np
import pytest

from carbon_qgis.core.applicability import (
    applicability_of,
    fit_applicability,
    upper_whisker,
)
from carbon_qgis.core.bundle import arrays_to_bytes, bytes_to_arrays
from carbon_qgis.core.errors import BundleError, Cancelled, InputError
from tests.core.helpers import Cancelling


class Driver:
    def __init__(self, name, categorical=False):
        self.name, self.categorical = name, categorical


A, B, CLASS = Driver("A"), Driver("B"), Driver("GLC", True)


def test_four_points_on_a_line():
    """Mean distance of 0, 1, 2, 3 is 10/6; units and importance of a single driver cancel out."""
    made = fit_applicability([A], np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1]), [7.0])
    np.testing.assert_allclose(made.index(np.array([[5.0], [2.0], [-0.5]])), [1.2, 0.0, 0.3], atol=1e-12)
    assert made.threshold == pytest.approx(1.2)  # 0 and 3 are 2 away from the nearest point of the other fold
    assert made.inside(np.array([[4.9], [5.1]])).tolist() == [True, False]


def brute_force(points, folds, importance, rows):
    """DI and threshold by loops over all pairs (Meyer & Pebesma 2021, eq. 1-3), continuous drivers."""
    mean, sd = points.mean(axis=0), points.std(axis=0)
    train, new = (points - mean) / sd * importance, (rows - mean) / sd * importance
    pairs = [np.sqrt(np.sum((a - b) ** 2)) for a, b in itertools.combinations(train, 2)]
    scale = np.mean(pairs)
    di = [min(np.sqrt(np.sum((row - point) ** 2)) for point in train) / scale for row in new]
    between = np.array(
        [
            min(np.sqrt(np.sum((a - b) ** 2)) for b, other in zip(train, folds) if other != own) / scale
            for a, own in zip(train, folds)
        ]
    )
    q1, q3 = np.quantile(between, [0.25, 0.75])
    return np.array(di), max(value for value in between if value <= q3 + 1.5 * (q3 - q1))


def test_equals_an_independent_implementation():
    rng = np.random.default_rng(1)
    points = rng.standard_normal((60, 3)) * [1, 20, 0.1] + [0, 300, 5]
    folds, importance = rng.integers(0, 4, 60), np.array([0.6, 0.3, 0.1])
    rows = points[:10] + rng.standard_normal((10, 3)) * [2, 40, 0.2]
    made = fit_applicability([A, B, Driver("C")], points, folds, importance)
    index, threshold = brute_force(points, folds, importance, rows)
    np.testing.assert_allclose(made.index(rows), index, rtol=1e-10)
    assert made.threshold == pytest.approx(threshold, rel=1e-10)


def test_a_driver_without_importance_does_not_count():
    rng = np.random.default_rng(2)
    points = rng.standard_normal((40, 2))
    made = fit_applicability([A, B], points, np.arange(40) % 4, [1.0, 0.0])
    far = points[:1] + [0.0, 1000.0]
    assert made.index(far)[0] == 0.0


def test_outliers_do_not_widen_the_area():
    assert upper_whisker(np.array([1.0, 2.0, 3.0, 4.0, 100.0])) == 4.0


def test_a_class_that_was_never_seen_is_outside_and_a_known_one_is_not():
    rng = np.random.default_rng(3)
    points = np.column_stack([rng.standard_normal(300), rng.integers(1, 4, 300)])
    made = fit_applicability([A, CLASS], points, np.arange(300) % 5)
    same, unseen = points[:1], np.array([[points[0, 0], 9.0]])
    assert made.inside(same)[0] and not made.inside(unseen)[0]
    # Between two training points a class counts on average as much, squared, as a continuous driver.
    codes = points[:, 1]
    unlike = np.mean(codes[:, None] != codes[None, :])
    only_class = made.index(unseen)[0] * made.mean_distance
    assert only_class**2 * unlike == pytest.approx(2.0, rel=1e-9)


def test_training_points_are_thinned_and_the_same_for_a_seed():
    rng = np.random.default_rng(4)
    features, folds = rng.standard_normal((3000, 2)), np.arange(3000) % 5
    one, two = (fit_applicability([A, B], features, folds, seed=5, most=200) for _ in range(2))
    assert one.points.shape == (200, 2)
    np.testing.assert_array_equal(one.points, two.points)
    whole = fit_applicability([A, B], features, folds)
    assert one.mean_distance == pytest.approx(whole.mean_distance, rel=0.1)


def test_it_travels_in_a_bundle_unchanged():
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.standard_normal(50), rng.integers(1, 4, 50)])
    made = fit_applicability([A, CLASS], points, np.arange(50) % 5, [0.4, 0.6])
    again = applicability_of(bytes_to_arrays(arrays_to_bytes(made.arrays()), "model"))
    rows = np.column_stack([rng.standard_normal(20), rng.integers(1, 6, 20)])
    np.testing.assert_array_equal(again.index(rows), made.index(rows))
    assert (again.names, again.threshold) == (("A", "GLC"), made.threshold)


def test_damaged_arrays_are_refused():
    made = fit_applicability([A], np.arange(6.0)[:, None], np.arange(6) % 2)
    for key, value in (("mean", np.zeros(3)), ("mean_distance", np.float64(0)), ("points", np.full((6, 1), np.nan))):
        with pytest.raises(BundleError, match="training points .* in 'x.carbonmodel' are incomplete"):
            applicability_of({**made.arrays(), key: value}, "x.carbonmodel")
    without = {key: value for key, value in made.arrays().items() if key != "threshold"}
    with pytest.raises(BundleError, match="Train the model again"):
        applicability_of(without)


def test_refusals_say_what_to_do():
    rows, folds = np.arange(6.0)[:, None], np.arange(6) % 2
    with pytest.raises(InputError, match="at least two folds; 1 given. Use smaller spatial blocks"):
        fit_applicability([A], rows, np.zeros(6))
    with pytest.raises(InputError, match="All training rows have the same values"):
        fit_applicability([A], np.ones((6, 1)), folds)
    with pytest.raises(InputError, match="without a value"):
        fit_applicability([A], np.where(rows == 2, np.nan, rows), folds)
    with pytest.raises(InputError, match="2 importances are needed"):
        fit_applicability([A, B], np.column_stack([rows, rows]), folds, [1.0])
    with pytest.raises(InputError, match=r"one value per driver \(2\); got an array of shape \(6, 1\)"):
        fit_applicability([A, B], rows, folds)


def test_a_cancel_stops_it():
    rows = np.random.default_rng(7).standard_normal((1200, 2))
    with pytest.raises(Cancelled):
        fit_applicability([A, B], rows, np.arange(1200) % 3, progress=Cancelling(0.2))
