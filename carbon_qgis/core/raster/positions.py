"""Where the cells of a grid lie: coordinates of their centres, in any CRS and on the sphere."""

from typing import Tuple

import numpy as np

from ..errors import GridError
from .grid import Grid
from .source import gdal_errors

Pair = Tuple[np.ndarray, np.ndarray]


def cell_centres(grid: Grid, row: int, col: int, height: int, width: int) -> Pair:
    """x and y (height, width) of the centres of a window of cells, in the CRS of the grid."""
    a, b, c, d, e, f = grid.transform
    cols = (col + np.arange(width) + 0.5)[np.newaxis, :]
    rows = (row + np.arange(height) + 0.5)[:, np.newaxis]
    return a * cols + b * rows + c, d * cols + e * rows + f


def in_crs_of(target: Grid, x: np.ndarray, y: np.ndarray, source: Grid) -> Pair:
    """Points (n,) of the CRS of `source` in that of `target`; NaN where they have no place there."""
    if source.crs == target.crs:
        return x, y
    made = _converted(source.crs, target.crs, np.asarray(x, np.float64), np.asarray(y, np.float64))
    made[:, ~np.isfinite(made).all(axis=0)] = np.nan
    return made[0], made[1]


def _converted(source, target, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(2, n). GDAL refuses all points if one has no place in the target: then half of them at a time."""
    from rasterio.warp import transform

    if not x.size:
        return np.empty((2, 0))
    try:
        return np.array(transform(source, target, x.tolist(), y.tolist()), dtype=np.float64)
    except gdal_errors():
        if x.size == 1:
            return np.full((2, 1), np.nan)
        half = x.size // 2
        parts = [_converted(source, target, x[part], y[part]) for part in (slice(half), slice(half, None))]
        return np.concatenate(parts, axis=1)


def positions_in(grid: Grid, x: np.ndarray, y: np.ndarray) -> Pair:
    """Column and row, in cells (0 is the outer edge of the first), of points (n,) in the CRS of the grid.

    On a geographic grid a whole turn is added to or taken from the longitude where that brings a point nearer to
    the middle of the grid: rasters from 0 to 360 degrees and from -180 to 180 degrees meet.
    """
    col, row = ~grid.affine * (x, y)
    turn = columns_of_a_turn(grid)
    if turn is not None:
        start = (grid.width - turn) / 2
        col = col - np.floor((col - start) / turn) * turn
    return col, row


def columns_of_a_turn(grid: Grid):
    """Columns that 360 degrees take on a geographic grid; None on others."""
    if not grid.crs.is_geographic or not grid.is_north_up:
        return None
    return 360.0 / abs(grid.transform[0])


def metres_per_unit(grid: Grid) -> float:
    """Metres in a unit of a projected CRS.

    Raises
    ------
    GridError
        The CRS is not projected: a local one has no place on the Earth.
    """
    if not grid.crs.is_projected:
        raise GridError(
            "The CRS {} is neither projected nor geographic, so distances to other places are not known. Reproject the "
            "raster first.".format(grid.crs_name())
        )
    return float(grid.crs.linear_units_factor[1])
