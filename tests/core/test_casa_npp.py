"""CASA on rasters: known answers, independence of blocks, nodata, classes, several years, respiration."""

import os

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.casa_climate import soil_respiration
from carbon_qgis.core.casa_inputs import respiration_series
from carbon_qgis.core.casa_npp import CasaOptions
from carbon_qgis.core.casa_parameters import read_parameters
from carbon_qgis.core.errors import Cancelled, InputError, TableError, UnitError
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.results import Remark
from tests.core.casa_rasters import GRASS, Casa, dates, example, parameters, plain, read, season, write
from tests.core.helpers import Cancelling, InLine, box_layer

TABLE = (1,) + GRASS
ALL = ("NPP", "NPP_MONTHLY", "APAR", "EPSILON", "WATER_STRESS", "NEP", "NEP_MONTHLY")


@pytest.fixture
def casa(tmp_path):
    return Casa(tmp_path)


def test_the_example_of_the_method_from_files_to_files(casa):
    result, made = casa.run(casa.rasters(example()), casa.vegetation([[1, 1]]), parameters(TABLE), ALL)
    assert read(made["NPP_MONTHLY"])[6, 0].tolist() == pytest.approx([80.0711] * 2, abs=5e-5)
    assert read(made["APAR"])[6, 0, 0] == pytest.approx(199.2611, abs=5e-5)
    assert read(made["EPSILON"])[6, 0, 0] == pytest.approx(0.401840, abs=5e-7)
    assert read(made["WATER_STRESS"])[6, 0, 0] == pytest.approx(0.7497, abs=5e-5)
    npp, nep = read(made["NPP_MONTHLY"]), read(made["NEP_MONTHLY"])
    assert (npp - nep)[6, 0, 0] == pytest.approx(33.0077, abs=5e-5)
    np.testing.assert_allclose(read(made["NPP"])[0], npp.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(read(made["NEP"])[0], nep.sum(axis=0), rtol=1e-5)
    total = npp.sum(axis=0)[0, 0]
    # Two cells of 1 km2: g C/m2 are t C/km2.
    assert result.npp_mean[0] == pytest.approx(total) and result.npp_tg[0] == pytest.approx(2e-6 * total)
    assert result.area_km2 == (2.0,) and result.cells == (2,) and result.respiration == "formula"
    assert result.monthly.column("NPP_g_C_m2_month")[6] == pytest.approx(80.0711, abs=5e-5)
    assert result.monthly.column("Rh_g_C_m2_month")[6] == pytest.approx(33.0077, abs=5e-5)


def test_names_units_and_tags_of_the_outputs(casa):
    arrays = season(years=2)
    rasters = casa.rasters(arrays, dates(2010, 2011))
    _, made = casa.run(rasters, casa.vegetation(np.ones((3, 4))), parameters(TABLE), ALL)
    with rasterio.open(made["NPP"]) as dataset:
        assert dataset.descriptions == ("NPP 2010", "NPP 2011") and dataset.units == ("g C/m2/yr",) * 2
        assert dataset.tags(2)["CARBON_YEAR"] == "2011"
        assert dataset.tags()["CARBON_QUANTITY"] == "net primary productivity"
    with rasterio.open(made["NPP_MONTHLY"]) as dataset:
        assert dataset.count == 24 and dataset.descriptions[14] == "NPP 2011-03"
        assert set(dataset.units) == {"g C/m2/month"}
    units = {name: rasterio.open(made[name]).units[0] for name in ("APAR", "EPSILON", "WATER_STRESS", "NEP")}
    assert units == {"APAR": "MJ/m2/month", "EPSILON": "g C/MJ", "WATER_STRESS": "1", "NEP": "g C/m2/yr"}


@pytest.mark.parametrize("k, value", [("usual", 1.184), ("original", 1.1814)])
def test_agrees_with_the_whole_arrays(casa, k, value):
    arrays = season((30, 40))
    result, made = casa.run(
        casa.rasters(arrays), casa.vegetation(np.ones((30, 40))), parameters(TABLE), options=CasaOptions(k)
    )
    expected = plain(arrays, value)
    np.testing.assert_allclose(read(made["NPP_MONTHLY"]), expected, rtol=1e-6, atol=1e-6)
    assert result.npp_mean[0] == pytest.approx(expected.sum(axis=0).mean(), rel=1e-12)
    assert result.npp_range == pytest.approx((expected.sum(axis=0).min(), expected.sum(axis=0).max()))
    np.testing.assert_allclose(result.overviews["months"], expected, rtol=1e-6, atol=1e-6)


def holes(arrays, seed=5):
    generator = np.random.default_rng(seed)
    for values in arrays.values():
        values[:, generator.random(values.shape[1:]) < 0.02] = np.nan
    return arrays


@pytest.mark.parametrize("layout", [{"interleave": "pixel"}, {"tiled": True, "blockxsize": 64, "blockysize": 64}])
def test_blocks_threads_and_layout_change_no_bit(casa, layout):
    arrays = holes(season((260, 300)))
    codes = np.random.default_rng(1).integers(1, 4, (260, 300))
    table = parameters(TABLE, (2, 0.985) + (None,) * 4, (3, 0.4) + (None,) * 4)
    names = ("NPP", "NPP_MONTHLY", "NEP")
    vegetation = casa.vegetation(codes)
    whole, one = casa.run(casa.rasters(arrays), vegetation, table, names, settings=EngineSettings(4000, 1))
    rasters = casa.rasters(arrays, **layout)
    parts, two = casa.run(rasters, vegetation, table, names, settings=EngineSettings(memory_mb=1, threads=3))
    for name in names:
        assert read(one[name]).tobytes() == read(two[name]).tobytes()
    assert parts.fitted.rows == whole.fitted.rows
    assert parts.npp_tg == pytest.approx(whole.npp_tg, rel=1e-12) and parts.cells == whole.cells
    assert parts.nep_tg == pytest.approx(whole.nep_tg, rel=1e-12)
    assert parts.overviews["npp"].tobytes() == whole.overviews["npp"].tobytes()


def test_wide_rasters_in_strips_are_read_in_parts(casa, monkeypatch):
    from carbon_qgis.core import casa_survey

    arrays = holes(season((17, 1030), years=2))
    vegetation, table = casa.vegetation(np.ones((17, 1030))), parameters((1, 0.5) + (None,) * 4)
    tiles = {"tiled": True, "blockxsize": 256, "blockysize": 256}
    _, one = casa.run(casa.rasters(arrays, **tiles), vegetation, table, ("NPP", "WATER_STRESS"))
    monkeypatch.setattr(casa_survey, "PART", 1030)
    rasters = casa.rasters(arrays, interleave="pixel", compress="deflate")
    _, two = casa.run(rasters, vegetation, table, ("NPP", "WATER_STRESS"))
    for name in one:
        assert read(one[name]).tobytes() == read(two[name]).tobytes()


def test_any_executor_runs_the_tasks(casa, monkeypatch):
    from carbon_qgis.core.raster import blocks

    made = []
    monkeypatch.setattr(blocks, "ThreadPoolExecutor", lambda *a, **k: made.append(InLine()) or made[-1])
    casa.run(casa.rasters(example()), casa.vegetation([[1, 1]]), parameters(TABLE))
    assert sum(pool.tasks for pool in made) == 2


def test_nodata_anywhere_is_nodata_of_the_whole_year(casa):
    arrays = season((3, 4))
    for row, name in enumerate(("NDVI", "temperature", "precipitation")):
        arrays[name][row + 2, row, 0] = np.nan
    arrays["radiation"][11, 0, 1] = -9999
    codes = np.ones((3, 4))
    codes[1, 1] = 255
    result, made = casa.run(casa.rasters(arrays, nodata=-9999), casa.vegetation(codes), parameters(TABLE), ALL)
    lost = np.zeros((3, 4), bool)
    lost[:, 0] = lost[0, 1] = lost[1, 1] = True
    for name in ALL:
        assert (np.isnan(read(made[name])) == lost).all(), name
    assert result.cells == (7,) and result.nodata_share == pytest.approx(5 / 12)
    assert any("3 cells have a class and NDVI, but no whole year of temperature" in note for note in result.notes)


def test_a_mask_limits_everything(casa):
    arrays = season((3, 4))
    mask = box_layer(500000, 3997000, 502000, 4000000)
    result, made = casa.run(casa.rasters(arrays), casa.vegetation(np.ones((3, 4))), parameters(TABLE), mask=mask)
    assert result.cells == (6,) and result.fitted.column("months") == [72]
    assert np.isnan(read(made["NPP"])[0]).sum() == 6


def test_band_names_and_not_their_order_are_the_months(casa):
    arrays = season()
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    _, one = casa.run(casa.rasters(arrays), vegetation, table)
    back = {name: values[::-1] for name, values in arrays.items()}
    result, two = casa.run(casa.rasters(back, dates(2010)[::-1]), vegetation, table)
    assert read(one["NPP_MONTHLY"]).tobytes() == read(two["NPP_MONTHLY"]).tobytes()
    assert result.years == (2010,) and not any("order" in note for note in result.notes)


def test_the_order_of_nameless_bands_is_said(casa):
    result, _ = casa.run(casa.rasters(season()), casa.vegetation(np.ones((3, 4))), parameters(TABLE))
    assert sum("their order was taken: band 1 is January" in note for note in result.notes) == 4


# Classes


def test_percentiles_of_each_class_come_from_its_own_cells(casa):
    arrays = season((40, 50))
    codes = np.ones((40, 50))
    codes[:, 25:] = 7
    arrays["NDVI"][:, :, 25:] -= 0.3
    table = parameters((1, 0.5) + (None,) * 4, (7, 0.5) + (None,) * 4)
    result, made = casa.run(casa.rasters(arrays), casa.vegetation(codes), table)
    for part, row in ((slice(0, 25), 0), (slice(25, 50), 1)):
        low, high = np.percentile(arrays["NDVI"][:, :, part], (5, 95))
        assert result.fitted.column("ndvi_low")[row] == pytest.approx(low, abs=5e-4)
        assert result.fitted.column("ndvi_high")[row] == pytest.approx(high, abs=5e-4)
        used = result.fitted.as_dicts()[row]
        grass = (0.5, used["ndvi_low"], used["ndvi_high"], used["sr_low"], used["sr_high"])
        expected = plain({name: values[:, :, part] for name, values in arrays.items()}, grass=grass)
        np.testing.assert_allclose(read(made["NPP_MONTHLY"])[:, :, part], expected, rtol=1e-5, atol=1e-6)


def test_other_percentiles(casa):
    arrays = season((20, 20))
    table = parameters((1, 0.5) + (None,) * 4)
    result, _ = casa.run(
        casa.rasters(arrays), casa.vegetation(np.ones((20, 20))), table, options=CasaOptions(percentiles=(2.0, 90.0))
    )
    low, high = np.percentile(arrays["NDVI"], (2, 90))
    assert (result.fitted.column("ndvi_low")[0], result.fitted.column("ndvi_high")[0]) == pytest.approx(
        (low, high), abs=1e-3
    )


def test_class_table_and_totals_close(casa):
    codes = np.array([[1, 1, 2, 2], [1, 2, 3, 3], [255, 1, 1, 3]])
    table = parameters(TABLE, (2, 0.9) + GRASS[1:], (3, 0.0) + (None,) * 4)
    result, made = casa.run(casa.rasters(season()), casa.vegetation(codes), table, ("NPP",))
    rows = {row["code"]: row for row in result.classes.as_dicts()}
    npp = read(made["NPP"])[0]
    for code in (1, 2, 3):
        assert rows[code]["cells"] == (codes == code).sum()
        assert rows[code]["NPP_mean_g_C_m2_yr"] == pytest.approx(npp[codes == code].mean(), rel=1e-6)
    assert rows[3]["NPP_mean_g_C_m2_yr"] == 0
    assert sum(row["NPP_total_Tg_C_yr"] for row in rows.values()) == pytest.approx(result.npp_tg[0], rel=1e-12)
    assert sum(result.monthly.column("NPP_total_Tg_C")) == pytest.approx(result.npp_tg[0], rel=1e-12)
    assert result.totals.column("NPP_total_Tg_C_yr") == pytest.approx(result.npp_tg, rel=1e-12)


def test_the_table_of_parameters_used_gives_the_same_map_again(casa):
    rasters, vegetation = casa.rasters(season((20, 20))), casa.vegetation(np.ones((20, 20)))
    result, one = casa.run(rasters, vegetation, parameters((1, 0.5) + (None,) * 4))
    from carbon_qgis.core.tables import write_csv

    write_csv(str(casa.folder / "used.csv"), result.fitted)
    again, two = casa.run(rasters, vegetation, read_parameters(str(casa.folder / "used.csv")))
    assert again.fitted.column("percentiles_from") == ["table"]
    assert read(one["NPP"]).tobytes() == read(two["NPP"]).tobytes()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32])
def test_a_class_without_a_row_is_refused_with_its_cells(casa, dtype):
    codes = np.array([[1, 1, 9, 9], [1, 1, 9, 1], [30, 1, 1, 1]])
    nodata = 255 if dtype is np.uint8 else -1
    with pytest.raises(TableError) as caught:
        casa.run(casa.rasters(season()), casa.vegetation(codes, nodata, dtype), parameters(TABLE))
    message = str(caught.value)
    assert "The vegetation map 'vegetation.tif' has class codes that classes.csv does not list: 9 (3 cells), 30 (1" in (
        message
    )
    assert not [name for name in os.listdir(casa.folder) if name.startswith((".", "NPP"))]


def test_a_class_without_ndvi_needs_no_row(casa):
    arrays = season()
    arrays["NDVI"][:, 0, 0] = np.nan
    codes = np.ones((3, 4))
    codes[0, 0] = 77
    result, _ = casa.run(casa.rasters(arrays), casa.vegetation(codes), parameters(TABLE))
    assert result.cells == (11,)


def test_the_default_table_says_how_codes_were_read(casa):
    result, _ = casa.run(casa.rasters(season()), casa.vegetation(np.full((3, 4), 10)), read_parameters())
    assert any("by the IGBP legend of MODIS MCD12Q1 (10 Grassland)" in note for note in result.notes)
    assert result.default_table and result.classes.column("class") == ["Grassland"]


# Several years


def test_years_are_chained_by_december_only_where_they_follow(casa):
    arrays = season(years=2, seed=4)
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    halves = [{name: values[part] for name, values in arrays.items()} for part in (slice(0, 12), slice(12, 24))]
    names = ("WATER_STRESS", "NPP")
    (_, first), (_, alone) = [casa.run(casa.rasters(half), vegetation, table, names) for half in halves]
    _, chained = casa.run(
        casa.rasters(halves[1]), vegetation, table, ("WATER_STRESS", "NPP"), december=first["WATER_STRESS"]
    )
    _, both = casa.run(casa.rasters(arrays, dates(2010, 2011)), vegetation, table, ("WATER_STRESS", "NPP"))
    np.testing.assert_allclose(read(both["WATER_STRESS"])[12:], read(chained["WATER_STRESS"]), rtol=1e-6)
    np.testing.assert_allclose(read(both["NPP"])[1], read(chained["NPP"])[0], rtol=1e-6)
    assert (read(both["WATER_STRESS"])[12] == read(both["WATER_STRESS"])[11]).all()
    frozen = arrays["temperature"][12] <= 0
    assert frozen.all() and (read(chained["WATER_STRESS"])[0] == read(first["WATER_STRESS"])[11]).all()
    assert (read(alone["WATER_STRESS"])[0] != read(chained["WATER_STRESS"])[0]).any()
    _, gap = casa.run(casa.rasters(arrays, dates(2010, 2015)), vegetation, table, ("WATER_STRESS",))
    assert read(gap["WATER_STRESS"])[12:].tobytes() == read(alone["WATER_STRESS"]).tobytes()


def test_a_cell_without_the_year_before_takes_its_own_december(casa):
    arrays = season(years=2, seed=4)
    arrays["radiation"][5, 0, 0] = np.nan
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    result, made = casa.run(casa.rasters(arrays), vegetation, table, ("WATER_STRESS", "NPP"))
    stress = read(made["WATER_STRESS"])[:, 0, 0]
    assert np.isnan(stress[:12]).all() and stress[12] == stress[23]
    assert result.cells == (11, 12) and result.totals.column("cells") == [11, 12]
    assert any(note.startswith("1 cells have no water stress in the December before") for note in result.notes)
    assert result.overviews["npp"][0, 0, 0] == pytest.approx(read(made["NPP"])[1, 0, 0])


def test_twelve_bands_of_radiation_serve_both_years(casa):
    arrays = season(years=2)
    rasters = casa.rasters(arrays)
    rasters["radiation"] = [write(casa.folder / "sun.tif", arrays["radiation"][:12])]
    result, made = casa.run(rasters, casa.vegetation(np.ones((3, 4))), parameters(TABLE), ("NPP", "APAR"))
    text = "radiation: the 12 bands were used for every one of the 2 years"
    assert [type(note) for note in result.notes if text in note] == [Remark]
    assert len(result.npp_mean) == 2 and not np.isnan(read(made["NPP"])).any()


def test_twelve_files_are_as_good_as_twelve_bands(casa):
    arrays = season()
    vegetation, table = casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    rasters = casa.rasters(arrays, dates(2010))
    _, one = casa.run(rasters, vegetation, table)
    rasters["NDVI"] = [
        write(casa.folder / "NDVI_2010_{:02d}.tif".format(m + 1), arrays["NDVI"][m])
        for m in (5, 0, *range(6, 12), 4, 3, 1, 2)
    ]
    _, two = casa.run(rasters, vegetation, table)
    assert read(one["NPP_MONTHLY"]).tobytes() == read(two["NPP_MONTHLY"]).tobytes()


# NEP


def test_nep_with_a_raster_of_respiration(casa):
    arrays = season()
    rasters, vegetation, table = casa.rasters(arrays), casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    rh = soil_respiration(arrays["temperature"].astype(float), arrays["precipitation"].astype(float))
    _, formula = casa.run(rasters, vegetation, table, ("NEP", "NEP_MONTHLY"))
    path = write(casa.folder / "rh.tif", (rh / 1000).astype(np.float32), unit="kg C/m2/month")
    result, monthly = casa.run(
        rasters, vegetation, table, ("NEP", "NEP_MONTHLY"), respiration=respiration_series(path, (None,))
    )
    np.testing.assert_allclose(read(monthly["NEP_MONTHLY"]), read(formula["NEP_MONTHLY"]), rtol=1e-4, atol=1e-4)
    assert result.respiration == "raster"
    path = write(casa.folder / "year.tif", rh.sum(axis=0).astype(np.float32))
    result, annual = casa.run(rasters, vegetation, table, ("NEP",), respiration=respiration_series(path, (None,)))
    np.testing.assert_allclose(read(annual["NEP"]), read(formula["NEP"]), rtol=1e-4, atol=1e-3)
    assert result.monthly.column("NEP_g_C_m2_month") == [None] * 12
    assert any("its band was taken as g C/m2/yr" in note for note in result.notes)


def test_missing_respiration_leaves_npp(casa):
    rh = np.full((3, 4), 100, np.float32)
    rh[0, 0] = np.nan
    path = write(casa.folder / "rh.tif", rh)
    rasters, vegetation, table = casa.rasters(season()), casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    result, made = casa.run(rasters, vegetation, table, ("NPP", "NEP"), respiration=respiration_series(path, (None,)))
    npp, nep = read(made["NPP"])[0], read(made["NEP"])[0]
    assert np.isnan(nep).sum() == 1 and not np.isnan(npp).any()
    assert result.nep_mean[0] == pytest.approx(np.nanmean(nep), rel=1e-6)
    assert any("NEP covers less than NPP" in note for note in result.notes)


def test_respiration_refusals(casa):
    path = write(casa.folder / "rh.tif", np.ones((5, 3, 4), np.float32))
    with pytest.raises(InputError, match="has 5 bands; respiration has 12 for each of the 1 year"):
        respiration_series(path, (2010,))
    path = write(casa.folder / "rh.tif", np.ones((3, 4), np.float32), unit="t C/km2/month")
    with pytest.raises(UnitError, match="carries the unit 't C/km2/month'; respiration is read in g C/m2/yr"):
        respiration_series(path, (2010,))
    path = write(casa.folder / "rh.tif", np.ones((12, 3, 4), np.float32), dates(2009))
    with pytest.raises(InputError, match="not of the same years: respiration 2009; the other rasters 2010"):
        respiration_series(path, (2010,))
    path = write(casa.folder / "rh.tif", np.ones((3, 4), np.float32))
    rasters, vegetation, table = casa.rasters(season()), casa.vegetation(np.ones((3, 4))), parameters(TABLE)
    with pytest.raises(InputError, match="Monthly NEP needs monthly respiration"):
        casa.run(rasters, vegetation, table, ("NEP_MONTHLY",), respiration=respiration_series(path, (None,)))


# Cancel


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_cancel_leaves_nothing(casa, share):
    arrays = season((260, 260))
    rasters, vegetation = casa.rasters(arrays), casa.vegetation(np.ones((260, 260)))
    before = sorted(os.listdir(casa.folder))
    with pytest.raises(Cancelled):
        casa.run(rasters, vegetation, parameters(TABLE), progress=Cancelling(share), settings=EngineSettings(1, 1))
    assert sorted(os.listdir(casa.folder)) == before


def test_progress_never_goes_back_and_counts_the_years_inside_a_block(casa):
    class Seen(Cancelling):
        def __init__(self):
            super().__init__(2.0)
            self.shares = []

        def update(self, fraction, message=None):
            self.shares.append(fraction)

    seen = Seen()
    arrays = season((60, 60), years=3)
    casa.run(casa.rasters(arrays), casa.vegetation(np.ones((60, 60))), parameters(TABLE), progress=seen)
    assert seen.shares == sorted(seen.shares) and seen.shares[-1] == 1.0
