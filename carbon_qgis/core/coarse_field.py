"""A coarse raster held in memory: its cells by position, and bilinear interpolation between their centres."""

from dataclasses import dataclass, replace
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .errors import GridError, InputError, RasterError
from .progress import Progress, check_cancelled
from .raster.blocks import read_block
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.positions import columns_of_a_turn
from .raster.read import close_handles
from .raster.settings import gdal_environment
from .raster.source import Band, raster_info
from .stack import driver_name, file_name, layer_name

#: A coarse raster is held in memory: more cells than this are not coarse.
MOST_CELLS, MOST_VALUES = 4_000_000, 24_000_000
_ROWS = 256


@dataclass(frozen=True)
class CoarseField:
    """Bands of a raster: `values` (bands, rows, columns) float64, NaN where there is no data."""

    path: str
    grid: Grid
    names: Tuple[str, ...]
    units: Tuple[str, ...]
    values: np.ndarray
    year: Optional[int] = None
    scenario: str = ""

    def cell_values(self, col: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Values (n, bands) of the cells that hold the positions (n,), in cells; NaN outside."""
        inside, rows, cols = self._cells(np.floor(col), np.floor(row), clamp=False)
        found = self.values[:, rows, cols].T
        return np.where(inside[:, np.newaxis], found, np.nan)

    def bilinear(self, col: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Values (n, bands) between the centres of cells; of four neighbours, those without data are left out.

        Beyond the outermost centres the outermost cells hold; NaN outside the raster.
        """
        left, top = np.floor(col - 0.5), np.floor(row - 0.5)
        across, down = col - 0.5 - left, row - 0.5 - top
        total = np.zeros((len(col), len(self.values)))
        sums, base = np.zeros_like(total), np.full_like(total, np.nan)
        for right in (0, 1):
            for below in (0, 1):
                weight = (across if right else 1 - across) * (down if below else 1 - down)
                _, rows, cols = self._cells(left + right, top + below, clamp=True)
                found = self.values[:, rows, cols].T
                valid = np.isfinite(found) & (weight > 0)[:, np.newaxis]
                base = np.where(np.isnan(base) & valid, found, base)
                weights = np.where(valid, weight[:, np.newaxis], 0.0)
                # Differences from one neighbour: a constant then stays constant to the last digit.
                sums += np.where(valid, weights * (found - base), 0.0)
                total += weights
        inside, _, _ = self._cells(np.floor(col), np.floor(row), clamp=False)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(inside[:, np.newaxis] & (total > 0), base + sums / total, np.nan)

    def _cells(self, col: np.ndarray, row: np.ndarray, clamp: bool):
        """Which positions have a cell, and rows and columns that are safe to look up."""
        height, width = self.grid.shape
        turn = columns_of_a_turn(self.grid)
        with np.errstate(invalid="ignore"):
            if turn is not None and width >= turn - 0.5:
                col = np.mod(col, width)  # a raster around the Earth has no left or right edge
            inside = (col >= 0) & (col < width) & (row >= 0) & (row < height)
        if not clamp:
            col, row = np.where(inside, col, 0), np.where(inside, row, 0)
        rows = np.clip(np.nan_to_num(row), 0, height - 1).astype(np.intp)
        cols = np.clip(np.nan_to_num(col), 0, width - 1).astype(np.intp)
        return inside, rows, cols


def read_coarse(path: str, progress: Progress, unit: str = "") -> CoarseField:
    """Read all bands of a coarse raster; GDAL scale and offset are applied.

    Parameters
    ----------
    unit : of the values; the one that the raster states if empty.

    Raises
    ------
    InputError
        The raster is too large to be the coarse one.
    RasterError, GridError, Cancelled
    """
    info, grid = raster_info(path), Grid.of(path)
    if grid.cells > MOST_CELLS or grid.cells * info.count > MOST_VALUES:
        raise InputError(
            "'{}' has {:,} cells in {} band(s): too many for a coarse raster, which is held in memory (at most {:,} "
            "cells, {:,} with all bands). Clip it to the surroundings of the study area first (Raster > Extraction), "
            "or split its bands.".format(path, grid.cells, info.count, MOST_CELLS, MOST_VALUES)
        )
    bands = {str(index): Band(path, index) for index in range(1, info.count + 1)}
    inputs = align_inputs(bands, path)
    values = np.empty((info.count,) + grid.shape)
    with gdal_environment():
        try:
            for row in range(0, grid.height, _ROWS):
                check_cancelled(progress)
                block = read_block("coarse" + path, inputs, (row, 0, min(_ROWS, grid.height - row), grid.width))
                for index, name in enumerate(bands):
                    values[index, row : row + _ROWS] = block[name]
        finally:
            close_handles()
    if not np.isfinite(values).any(axis=(1, 2)).all():
        empty = 1 + int(np.argmin(np.isfinite(values).any(axis=(1, 2))))
        raise RasterError("Band {} of '{}' has no valid cell.".format(empty, path))
    names = tuple(text.strip() or _band_name(path, band, info.count) for band, text in enumerate(info.descriptions, 1))
    units = tuple(unit or text or info.tag("CARBON_UNIT", band) or "" for band, text in enumerate(info.units, 1))
    return CoarseField(path, grid, names, units, values, info.year(), info.tags.get("CARBON_SCENARIO", ""))


def _band_name(path: str, band: int, count: int) -> str:
    return driver_name(layer_name(path)) if count == 1 else "band {}".format(band)


def mean_field(fields: Sequence[CoarseField], like: CoarseField) -> CoarseField:
    """Mean of the rasters of a baseline period, cell by cell, in the bands of `like`.

    Raises
    ------
    InputError
        Other bands than those of `like`.
    GridError
        Another grid than that of `like`: a change is taken cell by cell.
    """
    total = np.zeros_like(like.values)
    for field in fields:
        if not field.grid.same_as(like.grid):
            raise GridError(
                "'{}' ({}) is not on the grid of '{}' ({}): the coarse change is taken cell by cell. Use rasters of "
                "one model, or bring one onto the grid of the other first.".format(
                    file_name(field.path), field.grid.describe(), file_name(like.path), like.grid.describe()
                )
            )
        order = matching_bands(like.names, field.names, file_name(like.path), file_name(field.path))
        total += field.values[order]
    return replace(fields[0], names=like.names, values=total / len(fields))


def matching_bands(names: Sequence[str], others: Sequence[str], source: str, other: str) -> List[int]:
    """Position in `others` of each of `names`; two rasters of one band match, whatever they are called.

    Raises
    ------
    InputError
        `others` lacks a band.
    """
    if len(names) == len(others) == 1:
        return [0]
    missing = [name for name in names if name not in others]
    if missing:
        raise InputError(
            "'{}' lacks the band {} of '{}'. It has: {}. Name the bands of both alike (their descriptions), or use "
            "rasters of one band.".format(
                other, ", ".join("'{}'".format(name) for name in missing), source,
                ", ".join("'{}'".format(name) for name in others),
            )
        )  # fmt: skip
    return [list(others).index(name) for name in names]
