"""Tails, p of q, ecological and risk detector: high-precision values, SciPy in its safe range, and identities."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from carbon_qgis.core import geodetector_tests as tests
from carbon_qgis.core.strata_moments import accumulate

# ln of the upper tails with 40 digits (Poisson mixture of incomplete beta functions, mpmath).
CENTRAL = [
    ((3.0, 4, 180), -3.9176165305091195447),
    ((50.0, 8, 176), -93.706399711229723837),
    ((400.0, 9, 5000), -1333.9231090523330003),
    ((1.0, 2, 17), -0.94541789843690722796),
]
NONCENTRAL = [
    ((3.0, 4, 180, 2.5), -2.1877891729517278976),
    ((50.0, 8, 176, 30.0), -53.306836379325096185),
    ((400.0, 9, 2000, 12.0), -904.47782043787297221),
    ((60.0, 5, 300, 0.7), -92.060719080840136002),
]


@pytest.mark.parametrize("arguments, expected", CENTRAL)
def test_central_tail_to_high_precision(arguments, expected):
    assert tests.log_f_sf(*arguments) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("arguments, expected", NONCENTRAL)
def test_noncentral_tail_to_high_precision(arguments, expected):
    assert tests.log_ncf_sf(*arguments) == pytest.approx(expected, rel=1e-13)


def test_noncentral_tail_by_direct_integration():
    # P(F > f) by integrating over the denominator chi2: another route altogether.
    for f, d1, d2, lam in [(2.0, 4, 30, 5.0), (1.2, 6, 50, 20.0), (9.0, 3, 12, 40.0)]:
        value, _ = integrate.quad(
            lambda s, f=f, d1=d1, d2=d2, lam=lam: stats.chi2.pdf(s, d2) * stats.ncx2.sf(f * d1 * s / d2, d1, lam),
            0, d2 * 6, epsabs=1e-12, limit=200,
        )  # fmt: skip
        assert np.exp(tests.log_ncf_sf(f, d1, d2, lam)) == pytest.approx(value, abs=1e-8)


def test_noncentral_tail_with_wide_mixtures_agrees_with_the_normal_limit():
    # lambda large: F is about normal with these moments, so the tail at its mean is near one half.
    d1, d2, lam = 9.0, 1e7, 1e6
    mean = d2 * (d1 + lam) / (d1 * (d2 - 2))
    sd = np.sqrt(2 * (d1 + 2 * lam)) / d1
    spread = np.hypot(sd, mean * np.sqrt(2 / d2))
    for z in (-2.0, 0.0, 2.0):
        assert np.exp(tests.log_ncf_sf(mean + z * spread, d1, d2, lam)) == pytest.approx(stats.norm.sf(z), abs=2e-3)


def test_no_noncentrality_is_the_central_tail_and_the_tail_falls_with_f():
    assert tests.log_ncf_sf(3.0, 4, 180, 0.0) == tests.log_f_sf(3.0, 4, 180)
    assert tests.log_ncf_sf(3.0, 4, 180, 1e-9) == pytest.approx(tests.log_f_sf(3.0, 4, 180), rel=1e-8)
    values = [tests.log_ncf_sf(f, 9, 1.6e6, 300.0) for f in (1e-3, 20, 40, 80, 1e3, 1e5)]
    assert values[0] == pytest.approx(0.0, abs=1e-12)
    assert all(a > b for a, b in zip(values, values[1:]))
    assert values[-1] < -1e5


def test_incomplete_beta_agrees_with_scipy_where_that_is_safe():
    rng = np.random.default_rng(3)
    a, b, x = 10 ** rng.uniform(-1, 4, 300), 10 ** rng.uniform(-1, 4, 300), rng.uniform(0, 1, 300)
    plain = special.betainc(a, b, x)
    safe = plain > 1e-250
    ours = tests.log_beta_tail(a, b, x, 1 - x)
    assert safe.sum() > 100
    np.testing.assert_allclose(np.exp(ours[safe]), plain[safe], rtol=2e-10)
    assert (ours <= 0).all()


def test_incomplete_beta_at_its_ends_and_symmetry():
    assert tests.log_beta_tail(3.0, 4.0, 0.0, 1.0) == -np.inf
    assert tests.log_beta_tail(3.0, 4.0, 1.0, 0.0) == 0.0
    big = 8e5
    assert np.exp(tests.log_beta_tail(big, big, 0.5, 0.5)) == pytest.approx(0.5, rel=1e-8)
    x = 0.5 + 1e-4
    both = np.exp(tests.log_beta_tail(big, big, x, 1 - x)) + np.exp(tests.log_beta_tail(big, big, 1 - x, x))
    assert both == pytest.approx(1.0, abs=1e-9)


def test_p_of_q_with_a_million_cells_keeps_its_logarithm():
    # (L - 1)/2 = 1: I_{1-q}(a, 1) = (1 - q)^a exactly.
    assert tests.log_p_central(0.7, 0.3, 1_000_003, 3) == pytest.approx(500_000 * np.log(0.7), rel=1e-12)
    assert tests.log_p_central(0.0, 1.0, 50, 5) == -np.inf
    assert tests.log_p_central(1.0, 0.0, 50, 5) == 0.0
    assert tests.log_p_central(1.0, 0.0, 50, 1) is None


def test_p_central_is_the_p_of_one_way_analysis_of_variance():
    rng = np.random.default_rng(8)
    groups = [rng.normal(m, 1, n) for m, n in ((0, 12), (0.4, 30), (0.9, 9))]
    y = np.concatenate(groups)
    q = 1 - sum(len(g) * g.var() for g in groups) / (len(y) * y.var())
    assert np.exp(tests.log_p_central(1 - q, q, len(y), 3)) == pytest.approx(stats.f_oneway(*groups).pvalue, rel=1e-10)


def test_published_p_has_its_edges():
    counts, means = np.array([5, 5]), np.array([1.0, 2.0])
    edges = [tests.published_f(q, 10, counts, means, 1.0) for q in (1.0, 0.0)]
    assert tests.published_f(0.5, 10, counts[:1], means[:1], 1.0) is None
    assert tests.p_published([edges[0], None, edges[1]]) == [0.0, None, pytest.approx(1.0, abs=1e-12)]
    assert tests.p_published([None]) == [None] and tests.p_published([]) == []


def test_tails_computed_together_are_those_computed_alone():
    rng = np.random.default_rng(12)
    f, df1 = 10 ** rng.uniform(-2, 4, 60), rng.integers(1, 40, 60)
    df2, lam = 10 ** rng.uniform(1, 7, 60), np.where(np.arange(60) % 7, 10 ** rng.uniform(-3, 6, 60), 0.0)
    together = tests.log_ncf_sf(f, df1, df2, lam)
    alone = [float(tests.log_ncf_sf(*part)) for part in zip(f, df1, df2, lam)]
    np.testing.assert_allclose(together, alone, rtol=1e-12)
    assert ((together < -1e-3) & np.isfinite(together)).sum() > 15


def test_adjusted_and_expected_q():
    assert tests.q_adjusted(0.3, 101, 11) == pytest.approx(1 - 0.7 * 100 / 90)
    assert tests.q_adjusted(tests.q_expected(101, 11), 101, 11) == pytest.approx(0.0, abs=1e-15)
    rng = np.random.default_rng(4)
    strata = np.arange(200) % 10
    simulated = []
    for _ in range(400):
        y = rng.normal(size=200)
        simulated.append(sum(20 * (y[strata == h].mean() - y.mean()) ** 2 for h in range(10)) / (200 * y.var()))
    assert np.mean(simulated) == pytest.approx(tests.q_expected(200, 10), abs=0.005)


@pytest.mark.parametrize("n, strata, flag", [(181, 10, False), (180, 10, True), (5, 1, False), (30, 10, True)])
def test_reliability_rule_turns_at_an_expected_q_of_5_percent(n, strata, flag):
    assert tests.is_unreliable(n, strata) is flag


def test_ecological_detector_against_scipy_and_its_order():
    n1, s1, n2, s2 = np.array([50, 50]), np.array([10.0, 4.0]), np.array([45, 45]), np.array([4.0, 10.0])
    result = tests.ecological_tests(n1, s1, n2, s2)
    f = n1 * (n2 - 1.0) * s1 / (n2 * (n1 - 1.0) * s2)
    np.testing.assert_allclose(result.f, f, rtol=1e-14)
    np.testing.assert_allclose(result.p_published, stats.f.sf(f, n1 - 1, n2 - 1), rtol=1e-10)
    assert result.p_published[0] < 0.05 < result.p_published[1]
    swapped = tests.ecological_tests(n2, s2, n1, s1)
    np.testing.assert_allclose(result.p_two_sided, swapped.p_two_sided, rtol=1e-10)
    np.testing.assert_allclose(result.p_published, 1 - swapped.p_published, atol=1e-12)
    equal = tests.ecological_tests([30], [2.0], [30], [2.0])
    assert equal.f[0] == 1.0 and equal.p_two_sided[0] == pytest.approx(1.0)


def test_ecological_detector_without_a_test_says_why():
    result = tests.ecological_tests([10, 1, 10], [1.0, 1.0, np.nan], [10, 10, 10], [0.0, 1.0, 1.0])
    assert np.isnan(result.f).all() and np.isnan(result.p_two_sided).all()
    assert result.reason == ("a factor leaves no variance within its strata",) + ("q is not defined",) * 2


def test_welch_agrees_with_scipy_far_into_the_tail():
    rng = np.random.default_rng(6)
    groups = [rng.normal(m, s, n) for m, s, n in ((0, 1, 12), (0.5, 2, 40), (30, 0.3, 25))]
    n = np.array([len(g) for g in groups])
    result = tests.welch_tests(n, np.array([g.mean() for g in groups]), np.array([g.var(ddof=1) for g in groups]))
    assert list(zip(result.first, result.second)) == [(0, 1), (0, 2), (1, 2)]
    for k, (i, j) in enumerate(zip(result.first, result.second)):
        expected = stats.ttest_ind(groups[i], groups[j], equal_var=False)
        assert result.t[k] == pytest.approx(expected.statistic, rel=1e-12)
        assert result.p[k] == pytest.approx(expected.pvalue, rel=1e-8)
        assert result.p[k] == pytest.approx(2 * stats.t.sf(abs(result.t[k]), result.df[k]), rel=1e-8)
    assert result.p[1] < 1e-16


def test_welch_without_a_test_says_why():
    y = np.array([5.0, 1.0, 2.0, 4.0, 0.3, 0.3, 0.3])
    codes = np.array([0, 1, 1, 1, 2, 2, 2], np.uint8)
    sums = accumulate([codes], y, None, (3,)).factors[0].scope(None)
    mean, variance = tests.stratum_statistics(sums)
    assert np.isnan(variance[0]) and variance[2] == 0.0
    assert variance[1] == pytest.approx(np.var([1.0, 2.0, 4.0], ddof=1), rel=1e-12)
    result = tests.welch_tests(sums.n, mean, variance)
    assert result.reason == ("a stratum has fewer than 2 cells",) * 2 + ("a stratum has no variance",)
    assert np.isnan(result.t).all() and np.isnan(result.p).all() and np.isnan(result.df).all()
