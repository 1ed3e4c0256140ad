"""Histograms of cell values, with sinks and sources or class breaks marked."""

from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .layout import SMALL, Key, empty_figure, framed, measure, put, tick_width, value_axis

MOST_BARS = 240
_HEIGHT = 2.5


def merged_bins(
    edges: Sequence[float], counts: Sequence[float], most: int = MOST_BARS
) -> Tuple[np.ndarray, np.ndarray]:
    """Bins joined with their neighbours until there are at most `most`; counts are kept.

    Raises
    ------
    InputError
        If there is not one edge more than counts, or the edges do not increase.
    """
    bounds, heights = np.asarray(edges, dtype=float), np.asarray(counts, dtype=float)
    if bounds.size != heights.size + 1:
        raise InputError(
            "A histogram needs one edge more than counts; got {} edges and {} counts.".format(bounds.size, heights.size)
        )
    if heights.size and not (np.diff(bounds) > 0).all():
        raise InputError("Histogram edges must increase; edge {} does not.".format(int(np.argmin(np.diff(bounds))) + 1))
    step = -(-heights.size // most) if heights.size else 1
    starts = np.arange(0, heights.size, step)
    return np.append(bounds[starts], bounds[-1:]), np.add.reduceat(heights, starts) if heights.size else heights


def _bars(bounds: np.ndarray, heights: np.ndarray) -> Tuple[np.ndarray, bool]:
    """Heights to draw, and whether they are per unit of x because the bins differ in width."""
    widths = np.diff(bounds)
    uneven = bool(np.ptp(widths) > 1e-6 * widths.max())
    return (heights / widths if uneven else heights), uneven


def _plot(title, bounds, heights, tones, unit, quantity, count_label, keys) -> Any:
    drawn, uneven = _bars(bounds, heights)
    high = float(drawn.max()) * 1.05
    left = tick_width(0, high, _HEIGHT) + 0.45
    sheet, ax, length = framed(title, left, 0.44, _HEIGHT, keys=keys)
    edge = "white" if len(drawn) <= 80 else tones
    ax.bar(bounds[:-1], drawn, np.diff(bounds), align="edge", color=tones, edgecolor=edge, linewidth=0.3)
    value_axis(ax, "x", float(bounds[0]), float(bounds[-1]), length, quantity, unit, grid=False)
    per = "{} per {}".format(count_label, style.pretty_unit(unit) or "unit") if uneven else count_label
    value_axis(ax, "y", 0.0, high, _HEIGHT, per, None)
    return sheet, ax, length


def value_histogram(
    edges: Sequence[float], counts: Sequence[float], unit: str, title: str = "", quantity: str = "Carbon density",
    diverging: bool = False, deadband: float = 0.0, count_label: str = "Cells",
) -> Any:  # fmt: skip
    """Histogram of cell values; around zero, sources (loss) and sinks (gain) take their own colours.

    Parameters
    ----------
    edges, counts : n + 1 increasing bin edges and n counts. Bins of unequal width are drawn per unit of x.
    diverging : colour bins below −deadband as source and above +deadband as sink; bins between or across grey.
    count_label : what is counted, with its unit: `Cells`, `Area (km²)`.

    Raises
    ------
    InputError
        If edges and counts do not fit each other.
    """
    bounds, heights = merged_bins(edges, counts)
    if not heights.size or not heights.any():
        return empty_figure(title)
    if not diverging:
        return _plot(title, bounds, heights, ["#3a78a8"] * len(heights), unit, quantity, count_label, [])[0].figure
    near = 1e-9 * float(np.abs(bounds).max())
    tones = [
        style.SOURCE if high <= -deadband + near else style.SINK if low >= deadband - near else style.STABLE
        for low, high in zip(bounds[:-1], bounds[1:])
    ]
    keys = [Key("source (loss of carbon)", style.SOURCE), Key("sink (gain of carbon)", style.SINK)]
    if style.STABLE in tones:
        keys.insert(1, Key("stable" if deadband > 0 else "around 0", style.STABLE))
    sheet, ax, _ = _plot(title, bounds, heights, tones, unit, quantity, count_label, keys)
    if bounds[0] < 0 < bounds[-1]:
        ax.axvline(0, color=style.INK, linewidth=0.7)
    return sheet.figure


def class_histogram_with_breaks(
    edges: Sequence[float], counts: Sequence[float], breaks: Sequence[float], unit: str, title: str = "",
    quantity: str = "Value", count_label: str = "Cells",
) -> Any:  # fmt: skip
    """Histogram of a driver, coloured by class, with the class limits; the upper limit belongs to a class.

    Parameters
    ----------
    breaks : upper limits of the classes, or all limits from minimum to maximum; limits at or outside the
        ends of the histogram are not drawn.
    """
    bounds, heights = merged_bins(edges, counts)
    limits = np.unique(np.asarray(breaks, dtype=float))
    if not heights.size or not heights.any():
        return empty_figure(title)
    inner = limits[(limits > bounds[0]) & (limits < bounds[-1])]
    ramp = _spread(len(inner) + 1)
    which = np.searchsorted(inner, (bounds[:-1] + bounds[1:]) / 2, side="left")
    sheet, ax, length = _plot(title, bounds, heights, [ramp[i] for i in which], unit, quantity, count_label, [])
    _, high = ax.get_ylim()
    for limit in inner:
        ax.axvline(limit, color=style.INK, linewidth=0.6, linestyle=(0, (4, 2)))
    _break_labels(ax, inner, float(bounds[0]), float(bounds[-1]), high, length)
    return sheet.figure


def _break_labels(ax: Any, inner: np.ndarray, low: float, right: float, high: float, length: float) -> None:
    """Limits written upright beside their lines, leaving out those that would touch the one before."""
    last: Optional[float] = None
    ax.set_ylim(0, high * 1.22)
    for limit, text in zip(inner, style.column_texts(list(inner), "number", digits=4)):
        place = (limit - low) / (right - low) * length
        if last is None or place - last >= measure(text, SMALL)[1] + 0.01:
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
            put(ax, limit, high * 1.21, text, SMALL, rotation=90, va="top", ha="right", bbox=ground)
            last = place


def _spread(count: int) -> List[str]:
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    ramp = LinearSegmentedColormap.from_list("classes", style.SEQUENTIAL)
    return [to_hex(ramp(0.05 + 0.9 * i / max(1, count - 1))) for i in range(count)]
