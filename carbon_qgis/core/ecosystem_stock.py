"""Carbon stock by ecosystem, pool, year and zone (Xinjiang paper, Fig. 6)."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from .class_names import class_names
from .density_input import DensityRaster, year_of
from .errors import InputError
from .progress import Progress, Silent
from .raster.blocks import Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.scan import present_codes
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import Picture
from .results import Column, Table
from .units import T_PER_TG

T_KM2_PER_T_HA = 100.0


@dataclass
class EcosystemStockResult:
    """Table of class × pool × year × zone; `overviews` hold one picture per density and class map."""

    area_mode: str
    grid: Grid
    table: Table
    years: Tuple[Optional[int], ...]
    pools: Tuple[str, ...]
    names: Dict[int, str]
    zones: Tuple[str, ...]
    total_tg: Dict[Tuple[Optional[int], str], float]
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class _Layer:
    """One density and the class map that goes with it, by input name."""

    density: str
    classes: str
    pool: str
    year: Optional[int]


def stock_by_ecosystem(
    densities: Sequence[DensityRaster],
    ecosystems: Sequence[str],
    zones: Optional[PolygonLayer] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> EcosystemStockResult:
    """Stock of every ecosystem, pool and year, and of every zone where zones are given.

    Parameters
    ----------
    densities : density rasters with their pools and years; the first gives the reference grid.
    ecosystems : one class raster for all years, or one per year (tag CARBON_YEAR).
    zones : polygons; features of one name form a zone, the later one counts where they overlap.

    Raises
    ------
    InputError
        No density, two rasters for one pool and year, no class map for a year.
    UnitError, RasterError, GridError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    if not densities:
        raise InputError("Give at least one density raster.")
    bands, layers, names = _layers(densities, ecosystems, mask, settings)
    inputs = align_inputs(bands, densities[0].path, mask=mask, zones=zones, area_mode=area_mode)
    zone_names = inputs.zones.names if inputs.zones is not None else ("",)
    pictures = {"picture " + name: Picture(inputs.grid) for name in bands}
    params = _Params(tuple(layers), dict(inputs.spaces), len(zone_names), inputs.zones is not None)
    run = run_blocks(
        inputs, _kernel, params, pictures, progress, settings, message="Adding up stocks by ecosystem",
        bytes_per_cell=20 * len(bands) + 40,
    )
    require_valid(int(sum(run.partial["cells " + layer.density].sum() for layer in layers)), "densities and ecosystems together")
    table, totals, present = _table(run.partial, params, names, zone_names)
    return EcosystemStockResult(
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        table=table,
        years=tuple(sorted({layer.year for layer in layers}, key=lambda year: (year is None, year))),
        pools=tuple(dict.fromkeys(layer.pool for layer in layers)),
        names={code: names.get(code, str(code)) for code in present},
        zones=zone_names if inputs.zones is not None else (),
        total_tg=totals,
        notes=list(inputs.notes),
        overviews={name[len("picture ") :]: picture.overview()[0] for name, picture in pictures.items()},
    )


@dataclass(frozen=True)
class _Params:
    layers: Tuple[_Layer, ...]
    spaces: Dict[str, object]
    zones: int
    zoned: bool


def _layers(densities, ecosystems, mask, settings):
    paths = [path for path in ecosystems if path]
    if not paths:
        raise InputError("Give an ecosystem (class) raster.")
    by_year: Dict[Optional[int], str] = {}
    names: Dict[int, str] = {}
    bands: Dict[str, Band] = {}
    for path in paths:
        info = raster_info(path)
        year = None if len(paths) == 1 else year_of(info)
        if year in by_year:
            raise InputError(
                "'{}' and '{}' are both the ecosystem map of {}. Give one map per year (tag CARBON_YEAR), or one for "
                "all.".format(by_year[year], path, year or "an unknown year")
            )
        by_year[year] = path
        known = () if info.dtypes[0] == "uint8" else tuple(present_codes(path, mask=mask, settings=settings))
        bands["classes {}".format(year)] = Band(path, categorical=True, known_codes=known)
        names.update(class_names(path))
    layers: List[_Layer] = []
    for density in densities:
        pool = density.pool or "total"
        name = "{} {}".format(pool, density.year)
        if name in bands:
            raise InputError("Two rasters are the {} density of {}: '{}' is one of them.".format(pool, density.year, density.path))
        year = None if None in by_year else density.year
        if year not in by_year:
            raise InputError(
                "There is no ecosystem map of {} for '{}'; maps are there of: {}.".format(
                    density.year, density.path, ", ".join(str(y) for y in by_year)
                )
            )
        bands[name] = density.band
        layers.append(_Layer(name, "classes {}".format(year), pool, density.year))
    # The first density is the reference, so that its grid is that of the result.
    return {**{layer.density: bands[layer.density] for layer in layers}, **bands}, layers, names


def _kernel(block, params: _Params):
    """Cells, area and stock by (zone, class index) for every density."""
    area = block.area_array()
    partial = Totals()
    arrays = {}
    for layer in params.layers:
        values, index = block[layer.density].astype(np.float64), block[layer.classes]
        space = params.spaces[layer.classes]
        valid = ~np.isnan(values)
        size = space.size * (params.zones + 1)
        key = index[valid].astype(np.intp)
        if params.zoned:
            key += block.zones[valid].astype(np.intp) * space.size
        shape = (params.zones + 1, space.size)
        weights = area[valid]
        partial["cells " + layer.density] = np.bincount(key, minlength=size).reshape(shape)
        partial["area " + layer.density] = np.bincount(key, weights, size).reshape(shape)
        partial["stock " + layer.density] = np.bincount(key, values[valid] * weights, size).reshape(shape)
        arrays["picture " + layer.density] = (values / T_KM2_PER_T_HA).astype(np.float32)
    for name, space in params.spaces.items():
        code = np.full(space.size, np.nan, np.float32)
        for value, position in space.index_of().items():
            code[position] = value
        arrays["picture " + name] = code[block[name]]
    return arrays, partial


def _table(partial: Totals, params: _Params, names, zone_names):
    table = Table("Carbon stock by ecosystem", _columns(params.zoned))
    totals: Dict[Tuple[Optional[int], str], float] = {}
    present: Dict[int, None] = {}
    for layer in params.layers:
        space = params.spaces[layer.classes]
        cells, area, stock = (partial[what + layer.density] for what in ("cells ", "area ", "stock "))
        rows = range(1, params.zones + 1) if params.zoned else range(1)
        for zone in rows:
            for code, index in space.index_of().items():
                if not cells[zone, index]:
                    continue
                present[code] = None
                tonnes, km2 = float(stock[zone, index]), float(area[zone, index])
                key = (layer.year, layer.pool)
                totals[key] = totals.get(key, 0.0) + tonnes / T_PER_TG
                row = [layer.year, code, names.get(code, str(code)), layer.pool, int(cells[zone, index]), km2]
                row += [tonnes / T_PER_TG, tonnes / km2 / T_KM2_PER_T_HA]
                table.rows.append(([zone_names[zone - 1]] if params.zoned else []) + row)
    return table, totals, sorted(present)


def _columns(zoned: bool) -> Tuple[Column, ...]:
    columns = (
        Column("year", "integer"),
        Column("code", "integer", "ecosystem code"),
        Column("ecosystem", "text"),
        Column("pool", "text"),
        Column("cells", "integer"),
        Column("area_km2", "number", "area, km2"),
        Column("stock_Tg_C", "number", "stock, Tg C"),
        Column("mean_density_t_C_ha", "number", "area-weighted mean density, t C/ha"),
    )
    return ((Column("zone", "text"),) if zoned else ()) + columns
