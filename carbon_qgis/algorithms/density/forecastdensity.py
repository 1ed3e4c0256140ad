"""Mean carbon density of each pool in years to come (Xinjiang paper, 2.3.1, eq. 1 and Fig. 3)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from ...core.results import Remark
from ...core.units import DENSITY_UNITS
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

FROM_TABLE = "from_table"


class ForecastDensity(CarbonAlgorithm):
    """ARIMA forecast of yearly mean densities with intervals, beside drift, a line and the last value."""

    ID, GROUP = "forecastdensity", Group.DENSITY
    TAGS = ("arima", "forecast", "time series", "trend", "aic", "bic", "aicc", "kpss", "drift", "prediction interval")
    REQUIRES = ("numpy", "scipy", "statsmodels")

    SERIES, INPUT, UNIT, POOLS = "SERIES", "INPUT", declare.UNIT, "POOLS_USED"
    YEAR_COLUMN, POOL_COLUMN, VALUE_COLUMN = "YEAR_COLUMN", "POOL_COLUMN", "VALUE_COLUMN"
    LAST_YEAR, MODEL, ORDERS = "LAST_YEAR", "MODEL", "ORDERS"
    D, MAX_P, MAX_Q, CRITERION, CONSTANT = "D", "MAX_P", "MAX_Q", "CRITERION", "CONSTANT"
    TABLE, SEARCH, CHECK = "TABLE", "SEARCH", "CHECK"

    def title(self):
        return self.tr("Forecast density (ARIMA)")

    def help_text(self):
        return self.tr(
            "Carries the yearly mean carbon density of each pool on to a later year, in kg C/m2 with 80 % and 95 % "
            "intervals. ARIMA models of several orders are fitted and compared by AICc, AIC or BIC, or an order is "
            "given. Each model is also asked to forecast years that are known, beside three simple ones: the last "
            "value (naive), the mean yearly change (drift) and a straight line (linear). By default the mean of the "
            "four forecasts is used: on some fifteen years ARIMA often loses, and none of them is reliably best. The "
            "input has one value per pool and year without gaps, at least 8 years. The table made gives 'Estimate "
            "carbon density' its ratio of two years. Source: equation 1 and Fig. 3 of the Xinjiang paper, with guards "
            "against fits that failed."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.table_file(self.SERIES, tr("Density series (table)"), tr(
            "Text table with the columns year, pool and mean_kg_c_m2 (or density, value), as 'Density series from "
            "records' makes it; or with the column year and one column per pool. Every year once, no gaps, at least 8 "
            "years. Give either this or a layer."), optional=True))
        layer = declare.features(self.INPUT, tr("Density series (layer)"), tr(
            "The same as a table layer. Give either this or a text table."), optional=True)
        layer.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(layer)
        self.add(declare.choice(self.UNIT, tr("Unit of the densities"), tr(
            "'from_table' reads it from the column's name (mean_kg_c_m2, soil [t C/ha]) or the column unit, and stops "
            "if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2."),
            (FROM_TABLE,) + tuple(DENSITY_UNITS)))
        self.add(declare.text(self.POOLS, tr("Pools to forecast"), tr(
            "Names of pools, separated by commas. All are forecast if this is empty."), optional=True))
        self.add(declare.integer(self.LAST_YEAR, tr("Forecast to the year"), tr(
            "Last calendar year of the forecast. Observed years keep the observation."), 2020, minimum=1, maximum=9999))
        self.add(declare.choice(self.MODEL, tr("Trend model"), tr(
            "'average': mean of the four forecasts below, on short series the most accurate choice. 'best': for each "
            "pool the one with the smallest mean absolute error on known years. 'arima': as published. 'drift': the "
            "mean yearly change goes on. 'linear': a straight line. 'naive': the last value "
            "stays."), ("average", "best", "arima", "drift", "linear", "naive")))
        self.add(declare.matrix(self.ORDERS, tr("Given orders of ARIMA"), tr(
            "Orders to use instead of a search, one row per pool; a row with an empty pool holds for all others. Such "
            "a pool is forecast with this ARIMA whatever the trend model is. The paper used p = 1 and q = 1 for "
            "soil."), (tr("Pool"), "p", "d", "q"), optional=True))
        self._declare_search()
        self._declare_outputs()

    def _declare_search(self):
        tr = self.tr
        self.add(declare.advanced(declare.integer(self.D, tr("Differences (d)"), tr(
            "How often the series is differenced before the fit: 0, 1 or 2. If empty, it is decided by the KPSS and "
            "the augmented Dickey-Fuller test."), optional=True, minimum=0, maximum=2)))
        self.add(declare.advanced(declare.integer(self.MAX_P, tr("Largest p"), tr(
            "Most autoregressive terms that are tried. Fits with more than (years - d)/4 parameters are "
            "refused."), 2, minimum=0, maximum=5)))
        self.add(declare.advanced(declare.integer(self.MAX_Q, tr("Largest q"), tr(
            "Most moving-average terms that are tried."), 2, minimum=0, maximum=5)))
        self.add(declare.advanced(declare.choice(self.CRITERION, tr("Criterion of the search"), tr(
            "Information criterion by which the order is chosen. AICc suits short series; all three are "
            "reported."), ("aicc", "aic", "bic"))))
        self.add(declare.advanced(declare.choice(self.CONSTANT, tr("Constant in ARIMA"), tr(
            "A mean (d = 0) or a drift (d = 1). 'auto': always for d = 0, by the criterion for d = 1; there is none "
            "for d = 2."), ("auto", "yes", "no"))))
        self.add(declare.advanced(declare.text(self.YEAR_COLUMN, tr("Column of the year"), tr(
            "Name of the column. If empty: year."), optional=True)))
        self.add(declare.advanced(declare.text(self.POOL_COLUMN, tr("Column of the pool"), tr(
            "Name of the column. If empty: pool, where there is one."), optional=True)))
        self.add(declare.advanced(declare.text(self.VALUE_COLUMN, tr("Column of the density"), tr(
            "Name of the column. If empty: mean_kg_c_m2, density_kg_c_m2, mean, density or value; without any of them "
            "every other column is a pool."), optional=True)))

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.table_output(self.TABLE, tr("Densities by year"), tr(
            "One row per pool and year, observed and forecast: density in kg C/m2, bounds of the 80 % and 95 % "
            "intervals, model and order.")))
        self.add(declare.table_output(self.SEARCH, tr("Orders tried"), tr(
            "Every ARIMA fit with its likelihood, AIC, BIC and AICc, and why it was refused."), by_default=False))
        self.add(declare.table_output(self.CHECK, tr("Check on known years"), tr(
            "Errors in kg C/m2 of each model on years that it had not seen."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("POOLS", tr("Pools forecast"))
        self.add_number("LAST_OBSERVED", tr("Last observed year"))
        self.add_number("WARNINGS", tr("Warnings"))

    def check(self, p):
        if p.given(self.SERIES) == p.given(self.INPUT):
            found = "both were" if p.given(self.SERIES) else "neither was"
            raise InputError("Give either {} or {}: {} given.".format(
                p.label(self.SERIES), p.label(self.INPUT), found))
        self._orders(p)

    def _orders(self, p):
        """Order by pool; '' for all others."""
        from ...core.arima_search import parsed_orders

        return parsed_orders(p.matrix(self.ORDERS), p.label(self.ORDERS))

    def compute(self, p, progress, outputs):
        from ...core.arima_search import SearchOptions
        from ...core.forecast_density import forecast_density
        from ...core.series_check import SeriesColumns, read_series

        unit = p.choice(self.UNIT)
        columns = SeriesColumns(*(p.text(name) for name in (self.YEAR_COLUMN, self.POOL_COLUMN, self.VALUE_COLUMN)))
        pools = [name.strip() for name in (p.text(self.POOLS) or "").split(",") if name.strip()]
        series = read_series(self._table(p), None if unit == FROM_TABLE else unit, pools, columns)
        options = SearchOptions(
            p.integer(self.MAX_P), p.integer(self.MAX_Q), p.integer(self.D), p.choice(self.CRITERION),
            p.choice(self.CONSTANT),
        )  # fmt: skip
        result = forecast_density(
            series, p.integer(self.LAST_YEAR), p.choice(self.MODEL), self._orders(p), options, progress
        )
        return self._published(result, p)

    def _table(self, p):
        """Path of a text table, or the table of a layer."""
        if not p.given(self.INPUT):
            return p.path(self.SERIES)
        from ...core.text_tables import TextTable

        data = p.features(self.INPUT, geometry=False)
        return TextTable.from_rows(data.name, data.fields, data.rows)

    def _published(self, result, p):
        from ...core.forecast_tables import check_table, forecast_table, search_table
        from ...core.units import KG_M2

        published = (
            Outputs(result.warnings + [Remark(note) for note in result.notes])
            .table(self.TABLE, forecast_table(result))
            .table(self.SEARCH, search_table(result))
            .table(self.CHECK, check_table(result))
            .number("POOLS", len(result.pools))
            .number("LAST_OBSERVED", max(pool.series.last for pool in result.pools))
            .number("WARNINGS", len(result.warnings))
            .fact("unit", KG_M2)
            .fact("models", {pool.pool: pool.model for pool in result.pools})
            .fact("orders", {pool.pool: pool.order for pool in result.pools if pool.order})
        )
        for pool in result.pools:
            published.say(pool.sentence(result.until))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.forecast_report import forecast_page

            published.page(declare.REPORT, forecast_page(result))
        return published
