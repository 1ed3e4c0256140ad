"""Report page of the check of a pool table."""

from typing import Optional, Sequence

from ..pool_checks import PoolCheckResult
from ..results import Table
from .page import Page

HEADINGS = (("error", "Errors"), ("warning", "Warnings"), ("info", "Good to know"))


def pool_check_page(result: PoolCheckResult, landcover: Optional[str] = None, notes: Sequence[str] = ()) -> Page:
    """The page of one run of `check_pool_table`; `landcover` is the raster whose codes were compared."""
    page = Page("Check of the pool table", "{}, densities in {}".format(result.source, result.unit))
    page.lead(_verdict(result))
    page.lead(
        "Nothing in the table was changed. Limits are wide on purpose: a warning asks for a second look, it does not "
        "judge."
    )
    page.key_figure("Errors", result.errors)
    page.key_figure("Warnings", result.warnings)
    page.key_figure("Infos", result.infos)
    page.key_figure("Classes", result.classes)
    page.notes(notes)
    if landcover is None:
        page.note("No land cover was given, so the codes of the table were not compared with any.")
    for severity, heading in HEADINGS:
        rows = [row for row in result.findings.rows if row[0] == severity]
        if rows:
            page.section(heading)
            # The heading says the severity.
            page.table(Table(heading, result.findings.columns[1:], [row[1:] for row in rows]))
    page.method(
        "Errors are what later steps would refuse. Amounts are compared with what global maps and inventories hold, "
        "below/above ratios with published ranges of woody and herbaceous classes.",
        (
            "IPCC (2006). Guidelines for National Greenhouse Gas Inventories, vol. 4, tables 2.3, 4.4, 6.1 and 6.4.",
            "Mokany, K., Raison, R. J., Prokushkin, A. S. (2006). Critical analysis of root : shoot ratios in "
            "terrestrial biomes. Global Change Biology 12, 84–96.",
            "Wang, L., et al. (2014). Biomass allocation patterns across China's terrestrial biomes. PLoS ONE 9(4), "
            "e93566.",
        ),
    )
    return page


def _verdict(result: PoolCheckResult) -> str:
    doubts = "{} warning{}".format(result.warnings, "" if result.warnings == 1 else "s")
    if not result.usable:
        count = "1 error" if result.errors == 1 else "{} errors".format(result.errors)
        return "The table cannot be used as it is: {}, {}.".format(count, doubts)
    if result.warnings:
        return "The table can be used, but look at {} first.".format(doubts)
    return "The table can be used; nothing in it is doubtful."
