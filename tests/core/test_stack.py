"""Names of drivers, and reading a driver stack by name."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import InputError, RasterError
from carbon_qgis.core.stack import driver_name, layer_name, read_stack


def write_stack(path, names, units=(), tags=None, band_tags=None):
    data = np.arange(len(names) * 4, dtype=np.float32).reshape(len(names), 2, 2)
    options = dict(driver="GTiff", width=2, height=2, count=len(names), dtype="float32", crs="EPSG:32650",
                   transform=rasterio.Affine(30, 0, 5e5, 0, -30, 4e6))
    with rasterio.open(path, "w", **options) as dataset:
        dataset.write(data)
        for band, name in enumerate(names, 1):
            if name:
                dataset.set_band_description(band, name)
        for band, unit in enumerate(units, 1):
            dataset.set_band_unit(band, unit)
        dataset.update_tags(**(tags or {}))
        for band, entry in (band_tags or {}).items():
            dataset.update_tags(band, **entry)
    return str(path)


@pytest.mark.parametrize("text, name", [
    ("NDVI_2010", "NDVI"), ("PRE_ssp126_2030", "PRE"), ("TEM-SSP1-2.6-2050", "TEM"), ("tem_rcp4.5_2050", "tem"),
    ("2010_NDVI", "NDVI"), ("soil_2010_moisture", "soil_moisture"), ("NDVI_2000-2014", "NDVI"),
    ("SOC30_900AD", "SOC30"),
    ("PRE_historical_1990", "PRE"), ("SSP5_2030 Pop", "Pop"),
])
def test_years_and_scenarios_are_taken_out(text, name):
    assert driver_name(text) == name


@pytest.mark.parametrize("text", ["2010", "ssp126_2030", "bio_12", "CO2", "T2010", "elevation_9999", "history"])
def test_other_names_are_kept_whole(text):
    assert driver_name(text) == text


def test_a_blank_name_is_never_empty():
    assert driver_name("  ") == "driver"


def test_layer_names():
    assert layer_name("/data/a.b/PRE_2010.tif") == "PRE_2010"
    assert layer_name('NETCDF:"/data/x y.nc":pre') == "pre"
    assert layer_name("/vsizip/a.zip/tem.tif") == "tem"


def test_what_a_stack_says_of_itself(tmp_path):
    path = write_stack(tmp_path / "s.tif", ["PRE", "LC"], ["mm", ""],
                       {"CARBON_YEAR": "2010", "CARBON_SCENARIO": "ssp126"}, {2: {"CARBON_CATEGORICAL": "1"}})
    info = read_stack(path)
    assert (info.names, info.units, info.categorical) == (("PRE", "LC"), ("mm", ""), (False, True))
    assert (info.year, info.scenario) == (2010, "ssp126")
    assert info.unit("PRE") == "mm"


def test_bands_come_by_name_whatever_their_order(tmp_path):
    info = read_stack(write_stack(tmp_path / "s.tif", ["A", "B", "C"], band_tags={3: {"CARBON_CATEGORICAL": "1"}}))
    bands = info.bands(["C", "A"])
    assert [(name, band.index, band.categorical) for name, band in bands.items()] == [("C", 3, True), ("A", 1, False)]
    assert list(info.bands()) == ["A", "B", "C"]


def test_a_missing_driver_is_named_with_what_is_there(tmp_path):
    info = read_stack(write_stack(tmp_path / "s.tif", ["PRE", "TEM"]))
    with pytest.raises(InputError, match=r"lacks the drivers 'DEM', 'pre'\. It has: 'PRE', 'TEM'\."):
        info.bands(["TEM", "DEM", "pre"])
    with pytest.raises(InputError, match="'pre' is there as 'PRE'"):
        info.bands(["pre"])
    with pytest.raises(InputError, match="lacks the driver 'X'"):
        info.unit("X")


def test_a_band_without_description_is_refused(tmp_path):
    with pytest.raises(RasterError, match="band 2, 3 of 3 has no description"):
        read_stack(write_stack(tmp_path / "s.tif", ["PRE", "", ""]))


def test_a_double_description_is_refused(tmp_path):
    with pytest.raises(RasterError, match="bands 1 and 3 are both called 'PRE'"):
        read_stack(write_stack(tmp_path / "s.tif", ["PRE", "TEM", "PRE"]))


def test_a_year_that_is_none_is_refused(tmp_path):
    with pytest.raises(RasterError, match="is 'about 2010', which is not a year"):
        read_stack(write_stack(tmp_path / "s.tif", ["PRE"], tags={"CARBON_YEAR": "about 2010"}))
