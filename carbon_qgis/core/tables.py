"""Reading small text tables (pools, classes, drivers) and writing result tables as CSV."""

import csv
import io
import numbers
import os
import re
from dataclasses import replace
from typing import Any, Iterator, List, Sequence, Tuple

from .errors import OutputError, TableError
from .outputs import OutputSet
from .results import Column, Table
from .text_tables import (
    MAX_ROWS,
    CellError,
    Names,
    TextRow,
    TextTable,
    alternatives,
    checked,
    column_key,
    harmless,
    text_rows,
    too_many_rows,
    trimmed,
    unharmed,
)

__all__ = [
    "MAX_BYTES", "MAX_ROWS", "CellError", "TextRow", "TextTable", "csv_bytes", "csv_parts", "read_table",
    "without_formulas", "write_csv",
]  # fmt: skip

MAX_BYTES = 50_000_000

_SEPARATORS = (",", ";", "\t")
_BINARY = (
    (b"PK\x03\x04", "a ZIP file such as an XLSX or ODS workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"),
    (b"SQLite format 3", "a GeoPackage or SQLite database"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF", "a PDF document"),
)
_AS_TEXT = (
    "Save it as CSV (UTF-8) and give that file: in Excel or LibreOffice with 'Save As', in QGIS with 'Export > Save "
    "Features As' of the layer."
)


def read_table(
    path: str, required: Sequence[Names] = (), optional: Sequence[Names] = (), hints: Sequence[str] = ()
) -> TextTable:
    """Read a small delimited text file.

    Separators comma, semicolon and tab (the one that shows most of the named columns, else most columns); UTF-8 with
    or without BOM, UTF-16 with BOM, else gb18030; quoted fields. Blank lines and extra columns are ignored.

    Parameters
    ----------
    path : file to read.
    required : columns that must be there; an entry may be several accepted names of one column.
    optional : other columns that will be read; they help to find the separator and must not be double.
    hints : columns that only help to find the separator.

    Raises
    ------
    TableError
        Missing, unreadable, empty, binary, too large (50 MB, 100,000 rows) or undecodable file; missing or double
        column; a row with more cells than the header; a quote that is not closed; no rows.
    """
    name = os.path.basename(path) or path
    text, encoding = _decode(_read_bytes(path, name), name)
    known = [name for names in (*required, *optional, *hints) for name in alternatives(names)]
    separator, skipped = _find_separator(text, known)
    records = _parse(text, separator, name)[skipped:]
    if not records:
        raise TableError("{} is empty. Choose a table with a header line and at least one row.".format(name))
    header = trimmed([unharmed(cell.strip()).strip() for cell in records[0][1]])
    rows = text_rows(name, records[1:], len(header), "line", separator)
    table = TextTable(name, tuple(header), rows, separator, encoding, place="line")
    return checked(table, required, optional)


def csv_bytes(table: Table) -> bytes:
    """A result table as CSV; see `csv_parts`."""
    return b"".join(csv_parts(table))


def csv_parts(table: Table, rows: int = 5000) -> Iterator[bytes]:
    """A result table as CSV, in parts of so many rows: UTF-8, comma, decimal point, one header line.

    Floats are written so that reading them gives the same number (`repr`); None and NaN are empty. Text is always
    quoted, so that a class named `01` stays text. It is not changed, with one exception: a name that a spreadsheet
    would run as a formula (`=cmd|'/C calc'!A0` from a stranger's table) gets an apostrophe in front, which
    `read_table` takes away again.

    Parameters
    ----------
    table : the table; a column of kind 'integer' takes whole numbers only.

    Raises
    ------
    OutputError
        A row or a value does not fit the columns.
    """
    names = [column.name for column in table.columns]
    header = ",".join(_quoted(n) if re.search(r'[",\r\n]', n) or harmless(n) != n else n for n in names)
    yield (header + "\n").encode("utf-8")
    for start in range(0, len(table.rows), rows):
        part = table.rows[start : start + rows]
        for number, row in enumerate(part, start + 1):
            if len(row) != len(table.columns):
                message = "Table '{}', row {}: {} values under {} columns."
                raise OutputError(message.format(table.title, number, len(row), len(table.columns)))
        lines = map(",".join, zip(*map(_csv_column, zip(*part), table.columns)))
        yield ("\n".join(lines) + "\n").encode("utf-8")


def without_formulas(table: Table) -> Table:
    """The table for an ODS workbook, in which GDAL writes some texts as formulas; see `csv_parts`. In XLSX none is."""
    columns = tuple(replace(column, name=harmless(column.name)) for column in table.columns)
    texts = [index for index, column in enumerate(table.columns) if column.kind == "text"]
    rows = [list(row) for row in table.rows]
    for row in rows:
        for index in texts:
            row[index] = harmless(row[index]) if isinstance(row[index], str) else row[index]
    return Table(table.title, columns, rows)


def write_csv(path: str, table: Table) -> None:
    """Write `csv_bytes(table)` to `path`: beside it first, then renamed, so that the file is complete or untouched.

    Raises
    ------
    OutputError
        As `csv_bytes`, or the folder is missing or not writable, or the disk is full.
    """
    data = csv_bytes(table)
    with OutputSet() as outputs:
        outputs.bytes(path, data)


def _read_bytes(path: str, name: str) -> bytes:
    try:
        size = os.path.getsize(path)
        if size > MAX_BYTES:
            raise TableError(
                "{} is {:.0f} MB; a table may have at most {:.0f} MB. Is it the right file?".format(
                    name, size / 1e6, MAX_BYTES / 1e6
                )
            )
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise TableError("The table {} does not exist. Check the path.".format(path)) from None
    except OSError as error:
        raise TableError("The table {} cannot be read: {}.".format(path, error.strerror or error)) from error


def _decode(data: bytes, name: str) -> Tuple[str, str]:
    """Text without BOM, and the encoding that gave it."""
    for signature, kind in _BINARY:
        if data.startswith(signature):
            raise TableError("{} is {}, not a text table. {}".format(name, kind, _AS_TEXT))
    encodings, skip = ("utf-8", "gb18030"), 0
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in data:
        raise TableError(
            "{} is not a text table: it has a NUL byte at byte {}. {}".format(name, data.index(b"\x00"), _AS_TEXT)
        )
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings, skip = ("utf-8",), 3
    failures = []
    for encoding in encodings:
        try:
            text = data[skip:].decode(encoding)
        except UnicodeDecodeError as error:
            at = skip + error.start
            failures.append("as {} it fails at byte {} (0x{:02x})".format(encoding, at, data[at]))
            continue
        if "\x00" in text:
            raise TableError("{} is not a text table: it has NUL characters. {}".format(name, _AS_TEXT))
        return text, encoding + ("-sig" if skip else "")
    raise TableError("{} cannot be decoded: {}. Save it as UTF-8.".format(name, "; ".join(failures)))


def _find_separator(text: str, names: Sequence[str]) -> Tuple[str, int]:
    """Separator, and the number of records to skip before the header (Excel's `sep=;` line)."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    declared = re.fullmatch(r"\s*\"?sep=([,;\t])\"?\s*", first)
    if declared:
        return declared.group(1), 1
    known = {column_key(name) for name in names}

    def score(separator: str) -> Tuple[int, int]:
        # A header is never that long; the csv module stops at 131,072 characters in one cell.
        cells = next(csv.reader([first[:100_000]], delimiter=separator, skipinitialspace=True), [])
        return sum(column_key(cell) in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=score), 0


def _parse(text: str, separator: str, name: str) -> List[Tuple[int, List[str]]]:
    """(first line, cells) of every record that is not blank."""
    records = []
    # newline="" leaves line breaks inside quotes alone; strict refuses a quote that swallows the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((line, cells))
                if len(records) > MAX_ROWS + 1:
                    raise too_many_rows(name)
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            "{}, line {}: the quotes or the line cannot be understood ({}). "
            'Close every quote, and write a quote inside a quoted cell twice ("").'.format(name, line, error)
        ) from error
    return records


def _csv_column(values: Sequence[Any], column: Column) -> Sequence[str]:
    """The cells of a column as text. Columns of plain numbers, as samples have by the million, go the short way."""
    types = set(map(type, values))
    if column.kind == "number" and types == {float}:
        return [repr(value) if value == value else "" for value in values]
    if column.kind == "integer" and types == {int}:
        return list(map(str, values))
    return [_csv_cell(value, column.kind, column.name) for value in values]


def _csv_cell(value: Any, kind: str, column: str) -> str:
    if value is None or (isinstance(value, numbers.Real) and value != value):
        return ""
    if kind == "text":
        return _quoted(str(value))
    try:
        if kind == "integer":
            if int(value) != value:
                raise ValueError
            return str(int(value))
        return repr(float(value))
    except (TypeError, ValueError, OverflowError):
        raise OutputError("Column '{}' is of kind {}, but has the value {!r}.".format(column, kind, value)) from None


def _quoted(text: str) -> str:
    return '"{}"'.format(harmless(text).replace('"', '""'))
