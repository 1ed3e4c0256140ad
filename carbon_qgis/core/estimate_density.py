"""Carbon density of a year from driver stacks, trained models and a pool ratio (Xinjiang paper, 2.3, eq. 3).

One pass over the blocks of the stack: valid cells become rows of features, the models say what each row holds, eq. 3
brings it to the year. 'meanmatched' and the legacy scaling first need a number of the whole map, and take a pass more.
"""

from dataclasses import dataclass, field, replace
from typing import Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .blas import one_blas_thread
from .bundle import DriverStats
from .coupled import CoupledModel, indicators
from .density import BLENDED, MEAN_MATCHED, SCALED, check_modes, matching_ratio
from .density_ratio import DensityRatio, given_ratio
from .errors import InputError
from .estimate_inputs import EstimateInputs, estimate_inputs
from .estimate_result import FRESH, SCALINGS, STORED, EstimateResult, estimate_result
from .model_stack import FeatureLayout, OutOfRange, features_of, scatter
from .outputs import OutputSet
from .predict_levels import level_spec
from .progress import Part, Progress, Silent
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture, RasterSpec, density_spec, tags, writers_for
from .watch import Watch, Watched

OUTPUTS = (
    "DENSITY", "DENSITY_LOW", "DENSITY_HIGH", "LEVELS", "APPLICABILITY", "DISSIMILARITY", "MODEL_LOW", "MODEL_HIGH",
)  # fmt: skip
OUTSIDE, INSIDE = 0, 1
PICTURE = " picture"
_PARTS = {"DENSITY": "mid", "DENSITY_LOW": "low", "DENSITY_HIGH": "high"}
#: Cells on which the models work at a time, whatever the size of a block.
BATCH = 8192


def estimate_density(
    stacks: Sequence[str],
    model: CoupledModel,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    ratio: Optional[DensityRatio] = None,
    year: Optional[int] = None,
    restoration: str = SCALED,
    blending: str = BLENDED,
    scaling: str = STORED,
    target_mean: Optional[float] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> EstimateResult:
    """Density raster of a year.

    Parameters
    ----------
    stacks : driver stack of the year; with a model of T yearly steps the T − 1 stacks before it too. Their order does
        not matter: the tag CARBON_YEAR gives it. The latest is the reference grid.
    model : see `coupled.read_coupled`.
    destinations : paths by name of `OUTPUTS`; None is not written. DENSITY_LOW and DENSITY_HIGH use the ends of the
        interval of `ratio`, MODEL_LOW and MODEL_HIGH are the ends of the conformal interval of the models at `ratio`.
    ratio : Cd_m / Cd_j; 1 if None.
    year : of the map; the tag of the latest stack if None.
    scaling : 'stored' as trained; 'fresh' rescales every year by its own minimum and maximum, as the authors' scripts
        do, which erases a change that all cells share.
    target_mean : Cd_m in the model's unit for 'meanmatched', where `ratio` does not bring it.

    Raises
    ------
    InputError
        A driver is missing; the number or years of the stacks do not fit the model; 'meanmatched' without a mean; an
        output whose basis (area of applicability, intervals, forecast interval) the inputs do not have.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    ratio = ratio or given_ratio(None)
    check_modes(restoration, blending)
    target_mean = ratio.mean_in(model.unit) if target_mean is None else target_mean
    _check(model, destinations, ratio, restoration, scaling, target_mean)
    found = estimate_inputs(stacks, model, mask, area_mode)
    params = _Params(model, found.layout, found.drivers, blending, restoration, ratio.parts(), _wanted(destinations))
    passes = 1 + (scaling == FRESH) + (restoration == MEAN_MATCHED)
    parts = iter([Part(progress, (i / passes, (i + 1) / passes)) for i in range(passes)])
    if scaling == FRESH:
        params = replace(params, fresh=_year_ranges(found, params, next(parts), settings))
    if restoration == MEAN_MATCHED:
        mean = _mean_at_1(found, params, next(parts), settings)
        matched = matching_ratio(mean, target_mean)
        params = replace(params, ratios={name: matched * r / ratio.ratio for name, r in params.ratios.items()})
    year = found.year if year is None else year
    specs = _specs(model, destinations, year, found.scenario, ratio)
    writers = writers_for(specs, found.inputs.grid, outputs, settings)
    pictures = {name + PICTURE: Picture(found.inputs.grid) for name in ("density", "levels", "inside", "width")}
    sums = _pass(found, _kernel, params, next(parts), settings, "Estimating carbon density", {**writers, **pictures})
    result = estimate_result(
        sums, model, found, ratio, restoration=restoration, blending=blending, scaling=scaling,
        target_mean=target_mean, year=year,
    )  # fmt: skip
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    return result


@dataclass(frozen=True)
class _Params:
    """What a kernel needs. `fresh` holds minimum and maximum of the year, (k,) each, for the legacy scaling."""

    model: CoupledModel
    layout: FeatureLayout
    drivers: Tuple[DriverStats, ...]
    blending: str
    restoration: str
    ratios: Mapping[str, float]
    wanted: Tuple[str, ...]
    fresh: Optional[Tuple[np.ndarray, np.ndarray]] = None
    watch: Watch = field(default_factory=Watch)


def _wanted(destinations: Mapping[str, Optional[str]]) -> Tuple[str, ...]:
    return tuple(name for name in OUTPUTS if destinations.get(name))


def _check(model: CoupledModel, destinations, ratio: DensityRatio, restoration: str, scaling: str, target) -> None:
    if scaling not in SCALINGS:
        raise InputError("'{}' is no scaling. Choose one of: {}.".format(scaling, ", ".join(SCALINGS)))
    if restoration == MEAN_MATCHED and target is None:
        raise InputError(
            "The restoration 'meanmatched' needs the pool mean of the year (Cd_m): give the table of 'Forecast density "
            "(ARIMA)', or the mean as a number."
        )
    wanted = _wanted(destinations)
    if ("DENSITY_LOW" in wanted or "DENSITY_HIGH" in wanted) and ratio.low is None:
        raise InputError(
            "Density rasters for the ends of the forecast interval need the table of 'Forecast density (ARIMA)'; a "
            "single ratio has no interval. Leave these outputs empty, or give the table."
        )
    if ("APPLICABILITY" in wanted or "DISSIMILARITY" in wanted) and model.applicability is None:
        raise InputError(
            "The density model holds no training points for an area of applicability. Train it again with its "
            "reliability data, or leave these outputs empty."
        )
    if ("MODEL_LOW" in wanted or "MODEL_HIGH" in wanted) and model.conformal is None:
        raise InputError(
            "The density model holds no held-out residuals for prediction intervals. Train it again with its "
            "reliability data, or leave these outputs empty."
        )


def _specs(
    model: CoupledModel, destinations, year: Optional[int], scenario: str, ratio: DensityRatio
) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    pool, unit = model.levels.pool, model.unit
    named = " ".join(str(part) for part in (pool, "carbon density", year) if part)
    with_scenario = {"CARBON_SCENARIO": scenario} if scenario else {}

    def density(text: str = "") -> RasterSpec:
        spec = density_spec((pool or "",), unit, year, smooth=True)
        return replace(spec, descriptions=(named + text,), tags={**spec.tags, **with_scenario})

    def plain(description: str, quantity: str, dtype: str) -> RasterSpec:
        found = tags(quantity, "1", pool=pool, year=year, scenario=scenario)
        return RasterSpec((description,), ("1",), dtype, tags=found, smooth=dtype == "float32")

    forecast = ", {} % forecast interval, ".format(ratio.interval) if ratio.interval else ", forecast interval, "
    own = ", {:.0%} prediction interval, ".format(model.conformal.level) if model.conformal is not None else ""
    specs = {
        "DENSITY": density(),
        "DENSITY_LOW": density(forecast + "low"),
        "DENSITY_HIGH": density(forecast + "high"),
        "LEVELS": level_spec(model.levels, year, scenario),
        "APPLICABILITY": plain("0 outside, 1 inside the area of applicability", "area of applicability", "uint8"),
        "DISSIMILARITY": plain("dissimilarity index", "dissimilarity index", "float32"),
        "MODEL_LOW": density(own + "low"),
        "MODEL_HIGH": density(own + "high"),
    }
    return {name: (destinations.get(name), spec) for name, spec in specs.items()}


def _bytes_per_cell(found: EstimateInputs) -> int:
    columns = len(found.layout.names)
    # Read as float32 with a mask, features in float64 and once more in the models, results of a row.
    return 8 * columns + 16 * columns + 24 * len(OUTPUTS) + 160


# --- kernels --------------------------------------------------------------------------------------------


def _features(block: Block, params: _Params) -> Tuple[np.ndarray, np.ndarray]:
    """Rows (n, T·k) as in the stack, and the validity of the cells."""
    return features_of(block, params.layout)


def _rescaled(features: np.ndarray, params: _Params) -> np.ndarray:
    """(n, T, k) with every driver brought from the range of the year to that of training (the legacy switch)."""
    steps = features.reshape(len(features), -1, len(params.drivers))
    if params.fresh is None:
        return steps
    steps, (low, high) = steps.copy(), params.fresh
    for column, driver in enumerate(params.drivers):
        if not driver.categorical:
            width = high[column] - low[column]
            share = (steps[..., column] - low[column]) / width if width > 0 else 0.0
            steps[..., column] = driver.min + share * (driver.max - driver.min)
    return steps


def _cells(steps: np.ndarray, params: _Params):
    """What the models say, and the rows that they read."""
    rows = steps if params.model.steps > 1 else steps[:, -1]
    return params.model.cells(rows, params.blending), rows


def _range_kernel(block: Block, params: _Params):
    features, _ = _features(block, params)
    columns = features.reshape(-1, len(params.drivers))
    return {}, Totals(
        cells=len(features), **{"driver {}".format(i): Extremes.of(column) for i, column in enumerate(columns.T)}
    )


def _mean_kernel(block: Block, params: _Params):
    features, valid = _features(block, params)
    params.watch.step(valid.size - len(features))
    area, carbon = block.area_array()[valid], 0.0
    for start in range(0, len(features), BATCH):
        params.watch.check()
        rows = slice(start, start + BATCH)
        cells, _ = _cells(_rescaled(features[rows], params), params)
        carbon += float(cells.density(1.0, SCALED) @ area[rows])
        params.watch.step(len(area[rows]))
    return {}, Totals(cells=len(features), area=float(area.sum()), carbon=carbon)


def _kernel(block: Block, params: _Params):
    """Densities, levels and reliability of one block, and their sums."""
    features, valid = _features(block, params)
    params.watch.step(valid.size - len(features))
    area = block.area_array()[valid]
    n = len(features)
    names = params.wanted + ("density" + PICTURE, "levels" + PICTURE, "inside" + PICTURE, "width" + PICTURE)
    rows = {name: np.full(n, np.nan, np.float32) for name in names}
    total = _empty_totals(params)
    for start in range(0, n, BATCH):
        params.watch.check()
        part = slice(start, start + BATCH)
        total = total + _batch(features[part], area[part], params, {name: row[part] for name, row in rows.items()})
        params.watch.step(len(area[part]))
    arrays = {name: scatter(row, valid) for name, row in rows.items()}
    return arrays, total


def _empty_totals(params: _Params) -> Totals:
    k, empty = len(params.drivers), Extremes()
    outside = OutOfRange(0, np.zeros(k, np.int64), np.zeros(k, np.int64), 0)
    return Totals(
        cells=0, area=0.0, base=0.0, negative=0, above=0, inside=0.0, width=0.0, outside=outside,
        levels=np.zeros((3, len(params.model.levels.names))),
        **{"carbon " + name: 0.0 for name in params.ratios},
        **{"range " + name: empty for name in OUTPUTS},
    )  # fmt: skip


def _batch(features: np.ndarray, area: np.ndarray, params: _Params, rows: Dict[str, np.ndarray]) -> Totals:
    """Fill the results of some rows; their sums."""
    model = params.model
    cells, inputs = _cells(_rescaled(features, params), params)
    base = cells.density(1.0, SCALED)
    densities = {name: cells.density(ratio, params.restoration) for name, ratio in params.ratios.items()}
    mid = densities["mid"]
    bmax = np.asarray(model.levels.bmax)[cells.level]
    count = len(model.levels.names)
    sums = Totals(
        cells=len(mid), area=float(area.sum()), base=float(base @ area), negative=int((mid < 0).sum()),
        above=int((mid > bmax * (1 + 1e-9)).sum()),
        levels=np.stack([np.bincount(cells.level, w, count) for w in (np.ones(len(mid)), area, mid * area)]),
        outside=OutOfRange.count(features.reshape(len(mid), -1, len(params.drivers)), params.drivers),
        **{"carbon " + name: float(values @ area) for name, values in densities.items()},
    )  # fmt: skip
    rows["density" + PICTURE][:] = mid
    rows["levels" + PICTURE][:] = cells.level + 1
    for name, part in _PARTS.items():
        if name in rows:
            rows[name][:] = densities[part]
    if "LEVELS" in rows:
        rows["LEVELS"][:] = cells.level + 1
    latest = inputs[:, -1] if inputs.ndim == 3 else inputs
    if "APPLICABILITY" in rows or "DISSIMILARITY" in rows:
        sums["inside"] = _applicability(model, latest, area, rows)
    if "MODEL_LOW" in rows or "MODEL_HIGH" in rows:
        sums["width"] = _intervals(model, inputs, cells, base, mid, area, rows)
    for name in OUTPUTS:
        if name in rows:
            sums["range " + name] = Extremes.of(rows[name])
    return sums


def _applicability(model: CoupledModel, latest: np.ndarray, area: np.ndarray, rows: Dict[str, np.ndarray]) -> float:
    """Dissimilarity index and inside or outside; the area inside, km2."""
    index = model.applicability.index(latest)
    inside = index <= model.applicability.threshold
    rows["inside" + PICTURE][:] = inside
    if "APPLICABILITY" in rows:
        rows["APPLICABILITY"][:] = np.where(inside, INSIDE, OUTSIDE)
    if "DISSIMILARITY" in rows:
        rows["DISSIMILARITY"][:] = index
    return float(area[inside].sum())


def _intervals(model: CoupledModel, inputs, cells, base, mid, area, rows: Dict[str, np.ndarray]) -> float:
    """Ends of the models' own interval; their width times area, summed.

    The residuals are of the base year: the interval of the unrestored density is carried on by the factor that the
    restoration gives the cell.
    """
    low, high = model.conformal.interval(base, indicators(model, inputs, cells)[1])
    factor = np.divide(mid, base, out=np.ones_like(base), where=base > 0)
    low, high = low * factor, high * factor
    for name, values in (("MODEL_LOW", low), ("MODEL_HIGH", high), ("width" + PICTURE, high - low)):
        if name in rows:
            rows[name][:] = values
    return float((high - low) @ area)


# --- passes over the whole map -----------------------------------------------------------------------------


def _year_ranges(found: EstimateInputs, params: _Params, progress: Progress, settings: EngineSettings):
    """Minimum and maximum of every driver over all valid cells of all stacks."""
    message = "Finding the range of each driver (legacy scaling: an extra pass)"
    sums = _pass(found, _range_kernel, params, progress, settings, message)
    ranges = np.array([sums["driver {}".format(i)] for i in range(len(params.drivers))])
    return ranges[:, 0], ranges[:, 1]


def _mean_at_1(found: EstimateInputs, params: _Params, progress: Progress, settings: EngineSettings) -> float:
    """Area-weighted mean of the map at ratio 1."""
    message = "Finding the mean of the map (mean-matched restoration: an extra pass)"
    sums = _pass(found, _mean_kernel, params, progress, settings, message)
    return sums["carbon"] / sums["area"]


def _pass(found: EstimateInputs, kernel, params: _Params, progress: Progress, settings, message: str, writers=None):
    """Folded sums of a kernel over all blocks. Blocks of large networks take seconds: batches report and stop too."""
    params = replace(params, watch=Watch())
    watched = Watched(progress, params.watch, found.inputs.grid.cells)
    with one_blas_thread():
        run = run_blocks(
            found.inputs, kernel, params, writers or {}, watched, settings, bytes_per_cell=_bytes_per_cell(found),
            message=message,
        )  # fmt: skip
    require_valid(run.partial["cells"], "the driver stack")
    return run.partial
