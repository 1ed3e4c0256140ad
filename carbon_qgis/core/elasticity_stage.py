"""Elasticity of carbon to its drivers, regional and per cell (Jiangsu paper, section 3.3, Figs 13 and 14).

Two states differ in the pathway of one group of drivers. Regional: totals of carbon and area-weighted means of the
driver, on the cells where both states have carbon. Per cell: densities and drivers of the cell itself.
"""

import os
import re
from dataclasses import dataclass, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .density_input import DensityRaster, density_raster
from .driver_inputs import unit_of
from .elasticity_pairs import Pair, Pathways, RunTotals, choose_pathways, make_pairs, run_rasters
from .elasticity_result import (
    COLUMNS,
    SHARES,
    CellMap,
    ElasticityOptions,
    ElasticityResult,
    Factor,
    Means,
    cell_areas_by_outcome,
    elasticity_unit,
    regional_row,
    result_notes,
)
from .errors import InputError, UnitError
from .outputs import OutputSet
from .progress import Part, Progress, Silent
from .raster.blocks import Block, Totals, require_valid, run_blocks
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import NODATA, Picture, RasterSpec, tags, writers_for
from .results import Remark, Table
from .scenario_files import check_files, require_coverage, require_scenarios
from .scenario_matrix import Group
from .scenario_table import DriverFile, ScenarioTable
from .stack import driver_name, file_name, layer_name
from .units import same_driver_unit

QUANTITY = "elasticity of carbon"
OUTPUTS = ("ELASTICITY", "REASON")
_C0, _C1 = "carbon base", "carbon other"
PICTURE = " picture"
#: Pictures of many maps are kept at this size.
_SMALL_SIDE = 300
#: Totals of the table and of the rasters that differ by more than this are warned of.
_TOTALS_AGREE = 1e-3


@dataclass(frozen=True)
class _Variable:
    """A driver in both states, and where its maps go."""

    factor: Factor
    base: DriverFile
    other: DriverFile
    method: str
    path: Optional[str] = None
    reason_path: Optional[str] = None

    @property
    def names(self) -> Tuple[str, str]:
        """Its inputs of a run."""
        return self.factor.variable + " base", self.factor.variable + " other"


@dataclass(frozen=True)
class _Task:
    """Two states and the drivers that differ between them; `carbon` without rasters is the totals of the table."""

    variables: Tuple[_Variable, ...]
    densities: Optional[Tuple[DensityRaster, DensityRaster]]
    totals: Optional[Tuple[float, float]]


def elasticity_of_runs(
    totals: RunTotals,
    table: ScenarioTable,
    groups: Sequence[Group],
    outputs: OutputSet,
    rasters: Optional[str] = None,
    folder: Optional[str] = None,
    base: str = "",
    other: str = "",
    common: str = "",
    years: Sequence[int] = (),
    options: Optional[ElasticityOptions] = None,
    reasons: bool = False,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> ElasticityResult:
    """Elasticity to every variable of every group, by year, from the runs of an ensemble.

    Parameters
    ----------
    totals : long table of 'Run scenarios'. table : driver table of the ensemble.
    rasters : folder with the densities `<run>_<year>.tif`; without it values are regional alone.
    folder : for the per-cell rasters `elasticity_<group>_<variable>_<year>.tif`, and with `reasons` also
        `reason_….tif`; None makes none.
    base, other, common : pathways; '' takes SSP1, SSP5 and SSP2 as in the paper, else see `choose_pathways`.
    years : those of the table if empty.

    Raises
    ------
    InputError
        Pathways, groups or years that the tables do not have; rasters that are not there; a mask without rasters.
    TableError
        Runs or files that are missing, all of them listed.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings, options = progress or Silent(), settings or EngineSettings(), options or ElasticityOptions()
    options.check()
    if not rasters and (folder or mask is not None):
        raise InputError(
            "{} needs the rasters of the runs: choose the folder that 'Run scenarios' wrote.".format(
                "An elasticity of each cell" if folder else "A study area"
            )
        )
    assumed: List[str] = []
    pathways = choose_pathways(totals, base, other, common, assumed)
    pairs = make_pairs(totals, groups, pathways, years)
    units = _units(table, groups, pathways, sorted({pair.year for pair in pairs}))
    paths = run_rasters(pairs, rasters) if rasters else {}
    if folder:
        outputs.folder(folder)
    tasks = [_task_of(pair, pathways, table, units, paths, options, folder, reasons) for pair in pairs]
    result = _run_tasks(tasks, outputs, options, mask, area_mode, progress, settings)
    result.warnings[:0] = assumed
    return result


def _units(table: ScenarioTable, groups, pathways: Pathways, years) -> Dict[str, str]:
    """Unit of every variable: as the table says, else the first file. Everything missing or wrong is listed."""
    variables = [name for group in groups for name in group.variables]
    states = (pathways.base, pathways.other)
    require_scenarios(table, variables, states)
    require_coverage(table, variables, states, years)
    used = dict.fromkeys(table.find(name, state, year) for name in variables for state in states for year in years)
    ordered = tuple(sorted(used, key=lambda file: file.line))
    infos, _ = check_files(ScenarioTable(table.path, ordered), None, True)
    first = {name: table.find(name, states[0], years[0]) for name in variables}
    return {name: file.unit or infos[file.path].units[file.band - 1] for name, file in first.items()}


def _task_of(pair: Pair, pathways: Pathways, table, units, paths, options, folder, reasons) -> _Task:
    variables = []
    for name in pair.group.variables:
        factor = Factor(
            pair.set, pair.group.name, name, units[name], pair.year, pathways.base, pathways.other, pair.base.run,
            pair.other.run,
        )  # fmt: skip
        ending = "_".join(_plain(part) for part in (pair.group.name, name, str(pair.year))) + ".tif"
        variables.append(
            _Variable(
                factor, table.find(name, pathways.base, pair.year), table.find(name, pathways.other, pair.year),
                options.of_unit(units[name]), os.path.join(folder, "elasticity_" + ending) if folder else None,
                os.path.join(folder, "reason_" + ending) if folder and reasons else None,
            )
        )  # fmt: skip
    densities = None
    if paths:
        densities = tuple(density_raster(paths[run.run, pair.year]) for run in (pair.base, pair.other))
    return _Task(tuple(variables), densities, (pair.base.total, pair.other.total))


def _plain(text: str) -> str:
    """A part of a file name."""
    return re.sub(r"[^\w.-]+", "-", text)


def elasticity_of_pair(
    density_base: DensityRaster,
    density_other: DensityRaster,
    driver_base: str,
    driver_other: str,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    unit: str = "",
    options: Optional[ElasticityOptions] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> ElasticityResult:
    """Elasticity between two states given as rasters: carbon density and one driver of each.

    Parameters
    ----------
    destinations : paths of ELASTICITY and REASON; None is not written.
    unit : of the driver, where the rasters state none.

    Raises
    ------
    InputError
        Densities of two pools, a driver of several bands.
    UnitError
        The two drivers are in different units.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings, options = progress or Silent(), settings or EngineSettings(), options or ElasticityOptions()
    options.check()
    if density_base.pool and density_other.pool and density_base.pool != density_other.pool:
        raise InputError("The densities are of different pools ({}, {}): an elasticity compares one pool, or the "
                         "total.".format(density_base.pool, density_other.pool))  # fmt: skip
    files = [_single_band(path) for path in (driver_base, driver_other)]
    stated = [unit or unit_of(Band(file.path)) for file in files]
    if stated[0] and stated[1] and not same_driver_unit(*stated):
        raise UnitError(
            "'{}' is in {} and '{}' in {}: bring both drivers to one unit.".format(
                file_name(files[0].path), stated[0], file_name(files[1].path), stated[1]
            )
        )
    factor = Factor(
        "", "", files[0].variable, stated[0] or stated[1], density_base.year, _state(driver_base),
        _state(driver_other), layer_name(density_base.path), layer_name(density_other.path),
    )  # fmt: skip
    variable = _Variable(factor, files[0], files[1], options.of_unit(factor.unit), destinations.get("ELASTICITY"),
                         destinations.get("REASON"))  # fmt: skip
    task = _Task((variable,), (density_base, density_other), None)
    result = _run_tasks([task], outputs, options, mask, area_mode, progress, settings)
    if density_base.year != density_other.year:
        text = "The densities are of two years, {} and {}: what changes is not the driver alone."
        result.warnings.append(text.format(density_base.year, density_other.year))
    return result


def _single_band(path: str) -> DriverFile:
    info = raster_info(path)
    if info.count > 1:
        raise InputError(
            "'{}' has {} bands; a driver has one here. Extract the band first (Raster > Conversion > Translate), or "
            "use the table of drivers.".format(path, info.count)
        )
    return DriverFile(info.descriptions[0].strip() or driver_name(layer_name(path)), "", None, path)


def _state(path: str) -> str:
    """What a state is called: the scenario of its driver, else the file."""
    return raster_info(path).tags.get("CARBON_SCENARIO") or layer_name(path)


def _run_tasks(
    tasks: Sequence[_Task], outputs, options: ElasticityOptions, mask, area_mode: str, progress: Progress, settings
) -> ElasticityResult:
    result = ElasticityResult(options, Table("Elasticity of the region", COLUMNS))
    many = sum(len(task.variables) for task in tasks) > 4
    for number, task in enumerate(tasks):
        part = Part(progress, (number / len(tasks), (number + 1) / len(tasks)))
        _run_task(task, result, outputs, mask, area_mode, part, settings, many)
    _in_order(result, tasks)
    result.notes = list(dict.fromkeys(result.notes)) + result_notes(result.table)
    if tasks[0].densities is None:
        text = (
            "Without the rasters of the runs, means of the drivers are over all cells of the drivers, not only those "
            "with carbon."
        )
        result.notes.append(Remark(text))
    return result


def _in_order(result: ElasticityResult, tasks: Sequence[_Task]) -> None:
    """Variable by variable, each through its years: tasks go year by year, for all variables of a group."""
    names = list(dict.fromkeys(v.factor[:3] for task in tasks for v in task.variables))
    result.table.rows.sort(key=lambda row: names.index(tuple(row[:3])))
    result.maps.sort(key=lambda made: names.index(made.factor[:3]))


def _run_task(
    task: _Task, result: ElasticityResult, outputs, mask, area_mode: str, progress: Progress, settings, many: bool
) -> None:
    inputs = _inputs(task, mask, area_mode)
    result.grid, result.area_mode = result.grid or inputs.grid, inputs.areas.mode
    result.notes += inputs.notes
    specs = {name: spec for variable in task.variables for name, spec in _specs(variable).items()}
    writers = writers_for(specs, inputs.grid, outputs, settings)
    pictures = {}
    if task.densities is not None:
        pictures = {variable.factor.variable + PICTURE: Picture(inputs.grid) for variable in task.variables}
    first = task.variables[0].factor
    message = "Elasticity to {}{}".format(first.group or first.variable, ", {}".format(first.year) * bool(first.year))
    run = run_blocks(
        inputs, _kernel, _Params(task, result.options, tuple(writers)), {**writers, **pictures}, progress, settings,
        bytes_per_cell=24 * len(inputs.bands) + 100 * len(task.variables), message=message,
    )  # fmt: skip
    what = "both densities" if task.densities is not None else "the drivers"
    require_valid(run.partial["cells"], "{} of {}".format(what, message.lower()))
    if mask is None:
        _warn_of_totals(task, run.partial, first, result)
    for variable in task.variables:
        sums = run.partial[variable.factor.variable]
        require_valid(sums["cells"], "carbon and {} together".format(variable.factor.variable))
        if task.densities is not None and sums["cells"] < run.partial["cells"]:
            text = "{} has no data in {:,} of {:,} cells with carbon ({}); they are left out."
            result.notes.append(text.format(variable.factor.variable, run.partial["cells"] - sums["cells"],
                                            run.partial["cells"], message.lower()))  # fmt: skip
        carbon = task.totals if task.densities is None else (sums["c0"], sums["c1"])
        means = Means(*carbon, sums["x0"] / sums["area"], sums["x1"] / sums["area"])
        result.table.rows.append(regional_row(variable.factor, means, result.options))
        if task.densities is not None:
            overview = pictures[variable.factor.variable + PICTURE].overview()[0]
            result.maps.append(_map_of(variable, sums, overview, many))


def _warn_of_totals(task: _Task, sums: Totals, factor: Factor, result: ElasticityResult) -> None:
    """Say so where the rasters hold other carbon than the table: files that do not belong together."""
    if task.densities is None or task.totals is None:
        return
    for stated, summed, run in zip(task.totals, (sums["c0"], sums["c1"]), (factor.base_run, factor.other_run)):
        if abs(summed - stated) > _TOTALS_AGREE * abs(stated) and len(result.warnings) < 5:
            result.warnings.append(
                "{} of {}: the rasters hold {:.6g} t C on the cells compared, the table says {:.6g}. The rasters are "
                "used; do both belong to one ensemble?".format(run, factor.year, summed, stated)
            )


def _inputs(task: _Task, mask, area_mode: str) -> AlignedInputs:
    """Densities in t C/km2 and drivers, with the scale and offset of the table, on the grid of the first."""
    bands: Dict[str, Band] = {}
    if task.densities is not None:
        bands = {_C0: task.densities[0].band, _C1: task.densities[1].band}
    scales: Dict[str, Tuple[float, float]] = {}
    for variable in task.variables:
        for name, file in zip(variable.names, (variable.base, variable.other)):
            bands[name], scales[name] = Band(file.path, file.band), (file.scale, file.offset)
    inputs = align_inputs(bands, mask=mask, area_mode=area_mode)
    scalings = dict(inputs.scalings)
    for name, (scale, offset) in scales.items():
        scalings[name] = scalings[name][0] * scale, scalings[name][1] * scale + offset
    return replace(inputs, scalings=scalings)


def _specs(variable: _Variable) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    factor = variable.factor
    unit = elasticity_unit(variable.method, factor.unit)
    words = "elasticity of carbon to {}, {} to {}".format(factor.variable, factor.base, factor.other)
    more = {"year": factor.year, "scenario": "{} to {}".format(factor.base, factor.other)}
    reason = "0 there is one, 1 no data, 2 driver changes too little, 3 no relative change"
    return {
        variable.factor.variable + " ELASTICITY": (
            variable.path,
            RasterSpec((words,), (unit,), tags=tags(QUANTITY, unit, method=variable.method, **more), smooth=True),
        ),
        variable.factor.variable + " REASON": (
            variable.reason_path,
            RasterSpec((reason,), ("1",), "uint8", tags=tags("reason of no elasticity", "1", **more)),
        ),
    }


@dataclass(frozen=True)
class _Params:
    task: _Task
    options: ElasticityOptions
    written: Tuple[str, ...]


def _kernel(block: Block, params: _Params):
    """Elasticities of the cells, and the sums of each variable on the cells where it and carbon are known."""
    area = block.area_array()
    carbon = [block[name].astype(np.float64) for name in (_C0, _C1)] if params.task.densities is not None else None
    valid = np.ones(block.shape, bool)
    for values in carbon or [block[name] for v in params.task.variables for name in v.names]:
        valid &= np.isfinite(values)
    sums = Totals(cells=int(valid.sum()))
    if carbon is not None:
        sums["c0"], sums["c1"] = (float(values[valid] @ area[valid]) for values in carbon)
    arrays: Dict[str, np.ndarray] = {}
    for variable in params.task.variables:
        states = [block[name].astype(np.float64) for name in variable.names]
        known = valid & np.isfinite(states[0]) & np.isfinite(states[1])
        own = Totals(cells=int(known.sum()), area=float(area[known].sum()))
        for key, values in zip(("x0", "x1", "c0", "c1"), states + (carbon or [])):
            own[key] = float(values[known] @ area[known])
        if carbon is not None:
            made = params.options.apply(variable.method, *carbon, *states)
            own.update(cell_areas_by_outcome(made, area))
            name = variable.factor.variable
            arrays[name + PICTURE] = arrays[name + " ELASTICITY"] = made.value.astype(np.float32)
            # Where there is no carbon, there is nothing to explain.
            arrays[name + " REASON"] = np.where(valid, made.reason, NODATA["uint8"]).astype(np.uint8)
        sums[variable.factor.variable] = own
    return arrays, sums


def _map_of(variable: _Variable, sums: Totals, overview: np.ndarray, many: bool) -> CellMap:
    seen = overview[np.isfinite(overview)]
    quantiles = tuple(float(v) for v in np.percentile(seen, (10, 50, 90))) if seen.size else (None, None, None)
    if many:
        step = max(1, -(-max(overview.shape) // _SMALL_SIDE))
        overview = overview[::step, ::step].copy()
    return CellMap(
        variable.factor, variable.method, variable.path, variable.reason_path, sums["cells"], sums["area"],
        {name: sums[name] / sums["all"] for name in SHARES}, quantiles, overview,
    )  # fmt: skip


__all__ = ["OUTPUTS", "elasticity_of_pair", "elasticity_of_runs"]
