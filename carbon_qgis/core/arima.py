"""ARIMA(p, d, q) of a short yearly series (Xinjiang paper, eq. 1): one order fitted, judged and forecast."""

import warnings
from dataclasses import dataclass, field
from typing import List, NamedTuple, Tuple

import numpy as np

from .errors import InputError
from .trend_models import TrendForecast
from .unit_roots import is_constant

#: Roots of both polynomials must be at least this far from 0: on the unit circle itself nothing is estimated.
LEAST_ROOT = 1.01
#: Observations per parameter.
YEARS_PER_PARAMETER = 4
MOST_STEPS = 500
_ON_CIRCLE = "a root lies on the unit circle"


class Order(NamedTuple):
    """p autoregressive terms, d differences, q moving-average terms."""

    p: int
    d: int
    q: int

    def __str__(self) -> str:
        return "({},{},{})".format(*self)


@dataclass
class ArimaFit:
    """One fitted order.

    The model of the series differenced d times, w, is w = μ + ARMA(p, q) noise; `constant` says whether μ is fitted (it
    is the level for d = 0 and the yearly drift for d = 1) or 0.

    Attributes
    ----------
    problem : why the fit must not be used; '' if it may. Without a fit the numbers are NaN.
    remarks : what the estimation said on the way.
    criteria : from the likelihood of the n − d differences with p + q + μ + σ² parameters; comparable within one d.
    root : smallest modulus of the roots of both polynomials (infinite without any).
    variance : of the innovations, n − d − p − q − μ degrees of freedom.
    """

    order: Order
    constant: bool
    problem: str = ""
    remarks: List[str] = field(default_factory=list)
    ar: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ma: np.ndarray = field(default_factory=lambda: np.zeros(0))
    mean: float = 0.0
    variance: float = float("nan")
    loglikelihood: float = float("nan")
    aic: float = float("nan")
    bic: float = float("nan")
    aicc: float = float("nan")
    root: float = float("inf")
    freedom: int = 0
    residuals: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def parameters(self) -> int:
        """p + q + constant."""
        return self.order.p + self.order.q + int(self.constant)

    @property
    def usable(self) -> bool:
        """False if the fit is one of those that must not be used."""
        return not self.problem

    @property
    def on_circle(self) -> bool:
        """True if a root on the unit circle is the only problem: an estimate, though not a good one."""
        return self.problem.startswith(_ON_CIRCLE)

    @property
    def label(self) -> str:
        """`(1,1,0) with drift`."""
        word = {0: " with mean", 1: " with drift"}.get(self.order.d, " with constant") if self.constant else ""
        return str(self.order) + word


def parameters_allowed(years: int, d: int) -> int:
    """Most parameters (p + q + constant) that so many years can carry: (n − d)/4."""
    return (years - d) // YEARS_PER_PARAMETER


def fit_arima(values: np.ndarray, order: Order, constant: bool) -> ArimaFit:
    """Exact maximum likelihood of one order.

    The differenced series is fitted in units of its own standard deviation: the estimate then does not depend on the
    unit of the density. Criteria are in the unit of `values`.

    Parameters
    ----------
    values : (n,) series, one value per year.

    Returns
    -------
    ArimaFit; its `problem` says what is wrong with it: no convergence, a likelihood that is not finite or 0, a root on
    the unit circle, no variance.

    Raises
    ------
    InputError
        The order is negative, differences more often than twice, or has more parameters than there are years for any
        estimate at all.
    """
    _check(values, order, constant)
    fit = ArimaFit(order, constant)
    changes = np.diff(values, n=order.d)
    if is_constant(changes, float(np.abs(values).max())):
        fit.problem = "the series has no variance left after {} differences".format(order.d)
        return fit
    if order.p + order.q:
        _estimate(changes, fit)
    if not fit.problem or len(fit.ar) + len(fit.ma):
        _fill(fit, changes)
    return fit


def forecast_arima(values: np.ndarray, fit: ArimaFit, years: int) -> TrendForecast:
    """Forecast `years` ahead with its error.

    From the autocovariances of the fitted ARMA: the best linear forecast of the differences, its exact error
    covariance and that of the estimated constant, then summed d times. For (0,1,0) with drift this is the drift method.
    The uncertainty of p, q and of their coefficients is not in the interval.
    """
    if not np.isfinite(fit.variance):
        raise InputError("ARIMA{} cannot be forecast: {}.".format(fit.order, fit.problem or "it was not fitted"))
    n = len(values) - fit.order.d
    changes = np.diff(values, n=fit.order.d)
    gamma = _autocovariance(fit.ar, fit.ma, n + years)
    lags = np.abs(np.subtract.outer(np.arange(n + years), np.arange(n + years)))
    every = gamma[lags]
    past, cross, ahead = every[:n, :n], every[n:, :n], every[n:, n:]
    weights = np.linalg.solve(past, cross.T).T
    future = fit.mean + weights @ (changes - fit.mean)
    covariance = ahead - weights @ cross.T
    if fit.constant:
        ones = np.ones(n)
        gain = 1 - weights @ ones
        covariance = covariance + np.outer(gain, gain) / (ones @ np.linalg.solve(past, ones))
    total = np.eye(years)
    for level in range(fit.order.d, 0, -1):
        future = np.diff(values, n=level - 1)[-1] + np.cumsum(future)
        total = np.cumsum(total, axis=0)
    covariance = total @ covariance @ total.T * fit.variance
    fitted = np.concatenate([np.full(fit.order.d, np.nan), values[fit.order.d :] - fit.residuals])
    sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return TrendForecast("arima", future, sd, fit.freedom, fitted)


def _check(values: np.ndarray, order: Order, constant: bool) -> None:
    if min(order) < 0 or order.d > 2:
        raise InputError("{} is not an order of ARIMA: p and q are 0 or more, d is 0, 1 or 2.".format(Order(*order)))
    left = len(values) - order.d - (order.p + order.q + int(constant))
    if left < 2:
        raise InputError(
            "ARIMA{} has {} parameters; {} years are too few for it. Choose smaller p and q.".format(
                Order(*order), order.p + order.q + int(constant), len(values)
            )
        )


def _estimate(changes: np.ndarray, fit: ArimaFit) -> None:
    """Coefficients of the ARMA part by statsmodels. Its warnings become `problem` or `remarks`."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.arima.model import ARIMA

    order = fit.order
    shift = float(changes.mean()) if fit.constant else 0.0
    scale = float(np.sqrt(np.mean((changes - shift) ** 2)))
    # The filters are those of the whole process: another thread's warning would at worst become a remark here.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = ARIMA((changes - shift) / scale, order=(order.p, 0, order.q), trend="c" if fit.constant else "n")
            found = model.fit(method_kwargs={"maxiter": MOST_STEPS, "disp": 0})
        except (np.linalg.LinAlgError, ValueError) as error:
            fit.problem = "it could not be estimated ({})".format(str(error).strip().rstrip("."))
            return
    fit.remarks = _remarks(caught)
    params = np.asarray(found.params, dtype=float)
    if not (np.isfinite(params).all() and np.isfinite(found.llf)) or found.llf == 0:
        fit.problem = "its likelihood is not finite, or 0"
        return
    if any(issubclass(item.category, ConvergenceWarning) for item in caught) or not _converged(found):
        fit.problem = "the estimation did not converge"
    first = int(fit.constant)
    fit.ar, fit.ma = params[first : first + order.p], params[first + order.p : first + order.p + order.q]


def _converged(found) -> bool:
    return bool((found.mle_retvals or {}).get("converged", False))


def _remarks(caught) -> List[str]:
    """What the estimation warned of, each once; deprecations of packages are nothing to tell a user."""
    skipped = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
    texts = [" ".join(str(item.message).split()) for item in caught if not issubclass(item.category, skipped)]
    return list(dict.fromkeys(texts))


def _fill(fit: ArimaFit, changes: np.ndarray) -> None:
    """Constant, variance, likelihood and residuals that belong to the coefficients, and the guard of the roots.

    All follow exactly from the covariance of the process, by generalised least squares.
    """
    n = len(changes)
    fit.root = _least_root(fit.ar, fit.ma)
    fit.freedom = n - fit.parameters
    if fit.root <= 1.0:
        fit.problem = fit.problem or "a root lies inside the unit circle"
        return
    gamma = _autocovariance(fit.ar, fit.ma, n)
    factor = np.linalg.cholesky(gamma[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))])
    whitened = np.linalg.solve(factor, np.column_stack([changes, np.ones(n)]))
    if fit.constant:
        fit.mean = float(whitened[:, 1] @ whitened[:, 0] / (whitened[:, 1] @ whitened[:, 1]))
    errors = whitened[:, 0] - fit.mean * whitened[:, 1]
    squares = float(errors @ errors)
    # One-step errors: the factor's diagonal is the standard deviation that the process has given its past.
    fit.residuals = np.diag(factor) * errors
    fit.variance = squares / fit.freedom
    fit.loglikelihood = -0.5 * n * (np.log(2 * np.pi * squares / n) + 1) - float(np.log(np.diag(factor)).sum())
    fit.aic, fit.bic, fit.aicc = _criteria(fit.loglikelihood, fit.parameters + 1, n)
    if not fit.problem and fit.root < LEAST_ROOT:
        fit.problem = "{} (modulus {:.4f})".format(_ON_CIRCLE, fit.root)


def _criteria(loglikelihood: float, k: int, n: int) -> Tuple[float, float, float]:
    """AIC, BIC and AICc (Hurvich and Tsai 1989); AICc is infinite where n leaves it undefined."""
    aic = 2 * k - 2 * loglikelihood
    correction = 2.0 * k * (k + 1) / (n - k - 1) if n - k - 1 > 0 else float("inf")
    return aic, k * float(np.log(n)) - 2 * loglikelihood, aic + correction


def _least_root(ar: np.ndarray, ma: np.ndarray) -> float:
    """Smallest modulus of the roots of 1 − Σφzⁱ and 1 + Σθzⁱ."""
    moduli: List[float] = []
    for polynomial in (np.concatenate([[1.0], -ar]), np.concatenate([[1.0], ma])):
        trimmed = np.trim_zeros(polynomial, "b")
        if len(trimmed) > 1:
            moduli += list(np.abs(np.roots(trimmed[::-1])))
    return float(min(moduli)) if moduli else float("inf")


def _autocovariance(ar: np.ndarray, ma: np.ndarray, count: int) -> np.ndarray:
    """Autocovariances 0 … count − 1 of an ARMA process with innovations of variance 1."""
    from statsmodels.tsa.arima_process import arma_acovf

    return np.asarray(arma_acovf(np.concatenate([[1.0], -ar]), np.concatenate([[1.0], ma]), nobs=count), dtype=float)
