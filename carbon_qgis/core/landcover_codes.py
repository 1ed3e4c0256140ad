"""A land-cover raster as an input of a run: which codes the run knows, and how many cells each one has."""

import os
from typing import Callable, Dict, Iterable, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from .errors import InputError
from .progress import Progress
from .raster.blocks import Block, Totals
from .raster.codes import CodeSpace
from .raster.codes import counts as count_codes
from .raster.polygons import PolygonLayer
from .raster.scan import present_codes
from .raster.settings import EngineSettings
from .raster.source import Band, RasterInfo, raster_info

#: Codes that an index of 16 bits can tell apart, with room for nodata and unknown.
MAX_CODES = 65534
_INTEGERS = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767)}


def class_raster_info(path: str) -> RasterInfo:
    """What the header of a raster of class codes says.

    Raises
    ------
    InputError
        If the raster has several bands: which one holds the classes is not to be guessed.
    RasterError
        If it cannot be read.
    """
    info = raster_info(path)
    if info.count > 1:
        raise InputError(
            "'{}' has {} bands; a raster of classes has one. Extract the band first (Raster > Conversion > "
            "Translate).".format(path, info.count)
        )
    return info


def landcover_band(path: str, ranges: Iterable[Tuple[int, int]], table: str) -> Band:
    """The raster as a categorical input that knows the codes `low` to `high` of each range.

    Raises
    ------
    InputError
        If the raster has several bands, the nodata value is one of the codes, or the ranges hold too many codes.
    RasterError
        If it cannot be read.
    """
    info = class_raster_info(path)
    lowest, highest = _INTEGERS.get(info.dtypes[0], (-(2**53), 2**53))
    spans = [(max(low, lowest), min(high, highest)) for low, high in ranges]
    nodata = info.nodata[0]
    if nodata is not None and any(low <= nodata <= high for low, high in spans):
        raise InputError(
            "The nodata value {:g} of '{}' is also a class of {}. Cells of that class would silently be left out: "
            "change the nodata value of the raster, or remove the class from the table.".format(nodata, path, table)
        )
    if sum(max(0, high - low + 1) for low, high in spans) > MAX_CODES:
        raise InputError(
            "The ranges of {} hold more than {:,} codes of '{}'. Make them narrower.".format(table, MAX_CODES, path)
        )
    known = tuple(code for low, high in spans for code in range(low, high + 1))
    return Band(path, categorical=True, known_codes=known)


class FoundCodes(NamedTuple):
    """Cells by class code of a land cover, and its nodata value, which stands for no class."""

    cells: Mapping[int, int]
    nodata: Optional[float] = None


def found_codes(
    path: str,
    mask: Optional[PolygonLayer] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> FoundCodes:
    """The class codes that occur in a land cover, within a mask if there is one.

    Raises
    ------
    InputError
        If the raster has several bands.
    RasterError
        If it cannot be read, or its values are no class codes.
    GridError, Cancelled
    """
    info = class_raster_info(path)
    return FoundCodes(present_codes(path, mask=mask, progress=progress, settings=settings), info.nodata[0])


def code_totals(block: Block, index: np.ndarray, size: int) -> Totals:
    """Cells and area (km2) by index of a block; `index` has the shape of the block without halo."""
    index = np.ascontiguousarray(index)
    totals = Totals(cells=count_codes(index, size))
    if np.ndim(block.area):
        totals["area"] = np.bincount(index.ravel(), block.area_array().ravel(), size)
    return totals


def areas_by_index(totals: Totals, cell_km2) -> np.ndarray:
    """Area in km2 by index, from `code_totals` and the constant cell area where cells have one."""
    return totals["area"] if "area" in totals else totals["cells"] * cell_km2


def counts_by_code(totals: Totals, space: CodeSpace, unknown: Mapping[int, int]) -> Dict[int, int]:
    """Cells by land-cover code, those that the run did not know included."""
    found = {code: int(cells) for code, cells in space.by_code(totals["cells"]).items()}
    found.update(unknown)
    return dict(sorted(found.items()))


def require_codes(check: Callable, found: Mapping[int, int], path: str) -> None:
    """Raise the table's `TableError` for codes it does not list; `check` is the table's `require_codes`."""
    check(found, "'{}'".format(os.path.basename(path)))
