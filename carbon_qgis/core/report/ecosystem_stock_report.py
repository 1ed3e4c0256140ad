"""Report page of the stock by ecosystem (Xinjiang paper, Fig. 6), and maps by ecosystem that other pages share."""

from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from ..ecosystem_stock import EcosystemStockResult
from ..units import T_HA
from . import style
from .extent import map_options, sampling
from .figures import class_bars, class_map, panel_maps, stock_by_year
from .page import Page

#: More ecosystems than this make stamps, not maps.
MOST_PANELS = 12
MOST_ZONES = 40


def ecosystem_stock_page(result: EcosystemStockResult, by_ecosystem: bool = False) -> Page:
    """The page of one run of `stock_by_ecosystem`; with `by_ecosystem` also stock maps of every ecosystem."""
    years = result.years
    page = Page("Carbon stock by ecosystem", "{}, {}".format(_span(years), result.grid.describe()))
    _leads(page, result)
    for year in dict.fromkeys((years[0], years[-1])):
        page.key_figure("Carbon stock{}".format(_of(year)), result.total_tg(year), "Tg C")
    if len(years) > 1:
        page.key_figure("Change", result.total_tg(years[-1]) - result.total_tg(years[0]), "Tg C")
    page.key_figure("Ecosystems", len(result.names))
    if result.zones:
        page.key_figure("Zones", len(result.zones))
    page.notes(result.notes)
    page.note("Areas: {} cell areas on {}.".format(result.area_mode, result.grid.describe()))
    _class_maps(page, result)
    _stocks(page, result)
    _pools_and_zones(page, result)
    if by_ecosystem:
        _maps(page, result)
    page.section("All numbers")
    page.table(result.table)
    page.method(
        "Stock = density × cell area, summed over the cells of each ecosystem of the class map of the same year (or of "
        "the one map given), in double precision (Xinjiang paper, equations 4 and 5, Fig. 6). The mean density is "
        "weighted by area. Where a raster of the total is given, it is the stock of its year; otherwise the pools are "
        "added up."
    )
    return page


def _span(years: Sequence) -> str:
    known = [str(year) for year in years if year is not None]
    return " to ".join(dict.fromkeys((known[0], known[-1]))) if known else "No year given"


def _of(year) -> str:
    return " {}".format(year) if year is not None else ""


def _leads(page: Page, result: EcosystemStockResult) -> None:
    years = result.years
    stocks, total = result.stocks(years[-1]), result.total_tg(years[-1])
    code = max(stocks, key=lambda code: stocks[code])
    share = " ({:.1%})".format(stocks[code] / total) if total > 0 else ""
    page.lead(
        "The ecosystems together hold {} Tg C{}; '{}' holds the most, {} Tg C{}.".format(
            style.number(total), " in {}".format(years[-1]) if years[-1] is not None else "", result.names[code],
            style.number(stocks[code]), share,
        )
    )
    if len(years) > 1:
        page.lead(
            "Each year counts on its own extent of an ecosystem: a stock may fall because the ecosystem shrinks, while "
            "every cell of it gains carbon. The accumulation rate (CAR) separates the two."
        )
    page.lead(
        "The numbers are as good as the density rasters and the class maps; no uncertainty is computed. Cells without "
        "an ecosystem{} are in no row.".format(" or outside the zones" if result.zones else "")
    )


def _class_maps(page: Page, result: EcosystemStockResult) -> None:
    page.section("Ecosystems")
    sentence = sampling(result.grid)[1]
    used = list(dict.fromkeys(layer.classes for layer in result.layers))
    years = {layer.classes: layer.year for layer in result.layers}
    for name in used if len(used) <= 2 else (used[0], used[-1]):
        figure = class_map(result.overviews[name], result.names, **map_options(result.grid))
        when = _of(years[name]) if len(used) > 1 else ""
        page.figure(figure, "Ecosystems" + when, sentence, slug="ecosystems" + when.replace(" ", "-"))


def _stocks(page: Page, result: EcosystemStockResult) -> None:
    page.section("Stock by ecosystem")
    years = [year for year in result.years if year is not None]
    if len(years) > 1:
        found = [result.stocks(year) for year in years]
        series = {name: [stocks[code] for stocks in found] for code, name in unique_names(result.names).items()}
        page.figure(
            stock_by_year(years, series, "Tg C"), "Carbon stock by year and ecosystem",
            "The total of each year stands on top. Years far apart are drawn in equal steps.", slug="stock-by-year",
        )  # fmt: skip
    last = result.years[-1]
    stocks = result.stocks(last)
    page.figure(
        class_bars(list(result.names.values()), [stocks[code] for code in result.names], "Tg C"),
        "Carbon stock by ecosystem{}".format(_of(last)), slug="stock-by-ecosystem",
    )  # fmt: skip


def _pools_and_zones(page: Page, result: EcosystemStockResult) -> None:
    last = result.years[-1]
    layers = result.summed_layers(last)
    pools = [layer.pool for layer in result.layers if layer.year == last and layer.pool != "total"]
    rows = [row for row in result.table.as_dicts() if row["year"] == last]
    codes = list(result.names)
    if len(pools) > 1:
        series = {pool: _sums(rows, "code", codes, (pool,)) for pool in pools}
        page.figure(
            class_bars(list(result.names.values()), series, "Tg C"), "Carbon stock by ecosystem and pool" + _of(last),
            slug="stock-by-pool",
        )  # fmt: skip
    if result.zones:
        stocks = dict(zip(result.zones, _sums(rows, "zone", result.zones, [layer.pool for layer in layers])))
        largest = set(sorted(stocks, key=lambda zone: -stocks[zone])[:MOST_ZONES])
        drawn = [zone for zone in result.zones if zone in largest]
        cut = "The {} largest of {} zones.".format(len(drawn), len(stocks)) if len(drawn) < len(stocks) else ""
        page.figure(
            class_bars(drawn, [stocks[zone] for zone in drawn], "Tg C"), "Carbon stock by zone" + _of(last), cut,
            slug="stock-by-zone",
        )  # fmt: skip


def _sums(rows: Sequence[Mapping], column: str, keys: Sequence, pools: Sequence[str]) -> List[float]:
    totals: Dict[Any, float] = {key: 0.0 for key in keys}
    for row in rows:
        if row["pool"] in pools:
            totals[row[column]] += row["stock_Tg_C"]
    return [totals[key] for key in keys]


def _maps(page: Page, result: EcosystemStockResult) -> None:
    page.section("Maps by ecosystem")
    for year in dict.fromkeys((result.years[0], result.years[-1])):
        layers = result.summed_layers(year)
        density = sum(result.overviews[layer.density] for layer in layers)
        panels, cut = ecosystem_panels(density, result.overviews[layers[0].classes], result.names)
        page.figure(
            panel_maps(panels, T_HA, **map_options(result.grid)), "Carbon density of each ecosystem" + _of(year),
            " ".join(("One scale for all panels.", cut, sampling(result.grid)[1])).strip(),
            slug="density-by-ecosystem" + _of(year).replace(" ", "-"),
        )  # fmt: skip


def ecosystem_panels(
    values: np.ndarray, codes: np.ndarray, names: Mapping[int, str]
) -> Tuple[List[Tuple[str, np.ndarray]], str]:
    """Panels for `panel_maps`, one per ecosystem, and a sentence where there are too many for all.

    Parameters
    ----------
    values : rows × columns of the quantity; NaN is nodata.
    codes : ecosystem of each cell; NaN is none.
    names : ecosystems in the order of the panels; the largest `MOST_PANELS` are drawn.
    """
    found, counts = np.unique(codes[np.isfinite(values) & np.isfinite(codes)], return_counts=True)
    cells = dict(zip(found.astype(int).tolist(), counts.tolist()))
    present = [code for code in names if cells.get(code)]
    drawn = set(sorted(present, key=lambda code: -cells[code])[:MOST_PANELS])
    panels = [(names[code], np.where(codes == code, values, np.nan)) for code in present if code in drawn]
    cut = ""
    if len(present) > len(drawn):
        cut = "The {} largest of {} ecosystems are drawn.".format(len(drawn), len(present))
    return panels, cut


def unique_names(names: Mapping[int, str]) -> Dict[int, str]:
    """Names by code; a name that several codes share is followed by its code."""
    every = list(names.values())
    return {code: name if every.count(name) == 1 else "{} ({})".format(name, code) for code, name in names.items()}
