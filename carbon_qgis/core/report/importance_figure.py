"""Two measures of the importance of the drivers side by side."""

from typing import Any, Mapping, Sequence, Tuple

import numpy as np

from . import style
from .bars import check_lengths
from .layout import (
    SIZE,
    WIDTH,
    Sheet,
    empty_figure,
    measure,
    name_axis,
    put,
    put_title,
    title_height,
    value_axis,
    wrapped,
)

_GAP = 0.3
_TONES = ("#3a78a8", "#8a6fb0")


def importance_panels(
    names: Sequence[str], measures: Mapping[str, Tuple[Sequence[float], str]], title: str = ""
) -> Any:
    """Horizontal bars of one panel per measure, drivers on a shared axis.

    Parameters
    ----------
    names : n drivers, in the order in which they are drawn from the top.
    measures : {what is measured: (n values, unit)}; values may be below 0.

    Raises
    ------
    InputError
        If a measure does not have one value per name.
    """
    check_lengths("importance_panels", names, {key: values for key, (values, _) in measures.items()})
    if not names:
        return empty_figure(title, "no drivers")
    texts, name_width, name_height = wrapped(names, 1.5)
    slot = max(0.25, name_height + 0.05)
    height, left, top = slot * len(names) + 0.08, name_width + 0.16, title_height(title, WIDTH)
    length = (WIDTH - left - 0.12 - _GAP * (len(measures) - 1)) / len(measures)
    sheet = Sheet(WIDTH, top + height + 0.5)
    put_title(sheet, title)
    for panel, (tone, (quantity, (values, unit))) in enumerate(zip(_TONES, measures.items())):
        ax = sheet.axes(left + panel * (length + _GAP), top, length, height, quantity)
        _bars(ax, np.asarray(values, dtype=float), tone, quantity, unit, length)
        name_axis(ax, "y", texts if panel == 0 else [""] * len(names))
    return sheet.figure


def _bars(ax: Any, values: np.ndarray, tone: str, quantity: str, unit: str, length: float) -> None:
    labels = style.column_texts(list(values), "number", digits=3)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    if low == high:
        high = 1.0
    # Labels stand beyond the ends of the bars: they need room on either side.
    room = max(measure(label, SIZE)[0] for label in labels) + 0.12
    share = room / max(0.3 * length, length - room * (1 + (low < 0)))
    low, high = (low - share * (high - low) if low < 0 else 0.0), high + share * (high - low)
    ax.barh(range(len(values)), values, 0.66, color=tone, edgecolor="white", linewidth=0.5)
    value_axis(ax, "x", low, high, length, quantity, unit)
    ax.set_ylim(len(values) - 0.5, -0.5)
    gap = 0.04 * (high - low) / length
    for index, (value, label) in enumerate(zip(values, labels)):
        below = value < 0
        put(ax, value - gap if below else value + gap, index, label, va="center", ha="right" if below else "left")
    if low < 0:
        ax.axvline(0, color=style.INK, linewidth=0.7)
