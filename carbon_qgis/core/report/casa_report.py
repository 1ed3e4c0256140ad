"""Report page of CASA: annual NPP, the course of the year, and the vegetation classes (Xinjiang paper, 4.1)."""

from typing import Any, List, Mapping, Sequence

import numpy as np

from ..casa_results import CasaResult
from ..month_bands import MONTHS
from ..results import Table
from ..units import G_M2_MONTH, G_M2_YR
from . import style
from .extent import map_options, sampling
from .figures import class_bars, class_map, panel_maps, raster_map, totals_by_year
from .layout import Key, empty_figure, framed, name_axis, tick_width, value_axis
from .overview_figures import map_and_histogram, nodata_note
from .page import Page

REFERENCES = (
    "Potter, C. S., Randerson, J. T., Field, C. B., Matson, P. A., Vitousek, P. M., Mooney, H. A., Klooster, S. A. "
    "(1993). Terrestrial ecosystem production: a process model based on global satellite and surface data. Global "
    "Biogeochemical Cycles 7, 811-841.",
    "Zhu, W., Pan, Y., Zhang, J. (2007). Estimation of net primary productivity of Chinese terrestrial vegetation "
    "based on remote sensing. Journal of Plant Ecology (Chinese Version) 31, 413-424.",
    "Zhu, W., Pan, Y., He, H., Yu, D., Hu, H. (2006). Simulation of maximum light use efficiency for some typical "
    "vegetation types in China. Chinese Science Bulletin 51, 457-463.",
    "Thornthwaite, C. W. (1948). An approach toward a rational classification of climate. Geographical Review 38, "
    "55-94.",
    "Zhou, G., Zhang, X. (1995). A natural vegetation NPP model. Acta Phytoecologica Sinica 19, 193-200.",
)
_RESPIRATION = (
    "Pei, Z., Ouyang, H., Zhou, C., Xu, X. (2009). Carbon balance in an alpine steppe in the Qinghai-Tibet Plateau. "
    "Journal of Integrative Plant Biology 51, 521-526."
)
#: More lines than this in one chart cannot be told apart.
MOST_LINES = 8
_HEIGHT = 2.7


def casa_page(result: CasaResult) -> Page:
    """The page of one run of `casa_npp`."""
    where = ", ".join(part for part in (result.period, result.grid.describe()) if part)
    page = Page("Net primary productivity by CASA", where)
    _leads(page, result)
    _key_figures(page, result)
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    _maps(page, result)
    _months(page, result)
    _classes(page, result)
    if result.nep:
        _exchange(page, result)
    page.section("All numbers")
    page.table(result.totals)
    page.table(_part(result.monthly, _MONTH_TABLE))
    page.table(result.fitted)
    _method(page, result)
    return page


_MONTH_TABLE = "Region means by month, area-weighted"


def _leads(page: Page, result: CasaResult) -> None:
    mean, total = _mean(result.npp_mean), _mean(result.npp_tg)
    several = len(result.years) > 1
    page.lead(
        "{} the vegetation of {} km² takes up {} g C/m² a year, {} Tg C/yr in all.{}".format(
            "On the mean of {} years".format(len(result.years)) if several else "In {}".format(result.years[0])
            if result.years[0] is not None else "In this year", style.number(max(result.area_km2)),
            style.number(mean, 4), style.number(total, 4), _season(result),
        )
    )  # fmt: skip
    page.lead(
        "NPP is a flux, carbon taken up per year after the plants' own respiration. It is no stock: to set it beside a "
        "carbon density, multiply it by a residence time, or compare the patterns only."
    )
    page.lead(
        "It is as good as the light use efficiencies and the NDVI percentiles of the classes, which scale it directly; "
        "no uncertainty is computed."
    )


def _season(result: CasaResult) -> str:
    months = _region_months(result)
    if not months.sum() > 0:
        return ""
    best = np.argsort(-months)[:3]
    return " {}, {} and {} bring {:.0%} of it.".format(
        *(MONTHS[month] for month in sorted(best)), months[best].sum() / months.sum()
    )


def _key_figures(page: Page, result: CasaResult) -> None:
    page.key_figure("Mean NPP", _mean(result.npp_mean), G_M2_YR)
    page.key_figure("Total NPP", _mean(result.npp_tg), "Tg C/yr")
    page.key_figure("Largest NPP of a cell", result.npp_range[1], G_M2_YR)
    if result.nep:
        page.key_figure("Mean NEP", _mean(result.nep_mean), G_M2_YR)
        page.key_figure("Total NEP", _mean(result.nep_tg), "Tg C/yr")
    page.key_figure("Valid area", max(result.area_km2), "km2")
    page.key_figure("Vegetation classes", len(result.class_names))


def _maps(page: Page, result: CasaResult) -> None:
    page.section("Annual NPP")
    mean = "NPP" if len(result.years) == 1 else "Mean annual NPP"
    map_and_histogram(page, result.overviews["npp"][0], result.grid, G_M2_YR, mean, result.npp_range, "npp")
    if "years" in result.overviews:
        panels = list(zip(result.year_names, result.overviews["years"]))
        page.figure(
            panel_maps(panels, G_M2_YR, quantity="NPP", **map_options(result.grid)), "NPP of each year",
            "One scale for all years.", slug="npp-by-year",
        )  # fmt: skip
    if len(result.years) > 1:
        names = [index + 1 if year is None else year for index, year in enumerate(result.years)]
        page.figure(
            totals_by_year(names, {"NPP": result.npp_tg}, "Tg C/yr", quantity="NPP"), "NPP by year",
            "The axis does not start at 0.", slug="npp-totals",
        )  # fmt: skip


def _months(page: Page, result: CasaResult) -> None:
    page.section("The course of the year")
    names = result.year_names
    series = {name or "NPP": _of_year(result, index) for index, name in enumerate(names)}
    caption = ""
    if len(series) > MOST_LINES:
        series = {"mean of the years": _region_months(result), names[0]: series[names[0]], names[-1]: series[names[-1]]}
        caption = "The mean of the {} years, the first and the last.".format(len(names))
    page.figure(
        month_curves(series, G_M2_MONTH, "NPP"), "Monthly NPP, mean of the region", caption, slug="npp-by-month"
    )
    page.figure(
        panel_maps(
            list(zip(MONTHS, result.overviews["months"])), G_M2_MONTH, quantity="NPP", columns=4,
            **map_options(result.grid),
        ),
        "NPP of each month" + (", mean of the years" if len(names) > 1 else ""),
        "One scale for all months. {}".format(sampling(result.grid)[1]).strip(), slug="npp-months",
    )  # fmt: skip
    columns = [c.name for c in result.monthly.columns if c.name.startswith(("FPAR", "water_stress"))]
    shown = {name.replace("_", " "): _column_months(result, name) for name in columns}
    page.figure(
        month_curves(shown, None, "Share (0–1)", from_zero=True),
        "What limits growth: light taken up (FPAR) and water stress, mean of the region",
        "1 is no limit. Water stress lies between 0.5 (dry) and 1; in months at or below 0 °C it is that of the month "
        "before.", slug="limits-by-month",
    )  # fmt: skip


def _classes(page: Page, result: CasaResult) -> None:
    page.section("Vegetation classes")
    page.figure(
        class_map(result.overviews["classes"][0], result.class_names, **map_options(result.grid)), "Vegetation classes",
        sampling(result.grid)[1], slug="classes",
    )  # fmt: skip
    means = _class_means(result)
    order = sorted(means, key=lambda code: -means[code])
    page.figure(
        class_bars([result.class_names[c] for c in order], [means[c] for c in order], G_M2_YR, quantity="Mean NPP"),
        "Mean NPP by vegetation class" + (", mean of the years" if len(result.years) > 1 else ""), slug="npp-by-class",
    )  # fmt: skip
    if len(order) > 1:
        drawn = [code for code in order if means[code] > 0][:MOST_LINES]
        curves = {_unique(result.class_names, code): result.class_months[code] for code in drawn}
        # As in the map of the classes above.
        palette = dict(zip(result.class_names, style.named_class_colours(list(result.class_names.values()))))
        cut = "The {} classes with the largest NPP.".format(len(drawn)) if len(drawn) < len(order) else ""
        if curves:
            page.figure(
                month_curves(curves, G_M2_MONTH, "NPP", colours=[palette[code] for code in drawn]),
                "Monthly NPP by vegetation class", cut, slug="npp-by-class-and-month",
            )  # fmt: skip
    page.table(result.classes)


def _exchange(page: Page, result: CasaResult) -> None:
    page.section("Net ecosystem productivity")
    page.paragraph(
        "NEP = NPP − heterotrophic respiration. Positive is a sink. {}".format(
            "Respiration comes from temperature and precipitation alone: it does not know how much carbon the soil "
            "holds, and where the soil is poor NEP is too low." if result.respiration == "formula"
            else "Respiration is the raster given."
        )
    )  # fmt: skip
    page.figure(
        raster_map(result.overviews["nep"][0], G_M2_YR, quantity="NEP", ramp="diverging", **map_options(result.grid)),
        "Net ecosystem productivity" + (", mean of the years" if len(result.years) > 1 else ""),
        "Centred on 0: green takes up carbon, brown loses it.", slug="nep",
    )  # fmt: skip
    names = [column.name for column in result.monthly.columns if column.name.startswith(("NPP_g", "Rh_", "NEP_"))]
    shown = {name.split("_")[0]: _column_months(result, name) for name in names}
    if all(np.isfinite(values).all() for values in shown.values()):
        page.figure(
            month_curves(shown, G_M2_MONTH, "Carbon flux"), "NPP, respiration and NEP by month, mean of the region",
            slug="nep-by-month",
        )  # fmt: skip


def month_curves(
    series: Mapping[str, Sequence[float]], unit: Any, quantity: str, title: str = "", from_zero: bool = True,
    colours: Sequence[str] = (),
) -> Any:  # fmt: skip
    """Lines over the twelve months.

    Parameters
    ----------
    series : {name: 12 values}; NaN leaves a gap.
    colours : one per line; by default those of classes.
    """
    values = np.array([list(row) for row in series.values()], dtype=float)
    if not values.size or not np.isfinite(values).any():
        return empty_figure(title)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    low = min(low, 0.0) if from_zero else low
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    low, high = low - (room if low < 0 else 0.0), high + room
    tones = list(colours) or style.class_colours(len(series))
    markers = "os^DvPX*"
    keys = [Key(str(n), t, "line", marker=markers[i % 8]) for i, (n, t) in enumerate(zip(series, tones))]
    left = tick_width(low, high, _HEIGHT) + 0.45
    sheet, ax, _ = framed(title, left, 0.3, _HEIGHT, keys=keys if len(keys) > 1 else ())
    for i, (row, tone) in enumerate(zip(values, tones)):
        ax.plot(range(12), row, color=tone, linewidth=1.5, marker=markers[i % 8], markersize=4)
    value_axis(ax, "y", low, high, _HEIGHT, quantity, unit)
    if low < 0:
        ax.axhline(0, color=style.INK, linewidth=0.7)
    ax.set_xlim(-0.3, 11.3)
    name_axis(ax, "x", MONTHS)
    return sheet.figure


def _of_year(result: CasaResult, index: int) -> np.ndarray:
    return np.array(result.monthly.column("NPP_g_C_m2_month")[12 * index : 12 * index + 12], dtype=float)


def _region_months(result: CasaResult) -> np.ndarray:
    return _column_months(result, "NPP_g_C_m2_month")


def _column_months(result: CasaResult, name: str) -> np.ndarray:
    """Mean of a column of the monthly table by month, over the years."""
    values = np.array([np.nan if v is None else v for v in result.monthly.column(name)], dtype=float)
    return values.reshape(-1, 12).mean(axis=0)


def _class_means(result: CasaResult) -> Mapping[int, float]:
    return {code: float(months.sum()) for code, months in result.class_months.items()}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _unique(names: Mapping[int, str], code: int) -> str:
    return names[code] if list(names.values()).count(names[code]) == 1 else "{} ({})".format(names[code], code)


def _part(table: Table, title: str) -> Table:
    """The monthly table; of many years the mean of each month."""
    years = len(table.rows) // 12
    if years <= 3:
        return Table(title, table.columns, table.rows)
    rows: List[List[Any]] = []
    for month in range(12):
        found = table.rows[month::12]
        mean = [None if None in column else float(np.mean(column)) for column in list(zip(*found))[2:]]
        rows.append([month + 1] + mean)
    return Table("{}, mean of {} years".format(title, years), table.columns[1:], rows)


def _method(page: Page, result: CasaResult) -> None:
    page.method(
        "CASA (Xinjiang paper, section 4.1, which prints no equations): NPP = APAR · ε, month by month; the annual NPP "
        "is the sum of its months. APAR = radiation · 0.5 · FPAR; FPAR "
        "is the mean of the NDVI form and the simple-ratio form, each scaled from class percentiles to 0.001–0.95. "
        "ε = Tε1 · Tε2 · Wε · ε_max. Tε1 = 0.8 + 0.02·Topt − 0.0005·Topt² (0 at or below −10 °C), Topt the temperature "
        "of the month of largest NDVI of a cell; Tε2 is the bell around Topt with the constant k = {:g}, half its top "
        "value more than 10 °C above or 13 °C below Topt. Wε = 0.5 + 0.5·EET/PET, of the month before where T ≤ 0 °C; "
        "EET from precipitation and net radiation (Zhou and Zhang), potential evapotranspiration from "
        "Thornthwaite.".format(result.k),
        REFERENCES,
    )
    page.method(
        "Parameters by class: {}. Percentiles of NDVI that the table does not give are the {:g} % and the {:g} % "
        "percentile of the NDVI of all cells, months and years of the class, from a histogram of 8192 bins.".format(
            "the table that ships (ε_max of Zhu et al. 2006 for China)" if result.default_table
            else result.parameter_source, *result.percentiles,
        )
    )  # fmt: skip
    if result.respiration == "formula":
        page.method(
            "NEP = NPP − Rh, Rh = 0.22·[exp(0.0912·T) + ln(0.3145·R + 1)]·30·0.465 in g C/m²/month, T in °C, R in "
            "mm/month.", (_RESPIRATION,),
        )  # fmt: skip
