"""Report page of elasticities: by factor and year (Jiangsu paper, Fig. 13) and per cell (Fig. 14)."""

from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..elasticity import REASONS, SMALL_CHANGE
from ..elasticity_result import CellMap, ElasticityResult, typical_size
from ..results import Table
from . import style
from .extent import map_options
from .figures import class_bars, panel_maps, raster_map, totals_by_year
from .page import Page

#: Maps in one figure; more years are thinned evenly.
MOST_PANELS = 9
_RUNS = ("set", "group", "base_pathway", "other_pathway", "base_run", "other_run")
_CARBON = ("set", "year", "carbon_base_t_C", "carbon_other_t_C", "change_carbon_t_C", "change_carbon_percent")
_DRIVERS = ("set", "variable", "unit", "year", "driver_base", "driver_other", "change_driver", "change_driver_percent")
_VALUES = ("set", "variable", "year", "method", "elasticity", "elasticity_unit", "reason")
_FORMS = ("set", "variable", "unit", "year", "ratio_1", "midpoint_1", "log_1", "semi_percent_per_unit")
_AREAS = ("set", "variable", "year", "cells", "with_elasticity_percent", "small_change_percent", "no_base_percent")
_CELLS = ("variable", "year", "elasticity_unit", "positive_percent", "negative_percent", "p10", "median", "p90")
_WORDS = {
    "ratio": "relative change of carbon over relative change of the driver, (ΔC/C)/(ΔX/X), as published",
    "midpoint": "the same with changes relative to the mean of both states",
    "log": "ln(C₁/C₀)/ln(X₁/X₀)",
    "semi": "percent of carbon per unit of the driver, 100·(ΔC/C)/ΔX",
}


def elasticity_page(result: ElasticityResult) -> Page:
    """The page of one run of `elasticity_of_runs` or `elasticity_of_pair`."""
    rows = result.table.as_dicts()
    states = "{} to {}".format(rows[0]["base_pathway"], rows[0]["other_pathway"])
    years = [row["year"] for row in rows if row["year"] is not None]
    period = " to ".join(str(year) for year in sorted({min(years), max(years)})) if years else ""
    page = Page("Elasticity of carbon to its drivers", ", ".join(part for part in (states, period) if part))
    _leads(page, rows, states)
    page.key_figure("Elasticities", "{} of {}".format(sum(row["elasticity"] is not None for row in rows), len(rows)))
    for row in _strongest(rows)[:3]:
        page.key_figure(_label(row) + _year(row), _signed(row["elasticity"]), row["elasticity_unit"])
    if len(rows) == 1:
        page.key_figure("Change of carbon", _signed(rows[0]["change_carbon_percent"]), "%")
        page.key_figure("Change of " + rows[0]["variable"], _signed(rows[0]["change_driver"]), rows[0]["unit"])
    page.notes(result.warnings + result.notes)
    if len(rows) > 1:
        _by_year(page, rows)
    _maps(page, result)
    _tables(page, result.table, rows)
    _method(page, result, rows)
    return page


def _leads(page: Page, rows: Sequence[dict], states: str) -> None:
    best = _strongest(rows)
    if not best:
        page.lead("From {} no driver changes enough for an elasticity of the region.".format(states))
    for row in {row["method"]: row for row in reversed(best)}.values():
        change = "1 {} more".format(style.pretty_unit(row["unit"]) or "unit") if row["method"] == "semi" else "1 % more"
        size = style.number(abs(row["elasticity"]), 3)
        page.lead(
            "From {}{}, {} {} goes with {} % {} carbon.".format(
                states, _year(row), change, row["variable"], size, "less" if row["elasticity"] < 0 else "more"
            )
        )
    page.lead(
        "An elasticity says what the model does, not what nature does, and only between these two states: carbon "
        "responds to drivers along a curve. Where the driver hardly changes, it does not exist, and none is given."
    )


def _strongest(rows: Sequence[dict]) -> List[dict]:
    """Rows with an elasticity, one per variable: that of its last year; the largest first within one unit."""
    last: Dict[Tuple[str, str], dict] = {}
    for row in rows:
        if row["elasticity"] is not None:
            last[row["set"], row["variable"]] = row
    return sorted(last.values(), key=lambda row: (row["method"] == "semi", -abs(row["elasticity"])))


def _label(row: dict) -> str:
    return "{}, {}".format(row["set"], row["variable"]) if row["set"] else row["variable"]


def _year(row: dict) -> str:
    return " in {}".format(row["year"]) if row["year"] is not None else ""


def _signed(value: Optional[float]) -> str:
    if value is None:
        return style.MISSING
    return ("+" if value > 0 else "") + style.number(value, 3)


def _by_year(page: Page, rows: Sequence[dict]) -> None:
    page.section("Elasticity of the region")
    for unit in dict.fromkeys(row["elasticity_unit"] for row in rows):
        own = [row for row in rows if row["elasticity_unit"] == unit]
        names = list(dict.fromkeys(_label(row) for row in own))
        title = "Elasticity of carbon by factor and year" if len(names) > 1 else "Elasticity of carbon: " + names[0]
        title += ", {}".format("percent per percent" if unit == "1" else style.pretty_unit(unit))
        page.figure(
            _chart(own, "elasticity", "" if unit == "1" else unit, "Elasticity", _label), title,
            style.joined(_hidden(own), _gaps(own)),
            slug="elasticity-{}".format("ratio" if unit == "1" else "per-unit"),
        )  # fmt: skip
    page.section("What lies behind it")
    page.paragraph(
        "An elasticity is a quotient. A large one may be a strong response of carbon, or a driver that hardly changes: "
        "look at both changes."
    )
    for column, quantity, title, label in (
        ("change_carbon_percent", "Change of carbon", "Change of carbon between the two states", _set),
        ("change_driver_percent", "Change of the driver", "Change of the driver between the two states", _label),
    ):
        page.figure(_chart(rows, column, "%", quantity, label), title, "In percent of the base state.", slug=column)


def _set(row: dict) -> str:
    return "{}, {}".format(row["set"], row["group"]) if row["set"] else "carbon"


def _chart(rows: Sequence[dict], column: str, unit: str, quantity: str, label: Callable[[dict], str]):
    """Lines over the years, or bars where there is one."""
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    labels = list(dict.fromkeys(label(row) for row in rows))
    if len(years) < 2:
        values = {label(row): row[column] for row in rows}
        return class_bars(labels, [values[name] for name in labels], unit, quantity=quantity)
    found = {(label(row), row["year"]): row[column] for row in rows}
    series = {name: [found.get((name, year)) for year in years] for name in labels}
    return totals_by_year(years, series, unit, quantity=quantity, from_zero=True)


def _hidden(rows: Sequence[dict]) -> str:
    """Factors whose lines lie on one another."""
    lines: Dict[tuple, List[str]] = {}
    for name in dict.fromkeys(_label(row) for row in rows):
        values = [(row["year"], row["elasticity"]) for row in rows if _label(row) == name]
        if any(value is not None for _, value in values):
            lines.setdefault(tuple(values), []).append(name)
    return style.joined(*("{} have the same values.".format(" and ".join(n)) for n in lines.values() if len(n) > 1))


def _gaps(rows: Sequence[dict]) -> str:
    absent = ["{}{}".format(row["variable"], _year(row)) for row in rows if row["elasticity"] is None]
    if not absent:
        return ""
    shown = ", ".join(absent[:6]) + (" and {} more".format(len(absent) - 6) if len(absent) > 6 else "")
    return "Not drawn, because there is none: {}.".format(shown)


def _tables(page: Page, table: Table, rows: Sequence[dict]) -> None:
    page.section("All values")
    page.table(table.only(_VALUES, "Elasticity, and why there is none"))
    page.table(table.only(_DRIVERS, "Drivers of the two states, area-weighted means"))
    page.table(_distinct(table.only(_CARBON, "Carbon of the two states")))
    page.table(table.only(_FORMS, "The same changes in all four forms"))
    if rows[0]["set"]:
        page.table(_distinct(table.only(_RUNS, "Runs compared")))


def _distinct(table: Table) -> Table:
    """Every row once: variables of one group share their runs."""
    return Table(table.title, table.columns, [list(row) for row in dict.fromkeys(map(tuple, table.rows))])


def _maps(page: Page, result: ElasticityResult) -> None:
    if not result.maps:
        return
    page.section("Elasticity of the cells")
    groups: Dict[Tuple[str, str], List[CellMap]] = {}
    for made in result.maps:
        groups.setdefault((made.factor.set, made.factor.variable), []).append(made)
    for (name, variable), maps in groups.items():
        _panels(page, result, maps, variable, ", {}".format(name) if name else "")
    page.table(result.cells_table.only(_AREAS, "Cells with and without an elasticity"))
    page.table(result.cells_table.only(_CELLS, "Elasticity of the cells"))


def _panels(page: Page, result: ElasticityResult, maps: Sequence[CellMap], variable: str, behind: str) -> None:
    shown = _thinned(maps)
    values = np.concatenate([made.overview.ravel() for made in shown])
    title = "Elasticity of carbon to {}{}".format(variable, behind)
    slug = "cells-{}-{}".format(shown[0].factor.group, variable)
    if not np.isfinite(values).any():
        page.paragraph("{}: in no cell does the driver change enough.".format(title))
        return
    options = dict(map_options(result.grid), ramp="diverging", quantity="Elasticity")
    limit, unit = typical_size(values), "" if shown[0].unit == "1" else shown[0].unit
    caption = "Centred on 0; cells without an elasticity are grey. {}".format(_cut(maps, shown)).strip()
    if len(shown) == 1:
        figure = raster_map(shown[0].overview, unit, limits=(-limit, limit), **options)
    else:
        panels = [(str(made.factor.year), made.overview) for made in shown]
        figure = panel_maps(panels, unit, limits=(-limit, limit), **options)
    page.figure(figure, title, caption, slug=slug)


def _thinned(maps: Sequence[CellMap]) -> List[CellMap]:
    if len(maps) <= MOST_PANELS:
        return list(maps)
    return [maps[index] for index in np.unique(np.linspace(0, len(maps) - 1, MOST_PANELS).round().astype(int))]


def _cut(maps: Sequence[CellMap], shown: Sequence[CellMap]) -> Optional[str]:
    return "" if len(maps) == len(shown) else "{} of {} years.".format(len(shown), len(maps))


def _method(page: Page, result: ElasticityResult, rows: Sequence[dict]) -> None:
    methods = dict.fromkeys(row["method"] for row in rows)
    parts = ["{}: {}.".format(name, _WORDS[name]) for name in methods]
    threshold = "{:.3g} % of the base".format(100 * result.options.min_change)
    if result.options.min_step is not None:
        threshold += " (semi: below {} of its unit)".format(style.number(result.options.min_step))
    page.method(
        "Elasticity of carbon C to a driver X between a base state 0 and another state 1 (Jiangsu paper, section "
        "3.3, Figs 13 and 14). {} None is given where {} (below {}), or where there is no relative change. The "
        "paper divides by whatever is there: its −37.76 for the climate of 2045 is such a quotient. A temperature "
        "in degC has no true zero, so its relative change depends on the scale; percent per degree does not. Regional "
        "values are taken from totals of carbon and area-weighted means of the driver, not from a mean of the cells' "
        "elasticities.".format(" ".join(parts), REASONS[SMALL_CHANGE].split(":")[0], threshold)
    )
