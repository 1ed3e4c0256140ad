"""The order of an ARIMA model: p and q from a small grid by an information criterion, or one that is given."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .arima import ArimaFit, Order, fit_arima, forecast_arima, parameters_allowed
from .density_series import pool_key
from .errors import InputError
from .progress import Progress, Silent, check_cancelled
from .trend_models import TrendForecast
from .unit_roots import RootTest, choose_d

CRITERIA = ("aicc", "aic", "bic")
CONSTANTS = ("auto", "yes", "no")
MOST_ORDER = 5


@dataclass(frozen=True)
class SearchOptions:
    """Which orders are tried.

    d None: by KPSS and ADF. `constant`: a mean (d = 0) or drift (d = 1); auto: always for d = 0, by the criterion for
    d = 1, never for d = 2.
    """

    max_p: int = 2
    max_q: int = 2
    d: Optional[int] = None
    criterion: str = "aicc"
    constant: str = "auto"

    def check(self) -> None:
        """Raise `InputError` for options that mean nothing."""
        for name, value in (("p", self.max_p), ("q", self.max_q)):
            if not 0 <= value <= MOST_ORDER:
                raise InputError("The largest {} is {}; it must be from 0 to {}.".format(name, value, MOST_ORDER))
        if self.d is not None and self.d not in (0, 1, 2):
            raise InputError("The order of differencing d is {}; it must be 0, 1 or 2.".format(self.d))
        for word, words in ((self.criterion, CRITERIA), (self.constant, CONSTANTS)):
            if word not in words:
                raise InputError("'{}' is not known. Choose one of: {}.".format(word, ", ".join(words)))


@dataclass
class OrderSearch:
    """Every order that was tried, and the one chosen (None if all had to be refused, with the `reason`)."""

    d: int
    criterion: str
    explicit: bool
    tests: List[RootTest] = field(default_factory=list)
    fits: List[ArimaFit] = field(default_factory=list)
    chosen: Optional[ArimaFit] = None
    forecast: Optional[TrendForecast] = None
    reason: str = ""
    notes: List[str] = field(default_factory=list)


def search_order(
    values: np.ndarray, options: SearchOptions, years: int, progress: Optional[Progress] = None
) -> OrderSearch:
    """Fit the grid of orders and choose the one with the smallest criterion among those that may be used.

    Refused are: more than (n − d)/4 parameters, no convergence, a likelihood that is not finite or 0, roots on the unit
    circle, a forecast below 0 within `years`. On equal criteria fewer parameters win.

    Raises
    ------
    InputError
        Options without meaning.
    Cancelled
        Between two fits.
    """
    progress = progress or Silent()
    options.check()
    d, tests = choose_d(values)
    d = options.d if options.d is not None else d
    search = OrderSearch(d, options.criterion, False, tests)
    grid = [
        (Order(p, d, q), constant)
        for p in range(options.max_p + 1)
        for q in range(options.max_q + 1)
        for constant in constants(d, options.constant)
    ]
    forecasts = {}
    for index, (order, constant) in enumerate(grid):
        check_cancelled(progress)
        progress.update(index / len(grid))
        fit = _candidate(values, order, constant)
        if fit.usable:
            forecast = forecast_arima(values, fit, years)
            if (forecast.mean < 0).any():
                fit.problem = "its forecast falls below 0"
            forecasts[id(fit)] = forecast
        search.fits.append(fit)
    _choose(search, forecasts)
    return search


def fit_given(
    values: np.ndarray, order: Order, options: SearchOptions, years: int, progress: Optional[Progress] = None
) -> OrderSearch:
    """Fit one order that the user chose; only what is no estimate at all is refused.

    Raises
    ------
    InputError
        The order is none, has too many parameters for any estimate, did not converge, or has no finite likelihood.
    Cancelled
    """
    progress = progress or Silent()
    search = OrderSearch(order.d, options.criterion, True, choose_d(values)[1])
    for constant in constants(order.d, options.constant):
        check_cancelled(progress)
        search.fits.append(fit_arima(values, order, constant))
    sound = [fit for fit in search.fits if fit.usable or fit.on_circle]
    if not sound:
        raise InputError(
            "ARIMA{} cannot be used for this series: {}. Choose another order, or leave it empty to have one "
            "searched.".format(order, search.fits[0].problem)
        )
    fit = min(sound, key=lambda fit: (not fit.usable, _value(fit, options.criterion)))
    search.chosen, search.forecast = fit, forecast_arima(values, fit, years)
    allowed = parameters_allowed(len(values), order.d)
    if fit.parameters > allowed:
        search.notes.append(
            "ARIMA{} has {} parameters; {} years carry {}. It follows the noise of the past, and its intervals are too "
            "narrow.".format(fit.label, fit.parameters, len(values), allowed)
        )
    if fit.on_circle:
        search.notes.append("ARIMA{}: {}. The order does not suit the series.".format(fit.label, fit.problem))
    return search


def parsed_orders(rows: Sequence[Sequence[Any]], label: str) -> Dict[str, Order]:
    """Orders that a user wrote: rows of pool, p, d, q; an empty pool stands for all others.

    Raises
    ------
    InputError
        A number that is missing, not whole, negative or, for d, above 2; a pool that comes twice.
    """
    orders: Dict[str, Order] = {}
    for number, (pool, *cells) in enumerate(rows, 1):
        name = "" if pool is None else str(pool).strip()
        values = [_whole(cell, "{}, row {}, {}".format(label, number, what)) for cell, what in zip(cells, "pdq")]
        if values[1] > 2:
            raise InputError("{}, row {}: d is {}; it must be 0, 1 or 2.".format(label, number, values[1]))
        if pool_key(name) in map(pool_key, orders):
            who = "pool '{}'".format(name) if name else "all pools (empty name)"
            raise InputError("{}, row {}: an order of {} is already given.".format(label, number, who))
        orders[name] = Order(*values)
    return orders


def _whole(cell: Any, where: str) -> int:
    text = "" if cell is None else str(cell).strip()
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (value >= 0 and value == int(value)):
        raise InputError("{}: '{}' is not a whole number of 0 or more.".format(where, text))
    return int(value)


def constants(d: int, word: str) -> Tuple[bool, ...]:
    """Whether a constant is fitted, for one d: the cases to try."""
    if d == 2:
        return (False,)
    if word == "auto":
        return (True,) if d == 0 else (False, True)
    return (word == "yes",)


def _candidate(values: np.ndarray, order: Order, constant: bool) -> ArimaFit:
    allowed = parameters_allowed(len(values), order.d)
    parameters = order.p + order.q + int(constant)
    if parameters > allowed:
        text = "{} parameters; {} years carry {}".format(parameters, len(values), allowed)
        return ArimaFit(order, constant, text)
    return fit_arima(values, order, constant)


def _choose(search: OrderSearch, forecasts) -> None:
    usable = [fit for fit in search.fits if fit.usable]
    if usable:
        search.chosen = min(usable, key=lambda fit: _rank(fit, search.criterion))
        search.forecast = forecasts[id(search.chosen)]
        return
    problems = list(dict.fromkeys(fit.problem for fit in search.fits))
    search.reason = "no order may be used ({})".format("; ".join(problems[:3]))


def _rank(fit: ArimaFit, criterion: str) -> Tuple[bool, float, int]:
    return (not fit.usable, _value(fit, criterion), fit.parameters)


def _value(fit: ArimaFit, criterion: str) -> float:
    value = getattr(fit, criterion)
    return value if np.isfinite(value) else float("inf")
