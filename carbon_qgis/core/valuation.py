"""Value of a change in carbon stock between two dates, as in the InVEST carbon model."""

from dataclasses import dataclass

from .errors import InputError

CONVENTIONS = ("discounted", "invest")


@dataclass(frozen=True)
class Valuation:
    """What a tonne of carbon is worth, and how that changes.

    Parameters
    ----------
    price : currency per t C.
    discount_rate : % per year.
    price_change : % per year.
    convention : 'discounted': a rising price raises the value; 'invest': InVEST's formula, in which a
        positive price change lowers it.
    """

    price: float
    discount_rate: float = 0.0
    price_change: float = 0.0
    convention: str = "discounted"


def value_per_tonne(valuation: Valuation, start_year: int, end_year: int) -> float:
    """Value of 1 t C sequestered evenly between two years (currency per t C).

    V/(q−p) · Σ_{t=0}^{q−p−1} f^t with f = (1 + c/100)/(1 + r/100), or, as InVEST has it,
    f = 1/[(1 + r/100)(1 + c/100)].

    Raises
    ------
    InputError
        If the years are not ascending or a rate is −100 % or less.
    """
    years = end_year - start_year
    if years <= 0:
        raise InputError(
            "The value of a change needs a second date after the first; got {} and {}.".format(start_year, end_year)
        )
    discount, rise = 1 + valuation.discount_rate / 100, 1 + valuation.price_change / 100
    if discount <= 0 or rise <= 0:
        raise InputError(
            "Rates of -100 % or less per year have no value; give the discount rate and price change in %."
        )
    factor = 1 / (discount * rise) if valuation.convention == "invest" else rise / discount
    return valuation.price / years * sum(factor**t for t in range(years))
