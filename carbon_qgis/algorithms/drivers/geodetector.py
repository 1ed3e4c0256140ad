"""Geodetector: how much of Y each driver, and each two together, explain (Xinjiang paper, 2.5, eq. 7)."""

from qgis.core import QgsProcessing, QgsProcessingOutputString

from ...core.errors import InputError
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..class_names import CLASS_NAMES, class_names_table, given_names
from ..publish import Outputs
from . import _classing as classing


class Geodetector(CarbonAlgorithm):
    """Factor, interaction, ecological and risk detector on rasters, or on the fields of a layer."""

    ID, GROUP = "geodetector", Group.DRIVERS
    TAGS = ("geographical detector", "q statistic", "drivers", "attribution", "interaction", "opgd", "heterogeneity",
            "natural breaks")
    REQUIRES = ("numpy", "scipy", "rasterio")

    TARGET, STACK, DRIVERS, ECOSYSTEMS = "TARGET", declare.STACK, "DRIVERS", "ECOSYSTEMS"
    INPUT, Y_FIELD, X_FIELDS, ECOSYSTEM_FIELD = "INPUT", "Y_FIELD", "X_FIELDS", "ECOSYSTEM_FIELD"
    DRIVER_NAMES, CATEGORICAL = "DRIVER_NAMES", "CATEGORICAL"
    BREAKS, BREAKS_TABLE = "BREAKS", "BREAKS_TABLE"
    MIN_STRATUM_CELLS, PUBLISHED_VARIANCE, SHARE = "MIN_STRATUM_CELLS", "PUBLISHED_VARIANCE", "SHARE"
    FACTORS, INTERACTIONS, ECOLOGICAL, RISK, MEANS = "FACTORS", "INTERACTIONS", "ECOLOGICAL", "RISK", "MEANS"
    CLASSES_TABLE, OPTIMAL = "CLASSES_TABLE", "OPTIMAL"

    def title(self):
        return self.tr("Geodetector: what explains the carbon map")

    def help_text(self):
        return self.tr(
            "Measures how much of the variance of a map (carbon density, its rate) each driver explains when the map "
            "is cut along the driver's classes: q, from 0 to 1, after Wang et al. (2010). Two drivers together give "
            "the interaction detector and its type; the ecological detector compares drivers, the risk detector the "
            "strata. Everything is computed for the whole region and, on request, inside every ecosystem, in one pass "
            "over all cells. Give either rasters (Y, and a driver stack or driver rasters) or a layer with fields. q "
            "is an association in space, not a cause. p_published matches published numbers but changes when a "
            "constant is added to Y: judge by p_F and q_adj. Source: equation 7 of the Xinjiang paper; optimal classes "
            "after Song et al. (2020)."
        )

    def declare(self):
        self._declare_rasters()
        self._declare_layer()
        self._declare_choices()
        self._declare_outputs()

    def _declare_rasters(self):
        tr = self.tr
        self.add(declare.raster(self.TARGET, tr("Raster to explain (Y)"), tr(
            "Raster of the quantity to explain, such as carbon density or accumulation rate. Its grid is the "
            "reference: all drivers are aligned to it. Of several bands the first is used. Leave it empty for a layer "
            "with fields."),
            optional=True))
        self.add(declare.raster(self.STACK, tr("Driver stack"), tr(
            "Raster with one driver per band, named by the band descriptions, as 'Driver stack' makes it. Bands "
            "flagged there as categorical are strata as they stand."), optional=True))
        self.add(declare.rasters(self.DRIVERS, tr("Driver rasters"), tr(
            "Rasters of single drivers, named by their layers; they may be given beside a stack."), optional=True))
        self.add(declare.raster(self.ECOSYSTEMS, tr("Ecosystems (raster of classes)"), tr(
            "If given, everything is also computed inside each of its classes."), optional=True))
        self.add(class_names_table())
        self.add(declare.mask())

    def _declare_layer(self):
        tr = self.tr
        layer = declare.features(self.INPUT, tr("Layer with fields, instead of rasters"), tr(
            "Point or polygon layer, or a table, with Y and the drivers in its fields; every feature counts the same. "
            "Rows with a missing value are left out and counted."), optional=True)
        # A plain table has all that is needed: geometry is not used.
        layer.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(layer)
        self.add(declare.field(self.Y_FIELD, tr("Field to explain (Y)"), tr(
            "Numeric field of the layer."), self.INPUT, optional=True))
        self.add(declare.field(self.X_FIELDS, tr("Driver fields"), tr(
            "Fields that may explain Y. Numbers are classed as below; text is taken as strata, unless it is a number "
            "in every row."), self.INPUT,
            optional=True, multiple=True))
        self.add(declare.field(self.ECOSYSTEM_FIELD, tr("Ecosystem field"), tr(
            "If given, everything is also computed inside each of its values."), self.INPUT, optional=True))

    def _declare_choices(self):
        tr = self.tr
        self.add(declare.text(self.CATEGORICAL, tr("Categorical drivers"), tr(
            "Names of drivers whose values are classes already (land cover, soil type), separated by commas."),
            optional=True))
        self.add(classing.method())
        self.add(classing.count())
        self.add(declare.matrix(self.BREAKS, tr("Class bounds of drivers"), tr(
            "Upper bounds of the classes of single drivers, from the smallest to the largest with blanks between them "
            "and a point as decimal sign (a decimal comma is refused); used whatever the method "
            "is."), (tr("Driver"), tr("Upper bounds")), optional=True))
        self.add(declare.table_file(self.BREAKS_TABLE, tr("Class bounds of drivers (table)"), tr(
            "Text table with the columns driver and upper_bound, one row per class; the table of classes of an earlier "
            "run will do, so that two dates share their classes."), optional=True))
        self.add(declare.advanced(declare.text(self.DRIVER_NAMES, tr("Drivers to use"), tr(
            "Names of the drivers to use, separated by commas. All are used if this is empty."), optional=True)))
        self.add(classing.exact())
        self.add(classing.min_gain())
        self.add(declare.advanced(declare.integer(self.MIN_STRATUM_CELLS, tr("Minimum of cells per stratum"), tr(
            "Strata with fewer cells are left out with their cells. 1 keeps all, as the original software does; 2 "
            "leaves out strata of one cell, as other packages do."), 1, minimum=1)))
        self.add(declare.advanced(declare.choice(self.PUBLISHED_VARIANCE, tr("Variance in p_published"), tr(
            "Variance in the published (non-central F) test: packages differ. It matters for matching published p "
            "values only."), ("sample", "population"))))
        self.add(declare.advanced(declare.number(self.SHARE, tr("Share of cells to use (0 to 1)"), tr(
            "1 uses every cell. Below it, each cell is drawn with this probability, the same ones for the same "
            "seed."), 1.0,
            minimum=0.0, maximum=1.0)))
        self.add(declare.advanced(declare.seed()))

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.table_output(self.FACTORS, tr("Factor detector"), tr(
            "One row per driver, for the whole region and each ecosystem: q, q_adj, p values, strata and cells.")))
        self.add(declare.table_output(self.INTERACTIONS, tr("Interaction detector"), tr(
            "One row per pair of drivers: q of each and of both, and the type of the interaction.")))
        self.add(declare.table_output(self.ECOLOGICAL, tr("Ecological detector"), tr(
            "Whether two drivers differ in how much they explain."), by_default=False))
        self.add(declare.table_output(self.RISK, tr("Risk detector"), tr(
            "Welch's t test between the strata of each driver."), by_default=False))
        self.add(declare.table_output(self.MEANS, tr("Means of the strata"), tr(
            "Cells, mean and standard deviation of Y in each stratum."), by_default=False))
        self.add(declare.table_output(self.CLASSES_TABLE, tr("Classes of the drivers"), tr(
            "Bounds and cells of every class. It can be given as table of class bounds to another run.")))
        self.add(declare.table_output(self.OPTIMAL, tr("q by method and number of classes"), tr(
            "For 'optimal': q of every combination that was tried, and the one chosen."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("CELLS", tr("Cells (or rows) analysed"))
        self.add_number("BEST_Q", tr("Largest q of a driver"))
        self.addOutput(QgsProcessingOutputString("BEST_DRIVER", tr("Driver with the largest q")))

    def check(self, p):
        rasters = (self.STACK, self.DRIVERS, self.ECOSYSTEMS, CLASS_NAMES, declare.MASK)
        of_rasters = [name for name in rasters if p.given(name)]
        of_layer = [name for name in (self.Y_FIELD, self.X_FIELDS, self.ECOSYSTEM_FIELD) if p.given(name)]
        if p.given(self.TARGET) == p.given(self.INPUT):
            found = "both were" if p.given(self.TARGET) else "neither was"
            raise InputError("Give either {} or {}: {} given.".format(p.label(self.TARGET), p.label(self.INPUT), found))
        if p.given(self.TARGET):
            if of_layer:
                text = "{} belongs to a layer with fields, but a raster is to be explained. Leave it empty."
                raise InputError(text.format(p.label(of_layer[0])))
            if not (p.given(self.STACK) or p.given(self.DRIVERS)):
                raise InputError("No drivers are given: choose {}, {} or both.".format(
                    p.label(self.STACK), p.label(self.DRIVERS)))
        else:
            if of_rasters:
                text = "{} belongs to rasters, but a layer with fields is to be explained. Leave it empty."
                raise InputError(text.format(p.label(of_rasters[0])))
            self._check_fields(p)
        if p.number(self.SHARE) == 0:
            raise InputError("{} is 0: no cell would be left. Give a share above 0.".format(p.label(self.SHARE)))
        self._given(p)

    def _check_fields(self, p):
        for name in (self.Y_FIELD, self.X_FIELDS):
            if not p.given(name):
                raise InputError("The layer needs {}.".format(p.label(name)))
        y = p.field(self.Y_FIELD)
        if y in p.fields(self.X_FIELDS) or y == p.field(self.ECOSYSTEM_FIELD):
            raise InputError("The field '{}' is to be explained and cannot explain itself. Leave it out of {}.".format(
                y, p.label(self.X_FIELDS if y in p.fields(self.X_FIELDS) else self.ECOSYSTEM_FIELD)))

    def _given(self, p, names=()):
        """Upper class bounds by driver: of the table those of the drivers used, of the matrix all."""
        from ...core.driver_classes import given_bounds, typed_bounds
        from ...core.tables import read_table

        path = p.path(self.BREAKS_TABLE)
        listed = given_bounds(read_table(path, ("driver", "upper_bound"))) if path else {}
        bounds = {name: listed[name] for name in listed if name in names}
        bounds.update(typed_bounds(p.matrix(self.BREAKS), p.label(self.BREAKS)))
        return bounds

    def compute(self, p, progress, outputs):
        result = self._rasters(p, progress) if p.given(self.TARGET) else self._layer(p, progress)
        return self._published(result, p)

    def _options(self, p, names):
        """What both kinds of input share."""
        return dict(
            classing=classing.rule(p, self._given(p, names)), min_stratum_cells=p.integer(self.MIN_STRATUM_CELLS),
            published_variance=p.choice(self.PUBLISHED_VARIANCE), keep_share=p.number(self.SHARE),
            seed=p.integer(declare.SEED),
        )  # fmt: skip

    def _rasters(self, p, progress):
        from ...core.driver_detection import detect_drivers
        from ...core.driver_inputs import names_in, raster_drivers, unit_of
        from ...core.raster.source import Band, raster_info
        from ...core.stack import raster_title

        target = Band(p.path(self.TARGET))
        drivers = raster_drivers(
            p.path(self.STACK), p.rasters(self.DRIVERS), names_in(p.text(self.DRIVER_NAMES)),
            names_in(p.text(self.CATEGORICAL)),
        )  # fmt: skip
        names, notes = given_names(p, [p.path(self.ECOSYSTEMS)]) if p.given(self.ECOSYSTEMS) else ({}, [])
        result = detect_drivers(
            target, drivers, ecosystems=p.path(self.ECOSYSTEMS), ecosystem_names=names,
            target_name=raster_title(target.path), target_unit=unit_of(target), mask=p.polygons(declare.MASK),
            progress=progress, settings=p.settings(), **self._options(p, [driver.name for driver in drivers]),
        )  # fmt: skip
        result.notes.extend(notes)
        info = raster_info(target.path)
        if info.count > 1:
            text = "{} has {} bands; the first ('{}') is explained."
            result.notes.append(text.format(result.target_name, info.count, info.band_name(1)))
        return result

    def _layer(self, p, progress):
        from ...core.driver_inputs import names_in, require_names
        from ...core.driver_table import TableDriver, detect_drivers_in_table

        fields, chosen = p.fields(self.X_FIELDS), names_in(p.text(self.DRIVER_NAMES))
        categorical = names_in(p.text(self.CATEGORICAL))
        require_names(chosen + categorical, fields)
        y, ecosystem, used = p.field(self.Y_FIELD), p.field(self.ECOSYSTEM_FIELD), chosen or fields
        data = p.features(
            self.INPUT, list(dict.fromkeys([y] + used + ([ecosystem] if ecosystem else []))), geometry=False
        )
        return detect_drivers_in_table(
            data.column(y), [TableDriver(name, data.column(name), name in categorical) for name in used],
            ecosystems=data.column(ecosystem) if ecosystem else None, target_name=y, ecosystem_name=ecosystem or "",
            progress=progress, threads=p.settings().worker_count(), **self._options(p, used),
        )  # fmt: skip

    def _published(self, result, p):
        from ...core import geodetector_tables as tables
        from ...core.driver_classes import class_table, optimal_table

        scores, best = result.scores, result.best
        published = Outputs(result.notes)
        published.table(self.FACTORS, tables.factor_table(scores))
        published.table(self.INTERACTIONS, tables.interaction_table(scores))
        if p.destination(self.ECOLOGICAL):
            published.table(self.ECOLOGICAL, tables.ecological_table(scores))
        if p.destination(self.RISK):
            published.table(self.RISK, tables.risk_table(scores, result.target_unit))
        published.table(self.MEANS, tables.stratum_table(scores, result.target_unit))
        published.table(self.CLASSES_TABLE, class_table(result.drivers))
        published.table(self.OPTIMAL, optimal_table(result.drivers))
        published.number("CELLS", result.cells).number("BEST_Q", None if best is None else best.q)
        published.values["BEST_DRIVER"] = "" if best is None else best.factor
        if best is not None:
            text = self.tr("{} explains the largest share of {}: q = {:.4f}")
            published.say(text.format(best.factor, result.target_name, best.q))
        published.fact("grid", result.grid).fact("cells", result.cells).fact("seed", result.seed)
        published.fact("methods", {driver.name: driver.method for driver in result.drivers})
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.geodetector_report import geodetector_page

            published.page("REPORT", geodetector_page(result))
        return published
