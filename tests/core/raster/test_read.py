"""Reading windows: what counts as missing, scale and offset, and what cannot be read."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.raster.blocks import Totals, read_block, run_blocks
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.read import close_handles
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from tests.core.helpers import METRES_30, InLine, make_raster


@pytest.fixture(autouse=True)
def fresh_handles():
    yield
    close_handles()


def quantity(path, band=1, window=None, halo=0, factor=1.0):
    inputs = align_inputs({"a": Band(path, band, factor=factor)})
    return read_block("test", inputs, window or (0, 0) + inputs.grid.shape, halo)["a"]


def codes(path, known=(), band=1):
    """Codes by cell, None for nodata, and the unknown ones with their counts."""
    inputs = align_inputs({"a": Band(path, band, True, known_codes=known)})
    block = read_block("test", inputs, (0, 0) + inputs.grid.shape)
    space = inputs.spaces["a"]
    names = {index: code for code, index in space.index_of().items()}
    names[space.unknown_index] = "unknown"
    names[space.nodata_index] = None
    return [[names[i] for i in row] for row in block["a"].tolist()], block.unknown.get("a", {})


NAN = float("nan")


@pytest.mark.parametrize(
    "dtype, nodata, stored, expected",
    [
        ("uint8", 0, [0, 1, 255], [NAN, 1, 255]),
        ("uint8", None, [0, 1, 255], [0, 1, 255]),
        ("int16", -32768, [-32768, -1, 9], [NAN, -1, 9]),
        ("uint16", 65535, [65535, 0, 9], [NAN, 0, 9]),
        ("int32", -2147483648, [-2147483648, 16777217, 9], [NAN, 16777217, 9]),
        ("int64", 0, [0, 2**40 + 1, 9], [NAN, 2**40 + 1, 9]),
        ("float32", -3.4028234663852886e38, [np.finfo("f4").min, -1, 9], [NAN, -1, 9]),
        ("float32", -3.4e38, [np.float32(-3.4e38), -1, 9], [NAN, -1, 9]),
        ("float32", 0.1, [np.float32(0.1), 0, 9], [NAN, 0, 9]),
        ("float32", NAN, [NAN, -1, 9], [NAN, -1, 9]),
        ("float64", -1e300, [-1e300, -1, 9], [NAN, -1, 9]),
        ("float32", None, [NAN, np.inf, 9], [NAN, NAN, 9]),
        ("float32", -9999, [NAN, -9999, 9], [NAN, NAN, 9]),
    ],
)
def test_missing_cells(tmp_path, dtype, nodata, stored, expected):
    path = make_raster(tmp_path / "a.tif", np.array([stored], dtype=dtype), nodata=nodata)
    np.testing.assert_array_equal(quantity(path), [expected])


@pytest.mark.parametrize("nodata", ["-9999", "256", "0.5"])
def test_a_nodata_value_that_the_type_cannot_hold_marks_nothing(tmp_path, nodata):
    path = tmp_path / "a.vrt"
    make_raster(tmp_path / "a.tif", np.array([[0, 1, 255]], np.uint8))
    a, b, c, d, e, f = METRES_30
    crs = rasterio.crs.CRS.from_epsg(32650).to_wkt().replace('"', "&quot;")
    path.write_text(
        '<VRTDataset rasterXSize="3" rasterYSize="1"><SRS>{}</SRS><GeoTransform>{}, {}, {}, {}, {}, {}</GeoTransform>'
        '<VRTRasterBand dataType="Byte" band="1"><NoDataValue>{}</NoDataValue><SimpleSource><SourceFilename '
        'relativeToVRT="1">a.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>'
        "</VRTDataset>".format(crs, c, a, b, f, d, e, nodata)
    )
    np.testing.assert_array_equal(quantity(str(path)), [[0, 1, 255]])
    assert codes(str(path)) == ([[0, 1, 255]], {})


def masked(path, data, keep, inside, nodata=None):
    make_raster(path, data, nodata=nodata)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside):
        with rasterio.open(path, "r+") as dataset:
            dataset.write_mask(np.asarray(keep))
    return str(path)


@pytest.mark.parametrize("inside", [True, False], ids=["inside the file", "beside the file"])
def test_a_mask_marks_missing_cells_of_quantities_and_of_codes(tmp_path, inside):
    path = masked(tmp_path / "a.tif", np.array([[7, 0, 3, 3]], np.uint8), [[True, False, True, False]], inside)
    assert (tmp_path / "a.tif.msk").exists() is not inside
    np.testing.assert_array_equal(quantity(path), [[7, NAN, 3, NAN]])
    assert codes(path) == ([[7, None, 3, None]], {})
    assert codes(path, known=(7,)) == ([[7, None, "unknown", None]], {3: 1})


def test_a_mask_and_a_nodata_value_both_count(tmp_path):
    path = masked(tmp_path / "a.tif", np.array([[7, 9, 3, 3]], np.uint8), [[True, True, True, False]], True, nodata=9)
    np.testing.assert_array_equal(quantity(path), [[7, NAN, 3, NAN]])
    assert codes(path)[0] == [[7, None, 3, None]]


def test_an_alpha_band_marks_missing_cells(tmp_path):
    bands = np.array([[[5, 6]], [[1, 2]], [[3, 4]], [[255, 0]]], np.uint8)
    path = make_raster(tmp_path / "a.tif", bands, photometric="RGB", alpha="YES")
    np.testing.assert_array_equal(quantity(path), [[5, NAN]])
    assert codes(path)[0] == [[5, None]]


def test_nodata_in_a_side_file_holds_during_a_run_too(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.array([[1, 0, 3]], np.int16))
    (tmp_path / "a.tif.aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><NoDataValue>0</NoDataValue><Scale>2</Scale></PAMRasterBand></PAMDataset>'
    )
    run = run_blocks(align_inputs({"a": Band(path)}), sum_and_count, executor=InLine())
    assert run.partial == {"sum": 8.0, "cells": 2}


def sum_and_count(block, params):
    return {}, Totals(sum=float(np.nansum(block["a"])), cells=int(np.isfinite(block["a"]).sum()))


def test_scale_and_offset_apply_to_quantities_not_to_codes(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.array([[12, 250, -1]], np.int16), nodata=-1, scale=0.1, offset=-3)
    np.testing.assert_allclose(quantity(path), [[1.2 - 3, 22, NAN]], rtol=1e-6)
    np.testing.assert_allclose(quantity(path, factor=10), [[-18, 220, NAN]], rtol=1e-6)
    assert codes(path, known=(12, 250)) == ([[12, 250, None]], {})


def test_a_huge_nodata_times_a_factor_is_still_nodata(tmp_path):
    nodata = -3.4028234663852886e38
    path = make_raster(tmp_path / "a.tif", np.array([[nodata, 2]], np.float32), nodata=nodata)
    with np.errstate(over="raise"):
        np.testing.assert_array_equal(quantity(path, factor=10), [[NAN, 20]])


def test_windows_with_a_halo_reach_beyond_the_grid(tmp_path):
    data = np.arange(12, dtype=np.float32).reshape(3, 4)
    path = make_raster(tmp_path / "a.tif", data)
    np.testing.assert_array_equal(quantity(path, window=(0, 1, 2, 2), halo=1), np.pad(
        data[0:3, 0:4], ((1, 0), (0, 0)), constant_values=NAN
    ))
    assert np.isnan(quantity(path, window=(9, 9, 2, 2))).all()


def test_codes_with_a_halo(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.array([[1, 2], [3, 4]], np.uint8), nodata=255)
    inputs = align_inputs({"a": Band(path, 1, True)})
    np.testing.assert_array_equal(
        read_block("test", inputs, (0, 0, 2, 2), 1)["a"], np.pad([[1, 2], [3, 4]], 1, constant_values=255)
    )


@pytest.mark.parametrize("dtype", ["int16", "int32", "int64", "float32", "float64", "uint16"])
def test_codes_of_any_type(tmp_path, dtype):
    path = make_raster(tmp_path / "a.tif", np.array([[10, 500, 10, 77, 500]], dtype), nodata=77)
    assert codes(path, known=(10, 20)) == ([[10, "unknown", 10, None, "unknown"]], {500: 2})


def test_more_classes_than_a_byte_holds(tmp_path):
    data = np.arange(400, dtype=np.int16).reshape(20, 20)
    path = make_raster(tmp_path / "a.tif", data, nodata=-1)
    assert codes(path, known=tuple(range(400)))[0] == data.tolist()


@pytest.mark.parametrize("value", [10.5, -3.4e38])
def test_codes_must_be_whole_numbers(tmp_path, value):
    path = make_raster(tmp_path / "lc.tif", np.array([[10, value]], np.float32))
    with pytest.raises(RasterError, match=r"lc.tif' band 1 holds .*: class codes must be whole numbers"):
        codes(path, known=(10,))


def test_complex_numbers_are_refused(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((1, 2), np.complex64))
    with pytest.raises(RasterError, match="a.tif' holds complex numbers .complex64"):
        quantity(path)


def test_signed_64_bit_integers_are_read_right_or_refused(tmp_path):
    """rasterio 1.3.5 calls them uint64 and loses sign and nodata; what it writes as uint64 is such a file."""
    mistaken = rasterio.dtypes.dtype_fwd.get(13) == "uint64"
    kind, nodata, values = ("uint64", None, [2, 9]) if mistaken else ("int64", -1, [-1, 9])
    path = make_raster(tmp_path / "a.tif", np.array([values], kind), nodata=nodata)
    if mistaken:
        with pytest.raises(RasterError, match=r"a.tif' band 1 holds 64-bit integers, .*Convert it to 32-bit integers"):
            quantity(path)
    else:
        np.testing.assert_array_equal(quantity(path), [[NAN, 9]])


def test_a_band_that_is_not_there(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((2, 1, 2), np.uint8))
    np.testing.assert_array_equal(quantity(path, band=2), [[1, 1]])
    for band in (0, 3):
        with pytest.raises(RasterError, match=r"a.tif' has 2 band\(s\); band {} was asked for".format(band)):
            quantity(path, band=band)


@pytest.mark.parametrize("other_grid", [False, True], ids=["as it is", "aligned"])
def test_a_file_that_was_cut_short_is_named_with_the_rows(tmp_path, other_grid):
    data = np.random.default_rng(0).random((600, 600)).astype(np.float32)
    path = make_raster(tmp_path / "cut.tif", data, tiled=True, blockxsize=256, blockysize=256)
    size = (tmp_path / "cut.tif").stat().st_size
    with open(path, "r+b") as stream:
        stream.truncate(size // 2)
    transform = (90.0,) + METRES_30[1:4] + (-90.0,) + METRES_30[5:]
    ref = make_raster(tmp_path / "ref.tif", np.zeros((200, 200), np.uint8), transform=transform)
    inputs = align_inputs({"a": Band(path)}, ref if other_grid else None)
    message = r"cut.tif' band 1 cannot be read at rows \d+–\d+, columns \d+–\d+: the file is damaged or cut short"
    with pytest.raises(RasterError, match=message):
        run_blocks(inputs, sum_and_count, settings=EngineSettings(1, 2))


def test_a_file_that_disappears_is_named(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.ones((2, 2), np.uint8))
    inputs = align_inputs({"a": Band(path)})
    (tmp_path / "a.tif").unlink()
    with pytest.raises(RasterError, match="a.tif' does not exist"):
        run_blocks(inputs, sum_and_count)


def test_handles_of_a_run_are_closed_when_it_ends(tmp_path):
    from carbon_qgis.core.raster import read

    path = make_raster(tmp_path / "a.tif", np.ones((2, 2), np.uint8))
    run_blocks(align_inputs({"a": Band(path)}), sum_and_count, executor=InLine())
    assert read._local.handles == {}


def test_sparse_tiles_are_nodata_or_zero(tmp_path):
    path = str(tmp_path / "sparse.tif")
    with rasterio.open(
        path, "w", driver="GTiff", width=600, height=600, count=1, dtype="float32", crs="EPSG:32650", nodata=-1,
        transform=rasterio.Affine(*METRES_30), tiled=True, blockxsize=256, blockysize=256, SPARSE_OK=True,
    ) as dataset:
        dataset.write(np.full((256, 256), 2, np.float32), 1, window=rasterio.windows.Window(256, 256, 256, 256))
    run = run_blocks(align_inputs({"a": Band(path)}), sum_and_count)
    assert run.partial == {"sum": 2.0 * 256**2, "cells": 256**2}
