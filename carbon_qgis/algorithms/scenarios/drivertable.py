"""A driver table from the files of a folder, and what is missing in it (Jiangsu paper, section 2.4)."""

import os

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..inputs import is_plain_file
from ..publish import Outputs
from ._design import csv_output, words

EXAMPLE = "{variable}_{scenario}_{year}.tif; {variable}.tif"


class DriverTable(CarbonAlgorithm):
    """Which file holds which driver of which scenario and year."""

    ID, GROUP = "drivertable", Group.SCENARIOS
    TAGS = ("scenario", "ssp", "driver", "ensemble", "pattern", "folder", "missing", "pathway")
    REQUIRES = ("numpy", "rasterio")

    FOLDER, PATTERN, UNITS = "FOLDER", "PATTERN", "UNITS"
    VARIABLES, SCENARIOS, YEARS = "VARIABLES", "SCENARIOS", "YEARS"
    DRIVER_TABLE, COVERAGE = "DRIVER_TABLE", "COVERAGE"

    def title(self):
        return self.tr("Driver table of scenarios")

    def help_text(self):
        return self.tr(
            "Looks through a folder and its subfolders for rasters whose names tell variable, scenario and year, and "
            "writes the driver table that 'Run scenarios' reads, with a grid of what is missing. The table is plain "
            "text (CSV) and may be edited or written by hand: columns variable, scenario, year, path and, where "
            "needed, band, scale, offset, unit; * stands for any scenario or any year. Source: scenario framework of "
            "the Jiangsu paper (2.4)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.folder(self.FOLDER, tr("Folder of the drivers"), tr(
            "Folder that holds the rasters, also in subfolders.")))
        self.add(declare.text(self.PATTERN, tr("Pattern of the file names"), tr(
            "{variable}, {scenario} and {year} stand for those parts of a name, / for a subfolder. Several patterns "
            "are separated by semicolons and tried in turn. What a pattern does not name counts for all: "
            "{variable}.tif is a driver that is the same in every scenario and year. Example: "
            "{variable}_{scenario}_{year}.tif; {variable}.tif"), EXAMPLE))
        self.add(declare.text(self.VARIABLES, tr("Expected variables"), tr(
            "Separated by commas, such as NDVI, PRE, TEM. If left empty: those found."), optional=True))
        self.add(declare.text(self.SCENARIOS, tr("Expected scenarios"), tr(
            "Separated by commas, such as SSP126, SSP245, SSP585. If left empty: those found."), optional=True))
        self.add(declare.text(self.YEARS, tr("Expected years (first, last, step)"), tr(
            "First, last and step, such as 2020,2060,5. If left empty: those found."), optional=True))
        self.add(declare.matrix(self.UNITS, tr("Units and scales"), tr(
            "One row per variable whose files do not say their unit, or hold scaled numbers: value = number x scale + "
            "offset. Empty cells: the file's unit, 1 and 0."),
            ("Variable", "Unit", "Scale", "Offset"), optional=True))  # fmt: skip
        self.add(csv_output(self.DRIVER_TABLE, tr("Driver table"), tr(
            "CSV file. Paths of files below its folder are written relative to it, so that both can move together.")))
        self.add(declare.table_output(self.COVERAGE, tr("Grid of what is there"), tr(
            "One row per variable and scenario, one column per year: 1 there, 0 missing.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("FILES", tr("Files found"))
        self.add_number("MISSING", tr("Combinations without a file"))

    def check(self, p):
        from ...core.scenario_folder import readings_of
        from ...core.scenario_plan import parse_years

        parse_years(p.text(self.YEARS))
        readings_of(p.matrix(self.UNITS))

    def compute(self, p, progress, outputs):
        from ...core.scenario_folder import folder_table, readings_of
        from ...core.scenario_plan import parse_years
        from ...core.tables import csv_bytes

        target = p.destination(self.DRIVER_TABLE)
        made = folder_table(
            p.path(self.FOLDER),
            p.text(self.PATTERN) or "",
            words(p.text(self.VARIABLES)),
            words(p.text(self.SCENARIOS)),
            parse_years(p.text(self.YEARS)),
            readings_of(p.matrix(self.UNITS)),
            os.path.dirname(target) if is_plain_file(target) else None,
        )
        outputs.reads(made.files)
        if target is not None:
            outputs.bytes(target, csv_bytes(made.rows))
        published = (
            Outputs(made.notes)
            .recorded_file(self.DRIVER_TABLE)
            .table(self.COVERAGE, made.coverage)
            .number("FILES", len(made.rows.rows))
            .number("MISSING", len(made.missing))
            .say(self.tr("{:,} files; {} variables, {} scenarios, {} years; {:,} missing").format(
                len(made.rows.rows), len(made.variables), len(made.scenarios), len(made.years), len(made.missing)))
        )  # fmt: skip
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.scenario_report import folder_page

            published.page(declare.REPORT, folder_page(made, p.path(self.FOLDER)))
        return published
