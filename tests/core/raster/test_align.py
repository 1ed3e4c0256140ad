"""Rasters of another grid or CRS, against averages computed with plain array operations."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import GridError
from carbon_qgis.core.raster.align import Alignment, plan_alignment
from carbon_qgis.core.raster.area import cell_areas
from carbon_qgis.core.raster.blocks import read_block, run_blocks
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from tests.core.helpers import METRES_30, UTM, make_raster

RNG = np.random.default_rng(11)


def cells(size, x=500_000.0, y=4_000_000.0):
    return (size, 0.0, x, 0.0, -size, y)


def reference(tmp_path, transform, shape, crs=UTM):
    return make_raster(tmp_path / "ref.tif", np.zeros(shape, np.uint8), transform=transform, crs=crs)


def aligned(path, reference_path, categorical=False, known=()):
    inputs = align_inputs({"a": Band(path, 1, categorical, known_codes=known)}, reference_path)
    return inputs, read_block("test", inputs, (0, 0) + inputs.grid.shape)["a"]


@pytest.fixture(autouse=True)
def fresh_handles():
    """Handles are kept per thread and run; the runs here share a name."""
    from carbon_qgis.core.raster.read import close_handles

    yield
    close_handles()


def weights(low, size, count, source_low, source_size, source_count):
    """Overlap of each of `count` cells with each source cell along one axis, as shares of the cell."""
    edges = low + size * np.arange(count + 1)
    source = source_low + source_size * np.arange(source_count + 1)
    overlap = np.minimum(edges[1:, None], source[None, 1:]) - np.maximum(edges[:-1, None], source[None, :-1])
    return np.clip(overlap, 0, None) / size


def test_the_same_grid_needs_nothing(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((4, 5), np.float32))
    assert plan_alignment(Band(path), Grid.of(path), path) == Alignment()


def test_cells_that_coincide_are_shifted_not_resampled(tmp_path):
    data = RNG.random((6, 7)).astype(np.float32)
    path = make_raster(tmp_path / "a.tif", data)
    inputs, got = aligned(path, reference(tmp_path, cells(30, 500_000 - 60, 4_000_000 - 30), (7, 8)))
    expected = np.full((7, 8), np.nan, np.float32)
    expected[:5, 2:8] = data[1:, :6]
    np.testing.assert_array_equal(got, expected)
    assert inputs.notes == ("'a.tif' covers another extent; its cells coincide.",)


@pytest.mark.parametrize("nodata", [None, 9])
def test_codes_of_a_smaller_raster_with_the_same_corner(tmp_path, nodata):
    path = make_raster(tmp_path / "a.tif", np.array([[1, 2, 3], [4, 5, 6]], np.uint8), nodata=nodata)
    inputs, index = aligned(path, reference(tmp_path, METRES_30, (3, 4)), categorical=True)
    space = inputs.spaces["a"]
    expected = np.full((3, 4), space.nodata_index)
    expected[:2, :3] = [[1, 2, 3], [4, 5, 6]]
    np.testing.assert_array_equal(index, expected)
    assert space.nodata_index == (9 if nodata else 256)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "uint8"])
def test_coarsening_by_a_whole_number_is_the_plain_block_average(tmp_path, dtype):
    data = (RNG.random((60, 80)) * 200).astype(dtype)
    path = make_raster(tmp_path / "a.tif", data)
    inputs, got = aligned(path, reference(tmp_path, cells(120), (15, 20)))
    np.testing.assert_allclose(got, data.reshape(15, 4, 20, 4).mean(axis=(1, 3), dtype=float), rtol=1e-6)
    assert "area-weighted averaging" in inputs.notes[0]
    assert "(80 x 60 cells of 30 x 30 metre in EPSG:32650)" in inputs.notes[0]


@pytest.mark.parametrize("size, x, y", [(70, 500_013, 3_999_991), (73.3, 500_100, 3_999_900), (45, 500_015, 3_999_985)])
def test_coarsening_by_a_broken_number_weighs_by_overlap(tmp_path, size, x, y):
    rows, cols = np.mgrid[0:100, 0:120]
    data = (50 + 20 * np.sin(rows / 9) + 15 * np.cos(cols / 7) + RNG.random((100, 120))).astype(np.float64)
    path = make_raster(tmp_path / "a.tif", data)
    height, width = int((y - 3_997_000) // size), int((503_600 - x) // size)
    _, got = aligned(path, reference(tmp_path, cells(size, x, y), (height, width)))
    by_row = weights(4_000_000 - y, size, height, 0, 30, 100)
    by_col = weights(x - 500_000, size, width, 0, 30, 120)
    expected = by_row @ data @ by_col.T
    np.testing.assert_allclose(got, expected, rtol=5e-3)
    total, covered = got.sum() * size**2, (by_row.sum(axis=0) @ data @ by_col.sum(axis=0)) * size**2
    assert total == pytest.approx(covered, rel=1e-3)


def test_coarsening_keeps_totals_through_another_crs(tmp_path):
    """A 30 m raster in metres onto 1/360 degree: density times true area is kept to 0.1 %."""
    rows, cols = np.mgrid[0:900, 0:900]
    data = (80 + 40 * np.sin(rows / 60) * np.cos(cols / 45) + 10 * RNG.random((900, 900))).astype(np.float32)
    hill = np.exp(-(((rows - 450) / 180) ** 2) - ((cols - 450) / 180) ** 2)
    data = (data * hill).astype(np.float32)  # nothing at the rim, so that both cover the same
    path = make_raster(tmp_path / "a.tif", data)
    size = 1 / 360
    ref = reference(tmp_path, (size, 0, 116.98, 0, -size, 36.16), (115, 130), "EPSG:4326")
    inputs, got = aligned(path, ref)
    coarse = np.nansum(got * np.broadcast_to(cell_areas(inputs.grid).block(0, 0, 115, 130), got.shape))
    source = Grid.of(path)
    fine = (data * cell_areas(source, "ellipsoidal").block(0, 0, 900, 900)).sum(dtype=float)
    assert coarse == pytest.approx(fine, rel=1e-3)


def test_missing_cells_take_no_part_in_an_average(tmp_path):
    data = np.array([[1, 3, -9999, -9999], [5, -9999, -9999, -9999]], np.float32)
    ref = reference(tmp_path, cells(60), (1, 2))
    for nodata, values in ((-9999, data), (None, np.where(data < 0, np.nan, data))):
        path = make_raster(tmp_path / "a.tif", values, nodata=nodata)
        np.testing.assert_array_equal(aligned(path, ref)[1], [[3, np.nan]])


def test_scale_and_offset_come_after_the_average(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.array([[10, 20], [30, 41]], np.int16), scale=0.1, offset=5)
    _, got = aligned(path, reference(tmp_path, cells(60), (1, 1)))
    np.testing.assert_allclose(got, [[5 + 0.1 * 101 / 4]], rtol=1e-6)


def test_refining_is_bilinear_between_centres(tmp_path):
    data = np.add.outer(np.arange(6) * 10.0, np.arange(8)).astype(np.float32)
    path = make_raster(tmp_path / "a.tif", data)
    inputs, got = aligned(path, reference(tmp_path, cells(15), (12, 16)))
    # Away from the rim a plane is reproduced: centres lie a quarter of a cell from those of the source.
    rows, cols = (np.arange(12) + 0.5) / 2 - 0.5, (np.arange(16) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(got[1:-1, 1:-1], np.add.outer(rows * 10, cols)[1:-1, 1:-1], atol=1e-4)
    assert "bilinear interpolation" in inputs.notes[0]


def test_codes_take_the_commonest_when_coarsening_and_the_nearest_when_refining(tmp_path):
    data = np.array([[1, 1, 5, 4], [1, 9, 4, 4]], np.uint8)
    path = make_raster(tmp_path / "a.tif", data, nodata=0)
    inputs, got = aligned(path, reference(tmp_path, cells(60), (1, 2)), True, (1, 4, 5, 9))
    assert [inputs.spaces["a"].codes[i] for i in got.ravel()] == [1, 4]
    assert "the most frequent class" in inputs.notes[0]
    inputs, got = aligned(path, reference(tmp_path, cells(10), (6, 12)), True, (1, 4, 5, 9))
    np.testing.assert_array_equal(np.take(inputs.spaces["a"].codes, got), np.kron(data, np.ones((3, 3), int)))
    assert "the nearest cell" in inputs.notes[0]


def test_averages_are_never_taken_of_codes(tmp_path):
    data = RNG.choice([10, 20, 200], (300, 300)).astype(np.uint8)
    path = make_raster(tmp_path / "a.tif", data)
    size = 1 / 1000
    ref = reference(tmp_path, (size, 0, 117.0, 0, -size, 36.14), (70, 90), "EPSG:4326")
    inputs, got = aligned(path, ref, True, (10, 20, 200))
    assert set(np.unique(got).tolist()) <= {0, 1, 2, inputs.spaces["a"].nodata_index}


@pytest.mark.parametrize("step", [(30, -30), (30, 30), (-30, -30)], ids=["north-up", "south-up", "mirrored"])
def test_a_raster_may_lie_any_way_up(tmp_path, step):
    data = RNG.random((6, 8))
    grid = (step[0], 0, 500_000 if step[0] > 0 else 500_240, 0, step[1], 4_000_000 if step[1] < 0 else 3_999_820)
    stored = data[:: 1 if step[1] < 0 else -1, :: 1 if step[0] > 0 else -1]
    path = make_raster(tmp_path / "a.tif", stored, transform=grid)
    _, got = aligned(path, reference(tmp_path, METRES_30, (6, 8)))
    np.testing.assert_allclose(got, data, rtol=1e-6)


def test_a_rotated_raster_is_sampled_where_it_lies(tmp_path):
    turn = rasterio.Affine.translation(500_000, 4_000_000) * rasterio.Affine.rotation(-30)
    turn = turn * rasterio.Affine.scale(30, -30)
    rows, cols = np.mgrid[0:60, 0:60] + 0.5
    x, y = turn * (cols, rows)
    path = make_raster(tmp_path / "a.tif", (x - 500_000) + 2 * (y - 4_000_000), transform=tuple(turn)[:6])
    inputs, got = aligned(path, reference(tmp_path, cells(30, 500_030, 3_999_070), (20, 20)))
    rows, cols = np.mgrid[0:20, 0:20] + 0.5
    x, y = inputs.grid.affine * (cols, rows)
    # Neighbours differ by 30 and 60: a tenth of a cell is allowed, as GDAL widens its kernel for rotated grids.
    np.testing.assert_allclose(got, (x - 500_000) + 2 * (y - 4_000_000), atol=6)
    # And the other way round: the rotated raster is the reference.
    plain = make_raster(tmp_path / "b.tif", np.full((200, 200), 7.0), transform=cells(30, 499_000, 4_003_000))
    np.testing.assert_allclose(aligned(plain, path)[1], np.full((60, 60), 7.0), rtol=1e-12)


def copy_kernel(block, params):
    return {"out": block["a"]}, None


class Whole:
    """A writer that keeps the raster in memory."""

    prepare = None

    def __init__(self, shape):
        self.array = np.full(shape, -1.0)

    def write(self, row, col, block):
        self.array[row : row + block.shape[0], col : col + block.shape[1]] = block

    def close(self):
        pass

    def discard(self):
        pass


@pytest.mark.parametrize("categorical, size", [(False, 1 / 400), (False, 1 / 9000), (True, 1 / 400), (True, 1 / 9000)])
def test_neither_windows_nor_threads_change_an_aligned_value(tmp_path, categorical, size):
    data = RNG.integers(1, 6, (700, 800)).astype(np.uint8 if categorical else np.float32)
    path = make_raster(tmp_path / "a.tif", data)
    ref = reference(tmp_path, (size, 0, 116.99, 0, -size, 36.15), (600, 700), "EPSG:4326")
    inputs = align_inputs({"a": Band(path, 1, categorical, known_codes=(1, 2, 3, 4, 5))}, ref)
    results = []
    for memory, threads in ((1, 1), (1, 4), (96, 1), (96, 4)):
        out = Whole(inputs.grid.shape)
        run_blocks(inputs, copy_kernel, writers={"out": out}, settings=EngineSettings(memory, threads))
        results.append(out.array)
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)
    assert np.unique(results[0]).size > 3


def test_no_overlap_is_refused(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((4, 4), np.float32), transform=cells(30, 600_000))
    with pytest.raises(GridError, match=r"a.tif' and '.*ref.tif' do not overlap: the first covers x 600000 to 600120"):
        aligned(path, reference(tmp_path, METRES_30, (4, 4)))
    # An overlap in numbers alone is none: degrees and metres.
    degrees = make_raster(tmp_path / "b.tif", np.ones((4, 4), np.float32), "EPSG:4326", (0.1, 0, 0, 0, -0.1, 50))
    with pytest.raises(GridError, match="do not overlap"):
        aligned(degrees, reference(tmp_path, METRES_30, (4, 4)))


def test_a_second_raster_without_crs_is_refused(tmp_path):
    path = make_raster(tmp_path / "bare.tif", np.ones((4, 4), np.float32), crs=None)
    with pytest.raises(GridError, match="bare.tif' has no coordinate reference system"):
        aligned(path, reference(tmp_path, METRES_30, (4, 4)))


def test_a_world_map_meets_a_small_region(tmp_path):
    """Corners of Mollweide lie off the Earth, so that the map has no bounds in another CRS."""
    world = make_raster(
        tmp_path / "world.tif", np.full((200, 400), 3.0), "ESRI:54009", (90_500, 0, -18.1e6, 0, -91_000, 9.1e6)
    )
    for crs, grid in (("EPSG:4326", (0.1, 0, 100, 0, -0.1, 50)), ("EPSG:3857", (10_000, 0, 1e7, 0, -10_000, 5e6))):
        _, got = aligned(world, reference(tmp_path, grid, (30, 40), crs))
        np.testing.assert_allclose(got, np.full((30, 40), 3.0), rtol=1e-12)
    latitudes = np.tile(np.linspace(89.75, -89.75, 360)[:, np.newaxis], (1, 720))
    degrees = make_raster(tmp_path / "latitude.tif", latitudes, "EPSG:4326", (0.5, 0, -180, 0, -0.5, 90))
    _, got = aligned(degrees, reference(tmp_path, METRES_30, (20, 20)))
    assert got == pytest.approx(36.14, abs=0.01)
