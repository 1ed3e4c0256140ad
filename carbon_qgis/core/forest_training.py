"""Training of a random forest of carbon density (I-RF, Jiangsu paper, section 2.3.2), published and robust.

Published: outliers by the interquartile rule removed, min-max scaling, Yeo-Johnson transform of the target, 20 % of the
rows held out at random, and a choice of depth, leaf size and features per split by 10-fold cross-validation inside the
rest. Robust: no outliers removed (the rule drops the real high-carbon places), no transform (the inverse of a mean is
not the mean of inverses: totals came out 2 to 22 % too low), leaves of 5 rows, half of the features per split, and
cross-validation by spatial blocks.
"""

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, List, Optional, Tuple

import numpy as np

from .applicability import fit_applicability
from .bundle import driver_stats
from .conformal import LEAST_ROWS, fit_conformal
from .dependencies import versions
from .errors import InputError
from .forest import Forest, interval_indicators
from .forest_arrays import ForestPredictor
from .forest_growing import grow
from .forest_options import (  # noqa: F401  the presets belong to what a caller of this module needs
    BLOCKS,
    GRID,
    INVERSE_OF_MEAN,
    MEAN_OF_INVERSES,
    PUBLISHED,
    RANDOM,
    ROBUST,
    TABLE,
    ForestOptions,
    preset_options,
)
from .forest_scores import TotalBias, by_driver, total_bias
from .importance import permutation_loss
from .memory import require_memory
from .network_inputs import MINMAX, Encoding
from .progress import Part, Progress, Silent
from .results import Column, Remark, Table
from .row_parts import predict_rows
from .sample_cleaning import clean
from .samples import TEST, TRAIN, Samples
from .spatial_blocks import folds as deal_folds
from .spatial_blocks import hold_out, squares
from .validation import FIT, HELD_OUT, AccuracyMetrics, accuracy_metrics

_MIN_ROWS = 30


@dataclass
class ForestFit:
    """A forest and everything that its report says.

    `metrics` by name: 'training rows' (fit), 'test rows' (held out, untouched), 'spatial blocks' (held out, where
    there are blocks); `fold_metrics` the folds of every cross-validation; `test` reference and prediction of the test
    rows. `total_bias` is the relative error of the (weighted) total, by the names of `metrics`.
    """

    forest: Forest
    options: ForestOptions
    metrics: Dict[str, AccuracyMetrics]
    fold_metrics: Dict[str, AccuracyMetrics]
    total_bias: Dict[str, TotalBias]
    test: Tuple[np.ndarray, np.ndarray]
    impurity_importance: np.ndarray
    tuning: Optional[Table] = None
    removed: Optional[Table] = None
    notes: List[str] = field(default_factory=list)


def fit_forest(samples: Samples, options: ForestOptions, progress: Optional[Progress] = None) -> ForestFit:
    """Train, tune, test and describe a forest.

    Raises
    ------
    InputError
        Fewer than 30 training rows, a constant target or driver, options that do not fit the rows, more memory than
        there is.
    Cancelled
    """
    progress, notes = progress or Silent(), list(samples.notes)
    samples = _with_blocks(samples, notes)
    samples, scheme = _with_test_rows(samples, options, notes)
    removed = None
    if options.iqr_factor is not None:
        kept, removed, more = clean(samples, {}, options.iqr_factor)
        samples, notes = samples.take(kept), notes + more
    training, held = samples.take(samples.split == TRAIN), samples.take(samples.split == TEST)
    _check(training, options)
    tuned, tuning, fold_metrics = options, None, {}
    if options.tune:
        tuned, tuning, fold_metrics = _tuned(training, options, notes, Part(progress, (0.0, 0.6)))
        chosen = (_depth_text(tuned.max_depth), tuned.min_leaf, tuned.max_features)
        text = "Chosen by cross-validation: depth {}, leaf {}, share of features {:g}."
        notes.append(Remark(text.format(*chosen)))
    start = 0.6 if options.tune else 0.0
    shares = (0.0, 0.22, 0.25, 0.75, 1.0)
    steps = [(start + (1 - start) * a, start + (1 - start) * b) for a, b in zip(shares, shares[1:])]
    encoding = Encoding.fit(training.latest, training.drivers, MINMAX)
    model, transform, grown = grow(training, encoding, tuned, Part(progress, steps[0]))
    forest = _forest(training, encoding, model, transform, tuned)
    share = len(held) / (len(held) + len(training))
    progress.update(steps[1][0], "Scoring the forest")
    scoring = Part(progress, steps[1])
    tested = predict_rows(forest.predict, Part(scoring, (0.0, share)), held.latest)
    result = ForestFit(forest, tuned, {}, fold_metrics, {}, (held.target, tested), np.zeros(0))
    result.tuning, result.removed, result.notes = tuning, removed, notes
    result.impurity_importance = by_driver(grown, encoding)
    _measure(result, training, held, scheme, Part(scoring, (share, 1.0)))
    folds = _block_folds(training, tuned, notes)
    outside = None
    if folds is not None:
        outside = _cross_validate(training, folds, tuned, result, Part(progress, steps[2]))
    _complete(result, training, held, folds, outside, Part(progress, steps[3]))
    return result


def _with_blocks(samples: Samples, notes: List[str]) -> Samples:
    """The samples, with squares of the land as blocks where they have coordinates and no blocks."""
    block = squares(samples.x, samples.y) if samples.block is None else None
    if block is None:
        return samples
    text = "The samples have no column 'block': their coordinates were cut into {:,} squares, which serve as blocks."
    notes.append(Remark(text.format(len(np.unique(block)))))
    return replace(samples, block=block)


def _with_test_rows(samples: Samples, options: ForestOptions, notes: List[str]) -> Tuple[Samples, str]:
    """The samples with `split` train or test, and how they were split; the table's validation rows are trained on."""
    how = options.test
    if how is None:
        how = TABLE if (samples.split == TEST).any() else BLOCKS if samples.block is not None else RANDOM
    if how == TABLE:
        if not (samples.split == TEST).any():
            raise InputError("The samples have no rows with split 'test'. Hold rows out at random or by blocks.")
        test = samples.split == TEST
    elif how == BLOCKS:
        if samples.block is None:
            raise InputError(
                "The samples have neither a column 'block' nor coordinates of all samples (x, y) that could be cut "
                "into blocks, so whole blocks cannot be held out. Use the table of 'Sample carbon density', or hold "
                "rows out at random."
            )
        test = hold_out(samples.block, len(samples), options.test_share, options.seed)
    else:
        test = hold_out(None, len(samples), options.test_share, options.seed)
    words = {TABLE: _split_words(samples, test), BLOCKS: "in whole spatial blocks", RANDOM: "at random"}[how]
    text = "{:,} of {:,} rows were held out for the test, {}."
    notes.append(Remark(text.format(int(test.sum()), len(samples), words)))
    return replace(samples, split=np.where(test, TEST, TRAIN)), "held out " + words


def _split_words(samples: Samples, test: np.ndarray) -> str:
    """What kind of split the table has: that decides what its test is worth."""
    words = "as the table's column 'split' says"
    if samples.block is None:
        return words
    apart = not np.isin(samples.block[test], samples.block[~test]).any()
    return words + (", in whole spatial blocks" if apart else ", among neighbours that were learnt, which flatters")


def _check(training: Samples, options: ForestOptions) -> None:
    if len(training) < _MIN_ROWS:
        raise InputError(
            "A forest needs at least {} training rows; there are {:,}. Give more samples.".format(
                _MIN_ROWS, len(training)
            )
        )
    if np.ptp(training.target) == 0:
        raise InputError(
            "The density is {:g} {} in all {:,} training rows: nothing can be learnt.".format(
                training.target[0], training.unit, len(training)
            )
        )
    if training.steps > 1:
        raise InputError("The forest reads drivers of one year; the samples hold {} years.".format(training.steps))
    # A tree has at most twice as many nodes as leaves; scikit-learn keeps 64 bytes for each, the arrays 28 more.
    nodes = 2 * options.trees * len(training) // max(1, options.min_leaf)
    require_memory(nodes * 92, "A forest of {} trees on {:,} rows".format(options.trees, len(training)),
                   "Give fewer samples or trees, or larger leaves.")  # fmt: skip


def _forest(training: Samples, encoding: Encoding, arrays, transform, options: ForestOptions) -> Forest:
    facts = {
        "preset": options.preset,
        "options": {key: value for key, value in vars(options).items() if key != "threads"},
        "training": {"rows": len(training), "weighted": bool(options.weighted and np.ptp(training.weight) > 0)},
        "versions": versions(("numpy", "sklearn")),
    }
    return Forest(
        driver_stats(training.drivers, training.latest), encoding, arrays, training.unit, transform, training.pool,
        training.year, seed=options.seed, facts=facts,
    )  # fmt: skip


def _predictor(encoding: Encoding, arrays, transform) -> Callable[[np.ndarray], np.ndarray]:
    trees = ForestPredictor(arrays)

    def predict(features: np.ndarray) -> np.ndarray:
        mean = trees.predict(encoding.encode(features))
        return mean if transform is None else transform.inverse(mean)

    return predict


def _out_of_fold(training: Samples, folds: np.ndarray, options: ForestOptions, progress: Progress) -> np.ndarray:
    """Prediction of each row by a forest that did not see its fold."""
    found = np.empty(len(training))
    names = np.unique(folds)
    for k, fold in enumerate(names):
        held = folds == fold
        rest = training.take(~held)
        if np.ptp(rest.target) == 0:  # what every tree would answer
            found[held] = rest.target[0]
            continue
        encoding = Encoding.fit(rest.latest, rest.drivers, MINMAX, in_fold=True)
        part = Part(progress, (k / len(names), (k + 1) / len(names)))
        arrays, transform, _ = grow(rest, encoding, options, Part(part, (0.0, 0.95)))
        predict = _predictor(encoding, arrays, transform)
        found[held] = predict_rows(predict, Part(part, (0.95, 1.0)), training.latest[held])
    return found


def _tuned(training: Samples, options: ForestOptions, notes: List[str], progress: Progress):
    """Options of the best row of `GRID` by mean R2 over random folds, the table of all rows, the folds of the best.

    A fold whose density is the same in all rows has no R2 and does not count; where no fold has one, the R2 of all
    folds together decides.
    """
    folds = deal_folds(None, len(training), options.tune_folds, options.seed)
    scheme = "random {}-fold, inside the training rows".format(options.tune_folds)
    columns = (
        Column("max_depth", "text"), Column("min_samples_leaf", "integer"), Column("max_features", "number"),
        Column("mean_R2", "number", "mean over the folds, held out"), Column("sd_R2", "number"),
        Column("chosen", "integer", "1: this row"),
    )  # fmt: skip
    table, best, best_metrics = Table("Tuning, " + scheme, columns), None, {}
    names = np.unique(folds)
    flat = sum(bool(np.ptp(training.target[folds == fold]) == 0) for fold in names)
    if flat:
        notes.append(
            "In {} of {} folds of the choice the density is the same in all rows and R2 is not defined: {}.".format(
                flat, len(names), "the mean is that of the other folds" if flat < len(names) else
                "the R2 of all folds together decided",
            )
        )  # fmt: skip
    for k, (depth, leaf, share) in enumerate(GRID):
        tried = replace(options, max_depth=depth, min_leaf=leaf, max_features=share)
        part = Part(progress, (k / len(GRID), (k + 1) / len(GRID)))
        outside = _out_of_fold(training, folds, tried, part)
        metrics = _fold_metrics(training, folds, outside, scheme, "random fold")
        scores = [each.r_squared for each in metrics.values() if each.r_squared is not None]
        if not scores:
            scores = [accuracy_metrics(training.target, outside, HELD_OUT).r_squared]
        spread = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
        table.rows.append([_depth_text(depth), leaf, share, float(np.mean(scores)), spread, 0])
        if best is None or np.mean(scores) > table.rows[best][3]:
            best, best_metrics, chosen = k, metrics, tried
    table.rows[best][-1] = 1
    return chosen, table, best_metrics


def _depth_text(depth: Optional[int]) -> str:
    return "none" if depth is None else str(depth)


def _fold_metrics(training: Samples, folds, prediction, scheme: str, name: str) -> Dict[str, AccuracyMetrics]:
    return {
        "{} {}".format(name, fold + 1): accuracy_metrics(
            training.target[folds == fold], prediction[folds == fold], HELD_OUT, scheme=scheme
        )
        for fold in np.unique(folds)
    }


def _block_folds(training: Samples, options: ForestOptions, notes: List[str]) -> Optional[np.ndarray]:
    blocks = 0 if training.block is None else len(np.unique(training.block))
    if blocks < max(2, options.block_folds):
        why = "there are only {} spatial blocks".format(blocks) if blocks else (
            "the samples have neither a column 'block' nor coordinates of all samples"
        )
        notes.append(
            "No spatial cross-validation: {}. Without it there is no area of applicability and no interval, and the "
            "accuracy of random rows flatters.".format(why)
        )
        return None
    return deal_folds(training.block, len(training), options.block_folds, options.seed)


def _measure(result: ForestFit, training: Samples, held: Samples, scheme: str, progress: Progress) -> None:
    options = result.options
    weight = training.weight if options.weighted else None
    fitted = predict_rows(result.forest.predict, progress, training.latest)
    result.metrics["training rows"] = accuracy_metrics(training.target, fitted, FIT, weight, scheme="training rows")
    reference, prediction = result.test
    weight = held.weight if options.weighted else None
    result.metrics["test rows"] = accuracy_metrics(reference, prediction, HELD_OUT, weight, scheme=scheme)
    for name, rows, values in (("training rows", training, fitted), ("test rows", held, prediction)):
        result.total_bias[name] = total_bias(rows, values)


def _cross_validate(training: Samples, folds, options: ForestOptions, result: ForestFit, progress: Progress):
    outside = _out_of_fold(training, folds, options, progress)
    scheme = "{} folds of whole spatial blocks".format(len(np.unique(folds)))
    weight = training.weight if options.weighted else None
    result.metrics["spatial blocks"] = accuracy_metrics(training.target, outside, HELD_OUT, weight, scheme=scheme)
    result.fold_metrics.update(_fold_metrics(training, folds, outside, scheme, "spatial fold"))
    result.total_bias["spatial blocks"] = total_bias(training, outside)
    return outside


def _complete(result: ForestFit, training: Samples, held: Samples, folds, outside, progress: Progress) -> None:
    """Permutation importance, applicability, intervals and the metrics, added to the forest."""
    forest, options = result.forest, result.options
    part = Part(progress, (0.0, 0.5))
    importance = permutation_loss(forest.predict, held.latest, held.target, options.seed, 5, part)
    applicability = conformal = None
    if folds is not None:
        weights = np.maximum(importance, 0.0)
        applicability = fit_applicability(
            training.drivers, training.latest, folds, weights, options.seed, progress=Part(progress, (0.5, 0.9))
        )
        if len(training) >= LEAST_ROWS:
            names, columns = interval_indicators(forest, training.latest)
            weight = training.weight if options.weighted else None
            conformal = fit_conformal(names, columns, training.target, outside, folds, weight)
    facts = dict(forest.facts, metrics={name: each.as_dict() for name, each in result.metrics.items()})
    facts["total_bias"] = {name: _plain(bias) for name, bias in result.total_bias.items()}
    facts["impurity_importance"] = result.impurity_importance.tolist()
    result.forest = replace(
        forest, importance=importance, applicability=applicability, conformal=conformal, facts=facts
    )
    progress.update(1.0)


def _plain(bias: TotalBias) -> List[Optional[float]]:
    return [value if np.isfinite(value) else None for value in bias]
