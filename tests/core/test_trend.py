"""Theil-Sen and Mann-Kendall against scipy and by counting all orders."""

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from carbon_qgis.core import trend
from carbon_qgis.core.trend import mann_kendall, smallest_p, theil_sen

YEARS = (1990, 1995, 1997, 2003, 2010, 2011, 2020)


@pytest.mark.parametrize("tied", [False, True])
def test_theil_sen_agrees_with_scipy(tied):
    generator = np.random.default_rng(3)
    values = generator.integers(0, 4, (7, 60)).astype(float) if tied else generator.normal(size=(7, 60))
    expected = [stats.theilslopes(values[:, k], YEARS)[0] for k in range(60)]
    np.testing.assert_allclose(theil_sen(values, YEARS), expected, rtol=1e-12, atol=1e-15)


def test_mann_kendall_without_ties_agrees_with_scipys_exact_test():
    values = np.random.default_rng(4).normal(size=(7, 60))
    s, p = mann_kendall(values)
    for k in range(60):
        found = stats.kendalltau(YEARS, values[:, k], method="exact")
        assert s[k] == pytest.approx(found.statistic * 21) and p[k] == pytest.approx(found.pvalue, rel=1e-12)


def test_mann_kendall_with_ties_agrees_with_scipy_but_for_the_continuity_correction():
    values = np.random.default_rng(5).integers(0, 4, (9, 80)).astype(float)
    s, p = mann_kendall(values)
    checked = 0
    for k in range(80):
        if np.unique(values[:, k]).size == 9 or s[k] == 0:
            continue
        plain = stats.kendalltau(np.arange(9), values[:, k], method="asymptotic").pvalue
        z = stats.norm.isf(plain / 2) * (abs(s[k]) - 1) / abs(s[k])
        assert p[k] == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)
        checked += 1
    assert checked > 50


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_exact_p_by_counting_all_orders(n):
    every = np.array(list(permutations(range(n)))).T.astype(float)
    s, p = mann_kendall(every)
    for value in np.unique(np.abs(s)):
        assert p[np.abs(s) == value][0] == pytest.approx(np.mean(np.abs(s) >= value), rel=1e-12)
    assert smallest_p(n) == pytest.approx(2 / every.shape[1])


def test_long_series_stay_finite():
    p = trend.exact_p(200)
    assert np.isfinite(p).all() and p[0] == pytest.approx(1.0, rel=1e-12) and (np.diff(p) <= 1e-15).all()


def test_a_constant_series_has_no_trend():
    values = np.full((5, 2, 3), 4.0)
    s, p = mann_kendall(values)
    assert (s == 0).all() and (p == 1).all() and (theil_sen(values, range(5)) == 0).all()


def test_nan_at_one_date_is_nan_and_touches_no_other_cell():
    values = np.random.default_rng(6).normal(size=(6, 4, 5))
    clean = theil_sen(values, range(6)), *mann_kendall(values)
    values[2, 1, 3] = np.nan
    broken = theil_sen(values, range(6)), *mann_kendall(values)
    for before, after in zip(clean, broken):
        assert np.isnan(after[1, 3])
        before[1, 3] = np.nan
        np.testing.assert_array_equal(before, after)


def test_portions_change_nothing(monkeypatch):
    values = np.random.default_rng(8).normal(size=(6, 333))
    whole = theil_sen(values, range(6))
    monkeypatch.setattr(trend, "_SLOPES_AT_ONCE", 100)
    np.testing.assert_array_equal(theil_sen(values, range(6)), whole)
