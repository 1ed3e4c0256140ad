"""Report page of a density conversion."""

from ..density_conversion import DensityConversionResult
from . import style
from .overview_figures import map_and_histogram, nodata_note
from .page import Page

REFERENCES = (
    "IPCC (2006). Guidelines for National Greenhouse Gas Inventories, vol. 4: Agriculture, Forestry and Other Land "
    "Use.",
)


def density_conversion_page(result: DensityConversionResult) -> Page:
    """The page of one run of `convert_density`."""
    about = [str(part) for part in (result.pool, result.year) if part]
    page = Page("Carbon density", ", ".join(about + [result.grid.describe()]))
    page.lead(
        "The raster holds {} Tg C on {} km², {} {} on average ({} to {}).".format(
            style.number(result.total), style.number(result.area_km2), style.number(result.mean),
            style.pretty_unit(result.unit), style.number(result.low), style.number(result.high),
        )  # fmt: skip
    )
    page.key_figure("Total", result.total, "Tg C")
    page.key_figure("Mean density", result.mean, result.unit)
    page.key_figure("Smallest", result.low, result.unit)
    page.key_figure("Largest", result.high, result.unit)
    page.key_figure("Valid area", result.area_km2, "km2")
    page.key_figure("Valid cells", result.valid_cells)
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    page.section("Density")
    if "DENSITY" in result.overviews:
        map_and_histogram(
            page, result.overviews["DENSITY"], result.grid, result.unit, "Carbon density", (result.low, result.high),
            "density",
        )  # fmt: skip
    page.method(
        "Density = (stored value × {:g} + {:g}) × {:g}: scale, offset, and the factor to {} with a carbon fraction of "
        "{:g}. The mean is weighted by cell area, the total is density × cell area. Values are never clipped.".format(
            result.scale, result.offset, result.factor, result.unit, result.carbon_fraction
        ),
        REFERENCES if result.carbon_fraction != 1 else (),
    )
    return page
