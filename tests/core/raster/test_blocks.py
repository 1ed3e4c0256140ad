"""Running kernels over blocks: order, windows, errors, cancel and memory."""

import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import Cancelled, OutputError, RasterError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.blocks import (
    Block,
    Extremes,
    Totals,
    plan_windows,
    read_block,
    require_valid,
    run_blocks,
)
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.raster.write import RasterSpec, writers_for
from tests.core.helpers import METRES_30, Cancelling, InLine, box_layer, make_grid, make_raster, read_raster

SPEC = RasterSpec(("doubled",), ("1",))


def double(block, params):
    values = block["a"]
    partial = Totals(sum=float(np.nansum(values, dtype=float)), cells=int(np.isfinite(values).sum()), windows=1)
    return {"out": values * 2}, partial


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    """The same values in strips, tiles, one strip and odd tiles. They are multiples of 1/8, so that sums are exact."""
    folder = tmp_path_factory.mktemp("blocks")
    rng = np.random.default_rng(2)
    data = (rng.integers(0, 800, (700, 1500)) / 8).astype(np.float32)
    data[100:130, 200:900] = -1
    options = {
        "strips": {},
        "tiles": {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"},
        "one strip": {"blockysize": 700},
        "odd tiles": {"tiled": True, "blockxsize": 80, "blockysize": 112, "compress": "lzw"},
    }
    paths = {name: make_raster(folder / (name + ".tif"), data, nodata=-1, **more) for name, more in options.items()}
    return paths, np.where(data < 0, np.nan, data)


def run(path, folder, settings, executor=None, kernel=double, progress=None, name="out.tif", spec=SPEC):
    inputs = align_inputs({"a": Band(path)})
    with OutputSet([path]) as outputs:
        writers = writers_for({"out": (str(folder / name), spec)}, inputs.grid, outputs, settings)
        return run_blocks(inputs, kernel, None, writers, progress, settings, executor=executor)


@pytest.mark.parametrize("layout", ["strips", "tiles", "one strip", "odd tiles"])
@pytest.mark.parametrize("memory, threads", [(1, 1), (1, 4), (96, 1), (96, 4)])
def test_layout_memory_and_threads_change_nothing(tmp_path, rasters, layout, memory, threads):
    paths, data = rasters
    done = run(paths[layout], tmp_path, EngineSettings(memory, threads))
    assert done.partial["sum"] == np.nansum(data, dtype=float)
    assert done.partial["cells"] == np.isfinite(data).sum()
    assert (done.partial["windows"] == 18) == (memory == 1)
    np.testing.assert_array_equal(read_raster(tmp_path / "out.tif"), (data * 2).astype(float))


def test_any_executor_will_do(tmp_path, rasters):
    paths, data = rasters
    settings = EngineSettings(1, 2)
    run(paths["tiles"], tmp_path, settings, name="own.tif")
    in_line = InLine()
    run(paths["tiles"], tmp_path, settings, in_line, name="inline.tif")
    assert in_line.tasks == len(list(plan_windows(align_inputs({"a": Band(paths["tiles"])}), 40, settings)))
    with ThreadPoolExecutor(3) as pool:
        run(paths["tiles"], tmp_path, settings, pool, name="shared.tif")
        assert pool.submit(int, "7").result() == 7, "a borrowed executor is not shut down"
    first = (tmp_path / "own.tif").read_bytes()
    assert first == (tmp_path / "inline.tif").read_bytes() == (tmp_path / "shared.tif").read_bytes()


PROCESSES = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.core.raster.test_blocks import EngineSettings, run

if __name__ == "__main__":
    settings = EngineSettings(1, 2)
    path, folder = sys.argv[1], Path(sys.argv[2])
    alone = run(path, folder, settings, name="alone.tif").partial
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        together = run(path, folder, settings, pool, name="processes.tif").partial
    assert alone == together, (alone, together)
    print(together["windows"])
"""


def test_tasks_can_go_to_other_processes(tmp_path, rasters, repository):
    script = tmp_path / "processes.py"
    script.write_text(PROCESSES.format(root=str(repository)))
    done = subprocess.run(
        [sys.executable, str(script), rasters[0]["tiles"], str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 2
    assert (tmp_path / "alone.tif").read_bytes() == (tmp_path / "processes.tif").read_bytes()


def order(block, params):
    return {}, [(block.row, block.col)]


def test_partials_are_folded_in_the_order_of_the_windows(rasters):
    inputs = align_inputs({"a": Band(rasters[0]["tiles"])})
    settings = EngineSettings(1, 4)
    done = run_blocks(inputs, order, settings=settings)
    assert done.partial == [window[:2] for window in plan_windows(inputs, 36, settings)]
    assert done.partial == sorted(done.partial) and len(done.partial) > 6


def local_sum(block, params):
    """Sum of the 3 x 3 cells around each, with what a halo of 1 shows."""
    padded = np.nan_to_num(block["a"])
    height, width = block.shape
    total = sum(padded[r : r + height, c : c + width] for r in range(3) for c in range(3))
    return {"out": total}, None


def test_a_halo_makes_block_borders_vanish(tmp_path, rasters):
    paths, data = rasters
    inputs = align_inputs({"a": Band(paths["odd tiles"])})
    for memory in (1, 96):
        settings = EngineSettings(memory, 2)
        with OutputSet([]) as outputs:
            writers = writers_for({"out": (str(tmp_path / "o.tif"), SPEC)}, inputs.grid, outputs, settings)
            run_blocks(inputs, local_sum, None, writers, settings=settings, halo=1)
        padded = np.pad(np.nan_to_num(data), 1)
        expected = sum(padded[r : r + 700, c : c + 1500] for r in range(3) for c in range(3))
        np.testing.assert_array_equal(read_raster(tmp_path / "o.tif"), expected)


def test_a_mask_and_zones_reach_the_kernel(rasters):
    paths, data = rasters
    mask = box_layer(500_000 + 300, 4_000_000 - 900, 500_000 + 600, 4_000_000 - 600)
    inputs = align_inputs({"a": Band(paths["tiles"])}, mask=mask, zones=mask, area_mode="auto")
    done = run_blocks(inputs, zonal, settings=EngineSettings(1, 2))
    inside = data[20:30, 10:20]
    assert done.partial["sum"] == np.nansum(inside) and done.partial["zone cells"] == 100
    assert done.partial["area"] == pytest.approx(700 * 1500 * 9e-4, rel=1e-12)


def zonal(block, params):
    assert block.zones.shape == block.shape
    total, cells = float(np.nansum(block["a"])), int((block.zones == 1).sum())
    return {}, Totals({"sum": total, "zone cells": cells, "area": block.area_array().sum()})


def test_totals_add_by_name_and_extremes_widen():
    total = Totals(a=1, b=np.array([1, 2])) + Totals(b=np.array([3, 4]), c=5)
    assert (total["a"], total["b"].tolist(), total["c"]) == (1, [4, 6], 5)
    assert Extremes.of(np.array([np.nan, 3, -1, np.inf])) + Extremes() + Extremes.of(np.array([7.0])) == (-1, 7)
    assert Extremes.of(np.array([np.nan])) == (np.inf, -np.inf)
    sent = pickle.loads(pickle.dumps(Totals(range=Extremes(1.0, 2.0))))["range"]
    assert isinstance(sent, Extremes) and sent == (1.0, 2.0)


def fail_late(block, params):
    if block.row >= 512:
        raise ZeroDivisionError("row {}".format(block.row))
    return double(block, params)


def carbon_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("carbon", "write"))]


@pytest.mark.parametrize("executor", [None, InLine()], ids=["threads", "in line"])
def test_an_error_in_a_kernel_comes_out_and_leaves_the_old_file(tmp_path, rasters, executor):
    (tmp_path / "out.tif").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError, match="row 512"):
        run(rasters[0]["tiles"], tmp_path, EngineSettings(1, 3), executor, fail_late)
    assert [path.name for path in tmp_path.iterdir()] == ["out.tif"]
    assert (tmp_path / "out.tif").read_bytes() == b"old"
    assert carbon_threads() == []


class Broken:
    """A writer that fails at its second block while others have full queues."""

    def __init__(self):
        self.blocks, self.discarded, self.prepare = 0, False, None

    def write(self, row, col, block):
        self.blocks += 1
        if self.blocks == 2:
            raise OutputError("the disk is gone")

    def close(self):
        raise AssertionError("a failed writer is not closed")

    def discard(self):
        self.discarded = True


def test_a_writer_that_fails_stops_the_others(tmp_path, rasters):
    inputs = align_inputs({"a": Band(rasters[0]["tiles"])})
    broken = Broken()
    with pytest.raises(OutputError, match="the disk is gone"):
        with OutputSet([]) as outputs:
            writers = writers_for({"out": (str(tmp_path / "o.tif"), SPEC)}, inputs.grid, outputs, EngineSettings())
            writers["broken"] = broken
            run_blocks(inputs, two_outputs, None, writers, settings=EngineSettings(1, 4))
    assert broken.discarded and list(tmp_path.iterdir()) == [] and carbon_threads() == []


def two_outputs(block, params):
    return {"out": block["a"], "broken": block["a"]}, None


def test_a_writer_thread_that_fails_ends_the_run_and_nothing_waits_for_ever(tmp_path, rasters, monkeypatch):
    """The first failing block is noticed although the queue is full of later ones."""
    from carbon_qgis.core.raster.write import RasterWriter

    def fail(self, row, col, block):
        raise OutputError("block {} {} was lost".format(row, col))

    monkeypatch.setattr(RasterWriter, "_write_now", fail)
    with pytest.raises(OutputError, match="block 0 0 was lost"):
        run(rasters[0]["tiles"], tmp_path, EngineSettings(1, 2))
    assert list(tmp_path.iterdir()) == [] and carbon_threads() == []


def test_an_error_before_the_first_block_discards_the_writers(tmp_path, rasters):
    inputs = align_inputs({"a": Band(rasters[0]["tiles"])})
    with pytest.raises(TypeError):
        with OutputSet([]) as outputs:
            writers = writers_for({"out": (str(tmp_path / "o.tif"), SPEC)}, inputs.grid, outputs, EngineSettings())
            run_blocks(inputs, double, None, writers, bytes_per_cell="many")
    assert carbon_threads() == [] and list(tmp_path.iterdir()) == []


class Counting:
    """A kernel that counts, and cancels the run in its third block."""

    def __init__(self, progress, at):
        self.progress, self.at, self.blocks, self.after = progress, at, 0, 0
        self._lock = threading.Lock()

    def __call__(self, block, params):
        with self._lock:
            self.blocks += 1
            if self.progress.stop:
                self.after += 1
            if self.blocks == self.at:
                self.progress.stop = True
        return double(block, params)


class Stoppable:
    def __init__(self):
        self.stop = False

    def update(self, fraction, message=None):
        pass

    def cancelled(self):
        return self.stop


@pytest.mark.parametrize("at", [1, 3, 9])
def test_a_cancel_stops_within_the_blocks_in_flight(tmp_path, rasters, at):
    progress, settings = Stoppable(), EngineSettings(1, 2)
    kernel = Counting(progress, at)
    (tmp_path / "out.tif").write_bytes(b"old")
    with pytest.raises(Cancelled, match="Nothing was written; earlier outputs are unchanged"):
        run(rasters[0]["tiles"], tmp_path, settings, kernel=kernel, progress=progress)
    assert kernel.after <= settings.worker_count() + 2
    assert kernel.blocks < 18, "the grid has 18 windows"
    assert [path.name for path in tmp_path.iterdir()] == ["out.tif"]
    assert (tmp_path / "out.tif").read_bytes() == b"old"
    assert carbon_threads() == []


def test_a_cancel_in_a_borrowed_executor_drops_what_was_not_started(tmp_path, rasters):
    progress = Stoppable()
    kernel = Counting(progress, 1)
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(Cancelled):
            run(rasters[0]["tiles"], tmp_path, EngineSettings(1, 4), pool, kernel, progress)
        before = kernel.blocks
        pool.submit(int).result()
        assert kernel.blocks == before, "no block of a cancelled run is computed later"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99, 1.0])
def test_a_cancel_at_any_share_leaves_nothing(tmp_path, rasters, share):
    with pytest.raises(Cancelled):
        run(rasters[0]["strips"], tmp_path, EngineSettings(1, 2), progress=Cancelling(share))
    assert list(tmp_path.iterdir()) == []


def test_progress_rises_to_one(tmp_path, rasters):
    class Seen(Cancelling):
        fractions = ()

        def update(self, fraction, message=None):
            self.fractions += (fraction,)

    seen = Seen(2)
    run(rasters[0]["tiles"], tmp_path, EngineSettings(1, 2), progress=seen)
    assert seen.fractions[0] == 0 and seen.fractions[-1] == 1 and list(seen.fractions) == sorted(seen.fractions)


def windows(shape, block_shapes, memory=96, threads=4, per_cell=20):
    inputs = align_inputs({}, grid=make_grid(shape=shape), reference="unused")
    inputs = replace(inputs, block_shapes=tuple(block_shapes))
    return list(plan_windows(inputs, per_cell, EngineSettings(memory, threads)))


@pytest.mark.parametrize(
    "shape, blocks",
    [
        ((1, 1), [(1, 1)]), ((10, 3), [(10, 3)]), ((300, 100_000), [(1, 100_000)]), ((5000, 4000), [(256, 256)]),
        ((5000, 4000), [(1, 4000), (256, 256)]), ((3000, 1), [(1, 1)]), ((513, 1025), [(128, 128)]),
    ],
)
@pytest.mark.parametrize("memory", [1, 96])
def test_windows_cover_every_cell_once_in_row_order_on_tile_borders(shape, blocks, memory):
    plan = windows(shape, blocks, memory)
    assert sum(height * width for _, _, height, width in plan) == shape[0] * shape[1]
    assert len({window[:2] for window in plan}) == len(plan) and plan == sorted(plan)
    for row, col, height, width in plan:
        assert row % 256 == 0 and col % 256 == 0
        assert (height % 256 == 0 or row + height == shape[0]) and (width % 256 == 0 or col + width == shape[1])


def test_windows_keep_to_the_memory_and_to_whole_strips():
    for memory, threads in ((16, 1), (96, 8), (500, 4)):
        largest = max(height * width for _, _, height, width in windows((9000, 9000), [(256, 256)], memory, threads))
        assert largest * 20 * (threads + 4) <= memory * 2**20
    assert {window[3] for window in windows((9000, 2000), [(1, 2000)])} == {2000}
    assert windows((9000, 9000), [(256, 256)], memory=1)[0] == (0, 0, 256, 256)


def test_a_block_knows_its_shape_and_area():
    block = Block(0, 0, 2, 3, {}, area=np.array([[1.0], [2.0]]))
    np.testing.assert_array_equal(block.area_array(), [[1, 1, 1], [2, 2, 2]])
    assert replace(block, area=0.5).area_array().sum() == 3


def test_unknown_codes_add_up_over_blocks(tmp_path):
    data = np.tile(np.array([[1, 2, 3]], np.int16), (700, 300))
    path = make_raster(tmp_path / "a.tif", data)
    inputs = align_inputs({"a": Band(path, 1, True, known_codes=(1,))})
    done = run_blocks(inputs, order, settings=EngineSettings(1, 3))
    assert done.unknown == {"a": {2: 700 * 300, 3: 700 * 300}}


def test_no_valid_cell_is_an_error():
    require_valid(1, "x")
    with pytest.raises(RasterError, match="No valid cell is left in 'a.tif': every cell is nodata, outside the mask"):
        require_valid(0, "'a.tif'")


def test_blocks_of_two_runs_in_one_thread_do_not_mix(tmp_path):
    one = align_inputs({"a": Band(make_raster(tmp_path / "1.tif", np.ones((2, 2), np.float32)))})
    two = align_inputs({"a": Band(make_raster(tmp_path / "2.tif", np.full((2, 2), 2, np.float32)))})
    for run_name, inputs, value in (("r1", one, 1), ("r2", two, 2), ("r1", one, 1)):
        assert (read_block(run_name, inputs, (0, 0, 2, 2))["a"] == value).all()


MEMORY = """
import resource, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.core.raster.test_blocks import EngineSettings, run
run(sys.argv[1], Path(sys.argv[2]), EngineSettings(96, 4))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_raster(tmp_path, repository):
    script = tmp_path / "memory.py"
    script.write_text(MEMORY.format(root=str(repository)))
    peaks = {}
    for side in (2000, 8000):
        path = str(tmp_path / "{}.tif".format(side))
        with rasterio.open(
            path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs="EPSG:32650", tiled=True,
            transform=rasterio.Affine(*METRES_30), nodata=-1, SPARSE_OK=True, compress="deflate",
        ):
            pass
        done = subprocess.run(
            [sys.executable, str(script), path, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        peaks[side] = int(done.stdout)
    assert peaks[8000] - peaks[2000] < 60, peaks
