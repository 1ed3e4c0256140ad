"""Records of carbon density to a series: means, standard errors, units, regions, and what is refused."""

import struct

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.density_series import (
    RecordColumns,
    density_series,
    points_in_area,
    shortened,
    weighted_mean,
)
from carbon_qgis.core.errors import Cancelled, CarbonError, GridError, InputError
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.report.density_series_report import density_series_page
from carbon_qgis.core.tables import csv_bytes
from carbon_qgis.core.text_tables import TextTable
from tests.core.helpers import UTM, box, box_layer, polygon_wkb

HEADER = "year,pool,value,unit\n"


def table(tmp_path, text, name="records.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def rows_of(result):
    return [tuple(row) for row in result.series.rows]


def refusal(tmp_path, text, **options):
    with pytest.raises(CarbonError) as caught:
        density_series(table(tmp_path, text), **options)
    return str(caught.value)


def test_mean_n_and_standard_error_in_kg(tmp_path):
    text = HEADER + "2000,soil,40,t C/ha\n2000,Soil ,50,Mg C ha-1\n2000,soil,6,kg C/m2\n2001,soil,4500,g C/m2\n"
    result = density_series(table(tmp_path, text + "2000,above,100,t C/km2\n"))
    # 4, 5 and 6 kg: mean 5, s = 1, standard error 1/sqrt(3).
    found = rows_of(result)
    assert [row[:2] for row in found] == [(2000, "above"), (2000, "soil"), (2001, "soil")]
    assert found[0][2:] == (pytest.approx(0.1), 1, None)
    assert found[1][2:] == (pytest.approx(5.0), 3, pytest.approx(3**-0.5))
    assert found[2][2:] == (pytest.approx(4.5), 1, None)
    assert [column.name for column in result.series.columns] == ["year", "pool", "mean_kg_c_m2", "n", "se_kg_c_m2"]
    assert (result.records, result.pools, result.years, result.weighted) == (5, ("above", "soil"), (2000, 2001), False)
    assert any("several units" in note for note in result.notes)
    assert any("single record" in note and "2001" in note for note in result.notes)


def test_weighted_mean_known_answer():
    # Weights 1 and 3 on 2 and 6: mean 5; sqrt(2/1 * (1*9 + 9*1))/4 = 1.5.
    assert weighted_mean(np.array([2.0, 6.0]), np.array([1.0, 3.0])) == (pytest.approx(5.0), pytest.approx(1.5))


def test_weights_matter_only_relative_to_one_another():
    values, weights = np.array([1.0, 4.0, 2.5, 7.0]), np.array([1.0, 2.0, 5.0, 0.5])
    assert weighted_mean(values, 1000 * weights) == pytest.approx(weighted_mean(values, weights))
    equal = weighted_mean(values, np.full(4, 7.0))
    assert equal == pytest.approx((values.mean(), values.std(ddof=1) / 2))


def test_a_weight_of_zero_leaves_the_record_out(tmp_path):
    text = "year;pool;value;unit;weight\n2000;soil;4,0;kg C/m2;2\n2000;soil;99;kg C/m2;0\n2000;soil;6,0;kg C/m2;2\n"
    result = density_series(table(tmp_path, text))
    assert rows_of(result)[0][2:4] == (pytest.approx(5.0), 2)
    assert result.weighted and result.records == 2 and any("weight 0" in note for note in result.notes)


def test_columns_by_name_one_unit_and_one_pool_for_all(tmp_path):
    path = table(tmp_path, "yr,AGB,plots\n2007,57,3\n2007,59,1\n")
    columns = RecordColumns(year="yr", value="agb", weight="plots")
    result = density_series(path, columns, unit="t C/ha", pool="above")
    assert rows_of(result)[0][:4] == (2007, "above", pytest.approx(5.75), 2)


def test_the_table_is_read_back_by_the_forecast(tmp_path):
    from carbon_qgis.core.series_check import read_series

    text = HEADER + "".join("{},soil,{},kg C/m2\n".format(2000 + i // 2, 4 + 0.1 * i) for i in range(16))
    result = density_series(table(tmp_path, text))
    path = tmp_path / "series.csv"
    path.write_bytes(csv_bytes(result.series))
    (series,) = read_series(str(path))
    assert series.years == tuple(range(2000, 2008))
    np.testing.assert_array_equal(series.values, result.series.column("mean_kg_c_m2"))


@pytest.mark.parametrize("text, words", [
    (HEADER + "2000,soil,4,Mg/ha\n", "line 2, column 'unit': 'Mg/ha' is not a unit of carbon density."),
    (HEADER + "2000,soil,4,\n", "line 2, column 'unit': the cell is empty."),
    (HEADER + "2000,soil,4,kg C/m2\n2001,soil,four,kg C/m2\n", "line 3, column 'value': 'four' is not a number."),
    (HEADER + "2000,soil,,kg C/m2\n", "line 2, column 'value': the cell is empty."),
    (HEADER + "2000,soil,nan,kg C/m2\n", "line 2, column 'value': 'nan' is not a finite number."),
    (HEADER + "2000,soil,-4,kg C/m2\n", "line 2, column 'value': '-4' is negative. A carbon density cannot be below 0"),
    (HEADER + ",soil,4,kg C/m2\n", "line 2, column 'year': the cell is empty."),
    (HEADER + "2000.5,soil,4,kg C/m2\n", "line 2, column 'year': '2000.5' is not a whole number."),
    (HEADER + "20001,soil,4,kg C/m2\n", "line 2, column 'year': '20001' is out of range."),
    (HEADER + "2000,,4,kg C/m2\n", "line 2, column 'pool': the cell is empty."),
    ("year,pool,unit\n2000,soil,kg C/m2\n", "has no column 'value' or 'density'"),
    ("pool,value,unit\nsoil,4,kg C/m2\n", "has no column 'year'"),
    ("year,pool,value\n2000,soil,4\n", "The unit of the records is not known"),
    ("year,value,unit\n2000,4,kg C/m2\n", "The pool of the records is not known"),
    ("year,pool,value,unit,weight\n2000,soil,4,kg C/m2,-1\n", "line 2, column 'weight': '-1' is negative."),
    ("year,pool,value,unit,weight\n2000,soil,4,kg C/m2,\n", "line 2, column 'weight': the cell is empty."),
    ("year,pool,value,unit,weight\n2000,soil,4,kg C/m2,0\n", "all records of pool 'soil' in 2000 have the weight 0"),
])  # fmt: skip
def test_refused(tmp_path, text, words):
    assert words in refusal(tmp_path, text)


def test_unit_or_pool_given_twice(tmp_path):
    text = HEADER + "2000,soil,4,kg C/m2\n"
    assert "The unit is given as 't C/ha', but records.csv also has a column" in refusal(tmp_path, text, unit="t C/ha")
    assert "The pool is given as 'soil', but" in refusal(tmp_path, text, pool="soil")
    named = RecordColumns(weight="area")
    assert "has no column 'area'" in refusal(tmp_path, text, columns=named)


def test_unit_that_is_none(tmp_path):
    assert "'Mg/ha' is not a unit of carbon density. Use one of" in refusal(
        tmp_path, "year,pool,value\n2000,soil,4\n", unit="Mg/ha"
    )


def test_a_slip_of_the_unit_is_pointed_out(tmp_path):
    text = HEADER + "".join("{},soil,4.{},kg C/m2\n".format(2000 + i, i) for i in range(9)) + "2003,soil,45,kg C/m2\n"
    assert not any("Is their unit right" in note for note in density_series(table(tmp_path, text)).notes)
    notes = density_series(table(tmp_path, text + "2004,soil,450,kg C/m2\n")).notes
    assert any("1 records are more than 20 times" in note and "line 12: 450" in note for note in notes)


def test_years_without_records_are_named(tmp_path):
    text = HEADER + "2000,soil,4,kg C/m2\n2004,soil,4,kg C/m2\n"
    assert "Pool 'soil' has no record in 2001–2003: a forecast needs every year." in (
        density_series(table(tmp_path, text)).notes
    )
    assert shortened([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"


# points


def point(x, y):
    return struct.pack("<BIdd", 1, 1, x, y)


def wkt(crs):
    return rasterio.crs.CRS.from_user_input(crs).to_wkt()


def test_points_inside_with_a_hole_and_two_polygons():
    ring, hole = box(0, 0, 10, 10), box(4, 4, 6, 6)
    area = PolygonLayer((polygon_wkb(ring, hole), polygon_wkb(box(20, 0, 30, 10))), wkt(UTM))
    xy = [(1, 1), (5, 5), (25, 5), (15, 5), (5, 3.9), (-1, 5), (5, 11)]
    found = points_in_area([point(*p) for p in xy], wkt(UTM), area, "plots")
    assert found.tolist() == [True, False, True, False, True, False, False]


def test_points_in_a_star_agree_with_the_winding_angle():
    rng = np.random.default_rng(3)
    angles = np.linspace(0, 2 * np.pi, 61)[:-1]
    star = np.column_stack([np.cos(angles), np.sin(angles)]) * np.where(np.arange(60) % 2, 1.0, 3.0)[:, None]
    xy = rng.uniform(-3, 3, (500, 2))
    area = PolygonLayer((polygon_wkb([*map(tuple, star), tuple(star[0])]),), wkt(UTM))
    found = points_in_area([point(*p) for p in xy], wkt(UTM), area, "plots")
    seen = star[None, :, :] - xy[:, None, :]
    turns = np.angle(np.exp(1j * np.diff(np.arctan2(seen[..., 1], seen[..., 0]), axis=1, append=0)))
    closing = np.arctan2(seen[..., 1], seen[..., 0])
    turns[:, -1] = np.angle(np.exp(1j * (closing[:, 0] - closing[:, -1])))
    assert found.tolist() == (np.abs(turns.sum(axis=1)) > np.pi).tolist() and 50 < found.sum() < 450


class Stopped:
    """The user has pressed cancel."""

    def update(self, fraction, message=None):
        raise AssertionError("nothing is done after a cancel")

    def cancelled(self):
        return True


def test_cancel_of_reading_and_of_the_region(tmp_path):
    with pytest.raises(Cancelled):
        density_series(table(tmp_path, HEADER + "2000,soil,4,kg C/m2\n"), progress=Stopped())
    with pytest.raises(Cancelled):
        points_in_area([point(0.5, 0.5)], wkt(UTM), box_layer(0, 0, 1, 1), "plots", Stopped())


def test_points_are_brought_into_the_crs_of_the_area():
    x, y = rasterio.warp.transform(UTM, "EPSG:4326", [500_050, 500_150], [4_000_000, 4_000_000])
    area = box_layer(500_000, 3_999_900, 500_100, 4_000_100)
    found = points_in_area([point(*p) for p in zip(x, y)], wkt("EPSG:4326"), area, "plots")
    assert found.tolist() == [True, False]


def test_rows_outside_the_region_are_neither_used_nor_checked():
    data = TextTable.from_rows("plots", ("year", "pool", "value", "unit"), [
        (2000, "soil", 4.0, "kg C/m2"), (None, None, "bad", None), (2000, "soil", 6.0, "kg C/m2"),
    ])  # fmt: skip
    result = density_series(data, keep=np.array([True, False, True]))
    assert rows_of(result)[0][2:4] == (5.0, 2) and result.outside == 1
    with pytest.raises(CarbonError, match="plots, row 2, column 'year': the cell is empty"):
        density_series(data, keep=np.array([True, True, True]))
    with pytest.raises(InputError, match="None of the 3 records of plots lies inside the study area"):
        density_series(data, keep=np.zeros(3, dtype=bool))


@pytest.mark.parametrize("wkb, crs, area, kind, words", [
    ([b""], UTM, box_layer(0, 0, 1, 1), InputError, "'plots' has no geometry"),
    ([polygon_wkb(box(0, 0, 1, 1))], UTM, box_layer(0, 0, 1, 1), InputError, "feature 1 is not a single point"),
    ([point(0, 0)], None, box_layer(0, 0, 1, 1), GridError, "'plots' has no coordinate reference system"),
    ([point(0, 0)], UTM, PolygonLayer((point(0, 0),), wkt(UTM)), InputError, "geometries other than polygons"),
    ([point(0, 0)], UTM, PolygonLayer((), wkt(UTM)), InputError, "holds no polygons"),
])  # fmt: skip
def test_points_refused(wkb, crs, area, kind, words):
    with pytest.raises(kind, match=words):
        points_in_area(wkb, wkt(crs) if crs else "", area, "plots")


def test_page_says_what_the_means_are(tmp_path):
    text = HEADER + "2000,soil,4,kg C/m2\n2000,soil,6,kg C/m2\n2001,<b>,1,kg C/m2\n"
    page = density_series_page(density_series(table(tmp_path, text))).html()
    assert "3 records give the mean carbon density of 2 pools in 2000 to 2001" in page
    assert "&lt;b&gt;" in page and "<b>" not in page and page.count("<img") == 1
