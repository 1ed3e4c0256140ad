"""The year table of a forecast: one density per pool and year, read and checked before anything is fitted."""

import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from .density_series import (
    POOL_NAMES,
    UNIT_NAMES,
    YEAR_NAMES,
    YEARS,
    density_unit,
    not_negative,
    pool_key,
    pool_rank,
    shortened,
)
from .errors import InputError, TableError
from .tables import read_table
from .text_tables import TextRow, TextTable, column_key
from .units import DENSITY_UNITS, KG_M2, density_factor, parse_density_unit

#: Fewest years that are forecast from.
LEAST_YEARS = 8
MEAN_NAMES = ("mean_kg_c_m2", "density_kg_c_m2", "mean", "density", "value", "carbon_density", "mean_density")
#: Pool of a table that has neither a column of pools nor one column per pool.
ONLY_POOL = "carbon"
_SUFFIXES = {"kg_c_m2": KG_M2, "t_c_ha": "t C/ha", "t_c_km2": "t C/km2", "g_c_m2": "g C/m2"}
_SUFFIX = re.compile(r"^(.*?)_?({})$".format("|".join(_SUFFIXES)), re.IGNORECASE)
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]$")
#: Columns of a wide table that are no pools.
_BESIDES = ("n", "se", "sd", "id", "fid", "source")


@dataclass(frozen=True)
class YearSeries:
    """Yearly densities of one pool without a gap.

    Attributes
    ----------
    years : (n,) consecutive, ascending. values : (n,) float64, kg C/m2, 0 or more.
    """

    pool: str
    years: Tuple[int, ...]
    values: np.ndarray

    @property
    def last(self) -> int:
        """Last observed year."""
        return self.years[-1]


@dataclass(frozen=True)
class SeriesColumns:
    """Columns of a year table; None: looked for under the usual names."""

    year: Optional[str] = None
    pool: Optional[str] = None
    value: Optional[str] = None


def read_series(
    source: Union[str, TextTable],
    unit: Optional[str] = None,
    pools: Sequence[str] = (),
    columns: SeriesColumns = SeriesColumns(),
) -> List[YearSeries]:
    """Series of a year table, by pool.

    Two layouts: *long*, with the columns year, pool and mean (what `density_series` makes), and *wide*, with the column
    year and one column per pool. The unit is that of the column's name (`mean_kg_c_m2`, `soil [t C/ha]`), of a column
    `unit`, or `unit`.

    Parameters
    ----------
    source : path of a text table, or a table that was read already (a layer).
    pools : the pools to read; empty: all. Rows of other pools are not looked at.

    Returns
    -------
    One series per pool: above, below, soil, dead, total first, then by name.

    Raises
    ------
    TableError
        A missing column; a year or value that is empty or not a number; a negative density; a year twice; missing
        years; fewer than 8 years; rows that are forecasts themselves.
    InputError
        The unit is not known or is contradicted; a pool that is not there.
    """
    table = source if isinstance(source, TextTable) else _opened(source, columns)
    year = columns.year or YEAR_NAMES
    table.require(year)
    value = columns.value or table.find(MEAN_NAMES)
    found = _long(table, year, value, columns.pool, unit, pools) if value else _wide(table, year, unit, pools)
    return [_checked(table.name, pool, rows) for pool, rows in sorted(found.items(), key=lambda i: pool_rank(i[0]))]


#: Values of one pool: year -> (kg C/m2, line of the table).
_Rows = Dict[int, Tuple[float, int]]


def _opened(path: str, columns: SeriesColumns) -> TextTable:
    named = tuple(name for name in (columns.year, columns.pool, columns.value) if name)
    return read_table(path, hints=named + YEAR_NAMES + POOL_NAMES + MEAN_NAMES + UNIT_NAMES)


def _long(table: TextTable, year, value: str, pool: Optional[str], unit, pools: Sequence[str]) -> Dict[str, _Rows]:
    table.require(value)
    pool_column = pool or table.find(POOL_NAMES)
    if pool_column:
        table.require(pool_column)
    unit_column = table.find(UNIT_NAMES)
    header_unit = split_unit(table.find(value))[1]
    fixed = None if unit_column and not (unit or header_unit) else _one_unit(table, value, header_unit, unit)
    source = table.find("source")
    wanted = {pool_key(name) for name in pools}
    found: Dict[str, _Rows] = {}
    spelled: Dict[str, str] = {}
    for row in table.rows:
        name = table.text(row, pool_column) if pool_column else ONLY_POOL
        if not name:
            raise table.cell_error(row, pool_column, "the cell is empty.", "Write the carbon pool.")
        key = pool_key(name)
        spelled.setdefault(key, name)
        if wanted and key not in wanted:
            continue
        if source and table.text(row, source).casefold() == "forecast":
            advice = "Give the table of observed densities, not that of an earlier forecast."
            raise table.cell_error(row, source, "this row is itself a forecast.", advice)
        cell_unit = fixed or _cell_unit(table, row, unit_column)
        _put(table, row, year, value, found.setdefault(spelled[key], {}), spelled[key], cell_unit)
    _require_pools(table, pools, list(spelled.values()))
    return found


def _wide(table: TextTable, year, unit: Optional[str], pools: Sequence[str]) -> Dict[str, _Rows]:
    if table.find(POOL_NAMES):
        raise TableError(
            "{} has a column of pools but none of densities: looked for {}. Name the column of the densities. The "
            "columns are: {}.".format(table.name, ", ".join(MEAN_NAMES), ", ".join(table.header))
        )
    year_column = table.find(year)
    others = [name for name in table.header if name and name != year_column and column_key(name) not in _BESIDES]
    names = {name: split_unit(name)[0] for name in others}
    _require_pools(table, pools, list(names.values()))
    wanted = {pool_key(name) for name in pools}
    chosen = [name for name in others if not wanted or pool_key(names[name]) in wanted]
    if not chosen:
        raise TableError("{} has a column of years but none of densities.".format(table.name))
    found: Dict[str, _Rows] = {}
    for name in chosen:
        rows = found.setdefault(names[name], {})
        column_unit = _one_unit(table, name, split_unit(name)[1], unit)
        for row in table.rows:
            if table.text(row, name):  # an empty cell is a year without a value of this pool
                _put(table, row, year, name, rows, names[name], column_unit)
    return found


def _put(table: TextTable, row: TextRow, year, column: str, rows: _Rows, pool: str, unit: str) -> None:
    moment = table.integer(row, year, *YEARS)
    if moment in rows:
        problem = "{} of pool '{}' is already in {} {}.".format(moment, pool, table.place, rows[moment][1])
        advice = "Keep one row per pool and year; 'Density series from records' makes means of several records."
        raise table.cell_error(row, year, problem, advice)
    value = not_negative(table, row, column, "A carbon density")
    rows[moment] = (value * density_factor(unit, KG_M2), row.line)


def split_unit(header: str) -> Tuple[str, Optional[str]]:
    """A column's name without its unit, and the unit: `soil [t C/ha]`, `soil_kg_c_m2`; None where it names none."""
    match = _SUFFIX.match(header)
    if match:
        return match.group(1) or header, _SUFFIXES[match.group(2).lower()]
    match = _BRACKETS.match(header)
    unit = parse_density_unit(match.group(2)) if match else None
    return (match.group(1), unit) if unit else (header, None)


def _one_unit(table: TextTable, column: str, named: Optional[str], given: Optional[str]) -> str:
    if given is None and named is None:
        raise InputError(
            "The unit of column '{}' of {} is not known. Choose the unit, one of: {}.".format(
                column, table.name, ", ".join(DENSITY_UNITS)
            )
        )
    if named and given and density_unit(given) != named:
        raise InputError(
            "The column '{}' of {} is in {} by its name, but {} is chosen as unit. Choose 'from_table', or rename the "
            "column.".format(column, table.name, named, given)
        )
    return named or density_unit(given)


def _cell_unit(table: TextTable, row: TextRow, column: str) -> str:
    text = table.text(row, column)
    unit = parse_density_unit(text)
    if unit is None:
        advice = "Use one of: {}.".format(", ".join(DENSITY_UNITS))
        raise table.cell_error(row, column, "'{}' is not a unit of carbon density.".format(text), advice)
    return unit


def _require_pools(table: TextTable, wanted: Sequence[str], there: Sequence[str]) -> None:
    keys = {pool_key(name) for name in there}
    absent = [name for name in wanted if pool_key(name) not in keys]
    if absent:
        raise InputError(
            "{} has no pool {}. Its pools are: {}.".format(
                table.name, ", ".join("'{}'".format(name) for name in absent), ", ".join(there)
            )
        )


def _checked(name: str, pool: str, rows: _Rows) -> YearSeries:
    """The series, once no year is missing and there are enough of them."""
    years = sorted(rows)
    if not years:
        raise TableError("{}: pool '{}' has no values.".format(name, pool))
    absent = sorted(set(range(years[0], years[-1] + 1)) - set(years)) if years[-1] - years[0] < 10_000 else []
    if absent:
        raise TableError(
            "{}: pool '{}' has no value for {} between {} and {}. A forecast needs every year: add the missing years, "
            "keep only the years after the last gap, or name the pools to forecast without this one.".format(
                name, pool, shortened(absent), years[0], years[-1]
            )
        )
    if len(years) < LEAST_YEARS:
        raise TableError(
            "{}: pool '{}' has {} year{} ({}); a forecast needs at least {}. Add years, or name the pools "
            "to forecast without this one.".format(
                name, pool, len(years), "" if len(years) == 1 else "s", shortened(years), LEAST_YEARS
            )
        )
    return YearSeries(pool, tuple(years), np.array([rows[year][0] for year in years]))
