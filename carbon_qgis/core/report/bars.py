"""Bar charts by class: stock, pool shares, q statistics."""

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ..errors import InputError
from . import style
from .layout import (
    SIZE,
    SMALL,
    WIDTH,
    Key,
    empty_figure,
    framed,
    measure,
    name_axis,
    put,
    tick_width,
    unbroken,
    value_axis,
    wrapped,
)

Series = Union[Sequence[float], Mapping[str, Sequence[float]]]
_LABEL_GAP = 0.05  # inches between a bar and its value
_HEADROOM = 1.05  # a value axis reaches about this far beyond the longest bar


def check_lengths(where: str, names: Sequence[Any], series: Mapping[str, Sequence[Any]]) -> None:
    """Raise `InputError` unless every series has one value per name."""
    for key, values in series.items():
        if len(values) != len(names):
            raise InputError(
                "{}: {} values of '{}' for {} names. Give one value per name.".format(
                    where, len(values), key, len(names)
                )
            )


def _stack(parts: np.ndarray) -> np.ndarray:
    """Start of each piece (series × names): positive pieces away from 0 upwards, negative ones downwards."""
    filled = np.nan_to_num(parts)
    up, down = np.maximum(filled, 0.0), np.minimum(filled, 0.0)
    return np.where(filled >= 0, np.cumsum(up, axis=0) - up, np.cumsum(down, axis=0) - down)


def _room(ends: Sequence[Tuple[float, float, float]], length: float) -> Tuple[float, float]:
    """Axis limits that hold bars (low, high, inches of label) with the labels beyond their ends."""
    low, high = min(0.0, min(e[0] for e in ends)), max(0.0, max(e[1] for e in ends))
    if low == high:
        high = 1.0
    left = max([inches for _, _, inches in ends] or [0.0]) if low < 0 else 0.0
    right = max([inches for _, _, inches in ends] or [0.0]) if high > 0 else 0.0
    scale = (high - low) / max(0.3 * length, length - left - right)
    return low - left * scale, high + right * scale


def class_bars(
    names: Sequence[str], values: Series, unit: str, title: str = "", quantity: str = "Carbon stock",
    colours: Optional[Sequence[str]] = None,
) -> Any:  # fmt: skip
    """Bars by class, plain or stacked by pool, with the total written at each bar.

    Parameters
    ----------
    names : n class names; bars lie down when there are many of them or the names are long.
    values : n numbers, or {pool: n numbers} for a stack; NaN is drawn as nothing and labelled `–`.
    unit : unit of the values, as in `units.py`.
    colours : one colour per class (plain bars) or per pool (stack).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If a series does not have one value per name.
    """
    series: Dict[str, Sequence[float]] = dict(values) if isinstance(values, Mapping) else {"": values}
    check_lengths("class_bars", names, series)
    parts = np.array([[np.nan if v is None else float(v) for v in row] for row in series.values()], dtype=float)
    parts[~np.isfinite(parts)] = np.nan
    if parts.size == 0 or np.isnan(parts).all():
        return empty_figure(title)
    totals = np.where(np.isnan(parts).all(axis=0), np.nan, np.nansum(parts, axis=0))
    stacked = isinstance(values, Mapping)
    tones = list(colours) if colours else (style.pool_colours(list(series)) if stacked else [_PLAIN])
    keys = [Key(str(name), tone) for name, tone in zip(series, tones)] if stacked and len(series) > 0 else []
    # Written in the power of ten that the axis will take out, so that bar labels and ticks agree.
    reach = np.maximum(np.nansum(np.maximum(parts, 0), axis=0), -np.nansum(np.minimum(parts, 0), axis=0))
    power = style.axis_power(float(reach.max()) * _HEADROOM)
    labels = style.column_texts(list(totals / 10.0**power), "number", digits=4)
    draw = _upright if _stands(names, labels) else _lying
    return draw(names, parts, totals, labels, (quantity, unit, power), title, tones, keys)


_PLAIN = "#3a78a8"


def _stands(names: Sequence[str], labels: Sequence[str]) -> bool:
    slot = (WIDTH - 1.0) / max(1, len(names))
    texts, _, _ = wrapped(names, slot * 0.94, SIZE, 2)
    whole = all(unbroken(name, text) for name, text in zip(names, texts))
    return len(names) <= 8 and whole and all(measure(label)[0] < slot * 0.96 for label in labels)


def _tone(tones: Sequence[str], row: int, count: int, names: int) -> Union[str, List[str]]:
    """Colour of one series: its own, or for plain bars one colour per class where given."""
    return list(tones) if count == 1 and len(tones) == names else tones[row % len(tones)]


def _upright(names, parts, totals, labels, axis, title, tones, keys) -> Any:
    starts, height = _stack(parts), 2.5
    ends = _ends(parts, starts)
    low, high = _room([(a, b, 0.2) for a, b in ends], height)
    left = tick_width(low, high, height, axis[2]) + 0.45
    slot = (WIDTH - left - 0.12) / len(names)
    texts, _, name_height = wrapped(names, slot * 0.94)
    sheet, ax, _ = framed(title, left, name_height + 0.16, height, keys=keys)
    for row, (piece, start) in enumerate(zip(parts, starts)):
        tone = _tone(tones, row, len(parts), len(names))
        piece = np.nan_to_num(piece)
        ax.bar(range(len(names)), piece, 0.62, bottom=start, color=tone, edgecolor="white", linewidth=0.5)
    value_axis(ax, "y", low, high, height, axis[0], axis[1], power=axis[2])
    ax.set_xlim(-0.6, len(names) - 0.4)
    name_axis(ax, "x", texts)
    gap = _LABEL_GAP * (high - low) / height
    for index, (label, (bottom, top)) in enumerate(zip(labels, ends)):
        down = totals[index] < 0
        put(ax, index, bottom - gap if down else top + gap, label, va="top" if down else "bottom", ha="center")
    _zero_line(ax, "y", low)
    return sheet.figure


def _lying(names, parts, totals, labels, axis, title, tones, keys) -> Any:
    starts = _stack(parts)
    ends = _ends(parts, starts)
    texts, name_width, name_height = wrapped(names, 2.1)
    slot = max(0.25 if len(names) <= 14 else 0.215, name_height + 0.05)
    height, left = slot * len(names) + 0.08, name_width + 0.16
    length = WIDTH - left - 0.12
    low, high = _room([(a, b, measure(t)[0] + 0.1) for (a, b), t in zip(ends, labels)], length)
    sheet, ax, _ = framed(title, left, 0.44, height, keys=keys)
    for row, (piece, start) in enumerate(zip(parts, starts)):
        tone = _tone(tones, row, len(parts), len(names))
        ax.barh(range(len(names)), np.nan_to_num(piece), 0.68, left=start, color=tone, edgecolor="white", linewidth=0.5)
    value_axis(ax, "x", low, high, length, axis[0], axis[1], power=axis[2])
    ax.set_ylim(len(names) - 0.5, -0.5)
    name_axis(ax, "y", texts)
    gap = _LABEL_GAP * (high - low) / length
    for index, (label, (bottom, top)) in enumerate(zip(labels, ends)):
        down = totals[index] < 0
        put(ax, bottom - gap if down else top + gap, index, label, va="center", ha="right" if down else "left")
    _zero_line(ax, "x", low)
    return sheet.figure


def _ends(parts: np.ndarray, starts: np.ndarray) -> List[Tuple[float, float]]:
    stops = starts + np.nan_to_num(parts)
    return list(zip(np.minimum(starts, stops).min(axis=0), np.maximum(starts, stops).max(axis=0)))


def _zero_line(ax: Any, which: str, low: float) -> None:
    if low < 0:
        (ax.axvline if which == "x" else ax.axhline)(0, color=style.INK, linewidth=0.7)
        ax.spines["left" if which == "x" else "bottom"].set_visible(False)


def pool_shares(names: Sequence[str], pools: Mapping[str, Sequence[float]], title: str = "") -> Any:
    """Share of each pool in the stock of each class, as bars of 100 %.

    Parameters
    ----------
    names : n class names.
    pools : {pool: n stocks}; NaN counts as 0. Classes without stock are drawn empty.

    Raises
    ------
    InputError
        If a pool does not have one value per name, or holds a negative stock, which has no share.
    """
    check_lengths("pool_shares", names, pools)
    parts = np.nan_to_num(np.array([list(values) for values in pools.values()], dtype=float))
    if parts.size == 0 or not parts.any():
        return empty_figure(title)
    if (parts < 0).any():
        row, col = np.argwhere(parts < 0)[0]
        raise InputError(
            "pool_shares: the stock of pool '{}' in class '{}' is {}. Shares need stocks of 0 or more.".format(
                list(pools)[row], names[col], parts[row, col]
            )
        )
    totals = parts.sum(axis=0)
    shares = np.divide(100.0 * parts, totals, out=np.zeros_like(parts), where=totals > 0)
    texts, name_width, name_height = wrapped(names, 2.1)
    slot = max(0.25 if len(names) <= 14 else 0.215, name_height + 0.05)
    tones = style.pool_colours(list(pools))
    keys = [Key(str(pool), tone) for pool, tone in zip(pools, tones)]
    sheet, ax, length = framed(title, name_width + 0.16, 0.44, slot * len(names) + 0.08, keys=keys, right=0.2)
    starts = _stack(shares)
    for row, tone in enumerate(tones):
        ax.barh(range(len(names)), shares[row], 0.72, left=starts[row], color=tone, edgecolor="white", linewidth=0.5)
        ink = style.ink_on(*(int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        for index, share in enumerate(shares[row]):
            label = "{:.0f} %".format(share)
            if share > 0 and share / 100 * length > measure(label, SMALL)[0] + 0.06:
                middle = starts[row, index] + share / 2
                put(ax, middle, index, label, SMALL, ha="center", va="center", color=ink)
    value_axis(ax, "x", 0, 100, length, "Share of the carbon stock", "%", grid=False)
    ax.set_ylim(len(names) - 0.5, -0.5)
    name_axis(ax, "y", texts)
    return sheet.figure


def q_bars(
    names: Sequence[str], q: Sequence[float], significant: Optional[Sequence[bool]] = None,
    unreliable: Optional[Sequence[bool]] = None, title: str = "", alpha: float = 0.05,
) -> Any:  # fmt: skip
    """Explanatory power of each driver, the strongest first (Geodetector, Xinjiang paper, eq. 7).

    Parameters
    ----------
    names, q : n drivers and their q statistic (0–1); NaN goes last and is labelled `–`.
    significant : n flags; the bar of a driver that is not is hollow and its value followed by `n.s.`.
    unreliable : n flags; hatched (too few cells or too many strata for q to be trusted).
    alpha : the level behind `significant`, named in the legend.
    """
    flags = {"significant": [True] * len(names) if significant is None else list(significant),
             "unreliable": [False] * len(names) if unreliable is None else list(unreliable)}  # fmt: skip
    check_lengths("q_bars", names, dict(flags, q=q))
    values = np.array([np.nan if v is None else v for v in q], dtype=float)
    if values.size == 0 or np.isnan(values).all():
        return empty_figure(title)
    order = np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")
    sure = np.array(flags["significant"], dtype=bool)[order]
    weak = np.array(flags["unreliable"], dtype=bool)[order]
    values = values[order]
    labels = [
        style.MISSING if np.isnan(v) else style.fixed(v, 3) + ("" if ok else " n.s.") for v, ok in zip(values, sure)
    ]
    keys = [Key("significant at p < {:g}".format(alpha), _PLAIN)] if not sure.all() else []
    keys += [Key("not significant", _PLAIN, hollow=True)] if not sure.all() else []
    keys += [Key("unreliable: few cells per stratum", "#ffffff", hatch="///")] if weak.any() else []
    texts, name_width, name_height = wrapped([names[i] for i in order], 2.1)
    slot, left = max(0.25, name_height + 0.05), name_width + 0.16
    length = WIDTH - left - 0.12
    filled = np.nan_to_num(values)
    low, high = _room([(min(v, 0), max(v, 0), measure(t)[0] + 0.1) for v, t in zip(filled, labels)], length)
    sheet, ax, _ = framed(title, left, 0.44, slot * len(names) + 0.08, keys=keys)
    bars = ax.barh(range(len(names)), filled, 0.64, linewidth=0.8)
    for bar, ok, doubtful in zip(bars, sure, weak):
        bar.set_facecolor(_PLAIN if ok else "white")
        bar.set_edgecolor("#d9e6f0" if doubtful and ok else _PLAIN)
        bar.set_hatch("/////" if doubtful else None)
    value_axis(ax, "x", low, high, length, "q statistic (share of the variance explained, 0–1)", None)
    ax.set_ylim(len(names) - 0.5, -0.5)
    name_axis(ax, "y", texts)
    gap = _LABEL_GAP * (high - low) / length
    for index, (value, label) in enumerate(zip(filled, labels)):
        put(ax, max(value, 0) + gap, index, label, va="center")
    return sheet.figure
