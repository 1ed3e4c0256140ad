"""Geodetector on rasters: drivers are classed, strata counted, q computed, overall and by ecosystem.

Xinjiang paper, 2.5 and 4.3. Up to three passes over the rasters: extremes and samples, histograms,
strata; regions that fit into memory are read once.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from .class_names import class_names
from .discretize import Distribution, HistogramBuilder, classify, mixed_edges
from .driver_classes import ClassedDriver, Classing, class_driver
from .errors import InputError
from .geodetector import GeodetectorResult, factor_and_interaction
from .progress import Progress, Silent
from .raster.blocks import Extremes, Totals, require_valid
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.scan import present_codes
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .strata_moments import accumulate
from .valid_cells import Columns, ValidCells

#: Cells of each block whose values steer the histogram's bins, in all about a million.
SAMPLE_CELLS = 1_000_000
MAX_STRATA = 255


@dataclass(frozen=True)
class Driver:
    """A driver raster: `band` says whether its values are classes already."""

    name: str
    band: Band
    unit: str = ""


@dataclass
class DetectionResult:
    """A Geodetector run on rasters or a table: scores, the classes used, and what was left out."""

    scores: GeodetectorResult
    drivers: List[ClassedDriver]
    target_unit: str
    cells: int
    cells_seen: int
    keep_share: float = 1.0
    seed: int = 0
    grid: Optional[Grid] = None
    notes: List[str] = field(default_factory=list)


def detect_drivers(
    target: Band,
    drivers: Sequence[Driver],
    classing: Optional[Classing] = None,
    ecosystems: Optional[str] = None,
    target_unit: str = "",
    min_stratum_cells: int = 1,
    published_variance: str = "sample",
    mask: Optional[PolygonLayer] = None,
    keep_share: float = 1.0,
    seed: int = 0,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> DetectionResult:
    """Factor, interaction, ecological and risk detector of Y = `target`.

    Parameters
    ----------
    target : the raster to explain; its grid is the reference.
    drivers : at least one; continuous ones are classed by `classing`, categorical ones taken as they are.
    ecosystems : raster of classes; every class is analysed beside the whole region.
    keep_share, seed : simple random thinning, 1 uses every cell (equal-size sampling per stratum would bias q).

    Raises
    ------
    InputError
        No driver, two of one name, a constant driver, more classes than values, strata of one cell only.
    RasterError, GridError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    classing = classing or Classing()
    _check(drivers, keep_share)
    bands = {"target": target}
    bands.update({"driver " + driver.name: _with_codes(driver.band, mask, settings) for driver in drivers})
    eco_names: Dict[int, str] = {}
    if ecosystems:
        bands["ecosystems"] = _with_codes(Band(ecosystems, categorical=True), mask, settings)
        eco_names = class_names(ecosystems)
    inputs = align_inputs(bands, target.path, mask=mask)
    cells = ValidCells(inputs, _valid_codes(inputs), settings, progress, keep_share, seed)
    seen = cells.reduce(_survey, _survey_params(inputs, drivers), (0.0, 0.35), "Reading Y and the drivers")
    require_valid(seen["cells"], "Y and all drivers together")
    centre = seen["y"] / seen["cells"]
    classed = _class_all(cells, seen, drivers, inputs, classing, centre)
    eco_codes = _present(seen, "ecosystems", inputs) if ecosystems else []
    params = _CountParams.build(inputs, seen, drivers, classed, eco_codes, centre)
    moments = cells.reduce(_count, params, (0.7, 1.0), "Counting strata")
    scores = factor_and_interaction(
        moments,
        [driver.name for driver in drivers],
        [eco_names.get(code, str(code)) for code in eco_codes] if ecosystems else None,
        min_stratum_cells=min_stratum_cells,
        centre=centre,
        published_variance=published_variance,
        stratum_names=[driver.labels for driver in classed],
    )
    notes = list(inputs.notes) + list(scores.notes)
    if keep_share < 1:
        notes.append("{:,} cells drawn at random (share {:g}, seed {}).".format(seen["cells"], keep_share, seed))
    return DetectionResult(
        scores=scores, drivers=classed, target_unit=target_unit, cells=seen["cells"], cells_seen=inputs.grid.cells,
        keep_share=keep_share, seed=seed, grid=inputs.grid, notes=notes,
    )


def _check(drivers: Sequence[Driver], keep_share: float) -> None:
    if not drivers:
        raise InputError("Give at least one driver.")
    names = [driver.name for driver in drivers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("Two drivers are called '{}'. Give each driver its own name.".format("', '".join(twice)))
    if not 0 < keep_share <= 1:
        raise InputError("The share of cells to use must be above 0 and at most 1; got {}.".format(keep_share))


def _with_codes(band: Band, mask, settings) -> Band:
    """A categorical band with the codes that occur in it, where they are not one byte."""
    if not band.categorical or band.known_codes or raster_info(band.path).dtypes[band.index - 1] == "uint8":
        return band
    codes = present_codes(band.path, band.index, mask=mask, settings=settings)
    return Band(band.path, band.index, True, known_codes=tuple(codes))


def _valid_codes(inputs: AlignedInputs) -> Dict[str, np.ndarray]:
    tables = {}
    for name, space in inputs.spaces.items():
        table = np.zeros(space.size, dtype=bool)
        table[list(space.index_of().values())] = True
        tables[name] = table
    return tables


# First pass: extremes, samples, codes that occur.


def _survey_params(inputs: AlignedInputs, drivers: Sequence[Driver]):
    continuous = tuple(driver.name for driver in drivers if not driver.band.categorical)
    sizes = {name: space.size for name, space in inputs.spaces.items()}
    return continuous, sizes, max(1, inputs.grid.cells // SAMPLE_CELLS)


class _Samples(list):
    """Arrays that `+` strings together."""

    def __add__(self, other):
        return _Samples(list(self) + list(other))


def _survey(columns: Columns, params) -> Totals:
    continuous, sizes, step = params
    partial = Totals(cells=columns.size, y=float(columns["target"].sum(dtype=np.float64)))
    for name in continuous:
        values = columns["driver " + name]
        partial["range " + name] = Extremes.of(values)
        partial["sample " + name] = _Samples([values[::step].copy()])
    for name, size in sizes.items():
        partial["codes " + name] = np.bincount(columns[name], minlength=size)
    return partial


def _present(seen: Totals, name: str, inputs: AlignedInputs) -> List[int]:
    return sorted(inputs.spaces[name].by_code(seen["codes " + name]))


# Second pass: distributions of the continuous drivers.


def _class_all(cells: ValidCells, seen: Totals, drivers, inputs, classing: Classing, centre: float) -> List[ClassedDriver]:
    continuous = [driver for driver in drivers if not driver.band.categorical]
    distributions = _distributions(cells, seen, continuous, classing, centre)
    classed = []
    for driver in drivers:
        if driver.band.categorical:
            classed.append(_categorical(driver, seen, inputs))
        else:
            classed.append(class_driver(driver.name, driver.unit, distributions[driver.name], classing))
    return classed


def _distributions(cells: ValidCells, seen, continuous, classing: Classing, centre: float) -> Dict[str, Distribution]:
    if cells.in_memory:
        y = cells.kept("target").astype(np.float64) - centre if classing.needs_y else None
        return {
            driver.name: Distribution.from_values(
                cells.kept("driver " + driver.name), y, exact=classing.exact, name=driver.name
            )
            for driver in continuous
        }
    if classing.exact and continuous:
        raise InputError(
            "Exact natural breaks need all values in memory: {:,} cells are too many for the memory allowed. Use the "
            "fine histogram (within a millionth of the optimum), a mask, or a larger memory limit.".format(seen["cells"])
        )
    edges = {}
    for driver in continuous:
        low, high = seen["range " + driver.name]
        if low == high:
            raise InputError("Driver '{}' is constant ({:g} in every cell): it explains nothing. Leave it out.".format(driver.name, low))
        edges[driver.name] = mixed_edges(low, high, np.concatenate(seen["sample " + driver.name]))
    if not edges:
        return {}
    params = (edges, centre if classing.needs_y else None)
    found = cells.reduce(_histograms, params, (0.35, 0.7), "Reading the distributions of the drivers")
    return {name: histogram.builder.distribution(name) for name, histogram in found.items()}


@dataclass
class _Histogram:
    """A histogram that `+` merges."""

    builder: HistogramBuilder

    def __add__(self, other: "_Histogram") -> "_Histogram":
        self.builder.merge(other.builder)
        return self


def _histograms(columns: Columns, params) -> Totals:
    edges, centre = params
    y = None if centre is None else columns["target"].astype(np.float64) - centre
    partial = Totals()
    for name, bins in edges.items():
        builder = HistogramBuilder(bins)
        builder.add(columns["driver " + name], y, name)
        partial[name] = _Histogram(builder)
    return partial


def _categorical(driver: Driver, seen: Totals, inputs: AlignedInputs) -> ClassedDriver:
    name = "driver " + driver.name
    codes = _present(seen, name, inputs)
    if len(codes) > MAX_STRATA:
        raise InputError(
            "Driver '{}' is marked categorical and has {:,} different codes; at most {} strata are possible. Is it a "
            "continuous driver?".format(driver.name, len(codes), MAX_STRATA)
        )
    if len(codes) < 2:
        raise InputError("Driver '{}' has the one class {} in every valid cell: it explains nothing. Leave it out.".format(driver.name, codes[0]))
    index = inputs.spaces[name].index_of()
    names = class_names(driver.band.path)
    counts = np.array([seen["codes " + name][index[code]] for code in codes])
    return ClassedDriver(driver.name, driver.unit, "categories", tuple(names.get(c, str(c)) for c in codes), counts=counts)


# Third pass: moments of the strata.


@dataclass(frozen=True)
class _CountParams:
    names: Tuple[str, ...]
    bounds: Tuple[Optional[np.ndarray], ...]
    recode: Dict[str, np.ndarray]
    class_counts: Tuple[int, ...]
    ecosystems: int
    centre: float

    @classmethod
    def build(cls, inputs: AlignedInputs, seen: Totals, drivers, classed: Sequence[ClassedDriver], eco_codes, centre: float):
        recode = {
            "driver " + driver.name: _positions(
                inputs.spaces["driver " + driver.name], _present(seen, "driver " + driver.name, inputs)
            )
            for driver in drivers
            if driver.band.categorical
        }
        if eco_codes:
            recode["ecosystems"] = _positions(inputs.spaces["ecosystems"], eco_codes)
        return cls(
            tuple("driver " + driver.name for driver in drivers),
            tuple(result.bounds for result in classed),
            recode,
            tuple(result.classes for result in classed),
            len(eco_codes),
            centre,
        )


def _positions(space, codes: Sequence[int]) -> np.ndarray:
    """Index of the code space → position of its code in `codes`."""
    table = np.zeros(space.size, np.uint8)
    index = space.index_of()
    for position, code in enumerate(codes):
        table[index[code]] = position
    return table


def _count(columns: Columns, params: _CountParams):
    codes = []
    for name, bounds in zip(params.names, params.bounds):
        codes.append(params.recode[name][columns[name]] if bounds is None else classify(columns[name], bounds))
    ecosystems = params.recode["ecosystems"][columns["ecosystems"]] if params.ecosystems else None
    y = columns["target"].astype(np.float64) - params.centre
    return accumulate(codes, y, ecosystems, params.class_counts, max(1, params.ecosystems))
