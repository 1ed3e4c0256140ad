"""Files whose tiles are appended: read by GDAL as what they are, in TIFF and BigTIFF, and refused when tiles lack."""

import numpy as np
import pytest
import rasterio
import zstandard

from carbon_qgis.core.raster.tiff_directory import read_tile_index
from carbon_qgis.core.raster.tile_file import TileFile
from tests.core.helpers import make_grid

TILE = 64
KINDS = [{}, {"BIGTIFF": "YES"}, {"ENDIANNESS": "BIG"}, {"BIGTIFF": "YES", "ENDIANNESS": "BIG"}]


def begun(path, side, **options):
    rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="int16", tiled=True, blockxsize=TILE,
        blockysize=TILE, compress="zstd", crs="EPSG:32650", transform=make_grid().affine, SPARSE_OK=True, **options,
    ).close()  # fmt: skip
    return -(-side // TILE)


def tile_of(number, order):
    return np.full((TILE, TILE), number, order + "i2")


@pytest.mark.parametrize("options", KINDS, ids=lambda options: " ".join(options) or "TIFF")
@pytest.mark.parametrize("side", [TILE, 3 * TILE + 5, 40 * TILE])
def test_gdal_reads_each_tile_where_it_belongs(tmp_path, options, side):
    path, order = tmp_path / "a.tif", ">" if "ENDIANNESS" in options else "<"
    across = begun(path, side, **options)
    file = TileFile(str(path), across**2)
    pack = zstandard.ZstdCompressor().compress
    appended = np.random.default_rng(1).permutation(across**2)
    for tile in appended.tolist():
        file.append(tile, pack(tile_of(tile, order).tobytes()))
    file.finish()
    expected = np.kron(np.arange(across**2).reshape(across, across), np.ones((TILE, TILE), int))[:side, :side]
    with rasterio.open(path) as dataset:
        np.testing.assert_array_equal(dataset.read(1), expected)
        assert dataset.compression.name == "zstd" and dataset.crs.to_epsg() == 32650
    with open(path, "rb") as stream:
        index = read_tile_index(stream)
    np.testing.assert_array_equal(np.argsort(index.offsets), appended)
    assert index.lengths.sum() == index.end - index.offsets.min()


def test_a_file_without_all_its_tiles_is_not_finished(tmp_path):
    across = begun(tmp_path / "a.tif", 100)
    file = TileFile(str(tmp_path / "a.tif"), across**2)
    file.append(2, b"anything")
    with pytest.raises(OSError, match="3 of its tiles are missing"):
        file.finish()
    file.close()


def test_a_file_without_tiles_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    rasterio.open(path, "w", driver="GTiff", width=9, height=9, count=1, dtype="uint8").close()
    file = TileFile(str(path), 1)
    file.append(0, b"anything")
    with pytest.raises(OSError, match="it has no tiles"):
        file.finish()
    file.close()
