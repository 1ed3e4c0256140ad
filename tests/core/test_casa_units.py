"""CASA on rasters: units as they are stored, values that cannot be, and refusals of the inputs."""

import numpy as np
import pytest

from carbon_qgis.core.casa_inputs import StoredUnits, casa_series
from carbon_qgis.core.casa_npp import CasaOptions
from carbon_qgis.core.errors import InputError, UnitError
from tests.core.casa_rasters import GRASS, Casa, dates, example, parameters, plain, read, season, write

TABLE = (1,) + GRASS


@pytest.fixture
def casa(tmp_path):
    return Casa(tmp_path)


def test_scaled_ndvi_kelvin_tenths_and_power_give_the_same_map(casa):
    arrays = season()
    arrays["NDVI"] = np.rint(arrays["NDVI"] * 1e4)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[:, np.newaxis, np.newaxis]
    stored = {
        "NDVI": arrays["NDVI"].astype(np.int16), "temperature": (arrays["temperature"] + 273.15).astype(np.float64),
        "precipitation": arrays["precipitation"].astype(np.float64) / days,
        "radiation": arrays["radiation"].astype(np.float64) / days / 0.0864,
    }  # fmt: skip
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    _, one = casa.run(casa.rasters(dict(arrays, NDVI=arrays["NDVI"] / 1e4), dates(2011)), vegetation, table)
    units = StoredUnits(0.0001, "kelvin", "mm_day", "W_m2")
    _, two = casa.run(casa.rasters(stored, dates(2011)), vegetation, table, units=units)
    np.testing.assert_allclose(read(two["NPP_MONTHLY"]), read(one["NPP_MONTHLY"]), rtol=1e-4, atol=1e-4)


def test_days_of_february_in_a_leap_year(casa):
    rasters = casa.rasters(example(), dates(2012))
    vegetation, table = casa.vegetation([[1, 1]]), parameters(TABLE)
    _, month = casa.run(rasters, vegetation, table, ("APAR",))
    _, day = casa.run(
        casa.rasters(dict(example(), radiation=np.full((12, 1, 2), 20, np.float32)), dates(2012)), vegetation, table,
        ("APAR",), units=StoredUnits(radiation="MJ_m2_day"),
    )  # fmt: skip
    ratio = read(day["APAR"])[:, 0, 0] / read(month["APAR"])[:, 0, 0] * 620 / 20
    assert ratio == pytest.approx([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], rel=1e-6)


def test_the_scale_that_a_raster_carries_is_applied(casa):
    arrays = season()
    stored = dict(arrays, NDVI=np.rint(arrays["NDVI"] * 1e4).astype(np.int16))
    rasters = casa.rasters(stored)
    rasters["NDVI"] = [write(casa.folder / "scaled.tif", stored["NDVI"], scale=0.0001)]
    _, made = casa.run(rasters, casa.vegetation(np.ones((3, 4))), parameters(TABLE))
    expected = plain(dict(arrays, NDVI=stored["NDVI"] / 1e4))
    np.testing.assert_allclose(read(made["NPP_MONTHLY"]), expected, rtol=1e-5, atol=1e-5)


def changed(name, factor=1.0, shift=0.0):
    arrays = season()
    arrays[name] = (arrays[name] * factor + shift).astype(np.float32)
    return arrays


@pytest.mark.parametrize("arrays, message", [
    (changed("NDVI", 1e4), "but NDVI lies between -1 and 1. It looks like NDVI stored × 10000: if so, set the NDVI "
                           "scale (NDVI_SCALE) to 0.0001"),
    (changed("NDVI", 250), "stored × 250: if so, set the NDVI scale (NDVI_SCALE) to 0.004"),
    (changed("NDVI", 1, -3), "Is this a nodata value? Declare it in the raster"),
    (changed("NDVI", 1, 1), "Is this raster NDVI?"),
    (changed("temperature", 1, 273.15), "It looks like kelvin: if so, set TEMPERATURE_UNIT to 'kelvin'"),
    (changed("temperature", 10), "tenths of a degree, set TEMPERATURE_UNIT to 'degC_tenths'; if in kelvin"),
    (changed("temperature", 1, -300), "temperature lies between -90 and 60 degC. Is this a nodata value?"),
    (changed("precipitation", 1, -1), "precipitation lies between 0 and 12000 mm/month. Is this a nodata value?"),
    (changed("precipitation", 1000), "Check PRECIPITATION_UNIT"),
    (changed("radiation", 1000), "More than the sun sends in a month: is it in J or kJ?"),
], ids=["x10000", "bytes", "low", "no ndvi", "kelvin", "tenths", "cold", "negative rain", "rain", "joule"])  # fmt: skip
def test_values_that_cannot_be_are_refused_with_advice(casa, arrays, message):
    with pytest.raises(InputError) as caught:
        casa.run(casa.rasters(arrays), casa.vegetation(np.ones((3, 4))), parameters(TABLE))
    assert message in str(caught.value) and ".tif' band " in str(caught.value)


@pytest.mark.parametrize("arrays, message", [
    (changed("radiation", 1 / 30.4), "what a day brings: is RADIATION_UNIT 'MJ_m2_day'?"),
    (changed("radiation", 1 / 2.63), "little for a summer month: is RADIATION_UNIT 'W_m2'?"),
    (changed("NDVI", 1e-4), "was it scaled twice"),
    (changed("precipitation", 50), "is PRECIPITATION_UNIT 'mm_tenths_month'?"),
    (changed("precipitation", 0), "Precipitation is 0 everywhere in every month."),
    (changed("temperature", 0.1), "is TEMPERATURE_UNIT right?"),
], ids=["day", "watt", "twice", "tenths", "no rain", "scaled temperature"])  # fmt: skip
def test_doubtful_values_are_said(casa, arrays, message):
    result, _ = casa.run(casa.rasters(arrays), casa.vegetation(np.ones((3, 4))), parameters(TABLE))
    assert any(message in note for note in result.notes)
    assert result.npp_range[0] >= 0


def test_ordinary_values_raise_no_doubt(casa):
    result, _ = casa.run(casa.rasters(season(), dates(2010)), casa.vegetation(np.ones((3, 4))), parameters(TABLE))
    assert result.notes == []


def test_the_unit_of_a_band_must_not_contradict_the_parameter(casa):
    rasters = casa.rasters(season())
    rasters["temperature"] = [write(casa.folder / "t.tif", season()["temperature"], unit="K")]
    with pytest.raises(UnitError, match="carries the unit 'K', but temperature was to be read as degC. Set TEMP"):
        casa_series(rasters)
    rasters["temperature"] = [write(casa.folder / "t.tif", season()["temperature"], unit="degC")]
    rasters["radiation"] = [write(casa.folder / "r.tif", season()["radiation"], unit="W m-2")]
    with pytest.raises(UnitError, match="Set RADIATION_UNIT to 'W_m2'"):
        casa_series(rasters)


def test_other_refusals_of_the_inputs(casa):
    rasters = casa.rasters(season())
    with pytest.raises(InputError, match="'fahrenheit' is no unit of temperature"):
        casa_series(rasters, StoredUnits(temperature="fahrenheit"))
    with pytest.raises(InputError, match="The NDVI scale must be above 0"):
        casa_series(rasters, StoredUnits(ndvi_scale=0))
    with pytest.raises(InputError, match="is given as NDVI and as radiation"):
        casa_series(dict(rasters, radiation=rasters["NDVI"]))
    with pytest.raises(InputError, match="No raster of radiation is given"):
        casa_series(dict(rasters, radiation=[]))
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    with pytest.raises(InputError, match="'best' is no constant of CASA. Choose one of: usual, original"):
        casa.run(rasters, vegetation, table, options=CasaOptions("best"))
    with pytest.raises(InputError, match="low one below the high one; got 95 and 5"):
        casa.run(rasters, vegetation, table, options=CasaOptions(percentiles=(95, 5)))


def test_a_previous_december_that_is_no_water_stress_is_refused(casa):
    rasters, vegetation = casa.rasters(season()), casa.vegetation(np.ones((3, 4)))
    wrong = write(casa.folder / "w.tif", np.full((3, 4), 40, np.float32))
    with pytest.raises(InputError, match="'w.tif' band 1, has the value 40; it lies between 0.5 and 1"):
        casa.run(rasters, vegetation, parameters(TABLE), december=wrong)


def test_climate_of_a_coarser_grid_is_aligned_and_said(casa):
    arrays = season((6, 8))
    rasters = casa.rasters(arrays)
    coarse = arrays["radiation"].reshape(12, 3, 2, 4, 2).mean(axis=(2, 4))
    double = (2000.0, 0.0, 500000.0, 0.0, -2000.0, 4000000.0)
    rasters["radiation"] = [write(casa.folder / "coarse.tif", coarse, transform=double)]
    result, made = casa.run(rasters, casa.vegetation(np.ones((6, 8))), parameters(TABLE), ("NPP",))
    assert read(made["NPP"]).shape == (1, 6, 8)
    assert any("'coarse.tif'" in note and "bilinear interpolation" in note for note in result.notes)
    assert result.npp_mean[0] == pytest.approx(plain(arrays).sum(axis=0).mean(), rel=0.05)
