"""The table of dates: which raster is of which year, and of which pool (columns raster, year, pool)."""

import os
from typing import Any, Dict, List, Sequence, Tuple, Union

from .errors import TableError
from .raster.source import raster_info
from .stack import layer_name
from .tables import TextTable, read_table
from .text_tables import listed

RASTER = ("raster", "layer", "file", "path", "name")
YEAR = ("year",)
POOL = ("pool",)
#: A calendar year as the tag CARBON_YEAR holds it.
YEARS = (1, 9999)

#: A raster as the user chose it: its path, and the name of its layer.
Raster = Tuple[str, str]


def years_by_raster(
    table: Union[str, TextTable], rasters: Sequence[Raster], others: Sequence[Raster] = ()
) -> Dict[str, int]:
    """Year of every raster, by path.

    A row names a raster by its layer, its file name with or without suffix, or its path. Names that agree exactly
    go first, then those that agree without case.

    Parameters
    ----------
    table : path of a text table with the columns `raster` and `year`, or a table that was read already.
    rasters : (path, layer name) of the rasters that must have a row.
    others : rasters that may have one.

    Raises
    ------
    TableError
        A column is missing; a year that is not a whole number from 1 to 9999; a raster in two rows; a row that names no
        raster, or several; a raster without a row. Rows and rasters that do not meet are all listed, both sides.
    """
    rows = table if isinstance(table, TextTable) else read_table(table, (RASTER, YEAR))
    rows.require(RASTER, YEAR)
    everything = list(dict.fromkeys(list(rasters) + list(others)))
    years: Dict[str, int] = {}
    lines: Dict[str, int] = {}
    unknown: List[str] = []
    for row in rows.rows:
        name, year = rows.text(row, RASTER), rows.integer(row, YEAR, *YEARS)
        if not name:
            raise rows.cell_error(row, RASTER, "the cell is empty.", "Write the name of the layer or file.")
        found = _matches(name, everything)
        if not found:
            unknown.append(name)
            continue
        if len(found) > 1:
            listed = ", ".join("'{}'".format(path) for path in found)
            raise rows.cell_error(
                row, RASTER, "'{}' could be {} rasters: {}.".format(name, len(found), listed), "Write the whole path."
            )
        path = found[0]
        if path in years:
            problem = "'{}' is already in {} {} (year {}).".format(name, rows.place, lines[path], years[path])
            raise rows.cell_error(row, RASTER, problem, "Keep one row per raster.")
        years[path], lines[path] = year, row.line
    undated = [raster for raster in rasters if raster[0] not in years]
    if unknown or undated:
        raise TableError(_unmet(rows.name, unknown, undated, everything))
    return years


def typed_years(rows: Sequence[Sequence[Any]], rasters: Sequence[Raster], label: str) -> Dict[str, int]:
    """Year of rasters by path, from rows of a layer and a year that a user typed; empty if there are none.

    Rasters that carry a year (tag CARBON_YEAR) need no row; a row goes before the tag.

    Parameters
    ----------
    label : what errors call the rows.

    Raises
    ------
    TableError
        As `years_by_raster`.
    RasterError
        A raster that cannot be read.
    """
    if not rows:
        return {}
    dated = [raster for raster in rasters if raster_info(raster[0]).year() is not None]
    undated = [raster for raster in rasters if raster not in dated]
    return years_by_raster(TextTable.from_rows("'{}'".format(label), (RASTER[1], YEAR[0]), rows), undated, dated)


def pools_by_raster(table: Union[str, TextTable], rasters: Sequence[Raster]) -> Dict[str, str]:
    """Carbon pool of the rasters for which the table of dates names one, by path; empty without a column `pool`.

    Raises
    ------
    TableError
        If a raster is given two pools.
    """
    rows = table if isinstance(table, TextTable) else read_table(table, (RASTER,), hints=(*YEAR, *POOL))
    pools: Dict[str, str] = {}
    if rows.find(POOL) is None:
        return pools
    for row in rows.rows:
        pool = rows.text(row, POOL).lower()
        for path in _matches(rows.text(row, RASTER), list(dict.fromkeys(rasters))) if pool else ():
            if pools.setdefault(path, pool) != pool:
                problem = "'{}' is of the pool '{}' here and '{}' in another row.".format(path, pool, pools[path])
                raise rows.cell_error(row, POOL, problem, "Keep one row per raster.")
    return pools


def _matches(name: str, rasters: Sequence[Raster]) -> List[str]:
    """Paths of the rasters that a row may mean."""
    for fold in (str, str.casefold):
        wanted = fold(name)
        found = [path for path, layer in rasters if wanted in {fold(text) for text in _names(path, layer)}]
        if found:
            return list(dict.fromkeys(found))
    return []


def _names(path: str, layer: str) -> Tuple[str, ...]:
    # A table written on another system may use the other slash.
    return path, path.replace("\\", "/"), layer, os.path.basename(path), layer_name(path)


def _unmet(table: str, unknown: Sequence[str], undated: Sequence[Raster], rasters: Sequence[Raster]) -> str:
    parts = []
    if unknown:
        parts.append("no raster has the name {}".format(listed(unknown)))
    if undated:
        parts.append("there is no row for {}".format(listed([_called(*raster) for raster in undated])))
    return (
        "The table of dates {} and the rasters do not agree: {}. The rasters are: {}. Write one row per raster with "
        "its layer or file name.".format(table, "; ".join(parts), listed([_called(*raster) for raster in rasters]))
    )


def _called(path: str, layer: str) -> str:
    return layer or layer_name(path)
