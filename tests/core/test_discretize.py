"""Distributions, class bounds by every method, class codes, and each refusal with its message."""

import numpy as np
import pytest

from carbon_qgis.core.discretize import (
    METHODS,
    Distribution,
    HistogramBuilder,
    breaks,
    class_counts,
    classify,
    mixed_edges,
)
from carbon_qgis.core.errors import InputError


def distribution_of(*values):
    return Distribution.from_values(np.array(values, dtype=np.float64))


def test_distribution_of_distinct_values():
    x = np.array([[3.0, 1.0, np.nan], [1.0, 3.0, 7.0]])
    y = np.array([[10.0, 20.0, 99.0], [30.0, np.nan, 60.0]])
    alone, with_y = Distribution.from_values(x), Distribution.from_values(x, y)
    assert (alone.values.tolist(), alone.counts.tolist(), alone.n) == ([1, 3, 7], [2, 2, 1], 5)
    assert with_y.counts.tolist() == [2, 1, 1]
    assert with_y.sum_y.tolist() == [50 - 2 * 30, 10 - 30, 60 - 30]
    assert with_y.sst == 400 + 100 + 0 + 900
    assert alone.exact and alone.sum_y is None


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32, bool])
def test_distribution_by_type(dtype):
    x = np.random.default_rng(0).integers(0, 2, 500).astype(dtype)
    distribution = Distribution.from_values(x)
    assert distribution.values.tolist() == [0, 1]
    assert distribution.counts.tolist() == [(x == 0).sum(), (x == 1).sum()]


def test_bins_keep_cells_extremes_and_sums():
    rng = np.random.default_rng(1)
    x, y = rng.lognormal(0, 2, 20_000).astype(np.float32), rng.normal(5, 1, 20_000)
    binned = Distribution.from_values(x, y, max_bins=500)
    assert not binned.exact and binned.values.size <= 500
    assert binned.n == x.size
    assert (binned.minimum, binned.maximum) == (x.min(), x.max())
    assert ((binned.low <= binned.values) & (binned.values <= binned.high)).all()
    assert (binned.high[:-1] < binned.low[1:]).all()
    assert binned.mean == pytest.approx(x.astype(np.float64).mean(), rel=1e-12)
    inside = (x >= binned.low[40]) & (x <= binned.high[40])
    assert binned.counts[40] == inside.sum()
    assert binned.sum_y[40] == pytest.approx((y - y.mean())[inside].sum(), abs=1e-9)
    assert Distribution.from_values(x, max_bins=500, exact=True).values.size == np.unique(x).size


def test_mean_and_sd():
    x = np.random.default_rng(2).normal(1e6, 3, 1000)
    distribution = Distribution.from_values(x)
    assert distribution.mean == pytest.approx(x.mean(), rel=1e-14)
    assert distribution.sd == pytest.approx(x.std(), rel=1e-9)


def test_blocks_in_any_order_make_the_same_histogram():
    rng = np.random.default_rng(3)
    x, y = rng.pareto(2, 30_000).astype(np.float32), rng.normal(size=30_000)
    x[::97], y[::89] = np.nan, np.nan
    edges = mixed_edges(0.5, np.nanmax(x), x[:2000], bins=300)
    builders = []
    for parts in (np.arange(6), np.array([4, 2, 0, 5, 3, 1])):
        whole = HistogramBuilder(edges)
        for part in parts:
            one, cells = HistogramBuilder(edges), slice(part * 5000, (part + 1) * 5000)
            one.add(x[cells].reshape(50, 100), y[cells].reshape(50, 100))
            whole.merge(one)
        builders.append(whole.distribution())
    at_once = HistogramBuilder(edges)
    at_once.add(x, y)
    at_once.add(np.array([np.nan]), np.array([1.0]))
    reference = at_once.distribution()
    valid = ~np.isnan(x) & ~np.isnan(y)
    upper = np.searchsorted(edges[1:-1], x[valid], side="left")
    assert reference.counts.tolist() == [count for count in np.bincount(upper) if count]
    assert reference.sst == pytest.approx(y[valid].var() * valid.sum(), rel=1e-12)
    for built in builders:
        for field in ("counts", "low", "high"):
            assert np.array_equal(getattr(built, field), getattr(reference, field))
        np.testing.assert_allclose(built.values, reference.values, rtol=1e-13)
        np.testing.assert_allclose(built.sum_y, reference.sum_y, atol=1e-10)


def test_mixed_edges_hold_the_limits_and_resolve_bulk_and_tail():
    sample = np.random.default_rng(4).exponential(size=5000)
    edges = mixed_edges(-1.0, 1000.0, sample, bins=400)
    assert edges[0] == -1 and edges[-1] == 1000 and edges.size <= 401
    assert (np.diff(edges) > 0).all()
    assert np.diff(edges).max() <= 1001 / 100 + 1e-9
    assert ((edges > 0) & (edges < 3)).sum() > 150
    assert mixed_edges(0, 1, np.array([]), bins=8)[[0, -1]].tolist() == [0, 1]


def test_histogram_without_values_or_with_other_edges():
    empty = HistogramBuilder(np.array([0.0, 1.0, 2.0]))
    with pytest.raises(InputError, match="driver 'NDVI' has no valid value"):
        empty.distribution("NDVI")
    with pytest.raises(InputError, match="different bin edges cannot be merged"):
        empty.merge(HistogramBuilder(np.array([0.0, 1.0, 3.0])))
    with pytest.raises(InputError, match="at least two ascending"):
        HistogramBuilder(np.array([0.0, 0.0]))
    empty.add(np.array([0.5]))
    with pytest.raises(InputError, match="with every block of a histogram or with none"):
        empty.add(np.array([0.5]), np.array([1.0]))


@pytest.mark.parametrize("limits", [(1, 1), (2, 1), (0, np.inf), (np.nan, 1)])
def test_mixed_edges_need_limits(limits):
    with pytest.raises(InputError, match="two finite, ascending limits"):
        mixed_edges(*limits, np.array([1.0]))


def test_values_beyond_what_can_be_squared_are_refused():
    """An undeclared nodata value, such as the smallest double."""
    with pytest.raises(InputError, match=r"driver 'PRE' has values from -1.79769e\+308 to 2: beyond 1e\+150"):
        Distribution.from_values(np.array([1.0, 2.0, np.finfo("float64").min]), name="PRE")
    with pytest.raises(InputError, match="If one of them stands for nodata, declare it"):
        mixed_edges(-1.0, 1e200, np.array([0.5]))
    assert Distribution.from_values(np.array([1.0, 2.0, 1e150])).maximum == 1e150
    assert Distribution.from_values(np.array([1.0, np.finfo("float32").max], "float32")).n == 2


def test_values_that_cannot_be_used():
    with pytest.raises(InputError, match="driver 'PRE' has no valid value"):
        Distribution.from_values(np.full(4, np.nan), name="PRE")
    with pytest.raises(InputError, match="driver 'PRE' has 2 infinite values"):
        Distribution.from_values(np.array([1.0, np.inf, -np.inf]), name="PRE")
    with pytest.raises(InputError, match=r"has shape \(3,\) but Y has \(2,\)"):
        Distribution.from_values(np.zeros(3), np.zeros(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint8])
@pytest.mark.parametrize("k", [2, 10, 60, 255, 300])
def test_codes_are_those_of_a_search(dtype, k):
    rng = np.random.default_rng(k)
    x = (rng.gamma(2, 20, (300, 400)) % 200).astype(dtype)
    bounds = np.unique(np.concatenate((rng.random(k) * 220, x.ravel()[:3].astype(np.float64), [0.1])))[-k:]
    codes = classify(x, bounds)
    assert codes.dtype == (np.uint8 if k <= 255 else np.uint16)
    assert np.array_equal(codes, np.searchsorted(bounds[:-1], x.astype(np.float64), side="left"))


def test_codes_at_bounds_beyond_them_and_of_nodata():
    x = np.array([[-5.0, 1.0, 1.0000001], [2.0, 9.0, np.nan]])
    assert classify(x, np.array([1.0, 2.0, 3.0])).tolist() == [[0, 0, 1], [1, 2, 3]]
    # 0.1 in 32 bits lies above 0.1: the rounding of a bound must not move a value across it.
    assert classify(np.float32([0.1]), np.array([0.1, 1.0])).tolist() == [1]
    assert classify(np.float32([1.0]), np.array([1e39, 2e39])).tolist() == [0]
    assert classify(np.asfortranarray(x), np.array([1.0, 2.0, 3.0])).tolist() == [[0, 0, 1], [1, 2, 3]]


def test_equal_intervals():
    assert breaks(distribution_of(0, 1, 3, 5, 7, 10), "equal", 5).tolist() == [2, 4, 6, 8, 10]


def test_quantiles_are_values_and_share_the_cells():
    distribution = Distribution.from_values(np.arange(1, 101))
    bounds = breaks(distribution, "quantile", 4)
    assert bounds.tolist() == [25, 50, 75, 100]
    assert class_counts(distribution, bounds).tolist() == [25, 25, 25, 25]
    # 10 cells in thirds: the first bound must have 10/3 cells at or below it, so four.
    assert breaks(Distribution.from_values(np.arange(1, 11)), "quantile", 3).tolist() == [4, 7, 10]


def test_geometric_intervals():
    np.testing.assert_allclose(breaks(distribution_of(1, 5, 50, 1000), "geometric", 3), [10, 100, 1000])
    np.testing.assert_allclose(breaks(distribution_of(-1000, -500, -50, -1), "geometric", 3), [-100, -10, -1])
    # Zero among the values: the smallest is shifted to 1 % of the range, whatever the unit.
    values = np.linspace(-50, 150, 400)
    bounds = breaks(Distribution.from_values(values), "geometric", 2)
    np.testing.assert_allclose(bounds, [-52 + 2 * np.sqrt(101), 150])
    in_other_unit = breaks(Distribution.from_values(values / 1000), "geometric", 2)
    np.testing.assert_allclose(in_other_unit, bounds / 1000)


def test_standard_deviation_classes():
    distribution = Distribution.from_values(np.random.default_rng(5).normal(10, 2, 5000))
    mean, sd = distribution.mean, distribution.sd
    np.testing.assert_allclose(breaks(distribution, "sd", 4)[:-1], [mean - sd, mean, mean + sd])
    np.testing.assert_allclose(breaks(distribution, "sd", 3)[:-1], [mean - sd / 2, mean + sd / 2])
    # Nothing lies 20 sd out: what is empty is joined, never returned.
    many = breaks(distribution, "sd", 40)
    assert many.size < 12 and (class_counts(distribution, many) > 0).all()


def test_empty_classes_and_equal_bounds_are_joined():
    assert breaks(distribution_of(0, 1, 99, 100), "equal", 10).tolist() == [10, 100]
    zeros = Distribution.from_values(np.array([0] * 90 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    assert breaks(zeros, "quantile", 10).tolist() == [0, 10]
    mostly_top = Distribution.from_values(np.array([1, 5, 5, 5, 5]))
    assert breaks(mostly_top, "quantile", 2).tolist() == [5]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("x", ["normal", "skewed", "integers", "zeros"])
def test_bounds_of_every_method_hold_what_is_promised(method, x):
    rng = np.random.default_rng(7)
    x = {"normal": rng.normal(size=4000), "skewed": rng.lognormal(0, 3, 4000), "integers": rng.integers(-9, 9, 4000),
         "zeros": rng.normal(size=4000).clip(0)}[x]
    distribution = Distribution.from_values(x)
    for k in (2, 3, 9):
        bounds = breaks(distribution, method, k)
        assert bounds.dtype == np.float64 and 1 <= bounds.size <= k
        assert (np.diff(bounds) > 0).all() and bounds[-1] == x.max()
        counted = np.bincount(classify(x, bounds), minlength=bounds.size)
        assert counted.min() > 0
        assert class_counts(distribution, bounds).tolist() == counted.tolist()


def test_given_bounds_are_kept():
    distribution = distribution_of(1, 2, 30)
    assert breaks(distribution, "given", None, given=[2, 10, 20, 50]).tolist() == [2, 10, 20, 50]
    # Typed as 0.1 and 0.3, meant for a raster of 32-bit numbers.
    single = np.float32([0.05, 0.1, 0.2, 0.3])
    bounds = breaks(Distribution.from_values(single), "given", None, given=[0.1, 0.3])
    assert classify(single, bounds).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("given, message", [
    ([1, 3, 2, 40], "driver 'DEM' are not in ascending order: 1, 3, 2, 40"),
    ([1, 2, 2, 40], "driver 'DEM' are not in ascending order: 1, 2, 2, 40"),
    ([1, np.nan, 40], "not in ascending order"),
    ([1, 2], "end at 2, but its largest value is 30: add an upper bound"),
    ([40], "1 class bounds were given for driver 'DEM': give the upper bounds of 2 to 255"),
    (None, "0 class bounds were given"),
    (np.arange(1, 257), "256 class bounds were given"),
])
def test_given_bounds_that_cannot_be_used(given, message):
    with pytest.raises(InputError, match=message):
        breaks(distribution_of(1, 2, 30), "given", None, given=given, name="DEM")


@pytest.mark.parametrize("method", METHODS + ("given",))
def test_a_constant_driver_is_named(method):
    with pytest.raises(InputError, match=r"driver 'SLOPE' has one value \(3.5 in all 6 cells\)"):
        breaks(distribution_of(*[3.5] * 6), method, 4, given=[1, 5], name="SLOPE")


@pytest.mark.parametrize("k", [1, 0, -3, 256, 2.5, None, True])
def test_number_of_classes_out_of_range(k):
    with pytest.raises(InputError, match=f"^{k} classes were asked for driver 'TEM'.*from 2 to 255"):
        breaks(distribution_of(1, 2, 3), "quantile", k, name="TEM")


def test_more_natural_classes_than_values_and_unknown_methods():
    with pytest.raises(InputError, match="4 natural classes were asked for, but driver 'TEM' has 3 distinct values"):
        breaks(distribution_of(1, 2, 3, 3), "natural", 4, name="TEM")
    with pytest.raises(InputError, match="Unknown classification method 'jenks': choose one of natural, quantile"):
        breaks(distribution_of(1, 2, 3), "jenks", 2)
