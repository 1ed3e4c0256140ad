"""Forecasts that any other must beat: the last value, drift, and a straight line."""

from dataclasses import dataclass
from typing import Callable, Dict, Sequence, Tuple

import numpy as np

#: Levels of the forecast intervals, %.
INTERVALS = (80, 95)


@dataclass(frozen=True)
class TrendForecast:
    """Forecast of the years after a series.

    Attributes
    ----------
    mean, sd : (h,) expected value, and standard deviation of the error of the forecast, 1 to h years ahead; the
        uncertainty of level and slope is in it.
    freedom : residual degrees of freedom: intervals are Student's t, as the variance is estimated from few years.
    fitted : (n,) what the model gave for each observed year before it was seen (linear: the line); NaN at the start.
    """

    model: str
    mean: np.ndarray
    sd: np.ndarray
    freedom: int
    fitted: np.ndarray

    def interval(self, level: int) -> Tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound, (h,) each, of the interval that holds `level` % of the outcomes; not below 0."""
        from scipy.stats import t

        width = t.ppf(0.5 + level / 200.0, self.freedom) * self.sd
        return np.maximum(self.mean - width, 0.0), np.maximum(self.mean + width, 0.0)


def naive(values: np.ndarray, years: int) -> TrendForecast:
    """The last value stays: a random walk without drift."""
    steps = np.diff(values)
    ahead = np.arange(1, years + 1)
    variance = steps @ steps / len(steps)
    mean = np.full(years, values[-1])
    return TrendForecast("naive", mean, np.sqrt(variance * ahead), len(steps), _shifted(values, 0.0))


def drift(values: np.ndarray, years: int) -> TrendForecast:
    """The last value plus the mean yearly change so far.

    Variance s²h(1 + h/(n − 1)): of the walk and of the estimated drift (Hyndman and Athanasopoulos, 5.5).
    """
    steps = np.diff(values)
    ahead, slope = np.arange(1, years + 1), float(steps.mean())
    variance = np.var(steps, ddof=1) * ahead * (1 + ahead / len(steps))
    return TrendForecast(
        "drift", values[-1] + slope * ahead, np.sqrt(variance), len(steps) - 1, _shifted(values, slope)
    )


def linear(values: np.ndarray, years: int) -> TrendForecast:
    """Least-squares line over the years, with the usual prediction variance of a regression."""
    n = len(values)
    time = np.arange(n) - (n - 1) / 2.0
    spread = time @ time
    slope, level = float(time @ values / spread), float(values.mean())
    fitted = level + slope * time
    residuals = values - fitted
    ahead = (n - 1) / 2.0 + np.arange(1, years + 1)
    variance = residuals @ residuals / (n - 2) * (1 + 1 / n + ahead**2 / spread)
    return TrendForecast("linear", level + slope * ahead, np.sqrt(variance), n - 2, fitted)


def average(members: Sequence[TrendForecast]) -> TrendForecast:
    """Mean of several forecasts of one series (Bates and Granger 1969, with equal weights).

    The standard deviation is the mean of theirs: all miss the same future, so their errors hardly cancel.
    """
    fitted = np.mean([member.fitted for member in members], axis=0)
    mean = np.mean([member.mean for member in members], axis=0)
    sd = np.mean([member.sd for member in members], axis=0)
    return TrendForecast("average", mean, sd, min(member.freedom for member in members), fitted)


#: The simple models by name.
SIMPLE: Dict[str, Callable[[np.ndarray, int], TrendForecast]] = {"drift": drift, "linear": linear, "naive": naive}


def _shifted(values: np.ndarray, slope: float) -> np.ndarray:
    return np.concatenate([[np.nan], values[:-1] + slope])
