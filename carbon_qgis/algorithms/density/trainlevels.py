"""Training of the model of carbon-density levels (Xinjiang paper, 2.3)."""

from ...core.errors import InputError
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._samples import declare_samples, read_samples

#: As `core.levels` and `core.level_thresholds`, which are not imported when QGIS starts.
PRESETS = ("robust", "published")
METHODS = ("automatic", "natural", "quantile", "equal", "given")
SMALL_LEVELS = ("merge", "refuse")
BY_PRESET, YES, NO = "by_preset", "yes", "no"


class TrainLevels(CarbonAlgorithm):
    """Levels of carbon density (low, medium, high) from drivers, by CatBoost."""

    ID, GROUP = "trainlevels", Group.DENSITY
    TAGS = ("catboost", "classification", "levels", "train", "model", "confusion matrix", "boosting")
    REQUIRES = ("numpy", "scipy", "rasterio", "catboost")

    PRESET, METHOD, LEVELS, THRESHOLDS = declare.PRESET, "METHOD", "LEVELS", "THRESHOLDS"
    MIN_SAMPLES, SMALL_LEVELS, WEIGHTS, DROP_CONSTANT = "MIN_SAMPLES", "SMALL_LEVELS", "WEIGHTS", "DROP_CONSTANT"
    ITERATIONS, DEPTH, LEARNING_RATE, SEED = "ITERATIONS", "DEPTH", "LEARNING_RATE", declare.SEED
    MODEL, LEVEL_TABLE, CONFUSION = declare.MODEL, "LEVEL_TABLE", "CONFUSION"
    METRICS, IMPORTANCE = "METRICS", "IMPORTANCE"

    def title(self):
        return self.tr("Train density levels (CatBoost)")

    def help_text(self):
        return self.tr(
            "Divides carbon density into levels (low, medium, high) and trains CatBoost to tell them apart from the "
            "drivers: the first step of the coupled model of the Xinjiang paper (section 2.3). The thresholds and the "
            "smallest and largest density of each level (Bmin, Bmax) come from the training samples and are kept in "
            "the model. The preset 'robust' is the default: levels of equally many samples, regularised trees of "
            "depth 6, their number chosen on folds of whole spatial blocks, and samples weighted. 'published' is the "
            "paper's: natural breaks, 1500 trees of depth 8, learning rate 0.1, 70/30 split, no weights; it takes "
            "several times as long. Every metric is labelled 'held-out' (samples that the model did not learn from) or "
            "'fit' (samples that it did)."
        )

    def declare(self):
        declare_samples(self)
        self._declare_levels()
        self._declare_training()
        self._declare_outputs()

    def _declare_levels(self):
        tr = self.tr
        self.add(
            declare.choice(
                self.PRESET, tr("Preset"), tr("'robust' is the better one; 'published' reproduces the paper."), PRESETS
            )
        )
        self.add(
            declare.choice(
                self.METHOD,
                tr("Thresholds between the levels"),
                tr(
                    "How the training densities are divided. 'automatic': the preset's, quantile for robust and "
                    "natural for published. 'natural': natural breaks, the smallest sum of squares within the levels. "
                    "'quantile': as many samples in each. 'equal': intervals of equal width. 'given': as typed below."
                ),
                METHODS,
            )
        )
        self.add(
            declare.integer(
                self.LEVELS,
                tr("Number of levels"),
                tr("2 to 10; the paper has 3: low, medium, high. Not used for given thresholds."),
                3,
                minimum=2,
                maximum=10,
            )
        )
        self.add(
            declare.text(
                self.THRESHOLDS,
                tr("Given thresholds (in the unit of the density)"),
                tr(
                    "For 'given': the densities between the levels from the smallest to the largest, with blanks "
                    "between them and a point as decimal sign (a decimal comma is refused). '40 80' makes three "
                    "levels: up to 40, above 40 to 80, above 80."
                ),
                optional=True,
            )
        )

    def _declare_training(self):
        tr = self.tr
        self.add(
            declare.advanced(
                declare.integer(
                    self.MIN_SAMPLES,
                    tr("Fewest training samples of a level"),
                    tr("A level with fewer cannot be learnt."),
                    20,
                    minimum=1,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.choice(
                    self.SMALL_LEVELS,
                    tr("Levels with too few samples"),
                    tr(
                        "'merge' joins them with the smaller of their neighbours and says so; 'refuse' stops. A given "
                        "level without any sample always stops the run."
                    ),
                    SMALL_LEVELS,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.choice(
                    self.WEIGHTS,
                    tr("Weight the samples"),
                    tr(
                        "With weights every sample counts for the cells that it stands for (column 'weight'), in the "
                        "thresholds and in the training. Without, samples drawn from equal intervals of the density "
                        "make high levels look as frequent as low ones, and the estimated density too high. "
                        "'by_preset': yes for 'robust', no for 'published'. Of samples drawn at random all weights "
                        "are 1, and nothing changes."
                    ),
                    (BY_PRESET, YES, NO),
                )
            )
        )
        self.add(
            declare.advanced(
                declare.boolean(
                    self.DROP_CONSTANT,
                    tr("Leave out constant drivers"),
                    tr("A driver with one value in all training samples explains nothing. Otherwise it stops the run."),
                )
            )
        )
        self.add(
            declare.advanced(
                declare.integer(
                    self.ITERATIONS,
                    tr("Trees at most"),
                    tr("If left empty, the preset's: 600 or 1500."),
                    optional=True,
                    minimum=1,
                    maximum=20000,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.integer(
                    self.DEPTH,
                    tr("Depth of the trees"),
                    tr("If left empty, the preset's: 6 or 8."),
                    optional=True,
                    minimum=1,
                    maximum=12,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.number(
                    self.LEARNING_RATE,
                    tr("Learning rate"),
                    tr("If left empty, the preset's: 0.1."),
                    optional=True,
                    minimum=0.0001,
                    maximum=1,
                )
            )
        )
        seed = declare.seed()
        seed.setDefaultValue(42)  # the paper's
        self.add(declare.advanced(seed))

    def _declare_outputs(self):
        tr = self.tr
        self.add(
            declare.model_output(
                self.MODEL,
                tr("Level model"),
                tr(
                    "File .carbonmodel with the classifier, thresholds, Bmin and Bmax, drivers and metrics. It holds "
                    "no code and is safe to share."
                ),
            )
        )
        self.add(
            declare.table_output(
                self.LEVEL_TABLE,
                tr("Levels"),
                tr("One row per level: thresholds, Bmin, Bmax and training samples."),
                by_default=False,
            )
        )
        self.add(
            declare.table_output(
                self.CONFUSION,
                tr("Confusion matrix"),
                tr("Rows are the true level, columns the predicted one; held-out and fit."),
                by_default=False,
            )
        )
        self.add(
            declare.table_output(
                self.METRICS,
                tr("Metrics"),
                tr("Accuracy, kappa and log-loss; precision, recall and F1 of each level; held-out and fit."),
                by_default=False,
            )
        )
        self.add(
            declare.table_output(
                self.IMPORTANCE,
                tr("Importance of the drivers"),
                tr("Share of the change of the prediction that goes with each driver, in %."),
                by_default=False,
            )
        )
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("HELD_OUT_ACCURACY", tr("Accuracy on held-out samples (0 to 1)"))
        self.add_number("FIT_ACCURACY", tr("Accuracy on training samples (0 to 1)"))
        self.add_number("LEVEL_COUNT", tr("Levels after merging"))
        self.add_number("TREES", tr("Trees kept"))

    def check(self, p):
        if p.choice(self.METHOD) == "given" and not p.given(self.THRESHOLDS):
            text = "The method 'given' needs the densities between the levels ({})."
            raise InputError(text.format(p.label(self.THRESHOLDS)))
        self._options(p)

    def _options(self, p):
        from ...core.driver_classes import parsed_bounds
        from ...core.levels import level_options

        method, given = p.choice(self.METHOD), ()
        method = None if method == METHODS[0] else method
        if method == "given":
            given = tuple(parsed_bounds(p.text(self.THRESHOLDS), p.label(self.THRESHOLDS)))
        return level_options(
            p.choice(self.PRESET), p.integer(self.SEED), method=method, levels=p.integer(self.LEVELS),
            thresholds=given, min_samples=p.integer(self.MIN_SAMPLES), small=p.choice(self.SMALL_LEVELS),
            use_weights={BY_PRESET: None, YES: True, NO: False}[p.choice(self.WEIGHTS)],
            drop_constant=p.boolean(self.DROP_CONSTANT), iterations=p.integer(self.ITERATIONS),
            depth=p.integer(self.DEPTH), learning_rate=p.number(self.LEARNING_RATE), threads=p.settings().threads,
        )  # fmt: skip

    def compute(self, p, progress, outputs):
        from ...core.level_scores import confusion_table, metrics_table
        from ...core.levels import fit_levels, level_bundle
        from ...core.progress import Part
        from ...core.report.levels_report import levels_page

        samples = read_samples(p, Part(progress, (0.0, 0.05)))
        fit = fit_levels(samples, self._options(p), Part(progress, (0.05, 0.97)))
        fit.notes[:0] = samples.notes
        outputs.bytes(p.destination(self.MODEL), level_bundle(fit.model))
        published = Outputs(fit.notes).recorded_file(self.MODEL)
        published.table(self.LEVEL_TABLE, fit.levels_table).table(self.CONFUSION, confusion_table(fit.scores))
        published.table(self.METRICS, metrics_table(fit.scores)).table(self.IMPORTANCE, fit.importance_table)
        for scores in fit.scores:
            published.number(scores.label.replace("-", "_").upper() + "_ACCURACY", scores.accuracy)
            published.say(
                self.tr("Accuracy ({}): {:.1%} of {:,} samples, {}").format(
                    scores.label, scores.accuracy, scores.n, scores.scheme
                )
            )
        published.number("LEVEL_COUNT", fit.model.count).number("TREES", fit.model.classifier.trees)
        published.fact("seed", fit.model.seed).fact("training", fit.model.training)
        published.fact("thresholds", fit.model.thresholds.tolist()).fact("unit", fit.model.unit)
        published.fact("metrics", fit.model.metrics)
        if p.destination("REPORT") or p.destination("FIGURES"):
            published.page("REPORT", levels_page(fit))
        return published
