"""Pies of pool shares, one per year (Xinjiang paper, Fig. 4)."""

import math
from typing import Any, List, Mapping, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .bars import check_lengths
from .layout import SIZE, SMALL, WIDTH, Key, Sheet, empty_figure, place_keys, put, put_title, title_height

#: Radius of the pie, and where the labels of thin slices stand, in units of the axes.
_RADIUS, _OUTSIDE = 0.66, 0.85
#: Slices of at least this share carry their label inside.
_WIDE = 0.09
#: Least angle between two labels outside, degrees.
_APART = 30.0


def pool_pies(
    names: Sequence[str], pools: Mapping[str, Sequence[float]], unit: str = "Tg C", title: str = "",
) -> Any:  # fmt: skip
    """Share of each pool in the stock of each year, as pies side by side, with the stock below.

    Parameters
    ----------
    names : n names of the pies, such as years.
    pools : {pool: n stocks}, 0 or more; None and NaN count as 0.
    unit : of the stocks.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If a pool does not have one value per name, or a stock is negative: it has no share.
    """
    check_lengths("pool_pies", names, pools)
    rows = [[0.0 if value is None else float(value) for value in values] for values in pools.values()]
    parts = np.nan_to_num(np.array(rows, dtype=float))
    if parts.size == 0 or not parts.any():
        return empty_figure(title)
    if (parts < 0).any():
        row, col = np.argwhere(parts < 0)[0]
        raise InputError(
            "pool_pies: the stock of pool '{}' in '{}' is {:g}. Shares need stocks of 0 or more.".format(
                list(pools)[row], names[col], parts[row, col]
            )
        )
    tones = style.pool_colours(list(pools))
    keys, keys_height = place_keys([Key(str(pool), tone) for pool, tone in zip(pools, tones)], WIDTH - 0.2)
    columns = min(len(names), 4 if len(names) > 3 else 3)
    side, rows_count, top = min(2.1, (WIDTH - 0.2) / columns), -(-len(names) // columns), title_height(title)
    sheet = Sheet(WIDTH, top + rows_count * (side + 0.42) + keys_height + 0.1)
    put_title(sheet, title)
    start = (WIDTH - columns * side) / 2
    for index, name in enumerate(names):
        left, high = start + index % columns * side, top + index // columns * (side + 0.42)
        sheet.text(left + side / 2, high, str(name), SIZE, ha="center", fontweight="bold")
        total = parts[:, index].sum()
        _draw(sheet.axes(left, high + 0.14, side, side, "pie {}".format(index)), parts[:, index], tones)
        below = "{} {}".format(style.number(float(total), 4), style.pretty_unit(unit))
        sheet.text(left + side / 2, high + side + 0.12, below, SIZE, ha="center")
    sheet.keys(keys, 0.1, top + rows_count * (side + 0.42) + 0.02)
    return sheet.figure


def _draw(ax: Any, parts: np.ndarray, tones: Sequence[str]) -> None:
    from matplotlib.patches import Circle, Wedge

    ax.set_xlim(-1, 1)
    ax.set_ylim(-1, 1)
    ax.set_axis_off()
    total = float(parts.sum())
    if total <= 0:
        ax.add_patch(Circle((0, 0), _RADIUS, facecolor=style.NODATA, edgecolor="white"))
        put(ax, 0, 0, "no stock", SMALL, ha="center", va="center", color=style.FAINT)
        return
    shares = parts / total
    ends = 90.0 - 360.0 * np.cumsum(shares)  # clockwise from the top
    starts = np.concatenate([[90.0], ends[:-1]])
    for share, low, high, tone in zip(shares, ends, starts, tones):
        if share > 0:
            edge = "white" if share < 1 else tone
            ax.add_patch(Wedge((0, 0), _RADIUS, low, high, facecolor=tone, edgecolor=edge, linewidth=0.6))
    middles = (starts + ends) / 2
    for share, angle, tone in zip(shares, middles, tones):
        if share >= _WIDE:
            ink = style.ink_on(*(int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5)))
            x, y = _place(angle, 0.6 * _RADIUS if share < 0.999 else 0.0)
            put(ax, x, y, share_text(share), SMALL, ha="center", va="center", color=ink)
    thin = [(float(angle), float(share)) for share, angle in zip(shares, middles) if 0 < share < _WIDE]
    for (angle, share), shown in zip(thin, apart([angle for angle, _ in thin])):
        ax.plot(*zip(_place(angle, _RADIUS), _place(shown, _OUTSIDE - 0.09)), color=style.FAINT, linewidth=0.5)
        # Beside the pie a label stands away from its line, above and below it on the end of it.
        x, y = _place(shown, _OUTSIDE)
        side = "center" if abs(x) < 0.45 * _OUTSIDE else "left" if x > 0 else "right"
        put(ax, x if side == "center" else 0.93 * x, y, share_text(share), SMALL, ha=side, va="center")


def share_text(share: float) -> str:
    """A share as printed: whole per cent, with a decimal where it is small; never a rounded 0."""
    if share >= 0.1:
        return "{:.0f} %".format(100 * share)
    return "{:.1f} %".format(100 * share) if share >= 0.001 else "<0.1 %"


def apart(angles: Sequence[float]) -> List[float]:
    """Angles of labels in degrees, moved so that no two are closer than a label is wide; in the order given.

    The circle has no first label: the move starts behind the widest gap.
    """
    if not angles:
        return []
    order = sorted(range(len(angles)), key=lambda i: -(angles[i] % 360))
    turned = [angles[i] % 360 for i in order]
    gaps = [(turned[i - 1] - turned[i]) % 360 for i in range(len(turned))]
    start = gaps.index(max(gaps)) if len(turned) > 1 else 0
    order = order[start:] + order[:start]
    line = [angles[order[0]] % 360]
    for i in order[1:]:
        line.append(line[-1] - (line[-1] - angles[i]) % 360)
    moved = line[:1]
    for angle in line[1:]:
        moved.append(min(angle, moved[-1] - _APART))
    # As far to one side as to the other.
    shift = sum(angle - place for angle, place in zip(line, moved)) / len(line)
    places = dict(zip(order, (place + shift for place in moved)))
    return [places[i] for i in range(len(angles))]


def _place(angle: float, radius: float) -> Tuple[float, float]:
    turn = math.radians(angle)
    return radius * math.cos(turn), radius * math.sin(turn)
