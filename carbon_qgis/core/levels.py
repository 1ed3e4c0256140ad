"""Levels of carbon density by CatBoost (Xinjiang paper, 2.3): low, medium, high from the drivers.

Training rows give the thresholds and the bounds Bmin, Bmax of each level; a classifier learns the probability of
each level. `published` and `robust` are the presets of `LevelOptions`.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .bundle import Bundle, DriverStats, Manifest, bundle_bytes, check_drivers, driver_stats, read_bundle
from .catboost_models import MULTICLASS, BoostFit, BoostModel, BoostOptions, Rows, fit_boost, load_boost
from .dependencies import versions
from .errors import BundleError, InputError
from .level_rows import LevelRows, early_stopping_rows, training_rows
from .level_scores import FIT, HELD_OUT, LevelScores, level_scores
from .level_thresholds import MERGE, NATURAL, find_thresholds, level_names, level_of
from .progress import Part, Progress, Silent
from .results import Column, Table
from .samples import Samples

__all__ = [
    "LevelFit", "LevelModel", "LevelOptions", "PRESETS", "fit_levels", "level_bundle", "level_of", "level_options",
    "read_levels",
]  # fmt: skip

PUBLISHED, ROBUST = "published", "robust"
#: The first is the default.
PRESETS = (ROBUST, PUBLISHED)
_FILE = "levels.cbm"
_KIND = "levels"


@dataclass(frozen=True)
class LevelOptions:
    """How levels are found and learnt; see `level_options` for the presets.

    Parameters
    ----------
    method, levels, thresholds, min_samples, small : see `level_thresholds.find_thresholds`.
    use_weights : let every sample count for the cells that it stands for, in the thresholds and in the training.
        Without it, the probabilities are those of the sampling: samples drawn from equal intervals of the density make
        high levels look as frequent as low ones, and the blended density too high.
    boost : CatBoost's parameters. With `boost.patience` the number of trees is chosen on rows held out in whole
        spatial blocks, and the model is then trained on all training rows with that many.
    held_out_share : of the rows drawn for that.
    test_share : where the table has no rows for testing, hold out this share at random and do not train on it (the
        published 70/30 split); 0 trains on all.
    drop_constant : leave out drivers that have one value only, instead of refusing them.
    """

    preset: str = ROBUST
    method: str = NATURAL
    levels: int = 3
    thresholds: Tuple[float, ...] = ()
    min_samples: int = 20
    small: str = MERGE
    use_weights: bool = True
    boost: BoostOptions = field(default_factory=lambda: BoostOptions(300, 6, 0.05, patience=30, one_hot=64))
    held_out_share: float = 0.2
    test_share: float = 0.0
    drop_constant: bool = False


def level_options(preset: str = ROBUST, seed: int = 42, **changes: Any) -> LevelOptions:
    """Options of a preset, with changes by name; one of `None` keeps the preset's value.

    'published' is the paper's and its scripts': 1500 trees of depth 8, learning rate 0.1, 70/30 split, no weights.
    'robust' stops early on spatial blocks and weights the samples.

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
        options = LevelOptions(preset=PUBLISHED, use_weights=False, boost=boost, test_share=0.3)
    trees = {name: changes.pop(name) for name in ("iterations", "depth", "learning_rate", "threads") if name in changes}
    boost = replace(options.boost, seed=seed, **{name: value for name, value in trees.items() if value is not None})
    return replace(options, boost=boost, **{name: value for name, value in changes.items() if value is not None})


@dataclass(frozen=True)
class LevelModel:
    """A trained model of density levels.

    `thresholds` (L − 1,) ascend; each belongs to the level below. `bmin`, `bmax` (L,) are the smallest and largest
    density of the training rows in each level, in `unit`. `metrics` holds 'fit' and, where rows were held out,
    'held-out' (see `level_scores.LevelScores.as_dict`).
    """

    drivers: Tuple[DriverStats, ...]
    thresholds: np.ndarray
    names: Tuple[str, ...]
    bmin: np.ndarray
    bmax: np.ndarray
    counts: np.ndarray
    unit: str
    pool: Optional[str]
    year: Optional[int]
    classifier: BoostModel
    seed: int
    metrics: Dict[str, Any] = field(default_factory=dict)
    training: Dict[str, Any] = field(default_factory=dict)
    importance: Tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Number of levels."""
        return len(self.names)

    @property
    def driver_names(self) -> Tuple[str, ...]:
        """Names of the drivers in the order of the features."""
        return tuple(driver.name for driver in self.drivers)

    def columns(self, names: Sequence[str], source: str = "The table") -> np.ndarray:
        """Positions of the model's drivers among `names`, for features of another order or with more drivers.

        Raises
        ------
        InputError
            A driver is missing; the message names it.
        """
        check_drivers(Manifest(_KIND, self.drivers), names, source)
        return np.array([list(names).index(name) for name in self.driver_names], dtype=np.int64)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Probability of each level, (n, L) float32; rows add up to 1.

        Parameters
        ----------
        features : (n, k) in the order of `drivers`, without NaN; codes of classes as whole numbers. Safe to call from
            several threads; a row's answer does not depend on the others.
        """
        if features.ndim != 2 or features.shape[1] != len(self.drivers):
            raise InputError(
                "The level model needs features of shape (n, {}): {}. Got {}.".format(
                    len(self.drivers), ", ".join(self.driver_names), features.shape
                )
            )
        return self.classifier.predict(features).astype(np.float32)

    def levels(self, features: np.ndarray) -> np.ndarray:
        """Most probable level, (n,) int64 from 0; the lower one on a tie."""
        return np.argmax(self.probabilities(features), axis=1)


class Curves(NamedTuple):
    """Log-loss after each tree on the rows learnt from and on those held out; `best` is the number of trees kept."""

    learn: np.ndarray
    held_out: Optional[np.ndarray]
    best: int


@dataclass
class LevelFit:
    """A trained model, its scores and everything that a report shows.

    `scores` begin with held-out, if there is any. `notes` are what the user should look at, `remarks` what was done.
    """

    model: LevelModel
    options: LevelOptions
    scores: List[LevelScores]
    curves: Curves
    densities: np.ndarray
    notes: List[str] = field(default_factory=list)
    remarks: List[str] = field(default_factory=list)

    @property
    def levels_table(self) -> Table:
        """One row per level: bounds, Bmin, Bmax, training samples."""
        return _levels_table(self.model)

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
    rows = rows.checked(options.drop_constant)
    found = find_thresholds(
        rows.train.target, samples.unit, options.method, options.levels, options.thresholds,
        rows.train.weight if options.use_weights else None, options.min_samples, options.small,
    )  # fmt: skip
    fitting = _Fitting(rows, options, found.values, progress)
    notes, remarks = list(rows.notes) + list(found.notes), []
    if options.boost.patience is None:
        final, curves, scores = fitting.plain()
    else:
        final, curves, scores = fitting.stopped_early(notes, remarks)
    model = _model(rows, options, found.values, final, scores)
    return LevelFit(model, options, scores, curves, rows.train.target, notes, remarks)


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

    def stopped_early(self, notes: List[str], remarks: List[str]):
        """The number of trees from rows held out, then all training rows with that many (robust)."""
        train, options = self.rows.train, self.options
        drawn = early_stopping_rows(train, self.level, options.held_out_share, options.boost.seed)
        if drawn is None:
            notes.append(
                "Too few samples to hold some out for early stopping: all {} trees were trained.".format(
                    options.boost.iterations
                )
            )
            boost = replace(options.boost, patience=None)
            fit = self._fit(self._set(train), None, boost, (0.0, 0.97), "Training the levels")
            return fit.model, Curves(fit.learn, None, fit.model.trees), self._scores(fit.model)
        away = drawn.mask
        first = self._fit(
            self._set(train, ~away), self._set(train, away), options.boost, (0.0, 0.5), "Choosing the number of trees"
        )
        trees = first.model.trees
        boost = replace(options.boost, iterations=trees, patience=None)
        final = self._fit(self._set(train), None, boost, (0.5, 0.97), "Training the levels on all rows")
        remarks.append(
            "{} of at most {} trees were kept: best on {:,} training rows held out ({}); the model was then trained on "
            "all {:,} rows.".format(trees, options.boost.iterations, int(away.sum()), drawn.scheme, len(train))
        )
        scores = self._scores(final.model)
        if self.rows.test is None:
            scheme = "{}, which also chose the number of trees".format(drawn.scheme)
            scores.insert(0, self._score(HELD_OUT, scheme, train.take(away), first.model))
        return final.model, Curves(first.learn, first.held_out, trees), scores

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


def _levels_table(model: LevelModel) -> Table:
    """Bounds of the levels; the unit is in the column names."""
    unit = model.unit
    columns = (
        Column("code", "integer", "in the level raster"), Column("level", "text"),
        Column("above [{}]".format(unit), "number", "not in the level"),
        Column("up_to [{}]".format(unit), "number", "in the level"),
        Column("Bmin [{}]".format(unit), "number", "smallest training density in the level"),
        Column("Bmax [{}]".format(unit), "number", "largest training density in the level"),
        Column("training_samples", "integer"),
    )  # fmt: skip
    bounds: List[Optional[float]] = [None] + [float(bound) for bound in model.thresholds] + [None]
    rows = [
        [i + 1, name, bounds[i], bounds[i + 1], float(model.bmin[i]), float(model.bmax[i]), int(model.counts[i])]
        for i, name in enumerate(model.names)
    ]
    return Table("Levels", columns, rows)


def level_bundle(model: LevelModel) -> bytes:
    """The model as the bytes of a `.carbonmodel`."""
    manifest = Manifest(
        kind=_KIND,
        drivers=model.drivers,
        target={"quantity": "carbon density level", "unit": model.unit, "pool": model.pool, "year": model.year},
        levels={
            "names": list(model.names), "thresholds": model.thresholds, "bmin": model.bmin, "bmax": model.bmax,
            "counts": model.counts, "importance": list(model.importance),
        },
        metrics=model.metrics,
        seed=model.seed,
        training=model.training,
        versions=versions(("numpy", "catboost")),
    )  # fmt: skip
    return bundle_bytes(manifest, {_FILE: model.classifier.to_bytes()})


def read_levels(path: str) -> LevelModel:
    """Read a level model.

    Raises
    ------
    BundleError
        See `bundle.read_bundle`; also if the levels of the manifest are not usable.
    """
    return levels_of_bundle(read_bundle(path, _KIND), path)


def levels_of_bundle(bundle: Bundle, source: str) -> LevelModel:
    """The level model of a bundle that was read."""
    manifest = bundle.manifest
    try:
        names = tuple(str(name) for name in manifest.levels["names"])
        numbers = {key: np.array(manifest.levels[key], dtype=np.float64) for key in ("thresholds", "bmin", "bmax")}
        counts = np.array(manifest.levels["counts"], dtype=np.int64)
        importance = tuple(float(value) for value in manifest.levels["importance"])
        unit = str(manifest.target["unit"])
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError("'{}' is damaged: its levels cannot be read ({}).".format(source, error)) from error
    sound = len(names) >= 2 and all(numbers[key].shape == (len(names),) for key in ("bmin", "bmax"))
    sound = sound and numbers["thresholds"].shape == (len(names) - 1,) and counts.shape == (len(names),)
    sound = sound and (np.diff(numbers["thresholds"]) > 0).all() and (numbers["bmin"] <= numbers["bmax"]).all()
    if not sound:
        raise BundleError("'{}' is damaged: its thresholds and bounds do not fit together.".format(source))
    classifier = load_boost(bundle, _FILE, [driver.categorical for driver in manifest.drivers], len(names))
    return LevelModel(
        manifest.drivers, numbers["thresholds"], names, numbers["bmin"], numbers["bmax"], counts, unit,
        manifest.target.get("pool"), manifest.target.get("year"), classifier, manifest.seed or 0, manifest.metrics,
        manifest.training, importance,
    )  # fmt: skip
