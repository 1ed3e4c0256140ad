"""Carbon stock from density rasters: the parameter-optimised InVEST of the Xinjiang paper (eq. 4 and 5).

C = Σ_pools Σ_k Cd_k · S_k with the density of each cell instead of one per class.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .density_input import DensityRaster
from .errors import InputError
from .outputs import OutputSet
from .plausibility import density_notes, loss_note
from .pools import POOLS
from .progress import Progress, Silent
from .raster.blocks import Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture, RasterSpec, density_spec, tags, writers_for
from .results import Column, Table
from .units import CO2_PER_C, T_HA, T_PER_TG

OUTPUTS = ("TOTAL", "STOCK")
T_KM2_PER_T_HA = 100.0
PICTURE = " picture"


@dataclass
class DensityStockResult:
    """Stock of a region, t C, on the cells that are valid in every pool given; areas in km2.

    `density_range` is in t C/ha, `stock_range` in t C per cell; `overviews` hold "TOTAL" and, where asked for, every
    pool under its name (t C/ha).
    """

    pools: Tuple[str, ...]
    year: Optional[int]
    area_mode: str
    grid: Grid
    cells: int
    area_km2: float
    nodata_share: float
    stock: float
    density_range: Tuple[float, float]
    stock_range: Tuple[float, float]
    table: Table
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def co2e(self) -> float:
        """Stock in t CO2e."""
        return self.stock * CO2_PER_C


def density_stock(
    pools: Mapping[str, DensityRaster],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    reference: Optional[str] = None,
    pool_pictures: bool = False,
) -> DensityStockResult:
    """Total density and stock from the densities of one to four pools.

    Parameters
    ----------
    pools : density by pool ('above', 'below', 'soil', 'dead'); the first gives the reference grid.
    destinations : TOTAL (density of all pools together, t C/ha), TOTAL_COPY (the same in another place), STOCK (t C in
        each cell).
    year : written to the tag CARBON_YEAR; by default the year that the rasters agree on.
    reference : raster that gives the grid of the outputs instead of the first pool, for several years on one grid.
    pool_pictures : keep a picture of every pool in `overviews`.

    Raises
    ------
    InputError
        No pool, or rasters of different years.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    if not pools:
        raise InputError("Give the density of at least one pool: {}.".format(", ".join(POOLS)))
    year = common_year(pools, year)
    names = tuple(pool for pool in POOLS if pool in pools) + tuple(pool for pool in pools if pool not in POOLS)
    bands = {pool: pools[pool].band for pool in names}
    inputs = align_inputs(bands, reference or bands[names[0]].path, mask=mask, area_mode=area_mode)
    total = density_spec(("total",), T_HA, year, smooth=True)
    specs = {
        "TOTAL": (destinations.get("TOTAL"), total),
        "TOTAL_COPY": (destinations.get("TOTAL_COPY"), total),
        "STOCK": (
            destinations.get("STOCK"),
            RasterSpec(("carbon stock per cell",), ("t C",), tags=tags("carbon stock", "t C", year=year), smooth=True),
        ),
    }
    writers = writers_for(specs, inputs.grid, outputs, settings)
    pictures = {"TOTAL" + PICTURE: Picture(inputs.grid)}
    if pool_pictures:
        pictures.update({pool + PICTURE: Picture(inputs.grid) for pool in names})
    run = run_blocks(
        inputs, _kernel, names, {**writers, **pictures}, progress, settings, message="Adding up densities",
        bytes_per_cell=20 * len(names) + 24,
    )
    require_valid(run.partial["cells"], "all pools together")
    result = _result(run.partial, names, inputs, year)
    result.notes += pool_suspicions(pools)
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    for pool in names if pool_pictures else ():
        result.overviews[pool] = result.overviews[pool] / np.float32(T_KM2_PER_T_HA)
    return result


def common_year(pools: Mapping[str, DensityRaster], year: Optional[int] = None) -> Optional[int]:
    """`year`, or the year that all rasters with one agree on; None where none has one.

    Raises
    ------
    InputError
        If `year` is None and the rasters are of different years.
    """
    years = {density.year for density in pools.values() if density.year is not None}
    if year is None and len(years) > 1:
        raise InputError(
            "The pools are of different years ({}). Use rasters of one year, or state the year that the total "
            "stands for.".format(", ".join(str(y) for y in sorted(years)))
        )
    return year if year is not None else next(iter(years), None)


def pool_suspicions(pools: Mapping[str, DensityRaster]) -> List[str]:
    """Rasters that seem to have been given for another pool, or twice."""
    notes = [
        "The raster given as pool '{}' ('{}') says that it is pool '{}'. Were two rasters swapped?".format(
            pool, density.path, density.pool
        )
        for pool, density in pools.items()
        if density.pool not in (None, pool)
    ]
    paths = [density.path for density in pools.values()]
    notes += [
        "'{0}' was given for {1} pools and counts {1} times.".format(path, paths.count(path))
        for path in dict.fromkeys(paths)
        if paths.count(path) > 1
    ]
    return notes


def _kernel(block, pools: Tuple[str, ...]):
    """Sum over pools and over cells of one block; densities come in t C/km2."""
    values = np.stack([block[pool].astype(np.float64) for pool in pools])
    total = values.sum(axis=0)
    valid = ~np.isnan(total)
    area = block.area_array()
    inside, weights = values[:, valid], area[valid]
    partial = Totals(
        cells=int(valid.sum()),
        partly=int((~valid & ~np.isnan(values).all(axis=0)).sum()),
        area=float(weights.sum()),
        stocks=inside @ weights,
        negative=(inside < 0).sum(axis=1),
        total_range=Extremes.of(total[valid]),
        stock_range=Extremes.of(total[valid] * weights),
        living_above=Extremes.of(_living(dict(zip(pools, inside)))),
        **{"range " + pool: Extremes.of(row) for pool, row in zip(pools, inside)},
    )
    density = total / T_KM2_PER_T_HA
    arrays = {"TOTAL": density, "TOTAL_COPY": density, "STOCK": total * area, "TOTAL" + PICTURE: density}
    arrays.update((pool + PICTURE, each) for pool, each in zip(pools, values))
    return arrays, partial


def _living(values: Mapping[str, np.ndarray]) -> np.ndarray:
    parts = [values[pool] for pool in ("above", "below") if pool in values]
    return np.sum(parts, axis=0) if parts else np.zeros(0)


def _result(partial: Totals, pools: Tuple[str, ...], inputs, year) -> DensityStockResult:
    stock = float(partial["stocks"].sum())
    low, high = (value / T_KM2_PER_T_HA for value in partial["total_range"])
    notes = list(inputs.notes)
    if partial["partly"]:
        text = "Nodata differs between the pools: {:,} cells are valid in some pools only and count in none."
        notes.append(loss_note(text.format(partial["partly"]), partial["partly"], partial["cells"]))
    notes += density_notes(
        {pool: tuple(v / T_KM2_PER_T_HA for v in partial["range " + pool]) for pool in pools},
        partial["living_above"][1] / T_KM2_PER_T_HA,
        dict(zip(pools, partial["negative"].tolist())),
    )
    return DensityStockResult(
        pools=pools,
        year=year,
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        cells=partial["cells"],
        area_km2=partial["area"],
        nodata_share=1 - partial["cells"] / inputs.grid.cells,
        stock=stock,
        density_range=(low, high),
        stock_range=tuple(partial["stock_range"]),
        table=_table(partial, pools, stock),
        notes=notes,
    )


def _table(partial: Totals, pools: Tuple[str, ...], stock: float) -> Table:
    table = Table(
        "Carbon stock by pool",
        (
            Column("pool", "text"),
            Column("area_km2", "number", "area, km2"),
            Column("mean_density_t_C_ha", "number", "area-weighted mean density, t C/ha"),
            Column("min_density_t_C_ha", "number", "smallest density, t C/ha"),
            Column("max_density_t_C_ha", "number", "largest density, t C/ha"),
            Column("stock_Tg_C", "number", "stock, Tg C"),
            Column("share_percent", "number", "share of the total stock, %"),
        ),
    )
    area = partial["area"]
    rows = [(pool, float(tonnes), partial["range " + pool]) for pool, tonnes in zip(pools, partial["stocks"])]
    rows.append(("total", stock, partial["total_range"]))
    for pool, tonnes, (low, high) in rows:
        share = 100 * tonnes / stock if stock else None
        densities = [value / T_KM2_PER_T_HA for value in (tonnes / area, low, high)]
        table.rows.append([pool, area] + densities + [tonnes / T_PER_TG, share])
    return table
