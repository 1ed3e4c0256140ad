"""Density rasters as inputs: unit, pool and year come from the file, or from the user."""

from dataclasses import dataclass
from typing import Optional

from .errors import InputError, UnitError
from .raster.source import Band, RasterInfo, raster_info
from .units import DENSITY_UNITS, T_KM2, density_factor, parse_density_unit


@dataclass(frozen=True)
class DensityRaster:
    """A carbon density on file. `band.factor` brings its values to t C/km2."""

    band: Band
    unit: str
    pool: Optional[str]
    year: Optional[int]

    @property
    def path(self) -> str:
        """The file."""
        return self.band.path


def density_raster(
    path: str,
    unit: Optional[str] = None,
    index: Optional[int] = None,
    year: Optional[int] = None,
    pool: Optional[str] = None,
) -> DensityRaster:
    """Describe a density raster.

    Parameters
    ----------
    unit : None reads the unit from the band or the tag CARBON_UNIT.
    index : band; None takes the only one.
    year : None reads the tag CARBON_YEAR.
    pool : None reads the tag CARBON_POOL.

    Raises
    ------
    UnitError
        If no unit is given and the raster carries none that is a carbon density.
    InputError
        If CARBON_YEAR is not a year, the raster has several bands and none is named, or it says to be of another pool.
    """
    info = raster_info(path)
    index = _only_band(info) if index is None else index
    if unit is None:
        unit = _unit_of(info, index)
    canonical = parse_density_unit(unit)
    if canonical is None:
        raise UnitError(
            "'{}' is not a unit of carbon density. Choose one of: {}.".format(unit, ", ".join(DENSITY_UNITS))
        )
    stated = info.tag("CARBON_POOL", index) or None
    if pool and stated and _key(pool) != _key(stated):
        raise InputError(
            "'{}' says that it is of the pool '{}' (tag CARBON_POOL), but '{}' is given. Correct the pool, or leave it "
            "empty.".format(path, stated, pool)
        )
    return DensityRaster(
        band=Band(path, index, factor=density_factor(canonical, T_KM2)),
        unit=canonical,
        pool=stated or (" ".join(pool.split()) if pool else None),
        year=year if year is not None else info.year(index),
    )


def _key(pool: str) -> str:
    return " ".join(pool.split()).casefold()


def _only_band(info: RasterInfo) -> int:
    if info.count > 1:
        names = ", ".join(info.band_name(band) for band in range(1, min(info.count, 8) + 1))
        raise InputError(
            "'{}' has {} bands ({}{}); a density raster has one, for one pool and year. Extract the band first "
            "(Raster > Conversion > Translate).".format(info.path, info.count, names, ", …" if info.count > 8 else "")
        )
    return 1


def _unit_of(info: RasterInfo, index: int) -> str:
    stated = info.units[index - 1] or info.tag("CARBON_UNIT", index) or ""
    if parse_density_unit(stated) is None:
        found = "its unit is '{}'".format(stated) if stated else "it carries no unit"
        raise UnitError(
            "The unit of '{}' is not known to be a carbon density: {}. State the unit (one of: {}), or convert the "
            "raster first with 'Convert carbon density'.".format(info.path, found, ", ".join(DENSITY_UNITS))
        )
    return stated
