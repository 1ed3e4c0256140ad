"""What the charts of an ensemble are drawn from: lines of each set of runs, pictures of its rasters, driver curves."""

import math
import os
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .ensemble import read_state
from .errors import InputError, TableError
from .progress import Message, Progress, Silent, check_cancelled
from .raster.grid import Grid
from .raster.overview import read_overview
from .raster.settings import EngineSettings, gdal_environment
from .raster.source import raster_info
from .results import Column, Table
from .scenario_drivers import driver_table, pathway_statistics, table_files
from .scenario_matrix import middle_pathway, set_name
from .scenario_table import ANY, ScenarioTable
from .scenario_totals import PATHWAY
from .units import T_PER_TG

#: Cells along the longer side of a picture in a grid of maps.
PICTURE_SIDE = 220


class Member(NamedTuple):
    """A run of a set: pathway of the focal group, pathway of the others, Tg C by year (None where there is none)."""

    run: str
    own: str
    common: str
    values: Tuple[Optional[float], ...]


@dataclass
class TrendSet:
    """The runs in which all groups but `focal` share a pathway."""

    name: str
    focal: str
    members: List[Member]


@dataclass
class MapGrid:
    """Pictures by year (rows) and run (columns), one unit; None where there is no raster."""

    name: str
    title: str
    runs: Tuple[str, ...]
    years: Tuple[int, ...]
    unit: str
    grid: Grid
    pictures: List[List[Optional[np.ndarray]]]


@dataclass
class Charts:
    """Everything for the page of charts."""

    years: Tuple[int, ...]
    sets: List[TrendSet]
    lines: Table
    maps: List[MapGrid] = field(default_factory=list)
    drivers: Optional[Table] = None
    notes: List[str] = field(default_factory=list)


def read_totals(columns: Mapping[str, Sequence[Any]], source: str) -> Tuple[Tuple[int, ...], List[str], List[dict]]:
    """(years, groups, rows) of the long table of 'Run scenarios', from columns of any layer.

    Raises
    ------
    TableError
        Columns are missing, a cell is empty or no number, a run and year twice.
    """
    groups = [name[len(PATHWAY) :] for name in columns if name.startswith(PATHWAY)]
    needed = ["run", "year", "total_t_C"]
    absent = [name for name in needed if name not in columns] + ([] if groups else [PATHWAY + "…"])
    if absent:
        raise TableError(
            "{} is not the table of totals of 'Run scenarios': it lacks the column{} {}. It has: {}.".format(
                source, "s" if len(absent) > 1 else "", ", ".join(absent), ", ".join(columns) or "none"
            )
        )
    rows, seen = [], set()
    for number, values in enumerate(zip(*(columns[name] for name in needed + [PATHWAY + g for g in groups])), 1):
        run = str(values[0])
        try:
            year, total = _year(values[1]), _finite(values[2])
        except (TypeError, ValueError, OverflowError):
            text = "{}, row {}: year '{}' or total_t_C '{}' is no number."
            raise TableError(text.format(source, number, values[1], values[2])) from None
        if (run, year) in seen:
            raise TableError("{}, row {}: run {} has two rows for {}.".format(source, number, run, year))
        seen.add((run, year))
        pathways = dict(zip(groups, (str(value) for value in values[3:])))
        rows.append({"run": run, "year": year, "total_Tg_C": total / T_PER_TG, "pathways": pathways})
    if not rows:
        raise TableError("{} has no rows.".format(source))
    return tuple(sorted({row["year"] for row in rows})), groups, rows


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _year(value: Any) -> int:
    number = _finite(value)
    if number != int(number) or abs(number) > 99_999:
        raise ValueError(value)
    return int(number)


def trend_sets(years: Sequence[int], groups: Sequence[str], rows: Sequence[dict]) -> List[TrendSet]:
    """For each group, the runs in which all other groups share one pathway (Jiangsu paper: PPS, PVS, CDS).

    Pathways stand in the order of the table, which is that of 'Run scenarios': from low to high.
    """
    place = {name: number for number, name in enumerate(_pathways(rows))}
    runs: Dict[str, dict] = {}
    for row in rows:
        found = runs.setdefault(row["run"], {"pathways": row["pathways"], "values": {}})
        found["values"][row["year"]] = row["total_Tg_C"]
    made = []
    for focal in groups:
        members = []
        for run, found in runs.items():
            others = {found["pathways"][group] for group in groups if group != focal}
            if len(others) <= 1:
                common = others.pop() if others else ""
                values = tuple(found["values"].get(year) for year in years)
                members.append(Member(run, found["pathways"][focal], common, values))
        if len(members) > 1:
            order = sorted(members, key=lambda member: (place.get(member.common, -1), place[member.own]))
            made.append(TrendSet(set_name(focal), focal, order))
    return made


def _pathways(rows: Sequence[dict]) -> List[str]:
    """Every pathway that occurs, in the order of the table."""
    return list(dict.fromkeys(pathway for row in rows for pathway in row["pathways"].values()))


def lines_table(years: Sequence[int], sets: Sequence[TrendSet]) -> Table:
    """The numbers of the trend lines: a row per set and run, a column per year, and the change over all years."""
    columns = [Column("set", "text"), Column("focal_group", "text"), Column("run", "text"), Column("pathway", "text"),
               Column("common_pathway", "text")]  # fmt: skip
    columns += [Column("y{}_Tg_C".format(year), "number") for year in years]
    columns.append(Column("change_percent", "number", "from the first to the last year"))
    table = Table("Carbon stock of each set of runs by year", tuple(columns))
    for item in sets:
        for member in item.members:
            first, last = member.values[0], member.values[-1]
            change = 100.0 * (last - first) / first if first and last is not None else None
            table.rows.append([item.name, item.focal, member.run, member.own, member.common, *member.values, change])
    return table


def scenario_charts(
    columns: Mapping[str, Sequence[Any]],
    source: str,
    folder: Optional[str] = None,
    runs: Sequence[str] = (),
    drivers: Optional[ScenarioTable] = None,
    variables: Sequence[str] = (),
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> Charts:
    """Gather what the charts show.

    Parameters
    ----------
    columns : of the long table of totals, by name; `source` is what messages call it.
    folder : of the ensemble, for grids of maps.
    runs : those of one grid of maps; by default a grid for each set, its runs with the middle common pathway.
    drivers : driver table, for the curves of the drivers; `variables` to show, all with a year where empty.

    Raises
    ------
    InputError, TableError, RasterError, GridError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    progress.update(0.0, "Reading the totals")
    years, groups, rows = read_totals(columns, source)
    sets = trend_sets(years, groups, rows)
    charts = Charts(years, sets, lines_table(years, sets))
    if not sets:
        charts.notes.append("No set of runs: for no group do two runs share the pathway of all other groups.")
    if folder is not None:
        charts.maps, notes = _maps(folder, years, sets, runs, rows, progress)
        charts.notes += notes
    if drivers is not None:
        pathways = _pathways(rows)
        charts.drivers = _drivers(drivers, variables, pathways, years, progress, settings)
    return charts


def _maps(folder: str, years, sets: Sequence[TrendSet], runs: Sequence[str], rows, progress: Progress):
    entries = read_state(folder)["rasters"]
    known = {row["run"] for row in rows}
    strange = [run for run in runs if run not in known]
    if strange:
        raise InputError(
            "The run '{}' is not in the table of totals. It has: {}.".format(strange[0], ", ".join(sorted(known)[:30]))
        )
    wanted = [("runs", "Chosen runs", tuple(runs))] if runs else [_middle(item) for item in sets]
    made, absent = [], 0
    for number, (name, title, chosen) in enumerate(wanted):
        progress.update(0.1 + 0.5 * number / len(wanted), Message("Reading the maps of {}", title))
        pictures, facts = [], None
        for year in years:
            line: List[Optional[np.ndarray]] = []
            for run in chosen:
                check_cancelled(progress)
                file = entries.get("{}_{}".format(run, year), {}).get("files", {}).get("DENSITY")
                path = os.path.join(folder, file["file"]) if file else None
                if path is None or not os.path.isfile(path):
                    line.append(None)
                    absent += 1
                    continue
                facts = facts or (Grid.of(path), raster_info(path).units[0])
                with gdal_environment():
                    line.append(read_overview(path, PICTURE_SIDE))
            pictures.append(line)
        if facts is not None:
            made.append(MapGrid(name, title, chosen, tuple(years), facts[1], facts[0], pictures))
    notes = ["{} raster(s) of the maps are not in the folder.".format(absent)] if absent else []
    return made, notes


def _middle(item: TrendSet) -> Tuple[str, str, Tuple[str, ...]]:
    """Name, title and runs of the map grid of a set: all pathways of the focal group, the others at the middle one."""
    common = middle_pathway(list(dict.fromkeys(member.common for member in item.members)))
    chosen = tuple(member.run for member in item.members if member.common == common)
    title = "{}: {} differs".format(item.name, item.focal) + (", all else {}".format(common) if common else "")
    return item.name, title, chosen


def _drivers(table: ScenarioTable, variables, pathways, years, progress: Progress, settings: EngineSettings) -> Table:
    strange = [name for name in variables if name not in table.variables]
    if strange:
        raise InputError("The driver table has no variable '{}'. It has: {}.".format(
            strange[0], ", ".join(table.variables)))  # fmt: skip
    moving = [v for v in table.variables if any(f.year is not None for f in table.files if f.variable == v)]
    chosen = list(variables) or [name for name in moving if name.upper() != "LANDCOVER"]
    files = table_files(table, chosen, pathways, years)
    if not files:
        raise InputError("The driver table has no rows for the pathways {} and the years {} to {}.".format(
            ", ".join(pathways), years[0], years[-1]))  # fmt: skip
    reference = next(iter(files.values())).path
    found = pathway_statistics(files, Grid.of(reference), reference, None, "auto", _Later(progress), settings)
    units = {}
    for (name, _, _), file in files.items():
        if name not in units:
            units[name] = file.unit or raster_info(file.path).units[file.band - 1]
    return driver_table(found, units)


class _Later:
    """The last part of the progress."""

    def __init__(self, progress: Progress):
        self._progress = progress

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        """Report a share of the last four tenths."""
        self._progress.update(0.6 + 0.4 * fraction, message)

    def cancelled(self) -> bool:
        """Whether to stop."""
        return self._progress.cancelled()


def driver_panels(table: Table, years: Sequence[int]) -> List[Tuple[str, str, Dict[str, List[Optional[float]]]]]:
    """(driver, unit, means by pathway and year) for the curves; a driver without pathways has one line."""
    rows = table.as_dicts()
    made = []
    for name in dict.fromkeys(row["variable"] for row in rows):
        own = [row for row in rows if row["variable"] == name]
        series: Dict[str, List[Optional[float]]] = {}
        for row in own:
            line = series.setdefault("all pathways" if row["pathway"] == ANY else row["pathway"], [None] * len(years))
            if row["year"] in years:
                line[list(years).index(row["year"])] = row["mean"]
        made.append((name, own[0]["unit"], series))
    return made
