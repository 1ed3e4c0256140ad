"""Which points of a layer lie in a study area of polygons."""

from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ..errors import GridError, InputError
from ..progress import Progress, Silent, check_cancelled
from .polygons import PolygonLayer
from .source import gdal_errors
from .wkb import geometry_from_wkb

#: Edges between two looks at the cancel button.
_STRIDE = 2000


def point_coordinates(wkb: Sequence[bytes], source: str = "The layer") -> np.ndarray:
    """Coordinates of point features: (n, 2) float64, in the CRS of the layer.

    Raises
    ------
    InputError
        A feature is not a point, or has several.
    """
    xy = np.empty((len(wkb), 2))
    for index, data in enumerate(wkb):
        geometry = geometry_from_wkb(data, source)
        found = geometry["coordinates"] if geometry["type"] == "MultiPoint" else [geometry["coordinates"]]
        if geometry["type"] not in ("Point", "MultiPoint") or len(found) != 1:
            raise InputError(
                "{}: feature {} is not a single point. Choose a point layer ('Centroids' or 'Multipart to "
                "singleparts' make one).".format(source, index + 1)
            )
        xy[index] = found[0]
    return xy


def points_inside(
    xy: np.ndarray,
    crs_wkt: str,
    area: PolygonLayer,
    source: str = "The layer",
    progress: Optional[Progress] = None,
) -> np.ndarray:
    """Whether each point lies in one of the polygons of `area`, holes left out.

    The points are brought into the CRS of the polygons, whose edges stay as they were drawn.

    Parameters
    ----------
    xy : (n, 2) coordinates in the CRS `crs_wkt`.

    Returns
    -------
    (n,) bool.

    Raises
    ------
    InputError
        `area` has no polygons.
    GridError
        One of the two has no CRS, or the points cannot be brought into the CRS of the polygons.
    Cancelled
    """
    from rasterio.crs import CRS
    from rasterio.warp import transform

    for wkt, name in ((crs_wkt, source), (area.crs_wkt, area.source)):
        if not wkt:
            raise GridError("{} has no coordinate reference system. Assign one first.".format(name))
    parts = _parts(area)
    from_crs, to_crs = CRS.from_wkt(crs_wkt), CRS.from_wkt(area.crs_wkt)
    x, y = xy[:, 0], xy[:, 1]
    if from_crs != to_crs and len(xy):
        try:
            x, y = (np.asarray(axis) for axis in transform(from_crs, to_crs, x, y))
        except gdal_errors() as error:
            text = "The points of {} cannot be reprojected to the CRS of {}: {}."
            raise GridError(text.format(source, area.source, error)) from error
    inside = np.zeros(len(xy), dtype=bool)
    progress = progress or Silent()
    for rings in parts:
        inside |= _in_rings(x, y, rings, progress)
    return inside


def _parts(area: PolygonLayer) -> List[List[np.ndarray]]:
    """Rings of every polygon, a multipolygon taken apart."""
    parts: List[Any] = []
    for data in area.wkb:
        geometry: Dict[str, Any] = geometry_from_wkb(data, area.source) if data else {"type": "none"}
        if geometry["type"] == "Polygon":
            parts.append(geometry["coordinates"])
        elif geometry["type"] == "MultiPolygon":
            parts.extend(geometry["coordinates"])
        elif data:
            raise InputError("{} holds geometries other than polygons. Choose a polygon layer.".format(area.source))
    parts = [[np.asarray(ring, dtype=float)[:, :2] for ring in rings] for rings in parts if rings]
    if not parts:
        raise InputError("{} holds no polygons. Choose a polygon layer.".format(area.source))
    return parts


def _in_rings(x: np.ndarray, y: np.ndarray, rings: Sequence[np.ndarray], progress: Progress) -> np.ndarray:
    """Even-odd rule: a point is inside if a ray to the right crosses the rings an odd number of times."""
    inside = np.zeros(len(x), dtype=bool)
    # An edge between y0 and y1 can only be crossed by the points between: found in the sorted ones at once.
    order = np.argsort(y, kind="stable")
    xs, ys = x[order], y[order]
    for ring in rings:
        ends = np.roll(ring, -1, axis=0)
        low, high = np.minimum(ring[:, 1], ends[:, 1]), np.maximum(ring[:, 1], ends[:, 1])
        # Points with low <= y < high, so that a vertex counts once.
        starts, stops = np.searchsorted(ys, low, "left"), np.searchsorted(ys, high, "left")
        for count, edge in enumerate(np.flatnonzero(stops > starts)):
            if count % _STRIDE == 0:
                check_cancelled(progress)
            (x0, y0), (x1, y1) = ring[edge], ends[edge]
            near = slice(starts[edge], stops[edge])
            crossed = xs[near] < x0 + (ys[near] - y0) / (y1 - y0) * (x1 - x0)
            inside[order[near]] ^= crossed
    return inside
