"""A land-cover raster as an input of a run: which codes the run knows, and how many cells each one has."""

import os
from typing import Callable, Dict, Iterable, Mapping, Tuple

import numpy as np

from .errors import InputError
from .raster.blocks import Block, Totals
from .raster.codes import CodeSpace
from .raster.codes import counts as count_codes
from .raster.source import Band, raster_info

#: Codes that an index of 16 bits can tell apart, with room for nodata and unknown.
MAX_CODES = 65534
_INTEGERS = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767)}


def landcover_band(path: str, band: int, ranges: Iterable[Tuple[int, int]], table: str) -> Band:
    """The raster as a categorical input that knows the codes `low` to `high` of each range.

    Raises
    ------
    InputError
        If the nodata value is one of the codes, the ranges hold too many codes, or there is no such band.
    """
    info = raster_info(path)
    if not 1 <= band <= info.count:
        raise InputError("'{}' has {} band(s); band {} was asked for.".format(path, info.count, band))
    lowest, highest = _INTEGERS.get(info.dtypes[band - 1], (-(2**53), 2**53))
    spans = [(max(low, lowest), min(high, highest)) for low, high in ranges]
    nodata = info.nodata[band - 1]
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
    return Band(path, band, categorical=True, known_codes=known)


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
