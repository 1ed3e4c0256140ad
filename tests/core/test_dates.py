"""The table of dates: how rasters are named, and what is refused."""

import pytest

from carbon_qgis.core.dates import years_by_raster
from carbon_qgis.core.errors import TableError
from carbon_qgis.core.tables import TextTable

RASTERS = [("/data/a/soil_1.tif", "Soil in spring"), ("/data/a/soil_2.tif", "soil_2"), ("/data/b/other.vrt", "Other")]


def table(*rows, header=("raster", "year")):
    return TextTable.from_rows("dates", header, rows)


def refused(text, *arguments, **options):
    with pytest.raises(TableError) as caught:
        years_by_raster(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        ("Soil in spring", "soil_2", "Other"),
        ("soil_1", "soil_2", "other"),
        ("soil_1.tif", "soil_2.tif", "other.vrt"),
        ("/data/a/soil_1.tif", "/data/a/soil_2.tif", "/data/b/other.vrt"),
        ("SOIL IN SPRING", "Soil_2.TIF", "OTHER"),
    ],
)
def test_layer_file_name_and_path(names):
    found = years_by_raster(table(*zip(names, (2010, 2000, 1990))), RASTERS)
    assert found == {"/data/a/soil_1.tif": 2010, "/data/a/soil_2.tif": 2000, "/data/b/other.vrt": 1990}


def test_order_of_the_rows_means_nothing():
    rows = [("other", 1990), ("soil_2", 2000), ("soil_1", 2010)]
    assert years_by_raster(table(*rows), RASTERS) == years_by_raster(table(*rows[::-1]), RASTERS)


def test_from_a_file_with_bom_and_semicolons(tmp_path):
    path = tmp_path / "dates.csv"
    path.write_bytes("\ufeffRaster; Year\nsoil_1;1985\nsoil_2;1991\n".encode("utf-8"))
    assert years_by_raster(str(path), RASTERS[:2]) == {"/data/a/soil_1.tif": 1985, "/data/a/soil_2.tif": 1991}


def test_an_exact_name_goes_before_one_without_case():
    rasters = [("/x/A.tif", "A"), ("/x/a.tif", "a")]
    assert years_by_raster(table(("a", 1), ("A", 2)), rasters) == {"/x/a.tif": 1, "/x/A.tif": 2}


def test_others_may_but_need_not_have_a_row():
    assert years_by_raster(table(("soil_1", 2000)), RASTERS[:1], RASTERS[1:]) == {"/data/a/soil_1.tif": 2000}
    found = years_by_raster(table(("soil_1", 2000), ("other", 2001)), RASTERS[:1], RASTERS[1:])
    assert found["/data/b/other.vrt"] == 2001


def test_unknown_and_undated_are_listed_together():
    rows = table(("soil_1", 2000), ("soil_3", 2001), ("soil_4", 2002))
    refused("no raster has the name 'soil_3', 'soil_4'; there is no row for 'soil_2', 'Other'", rows, RASTERS)
    refused("The rasters are: 'Soil in spring', 'soil_2', 'Other'", rows, RASTERS)


def test_a_raster_without_a_row():
    refused("there is no row for 'Other'", table(("soil_1", 2000), ("soil_2", 2001)), RASTERS)


@pytest.mark.parametrize(
    "year, text",
    [
        ("2000-2010", "'2000-2010' is not a number"),
        ("spring", "'spring' is not a number"),
        ("", "the cell is empty"),
        ("2000.5", "is not a whole number"),
        ("0", "Write a whole number from 1 to 9999"),
        ("-5", "is out of range"),
        ("20100", "is out of range"),
    ],
)
def test_what_is_no_year(year, text):
    refused("row 2, column 'year'", table(("soil_1", 2000), ("soil_2", year)), RASTERS[:2])
    refused(text, table(("soil_1", 2000), ("soil_2", year)), RASTERS[:2])


def test_a_raster_twice():
    rows = table(("soil_1", 2000), ("soil_1.tif", 2001))
    refused("'soil_1.tif' is already in row 1 (year 2000)", rows, RASTERS[:1])


def test_a_name_of_two_rasters():
    rasters = [("/a/soil.tif", "soil"), ("/b/soil.tif", "soil")]
    text = "'soil' could be 2 rasters: '/a/soil.tif', '/b/soil.tif'. Write the whole path."
    refused(text, table(("soil", 2000)), rasters)
    found = years_by_raster(table(("/a/soil.tif", 1), ("/b/soil.tif", 2)), rasters)
    assert found == {"/a/soil.tif": 1, "/b/soil.tif": 2}


def test_an_empty_name_and_a_missing_column():
    refused("row 1, column 'raster': the cell is empty.", table(("", 2000)), RASTERS[:1])
    refused("has no column 'year'", table(("soil_1", 2000), header=("raster", "when")), RASTERS[:1])
