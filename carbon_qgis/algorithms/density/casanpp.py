"""CASA: net primary productivity from NDVI, climate and light (Xinjiang paper, 4.1)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class CasaNpp(CarbonAlgorithm):
    """Monthly and annual NPP by CASA; NEP on request."""

    ID, GROUP = "casanpp", Group.DENSITY
    TAGS = ("casa", "npp", "nep", "productivity", "ndvi", "fpar", "apar", "light use efficiency", "flux")
    REQUIRES = ("numpy", "scipy", "rasterio")

    NDVI, TEMPERATURE, PRECIPITATION, RADIATION = "NDVI", "TEMPERATURE", "PRECIPITATION", "RADIATION"
    VEGETATION, PARAMETERS = "VEGETATION", "PARAMETERS"
    NDVI_SCALE, TEMPERATURE_UNIT = "NDVI_SCALE", "TEMPERATURE_UNIT"
    PRECIPITATION_UNIT, RADIATION_UNIT = "PRECIPITATION_UNIT", "RADIATION_UNIT"
    CONSTANT, LOW_PERCENTILE, HIGH_PERCENTILE = "CONSTANT", "LOW_PERCENTILE", "HIGH_PERCENTILE"
    PREVIOUS_WATER_STRESS, RESPIRATION = "PREVIOUS_WATER_STRESS", "RESPIRATION"
    NPP, NPP_MONTHLY, NEP, NEP_MONTHLY = "NPP", "NPP_MONTHLY", "NEP", "NEP_MONTHLY"
    APAR, EPSILON, WATER_STRESS = "APAR", "EPSILON", "WATER_STRESS"
    MONTHLY_TABLE, CLASSES_TABLE, TOTALS, PARAMETERS_USED = (
        "MONTHLY_TABLE", "CLASSES_TABLE", "TOTALS", "PARAMETERS_USED",
    )  # fmt: skip

    def title(self):
        return self.tr("CASA net primary productivity (NPP)")

    def help_text(self):
        return self.tr(
            "Computes net primary productivity (NPP) month by month from NDVI, temperature, precipitation and solar "
            "radiation: NPP = APAR x epsilon, the light that plants absorb times the efficiency with which they use "
            "it, lowered by cold, heat and drought. The annual NPP, in g C/m2/yr, is the sum of its months. Each of "
            "the four inputs has 12 bands per year, or is given as 12 rasters; several years are computed in one run. "
            "The grid is that of the first NDVI raster, everything else is aligned to it. The parameter table gives "
            "the maximum light use efficiency of each vegetation class, and optionally percentiles of its NDVI; those "
            "not given are taken from the NDVI itself. NEP = NPP - soil respiration is made if its output is asked "
            "for. NPP is a flux: it can be compared with a carbon stock only through a residence time, or as a "
            "pattern. Source: the CASA model of Potter et al. (1993) as used for China by Zhu et al. (2007), section "
            "4.1 of the Xinjiang paper."
        )

    def declare(self):
        self._declare_inputs()
        self._declare_units()
        self._declare_choices()
        self._declare_rasters()
        self._declare_tables()

    def _declare_inputs(self):
        tr = self.tr
        months = tr(
            "One raster with 12 bands per year, or several rasters. Months are read from the names of the bands (or of "
            "the files): NDVI_2010_03, 2010-03, Jan, 1 to 12. Bands without such names are taken in their order, "
            "January first, and this is said."
        )
        self.add(declare.rasters(self.NDVI, tr("Monthly NDVI"), tr(
            "NDVI from -1 to 1; for stored integers see the NDVI scale.") + " " + months))
        self.add(declare.rasters(self.TEMPERATURE, tr("Monthly mean temperature"), tr(
            "Mean air temperature of each month.") + " " + months))
        self.add(declare.rasters(self.PRECIPITATION, tr("Monthly precipitation"), tr(
            "Precipitation of each month.") + " " + months))
        self.add(declare.rasters(self.RADIATION, tr("Monthly solar radiation"), tr(
            "Total solar radiation at the ground of each month.") + " " + months))
        self.add(declare.raster(self.VEGETATION, tr("Vegetation classes"), tr(
            "Raster of vegetation or land-cover class codes. Every class that occurs must be in the parameter table.")))
        self.add(declare.table_file(self.PARAMETERS, tr("Parameters by class (table)"), tr(
            "Text table with the columns code and eps_max (maximum light use efficiency in g C/MJ), optional name, "
            "ndvi_low, ndvi_high, sr_low and sr_high (percentiles of NDVI and of SR = (1+NDVI)/(1-NDVI)). If left "
            "empty, the table that ships is used: IGBP classes of MODIS MCD12Q1, efficiencies of Zhu et al. (2006) for "
            "China. It is the file core/data/casa_parameters.csv of the plugin; copy it to edit it."), optional=True))

    def _declare_units(self):
        tr = self.tr
        self.add(declare.number(self.NDVI_SCALE, tr("NDVI scale"), tr(
            "NDVI values are multiplied by this number: 1 for NDVI from -1 to 1, 0.0001 for NDVI stored x 10000. A "
            "scale that the raster itself carries is applied before. Values outside -1 to 1 are "
            "refused."), 1.0, minimum=0.0))
        self.add(declare.choice(self.TEMPERATURE_UNIT, tr("Unit of temperature"), tr(
            "Unit of the temperature values: degrees Celsius, tenths of them, or kelvin."),
            ("degC", "degC_tenths", "kelvin")))
        self.add(declare.choice(self.PRECIPITATION_UNIT, tr("Unit of precipitation"), tr(
            "Unit of the precipitation values: mm in the month, tenths of them, or mm per day."),
            ("mm_month", "mm_tenths_month", "mm_day")))
        self.add(declare.choice(self.RADIATION_UNIT, tr("Unit of solar radiation"), tr(
            "Unit of the radiation values: MJ/m2 in the month, MJ/m2 per day, or mean power of the month in W/m2. The "
            "latter two are multiplied by the days of the month; February has 28.25 where the year is not known."),
            ("MJ_m2_month", "MJ_m2_day", "W_m2")))

    def _declare_choices(self):
        tr = self.tr
        self.add(declare.raster(self.RESPIRATION, tr("Heterotrophic respiration"), tr(
            "For NEP: respiration of the soil, 12 bands per year in g C/m2/month, or one band per year in g C/m2/yr. "
            "If left empty, it is computed from temperature and precipitation."), optional=True))
        self.add(declare.advanced(declare.choice(self.CONSTANT, tr("Constant of the temperature stress"), tr(
            "Constant k of the second temperature stress: 'usual' is 1.184, 'original' 1.1814 as in Potter et al. "
            "(1993)."), ("usual", "original"))))
        self.add(declare.advanced(declare.number(self.LOW_PERCENTILE, tr("Low percentile of NDVI (%)"), tr(
            "NDVI of a class at which FPAR is lowest, where the table gives no ndvi_low: this percentile of its cells "
            "and months."), 5.0, minimum=0.0, maximum=100.0)))
        self.add(declare.advanced(declare.number(self.HIGH_PERCENTILE, tr("High percentile of NDVI (%)"), tr(
            "NDVI of a class at which FPAR is highest, where the table gives no ndvi_high: this percentile of its "
            "cells and months."), 95.0, minimum=0.0, maximum=100.0)))
        self.add(declare.advanced(declare.raster(self.PREVIOUS_WATER_STRESS, tr("Water stress of the year before"), tr(
            "Water stress raster that a run for the year before wrote; its December serves the cold months at the "
            "start of the first year. If left empty, they take December of the same year. Further years of a run take "
            "the December before them by themselves."), optional=True)))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())

    def _declare_rasters(self):
        tr = self.tr
        self.add(declare.raster_output(self.NPP, tr("Annual NPP (g C/m2/yr)"), tr(
            "Net primary productivity of each year, one band per year."), optional=True, by_default=True))
        self.add(declare.raster_output(self.NPP_MONTHLY, tr("Monthly NPP (g C/m2/month)"), tr(
            "Net primary productivity of each month, 12 bands per year."), optional=True, by_default=True))
        self.add(declare.raster_output(self.APAR, tr("Monthly APAR (MJ/m2/month)"), tr(
            "Photosynthetically active radiation that plants absorb."), optional=True))
        self.add(declare.raster_output(self.EPSILON, tr("Monthly light use efficiency (g C/MJ)"), tr(
            "Efficiency epsilon after temperature and water stress."), optional=True))
        self.add(declare.raster_output(self.WATER_STRESS, tr("Monthly water stress"), tr(
            "Water stress from 0.5 (dry) to 1 (moist)."), optional=True))
        self.add(declare.raster_output(self.NEP, tr("Annual NEP (g C/m2/yr)"), tr(
            "Net ecosystem productivity: NPP minus heterotrophic respiration; positive is a sink."), optional=True))
        self.add(declare.raster_output(self.NEP_MONTHLY, tr("Monthly NEP (g C/m2/month)"), tr(
            "Net ecosystem productivity of each month, 12 bands per year."), optional=True))

    def _declare_tables(self):
        tr = self.tr
        self.add(declare.table_output(self.TOTALS, tr("NPP by year"), tr(
            "One row per year: cells, area in km2, mean NPP in g C/m2/yr and total in Tg C/yr.")))
        self.add(declare.table_output(self.MONTHLY_TABLE, tr("NPP by month"), tr(
            "One row per month: area-weighted means of NPP, APAR, efficiency, stress and the inputs, and the total in "
            "Tg C.")))
        self.add(declare.table_output(self.CLASSES_TABLE, tr("NPP by vegetation class"), tr(
            "One row per year and class: cells, area in km2, mean NPP in g C/m2/yr and total in Tg C/yr.")))
        self.add(declare.table_output(self.PARAMETERS_USED, tr("Parameters used"), tr(
            "One row per class: efficiency and percentiles that were used. It can be given as parameter table to "
            "another run, so that two runs share their percentiles."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("NPP_MEAN", tr("Mean NPP, mean of the years (g C/m2/yr)"))
        self.add_number("NPP_TG", tr("Total NPP, mean of the years (Tg C/yr)"))
        self.add_number("NEP_TG", tr("Total NEP, mean of the years (Tg C/yr)"))

    def check(self, p):
        for name in (self.NDVI, self.TEMPERATURE, self.PRECIPITATION, self.RADIATION):
            if not p.rasters(name):
                raise InputError("{}: give at least one raster.".format(p.label(name)))
        if not p.number(self.NDVI_SCALE):
            raise InputError("{} must be above 0.".format(p.label(self.NDVI_SCALE)))
        if p.number(self.LOW_PERCENTILE) >= p.number(self.HIGH_PERCENTILE):
            raise InputError("{} is not below {}.".format(
                p.label(self.LOW_PERCENTILE), p.label(self.HIGH_PERCENTILE)))
        self._series(p)
        self._table(p)

    def _series(self, p):
        from ...core import casa_inputs as casa

        rasters = {
            casa.NDVI: p.paths(self.NDVI),
            casa.TEMPERATURE: p.paths(self.TEMPERATURE),
            casa.PRECIPITATION: p.paths(self.PRECIPITATION),
            casa.RADIATION: p.paths(self.RADIATION),
        }
        return casa.casa_series(rasters, casa.StoredUnits(
            p.number(self.NDVI_SCALE), p.choice(self.TEMPERATURE_UNIT), p.choice(self.PRECIPITATION_UNIT),
            p.choice(self.RADIATION_UNIT)))

    def _table(self, p):
        from ...core.casa_parameters import read_parameters

        return read_parameters(p.path(self.PARAMETERS))

    def compute(self, p, progress, outputs):
        from ...core.casa_inputs import respiration_series
        from ...core.casa_npp import CasaOptions, casa_npp
        from ...core.casa_results import OUTPUTS

        series = self._series(p)
        respiration = p.path(self.RESPIRATION)
        result = casa_npp(
            series,
            p.path(self.VEGETATION),
            outputs,
            p.destinations(*OUTPUTS),
            self._table(p),
            CasaOptions(p.choice(self.CONSTANT), (p.number(self.LOW_PERCENTILE), p.number(self.HIGH_PERCENTILE))),
            december=p.path(self.PREVIOUS_WATER_STRESS),
            respiration=respiration_series(respiration, series.years) if respiration else None,
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        return self._published(result, p)

    def _published(self, result, p):
        from ...core.units import G_M2_MONTH, G_M2_YR

        mean, total = sum(result.npp_mean) / len(result.years), sum(result.npp_tg) / len(result.years)
        largest = max(result.class_months.values(), key=max, default=[0.0])
        published = (
            Outputs(result.notes)
            .raster(self.NPP, styles.sequential(0.0, result.legend_limit, unit=G_M2_YR))
            .raster(self.NPP_MONTHLY, styles.sequential(0.0, 2 * max(largest), unit=G_M2_MONTH))
            .raster(self.APAR)
            .raster(self.EPSILON)
            .raster(self.WATER_STRESS, styles.sequential(0.5, 1.0, unit=""))
            .raster(self.NEP, styles.diverging(*result.nep_range, unit=G_M2_YR))
            .raster(self.NEP_MONTHLY)
            .table(self.TOTALS, result.totals)
            .table(self.MONTHLY_TABLE, result.monthly)
            .table(self.CLASSES_TABLE, result.classes)
            .table(self.PARAMETERS_USED, result.fitted)
            .number("NPP_MEAN", mean)
            .number("NPP_TG", total)
            .fact("grid", result.grid)
            .fact("units", {"NPP": G_M2_YR, "monthly NPP": G_M2_MONTH})
            .fact("years", list(result.years))
            .fact("k", result.k)
            .fact("parameter_table", result.parameter_source)
            .fact("percentiles", list(result.percentiles))
            .fact("cell_area_mode", result.area_mode)
        )
        if result.nep:
            published.number("NEP_TG", sum(result.nep_tg) / len(result.years)).fact("respiration", result.respiration)
        line = self.tr("NPP {}: mean {:,.5g} g C/m2/yr, total {:,.5g} Tg C/yr on {:,.6g} km2 ({} cell areas)")
        published.say(line.format(result.period, mean, total, max(result.area_km2), result.area_mode))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.casa_report import casa_page

            published.page(declare.REPORT, casa_page(result))
        return published
