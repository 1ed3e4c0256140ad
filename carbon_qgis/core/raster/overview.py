"""A raster at a reduced size, for pictures."""

import numpy as np

from ..errors import RasterError
from .source import gdal_errors, open_raster


def read_overview(path: str, side: int, index: int = 1) -> np.ndarray:
    """A band with at most `side` cells along its longer side: nearest cells, float32, NaN where there is no data.

    Raises
    ------
    RasterError
        If the file cannot be read.
    """
    with open_raster(path) as dataset:
        scale = min(1.0, side / max(dataset.height, dataset.width))
        shape = max(1, round(dataset.height * scale)), max(1, round(dataset.width * scale))
        try:
            band = dataset.read(index, out_shape=shape, masked=True)
        except gdal_errors() as error:
            text = "'{}' cannot be read: the file is damaged or cut short. Compute it again."
            raise RasterError(text.format(path)) from error
    return np.ma.filled(band.astype(np.float32), np.nan)
