"""Samples: density and drivers at places, as every model of the density reads them.

A table has one row per place. A header is `name [unit]`; `density [unit]` is the target, every other column with a
unit in brackets is a driver, and the unit `class` marks a driver whose values are codes of classes. The drivers of
earlier years are `NDVI (t-1) [1]`: so many years before the year of the density.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError, TableError
from .results import Column, Table
from .sample_columns import (
    SPLITS,
    TEST,
    TRAIN,
    VALIDATION,
    block_column,
    column_numbers,
    density_unit_of,
    pool_of,
    require_distinct,
    split_column,
    split_header,
    usable_rows,
    weight_column,
    year_of,
)

__all__ = [
    "CLASS_UNIT", "Driver", "SPLITS", "Samples", "TARGET", "TEST", "TRAIN", "VALIDATION", "lagged_header",
    "make_samples", "require_distinct", "samples_from_columns", "samples_table", "split_header",
]  # fmt: skip

TARGET = "density"
CLASS_UNIT = "class"
#: Stands for a unit that is not known.
UNKNOWN_UNIT = "?"

_LAG = re.compile(r"^(?P<name>.*?)\s*\(t\s*[-\u2212]\s*(?P<lag>\d+)\)$")


@dataclass(frozen=True)
class Driver:
    """A driver of the density: its name, its unit, and whether its values are codes of classes."""

    name: str
    unit: str = ""
    categorical: bool = False

    @property
    def header(self) -> str:
        """Name of its column: `NDVI [1]`, `GLC [class]` if categorical, `X [?]` where the unit is not known."""
        return "{} [{}]".format(self.name, CLASS_UNIT if self.categorical else self.unit or UNKNOWN_UNIT)


@dataclass
class Samples:
    """n samples of one density.

    `features` is (n, k) float64, or (n, T, k) with the oldest step first where drivers of earlier years are there;
    codes of classes are floats. `target` (n,) is in `unit`. `weight` is the number of cells that a sample stands for
    relative to the others (1 throughout for simple random samples). `x`, `y` are NaN where the place is not known.
    `split` is 'train' throughout where the table does not say. `lags` are the years before the density's of each step,
    (2, 1, 0) or (0,); `notes` say what was left out or assumed when a table was read.
    """

    drivers: Tuple[Driver, ...]
    features: np.ndarray
    target: np.ndarray
    unit: str
    pool: Optional[str]
    year: Optional[int]
    weight: np.ndarray
    x: np.ndarray
    y: np.ndarray
    block: Optional[np.ndarray]
    split: np.ndarray
    lags: Tuple[int, ...] = (0,)
    notes: Tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.target)

    @property
    def steps(self) -> int:
        """Time steps: 1, or T where drivers of earlier years are there."""
        return self.features.shape[1] if self.features.ndim == 3 else 1

    @property
    def latest(self) -> np.ndarray:
        """(n, k) drivers of the last step."""
        return self.features[:, -1] if self.features.ndim == 3 else self.features

    @property
    def names(self) -> Tuple[str, ...]:
        """Names of the drivers, in the order of the features."""
        return tuple(driver.name for driver in self.drivers)

    def rows(self, *splits: str) -> "Samples":
        """The samples of one or more parts of the split.

        Raises
        ------
        InputError
            A word that is no part of a split.
        """
        unknown = [split for split in splits if split not in SPLITS]
        if unknown:
            raise InputError("'{}' is no part of a split. Choose of: {}.".format(unknown[0], ", ".join(SPLITS)))
        return self.take(np.isin(self.split, splits))

    def take(self, rows: np.ndarray) -> "Samples":
        """The samples at `rows`: positions, or a boolean per sample."""
        picked = {name: getattr(self, name)[rows] for name in ("features", "target", "weight", "x", "y", "split")}
        return replace(self, block=None if self.block is None else self.block[rows], **picked)


def make_samples(
    drivers: Sequence[Driver],
    features: np.ndarray,
    target: np.ndarray,
    unit: str,
    pool: Optional[str] = None,
    year: Optional[int] = None,
    weight: Optional[np.ndarray] = None,
    x: Optional[np.ndarray] = None,
    y: Optional[np.ndarray] = None,
    block: Optional[np.ndarray] = None,
    split: Optional[np.ndarray] = None,
    lags: Optional[Sequence[int]] = None,
) -> Samples:
    """Samples from arrays; what is left out is weight 1, place unknown, all rows for training."""
    features, target = np.asarray(features, dtype=np.float64), np.asarray(target, dtype=np.float64)
    n = len(target)
    if len(features) != n or features.shape[-1] != len(drivers):
        text = "Features of shape {} do not fit {:,} targets and {} drivers."
        raise InputError(text.format(features.shape, n, len(drivers)))
    steps = features.shape[1] if features.ndim == 3 else 1
    unknown = np.full(n, np.nan)
    return Samples(
        drivers=tuple(drivers), features=features, target=target, unit=unit, pool=pool, year=year,
        weight=np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64),
        x=unknown if x is None else np.asarray(x, dtype=np.float64),
        y=unknown if y is None else np.asarray(y, dtype=np.float64),
        block=None if block is None else np.asarray(block, dtype=np.int64),
        split=np.full(n, TRAIN) if split is None else np.asarray(split, dtype=str),
        lags=tuple(range(steps - 1, -1, -1)) if lags is None else tuple(lags),
    )  # fmt: skip


def samples_from_columns(
    columns: Mapping[str, Sequence[Any]],
    target: Optional[str] = None,
    unit: Optional[str] = None,
    drivers: Optional[Sequence[str]] = None,
    categorical: Sequence[str] = (),
    drop_invalid: bool = False,
    source: str = "The table",
) -> Samples:
    """Samples from the columns of a table or layer.

    Parameters
    ----------
    columns : values by header, all of n rows; None, NaN and empty text are missing.
    target : header of the density; None takes `density [unit]`.
    unit : unit of the density; None reads it from the header.
    drivers : headers of the drivers, or their names without the unit; None or empty takes every column with a unit in
        brackets beside the density.
    categorical : drivers whose values are codes of classes, beside those with the unit `class`; headers or names.
    drop_invalid : leave rows with a missing or infinite value out (with a note) instead of refusing the table.
    source : what the columns come from, for messages.

    Returns
    -------
    Samples
        `weight`, `x`, `y`, `block`, `split`, `pool` and `year` are read from columns of these names where they exist.

    Raises
    ------
    TableError
        No rows; a missing column; text where numbers must be; missing values (counted by column) unless dropped; an
        unusable weight, split or lag; several pools.
    UnitError
        The unit of the density is not known or is no density.
    """
    rows = len(next(iter(columns.values()))) if columns else 0
    if not rows:
        raise TableError("{} has no rows. Choose a table with one row per sample.".format(source))
    target = _target_column(columns, target, source)
    unit = density_unit_of(target, unit, source)
    picked = _driver_columns(columns, target, drivers, source)
    found, lags, order = _arranged(picked, categorical, source)
    numbers = {header: column_numbers(columns[header], header, source) for header in dict.fromkeys([target] + order)}
    extra = {name: column_numbers(columns[name], name, source) for name in ("x", "y", "weight") if name in columns}
    needed = dict(numbers, **{name: extra[name] for name in ("weight",) if name in extra})
    kept, notes = usable_rows(needed, rows, drop_invalid, source)
    features = np.stack([numbers[header][kept] for header in order], axis=1)
    if len(lags) > 1:
        features = features.reshape(len(features), len(lags), len(found))
    places = [extra[axis][kept] if axis in extra else None for axis in ("x", "y")]
    samples = make_samples(
        found, features, numbers[target][kept], unit, pool_of(columns, kept, source),
        year_of(columns, kept), weight_column(extra, kept, source), *places, block=block_column(columns, kept, source),
        split=split_column(columns, kept, source), lags=lags,
    )  # fmt: skip
    negative = int((samples.target < 0).sum())
    if negative:
        notes.append("{:,} sample(s) have a negative density; they are kept as they are.".format(negative))
    return replace(samples, notes=tuple(notes))


def samples_table(
    samples: Samples,
    title: str = "Samples",
    row: Optional[Sequence[int]] = None,
    col: Optional[Sequence[int]] = None,
    interval: Optional[Sequence[int]] = None,
) -> Table:
    """Samples as a result table; `samples_from_columns` of its columns gives the same samples.

    Parameters
    ----------
    row, col : (n,) cell of each sample in its raster, from 0.
    interval : (n,) interval of the density axis, from 1.
    """
    n = len(samples)
    columns: List[Tuple[Column, Sequence[Any]]] = [(Column("id", "integer", "number of the sample"), range(1, n + 1))]

    def add(name: str, kind: str, description: str, values: Any) -> None:
        if values is not None:
            columns.append((Column(name, kind, description), np.asarray(values).tolist()))

    add("x", "number", "in units of the CRS", samples.x)
    add("y", "number", "in units of the CRS", samples.y)
    add("row", "integer", "row of the cell in the density raster, from 0", row)
    add("col", "integer", "column of the cell in the density raster, from 0", col)
    add("block", "integer", "spatial block", samples.block)
    add("split", "text", "train, validation or test", samples.split)
    add("interval", "integer", "interval of the density axis, from 1", interval)
    add("weight", "number", "inverse-probability weight, mean 1", samples.weight)
    columns.append((Column("pool", "text", "carbon pool"), [samples.pool] * n))
    columns.append((Column("year", "integer", "year of the density"), [samples.year] * n))
    add(target_header(samples.unit), "number", "carbon density, {}".format(samples.unit), samples.target)
    for step, lag in reversed(list(enumerate(samples.lags))):
        values = samples.features[:, step] if samples.features.ndim == 3 else samples.features
        for index, driver in enumerate(samples.drivers):
            described = driver.name if not lag else "{}, {} year(s) before the density".format(driver.name, lag)
            add(lagged_header(driver, lag), "number", described, values[:, index])
    rows = [list(cells) for cells in zip(*(values for _, values in columns))]
    return Table(title, tuple(column for column, _ in columns), rows)


def target_header(unit: str) -> str:
    """Name of the column of the density: `density [kg C/m2]`."""
    return "{} [{}]".format(TARGET, unit)


def lagged_header(driver: Driver, lag: int) -> str:
    """Name of the column of a driver `lag` years before the density: `NDVI [1]`, `NDVI (t-2) [1]`."""
    return driver.header if not lag else replace(driver, name="{} (t-{})".format(driver.name, lag)).header


def _target_column(columns: Mapping[str, Any], target: Optional[str], source: str) -> str:
    if target is not None:
        if target not in columns:
            raise TableError("{} has no column '{}'. It has: {}.".format(source, target, ", ".join(columns)))
        return target
    found = [header for header in columns if split_header(header)[0] == TARGET and split_header(header)[1] is not None]
    if len(found) == 1:
        return found[0]
    if found:
        raise TableError(
            "{} has {} columns of density ({}). Choose the one to learn.".format(source, len(found), ", ".join(found))
        )
    raise TableError(
        "{} has no column '{} [unit]', such as '{} [t C/ha]'. Choose the field that holds the carbon density and state "
        "its unit. The columns are: {}.".format(source, TARGET, TARGET, ", ".join(columns))
    )


def _driver_columns(
    columns: Mapping[str, Any], target: str, drivers: Optional[Sequence[str]], source: str
) -> List[str]:
    """Headers of the drivers, lagged ones included."""
    bracketed = [h for h in columns if h != target and split_header(h)[1] is not None and split_header(h)[0] != TARGET]
    if not drivers:
        if not bracketed:
            raise TableError(
                "{} has no drivers: no column is named 'name [unit]', such as 'NDVI [1]' or 'GLC [class]'. Choose the "
                "driver fields. The columns are: {}.".format(source, ", ".join(columns))
            )
        return bracketed
    by_name = {split_header(header)[0]: header for header in bracketed}
    picked: List[str] = []
    for name in drivers:
        header = name if name in columns else by_name.get(name)
        if header is None:
            raise TableError("{} has no driver '{}'. It has: {}.".format(source, name, ", ".join(columns)))
        if header == target:
            raise TableError("The column '{}' is the density; it cannot explain itself.".format(header))
        picked.append(header)
        if name not in columns:  # a name stands for the driver with all its earlier years
            picked += [h for n, h in by_name.items() if _LAG.match(n) and _LAG.match(n).group("name") == name]
    return list(dict.fromkeys(picked))


def _arranged(
    headers: Sequence[str], categorical: Sequence[str], source: str
) -> Tuple[Tuple[Driver, ...], Tuple[int, ...], List[str]]:
    """Drivers, lags (oldest first), and the header of every step and driver in the order of the features."""
    named = set(categorical)
    table: Dict[str, Dict[int, str]] = {}
    drivers: Dict[str, Driver] = {}
    for header in headers:
        full, unit = split_header(header)
        match = _LAG.match(full)
        name, lag = (match.group("name"), int(match.group("lag"))) if match else (full, 0)
        steps = table.setdefault(name, {})
        if lag in steps:
            raise TableError("{}: '{}' and '{}' are the same driver.".format(source, steps[lag], header))
        steps[lag] = header
        classes = unit == CLASS_UNIT or bool(named.intersection((name, full, header)))
        drivers.setdefault(name, Driver(name, "" if unit in (None, CLASS_UNIT, UNKNOWN_UNIT) else unit, classes))
    unknown = named.difference(drivers, headers, (split_header(header)[0] for header in headers))
    if unknown:
        text = "{}: '{}' is named as categorical but is no driver. The drivers are: {}."
        raise TableError(text.format(source, sorted(unknown)[0], ", ".join(drivers)))
    lags = tuple(sorted({lag for steps in table.values() for lag in steps}, reverse=True))
    for name, steps in table.items():
        # A driver without any earlier year (elevation, soil type) stands still: its value serves every step.
        missing = [lag for lag in lags if lag not in steps] if len(steps) > 1 or 0 not in steps else []
        if missing:
            raise TableError(
                "{}: the driver '{}' lacks the column(s) {}, which other drivers have. Every driver needs all years, "
                "or the year of the density alone.".format(
                    source, name, ", ".join("'{}'".format(lagged_header(drivers[name], lag)) for lag in missing)
                )
            )
    order = [table[name].get(lag, table[name].get(0, "")) for lag in lags for name in table]
    return tuple(drivers.values()), lags, order
