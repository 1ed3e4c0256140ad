"""Which combinations of pathways are computed (Jiangsu paper, section 2.4)."""

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._design import declare_design, matrix_of


class ScenarioMatrix(CarbonAlgorithm):
    """Rows and distinct runs of an ensemble."""

    ID, GROUP = "scenariomatrix", Group.SCENARIOS
    TAGS = ("scenario", "ssp", "ensemble", "design", "factorial", "PPS", "PVS", "CDS", "pathway")
    REQUIRES = ("numpy",)

    TABLE = "TABLE"

    def title(self):
        return self.tr("Scenario matrix")

    def help_text(self):
        return self.tr(
            "Lists the runs of an ensemble before any is computed. Drivers move in groups; in each set of runs one "
            "group takes every pathway while all others share one (control variables). With climate, productivity and "
            "population under three pathways these are the sets CDS, PVS and PPS of 9 rows each; 21 of the 27 are "
            "different runs, and each is computed once. Source: scenario framework of the Jiangsu paper (2.4)."
        )

    def declare(self):
        declare_design(self)
        self.add(declare.table_output(self.TABLE, self.tr("Scenario matrix"), self.tr(
            "One row per member of a set: set, focal group, run, pathway of each group, and 1 where the run occurs "
            "for the first time.")))
        self.add_number("ROWS", self.tr("Rows"))
        self.add_number("RUNS", self.tr("Distinct runs"))

    def check(self, p):
        matrix_of(p)

    def compute(self, p, progress, outputs):
        matrix = matrix_of(p)
        return (
            Outputs()
            .table(self.TABLE, matrix.table())
            .number("ROWS", len(matrix.rows))
            .number("RUNS", len(matrix.runs))
            .say(self.tr("{} rows, {} distinct runs: {}").format(
                len(matrix.rows), len(matrix.runs), ", ".join(run.id for run in matrix.runs)))
        )  # fmt: skip
