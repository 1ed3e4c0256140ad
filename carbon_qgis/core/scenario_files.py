"""The files of a driver table: found by a pattern in a folder, and checked before an ensemble starts."""

import os
import re
from typing import Dict, List, Optional, Sequence, Tuple

from .errors import CarbonError, InputError, TableError
from .raster.grid import Grid
from .raster.source import RasterInfo, raster_info
from .results import Remark
from .scenario_table import DriverFile, ScenarioTable, raise_problems
from .units import same_driver_unit

FIELDS = ("variable", "scenario", "year")
_SUFFIXES = (".tif", ".tiff", ".vrt", ".img", ".nc", ".asc")
_FIELD = re.compile(r"\{([^{}]*)\}")


def find_files(folder: str, patterns: str) -> Tuple[DriverFile, ...]:
    """Files of a folder whose name gives variable, scenario and year.

    Parameters
    ----------
    patterns : such as `{variable}_{scenario}_{year}.tif`, below the folder with `/`; several, separated by `;`, are
        tried in turn. What a pattern does not name is `*`: `{variable}.tif` is a static driver.

    Raises
    ------
    InputError
        No such folder, a pattern without `{variable}` or with an unknown field, nothing matches, two files for one
        variable, scenario and year.
    """
    if not os.path.isdir(folder):
        raise InputError("The folder '{}' does not exist.".format(folder))
    folder = os.path.abspath(folder)
    expressions = [_expression(pattern) for pattern in filter(None, (part.strip() for part in patterns.split(";")))]
    if not expressions:
        raise InputError("No pattern is given. An example: {variable}_{scenario}_{year}.tif")
    found: Dict[Tuple[str, str, Optional[int]], DriverFile] = {}
    names, twice = _names(folder), []
    for name in names:
        match = next(filter(None, (expression.fullmatch(name) for expression in expressions)), None)
        if match is None:
            continue
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else None
        file = DriverFile(parts["variable"], parts.get("scenario") or "", year, os.path.join(folder, name))
        key = (file.variable, file.scenario, file.year)
        if key in found:
            twice.append("{}: '{}' and '{}'".format(file.describe(), os.path.basename(found[key].path), name))
        else:
            found[key] = file
    if twice:
        text = "Two files stand for the same thing: {}. Make the pattern more exact."
        raise InputError(text.format("; ".join(twice)))
    if not found:
        raise InputError(
            "No file in '{}' matches {}. {}".format(
                folder, " or ".join("'{}'".format(part.strip()) for part in patterns.split(";") if part.strip()),
                "It holds, for example: {}.".format(", ".join(names[:5])) if names else "It holds no raster.",
            )
        )  # fmt: skip
    order = sorted(found.values(), key=lambda f: (f.variable, f.scenario, f.year or 0))
    return tuple(order)


def check_files(
    table: ScenarioTable, reference: Optional[Grid], align: bool
) -> Tuple[Dict[str, RasterInfo], List[str]]:
    """Open every raster once; everything that is wrong is listed row by row.

    Parameters
    ----------
    reference : grid of the run; the first row's if None.
    align : rasters of another grid are brought onto it (and named in the notes) rather than refused.

    Returns
    -------
    What each file says of itself, by path, and notes.

    Raises
    ------
    TableError
        A file that is no raster, a band it does not have, no CRS, another unit than the variable's other rows, another
        grid where that is not wanted.
    """
    infos: Dict[str, RasterInfo] = {}
    grids: Dict[str, Grid] = {}
    problems: List[str] = []
    other: List[str] = []
    units: Dict[str, List[Tuple[str, DriverFile, str]]] = {}
    for file in table.files:
        row = "line {} ({})".format(file.line, file.describe())
        try:
            if file.path not in infos:
                infos[file.path] = raster_info(file.path)
                grids[file.path] = Grid.of(file.path)
        except CarbonError as error:
            problems.append("{}: {}".format(row, error))
            continue
        info = infos[file.path]
        if file.band > info.count:
            problems.append("{}: '{}' has {} band(s), not {}".format(row, file.path, info.count, file.band))
            continue
        unit = file.unit or info.units[file.band - 1]
        if unit:
            units.setdefault(file.variable, []).append((unit, file, row))
        reference = reference or grids[file.path]
        if not grids[file.path].same_as(reference):
            other.append("{}: {}".format(row, _difference(grids[file.path], reference)))
    for rows in units.values():
        problems += _other_units(rows)
    if other and not align:
        problems += other
    raise_problems(
        "The driver table '{}'".format(os.path.basename(table.path)), problems,
        "Correct these rows." + (" Rasters of other grids can be aligned: tick the option, or run 'Downscale a "
                                 "coarse driver' first."
                                 if other and not align else ""),
    )  # fmt: skip
    notes = []
    if other:
        text = "{} raster(s) of other grids are aligned as they are read: {}"
        notes.append(Remark(text.format(len(other), other[0])))
    return infos, notes


def _other_units(rows: Sequence[Tuple[str, DriverFile, str]]) -> List[str]:
    """The rows of a variable whose unit is not the one that most of its rows have (the first, where none leads)."""
    alike = [sum(same_driver_unit(unit, other) for other, _, _ in rows) for unit, _, _ in rows]
    usual, first, _ = rows[alike.index(max(alike))]
    return [
        "{}: unit {}, but line {} has {}".format(row, unit, first.line, usual)
        for unit, _, row in rows
        if not same_driver_unit(unit, usual)
    ]


def require_coverage(
    table: ScenarioTable, variables: Sequence[str], scenarios: Sequence[str], years: Sequence[int]
) -> None:
    """Raise `TableError` that names every variable, scenario and year that has no file.

    Raises
    ------
    TableError
        Also for variables or scenarios that the table does not know at all, with those that it has.
    """
    unknown = [name for name in variables if name not in table.variables]
    if unknown:
        raise TableError(
            "The driver table has no variable {}. It has: {}.".format(_quoted(unknown), ", ".join(table.variables))
        )
    if table.scenarios:
        strange = [name for name in scenarios if name not in table.scenarios]
        if strange:
            raise TableError(
                "The driver table declares no scenario {}. It has: {}.".format(
                    _quoted(strange), ", ".join(table.scenarios)
                )
            )
    missing = [
        "{} / {} / {}".format(variable, scenario, year)
        for variable, scenario, year in table.missing(variables, scenarios, years)
    ]
    raise_problems("The driver table lacks files for variable / scenario / year:", missing, "Add these rows.")


def require_scenarios(table: ScenarioTable, variables: Sequence[str], scenarios: Sequence[str]) -> None:
    """Refuse scenarios of which no row knows anything: with `*` alone, any name would pass.

    Raises
    ------
    TableError
        No row of these variables names a scenario.
    """
    if not any(file.scenario for file in table.files if file.variable in variables):
        raise TableError(
            "No row of {} names a scenario (all have *): the table declares none of {}, and they would all be the "
            "same. Write its name into the rows that belong to a scenario.".format(
                _quoted(variables), _quoted(scenarios)
            )
        )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join("'{}'".format(name) for name in names)


def _expression(pattern: str) -> "re.Pattern":
    fields = _FIELD.findall(pattern)
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        text = "The pattern '{}' has the unknown field {{{}}}. Fields are {{variable}}, {{scenario}}, {{year}}."
        raise InputError(text.format(pattern, unknown[0]))
    if fields.count("variable") != 1 or len(set(fields)) < len(fields):
        raise InputError("The pattern '{}' must hold {{variable}}, and each field once.".format(pattern))
    parts = _FIELD.split(pattern)
    made = [
        re.escape(part) if index % 2 == 0 else r"(?P<{}>{})".format(part, r"\d{4}" if part == "year" else r"[^/]+?")
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(made), re.IGNORECASE)


def _names(folder: str) -> List[str]:
    """Rasters below a folder, with `/`, sorted."""
    found = []
    for where, folders, files in os.walk(folder):
        folders.sort()
        inside = os.path.relpath(where, folder)
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES):
                found.append(name if inside == os.curdir else "{}/{}".format(inside.replace(os.sep, "/"), name))
    return found


def _difference(grid: Grid, reference: Grid) -> str:
    if grid.crs != reference.crs:
        return "another CRS ({}, not {})".format(grid.crs_name(), reference.crs_name())
    return "{}, not {}".format(_placed(grid), _placed(reference))


def _placed(grid: Grid) -> str:
    x, y = grid.cell_size
    left, _, _, top = grid.bounds
    return "{} x {} cells of {:.6g} x {:.6g} from ({:.9g}, {:.9g})".format(grid.width, grid.height, x, y, left, top)
