"""Samples of a density raster with its drivers (Xinjiang paper, 2.1.4): random, proportional, or as published.

Two passes over the rasters: count, then draw. Memory holds the blocks in flight and the sample, however large the
rasters are; the same seed gives the same samples whatever the blocks and threads.
"""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .density_input import DensityRaster
from .errors import InputError, RasterError
from .plausibility import series_notes
from .progress import Part, Progress, Silent
from .raster.block_grid import grid_block_ids
from .raster.blocks import Block, Extremes, Totals, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture
from .results import Column, Remark, Table
from .sample_cleaning import clean
from .sample_draw import Draw, proportional_caps, with_replacement
from .sample_inputs import SampledBands, aligned_numbers
from .samples import TARGET, TEST, TRAIN, VALIDATION, Samples, make_samples, samples_table
from .spatial_blocks import automatic_size_km, parts
from .stack import StackInfo
from .units import T_HA, density_factor
from .valid_cells import joint_note, random_keys, require_joint

DESIGNS = ("random", "proportional", "published")
SPLITS_BY = ("random", "blocks")
#: Order in which the shares of a split are given, as in the paper's 7:2:1.
SPLIT_ORDER = (TRAIN, TEST, VALIDATION)
#: Most numbers (samples x columns) that are drawn: 800 MB while they are sorted.
MAX_VALUES = 25_000_000
PICTURE = "density picture"


@dataclass(frozen=True)
class SamplingOptions:
    """How samples are drawn and split.

    Parameters
    ----------
    design : 'random': every cell with the same chance; 'proportional': from every interval of the density axis its
        share of the cells; 'published': `per_interval` cells from each interval.
    size : samples of 'random' and 'proportional'; all cells if there are fewer.
    intervals : equal intervals between the smallest and the largest density.
    replace : 'published' draws with replacement, so that every interval gives `per_interval` rows.
    shares : sizes of the parts train, test, validation.
    split_by : 'random', or 'blocks': whole spatial blocks go into one part.
    block_km : side of the spatial blocks; None takes one that gives about 100 blocks.
    ranges, iqr_factor : see `sample_cleaning.clean`.
    """

    design: str = "random"
    size: int = 100_000
    intervals: int = 100
    per_interval: int = 1000
    replace: bool = False
    shares: Tuple[float, float, float] = (7.0, 2.0, 1.0)
    split_by: str = "random"
    block_km: Optional[float] = None
    ranges: Mapping[str, Tuple[float, float]] = field(default_factory=dict)
    iqr_factor: Optional[float] = None
    seed: int = 1


@dataclass
class SamplingResult:
    """Samples, and the population they were drawn from.

    `cells` are valid in density and drivers; `edges` (L + 1,) and `population` (L,) are the density axis in the unit of
    the samples and the cells by interval; `row`, `col`, `interval` belong to the samples.
    """

    samples: Samples
    row: np.ndarray
    col: np.ndarray
    interval: np.ndarray
    grid: Grid
    cells: int
    area_km2: float
    population: np.ndarray
    population_mean: float
    edges: np.ndarray
    intervals: Table
    removed: Table
    block_km: float
    block_layout: str
    options: SamplingOptions
    picture: np.ndarray
    notes: List[str] = field(default_factory=list)

    @property
    def sample_mean(self) -> float:
        """Mean density of the samples, each with its weight."""
        return float(np.average(self.samples.target, weights=self.samples.weight))

    @property
    def split_counts(self) -> Dict[str, int]:
        """Samples by part of the split."""
        return {name: int((self.samples.split == name).sum()) for name in (TRAIN, VALIDATION, TEST)}

    @property
    def blocks(self) -> int:
        """Spatial blocks that hold samples."""
        return len(np.unique(self.samples.block))

    def table(self) -> Table:
        """The samples as a table."""
        return samples_table(self.samples, "Samples of carbon density", self.row, self.col, self.interval)


def sample_density(
    density: DensityRaster,
    stack: StackInfo,
    earlier: Sequence[StackInfo] = (),
    drivers: Sequence[str] = (),
    options: Optional[SamplingOptions] = None,
    mask: Optional[PolygonLayer] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> SamplingResult:
    """Draw samples from the cells where the density and every driver are valid.

    Parameters
    ----------
    density : its grid is the reference; densities keep the unit of the raster.
    stack : drivers of the year of the density.
    earlier : stacks of earlier years with the same drivers, in any order; their tags CARBON_YEAR say how many years
        before the density they are, and their drivers become lagged columns.
    drivers : names of the drivers to use; all of `stack` if empty.

    Returns
    -------
    SamplingResult
        Samples in reading order of their cells.

    Raises
    ------
    InputError
        Options that cannot work; a density that is the same everywhere; earlier stacks without a usable year or
        without a driver; more numbers than fit into memory.
    RasterError
        No cell is valid in all inputs; codes of a categorical driver that are not whole numbers.
    GridError, Cancelled
    """
    options, progress, settings = options or SamplingOptions(), progress or Silent(), settings or EngineSettings()
    _check(options)
    columns = SampledBands.of(density, stack, earlier, drivers)
    _check_size(options, len(columns.bands))
    inputs = aligned_numbers(columns.bands, density.path, mask)
    progress.update(0.0, "Counting the cells")
    count = _count(inputs, Part(progress, (0.0, 0.4)), settings, columns)
    axis = _Axis(*count["range"], options.intervals)
    if axis.low == axis.high:
        text = "The density is {:g} {} in all {:,} valid cells: there is nothing to learn from samples of it."
        raise InputError(text.format(axis.low, density.unit, count["cells"]))
    cells, population, picture = _drawn(inputs, options, axis, count["cells"], Part(progress, (0.4, 0.9)), settings)
    progress.update(0.9, "Splitting the samples")
    result = _assembled(cells, population, picture, count, columns, inputs, axis, options)
    result.notes = list(inputs.notes) + columns.notes + _notes(count, density) + result.notes
    progress.update(1.0)
    return result


def _check(options: SamplingOptions) -> None:
    for word, words, what in (
        (options.design, DESIGNS, "a sampling design"), (options.split_by, SPLITS_BY, "a way to split"),
    ):  # fmt: skip
        if word not in words:
            raise InputError("'{}' is not {}. Choose one of: {}.".format(word, what, ", ".join(words)))
    for number, what in (
        (options.size, "number of samples"), (options.intervals, "number of intervals"),
        (options.per_interval, "number of samples per interval"),
    ):  # fmt: skip
        if number < 1:
            raise InputError("The {} must be at least 1; got {}.".format(what, number))
    if len(options.shares) != 3 or options.shares[0] <= 0:
        raise InputError("A split needs three shares, train : test : validation, with something to train on.")


def _check_size(options: SamplingOptions, columns: int) -> None:
    wanted = options.intervals * options.per_interval if options.design == "published" else options.size
    if wanted * columns > MAX_VALUES:
        raise InputError(
            "{:,} samples of {} columns do not fit into memory. Ask for at most {:,}.".format(
                wanted, columns, MAX_VALUES // columns
            )
        )


@dataclass(frozen=True)
class _Axis:
    """The density axis in equal intervals."""

    low: float
    high: float
    intervals: int

    @property
    def edges(self) -> np.ndarray:
        """(intervals + 1,) bounds."""
        return np.linspace(self.low, self.high, self.intervals + 1)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Interval of each value, from 0; the largest value belongs to the last."""
        place = (values.astype(np.float64) - self.low) * (self.intervals / (self.high - self.low))
        return np.minimum(place.astype(np.int64), self.intervals - 1)


def _valid(block: Block) -> np.ndarray:
    every = ~np.isnan(block[TARGET])
    for values in block.values.values():
        every &= ~np.isnan(values)
    return every


def _count(inputs: AlignedInputs, progress: Progress, settings: EngineSettings, columns: SampledBands) -> Totals:
    run = run_blocks(inputs, _count_kernel, None, None, progress, settings, message="Counting the cells")
    titles = {name: "'{}'".format(name.split(" ", 1)[-1]) for name in inputs.bands}
    each = {name: run.partial["valid " + name] for name in inputs.bands}
    require_joint(run.partial["cells"], each, titles)
    return run.partial


def _count_kernel(block: Block, _: Any):
    every = _valid(block)
    inside = block[TARGET][every].astype(np.float64)
    return {}, Totals(
        cells=int(inside.size), range=Extremes.of(inside), sum=float(inside.sum()), negative=int((inside < 0).sum()),
        area=float(block.area_array()[every].sum()),
        **{"valid " + name: int(np.count_nonzero(~np.isnan(values))) for name, values in block.values.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class _DrawParams:
    axis: _Axis
    caps: np.ndarray
    stratified: bool
    seed: int
    width: int


def _drawn(inputs: AlignedInputs, options: SamplingOptions, axis: _Axis, cells: int, progress: Progress, settings):
    """Columns of the cells drawn (by stratum and key), cells by interval, and a picture of the density."""
    stratified, span = options.design != "random", (0.0, 1.0)
    if options.design == "published":
        caps = np.full(axis.intervals, options.per_interval)
    elif options.design == "random":
        caps = np.array([min(options.size, cells)])
    else:
        # Shares of the intervals are needed before the draw, and the intervals were not known while counting.
        part = Part(progress, (0.0, 0.4))
        counted = run_blocks(inputs, _interval_kernel, axis, None, part, settings, message="Counting the intervals")
        caps, span = proportional_caps(counted.partial["counts"], options.size), (0.4, 1.0)
    picture = Picture(inputs.grid)
    run = run_blocks(
        inputs, _draw_kernel, _DrawParams(axis, caps, stratified, options.seed, inputs.grid.width), {PICTURE: picture},
        Part(progress, span), settings, bytes_per_cell=16 * len(inputs.bands) + 80, message="Drawing samples",
    )  # fmt: skip
    drawn, counts = run.partial["draw"].cells(), run.partial["counts"]
    if options.replace and options.design == "published":
        again = with_replacement(drawn["stratum"], counts, caps, options.seed)
        drawn = {name: values[again] for name, values in drawn.items()}
    return drawn, counts, picture.overview()[0]


def _interval_kernel(block: Block, axis: _Axis):
    return {}, Totals(counts=np.bincount(axis.of(block[TARGET][_valid(block)]), minlength=axis.intervals))


def _draw_kernel(block: Block, params: _DrawParams):
    every = _valid(block)
    row, col = np.nonzero(every)
    position = (row + block.row) * params.width + (col + block.col)
    values = {name: array[every] for name, array in block.values.items()}
    interval = params.axis.of(values[TARGET])
    stratum = interval if params.stratified else np.zeros_like(interval)
    draw = Draw.of_block(params.caps, position, random_keys(position, params.seed), stratum, values)
    counts = np.bincount(interval, minlength=params.axis.intervals)
    return {PICTURE: np.where(every, block[TARGET], np.nan)}, Totals(draw=draw, counts=counts)


def _assembled(cells, population, picture, count, columns: SampledBands, inputs, axis, options) -> SamplingResult:
    order = np.argsort(cells["position"], kind="stable")
    cells = {name: values[order] for name, values in cells.items()}
    samples, row, col = _samples(cells, population, columns, inputs.grid, options)
    block_km = options.block_km or automatic_size_km(count["area"])
    block, layout = grid_block_ids(inputs.grid, inputs.areas, samples.x, samples.y, block_km)
    samples.block, samples.split = block, _split(block, cells["position"], options)
    interval = axis.of(samples.target)
    kept, removed, notes = clean(samples, options.ranges, options.iqr_factor)
    table = _interval_table(axis, population, interval, samples.split, kept, samples.unit)
    return SamplingResult(
        samples=samples.take(kept), row=row[kept], col=col[kept], interval=interval[kept] + 1, grid=inputs.grid,
        cells=count["cells"], area_km2=count["area"], population=population,
        population_mean=count["sum"] / count["cells"], edges=axis.edges, intervals=table, removed=removed,
        block_km=block_km, block_layout=layout, options=options, picture=picture,
        notes=notes + _draw_notes(options, population, interval, count["cells"]),
    )  # fmt: skip


def _samples(cells, population, columns: SampledBands, grid: Grid, options: SamplingOptions):
    """Samples with their weights and places, not split yet; rows and columns of their cells."""
    drivers, lags = columns.drivers, columns.lags
    features = np.stack([cells[name] for name in columns.features], axis=1).astype(np.float64)
    for index, name in enumerate(columns.features):
        codes = features[:, index]
        if drivers[index % len(drivers)].categorical and (codes != np.floor(codes)).any():
            raise RasterError(
                "The categorical driver '{}' holds {:g}: codes of classes are whole numbers. Make the stack again "
                "without naming it as categorical.".format(name.split(" ", 1)[1], codes[codes != np.floor(codes)][0])
            )
    if len(lags) > 1:
        features = features.reshape(len(features), len(lags), len(drivers))
    weight = None
    if options.design != "random":
        stratum = cells["stratum"]
        weight = (population / np.maximum(np.bincount(stratum, minlength=len(population)), 1))[stratum]
        weight /= weight.mean()
    row, col = np.divmod(cells["position"], grid.width)
    x, y = grid.xy(col + 0.5, row + 0.5)
    samples = make_samples(
        drivers, features, cells[TARGET], columns.density.unit, columns.density.pool, columns.density.year,
        weight, x, y, lags=lags,
    )  # fmt: skip
    return samples, row, col


def _split(block: np.ndarray, position: np.ndarray, options: SamplingOptions) -> np.ndarray:
    """Part of each sample. A cell that was drawn twice is in one part only: none is learnt and tested on."""
    if options.split_by == "blocks":
        part = parts(block, len(block), options.shares, options.seed)
    else:
        cells, index = np.unique(position, return_inverse=True)
        part = parts(None, len(cells), options.shares, options.seed)[index.reshape(-1)]
    return np.array(SPLIT_ORDER)[part]


def _interval_table(axis: _Axis, population, interval, split, kept, unit: str) -> Table:
    def counts(rows: np.ndarray) -> List[int]:
        return np.bincount(interval[rows], minlength=axis.intervals).tolist()

    edges = axis.edges.tolist()
    columns = (
        Column("interval", "integer"),
        Column("from [{}]".format(unit), "number", "lower bound of the interval"),
        Column("to [{}]".format(unit), "number", "upper bound; it belongs to the next interval, but for the last"),
        Column("cells", "integer", "valid cells of the rasters"),
        Column("samples", "integer", "samples, after removal of outliers"),
        Column(TRAIN, "integer"), Column(VALIDATION, "integer"), Column(TEST, "integer"),
        Column("removed", "integer", "training samples outside a valid range or beyond a fence"),
    )  # fmt: skip
    parts_of = [counts(kept & (split == name)) for name in (TRAIN, VALIDATION, TEST)]
    rows = zip(
        range(1, axis.intervals + 1), edges[:-1], edges[1:], np.asarray(population).tolist(), counts(kept), *parts_of,
        counts(~kept),
    )  # fmt: skip
    return Table("Samples by interval of the density", columns, [list(row) for row in rows])


def _draw_notes(options: SamplingOptions, population, interval, cells: int) -> List[str]:
    if options.design != "published":
        if options.size > cells:
            text = "Only {:,} cells are valid; all of them are samples ({:,} were asked for)."
            return [Remark(text.format(cells, options.size))]
        return []
    drawn = np.bincount(interval, minlength=len(population))
    empty, short = int((population == 0).sum()), int(((drawn < options.per_interval) & (population > 0)).sum())
    notes = []
    if empty or short:
        text = "{} of {} intervals hold no cell and {} fewer than {:,}: {:,} samples instead of {:,}."
        notes.append(Remark(text.format(empty, len(population), short, options.per_interval, int(drawn.sum()),
                                 options.per_interval * len(population))))  # fmt: skip
    notes.append(
        "Equal intervals draw rare densities far more often than common ones. Use the column weight wherever a mean or "
        "a model should stand for the region: without it, estimates are biased towards the rare."
    )
    return notes


def _notes(count: Totals, density: DensityRaster) -> List[str]:
    to_t_ha = density_factor(density.unit, T_HA)
    limits = tuple(value * to_t_ha for value in count["range"])
    notes = series_notes({density.year: limits}, density.pool, {density.year: count["negative"]})
    return list(joint_note(count["cells"], count["valid " + TARGET], "a density")) + notes
