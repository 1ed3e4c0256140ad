"""Ends of a colour ramp: where nearly all cells are, so that a single extreme one does not bleach the map.

The same for layers and for the maps of the reports (2nd to 98th percentile), from the pictures that a run keeps.
"""

import math
from typing import Tuple

import numpy as np

Limits = Tuple[float, float]


def ramp_limits(whole: Limits, *pictures: np.ndarray) -> Limits:
    """2nd and 98th percentile of the pictures; `whole`, the range of all cells, where that says nothing."""
    values = _finite(pictures)
    if not values.size:
        return whole
    low, high = (float(value) for value in np.percentile(values, (2, 98)))
    return (low, high) if low < high else whole


def symmetric_limits(whole: Limits, *pictures: np.ndarray) -> Limits:
    """Symmetric about 0: the size that 98 % of the cells do not pass, or the largest of `whole`."""
    values = _finite(pictures)
    limit = float(np.percentile(np.abs(values), 98)) if values.size else 0.0
    if not limit:
        limit = max((abs(end) for end in whole if math.isfinite(end)), default=0.0)
    return -limit, limit


def _finite(pictures) -> np.ndarray:
    parts = [np.asarray(picture, dtype=np.float64).ravel() for picture in pictures]
    values = np.concatenate(parts) if parts else np.zeros(0)
    return values[np.isfinite(values)]
