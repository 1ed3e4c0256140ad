"""The carbon pool table of the InVEST model: density of four pools for every land-cover class.

Columns `lucode, c_above, c_below, c_soil, c_dead` and, optionally, a name (Jiangsu paper, 2.3.1 and Table 2).
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .errors import TableError
from .results import Remark
from .tables import TextRow, TextTable, read_table
from .units import T_HA, density_factor

#: Pools in the order of `PoolTable.densities`.
POOLS = ("above", "below", "soil", "dead")
POOL_COLUMNS = ("c_above", "c_below", "c_soil", "c_dead")
CODE_COLUMN = "lucode"
NAME_COLUMNS = ("lulc_name", "name", "class", "description")
#: More unknown codes than any classification has: not land cover at all. Of these the first few are told.
_MOST_CODES, _FEW_CODES = 100, 10

Source = Union[str, TextTable]


@dataclass
class PoolTable:
    """Carbon density by class and pool.

    Attributes
    ----------
    source : name of the file or layer, for messages.
    codes : (n,) int64, land-cover codes in the order of the table.
    densities : (n, 4) float64, t C/ha; columns as `POOLS`; 0 where a pool has no column.
    names : class name by code, the code itself where the table has none.
    pools_present : the pools that have a column.
    notes : what was assumed while reading.
    """

    source: str
    codes: np.ndarray
    densities: np.ndarray
    names: Dict[int, str]
    pools_present: Tuple[str, ...]
    notes: List[str] = field(default_factory=list)

    @property
    def totals(self) -> np.ndarray:
        """Density of all pools together by class: (n,) float64, t C/ha (Jiangsu paper, eq. 4)."""
        return self.densities.sum(axis=1)

    def name(self, code: int) -> str:
        """Name of a class; the code itself if the table does not have it."""
        return self.names.get(int(code), str(code))

    def missing(self, counts: Mapping[int, int]) -> List[int]:
        """Codes of a land cover (code -> cell count) that occur in it and are not in the table, ascending."""
        return sorted(int(code) for code, cells in counts.items() if cells > 0 and int(code) not in self.names)

    def unused(self, counts: Mapping[int, int]) -> List[int]:
        """Codes of the table that do not occur in a land cover (code -> cell count), in table order."""
        present = {int(code) for code, cells in counts.items() if cells > 0}
        return [int(code) for code in self.codes if int(code) not in present]

    def missing_message(self, counts: Mapping[int, int], landcover: str = "The land cover") -> Optional[str]:
        """What to tell about `missing` codes, with their cell counts; None if there are none."""
        codes = self.missing(counts)
        if not codes:
            return None
        cells = {int(code): int(count) for code, count in counts.items()}
        shown = codes if len(codes) <= _MOST_CODES else codes[:_FEW_CODES]
        listed = ", ".join("{} ({:,} {})".format(c, cells[c], "cell" if cells[c] == 1 else "cells") for c in shown)
        many = "1 class code" if len(codes) == 1 else "{:,} class codes".format(len(codes))
        what = "{} has {} that {} does not list: {}".format(landcover, many, self.source, listed)
        if len(codes) > _MOST_CODES:
            return "{} and {:,} more. Is it a raster of land-cover classes? Choose one.".format(
                what, len(codes) - len(shown)
            )
        return what + ". Add a row for each, or set them to nodata in the land cover."

    def require_codes(self, counts: Mapping[int, int], landcover: str = "The land cover") -> None:
        """Raise `TableError` with `missing_message` if a code of the land cover is not in the table."""
        message = self.missing_message(counts, landcover)
        if message is not None:
            raise TableError(message)


def read_pools(source: Source, unit: str = T_HA) -> PoolTable:
    """Read a carbon pool table.

    Parameters
    ----------
    source : path of a delimited text file, or a table that was read already (`TextTable.from_rows` for a layer).
    unit : carbon density unit of the table's values; they are converted to t C/ha.

    Returns
    -------
    PoolTable, t C/ha. A pool without a column is 0, and `notes` says so.

    Raises
    ------
    TableError
        The file cannot be read; no `lucode`; no pool column; a code that is not a whole int32 number or is there
        twice (both lines are named); an empty cell; text, NaN or a negative number as a density.
    UnitError
        `unit` is not a carbon density.
    """
    factor = density_factor(unit, T_HA)
    table = open_pool_table(source)
    table.require(CODE_COLUMN)
    present = pool_columns(table)
    if not present:
        raise no_pool_error(table)
    rows = table.unique_integers(CODE_COLUMN)
    densities = np.zeros((len(rows), len(POOLS)))
    for i, row in enumerate(rows.values()):
        for column in present:
            densities[i, POOL_COLUMNS.index(column)] = pool_density(table, row, column) * factor
    names = {code: class_name(table, row) or str(code) for code, row in rows.items()}
    pools = tuple(POOLS[POOL_COLUMNS.index(column)] for column in present)
    return PoolTable(table.name, np.array(list(rows), dtype=np.int64), densities, names, pools, _notes(table, unit))


def open_pool_table(source: Source) -> TextTable:
    """The text of a pool table, whatever its columns; `TableError` if the file cannot be read."""
    if isinstance(source, TextTable):
        return source
    return read_table(source, hints=(CODE_COLUMN, *POOL_COLUMNS, *NAME_COLUMNS))


def pool_columns(table: TextTable) -> Tuple[str, ...]:
    """Those of `POOL_COLUMNS` that the table has."""
    return tuple(column for column in POOL_COLUMNS if table.find(column) is not None)


def no_pool_error(table: TextTable) -> TableError:
    """The error for a table without any pool column."""
    return TableError(
        "{} has no pool column. It needs at least one of {}; its columns are: {}.".format(
            table.name, ", ".join(POOL_COLUMNS), ", ".join("'{}'".format(name) for name in table.header)
        )
    )


def pool_density(table: TextTable, row: TextRow, column: str) -> float:
    """Density in one cell, in the table's own unit.

    Raises
    ------
    CellError
        The cell is empty, not a number or negative.
    """
    if not table.text(row, column):
        # An empty cell is more often a value forgotten than a zero, and InVEST refuses it too.
        advice = "InVEST requires a value for each class: write 0 if the class has no carbon in this pool."
        raise table.cell_error(row, column, "the cell is empty.", advice)
    value = table.number(row, column)
    if value < 0:
        problem = "'{}' is negative.".format(table.text(row, column))
        raise table.cell_error(row, column, problem, "A carbon density cannot be below 0: correct the value.")
    return value


def class_name(table: TextTable, row: TextRow) -> str:
    """Name of the class in a row, '' if the table has no name column or the cell is empty."""
    return table.text(row, NAME_COLUMNS) if table.find(NAME_COLUMNS) is not None else ""


def _notes(table: TextTable, unit: str) -> List[str]:
    notes = [
        "{} has no column {}: the {} pool is 0 in every class.".format(table.name, column, pool)
        for column, pool in zip(POOL_COLUMNS, POOLS)
        if table.find(column) is None
    ]
    if density_factor(unit, T_HA) != 1:
        notes.append(Remark("{}: densities were converted from {} to {}.".format(table.name, unit, T_HA)))
    if table.encoding == "gb18030":
        notes.append(Remark("{} is not UTF-8; it was read as gb18030.".format(table.name)))
    return notes
