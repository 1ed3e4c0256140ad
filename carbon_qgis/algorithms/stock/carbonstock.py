"""Carbon stock from land cover and a table of pools: the InVEST carbon model (Jiangsu paper, 2.3.1)."""

from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

POOL_OUTPUTS = ("ABOVE", "BELOW", "SOIL", "DEAD")


class CarbonStock(CarbonAlgorithm):
    """Carbon stock of one land cover, or of two and the change between them."""

    ID, GROUP = "carbonstock", Group.STOCK
    REQUIRES = ("numpy", "scipy", "rasterio")
    TAGS = ("invest", "storage", "sequestration", "land cover", "lulc", "pools", "stock", "density", "co2")

    LANDCOVER, LANDCOVER_ALT, POOLS = declare.LANDCOVER, "LANDCOVER_ALT", declare.POOLS
    YEAR, YEAR_ALT = "YEAR", "YEAR_ALT"
    PRICE, DISCOUNT, PRICE_CHANGE, CONVENTION = "PRICE", "DISCOUNT", "PRICE_CHANGE", "CONVENTION"
    TOTAL, TOTAL_ALT, CHANGE, VALUE_RASTER = "TOTAL", "TOTAL_ALT", "CHANGE", "VALUE"
    TABLE, TRANSITIONS = "TABLE", "TRANSITIONS"

    def title(self):
        return self.tr("Carbon stock by land-cover class (InVEST)")

    def help_text(self):
        return self.tr(
            "Gives every cell the carbon density of its land-cover class and adds up stocks: by class, by pool and in "
            "total. With a second land cover it also gives the change, a table of transitions and, on request, the "
            "value of the change. Rasters are in t C/ha, totals in Tg C (1 Tg = 1 million t). Results agree with the "
            "InVEST carbon model on valid input; maps on other grids are aligned to the first one, geographic "
            "coordinates and feet are measured properly, and class codes that the table does not have stop the run "
            "with a list. Source: InVEST carbon storage and sequestration; equation 4 of the Xinjiang paper, 2.3.1 of "
            "the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        self.add(
            declare.raster(
                self.LANDCOVER,
                tr("Land cover"),
                tr(
                    "Raster of land-cover class codes (whole numbers). With two maps, the earlier one. Its grid is the "
                    "reference: everything else is aligned to it."
                ),
            )
        )
        self.add(declare.pool_table())
        self.add(declare.pool_unit())
        self.add(declare.mask())
        self.add(
            declare.year(
                self.YEAR,
                tr("Year of the land cover"),
                tr(
                    "Calendar year of the land cover. If left empty, it is read from the raster's tag CARBON_YEAR. It "
                    "is written to the outputs, where later steps read it."
                ),
            )
        )
        self.add(
            declare.raster(
                self.LANDCOVER_ALT,
                tr("Second land cover"),
                tr(
                    "Land cover of a later date or of a scenario, with the same class codes. Leave it empty for one "
                    "date."
                ),
                optional=True,
            )
        )
        self.add(
            declare.year(
                self.YEAR_ALT,
                tr("Year of the second land cover"),
                tr(
                    "Calendar year of the second land cover, later than the first. If left empty, it is read from the "
                    "raster's tag CARBON_YEAR."
                ),
            )
        )
        self._declare_value()
        self.add(declare.cell_area())
        self.add(declare.compression())
        self._declare_outputs()

    def _declare_value(self):
        tr = self.tr
        self.add(
            declare.advanced(
                declare.number(
                    self.PRICE,
                    tr("Price of carbon (currency per t C)"),
                    tr(
                        "Price of one tonne of carbon (not of CO2). If given, the value of the change is computed; it "
                        "needs both years (typed, or in the tags of the rasters)."
                    ),
                    optional=True,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.number(
                    self.DISCOUNT,
                    tr("Discount rate (% per year)"),
                    tr("Market discount rate: later sequestration is worth less."),
                    7.0,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.number(
                    self.PRICE_CHANGE,
                    tr("Change of the carbon price (% per year)"),
                    tr("Yearly change of the price of carbon; positive where carbon becomes dearer."),
                    0.0,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.choice(
                    self.CONVENTION,
                    tr("Valuation formula"),
                    tr(
                        "'discounted': a rising price raises the value, V/n times the sum of ((1+c)/(1+r))^t. "
                        "'invest': the formula of InVEST, in which a positive price change lowers the value, V/n times "
                        "the sum of (1/((1+r)(1+c)))^t."
                    ),
                    ("discounted", "invest"),
                )
            )
        )

    def _declare_outputs(self):
        tr = self.tr
        self.add(
            declare.raster_output(
                self.TOTAL,
                tr("Total carbon density (t C/ha)"),
                tr("All pools together at the first date, t C/ha."),
                optional=True,
                by_default=True,
            )
        )
        self.add(
            declare.raster_output(
                self.TOTAL_ALT,
                tr("Total carbon density, second date (t C/ha)"),
                tr("All pools together at the second date, t C/ha. Made only with a second land cover."),
                optional=True,
                by_default=True,
            )
        )
        self.add(
            declare.raster_output(
                self.CHANGE,
                tr("Change of carbon density (t C/ha)"),
                tr("Second date minus first, t C/ha, on cells valid at both. Made only with a second land cover."),
                optional=True,
                by_default=True,
            )
        )
        for suffix, when in (("", tr("first date")), ("_ALT", tr("second date"))):
            for pool, name in zip(
                POOL_OUTPUTS, (tr("Above ground"), tr("Below ground"), tr("Soil"), tr("Dead matter"))
            ):
                title = tr("{pool}, {date} (t C/ha)").format(pool=name, date=when)
                self.add(
                    declare.raster_output(
                        pool + suffix, title, tr("Carbon density of this pool, t C/ha."), optional=True
                    )
                )
        self.add(
            declare.raster_output(
                self.VALUE_RASTER,
                tr("Value of the change (currency/ha)"),
                tr("Value of the change of each cell, in currency per hectare. Needs a price and a second land cover."),
                optional=True,
            )
        )
        self.add(
            declare.table_output(
                self.TABLE,
                tr("Stock by class"),
                tr("One row per class: cells, area in km2, and stock of each pool in t C, for each date."),
            )
        )
        self.add(
            declare.table_output(
                self.TRANSITIONS,
                tr("Transitions"),
                tr(
                    "One row per pair of classes that occurs: cells, area in km2, stock before and after in t C. Needs "
                    "a second land cover."
                ),
                by_default=True,
            )
        )
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("STOCK_TG", tr("Carbon stock (Tg C)"))
        self.add_number("STOCK_ALT_TG", tr("Carbon stock, second date (Tg C)"))
        self.add_number("CHANGE_TG", tr("Change of the stock on common cells (Tg C)"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("CELLS", tr("Valid cells"))
        self.add_number("CHANGE_VALUE", tr("Value of the change (currency)"))

    def compute(self, p, progress, outputs):
        from ...core.pools import read_pools
        from ...core.raster.source import raster_info
        from ...core.table_stock import OUTPUTS, carbon_stock

        pools = read_pools(p.path(self.POOLS), p.choice(declare.POOLS_UNIT))
        second = p.path(self.LANDCOVER_ALT)
        years = (
            p.integer(self.YEAR) or raster_info(p.path(self.LANDCOVER)).year(),
            p.integer(self.YEAR_ALT) or (raster_info(second).year() if second else None),
        )
        destinations = {name: path for name, path in p.destinations(*OUTPUTS).items() if second or not _of_second(name)}
        idle = [name for name, path in p.destinations(*OUTPUTS).items() if path and name not in destinations]
        result = carbon_stock(
            p.path(self.LANDCOVER),
            pools,
            outputs,
            destinations,
            second,
            years,
            mask=p.polygons("MASK"),
            valuation=self._valuation(p),
            area_mode=p.choice("CELL_AREA"),
            progress=progress,
            settings=p.settings(),
        )
        published = self._published(result, p, pools)
        if idle:
            line = self.tr("There is no second land cover, so these outputs were not made: {}.")
            published.say(line.format(", ".join(idle)))
        return published

    def _valuation(self, p):
        from ...core.valuation import Valuation

        if p.number(self.PRICE) is None:
            return None
        return Valuation(
            p.number(self.PRICE), p.number(self.DISCOUNT), p.number(self.PRICE_CHANGE), p.choice(self.CONVENTION)
        )

    def _published(self, result, p, pools):
        from ...core.table_stock import in_tg
        from ...core.units import T_HA

        published = Outputs(result.notes)
        for name, limits in result.ranges.items():
            unit = "currency/ha" if name == self.VALUE_RASTER else T_HA
            style = styles.diverging if name in (self.CHANGE, self.VALUE_RASTER) else styles.sequential
            published.raster(name, style(*limits, unit=unit))
        published.table(self.TABLE, result.classes)
        if result.transitions is not None:
            published.table(self.TRANSITIONS, result.transitions)
        published.number("STOCK_TG", in_tg(result.stock)).number("AREA_KM2", result.area_km2).number(
            "CELLS", result.valid_cells
        )
        published.say(
            self.tr("Carbon stock: {:,.6g} Tg C on {:,.6g} km2 ({} cell areas)").format(
                in_tg(result.stock), result.area_km2, result.area_mode
            )
        )
        if result.change is not None:
            published.number("STOCK_ALT_TG", in_tg(result.stock_alt)).number("CHANGE_TG", in_tg(result.change))
            published.number("CHANGE_VALUE", result.value)
            line = self.tr("Change: {:+,.6g} Tg C on the cells valid at both dates")
            published.say(line.format(in_tg(result.change)))
        published.fact("grid", result.grid).fact("unit", T_HA).fact("cell_area_mode", result.area_mode)
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.table_stock_report import table_stock_page

            published.page("REPORT", table_stock_page(result, pools.source))
        return published


def _of_second(name: str) -> bool:
    return name.endswith("_ALT") or name in ("CHANGE", "VALUE")
