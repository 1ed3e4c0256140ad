"""Natural breaks against every partition, against the plain programme, and on data that strain the arithmetic."""

from itertools import combinations

import numpy as np
import pytest

from carbon_qgis.core import natural_breaks as module
from carbon_qgis.core.discretize import Distribution
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.natural_breaks import natural_breaks, natural_breaks_all


def squares_within(x, bounds):
    x = np.sort(np.asarray(x, dtype=np.float64))
    parts = np.split(x, np.searchsorted(x, bounds[:-1], side="right"))
    return sum(float(np.sum((part - part.mean()) ** 2)) for part in parts)


def by_all_partitions(x, k):
    distinct = np.unique(x)
    return min(squares_within(x, np.append(inner, distinct[-1])) for inner in combinations(distinct[:-1], k - 1))


def by_plain_programme(x, kmax):
    """Least squares for k = 1 ... kmax in O(k n^2), each cost from the values themselves."""
    x = np.sort(np.asarray(x, dtype=np.float64))
    cost = np.zeros((x.size + 1, x.size + 1))
    for i in range(x.size):
        for j in range(i + 1, x.size + 1):
            cost[i, j] = x[i:j].var() * (j - i)
    best, least = cost[0].copy(), {1: cost[0, -1]}
    for k in range(2, kmax + 1):
        best = np.array([0.0] + [np.min(best[:j] + cost[:j, j]) for j in range(1, x.size + 1)])
        least[k] = best[-1]
    return least


def test_known_example():
    distribution = Distribution.from_values(np.array([1, 2, 3, 10, 11, 12, 20, 21, 22]))
    assert natural_breaks(distribution, 3).tolist() == [3, 12, 22]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(8))
def test_optimum_of_all_partitions(seed, k):
    rng = np.random.default_rng(seed)
    x = np.round(rng.lognormal(0, 1, 12), 1) if seed % 2 else rng.normal(size=11)
    bounds = natural_breaks(Distribution.from_values(x), k)
    assert bounds.size == k
    assert squares_within(x, bounds) == pytest.approx(by_all_partitions(x, k), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1e6, -1e6])
def test_plain_programme_with_ties_and_an_offset(offset):
    x = np.round(np.random.default_rng(8).gamma(1, 30, 300), 1) + offset
    for k, least in by_plain_programme(x, 10).items():
        bounds = natural_breaks(Distribution.from_values(x), k)
        assert squares_within(x, bounds) == pytest.approx(least, rel=1e-9)


def strained(kind, rng, n=6000):
    return {
        "normal": lambda: rng.normal(size=n),
        "heavy tail": lambda: rng.pareto(1.1, n),
        "outlier": lambda: np.append(rng.normal(size=n), 1e9),
        "outliers on both sides": lambda: np.concatenate((rng.normal(size=n), [-1e7, -2e6, 3e6, 1e7])),
        "leaked nodata": lambda: np.concatenate((rng.random(n), np.full(n // 5, -9999.0))),
        "far modes": lambda: np.concatenate((rng.normal(size=n // 2), rng.normal(1e4, 1, n // 2))),
        "offset": lambda: 1e6 + rng.normal(size=n),
        "ties": lambda: np.floor(rng.gamma(2, 10_000, n)),
    }[kind]()


KINDS = ["normal", "heavy tail", "outlier", "outliers on both sides", "leaked nodata", "far modes", "offset", "ties"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [2, 10, 25])
def test_ruling_cuts_out_does_not_lose_the_optimum(kind, k, monkeypatch):
    x = strained(kind, np.random.default_rng(4))
    distribution = Distribution.from_values(x)
    assert distribution.values.size > module.DIRECT
    bounds = natural_breaks(distribution, k)
    monkeypatch.setattr(module, "DIRECT", x.size)
    full = natural_breaks(distribution, k)
    assert squares_within(x, bounds) == pytest.approx(squares_within(x, full), rel=1e-9)


def test_cuts_are_ruled_out_at_all():
    distribution = Distribution.from_values(np.random.default_rng(0).normal(size=60_000))
    windows = module._Programme(distribution, 3)._windows(3)
    assert all(high - low < 0.1 * distribution.values.size for low, high in windows)


@pytest.mark.parametrize("size", [300, 20_000])
def test_all_class_counts_of_one_run_are_those_of_single_runs(size):
    distribution = Distribution.from_values(np.random.default_rng(2).lognormal(0, 1, size))
    together = natural_breaks_all(distribution, 8)
    assert sorted(together) == [2, 3, 4, 5, 6, 7, 8]
    for k, bounds in together.items():
        assert np.array_equal(bounds, natural_breaks(distribution, k))


@pytest.mark.parametrize("kind", KINDS)
def test_bins_are_within_a_millionth_of_the_optimum(kind):
    x = strained(kind, np.random.default_rng(6), n=200_000)
    binned = natural_breaks(Distribution.from_values(x), 10)
    exact = natural_breaks(Distribution.from_values(x, exact=True), 10)
    assert squares_within(x, binned) <= squares_within(x, exact) * (1 + 1e-6)
    assert np.isin(binned, x).all()


def test_scale_and_sign_change_nothing():
    x = np.random.default_rng(3).gamma(2, 1, 6000)
    bounds = natural_breaks(Distribution.from_values(x), 6)
    assert np.array_equal(natural_breaks(Distribution.from_values(x * 2.0 ** 400), 6), bounds * 2.0 ** 400)
    mirrored = natural_breaks(Distribution.from_values(-x), 6)
    assert squares_within(-x, mirrored) == pytest.approx(squares_within(x, bounds), rel=1e-12)


def test_as_many_classes_as_values():
    distribution = Distribution.from_values(np.array([5.0, 1.0, 3.0, 3.0]))
    assert natural_breaks(distribution, 3).tolist() == [1, 3, 5]
    assert sorted(natural_breaks_all(distribution, 8)) == [2, 3]


def test_more_classes_than_distinct_values():
    distribution = Distribution.from_values(np.array([1, 1, 2, 4]))
    with pytest.raises(InputError, match=r"^5 natural classes were asked for, but driver 'TWI' has 3 distinct values"):
        natural_breaks(distribution, 5, name="TWI")
