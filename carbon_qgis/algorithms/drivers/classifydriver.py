"""Classes of one driver raster (Xinjiang paper, 4.3)."""

from qgis.core import QgsProcessingOutputString

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from . import _classing as classing


class ClassifyDriver(CarbonAlgorithm):
    """Classes of one driver by any of the rules, with exact natural breaks."""

    ID, GROUP = "classifydriver", Group.DRIVERS
    TAGS = ("classify", "discretize", "natural breaks", "jenks", "fisher", "quantile", "reclassify", "opgd")
    REQUIRES = ("numpy", "scipy", "rasterio")

    RASTER, TARGET, METHOD, CLASSES, BREAKS = "RASTER", "TARGET", "METHOD", "CLASSES", "BREAKS"
    CLASSIFIED, TABLE, OPTIMAL = "CLASSIFIED", "TABLE", "OPTIMAL"

    def title(self):
        return self.tr("Classify a driver")

    def help_text(self):
        return self.tr(
            "Cuts the values of a raster into classes and writes them as codes 1 to k with their bounds as names. "
            "Natural breaks are the exact optimum, also for millions of values; with 'optimal' the method and the "
            "number of classes are chosen so that the classes explain most of a second raster. A class holds its upper "
            "bound. The table gives bounds, cells and area of each class, and can be given to 'Geodetector: "
            "what explains the carbon map' as bounds. Source: Fisher (1958) and Jenks (1967) for natural breaks, Song "
            "et al. (2020) for optimal classes."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.RASTER, tr("Driver raster"), tr(
            "Raster of a continuous quantity, such as precipitation or elevation. Of several bands the first is "
            "classed.")))
        self.add(classing.method())
        self.add(classing.count())
        self.add(declare.text(self.BREAKS, tr("Upper bounds of the classes"), tr(
            "For 'given': the upper bound of each class from the smallest to the largest, with blanks between them and "
            "a point as decimal sign (a decimal comma is refused): 10 20.5 40. The last one must not be below the "
            "largest value."), optional=True))
        self.add(declare.raster(self.TARGET, tr("Raster to explain (Y), for 'optimal'"), tr(
            "For 'optimal': the raster that the classes are to explain, such as carbon density or its rate. It is "
            "aligned to the driver raster."), optional=True))
        self.add(declare.mask())
        self.add(classing.exact())
        self.add(classing.min_gain())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.CLASSIFIED, tr("Driver classes"), tr(
            "Class codes 1 to k, 8-bit, nodata 255; the bounds are kept in the file as names of the classes.")))
        self.add(declare.table_output(self.TABLE, tr("Table of classes"), tr(
            "One row per class: lower and upper bound, cells, area in km2 and share of the area.")))
        self.add(declare.table_output(self.OPTIMAL, tr("q by method and number of classes"), tr(
            "For 'optimal': q of every combination that was tried, and the one chosen."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("COUNT", tr("Number of classes"))
        self.add_number("CELLS", tr("Valid cells"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("Q", tr("q of the classes (with 'optimal')"))
        self.addOutput(QgsProcessingOutputString("CHOSEN_METHOD", tr("Method used")))

    def check(self, p):
        method = p.choice(self.METHOD)
        if method == "given" and not p.given(self.BREAKS):
            text = "The method 'given' needs the upper bounds of the classes ({})."
            raise InputError(text.format(p.label(self.BREAKS)))
        if method == "optimal" and not p.given(self.TARGET):
            text = "The method 'optimal' needs the raster that the classes are to explain ({})."
            raise InputError(text.format(p.label(self.TARGET)))
        self._rule(p, "")

    def _rule(self, p, name):
        from ...core.driver_classes import GIVEN, parsed_bounds

        given = {}
        if p.choice(self.METHOD) == GIVEN:
            given[name] = parsed_bounds(p.text(self.BREAKS), p.label(self.BREAKS))
        return classing.rule(p, given)

    def compute(self, p, progress, outputs):
        from ...core.classify_raster import OUTPUTS, classify_raster
        from ...core.driver_inputs import unit_of
        from ...core.raster.source import Band
        from ...core.report.classify_report import class_ramp, classify_page
        from ...core.stack import raster_title

        band = Band(p.path(self.RASTER))
        name, target = raster_title(band.path), p.path(self.TARGET)
        result = classify_raster(
            band, outputs, p.destinations(*OUTPUTS), self._rule(p, name), Band(target) if target else None,
            name=name, unit=unit_of(band), target_name=raster_title(target) if target else "",
            mask=p.polygons("MASK"), area_mode=p.choice("CELL_AREA"), progress=progress, settings=p.settings(),
        )  # fmt: skip
        labels = result.driver.labels
        legend = styles.classes(list(zip(range(1, len(labels) + 1), labels, class_ramp(len(labels)))))
        published = Outputs(result.notes).raster(self.CLASSIFIED, legend).table(self.TABLE, result.table)
        published.table(self.OPTIMAL, result.optimal)
        published.number("COUNT", result.classes).number("CELLS", result.cells).number("AREA_KM2", result.area_km2)
        published.number("Q", result.q)
        published.values["CHOSEN_METHOD"] = result.driver.method
        published.say(self.tr("{} classes by '{}': upper bounds {}").format(
            result.classes, result.driver.method, ", ".join("{:g}".format(bound) for bound in result.driver.bounds)))
        published.fact("grid", result.grid).fact("upper_bounds", [float(bound) for bound in result.driver.bounds])
        published.fact("cell_area_mode", result.area_mode)
        if p.destination("REPORT") or p.destination("FIGURES"):
            published.page("REPORT", classify_page(result))
        return published
