"""Small tables about land-cover codes: their ecosystem, their land-use intensity, their name and colour."""

import re
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .errors import TableError
from .tables import TextRow, TextTable, read_table

CODE = ("code", "lucode", "value")
ECOSYSTEM_ID = ("ecosystem_id", "id")
ECOSYSTEM_NAME = ("ecosystem_name", "ecosystem", "name", "class")
GRADE = ("grade", "intensity", "lui")
NAME = ("name", "lulc_name", "class", "description", "label")
COLOUR = ("colour", "color")
RANGE = ("from", "to")

#: Highest id that an ecosystem raster can hold (uint16; 65535 is its nodata).
MAX_ID = 65534
#: Grades of land-use intensity (Xinjiang paper, 2.1).
GRADES = {"unused": 1.0, "forest": 2.0, "grassland": 2.0, "water": 2.0, "cropland": 3.0, "built-up": 4.0}

Source = Union[str, TextTable]


@dataclass(frozen=True)
class CodeRange:
    """Codes `low` to `high`, both included, that belong to one ecosystem; `line` is where the table says so."""

    low: int
    high: int
    ecosystem: int
    line: int


@dataclass
class EcosystemTable:
    """Which ecosystem each land-cover code belongs to.

    Attributes
    ----------
    source : file or layer name, for messages.
    ranges : disjoint, ascending by code; a single code is a range of one.
    names : ecosystem name by id, in order of first appearance.
    notes : what was assumed while reading.
    """

    source: str
    ranges: Tuple[CodeRange, ...]
    names: Dict[int, str]
    notes: List[str] = field(default_factory=list)

    def ecosystem(self, code: int) -> Optional[int]:
        """Id of the ecosystem of one code, None if the table does not list it."""
        found = self.assign(np.array([code]), missing=-1)[0]
        return None if found < 0 else int(found)

    def assign(self, codes: np.ndarray, missing: int = 0) -> np.ndarray:
        """Ecosystem id of each code: int32 of the shape of `codes`, `missing` where the table does not list it."""
        codes = np.asarray(codes).astype(np.int64)
        lows = np.array([r.low for r in self.ranges], dtype=np.int64)
        highs = np.array([r.high for r in self.ranges], dtype=np.int64)
        ids = np.array([r.ecosystem for r in self.ranges], dtype=np.int32)
        at = np.searchsorted(lows, codes, side="right") - 1
        inside = (at >= 0) & (codes <= highs[at])
        return np.where(inside, ids[at], np.int32(missing)).astype(np.int32)

    def mapping(self, codes) -> Dict[int, int]:
        """Code -> ecosystem id for those of `codes` that the table lists."""
        found = ((int(code), self.ecosystem(code)) for code in codes)
        return {code: ecosystem for code, ecosystem in found if ecosystem is not None}

    def require_codes(self, counts: Mapping[int, int], landcover: str = "The land cover") -> None:
        """Raise `TableError` listing every code of the land cover (code -> cell count) that the table lacks."""
        _require(self.source, counts, set(self.mapping(counts)), landcover)


@dataclass
class GradeTable:
    """Land-use intensity grade (0-100) by land-cover code, and the class names where the table has them."""

    source: str
    grades: Dict[int, float]
    names: Dict[int, str]

    def require_codes(self, counts: Mapping[int, int], landcover: str = "The land cover") -> None:
        """Raise `TableError` listing every code of the land cover (code -> cell count) that the table lacks."""
        _require(self.source, counts, set(self.grades), landcover)


@dataclass
class ClassStyles:
    """Name and colour (`#rrggbb`, lower case) by code; a code without a colour is not in `colours`."""

    source: str
    names: Dict[int, str]
    colours: Dict[int, str]


def read_ecosystems(source: Source) -> EcosystemTable:
    """Read a reclass table: land-cover code -> ecosystem (Xinjiang paper, 2.1: seven ecosystems; any number here).

    Columns: `code` (or lucode, value) or `from` and `to` (both included), and `ecosystem` (or name, class) and/or `id`
    (or ecosystem_id). Without ids the ecosystems are numbered from 1 in order of first appearance. A column
    `ecosystem` that holds only whole numbers, beside no `id`, is the id. Names are compared without case.

    Parameters
    ----------
    source : path of a delimited text file, or a table that was read already.

    Raises
    ------
    TableError
        A column is missing; a code twice or ranges that overlap (both lines are named); an id outside 0-65534; one id
        with two names or one name with two ids; an empty cell.
    """
    table = _open(source, (*CODE, *RANGE, *ECOSYSTEM_ID, *ECOSYSTEM_NAME))
    id_column, name_column = _ecosystem_columns(table)
    ranges, names, lines = [], {}, {}
    ids: Dict[str, int] = {}
    for row in table.rows:
        name = _filled(table, row, name_column) if name_column else ""
        if id_column:
            number = table.integer(row, id_column, 0, MAX_ID)
            name = name or "Ecosystem {}".format(number)
        else:
            number = ids.get(name.casefold(), len(ids) + 1)
        if names.setdefault(number, name).casefold() != name.casefold():
            problem = "ecosystem {} is called '{}' here and '{}' in {} {}.".format(
                number, name, names[number], table.place, lines[number]
            )
            raise table.cell_error(row, name_column or id_column, problem, "Give each id one name.")
        if ids.setdefault(name.casefold(), number) != number:
            first = ids[name.casefold()]
            problem = "'{}' has the id {} here and {} in {} {}.".format(name, number, first, table.place, lines[first])
            raise table.cell_error(row, id_column, problem, "Give each ecosystem one id.")
        lines.setdefault(number, row.line)
        ranges.append(_code_range(table, row, number))
    ranges.sort(key=lambda r: (r.low, r.line))
    _refuse_overlap(table, ranges)
    return EcosystemTable(table.name, tuple(ranges), names, _notes(table, id_column))


def read_grades(source: Source) -> GradeTable:
    """Read a table of land-use intensity grades: columns `code` (or lucode, value) and `grade` (or intensity, lui).

    The usual grades are in `GRADES`; any number from 0 to 100 is accepted.

    Raises
    ------
    TableError
        A column is missing, a code is there twice, or a grade is empty, not a number or outside 0-100.
    """
    table = _open(source, (*CODE, *GRADE, *NAME))
    table.require(CODE, GRADE)
    grades, names = {}, {}
    for code, row in table.unique_integers(CODE).items():
        grade = table.number(row, GRADE)
        if not 0 <= grade <= 100:
            problem = "'{}' is not a grade from 0 to 100.".format(table.text(row, GRADE))
            raise table.cell_error(row, GRADE, problem, "Usual grades are 1 (unused) to 4 (built-up).")
        grades[code] = grade
        names[code] = (table.text(row, NAME) if table.find(NAME) else "") or str(code)
    return GradeTable(table.name, grades, names)


def read_class_styles(source: Source) -> ClassStyles:
    """Read class names and colours: columns `code` (or lucode, value), `name` and, if wanted, `colour` (or color).

    A colour is `#rrggbb` (without case); an empty cell means none, an empty name becomes the code.

    Raises
    ------
    TableError
        Neither name nor colour column, a code twice, or a colour in another form.
    """
    table = _open(source, (*CODE, *NAME, *COLOUR))
    table.require(CODE)
    if not (table.find(NAME) or table.find(COLOUR)):
        table.require(NAME, COLOUR)
    names, colours = {}, {}
    for code, row in table.unique_integers(CODE).items():
        names[code] = (table.text(row, NAME) if table.find(NAME) else "") or str(code)
        colour = table.text(row, COLOUR) if table.find(COLOUR) else ""
        if colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            problem = "'{}' is not a colour.".format(colour)
            raise table.cell_error(row, COLOUR, problem, "Write # and six hexadecimal digits, such as #1a9850.")
        if colour:
            colours[code] = colour.lower()
    return ClassStyles(table.name, names, colours)


def read_class_names(source: Source) -> Tuple[Dict[int, str], str]:
    """Name by code (columns `code`, lucode or value, and `name` or lulc_name), and the name of the table.

    Without a column of names there are none; codes whose name is empty are left out. Other columns do not matter.

    Raises
    ------
    TableError
        The file cannot be read, has no column of codes, or a code twice.
    """
    table = _open(source, (*CODE, *NAME))
    table.require(CODE)
    if table.find(NAME) is None:
        return {}, table.name
    named = {code: table.text(row, NAME) for code, row in table.unique_integers(CODE).items()}
    return {code: name for code, name in named.items() if name}, table.name


def _open(source: Source, hints: Tuple[str, ...]) -> TextTable:
    return source if isinstance(source, TextTable) else read_table(source, hints=hints)


def _ecosystem_columns(table: TextTable) -> Tuple[Optional[str], Optional[str]]:
    """Header texts of the id and the name column; one of them may be None."""
    if not (table.find("from") and table.find("to")):
        table.require(CODE)
    id_column, name_column = table.find(ECOSYSTEM_ID), table.find(ECOSYSTEM_NAME)
    numbered = table.find("ecosystem")
    if id_column is None and numbered and all(_is_whole(table.text(row, numbered)) for row in table.rows):
        # "code, ecosystem" with 1, 2, 3 in it: renumbering them by first appearance would change what the user wrote.
        id_column = numbered
        name_column = table.find("ecosystem_name")
    if id_column is None and name_column is None:
        table.require((*ECOSYSTEM_NAME, *ECOSYSTEM_ID))
    return id_column, name_column


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]0*)?", text, re.ASCII) is not None


def _filled(table: TextTable, row: TextRow, column: str) -> str:
    text = table.text(row, column)
    if not text:
        raise table.cell_error(row, column, "the cell is empty.", "Write the name of the ecosystem.")
    return text


def _code_range(table: TextTable, row: TextRow, ecosystem: int) -> CodeRange:
    """The codes of one row; a row may give `code`, or `from` and `to` where the table has these."""
    spans = table.find("from") and table.find("to")
    if table.find(CODE) and (not spans or table.text(row, CODE)):
        if spans and (table.text(row, "from") or table.text(row, "to")):
            advice = "Give either a code or a range in one row."
            raise table.cell_error(row, CODE, "the row has a code and a range.", advice)
        code = table.integer(row, CODE)
        return CodeRange(code, code, ecosystem, row.line)
    low, high = table.integer(row, "from"), table.integer(row, "to")
    if high < low:
        problem = "the range ends ({}) before it starts ({}).".format(high, low)
        raise table.cell_error(row, "to", problem, "Exchange the two numbers.")
    return CodeRange(low, high, ecosystem, row.line)


def _refuse_overlap(table: TextTable, ranges: List[CodeRange]) -> None:
    for first, second in zip(ranges, ranges[1:]):
        if second.low <= first.high:
            line, other = max(first.line, second.line), min(first.line, second.line)
            raise TableError(
                "{}, {} {}: code {} is already in {} {}. Give each code one ecosystem.".format(
                    table.name, table.place, line, second.low, table.place, other
                )
            )


def _notes(table: TextTable, id_column: Optional[str]) -> List[str]:
    if id_column:
        return []
    return ["{} has no id column: ecosystems are numbered in order of first appearance.".format(table.name)]


def _require(source: str, counts: Mapping[int, int], listed: set, landcover: str) -> None:
    missing = sorted((int(c), int(n)) for c, n in counts.items() if n > 0 and int(c) not in listed)
    if missing:
        cells = ", ".join("{} ({:,} {})".format(c, n, "cell" if n == 1 else "cells") for c, n in missing)
        raise TableError(
            "{} has class codes that {} does not list: {}. Add a row for each.".format(landcover, source, cells)
        )
