"""Figures of the level model: confusion matrix and learning curve."""

from typing import Any, Mapping, Optional, Sequence

import numpy as np

from ..errors import InputError
from . import style
from .layout import (
    SIZE,
    SMALL,
    WIDTH,
    Key,
    Sheet,
    axis_title,
    colormap,
    colour_bar,
    empty_figure,
    framed,
    measure,
    name_axis,
    put,
    put_title,
    tick_width,
    title_height,
    value_axis,
    wrapped,
)

_HEIGHT = 2.5


def confusion_matrix(names: Sequence[str], matrix: Any, title: str = "") -> Any:
    """Samples by true level (rows) and predicted level (columns), coloured by their share of the true level.

    Parameters
    ----------
    names : n level names.
    matrix : n × n counts.

    Raises
    ------
    InputError
        If the matrix is not n × n.
    """
    from matplotlib.colors import Normalize

    counts = np.asarray(matrix, dtype=float)
    size = len(names)
    if counts.shape != (size, size):
        text = "confusion_matrix: {} names need a {} × {} matrix; got shape {}."
        raise InputError(text.format(size, size, size, counts.shape))
    if not counts.any():
        return empty_figure(title)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.zeros_like(counts), where=rows > 0)
    sides, names_width, _ = wrapped(names, 1.2, SIZE, 2)
    widest = max(measure("{:,.0f}".format(count), SIZE)[0] for count in counts.ravel())
    cell = max(0.62 if size <= 5 else 0.46, widest + 0.14)
    heads, _, head_height = wrapped(names, cell - 0.06, SMALL if size > 5 else SIZE, 2)
    left, top = names_width + 0.45, title_height(title, WIDTH)
    plot_top = top + head_height + 0.26
    sheet = Sheet(WIDTH, plot_top + size * cell + 0.66)
    put_title(sheet, title)
    ax = sheet.axes(left, plot_top, size * cell, size * cell, "confusion matrix")
    for spine in ax.spines.values():
        spine.set_visible(False)
    edges = np.arange(size + 1) - 0.5
    mesh = ax.pcolormesh(
        edges, edges, shares, cmap=colormap("heat"), norm=Normalize(0.0, 1.0), edgecolors="white", linewidth=0.8
    )
    ax.set_xlim(-0.5, size - 0.5)
    ax.set_ylim(size - 0.5, -0.5)
    ax.xaxis.tick_top()
    name_axis(ax, "y", sides)
    name_axis(ax, "x", heads)
    for row in range(size):
        for col in range(size):
            ink = style.ink_on(*mesh.cmap(mesh.norm(shares[row, col]))[:3])
            put(ax, col, row - 0.08, "{:,.0f}".format(counts[row, col]), ha="center", va="center", color=ink)
            share = "{:.0f} %".format(100 * shares[row, col])
            put(ax, col, row + 0.24, share, SMALL, ha="center", va="center", color=ink)
    sheet.text(left + size * cell / 2, top, "Predicted level", ha="center", color=style.FAINT)
    sheet.text(0.14, plot_top + size * cell / 2, "True level", ha="center", va="center", rotation=90, color=style.FAINT)
    colour_bar(sheet, mesh, (left, plot_top + size * cell + 0.14, 2.4, 0.13), "share of the true level", None)
    return sheet.figure


def learning_curve(
    curves: Mapping[str, Optional[Sequence[float]]],
    best: Optional[int] = None,
    title: str = "",
    quantity: str = "Log-loss",
    step: str = "Trees",
    unit: Optional[str] = None,
) -> Any:
    """A loss after each step of a training, one line per set of rows.

    Parameters
    ----------
    curves : {set: losses after steps 1, 2 …}; None is passed over.
    best : the step that was kept, marked by a vertical line.
    """
    shown = {name: np.asarray(values, dtype=float) for name, values in curves.items() if values is not None}
    values = [line[np.isfinite(line)] for line in shown.values()]
    if not any(line.size for line in values):
        return empty_figure(title)
    high = max(float(line.max()) for line in values if line.size)
    low = min(0.0, min(float(line.min()) for line in values if line.size))
    high = high + 0.05 * (high - low) or 1.0
    tones = style.class_colours(len(shown))
    keys = [Key(str(name), tone, "line") for name, tone in zip(shown, tones)]
    if best is not None:
        keys.append(Key("kept: {:,}".format(best), style.INK, "line"))
    sheet, ax, length = framed(title, tick_width(low, high, _HEIGHT) + 0.45, 0.44, _HEIGHT, keys=keys)
    for line, tone in zip(shown.values(), tones):
        ax.plot(np.arange(1, len(line) + 1), line, color=tone, linewidth=1.4)
    if best is not None:
        ax.axvline(best, color=style.INK, linewidth=0.8)
    value_axis(ax, "y", low, high, _HEIGHT, quantity, unit)
    most = max(len(line) for line in shown.values())
    ticks, _ = style.nice_ticks(0, max(most, 2), 8)
    ticks = [tick for tick in ticks if float(tick).is_integer()]
    ax.set_xlim(0, most * 1.01 + 0.5)
    name_axis(ax, "x", ["{:,.0f}".format(tick) for tick in ticks], ticks)
    axis_title(ax, "x", step, length)
    return sheet.figure
