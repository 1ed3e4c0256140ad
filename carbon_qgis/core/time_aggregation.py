"""Months, days or years of one variable as one raster: mean, sum, largest or smallest.

Steps are read one after the other into running sums, so memory does not grow with their number.
"""

import re
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import Cancelled, GridError, InputError, UnitError
from .outputs import OutputSet
from .progress import Message, Progress, Silent
from .raster.align import Alignment
from .raster.band_series import SeriesBand, read_series, strip_rows
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.netcdf import geographic_grid
from .raster.polygons import PolygonLayer, on_grid
from .raster.settings import EngineSettings
from .raster.source import Band, RasterInfo, raster_info
from .raster.write import RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .stack import driver_name, file_name, layer_name
from .time_steps import STATISTICS, TimeStep, default_statistic, years_of

#: Destinations that `aggregate_time` knows.
OUTPUTS = ("AGGREGATE", "COUNT")
_WORDS = {"sum": "sum", "max": "largest value", "min": "smallest value"}


@dataclass
class TimeAggregationResult:
    """One raster from many steps.

    `steps` has a row per step, in the order given. Numbers describe the aggregate: cells without area weights.
    """

    grid: Grid
    variable: str
    statistic: str
    unit: str
    minimum_count: int
    steps: Table
    valid_cells: int = 0
    nodata_share: float = 0.0
    low: float = float("nan")
    high: float = float("nan")
    mean: float = float("nan")
    year: Optional[int] = None
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)


def aggregate_time(
    steps: Sequence[TimeStep],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    statistic: Optional[str] = None,
    minimum_count: Optional[int] = None,
    variable: Optional[str] = None,
    unit: Optional[str] = None,
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> TimeAggregationResult:
    """Aggregate all steps into one raster on the grid of the first step.

    Parameters
    ----------
    steps : bands of one variable (see `time_steps.steps_of`). Order does not matter.
    destinations : 'AGGREGATE' float32, 'COUNT' uint16: valid steps per cell.
    statistic : one of `STATISTICS`; by default that of `default_statistic(variable)`, and the mean where every step is
        a year: yearly sums are not added up over the years.
    minimum_count : valid steps that a cell needs; all steps by default. Cells with fewer are nodata.
    variable : name of the variable; by default that of the first layer without year and scenario.
    unit : by default that of the steps, which must agree. A sum keeps it (mm stay mm).
    year : tag of the aggregate; by default that of the steps where it is one.
    mask : cells outside become nodata.

    Raises
    ------
    InputError
        No steps, an unknown statistic, a minimum count outside 1 to the number of steps.
    UnitError
        Steps with different units.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    variable = (variable or "").strip() or (driver_name(layer_name(steps[0].path)) if steps else "")
    notes: List[str] = []
    statistic = statistic or _usual_statistic(variable, steps, notes)
    minimum_count = _check(steps, statistic, minimum_count)
    infos = {path: raster_info(path) for path in dict.fromkeys(step.path for step in steps)}
    series = _series(steps, infos)
    unit = _unit(steps, infos) if unit is None else unit.strip()
    year = _year(infos) if year is None else year
    inputs = _aligned(infos, {step.path: step.band for step in steps}, mask, notes)
    stop = _StopFlag()
    together = {path: rows for path, rows in ((path, strip_rows(info)) for path, info in infos.items()) if rows}
    params = _Params(secrets.token_hex(8), inputs, series, statistic, minimum_count, together, stop)
    specs = _specs(variable, statistic, unit, year)
    wanted = {name: (destinations.get(name), spec) for name, spec in specs.items()}
    writers = writers_for(wanted, inputs.grid, outputs, settings)
    run = run_blocks(
        replace(inputs, bands={}, mask=None), _kernel, params, writers, _Watched(progress, stop), settings,
        bytes_per_cell=64, message=Message("Aggregating {} steps", len(steps)),
    )
    result = TimeAggregationResult(inputs.grid, variable, statistic, unit, minimum_count, _step_table(), year=year)
    result.notes += notes
    _summarise(result, run.partial, steps, inputs)
    result.overviews = {name: writer.overview()[0] for name, writer in writers.items()}
    return result


def _usual_statistic(variable: str, steps: Sequence[TimeStep], notes: List[str]) -> str:
    usual = default_statistic(variable)
    years = years_of(steps) if usual != "mean" else None
    if years is None:
        return usual
    text = "Each of the {} steps is a year ({} to {}): their mean is taken, not their {}. Choose '{}' if you want that."
    notes.append(Remark(text.format(len(years), min(years), max(years), _WORDS[usual], usual)))
    return "mean"


class RunningStatistic:
    """Mean, sum, largest or smallest of arrays that come one after the other; NaN is not counted.

    Parameters
    ----------
    statistic : one of `STATISTICS`.
    shape : of the arrays.
    """

    def __init__(self, statistic: str, shape: Tuple[int, int]):
        start = {"max": -np.inf, "min": np.inf}.get(statistic, 0.0)
        self._statistic = statistic
        self._state = np.full(shape, start, np.float64)
        self.count = np.zeros(shape, np.uint16)

    def add(self, values: np.ndarray) -> np.ndarray:
        """Take in one array; returns where it is valid."""
        valid = np.isfinite(values)
        if self._statistic == "max":
            np.fmax(self._state, values, out=self._state)
        elif self._statistic == "min":
            np.fmin(self._state, values, out=self._state)
        else:
            np.add(self._state, values, out=self._state, where=valid)
        self.count += valid
        return valid

    def result(self, minimum_count: int) -> np.ndarray:
        """The statistic (float64), NaN where fewer than `minimum_count` values were valid."""
        out = self._state.copy()
        if self._statistic == "mean":
            out /= np.maximum(self.count, 1)
        out[self.count < minimum_count] = np.nan
        return out


class _StopFlag:
    """Lets a long task see a cancel. In another process it is never set: the parent then drops the task."""

    def __init__(self):
        self._event = threading.Event()

    def __reduce__(self):
        return _StopFlag, ()

    def set(self) -> None:
        self._event.set()

    def check(self) -> None:
        if self._event.is_set():
            raise Cancelled()


class _Watched:
    """The caller's progress, which also raises the flag of the tasks on a cancel."""

    def __init__(self, progress: Progress, stop: _StopFlag):
        self._progress, self._stop = progress, stop

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        self._progress.update(fraction, message)

    def cancelled(self) -> bool:
        if not self._progress.cancelled():
            return False
        self._stop.set()
        return True


@dataclass(frozen=True)
class _Params:
    """What a task needs to read the steps of its block by itself."""

    run: str
    inputs: AlignedInputs
    series: Tuple[SeriesBand, ...]
    statistic: str
    minimum_count: int
    together: Mapping[str, int]
    stop: _StopFlag


def _kernel(block: Block, params: _Params):
    """Statistic and count of one block, and sums by step."""
    inputs = params.inputs
    outside = None
    if inputs.mask is not None:
        outside = inputs.mask.burn(inputs.grid, block.row, block.col, block.height, block.width) == 0
    n, height = len(params.series), min(params.together.values(), default=block.height)
    aggregate, count = np.empty(block.shape), np.empty(block.shape, np.float32)
    cells, sums = np.zeros(n, np.int64), np.zeros(n)
    for top in range(0, block.height, height):
        rows = slice(top, min(top + height, block.height))
        running = RunningStatistic(params.statistic, (rows.stop - top, block.width))
        window = (block.row + top, block.col, rows.stop - top, block.width)
        for step, values in enumerate(read_series(params.run, inputs, params.series, params.together, window)):
            params.stop.check()
            if outside is not None:
                values[outside[rows]] = np.nan
            valid = running.add(values)
            cells[step] += int(valid.sum())
            sums[step] += float(values.sum(where=valid, dtype=np.float64))
        aggregate[rows] = running.result(params.minimum_count)
        count[rows] = running.count
    if outside is not None:
        count[outside] = np.nan
    with np.errstate(over="ignore"):
        written = aggregate.astype(np.float32)
    written[np.isinf(written)] = np.nan
    valid = np.isfinite(written)
    partial = Totals(cells=cells, sums=sums, valid=int(valid.sum()), sum=float(written.sum(where=valid, dtype=float)))
    partial["extremes"], partial["counts"] = Extremes.of(written), Extremes.of(count)
    return {"AGGREGATE": written, "COUNT": count}, partial


def _check(steps: Sequence[TimeStep], statistic: str, minimum_count: Optional[int]) -> int:
    if not steps:
        raise InputError("No steps were given. Choose a raster with a band per step, or several rasters.")
    if len(steps) > 65534:
        raise InputError("{:,} steps were given; 65,534 are the most.".format(len(steps)))
    if statistic not in STATISTICS:
        raise InputError("'{}' is no statistic. Choose one of: {}.".format(statistic, ", ".join(STATISTICS)))
    seen = set()
    for step in steps:
        if (step.path, step.band) in seen:
            text = "'{}' band {} is there twice: it would count double. Choose each step once."
            raise InputError(text.format(step.path, step.band))
        seen.add((step.path, step.band))
    if minimum_count is None:
        return len(steps)
    if not 1 <= minimum_count <= len(steps):
        raise InputError(
            "The minimum count of valid steps is {}, but must be from 1 to {}, the number of steps.".format(
                minimum_count, len(steps)
            )
        )
    return int(minimum_count)


def _series(steps: Sequence[TimeStep], infos: Mapping[str, RasterInfo]) -> Tuple[SeriesBand, ...]:
    series = []
    for step in steps:
        info = infos[step.path]
        if not 1 <= step.band <= info.count:
            raise InputError("'{}' has {} band(s); band {} was asked for.".format(step.path, info.count, step.band))
        series.append(SeriesBand(step.path, step.band, info.scales[step.band - 1], info.offsets[step.band - 1]))
    return tuple(series)


def _aligned(infos: Mapping[str, RasterInfo], bands: Mapping[str, int], mask, notes: List[str]) -> AlignedInputs:
    """One input per file (its bands share a grid); longitudes and latitudes without a CRS are taken as EPSG:4326."""
    first = next(iter(infos))
    grid = geographic_grid(first)
    if grid is None:
        return align_inputs({path: Band(path, index) for path, index in bands.items()}, mask=mask)
    others = [path for path in infos if not grid.same_as(geographic_grid(path) or Grid.of(path))]
    if others:
        raise GridError(
            "'{}' names no coordinate reference system and '{}' is on another grid. Assign a CRS to both, or use "
            "files of one grid.".format(first, others[0])
        )
    text = "'{}' names no CRS; its longitudes and latitudes were taken as EPSG:4326."
    notes.append(text.format(file_name(first)))
    return AlignedInputs(
        grid=grid, bands={path: Band(path, index) for path, index in bands.items()},
        alignments={path: Alignment() for path in infos}, scalings={}, spaces={},
        block_shapes=tuple(info.block_shapes[0] for info in infos.values()),
        mask=on_grid(mask, grid) if mask is not None else None,
    )


def _unit(steps: Sequence[TimeStep], infos: Mapping[str, RasterInfo]) -> str:
    found: Dict[str, TimeStep] = {}
    for step in steps:
        units = infos[step.path].units
        if step.band <= len(units):
            found.setdefault(units[step.band - 1].strip(), step)
    if len(found) > 1:
        raise UnitError(
            "The steps have different units: {}. Convert them to one unit, or give the unit if a label is "
            "wrong.".format("; ".join("'{}' ('{}' band {})".format(u, s.path, s.band) for u, s in found.items()))
        )
    return next(iter(found), "")


def _year(infos: Mapping[str, RasterInfo]) -> Optional[int]:
    years = {info.year() for info in infos.values()}
    return years.pop() if len(years) == 1 else None


def _specs(variable: str, statistic: str, unit: str, year: Optional[int]) -> Dict[str, RasterSpec]:
    more = {"CARBON_STATISTIC": statistic}
    return {
        "AGGREGATE": RasterSpec(
            (variable,), (unit,), tags={**tags(variable, unit, year=year), **more}, smooth=True
        ),
        "COUNT": RasterSpec(
            ("valid steps",), ("1",), dtype="uint16", tags=tags("valid steps of {}".format(variable), "1", year=year)
        ),
    }


def _step_table() -> Table:
    return Table(
        "Steps",
        (
            Column("step", "text", "date or name of the step"),
            Column("source", "text", "file or layer"),
            Column("band", "integer", "band of the source"),
            Column("valid_cells", "integer", "cells with data"),
            Column("mean", "number", "mean over these cells, without area weights"),
        ),
    )


def _summarise(result: TimeAggregationResult, partial: Totals, steps, inputs: AlignedInputs) -> None:
    for step, cells, total in zip(steps, partial["cells"].tolist(), partial["sums"].tolist()):
        mean = total / cells if cells else None
        result.steps.rows.append([step.label, file_name(step.path), step.band, cells, mean])
    n = partial["valid"]
    result.notes += inputs.notes
    if not n and partial["cells"].any():
        if partial["counts"][1] >= result.minimum_count:
            raise InputError(
                "The values of the {} steps ('{}' ...) are beyond what a 32-bit number holds (3.4e38). Check the "
                "rasters and their units.".format(len(steps), file_name(steps[0].path))
            )
        raise InputError(
            "No cell has {} valid steps of {}: the most is {:.0f}. Ask for a smaller minimum count.".format(
                result.minimum_count, len(steps), max(partial["counts"][1], 0)
            )
        )
    require_valid(n, "the {} steps".format(len(steps)))
    result.valid_cells, result.nodata_share = n, 1 - n / inputs.grid.cells
    (result.low, result.high), result.mean = partial["extremes"], partial["sum"] / n
    result.ranges = {"AGGREGATE": (result.low, result.high), "COUNT": tuple(partial["counts"])}
    result.notes += _notes(result, steps)


def _notes(result: TimeAggregationResult, steps: Sequence[TimeStep]) -> List[str]:
    notes = [Remark("{} of {} steps of {}.".format(result.statistic.capitalize(), len(steps), result.variable))]
    if not result.unit:
        notes.append("The steps carry no unit, so neither does the result.")
    elif result.statistic == "sum":
        notes.append(Remark("The sum keeps the unit of its steps, '{}'.".format(result.unit)))
        if re.search(r"/|\bper\b|-1\b", result.unit):
            text = "'{}' is a rate: a sum over steps is an amount only if every step is one such period."
            notes.append(text.format(result.unit))
    if result.minimum_count < len(steps):
        text = "Cells with {} or more valid steps of {} are kept.".format(result.minimum_count, len(steps))
        if result.statistic == "sum":
            text += " Sums over fewer steps are not scaled up."
        notes.append(Remark(text))
    empty = [row[0] for row in result.steps.rows if not row[3]]
    if empty:
        notes.append("Steps without any valid cell: {}.".format(", ".join(empty[:20])))
    return notes
