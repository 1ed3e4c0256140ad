"""Carbon stock by ecosystem, pool, year and zone (Xinjiang paper, Fig. 6)."""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .class_names import class_band, class_names, merge_names
from .density_input import DensityRaster
from .ecosystem_change import class_picture
from .errors import InputError
from .progress import Progress, Silent
from .raster.blocks import Totals, require_valid, run_blocks
from .raster.codes import CodeSpace
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import Picture
from .results import Column, Table
from .units import T_PER_TG

T_KM2_PER_T_HA = 100.0
TOTAL = "total"
PICTURE = " picture"

Year = Optional[int]


@dataclass(frozen=True)
class Layer:
    """One density, and the class map that goes with it; `density` and `classes` are names of overviews."""

    density: str
    classes: str
    pool: str
    year: Year


@dataclass
class EcosystemStockResult:
    """Table of class × pool × year × zone; `overviews` hold a picture of every density (t C/ha) and class map."""

    area_mode: str
    grid: Grid
    table: Table
    layers: Tuple[Layer, ...]
    names: Dict[int, str]
    zones: Tuple[str, ...]
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def years(self) -> Tuple[Year, ...]:
        """Years of the densities, ascending; None (unknown) last."""
        return tuple(sorted({layer.year for layer in self.layers}, key=lambda year: (year is None, year)))

    @property
    def pools(self) -> Tuple[str, ...]:
        """Pools in the order given."""
        return tuple(dict.fromkeys(layer.pool for layer in self.layers))

    def summed_layers(self, year: Year) -> List[Layer]:
        """The densities that make up the stock of a year: the total where there is one, else every pool."""
        found = [layer for layer in self.layers if layer.year == year]
        return [layer for layer in found if layer.pool == TOTAL] or found

    def stocks(self, year: Year) -> Dict[int, float]:
        """Stock of every ecosystem in one year, Tg C, over all zones; 0 where it does not occur."""
        pools = {layer.pool for layer in self.summed_layers(year)}
        found = {code: 0.0 for code in self.names}
        for row in self.table.as_dicts():
            if row["year"] == year and row["pool"] in pools:
                found[row["code"]] += row["stock_Tg_C"]
        return found

    def total_tg(self, year: Year) -> float:
        """Stock of all ecosystems in one year, Tg C."""
        return sum(self.stocks(year).values())


def stock_by_ecosystem(
    densities: Sequence[DensityRaster],
    ecosystems: Sequence[str],
    map_years: Optional[Mapping[str, int]] = None,
    zones: Optional[PolygonLayer] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    given_names: Optional[Mapping[int, str]] = None,
) -> EcosystemStockResult:
    """Stock of every ecosystem, pool and year, and of every zone where zones are given.

    Parameters
    ----------
    densities : density rasters with their pools (none: the total) and years; the first gives the reference grid.
    ecosystems : one class raster for all years, or one per year.
    map_years : year by path of the class rasters; those it lacks are asked for their tag CARBON_YEAR.
    given_names : name by ecosystem code; they go before those that the class rasters carry.
    zones : polygons; features of one name form a zone, the later one counts where they overlap.

    Raises
    ------
    InputError
        No density, two rasters for one pool and year, no class map for a year, two for one year, or one without a
        year beside others; a class with two names.
    UnitError, RasterError, GridError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    if not densities:
        raise InputError("Give at least one density raster.")
    maps, names = _class_maps(ecosystems, map_years or {}, given_names, progress, settings)
    bands, layers = _layers(densities, maps)
    inputs = align_inputs(bands, densities[0].path, mask=mask, zones=zones, area_mode=area_mode)
    zone_names = inputs.zones.names if inputs.zones is not None else ()
    pictures = {name + PICTURE: Picture(inputs.grid) for name in bands}
    run = run_blocks(
        inputs, _kernel, _Params(tuple(layers), dict(inputs.spaces), max(1, len(zone_names))), pictures, progress,
        settings, message="Adding up stocks by ecosystem", bytes_per_cell=20 * len(bands) + 48,
    )
    sums = {layer: _Sums.of(run.partial[layer.density], inputs.spaces[layer.classes], zone_names) for layer in layers}
    require_valid(int(sum(each.counted() for each in sums.values())), "densities and ecosystems together")
    present = {code for each in sums.values() for code in each.codes()}
    names = {code: names.get(code, str(code)) for code in sorted(present)}
    return EcosystemStockResult(
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        table=_table(sums, names, zone_names),
        layers=tuple(layers),
        names=names,
        zones=tuple(zone_names),
        notes=list(inputs.notes) + _notes(sums, bool(zone_names)),
        overviews={name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()},
    )


@dataclass(frozen=True)
class _Params:
    layers: Tuple[Layer, ...]
    spaces: Dict[str, CodeSpace]
    zones: int


def _class_maps(
    ecosystems: Sequence[str], map_years: Mapping[str, int], given_names, progress, settings
) -> Tuple[Dict[Year, Band], Dict[int, str]]:
    """Class maps by year (None: the one map of all years), and the names of the classes."""
    paths = [path for path in ecosystems if path]
    if not paths:
        raise InputError("Give an ecosystem (class) raster.")
    maps: Dict[Year, Band] = {}
    names: Dict[int, str] = {}
    for path in paths:
        year = map_years.get(path)
        if len(paths) == 1:
            year = None
        elif year is None:
            year = raster_info(path).year()
        if year is None and len(paths) > 1:
            raise InputError(
                "The year of the ecosystem map '{}' is not known: it has no tag CARBON_YEAR. With several maps each "
                "needs one: give a table of dates (columns raster, year), or one map for all years.".format(path)
            )
        if year in maps:
            raise InputError(
                "'{}' and '{}' are both the ecosystem map of {}. Give one map per year, or one for all years.".format(
                    maps[year].path, path, year
                )
            )
        maps[year] = class_band(path, progress, settings)
        merge_names(names, class_names(path, given_names), path)
    return maps, names


def _layers(densities: Sequence[DensityRaster], maps: Mapping[Year, Band]) -> Tuple[Dict[str, Band], List[Layer]]:
    bands: Dict[str, Band] = {}
    layers: List[Layer] = []
    for density in densities:
        pool = density.pool or TOTAL
        year = None if None in maps else density.year
        when = density.year if density.year is not None else "an unknown year"
        name = "density {} {}".format(pool, density.year)
        if name in bands:
            raise InputError(
                "'{}' and '{}' are both the {} density of {}. Give one raster per pool and year; years come from the "
                "tag CARBON_YEAR or a table of dates (columns raster, year).".format(
                    bands[name].path, density.path, pool, when
                )
            )
        if year not in maps:
            raise InputError(
                "There is no ecosystem map of {} for '{}'; maps are there of: {}. Add it, or give one map for all "
                "years.".format(when, density.path, ", ".join(str(y) for y in sorted(maps)))
            )
        bands[name] = density.band
        layers.append(Layer(name, "classes {}".format(year), pool, density.year))
    used = {layer.classes for layer in layers}
    bands.update((name, band) for name, band in (("classes {}".format(y), b) for y, b in maps.items()) if name in used)
    return bands, layers


class Tally(Dict[int, Tuple[float, ...]]):
    """Sums by key, only of keys that occur: zones × classes would be a large table with few entries."""

    def __add__(self, other: "Tally") -> "Tally":
        merged = Tally(self)
        for key, sums in other.items():
            merged[key] = tuple(a + b for a, b in zip(merged[key], sums)) if key in merged else sums
        return merged

    @classmethod
    def of(cls, keys: np.ndarray, size: int, *weights: np.ndarray) -> "Tally":
        """Cells, and the sum of each weight, by key (0 … size − 1)."""
        sums = [np.bincount(keys, minlength=size)] + [np.bincount(keys, weight, size) for weight in weights]
        found = np.flatnonzero(sums[0])
        return cls(zip(found.tolist(), zip(*(each[found].tolist() for each in sums))))


def _kernel(block, params: _Params):
    """Cells, area and stock by zone · size + class index for every density; zone 0 is outside all zones."""
    area = block.area_array()
    partial = Totals()
    arrays = {}
    for layer in params.layers:
        values, index = block[layer.density].astype(np.float64), block[layer.classes]
        size = params.spaces[layer.classes].size
        valid = ~np.isnan(values)
        key = index[valid].astype(np.intp)
        key += size if block.zones is None else block.zones[valid].astype(np.intp) * size
        weights = area[valid]
        partial[layer.density] = Tally.of(key, size * (params.zones + 1), weights, values[valid] * weights)
        arrays[layer.density + PICTURE] = values / T_KM2_PER_T_HA
    for name, space in params.spaces.items():
        arrays[name + PICTURE] = class_picture(block[name], space)
    return arrays, partial


@dataclass(frozen=True)
class _Sums:
    """(cells, km2, t C) by (zone number, code) of one density, and the cells that no row of the table holds."""

    by_zone: Dict[Tuple[int, int], Tuple[float, ...]]
    unclassified: int
    outside: int

    @classmethod
    def of(cls, tally: Tally, space: CodeSpace, zones: Sequence[str]) -> "_Sums":
        codes = {index: code for code, index in space.index_of().items()}
        rows, unclassified, outside = {}, 0, 0
        for key in sorted(tally):
            zone, index = divmod(key, space.size)
            if zone == 0:
                outside += tally[key][0]
            elif index not in codes:
                unclassified += tally[key][0]
            else:
                rows[zone, codes[index]] = tally[key]
        return cls(rows, unclassified, outside)

    def counted(self) -> int:
        return sum(row[0] for row in self.by_zone.values())

    def codes(self) -> List[int]:
        return [code for _, code in self.by_zone]


def _notes(sums: Mapping[Layer, _Sums], zoned: bool) -> List[str]:
    notes = []
    for name, what in (("unclassified", "no ecosystem"), ("outside", "no zone")):
        lost = {layer: getattr(each, name) for layer, each in sums.items() if getattr(each, name)}
        for count in dict.fromkeys(lost.values()):
            of = ", ".join("{} {}".format(layer.pool, layer.year or "") for layer in lost if lost[layer] == count)
            notes.append(
                "{:,} cells have a density but {}, and are in no row and no total ({}).".format(count, what, of.strip())
            )
    pools = {year: {layer.pool for layer in sums if layer.year == year} for year in {layer.year for layer in sums}}
    for year, of_year in pools.items():
        if TOTAL in of_year and len(of_year) > 1:
            notes.append(
                "The total{} is the raster of all pools; the single pools are listed beside it.".format(
                    " of {}".format(year) if year else ""
                )
            )
    if len({frozenset(of_year) for of_year in pools.values()}) > 1:
        notes.append("The years have different pools: their totals cannot be compared.")
    return notes


def _table(sums: Mapping[Layer, _Sums], names: Mapping[int, str], zones: Sequence[str]) -> Table:
    table = Table("Carbon stock by ecosystem", _columns(bool(zones)))
    for layer in sorted(sums, key=lambda layer: (layer.year is None, layer.year or 0)):
        for (zone, code), (cells, km2, tonnes) in sorted(sums[layer].by_zone.items()):
            row = [layer.year, code, names[code], layer.pool, int(cells), km2]
            row += [tonnes / T_PER_TG, tonnes / km2 / T_KM2_PER_T_HA]
            table.rows.append(([zones[zone - 1]] if zones else []) + row)
    return table


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
