"""Levels of carbon density by CatBoost (Xinjiang paper, 2.3): low, medium, high from the drivers.

Training rows give the thresholds and the bounds Bmin, Bmax of each level; a classifier learns the probability of
each level. `published` and `robust` are the presets of `LevelOptions`.
"""

from dataclasses import dataclass, field, replace
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .bundle import driver_stats
from .catboost_models import MULTICLASS, REGULARISED, BoostFit, BoostModel, BoostOptions, Rows, fit_boost
from .errors import InputError
from .level_model import LevelModel, level_bundle, levels_of_bundle, levels_table, read_levels
from .level_rows import DROP, REFUSE, Drawn, LevelRows, stopping_folds, training_rows
from .level_scores import FIT, HELD_OUT, LevelScores, level_scores
from .level_thresholds import MERGE, NATURAL, QUANTILE, find_thresholds, level_names, level_of
from .progress import Part, Progress, Silent
from .results import Column, Remark, Table
from .samples import Samples

__all__ = [
    "LevelFit", "LevelModel", "LevelOptions", "PRESETS", "fit_levels", "kept_trees", "level_bundle", "level_of",
    "level_options", "levels_of_bundle", "read_levels",
]  # fmt: skip

PUBLISHED, ROBUST = "published", "robust"
#: The first is the default.
PRESETS = (ROBUST, PUBLISHED)


@dataclass(frozen=True)
class LevelOptions:
    """How levels are found and learnt; see `level_options` for the presets.

    Parameters
    ----------
    method, levels, thresholds, min_samples, small : see `level_thresholds.find_thresholds`.
    use_weights : let every sample count for the cells that it stands for, in the thresholds and in the training.
        Without it, the probabilities are those of the sampling: samples drawn from equal intervals of the density make
        high levels look as frequent as low ones, and the blended density too high.
    boost : CatBoost's parameters; `boost.iterations` is the largest number of trees.
    stop_folds : choose the number of trees by cross-validation with so many folds of whole spatial blocks, and train on
        all rows with that many (`kept_trees`); 0 trains all trees. One block held out was a poor judge: on measured
        biomass it kept 34 to 128 trees, and lost to 300.
    stop_rows : most rows that take part in that choice.
    test_share : where the table has no rows for testing, hold out this share at random and do not train on it (the
        published 70/30 split); 0 trains on all.
    drop_constant : leave out drivers that have one value only, instead of refusing them.
    """

    preset: str = ROBUST
    method: str = QUANTILE
    levels: int = 3
    thresholds: Tuple[float, ...] = ()
    min_samples: int = 20
    small: str = MERGE
    use_weights: bool = True
    boost: BoostOptions = field(default_factory=lambda: BoostOptions(600, 6, 0.1, one_hot=64, more=REGULARISED))
    stop_folds: int = 3
    stop_rows: int = 30_000
    test_share: float = 0.0
    drop_constant: bool = False


def level_options(preset: str = ROBUST, seed: int = 42, **changes: Any) -> LevelOptions:
    """Options of a preset, with changes by name; one of `None` keeps the preset's value.

    'published' is the paper's and its scripts': 1500 trees of depth 8, learning rate 0.1, 70/30 split, no weights.
    'robust' divides into thirds of the samples (natural breaks leave a handful of rows in the top level of skewed
    data), regularises the trees, finds their number with spatial blocks held out, and weights the samples.

    Raises
    ------
    InputError
        Unknown preset.
    """
    if preset not in PRESETS:
        raise InputError("'{}' is no preset. Choose one of: {}.".format(preset, ", ".join(PRESETS)))
    options = LevelOptions()
    if preset == PUBLISHED:
        boost = BoostOptions(1500, 8, 0.1)
        options = LevelOptions(PUBLISHED, NATURAL, use_weights=False, boost=boost, stop_folds=0, test_share=0.3)
    trees = {name: changes.pop(name) for name in ("iterations", "depth", "learning_rate", "threads") if name in changes}
    boost = replace(options.boost, seed=seed, **{name: value for name, value in trees.items() if value is not None})
    return replace(options, boost=boost, **{name: value for name, value in changes.items() if value is not None})


class Curves(NamedTuple):
    """Log-loss after each tree on the rows learnt from and on those held out; `best` is the number of trees kept.

    Where the number of trees was chosen by folds, both are means over the folds.
    """

    learn: np.ndarray
    held_out: Optional[np.ndarray]
    best: int


@dataclass
class LevelFit:
    """A trained model, its scores and everything that a report shows.

    `scores` begin with held-out, if there is any.
    """

    model: LevelModel
    options: LevelOptions
    scores: List[LevelScores]
    curves: Curves
    densities: np.ndarray
    notes: List[str] = field(default_factory=list)

    @property
    def levels_table(self) -> Table:
        """One row per level: bounds, Bmin, Bmax, training samples."""
        return levels_table(self.model)

    @property
    def importance_table(self) -> Table:
        """One row per driver, the most important first."""
        columns = (
            Column("driver", "text"), Column("unit", "text"),
            Column("importance_percent", "number", "share of the change of the prediction"),
        )  # fmt: skip
        pairs = sorted(zip(self.model.drivers, self.model.importance), key=lambda pair: -pair[1])
        rows = [[d.name, "class" if d.categorical else d.unit, float(value)] for d, value in pairs]
        return Table("Importance of the drivers", columns, rows)


def fit_levels(
    samples: Samples, options: Optional[LevelOptions] = None, progress: Optional[Progress] = None
) -> LevelFit:
    """Find the levels and train the classifier.

    Parameters
    ----------
    samples : rows marked 'train' and 'validation' are learnt from by 'robust', those marked 'train' by 'published';
        the others are the held-out test. Of sequences the last step is used.

    Raises
    ------
    InputError
        No training rows; NaN; a constant driver; codes that are not whole numbers; levels that cannot be told apart, a
        level without or with too few samples (see `find_thresholds`).
    Cancelled
    """
    progress, options = progress or Silent(), options or LevelOptions()
    rows = training_rows(samples, options.preset == ROBUST, options.test_share, options.boost.seed)
    rows = rows.checked(DROP if options.drop_constant else REFUSE)
    found = find_thresholds(
        rows.train.target, samples.unit, options.method, options.levels, options.thresholds,
        rows.train.weight if options.use_weights else None, options.min_samples, options.small,
    )  # fmt: skip
    fitting = _Fitting(rows, options, found.values, progress)
    notes = list(rows.notes) + list(found.notes)
    if options.stop_folds < 2:
        final, curves, scores = fitting.plain()
    else:
        final, curves, scores = fitting.stopped_early(notes)
    model = _model(rows, options, found.values, final, scores)
    return LevelFit(model, options, scores, curves, rows.train.target, notes)


class _Fitting:
    """One training: rows, levels, and the two ways to the final model."""

    def __init__(self, rows: LevelRows, options: LevelOptions, thresholds: np.ndarray, progress: Progress):
        self.rows, self.options, self.progress = rows, options, progress
        self.names = level_names(len(thresholds) + 1)
        self.thresholds = thresholds
        self.level = level_of(rows.train.target, thresholds)
        self.categorical = [driver.categorical for driver in rows.train.drivers]

    def plain(self):
        """All trees on all training rows (published)."""
        test = self._set(self.rows.test) if self.rows.test is not None else None
        fit = self._fit(self._set(self.rows.train), test, self.options.boost, (0.0, 0.97), "Training the levels")
        return fit.model, Curves(fit.learn, fit.held_out, fit.model.trees), self._scores(fit.model)

    def stopped_early(self, notes: List[str]):
        """The number of trees by folds of spatial blocks, then all training rows with that many (robust)."""
        train, options = self.rows.train, self.options
        drawn = stopping_folds(train, self.level, options.stop_folds, options.stop_rows, options.boost.seed)
        if drawn is None:
            text = "Too few samples to hold some out for early stopping: all {} trees were trained."
            notes.append(text.format(options.boost.iterations))
            fit = self._fit(self._set(train), None, options.boost, (0.0, 0.97), "Training the levels")
            return fit.model, Curves(fit.learn, None, fit.model.trees), self._scores(fit.model)
        fits = [self._fold(drawn.mask, number) for number in range(options.stop_folds)]
        rows = [int((drawn.mask == number).sum()) for number in range(options.stop_folds)]
        held = np.array([fit.held_out for fit in fits])
        trees = kept_trees(held, rows)
        boost = replace(options.boost, iterations=trees)
        final = self._fit(self._set(train), None, boost, (0.7, 0.97), "Training the levels on all rows")
        kept = (
            "{} of at most {} trees were kept, judged on {:,} training rows ({}); the model was then trained on all "
            "{:,} rows."
        )
        notes.append(Remark(kept.format(trees, options.boost.iterations, sum(rows), drawn.scheme, len(train))))
        scores = self._scores(final.model)
        if self.rows.test is None:
            scores.insert(0, self._fold_scores(drawn, fits, trees))
        learn = np.average([fit.learn for fit in fits], axis=0, weights=rows)
        return final.model, Curves(learn, np.average(held, axis=0, weights=rows), trees), scores

    def _fold(self, fold: np.ndarray, number: int) -> BoostFit:
        """A training without one fold, watched on it."""
        train, count = self.rows.train, self.options.stop_folds
        away, taught = fold == number, (fold != number) & (fold >= 0)
        span = (0.7 * number / count, 0.7 * (number + 1) / count)
        return self._fit(
            self._set(train, taught), self._set(train, away), self.options.boost, span, "Choosing the number of trees"
        )

    def _fold_scores(self, drawn: Drawn, fits: List[BoostFit], trees: int) -> LevelScores:
        """Every row predicted by the training that did not see it."""
        used = drawn.mask >= 0
        train, fold = self.rows.train.take(used), drawn.mask[used]
        p = np.empty((len(train), len(self.names)))
        for number, fit in enumerate(fits):
            p[fold == number] = fit.model.predict(train.latest[fold == number], trees)
        scheme = "{} of the training rows, which also chose the number of trees".format(drawn.scheme)
        return level_scores(HELD_OUT, scheme, self.names, self.level[used], p, train.weight)

    def _fit(self, train: Rows, held: Optional[Rows], boost: BoostOptions, span, message: str) -> BoostFit:
        return fit_boost(
            MULTICLASS, train, self.categorical, boost, held, len(self.names), Part(self.progress, span), message
        )

    def _set(self, samples: Samples, mask: Optional[np.ndarray] = None) -> Rows:
        samples = samples if mask is None else samples.take(mask)
        weight = samples.weight if self.options.use_weights else None
        return Rows(samples.latest, level_of(samples.target, self.thresholds), weight)

    def _scores(self, model: BoostModel) -> List[LevelScores]:
        found = [self._score(FIT, "training rows", self.rows.train, model)]
        if self.rows.test is not None:
            found.insert(0, self._score(HELD_OUT, self.rows.scheme, self.rows.test, model))
        return found

    def _score(self, label: str, scheme: str, samples: Samples, model: BoostModel) -> LevelScores:
        true = level_of(samples.target, self.thresholds)
        return level_scores(label, scheme, self.names, true, model.predict(samples.latest), samples.weight)


def kept_trees(held_out: np.ndarray, rows: Sequence[int]) -> int:
    """How many trees to keep by the losses on the folds held out.

    The largest number whose mean loss is within one standard error of the smallest: stopping earlier must be clearly
    better, because the model then learns from all rows and because cells near samples gain from more trees.

    Parameters
    ----------
    held_out : (folds, trees) loss of each fold after each tree.
    rows : rows of each fold.
    """
    mean = np.average(held_out, axis=0, weights=rows)
    best = int(np.argmin(mean))
    excess = held_out[:, best:] - held_out[:, [best]]
    error = excess.std(axis=0, ddof=1) / np.sqrt(len(held_out))
    within = np.flatnonzero(np.average(excess, axis=0, weights=rows) <= error)
    return best + 1 + int(within[-1])


def _model(
    rows: LevelRows, options: LevelOptions, thresholds: np.ndarray, classifier: BoostModel, scores: List[LevelScores]
) -> LevelModel:
    train = rows.train
    level = level_of(train.target, thresholds)
    parts = [train.target[level == number] for number in range(len(thresholds) + 1)]
    boost = options.boost
    return LevelModel(
        drivers=driver_stats(train.drivers, train.latest),
        thresholds=thresholds,
        names=level_names(len(parts)),
        bmin=np.array([part.min() for part in parts]),
        bmax=np.array([part.max() for part in parts]),
        counts=np.array([part.size for part in parts]),
        unit=train.unit,
        pool=train.pool,
        year=train.year,
        classifier=classifier,
        seed=boost.seed,
        metrics={score.label: score.as_dict() for score in scores},
        training={
            "preset": options.preset, "method": options.method, "weights": options.use_weights, "rows": len(train),
            "trees": classifier.trees, "depth": boost.depth, "learning_rate": boost.learning_rate,
        },
        importance=tuple(float(value) for value in classifier.importance()),
    )  # fmt: skip
