"""What a downscaling says: options, result, table of bands, and notes."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import numpy as np

from .coarse_change import LARGEST_RATIO, Change
from .coarse_field import CoarseField
from .raster.blocks import Totals
from .raster.grid import Grid
from .results import Column, Table
from .stack import file_name
from .units import DEGREE_C, driver_unit, same_driver_unit


@dataclass(frozen=True)
class DownscaleOptions:
    """How a coarse raster comes to a fine grid.

    Parameters
    ----------
    method : one of `METHODS`. interpolation : 'bilinear' or 'idw', of the change where the method is 'delta'.
    power, neighbours, max_distance_km : of inverse distance weighting; samples farther away do not count (None: all).
    distance : 'great_circle', 'projected' (in the CRS of the reference), 'auto': great circles where either raster is
        in degrees.
    change : 'add', 'ratio' or 'auto' (see `coarse_change.is_ratio`).
    """

    method: str = "idw"
    interpolation: str = "bilinear"
    power: float = 2.0
    neighbours: int = 12
    max_distance_km: Optional[float] = None
    distance: str = "auto"
    change: str = "auto"

    @property
    def by_weights(self) -> bool:
        """Whether inverse distance weighting is used at all."""
        return "idw" in (self.method, self.interpolation if self.method == "delta" else "")


@dataclass
class DownscaleResult:
    """A driver on the fine grid; `overviews` hold 'before n', 'after n' and, with a baseline, 'baseline n'."""

    options: DownscaleOptions
    great_circle: bool
    names: Tuple[str, ...]
    units: Tuple[str, ...]
    coarse_units: Tuple[str, ...]
    year: Optional[int]
    scenario: str
    grid: Grid
    coarse_grid: Grid
    area_mode: str
    cells: int
    filled_cells: int
    area_km2: float
    nodata_share: float
    bands: Table
    ranges: Tuple[Tuple[float, float], ...]
    ratio: Tuple[bool, ...] = ()
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)


_COLUMNS = (
    Column("band", "text"),
    Column("unit", "text", "of the fine values of the row"),
    Column("coarse_unit", "text", "of the coarse values of the row"),
    Column("method", "text"),
    Column("coarse_mean", "number", "in coarse_unit; area-weighted, where both have values"),
    Column("fine_mean", "number", "in unit; area-weighted, same cells"),
    Column("difference", "number", "in unit: fine mean - coarse mean"),
    Column("difference_percent", "number", "% of the coarse mean; empty for degC, which has no true zero"),
    Column("coarse_min", "number", "in coarse_unit"),
    Column("coarse_max", "number", "in coarse_unit"),
    Column("fine_min", "number", "in unit"),
    Column("fine_max", "number", "in unit"),
    Column("cells", "integer", "cells with a value"),
    Column("area_km2", "number", "their area"),
    Column("filled_cells", "integer", "cells with a value where the coarse raster has none"),
)
_DELTA_COLUMNS = (
    Column("baseline_mean", "number", "in unit: fine baseline, area-weighted, same cells"),
    Column("change", "text", "add or ratio"),
    Column("coarse_cells_left_out", "integer", "baseline too small for a ratio"),
    Column("coarse_cells_cut", "integer", "ratio cut to the largest allowed"),
)


def downscale_result(
    sums: Totals, coarse: CoarseField, change: Optional[Change], grid: Grid, area_mode: str,
    options: DownscaleOptions, great_circle: bool, units: Tuple[str, ...],
) -> DownscaleResult:  # fmt: skip
    """The result of a run from its sums (see `downscale`); `units` are those of the result, by band."""
    columns = _COLUMNS + (_DELTA_COLUMNS if change is not None else ())
    table, ranges = Table("Driver before and after", columns), []
    for band, (name, unit, before) in enumerate(zip(coarse.names, units, coarse.units)):
        area = sums["area_both"][band]
        means = [float(sums[key][band] / area) if area else None for key in ("before", "after")]
        alike = area and (not before or same_driver_unit(unit, before))
        step = means[1] - means[0] if alike else None
        share = 100 * step / means[0] if alike and means[0] and driver_unit(unit) != DEGREE_C else None
        low, high = sums["range before {}".format(band)], sums["range after {}".format(band)]
        row = [name, unit or "not stated", before or "not stated", options.method, *means, step, share]
        row += [_finite(value) for value in (*low, *high)]
        row += [int(sums["cells"][band]), float(sums["area"][band]), int(sums["filled"][band])]
        if change is not None:
            row += [float(sums["baseline"][band] / area) if area else None, "ratio" if change.ratio[band] else "add"]
            row += [change.left_out[band], change.cut[band]]
        table.rows.append(row)
        ranges.append(tuple(high))
    result = DownscaleResult(
        options, great_circle, coarse.names, units, coarse.units, None, "", grid, coarse.grid, area_mode, sums["any"],
        sums["filled_any"], sums["area_any"], 1 - sums["any"] / grid.cells, table, tuple(ranges),
        tuple(change.ratio) if change is not None else (),
    )  # fmt: skip
    result.notes = _notes(result, sums, change, coarse)
    return result


def _finite(value: float) -> Optional[float]:
    return float(value) if np.isfinite(value) else None


def _notes(result: DownscaleResult, sums: Totals, change: Optional[Change], coarse: CoarseField) -> List[str]:
    found = []
    if not all(result.units):
        text = "'{}' states no unit for {}: later steps recognise a temperature by its unit. Give the unit."
        names = [name for name, unit in zip(result.names, result.units) if not unit]
        found.append(text.format(file_name(coarse.path), ", ".join(names)))
    coarse_side, side = max(result.coarse_grid.cell_size), max(result.grid.cell_size)
    if result.coarse_grid.crs == result.grid.crs and coarse_side <= 2 * side:
        text = "The cells of '{}' are hardly larger than those of the reference: this is no downscaling."
        found.append(text.format(file_name(coarse.path)))
    if result.filled_cells:
        text = "{:,} of {:,} cells lie where the coarse raster has no data; their values come from its nearest cells."
        found.append(text.format(result.filled_cells, result.cells))
    for band, name in enumerate(result.names):
        if sums["negative"][band] and not sums["negative_before"][band]:
            text = "{}: {:,} cells became negative, though neither raster is. Choose the change 'ratio'."
            found.append(text.format(name, int(sums["negative"][band])))
        if change is not None and change.left_out[band]:
            text = "{}: {:,} coarse cells have a baseline too small for a ratio; their neighbours stand for them."
            found.append(text.format(name, change.left_out[band]))
        if change is not None and change.cut[band]:
            found.append("{}: the ratio of {:,} coarse cells was cut to {:g}.".format(
                name, change.cut[band], LARGEST_RATIO))  # fmt: skip
    return found
