"""Figures laid out in inches from measured text, so that no label can meet another.

Everything is measured and placed by hand: cheaper than matplotlib's layout engines, the same on every
machine, and free of global state (no pyplot, no rcParams), so that it may run in a worker thread.
"""

import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, List, Optional, Sequence, Tuple

from . import style

WIDTH = 6.7  # inches: the text width of an A4 page
SMALL, SIZE, TITLE = 6.5, 7.5, 9.5  # points
LINE = 1.28  # line height in units of the font size
EMPTY = "no valid cells"

_BASE_FONT = "DejaVu Sans"  # shipped inside matplotlib: always there, and the same everywhere
_OTHER_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "SimSun",
    "PingFang SC", "Hiragino Sans GB", "Heiti TC", "STHeiti", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Droid Sans Fallback", "Arial Unicode MS", "Malgun Gothic", "Yu Gothic", "MS Gothic", "Nirmala UI", "Leelawadee UI",
)  # fmt: skip
_local = threading.local()


@lru_cache(maxsize=1)
def _installed() -> frozenset:
    from matplotlib.font_manager import fontManager

    return frozenset(entry.name for entry in fontManager.ttflist)


def _covers(family: str, text: str) -> List[bool]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=family)))
    return [char == "\n" or font.get_char_index(ord(char)) != 0 for char in text]


@lru_cache(maxsize=2048)
def _font_and_text(text: str) -> Tuple[str, str]:
    known = _covers(_BASE_FONT, text)
    if all(known):
        return _BASE_FONT, text
    for family in _OTHER_FONTS:
        if family in _installed() and all(_covers(family, text)):
            return family, text
    # A box that the font has, instead of a warning for each missing glyph at each drawing.
    return _BASE_FONT, "".join(char if ok else "□" for char, ok in zip(text, known))


def clean(text: Any) -> str:
    """Text on one line without control characters."""
    plain = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in str(text))
    return " ".join(plain.split())


def literal(text: str) -> Tuple[str, str]:
    """(text that matplotlib shows as it is, font family that has its characters): no `$` turns into mathematics."""
    family, shown = _font_and_text(text)
    return shown.replace("$", r"\$"), family


@lru_cache(maxsize=8192)
def measure(text: str, size: float = SIZE, bold: bool = False) -> Tuple[float, float]:
    """Width and height in inches of `text` (lines split by newlines) set in `size` points."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    renderer = getattr(_local, "renderer", None)
    if renderer is None:
        renderer = _local.renderer = RendererAgg(8, 8, 144)
    family, shown = _font_and_text(text)
    properties = FontProperties(family=family, size=size, weight="bold" if bold else "normal")
    lines = shown.split("\n")
    widths = [renderer.get_text_width_height_descent(line, properties, False)[0] if line else 0.0 for line in lines]
    return max(widths) / 144.0, len(lines) * size * LINE / 72.0


def wrap(text: Any, width: float, size: float = SIZE, lines: int = 2, bold: bool = False) -> str:
    """Break `text` into at most `lines` lines of `width` inches; what does not fit ends in an ellipsis."""
    rest, out = clean(text), []
    while rest and len(out) < lines:
        if measure(rest, size, bold)[0] <= width:
            out.append(rest)
            return "\n".join(out)
        cut = _fitting(rest, width, size, bold)
        if len(out) == lines - 1:
            out.append(_shortened(rest, width, size, bold))
            break
        breaks = [i + 1 for i in range(cut) if rest[i] in " _-/,;"]
        if rest[cut] == " ":
            breaks.append(cut)
        where = breaks[-1] if breaks and breaks[-1] > 0.3 * cut else cut
        out.append(rest[:where].rstrip())
        rest = rest[where:].lstrip()
    return "\n".join(out)


def _shortened(text: str, width: float, size: float, bold: bool) -> str:
    """Start and end of a text that is too long: names of a legend often differ at their ends only."""
    end = text[-_fitting(text[::-1], 0.4 * width, size, bold) :].lstrip()
    room = width - measure("… " + end, size, bold)[0]
    start = text[: _fitting(text, room, size, bold)] if room > 0 else ""
    return start.rstrip() + "…" + end


def _fitting(text: str, width: float, size: float, bold: bool) -> int:
    """Largest count of leading characters that fit, at least 1 and fewer than all."""
    low, high = 1, max(1, len(text) - 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle], size, bold)[0] <= width else (low, middle - 1)
    return low


def wrapped(names: Sequence[Any], width: float, size: float = SIZE, lines: int = 2) -> Tuple[List[str], float, float]:
    """Names broken to `width` inches, with the greatest width and height of them."""
    texts = [wrap(name, width, size, lines) for name in names]
    sizes = [measure(text, size) for text in texts] or [(0.0, 0.0)]
    return texts, max(w for w, _ in sizes), max(h for _, h in sizes)


@dataclass(frozen=True)
class Key:
    """One entry of a legend. `kind` is 'box', 'line', 'ring' or a matplotlib marker such as '^'."""

    label: str
    colour: str
    kind: str = "box"
    hatch: str = ""
    hollow: bool = False
    marker: str = ""


@dataclass(frozen=True)
class _Placed:
    key: Key
    text: str
    x: float
    y: float


def place_keys(keys: Sequence[Key], width: float) -> Tuple[List[_Placed], float]:
    """Flow legend entries into rows of `width` inches; returns them with the height that they take."""
    placed: List[_Placed] = []
    x, y, row_height = 0.0, 0.0, 0.0
    columns = 2 if len(keys) > 6 and width > 3 else 1
    texts, widest, _ = wrapped([key.label for key in keys], min(2.6, (width + 0.18) / columns - 0.44))
    fit = max(1, int((width + 0.18) / (widest + 0.43)))
    for key, text in zip(keys, texts):
        wide, high = measure(text)
        if len(keys) > 6:  # so many read better in columns of one width
            wide = max(widest, (width + 0.18) / fit - 0.43 - 1e-6) if fit >= len(keys) / 3 else widest
        if placed and x + 0.25 + wide > width + 1e-6:
            x, y, row_height = 0.0, y + row_height + 0.03, 0.0
        placed.append(_Placed(key, text, x, y))
        x, row_height = x + 0.25 + wide + 0.18, max(row_height, high)
    return placed, y + row_height if placed else 0.0


class Sheet:
    """A matplotlib figure whose parts are placed in inches from the top left corner."""

    def __init__(self, width: float, height: float):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), dpi=100, facecolor="white")
        FigureCanvasAgg(self.figure)
        self._ink: Any = None

    def axes(self, left: float, top: float, width: float, height: float, label: str = "plot") -> Any:
        """Add axes of this size; `label` names them for whoever inspects the figure."""
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        ax = self.figure.add_axes(box, label=label)
        ax.set_axisbelow(True)
        for side, spine in ax.spines.items():
            spine.set_linewidth(0.6)
            spine.set_color(style.FAINT)
            spine.set_visible(side in ("left", "bottom"))
        ax.tick_params(labelsize=SIZE, length=2.5, width=0.6, color=style.FAINT, labelcolor=style.INK, pad=2.5)
        return ax

    @property
    def ink(self) -> Any:
        """Axes over the whole sheet in inches, y downwards, for titles and legends."""
        if self._ink is None:
            self._ink = self.figure.add_axes((0, 0, 1, 1), label="ink", zorder=10)
            self._ink.set_axis_off()
            self._ink.set_xlim(0, self.width)
            self._ink.set_ylim(self.height, 0)
        return self._ink

    def text(self, x: float, y: float, text: str, size: float = SIZE, **options: Any) -> Any:
        """Put text at x, y inches (left and top of it unless told otherwise)."""
        return put(self.ink, x, y, text, size, **dict({"va": "top"}, **options))

    def keys(self, placed: Sequence[_Placed], left: float, top: float) -> None:
        """Draw a legend placed by `place_keys`."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        for item in placed:
            key, x, y = item.key, left + item.x, top + item.y
            middle = y + SIZE * LINE / 144.0
            face = "none" if key.hollow else key.colour
            if key.kind == "box":
                edge = style.INK if key.hatch else key.colour
                box = Rectangle((x, middle - 0.045), 0.16, 0.09, facecolor=face, edgecolor=edge, linewidth=0.6)
                box.set_hatch(key.hatch * 2 if key.hatch else None)
                self.ink.add_patch(box)
            elif key.kind == "line":
                line = Line2D([x, x + 0.085, x + 0.17], [middle] * 3, color=key.colour, linewidth=1.6)
                line.set(marker=key.marker or "None", markersize=4, markevery=[1])
                self.ink.add_line(line)
            else:
                marker = "o" if key.kind == "ring" else key.kind
                self.ink.plot([x + 0.08], [middle], marker=marker, linestyle="none", markersize=5,
                              markerfacecolor="none" if key.kind == "ring" else face, markeredgecolor=key.colour,
                              markeredgewidth=0.8)  # fmt: skip
            self.text(x + 0.22, y, item.text)


def put(ax: Any, x: float, y: float, text: str, size: float = SIZE, **options: Any) -> Any:
    """Text in axes coordinates of the data, shown as it is, in a font that has its characters."""
    shown, family = literal(text)
    settings = dict({"color": style.INK, "linespacing": LINE * 0.86}, **options)
    return ax.text(x, y, shown, fontsize=size, fontfamily=family, **settings)


def title_height(title: str, width: float = WIDTH) -> float:
    """Inches that a title takes above a plot, gap included."""
    return measure(wrap(title, width - 0.1, TITLE, 3, bold=True), TITLE, True)[1] + 0.1 if clean(title) else 0.06


def put_title(sheet: Sheet, title: str) -> None:
    """Write the title at the top left of the sheet."""
    if clean(title):
        sheet.text(0.05, 0.04, wrap(title, sheet.width - 0.1, TITLE, 3, bold=True), TITLE, fontweight="bold")


def framed(
    title: str, left: float, bottom: float, plot_height: float, right: float = 0.12, keys: Sequence[Key] = ()
) -> Tuple[Sheet, Any, float]:
    """A sheet of page width with title, one plot and a legend below it; returns (sheet, axes, plot width)."""
    top = title_height(title)
    placed, keys_height = place_keys(keys, WIDTH - 0.2)
    sheet = Sheet(WIDTH, top + plot_height + bottom + (keys_height + 0.1 if placed else 0.0) + 0.04)
    ax = sheet.axes(left, top, WIDTH - left - right, plot_height)
    put_title(sheet, title)
    if placed:
        sheet.keys(placed, 0.1, top + plot_height + bottom + 0.04)
    return sheet, ax, WIDTH - left - right


def value_axis(
    ax: Any, which: str, low: float, high: float, length: float, quantity: str, unit: Optional[str],
    grid: bool = True, power: Optional[int] = None,
) -> float:  # fmt: skip
    """Limits, round ticks that cannot meet, and a title with the unit on the 'x' or 'y' axis.

    Returns
    -------
    float
        Width in inches of the widest tick label.
    """
    power = style.axis_power(max(abs(low), abs(high))) if power is None else power
    count = max(2, min(7, int(length / (0.7 if which == "x" else 0.38))))
    while True:
        ticks, decimals = style.nice_ticks(low / 10.0**power, high / 10.0**power, count)
        texts = [style.fixed(tick, decimals) for tick in ticks]
        widest = max([measure(text)[0] for text in texts] or [0.0])
        step = length * (ticks[1] - ticks[0]) * 10.0**power / (high - low) if len(ticks) > 1 else length
        if which == "y" or widest + 0.08 <= step or count <= 1:
            break
        count -= 1
    axis, set_limits = (ax.xaxis, ax.set_xlim) if which == "x" else (ax.yaxis, ax.set_ylim)
    set_limits(low, high)
    axis.set_ticks(ticks * 10.0**power)
    axis.set_ticklabels(texts, fontfamily=_BASE_FONT)
    set_limits(low, high)
    axis_title(ax, which, style.quantity_label(quantity, unit, power), length)
    if grid:
        axis.grid(True, color=style.GRID, linewidth=0.6)
    return widest


def tick_width(low: float, high: float, length: float, power: Optional[int] = None) -> float:
    """Inches that the labels of a vertical value axis will take, before it is made."""
    power = style.axis_power(max(abs(low), abs(high))) if power is None else power
    ticks, decimals = style.nice_ticks(low / 10.0**power, high / 10.0**power, max(2, min(7, int(length / 0.38))))
    return max([measure(style.fixed(tick, decimals))[0] for tick in ticks] or [0.0])


def axis_title(ax: Any, which: str, text: str, length: float) -> None:
    """Title of the 'x' or 'y' axis, broken to the length of the axis."""
    shown, family = literal(wrap(text, max(length, 1.0), SIZE, 2))
    (ax.set_xlabel if which == "x" else ax.set_ylabel)(
        shown, fontsize=SIZE, fontfamily=family, color=style.INK, labelpad=3, linespacing=LINE * 0.86
    )


def name_axis(
    ax: Any, which: str, texts: Sequence[str], positions: Optional[Sequence[float]] = None, rotation: float = 0
) -> None:
    """Category names (already broken into lines) as tick labels without tick marks."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_ticks(list(range(len(texts))) if positions is None else list(positions))
    shown = [literal(text) for text in texts]
    for label, (_, family) in zip(axis.set_ticklabels([text for text, _ in shown]), shown):
        label.set_fontfamily(family)
        label.set_fontsize(SIZE)
        label.set_linespacing(LINE * 0.86)
        label.set_rotation(rotation)
    ax.tick_params(axis=which, length=0)


def unbroken(name: Any, text: str) -> bool:
    """True if `text`, made from `name` by `wrap`, was cut neither short nor inside a word."""
    lines = text.split("\n")
    words = clean(name).split(" ")
    return "…" not in text and " ".join(lines).split(" ") == words


def colour_bar(
    sheet: Sheet, image: Any, box: Tuple[float, float, float, float], quantity: str, unit: Optional[str],
    extend: str = "neither", upright: bool = False,
) -> None:  # fmt: skip
    """Colour bar in the box (left, top, width, height in inches) with round ticks and a title with the unit."""
    cax = sheet.axes(*box, label="colour bar")
    side = "vertical" if upright else "horizontal"
    bar = sheet.figure.colorbar(image, cax=cax, orientation=side, extend=extend, extendfrac=0.04)
    bar.outline.set_linewidth(0.5)
    low, high = image.norm.vmin, image.norm.vmax
    power, length = style.axis_power(max(abs(low), abs(high))), box[3] if upright else box[2]
    ticks, decimals = style.nice_ticks(low / 10.0**power, high / 10.0**power, max(2, min(6, int(length / 0.5))))
    bar.set_ticks(ticks * 10.0**power, labels=[style.fixed(tick, decimals) for tick in ticks])
    bar.minorticks_off()
    shown, family = literal(wrap(style.quantity_label(quantity, unit, power), max(length, 1.2), SIZE, 2))
    bar.set_label(shown, fontsize=SIZE, fontfamily=family, color=style.INK, labelpad=3, linespacing=LINE * 0.86)


def colormap(name: str) -> Any:
    """Matplotlib colour map of one of the ramps of `style`."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, style.RAMPS[name])


def empty_figure(title: str, message: str = EMPTY) -> Any:
    """A small figure that says why there is nothing to draw."""
    sheet = Sheet(WIDTH, title_height(title) + 1.0)
    put_title(sheet, title)
    sheet.text(WIDTH / 2, title_height(title) + 0.5, message, TITLE, ha="center", va="center", color=style.FAINT)
    return sheet.figure
