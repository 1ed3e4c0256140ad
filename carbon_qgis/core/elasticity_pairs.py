"""Which two runs an elasticity compares: they differ in the pathway of one group of drivers (Jiangsu paper, 3.3)."""

import os
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from .errors import InputError, TableError
from .scenario_matrix import Group, middle_pathway, of_ssp, set_name
from .scenario_table import raise_problems
from .tables import read_table
from .text_tables import TextTable
from .units import T_PER_TG

PREFIX = "pathway_"
#: Digits of the pathways that the paper compares: SSP1-2.6 (base), SSP5-8.5, all others at SSP2-4.5.
PAPER_DIGITS = {"base": "1", "other": "5", "common": "2"}
_MOST_LISTED = 12


@dataclass(frozen=True)
class RunTotal:
    """Carbon of one run and year, t C, and the pathway of each group by its name."""

    run: str
    year: int
    total: float
    pathways: Tuple[Tuple[str, str], ...]


@dataclass(frozen=True)
class RunTotals:
    """The long table of an ensemble."""

    name: str
    groups: Tuple[str, ...]
    rows: Tuple[RunTotal, ...]

    @property
    def pathways(self) -> Tuple[str, ...]:
        """Every pathway that occurs, in the order of the table."""
        return tuple(dict.fromkeys(pathway for row in self.rows for _, pathway in row.pathways))

    @property
    def years(self) -> Tuple[int, ...]:
        """Years in ascending order."""
        return tuple(sorted({row.year for row in self.rows}))


class Pathways(NamedTuple):
    """Pathway of the base state and of the other, and that of all groups but the focal one."""

    base: str
    other: str
    common: str


@dataclass(frozen=True)
class Pair:
    """Two runs of one year that differ in the pathway of one group."""

    set: str
    group: Group
    year: int
    base: RunTotal
    other: RunTotal


def read_totals(path: str) -> RunTotals:
    """Read the long table of totals from a text file; see `totals_of`."""
    return totals_of(read_table(path, hints=("run", "year", "total_t_C", "total_Tg_C")))


def totals_of(table: TextTable) -> RunTotals:
    """Totals of every run and year from the long table of 'Run scenarios'.

    Columns `run`, `year`, `total_t_C` (or `total_Tg_C`) and one `pathway_<group>` per group. A run may come more than
    once, as a member of several sets.

    Raises
    ------
    TableError
        Columns that are missing, cells that are no numbers, one run and year with two totals.
    """
    table.require("run", "year", ("total_t_C", "total_Tg_C"))
    columns = {name: name[len(PREFIX) :] for name in table.header if name.casefold().startswith(PREFIX)}
    if not columns:
        raise TableError(
            "{} has no column '{}<group>', such as pathway_climate: the pathway of each group is not known. Give the "
            "table of totals that 'Run scenarios' writes, not that of the sets.".format(table.name, PREFIX)
        )
    in_tonnes = table.find("total_t_C") is not None
    found: Dict[Tuple[str, int], RunTotal] = {}
    for row in table.rows:
        total = table.number(row, "total_t_C") if in_tonnes else T_PER_TG * table.number(row, "total_Tg_C")
        year = table.integer(row, "year", 1, 9999)
        pathways = tuple((group, table.text(row, column)) for column, group in columns.items())
        made = RunTotal(table.text(row, "run"), year, total, pathways)
        if not made.run:
            raise table.cell_error(row, "run", "the cell is empty.", "Name the run.")
        before = found.setdefault((made.run, year), made)
        if before != made:
            problem = "{} of {} has another total or other pathways in an earlier row.".format(made.run, year)
            raise table.cell_error(row, "run", problem, "Keep one row per run and year.")
    return RunTotals(table.name, tuple(columns.values()), tuple(found.values()))


def choose_pathways(
    totals: RunTotals, base: str = "", other: str = "", common: str = "", notes: Optional[List[str]] = None
) -> Pathways:
    """The three pathways, as named or as in the paper: SSP1 (base), SSP5 (other) and SSP2 (the other groups).

    Where the table does not have each of these once, those not named are its first, last and middle pathway.

    Parameters
    ----------
    notes : gets a sentence where they were taken by their order.

    Raises
    ------
    InputError
        A name that the table does not have; base and other are the same.
    """
    there = totals.pathways
    by_order = dict(zip(PAPER_DIGITS, (there[0], there[-1], middle_pathway(there))))
    named = {"base": base, "other": other, "common": common}
    of_paper = {role: of_ssp(there, PAPER_DIGITS[role]) for role in named if not named[role]}
    default = of_paper if None not in of_paper.values() else by_order
    chosen = {role: _named(totals, name) if name else str(default[role]) for role, name in named.items()}
    if chosen["base"] == chosen["other"]:
        raise InputError(
            "The base and the other pathway are both '{}': nothing would change between them.".format(chosen["base"])
        )
    if notes is not None and default is by_order:
        notes.append(
            "The pathways are not SSP1, SSP2 and SSP5 as in the paper. Taken by their order in {}, from low to high: "
            "base {base}, other {other}, all other groups {common}. Name them if these are not meant.".format(
                totals.name, **chosen
            )
        )
    return Pathways(**chosen)


def _named(totals: RunTotals, name: str) -> str:
    found = [pathway for pathway in totals.pathways if pathway.casefold() == name.casefold()]
    if not found:
        raise InputError(
            "{} has no pathway '{}'. It has: {}.".format(totals.name, name, ", ".join(totals.pathways))
        )
    return found[0]


def make_pairs(
    totals: RunTotals, groups: Sequence[Group], pathways: Pathways, years: Sequence[int] = ()
) -> Tuple[Pair, ...]:
    """The two runs of every group and year: the group at base and other, all others at common.

    Parameters
    ----------
    years : those of the table if empty.

    Raises
    ------
    InputError
        A group that the table does not have, or one of the table's that is not among `groups`; a year it lacks.
    TableError
        Runs that are missing, with what they should be.
    """
    _require_groups(totals, groups)
    absent = [str(year) for year in years if year not in totals.years]
    if absent:
        raise InputError("{} has no year {}. It has: {}.".format(
            totals.name, ", ".join(absent), ", ".join(map(str, totals.years))))  # fmt: skip
    by_choice = {(frozenset(row.pathways), row.year): row for row in totals.rows}
    pairs: List[Pair] = []
    missing: List[str] = []
    for group in groups:
        for year in sorted(set(years)) or totals.years:
            both: List[Optional[RunTotal]] = []
            for own in (pathways.base, pathways.other):
                choice = {name: own if name == group.name else pathways.common for name in totals.groups}
                both.append(by_choice.get((frozenset(choice.items()), year)))
                if both[-1] is None:
                    words = ", ".join("{} {}".format(*item) for item in choice.items())
                    missing.append("there is no run of {} in {}".format(words, year))
            if None not in both:
                pairs.append(Pair(set_name(group.name), group, year, *both))
    advice = "Run the sets of the paper, or name other pathways."
    raise_problems("The table of totals '{}'".format(totals.name), missing, advice)
    return tuple(pairs)


def _require_groups(totals: RunTotals, groups: Sequence[Group]) -> None:
    names = {group.name for group in groups}
    strange = [group.name for group in groups if group.name not in totals.groups]
    unused = [name for name in totals.groups if name not in names]
    if strange or unused:
        raise InputError(
            "The groups of drivers do not fit the table. Groups given: {}. Groups of {}: {} (columns {}<group>). Name "
            "them alike.".format(", ".join(sorted(names)), totals.name, ", ".join(totals.groups), PREFIX)
        )


def run_rasters(pairs: Sequence[Pair], folder: str) -> Dict[Tuple[str, int], str]:
    """Path of the density raster of every run and year: `<run>_<year>.tif` in a folder.

    Raises
    ------
    InputError
        The folder or rasters do not exist.
    """
    if not os.path.isdir(folder):
        raise InputError("The folder '{}' does not exist.".format(folder))
    keys = dict.fromkeys((run.run, pair.year) for pair in pairs for run in (pair.base, pair.other))
    paths = {key: os.path.join(folder, "{}_{}.tif".format(*key)) for key in keys}
    missing = [os.path.basename(path) for path in paths.values() if not os.path.isfile(path)]
    if missing:
        more = " and {} more".format(len(missing) - _MOST_LISTED) if len(missing) > _MOST_LISTED else ""
        raise InputError(
            "The folder '{}' lacks {}{}. Choose the folder that 'Run scenarios' wrote, or leave it empty for regional "
            "values alone.".format(folder, ", ".join(missing[:_MOST_LISTED]), more)
        )
    return paths
