"""Report page of the carbon stock by land-cover class."""

from typing import List

import numpy as np

from ..pools import POOLS
from ..results import Column, Table
from ..table_stock import TableStockResult, in_tg
from ..units import T_HA
from .extent import map_options, sampling
from .figures import class_bars, raster_map, transition_heatmap
from .page import Page
from .style import number, signed

REFERENCES = (
    "Natural Capital Project. InVEST carbon storage and sequestration model.",
    "Sharp, R., et al. (2020). InVEST user's guide. The Natural Capital Project.",
)


def table_stock_page(result: TableStockResult, pool_source: str) -> Page:
    """The page of one run of `carbon_stock`."""
    page = Page("Carbon stock by land-cover class", _subtitle(result))
    _leads(page, result)
    page.key_figure("Carbon stock{}".format(_of(result.years[0])), in_tg(result.stock), "Tg C")
    if result.change is not None:
        page.key_figure(
            "Carbon stock{}".format(_of(result.years[1]) or ", second date"), in_tg(result.stock_alt), "Tg C"
        )
        page.key_figure("Change on common cells", in_tg(result.change), "Tg C")
    if result.value is not None:
        page.key_figure("Value of the change", result.value, "currency")
    page.key_figure("Valid area", result.area_km2, "km2")
    page.key_figure("In CO2 equivalents" + _of(result.years[0]), in_tg(result.co2e), "Tg CO2e")
    page.notes(result.notes)
    page.note(
        "Areas: {} cell areas on {}; {:.1%} of the cells are nodata or outside the study area.".format(
            result.area_mode, result.grid.describe(), result.nodata_share
        )
    )
    _class_figures(page, result)
    if result.transitions is not None:
        _change_figures(page, result)
    page.method(
        "Each cell takes the density of its class from the pool table ({}); stock = density × cell area, summed over "
        "cells (Xinjiang paper, equation 4; Jiangsu paper, section 2.3.1; InVEST). All totals come from one count of "
        "cells (or areas) per pair of classes, in double precision.".format(
            pool_source
        ),
        REFERENCES,
    )
    return page


def _of(year) -> str:
    return " {}".format(year) if year else ""


def _subtitle(result: TableStockResult) -> str:
    years = [str(year) for year in result.years if year]
    return "{}{}".format(" to ".join(years) + ", " if years else "", result.grid.describe())


def _leads(page: Page, result: TableStockResult) -> None:
    rows = sorted(result.classes.as_dicts(), key=lambda row: -row["total_t_C"])
    first = rows[0]
    page.lead(
        "The land cover holds {} Tg C on {} km² (mean {} t C/ha). '{}' holds the most: {:.1%} of the stock on "
        "{:.1%} of the area.".format(
            number(in_tg(result.stock)),
            number(result.area_km2),
            number(result.stock / result.area_km2 / 100),
            first["class"],
            first["total_t_C"] / result.stock if result.stock else 0.0,
            first["area_km2"] / result.area_km2,
        )
    )
    if result.change is not None:
        share = result.change / result.common_stock if result.common_stock else 0.0
        page.lead(
            "On the {} km² valid at both dates the stock changes by {} Tg C ({} %).".format(
                number(result.common_area_km2), number(in_tg(result.change)), signed(100 * share)
            )
        )
    page.lead(
        "The densities are one number per class: differences inside a class, and changes without a change of class, "
        "are not in these totals, and the table's own uncertainty is not known to this program."
    )


def _class_figures(page: Page, result: TableStockResult) -> None:
    page.section("Stock by class")
    rows = [row for row in result.classes.as_dicts() if row["cells"] or row.get("cells_alt")]
    names = [row["class"] for row in rows]
    for suffix, year in (("", result.years[0]), ("_alt", result.years[1])):
        if "total_t_C" + suffix not in rows[0]:
            continue
        pools = {pool: [in_tg(row["{}_t_C{}".format(pool, suffix)]) for row in rows] for pool in POOLS}
        when = _of(year) or (" at the second date" if suffix else "")
        title = "Carbon stock by class and pool" + when
        page.figure(class_bars(names, pools, "Tg C"), title, slug="stock-by-class" + suffix.replace("_", "-"))
    page.table(_short_classes(result))
    step, sentence = sampling(result.grid)
    if "TOTAL" in result.overviews:
        figure = raster_map(
            result.overviews["TOTAL"], T_HA, **map_options(result.grid), limits=_wide(result.ranges["TOTAL"])
        )
        page.figure(figure, "Total carbon density" + _of(result.years[0]), sentence, slug="total-density")


def _short_classes(result: TableStockResult) -> Table:
    """The class table in the columns that fit on a page; pools are in the figure and in the table output."""
    two = result.change is not None
    years = [str(year) if year else name for year, name in zip(result.years, ("first date", "second date"))]
    known = two and None not in result.years
    first, second = ("_{}".format(year) for year in result.years) if known else ("", "_second_date")
    columns = [
        Column("class", "text"),
        Column("area{}_km2".format(first), "number"),
        Column("stock{}_Tg_C".format(first), "number"),
    ]
    if two:
        columns += [
            Column("area{}_km2".format(second), "number"),
            Column("stock{}_Tg_C".format(second), "number"),
            Column("change_Tg_C", "number"),
        ]
    table = Table("Area and stock by class, {}".format(" and ".join(years[: 1 + two])), tuple(columns))
    for row in result.classes.as_dicts():
        cells = [row["class"], row["area_km2"], in_tg(row["total_t_C"])]
        if two:
            cells += [row["area_km2_alt"], in_tg(row["total_t_C_alt"]), in_tg(row["change_t_C"])]
        table.rows.append(cells)
    return table


def _short_transitions(result: TableStockResult) -> Table:
    """Transitions in the columns that fit on a page, the largest changes first."""
    columns = (
        Column("from_class", "text"),
        Column("to_class", "text"),
        Column("area_km2", "number"),
        Column("change_Tg_C", "number"),
    )
    table = Table("Transitions, the largest changes of stock first", columns)
    for row in sorted(result.transitions.as_dicts(), key=lambda row: -abs(row["change_t_C"])):
        if row["from_code"] != row["to_code"]:
            table.rows.append([row["from_class"], row["to_class"], row["area_km2"], in_tg(row["change_t_C"])])
    return table


def _wide(limits):
    low, high = limits
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _change_figures(page: Page, result: TableStockResult) -> None:
    page.section("Change between the dates")
    names, matrix = _transition_matrix(result)
    page.figure(
        transition_heatmap(
            names,
            matrix,
            "Tg C",
            first=str(result.years[0] or "first date"),
            second=str(result.years[1] or "second date"),
        ),
        "Carbon change by transition",
        "Rows: class at the first date; columns: class at the second.",
        slug="transitions",
    )
    page.table(_short_transitions(result), rows=40)
    if "CHANGE" in result.overviews:
        _, sentence = sampling(result.grid)
        figure = raster_map(
            result.overviews["CHANGE"],
            T_HA,
            quantity="Change of carbon density",
            ramp="diverging",
            **map_options(result.grid),
        )
        page.figure(figure, "Change of total carbon density", sentence, slug="change")


def _transition_matrix(result: TableStockResult):
    names: List[str] = []
    for row in result.transitions.as_dicts():
        for name in (row["from_class"], row["to_class"]):
            if name not in names:
                names.append(name)
    order = [row["class"] for row in result.classes.as_dicts()]
    names.sort(key=order.index)
    matrix = np.full((len(names), len(names)), np.nan)
    for row in result.transitions.as_dicts():
        matrix[names.index(row["from_class"]), names.index(row["to_class"])] = in_tg(row["change_t_C"])
    return names, matrix
