"""Levels of carbon density of every cell of a driver stack (Xinjiang paper, 2.3), with class probabilities."""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .class_names import class_names_tag
from .level_thresholds import level_ranges
from .levels import LevelModel
from .model_stack import FeatureLayout, OutOfRange, features_of, model_bands, scatter
from .outputs import OutputSet
from .progress import Progress, Silent, check_cancelled
from .raster.blocks import Block, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import RasterSpec, tags, writers_for
from .results import Column, Table
from .stack import StackInfo

LEVELS, PROBABILITIES = "LEVELS", "PROBABILITIES"
#: Destinations that `predict_levels` knows.
OUTPUTS = (LEVELS, PROBABILITIES)
QUANTITY = "carbon density level"
NODATA = 255


@dataclass
class PredictLevelsResult:
    """Levels of a stack: `table` has cells, area and mean probability by level, `range_table` the drivers' ranges.

    `cells` are valid in every driver; `nodata_share` is that of the others. `overviews` are pictures for the report:
    'LEVELS' (rows, columns) of codes.
    """

    model: LevelModel
    stack: StackInfo
    table: Table
    range_table: Table
    out_of_range: OutOfRange
    cells: int
    area_km2: float
    area_mode: str
    nodata_share: float
    grid: Grid
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def legend(self) -> List[Tuple[int, str]]:
        """Code and name of each level, with its range of density."""
        return level_legend(self.model)


def level_legend(model: LevelModel) -> List[Tuple[int, str]]:
    """Code and name of each level in a raster of levels: (1, 'low (up to 40 t C/ha)') …"""
    ranges = level_ranges(model.thresholds, model.unit)
    return [(code, "{} ({})".format(*pair)) for code, pair in enumerate(zip(model.names, ranges), 1)]


def level_spec(model: LevelModel, year: Optional[int] = None, scenario: str = "") -> RasterSpec:
    """Spec of a raster of levels: codes 1 to L, 8-bit, nodata 255."""
    named = tags(QUANTITY, "1", pool=model.pool, year=year, scenario=scenario)
    return RasterSpec(
        descriptions=("level of carbon density",), units=("1",), dtype="uint8",
        tags={**named, **class_names_tag(dict(level_legend(model)))}, band_tags=({"CARBON_CATEGORICAL": "1"},),
    )  # fmt: skip


def probability_spec(model: LevelModel, year: Optional[int] = None, scenario: str = "") -> RasterSpec:
    """Spec of the class probabilities: one float32 band per level, 0 to 1."""
    return RasterSpec(
        descriptions=tuple("probability of {}".format(name) for name in model.names),
        units=("1",) * model.count,
        tags=tags("probability of carbon density levels", "1", pool=model.pool, year=year, scenario=scenario),
        smooth=True,
    )


def predict_levels(
    stack: str,
    model: LevelModel,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> PredictLevelsResult:
    """Predict the level of every cell.

    Parameters
    ----------
    stack : driver stack; bands are matched by name, and its grid is that of the outputs.
    destinations : path of LEVELS (codes 1 to L, the most probable level, uint8, nodata 255) and of PROBABILITIES (one
        float32 band per level), or None.

    Raises
    ------
    InputError, UnitError
        The stack lacks a driver, or has it in another unit.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    found = model_bands(stack, model.drivers)
    inputs = align_inputs(dict(zip(model.driver_names, found.bands)), stack, mask=mask, area_mode=area_mode)
    year, scenario = found.stack.year, found.stack.scenario
    wanted = {
        LEVELS: (destinations.get(LEVELS), level_spec(model, year, scenario)),
        PROBABILITIES: (destinations.get(PROBABILITIES), probability_spec(model, year, scenario)),
    }
    writers = writers_for(wanted, inputs.grid, outputs, settings)
    k, count = len(model.drivers), model.count
    run = run_blocks(
        inputs, _kernel, (model, FeatureLayout.of(inputs, model.driver_names), tuple(writers)), writers, progress,
        settings, bytes_per_cell=32 * k + 24 * count + 16, message="Predicting levels",
    )  # fmt: skip
    check_cancelled(progress)
    total = run.partial
    cells = int(total["cells"].sum())
    require_valid(cells, "the driver stack '{}'".format(stack))
    result = PredictLevelsResult(
        model=model, stack=found.stack, table=_table(model, total), range_table=total["range"].table(model.drivers),
        out_of_range=total["range"], cells=cells, area_km2=float(total["area"].sum()), area_mode=inputs.areas.mode,
        nodata_share=1 - cells / inputs.grid.cells, grid=inputs.grid, notes=list(inputs.notes) + list(found.notes),
    )  # fmt: skip
    result.notes += total["range"].notes(model.drivers)
    if LEVELS in writers:
        result.overviews[LEVELS] = writers[LEVELS].overview()[0]
    return result


def _kernel(block: Block, params):
    model, layout, wanted = params
    features, valid = features_of(block, layout)
    probabilities = model.probabilities(features)
    level = np.argmax(probabilities, axis=1)
    count = model.count
    area = block.area_array()[valid]
    partial = Totals(
        cells=np.bincount(level, minlength=count),
        area=np.bincount(level, weights=area, minlength=count),
        probability=area @ probabilities.astype(np.float64),
        range=OutOfRange.count(features, model.drivers),
    )
    arrays = {}
    if LEVELS in wanted:
        arrays[LEVELS] = scatter((level + 1).astype(np.uint8), valid, NODATA)
    if PROBABILITIES in wanted:
        arrays[PROBABILITIES] = scatter(probabilities, valid)
    return arrays, partial


def _table(model: LevelModel, total: Totals) -> Table:
    """Cells and area of each level; the mean probability is the level's share of the area by probability."""
    columns = (
        Column("code", "integer", "in the level raster"), Column("level", "text"), Column("range", "text"),
        Column("cells", "integer"), Column("area_km2", "number"), Column("area_share_percent", "number"),
        Column("mean_probability", "number", "weighted by area: the share expected of the level"),
    )  # fmt: skip
    area = float(total["area"].sum())
    ranges = level_ranges(model.thresholds, model.unit)
    rows = [
        [
            i + 1, name, ranges[i], int(total["cells"][i]), float(total["area"][i]),
            100.0 * float(total["area"][i]) / area if area else None,
            float(total["probability"][i]) / area if area else None,
        ]
        for i, name in enumerate(model.names)
    ]  # fmt: skip
    return Table("Levels of carbon density", columns, rows)
