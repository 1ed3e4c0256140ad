"""Land-use intensity in windows."""

import struct

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.class_tables import GradeTable
from carbon_qgis.core.errors import InputError, RasterError, TableError
from carbon_qgis.core.land_use_intensity import land_use_intensity, window_mean
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings

CRS = rasterio.crs.CRS.from_epsg(32650)
GRADES = GradeTable("grades.csv", {1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}, {1: "unused", 2: "forest", 3: "crop", 4: "built"})


def write(path, data, nodata=None):
    data = np.asarray(data)
    with rasterio.open(
        path, "w", driver="GTiff", width=data.shape[1], height=data.shape[0], count=1, dtype=data.dtype, crs=CRS,
        nodata=nodata, transform=rasterio.Affine(1000, 0, 5e5, 0, -1000, 4e6),
    ) as dataset:
        dataset.write(data, 1)
    return str(path)


def rectangle(left, bottom, right, top):
    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    return PolygonLayer((wkb,), CRS.to_wkt())


def intensity(path, destination, window=1, grades=GRADES, **more):
    with OutputSet([path]) as outputs:
        return land_use_intensity(path, grades, outputs, {"INTENSITY": str(destination)}, window=window, **more)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).filled(np.nan)


def by_hand(grade, n):
    """100 · Σ share · grade of the valid cells around each cell, cell by cell."""
    half, out = n // 2, np.full(grade.shape, np.nan)
    for row, col in np.argwhere(np.isfinite(grade)):
        part = grade[max(row - half, 0) : row + half + 1, max(col - half, 0) : col + half + 1]
        part = part[np.isfinite(part)]
        out[row, col] = 100 * sum((part == value).mean() * value for value in np.unique(part))
    return out


def test_one_cell_is_its_grade(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 2, 0], [3, 4, 4]], np.uint8), nodata=0)
    result = intensity(path, tmp_path / "l.tif", year=2010)
    np.testing.assert_array_equal(read(tmp_path / "l.tif"), [[100, 200, np.nan], [300, 400, 400]])
    assert (result.low, result.high, result.mean, result.valid_cells) == (100, 400, 280, 5)
    assert result.ranges == {"INTENSITY": (100, 400)}
    assert result.classes.rows[3] == [4, "built", 4.0, 2, 2.0]
    with rasterio.open(tmp_path / "l.tif") as dataset:
        assert dataset.units == ("1",) and dataset.tags()["CARBON_YEAR"] == "2010"


@pytest.mark.parametrize("n", [3, 5, 31])
@pytest.mark.parametrize("nodata", [0, None])
def test_shares_of_the_valid_cells_of_the_window(tmp_path, n, nodata):
    random = np.random.default_rng(n)
    codes = random.integers(0 if nodata == 0 else 1, 5, (23, 17)).astype(np.uint8)
    grade = np.where(codes == 0, np.nan, codes.astype(float))
    result = intensity(write(tmp_path / "lc.tif", codes, nodata), tmp_path / "l.tif", n)
    np.testing.assert_allclose(read(tmp_path / "l.tif"), by_hand(grade, n), rtol=1e-6)
    assert result.mean == pytest.approx(np.nanmean(by_hand(grade, n)), rel=1e-9)


def test_a_class_zero_of_a_raster_without_nodata_ends_at_its_edge(tmp_path):
    grades = GradeTable("grades.csv", {0: 10.0, 1: 1.0}, {})
    path = write(tmp_path / "lc.tif", np.ones((4, 4), np.uint8))
    intensity(path, tmp_path / "l.tif", 5, grades)
    np.testing.assert_array_equal(read(tmp_path / "l.tif"), np.full((4, 4), 100))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16])
def test_blocks_and_threads_change_nothing(tmp_path, dtype):
    grades = GradeTable("grades.csv", {1: 1.1, 2: 2.3, 3: 3.7, 4: 4.0}, {})
    codes = np.random.default_rng(1).integers(0, 5, (700, 900)).astype(dtype)
    path = write(tmp_path / "lc.tif", codes, nodata=0)
    one = intensity(path, tmp_path / "a.tif", 51, grades)
    two = intensity(path, tmp_path / "b.tif", 51, grades, settings=EngineSettings(memory_mb=1, threads=3))
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))
    assert one.classes.column("cells") == two.classes.column("cells")
    assert one.mean == pytest.approx(two.mean, rel=1e-12) and one.ranges == two.ranges


def test_cells_outside_the_mask_do_not_count(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 2, 4], [3, 4, 4]], np.uint8))
    intensity(path, tmp_path / "l.tif", 3, mask=rectangle(5e5, 4e6 - 2000, 5e5 + 2000, 4e6))
    np.testing.assert_array_equal(read(tmp_path / "l.tif"), [[250, 250, np.nan], [250, 250, np.nan]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_codes_without_a_grade_are_counted_once(tmp_path, dtype):
    codes = np.ones((600, 600), dtype)
    codes[250:262, 255] = 77
    codes[0, 0] = 9
    path = write(tmp_path / "lc.tif", codes, nodata=0)
    with pytest.raises(TableError, match=r"grades.csv does not list: 9 \(1 cell\), 77 \(12 cells\)"):
        intensity(path, tmp_path / "l.tif", 21, settings=EngineSettings(memory_mb=1))
    assert not (tmp_path / "l.tif").exists()


@pytest.mark.parametrize("n", [0, -3, 4, 1003, 2.5])
def test_windows_that_are_refused(tmp_path, n):
    path = write(tmp_path / "lc.tif", np.ones((4, 4), np.uint8))
    with pytest.raises(InputError, match="must be an odd whole number from 1 to 1001"):
        intensity(path, tmp_path / "l.tif", n)


def test_nodata_that_is_a_class_is_refused(tmp_path):
    path = write(tmp_path / "lc.tif", np.ones((4, 4), np.uint8), nodata=1)
    with pytest.raises(InputError, match="nodata value 1 of .* is also a class of grades.csv"):
        intensity(path, tmp_path / "l.tif")


def test_no_valid_cell_is_an_error(tmp_path):
    path = write(tmp_path / "lc.tif", np.zeros((4, 4), np.uint8), nodata=0)
    with pytest.raises(RasterError, match="No valid cell is left"):
        intensity(path, tmp_path / "l.tif", 3)


def test_window_mean_of_six_numbers():
    values = np.array([[0, 0, 0, 0], [0, 6, 2, 0], [0, 4, 8, 0], [0, 0, 0, 0]], np.int64)
    valid = values > 0
    valid[2, 2] = False
    values[2, 2] = 0
    np.testing.assert_array_equal(window_mean(values, valid, 1), [[4, 4], [4, np.nan]])
