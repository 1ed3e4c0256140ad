"""Yearly densities, observed and forecast, as later steps read them; their ratio Cd_m/Cd_j (Xinjiang paper, eq. 3)."""

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple, Union

from .density_series import POOL_NAMES, YEAR_NAMES, YEARS, not_negative, pool_key, shortened
from .errors import InputError, TableError
from .tables import read_table
from .text_tables import TextRow, TextTable

OBSERVED, FORECAST = "observed", "forecast"
SOURCES = (OBSERVED, FORECAST)
LEVELS = (80, 95)
#: What the ratio may be made from: observations and forecasts, or the values of the trend model in both years.
BASES = ("series", "fitted")
DENSITY_NAMES = ("density_kg_c_m2", "mean_kg_c_m2")


@dataclass(frozen=True)
class ForecastRow:
    """Density of a pool in a year, kg C/m2.

    Bounds are None where the density was observed; `fitted` is what the trend model gives, None where it gives none.
    """

    year: int
    pool: str
    source: str
    density: float
    low95: Optional[float] = None
    low80: Optional[float] = None
    high80: Optional[float] = None
    high95: Optional[float] = None
    fitted: Optional[float] = None

    def interval(self, level: int) -> Optional[Tuple[float, float]]:
        """Bounds of the 80 % or 95 % interval, None for an observed density."""
        low, high = (self.low80, self.high80) if level == 80 else (self.low95, self.high95)
        return None if low is None or high is None else (low, high)


def read_forecast(source: Union[str, TextTable]) -> List[ForecastRow]:
    """Rows of the table of `forecast_density`, or of `density_series` (all observed).

    Parameters
    ----------
    source : path of a text table, or a table that was read already (a layer).

    Raises
    ------
    TableError
        A missing column; a cell that is empty or not a number; a negative density; a source other than observed and
        forecast; a pool and year that come twice; a forecast without bounds.
    """
    required = (YEAR_NAMES, POOL_NAMES, DENSITY_NAMES)
    table = source if isinstance(source, TextTable) else read_table(source, required)
    table.require(*required)
    rows: List[ForecastRow] = []
    lines = {}
    for row in table.rows:
        found = _row(table, row)
        key = (pool_key(found.pool), found.year)
        if key in lines:
            problem = "pool '{}' in {} is already in {} {}.".format(found.pool, found.year, table.place, lines[key])
            raise table.cell_error(row, YEAR_NAMES, problem, "Keep one row per pool and year.")
        lines[key] = row.line
        rows.append(found)
    return rows


def density_ratio(
    rows: Sequence[ForecastRow], pool: str, year: int, base_year: int, level: int = 95, basis: str = "series"
) -> Tuple[float, float, float]:
    """Cd_m/Cd_j of a pool: how its mean density of `year` stands to that of `base_year` (eq. 3).

    Both densities come from one table, so that the ratio is exactly 1 in the base year. Low and high carry the interval
    of the year on; an observed year has none, and there all three are equal. The uncertainty of the base year is not in
    the interval.

    Parameters
    ----------
    level : 80 or 95, % of the interval.
    basis : 'series': the observation, or the forecast of a year without one; 'fitted': values of the trend model in
        both years, so that the chance of a single year is not in the ratio.

    Returns
    -------
    ratio, low, high : without unit, 0 or more.

    Raises
    ------
    InputError
        The pool or a year is not in the rows; the base density is 0; no fitted value of a year; unknown level or basis.
    """
    if level not in LEVELS or basis not in BASES:
        raise InputError(
            "Intervals hold 80 or 95 %, and a ratio is made from 'series' or 'fitted'; got {} and '{}'.".format(
                level, basis
            )
        )
    now, base = _of(rows, pool, year), _of(rows, pool, base_year)
    if year == base_year:
        return 1.0, 1.0, 1.0
    top, bottom = _density(now, basis), _density(base, basis)
    if bottom <= 0:
        raise InputError(
            "The density of pool '{}' in the base year {} is 0: no ratio to it exists. Choose another base "
            "year.".format(pool, base_year)
        )
    low, high = now.interval(level) or (top, top)
    return top / bottom, low / bottom, high / bottom


def _density(row: ForecastRow, basis: str) -> float:
    if basis == "series":
        return row.density
    if row.fitted is None:
        raise InputError(
            "The trend model gives no value of pool '{}' in {}. Make the ratio from the series, or choose another "
            "year.".format(row.pool, row.year)
        )
    return row.fitted


def _of(rows: Sequence[ForecastRow], pool: str, year: int) -> ForecastRow:
    of_pool = [row for row in rows if pool_key(row.pool) == pool_key(pool)]
    if not of_pool:
        pools = list(dict.fromkeys(row.pool for row in rows))
        raise InputError(
            "The table of forecasts has no pool '{}'. Its pools are: {}.".format(pool, ", ".join(pools) or "none")
        )
    for row in of_pool:
        if row.year == year:
            return row
    raise InputError(
        "The table of forecasts has no density of pool '{}' in {}; it has {}. Forecast to that year first.".format(
            pool, year, shortened(sorted(row.year for row in of_pool))
        )
    )


def _row(table: TextTable, row: TextRow) -> ForecastRow:
    pool = table.text(row, POOL_NAMES)
    if not pool:
        raise table.cell_error(row, POOL_NAMES, "the cell is empty.", "Write the carbon pool.")
    word = (table.text(row, "source") if table.find("source") else OBSERVED).casefold()
    if word not in SOURCES:
        raise table.cell_error(row, "source", "'{}' is not a source.".format(word), "Write observed or forecast.")
    bounds = [_optional(table, row, name + "_kg_c_m2") for name in ("low95", "low80", "high80", "high95")]
    if word == FORECAST and None in bounds:
        raise TableError(
            "{}, {} {}: the forecast of pool '{}' lacks a bound of its interval. Give the table as the forecast wrote "
            "it.".format(table.name, table.place, row.line, pool)
        )
    density = not_negative(table, row, DENSITY_NAMES, "A carbon density")
    fitted = _optional(table, row, "fitted_kg_c_m2")
    return ForecastRow(table.integer(row, YEAR_NAMES, *YEARS), pool, word, density, *bounds, fitted=fitted)


def _optional(table: TextTable, row: TextRow, column: str) -> Optional[float]:
    if table.find(column) is None or not table.text(row, column):
        return None
    return table.number(row, column)
