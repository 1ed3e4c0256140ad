"""Drivers that look like classes and are taken as quantities: a mean of class codes is no number of anything."""

from typing import Optional

import numpy as np

from .errors import RasterError
from .raster.source import Band, gdal_errors, open_raster

#: More different values than this are no classes.
MOST = 40
_SIDE, _WINDOWS = 256, 3
_SHOWN = 8


def unflagged_note(name: str, band: Band, unit: str) -> Optional[str]:
    """A warning if a band holds integers without unit and scale, and few different ones; else None.

    It looks at nine windows of the raster, so that it costs nothing on a large one: codes it does not meet are not
    counted.

    Parameters
    ----------
    name : of the driver, for the sentence.
    band : the driver, not categorical.
    unit : its unit; a driver with a unit is a quantity.

    Raises
    ------
    RasterError
        If the raster cannot be read.
    """
    if unit.strip() not in ("", "1"):
        return None
    with open_raster(band.path) as dataset:
        plain = dataset.scales[band.index - 1] == 1 and dataset.offsets[band.index - 1] == 0
        if np.dtype(dataset.dtypes[band.index - 1]).kind not in "iu" or not plain:
            return None
        values = _some_values(dataset, band)
    if not 2 <= values.size <= MOST:
        return None
    more = ", ..." if values.size > _SHOWN else ""
    return (
        "Driver '{}' holds whole numbers without a unit and few different ones ({}{}), and is taken as a quantity. If "
        "they are class codes, name it among the categorical drivers.".format(
            name, ", ".join(str(value) for value in values[:_SHOWN].tolist()), more
        )
    )


def _some_values(dataset, band: Band) -> np.ndarray:
    """Different values in windows that are spread over a raster, ascending."""
    found = np.empty(0, np.int64)
    height, width = min(_SIDE, dataset.height), min(_SIDE, dataset.width)
    for row in _starts(dataset.height - height):
        for col in _starts(dataset.width - width):
            try:
                part = dataset.read(band.index, window=((row, row + height), (col, col + width)), masked=True)
            except gdal_errors() as error:
                raise RasterError("'{}' cannot be read: the file is damaged or cut short.".format(band.path)) from error
            found = np.union1d(found, part.compressed())
            if found.size > MOST:
                return found
    return found


def _starts(last: int):
    return sorted({last * step // (_WINDOWS - 1) for step in range(_WINDOWS)})
