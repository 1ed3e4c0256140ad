"""Report page of the forecast of carbon densities (Xinjiang paper, 2.3.1, eq. 1 and Fig. 3)."""

from typing import Dict, List

import numpy as np

from ..forecast_density import AVERAGE, BEST, DensityForecastResult, PoolForecast
from ..forecast_rows import FORECAST
from ..forecast_tables import check_table, criterion_matrix, forecast_table, root_table, search_table
from ..results import Column, Table
from ..trend_models import INTERVALS
from ..units import KG_M2
from . import style
from .page import Page
from .series_figures import PoolLine, density_by_year

REFERENCES = (
    "Bates, J. M., Granger, C. W. J. (1969). The combination of forecasts. Operational Research Quarterly 20, 451–468.",
    "Box, G. E. P., Jenkins, G. M. (1976). Time series analysis: forecasting and control. Holden-Day, San Francisco.",
    "Hurvich, C. M., Tsai, C.-L. (1989). Regression and time series model selection in small samples. Biometrika 76, "
    "297–307.",
    "Hyndman, R. J., Athanasopoulos, G. (2021). Forecasting: principles and practice, 3rd ed. OTexts, Melbourne.",
    "Kwiatkowski, D., Phillips, P. C. B., Schmidt, P., Shin, Y. (1992). Testing the null hypothesis of stationarity "
    "against the alternative of a unit root. Journal of Econometrics 54, 159–178.",
    "Said, S. E., Dickey, D. A. (1984). Testing for unit roots in autoregressive-moving average models of unknown "
    "order. Biometrika 71, 599–607.",
)
#: Pools whose single figures are shown; of more the tables tell.
_MOST_FIGURES = 8


def forecast_page(result: DensityForecastResult) -> Page:
    """The page of one run of `forecast_density`."""
    first = min(pool.series.years[0] for pool in result.pools)
    page = Page("Forecast of carbon density", "{}, {} to {}".format(_listed(result), first, result.until))
    _leads(page, result)
    for pool in result.pools:
        page.key_figure("{}, {}".format(pool.pool, pool.series.last), float(pool.series.values[-1]), KG_M2)
        if pool.forecast is not None:
            page.key_figure("{}, {}".format(pool.pool, result.until), float(pool.forecast.mean[-1]), KG_M2)
    for text in result.warnings:
        page.warning(text)
    for text in result.notes:
        page.note(text)
    _figures(page, result)
    _check(page, result)
    _orders(page, result)
    _method(page, result)
    return page


def _listed(result: DensityForecastResult) -> str:
    names = [pool.pool for pool in result.pools]
    return ", ".join(names) if len(names) <= 6 else "{} pools".format(len(names))


def _leads(page: Page, result: DensityForecastResult) -> None:
    for pool in result.pools[:6]:
        page.lead(pool.sentence(result.until).replace(KG_M2, style.pretty_unit(KG_M2)) + ".")
    page.lead(
        "The forecast carries the past on. It knows nothing of climate, land use or management to come, and the "
        "interval holds only as long as the series goes on as it was."
    )


def _figures(page: Page, result: DensityForecastResult) -> None:
    page.section("Observed and forecast densities")
    caption = "Dark: observed; light: forecast; shaded: {} % intervals. The axes do not start at 0.".format(
        " and ".join(str(level) for level in INTERVALS)
    )
    lines = [_line(pool) for pool in result.pools]
    page.figure(density_by_year(lines, KG_M2), "Mean carbon density by pool and year", caption, slug="forecast")
    if 1 < len(lines) <= _MOST_FIGURES:
        for line in lines:
            page.figure(
                density_by_year([line], KG_M2), "Mean carbon density, {}".format(line.pool), caption,
                slug="forecast-{}".format(line.pool),
            )  # fmt: skip
    table = forecast_table(result)
    shown = [i for i, column in enumerate(table.columns) if column.name not in ("source", "fitted_kg_c_m2")]
    rows = [[row[i] for i in shown] for row in table.rows if row[2] == FORECAST]
    columns = tuple(table.columns[i] for i in shown)
    page.table(Table("Forecast densities (the table output also has the observed years)", columns, rows))


def _line(pool: PoolForecast) -> PoolLine:
    found = pool.forecast
    if found is None:
        return PoolLine(pool.pool, pool.series.years, pool.series.values)
    bands = [(level, np.column_stack(found.interval(level))) for level in INTERVALS]
    return PoolLine(pool.pool, pool.series.years, pool.series.values, None, pool.years, found.mean, bands)


def _check(page: Page, result: DensityForecastResult) -> None:
    page.section("Check on known years")
    windows: List[str] = []
    for pool in result.pools:
        if pool.check.origins:
            windows.append("{} {}–{}".format(pool.pool, pool.check.origins[0], pool.check.origins[-1]))
    page.paragraph(
        "Each model was fitted to the first years only and forecast the years after them, which it had not seen "
        "(held-out). Lengths of these beginnings, in years: {}. Orders of ARIMA are searched anew in each; an order "
        "that was given is kept. Naive: the last value stays. Drift: it goes on by the mean yearly change. Linear: a "
        "least-squares line. Average: mean of these four. With so few years the errors are rough: differences of a "
        "few per cent mean nothing.".format(", ".join(windows) or "none")
    )
    page.table(check_table(result))


def _orders(page: Page, result: DensityForecastResult) -> None:
    page.section("Orders of ARIMA")
    page.paragraph(
        "Criteria by p (rows) and q (columns); smaller is better. They compare fits of one d only. Cells without a "
        "number were refused; the table of orders says why. Where a fit with and one without constant was made, the "
        "smaller criterion is shown."
    )
    for pool in result.pools:
        chosen = pool.search.chosen
        if chosen is None:
            page.paragraph("{}: {}.".format(pool.pool, pool.search.reason))
            continue
        how = "given" if pool.search.explicit else "smallest {}".format(_CRITERIA[pool.search.criterion])
        page.paragraph("{}: ARIMA{}, {}.{}".format(pool.pool, chosen.label, how, _coefficients(pool)))
        if not pool.search.explicit:
            for criterion in ("aicc", "aic", "bic"):
                page.table(criterion_matrix(pool, criterion))
    page.table(root_table(result.pools))
    _tried(page, result)


def _tried(page: Page, result: DensityForecastResult) -> None:
    """All fits, one line each: reasons and remarks are sentences, and stand below the table by number."""
    whole = search_table(result)
    said: Dict[str, int] = {}
    marks = []
    for pool in result.pools:
        for fit in pool.search.fits:
            # The modulus of the root has a column of its own.
            reason = [fit.problem.split(" (modulus")[0]] if fit.problem else []
            marks.append([str(said.setdefault(text.rstrip("."), len(said) + 1)) for text in reason + fit.remarks])
    short = whole.only(["pool", "p", "d", "q", "constant", "status"])
    numbers = whole.only(["AICc", "AIC", "BIC", "log_likelihood", "parameters", "smallest_root"])
    columns = (*short.columns, Column("see", "text", "number below the table"), *numbers.columns)
    rows = [[*a, ", ".join(mark) or None, *b] for a, mark, b in zip(short.rows, marks, numbers.rows)]
    page.table(Table(whole.title, columns, rows))
    if said:
        page.paragraph("\n\n".join("{}: {}.".format(number, text) for text, number in said.items()))


def _coefficients(pool: PoolForecast) -> str:
    fit = pool.search.chosen
    parts = ["φ{} = {}".format(i, style.number(float(value), 3)) for i, value in enumerate(fit.ar, 1)]
    # Eq. 1 writes the moving average with minus signs.
    parts += ["θ{} = {}".format(i, style.number(-float(value), 3)) for i, value in enumerate(fit.ma, 1)]
    if fit.constant:
        word = "mean" if fit.order.d == 0 else "drift per year"
        parts.append("{} {} kg C/m²".format(word, style.number(fit.mean, 4)))
    return " Coefficients as in equation 1: {}.".format(", ".join(parts)) if parts else ""


_MODELS = {
    BEST: "The model of each pool is the one with the smallest mean absolute error on known years. ",
    AVERAGE: "The forecast is the mean of those of ARIMA, drift, line and last value, and its standard deviation the "
    "mean of theirs: on short series no single model is reliably the best. ",
}
_CRITERIA = {"aicc": "AICc", "aic": "AIC", "bic": "BIC"}


def _method(page: Page, result: DensityForecastResult) -> None:
    options = result.options
    page.method(
        "ARIMA (Xinjiang paper, equation 1): the series is differenced d times, and the differences follow an ARMA(p, "
        "q) process, fitted by exact maximum likelihood. d {}; p from 0 to {}, q from 0 to {}, by {}. Refused are fits "
        "with more than (n − d)/4 parameters, without convergence, with a likelihood that is not finite or 0, with a "
        "root on the unit circle, or with a forecast below 0.".format(
            "by the KPSS and the augmented Dickey–Fuller test (difference while KPSS rejects and Dickey–Fuller does "
            "not)" if options.d is None else "= {} as given".format(options.d),
            options.max_p, options.max_q, _CRITERIA[options.criterion],
        ),
        REFERENCES,
    )  # fmt: skip
    page.method(
        _MODELS.get(result.requested, "")
        + "Observed years keep the observation. Intervals are Student's t with the residual degrees of freedom and "
        "hold the uncertainty of level and slope, but not that of the choice of the model; bounds are not below 0."
    )
