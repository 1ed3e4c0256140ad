"""Training of the density within levels (Xinjiang paper, 2.3, eq. 2)."""

from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from ._samples import declare_samples, read_samples

#: As the modules of the core, which are not imported when QGIS starts.
PRESETS = ("robust", "published")
BY_PRESET, YES, NO = "by_preset", "yes", "no"
FORMS = (BY_PRESET, "network", "catboost", "average")
LOSSES = (BY_PRESET, "l1", "mse", "huber")
DEVICES = ("auto", "cpu", "cuda")
SMALL_LEVELS = ("merge", "refuse")
NONE, APPLICABILITY, INTERVALS = "none", "applicability", "intervals"


class TrainDensity(CarbonAlgorithm):
    """Density within each level by networks, CatBoost regressors, or the mean of both."""

    ID, GROUP = "traindensity", Group.DENSITY
    TAGS = ("rnn", "network", "neural", "catboost", "regression", "train", "model", "deep learning", "pytorch")
    REQUIRES = ("numpy", "scipy", "rasterio", "catboost")
    MAY_REQUIRE = ("torch",)  # where networks are trained; for the reference

    LEVELS, PRESET, FORM, FOLDS, RELIABILITY = "LEVELS", declare.PRESET, "FORM", "FOLDS", "RELIABILITY"
    LAYERS, HIDDEN, EPOCHS, BATCH, LEARNING_RATE = "LAYERS", "HIDDEN", "EPOCHS", "BATCH", "LEARNING_RATE"
    LOSS, PATIENCE, MEMBERS, WEIGHTS = "LOSS", "PATIENCE", "MEMBERS", "WEIGHTS"
    TREES, MIN_SAMPLES, SMALL, DEVICE = "TREES", "MIN_SAMPLES", "SMALL_LEVELS", "DEVICE"
    SEED = declare.SEED
    MODEL, METRICS, CURVES, SIZES = declare.MODEL, "METRICS", "CURVES", "SIZES"

    def title(self):
        return self.tr("Train density within levels (RNN, CatBoost)")

    def help_text(self):
        return self.tr(
            "Trains, for every level of a level model, what tells the density within the level from the drivers: the "
            "second step of the coupled model of the Xinjiang paper (section 2.3, equation 2). The preset 'robust' is "
            "the default: the mean of a network (standardised drivers, squared error, linear head within the bounds of "
            "the level, early stopping, the smallest sufficient size; four of them in a level of fewer than 2000 "
            "samples) and a CatBoost regressor. 'published' is the "
            "paper's network alone: 5 layers of 512, ReLU head, L1 loss, Adam 0.001, batches of 500, 100 epochs, "
            "min-max scaling; it takes many times as long. About half of its starts are dead (the head answers 0 "
            "everywhere): this is detected, and training starts again from another seed. Drivers of earlier years "
            "(columns 'NDVI (t-1) [1]') make the network a true sequence model that reads the years in time order. "
            "Class codes become one input each. Every metric is labelled 'held-out' or 'fit'; the level of a sample is "
            "taken as known there."
        )

    def declare(self):
        declare_samples(self)
        tr = self.tr
        self.add(declare.model_file(self.LEVELS, tr("Level model"), tr(
            "Model that 'Train density levels' made from the same samples (.carbonmodel): its thresholds and bounds "
            "are used. Constant drivers that it left out are left out here, too.")))
        self.add(declare.choice(self.PRESET, tr("Preset"), tr(
            "'robust' is the better one; 'published' reproduces the paper."), PRESETS))
        self.add(declare.choice(self.FORM, tr("Models within each level"), tr(
            "'network', 'catboost' (a regressor), or the 'average' of both. 'by_preset': average for 'robust', network "
            "for 'published'."), FORMS))
        self.add(declare.integer(self.FOLDS, tr("Folds of a cross-validation"), tr(
            "0 for none. Folds are whole spatial blocks where the samples have blocks or coordinates. Levels and "
            "density are trained again without each fold, which takes as long again per fold."), 0, minimum=0,
            maximum=20))  # fmt: skip
        self.add(declare.choice(self.RELIABILITY, tr("Reliability kept in the model"), tr(
            "'applicability': training points for the area of applicability. 'intervals': also 90 % prediction "
            "intervals, for which levels and density are trained five times again. 'Estimate carbon density' can then "
            "make these rasters."), (NONE, APPLICABILITY, INTERVALS)))  # fmt: skip
        self._declare_network()
        self._declare_outputs()

    def _declare_network(self):
        tr = self.tr
        empty = tr("If left empty, the preset's: {}.")
        for parameter in (
            declare.integer(self.LAYERS, tr("Layers of the network"), tr(
                "Give the width too. The weights that came with the paper have 4 layers of 256.") + " " + empty.format(
                tr("a choice of 1 x 32, 2 x 32 and 2 x 64, or 5 x 512")), optional=True, minimum=1, maximum=64),
            declare.integer(self.HIDDEN, tr("Width of a layer"), tr(
                "Units of each layer. Give the number of layers too."), optional=True, minimum=1, maximum=8192),
            declare.integer(self.EPOCHS, tr("Epochs at most"), tr(
                "Passes over the samples.") + " " + empty.format("200, 100"), optional=True, minimum=1, maximum=100000),
            declare.integer(self.BATCH, tr("Batch size"), tr(
                "Samples per step.") + " " + empty.format("512, 500"), optional=True, minimum=1, maximum=1000000),
            declare.number(self.LEARNING_RATE, tr("Learning rate of the network"), tr(
                "Of Adam.") + " " + empty.format("0.002, 0.001"), optional=True, minimum=1e-7, maximum=0.999),
            declare.choice(self.LOSS, tr("Loss of the network"), tr(
                "'mse': squared error; 'huber': less weight for outliers; 'l1': absolute error, which aims at the "
                "median. 'by_preset': mse for 'robust', l1 for 'published'."), LOSSES),
            declare.integer(self.PATIENCE, tr("Patience (epochs)"), tr(
                "Stop after so many epochs without gain on samples held out in whole spatial blocks; 0 trains all "
                "epochs.") + " " + empty.format("15, 0"), optional=True, minimum=0, maximum=100000),
            declare.integer(self.MEMBERS, tr("Networks per level"), tr(
                "Several networks, each stopped early on other samples, are averaged; prediction takes so many times "
                "as long.") + " " + empty.format(
                tr("1, and 4 for levels of fewer than 2000 samples; 1")), optional=True, minimum=1, maximum=32),
            declare.choice(self.WEIGHTS, tr("Weight the samples"), tr(
                "Let every sample count for the cells that it stands for (column 'weight'). 'by_preset': no. Within a "
                "level the weights of samples from equal intervals differ little."), (BY_PRESET, YES, NO)),
            declare.integer(self.TREES, tr("Trees of CatBoost at most"), tr(
                "For levels of 500 samples or more the number is chosen on samples held out in whole spatial blocks; "
                "smaller levels train 200, or so many if fewer, with a lower learning rate and more regularisation.")
                + " " + empty.format("300"), optional=True, minimum=1, maximum=20000),
            declare.integer(self.MIN_SAMPLES, tr("Fewest training samples of a level"), tr(
                "A level with fewer cannot be learnt alone."), 30, minimum=2),
            declare.choice(self.SMALL, tr("Levels with too few samples"), tr(
                "'merge' lets them share the model of the smaller neighbour and says so; 'refuse' stops."),
                SMALL_LEVELS),
            declare.choice(self.DEVICE, tr("Device"), tr(
                "'auto' takes what the settings of the plugin say: by default a GPU if PyTorch finds one ('cuda'), "
                "else the processor."), DEVICES),
        ):  # fmt: skip
            self.add(declare.advanced(parameter))
        seed = declare.seed()
        seed.setDefaultValue(42)  # the paper's
        self.add(declare.advanced(seed))

    def _declare_outputs(self):
        tr = self.tr
        self.add(declare.model_output(self.MODEL, tr("Density model"), tr(
            "File .carbonmodel with the weights, scaling, drivers and metrics. It holds no code and is safe to "
            "share.")))
        for name, title, help in (
            (self.METRICS, tr("Metrics"), tr(
                "One row per level and set of samples, held-out and fit: R2, MAE, RMSE, bias and others; quantities in "
                "the unit of the samples.")),
            (self.CURVES, tr("Loss curves"), tr(
                "Losses after each epoch of a network and each tenth tree of CatBoost, of the rows learnt from and "
                "those held out.")),
            (self.SIZES, tr("Sizes of the networks"), tr(
                "Sizes that were tried for each level, their error on rows held out, and which was used.")),
        ):  # fmt: skip
            self.add(declare.table_output(name, title, help, by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("HELD_OUT_RMSE", tr("RMSE on held-out samples, level known (unit of the samples)"))
        self.add_number("FIT_RMSE", tr("RMSE on training samples, level known (unit of the samples)"))
        self.add_number("COUPLED_R2", tr("R2 of levels and density together, cross-validated (at most 1)"))

    def check(self, p):
        from ...core.dependencies import require

        options = self._options(p)
        options.check()
        if options.uses_network:
            require(("torch",), self.title())

    def _options(self, p):
        from ...core.level_density_options import density_options

        form, loss = p.choice(self.FORM), p.choice(self.LOSS)
        return density_options(
            p.choice(self.PRESET), p.integer(self.SEED), form=None if form == BY_PRESET else form,
            layers=p.integer(self.LAYERS), hidden=p.integer(self.HIDDEN), epochs=p.integer(self.EPOCHS),
            batch=p.integer(self.BATCH), rate=p.number(self.LEARNING_RATE),
            loss=None if loss == BY_PRESET else loss, patience=p.integer(self.PATIENCE),
            members=p.integer(self.MEMBERS), weighted={BY_PRESET: None, YES: True, NO: False}[p.choice(self.WEIGHTS)],
            iterations=p.integer(self.TREES), min_samples=p.integer(self.MIN_SAMPLES), small=p.choice(self.SMALL),
            folds=p.integer(self.FOLDS), device=p.device(self.DEVICE), threads=p.settings().threads,
        )  # fmt: skip

    def compute(self, p, progress, outputs):
        from ...core.coupled import CHECKSUM, levels_checksum
        from ...core.level_density import density_model_bytes, train_density
        from ...core.levels import read_levels
        from ...core.progress import Part

        levels = read_levels(p.path(self.LEVELS))
        samples = read_samples(p, Part(progress, (0.0, 0.05)))
        kept = p.choice(self.RELIABILITY)
        fit, reliability = train_density(
            samples, levels, self._options(p), kept != NONE, kept == INTERVALS, Part(progress, (0.05, 0.97))
        )
        files = None if reliability is None else reliability.files()
        extra = {CHECKSUM: levels_checksum(p.path(self.LEVELS))}  # only this level model belongs to it
        outputs.bytes(p.destination(self.MODEL), density_model_bytes(fit.model, files, extra))
        published = Outputs(fit.notes + (reliability.notes if reliability else [])).recorded_file(self.MODEL)
        published.table(self.METRICS, fit.metrics_table).table(self.CURVES, fit.curves_table)
        published.table(self.SIZES, fit.sizes_table)
        for scores in fit.overall():
            published.number(scores.label.replace("-", "_").upper() + "_RMSE", scores.rmse)
            published.say(
                self.tr("Level known, {} ({}): RMSE {:.4g} {} of {:,} samples").format(
                    scores.label, scores.scheme, scores.rmse, fit.model.unit, scores.n
                )
            )
        published.number("COUPLED_R2", fit.coupled_r2)
        published.fact("seed", fit.model.seed).fact("training", fit.model.training)
        published.fact("unit", fit.model.unit).fact("metrics", fit.model.metrics)
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.density_training_report import density_training_page

            published.page("REPORT", density_training_page(fit, reliability))
        return published
