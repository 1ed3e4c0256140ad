"""The inputs of a run on one reference grid: alignments, code spaces, mask, zones and areas."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .align import Alignment, plan_alignment
from .area import CellAreas, cell_areas
from .codes import CodeSpace, code_space
from .grid import Grid
from .polygons import GridPolygons, PolygonLayer, on_grid
from .source import Band, raster_info


@dataclass(frozen=True)
class AlignedInputs:
    """Everything a task needs to read a block. A plain value: it can be sent to another process."""

    grid: Grid
    bands: Mapping[str, Band]
    alignments: Mapping[str, Alignment]
    scalings: Mapping[str, Tuple[float, float]]
    spaces: Mapping[str, CodeSpace]
    block_shapes: Tuple[Tuple[int, int], ...]
    areas: Optional[CellAreas] = None
    mask: Optional[GridPolygons] = None
    zones: Optional[GridPolygons] = None
    notes: Tuple[str, ...] = field(default=())

    @property
    def paths(self) -> List[str]:
        """Files read, each once."""
        return list(dict.fromkeys(band.path for band in self.bands.values()))


def align_inputs(
    bands: Mapping[str, Band],
    reference: Optional[str] = None,
    mask: Optional[PolygonLayer] = None,
    zones: Optional[PolygonLayer] = None,
    area_mode: Optional[str] = None,
    grid: Optional[Grid] = None,
) -> AlignedInputs:
    """Check the inputs against the reference grid.

    Parameters
    ----------
    bands : name → band.
    reference : path of the reference raster; the first band's by default.
    mask, zones : polygons; cells outside the mask count as nodata.
    area_mode : one of `area.MODES` where areas are needed, else None.
    grid : a grid to use instead of a reference raster's.

    Raises
    ------
    RasterError, GridError, InputError
        Unreadable rasters, no CRS, no overlap, unusable polygons.
    """
    reference = reference or next(iter(bands.values())).path
    grid = grid or Grid.of(reference)
    alignments = {name: plan_alignment(band, grid, reference) for name, band in bands.items()}
    infos = {path: raster_info(path) for path in {band.path for band in bands.values()}}
    spaces: Dict[str, CodeSpace] = {}
    scalings: Dict[str, Tuple[float, float]] = {}
    for name, band in bands.items():
        info = infos[band.path]
        _require_band(band, info)
        scalings[name] = (info.scales[band.index - 1], info.offsets[band.index - 1])
        if band.categorical:
            moved = alignments[name] != Alignment()
            dtype = "float64" if alignments[name].warps else info.dtypes[band.index - 1]
            known = band.known_codes or (range(256) if info.dtypes[band.index - 1] == "uint8" else ())
            spaces[name] = code_space(
                dtype, info.nodata[band.index - 1], known, moved or mask is not None, info.masked[band.index - 1]
            )
    notes = tuple(dict.fromkeys(alignment.note for alignment in alignments.values() if alignment.note))
    return AlignedInputs(
        grid=grid,
        bands=dict(bands),
        alignments=alignments,
        scalings=scalings,
        spaces=spaces,
        block_shapes=tuple(infos[band.path].block_shapes[band.index - 1] for band in bands.values()),
        areas=cell_areas(grid, area_mode) if area_mode else None,
        mask=on_grid(mask, grid) if mask is not None else None,
        zones=on_grid(zones, grid) if zones is not None else None,
        notes=notes,
    )


def _require_band(band: Band, info: Any) -> None:
    from ..errors import RasterError

    if not 1 <= band.index <= info.count:
        raise RasterError("'{}' has {} band(s); band {} was asked for.".format(band.path, info.count, band.index))
    if info.dtypes[band.index - 1] == "uint64" and _mistakes_int64():
        raise RasterError(
            "{} holds 64-bit integers, which this version of rasterio misreads: negative numbers and nodata would be "
            "wrong. Convert it to 32-bit integers (Raster > Conversion > Translate).".format(band.describe())
        )


def _mistakes_int64() -> bool:
    """True for releases of rasterio (1.3.5) that take GDAL's signed 64-bit integers for unsigned ones."""
    from rasterio.dtypes import dtype_fwd

    gdal_int64 = 13
    return dtype_fwd.get(gdal_int64) == "uint64"
