"""Conformal prediction intervals whose width follows the place (normalised, or locally weighted, conformal).

Residuals come from cross-validation over whole spatial blocks: those of random folds are too small, because the
neighbours of a left-out row are learnt. A residual is divided by its expected size, which a gamma regression predicts
from indicators (drivers, the prediction itself, what else the caller has), always for rows outside its own fit; the 5 %
and 95 % quantiles of these ratios, with the finite-sample correction, span the interval of a new cell (Papadopoulos et
al. 2002; Lei et al. 2018, Journal of the American Statistical Association 113, 1094-1111, section 5.2). The tails have
quantiles of their own, since residuals of carbon densities are skewed.

Nothing here knows what kind of model it serves.
"""

from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import BundleError, InputError

#: Share of new cells that an interval is to hold.
LEVEL = 0.9
#: File in a model bundle.
FILE = "conformal.npz"
#: Fewer residuals say nothing of a 5 % tail.
LEAST_ROWS = 40
_RIDGE = 0.01
_STEPS = 25
#: Logarithm of the widest span of expected sizes about their mean.
_REACH = 4.0


@dataclass(frozen=True)
class WidthModel:
    """Expected size of a residual: exp of a quadratic form without cross terms in clipped, standardised indicators.

    Arrays are (m,) by indicator; `coefficients` (1 + 2 m) are the intercept, the linear and the square terms; the
    logarithm is kept within `limits`.
    """

    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    limits: np.ndarray

    def predict(self, indicators: np.ndarray) -> np.ndarray:
        """(n,) sizes, above 0, in the unit of the residuals."""
        return np.exp(np.clip(self._terms(indicators) @ self.coefficients, *self.limits))

    def _terms(self, indicators: np.ndarray) -> np.ndarray:
        # Clipped: outside the range of the training rows a square would run away.
        z = (np.clip(indicators, self.low, self.high) - self.centre) / self.scale
        return np.concatenate([np.ones((len(z), 1)), z, np.square(z)], axis=1)

    @classmethod
    def fit(cls, indicators: np.ndarray, sizes: np.ndarray, weight: np.ndarray) -> "WidthModel":
        """Gamma regression with a logarithmic link and a small ridge penalty, by Fisher scoring."""
        low, high = indicators.min(axis=0), indicators.max(axis=0)
        sd = indicators.std(axis=0)
        blank = np.zeros(1 + 2 * indicators.shape[1])
        made = cls(low, high, indicators.mean(axis=0), np.where(sd > 0, sd, 1.0), blank, np.array([-np.inf, np.inf]))
        terms = made._terms(indicators)
        penalty = np.full(len(blank), _RIDGE * weight.sum())
        penalty[0] = 0.0
        weighted = (terms * weight[:, np.newaxis]).T
        step = np.linalg.solve(weighted @ terms + np.diag(penalty), weighted)
        level = np.log(max(float(np.average(sizes, weights=weight)), np.finfo(float).tiny * 1e6))
        fitted = np.full(len(sizes), level)
        for _ in range(_STEPS):
            # One huge residual must not throw a step: it counts as five times its expected size.
            relative = np.minimum(sizes / np.exp(fitted) - 1.0, 5.0)
            coefficients = step @ (fitted + relative)
            fitted = np.clip(terms @ coefficients, level - _REACH, level + _REACH)
        limits = np.percentile(fitted, (5, 95))
        return cls(low, high, made.centre, made.scale, coefficients, limits)


@dataclass(frozen=True)
class Conformal:
    """Intervals of a model's predictions.

    Parameters
    ----------
    names : the indicators that `interval` expects, in order (the prediction is added by itself).
    width : expected size of the residual.
    lower, upper : quantiles of residual / size; the interval is prediction + lower · size to prediction + upper · size.
    level : share of new cells that the interval is to hold.
    coverage : (folds,) share held in each fold by an interval that did not know the fold.
    mean_width : mean width of these intervals, unit of the target.
    rows : residuals used.
    """

    names: Tuple[str, ...]
    width: WidthModel
    lower: float
    upper: float
    level: float
    coverage: np.ndarray
    mean_width: float
    rows: int

    def interval(
        self, prediction: np.ndarray, indicators: np.ndarray, floor: Optional[float] = 0.0
    ) -> Tuple[np.ndarray, np.ndarray]:
        """Lower and upper end for each cell.

        Parameters
        ----------
        prediction : (n,).
        indicators : (n, m), columns as `names`.
        floor : no end lies below it: a density is not negative. None for no floor.

        Returns
        -------
        (n,), (n,) in the unit of the prediction.
        """
        size = self.width.predict(_with_prediction(indicators, prediction))
        low, high = prediction + self.lower * size, prediction + self.upper * size
        return (low, high) if floor is None else (np.maximum(low, floor), np.maximum(high, floor))

    def arrays(self) -> Dict[str, np.ndarray]:
        """Plain arrays for a model bundle, member `FILE`."""
        numbers = np.array([self.lower, self.upper, self.level, self.mean_width, self.rows], np.float64)
        width = {key: getattr(self.width, key) for key in _WIDTH_ARRAYS}
        return {"names": np.array(self.names, dtype=str), "numbers": numbers, "coverage": self.coverage, **width}


_WIDTH_ARRAYS = ("low", "high", "centre", "scale", "coefficients", "limits")


def fit_conformal(
    names: Sequence[str],
    indicators: np.ndarray,
    target: np.ndarray,
    prediction: np.ndarray,
    folds: np.ndarray,
    weight: Optional[np.ndarray] = None,
    level: float = LEVEL,
) -> Conformal:
    """Intervals from out-of-fold predictions.

    Parameters
    ----------
    names : the m indicators.
    indicators : (n, m) numbers that may tell how large a residual is, such as the continuous drivers.
    target, prediction : (n,); each prediction from a model that did not see the row's fold.
    folds : (n,) fold of each row, of whole spatial blocks (`spatial_blocks.folds`).
    weight : (n,) cells that each row stands for; 1 if None.

    Raises
    ------
    InputError
        Fewer than 40 rows or two folds; numbers that are not finite.
    """
    indicators, target, prediction = (np.asarray(a, np.float64) for a in (indicators, target, prediction))
    folds, weight = np.asarray(folds), np.ones(len(target)) if weight is None else np.asarray(weight, np.float64)
    _check(names, indicators, target, prediction, folds)
    table, residual = _with_prediction(indicators, prediction), target - prediction
    sizes = np.empty(len(target))
    for fold in np.unique(folds):
        held = folds == fold
        model = WidthModel.fit(table[~held], np.abs(residual[~held]), weight[~held])
        sizes[held] = model.predict(table[held])
    ratio = residual / sizes
    coverage, widths = _tested(ratio, sizes, folds, weight, level)
    lower, upper = _both_quantiles(ratio, weight, level)
    whole = WidthModel.fit(table, np.abs(residual), weight)
    mean_width = float(np.average(widths, weights=weight))
    return Conformal(tuple(names), whole, lower, upper, level, coverage, mean_width, len(target))


def conformal_of(arrays: Mapping[str, np.ndarray], source: str = "the model") -> Conformal:
    """The intervals from what `Conformal.arrays` gave.

    Raises
    ------
    BundleError
        If arrays are missing or do not fit each other.
    """
    try:
        names = tuple(str(name) for name in arrays["names"])
        numbers = np.asarray(arrays["numbers"], np.float64)
        width = {key: np.asarray(arrays[key], np.float64) for key in _WIDTH_ARRAYS}
        coverage = np.asarray(arrays["coverage"], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(source) from error
    m = len(names) + 1
    shapes = {"coefficients": (1 + 2 * m,), "limits": (2,)}
    fits = numbers.shape == (5,) and coverage.ndim == 1
    fits = fits and all(array.shape == shapes.get(key, (m,)) for key, array in width.items())
    if not fits or not all(np.isfinite(a).all() for a in (numbers, *width.values())) or not (width["scale"] > 0).all():
        raise _damaged(source)
    lower, upper, level, mean_width, rows = numbers.tolist()
    return Conformal(names, WidthModel(**width), lower, upper, level, coverage, mean_width, int(rows))


def conformal_quantile(scores: np.ndarray, weight: np.ndarray, level: float) -> float:
    """Smallest score that a new one does not exceed with probability `level`.

    The new row counts as one more, of average weight and of infinite score: of n equal weights it is the
    ceil((n + 1) · level)-th smallest score, or the largest there is.
    """
    order = np.argsort(scores, kind="stable")
    share = np.cumsum(weight[order]) / (weight.sum() + weight.mean())
    place = min(int(np.searchsorted(share, level - 1e-12)), len(scores) - 1)
    return float(scores[order[place]])


def _both_quantiles(ratio: np.ndarray, weight: np.ndarray, level: float) -> Tuple[float, float]:
    tail = 0.5 + level / 2
    return -conformal_quantile(-ratio, weight, tail), conformal_quantile(ratio, weight, tail)


def _tested(ratio, sizes, folds, weight, level) -> Tuple[np.ndarray, np.ndarray]:
    """Coverage of each fold by the quantiles of the other folds, and the widths of these intervals."""
    found, widths = [], np.empty(len(ratio))
    for fold in np.unique(folds):
        held = folds == fold
        lower, upper = _both_quantiles(ratio[~held], weight[~held], level)
        within = (ratio[held] >= lower) & (ratio[held] <= upper)
        found.append(float(np.average(within, weights=weight[held])))
        widths[held] = (upper - lower) * sizes[held]
    return np.array(found), widths


def _with_prediction(indicators: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    return np.column_stack([np.asarray(indicators, np.float64), np.asarray(prediction, np.float64)])


def _check(names, indicators, target, prediction, folds) -> None:
    n = len(target)
    if indicators.shape != (n, len(names)) or prediction.shape != (n,) or folds.shape != (n,):
        raise InputError(
            "Prediction intervals need {} indicators, a prediction and a fold for each of {:,} rows; got arrays of "
            "shape {}, {} and {}.".format(len(names), n, indicators.shape, prediction.shape, folds.shape)
        )
    if n < LEAST_ROWS or len(np.unique(folds)) < 2:
        raise InputError(
            "Prediction intervals need at least {} held-out rows in two folds or more; there are {} rows in {} "
            "fold(s). Give more samples or smaller spatial blocks.".format(LEAST_ROWS, n, len(np.unique(folds)))
        )
    if not all(np.isfinite(values).all() for values in (indicators, target, prediction)):
        raise InputError("A row for the prediction intervals has a missing value. Leave rows with missing values out.")


def _damaged(source: str) -> BundleError:
    return BundleError(
        "The prediction intervals in '{}' are incomplete or do not fit together. Train the model again, or run without "
        "interval rasters.".format(source)
    )
