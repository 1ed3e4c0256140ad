"""Four pools to total density, shares and stocks by year (Xinjiang paper, eq. 5 and Fig. 4)."""

import os

from qgis.core import QgsProcessingParameterFolderDestination

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class AssemblePools(CarbonAlgorithm):
    """Total carbon density, pool shares and pool stocks of one or several years."""

    ID, GROUP = "assemblepools", Group.DENSITY
    TAGS = ("pools", "total", "share", "stock", "above", "below", "soil", "dead", "years")
    REQUIRES = ("numpy", "scipy", "rasterio")

    DENSITIES, DATES = declare.DENSITIES, "DATES"
    TOTAL, TOTAL_FIRST, FOLDER, TABLE = "TOTAL", "TOTAL_FIRST", "FOLDER", "TABLE"

    def title(self):
        return self.tr("Assemble carbon pools")

    def help_text(self):
        return self.tr(
            "Adds up the carbon densities of the above-ground, below-ground, soil and dead pools to the total density, "
            "in t C/ha, for one year or several at once, and reports the stock of each pool in Tg C, its mean density "
            "in t C/ha and its share of the total: pies of the shares, bars by year, and maps. Pools and years are "
            "read from the tags CARBON_POOL and CARBON_YEAR of each raster, or from a table; never from file names or "
            "the order of the list. Units may differ between rasters. A cell counts in a year if it is valid in every "
            "pool of that year. Source: equation 5 and Figure 4 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.DENSITIES, tr("Carbon densities"), tr(
            "Density rasters, one per pool and year, in any order; at most four pools: above, below, soil, dead. The "
            "first pool of the earliest year gives the grid. Empty entries of a model are passed over.")))
        self.add(declare.table_file(self.DATES, tr("Years and pools (table)"), tr(
            "Text table with the columns raster (name of the layer or file, with or without suffix), year and, if "
            "wanted, pool (above, below, soil, dead): one row per raster. If left empty, both are read from the tags "
            "of each raster."), optional=True))
        self.add(declare.density_unit(help=tr(
            "Unit of all the rasters given. 'from_raster' takes the unit written in each raster (band unit or tag "
            "CARBON_UNIT), so that they may differ, and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = "
            "1000 g C/m2.")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.TOTAL, tr("Total carbon density (t C/ha)"), tr(
            "All pools of the last year together, t C/ha."), optional=True, by_default=True))
        self.add(declare.raster_output(self.TOTAL_FIRST, tr("Total carbon density of the first year (t C/ha)"), tr(
            "All pools of the first year together, t C/ha; with the raster above it is what the carbon accumulation "
            "rate needs. Only where there are two years or more."), optional=True))
        folder = QgsProcessingParameterFolderDestination(
            self.FOLDER, tr("Folder for the total densities of all years"), optional=True, createByDefault=False)
        folder.setHelp(tr(
            "If given, the total density of every year is written here as total_density_YEAR.tif, t C/ha."))
        self.add(folder)
        self.add(declare.table_output(self.TABLE, tr("Stock by pool and year"), tr(
            "One row per year and pool, and one for the total: area in km2, mean, smallest and largest density in t "
            "C/ha, stock in Tg C, share in percent.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("TOTAL_TG", tr("Carbon stock of the last year (Tg C)"))
        self.add_number("CHANGE_TG", tr("Stock change from the first to the last year (Tg C)"))
        self.add_number("MEAN_DENSITY", tr("Mean total density of the last year (t C/ha)"))

    def check(self, p):
        if not p.rasters(self.DENSITIES):
            raise InputError("{}: give at least one raster.".format(p.label(self.DENSITIES)))

    def compute(self, p, progress, outputs):
        from ...core.assemble_pools import assemble_pools, pools_by_year

        densities = self._densities(p)
        years = list(pools_by_year(densities))
        folder = p.destination(self.FOLDER)
        if folder:
            outputs.folder(folder)
        files = {year: os.path.join(folder, _file_name(year)) for year in years} if folder else {}
        totals = {year: [path] for year, path in files.items()}
        for name, year in ((self.TOTAL, years[-1]), (self.TOTAL_FIRST, years[0])):
            if p.destination(name) and (name == self.TOTAL or len(years) > 1):
                totals.setdefault(year, []).append(p.destination(name))
        result = assemble_pools(
            densities, outputs, totals, mask=p.polygons(declare.MASK), area_mode=p.choice(declare.CELL_AREA),
            progress=progress, settings=p.settings(),
        )  # fmt: skip
        if p.destination(self.TOTAL_FIRST) and len(years) == 1:
            result.notes.append("There is one year only: the total of the first year was not written.")
        return self._published(result, files, p)

    def _densities(self, p):
        from ...core.assemble_pools import with_pool
        from ...core.dates import pools_by_raster, years_by_raster
        from ...core.density_input import density_raster

        rasters, table = p.rasters(self.DENSITIES), p.path(self.DATES)
        years = years_by_raster(table, rasters) if table else {}
        pools = pools_by_raster(table, rasters) if table else {}
        found = [density_raster(path, p.unit(), year=years.get(path)) for path, _ in rasters]
        return [with_pool(density, pools.get(density.path)) for density in found]

    def _published(self, result, files, p):
        from ...core.assemble_pools import total_tg
        from ...core.units import T_HA

        style = styles.sequential(*result.density_range, unit=T_HA)
        first, last = result.years[0], result.years[-1]
        published = (
            Outputs(result.notes)
            .raster(self.TOTAL, style)
            .table(self.TABLE, result.table)
            .number("TOTAL_TG", total_tg(last))
            .number("MEAN_DENSITY", last.stock / last.area_km2 / 100)
            .fact("grid", result.grid)
            .fact("units", {"density": T_HA, "stock": "Tg C"})
            .fact("years", list(result.dates))
            .fact("pools", list(result.pools))
            .fact("cell_area_mode", result.area_mode)
        )
        if len(result.years) > 1:
            published.raster(self.TOTAL_FIRST, style).number("CHANGE_TG", total_tg(last) - total_tg(first))
        if files:
            published.file(self.FOLDER)
        for path in files.values():
            published.raster_file(path, style)
        for year in result.years:
            published.say(self.tr("Carbon stock{}: {:,.6g} Tg C in {} pools ({} cell areas)").format(
                " {}".format(year.year) if year.year is not None else "", total_tg(year), len(year.pools),
                year.area_mode))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.assemble_pools_report import assemble_pools_page

            published.page(declare.REPORT, assemble_pools_page(result))
        return published


def _file_name(year):
    return "total_density{}.tif".format("_{}".format(year) if year is not None else "")
