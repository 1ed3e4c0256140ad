"""Which drivers an attribution uses: bands of a stack and single rasters, chosen and flagged by name."""

import re
from typing import List, Optional, Sequence, Tuple

from .class_names import TAG as CLASS_NAMES
from .driver_detection import Driver
from .errors import InputError
from .raster.source import Band, raster_info
from .stack import read_stack


def raster_drivers(
    stack: Optional[str],
    rasters: Sequence[Tuple[str, str]],
    chosen: Sequence[str] = (),
    categorical: Sequence[str] = (),
) -> List[Driver]:
    """Drivers from a stack and from rasters of their own.

    Parameters
    ----------
    stack : driver stack, or None; its bands are named by their descriptions.
    rasters : (path, name) of each single raster; one of several bands counts as a stack.
    chosen : names of the drivers to use, in that order; all if empty.
    categorical : names of drivers whose values are classes, beside those flagged in the files.

    Raises
    ------
    InputError
        No driver; two of one name; a name in `chosen` or `categorical` that no driver has.
    RasterError
        A raster that cannot be read; a stack whose bands have no names.
    """
    found: List[Driver] = _of_stack(stack) if stack else []
    for path, name in rasters:
        found.extend(_of_stack(path) if raster_info(path).count > 1 else [_single(path, name)])
    names = [driver.name for driver in found]
    if not found:
        raise InputError("No drivers are given: choose a driver stack, driver rasters, or both.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            "Two drivers are called '{}'. Rename a layer, or leave one of them out.".format("', '".join(twice))
        )
    by_name = dict(zip(names, found))
    require_names(list(chosen) + list(categorical), names)
    picked = [by_name[name] for name in dict.fromkeys(chosen)] if chosen else found
    return [_flagged(driver) if driver.name in categorical else driver for driver in picked]


def require_names(asked: Sequence[str], names: Sequence[str]) -> None:
    """Raise `InputError` unless every name asked for is among `names`."""
    unknown = [name for name in dict.fromkeys(asked) if name not in names]
    if unknown:
        raise InputError(
            "There is no driver '{}'. The drivers are: {}. Correct the names of the drivers to use or of the "
            "categorical ones.".format("', '".join(unknown), ", ".join(names))
        )


def names_in(text: Optional[str]) -> List[str]:
    """Names typed with commas, semicolons or line breaks between them."""
    return [name.strip() for name in re.split(r"[,;\n]", text or "") if name.strip()]


def unit_of(band: Band) -> str:
    """Unit that the file states for a band: the band's own, or the tag CARBON_UNIT; '' without."""
    info = raster_info(band.path)
    return info.units[band.index - 1] or info.tag("CARBON_UNIT", band.index) or ""


def _of_stack(path: str) -> List[Driver]:
    stack = read_stack(path)
    return [Driver(name, band, stack.unit(name)) for name, band in stack.bands().items()]


def _single(path: str, name: str) -> Driver:
    info = raster_info(path)
    classes = info.tag("CARBON_CATEGORICAL") == "1" or CLASS_NAMES in info.tags
    band = Band(path, categorical=classes)
    return Driver(name, band, unit_of(band))


def _flagged(driver: Driver) -> Driver:
    return Driver(driver.name, Band(driver.band.path, driver.band.index, categorical=True), driver.unit)
