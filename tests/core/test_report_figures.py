"""Figures show the right numbers in the right places, and their texts stay apart and inside."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from carbon_qgis.core.errors import InputError  # noqa: E402
from carbon_qgis.core.report import figures, layout, style  # noqa: E402

LONG = "Closed to open (>15 %) broadleaved evergreen or semi-deciduous forest {}"


def axes(figure, label="plot"):
    found = [ax for ax in figure.axes if ax.get_label() == label]
    assert len(found) == 1, [ax.get_label() for ax in figure.axes]
    return found[0]


def panels(figure):
    return [ax for ax in figure.axes if ax.get_label().startswith("panel")]


def words(figure):
    from matplotlib.text import Text

    return [text.get_text().replace(r"\$", "$") for text in figure.findobj(Text) if text.get_text()]


# --- bars


def test_plain_bars_have_the_heights_and_the_labels():
    figure = figures.class_bars(["Forest", "Built"], [1294.41, -20.0], "t C")
    ax = axes(figure)
    assert [bar.get_height() for bar in ax.patches] == [1294.41, -20.0]
    assert {"1,294", "−20", "Forest", "Built", "Carbon stock (t C)"} <= set(words(figure))


def test_bar_labels_are_in_the_power_of_the_axis():
    figure = figures.class_bars(["Forest", "Built"], [12.5e6, 2e6], "t C")
    assert {"Carbon stock (10⁶ t C)", "12.5", "2.0"} <= set(words(figure))
    assert axes(figure).patches[0].get_height() == 12.5e6


def test_stacked_bars_stand_on_each_other_and_negative_pieces_hang():
    figure = figures.class_bars(["a", "b"], {"above": [1, -2], "soil": [4, 3], "dead": [2, -1]}, "t C")
    bars = axes(figure).patches
    spans = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars]
    assert spans == [(0, 1), (0, -2), (1, 5), (0, 3), (5, 7), (-2, -3)]
    assert {"above", "soil", "dead"} <= set(words(figure))


def test_many_or_long_names_lie_down_in_the_given_order():
    names = [LONG.format(i) for i in range(3)]
    ax = axes(figures.class_bars(names, [3, 2, 1], "t C"))
    assert [bar.get_width() for bar in ax.patches] == [3, 2, 1]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # first class at the top


def test_shortened_names_keep_their_ends():
    texts = {layout.wrap(LONG.format(i), 1.0) for i in range(20)}
    assert len(texts) == 20 and all("…" in text for text in texts)


def test_missing_bar_is_labelled_and_other_bars_stay():
    figure = figures.class_bars(["a", "b"], [np.nan, 2.0], "t C")
    assert "–" in words(figure) and [bar.get_height() for bar in axes(figure).patches] == [0, 2]


def test_lengths_must_match():
    with pytest.raises(InputError, match="3 values of 'soil' for 2 names"):
        figures.class_bars(["a", "b"], {"soil": [1, 2, 3]}, "t C")
    with pytest.raises(InputError, match="q_bars: 1 values of 'q' for 2 names"):
        figures.q_bars(["a", "b"], [0.1])


def test_pool_shares_add_up_to_100_and_an_empty_class_stays_empty():
    ax = axes(figures.pool_shares(["a", "b"], {"above": [1, 0], "soil": [3, 0]}))
    assert [bar.get_width() for bar in ax.patches] == [25, 0, 75, 0]
    with pytest.raises(InputError, match="pool 'soil' in class 'b' is -1"):
        figures.pool_shares(["a", "b"], {"above": [1, 1], "soil": [1, -1]})


def test_q_bars_are_sorted_hatched_and_hollow():
    figure = figures.q_bars(["low", "high", "none"], [0.1, 0.6, np.nan], [False, True, True], [True, False, False])
    ax = axes(figure)
    assert [bar.get_width() for bar in ax.patches] == [0.6, 0.1, 0.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["high", "low", "none"]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True, False]
    assert ax.patches[1].get_facecolor()[:3] == (1, 1, 1) and ax.patches[0].get_facecolor()[:3] != (1, 1, 1)
    assert {"0.600", "0.100 n.s.", "–"} <= set(words(figure))


# --- histograms


def test_histogram_colours_sources_and_sinks():
    ax = axes(figures.value_histogram([-2, -1, 0, 1, 2], [1, 2, 3, 4], "t C/km2/yr", diverging=True))
    from matplotlib.colors import to_hex

    tones = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert tones == [style.SOURCE] * 2 + [style.SINK] * 2
    assert [bar.get_height() for bar in ax.patches] == [1, 2, 3, 4]
    assert [bar.get_x() for bar in ax.patches] == [-2, -1, 0, 1]


def test_histogram_deadband_and_bins_across_zero_are_grey():
    from matplotlib.colors import to_hex

    ax = axes(figures.value_histogram([-3, -1, 1, 3], [1, 2, 3], "t", diverging=True, deadband=1))
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [style.SOURCE, style.STABLE, style.SINK]


def test_uneven_bins_are_drawn_per_unit():
    figure = figures.value_histogram([0, 1, 3], [10, 10], "t C/ha")
    assert [bar.get_height() for bar in axes(figure).patches] == [10, 5]
    assert "Cells per t C/ha" in words(figure)


def test_fine_histograms_are_merged_without_losing_counts():
    from carbon_qgis.core.report.histograms import merged_bins

    edges, counts = np.linspace(0, 1, 65537), np.random.default_rng(0).integers(0, 9, 65536)
    bounds, heights = merged_bins(edges, counts)
    assert len(heights) <= 240 and heights.sum() == counts.sum()
    assert bounds[0] == 0 and bounds[-1] == 1 and (np.diff(bounds) > 0).all()
    assert heights[0] == counts[: round(bounds[1] * 65536)].sum()


@pytest.mark.parametrize("edges, message", [([0, 1], "2 edges and 2 counts"), ([0, 2, 1], "must increase; edge 2")])
def test_histogram_refuses_bad_edges(edges, message):
    with pytest.raises(InputError, match=message):
        figures.value_histogram(edges, [1, 1], "t")


def test_breaks_split_the_colours_and_the_upper_limit_belongs_to_the_class():
    ax = axes(figures.class_histogram_with_breaks(range(7), [1] * 6, [2, 4, 6], "m"))
    tones = [bar.get_facecolor() for bar in ax.patches]
    assert tones[0] == tones[1] and tones[2] == tones[3] and tones[4] == tones[5] and len(set(tones)) == 3
    assert [line.get_xdata()[0] for line in ax.lines] == [2, 4]


# --- maps


def test_map_shows_the_array_where_it_lies():
    data = np.arange(12.0).reshape(3, 4)
    data[0, 0] = np.nan
    figure = figures.raster_map(data, "t C/ha", extent=(1000, 1400, 0, 300), crs_unit="m", limits=(0, 11))
    image = axes(figure, "map").images[0]
    assert np.ma.getmaskarray(image.get_array())[0, 0] and image.get_array()[2, 3] == 11
    assert tuple(image.get_extent()) == (1000, 1400, 0, 300) and image.origin == "upper"
    assert (image.norm.vmin, image.norm.vmax) == (0, 11)
    box = axes(figure, "map").get_window_extent()
    assert box.width / box.height == pytest.approx(4 / 3, rel=1e-6)
    assert {"Carbon density (t C/ha)", "no data", "x (m)"} <= set(words(figure))


def test_diverging_maps_are_symmetric_about_zero():
    for data in (np.array([[-1.0, 5.0]]), np.array([[3.0, 4.0]]), np.zeros((2, 2))):
        norm = axes(figures.raster_map(data, "t", ramp="diverging"), "map").images[0].norm
        assert norm.vmin == -norm.vmax < 0 and norm(0.0) == 0.5


def test_constant_map_has_a_scale():
    norm = axes(figures.raster_map(np.full((5, 5), 7.0), "t C/ha"), "map").images[0].norm
    assert norm.vmin < 7 < norm.vmax


def test_masked_and_infinite_cells_are_nodata():
    data = np.ma.masked_equal(np.array([[1, 2], [255, 4]], dtype=np.uint8), 255)
    image = axes(figures.raster_map(data, "t"), "map").images[0]
    assert np.ma.getmaskarray(image.get_array()).tolist() == [[False, False], [True, False]]
    image = axes(figures.raster_map([[np.inf, 2.0]], "t"), "map").images[0]
    assert np.ma.getmaskarray(image.get_array()).tolist() == [[True, False]]


def test_degrees_are_narrowed_by_latitude_and_named():
    figure = figures.raster_map(np.eye(10), "t C/ha", extent=(0, 10, 55, 65), crs_unit="degree")
    box = axes(figure, "map").get_window_extent()
    assert box.height / box.width == pytest.approx(2.0, rel=1e-6)  # cos 60° = 0.5
    assert {"Longitude (°)", "Latitude (°)"} <= set(words(figure))


@pytest.mark.parametrize(
    "extent, unit, inches, text",
    [
        ((0, 10000, 0, 1), "m", 1.0, "2 km"),
        ((0, 10000, 0, 1), "US survey foot", 0.82021, "500 m"),
        ((0, 1, -0.5, 0.5), "degree", 0.89831, "20 km at 0.0°"),
    ],
)
def test_scale_bar(extent, unit, inches, text):
    from carbon_qgis.core.report.maps import bar_length

    length, label = bar_length(extent, unit, 5.0, 1.0)
    assert label == text and length == pytest.approx(inches, rel=1e-4)


def test_no_scale_bar_without_a_known_unit():
    from carbon_qgis.core.report.maps import bar_length

    assert bar_length((0, 1, 0, 1), None, 5.0, 1.0) is None
    assert bar_length((0, 1, 0, 9000), "degree", 5.0, 1.0) is None


def test_thinning_takes_cells_at_even_centres():
    from carbon_qgis.core.report.maps import thinned

    data = np.add.outer(1000 * np.arange(60), np.arange(90))
    small = thinned(data, 30)
    assert small.shape == (20, 30)
    assert small[0, 0] == 1001 and small[-1, -1] == 58 * 1000 + 88


def test_map_errors_say_what_was_found():
    with pytest.raises(InputError, match=r"2-D array; got shape \(3,\)"):
        figures.raster_map([1, 2, 3], "t")
    with pytest.raises(InputError, match="Unknown colour ramp 'jet'.*diverging"):
        figures.raster_map([[1.0]], "t", ramp="jet")
    with pytest.raises(InputError, match="left, right, bottom, top"):
        figures.raster_map([[1.0]], "t", extent=(0, 0, 1, 1))


def test_class_map_paints_each_code_and_names_only_what_is_there():
    figure = figures.class_map([[1, 2], [9, np.nan]], {1: "Forest", 2: "Built", 3: "Absent"}, colours={1: "#010203"})
    image = axes(figure, "map").images[0].get_array()
    assert image[0, 0].tolist() == [1, 2, 3, 255] and image[1, 1, 3] == 0
    assert len({tuple(image[row, col]) for row, col in ((0, 0), (0, 1), (1, 0))}) == 3
    assert {"Forest", "Built", "code 9", "no data"} <= set(words(figure)) and "Absent" not in words(figure)


def test_panels_share_one_scale_and_an_empty_panel_says_so():
    arrays = [("2000", np.array([[0.0, 1.0]])), ("2020", np.array([[8.0, 10.0]])), ("none", np.full((1, 2), np.nan))]
    figure = figures.panel_maps(arrays, "t C/ha")
    images = [ax.images[0] for ax in panels(figure)]
    assert len({id(image.norm) for image in images}) == 1
    assert images[1].get_array().tolist() == [[8.0, 10.0]]
    assert layout.EMPTY in words(figure)
    norm = panels(figures.panel_maps(arrays, "t", ramp="diverging"))[0].images[0].norm
    assert norm.vmin == -norm.vmax


# --- heat maps


def test_interaction_panel_is_a_lower_triangle_with_q_on_the_diagonal():
    q = [[0.1, 99.0], [0.5, 0.3]]
    types = [["", ""], ["enhance_nonlinear", ""]]
    figure = figures.interaction_heatmaps([("Forest", ["PRE", "TEM"], q, types, [[False, False], [True, False]])])
    ax = panels(figure)[0]
    array = ax.collections[0].get_array().reshape(2, 2)
    assert np.ma.getmaskarray(array).tolist() == [[False, True], [False, False]]
    assert array[0, 0] == 0.1 and array[1, 1] == 0.3 and array[1, 0] == 0.5
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # first driver at the top
    written = {(round(t.get_position()[0]), round(t.get_position()[1])): t.get_text() for t in ax.texts}
    assert written == {(0, 0): "0.100", (0, 1): "0.500", (1, 1): "0.300"}
    marks = {c.get_label(): c.get_offsets().round().tolist() for c in ax.collections[1:]}
    assert marks == {"enhance_nonlinear": [[0, 1]]}
    assert [patch.get_xy() for patch in ax.patches] == [(-0.5, 0.5)] and ax.patches[0].get_hatch()
    assert "enhance, nonlinear" in words(figure) and "independent" not in words(figure)


def test_interaction_panels_share_one_scale_from_zero():
    figure = figures.interaction_heatmaps([("a", ["x"], [[0.11]]), ("b", ["y"], [[0.62]])])
    norms = [ax.collections[0].norm for ax in panels(figure)]
    assert norms[0] is norms[1] and (norms[0].vmin, norms[0].vmax) == (0, pytest.approx(0.65))


def test_interaction_errors():
    with pytest.raises(InputError, match=r"panel 'a': the matrix 'types' has shape \(1, 1\); 2 drivers need 2 × 2"):
        figures.interaction_heatmaps([("a", ["x", "y"], np.eye(2), [["independent"]])])
    with pytest.raises(InputError, match="unknown type 'strong'.*enhance_nonlinear"):
        figures.interaction_heatmaps([("a", ["x", "y"], np.eye(2), [["", ""], ["strong", ""]])])


def test_interaction_panel_without_values_says_so():
    figure = figures.interaction_heatmaps([("a", ["x"], [[np.nan]]), ("b", ["x"], [[0.5]])])
    assert layout.EMPTY in words(figure)


def test_transitions_keep_the_diagonal_out_of_the_scale():
    matrix = np.array([[1e9, -5.0], [3.0, np.nan]])
    ax = axes(figures.transition_heatmap(["a", "b"], matrix, "t C"), "transitions")
    mesh = ax.collections[0]
    array = mesh.get_array().reshape(2, 2)
    assert array[0, 1] == -5 and array[1, 0] == 3 and np.ma.getmaskarray(array).diagonal().all()
    assert (mesh.norm.vmin, mesh.norm.vmax) == (-5, 5)
    written = {tuple(int(v) for v in t.get_position()): t.get_text() for t in ax.texts if t.get_text()}
    assert written == {(0, 0): "1,000,000,000", (1, 0): "−5", (0, 1): "3"}  # x is the column: the class it became


def test_transition_areas_start_at_zero_and_shape_is_checked():
    ax = axes(figures.transition_heatmap(["a", "b"], [[9, 1], [2, 9]], "km2", quantity="Area"), "transitions")
    assert (ax.collections[0].norm.vmin, ax.collections[0].norm.vmax) == (0, 2)
    with pytest.raises(InputError, match=r"2 names need a 2 × 2 matrix; got shape \(2, 3\)"):
        figures.transition_heatmap(["a", "b"], np.zeros((2, 3)), "t")


# --- curves


def test_years_stand_to_scale_and_totals_are_written():
    figure = figures.stock_by_year([1985, 1991, 1999], {"Forest": [5, 4, 3], "Built": [1, 2, np.nan]}, "Tg C")
    ax = axes(figure)
    centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches[:3]]
    assert (centres[2] - centres[1]) / (centres[1] - centres[0]) == pytest.approx(8 / 6)
    assert [bar.get_height() for bar in ax.patches] == [5, 4, 3, 1, 2, 0]
    assert [bar.get_y() for bar in ax.patches[3:5]] == [5, 4]
    assert {"1985", "1991", "1999", "6", "3", "Year"} <= set(words(figure))


def test_years_far_apart_say_that_they_are_not_to_scale():
    figure = figures.stock_by_year([900, 1800, 1910, 1960, 1990, 2010], {"a": [1] * 6}, "Tg C")
    assert "Year (equal steps, not to scale)" in words(figure)


def test_lines_are_in_order_of_years_and_leave_gaps():
    ax = axes(figures.totals_by_year([2010, 2000, 2005], {"t": [3, 1, None]}, "Tg C"))
    line = ax.lines[0]
    assert list(line.get_xdata()) == [2000, 2005, 2010]
    assert line.get_ydata()[0] == 1 and np.isnan(line.get_ydata()[1]) and line.get_ydata()[2] == 3


def test_axis_from_zero_on_request():
    years, series = [2000, 2010], {"t": [100, 101]}
    assert axes(figures.totals_by_year(years, series, "t", from_zero=True)).get_ylim()[0] == 0
    assert axes(figures.totals_by_year(years, series, "t")).get_ylim()[0] > 90


def test_q_curves_ring_the_chosen_pair():
    figure = figures.q_curves(
        {"natural": ([3, 4, 5], [0.1, 0.2, 0.25]), "equal": ([3, 4], [0.1, np.nan])}, ("natural", 4)
    )
    ring = [line for line in axes(figure).lines if line.get_label() == "chosen"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in ring] == [(4, 0.2)]
    assert "chosen: natural, 4 classes" in words(figure)


# --- all of them


@pytest.mark.parametrize(
    "figure",
    [
        lambda: figures.class_bars([], [], "t", "T"),
        lambda: figures.class_bars(["a"], [np.nan], "t", "T"),
        lambda: figures.class_bars(["a"], {}, "t", "T"),
        lambda: figures.pool_shares(["a"], {"soil": [0]}, "T"),
        lambda: figures.q_bars(["a"], [None], title="T"),
        lambda: figures.value_histogram([0, 1], [0], "t", "T"),
        lambda: figures.value_histogram([0], [], "t", "T"),
        lambda: figures.class_histogram_with_breaks([0, 1], [0], [], "t", "T"),
        lambda: figures.raster_map(np.full((2, 2), np.nan), "t", "T"),
        lambda: figures.raster_map(np.zeros((0, 0)), "t", "T"),
        lambda: figures.class_map([[np.nan]], {}, "T"),
        lambda: figures.panel_maps([], "t", "T"),
        lambda: figures.panel_maps([("a", [[np.nan]])], "t", "T"),
        lambda: figures.interaction_heatmaps([], "T"),
        lambda: figures.interaction_heatmaps([("a", [], [])], "T"),
        lambda: figures.transition_heatmap([], np.zeros((0, 0)), "t", "T"),
        lambda: figures.stock_by_year([], {}, "t", "T"),
        lambda: figures.totals_by_year([2000], {"a": [None]}, "t", "T"),
        lambda: figures.q_curves({}, None, "T"),
    ],
)
def test_nothing_to_draw_says_so(figure):
    assert {"T", layout.EMPTY} == set(words(figure()))
