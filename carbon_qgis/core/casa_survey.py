"""The first pass of CASA: which vegetation classes occur, and the NDVI of each as a histogram."""

import secrets
from dataclasses import dataclass, replace
from typing import Dict, Iterator, Mapping, Optional, Sequence, Tuple

import numpy as np

from .casa_inputs import NDVI, CasaSeries, require_plausible
from .casa_parameters import BINS, CasaParameters, ndvi_bins
from .progress import Progress
from .raster.band_series import SeriesBand, read_series, strip_rows
from .raster.blocks import Block, Totals, Window, read_block, require_valid, run_blocks
from .raster.codes import CodeSpace
from .raster.inputs import AlignedInputs
from .raster.settings import EngineSettings
from .watch import Watch, Watched

#: Cells that are computed together: their arrays of twelve months stay in the processor's cache.
CHUNK = 8192
#: Cells of which all bands of a year are held at a time where rasters are stored in strips.
PART = 65536
#: Memory (MiB) for blocks where rasters are stored in strips: a narrow block would decode each strip again.
STRIP_MEMORY = 384
#: Rasters in strips that are no wider than this are read in ordinary blocks (as `plan_windows` does).
_WIDE = 1024


@dataclass(frozen=True)
class CasaGrid:
    """The inputs on their common grid. `layers` holds the vegetation map and the mask, `series` all monthly files."""

    layers: AlignedInputs
    series: AlignedInputs
    together: Mapping[str, int]

    @classmethod
    def of(cls, layers: AlignedInputs, series: AlignedInputs, infos: Mapping) -> "CasaGrid":
        """Both, and which files store all bands of a cell together."""
        rows = {path: strip_rows(info) for path, info in infos.items()}
        return cls(layers, series, {path: count for path, count in rows.items() if count})

    @property
    def planned(self) -> AlignedInputs:
        """What `run_blocks` plans its windows by. It reads nothing itself: tasks read year after year."""
        shapes = self.layers.block_shapes + self.series.block_shapes
        return replace(self.layers, bands={}, mask=None, block_shapes=shapes)

    @property
    def striped(self) -> bool:
        """True where `plan_windows` makes wide blocks because an input is stored in strips."""
        width = self.planned.grid.width
        return any(shape[1] >= width > _WIDE for shape in self.planned.block_shapes)

    def limits(self, settings: EngineSettings) -> EngineSettings:
        """The settings of a pass over these inputs."""
        if not self.striped:
            return settings
        return replace(settings, memory_mb=max(settings.memory_mb, STRIP_MEMORY))

    def parts(self, block: Block) -> Iterator[Window]:
        """Windows of a block that are read at a time: some rows of a wide block, else the whole."""
        rows = max(8, PART // block.width) if self.striped else block.height
        for top in range(0, block.height, rows):
            yield block.row + top, block.col, min(rows, block.height - top), block.width

    @property
    def space(self) -> CodeSpace:
        """Codes of the vegetation map."""
        return self.layers.spaces["vegetation"]

    def classes(self, run: str, window: Window) -> np.ndarray:
        """Class index of each cell of a window, flat."""
        return read_block(run, self.layers, window)["vegetation"].reshape(-1)

    def read(self, run: str, window: Window, bands: Sequence[SeriesBand], watch: Watch) -> np.ndarray:
        """The bands of a window: float32 (bands, cells), NaN where not valid."""
        values = np.empty((len(bands), window[2] * window[3]), np.float32)
        for row, band in zip(values, read_series(run, self.series, bands, self.together, window)):
            row[:] = band.reshape(-1)
            watch.check()
        return values


@dataclass(frozen=True)
class Survey:
    """Cells by class code with NDVI in every month of a year at least, and NDVI counts (BINS,) by code."""

    cells: Dict[int, int]
    histograms: Dict[int, np.ndarray]


@dataclass(frozen=True)
class _Params:
    run: str
    grid: CasaGrid
    series: CasaSeries
    position: np.ndarray
    rows: int
    watch: Watch


def survey_classes(
    grid: CasaGrid,
    series: CasaSeries,
    parameters: CasaParameters,
    progress: Progress,
    settings: Optional[EngineSettings] = None,
) -> Survey:
    """Count cells and NDVI values of every class, in one pass over the NDVI bands and the vegetation map.

    Raises
    ------
    InputError
        NDVI outside −1 to 1.
    RasterError
        No cell has a class and NDVI.
    Cancelled
    """
    settings = grid.limits(settings or EngineSettings())
    codes = {index: code for code, index in grid.space.index_of().items()}
    listed = [code for code in parameters.classes if code in grid.space.index_of()]
    position = np.full(grid.space.size, -1)
    for row, code in enumerate(listed):
        position[grid.space.index_of()[code]] = row
    watch = Watch()
    run = run_blocks(
        grid.planned,
        _kernel,
        _Params(secrets.token_hex(8), grid, series, position, len(listed), watch),
        progress=Watched(progress, watch, grid.planned.grid.cells),
        settings=settings,
        bytes_per_cell=100,
        message="Reading the NDVI of each class",
    )
    cells = {codes[i]: int(n) for i, n in enumerate(run.partial["cells"]) if n and i in codes}
    require_valid(sum(cells.values()), "NDVI and the vegetation map together")
    counts = run.partial["counts"]
    return Survey(cells, {code: counts[row] for row, code in enumerate(listed) if cells.get(code)})


def _kernel(block: Block, params: _Params) -> Tuple[Dict[str, np.ndarray], Totals]:
    """Cells by class index, and NDVI counts (listed classes, BINS) of one block."""
    space = params.grid.space
    known = np.zeros(space.size, bool)
    known[list(space.index_of().values())] = True
    sums = Totals(cells=np.zeros(space.size, np.int64), counts=np.zeros((params.rows, BINS), np.int64))
    for window in params.grid.parts(block):
        index = params.grid.classes(params.run, window)
        if known[index].any():
            _count(params, window, index, known[index], sums)
        params.watch.step(index.size)
    return {}, sums


def _count(params: _Params, window: Window, index: np.ndarray, inside: np.ndarray, sums: Totals) -> None:
    """Add one window to the sums of its block."""
    seen = np.zeros(index.size, bool)
    counts = sums["counts"].reshape(-1)
    for bands in params.series.bands[NDVI]:
        ndvi = params.grid.read(params.run, window, bands, params.watch)
        valid = inside & np.isfinite(ndvi).all(axis=0)
        seen |= valid
        for chunk in chunks(np.flatnonzero(valid)):
            values = ndvi[:, chunk]
            require_plausible(NDVI, values, bands)
            row = params.position[index[chunk]]
            listed = row >= 0
            bins = ndvi_bins(np.clip(values[:, listed], -1.0, 1.0)) + row[listed] * BINS
            counts += np.bincount(bins.reshape(-1), minlength=counts.size)
    sums["cells"] += np.bincount(index[seen], minlength=sums["cells"].size)


def chunks(cells: np.ndarray):
    """Parts of an array of cell numbers that are computed together."""
    return (cells[start : start + CHUNK] for start in range(0, cells.size, CHUNK))
