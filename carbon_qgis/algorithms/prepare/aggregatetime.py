"""Months, days or years of one variable to one raster."""

from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

AUTO = "auto"


class AggregateTime(CarbonAlgorithm):
    """Mean, sum, largest or smallest value of many time steps."""

    ID, GROUP = "aggregatetime", Group.PREPARE
    TAGS = ("time", "annual", "monthly", "daily", "netcdf", "mean", "sum", "period", "climate", "ndvi")

    STEPS, VARIABLE, STATISTIC, MINIMUM_COUNT = "STEPS", "VARIABLE", "STATISTIC", "MINIMUM_COUNT"
    STEP_UNIT, YEAR = "STEP_UNIT", "YEAR"
    RESULT, COUNT, TABLE = "RESULT", "COUNT", "TABLE"

    def title(self):
        return self.tr("Aggregate time steps")

    def help_text(self):
        return self.tr(
            "Makes one raster of many time steps of one variable: months or days to a year, or years to the mean of a "
            "period. Precipitation is summed, of NDVI the maximum is taken, temperature and soil moisture are "
            "averaged, unless another statistic is chosen; where every step is a year, the mean of the years is "
            "taken. Steps are read one after the other: memory does not grow "
            "with their number. NetCDF works through GDAL, as NETCDF:\"file.nc\":variable or by dragging the variable "
            "into QGIS. Source: data preparation of the Xinjiang paper (2.1)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.STEPS, tr("Time steps"), tr(
            "Rasters of one variable; every band of each is one step, and their order does not matter. Steps on "
            "another grid are aligned to the first raster.")))
        self.add(declare.text(self.VARIABLE, tr("Variable"), tr(
            "Name of the variable, such as PRE, TEM, SM or NDVI. It names the result and sets the usual statistic. If "
            "left empty: the name of the first layer without year and scenario."), optional=True))
        self.add(declare.choice(self.STATISTIC, tr("Statistic"), tr(
            "'auto' takes the usual one of the variable: sum for PRE (precipitation), max for NDVI, mean for all else. "
            "Where every step is a year (by NetCDF dates, tags CARBON_YEAR or the years in the names), 'auto' "
            "is the mean."), (AUTO, "mean", "sum", "max", "min")))
        self.add(declare.integer(self.MINIMUM_COUNT, tr("Valid steps that a cell needs"), tr(
            "Cells with fewer valid steps become nodata. If left empty, every step must be valid. Sums over fewer "
            "steps are not scaled up."), optional=True, minimum=1))
        self.add(declare.text(self.STEP_UNIT, tr("Unit of the steps"), tr(
            "Unit such as mm or degC, written to the result. If left empty, it is read from the rasters, which must "
            "then agree. Values are not converted."), optional=True))
        self.add(declare.year(self.YEAR, tr("Year of the result"), tr(
            "Calendar year (of a period: the year it stands for). If left empty, it is taken from the rasters' tag "
            "CARBON_YEAR where they agree.")))
        self.add(declare.mask())
        self.add(declare.compression())
        self.add(declare.raster_output(self.RESULT, tr("Aggregate"), tr(
            "The statistic of each cell over all steps, in the unit of the steps.")))
        self.add(declare.raster_output(self.COUNT, tr("Number of valid steps"), tr(
            "How many steps are valid in each cell."), optional=True))
        self.add(declare.table_output(self.TABLE, tr("Table of steps"), tr(
            "One row per step: date or name, source, valid cells and mean.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("STEPS_COUNT", tr("Number of steps"))
        self.add_number("CELLS", tr("Valid cells"))
        self.add_number("MIN", tr("Smallest value"))
        self.add_number("MAX", tr("Largest value"))
        self.add_number("MEAN", tr("Mean over cells"))

    def compute(self, p, progress, outputs):
        from ...core.time_aggregation import aggregate_time
        from ...core.time_steps import steps_of

        statistic = p.choice(self.STATISTIC)
        result = aggregate_time(
            steps_of(p.paths(self.STEPS)),
            outputs,
            {"AGGREGATE": p.destination(self.RESULT), "COUNT": p.destination(self.COUNT)},
            statistic=None if statistic == AUTO else statistic,
            minimum_count=p.integer(self.MINIMUM_COUNT),
            variable=p.text(self.VARIABLE),
            unit=p.text(self.STEP_UNIT),
            year=p.integer(self.YEAR),
            mask=p.polygons("MASK"),
            progress=progress,
            settings=p.settings(),
        )
        published = Outputs(result.notes)
        published.raster(self.RESULT, styles.sequential(result.low, result.high, unit=result.unit))
        published.raster(self.COUNT, styles.sequential(*result.ranges["COUNT"], unit="steps"))
        published.table(self.TABLE, result.steps)
        published.number("STEPS_COUNT", len(result.steps.rows)).number("CELLS", result.valid_cells)
        published.number("MIN", result.low).number("MAX", result.high).number("MEAN", result.mean)
        published.say(self.tr("{} of {}: {:,.6g} to {:,.6g}, mean {:,.6g} {}").format(
            result.statistic.capitalize(), result.variable, result.low, result.high, result.mean, result.unit).strip())
        published.fact("grid", result.grid).fact("unit", result.unit).fact("statistic", result.statistic)
        published.fact("variable", result.variable).fact("minimum_count", result.minimum_count)
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.time_aggregation_report import time_aggregation_page

            published.page("REPORT", time_aggregation_page(result))
        return published
