"""Carbon stock by ecosystem, pool, year and zone (Xinjiang paper, Fig. 6)."""

from ...core.errors import InputError
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..class_names import class_names_table, given_names
from ..publish import Outputs


class StockByEcosystem(CarbonAlgorithm):
    """Table of carbon stock by ecosystem × pool × year, and by zone where zones are given."""

    ID, GROUP = "stockbyecosystem", Group.STOCK
    TAGS = ("ecosystem", "class", "zonal", "zones", "stock", "pools", "years", "statistics")
    REQUIRES = ("numpy", "scipy", "rasterio")

    DENSITIES, ECOSYSTEMS, DATES = declare.DENSITIES, "ECOSYSTEMS", "DATES"
    BY_ECOSYSTEM, TABLE = "BY_ECOSYSTEM", "TABLE"

    def title(self):
        return self.tr("Carbon stock by ecosystem")

    def help_text(self):
        return self.tr(
            "Adds up the carbon stock of every ecosystem: by pool, by year, and by zone where polygons are given. Each "
            "row of the table is one ecosystem of one year and pool, with its cells, area in km2, stock in Tg C and "
            "mean density in t C/ha. The pool of a raster is read from its tag CARBON_POOL; without one it counts as "
            "the total. Cells without an ecosystem or outside the zones are counted and reported. Source: Figure 6 of "
            "the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.DENSITIES, tr("Carbon densities"), tr(
            "Density rasters, one per pool and year, in any order. The first gives the grid; everything else is "
            "aligned to it. Empty entries of a model are passed over.")))
        self.add(declare.rasters(self.ECOSYSTEMS, tr("Ecosystems"), tr(
            "Rasters of ecosystem class codes: one for all years, or one per year. With several, each needs a year.")))
        self.add(class_names_table())
        self.add(declare.table_file(self.DATES, tr("Dates (table)"), tr(
            "Text table with the columns raster (name of the layer or file, with or without suffix) and year: one row "
            "per density raster, and per ecosystem raster where there are several. If left empty, the year is read "
            "from the tag CARBON_YEAR of each raster."), optional=True))
        self.add(declare.density_unit())
        self.add(declare.zones())
        self.add(declare.zone_field())
        self.add(declare.boolean(self.BY_ECOSYSTEM, tr("Maps per ecosystem in the report"), tr(
            "Adds maps of the density of every ecosystem, of the first and the last year, to the report.")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.table_output(self.TABLE, tr("Stock by ecosystem"), tr(
            "One row per zone, year, ecosystem and pool: cells, area in km2, stock in Tg C, mean density in t C/ha.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("TOTAL_TG", tr("Carbon stock of the last year (Tg C)"))

    def check(self, p):
        for name in (self.DENSITIES, self.ECOSYSTEMS):
            if not p.rasters(name):
                raise InputError("{}: give at least one raster.".format(p.label(name)))

    def compute(self, p, progress, outputs):
        from ...core.density_input import density_raster
        from ...core.ecosystem_stock import stock_by_ecosystem

        densities, maps = p.rasters(self.DENSITIES), p.rasters(self.ECOSYSTEMS)
        years = self._years(p, densities, maps)
        names, notes = given_names(p, [path for path, _ in maps])
        result = stock_by_ecosystem(
            [density_raster(path, p.unit(), year=years.get(path)) for path, _ in densities],
            [path for path, _ in maps],
            map_years=years,
            given_names=names,
            zones=p.polygons(declare.ZONES, p.field(declare.ZONE_FIELD)),
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        result.notes += notes
        return self._published(result, p)

    def _years(self, p, densities, maps):
        from ...core.dates import years_by_raster

        if not p.path(self.DATES):
            return {}
        needed, free = (densities + maps, []) if len(maps) > 1 else (densities, maps)
        return years_by_raster(p.path(self.DATES), needed, free)

    def _published(self, result, p):
        last = result.years[-1]
        published = (
            Outputs(result.notes)
            .table(self.TABLE, result.table)
            .number("TOTAL_TG", result.total_tg(last))
            .say(self.tr("Carbon stock{}: {:,.6g} Tg C in {} ecosystems ({} cell areas)").format(
                " {}".format(last) if last is not None else "", result.total_tg(last), len(result.names),
                result.area_mode))
            .fact("grid", result.grid)
            .fact("units", {"stock": "Tg C", "density": "t C/ha"})
            .fact("years", list(result.years))
            .fact("cell_area_mode", result.area_mode)
        )
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.ecosystem_stock_report import ecosystem_stock_page

            published.page(declare.REPORT, ecosystem_stock_page(result, p.boolean(self.BY_ECOSYSTEM)))
        return published
