"""Driver stacks: one raster, one band per driver, matched by name and never by order."""

import os
import re
from dataclasses import dataclass
from typing import Dict, Optional, Sequence, Tuple

from .errors import InputError, RasterError
from .raster.source import Band, is_plain_path, raster_info
from .text_tables import listed

#: Value of the tag CARBON_QUANTITY of a driver stack.
QUANTITY = "drivers"

_SEPARATOR = r"[\s_.\-]"
_YEAR = r"(?:1[5-9]|20|21)\d\d(?:AD|CE)?|\d{3}(?:AD|CE)"
_PATHWAY = r"ssp[1-5](?:[-_.]?\d[-_.]?\d)?|rcp[-_.]?\d[-_.]?\d|historical|hist"
_TOKEN = re.compile(
    r"(?:^|(?<=[\s_.\-]))(?:{0})(?=$|{1})".format(_YEAR + "|" + _PATHWAY, _SEPARATOR), re.IGNORECASE
)

#: Folder of a temporary output of QGIS: 32 hexadecimal digits; the file in it is called after the parameter.
_QGIS_TEMPORARY = re.compile(r"[0-9a-f]{32}$")


def driver_name(text: str) -> str:
    """Name of a driver from the name of its layer: tokens of years and scenarios are taken out.

    Tokens stand between blanks, `_`, `-`, `.` or the ends of the text. Taken out, without regard to case: years 1500 to
    2199 (also `1910AD`, `900AD`), pathways (`ssp126`, `SSP1-2.6`, `ssp5`, `rcp85`, `RCP4.5`) and `hist`,
    `historical`. The rest keeps its case and its inner separators: `NDVI_2010` is `NDVI`, `PRE_ssp126_2030` is
    `PRE`, `soil_2010_moisture` is `soil_moisture`. A text of such tokens alone is kept whole: never empty.
    """
    text = text.strip()
    stripped = _TOKEN.sub("", text)
    if stripped == text:
        return text or "driver"
    # What stood around a token is two separators in a row now; the first of them stays.
    stripped = re.sub(r"({0}){0}+".format(_SEPARATOR), r"\1", stripped)
    stripped = re.sub(r"^{0}+|{0}+$".format(_SEPARATOR), "", stripped)
    return stripped or text


def layer_name(path: str) -> str:
    """What a raster is called: its file name without suffix, or the variable of NETCDF:"file":variable."""
    if is_plain_path(path) or path.startswith("/vsi"):
        return os.path.splitext(os.path.basename(path))[0]
    return path.rsplit(":", 1)[-1].strip('"/') or path


def raster_title(path: str) -> str:
    """What a raster is called in reports: its `layer_name`.

    A temporary output of a step, whose file is called after a parameter, is called by what its first band holds.
    """
    name = layer_name(path)
    if not _QGIS_TEMPORARY.match(os.path.basename(os.path.dirname(path))):
        return name
    return raster_info(path).descriptions[0].strip() or name


def file_name(path: str) -> str:
    """A raster without its folder, for tables and notes: NETCDF:"file.nc":variable is file.nc:variable."""
    if is_plain_path(path):
        return os.path.basename(path)
    return os.path.basename(path.replace('"', "").rstrip("/"))


@dataclass(frozen=True)
class StackInfo:
    """What a driver stack holds; `names`, `units` and `categorical` are in band order."""

    path: str
    names: Tuple[str, ...]
    units: Tuple[str, ...]
    categorical: Tuple[bool, ...]
    year: Optional[int] = None
    scenario: str = ""

    def bands(self, names: Optional[Sequence[str]] = None) -> Dict[str, Band]:
        """Bands by driver name, in the order asked for; all of them by default.

        A categorical band comes without `known_codes`: a run over it as classes must give them.

        Raises
        ------
        InputError
            If the stack lacks a driver; the message names what is missing and what is there.
        """
        names = self.names if names is None else tuple(names)
        missing = [name for name in names if name not in self.names]
        if missing:
            raise InputError(self._missing_message(missing))
        index = {name: position for position, name in enumerate(self.names)}
        return {
            name: Band(self.path, index[name] + 1, categorical=self.categorical[index[name]])
            for name in dict.fromkeys(names)
        }

    def unit(self, name: str) -> str:
        """Unit of a driver ('' where the stack has none)."""
        self.bands([name])
        return self.units[self.names.index(name)]

    def _missing_message(self, missing: Sequence[str]) -> str:
        by_case = {name.casefold(): name for name in self.names}
        hints = ["'{}' is there as '{}'".format(m, by_case[m.casefold()]) for m in missing if m.casefold() in by_case]
        case = " Names differ in case: {}.".format("; ".join(hints)) if hints else ""
        text = "'{}' lacks the driver{} {}. It has: {}.{} Add what is missing to the stack, or rename its bands."
        return text.format(
            self.path, "s" if len(missing) > 1 else "", listed(missing), listed(self.names), case
        )


def read_stack(path: str) -> StackInfo:
    """Read names, units, flags, year and scenario of a driver stack.

    Any raster whose bands all have descriptions of their own is one.

    Raises
    ------
    RasterError
        If the file cannot be read, a band has no description, two bands have the same, or a tag is not usable.
    """
    info = raster_info(path)
    nameless = [str(band) for band, name in enumerate(info.descriptions, 1) if not name.strip()]
    if nameless:
        raise RasterError(
            "'{}' is no driver stack: band {} of {} has no description, and drivers are matched by it. Make the "
            "stack with 'Driver stack', or set the band descriptions.".format(path, ", ".join(nameless), info.count)
        )
    names = tuple(name.strip() for name in info.descriptions)
    for band, name in enumerate(names, 1):
        if names.index(name) + 1 != band:
            raise RasterError(
                "'{}': bands {} and {} are both called '{}'. Give every band of a driver stack its own "
                "description.".format(path, names.index(name) + 1, band, name)
            )
    categorical = tuple(tags.get("CARBON_CATEGORICAL", "") == "1" for tags in info.band_tags)
    return StackInfo(path, names, info.units, categorical, info.year(), info.tags.get("CARBON_SCENARIO", ""))
