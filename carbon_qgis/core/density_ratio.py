"""The ratio Cd_m / Cd_j of eq. 3: from a table of yearly pool means and their forecast, or given as a number."""

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .density import check_ratio
from .errors import InputError, TableError
from .forecast_rows import FORECAST, OBSERVED
from .results import Column, Table
from .units import KG_M2, density_factor

#: Columns of the mean, of a forecast and of a series of means alone.
MEANS = ("density_kg_c_m2", "mean_kg_c_m2")
FITTED = "fitted_kg_c_m2"
INTERVALS = ("95", "80")
#: What the ratio is made from; the first is the default.
BASES = ("series", "fitted")
GIVEN, NO_RATIO = "given as a number", "1, as none was given"


@dataclass(frozen=True)
class DensityRatio:
    """Cd_m / Cd_j with its interval; means are in kg C/m2 and None where only the number is known.

    `low` and `high` equal `ratio` for an observed year. `source` says where the ratio is from.
    """

    ratio: float = 1.0
    low: Optional[float] = None
    high: Optional[float] = None
    year: Optional[int] = None
    base_year: Optional[int] = None
    mean_kg: Optional[float] = None
    base_kg: Optional[float] = None
    interval: Optional[str] = None
    source: str = GIVEN

    def mean_in(self, unit: str) -> Optional[float]:
        """Cd_m in a unit of density."""
        return None if self.mean_kg is None else self.mean_kg * density_factor(KG_M2, unit)

    def parts(self) -> Dict[str, float]:
        """The ratios to compute, by name: 'mid', and 'low' and 'high' where an interval is known."""
        found = {"mid": self.ratio}
        if self.low is not None and self.high is not None:
            found.update(low=self.low, high=self.high)
        return found


def given_ratio(ratio: Optional[float], year: Optional[int] = None, base_year: Optional[int] = None) -> DensityRatio:
    """A ratio that the user states; 1 if None.

    Raises
    ------
    InputError
        If it is not above 0.
    """
    source = GIVEN if ratio is not None else NO_RATIO
    return DensityRatio(check_ratio(1.0 if ratio is None else ratio), year=year, base_year=base_year, source=source)


def ratio_from_table(
    columns: Mapping[str, Sequence[Any]],
    pool: Optional[str],
    year: Optional[int],
    base_year: Optional[int],
    interval: str = "95",
    basis: str = "series",
    source: str = "The table of yearly means",
) -> DensityRatio:
    """The ratio of a pool's mean in one year to that in the base year.

    Both means are of one kind, so that the ratio is exactly 1 in the base year. The interval is that of the year; the
    uncertainty of the base year is not in it.

    Parameters
    ----------
    columns : `year`, `density_kg_c_m2` (or `mean_kg_c_m2`) and, where there are several pools, `pool`; of a forecast
        also `source`, `low95_kg_c_m2`, `high95_kg_c_m2`, `low80_kg_c_m2`, `high80_kg_c_m2`, `fitted_kg_c_m2`.
    year, base_year : m and j.
    interval : '95' or '80' %.
    basis : 'series': the observation, or the forecast of a year without one; 'fitted': the values of the trend model in
        both years, so that the chance of a single year is not in the ratio.

    Raises
    ------
    TableError
        A missing column, text where a number must be, a year or pool that the table does not have or has twice, a mean
        that is not above 0 or not known, a forecast without its interval.
    InputError
        The year, the base year, the interval or the basis is not known.
    """
    for word, words, what in ((interval, INTERVALS, "interval"), (basis, BASES, "basis of a ratio")):
        if word not in words:
            raise InputError("'{}' is no {}. Choose one of: {}.".format(word, what, ", ".join(words)))
    for name, value in (("year of the map", year), ("base year (of the samples)", base_year)):
        if value is None:
            raise InputError(
                "The {} is not known, so its mean cannot be looked up. Set it as a parameter.".format(name)
            )
    rows = _rows_of_pool(columns, pool, source)
    now, base = _row(rows, year, pool, source), _row(rows, base_year, pool, source)
    mean, base_mean = _mean(now, basis, source), _mean(base, basis, source)
    low, high = _ends(now, interval, mean, source)
    forecast = _is_forecast(now)
    kind = "fitted" if basis == "fitted" else FORECAST if forecast else OBSERVED
    return DensityRatio(
        mean / base_mean, low / base_mean, high / base_mean, year, base_year, mean, base_mean,
        interval if forecast else None, "{}, {}".format(source, kind),
    )  # fmt: skip


def ratio_table(ratios: Mapping[str, Tuple[float, Any]], unit: str) -> Table:
    """Asked against delivered: one row per {name: (share of cells or None, RatioCheck)}."""
    table = Table(
        "Ratio asked and delivered",
        (
            Column("estimate", "text", "mid, or an end of the forecast interval"),
            Column("ratio_asked", "number", "pool mean of the year over that of the base year"),
            Column("ratio_delivered", "number", "mean of the map over its mean at ratio 1"),
            Column("mean_at_ratio_1", "number", "area-weighted mean of the map at ratio 1, {}".format(unit)),
            Column("mean", "number", "area-weighted mean of the map, {}".format(unit)),
            Column("mean_of_table", "number", "pool mean of the year in the table, {}".format(unit)),
        ),
    )
    for name, check in ratios.items():
        row = [name, check.asked, check.delivered, check.mean_base, check.mean, check.target_mean]
        table.rows.append([None if isinstance(v, float) and not np.isfinite(v) else v for v in row])
    return table


def _rows_of_pool(columns: Mapping[str, Sequence[Any]], pool: Optional[str], source: str) -> List[Dict[str, Any]]:
    by_key = {name.strip().casefold(): values for name, values in columns.items()}
    for names in (("year",), MEANS):
        if not any(name in by_key for name in names):
            raise TableError(
                "{} has no column '{}'. Use the table of 'Forecast density (ARIMA)'. It has: {}.".format(
                    source, names[0], ", ".join(columns)
                )
            )
    rows = [dict(zip(by_key, cells)) for cells in zip(*by_key.values())]
    pools = sorted({_text(row.get("pool")) for row in rows})
    if pool is None and len(pools) > 1:
        raise InputError(
            "{} has several pools ({}), and it is not known which one the density is of. State the pool in 'Sample "
            "carbon density' before the training, or write it into the density raster with 'Convert carbon density', "
            "or leave the rows of one pool in the table.".format(source, ", ".join(pools))
        )
    if pool is None or pools in ([], [""]):
        return rows
    found = [row for row in rows if _text(row.get("pool")) == _text(pool)]
    if not found:
        raise TableError(
            "{} has no rows of the pool '{}', of which the density is. It has: {}.".format(
                source, pool, ", ".join(pools)
            )
        )
    return found


def _row(rows: List[Dict[str, Any]], year: int, pool: Optional[str], source: str) -> Dict[str, Any]:
    years = [_number(row["year"], "year", source) for row in rows]
    found = [row for row, value in zip(rows, years) if value == year]
    if len(found) > 1:
        raise TableError("{} has {} rows of {} for one pool. Leave one of them.".format(source, len(found), year))
    if not found:
        raise TableError(
            "{} has no row of {}{}. Its years are {:g} to {:g}. Forecast as far as this year, or give the ratio as a "
            "number.".format(source, year, " for the pool '{}'".format(pool) if pool else "", min(years), max(years))
        )
    return found[0]


def _ends(row: Mapping[str, Any], interval: str, mean: float, source: str) -> Tuple[float, float]:
    """Both ends of the interval; those of an observed year are the mean itself."""
    names = ["{}{}_kg_c_m2".format(end, interval) for end in ("low", "high")]
    if any(_missing(row.get(name)) for name in names):
        if _is_forecast(row):
            raise TableError(
                "{}, {:g}: the forecast has no {} or {}. Use the table as 'Forecast density (ARIMA)' wrote it.".format(
                    source, _number(row["year"], "year", source), *names
                )
            )
        return mean, mean
    low, high = (_number(row[name], name, source) for name in names)
    if not low <= mean <= high:
        raise TableError(
            "{}, {:g}: the mean {:g} does not lie between {} ({:g}) and {} ({:g}).".format(
                source, _number(row["year"], "year", source), mean, names[0], low, names[1], high
            )
        )
    # A forecast interval may reach below zero; a density does not.
    return max(low, 1e-9 * mean), high


def _is_forecast(row: Mapping[str, Any]) -> bool:
    return _text(row.get("source")) == FORECAST


def _mean(row: Mapping[str, Any], basis: str, source: str) -> float:
    name = FITTED if basis == "fitted" else next(name for name in MEANS if name in row)
    if basis == "fitted" and _missing(row.get(name)):
        raise TableError(
            "{} has no '{}' of {:g}: the trend model gives no value of that year. Make the ratio from the series, or "
            "choose another base year.".format(source, FITTED, _number(row["year"], "year", source))
        )
    mean = _number(row.get(name), name, source)
    if not mean > 0:
        raise TableError(
            "{}, {:g}: the mean density is {:g} kg C/m2; a ratio needs means above 0.".format(
                source, _number(row["year"], "year", source), mean
            )
        )
    return mean


def _number(value: Any, name: str, source: str) -> float:
    try:
        number = float(str(value).strip())
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise TableError("{}: '{}' in the column '{}' is no number.".format(source, value, name))
    return number


def _missing(value: Any) -> bool:
    return value is None or str(value).strip().casefold() in ("", "nan", "null")


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value).strip().casefold()
