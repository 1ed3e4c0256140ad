"""The steps of a time series: every band of one or several rasters, with a date or a name for each."""

import datetime
import re
from dataclasses import dataclass
from typing import List, Optional, Sequence

from .errors import InputError
from .raster.source import RasterInfo, raster_info
from .stack import driver_name, layer_name

STATISTICS = ("mean", "sum", "max", "min")

_DEFAULTS = {
    "sum": ("PRE", "PRCP", "PREC", "PRECIP", "PRECIPITATION", "PR", "PPT", "RAIN", "RAINFALL"),
    "max": ("NDVI",),
    "mean": ("TEM", "TEMP", "TEMPERATURE", "TMP", "TAS", "SM"),
}


@dataclass(frozen=True)
class TimeStep:
    """One band of one raster; `label` is its date or name, for tables and messages."""

    path: str
    band: int = 1
    label: str = ""


def steps_of(paths: Sequence[str]) -> List[TimeStep]:
    """All bands of the rasters, in the order given.

    A raster may be one that GDAL names itself, such as NETCDF:"file.nc":variable. A band is called by its
    NetCDF date; else a single band by its layer, one of several by its description, or layer and band number.

    Raises
    ------
    InputError
        No rasters.
    RasterError
        A raster that cannot be read.
    """
    if not paths:
        raise InputError("No rasters were given. Choose at least one.")
    steps = []
    for path in paths:
        info = raster_info(path)
        steps += [TimeStep(path, band, step_label(info, band)) for band in range(1, info.count + 1)]
    return steps


def step_label(info: RasterInfo, band: int) -> str:
    """Date or name of one band; see `steps_of`."""
    date = _netcdf_date(info, band)
    if date:
        return date
    layer = layer_name(info.path)
    if info.count == 1:
        return layer
    return info.descriptions[band - 1].strip() or "{} band {}".format(layer, band)


def default_statistic(name: str) -> str:
    """Usual statistic of a variable: precipitation is summed, of NDVI the maximum is taken, all else is averaged.

    The name is taken without year and scenario and without case; its first word counts (`pre_monthly` is PRE).
    """
    word = re.split(r"[\s_.\-]", driver_name(name).upper())[0]
    return next((statistic for statistic, names in _DEFAULTS.items() if word in names), "mean")


def years_of(steps: Sequence[TimeStep]) -> Optional[List[int]]:
    """The year of each step where every step is a year of its own; None where they are months, days or unknown.

    Years are those of the NetCDF dates, else of the tags CARBON_YEAR, else the one year in each name.

    Raises
    ------
    RasterError
        A raster that cannot be read, or whose tag CARBON_YEAR is not a year.
    """
    infos = {path: raster_info(path) for path in dict.fromkeys(step.path for step in steps)}
    for year_of in (_dated, lambda info, step: info.year(step.band), _named):
        years = [year_of(infos[step.path], step) for step in steps]
        if len(years) > 1 and None not in years and len(set(years)) == len(years):
            return years
    return None


def _dated(info: RasterInfo, step: TimeStep) -> Optional[int]:
    date = re.match(r"(\d{4})-\d{2}-\d{2}$", _netcdf_date(info, step.band) or "")
    return int(date.group(1)) if date else None


def _named(info: RasterInfo, step: TimeStep) -> Optional[int]:
    found = re.findall(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)", step.label or step_label(info, step.band))
    return int(found[0]) if len(found) == 1 else None


def _netcdf_date(info: RasterInfo, band: int) -> Optional[str]:
    """ISO date of a NetCDF band, the number and its unit in a calendar of its own, None without a time."""
    value = info.band_tags[band - 1].get("NETCDF_DIM_time")
    if value is None:
        return None
    unit = info.tags.get("time#units", "")
    calendar = info.tags.get("time#calendar", "standard").lower()
    match = re.match(r"\s*(day|hour|minute|second)s?\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})", unit)
    if match is None or calendar not in ("standard", "gregorian", "proleptic_gregorian"):
        return "{} {}".format(value, unit).strip()
    year, month, day = (int(text) for text in match.groups()[1:])
    try:
        start = datetime.datetime(year, month, day)
        return (start + datetime.timedelta(**{match.group(1) + "s": float(value)})).date().isoformat()
    except (ValueError, OverflowError):
        return "{} {}".format(value, unit).strip()
