"""Monthly inputs of CASA, brought to 1, degC, mm/month and MJ/m2/month; values that cannot be these are refused."""

import os
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError, UnitError
from .month_bands import MonthStack, common_years, days_in_month, month_name, month_stack
from .raster.band_series import SeriesBand
from .raster.source import RasterInfo, raster_info
from .results import Remark
from .time_steps import TimeStep
from .units import DEGREE_C, G_M2_MONTH, G_M2_YR, KELVIN, driver_unit, flux_factor

NDVI, TEMPERATURE, PRECIPITATION, RADIATION = "NDVI", "temperature", "precipitation", "radiation"
VARIABLES = (NDVI, TEMPERATURE, PRECIPITATION, RADIATION)
UNITS = {NDVI: "1", TEMPERATURE: "degC", PRECIPITATION: "mm/month", RADIATION: "MJ/m2/month"}

#: How inputs may be stored; the first is what CASA computes with.
TEMPERATURE_UNITS = ("degC", "degC_tenths", "kelvin")
PRECIPITATION_UNITS = ("mm_month", "mm_tenths_month", "mm_day")
RADIATION_UNITS = ("MJ_m2_month", "MJ_m2_day", "W_m2")

#: Values that a monthly mean or sum on Earth can have.
LIMITS = {NDVI: (-1.001, 1.001), TEMPERATURE: (-90.0, 60.0), PRECIPITATION: (0.0, 12000.0), RADIATION: (0.0, 1500.0)}
#: Band units as files state them, by what they mean here.
_STATED = {
    TEMPERATURE: {KELVIN: "kelvin", DEGREE_C: "degC"},
    PRECIPITATION: {"mm": "mm_month", "mm/month": "mm_month", "mm/day": "mm_day", "mm d-1": "mm_day",
                    "0.1 mm": "mm_tenths_month", "0.1mm": "mm_tenths_month"},
    RADIATION: {"mj/m2/month": "MJ_m2_month", "mj/m2": "MJ_m2_month", "mj/m2/day": "MJ_m2_day",
                "mj m-2 d-1": "MJ_m2_day", "mj m-2 day-1": "MJ_m2_day",
                "w/m2": "W_m2", "w m-2": "W_m2", "w m**-2": "W_m2", "w/m^2": "W_m2"},
}  # fmt: skip
_PARAMETER = {TEMPERATURE: "TEMPERATURE_UNIT", PRECIPITATION: "PRECIPITATION_UNIT", RADIATION: "RADIATION_UNIT"}


@dataclass(frozen=True)
class StoredUnits:
    """How the inputs are stored: `ndvi_scale` multiplies NDVI; the others are words of the tuples above."""

    ndvi_scale: float = 1.0
    temperature: str = TEMPERATURE_UNITS[0]
    precipitation: str = PRECIPITATION_UNITS[0]
    radiation: str = RADIATION_UNITS[0]

    def word(self, variable: str) -> str:
        """The word of a climate variable."""
        return {TEMPERATURE: self.temperature, PRECIPITATION: self.precipitation, RADIATION: self.radiation}[variable]


@dataclass(frozen=True)
class CasaSeries:
    """The monthly bands of a run: `bands[variable][i]` are the twelve of `years[i]`, in the units of `UNITS`."""

    years: Tuple[Optional[int], ...]
    bands: Mapping[str, Tuple[Tuple[SeriesBand, ...], ...]]
    notes: Tuple[str, ...] = field(default=())

    @property
    def infos(self) -> Dict[str, RasterInfo]:
        """Every file that is read, once."""
        every = [band.path for years in self.bands.values() for bands in years for band in bands]
        return {path: raster_info(path) for path in dict.fromkeys(every)}

    def follows(self, index: int) -> bool:
        """Whether year number `index` comes right after the one before it (without dates: it does)."""
        if index == 0:
            return False
        before, year = self.years[index - 1], self.years[index]
        return before is None or year == before + 1

    def month(self, index: int, month: int) -> str:
        """Name of month 1–12 of year number `index`."""
        return month_name(self.years[index], month, len(self.years), index)


def casa_series(rasters: Mapping[str, Sequence[str]], units: StoredUnits = StoredUnits()) -> CasaSeries:  # noqa: B008
    """Order and scale the monthly rasters of the four `VARIABLES`.

    Parameters
    ----------
    rasters : paths by variable; one raster of 12 bands per year, or several.
    units : how they are stored.

    Raises
    ------
    InputError
        As `month_stack` and `common_years`; a scale or unit that does not exist; one raster given for two variables.
    UnitError
        A band states another unit than the one given.
    """
    _check_units(units)
    _refuse_shared(rasters)
    stacks = {variable: month_stack(rasters[variable], variable) for variable in VARIABLES}
    years = common_years(stacks)
    notes = [note for stack in stacks.values() for note in stack.notes]
    for variable, stack in stacks.items():
        if len(stack.years) < len(years):
            text = "{}: the 12 bands were used for every one of the {} years."
            notes.append(Remark(text.format(variable, len(years))))
    paths = dict.fromkeys(step.path for stack in stacks.values() for step in stack.steps)
    infos = {path: raster_info(path) for path in paths}
    for variable in (TEMPERATURE, PRECIPITATION, RADIATION):
        _refuse_other_unit(stacks[variable], infos, units.word(variable))
    bands = {
        variable: tuple(
            tuple(_band(variable, step, infos[step.path], units, year, month) for month, step in enumerate(steps, 1))
            for year, steps in ((year, stacks[variable].of_year(i)) for i, year in enumerate(years))
        )
        for variable in VARIABLES
    }
    return CasaSeries(years, bands, tuple(notes))


def _check_units(units: StoredUnits) -> None:
    words = {TEMPERATURE: TEMPERATURE_UNITS, PRECIPITATION: PRECIPITATION_UNITS, RADIATION: RADIATION_UNITS}
    for variable, allowed in words.items():
        if units.word(variable) not in allowed:
            raise InputError(
                "'{}' is no unit of {}. Choose one of: {}.".format(units.word(variable), variable, ", ".join(allowed))
            )
    if not (np.isfinite(units.ndvi_scale) and units.ndvi_scale > 0):
        raise InputError("The NDVI scale must be above 0, such as 0.0001; got {}.".format(units.ndvi_scale))


def _refuse_shared(rasters: Mapping[str, Sequence[str]]) -> None:
    seen: Dict[str, str] = {}
    for variable in VARIABLES:
        if not rasters.get(variable):
            raise InputError("No raster of {} is given.".format(variable))
        for path in rasters[variable]:
            if seen.setdefault(path, variable) != variable:
                raise InputError(
                    "'{}' is given as {} and as {}. Choose the right raster for each.".format(
                        path, seen[path], variable
                    )
                )


def _refuse_other_unit(stack: MonthStack, infos: Mapping[str, RasterInfo], word: str) -> None:
    for step in stack.steps:
        stated = infos[step.path].units[step.band - 1].strip()
        meant = _meant(stack.name, stated)
        if meant is not None and meant != word:
            raise UnitError(
                "'{}' band {} carries the unit '{}', but {} was to be read as {}. Set {} to '{}', or correct the unit "
                "of the band.".format(step.path, step.band, stated, stack.name, word, _PARAMETER[stack.name], meant)
            )


def _meant(variable: str, stated: str) -> Optional[str]:
    """The word for a band unit as a file states it; None where it says nothing to be sure of."""
    if variable != TEMPERATURE:
        return _STATED[variable].get(stated.lower())
    tenths = stated.startswith("0.1")
    found = _STATED[variable].get(driver_unit(stated[3:] if tenths else stated) or "")
    return found if not tenths else "degC_tenths" if found == "degC" else None


def _band(
    variable: str, step: TimeStep, info: RasterInfo, units: StoredUnits, year: Optional[int], month: int
) -> SeriesBand:
    factor, shift = _conversion(variable, units, days_in_month(year, month))
    scale, offset = info.scales[step.band - 1], info.offsets[step.band - 1]
    return SeriesBand(step.path, step.band, scale * factor, offset * factor + shift)


def _conversion(variable: str, units: StoredUnits, days: float) -> Tuple[float, float]:
    """Factor and shift from the stored unit to that of `UNITS`. 1 W/m2 over a day is 0.0864 MJ/m2."""
    if variable == NDVI:
        return units.ndvi_scale, 0.0
    return {
        "degC": (1.0, 0.0),
        "degC_tenths": (0.1, 0.0),
        "kelvin": (1.0, -273.15),
        "mm_month": (1.0, 0.0),
        "mm_tenths_month": (0.1, 0.0),
        "mm_day": (days, 0.0),
        "MJ_m2_month": (1.0, 0.0),
        "MJ_m2_day": (days, 0.0),
        "W_m2": (0.0864 * days, 0.0),
    }[units.word(variable)]


def require_plausible(variable: str, values: np.ndarray, bands: Sequence[SeriesBand]) -> None:
    """Refuse values that the variable cannot have.

    Parameters
    ----------
    values : (12, cells), without NaN, in the unit of `UNITS`.
    bands : the twelve bands, for the message.

    Raises
    ------
    InputError
        With the value, its band, and the parameter that most likely is wrong.
    """
    low, high = float(values.min()), float(values.max())
    lowest, highest = LIMITS[variable]
    if low >= lowest and high <= highest:
        return
    extreme = high if high > highest else low
    band = bands[int(np.argmax((values == extreme).any(axis=1)))]
    raise InputError(
        "{}: '{}' band {} has the value {:.6g}, but {} lies between {:g} and {:g}{}. {}".format(
            variable[0].upper() + variable[1:], os.path.basename(band.path), band.index, extreme, variable,
            *(round(limit, 2) for limit in (lowest, highest)),
            "" if variable == NDVI else " " + UNITS[variable], _advice(variable, low, high),
        )
    )  # fmt: skip


def _advice(variable: str, low: float, high: float) -> str:
    if variable == NDVI and high > LIMITS[NDVI][1]:
        scale = "0.0001" if high > 300 else "0.004" if high > 120 else "0.01" if high > 10 else ""
        if not scale:
            return "Is this raster NDVI? If it is stored scaled, set the NDVI scale (NDVI_SCALE)."
        return (
            "It looks like NDVI stored × {:g}: if so, set the NDVI scale (NDVI_SCALE) to {}. If this is a nodata "
            "value, declare it in the raster.".format(round(1 / float(scale)), scale)
        )
    if variable == TEMPERATURE and high > 150 and low > 100:
        return "It looks like kelvin: if so, set TEMPERATURE_UNIT to 'kelvin'."
    if variable == TEMPERATURE and high > LIMITS[TEMPERATURE][1]:
        return (
            "If it is stored in tenths of a degree, set TEMPERATURE_UNIT to 'degC_tenths'; if in kelvin, to 'kelvin'. "
            "If this is a nodata value, declare it in the raster."
        )
    if variable == RADIATION and high > LIMITS[RADIATION][1]:
        return (
            "More than the sun sends in a month: is it in J or kJ? Convert it (Raster Calculator), and check "
            "RADIATION_UNIT: 'MJ_m2_month', 'MJ_m2_day' or 'W_m2' (the mean power of the month)."
        )
    if variable == PRECIPITATION and high > LIMITS[PRECIPITATION][1]:
        return "Check PRECIPITATION_UNIT: 'mm_month', 'mm_tenths_month' or 'mm_day'."
    return "Is this a nodata value? Declare it in the raster (Raster > Conversion > Translate, nodata)."


def doubtful(ranges: Mapping[str, Tuple[float, float]]) -> List[str]:
    """Notes on inputs whose largest value over all months and cells is possible, but unlikely.

    Parameters
    ----------
    ranges : smallest and largest value by variable, in the units of `UNITS`.
    """
    notes = []
    if ranges[NDVI][1] < 0.02:
        notes.append(
            "NDVI is nowhere above {:.3g}: was it scaled twice (by the raster's own scale and by NDVI_SCALE)?".format(
                ranges[NDVI][1]
            )
        )
    sun = ranges[RADIATION][1]
    if sun < 60:
        text = "Radiation is nowhere above {:.3g} MJ/m2/month, what a day brings: is RADIATION_UNIT 'MJ_m2_day'?"
        notes.append(text.format(sun))
    elif sun < 380:
        text = "Radiation is nowhere above {:.4g} MJ/m2/month, little for a summer month: is RADIATION_UNIT 'W_m2'?"
        notes.append(text.format(sun))
    if ranges[PRECIPITATION][1] > 3000:
        text = "Precipitation reaches {:,.0f} mm in a month: is PRECIPITATION_UNIT 'mm_tenths_month'?"
        notes.append(text.format(ranges[PRECIPITATION][1]))
    elif ranges[PRECIPITATION][1] == 0:
        notes.append("Precipitation is 0 everywhere in every month.")
    low, high = ranges[TEMPERATURE]
    if -4 < low and high < 4 and high > low:
        text = "Temperature stays between {:.3g} and {:.3g} degC: is TEMPERATURE_UNIT right?"
        notes.append(text.format(low, high))
    return notes


@dataclass(frozen=True)
class RespirationSeries:
    """Heterotrophic respiration: per year twelve bands (g C/m2/month) or one (g C/m2/yr)."""

    bands: Tuple[Tuple[SeriesBand, ...], ...]
    monthly: bool
    notes: Tuple[str, ...] = field(default=())


def respiration_series(path: str, years: Sequence[Optional[int]]) -> RespirationSeries:
    """A raster of respiration: 12 bands per year, or one band per year in the order of the years.

    The unit of a band is honoured where it states a carbon flux (`kg C/m2/yr`); without one it is g C/m2 of the period.

    Raises
    ------
    InputError
        Another number of bands, or months of other years.
    UnitError
        A unit that is no carbon flux of that period.
    """
    info, count = raster_info(path), len(years)
    if info.count == count:
        bands = tuple((_flux_band(TimeStep(path, band), info, G_M2_YR),) for band in range(1, count + 1))
        note = "Respiration: {} taken as {}."
        what = "its band was" if count == 1 else "its {} bands, in their order, were".format(count)
        return RespirationSeries(bands, False, (Remark(note.format(what, G_M2_YR)),))
    if info.count not in (12, 12 * count):
        raise InputError(
            "'{}' has {} bands; respiration has 12 for each of the {} year(s) (g C/m2/month), or one for each year (g "
            "C/m2/yr).".format(path, info.count, count)
        )
    stack = month_stack([path], "respiration")
    known = MonthStack("the other rasters", tuple(years), stack.steps)
    common_years({"respiration": stack, "the other rasters": known})
    bands = tuple(tuple(_flux_band(step, info, G_M2_MONTH) for step in stack.of_year(i)) for i in range(count))
    return RespirationSeries(bands, True, stack.notes)


def _flux_band(step: TimeStep, info: RasterInfo, unit: str) -> SeriesBand:
    stated = info.units[step.band - 1].strip()
    factor = flux_factor(stated, unit) if stated else 1.0
    if factor is None:
        raise UnitError(
            "'{}' band {} carries the unit '{}'; respiration is read in {} or a unit that converts to it.".format(
                step.path, step.band, stated, unit
            )
        )
    scale, offset = info.scales[step.band - 1], info.offsets[step.band - 1]
    return SeriesBand(step.path, step.band, scale * factor, offset * factor)
