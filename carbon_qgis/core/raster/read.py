"""Reading a window of a band on the reference grid."""

import threading
from typing import Dict, Tuple
from weakref import WeakValueDictionary

import numpy as np

from ..errors import RasterError
from .align import Alignment
from .grid import Grid
from .source import Band, gdal_errors, has_mask, open_handle

_local = threading.local()


class _Handles(dict):
    """Open data sets of one thread by band; a class of its own because a plain dict cannot be weakly referred to."""


#: Those of all threads that live, by owner (see `own`) and thread.
_every: "WeakValueDictionary[Tuple[str, int], _Handles]" = WeakValueDictionary()


def read_values(run: str, band: Band, alignment: Alignment, grid: Grid, window) -> Tuple[np.ndarray, np.ndarray]:
    """Stored values and validity (bool) of a window (row, col, height, width) of the reference grid.

    Windows may reach beyond the grid or the raster: cells there are not valid. Not-a-number and
    infinite values are not valid either. `run` names the run: handles are kept per thread and run.
    """
    dataset = handle(run, band, alignment, grid)
    row, col, height, width = window
    if alignment.warps:
        limits = grid.shape
    else:
        row, col = row + alignment.shift[1], col + alignment.shift[0]
        limits = dataset.shape
    top, left = max(row, 0), max(col, 0)
    bottom, right = min(row + height, limits[0]), min(col + width, limits[1])
    if bottom <= top or right <= left:
        dtype = dataset.dtypes[band.index - 1]
        return np.zeros((height, width), dtype), np.zeros((height, width), bool)
    values, valid = read_inside(dataset, band, (top, left, bottom - top, right - left))
    if values.shape == (height, width):
        return values, valid
    full = np.zeros((height, width), values.dtype)
    full_valid = np.zeros((height, width), bool)
    part = (slice(top - row, bottom - row), slice(left - col, right - col))
    full[part], full_valid[part] = values, valid
    return full, full_valid


def read_codes(run: str, band: Band, alignment: Alignment, grid: Grid, window) -> np.ndarray:
    """Stored 8-bit codes of a window inside the grid, untouched: the fast path of class counts."""
    dataset = handle(run, band, alignment, grid)
    row, col, height, width = window
    window = (row + alignment.shift[1], col + alignment.shift[0], height, width)
    return _read(dataset, band, window)


def as_quantity(values: np.ndarray, valid: np.ndarray, band: Band, scale: float, offset: float) -> np.ndarray:
    """Physical values with NaN where not valid: float32 from types it holds exactly, else float64."""
    exact = values.dtype.kind in "iu" and values.dtype.itemsize <= 2
    out = values.astype(np.float32 if exact or values.dtype == np.float32 else np.float64)
    if out is values:
        out = values.copy()
    out[~valid] = np.nan  # first: a nodata value times a factor may overflow
    factor = scale * band.factor
    if factor != 1.0:
        out *= out.dtype.type(factor)
    if offset:
        out += out.dtype.type(offset * band.factor)
    return out


def read_inside(dataset, band: Band, window) -> Tuple[np.ndarray, np.ndarray]:
    values = _read(dataset, band, window)
    if values.dtype.kind == "c":
        raise RasterError("{} holds complex numbers, which have no meaning here.".format(band.describe()))
    valid = np.ones(values.shape, bool)
    if has_mask(dataset, band.index):
        valid = _read(dataset, band, window, mask=True) > 0
    nodata = dataset.nodatavals[band.index - 1]
    if nodata is not None and _holds(values.dtype, nodata):
        # Compared in the band's own type: a float32 nodata read as float64 has other digits.
        with np.errstate(over="ignore"):
            valid &= values != np.array(nodata).astype(values.dtype)
    if values.dtype.kind == "f":
        valid &= np.isfinite(values)
    return values, valid


def _holds(dtype, number: float) -> bool:
    if dtype.kind == "f":
        return True
    info = np.iinfo(dtype)
    return float(number).is_integer() and info.min <= number <= info.max


def _read(dataset, band: Band, window, mask: bool = False) -> np.ndarray:
    from rasterio.vrt import WarpedVRT

    row, col, height, width = window
    try:
        if isinstance(dataset, WarpedVRT):
            return _read_by_blocks(dataset, band.index, window, mask)
        return _read_area(dataset, band.index, window, mask)
    except gdal_errors() as error:
        raise RasterError(
            "{} cannot be read at rows {}–{}, columns {}–{}: the file is damaged or cut short, or it "
            "disappeared during the run. Copy or download it again.".format(
                band.describe(), row + 1, row + height, col + 1, col + width
            )
        ) from error


def _read_area(dataset, index: int, window, mask: bool) -> np.ndarray:
    from rasterio.windows import Window

    row, col, height, width = window
    area = Window(col, row, width, height)
    return dataset.read_masks(index, window=area) if mask else dataset.read(index, window=area)


def _read_by_blocks(dataset, index: int, window, mask: bool) -> np.ndarray:
    """A window of a warped data set, put together from the whole blocks that it touches.

    GDAL approximates the projection along each line of what it warps at once. Up to 3.6 that is a block whatever is
    asked for; 3.10 warps the window itself, and values would depend on how the raster is cut into windows.
    """
    row, col, height, width = window
    high, wide = dataset.block_shapes[index - 1]
    out = np.empty((height, width), np.uint8 if mask else dataset.dtypes[index - 1])
    for top in range(row - row % high, row + height, high):
        for left in range(col - col % wide, col + width, wide):
            size = min(high, dataset.height - top), min(wide, dataset.width - left)
            block = _read_area(dataset, index, (top, left) + size, mask)
            rows = slice(max(top, row), min(top + size[0], row + height))
            cols = slice(max(left, col), min(left + size[1], col + width))
            out[rows.start - row : rows.stop - row, cols.start - col : cols.stop - col] = block[
                rows.start - top : rows.stop - top, cols.start - left : cols.stop - left
            ]
    return out


def handle(run: str, band: Band, alignment: Alignment, grid: Grid):
    """This thread's data set for a band, warped onto the grid where needed."""
    if getattr(_local, "run", None) != run:
        close_handles()
        _local.run, _local.handles = run, _Handles()
        _every[getattr(_local, "owner", run), threading.get_ident()] = _local.handles
    handles: Dict = _local.handles
    key = (band.path, alignment.resampling)
    if key not in handles:
        source = open_handle(band.path)
        if band.index > source.count:
            raise RasterError("'{}' has {} bands; band {} was asked for.".format(band.path, source.count, band.index))
        handles[key] = _warped(source, alignment, grid) if alignment.warps else source
    return handles[key]


def close_handles() -> None:
    """Close what this thread holds open."""
    for dataset in getattr(_local, "handles", {}).values():
        dataset.close()
    _local.run, _local.handles = None, {}


def own(owner: str) -> None:
    """Say for whom this thread opens files from now on; without, it is the run that they are opened for."""
    _local.owner = owner


def release(owner: str) -> None:
    """Close what all threads hold open for an owner whose work is over: threads of a cluster's worker live on."""
    for key, handles in list(_every.items()):
        if key[0] == owner:
            for dataset in handles.values():
                dataset.close()
            handles.clear()


def _warped(source, alignment: Alignment, grid: Grid):
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT

    floats = all(np.dtype(name).kind == "f" for name in source.dtypes)
    return WarpedVRT(
        source,
        # Not-a-number is never data, also where no nodata value is declared.
        src_nodata=float("nan") if floats and source.nodata is None else source.nodata,
        crs=grid.crs,
        transform=grid.affine,
        width=grid.width,
        height=grid.height,
        resampling=Resampling[alignment.resampling],
        nodata=float("nan"),
        dtype="float64",
        warp_mem_limit=64,
    )
