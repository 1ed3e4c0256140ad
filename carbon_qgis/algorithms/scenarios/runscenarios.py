"""A forest over every run and year of an ensemble (Jiangsu paper, section 2.4)."""

import os

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._design import GROUPS, PATHWAYS, declare_design, matrix_of, words
from ._sources import keep_sources


class RunScenarios(CarbonAlgorithm):
    """Rasters and totals of every run and year, each computed once."""

    ID, GROUP = "runscenarios", Group.SCENARIOS
    TAGS = ("scenario", "ssp", "ensemble", "forest", "I-RF", "future", "2060", "resume", "PPS", "PVS", "CDS")
    REQUIRES = ("numpy", "scipy", "rasterio", "sklearn")

    DRIVER_TABLE, MODEL, YEARS, REFERENCE = "DRIVER_TABLE", declare.MODEL, "YEARS", "REFERENCE"
    LANDCOVER, POOLS = declare.LANDCOVER, declare.POOLS
    RASTERS, ALIGN, OVERWRITE = "RASTERS", "ALIGN", "OVERWRITE"
    ENSEMBLE, TOTALS, SETS = "ENSEMBLE", "TOTALS", "SETS"
    DRIVERS, BIAS, TABLE_STOCK = "DRIVERS", "BIAS", "TABLE_STOCK"

    def title(self):
        return self.tr("Run scenarios")

    def help_text(self):
        return self.tr(
            "Predicts the carbon density of every run and year of an ensemble with a trained forest, and its total. "
            "Each distinct run is computed once, also where several sets hold it; many runs share one reading of the "
            "drivers. All rasters go into one folder (C1A1P5_2030.tif), in the unit of the forest, with a list of what "
            "is complete: a run that was stopped goes on where it was when it is started again with the same folder, "
            "and ends with the same files. A folder of another model, other options or other drivers is refused. Every "
            "driver is compared with its training at the first year: a difference of sources would be taken for a "
            "change. With future land cover in the driver table and a table of carbon pools, the stock by land cover "
            "is computed beside the forest. Source: scenario framework of the Jiangsu paper (2.4)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.table_file(self.DRIVER_TABLE, tr("Driver table"), tr(
            "CSV file with the columns variable, scenario, year, path and, where needed, band, scale, offset, unit, as "
            "'Driver table of scenarios' makes it. Paths are relative to the table; * stands for any scenario or "
            "year.")))
        self.add(declare.model_file(self.MODEL, tr("Random forest"), tr(
            "Model that 'Train random forest' made (.carbonmodel). The driver table must hold each of its drivers, in "
            "the units of the training.")))
        declare_design(self)
        self.add(declare.text(self.YEARS, tr("Years (first, last, step)"), tr(
            "First, last and step, such as 2020,2060,5. If left empty: all years of the driver table."),
            optional=True))  # fmt: skip
        self.add(declare.pool_table(optional=True))
        self.add(declare.pool_unit())
        self.add(declare.text(self.LANDCOVER, tr("Variable of the land cover"), tr(
            "Name under which the driver table lists future land cover; used where a table of carbon pools is given."),
            "LANDCOVER", optional=True))  # fmt: skip
        self.add(declare.mask())
        self._declare_advanced()
        self._declare_outputs()

    def _declare_advanced(self):
        tr = self.tr
        self.add(declare.advanced(declare.raster(self.REFERENCE, tr("Reference grid"), tr(
            "Raster whose grid the results have. If left empty: the first driver that belongs to no group."),
            optional=True)))  # fmt: skip
        self.add(declare.advanced(declare.boolean(self.ALIGN, tr("Align drivers of other grids"), tr(
            "Drivers of another grid are brought onto the reference grid as they are read: interpolated where it is "
            "finer, averaged where it is coarser. If not ticked, they are listed and refused."))))
        self.add(declare.advanced(declare.choice(self.RASTERS, tr("Further rasters"), tr(
            "Written beside the density of each run and year: carbon of each cell in t C, ends of the prediction "
            "interval, area of applicability, dissimilarity index. All but the first need a forest that was trained on "
            "samples with spatial blocks."), ("CELL_CARBON", "LOW", "HIGH", "APPLICABILITY", "DISSIMILARITY"),
            multiple=True, optional=True)))
        self.add(declare.advanced(declare.boolean(self.OVERWRITE, tr("Start from scratch"), tr(
            "Rasters that an earlier run listed in the folder are deleted, and all is computed again."))))
        self.add(declare.cell_area())
        self.add(declare.compression())

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.folder_output(self.ENSEMBLE, tr("Folder of the ensemble"), tr(
            "Gets one raster per run and year, and ensemble.json. Give the same folder again to go on after a stop.")))
        self.add(declare.table_output(self.TOTALS, tr("Totals"), tr(
            "One row per distinct run and year: sets, pathway of each group, total in t C and Tg C, mean in t C/ha, "
            "valid area, share of cells outside the training range, file.")))
        self.add(declare.table_output(self.SETS, tr("Totals by set"), tr(
            "The same totals joined to the sets: one row per member of a set and year."), by_default=False))
        self.add(declare.table_output(self.DRIVERS, tr("Drivers by pathway and year"), tr(
            "Mean and range of every driver by pathway and year, and its distance from the training."),
            by_default=False))  # fmt: skip
        self.add(declare.table_output(self.BIAS, tr("Drivers at the first year against the training"), tr(
            "One row per driver and pathway: mean and range at the first year and in training, and what to make of "
            "it.")))
        self.add(declare.table_output(self.TABLE_STOCK, tr("Stock by land cover"), tr(
            "Stock by land cover and pool table for each pathway and year, beside the forest's."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("RUNS", tr("Distinct runs"))
        self.add_number("COMPUTED", tr("Runs and years computed now"))
        self.add_number("KEPT", tr("Runs and years kept from before"))
        self.add_number("FIRST_MEAN_TG", tr("Mean stock of all runs in the first year (Tg C)"))
        self.add_number("LAST_MEAN_TG", tr("Mean stock of all runs in the last year (Tg C)"))

    def check(self, p):
        from ...core.scenario_plan import parse_years

        matrix_of(p)
        parse_years(p.text(self.YEARS))
        if p.given(self.POOLS) and not p.text(self.LANDCOVER):
            raise InputError("{}: name the variable of the land cover, or give no table of carbon pools.".format(
                p.label(self.LANDCOVER)))  # fmt: skip

    def compute(self, p, progress, outputs):
        from ...core.forest import read_forest
        from ...core.pools import read_pools
        from ...core.run_scenarios import run_scenarios
        from ...core.scenario_matrix import parse_groups
        from ...core.scenario_plan import Design
        from ...core.scenario_table import read_scenario_table

        design = Design(
            parse_groups(p.text(GROUPS) or ""),
            words(p.text(PATHWAYS)),
            p.choice("DESIGN"),
            p.text(self.YEARS) or "",
            p.path(self.REFERENCE),
            p.boolean(self.ALIGN),
            p.text(self.LANDCOVER) if p.given(self.POOLS) else "",
        )
        table = read_scenario_table(p.path(self.DRIVER_TABLE))
        keep_sources(outputs, table, p.destination(self.ENSEMBLE))
        result = run_scenarios(
            table,
            read_forest(p.path(self.MODEL)),
            p.path(self.MODEL),
            p.destination(self.ENSEMBLE),
            design,
            kinds=p.choices(self.RASTERS),
            pools=read_pools(p.path(self.POOLS), p.choice(declare.POOLS_UNIT)) if p.given(self.POOLS) else None,
            overwrite=p.boolean(self.OVERWRITE),
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        outputs.reads(path for paths in result.files.values() for path in paths)
        self._styles(result, outputs)
        return self._published(result, p)

    def _styles(self, result, outputs):
        """One ramp for the density rasters of all runs and years, so that they can be compared by eye."""
        from ...core.units import T_HA, density_factor

        factor = density_factor(T_HA, result.unit)
        density = styles.sequential(*(end * factor for end in result.range_t_ha), unit=result.unit)
        made = {"DENSITY": density, "LOW": density, "HIGH": density, "APPLICABILITY": styles.applicability()}
        for kind, style in made.items():
            for path in result.files.get(kind, ()) if style else ():
                outputs.text(os.path.splitext(path)[0] + ".qml", style)

    def _published(self, result, p):
        ends = []
        for year in (result.years[0], result.years[-1]):
            own = [row["total_Tg_C"] for row in result.totals.as_dicts() if row["year"] == year]
            ends.append(sum(own) / len(own))
        published = (
            Outputs(result.warnings + result.notes)
            .file(self.ENSEMBLE)
            .table(self.TOTALS, result.totals)
            .table(self.SETS, result.sets)
            .table(self.DRIVERS, result.drivers)
            .table(self.BIAS, result.bias)
            .number("RUNS", len(result.matrix.runs))
            .number("COMPUTED", result.computed)
            .number("KEPT", result.kept)
            .number("FIRST_MEAN_TG", ends[0])
            .number("LAST_MEAN_TG", ends[1])
            .say(self.tr(
                "{} runs, {} years: {} rasters computed, {} kept; {} Tg C in {} and {} Tg C in {} on average").format(
                len(result.matrix.runs), len(result.years), result.computed, result.kept, "{:,.5g}".format(ends[0]),
                result.years[0], "{:,.5g}".format(ends[1]), result.years[-1]))
            .fact("grid", result.grid)
            .fact("unit", result.unit)
            .fact("years", list(result.years))
            .fact("runs", [run.id for run in result.matrix.runs])
            .fact("cell_area_mode", result.area_mode)
        )  # fmt: skip
        if result.stocks is not None:
            published.table(self.TABLE_STOCK, result.stocks)
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.scenario_report import ensemble_page

            published.page(declare.REPORT, ensemble_page(result))
        return published
