"""Levels of carbon density of a driver stack (Xinjiang paper, 2.3)."""

from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class PredictLevels(CarbonAlgorithm):
    """Most probable density level of each cell, and the probability of every level."""

    ID, GROUP = "predictlevels", Group.DENSITY
    TAGS = ("catboost", "classification", "levels", "predict", "probability")
    REQUIRES = ("numpy", "scipy", "rasterio", "catboost")

    STACK, MODEL = declare.STACK, declare.MODEL
    LEVELS, PROBABILITIES, TABLE, RANGES = "LEVELS", "PROBABILITIES", "TABLE", "RANGES"

    def title(self):
        return self.tr("Predict density levels (CatBoost)")

    def help_text(self):
        return self.tr(
            "Applies a model of 'Train density levels' to a driver stack of any year: the most probable level of "
            "carbon density of each cell, and the probability of every level. Bands are matched by name, so their "
            "order does not matter and further bands may be there; a driver in another unit than at training is "
            "refused. A cell is nodata where any driver is. Cells outside the range of the training samples are "
            "counted by driver: the model does not extrapolate. Source: section 2.3 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        self.add(
            declare.raster(
                self.STACK,
                tr("Driver stack"),
                tr(
                    "Raster whose band descriptions are the names of the drivers, as 'Driver stack' makes it. Its "
                    "grid is that of the outputs; year and scenario in its tags are handed on."
                ),
            )
        )
        self.add(
            declare.model_file(
                self.MODEL,
                tr("Level model"),
                tr(
                    "File .carbonmodel of 'Train density levels'. A file that is damaged, changed, written by a newer "
                    "version or of another kind is refused."
                ),
            )
        )
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(
            declare.raster_output(
                self.LEVELS,
                tr("Density levels"),
                tr(
                    "Code of the most probable level, 1 for the lowest; 8-bit, nodata 255. The names are kept in the "
                    "file."
                ),
            )
        )
        self.add(
            declare.raster_output(
                self.PROBABILITIES,
                tr("Probability of the levels"),
                tr("One band per level, 0 to 1; the bands add up to 1."),
                optional=True,
            )
        )
        self.add(
            declare.table_output(
                self.TABLE,
                tr("Table of levels"),
                tr("One row per level: cells, area in km2, share of the area, mean probability."),
            )
        )
        self.add(
            declare.table_output(
                self.RANGES,
                tr("Cells outside the training range"),
                tr("One row per driver: training range, cells below and above it, share."),
                by_default=False,
            )
        )
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("CELLS", tr("Valid cells"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("OUTSIDE_PERCENT", tr("Cells outside the training range of a driver (%)"))

    def check(self, p):
        from ...core.bundle import read_bundle
        from ...core.model_stack import model_bands

        model_bands(p.path(self.STACK), read_bundle(p.path(self.MODEL), "levels").manifest.drivers)

    def compute(self, p, progress, outputs):
        from ...core.levels import read_levels
        from ...core.predict_levels import OUTPUTS, predict_levels
        from ...core.report.classify_report import class_ramp
        from ...core.report.levels_report import predict_levels_page

        result = predict_levels(
            p.path(self.STACK), read_levels(p.path(self.MODEL)), outputs, p.destinations(*OUTPUTS),
            mask=p.polygons("MASK"), area_mode=p.choice("CELL_AREA"), progress=progress, settings=p.settings(),
        )  # fmt: skip
        legend = result.legend
        entries = [(code, name, tone) for (code, name), tone in zip(legend, class_ramp(len(legend)))]
        outside = 100.0 * result.out_of_range.any / result.cells
        published = Outputs(result.notes).raster(self.LEVELS, styles.classes(entries)).raster(self.PROBABILITIES)
        published.table(self.TABLE, result.table).table(self.RANGES, result.range_table)
        published.number("CELLS", result.cells).number("AREA_KM2", result.area_km2)
        published.number("OUTSIDE_PERCENT", outside)
        for row in result.table.as_dicts():
            line = self.tr("{} ({}): {:.1f} % of the area")
            published.say(line.format(row["level"], row["range"], row["area_share_percent"]))
        published.fact("grid", result.grid).fact("cell_area_mode", result.area_mode)
        published.fact("model_seed", result.model.seed).fact("model_metrics", result.model.metrics)
        if p.destination("REPORT") or p.destination("FIGURES"):
            published.page("REPORT", predict_levels_page(result))
        return published
