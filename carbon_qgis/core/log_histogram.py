"""Quantiles of non-negative numbers from counts that add up over blocks, without keeping the numbers."""

from dataclasses import dataclass, field
from typing import Optional, Tuple

import numpy as np

#: Smallest and largest number that has a class of its own; 4,096 classes between them are 0.9 % wide each.
LOWEST, HIGHEST, CLASSES = 1e-8, 1e8, 4096
_LOG_LOW = np.log(LOWEST)
_STEP = (np.log(HIGHEST) - _LOG_LOW) / CLASSES


@dataclass
class LogHistogram:
    """Weights of numbers by class of equal width on a logarithmic axis; `+` adds two of them.

    Attributes
    ----------
    weights : (CLASSES + 2,) float64. The first entry holds everything below `LOWEST` (zeros and negative numbers
        too), the last everything from `HIGHEST` on.
    low, high : the extremes that were counted, exactly; they bound every quantile.
    """

    weights: np.ndarray = field(default_factory=lambda: np.zeros(CLASSES + 2))
    low: float = np.inf
    high: float = -np.inf

    @classmethod
    def of(cls, values: np.ndarray, weights: Optional[np.ndarray] = None) -> "LogHistogram":
        """Count finite numbers (any shape), each with its weight (1 by default)."""
        values = np.asarray(values, dtype=np.float64).ravel()
        if not values.size:
            return cls()
        with np.errstate(divide="ignore", invalid="ignore"):
            place = (np.log(np.maximum(values, 0.0)) - _LOG_LOW) / _STEP
        index = np.clip(np.floor(place) + 1, 0, CLASSES + 1).astype(np.intp)
        flat = None if weights is None else np.asarray(weights, dtype=np.float64).ravel()
        counts = np.bincount(index, flat, CLASSES + 2).astype(np.float64)
        return cls(counts, float(values.min()), float(values.max()))

    def __add__(self, other: "LogHistogram") -> "LogHistogram":
        return LogHistogram(self.weights + other.weights, min(self.low, other.low), max(self.high, other.high))

    @property
    def total(self) -> float:
        """Sum of all weights."""
        return float(self.weights.sum())

    def quantile(self, share: float) -> Optional[float]:
        """Number below which `share` (0–1) of the weight lies, within 0.9 % of itself; None if nothing was counted.

        Inside a class the weight is taken as evenly spread; below `LOWEST` the answer is between the smallest number
        and 0.
        """
        total = self.total
        if total <= 0:
            return None
        running = np.cumsum(self.weights)
        index = int(min(np.searchsorted(running, share * total, side="left"), CLASSES + 1))
        before = running[index - 1] if index else 0.0
        part = (share * total - before) / self.weights[index] if self.weights[index] else 0.0
        low, high = self._bounds(index)
        return float(min(self.high, max(self.low, low + min(1.0, max(0.0, part)) * (high - low))))

    def _bounds(self, index: int) -> Tuple[float, float]:
        if index == 0:
            return min(self.low, 0.0), LOWEST
        if index == CLASSES + 1:
            return HIGHEST, max(self.high, HIGHEST)
        return float(np.exp(_LOG_LOW + (index - 1) * _STEP)), float(np.exp(_LOG_LOW + index * _STEP))

    def rebinned(self, edges: np.ndarray) -> np.ndarray:
        """Weights in bins of other edges: a class that lies in two bins is shared out by width.

        Parameters
        ----------
        edges : (k + 1,) ascending; what lies outside them is not counted.

        Returns
        -------
        (k,) float64.
        """
        bounds = np.exp(_LOG_LOW + np.arange(CLASSES + 1) * _STEP)
        cumulative = self.weights[0] + np.concatenate([[0.0], np.cumsum(self.weights[1:-1])])
        x = np.concatenate([[0.0], bounds])
        y = np.concatenate([[0.0], cumulative])
        return np.diff(np.interp(np.asarray(edges, dtype=np.float64), x, y))
