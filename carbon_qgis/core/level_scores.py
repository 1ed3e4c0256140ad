"""How well levels are told apart: confusion matrix, accuracy, precision and recall, log-loss.

One `LevelScores` feeds every table, report and manifest. Rows of the matrix are the true level, columns the predicted
one: a writer that forgot this once would transpose precision and recall.
"""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .results import Column, Table
from .validation import FIT, HELD_OUT, LABELS


@dataclass(frozen=True)
class LevelScores:
    """Scores on one set of samples.

    `label` is 'fit' (rows that the model learnt from) or 'held-out'; `scheme` says in words which rows they are.
    `matrix` (L, L) counts samples: row i, column j is of true level i and predicted as j. `log_loss` is the mean of
    −ln p of the true level. `weighted_accuracy` counts every sample as often as the cells it stands for; None without
    weights.
    """

    label: str
    scheme: str
    names: Tuple[str, ...]
    matrix: np.ndarray
    log_loss: float
    weighted_accuracy: Optional[float] = None

    @property
    def n(self) -> int:
        """Samples."""
        return int(self.matrix.sum())

    @property
    def accuracy(self) -> float:
        """Share of the samples whose level is met."""
        return float(np.trace(self.matrix) / self.n)

    @property
    def kappa(self) -> Optional[float]:
        """Cohen's kappa: the accuracy beyond what the level frequencies give by chance; None where all is one level."""
        chance = float(self.matrix.sum(0) @ self.matrix.sum(1)) / self.n**2
        return None if chance >= 1 else (self.accuracy - chance) / (1 - chance)

    @property
    def precision(self) -> List[Optional[float]]:
        """By level: of the samples predicted so, the share that is so. None where nothing is predicted so."""
        return _shares(np.diagonal(self.matrix), self.matrix.sum(0))

    @property
    def recall(self) -> List[Optional[float]]:
        """By level: of the samples that are so, the share predicted so. None where none is so."""
        return _shares(np.diagonal(self.matrix), self.matrix.sum(1))

    @property
    def f1(self) -> List[Optional[float]]:
        """By level: harmonic mean of precision and recall."""
        return _shares(2 * np.diagonal(self.matrix), self.matrix.sum(0) + self.matrix.sum(1))

    def as_dict(self) -> Dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "scheme": self.scheme,
            "n": self.n,
            "accuracy": self.accuracy,
            "weighted_accuracy": self.weighted_accuracy,
            "kappa": self.kappa,
            "log_loss": self.log_loss,
            "precision": self.precision,
            "recall": self.recall,
            "confusion_rows_true": self.matrix.tolist(),
        }


def level_scores(
    label: str,
    scheme: str,
    names: Sequence[str],
    true: np.ndarray,
    probabilities: np.ndarray,
    weight: Optional[np.ndarray] = None,
) -> LevelScores:
    """Scores of predicted probabilities.

    Parameters
    ----------
    label : 'fit' or 'held-out'.
    true : (n,) true level, 0 to L − 1.
    probabilities : (n, L). The most probable level is the predicted one, the lower on a tie.
    weight : (n,) cells that each sample stands for.
    """
    if label not in LABELS or not len(true):
        raise ValueError("scores need a label of {} and samples; got {!r}, {}".format(LABELS, label, len(true)))
    count = len(names)
    predicted = np.argmax(probabilities, axis=1)
    matrix = np.bincount(true * count + predicted, minlength=count * count).reshape(count, count)
    p = np.take_along_axis(np.asarray(probabilities, np.float64), true[:, np.newaxis], axis=1)
    loss = float(-np.log(np.maximum(p, 1e-15)).mean())
    weighted = None
    if weight is not None and weight.sum() > 0 and (weight != weight[0]).any():
        weighted = float(np.average(predicted == true, weights=weight))
    return LevelScores(label, scheme, tuple(names), matrix, loss, weighted)


def confusion_table(scores: Sequence[LevelScores]) -> Table:
    """Confusion matrices below each other: one row per set and true level, one column per predicted level."""
    names = scores[0].names
    columns = (Column("set", "text", "fit or held-out"), Column("true_level", "text"))
    columns += tuple(Column("predicted_{}".format(name.replace(" ", "_")), "integer", "samples") for name in names)
    columns += (Column("samples", "integer"),)
    rows = [
        [part.label, name] + [int(count) for count in part.matrix[i]] + [int(part.matrix[i].sum())]
        for part in scores
        for i, name in enumerate(names)
    ]
    return Table("Confusion matrix (rows: true level, columns: predicted level)", columns, rows)


def metrics_table(scores: Sequence[LevelScores]) -> Table:
    """One row per set and metric; metrics of one level name it."""
    columns = (
        Column("set", "text", "fit or held-out"),
        Column("scheme", "text", "which samples"),
        Column("metric", "text"),
        Column("level", "text", "empty: all levels"),
        Column("value", "number"),
        Column("n", "integer", "samples"),
    )
    table = Table("Metrics of the levels", columns)
    for part in scores:
        table.rows += [[part.label, part.scheme, name, None, value, part.n] for name, value in _overall(part)]
        for i, level in enumerate(part.names):
            counts = (int(part.matrix[:, i].sum()), int(part.matrix[i].sum()))
            for name, value, n in (
                ("precision", part.precision[i], counts[0]),
                ("recall", part.recall[i], counts[1]),
                ("F1", part.f1[i], sum(counts)),
            ):
                table.rows.append([part.label, part.scheme, name, level, value, n])
    return table


def _overall(part: LevelScores) -> List[Tuple[str, Optional[float]]]:
    found: List[Tuple[str, Optional[float]]] = [("accuracy", part.accuracy)]
    if part.weighted_accuracy is not None:
        found.append(("accuracy, samples weighted", part.weighted_accuracy))
    return found + [("kappa", part.kappa), ("log-loss", part.log_loss)]


def _shares(part: np.ndarray, whole: np.ndarray) -> List[Optional[float]]:
    return [float(a / b) if b else None for a, b in zip(part, whole)]


__all__ = ["FIT", "HELD_OUT", "LevelScores", "confusion_table", "level_scores", "metrics_table"]
