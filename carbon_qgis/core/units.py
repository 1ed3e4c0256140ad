"""Units of carbon density, flux and area, and the factors between them.

1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2; 1 Mg = 1 t; 1 Tg = 1e6 t;
t CO2e = t C x 44/12.
"""

import re
from typing import Dict, Optional

from .errors import UnitError

KG_M2 = "kg C/m2"
T_HA = "t C/ha"
T_KM2 = "t C/km2"
G_M2 = "g C/m2"
T_KM2_YR = "t C/km2/yr"
G_M2_YR, G_M2_MONTH = "g C/m2/yr", "g C/m2/month"
DEGREE_C = "degC"
KELVIN = "K"
NONE = "1"

#: t C/km2 in one unit of each density.
DENSITY_T_KM2: Dict[str, float] = {KG_M2: 1000.0, T_HA: 100.0, T_KM2: 1.0, G_M2: 1.0}
DENSITY_UNITS = tuple(DENSITY_T_KM2)

CO2_PER_C = 44.0 / 12.0
T_PER_TG = 1e6

#: Spellings of the units of drivers, by what they measure.
_DRIVER_SPELLINGS = {
    DEGREE_C: ("degc", "°c", "c", "celsius", "deg c", "degree c", "degrees c", "degree celsius", "degrees celsius"),
    KELVIN: ("k", "kelvin", "degk", "deg k", "°k", "degrees kelvin"),
    "degF": ("degf", "°f", "f", "fahrenheit", "deg f", "degrees f", "degrees fahrenheit"),
    NONE: ("1", "-", "unitless", "dimensionless", "index"),
    "%": ("%", "percent", "pct"),
    "mm": ("mm", "millimetre", "millimeter", "mm/yr", "mm/a", "mm/year", "mm yr-1", "mm a-1"),
    "cm": ("cm", "cm/yr"),
    "m": ("m", "metre", "meter", "metres", "meters", "m a.s.l.", "masl"),
    "km": ("km", "kilometre", "kilometer"),
    "ft": ("ft", "feet", "foot", "us survey foot"),
    "deg": ("deg", "degree", "degrees", "°"),
    "rad": ("rad", "radian", "radians"),
}
_DRIVER_UNITS = {spelling: unit for unit, spellings in _DRIVER_SPELLINGS.items() for spelling in spellings}

_MASS = {"kg": "kg", "t": "t", "mg": "t", "tonne": "t", "tonnes": "t", "ton": "t", "tons": "t", "g": "g"}
_AREA = {"m2": "m2", "m^2": "m2", "m²": "m2", "ha": "ha", "hectare": "ha", "km2": "km2", "km^2": "km2", "km²": "km2"}
#: The square hectometre of Chinese tables is the hectare.
_AREA.update({"hm2": "ha", "hm^2": "ha", "hm²": "ha"})


def parse_density_unit(text: Optional[str]) -> Optional[str]:
    """Canonical name of a carbon density unit, or None if `text` does not name one.

    Common spellings are understood: `Mg C/ha`, `MgC ha-1`, `tC/ha`, `kgC m-2`,
    `kg C m^-2`, `gC/m²`, `t C/hm2`. `Mg` is the megagram. A mass without the C (`Mg/ha`) is not accepted: it is
    as often dry matter, which holds about half as much carbon.
    """
    if not text:
        return None
    clean = text.strip().lower().replace("⁻¹", "-1").replace("⁻²", "-2").replace("**", "^").replace("·", " ")
    clean = re.sub(r"(ha|hectare)\s*\^?-1", r"/\1", clean)
    clean = re.sub(r"(km|hm|m)\s*\^?-2", r"/\g<1>2", clean)
    match = re.fullmatch(r"([a-z]+?)\s*\(?\s*c\s*\)?\s*(?:/|per)\s*([a-z]+\^?[2²]?)", clean)
    if match is None:
        return None
    mass, area = _MASS.get(match.group(1)), _AREA.get(match.group(2))
    name = "{} C/{}".format(mass, area)
    return name if name in DENSITY_T_KM2 else None


def density_factor(source: str, target: str) -> float:
    """Number by which a density in `source` is multiplied to be in `target`.

    Raises
    ------
    UnitError
        If either is not one of `DENSITY_UNITS` or a spelling of them.
    """
    factors = []
    for text in (source, target):
        unit = parse_density_unit(text)
        if unit is None:
            raise UnitError(
                "'{}' is not a unit of carbon density. Choose one of: {}.".format(text, ", ".join(DENSITY_UNITS))
            )
        factors.append(DENSITY_T_KM2[unit])
    return factors[0] / factors[1]


def driver_unit(text: Optional[str]) -> Optional[str]:
    """Canonical name of a driver's unit (`degC`, `K`, `mm`, `1` …), or None if `text` is none of the known spellings.

    The one place that knows them: `degC`, `°C`, `deg_C`, `celsius` and `degrees Celsius` are one unit everywhere.
    """
    return _DRIVER_UNITS.get(_plain(text))


def same_driver_unit(one: Optional[str], other: Optional[str]) -> bool:
    """Whether two texts are spellings of one unit; units that are not known must agree but for case and blanks."""
    return (driver_unit(one) or _plain(one)) == (driver_unit(other) or _plain(other))


def _plain(text: Optional[str]) -> str:
    clean = (text or "").casefold().replace("_", " ").replace("\u2103", "°c").replace("\u00ba", "°")
    return re.sub(r"\s+", " ", clean).strip().replace("° ", "°")


def flux_factor(text: str, target: str) -> Optional[float]:
    """Number by which a carbon flux in the unit `text` is multiplied to be in `target`; None if it is no such unit.

    Both are per year (`g C/m2/yr`, `kgC m-2 a-1`) or both per month (`g C/m2/month`): rates of different periods do not
    convert into one another, because months differ.
    """
    pattern = r"(.*?)\s*(?:/\s*|per\s+|\s)(yr|year|a|month|mon|mo)(?:\^?-1)?"
    parts = [re.fullmatch(pattern, unit.strip()) for unit in (text, target)]
    if None in parts:
        return None
    periods = {"yr" if part.group(2) in ("yr", "year", "a") else "month" for part in parts}
    units = [parse_density_unit(part.group(1)) for part in parts]
    if len(periods) > 1 or None in units:
        return None
    return density_factor(*units)
