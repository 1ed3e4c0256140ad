"""Where a picture of a raster lies, for maps in reports."""

from typing import Dict, Tuple

from ..raster.grid import Grid
from ..raster.write import OVERVIEW_SIDE


def map_options(grid: Grid) -> Dict:
    """`extent` and `crs_unit` for `maps.raster_map`; nothing for a rotated grid, which has no plain axes."""
    if not grid.is_north_up or grid.transform[4] > 0:
        return {}
    left, bottom, right, top = grid.bounds
    return {"extent": (left, right, bottom, top), "crs_unit": "degree" if grid.crs.is_geographic else _unit(grid)}


def sampling(grid: Grid) -> Tuple[int, str]:
    """Every how many cells the picture of a grid takes one, and a sentence that says so."""
    step = max(1, -(-max(grid.shape) // OVERVIEW_SIDE))
    return step, "" if step == 1 else "Drawn from one cell in {} along rows and columns.".format(step)


def _unit(grid: Grid) -> str:
    name = grid.crs.linear_units or ""
    return "m" if name.lower() in ("metre", "meter", "m") else name
