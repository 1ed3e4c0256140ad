"""Carbon accumulation rate between two or more dates (Xinjiang paper, eq. 6 and Table 2)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..class_names import class_names_table, given_names
from ..publish import Outputs


class CarbonAccumulation(CarbonAlgorithm):
    """Carbon accumulation rate (CAR) of each cell, sinks and sources, and Table 2 by ecosystem."""

    ID, GROUP = "carbonaccumulation", Group.STOCK
    TAGS = ("car", "sink", "source", "rate", "change", "sequestration", "trend", "theil-sen", "mann-kendall")
    REQUIRES = ("numpy", "rasterio", "scipy")

    DENSITIES, YEARS, DATES, UNIT = declare.DENSITIES, "YEARS", "DATES", declare.UNIT
    METHOD, DEADBAND = "METHOD", "DEADBAND"
    ECOSYSTEMS_START, ECOSYSTEMS_END, BY_ECOSYSTEM = "ECOSYSTEMS_START", "ECOSYSTEMS_END", "BY_ECOSYSTEM"
    RATE, SINK_SOURCE, TREND, TREND_P = "RATE", "SINK_SOURCE", "TREND", "TREND_P"
    TABLE, ECOSYSTEMS_TABLE = "TABLE", "ECOSYSTEMS_TABLE"

    def title(self):
        return self.tr("Carbon accumulation rate (sinks and sources)")

    def help_text(self):
        return self.tr(
            "Computes the carbon accumulation rate (CAR) of each cell from density rasters of two or more dates: "
            "change of density per year, in t C/km2/yr. A positive rate is a sink, a negative one a source. With "
            "rasters of ecosystems it also gives the stock change and the mean rate of each ecosystem, two readings "
            "that may differ in sign, and how the stock change closes: persistent + gained - lost. A cell counts if it "
            "is valid at every date. Dates come from the tag CARBON_YEAR of each raster or from a table, never from "
            "file names or the order of the list. Source: equation 6 and Table 2 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.DENSITIES, tr("Carbon densities"), tr(
            "Density rasters of two or more dates, of one pool or of the total, in any order. The earliest gives the "
            "grid; the others are aligned to it. Empty entries of a model are passed over.")))
        self.add(declare.matrix(self.YEARS, tr("Years of the rasters"), tr(
            "Optional, one row per raster that does not carry its year (tag CARBON_YEAR) or whose year is to be "
            "another. 'layer' is the name of the layer or file, with or without suffix. On the command line: "
            "--YEARS=\"carbon_a,1985,carbon_b,1999\"."), ("layer", "year"), optional=True))
        self.add(declare.table_file(self.DATES, tr("Dates (table)"), tr(
            "Text table with the columns raster (name of the layer or file, with or without suffix) and year, one row "
            "per raster, instead of typed years. If both are left empty, the year is read from the tag CARBON_YEAR of "
            "each raster."), optional=True))
        self.add(declare.density_unit())
        self.add(declare.choice(self.METHOD, tr("Rate over more than two dates"), tr(
            "'endpoint': last date minus first, divided by the years between. 'mean_of_intervals': mean of the rates "
            "of the intervals; it differs where the intervals are not equally "
            "long."), ("endpoint", "mean_of_intervals")))
        self.add(declare.number(self.DEADBAND, tr("Deadband (t C/km2/yr)"), tr(
            "Rates from minus this value to plus this value count as stable: "
            "neither sink nor source; 0 counts every change."), 0.0, minimum=0.0))
        self.add(declare.raster(self.ECOSYSTEMS_START, tr("Ecosystems at the first date"), tr(
            "Raster of ecosystem class codes at the first date. With this map alone it stands for all dates."),
            optional=True))
        self.add(declare.raster(self.ECOSYSTEMS_END, tr("Ecosystems at the last date"), tr(
            "Raster of ecosystem class codes at the last date, with the same codes."), optional=True))
        self.add(class_names_table())
        self.add(declare.boolean(self.BY_ECOSYSTEM, tr("Maps per ecosystem in the report"), tr(
            "Adds maps of the density at the first and last date and of the rate for every ecosystem to the report. "
            "Needs a raster of ecosystems.")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self._declare_outputs()

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.raster_output(self.RATE, tr("Carbon accumulation rate (t C/km2/yr)"), tr(
            "CAR of each cell in t C/km2/yr; positive is a sink."), optional=True, by_default=True))
        self.add(declare.raster_output(self.SINK_SOURCE, tr("Sinks and sources"), tr(
            "1 source, 2 stable (within the deadband), 3 sink."), optional=True, by_default=True))
        self.add(declare.raster_output(self.TREND, tr("Trend (t C/km2/yr)"), tr(
            "Theil-Sen slope of each cell: the median of the slopes between all pairs of dates. Needs three dates."),
            optional=True))
        self.add(declare.raster_output(self.TREND_P, tr("Trend, p value"), tr(
            "Two-sided p value of the Mann-Kendall test of each cell. Needs three dates; with fewer than about seven "
            "it can hardly be small."), optional=True))
        self.add(declare.table_output(self.TABLE, tr("Rates by interval"), tr(
            "One row per interval between two dates: stocks in Tg C, mean rate, sink and source area in km2.")))
        self.add(declare.table_output(self.ECOSYSTEMS_TABLE, tr("Change by ecosystem"), tr(
            "One row per ecosystem: areas, stocks, stock change and its parts in Tg C, and mean rates in t C/km2/yr on "
            "three extents. Needs a raster of ecosystems."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("CHANGE_TG", tr("Stock change (Tg C)"))
        self.add_number("MEAN_RATE", tr("Mean rate (t C/km2/yr)"))
        self.add_number("SINK_AREA_KM2", tr("Sink area (km2)"))
        self.add_number("SOURCE_AREA_KM2", tr("Source area (km2)"))

    def check(self, p):
        if len(p.rasters(self.DENSITIES)) < 2:
            raise InputError("{}: an accumulation rate needs at least two rasters; {} given.".format(
                p.label(self.DENSITIES), len(p.rasters(self.DENSITIES))))
        if p.path(self.DATES) and p.matrix(self.YEARS):
            raise InputError("Years are given twice: typed in {}, and in the table {}. Leave one of them empty.".format(
                p.label(self.YEARS), p.label(self.DATES)))
        self._years(p)

    def _years(self, p):
        """Years that the user gave, by path."""
        from ...core.dates import typed_years, years_by_raster

        rasters = p.rasters(self.DENSITIES)
        if p.path(self.DATES):
            return years_by_raster(p.path(self.DATES), rasters)
        return typed_years(p.matrix(self.YEARS), rasters, p.label(self.YEARS))

    def compute(self, p, progress, outputs):
        from ...core.accumulation import OUTPUTS, accumulation_rate
        from ...core.density_input import density_raster

        rasters = p.rasters(self.DENSITIES)
        ecosystems = [path for path in (p.path(self.ECOSYSTEMS_START), p.path(self.ECOSYSTEMS_END)) if path]
        names, notes = given_names(p, ecosystems)
        years = self._years(p)
        result = accumulation_rate(
            [density_raster(path, p.unit(), year=years.get(path)) for path, _ in rasters],
            outputs,
            p.destinations(*OUTPUTS),
            method=p.choice(self.METHOD),
            deadband=p.number(self.DEADBAND) or 0.0,
            ecosystems=ecosystems,
            class_names=names,
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        result.notes += notes if ecosystems else []
        if result.ecosystems is None and (p.boolean(self.BY_ECOSYSTEM) or p.destination(self.ECOSYSTEMS_TABLE)):
            result.notes.append("There is no raster of ecosystems, so nothing was made by ecosystem.")
        return self._published(result, p)

    def _published(self, result, p):
        from ...core.units import T_HA, T_KM2_YR, T_PER_TG

        limit = result.legend_limit
        published = (
            Outputs(result.notes)
            .raster(self.RATE, styles.diverging(-limit, limit, unit=T_KM2_YR))
            .raster(self.SINK_SOURCE, styles.sink_source())
            .raster(self.TREND, styles.diverging(-limit, limit, unit=T_KM2_YR))
            .raster(self.TREND_P, styles.sequential(0.0, 1.0, unit=""))
            .table(self.TABLE, result.intervals)
            .number("CHANGE_TG", result.change / T_PER_TG)
            .number("MEAN_RATE", result.mean_rate)
            .number("SINK_AREA_KM2", result.sink_area_km2)
            .number("SOURCE_AREA_KM2", result.source_area_km2)
            .fact("grid", result.grid)
            .fact("units", {"rate": T_KM2_YR, "pictures of densities": T_HA})
            .fact("years", list(result.years))
            .fact("cell_area_mode", result.area_mode)
        )
        if result.ecosystems is not None:
            published.table(self.ECOSYSTEMS_TABLE, result.ecosystems)
        line = self.tr(
            "{} to {}: stock change {:+,.6g} Tg C, mean rate {:+,.5g} t C/km2/yr on {:,.6g} km2 ({} cell areas)"
        )
        published.say(line.format(
            result.years[0], result.years[-1], result.change / T_PER_TG, result.mean_rate, result.area_km2,
            result.area_mode))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.accumulation_report import accumulation_page

            published.page(declare.REPORT, accumulation_page(result, p.boolean(self.BY_ECOSYSTEM)))
        return published
