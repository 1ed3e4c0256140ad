"""What an ensemble is to compute: which file serves which driver of which run and year, checked before it starts.

(Jiangsu paper, section 2.4.) Drivers of a group follow the group's pathway; drivers of no group are the same in all
runs. Everything that is missing or wrong is listed at once.
"""

import re
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import InputError, TableError, UnitError
from .forest import Forest
from .model_stack import doubtful_unit
from .raster.grid import Grid
from .raster.source import RasterInfo
from .scenario_files import check_files, require_coverage, require_scenarios
from .scenario_matrix import PAPER, Group, Matrix, Run, scenario_matrix
from .scenario_table import ANY, DriverFile, ScenarioTable, raise_problems

LANDCOVER = "LANDCOVER"
_YEARS = re.compile(r"\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?)?", re.ASCII)


@dataclass(frozen=True)
class Design:
    """What the user asks for.

    Parameters
    ----------
    groups, pathways, design : see `scenario_matrix`.
    years : text as `parse_years` takes it; '' for every year of the table.
    reference : raster that gives the grid; None for the first driver that belongs to no group.
    align : drivers of other grids are aligned rather than refused.
    landcover : variable of the table that holds land cover; '' if none is wanted.
    """

    groups: Tuple[Group, ...]
    pathways: Tuple[str, ...]
    design: str = PAPER
    years: str = ""
    reference: Optional[str] = None
    align: bool = False
    landcover: str = ""


@dataclass(frozen=True)
class Plan:
    """Files by run and year, in the order of the model's drivers; land cover by pathway and year."""

    matrix: Matrix
    years: Tuple[int, ...]
    names: Tuple[str, ...]
    grid: Grid
    reference: str
    files: Mapping[Tuple[str, int], Tuple[DriverFile, ...]]
    infos: Mapping[str, RasterInfo]
    landcover: Mapping[Tuple[str, int], DriverFile]
    notes: Tuple[str, ...] = field(default=())

    @property
    def runs(self) -> Tuple[Run, ...]:
        """Distinct runs, each computed once."""
        return self.matrix.runs

    def used(self) -> Tuple[DriverFile, ...]:
        """Every row of the table that a run reads, once."""
        return tuple(dict.fromkeys(file for files in self.files.values() for file in files))

    def by_pathway(self) -> Dict[Tuple[str, str, int], DriverFile]:
        """File by driver, pathway and year; '' is the pathway of drivers that belong to no group."""
        found: Dict[Tuple[str, str, int], DriverFile] = {}
        group = {name: item.name for item in self.matrix.groups for name in item.variables}
        for run in self.runs:
            for year in self.years:
                for name, file in zip(self.names, self.files[run.id, year]):
                    found[name, run.pathway(group[name]) if name in group else "", year] = file
        return found

    def unit(self, file: DriverFile) -> str:
        """Unit of a driver's values: as the table says, else the file."""
        return file.unit or self.infos[file.path].units[file.band - 1]


def make_plan(table: ScenarioTable, forest: Forest, design: Design) -> Plan:
    """Match the table with the model and the design.

    Raises
    ------
    InputError
        A group's variable that the model was not trained with; a driver that changes with the scenario but belongs to
        no group; years that cannot be understood.
    TableError
        Drivers, scenarios or years that the table lacks; files that are wrong, other grids: all are listed.
    UnitError
        A driver in another unit than at training.
    """
    matrix = scenario_matrix(design.groups, design.pathways, design.design)
    _require_known(design.groups, forest)
    years = parse_years(design.years) or _years_of(table, forest)
    _require_files(table, forest, design, years)
    group = {name: item.name for item in design.groups for name in item.variables}
    files = {
        (run.id, year): tuple(
            table.find(name, run.pathway(group[name]) if name in group else "", year) for name in forest.names
        )
        for run in matrix.runs for year in years
    }  # fmt: skip
    landcover = _landcover(table, design, years)
    reference = design.reference or _reference(forest, design.groups, files[matrix.runs[0].id, years[0]])
    used = dict.fromkeys([f for row in files.values() for f in row] + list(landcover.values()))
    ordered = tuple(sorted(used, key=lambda file: file.line))
    infos, notes = check_files(ScenarioTable(table.path, ordered), Grid.of(reference), design.align)
    plan = Plan(matrix, years, forest.names, Grid.of(reference), reference, files, infos, landcover)
    notes = list(notes) + _unit_notes(plan, forest) + _unmoved(table, design, years) + _unused(table, forest, design)
    return Plan(matrix, years, forest.names, plan.grid, reference, files, infos, landcover, tuple(notes))


def parse_years(text: Optional[str]) -> Tuple[int, ...]:
    """Years from `2020,2060,5` (first, last, step), `2020,2060` (every year) or `2020`; () from an empty text.

    Raises
    ------
    InputError
        Anything else; a last year before the first or beside the steps.
    """
    if not (text or "").strip():
        return ()
    match = _YEARS.fullmatch(text)
    if match is None:
        raise InputError("'{}' is not understood as years. Write first, last and step: 2020,2060,5.".format(text))
    first, last, step = (int(part) if part else None for part in match.groups())
    last, step = first if last is None else last, 1 if step is None else step
    if last < first or step < 1 or (last - first) % step:
        raise InputError(
            "The years {} do not go from the first to the last in whole steps. An example: 2020,2060,5.".format(text)
        )
    return tuple(range(first, last + 1, step))


def _years_of(table: ScenarioTable, forest: Forest) -> Tuple[int, ...]:
    years = sorted({f.year for f in table.files if f.variable in forest.names and f.year is not None})
    if not years:
        raise InputError(
            "No row of the driver table names a year (all have *). Say which years to compute: 2020,2060,5."
        )
    return tuple(years)


def _require_known(groups: Sequence[Group], forest: Forest) -> None:
    for group in groups:
        strange = [name for name in group.variables if name not in forest.names]
        if strange:
            raise InputError(
                "The group '{}' names {}, which the model was not trained with. Its drivers are: {}. Correct the "
                "groups; names must agree letter by letter.".format(
                    group.name, ", ".join("'{}'".format(name) for name in strange), ", ".join(forest.names)
                )
            )


def _require_files(table: ScenarioTable, forest: Forest, design: Design, years: Sequence[int]) -> None:
    grouped = [name for group in design.groups for name in group.variables]
    alone = [name for name in forest.names if name not in grouped]
    absent = [name for name in forest.names if name not in table.variables]
    if absent:
        raise TableError(
            "The driver table lacks {} that the model was trained with. It has: {}. The model needs: {}.".format(
                ", ".join("'{}'".format(name) for name in absent), ", ".join(table.variables), ", ".join(forest.names)
            )
        )
    moving = [name for name in alone if any(f.scenario for f in table.files if f.variable == name)]
    if moving:
        raise InputError(
            "The rows of {} differ by scenario, but no group names it: which pathway it follows is not known. Add it "
            "to a group, or write * as its scenario.".format(", ".join("'{}'".format(name) for name in moving))
        )
    require_scenarios(table, grouped, design.pathways)
    require_coverage(table, grouped, design.pathways, years)
    missing = ["{} / {} / {}".format(v, ANY, year) for v, _, year in table.missing(alone, [""], years)]
    raise_problems("The driver table lacks files for variable / scenario / year:", missing, "Add these rows.")


def _landcover(table: ScenarioTable, design: Design, years: Sequence[int]) -> Dict[Tuple[str, int], DriverFile]:
    if not design.landcover:
        return {}
    require_coverage(table, [design.landcover], design.pathways, years)
    found = {(p, year): table.find(design.landcover, p, year) for p in design.pathways for year in years}
    wrong = [f for f in dict.fromkeys(found.values()) if f.band != 1 or not f.plain]
    lines = ["line {}: {}".format(f.line, f.describe()) for f in wrong]
    raise_problems("Land cover is read from band 1 as it is, without scale and offset. The driver table", lines)
    return found


def _reference(forest: Forest, groups: Sequence[Group], files: Sequence[DriverFile]) -> str:
    grouped = {name for group in groups for name in group.variables}
    alone = [file.path for name, file in zip(forest.names, files) if name not in grouped]
    return (alone or [files[0].path])[0]


def _unit_notes(plan: Plan, forest: Forest) -> List[str]:
    """Names of drivers whose unit cannot be compared with that of training; all rows in another one are refused."""
    doubtful, scaled, wrong = {}, [], []
    for driver, files in zip(forest.drivers, zip(*plan.files.values())):
        for file in dict.fromkeys(files):
            if driver.categorical:
                if not file.plain:
                    scaled.append("line {}: {}".format(file.line, file.describe()))
                continue
            try:
                if doubtful_unit(driver, plan.unit(file), file.path):
                    doubtful[driver.name] = (driver.unit or "none", plan.unit(file) or "none")
            except UnitError:
                text = "line {} ({}): {}, but the model was trained on {}"
                wrong.append((file.line, text.format(file.line, file.describe(), plan.unit(file), driver.unit)))
    advice = "Convert these rasters, or correct the unit (column 'unit') where a file states it wrongly."
    lines = [text for _, text in sorted(wrong)]
    raise_problems("The driver table, by the units of the model,", lines, advice, UnitError)
    raise_problems("Codes of classes take no scale and offset. The driver table", scaled)
    if not doubtful:
        return []
    listed = ", ".join("'{}' (model: {}, driver table: {})".format(name, *units) for name, units in doubtful.items())
    return ["Units that cannot be compared: {}. Check that they are the same.".format(listed)]


def _unmoved(table: ScenarioTable, design: Design, years: Sequence[int]) -> List[str]:
    """Variables of groups whose pathways are all one: their group then differs by name only, or by the others."""
    if len(design.pathways) < 2:
        return []
    notes = []
    for group in design.groups:
        for name in group.variables:
            files = [{_source(table.find(name, pathway, year)) for pathway in design.pathways} for year in years]
            if all(len(found) == 1 for found in files):
                notes.append(
                    "'{}' of the group '{}' is the same in all pathways: the driver table has one file for all.".format(
                        name, group.name
                    )
                )
    return notes


def _source(file: Optional[DriverFile]) -> Tuple:
    return () if file is None else (file.path, file.band, file.scale, file.offset)


def _unused(table: ScenarioTable, forest: Forest, design: Design) -> List[str]:
    names = [name for name in table.variables if name not in forest.names and name != design.landcover]
    if not names:
        return []
    hint = " Give a table of carbon pools to use the land cover." if LANDCOVER in names else ""
    return ["Rows of the driver table that the model does not use: {}.{}".format(", ".join(names), hint)]
