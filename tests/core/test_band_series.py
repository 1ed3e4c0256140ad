"""Reading many bands in bounded memory."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.raster import band_series
from carbon_qgis.core.raster.band_series import SeriesBand, read_series, strip_rows
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.source import Band, raster_info


def write(path, data, interleave="pixel", mask=None, **more):
    count, height, width = data.shape
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=data.dtype, crs="EPSG:32650",
        transform=rasterio.Affine(30, 0, 5e5, 0, -30, 4e6), interleave=interleave, **more,
    ) as dataset:
        dataset.write(data)
        if mask is not None:
            dataset.write_mask(mask)
    return str(path)


def series(path, order, window, together):
    inputs = align_inputs({path: Band(path)})
    bands = [SeriesBand(path, index, 2.0, 1.0) for index in order]
    return np.array(list(read_series("run", inputs, bands, together, window)))


@pytest.mark.parametrize("interleave", ["pixel", "band"])
@pytest.mark.parametrize("memory", [1, 16 * 2**20])
def test_order_window_scale_and_nodata(tmp_path, monkeypatch, interleave, memory):
    monkeypatch.setattr(band_series, "TOGETHER_BYTES", memory)
    data = np.arange(7 * 6 * 5, dtype=np.int16).reshape(7, 6, 5)
    path = write(tmp_path / "{}{}.tif".format(interleave, memory), data, interleave, nodata=42)
    rows = strip_rows(raster_info(path))
    assert bool(rows) == (interleave == "pixel")
    order = [3, 1, 7, 2]
    found = series(path, order, (1, 2, 4, 3), {path: rows} if rows else {})
    expected = np.where(data == 42, np.nan, 2.0 * data + 1)[[2, 0, 6, 1], 1:5, 2:5]
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(found).sum() == 1


def test_a_mask_band_is_heeded(tmp_path):
    mask = np.ones((6, 5), bool)
    mask[2, 3] = False
    path = write(tmp_path / "m.tif", np.ones((3, 6, 5), np.float32), mask=mask)
    found = series(path, [1, 2, 3], (0, 0, 6, 5), {path: strip_rows(raster_info(path))})
    np.testing.assert_array_equal(np.isnan(found), np.broadcast_to(~mask, found.shape))


def test_a_file_that_was_cut_short(tmp_path):
    data = np.random.default_rng(1).integers(0, 99, (4, 300, 40)).astype(np.int16)
    path = write(tmp_path / "c.tif", data, compress="deflate")
    size = (tmp_path / "c.tif").stat().st_size
    with open(path, "r+b") as stream:
        stream.truncate(size // 2)
    with pytest.raises(RasterError, match="c.tif' cannot be read at rows 1–300, columns 1–40: the file is damaged"):
        series(path, [1, 2, 3], (0, 0, 300, 40), {path: 300})
