"""What is said of a trained forest beside its metrics: bias of the total, importance of the drivers, as tables."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .network_inputs import Encoding
from .results import Column, Table
from .samples import Samples
from .validation import comparison_table

if TYPE_CHECKING:
    from .forest_training import ForestFit

class TotalBias(NamedTuple):
    """Relative error of a total, and its 95 % interval; NaN where there is no total or only one block."""

    share: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether chance alone hardly explains the error."""
        return self.low > 0 or self.high < 0


def total_bias(rows: Samples, prediction: np.ndarray) -> TotalBias:
    """Error of the (weighted) total: sum of w * prediction over sum of w * target, minus 1.

    The interval is that of a ratio of sums (Cochran 1977, Sampling Techniques, section 6.4) with whole spatial blocks
    as the units where there are blocks: errors of neighbours are alike.
    """
    from scipy.special import stdtrit

    total = float(rows.weight @ rows.target)
    if total == 0:
        return TotalBias(float("nan"), float("nan"), float("nan"))
    ratio = float(rows.weight @ prediction) / total
    rest = rows.weight * (prediction - ratio * rows.target)
    if rows.block is not None:
        rest = np.bincount(np.unique(rows.block, return_inverse=True)[1].ravel(), rest)
    units = len(rest)
    if units < 2:
        return TotalBias(ratio - 1, float("nan"), float("nan"))
    # Student's t: with the ten or so blocks that are held out, 1.96 would promise too much.
    error = float(stdtrit(units - 1, 0.975)) * float(np.sqrt(units / (units - 1) * np.square(rest).sum())) / abs(total)
    return TotalBias(ratio - 1, ratio - 1 - error, ratio - 1 + error)


def by_driver(importance: np.ndarray, encoding: Encoding) -> np.ndarray:
    """Importance of the k drivers: sums over the encoded columns of each."""
    ends = np.cumsum([len(codes) or 1 for codes in encoding.codes])
    return np.array([part.sum() for part in np.split(importance, ends[:-1])])


def metrics_table(fit: "ForestFit") -> Table:
    """One row per set of rows: every metric, its label (fit or held-out), bias of the total and its interval."""
    table = comparison_table(fit.metrics, fit.forest.unit, "rows", "Accuracy of the forest")
    more = (
        Column("total_bias_percent", "number", "(predicted total / true total - 1) * 100"),
        Column("total_bias_low_percent", "number", "lower end of its 95 % interval"),
        Column("total_bias_high_percent", "number", "upper end of its 95 % interval"),
    )
    rows = [row + _percent(fit.total_bias[name]) for row, name in zip(table.rows, fit.metrics)]
    return Table(table.title, table.columns + more, rows)


def _percent(bias: TotalBias) -> list:
    return [100 * value if np.isfinite(value) else None for value in bias]


def folds_table(fit: "ForestFit") -> Table:
    """One row per fold of every cross-validation."""
    return comparison_table(fit.fold_metrics, fit.forest.unit, "fold", "Accuracy by fold")


def importance_table(fit: "ForestFit") -> Table:
    """One row per driver, the most important first: impurity and permutation importance."""
    columns = (
        Column("driver", "text"), Column("unit", "text"),
        Column("permutation_loss_of_R2", "number", "loss of R2 on the test rows when the driver is shuffled"),
        Column("impurity_percent", "number", "share of the decrease of the variance in the trees, training rows"),
    )  # fmt: skip
    rows = [
        [driver.name, "class" if driver.categorical else driver.unit, float(loss), 100 * float(share)]
        for driver, loss, share in zip(fit.forest.drivers, fit.forest.importance, fit.impurity_importance)
    ]
    return Table("Importance of the drivers", columns, sorted(rows, key=lambda row: -row[2]))
