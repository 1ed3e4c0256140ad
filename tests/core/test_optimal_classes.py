"""q by method and number of classes against q computed cell by cell, the two rules, and each refusal."""

import numpy as np
import pytest

from carbon_qgis.core.discretize import METHODS, Distribution, HistogramBuilder, breaks, classify, mixed_edges
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.optimal_classes import optimal_classes, q_statistic


def q_cell_by_cell(codes, y):
    """q = 1 - sum N_h var_h / (N var), population variances."""
    within = sum(y[codes == code].var() * (codes == code).sum() for code in np.unique(codes))
    return 1 - within / (y.var() * y.size)


def data(n=5000, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(0, 1, n).astype(np.float32)
    return x, np.sqrt(x) + rng.normal(size=n)


@pytest.mark.parametrize("bounds, q", [([3, 13], 0.974026), ([13], 0.0)])
def test_known_q(bounds, q):
    y = np.array([1.0, 2, 3, 11, 12, 13])
    distribution = Distribution.from_values(y, y)
    assert q_statistic(distribution, np.array(bounds, dtype=np.float64), distribution.sst) == pytest.approx(q, abs=1e-6)


def test_whole_table_against_q_cell_by_cell():
    x, y = data()
    result = optimal_classes(Distribution.from_values(x, y), ks=[4, 3, 6], name="PRE")
    assert result.table.column("method") == [method for method in METHODS for _ in range(3)]
    assert result.table.column("k") == [3, 4, 6] * len(METHODS)
    for row in result.table.as_dicts():
        bounds = breaks(Distribution.from_values(x), row["method"], row["k"])
        assert row["classes"] == bounds.size
        assert row["q"] == pytest.approx(q_cell_by_cell(classify(x, bounds), y), abs=1e-12)
    chosen = [row for row in result.table.as_dicts() if row["chosen"]]
    assert [(row["method"], row["k"], row["q"]) for row in chosen] == [(result.method, result.k, result.q)]
    assert "PRE" in result.table.title


@pytest.mark.parametrize("streamed", [False, True])
def test_q_of_bins_is_that_of_the_bounds_returned(streamed):
    x, y = data(20_000, seed=1)
    if streamed:
        builder = HistogramBuilder(mixed_edges(x.min(), x.max(), x[::10], bins=200))
        for part in np.array_split(np.arange(x.size), 7):
            builder.add(x[part], y[part] - y.mean())
        distribution = builder.distribution()
    else:
        distribution = Distribution.from_values(x, y, max_bins=200)
    assert not distribution.exact
    for method in METHODS:
        result = optimal_classes(distribution, methods=[method], ks=[5])
        assert result.q == pytest.approx(q_cell_by_cell(classify(x, result.breaks), y), abs=1e-11)


def test_offset_of_y_changes_nothing():
    x, y = data()
    plain = optimal_classes(Distribution.from_values(x, y)).table.column("q")
    moved = optimal_classes(Distribution.from_values(x, y + 1e6)).table.column("q")
    np.testing.assert_allclose(moved, plain, atol=1e-9)


def test_rules():
    rng = np.random.default_rng(3)
    x = rng.random(4000)
    y = np.floor(4 * x) + 0.1 * rng.normal(size=x.size)  # four steps: more classes than four explain next to nothing
    distribution = Distribution.from_values(x, y)
    by_gain = optimal_classes(distribution, methods=["equal"], ks=[2, 4, 8, 12])
    largest = optimal_classes(distribution, methods=["equal"], ks=[2, 4, 8, 12], min_gain=None)
    assert (by_gain.method, by_gain.k) == ("equal", 4)
    np.testing.assert_allclose(by_gain.breaks, [0.25, 0.5, 0.75, 1], atol=1e-3)
    assert "at least 5 %" in by_gain.rule and largest.rule == "largest q"
    assert largest.q == max(largest.table.column("q")) > by_gain.q
    assert by_gain.table.column("q") == largest.table.column("q")
    assert optimal_classes(distribution, methods=["equal"], ks=[2, 4, 8, 12], min_gain=10).k == 2


def test_of_equal_q_the_first_method_and_the_smallest_k():
    x = np.repeat([1.0, 2.0], 50)
    y = np.where(x == 1, 0.0, 1.0)
    result = optimal_classes(Distribution.from_values(x, y), methods=["equal", "quantile"], ks=[2, 3, 4], min_gain=None)
    assert (result.method, result.k, result.q) == ("equal", 2, 1.0)


def test_natural_classes_beyond_the_distinct_values_stay_empty_in_the_table():
    x = np.tile([1.0, 2.0, 4.0], 20)
    y = x + np.linspace(0, 1, x.size)
    rows = optimal_classes(Distribution.from_values(x, y), methods=["natural", "equal"], ks=[3, 4]).table.as_dicts()
    assert [row["q"] is None for row in rows] == [False, True, False, False]
    assert rows[1]["classes"] is None and rows[3]["classes"] == 3
    with pytest.raises(InputError, match=r"None of \[4, 5\] natural classes is possible with 3 distinct values"):
        optimal_classes(Distribution.from_values(x, y), methods=["natural"], ks=[4, 5])


def test_sum_of_squares_may_come_from_the_caller():
    x, y = data()
    distribution = Distribution.from_values(x, y)
    assert optimal_classes(distribution, sst=2 * distribution.sst, n=x.size).q == pytest.approx(
        optimal_classes(distribution).q / 2)


def test_refusals():
    x, y = data(100)
    good = Distribution.from_values(x, y)
    with pytest.raises(InputError, match="driver 'DEM' has no sums of Y: build it with y"):
        optimal_classes(Distribution.from_values(x), name="DEM")
    with pytest.raises(InputError, match="driver 'DEM' has 100 valid cells but .* is of 99"):
        optimal_classes(good, n=99, name="DEM")
    with pytest.raises(InputError, match="Y has one value in all cells"):
        optimal_classes(Distribution.from_values(x, np.full(100, 0.1)))
    with pytest.raises(InputError, match="driver 'DEM' has one value"):
        optimal_classes(Distribution.from_values(np.ones(100), y), name="DEM")
    with pytest.raises(InputError, match="Unknown classification method 'given'"):
        optimal_classes(good, methods=["given"])
    with pytest.raises(InputError, match="1 classes were asked for driver 'DEM'"):
        optimal_classes(good, ks=[1, 3], name="DEM")
    with pytest.raises(InputError, match="at least one method and one number of classes"):
        optimal_classes(good, ks=[])
