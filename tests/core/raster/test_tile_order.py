"""The tiles of a file lie in one order, whatever GDAL's cache did; no cell changes by that."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.tiff_directory import read_tile_index
from carbon_qgis.core.raster.tile_order import order_tiles
from carbon_qgis.core.raster.write import RasterSpec, RasterWriter
from tests.core.helpers import make_grid, read_raster

SIDE, TILE, ACROSS = 300, 64, 5
NATURAL = np.arange(2 * ACROSS * ACROSS)
KINDS = [
    {"compress": "zstd", "dtype": "float32"},
    {"compress": "none", "dtype": "float32"},
    {"compress": "deflate", "dtype": "uint8"},
    {"compress": "zstd", "dtype": "float32", "BIGTIFF": "YES"},
    {"compress": "lzw", "dtype": "int16", "ENDIANNESS": "BIG"},
]


def cells(dtype):
    rng = np.random.default_rng(3)
    return rng.integers(0, 9, (2, SIDE, SIDE)) * rng.integers(0, 2, (1, SIDE, 1)).astype(dtype)


def write_in(order, path, compress="zstd", dtype="float32", **options):
    """A file of two bands whose tiles come to the disk in `order`: each is written by opening the file anew."""
    data = cells(dtype).astype(dtype)
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 2, "dtype": dtype, "tiled": True,
               "blockxsize": TILE, "blockysize": TILE, "interleave": "band", "compress": compress,
               "crs": "EPSG:32650", "transform": make_grid().affine, "SPARSE_OK": True}  # fmt: skip
    rasterio.open(path, "w", **{**profile, **options}).close()
    for tile in map(int, order):
        band, row, col = tile // ACROSS**2, tile // ACROSS % ACROSS * TILE, tile % ACROSS * TILE
        part = data[band, row : row + TILE, col : col + TILE]
        with rasterio.open(path, "r+", SPARSE_OK=False) as file:
            file.write(part, band + 1, window=((row, row + part.shape[0]), (col, col + part.shape[1])))
    return data


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: " ".join(map(str, kind.values())))
def test_tiles_follow_the_order_and_no_cell_changes(tmp_path, kind):
    shuffled = np.random.default_rng(1).permutation(NATURAL)
    data = write_in(shuffled, tmp_path / "a.tif", **kind)
    with open(tmp_path / "a.tif", "rb") as file:
        before = read_tile_index(file)
    assert (np.diff(before.offsets) < 0).any()
    wanted = np.random.default_rng(2).permutation(NATURAL)
    order_tiles(str(tmp_path / "a.tif"), wanted)
    with open(tmp_path / "a.tif", "rb") as file:
        index = read_tile_index(file)
    np.testing.assert_array_equal(np.argsort(index.offsets), wanted)
    np.testing.assert_array_equal(index.lengths, before.lengths)
    assert index.offsets.min() == before.offsets.min() and index.end == before.end
    with rasterio.open(tmp_path / "a.tif") as file:
        np.testing.assert_array_equal(file.read(), data)


def test_files_written_in_two_orders_end_equal(tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        write_in(np.random.default_rng(seed).permutation(NATURAL), tmp_path / (name + ".tif"))
    assert (tmp_path / "a.tif").read_bytes() != (tmp_path / "b.tif").read_bytes()
    for name in "ab":
        order_tiles(str(tmp_path / (name + ".tif")), NATURAL)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_places_and_lengths_are_those_that_gdal_tells(tmp_path):
    write_in(NATURAL[::-1], tmp_path / "a.tif")
    with open(tmp_path / "a.tif", "rb") as file:
        index = read_tile_index(file)
    with rasterio.open(tmp_path / "a.tif") as file:
        for tile in NATURAL:
            place = "{}_{}".format(tile % ACROSS, tile // ACROSS % ACROSS)
            for name, numbers in (("OFFSET", index.offsets), ("SIZE", index.lengths)):
                told = file.get_tag_item("BLOCK_{}_{}".format(name, place), "TIFF", bidx=int(tile) // ACROSS**2 + 1)
                assert int(told) == numbers[tile]


def test_a_file_in_order_is_not_written_again(tmp_path):
    write_in(NATURAL, tmp_path / "a.tif")
    before = (tmp_path / "a.tif").stat().st_mtime_ns
    order_tiles(str(tmp_path / "a.tif"), NATURAL)
    assert (tmp_path / "a.tif").stat().st_mtime_ns == before


def test_a_file_with_a_hole_between_its_tiles_is_left_alone(tmp_path):
    data = write_in(NATURAL[::-1], tmp_path / "a.tif")
    noise = np.random.default_rng(1).random((TILE, TILE)).astype(np.float32)
    with rasterio.open(tmp_path / "a.tif", "r+") as file:
        file.write(noise, 1, window=((0, TILE), (0, TILE)))  # longer than before: it goes to the end
    before = (tmp_path / "a.tif").read_bytes()
    order_tiles(str(tmp_path / "a.tif"), NATURAL)
    assert (tmp_path / "a.tif").read_bytes() == before
    with rasterio.open(tmp_path / "a.tif") as file:
        np.testing.assert_array_equal(file.read(2), data[1])


@pytest.mark.parametrize("order", [NATURAL[:-1], np.zeros_like(NATURAL), NATURAL + 1])
def test_an_order_that_does_not_name_each_tile_once_is_refused(tmp_path, order):
    write_in(NATURAL, tmp_path / "a.tif")
    before = (tmp_path / "a.tif").read_bytes()
    with pytest.raises(ValueError, match="each tile once"):
        order_tiles(str(tmp_path / "a.tif"), order)
    assert (tmp_path / "a.tif").read_bytes() == before


@pytest.mark.parametrize("length", [0, 1, 12, 60, 200, 400])
def test_what_is_no_whole_tiff_is_refused(tmp_path, length):
    write_in(NATURAL, tmp_path / "a.tif")
    (tmp_path / "b.tif").write_bytes((tmp_path / "a.tif").read_bytes()[:length])
    with open(tmp_path / "b.tif", "rb") as file, pytest.raises(OSError, match="it (is not|ends)"):
        read_tile_index(file)


def test_a_tiff_of_strips_is_refused(tmp_path):
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", width=5, height=5, count=1, dtype="uint8",
                       crs="EPSG:32650", transform=make_grid().affine) as file:  # fmt: skip
        file.write(np.ones((1, 5, 5), np.uint8))
    with open(tmp_path / "a.tif", "rb") as file, pytest.raises(OSError, match="no tiles"):
        read_tile_index(file)


@pytest.mark.parametrize("bands", [1, 3])
def test_the_cache_of_gdal_does_not_show_in_the_bytes(tmp_path, bands):
    spec = RasterSpec(("x",) * bands, ("t C/ha",) * bands, smooth=True)
    data = np.random.default_rng(0).random((bands, 1100, 1300)).astype(np.float32)
    for name, cache in (("small", 2**20), ("large", 2**29)):
        with rasterio.Env(GDAL_CACHEMAX=cache), OutputSet([]) as outputs:
            path = str(tmp_path / (name + ".tif"))
            writer = RasterWriter(path, spec, make_grid(shape=data.shape[1:]), outputs, EngineSettings())
            for row in range(0, 1100, 512):
                for col in range(0, 1300, 512):
                    writer.write(row, col, data[:, row : row + 512, col : col + 512])
            writer.close()
            outputs.commit()
    assert (tmp_path / "small.tif").read_bytes() == (tmp_path / "large.tif").read_bytes()
    np.testing.assert_array_equal(read_raster(tmp_path / "small.tif", 1), data[0].astype(float))
