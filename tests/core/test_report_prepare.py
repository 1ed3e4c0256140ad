"""Pages of the group 'Prepare': they say what the results hold, and leave out what there is not."""

import html
import re

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from carbon_qgis.core.class_tables import read_ecosystems, read_grades  # noqa: E402
from carbon_qgis.core.density_conversion import convert_density  # noqa: E402
from carbon_qgis.core.driver_stack import DriverSource, driver_stack  # noqa: E402
from carbon_qgis.core.ecosystems import ecosystem_classes  # noqa: E402
from carbon_qgis.core.land_use_intensity import land_use_intensity  # noqa: E402
from carbon_qgis.core.outputs import OutputSet  # noqa: E402
from carbon_qgis.core.pool_checks import check_pool_table  # noqa: E402
from carbon_qgis.core.report.density_conversion_report import density_conversion_page  # noqa: E402
from carbon_qgis.core.report.driver_stack_report import LEAST_GAPS, driver_stack_page  # noqa: E402
from carbon_qgis.core.report.ecosystems_report import ecosystem_classes_page  # noqa: E402
from carbon_qgis.core.report.land_use_intensity_report import land_use_intensity_page  # noqa: E402
from carbon_qgis.core.report.overview_figures import map_and_histogram, nodata_note, widened  # noqa: E402
from carbon_qgis.core.report.page import Page  # noqa: E402
from carbon_qgis.core.report.pool_check_report import pool_check_page  # noqa: E402
from carbon_qgis.core.report.time_aggregation_report import MOST_BARS, time_aggregation_page  # noqa: E402
from carbon_qgis.core.tables import TextTable  # noqa: E402
from carbon_qgis.core.time_aggregation import aggregate_time  # noqa: E402
from carbon_qgis.core.time_steps import steps_of  # noqa: E402
from tests.core.helpers import make_grid, make_raster  # noqa: E402

#: Cells of 100 m.
HECTARE = (100.0, 0.0, 500_000.0, 0.0, -100.0, 4_000_000.0)


def raster(path, values, dtype="float32", **options):
    return make_raster(path, np.asarray(values, dtype=dtype), transform=HECTARE, **options)


def text(page):
    """What a reader sees, without pictures."""
    document = re.sub(r'src="data:[^"]*"', "", page.html())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document)))


def figures(page):
    return sorted(name[:-4] for name in page.save_figures(dpi=40) if name.endswith(".png"))


def stack(folder, layers, categorical=(), **options):
    sources = [
        DriverSource(raster(folder / (name + ".tif"), values, nodata=-9), categorical=name in categorical)
        for name, values in layers.items()
    ]
    with OutputSet() as outputs:
        return driver_stack(sources, outputs, {"STACK": str(folder / "stack.tif")}, **options)


def test_stack_page_shows_quantities_classes_and_gaps(tmp_path):
    gap = np.arange(100.0).reshape(10, 10)
    gap[0, 0] = -9
    layers = {"PRE": gap, "DEM": np.arange(100.0)[::-1].reshape(10, 10), "soil<1>": np.arange(100).reshape(10, 10) % 3}
    page = driver_stack_page(stack(tmp_path, layers, categorical=["soil<1>"]), 2010, "ssp126")
    shown = text(page)
    assert "2010, ssp126, 10 x 10 cells" in shown and "3 drivers on one grid: PRE, DEM, soil<1>." in shown
    assert "'PRE' has the fewest valid cells, 99;" in shown and "Share of all cells 99.0%" in shown
    assert figures(page) == ["classes-soil-1", "drivers", "missing-drivers"]


def test_stack_page_of_one_constant_driver(tmp_path):
    page = driver_stack_page(stack(tmp_path, {"PRE": np.ones((4, 4))}))
    assert "1 driver on one grid: PRE." in text(page) and "'PRE' is constant (1)" in text(page).replace("driver ", "")
    assert figures(page) == ["drivers"]


def test_gaps_too_small_to_see_get_no_map(tmp_path):
    side = int(np.ceil(np.sqrt(1 / LEAST_GAPS))) + 2
    one = np.arange(float(side * side)).reshape(side, side)
    two = one.copy()
    two[0, 0] = -9
    assert "missing-drivers" not in figures(driver_stack_page(stack(tmp_path, {"A": one, "B": two})))


def aggregate(folder, steps, **options):
    path = raster(folder / "PRE_2010.tif", steps, nodata=-9, units=["mm"] * len(steps))
    with OutputSet() as outputs:
        wanted = {name: str(folder / (name + ".tif")) for name in ("AGGREGATE", "COUNT")}
        return aggregate_time(steps_of([path]), outputs, wanted, **options)


def test_aggregation_page(tmp_path):
    page = time_aggregation_page(aggregate(tmp_path, [[[1, 2]], [[3, -9]], [[5, 8]]], minimum_count=2, year=2010))
    shown = text(page)
    assert "Sum of PRE over 3 time steps: from 9 to 10, 9.5 on average over cells, in mm." in shown
    assert "sum of its valid steps where at least 2 of 3 are valid" in shown
    assert "nodata or outside" not in shown
    assert figures(page) == ["count", "result", "result-histogram", "steps"]


def test_aggregation_page_of_many_steps_without_gaps(tmp_path):
    page = time_aggregation_page(aggregate(tmp_path, np.ones((MOST_BARS + 1, 2, 2)), statistic="max"))
    assert "Every cell of the study area has {} valid steps.".format(MOST_BARS + 1) in text(page)
    assert "Maximum of PRE" in text(page) and figures(page) == ["result", "result-histogram"]


def test_density_page_carries_warnings_and_the_formula(tmp_path):
    path = raster(tmp_path / "d.tif", [[1400, -2], [-9, 0]], nodata=-9)
    with OutputSet() as outputs:
        result = convert_density(
            path, outputs, {"DENSITY": str(tmp_path / "c.tif")}, source_unit="t/ha", carbon_fraction=0.5, pool="above"
        )
    page = density_conversion_page(result)
    shown = text(page)
    assert "0.000699 Tg C on 0.03 km², 233 t C/ha on average (−1 to 700)" in shown
    assert "Warning. 1 cells are negative" in shown and "Warning. 1 cells are above 600 t C/ha" in shown
    assert "Density = (stored value × 1 + 0) × 0.5" in shown and "IPCC (2006)" in shown
    assert "25.0% of the cells are nodata" in shown
    assert figures(page) == ["density", "density-histogram"]


def test_ecosystem_page_names_the_largest_and_draws_those_that_occur(tmp_path):
    path = raster(tmp_path / "cover.tif", [[1, 1, 2]], "uint8", nodata=255)
    table = read_ecosystems(TextTable.from_rows("e.csv", ["code", "ecosystem"], [[1, "Wood"], [2, "<b>"], [3, "Ice"]]))
    with OutputSet() as outputs:
        result = ecosystem_classes(path, table, outputs, {"ECOSYSTEMS": str(tmp_path / "e.tif")})
    page = ecosystem_classes_page(result, table.source, 2010)
    shown = text(page)
    assert "2 ecosystems on 0.03 km²; 'Wood' is the largest with 66.7 % of the area." in shown
    assert "Not in this land cover: Ice." in shown and "the table (e.csv)" in shown and "<b>" in shown
    assert figures(page) == ["area", "ecosystems"]


def test_intensity_page(tmp_path):
    path = raster(tmp_path / "cover.tif", [[1, 1, 2]], "uint8", nodata=255)
    grades = read_grades(TextTable.from_rows("g.csv", ["code", "grade", "name"], [[1, 2, "wood"], [2, 4, "town"]]))
    with OutputSet() as outputs:
        result = land_use_intensity(path, grades, outputs, {"INTENSITY": str(tmp_path / "i.tif")}, window=3)
    page = land_use_intensity_page(result, grades.source)
    shown = text(page)
    # Windows of 3 cells at the edge hold two: (2 + 2) / 2, (2 + 2 + 4) / 3, (2 + 4) / 2.
    assert "Land-use intensity is 255.6 on average over cells (200 to 300)." in shown
    assert "Window 3 × 3 cells" in shown and "(g.csv)" in shown
    assert figures(page) == ["classes", "intensity", "intensity-histogram"]


HEADER = ["lucode", "c_above", "c_below", "c_soil", "c_dead"]


@pytest.mark.parametrize("row, verdict, headings", [
    ([1, 60, 15, 90, 5], "The table can be used; nothing in it is doubtful.", []),
    ([1, 40, 67.5, 22.53, 5], "The table can be used, but look at 1 warning first.", ["Warnings"]),
    ([1, 60, -1, 90, 5], "The table cannot be used as it is: 1 error, 0 warnings.", ["Errors"]),
    ([1, 0, 0, 0, 0], "The table can be used, but look at 4 warnings first.", ["Warnings", "Good to know"]),
])  # fmt: skip
def test_pool_check_page(row, verdict, headings):
    page = pool_check_page(check_pool_table(TextTable.from_rows("p.csv", HEADER, [row])))
    shown = text(page)
    assert verdict in shown and "No land cover was given" in shown
    found = re.findall("<h2>(.*?)</h2>", page.html())
    assert [heading for heading in found if heading not in ("Method", "References")] == headings


def test_histogram_counts_every_valid_cell_once_and_a_constant_raster_is_drawn():
    page = Page("t")
    constant = np.full((4, 4), 7.0, np.float32)
    constant[0, 0] = np.nan
    map_and_histogram(page, constant, make_grid(shape=(4, 4)), "mm", "Rain", (7.0, 7.0), "rain")
    assert figures(page) == ["rain", "rain-histogram"]
    assert "Map of rain." in text(page) and "All valid cells." in text(page)
    assert widened((7.0, 7.0)) == (pytest.approx(6.93), pytest.approx(7.07)) and widened((0.0, 0.0)) == (-0.5, 0.5)
    assert widened((1.0, 2.0)) == (1.0, 2.0)


def test_a_sampled_raster_says_so():
    page = Page("t")
    overview = np.arange(900, dtype=np.float32).reshape(30, 30)
    map_and_histogram(page, overview, make_grid(shape=(1000, 1000)), "1", "NDVI", (0.0, 899.0), "ndvi")
    shown = text(page)
    assert "Map of NDVI. Drawn from one cell in 2" in shown and "Counted from one cell in 2" in shown


def test_nodata_note_says_only_what_there_is():
    for share, mode, expected in ((0.0, "", None), (0.0, "projected", "Areas: projected cell areas."),
                                  (0.25, "", "25.0% of the cells are nodata or outside the study area.")):
        page = Page("t")
        nodata_note(page, share, mode)
        assert (expected in text(page)) if expected else "<li" not in page.html()
