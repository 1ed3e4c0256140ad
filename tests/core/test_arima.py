"""ARIMA of one order: closed forms, agreement with statsmodels, and fits that must not be used."""

import warnings

import numpy as np
import pytest

from carbon_qgis.core import arima
from carbon_qgis.core.arima import Order, fit_arima, forecast_arima, parameters_allowed
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.trend_models import drift, linear, naive
from carbon_qgis.core.unit_roots import choose_d, dickey_fuller, kpss

#: Mean above-ground biomass of the Swedish inventory 2007-2018, 10 t/ha.
SWEDEN = np.array([57.074, 57.501, 56.887, 52.869, 64.887, 58.670, 58.770, 61.278, 58.420, 59.618, 61.509, 62.141]) / 10


def test_random_walk_with_drift_is_the_drift_method():
    fit = fit_arima(SWEDEN, Order(0, 1, 0), True)
    found, expected = forecast_arima(SWEDEN, fit, 6), drift(SWEDEN, 6)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(found.sd, expected.sd, rtol=1e-12)
    np.testing.assert_allclose(found.fitted, expected.fitted, rtol=1e-12)
    assert found.freedom == expected.freedom == 10


def test_random_walk_is_the_naive_method():
    found, expected = forecast_arima(SWEDEN, fit_arima(SWEDEN, Order(0, 1, 0), False), 4), naive(SWEDEN, 4)
    np.testing.assert_allclose(found.mean, SWEDEN[-1])
    np.testing.assert_allclose(found.sd, expected.sd, rtol=1e-12)
    for level in (80, 95):
        np.testing.assert_allclose(found.interval(level), expected.interval(level))


def test_criteria_of_white_noise_by_hand():
    fit = fit_arima(SWEDEN, Order(0, 0, 0), True)
    n, k = 12, 2
    loglikelihood = -n / 2 * (np.log(2 * np.pi * SWEDEN.var()) + 1)
    assert fit.loglikelihood == pytest.approx(loglikelihood)
    assert fit.aic == pytest.approx(2 * k - 2 * loglikelihood)
    assert fit.bic == pytest.approx(k * np.log(n) - 2 * loglikelihood)
    assert fit.aicc == pytest.approx(fit.aic + 2 * k * (k + 1) / (n - k - 1))
    assert fit.mean == pytest.approx(SWEDEN.mean())
    # A new value around an estimated mean.
    assert forecast_arima(SWEDEN, fit, 1).sd[0] == pytest.approx(SWEDEN.std(ddof=1) * np.sqrt(1 + 1 / n))


def test_autoregression_returns_to_its_mean_geometrically():
    fit = fit_arima(SWEDEN, Order(1, 0, 0), True)
    expected = fit.mean + fit.ar[0] ** np.arange(1, 6) * (SWEDEN[-1] - fit.mean)
    np.testing.assert_allclose(forecast_arima(SWEDEN, fit, 5).mean, expected, rtol=1e-9)


def test_two_differences_go_on_as_a_line():
    fit = fit_arima(SWEDEN, Order(0, 2, 0), False)
    found = forecast_arima(SWEDEN, fit, 3)
    np.testing.assert_allclose(found.mean, SWEDEN[-1] + (SWEDEN[-1] - SWEDEN[-2]) * np.arange(1, 4))
    # Errors of a walk whose slope walks: sigma * sqrt(1, 1 + 4, 1 + 4 + 9).
    np.testing.assert_allclose(found.sd / found.sd[0], np.sqrt([1, 5, 14]))


@pytest.mark.parametrize("order, constant", [
    ((1, 1, 0), False), ((1, 1, 0), True), ((0, 1, 1), False), ((1, 0, 1), True), ((2, 1, 1), False), ((2, 0, 0), True),
])  # fmt: skip
def test_agrees_with_statsmodels(order, constant):
    from statsmodels.tsa.arima.model import ARIMA

    trend = ("c" if order[1] == 0 else "t") if constant else "n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = ARIMA(SWEDEN, order=order, trend=trend).fit(method_kwargs={"maxiter": 500, "disp": 0})
    fit = fit_arima(SWEDEN, Order(*order), constant)
    assert fit.usable and fit.loglikelihood == pytest.approx(reference.llf, abs=1e-4)
    assert fit.aicc == pytest.approx(reference.aicc, abs=2e-4)
    theirs = reference.get_forecast(6)
    found = forecast_arima(SWEDEN, fit, 6)
    np.testing.assert_allclose(found.mean, theirs.predicted_mean, atol=5e-4)
    np.testing.assert_allclose(found.fitted[order[1] + 1 :], reference.fittedvalues[order[1] + 1 :], atol=2e-3)
    if not constant:
        # Ours has degrees of freedom in the variance; apart from that the errors are the same.
        n = len(SWEDEN) - order[1]
        np.testing.assert_allclose(found.sd * np.sqrt(fit.freedom / n), theirs.se_mean, rtol=2e-3)


def test_the_unit_does_not_matter():
    ours, theirs = (fit_arima(SWEDEN * factor, Order(1, 1, 1), False) for factor in (1.0, 1000.0))
    np.testing.assert_allclose(theirs.ar, ours.ar, rtol=1e-6)
    one, other = (forecast_arima(SWEDEN * f, fit, 5) for f, fit in ((1.0, ours), (1000.0, theirs)))
    np.testing.assert_allclose(other.mean, 1000 * one.mean, rtol=1e-6)
    np.testing.assert_allclose(other.sd, 1000 * one.sd, rtol=1e-6)
    assert theirs.aic - ours.aic == pytest.approx(2 * 11 * np.log(1000))


@pytest.mark.parametrize("method, trend", [(drift, "walk"), (linear, "line"), (naive, "plain")])
def test_intervals_hold_what_they_promise(method, trend):
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(1500):
        noise = rng.normal(0, 1, 16)
        whole = (
            1000
            + {"walk": np.cumsum(noise + 0.3), "line": noise + 0.3 * np.arange(16), "plain": np.cumsum(noise)}[trend]
        )
        found = method(whole[:12], 4)
        inside.append([[low[3] <= whole[15] <= high[3] for low, high in [found.interval(level)]] for level in (80, 95)])
    assert np.mean(inside, axis=0).ravel() == pytest.approx([0.80, 0.95], abs=0.035)


def test_bounds_are_not_below_zero():
    values = np.array([0.2, 0.5, 0.1, 0.6, 0.2, 0.4, 0.1, 0.3])
    low, high = naive(values, 5).interval(95)
    assert (low == 0).all() and (high > 0.3).all()


@pytest.mark.parametrize("values, order, constant, words", [
    (np.full(10, 3.0), (0, 0, 0), True, "no variance left after 0 differences"),
    (np.linspace(1, 2, 10), (1, 1, 0), True, "no variance left after 1 differences"),
    (np.linspace(1, 2, 10) ** 2, (0, 2, 1), False, "no variance left after 2 differences"),
])  # fmt: skip
def test_nothing_to_fit(values, order, constant, words):
    fit = fit_arima(values, Order(*order), constant)
    assert words in fit.problem and not fit.usable
    with pytest.raises(InputError, match="cannot be forecast: the series has no variance"):
        forecast_arima(values, fit, 3)


def test_a_fit_that_stops_early_is_not_used(monkeypatch):
    monkeypatch.setattr(arima, "MOST_STEPS", 1)
    fit = fit_arima(SWEDEN, Order(2, 1, 1), False)
    assert fit.problem == "the estimation did not converge" and not fit.usable and not fit.on_circle


def test_a_root_on_the_unit_circle_is_found():
    jumps = 5 + 0.5 * (-1.0) ** np.arange(20) + np.random.default_rng(1).normal(0, 0.2, 20)
    fit = fit_arima(jumps, Order(0, 1, 1), False)  # differenced once too often
    assert fit.on_circle and fit.root < 1.01
    assert fit.problem.startswith("a root lies on the unit circle (modulus 1.00")


def test_warnings_of_the_estimation_are_kept_and_not_shown():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_arima(SWEDEN, Order(0, 0, 2), True)
    assert fit.remarks == ["Non-invertible starting MA parameters found. Using zeros as starting parameters."]


@pytest.mark.parametrize("order, words", [
    ((-1, 0, 0), "is not an order of ARIMA"), ((0, 3, 0), "is not an order of ARIMA"),
    ((5, 0, 5), "has 11 parameters; 12 years are too few"),
])  # fmt: skip
def test_orders_refused(order, words):
    with pytest.raises(InputError, match=words):
        fit_arima(SWEDEN, Order(*order), True)


def test_parameters_that_so_many_years_carry():
    assert [parameters_allowed(*case) for case in ((15, 1), (12, 0), (8, 0), (8, 1), (8, 2))] == [3, 3, 2, 1, 1]


# differencing


def test_kpss_and_dickey_fuller_agree_with_statsmodels():
    from statsmodels.tsa import stattools

    values = np.cumsum(np.random.default_rng(2).normal(0.2, 1, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = stattools.kpss(values, regression="c", nlags=int(4 * 0.4**0.25))
        theirs = stattools.adfuller(values, maxlag=3, regression="c", autolag=None)
    assert kpss(values) == pytest.approx((expected[0], expected[1]))
    assert dickey_fuller(values) == pytest.approx((theirs[0], theirs[1]))


def test_d_of_noise_of_a_walk_and_of_a_line():
    rng = np.random.default_rng(4)
    noise = rng.normal(0, 1, 60)
    assert choose_d(noise + 50)[0] == 0
    assert choose_d(np.cumsum(noise) + 50)[0] == 1
    assert choose_d(np.cumsum(np.cumsum(noise + 1)) + 50)[0] == 2
    assert choose_d(np.linspace(1, 3, 12))[0] == 1  # nothing is left after one difference
    assert choose_d(np.full(9, 2.0)) == (0, [])


def test_short_series_have_tests_or_say_that_they_have_none():
    d, tests = choose_d(SWEDEN[:8])
    assert d == 0 and tests[0].years == 8 and 0.01 <= tests[0].kpss_p <= 0.1
    assert dickey_fuller(SWEDEN[:5]) == (None, None)
