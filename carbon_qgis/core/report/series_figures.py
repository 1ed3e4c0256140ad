"""Figures of yearly densities: means with their errors, and the forecast of the Xinjiang paper's Fig. 3."""

from dataclasses import dataclass, field
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .layout import Key, axis_title, empty_figure, framed, name_axis, tick_width, value_axis

_HEIGHT = 3.0
_MARKERS = {"soil": "s", "below": "^", "above": "o", "dead": "D", "total": "P"}
_SPARE_MARKERS = ("v", "X", "<", ">", "*", "d")
#: Pools whose means are this many times apart go to two axes.
_APART = 2.0
#: Share of a pool's colour in its forecast line.
_LIGHT = 0.6
#: How much of its own range each side leaves to the other, so that bands of two axes do not meet.
_ROOM = 1.05


@dataclass(frozen=True)
class PoolLine:
    """One pool in a figure; densities in one unit.

    `years` and `values` are observed; `ahead` and `forecast` follow, with bounds (h, 2) by level in `bands`.
    `errors` are standard errors of the observed values (NaN where there is none).
    """

    pool: str
    years: Sequence[int]
    values: Sequence[float]
    errors: Optional[Sequence[float]] = None
    ahead: Sequence[int] = ()
    forecast: Sequence[float] = ()
    bands: Sequence[Tuple[int, np.ndarray]] = field(default_factory=tuple)

    def __post_init__(self):
        if len(self.years) != len(self.values) or len(self.ahead) != len(self.forecast):
            raise InputError("Pool '{}': years and densities differ in number.".format(self.pool))

    @property
    def limits(self) -> Tuple[float, float]:
        """Smallest and largest number drawn."""
        numbers = [np.asarray(self.values, dtype=float), np.asarray(self.forecast, dtype=float)]
        numbers += [np.asarray(bounds, dtype=float).ravel() for _, bounds in self.bands]
        if self.errors is not None:
            errors = np.nan_to_num(np.asarray(self.errors, dtype=float))
            numbers += [numbers[0] - errors, numbers[0] + errors]
        every = np.concatenate(numbers)
        return float(np.nanmin(every)), float(np.nanmax(every))


def split_axes(lines: Sequence[PoolLine]) -> Tuple[List[PoolLine], List[PoolLine]]:
    """Lines of the left and of the right axis: cut at the widest gap between the means, if it is wide."""
    means = {line.pool: float(np.mean(line.values)) for line in lines}
    ordered = sorted(lines, key=lambda line: -means[line.pool])
    ratios = [
        means[a.pool] / means[b.pool] if means[b.pool] > 0 else float("inf") for a, b in zip(ordered, ordered[1:])
    ]
    if not ratios or max(ratios) < _APART:
        return ordered, []
    cut = int(np.argmax(ratios)) + 1
    return ordered[:cut], ordered[cut:]


def density_by_year(lines: Sequence[PoolLine], unit: str, title: str = "") -> Any:
    """Densities over years, observed dark and forecast light, with their intervals (Xinjiang paper, Fig. 3).

    Pools of another size have an axis of their own on the right; the legend says which. Neither axis starts at 0.
    """
    if not lines:
        return empty_figure(title, "no series")
    left, right = split_axes(lines)
    tones = dict(zip([line.pool for line in lines], style.pool_colours([line.pool for line in lines])))
    markers = _markers(lines)
    keys = [_key(line, tones, markers, "left axis" if right else "") for line in left]
    keys += [_key(line, tones, markers, "right axis") for line in right]
    bands = sorted({level for line in lines for level, _ in line.bands})
    keys += [Key("{} % interval".format(level), _mixed(style.INK, 0.26 if level < 90 else 0.12)) for level in bands]
    spans = [_span(side) for side in (left, right) if side]
    if right:
        spans = [_lower(spans[0]), _higher(spans[1])]
    widths = [tick_width(*span, _HEIGHT) + 0.45 for span in spans]
    sheet, ax, length = framed(title, widths[0], 0.44, _HEIGHT, widths[1] if right else 0.12, keys)
    axes = [ax]
    if right:
        twin = ax.twinx()
        twin.set_label("right")
        for side, spine in twin.spines.items():
            spine.set_visible(side == "right")
            spine.set_linewidth(0.6)
            spine.set_color(style.FAINT)
        twin.tick_params(labelsize=7.5, length=2.5, width=0.6, color=style.FAINT, labelcolor=style.INK, pad=2.5)
        twin.patch.set_visible(False)
        axes.append(twin)
    for axis, side, span in zip(axes, (left, right), spans):
        for line in side:
            _draw(axis, line, tones[line.pool], markers[line.pool])
        value_axis(axis, "y", *span, _HEIGHT, "Carbon density", unit, grid=axis is ax)
    _years(ax, lines, length)
    return sheet.figure


def _draw(ax: Any, line: PoolLine, tone: str, marker: str) -> None:
    years, values = np.asarray(line.years, dtype=float), np.asarray(line.values, dtype=float)
    for level, bounds in sorted(line.bands, key=lambda band: -band[0]):
        # The band opens at the last observation.
        edge = np.vstack([[values[-1], values[-1]], np.asarray(bounds, dtype=float)])
        moments = np.concatenate([[years[-1]], np.asarray(line.ahead, dtype=float)])
        ax.fill_between(moments, edge[:, 0], edge[:, 1], color=tone, alpha=_band_share(level), linewidth=0)
    if line.errors is not None:
        errors = np.asarray(line.errors, dtype=float)
        has = np.isfinite(errors)
        ax.errorbar(years[has], values[has], errors[has], fmt="none", ecolor=tone, elinewidth=0.8, capsize=2)
    ax.plot(years, values, color=tone, linewidth=1.5, marker=marker, markersize=4)
    if len(line.ahead):
        light = _mixed(tone, _LIGHT)
        moments = np.concatenate([[years[-1]], np.asarray(line.ahead, dtype=float)])
        drawn = ax.plot(moments, np.concatenate([[values[-1]], line.forecast]), color=light, linewidth=1.5)[0]
        drawn.set(marker=marker, markersize=4, markevery=slice(1, None))
        drawn.set(markeredgecolor=_mixed(tone, 0.8), markeredgewidth=0.5)


def _markers(lines: Sequence[PoolLine]) -> dict:
    spare = iter(_SPARE_MARKERS * (1 + len(lines)))
    return {line.pool: _MARKERS.get(line.pool.casefold()) or next(spare) for line in lines}


def _key(line: PoolLine, tones: dict, markers: dict, side: str) -> Key:
    label = "{} ({})".format(line.pool, side) if side else line.pool
    return Key(label, tones[line.pool], "line", marker=markers[line.pool])


def _span(lines: Sequence[PoolLine]) -> Tuple[float, float]:
    low = min(line.limits[0] for line in lines)
    high = max(line.limits[1] for line in lines)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return max(low - margin, 0.0) if low >= 0 else low - margin, high + margin


def _lower(span: Tuple[float, float]) -> Tuple[float, float]:
    """More room below, but no negative densities."""
    return max(span[0] - _ROOM * (span[1] - span[0]), min(span[0], 0.0)), span[1]


def _higher(span: Tuple[float, float]) -> Tuple[float, float]:
    return span[0], span[1] + _ROOM * (span[1] - span[0])


def _years(ax: Any, lines: Sequence[PoolLine], length: float) -> None:
    every = [year for line in lines for year in (*line.years, *line.ahead)]
    first, last = min(every), max(every)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 500, 10_000) if (last - first) / s <= length / 0.45)
    shown = [year for year in range(first, last + 1) if year % step == 0]
    ax.set_xlim(first - 0.5, last + 0.5)
    name_axis(ax, "x", [str(year) for year in shown], shown)
    axis_title(ax, "x", "Year", length)


def _band_share(level: int) -> float:
    return 0.1 if level > 90 else 0.14


def _mixed(colour: str, share: float) -> str:
    """`share` of a colour on white."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join("{:02x}".format(round(255 - share * (255 - part))) for part in parts)
