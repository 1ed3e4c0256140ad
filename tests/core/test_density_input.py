"""What a density raster says of itself, and what is asked of the user instead."""

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import InputError, RasterError, UnitError
from carbon_qgis.core.raster.source import raster_info


def write(path, unit="", bands=1, **tags):
    profile = {"driver": "GTiff", "height": 1, "width": 1, "count": bands, "dtype": "float32", "crs": "EPSG:32650"}
    with rasterio.open(str(path), "w", transform=Affine(9, 0, 0, 0, -9, 0), **profile) as dataset:
        dataset.write(np.ones((bands, 1, 1), "float32"))
        if unit:
            for band in dataset.indexes:
                dataset.set_band_unit(band, unit)
        dataset.update_tags(**{name: str(value) for name, value in tags.items()})
    return str(path)


def refused(error, text, *arguments, **options):
    with pytest.raises(error) as caught:
        density_raster(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    "unit, canonical, factor",
    [("kg C/m2", "kg C/m2", 1000), ("Mg C/ha", "t C/ha", 100), ("t C/km2", "t C/km2", 1), ("gC m-2", "g C/m2", 1)],
)
def test_band_unit_gives_the_factor_to_t_per_km2(tmp_path, unit, canonical, factor):
    density = density_raster(write(tmp_path / "x.tif", unit))
    assert density.unit == canonical and density.band.factor == factor


def test_tags(tmp_path):
    path = write(tmp_path / "x.tif", CARBON_UNIT="t C/ha", CARBON_YEAR="1999", CARBON_POOL="soil")
    density = density_raster(path)
    assert (density.unit, density.year, density.pool, density.path) == ("t C/ha", 1999, "soil", path)


def test_what_the_user_states_goes_first(tmp_path):
    path = write(tmp_path / "x.tif", "t C/ha", CARBON_YEAR="1999")
    density = density_raster(path, "kg C/m2", year=2005)
    assert density.unit == "kg C/m2" and density.band.factor == 1000 and density.year == 2005


def test_the_pool_is_stated_or_read_but_not_contradicted(tmp_path):
    plain, tagged = write(tmp_path / "x.tif", "t C/ha"), write(tmp_path / "y.tif", "t C/ha", CARBON_POOL="soil")
    assert density_raster(plain, pool=" Deep  soil ").pool == "Deep soil"
    assert density_raster(tagged, pool="Soil").pool == "soil"
    refused(InputError, "the pool 'soil' (tag CARBON_POOL), but 'above' is given", tagged, pool="above")


def test_without_tags_year_and_pool_are_unknown_even_if_the_name_has_them(tmp_path):
    density = density_raster(write(tmp_path / "soil_2010.tif", "t C/ha"))
    assert density.year is None and density.pool is None


def test_units_that_are_refused(tmp_path):
    refused(UnitError, "it carries no unit. State the unit (one of: kg C/m2", write(tmp_path / "a.tif"))
    refused(UnitError, "its unit is 't/ha'", write(tmp_path / "b.tif", "t/ha"))
    refused(UnitError, "its unit is 't C/km2/yr'", write(tmp_path / "c.tif", "t C/km2/yr"))
    refused(UnitError, "'pounds' is not a unit of carbon density", write(tmp_path / "d.tif"), "pounds")


def test_a_year_that_is_none(tmp_path):
    path = write(tmp_path / "x.tif", "t C/ha", CARBON_YEAR="2000-2010")
    refused(RasterError, "is '2000-2010', which is not a year. Give the year as a parameter or in a table", path)
    assert density_raster(path, year=2000).year == 2000
    assert raster_info(write(tmp_path / "y.tif", CARBON_YEAR="")).year() is None


def test_several_bands_are_not_guessed(tmp_path):
    path = write(tmp_path / "x.tif", "t C/ha", bands=3)
    refused(InputError, "has 3 bands (band 1, band 2, band 3); a density raster has one", path)
    assert density_raster(path, index=2).band.index == 2


def test_damaged_and_missing_files(tmp_path):
    refused(RasterError, "does not exist", str(tmp_path / "no.tif"))
    (tmp_path / "bad.tif").write_bytes(b"II*\x00 cut")
    refused(RasterError, "damaged, cut short or not in one of the formats", str(tmp_path / "bad.tif"))
