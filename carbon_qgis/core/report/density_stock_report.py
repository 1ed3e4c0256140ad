"""Report page of the stock from density rasters (Xinjiang paper, eq. 4 and 5, Fig. 4)."""

import numpy as np

from ..density_stock import DensityStockResult
from ..units import T_HA, T_PER_TG
from . import style
from .extent import map_options, sampling
from .figures import class_bars, raster_map, value_histogram
from .page import Page

T_KM2_PER_T_HA = 100.0
_BARS = 60


def density_stock_page(result: DensityStockResult) -> Page:
    """The page of one run of `density_stock`."""
    of = " {}".format(result.year) if result.year is not None else ""
    when = "{}, ".format(result.year) if result.year is not None else ""
    page = Page("Carbon stock from density rasters", when + result.grid.describe())
    mean = result.stock / result.area_km2 / T_KM2_PER_T_HA
    rows = result.table.as_dicts()[:-1]
    page.lead(
        "The cells valid in every pool given ({}) hold {} Tg C on {} km²: {} t C/ha on average.".format(
            ", ".join(result.pools), style.number(result.stock / T_PER_TG), style.number(result.area_km2),
            style.number(mean, 4),
        )
    )
    absent = [pool for pool in ("above", "below", "soil", "dead") if pool not in result.pools]
    partial = "It is the stock of these pools alone: {} not given. ".format(_are(absent)) if absent else ""
    page.lead(
        partial + "The stock is as good as the density rasters: their error is not known here, and no uncertainty is "
        "computed."
    )
    page.key_figure("Carbon stock" + of, result.stock / T_PER_TG, "Tg C")
    page.key_figure("In CO2 equivalents" + of, result.co2e / T_PER_TG, "Tg CO2e")
    page.key_figure("Mean density", mean, T_HA)
    page.key_figure("Valid area", result.area_km2, "km2")
    page.key_figure("Valid cells", result.cells)
    page.notes(result.notes)
    page.note(
        "Areas: {} cell areas on {}; {:.1%} of the cells are nodata or outside the study area.".format(
            result.area_mode, result.grid.describe(), result.nodata_share
        )
    )
    page.section("Stock by pool")
    page.figure(
        class_bars([row["pool"] for row in rows], [row["stock_Tg_C"] for row in rows], "Tg C",
                   colours=style.pool_colours([row["pool"] for row in rows])),
        "Carbon stock by pool" + of, slug="stock-by-pool",
    )  # fmt: skip
    page.table(result.table)
    _density(page, result, of)
    page.method(
        "Total density = sum of the densities of the pools; stock = density × cell area, summed over the cells that "
        "are valid in every pool given, in double precision (Xinjiang paper, equations 4 and 5: the InVEST carbon "
        "model with the density of each cell instead of one per class). 1 t C = 44/12 t CO2e."
    )
    return page


def _are(pools) -> str:
    return "{} {}".format(" and ".join(", ".join(pools).rsplit(", ", 1)), "is" if len(pools) == 1 else "are")


def _density(page: Page, result: DensityStockResult, of: str) -> None:
    page.section("Density of all pools together")
    values = result.overviews["TOTAL"]
    step, sentence = sampling(result.grid)
    page.figure(
        raster_map(values, T_HA, quantity="Carbon density", **map_options(result.grid)), "Total carbon density" + of,
        sentence, slug="total-density",
    )  # fmt: skip
    seen = values[np.isfinite(values)].astype(float)
    if not seen.size:
        return
    low, high = float(seen.min()), float(seen.max())
    counts, edges = np.histogram(seen, _BARS, (low, high) if high > low else (low - 0.5, high + 0.5))
    page.figure(
        value_histogram(edges, counts, T_HA, quantity="Carbon density"),
        "Distribution of the total carbon density" + of,
        "Every {}th cell in each direction.".format(step) if step > 1 else "All cells.", slug="density-histogram",
    )  # fmt: skip
