"""The common look of figures and pages: colours, unit text and number text. Nothing here needs matplotlib."""

import colorsys
import math
import numbers
import re
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError

#: Density and stock, low to high: dark violet to yellow, readable in grey and by the colour-blind.
SEQUENTIAL = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
#: Change and CAR around zero: brown is a loss (source), teal is a gain (sink).
DIVERGING = (
    "#543005", "#8c510a", "#bf812d", "#dfc27d", "#f6e8c3", "#f5f5f5",
    "#c7eae5", "#80cdc1", "#35978f", "#01665e", "#003c30",
)  # fmt: skip
#: Heat maps with text in the cells: light to dark, so that most cells take dark text.
HEAT = ("#f7fcf0", "#e0f3db", "#ccebc5", "#a8ddb5", "#7bccc4", "#4eb3d3", "#2b8cbe", "#0868ac", "#084081")
RAMPS = {"sequential": SEQUENTIAL, "diverging": DIVERGING, "heat": HEAT}

SINK, SOURCE, STABLE = "#2f8f86", "#b9772a", "#b8b8b8"
INK, FAINT, GRID, NODATA, MUTED = "#222222", "#666666", "#e3e3e3", "#d9d9d9", "#efefef"
POOL_COLOURS = {"above": "#7fb043", "below": "#e2a72e", "soil": "#7b5135", "dead": "#a9a6b5"}

_CLASSES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f", "#332288", "#882255",
    "#117733", "#c8b560", "#aa4499", "#a6d9f2", "#661100", "#6699cc", "#9bd0b8", "#b5b52a", "#1d1d1d", "#c9c9c9",
)  # fmt: skip

MISSING = "–"
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
#: Whole numbers under these names are labels: 2010 is a year, not 2,010.
_LABEL_WORDS = {"year", "years", "code", "lucode", "id", "epsg", "fid", "row", "col", "seed", "class", "zone", "date"}


def class_colours(count: int) -> List[str]:
    """`count` distinguishable colours: 20 chosen ones, then hues a golden angle apart."""
    extra = []
    for step in range(max(0, count - len(_CLASSES))):
        red, green, blue = colorsys.hls_to_rgb((0.07 + step * 0.61803) % 1.0, (0.38, 0.55, 0.7)[step % 3], 0.5)
        extra.append("#{:02x}{:02x}{:02x}".format(int(red * 255), int(green * 255), int(blue * 255)))
    return list(_CLASSES[:count]) + extra


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
