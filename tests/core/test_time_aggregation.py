"""Many steps as one raster, in memory that does not grow with their number."""

import struct
import tracemalloc

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import Cancelled, InputError, RasterError, UnitError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.time_aggregation import STATISTICS, RunningStatistic, aggregate_time
from carbon_qgis.core.time_steps import TimeStep, default_statistic, steps_of, years_of

CRS = rasterio.crs.CRS.from_epsg(32650)


def write(path, data, nodata=None, unit="", interleave="band", descriptions=(), cell=30.0, tags=None, **more):
    data = np.asarray(data)
    data = data[np.newaxis] if data.ndim == 2 else data
    count, height, width = data.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=data.dtype, crs=CRS, nodata=nodata,
        interleave=interleave, transform=rasterio.Affine(cell, 0, 5e5, 0, -cell, 4e6), **more,
    ) as dataset:
        dataset.write(data)
        dataset.update_tags(**(tags or {}))
        for band in range(1, count + 1):
            dataset.set_band_unit(band, unit)
        for band, text in enumerate(descriptions, 1):
            dataset.set_band_description(band, text)
    return str(path)


def rectangle(left, bottom, right, top):
    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    return PolygonLayer((wkb,), CRS.to_wkt())


def aggregate(paths, destination, statistic="mean", count=None, **more):
    steps = steps_of([paths] if isinstance(paths, str) else paths)
    with OutputSet([step.path for step in steps]) as outputs:
        wanted = {"AGGREGATE": str(destination), "COUNT": str(count) if count else None}
        return aggregate_time(steps, outputs, wanted, statistic, **more)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(float).filled(np.nan)


#: 3 steps of 2 x 2 cells; the second cell lacks one step, the third two, the last all.
STEPS = np.array([[[1, -9, -9], [4, -9, 2]], [[3, 5, -9], [8, -9, 2]], [[8, 6, 7], [3, -9, 2]]], np.int16)


@pytest.mark.parametrize("statistic, whole, from_two", [
    ("mean", [4, np.nan, np.nan, 5, np.nan, 2], [4, 5.5, np.nan, 5, np.nan, 2]),
    ("sum", [12, np.nan, np.nan, 15, np.nan, 6], [12, 11, np.nan, 15, np.nan, 6]),
    ("max", [8, np.nan, np.nan, 8, np.nan, 2], [8, 6, np.nan, 8, np.nan, 2]),
    ("min", [1, np.nan, np.nan, 3, np.nan, 2], [1, 5, np.nan, 3, np.nan, 2]),
])
def test_known_answers(tmp_path, statistic, whole, from_two):
    path = write(tmp_path / "PRE_2010.tif", STEPS, nodata=-9, unit="mm", descriptions=["Jan", "", "Mar"])
    result = aggregate(path, tmp_path / "a.tif", statistic)
    np.testing.assert_array_equal(read(tmp_path / "a.tif").ravel(), whole)
    assert result.valid_cells == 3 and result.minimum_count == 3
    result = aggregate(path, tmp_path / "b.tif", statistic, tmp_path / "n.tif", minimum_count=2)
    np.testing.assert_array_equal(read(tmp_path / "b.tif").ravel(), from_two)
    np.testing.assert_array_equal(read(tmp_path / "n.tif").ravel(), [3, 2, 1, 3, 0, 3])
    assert result.nodata_share == pytest.approx(2 / 6)
    assert result.mean == pytest.approx(np.nanmean(from_two))
    assert (result.low, result.high) == (np.nanmin(from_two), np.nanmax(from_two))
    assert result.steps.rows[0] == ["Jan", "PRE_2010.tif", 1, 3, 7 / 3]
    assert result.steps.rows[1] == ["PRE_2010 band 2", "PRE_2010.tif", 2, 4, 4.5]


def test_files_and_bands_are_the_same(tmp_path):
    stack = write(tmp_path / "TEM.tif", STEPS, nodata=-9)
    files = [write(tmp_path / "TEM_{}.tif".format(2010 + n), step, nodata=-9) for n, step in enumerate(STEPS)]
    aggregate(stack, tmp_path / "a.tif", minimum_count=1)
    result = aggregate(files, tmp_path / "b.tif", minimum_count=1)
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))
    assert result.steps.column("step") == ["TEM_2010", "TEM_2011", "TEM_2012"]
    assert result.variable == "TEM"


def test_unit_name_and_year_of_the_result(tmp_path):
    path = write(tmp_path / "PRE_2010.tif", STEPS, nodata=-9, unit="mm", tags={"CARBON_YEAR": "2010"})
    result = aggregate(path, tmp_path / "a.tif", None)
    assert (result.statistic, result.unit, result.year) == ("sum", "mm", 2010)
    assert "The sum keeps the unit of its steps, 'mm'." in result.notes
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert (dataset.descriptions, dataset.units) == (("PRE",), ("mm",))
        tags = dataset.tags()
        assert (tags["CARBON_QUANTITY"], tags["CARBON_YEAR"], tags["CARBON_STATISTIC"]) == ("PRE", "2010", "sum")
    result = aggregate(path, tmp_path / "b.tif", None, variable="NDVI", year=1999, unit="1")
    assert (result.statistic, result.unit, result.year) == ("max", "1", 1999)


def test_a_sum_of_rates_is_noted(tmp_path):
    path = write(tmp_path / "PRE.tif", STEPS, nodata=-9, unit="mm/day")
    assert any("is a rate" in note for note in aggregate(path, tmp_path / "a.tif", "sum").notes)


@pytest.mark.parametrize("name, statistic", [
    ("PRE", "sum"), ("pre_2010", "sum"), ("PRE_ssp126_2030", "sum"), ("TEM", "mean"), ("SM_2012", "mean"),
    ("NDVI", "max"), ("PRESSURE", "mean"), ("anything", "mean"),
])
def test_default_statistics(name, statistic):
    assert default_statistic(name) == statistic


def test_scale_and_offset_of_each_file(tmp_path):
    one, two = write(tmp_path / "a.tif", [[10]]), write(tmp_path / "b.tif", [[10]])
    with rasterio.open(two, "r+") as dataset:
        dataset.scales, dataset.offsets = (0.5,), (1.0,)
    aggregate([one, two], tmp_path / "s.tif", "sum")
    assert read(tmp_path / "s.tif").tolist() == [[16]]


def test_steps_on_another_grid_are_aligned(tmp_path):
    one = write(tmp_path / "a.tif", np.array([[1.0, 2.0]]), cell=60)
    two = write(tmp_path / "b.tif", np.array([[1.0, 3.0, 10, 20], [5, 7, 30, 40]]))
    result = aggregate([one, two], tmp_path / "s.tif", "sum")
    np.testing.assert_allclose(read(tmp_path / "s.tif"), [[5, 27]], rtol=1e-6)
    assert any("'b.tif'" in note and "averaging" in note for note in result.notes)


def test_outside_the_mask_is_nodata(tmp_path):
    path = write(tmp_path / "TEM.tif", STEPS, nodata=-9)
    mask = rectangle(5e5, 4e6 - 60, 5e5 + 60, 4e6)
    result = aggregate(path, tmp_path / "a.tif", "max", tmp_path / "n.tif", minimum_count=1, mask=mask)
    np.testing.assert_array_equal(read(tmp_path / "a.tif").ravel(), [8, 6, np.nan, 8, np.nan, np.nan])
    np.testing.assert_array_equal(read(tmp_path / "n.tif").ravel(), [3, 2, np.nan, 3, 0, np.nan])
    assert result.steps.column("valid_cells") == [2, 3, 3]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Steps band by band, with all bands of a row together, and as more files than stay open at a time."""
    folder = tmp_path_factory.mktemp("many")
    random = np.random.default_rng(5)
    data = random.integers(0, 1000, (130, 280, 260)).astype(np.int16)
    files = [write(folder / "t{:03d}.tif".format(n), step, nodata=0) for n, step in enumerate(data[:60])]
    return {
        "data": np.where(data == 0, np.nan, data), "files": files,
        "band": write(folder / "band.tif", data, nodata=0),
        "pixel": write(folder / "pixel.tif", data, nodata=0, interleave="pixel", compress="deflate"),
    }


LAYOUTS = [("band", name) for name in STATISTICS] + [("pixel", "sum"), ("files", "mean")]


@pytest.mark.parametrize("layout, statistic", LAYOUTS)
def test_whole_array_and_blocks_agree(tmp_path, many, layout, statistic):
    data = many["data"][:60] if layout == "files" else many["data"]
    reduce = {"mean": np.nanmean, "sum": np.nansum, "max": np.nanmax, "min": np.nanmin}[statistic]
    result = aggregate(many[layout], tmp_path / "a.tif", statistic, minimum_count=len(data) - 1)
    expected = np.where(np.isfinite(data).sum(axis=0) >= len(data) - 1, reduce(data, axis=0), np.nan)
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), expected.astype(np.float32))
    assert result.steps.column("valid_cells") == np.isfinite(data).sum(axis=(1, 2)).tolist()
    settings = EngineSettings(memory_mb=1, threads=3)
    other = aggregate(many[layout], tmp_path / "b.tif", statistic, minimum_count=len(data) - 1, settings=settings)
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))
    assert other.steps.column("mean") == pytest.approx(result.steps.column("mean"), rel=1e-12)


def test_memory_does_not_grow_with_the_steps(tmp_path, many):
    peaks = []
    for number in (10, 130):
        steps = steps_of([many["band"]])[:number]
        tracemalloc.start()
        with OutputSet() as outputs:
            aggregate_time(steps, outputs, {"AGGREGATE": str(tmp_path / "a.tif")}, settings=EngineSettings(threads=1))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    added = many["data"][10:].nbytes / 2  # as float32
    assert peaks[1] < peaks[0] + 0.1 * added


def test_a_cancel_stops_inside_a_block(tmp_path, many):
    class Later:
        """Cancelled from the second question on: the one block of this run is under way then."""

        asked = 0

        def update(self, fraction, message=None):
            assert fraction < 1

        def cancelled(self):
            self.asked += 1
            return self.asked > 1

    with pytest.raises(Cancelled):
        aggregate(many["band"], tmp_path / "a.tif", progress=Later())
    assert list(tmp_path.iterdir()) == []


def test_netcdf_by_variable(tmp_path):
    from scipy.io import netcdf_file

    path = str(tmp_path / "clim.nc")
    with netcdf_file(path, "w") as file:
        for name, size in (("time", 3), ("lat", 2), ("lon", 3)):
            file.createDimension(name, size)
        for name, values, unit in (
            ("time", [0, 31, 59], "days since 2001-01-01 00:00:00"), ("lat", [30.5, 30.0], "degrees_north"),
            ("lon", [110.0, 110.5, 111.0], "degrees_east"),
        ):
            variable = file.createVariable(name, "d", (name,))
            variable[:] = values
            variable.units = unit
        for name, factor in (("pre", 1), ("tem", 10)):
            variable = file.createVariable(name, "f", ("time", "lat", "lon"))
            variable[:] = factor * np.where(STEPS == -9, -999, STEPS)
            variable.units = "mm"
            variable._FillValue = np.float32(-999 * factor)
        file.Conventions = "CF-1.6"
    name = 'NETCDF:"{}":pre'.format(path)
    if "netCDF" not in rasterio.drivers.raster_driver_extensions().values():
        pytest.skip("this GDAL reads no NetCDF")
    result = aggregate(name, tmp_path / "a.tif", None, minimum_count=2)
    np.testing.assert_array_equal(read(tmp_path / "a.tif").ravel(), [12, 11, np.nan, 15, np.nan, 6])
    assert result.steps.column("step") == ["2001-01-01", "2001-02-01", "2001-03-01"]
    assert (result.variable, result.statistic, result.unit) == ("pre", "sum", "mm")
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert dataset.crs.to_epsg() == 4326 and dataset.bounds[:2] == (109.75, 29.75)
    assert any("names no CRS; its longitudes and latitudes were taken as EPSG:4326" in note for note in result.notes)


def test_refused_inputs(tmp_path):
    path = write(tmp_path / "TEM.tif", STEPS, nodata=-9)
    with pytest.raises(InputError, match="'median' is no statistic. Choose one of: mean, sum, max, min"):
        aggregate(path, tmp_path / "a.tif", "median")
    for count in (0, 4):
        with pytest.raises(InputError, match="is {}, but must be from 1 to 3".format(count)):
            aggregate(path, tmp_path / "a.tif", minimum_count=count)
    with pytest.raises(InputError, match="'.*TEM.tif' band 1 is there twice"):
        aggregate([path, path], tmp_path / "a.tif")
    with pytest.raises(InputError, match="No rasters were given"):
        aggregate([], tmp_path / "a.tif")
    with OutputSet() as outputs:
        with pytest.raises(InputError, match="No steps were given"):
            aggregate_time([], outputs, {})
        with pytest.raises(InputError, match=r"has 3 band\(s\); band 4 was asked for"):
            aggregate_time([TimeStep(path, 4)], outputs, {})


def test_units_must_agree(tmp_path):
    paths = [write(tmp_path / "a.tif", [[1]], unit="mm"), write(tmp_path / "b.tif", [[1]], unit="cm")]
    with pytest.raises(UnitError, match=r"different units: 'mm' \('.*a.tif' band 1\); 'cm' \('.*b.tif' band 1\)"):
        aggregate(paths, tmp_path / "s.tif")
    assert aggregate(paths, tmp_path / "s.tif", unit="mm").unit == "mm"


def test_too_few_valid_steps_everywhere(tmp_path):
    path = write(tmp_path / "a.tif", np.array([[[1, -9]], [[-9, 1]]], np.int16), nodata=-9)
    with pytest.raises(InputError, match="No cell has 2 valid steps of 2: the most is 1"):
        aggregate(path, tmp_path / "s.tif")
    path = write(tmp_path / "b.tif", np.full((2, 1, 1), -9, np.int16), nodata=-9)
    with pytest.raises(RasterError, match="No valid cell is left in the 2 steps"):
        aggregate(path, tmp_path / "s.tif")


@pytest.mark.parametrize("statistic, expected", [("mean", -2), ("sum", -4), ("max", -1), ("min", -3)])
def test_running_statistic_skips_what_is_missing(statistic, expected):
    running = RunningStatistic(statistic, (1, 2))
    for values in ([[-1, np.nan]], [[np.nan, np.nan]], [[-3, 5]]):
        running.add(np.array(values, np.float32))
    np.testing.assert_array_equal(running.result(2), [[expected, np.nan]])
    assert running.count.tolist() == [[2, 1]]


def test_years_are_averaged_and_not_added_up(tmp_path):
    paths = [write(tmp_path / "PRE_{}.tif".format(y), np.full((2, 2), 100.0 + y - 2000), unit="mm/yr")
             for y in range(2000, 2021)]  # fmt: skip
    result = aggregate(paths, tmp_path / "out.tif", None)
    assert result.statistic == "mean" and read(tmp_path / "out.tif") == pytest.approx(110)
    told = "Each of the 21 steps is a year (2000 to 2020): their mean is taken, not their sum. Choose 'sum' if you"
    assert any(told in note for note in result.notes)
    asked = aggregate(paths, tmp_path / "out.tif", "sum")
    assert asked.high == pytest.approx(21 * 110) and not any("is a year" in note for note in asked.notes)


@pytest.mark.parametrize("names, tags, years", [
    (("PRE_2000", "PRE_2001"), (None, None), [2000, 2001]),
    (("PRE_ssp126_2030_v1", "PRE_ssp126_2040_v1"), (None, None), [2030, 2040]),
    (("a", "b"), ("1999", "2005"), [1999, 2005]),
    (("PRE_2010_01", "PRE_2010_02"), (None, None), None),
    (("PRE_201001", "PRE_201101"), (None, None), None),
    (("PRE_01", "PRE_02"), ("2010", "2010"), None),
    (("PRE_2000",), (None,), None),
])  # fmt: skip
def test_which_steps_are_years(tmp_path, names, tags, years):
    paths = [
        write(tmp_path / (name + ".tif"), np.ones((1, 1)), tags={"CARBON_YEAR": tag} if tag else None)
        for name, tag in zip(names, tags)
    ]
    assert years_of(steps_of(paths)) == years


def test_months_are_still_added_up(tmp_path):
    months = ["PRE_2010_{:02d}".format(month) for month in range(1, 13)]
    path = write(tmp_path / "PRE_2010.tif", np.ones((12, 1, 1)), descriptions=months, tags={"CARBON_YEAR": "2010"})
    result = aggregate(path, tmp_path / "out.tif", None)
    assert result.statistic == "sum" and result.high == 12
    bands = write(tmp_path / "PRE.tif", np.ones((3, 1, 1)), descriptions=["2000", "2001", "2002"])
    assert aggregate(bands, tmp_path / "out.tif", None).high == 1
