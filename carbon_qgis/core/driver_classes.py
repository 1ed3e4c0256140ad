"""How the drivers of an analysis become strata (Xinjiang paper, 4.3: ten classes by natural breaks)."""

from dataclasses import dataclass, field
from typing import Mapping, Optional, Sequence, Tuple

import numpy as np

from .discretize import METHODS, Distribution, breaks, class_counts
from .errors import InputError
from .optimal_classes import OptimalClasses, optimal_classes
from .results import Column, Table

OPTIMAL, GIVEN = "optimal", "given"
#: Words accepted by the algorithms.
CHOICES = METHODS + (OPTIMAL, GIVEN)


@dataclass(frozen=True)
class Classing:
    """The rule by which continuous drivers are classed.

    Parameters
    ----------
    method : one of `CHOICES`; 'optimal' tries `optimal_methods` × `optimal_counts` and keeps the classes
        with the highest q under the rule of `min_gain`.
    classes : number of classes (not used by 'optimal' and 'given').
    given : upper class bounds by driver; they are used for that driver whatever the method.
    exact : natural breaks from all distinct values, not from 65,536 bins.
    """

    method: str = "natural"
    classes: int = 10
    given: Mapping[str, Sequence[float]] = field(default_factory=dict)
    exact: bool = False
    optimal_methods: Tuple[str, ...] = METHODS
    optimal_counts: Tuple[int, ...] = tuple(range(3, 9))
    min_gain: Optional[float] = 0.05

    @property
    def needs_y(self) -> bool:
        """True where the choice of classes depends on Y."""
        return self.method == OPTIMAL


@dataclass
class ClassedDriver:
    """A driver and its strata. `bounds` are upper class bounds (continuous) or None; `labels` name the strata."""

    name: str
    unit: str
    method: str
    labels: Tuple[str, ...]
    bounds: Optional[np.ndarray] = None
    minimum: Optional[float] = None
    counts: Optional[np.ndarray] = None
    optimal: Optional[OptimalClasses] = None

    @property
    def classes(self) -> int:
        """Number of strata."""
        return len(self.labels)


def class_driver(name: str, unit: str, distribution: Distribution, classing: Classing) -> ClassedDriver:
    """Class one continuous driver.

    Raises
    ------
    InputError
        A constant driver, more classes than values, unusable given bounds.
    """
    if classing.method not in CHOICES:
        raise InputError("'{}' is not a way to make classes. Choose one of: {}.".format(classing.method, ", ".join(CHOICES)))
    optimal = None
    if name in classing.given:
        method, bounds = GIVEN, breaks(distribution, GIVEN, None, classing.given[name], name=name)
    elif classing.method == GIVEN:
        raise InputError(
            "No class bounds are given for '{}'. Bounds are there for: {}.".format(name, ", ".join(classing.given) or "none")
        )
    elif classing.method == OPTIMAL:
        optimal = optimal_classes(
            distribution, methods=classing.optimal_methods, ks=classing.optimal_counts, min_gain=classing.min_gain, name=name
        )
        method, bounds = optimal.method, optimal.breaks
    else:
        method, bounds = classing.method, breaks(distribution, classing.method, classing.classes, name=name)
    return ClassedDriver(
        name=name,
        unit=unit,
        method=method,
        labels=tuple(_labels(distribution.minimum, bounds)),
        bounds=bounds,
        minimum=distribution.minimum,
        counts=class_counts(distribution, bounds),
        optimal=optimal,
    )


def _labels(minimum: float, bounds: np.ndarray):
    lower = minimum
    for upper in bounds:
        yield "{:.6g} to {:.6g}".format(lower, upper)
        lower = upper


def class_table(drivers: Sequence[ClassedDriver]) -> Table:
    """Bounds and cells of every class of every driver."""
    table = Table(
        "Classes of the drivers",
        (
            Column("driver", "text"),
            Column("unit", "text"),
            Column("method", "text"),
            Column("class", "integer", "stratum number, from 1"),
            Column("label", "text"),
            Column("lower_bound", "number", "not in the class (the smallest value is in class 1), in the driver's unit"),
            Column("upper_bound", "number", "in the class, in the driver's unit"),
            Column("cells", "integer"),
        ),
    )
    for driver in drivers:
        for i, label in enumerate(driver.labels):
            low = high = None
            if driver.bounds is not None:
                low = float(driver.minimum if i == 0 else driver.bounds[i - 1])
                high = float(driver.bounds[i])
            cells = None if driver.counts is None else int(driver.counts[i])
            table.rows.append([driver.name, driver.unit, driver.method, i + 1, label, low, high, cells])
    return table
