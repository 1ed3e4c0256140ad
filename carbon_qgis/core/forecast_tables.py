"""The tables of a density forecast: yearly densities, orders tried, unit-root tests, check on known years."""

from typing import List, Optional, Sequence

import numpy as np

from .arima import ArimaFit
from .forecast_density import DensityForecastResult, PoolForecast, forecast_rows
from .results import Column, Table


def forecast_table(result: DensityForecastResult) -> Table:
    """One row per pool and year, observed and forecast: what `density_ratio.ratio_from_table` reads."""
    unit = "kg C/m2"
    table = Table(
        "Carbon density by pool and year, observed and forecast",
        (
            Column("year", "integer"),
            Column("pool", "text"),
            Column("source", "text", "observed or forecast"),
            Column("density_kg_c_m2", "number", "observed or expected mean density, " + unit),
            Column("low95_kg_c_m2", "number", "lower bound of the 95 % interval, " + unit),
            Column("low80_kg_c_m2", "number", "lower bound of the 80 % interval, " + unit),
            Column("high80_kg_c_m2", "number", "upper bound of the 80 % interval, " + unit),
            Column("high95_kg_c_m2", "number", "upper bound of the 95 % interval, " + unit),
            Column("order", "text", "order (p,d,q) where ARIMA is used"),
            Column("model", "text", "trend model of the pool"),
            Column("fitted_kg_c_m2", "number", "what the trend model gives for the year, " + unit),
        ),
    )
    for pool in result.pools:
        for row in forecast_rows(pool):
            bounds = [row.low95, row.low80, row.high80, row.high95]
            cells = [row.year, row.pool, row.source, row.density, *bounds]
            table.rows.append(cells + [pool.order or None, pool.model, row.fitted])
    return table


def search_table(result: DensityForecastResult) -> Table:
    """Every ARIMA fit that was tried, by pool."""
    table = Table(
        "Orders of ARIMA that were tried",
        (
            Column("pool", "text"),
            Column("p", "integer", "autoregressive terms"),
            Column("d", "integer", "differences"),
            Column("q", "integer", "moving-average terms"),
            Column("constant", "text", "whether a mean (d = 0) or drift (d = 1) is fitted"),
            Column("parameters", "integer", "p + q + constant"),
            Column("log_likelihood", "number"),
            Column("AIC", "number"),
            Column("BIC", "number"),
            Column("AICc", "number"),
            Column("smallest_root", "number", "smallest modulus of the roots; it must be above 1"),
            Column("status", "text", "chosen, usable or refused"),
            Column("reason", "text", "why it was refused, or what is wrong with a given order"),
            Column("remarks", "text", "what the estimation said"),
        ),
    )
    for pool in result.pools:
        table.rows += [_search_row(pool, fit) for fit in pool.search.fits]
    return table


def criterion_matrix(pool: PoolForecast, criterion: str) -> Table:
    """One criterion by p (rows) and q (columns); of the fits with and without constant the better one.

    Refused fits have no number: their criteria compare with nothing.
    """
    fits = pool.search.fits
    name = {"aic": "AIC", "bic": "BIC", "aicc": "AICc"}[criterion]
    qs = sorted({fit.order.q for fit in fits})
    columns = [Column("p", "integer")] + [Column("q = {}".format(q), "number") for q in qs]
    table = Table("{}, pool '{}', d = {}".format(name, pool.pool, pool.search.d), tuple(columns))
    for p in sorted({fit.order.p for fit in fits}):
        values: List[Optional[float]] = []
        for q in qs:
            found = [
                getattr(fit, criterion) for fit in fits if (fit.order.p, fit.order.q) == (p, q) and _counts(pool, fit)
            ]
            values.append(min(found) if found else None)
        table.rows.append([p, *values])
    return table


def root_table(pools: Sequence[PoolForecast]) -> Table:
    """KPSS and augmented Dickey–Fuller tests, by pool and d."""
    table = Table(
        "Unit-root tests",
        (
            Column("pool", "text"),
            Column("d", "integer", "differences taken before the test"),
            Column("KPSS", "number", "statistic; large values speak against stationarity"),
            Column("KPSS p", "number", "limited to 0.01–0.10, the range of its table"),
            Column("ADF", "number", "statistic; very negative values speak against a unit root"),
            Column("ADF p", "number", "none where too few years are left"),
            Column("verdict", "text"),
        ),
    )
    for pool in pools:
        for test in pool.search.tests:
            verdict = "difference" if test.difference else "take as stationary"
            table.rows.append([pool.pool, test.d, test.kpss, test.kpss_p, test.adf, test.adf_p, verdict])
    return table


def check_table(result: DensityForecastResult) -> Table:
    """Errors of each model on known years, by pool; the smallest mean absolute error first."""
    table = Table(
        "Check on known years (rolling origin)",
        (
            Column("pool", "text"),
            Column("model", "text"),
            Column("MAE_kg_c_m2", "number", "mean absolute error, kg C/m2 (held-out)"),
            Column("RMSE_kg_c_m2", "number", "root mean square error, kg C/m2 (held-out)"),
            Column("bias_kg_c_m2", "number", "mean of forecast − observation, kg C/m2 (held-out)"),
            Column("forecasts", "integer", "forecasts compared with an observation"),
            Column("windows", "integer", "beginnings of the series that were forecast from"),
            Column("used", "text", "the model that makes the forecast"),
        ),
    )
    for pool in result.pools:
        check = pool.check
        ranked = check.ranking()
        for model in ranked:
            errors = [check.mae(model), check.rmse(model), check.bias(model)]
            used = "yes" if model == pool.model else ""
            table.rows.append([pool.pool, model, *errors, check.count(model), len(check.origins), used])
        for model in check.unscored:
            used = "yes" if model == pool.model else ""
            table.rows.append([pool.pool, model, None, None, None, 0, 0, used])
    return table


def _counts(pool: PoolForecast, fit: ArimaFit) -> bool:
    return fit.usable or fit is pool.search.chosen


def _search_row(pool: PoolForecast, fit: ArimaFit) -> list:
    status = "chosen" if fit is pool.search.chosen else "usable" if fit.usable else "refused"
    numbers = [fit.loglikelihood, fit.aic, fit.bic, fit.aicc, fit.root]
    numbers = [float(value) if np.isfinite(value) else None for value in numbers]
    p, d, q = fit.order
    constant = "yes" if fit.constant else "no"
    texts = [status, fit.problem or None, "; ".join(fit.remarks) or None]
    return [pool.pool, p, d, q, constant, fit.parameters, *numbers, *texts]
