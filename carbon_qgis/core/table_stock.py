"""Carbon stock by land-cover class: the InVEST carbon model (Jiangsu paper, 2.3.1; Xinjiang paper, eq. 4).

One pass over the maps: every raster is a lookup, every total comes from the cell counts (or areas) of
(class at the first date, class at the second).
"""

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError
from .landcover_codes import class_raster_info
from .outputs import OutputSet
from .pool_checks import pool_doubts
from .pools import POOLS, PoolTable
from .progress import Progress, Silent
from .raster.area import CellAreas
from .raster.blocks import Totals, require_valid, run_blocks
from .raster.codes import CodeSpace, joint_counts, lookup, lookup_pair, pair_table
from .raster.codes import counts as count_codes
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.lookup_writer import LookupWriter, lookup_writers
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band
from .raster.write import RasterSpec, density_spec, encoded_table, tags, writers_for
from .results import Table
from .table_stock_tables import HA_PER_KM2, Joint, class_table, transition_table
from .units import CO2_PER_C, T_HA, T_PER_TG
from .valuation import Valuation, value_per_tonne

#: A block counts every pair of classes: 8 MB at this number.
MAX_CHANGE_CLASSES = 1022
POOL_OUTPUTS = tuple(pool.upper() for pool in POOLS)
#: Destinations that `carbon_stock` knows.
OUTPUTS = (
    ("TOTAL", "TOTAL_ALT", "CHANGE", "VALUE") + POOL_OUTPUTS + tuple(name + "_ALT" for name in POOL_OUTPUTS)
)


@dataclass
class TableStockResult:
    """Carbon stock by class, and its change where there is a second land cover.

    Stocks in t C, areas in km2; `stock_alt`, `change` and `common_*` are None without a second date.
    `common_stock` and `common_stock_alt` are the totals of the cells valid at both dates; `change`
    is their difference.
    """

    area_mode: str
    grid: Grid
    valid_cells: int
    area_km2: float
    nodata_share: float
    stock: float
    classes: Table
    stock_alt: Optional[float] = None
    area_alt_km2: Optional[float] = None
    common_cells: Optional[int] = None
    common_area_km2: Optional[float] = None
    common_stock: Optional[float] = None
    common_stock_alt: Optional[float] = None
    change: Optional[float] = None
    value: Optional[float] = None
    value_per_t: Optional[float] = None
    transitions: Optional[Table] = None
    years: Tuple[Optional[int], Optional[int]] = (None, None)
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)

    @property
    def co2e(self) -> float:
        """Stock of the first date in t CO2e."""
        return self.stock * CO2_PER_C


def carbon_stock(
    landcover: str,
    pools: PoolTable,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    landcover_alt: Optional[str] = None,
    years: Tuple[Optional[int], Optional[int]] = (None, None),
    mask: Optional[PolygonLayer] = None,
    valuation: Optional[Valuation] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> TableStockResult:
    """Carbon stock of one land cover, or of two and the change between them.

    Parameters
    ----------
    landcover, landcover_alt : rasters of class codes; the first gives the reference grid.
    pools : densities by class in t C/ha.
    destinations : paths by name (see `OUTPUTS`); those left out or None are not written.
    years : year of each land cover, for tags and the valuation.
    mask : only cells inside are counted and written.

    Raises
    ------
    TableError
        Class codes that the pool table does not have (all of them, with cell counts).
    InputError
        A land cover of several bands; a nodata value that is also a class; outputs or a valuation that need a second
        land cover.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    _check(landcover_alt, destinations, valuation, years)
    bands = {"first": _band(landcover, pools)}
    if landcover_alt:
        bands["second"] = _band(landcover_alt, pools)
    inputs = align_inputs(bands, landcover, mask=mask, area_mode=area_mode)
    params = _Lookups.build(inputs, pools, destinations, valuation, years)
    task, writers = _writers(params, _specs(destinations, years), inputs.grid, outputs, settings)
    run = run_blocks(
        inputs, _kernel, task, writers, progress, settings, bytes_per_cell=10 + 4 * len(writers),
        message="Counting classes and writing rasters",
    )
    joint = _joint(run.partial, params)
    _require_known(joint, params, run.unknown, pools, bands)
    result = _result(joint, params, inputs, pools, years, valuation)
    result.notes += _dateless(destinations, years, bands)
    result.overviews = _overviews(writers)
    result.ranges = _ranges(result.classes, joint, params)
    return result


@dataclass(frozen=True)
class _Lookups:
    """What the kernel needs: tables by output name, and how indices are made.

    `shared` is, by name of a writer of several rasters, what they are lookups of: the first date (0) or the second (1).
    """

    spaces: Tuple[CodeSpace, ...]
    single: Tuple[Tuple[str, np.ndarray], ...]
    single_alt: Tuple[Tuple[str, np.ndarray], ...]
    pairs: Tuple[Tuple[str, np.ndarray], ...]
    weighted: bool
    cell_km2: float
    shared: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def build(cls, inputs: AlignedInputs, pools: PoolTable, destinations, valuation, years) -> "_Lookups":
        spaces = tuple(inputs.spaces[name] for name in inputs.bands)
        single = _tables(spaces[0], pools, destinations, "")
        single_alt = _tables(spaces[-1], pools, destinations, "_ALT") if len(spaces) == 2 else ()
        areas: CellAreas = inputs.areas
        pairs = []
        if len(spaces) == 2:
            change = _change_table(spaces, pools)
            factors = {"CHANGE": 1.0}
            if valuation is not None:
                factors["VALUE"] = value_per_tonne(valuation, *years)
            pairs = [
                (name, encoded_table(pair_table(change * factor)))
                for name, factor in factors.items()
                if destinations.get(name)
            ]
        constant = areas.constant
        return cls(spaces, single, single_alt, tuple(pairs), constant is None, constant or 0.0)


def _kernel(block, params: _Lookups):
    """Lookup of every raster and count of every class pair in one block."""
    first = block["first"]
    second = block["second"] if len(params.spaces) == 2 else None
    arrays = _looked_up(first, params.single)
    arrays.update({name: (first, second)[date] for name, date in params.shared.items()})
    if second is None:
        partial = Totals(cells=count_codes(first, params.spaces[0].size))
        if params.weighted:
            partial["area"] = np.bincount(first.ravel(), block.area_array().ravel(), params.spaces[0].size)
        return arrays, partial
    arrays.update(_looked_up(second, params.single_alt))
    for name, table in params.pairs:
        arrays[name] = lookup_pair(first, second, table)
    sizes = [space.size for space in params.spaces]
    partial = Totals(cells=joint_counts(first, sizes[0], second, sizes[1]))
    if params.weighted:
        joined = first.ravel().astype(np.intp) * sizes[1] + second.ravel()
        partial["area"] = np.bincount(joined, block.area_array().ravel(), sizes[0] * sizes[1]).reshape(sizes)
    return arrays, partial


def _looked_up(index: np.ndarray, tables: Sequence[Tuple[str, np.ndarray]]) -> Dict[str, np.ndarray]:
    return dict(zip((name for name, _ in tables), lookup(index, [table for _, table in tables]))) if tables else {}


def _writers(params: "_Lookups", specs, grid: Grid, outputs: OutputSet, settings: EngineSettings):
    """(what the kernel shall do, writers by name): rasters of one date share writers where that is possible."""
    writers, shared, left = {}, {}, dict(specs)
    dates = (params.single, params.single_alt)
    try:
        for date, tables in enumerate(dates):
            wanted = {name: specs[name] + (table,) for name, table in tables}
            for writer in lookup_writers(wanted, grid, outputs, settings):
                key = " + ".join(writer.names)
                writers[key], shared[key] = writer, date
                left = {name: spec for name, spec in left.items() if name not in writer.names}
        writers.update(writers_for(left, grid, outputs, settings))
    except BaseException:
        for writer in writers.values():
            writer.discard()
        raise
    first, second = (tuple((name, table) for name, table in tables if name in left) for tables in dates)
    return replace(params, single=first, single_alt=second, shared=shared), writers


def _overviews(writers) -> Dict[str, np.ndarray]:
    found: Dict[str, np.ndarray] = {}
    for name, writer in writers.items():
        found.update(writer.overviews() if isinstance(writer, LookupWriter) else {name: writer.overview()[0]})
    return found


def _band(path: str, pools: PoolTable) -> Band:
    nodata = class_raster_info(path).nodata[0]
    if nodata is not None and nodata in set(pools.codes.tolist()):
        raise InputError(
            "The nodata value {:g} of '{}' is also a class of {} ('{}'). Cells of that class would silently be left "
            "out: change the nodata value of the raster, or remove the class from the table.".format(
                nodata, path, pools.source, pools.name(int(nodata))
            )
        )
    return Band(path, categorical=True, known_codes=tuple(int(code) for code in pools.codes))


def _check(landcover_alt, destinations, valuation, years) -> None:
    needs_two = [
        name for name, path in destinations.items() if path and (name.endswith("_ALT") or name in ("CHANGE", "VALUE"))
    ]
    if needs_two and not landcover_alt:
        raise InputError(
            "The outputs {} need a second land cover. Choose one, or leave these outputs empty.".format(
                ", ".join(needs_two)
            )
        )
    if destinations.get("VALUE") and valuation is None:
        raise InputError("The value raster needs a price of carbon. Give one, or leave this output empty.")
    if valuation is not None and (not landcover_alt or None in years):
        raise InputError("The value of a change needs two land covers and the year of each.")
    if landcover_alt and None not in years and years[1] <= years[0]:
        raise InputError(
            "The second land cover must be later than the first: got {} and {}. Swap the maps or correct the "
            "years.".format(*years)
        )


def _tables(space: CodeSpace, pools: PoolTable, destinations, suffix: str):
    columns = {"TOTAL": pools.totals}
    columns.update({pool.upper(): pools.densities[:, i] for i, pool in enumerate(POOLS)})
    return tuple(
        (name + suffix, encoded_table(space.table(dict(zip(pools.codes.tolist(), values)))))
        for name, values in columns.items()
        if destinations.get(name + suffix)
    )


def _density_by_index(space: CodeSpace, pools: PoolTable) -> np.ndarray:
    """Densities (size, 4) in t C/ha, NaN where the index is no class of the table."""
    columns = [space.table(dict(zip(pools.codes.tolist(), pools.densities[:, i]))) for i in range(len(POOLS))]
    return np.stack(columns, axis=1)


def _change_table(spaces, pools: PoolTable) -> np.ndarray:
    if max(space.size for space in spaces) > MAX_CHANGE_CLASSES + 2:
        raise InputError(
            "{} has {:,} classes: the change between two land covers is possible for at most {:,}. Remove classes that "
            "do not occur.".format(pools.source, len(pools.codes), MAX_CHANGE_CLASSES)
        )
    first, second = (_density_by_index(space, pools).sum(axis=1) for space in spaces)
    return second[np.newaxis, :] - first[:, np.newaxis]


def _specs(destinations, years) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    specs = {}
    for suffix, year in (("", years[0]), ("_ALT", years[1])):
        for name, pool in (("TOTAL", "total"),) + tuple(zip(POOL_OUTPUTS, POOLS)):
            spec = density_spec((pool,), T_HA, year)
            specs[name + suffix] = (destinations.get(name + suffix), spec)
    change = RasterSpec(("change of total carbon density",), (T_HA,), tags=tags("carbon density change", T_HA))
    specs["CHANGE"] = (destinations.get("CHANGE"), change)
    value = RasterSpec(("value of the carbon change",), ("currency/ha",), tags=tags("value", "currency/ha"))
    specs["VALUE"] = (destinations.get("VALUE"), value)
    return {name: (path, _encoded(spec)) for name, (path, spec) in specs.items()}


def _encoded(spec: RasterSpec) -> RasterSpec:
    return replace(spec, encoded=True)


def _joint(partial: Totals, params: _Lookups) -> Joint:
    cells = partial["cells"]
    area = partial["area"] if params.weighted else cells * params.cell_km2
    if cells.ndim == 1:
        return Joint(cells[:, np.newaxis], area[:, np.newaxis])
    return Joint(cells, area)


def _require_known(joint: Joint, params: _Lookups, unknown, pools: PoolTable, bands) -> None:
    """Refuse class codes that the table lacks, those of both maps in one message."""
    messages = []
    for axis, (name, band) in enumerate(bands.items()):
        space = params.spaces[axis]
        found = {code: int(n) for code, n in space.by_code(joint.cells.sum(axis=1 - axis)).items()}
        found.update(unknown.get(name, {}))
        message = pools.missing_message(found, "'{}'".format(band.path))
        if message:
            messages.append(message)
    if messages:
        from .errors import TableError

        raise TableError(" ".join(messages))


def _result(joint, params: _Lookups, inputs: AlignedInputs, pools, years, valuation) -> TableStockResult:
    densities = [_density_by_index(space, pools) for space in params.spaces]
    valid = [np.isfinite(density[:, 0]) for density in densities]
    two = len(densities) == 2
    rows = valid[0]
    first_cells, first_area = joint.cells.sum(axis=1)[rows], joint.area.sum(axis=1)[rows]
    total_cells = inputs.grid.cells
    require_valid(int(first_cells.sum()), "'{}'".format(inputs.bands["first"].path))
    result = TableStockResult(
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        valid_cells=int(first_cells.sum()),
        area_km2=float(first_area.sum()),
        nodata_share=1 - float(first_cells.sum()) / total_cells,
        stock=float((first_area * densities[0][rows].sum(axis=1)).sum() * HA_PER_KM2),
        classes=class_table(joint, params.spaces, pools),
        years=tuple(years),
        notes=list(inputs.notes) + list(pools.notes) + pool_doubts(pools),
    )
    if two:
        _add_change(result, joint, densities, valid, params, pools, inputs)
        if valuation is not None:
            result.value_per_t = value_per_tonne(valuation, *years)
            result.value = result.value_per_t * result.change
    return result


def _add_change(result, joint: Joint, densities, valid, params, pools, inputs) -> None:
    first, second = (np.nan_to_num(density.sum(axis=1)) for density in densities)
    cols = valid[1]
    area_2 = joint.area.sum(axis=0)
    require_valid(int(joint.cells.sum(axis=0)[cols].sum()), "'{}'".format(inputs.bands["second"].path))
    both = np.ix_(valid[0], cols)
    common = joint.area[both]
    require_valid(int(joint.cells[both].sum()), "the area that both land covers share")
    result.area_alt_km2 = float(area_2[cols].sum())
    result.stock_alt = float((area_2 * second)[cols].sum() * HA_PER_KM2)
    result.common_cells = int(joint.cells[both].sum())
    result.common_area_km2 = float(common.sum())
    result.common_stock = float((common * first[valid[0]][:, np.newaxis]).sum() * HA_PER_KM2)
    result.common_stock_alt = float((common * second[cols][np.newaxis, :]).sum() * HA_PER_KM2)
    result.change = result.common_stock_alt - result.common_stock
    result.transitions = transition_table(joint, params.spaces, pools, first, second)
    lost = result.valid_cells - result.common_cells
    gained = int(joint.cells.sum(axis=0)[cols].sum()) - result.common_cells
    if lost or gained:
        result.notes.append(
            "Nodata differs between the dates: {:,} cells are valid only at the first and {:,} only at the second. "
            "The change is that of the {:,} cells valid at both.".format(lost, gained, result.common_cells)
        )


def _dateless(destinations, years, bands: Mapping[str, Band]) -> List[str]:
    """Warnings of densities that were written without a year."""
    notes = []
    for suffix, year, band in zip(("", "_ALT"), years, bands.values()):
        written = any(destinations.get(name + suffix) for name in ("TOTAL",) + POOL_OUTPUTS)
        if written and year is None:
            notes.append(
                "The year of '{}' is not known, so its densities are written without one: later steps, such as the "
                "accumulation rate, will ask for it. Type the year, or give the raster the tag CARBON_YEAR.".format(
                    band.path
                )
            )
    return notes


def _ranges(classes: Table, joint: Joint, params: _Lookups) -> Dict[str, Tuple[float, float]]:
    """Smallest and largest stored value of each raster, from the classes that occur: for the legends."""
    ranges = {}
    for axis, tables in enumerate((params.single, params.single_alt)):
        present = joint.cells.sum(axis=1 - axis) > 0
        for name, table in tables:
            ranges[name] = _extent(table[: len(present)][present])
    for name, table in params.pairs:
        first, second = np.nonzero(joint.cells)
        ranges[name] = _extent(lookup_pair(first, second, table))
    return ranges


def _extent(values: np.ndarray) -> Tuple[float, float]:
    from .raster.write import ENCODED_FLOAT

    real = values[values != ENCODED_FLOAT]
    return (float(real.min()), float(real.max())) if real.size else (0.0, 0.0)


def in_tg(tonnes: float) -> float:
    """Tg C from t C."""
    return tonnes / T_PER_TG
