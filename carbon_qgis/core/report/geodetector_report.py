"""Report page of a Geodetector run, on rasters or on a table."""

from itertools import combinations
from typing import List, Tuple

import numpy as np

from ..driver_classes import OPTIMAL, class_table, optimal_table
from ..driver_detection import DetectionResult
from ..geodetector import OVERALL, Scope
from ..geodetector_tables import ecological_table, factor_table, interaction_table, stratum_table
from ..results import Column, Table
from . import style
from .figures import InteractionPanel, interaction_heatmaps, q_bars, q_curves
from .page import Page

ALPHA = 0.05
#: Panels of the heat map; of more ecosystems the largest are drawn.
MOST_PANELS = 24
REFERENCES = (
    "Wang, J.-F., Li, X.-H., Christakos, G., Liao, Y.-L., Zhang, T., Gu, X., Zheng, X.-Y. (2010). Geographical "
    "detectors-based health risk assessment and its application in the neural tube defects study of the Heshun region, "
    "China. International Journal of Geographical Information Science 24(1), 107-127.",
    "Wang, J.-F., Zhang, T.-L., Fu, B.-J. (2016). A measure of spatial stratified heterogeneity. Ecological Indicators "
    "67, 250-256.",
)
NATURAL_REFERENCES = (
    "Fisher, W. D. (1958). On grouping for maximum homogeneity. Journal of the American Statistical Association 53, "
    "789-798.",
    "Jenks, G. F. (1967). The data model concept in statistical mapping. International Yearbook of Cartography 7, "
    "186-190.",
)
OPTIMAL_REFERENCES = (
    "Song, Y., Wang, J., Ge, Y., Xu, C. (2020). An optimal parameters-based geographical detector model enhances "
    "geographic characteristics of explanatory variables for spatial heterogeneity analysis. GIScience & Remote "
    "Sensing 57(5), 593-610.",
)
METHODS = {
    "natural": "natural breaks (smallest sum of squares within the classes)",
    "quantile": "quantiles",
    "equal": "equal intervals",
    "geometric": "geometric intervals",
    "sd": "standard deviations",
    "given": "given bounds",
    "categories": "values that are classes already",
}
#: Below this q the best driver explains hardly anything.
LITTLE = 0.1


def geodetector_page(result: DetectionResult) -> Page:
    """The page of one run of `detect_drivers` or `detect_drivers_in_table`."""
    page = Page("Drivers of {} (Geodetector)".format(result.target_name), _subtitle(result))
    _leads(page, result)
    _key_figures(page, result)
    _notes(page, result)
    _factor_section(page, result)
    if len(result.drivers) > 1:
        _interaction_section(page, result)
    if any(driver.optimal for driver in result.drivers):
        _optimal_section(page, result)
    _class_section(page, result)
    _method(page, result)
    return page


def _unit_word(result: DetectionResult) -> str:
    return "cells" if result.grid is not None else "rows"


def _subtitle(result: DetectionResult) -> str:
    parts = ["{:,} {}".format(result.cells, _unit_word(result))]
    if result.grid is not None:
        parts.append(result.grid.describe())
    if len(result.scores.scopes) > 1:
        parts.append("{} ecosystems ({})".format(len(result.scores.scopes) - 1, result.ecosystem_name or "by class"))
    return "; ".join(parts)


def _leads(page: Page, result: DetectionResult) -> None:
    best, scope = result.best, result.scores.scope()
    if best is None:
        page.lead("{} is constant: there is nothing to explain, and q is not defined.".format(result.target_name))
        return
    ranked = sorted((s for s in scope.factors if not np.isnan(s.q)), key=lambda s: -s.q)
    text = (
        "Of the drivers given, {} explains the largest share of the differences in {}: its classes account for {} of "
        "the variance (q = {}).".format(best.factor, result.target_name, _percent(best.q), style.fixed(best.q, 3))
    )
    if best.q < LITTLE:
        text += " That is little: the map follows none of the drivers closely."
    others = ["{} ({})".format(score.factor, style.fixed(score.q, 3)) for score in ranked[1:3]]
    page.lead(text + (" Next: {}.".format(", ".join(others)) if others else ""))
    _lead_interactions(page, scope)
    _lead_ecosystems(page, result)
    page.lead(
        "q says how closely the map of a driver's classes follows the map of {}. It is an association in space, not a "
        "cause: a driver may stand for another one that is not in the list, and drivers that resemble each other "
        "share what they explain.".format(result.target_name)
    )


def _lead_interactions(page: Page, scope: Scope) -> None:
    pairs = [pair for pair in scope.pairs if pair.kind]
    if not pairs:
        return
    nonlinear = sum(pair.kind == "enhance_nonlinear" for pair in pairs)
    bivariate = sum(pair.kind == "enhance_bivariate" for pair in pairs)
    top = max(pairs, key=lambda pair: pair.q12)
    page.lead(
        "{} of {} pairs of drivers explain more together than the stronger one alone: {} more than the sum of both "
        "(enhance, nonlinear), {} less than the sum (enhance, bivariate). The strongest pair is {} and {} "
        "(q = {}).".format(
            nonlinear + bivariate, len(pairs), nonlinear, bivariate, top.first, top.second, style.fixed(top.q12, 3)
        )
    )


def _lead_ecosystems(page: Page, result: DetectionResult) -> None:
    leaders = {}
    for scope in result.scores.scopes[1:]:
        known = [score for score in scope.factors if score.q > 0 and not score.unreliable]
        if known:
            leaders.setdefault(max(known, key=lambda score: score.q).factor, []).append(scope.name)
    if not leaders:
        return
    ranked = sorted(leaders.items(), key=lambda item: -len(item[1]))
    total = sum(len(names) for names in leaders.values())
    if len(ranked) == 1:
        page.lead("In all {} ecosystems with enough cells {} explains the largest share.".format(total, ranked[0][0]))
        return
    parts = [
        "{} in {}".format(name, _listed(names) if len(names) <= 4 else "{} of {}".format(len(names), total))
        for name, names in ranked
    ]
    page.lead("The leading driver differs between ecosystems: {}.".format("; ".join(parts)))


def _listed(names: List[str]) -> str:
    return ", ".join("'{}'".format(name) for name in names)


def _percent(share: float) -> str:
    return "{:.1f} %".format(100 * share)


def _key_figures(page: Page, result: DetectionResult) -> None:
    scope = result.scores.scope()
    if result.best is not None:
        page.key_figure("Largest q: {}".format(result.best.factor), style.fixed(result.best.q, 3))
    known = [pair for pair in scope.pairs if not np.isnan(pair.q12)]
    if known:
        top = max(known, key=lambda pair: pair.q12)
        page.key_figure("Largest q of a pair: {} × {}".format(top.first, top.second), style.fixed(top.q12, 3))
    page.key_figure("{} analysed".format(_unit_word(result).capitalize()), result.cells)
    page.key_figure("Mean of {}".format(result.target_name), float(scope.mean), result.target_unit)
    page.key_figure("Standard deviation", float(scope.sd), result.target_unit)


def _notes(page: Page, result: DetectionResult) -> None:
    for score in result.scores.scope().factors:
        tested = score.p_f is not None and score.p_published is not None
        if tested and (score.p_f < ALPHA) != (score.p_published < ALPHA):
            page.warning(
                "{}: p_published is {} but p_F is {}. Judge by p_F and q_adj: p_published changes when a constant is "
                "added to Y.".format(score.factor, style.number(score.p_published, 2), style.number(score.p_f, 2))
            )
    page.notes(result.notes)
    if result.grid is not None:
        page.note(
            "Neighbouring cells are alike, so they count for less than their number: p values of maps are too small. "
            "With many cells nearly every q is significant; its size is what matters."
        )


def _factor_section(page: Page, result: DetectionResult) -> None:
    page.section("Factor detector")
    factors = result.scores.scope().factors
    page.figure(
        q_bars(
            [score.factor for score in factors],
            [score.q for score in factors],
            [bool(score.p_f is not None and score.p_f < ALPHA) for score in factors],
            [score.unreliable for score in factors],
            alpha=ALPHA,
        ),
        "Share of the variance of {} that each driver explains".format(result.target_name),
        "All {} together.".format(_unit_word(result)),
        slug="q",
    )
    page.table(_overall(factor_table(result.scores)))
    if len(result.scores.scopes) > 1:
        page.table(_q_by_ecosystem(result))


def _q_by_ecosystem(result: DetectionResult) -> Table:
    """q of every factor, one row per ecosystem; empty where it is not defined."""
    columns = (Column("ecosystem", "text"), Column("cells", "integer")) + tuple(
        Column(name, "number") for name in result.scores.factor_names
    )
    rows = [
        [scope.name, scope.cells] + [None if np.isnan(score.q) else score.q for score in scope.factors]
        for scope in result.scores.scopes
    ]
    return Table("q of each driver by ecosystem (the table output holds p values and more)", columns, rows)


def _interaction_section(page: Page, result: DetectionResult) -> None:
    page.section("Interaction detector")
    scopes, left_out = _shown(result)
    caption = "Diagonal: q of one driver. Below it: q of two drivers together, with a mark for the type of interaction."
    if left_out:
        caption += " The {} largest of {} ecosystems are drawn.".format(len(scopes) - 1, len(scopes) - 1 + left_out)
    page.figure(
        interaction_heatmaps([_panel(result, scope) for scope in scopes]),
        "Interaction of the drivers" + (", overall and by ecosystem" if len(scopes) > 1 else ""),
        caption,
        slug="interactions",
    )
    page.table(_overall(interaction_table(result.scores)))
    if len(result.scores.scopes) > 1:
        page.paragraph("The table above is for the whole region; the table output holds every ecosystem too.")
    page.section("Ecological detector")
    page.paragraph(
        "Whether two drivers differ in how much of {} they explain. Judge by p_two_sided, which does not depend on the "
        "order of the two.".format(result.target_name)
    )
    page.table(_overall(ecological_table(result.scores, ALPHA)))


def _shown(result: DetectionResult) -> Tuple[List[Scope], int]:
    """Scopes to draw: overall first, then the ecosystems in their order; of very many the largest."""
    rest = list(result.scores.scopes[1:])
    if len(rest) < MOST_PANELS:
        return [result.scores.scopes[0]] + rest, 0
    largest = sorted(rest, key=lambda scope: -scope.cells)[: MOST_PANELS - 1]
    return [result.scores.scopes[0]] + [s for s in rest if s in largest], len(rest) - len(largest)


def _panel(result: DetectionResult, scope: Scope) -> InteractionPanel:
    names = result.scores.factor_names
    types = np.full((len(names), len(names)), "", dtype=object)
    doubt = np.zeros(types.shape, dtype=bool)
    np.fill_diagonal(doubt, [score.unreliable for score in scope.factors])
    for (i, j), pair in zip(combinations(range(len(names)), 2), scope.pairs):
        types[j, i], doubt[j, i] = pair.kind or "", pair.unreliable
    title = "Overall" if scope.name == OVERALL else scope.name
    title = "{} (n = {:,})".format(title, scope.cells)
    return InteractionPanel(title, names, result.scores.matrix(scope.name), types, doubt)


def _overall(table: Table) -> Table:
    """The rows of the whole region, without the columns that would say the same, or nothing, in every row."""
    rows = [row for row in table.rows if row[0] == OVERALL]
    silent = ("ecosystem", "one_cell_strata", "dropped_cells", "reason")
    kept = [
        index
        for index, column in enumerate(table.columns)
        if column.name not in silent or (column.name != "ecosystem" and any(row[index] for row in rows))
    ]
    return Table(
        table.title + ", overall", tuple(table.columns[i] for i in kept), [[row[i] for i in kept] for row in rows]
    )


def _optimal_section(page: Page, result: DetectionResult) -> None:
    page.section("Choice of the classes")
    chosen = [driver for driver in result.drivers if driver.optimal is not None]
    page.paragraph(
        "Every method was tried with every number of classes; {}. Classes chosen by q make q a little larger than it "
        "would be on new data.".format(chosen[0].optimal.rule)
    )
    for driver in chosen:
        curves = {}
        for row in driver.optimal.table.as_dicts():
            counts, values = curves.setdefault(row["method"], ([], []))
            counts.append(row["k"])
            values.append(row["q"])
        page.figure(
            q_curves(curves, (driver.optimal.method, driver.optimal.k)),
            "{}: q by method and number of classes".format(driver.name),
            slug="optimal-" + driver.name,
        )
    page.table(optimal_table(result.drivers))


def _class_section(page: Page, result: DetectionResult) -> None:
    page.section("Classes of the drivers, and {} in them".format(result.target_name))
    page.table(class_table(result.drivers))
    page.table(_overall(stratum_table(result.scores, result.target_unit)))


def _method(page: Page, result: DetectionResult) -> None:
    used = list(dict.fromkeys(driver.method for driver in result.drivers))
    page.method(
        "q = 1 − Σ N_h σ_h² / (N σ²), with N cells and variance σ² of Y, and N_h and σ_h² those of stratum h "
        "(population variances; Xinjiang paper, equation 7). Strata: {}. All factors, pairs and ecosystems come from "
        "one count of cells and sums of Y; the same cells serve all factors.".format(
            "; ".join(METHODS.get(name, name) for name in used)
        ),
        REFERENCES,
    )
    page.method(
        "Three tests stand beside each other. p_F is the central F test of no association and q_adj is q less what so "
        "many strata explain by chance: judge by these. p_published is the non-central F test of the original software "
        "({} variance); it changes when a constant is added to Y, so it serves to match published numbers only. Where "
        "q_expected is above 0.05 there are too few cells per stratum and q is marked unreliable. Types of "
        "interaction: nonlinear enhancement where two drivers explain more together than the sum of both, bivariate "
        "where more than the stronger one, independent where exactly the sum (to "
        "1e-9).".format(result.scores.published_variance)
    )
    if "natural" in used:
        page.method("Natural breaks are the exact optimum of the values, or of a fine histogram of 65,536 bins.",
                    NATURAL_REFERENCES)  # fmt: skip
    if any(driver.optimal for driver in result.drivers):
        page.method("Method and number of classes were chosen per driver ('{}').".format(OPTIMAL), OPTIMAL_REFERENCES)
