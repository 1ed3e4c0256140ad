"""Report page of the carbon accumulation rate (Xinjiang paper, eq. 6, Fig. 7 and Table 2)."""

from typing import Optional, Sequence, Tuple

import numpy as np

from ..accumulation import AccumulationResult
from ..units import T_HA, T_KM2_YR, T_PER_TG
from . import style
from .ecosystem_stock_report import ecosystem_panels
from .extent import map_options, sampling
from .figures import class_bars, panel_maps, raster_map, totals_by_year, value_histogram
from .page import Page

REFERENCES = (
    "Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of the American "
    "Statistical Association 63, 1379-1389.",
    "Kendall, M. G. (1975). Rank correlation methods. Griffin, London.",
)
_HALF_BARS = 40
#: Rates beyond this percentile of their size are counted in words, not drawn.
_SHOWN = 99.5


def accumulation_page(result: AccumulationResult, by_ecosystem: bool = False) -> Page:
    """The page of one run of `accumulation_rate`; with `by_ecosystem` also maps of every ecosystem (Fig. 7)."""
    period = "{} to {}".format(result.years[0], result.years[-1])
    page = Page("Carbon accumulation rate", "{}, {}".format(period, result.grid.describe()))
    _leads(page, result)
    page.key_figure("Stock change", style.signed(result.change / T_PER_TG), "Tg C")
    page.key_figure("Mean rate", style.signed(result.mean_rate), T_KM2_YR)
    page.key_figure("Sink area", result.sink_area_km2, "km2")
    page.key_figure("Source area", result.source_area_km2, "km2")
    if result.stable_area_km2:
        page.key_figure("Stable area", result.stable_area_km2, "km2")
    page.key_figure("Carbon stock {}".format(result.years[0]), result.stocks[0] / T_PER_TG, "Tg C")
    page.key_figure("Carbon stock {}".format(result.years[-1]), result.stocks[-1] / T_PER_TG, "Tg C")
    page.key_figure("Valid area", result.area_km2, "km2")
    page.notes(result.notes)
    page.note(
        "Areas: {} cell areas on {}; {:.1%} of the cells are nodata at a date or outside the study area.".format(
            result.area_mode, result.grid.describe(), result.nodata_share
        )
    )
    _rates(page, result)
    _dates(page, result)
    if result.ecosystems is not None:
        _ecosystems(page, result)
        if by_ecosystem:
            _maps(page, result)
    _method(page, result)
    return page


def _leads(page: Page, result: AccumulationResult) -> None:
    verb = "takes up" if result.mean_rate > 0 else "loses"
    mean = "on average a square kilometre {} {} t C per year".format(verb, style.number(abs(result.mean_rate), 4))
    if result.mean_rate == 0:
        mean = "on average nothing is gained or lost"
    page.lead(
        "Between {} and {} the carbon stock of {} km² changes by {} Tg C, from {} to {} Tg C; {}. "
        "{:.1%} of the area is a sink and {:.1%} a source.".format(
            result.years[0], result.years[-1], style.number(result.area_km2), style.signed(result.change / T_PER_TG),
            style.number(result.stocks[0] / T_PER_TG, 6), style.number(result.stocks[-1] / T_PER_TG, 6), mean,
            result.sink_area_km2 / result.area_km2, result.source_area_km2 / result.area_km2,
        )
    )  # fmt: skip
    page.lead(
        "A rate is the difference of two density rasters over time, not a measured flux: an error of either raster "
        "enters it in full, and no uncertainty is computed. Sink and source say which way a cell goes, not that the "
        "change is significant."
    )


def _rates(page: Page, result: AccumulationResult) -> None:
    page.section("Rate of each cell")
    values, (step, sentence) = result.overviews["rate"], sampling(result.grid)
    period = "{} to {}".format(result.years[0], result.years[-1])
    page.figure(
        raster_map(values, T_KM2_YR, quantity="CAR", ramp="diverging", **map_options(result.grid)),
        "Carbon accumulation rate, {}".format(period),
        "Centred on 0: green takes up carbon, brown loses it. {}".format(sentence).strip(), slug="rate",
    )  # fmt: skip
    seen = values[np.isfinite(values)].astype(float)
    moving = seen[np.abs(seen) > result.deadband]
    if not moving.size:
        page.paragraph("Every cell is stable.")
        return
    edges, counts, deadband = rate_histogram(moving, result.deadband)
    caption = ["Every {}th cell in each direction.".format(step)] if step > 1 else []
    if moving.size < seen.size:
        within = "within ±{} t C/km²/yr".format(style.number(result.deadband)) if result.deadband else "of exactly 0"
        share = 1 - moving.size / seen.size
        caption.append("Stable cells, with a rate {}, are not drawn: {:.1%}.".format(within, share))
    beyond = 1 - counts.sum() / moving.size
    if beyond:
        caption.append("{:.2%} of the cells lie beyond the ends of the axis.".format(beyond))
    page.figure(
        value_histogram(edges, counts, T_KM2_YR, quantity="CAR", diverging=True, deadband=deadband),
        "Distribution of the rate, {}".format(period), " ".join(caption), slug="rate-histogram",
    )  # fmt: skip


def rate_histogram(values: np.ndarray, deadband: float) -> Tuple[np.ndarray, np.ndarray, float]:
    """Histogram of rates beyond the deadband.

    Returns
    -------
    Edges of equal width, with 0 and, where it is wide enough to see, the deadband among them; counts; and the deadband
    if it is among the edges, else 0.
    """
    limit = style.symmetric_limit(values, _SHOWN)
    width = limit / _HALF_BARS
    seen = deadband >= width / 2
    if seen:
        width = deadband / max(1, round(deadband / width))
    half = max(1, int(np.ceil(limit / width - 1e-9)))
    edges = np.arange(-half, half + 1) * width
    edges[-1], edges[0] = max(edges[-1], limit), min(edges[0], -limit)  # rounding must not lose the last cell
    counts = np.histogram(values, edges)[0]
    filled = np.flatnonzero(counts)
    # A side without any cell is left out, but 0 stays in the picture.
    first, last = min(filled[0], half), max(filled[-1] + 1, half)
    return edges[first : last + 1], counts[first:last], deadband if seen else 0.0


def _dates(page: Page, result: AccumulationResult) -> None:
    page.section("Stock at each date")
    page.figure(
        totals_by_year(result.years, {"stock": [stock / T_PER_TG for stock in result.stocks]}, "Tg C"),
        "Carbon stock by year", "On the cells valid at every date. The axis does not start at 0.", slug="stock-by-year",
    )  # fmt: skip
    page.table(result.intervals)


def _ecosystems(page: Page, result: AccumulationResult) -> None:
    page.section("By ecosystem: two readings")
    page.paragraph(
        "Stock change compares the stock of an ecosystem on its own extent at each date: it holds what the cells "
        "gained or lost, and also the area that the ecosystem won or gave away. Mean rate is the mean of the cells of "
        "one extent: the last (final), the first (initial), or the cells that are of the ecosystem at both dates "
        "(persistent).\n\nBoth are right, and they may differ in sign: an ecosystem that shrinks loses stock while "
        "every cell of it gains carbon, and cells that become another ecosystem bring their whole change along. The "
        "identity closes for every ecosystem: stock change = persistent + gained − lost."
    )
    rows = [row for row in result.ecosystems.as_dicts() if row["code"] is not None]
    _opposite(page, rows)
    names = [row["ecosystem"] for row in rows]
    page.figure(
        class_bars(names, [row["stock_change_Tg_C"] for row in rows], "Tg C", quantity="Stock change"),
        "Stock change by ecosystem, each date's own extent", slug="stock-change-by-ecosystem",
    )  # fmt: skip
    page.figure(
        class_bars(names, [row["mean_rate_final_t_C_km2_yr"] for row in rows], T_KM2_YR, quantity="Mean CAR"),
        "Mean rate by ecosystem, extent of the last date", slug="mean-rate-by-ecosystem",
    )  # fmt: skip
    area = ("area_first_km2", "area_last_km2", "area_change_km2")
    stock = ("stock_first_Tg_C", "stock_last_Tg_C", "stock_change_Tg_C")
    parts = ("stock_change_Tg_C", "persistent_Tg_C", "gained_Tg_C", "lost_Tg_C")
    means = tuple("mean_rate_{}_t_C_km2_yr".format(mask) for mask in ("final", "initial", "persistent"))
    page.table(result.ecosystems.only(("ecosystem",) + area + stock, "Area and stock by ecosystem"))
    page.table(result.ecosystems.only(("ecosystem",) + parts, "Stock change = persistent + gained − lost"))
    page.table(result.ecosystems.only(("ecosystem",) + means, "Mean rate by ecosystem on three extents"))


def _opposite(page: Page, rows: Sequence[dict]) -> None:
    found = [
        row for row in rows
        if row["mean_rate_final_t_C_km2_yr"] is not None
        and row["mean_rate_final_t_C_km2_yr"] * row["stock_change_Tg_C"] < 0
    ]  # fmt: skip
    if not found:
        return
    parts = [
        "{} (stock change {} Tg C, mean rate {} t C/km²/yr, area change {} km²)".format(
            row["ecosystem"], style.signed(row["stock_change_Tg_C"]), style.signed(row["mean_rate_final_t_C_km2_yr"]),
            style.signed(row["area_change_km2"]),
        )
        for row in found[:8]
    ]  # fmt: skip
    more = " and {} more".format(len(found) - 8) if len(found) > 8 else ""
    page.paragraph("Here the two differ in sign for: {}{}.".format("; ".join(parts), more))


def _maps(page: Page, result: AccumulationResult) -> None:
    page.section("Maps by ecosystem")
    first = result.overviews["ecosystem first"]
    last = result.overviews.get("ecosystem last", first)
    limits = _common_limits(result.overviews["first"], result.overviews["last"])
    for name, codes, year in (("first", first, result.years[0]), ("last", last, result.years[-1])):
        panels, cut = ecosystem_panels(result.overviews[name], codes, result.ecosystem_names)
        page.figure(
            panel_maps(panels, T_HA, limits=limits, **map_options(result.grid)),
            "Carbon density of each ecosystem, {}".format(year),
            style.joined("One scale for all panels and both dates.", cut, sampling(result.grid)[1]),
            slug="density-by-ecosystem-{}".format(year),
        )  # fmt: skip
    panels, cut = ecosystem_panels(result.overviews["rate"], last, result.ecosystem_names)
    page.figure(
        panel_maps(panels, T_KM2_YR, quantity="CAR", ramp="diverging", **map_options(result.grid)),
        "Carbon accumulation rate of each ecosystem (extent of {})".format(result.years[-1]),
        style.joined("One scale for all panels, centred on 0.", cut, sampling(result.grid)[1]),
        slug="rate-by-ecosystem",
    )  # fmt: skip


def _common_limits(*arrays: np.ndarray) -> Optional[tuple]:
    values = np.concatenate([array[np.isfinite(array)] for array in arrays])
    if not values.size:
        return None
    low, high = (float(v) for v in np.percentile(values, (2, 98)))
    return (low, high) if high > low else None


def _method(page: Page, result: AccumulationResult) -> None:
    formula = {
        "endpoint": "the rate of a cell is (density of the last date − density of the first) / years between them",
        "mean_of_intervals": "the rate of a cell is the mean of its rates in the intervals between the dates",
    }[result.method]
    page.method(
        "CAR = ΔC / (ΔT · S), in t C/km²/yr (Xinjiang paper, equation 6); {}. Dates come from the rasters' tag "
        "CARBON_YEAR or the table of dates. A cell counts if it is valid at every date; means are weighted by area. A "
        "sink has a rate above {}, a source one below {}.".format(
            formula, style.number(result.deadband), style.number(-result.deadband)
        )
    )
    if len(result.years) > 2:
        page.method(
            "Trend rasters, where asked for: the Theil–Sen slope is the median of the slopes between all pairs of "
            "dates; the Mann–Kendall p value is exact without ties, else a normal approximation with corrections for "
            "ties and continuity. Cells are tested one by one: with many cells some p values are small by chance.",
            REFERENCES,
        )
