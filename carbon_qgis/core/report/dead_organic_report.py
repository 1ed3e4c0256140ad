"""Report page of dead organic matter by coefficients (Xinjiang paper, 2.1.2)."""

from ..dead_organic import DeadOrganicResult
from ..dead_organic_fit import DERIVED_SHARE, FITTED, FITTED_BY_CLASS, GIVEN, TABLE
from ..units import T_HA, T_PER_TG
from . import style
from .figures import class_bars
from .metric_tables import metrics_for_reading
from .overview_figures import map_and_histogram, nodata_note
from .page import Page

_SOURCES = {
    DERIVED_SHARE: "Every coefficient is the derived default, 0.03/0.97 = 0.0309 t C of dead matter per t C of the "
    "other three pools. The paper states no coefficients: the default only reproduces its share of 3 % of the total "
    "stock, and is not measured.",
    GIVEN: "The coefficients were given.",
    TABLE: "The coefficients are those of a table, by class of the land cover.",
    FITTED: "The coefficients were fitted to the reference raster.",
    FITTED_BY_CLASS: "The coefficients were fitted to the reference raster, by class of the land cover.",
}


def dead_organic_page(result: DeadOrganicResult) -> Page:
    """The page of one run of `dead_organic_matter`."""
    of = " {}".format(result.year) if result.year is not None else ""
    page = Page("Carbon of dead organic matter", (of + ", " if of else "").lstrip() + result.grid.describe())
    share = "" if result.share is None else ", {:.1%} of the stock of it and the pools given".format(result.share)
    page.lead(
        "Dead organic matter holds {} Tg C on {} km²{}: {} t C/ha on average.".format(
            style.number(result.stock / T_PER_TG), style.number(result.area_km2), share,
            style.number(result.mean_density, 4),
        )
    )  # fmt: skip
    page.lead(_SOURCES[result.source])
    page.key_figure("Dead organic matter" + of, result.stock / T_PER_TG, "Tg C")
    page.key_figure("Mean density", result.mean_density, T_HA)
    if result.share is not None:
        page.key_figure("Share of the total", style.number(100 * result.share, 3), "%")
    page.key_figure("Valid area", result.area_km2, "km2")
    page.key_figure("Valid cells", result.cells)
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    page.section("From which pool")
    rows = result.pools.as_dicts()[:-1]
    page.figure(
        class_bars([row["pool"] for row in rows], [row["dead_Tg_C"] for row in rows], "Tg C",
                   quantity="Dead organic matter", colours=style.pool_colours([row["pool"] for row in rows])),
        "Dead organic matter derived from each pool" + of, slug="dead-by-pool",
    )  # fmt: skip
    page.table(result.pools)
    page.section("Coefficients")
    names = [column.name for column in result.coefficients.columns]
    filled = [name for name in names if any(value is not None for value in result.coefficients.column(name))]
    page.table(result.coefficients.only(filled))
    if result.metrics is not None:
        page.paragraph(
            "How well the fitted coefficients meet the reference. The reference was used for the fit, so that these "
            "are figures of fit."
        )
        page.table(metrics_for_reading(result.metrics, T_HA, "Fit of the coefficients"))
    page.section("Density of dead organic matter")
    map_and_histogram(
        page, result.overviews["DEAD"], result.grid, T_HA, "Dead organic matter", result.density_range, "dead"
    )
    _method(page, result)
    return page


def _method(page: Page, result: DeadOrganicResult) -> None:
    text = (
        "Density of dead organic matter = Σ coefficient × density of the pool, over the pools given, in each cell that "
        "is valid in all of them (coefficient-based method of the Xinjiang paper, 2.1.2)."
    )
    if result.metrics is not None:
        text += (
            " The coefficients minimise the squared difference from the reference, weighted by cell area, with none "
            "below 0; every set of non-zero coefficients is tried, so that the minimum is exact."
        )
    page.method(text)
