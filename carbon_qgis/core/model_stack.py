"""A driver stack as the input of a trained model: bands by name, units and classes checked, cells as rows of features.

Shared by every stage that predicts rasters. The order of a stack's bands never matters.
"""

from dataclasses import dataclass
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .bundle import DriverStats, Manifest, check_drivers
from .errors import UnitError
from .raster.blocks import Block
from .raster.inputs import AlignedInputs
from .raster.source import Band
from .results import Column, Table
from .stack import StackInfo, read_stack
from .units import driver_unit, same_driver_unit

#: Stands for every class that the model does not know, where the raster's type needs a list of known codes.
UNKNOWN_CLASS = float(np.iinfo(np.int32).min)


class ModelBands(NamedTuple):
    """Bands of a stack in the model's order, what the user should know of them, and the stack."""

    bands: List[Band]
    notes: Tuple[str, ...]
    stack: StackInfo


def model_bands(path: str, drivers: Sequence[DriverStats]) -> ModelBands:
    """The bands of a driver stack that a model reads.

    Parameters
    ----------
    path : driver stack; further bands are not read.
    drivers : the model's drivers, in its order (`Manifest.drivers`).

    Raises
    ------
    InputError
        If the stack lacks a driver; the message names what is missing and what is there.
    UnitError
        If a driver is certainly in another unit than at training (degC against K).
    RasterError
        If the file is no driver stack.
    """
    stack = read_stack(path)
    check_drivers(Manifest("levels", tuple(drivers)), stack.names, path)
    found = stack.bands([driver.name for driver in drivers])
    bands, notes, doubtful = [], [], []
    for driver in drivers:
        band, unit = found[driver.name], stack.unit(driver.name)
        bands.append(Band(band.path, band.index, driver.categorical, known_codes=driver.codes))
        if band.categorical and not driver.categorical:
            text = "'{}' is marked as classes in the stack, but the model was trained on its values as a quantity."
            notes.append(text.format(driver.name))
        elif not driver.categorical and doubtful_unit(driver, unit, path):
            doubtful.append("'{}' (model: {}, stack: {})".format(driver.name, driver.unit or "none", unit or "none"))
    if doubtful:
        notes.append("Units that cannot be compared: {}. Check that they are the same.".format(", ".join(doubtful)))
    return ModelBands(bands, tuple(notes), stack)


def doubtful_unit(driver: DriverStats, unit: str, path: str) -> bool:
    """Whether the unit of a driver in a file may be another one than at training.

    Raises
    ------
    UnitError
        Where it certainly is.
    """
    if same_driver_unit(driver.unit, unit):
        return False
    # Two known units of different meaning cannot be the same driver.
    if driver_unit(driver.unit) is None or driver_unit(unit) is None:
        return True
    raise UnitError(
        "The driver '{0}' is in {1} in '{2}', but the model was trained on {0} in {3}. Convert the band to {3}, or "
        "correct its unit if the file states it wrongly.".format(driver.name, unit, path, driver.unit)
    )


@dataclass(frozen=True)
class FeatureLayout:
    """How the inputs of a run become columns of features. A plain value: it can be sent to another process.

    Parameters
    ----------
    names : input names of the run, one per column, in the model's order. A sequence of T yearly stacks has T·k of them,
        oldest first.
    tables : by name of a categorical input, the code of each index of its code space; NaN where it is nodata.
    """

    names: Tuple[str, ...]
    tables: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, inputs: AlignedInputs, names: Sequence[str]) -> "FeatureLayout":
        """Layout of the columns `names` of aligned inputs."""
        tables: Dict[str, np.ndarray] = {}
        for name in names:
            if name in inputs.spaces:
                space = inputs.spaces[name]
                tables[name] = space.table({code: float(code) for code in space.index_of()})
                if space.unknown_index is not None:
                    tables[name][space.unknown_index] = UNKNOWN_CLASS
        return cls(tuple(names), tables)


def features_of(block: Block, layout: FeatureLayout) -> Tuple[np.ndarray, np.ndarray]:
    """Rows of features of the cells that are valid in every driver.

    Returns
    -------
    (n, k) float64 in the order of `layout.names`, and the validity of the cells, bool, in the block's shape.
    `scatter` brings results of the rows back to the cells.
    """
    planes = []
    valid = np.ones(block.shape, dtype=bool)
    for name in layout.names:
        plane = layout.tables[name][block[name]] if name in layout.tables else block[name]
        valid &= ~np.isnan(plane)
        planes.append(plane)
    features = np.empty((int(np.count_nonzero(valid)), len(planes)), dtype=np.float64)
    for column, plane in enumerate(planes):
        features[:, column] = plane[valid]
    return features, valid


def scatter(rows: np.ndarray, valid: np.ndarray, fill: float = np.nan) -> np.ndarray:
    """Results of rows, (n,) or (n, L), as a block (height, width) or (L, height, width); `fill` elsewhere."""
    out = np.full(rows.shape[1:] + valid.shape, fill, dtype=rows.dtype)
    out[..., valid] = rows.T
    return out


@dataclass(frozen=True)
class OutOfRange:
    """Cells outside what a model was trained on, by driver; `+` adds blocks.

    `below` and `above` count cells under the smallest and over the largest training value; for a categorical driver
    `above` is 0 and `below` counts cells of classes that training did not have. `any` counts cells where at least one
    driver is outside.
    """

    cells: int
    below: np.ndarray
    above: np.ndarray
    any: int

    def __add__(self, other: "OutOfRange") -> "OutOfRange":
        return OutOfRange(
            self.cells + other.cells, self.below + other.below, self.above + other.above, self.any + other.any
        )

    @classmethod
    def count(cls, features: np.ndarray, drivers: Sequence[DriverStats]) -> "OutOfRange":
        """Count the rows (n, k) or (n, T, k) that lie outside; of several steps each counts, a row once."""
        rows, k = len(features), len(drivers)
        steps = features.reshape(rows, features.size // (rows * k) if rows else 1, k)
        below, above = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
        outside = np.zeros(rows, dtype=bool)
        for column, driver in enumerate(drivers):
            values = steps[:, :, column]
            if driver.categorical:
                low, high = ~np.isin(values, driver.codes).all(axis=1), np.zeros(rows, dtype=bool)
            else:
                low, high = _beyond(values, driver)
            below[column], above[column] = np.count_nonzero(low), np.count_nonzero(high)
            outside |= low | high
        return cls(rows, below, above, int(np.count_nonzero(outside)))

    @property
    def shares(self) -> np.ndarray:
        """Share of cells outside by driver, (k,), 0 to 1."""
        return (self.below + self.above) / max(1, self.cells)

    def table(self, drivers: Sequence[DriverStats]) -> Table:
        """One row per driver: training range, cells below and above, share."""
        table = Table(
            "Cells outside the training range",
            (
                Column("driver", "text"),
                Column("unit", "text"),
                Column("trained_minimum", "number"),
                Column("trained_maximum", "number"),
                Column("cells_below", "integer", "below the smallest training value"),
                Column("cells_above", "integer", "above the largest training value"),
                Column("cells_of_new_classes", "integer", "of classes that the training samples did not have"),
                Column("share_outside_percent", "number", "share of all valid cells"),
            ),
        )
        for i, driver in enumerate(drivers):
            below, above = int(self.below[i]), int(self.above[i])
            counts: List[Optional[int]] = [None, None, below] if driver.categorical else [below, above, None]
            unit = "class" if driver.categorical else driver.unit
            table.rows.append([driver.name, unit, driver.min, driver.max] + counts + [100.0 * float(self.shares[i])])
        return table

    def notes(self, drivers: Sequence[DriverStats], warn_above: float = 0.01) -> List[str]:
        """A warning that names the drivers with more than `warn_above` of the cells outside; empty without any."""
        shares = self.shares
        worst = [i for i in np.argsort(-shares, kind="stable") if shares[i] > warn_above]
        if not worst:
            return []
        listed = ", ".join("{} {:.1%}".format(drivers[i].name, shares[i]) for i in worst)
        return [
            "{:.1%} of the cells lie outside the training range of at least one driver ({}). The models do not "
            "extrapolate: the estimate there is that of the nearest training values.".format(
                self.any / max(1, self.cells), listed
            )
        ]


def _beyond(values: np.ndarray, driver: DriverStats) -> Tuple[np.ndarray, np.ndarray]:
    """Rows (n, T) below and above the training range, which holds the same values in 32-bit form."""
    low = -np.inf if driver.min is None else driver.min
    high = np.inf if driver.max is None else driver.max
    # A range written from a table with fewer digits must not put the raster's own extremes outside.
    slack = 1e-6 * max(abs(low), abs(high)) if np.isfinite(low) and np.isfinite(high) else 0.0
    return (values < low - slack).any(axis=1), (values > high + slack).any(axis=1)
