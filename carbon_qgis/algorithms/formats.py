"""Which of GDAL's formats a file is of, before QGIS opens it: QGIS would let all of them try."""

import os
from contextlib import contextmanager
from typing import Iterator

from ..core.errors import InputError
from ..core.foreign_files import RASTER_FORMATS, VECTOR_FORMATS, is_address


def require_known_format(path: str, vector: bool) -> None:
    """Refuse a file or folder of this machine that GDAL would take for a format that is not read here.

    Raises
    ------
    InputError
        Naming the file and the format. What no format claims passes: whoever opens it says so.
    """
    if is_address(path) or not os.path.exists(path):
        return
    driver = _driver(path, vector)
    known = VECTOR_FORMATS if vector else RASTER_FORMATS
    if driver is not None and driver.ShortName not in known:
        raise InputError(
            "'{}' is of the format '{}', which is not read here: such formats may lead to the network. Save it as {} "
            "first (Export > Save As).".format(path, driver.ShortName, "GeoPackage" if vector else "GeoTIFF")
        )


def may_be_raster(path: str) -> bool:
    """Whether a format claims a file or folder as a raster."""
    return _driver(path, False) is not None


def _driver(path: str, vector: bool):
    from osgeo import gdal

    driver = None
    with quiet_gdal():
        driver = gdal.IdentifyDriverEx(path, gdal.OF_VECTOR if vector else gdal.OF_RASTER)
    return driver


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """What GDAL says of a file that it cannot read is for whoever opens it in earnest."""
    from osgeo import gdal

    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    except RuntimeError:
        pass  # with GDAL's exceptions on
    finally:
        gdal.PopErrorHandler()
