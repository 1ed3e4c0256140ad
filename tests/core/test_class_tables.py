"""Tables of ecosystems, land-use intensity grades, names and colours."""

import numpy as np
import pytest

from carbon_qgis.core.class_tables import GRADES, read_class_styles, read_ecosystems, read_grades
from carbon_qgis.core.errors import TableError
from carbon_qgis.core.tables import TextTable


def write(folder, text):
    path = folder / "classes.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_ids_in_order_of_first_appearance(tmp_path):
    text = "lucode;class;ecosystem\n30;a;Grassland\n11;b;Farmland\n12;c;farmland\n-5;d;Grassland\n0;e;Other\n"
    table = read_ecosystems(write(tmp_path, text))
    assert table.names == {1: "Grassland", 2: "Farmland", 3: "Other"}
    assert table.mapping([30, 11, 12, -5, 0, 99]) == {30: 1, 11: 2, 12: 2, -5: 1, 0: 3}
    assert table.notes == ["classes.csv has no id column: ecosystems are numbered in order of first appearance."]


def test_given_ids_are_kept(tmp_path):
    table = read_ecosystems(write(tmp_path, "code,id,ecosystem\n1,7,Desert\n2,3,Forest\n3,7,Desert\n"))
    assert table.names == {7: "Desert", 3: "Forest"}
    assert table.mapping([1, 2, 3]) == {1: 7, 2: 3, 3: 7}
    assert table.notes == []


def test_ids_without_names(tmp_path):
    table = read_ecosystems(write(tmp_path, "code,id\n1,7\n2,3\n"))
    assert table.names == {7: "Ecosystem 7", 3: "Ecosystem 3"}


def test_a_numeric_ecosystem_column_is_the_id(tmp_path):
    table = read_ecosystems(write(tmp_path, "code,name,ecosystem\n1,Wheat,5\n2,Rice,5\n3,Pine,2\n"))
    assert table.mapping([1, 2, 3]) == {1: 5, 2: 5, 3: 2}
    assert table.names == {5: "Ecosystem 5", 2: "Ecosystem 2"}


def test_ranges_and_codes(tmp_path):
    table = read_ecosystems(
        write(tmp_path, "code,from,to,ecosystem\n,10,19,Farm\n,20,29,Forest\n5,,,Farm\n,-3,-1,Ice\n")
    )
    codes = np.array([[9, 10, 19, 20], [29, 30, 5, 6], [-3, -2, -1, -4]], dtype=np.int16)
    assert table.assign(codes).tolist() == [[0, 1, 1, 2], [2, 0, 1, 0], [3, 3, 3, 0]]
    assert table.assign(codes, missing=-1)[0, 0] == -1
    assert table.ecosystem(15) == 1 and table.ecosystem(30) is None


def test_assign_agrees_with_a_plain_search():
    generator = np.random.default_rng(5)
    codes = generator.choice(np.arange(-50, 50), 40, replace=False)
    ids = generator.integers(1, 6, codes.size)
    table = read_ecosystems(TextTable.from_rows("t", ["code", "id"], list(zip(codes.tolist(), ids.tolist()))))
    cells = generator.integers(-60, 60, (30, 20))
    plain = dict(zip(codes.tolist(), ids.tolist()))
    assert table.assign(cells).tolist() == [[plain.get(int(c), 0) for c in row] for row in cells]


@pytest.mark.parametrize(
    "text,said",
    [
        ("kind,ecosystem\n1,a\n", "no column 'code' or 'lucode' or 'value'. Its columns are: 'kind', 'ecosystem'"),
        ("code,remark\n1,a\n", "no column 'ecosystem_name' or 'ecosystem'"),
        ("code,ecosystem\n1,a\n2,b\n1,c\n", "line 4: code 1 is already in line 2. Give each code one ecosystem"),
        ("from,to,ecosystem\n1,5,a\n7,9,b\n4,6,a\n", "line 4: code 4 is already in line 2"),
        ("from,to,ecosystem\n5,1,a\n", r"column 'to': the range ends \(1\) before it starts \(5\)"),
        ("code,from,to,ecosystem\n1,2,3,a\n", "the row has a code and a range"),
        (
            "code,id,ecosystem\n1,1,a\n2,1,b\n",
            "line 3, column 'ecosystem': ecosystem 1 is called 'b' here and 'a' in li",
        ),
        ("code,id,ecosystem\n1,1,a\n2,2,A\n", "line 3, column 'id': 'A' has the id 2 here and 1 in line 2"),
        ("code,id,ecosystem\n1,1,a\n2,,b\n", "line 3, column 'id': the cell is empty"),
        ("code,id\n1,-1\n", "'-1' is out of range. Write a whole number from 0 to 65534"),
        ("code,id\n1,65535\n", "'65535' is out of range"),
        ("code,ecosystem\n1,\n2,b\n", "line 2, column 'ecosystem': the cell is empty. Write the name"),
        ("code,ecosystem\nx,a\n", "'x' is not a number"),
    ],
)
def test_ecosystem_tables_that_are_refused(tmp_path, text, said):
    with pytest.raises(TableError, match=said):
        read_ecosystems(write(tmp_path, text))


def test_missing_ecosystem_codes_are_all_listed(tmp_path):
    table = read_ecosystems(write(tmp_path, "from,to,ecosystem\n1,5,a\n"))
    table.require_codes({1: 10, 5: 1, 9: 0})
    with pytest.raises(
        TableError, match=r"lc\.tif has class codes that classes\.csv does not list: 0 \(1 cell\), 6 \(2,000"
    ):
        table.require_codes({6: 2000, 0: 1, 2: 4}, "lc.tif")


def test_grades(tmp_path):
    table = read_grades(write(tmp_path, "code;grade;name\n1;3;Crop\n2;2,5;\n3;0;Ice\n4;100;City\n"))
    assert table.grades == {1: 3.0, 2: 2.5, 3: 0.0, 4: 100.0}
    assert table.names == {1: "Crop", 2: "2", 3: "Ice", 4: "City"}
    with pytest.raises(TableError, match=r"9 \(3 cells\)"):
        table.require_codes({9: 3})
    assert sorted(GRADES.values()) == [1, 2, 2, 2, 3, 4]


@pytest.mark.parametrize(
    "text,said",
    [
        ("code,x\n1,2\n", "no column 'grade' or 'intensity' or 'lui'"),
        ("code,grade\n1,101\n", "'101' is not a grade from 0 to 100"),
        ("code,grade\n1,-1\n", "'-1' is not a grade"),
        ("code,grade\n1,\n", "column 'grade': the cell is empty"),
        ("code,grade\n1,2\n1,3\n", "code 1 is already in line 2"),
    ],
)
def test_grade_tables_that_are_refused(tmp_path, text, said):
    with pytest.raises(TableError, match=said):
        read_grades(write(tmp_path, text))


def test_names_and_colours(tmp_path):
    styles = read_class_styles(write(tmp_path, "Code,Name,Color\n1,Forest,#1A9850\n2,,\n"))
    assert styles.names == {1: "Forest", 2: "2"}
    assert styles.colours == {1: "#1a9850"}


@pytest.mark.parametrize(
    "text,said",
    [
        ("code,name,colour\n1,a,#12345\n", "line 2, column 'colour': '#12345' is not a colour. Write # and six hex"),
        ("code,name,colour\n1,a,green\n", "'green' is not a colour"),
        ("code,x\n1,a\n", "no column 'name'.*and no column 'colour' or 'color'"),
        ("code,name\n1,a\n1,b\n", "code 1 is already in line 2"),
    ],
)
def test_class_styles_that_are_refused(tmp_path, text, said):
    with pytest.raises(TableError, match=said):
        read_class_styles(write(tmp_path, text))
