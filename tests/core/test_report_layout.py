"""No text of a figure meets another or leaves the sheet; odd names and values; drawing in threads."""

import itertools
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from carbon_qgis.core.report import figures, layout, render  # noqa: E402

LONG = "Closed to open (>15 %) broadleaved evergreen or semi-deciduous forest {}"


def words(figure):
    from matplotlib.text import Text

    return [text.get_text().replace(r"\$", "$") for text in figure.findobj(Text) if text.get_text()]


def boxes(figure):
    """Every visible text with the box that it takes, in pixels."""
    from matplotlib.text import Text

    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    drawn = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible() and t.axes is not None]
    off = [ax.xaxis.label for ax in figure.axes if not ax.axison] + [
        ax.yaxis.label for ax in figure.axes if not ax.axison
    ]
    ticks = set()
    for ax in figure.axes:
        low_x, high_x = sorted(ax.get_xlim())
        low_y, high_y = sorted(ax.get_ylim())
        for axis, low, high in ((ax.xaxis, low_x, high_x), (ax.yaxis, low_y, high_y)):
            for tick in axis.get_major_ticks():
                slack = 1e-9 * (high - low)
                shown = ax.axison and low - slack <= tick.get_loc() <= high + slack
                ticks |= set() if shown else {tick.label1, tick.label2}
    return [(t, t.get_window_extent(renderer)) for t in drawn if t not in ticks and t not in off]


def check_layout(figure):
    """No text leaves the sheet, and no two texts overlap by more than a pixel."""
    placed = boxes(figure)
    width, height = figure.canvas.get_width_height()
    for text, box in placed:
        assert box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1, (text.get_text(), box)
    for (one, a), (two, b) in itertools.combinations(placed, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1.5 or down < 1.5, (one.get_text(), two.get_text(), across, down)


def interaction_panel(title, size, seed, name="D{}"):
    random = np.random.default_rng(seed)
    kinds = np.array(sorted(figures.INTERACTIONS), dtype=object)
    return figures.InteractionPanel(
        title, [name.format(i) for i in range(size)], random.uniform(0.01, 0.6, (size, size)),
        kinds[random.integers(0, 5, (size, size))], random.random((size, size)) < 0.1,
    )  # fmt: skip


def test_the_check_itself_sees_overlaps_and_cut_texts():
    sheet = layout.Sheet(3, 1)
    sheet.text(0.5, 0.5, "one")
    sheet.text(1.5, 0.5, "two")
    check_layout(sheet.figure)
    sheet.text(0.55, 0.55, "three")
    with pytest.raises(AssertionError, match="three"):
        check_layout(sheet.figure)
    sheet = layout.Sheet(3, 1)
    sheet.text(2.9, 0.5, "leaves the sheet")
    with pytest.raises(AssertionError, match="leaves"):
        check_layout(sheet.figure)


def _names(count, long):
    return [LONG.format(i) if long and i % 2 else "Class {}".format(i) for i in range(count)]


def _grid(count):
    return np.random.default_rng(count).normal(0, 1e5, (count, count))


CASES = {
    "bars": lambda n, names: figures.class_bars(names, np.linspace(-5e7, 9e7, n), "t C", "Title"),
    "stack": lambda n, names: figures.class_bars(names, {"above": np.ones(n), "soil": np.arange(n) * 1e3}, "t C", "T"),
    "shares": lambda n, names: figures.pool_shares(names, {"above": np.ones(n), "soil": np.arange(n)}, "Title"),
    "q": lambda n, names: figures.q_bars(names, np.linspace(0, 1, n), np.arange(n) % 2 == 0, np.arange(n) % 3 == 0),
    "classes": lambda n, names: figures.class_map(np.arange(n * n).reshape(n, n) % n, dict(enumerate(names)), "Title",
                                                  extent=(-4e6, 3e6, -4e6, 3e6), crs_unit="m"),
    "transitions": lambda n, names: figures.transition_heatmap(names, _grid(n), "t C", LONG * 3),
    "years": lambda n, names: figures.stock_by_year(range(2000, 2000 + n), {m: np.full(n, 9e8) for m in names}, "t C"),
    "totals": lambda n, names: figures.totals_by_year(range(2000, 2000 + n), {m: np.arange(n) for m in names}, "t C"),
    "breaks": lambda n, names: figures.class_histogram_with_breaks(range(101), [5] * 100, range(2, 2 + n), "m"),
    "curves": lambda n, names: figures.q_curves({m: (range(2, 2 + n), np.linspace(0, 0.9, n)) for m in names},
                                                (names[0], 2)),
}  # fmt: skip


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("count", [2, 7, 20])
@pytest.mark.parametrize("case", sorted(CASES))
def test_no_text_overlaps_or_leaves_the_sheet(case, count, long):
    check_layout(CASES[case](count, _names(count, long)))


@pytest.mark.parametrize("count, drivers, name", [(1, 2, "D{}"), (8, 6, "PRE{}"), (12, 9, "Distance to built land {}")])
def test_interaction_panels_fit(count, drivers, name):
    check_layout(
        figures.interaction_heatmaps(
            [interaction_panel(LONG.format(i), drivers, i, name) for i in range(count)], "Title"
        )
    )


@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize("shape", [(10, 40), (40, 10)])
def test_panel_maps_fit(count, shape):
    arrays = [(LONG.format(i), np.random.default_rng(i).normal(0, 3e6, shape)) for i in range(count)]
    check_layout(
        figures.panel_maps(arrays, "t C/km2/yr", "Title", ramp="diverging", extent=(0, 9e5, 0, 5e5), crs_unit="m")
    )


@pytest.mark.parametrize(
    "shape, extent", [((1, 50), (0, 5e6, 0, 1e5)), ((50, 1), (0, 1e5, 0, 5e6)), ((1, 1), (0, 1, 0, 1))]
)
def test_maps_of_extreme_shapes_fit(shape, extent):
    data = np.linspace(-1e-7, 2e-7, shape[0] * shape[1]).reshape(shape)
    check_layout(figures.raster_map(data, "t C/km2/yr", "Title", extent=extent, crs_unit="m"))


@pytest.mark.parametrize("values", [[1e300, 1.0], [1e-300, 2e-300], [0.0, 0.0], [-1e15, 1e15], [5.0, np.inf]])
def test_extreme_values_are_drawn(values):
    check_layout(figures.class_bars(["a", "b"], values, "t C"))
    check_layout(figures.totals_by_year([2000, 2001], {"a": values}, "t C"))


@pytest.mark.parametrize(
    "name", ["$x^2$", r"$\frac{", "a$b", "_hidden", "two\nlines\ttab", "", "<script>", "\x00\x07bell"]
)
def test_awkward_names_are_plain_text(name):
    figure = figures.class_bars([name, "b"], {name: [1, 2]}, "t C", title=name)
    assert render.to_png(figure, 60).startswith(b"\x89PNG")
    assert layout.clean(name) in words(figure) or not layout.clean(name)


def test_characters_without_a_font_become_boxes_not_warnings(recwarn):
    render.to_png(figures.class_bars(["\U0001f332", "\U00012000"], [1, 2], "t C"), 60)
    assert [str(w.message) for w in recwarn if "Glyph" in str(w.message)] == []


def test_figures_are_made_in_threads_without_touching_global_state():
    import matplotlib

    before = dict(matplotlib.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    wanted = render.to_png(CASES["stack"](7, _names(7, True)), 60)
    made, failed = [], []

    def work():
        try:
            for _ in range(3):
                made.append(render.to_png(CASES["stack"](7, _names(7, True)), 60))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and len(made) == 12 and set(made) == {wanted}
    assert dict(matplotlib.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded
