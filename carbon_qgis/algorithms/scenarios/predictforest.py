"""Carbon density of a driver stack by a random forest (I-RF, Jiangsu paper, 2.3.2)."""

from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class PredictForest(CarbonAlgorithm):
    """Density raster of any year or scenario by a trained random forest."""

    ID, GROUP = "predictforest", Group.SCENARIOS
    TAGS = ("random forest", "i-rf", "regression", "predict", "scenario", "applicability", "conformal", "uncertainty")
    REQUIRES = ("numpy", "scipy", "rasterio", "sklearn")

    STACK, MODEL, YEAR = declare.STACK, declare.MODEL, "YEAR"
    DENSITY, CELL_CARBON, LOW, HIGH = declare.DENSITY, "CELL_CARBON", "LOW", "HIGH"
    APPLICABILITY, DISSIMILARITY = "APPLICABILITY", "DISSIMILARITY"
    TOTALS, OUTSIDE = "TOTALS", "OUTSIDE"

    def title(self):
        return self.tr("Predict carbon density (random forest)")

    def help_text(self):
        return self.tr(
            "Applies a forest of 'Train random forest' to a driver stack of any year or scenario. The raster has the "
            "unit of the training samples. Bands are matched by name, so their order does not matter and further bands "
            "may be there; a driver in another unit than at training is refused. A cell is nodata where any driver is. "
            "A forest does not extrapolate: beyond the range of the training samples its answer stays flat, so the "
            "cells outside are counted by driver, and a warning names the drivers. On request it also makes the carbon "
            "of each cell in t C (the Jiangsu paper's '9000-21000 t C/ha' are t C per cell of 1 km2), the ends of the "
            "90 % prediction interval, and the area of applicability; the last two need a forest that was trained on "
            "samples with spatial blocks. Source: section 2.3.2 of the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.STACK, tr("Driver stack"), tr(
            "Raster whose band descriptions are the names of the drivers, as 'Driver stack' makes it. Its grid is that "
            "of the outputs; year and scenario in its tags are handed on.")))  # fmt: skip
        self.add(declare.model_file(self.MODEL, tr("Random forest"), tr(
            "File .carbonmodel of 'Train random forest'. A file that is damaged, changed, written by a newer version "
            "or of another kind is refused.")))  # fmt: skip
        self.add(declare.year(self.YEAR, tr("Year of the map"), tr(
            "Calendar year of the map, written to the outputs. If left empty, it is read from the stack's tag "
            "CARBON_YEAR.")))  # fmt: skip
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self._declare_outputs()

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.raster_output(self.DENSITY, tr("Carbon density"), tr(
            "Carbon density in the unit of the training samples.")))  # fmt: skip
        blocks = " " + tr("It needs a forest trained on samples with spatial blocks.")
        for name, title, help in (
            (self.CELL_CARBON, tr("Carbon of each cell (t C/cell)"), tr(
                "Density times the area of the cell, in t C per cell: it depends on the size of the cells.")),
            (self.LOW, tr("Low end of the 90 % interval"), tr(
                "Lower end of the prediction interval, from residuals on spatial blocks that the forest had not seen, "
                "in the unit of the density.") + blocks),
            (self.HIGH, tr("High end of the 90 % interval"), tr("Upper end of the same interval.") + blocks),
            (self.APPLICABILITY, tr("Area of applicability"), tr(
                "1 where conditions are like those of the training samples, 0 outside.") + blocks),
            (self.DISSIMILARITY, tr("Dissimilarity index"), tr(
                "Distance to the nearest training sample in the space of the drivers, weighted by importance, over the "
                "mean distance between samples; no unit.") + blocks),
        ):  # fmt: skip
            self.add(declare.raster_output(name, title, help, optional=True))
        self.add(declare.table_output(self.TOTALS, tr("Totals"), tr(
            "Carbon of the map in Tg C and t C, mean density in t C/ha, valid area in km2, cells.")))  # fmt: skip
        self.add(declare.table_output(self.OUTSIDE, tr("Cells outside the training range"), tr(
            "One row per driver: range of the training samples, cells below and above it, their share in %."),
            by_default=False))  # fmt: skip
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("MEAN_DENSITY", tr("Mean density (unit of the samples)"))
        self.add_number("STOCK_TG", tr("Carbon stock (Tg C)"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("OUTSIDE_PERCENT", tr("Cells outside the training range of a driver (%)"))
        self.add_number("INSIDE_PERCENT", tr("Area inside the area of applicability (%)"))

    def check(self, p):
        from ...core.bundle import read_bundle
        from ...core.model_stack import model_bands

        model_bands(p.path(self.STACK), read_bundle(p.path(self.MODEL), "forest").manifest.drivers)

    def compute(self, p, progress, outputs):
        from ...core.forest import read_forest
        from ...core.predict_forest import OUTPUTS, predict_forest
        from ...core.report.forest_map_report import forest_map_page

        progress.update(0.0, self.tr("Reading the forest"))
        forest = read_forest(p.path(self.MODEL))
        result = predict_forest(
            p.path(self.STACK), forest, outputs, p.destinations(*OUTPUTS), year=p.integer(self.YEAR),
            mask=p.polygons(declare.MASK), area_mode=p.choice(declare.CELL_AREA), progress=progress,
            settings=p.settings(),
        )  # fmt: skip
        inside = None if result.inside_share is None else 100 * result.inside_share
        published = Outputs(result.warnings + result.notes)
        published.table(self.TOTALS, result.totals).table(self.OUTSIDE, result.outside)
        published.number("MEAN_DENSITY", result.mean).number("STOCK_TG", result.total)
        published.number("AREA_KM2", result.area_km2).number("OUTSIDE_PERCENT", 100 * result.outside_share)
        published.number("INSIDE_PERCENT", inside)
        published.say(self.tr("{:,.6g} Tg C on {:,.6g} km2, {:,.5g} {} on average").format(
            result.total, result.area_km2, result.mean, result.unit))  # fmt: skip
        for name in ("grid", "unit", "year", "scenario"):
            published.fact(name, getattr(result, name))
        published.fact("cell_area_mode", result.area_mode).fact("model_seed", forest.seed)
        published.fact("model_metrics", forest.facts["metrics"])
        self._styled(published, result)
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            published.page(declare.REPORT, forest_map_page(result, forest))
        return published

    def _styled(self, published, result):
        """One ramp for the density and the ends of its interval, so that they can be compared by eye."""
        from ...core.legend_limits import ramp_limits

        densities = (self.DENSITY, self.LOW, self.HIGH)
        limits = [result.ranges[name] for name in densities if name in result.ranges]
        low, high = (min(pair[0] for pair in limits), max(pair[1] for pair in limits)) if limits else (None, None)
        if limits and "density" in result.overviews:
            low, high = ramp_limits((low, high), result.overviews["density"])
        for name in densities:
            published.raster(name, styles.sequential(low, high, unit=result.unit))
        unknown = (None, None)
        published.raster(self.CELL_CARBON, styles.sequential(*result.ranges.get(self.CELL_CARBON, unknown), "t C/cell"))
        published.raster(self.DISSIMILARITY, styles.sequential(*result.ranges.get(self.DISSIMILARITY, unknown), ""))
        published.raster(self.APPLICABILITY, styles.applicability())
