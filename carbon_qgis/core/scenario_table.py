"""The driver table of an ensemble: which file holds which variable, pathway and year (Jiangsu paper, section 2.4).

CSV with the columns `variable, scenario, year, path` and optionally `band, scale, offset, unit`. `*` stands for any
scenario or any year. Paths are relative to the table. All that is wrong is listed at once, row by row.
"""

import os
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Optional, Sequence, Tuple, Type

from .errors import CarbonError, TableError
from .foreign_files import is_network_name
from .results import Column, Table
from .tables import read_table
from .text_tables import CellError, TextRow, TextTable

ANY = "*"
MOST_PROBLEMS = 30

COLUMNS = (
    Column("variable", "text"),
    Column("scenario", "text", "pathway, * for any"),
    Column("year", "text", "calendar year, * for any"),
    Column("path", "text", "relative to this table"),
    Column("band", "integer", "from 1"),
    Column("scale", "number", "value = number x scale + offset"),
    Column("offset", "number"),
    Column("unit", "text", "of the value"),
)


@dataclass(frozen=True)
class DriverFile:
    """One row: where a variable of a scenario and year is; '' or None stand for any scenario or year.

    value = number · scale + offset, in `unit` ('' if the table does not say).
    """

    variable: str
    scenario: str
    year: Optional[int]
    path: str
    band: int = 1
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    line: int = 0

    @property
    def plain(self) -> bool:
        """Whether the number is the value."""
        return self.scale == 1.0 and self.offset == 0.0

    def describe(self) -> str:
        """Variable, scenario and year, for messages."""
        return "{} / {} / {}".format(self.variable, self.scenario or ANY, ANY if self.year is None else self.year)


@dataclass
class ScenarioTable:
    """All rows of a driver table, found by variable, scenario and year."""

    path: str
    files: Tuple[DriverFile, ...]
    _found: Dict[Tuple[str, str, Optional[int]], DriverFile] = field(init=False, repr=False)

    def __post_init__(self):
        self._found = {(file.variable, file.scenario, file.year): file for file in self.files}

    @property
    def variables(self) -> Tuple[str, ...]:
        """Variables in the order of the table."""
        return tuple(dict.fromkeys(file.variable for file in self.files))

    @property
    def scenarios(self) -> Tuple[str, ...]:
        """Scenarios in the order of the table, without `*`."""
        return tuple(dict.fromkeys(file.scenario for file in self.files if file.scenario))

    @property
    def years(self) -> Tuple[int, ...]:
        """Years in ascending order, without `*`."""
        return tuple(sorted({file.year for file in self.files if file.year is not None}))

    def find(self, variable: str, scenario: str, year: int) -> Optional[DriverFile]:
        """The row for a variable, scenario and year; an exact one before one with `*`. None if there is none."""
        for key in ((scenario, year), (scenario, None), ("", year), ("", None)):
            found = self._found.get((variable,) + key)
            if found is not None:
                return found
        return None

    def missing(
        self, variables: Sequence[str], scenarios: Sequence[str], years: Sequence[int]
    ) -> List[Tuple[str, str, int]]:
        """Variable, scenario and year of everything asked for that no row gives."""
        return [(v, s, y) for v in variables for s in scenarios for y in years if self.find(v, s, y) is None]

    def coverage(self, variables: Sequence[str], scenarios: Sequence[str], years: Sequence[int]) -> Table:
        """Grid of what is there: a row per variable and scenario, a column per year; 1 there, 0 missing."""
        columns = [Column("variable", "text"), Column("scenario", "text")]
        columns += [Column("y{}".format(year), "integer", "1: there is a file, 0: missing") for year in years]
        columns.append(Column("missing", "integer", "years missing"))
        table = Table("Files by variable, scenario and year", tuple(columns))
        for variable in variables:
            for scenario in scenarios:
                there = [int(self.find(variable, scenario, year) is not None) for year in years]
                table.rows.append([variable, scenario, *there, len(there) - sum(there)])
        return table


def read_scenario_table(path: str) -> ScenarioTable:
    """Read a driver table; rasters are not opened (see `scenario_files.check_files`).

    Raises
    ------
    TableError
        Columns missing, or rows with anything wrong: all of them are listed with their line.
    """
    required = ("variable", "scenario", "year", "path")
    table = read_table(path, required, ("band", "scale", "offset", "unit"))
    folder = os.path.dirname(os.path.abspath(path))
    files: List[DriverFile] = []
    problems: List[str] = []
    lines: Dict[Tuple[str, str, Optional[int]], int] = {}
    for row in table.rows:
        try:
            file = _driver_file(table, row, folder)
        except CellError as error:
            problems.append("{} {}: {}".format(table.place, row.line, _short(error)))
            continue
        key = (file.variable, file.scenario, file.year)
        if key in lines:
            text = "{} {}: {} is already in {} {}"
            problems.append(text.format(table.place, row.line, file.describe(), table.place, lines[key]))
            continue
        lines[key] = row.line
        files.append(file)
    raise_problems("The driver table '{}'".format(table.name), problems)
    return ScenarioTable(path, tuple(files))


def raise_problems(
    what: str, problems: Sequence[str], advice: str = "Correct these rows.", error: Type[CarbonError] = TableError
) -> None:
    """Raise `TableError`, or another error, with every problem on a line of its own, if there are any."""
    if problems:
        shown = list(problems[:MOST_PROBLEMS])
        if len(problems) > MOST_PROBLEMS:
            shown.append("… and {} more".format(len(problems) - MOST_PROBLEMS))
        raise error(
            "{} has {} problem{}:\n{}\n{}".format(
                what, len(problems), "" if len(problems) == 1 else "s", "\n".join(shown), advice
            )
        )


def scenario_rows(files: Iterable[DriverFile], folder: Optional[str]) -> Table:
    """The driver table as rows; paths of files below `folder` relative to it, those of others whole."""
    table = Table("Driver table", COLUMNS)
    for file in files:
        year = ANY if file.year is None else str(file.year)
        where = _relative(file.path, folder)
        table.rows.append(
            [file.variable, file.scenario or ANY, year, where, file.band, file.scale, file.offset, file.unit]
        )
    return table


def _relative(path: str, folder: Optional[str]) -> str:
    if folder is None:
        return path
    try:
        inside = os.path.relpath(path, folder)
    except ValueError:  # another drive of Windows
        return path
    # A table that leads out of its own folder would be refused when it is read.
    return path if inside.split(os.sep)[0] == os.pardir else inside.replace(os.sep, "/")


def _driver_file(table: TextTable, row: TextRow, folder: str) -> DriverFile:
    variable, scenario = table.text(row, "variable"), table.text(row, "scenario")
    if not variable:
        raise table.cell_error(row, "variable", "the cell is empty.", "Name the variable.")
    if variable == ANY:
        raise table.cell_error(row, "variable", "* is no variable.", "Name the variable.")
    if not scenario:
        raise table.cell_error(row, "scenario", "the cell is empty.", "Name the scenario, or write * for any.")
    year = None if table.text(row, "year") == ANY else table.integer(row, "year", 1, 9999)
    path = _resolved(table, row, folder)
    band = table.integer(row, "band", 1, 65535) if _given(table, row, "band") else 1
    scale = table.number(row, "scale") if _given(table, row, "scale") else 1.0
    offset = table.number(row, "offset") if _given(table, row, "offset") else 0.0
    if scale == 0:
        raise table.cell_error(row, "scale", "the scale is 0.", "Every value would be the offset.")
    unit = table.text(row, "unit") if table.find("unit") else ""
    return DriverFile(variable, "" if scenario == ANY else scenario, year, path, band, scale, offset, unit, row.line)


def _given(table: TextTable, row: TextRow, column: str) -> bool:
    return table.find(column) is not None and table.text(row, column) != ""


def _resolved(table: TextTable, row: TextRow, folder: str) -> str:
    text = table.text(row, "path")
    if not text:
        raise table.cell_error(row, "path", "the cell is empty.", "Give the path of the raster.")
    if "://" in text or text.startswith("/vsi") or "\x00" in text or "\n" in text or is_network_name(text):
        # A table must not make the plugin reach into the network or run one of GDAL's virtual systems.
        problem = "'{}' is no plain file.".format(text[:80])
        raise table.cell_error(row, "path", problem, "Give the path of a file on this computer.")
    shown = text
    if not os.path.isabs(text):
        text = os.path.normpath(os.path.join(folder, text))
        if _leads_out(text, folder) or _leads_out(os.path.realpath(text), os.path.realpath(folder)):
            advice = "Put the rasters below the table's folder, or give the whole path."
            raise table.cell_error(row, "path", "'{}' leads out of the table's folder.".format(shown), advice)
    if not os.path.isfile(text):
        raise table.cell_error(row, "path", "'{}' does not exist.".format(shown), "Correct the path or add the file.")
    return text


def _leads_out(path: str, folder: str) -> bool:
    try:
        return os.path.relpath(path, folder).split(os.sep)[0] == os.pardir
    except ValueError:  # on Windows: another drive
        return True


def _short(error: CellError) -> str:
    return "column '{}': {}".format(error.column, error.problem.rstrip("."))
