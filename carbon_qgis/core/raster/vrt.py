"""Stacking bands without a copy: a GDAL virtual raster (VRT) that points to the bands of other files."""

import os
from dataclasses import dataclass, field
from typing import List, Mapping, Optional, Sequence
from xml.sax.saxutils import escape, quoteattr

from ..errors import RasterError
from .align import Alignment
from .grid import Grid
from .source import Band, has_mask, is_plain_path, open_raster
from .write import NODATA


@dataclass(frozen=True)
class VrtBand:
    """One band of a VRT: the source band, and what the VRT says of it.

    `scaling` is the GDAL scale and offset that the VRT applies, (1, 0) for class codes.
    """

    band: Band
    description: str
    unit: str = ""
    scaling: tuple = (1.0, 0.0)
    nodata: Optional[float] = None
    tags: Mapping[str, str] = field(default_factory=dict)


def copy_reasons(band: Band, alignment: Alignment) -> List[str]:
    """Why a band cannot be in a VRT on the reference grid without a copy; empty if it can."""
    name = os.path.basename(band.path)
    if alignment != Alignment():
        return ["'{}' is on another grid".format(name)]
    with open_raster(band.path) as dataset:
        masked = has_mask(dataset, band.index)
    if masked:
        return ["'{}' marks nodata with a mask or alpha band".format(name)]
    return []


def stack_vrt(destination: str, grid: Grid, bands: Sequence[VrtBand], tags: Mapping[str, str]) -> str:
    """XML of a VRT with one float32 band per source band; paths are relative to the folder of `destination`.

    Source nodata becomes the nodata of the VRT, and scale and offset are applied, so that reading the
    VRT gives the same numbers as a copy.

    Raises
    ------
    RasterError
        If `destination` is one of the sources.
    """
    folder = os.path.dirname(os.path.abspath(destination))
    for item in bands:
        if is_plain_path(item.band.path) and os.path.realpath(item.band.path) == os.path.realpath(destination):
            raise RasterError("The VRT '{}' would point to itself. Choose another file name.".format(destination))
    a, b, c, d, e, f = grid.transform
    lines = [
        '<VRTDataset rasterXSize="{}" rasterYSize="{}">'.format(grid.width, grid.height),
        "  <SRS>{}</SRS>".format(escape(grid.crs_wkt)),
        "  <GeoTransform>{}</GeoTransform>".format(", ".join(repr(float(number)) for number in (c, a, b, f, d, e))),
    ]
    lines += _metadata(tags, "  ")
    for number, item in enumerate(bands, 1):
        lines += _band(number, item, grid, folder)
    return "\n".join(lines + ["</VRTDataset>", ""])


def _band(number: int, item: VrtBand, grid: Grid, folder: str) -> List[str]:
    scale, offset = item.scaling
    name, relative = _source_name(item.band.path, folder)
    size = 'xOff="0" yOff="0" xSize="{}" ySize="{}"'.format(grid.width, grid.height)
    lines = [
        '  <VRTRasterBand dataType="Float32" band="{}">'.format(number),
        "    <Description>{}</Description>".format(escape(item.description)),
    ]
    lines += _metadata(item.tags, "    ")
    lines.append("    <NoDataValue>{!r}</NoDataValue>".format(NODATA["float32"]))
    if item.unit:
        lines.append("    <UnitType>{}</UnitType>".format(escape(item.unit)))
    lines += [
        "    <ComplexSource>",
        '      <SourceFilename relativeToVRT="{}">{}</SourceFilename>'.format(int(relative), escape(name)),
        "      <SourceBand>{}</SourceBand>".format(item.band.index),
        "      <SrcRect {}/>".format(size),
        "      <DstRect {}/>".format(size),
    ]
    if (scale, offset) != (1.0, 0.0):
        lines.append("      <ScaleOffset>{!r}</ScaleOffset>".format(float(offset)))
        lines.append("      <ScaleRatio>{!r}</ScaleRatio>".format(float(scale)))
    if item.nodata is not None:
        lines.append("      <NODATA>{!r}</NODATA>".format(float(item.nodata)))
    return lines + ["    </ComplexSource>", "  </VRTRasterBand>"]


def _source_name(path: str, folder: str):
    """Path as written in the VRT, and whether it is relative to it (other drives and GDAL's own names are not)."""
    if not is_plain_path(path):
        return path, False
    try:
        return os.path.relpath(os.path.abspath(path), folder).replace(os.sep, "/"), True
    except ValueError:
        return os.path.abspath(path), False


def _metadata(tags: Mapping[str, str], indent: str) -> List[str]:
    if not tags:
        return []
    items = ["{}  <MDI key={}>{}</MDI>".format(indent, quoteattr(key), escape(str(v))) for key, v in tags.items()]
    return [indent + "<Metadata>"] + items + [indent + "</Metadata>"]
