"""The grid of a raster: a value, equal to another or not."""

import math
import re
from dataclasses import dataclass
from typing import Optional, Tuple

from ..errors import GridError
from .source import gdal_errors, open_raster

Bounds = Tuple[float, float, float, float]
#: In any unit of length or in degrees: beyond all that lies on the Earth, and below anything that is measured.
_FARTHEST, _SMALLEST = 1e12, 1e-12


@dataclass(frozen=True)
class Grid:
    """CRS, transform and shape of a raster.

    Parameters
    ----------
    crs_wkt : the CRS as WKT.
    transform : six numbers a, b, c, d, e, f: x = a·col + b·row + c, y = d·col + e·row + f (cell corners).
    width, height : cells.
    """

    crs_wkt: str
    transform: Tuple[float, float, float, float, float, float]
    width: int
    height: int

    @classmethod
    def of(cls, path: str) -> "Grid":
        """Grid of a raster file.

        Raises
        ------
        RasterError
            If the file cannot be read.
        GridError
            If it has no CRS or no georeference.
        """
        with open_raster(path) as dataset:
            if not dataset.crs or not dataset.crs.to_wkt():
                raise GridError(
                    "'{}' has no coordinate reference system. Assign one first (Raster > Projections > "
                    "Assign Projection): without it neither areas nor the overlap with other rasters "
                    "are known.".format(path)
                )
            if dataset.transform.is_identity:
                raise GridError("'{}' has no georeference: its cells have no position or size.".format(path))
            if not _usable(dataset.transform):
                raise GridError(
                    "'{}' has a georeference that cannot be used: the position or the size of its cells is not a "
                    "number, zero or endless. Assign it anew (Raster > Conversion > Translate, -a_ullr).".format(path)
                )
            return cls(dataset.crs.to_wkt(), tuple(dataset.transform)[:6], dataset.width, dataset.height)

    @property
    def crs(self):
        """The CRS as a rasterio CRS."""
        from rasterio.crs import CRS

        return CRS.from_wkt(self.crs_wkt)

    @property
    def affine(self):
        """The transform as an Affine."""
        from affine import Affine

        return Affine(*self.transform)

    @property
    def shape(self) -> Tuple[int, int]:
        """Rows, columns."""
        return self.height, self.width

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.width * self.height

    @property
    def cell_size(self) -> Tuple[float, float]:
        """Width and height of a cell in CRS units."""
        a, b, _, d, e, _ = self.transform
        return math.hypot(a, d), math.hypot(b, e)

    @property
    def is_north_up(self) -> bool:
        """True where rows run west to east and the grid is not rotated (south-up counts as north-up)."""
        return self.transform[1] == 0 and self.transform[3] == 0

    def xy(self, col: float, row: float) -> Tuple[float, float]:
        """Coordinates of a position in cells (0, 0 is the outer corner of the first cell)."""
        a, b, c, d, e, f = self.transform
        return a * col + b * row + c, d * col + e * row + f

    @property
    def bounds(self) -> Bounds:
        """xmin, ymin, xmax, ymax."""
        corners = [self.xy(*p) for p in ((0, 0), (self.width, 0), (0, self.height), (self.width, self.height))]
        xs, ys = zip(*corners)
        return min(xs), min(ys), max(xs), max(ys)

    def same_as(self, other: "Grid") -> bool:
        """True if both have the same CRS, shape and cell positions (to a thousandth of a cell)."""
        return self.shape == other.shape and self.shift_from(other) == (0, 0)

    def shift_from(self, other: "Grid"):
        """Whole-cell offset (columns, rows) of this grid in `other`, or None if cells do not coincide.

        A thousandth of a cell over the whole raster is allowed: files written by other programs
        round their transforms.
        """
        # Comparing two CRS takes hundredths of a second, which counts where there are hundreds of rasters.
        if self.crs_wkt != other.crs_wkt and self.crs != other.crs:
            return None
        size = max(self.width, self.height, other.width, other.height)
        inverse = ~other.affine
        relative = inverse * self.affine
        drift = max(abs(relative.a - 1), abs(relative.e - 1), abs(relative.b), abs(relative.d)) * size
        col, row = relative.c, relative.f
        if drift > 1e-3 or abs(col - round(col)) > 1e-3 or abs(row - round(row)) > 1e-3:
            return None
        return int(round(col)), int(round(row))

    def describe(self) -> str:
        """One line for messages: shape, cell size and CRS name."""
        x, y = self.cell_size
        unit = "degrees" if self.crs.is_geographic else (self.crs.linear_units or "units")
        return "{} x {} cells of {:.6g} x {:.6g} {} in {}".format(
            self.width, self.height, x, y, unit, self.crs_name()
        )

    def crs_name(self) -> str:
        """EPSG code, or the name in the WKT, or the kind of projection of a CRS that has no name."""
        code = self.crs.to_epsg()
        if code:
            return "EPSG:{}".format(code)
        match = re.match(r'\w+\["([^"]*)"', self.crs_wkt)
        # GDAL and PROJ write 'unknown' or 'unnamed' where a CRS was given by its parameters.
        if match and match.group(1).strip().lower() not in ("", "unknown", "unnamed"):
            return match.group(1)
        kind = re.search(r'PROJECTION\["([^"]*)"', self.crs_wkt)
        return "an unnamed CRS" + (" ({})".format(kind.group(1).replace("_", " ")) if kind else "")


def _usable(transform) -> bool:
    """Whether cells have a place and an area."""
    numbers = tuple(transform)[:6]
    if not all(math.isfinite(number) and abs(number) < _FARTHEST for number in numbers):
        return False
    a, b, _, d, e, _ = numbers
    return min(math.hypot(a, d), math.hypot(b, e)) > _SMALLEST and abs(a * e - b * d) > _SMALLEST**2


def bounds_in(grid: Grid, crs) -> Bounds:
    """Bounds of `grid` in another CRS (edges densified).

    Raises
    ------
    GridError
        If the CRS cannot be converted into one another.
    """
    from rasterio.warp import transform_bounds

    if grid.crs == crs:
        return grid.bounds
    try:
        return transform_bounds(grid.crs, crs, *grid.bounds, densify_pts=41)
    except gdal_errors() as error:
        raise GridError(
            "{} cannot be converted to {}: {}.".format(
                grid.crs_name(), crs.to_string()[:80], " ".join(str(error).split())[:120]
            )
        ) from error


def middle_of_overlap(grid: Grid, reference: Grid) -> Optional[Tuple[float, float]]:
    """Column and row, in cells of `reference`, of the middle of what two grids share; None if they share nothing.

    Raises
    ------
    GridError
        If the CRS cannot be converted into one another.
    """
    bounds = bounds_in(grid, reference.crs)
    if all(math.isfinite(number) for number in bounds):
        point = _middle(bounds, reference.bounds)
    else:
        # A world map whose corners lie off the Earth has no bounds elsewhere; the other way round works.
        point = _middle(bounds_in(reference, grid.crs), grid.bounds)
        point = point and _converted(point, grid.crs, reference.crs)
    if point is None or not all(math.isfinite(number) for number in point):
        return None
    return ~reference.affine * point


def _middle(one: Bounds, two: Bounds) -> Optional[Tuple[float, float]]:
    left, bottom = max(one[0], two[0]), max(one[1], two[1])
    right, top = min(one[2], two[2]), min(one[3], two[3])
    return ((left + right) / 2, (bottom + top) / 2) if left < right and bottom < top else None


def _converted(point: Tuple[float, float], source, target) -> Tuple[float, float]:
    from rasterio.warp import transform

    xs, ys = transform(source, target, [point[0]], [point[1]])
    return xs[0], ys[0]


def require_overlap(grid: Grid, reference: Grid, path: str, reference_path: str) -> None:
    """Raise `GridError` if two grids share no area."""
    try:
        middle = middle_of_overlap(grid, reference)
    except GridError as error:
        text = "'{}' cannot be brought onto the grid of '{}': {}"
        raise GridError(text.format(path, reference_path, error)) from error
    if middle is None:
        left, bottom, right, top = bounds_in(grid, reference.crs)
        low_x, low_y, high_x, high_y = reference.bounds
        raise GridError(
            "'{}' and '{}' do not overlap: the first covers x {:.6g} to {:.6g}, y {:.6g} to {:.6g} and the "
            "second x {:.6g} to {:.6g}, y {:.6g} to {:.6g} (in {}). Check the CRS of both.".format(
                path, reference_path, left, right, bottom, top, low_x, high_x, low_y, high_y, reference.crs_name()
            )
        )
