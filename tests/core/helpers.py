"""Small rasters, polygons and doubles for the tests of the core."""

import struct
from concurrent.futures import Executor, Future

import numpy as np
import rasterio

from carbon_qgis.core.pools import PoolTable
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.raster.polygons import PolygonLayer

UTM = "EPSG:32650"
METRES_30 = (30.0, 0.0, 500_000.0, 0.0, -30.0, 4_000_000.0)


def make_raster(path, array, crs=UTM, transform=METRES_30, nodata=None, scale=None, offset=None, units=(), **options):
    """Write an array (rows, columns) or (bands, rows, columns) as a GeoTIFF; returns the path as text."""
    array = np.asarray(array)
    array = array[np.newaxis] if array.ndim == 2 else array
    count, height, width = array.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=array.dtype, crs=crs,
        transform=rasterio.Affine(*transform), nodata=nodata, **options,
    ) as dataset:
        dataset.write(array)
        if scale is not None:
            dataset.scales = (scale,) * count
        if offset is not None:
            dataset.offsets = (offset,) * count
        for band, unit in enumerate(units, 1):
            dataset.set_band_unit(band, unit)
    return str(path)


def make_grid(crs=UTM, transform=METRES_30, shape=(10, 10)):
    """A grid without a file."""
    return Grid(rasterio.crs.CRS.from_user_input(crs).to_wkt(), tuple(float(n) for n in transform), shape[1], shape[0])


def read_raster(path, band=1):
    """Values of a band, NaN where masked."""
    with rasterio.open(path) as dataset:
        return dataset.read(band, masked=True).astype(float).filled(np.nan)


def polygon_wkb(*rings):
    """Well-known binary of a polygon from rings of (x, y)."""
    body = b"".join(
        struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring) for ring in rings
    )
    return struct.pack("<BII", 1, 3, len(rings)) + body


def box(left, bottom, right, top):
    """Ring of a rectangle."""
    return [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]


def box_layer(left, bottom, right, top, crs=UTM):
    """A mask layer of one rectangle."""
    return PolygonLayer((polygon_wkb(box(left, bottom, right, top)),), rasterio.crs.CRS.from_user_input(crs).to_wkt())


def pool_table(densities, names=None):
    """A pool table from {code: (above, below, soil, dead)}."""
    codes = np.array(list(densities), dtype=np.int64)
    values = np.array([densities[code] for code in codes.tolist()], dtype=float)
    names = names or {code: "class {}".format(code) for code in codes.tolist()}
    return PoolTable("pools.csv", codes, values, names, ("above", "below", "soil", "dead"))


class InLine(Executor):
    """Runs every task at once in the caller's thread."""

    def __init__(self):
        self.tasks = 0

    def submit(self, function, *arguments, **named):
        self.tasks += 1
        future = Future()
        try:
            future.set_result(function(*arguments, **named))
        except BaseException as error:
            future.set_exception(error)
        return future


class Cancelling:
    """A progress that is cancelled once `share` of the work is done."""

    def __init__(self, share=0.0):
        self.share, self.done = share, 0.0

    def update(self, fraction, message=None):
        self.done = max(self.done, fraction)

    def cancelled(self):
        return self.done >= self.share
