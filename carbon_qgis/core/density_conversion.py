"""Converting a raster to a carbon density of known unit."""

import re
from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .errors import InputError, UnitError
from .outputs import OutputSet
from .plausibility import LIVING_LIMIT, SOIL_LIMIT
from .progress import Progress, Silent
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band, RasterInfo, raster_info
from .raster.write import density_spec, writers_for
from .results import Column, Remark, Table
from .units import DENSITY_T_KM2, DENSITY_UNITS, T_HA, T_PER_TG, density_factor, parse_density_unit

#: Destination that `convert_density` knows.
OUTPUTS = ("DENSITY",)
POOLS = ("above", "below", "soil", "dead", "total")
#: Share of carbon in dry plant matter.
DRY_MATTER_CARBON = 0.47
#: Densities above which a warning is given, t C/ha.
PLAUSIBLE_T_HA = {"above": LIVING_LIMIT, "below": LIVING_LIMIT, "soil": SOIL_LIMIT}

_ADVICE = "Give the source unit explicitly: one of {}; for dry matter with a carbon fraction of {}.".format(
    ", ".join(DENSITY_UNITS), DRY_MATTER_CARBON
)


@dataclass
class DensityConversionResult:
    """A density raster and its numbers.

    `low`, `high` and `mean` are in `unit`; the mean is weighted by cell area. `total` is in Tg C.
    `summary` holds the same as a table.
    """

    grid: Grid
    source_unit: str
    unit: str
    factor: float
    scale: float
    offset: float
    carbon_fraction: float
    pool: Optional[str]
    year: Optional[int]
    area_mode: str
    valid_cells: int
    area_km2: float
    nodata_share: float
    low: float
    high: float
    mean: float
    total: float
    summary: Table
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)


def convert_density(
    raster: str,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    band: int = 1,
    source_unit: Optional[str] = None,
    target_unit: str = T_HA,
    scale: Optional[float] = None,
    offset: Optional[float] = None,
    carbon_fraction: float = 1.0,
    pool: Optional[str] = None,
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> DensityConversionResult:
    """Density = (stored value · scale + offset) · carbon fraction, in another unit. Values are never clipped.

    Parameters
    ----------
    destinations : path of 'DENSITY': float32 on the grid of the raster.
    source_unit : unit of the values after scale and offset; by default the band unit or the tag CARBON_UNIT of the
        raster. A mass without carbon, such as Mg/ha, is accepted here together with a carbon fraction.
    target_unit : one of `units.DENSITY_UNITS`.
    scale, offset : GDAL's own of the band by default.
    carbon_fraction : 1 for carbon, 0.47 for dry matter.
    pool : one of `POOLS`, for the tag and the plausibility warnings.
    year : tag; by default that of the raster.
    mask : cells outside become nodata.

    Raises
    ------
    UnitError
        A unit that is missing, unknown, or of dry matter where carbon is needed.
    InputError
        A carbon fraction outside 0 to 1 or on top of a raster that says it holds carbon, a scale that is 0
        or not finite, an unknown pool, a band that does not exist.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    info = raster_info(raster)
    _check(info, band, scale, offset, carbon_fraction, pool)
    source_unit, explicit = _source_unit(info, band, source_unit, carbon_fraction), bool(source_unit)
    if not explicit and carbon_fraction != 1:
        raise InputError(
            "'{}' says that it holds carbon ({}), but a carbon fraction of {:g} was given: it would count twice. Set "
            "it to 1, or give the source unit if the label is wrong.".format(raster, source_unit, carbon_fraction)
        )
    unit = _known(target_unit)
    year = info.year() if year is None else year
    scaling = (
        info.scales[band - 1] if scale is None else float(scale),
        info.offsets[band - 1] if offset is None else float(offset),
    )
    factor = density_factor(source_unit, unit) * carbon_fraction
    inputs = align_inputs({"density": Band(raster, band, factor=factor)}, mask=mask, area_mode=area_mode)
    inputs = replace(inputs, scalings={"density": scaling})
    spec = density_spec((pool or "",), unit, year, smooth=True)
    spec = replace(spec, descriptions=(spec.descriptions[0].strip(),))
    params = _Params(DENSITY_T_KM2[unit], _limit(pool, unit))
    writers = writers_for({"DENSITY": (destinations.get("DENSITY"), spec)}, inputs.grid, outputs, settings)
    run = run_blocks(
        inputs, _kernel, params, writers, progress, settings, bytes_per_cell=40, message="Converting the density"
    )
    sums = run.partial
    require_valid(sums["cells"], "'{}'".format(raster))
    (low, high), tonnes, area = sums["extremes"], sums["tonnes"], sums["area"]
    result = DensityConversionResult(
        inputs.grid, source_unit, unit, factor, scaling[0], scaling[1], carbon_fraction, pool, year, inputs.areas.mode,
        sums["cells"], area, 1 - sums["cells"] / inputs.grid.cells, low, high,
        tonnes / area / DENSITY_T_KM2[unit], tonnes / T_PER_TG, _summary_table(unit),
        ranges={"DENSITY": (low, high)},
    )
    result.summary.rows.append(
        [low, high, result.mean, result.total, tonnes, result.valid_cells, area, result.nodata_share, result.area_mode]
    )
    result.notes = list(inputs.notes) + _notes(result) + _warnings(result, sums)
    if writers:
        result.overviews = {"DENSITY": writers["DENSITY"].overview()[0]}
    return result


@dataclass(frozen=True)
class _Params:
    """t C/km2 in one unit of the output, and the plausible limit in that unit."""

    t_km2: float
    limit: float


def _kernel(block: Block, params: _Params):
    """Density of one block as written, and its sums."""
    with np.errstate(over="ignore"):
        density = block["density"].astype(np.float32)
    density[np.isinf(density)] = np.nan
    valid = np.isfinite(density)
    area = block.area_array()
    tonnes = np.where(valid, density, 0) * area * params.t_km2
    return {"DENSITY": density}, Totals(
        cells=int(valid.sum()), area=float(area.sum(where=valid)), tonnes=float(tonnes.sum()),
        extremes=Extremes.of(density), negative=int((density < 0).sum()), above=int((density > params.limit).sum()),
    )


def _check(info: RasterInfo, band: int, scale, offset, carbon_fraction: float, pool: Optional[str]) -> None:
    if not 1 <= band <= info.count:
        raise InputError("'{}' has {} band(s); band {} was asked for.".format(info.path, info.count, band))
    if not 0 < carbon_fraction <= 1:
        raise InputError(
            "The carbon fraction is {:g}; it must be above 0 and at most 1: 1 for carbon, {} for dry matter.".format(
                carbon_fraction, DRY_MATTER_CARBON
            )
        )
    if scale is not None and (not np.isfinite(scale) or scale == 0):
        raise InputError("The scale is {:g}; it must be a finite number other than 0.".format(scale))
    if offset is not None and not np.isfinite(offset):
        raise InputError("The offset is {:g}; it must be a finite number.".format(offset))
    if pool is not None and pool not in POOLS:
        raise InputError("'{}' is no carbon pool. Choose one of: {}.".format(pool, ", ".join(POOLS)))


def _known(text: str) -> str:
    unit = parse_density_unit(text)
    if unit is None:
        raise UnitError(
            "'{}' is not a unit of carbon density. Choose one of: {}.".format(text, ", ".join(DENSITY_UNITS))
        )
    return unit


def _source_unit(info: RasterInfo, band: int, given: Optional[str], carbon_fraction: float) -> str:
    """Canonical unit of the source values once they are multiplied by the carbon fraction."""
    if given:
        unit = parse_density_unit(given)
        mass = None if unit else _of_mass(given)
        if mass and carbon_fraction == 1:
            raise UnitError(
                "'{}' is a mass without carbon in its name. Give a carbon fraction ({} for dry matter), or '{}' if it "
                "is carbon.".format(given, DRY_MATTER_CARBON, mass)
            )
        return unit or mass or _known(given)
    text = (info.units[band - 1] or info.tag("CARBON_UNIT", band) or "").strip()
    unit = parse_density_unit(text)
    if unit:
        return unit
    if not text:
        raise UnitError("'{}' band {} carries no unit. {}".format(info.path, band, _ADVICE))
    if _of_mass(text):
        raise UnitError(
            "'{}' band {} is in '{}', which does not say carbon: it may be dry matter, about half of which is "
            "carbon. {}".format(info.path, band, text, _ADVICE)
        )
    raise UnitError("'{}' band {} is in '{}', no unit of carbon density. {}".format(info.path, band, text, _ADVICE))


def _of_mass(text: str) -> Optional[str]:
    """Carbon unit that a unit of plain mass per area becomes: 'Mg/ha' gives 't C/ha'; None if it is no such unit."""
    match = re.fullmatch(r"\s*([A-Za-z]+?)\s*((?:/|per\b|\b(?:ha|km|m)\b).*)", text)
    return parse_density_unit("{} C {}".format(*match.groups())) if match else None


def _limit(pool: Optional[str], unit: str) -> float:
    limit = PLAUSIBLE_T_HA.get(pool or "")
    return np.inf if limit is None else limit * density_factor(T_HA, unit)


def _notes(result: DensityConversionResult) -> List[str]:
    notes = ["Values were read as {} and multiplied by {:g} to {}.".format(
        result.source_unit, result.factor, result.unit
    )]
    if result.carbon_fraction != 1:
        notes[0] = "Values were read as dry matter in {} and multiplied by {:g} to {}.".format(
            result.source_unit.replace(" C/", "/"), result.factor, result.unit
        )
        notes.append(
            "This includes a carbon fraction of {:g} ({} is usual for dry matter).".format(
                result.carbon_fraction, DRY_MATTER_CARBON
            )
        )
    if (result.scale, result.offset) != (1.0, 0.0):
        notes.append("Stored values were scaled first: x {:g} + {:g}.".format(result.scale, result.offset))
    return [Remark(note) for note in notes]


def _warnings(result: DensityConversionResult, sums: Totals) -> List[str]:
    """What does not look like a carbon density; nothing is altered."""
    warnings = []
    if sums["negative"]:
        warnings.append("{:,} cells are negative, down to {:g} {}.".format(
            sums["negative"], result.low, result.unit
        ))
    if result.low == result.high == 0:
        warnings.append("The density is 0 in every cell.")
    if sums["above"]:
        limit = PLAUSIBLE_T_HA[result.pool]
        what = "soil" if result.pool == "soil" else "plant biomass, above and below ground together,"
        warnings.append(
            "{:,} cells are above {:g} t C/ha, which {} hardly reaches (largest: {:g} {}). Check unit, scale "
            "and carbon fraction.".format(sums["above"], limit, what, result.high, result.unit)
        )
    return warnings


def _summary_table(unit: str) -> Table:
    return Table(
        "Carbon density",
        (
            Column("min", "number", "smallest density, {}".format(unit)),
            Column("max", "number", "largest density, {}".format(unit)),
            Column("mean", "number", "mean density weighted by cell area, {}".format(unit)),
            Column("total_Tg_C", "number", "total, Tg C"),
            Column("total_t_C", "number", "total, t C"),
            Column("valid_cells", "integer", "cells with data"),
            Column("area_km2", "number", "their area, km2"),
            Column("nodata_share", "number", "share of the cells of the grid without data"),
            Column("cell_area_mode", "text", "how cell areas were measured"),
        ),
    )
