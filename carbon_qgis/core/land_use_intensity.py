"""Land-use intensity LUI = 100 · Σ Aᵢ·Cᵢ (the Xinjiang paper names the driver without a formula).

Cᵢ is the grade of class i, Aᵢ its share of the valid cells in a window of n × n cells.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .class_tables import GradeTable
from .errors import InputError
from .landcover_codes import areas_by_index, code_totals, counts_by_code, landcover_band, require_codes
from .outputs import OutputSet
from .progress import Message, Progress, Silent
from .raster.blocks import Block, Extremes, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .units import NONE

#: Destination that `land_use_intensity` knows.
OUTPUTS = ("INTENSITY",)
#: Longest side of the window, in cells.
MAX_WINDOW = 1001

#: Grades are added up as whole numbers of this fraction, so that no order of adding changes a sum.
_STEPS_PER_GRADE = 10**9


@dataclass
class LandUseIntensityResult:
    """Land-use intensity of a land cover; `low`, `high` and `mean` (over cells) are those of the raster."""

    grid: Grid
    window: int
    area_mode: str
    valid_cells: int
    area_km2: float
    nodata_share: float
    low: float
    high: float
    mean: float
    classes: Table
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)


def land_use_intensity(
    landcover: str,
    grades: GradeTable,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    window: int = 1,
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> LandUseIntensityResult:
    """Land-use intensity on the grid of the land cover.

    Parameters
    ----------
    landcover : raster of class codes.
    grades : grade by code.
    destinations : path of 'INTENSITY': float32, unit 1.
    window : side n of the window in cells, odd; 1 gives the grade of the cell times 100. Shares are those of the
        valid cells in the window: nodata, cells outside the mask and beyond the raster do not count.
    mask : only cells inside are used and written.

    Raises
    ------
    TableError
        Codes without a grade (all of them, with cell counts).
    InputError
        A window that is even, below 1 or above `MAX_WINDOW`; a land cover of several bands; a nodata value that is
        also a class of the table.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    if int(window) != window or not 1 <= window <= MAX_WINDOW or window % 2 == 0:
        raise InputError(
            "The window has a side of {} cells; it must be an odd whole number from 1 to {}.".format(window, MAX_WINDOW)
        )
    halo = int(window) // 2
    source = landcover_band(landcover, ((code, code) for code in grades.grades), grades.source)
    inputs = align_inputs({"landcover": source}, mask=mask, area_mode=area_mode)
    params = _params(grades, inputs, halo)
    spec = RasterSpec(
        ("land-use intensity",), (NONE,), smooth=True,
        tags={**tags("land-use intensity", NONE, year=year), "CARBON_WINDOW": str(window)},
    )
    writers = writers_for({"INTENSITY": (destinations.get("INTENSITY"), spec)}, inputs.grid, outputs, settings)
    run = run_blocks(
        inputs, _kernel, params, writers, progress, settings, halo=halo, bytes_per_cell=_bytes_per_cell(halo),
        message=Message("Land-use intensity in windows of {0} x {0} cells", window),
    )
    found = _found(inputs, run, params, settings)
    require_codes(grades.require_codes, found, landcover)
    require_valid(sum(found.values()), "'{}'".format(landcover))
    result = _result(grades, inputs, run.partial, found, int(window))
    if writers:
        result.overviews = {"INTENSITY": writers["INTENSITY"].overview()[0]}
    return result


def window_mean(values: np.ndarray, valid: np.ndarray, halo: int) -> np.ndarray:
    """Mean of the valid values in the window around each cell.

    Parameters
    ----------
    values : int64 (rows + 2·halo, columns + 2·halo), 0 where not valid.
    valid : bool, same shape.
    halo : cells on each side of a cell that belong to its window.

    Returns
    -------
    float64 (rows, columns), NaN where the cell itself is not valid. Sums are exact: block borders change nothing.
    """
    inner = tuple(slice(halo, side - halo) for side in values.shape)
    sums, counts = _window_sum(values, halo), _window_sum(valid.astype(np.int64), halo)
    return np.where(valid[inner], sums / np.maximum(counts, 1), np.nan)


@dataclass(frozen=True)
class _Params:
    """Grade in whole steps by index (int64), which indices have one, and what is needed to see the raster's edge."""

    steps: np.ndarray
    graded: np.ndarray
    halo: int
    shape: Tuple[int, int]


def _kernel(block: Block, params: _Params):
    """Intensity of one block, and cells and areas by index."""
    index, halo = block["landcover"], params.halo
    valid = params.graded[index] & _inside(block, params)
    intensity = window_mean(np.where(valid, params.steps[index], 0), valid, halo)
    intensity *= 100.0 / _STEPS_PER_GRADE
    written = intensity.astype(np.float32)
    core = index[halo : halo + block.height, halo : halo + block.width]
    partial = code_totals(block, core, params.steps.size)
    partial["extremes"] = Extremes.of(written)
    partial["sum"] = float(np.nansum(intensity))
    return {"INTENSITY": written}, partial


def _count_kernel(block: Block, params: _Params):
    """Cells and areas by index alone."""
    return {}, code_totals(block, block["landcover"], params.steps.size)


def _inside(block: Block, params: _Params) -> np.ndarray:
    """Which cells of the window with its halo are on the raster: a band without nodata does not say."""
    rows = np.arange(block.row - params.halo, block.row + block.height + params.halo)
    cols = np.arange(block.col - params.halo, block.col + block.width + params.halo)
    on_rows, on_cols = (rows >= 0) & (rows < params.shape[0]), (cols >= 0) & (cols < params.shape[1])
    return on_rows[:, np.newaxis] & on_cols[np.newaxis, :]


def _window_sum(values: np.ndarray, halo: int) -> np.ndarray:
    for axis in (0, 1):
        shape = list(values.shape)
        shape[axis] = 1
        sums = np.concatenate([np.zeros(shape, np.int64), np.cumsum(values, axis=axis)], axis=axis)
        side, last = 2 * halo + 1, sums.shape[axis]
        values = np.take(sums, range(side, last), axis=axis) - np.take(sums, range(last - side), axis=axis)
    return values


def _params(grades: GradeTable, inputs: AlignedInputs, halo: int) -> _Params:
    grade = inputs.spaces["landcover"].table(grades.grades)
    graded = np.isfinite(grade)
    steps = np.where(graded, np.rint(np.where(graded, grade, 0) * _STEPS_PER_GRADE), 0).astype(np.int64)
    return _Params(steps, graded, halo, inputs.grid.shape)


def _bytes_per_cell(halo: int) -> int:
    """Memory per cell of a block of 512 cells a side, with the halo around it."""
    return int(70 * (1 + halo / 256) ** 2)


def _found(inputs: AlignedInputs, run, params: _Params, settings: EngineSettings) -> Dict[int, int]:
    """Cells by code. Halos overlap, so codes that the run did not know were counted too often: counted again here."""
    if run.unknown:
        run = run_blocks(inputs, _count_kernel, params, settings=settings, bytes_per_cell=16)
    return counts_by_code(run.partial, inputs.spaces["landcover"], run.unknown.get("landcover", {}))


def _result(grades: GradeTable, inputs: AlignedInputs, totals, found: Dict[int, int], window: int):
    index = inputs.spaces["landcover"].index_of()
    by_index = areas_by_index(totals, inputs.areas.constant)
    table = Table(
        "Land-use intensity by class",
        (
            Column("code", "integer", "land-cover code"),
            Column("class", "text", "class name"),
            Column("grade", "number", "grade of land-use intensity"),
            Column("cells", "integer", "cells"),
            Column("area_km2", "number", "area, km2"),
        ),
    )
    for code, cells in found.items():
        table.rows.append([code, grades.names.get(code, str(code)), grades.grades[code], cells,
                           float(by_index[index[code]])])
    cells = sum(found.values())
    low, high = totals["extremes"]
    result = LandUseIntensityResult(
        inputs.grid, window, inputs.areas.mode, cells, sum(table.column("area_km2")), 1 - cells / inputs.grid.cells,
        low, high, totals["sum"] / cells, table, notes=list(inputs.notes), ranges={"INTENSITY": (low, high)},
    )
    text = "Land-use intensity is 100 times the grade of the cell."
    if window > 1:
        text = "Land-use intensity is 100 times the mean grade of the valid cells in a window of {0} x {0} cells."
    result.notes.append(Remark(text.format(window)))
    return result
