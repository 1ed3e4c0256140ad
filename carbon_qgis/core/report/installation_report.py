"""Report page of the check of the installation."""

from ..installation import BROKEN, COLUMNS, INFO, MISSING, OK, WARNING, Installation
from ..results import Table
from .page import Page


def installation_page(found: Installation, versions: str = "") -> Page:
    """The page of one check; `versions` names QGIS and the plugin in the subtitle."""
    page = Page("Check of the installation", versions)
    page.lead(found.verdict())
    if found.command:
        page.lead("To install what is missing. {} Then restart QGIS and check again.".format(found.command))
    page.key_figure("Packages missing", len(found.missing))
    page.key_figure("Packages that cannot be loaded", len(found.broken))
    page.key_figure("Warnings", found.count(WARNING))
    for finding in found.findings:
        if finding.state == WARNING:
            page.warning("{}: {}. {}".format(finding.part, finding.found, finding.advice))
    mend = (MISSING, BROKEN, WARNING)
    for heading, states in (("To be mended", mend), ("In order", (OK,)), ("Good to know", (INFO,))):
        rows = [row for row in found.table().rows if row[1] in states]
        if rows:
            page.section(heading)
            page.table(_without_empty(Table(heading, COLUMNS, rows)))
    page.method(
        "Every package was loaded in this QGIS, not only looked for: what loads here loads in a run. The commands are "
        "those of this Python on this system; nothing was installed or changed."
    )
    return page


def _without_empty(table: Table) -> Table:
    """The table without the columns in which nothing stands."""
    names = [column.name for column in table.columns if any(table.column(column.name))]
    return table.only(names)
