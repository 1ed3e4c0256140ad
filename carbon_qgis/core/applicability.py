"""Area of applicability: where a model meets conditions like those it was trained on.

The dissimilarity index (DI) of Meyer & Pebesma (2021, Methods in Ecology and Evolution 12, 1620-1633): drivers are
standardised and weighted by their importance; the distance of a cell to the nearest training point is divided by the
mean distance between training points. The area of applicability is where DI does not exceed the largest DI, outliers
left out, that training points have among the points of the other cross-validation folds.

Nothing here knows what kind of model it serves.
"""

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import BundleError, InputError
from .progress import Part, Progress, Silent, check_cancelled

#: Training points that are kept: DI hardly changes with more, its cost does.
MOST_POINTS = 5000
_CHUNK = 500
#: File in a model bundle.
FILE = "applicability.npz"


@dataclass(frozen=True)
class Applicability:
    """Training points of a model, in the space in which DI is measured.

    Parameters
    ----------
    names : the k drivers, in the order of the model's columns.
    importance : (k,), 0 or more.
    points : (m, k) training points, m at most `MOST_POINTS`; class codes as numbers.
    categorical : (k,) of bool.
    mean, sd : (k,) of the points (0 and 1 for categorical drivers).
    mean_distance : mean distance between two points.
    threshold : largest DI of the area of applicability.
    """

    names: Tuple[str, ...]
    importance: np.ndarray
    points: np.ndarray
    categorical: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    mean_distance: float
    threshold: float
    _space: Any = field(init=False, repr=False, compare=False)
    _tree: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        from scipy.spatial import cKDTree

        space = _Space(self.importance, self.points, self.categorical, self.mean, self.sd)
        object.__setattr__(self, "_space", space)
        object.__setattr__(self, "_tree", cKDTree(space.embed(self.points)))

    def index(self, features: np.ndarray) -> np.ndarray:
        """Dissimilarity index of each row of (n, k) features, (n,) float64; safe to call from several threads."""
        return self._tree.query(self._space.embed(features))[0] / self.mean_distance

    def inside(self, features: np.ndarray) -> np.ndarray:
        """True for rows inside the area of applicability."""
        return self.index(features) <= self.threshold

    def arrays(self) -> Dict[str, np.ndarray]:
        """Plain arrays for a model bundle, member `FILE`."""
        return {
            "names": np.array(self.names),
            "importance": self.importance,
            "points": self.points,
            "categorical": self.categorical,
            "mean": self.mean,
            "sd": self.sd,
            "mean_distance": np.float64(self.mean_distance),
            "threshold": np.float64(self.threshold),
        }


class _Space:
    """The weighted space of DI: one axis per driver, or one per class of a categorical driver.

    The axes of a categorical driver are scaled so that the mean squared distance between two training points is the
    same as along a continuous driver of equal importance. Codes without a training point have an axis in common.
    """

    def __init__(self, importance, points, categorical, mean, sd):
        self._codes: Dict[int, np.ndarray] = {}
        self._weights = np.where(sd > 0, importance / np.where(sd > 0, sd, 1.0), 0.0)
        self._mean, self._categorical = mean, categorical
        for column in np.flatnonzero(categorical & (importance > 0)):
            codes, counts = np.unique(points[:, column], return_counts=True)
            unlike = 1.0 - float(np.square(counts / counts.sum()).sum())
            self._codes[int(column)] = codes
            # With one code everywhere the driver tells no two points apart; another code is then one step away.
            self._weights[column] = importance[column] / np.sqrt(unlike or 1.0)
        self._continuous = np.flatnonzero(~categorical & (self._weights > 0))

    def embed(self, features: np.ndarray) -> np.ndarray:
        """(n, axes) float64."""
        features = np.asarray(features, np.float64)
        chosen = self._continuous
        parts = [(features[:, chosen] - self._mean[chosen]) * self._weights[chosen]]
        for column, codes in self._codes.items():
            values = features[:, column]
            place = np.minimum(np.searchsorted(codes, values), len(codes) - 1)
            place = np.where(codes[place] == values, place, len(codes))
            axes = np.zeros((len(features), len(codes) + 1))
            axes[np.arange(len(features)), place] = self._weights[column]
            parts.append(axes)
        return np.concatenate(parts, axis=1)


def fit_applicability(
    drivers: Sequence[Any],
    features: np.ndarray,
    folds: np.ndarray,
    importance: Optional[Sequence[float]] = None,
    seed: int = 1,
    most: int = MOST_POINTS,
    progress: Optional[Progress] = None,
) -> Applicability:
    """Area of applicability of a model trained on these rows.

    Parameters
    ----------
    drivers : k drivers with `name` and `categorical`.
    features : (n, k) training rows.
    folds : (n,) fold of each row, of whole spatial blocks (`spatial_blocks.folds`): the threshold follows from the
        distance at which the model was validated.
    importance : (k,) weights of the drivers; negative ones count as 0. All alike if None or all 0.
    most : training rows kept, drawn with `seed`.

    Raises
    ------
    InputError
        Fewer than two rows or folds, numbers that are not finite, training rows that are all alike.
    Cancelled
    """
    progress = progress or Silent()
    features, folds = np.asarray(features, np.float64), np.asarray(folds)
    weights = _weights(importance, features, drivers)
    kept = _thinned(len(features), most, seed)
    points, folds = features[kept], folds[kept]
    if len(np.unique(folds)) < 2:
        raise InputError(
            "The area of applicability needs training rows in at least two folds; {} given. Use smaller spatial "
            "blocks, or more samples.".format(len(np.unique(folds)))
        )
    categorical = np.array([bool(driver.categorical) for driver in drivers])
    mean = np.where(categorical, 0.0, points.mean(axis=0))
    sd = np.where(categorical, 1.0, points.std(axis=0))
    embedded = _Space(weights, points, categorical, mean, sd).embed(points)
    distance = _mean_distance(embedded, Part(progress, (0.0, 0.5)))
    if not distance > 0:
        raise InputError(
            "All training rows have the same values of the drivers that matter: no distance can be measured between "
            "them. Check the drivers."
        )
    index = _index_between_folds(embedded, folds, Part(progress, (0.5, 1.0))) / distance
    names = tuple(driver.name for driver in drivers)
    return Applicability(names, weights, points, categorical, mean, sd, distance, upper_whisker(index))


def applicability_of(arrays: Mapping[str, np.ndarray], source: str = "the model") -> Applicability:
    """The area of applicability from what `Applicability.arrays` gave.

    Raises
    ------
    BundleError
        If arrays are missing or do not fit each other.
    """
    try:
        names = tuple(str(name) for name in arrays["names"])
        points = np.asarray(arrays["points"], np.float64)
        rows = {key: np.asarray(arrays[key], np.float64) for key in ("importance", "mean", "sd")}
        categorical = np.asarray(arrays["categorical"], bool)
        distance, threshold = float(arrays["mean_distance"]), float(arrays["threshold"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(source) from error
    shapes = {row.shape for row in rows.values()} | {categorical.shape}
    numbers = (points, *rows.values(), np.array([distance, threshold]))
    fits = points.ndim == 2 and len(points) and shapes == {(points.shape[1],)} and len(names) == points.shape[1]
    if not fits or not distance > 0 or not all(np.isfinite(values).all() for values in numbers):
        raise _damaged(source)
    return Applicability(names, rows["importance"], points, categorical, rows["mean"], rows["sd"], distance, threshold)


def upper_whisker(values: np.ndarray) -> float:
    """Largest value that is not above Q75 + 1.5 · IQR."""
    low, high = np.percentile(values, (25, 75))
    return float(values[values <= high + 1.5 * (high - low)].max())


def _weights(importance: Optional[Sequence[float]], features: np.ndarray, drivers: Sequence[Any]) -> np.ndarray:
    if features.ndim != 2 or features.shape[1] != len(drivers) or len(features) < 2:
        raise InputError(
            "An area of applicability needs at least two training rows with one value per driver ({}); got an array "
            "of shape {}.".format(len(drivers), features.shape)
        )
    if not np.isfinite(features).all():
        raise InputError("A training row has a driver without a value. Leave rows with missing values out.")
    if importance is None:
        return np.ones(len(drivers))
    weights = np.asarray(importance, np.float64)
    if weights.shape != (len(drivers),) or not np.isfinite(weights).all():
        raise InputError("{} importances are needed, one per driver; got {}.".format(len(drivers), weights.tolist()))
    weights = np.maximum(weights, 0.0)
    # The index is a ratio of distances: the size of all weights together cancels out.
    return weights / weights.max() if weights.max() > 0 else np.ones(len(drivers))


def _thinned(count: int, most: int, seed: int) -> np.ndarray:
    """Positions of at most `most` rows, drawn without replacement, in their order."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _mean_distance(points: np.ndarray, progress: Progress) -> float:
    from scipy.spatial.distance import cdist

    total = 0.0
    for start in range(0, len(points), _CHUNK):
        check_cancelled(progress)
        total += float(cdist(points[start : start + _CHUNK], points).sum())
        progress.update(min(1.0, (start + _CHUNK) / len(points)))
    return total / (len(points) * (len(points) - 1))


def _index_between_folds(points: np.ndarray, folds: np.ndarray, progress: Progress) -> np.ndarray:
    """Distance of each point to the nearest one of another fold."""
    from scipy.spatial import cKDTree

    found, present = np.zeros(len(points)), np.unique(folds)
    for done, fold in enumerate(present):
        check_cancelled(progress)
        held = folds == fold
        found[held] = cKDTree(points[~held]).query(points[held])[0]
        progress.update((done + 1) / len(present))
    return found


def _damaged(source: str) -> BundleError:
    return BundleError(
        "The training points for the area of applicability in '{}' are incomplete or do not fit together. Train the "
        "model again, or run without the area of applicability.".format(source)
    )
