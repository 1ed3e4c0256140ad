"""Several carbon estimates against a reference and each other (Xinjiang paper, Table 3 and Fig. 8)."""

import os
import re

from ...core.errors import InputError
from ...core.units import DENSITY_UNITS, G_M2_YR, T_KM2_YR
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class CompareEstimates(CarbonAlgorithm):
    """Metrics, totals and difference maps of several estimates on the cells that all of them cover."""

    ID, GROUP = "compareestimates", Group.VALIDATION
    TAGS = ("compare", "models", "InVEST", "CASA", "NPP", "random forest", "rmse", "r2", "difference", "table 3")
    REQUIRES = ("numpy", "scipy", "rasterio")

    ESTIMATES, REFERENCE, UNIT = "ESTIMATES", "REFERENCE", declare.UNIT
    RESIDENCE, LABEL, THRESHOLD = "RESIDENCE_YEARS", "LABEL", "THRESHOLD"
    WEIGHT_BY_AREA, FOLDER, TABLE, PAIRS = "WEIGHT_BY_AREA", "FOLDER", "TABLE", "PAIRS"

    def title(self):
        return self.tr("Compare carbon estimates")

    def help_text(self):
        return self.tr(
            "Compares two or more estimates of carbon density with a reference raster, or with the first of them where "
            "there is none: R2 = 1 - SSE/SST, r, MAE and RMSE per hectare and per cell, bias, totals in Tg C, "
            "difference maps in t C/ha, and maps side by side. All are compared on the cells where every raster "
            "has data, on the coarsest of their grids. A flux such as NPP is no stock: it is multiplied by a residence "
            "time if you state one, else only its pattern is compared, and the report says which. Every metric is "
            "labelled 'fit' or 'held-out'. Source: Table 3 and Figure 8 of the Xinjiang paper, Figure 4 of "
            "the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.ESTIMATES, tr("Estimates"), tr(
            "Density rasters, and annual fluxes (g C/m2/yr or t C/km2/yr), in any grid, CRS and unit; units are read "
            "from the bands. Each is named after its layer, or after its band where two layers have one name.")))
        self.add(declare.raster(self.REFERENCE, tr("Reference"), tr(
            "Density raster taken as right. If left empty, the others are compared with the first estimate by "
            "name."), optional=True))
        units = ("automatic", *DENSITY_UNITS, G_M2_YR, T_KM2_YR)
        self.add(declare.advanced(declare.choice(self.UNIT, tr("Unit where a raster states none"), tr(
            "Unit of rasters whose band carries none. 'automatic' refuses them."), units)))
        self.add(declare.number(self.RESIDENCE, tr("Residence time of the fluxes (years)"), tr(
            "Every flux among the estimates is multiplied by so many years, which gives the stock that it would keep "
            "in balance. If left empty, a flux is compared by its pattern only."), optional=True, minimum=0.0))
        self.add(declare.choice(self.LABEL, tr("What the numbers are"), tr(
            "'fit': the reference was used to make an estimate, also in part, or you do not know. 'held-out': it was "
            "not used in any step. The word stands beside every number."), ("fit", "held-out")))
        self.add(declare.advanced(declare.number(
            self.THRESHOLD, tr("Smallest reference with a relative error (t C/ha)"), tr(
                "References of this value or less have no relative error; they count for every other metric. If left "
                "empty, it is 1 % of the mean reference."), optional=True, minimum=0.0)))
        self.add(declare.advanced(declare.boolean(self.WEIGHT_BY_AREA, tr("Weight cells by their area"), tr(
            "Each cell counts by its area in the metrics per hectare; without it every cell counts the same, as "
            "published."), True)))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.folder_output(self.FOLDER, tr("Folder for the difference maps"), tr(
            "If given, estimate minus reference of every estimate is written here as difference_NAME.tif, "
            "t C/ha."), optional=True, by_default=False))
        self.add(declare.table_output(self.TABLE, tr("Comparison"), tr(
            "One row per estimate and one for the reference: metrics, mean in t C/ha, total in Tg C. The unit is in "
            "the name of each column.")))
        self.add(declare.table_output(self.PAIRS, tr("Every pair"), tr(
            "One row per pair of rasters: correlation, root mean square difference and mean difference in "
            "t C/ha."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("CELLS", tr("Cells compared"))
        self.add_number("BEST_R2", tr("Largest R2 of an estimate"))

    def check(self, p):
        found = p.rasters(self.ESTIMATES)
        if len(found) < 2 and not p.path(self.REFERENCE):
            raise InputError("Give at least two estimates ({}), or a reference ({}).".format(
                self.ESTIMATES, self.REFERENCE))

    def compute(self, p, progress, outputs):
        from ...core.compare_estimates import PATTERN, compare_estimates, read_estimate
        from ...core.stack import raster_title

        unit = p.choice(self.UNIT)
        estimates = [
            read_estimate(path, name, self._unit(path, unit), p.number(self.RESIDENCE))
            for path, name in sorted(self._named(p.rasters(self.ESTIMATES)), key=lambda item: item[1])
        ]
        reference = p.path(self.REFERENCE)
        if reference:
            name = raster_title(reference)
            if name in [estimate.name for estimate in estimates]:
                name += " (reference)"
            reference = read_estimate(reference, name, self._unit(reference, unit))
        folder, files = p.destination(self.FOLDER), {}
        if folder:
            outputs.folder(folder)
            compared = estimates if reference else estimates[1:]
            files = {
                estimate.name: os.path.join(folder, "difference_{}.tif".format(_plain(estimate.name)))
                for estimate in compared
                if estimate.kind != PATTERN
            }
        result = compare_estimates(
            estimates, reference or None, outputs, files, p.choice(self.LABEL), p.number(self.THRESHOLD),
            p.boolean(self.WEIGHT_BY_AREA), p.polygons(declare.MASK), p.choice(declare.CELL_AREA), progress,
            p.settings(),
        )  # fmt: skip
        return self._published(p, result, files)

    def _published(self, p, result, files):
        from ...core.legend_limits import symmetric_limits

        known = [m.r_squared for m in result.metrics.values() if m is not None and m.r_squared is not None]
        published = Outputs(result.notes).table(self.TABLE, result.table).table(self.PAIRS, result.pairs)
        for name, path in files.items():
            picture = result.overviews[name + " − reference"]
            low, high = symmetric_limits(result.differences[name], picture)
            published.raster_file(path, styles.diverging(low, high, unit="t C/ha"))
        if files:
            published.file(self.FOLDER)
        published.number("CELLS", result.cells).number("BEST_R2", max(known) if known else None)
        for name, metrics in result.metrics.items():
            if metrics is not None:
                # A reference that is the same everywhere has no R2.
                r2 = "-" if metrics.r_squared is None else "{:.4g}".format(metrics.r_squared)
                published.say(self.tr("{}: R2 {}, RMSE {:.5g} t C/ha, bias {:+.5g} t C/ha ({})").format(
                    name, r2, metrics.rmse, metrics.bias, metrics.label))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.compare_report import compare_page

            published.page(declare.REPORT, compare_page(result))
        return published.fact("grid", result.grid).fact("label", result.label)

    @staticmethod
    def _unit(path, unit):
        from ...core.raster.source import raster_info

        info = raster_info(path)
        return None if unit == "automatic" or info.units[0] or info.tag("CARBON_UNIT") else unit

    @staticmethod
    def _named(rasters):
        """Rasters with a name of their own: the layer's, where two have one the band's, else a number."""
        from ...core.raster.source import raster_info
        from ...core.stack import layer_name, raster_title

        rasters = [(path, raster_title(path) if name == layer_name(path) else name) for path, name in rasters]
        names = [name for _, name in rasters]
        found, taken = [], set()
        for path, name in rasters:
            if names.count(name) > 1:
                name = raster_info(path).descriptions[0] or name
            plain, number = name, 2
            while name in taken:
                name, number = "{} ({})".format(plain, number), number + 1
            taken.add(name)
            found.append((path, name))
        return found


def _plain(name):
    """A name as part of a file name."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_") or "estimate"
