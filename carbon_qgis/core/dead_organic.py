"""Carbon of dead organic matter from the other three pools by coefficients (Xinjiang paper, 2.1.2).

dead = a·above + b·below + c·soil. The paper gives no coefficients; its 3 % share of the total stock makes each of them
0.03/0.97. They may be given, be taken from a table by class, or be fitted to a reference (area-weighted least squares).
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .class_names import class_band
from .dead_organic_coefficients import DERIVED, LIVING_AND_SOIL, CoefficientTable, given_coefficients
from .dead_organic_fit import (
    CLASS_ALL,
    DERIVED_SHARE,
    GIVEN,
    LANDCOVER,
    REFERENCE,
    TABLE,
    Coefficients,
    fit_coefficients,
)
from .density_input import DensityRaster
from .density_stock import common_year, pool_suspicions
from .errors import InputError
from .landcover_codes import landcover_band, require_codes
from .outputs import OutputSet
from .plausibility import density_notes
from .progress import Part, Progress, Silent
from .raster.blocks import Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band
from .raster.write import Picture, density_spec, writers_for
from .results import Column, Table
from .units import T_HA, T_PER_TG
from .validation import FIT, AccuracyMetrics, Moments, metrics_of

OUTPUTS = ("DEAD",)
T_KM2_PER_T_HA = 100.0


@dataclass
class DeadOrganicResult:
    """Dead organic matter of a region, on the cells valid in every input; stocks in t C, areas in km2.

    `source` is one of 'derived', 'given', 'table', 'fitted', 'fitted by class'. `coefficients` has a row per class (or
    one), `pools` one per pool: what it holds, and what it adds to the dead matter. `metrics` are those of a fit, in t
    C/ha. `overviews` hold "DEAD" (t C/ha).
    """

    source: str
    year: Optional[int]
    area_mode: str
    grid: Grid
    cells: int
    area_km2: float
    nodata_share: float
    stock: float
    other_stock: float
    density_range: Tuple[float, float]
    coefficients: Table
    pools: Table
    metrics: Optional[AccuracyMetrics] = None
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def mean_density(self) -> float:
        """Area-weighted mean density of dead organic matter, t C/ha."""
        return self.stock / self.area_km2 / T_KM2_PER_T_HA

    @property
    def share(self) -> Optional[float]:
        """Dead organic matter in the stock of it and the pools given (0–1); None where there is no stock."""
        total = self.stock + self.other_stock
        return self.stock / total if total > 0 else None


def dead_organic_matter(
    pools: Mapping[str, DensityRaster],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    coefficients: Optional[Mapping[str, Optional[float]]] = None,
    landcover: Optional[str] = None,
    table: Optional[CoefficientTable] = None,
    reference: Optional[DensityRaster] = None,
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> DeadOrganicResult:
    """Density of dead organic matter.

    Parameters
    ----------
    pools : density by pool ('above', 'below', 'soil'); the first gives the reference grid.
    destinations : DEAD, t C/ha.
    coefficients : t C of dead matter per t C of each pool; None (also for one pool) is the derived 0.03/0.97.
    landcover, table : raster of class codes and the coefficients of its classes; they take the place of `coefficients`.
    reference : density of dead organic matter to which coefficients of 0 or more are fitted, weighted by area; with a
        land cover, for each class of at least 30 cells.
    year : written to the tag CARBON_YEAR; by default the year that the pools agree on.

    Raises
    ------
    InputError
        No pool; a negative coefficient; a pool that counts without a raster; pools of different years; a land cover
        without a table or a reference, a table without a land cover, or a table and a reference.
    TableError
        Classes that the table does not list.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    _check(pools, landcover, table, reference)
    year = common_year(pools, year)
    names = tuple(pool for pool in LIVING_AND_SOIL if pool in pools)
    bands = {pool: pools[pool].band for pool in names}
    plain = {} if table is not None or reference is not None else given_coefficients(names, coefficients)
    if landcover is not None:
        bands[LANDCOVER] = _class_band(landcover, table, progress, settings)
    if reference is not None:
        bands[REFERENCE] = reference.band
    inputs = align_inputs(bands, bands[names[0]].path, mask=mask, area_mode=area_mode)
    if reference is not None:
        found = fit_coefficients(inputs, names, landcover, Part(progress, (0.0, 0.45)), settings)
    elif table is not None:
        found = _from_table(inputs, names, table)
    else:
        derived = all(abs(value - DERIVED) < 1e-6 for value in plain.values()) and len(plain) == 3
        found = Coefficients(np.array([[plain[pool] for pool in names]]), DERIVED_SHARE if derived else GIVEN)
    rest = Part(progress, (0.45 if reference is not None else 0.0, 1.0))
    result = _mapped(inputs, names, found, outputs, destinations, year, rest, settings)
    if table is not None:
        result.notes += table.notes
    result.notes += pool_suspicions(pools)
    return result


def _check(pools, landcover, table, reference) -> None:
    unknown = [pool for pool in pools if pool not in LIVING_AND_SOIL]
    if unknown or not pools:
        raise InputError(
            "Dead organic matter is derived from the pools {}; {}.".format(
                ", ".join(LIVING_AND_SOIL), "'{}' is none of them".format(unknown[0]) if unknown else "none is given"
            )
        )
    if table is not None and reference is not None:
        raise InputError(
            "There are a table of coefficients and a reference raster to fit them to. Leave one of them empty."
        )
    if table is not None and landcover is None:
        raise InputError("{} has coefficients by class: give the land cover with these classes.".format(table.source))
    if landcover is not None and table is None and reference is None:
        raise InputError(
            "The land cover '{}' has no use without a table of coefficients by class, or a reference raster to fit "
            "them to. Give one of them, or leave the land cover empty.".format(landcover)
        )


def _class_band(landcover: str, table: Optional[CoefficientTable], progress, settings) -> Band:
    if table is None:
        return class_band(landcover, progress, settings)
    return landcover_band(landcover, ((code, code) for code in table.coefficients), table.source)


def _from_table(inputs: AlignedInputs, names, table: CoefficientTable) -> Coefficients:
    space = inputs.spaces[LANDCOVER]
    columns = [LIVING_AND_SOIL.index(pool) for pool in names]
    absent = [i for i, pool in enumerate(LIVING_AND_SOIL) if pool not in names]
    for code, row in table.coefficients.items():
        for i in absent:
            if row[i]:
                raise InputError(
                    "{} gives the pool '{}' the coefficient {:g} in class {}, but there is no raster of that pool. "
                    "Give it, or set the coefficients to 0.".format(table.source, LIVING_AND_SOIL[i], row[i], code)
                )
    values = np.column_stack(
        [space.table({code: row[column] for code, row in table.coefficients.items()}) for column in columns]
    )
    return Coefficients(values, TABLE, dict(table.names), require=table)


@dataclass(frozen=True)
class _Params:
    names: Tuple[str, ...]
    values: np.ndarray
    threshold: float


def _mapped(inputs, names, found: Coefficients, outputs, destinations, year, progress, settings) -> DeadOrganicResult:
    spec = density_spec(("dead",), T_HA, year, smooth=True)
    writers = writers_for({"DEAD": (destinations.get("DEAD"), spec)}, inputs.grid, outputs, settings)
    picture = Picture(inputs.grid)
    run = run_blocks(
        inputs, _kernel, _Params(names, found.values, found.threshold), {**writers, "picture": picture}, progress,
        settings, message="Computing dead organic matter", bytes_per_cell=24 * len(names) + 72,
    )  # fmt: skip
    totals = run.partial
    if found.require is not None:
        counts = inputs.spaces[LANDCOVER].by_code(totals["class_cells"])
        counts.update(run.unknown.get(LANDCOVER, {}))
        require_codes(found.require.require_codes, counts, inputs.bands[LANDCOVER].path)
    require_valid(totals["cells"], "all inputs together")
    result = _result(totals, names, found, inputs, year)
    result.overviews = {"DEAD": picture.overview()[0]}
    return result


def _kernel(block, params: _Params):
    """Dead organic matter of one block, and sums by class; densities come in t C/km2."""
    values = np.stack([block[name].astype(np.float64) for name in params.names])
    index = block[LANDCOVER].astype(np.intp) if LANDCOVER in block.values else np.zeros(block.shape, np.intp)
    known = ~np.isnan(values).any(axis=0)
    dead = (np.moveaxis(params.values[index], -1, 0) * values).sum(axis=0)
    valid = ~np.isnan(dead)
    area, size = block.area_array(), len(params.values)
    inside, weights, classes, made = values[:, valid], area[valid], index[valid], dead[valid]
    partial = Totals(
        cells=int(valid.sum()),
        unclassified=int(known.sum() - valid.sum()),
        area=float(weights.sum()),
        stocks=inside @ weights,
        parts=(params.values[classes].T * inside) @ weights,
        stock=float(made @ weights),
        dead_range=Extremes.of(made),
        negative=(inside < 0).sum(axis=1),
        class_cells=np.bincount(index[known], minlength=size),
        class_area=np.bincount(classes, weights, size),
        class_stock=np.bincount(classes, made * weights, size),
        **{"range " + name: Extremes.of(row) for name, row in zip(params.names, inside)},
    )
    if REFERENCE in block.values:
        truth = block[REFERENCE].astype(np.float64)
        both = valid & ~np.isnan(truth)
        scale = 1 / T_KM2_PER_T_HA
        partial["moments"] = Moments.of(
            truth[both] * scale, dead[both] * scale, area[both], params.threshold * scale
        )
    density = dead / T_KM2_PER_T_HA
    return {"DEAD": density, "picture": density}, partial


def _result(totals: Totals, names, found: Coefficients, inputs: AlignedInputs, year) -> DeadOrganicResult:
    ranges = {name: tuple(v / T_KM2_PER_T_HA for v in totals["range " + name]) for name in names}
    notes = list(inputs.notes) + found.notes
    notes += density_notes(ranges, None, dict(zip(names, totals["negative"].tolist())))
    if totals["unclassified"]:
        notes.append("{:,} cells have densities but no class and are nodata.".format(totals["unclassified"]))
    metrics = None
    if "moments" in totals:
        metrics = metrics_of(totals["moments"], FIT, found.threshold / T_KM2_PER_T_HA, weighted=True)
    return DeadOrganicResult(
        source=found.source,
        year=year,
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        cells=totals["cells"],
        area_km2=totals["area"],
        nodata_share=1 - totals["cells"] / inputs.grid.cells,
        stock=totals["stock"],
        other_stock=float(totals["stocks"].sum()),
        density_range=tuple(value / T_KM2_PER_T_HA for value in totals["dead_range"]),
        coefficients=_coefficient_table(totals, names, found, inputs),
        pools=_pool_table(totals, names),
        metrics=metrics,
        notes=notes,
    )


def _coefficient_table(totals: Totals, names, found: Coefficients, inputs: AlignedInputs) -> Table:
    table = Table(
        "Coefficients of dead organic matter",
        (Column("code", "integer", "class of the land cover"), Column("class", "text"))
        + tuple(Column(name, "number", "t C of dead matter per t C of this pool") for name in names)
        + (
            Column("area_km2", "number", "area, km2"),
            Column("mean_density_t_C_ha", "number", "area-weighted mean density of dead matter, t C/ha"),
            Column("stock_Tg_C", "number", "dead matter, Tg C"),
            Column("cells_fitted", "integer", "cells that the coefficients were fitted to"),
        ),
    )
    space = inputs.spaces.get(LANDCOVER)
    rows = [(None, "all", 0)] if space is None else [
        (code, found.names.get(code, str(code)), index) for code, index in sorted(space.index_of().items())
    ]  # fmt: skip
    for code, name, index in rows:
        area, stock = float(totals["class_area"][index]), float(totals["class_stock"][index])
        if not area:
            continue
        fitted = found.fitted_cells.get(CLASS_ALL if code is None else code)
        values = [float(value) for value in found.values[index]]
        table.rows.append([code, name] + values + [area, stock / area / T_KM2_PER_T_HA, stock / T_PER_TG, fitted])
    return table


def _pool_table(totals: Totals, names) -> Table:
    table = Table(
        "Dead organic matter from each pool",
        (
            Column("pool", "text"),
            Column("stock_Tg_C", "number", "stock of the pool, Tg C"),
            Column("mean_density_t_C_ha", "number", "area-weighted mean density, t C/ha"),
            Column("dead_Tg_C", "number", "dead matter derived from the pool, Tg C"),
            Column("share_percent", "number", "share of the stock of the pools given and dead matter, %"),
        ),
    )
    area, everything = totals["area"], float(totals["stocks"].sum()) + totals["stock"]
    rows = [(name, float(s), float(part)) for name, s, part in zip(names, totals["stocks"], totals["parts"])]
    for name, stock, part in rows + [("dead", totals["stock"], None)]:
        share = 100 * stock / everything if everything else None
        density = stock / area / T_KM2_PER_T_HA
        table.rows.append([name, stock / T_PER_TG, density, None if part is None else part / T_PER_TG, share])
    return table
