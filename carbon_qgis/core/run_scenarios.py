"""A forest over every run and year of an ensemble of scenarios (Jiangsu paper, section 2.4; Figs 5 to 12).

Each distinct run and year is computed once, many runs in one pass over the drivers, into a folder that says what is
complete. A stopped ensemble goes on where it was and ends with the same files.
"""

import os
from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .claims import claimed_folder
from .ensemble import Ensemble, digest, digest_of, open_ensemble
from .errors import Cancelled, InputError, OutputError
from .forest import Forest
from .outputs import writing
from .pool_checks import pool_doubts
from .pools import PoolTable
from .predict_forest import OUTPUTS, check_outputs
from .progress import Part, Progress, Silent
from .raster.area import cell_areas
from .raster.blocks import require_valid
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import compression_options
from .results import Remark, Table
from .scenario_batch import Batch, batches, compute_batch, file_name, key_of, plain_totals, tile_count
from .scenario_drivers import bias_table, bias_warnings, driver_table, numeric_files, pathway_statistics
from .scenario_landcover import table_stocks
from .scenario_lanes import compute_all, lane_count
from .scenario_matrix import Matrix
from .scenario_plan import Design, Plan, make_plan
from .scenario_table import DriverFile, ScenarioTable
from .scenario_totals import TableStock, area_notes, sets_table, stock_table, totals_table

#: Parts of the progress: checks, means of the drivers and land cover before the first batch.
_CHECKED, _DRIVERS, _STOCKS = 0.02, 0.06, 0.08


@dataclass
class EnsembleResult:
    """An ensemble that is complete: tables, files and what to know of them.

    `computed` and `kept` count rasters of run and year; `ranges` smallest and largest density of all, t C/ha.
    """

    folder: str
    matrix: Matrix
    years: Tuple[int, ...]
    unit: str
    pool: Optional[str]
    grid: object
    area_mode: str
    totals: Table
    sets: Table
    drivers: Table
    bias: Table
    stocks: Optional[Table]
    files: Dict[str, List[str]]
    computed: int
    kept: int
    range_t_ha: Tuple[float, float]
    warnings: List[str] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)


def run_scenarios(
    table: ScenarioTable,
    forest: Forest,
    model: str,
    folder: str,
    design: Design,
    kinds: Sequence[str] = ("DENSITY",),
    pools: Optional[PoolTable] = None,
    overwrite: bool = False,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> EnsembleResult:
    """Rasters and totals of every run and year.

    Parameters
    ----------
    table : driver table.
    model : path of the bundle that `forest` was read from.
    folder : of the ensemble; one that a stopped run left is gone on with.
    kinds : of `predict_forest.OUTPUTS`; DENSITY is always made.
    pools : carbon pools by class, for the land cover named in `design`.
    overwrite : start from scratch; what is there is deleted once every check has passed.

    Raises
    ------
    InputError
        The folder is another ensemble's, or was made from other inputs; the design does not fit table or model.
    TableError, UnitError, RasterError, GridError
        What is wrong with the table or its files, row by row.
    OutputError, Cancelled
        Complete rasters stay, and the folder says which. OutputError also if another run is writing into the folder.
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    kinds = tuple(kind for kind in OUTPUTS if kind == "DENSITY" or kind in kinds)
    check_outputs(forest, {kind: folder for kind in kinds})
    if bool(design.landcover) != (pools is not None):
        raise InputError("Land cover of the driver table and a table of carbon pools are only of use together.")
    progress.update(0.0, "Checking the driver table")
    plan = make_plan(table, forest, design)
    keys = {key_of(run, year): (run, year) for run in plan.runs for year in plan.years}
    names = [file_name(run, year, kind) for run, year in keys.values() for kind in kinds]
    identity = _identity(plan, model, design, kinds, mask, area_mode, settings)
    with writing(folder):
        os.makedirs(folder, exist_ok=True)
    with claimed_folder(folder):
        ensemble = open_ensemble(folder, identity, names, overwrite)
        inputs = _input_digests(plan, ensemble, Part(progress, (0.0, _CHECKED / 2)))
        ensemble.require_inputs(inputs)
        complete, changed = ensemble.verified(keys, kinds, Part(progress, (_CHECKED / 2, _CHECKED)))
        drivers, stocks = _before(plan, forest, pools, mask, area_mode, progress, settings)
        todo = [key for key in keys if key not in set(complete)]
        ensemble.begin()  # last: whatever a check refuses, an ensemble that is to be replaced is still whole
        ensemble.forget(todo)
        notes = _compute(plan, forest, ensemble, todo, inputs, kinds, mask, area_mode, progress, settings)
    made = _result(plan, forest, ensemble, drivers, stocks, kinds)
    made.computed, made.kept, made.area_mode = len(todo), len(complete), cell_areas(plan.grid, area_mode).mode
    made.notes += (pools.notes + pool_doubts(pools) if pools is not None else []) + notes
    made.notes += _resume_notes(complete, changed, keys)
    return made


def _identity(plan: Plan, model: str, design: Design, kinds, mask, area_mode: str, settings: EngineSettings) -> Dict:
    """What must not change between two runs into one folder."""
    polygons = None
    if mask is not None:
        polygons = digest_of([[geometry.hex() for geometry in mask.wkb], mask.crs_wkt])
    return {
        "model": {"file": os.path.basename(model), "blake2b": digest(model)},
        "grid": {"crs": plan.grid.crs_wkt, "transform": list(plan.grid.transform), "width": plan.grid.width,
                 "height": plan.grid.height},
        "groups": {group.name: list(group.variables) for group in design.groups},
        "pathways": list(design.pathways),
        "outputs": list(kinds),
        "align": design.align,
        "cell_area": area_mode,
        "mask": polygons,
        "compression": compression_options(settings.compression)["compress"],
    }  # fmt: skip


def _input_digests(plan: Plan, ensemble: Ensemble, progress: Progress) -> Dict[str, Dict[str, str]]:
    """Digest of what every run and year is made from, by driver."""
    paths = list(dict.fromkeys(file.path for file in plan.used()))
    for number, path in enumerate(paths):
        progress.update(number / len(paths), "Looking at the files of the driver table")
        ensemble.source_digest(path)
        if progress.cancelled():
            raise Cancelled()
    of_file: Dict[DriverFile, str] = {
        file: digest_of([ensemble.source_digest(file.path), file.band, file.scale, file.offset]) for file in plan.used()
    }
    return {
        key_of(run, year): {name: of_file[file] for name, file in zip(plan.names, plan.files[run.id, year])}
        for run in plan.runs for year in plan.years
    }  # fmt: skip


def _before(plan: Plan, forest: Forest, pools, mask, area_mode: str, progress: Progress, settings: EngineSettings):
    """Table of the drivers and stocks of the land cover: known before the long part begins."""
    files = numeric_files(plan, forest)
    found = pathway_statistics(
        files, plan.grid, plan.reference, mask, area_mode, Part(progress, (_CHECKED, _DRIVERS)), settings
    )
    units = {name: plan.unit(file) for (name, _, _), file in files.items()}
    stocks: Mapping[Tuple[str, int], TableStock] = {}
    if pools is not None:
        part = Part(progress, (_DRIVERS, _STOCKS))
        stocks = table_stocks(plan.landcover, pools, mask, area_mode, part, settings)
    return driver_table(found, units, forest), stocks


def _compute(
    plan: Plan, forest: Forest, ensemble: Ensemble, todo: Sequence[str], inputs: Mapping[str, Mapping[str, str]],
    kinds: Sequence[str], mask, area_mode: str, progress: Progress, settings: EngineSettings,
) -> List[str]:  # fmt: skip
    """All batches, each recorded as soon as its rasters are in place; notes."""
    tiles = tile_count(plan.grid)
    lanes = lane_count(settings.worker_count(), tiles)
    own = replace(settings, threads=max(1, settings.worker_count() // lanes))
    notes: List[str] = []

    def compute(batch: Batch, part: Progress):
        return compute_batch(batch, plan, forest, kinds, ensemble.raster, mask, area_mode, part, own)

    def record(batch: Batch, outcome) -> None:
        sums, found = outcome
        made = {}
        for run in batch.runs:
            require_valid(sums[run.id]["cells"], "the drivers of run {}, {}".format(run.id, batch.year))
            key = key_of(run, batch.year)
            files = {kind: file_name(run, batch.year, kind) for kind in kinds}
            made[key] = {"inputs": dict(inputs[key]), "totals": plain_totals(sums[run.id], forest), "files": files}
        ensemble.record(made)
        notes.extend(note for note in found if note not in notes)

    try:
        compute_all(batches(plan, todo, len(kinds), lanes), compute, record, lanes, Part(progress, (_STOCKS, 1.0)))
    except Cancelled:
        raise Cancelled("Cancelled. {}".format(_state(plan, ensemble))) from None
    except OutputError as error:
        raise OutputError("{} {}".format(error, _state(plan, ensemble))) from error
    return notes


def _state(plan: Plan, ensemble: Ensemble) -> str:
    keys = {key_of(run, year) for run in plan.runs for year in plan.years}
    text = "{} of {} runs and years are complete in '{}'; run again with the same folder to go on."
    return text.format(len(keys & set(ensemble.entries)), len(keys), ensemble.folder)


def _result(plan: Plan, forest: Forest, ensemble: Ensemble, drivers: Table, stocks, kinds) -> EnsembleResult:
    totals = totals_table(plan.matrix, plan.years, ensemble.entries, forest.drivers, stocks)
    first = plan.years[0]
    low, high = min(totals.column("minimum_t_C_ha")), max(totals.column("maximum_t_C_ha"))
    result = EnsembleResult(
        ensemble.folder, plan.matrix, plan.years, forest.unit, forest.pool, plan.grid, "", totals,
        sets_table(plan.matrix, totals), drivers, bias_table(drivers, first),
        stock_table(stocks, totals, plan.matrix) if stocks else None,
        {kind: [ensemble.raster(file_name(run, year, kind)) for run in plan.runs for year in plan.years]
         for kind in kinds}, 0, 0, (low, high),
    )  # fmt: skip
    result.warnings = bias_warnings(drivers, first) + _outside_warnings(totals) + area_notes(totals, plan.grid)
    result.notes = list(plan.notes)
    return result


def _outside_warnings(totals: Table) -> List[str]:
    """Runs that leave the training range: the forest is flat out there."""
    shares = totals.column("outside_percent")
    worst = max(range(len(shares)), key=shares.__getitem__)
    if shares[worst] < 1:
        return []
    return [
        "Up to {:.1f} % of the cells lie outside the training range of a driver ({}, {}). A forest does not "
        "extrapolate: there it gives what it gave at the edge of the range.".format(
            shares[worst], totals.column("run")[worst], totals.column("year")[worst]
        )
    ]


def _resume_notes(complete: Sequence[str], changed: Sequence[str], keys) -> List[str]:
    notes = []
    if complete:
        notes.append(Remark("{} of {} runs and years were complete and are kept.".format(len(complete), len(keys))))
    if changed:
        shown = ", ".join(changed[:5]) + (" and {} more".format(len(changed) - 5) if len(changed) > 5 else "")
        notes.append("Rasters that were changed since they were written are computed again: {}.".format(shown))
    return notes
