"""Trend of a short series in every cell: Theil–Sen slope and Mann–Kendall test."""

from itertools import combinations
from typing import Sequence, Tuple

import numpy as np


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
    slopes = [(values[j] - values[i]) / (years[j] - years[i]) for i, j in combinations(range(len(years)), 2)]
    return np.median(np.stack(slopes), axis=0)


def mann_kendall(values: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Mann–Kendall S and its two-sided p value (Kendall 1975).

    Without ties p comes from the exact distribution of S; with ties from the normal approximation
    with tie and continuity correction.

    Parameters
    ----------
    values : (dates, …).

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
    exact = _exact_p(n)
    p = exact[np.abs(s).astype(int)]
    if ties.any():
        p = np.where(ties, _normal_p(values, s), p)
    return np.where(missing, np.nan, s), np.where(missing, np.nan, p)


def _exact_p(n: int) -> np.ndarray:
    """P(|S| ≥ s) for s = 0 … n(n−1)/2 when all orders are equally likely."""
    inversions = np.array([1.0])
    for size in range(2, n + 1):
        inversions = np.convolve(inversions, np.ones(size))
    inversions /= inversions.sum()
    pairs = n * (n - 1) // 2
    s = np.abs(pairs - 2 * np.arange(pairs + 1))
    return np.array([inversions[s >= value].sum() for value in range(pairs + 1)]).clip(max=1.0)


def _normal_p(values: np.ndarray, s: np.ndarray) -> np.ndarray:
    from scipy.special import erfc

    n = values.shape[0]
    ordered = np.sort(values, axis=0)
    variance = np.full(s.shape, n * (n - 1) * (2 * n + 5) / 18.0)
    run = np.ones(s.shape)
    for i in range(1, n + 1):
        same = (ordered[i] == ordered[i - 1]) if i < n else np.zeros(s.shape, bool)
        variance -= np.where(same, 0.0, run * (run - 1) * (2 * run + 5) / 18.0)
        run = np.where(same, run + 1, 1.0)
    z = np.where(variance > 0, (np.abs(s) - 1).clip(min=0) / np.sqrt(np.where(variance > 0, variance, 1)), 0.0)
    return erfc(z / np.sqrt(2))
