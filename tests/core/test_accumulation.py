"""CAR: known answers, invariants of a raster stage, and every refusal with its message."""

import struct

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.accumulation import accumulation_rate, rates, sink_or_source
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, GridError, InputError, OutputError, RasterError, UnitError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings

UTM = "EPSG:32650"
KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


def write(path, values, unit="t C/km2", year=None, transform=KM, crs=UTM, nodata=None, dtype="float32", **tags):
    values = np.atleast_2d(np.asarray(values, dtype=dtype))
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
    with rasterio.open(str(path), "w", crs=crs, transform=transform, nodata=nodata, **profile) as dataset:
        dataset.write(values, 1)
        if unit:
            dataset.set_band_unit(1, unit)
        if year is not None:
            tags["CARBON_YEAR"] = str(year)
        dataset.update_tags(**tags)
    return str(path)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(float).filled(np.nan)


def box(left, bottom, right, top):
    """A rectangle as well-known binary."""
    ring = (left, bottom, right, bottom, right, top, left, top, left, bottom)
    return struct.pack("<BIII10d", 1, 3, 1, 5, *ring)


def run(paths, folder, names=("RATE",), **options):
    """Run the stage; its result, and the paths of the outputs by name."""
    destinations = {name: str(folder / (name + ".tif")) for name in names}
    densities = [density_raster(path) if isinstance(path, str) else path for path in paths]
    with OutputSet([density.path for density in densities]) as outputs:
        return accumulation_rate(densities, outputs, destinations, **options), destinations


def series(folder, *dates, **options):
    """One raster per (year, values)."""
    return [write(folder / "d{}.tif".format(year), values, year=year, **options) for year, values in dates]


def test_two_km2_that_gain_200_t_in_5_years_take_up_20_t_per_km2_and_year(tmp_path):
    paths = series(tmp_path, (2000, [[500, 500]]), (2005, [[600, 600]]))
    result, made = run(paths, tmp_path)
    assert result.stocks == (1000.0, 1200.0)
    assert result.area_km2 == 2.0 and result.change == 200.0
    assert result.mean_rate == 20.0 and result.rate_range == (20.0, 20.0)
    assert (result.sink_area_km2, result.source_area_km2, result.stable_area_km2) == (2.0, 0.0, 0.0)
    assert read(made["RATE"]).tolist() == [[20.0, 20.0]]
    with rasterio.open(made["RATE"]) as dataset:
        assert dataset.units == ("t C/km2/yr",)
        assert dataset.tags()["CARBON_YEAR"] == "2000-2005"


def test_reversed_it_is_a_source_of_20(tmp_path):
    paths = series(tmp_path, (2000, [[600, 600]]), (2005, [[500, 500]]))
    result, made = run(paths, tmp_path, ("RATE", "SINK_SOURCE"))
    assert result.mean_rate == -20.0 and result.change == -200.0
    assert result.source_area_km2 == 2.0
    assert read(made["SINK_SOURCE"]).tolist() == [[1.0, 1.0]]


def test_the_years_and_not_the_list_give_the_order(tmp_path):
    paths = series(tmp_path, (2010, [[5.0, 9.0]]), (2000, [[1.0, 2.0]]), (2004, [[3.0, 1.0]]))
    result, _ = run(paths, tmp_path)
    again, _ = run(paths[::-1], tmp_path)
    assert result.years == again.years == (2000, 2004, 2010)
    assert result.stocks == again.stocks == (3.0, 4.0, 14.0)
    assert result.mean_rate == again.mean_rate == pytest.approx(11 / 2 / 10)


def test_endpoint_and_mean_of_intervals_differ_where_intervals_are_unequal(tmp_path):
    paths = series(tmp_path, (2000, [[0.0]]), (2002, [[8.0]]), (2010, [[16.0]]))
    assert run(paths, tmp_path)[0].mean_rate == pytest.approx(1.6)
    result, made = run(paths, tmp_path, method="mean_of_intervals")
    assert result.mean_rate == pytest.approx((4.0 + 1.0) / 2)
    assert read(made["RATE"])[0, 0] == 2.5
    even = series(tmp_path, (2000, [[0.0]]), (2005, [[8.0]]), (2010, [[16.0]]))
    assert run(even, tmp_path, method="mean_of_intervals")[0].mean_rate == pytest.approx(1.6)


def test_interval_table(tmp_path):
    paths = series(tmp_path, (2000, [[1000, 1000]]), (2002, [[3000, 500]]), (2010, [[3000, 4500]]))
    result, _ = run(paths, tmp_path, deadband=10.0)
    rows = result.intervals.as_dicts()
    assert [(row["from_year"], row["to_year"]) for row in rows] == [(2000, 2002), (2002, 2010)]
    assert [row["change_Tg_C"] for row in rows] == pytest.approx([0.0015, 0.004])
    assert [row["mean_rate_t_C_km2_yr"] for row in rows] == pytest.approx([375.0, 250.0])
    assert [row["sink_area_km2"] for row in rows] == [1.0, 1.0]
    assert [row["source_area_km2"] for row in rows] == [1.0, 0.0]
    assert rows[0]["stock_to_Tg_C"] == rows[1]["stock_from_Tg_C"] == pytest.approx(0.0035)


def test_deadband_borders_are_stable(tmp_path):
    paths = series(tmp_path, (2000, [[0, 0, 0, 0, 0]]), (2010, [[50, 51, -50, -51, 0]]))
    result, made = run(paths, tmp_path, ("SINK_SOURCE",), deadband=5.0)
    assert read(made["SINK_SOURCE"]).tolist() == [[2, 3, 2, 1, 2]]
    assert (result.sink_area_km2, result.source_area_km2, result.stable_area_km2) == (1.0, 1.0, 3.0)


def test_pure_functions_pass_nan_through():
    values = np.array([[1.0, np.nan, 2.0], [3.0, 4.0, np.nan]])
    rate = rates(values, (2000, 2002), "endpoint")
    assert rate[0] == 1.0 and np.isnan(rate[1:]).all()
    assert sink_or_source(rate, 0.0)[0] == 3.0 and np.isnan(sink_or_source(rate, 0.0)[1:]).all()


def test_units_are_brought_together(tmp_path):
    first = write(tmp_path / "a.tif", [[2.0]], "kg C/m2", 2000)
    last = write(tmp_path / "b.tif", [[30.0]], "Mg C ha-1", 2010)
    result, _ = run([first, last], tmp_path)
    assert result.stocks == (2000.0, 3000.0) and result.mean_rate == 100.0


def test_gdal_scale_of_integers_is_applied(tmp_path):
    paths = series(tmp_path, (2000, [[100, 200]]), (2010, [[150, 200]]), dtype="int16", unit="t C/ha")
    with rasterio.open(paths[1], "r+") as dataset:
        dataset.scales = (0.1,)
        dataset.offsets = (100.0,)
    result, _ = run(paths, tmp_path)
    assert result.stocks == pytest.approx((30000.0, 23500.0))


def test_a_cell_counts_only_if_it_is_valid_at_every_date(tmp_path):
    paths = series(
        tmp_path, (2000, [[1, -9, 3, -9]]), (2005, [[2, 2, -9, -9]]), (2010, [[3, 3, 3, -9]]), nodata=-9
    )
    result, made = run(paths, tmp_path, ("RATE", "SINK_SOURCE", "TREND", "TREND_P"))
    assert result.cells == 1 and result.area_km2 == 1.0 and result.nodata_share == 0.75
    assert result.stocks == (1.0, 2.0, 3.0)
    for path in made.values():
        assert np.isnan(read(path)).tolist() == [[False, True, True, True]]
    assert any("2 cells are valid at some dates only" in note for note in result.notes)


def test_nan_is_nodata(tmp_path):
    result, _ = run(series(tmp_path, (2000, [[1, np.nan]]), (2010, [[2, 2]])), tmp_path)
    assert result.cells == 1


def test_trend_outputs(tmp_path):
    dates = [(2000 + i, [[i * 3.0, 5.0, float(i % 2)]]) for i in range(8)]
    result, made = run(series(tmp_path, *dates), tmp_path, ("TREND", "TREND_P"))
    slope, p = read(made["TREND"])[0], read(made["TREND_P"])[0]
    assert slope[0] == 3.0 and slope[1] == 0.0
    assert p[0] == pytest.approx(2 / 40320, rel=1e-6) and p[1] == 1.0 and 0.05 < p[2] <= 1
    assert not any("Mann-Kendall" in note for note in result.notes)


def test_few_dates_cannot_be_significant_and_this_is_said(tmp_path):
    result, _ = run(series(tmp_path, (2000, [[1]]), (2001, [[2]]), (2002, [[3]])), tmp_path, ("TREND_P",))
    assert "Mann-Kendall on 3 dates: the smallest p value that can occur is 0.333." in result.notes


def test_unlikely_densities_are_noted(tmp_path):
    paths = series(tmp_path, (2000, [[0, 0]]), (2010, [[-100, 300000]]), CARBON_POOL="soil")
    notes = " ".join(run(paths, tmp_path)[0].notes)
    assert "Soil density of 2000 is zero everywhere." in notes
    assert "Soil density of 2010 is negative in 1 cells (down to -1 t C/ha)" in notes
    assert "Soil density of 2010 reaches 3000 t C/ha, above 2000" in notes


def random_series(folder, shape=(700, 600), dates=(2000, 2005, 2012)):
    generator = np.random.default_rng(7)
    values = generator.gamma(4, 2500, shape).astype(np.float32)
    values[generator.random(shape) < 0.1] = np.nan
    cells = Affine(30, 0, 500000, 0, -30, 4000000)
    return series(folder, *[(year, values + generator.normal(0, 300, shape)) for year in dates], transform=cells)


@pytest.mark.parametrize("settings", [EngineSettings(memory_mb=1, threads=1), EngineSettings(memory_mb=1, threads=4)])
def test_blocks_and_threads_change_no_cell(tmp_path, settings):
    paths = random_series(tmp_path)
    names = ("RATE", "SINK_SOURCE", "TREND", "TREND_P")
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    whole, first = run(paths, tmp_path / "a", names, settings=EngineSettings(threads=1))
    parts, second = run(paths, tmp_path / "b", names, settings=settings)
    for name in names:
        assert read(first[name]).tobytes() == read(second[name]).tobytes()
    assert parts.stocks == pytest.approx(whole.stocks, rel=1e-12)
    assert parts.mean_rate == pytest.approx(whole.mean_rate, rel=1e-12)
    assert parts.sink_area_km2 == pytest.approx(whole.sink_area_km2, rel=1e-12)


def test_agrees_with_plain_numpy(tmp_path):
    paths = random_series(tmp_path)
    result, made = run(paths, tmp_path)
    first, _, last = (read(path) for path in paths)
    rate = (last - first) / 12
    np.testing.assert_allclose(read(made["RATE"]), rate, rtol=1e-5, atol=1e-5)
    assert result.mean_rate == pytest.approx(np.nanmean(rate), rel=1e-9)
    assert result.sink_area_km2 == pytest.approx(np.sum(rate > 0) * 0.0009, rel=1e-9)
    assert result.mean_rate * result.area_km2 * 12 == pytest.approx(result.change, rel=1e-9)


def test_geographic_cells_have_their_true_area(tmp_path):
    fine = Affine(1 / 120, 0, 117, 0, -1 / 120, 34 + 1 / 240)
    paths = series(tmp_path, (2000, [[0.0]]), (2010, [[1000.0]]), transform=fine, crs="EPSG:4326")
    result, _ = run(paths, tmp_path)
    assert result.area_mode == "ellipsoidal"
    assert result.area_km2 == pytest.approx(0.712, abs=0.002)
    assert result.mean_rate == pytest.approx(100.0) and result.stocks[1] == pytest.approx(712, abs=2)


def test_another_grid_is_aligned_and_said(tmp_path):
    generator = np.random.default_rng(1)
    fine = generator.uniform(1000, 3000, (40, 60))
    coarse = fine.reshape(20, 2, 30, 2).mean(axis=(1, 3)) + 10
    first = write(tmp_path / "coarse.tif", coarse, year=2000, transform=KM * Affine.scale(2))
    last = write(tmp_path / "fine.tif", fine, year=2010)
    result, made = run([first, last], tmp_path)
    assert read(made["RATE"]).shape == (20, 30)
    np.testing.assert_allclose(read(made["RATE"]), -1.0, atol=1e-4)
    assert result.stocks[1] == pytest.approx(fine.sum(), rel=1e-3)
    assert any("'fine.tif'" in note and "area-weighted averaging" in note for note in result.notes)


def test_pictures_of_the_densities_are_in_t_per_ha(tmp_path):
    result, _ = run(series(tmp_path, (2000, [[500, np.nan]]), (2010, [[700, 1]])), tmp_path)
    assert result.overviews["first"][0, 0] == 5.0 and result.overviews["last"][0, 0] == 7.0
    assert result.overviews["rate"][0, 0] == 20.0
    assert all(np.isnan(picture[0, 1]) for picture in result.overviews.values())


def test_legends_do_not_follow_one_extreme_cell(tmp_path):
    last = np.full((30, 30), 10.0)
    last[0, 0] = 1e6
    result, _ = run(series(tmp_path, (2000, np.zeros((30, 30))), (2010, last)), tmp_path)
    assert result.legend_limit == 1.0 and result.rate_range == (1.0, 1e5)
    mostly, _ = run(series(tmp_path, (2000, np.zeros((30, 30))), (2010, np.where(last > 10, last, 0))), tmp_path)
    assert mostly.legend_limit == 1e5


def test_mask_limits_the_cells(tmp_path):
    mask = PolygonLayer((box(500000, 3999000, 502000, 4000000),), rasterio.crs.CRS.from_string(UTM).to_wkt())
    paths = series(tmp_path, (2000, [[1, 1, 1]]), (2010, [[11, 21, 31]]))
    result, made = run(paths, tmp_path, mask=mask)
    assert result.cells == 2 and result.stocks == (2.0, 32.0)
    assert np.isnan(read(made["RATE"])).tolist() == [[False, False, True]]


class CancelAfter:
    """Cancelled once some blocks are done."""

    def __init__(self, fraction):
        self.limit, self.fraction = fraction, 0.0

    def update(self, fraction, message=None):
        self.fraction = fraction

    def cancelled(self):
        return self.fraction >= self.limit


@pytest.mark.parametrize("limit", [0.0, 0.3])
def test_cancel_leaves_nothing_and_keeps_the_old_file(tmp_path, limit):
    paths = random_series(tmp_path)
    (tmp_path / "out").mkdir()
    old = tmp_path / "out" / "RATE.tif"
    old.write_bytes(b"old")
    with pytest.raises(Cancelled):
        run(paths, tmp_path / "out", ("RATE", "TREND"), progress=CancelAfter(limit),
            settings=EngineSettings(memory_mb=1, threads=2))  # fmt: skip
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["RATE.tif"]
    assert old.read_bytes() == b"old"


def refused(error, text, *arguments, **options):
    with pytest.raises(error) as caught:
        run(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


def test_one_date_is_refused(tmp_path):
    refused(InputError, "at least two dates; 1 given", series(tmp_path, (2000, [[1]])), tmp_path)


def test_the_same_year_twice_is_refused(tmp_path):
    paths = [write(tmp_path / name, [[1]], year=2000) for name in ("a.tif", "b.tif")]
    refused(InputError, "are both of 2000: ΔT = 0", paths, tmp_path)


def test_a_raster_without_a_year_is_refused(tmp_path):
    paths = series(tmp_path, (2000, [[1]])) + [write(tmp_path / "landcover_2010.tif", [[1]])]
    refused(InputError, "no tag CARBON_YEAR. Give a table of dates", paths, tmp_path)
    refused(InputError, "landcover_2010.tif", paths, tmp_path)


def test_different_pools_are_refused(tmp_path):
    paths = series(tmp_path, (2000, [[1]]), CARBON_POOL="soil") + series(tmp_path, (2010, [[1]]), CARBON_POOL="above")
    refused(InputError, "different pools (above, soil)", paths, tmp_path)


def test_unknown_units_are_refused(tmp_path):
    with pytest.raises(UnitError) as caught:
        density_raster(write(tmp_path / "x.tif", [[1]], "Mg/ha"))
    assert "its unit is 'Mg/ha'" in str(caught.value) and "kg C/m2, t C/ha" in str(caught.value)


def test_other_bad_options_are_refused(tmp_path):
    paths = series(tmp_path, (2000, [[1]]), (2010, [[2]]))
    choices = "'slope' is not a rate. Choose one of: endpoint, mean_of_intervals"
    refused(InputError, choices, paths, tmp_path, method="slope")
    refused(InputError, "deadband must be zero or more", paths, tmp_path, deadband=-1.0)
    refused(InputError, "deadband must be zero or more", paths, tmp_path, deadband=float("nan"))
    refused(InputError, "at least three dates; 2 given", paths, tmp_path, ("TREND",))


def test_no_common_cell_is_refused(tmp_path):
    paths = series(tmp_path, (2000, [[1, np.nan]]), (2010, [[np.nan, 2]]))
    refused(RasterError, "No valid cell is left in the dates together", paths, tmp_path)
    assert not (tmp_path / "RATE.tif").exists()


def test_no_overlap_is_refused(tmp_path):
    paths = series(tmp_path, (2000, [[1]])) + series(tmp_path, (2010, [[1]]), transform=KM * Affine.translation(50, 0))
    refused(GridError, "do not overlap", paths, tmp_path)


def test_an_input_is_no_output(tmp_path):
    paths = [write(tmp_path / "RATE.tif", [[1]], year=2000)] + series(tmp_path, (2010, [[2]]))
    refused(OutputError, "is also an input of this run", paths, tmp_path)
    assert read(paths[0]).tolist() == [[1.0]]
