"""Valid cells of several rasters: kept or streamed, whole or thinned, the same cells whatever the blocks."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.errors import Cancelled, RasterError
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.raster.blocks import Totals
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.valid_cells import ValidCells, drawn, joint_note, require_joint

HEIGHT, WIDTH = 600, 700
SMALL = EngineSettings(memory_mb=0, threads=2)


class Bag(list):
    """Arrays that `+` joins, so that a test sees every cell that a kernel saw."""

    def __add__(self, other):
        return Bag(list(self) + list(other))


def collect(columns, name):
    return Totals(values=Bag([columns[name]]), sample=Bag([columns[name][columns.sample]]), n=columns.size,
                  seen=columns.cells_seen, a=columns.valid["a"], c=columns.valid["c"])  # fmt: skip


def write(path, values, nodata):
    with rasterio.open(
        path, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=1, dtype=values.dtype, crs="EPSG:32645",
        transform=from_origin(500000, 4000000, 30, 30), nodata=nodata,
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return str(path)


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    """A numbered raster with gaps, and classes with other gaps; what is valid in both, by hand."""
    folder = tmp_path_factory.mktemp("valid")
    rng = np.random.default_rng(0)
    a = np.arange(HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    classes = rng.integers(0, 5, a.shape).astype(np.uint8)
    gap_a, gap_c = rng.random(a.shape) < 0.1, rng.random(a.shape) < 0.1
    bands = {
        "a": Band(write(folder / "a.tif", np.where(gap_a, -1, a).astype(np.float32), -1)),
        "c": Band(write(folder / "c.tif", np.where(gap_c, 255, classes).astype(np.uint8), 255), categorical=True),
    }
    return bands, a, classes, ~gap_a, ~gap_c


def passed(bands, settings=None, share=1.0, seed=0, name="a"):
    cells = ValidCells(align_inputs(bands), settings or EngineSettings(), Silent(), share, seed)
    found = cells.reduce(collect, name, (0.0, 1.0), "Reading")
    return cells, found, np.concatenate(found["values"])


@pytest.mark.parametrize("settings, in_memory", [(EngineSettings(), True), (SMALL, False)])
def test_cells_valid_in_every_input(rasters, settings, in_memory):
    bands, a, classes, valid_a, valid_c = rasters
    cells, found, values = passed(bands, settings)
    assert cells.in_memory is in_memory
    np.testing.assert_array_equal(np.sort(values), np.sort(a[valid_a & valid_c]))
    assert (found["n"], found["seen"]) == ((valid_a & valid_c).sum(), a.size)
    assert (found["a"], found["c"]) == (valid_a.sum(), valid_c.sum())
    _, _, codes = passed(bands, settings, name="c")
    np.testing.assert_array_equal(np.bincount(codes), np.bincount(classes[valid_a & valid_c]))


def test_kept_values_are_those_of_the_pass(rasters):
    bands, _, _, _, _ = rasters
    cells, _, values = passed(bands)
    np.testing.assert_array_equal(np.sort(cells.kept("a")), np.sort(values))
    again = cells.reduce(collect, "a", (0.0, 1.0), "Again")
    np.testing.assert_array_equal(np.concatenate(again["values"]), cells.kept("a"))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("memory", [0, 5, 192])
def test_thinning_depends_on_position_and_seed_alone(rasters, memory, threads):
    bands, a, _, valid_a, valid_c = rasters
    _, _, values = passed(bands, EngineSettings(memory_mb=memory, threads=threads), 0.2, 7)
    expected = a[valid_a & valid_c & drawn(np.arange(a.size), 0.2, 7).reshape(a.shape)]
    np.testing.assert_array_equal(np.sort(values), np.sort(expected))


def test_thinning_takes_the_share_asked_for():
    positions = np.arange(200_000)
    one, two = drawn(positions, 0.3, 1), drawn(positions, 0.3, 2)
    for draw in (one, two):
        assert abs(draw.mean() - 0.3) < 4 * np.sqrt(0.21 / positions.size)
        # Neighbours are drawn apart from each other.
        assert abs((draw[1:] & draw[:-1]).mean() - 0.09) < 0.004
    assert abs((one & two).mean() - 0.09) < 0.004
    assert drawn(positions, 1.0, 1).all()
    np.testing.assert_array_equal(drawn(positions[::-1], 0.3, 1)[::-1], one)


def test_the_sample_does_not_depend_on_the_blocks(rasters, monkeypatch):
    monkeypatch.setattr("carbon_qgis.core.valid_cells.SAMPLE_CELLS", 4000)
    bands = rasters[0]
    samples = [
        np.sort(np.concatenate(passed(bands, settings)[1]["sample"]))
        for settings in (EngineSettings(), SMALL, EngineSettings(memory_mb=3, threads=1))
    ]
    np.testing.assert_array_equal(samples[0], samples[1])
    np.testing.assert_array_equal(samples[0], samples[2])
    assert 2500 < samples[0].size < 4200
    # Spread over the region: every tenth of the rows and of the columns has its share.
    for part in (samples[0] // WIDTH / HEIGHT, samples[0] % WIDTH / WIDTH):
        assert np.histogram(part, 10, (0, 1))[0].min() > 0.05 * samples[0].size


class Stop(Silent):
    def cancelled(self):
        return True


@pytest.mark.parametrize("settings", [EngineSettings(), SMALL])
def test_cancel(rasters, settings):
    cells = ValidCells(align_inputs(rasters[0]), settings, Stop())
    with pytest.raises(Cancelled):
        cells.reduce(collect, "a", (0.0, 1.0), "Reading")


def test_no_joint_cell_names_what_each_has():
    require_joint(1, {}, {})
    with pytest.raises(RasterError, match=r"No valid cell is left.*valid cells of each: carbon 12,000, rain 0"):
        require_joint(0, {"y": 12000, "x": 0}, {"y": "carbon", "x": "rain"})


def test_note_on_cells_left_out():
    assert list(joint_note(10, 10, "Y")) == []
    assert list(joint_note(8, 1200, "Y")) == [
        "1,192 of the 1,200 cells with Y are left out: another input has no data there."]
