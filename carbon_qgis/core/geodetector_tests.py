"""Significance in the Geodetector: p of q, the adjusted q, the ecological and the risk detector.

Every upper tail is computed as a tail and in logarithms, never as 1 - cdf: with a million cells p is often far below
1e-300 and its logarithm still ranks drivers. All tails reduce to the regularised incomplete beta function,
evaluated by its continued fraction (DiDonato & Morris 1992, ACM Transactions on Mathematical Software 18: 360-373).

Sources: Wang et al. 2010 (International Journal of Geographical Information Science 24: 107-127) for the detectors;
Wang, Zhang & Fu 2016 (Ecological Indicators 67: 250-256) for the non-central F test of q.
"""

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .strata_moments import Sums

#: A sum of squared deviations below this share of the sum of squares about the centre is rounding, not variance.
VARIANCE_FLOOR = 1e-10
#: q expected from chance alone, (L - 1)/(N - 1), above which a q is marked as not reliable.
EXPECTED_Q_LIMIT = 0.05

_MAX_TERMS = 20_000
_TINY = 1e-300


def log_beta_tail(a: np.ndarray, b: np.ndarray, x: np.ndarray, complement: np.ndarray) -> np.ndarray:
    """ln I_x(a, b), the regularised incomplete beta function, where I itself would underflow too.

    Parameters
    ----------
    a, b : positive floats, broadcast together
    x, complement : floats in [0, 1]
        x and 1 - x, each given by the caller: near 1 the difference would lose the digits that matter.

    Returns
    -------
    array of the broadcast shape, <= 0; -inf where x is 0.

    Notes
    -----
    The relative error of I is about 1e-16 times the larger of a and b: 1e-10 at a million cells. The continued
    fraction takes about the square root of that number of terms at worst.
    """
    a, b, x, y = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (a, b, x, complement)))
    shape = a.shape
    a, b, x, y = (np.atleast_1d(v).ravel() for v in (a, b, x, y))
    swap = x > (a + 1.0) / (a + b + 2.0)
    tail = _log_lower_tail(np.where(swap, b, a), np.where(swap, a, b), np.where(swap, y, x), np.where(swap, x, y))
    with np.errstate(divide="ignore"):
        result = np.where(swap, np.log1p(-np.minimum(np.exp(tail), 1.0)), tail)
    return np.minimum(result, 0.0).reshape(shape)


def _log_lower_tail(a: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """ln I_x(a, b) for x below the mean, by the continued fraction in Lentz's form; 1-D arrays, y = 1 - x."""
    from scipy.special import betainc, betaln

    with np.errstate(divide="ignore"):
        front = a * np.log(x) + b * np.log(y) - betaln(a, b)
    front[x == 0.0] = -np.inf
    result = np.empty_like(front)
    left = np.arange(len(front))  # those that have not settled
    # a y - b x stands for a - (a + b) x, which would lose its digits where a is large and x is near 1.
    lead = a * y - b * x + 1.0
    fraction = a * lead / (a + 1.0)
    fraction = np.where(np.abs(fraction) < _TINY, _TINY, fraction)
    c, d = fraction.copy(), np.zeros_like(fraction)
    for m in range(1, _MAX_TERMS):
        inner = m * (b - m) * x / (a + 2 * m - 1)
        above = inner * (a + m - 1) * (a + b + m - 1) * x / (a + 2 * m - 1)
        below = m + inner + (a + m) * (lead + m * (1.0 + y)) / (a + 2 * m + 1)
        d = below + above * d
        d = 1.0 / np.where(np.abs(d) < _TINY, _TINY, d)
        c = below + above / c
        c = np.where(np.abs(c) < _TINY, _TINY, c)
        fraction = fraction * (d * c)
        if m % 8 and len(left) < 1000:
            continue
        # Each product is rounded, so a much tighter bound than this may never be met.
        open_ = np.abs(d * c - 1.0) >= 2e-15
        result[left[~open_]] = front[left[~open_]] - np.log(fraction[~open_])
        left = left[open_]
        if not left.size:
            return result
        a, b, x, y, lead, fraction, c, d = (v[open_] for v in (a, b, x, y, lead, fraction, c, d))
    # Thousands of millions of cells and p near one half: no tail, so the plain function serves.
    result[left] = np.log(betainc(a, b, x))
    return result


def log_f_sf(f: np.ndarray, df1: np.ndarray, df2: np.ndarray) -> np.ndarray:
    """ln P(F > f) of the central F distribution with df1 and df2 degrees of freedom; arrays or numbers, f finite."""
    scale = df2 + df1 * f
    return log_beta_tail(df2 / 2.0, df1 / 2.0, df2 / scale, df1 * f / scale)


def log_ncf_sf(f: np.ndarray, df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray) -> np.ndarray:
    """ln P(F > f) of the non-central F distribution; arrays or numbers, broadcast together.

    P = sum over j of Poisson(j; lambda/2) * I_{df2/(df2 + df1 f)}(df2/2, df1/2 + j): all terms are positive, so
    nothing cancels. Their logarithm is concave in j; the sum runs over the terms within e^-50 of the largest, and
    where these are many thousands, over every s-th of them (s small against their spread), times s.
    """
    f, df1, df2, lam = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (f, df1, df2, noncentrality)))
    shape = f.shape
    f, df1, df2, lam = (np.atleast_1d(v).ravel() for v in (f, df1, df2, lam))
    result = np.empty(len(f))
    central = lam <= 0.0
    result[central] = log_f_sf(f[central], df1[central], df2[central])
    mixed = np.flatnonzero(~central)
    if mixed.size:
        result[mixed] = _poisson_mixtures(f[mixed], df1[mixed], df2[mixed], lam[mixed] / 2.0)
    return np.minimum(result, 0.0).reshape(shape)


def _poisson_mixtures(f: np.ndarray, df1: np.ndarray, df2: np.ndarray, half: np.ndarray) -> np.ndarray:
    """ln of the sum over j for each test; the tests advance together, because one call for all is much cheaper."""
    # The ratio of neighbouring terms is at most half/j (1 + df2/(2j)): below 1 beyond `top`, below 1/2 beyond 2 top.
    top = half + np.sqrt(half * df2 / 2.0)
    grids = [np.unique(np.rint(np.append(0.0, np.geomspace(1.0, 2.0 * t + 100.0, 160)))) for t in top]
    stride, open_ = np.ones(len(f)), np.arange(len(f))
    while open_.size:
        left = []
        for k, values in zip(open_, _mixture_terms(grids, open_, f, df1, df2, half)):
            grid = grids[k]
            inside = np.flatnonzero(values > values.max() - 50.0)
            low, high = grid[max(inside[0] - 1, 0)], grid[min(inside[-1] + 1, len(grid) - 1)]
            if len(inside) > 60 or high - low <= 160:
                stride[k] = max(1.0, np.floor((high - low) / 160))
                grids[k] = np.arange(low, high + 1.0, stride[k])
            else:
                grids[k] = np.unique(np.rint(np.linspace(low, high, 160)))
                left.append(k)
        open_ = np.array(left, dtype=int)
    terms = _mixture_terms(grids, np.arange(len(f)), f, df1, df2, half)
    peaks = [values.max() for values in terms]
    return np.array([p + np.log(np.exp(v - p).sum() * s) for p, v, s in zip(peaks, terms, stride)])


def _mixture_terms(grids, which, f, df1, df2, half) -> List[np.ndarray]:
    """ln of the terms j in `grids[k]` for each test k of `which`."""
    from scipy.special import gammaln

    sizes = [len(grids[k]) for k in which]
    j = np.concatenate([grids[k] for k in which])
    f, df1, df2, half = (np.repeat(v[which], sizes) for v in (f, df1, df2, half))
    scale = df2 + df1 * f
    tail = log_beta_tail(df2 / 2.0, df1 / 2.0 + j, df2 / scale, df1 * f / scale)
    return np.split(j * np.log(half) - half - gammaln(j + 1.0) + tail, np.cumsum(sizes)[:-1])


def q_adjusted(q: float, n: int, strata: int) -> float:
    """1 - (1 - q)(N - 1)/(N - L): q less what that many strata explain by chance; may be negative."""
    return 1.0 - (1.0 - q) * (n - 1.0) / (n - strata)


def q_expected(n: int, strata: int) -> float:
    """(L - 1)/(N - 1): mean of q where Y and the strata are not associated (independent cells)."""
    return (strata - 1.0) / (n - 1.0) if n > 1 else float("nan")


def is_unreliable(n: int, strata: int) -> bool:
    """Whether chance alone would give a q above 0.05, which is about fewer than 20 cells per stratum.

    Neighbouring cells are alike, so the true bound is stricter; this one is the least that can be asked.
    """
    return strata > 1 and not q_expected(n, strata) <= EXPECTED_Q_LIMIT


def log_p_central(rest: float, q: float, n: int, strata: int) -> Optional[float]:
    """ln p of q under no association: F = (N - L) q / ((L - 1)(1 - q)) on L - 1 and N - L; None where L is 1.

    `rest` is 1 - q, given apart from q for its digits.
    """
    if strata < 2:
        return None
    # 1 - q and q are the two arguments of the beta function; F itself would be infinite at q = 1.
    return float(log_beta_tail((n - strata) / 2.0, (strata - 1) / 2.0, rest, q))


def published_f(q: float, n: int, counts: np.ndarray, means: np.ndarray, variance: float) -> Optional[tuple]:
    """(F, df1, df2, lambda) of the non-central F test of Wang, Zhang & Fu (2016), as in the original software.

    lambda = [sum m_h^2 - (sum sqrt(n_h) m_h)^2 / N] / variance, with m_h the plain stratum means. It changes when a
    constant is added to Y, so this p is for matching published numbers, not for judging. None with one stratum; F is
    infinite at q = 1.

    Parameters
    ----------
    q, n : q statistic and number of cells
    counts, means : arrays of shape (L,)
        Cells and mean of Y (not centred) of each stratum.
    variance : of Y; sample (N - 1) or population (N), peers differ.
    """
    strata = len(counts)
    if strata < 2:
        return None
    noncentrality = (np.sum(means**2) - np.sum(np.sqrt(counts) * means) ** 2 / n) / variance
    f = (n - strata) * q / ((strata - 1.0) * (1.0 - q)) if q < 1.0 else np.inf
    return f, strata - 1.0, n - float(strata), float(noncentrality)


def p_published(parts: Sequence[Optional[tuple]]) -> List[Optional[float]]:
    """P(F > f) of each of `published_f`, all at once; None stays None, an infinite F has p = 0."""
    finite = [k for k, part in enumerate(parts) if part is not None and np.isfinite(part[0])]
    result: List[Optional[float]] = [None if part is None else 0.0 for part in parts]
    if finite:
        for k, log_p in zip(finite, log_ncf_sf(*np.array([parts[k] for k in finite]).T)):
            result[k] = float(np.exp(log_p))
    return result


@dataclass(frozen=True)
class EcologicalTests:
    """F of pairs of factors and its p values; arrays of one length, NaN where there is no test (see `reason`)."""

    f: np.ndarray
    p_published: np.ndarray
    p_two_sided: np.ndarray
    reason: Tuple[str, ...]


def ecological_tests(n1: np.ndarray, ssw1: np.ndarray, n2: np.ndarray, ssw2: np.ndarray) -> EcologicalTests:
    """Whether two factors differ in how much of Y they explain (ecological detector, Wang et al. 2010).

    F = [N1 (N2 - 1) SSW1] / [N2 (N1 - 1) SSW2] on N1 - 1 and N2 - 1 degrees of freedom, SSW the sum of squares within
    strata. `p_published` is the upper tail, as in the original software: small where factor 2 explains more, so it
    depends on the order of the factors. `p_two_sided` is twice the smaller tail and does not; it is the one judged.
    Both SSW come from the same cells, which the test does not know of: it is a guide, not a proof.

    Parameters
    ----------
    n1, ssw1, n2, ssw2 : arrays of shape (pairs,)
        Cells and SSW of the first and the second factor; an SSW of 0 is a factor that explains all.
    """
    n1, ssw1, n2, ssw2 = (np.asarray(v, dtype=np.float64) for v in (n1, ssw1, n2, ssw2))
    few = ~((n1 > 1) & (n2 > 1) & np.isfinite(ssw1) & np.isfinite(ssw2))
    flat = ~few & ((ssw1 <= 0.0) | (ssw2 <= 0.0))
    good = ~(few | flat)
    f, upper, lower = (np.full(len(n1), np.nan) for _ in range(3))
    f[good] = (n1 * (n2 - 1.0) * ssw1)[good] / (n2 * (n1 - 1.0) * ssw2)[good]
    upper[good] = np.exp(log_f_sf(f[good], n1[good] - 1.0, n2[good] - 1.0))
    lower[good] = np.exp(log_f_sf(1.0 / f[good], n2[good] - 1.0, n1[good] - 1.0))
    reasons = np.where(few, "q is not defined", np.where(flat, "a factor leaves no variance within its strata", ""))
    return EcologicalTests(
        f, upper, np.minimum(1.0, 2.0 * np.minimum(upper, lower)), tuple(str(text) for text in reasons)
    )


@dataclass(frozen=True)
class WelchTests:
    """Welch's t of every pair of strata; arrays of one length, NaN where there is no test (`reason` says why)."""

    first: np.ndarray
    second: np.ndarray
    t: np.ndarray
    df: np.ndarray
    p: np.ndarray
    reason: Tuple[str, ...]


def stratum_statistics(sums: Sums) -> Tuple[np.ndarray, np.ndarray]:
    """Mean (about the centre) and sample variance of each stratum of flat `sums`; NaN variance below 2 cells."""
    n = sums.n.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.y / n
        squares = sums.y2 - sums.y * mean
        squares = np.where(squares <= VARIANCE_FLOOR * sums.y2, 0.0, squares)
        variance = np.where(n > 1, squares / (n - 1.0), np.nan)
    return mean, variance


def welch_tests(n: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> WelchTests:
    """Risk detector: is the mean of Y of one stratum unlike another's? Welch's t, two-sided p.

    Parameters
    ----------
    n, mean, variance : arrays of shape (L,)
        Cells (>= 1), mean and sample variance of each stratum.

    Returns
    -------
    WelchTests
        L (L - 1) / 2 pairs in row order; t has the sign of mean[first] - mean[second]; df by Welch-Satterthwaite.
    """
    i, j = np.triu_indices(len(n), 1)
    few = (n[i] < 2) | (n[j] < 2)
    flat = ~few & ((variance[i] <= 0.0) | (variance[j] <= 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = variance[i] / n[i], variance[j] / n[j]
        t = (mean[i] - mean[j]) / np.sqrt(a + b)
        df = (a + b) ** 2 / (a**2 / (n[i] - 1.0) + b**2 / (n[j] - 1.0))
    p = np.full(len(t), np.nan)
    good = ~(few | flat)
    t, df = np.where(good, t, np.nan), np.where(good, df, np.nan)
    if good.any():
        scale = df[good] + t[good] ** 2
        p[good] = np.exp(log_beta_tail(df[good] / 2.0, 0.5, df[good] / scale, t[good] ** 2 / scale))
    reasons = np.where(few, "a stratum has fewer than 2 cells", np.where(flat, "a stratum has no variance", ""))
    return WelchTests(i, j, t, df, p, tuple(str(r) for r in reasons))
