"""How often a series must be differenced: the KPSS and the augmented Dickey–Fuller test."""

from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np

#: Level of both tests.
LEVEL = 0.05
MOST_DIFFERENCES = 2
#: Upper-tail critical values of KPSS around a level (Kwiatkowski et al. 1992, table 1).
_KPSS_TABLE = ((0.347, 0.10), (0.463, 0.05), (0.574, 0.025), (0.739, 0.01))
#: Variance of differences, relative to that of the series, that is rounding only.
_NO_VARIANCE = 1e-20


@dataclass(frozen=True)
class RootTest:
    """Both tests on the series differenced `d` times.

    `kpss_p` is limited to 0.01–0.10, the range of the published table; `adf_p` is None where too few years are left.
    """

    d: int
    years: int
    kpss: float
    kpss_p: float
    adf: Optional[float]
    adf_p: Optional[float]
    difference: bool


def choose_d(values: np.ndarray, most: int = MOST_DIFFERENCES) -> Tuple[int, List[RootTest]]:
    """Order of differencing: difference as long as KPSS rejects stationarity and ADF does not reject a unit root.

    Both must point the same way because each alone is weak on some fifteen years: ADF hardly ever rejects, and would
    difference everything twice.

    Parameters
    ----------
    values : (n,) series.

    Returns
    -------
    d from 0 to `most`, and the tests on the way.
    """
    tests: List[RootTest] = []
    d, scale = 0, float(np.abs(values).max())
    while True:
        test = _tested(np.diff(values, n=d), d, most, scale)
        if test is None:  # the differences are all alike: nothing is left to difference
            return d, tests
        tests.append(test)
        if not test.difference:
            return d, tests
        d += 1


def is_constant(values: np.ndarray, scale: float) -> bool:
    """True if the values differ by rounding only, against values of the size `scale`."""
    return bool(np.var(values) <= _NO_VARIANCE * max(scale, 1e-300) ** 2)


def kpss(values: np.ndarray) -> Tuple[float, float]:
    """KPSS statistic around a level, and its p value (0.01–0.10); Bartlett window of 4·(n/100)^¼ lags.

    Kwiatkowski, Phillips, Schmidt and Shin (1992), eq. 11 and table 1.
    """
    n = len(values)
    residuals = values - values.mean()
    lags = min(int(4 * (n / 100.0) ** 0.25), n - 1)
    variance = residuals @ residuals / n
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (residuals[lag:] @ residuals[:-lag]) / n
    statistic = float(np.sum(np.cumsum(residuals) ** 2) / n**2 / variance)
    points, levels = zip(*_KPSS_TABLE)
    return statistic, float(np.interp(statistic, points, levels))


def dickey_fuller(values: np.ndarray) -> Tuple[Optional[float], Optional[float]]:
    """Augmented Dickey–Fuller statistic with a constant and (n − 1)^⅓ lags, and its p value (MacKinnon 1994).

    None, None where fewer than two residual degrees of freedom are left or the regression is exact.
    """
    from statsmodels.tsa.adfvalues import mackinnonp

    n = len(values)
    lags = int((n - 1) ** (1 / 3) + 1e-9)
    change = np.diff(values)
    rows = len(change) - lags
    columns = [values[lags:-1], np.ones(rows)] + [change[lags - i : len(change) - i] for i in range(1, lags + 1)]
    design, target = np.column_stack(columns), change[lags:]
    freedom = rows - design.shape[1]
    if freedom < 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None, None
    beta = np.linalg.lstsq(design, target, rcond=None)[0]
    residuals = target - design @ beta
    variance = residuals @ residuals / freedom * np.linalg.inv(design.T @ design)[0, 0]
    if variance <= 0:
        return None, None
    statistic = float(beta[0] / np.sqrt(variance))
    return statistic, float(mackinnonp(statistic, regression="c", N=1))


def _tested(values: np.ndarray, d: int, most: int, scale: float) -> Optional[RootTest]:
    if is_constant(values, scale):
        return None
    statistic, p = kpss(values)
    adf, adf_p = dickey_fuller(values)
    rejected = p < LEVEL and not (adf_p is not None and adf_p < LEVEL)
    return RootTest(d, len(values), statistic, p, adf, adf_p, rejected and d < most)
