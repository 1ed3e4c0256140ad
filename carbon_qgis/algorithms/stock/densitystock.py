"""Carbon stock from density rasters of up to four pools (Xinjiang paper, eq. 4 and 5)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

#: Parameter by pool.
POOLS = {"above": "ABOVE", "below": "BELOW", "soil": "SOIL", "dead": "DEAD"}


class DensityStock(CarbonAlgorithm):
    """Total carbon density and stock from the densities of one to four pools."""

    ID, GROUP = "densitystock", Group.STOCK
    TAGS = ("invest", "stock", "density", "pools", "biomass", "soil", "storage")
    REQUIRES = ("numpy", "scipy", "rasterio")

    YEAR, TOTAL, STOCK, TABLE = "YEAR", "TOTAL", "STOCK", "TABLE"

    def title(self):
        return self.tr("Carbon stock from density rasters")

    def help_text(self):
        return self.tr(
            "Adds up the carbon densities of one to four pools and multiplies them by the true area of each cell. The "
            "total density is in t C/ha, the stock of a cell in t C, totals in Tg C (1 Tg = 1 million t). A cell "
            "counts if it is valid in every pool given. Densities that are unlikely (above and below ground over 600 t "
            "C/ha, soil over 2000 t C/ha, negative, all zero) are reported and not changed. Source: equations 4 and 5 "
            "of the Xinjiang paper (InVEST with the density of each cell instead of one per class)."
        )

    def declare(self):
        tr = self.tr
        titles = (tr("Above ground"), tr("Below ground"), tr("Soil"), tr("Dead matter"))
        for name, title in zip(POOLS.values(), titles):
            self.add(declare.raster(name, tr("{pool}: carbon density").format(pool=title), tr(
                "Carbon density raster of this pool; carbon, not dry matter. The first pool given is the grid to which "
                "the others are aligned. May be left empty; one pool at least is needed."), optional=True))
        self.add(declare.density_unit(help=tr(
            "Unit of all the rasters given. 'from_raster' takes the unit written in each raster (band unit or tag "
            "CARBON_UNIT), so that they may differ, and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = "
            "1000 g C/m2.")))
        self.add(declare.year(self.YEAR, tr("Year"), tr(
            "Calendar year of the stock, written to the outputs, where later steps read it. If left empty, it is the "
            "year that the rasters agree on (tag CARBON_YEAR).")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.TOTAL, tr("Total carbon density (t C/ha)"), tr(
            "All pools given together, t C/ha.")))
        self.add(declare.raster_output(self.STOCK, tr("Carbon stock per cell (t C)"), tr(
            "Total density times the area of the cell, t C."), optional=True))
        self.add(declare.table_output(self.TABLE, tr("Stock by pool"), tr(
            "One row per pool and one for the total: area in km2, mean, smallest and largest density in t C/ha, stock "
            "in Tg C, share in percent.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("STOCK_TG", tr("Carbon stock (Tg C)"))
        self.add_number("STOCK_T", tr("Carbon stock (t C)"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("CO2E_T", tr("Carbon stock in CO2 equivalents (t CO2e)"))
        self.add_number("CELLS", tr("Valid cells"))

    def check(self, p):
        if not any(p.path(name) for name in POOLS.values()):
            raise InputError("Give the density raster of at least one pool: {}.".format(", ".join(POOLS.values())))

    def compute(self, p, progress, outputs):
        from ...core.density_input import density_raster
        from ...core.density_stock import OUTPUTS, density_stock

        year = p.integer(self.YEAR)
        result = density_stock(
            {pool: density_raster(p.path(name), p.unit(), year=year) for pool, name in POOLS.items() if p.path(name)},
            outputs,
            p.destinations(*OUTPUTS),
            year=year,
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        return self._published(result, p)

    def _published(self, result, p):
        from ...core.legend_limits import ramp_limits
        from ...core.units import T_HA, T_PER_TG

        low, high = ramp_limits(result.density_range, result.overviews["TOTAL"])
        published = (
            Outputs(result.notes)
            .raster(self.TOTAL, styles.sequential(low, high, unit=T_HA))
            .raster(self.STOCK, styles.sequential(*result.stock_range, unit="t C"))
            .table(self.TABLE, result.table)
            .number("STOCK_TG", result.stock / T_PER_TG)
            .number("STOCK_T", result.stock)
            .number("AREA_KM2", result.area_km2)
            .number("CO2E_T", result.co2e)
            .number("CELLS", result.cells)
            .say(self.tr("Carbon stock: {:,.6g} Tg C on {:,.6g} km2 ({} cell areas)").format(
                result.stock / T_PER_TG, result.area_km2, result.area_mode))
            .fact("grid", result.grid)
            .fact("units", {self.TOTAL: T_HA, self.STOCK: "t C"})
            .fact("year", result.year)
            .fact("cell_area_mode", result.area_mode)
        )
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.density_stock_report import density_stock_page

            published.page(declare.REPORT, density_stock_page(result))
        return published
