"""Report page of the four pools together: total density, shares and stocks by year (Xinjiang paper, Fig. 4)."""

from typing import List, Sequence

import numpy as np

from ..assemble_pools import AssembledPools, total_tg
from ..density_stock import DensityStockResult
from ..units import CO2_PER_C, T_HA
from . import style
from .extent import map_options, sampling
from .figures import panel_maps, raster_map, stock_by_year
from .page import Page
from .pie import pool_pies

#: More maps or pies than these would be stamps: some years are then picked, first and last among them.
MOST_MAPS, MOST_PIES = 9, 12
T_KM2_PER_T_HA = 100.0


def assemble_pools_page(result: AssembledPools) -> Page:
    """The page of one run of `assemble_pools`."""
    years = result.years
    page = Page("Carbon pools together", "{}, {}".format(_span(result), result.grid.describe()))
    _leads(page, result)
    for each in years if len(years) == 1 else (years[0], years[-1]):
        page.key_figure("Carbon stock" + _of(each), total_tg(each), "Tg C")
    if len(years) > 1:
        page.key_figure("Change", _signed(total_tg(years[-1]) - total_tg(years[0])), "Tg C")
    page.key_figure("In CO2 equivalents" + _of(years[-1]), total_tg(years[-1]) * CO2_PER_C, "Tg CO2e")
    page.key_figure("Mean density" + _of(years[-1]), _mean(years[-1]), T_HA)
    page.key_figure("Valid area", years[-1].area_km2, "km2")
    page.notes(result.notes)
    page.note(
        "Areas: {} cell areas on {}; {:.1%} of the cells are nodata or outside the study area{}.".format(
            result.area_mode, result.grid.describe(), years[-1].nodata_share, _of(years[-1]) and " in" + _of(years[-1])
        )
    )
    _total_maps(page, result)
    _shares(page, result)
    _stocks(page, result)
    _pool_maps(page, result)
    page.method(
        "Total density = sum of the densities of the pools of a year; stock = density × cell area, summed over the "
        "cells that are valid in every pool of that year, in double precision (Xinjiang paper, equations 4 and 5). The "
        "share of a pool is its stock over that of all pools. All years are on the grid of the first pool of the "
        "earliest year."
    )
    return page


def _span(result: AssembledPools) -> str:
    dates = [str(year) for year in result.dates if year is not None]
    return " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "No year given"


def _of(result: DensityStockResult) -> str:
    return " {}".format(result.year) if result.year is not None else ""


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + style.number(value, 5)


def _mean(result: DensityStockResult) -> float:
    return result.stock / result.area_km2 / T_KM2_PER_T_HA


def _leads(page: Page, result: AssembledPools) -> None:
    last = result.years[-1]
    rows = [row for row in last.table.as_dicts() if row["pool"] != "total" and row["share_percent"] is not None]
    parts = ", ".join(
        "{} {:.1f} %".format(row["pool"], row["share_percent"])
        for row in sorted(rows, key=lambda row: -row["share_percent"])
    )
    page.lead(
        "{} the pools together hold {} Tg C on {} km²{}.".format(
            "In {}".format(last.year) if last.year is not None else "On their common cells",
            style.number(total_tg(last)), style.number(last.area_km2), ": " + parts if parts else "",
        )
    )  # fmt: skip
    page.lead(
        "The stock is as good as the density rasters: their error is not known here, and no uncertainty is computed. "
        "Where a pool was derived from the others, as dead organic matter is, its share says nothing new."
    )


def picked(count: int, most: int) -> List[int]:
    """Positions of at most `most` of `count` things, evenly spread, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({int(round(place)) for place in np.linspace(0, count - 1, most)})


def _maps_of(name: str, years: Sequence[DensityStockResult]):
    shown = [each for each in years if name in each.overviews]
    return [(str(each.year), each.overviews[name]) for each in (shown[i] for i in picked(len(shown), MOST_MAPS))], shown


def _total_maps(page: Page, result: AssembledPools) -> None:
    page.section("Density of all pools together")
    _map(page, result, "TOTAL", "Total carbon density", "total-density")


def _pool_maps(page: Page, result: AssembledPools) -> None:
    page.section("Density of each pool")
    for pool in result.pools:
        _map(page, result, pool, "Carbon density of the pool '{}'".format(pool), "density-" + pool)


def _map(page: Page, result: AssembledPools, name: str, title: str, slug: str) -> None:
    options, sentence = map_options(result.grid), sampling(result.grid)[1]
    panels, shown = _maps_of(name, result.years)
    if len(panels) == 1:
        figure = raster_map(panels[0][1], T_HA, quantity="Carbon density", **options)
        page.figure(figure, title + _of(shown[0]), sentence, slug=slug)
        return
    cut = "{} of {} years are shown.".format(len(panels), len(shown)) if len(panels) < len(shown) else ""
    caption = " ".join(text for text in ("One colour scale for all years.", cut, sentence) if text)
    page.figure(panel_maps(panels, T_HA, **options), title, caption, slug=slug)


def _shares(page: Page, result: AssembledPools) -> None:
    page.section("Share of each pool")
    stocks = {pool: result.stocks(pool) for pool in result.pools}
    if any(value is not None and value < 0 for values in stocks.values() for value in values):
        page.paragraph("A pool has a negative stock, so that there are no shares to draw.")
        return
    shown = picked(len(result.years), MOST_PIES)
    names = [str(result.dates[i]) if result.dates[i] is not None else "" for i in shown]
    cut = "{} of {} years are shown.".format(len(shown), len(result.years)) if len(shown) < len(result.years) else ""
    page.figure(
        pool_pies(names, {pool: [values[i] for i in shown] for pool, values in stocks.items()}),
        "Share of each pool in the carbon stock", cut, slug="pool-shares",
    )  # fmt: skip


def _stocks(page: Page, result: AssembledPools) -> None:
    page.section("Stock of each pool")
    stocks = {pool: result.stocks(pool) for pool in result.pools}
    years = [year if year is not None else 0 for year in result.dates]
    if result.dates != (None,):
        page.figure(
            stock_by_year(years, stocks, "Tg C", colours=style.pool_colours(list(stocks))),
            "Carbon stock of each pool by year", "The total of each year stands above its bar.", slug="stock-by-year",
        )  # fmt: skip
    shown = ("year", "pool", "stock_Tg_C", "share_percent", "mean_density_t_C_ha", "area_km2")
    page.table(result.table.only(shown if result.dates != (None,) else shown[1:]))
