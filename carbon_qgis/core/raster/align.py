"""How a raster of another grid or CRS is brought onto the reference grid while it is read."""

import os
from dataclasses import dataclass

import numpy as np

from ..errors import GridError
from ..results import Remark
from .grid import Grid, middle_of_overlap, require_overlap
from .source import Band

#: More source cells than this in a reference cell: averaging; fewer: interpolation.
COARSENING_RATIO = 1.1


@dataclass(frozen=True)
class Alignment:
    """`shift` is the whole-cell offset (columns, rows) of the reference grid in the raster; where cells
    do not coincide it is None and `resampling` names the method."""

    shift: object = (0, 0)
    resampling: str = ""
    note: str = ""

    @property
    def warps(self) -> bool:
        """True if values are resampled."""
        return self.shift is None


def plan_alignment(band: Band, reference: Grid, reference_path: str) -> Alignment:
    """Compare a raster's grid with the reference.

    Continuous bands are interpolated bilinearly when refining and averaged when coarsening; class
    codes take the nearest when refining and the most frequent when coarsening.

    Raises
    ------
    GridError
        If there is no CRS, no conversion or no overlap.
    """
    grid = Grid.of(band.path)
    name = os.path.basename(band.path)
    shift = reference.shift_from(grid)
    if shift == (0, 0) and grid.shape == reference.shape:
        return Alignment()
    require_overlap(grid, reference, band.path, reference_path)
    if shift is not None:
        return Alignment(shift=shift, note=Remark("'{}' covers another extent; its cells coincide.".format(name)))
    ratio = cells_per_cell(grid, reference)
    if band.categorical:
        method = "mode" if ratio > COARSENING_RATIO else "nearest"
    else:
        method = "average" if ratio > COARSENING_RATIO else "bilinear"
    words = {
        "mode": "the most frequent class",
        "nearest": "the nearest cell",
        "average": "area-weighted averaging",
        "bilinear": "bilinear interpolation",
    }[method]
    note = "'{}' ({}) was aligned to the reference grid ({}) by {}.".format(
        name, grid.describe(), reference.describe(), words
    )
    return Alignment(shift=None, resampling=method, note=Remark(note))


def cells_per_cell(grid: Grid, reference: Grid) -> float:
    """How many cells of `grid` fit along the side of a reference cell, at the middle of the overlap."""
    from rasterio.warp import transform

    middle = middle_of_overlap(grid, reference)
    if middle is None:
        raise GridError("The overlap of '{}' with the reference grid cannot be found.".format(grid.describe()))
    col, row = middle
    corners = [reference.xy(col + dc, row + dr) for dc, dr in ((0, 0), (1, 0), (0, 1))]
    xs, ys = zip(*corners)
    if grid.crs != reference.crs:
        xs, ys = transform(reference.crs, grid.crs, list(xs), list(ys))
    inverse = ~grid.affine
    (c0, r0), (c1, r1), (c2, r2) = [inverse * point for point in zip(xs, ys)]
    area = abs((c1 - c0) * (r2 - r0) - (c2 - c0) * (r1 - r0))
    return float(np.sqrt(area)) if np.isfinite(area) else 1.0
