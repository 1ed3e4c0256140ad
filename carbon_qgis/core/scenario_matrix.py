"""Which combinations of pathways are computed (Jiangsu paper, section 2.4 and Fig. 6).

Variables move in groups: climate (precipitation and temperature), productivity, population. In one set of runs, the
focal group takes every pathway while all others share one: 3 × 3 rows a set, 27 in all, of which 21 are different runs.
A run is computed once and joined to the sets it belongs to.
"""

import re
from dataclasses import dataclass
from itertools import product
from typing import Dict, List, Optional, Sequence, Tuple

from .errors import InputError
from .results import Column, Table

#: Sets of runs in the paper, by the name of the focal group.
SET_NAMES = {"climate": "CDS", "agpp": "PVS", "productivity": "PVS", "population": "PPS"}
PAPER, FACTORIAL = "paper", "factorial"

_SSP = re.compile(r"ssp[\s_-]*(\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """Variables that always follow the same pathway; `letter` stands for the group in the id of a run."""

    name: str
    letter: str
    variables: Tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One combination: the pathway of each group. `id` is C1A1P5 for climate SSP1, AGPP SSP1, population SSP5."""

    id: str
    pathways: Tuple[Tuple[str, str], ...]

    def pathway(self, group: str) -> str:
        """Pathway of a group by its name."""
        return dict(self.pathways)[group]


@dataclass(frozen=True)
class MatrixRow:
    """A run as a member of a set: `focal` is the group that differs there, `common` the pathway of the others."""

    set: str
    focal: str
    common: str
    run: Run


@dataclass(frozen=True)
class Matrix:
    """All rows by set, and the distinct runs in the order in which they first occur."""

    groups: Tuple[Group, ...]
    pathways: Tuple[str, ...]
    rows: Tuple[MatrixRow, ...]
    runs: Tuple[Run, ...]

    def table(self) -> Table:
        """One row per member of a set."""
        columns = [
            Column("set", "text", "set of runs in which one group differs"),
            Column("focal_group", "text"),
            Column("run", "text", "letter and pathway of each group"),
        ] + [Column("pathway_" + group.name, "text") for group in self.groups]
        columns.append(Column("first_occurrence", "integer", "1: a run that no earlier row holds"))
        seen, rows = set(), []
        for row in self.rows:
            pathways = [row.run.pathway(group.name) for group in self.groups]
            rows.append([row.set, row.focal, row.run.id, *pathways, int(row.run.id not in seen)])
            seen.add(row.run.id)
        return Table("Scenario matrix: {} rows, {} runs".format(len(rows), len(self.runs)), tuple(columns), rows)


def parse_groups(text: str) -> Tuple[Group, ...]:
    """Groups from `climate: PRE, TEM; AGPP: AGPP; population: PD`; letters are the first free ones of the names.

    Raises
    ------
    InputError
        No group, a group without a name or variables, a name or a variable twice.
    """
    groups: List[Group] = []
    seen: Dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, variables = (piece.strip() for piece in part.partition(":"))
        names = tuple(filter(None, (variable.strip() for variable in variables.split(","))))
        if not name or not names:
            raise InputError(
                "Groups of drivers: '{}' is no group of variables. Write 'climate: PRE, TEM; population: PD'.".format(
                    part
                )
            )
        for variable in names:
            if variable in seen:
                raise InputError(
                    "The variable '{}' is in the groups '{}' and '{}'; it can follow one pathway only.".format(
                        variable, seen[variable], name
                    )
                )
            seen[variable] = name
        if any(group.name == name for group in groups):
            raise InputError("There are two groups '{}'.".format(name))
        groups.append(Group(name, _letter(name, [group.letter for group in groups]), names))
    if not groups:
        raise InputError("No group of variables is given. Write 'climate: PRE, TEM; population: PD'.")
    return tuple(groups)


def scenario_matrix(groups: Sequence[Group], pathways: Sequence[str], design: str = PAPER) -> Matrix:
    """Rows and distinct runs of a design: the sets of the paper, or every combination.

    Parameters
    ----------
    pathways : names as in the driver table, such as SSP126, SSP245, SSP585.

    Raises
    ------
    InputError
        No pathway, one twice, an unknown design.
    """
    if not pathways:
        raise InputError("No pathway is given, such as SSP126, SSP245, SSP585.")
    repeated = sorted({name for name in pathways if list(pathways).count(name) > 1})
    if repeated:
        raise InputError("Of the pathways, '{}' is given twice. Give each once, from low to high.".format(repeated[0]))
    marks = _marks(pathways)

    def run(choice: Dict[str, str]) -> Run:
        text = "".join(group.letter + marks[choice[group.name]] for group in groups)
        return Run(text, tuple((group.name, choice[group.name]) for group in groups))

    rows: List[MatrixRow] = []
    if design == FACTORIAL:
        for choice in product(pathways, repeat=len(groups)):
            rows.append(MatrixRow("all", "", "", run(dict(zip((group.name for group in groups), choice)))))
    elif design == PAPER:
        for focal in groups:
            for common, own in product(pathways, pathways):
                choice = {group.name: own if group is focal else common for group in groups}
                rows.append(MatrixRow(set_name(focal.name), focal.name, common, run(choice)))
    else:
        raise InputError("'{}' is no design. Choose '{}' or '{}'.".format(design, PAPER, FACTORIAL))
    runs = tuple({row.run.id: row.run for row in rows}.values())
    return Matrix(tuple(groups), tuple(pathways), tuple(rows), runs)


def set_name(group: str) -> str:
    """Name of the set in which a group differs: PPS, PVS, CDS as in the paper, else the group's name."""
    return SET_NAMES.get(group.casefold(), group)


def ssp_digit(name: str) -> Optional[str]:
    """'1' of SSP126 or SSP1-2.6; None for names of other kinds."""
    found = _SSP.search(name)
    return None if found is None else found.group(1)


def of_ssp(pathways: Sequence[str], digit: str) -> Optional[str]:
    """The only pathway of an SSP; None where there is none, or several."""
    found = [name for name in pathways if ssp_digit(name) == digit]
    return found[0] if len(found) == 1 else None


def middle_pathway(pathways: Sequence[str]) -> str:
    """The one in the middle: SSP2 where it is there, else by the order given, from low to high."""
    return of_ssp(pathways, "2") or pathways[(len(pathways) - 1) // 2]


def _letter(name: str, taken: Sequence[str]) -> str:
    for letter in list(name.upper()) + list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if letter.isalpha() and letter.isascii() and letter not in taken:
            return letter
    raise InputError(
        "There are more than 26 groups, and a run is named by a letter for each. Put variables that follow one pathway "
        "into one group: 'climate: PRE, TEM'."
    )


def _marks(pathways: Sequence[str]) -> Dict[str, str]:
    """The digit of each SSP (1, 2, 5); numbers in order where a pathway has none or two share one."""
    digits = [ssp_digit(name) for name in pathways]
    if None in digits or len(set(digits)) < len(digits):
        digits = [str(number) if len(pathways) < 10 else "-{}".format(number) for number in range(1, len(pathways) + 1)]
    return dict(zip(pathways, digits))
