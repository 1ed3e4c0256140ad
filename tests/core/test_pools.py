"""The pool table, the check of it, and Table 2 of the Jiangsu paper as the known answer."""

import numpy as np
import pytest

from carbon_qgis.core.errors import TableError, UnitError
from carbon_qgis.core.pool_checks import MAX_TOLD, check_pool_table, pool_doubts
from carbon_qgis.core.pools import POOLS, read_pools
from carbon_qgis.core.tables import CellError, TextTable

# Jiangsu paper, Table 2 (t C/ha): code, name, above, below, soil, dead.
TABLE_2 = [
    (1, "Cropland", 46.50, 80.70, 108.40, 1.00),
    (2, "Forest", 20.36, 67.50, 22.53, 18.39),
    (3, "Grassland", 4.30, 86.50, 170.00, 7.80),
    (4, "Water", 0.0, 0.0, 0.0, 0.0),
    (5, "Built-up", 0.0, 0.0, 71.0, 0.0),
    (6, "Unused", 0.74, 0.13, 69.92, 0.0),
]
HEADER = ("lucode", "lulc_name", "c_above", "c_below", "c_soil", "c_dead")
#: t C on 1 km2.
TOTALS = {1: 23660, 2: 12878, 3: 26860, 4: 0, 5: 7100, 6: 7079}


def table_2(scale=1.0):
    rows = [(code, name, *(value * scale for value in densities)) for code, name, *densities in TABLE_2]
    return TextTable.from_rows("Table 2", HEADER, rows)


def write(folder, text):
    path = folder / "pools.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_table_2_of_the_jiangsu_paper(tmp_path):
    lines = [",".join(HEADER)] + [",".join(str(cell) for cell in row) for row in TABLE_2]
    pools = read_pools(write(tmp_path, "\n".join(lines)))
    assert pools.codes.tolist() == [1, 2, 3, 4, 5, 6]
    assert pools.densities.dtype == np.float64 and pools.densities.shape == (6, 4)
    np.testing.assert_allclose(pools.totals * 100, list(TOTALS.values()), rtol=1e-12)
    assert pools.densities[1].tolist() == [20.36, 67.5, 22.53, 18.39]
    assert pools.name(2) == "Forest" and pools.name(99) == "99"
    assert pools.pools_present == POOLS == ("above", "below", "soil", "dead")
    assert pools.notes == []


@pytest.mark.parametrize("unit,scale", [("kg C/m2", 0.1), ("Mg C/ha", 1.0), ("t C/km2", 100.0), ("g C/m2", 100.0)])
def test_other_units_give_the_same_table(unit, scale):
    pools = read_pools(table_2(scale), unit=unit)
    np.testing.assert_allclose(pools.densities, read_pools(table_2()).densities, rtol=1e-12)
    assert any("converted from {}".format(unit) in note for note in pools.notes) == (scale != 1)


def test_unknown_unit():
    with pytest.raises(UnitError, match="'Mg/ha' is not a unit of carbon density"):
        read_pools(table_2(), unit="Mg/ha")


def test_a_pool_left_out_is_zero_and_said(tmp_path):
    pools = read_pools(write(tmp_path, "C_Soil;LUCODE;c_above;x\n12,5;0;3;a\n1;-7;2;b\n"))
    assert pools.codes.tolist() == [0, -7]
    assert pools.densities.tolist() == [[3, 0, 12.5, 0], [2, 0, 1, 0]]
    assert pools.pools_present == ("above", "soil")
    assert pools.notes == [
        "pools.csv has no column c_below: the below pool is 0 in every class.",
        "pools.csv has no column c_dead: the dead pool is 0 in every class.",
    ]
    assert pools.names == {0: "0", -7: "-7"}


def test_gb18030_is_said(tmp_path):
    path = tmp_path / "pools.csv"
    path.write_bytes("lucode,name,c_soil\n1,耕地,5\n".encode("gb18030"))
    pools = read_pools(str(path))
    assert pools.name(1) == "耕地"
    assert "pools.csv is not UTF-8; it was read as gb18030." in pools.notes


@pytest.mark.parametrize(
    "text,said",
    [
        ("code,c_soil\n1,2\n", "no column 'lucode'. Its columns are: 'code', 'c_soil'"),
        ("lucode,soil\n1,2\n", "no pool column. It needs at least one of c_above, c_below, c_soil, c_dead; its col"),
        ("lucode,c_soil\n1,2\n2,abc\n", "line 3, column 'c_soil': 'abc' is not a number"),
        ("lucode,c_soil\n1,2\n2,-0.5\n", "line 3, column 'c_soil': '-0.5' is negative. A carbon density cannot"),
        ("lucode,c_soil,c_dead\n1,,2\n", "line 2, column 'c_soil': the cell is empty. InVEST requires.*write 0 if"),
        ("lucode,c_soil\n1,2\n2,3\n1,4\n", "line 4, column 'lucode': code 1 is already in line 2"),
        ("lucode,c_soil\n1.5,2\n", "'1.5' is not a whole number"),
        ("lucode,c_soil\n3000000000,2\n", "'3000000000' is out of range"),
        ("lucode,c_soil\n,2\n", "column 'lucode': the cell is empty"),
        ("lucode,c_soil\n1,NaN\n", "'NaN' is not a finite number"),
        ("lucode,c_soil,C_SOIL\n1,2,3\n", "2 columns named 'c_soil'"),
    ],
)
def test_refused(tmp_path, text, said):
    with pytest.raises(TableError, match=said):
        read_pools(write(tmp_path, text))


def test_a_cell_error_carries_its_place():
    table = TextTable.from_rows("pools", ["lucode", "c_soil"], [(1, 2), (4, -3)])
    with pytest.raises(CellError) as caught:
        read_pools(table)
    error = caught.value
    assert (error.table, error.line, error.column, error.found) == ("pools", 2, "c_soil", "-3")


def test_all_missing_codes_are_listed_with_their_cells():
    pools = read_pools(table_2())
    counts = {np.int32(1): np.int64(5), 300: 1234567, -2: 1, 8: 0, 4: 9}
    assert pools.missing(counts) == [-2, 300]
    assert pools.unused(counts) == [2, 3, 5, 6]
    message = pools.missing_message(counts, "lc_1985.tif")
    assert message.startswith("lc_1985.tif has 2 class codes that Table 2 does not list: ")
    assert "-2 (1 cell), 300 (1,234,567 cells). Add a row" in message
    with pytest.raises(TableError, match="300"):
        pools.require_codes(counts)
    assert pools.missing_message({1: 5, 8: 0}) is None
    pools.require_codes({1: 5})


def test_a_hundred_missing_codes_are_all_listed():
    message = read_pools(table_2()).missing_message({code: 1 for code in range(1, 107)})
    assert all(" {} (1 cell)".format(code) in message for code in range(7, 107))
    assert "has 100 class codes" in message


def findings(source, severity=None, **options):
    rows = check_pool_table(source, **options).findings.as_dicts()
    return [row for row in rows if severity in (None, row["severity"])]


def pool_rows(*rows, header=("lucode", "name", "c_above", "c_below", "c_soil", "c_dead")):
    return TextTable.from_rows("pools", header, rows)


SOUND = pool_rows((1, "Forest", 80, 20, 100, 10), (2, "Grass", 2, 8, 90, 1), (3, "Crop", 4, 0.8, 85, 0.5))


def test_a_sound_table_has_no_findings():
    result = check_pool_table(SOUND, landcover_counts={1: 5, 2: 6, 3: 7})
    assert result.findings.rows == []
    assert (result.errors, result.warnings, result.infos, result.classes) == (0, 0, 0, 3)
    assert result.usable and result.source == "pools"


def test_a_class_that_is_the_nodata_value_is_an_error_and_so_is_a_land_cover_without_cells():
    result = check_pool_table(SOUND, landcover_counts={1: 5, 2: 6}, landcover_nodata=3.0)
    assert [row[:4] for row in result.findings.rows] == [("error", 3, "3 Crop", "lucode")] and not result.usable
    assert check_pool_table(SOUND, landcover_counts={1: 5, 2: 6, 3: 1}, landcover_nodata=255.0).usable
    result = check_pool_table(SOUND, landcover_counts={})
    assert result.errors == 1 and result.findings.rows[0][4] == "The land cover has no valid cell."


def test_the_forest_row_of_table_2_looks_swapped():
    result = check_pool_table(table_2())
    assert result.usable and result.errors == 0
    swapped = [row for row in findings(table_2(), "warning") if "look swapped" in row["found"]]
    assert [(row["class"], row["line"], row["column"]) for row in swapped] == [("2 Forest", 2, "c_below")]
    assert "Below (67.5) and soil (22.53 t C/ha)" in swapped[0]["found"]
    assert "below/above is 3.32 (with the two exchanged: 1.11)" in swapped[0]["found"]
    doubtful = {row["class"] for row in findings(table_2(), "warning")}
    assert doubtful == {"1 Cropland", "2 Forest", "3 Grassland"}
    assert [row["class"] for row in findings(table_2(), "info")] == ["4 Water"]


def test_exchanging_the_two_values_settles_the_swap():
    row = (2, "Forest", 20.36, 22.53, 67.50, 18.39)
    assert findings(pool_rows(row)) == []


def test_the_check_never_edits():
    table = table_2()
    before = [row.cells for row in table.rows]
    check_pool_table(table)
    assert [row.cells for row in table.rows] == before


def test_every_error_of_a_bad_table_is_collected(tmp_path):
    path = write(
        tmp_path,
        "lucode,name,c_above,c_below,c_soil\n"
        "1,Forest,abc,20,100\n"
        "2,Grass,2,-8,\n"
        "1,Again,1,1,50\n"
        "2.5,Half,1,1,50\n"
        "3,Crop,4,1,NaN\n",
    )
    rows = findings(path, "error", landcover_counts={3: 2, 44: 1, 45: 1200, 2: 1, 1: 1})
    seen = [(row["line"], row["class"], row["column"], row["found"]) for row in rows]
    assert seen == [
        (None, "44", "lucode", "1 cell of the land cover with code 44, which the table does not list."),
        (None, "45", "lucode", "1,200 cells of the land cover with code 45, which the table does not list."),
        (2, "1 Forest", "c_above", "'abc' is not a number."),
        (3, "2 Grass", "c_below", "'-8' is negative."),
        (3, "2 Grass", "c_soil", "the cell is empty."),
        (4, "1 Again", "lucode", "Code 1 is already in line 2."),
        (5, "2.5 Half", "lucode", "'2.5' is not a whole number."),
        (6, "3 Crop", "c_soil", "'NaN' is not a finite number."),
    ]
    assert all(row["advice"] for row in rows)
    assert [row["column"] for row in findings(path, "info") if "missing" in row["found"]] == ["c_dead"]


@pytest.mark.parametrize(
    "content,said",
    [
        (b"", "pools.csv is empty"),
        (b"PK\x03\x04", "a ZIP file"),
        (b"code,c_soil\n1,2\n", "no column 'lucode'"),
        (b"lucode,soil\n1,2\n", "no pool column"),
        (b"lucode,c_soil,c_soil\n1,2,3\n", "2 columns named 'c_soil'"),
        (b"lucode,lucode,c_soil\n1,2,3\n", "2 columns named 'lucode'"),
        (b"lucode,name,name,c_soil\n1,2,3,4\n", "2 columns named 'name'"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_read_pools_refuses_it(tmp_path, content, said):
    path = tmp_path / "pools.csv"
    path.write_bytes(content)
    rows = findings(str(path), "error", landcover_counts={1: 1, 2: 1})
    assert said in rows[0]["found"]
    with pytest.raises(TableError, match=said):
        read_pools(str(path))


def test_a_file_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(TableError, match="does not exist"):
        check_pool_table(str(tmp_path / "nothing.csv"))


def test_codes_that_do_not_occur():
    rows = findings(SOUND, landcover_counts={1: 5, 2: 0})
    assert [(row["severity"], row["class"]) for row in rows] == [("info", "2 Grass"), ("info", "3 Crop")]


@pytest.mark.parametrize(
    "row,column,said",
    [
        ((500, 101, 100, 1), "c_above", "Above and below together are 601 t C/ha, more than 600"),
        ((80, 20, 2001, 1), "c_soil", "Soil carbon is 2001 t C/ha, more than 2000"),
        ((8, 2, 30, 41), "c_dead", r"Dead matter (41 t C/ha) exceeds the three other pools together (40)"),
        ((80, 130, 200, 1), "c_below", "Below/above is 1.62; 0.05-1.5 is usual for a woody class"),
        ((80, 3, 200, 1), "c_below", "Below/above is 0.04"),
        ((2, 25, 200, 1), "c_below", "Below/above is 12.50; 0.05-12 is usual for a herbaceous class"),
        ((80, 0, 200, 1), "c_below", "One of above (80) and below (0 t C/ha) is 0"),
        ((0, 0, 0, 0), "", "All pools are 0."),
    ],
)
def test_each_doubt_about_a_class(row, column, said):
    rows = findings(pool_rows((1, "x", *row), (2, "Grass", 2, 8, 90, 1)))
    assert [(r["class"], r["column"]) for r in rows] == [("1 x", column)]
    assert said in rows[0]["found"]


@pytest.mark.parametrize(
    "row", [(500, 100, 100, 1), (400, 100, 2000, 1), (80, 120, 200, 1), (80, 4, 200, 1), (2, 24, 200, 1)]
)
def test_the_limits_themselves_are_not_doubted(row):
    assert findings(pool_rows((1, "x", *row))) == []


def test_above_and_below_that_look_swapped():
    rows = findings(pool_rows((1, "Forest", 24, 100, 120, 10)))
    assert [row["advice"] for row in rows] == ["Check both values with the source. Are above and below swapped?"]


def test_columns_that_look_swapped_in_the_whole_table():
    source = pool_rows(*[(i, "x", 80, 60 + i, 20, 5) for i in range(3)])
    assert [r["found"] for r in findings(source)] == ["c_below exceeds c_soil in all 3 classes that have both."]


def test_a_pool_that_is_zero_everywhere():
    source = pool_rows((1, "Forest", 80, 20, 100, 0), (2, "Grass", 2, 8, 90, 0))
    assert [(r["severity"], r["column"], r["found"]) for r in findings(source)] == [
        ("warning", "c_dead", "The pool is 0 in every class.")
    ]


@pytest.mark.parametrize(
    "scale,said", [(0.1, "Are the values in kg C/m2?"), (100.0, "Are the values in t C/km2 or g C/m2?")]
)
def test_a_unit_that_does_not_fit_is_suspected_until_it_is_given(scale, said):
    unit = {0.1: "kg C/m2", 100.0: "t C/km2"}[scale]
    assert any(said in row["advice"] for row in findings(table_2(scale)))
    assert not any("unit" in row["advice"] for row in findings(table_2(scale), unit=unit))
    assert not any("unit" in row["advice"] for row in findings(table_2()))


def test_the_check_needs_a_unit_it_knows():
    with pytest.raises(UnitError, match="not a unit"):
        check_pool_table(SOUND, unit="t CO2/ha")


def test_a_row_of_errors_is_what_read_pools_refuses():
    """The check and the reader agree: no error found, no refusal, and the other way round."""
    for cell in (1, -1, None, "x", "nan", "1.234,5", 0, "1e400"):
        source = pool_rows((1, "x", cell, 1, 50, 1))
        if check_pool_table(source).usable:
            assert read_pools(source).codes.tolist() == [1]
        else:
            with pytest.raises(TableError):
                read_pools(source)


def test_doubts_of_a_table_that_was_read_are_sentences_with_class_and_column():
    assert pool_doubts(read_pools(SOUND)) == []
    told = pool_doubts(read_pools(pool_rows((1, "Forest", 500, 200, 100, 0), (2, "", 2, 8, 2500, 0))))
    assert told == [
        "pools, c_dead: The pool is 0 in every class. Fill it in, or remove the column.",
        "pools, class 1 'Forest', c_above: Above and below together are 700 t C/ha, more than 600. Check the unit and "
        "the source of the values.",
        "pools, class 2, c_soil: Soil carbon is 2500 t C/ha, more than 2000. Check the unit and the source of the "
        "value.",
    ]


def test_a_wrong_unit_is_told_once_and_not_for_every_class():
    rows = [(code, "", 8000.0, 2000.0, 9000.0, 500.0) for code in range(1, 41)]
    told = pool_doubts(read_pools(pool_rows(*rows)))
    assert len(told) == MAX_TOLD + 1 and "Are the values in t C/km2 or g C/m2?" in told[0]
    assert told[-1] == "pools: 73 more warnings like these; 'Check pool table' lists them all."
    assert pool_doubts(read_pools(pool_rows(*rows), "t C/km2")) == []
