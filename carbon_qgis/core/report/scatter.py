"""Scatter of prediction against reference, coloured by the density of pairs (Xinjiang paper, Fig. 5d)."""

from typing import Any, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .layout import (
    SIZE,
    Key,
    Sheet,
    colormap,
    colour_bar,
    empty_figure,
    place_keys,
    put,
    put_title,
    tick_width,
    title_height,
    value_axis,
)

_SIDE = 3.7
#: Bins along a side that a figure shows at most; with fewer pairs fewer and larger ones.
_MOST_BINS, _FEWEST_BINS = 180, 60


def density_scatter(
    edges: Sequence[float], counts: Any, unit: str, line: Optional[Tuple[float, float]] = None, title: str = "",
    quantity: str = "Carbon density", texts: Sequence[str] = (), counted: str = "Cells",
) -> Any:  # fmt: skip
    """2-d histogram of pairs with the 1:1 line and the fit line.

    Parameters
    ----------
    edges : k + 1 edges of equal bins, in `unit`, of both axes.
    counts : (k, k) pairs, prediction × reference.
    line : (intercept, slope) of the fit line prediction = a + b·reference; None draws none.
    texts : short lines written into the corner, such as the metrics.
    counted : what a pair is, for the colour bar.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If the counts are not square or do not fit the edges.
    """
    bounds, table = np.asarray(edges, dtype=float), np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape != (bounds.size - 1, bounds.size - 1):
        raise InputError(
            "A scatter needs square counts and one edge more than bins; got counts {} and {} edges.".format(
                table.shape, bounds.size
            )
        )
    if not table.any():
        return empty_figure(title, "no pairs")
    bounds, table = _coarser(bounds, table)
    low, high = float(bounds[0]), float(bounds[-1])
    left, top = tick_width(low, high, _SIDE) + 0.5, title_height(title, 6.0)
    sheet = Sheet(left + _SIDE + 1.15, top + _SIDE + 0.5)
    ax = sheet.axes(left, top, _SIDE, _SIDE, "scatter")
    put_title(sheet, title)
    image = ax.pcolormesh(bounds, bounds, np.ma.masked_equal(table, 0), cmap=_colours(), norm=_norm(table), zorder=1)
    image.set_rasterized(True)
    keys = _lines(ax, low, high, line)
    value_axis(ax, "x", low, high, _SIDE, "{}: reference".format(quantity), unit)
    value_axis(ax, "y", low, high, _SIDE, "{}: estimate".format(quantity), unit)
    _colour_bar(sheet, image, (left + _SIDE + 0.25, top + 0.05, 0.14, _SIDE - 0.75), counted)
    sheet.keys(place_keys(keys, 1.0)[0], left + _SIDE + 0.12, top + _SIDE - 0.45)
    _write(ax, texts)
    return sheet.figure


def _coarser(bounds: np.ndarray, table: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Bins joined so that they show a cloud: large ones for few pairs."""
    bins = table.shape[0]
    wanted = min(_MOST_BINS, max(_FEWEST_BINS, int(np.sqrt(table.sum()))))
    step = max(1, bins // wanted)
    while bins % step:
        step -= 1
    parts = table.reshape(bins // step, step, bins // step, step).sum(axis=(1, 3))
    return bounds[::step], parts


def _colours() -> Any:
    """Blue where pairs are few, red where they are many, as in the paper; the ramp of the reports in between."""
    return colormap("sequential")


def _norm(table: np.ndarray) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    most = float(table.max())
    # A few bins hold most pairs: on a plain scale the cloud around them would not be seen.
    return LogNorm(1, most) if most > 20 else Normalize(0, max(most, 2))


def _lines(ax: Any, low: float, high: float, line: Optional[Tuple[float, float]]):
    ends = np.array([low, high])
    ax.plot(ends, ends, color=style.INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
    keys = [Key("1:1", style.INK, "line")]
    if line is not None:
        ax.plot(ends, line[0] + line[1] * ends, color="#d55e00", linewidth=1.5, zorder=4)
        keys.append(Key("fit", "#d55e00", "line"))
    return keys


def _colour_bar(sheet: Sheet, image: Any, box, counted: str) -> None:
    from matplotlib.colors import LogNorm

    if not isinstance(image.norm, LogNorm):
        colour_bar(sheet, image, box, counted, None, upright=True)
        return
    cax = sheet.axes(*box, label="colour bar")
    bar = sheet.figure.colorbar(image, cax=cax, orientation="vertical")
    bar.outline.set_linewidth(0.5)
    powers = range(int(np.log10(image.norm.vmax)) + 1)
    ticks = [step * 10.0**power for power in powers for step in ((1, 2, 5) if len(powers) < 4 else (1,))]
    ticks = [tick for tick in ticks if tick <= image.norm.vmax]
    bar.set_ticks(ticks, labels=[style.number(tick) for tick in ticks])
    bar.minorticks_off()
    bar.set_label("{} (logarithmic)".format(counted), fontsize=SIZE, color=style.INK, labelpad=3)


def _write(ax: Any, texts: Sequence[str]) -> None:
    """Lines in the upper left corner, on a ground that keeps them readable."""
    if not texts:
        return
    ground = {"facecolor": "white", "edgecolor": style.GRID, "linewidth": 0.5, "pad": 3.0, "alpha": 0.9}
    put(ax, 0.025, 0.975, "\n".join(texts), SIZE, transform=ax.transAxes, va="top", ha="left", bbox=ground, zorder=6)


