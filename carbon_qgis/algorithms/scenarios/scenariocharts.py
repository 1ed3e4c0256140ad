"""Charts of an ensemble: trends, maps, curves of the drivers (Jiangsu paper, Figs 3 and 5 to 12)."""

from qgis.core import QgsProcessing

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._design import words
from ._sources import keep_sources


class ScenarioCharts(CarbonAlgorithm):
    """Figures of an ensemble from its totals, rasters and drivers."""

    ID, GROUP = "scenariocharts", Group.SCENARIOS
    TAGS = ("scenario", "ssp", "chart", "trend", "map", "figure", "PPS", "PVS", "CDS", "driver curve")
    REQUIRES = ("numpy", "rasterio")

    TOTALS, ENSEMBLE, RUNS = "TOTALS", "ENSEMBLE", "RUNS"
    DRIVER_TABLE, VARIABLES, LINES, DRIVERS = "DRIVER_TABLE", "VARIABLES", "LINES", "DRIVERS"

    def title(self):
        return self.tr("Scenario charts")

    def help_text(self):
        return self.tr(
            "Draws what an ensemble says: for each set of runs the trends of the carbon stock in Tg C (nine lines with "
            "three pathways), grids of maps by year and run on one colour scale, and the mean of each driver by "
            "pathway and year. Figures go into the report and, on request, into a folder as PNG and SVG. Source: Figs "
            "3 and 5 to 12 of the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        totals = declare.features(self.TOTALS, tr("Totals"), tr(
            "Table of totals that 'Run scenarios' makes: run, pathway of each group, year, total in t C."))
        totals.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(totals)
        self.add(declare.folder(self.ENSEMBLE, tr("Folder of the ensemble"), tr(
            "Folder of rasters that 'Run scenarios' made, for the grids of maps. If left empty, none are drawn."),
            optional=True))  # fmt: skip
        self.add(declare.text(self.RUNS, tr("Runs of the maps"), tr(
            "Separated by commas, such as C1A2P2, C2A2P2, C5A2P2. If left empty: for each set the runs whose other "
            "groups follow the middle pathway."), optional=True))
        self.add(declare.table_file(self.DRIVER_TABLE, tr("Driver table"), tr(
            "The driver table of the ensemble, for the curves of the drivers. If left empty, none are drawn."),
            optional=True))  # fmt: skip
        self.add(declare.text(self.VARIABLES, tr("Drivers to draw"), tr(
            "Separated by commas. If left empty: all that change with the year."), optional=True))
        self.add(declare.table_output(self.LINES, tr("Numbers of the trend lines"), tr(
            "One row per set and run, one column per year in Tg C, and the change over all years in percent.")))
        self.add(declare.table_output(self.DRIVERS, tr("Drivers by pathway and year"), tr(
            "Mean and range of each driver by pathway and year, in the unit of the driver."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("SETS", tr("Sets of runs"))
        self.add_number("RUN_COUNT", tr("Runs in the table"))

    def compute(self, p, progress, outputs):
        from ...core.scenario_charts import scenario_charts
        from ...core.scenario_table import read_scenario_table

        data = p.features(self.TOTALS, geometry=False)
        table = None if p.path(self.DRIVER_TABLE) is None else read_scenario_table(p.path(self.DRIVER_TABLE))
        keep_sources(outputs, table, p.path(self.ENSEMBLE))
        charts = scenario_charts(
            {name: data.column(name) for name in data.fields},
            "'{}'".format(data.name),
            p.path(self.ENSEMBLE),
            words(p.text(self.RUNS)),
            table,
            words(p.text(self.VARIABLES)),
            progress,
            p.settings(),
        )
        published = (
            Outputs(charts.notes)
            .table(self.LINES, charts.lines)
            .number("SETS", len(charts.sets))
            .number("RUN_COUNT", len({str(run) for run in data.column("run")}))
            .fact("years", list(charts.years))
        )
        if charts.drivers is not None:
            published.table(self.DRIVERS, charts.drivers)
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.scenario_report import charts_page

            published.page(declare.REPORT, charts_page(charts))
        return published
