"""Report page of land-use intensity."""

from typing import Optional

from ..land_use_intensity import LandUseIntensityResult
from ..units import NONE
from .figures import class_bars
from .overview_figures import map_and_histogram, nodata_note
from .page import Page


def land_use_intensity_page(result: LandUseIntensityResult, table: str, year: Optional[int] = None) -> Page:
    """The page of one run of `land_use_intensity`; `table` is the name of the table of grades."""
    page = Page("Land-use intensity", ", ".join(([str(year)] if year else []) + [result.grid.describe()]))
    page.lead(
        "Land-use intensity is {:,.4g} on average over cells ({:,.4g} to {:,.4g}).".format(
            result.mean, result.low, result.high
        )
    )
    page.key_figure("Mean intensity", result.mean)
    page.key_figure("Smallest", result.low)
    page.key_figure("Largest", result.high)
    page.key_figure("Window", "{0} × {0} cells".format(result.window))
    page.key_figure("Valid area", result.area_km2, "km2")
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    page.section("Intensity")
    if "INTENSITY" in result.overviews:
        map_and_histogram(
            page, result.overviews["INTENSITY"], result.grid, NONE, "Land-use intensity", (result.low, result.high),
            "intensity",
        )  # fmt: skip
    page.section("Classes and grades")
    rows = result.classes.as_dicts()
    names = ["{} (grade {:g})".format(row["class"], row["grade"]) for row in rows]
    figure = class_bars(names, [row["area_km2"] for row in rows], "km2", quantity="Area")
    page.figure(figure, "Area by class and its grade", slug="classes")
    page.table(result.classes)
    page.method(
        "LUI = 100 · Σ Aᵢ·Cᵢ, with Cᵢ the grade of class i ({}) and Aᵢ its share of the valid cells in a window of "
        "{} × {} cells around the cell. The papers name the driver without a formula; this is the usual comprehensive "
        "index of the degree of land use.".format(table, result.window, result.window)
    )
    return page
