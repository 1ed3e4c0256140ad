"""Reading many bands one after the other, in bounded memory and without decoding the same bytes for every band."""

from dataclasses import dataclass
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np

from ..errors import RasterError
from .align import Alignment
from .inputs import AlignedInputs
from .read import as_quantity, close_handles, handle, read_inside, read_values
from .source import Band, RasterInfo, gdal_errors, has_mask, open_raster

Window = Tuple[int, int, int, int]

#: Files that one thread holds open at a time.
OPEN_FILES = 48
#: Memory for bands that are decoded together.
TOGETHER_BYTES = 16 * 2**20


@dataclass(frozen=True)
class SeriesBand:
    """One band of a series with its GDAL scale and offset."""

    path: str
    index: int
    scale: float
    offset: float


def strip_rows(info: RasterInfo) -> int:
    """Rows to read at a time from a raster that stores all bands of a cell together; 0 where bands lie apart.

    So many that all bands fit in `TOGETHER_BYTES`, at least one strip or tile.
    """
    with open_raster(info.path) as dataset:
        interleaving = dataset.interleaving
    if info.count < 2 or interleaving is None or interleaving.name != "pixel":
        return 0
    height, width = info.block_shapes[0]
    per_row = width * info.count * np.dtype(info.dtypes[0]).itemsize
    return int(max(height, TOGETHER_BYTES // per_row // height * height))


def read_series(
    run: str, inputs: AlignedInputs, bands: Sequence[SeriesBand], together: Dict[str, int], window: Window
) -> Iterator[np.ndarray]:
    """Values of each band in a window of the grid, NaN where not valid, in the order of `bands`.

    Parameters
    ----------
    run : names the run; handles are kept per thread and run.
    inputs : alignments by path.
    together : paths of rasters that store all bands of a cell together.
    """
    opened = set()
    for group in _groups(bands, together, window):
        path = group[0].path
        if path not in opened and len(opened) >= OPEN_FILES:
            close_handles()
            opened.clear()
        opened.add(path)
        alignment = inputs.alignments[path]
        whole = _load(run, inputs, group, window) if len(group) > 1 and alignment == Alignment() else None
        for item in group:
            band = Band(item.path, item.index)
            if whole is None:
                values, valid = read_values(run, band, alignment, inputs.grid, window)
            else:
                values, valid = read_inside(whole, band, window)
            yield as_quantity(values, valid, band, item.scale, item.offset)


def _groups(bands: Sequence[SeriesBand], together: Dict[str, int], window: Window) -> Iterator[List[SeriesBand]]:
    """Neighbours in the series that are read in one go."""
    most = max(1, TOGETHER_BYTES // (window[2] * window[3] * 8))
    group: List[SeriesBand] = []
    for band in bands:
        if group and (band.path != group[0].path or band.path not in together or len(group) >= most):
            yield group
            group = []
        group.append(band)
    if group:
        yield group


class _Loaded:
    """Bands in memory, with what the reader asks of a data set."""

    def __init__(self, arrays: Dict[int, np.ndarray], dataset):
        self._arrays = arrays
        self.mask_flag_enums, self.nodatavals = dataset.mask_flag_enums, dataset.nodatavals

    def read(self, index: int, window) -> np.ndarray:
        """The band; the window is the one that was loaded."""
        return self._arrays[index]


def _load(run: str, inputs: AlignedInputs, group: Sequence[SeriesBand], window: Window):
    """All bands of a group at once, or None where nodata is marked by a mask band."""
    from rasterio.windows import Window as Area

    path, indexes = group[0].path, [item.index for item in group]
    dataset = handle(run, Band(path, indexes[0]), inputs.alignments[path], inputs.grid)
    if any(has_mask(dataset, index) for index in indexes):
        return None
    row, col, height, width = window
    try:
        arrays = dataset.read(indexes, window=Area(col, row, width, height))
    except gdal_errors() as error:
        raise RasterError(
            "'{}' cannot be read at rows {}–{}, columns {}–{}: the file is damaged or cut short, or it disappeared "
            "during the run. Copy or download it again.".format(path, row + 1, row + height, col + 1, col + width)
        ) from error
    return _Loaded(dict(zip(indexes, arrays)), dataset)
