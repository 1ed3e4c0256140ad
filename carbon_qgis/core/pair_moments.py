"""Sums of pairs of reference and prediction that add up over blocks, and the relative error of each pair (eq. 8)."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from .log_histogram import LogHistogram


@dataclass
class Moments:
    """Sums of pairs from which every metric follows; `+` joins those of two blocks.

    Means and centred sums are carried instead of raw sums, so that nothing cancels where the values are large and
    vary little (Chan, Golub & LeVeque 1979). `re` holds relative errors, of the pairs above a threshold.
    """

    n: int = 0
    weight: float = 0.0
    mean_reference: float = 0.0
    mean_prediction: float = 0.0
    ss_reference: float = 0.0
    ss_prediction: float = 0.0
    ss_cross: float = 0.0
    squared_error: float = 0.0
    absolute_error: float = 0.0
    n_re: int = 0
    weight_re: float = 0.0
    sum_re: float = 0.0
    re: Optional[LogHistogram] = None

    @classmethod
    def of(
        cls,
        reference: np.ndarray,
        prediction: np.ndarray,
        weights: Optional[np.ndarray] = None,
        threshold: Optional[float] = None,
    ) -> "Moments":
        """Sums of one block.

        Parameters
        ----------
        reference, prediction : (n,) finite numbers in one unit.
        weights : (n,), 0 or more; 1 by default.
        threshold : references above it have a relative error; None counts none (a first pass over a raster).
        """
        r, p = (np.asarray(each, dtype=np.float64).ravel() for each in (reference, prediction))
        w = np.ones(r.size) if weights is None else np.asarray(weights, dtype=np.float64).ravel()
        total = float(w.sum())
        out = cls(n=int(r.size), weight=total)
        if total > 0:
            out.mean_reference, out.mean_prediction = float(w @ r) / total, float(w @ p) / total
            dr, dp, error = r - out.mean_reference, p - out.mean_prediction, p - r
            out.ss_reference, out.ss_prediction = float(w @ (dr * dr)), float(w @ (dp * dp))
            out.ss_cross = float(w @ (dr * dp))
            out.squared_error, out.absolute_error = float(w @ (error * error)), float(w @ np.abs(error))
        if threshold is not None:
            above = r > threshold
            errors, shares = relative_errors(r[above], p[above]), w[above]
            out.n_re, out.weight_re = int(above.sum()), float(shares.sum())
            out.sum_re, out.re = float(shares @ errors), LogHistogram.of(errors, shares)
        return out

    def __add__(self, other: "Moments") -> "Moments":
        total = self.weight + other.weight
        share = other.weight / total if total > 0 else 0.0
        mix = self.weight * share  # w1·w2 / (w1 + w2)
        dr = other.mean_reference - self.mean_reference
        dp = other.mean_prediction - self.mean_prediction
        return Moments(
            n=self.n + other.n,
            weight=total,
            mean_reference=self.mean_reference + dr * share,
            mean_prediction=self.mean_prediction + dp * share,
            ss_reference=self.ss_reference + other.ss_reference + dr * dr * mix,
            ss_prediction=self.ss_prediction + other.ss_prediction + dp * dp * mix,
            ss_cross=self.ss_cross + other.ss_cross + dr * dp * mix,
            squared_error=self.squared_error + other.squared_error,
            absolute_error=self.absolute_error + other.absolute_error,
            n_re=self.n_re + other.n_re,
            weight_re=self.weight_re + other.weight_re,
            sum_re=self.sum_re + other.sum_re,
            re=self.re if other.re is None else other.re if self.re is None else self.re + other.re,
        )


def relative_errors(reference: np.ndarray, prediction: np.ndarray, threshold: Optional[float] = None) -> np.ndarray:
    """RE of every pair (eq. 8), |reference − prediction| / reference; NaN where the reference is not above `threshold`.

    Without a threshold every reference must be above 0.
    """
    reference, prediction = np.asarray(reference, dtype=np.float64), np.asarray(prediction, dtype=np.float64)
    if threshold is None:
        return np.abs(reference - prediction) / reference
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(reference > threshold, np.abs(reference - prediction) / reference, np.nan)


def weighted_median(values: np.ndarray, weights: Optional[np.ndarray] = None) -> Optional[float]:
    """Median of numbers with weights (all 1 by default); None of nothing.

    The smallest number at which half of the weight is reached, or the middle between it and the next one where the
    half is met exactly, as the plain median of an even count.
    """
    values = np.asarray(values, dtype=np.float64).ravel()
    if not values.size:
        return None
    if weights is None:
        return float(np.median(values))
    order = np.argsort(values, kind="stable")
    ordered, running = values[order], np.cumsum(np.asarray(weights, dtype=np.float64).ravel()[order])
    half = running[-1] / 2
    at = int(np.searchsorted(running, half * (1 - 1e-12)))
    if abs(running[at] - half) <= 1e-12 * running[-1] and at + 1 < ordered.size:
        return float((ordered[at] + ordered[at + 1]) / 2)
    return float(ordered[at])
