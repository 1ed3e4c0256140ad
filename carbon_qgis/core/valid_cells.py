"""Passing over the cells that are valid in every input, as often as an analysis needs.

Small regions are read once and kept; large ones are read again for every pass, so that memory stays flat.
"""

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional

import numpy as np

from .progress import Part, Progress, check_cancelled
from .raster.blocks import Block, run_blocks
from .raster.inputs import AlignedInputs
from .raster.settings import EngineSettings

#: Share of the block memory that kept cells may take.
KEPT_SHARE = 1.0


@dataclass
class Columns:
    """Valid cells of one block: a 1-D array per input (class codes as indices)."""

    values: Dict[str, np.ndarray]
    cells_seen: int

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]

    @property
    def size(self) -> int:
        """Number of valid cells."""
        return len(next(iter(self.values.values())))


class ValidCells:
    """The valid cells of aligned inputs.

    Parameters
    ----------
    valid_codes : by categorical input, a bool table (size of its code space) of the indices that count.
    keep_share, seed : each cell enters with this probability (1: all), decided by its position and the
        seed alone, so that every pass and every block size sees the same cells.
    """

    def __init__(
        self,
        inputs: AlignedInputs,
        valid_codes: Mapping[str, np.ndarray],
        settings: EngineSettings,
        progress: Progress,
        keep_share: float = 1.0,
        seed: int = 0,
    ):
        self._inputs, self._settings, self._progress = inputs, settings, progress
        self._selection = _Selection(dict(valid_codes), keep_share, seed, inputs.grid.width)
        bytes_per_cell = 4 * len(inputs.bands) + 8
        self._keep = inputs.grid.cells * bytes_per_cell <= KEPT_SHARE * settings.memory_mb * 2**20
        self._kept: Optional[List[Columns]] = None

    @property
    def in_memory(self) -> bool:
        """True where all cells are kept after the first pass."""
        return self._keep

    def kept(self, name: str) -> np.ndarray:
        """All kept values of one input (only where `in_memory`, after a pass)."""
        return np.concatenate([columns[name] for columns in self._kept or []])

    def reduce(self, kernel: Callable[[Columns, Any], Any], params: Any, span, message: str) -> Any:
        """Fold `kernel(columns, params)` over all blocks with `+`; `span` is the part of the progress used."""
        part = Part(self._progress, span)
        if self._kept is None and self._keep:
            run = run_blocks(
                self._inputs, _gather, self._selection, progress=part, settings=self._settings, message=message
            )
            self._kept = run.partial
        if self._kept is None:
            run = run_blocks(
                self._inputs, _select_and_apply, (self._selection, kernel, params), progress=part,
                settings=self._settings, message=message, bytes_per_cell=40 * len(self._inputs.bands),
            )
            return run.partial
        total = None
        for columns in self._kept:
            check_cancelled(self._progress)
            outcome = kernel(columns, params)
            total = outcome if total is None else total + outcome
        return total


@dataclass(frozen=True)
class _Selection:
    valid_codes: Dict[str, np.ndarray]
    keep_share: float
    seed: int
    grid_width: int


def _gather(block: Block, selection: _Selection):
    return {}, [_select(block, selection)]


def _select_and_apply(block: Block, params):
    selection, kernel, inner = params
    return {}, kernel(_select(block, selection), inner)


def _select(block: Block, selection: _Selection) -> Columns:
    valid = np.ones(block.shape, dtype=bool)
    for name, values in block.values.items():
        if name in selection.valid_codes:
            valid &= selection.valid_codes[name][values]
        else:
            valid &= ~np.isnan(values)
    if selection.keep_share < 1:
        valid &= _lottery(block, selection)
    return Columns({name: values[valid] for name, values in block.values.items()}, valid.size)


def _lottery(block: Block, selection: _Selection) -> np.ndarray:
    """True for the drawn cells: a hash of position and seed, so that blocks of any shape agree."""
    rows = np.arange(block.row, block.row + block.height, dtype=np.uint64)[:, np.newaxis]
    cols = np.arange(block.col, block.col + block.width, dtype=np.uint64)[np.newaxis, :]
    with np.errstate(over="ignore"):
        x = rows * np.uint64(selection.grid_width) + cols + np.uint64(selection.seed) * np.uint64(0x9E3779B97F4A7C15)
        # splitmix64 (Steele, Lea & Flood 2014)
        x = (x + np.uint64(0x9E3779B97F4A7C15))
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(11)).astype(np.float64) < selection.keep_share * 2.0**53
