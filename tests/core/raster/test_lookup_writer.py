"""Rasters that share a compression are those that each would be alone, in everything that a reader can see."""

import errno
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import OutputError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.lookup_writer import MAX_GROUPS, lookup_writers
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.write import RasterWriter, density_spec, encoded_table
from tests.core.helpers import make_grid

SIDE = 512


def spec_of(name):
    return replace(density_spec((name,), "t C/ha", 2020), encoded=True)


def tables_of(size, names=("above", "below", "soil"), seed=5):
    rng = np.random.default_rng(seed)
    tables = {name: np.round(rng.uniform(0, 99, size), 2) for name in names}
    for table in tables.values():
        table[0] = np.nan
    return {name: encoded_table(table) for name, table in tables.items()}


def wanted_of(folder, tables):
    return {name: (str(folder / (name + ".tif")), spec_of(name), table) for name, table in tables.items()}


def blocks_of(index):
    for row in range(0, index.shape[0], SIDE):
        for col in range(0, index.shape[1], SIDE):
            yield row, col, np.ascontiguousarray(index[row : row + SIDE, col : col + SIDE])


def write_shared(folder, index, tables):
    """(writers, overviews by name)."""
    grid = make_grid(shape=index.shape)
    with OutputSet() as outputs:
        writers = lookup_writers(wanted_of(folder, tables), grid, outputs, EngineSettings())
        for writer in writers:
            for number, (row, col, block) in enumerate(blocks_of(index)):  # those of a cluster come unprepared
                writer.write(row, col, writer.prepare(row, col, block) if number % 2 else block)
            writer.close()
    return writers, {name: cells for writer in writers for name, cells in writer.overviews().items()}


def write_alone(folder, index, tables):
    grid, overviews = make_grid(shape=index.shape), {}
    with OutputSet() as outputs:
        for name, (final, spec, table) in wanted_of(folder, tables).items():
            writer = RasterWriter(final, spec, grid, outputs, EngineSettings())
            for row, col, block in blocks_of(index):
                writer.write(row, col, table[block])
            writer.close()
            overviews[name] = writer.overview()[0]
    return overviews


def stored(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def patches(shape, classes, dtype):
    rng = np.random.default_rng(8)
    coarse = rng.integers(0, classes, tuple(-(-side // 7) for side in shape))
    index = np.repeat(np.repeat(coarse, 7, axis=0), 7, axis=1)[: shape[0], : shape[1]]
    noisy = rng.random(shape) < 0.05
    index[noisy] = rng.integers(0, classes, noisy.sum())
    return index.astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(256, 256), (1, 1), (700, 1301), (1024, 300)])
def test_files_and_pictures_are_those_of_a_writer_of_their_own(tmp_path, shape, dtype):
    index, tables = patches(shape, 12, dtype), tables_of(12)
    for name in ("shared", "alone"):
        (tmp_path / name).mkdir()
    writers, overviews = write_shared(tmp_path / "shared", index, tables)
    assert [writer.names for writer in writers] == [("above", "below", "soil")]
    expected = write_alone(tmp_path / "alone", index, tables)
    for name in tables:
        np.testing.assert_array_equal(overviews[name], expected[name])
        with rasterio.open(tmp_path / "shared" / (name + ".tif")) as ours:
            with rasterio.open(tmp_path / "alone" / (name + ".tif")) as plain:
                np.testing.assert_array_equal(ours.read(), plain.read())
                assert ours.profile == plain.profile and ours.tags() == plain.tags()
                assert ours.descriptions == plain.descriptions and ours.units == plain.units
                assert ours.tags(1) == plain.tags(1) and ours.crs == plain.crs


def test_two_runs_write_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_shared(tmp_path / name, patches((700, 900), 9, np.uint8), tables_of(9))
    assert (tmp_path / "a" / "soil.tif").read_bytes() == (tmp_path / "b" / "soil.tif").read_bytes()


def test_a_raster_that_tells_fewer_classes_apart_is_packed_by_itself(tmp_path):
    index, tables = patches((600, 600), 9, np.uint8), tables_of(9)
    tables["dead"] = np.where(tables["soil"] < 0, tables["soil"], np.float32(0))
    tables["total"] = tables["above"] + np.float32(1)
    tables["total"][0] = tables["above"][0]
    writers, _ = write_shared(tmp_path, index, tables)
    assert [writer.names for writer in writers] == [("above", "below", "soil", "total"), ("dead",)]
    for name, table in tables.items():
        np.testing.assert_array_equal(stored(tmp_path / (name + ".tif")), table[index])
    sizes = {name: (tmp_path / (name + ".tif")).stat().st_size for name in tables}
    assert sizes["dead"] < sizes["soil"] / 2


@pytest.mark.parametrize("classes, number", [(MAX_GROUPS, 1), (MAX_GROUPS + 1, 0)])
def test_more_values_than_bytes_tell_apart_are_left_to_others(tmp_path, classes, number):
    table = encoded_table(np.append(np.nan, np.arange(classes - 1.0)))
    index = patches((300, 300), classes, np.uint8)
    writers, _ = write_shared(tmp_path, index, {"soil": table})
    assert len(writers) == number
    if number:
        np.testing.assert_array_equal(stored(tmp_path / "soil.tif"), table[index])


@pytest.mark.parametrize("compression", ["lzw", "deflate", "none"])
def test_other_compressions_are_left_to_others(tmp_path, compression):
    settings = EngineSettings(compression=compression)
    with OutputSet() as outputs:
        assert lookup_writers(wanted_of(tmp_path, tables_of(9)), make_grid(), outputs, settings) == []


def test_without_the_package_all_is_left_to_others(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with OutputSet() as outputs:
        assert lookup_writers(wanted_of(tmp_path, tables_of(9)), make_grid(), outputs, EngineSettings()) == []


@pytest.mark.parametrize("second", ["below.jpg", "nowhere/below.tif"])
def test_a_destination_that_cannot_be_leaves_nothing(tmp_path, second):
    wanted = wanted_of(tmp_path, tables_of(9))
    wanted["below"] = (str(tmp_path / second),) + wanted["below"][1:]
    with pytest.raises(OutputError), OutputSet() as outputs:
        lookup_writers(wanted, make_grid(), outputs, EngineSettings())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error, message",
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "The disk is full: '.*soil.tif' could not be written"),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), "soil.tif' cannot be written: File too large. Earlier files"),
        (OSError("3 of its tiles are missing"), "soil.tif' could not be written: 3 of its tiles are missing. Earlier"),
    ],
)
def test_what_stops_the_writing_comes_up_and_leaves_nothing(tmp_path, monkeypatch, error, message):
    def gone(*_):
        raise error

    index, soil = patches((512, 512), 9, np.uint8), tables_of(9)["soil"]
    with pytest.raises(OutputError, match=message), OutputSet() as outputs:
        wanted, grid = wanted_of(tmp_path, {"soil": soil}), make_grid(shape=index.shape)
        (writer,) = lookup_writers(wanted, grid, outputs, EngineSettings())
        try:
            for row, col, block in blocks_of(index):
                writer.write(row, col, writer.prepare(row, col, block))
            monkeypatch.setattr("carbon_qgis.core.raster.tile_file.write_tile_index", gone)
            writer.close()
        except BaseException:
            writer.discard()
            raise
    assert list(tmp_path.iterdir()) == []
