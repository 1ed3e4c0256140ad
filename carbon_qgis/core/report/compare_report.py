"""Report page of several estimates (Xinjiang paper, Table 3 and Fig. 8; Jiangsu paper, Fig. 4)."""

from ..compare_estimates import BY_RESIDENCE, PATTERN, Comparison
from ..units import T_HA, T_PER_TG
from ..validation import FIT
from . import style
from .extent import map_options, sampling
from .figures import class_bars, panel_maps
from .page import Page
from .scatter import density_scatter


def compare_page(result: Comparison) -> Page:
    """The page of one run of `compare_estimates`."""
    page = Page("Comparison of carbon estimates", result.grid.describe())
    _leads(page, result)
    if result.label == FIT and not result.reference_is_first:
        page.warning(
            "The metrics are labelled 'fit': an estimate that was trained on the reference is expected to agree "
            "with it."
        )
    page.notes(result.notes)
    page.section("Estimates against '{}'".format(result.reference.name))
    page.table(result.table)
    _bars(page, result)
    _maps(page, result)
    _scatters(page, result)
    page.section("Every pair")
    page.table(result.pairs)
    _method(page, result)
    return page


def _leads(page: Page, result: Comparison) -> None:
    known = {name: m for name, m in result.metrics.items() if m is not None and m.r_squared is not None}
    if known:
        best = max(known, key=lambda name: known[name].r_squared)
        page.lead(
            "On {:,} cells ({} km²) with data in all rasters, '{}' {} '{}': R² {} (1 − SSE/SST), RMSE {} "
            "t C/ha.".format(
                result.cells, style.number(result.area_km2, 5), best,
                "is closest to" if len(known) > 1 else "is compared with", result.reference.name,
                style.number(known[best].r_squared, 3), style.number(known[best].rmse, 4),
            )
        )  # fmt: skip
    page.lead(
        "All are compared on the same cells. Agreement with the reference is no better than the reference itself; an "
        "estimate may resemble it because both were made from the same data."
    )
    for row in result.table.as_dicts():
        if row["total_Tg_C"] is not None:
            page.key_figure(row["estimate"], row["total_Tg_C"], "Tg C")


def _bars(page: Page, result: Comparison) -> None:
    rows = [row for row in result.table.as_dicts() if row["total_Tg_C"] is not None]
    page.figure(
        class_bars([row["estimate"] for row in rows], [row["total_Tg_C"] for row in rows], "Tg C"),
        "Carbon of the compared cells", slug="totals",
    )  # fmt: skip


def _maps(page: Page, result: Comparison) -> None:
    page.section("Maps")
    options, sentence = map_options(result.grid), sampling(result.grid)[1]
    stocks = [result.reference] + [estimate for estimate in result.estimates if estimate.kind != PATTERN]
    panels = [(estimate.name, result.overviews[estimate.name]) for estimate in stocks]
    page.figure(
        panel_maps(panels, T_HA, **options), "Side by side", style.joined("One colour scale.", sentence), slug="maps"
    )
    for estimate in result.estimates:
        if estimate.kind == PATTERN:
            page.figure(
                panel_maps([(estimate.name, result.overviews[estimate.name] / estimate.band.factor)], estimate.unit,
                           **options),
                "Flux '{}'".format(estimate.name), "A flux: compare the pattern, not the numbers.",
                slug="flux-" + estimate.name,
            )  # fmt: skip
    differences = [
        (estimate.name, result.overviews[estimate.name + " − reference"])
        for estimate in result.estimates
        if estimate.kind != PATTERN
    ]
    if differences:
        page.figure(
            panel_maps(differences, T_HA, quantity="Estimate − reference", ramp="diverging", **options),
            "Estimate − reference",
            style.joined("One scale, centred on 0: green where the estimate is higher.", sentence), slug="differences",
        )  # fmt: skip


def _scatters(page: Page, result: Comparison) -> None:
    page.section("Cell by cell")
    for estimate in result.estimates:
        metrics = result.metrics[estimate.name]
        if metrics is None:
            continue
        line = None if metrics.slope is None else (metrics.intercept, metrics.slope)
        texts = ["R² = {}   r = {}".format(style.number(metrics.r_squared, 3), style.number(metrics.r, 3))]
        page.figure(
            density_scatter(result.edges, result.scatters[estimate.name], T_HA, line, texts=texts, counted="Cells"),
            "'{}' against '{}' ({})".format(estimate.name, result.reference.name, result.label),
            "Dashed: 1:1. Line: least squares.", slug="scatter-" + estimate.name,
        )  # fmt: skip


def _method(page: Page, result: Comparison) -> None:
    texts = [
        "R² = 1 − SSE/SST; r is Pearson's correlation; RE = |reference − estimate| / reference (Xinjiang paper, "
        "equation 8). Metrics per hectare are {}; metrics per cell are of the carbon of whole cells. Totals use {} "
        "cell areas; {} t are 1 Tg.".format(
            "weighted by area" if any(m.weighted for m in result.metrics.values() if m) else "not weighted",
            result.area_mode, style.number(T_PER_TG),
        )
    ]  # fmt: skip
    for estimate in result.estimates:
        if estimate.kind == BY_RESIDENCE:
            text = "'{}' = flux ({}) × {:g} years: a stock in balance with that flux."
            texts.append(text.format(estimate.name, estimate.unit, estimate.residence_years))
    page.method(" ".join(texts))
