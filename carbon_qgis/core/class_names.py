"""Class rasters as inputs: their codes, and the names of the classes (tag CARBON_CLASSES, JSON)."""

import json
from typing import Dict, Mapping, Optional

from .errors import InputError, RasterError
from .landcover_codes import class_raster_info
from .progress import Part, Progress
from .raster.scan import present_codes
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info

TAG = "CARBON_CLASSES"
#: More ecosystems than this are no classes, and their pairs would not fit into memory.
MAX_CLASSES = 512


def class_names(path: str, given: Optional[Mapping[int, str]] = None) -> Dict[int, str]:
    """Code → name from the tag CARBON_CLASSES, as far as it is there and can be read; names in `given` go before."""
    text = raster_info(path).tag(TAG)
    try:
        tagged = {int(code): str(name) for code, name in json.loads(text).items()} if text else {}
    except (ValueError, AttributeError):
        tagged = {}
    return {**tagged, **(given or {})}


def class_names_tag(names: Mapping[int, str]) -> Dict[str, str]:
    """The tag for a raster whose classes have these names."""
    return {TAG: json.dumps({str(code): name for code, name in names.items()}, ensure_ascii=False)}


def merge_names(names: Dict[int, str], more: Mapping[int, str], path: str) -> None:
    """Add the class names of another raster to `names`.

    Raises
    ------
    InputError
        If one code has two names: the rasters then use different legends.
    """
    for code, name in more.items():
        known = names.setdefault(code, name)
        if known.strip().casefold() != name.strip().casefold():
            raise InputError(
                "Class {} is '{}' in '{}' and '{}' in another map. Bring the maps to one legend first (algorithm "
                "'Ecosystem classes').".format(code, name, path, known)
            )


def class_band(path: str, progress: Optional[Progress] = None, settings: Optional[EngineSettings] = None) -> Band:
    """A raster of ecosystem classes as an input of a run.

    Rasters that are not 8-bit are read once for the codes in them. The whole raster is read, also where there is a
    mask: on another grid a cell inside the mask may take its class from one whose centre is outside.

    Raises
    ------
    InputError
        If the raster has several bands, or more than `MAX_CLASSES` classes.
    RasterError
        If it cannot be read, or a value is not a whole number.
    Cancelled
    """
    info = class_raster_info(path)
    if info.dtypes[0] == "uint8":
        return Band(path, categorical=True)
    quiet = Part(progress, (0.0, 0.0)) if progress is not None else None
    codes = tuple(present_codes(path, progress=quiet, settings=settings))
    if not codes:
        raise RasterError("'{}' holds no classes: every cell is nodata.".format(path))
    if len(codes) > MAX_CLASSES:
        raise InputError(
            "'{}' has {:,} different codes; at most {} classes can be told apart here. Is this a raster of classes? "
            "Group land-cover codes with 'Ecosystem classes' first.".format(path, len(codes), MAX_CLASSES)
        )
    return Band(path, categorical=True, known_codes=codes)
