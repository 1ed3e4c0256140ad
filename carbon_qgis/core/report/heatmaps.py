"""Heat maps: Geodetector interactions per ecosystem, and transitions between classes."""

from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..errors import InputError
from . import style
from .layout import (
    SIZE,
    SMALL,
    WIDTH,
    Key,
    Sheet,
    clean,
    colormap,
    colour_bar,
    empty_figure,
    measure,
    name_axis,
    place_keys,
    put,
    put_title,
    title_height,
    unbroken,
    wrap,
    wrapped,
)

#: Interaction type: its words, its mark, and whether the mark is hollow.
INTERACTIONS = {
    "enhance_nonlinear": ("enhance, nonlinear", "^", False),
    "enhance_bivariate": ("enhance, bivariate", "^", True),
    "independent": ("independent", "o", True),
    "weaken_univariate": ("weaken, univariate", "v", True),
    "weaken_nonlinear": ("weaken, nonlinear", "v", False),
}
_HATCH_WORDS = "unreliable: few cells per stratum"


class InteractionPanel(NamedTuple):
    """One ecosystem: n driver names, n × n q (diagonal q, below it q₁₂), types and doubts; above is not read."""

    title: str
    names: Sequence[str]
    q: Any
    types: Any = None
    unreliable: Any = None


def _check_panel(panel: InteractionPanel) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    size = len(panel.names)
    lower = np.tril(np.ones((size, size), dtype=bool))
    q = np.array(panel.q, dtype=float).reshape(-1, size) if size else np.zeros((0, 0))
    types = np.full((size, size), "", dtype=object) if panel.types is None else np.array(panel.types, dtype=object)
    doubt = np.zeros((size, size), bool) if panel.unreliable is None else np.array(panel.unreliable, dtype=bool)
    for name, matrix in (("q", q), ("types", types), ("unreliable", doubt)):
        if matrix.shape != (size, size):
            raise InputError(
                "Interaction panel '{}': the matrix '{}' has shape {}; {} drivers need {} × {}.".format(
                    panel.title, name, matrix.shape, size, size, size
                )
            )
    off = lower & ~np.eye(size, dtype=bool)
    unknown = sorted({str(t) for t in types[off] if t not in (None, "") and t not in INTERACTIONS})
    if unknown:
        raise InputError(
            "Interaction panel '{}': unknown type '{}'. Types are: {}.".format(
                panel.title, "', '".join(unknown), ", ".join(INTERACTIONS)
            )
        )
    return np.where(lower, q, np.nan), np.where(off, types, ""), doubt & lower


def interaction_heatmaps(panels: Sequence[Any], title: str = "", columns: Optional[int] = None) -> Any:
    """Lower-triangular heat maps of q per ecosystem on one shared scale (Xinjiang paper, Fig. 9).

    The diagonal is q of a driver, below it q₁₂ of a pair with a mark for the type of the interaction;
    cells whose q is unreliable are hatched.

    Parameters
    ----------
    panels : `InteractionPanel`s, or tuples (title, names, q, types, unreliable) in that order.
    columns : panels side by side; by default as many as fit on a page.

    Raises
    ------
    InputError
        If a matrix is not n × n for n names, or a type is unknown.
    """
    from matplotlib.colors import Normalize

    panels = [InteractionPanel(*panel) for panel in panels]
    ready = [_check_panel(panel) for panel in panels]
    finite = [q[np.isfinite(q)] for q, _, _ in ready]
    if not any(values.size for values in finite):
        return empty_figure(title)
    top = max(float(values.max()) for values in finite if values.size)
    norm = Normalize(0.0, min(1.0, max(0.05, np.ceil(top * 20 - 1e-9) / 20)))
    grid = _Grid(panels, columns, title)
    sheet = grid.sheet
    put_title(sheet, title)
    image = None
    for index, (panel, (q, types, doubt)) in enumerate(zip(panels, ready)):
        image = _draw_panel(grid, index, panel, q, types, doubt, norm)
    colour_bar(sheet, image, (0.2, grid.under + 0.02, 2.0, 0.13), "q (share of the variance explained)", None)
    seen = {t for _, types, _ in ready for t in types.ravel() if t}
    shown = [spec for kind, spec in INTERACTIONS.items() if kind in seen]
    keys = [Key(words, style.INK, mark, hollow=hollow) for words, mark, hollow in shown]
    keys += [Key(_HATCH_WORDS, "#ffffff", hatch="///")] if any(doubt.any() for _, _, doubt in ready) else []
    sheet.keys(place_keys(keys, sheet.width - 2.7)[0], 2.55, grid.under)
    return sheet.figure


class _Grid:
    """Where the panels stand: cells of one size, names at the left and below of every panel."""

    def __init__(self, panels: Sequence[InteractionPanel], columns: Optional[int], title: str):
        most = max(len(panel.names) for panel in panels)
        few = len(panels) <= 2
        self.cell = 0.6 if most <= 5 and few else 0.44 if most <= 8 and few else 0.36 if most <= 8 else 0.31
        names = [name for panel in panels for name in panel.names]
        self.texts, self.names_width, self.line = wrapped(names, 1.1, SMALL, 1)
        self.side = self.names_width + 0.08
        block = self.side + most * self.cell + 0.16
        fit = max(1, int((1.4 if most > 8 else 1.0 if few else 1.25) * WIDTH / block))
        self.columns = min(len(panels), columns or fit)
        rows = -(-len(panels) // self.columns)
        width = max(WIDTH, self.columns * block)
        self.pitch = width / self.columns if self.columns * block > 0.75 * width else block + 0.1
        self.heads = [
            wrap("{}  {}".format("abcdefghijklmnopqrstuvwxyz"[i % 26], clean(panel.title)), block - 0.1, SIZE, 2, True)
            for i, panel in enumerate(panels)
        ]
        self.head = max(measure(text, SIZE, True)[1] for text in self.heads) + 0.06
        self.row = self.head + most * self.cell + self.names_width + 0.22
        self.top = title_height(title, width)
        self.under = self.top + rows * self.row + 0.05
        self.sheet = Sheet(width, self.under + 0.66)
        self.most = most

    def corner(self, index: int) -> Tuple[float, float]:
        return (index % self.columns) * self.pitch + 0.04, self.top + (index // self.columns) * self.row


def _draw_panel(grid: _Grid, index: int, panel: InteractionPanel, q, types, doubt, norm) -> Any:
    left, high = grid.corner(index)
    size, cell = len(panel.names), grid.cell
    grid.sheet.text(left, high + grid.head - 0.05, grid.heads[index], va="bottom", fontweight="bold")
    span = max(size, 1) * cell
    ax = grid.sheet.axes(left + grid.side, high + grid.head, span, span, "panel {}".format(index))
    for spine in ax.spines.values():
        spine.set_visible(False)
    mesh = ax.pcolormesh(
        np.arange(size + 1) - 0.5, np.arange(size + 1) - 0.5, np.ma.masked_invalid(q), cmap=colormap("heat"), norm=norm,
        edgecolors="white", linewidth=0.8,
    )  # fmt: skip
    ax.set_xlim(-0.5, max(size, 1) - 0.5)
    ax.set_ylim(max(size, 1) - 0.5, -0.5)
    if not np.isfinite(q).any():
        put(ax, 0.5, 0.5, "no valid cells", transform=ax.transAxes, ha="center", va="center", color=style.FAINT)
        ax.set_xticks([])
        ax.set_yticks([])
        return mesh
    names = wrapped(panel.names, 1.1, SMALL, 1)[0]
    name_axis(ax, "y", names)
    name_axis(ax, "x", names, rotation=90)
    for label in ax.get_xticklabels() + ax.get_yticklabels():
        label.set_fontsize(SMALL)
    _hatch(ax, doubt & np.isfinite(q))
    _values(ax, q, doubt, mesh, cell)
    _marks(ax, q, types, mesh, cell)
    return mesh


def _hatch(ax: Any, where: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    for row, col in np.argwhere(where):
        ax.add_patch(Rectangle((col - 0.5, row - 0.5), 1, 1, facecolor="none", edgecolor="#8a8a8a", hatch="/////",
                               linewidth=0, label="unreliable"))  # fmt: skip


def _values(ax: Any, q: np.ndarray, doubt: np.ndarray, mesh: Any, cell: float) -> None:
    """q in each cell, with three decimals where they fit, else two; a plain ground keeps it clear of hatching."""
    size = 6.5 if cell > 0.4 else 5.6
    for row, col in np.argwhere(np.isfinite(q)):
        text = style.fixed(q[row, col], 3 if cell > 0.4 else 2)
        tone = mesh.cmap(mesh.norm(q[row, col]))
        ground = {"facecolor": tone, "edgecolor": "none", "pad": 0.8} if doubt[row, col] else None
        ink = style.ink_on(*tone[:3])
        put(ax, col, row + 0.1, text, size, ha="center", va="center", color=ink, bbox=ground)


def _marks(ax: Any, q: np.ndarray, types: np.ndarray, mesh: Any, cell: float) -> None:
    for kind, (_, marker, hollow) in INTERACTIONS.items():
        spots = np.argwhere((types == kind) & np.isfinite(q))
        if len(spots):
            inks = [style.ink_on(*mesh.cmap(mesh.norm(q[row, col]))[:3]) for row, col in spots]
            ax.scatter(spots[:, 1] + 0.33, spots[:, 0] - 0.32, s=(cell * 11) ** 2 * 0.55, marker=marker, label=kind,
                       facecolors="none" if hollow else inks, edgecolors=inks, linewidths=0.5)  # fmt: skip


def transition_heatmap(
    names: Sequence[str], matrix: Any, unit: str, title: str = "", quantity: str = "Carbon change",
    first: str = "first date", second: str = "second date",
) -> Any:  # fmt: skip
    """Transitions from class (rows) to class (columns): area, or carbon change on a scale symmetric about 0.

    Unchanged cells (the diagonal) are written but kept out of the colour scale, which they would swamp.

    Parameters
    ----------
    names : n class names.
    matrix : n × n; NaN where a transition does not occur.
    first, second : what to call the two dates.

    Raises
    ------
    InputError
        If the matrix is not n × n.
    """
    from matplotlib.colors import Normalize

    values = np.array(matrix, dtype=float)
    size = len(names)
    if values.shape != (size, size):
        raise InputError(
            "transition_heatmap: {} names need a {} × {} matrix; got shape {}.".format(size, size, size, values.shape)
        )
    if size == 0 or not np.isfinite(values).any():
        return empty_figure(title)
    moved = np.where(np.eye(size, dtype=bool), np.nan, values)
    ramp = "diverging" if (values[np.isfinite(values)] < 0).any() else "heat"
    high = style.symmetric_limit(moved)
    norm = Normalize(-high if ramp == "diverging" else 0.0, high)
    power = style.axis_power(high)
    texts = [["" if np.isnan(v) else style.number(v / 10.0**power, 3) for v in row] for row in values]
    return _transition_sheet(names, values, moved, texts, (ramp, norm), (quantity, unit), title, (first, second))


def _transition_sheet(names, values, moved, texts: List[List[str]], scale, label, title: str, dates) -> Any:
    ramp, norm = scale
    size = len(names)
    widest = max(measure(text, SMALL)[0] for row in texts for text in row)
    sides, names_width, _ = wrapped(names, 1.5, SIZE, 2)
    cell = min(max(widest + 0.1, 0.36), max(0.9, widest + 0.1))
    cell = max(cell, min(0.85, (WIDTH - names_width - 0.6) / size)) if size <= 8 else cell
    tall = min(cell, 0.42)
    flat, _, flat_height = wrapped(names, cell * 0.95, SIZE, 2)
    rotate = not all(unbroken(name, text) for name, text in zip(names, flat))
    heads, head_height = (wrapped(names, 1.5, SIZE, 1)[0], 0.0) if rotate else (flat, flat_height)
    head_height = max(measure(text)[0] for text in heads) if rotate else head_height
    left = names_width + 0.42
    width = max(WIDTH, left + size * cell + 0.15)
    top = title_height(title, width)
    plot_top = top + head_height + 0.28
    sheet = Sheet(width, plot_top + size * tall + 0.72)
    put_title(sheet, title)
    ax = sheet.axes(left, plot_top, size * cell, size * tall, "transitions")
    for spine in ax.spines.values():
        spine.set_visible(False)
    edges = np.arange(size + 1) - 0.5
    mesh = ax.pcolormesh(edges, edges, np.ma.masked_invalid(moved), cmap=colormap(ramp), norm=norm, edgecolors="white",
                         linewidth=0.8)  # fmt: skip
    still = np.ma.masked_where(~(np.eye(size, dtype=bool) & np.isfinite(values)), np.ones((size, size)))
    from matplotlib.colors import ListedColormap

    ax.pcolormesh(edges, edges, still, cmap=ListedColormap([style.MUTED]), edgecolors="white", linewidth=0.8)
    ax.set_xlim(-0.5, size - 0.5)
    ax.set_ylim(size - 0.5, -0.5)
    ax.xaxis.tick_top()
    name_axis(ax, "y", sides)
    name_axis(ax, "x", heads, rotation=90 if rotate else 0)
    for row in range(size):
        for col in range(size):
            tone = mesh.cmap(mesh.norm(values[row, col]))[:3] if row != col else (1, 1, 1)
            put(ax, col, row, texts[row][col], SMALL, ha="center", va="center", color=style.ink_on(*tone))
    sheet.text(left + size * cell / 2, top, "To: class at {}".format(clean(dates[1])), ha="center", color=style.FAINT)
    sheet.text(0.14, plot_top + size * tall / 2, "From: class at {}".format(clean(dates[0])), ha="center", va="center",
               rotation=90, color=style.FAINT)  # fmt: skip
    _transition_bar(sheet, mesh, label, plot_top + size * tall + 0.18)
    return sheet.figure


def _transition_bar(sheet: Sheet, mesh: Any, label: Tuple[str, str], top: float) -> None:
    colour_bar(sheet, mesh, (0.3, top, 3.0, 0.13), label[0], label[1])
    sheet.keys(place_keys([Key("unchanged class, outside the colour scale", style.MUTED)], 3.0)[0], 3.6, top - 0.02)
