"""How well models would have forecast the years that are known: the rolling-origin check."""

from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .progress import Part, Progress, Silent, check_cancelled
from .trend_models import TrendForecast

#: Years in the first window.
LEAST_WINDOW = 6

#: Forecast of some years after a series; None where the model cannot be used there.
Model = Callable[[np.ndarray, int, Progress], Optional[TrendForecast]]


@dataclass
class RollingCheck:
    """Forecast errors of each model on years that it had not seen.

    Attributes
    ----------
    origins : lengths of the windows, in years, from which all models forecast.
    errors : by model, (origins, horizons) forecast − observation, kg C/m2; NaN beyond the end of the series.
    unscored : models that could not be used at half of the origins or more, and at how many.
    skipped : origins left out for all models because one could not be used there.
    """

    origins: Tuple[int, ...]
    errors: Dict[str, np.ndarray] = field(default_factory=dict)
    unscored: Dict[str, int] = field(default_factory=dict)
    skipped: int = 0

    def mae(self, model: str) -> float:
        """Mean absolute error, kg C/m2; NaN if the model has no score."""
        return float(np.nanmean(np.abs(self.errors[model]))) if self._scored(model) else float("nan")

    def rmse(self, model: str) -> float:
        """Root mean square error, kg C/m2; NaN if the model has no score."""
        return float(np.sqrt(np.nanmean(self.errors[model] ** 2))) if self._scored(model) else float("nan")

    def bias(self, model: str) -> float:
        """Mean error, kg C/m2; NaN if the model has no score."""
        return float(np.nanmean(self.errors[model])) if self._scored(model) else float("nan")

    def count(self, model: str) -> int:
        """Number of forecasts compared."""
        return int(np.isfinite(self.errors[model]).sum()) if model in self.errors else 0

    def ranking(self) -> List[str]:
        """Models with a score, the smallest mean absolute error first; on equal errors in the order given."""
        return sorted((model for model in self.errors if self._scored(model)), key=self.mae)

    def add_average(self, name: str, members: Sequence[str]) -> None:
        """Score the mean of the forecasts of `members`: its errors are the means of theirs."""
        scored = [self.errors[member] for member in members if self._scored(member)]
        if scored:
            self.errors[name] = np.mean(scored, axis=0)

    def _scored(self, model: str) -> bool:
        return self.count(model) > 0


def rolling_origin(
    values: np.ndarray, models: Mapping[str, Model], horizon: int, progress: Optional[Progress] = None
) -> RollingCheck:
    """Fit each model to the first m years and compare its forecast with the years after them, for growing m.

    m runs from half of the series, but at least 6 years, to all years but one; forecasts reach `horizon` years, or to
    the end. Orders are searched anew in each window: nothing of the years after it is used. All models are compared on
    the same origins.

    Parameters
    ----------
    values : (n,) series, n at least 8.

    Raises
    ------
    Cancelled
        Between two fits.
    """
    progress = progress or Silent()
    n = len(values)
    origins = list(range(max(LEAST_WINDOW, n // 2), n))
    reach = max(1, min(horizon, n - origins[0]))
    errors = {name: np.full((len(origins), reach), np.nan) for name in models}
    failed = {name: np.zeros(len(origins), dtype=bool) for name in models}
    for row, m in enumerate(origins):
        for name, model in models.items():
            check_cancelled(progress)
            ahead = min(reach, n - m)
            found = model(values[:m], ahead, Part(progress, (row / len(origins), (row + 1) / len(origins))))
            if found is None:
                failed[name][row] = True
            else:
                errors[name][row, :ahead] = found.mean[:ahead] - values[m : m + ahead]
    progress.update(1.0)
    unscored = {name: int(bad.sum()) for name, bad in failed.items() if 2 * bad.sum() >= len(origins)}
    kept = {name: table for name, table in errors.items() if name not in unscored}
    common = ~np.any([failed[name] for name in kept], axis=0) if kept else np.zeros(len(origins), dtype=bool)
    return RollingCheck(
        tuple(m for m, good in zip(origins, common) if good),
        {name: table[common] for name, table in kept.items()}, unscored, int(len(origins) - common.sum()),
    )  # fmt: skip
