"""Points on a grid: which cell each one lies in."""

from typing import Sequence, Tuple

import numpy as np

from ..errors import GridError, InputError
from .grid import Grid
from .source import gdal_errors
from .wkb import geometry_from_wkb


def points_from_wkb(wkb: Sequence[bytes], source: str = "the point layer") -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates of points and multipoints.

    Parameters
    ----------
    wkb : well-known binary, one entry per feature; an empty one is a feature without a place.

    Returns
    -------
    x, y, feature : (n,) each; the parts of a multipoint share the number of their feature.

    Raises
    ------
    InputError
        If a feature is a line or a polygon, or its bytes are damaged.
    """
    places, owners = [], []
    for number, data in enumerate(wkb):
        if not data:
            continue
        geometry = geometry_from_wkb(data, source)
        if geometry["type"] not in ("Point", "MultiPoint"):
            raise InputError("{} holds other geometries than points. Choose a point layer.".format(source))
        parts = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
        places.extend(parts)
        owners.extend([number] * len(parts))
    x, y = np.array(places, dtype=np.float64).reshape(-1, 2).T
    return x, y, np.array(owners, dtype=np.intp)


def cells_of_points(
    grid: Grid, x: np.ndarray, y: np.ndarray, crs_wkt: str, source: str = "the point layer"
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column of the cell that holds each point.

    Parameters
    ----------
    x, y : (n,) in the CRS `crs_wkt`.

    Returns
    -------
    rows, cols : (n,) int64, 0 for points outside; inside : (n,) bool.

    Raises
    ------
    GridError
        If the points have no CRS or cannot be converted to that of the grid.
    """
    from rasterio.crs import CRS
    from rasterio.warp import transform

    if not crs_wkt:
        raise GridError("{} has no coordinate reference system. Assign one first.".format(source))
    crs = CRS.from_wkt(crs_wkt)
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.size and crs != grid.crs:
        try:
            xs, ys = (np.asarray(each) for each in transform(crs, grid.crs, xs.tolist(), ys.tolist()))
        except gdal_errors() as error:
            raise GridError(
                "{} cannot be converted to {}: {}.".format(source, grid.crs_name(), " ".join(str(error).split())[:200])
            ) from error
    cols, rows = ~grid.affine * (xs, ys)
    with np.errstate(invalid="ignore"):
        inside = np.isfinite(rows) & np.isfinite(cols)
        inside &= (rows >= 0) & (rows < grid.height) & (cols >= 0) & (cols < grid.width)
    rows, cols = (np.where(inside, np.floor(each), 0).astype(np.int64) for each in (rows, cols))
    return rows, cols, inside
