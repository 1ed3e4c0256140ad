"""Which band is which month: names, dates, order, and everything that must be refused."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.month_bands import (
    MONTHS,
    common_years,
    days_in_month,
    month_name,
    month_of,
    month_stack,
)


def stack(folder, names, count=None, file="stack.tif", year=None):
    """A raster of bands with these descriptions; band n holds n."""
    count = count or len(names)
    path = str(folder / file)
    with rasterio.open(
        path, "w", driver="GTiff", width=2, height=2, count=count, dtype="float32", crs="EPSG:32650",
        transform=rasterio.Affine(30, 0, 5e5, 0, -30, 4e6),
    ) as dataset:  # fmt: skip
        for band in range(1, count + 1):
            dataset.write(np.full((2, 2), band, np.float32), band)
            if names and names[band - 1]:
                dataset.set_band_description(band, names[band - 1])
        if year:
            dataset.update_tags(CARBON_YEAR=str(year))
    return path


def order(found):
    return [step.band for step in found.steps]


@pytest.mark.parametrize("text, month, year", [
    ("NDVI_2010_03", 3, 2010), ("2010-03", 3, 2010), ("201003", 3, 2010), ("NDVI201012", 12, 2010),
    ("2010-03-15", 3, 2010), ("20100315", 3, 2010), ("tem 2010.11", 11, 2010), ("MOD13A3.A2010060.h25", 3, 2010),
    ("2012366", 12, 2012), ("03_2010", 3, 2010), ("PRE-12-2009", 12, 2009), ("Jan", 1, None), ("tem_sept", 9, None),
    ("March 2010", 3, 2010), ("DEC", 12, None), ("2010年3月", 3, 2010), ("10月", 10, None), ("NDVI_2010M07", 7, 2010),
    ("3", 3, None), ("m03", 3, None), ("NDVI_12", 12, None), ("tem_1km_7", 7, None), ("NDVI_2010_1km_03", 3, 2010),
    ("2010-03-15T00:00:00", 3, 2010),
])  # fmt: skip
def test_names_and_dates(text, month, year):
    found = month_of(text)
    assert (found.month, found.year) == (month, year)


@pytest.mark.parametrize("text", ["", "NDVI", "Band 3", "stack band 11", "temperature", "13", "0", "tmax 1.5", "Marx",
                                  "2010", "0.1", "2010366"])  # fmt: skip
def test_no_month(text):
    assert month_of(text) is None


def test_a_bare_number_is_a_weak_sign():
    assert not month_of("3").named and month_of("2010-03").named and month_of("Mar").named


def test_months_by_name_in_any_order(tmp_path):
    shuffled = [MONTHS[i] for i in (6, 0, 11, 3, 1, 2, 10, 9, 8, 7, 5, 4)]
    found = month_stack([stack(tmp_path, shuffled)], "NDVI")
    assert order(found) == [shuffled.index(name) + 1 for name in MONTHS]
    assert found.years == (None,) and not found.by_order and found.notes == ()


def test_bare_numbers_one_to_twelve_are_months(tmp_path):
    numbers = [str(12 - i) for i in range(12)]
    assert order(month_stack([stack(tmp_path, numbers)], "NDVI")) == list(range(12, 0, -1))


def test_two_years_by_date(tmp_path):
    dates = ["NDVI_{}_{:02d}".format(year, month) for year in (2011, 2010) for month in range(1, 13)]
    found = month_stack([stack(tmp_path, dates)], "NDVI")
    assert found.years == (2010, 2011)
    assert order(found) == list(range(13, 25)) + list(range(1, 13))
    assert [step.label for step in found.of_year(0)] == dates[12:]


def test_without_names_the_order_is_taken_and_said(tmp_path):
    found = month_stack([stack(tmp_path, [], 24)], "NDVI")
    assert found.by_order and found.years == (None, None) and order(found) == list(range(1, 25))
    assert "'stack.tif' carry no month in their names; their order was taken: band 1 is January of the first of 2" in (
        found.notes[0]
    )


def test_numbers_that_are_no_months_leave_the_order(tmp_path):
    found = month_stack([stack(tmp_path, [str(i) for i in range(12)])], "temperature")
    assert found.by_order and order(found) == list(range(1, 13))
    found = month_stack([stack(tmp_path, [str(i) for i in range(1, 25)], file="b.tif")], "temperature")
    assert found.by_order and "numbers that are not the months 1 to 12; their order was taken" in found.notes[0]


def test_month_names_of_several_years_count_up(tmp_path):
    found = month_stack([stack(tmp_path, list(MONTHS) * 2)], "NDVI")
    assert found.years == (None, None) and order(found) == list(range(1, 25))
    assert "the first of each month was taken for the first year" in found.notes[0]


def test_twelve_files_by_their_names(tmp_path):
    paths = [stack(tmp_path, [], 1, "NDVI_2010_{:02d}.tif".format(month)) for month in (3, 1, 2, *range(4, 13))]
    found = month_stack(paths, "NDVI")
    assert found.years == (2010,)
    assert [step.label for step in found.steps] == ["NDVI_2010_{:02d}".format(m) for m in range(1, 13)]


def test_the_year_may_come_from_the_tag(tmp_path):
    assert month_stack([stack(tmp_path, list(MONTHS), year=2007)], "NDVI").years == (2007,)
    assert month_stack([stack(tmp_path, [], 12, "b.tif", 2008)], "NDVI").years == (2008,)


@pytest.mark.parametrize("names, count, message", [
    ([], 11, "NDVI: 11 bands in 'stack.tif'; monthly data have 12 bands for each year"),
    (["Jan", "Feb"] + ["x"] * 10, 12, "some bands name their month and others do not: 'x' (stack.tif band 3)"),
    (list(MONTHS[:11]) + ["Jan"], 12, "the bands name no year, and Jan, Dec do not occur once each"),
    (["2010-{:02d}".format(m) for m in (*range(1, 12), 1)], 12, "2 bands are of 2010-01: '2010-01' (stack.tif band 1)"),
    (["2010-{:02d}".format(m) for m in range(1, 12)] + ["2011-12"], 12, "missing: 2010-12, 2011-01"),
    (["2010-01"] + list(MONTHS[1:]), 12, "some bands name their year and others do not: 'Feb'"),
])  # fmt: skip
def test_refusals(tmp_path, names, count, message):
    with pytest.raises(InputError) as caught:
        month_stack([stack(tmp_path, names, count)], "NDVI")
    assert message in str(caught.value)


def test_several_files_without_months_are_refused(tmp_path):
    paths = [stack(tmp_path, [], 1, "ndvi_{}.tif".format("abcdefghijkl"[i])) for i in range(12)]
    with pytest.raises(InputError, match="the 12 rasters carry no month in their names, and the order of a list"):
        month_stack(paths, "NDVI")


def dated(folder, name, *years):
    names = ["{}-{:02d}".format(year, month) for year in years for month in range(1, 13)]
    return month_stack([stack(folder, names, file=name + ".tif")], name)


def plain(folder, name, years):
    return month_stack([stack(folder, [], 12 * years, name + ".tif")], name)


def test_stacks_of_the_same_years(tmp_path):
    stacks = {"a": dated(tmp_path, "a", 2010, 2011), "b": dated(tmp_path, "b", 2011, 2010)}
    stacks["c"] = plain(tmp_path, "c", 2)
    assert common_years(stacks) == (2010, 2011)
    assert common_years({"c": stacks["c"]}) == (None, None)


def test_twelve_bands_without_a_year_serve_every_year(tmp_path):
    stacks = {"a": dated(tmp_path, "a", 2010, 2011), "sun": plain(tmp_path, "sun", 1)}
    assert common_years(stacks) == (2010, 2011)
    assert stacks["sun"].of_year(1) == stacks["sun"].of_year(0)


def test_stacks_of_other_years_are_refused(tmp_path):
    stacks = {"NDVI": dated(tmp_path, "a", 2010), "temperature": dated(tmp_path, "b", 2011)}
    with pytest.raises(InputError, match="not of the same years: NDVI 2010; temperature 2011"):
        common_years(stacks)
    stacks = {"NDVI": dated(tmp_path, "c", 2010, 2011), "rain": plain(tmp_path, "d", 3)}
    with pytest.raises(InputError, match="NDVI 2010, 2011; rain 3 years without a date"):
        common_years(stacks)
    stacks = {"NDVI": dated(tmp_path, "e", 2010, 2011), "rain": dated(tmp_path, "f", 2010)}
    with pytest.raises(InputError, match="rain 2010"):
        common_years(stacks)


def test_days_and_names_of_months():
    assert [days_in_month(2011, m) for m in range(1, 13)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [days_in_month(year, 2) for year in (2012, 1900, 2000, None)] == [29, 28, 29, 28.25]
    assert month_name(2010, 3) == "2010-03" and month_name(None, 3) == "Mar"
    assert month_name(None, 3, 2, 1) == "year 2 Mar"
