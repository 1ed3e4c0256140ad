"""Coarse drivers on a fine grid: inverse distance weighting as published, bilinear, or a change on a fine baseline.

Jiangsu paper, section 2.2: future climate and productivity at 0.25 degrees are brought to 1 km by inverse distance
weighting. That smooths the coarse cells; it adds no detail. 'delta' adds the coarse change to (precipitation:
multiplies it with) a fine baseline, which keeps the detail and takes out the bias of the coarse model.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Optional, Sequence, Tuple

import numpy as np

from .coarse_change import CHANGES, Change, coarse_change, is_ratio, require_same_step
from .coarse_field import CoarseField, matching_bands, mean_field, read_coarse
from .downscale_result import DownscaleOptions, DownscaleResult, downscale_result
from .errors import GridError, InputError
from .idw import idw_table, needed_samples, unit_vectors
from .outputs import OutputSet
from .progress import Part, Progress, Silent
from .raster.area import longitude_latitude
from .raster.blocks import Block, Extremes, Totals, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import GridPolygons, PolygonLayer
from .raster.positions import cell_centres, in_crs_of, metres_per_unit, positions_in
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import Picture, RasterSpec, tags, writers_for
from .stack import QUANTITY, file_name
from .watch import Watch, Watched

METHODS = ("idw", "bilinear", "delta")
DISTANCES = ("auto", "great_circle", "projected")
PICTURE = " picture"
#: Bands whose maps a report draws.
MOST_PICTURES = 4
_ROWS = 64


def downscale(
    coarse: str,
    outputs: OutputSet,
    destination: Optional[str],
    options: Optional[DownscaleOptions] = None,
    reference: Optional[str] = None,
    coarse_baseline: Sequence[str] = (),
    fine_baseline: Optional[str] = None,
    unit: str = "",
    year: Optional[int] = None,
    scenario: Optional[str] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> DownscaleResult:
    """Bring all bands of a coarse raster onto the grid of a reference raster.

    Parameters
    ----------
    reference : gives the grid; with 'delta' the fine baseline does if None.
    coarse_baseline : for 'delta', rasters of the baseline period by the same model; their mean is taken.
    fine_baseline : for 'delta', an observed raster of that period.
    unit : of the coarse values, where the raster states none or a wrong one.
    year, scenario : tags of the result; those of the coarse raster if None.

    Raises
    ------
    InputError
        A choice that is none of the words, inputs that a method needs and lacks, a raster too large to be coarse, bands
        that do not match.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings, options = progress or Silent(), settings or EngineSettings(), options or DownscaleOptions()
    delta = options.method == "delta"
    reference = reference or (fine_baseline if delta else None)
    _check(options, reference, coarse_baseline, fine_baseline)
    reading = Part(progress, (0.0, 0.1))
    reading.update(0.0, "Reading the coarse raster")
    source = read_coarse(coarse, reading, unit)
    change, bands, result_units = None, {}, source.units
    if delta:
        base = mean_field([read_coarse(path, reading, unit) for path in coarse_baseline], source)
        bands, result_units = _baseline_bands(fine_baseline, source)
        ratio = tuple(is_ratio(options.change, name) for name in source.units)
        require_same_step(source.units, result_units, source.names, ratio)
        change = coarse_change(source.values, base.values, ratio)
    inputs = align_inputs(bands, reference, mask=mask, area_mode=area_mode)
    params = _params(source, change, inputs, options, len(source.names))
    year = source.year if year is None else year
    scenario = source.scenario if scenario is None else scenario
    spec = _spec(source.names, result_units, year, scenario)
    writers: Dict[str, Any] = writers_for({"DRIVER": (destination, spec)}, inputs.grid, outputs, settings)
    pictures = {name + PICTURE: Picture(inputs.grid) for name in params.pictures}
    watched = Watched(Part(progress, (0.1, 1.0)), params.watch, inputs.grid.cells)
    run = run_blocks(
        inputs, _kernel, params, {**writers, **pictures}, watched, settings,
        bytes_per_cell=40 * len(source.names) + 64, message="Downscaling",
    )  # fmt: skip
    _require_overlap(run.partial, source, inputs.grid)
    result = downscale_result(
        run.partial, source, change, inputs.grid, inputs.areas.mode, options, params.spherical, result_units
    )
    result.year, result.scenario = year, scenario
    result.notes = list(inputs.notes) + result.notes
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    return result


def _check(options: DownscaleOptions, reference, coarse_baseline, fine_baseline) -> None:
    for word, words in (
        (options.method, METHODS), (options.distance, DISTANCES), (options.change, CHANGES),
        (options.interpolation, ("bilinear", "idw")),
    ):  # fmt: skip
        if word not in words:
            raise InputError("'{}' is not known. Choose one of: {}.".format(word, ", ".join(words)))
    if options.method == "delta" and (not coarse_baseline or not fine_baseline):
        raise InputError(
            "A change on a baseline needs the coarse rasters of the baseline period and a fine raster of that period; "
            "{} missing. Give them, or choose 'idw' or 'bilinear'.".format(
                "both are" if not coarse_baseline and not fine_baseline else
                "the coarse ones are" if not coarse_baseline else "the fine one is"
            )
        )  # fmt: skip
    if not reference:
        raise InputError("Give a reference raster: its grid is the one to which the driver is brought.")


def _baseline_bands(path: str, coarse: CoarseField) -> Tuple[Dict[str, Band], Tuple[str, ...]]:
    """Bands of the fine baseline in the order of the coarse raster, and the units of the sums."""
    info = raster_info(path)
    names = [text.strip() or "band {}".format(band) for band, text in enumerate(info.descriptions, 1)]
    order = matching_bands(coarse.names, names, file_name(coarse.path), file_name(path))
    bands = {"baseline {}".format(index): Band(path, position + 1) for index, position in enumerate(order)}
    return bands, tuple(info.units[position] or unit for position, unit in zip(order, coarse.units))


@dataclass(frozen=True)
class _Params:
    source: CoarseField
    change: Optional[Change]
    table: Any  # IdwTable, or None for bilinear
    spherical: bool
    grid: Grid
    mask: Optional[GridPolygons]
    bands: int
    pictures: Tuple[str, ...]
    watch: Watch = field(default_factory=Watch)

    @property
    def interpolated(self) -> CoarseField:
        """What is interpolated: the field itself, or its change."""
        return self.source if self.change is None else replace(self.source, values=self.change.values)


def _params(source: CoarseField, change, inputs: AlignedInputs, options: DownscaleOptions, count: int) -> _Params:
    spherical = _is_spherical(options, source.grid, inputs.grid)
    shown = ("before", "after") + (("baseline",) if change is not None else ())
    pictures = tuple("{} {}".format(name, band) for band in range(min(count, MOST_PICTURES)) for name in shown)
    params = _Params(source, change, None, spherical, inputs.grid, inputs.mask, count, pictures)
    if not options.by_weights:
        return params
    return replace(params, table=_table(params.interpolated, inputs.grid, options, spherical))


def _is_spherical(options: DownscaleOptions, coarse: Grid, reference: Grid) -> bool:
    if options.distance == "projected" and reference.crs.is_geographic:
        raise GridError(
            "The reference raster is in degrees ({}): distances in its CRS have no meaning. Choose great-circle "
            "distances, or a projected reference.".format(reference.crs_name())
        )
    if options.distance == "auto":
        return bool(coarse.crs.is_geographic or reference.crs.is_geographic)
    return options.distance == "great_circle"


def _table(source: CoarseField, grid: Grid, options: DownscaleOptions, spherical: bool):
    """The cells of a coarse field as a table of points, without those that no place of the grid can need."""
    x, y = (axis.ravel() for axis in cell_centres(source.grid, 0, 0, *source.grid.shape))
    values = source.values.reshape(len(source.values), -1).T
    rows = np.unique(np.linspace(0, grid.height - 1, min(grid.height, 33)).astype(int))
    cols = np.unique(np.linspace(0, grid.width - 1, min(grid.width, 33)).astype(int))
    places = [axis[np.ix_(rows, cols)].ravel() for axis in cell_centres(grid, 0, 0, *grid.shape)]
    if spherical:
        positions, lattice = _on_sphere(source.grid, x, y), _on_sphere(grid, *places)
        step = _step_km(source.grid)
    else:
        positions = np.stack(in_crs_of(grid, x, y, source.grid), axis=-1) * metres_per_unit(grid) / 1000.0
        lattice = np.stack(places, axis=-1) * metres_per_unit(grid) / 1000.0
        step = _step_km(source.grid)
    kept = needed_samples(positions, values, lattice, options.neighbours)
    return idw_table(
        positions[kept], values[kept], options.power, options.neighbours, spherical, options.max_distance_km,
        touch=1e-7 * step,
    )  # fmt: skip


def _step_km(grid: Grid) -> float:
    side = min(grid.cell_size)
    return side * 111.2 if grid.crs.is_geographic else side * metres_per_unit(grid) / 1000.0


def _on_sphere(grid: Grid, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return unit_vectors(*longitude_latitude(grid, x, y))


def _spec(names, units, year, scenario) -> RasterSpec:
    marks = tags(QUANTITY, units[0] if len(set(units)) == 1 else "", year=year, scenario=scenario)
    return RasterSpec(tuple(names), tuple(units), tags=marks, smooth=True)


def _kernel(block: Block, params: _Params):
    """The driver on one block, and its sums beside those of the coarse cells there."""
    shape = (params.bands,) + block.shape
    before, after = np.full(shape, np.nan), np.full(shape, np.nan)
    inside = np.ones(block.shape, bool)
    if params.mask is not None:
        inside = params.mask.burn(params.grid, block.row, block.col, *block.shape) != 0
    for start in range(0, block.height, _ROWS):  # neighbours take much memory: a few rows at a time
        rows = slice(start, min(start + _ROWS, block.height))
        wanted = inside[rows]
        params.watch.step(wanted.size)
        if wanted.any():
            centres = cell_centres(params.grid, block.row + start, block.col, rows.stop - start, block.width)
            here, made = _at(params, *(axis[wanted] for axis in centres))
            before[:, rows][:, wanted], after[:, rows][:, wanted] = here.T, made.T
    baseline = None
    if params.change is not None:
        baseline = np.stack([block["baseline {}".format(band)] for band in range(params.bands)]).astype(np.float64)
        for band, ratio in enumerate(params.change.ratio):
            after[band] = baseline[band] * after[band] if ratio else baseline[band] + after[band]
    arrays = {"DRIVER": after.astype(np.float32)}
    for name in params.pictures:
        kind, band = name.split(" ")
        arrays[name + PICTURE] = {"before": before, "after": after, "baseline": baseline}[kind][int(band)]
    return arrays, _sums(before, after, baseline, block.area_array())


def _at(params: _Params, x: np.ndarray, y: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Coarse values of the cells around places (n,), and what is interpolated there; (n, bands) each."""
    col, row = positions_in(params.source.grid, *in_crs_of(params.source.grid, x, y, params.grid))
    before = params.source.cell_values(col, row)
    if params.table is None:
        return before, params.interpolated.bilinear(col, row)
    if params.spherical:
        return before, params.table.at(_on_sphere(params.grid, x, y))
    return before, params.table.at(np.stack([x, y], axis=-1) * metres_per_unit(params.grid) / 1000.0)


def _sums(before: np.ndarray, after: np.ndarray, baseline: Optional[np.ndarray], area: np.ndarray) -> Totals:
    """Sums by band. Means compare the cells where both the coarse raster and the result have a value."""
    made = np.isfinite(after)
    both, somewhere = made & np.isfinite(before), made.any(axis=0)
    weights = np.where(both, area, 0.0)
    sums = Totals(
        cells=made.sum(axis=(1, 2)), filled=(made & ~both).sum(axis=(1, 2)), area=(made * area).sum(axis=(1, 2)),
        area_both=weights.sum(axis=(1, 2)), any=int(somewhere.sum()), area_any=float(area[somewhere].sum()),
        filled_any=int((somewhere & ~both.any(axis=0)).sum()), coarse_cells=int(np.isfinite(before).sum()),
        before=(np.where(both, before, 0.0) * weights).sum(axis=(1, 2)),
        after=(np.where(both, after, 0.0) * weights).sum(axis=(1, 2)), negative=(after < 0).sum(axis=(1, 2)),
        negative_before=(before < 0).sum(axis=(1, 2)),
    )  # fmt: skip
    if baseline is not None:
        sums["baseline"] = (np.where(both, baseline, 0.0) * weights).sum(axis=(1, 2))
        sums["negative_before"] = sums["negative_before"] + (baseline < 0).sum(axis=(1, 2))
    for band in range(len(after)):
        sums["range before {}".format(band)] = Extremes.of(before[band])
        sums["range after {}".format(band)] = Extremes.of(after[band])
    return sums


def _require_overlap(sums: Totals, source: CoarseField, grid: Grid) -> None:
    if sums["coarse_cells"] == 0 or sums["any"] == 0:
        raise GridError(
            "No cell of the reference grid ({}) inside the study area lies in a cell of '{}' that has data ({}). Check "
            "the CRS and the extent of both, and the mask.".format(
                grid.describe(), file_name(source.path), source.grid.describe()
            )
        )
