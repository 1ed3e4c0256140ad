"""How far the coupled model can be trusted: area of applicability and prediction intervals, learnt with the model.

Both rest on folds of whole spatial blocks. The intervals need predictions for rows that no part of the model saw, so
the levels and the density within them are trained again without each fold.
"""

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from .applicability import FILE as APPLICABILITY_FILE
from .applicability import Applicability, fit_applicability
from .bundle import arrays_to_bytes
from .conformal import FILE as CONFORMAL_FILE
from .conformal import Conformal, fit_conformal
from .coupled import CoupledModel, indicators
from .errors import InputError
from .importance import permutation_loss
from .progress import Message, Part, Progress, Silent, check_cancelled
from .row_parts import parts
from .samples import TEST, Samples
from .spatial_blocks import folds, squares

FOLDS = 5

Fit = Callable[[Samples, Progress], CoupledModel]


@dataclass(frozen=True)
class Reliability:
    """Area of applicability and, if the models were trained again by folds, prediction intervals."""

    applicability: Applicability
    conformal: Optional[Conformal]
    scheme: str
    notes: List[str] = field(default_factory=list)

    def files(self) -> Dict[str, bytes]:
        """Members of the density model's bundle."""
        made = {APPLICABILITY_FILE: arrays_to_bytes(self.applicability.arrays())}
        if self.conformal is not None:
            made[CONFORMAL_FILE] = arrays_to_bytes(self.conformal.arrays())
        return made


def fit_reliability(
    samples: Samples,
    model: CoupledModel,
    fit: Optional[Fit] = None,
    seed: int = 42,
    k: int = FOLDS,
    progress: Optional[Progress] = None,
) -> Reliability:
    """Area of applicability and prediction intervals of a trained model.

    Parameters
    ----------
    samples : those that `model` was trained on; rows marked 'test' are left out.
    fit : trains both models on some samples, as `model` was; None leaves the intervals out (their cost is k trainings).

    Raises
    ------
    InputError
        Too few rows or blocks for the folds.
    Cancelled
    """
    progress, notes = progress or Silent(), []
    rows = samples.take(samples.split != TEST)
    rows = _in_order(rows, model)
    fold, scheme = spatial_folds(rows, k, seed)
    if scheme.startswith("random"):
        notes.append(
            "The samples have neither blocks nor coordinates: the area of applicability and the intervals rest on "
            "random folds, which are too optimistic where samples lie close together."
        )
    first = 0.3 if fit is not None else 1.0
    part = Part(progress, (0, first / 2))
    importance = permutation_loss(model.predict, rows.features, rows.target, seed, progress=part)
    part = Part(progress, (first / 2, first))
    applicability = fit_applicability(model.drivers, rows.latest, fold, importance, seed, progress=part)
    conformal = None
    if fit is not None:
        names, table, predicted = _out_of_fold(rows, fold, fit, Part(progress, (first, 1.0)))
        conformal = fit_conformal(names, table, rows.target, predicted, fold, rows.weight)
    return Reliability(applicability, conformal, scheme, notes)


def spatial_folds(samples: Samples, k: int, seed: int) -> Tuple[np.ndarray, str]:
    """Fold of each row by whole spatial blocks, and words for how it was found.

    The blocks of the samples are used; without them, squares from the coordinates; without these, single rows.
    """
    n = len(samples)
    if samples.block is not None and len(np.unique(samples.block)) >= k:
        return folds(samples.block, n, k, seed), "{} folds of spatial blocks".format(k)
    block = squares(samples.x, samples.y, k)
    if block is not None:
        return folds(block, n, k, seed), "{} folds of squares of the land".format(k)
    return folds(None, n, k, seed), "random {} folds".format(k)


def _in_order(samples: Samples, model: CoupledModel) -> Samples:
    """The samples with the drivers of the model, in its order."""
    names = list(samples.names)
    missing = [driver.name for driver in model.drivers if driver.name not in names]
    if missing:
        raise InputError(
            "The samples lack the driver(s) {} of the model. They have: {}.".format(
                ", ".join(missing), ", ".join(names)
            )
        )
    columns = [names.index(driver.name) for driver in model.drivers]
    made = samples.take(np.arange(len(samples)))
    made.features, made.drivers = made.features[..., columns], tuple(samples.drivers[i] for i in columns)
    return made


def _out_of_fold(rows: Samples, fold: np.ndarray, fit: Fit, progress: Progress) -> Tuple[Tuple[str, ...], Any, Any]:
    """Indicators and predictions of every row by the models that did not see its fold."""
    predicted, table, names = np.empty(len(rows)), None, ()
    present = np.unique(fold)
    for done, held in enumerate(present):
        check_cancelled(progress)
        part = Part(progress, (done / len(present), (done + 1) / len(present)))
        part.update(0.0, Message("Training without fold {} of {}", done + 1, len(present)))
        mask = fold == held
        model = fit(rows.take(~mask), Part(part, (0.0, 0.95)))
        features, at = _in_order(rows.take(mask), model).features, np.flatnonzero(mask)
        for few in parts(len(features), Part(part, (0.95, 1.0))):
            cells = model.cells(features[few])
            names, values = indicators(model, features[few], cells)
            table = np.empty((len(rows), len(names))) if table is None else table
            table[at[few]], predicted[at[few]] = values, cells.density(1.0, "scaled")
    return names, table, predicted
