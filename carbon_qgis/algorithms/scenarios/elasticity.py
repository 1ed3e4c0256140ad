"""Elasticity of carbon to its drivers (Jiangsu paper, section 3.3, Figs 13 and 14)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._design import DEFAULT_GROUPS, GROUPS
from ._sources import keep_sources


class ElasticityOfCarbon(CarbonAlgorithm):
    """Elasticity of carbon to each group of drivers, by year and per cell; or of one pair of rasters."""

    ID, GROUP = "elasticity", Group.SCENARIOS
    TAGS = ("elasticity", "sensitivity", "scenario", "ssp", "driver", "ratio", "midpoint", "log", "PPS", "PVS", "CDS")
    REQUIRES = ("numpy", "scipy", "rasterio")

    TOTALS, DRIVER_TABLE, ENSEMBLE, YEARS = "TOTALS", "DRIVER_TABLE", "ENSEMBLE", "YEARS"
    BASE, OTHER, COMMON = "BASE", "OTHER", "COMMON"
    DENSITY_BASE, DENSITY_OTHER = "DENSITY_BASE", "DENSITY_OTHER"
    DRIVER_BASE, DRIVER_OTHER, DRIVER_UNIT = "DRIVER_BASE", "DRIVER_OTHER", "DRIVER_UNIT"
    METHOD, MIN_CHANGE, MIN_STEP, REASONS = "METHOD", "MIN_CHANGE", "MIN_STEP", "REASONS"
    MAPS, ELASTICITY, REASON = "MAPS", "ELASTICITY", "REASON"
    TABLE, CELLS_TABLE = "TABLE", "CELLS_TABLE"
    PAIR = (DENSITY_BASE, DENSITY_OTHER, DRIVER_BASE, DRIVER_OTHER)
    RUNS = (TOTALS, DRIVER_TABLE)

    def title(self):
        return self.tr("Elasticity of carbon to its drivers")

    def help_text(self):
        return self.tr(
            "Computes how strongly carbon responds to a driver: the relative change of carbon divided by the relative "
            "change of the driver, from a base to another state. Of an ensemble (totals of 'Run scenarios' and its "
            "driver table) it compares SSP1-2.6 with SSP5-8.5 for each group of drivers and year, all other groups at "
            "SSP2-4.5, and with the folder of the ensemble also cell by cell. Of one pair it takes two densities and "
            "two rasters of a driver. A temperature in degC has no true zero: for it the default is percent of carbon "
            "per degree. Where the driver hardly changes there is no elasticity: the table says so and keeps both "
            "changes. Source: section 3.3 and Figs 13 and 14 of the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        totals = declare.features(self.TOTALS, tr("Ensemble: totals"), tr(
            "Table of totals that 'Run scenarios' makes: run, pathway of each group, year, total in t C. Leave it "
            "empty for a pair of rasters."), optional=True)  # fmt: skip
        totals.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(totals)
        self.add(declare.table_file(self.DRIVER_TABLE, tr("Ensemble: driver table"), tr(
            "The driver table of the ensemble: the means of the drivers come from its rasters."), optional=True))
        self.add(declare.folder(self.ENSEMBLE, tr("Ensemble: folder of its rasters"), tr(
            "Folder of rasters that 'Run scenarios' made (C1A1P5_2030.tif). With it, drivers are averaged over the "
            "cells with carbon, and elasticities of the cells can be made. If left empty: regional values from the "
            "table of totals alone."), optional=True))
        self.add(declare.text(GROUPS, tr("Ensemble: groups of drivers"), tr(
            "As in 'Run scenarios': 'name: driver, driver', separated by semicolons. Each driver of a group gets its "
            "own elasticity, though all of a group change together."), DEFAULT_GROUPS))
        self.add(declare.text(self.YEARS, tr("Ensemble: years (first, last, step)"), tr(
            "First, last and step, such as 2020,2060,5. If left empty: all years of the totals."), optional=True))
        self._declare_pair()
        self.add(declare.choice(self.METHOD, tr("Form of the elasticity"), tr(
            "'ratio': (dC/C)/(dX/X), as published. 'midpoint': changes relative to the mean of both states. 'log': "
            "ratio of logarithms. 'semi': percent of carbon per unit of the driver. 'auto': 'semi' for a driver in "
            "degC, else 'ratio'. The table has all four."), ("auto", "ratio", "midpoint", "log", "semi")))
        self.add(declare.mask())
        self._declare_advanced()
        self._declare_outputs()

    def _declare_pair(self):
        tr = self.tr
        base, other = tr("base"), tr("other")
        density = tr("For a pair of rasters: density raster of the {} state; its unit is read from the band.")
        driver = tr("For a pair of rasters: the driver in the {} state, one band.")
        self.add(declare.raster(
            self.DENSITY_BASE, tr("Pair: carbon density, base state"), density.format(base), optional=True))
        self.add(declare.raster(
            self.DENSITY_OTHER, tr("Pair: carbon density, other state"), density.format(other), optional=True))
        self.add(declare.raster(self.DRIVER_BASE, tr("Pair: driver, base state"), driver.format(base), optional=True))
        self.add(declare.raster(
            self.DRIVER_OTHER, tr("Pair: driver, other state"), driver.format(other), optional=True))
        self.add(declare.text(self.DRIVER_UNIT, tr("Pair: unit of the driver"), tr(
            "For a pair of rasters: unit of the driver, such as degC or mm/yr. If left empty, the unit in the "
            "rasters."), optional=True))  # fmt: skip

    def _declare_advanced(self):
        tr, advanced = self.tr, declare.advanced
        for name, title, help in (
            (self.BASE, tr("Base pathway"), tr(
                "Name of the pathway as in the totals. If left empty: the one of SSP1, as in the paper; where the "
                "pathways are not SSP1, SSP2 and SSP5, the first of the totals.")),
            (self.OTHER, tr("Other pathway"), tr(
                "Name of the pathway as in the totals. If left empty: the one of SSP5, as in the paper; where the "
                "pathways are not SSP1, SSP2 and SSP5, the last of the totals.")),
            (self.COMMON, tr("Pathway of the other groups"), tr(
                "Name of the pathway as in the totals. If left empty: the one of SSP2, as in the paper; where the "
                "pathways are not SSP1, SSP2 and SSP5, the middle one of the totals.")),
        ):  # fmt: skip
            self.add(advanced(declare.text(name, title, help, optional=True)))
        self.add(advanced(declare.number(self.MIN_CHANGE, tr("Smallest change of the driver (%)"), tr(
            "Below this change, in percent of the base value, there is no elasticity: the change is its denominator, "
            "and a small one gives any number."), 1.0, minimum=0.0, maximum=100.0)))
        self.add(advanced(declare.number(self.MIN_STEP, tr("Smallest step for 'semi' (unit of the driver)"), tr(
            "For 'semi' alone: below this change, in the unit of the driver, there is no elasticity. If left empty, "
            "the smallest change above counts, in percent of the base value. Give it where temperatures are near 0 "
            "degC."), optional=True, minimum=0.0)))
        self.add(advanced(declare.boolean(self.REASONS, tr("Rasters of reasons"), tr(
            "Writes for each raster in the folder of elasticities another one with the reason why a cell has none: 0 "
            "there is one, 1 no data, 2 the driver changes too little, 3 zero or a change of sign."))))
        self.add(advanced(declare.density_unit()))
        self.add(declare.cell_area())
        self.add(declare.compression())

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.raster_output(self.ELASTICITY, tr("Pair: elasticity of the cells"), tr(
            "For a pair of rasters: elasticity of each cell, without unit or in % per unit of the driver."),
            optional=True, by_default=True))
        self.add(declare.raster_output(self.REASON, tr("Pair: reason of no elasticity"), tr(
            "For a pair of rasters: 0 there is one, 1 no data, 2 the driver changes too little, 3 zero or a change of "
            "sign."), optional=True))
        self.add(declare.folder_output(self.MAPS, tr("Ensemble: folder of elasticities"), tr(
            "For an ensemble: gets one raster per group, driver and year (elasticity_climate_TEM_2030.tif). Needs the "
            "folder of the ensemble."), optional=True, by_default=False))
        self.add(declare.table_output(self.TABLE, tr("Elasticity of the region"), tr(
            "One row per driver and year: carbon in t C, mean of the driver in its unit, both changes, the elasticity "
            "in four forms, and why there is none.")))
        self.add(declare.table_output(self.CELLS_TABLE, tr("Elasticity of the cells, summary"), tr(
            "One row per raster: area in km2, shares of it in percent with, without, above and below zero, median."),
            by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("FOUND", tr("Regional elasticities"))
        self.add_number("WITHOUT", tr("Regional elasticities that do not exist"))
        self.add_number("FIRST", tr("Elasticity of the first row (1, or % per unit of the driver)"))

    def check(self, p):
        from ...core.scenario_matrix import parse_groups
        from ...core.scenario_plan import parse_years

        runs = [name for name in self.RUNS + (self.ENSEMBLE,) if p.given(name)]
        pair = [name for name in self.PAIR if p.given(name)]
        if runs and pair:
            raise InputError("Give either an ensemble or a pair of rasters: {} and {} are both filled in.".format(
                p.label(runs[0]), p.label(pair[0])))
        wanted = self.PAIR if pair else self.RUNS
        missing = [p.label(name) for name in wanted if not p.given(name)]
        if missing:
            raise InputError("{} missing. Give the totals and the driver table of an ensemble, or two densities and "
                             "two rasters of a driver.".format(", ".join(missing)))  # fmt: skip
        if not pair:
            parse_groups(p.text(GROUPS) or "")
            parse_years(p.text(self.YEARS))

    def compute(self, p, progress, outputs):
        from ...core.elasticity_result import ElasticityOptions

        options = ElasticityOptions(
            p.choice(self.METHOD), p.number(self.MIN_CHANGE) / 100.0, p.number(self.MIN_STEP)
        )
        common = {
            "options": options, "mask": p.polygons(declare.MASK), "area_mode": p.choice(declare.CELL_AREA),
            "progress": progress, "settings": p.settings(),
        }  # fmt: skip
        pair = p.given(self.DENSITY_BASE)
        result = self._of_pair(p, outputs, common) if pair else self._of_runs(p, outputs, common)
        return self._published(result, p, pair)

    def _of_pair(self, p, outputs, common):
        from ...core.density_input import density_raster
        from ...core.elasticity_stage import OUTPUTS, elasticity_of_pair

        densities = [density_raster(p.path(name), p.unit()) for name in (self.DENSITY_BASE, self.DENSITY_OTHER)]
        return elasticity_of_pair(
            *densities, p.path(self.DRIVER_BASE), p.path(self.DRIVER_OTHER), outputs, p.destinations(*OUTPUTS),
            unit=p.text(self.DRIVER_UNIT) or "", **common,
        )  # fmt: skip

    def _of_runs(self, p, outputs, common):
        from ...core.elasticity_pairs import totals_of
        from ...core.elasticity_stage import elasticity_of_runs
        from ...core.scenario_matrix import parse_groups
        from ...core.scenario_plan import parse_years
        from ...core.scenario_table import read_scenario_table
        from ...core.text_tables import TextTable

        data = p.features(self.TOTALS, geometry=False)
        table = read_scenario_table(p.path(self.DRIVER_TABLE))
        keep_sources(outputs, table, p.path(self.ENSEMBLE))
        return elasticity_of_runs(
            totals_of(TextTable.from_rows("'{}'".format(data.name), data.fields, data.rows)),
            table,
            parse_groups(p.text(GROUPS) or ""),
            outputs,
            rasters=p.path(self.ENSEMBLE),
            folder=p.destination(self.MAPS),
            base=p.text(self.BASE) or "",
            other=p.text(self.OTHER) or "",
            common=p.text(self.COMMON) or "",
            years=parse_years(p.text(self.YEARS)),
            reasons=p.boolean(self.REASONS),
            **common,
        )

    def _published(self, result, p, pair):
        rows = result.table.as_dicts()
        found = sum(row["elasticity"] is not None for row in rows)
        published = Outputs(result.warnings + result.notes).table(self.TABLE, result.table)
        published.number("FOUND", found).number("WITHOUT", len(rows) - found).number("FIRST", rows[0]["elasticity"])
        if result.cells_table is not None:
            published.table(self.CELLS_TABLE, result.cells_table)
        reasons = styles.classes([
            (0, self.tr("There is an elasticity"), None), (1, self.tr("No data"), None),
            (2, self.tr("The driver changes too little"), None), (3, self.tr("Zero or a change of sign"), None),
        ])  # fmt: skip
        for made in result.maps:
            style = styles.diverging(-made.limit, made.limit, unit="" if made.unit == "1" else made.unit)
            if pair:
                published.raster(self.ELASTICITY, style).raster(self.REASON, reasons)
                continue
            for path, own in ((made.path, style), (made.reason_path, reasons)):
                if path:
                    published.raster_file(path, own)
        if p.destination(self.MAPS):
            published.file(self.MAPS)
        for row in rows:
            published.say(self._line(row))
        published.fact("grid", result.grid).fact("cell_area_mode", result.area_mode)
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.elasticity_report import elasticity_page

            published.page(declare.REPORT, elasticity_page(result))
        return published

    def _line(self, row):
        """One elasticity for the log."""
        where = " ".join(str(part) for part in (row["set"], row["variable"], row["year"]) if part)
        if row["elasticity"] is None:
            return self.tr("{}: none, {}").format(where, row["reason"])
        unit = "" if row["elasticity_unit"] == "1" else " " + row["elasticity_unit"]
        return "{}: {:+.4g}{} ({})".format(where, row["elasticity"], unit, row["method"])
