"""A driver table from the files of a folder, and the grid of what is missing in it."""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import InputError
from .results import Table
from .scenario_files import find_files
from .scenario_table import DriverFile, ScenarioTable, scenario_rows


@dataclass(frozen=True)
class Reading:
    """How the numbers of a variable are read: value = number · scale + offset, in `unit`."""

    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0


@dataclass
class FolderTable:
    """A driver table, the rasters in it, and what it lacks. `missing` holds (variable, scenario, year)."""

    rows: Table
    coverage: Table
    variables: Tuple[str, ...]
    scenarios: Tuple[str, ...]
    years: Tuple[int, ...]
    missing: List[Tuple[str, str, int]]
    files: Tuple[str, ...] = ()
    notes: List[str] = field(default_factory=list)


def folder_table(
    folder: str,
    patterns: str,
    variables: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    years: Sequence[int] = (),
    readings: Optional[Mapping[str, Reading]] = None,
    beside: Optional[str] = None,
) -> FolderTable:
    """Find the files of a folder and say what is missing.

    Parameters
    ----------
    patterns : see `scenario_files.find_files`.
    variables, scenarios, years : what is expected; what was found where empty. Files of other variables, scenarios
        and years stay in the table.
    readings : by variable.
    beside : folder of the table to which paths are relative; None for whole paths.

    Raises
    ------
    InputError
        As `find_files`; a reading for a variable that was not found.
    """
    files = find_files(folder, patterns)
    readings = dict(readings or {})
    found = ScenarioTable("", files)
    strange = [name for name in readings if name not in found.variables]
    if strange:
        raise InputError(
            "A unit is given for '{}', but no file of that variable was found. Found: {}.".format(
                strange[0], ", ".join(found.variables)
            )
        )
    files = tuple(_read_as(file, readings) for file in files)
    wanted = tuple(variables) or found.variables, tuple(scenarios) or found.scenarios, tuple(years) or found.years
    # A folder of static drivers alone has neither scenarios nor years; one cell each then says that they are there.
    columns = wanted[0], wanted[1] or ("*",), wanted[2] or (0,)
    missing = found.missing(*columns)
    coverage = found.coverage(*columns)
    if not wanted[2]:
        any_year = (replace(coverage.columns[2], name="any_year"),)
        coverage.columns = coverage.columns[:2] + any_year + coverage.columns[3:]
    made = FolderTable(scenario_rows(files, beside), coverage, *wanted, missing, tuple(file.path for file in files))
    made.notes = _notes(found, wanted, made.missing)
    return made


def _read_as(file: DriverFile, readings: Mapping[str, Reading]) -> DriverFile:
    reading = readings.get(file.variable)
    return file if reading is None else replace(file, **vars(reading))


def _notes(found: ScenarioTable, wanted, missing: Sequence[Tuple[str, str, int]]) -> List[str]:
    notes = []
    if missing:
        shown = ", ".join("{} / {} / {}".format(*key) for key in missing[:6])
        more = " and {} more".format(len(missing) - 6) if len(missing) > 6 else ""
        notes.append("{} file{} missing: {}{}.".format(
            len(missing), " is" if len(missing) == 1 else "s are", shown, more))  # fmt: skip
    kinds: Tuple[Tuple[str, Sequence, Sequence], ...] = (
        ("variable", found.variables, wanted[0]), ("scenario", found.scenarios, wanted[1]),
        ("year", found.years, wanted[2]),
    )  # fmt: skip
    for word, there, asked in kinds:
        extra = [str(value) for value in there if value not in asked]
        if extra:
            notes.append("Found beside the expected {}s: {}.".format(word, ", ".join(extra)))
    return notes


def readings_of(rows: Sequence[Sequence]) -> Dict[str, Reading]:
    """Readings from rows (variable, unit, scale, offset) typed by a user; empty cells are the defaults.

    Raises
    ------
    InputError
        A row without a variable, a variable twice, a scale or offset that is no number, a scale of 0.
    """
    made: Dict[str, Reading] = {}
    for number, row in enumerate(rows, 1):
        cells = [("" if cell is None else str(cell)).strip() for cell in list(row) + [""] * 4][:4]
        if not cells[0]:
            raise InputError("Row {} of the units names no variable.".format(number))
        if cells[0] in made:
            raise InputError("The units name '{}' twice.".format(cells[0]))
        made[cells[0]] = Reading(cells[1], _number(cells[2], 1.0, cells[0]), _number(cells[3], 0.0, cells[0]))
        if made[cells[0]].scale == 0:
            raise InputError("The scale of '{}' is 0: every value would be the offset.".format(cells[0]))
    return made


def _number(text: str, default: float, variable: str) -> float:
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        raise InputError("'{}' is no number (scale or offset of '{}').".format(text, variable))
    return value
