"""Trend of a short series in every cell: Theil–Sen slope and Mann–Kendall test."""

from itertools import combinations
from typing import Sequence, Tuple

import numpy as np

#: Slopes held at a time: pairs grow with the square of the dates, so cells are taken in portions.
_SLOPES_AT_ONCE = 1_000_000


def theil_sen(values: np.ndarray, years: Sequence[float]) -> np.ndarray:
    """Median of the slopes between all pairs of dates (Sen 1968).

    Parameters
    ----------
    values : (dates, …) in the order of `years`; NaN anywhere in a cell gives NaN.
    years : ascending.

    Returns
    -------
    Slope per year, shaped like one date.
    """
    flat = values.reshape(len(years), -1)
    slopes = np.full(flat.shape[1], np.nan)
    complete = np.flatnonzero(~np.isnan(flat).any(axis=0))
    pairs = list(combinations(range(len(years)), 2))
    step = max(1, _SLOPES_AT_ONCE // len(pairs))
    for start in range(0, complete.size, step):
        cells = complete[start : start + step]
        part = flat[:, cells]
        steps = np.stack([(part[j] - part[i]) / (years[j] - years[i]) for i, j in pairs])
        slopes[cells] = np.median(steps, axis=0, overwrite_input=True)
    return slopes.reshape(values.shape[1:])


def mann_kendall(values: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Mann–Kendall S and its two-sided p value (Kendall 1975).

    Without ties p comes from the exact distribution of S; with ties from the normal approximation
    with tie and continuity correction.

    Parameters
    ----------
    values : (dates, …), in order of time.

    Returns
    -------
    S and p, shaped like one date; NaN where a date is NaN.
    """
    n = values.shape[0]
    missing = np.isnan(values).any(axis=0)
    s = np.zeros(values.shape[1:])
    ties = np.zeros(values.shape[1:], dtype=bool)
    for i, j in combinations(range(n), 2):
        sign = np.sign(values[j] - values[i])
        s += np.where(missing, 0, sign)
        ties |= sign == 0
    p = exact_p(n)[np.abs(s).astype(int)]
    ties &= ~missing
    if ties.any():
        p[ties] = _normal_p(values[:, ties], s[ties])
    return np.where(missing, np.nan, s), np.where(missing, np.nan, p)


def smallest_p(dates: int) -> float:
    """The smallest p value that Mann–Kendall can give for so many dates: every order but one and its mirror is less
    extreme."""
    return float(exact_p(dates)[-1])


def exact_p(n: int) -> np.ndarray:
    """P(|S| ≥ s) for s = 0 … n(n−1)/2 when all orders of n values are equally likely."""
    inversions = np.array([1.0])
    for size in range(2, n + 1):
        # One size at a time as shares: factorials of long series pass the range of a float.
        inversions = np.convolve(inversions, np.full(size, 1.0 / size))
    pairs = n * (n - 1) // 2
    s = np.abs(pairs - 2 * np.arange(pairs + 1))
    by_s = np.bincount(s, inversions, pairs + 1)
    return by_s[::-1].cumsum()[::-1].clip(max=1.0)


def _normal_p(values: np.ndarray, s: np.ndarray) -> np.ndarray:
    from scipy.special import erfc

    n = values.shape[0]
    ordered = np.sort(values, axis=0)
    variance = np.full(s.shape, n * (n - 1) * (2 * n + 5) / 18.0)
    run = np.ones(s.shape)
    for i in range(1, n + 1):
        same = (ordered[i] == ordered[i - 1]) if i < n else np.zeros(s.shape, bool)
        # A run of ties counts once, where it ends.
        variance -= np.where(same, 0.0, run * (run - 1) * (2 * run + 5) / 18.0)
        run = np.where(same, run + 1, 1.0)
    z = np.where(variance > 0, (np.abs(s) - 1).clip(min=0) / np.sqrt(np.where(variance > 0, variance, 1)), 0.0)
    return erfc(z / np.sqrt(2))
