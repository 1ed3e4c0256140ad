"""Accuracy of the density within levels, fit and held-out: the level of a sample is taken as known if not said else."""

from functools import partial
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from .coupled_reliability import spatial_folds
from .density import BLENDED, HARD
from .level_density_model import AVERAGE, CATBOOST, NETWORK, DensityModel
from .level_rows import LevelRows
from .level_thresholds import level_of
from .progress import Message, Part, Progress, check_cancelled
from .row_parts import predict_rows, spans
from .samples import Samples
from .validation import FIT, HELD_OUT, AccuracyMetrics, accuracy_metrics

#: What the metrics of all levels together are called.
ALL = "all levels"
_PREDICTED = ALL + ", levels predicted, "
#: The coupled model as it is used by default.
COUPLED = _PREDICTED + BLENDED
Scores = List[Tuple[str, AccuracyMetrics]]
#: (samples, progress) → a `coupled.CoupledModel`.
Fit = Callable[[Samples, Progress], Any]


def scored(model: DensityModel, rows: LevelRows, progress: Progress) -> Scores:
    """Metrics on the rows held out, if there are any, and on those learnt from; per level and for all together.

    Raises
    ------
    Cancelled
    """
    sets = [] if rows.test is None else [(rows.test, HELD_OUT, rows.scheme)]
    sets.append((rows.train, FIT, "training rows"))
    progress.update(0.0, "Scoring the model")
    scores: Scores = []
    total, done = sum(len(samples) for samples, _, _ in sets), 0
    for samples, label, scheme in sets:
        part = Part(progress, (done / total, (done + len(samples)) / total))
        found = _predictions(model, samples, part)
        scores += _scores(samples, model.thresholds, model.names, found, label, scheme)
        done += len(samples)
    return scores


def cross_validated(
    train: Samples, thresholds: np.ndarray, names: Sequence[str], k: int, seed: int, fit: Fit, progress: Progress
) -> Scores:
    """Metrics of a cross-validation of the training rows: each is predicted by models that did not learn from it.

    Beside the density within levels, the coupled model is scored: there the level of a row is not known but predicted.

    Parameters
    ----------
    thresholds, names : of the levels by which the rows are listed.
    k : folds, of whole spatial blocks where the places of the samples are known.
    fit : trains both models on some samples.

    Raises
    ------
    InputError
        Fewer rows or blocks than folds.
    Cancelled
    """
    fold, scheme = spatial_folds(train, k, seed)
    predicted: Dict[str, np.ndarray] = {}
    for number in range(k):
        check_cancelled(progress)
        part = Part(progress, (number / k, (number + 1) / k))
        part.update(0.0, Message("Cross-validation, fold {} of {}", number + 1, k))
        away = fold == number
        model = fit(train.take(~away), Part(part, (0.0, 0.9)))
        held = train.take(away)
        first, *others = spans(3, 0.9, 1.0)
        found = _predictions(model.density, held, Part(part, first))
        for blending, span in zip((BLENDED, HARD), others):
            predict = partial(model.predict, blending=blending)
            found[_PREDICTED + blending] = predict_rows(predict, Part(part, span), held.features)
        for name, values in found.items():
            predicted.setdefault(name, np.full(len(train), np.nan))[away] = values
    return _scores(train, thresholds, names, predicted, HELD_OUT, "cross-validation, " + scheme)


def _predictions(model: DensityModel, samples: Samples, progress: Progress) -> Dict[str, np.ndarray]:
    """Density of samples of known level, by what it is of; the model itself first."""
    level = level_of(samples.target, model.thresholds)
    models = {ALL: model}
    if model.form == AVERAGE:
        models.update({"{}, {} alone".format(ALL, part): model.only(part) for part in (NETWORK, CATBOOST)})
    return {
        name: predict_rows(each.within, Part(progress, span), samples.features, level)
        for (name, each), span in zip(models.items(), spans(len(models)))
    }


def _scores(
    samples: Samples, thresholds: np.ndarray, names: Sequence[str], predicted: Dict[str, np.ndarray], label: str,
    scheme: str,
) -> Scores:  # fmt: skip
    """Metrics of the model per level, then of everything that predicted all levels."""
    level = level_of(samples.target, thresholds)
    scores: Scores = []
    for number, name in enumerate(names):
        rows = level == number
        if rows.any():
            scores.append((name, accuracy_metrics(samples.target[rows], predicted[ALL][rows], label, scheme=scheme)))
    for name, values in predicted.items():
        scores.append((name, accuracy_metrics(samples.target, values, label, scheme=scheme)))
    return scores
