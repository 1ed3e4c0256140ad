"""Spatial blocks of so many kilometres on a grid, whatever its CRS."""

from typing import Tuple

import numpy as np

from ..errors import GridError
from ..spatial_blocks import block_ids, geographic_block_ids
from .area import CellAreas, longitude_latitude
from .grid import Grid


def grid_block_ids(
    grid: Grid, areas: CellAreas, x: np.ndarray, y: np.ndarray, size_km: float
) -> Tuple[np.ndarray, str]:
    """Spatial block of each point, and a sentence on how blocks are laid out.

    Where the CRS measures true (its cell areas are right to 0.5 %), blocks are squares in it. In degrees, and in CRS
    that stretch (Web Mercator), they are laid out on the ellipsoid: rows of equal latitude, cut into pieces as wide as
    high. So a block is about as large everywhere, which a square of degrees is not.

    Parameters
    ----------
    areas : cell areas of the grid in the mode 'auto'.
    x, y : (n,) in the CRS of the grid.
    size_km : side of a block, km.

    Raises
    ------
    InputError
        A side that is not positive.
    GridError
        A point that the CRS cannot bring to longitude and latitude.
    """
    if areas.mode == "projected":
        metres = grid.crs.linear_units_factor[1]
        layout = "squares of {:g} km in the CRS of the raster".format(size_km)
        return block_ids(x, y, size_km * 1000.0 / metres), layout
    longitude, latitude = (np.degrees(angle) for angle in longitude_latitude(grid, x, y))
    lost = int((~np.isfinite(longitude + latitude)).sum())
    if lost:
        raise GridError("{:,} samples lie where {} has no longitude and latitude.".format(lost, grid.crs_name()))
    layout = "{:g} km of latitude by {:g} km of longitude, on the ellipsoid".format(size_km, size_km)
    return geographic_block_ids(longitude, latitude, size_km), layout
