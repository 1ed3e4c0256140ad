"""Rows of a driver table as the inputs of a run: every distinct band once, with the scale and offset of the table."""

from dataclasses import replace
from typing import Dict, Iterable, NamedTuple, Optional, Tuple

import numpy as np

from .progress import Progress
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band
from .scenario_table import DriverFile

#: Class codes that a categorical driver is known to have; None for a number.
Codes = Optional[Tuple[int, ...]]


def band_key(file: DriverFile, codes: Codes = None) -> Tuple:
    """What makes two rows of the table the same values."""
    return file.path, file.band, file.scale, file.offset, codes


def align_files(
    files: Iterable[Tuple[DriverFile, Codes]], grid: Grid, reference: str, mask: Optional[PolygonLayer], area_mode: str
) -> Tuple[AlignedInputs, Dict[Tuple, str]]:
    """Inputs of a run, and the name of each by `band_key`.

    Raises
    ------
    RasterError, GridError, InputError
    """
    bands: Dict[str, Band] = {}
    names: Dict[Tuple, str] = {}
    scales: Dict[str, Tuple[float, float]] = {}
    for file, codes in files:
        key = band_key(file, codes)
        if key not in names:
            name = names[key] = "{} {}".format(file.variable, len(names))
            bands[name] = Band(file.path, file.band, codes is not None, known_codes=codes or ())
            scales[name] = (file.scale, file.offset)
    inputs = align_inputs(bands, reference, mask=mask, area_mode=area_mode, grid=grid)
    return replace(inputs, scalings={n: _chained(inputs.scalings[n], scales[n]) for n in bands}), names


def _chained(inner: Tuple[float, float], outer: Tuple[float, float]) -> Tuple[float, float]:
    """Scale and offset of the file, then those of the table."""
    return inner[0] * outer[0], inner[1] * outer[0] + outer[1]


class BandStatistics(NamedTuple):
    """Area-weighted mean, smallest and largest value, and number of cells."""

    mean: float
    low: float
    high: float
    cells: int


def band_statistics(
    files: Iterable[DriverFile],
    grid: Grid,
    reference: str,
    mask: Optional[PolygonLayer],
    area_mode: str,
    progress: Progress,
    settings: EngineSettings,
    message: str = "",
) -> Dict[Tuple, BandStatistics]:
    """Statistics of every distinct band by `band_key`, on the cells that are valid in all of them.

    Raises
    ------
    RasterError
        No cell is valid in all.
    GridError, Cancelled
    """
    inputs, names = align_files(((file, None) for file in files), grid, reference, mask, area_mode)
    sums = run_blocks(inputs, _sums, None, {}, progress, settings, message=message).partial
    require_valid(sums["cells"], "the drivers of one year together")
    return {
        key: BandStatistics(sums[name + " sum"] / sums["area"], *sums[name + " range"], sums["cells"])
        for key, name in names.items()
    }


def _sums(block: Block, _params) -> Tuple[dict, Totals]:
    valid = np.ones(block.shape, dtype=bool)
    for plane in block.values.values():
        valid &= ~np.isnan(plane)
    area = block.area_array()[valid]
    found = Totals(cells=int(valid.sum()), area=float(area.sum()))
    for name, plane in block.values.items():
        values = plane[valid].astype(np.float64)
        found[name + " sum"] = float(values @ area)
        found[name + " range"] = Extremes.of(values)
    return {}, found
