"""Carbon density of a driver stack by a random forest (Jiangsu paper, section 2.3.2), with what limits it."""

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, List, Mapping, Optional, Tuple

import numpy as np

from .errors import InputError
from .forest import Forest, interval_indicators
from .model_stack import FeatureLayout, OutOfRange, features_of, model_bands, scatter
from .outputs import OutputSet
from .plausibility import series_notes
from .progress import Progress, Silent
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture, RasterSpec, density_spec, tags, writers_for
from .results import Column, Table
from .units import DENSITY_T_KM2, T_HA, T_PER_TG, density_factor
from .watch import Watch, Watched

OUTPUTS = ("DENSITY", "CELL_CARBON", "LOW", "HIGH", "APPLICABILITY", "DISSIMILARITY")
PICTURE = " picture"
#: Unit of the carbon of a cell: density times the area of the cell.
T_CELL = "t C/cell"


@dataclass
class ForestPrediction:
    """A density map and what it rests on; densities in `unit`, `overviews` density, inside and width for pictures."""

    pool: Optional[str]
    year: Optional[int]
    scenario: str
    unit: str
    grid: Grid
    area_mode: str
    cells: int
    area_km2: float
    nodata_share: float
    mean: float
    total: float
    ranges: Dict[str, Tuple[float, float]]
    totals: Table
    outside: Table
    outside_share: float
    inside_share: Optional[float] = None
    threshold: Optional[float] = None
    interval_level: Optional[float] = None
    mean_interval_width: Optional[float] = None
    warnings: List[str] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)


def predict_forest(
    stack: str,
    forest: Forest,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> ForestPrediction:
    """Density raster of a driver stack.

    Parameters
    ----------
    stack : driver stack; bands are found by name.
    destinations : paths by name of `OUTPUTS`; None is not written. CELL_CARBON is the density times the area of the
        cell, t C; LOW and HIGH are the ends of the conformal interval, APPLICABILITY is 1 inside the area of
        applicability.
    year : of the map; the stack's tag if None.

    Raises
    ------
    InputError
        A driver is missing; an output that the model has no basis for.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    check_outputs(forest, destinations)
    found = model_bands(stack, forest.drivers)
    inputs = align_inputs(dict(zip(forest.names, found.bands)), stack, mask=mask, area_mode=area_mode)
    year = found.stack.year if year is None else year
    wanted = tuple(name for name in OUTPUTS if destinations.get(name))
    params = _Params(forest, FeatureLayout.of(inputs, forest.names), wanted)
    specs = prediction_specs(forest, year, found.stack.scenario)
    writers = writers_for({n: (destinations.get(n), spec) for n, spec in specs.items()}, inputs.grid, outputs, settings)
    shown = ["density"] + (["inside"] if _needs_index(wanted) else []) + (["width"] if _needs_interval(wanted) else [])
    pictures = {name + PICTURE: Picture(inputs.grid) for name in shown}
    # Blocks of large forests take seconds: every tree reports and stops too.
    watched = Watched(progress, params.watch, inputs.grid.cells * len(forest.arrays))
    run = run_blocks(
        inputs, _kernel, params, {**writers, **pictures}, watched, settings,
        bytes_per_cell=bytes_per_cell(len(forest.names), wanted, settings.worker_count()),
        message="Predicting carbon density",
    )  # fmt: skip
    require_valid(run.partial["cells"], "the driver stack")
    result = _result(run.partial, forest, inputs, wanted, year, found.stack.scenario)
    result.notes = list(found.notes) + list(inputs.notes) + result.notes
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    return result


def check_outputs(forest: Forest, destinations: Mapping[str, Optional[str]]) -> None:
    """Raise `InputError` for an output that the forest has no basis for."""
    advice = "Train it on samples with coordinates or spatial blocks (column 'block'), or leave these outputs empty."
    wanted = tuple(name for name in OUTPUTS if destinations.get(name))
    if _needs_index(wanted) and forest.applicability is None:
        raise InputError("The forest holds no training points for an area of applicability. " + advice)
    if _needs_interval(wanted) and forest.conformal is None:
        raise InputError("The forest holds no held-out residuals for prediction intervals. " + advice)


def prediction_specs(forest: Forest, year: Optional[int], scenario: str = "") -> Dict[str, RasterSpec]:
    """What each raster is, by name of `OUTPUTS`."""
    pool, unit = forest.pool, forest.unit
    words = [pool or "", "carbon density", str(year) if year is not None else "", scenario]
    name = " ".join(word for word in words if word)

    def density(text: str = "") -> RasterSpec:
        spec = density_spec((pool or "",), unit, year, smooth=True)
        more = {"CARBON_SCENARIO": scenario} if scenario else {}
        return replace(spec, descriptions=(name + text,), tags={**spec.tags, **more})

    def plain(description: str, quantity: str, dtype: str, unit: str = "1") -> RasterSpec:
        marks = tags(quantity, unit, pool=pool, year=year, scenario=scenario)
        return RasterSpec((description,), (unit,), dtype, tags=marks, smooth=unit != "1")

    level = forest.conformal.level if forest.conformal is not None else 0.0
    return {
        "DENSITY": density(),
        "CELL_CARBON": plain(name.replace("carbon density", "carbon of a cell"), "carbon of a cell", "float32", T_CELL),
        "LOW": density(", {:.0%} prediction interval, low".format(level)),
        "HIGH": density(", {:.0%} prediction interval, high".format(level)),
        "APPLICABILITY": plain("0 outside, 1 inside the area of applicability", "area of applicability", "uint8"),
        "DISSIMILARITY": plain("dissimilarity index", "dissimilarity index", "float32"),
    }


def bytes_per_cell(columns: int, wanted: Tuple[str, ...], workers: int) -> int:
    """Memory that a cell of a block takes, as a mean over the blocks in flight.

    `workers` of them are worked on: read, as features, encoded, sorted; with an interval or a dissimilarity index as
    its terms too. Four more wait to be written and hold results alone. Large blocks hold more rows that are alike.
    """
    work = 24 * columns + 96
    if _needs_index(wanted) or _needs_interval(wanted):
        work += 32 * columns + 64
    return -(-workers * work // (workers + 4)) + 4 * (len(wanted) + 3)


@dataclass(frozen=True)
class _Params:
    forest: Forest
    layout: FeatureLayout
    wanted: Tuple[str, ...]
    watch: Watch = field(default_factory=Watch)


def _needs_index(wanted) -> bool:
    return "APPLICABILITY" in wanted or "DISSIMILARITY" in wanted


def _needs_interval(wanted) -> bool:
    return "LOW" in wanted or "HIGH" in wanted


def _kernel(block: Block, params: _Params):
    """Rasters of one block, and their sums."""
    features, valid = features_of(block, params.layout)
    params.watch.step((valid.size - len(features)) * len(params.forest.arrays))
    area = block.area_array()[valid]
    rows, sums = predicted_rows(params.forest, features, area, params.wanted, params.watch.step)
    return {name: scatter(row, valid) for name, row in rows.items()}, sums


def predicted_rows(
    forest: Forest,
    features: np.ndarray,
    area: np.ndarray,
    wanted: Tuple[str, ...],
    step: Optional[Callable[[int], None]] = None,
) -> Tuple[Dict[str, np.ndarray], Totals]:
    """Results of rows by output name (float32), and the sums of a run.

    Parameters
    ----------
    features : (n, k) valid rows; area : (n,) km2.
    wanted : names of `OUTPUTS`; 'density', 'inside' and 'width' for pictures come with what they are made from.
    step : called with the number of rows after each tree; what it raises (a cancel) ends the work.
    """
    n = len(features)
    made = forest.predict(features, step)
    rows = {"density" + PICTURE: made.astype(np.float32)}
    sums = Totals(
        cells=n, area=float(area.sum()), carbon=float(made @ area), negative=int((made < 0).sum()),
        outside=OutOfRange.count(features, forest.drivers), inside=0.0, width=0.0, carbon_low=0.0, carbon_high=0.0,
    )  # fmt: skip
    if "DENSITY" in wanted:
        rows["DENSITY"] = rows["density" + PICTURE]
    if "CELL_CARBON" in wanted:
        rows["CELL_CARBON"] = (made * (DENSITY_T_KM2[forest.unit] * area)).astype(np.float32)
    if _needs_index(wanted):
        index = forest.applicability.index(features)
        inside = index <= forest.applicability.threshold
        sums["inside"] = float(area[inside].sum())
        rows["inside" + PICTURE] = rows["APPLICABILITY"] = inside.astype(np.float32)
        rows["DISSIMILARITY"] = index.astype(np.float32)
    if _needs_interval(wanted):
        low, high = forest.conformal.interval(made, interval_indicators(forest, features)[1])
        sums["width"] = float((high - low) @ area)
        rows["LOW"], rows["HIGH"] = low.astype(np.float32), high.astype(np.float32)
        rows["width" + PICTURE] = (high - low).astype(np.float32)
    for name in OUTPUTS:
        if name in wanted:
            sums["range " + name] = Extremes.of(rows[name]) if n else Extremes()
    return rows, sums


def _result(sums: Totals, forest: Forest, inputs: AlignedInputs, wanted, year, scenario: str) -> ForestPrediction:
    area, unit = sums["area"], forest.unit
    mean = sums["carbon"] / area
    total = mean * DENSITY_T_KM2[unit] * area / T_PER_TG
    ranges = {name: tuple(sums["range " + name]) for name in wanted}
    result = ForestPrediction(
        forest.pool, year, scenario, unit, inputs.grid, inputs.areas.mode, sums["cells"], area,
        1 - sums["cells"] / inputs.grid.cells, mean, total, ranges, _totals(sums, mean, total, year, scenario, forest),
        sums["outside"].table(forest.drivers), sums["outside"].any / max(1, sums["cells"]),
    )  # fmt: skip
    if _needs_index(wanted):
        result.inside_share, result.threshold = sums["inside"] / area, forest.applicability.threshold
    if _needs_interval(wanted):
        result.interval_level, result.mean_interval_width = forest.conformal.level, sums["width"] / area
    result.warnings = _warnings(result, sums, forest)
    return result


def _totals(sums: Totals, mean: float, total: float, year, scenario: str, forest: Forest) -> Table:
    columns = (
        Column("pool", "text"), Column("year", "integer"), Column("scenario", "text"),
        Column("valid_area_km2", "number"), Column("cells", "integer"),
        Column("mean_density_t_C_ha", "number", "area-weighted"), Column("stock_Tg_C", "number"),
        Column("stock_t_C", "number"),
    )  # fmt: skip
    in_t_ha = mean * density_factor(forest.unit, T_HA)
    row = [forest.pool, year, scenario, sums["area"], sums["cells"], in_t_ha, total, total * T_PER_TG]
    return Table("Carbon of the map", columns, [row])


def _warnings(result: ForestPrediction, sums: Totals, forest: Forest) -> List[str]:
    found = list(sums["outside"].notes(forest.drivers))
    if result.inside_share is not None and result.inside_share < 0.95:
        text = "{:.1%} of the area lies outside the area of applicability: the forest saw nothing like it."
        found.append(text.format(1 - result.inside_share))
    to_t_ha = density_factor(forest.unit, T_HA)
    if "DENSITY" in result.ranges:
        low, high = (value * to_t_ha for value in result.ranges["DENSITY"])
        found += series_notes({result.year: (low, high)}, forest.pool, {result.year: sums["negative"]})
    return found
