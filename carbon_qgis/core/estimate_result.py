"""What an estimate of carbon density has to say: numbers, tables, notes and warnings."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import numpy as np

from .coupled import CoupledModel
from .density import HARD, MEAN_MATCHED, PUBLISHED, RatioCheck
from .density_ratio import NO_RATIO, DensityRatio, ratio_table
from .estimate_inputs import EstimateInputs
from .plausibility import series_notes
from .predict_levels import level_legend
from .raster.blocks import Totals
from .raster.grid import Grid
from .results import Column, Table
from .units import DENSITY_T_KM2, T_HA, T_PER_TG, density_factor

STORED, FRESH = "stored", "fresh"
#: The first is the default.
SCALINGS = (STORED, FRESH)
#: A ratio that is delivered with an error above this share is warned about.
_RATIO_TOLERANCE = 0.005


@dataclass
class EstimateResult:
    """A density map of a year, and what it rests on.

    Densities are in `unit`; `checks` holds the asked and the delivered ratio by part (mid, low, high). `overviews` are
    "density" (and "levels", and what else was written) for pictures.
    """

    pool: Optional[str]
    year: Optional[int]
    unit: str
    ratio: DensityRatio
    restoration: str
    blending: str
    scaling: str
    grid: Grid
    area_mode: str
    cells: int
    area_km2: float
    nodata_share: float
    mean: float
    total: float
    ranges: Dict[str, Tuple[float, float]]
    checks: Dict[str, RatioCheck]
    ratios: Table
    levels: Table
    outside: Table
    legend: Tuple[Tuple[int, str], ...]
    outside_share: float = 0.0
    inside_share: Optional[float] = None
    threshold: Optional[float] = None
    interval_level: Optional[float] = None
    mean_interval_width: Optional[float] = None
    warnings: List[str] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)


def estimate_result(
    sums: Totals,
    model: CoupledModel,
    found: EstimateInputs,
    ratio: DensityRatio,
    restoration: str,
    blending: str,
    scaling: str,
    target_mean: Optional[float],
    year: Optional[int],
) -> EstimateResult:
    """The result of a run from its folded sums."""
    area, unit = sums["area"], model.unit
    mean = sums["carbon mid"] / area
    checks = _checks(sums, ratio, unit, target_mean)
    wanted = [name for name in sums if name.startswith("range ") and np.isfinite(sums[name]).all()]
    grid = found.inputs.grid
    result = EstimateResult(
        pool=model.levels.pool, year=year, unit=unit, ratio=ratio, restoration=restoration, blending=blending,
        scaling=scaling, grid=grid, area_mode=found.inputs.areas.mode, cells=sums["cells"], area_km2=area,
        nodata_share=1 - sums["cells"] / grid.cells, mean=mean, total=mean * DENSITY_T_KM2[unit] * area / T_PER_TG,
        ranges={name[len("range ") :]: tuple(sums[name]) for name in wanted}, checks=checks,
        ratios=ratio_table(checks, unit), levels=_level_table(sums["levels"], model),
        outside=sums["outside"].table(found.drivers), legend=tuple(level_legend(model.levels)),
        outside_share=sums["outside"].any / max(1, sums["cells"]),
    )  # fmt: skip
    if any(name in result.ranges for name in ("APPLICABILITY", "DISSIMILARITY")):
        result.inside_share, result.threshold = sums["inside"] / area, model.applicability.threshold
    if any(name in result.ranges for name in ("MODEL_LOW", "MODEL_HIGH")):
        result.interval_level, result.mean_interval_width = model.conformal.level, sums["width"] / area
    result.notes = list(found.notes)
    result.warnings = _as_published(result, model) + _warnings(result, sums, found)
    return result


def _checks(sums: Totals, ratio: DensityRatio, unit: str, target: Optional[float]) -> Dict[str, RatioCheck]:
    area, base = sums["area"], sums["base"] / sums["area"]
    known = ratio.mean_in(unit)
    known = target if known is None else known
    return {
        part: RatioCheck(
            asked, base, sums["carbon " + part] / area, None if known is None else known * asked / ratio.ratio
        )
        for part, asked in ratio.parts().items()
    }


def _level_table(sums: np.ndarray, model: CoupledModel) -> Table:
    unit = model.unit
    table = Table(
        "Levels in the map",
        (
            Column("level", "integer", "value in the level raster"),
            Column("name", "text"),
            Column("bmin", "number", "smallest density of the level in training, {}".format(unit)),
            Column("bmax", "number", "largest density of the level in training, {}".format(unit)),
            Column("cells", "integer", "cells in which it is the most probable level"),
            Column("area_km2", "number"),
            Column("mean_density", "number", "area-weighted mean of the map there, {}".format(unit)),
        ),
    )
    for i, name in enumerate(model.levels.names):
        cells, area, carbon = (float(row[i]) for row in sums)
        bounds = [float(model.levels.bmin[i]), float(model.levels.bmax[i])]
        table.rows.append([i + 1, name, *bounds, int(cells), area, carbon / area if area else None])
    return table


def _on_years(result: EstimateResult, found: EstimateInputs) -> List[str]:
    """Years of the drivers, of the map and of the ratio that do not go together."""
    notes, base = [], result.ratio.base_year
    if None not in (found.year, result.year) and found.year != result.year:
        notes.append("The map is of {}, but its drivers are of {}.".format(result.year, found.year))
    if result.ratio.source == NO_RATIO and None not in (result.year, base) and result.year != base:
        notes.append(
            "Neither a table of pool means nor a ratio was given: the map of {} has the level of carbon of the base "
            "year {}; only its drivers are of another year.".format(result.year, base)
        )
    return notes


def _as_published(result: EstimateResult, model: CoupledModel) -> List[str]:
    """Published models mapped in other than the published forms are not what the paper did."""
    if model.density.preset != PUBLISHED or (result.restoration, result.blending) == (PUBLISHED, HARD):
        return []
    return [
        "The density model was trained with the preset 'published', but the map is made with the forms '{}' and '{}'. "
        "To map it as published, set 'Restoration (equation 3)' (RESTORATION) to 'published' and 'Levels' (BLENDING) "
        "to 'hard'.".format(result.restoration, result.blending)
    ]


def _warnings(result: EstimateResult, sums: Totals, found: EstimateInputs) -> List[str]:
    """What may make a number wrong, or not what the reader takes it for."""
    warnings = list(sums["outside"].notes(found.drivers)) + _on_years(result, found)
    check, unit = result.checks["mid"], result.unit
    off = check.delivered / check.asked - 1 if check.asked else 0.0
    if result.restoration == PUBLISHED and abs(off) > _RATIO_TOLERANCE:
        warnings.append(
            "The published form of eq. 3 multiplies only the part of the density above the lower bound of its level: "
            "asked for a ratio of {:.4g}, it delivers {:.4g}. 'scaled' delivers the ratio.".format(
                check.asked, check.delivered
            )
        )
    if result.restoration == MEAN_MATCHED and abs(off) > _RATIO_TOLERANCE:
        warnings.append(
            "The map is brought to the pool mean of {:.4g} {}; for this it is multiplied by {:.4g}, not by the ratio "
            "of {:.4g}: the mean of the map at ratio 1 ({:.4g}) is not that of the series.".format(
                check.mean, unit, check.delivered, check.asked, check.mean_base
            )
        )
    if sums["above"] and result.restoration == PUBLISHED:
        warnings.append(
            "{:,} cells ({:.1%}) exceed the largest density of their level in training (Bmax): the published form "
            "allows it.".format(sums["above"], sums["above"] / sums["cells"])
        )
    if result.scaling == FRESH:
        warnings.append(
            "Legacy scaling: every driver was rescaled by its own minimum and maximum of this year, as in the authors' "
            "scripts. A change that all cells share, such as a warming of 2 degC, then moves the map by nothing. Use "
            "'stored' for any comparison between years."
        )
    if result.interval_level is not None and (result.blending == HARD or result.restoration == PUBLISHED):
        warnings.append(
            "The prediction intervals were tested on blended densities at ratio 1; for hard levels, or the published "
            "restoration, they are approximate."
        )
    if result.inside_share is not None and result.inside_share < 0.9:
        warnings.append(
            "{:.1%} of the area is outside the area of applicability: conditions there are unlike those of the "
            "training samples, and accuracies do not hold for it.".format(1 - result.inside_share)
        )
    factor = density_factor(unit, T_HA)
    low, high = (value * factor for value in result.ranges.get("DENSITY", (0.0, 1.0)))
    return warnings + series_notes({result.year: (low, high)}, result.pool, {result.year: sums["negative"]})
