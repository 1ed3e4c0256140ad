"""The common look of figures and pages: colours, unit text and number text. Nothing here needs matplotlib."""

import math
import numbers
import re
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..colours import (  # noqa: F401  used by the figures as style.NAME
    DIVERGING,
    FAINT,
    GRID,
    HEAT,
    INK,
    MUTED,
    NODATA,
    POOL_COLOURS,
    RAMPS,
    SEQUENTIAL,
    SINK,
    SOURCE,
    STABLE,
    class_colours,
    named_class_colours,
)
from ..errors import InputError

MISSING = "–"
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
#: Whole numbers under these names are labels: 2010 is a year, not 2,010.
_LABEL_WORDS = {"year", "years", "code", "lucode", "id", "epsg", "fid", "row", "col", "seed", "class", "zone", "date"}


def pool_colours(pools: Sequence[str]) -> List[str]:
    """Colour of each pool; pools outside above, below, soil and dead take class colours."""
    spare = iter(class_colours(len(pools)))
    colours = []
    for pool in pools:
        key = str(pool).lower()
        known = [colour for name, colour in POOL_COLOURS.items() if name in key]
        colours.append(known[0] if known else next(spare))
    return colours


def ink_on(red: float, green: float, blue: float) -> str:
    """Text colour (dark or white) that reads on a background of these channels (0–1)."""
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"


def symmetric_limit(values: np.ndarray, percentile: float = 100.0) -> float:
    """Half-width of a colour scale centred on 0: the given percentile of |value|, never 0."""
    finite = np.abs(values[np.isfinite(values)])
    if finite.size == 0:
        return 1.0
    limit = float(np.percentile(finite, percentile)) or float(finite.max())
    return limit if limit > 0 else 1.0


def pretty_unit(unit: Optional[str]) -> str:
    """Unit as printed: `t C/km2/yr` becomes `t C/km²/yr`, `degC` `°C`, `CO2e` `CO₂e`; `1` and None become ''."""
    text = (unit or "").strip()
    if text == "1":
        return ""
    text = re.sub(r"\b([kcdhm]?m)\^?([23])\b", lambda m: m.group(1) + m.group(2).translate(_SUPERSCRIPT), text)
    text = re.sub(r"(?<=[a-z])\^?-([123])\b", lambda m: ("-" + m.group(1)).translate(_SUPERSCRIPT), text)
    text = re.sub(r"\bCO2(?=e?\b)", "CO₂", text)
    return re.sub(r"\bdeg ?([CF])\b", r"°\1", text)


def quantity_label(quantity: str, unit: Optional[str], power: int = 0) -> str:
    """Axis title: `Carbon stock (10⁶ t C)`. `power` is the power of ten taken out of the tick labels."""
    factor = "10" + str(power).translate(_SUPERSCRIPT) if power else ""
    inside = " ".join(part for part in (factor, pretty_unit(unit)) if part)
    return "{} ({})".format(quantity, inside) if inside else quantity


def missing(value: Any) -> bool:
    """True for None and for NaN of any float type."""
    return value is None or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))


def fixed(value: float, decimals: int) -> str:
    """Number with thousands separators, a true minus and exactly `decimals` decimals; never `−0`."""
    text = "{:,.{}f}".format(value, decimals)
    if text.startswith("-"):
        text = text[1:] if not re.search(r"[1-9]", text) else "−" + text[1:]
    return text


def number(value: Any, digits: int = 5) -> str:
    """Number as text with up to `digits` significant digits: `1,294.4`; missing values are `–`.

    Whole-number types keep every digit. Magnitudes under 1e-4 or from 1e15 on become `1.2 × 10⁻⁷`.
    """
    if missing(value):
        return MISSING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return "{:,d}".format(int(value)).replace("-", "−")
    value = float(value)
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude < 1e-4 or magnitude >= 1e15:
        mantissa, exponent = "{:.{}e}".format(value, min(digits, 3) - 1).split("e")
        return "{} × 10{}".format(mantissa.replace("-", "−"), str(int(exponent)).translate(_SUPERSCRIPT))
    text = fixed(value, max(0, digits - 1 - int(math.floor(math.log10(magnitude)))))
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: float) -> str:
    """A change: `+1.5`, `−1.5` or `0`."""
    return ("+" if value > 0 else "") + number(value, 4)


def joined(*sentences: str) -> str:
    """Sentences as one text; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)


def column_texts(values: Sequence[Any], kind: str, name: str = "", digits: int = 5) -> List[str]:
    """Texts of one table column, with the same decimals from top to bottom.

    Decimals follow the largest magnitude; a value too small for them keeps three significant digits of its
    own. Whole numbers in columns named after a year, a code or an id get no separators.
    """
    if kind == "text":
        return [MISSING if missing(value) else str(value) for value in values]
    if kind == "integer":
        label = bool(_LABEL_WORDS & set(re.split(r"[^a-z]+", name.lower())))
        return [_whole(value, label) for value in values]
    finite = [abs(float(v)) for v in values if not missing(v) and math.isfinite(float(v)) and float(v) != 0]
    top = max(finite) if finite else 0.0
    decimals = min(8, max(0, digits - 1 - int(math.floor(math.log10(top))))) if top else 0
    while decimals and all(abs(v - round(v, decimals - 1)) <= 1e-9 * v for v in finite):
        decimals -= 1
    return [_aligned(value, decimals) for value in values]


def _whole(value: Any, label: bool) -> str:
    if missing(value):
        return MISSING
    return str(int(value)) if label else number(int(value))


def _aligned(value: Any, decimals: int) -> str:
    if missing(value) or not math.isfinite(float(value)) or float(value) == 0:
        return number(value)
    magnitude = abs(float(value))
    coarse = decimals and magnitude < 10.0 ** (1 - decimals) and abs(magnitude - round(magnitude, decimals)) > 0
    vanishing = magnitude < 0.5 * 10.0**-decimals
    return number(float(value), 3) if coarse or vanishing or magnitude >= 1e15 else fixed(float(value), decimals)


def axis_power(limit: float) -> int:
    """Power of ten (a multiple of 3) to take out of tick labels when |values| reach `limit`."""
    if not math.isfinite(limit) or limit <= 0 or 1e-2 <= limit < 1e6:
        return 0
    return 3 * int(math.floor(math.log10(limit) / 3))


def nice_ticks(low: float, high: float, count: int) -> Tuple[np.ndarray, int]:
    """Round tick positions inside low–high (about `count`) and the decimals that they need."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        raise InputError("Axis limits must be finite and increasing; got {} to {}.".format(low, high))
    rough = (high - low) / max(1, count)
    base = 10.0 ** math.floor(math.log10(rough))
    step = next(m * base for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * base >= rough * 0.999999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    exponent = math.floor(math.log10(step) + 1e-9)
    decimals = max(0, -exponent + (1 if abs(step / 10.0**exponent - 2.5) < 1e-6 else 0))
    return np.arange(first, last + 1) * step, decimals
