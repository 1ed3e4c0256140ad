"""How the drivers of an analysis become strata (Xinjiang paper, 4.3: ten classes by natural breaks)."""

import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .discretize import METHODS, Distribution, breaks, check_not_constant, class_counts
from .errors import InputError
from .optimal_classes import COLUMNS, OptimalClasses, optimal_classes
from .results import Column, Table
from .text_tables import TextTable

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
        raise InputError(
            "'{}' is not a way to make classes. Choose one of: {}.".format(classing.method, ", ".join(CHOICES))
        )
    check_not_constant(distribution, name)
    optimal = None
    if name in classing.given:
        method, bounds = GIVEN, breaks(distribution, GIVEN, None, classing.given[name], name=name)
    elif classing.method == GIVEN:
        raise InputError(
            "No class bounds are given for '{}'. Bounds are there for: {}.".format(
                name, ", ".join(classing.given) or "none"
            )
        )
    elif classing.method == OPTIMAL:
        optimal = optimal_classes(
            distribution, methods=classing.optimal_methods, ks=classing.optimal_counts, min_gain=classing.min_gain,
            name=name,
        )  # fmt: skip
        method, bounds = optimal.method, optimal.breaks
    else:
        _require_values(distribution, classing, name)
        method, bounds = classing.method, breaks(distribution, classing.method, classing.classes, name=name)
    counts = class_counts(distribution, bounds)
    if np.count_nonzero(counts) < 2:
        raise InputError(
            "All values of driver '{}' ({:g} to {:g}) fall into one class by '{}': it explains nothing so. Choose "
            "other bounds or another method, or leave it out.".format(
                name, distribution.minimum, distribution.maximum, method
            )
        )
    return ClassedDriver(
        name=name,
        unit=unit,
        method=method,
        labels=tuple(_labels(distribution.minimum, bounds)),
        bounds=bounds,
        minimum=distribution.minimum,
        counts=counts,
        optimal=optimal,
    )


def _require_values(distribution: Distribution, classing: Classing, name: str) -> None:
    """More classes than values: refused, whatever the method, since the classes asked for cannot be made."""
    if distribution.exact and classing.classes > distribution.values.size:
        raise InputError(
            "{} classes were asked for of driver '{}', which has {} different values. Ask for at most {}, or name it "
            "as categorical if its values are classes already.".format(
                classing.classes, name, distribution.values.size, distribution.values.size
            )
        )


def _labels(minimum: float, bounds: np.ndarray):
    lower = minimum
    for upper in bounds:
        yield "{:.6g} to {:.6g}".format(lower, upper)
        lower = upper


def class_table(drivers: Sequence[ClassedDriver]) -> Table:
    """Bounds and cells of every class of every driver; its columns `driver` and `upper_bound` can be given again."""
    table = Table(
        "Classes of the drivers",
        (
            Column("driver", "text"),
            Column("unit", "text"),
            Column("method", "text"),
            Column("class", "integer", "stratum number, from 1"),
            Column("label", "text"),
            Column("lower_bound", "number", "not in the class (the minimum is in class 1), in the driver's unit"),
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


def optimal_table(drivers: Sequence[ClassedDriver]) -> Table:
    """q by method and number of classes of every driver whose classes were chosen by q; may have no rows."""
    columns = (Column("driver", "text"),) + COLUMNS
    tried = [driver for driver in drivers if driver.optimal is not None]
    rows = [[driver.name] + list(row) for driver in tried for row in driver.optimal.table.rows]
    return Table("q by method and number of classes", columns, rows)


def given_bounds(table: TextTable) -> Dict[str, List[float]]:
    """Upper class bounds by driver, from a table with the columns `driver` and `upper_bound`, one row per class.

    The table of classes of an earlier run has these columns; rows without an upper bound (drivers that are
    categories) are passed over.

    Raises
    ------
    TableError
        A column that is missing, a cell that is no number.
    """
    table.require("driver", "upper_bound")
    bounds: Dict[str, List[float]] = {}
    for row in table.rows:
        if table.text(row, "upper_bound"):
            bounds.setdefault(table.text(row, "driver"), []).append(table.number(row, "upper_bound"))
    return bounds


def typed_bounds(rows: Sequence[Sequence[Any]], where: str) -> Dict[str, List[float]]:
    """Upper bounds by driver, from rows of a driver's name and its bounds as text.

    Raises
    ------
    InputError
        A row without a driver or without bounds, a driver in two rows, bounds that `parsed_bounds` refuses.
    """
    bounds: Dict[str, List[float]] = {}
    for number, row in enumerate(rows, 1):
        driver, text = ("" if cell is None else str(cell).strip() for cell in row)
        if not driver or not text:
            raise InputError(
                "{}, row {}: the {} missing. Give the name of a driver and the upper bounds of its classes.".format(
                    where, number, "bounds are" if driver else "driver is"
                )
            )
        if driver in bounds:
            raise InputError("{}, row {}: the bounds of '{}' are already given.".format(where, number, driver))
        bounds[driver] = parsed_bounds(text, where)
    return bounds


def parsed_bounds(text: str, where: str) -> List[float]:
    """Upper bounds typed as text: numbers with a point as decimal sign, and blanks, commas or semicolons between them.

    A comma right between two digits counts as a separator only in a plain list, such as 1,2,3.

    Raises
    ------
    InputError
        If a piece is not a number, or a comma may be a decimal sign: 1,5 or 1,2 3,4.
    """
    bounds = []
    tokens = text.replace(";", " ").split()
    plain_list = len(tokens) == 1 and text.count(",") > 1
    for token in [] if plain_list else tokens:
        if re.search(r"\d,\d", token):
            raise InputError(
                "{}: '{}' may be one number with a decimal comma or several numbers. Write decimal points, and blanks "
                "between the bounds: 10 20.5 40.".format(where, token)
            )
    for piece in text.replace(";", " ").replace(",", " ").split():
        try:
            bounds.append(float(piece))
        except ValueError as error:
            raise InputError(
                "{}: '{}' is not a number. Give the upper bounds from the smallest to the largest, with blanks between "
                "them and a point as decimal sign: 10 20.5 40.".format(where, piece)
            ) from error
    return bounds
