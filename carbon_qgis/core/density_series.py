"""Carbon densities of literature or inventory records as a series: mean, n and standard error by year and pool.

Xinjiang paper, 2.1.3: the table that the forecast (ARIMA) reads.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from .errors import InputError, TableError
from .pools import POOLS
from .progress import Progress, Silent, check_cancelled
from .raster.points import point_coordinates, points_inside
from .raster.polygons import PolygonLayer
from .results import Column, Remark, Table
from .tables import read_table
from .text_tables import TextRow, TextTable
from .units import DENSITY_UNITS, KG_M2, density_factor, parse_density_unit

#: Names under which a column is looked for if none is given.
YEAR_NAMES = ("year",)
POOL_NAMES = ("pool", "carbon_pool")
VALUE_NAMES = ("value", "density", "carbon_density")
UNIT_NAMES = ("unit", "units")
WEIGHT_NAMES = ("weight", "weights")
#: A calendar year as the tag CARBON_YEAR holds it.
YEARS = (1, 9999)
#: Pools in the order in which tables and figures show them.
POOL_ORDER = POOLS + ("total",)
#: A record this many times above or below the median of its pool is more likely a slip of the unit.
FAR = 20.0
#: Records between two looks at the cancel button.
_STRIDE = 2000


@dataclass(frozen=True)
class RecordColumns:
    """Columns of a table of records; None: looked for under the usual names."""

    year: Optional[str] = None
    pool: Optional[str] = None
    value: Optional[str] = None
    unit: Optional[str] = None
    weight: Optional[str] = None


@dataclass(frozen=True)
class Records:
    """Densities as reported, one entry per record: `values` in kg C/m2, `weights` None where all are equal."""

    source: str
    place: str
    lines: Tuple[int, ...]
    years: np.ndarray
    pools: Tuple[str, ...]
    values: np.ndarray
    weights: Optional[np.ndarray]
    units: Dict[str, int] = field(default_factory=dict)


@dataclass
class DensitySeriesResult:
    """Mean density by pool and year, kg C/m2.

    Attributes
    ----------
    series : columns year, pool, mean_kg_c_m2, n, se_kg_c_m2; by pool, then year.
    records : records used; `outside` were left out because they lie outside the region.
    """

    source: str
    series: Table
    records: int
    outside: int
    pools: Tuple[str, ...]
    years: Tuple[int, int]
    weighted: bool
    units: Dict[str, int]
    notes: List[str] = field(default_factory=list)

    def of_pool(self, pool: str) -> List[dict]:
        """Rows of one pool, years ascending."""
        return [row for row in self.series.as_dicts() if row["pool"] == pool]


def density_series(
    source: Union[str, TextTable],
    columns: RecordColumns = RecordColumns(),
    unit: Optional[str] = None,
    pool: Optional[str] = None,
    keep: Optional[np.ndarray] = None,
    progress: Optional[Progress] = None,
) -> DensitySeriesResult:
    """Mean, number of records and standard error by pool and year.

    The weighted mean is Σwx/Σw; its standard error √(n/(n−1)·Σw²(x−x̄)²)/Σw is the linearised one of a ratio
    (Cochran 1977, eq. 6.9), which does not depend on the scale of the weights and is s/√n where they are equal.

    Parameters
    ----------
    source : path of a text table, or a table that was read already (a layer).
    columns : names of the columns.
    unit : density unit of all values, where no column holds it.
    pool : pool of all records, where no column holds it.
    keep : (rows,) bool, records inside the region; the others are neither checked nor used.

    Raises
    ------
    TableError
        A missing column; a year, value or weight that is empty or not a number; a negative density or weight; an empty
        pool; an unknown unit (row and column are named).
    InputError
        Unit or pool are given twice or not at all; no record lies inside the region; no weight is above 0.
    Cancelled
    """
    table = source if isinstance(source, TextTable) else _opened(source, columns)
    records = read_records(table, columns, unit, pool, keep, progress)
    rows, silent = _means(records)
    outside = 0 if keep is None else int(len(keep) - np.count_nonzero(keep))
    pools = tuple(dict.fromkeys(row[1] for row in rows))
    years = tuple(int(year) for year in (records.years.min(), records.years.max()))
    result = DensitySeriesResult(
        records.source, series_table(rows), len(records.lines) - silent, outside, pools, years,
        records.weights is not None, records.units,
    )  # fmt: skip
    result.notes = _notes(result, records, silent)
    return result


def points_in_area(
    wkb: Sequence[bytes], crs_wkt: str, area: PolygonLayer, source: str, progress: Optional[Progress] = None
) -> np.ndarray:
    """Which records lie in the study area: (n,) bool.

    Raises
    ------
    InputError
        A record without a point (a table without geometry, polygons), or an area without polygons.
    GridError
        A layer without a CRS.
    """
    name = "The layer '{}'".format(source)
    if not all(wkb):
        raise InputError("{} has no geometry, so it cannot be limited to a study area. Give points.".format(name))
    return points_inside(point_coordinates(wkb, name), crs_wkt, area, name, progress)


def read_records(
    table: TextTable,
    columns: RecordColumns = RecordColumns(),
    unit: Optional[str] = None,
    pool: Optional[str] = None,
    keep: Optional[np.ndarray] = None,
    progress: Optional[Progress] = None,
) -> Records:
    """Records of a table, checked and in kg C/m2; parameters and errors as `density_series`."""
    year_column, value_column = columns.year or YEAR_NAMES, columns.value or VALUE_NAMES
    table.require(year_column, value_column)
    pool_column = _column_or_given(table, columns.pool, POOL_NAMES, pool, "pool")
    unit_column = _column_or_given(table, columns.unit, UNIT_NAMES, unit, "unit")
    weight_column = _weight_column(table, columns.weight)
    rows = [row for index, row in enumerate(table.rows) if keep is None or keep[index]]
    if not rows:
        raise InputError(
            "None of the {:,} records of {} lies inside the study area. Is its CRS right?".format(
                len(table.rows), table.name
            )
        )
    names = _PoolNames()
    units: Counter = Counter()
    years, pools, values, weights = [], [], [], []
    progress = progress or Silent()
    for index, row in enumerate(rows):
        if index % _STRIDE == 0:
            check_cancelled(progress)
            progress.update(index / len(rows))
        years.append(table.integer(row, year_column, *YEARS))
        pools.append(names.of(_filled(table, row, pool_column, "Write the carbon pool.") if pool_column else pool))
        found = _unit_of(table, row, unit_column) if unit_column else density_unit(unit)
        units[found] += 1
        values.append(not_negative(table, row, value_column, "A carbon density") * density_factor(found, KG_M2))
        if weight_column:
            weights.append(not_negative(table, row, weight_column, "A weight"))
    return Records(
        table.name, table.place, tuple(row.line for row in rows), np.array(years, dtype=np.int64), tuple(pools),
        np.array(values), np.array(weights) if weight_column else None, dict(units),
    )  # fmt: skip


def weighted_mean(values: np.ndarray, weights: Optional[np.ndarray] = None) -> Tuple[float, Optional[float]]:
    """Mean and its standard error; the error is None for a single value.

    Parameters
    ----------
    values : (n,); weights : (n,) above 0, or None for equal ones. Formulae: `density_series`.
    """
    if weights is None:
        weights = np.ones(len(values))
    n, total = len(values), weights.sum()
    mean = float(weights @ values / total)
    if n < 2:
        return mean, None
    return mean, float(np.sqrt(n / (n - 1) * np.sum((weights * (values - mean)) ** 2)) / total)


def not_negative(table: TextTable, row: TextRow, column: str, what: str) -> float:
    """Number of a cell that must be 0 or more; `CellError` if it is not."""
    value = table.number(row, column)
    if value < 0:
        problem = "'{}' is negative.".format(table.text(row, column))
        raise table.cell_error(row, column, problem, "{} cannot be below 0: correct the value.".format(what))
    return value


def pool_key(pool: str) -> str:
    """A pool's name as it is compared: without case and outer blanks."""
    return " ".join(pool.split()).casefold()


def pool_rank(pool: str) -> Tuple[int, str]:
    """Sorting key: above, below, soil, dead, total, then the others by name."""
    key = pool_key(pool)
    return (POOL_ORDER.index(key) if key in POOL_ORDER else len(POOL_ORDER), key)


def density_unit(text: str) -> str:
    """Canonical unit of carbon density; `InputError` if `text` is none."""
    unit = parse_density_unit(text)
    if unit is None:
        raise InputError("'{}' is not a unit of carbon density. {}".format(text, _UNIT_ADVICE))
    return unit


def series_table(rows: Sequence[Sequence]) -> Table:
    """The table that the forecast reads."""
    columns = (
        Column("year", "integer"),
        Column("pool", "text"),
        Column("mean_kg_c_m2", "number", "mean carbon density, kg C/m2"),
        Column("n", "integer", "number of records"),
        Column("se_kg_c_m2", "number", "standard error of the mean, kg C/m2; none for a single record"),
    )
    return Table("Carbon density by pool and year", columns, [list(row) for row in rows])


_UNIT_ADVICE = (
    "Use one of: {}. A mass without the C (Mg/ha) may be dry matter, about half of which is carbon: convert it "
    "first.".format(", ".join(DENSITY_UNITS))
)


class _PoolNames:
    """Spellings of one pool are one pool: `Soil` and `soil ` are the same."""

    def __init__(self):
        self._names: Dict[str, str] = {}

    def of(self, text: str) -> str:
        key = pool_key(text)
        return self._names.setdefault(key, key if key in POOL_ORDER else " ".join(text.split()))


def _opened(path: str, columns: RecordColumns) -> TextTable:
    named = (columns.year, columns.pool, columns.value, columns.unit, columns.weight)
    usual = YEAR_NAMES + POOL_NAMES + VALUE_NAMES + UNIT_NAMES + WEIGHT_NAMES
    return read_table(path, hints=tuple(name for name in named if name) + usual)


def _column_or_given(
    table: TextTable, column: Optional[str], names: Sequence[str], given: Optional[str], what: str
) -> Optional[str]:
    """The column that holds the pool or unit; None where one text holds for all records."""
    found = column or table.find(names)
    if column:
        table.require(column)
    if given and found:
        raise InputError(
            "The {0} is given as '{1}', but {2} also has a column of it, '{3}'. Leave the {0} empty, or remove the "
            "column.".format(what, given, table.name, found)
        )
    if not given and not found:
        raise InputError(
            "The {0} of the records is not known: {1} has no column '{2}' and no {0} is given. Name the column, or "
            "give the {0} that holds for all records. The columns are: {3}.".format(
                what, table.name, names[0], ", ".join(table.header)
            )
        )
    return found


def _weight_column(table: TextTable, column: Optional[str]) -> Optional[str]:
    if column:
        table.require(column)
    return column or table.find(WEIGHT_NAMES)


def _filled(table: TextTable, row: TextRow, column: str, advice: str) -> str:
    text = table.text(row, column)
    if not text:
        raise table.cell_error(row, column, "the cell is empty.", advice)
    return text


def _unit_of(table: TextTable, row: TextRow, column: str) -> str:
    text = _filled(table, row, column, "Write the unit of the value. " + _UNIT_ADVICE)
    unit = parse_density_unit(text)
    if unit is None:
        raise table.cell_error(row, column, "'{}' is not a unit of carbon density.".format(text), _UNIT_ADVICE)
    return unit


def _means(records: Records) -> Tuple[List[list], int]:
    """Rows of the series, and the number of records without weight."""
    pools = np.array(records.pools, dtype=object)
    rows: List[list] = []
    silent = 0
    for pool in sorted(set(records.pools), key=pool_rank):
        for year in np.unique(records.years[pools == pool]):
            here = (pools == pool) & (records.years == year)
            values, weights = records.values[here], None
            if records.weights is not None:
                weights = records.weights[here]
                silent += int((weights == 0).sum())
                values, weights = values[weights > 0], weights[weights > 0]
                if not len(weights):
                    text = "{}: all records of pool '{}' in {} have the weight 0. Give one a weight, or remove them."
                    raise TableError(text.format(records.source, pool, year))
            mean, error = weighted_mean(values, weights)
            rows.append([int(year), pool, mean, len(values), error])
    return rows, silent


def _notes(result: DensitySeriesResult, records: Records, silent: int) -> List[str]:
    notes = []
    if result.outside:
        notes.append(Remark("{:,} records lie outside the study area and were left out.".format(result.outside)))
    if silent:
        notes.append(Remark("{:,} records have the weight 0 and were left out.".format(silent)))
    if len(records.units) > 1:
        listed = ", ".join("{} ({:,})".format(unit, count) for unit, count in sorted(records.units.items()))
        notes.append(Remark("Values came in several units and were converted to {}: {}.".format(KG_M2, listed)))
    for pool in result.pools:
        rows = result.of_pool(pool)
        years = [row["year"] for row in rows]
        absent = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        if absent:
            notes.append("Pool '{}' has no record in {}: a forecast needs every year.".format(pool, shortened(absent)))
        single = [row["year"] for row in rows if row["n"] == 1]
        if single:
            text = "Pool '{}' has a single record, and so no standard error, in {}."
            notes.append(text.format(pool, shortened(single)))
    return notes + _far_notes(records)


def _far_notes(records: Records) -> List[str]:
    """Records so far from the rest of their pool that a unit may be wrong."""
    notes = []
    pools = np.array(records.pools, dtype=object)
    for pool in sorted(set(records.pools), key=pool_rank):
        index = np.flatnonzero(pools == pool)
        values = records.values[index]
        middle = float(np.median(values))
        if middle <= 0:
            continue
        far = index[(values > FAR * middle) | ((values < middle / FAR) & (values > 0))]
        if far.size:
            first = int(far[0])
            notes.append(
                "Pool '{}': {:,} records are more than {:g} times above or below the median of {:.4g} {} (the first in "
                "{} {}: {:.4g}). Is their unit right?".format(
                    pool, far.size, FAR, middle, KG_M2, records.place, records.lines[first], records.values[first]
                )
            )
    return notes


def shortened(years: Sequence[int], most: int = 8) -> str:
    """Years as text: runs joined (2001–2004), the rest counted."""
    runs: List[List[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    texts = [str(a) if a == b else "{}–{}".format(a, b) for a, b in runs]
    return ", ".join(texts[:most]) + (" and {} more".format(len(texts) - most) if len(texts) > most else "")
