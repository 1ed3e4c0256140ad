"""What an analysis of elasticities says: the regional table, the table of the maps, and the notes."""

import os
from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .elasticity import METHODS, MIN_CHANGE, NO_BASE, NO_DATA, OK, REASONS, SMALL_CHANGE, Elasticity, elasticity
from .errors import InputError
from .raster.grid import Grid
from .results import Column, Remark, Table
from .units import DEGREE_C, driver_unit

AUTO = "auto"


@dataclass(frozen=True)
class ElasticityOptions:
    """How elasticities are taken.

    Parameters
    ----------
    method : one of `elasticity.METHODS`, or 'auto': 'semi' for a driver in degC, else 'ratio' as published.
    min_change : smallest |ΔX| relative to |X| of the base (1 % by default).
    min_step : for 'semi', the smallest |ΔX| in the unit of the driver instead; None: `min_change`.
    """

    method: str = AUTO
    min_change: float = MIN_CHANGE
    min_step: Optional[float] = None

    def check(self) -> None:
        """Raise `InputError` for a choice that cannot be computed."""
        if self.method not in METHODS + (AUTO,):
            raise InputError("'{}' is no elasticity. Choose one of: {}.".format(
                self.method, ", ".join((AUTO,) + METHODS)))  # fmt: skip
        if not 0 <= self.min_change < np.inf:
            raise InputError("The smallest change must be zero or more; got {}.".format(self.min_change))
        if self.min_step is not None and not 0 <= self.min_step < np.inf:
            raise InputError("The smallest step must be zero or more; got {}.".format(self.min_step))

    def of_unit(self, unit: str) -> str:
        """The method for a driver in a unit."""
        if self.method != AUTO:
            return self.method
        return "semi" if driver_unit(unit) == DEGREE_C else "ratio"  # the one unit without a true zero

    def apply(self, method: str, c0, c1, x0, x1) -> Elasticity:
        """`elasticity.elasticity` with these thresholds."""
        if method == "semi" and self.min_step is not None:
            return elasticity(c0, c1, x0, x1, method, 1.0, scale=self.min_step)
        return elasticity(c0, c1, x0, x1, method, self.min_change)


def elasticity_unit(method: str, unit: str) -> str:
    """Unit of an elasticity: 1, or % of carbon per unit of the driver."""
    return "%/{}".format(unit or "unit") if method == "semi" else "1"


class Factor(NamedTuple):
    """What an elasticity is of: a variable of a group, in one year, between two states."""

    set: str
    group: str
    variable: str
    unit: str
    year: Optional[int]
    base: str
    other: str
    base_run: str
    other_run: str


class Means(NamedTuple):
    """Regional values of the two states: carbon in t C, the driver's area-weighted mean in its unit."""

    c0: float
    c1: float
    x0: float
    x1: float


@dataclass
class CellMap:
    """A raster of per-cell elasticity; shares are of the area with carbon and driver, `overview` is for pictures."""

    factor: Factor
    method: str
    path: Optional[str]
    reason_path: Optional[str]
    cells: int
    area_km2: float
    share_of: Dict[str, float]
    quantiles: Tuple[Optional[float], Optional[float], Optional[float]]
    overview: np.ndarray

    @property
    def unit(self) -> str:
        """Unit of the cells."""
        return elasticity_unit(self.method, self.factor.unit)

    @property
    def limit(self) -> float:
        """Size that 98 % of the cells do not pass, for legends."""
        return typical_size(self.overview)


@dataclass
class ElasticityResult:
    """Regional elasticities, and per-cell ones where densities were rasters."""

    options: ElasticityOptions
    table: Table
    maps: List[CellMap] = field(default_factory=list)
    grid: Optional[Grid] = None
    area_mode: str = ""
    warnings: List[str] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)

    @property
    def cells_table(self) -> Optional[Table]:
        """One row per map; None without maps."""
        return _cells_table(self.maps) if self.maps else None


def typical_size(values: np.ndarray) -> float:
    """Size that 98 % of the finite values do not pass; 1 without any."""
    sizes = np.abs(values[np.isfinite(values)])
    return (float(np.percentile(sizes, 98)) if sizes.size else 0.0) or 1.0


COLUMNS = (
    Column("set", "text", "set of runs in which the group differs"),
    Column("group", "text", "group of drivers that differs between base and other"),
    Column("variable", "text"),
    Column("unit", "text", "of the driver"),
    Column("year", "integer"),
    Column("base_pathway", "text"),
    Column("other_pathway", "text"),
    Column("base_run", "text"),
    Column("other_run", "text"),
    Column("carbon_base_t_C", "number"),
    Column("carbon_other_t_C", "number"),
    Column("change_carbon_t_C", "number"),
    Column("change_carbon_percent", "number", "of the base"),
    Column("driver_base", "number", "area-weighted mean, in unit"),
    Column("driver_other", "number", "area-weighted mean, in unit"),
    Column("change_driver", "number", "in unit"),
    Column("change_driver_percent", "number", "of the base; of a temperature in degC it depends on the zero"),
    Column("method", "text"),
    Column("elasticity", "number", "by the method; in elasticity_unit"),
    Column("elasticity_unit", "text", "1, or % of carbon per unit of the driver"),
    Column("reason", "text", "why there is no elasticity"),
    Column("ratio_1", "number", "as published: (dC/C)/(dX/X)"),
    Column("midpoint_1", "number", "changes relative to the mean of both states"),
    Column("log_1", "number", "differences of logarithms"),
    Column("semi_percent_per_unit", "number", "100 (dC/C)/dX, % of carbon per unit of the driver"),
)


def regional_row(factor: Factor, means: Means, options: ElasticityOptions) -> List[Any]:
    """One row of the regional table."""
    method = options.of_unit(factor.unit)
    made = {name: options.apply(name, *means) for name in METHODS}
    chosen = made[method]
    return list(factor) + [
        means.c0, means.c1, *_change(means.c0, means.c1), means.x0, means.x1, *_change(means.x0, means.x1), method,
        _number(chosen.value), elasticity_unit(method, factor.unit), REASONS[int(chosen.reason)],
    ] + [_number(made[name].value) for name in METHODS]  # fmt: skip


def _change(first: float, last: float) -> Tuple[float, Optional[float]]:
    return last - first, 100 * (last - first) / first if first else None


def _number(value: np.ndarray) -> Optional[float]:
    return float(value) if np.isfinite(value) else None


_CELL_COLUMNS = (
    Column("set", "text"),
    Column("group", "text"),
    Column("variable", "text"),
    Column("year", "integer"),
    Column("method", "text"),
    Column("elasticity_unit", "text"),
    Column("cells", "integer", "with carbon and driver in both states"),
    Column("area_km2", "number", "their area"),
    Column("with_elasticity_percent", "number", "of that area"),
    Column("positive_percent", "number", "of that area"),
    Column("negative_percent", "number", "of that area"),
    Column("small_change_percent", "number", "of that area: the driver changes too little"),
    Column("no_base_percent", "number", "of that area: carbon or driver is zero or changes sign"),
    Column("p10", "number", "in elasticity_unit, of the cells drawn"),
    Column("median", "number", "in elasticity_unit, of the cells drawn"),
    Column("p90", "number", "in elasticity_unit, of the cells drawn"),
    Column("file", "text"),
)
SHARES = ("with", "positive", "negative", "small", "no base")


def _cells_table(maps: Sequence[CellMap]) -> Table:
    table = Table("Elasticity of the cells", _CELL_COLUMNS)
    for made in maps:
        factor = made.factor
        table.rows.append(
            [factor.set, factor.group, factor.variable, factor.year, made.method, made.unit, made.cells, made.area_km2]
            + [100 * made.share_of[name] for name in SHARES]
            + [*made.quantiles, os.path.basename(made.path) if made.path else None]
        )
    return table


def cell_areas_by_outcome(made: Elasticity, area: np.ndarray) -> Dict[str, float]:
    """Area in km2 by `SHARES`, and of all cells with data under 'all'."""
    found = {
        "all": made.reason != NO_DATA,
        "with": made.reason == OK,
        "positive": (made.reason == OK) & (made.value > 0),
        "negative": (made.reason == OK) & (made.value < 0),
        "small": made.reason == SMALL_CHANGE,
        "no base": made.reason == NO_BASE,
    }
    return {name: float(area[cells].sum()) for name, cells in found.items()}


def result_notes(table: Table) -> List[str]:
    """What a reader of the regional table should know."""
    rows, notes = table.as_dicts(), []
    by_reason: Dict[str, List[str]] = {}
    for row in rows:
        if row["elasticity"] is None:
            by_reason.setdefault(row["reason"], []).append("{} {}".format(row["variable"], row["year"] or "").strip())
    for reason, places in by_reason.items():
        shown = ", ".join(places[:8]) + (" and {} more".format(len(places) - 8) if len(places) > 8 else "")
        notes.append(
            "{} of {} regional elasticities do not exist: {} ({}). The changes themselves are in the "
            "table.".format(len(places), len(rows), reason, shown)
        )
    unknown = list(dict.fromkeys(row["variable"] for row in rows if not row["unit"]))
    if unknown:
        text = "{} states no unit. A temperature is recognised by its unit degC alone: it has no ratio."
        notes.append(text.format(", ".join(unknown)))
    groups: Dict[str, List[str]] = {}
    for row in rows:
        names = groups.setdefault(row["group"], [])
        if row["variable"] not in names:
            names.append(row["variable"])
    for group, names in groups.items():
        if len(names) > 1:
            text = (
                "{} move together in the group '{}': the change of carbon is due to all of them, and the elasticity to "
                "one of them takes in the effect of the others."
            )
            notes.append(Remark(text.format(" and ".join(names), group)))
    return notes
