"""Report pages of scenarios: the driver table, the ensemble, its charts (Jiangsu paper, section 2.4)."""

import os
from typing import Dict, List, Sequence

from ..results import Table
from ..run_scenarios import EnsembleResult
from ..scenario_charts import Charts, TrendSet, driver_panels, lines_table, read_totals, trend_sets
from ..scenario_folder import FolderTable
from . import style
from .extent import map_options
from .maps import paper_ratio
from .page import Page
from .scenario_figures import MOST_ROWS, Line, coverage_grid, driver_curves, map_grid, set_trends

#: Tables of drivers on the page show these columns.
_DRIVER_COLUMNS = ("variable", "unit", "pathway", "year", "mean", "minimum", "maximum")
#: Rows of maps on one figure: more would not be seen on a page.
_MAP_ROWS = 9


def folder_page(made: FolderTable, folder: str) -> Page:
    """The page of a driver table made from a folder."""
    cells = sum(row[-1] for row in made.coverage.rows)
    page = Page("Driver table", os.path.basename(os.path.normpath(folder)))
    files = len(made.rows.rows)
    if made.missing:
        page.lead(
            "{:,} files were found; {:,} of the {:,} combinations of variable, scenario and year have none. An "
            "ensemble needs them all.".format(files, cells, cells + _there(made.coverage))
        )
    else:
        page.lead("{:,} files were found; nothing is missing.".format(files))
    page.key_figure("Files", files)
    page.key_figure("Variables", len(made.variables))
    page.key_figure("Scenarios", len(made.scenarios))
    page.key_figure("Years", len(made.years))
    page.key_figure("Missing", len(made.missing))
    page.notes(made.notes)
    page.section("What is there and what is missing")
    rows = [(row[0], row[1], row[2:-1]) for row in made.coverage.rows]
    cut = " Of {} rows the {} that lack most are drawn.".format(len(rows), MOST_ROWS) if len(rows) > MOST_ROWS else ""
    page.figure(
        coverage_grid(rows, [str(year) for year in made.years] or ["any"]), "Files by variable, scenario and year",
        "A file for every scenario or every year (*) fills all of its cells.{}".format(cut), slug="coverage",
    )  # fmt: skip
    page.table(made.coverage)
    page.section("Driver table")
    page.table(made.rows)
    page.method(
        "Variable, scenario and year are read from the names of the files by the given patterns; the rasters "
        "themselves are opened and checked (grid, unit, band) when an ensemble is run."
    )
    return page


def _there(coverage: Table) -> int:
    return sum(sum(row[2:-1]) for row in coverage.rows)


def ensemble_page(result: EnsembleResult) -> Page:
    """The page of one run of `run_scenarios`."""
    page = Page("Scenario ensemble", "{} to {}, {}".format(
        result.years[0], result.years[-1], result.grid.describe()))  # fmt: skip
    _ensemble_leads(page, result)
    page.notes(result.warnings + result.notes)
    page.note("Areas: {} cell areas on {}.".format(result.area_mode, result.grid.describe()))
    page.section("Carbon stock of each set of runs")
    columns = {column.name: result.totals.column(column.name) for column in result.totals.columns}
    years, groups, rows = read_totals(columns, "the totals")
    sets = trend_sets(years, groups, rows)
    _trends(page, years, sets)
    page.table(lines_table(years, sets))
    page.section("Drivers at the first year against the training")
    page.paragraph(
        "What a driver differs from its training at the first year is no change but a difference of sources, and the "
        "forest takes it for a change. The same holds for pathways that start apart."
    )
    page.table(result.bias.only(("variable", "unit", "pathway", "mean", "training_mean", "shift_sd", "verdict")))
    if result.stocks is not None:
        page.section("Land cover and pool table, beside the forest")
        page.table(result.stocks)
    _ensemble_method(page, result)
    return page


def _ensemble_leads(page: Page, result: EnsembleResult) -> None:
    totals = result.totals.as_dicts()
    last = [row for row in totals if row["year"] == result.years[-1]]
    low, high = (pick(last, key=lambda row: row["total_Tg_C"]) for pick in (min, max))
    page.lead(
        "{} distinct runs ({} members of sets) in {} years. In {} the carbon stock is {} Tg C in run {} at the least "
        "and {} Tg C in run {} at the most.".format(
            len(result.matrix.runs), len(result.matrix.rows), len(result.years), result.years[-1],
            style.number(low["total_Tg_C"]), low["run"], style.number(high["total_Tg_C"]), high["run"],
        )
    )  # fmt: skip
    page.lead(
        "These are answers of a forest to drivers, not forecasts: it knows no process, is flat outside its training, "
        "and takes every bias of a driver for a change."
    )
    page.key_figure("Runs", len(result.matrix.runs))
    page.key_figure("Years", len(result.years))
    page.key_figure("Rasters computed now", result.computed)
    page.key_figure("Kept from before", result.kept)
    page.key_figure("Stock {}, smallest".format(result.years[-1]), low["total_Tg_C"], "Tg C")
    page.key_figure("Stock {}, largest".format(result.years[-1]), high["total_Tg_C"], "Tg C")


def _trends(page: Page, years: Sequence[int], sets) -> None:
    for item in sets:
        lines = [Line(member.run, member.own, member.common, member.values) for member in item.members]
        some = item.members[-1]
        for member in item.members:  # one whose two pathways differ shows best what the names of the runs mean
            some = member if member.own != member.common else some
        page.figure(
            set_trends(years, lines, "Tg C"), "Carbon stock where {} differs ({})".format(item.focal, item.name),
            "The colour is the pathway that all other groups share, the dashes and the mark that of {focal}: {run} is "
            "{focal} under {own} and all else under {common}. The axis does not start at 0.".format(
                focal=item.focal, run=some.run, own=some.own, common=some.common
            ), slug="trend-" + item.name,
        )  # fmt: skip


def _ensemble_method(page: Page, result: EnsembleResult) -> None:
    groups = "; ".join("{} ({})".format(g.name, ", ".join(g.variables)) for g in result.matrix.groups)
    page.method(
        "Variables move in groups: {}. In each set one group takes every pathway while all others share one; a run "
        "that several sets share is computed once. The forest predicts the density of each cell and year from the "
        "drivers; totals are density times cell area, in t C. Jiangsu paper, section 2.4; trends as in Figs 6, 8 "
        "and 12.".format(groups)
    )


def charts_page(charts: Charts) -> Page:
    """The page of the charts of an ensemble."""
    page = Page("Scenario charts", "{} to {}".format(charts.years[0], charts.years[-1]))
    for lead in _charts_leads(charts):
        page.lead(lead)
    page.notes(charts.notes)
    page.section("Trends")
    _trends(page, charts.years, charts.sets)
    if charts.sets:
        page.table(charts.lines)
    if charts.maps:
        page.section("Maps")
        _map_grids(page, charts)
    if charts.drivers is not None:
        page.section("Drivers")
        page.figure(
            driver_curves(driver_panels(charts.drivers, charts.years), charts.years), "Drivers by pathway",
            "Area-weighted means of the cells that are valid in every driver of the year.", slug="drivers",
        )  # fmt: skip
        page.table(charts.drivers.only(_DRIVER_COLUMNS))
    page.method(
        "Trends as in Figs 6, 8 and 12 of the Jiangsu paper, maps as in Figs 5, 7 and 9 to 11, curves of the drivers "
        "as in Fig. 3. All maps of a figure share one colour scale, from the 2nd to the 98th percentile."
    )
    return page


def _charts_leads(charts: Charts) -> List[str]:
    """How far the runs lie apart at the end, and how much of it each group moves alone."""
    last = charts.years[-1]
    ends = {m.run: m.values[-1] for item in charts.sets for m in item.members if m.values[-1] is not None}
    if not ends:
        return []
    low, high = min(ends, key=ends.__getitem__), max(ends, key=ends.__getitem__)
    leads = [
        "{} runs end between {} ({}) and {} Tg C ({}) in {}.".format(
            len(ends), style.number(ends[low]), low, style.number(ends[high]), high, last
        )
    ]
    for item in charts.sets:
        spreads = _spreads(item)
        if spreads:
            leads.append(
                "{}: {} alone, all else unchanged, moves the total of {} by {} Tg C on average ({} to {}).".format(
                    item.name, item.focal, last, style.number(sum(spreads) / len(spreads), 3),
                    style.number(min(spreads), 3), style.number(max(spreads), 3),
                )
            )  # fmt: skip
    leads.append(
        "These are differences between pathways. How far the forest itself may be off is in its own report, and comes "
        "on top of each line."
    )
    return leads


def _spreads(item: TrendSet) -> List[float]:
    """By pathway of the other groups: how far the runs of the focal group lie apart in the last year, Tg C."""
    ends: Dict[str, List[float]] = {}
    for member in item.members:
        if member.values[-1] is not None:
            ends.setdefault(member.common, []).append(member.values[-1])
    return [max(values) - min(values) for values in ends.values() if len(values) > 1]


def _map_grids(page: Page, charts: Charts) -> None:
    for made in charts.maps:
        options = map_options(made.grid)
        ratio = paper_ratio(made.grid.shape, options.get("extent"), options.get("crs_unit"))
        for start in range(0, len(made.years), _MAP_ROWS):
            part = slice(start, start + _MAP_ROWS)
            years = [str(year) for year in made.years[part]]
            page.figure(
                map_grid(made.pictures[part], years, made.runs, made.unit, ratio=ratio),
                "Carbon density by year and run, {}".format(made.title),
                "One scale for all maps; drawn at reduced size.", slug="maps-{}-{}".format(made.name, years[0]),
            )  # fmt: skip
