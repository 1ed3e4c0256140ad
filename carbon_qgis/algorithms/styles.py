"""QML texts for the rasters of the plugin, made from the templates in `styles/`.

Text and no renderer objects: a run makes them in its worker thread, where no layer may be touched.
"""

import math
import os
from html import escape
from string import Template
from typing import Iterable, List, Optional, Sequence, Tuple

from ..core.colours import DIVERGING, SEQUENTIAL, SINK, SOURCE, STABLE, named_class_colours
from ..core.errors import InputError
from .parameters import tr

STYLE_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "styles")


def quoteattr(text: str) -> str:
    """An attribute of XML, quoted. The standard library's own function loads the whole of `urllib` at QGIS's start."""
    return '"{}"'.format(escape(text, quote=True).replace("\n", "&#10;"))


def sequential(minimum: Optional[float], maximum: Optional[float], unit: str) -> Optional[str]:
    """Style of a density or stock: a ramp from `minimum` to `maximum`, its legend in `unit`.

    None if a limit is unknown (no valid cell): QGIS then uses its own default.
    """
    limits = _limits(minimum, maximum)
    return None if limits is None else _ramp(limits[0], limits[1], SEQUENTIAL, unit)


def diverging(minimum: Optional[float], maximum: Optional[float], unit: str) -> Optional[str]:
    """Style of a change or rate: symmetric about 0, so that no change is the pale middle.

    None if a limit is unknown (no valid cell).
    """
    limits = _limits(minimum, maximum)
    if limits is None:
        return None
    reach = max(abs(limits[0]), abs(limits[1]))
    return _ramp(-reach, reach, DIVERGING, unit)


def classes(entries: Iterable[Tuple[int, str, Optional[str]]]) -> str:
    """Style of a class raster.

    Parameters
    ----------
    entries : (code, name, colour) per class; colour '#rrggbb', or None for the one that its name suggests, or
        one of the palette.

    Raises
    ------
    InputError
        If a code comes twice.
    """
    entries = list(entries)
    codes = [code for code, _, _ in entries]
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise InputError("The class code {} has two entries in a legend. Codes must differ.".format(repeated[0]))
    colours = named_class_colours([name for _, name, _ in entries])
    lines = [
        '    <paletteEntry value="{}" color={} alpha="255" label={}/>'.format(
            int(code), quoteattr(colour or colours[index]), quoteattr(name or str(code))
        )
        for index, (code, name, colour) in enumerate(entries)
    ]
    return _template("classes.qml").substitute(items="\n".join(lines))


def sink_source(source: int = 1, stable: int = 2, sink: int = 3) -> str:
    """Style of a raster of carbon sinks, sources and stable cells."""
    return classes(
        [
            (source, tr("Source (loss of carbon)"), SOURCE),
            (stable, tr("Stable"), STABLE),
            (sink, tr("Sink (gain of carbon)"), SINK),
        ]
    )


def applicability() -> str:
    """Style of an area of applicability: inside or outside of what a model was trained on."""
    return classes([(0, tr("Outside"), "#b35806"), (1, tr("Inside"), "#d8daeb")])


def _limits(minimum: Optional[float], maximum: Optional[float]) -> Optional[Tuple[float, float]]:
    if minimum is None or maximum is None or not (math.isfinite(minimum) and math.isfinite(maximum)):
        return None
    low, high = float(minimum), float(maximum)
    if high <= low:  # one value only: give the ramp a width
        half = abs(low) * 0.01 or 0.5
        return low - half, low + half
    return low, high


def _shown(unit: str) -> str:
    """A unit as a legend shows it: none of what has none, and degrees with their sign."""
    return "" if unit == "1" else unit.replace("degC", "°C")


def _ramp(low: float, high: float, colours: Sequence[str], unit: str) -> str:
    count, unit = len(colours) - 1, _shown(unit)
    values = [low + (high - low) * index / count for index in range(count)] + [high]
    items: List[str] = []
    for value, colour in zip(values, colours):
        label = "{} {}".format(_short(value, high - low), unit).strip()
        items.append(
            '     <item value="{!r}" label={} color="{}" alpha="255"/>'.format(value, quoteattr(label), colour)
        )
    stops = ":".join("{:g};{}".format(i / count, _rgba(colours[i])) for i in range(1, count))
    suffix = quoteattr(" " + unit if unit else "")[1:-1]
    return _template("ramp.qml").substitute(
        minimum=repr(low),
        maximum=repr(high),
        first=_rgba(colours[0]),
        last=_rgba(colours[-1]),
        stops=stops,
        items="\n".join(items),
        suffix=suffix,
        decimals=_decimals(high - low),
    )


def _short(value: float, width: float) -> str:
    """`value` with as many digits as the width of the ramp makes meaningful."""
    return "{:.{}f}".format(value + 0.0, _decimals(width))


def _decimals(width: float) -> int:
    """Decimals that the width of a ramp makes meaningful: three digits of it."""
    return min(12, max(0, 2 - int(math.floor(math.log10(width)))))


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _template(name: str) -> Template:
    with open(os.path.join(STYLE_FOLDER, name), encoding="utf-8") as stream:
        return Template(stream.read())
