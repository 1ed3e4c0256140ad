"""Value of a change in stock, with InVEST's own examples."""

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.valuation import CONVENTIONS, Valuation, value_per_tonne


@pytest.mark.parametrize(
    "years, rate, rise, price, invest, discounted",
    [
        ((2016, 2030), -7.1, 2.8, 43, 59.00136, 90.13919),
        ((2010, 2012), 50, 5, 50, 40.87302, 42.50000),
        ((2000, 2040), 0, 0, 43, 43, 43),
        ((2000, 2001), 30, -20, 12.5, 12.5, 12.5),  # one year: only the first term, which is 1
    ],
)
def test_known_answers(years, rate, rise, price, invest, discounted):
    assert value_per_tonne(Valuation(price, rate, rise, "invest"), *years) == pytest.approx(invest, abs=5e-6)
    assert value_per_tonne(Valuation(price, rate, rise), *years) == pytest.approx(discounted, abs=5e-6)


def test_the_sum_in_closed_form():
    # Geometric series: V/n · (1 − fⁿ)/(1 − f).
    factor = 1.02 / 1.05
    expected = 30 / 25 * (1 - factor**25) / (1 - factor)
    assert value_per_tonne(Valuation(30, 5, 2), 2000, 2025) == pytest.approx(expected, rel=1e-12)


def test_a_rising_price_raises_the_value_only_by_its_own_convention():
    values = {name: value_per_tonne(Valuation(10, 3, 2, name), 2000, 2010) for name in CONVENTIONS}
    flat = value_per_tonne(Valuation(10, 3, 0), 2000, 2010)
    assert values["invest"] < flat < values["discounted"]


@pytest.mark.parametrize("years", [(2010, 2010), (2012, 2010)])
def test_years_must_ascend(years):
    with pytest.raises(InputError, match=r"second date after the first; got {} and {}".format(*years)):
        value_per_tonne(Valuation(1), *years)


@pytest.mark.parametrize("rates", [(-100, 0), (0, -100), (-250, 1)])
def test_rates_of_minus_100_per_cent_have_no_value(rates):
    with pytest.raises(InputError, match="Rates of -100 % or less"):
        value_per_tonne(Valuation(1, *rates), 2000, 2010)
