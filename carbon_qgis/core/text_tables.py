"""A small table of text with typed, checked access to its cells: pools, classes, drivers.

Everything stays text until a column is asked for, so that a message can quote the cell as it was written.
"""

import math
import numbers
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from .errors import TableError

MAX_ROWS = 100_000
INT32 = (-(2**31), 2**31 - 1)

#: A column name, or several accepted names for one column (the first that is there is used).
Names = Union[str, Sequence[str]]

_SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+", re.ASCII)

#: What a spreadsheet may take for a formula by its beginning; signs of full width count as much in some languages.
_BEGINS = re.compile(r"\s*(of:=|[=@\t\r+\-\uff1d\uff20\uff0b\uff0d\ufe66\ufe6b\ufe62\ufe63])")
_PLAIN = r"(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?"
#: A sign that begins no formula: of a plain number, also with one word or % behind it (`-5`, `+1.2e3`, `-5 °C`), of a
#: range of numbers (`-5 to -1.5`), or alone. All else behind a sign may be a formula: `-A1`, `+1+cmd|…`, `-1-2`.
_QUANTITY = re.compile(
    r"[^\S\t\r]*[+-]\s*(" + _PLAIN + r"( to [+-]?" + _PLAIN + r")?\s?(%|°\w?|[^\W\d_]*))?\s*", re.DOTALL
)


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe in front of what could be a formula."""
    return "'" + text if _may_run(text) or (text[:1] == "'" and _may_run(text[1:])) else text


def unharmed(text: str) -> str:
    """The cell as it was before `harmless`."""
    return text[1:] if text[:1] == "'" and harmless(text[1:]) == text else text


def _may_run(text: str) -> bool:
    return _BEGINS.match(text) is not None and _QUANTITY.fullmatch(text) is None


class CellError(TableError):
    """A cell that is not usable: its place, its text, what is wrong and what to do, also as attributes."""

    def __init__(self, table: str, place: str, line: int, column: str, found: str, problem: str, advice: str):
        self.table, self.line, self.column, self.found = table, line, column, found
        self.problem, self.advice = problem, advice
        super().__init__("{}, {} {}, column '{}': {} {}".format(table, place, line, column, problem, advice))


@dataclass(frozen=True)
class TextRow:
    """One row: its 1-based line in the file (or row number in a layer) and its cells, stripped."""

    line: int
    cells: Tuple[str, ...]


@dataclass
class TextTable:
    """A table of text with typed access by column name (matched without case, stripped).

    Attributes
    ----------
    name : file or layer name, for messages.
    header : column names as written.
    rows : rows in file order; every row has as many cells as the header.
    separator : ',', ';', tab, or '' for a layer.
    encoding : how the file was decoded, '' for a layer.
    place : what `TextRow.line` counts, 'line' or 'row'.
    """

    name: str
    header: Tuple[str, ...]
    rows: List[TextRow]
    separator: str = ""
    encoding: str = ""
    place: str = "row"
    _marks: Dict[int, str] = field(default_factory=dict, repr=False)
    _found: Dict[Tuple[str, ...], Optional[int]] = field(default_factory=dict, repr=False)

    @classmethod
    def from_rows(
        cls,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Any]],
        required: Sequence[Names] = (),
    ) -> "TextTable":
        """Table from values that something else has read: a GPKG, DBF or XLSX layer.

        Parameters
        ----------
        name : layer name, for messages.
        header : field names.
        rows : one sequence per row, as long as the header; None is an empty cell. Numbers keep their exact value.
        required : as in `read_table`.

        Raises
        ------
        TableError
            No fields, no rows, too many rows, a row of another length, a required column that is missing or double.
        """
        header = tuple(str(text).strip() for text in header)
        if not any(header):
            raise TableError("{} has no fields. Choose a table with column names.".format(name))
        records = [(i, [_cell_text(value) for value in row]) for i, row in enumerate(rows, 1)]
        for number, cells in records:
            if len(cells) != len(header):
                raise TableError(
                    "{}, row {}: {} values under {} columns.".format(name, number, len(cells), len(header))
                )
        table = cls(name, header, text_rows(name, records, len(header), "row", ""))
        return checked(table, required)

    @property
    def decimal(self) -> str:
        """',' if any cell is a number with a decimal comma (never in a comma-separated file), else '.'."""
        if self.separator == ",":
            return "."
        return "," if any("," in self._column_marks(index) for index in range(len(self.header))) else "."

    def find(self, names: Names) -> Optional[str]:
        """Header text of the column that has this name (or the first of these names), None if there is none.

        Raises
        ------
        TableError
            If two columns have that name.
        """
        index = self._index(names)
        return None if index is None else self.header[index]

    def require(self, *columns: Names) -> None:
        """Raise `TableError` naming every one of `columns` that is missing, and those that are there."""
        missing = [_either(names) for names in columns if self._index(names) is None]
        if missing:
            raise TableError(
                "{} has no column {}. Its columns are: {}. Add the column or correct the header{}.".format(
                    self.name, " and no column ".join(missing), listed(self.header), self._separator_hint()
                )
            )

    def text(self, row: TextRow, column: Names) -> str:
        """Text of a cell, stripped; '' if it is empty. `TableError` if the column is missing."""
        index = self._index(column)
        if index is None:
            self.require(column)
        return row.cells[index]

    def number(self, row: TextRow, column: Names) -> float:
        """Finite number in a cell.

        A decimal comma is understood unless the comma is the separator. `1.234,5`, and `1.234` beside `12,5` in one
        column, could mean two numbers and are refused.

        Raises
        ------
        CellError
            The cell is empty, not a number, NaN, infinite, or ambiguous.
        TableError
            The column is missing.
        """
        text = self.text(row, column).replace("\u2212", "-")
        if not text:
            raise self.cell_error(row, column, "the cell is empty.", "Write a number.")
        problem = self._number_problem(text, self._index(column))
        if problem is None:
            value = float(text.replace(",", "."))
            if math.isfinite(value):
                return value
            problem = ("is too large for a number.", "Write an ordinary number.")
        raise self.cell_error(row, column, "'{}' {}".format(text, problem[0]), problem[1])

    def integer(self, row: TextRow, column: Names, low: int = INT32[0], high: int = INT32[1]) -> int:
        """Whole number in a cell, from `low` to `high` (int32 by default); `12.0` is 12, `12.5` is refused.

        Raises
        ------
        CellError
            As `number`, or the number is not whole or out of range.
        """
        value = self.number(row, column)
        shown = "'{}'".format(self.text(row, column))
        if value != math.floor(value):
            raise self.cell_error(row, column, shown + " is not a whole number.", "Write a whole number.")
        if not low <= value <= high:
            advice = "Write a whole number from {} to {}.".format(low, high)
            raise self.cell_error(row, column, shown + " is out of range.", advice)
        return int(value)

    def unique_integers(self, column: Names) -> Dict[int, TextRow]:
        """Rows by the whole number in `column`, in file order: the key column of a class table.

        Raises
        ------
        CellError
            As `integer`, or a number that an earlier row has already (both lines are named).
        """
        rows: Dict[int, TextRow] = {}
        for row in self.rows:
            code = self.integer(row, column)
            if code in rows:
                problem = "code {} is already in {} {}.".format(code, self.place, rows[code].line)
                raise self.cell_error(row, column, problem, "Keep one row per code.")
            rows[code] = row
        return rows

    def cell_error(self, row: TextRow, column: Names, problem: str, advice: str) -> CellError:
        """The error for a cell of this table: what is wrong in it (`problem`) and what to do (`advice`)."""
        name = self.find(column) or _either(column)
        return CellError(self.name, self.place, row.line, name, self.text(row, column), problem, advice)

    def _index(self, names: Names) -> Optional[int]:
        # Asked for once per cell: the search through the header is kept.
        key = tuple(alternatives(names))
        if key not in self._found:
            self._found[key] = self._search(key)
        return self._found[key]

    def _search(self, names: Sequence[str]) -> Optional[int]:
        for name in names:
            found = [i for i, text in enumerate(self.header) if column_key(text) == column_key(name)]
            if len(found) > 1:
                raise TableError(
                    "{} has {} columns named '{}' (columns {}). Keep one and rename or remove the others.".format(
                        self.name, len(found), name, ", ".join(str(i + 1) for i in found)
                    )
                )
            if found:
                return found[0]
        return None

    def _number_problem(self, text: str, index: int) -> Optional[Tuple[str, str]]:
        """What is wrong with `text` as a number and what to do; None if it is one."""
        if "." in text and "," in text and re.fullmatch(r"[+-]?[\d.,]+", text):
            return "is ambiguous: it has both a point and a comma.", "Remove the thousands separators."
        if _COMMA.fullmatch(text):
            if self.separator == ",":
                return "has a comma in a comma-separated table.", "Write the number with a decimal point."
        elif not _POINT.fullmatch(text):
            if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
                return "is not a finite number.", "Write a number."
            return "is not a number.", "Write a number without units, spaces or signs other than + and -."
        if _GROUPED.fullmatch(text) and self._column_marks(index) == ".,":
            return (
                "is ambiguous: the column has decimal points and decimal commas, so this may be a thousands separator.",
                "Use one decimal mark in the whole column.",
            )
        return None

    def _column_marks(self, index: int) -> str:
        """Which decimal marks the numbers of a column have: '', '.', ',' or '.,'."""
        if index not in self._marks:
            cells = [row.cells[index] for row in self.rows]
            point = any("." in cell and _POINT.fullmatch(cell) for cell in cells)
            comma = any(_COMMA.fullmatch(cell) for cell in cells)
            self._marks[index] = ("." if point else "") + ("," if comma else "")
        return self._marks[index]

    def _separator_hint(self) -> str:
        if not self.separator:
            return ""
        return " (it was read as separated by {})".format(_SEPARATOR_NAMES[self.separator])


def text_rows(
    name: str, records: Sequence[Tuple[int, Sequence[str]]], width: int, place: str, separator: str
) -> List[TextRow]:
    """Rows of exactly `width` cells, without those that are blank."""
    rows = []
    for line, raw in records:
        cells = trimmed([unharmed(cell.strip()).strip() for cell in raw])
        if not cells:
            continue
        if len(cells) > width:
            hint = " A number with a decimal comma? Then use decimal points, or ; between cells." * (separator == ",")
            message = "{}, {} {}: {} cells under {} columns (the last is '{}').{} Quote a cell that holds a separator."
            raise TableError(message.format(name, place, line, len(cells), width, cells[-1], hint))
        rows.append(TextRow(line, tuple(cells) + ("",) * (width - len(cells))))
        if len(rows) > MAX_ROWS:
            raise too_many_rows(name)
    if not rows:
        raise TableError("{} has a header but no rows. Add at least one row.".format(name))
    return rows


def too_many_rows(name: str) -> TableError:
    """The error for a table of absurd length."""
    return TableError("{} has more than {:,} rows. Is it the right file?".format(name, MAX_ROWS))


def checked(table: TextTable, required: Sequence[Names], optional: Sequence[Names] = ()) -> TextTable:
    """The same table, once its columns are there and not double."""
    table.require(*required)
    for names in optional:
        table.find(names)
    return table


def trimmed(cells: List[str]) -> List[str]:
    """Without empty cells at the end: spreadsheets add separators there."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def alternatives(names: Names) -> Sequence[str]:
    """The accepted names of one column."""
    return (names,) if isinstance(names, str) else names


def _either(names: Names) -> str:
    return " or ".join("'{}'".format(name) for name in alternatives(names))


def listed(names: Sequence[str], most: int = 30) -> str:
    """Quoted names in a message: `'a', 'b' and 3 more`."""
    shown = ", ".join("'{}'".format(name) for name in names[:most])
    return shown + (" and {} more".format(len(names) - most) if len(names) > most else "")


def column_key(text: str) -> str:
    """Column name as it is matched: without case, blanks and byte order mark."""
    return text.strip().strip("\ufeff").strip().casefold()


def _cell_text(value: Any) -> str:
    """Text of a layer's value; a number keeps its exact value."""
    if value is None:
        return ""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, numbers.Integral)):
        return repr(float(value))
    return str(value).strip()
