"""Accuracy of a carbon density against a reference (Xinjiang paper, 3.2, eq. 8 and Fig. 5)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from ...core.units import DENSITY_UNITS, T_HA
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class AssessAccuracy(CarbonAlgorithm):
    """Metrics, relative errors and scatter of a density raster against a reference raster or points."""

    ID, GROUP = "assessaccuracy", Group.VALIDATION
    TAGS = ("validation", "relative error", "rmse", "mae", "r2", "bias", "scatter", "accuracy", "compare")
    REQUIRES = ("numpy", "scipy", "rasterio")

    DENSITY, UNIT = declare.DENSITY, declare.UNIT
    REFERENCE, REFERENCE_UNIT = "REFERENCE", "REFERENCE_UNIT"
    POINTS, VALUE_FIELD, POINT_UNIT, WEIGHT_FIELD = "POINTS", "VALUE_FIELD", "POINT_UNIT", "WEIGHT_FIELD"
    LABEL, SCHEME, THRESHOLD = "LABEL", "SCHEME", "THRESHOLD"
    ON_GRID, WEIGHT_BY_AREA = "ON_GRID", "WEIGHT_BY_AREA"
    RELATIVE_ERROR, DIFFERENCE, TABLE, PAIRS = "RELATIVE_ERROR", "DIFFERENCE", "TABLE", "PAIRS"

    def title(self):
        return self.tr("Assess the accuracy of a carbon density")

    def help_text(self):
        return self.tr(
            "Compares an estimated carbon density with a reference raster or with reference points, and reports the "
            "relative error RE = |reference - estimate| / reference (mean, median), accuracy = 1 - mean RE, Pearson's "
            "r, R2 = 1 - SSE/SST, the square of r, MAE, RMSE, bias and NRMSE with the number of pairs; MAE, RMSE and "
            "bias are in t C/ha. Rasters of another grid, CRS or unit are aligned and converted. Every number is "
            "labelled 'fit' or 'held-out': choose 'held-out' only if the reference was not used in training. With "
            "zones the metrics are also given for each of them. Source: equation 8 and Figure 5 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.DENSITY, tr("Estimated carbon density"), tr(
            "Density raster to be judged, of one pool or of the total.")))
        self.add(declare.density_unit(self.UNIT))
        self.add(declare.raster(self.REFERENCE, tr("Reference raster"), tr(
            "Density raster taken as right, of the same pool and year. Any grid, CRS and density unit. Leave it empty "
            "to compare with points."), optional=True))
        unit = declare.density_unit(self.REFERENCE_UNIT)
        unit.setDescription(tr("Unit of the reference raster"))
        self.add(unit)
        points = declare.features(self.POINTS, tr("Reference points"), tr(
            "Point layer with measured carbon densities, instead of a reference raster. A point is compared with the "
            "cell that it lies in. Any CRS."), optional=True)
        points.setDataTypes([QgsProcessing.SourceType.TypeVectorPoint])
        self.add(points)
        self.add(declare.field(self.VALUE_FIELD, tr("Field with the density"), tr(
            "Field of the points that holds the measured carbon density; features without a value are left out and "
            "counted."), self.POINTS, optional=True))
        self.add(declare.choice(self.POINT_UNIT, tr("Unit of the points"), tr(
            "Unit of the densities in that field: carbon, not dry matter."), DENSITY_UNITS, default=T_HA))
        self.add(declare.field(self.WEIGHT_FIELD, tr("Field with weights"), tr(
            "Field of the points with a weight of 0 or more for each, such as the area a plot stands for. If left "
            "empty, every point counts the same."), self.POINTS, optional=True))
        self.add(declare.choice(self.LABEL, tr("What the numbers are"), tr(
            "'fit': the reference was used in training, also in part, or you do not know; the numbers then say how "
            "well known values are met again. 'held-out': it was not used in any step of training, not even to choose "
            "settings; only then do the numbers speak of unseen places. The word stands beside every "
            "number."), ("fit", "held-out")))
        self.add(declare.text(self.SCHEME, tr("How it was held out"), tr(
            "A few words for the report and the table, such as 'spatial blocks of 50 km' or 'plots of another "
            "survey'. May be left empty."), optional=True))
        self._declare_choices()
        self._declare_outputs()

    def _declare_choices(self):
        tr = self.tr
        self.add(declare.number(self.THRESHOLD, tr("Smallest reference with a relative error (t C/ha)"), tr(
            "References of this value or less have no relative error, which grows without limit near 0; they are "
            "counted, and count for every other metric. If left empty, it is 1 % of the mean "
            "reference."), optional=True, minimum=0.0))
        self.add(declare.zones())
        self.add(declare.zone_field())
        self.add(declare.mask())
        self.add(declare.advanced(declare.choice(self.ON_GRID, tr("Grid to compare on"), tr(
            "Grid of the comparison with a reference raster. 'coarser' averages the finer raster over the cells of the "
            "coarser one; interpolating the coarser one would invent detail."), ("coarser", "estimate", "reference"))))
        self.add(declare.advanced(declare.boolean(self.WEIGHT_BY_AREA, tr("Weight cells by their area"), tr(
            "Each cell of a reference raster counts by its area; where all cells are equally large it makes no "
            "difference. Without it every cell counts the same, as published."), True)))
        self.add(declare.cell_area())
        self.add(declare.compression())

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.raster_output(self.RELATIVE_ERROR, tr("Relative error"), tr(
            "|reference - estimate| / reference of each cell, without a unit (0.2 is 20 %); no data where the "
            "reference is not above the threshold. Only with a reference raster."), optional=True, by_default=True))
        self.add(declare.raster_output(self.DIFFERENCE, tr("Estimate minus reference (t C/ha)"), tr(
            "Difference of each cell in t C/ha; positive where the estimate is too high. Only with a reference "
            "raster."), optional=True))
        self.add(declare.table_output(self.TABLE, tr("Accuracy"), tr(
            "One row for all pairs and one per zone: label, metrics with their formulas in the column descriptions, "
            "number of pairs, pairs without a relative error.")))
        self.add(declare.table_output(self.PAIRS, tr("Points and estimates"), tr(
            "Point layer (or table) with one row per reference point: coordinates, reference and estimate in t C/ha, "
            "difference, relative error. Only with reference points."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("N", tr("Pairs compared"))
        self.add_number("ACCURACY_PERCENT", tr("Accuracy, 1 - mean RE (%)"))
        self.add_number("R2", tr("R2 = 1 - SSE/SST"))
        self.add_number("R", tr("Pearson's r"))
        self.add_number("RMSE", tr("RMSE (t C/ha)"))
        self.add_number("MAE", tr("MAE (t C/ha)"))
        self.add_number("BIAS", tr("Bias (t C/ha)"))

    def check(self, p):
        raster, points = bool(p.path(self.REFERENCE)), p.given(self.POINTS)
        if raster == points:
            raise InputError("Give a reference raster ({}) or reference points ({}){}.".format(
                self.REFERENCE, self.POINTS, ", not both" if raster else ""))
        if points and not p.field(self.VALUE_FIELD):
            raise InputError("{}: name the field of the points that holds the carbon density.".format(
                p.label(self.VALUE_FIELD)))

    def compute(self, p, progress, outputs):
        from ...core.density_input import density_raster

        estimate = density_raster(p.path(self.DENSITY), p.unit(self.UNIT))
        common = {
            "label": p.choice(self.LABEL),
            "threshold": p.number(self.THRESHOLD),
            "scheme": p.text(self.SCHEME) or "",
            "mask": p.polygons(declare.MASK),
            "zones": p.polygons(declare.ZONES, p.field(declare.ZONE_FIELD)),
            "progress": progress,
            "settings": p.settings(),
        }
        if p.path(self.REFERENCE):
            result = self._with_raster(p, estimate, outputs, common)
        else:
            result = self._with_points(p, estimate, common)
        return self._published(result, p)

    def _with_raster(self, p, estimate, outputs, common):
        from ...core.assess_accuracy import OUTPUTS, assess_raster
        from ...core.density_input import density_raster

        result = assess_raster(
            estimate, density_raster(p.path(self.REFERENCE), p.unit(self.REFERENCE_UNIT)), outputs,
            p.destinations(*OUTPUTS), on_grid=p.choice(self.ON_GRID), weight_by_area=p.boolean(self.WEIGHT_BY_AREA),
            area_mode=p.choice(declare.CELL_AREA), **common,
        )  # fmt: skip
        if p.destination(self.PAIRS):
            result.notes.append("The table of points is made with reference points only.")
        return result

    def _with_points(self, p, estimate, common):
        from ...core.assess_points import ReferencePoints, assess_points
        from ...core.units import density_factor

        value, weight = p.field(self.VALUE_FIELD), p.field(self.WEIGHT_FIELD)
        data = p.features(self.POINTS, [name for name in dict.fromkeys((value, weight)) if name])
        points = ReferencePoints.from_features(
            data.wkb, data.column(value), data.crs_wkt, density_factor(p.choice(self.POINT_UNIT), T_HA),
            data.column(weight) if weight else None, "The layer '{}'".format(data.name),
        )  # fmt: skip
        result = assess_points(estimate, points, **common)
        if p.destination(self.DIFFERENCE):
            result.notes.append("Rasters of errors are made with a reference raster only.")
        return result

    def _published(self, result, p):
        metrics = result.metrics
        published = (
            Outputs(result.notes)
            .table(self.TABLE, result.table)
            .number("N", metrics.n)
            .number("ACCURACY_PERCENT", None if metrics.accuracy is None else 100 * metrics.accuracy)
            .number("R2", metrics.r_squared)
            .number("R", metrics.r)
            .number("RMSE", metrics.rmse)
            .number("MAE", metrics.mae)
            .number("BIAS", metrics.bias)
            .fact("grid", result.grid)
            .fact("unit", T_HA)
            .fact("metrics", metrics.as_dict())
        )
        if result.pairs is None:
            from ...core.legend_limits import symmetric_limits

            reach = symmetric_limits(result.difference_range, result.overviews["difference"])
            published.raster(self.RELATIVE_ERROR, styles.sequential(0.0, result.relative_error_limit, unit=""))
            published.raster(self.DIFFERENCE, styles.diverging(*reach, unit=T_HA))
        else:
            published.points(self.PAIRS, result.pairs, "x", "y", result.pairs_crs, "difference_t_C_ha")
        published.say(self.tr("{}: RMSE {:,.5g} t C/ha, bias {:+,.5g} t C/ha, R2 {} on {:,} {}").format(
            metrics.label, metrics.rmse, metrics.bias,
            "unknown" if metrics.r_squared is None else "{:.4f}".format(metrics.r_squared), metrics.n, result.counted))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.accuracy_report import accuracy_page

            published.page(declare.REPORT, accuracy_page(result))
        return published
