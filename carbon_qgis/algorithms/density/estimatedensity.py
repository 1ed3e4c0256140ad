"""Carbon density of a year from its drivers, the trained models and a pool ratio (Xinjiang paper, 2.3, eq. 3)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class EstimateDensity(CarbonAlgorithm):
    """Density raster of any year: levels, density within levels, restoration to the year."""

    ID, GROUP = "estimatedensity", Group.DENSITY
    TAGS = ("carbon density", "catboost", "rnn", "arima", "coupled model", "restoration", "predict", "applicability",
            "conformal", "uncertainty")  # fmt: skip
    REQUIRES = ("numpy", "scipy", "rasterio", "catboost")

    STACK, EARLIER, LEVEL_MODEL, DENSITY_MODEL = declare.STACK, "EARLIER", "LEVEL_MODEL", "DENSITY_MODEL"
    FORECAST, RATIO, POOL_MEAN, INTERVAL = "FORECAST", "RATIO", "POOL_MEAN", "INTERVAL"
    YEAR, BASE_YEAR, BASIS = "YEAR", "BASE_YEAR", "BASIS"
    RESTORATION, BLENDING, SCALING = "RESTORATION", "BLENDING", "SCALING"
    DENSITY, DENSITY_LOW, DENSITY_HIGH = declare.DENSITY, "DENSITY_LOW", "DENSITY_HIGH"
    LEVELS, APPLICABILITY, DISSIMILARITY = "LEVELS", "APPLICABILITY", "DISSIMILARITY"
    MODEL_LOW, MODEL_HIGH, TABLE, OUTSIDE = "MODEL_LOW", "MODEL_HIGH", "TABLE", "OUTSIDE"

    def title(self):
        return self.tr("Estimate carbon density")

    def help_text(self):
        return self.tr(
            "Makes the carbon density raster of a year. The level model gives each cell its probabilities of low, "
            "medium and high density, the density model the density within each level, and equation 3 brings both to "
            "the year by the ratio of its pool mean to that of the base year, the year of the samples. Drivers are "
            "matched by name and scaled as in training, so that a change of a driver moves the map. By default the "
            "density is the mean over the levels by their probabilities, and the whole of it is multiplied by the "
            "ratio; the published forms (hard levels, only the part above the bound of the level multiplied, which "
            "delivers less than was asked) are there for comparison: to map models of the preset 'published' as the "
            "paper did, choose the restoration 'published' and hard levels. The ratio asked and the ratio delivered "
            "are always reported, and the cells outside the training range of each driver. The raster has the unit of "
            "the samples. Source: equations 2 and 3 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.STACK, tr("Driver stack of the year"), tr(
            "Raster with one driver per band, named by the band descriptions, as 'Driver stack' makes it. It needs "
            "every driver of the models, in any order, in the units of the samples.")))
        self.add(declare.rasters(self.EARLIER, tr("Driver stacks of the years before"), tr(
            "For density models trained on yearly sequences only: the stacks of the earlier years. Their years are "
            "read from the tag CARBON_YEAR, not from the order of the list."), optional=True))
        self.add(declare.model_file(self.LEVEL_MODEL, tr("Level model"), tr(
            "Model that 'Train density levels' made (.carbonmodel).")))
        self.add(declare.model_file(self.DENSITY_MODEL, tr("Density model"), tr(
            "Model that 'Train density within levels' made with this level model (.carbonmodel).")))
        self._declare_ratio()
        self._declare_forms()
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self._declare_outputs()

    def _declare_ratio(self):
        tr = self.tr
        table = declare.features(self.FORECAST, tr("Densities by year (table)"), tr(
            "Table that 'Forecast density' makes: pool means by year in kg C/m2, observed and forecast. The ratio is "
            "the mean of the year over that of the base year, for the pool of the models. Give either this or a "
            "ratio; with neither, the ratio is 1."), optional=True)  # fmt: skip
        table.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(table)
        self.add(declare.number(self.RATIO, tr("Ratio to the base year"), tr(
            "Pool mean of the year over that of the base year, instead of the table; 1.2 is a fifth more carbon."),
            optional=True, minimum=0.0))  # fmt: skip
        self.add(declare.year(self.YEAR, tr("Year of the map"), tr(
            "Calendar year of the map, looked up in the table and written to the outputs. If left empty, it is read "
            "from the stack's tag CARBON_YEAR.")))
        self.add(declare.advanced(declare.year(self.BASE_YEAR, tr("Base year"), tr(
            "Calendar year of the density that the models were trained on. If left empty, it is the one in the level "
            "model."))))
        self.add(declare.advanced(declare.choice(self.BASIS, tr("Means of the ratio"), tr(
            "'series': the observation of a year, or the forecast where there is none. 'fitted': what the trend model "
            "gives for both years, so that the chance of a single year is not in the ratio. Both means are of one "
            "kind, so that the ratio is 1 in the base year."), ("series", "fitted"))))
        self.add(declare.advanced(declare.number(self.POOL_MEAN, tr("Pool mean of the year (kg C/m2)"), tr(
            "For the restoration 'meanmatched' without a table: the area-weighted mean that the map is brought to."),
            optional=True, minimum=0.0)))  # fmt: skip
        self.add(declare.advanced(declare.choice(self.INTERVAL, tr("Forecast interval (%)"), tr(
            "Interval of the table whose ends make the low and the high raster."), ("95", "80"))))

    def _declare_forms(self):
        tr = self.tr
        self.add(declare.choice(self.RESTORATION, tr("Restoration (equation 3)"), tr(
            "'scaled' multiplies the whole density and delivers the ratio. 'published' is the equation as printed: "
            "only the part above the lower bound of the level is multiplied; an asked +20 % delivers about +6 % on "
            "real soil carbon, and the upper bound can be exceeded. 'meanmatched' brings the area-weighted mean of the "
            "map to the pool mean of the year; it reads the stack twice."), ("scaled", "published", "meanmatched")))
        self.add(declare.choice(self.BLENDING, tr("Levels"), tr(
            "'blended' weights the levels by their probabilities: no jumps at their borders, and more accurate. 'hard' "
            "takes the most probable level, as published."), ("blended", "hard")))
        self.add(declare.advanced(declare.choice(self.SCALING, tr("Scaling of the drivers"), tr(
            "'stored' is the scaling of the training samples. 'fresh' is for reproducing older results only: every "
            "driver is stretched from its minimum and maximum of this year, as in the authors' scripts, so that +2 "
            "degC everywhere changes nothing; it reads the stack twice."), ("stored", "fresh"))))

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.raster_output(self.DENSITY, tr("Carbon density"), tr(
            "Carbon density of the year, in the unit of the samples.")))
        rasters = (
            (self.DENSITY_LOW, tr("Carbon density, low end of the forecast"), tr(
                "The same with the low end of the forecast interval of the pool mean.")),
            (self.DENSITY_HIGH, tr("Carbon density, high end of the forecast"), tr(
                "The same with the high end of the forecast interval of the pool mean.")),
            (self.LEVELS, tr("Levels"), tr("Most probable level: 1 is the lowest.")),
            (self.APPLICABILITY, tr("Area of applicability"), tr(
                "1 where conditions are like those of the training samples, 0 outside. It needs a density model that "
                "was trained with its reliability data.")),
            (self.DISSIMILARITY, tr("Dissimilarity index"), tr(
                "Distance to the nearest training sample in the space of the drivers, weighted by importance, over the "
                "mean distance between samples; no unit.")),
            (self.MODEL_LOW, tr("Carbon density, low end of the models' interval"), tr(
                "Lower end of the 90 % prediction interval of the models, from residuals on spatial blocks that they "
                "had not seen. It needs a density model that was trained with its reliability data.")),
            (self.MODEL_HIGH, tr("Carbon density, high end of the models' interval"), tr(
                "Upper end of the same interval.")),
        )  # fmt: skip
        for name, title, help in rasters:
            self.add(declare.raster_output(name, title, help, optional=True))
        self.add(declare.table_output(self.TABLE, tr("Ratio asked and delivered"), tr(
            "Ratio asked, ratio delivered and mean densities, one row for the estimate and for each end of the "
            "forecast interval.")))
        self.add(declare.table_output(self.OUTSIDE, tr("Cells outside the training range"), tr(
            "One row per driver: range of the training samples, cells below and above it, their share."),
            by_default=False))  # fmt: skip
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("RATIO_ASKED", tr("Ratio asked"))
        self.add_number("RATIO_DELIVERED", tr("Ratio delivered"))
        self.add_number("MEAN_DENSITY", tr("Mean density (unit of the samples)"))
        self.add_number("STOCK_TG", tr("Carbon stock (Tg C)"))
        self.add_number("OUTSIDE_PERCENT", tr("Cells outside the training range (%)"))
        self.add_number("INSIDE_PERCENT", tr("Area inside the area of applicability (%)"))

    def check(self, p):
        if p.given(self.FORECAST) and p.given(self.RATIO):
            raise InputError("Give either {} or {}, not both.".format(p.label(self.FORECAST), p.label(self.RATIO)))
        if p.given(self.RATIO) and p.number(self.RATIO) is not None and not p.number(self.RATIO) > 0:
            raise InputError("{}: it must be above 0; 1 is the base year.".format(p.label(self.RATIO)))

    def compute(self, p, progress, outputs):
        from ...core.coupled import read_coupled
        from ...core.estimate_density import OUTPUTS, estimate_density
        from ...core.units import KG_M2, density_factor

        progress.update(0.0, self.tr("Reading the models"))
        model = read_coupled(p.path(self.LEVEL_MODEL), p.path(self.DENSITY_MODEL))
        mean = p.number(self.POOL_MEAN)
        result = estimate_density(
            [p.path(self.STACK)] + p.paths(self.EARLIER),
            model,
            outputs,
            p.destinations(*OUTPUTS),
            ratio=self._ratio(p, model),
            year=p.integer(self.YEAR),
            restoration=p.choice(self.RESTORATION),
            blending=p.choice(self.BLENDING),
            scaling=p.choice(self.SCALING),
            target_mean=None if mean is None else mean * density_factor(KG_M2, model.unit),
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )
        return self._published(result, p)

    def _ratio(self, p, model):
        """Cd_m / Cd_j from the table, or the number given."""
        from ...core.density_ratio import given_ratio, ratio_from_table
        from ...core.stack import read_stack

        year, base = p.integer(self.YEAR), p.integer(self.BASE_YEAR)
        year = read_stack(p.path(self.STACK)).year if year is None else year
        base = model.levels.year if base is None else base
        if not p.given(self.FORECAST):
            return given_ratio(p.number(self.RATIO), year, base)
        data = p.features(self.FORECAST, geometry=False)
        columns = {name: data.column(name) for name in data.fields}
        return ratio_from_table(
            columns, model.levels.pool, year, base, p.choice(self.INTERVAL), p.choice(self.BASIS),
            "'{}'".format(data.name),
        )

    def _published(self, result, p):
        check = result.checks["mid"]
        published = (
            Outputs(result.warnings + result.notes)
            .table(self.TABLE, result.ratios)
            .table(self.OUTSIDE, result.outside)
            .number("RATIO_ASKED", check.asked)
            .number("RATIO_DELIVERED", check.delivered)
            .number("MEAN_DENSITY", result.mean)
            .number("STOCK_TG", result.total)
            .number("OUTSIDE_PERCENT", 100 * result.outside_share)
            .number("INSIDE_PERCENT", None if result.inside_share is None else 100 * result.inside_share)
            .say(self.tr("Ratio asked {:.4g}, delivered {:.4g}; mean {:,.5g} {}, {:,.6g} Tg C on {:,.6g} km2").format(
                check.asked, check.delivered, result.mean, result.unit, result.total, result.area_km2))
            .fact("grid", result.grid)
            .fact("unit", result.unit)
            .fact("year", result.year)
            .fact("cell_area_mode", result.area_mode)
            .fact("ratio_source", result.ratio.source)
            .fact("forms", {"restoration": result.restoration, "blending": result.blending, "scaling": result.scaling})
        )  # fmt: skip
        self._styled(published, result)
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.estimate_report import estimate_page

            published.page(declare.REPORT, estimate_page(result))
        return published

    def _styled(self, published, result):
        """One ramp for all density rasters of the run, so that they can be compared by eye."""
        from ...core.legend_limits import ramp_limits
        from ...core.report.classify_report import class_ramp

        densities = (self.DENSITY, self.DENSITY_LOW, self.DENSITY_HIGH, self.MODEL_LOW, self.MODEL_HIGH)
        limits = [result.ranges[name] for name in densities if name in result.ranges]
        low, high = (min(pair[0] for pair in limits), max(pair[1] for pair in limits)) if limits else (None, None)
        if limits and "density" in result.overviews:
            low, high = ramp_limits((low, high), result.overviews["density"])
        for name in densities:
            published.raster(name, styles.sequential(low, high, unit=result.unit))
        tones = class_ramp(len(result.legend))
        published.raster(
            self.LEVELS, styles.classes([(code, name, tone) for (code, name), tone in zip(result.legend, tones)])
        )
        published.raster(self.APPLICABILITY, styles.applicability())
        published.raster(
            self.DISSIMILARITY, styles.sequential(*result.ranges.get(self.DISSIMILARITY, (None, None)), unit="")
        )
