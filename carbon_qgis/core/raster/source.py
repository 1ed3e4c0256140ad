"""Opening rasters, and what a file says of itself."""

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from ..errors import RasterError
from ..foreign_files import RASTER_FORMATS, in_archive, is_address, is_network_name, require_harmless
from .message_letters import pass_over_unreadable_messages

#: More than any map holds: the land and sea of the whole Earth at 30 m are 8.4e11 cells. A header that says more lies.
MAX_CELLS, MAX_SIDE = 10**12, 10**8
#: Daily values of half a century.
MAX_BANDS = 20_000
#: What GDAL unpacks at once to read any cell of a file. Usual blocks are a thousandth of it.
MAX_BLOCK_BYTES = 512 << 20


def gdal_errors() -> Tuple[type, ...]:
    """What rasterio raises when GDAL fails. There is no common base: RasterioIOError is only an OSError in 1.3.

    Texts of a damaged file, or in another encoding than UTF-8, come as UnicodeDecodeError.
    """
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import CRSError, RasterioError, RasterioIOError

    return RasterioError, RasterioIOError, CRSError, CPLE_BaseError, UnicodeDecodeError


@contextmanager
def open_raster(path: str) -> Iterator:
    """Open a raster for reading.

    Raises
    ------
    RasterError
        If it does not exist, is no raster, is damaged, or GDAL cannot read it.
    """
    dataset = open_handle(path)
    try:
        yield dataset
    finally:
        dataset.close()


def open_handle(path: str):
    """As `open_raster`, but the caller closes."""
    require_harmless(path)
    try:
        dataset = _opened(path)
    except gdal_errors() as error:
        if is_plain_path(path) and not os.path.exists(path):
            raise RasterError("The raster '{}' does not exist.".format(path)) from error
        raise RasterError(
            "'{}' cannot be read as a raster: it is damaged, cut short or not in one of the formats that are read here "
            "({}). GeoTIFF always works.".format(path, _one_line(error))
        ) from error
    elsewhere = legible(lambda: dataset.tags(ns="OVERVIEWS"), {}).get("OVERVIEW_FILE", "")
    if is_network_name(elsewhere) and not is_address(path):
        dataset.close()
        raise RasterError(
            "'{}' leads to the network: its overviews are at '{}'. Save it on this machine without them.".format(
                path, elsewhere[:200]
            )
        )
    if dataset.count == 0 or dataset.width == 0 or dataset.height == 0:
        parts = ", ".join(dataset.subdatasets[:12])
        dataset.close()
        several = "'{}' holds several variables. Choose one of them: {}."
        raise RasterError(several.format(path, parts) if parts else "'{}' holds no bands.".format(path))
    problem = _beyond_reason(dataset)
    if problem:
        dataset.close()
        raise RasterError("'{}' {}".format(path, problem))
    return dataset


def _opened(path: str):
    """A raster of one of the formats that are read here; of any format where the user gave an address."""
    import rasterio
    from rasterio.env import ensure_env
    from rasterio.io import DatasetReader

    pass_over_unreadable_messages()
    if is_address(path):
        return rasterio.open(path)
    formats = [name for name in RASTER_FORMATS if name != "VRT" or not in_archive(path)]
    # As rasterio.open does it, which takes one format alone before its version 1.4.
    return ensure_env(DatasetReader)(path, driver=formats, sharing=False)


def _beyond_reason(dataset) -> str:
    """What a header declares that no map needs and no machine reads; '' if all is well."""
    import numpy as np

    width, height = dataset.width, dataset.height
    if min(width, height) < 1:
        return "declares {:,} x {:,} cells: it is damaged.".format(width, height)
    if width * height > MAX_CELLS or max(width, height) > MAX_SIDE:
        return (
            "declares {:,} x {:,} cells, more than any map has (the whole Earth at 30 m has 840 billion): it is "
            "damaged or was made to mislead.".format(width, height)
        )
    if dataset.count > MAX_BANDS:
        return "declares {:,} bands; at most {:,} can be read: it is damaged, or must be split into files.".format(
            dataset.count, MAX_BANDS
        )
    for (rows, columns), dtype in zip(dataset.block_shapes, dataset.dtypes):
        if dtype.startswith("complex"):
            return "holds complex numbers ({}), which have no meaning here.".format(dtype)
        size = rows * columns * np.dtype(dtype).itemsize
        if size > MAX_BLOCK_BYTES:
            return (
                "is stored in blocks of {:,} x {:,} cells: {:,} MB must be unpacked to read any one cell. Store it in "
                "tiles first (Raster > Conversion > Translate, creation option TILED=YES).".format(
                    columns, rows, size >> 20
                )
            )
    return ""


def is_plain_path(path: str) -> bool:
    """False for GDAL's own names such as NETCDF:"file":variable or /vsizip/…"""
    head = path.split(":", 1)[0]
    return not path.startswith("/vsi") and (len(head) <= 1 or ":" not in path)


@dataclass(frozen=True)
class RasterInfo:
    """What a raster file says of itself; per-band tuples are in band order.

    `masked` is True for bands whose missing cells are marked by a mask or alpha band.
    """

    path: str
    count: int
    dtypes: Tuple[str, ...]
    nodata: Tuple[Optional[float], ...]
    descriptions: Tuple[str, ...]
    units: Tuple[str, ...]
    scales: Tuple[float, ...]
    offsets: Tuple[float, ...]
    tags: Dict[str, str] = field(default_factory=dict)
    band_tags: Tuple[Dict[str, str], ...] = ()
    block_shapes: Tuple[Tuple[int, int], ...] = ()
    masked: Tuple[bool, ...] = ()

    def tag(self, name: str, band: int = 1) -> Optional[str]:
        """Value of a tag of the band, else of the file, else None."""
        return self.band_tags[band - 1].get(name, self.tags.get(name))

    def year(self, band: int = 1) -> Optional[int]:
        """Year in the tag CARBON_YEAR of the band, else of the file; None without one.

        Raises
        ------
        RasterError
            If the tag is not a whole number.
        """
        text = (self.tag("CARBON_YEAR", band) or "").strip()
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,5}", text, re.ASCII):
            raise RasterError(
                "The tag CARBON_YEAR of '{}' is '{}', which is not a year. Give the year as a parameter or in a table "
                "of dates, or correct the tag.".format(self.path, text)
            )
        return int(text)

    def band_name(self, band: int) -> str:
        """Description of a band, or 'band n'."""
        return self.descriptions[band - 1] or "band {}".format(band)


def raster_info(path: str) -> RasterInfo:
    """Read what a raster says of itself; see `RasterInfo`."""
    with open_raster(path) as dataset:
        bands = list(dataset.indexes)
        nothing = ("",) * len(bands)
        return RasterInfo(
            path=path,
            count=dataset.count,
            dtypes=tuple(dataset.dtypes),
            nodata=tuple(dataset.nodatavals),
            descriptions=tuple(text or "" for text in legible(lambda: dataset.descriptions, nothing)),
            units=tuple(text or "" for text in legible(lambda: dataset.units, nothing)),
            scales=tuple(dataset.scales),
            offsets=tuple(dataset.offsets),
            tags=dict(legible(dataset.tags, {})),
            band_tags=tuple(dict(legible(lambda band=band: dataset.tags(band), {})) for band in bands),
            block_shapes=tuple(tuple(shape) for shape in dataset.block_shapes),
            masked=tuple(has_mask(dataset, band) for band in bands),
        )


def legible(read: Callable, nothing):
    """What `read` gives of the texts of a raster; `nothing` where they are in another encoding than UTF-8."""
    try:
        return read()
    except UnicodeDecodeError:
        return nothing


def has_mask(dataset, band: int) -> bool:
    """True if missing cells of a band are marked by a mask or alpha band."""
    from rasterio.enums import MaskFlags

    flags = dataset.mask_flag_enums[band - 1]
    return MaskFlags.per_dataset in flags or MaskFlags.alpha in flags


@dataclass(frozen=True)
class Band:
    """One band of one file, as an input of a run.

    Parameters
    ----------
    path, index : the file and the 1-based band.
    categorical : class codes (never averaged, GDAL scale and offset not applied) or a quantity.
    factor : the values read are multiplied by this number (unit conversion).
    known_codes : for categorical bands other than 8-bit ones, the codes that the run understands;
        others are counted as unknown.
    """

    path: str
    index: int = 1
    categorical: bool = False
    factor: float = 1.0
    known_codes: Tuple[int, ...] = ()

    def describe(self) -> str:
        """File and band, for messages."""
        return "'{}' band {}".format(self.path, self.index)


def bands_of(path: str) -> List[Band]:
    """Every band of a file as a continuous input."""
    return [Band(path, index) for index in range(1, raster_info(path).count + 1)]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
