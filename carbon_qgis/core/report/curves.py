"""Charts over years and over class counts."""

from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import style
from .bars import check_lengths
from .layout import (
    Key,
    axis_title,
    empty_figure,
    framed,
    measure,
    name_axis,
    put,
    tick_width,
    value_axis,
)

_HEIGHT = 2.7
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
_KEY_MARKERS = len(_MARKERS)


def _table(series: Mapping[str, Sequence[float]]) -> np.ndarray:
    values = np.array([[np.nan if v is None else v for v in row] for row in series.values()], dtype=float)
    values[~np.isfinite(values)] = np.nan
    return values


def _year_places(years: Sequence[float]) -> Tuple[np.ndarray, bool]:
    """Places of the years on the axis in units of one slot, and whether they are to scale.

    Years far apart from one another (900, 1800, 1910 …) would squeeze the rest together: these get equal slots.
    """
    moments = np.asarray(years, dtype=float)
    gaps = np.diff(np.unique(moments))
    if gaps.size and np.ptp(moments) / gaps.min() <= 30:
        return (moments - moments.min()) / gaps.min(), True
    return np.arange(len(moments), dtype=float), len(moments) < 2


def _year_axis(ax: Any, years: Sequence[float], places: np.ndarray, to_scale: bool, length: float) -> None:
    texts = ["{:g}".format(year) for year in years]
    span = max(1.0, float(np.ptp(ax.get_xlim())))
    need = (max(measure(text)[0] for text in texts) + 0.08) / length * span
    shown: List[int] = []
    for index in np.argsort(places, kind="stable"):
        if not shown or places[index] - places[shown[-1]] >= need:
            shown.append(int(index))
    name_axis(ax, "x", [texts[i] for i in shown], [float(places[i]) for i in shown])
    axis_title(ax, "x", "Year" if to_scale else "Year (equal steps, not to scale)", length)


def stock_by_year(
    years: Sequence[float], stocks: Mapping[str, Sequence[float]], unit: str, title: str = "",
    quantity: str = "Carbon stock", colours: Optional[Sequence[str]] = None,
) -> Any:  # fmt: skip
    """Stock by ecosystem and year, stacked, with the total of each year on top (Xinjiang paper, Fig. 6b).

    Parameters
    ----------
    years : n years; bars stand at their true distance where that leaves them readable.
    stocks : {ecosystem: n stocks}, 0 or more; NaN counts as nothing.

    Raises
    ------
    InputError
        If an ecosystem does not have one value per year.
    """
    check_lengths("stock_by_year", years, stocks)
    values = _table(stocks)
    if values.size == 0 or np.isnan(values).all():
        return empty_figure(title)
    filled = np.nan_to_num(values)
    up, down = np.maximum(filled, 0), np.minimum(filled, 0)
    starts = np.where(filled >= 0, np.cumsum(up, axis=0) - up, np.cumsum(down, axis=0) - down)
    places, to_scale = _year_places(years)
    tones = list(colours) if colours else style.class_colours(len(stocks))
    keys = [Key(str(name), tone) for name, tone in zip(stocks, tones)]
    low, high = float(down.sum(axis=0).min()) * 1.08, float(up.sum(axis=0).max()) * 1.1 or 1.0
    sheet, ax, length = framed(title, tick_width(low, high, _HEIGHT) + 0.45, 0.44, _HEIGHT, keys=keys)
    for row, tone in enumerate(tones[: len(filled)]):
        ax.bar(places, filled[row], 0.7, bottom=starts[row], color=tone, edgecolor="white", linewidth=0.4)
    value_axis(ax, "y", low, high, _HEIGHT, quantity, unit)
    ax.set_xlim(places.min() - 0.6, places.max() + 0.6)
    _year_axis(ax, years, places, to_scale, length)
    power = style.axis_power(max(abs(low), abs(high)))
    labels = style.column_texts(list(filled.sum(axis=0) / 10.0**power), "number", digits=4)
    slot = length / (np.ptp(places) + 1.2)
    if max(measure(label)[0] for label in labels) + 0.04 <= slot:
        for place, top, label in zip(places, up.sum(axis=0), labels):
            put(ax, place, top + 0.012 * (high - low), label, ha="center", va="bottom")
    if low < 0:
        ax.axhline(0, color=style.INK, linewidth=0.7)
    return sheet.figure


def totals_by_year(
    years: Sequence[float], series: Mapping[str, Sequence[float]], unit: str, title: str = "",
    quantity: str = "Carbon stock", from_zero: bool = False,
) -> Any:  # fmt: skip
    """Lines of totals over years, to scale; a gap is left where a year has no value.

    Parameters
    ----------
    years : n years, in any order.
    series : {name: n totals}.
    from_zero : start the value axis at 0.
    """
    check_lengths("totals_by_year", years, series)
    values = _table(series)
    if values.size == 0 or np.isnan(values).all():
        return empty_figure(title)
    order = np.argsort(np.asarray(years, dtype=float), kind="stable")
    moments, values = np.asarray(years, dtype=float)[order], values[:, order]
    low, high = _span(values, from_zero)
    tones = style.class_colours(len(series))
    keys = [Key(str(n), t, "line", marker=_MARKERS[i % _KEY_MARKERS]) for i, (n, t) in enumerate(zip(series, tones))]
    sheet, ax, length = framed(
        title, tick_width(low, high, _HEIGHT) + 0.45, 0.44, _HEIGHT, keys=keys if len(series) > 1 else ()
    )
    for row, tone in enumerate(tones):
        ax.plot(moments, values[row], color=tone, linewidth=1.5, marker=_MARKERS[row % _KEY_MARKERS], markersize=4)
    value_axis(ax, "y", low, high, _HEIGHT, quantity, unit)
    margin = 0.03 * np.ptp(moments) or 1.0
    ax.set_xlim(moments.min() - margin, moments.max() + margin)
    _year_axis(ax, moments, moments, True, length)
    return sheet.figure


def _span(values: np.ndarray, from_zero: bool) -> Tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return (low if from_zero and low == 0 else low - margin), high + margin


def q_curves(
    curves: Mapping[str, Tuple[Sequence[float], Sequence[float]]], chosen: Optional[Tuple[str, float]] = None,
    title: str = "",
) -> Any:  # fmt: skip
    """q of one driver by discretisation method and number of classes, the chosen pair ringed.

    Parameters
    ----------
    curves : {method: (class counts, q)}.
    chosen : (method, class count), if one was chosen.
    """
    for method, (counts, q) in curves.items():
        check_lengths("q_curves", counts, {method: q})
    points = [v for _, q in curves.values() for v in q if not style.missing(v)]
    if not points:
        return empty_figure(title)
    low, high = _span(np.array(points, dtype=float), False)
    tones = style.class_colours(len(curves))
    keys = [Key(str(n), t, "line", marker=_MARKERS[i % _KEY_MARKERS]) for i, (n, t) in enumerate(zip(curves, tones))]
    if chosen is not None:
        keys.append(Key("chosen: {}, {:g} classes".format(*chosen), style.INK, "ring"))
    sheet, ax, length = framed(title, tick_width(low, high, _HEIGHT) + 0.45, 0.44, _HEIGHT, keys=keys)
    for index, ((method, (counts, q)), tone) in enumerate(zip(curves.items(), tones)):
        values = [np.nan if style.missing(v) else float(v) for v in q]
        marker = _MARKERS[index % _KEY_MARKERS]
        ax.plot(list(counts), values, color=tone, linewidth=1.4, marker=marker, markersize=4)
        if chosen is not None and chosen[0] == method and chosen[1] in list(counts):
            at = list(counts).index(chosen[1])
            ax.plot([chosen[1]], [values[at]], marker="o", markersize=10, linestyle="none", markerfacecolor="none",
                    markeredgecolor=style.INK, markeredgewidth=1.1, label="chosen")  # fmt: skip
    value_axis(ax, "y", low, high, _HEIGHT, "q statistic (0–1)", None)
    every = sorted({float(k) for counts, _ in curves.values() for k in counts})
    ax.set_xlim(every[0] - 0.4, every[-1] + 0.4)
    step = -(-len(every) // 20)
    name_axis(ax, "x", ["{:g}".format(k) for k in every[::step]], every[::step])
    axis_title(ax, "x", "Number of classes", length)
    return sheet.figure
