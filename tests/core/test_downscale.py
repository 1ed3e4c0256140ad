"""Downscaling: inverse distance weighting with its known answers, bilinear, and a change on a baseline."""

import numpy as np
import pytest
import rasterio

import carbon_qgis.core.downscale as stage
from carbon_qgis.core.coarse_change import coarse_change, is_ratio
from carbon_qgis.core.coarse_field import read_coarse
from carbon_qgis.core.downscale import downscale
from carbon_qgis.core.downscale_result import DownscaleOptions
from carbon_qgis.core.errors import Cancelled, GridError, InputError, UnitError
from carbon_qgis.core.idw import EARTH_RADIUS_KM, idw_table, needed_samples, unit_vectors
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.raster.blocks import Block
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from tests.core.helpers import Cancelling, box_layer, make_raster, read_raster

WGS84 = "EPSG:4326"
COARSE = (0.25, 0.0, 118.0, 0.0, -0.25, 34.0)
RNG = np.random.default_rng(7)


def at(points, values, places, **options):
    table = idw_table(np.array(points, float), np.array(values, float).reshape(len(points), -1), **options)
    return table.at(np.array(places, float))


def test_idw_is_exact_at_a_sample_and_the_mean_where_equidistant():
    corners = [(0, 0), (0, 2), (2, 0), (2, 2)]
    made = at(corners, [1, 2, 3, 6], [(0, 2), (1, 1), (2, 2)])
    assert made[:, 0].tolist() == [2.0, 3.0, 6.0]


def test_idw_weighs_by_the_inverse_power_of_the_distance():
    assert at([(0, 0), (3, 0)], [10, 40], [(1, 0)])[0, 0] == pytest.approx((10 / 1 + 40 / 4) / (1 + 1 / 4))
    assert at([(0, 0), (3, 0)], [10, 40], [(1, 0)], power=1.0)[0, 0] == pytest.approx((10 + 40 / 2) / (1 + 1 / 2))


def test_idw_is_bounded_and_a_constant_stays_constant_to_the_last_digit():
    points, places = RNG.random((200, 2)), RNG.random((500, 2)) * 1.4 - 0.2
    values = RNG.normal(size=200)
    made = at(points, values, places)
    assert values.min() <= made.min() and made.max() <= values.max()
    assert np.unique(at(points, np.full(200, 0.1), places)).tolist() == [0.1]


def test_idw_against_all_pairs_on_the_sphere():
    longitude, latitude = np.radians(RNG.uniform(170, 190, 60)), np.radians(RNG.uniform(60, 89, 60))
    at_longitude, at_latitude = np.radians(RNG.uniform(-190, -170, 40)), np.radians(RNG.uniform(60, 89, 40))
    values = RNG.random(60)
    made = at(
        unit_vectors(longitude, latitude), values, unit_vectors(at_longitude, at_latitude), spherical=True, neighbours=5
    )[:, 0]
    # Haversine of every pair, written differently from the code under test.
    step = longitude[None, :] - at_longitude[:, None]
    rise = latitude[None, :] - at_latitude[:, None]
    half = np.sin(rise / 2) ** 2 + np.cos(latitude)[None, :] * np.cos(at_latitude)[:, None] * np.sin(step / 2) ** 2
    distance = 2 * EARTH_RADIUS_KM * np.arctan2(np.sqrt(half), np.sqrt(1 - half))
    for row, expected in zip(distance, made):
        near = np.argsort(row)[:5]
        assert expected == pytest.approx((values[near] / row[near] ** 2).sum() / (1 / row[near] ** 2).sum(), rel=1e-9)


def test_a_largest_distance_leaves_samples_and_then_cells_out():
    points, values = [(0, 0), (10, 0)], [1.0, 5.0]
    made = at(points, values, [(1, 0), (5, 0), (5, 20)], reach=5.0)[:, 0]
    assert made[0] == 1.0 and made[1] == 3.0 and np.isnan(made[2])
    # On the sphere in km: a degree of latitude is 111.2 km.
    north = unit_vectors(np.zeros(2), np.radians([0.0, 1.0]))
    place = unit_vectors(np.zeros(1), np.radians([0.25]))
    near = idw_table(north, np.array([[1.0], [9.0]]), spherical=True, reach=50.0).at(place)[0, 0]
    both = idw_table(north, np.array([[1.0], [9.0]]), spherical=True, reach=100.0).at(place)[0, 0]
    assert near == 1.0 and both == pytest.approx((1 + 9 / 9) / (1 + 1 / 9))


def test_each_band_leaves_out_its_own_missing_samples():
    values = np.array([[1.0, 10.0], [np.nan, 20.0], [3.0, np.nan]])
    table = idw_table(np.array([[0.0, 0], [1, 0], [2, 0]]), values, neighbours=1)
    assert table.at(np.array([[1.1, 0.0]])).tolist() == [[3.0, 20.0]]
    with pytest.raises(InputError, match="Band 2 of the coarse raster has no valid cell"):
        idw_table(np.zeros((1, 2)), np.array([[1.0, np.nan]]))


def test_samples_as_far_as_the_last_neighbour_count_whatever_the_order_of_the_table():
    points = np.array([(1.0, 0), (-1, 0), (0, 1), (0, -1), (3, 3)])
    for order in ([0, 1, 2, 3, 4], [4, 3, 0, 2, 1]):
        assert at(points[order], np.array([2.0, 4, 6, 8, 99])[order], [(0, 0)], neighbours=2)[0, 0] == 5.0


def test_samples_that_no_place_needs_are_left_out_without_a_difference():
    points, values = RNG.random((4000, 2)) * 10, RNG.random((4000, 1))
    values[np.hypot(*(points - 5).T) < 1.5] = np.nan  # a hole around the region
    places = RNG.random((300, 2)) * 0.5 + 4.8
    kept = needed_samples(points, values, places, 12)
    assert 12 <= kept.sum() < 1500
    whole = idw_table(points, values).at(places)
    np.testing.assert_array_equal(idw_table(points[kept], values[kept]).at(places), whole)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"power": 0.0}, "power of inverse distance weighting must be above 0; got 0"),
        ({"neighbours": 0}, "neighbours must be from 1 to 64; got 0"),
        ({"reach": -1.0}, "largest distance must be above 0 km; got -1"),
    ],
)
def test_idw_refuses(options, message):
    with pytest.raises(InputError, match=message):
        idw_table(np.zeros((2, 2)), np.zeros((2, 1)), **options)


# --- the stage -----------------------------------------------------------------------------------------


def coarse_raster(folder, values, name="TEM_ssp126_2030.tif", units=("degC",), **options):
    options = {"crs": WGS84, "transform": COARSE, **options}
    return make_raster(folder / name, np.asarray(values, dtype="float32"), units=units, **options)


def reference_raster(folder, shape=(50, 50), name="reference.tif", transform=(0.02, 0, 118.0, 0, -0.02, 34.0), **kw):
    return make_raster(folder / name, np.ones(shape, "uint8"), crs=WGS84, transform=transform, **kw)


def run(coarse, folder, name="out.tif", **arguments):
    options = arguments.pop("options", None) or DownscaleOptions(**arguments.pop("how", {}))
    with OutputSet([coarse]) as outputs:
        result = downscale(coarse, outputs, str(folder / name), options, **arguments)
    return result, str(folder / name)


def test_a_coarse_raster_by_idw_agrees_with_all_pairs(tmp_path):
    values = RNG.random((4, 4)) * 10
    values[1, 2] = np.nan
    coarse = coarse_raster(tmp_path, values)
    reference = reference_raster(tmp_path, (5, 5), transform=(0.2, 0, 118.0, 0, -0.2, 34.0))
    result, made = run(coarse, tmp_path, reference=reference, how={"neighbours": 12})
    longitude, latitude = np.meshgrid(118.125 + 0.25 * np.arange(4), 33.875 - 0.25 * np.arange(4))
    there = np.isfinite(values)
    points = unit_vectors(np.radians(longitude[there]), np.radians(latitude[there]))
    samples = values[there].astype("float32").astype(float)
    for row in range(5):
        for col in range(5):
            place = unit_vectors(np.radians(118.1 + 0.2 * col), np.radians(33.9 - 0.2 * row))
            angle = np.arccos(np.clip(points @ place, -1, 1))
            near = angle <= np.sort(angle)[11] * (1 + 1e-7)  # with those as far as the twelfth
            expected = (samples[near] / angle[near] ** 2).sum() / (1 / angle[near] ** 2).sum()
            assert read_raster(made)[row, col] == pytest.approx(expected, rel=1e-5)
    assert result.great_circle and result.names == ("TEM",) and result.units == ("degC",)
    # In row 1, columns 2 and 3 have their centres in (or on the left edge of) the coarse cell without data.
    assert result.filled_cells == 2 and result.cells == 25
    assert any("lie where the coarse raster has no data" in note for note in result.notes)


def test_a_fine_cell_on_a_coarse_centre_takes_its_value(tmp_path):
    values = RNG.random((4, 4))
    coarse = coarse_raster(tmp_path, values)
    # 5 cells in one: the middle one lies on the centre.
    reference = reference_raster(tmp_path, (20, 20), transform=(0.05, 0, 118.0, 0, -0.05, 34.0))
    for method in ("idw", "bilinear"):
        _, made = run(coarse, tmp_path, method + ".tif", reference=reference, how={"method": method})
        np.testing.assert_allclose(read_raster(made)[2::5, 2::5], values.astype("float32"), rtol=1e-6)


def test_constant_and_bounds_on_rasters(tmp_path):
    coarse = coarse_raster(tmp_path, np.stack([np.full((4, 4), 0.1), RNG.random((4, 4))]), units=("degC", "mm/yr"))
    reference = reference_raster(tmp_path)
    for method in ("idw", "bilinear"):
        result, made = run(coarse, tmp_path, method + ".tif", reference=reference, how={"method": method})
        assert np.unique(read_raster(made)).tolist() == [float(np.float32(0.1))]
        low, high = result.bands.rows[1][8:10]
        assert low <= read_raster(made, 2).min() and read_raster(made, 2).max() <= high
        with rasterio.open(made) as dataset:
            assert dataset.units == ("degC", "mm/yr") and dataset.descriptions == ("band 1", "band 2")


def test_bilinear_is_exact_for_a_plane_and_agrees_with_scipy(tmp_path):
    from scipy.interpolate import RegularGridInterpolator

    values = RNG.random((6, 6))
    coarse = coarse_raster(tmp_path, values)
    reference = reference_raster(tmp_path, (60, 60))
    _, made = run(coarse, tmp_path, reference=reference, how={"method": "bilinear"})
    centres = np.arange(6) + 0.5
    inner = RegularGridInterpolator((centres, centres), values)
    rows = (np.arange(60) + 0.5) * 0.02 / 0.25
    grid = np.stack(np.meshgrid(rows, rows, indexing="ij"), axis=-1)[8:50, 8:50]
    np.testing.assert_allclose(read_raster(made)[8:50, 8:50], inner(grid), rtol=2e-6)
    plane = np.add.outer(2.0 * np.arange(6), -3.0 * np.arange(6))
    coarse = coarse_raster(tmp_path, plane, "plane.tif")
    _, made = run(coarse, tmp_path, reference=reference, how={"method": "bilinear"})
    expected = np.add.outer(2.0 * (rows - 0.5), -3.0 * (rows - 0.5))[8:50, 8:50]
    np.testing.assert_allclose(read_raster(made)[8:50, 8:50], expected, atol=1e-5)


def test_bilinear_leaves_missing_neighbours_out(tmp_path):
    coarse = coarse_raster(tmp_path, [[1.0, np.nan], [1.0, np.nan]])
    _, made = run(coarse, tmp_path, reference=reference_raster(tmp_path, (25, 25)), how={"method": "bilinear"})
    seen = read_raster(made)
    # Right of the second column of centres (0.375 degrees) only cells without data are near.
    assert np.nanmin(seen) == np.nanmax(seen) == 1.0
    assert np.isfinite(seen[:, :18]).all() and np.isnan(seen[:, 19:]).all()


@pytest.mark.parametrize("method", ["idw", "bilinear"])
@pytest.mark.parametrize("crs, transform", [(WGS84, (0.005, 0, 118.1, 0, -0.005, 33.8)),
                                            ("EPSG:32650", (500.0, 0, 600_000.0, 0, -500.0, 3_740_000.0))])  # fmt: skip
def test_blocks_and_threads_change_nothing(tmp_path, method, crs, transform):
    values = RNG.random((2, 9, 9))
    values[1, 3, 4] = np.nan
    coarse = coarse_raster(tmp_path, values, units=("degC", "mm"))
    reference = make_raster(tmp_path / "fine.tif", np.ones((258, 260), "uint8"), crs=crs, transform=transform)
    small = EngineSettings(memory_mb=1, threads=3)
    one, first = run(coarse, tmp_path, "a.tif", reference=reference, how={"method": method},
                     settings=EngineSettings(threads=1))  # fmt: skip
    two, second = run(coarse, tmp_path, "b.tif", reference=reference, how={"method": method}, settings=small)
    for band in (1, 2):
        np.testing.assert_array_equal(read_raster(first, band), read_raster(second, band))
    for row, again in zip(one.bands.rows, two.bands.rows):
        assert row[4:6] == pytest.approx(again[4:6], rel=1e-12) and row[8:] == pytest.approx(again[8:], rel=1e-12)


def test_longitudes_from_0_to_360_meet_those_from_minus_180(tmp_path):
    values = RNG.random((8, 360)) + np.arange(360)
    coarse = coarse_raster(tmp_path, values, transform=(1.0, 0, 0.0, 0, -1.0, 44.0))
    turned = coarse_raster(tmp_path, np.roll(values, 180, axis=1), "turned.tif", transform=(1.0, 0, -180, 0, -1, 44.0))
    # Around Greenwich, where the first raster has its edge.
    reference = reference_raster(tmp_path, (20, 40), transform=(0.25, 0, -5.0, 0, -0.25, 43.0))
    for method in ("idw", "bilinear"):
        result, one = run(coarse, tmp_path, "one.tif", reference=reference, how={"method": method})
        _, two = run(turned, tmp_path, "two.tif", reference=reference, how={"method": method})
        np.testing.assert_allclose(read_raster(one), read_raster(two), rtol=1e-6)
        assert result.filled_cells == 0 and np.isfinite(read_raster(one)).all()


def test_the_mean_is_compared_on_the_same_cells(tmp_path):
    values = np.array([[10.0, 20.0], [30.0, 40.0]])
    coarse = coarse_raster(tmp_path, values)
    reference = reference_raster(tmp_path, (10, 10), transform=(0.05, 0, 118.0, 0, -0.05, 34.0))
    result, made = run(coarse, tmp_path, reference=reference, area_mode="ellipsoidal")
    row = result.bands.as_dicts()[0]
    latitude = np.radians(34.0 - 0.05 * (np.arange(10) + 0.5))
    weights = np.repeat(np.cos(latitude)[:, None], 10, axis=1)  # areas of cells to 1e-5
    assert row["coarse_mean"] == pytest.approx(np.average(np.kron(values, np.ones((5, 5))), weights=weights), rel=1e-4)
    assert row["fine_mean"] == pytest.approx(np.average(read_raster(made), weights=weights), rel=1e-4)
    assert row["difference"] == pytest.approx(row["fine_mean"] - row["coarse_mean"])
    assert row["difference_percent"] is None, "degC has no true zero"


def test_projected_distances_and_a_mask(tmp_path):
    values = [[1.0, 3.0], [5.0, 7.0]]
    wide, narrow = ((side, 0, 500_000, 0, -side, 4e6) for side in (20_000.0, 10_000.0))
    coarse = make_raster(tmp_path / "c.tif", np.array(values, "float32"), transform=wide)
    reference = make_raster(tmp_path / "r.tif", np.ones((4, 4), "uint8"), transform=narrow)
    result, made = run(coarse, tmp_path, reference=reference, unit="mm",
                       mask=box_layer(500_000, 3_980_000, 540_000, 4_000_000))  # fmt: skip
    assert not result.great_circle and result.cells == 8 and result.units == ("mm",)
    seen = read_raster(made)
    assert np.isnan(seen[2:]).all()
    distance = np.hypot(*np.array([(5, 5), (25, 5), (5, 25), (25, 25)], float).T)
    weights = distance**-2.0
    assert seen[0, 0] == pytest.approx((weights * [1, 3, 5, 7]).sum() / weights.sum(), rel=1e-6)
    message = "in degrees .* Choose great-circle"
    with pytest.raises(GridError, match=message):
        run(coarse, tmp_path, "x.tif", reference=reference_raster(tmp_path), how={"distance": "projected"})


# --- a change on a baseline ----------------------------------------------------------------------------


def delta_inputs(folder, future, base, fine, unit):
    return (
        coarse_raster(folder, future, "future.tif", (unit,)),
        [coarse_raster(folder, values, "base{}.tif".format(i), (unit,)) for i, values in enumerate(base)],
        make_raster(folder / "fine.tif", np.asarray(fine, "float32"), crs=WGS84,
                    transform=(0.125, 0, 118.0, 0, -0.125, 34.0), units=(unit,)),
    )  # fmt: skip


def test_a_warming_is_added_to_the_fine_baseline_and_keeps_its_detail(tmp_path):
    fine = 15 + RNG.random((4, 4))
    # The model is 5 degrees too warm: its bias leaves with the baseline.
    coarse, base, baseline = delta_inputs(
        tmp_path, np.full((2, 2), 22.0), [np.full((2, 2), 19.5), np.full((2, 2), 20.5)], fine, "degC"
    )
    result, made = run(coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, how={"method": "delta"})
    np.testing.assert_allclose(read_raster(made), fine.astype("float32") + 2.0, rtol=1e-6)
    row = result.bands.as_dicts()[0]
    assert row["change"] == "add" and row["fine_mean"] - row["baseline_mean"] == pytest.approx(2.0)
    assert row["coarse_mean"] == pytest.approx(22.0) and row["difference"] == pytest.approx(row["fine_mean"] - 22.0)


def test_precipitation_is_multiplied_and_its_unit_says_so(tmp_path):
    fine = 100 * RNG.random((4, 4))
    coarse, base, baseline = delta_inputs(tmp_path, np.full((2, 2), 480.0), [np.full((2, 2), 400.0)], fine, "mm/yr")
    result, made = run(coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, how={"method": "delta"})
    np.testing.assert_allclose(read_raster(made), 1.2 * fine.astype("float32"), rtol=1e-6)
    assert result.ratio == (True,) and result.bands.as_dicts()[0]["change"] == "ratio"
    assert is_ratio("auto", "mm") and is_ratio("auto", "kg m-2 s-1") and is_ratio("ratio", "degC")
    assert not any(is_ratio("auto", unit) for unit in ("degC", "K", "")) and not is_ratio("add", "mm")


def test_ratios_are_guarded_and_counted():
    future = np.array([[[10.0, 1.0, 900.0, 50.0]]])
    baseline = np.array([[[0.0, 0.5, 100.0, np.nan]]])
    change = coarse_change(future, baseline, (True,))
    assert np.isnan(change.values[0, 0, [0, 3]]).all()
    assert change.values[0, 0, 1:3].tolist() == [2.0, 5.0]
    assert change.left_out == (1,) and change.cut == (1,)
    with pytest.raises(InputError, match="negative values in band 1.*Choose the change 'add'"):
        coarse_change(np.array([[[-1.0]]]), np.array([[[1.0]]]), (True,))
    with pytest.raises(InputError, match="zero in every cell of band 1"):
        coarse_change(np.array([[[1.0]]]), np.array([[[0.0]]]), (True,))


def test_what_ratios_did_is_in_the_notes(tmp_path):
    coarse, base, baseline = delta_inputs(
        tmp_path, [[10.0, 900.0], [100.0, 100.0]], [[[0.0, 100.0], [100.0, 100.0]]], np.full((4, 4), 7.0), "mm"
    )
    result, _ = run(coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, how={"method": "delta"})
    text = "\n".join(result.notes)
    assert "future: 1 coarse cells have a baseline too small for a ratio" in text
    assert "the ratio of 1 coarse cells was cut to 5" in text


def test_a_sum_below_zero_is_said(tmp_path):
    coarse, base, baseline = delta_inputs(
        tmp_path, np.full((2, 2), 10.0), [np.full((2, 2), 50.0)], np.full((4, 4), 7.0), "persons/km2"
    )
    result, made = run(coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, how={"method": "delta"})
    assert read_raster(made)[0, 0] == -33.0
    assert "16 cells became negative, though neither raster is. Choose the change 'ratio'" in result.notes[-1]


def test_kelvin_may_be_added_to_degrees_but_not_millimetres_to_them(tmp_path):
    coarse, base, baseline = delta_inputs(tmp_path, np.full((2, 2), 295.0), [np.full((2, 2), 293.0)],
                                          np.full((4, 4), 15.0), "degC")  # fmt: skip
    result, made = run(
        coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, unit="K", how={"method": "delta"}
    )
    assert read_raster(made)[0, 0] == 17.0 and result.units == ("degC",)
    row = result.bands.as_dicts()[0]
    assert row["coarse_unit"] == "K" and row["difference"] is None, "K and degC have no difference"
    with pytest.raises(UnitError, match="is in mm on the coarse rasters and in degC on the fine baseline"):
        run(coarse, tmp_path, coarse_baseline=base, fine_baseline=baseline, unit="mm",
            how={"method": "delta", "change": "add"})  # fmt: skip


# --- refusals ------------------------------------------------------------------------------------------


def test_refusals_say_what_to_do(tmp_path):
    coarse, reference = coarse_raster(tmp_path, np.ones((3, 3))), reference_raster(tmp_path)
    with pytest.raises(InputError, match="Give a reference raster"):
        run(coarse, tmp_path)
    with pytest.raises(InputError, match="'kriging' is not known. Choose one of: idw, bilinear, delta"):
        run(coarse, tmp_path, reference=reference, how={"method": "kriging"})
    with pytest.raises(InputError, match="the fine one is missing"):
        run(coarse, tmp_path, coarse_baseline=[coarse], reference=reference, how={"method": "delta"})
    other = coarse_raster(tmp_path, np.ones((4, 3)), "other.tif")
    with pytest.raises(GridError, match="is not on the grid of .*the coarse change is taken cell by cell"):
        run(coarse, tmp_path, coarse_baseline=[other], fine_baseline=reference, how={"method": "delta"})
    away = reference_raster(tmp_path, name="away.tif", transform=(0.02, 0, 10.0, 0, -0.02, 50.0))
    with pytest.raises(GridError, match="No cell of the reference grid .* lies in a cell of"):
        run(coarse, tmp_path, reference=away)
    assert not (tmp_path / "out.tif").exists()


def test_a_raster_too_large_to_be_coarse_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("carbon_qgis.core.coarse_field.MOST_CELLS", 8)
    with pytest.raises(InputError, match="has 9 cells in 1 band.*Clip it to the surroundings"):
        run(coarse_raster(tmp_path, np.ones((3, 3))), tmp_path, reference=reference_raster(tmp_path))


def test_bands_of_a_baseline_are_matched_by_name(tmp_path):
    def named(name, values, names):
        path = coarse_raster(tmp_path, values, name, units=("degC", "mm"))
        with rasterio.open(path, "r+") as dataset:
            dataset.descriptions = names
        return path

    ones = np.ones((2, 2))
    coarse = named("f.tif", np.stack([12 * ones, 110 * ones]), ("TEM", "PRE"))
    base = named("b.tif", np.stack([100 * ones, 10 * ones]), ("PRE", "TEM"))
    fine = named("fine.tif", np.stack([5 * ones, 40 * ones]), ("TEM", "PRE"))
    _, made = run(coarse, tmp_path, coarse_baseline=[base], fine_baseline=fine, how={"method": "delta"})
    assert read_raster(made, 1)[0, 0] == 7.0 and read_raster(made, 2)[0, 0] == pytest.approx(44.0)
    strange = named("s.tif", np.stack([ones, ones]), ("TEM", "RAIN"))
    with pytest.raises(InputError, match="'s.tif' lacks the band 'PRE' of 'f.tif'. It has: 'TEM', 'RAIN'"):
        run(coarse, tmp_path, coarse_baseline=[strange], fine_baseline=fine, how={"method": "delta"})


def test_a_long_block_reports_its_rows_and_stops_between_them(tmp_path):
    coarse, reference = coarse_raster(tmp_path, np.ones((3, 3))), reference_raster(tmp_path, (256, 64))
    seen = []

    class Asked(Cancelling):
        def update(self, fraction, message=None):
            super().update(fraction, message)
            seen.append(fraction)

    run(coarse, tmp_path, reference=reference, progress=Asked(2.0), settings=EngineSettings(threads=1))
    assert seen[-1] == 1.0 and seen == sorted(seen)
    # One block of 256 rows: the kernel itself ends when the flag is raised.
    inputs = align_inputs({}, reference, area_mode="auto")
    params = stage._params(read_coarse(coarse, Silent()), None, inputs, DownscaleOptions(), 1)
    params.watch.stop()
    with pytest.raises(Cancelled):
        stage._kernel(Block(0, 0, 256, 64, {}, area=1.0), params)
    assert params.watch.done == 64 * 64


def test_a_cancel_leaves_the_old_file(tmp_path):
    coarse, reference = coarse_raster(tmp_path, np.ones((3, 3))), reference_raster(tmp_path)
    _, made = run(coarse, tmp_path, reference=reference)
    before = open(made, "rb").read()
    with pytest.raises(Cancelled):
        run(coarse, tmp_path, reference=reference, progress=Cancelling(0.1), how={"neighbours": 3})
    assert open(made, "rb").read() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
