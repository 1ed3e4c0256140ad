"""Driver stack: aligned rasters as one raster whose band descriptions are the driver names."""

from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError
from .outputs import OutputSet
from .progress import Progress, Silent
from .raster.align import Alignment
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import GridPolygons, PolygonLayer, on_grid
from .raster.settings import EngineSettings
from .raster.source import Band, RasterInfo, raster_info
from .raster.vrt import VrtBand, copy_reasons, stack_vrt
from .raster.write import OVERVIEW_SIDE, RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .stack import QUANTITY, driver_name, file_name, layer_name
from .unflagged_classes import unflagged_note

#: Destination that `driver_stack` knows.
OUTPUTS = ("STACK",)
#: More classes than this in a categorical driver: it is none.
MAX_CLASSES = 65534


@dataclass(frozen=True)
class DriverSource:
    """One driver: a band of a raster; what is None is taken from the raster (see `driver_stack`)."""

    path: str
    band: int = 1
    name: Optional[str] = None
    unit: Optional[str] = None
    categorical: bool = False


@dataclass
class DriverStackResult:
    """A driver stack, and what is in it.

    `drivers` has a row per band; `valid_cells` counts cells where every driver is valid, `valid_share` is
    their share of the cells of the grid (inside the mask, if there is one). `codes` holds the cells by
    class code of each categorical driver. `overviews` and `ranges` are by driver name.
    """

    grid: Grid
    names: Tuple[str, ...]
    drivers: Table
    valid_cells: int
    valid_share: float
    is_vrt: bool = False
    codes: Dict[str, Dict[int, int]] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)


class Moments(tuple):
    """(count, mean, sum of squared deviations) of some numbers; `+` merges those of two sets (Chan et al. 1979)."""

    @classmethod
    def of(cls, values: np.ndarray) -> "Moments":
        """Moments of the finite values."""
        finite = values[np.isfinite(values)].astype(np.float64)
        if not finite.size:
            return cls((0, 0.0, 0.0))
        mean = finite.mean()
        return cls((finite.size, float(mean), float(np.square(finite - mean).sum())))

    def __add__(self, other) -> "Moments":
        (n1, mean1, square1), (n2, mean2, square2) = self, other
        if not n1 or not n2:
            return self if n1 else other
        total, step = n1 + n2, mean2 - mean1
        return Moments((total, mean1 + step * n2 / total, square1 + square2 + step**2 * n1 * n2 / total))

    @property
    def sd(self) -> float:
        """Standard deviation with the number of values as divisor."""
        return float(np.sqrt(self[2] / self[0])) if self[0] else float("nan")


def driver_stack(
    drivers: Sequence[DriverSource],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    reference: Optional[str] = None,
    mask: Optional[PolygonLayer] = None,
    year: Optional[int] = None,
    scenario: Optional[str] = None,
    vrt: bool = False,
    crop: bool = False,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> DriverStackResult:
    """Bring drivers onto one grid and stack them; each keeps its own nodata.

    The stack is float32. A name that is not given is that of the layer without year and scenario
    (`stack.driver_name`): the file name; of a file with several bands the band description, else file name and
    band number. A unit that is not given is the band unit of the source. GDAL scale and offset
    are applied, except to class codes.

    Parameters
    ----------
    drivers : the sources, in band order.
    destinations : path of 'STACK'. A name that ends in .vrt asks for a virtual raster that points to the
        sources; they must then share the reference grid, and there must be no mask.
    reference : raster that gives the grid; the first driver by default.
    mask : cells outside become nodata.
    year, scenario : tags of the stack.
    crop : the stack covers the bounds of the mask (on the cells of the grid), not the whole grid; without a mask
        there is a note.
    vrt : a virtual raster was asked for; where one is not possible a copy is written, with a note.

    Raises
    ------
    InputError
        No drivers, two drivers of one name, class codes that are not whole numbers or too large for
        float32, a .vrt destination where a copy is needed.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    layers = _named(drivers)
    inputs = _aligned(layers, reference, mask, crop)
    specification = _spec(layers, year, scenario)
    result = DriverStackResult(inputs.grid, tuple(layers), _empty_table(), 0, 0.0, notes=list(inputs.notes))
    result.notes += _unflagged(layers)
    if crop and mask is None:
        result.notes.append("There is no study area to clip to: the stack covers the whole reference grid.")
    destination = destinations.get("STACK")
    result.is_vrt = _write_vrt(destination, vrt, layers, inputs, specification, outputs, result.notes)
    wanted = {"STACK": (None if result.is_vrt else destination, specification)}
    writers = writers_for(wanted, inputs.grid, outputs, settings)
    params = _Params(
        tuple(layers), frozenset(name for name, layer in layers.items() if layer.categorical), bool(writers),
        max(1, -(-max(inputs.grid.shape) // OVERVIEW_SIDE)), inputs.grid, inputs.mask,
    )
    run = run_blocks(
        inputs, _kernel, params, writers, progress, settings, bytes_per_cell=20 * len(layers) + 24,
        message="Stacking drivers",
    )
    _summarise(result, run.partial, layers, inputs, params)
    pictures = writers["STACK"].overview() if writers else _mosaic(run.partial["samples"], params)
    result.overviews = dict(zip(layers, pictures))
    return result


@dataclass(frozen=True)
class _Layer:
    """A driver with everything decided."""

    band: Band
    unit: str
    categorical: bool
    info: RasterInfo


@dataclass(frozen=True)
class _Params:
    names: Tuple[str, ...]
    categorical: frozenset
    writes: bool
    stride: int
    grid: Grid
    mask: Optional[GridPolygons]


def _named(drivers: Sequence[DriverSource]) -> Dict[str, _Layer]:
    if not drivers:
        raise InputError("No drivers were given. Choose at least one raster.")
    infos = {path: raster_info(path) for path in dict.fromkeys(source.path for source in drivers)}
    layers: Dict[str, _Layer] = {}
    seen: Dict[str, DriverSource] = {}
    for source in drivers:
        info = infos[source.path]
        if not 1 <= source.band <= info.count:
            raise InputError("'{}' has {} band(s); band {} was asked for.".format(source.path, info.count, source.band))
        name = (source.name or "").strip() or _default_name(info, source.band)
        other = seen.setdefault(name.casefold(), source)
        if other is not source:
            raise InputError(
                "Two drivers are called '{}': '{}' band {} and '{}' band {}. Give one of them another name.".format(
                    name, other.path, other.band, source.path, source.band
                )
            )
        unit = info.units[source.band - 1] if source.unit is None else source.unit.strip()
        layers[name] = _Layer(Band(source.path, source.band, source.categorical), unit, source.categorical, info)
    return layers


def _unflagged(layers: Mapping[str, _Layer]) -> List[str]:
    """Warnings of drivers that look like classes and are not marked so."""
    found = (unflagged_note(name, each.band, each.unit) for name, each in layers.items() if not each.categorical)
    return [note for note in found if note]


def _default_name(info: RasterInfo, band: int) -> str:
    layer = driver_name(layer_name(info.path))
    if info.count == 1:
        return layer
    description = info.descriptions[band - 1].strip()
    return driver_name(description) if description else "{}_{}".format(layer, band)


def _aligned(layers: Mapping[str, _Layer], reference, mask: Optional[PolygonLayer], crop: bool) -> AlignedInputs:
    """Inputs that deliver every driver as numbers: alignment has chosen the method for class codes by now."""
    bands = {name: layer.band for name, layer in layers.items()}
    grid = None
    if crop and mask is not None:
        grid = _cropped(Grid.of(reference or next(iter(bands.values())).path), mask)
    inputs = align_inputs(bands, reference, mask=mask, grid=grid)
    scalings = {
        name: (1.0, 0.0) if layers[name].categorical else scaling for name, scaling in inputs.scalings.items()
    }
    bands = {name: replace(band, categorical=False) for name, band in inputs.bands.items()}
    return replace(inputs, bands=bands, scalings=scalings, spaces={})


def _cropped(grid: Grid, mask: PolygonLayer) -> Grid:
    """The part of a grid that the bounds of the mask touch."""
    left, bottom, right, top = on_grid(mask, grid).window_bounds()
    corners = [~grid.affine * point for point in ((left, bottom), (left, top), (right, bottom), (right, top))]
    cols, rows = ([float(corner[axis]) for corner in corners] for axis in (0, 1))
    # A mask that follows cell borders must not gain a cell by the last digit.
    first_col, first_row = (max(0, int(np.floor(min(side) + 1e-6))) for side in (cols, rows))
    last_col = min(grid.width, int(np.ceil(max(cols) - 1e-6)))
    last_row = min(grid.height, int(np.ceil(max(rows) - 1e-6)))
    x, y = grid.xy(first_col, first_row)
    a, b, _, d, e, _ = grid.transform
    size = max(1, last_col - first_col), max(1, last_row - first_row)
    return Grid(grid.crs_wkt, (a, b, x, d, e, y), *size)


def _spec(layers: Mapping[str, _Layer], year, scenario) -> RasterSpec:
    band_tags = []
    for layer in layers.values():
        entry = {"CARBON_UNIT": layer.unit} if layer.unit else {}
        band_tags.append({**entry, **({"CARBON_CATEGORICAL": "1"} if layer.categorical else {})})
    return RasterSpec(
        descriptions=tuple(layers), units=tuple(layer.unit for layer in layers.values()),
        tags=tags(QUANTITY, year=year, scenario=scenario), band_tags=tuple(band_tags), smooth=True,
    )


def _write_vrt(destination, asked: bool, layers, inputs: AlignedInputs, spec: RasterSpec, outputs, notes) -> bool:
    """Write the VRT if that is what the run makes; True if it was."""
    by_name = bool(destination) and destination.lower().endswith(".vrt")
    if not by_name:
        if asked and destination:
            notes.append("The stack was written as a copy: a virtual raster needs a file name that ends in .vrt.")
        return False
    reasons = ["a mask was given"] if inputs.mask is not None else []
    for name in layers:
        reasons += copy_reasons(inputs.bands[name], inputs.alignments[name])
    if reasons:
        raise InputError(
            "'{}' cannot be a virtual raster, because {}. Choose a file name that ends in .tif: the drivers are "
            "then copied.".format(destination, "; ".join(dict.fromkeys(reasons)))
        )
    bands = [
        VrtBand(
            inputs.bands[name], name, layer.unit, inputs.scalings[name],
            layer.info.nodata[layer.band.index - 1], spec.band_tags[position],
        )
        for position, (name, layer) in enumerate(layers.items())
    ]
    outputs.text(destination, stack_vrt(destination, inputs.grid, bands, spec.tags))
    count = len({layer.band.path for layer in layers.values()})
    sources = "its source raster" if count == 1 else "its {} source rasters".format(count)
    notes.append(Remark("The stack is a virtual raster: it reads {}, which must stay in place.".format(sources)))
    return True


def _kernel(block: Block, params: _Params):
    """Float32 layers of one block (drivers, rows, columns), and what the table of drivers needs."""
    layers = np.empty((len(params.names),) + block.shape, np.float32)
    partial = Totals()
    for position, name in enumerate(params.names):
        with np.errstate(over="ignore"):
            layers[position] = block[name]
        if name in params.categorical:
            partial["codes", name] = _count_codes(block[name], name)
        partial["moments", name] = Moments.of(layers[position])
        partial["extremes", name] = Extremes.of(layers[position])
    layers[np.isinf(layers)] = np.nan
    partial["all"] = int(np.isfinite(layers).all(axis=0).sum())
    partial["cells"] = _cells(block, params)
    if params.writes:
        return {"STACK": layers}, partial
    step = params.stride
    sample = layers[:, -block.row % step :: step, -block.col % step :: step].copy()
    partial["samples"] = [(-(-block.row // step), -(-block.col // step), sample)]
    return {}, partial


def _cells(block: Block, params: _Params) -> int:
    """Cells of the block that the mask leaves."""
    if params.mask is None:
        return block.height * block.width
    return int((params.mask.burn(params.grid, block.row, block.col, block.height, block.width) > 0).sum())


def _count_codes(values: np.ndarray, name: str) -> Totals:
    """Cells by class code.

    Raises
    ------
    InputError
        If a value is no whole number, float32 cannot hold it, or there are too many to be classes.
    """
    codes, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    wrong = codes[(codes != np.floor(codes)) | (codes.astype(np.float32).astype(np.float64) != codes)]
    if wrong.size:
        raise InputError(
            "The driver '{}' is marked as categorical but holds {!r}: class codes are whole numbers up to 16,777,216. "
            "Take the mark away, or reclassify the raster.".format(name, float(wrong[0]))
        )
    if codes.size > MAX_CLASSES:
        raise InputError(
            "The driver '{}' is marked as categorical but has more than {:,} classes. Take the mark away, or "
            "reclassify the raster.".format(name, MAX_CLASSES)
        )
    return Totals(zip(codes.astype(np.int64).tolist(), counts.tolist()))


def _mosaic(samples: List[Any], params: _Params) -> np.ndarray:
    """The picture of a stack that no writer saw, from the samples of its blocks."""
    shape = tuple(-(-side // params.stride) for side in params.grid.shape)
    picture = np.full((len(params.names),) + shape, np.nan, np.float32)
    for row, col, sample in samples:
        picture[:, row : row + sample.shape[1], col : col + sample.shape[2]] = sample
    return picture


def _empty_table() -> Table:
    return Table(
        "Drivers",
        (
            Column("name", "text", "name of the driver (band description)"),
            Column("unit", "text", "unit of the driver; empty where the source has none"),
            Column("categorical", "integer", "1: class codes, 0: a quantity"),
            Column("classes", "integer", "number of classes, categorical drivers only"),
            Column("source", "text", "file or layer"),
            Column("band", "integer", "band of the source"),
            Column("aligned", "text", "how it was brought onto the grid"),
            Column("valid_cells", "integer", "cells with data"),
            Column("min", "number", "smallest value"),
            Column("max", "number", "largest value"),
            Column("mean", "number", "mean over cells, without area weights"),
            Column("sd", "number", "standard deviation over cells (divisor: number of cells)"),
        ),
    )


def _how_aligned(alignment: Alignment) -> str:
    if alignment == Alignment():
        return "same grid"
    return alignment.resampling if alignment.warps else "same cells, other extent"


def _summarise(result: DriverStackResult, partial: Totals, layers, inputs: AlignedInputs, params: _Params) -> None:
    for name, layer in layers.items():
        moments, (low, high) = partial["moments", name], partial["extremes", name]
        require_valid(moments[0], "the driver '{}' ({})".format(name, layer.band.describe()))
        classes = None
        if layer.categorical:
            result.codes[name] = dict(sorted(partial["codes", name].items()))
            classes = len(result.codes[name])
        row = [name, layer.unit, int(layer.categorical), classes, file_name(layer.band.path)]
        row += [layer.band.index, _how_aligned(inputs.alignments[name]), moments[0], low, high]
        result.drivers.rows.append(row + ([None, None] if layer.categorical else [moments[1], moments.sd]))
        result.ranges[name] = (low, high)
        if low == high:
            result.notes.append("The driver '{}' is constant ({:g}): no model can learn from it.".format(name, low))
    require_valid(partial["all"], "all drivers together")
    result.valid_cells = partial["all"]
    result.valid_share = partial["all"] / partial["cells"]
    nameless = [name for name, layer in layers.items() if not layer.unit and not layer.categorical]
    if nameless:
        result.notes.append("Without a unit: {}.".format(", ".join(nameless)))
    text = "All drivers are valid in {:,} cells ({:.1%})."
    result.notes.append(Remark(text.format(result.valid_cells, result.valid_share)))
