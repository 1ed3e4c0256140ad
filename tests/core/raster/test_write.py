"""What a written GeoTIFF is, and what becomes of one that cannot be finished."""

import os
import subprocess
import threading

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import OutputError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.write import (
    ENCODED_FLOAT,
    NODATA,
    OVERVIEW_SIDE,
    Picture,
    RasterSpec,
    RasterWriter,
    compression_options,
    creation_options,
    density_spec,
    encode,
    encoded_table,
    tags,
    writers_for,
)
from tests.core.helpers import make_grid, read_raster

SPEC = RasterSpec(("x",), ("t C/ha",))


def write_all(path, array, spec=SPEC, settings=None, crs="EPSG:32650"):
    """Write an array in blocks of 256 rows; an error discards the writer, as the engine does."""
    grid = make_grid(crs, shape=array.shape[-2:])
    with OutputSet([]) as outputs:
        writer = RasterWriter(str(path), spec, grid, outputs, settings or EngineSettings())
        try:
            for row in range(0, grid.height, 256):
                writer.write(row, 0, array[..., row : row + 256, :])
            writer.close()
        except BaseException:
            writer.discard()
            raise
    return writer


def test_the_file_is_tiled_and_compressed_and_says_what_it_holds(tmp_path):
    spec = RasterSpec(
        ("soil", "dead"), ("t C/ha", "kg C/m2"), tags={"CARBON_YEAR": "2010"},
        band_tags=({"CARBON_POOL": "soil"}, {"CARBON_POOL": "dead"}), smooth=True,
    )
    data = np.random.default_rng(0).random((2, 300, 520)).astype(np.float32)
    data[:, :7] = np.nan
    write_all(tmp_path / "a.tif", data, spec)
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert dataset.block_shapes == [(256, 256)] * 2 and dataset.profile["interleave"] == "band"
        assert dataset.compression.name.lower() in ("zstd", "deflate")
        assert dataset.nodatavals == (float(ENCODED_FLOAT),) * 2
        assert (dataset.descriptions, dataset.units) == (("soil", "dead"), ("t C/ha", "kg C/m2"))
        assert dataset.tags()["CARBON_YEAR"] == "2010" and dataset.tags(2)["CARBON_POOL"] == "dead"
        assert dataset.crs.to_epsg() == 32650
        stored = dataset.read()
        assert (stored[:, :7] == ENCODED_FLOAT).all()
    np.testing.assert_array_equal(read_raster(tmp_path / "a.tif", 2), data[1].astype(float))
    assert os.listdir(tmp_path) == ["a.tif"]


def test_a_crs_that_geotiff_cannot_hold_goes_along_beside_it(tmp_path):
    write_all(tmp_path / "a.tif", np.ones((4, 4), np.float32), crs="EPSG:8857")
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert dataset.crs == rasterio.crs.CRS.from_epsg(8857)
    assert not [name for name in os.listdir(tmp_path) if "carbon-part" in name]


@pytest.mark.parametrize(
    "name, expected", [("zstd", "zstd"), ("deflate", "deflate"), ("lzw", "lzw"), ("none", None), ("auto", "zstd")]
)
def test_compressions(tmp_path, name, expected):
    data = np.arange(300 * 300, dtype=np.float32).reshape(300, 300)
    for smooth in (False, True):
        spec = RasterSpec(("x",), ("",), smooth=smooth)
        write_all(tmp_path / "a.tif", data, spec, EngineSettings(compression=name))
        with rasterio.open(tmp_path / "a.tif") as dataset:
            found = dataset.compression.name.lower() if dataset.compression else None
            assert found in ((expected, "deflate") if name == "auto" else (expected,))
            assert dataset.tags(ns="IMAGE_STRUCTURE").get("PREDICTOR") == ("3" if smooth and found else None)
        np.testing.assert_array_equal(read_raster(tmp_path / "a.tif"), data)


def test_big_files_are_bigtiff():
    options = creation_options(SPEC, make_grid(shape=(20_000, 20_000)), "none")
    assert options["BIGTIFF"] == "IF_SAFER"
    assert "predictor" not in options
    assert compression_options("lzw") == {"compress": "LZW"}


@pytest.mark.parametrize("dtype", sorted(NODATA))
def test_missing_cells_of_every_type(tmp_path, dtype):
    write_all(tmp_path / "a.tif", np.array([[1.0, np.nan, 3.0, np.inf]]), RasterSpec(("x",), ("",), dtype=dtype))
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert dataset.dtypes == (dtype,) and dataset.nodata == NODATA[dtype]
    np.testing.assert_array_equal(read_raster(tmp_path / "a.tif"), [[1, np.nan, 3, np.nan]])


def test_encoding():
    np.testing.assert_array_equal(encode(np.array([2.9999999, np.nan, 0.4, 254.6]), "uint8"), [3, 255, 0, 255])
    np.testing.assert_array_equal(encode(np.array([-2.6, np.nan]), "int16"), [-3, -32768])
    ready = np.array([1, 2], np.int16)
    assert encode(ready, "int16") is ready
    assert encode(ready, "int32").dtype == np.int32
    values = np.array([1.0, np.nan])
    np.testing.assert_array_equal(encode(values, "float32"), encoded_table(values))
    assert np.isnan(values[1]), "the block of the kernel is left alone"


def test_nodata_never_is_a_plausible_value():
    """-1 is a change of one tonne, -9999 a bad guess: neither may mean 'missing'."""
    assert not {-1.0, -9999.0, 0.0} & {float(value) for value in NODATA.values()}
    assert float(np.float32(NODATA["float32"])) == NODATA["float32"] == np.finfo(np.float32).min


def test_blocks_may_come_in_any_order(tmp_path):
    data = np.random.default_rng(1).random((600, 700)).astype(np.float32)
    grid = make_grid(shape=data.shape)
    with OutputSet([]) as outputs:
        writer = RasterWriter(str(tmp_path / "a.tif"), SPEC, grid, outputs, EngineSettings())
        corners = [(row, col) for row in (512, 0, 256) for col in (256, 512, 0)]
        for row, col in corners[::2] + corners[1::2]:
            writer.write(row, col, data[row : row + 256, col : col + 256])
        writer.close()
    np.testing.assert_array_equal(read_raster(tmp_path / "a.tif"), data.astype(float))


@pytest.mark.parametrize("shape", [(20, 30), (OVERVIEW_SIDE * 3 + 1, 700), (1, OVERVIEW_SIDE * 300)])
def test_the_overview_is_every_nth_cell(tmp_path, shape):
    data = np.random.default_rng(1).random(shape).astype(np.float32)
    data[0, ::7] = np.nan
    picture = Picture(make_grid(shape=shape))
    for row in range(0, shape[0], 100):
        for col in range(0, shape[1], 130):  # narrower than the step of the third case
            picture.write(row, col, data[row : row + 100, col : col + 130])
    step = -(-max(shape) // OVERVIEW_SIDE)
    np.testing.assert_array_equal(picture.overview()[0], data[::step, ::step])


def test_the_overview_of_stored_values_has_no_nodata_numbers(tmp_path):
    spec = RasterSpec(("x",), ("",), encoded=True)
    writer = write_all(tmp_path / "a.tif", np.array([[ENCODED_FLOAT, 2]], np.float32), spec)
    np.testing.assert_array_equal(writer.overview(), [[[np.nan, 2]]])
    writer = write_all(tmp_path / "b.tif", np.array([[255, 2]], np.uint8), RasterSpec(("x",), ("",), dtype="uint8"))
    np.testing.assert_array_equal(writer.overview(), [[[np.nan, 2]]])


@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_a_file_that_did_not_reach_the_disk_whole_is_noticed(tmp_path, monkeypatch, compression):
    data = np.random.default_rng(0).random((600, 600)).astype(np.float32)
    (tmp_path / "a.tif").write_bytes(b"old")
    verify = RasterWriter._verify

    def cut(self):
        os.truncate(self._temporary, os.path.getsize(self._temporary) - 5000)
        verify(self)

    monkeypatch.setattr(RasterWriter, "_verify", cut)
    with pytest.raises(OutputError, match=r"a.tif' could not be written: .*Earlier files are unchanged"):
        write_all(tmp_path / "a.tif", data, settings=EngineSettings(compression=compression))
    assert os.listdir(tmp_path) == ["a.tif"] and (tmp_path / "a.tif").read_bytes() == b"old"


def test_a_block_that_was_never_written_is_filled_not_missing(tmp_path):
    with OutputSet([]) as outputs:
        writer = RasterWriter(str(tmp_path / "a.tif"), SPEC, make_grid(shape=(600, 300)), outputs, EngineSettings())
        writer.write(0, 0, np.ones((256, 256), np.float32))
        writer.close()
    got = read_raster(tmp_path / "a.tif")
    assert np.nansum(got) == 256**2 and np.isnan(got).sum() == 600 * 300 - 256**2


def test_an_error_of_the_writing_thread_reaches_the_next_call(tmp_path):
    with pytest.raises(ValueError):
        with OutputSet([]) as outputs:
            writer = RasterWriter(str(tmp_path / "a.tif"), SPEC, make_grid(shape=(600, 300)), outputs, EngineSettings())
            try:
                writer.write(0, 0, np.zeros((2, 2, 2, 2), np.float32))
                writer.close()
            finally:
                writer.discard()
                writer.discard()
    assert os.listdir(tmp_path) == [] and not [t for t in threading.enumerate() if t.name == "write"]


def test_a_second_output_that_cannot_be_opened_closes_the_first(tmp_path):
    wanted = {"a": (str(tmp_path / "a.tif"), SPEC), "no": (None, SPEC), "b": (str(tmp_path / "no" / "b.tif"), SPEC)}
    with pytest.raises(OutputError, match=r"folder '.*no' does not exist"):
        with OutputSet([]) as outputs:
            writers_for(wanted, make_grid(), outputs, EngineSettings())
    assert os.listdir(tmp_path) == [] and not [t for t in threading.enumerate() if t.name == "write"]


def test_tags_and_specs():
    assert tags("rate", "t C/km2/yr", year=2010, pool=None, scenario="") == {
        "CARBON_QUANTITY": "rate", "CARBON_UNIT": "t C/km2/yr", "CARBON_YEAR": "2010",
    }
    one, four = density_spec(("soil",), "t C/ha", 2010), density_spec(("above", "soil"), "kg C/m2")
    assert one.tags["CARBON_POOL"] == "soil" and one.band_tags == () and one.units == ("t C/ha",)
    assert [band["CARBON_POOL"] for band in four.band_tags] == ["above", "soil"] and "CARBON_POOL" not in four.tags


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("a file system can only be mounted by root: " + made.stderr.strip())
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("compression", ["none", "zstd", "deflate"])
def test_a_full_disk_is_told_and_loses_nothing(tiny_disk, compression):
    old = os.urandom(300_000)
    (tiny_disk / "a.tif").write_bytes(old)
    data = np.random.default_rng(0).random((1500, 1500)).astype(np.float32)
    message = r"The disk is full: '.*a.tif' could not be written. Free some space .*unchanged"
    with pytest.raises(OutputError, match=message):
        write_all(tiny_disk / "a.tif", data, settings=EngineSettings(compression=compression))
    assert os.listdir(tiny_disk) == ["a.tif"] and (tiny_disk / "a.tif").read_bytes() == old
    assert not [t for t in threading.enumerate() if t.name == "write"]


def test_a_disk_that_fills_up_at_the_very_end_is_noticed(tiny_disk):
    """Only the last tiles and the directory of the file do not fit."""
    data = np.random.default_rng(0).random((768, 1024)).astype(np.float32)
    (tiny_disk / "rest").write_bytes(b"x" * 20_000)
    with pytest.raises(OutputError, match="The disk is full"):
        write_all(tiny_disk / "a.tif", data, settings=EngineSettings(compression="none"))
    assert os.listdir(tiny_disk) == ["rest"]
