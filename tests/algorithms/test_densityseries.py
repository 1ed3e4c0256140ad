"""densityseries as a user meets it: a text table, a point layer with a study area, and the refusals."""

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer

from tests.algorithms.workshop import Workshop, content, polygon, record, table_rows

RECORDS = (
    "year,pool,value,unit,weight\n2000,soil,40,t C/ha,1\n2000,soil,60,t C/ha,1\n2001,soil,4.5,kg C/m2,2\n"
    "2001,above,500,g C/m2,1\n"
)


@pytest.fixture
def shop(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm)


def points(features, fields="field=year:integer&field=pool:string&field=value:double&field=unit:string"):
    """Point layer from (x, y, *attributes)."""
    layer = QgsVectorLayer("Point?crs=EPSG:32650&" + fields, "plots", "memory")
    for x, y, *values in features:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
        feature.setAttributes(values)
        layer.dataProvider().addFeature(feature)
    return layer


PLOTS = [
    (500050, 3999950, 2000, "soil", 40.0, "t C/ha"), (500060, 3999950, 2000, "soil", 60.0, "t C/ha"),
    (500950, 3999950, 2000, "soil", 900.0, "t C/ha"), (500070, 3999950, 2001, "soil", 5.5, "kg C/m2"),
]  # fmt: skip


def test_records_of_a_table_and_every_file(shop, feedback):
    made = {"TABLE": shop.path("series.csv"), "REPORT": shop.path("r.html"), "FIGURES": shop.path("figures")}
    found = shop.run("densityseries", {"RECORDS": shop.table("records.csv", RECORDS), **made})
    series = table_rows(made["TABLE"])
    assert [(row["year"], row["pool"], row["n"]) for row in series] == [
        ("2001", "above", "1"), ("2000", "soil", "2"), ("2001", "soil", "1"),
    ]  # fmt: skip
    assert float(series[1]["mean_kg_c_m2"]) == pytest.approx(5.0)
    assert float(series[1]["se_kg_c_m2"]) == pytest.approx(1.0) and series[2]["se_kg_c_m2"] == ""
    assert (found["RECORDS_USED"], found["POOLS"], found["FIRST_YEAR"], found["LAST_YEAR"]) == (4, 2, 2000, 2001)
    assert record(made["TABLE"])["unit"] == "kg C/m2" and record(made["TABLE"])["weighted"] is True
    assert "4 records of 2 pools, 2000 to 2001, weighted" in feedback.text
    assert "Cochran" in content(made["REPORT"])
    assert sorted(p.name for p in (shop.out / "figures").iterdir()) == ["series.png", "series.svg"]


def test_points_in_a_study_area(shop, feedback):
    area = polygon(500000, 3999900, 500100, 4000000)
    found = shop.run("densityseries", {"INPUT": points(PLOTS), "MASK": area, "TABLE": shop.path("s.csv")})
    assert [float(row["mean_kg_c_m2"]) for row in table_rows(shop.path("s.csv"))] == pytest.approx([5.0, 5.5])
    assert found["RECORDS_USED"] == 3 and "1 records lie outside the study area" in feedback.text
    everywhere = shop.run("densityseries", {"INPUT": points(PLOTS), "TABLE": shop.path("all.csv")})
    assert everywhere["RECORDS_USED"] == 4


def test_columns_by_name_and_one_unit(shop):
    layer = points(
        [(0, 0, 2007, 57.0, 3.0), (0, 0, 2007, 59.0, 1.0)], "field=yr:integer&field=agb:double&field=plots:double"
    )
    shop.run("densityseries", {
        "INPUT": layer, "YEAR_COLUMN": "yr", "VALUE_COLUMN": "agb", "WEIGHT_COLUMN": "plots", "UNIT": "t C/ha",
        "POOL": "above", "TABLE": shop.path("s.csv"),
    })  # fmt: skip
    assert float(table_rows(shop.path("s.csv"))[0]["mean_kg_c_m2"]) == pytest.approx(5.75)


def test_refusals(shop):
    table = shop.table("records.csv", RECORDS)
    out = {"TABLE": shop.path("s.csv")}
    assert "Give either Records (table) (RECORDS) or Records (layer) (INPUT): neither was given." in shop.refusal(
        "densityseries", out
    )
    assert "both were given" in shop.refusal("densityseries", {"RECORDS": table, "INPUT": points(PLOTS), **out})
    area = polygon(0, 0, 1, 1)
    assert "Study area (mask) (MASK) needs points" in shop.refusal(
        "densityseries", {"RECORDS": table, "MASK": area, **out}
    )
    assert "None of the 4 records of plots lies inside the study area" in shop.refusal(
        "densityseries", {"INPUT": points(PLOTS), "MASK": area, **out}
    )
    bad = shop.table("bad.csv", RECORDS.replace("4.5,kg C/m2", "4.5,Mg/ha"))
    assert "bad.csv, line 4, column 'unit': 'Mg/ha' is not a unit of carbon density." in shop.refusal(
        "densityseries", {"RECORDS": bad, **out}
    )
    missing = points([(0, 0, None, "soil", 4.0, "kg C/m2")])
    assert "plots, row 1, column 'year': the cell is empty." in shop.refusal(
        "densityseries", {"INPUT": missing, **out}
    )


def test_a_table_without_geometry_has_no_study_area(shop):
    layer = QgsVectorLayer("None?field=year:integer&field=pool:string&field=value:double", "sheet", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([2000, "soil", 4.0])
    layer.dataProvider().addFeature(feature)
    common = {"INPUT": layer, "UNIT": "kg C/m2", "TABLE": shop.path("s.csv")}
    assert "'sheet' has no geometry" in shop.refusal("densityseries", {"MASK": polygon(0, 0, 1, 1), **common})
    assert shop.run("densityseries", common)["RECORDS_USED"] == 1


def test_cancel_writes_nothing(shop, make_feedback):
    parameters = {"RECORDS": shop.table("records.csv", RECORDS), "TABLE": shop.path("s.csv")}
    stopped = make_feedback()
    stopped.cancel()
    assert "Cancelled" in shop.refusal("densityseries", parameters, feedback=stopped)
