"""Figures of ensembles: what a driver table lacks, trends of a set of runs, curves of the drivers, grids of maps."""

from typing import Any, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from . import style
from .layout import (
    SIZE,
    SMALL,
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
    tick_width,
    title_height,
    value_axis,
    wrap,
    wrapped,
)

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", (0, (4, 1.6)), (0, (1, 1.3)), (0, (6, 1.5, 1, 1.5)), (0, (2, 2)))
#: Rows of a coverage grid that are still legible on one figure.
MOST_ROWS = 60


class Line(NamedTuple):
    """One run of a set: its id, its pathway of the focal group and that of the others, values by year (None: gap)."""

    run: str
    own: str
    common: str
    values: Sequence[Any]


def coverage_grid(rows: Sequence[Tuple[str, str, Sequence[int]]], years: Sequence[str], title: str = "") -> Any:
    """What a driver table has: a row per variable and scenario, a column per year; missing cells are crossed out.

    Parameters
    ----------
    rows : (variable, scenario, 1 or 0 by year); complete rows after `MOST_ROWS` are left out first.
    """
    if len(rows) > MOST_ROWS:
        rows = sorted(rows, key=lambda row: all(row[2]))[:MOST_ROWS]
    if not rows or not years:
        return empty_figure(title, "no files")
    names, side, _ = wrapped(["{}  {}".format(variable, scenario) for variable, scenario, _ in rows], 2.2, SIZE, 1)
    left, tall = side + 0.15, 0.2
    wide = min(0.5, (WIDTH - left - 0.1) / len(years))
    top = title_height(title) + 0.02
    turn = max(measure(year)[0] for year in years) > wide - 0.04
    under = (max(measure(year)[0] for year in years) if turn else 0.14) + 0.12
    keys, keys_height = place_keys([Key("there", style.SINK), Key("missing", style.SOURCE, hatch="x")], WIDTH - 0.2)
    sheet = Sheet(WIDTH, top + len(rows) * tall + under + keys_height + 0.1)
    put_title(sheet, title)
    ax = sheet.axes(left, top, wide * len(years), tall * len(rows), "coverage")
    there = np.array([row[2] for row in rows], dtype=float)
    from matplotlib.colors import ListedColormap

    edges = np.arange(len(years) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5
    ax.pcolormesh(*edges, there, cmap=ListedColormap([style.SOURCE, style.SINK]), vmin=0, vmax=1, edgecolors="white",
                  linewidth=0.8)  # fmt: skip
    for row, col in np.argwhere(there == 0):
        put(ax, col, row, "×", SIZE, ha="center", va="center", color="#ffffff", fontweight="bold")
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(-0.5, len(years) - 0.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    name_axis(ax, "y", names)
    name_axis(ax, "x", list(years), rotation=90 if turn else 0)
    sheet.keys(keys, 0.1, top + len(rows) * tall + under)
    return sheet.figure


def set_trends(years: Sequence[int], lines: Sequence[Line], unit: str, title: str = "",
               quantity: str = "Carbon stock") -> Any:  # fmt: skip
    """Lines over years of the runs of one set (Jiangsu paper, Figs 6, 8 and 12).

    The colour is the pathway that the other groups share, the dashes and the mark that of the focal group.
    """
    values = np.array([[np.nan if v is None else float(v) for v in line.values] for line in lines], dtype=float)
    if values.size == 0 or np.isnan(values).all():
        return empty_figure(title)
    commons, owns = (list(dict.fromkeys(getattr(line, part) for line in lines)) for part in ("common", "own"))
    tones = dict(zip(commons, style.class_colours(len(commons))))
    forms = {own: (_DASHES[i % len(_DASHES)], _MARKERS[i % len(_MARKERS)]) for i, own in enumerate(owns)}
    low, high = _room(values)
    height = 3.0
    keys = [Key(line.run, tones[line.common], "line", marker=forms[line.own][1]) for line in lines]
    placed, keys_height = place_keys(keys, WIDTH - 0.2)
    left = tick_width(low, high, height) + 0.45
    top = title_height(title)
    sheet = Sheet(WIDTH, top + height + 0.48 + keys_height + 0.1)
    put_title(sheet, title)
    ax = sheet.axes(left, top, WIDTH - left - 0.12, height)
    for line, row in zip(lines, values):
        dash, marker = forms[line.own]
        ax.plot(list(years), row, color=tones[line.common], linestyle=dash, linewidth=1.3, marker=marker,
                markersize=3.6, label=line.run)  # fmt: skip
    value_axis(ax, "y", low, high, height, quantity, unit)
    _years(ax, years, WIDTH - left - 0.12)
    sheet.keys(placed, 0.1, top + height + 0.5)
    return sheet.figure


def driver_curves(panels: Sequence[Tuple[str, str, Mapping[str, Sequence[Any]]]], years: Sequence[int],
                  title: str = "") -> Any:  # fmt: skip
    """Mean of each driver by pathway over the years, one panel per driver (Jiangsu paper, Fig. 3).

    Parameters
    ----------
    panels : (driver, unit, values by pathway: one per year, None for a gap).
    """
    panels = [panel for panel in panels if any(v is not None for row in panel[2].values() for v in row)]
    if not panels:
        return empty_figure(title, "no drivers")
    names = list(dict.fromkeys(name for _, _, series in panels for name in series))
    tones = dict(zip(names, style.class_colours(len(names))))
    marks = {name: _MARKERS[i % len(_MARKERS)] for i, name in enumerate(names)}
    columns = min(2, len(panels))
    gap, height, head = 0.25, 1.75, 0.24
    cell = (WIDTH - gap * (columns - 1)) / columns
    placed, keys_height = place_keys([Key(n, tones[n], "line", marker=marks[n]) for n in names], WIDTH - 0.2)
    top, pitch = title_height(title), head + height + 0.5
    rows = -(-len(panels) // columns)
    sheet = Sheet(WIDTH, top + rows * pitch + keys_height + 0.1)
    put_title(sheet, title)
    for index, (name, unit, series) in enumerate(panels):
        x, y = (index % columns) * (cell + gap), top + (index // columns) * pitch
        values = {p: np.array([np.nan if v is None else float(v) for v in row]) for p, row in series.items()}
        low, high = _room(np.concatenate(list(values.values())))
        left = tick_width(low, high, height) + 0.42
        letter = "abcdefghijklmnopqrstuvwxyz"[index % 26]
        head_text = wrap("{}  {}".format(letter, clean(name)), cell - 0.1, SIZE, 1, True)
        sheet.text(x + 0.05, y + head - 0.05, head_text, va="bottom", fontweight="bold")
        ax = sheet.axes(x + left, y + head, cell - left - 0.06, height, "driver {}".format(index))
        for pathway, row in values.items():
            ax.plot(list(years), row, color=tones[pathway], linewidth=1.3, marker=marks[pathway], markersize=3.4)
        value_axis(ax, "y", low, high, height, name, unit)
        _years(ax, years, cell - left - 0.06)
    sheet.keys(placed, 0.1, top + rows * pitch)
    return sheet.figure


def map_grid(
    arrays: Sequence[Sequence[Any]], rows: Sequence[str], columns: Sequence[str], unit: str, title: str = "",
    quantity: str = "Carbon density", ratio: float = 0.0,
) -> Any:  # fmt: skip
    """Maps of years (rows) by runs (columns) on one scale (Jiangsu paper, Figs 5, 7, 9 to 11).

    Parameters
    ----------
    arrays : by row and column, (height, width) with NaN for nodata; None where there is no raster.
    ratio : height to width of a map on paper; that of the arrays if 0.
    """
    every = [array for line in arrays for array in line if array is not None]
    finite = [array[np.isfinite(array)] for array in every]
    if not any(values.size for values in finite):
        return empty_figure(title)
    from matplotlib.colors import Normalize

    low, high = (float(v) for v in np.percentile(np.concatenate(finite), (2, 98)))
    norm = Normalize(low, high if high > low else low + (abs(low) * 0.01 or 1.0))
    side = max(measure(text, SIZE, True)[0] for text in rows) + 0.12
    ratio = ratio or every[0].shape[0] / every[0].shape[1]
    gap = 0.06
    width = min((WIDTH - side - gap * len(columns)) / len(columns), 1.4, 1.3 / ratio)
    height = width * ratio
    top = title_height(title) + 0.2
    sheet = Sheet(WIDTH, top + len(rows) * (height + gap) + 0.6)
    put_title(sheet, title)
    image = None
    for c, name in enumerate(columns):
        text = wrap(name, width, SIZE, 1, True)
        sheet.text(side + c * (width + gap) + width / 2, top - 0.04, text, va="bottom", ha="center", fontweight="bold")
    for r, (name, line) in enumerate(zip(rows, arrays)):
        y = top + r * (height + gap)
        sheet.text(0.04, y + height / 2, name, va="center", fontweight="bold")
        for c, array in enumerate(line):
            ax = sheet.axes(side + c * (width + gap), y, width, height, "map {} {}".format(r, c))
            ax.set_facecolor(style.NODATA)
            ax.set_xticks([])
            ax.set_yticks([])
            if array is None:
                put(ax, 0.5, 0.5, "none", SMALL, transform=ax.transAxes, ha="center", va="center", color=style.FAINT)
                continue
            image = ax.imshow(np.ma.masked_invalid(array), cmap=colormap("sequential"), norm=norm,
                              interpolation="nearest", aspect="auto")  # fmt: skip
    under = top + len(rows) * (height + gap) + 0.04
    colour_bar(sheet, image, (side, under, 3.0, 0.13), quantity, unit, "both")
    return sheet.figure


def _room(values: np.ndarray) -> Tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def _years(ax: Any, years: Sequence[int], length: float) -> None:
    """Years to scale, as many labels as fit."""
    room = max(measure(str(year))[0] for year in years) + 0.1
    span = max(1, max(years) - min(years))
    margin = 0.04 * span
    shown: List[int] = []
    for year in sorted(years):
        if not shown or (year - shown[-1]) / (span + 2 * margin) * length >= room:
            shown.append(year)
    name_axis(ax, "x", [str(year) for year in shown], [float(year) for year in shown])
    axis_title(ax, "x", "Year", length)
    ax.set_xlim(min(years) - margin, max(years) + margin)
