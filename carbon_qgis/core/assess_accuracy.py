"""Accuracy of a density raster against a reference raster or reference points (Xinjiang paper, 3.2, eq. 8, Fig. 5)."""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .density_input import DensityRaster
from .errors import InputError
from .log_histogram import LogHistogram
from .outputs import OutputSet
from .progress import Part, Progress, Silent
from .raster.align import COARSENING_RATIO, cells_per_cell
from .raster.blocks import Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid, require_overlap
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band
from .raster.write import Picture, RasterSpec, tags, writers_for
from .results import Remark, Table
from .units import T_HA
from .validation import (
    AccuracyMetrics,
    Moments,
    check_label,
    comparison_table,
    metrics_of,
    re_threshold,
    relative_errors,
)

OUTPUTS = ("RELATIVE_ERROR", "DIFFERENCE")
GRIDS = ("coarser", "estimate", "reference")
#: Row of the table that holds everything.
ALL = "all"
#: Cells along each side of the scatter.
SCATTER_BINS = 360
T_KM2_PER_T_HA = 100.0
PICTURE = " picture"


@dataclass
class Scatter:
    """Counts of pairs by reference and estimate, on equal bins of both; `beyond` pairs lie outside.

    Attributes
    ----------
    edges : (k + 1,) t C/ha, for both axes.
    counts : (k, k), estimate × reference.
    """

    edges: np.ndarray
    counts: np.ndarray
    beyond: int


@dataclass
class AccuracyResult:
    """Accuracy of an estimate; densities in t C/ha.

    `counted` says what a pair is ('cells' or 'points'), `weighting` what weighs it ('area', 'equal' or a field).
    `overviews` hold "estimate" and, from a reference raster, "reference", "relative error" and "difference" (estimate
    − reference). `pairs` lists the pairs of reference points, whose x and y are in the CRS
    `pairs_crs` (WKT).
    """

    metrics: AccuracyMetrics
    zones: Dict[str, AccuracyMetrics]
    table: Table
    scatter: Scatter
    relative_error: LogHistogram
    counted: str
    weighting: str
    grid: Grid
    area_mode: str
    estimate: str
    reference: str
    pool: Optional[str] = None
    year: Optional[int] = None
    pairs: Optional[Table] = None
    pairs_crs: str = ""
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    difference_range: Tuple[float, float] = (0.0, 0.0)

    @property
    def relative_error_limit(self) -> float:
        """Relative error that 98 % of the weight does not pass, for legends; never 0."""
        return max(self.relative_error.quantile(0.98) or 1.0, 1e-6)


def assess_raster(
    estimate: DensityRaster,
    reference: DensityRaster,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    label: str,
    threshold: Optional[float] = None,
    on_grid: str = "coarser",
    weight_by_area: bool = True,
    scheme: str = "",
    mask: Optional[PolygonLayer] = None,
    zones: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> AccuracyResult:
    """Compare two density rasters cell by cell, in two passes: means and ranges, then errors and the scatter.

    Parameters
    ----------
    destinations : RELATIVE_ERROR (|reference − estimate| / reference), DIFFERENCE (estimate − reference, t C/ha).
    label : 'fit' or 'held-out' (see `validation.LABELS`).
    threshold : t C/ha; references not above it have no relative error. By default 1 % of the mean reference.
    on_grid : cells to compare on. 'coarser' averages the finer raster and so invents no detail.
    weight_by_area : weigh each cell by its area, so that cells of a geographic grid count by what they cover.
    zones : metrics are also given for each zone.

    Raises
    ------
    InputError
        An unknown label or grid, a bad threshold, one file for both.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    check_label(label)
    if threshold is not None:
        re_threshold(0.0, threshold)
    _check_pair(estimate, reference, on_grid)
    progress, settings = progress or Silent(), settings or EngineSettings()
    bands = {"estimate": in_t_ha(estimate), "reference": in_t_ha(reference)}
    home = _home(estimate.path, reference.path, on_grid)
    inputs = align_inputs(bands, home, mask=mask, zones=zones, area_mode=area_mode)
    first = run_blocks(
        inputs, _survey, weight_by_area, progress=Part(progress, (0.0, 0.4)), settings=settings,
        message="Comparing means and ranges", bytes_per_cell=80,
    ).partial  # fmt: skip
    require_valid(first["moments"].n, "estimate and reference together")
    params = _Params(
        re_threshold(first["moments"].mean_reference, threshold), _edges(first), weight_by_area, bool(inputs.zones)
    )
    writers = writers_for(_specs(destinations, estimate), inputs.grid, outputs, settings)
    pictures = {name + PICTURE: Picture(inputs.grid) for name in _PICTURES}
    run = run_blocks(
        inputs, _compare, params, {**writers, **pictures}, Part(progress, (0.4, 1.0)), settings,
        message="Computing errors", bytes_per_cell=120,
    ).partial  # fmt: skip
    names = inputs.zones.names if inputs.zones is not None else ()
    metrics, by_zone, notes = metrics_by_zone(run, names, label, params.threshold, weight_by_area, scheme)
    result = started_result(metrics, by_zone, estimate, inputs, "cells")
    result.reference = reference.path
    result.notes += tag_notes(estimate, reference.pool, reference.year)
    result.scatter = found_scatter(run["scatter"], params.edges, metrics.n)
    result.relative_error = run["moments"].re or LogHistogram()
    result.weighting = "area" if weight_by_area else "equal"
    result.difference_range = tuple(run["difference"])
    result.notes += _pair_notes(first) + notes
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    return result


_PICTURES = ("estimate", "reference", "relative error", "difference")


@dataclass(frozen=True)
class _Params:
    threshold: float
    edges: np.ndarray
    weight_by_area: bool
    zoned: bool


def _check_pair(estimate: DensityRaster, reference: DensityRaster, on_grid: str) -> None:
    if on_grid not in GRIDS:
        raise InputError("'{}' is not a choice of grid. Choose one of: {}.".format(on_grid, ", ".join(GRIDS)))
    if (estimate.path, estimate.band.index) == (reference.path, reference.band.index):
        raise InputError(
            "'{}' is given as estimate and as reference: every error would be 0. Choose another "
            "reference.".format(estimate.path)
        )


def in_t_ha(density: DensityRaster) -> Band:
    """The band, read in t C/ha."""
    return replace(density.band, factor=density.band.factor / T_KM2_PER_T_HA)


def _home(estimate: str, reference: str, on_grid: str) -> str:
    """Raster whose grid the comparison is made on."""
    if on_grid != "coarser":
        return reference if on_grid == "reference" else estimate
    own, other = Grid.of(estimate), Grid.of(reference)
    require_overlap(own, other, estimate, reference)
    return reference if cells_per_cell(own, other) > COARSENING_RATIO else estimate


def _specs(destinations, estimate: DensityRaster) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    more = {"pool": estimate.pool, "year": estimate.year}
    return {
        "RELATIVE_ERROR": (
            destinations.get("RELATIVE_ERROR"),
            RasterSpec(("relative error",), ("1",), tags=tags("relative error", "1", **more), smooth=True),
        ),
        "DIFFERENCE": (
            destinations.get("DIFFERENCE"),
            RasterSpec(
                ("estimate minus reference",), (T_HA,), tags=tags("difference of carbon density", T_HA, **more),
                smooth=True,
            ),
        ),
    }  # fmt: skip


def _pairs_of(block):
    """Both densities (float64) and where both are known."""
    estimate, reference = block["estimate"].astype(np.float64), block["reference"].astype(np.float64)
    return estimate, reference, ~(np.isnan(estimate) | np.isnan(reference))


def _survey(block, weight_by_area: bool):
    """First pass: means, ranges and the distribution of both rasters."""
    estimate, reference, valid = _pairs_of(block)
    p, r = estimate[valid], reference[valid]
    weights = block.area_array()[valid] if weight_by_area else None
    return {}, Totals(
        moments=Moments.of(r, p, weights),
        lowest=Extremes.of(np.concatenate([r, p])),
        estimate=LogHistogram.of(p),
        reference=LogHistogram.of(r),
        estimate_alone=int((~np.isnan(estimate)).sum() - p.size),
        reference_alone=int((~np.isnan(reference)).sum() - r.size),
        negative=int((r < 0).sum()),
    )


def _edges(first: Totals) -> np.ndarray:
    """Edges of the scatter: from 0, or the smallest value, to where 99.9 % of the cells of both lie below."""
    high = max(first[name].quantile(0.999) for name in ("estimate", "reference"))
    return scatter_edges(first["lowest"][0], high)


def scatter_edges(low: float, high: float) -> np.ndarray:
    """Equal bins for both axes of a scatter; from 0 where nothing is negative."""
    high = high if high > 0 else max(abs(low), 1.0)
    low = max(low, -high) if low < 0 else 0.0
    return np.linspace(low, high * (1 + 1e-9), SCATTER_BINS + 1)


def scatter_counts(reference: np.ndarray, estimate: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Pairs by bin: (estimate, reference); pairs outside the edges are in none."""
    bins = len(edges) - 1
    scale = bins / (edges[-1] - edges[0])
    # In float64: a float32 beside the last edge would round onto it.
    columns, rows = (np.floor((np.asarray(each, np.float64) - edges[0]) * scale) for each in (reference, estimate))
    inside = (columns >= 0) & (columns < bins) & (rows >= 0) & (rows < bins)
    flat = rows[inside].astype(np.intp) * bins + columns[inside].astype(np.intp)
    return np.bincount(flat, minlength=bins * bins).reshape(bins, bins)


def found_scatter(counts: np.ndarray, edges: np.ndarray, pairs: int) -> Scatter:
    """The scatter of so many pairs, of which `counts` lie inside the edges."""
    return Scatter(edges, counts, int(pairs - counts.sum()))


def _compare(block, params: _Params):
    """Second pass: relative error and difference of each cell, sums by zone, and the scatter."""
    estimate, reference, valid = _pairs_of(block)
    estimate[~valid] = reference[~valid] = np.nan
    errors = relative_errors(reference, estimate, params.threshold)
    difference = estimate - reference
    p, r = estimate[valid], reference[valid]
    weights = block.area_array()[valid] if params.weight_by_area else None
    partial = Totals(
        moments=Moments.of(r, p, weights, params.threshold),
        scatter=scatter_counts(r, p, params.edges),
        difference=Extremes.of(difference),
    )
    if params.zoned:
        partial["zones"] = moments_by_zone(block.zones[valid], r, p, weights, params.threshold)
    arrays = {"RELATIVE_ERROR": errors, "DIFFERENCE": difference}
    arrays.update(zip((name + PICTURE for name in _PICTURES), (estimate, reference, errors, difference)))
    return arrays, partial


def moments_by_zone(zones: np.ndarray, reference, estimate, weights, threshold: float) -> Totals:
    """Sums by zone number, of the zones that occur; 0 is outside all zones."""
    order = np.argsort(zones, kind="stable")
    numbers, starts = np.unique(zones[order], return_index=True)
    found = Totals()
    for number, cells in zip(numbers.tolist(), np.split(order, starts[1:])):
        share = None if weights is None else weights[cells]
        found[number] = Moments.of(reference[cells], estimate[cells], share, threshold)
    return found


def metrics_by_zone(run: Totals, names, label, threshold, weighted, scheme):
    """Overall metrics, those of each zone, and notes on zones and cells that have none."""
    metrics = metrics_of(run["moments"], label, threshold, weighted=weighted, scheme=scheme)
    by_zone, notes = {}, []
    for number, name in enumerate(names, 1):
        if number in run["zones"] and run["zones"][number].weight > 0:
            by_zone[name] = metrics_of(run["zones"][number], label, threshold, weighted=weighted, scheme=scheme)
    absent = [name for name in names if name not in by_zone]
    if absent:
        notes.append("Without any pair to compare: {}.".format(_listed(["zone '{}'".format(name) for name in absent])))
    if names and 0 in run["zones"]:
        text = "{:,} pairs lie in no zone; they count in the row '{}' only."
        notes.append(Remark(text.format(run["zones"][0].n, ALL)))
    return metrics, by_zone, notes


def _listed(names: List[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (" and {} more".format(len(names) - most) if len(names) > most else "")


def started_result(metrics, by_zone, estimate: DensityRaster, inputs: AlignedInputs, counted: str) -> AccuracyResult:
    """The result with its tables and what the inputs say; scatter, errors and pictures are still empty."""
    rows = {ALL: metrics}
    for name, each in by_zone.items():
        rows["zone '{}'".format(name) if name == ALL else name] = each
    return AccuracyResult(
        metrics=metrics,
        zones=by_zone,
        table=comparison_table(rows, T_HA, key="zone", title="Accuracy of the carbon density"),
        scatter=Scatter(np.zeros(2), np.zeros((1, 1)), 0),
        relative_error=LogHistogram(),
        counted=counted,
        weighting="equal",
        grid=inputs.grid,
        area_mode=inputs.areas.mode if inputs.areas is not None else "",
        estimate=estimate.path,
        reference="",
        pool=estimate.pool,
        year=estimate.year,
        notes=list(inputs.notes) + masked_note(metrics, counted),
    )


def masked_note(metrics: AccuracyMetrics, counted: str) -> List[str]:
    """What the threshold of the relative error left out."""
    if not metrics.n_masked:
        return []
    text = (
        "{:,} of {:,} {} ({:.2%}) have a reference of {:.4g} t C/ha or less: they have no relative error and count for "
        "every other metric."
    )
    shown = (metrics.n_masked, metrics.n, counted, metrics.n_masked / metrics.n, metrics.threshold)
    return [Remark(text.format(*shown))]


def tag_notes(estimate: DensityRaster, pool: Optional[str], year: Optional[int]) -> List[str]:
    """Warnings where estimate and reference say that they are of other years or pools."""
    notes = []
    if estimate.year is not None and year is not None and estimate.year != year:
        notes.append(
            "The estimate is of {} and the reference of {}: what changed in between counts as error.".format(
                estimate.year, year
            )
        )
    if estimate.pool and pool and estimate.pool != pool:
        notes.append(
            "The estimate is of the pool '{}' and the reference of '{}'. Were two rasters mixed up?".format(
                estimate.pool, pool
            )
        )
    return notes


def _pair_notes(first: Totals) -> List[str]:
    notes = []
    for name, article, other in (("estimate", "an estimate", "reference"), ("reference", "a reference", "estimate")):
        alone = first[name + "_alone"]
        if alone:
            notes.append(Remark("{:,} cells with {} have no {} and are not compared.".format(alone, article, other)))
    if first["negative"]:
        notes.append("{:,} cells have a negative reference. Check its nodata value.".format(first["negative"]))
    return notes
