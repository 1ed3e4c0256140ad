"""Training of a random forest of carbon density (I-RF, Jiangsu paper, 2.3.2)."""

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..density._samples import declare_samples, read_samples
from ..publish import Outputs

#: As `core.forest_options`, which is not imported when QGIS starts.
PRESETS = ("robust", "published")
BY_PRESET, YES, NO = "by_preset", "yes", "no"
TRANSFORMS = (BY_PRESET, "none", "yeojohnson", "yeojohnson_per_tree")
TESTS = (BY_PRESET, "table", "random", "blocks")
TARGETS = ("unknown", "measured", "model")


class TrainForest(CarbonAlgorithm):
    """Random forest of carbon density from drivers, with what it is worth."""

    ID, GROUP = "trainforest", Group.SCENARIOS
    TAGS = ("random forest", "i-rf", "regression", "train", "model", "importance", "cross-validation", "invest")
    REQUIRES = ("numpy", "scipy", "rasterio", "sklearn")

    PRESET, TARGET_KIND = declare.PRESET, "TARGET_KIND"
    TREES, LEAF, MAX_FEATURES, DEPTH, IQR = "TREES", "LEAF", "MAX_FEATURES", "DEPTH", "IQR"
    TRANSFORM, TUNE, TEST, TEST_SHARE = "TRANSFORM", "TUNE", "TEST", "TEST_SHARE"
    FOLDS, WEIGHTS, SEED, MODEL = "FOLDS", "WEIGHTS", declare.SEED, declare.MODEL
    METRICS, BY_FOLD, IMPORTANCE, TUNING = "METRICS", "BY_FOLD", "IMPORTANCE", "TUNING"

    def title(self):
        return self.tr("Train random forest (I-RF)")

    def help_text(self):
        return self.tr(
            "Trains a random forest that tells carbon density from the drivers, for the scenarios of the Jiangsu paper "
            "(section 2.3.2). The preset 'robust' is the default: no samples removed, no transform of the density, at "
            "least 5 samples in a leaf, half of the drivers tried at a split, cross-validated on whole spatial blocks "
            "and tested on the samples that the table marks for it (column 'split'), else on whole spatial blocks: the "
            "report says which. Blocks are those of the table, else squares of the land where the samples have "
            "coordinates. "
            "'published' is the paper's: outliers removed by the interquartile rule, Yeo-Johnson transform, 20 % of "
            "the samples held out at random, and depth, leaf and share of drivers chosen by 10-fold cross-validation "
            "among 18 combinations: it trains about 180 forests and takes as many times as long. Its totals came out "
            "2 to 22 % too low on real data, and random test samples flatter. Reported are R2, RMSE, MAE and others, "
            "each labelled 'fit' or 'held-out', by fold and on the untouched test samples; the error of the total with "
            "its interval; and impurity and permutation importance. With blocks or coordinates in the samples the "
            "model also holds an area of applicability and 90 % prediction intervals. A forest trained on the map of "
            "InVEST or of another model learns that map: the truth is not tested."
        )

    def declare(self):
        declare_samples(self)
        tr = self.tr
        self.add(declare.choice(self.PRESET, tr("Preset"), tr(
            "'robust' is the better one; 'published' reproduces the paper."), PRESETS))  # fmt: skip
        self.add(declare.choice(self.TARGET_KIND, tr("What the density of the samples is"), tr(
            "'measured': field or inventory data. 'model': a map made by InVEST or another model. It changes no "
            "number; the report then says what the accuracy is worth."), TARGETS))  # fmt: skip
        self._declare_options()
        self._declare_outputs()

    def _declare_options(self):
        tr = self.tr
        empty = tr("If left empty, the preset's: {}.")
        for parameter in (
            declare.integer(self.TREES, tr("Trees"), tr("Trees of the forest.") + " " + empty.format("80"),
                            optional=True, minimum=1, maximum=5000),
            declare.integer(self.LEAF, tr("Fewest samples in a leaf"), tr(
                "Larger leaves make smaller and smoother forests.") + " " + empty.format(
                tr("5 for robust, 1 for published")), optional=True, minimum=1),
            declare.number(self.MAX_FEATURES, tr("Share of the drivers tried at a split (0 to 1)"),
                           empty.format(tr("0.5 for robust, 1 for published")), optional=True, minimum=0.01, maximum=1),
            declare.integer(self.DEPTH, tr("Depth of the trees at most"), tr(
                "0 for no limit.") + " " + empty.format(tr("no limit")), optional=True, minimum=0),
            declare.number(self.IQR, tr("Outliers: factor k of the interquartile rule"), tr(
                "Training samples below Q1 - k * IQR or above Q3 + k * IQR of the density or a driver are removed; 0 "
                "removes none. The rule takes the real high-carbon places too. A variable whose interquartile range is "
                "0 is passed over.") + " " + empty.format(tr("0 for robust, 1.5 for published")), optional=True,
                minimum=0),
            declare.choice(self.TRANSFORM, tr("Transform of the density"), tr(
                "'yeojohnson': the mean of the trees is transformed back (published), which makes totals too low. "
                "'yeojohnson_per_tree': every leaf is transformed back before the mean. 'by_preset': none for robust, "
                "yeojohnson for published."), TRANSFORMS),
            declare.choice(self.TUNE, tr("Choose depth, leaf and share by cross-validation"), tr(
                "Tries depth none, 10, 20, leaf 1, 2, 5 and share 1, 0.5 by random 10-fold cross-validation inside the "
                "training samples, instead of those given above: 180 forests. 'by_preset': no for robust, yes for "
                "published."), (BY_PRESET, YES, NO)),
            declare.choice(self.TEST, tr("Samples held out for the test"), tr(
                "'table': those whose column 'split' says test. 'random': a random share. 'blocks': whole spatial "
                "blocks. 'by_preset': random for published; for robust the table's where it has test samples, else "
                "blocks where the table has them or coordinates, else random."), TESTS),
            declare.number(self.TEST_SHARE, tr("Share held out for the test (0 to 1)"), tr(
                "For 'random' and 'blocks'.") + " " + empty.format("0.2"), optional=True, minimum=0.01, maximum=0.9),
            declare.integer(self.FOLDS, tr("Folds of whole spatial blocks"), tr(
                "Cross-validation inside the training samples; it also makes the area of applicability and the "
                "intervals.") + " " + empty.format("5"), optional=True, minimum=2, maximum=50),
            declare.choice(self.WEIGHTS, tr("Weight the samples"), tr(
                "Let every sample count for the cells that it stands for (column 'weight'). 'by_preset': yes for "
                "robust, no for published. Of samples drawn at random all weights are 1, and nothing changes."),
                (BY_PRESET, YES, NO)),
        ):  # fmt: skip
            self.add(declare.advanced(parameter))
        seed = declare.seed()
        seed.setDefaultValue(42)
        self.add(declare.advanced(seed))

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.model_output(self.MODEL, tr("Random forest"), tr(
            "File .carbonmodel with the trees as plain numbers, the drivers and their ranges, and the metrics. It "
            "holds no code and is safe to share.")))  # fmt: skip
        for name, title, help in (
            (self.METRICS, tr("Metrics"), tr(
                "One row for the training samples (fit), the test samples and the spatial blocks (held-out): R2, RMSE, "
                "MAE and others, in the unit of the samples, and the error of the total in %.")),
            (self.BY_FOLD, tr("Metrics by fold"), tr("The same for every fold of every cross-validation.")),
            (self.IMPORTANCE, tr("Importance of the drivers"), tr(
                "Loss of R2 on the test samples when a driver is shuffled, and share of the impurity in %.")),
            (self.TUNING, tr("Tuning"), tr(
                "R2 of every combination that was tried, mean over the folds, and which was chosen. Only where there "
                "was a choice.")),
        ):  # fmt: skip
            self.add(declare.table_output(name, title, help, by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("TEST_R2", tr("R2 on the test samples (at most 1)"))
        self.add_number("SPATIAL_R2", tr("R2 on held-out spatial blocks (at most 1)"))
        self.add_number("FIT_R2", tr("R2 on the training samples, a figure of fit (at most 1)"))
        self.add_number("TOTAL_BIAS_PERCENT", tr("Error of the total on the test samples (%)"))

    def check(self, p):
        self._options(p)

    def _options(self, p):
        from ...core.forest_options import preset_options

        iqr, depth = p.number(self.IQR), p.integer(self.DEPTH)
        transform, test = p.choice(self.TRANSFORM), p.choice(self.TEST)
        flags = {BY_PRESET: None, YES: True, NO: False}
        given = {
            "trees": p.integer(self.TREES), "min_leaf": p.integer(self.LEAF),
            "max_features": p.number(self.MAX_FEATURES), "transform": None if transform == BY_PRESET else transform,
            "test": None if test == BY_PRESET else test, "test_share": p.number(self.TEST_SHARE),
            "block_folds": p.integer(self.FOLDS), "weighted": flags[p.choice(self.WEIGHTS)],
            "tune": flags[p.choice(self.TUNE)],
        }  # fmt: skip
        changes = {name: value for name, value in given.items() if value is not None}
        if iqr is not None:
            changes["iqr_factor"] = iqr or None
        if depth is not None:
            changes["max_depth"] = depth or None
        return preset_options(
            p.choice(self.PRESET), seed=p.integer(self.SEED), target_kind=p.choice(self.TARGET_KIND),
            threads=p.settings().worker_count(), **changes,
        )  # fmt: skip

    def compute(self, p, progress, outputs):
        from ...core.forest import forest_bundle
        from ...core.forest_scores import folds_table, importance_table, metrics_table
        from ...core.forest_training import fit_forest
        from ...core.progress import Part

        samples = read_samples(p, Part(progress, (0.0, 0.03)))
        fit = fit_forest(samples, self._options(p), Part(progress, (0.03, 0.97)))
        outputs.bytes(p.destination(self.MODEL), forest_bundle(fit.forest))
        published = Outputs(fit.notes).recorded_file(self.MODEL)
        published.table(self.METRICS, metrics_table(fit)).table(self.BY_FOLD, folds_table(fit))
        published.table(self.IMPORTANCE, importance_table(fit))
        if fit.tuning is not None:
            published.table(self.TUNING, fit.tuning)
        names = {"test rows": "TEST_R2", "spatial blocks": "SPATIAL_R2", "training rows": "FIT_R2"}
        titles = dict(zip(names, (self.tr("Test rows"), self.tr("Spatial blocks"), self.tr("Training rows"))))
        for rows, metrics in fit.metrics.items():
            published.number(names[rows], metrics.r_squared)
            published.say(self.tr("{} ({}, {:,} samples): R2 {}, RMSE {:.4g} {}; error of the total {:+.2%}").format(
                titles[rows], metrics.label, metrics.n,
                "-" if metrics.r_squared is None else "{:.3f}".format(metrics.r_squared), metrics.rmse, samples.unit,
                fit.total_bias[rows].share))  # fmt: skip
        published.number("TOTAL_BIAS_PERCENT", 100 * fit.total_bias["test rows"].share)
        published.fact("seed", fit.forest.seed).fact("unit", samples.unit)
        for name in ("training", "options", "metrics"):
            published.fact(name, fit.forest.facts[name])
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.forest_report import forest_page

            published.page(declare.REPORT, forest_page(fit))
        return published
