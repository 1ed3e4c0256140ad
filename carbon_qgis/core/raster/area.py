"""True areas of cells, in km2.

The area element of a map is |∂P/∂col × ∂P/∂row| with P the position on the ellipsoid in space. That
has no special case at the poles or the date line. For geographic grids the exact zone formula is used.
"""

import math
import re
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from ..errors import GridError
from .grid import Grid
from .source import gdal_errors

MODES = ("auto", "projected", "ellipsoidal")

#: Relative difference above which 'auto' measures on the ellipsoid.
AUTO_TOLERANCE = 0.005

#: Lattice intervals per side when measuring, and when only deciding whether measuring is needed.
_FINE, _COARSE = 250, 32


@dataclass(frozen=True)
class CellAreas:
    """Areas of the cells of a grid.

    `mode` is 'projected' or 'ellipsoidal'. Exactly one of `constant` (km2), `rows` (one value per row)
    and `lattice` (values at every `step`-th cell centre, interpolated in between) is set.
    """

    mode: str
    constant: Optional[float] = None
    rows: Optional[np.ndarray] = None
    lattice: Optional[np.ndarray] = None
    step: int = 1

    def block(self, row: int, col: int, height: int, width: int):
        """Areas of a window in km2: a float, an array (height, 1) or an array (height, width)."""
        if self.constant is not None:
            return self.constant
        if self.rows is not None:
            return self.rows[row : row + height, np.newaxis]
        return _interpolate(self.lattice, self.step, row, col, height, width)

    def mean(self) -> float:
        """Mean cell area in km2 (of the lattice nodes where areas vary in both directions)."""
        if self.constant is not None:
            return self.constant
        return float(np.mean(self.rows if self.rows is not None else self.lattice))


def cell_areas(grid: Grid, mode: str = "auto") -> CellAreas:
    """Cell areas of a grid in the mode asked for.

    'auto' is 'ellipsoidal' where both differ by more than 0.5 % anywhere on the grid (geographic
    grids, Web Mercator, conformal zones far out), else 'projected'.

    Raises
    ------
    GridError
        If the CRS is neither projected nor geographic, or 'projected' is asked of degrees.
    """
    crs = grid.crs
    if not crs.is_projected and not crs.is_geographic:
        raise GridError(
            "The CRS {} is neither projected nor geographic, so its cells have no known area. Reproject the "
            "raster first.".format(grid.crs_name())
        )
    if crs.is_geographic:
        if mode == "projected":
            raise GridError(
                "Cells of {} are measured in degrees: 'projected' areas do not exist there. Choose the "
                "ellipsoidal cell area.".format(grid.crs_name())
            )
        return _geographic(grid)
    flat = _projected_area(grid)
    if mode == "projected":
        return CellAreas("projected", constant=flat)
    if mode == "auto":
        coarse = _ellipsoidal_lattice(grid, _step(grid, _COARSE))
        finite = coarse[np.isfinite(coarse)]
        if finite.size == 0 or np.max(np.abs(finite / flat - 1)) <= AUTO_TOLERANCE:
            return CellAreas("projected", constant=flat)
    return _measured(grid)


def _projected_area(grid: Grid) -> float:
    a, b, _, d, e, _ = grid.transform
    metres = grid.crs.linear_units_factor[1]
    return abs(a * e - b * d) * metres**2 / 1e6


def ellipsoid(wkt: str) -> Tuple[float, float]:
    """Semi-major axis in metres and eccentricity squared of the CRS's ellipsoid."""
    axis, inverse = _spheroid(wkt)
    flattening = 1 / inverse if inverse else 0.0
    return axis, flattening * (2 - flattening)


def _spheroid(wkt: str) -> Tuple[float, float]:
    """Semi-major axis in metres and inverse flattening (0 for a sphere)."""
    match = re.search(r'(?:SPHEROID|ELLIPSOID)\["[^"]*",\s*([0-9.eE+]+),\s*([0-9.eE+]+)', wkt)
    if match is None:
        raise GridError("The CRS names no ellipsoid, so true cell areas are unknown. Reproject the raster first.")
    return float(match.group(1)), float(match.group(2))


def zone_area(latitude_1, latitude_2, longitude_span: float, axis: float, e2: float):
    """Area in m2 between two parallels over a longitude span (radians): b²/2·Δλ·[q(φ2) − q(φ1)]."""

    def q(latitude):
        s = np.sin(latitude)
        if e2 == 0:
            return 2 * s
        e = math.sqrt(e2)
        return s / (1 - e2 * s**2) + np.arctanh(e * s) / e

    b2 = axis**2 * (1 - e2)
    return b2 / 2 * longitude_span * np.abs(q(latitude_2) - q(latitude_1))


def _geographic(grid: Grid) -> CellAreas:
    radians = _angular_unit(grid.crs_wkt)
    axis, e2 = ellipsoid(grid.crs_wkt)
    if not grid.is_north_up:
        return _measured(grid)
    _, _, _, _, e, f = grid.transform
    edges = np.clip((f + e * np.arange(grid.height + 1)) * radians, -math.pi / 2, math.pi / 2)
    span = abs(grid.transform[0]) * radians
    return CellAreas("ellipsoidal", rows=zone_area(edges[:-1], edges[1:], span, axis, e2) / 1e6)


def _angular_unit(wkt: str) -> float:
    match = re.search(r'ANGLEUNIT\["[^"]*",\s*([0-9.eE+-]+)', wkt) or re.search(
        r'UNIT\["(?:[Dd]egree|[Gg]rad|[Rr]adian)[^"]*",\s*([0-9.eE+-]+)', wkt
    )
    return float(match.group(1)) if match else math.pi / 180


def _step(grid: Grid, intervals: int) -> int:
    return max(1, -(-max(grid.width, grid.height) // intervals))


def _measured(grid: Grid) -> CellAreas:
    step = _step(grid, _FINE)
    return CellAreas("ellipsoidal", lattice=_filled(_ellipsoidal_lattice(grid, step)), step=step)


def _ellipsoidal_lattice(grid: Grid, step: int) -> np.ndarray:
    """Cell areas (km2) at every `step`-th cell centre, up to one beyond the last; NaN off the Earth."""
    rows = np.arange(0, grid.height + step, step) + 0.5
    cols = np.arange(0, grid.width + step, step) + 0.5
    col, row = (nodes.ravel()[:, np.newaxis] for nodes in np.meshgrid(cols, rows))
    # Middle of the east, west, north and south side of each cell.
    sides = _on_ellipsoid(grid, col + [0.5, -0.5, 0, 0], row + [0, 0, -0.5, 0.5])
    element = np.cross(sides[:, 0] - sides[:, 1], sides[:, 2] - sides[:, 3])
    return np.linalg.norm(element, axis=-1).reshape(len(rows), len(cols)) / 1e6


def _filled(lattice: np.ndarray) -> np.ndarray:
    """Nodes off the Earth (corners of world maps) take the nearest area, for the cells between them and the rim."""
    missing = ~np.isfinite(lattice)
    if not missing.any():
        return lattice
    if missing.all():
        raise GridError("No cell of the raster lies on the Earth. Check its CRS and its position.")
    from scipy.ndimage import distance_transform_edt

    nearest = distance_transform_edt(missing, return_distances=False, return_indices=True)
    return lattice[tuple(nearest)]


def _on_ellipsoid(grid: Grid, col: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Positions in space (n, m, 3), metres, of positions given in cells (n, m); NaN off the Earth."""
    a, b, c, d, e, f = grid.transform
    x, y = a * col + b * row + c, d * col + e * row + f
    axis, e2 = ellipsoid(grid.crs_wkt)
    longitude, latitude = _to_radians(grid, x, y)
    normal = axis / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return np.stack(
        [
            normal * np.cos(latitude) * np.cos(longitude),
            normal * np.cos(latitude) * np.sin(longitude),
            normal * (1 - e2) * np.sin(latitude),
        ],
        axis=-1,
    )


def longitude_latitude(grid: Grid, x: np.ndarray, y: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Radians on the ellipsoid of the CRS, of points (n,) in the CRS of a grid; NaN off the Earth."""
    longitude, latitude = _to_radians(grid, np.atleast_2d(x).T, np.atleast_2d(y).T)
    return longitude[:, 0], latitude[:, 0]


def _to_radians(grid: Grid, x: np.ndarray, y: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    from rasterio.crs import CRS

    if grid.crs.is_geographic:
        unit = _angular_unit(grid.crs_wkt)
        return x * unit, y * unit
    degrees = _to_degrees(grid.crs, CRS.from_wkt(_base_wkt(grid)), x, y)
    degrees[~np.isfinite(degrees)] = np.nan
    return np.radians(degrees[0]), np.radians(degrees[1])


def _to_degrees(crs, base, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Longitude and latitude (2, n, m) of points (n, m). GDAL refuses them all if one is off the Earth: then halves."""
    from rasterio.warp import transform

    try:
        longitude, latitude = transform(crs, base, x.ravel().tolist(), y.ravel().tolist())
    except gdal_errors():
        if len(x) == 1:
            return np.full((2,) + x.shape, np.nan)
        half = len(x) // 2
        parts = [_to_degrees(crs, base, x[part], y[part]) for part in (slice(half), slice(half, None))]
        return np.concatenate(parts, axis=1)
    return np.array([longitude, latitude], dtype=float).reshape((2,) + x.shape)


def _base_wkt(grid: Grid) -> str:
    """Latitude and longitude on the ellipsoid of a CRS: a datum without a name, so that no datum shift is applied."""
    return (
        'GEOGCS["base",DATUM["base",SPHEROID["base",{!r},{!r}]],PRIMEM["Greenwich",0],'
        'UNIT["degree",0.0174532925199433]]'.format(*_spheroid(grid.crs_wkt))
    )


def _interpolate(lattice: np.ndarray, step: int, row: int, col: int, height: int, width: int) -> np.ndarray:
    r = (row + np.arange(height)) / step
    c = (col + np.arange(width)) / step
    r0, c0 = np.clip(r.astype(int), 0, lattice.shape[0] - 2), np.clip(c.astype(int), 0, lattice.shape[1] - 2)
    fr, fc = (r - r0)[:, np.newaxis], (c - c0)[np.newaxis, :]
    top = lattice[r0][:, c0] * (1 - fc) + lattice[r0][:, c0 + 1] * fc
    bottom = lattice[r0 + 1][:, c0] * (1 - fc) + lattice[r0 + 1][:, c0 + 1] * fc
    return top * (1 - fr) + bottom * fr
