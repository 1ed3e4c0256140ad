"""Maps of densities, changes, rates and classes, drawn from arrays that are already in memory.

A map needs no more cells than it has dots: give arrays read at a reduced size. Larger ones are thinned here
to the cells nearest to the dots, with the extent kept.
"""

import math
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .layout import (
    EMPTY,
    SIZE,
    WIDTH,
    Key,
    Sheet,
    axis_title,
    clean,
    colormap,
    colour_bar,
    empty_figure,
    measure,
    name_axis,
    place_keys,
    put,
    put_title,
    title_height,
    wrap,
)

Extent = Tuple[float, float, float, float]
_METRES = {"m": 1.0, "metre": 1.0, "meter": 1.0, "km": 1000.0, "kilometre": 1000.0, "kilometer": 1000.0, "foot": 0.3048,
           "ft": 0.3048, "us survey foot": 1200 / 3937, "us-ft": 1200 / 3937}  # fmt: skip
_DEGREES = ("degree", "degrees", "deg", "°")
_TALLEST = 6.6


def thinned(array: np.ndarray, most: int) -> np.ndarray:
    """The array at no more than `most` cells a side: the cells nearest to evenly spread centres."""
    rows, cols = array.shape
    if max(rows, cols) <= most:
        return array
    scale = most / max(rows, cols)
    down, across = max(1, round(rows * scale)), max(1, round(cols * scale))
    pick = ((np.arange(down) + 0.5) * rows / down).astype(int), ((np.arange(across) + 0.5) * cols / across).astype(int)
    return array[np.ix_(*pick)]


def _ready(array: Any, most: int, where: str) -> np.ma.MaskedArray:
    values = np.ma.filled(np.ma.asarray(array, dtype=float), np.nan)
    if values.ndim != 2:
        raise InputError("{}: a map needs a 2-D array; got shape {}.".format(where, values.shape))
    return np.ma.masked_invalid(thinned(values, most))


def _limits(arrays: Sequence[np.ma.MaskedArray], ramp: str, limits: Optional[Tuple[float, float]]):
    """(norm, extend) on one scale for all arrays: 2nd–98th percentile, or symmetric about 0 when diverging."""
    from matplotlib.colors import Normalize

    if ramp not in style.RAMPS:
        raise InputError("Unknown colour ramp '{}'. Choose one of: {}.".format(ramp, ", ".join(style.RAMPS)))
    values = np.concatenate([array.compressed() for array in arrays])
    if limits is not None:
        low, high = limits
    elif ramp == "diverging":
        high = style.symmetric_limit(values, 98)
        low = -high
    else:
        low, high = (float(v) for v in np.percentile(values, (2, 98)))
        if low == high:
            low, high = float(values.min()), float(values.max())
        low = 0.0 if 0 < low < 0.25 * high else low
        if low == high:
            low, high = low - (abs(low) * 0.05 or 0.5), high + (abs(high) * 0.05 or 0.5)
    below, above = bool((values < low).any()), bool((values > high).any())
    extend = {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[(below, above)]
    return Normalize(low, high), extend


def paper_ratio(shape: Tuple[int, int], extent: Optional[Extent], crs_unit: Optional[str]) -> float:
    """Height of the map on paper for a width of 1; degrees are narrowed by the cosine of the middle latitude."""
    if extent is None:
        return shape[0] / shape[1]
    left, right, bottom, top = extent
    if not (right > left and top > bottom):
        raise InputError("A map extent is (left, right, bottom, top), increasing; got {}.".format(tuple(extent)))
    narrowing = _cosine(extent) if _is_degree(crs_unit) else 1.0
    return (top - bottom) / ((right - left) * narrowing)


def _is_degree(crs_unit: Optional[str]) -> bool:
    return (crs_unit or "").strip().lower() in _DEGREES


def _cosine(extent: Extent) -> float:
    return max(0.05, math.cos(math.radians(min(89.0, abs(extent[2] + extent[3]) / 2))))


def _bare(ax: Any) -> None:
    ax.set_facecolor(style.NODATA)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)


def _axis_unit(extent: Extent, crs_unit: Optional[str]) -> Tuple[float, str]:
    """CRS units in one unit of the coordinate labels, and the name of that unit."""
    key = (crs_unit or "").strip().lower()
    if _is_degree(key):
        return 1.0, "°"
    if key in ("m", "metre", "meter"):
        return (1000.0, "km") if max(abs(v) for v in extent) >= 10000 else (1.0, "m")
    return 1.0, (crs_unit or "").strip() or "CRS units"


def _ticks(low: float, high: float, scale: float, length: float) -> Tuple[np.ndarray, List[str]]:
    ticks, decimals = style.nice_ticks(low / scale, high / scale, max(1, int(length / 1.1)))
    return ticks * scale, [style.fixed(tick, decimals) for tick in ticks]


def _left_room(extent: Optional[Extent], crs_unit: Optional[str]) -> float:
    """Inches left of a map for coordinates and their title."""
    if extent is None:
        return 0.1
    scale = _axis_unit(extent, crs_unit)[0]  # the height is not known yet: room for the ticks of any height
    texts = [text for height in range(1, 8) for text in _ticks(extent[2], extent[3], scale, height)[1]]
    return max([measure(text)[0] for text in texts] or [0.0]) + 0.32


def _coordinates(ax: Any, extent: Optional[Extent], crs_unit: Optional[str], width: float, height: float) -> None:
    """A few coordinates along two sides: kilometres for metric grids, degrees for geographic ones."""
    if extent is None:
        return
    scale, unit = _axis_unit(extent, crs_unit)
    names = ("Longitude", "Latitude") if unit == "°" else ("x", "y")
    for which, low, high, length, name in (("x", extent[0], extent[1], width, names[0]),
                                           ("y", extent[2], extent[3], height, names[1])):  # fmt: skip
        ticks, texts = _ticks(low, high, scale, length)
        name_axis(ax, which, texts, ticks)
        axis_title(ax, which, "{} ({})".format(name, unit), length)
    ax.tick_params(axis="both", length=2.5)
    ax.set_xlim(extent[0], extent[1])
    ax.set_ylim(extent[2], extent[3])


def bar_length(extent: Extent, crs_unit: Optional[str], width: float, room: float) -> Optional[Tuple[float, str]]:
    """Inches and text of a scale bar no longer than `room` on a map `width` inches wide; None without a unit."""
    key = (crs_unit or "").strip().lower()
    if _is_degree(key):
        if abs(extent[2]) > 90 or abs(extent[3]) > 90:
            return None
        metres = (extent[1] - extent[0]) * 111320.0 * _cosine(extent)
    elif key in _METRES:
        metres = (extent[1] - extent[0]) * _METRES[key]
    else:
        return None
    largest = metres * room / width
    base = 10.0 ** math.floor(math.log10(largest))
    length = next(m * base for m in (5.0, 2.0, 1.0) if m * base <= largest * 1.000001)
    text = style.number(length / 1000) + " km" if length >= 1000 else style.number(length) + " m"
    if _is_degree(key):
        text += " at {:.1f}°".format(abs(extent[2] + extent[3]) / 2)
    return length / metres * width, text


def _scale_bar(sheet: Sheet, bar: Tuple[float, str], left: float, top: float) -> None:
    length, text = bar
    sheet.text(left, top, text)
    low = top + 0.17
    sheet.ink.plot([left, left, left + length, left + length], [low, low + 0.05, low + 0.05, low], color=style.INK,
                   linewidth=0.9, solid_capstyle="butt", solid_joinstyle="miter")  # fmt: skip


def raster_map(
    array: Any, unit: str, title: str = "", quantity: str = "Carbon density", ramp: str = "sequential",
    extent: Optional[Extent] = None, crs_unit: Optional[str] = None, limits: Optional[Tuple[float, float]] = None,
    scale_bar: bool = True,
) -> Any:  # fmt: skip
    """Map of one raster.

    Parameters
    ----------
    array : rows × columns, north up; NaN, infinite and masked cells are nodata.
    ramp : 'sequential' for densities, 'diverging' (symmetric about 0) for changes and rates.
    extent : (left, right, bottom, top) in CRS units.
    crs_unit : 'm', 'foot', 'US survey foot', 'degree' …; without it there is no scale bar.
    limits : ends of the colour scale; by default the 2nd and 98th percentile, arrows marking what lies beyond.

    Raises
    ------
    InputError
        If the array is not 2-D, the ramp unknown, or the extent does not increase.
    """
    values = _ready(array, 1300, "raster_map")
    if values.count() == 0:
        return empty_figure(title)
    norm, extend = _limits([values], ramp, limits)
    sheet, ax, width, height, top = _single(values.shape, extent, crs_unit, title, 1.05)
    box = extent if extent is not None else (0, values.shape[1], 0, values.shape[0])
    image = ax.imshow(values, cmap=colormap(ramp), norm=norm, extent=box, interpolation="nearest", aspect="auto")
    _coordinates(ax, extent, crs_unit, width, height)
    side = sheet.width - 0.95
    bar = bar_length(extent, crs_unit, width, 0.85) if scale_bar and extent is not None else None
    keys, _ = place_keys([Key("no data", style.NODATA)] if np.ma.is_masked(values) else [], 1.0)
    below = (0.3 if bar else 0.0) + (0.2 if keys else 0.0)
    high = min(max(0.8, height - below - 0.1), 3.2)
    colour_bar(sheet, image, (side, top, 0.14, high), quantity, unit, extend, upright=True)
    if keys:
        sheet.keys(keys, side - 0.02, top + height - below)
    if bar:
        _scale_bar(sheet, bar, side, top + height - 0.28)
    return sheet.figure


def _single(shape, extent, crs_unit, title: str, right: float) -> Tuple[Sheet, Any, float, float, float]:
    """Sheet with axes for one map that keeps its proportions, and room at the right for its keys."""
    ratio, left = paper_ratio(shape, extent, crs_unit), _left_room(extent, crs_unit)
    width = min(WIDTH - left - right - 0.1, _TALLEST / ratio)
    height = max(width * ratio, 0.35)
    full = max(left + width + right + 0.1, 3.4)
    top = title_height(title, full)
    sheet = Sheet(full, top + max(height, 1.4) + (0.5 if extent is not None else 0.1))
    ax = sheet.axes(left, top, width, height, "map")
    _bare(ax)
    put_title(sheet, title)
    return sheet, ax, width, height, top


def class_map(
    codes: Any, names: Mapping[int, str], title: str = "", colours: Optional[Mapping[int, str]] = None,
    extent: Optional[Extent] = None, crs_unit: Optional[str] = None, scale_bar: bool = True,
) -> Any:  # fmt: skip
    """Map of land-cover or ecosystem classes with a legend.

    Parameters
    ----------
    codes : rows × columns of class codes; masked or NaN cells are nodata.
    names : {code: name}; codes of the map that it lacks are shown under their number.
    colours : {code: colour}; by default what the names suggest, else the class palette.
    """
    values = _ready(codes, 1300, "class_map")
    if values.count() == 0:
        return empty_figure(title)
    present = [int(code) for code in np.unique(values.compressed())]
    listed = list(names) + [code for code in present if code not in names]
    palette = dict(zip(listed, style.named_class_colours([str(names.get(code, code)) for code in listed])))
    palette.update(colours or {})
    image = np.zeros(values.shape + (4,), dtype=np.uint8)
    for code in present:
        image[np.ma.filled(values == code, False)] = _rgba(palette[code])
    keys = [Key(str(names.get(code, "code {}".format(code))), palette[code]) for code in listed if code in present]
    keys += [Key("no data", style.NODATA)] if np.ma.is_masked(values) else []
    placed, keys_height = place_keys(keys, WIDTH - 1.4)
    ratio, left = paper_ratio(values.shape, extent, crs_unit), _left_room(extent, crs_unit)
    width = min(WIDTH - left - 0.1, _TALLEST / ratio)
    height, top = max(0.35, width * ratio), title_height(title)
    under = top + height + (0.5 if extent is not None else 0.1)
    sheet = Sheet(WIDTH, under + max(keys_height, 0.3) + 0.06)
    ax = sheet.axes(left, top, width, height, "map")
    _bare(ax)
    put_title(sheet, title)
    box = extent if extent is not None else (0, values.shape[1], 0, values.shape[0])
    ax.imshow(image, extent=box, interpolation="nearest", aspect="auto")
    _coordinates(ax, extent, crs_unit, width, height)
    sheet.keys(placed, 0.1, under)
    bar = bar_length(extent, crs_unit, width, 0.95) if scale_bar and extent is not None else None
    if bar:
        _scale_bar(sheet, bar, WIDTH - 1.15, under)
    return sheet.figure


def _rgba(colour: str) -> List[int]:
    from matplotlib.colors import to_rgba

    return [round(255 * channel) for channel in to_rgba(colour)]


def panel_maps(
    panels: Sequence[Tuple[str, Any]], unit: str, title: str = "", quantity: str = "Carbon density",
    ramp: str = "sequential", extent: Optional[Extent] = None, crs_unit: Optional[str] = None,
    limits: Optional[Tuple[float, float]] = None, columns: Optional[int] = None,
) -> Any:  # fmt: skip
    """Maps side by side on one shared colour scale: per ecosystem, per year (Xinjiang paper, Fig. 7).

    Parameters
    ----------
    panels : (panel title, rows × columns array) each; NaN is nodata. A panel without data says so.
    extent, crs_unit : of all panels together, for the proportions and the scale bar.
    """
    columns = columns or {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 9: 3}.get(len(panels), 4)
    arrays = [_ready(array, 1300 // columns + 100, "panel_maps") for _, array in panels]
    if not any(array.count() for array in arrays):
        return empty_figure(title)
    norm, extend = _limits(arrays, ramp, limits)
    gap, side = 0.12, 0.08
    ratio = max(paper_ratio(array.shape, extent, crs_unit) for array in arrays)
    width = min((WIDTH - 2 * side - gap * (columns - 1)) / columns, 3.6 / ratio)
    height, rows = width * ratio, -(-len(panels) // columns)
    heads = [wrap("{}  {}".format(_letter(i), clean(name)), width, SIZE, 2, True) for i, (name, _) in enumerate(panels)]
    head = max(measure(text, SIZE, True)[1] for text in heads) + 0.05
    top = title_height(title)
    sheet = Sheet(WIDTH, top + rows * (height + head + 0.1) + 0.62)
    put_title(sheet, title)
    cmap, image = colormap(ramp), None
    for index, values in enumerate(arrays):
        left = side + (index % columns) * (width + gap)
        high = top + (index // columns) * (height + head + 0.1)
        sheet.text(left, high + head - 0.04, heads[index], va="bottom", fontweight="bold")
        ax = sheet.axes(left, high + head, width, height, "panel {}".format(index))
        _bare(ax)
        image = ax.imshow(values, cmap=cmap, norm=norm, interpolation="nearest", aspect="auto")
        if values.count() == 0:
            put(ax, 0.5, 0.5, EMPTY, transform=ax.transAxes, ha="center", va="center", color=style.FAINT)
    under = top + rows * (height + head + 0.1) + 0.02
    colour_bar(sheet, image, (2.2, under + 0.02, 3.0, 0.13), quantity, unit, extend)
    if any(np.ma.is_masked(array) for array in arrays):
        sheet.keys(place_keys([Key("no data", style.NODATA)], 1.2)[0], WIDTH - 0.95, under)
    bar = bar_length(extent, crs_unit, width, min(1.3, width)) if extent is not None else None
    if bar:
        _scale_bar(sheet, bar, side, under)
    return sheet.figure


def _letter(index: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[index % 26] * (1 + index // 26)
