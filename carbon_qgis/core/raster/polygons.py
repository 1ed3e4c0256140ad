"""Polygons on a grid: masks and zones, rasterised block by block (a cell belongs by its centre)."""

from dataclasses import dataclass
from typing import Any, Dict, Sequence, Tuple

import numpy as np

from ..errors import GridError, InputError
from .grid import Bounds, Grid
from .source import gdal_errors
from .wkb import geometry_from_wkb


@dataclass(frozen=True)
class PolygonLayer:
    """Polygons as they cross the border: well-known binary, one name per polygon, and the CRS."""

    wkb: Tuple[bytes, ...]
    crs_wkt: str
    names: Tuple[str, ...] = ()
    source: str = "the mask layer"


@dataclass(frozen=True)
class GridPolygons:
    """Polygons in the CRS of a grid, with the bounds and the 1-based zone number of each."""

    geometries: Tuple[Dict[str, Any], ...]
    bounds: Tuple[Bounds, ...]
    zones: Tuple[int, ...]
    names: Tuple[str, ...] = ()

    def burn(self, grid: Grid, row: int, col: int, height: int, width: int) -> np.ndarray:
        """Zone numbers of a window: int32 (height, width), 0 outside every polygon.

        Where polygons overlap the later one counts.
        """
        from affine import Affine
        from rasterio.features import rasterize

        out = np.zeros((height, width), dtype=np.int32)
        corners = [grid.xy(c, r) for c in (col, col + width) for r in (row, row + height)]
        xs, ys = zip(*corners)
        near = [
            (geometry, zone)
            for geometry, (left, bottom, right, top), zone in zip(self.geometries, self.bounds, self.zones)
            if left <= max(xs) and right >= min(xs) and bottom <= max(ys) and top >= min(ys)
        ]
        if near:
            rasterize(near, out=out, transform=grid.affine * Affine.translation(col, row))
        return out

    def window_bounds(self) -> Bounds:
        """Bounds of all polygons together."""
        left, bottom, right, top = zip(*self.bounds)
        return min(left), min(bottom), max(right), max(top)


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
            polygons = [transform_geom(crs, grid.crs, geometry) for geometry in polygons]
        except gdal_errors() as error:
            raise GridError(
                "{} cannot be reprojected to {}: {}.".format(layer.source, grid.crs_name(), error)
            ) from error
    order: Dict[str, int] = {}
    zones = tuple(order.setdefault(name, len(order) + 1) for _, name in parsed)
    result = GridPolygons(tuple(polygons), tuple(_bounds(g) for g in polygons), zones, tuple(order))
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


def _without_empty_parts(geometry: Dict[str, Any]) -> Dict[str, Any]:
    if geometry["type"] != "MultiPolygon":
        return geometry
    return dict(geometry, coordinates=[part for part in geometry["coordinates"] if part])


def _bounds(geometry: Dict[str, Any]) -> Bounds:
    polygons: Sequence = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    points = np.array([point[:2] for polygon in polygons for point in polygon[0]], dtype=float)
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)
