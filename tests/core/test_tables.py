"""Tables: what is read, what is refused and in which words, what is written."""

import csv
import math
import struct

import numpy as np
import pytest

from carbon_qgis.core import tables, text_tables
from carbon_qgis.core.errors import OutputError, TableError
from carbon_qgis.core.results import Column, Table
from carbon_qgis.core.tables import CellError, TextTable, csv_bytes, csv_parts, read_table, write_csv

COLUMNS = ("lucode", "c_above")


def write(folder, content, name="pools.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return str(path)


def values(path):
    table = read_table(path, required=COLUMNS)
    return [(table.integer(row, "lucode"), table.number(row, "c_above")) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_each_separator_and_line_end(tmp_path, separator, line_end):
    text = line_end.join(["lucode{0}c_above", "1{0}46.5", "-2{0}0", ""]).format(separator)
    path = write(tmp_path, text)
    assert values(path) == [(1, 46.5), (-2, 0.0)]
    assert read_table(path).separator == separator


@pytest.mark.parametrize(
    "encoding,found",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_each_encoding(tmp_path, encoding, found):
    path = write(tmp_path, "lucode,name,c_above\n1,耕地,46.5\n2,林地,20.36\n", encoding=encoding)
    table = read_table(path, required=("lucode", "name", "c_above"))
    assert [table.text(row, "name") for row in table.rows] == ["耕地", "林地"]
    assert table.encoding == found
    assert table.header[0] == "lucode"


def test_utf16_big_endian_with_bom(tmp_path):
    path = write(tmp_path, b"\xfe\xff" + "lucode\tc_above\n7\t1,5\n".encode("utf-16-be"))
    assert values(path) == [(7, 1.5)]


def test_header_without_case_and_stripped_and_extra_columns_ignored(tmp_path):
    path = write(tmp_path, ' LUCode , note, C_Above \n1, "a, b",2\n')
    assert values(path) == [(1, 2.0)]
    assert read_table(path).header == ("LUCode", "note", "C_Above")


def test_a_header_with_commas_in_a_semicolon_file(tmp_path):
    path = write(tmp_path, "lucode;remark, a, b, c;c_above\n1;x, y;2,5\n")
    assert values(path) == [(1, 2.5)]


def test_the_sep_line_of_spreadsheets(tmp_path):
    assert values(write(tmp_path, "sep=;\nlucode;c_above\n1;2,5\n")) == [(1, 2.5)]


def test_lines_are_counted_as_in_an_editor(tmp_path):
    path = write(tmp_path, '\nlucode,note,c_above\n\n1,"two\nlines",2\n3,,x\n,,\n\n\n')
    table = read_table(path, required=COLUMNS)
    assert [row.line for row in table.rows] == [4, 6]
    with pytest.raises(CellError, match=r"pools\.csv, line 6, column 'c_above': 'x' is not a number\. Write a number"):
        table.number(table.rows[1], "c_above")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas(tmp_path, separator):
    path = write(tmp_path, "lucode{0}c_above\n1{0}12,5\n2{0},5\n3{0}-1,25e2\n4{0}7\n".format(separator))
    assert values(path) == [(1, 12.5), (2, 0.5), (3, -125.0), (4, 7.0)]
    assert read_table(path).decimal == ","


def test_decimal_points_in_a_semicolon_file(tmp_path):
    path = write(tmp_path, "lucode;c_above\n1;12.5\n2;1.234\n")
    assert values(path) == [(1, 12.5), (2, 1.234)]
    assert read_table(path).decimal == "."


@pytest.mark.parametrize(
    "cells,problem",
    [
        (["1.234,5"], "'1.234,5' is ambiguous: it has both a point and a comma. Remove the thousands"),
        (["1,234.5"], "'1,234.5' is ambiguous: it has both a point and a comma."),
        (["12,5", "1.234"], "'1.234' is ambiguous: the column has decimal points and decimal commas"),
        (["12.5", "1,234"], "'1,234' is ambiguous: the column has decimal points and decimal commas"),
        (["1.234.567"], "'1.234.567' is ambiguous|is not a number"),
        (["1 234"], "'1 234' is not a number"),
        (["1_000"], "'1_000' is not a number"),
        (["12 t"], "'12 t' is not a number"),
        (["５"], "'５' is not a number"),
        (["0x10"], "is not a number"),
        (["NaN"], "'NaN' is not a finite number"),
        (["-inf"], "'-inf' is not a finite number"),
        (["Infinity"], "is not a finite number"),
        (["1e999"], "'1e999' is too large"),
        ([""], "column 'c_above': the cell is empty. Write a number."),
    ],
)
def test_what_is_not_a_number(tmp_path, cells, problem):
    path = write(tmp_path, "lucode;c_above;x\n" + "".join("{};{};a\n".format(i, c) for i, c in enumerate(cells)))
    table = read_table(path, required=COLUMNS)
    with pytest.raises(CellError) as caught:
        table.number(table.rows[-1], "c_above")
    assert any(part in str(caught.value) for part in problem.split("|"))
    assert "line {},".format(len(cells) + 1) in str(caught.value)


def test_mixed_marks_are_read_where_only_one_reading_is_possible(tmp_path):
    assert values(write(tmp_path, "lucode;c_above\n1;12,5\n2;12.75\n")) == [(1, 12.5), (2, 12.75)]


def test_a_quoted_decimal_comma_in_a_comma_file_is_refused(tmp_path):
    with pytest.raises(CellError, match="'12,5' has a comma in a comma-separated table. Write the number with a dec"):
        values(write(tmp_path, 'lucode,c_above\n1,"12,5"\n'))


def test_an_unquoted_decimal_comma_in_a_comma_file_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"line 3: 3 cells under 2 columns \(the last is '5'\).*decimal comma"):
        values(write(tmp_path, "lucode,c_above\n1,2\n2,12,5\n"))


def test_integers(tmp_path):
    path = write(tmp_path, "lucode,c_above\n12.0,1\n-2147483648,1\n1e2,1\n")
    assert [code for code, _ in values(path)] == [12, -(2**31), 100]
    for text, problem in [("12.5", "'12.5' is not a whole number"), ("2147483648", "out of range.*2147483647")]:
        with pytest.raises(CellError, match=problem):
            values(write(tmp_path, "lucode,c_above\n{},1\n".format(text)))


def test_unicode_minus_is_a_minus(tmp_path):
    assert values(write(tmp_path, "lucode,c_above\n\u22125,\u22121.5\n")) == [(-5, -1.5)]


def test_duplicate_keys_name_both_lines(tmp_path):
    table = read_table(write(tmp_path, "lucode,c_above\n1,2\n3,4\n1.0,5\n"))
    with pytest.raises(CellError, match="line 4, column 'lucode': code 1 is already in line 2. Keep one row per code."):
        table.unique_integers("lucode")


def test_missing_columns_are_all_named_with_those_that_are_there(tmp_path):
    path = write(tmp_path, "code;soil\n1;2\n")
    with pytest.raises(TableError) as caught:
        read_table(path, required=("lucode", ("c_soil", "c_dead")))
    text = str(caught.value)
    assert "no column 'lucode' and no column 'c_soil' or 'c_dead'" in text
    assert "Its columns are: 'code', 'soil'" in text
    assert "separated by semicolon" in text


def test_a_double_column_is_refused_if_it_is_read(tmp_path):
    path = write(tmp_path, "lucode,c_above, C_ABOVE,note,note\n1,2,3,4,5\n")
    with pytest.raises(TableError, match=r"2 columns named 'c_above' \(columns 2, 3\)\. Keep one"):
        read_table(path, required=COLUMNS)
    with pytest.raises(TableError, match="2 columns named 'c_above'"):
        read_table(path, required=("lucode",), optional=("c_above",))
    assert read_table(path, required=("lucode",)).header[0] == "lucode"


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(TableError, match=r"nothing\.csv does not exist\. Check the path"):
        read_table(str(tmp_path / "nothing.csv"))
    with pytest.raises(TableError, match="cannot be read"):
        read_table(str(tmp_path))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", b"lucode,c\x00above\n"])
def test_what_to_do_about_a_workbook_is_possible_where_the_parameter_takes_a_file(tmp_path, content):
    path = tmp_path / "pools.xlsx"
    path.write_bytes(content)
    with pytest.raises(TableError) as caught:
        read_table(str(path))
    text = str(caught.value)
    assert "not a text table" in text and "choose the layer" not in text
    assert text.endswith(
        "Save it as CSV (UTF-8) and give that file: in Excel or LibreOffice with 'Save As', in QGIS with 'Export > "
        "Save Features As' of the layer."
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,,\n,,\n"])
def test_empty_files(tmp_path, content):
    with pytest.raises(TableError, match=r"pools\.csv is empty"):
        read_table(write(tmp_path, content))


def test_a_header_alone(tmp_path):
    with pytest.raises(TableError, match="has a header but no rows"):
        read_table(write(tmp_path, "lucode,c_above\n,\n"))


@pytest.mark.parametrize(
    "content,said",
    [
        (b"PK\x03\x04rest", "a ZIP file such as an XLSX .* Save it as CSV"),
        (b"SQLite format 3\x00", "a GeoPackage"),
        (b"lucode,c_above\n1,\x002\n", "a NUL byte at byte 17"),
        ("lucode,c_above\n1,2\n".encode("utf-16-le"), "a NUL byte at byte 1"),
        (b"\xff\xfe" + "a\x00b".encode("utf-16-le"), "NUL characters"),
        (b"lucode,c_above\n1,\xff\xff\n", r"utf-8 it fails at byte 17 \(0xff\); as gb18030 it fails at byte 17"),
        (b"\xef\xbb\xbflucode\n\xff\n", r"utf-8 it fails at byte 10 \(0xff\)\. Save it as UTF-8"),
        (b"\xff\xfea", r"utf-16 it fails at byte 2 \(0x61\)"),
    ],
)
def test_binary_and_undecodable_files(tmp_path, content, said):
    with pytest.raises(TableError, match=said):
        read_table(write(tmp_path, content))


def test_random_bytes_are_refused_or_read_but_never_crash(tmp_path):
    generator = np.random.default_rng(3)
    for _ in range(300):
        content = generator.integers(0, 256, 60, dtype=np.uint8).tobytes()
        try:
            read_table(write(tmp_path, content), required=COLUMNS)
        except TableError as error:
            assert "pools.csv" in str(error)
        else:
            pytest.fail("random bytes were read as a pool table: {!r}".format(content))


def test_a_quote_that_is_not_closed(tmp_path):
    with pytest.raises(TableError, match="line 3: the quotes"):
        read_table(write(tmp_path, 'lucode,name,c_above\n1,"a",2\n2,"b,3\n3,c,4\n'))


def test_a_cell_beyond_all_measure(tmp_path):
    with pytest.raises(TableError, match="line 1: .*field larger than"):
        read_table(write(tmp_path, "a" * 200_000), required=COLUMNS)


def test_too_many_rows_and_bytes(tmp_path, monkeypatch):
    path = write(tmp_path, "lucode,c_above\n" + "1,2\n" * 11)
    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    monkeypatch.setattr(text_tables, "MAX_ROWS", 10)
    with pytest.raises(TableError, match="more than 10 rows"):
        read_table(path)
    monkeypatch.setattr(tables, "MAX_BYTES", 50)
    with pytest.raises(TableError, match="is 0 MB; a table may have at most 0 MB"):
        read_table(path)
    assert len(read_table(write(tmp_path, "lucode\n" + "1\n" * 10, "ten.csv")).rows) == 10


def test_the_limits_are_those_promised():
    assert (tables.MAX_BYTES, text_tables.MAX_ROWS) == (50_000_000, 100_000)


def test_rows_of_a_layer():
    table = TextTable.from_rows(
        "pools.gpkg", ["fid", "LUCODE", "c_above"], [(1, 7, 0.1), (2, 8.0, None), (3, np.int16(9), np.float32(0.5))]
    )
    assert [table.integer(row, "lucode") for row in table.rows] == [7, 8, 9]
    assert table.number(table.rows[0], "c_above") == 0.1
    assert table.number(table.rows[2], "c_above") == 0.5
    with pytest.raises(CellError, match=r"pools\.gpkg, row 2, column 'c_above': the cell is empty"):
        table.number(table.rows[1], "c_above")


@pytest.mark.parametrize(
    "header,rows,said",
    [
        ([], [], "has no fields"),
        (["a"], [], "no rows"),
        (["a", "b"], [(1, 2), (1,)], "row 2: 1 values under 2 columns"),
        (["a"], [(1,)], "no column 'lucode'. Its columns are: 'a'. Add the column or correct the header.$"),
    ],
)
def test_layers_that_are_refused(header, rows, said):
    with pytest.raises(TableError, match=said):
        TextTable.from_rows("layer", header, rows, required=("lucode",))


def test_nan_in_a_layer_is_refused():
    table = TextTable.from_rows("layer", ["a"], [(float("nan"),)])
    with pytest.raises(CellError, match="'nan' is not a finite number"):
        table.number(table.rows[0], "a")


RESULT = Table(
    "t",
    (Column("class", "text"), Column("cells", "integer"), Column("stock, t C", "number")),
    [
        ("01", 3, 0.1),
        ('=1+1 "x", y\nz', None, 1e-300),
        ("林地", np.int64(2**60), np.float64(1 / 3)),
        (None, 0, float("nan")),
    ],
)


def test_csv_is_read_back_exactly(tmp_path):
    path = tmp_path / "out.csv"
    write_csv(str(path), RESULT)
    with open(path, encoding="utf-8", newline="") as file:
        back = list(csv.reader(file))
    assert back[0] == ["class", "cells", "stock, t C"]
    # A spreadsheet would run the second one: our own reader takes the apostrophe away again.
    assert [row[0] for row in back[1:]] == ["01", '\'=1+1 "x", y\nz', "林地", ""]
    assert [row.cells[0] for row in read_table(str(path)).rows] == ["01", '=1+1 "x", y\nz', "林地", ""]
    assert [row[1] for row in back[1:]] == ["3", "", str(2**60), "0"]
    assert [float(row[2]) for row in back[1:-1]] == [0.1, 1e-300, 1 / 3]
    assert back[-1][2] == ""


def test_csv_bytes_are_plain():
    table = Table("t", (Column("name", "text"), Column("x", "number")), [("a", 2.0), (None, None)])
    assert csv_bytes(table) == b'name,x\n"a",2.0\n,\n'


def test_parts_of_a_csv_are_the_whole():
    rows = [("a" if i % 2 else None, float(i) if i % 3 else i) for i in range(11)]
    table = Table("t", (Column("name\nof two lines", "text"), Column("x", "number")), rows)
    parts = list(csv_parts(table, 4))
    assert len(parts) == 4 and b"".join(parts) == b"".join(csv_parts(table)) == csv_bytes(table)
    with pytest.raises(OutputError, match="Table 't', row 12: 1 values under 2 columns"):
        list(csv_parts(Table("t", table.columns, rows + [("a",)]), 4))


def test_every_float_survives():
    generator = np.random.default_rng(1)
    floats = [struct.unpack("<d", generator.bytes(8))[0] for _ in range(500)]
    floats = [value for value in floats if math.isfinite(value)]
    data = csv_bytes(Table("t", (Column("x", "number"),), [(value,) for value in floats]))
    assert [float(line) for line in data.decode().splitlines()[1:]] == floats


@pytest.mark.parametrize(
    "kind,value,said",
    [
        ("integer", 1.5, "Column 'x' is of kind integer, but has the value 1.5"),
        ("number", "abc", "Column 'x' is of kind number, but has the value 'abc'"),
    ],
)
def test_values_that_do_not_fit(tmp_path, kind, value, said):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(OutputError, match=said):
        write_csv(str(path), Table("t", (Column("x", kind),), [(value,)]))
    with pytest.raises(OutputError, match="Table 't', row 1: 2 values under 1 columns"):
        write_csv(str(path), Table("t", (Column("x", kind),), [(1, 2)]))
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(OutputError, match="nowhere' does not exist"):
        write_csv(str(tmp_path / "nowhere" / "out.csv"), RESULT)
