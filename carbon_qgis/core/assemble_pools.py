"""Four carbon pools of one or several years: total density, stocks and shares (Xinjiang paper, eq. 5 and Fig. 4)."""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .density_input import DensityRaster
from .density_stock import DensityStockResult, density_stock
from .errors import InputError
from .outputs import OutputSet
from .pools import POOLS
from .progress import Part, Progress, Silent
from .raster.grid import Grid
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .results import Column, Table
from .units import T_PER_TG

Year = Optional[int]
TOTAL = "total"
#: Areas of two years that differ by more than this share are said to differ.
SAME_AREA = 1e-4


@dataclass
class AssembledPools:
    """Stocks of all years, ascending. Every year counts on the cells valid in all of its pools."""

    years: Tuple[DensityStockResult, ...]
    table: Table
    notes: List[str] = field(default_factory=list)

    @property
    def dates(self) -> Tuple[Year, ...]:
        """Year of each result; (None,) for pools without a year."""
        return tuple(result.year for result in self.years)

    @property
    def grid(self) -> Grid:
        """Grid of all years."""
        return self.years[0].grid

    @property
    def pools(self) -> Tuple[str, ...]:
        """Pools of any year, in the order above, below, soil, dead."""
        return tuple(pool for pool in POOLS if any(pool in result.pools for result in self.years))

    @property
    def area_mode(self) -> str:
        """How cell areas were measured."""
        return self.years[0].area_mode

    @property
    def density_range(self) -> Tuple[float, float]:
        """Smallest and largest total density of any year, t C/ha."""
        lows, highs = zip(*(result.density_range for result in self.years))
        return min(lows), max(highs)

    def stocks(self, pool: str) -> List[Optional[float]]:
        """Stock of a pool in every year, Tg C; None in years without it."""
        by_year = {(row["year"], row["pool"]): row["stock_Tg_C"] for row in self.table.as_dicts()}
        return [by_year.get((year, pool)) for year in self.dates]


def assemble_pools(
    densities: Sequence[DensityRaster],
    outputs: OutputSet,
    totals: Optional[Mapping[Year, Sequence[str]]] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> AssembledPools:
    """Add up the pools of every year on one grid.

    Parameters
    ----------
    densities : density rasters, each with its pool and year, in any order. The first pool of the earliest year gives
        the grid. Without any year they are taken as one undated set.
    totals : one or two paths by year for the total density, t C/ha.

    Raises
    ------
    InputError
        No raster; a raster without a pool or, beside dated ones, without a year; a pool that is none of the four; two
        rasters of one pool and year.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    sets = pools_by_year(densities)
    reference = next(iter(next(iter(sets.values())).values())).path
    found = []
    for number, (year, pools) in enumerate(sets.items()):
        paths = list((totals or {}).get(year, ()))
        found.append(
            density_stock(
                pools, outputs, dict(zip(("TOTAL", "TOTAL_COPY"), paths)), year=year, mask=mask, area_mode=area_mode,
                progress=Part(progress, (number / len(sets), (number + 1) / len(sets))), settings=settings,
                reference=reference, pool_pictures=True,
            )
        )  # fmt: skip
    result = AssembledPools(tuple(found), _table(found))
    result.notes = _notes(found)
    return result


def pools_by_year(densities: Sequence[DensityRaster]) -> Dict[Year, Dict[str, DensityRaster]]:
    """Rasters by year (ascending) and pool (above, below, soil, dead).

    Raises
    ------
    InputError
        As `assemble_pools`.
    """
    if not densities:
        raise InputError("Give at least one density raster.")
    _require_pools(densities)
    _require_years(densities)
    sets: Dict[Year, Dict[str, DensityRaster]] = {}
    for density in densities:
        other = sets.setdefault(density.year, {}).setdefault(density.pool, density)
        if other is not density:
            of = " of {}".format(density.year) if density.year is not None else ""
            raise InputError(
                "'{}' and '{}' are both the pool '{}'{}. Give one raster per pool and year; pools and years come from "
                "the tags CARBON_POOL and CARBON_YEAR or from a table (columns raster, year, pool).".format(
                    other.path, density.path, density.pool, of
                )
            )
    ordered = sorted(sets, key=lambda year: (year is None, year))
    return {year: {pool: sets[year][pool] for pool in POOLS if pool in sets[year]} for year in ordered}


def with_pool(density: DensityRaster, pool: Optional[str]) -> DensityRaster:
    """The raster as one of the pool that a table names, if it names one."""
    return replace(density, pool=pool) if pool else density


def _require_pools(densities: Sequence[DensityRaster]) -> None:
    for density in densities:
        if density.pool in POOLS:
            continue
        advice = "Pools are: {}. Correct the tag, or name the pool in a table (columns raster, year, pool).".format(
            ", ".join(POOLS)
        )
        if density.pool == TOTAL:
            raise InputError(
                "'{}' is the total of all pools already, and would count twice. Give the single pools.".format(
                    density.path
                )
            )
        if density.pool:
            raise InputError("'{}' is of the pool '{}', which is not known. {}".format(
                density.path, density.pool, advice))  # fmt: skip
        raise InputError(
            "The pool of '{}' is not known: the raster has no tag CARBON_POOL. {}".format(density.path, advice)
        )


def _require_years(densities: Sequence[DensityRaster]) -> None:
    undated = [density.path for density in densities if density.year is None]
    if undated and len(undated) < len(densities):
        raise InputError(
            "The year of {} is not known, while other rasters have one: there is no tag CARBON_YEAR. Give a table of "
            "dates (columns raster, year), or set the year when the raster is made.".format(
                ", ".join("'{}'".format(path) for path in undated)
            )
        )


def _table(found: Sequence[DensityStockResult]) -> Table:
    columns = (Column("year", "integer"),) + found[0].table.columns
    rows = [[result.year] + list(row) for result in found for row in result.table.rows]
    return Table("Carbon stock by pool and year", columns, rows)


def _notes(found: Sequence[DensityStockResult]) -> List[str]:
    notes: List[str] = []
    for result in found:
        prefix = "{}: ".format(result.year) if len(found) > 1 else ""
        notes += [type(note)(prefix + note) for note in result.notes]
        absent = [pool for pool in POOLS if pool not in result.pools]
        if absent:
            notes.append(
                "{}there is no raster of {}: the total is that of the pools given.".format(
                    prefix, " and ".join("'{}'".format(pool) for pool in absent)
                )
            )
    if len({result.pools for result in found}) > 1:
        notes.append("The years have different pools: their totals cannot be compared.")
    areas = [result.area_km2 for result in found]
    if max(areas) - min(areas) > SAME_AREA * max(areas):
        notes.append(
            "The valid area differs between the years ({:,.6g} to {:,.6g} km2): part of the difference of their stocks "
            "is a difference of area.".format(min(areas), max(areas))
        )
    return notes


def total_tg(result: DensityStockResult) -> float:
    """Stock of all pools of one year, Tg C."""
    return result.stock / T_PER_TG
