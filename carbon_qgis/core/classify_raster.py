"""Classing one raster: bounds from the distribution of its values, a raster of class codes, a table of the classes.

Xinjiang paper, 4.3 (natural breaks, ten classes); the other rules are in `discretize` and `optimal_classes`.
"""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional

import numpy as np

from .class_names import class_names_tag
from .discretize import MAX_CLASSES, Distribution, classify
from .driver_classes import ClassedDriver, Classing, optimal_table
from .driver_distributions import Continuous, centre_of_y, class_columns, survey
from .errors import InputError
from .outputs import OutputSet
from .progress import Part, Progress, Silent, check_cancelled
from .raster.area import CellAreas
from .raster.blocks import Block, Totals, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band
from .raster.write import RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .valid_cells import ValidCells, require_joint

DRIVER, TARGET = "driver", "target"
CLASSIFIED = "CLASSIFIED"
#: Destinations that `classify_raster` knows.
OUTPUTS = (CLASSIFIED,)
HISTOGRAM_BINS = 120


@dataclass
class ClassifyResult:
    """The classes of a raster: `driver` has the bounds, `table` their cells and areas (km2).

    `edges` and `counts` are a histogram of all valid cells, for figures. `q` is the share of Y's variance between the
    classes, None without Y.
    """

    driver: ClassedDriver
    table: Table
    optimal: Table
    cells: int
    area_km2: float
    area_mode: str
    grid: Grid
    edges: np.ndarray
    counts: np.ndarray
    exact: bool
    q: Optional[float] = None
    target_name: str = ""
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.driver.classes


def classify_raster(
    band: Band,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    classing: Optional[Classing] = None,
    target: Optional[Band] = None,
    name: str = "raster",
    unit: str = "",
    target_name: str = "Y",
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> ClassifyResult:
    """Class the values of one raster.

    Parameters
    ----------
    band : the raster; its grid is that of the output.
    destinations : path of CLASSIFIED (codes 1 to k, uint8, nodata 255), or None.
    classing : the rule; bounds in `classing.given` are looked up under `name`.
    target : Y, for the method 'optimal': classes are then chosen from the cells where both are known, and the codes
        written wherever the raster itself is known.

    Raises
    ------
    InputError
        'optimal' without Y, more than 254 classes, a constant raster, more classes than values, unusable bounds.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    classing = classing or Classing()
    _check(band, classing, target, name)
    bands = {DRIVER: band}
    if classing.needs_y and target is not None:
        bands[TARGET] = target
    inputs = align_inputs(bands, band.path, mask=mask)
    cells = ValidCells(inputs, settings, progress)
    y = TARGET if TARGET in bands else None
    seen = survey(cells, [DRIVER], {}, y, (0.0, 0.3), "Reading '{}'".format(name))
    valid = {key: seen["valid " + key] for key in bands}
    require_joint(seen["cells"], valid, {DRIVER: name, TARGET: target_name})
    centre = centre_of_y(seen) if y else 0.0
    (driver, distribution), = class_columns(
        cells, seen, [Continuous(DRIVER, name, unit)], classing, y, centre, (0.3, 0.6)
    )  # fmt: skip
    if driver.classes >= MAX_CLASSES:
        raise InputError("{} classes do not fit one byte with its nodata: at most 254.".format(driver.classes))
    notes = list(inputs.notes)
    if y and seen["cells"] < valid[DRIVER]:
        notes.append(Remark(
            "The bounds come from {:,} cells; {:,} more of '{}' have no value of {} and are classed by them.".format(
                seen["cells"], valid[DRIVER] - seen["cells"], name, target_name
            )
        ))
    return _write(
        ClassifyResult(
            driver=driver, table=_table(driver, None, None), optimal=optimal_table([driver]), cells=0, area_km2=0.0,
            area_mode="", grid=inputs.grid, **_histogram(distribution), exact=distribution.exact,
            q=driver.optimal.q if driver.optimal else None, target_name=target_name if y else "", notes=notes,
        ),
        band, outputs, destinations, mask, area_mode, Part(progress, (0.6, 1.0)), settings,
    )  # fmt: skip


def _check(band: Band, classing: Classing, target: Optional[Band], name: str) -> None:
    if band.categorical:
        raise InputError("'{}' holds classes already: there is nothing to class.".format(name))
    if classing.needs_y and target is None:
        raise InputError(
            "The method 'optimal' chooses the classes that explain most of a second raster: give that raster (Y), or "
            "choose another method."
        )
    if target is not None and (target.path, target.index) == (band.path, band.index):
        raise InputError("'{}' is also the raster that is to be explained: it would explain itself.".format(name))


def _histogram(distribution: Distribution) -> Dict[str, np.ndarray]:
    """Equal bins from minimum to maximum, filled from the distribution (its bins by their means)."""
    distinct = distribution.values.size
    bins = int(min(HISTOGRAM_BINS, max(10, distinct)))
    # Edges, not their number: numpy divides by the range, and that of numbers around 1e-320 has no reciprocal.
    edges = np.unique(np.linspace(distribution.minimum, distribution.maximum, bins + 1))
    counts, edges = np.histogram(distribution.values, edges, weights=distribution.counts)
    return {"edges": edges, "counts": counts}


def _spec(driver: ClassedDriver) -> RasterSpec:
    names = {code: label for code, label in enumerate(driver.labels, 1)}
    return RasterSpec(
        descriptions=("{} classes".format(driver.name),),
        units=("1",),
        dtype="uint8",
        tags={**tags("classes of {}".format(driver.name), "1"), **class_names_tag(names)},
        band_tags=({"CARBON_CATEGORICAL": "1"},),
    )


def _write(result, band, outputs, destinations, mask, area_mode, progress, settings) -> ClassifyResult:
    """The pass that writes the codes and counts cells and areas of the classes."""
    inputs = align_inputs({DRIVER: band}, band.path, mask=mask, area_mode=area_mode)
    areas: CellAreas = inputs.areas
    bounds, k = result.driver.bounds, result.classes
    wanted = {CLASSIFIED: (destinations.get(CLASSIFIED), _spec(result.driver))}
    writers = writers_for(wanted, inputs.grid, outputs, settings)
    run = run_blocks(
        inputs, _kernel, (bounds, bool(writers)), writers, progress, settings, message="Writing the classes"
    )
    check_cancelled(progress)
    cells, area = run.partial["cells"][:k], run.partial["area"][:k]
    result.cells, result.area_km2, result.area_mode = int(cells.sum()), float(area.sum()), areas.mode
    result.driver = replace(result.driver, counts=cells)
    result.table = _table(result.driver, cells, area)
    result.overviews = {name: writer.overview()[0] for name, writer in writers.items()}
    beyond = run.partial["beyond"]
    if beyond:
        result.notes.append(
            "{:,} cells lie above the largest value that has a value of Y; they are in the last class.".format(beyond)
        )
    return result


def _kernel(block: Block, params):
    bounds, writing = params
    values, k = block[DRIVER], bounds.size
    codes = classify(values, bounds)
    flat = codes.reshape(-1)
    cells = np.bincount(flat, minlength=k + 1)
    if np.ndim(block.area) == 0:
        area = cells * float(block.area)
    else:
        area = np.bincount(flat, block.area_array().reshape(-1), minlength=k + 1)
    with np.errstate(invalid="ignore"):
        beyond = int(np.count_nonzero(values > bounds[-1]))
    partial = Totals(cells=cells, area=area, beyond=beyond)
    if not writing:
        return {}, partial
    return {CLASSIFIED: np.where(codes == k, 255, codes + 1).astype(np.uint8)}, partial


def _table(driver: ClassedDriver, cells, area) -> Table:
    table = Table(
        "Classes of {}".format(driver.name),
        (
            Column("class", "integer", "code in the class raster"),
            Column("driver", "text"),
            Column("label", "text"),
            Column("lower_bound", "number", "not in the class, but for the minimum"),
            Column("upper_bound", "number", "in the class"),
            Column("cells", "integer"),
            Column("area_km2", "number"),
            Column("area_share_percent", "number"),
        ),
    )
    for i in range(driver.classes):
        low = float(driver.minimum if i == 0 else driver.bounds[i - 1])
        numbers = [None, None, None]
        if cells is not None:
            share = 100.0 * float(area[i]) / float(area.sum()) if area.sum() else None
            numbers = [int(cells[i]), float(area[i]), share]
        table.rows.append([i + 1, driver.name, driver.labels[i], low, float(driver.bounds[i])] + numbers)
    return table
