"""Coefficients of dead organic matter: the derived default, given ones, and tables by class."""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .class_tables import CODE, NAME
from .errors import InputError, TableError
from .tables import TextTable, read_table

#: Pools that dead organic matter is derived from.
LIVING_AND_SOIL = ("above", "below", "soil")
#: Dead organic matter is 3 % of the total stock (Xinjiang paper), so 0.03 / 0.97 of the sum of the other three pools.
DERIVED = 0.03 / 0.97

_COLUMNS = {pool: (pool, "c_" + pool, pool + "ground") for pool in ("above", "below")}
_COLUMNS["soil"] = ("soil", "c_soil")

Source = Union[str, TextTable]


@dataclass
class CoefficientTable:
    """Coefficients by land-cover class: t C of dead matter per t C of each pool.

    Attributes
    ----------
    source : name of the table, for messages.
    coefficients : (above, below, soil) by code.
    names : class name by code, the code itself where the table has none.
    """

    source: str
    coefficients: Dict[int, Tuple[float, float, float]]
    names: Dict[int, str]
    notes: List[str] = field(default_factory=list)

    def require_codes(self, counts: Mapping[int, int], landcover: str = "The land cover") -> None:
        """Raise `TableError` listing every code of the land cover (code -> cell count) that the table lacks."""
        missing = sorted((int(c), int(n)) for c, n in counts.items() if n > 0 and int(c) not in self.coefficients)
        if missing:
            cells = ", ".join("{} ({:,} {})".format(c, n, "cell" if n == 1 else "cells") for c, n in missing)
            text = "{} has class codes that {} does not list: {}. Add a row for each."
            raise TableError(text.format(landcover, self.source, cells))


def read_coefficients(source: Source) -> CoefficientTable:
    """Read a table of coefficients: columns `code` (or lucode, value) and one or more of `above`, `below`, `soil`.

    A coefficient is t C of dead organic matter per t C of that pool. A pool without a column counts with 0.

    Raises
    ------
    TableError
        A column is missing, a code is there twice, or a coefficient is empty, not a number, or not from 0 to 10.
    """
    hints = [name for names in _COLUMNS.values() for name in names]
    table = source if isinstance(source, TextTable) else read_table(source, hints=(*CODE, *hints))
    table.require(CODE)
    present = {pool: table.find(names) for pool, names in _COLUMNS.items() if table.find(names)}
    if not present:
        raise TableError(
            "{} has no column with coefficients. It needs at least one of above, below, soil; its columns are: "
            "{}.".format(table.name, ", ".join("'{}'".format(name) for name in table.header))
        )
    found, names = {}, {}
    for code, row in table.unique_integers(CODE).items():
        values = []
        for pool in LIVING_AND_SOIL:
            value = table.number(row, present[pool]) if pool in present else 0.0
            if not 0 <= value <= 10:
                problem = "'{}' is no coefficient.".format(table.text(row, present[pool]))
                advice = "Write t C of dead matter per t C of the pool, 0 or more; usual values are below 0.5."
                raise table.cell_error(row, present[pool], problem, advice)
            values.append(value)
        found[code] = tuple(values)
        names[code] = (table.text(row, NAME) if table.find(NAME) else "") or str(code)
    absent = [pool for pool in LIVING_AND_SOIL if pool not in present]
    notes = ["{} has no column {}: that pool counts with 0.".format(table.name, pool) for pool in absent]
    return CoefficientTable(table.name, found, names, notes)


def given_coefficients(pools: Sequence[str], given: Optional[Mapping[str, Optional[float]]] = None) -> Dict[str, float]:
    """One coefficient per pool: the one given, else the derived 0.03/0.97.

    Parameters
    ----------
    pools : pools that there is a raster of.
    given : by pool; None means the default.

    Raises
    ------
    InputError
        A negative coefficient, or a pool that counts but has no raster: the share of the others would be silently
        wrong.
    """
    values = {}
    for pool in LIVING_AND_SOIL:
        value = (given or {}).get(pool)
        default = value is None
        value = DERIVED if default else float(value)
        if not 0 <= value < np.inf:
            raise InputError("The coefficient of the pool '{}' must be 0 or more; got {}.".format(pool, value))
        if value and pool not in pools:
            raise InputError(
                "There is no raster of the pool '{}', whose coefficient is {:.4g}{}. Give the raster, or set the "
                "coefficient to 0 if dead organic matter does not depend on it.".format(
                    pool, value, " by default (0.03/0.97 of all three pools)" if default else ""
                )
            )
        values[pool] = value
    return {pool: values[pool] for pool in LIVING_AND_SOIL if pool in pools}
