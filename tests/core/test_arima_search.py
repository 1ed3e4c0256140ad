"""The search for an order, its guards, orders that are given, and the check on known years."""

import numpy as np
import pytest

from carbon_qgis.core import arima
from carbon_qgis.core.arima import Order
from carbon_qgis.core.arima_search import SearchOptions, fit_given, parsed_orders, search_order
from carbon_qgis.core.errors import Cancelled, InputError
from carbon_qgis.core.rolling_origin import rolling_origin
from carbon_qgis.core.trend_models import SIMPLE, average, drift, linear, naive

SWEDEN = np.array([57.074, 57.501, 56.887, 52.869, 64.887, 58.670, 58.770, 61.278, 58.420, 59.618, 61.509, 62.141]) / 10


class StopAt:
    """Cancels after so many looks at the button."""

    def __init__(self, looks):
        self.left = looks

    def update(self, fraction, message=None):
        assert 0 <= fraction <= 1

    def cancelled(self):
        self.left -= 1
        return self.left < 0


def test_the_smallest_criterion_of_the_usable_fits_wins():
    for criterion in ("aicc", "aic", "bic"):
        search = search_order(SWEDEN, SearchOptions(1, 1, 1, criterion), 5)
        usable = [getattr(fit, criterion) for fit in search.fits if fit.usable]
        assert getattr(search.chosen, criterion) == min(usable) and len(usable) > 3
        assert {fit.order.d for fit in search.fits} == {1}  # criteria are compared within one d only


def test_every_order_of_the_grid_is_there_and_too_many_parameters_are_refused():
    search = search_order(SWEDEN, SearchOptions(d=1), 5)
    assert {(fit.order.p, fit.order.q) for fit in search.fits} == {(p, q) for p in range(3) for q in range(3)}
    assert len(search.fits) == 18
    for fit in search.fits:
        if fit.parameters > 2:
            assert fit.problem == "{} parameters; 12 years carry 2".format(fit.parameters)
            assert np.isnan(fit.aic)


def test_constants_by_d():
    assert {fit.constant for fit in search_order(SWEDEN, SearchOptions(1, 1, 0), 2).fits} == {True}
    assert {fit.constant for fit in search_order(SWEDEN, SearchOptions(1, 1, 2), 2).fits} == {False}
    assert {fit.constant for fit in search_order(SWEDEN, SearchOptions(1, 1, 1, constant="yes"), 2).fits} == {True}
    assert {fit.constant for fit in search_order(SWEDEN, SearchOptions(1, 1, 0, constant="no"), 2).fits} == {False}


def test_a_forecast_below_zero_is_refused_and_the_next_fit_taken():
    falling = 3 - 0.25 * np.arange(12) + np.random.default_rng(2).normal(0, 0.05, 12)
    search = search_order(falling, SearchOptions(d=1), 6)
    with_drift = [fit for fit in search.fits if fit.order == (0, 1, 0) and fit.constant]
    assert with_drift[0].problem == "its forecast falls below 0"
    assert search.chosen is None or (search.forecast.mean >= 0).all()
    near = search_order(falling, SearchOptions(d=1), 1)
    assert near.chosen is not None and (near.forecast.mean >= 0).all()


def test_a_series_without_variance_has_no_order_and_a_reason():
    search = search_order(np.linspace(2, 3, 12), SearchOptions(), 3)
    assert search.chosen is None and "no variance left after 1 differences" in search.reason


def test_cancel_between_two_fits():
    with pytest.raises(Cancelled):
        search_order(SWEDEN, SearchOptions(), 3, StopAt(2))
    with pytest.raises(Cancelled):
        rolling_origin(SWEDEN, {"drift": lambda v, h, p: drift(v, h)}, 3, StopAt(2))


@pytest.mark.parametrize("options, words", [
    (SearchOptions(max_p=6), "The largest p is 6; it must be from 0 to 5."),
    (SearchOptions(max_q=-1), "The largest q is -1"), (SearchOptions(d=3), "d is 3; it must be 0, 1 or 2."),
    (SearchOptions(criterion="hqic"), "'hqic' is not known."),
    (SearchOptions(constant="maybe"), "'maybe' is not known"),
])  # fmt: skip
def test_options_refused(options, words):
    with pytest.raises(InputError, match=words):
        search_order(SWEDEN, options, 3)


# given orders


def test_a_given_order_is_used_even_with_many_parameters_and_said():
    search = fit_given(SWEDEN, Order(2, 1, 1), SearchOptions(constant="no"), 5)
    assert search.explicit and search.chosen.order == (2, 1, 1)
    assert search.notes == [
        "ARIMA(2,1,1) has 3 parameters; 12 years carry 2. It follows the noise of the past, and its intervals are too "
        "narrow."
    ]


def test_a_given_order_that_does_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(arima, "MOST_STEPS", 1)
    with pytest.raises(InputError, match=r"ARIMA\(2,1,1\) cannot be used for this series: the estimation did not conv"):
        fit_given(SWEDEN, Order(2, 1, 1), SearchOptions(), 5)


def test_a_given_order_with_a_root_on_the_circle_is_used_and_said():
    jumps = 5 + 0.5 * (-1.0) ** np.arange(20) + np.random.default_rng(1).normal(0, 0.2, 20)
    search = fit_given(jumps, Order(0, 1, 1), SearchOptions(constant="no"), 3)
    assert search.chosen is not None
    assert any("a root lies on the unit circle" in note and "does not suit" in note for note in search.notes)


def test_orders_as_a_user_writes_them():
    assert parsed_orders([["soil", "1", 1, "1"], [None, 0, 1.0, 0]], "Orders") == {"soil": (1, 1, 1), "": (0, 1, 0)}
    assert parsed_orders([], "Orders") == {}


@pytest.mark.parametrize("rows, words", [
    ([["soil", "one", 1, 1]], "Orders, row 1, p: 'one' is not a whole number"),
    ([["soil", 1, "", 1]], "Orders, row 1, d: '' is not a whole number"),
    ([["soil", 1, 1, -1]], "Orders, row 1, q: '-1' is not a whole number"),
    ([["soil", 1, 1, 1.5]], "Orders, row 1, q: '1.5' is not a whole number"),
    ([["soil", 1, 3, 1]], "Orders, row 1: d is 3; it must be 0, 1 or 2."),
    ([["soil", 1, 1, 1], ["Soil ", 0, 1, 1]], "Orders, row 2: an order of pool 'Soil' is already given."),
    ([["", 1, 1, 1], [None, 0, 1, 1]], "Orders, row 2: an order of all pools"),
])  # fmt: skip
def test_orders_refused(rows, words):
    with pytest.raises(InputError, match=words):
        parsed_orders(rows, "Orders")


# simple models and the check on known years


def test_simple_models_by_hand():
    values = np.array([1.0, 2.0, 4.0, 5.0])
    np.testing.assert_allclose(naive(values, 2).mean, [5, 5])
    np.testing.assert_allclose(naive(values, 2).sd, np.sqrt([2, 4]))  # steps 1, 2, 1: mean square 2
    np.testing.assert_allclose(drift(values, 2).mean, [5 + 4 / 3, 5 + 8 / 3])
    np.testing.assert_allclose(drift(values, 1).sd, np.sqrt(1 / 3 * (1 + 1 / 3)))
    np.testing.assert_allclose(linear(values, 2).mean, [6.5, 7.9])
    # Residuals -0.1, ...: s2 = 0.1; 1 + 1/4 + 2.5**2 / 5.
    np.testing.assert_allclose(linear(values, 1).sd, np.sqrt(0.1 * (1 + 0.25 + 1.25)))
    both = average([naive(values, 2), linear(values, 2)])
    np.testing.assert_allclose(both.mean, [5.75, 6.45])
    assert both.freedom == 2 and both.model == "average"


MODELS = {name: (lambda values, years, progress, f=function: f(values, years)) for name, function in SIMPLE.items()}


def test_rolling_origin_by_hand():
    values = np.array([1.0, 1, 1, 1, 1, 1, 2, 4])
    check = rolling_origin(values, {"naive": MODELS["naive"]}, 5)
    assert check.origins == (6, 7)
    np.testing.assert_array_equal(check.errors["naive"], [[-1, -3], [-2, np.nan]])
    assert check.mae("naive") == 2 and check.bias("naive") == -2 and check.count("naive") == 3
    assert check.rmse("naive") == pytest.approx(np.sqrt(14 / 3))


def test_nothing_after_the_origin_is_used():
    seen = []

    def spy(values, years, progress):
        seen.append((len(values), years))
        return naive(values, years)

    rolling_origin(SWEDEN, {"spy": spy}, 3)
    assert seen == [(6, 3), (7, 3), (8, 3), (9, 3), (10, 2), (11, 1)]


def test_a_line_is_best_on_a_line_and_the_last_value_on_a_step():
    noise = np.random.default_rng(0).normal(0, 0.01, 14)
    line = rolling_origin(np.linspace(1, 3, 14) + noise, MODELS, 4)
    assert line.ranking()[0] == "linear" and line.ranking()[-1] == "naive"
    step = rolling_origin(np.repeat([1.0, 5.0], [5, 9]) + noise, MODELS, 4)
    assert step.ranking()[0] == "naive"


def test_models_are_compared_on_the_same_origins():
    def failing(values, years, progress):
        return None if len(values) == 7 else drift(values, years)

    check = rolling_origin(SWEDEN, {"failing": failing, **MODELS}, 3)
    assert check.skipped == 1 and check.origins == (6, 8, 9, 10, 11)
    assert check.mae("failing") == check.mae("drift") and check.count("naive") == check.count("failing")
    never = rolling_origin(SWEDEN, {"never": lambda v, h, p: None, **MODELS}, 3)
    assert never.unscored == {"never": 6} and never.skipped == 0 and "never" not in never.ranking()
    assert np.isnan(never.mae("never"))


def test_errors_of_the_average_are_the_means_of_the_errors():
    check = rolling_origin(SWEDEN, MODELS, 3)
    check.add_average("average", list(MODELS))
    expected = np.mean([check.errors[name] for name in MODELS], axis=0)
    np.testing.assert_allclose(check.errors["average"], expected)
    assert check.mae("average") <= np.mean([check.mae(name) for name in MODELS])
