"""Passing over the cells that are valid in every input, as often as an analysis needs.

Small regions are read once and kept; large ones are read again for every pass, so that memory stays flat.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .progress import Part, Progress, check_cancelled
from .raster.blocks import Block, require_valid, run_blocks
from .raster.inputs import AlignedInputs
from .raster.settings import EngineSettings
from .raster.source import raster_info
from .results import Remark

#: Kept cells may take this many times the memory of the blocks in flight, which are gone by then.
KEPT_SHARE = 2.0
#: About this many cells, spread over the grid, are the sample of a streamed region.
SAMPLE_CELLS = 1_000_000
#: Bytes per cell and input of a streamed block. It holds about twice that while it is computed, but only the blocks at
#: work hold it, and a pass costs a fixed time per block (65,536 bins to look up and add), so few large blocks are best.
_STREAMED_BYTES = 6
#: Cells that a thread works on at a time where all are kept.
_PIECE = 1 << 18
#: Types that a quantity keeps in four bytes (see `raster.read.as_quantity`).
_FOUR_BYTES = ("uint8", "int8", "uint16", "int16", "float32")


@dataclass
class Columns:
    """Valid cells of one block: a 1-D array per input (class codes as indices).

    `sample` are positions in these arrays of a thin, even sample; `valid` counts by input the cells that are valid
    in it alone.
    """

    values: Dict[str, np.ndarray]
    cells_seen: int
    sample: np.ndarray
    valid: Dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]

    @property
    def size(self) -> int:
        """Number of valid cells."""
        return len(next(iter(self.values.values())))


    def pieces(self, size: int) -> List["Columns"]:
        """The same cells in arrays of at most `size`, so that threads share the work evenly."""
        if self.size <= size:
            return [self]
        parts = []
        for start in range(0, self.size, size):
            end = min(start + size, self.size)
            low, high = np.searchsorted(self.sample, (start, end))
            seen = self.cells_seen if start == 0 else 0
            valid = self.valid if start == 0 else {name: 0 for name in self.valid}
            values = {name: column[start:end] for name, column in self.values.items()}
            parts.append(Columns(values, seen, self.sample[low:high] - start, valid))
        return parts


class ValidCells:
    """The valid cells of aligned inputs.

    Parameters
    ----------
    keep_share, seed : each cell enters with this probability (1: all), decided by its position and the
        seed alone, so that every pass and every block size sees the same cells.
    """

    def __init__(
        self,
        inputs: AlignedInputs,
        settings: EngineSettings,
        progress: Progress,
        keep_share: float = 1.0,
        seed: int = 0,
    ):
        self._inputs, self.settings, self.progress = inputs, settings, progress
        step = max(1, inputs.grid.cells // SAMPLE_CELLS)
        self._selection = _Selection(_valid_codes(inputs), keep_share, seed, inputs.grid.width, step)
        held = inputs.grid.cells * min(1.0, 1.1 * keep_share) * _bytes_per_cell(inputs)
        self._keep = held <= KEPT_SHARE * settings.memory_mb * 2**20
        self._kept: Optional[List[Columns]] = None

    @property
    def in_memory(self) -> bool:
        """True where all cells are kept after the first pass."""
        return self._keep

    def kept(self, name: str) -> np.ndarray:
        """All kept values of one input (only where `in_memory`, after a pass)."""
        return np.concatenate([columns[name] for columns in self._kept or []])

    def reduce(
        self, kernel: Callable[[Columns, Any], Any], params: Any, span: Tuple[float, float], message: str
    ) -> Any:
        """Fold `kernel(columns, params)` over all blocks with `+`; `span` is the part of the progress used."""
        part = Part(self.progress, span)
        if self._kept is None and self._keep:
            run = run_blocks(
                self._inputs, _gather, self._selection, progress=part, settings=self.settings, message=message
            )
            self._kept = [piece for columns in run.partial for piece in columns.pieces(_PIECE)]
        if self._kept is None:
            run = run_blocks(
                self._inputs, _select_and_apply, (self._selection, kernel, params), progress=part,
                settings=self.settings, message=message, bytes_per_cell=_STREAMED_BYTES * len(self._inputs.bands),
            )  # fmt: skip
            return run.partial
        part.update(0.0, message)
        with ThreadPoolExecutor(self.settings.worker_count(), thread_name_prefix="carbon") as pool:
            tasks = [pool.submit(self._apply, kernel, columns, params) for columns in self._kept]
            total = None
            for done, task in enumerate(tasks, 1):
                outcome = task.result()
                total = outcome if total is None else total + outcome
                part.update(done / len(tasks))
        return total

    def _apply(self, kernel, columns: Columns, params):
        check_cancelled(self.progress)
        return kernel(columns, params)


def require_joint(count: int, valid: Mapping[str, int], titles: Mapping[str, str]) -> None:
    """Raise `RasterError` if no cell is valid in all inputs, with what each of them has."""
    if count:
        return
    each = ", ".join("{} {:,}".format(titles[name], number) for name, number in valid.items())
    require_valid(0, "all inputs together (valid cells of each: {})".format(each))


def joint_note(count: int, valid: int, what: str) -> Sequence[str]:
    """A note on the cells where `what` is known and another input is not; empty where there are none."""
    if count >= valid:
        return ()
    text = "{:,} of the {:,} cells with {} are left out: another input has no data there."
    return (Remark(text.format(valid - count, valid, what)),)


@dataclass(frozen=True)
class _Selection:
    valid_codes: Dict[str, np.ndarray]
    keep_share: float
    seed: int
    grid_width: int
    sample_step: int


def _valid_codes(inputs: AlignedInputs) -> Dict[str, np.ndarray]:
    """By categorical input, which indices of its code space are classes: not nodata, not unknown."""
    tables = {}
    for name, space in inputs.spaces.items():
        table = np.zeros(space.size, dtype=bool)
        table[list(space.index_of().values())] = True
        tables[name] = table
    return tables


def _bytes_per_cell(inputs: AlignedInputs) -> int:
    total = 0
    for name, band in inputs.bands.items():
        if name in inputs.spaces:
            total += np.dtype(inputs.spaces[name].dtype).itemsize
        else:
            plain = raster_info(band.path).dtypes[band.index - 1] in _FOUR_BYTES
            total += 4 if plain and not inputs.alignments[name].warps else 8
    return 2 * total  # kept, and once more while it is sorted or classed


def _gather(block: Block, selection: _Selection):
    return {}, [_select(block, selection)]


def _select_and_apply(block: Block, params):
    selection, kernel, inner = params
    return {}, kernel(_select(block, selection), inner)


def _select(block: Block, selection: _Selection) -> Columns:
    every, valid = np.ones(block.shape, dtype=bool), {}
    for name, values in block.values.items():
        known = selection.valid_codes[name][values] if name in selection.valid_codes else ~np.isnan(values)
        valid[name] = int(np.count_nonzero(known))
        every &= known
    if selection.keep_share < 1:
        every &= _drawn_cells(block, selection)
    kept = {name: values[every] for name, values in block.values.items()}
    return Columns(kept, every.size, np.flatnonzero(_sampled(block, selection.sample_step)[every]), valid)


def _sampled(block: Block, step: int) -> np.ndarray:
    """Every `step`-th cell of each row, shifted from row to row: by position alone, whatever the blocks."""
    rows = (np.arange(block.row, block.row + block.height) * 7919 % step)[:, np.newaxis]
    cols = (np.arange(block.col, block.col + block.width) % step)[np.newaxis, :]
    return (rows == cols) if step > 1 else np.ones(block.shape, bool)


def _drawn_cells(block: Block, selection: _Selection) -> np.ndarray:
    rows = np.arange(block.row, block.row + block.height, dtype=np.uint64)[:, np.newaxis]
    cols = np.arange(block.col, block.col + block.width, dtype=np.uint64)[np.newaxis, :]
    return drawn(rows * np.uint64(selection.grid_width) + cols, selection.keep_share, selection.seed)


def drawn(positions: np.ndarray, share: float, seed: int) -> np.ndarray:
    """True for the positions drawn with probability `share`: a hash of position and seed, in any order the same."""
    return (random_keys(positions, seed) >> np.uint64(11)).astype(np.float64) < share * 2.0**53


def random_keys(positions: np.ndarray, seed: int) -> np.ndarray:
    """A random uint64 for each position, from position and seed alone: whatever the order, blocks or threads."""
    with np.errstate(over="ignore"):
        # splitmix64 (Steele, Lea & Flood 2014)
        x = positions.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
