"""One pass over the blocks for many runs of one year: every band is read once, every run has writers of its own.

Windows are single tiles whatever the memory and the number of threads, and tiles are folded in order: rasters and sums
do not depend on which runs share a batch, so that a resumed ensemble equals one that was never stopped.
"""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .forest import Forest
from .model_stack import FeatureLayout, features_of, scatter
from .outputs import OutputSet
from .predict_forest import predicted_rows, prediction_specs
from .progress import Progress
from .raster.blocks import Block, Totals, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import TILE, RasterSpec, writers_for
from .scenario_bands import align_files, band_key
from .scenario_matrix import Run
from .scenario_plan import Plan
from .scenario_table import DriverFile
from .units import T_HA, density_factor
from .watch import Watch, Watched

#: Rasters that are written at a time: each has a thread and an open file.
MOST_WRITERS = 32
#: Predictions of one batch: about two minutes of one core, which is what a kill can cost.
BATCH_PREDICTIONS = 20_000_000
#: End of the file name of each kind of raster.
ENDINGS = {
    "DENSITY": "", "CELL_CARBON": "_cell_carbon", "LOW": "_low", "HIGH": "_high", "APPLICABILITY": "_applicability",
    "DISSIMILARITY": "_dissimilarity",
}  # fmt: skip
#: Makes `plan_windows` choose the smallest window: one tile.
_ONE_TILE = 1 << 40
#: Rows between two looks at the cancel button: half a second in a forest of deep trees.
_ROWS = 1 << 14


@dataclass(frozen=True)
class Batch:
    """Runs of one year that share a pass."""

    year: int
    runs: Tuple[Run, ...]

    def describe(self) -> str:
        """Year and runs, for the progress."""
        ids = [run.id for run in self.runs]
        return "{}: {}".format(self.year, ids[0] if len(ids) == 1 else "{} … {} ({} runs)".format(
            ids[0], ids[-1], len(ids)))  # fmt: skip


def key_of(run: Run, year: int) -> str:
    """What a raster is called in the state of an ensemble, and its file name without ending."""
    return "{}_{}".format(run.id, year)


def batches(plan: Plan, todo: Sequence[str], kinds: int, lanes: int = 1) -> List[Batch]:
    """What is to be computed, in passes.

    Parameters
    ----------
    kinds : number of rasters of one run and year; lanes : number of batches that run at a time.
    """
    # One lane may have all writers; several share twice as many: their grids are small.
    writers = MOST_WRITERS if lanes == 1 else 2 * MOST_WRITERS // lanes
    size = max(1, min(writers // kinds, BATCH_PREDICTIONS // max(1, plan.grid.cells)))
    if lanes > 1:
        size = min(size, max(1, -(-len(todo) // lanes)))
    wanted, made = set(todo), []
    for year in plan.years:
        runs = [run for run in plan.runs if key_of(run, year) in wanted]
        made += [Batch(year, tuple(runs[start : start + size])) for start in range(0, len(runs), size)]
    return made


def tile_count(grid: Grid) -> int:
    """Tiles of a grid: the units of parallel work."""
    return -(-grid.width // TILE) * -(-grid.height // TILE)


def aligned_drivers(
    plan: Plan, forest: Forest, files: Mapping[str, Sequence[DriverFile]], mask: Optional[PolygonLayer], area_mode: str
) -> Tuple[AlignedInputs, Dict[str, Tuple[str, ...]]]:
    """Every distinct band once, and by set of files (k in the model's order) the names of its inputs."""
    pairs = {
        key: [(file, driver.codes if driver.categorical else None) for driver, file in zip(forest.drivers, row)]
        for key, row in files.items()
    }
    every = [pair for row in pairs.values() for pair in row]
    inputs, names = align_files(every, plan.grid, plan.reference, mask, area_mode)
    return inputs, {key: tuple(names[band_key(*pair)] for pair in row) for key, row in pairs.items()}


@dataclass(frozen=True)
class _Params:
    forest: Forest
    layouts: Tuple[Tuple[str, FeatureLayout], ...]
    wanted: Tuple[str, ...]
    watch: Watch = field(default_factory=Watch)


def compute_batch(
    batch: Batch,
    plan: Plan,
    forest: Forest,
    kinds: Sequence[str],
    folder_path,
    mask: Optional[PolygonLayer],
    area_mode: str,
    progress: Progress,
    settings: EngineSettings,
) -> Tuple[Dict[str, Totals], Tuple[str, ...]]:
    """Write the rasters of a batch and put them in place together; the sums of each run, and notes.

    Parameters
    ----------
    kinds : of `predict_forest.OUTPUTS`.
    folder_path : name of a file → its path.

    Raises
    ------
    RasterError, OutputError, Cancelled
        Nothing of this batch is then in place.
    """
    files = {run.id: plan.files[run.id, batch.year] for run in batch.runs}
    inputs, chosen = aligned_drivers(plan, forest, files, mask, area_mode)
    layouts = tuple((run.id, FeatureLayout.of(inputs, chosen[run.id])) for run in batch.runs)
    params = _Params(forest, layouts, tuple(kinds))
    watched = Watched(progress, params.watch, tile_count(plan.grid) * len(batch.runs))
    with OutputSet(inputs.paths) as outputs:
        specs = {}
        for run in batch.runs:
            for kind, spec in _specs(forest, run, batch.year).items():
                path = folder_path(file_name(run, batch.year, kind)) if kind in kinds else None
                specs["{} {}".format(run.id, kind)] = (path, spec)
        writers = writers_for(specs, plan.grid, outputs, settings)
        done = run_blocks(
            inputs, _kernel, params, writers, watched, settings, bytes_per_cell=_ONE_TILE, message=batch.describe()
        )
    return done.partial, inputs.notes


def file_name(run: Run, year: int, kind: str) -> str:
    """File name of a raster: C1A1P5_2030.tif."""
    return "{}{}.tif".format(key_of(run, year), ENDINGS[kind])


def _specs(forest: Forest, run: Run, year: int) -> Dict[str, RasterSpec]:
    followed = "; ".join("{}: {}".format(group, pathway) for group, pathway in run.pathways)
    return {
        kind: replace(spec, tags={**spec.tags, "CARBON_PATHWAYS": followed})
        for kind, spec in prediction_specs(forest, year, run.id).items()
    }


def _kernel(block: Block, params: _Params):
    """Rasters of every run in one tile, and their sums by run."""
    arrays, sums, area = {}, Totals(), block.area_array()
    for run, layout in params.layouts:
        features, valid = features_of(block, layout)
        rows, sums[run] = _predicted(features, area[valid], params)
        params.watch.step()
        for kind in params.wanted:
            arrays["{} {}".format(run, kind)] = scatter(rows[kind], valid)
    return arrays, sums


def _predicted(features: np.ndarray, area: np.ndarray, params: _Params) -> Tuple[Dict[str, np.ndarray], Totals]:
    """`predicted_rows` in steps short enough for a cancel."""
    parts, sums = [], Totals()
    for start in range(0, max(1, len(features)), _ROWS):
        params.watch.check()
        step = slice(start, start + _ROWS)
        rows, found = predicted_rows(params.forest, features[step], area[step], params.wanted)
        parts.append(rows)
        sums = sums + found
    return {kind: np.concatenate([rows[kind] for rows in parts]) for kind in params.wanted}, sums


def plain_totals(sums: Totals, forest: Forest) -> Dict[str, object]:
    """The sums of a run and year as plain values, for the state of the ensemble and the long table."""
    outside, area = sums["outside"], sums["area"]
    to_t_ha = density_factor(forest.unit, T_HA)
    found: Dict[str, object] = {
        "cells": int(sums["cells"]), "area_km2": area, "mean_t_C_ha": sums["carbon"] / area * to_t_ha,
        "outside": int(outside.any), "below": outside.below.tolist(), "above": outside.above.tolist(),
        "range_t_C_ha": [float(end) * to_t_ha for end in sums["range DENSITY"]], "negative": int(sums["negative"]),
    }  # fmt: skip
    if "range APPLICABILITY" in sums or "range DISSIMILARITY" in sums:
        found["inside_km2"] = sums["inside"]
    if "range LOW" in sums or "range HIGH" in sums:
        found["interval_width_t_C_ha"] = sums["width"] / area * to_t_ha
    return found
