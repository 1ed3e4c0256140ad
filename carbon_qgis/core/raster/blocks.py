"""Running a kernel over all blocks of a grid: read, compute, write, fold.

A kernel is a pure function `kernel(block, params) -> (outputs, partial)`: `block` holds arrays on the
reference grid, `outputs` maps writer names to arrays of the block's shape, `partial` is anything
that `+` can add up (or None). Tasks are picklable, so any `concurrent.futures.Executor` can run them.
"""

import operator
import secrets
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import numpy as np

from ..blas import one_blas_thread
from ..errors import RasterError
from ..progress import Progress, check_cancelled
from .align import Alignment
from .inputs import AlignedInputs
from .read import as_quantity, close_handles, read_codes, read_values
from .settings import EngineSettings, gdal_environment
from .write import TILE, RasterWriter

if TYPE_CHECKING:
    from .cluster import ClusterPool

Window = Tuple[int, int, int, int]
Kernel = Callable[["Block", Any], Tuple[Dict[str, np.ndarray], Any]]

_BLOCK_SIDE = 1024


@dataclass
class Block:
    """What a kernel sees of one window.

    `values` maps input names to arrays (height + 2·halo, width + 2·halo): quantities are floats with
    NaN where there is no data, class codes are indices of their `CodeSpace`. `area` is the cell area
    in km2 (a float, or an array that broadcasts over the window without halo), `zones` the zone
    number of each cell (0: none).
    """

    row: int
    col: int
    height: int
    width: int
    values: Dict[str, np.ndarray]
    area: Any = None
    zones: Optional[np.ndarray] = None
    unknown: Dict[str, Dict[int, int]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]

    @property
    def shape(self) -> Tuple[int, int]:
        """Rows and columns without halo."""
        return self.height, self.width

    def area_array(self) -> np.ndarray:
        """Cell areas in km2 as an array of the window's shape."""
        return np.broadcast_to(np.asarray(self.area, dtype=np.float64), self.shape)


class Totals(dict):
    """Numbers and arrays by name; `+` adds entry by entry."""

    def __add__(self, other: "Totals") -> "Totals":
        merged = Totals(self)
        for key, value in other.items():
            merged[key] = merged[key] + value if key in merged else value
        return merged


class Extremes(tuple):
    """(smallest, largest) of what was seen; `+` takes the outer ones."""

    def __new__(cls, low: float = np.inf, high: float = -np.inf):
        return super().__new__(cls, (low, high))

    def __getnewargs__(self):
        return tuple(self)  # without it, a copy that comes from another process would hold a tuple as its low end

    def __add__(self, other) -> "Extremes":
        return Extremes(min(self[0], other[0]), max(self[1], other[1]))

    @classmethod
    def of(cls, values: np.ndarray) -> "Extremes":
        """Extremes of the finite values."""
        finite = values[np.isfinite(values)]
        return cls(float(finite.min()), float(finite.max())) if finite.size else cls()


@dataclass
class BlockRun:
    """Outcome of a run: the folded partials, and codes that no table knew, by input."""

    partial: Any
    unknown: Dict[str, Dict[int, int]]


def run_blocks(
    inputs: AlignedInputs,
    kernel: Kernel,
    params: Any = None,
    writers: Optional[Mapping[str, RasterWriter]] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    fold: Callable[[Any, Any], Any] = operator.add,
    halo: int = 0,
    bytes_per_cell: Optional[int] = None,
    executor: Optional[Executor] = None,
    message: str = "",
) -> BlockRun:
    """Run `kernel` over every block of the reference grid.

    Partials are folded and blocks handed to the writers in the order of the windows, whatever
    finishes first: results do not depend on the number of threads. Writers are closed at the end; on
    an error or a cancel they are discarded.

    Parameters
    ----------
    bytes_per_cell : memory a block needs per cell while it is computed; estimated if not given.
    halo : cells around each window that the kernel also sees (nodata beyond the grid).
    executor : runs the tasks; by default the cluster of `settings.scheduler`, or a thread pool of
        `settings.worker_count()`.

    Raises
    ------
    Cancelled, RasterError, OutputError, ClusterError, DependencyError
    """
    from ..progress import Silent

    writers = dict(writers or {})
    settings, progress = settings or EngineSettings(), progress or Silent()
    bytes_per_cell = bytes_per_cell or 12 * len(inputs.bands) + 4 * len(writers) + 24
    with gdal_environment(), one_blas_thread():
        try:
            windows = list(plan_windows(inputs, bytes_per_cell, settings))
            task = (secrets.token_hex(8), inputs, kernel, params, halo)
            loop = _Loop(writers, fold, progress, message)
            if settings.scheduler and executor is None:
                with _on_cluster(task, windows, bytes_per_cell, writers, progress, settings) as pool:
                    loop.run(windows, pool)
            else:
                prepared = {name: writer.prepare for name, writer in writers.items() if writer.prepare is not None}
                with _on_threads((task, prepared), executor, settings.worker_count()) as pool:
                    loop.run(windows, pool)
            for writer in writers.values():
                check_cancelled(progress)
                writer.close()
        except BaseException:
            for writer in writers.values():
                writer.discard()
            raise
        finally:
            close_handles()  # of this thread: an executor may run tasks in it
    return BlockRun(loop.partial, loop.unknown)


class _Pool:
    """Tasks on an `Executor` of this machine: all of them pure functions of the run's `task` and a window."""

    def __init__(self, executor: Executor, task, workers: int):
        self._executor, self._task, self._workers = executor, task, workers

    def submit(self, window: Window) -> Future:
        """Start one window."""
        return self._executor.submit(run_prepared, self._task, window)

    def limit(self) -> int:
        """How many windows may be under way or wait for their turn."""
        return self._workers + 2

    def result(self, future: Future) -> Any:
        """What a window gave."""
        return future.result()

    def check(self) -> None:
        """Threads do not go away."""


@contextmanager
def _on_threads(task, executor: Optional[Executor], workers: int) -> Iterator[_Pool]:
    pool = executor or ThreadPoolExecutor(workers, thread_name_prefix="carbon")
    try:
        yield _Pool(pool, task, workers)
    finally:
        if executor is None:
            pool.shutdown()


@contextmanager
def _on_cluster(task, windows, bytes_per_cell: int, writers, progress: Progress, settings) -> Iterator["ClusterPool"]:
    """The workers of `settings.scheduler`. Memory here is for results alone: what is read stays with the workers."""
    from .cluster import ClusterPool, connection, windows_bytes  # a tenth of a second that local runs do not need

    written = sum(writer.cell_bytes for writer in writers.values())
    senders = {name: writer.sender for name, writer in writers.items()}
    with connection(settings.scheduler, progress) as cluster:
        pool = ClusterPool(
            cluster, run_remotely, (task, senders), task[0], getattr(task[1], "paths", ()), settings.memory_mb * 2**20,
            windows_bytes(windows, int(written) or bytes_per_cell), settings.worker_count() + 2,
        )  # fmt: skip
        progress.update(0.0, "Using {}".format(cluster.describe()))
        try:
            yield pool
        finally:
            pool.close()


class _Loop:
    """State of one run in the parent: what is submitted, what waits for its turn, what is folded."""

    def __init__(self, writers, fold, progress, message):
        self._writers, self._fold, self._progress = writers, fold, progress
        self._message = message
        self._pending: Dict[Future, int] = {}
        self.partial: Any = None
        self.unknown: Dict[str, Dict[int, int]] = {}

    def run(self, windows: List[Window], pool) -> None:
        try:
            self._drive(pool, windows)
        finally:
            # Blocks that are being computed cannot be cancelled: nothing may run on after the run.
            wait([future for future in self._pending if not future.cancel()])

    def _drive(self, pool, windows: List[Window]) -> None:
        pending = self._pending
        finished: Dict[int, Any] = {}
        submitted = turn = 0
        self._progress.update(0.0, self._message or None)
        while turn < len(windows):
            check_cancelled(self._progress)
            pool.check()
            limit = pool.limit()
            while submitted < len(windows) and len(pending) + len(finished) < limit:
                pending[pool.submit(windows[submitted])] = submitted
                submitted += 1
            done, _ = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in done:
                index = pending.pop(future)
                finished[index] = pool.result(future)
            while turn in finished:
                self._take(windows[turn], finished.pop(turn))
                turn += 1
                self._progress.update(turn / len(windows))

    def _take(self, window: Window, outcome) -> None:
        arrays, partial, unknown = outcome
        for name, writer in self._writers.items():
            check_cancelled(self._progress)  # a slow disk keeps each of many writers waiting
            writer.write(window[0], window[1], arrays[name])
        if partial is not None:
            self.partial = partial if self.partial is None else self._fold(self.partial, partial)
        for name, codes in unknown.items():
            tally = self.unknown.setdefault(name, {})
            for code, count in codes.items():
                tally[code] = tally.get(code, 0) + count


def run_task(task, window: Window):
    """Read one window, run the kernel: the unit of work that an executor receives."""
    run, inputs, kernel, params, halo = task
    block = read_block(run, inputs, window, halo)
    arrays, partial = kernel(block, params)
    return arrays, partial, block.unknown


def run_prepared(task_and_preparers, window: Window):
    """As `run_task`, with those outputs made ready that a writer wants so: for workers that cost no network."""
    task, preparers = task_and_preparers
    arrays, partial, unknown = run_task(task, window)
    for name, prepare in preparers.items():
        arrays[name] = prepare(*window[:2], arrays[name])
    return arrays, partial, unknown


def run_remotely(task_and_senders, window: Window):
    """As `run_task`, in a process that nothing has prepared, and with no more in the result than writers will use."""
    task, senders = task_and_senders
    with gdal_environment():
        arrays, partial, unknown = run_task(task, window)
    sent = {name: arrays[name] if send is None else send(*window[:2], arrays[name]) for name, send in senders.items()}
    return sent, partial, unknown


def read_block(run: str, inputs: AlignedInputs, window: Window, halo: int = 0) -> Block:
    """All inputs of a window, aligned and masked."""
    row, col, height, width = window
    wide = (row - halo, col - halo, height + 2 * halo, width + 2 * halo)
    block = Block(row, col, height, width, {})
    outside = None
    if inputs.mask is not None:
        outside = inputs.mask.burn(inputs.grid, *wide) == 0
    for name in inputs.bands:
        if name in inputs.spaces:
            block.values[name] = _codes(run, inputs, name, wide, outside, block.unknown, halo)
        else:
            block.values[name] = _quantity(run, inputs, name, wide, outside)
    if inputs.areas is not None:
        block.area = inputs.areas.block(row, col, height, width)
    if inputs.zones is not None:
        block.zones = inputs.zones.burn(inputs.grid, *window)
    return block


def _quantity(run: str, inputs: AlignedInputs, name: str, window: Window, outside) -> np.ndarray:
    band = inputs.bands[name]
    values, valid = read_values(run, band, inputs.alignments[name], inputs.grid, window)
    if outside is not None:
        valid &= ~outside
    return as_quantity(values, valid, band, *inputs.scalings[name])


def _codes(run: str, inputs: AlignedInputs, name: str, window: Window, outside, unknown, halo: int) -> np.ndarray:
    band, space = inputs.bands[name], inputs.spaces[name]
    alignment = inputs.alignments[name]
    if space.direct and alignment == Alignment() and not halo:
        index = read_codes(run, band, alignment, inputs.grid, window)
    else:
        values, valid = read_values(run, band, alignment, inputs.grid, window)
        if space.direct:
            index = np.where(valid, values, space.nodata_index or 0).astype(np.uint8)
        else:
            if outside is not None:
                valid &= ~outside
            index, strange = space.encode(values, valid, band.describe())
            if strange:
                unknown[name] = strange
    if outside is not None and space.nodata_index is not None:
        index[outside] = space.nodata_index
    return index


def plan_windows(inputs: AlignedInputs, bytes_per_cell: int, settings: EngineSettings) -> Iterator[Window]:
    """Windows (row, col, height, width) in row order, multiples of the output tiles.

    Square for tiled inputs; whole rows where an input is stored in strips, so that no strip is
    decoded twice. The size follows from the memory that may be in flight.
    """
    in_flight = settings.worker_count() + 4
    cells = max(TILE * TILE, settings.memory_mb * 2**20 // (bytes_per_cell * in_flight))
    grid = inputs.grid
    stripes = any(shape[1] >= grid.width > _BLOCK_SIDE for shape in inputs.block_shapes)
    if stripes:
        height = TILE
        width = min(_tiles(cells // height), _tiles(grid.width) + TILE)
    else:
        width = min(_BLOCK_SIDE, _tiles(cells // TILE))
        height = min(_BLOCK_SIDE, _tiles(cells // width))
    for row in range(0, grid.height, height):
        for col in range(0, grid.width, width):
            yield row, col, min(height, grid.height - row), min(width, grid.width - col)


def _tiles(cells: int) -> int:
    return max(TILE, cells // TILE * TILE)


def require_valid(count: int, what: str) -> None:
    """Raise `RasterError` if no cell is valid."""
    if count == 0:
        raise RasterError(
            "No valid cell is left in {}: every cell is nodata, outside the mask or outside another input. Check "
            "nodata values, the mask and the overlap of the rasters.".format(what)
        )


__all__ = [
    "Block", "BlockRun", "Extremes", "Totals", "plan_windows", "read_block", "require_valid", "run_blocks", "run_task",
    "close_handles",
]
