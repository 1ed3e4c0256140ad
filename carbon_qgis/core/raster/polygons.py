"""Polygons on a grid: masks and zones, rasterised block by block (a cell belongs by its centre)."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from ..errors import GridError, InputError
from .grid import Bounds, Grid
from .rings import seen_from
from .settings import gdal_environment
from .source import gdal_errors
from .wkb import geometry_from_wkb


@dataclass(frozen=True)
class PolygonLayer:
    """Polygons as they cross the border: well-known binary, one name per polygon, and the CRS."""

    wkb: Tuple[bytes, ...]
    crs_wkt: str
    names: Tuple[str, ...] = ()
    source: str = "the mask layer"


@dataclass(frozen=True, eq=False)
class GridPolygons:
    """Polygons in the CRS of a grid.

    Parameters
    ----------
    rings : (n, 2) corners of each ring, the last equal to the first.
    parts : (rings,) number of the polygon that a ring belongs to, rising; a multipolygon has several.
    part_zones : (polygons,) 1-based zone of each.
    ring_bounds : (rings, 4) left, bottom, right, top.
    zones, names : zone of each feature of the layer, and the name of each zone.
    """

    rings: Tuple[np.ndarray, ...]
    parts: np.ndarray
    part_zones: np.ndarray
    ring_bounds: np.ndarray
    zones: Tuple[int, ...]
    names: Tuple[str, ...] = ()

    def burn(self, grid: Grid, row: int, col: int, height: int, width: int) -> np.ndarray:
        """Zone numbers of a window: int32 (height, width), 0 outside every polygon.

        Where polygons overlap the later one counts.
        """
        from affine import Affine
        from rasterio.features import rasterize

        out = np.zeros((height, width), dtype=np.int32)
        shapes = list(self._shapes(grid, row, col, height, width))
        if shapes:
            rasterize(shapes, out=out, transform=grid.affine * Affine.translation(col, row))
        return out

    def _shapes(self, grid: Grid, row: int, col: int, height: int, width: int) -> Iterator[Tuple[Dict[str, Any], int]]:
        """What of the polygons a window sees, with the zone, in the layer's order."""
        xs, ys = zip(*(grid.xy(c, r) for c in (col, col + width) for r in (row, row + height)))
        left, bottom, right, top = self.ring_bounds.T
        near = (left <= max(xs)) & (right >= min(xs)) & (bottom <= max(ys)) & (top >= min(ys))
        to_pixels = ~grid.affine
        for part, numbers in groupby(np.flatnonzero(near).tolist(), key=self.parts.__getitem__):
            seen = []
            for number in numbers:
                ring = self.rings[number]
                column, line = to_pixels * (ring[:, 0], ring[:, 1])
                seen.append(seen_from(ring, np.column_stack([column - col, line - row]), height, width).tolist())
            yield {"type": "Polygon", "coordinates": seen}, int(self.part_zones[part])

    def window_bounds(self) -> Bounds:
        """Bounds of all polygons together."""
        left, bottom, right, top = self.ring_bounds.T
        return float(left.min()), float(bottom.min()), float(right.max()), float(top.max())


def on_grid(layer: PolygonLayer, grid: Grid) -> GridPolygons:
    """Bring a polygon layer into the CRS of a grid; features with one name form one zone.

    Raises
    ------
    InputError
        If the layer has no polygons.
    GridError
        If it has no CRS, cannot be reprojected or lies outside the grid.
    """
    from rasterio.crs import CRS
    from rasterio.warp import transform_geom

    if layer.names and len(layer.names) != len(layer.wkb):
        raise InputError("{} has {} features but {} names.".format(layer.source, len(layer.wkb), len(layer.names)))
    parsed = [
        (_without_empty_parts(geometry_from_wkb(wkb, layer.source)), name)
        for wkb, name in zip(layer.wkb, layer.names or ("all",) * len(layer.wkb))
        if wkb  # a feature without a geometry covers nothing
    ]
    polygons = [g for g, _ in parsed if g["type"] in ("Polygon", "MultiPolygon") and g["coordinates"]]
    if not polygons or len(polygons) != len(parsed):
        raise InputError("{} holds no polygons, or also other geometries. Choose a polygon layer.".format(layer.source))
    if not layer.crs_wkt:
        raise GridError("{} has no coordinate reference system. Assign one first.".format(layer.source))
    crs = CRS.from_wkt(layer.crs_wkt)
    if crs != grid.crs:
        try:
            # One environment for all: rasterio would make one for each polygon, which takes longer than the polygon.
            with gdal_environment():
                polygons = [transform_geom(crs, grid.crs, geometry) for geometry in polygons]
        except gdal_errors() as error:
            raise GridError(
                "{} cannot be reprojected to {}: {}.".format(layer.source, grid.crs_name(), error)
            ) from error
    order: Dict[str, int] = {}
    zones = tuple(order.setdefault(name, len(order) + 1) for _, name in parsed)
    result = _laid_out(polygons, zones, tuple(order))
    if not result.rings:
        raise InputError("{} holds no polygon with three corners or more.".format(layer.source))
    left, bottom, right, top = result.window_bounds()
    low_x, low_y, high_x, high_y = grid.bounds
    if not (left < high_x and right > low_x and bottom < high_y and top > low_y):
        raise GridError(
            "{} does not overlap the raster: it covers x {:.6g} to {:.6g}, y {:.6g} to {:.6g}, the raster x {:.6g} to "
            "{:.6g}, y {:.6g} to {:.6g} (in {}).".format(
                layer.source, left, right, bottom, top, low_x, high_x, low_y, high_y, grid.crs_name()
            )
        )
    return result


def _laid_out(polygons: Sequence[Dict[str, Any]], zones: Tuple[int, ...], names: Tuple[str, ...]) -> GridPolygons:
    """Rings of all polygons, without those polygons whose outer ring has no area: they cover no centre of a cell."""
    rings: List[np.ndarray] = []
    parts: List[int] = []
    part_zones: List[int] = []
    for geometry, zone in zip(polygons, zones):
        pieces = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        for piece in pieces:
            if len(piece[0]) < 4:
                continue
            corners = [np.array([point[:2] for point in ring], dtype=float) for ring in piece if ring]
            rings += corners
            parts += [len(part_zones)] * len(corners)
            part_zones.append(zone)
    bounds = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in rings], dtype=float).reshape(-1, 4)
    return GridPolygons(tuple(rings), np.array(parts, int), np.array(part_zones, int), bounds, zones, names)


def _without_empty_parts(geometry: Dict[str, Any]) -> Dict[str, Any]:
    if geometry["type"] != "MultiPolygon":
        return geometry
    return dict(geometry, coordinates=[part for part in geometry["coordinates"] if part])
