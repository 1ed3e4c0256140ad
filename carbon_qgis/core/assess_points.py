"""Accuracy of a density raster against reference points, such as measured plots (Xinjiang paper, 3.2, eq. 8)."""

from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np

from .assess_accuracy import (
    AccuracyResult,
    found_scatter,
    in_t_ha,
    metrics_by_zone,
    moments_by_zone,
    scatter_counts,
    scatter_edges,
    started_result,
    tag_notes,
)
from .density_input import DensityRaster
from .errors import InputError
from .log_histogram import LogHistogram
from .progress import Progress, Silent
from .raster.blocks import Totals, run_blocks
from .raster.inputs import align_inputs
from .raster.point_cells import cells_of_points, points_from_wkb
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture
from .results import Column, Table
from .validation import Moments, accuracy_metrics, check_label, relative_errors

PICTURE = "estimate picture"


@dataclass
class ReferencePoints:
    """Measured densities at points.

    Attributes
    ----------
    x, y : (n,) in the CRS `crs_wkt`.
    values : (n,) t C/ha; NaN where nothing was measured.
    weights : (n,), 0 or more, or None.
    name : of the layer, for messages.
    """

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    crs_wkt: str
    name: str = "the point layer"
    weights: Optional[np.ndarray] = None
    pool: Optional[str] = None
    year: Optional[int] = None

    @classmethod
    def from_features(
        cls, wkb, values, crs_wkt: str, factor: float = 1.0, weights=None, name: str = "the point layer"
    ) -> "ReferencePoints":
        """Points from well-known binary and one value (and weight) per feature; parts of a multipoint share theirs.

        Parameters
        ----------
        values : numbers, text that reads as a number, or None; `factor` brings them to t C/ha.

        Raises
        ------
        InputError
            If a geometry is no point, a value is no number, or there is no point at all.
        """
        numbers = _numbers(values, "value", name) * factor
        shares = None if weights is None else np.nan_to_num(_numbers(weights, "weight", name))
        x, y, owner = points_from_wkb(wkb, name)
        if not owner.size:
            raise InputError("{} has no points. Choose a layer with points.".format(name))
        return cls(x, y, numbers[owner], crs_wkt, name, None if shares is None else shares[owner])


def _numbers(values, what: str, name: str) -> np.ndarray:
    out = np.full(len(values), np.nan)
    for number, value in enumerate(values):
        if value is None or value == "":
            continue
        try:
            out[number] = float(value)
        except (TypeError, ValueError):
            raise InputError(
                "{}, feature {}: the {} '{}' is not a number. Choose a numeric field, or correct the cell.".format(
                    name, number + 1, what, value
                )
            ) from None
    return out


def assess_points(
    estimate: DensityRaster,
    points: ReferencePoints,
    label: str,
    threshold: Optional[float] = None,
    scheme: str = "",
    mask: Optional[PolygonLayer] = None,
    zones: Optional[PolygonLayer] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> AccuracyResult:
    """Compare the cells of a density raster with the points that lie in them.

    Parameters
    ----------
    label, threshold, scheme, mask, zones : as in `assess_accuracy.assess_raster`. A point lies in a zone or the mask
        if the centre of its cell does.

    Raises
    ------
    InputError
        An unknown label, a bad threshold or weight, or no point with a value in a cell with one.
    UnitError, RasterError, GridError, Cancelled
    """
    check_label(label)
    progress, settings = progress or Silent(), settings or EngineSettings()
    inputs = align_inputs({"estimate": in_t_ha(estimate)}, mask=mask, zones=zones)
    rows, cols, inside = cells_of_points(inputs.grid, points.x, points.y, points.crs_wkt, points.name)
    measured = inside & np.isfinite(points.values)
    params = _Params(np.flatnonzero(measured), rows[measured], cols[measured])
    picture = Picture(inputs.grid)
    run = run_blocks(
        inputs, _pick, params, {PICTURE: picture}, progress, settings, message="Reading the cells of the points",
        bytes_per_cell=24,
    ).partial  # fmt: skip
    used, values, zone = (np.concatenate(column) for column in zip(*run))
    order = np.argsort(used, kind="stable")
    used, values, zone = used[order], values[order], zone[order]
    _require_pairs(used, points, inside)
    result = _result(estimate, points, inputs, (used, values, zone), (label, threshold, scheme))
    result.notes += tag_notes(estimate, points.pool, points.year)
    result.notes += _lost(points, inside, measured, used.size) + _shared(rows[used], cols[used])
    result.overviews = {"estimate": picture.overview()[0]}
    return result


@dataclass(frozen=True)
class _Params:
    index: np.ndarray
    rows: np.ndarray
    cols: np.ndarray


def _pick(block, params: _Params):
    """Number, estimate and zone of the points in one block."""
    row, col = params.rows - block.row, params.cols - block.col
    here = (row >= 0) & (row < block.height) & (col >= 0) & (col < block.width)
    row, col = row[here], col[here]
    values = block["estimate"][row, col].astype(np.float64)
    zones = np.zeros(values.size, np.int64) if block.zones is None else block.zones[row, col].astype(np.int64)
    known = ~np.isnan(values)
    return {PICTURE: block["estimate"]}, [(params.index[here][known], values[known], zones[known])]


def _require_pairs(used: np.ndarray, points: ReferencePoints, inside: np.ndarray) -> None:
    if not used.size:
        raise InputError(
            "No point of {} can be compared: {:,} of {:,} lie on the raster, {:,} of these have a value, and none of "
            "them is in a cell with data inside the study area. Check the CRS and the value field.".format(
                points.name, int(inside.sum()), points.x.size, int((inside & np.isfinite(points.values)).sum())
            )
        )


def _result(estimate, points: ReferencePoints, inputs, found, choices) -> AccuracyResult:
    used, values, zone = found
    label, threshold, scheme = choices
    reference = points.values[used].astype(np.float64)
    weights = None if points.weights is None else points.weights[used]
    metrics = accuracy_metrics(reference, values, label, weights, threshold, scheme)
    run = Totals(
        moments=Moments.of(reference, values, weights, metrics.threshold),
        zones=moments_by_zone(zone, reference, values, weights, metrics.threshold),
    )
    names = inputs.zones.names if inputs.zones is not None else ()
    _, by_zone, notes = metrics_by_zone(run, names, label, metrics.threshold, weights is not None, scheme)
    result = started_result(metrics, by_zone, estimate, inputs, "points")
    result.reference = points.name
    result.weighting = "equal" if weights is None else "weights"
    both = np.concatenate([reference, values])
    edges = scatter_edges(float(both.min()), float(both.max()))
    result.scatter = found_scatter(scatter_counts(reference, values, edges), edges, used.size)
    above = reference > metrics.threshold
    result.relative_error = LogHistogram.of(
        relative_errors(reference[above], values[above]), None if weights is None else weights[above]
    )
    result.pairs, result.pairs_crs = _pairs(points, found, metrics.threshold, names), points.crs_wkt
    result.notes += notes
    return result


def _pairs(points: ReferencePoints, found, threshold: float, names: Tuple[str, ...]) -> Table:
    used, values, zone = found
    table = Table(
        "Reference points and estimates",
        (
            Column("x", "number", "in the CRS of the points"),
            Column("y", "number", "in the CRS of the points"),
            Column("zone", "text"),
            Column("reference_t_C_ha", "number", "reference, t C/ha"),
            Column("estimate_t_C_ha", "number", "estimate of the cell, t C/ha"),
            Column("difference_t_C_ha", "number", "estimate − reference, t C/ha"),
            Column("relative_error", "number", "|reference − estimate| / reference"),
        ),
    )
    reference = points.values[used]
    errors = relative_errors(reference, values, threshold)
    for i, point in enumerate(used.tolist()):
        where = names[zone[i] - 1] if zone[i] else None
        error = None if np.isnan(errors[i]) else float(errors[i])
        row = [float(points.x[point]), float(points.y[point]), where, float(reference[i]), float(values[i])]
        table.rows.append(row + [float(values[i] - reference[i]), error])
    return table


def _lost(points: ReferencePoints, inside: np.ndarray, measured: np.ndarray, used: int) -> List[str]:
    parts = [
        (int((~inside).sum()), "lie outside the raster"),
        (int((inside & ~measured).sum()), "have no value"),
        (int(measured.sum()) - used, "lie in a cell without data or outside the study area"),
    ]
    told = ["{:,} {}".format(count, what) for count, what in parts if count]
    if not told:
        return []
    return ["Of {:,} points of {}, {}; they are not compared.".format(points.x.size, points.name, ", ".join(told))]


def _shared(rows: np.ndarray, cols: np.ndarray) -> List[str]:
    cells = len(set(zip(rows.tolist(), cols.tolist())))
    if cells == rows.size:
        return []
    return [
        "{:,} points lie in {:,} cells: points of one cell are compared with the same estimate, and are not "
        "independent.".format(rows.size, cells)
    ]
