"""What is wrong or doubtful in a table of carbon pools."""

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class CheckPoolTable(CarbonAlgorithm):
    """Findings on a pool table; it warns and never edits."""

    ID, GROUP = "checkpooltable", Group.PREPARE
    TAGS = ("pools", "table", "check", "validate", "invest", "lucode", "quality")
    REPORT_REQUIRES = ()  # its page has no figures

    POOLS, LANDCOVER, UNIT = declare.POOLS, declare.LANDCOVER, declare.UNIT
    TABLE = "TABLE"

    def title(self):
        return self.tr("Check pool table")

    def help_text(self):
        return self.tr(
            "Looks for everything that is wrong or doubtful in a table of carbon pools by land-cover class: missing "
            "columns, text in numbers, negative values, codes that come twice, improbable amounts and below/above "
            "ratios, columns that look swapped, a unit that does not fit; with a land cover also codes that only one "
            "of the two has. Nothing is changed, and the run does not fail on the table's content: errors are what "
            "would stop later steps, warnings ask for a second look, infos are good to know. Source: pool "
            "table of the InVEST carbon model."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.pool_table())
        self.add(declare.raster(self.LANDCOVER, tr("Land cover"), tr(
            "Raster of land-cover class codes; its codes are compared with those of the table. May be left empty."),
            optional=True))
        self.add(declare.mask())
        self.add(declare.pool_unit(self.UNIT))
        self.add(declare.table_output(self.TABLE, tr("Findings"), tr(
            "One row per finding: severity, line, class, column, what was found and what to do; errors first.")))
        self.add(declare.report_output())
        self.add_number("ERRORS", tr("Errors"))
        self.add_number("WARNINGS", tr("Warnings"))
        self.add_number("INFOS", tr("Infos"))
        self.add_number("CLASSES", tr("Classes with a usable code"))

    def compute(self, p, progress, outputs):
        from ...core.landcover_codes import found_codes
        from ...core.pool_checks import check_pool_table
        from ...core.progress import check_cancelled

        landcover, cells, nodata = p.path(self.LANDCOVER), None, None
        notes = []
        if landcover:
            progress.update(0.0, self.tr("Counting the codes of the land cover"))
            cells, nodata = found_codes(landcover, p.polygons("MASK"), progress, p.settings())
        elif p.given("MASK"):
            notes.append("There is no land cover, so the study area was not used.")
        check_cancelled(progress)
        result = check_pool_table(p.path(self.POOLS), cells, p.choice(self.UNIT), nodata)
        verdict = self.tr("can be used") if result.usable else self.tr("cannot be used as it is")
        published = Outputs(notes).table(self.TABLE, result.findings)
        published.number("ERRORS", result.errors).number("WARNINGS", result.warnings).number("INFOS", result.infos)
        published.number("CLASSES", result.classes)
        published.say(self.tr("'{}' {}: {} errors, {} warnings, {} infos").format(
            result.source, verdict, result.errors, result.warnings, result.infos))
        for row in result.findings.as_dicts():
            published.say(_line(row))
        published.fact("unit", result.unit)
        if p.destination("REPORT"):
            from ...core.report.pool_check_report import pool_check_page

            published.page("REPORT", pool_check_page(result, landcover, notes))
        return published


def _line(row):
    """A finding as one line of the log."""
    line = declare.tr("line {}").format(row["line"]) if row["line"] else ""
    place = ", ".join(part for part in (line, row["class"], row["column"]) if part)
    where = " ({})".format(place) if place else ""
    return "{}{}: {} {}".format(row["severity"], where, row["found"], row["advice"])
