"""How well a prediction meets a reference (Xinjiang paper, 3.2, eq. 8): every metric once, for arrays and for rasters.

With reference x, prediction y, weight w (1 without weights) and weighted means x̄, ȳ:

=========  ==============================================================================
RE         |x − y| / x, only where x is above the threshold (eq. 8)
mean RE    Σ w·RE / Σ w over those pairs
median RE  RE that half of that weight does not exceed
accuracy   1 − mean RE
r          Σ w(x − x̄)(y − ȳ) / √(Σ w(x − x̄)² · Σ w(y − ȳ)²)
R2         1 − SSE/SST = 1 − Σ w(x − y)² / Σ w(x − x̄)²; never above r², and below 0 where the mean of x does better
r squared  r², the square of Pearson's r: blind to a wrong level and a wrong slope
MAE        Σ w|y − x| / Σ w
RMSE       √(Σ w(y − x)² / Σ w)
bias       Σ w(y − x) / Σ w; positive: the prediction is too high
NRMSE      RMSE / x̄
fit line   y = a + b·x by least squares: b = Σ w(x − x̄)(y − ȳ) / Σ w(x − x̄)², a = ȳ − b·x̄
=========  ==============================================================================
"""

import math
from dataclasses import dataclass
from typing import List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError
from .pair_moments import Moments, relative_errors, weighted_median
from .results import Column, Table

#: What a metric says: how well known values are met again, or how well unknown ones are.
FIT, HELD_OUT = "fit", "held-out"
LABELS = (FIT, HELD_OUT)
#: References not above this share of their mean have no relative error, where no threshold is given.
THRESHOLD_SHARE = 0.01

#: Kinds of unit: that of reference and prediction, none, a number of pairs.
QUANTITY, NONE, CELLS = "quantity", "1", "count"

#: Attribute, printed name, kind of unit, formula.
METRICS: Tuple[Tuple[str, str, str, str], ...] = (
    ("n", "n", CELLS, "pairs of reference and prediction"),
    ("mean_re", "mean RE", NONE, "mean of |ref − pred| / ref, where ref is above the threshold (eq. 8)"),
    ("median_re", "median RE", NONE, "median of |ref − pred| / ref, where ref is above the threshold"),
    ("accuracy", "accuracy", NONE, "1 − mean RE"),
    ("r", "r", NONE, "Pearson's correlation of ref and pred"),
    ("r_squared", "R2", NONE, "1 − SSE/SST = 1 − Σ(ref − pred)² / Σ(ref − mean ref)²"),
    ("correlation_squared", "r squared", NONE, "square of Pearson's r"),
    ("mae", "MAE", QUANTITY, "mean of |pred − ref|"),
    ("rmse", "RMSE", QUANTITY, "√ mean of (pred − ref)²"),
    ("bias", "bias", QUANTITY, "mean of pred − ref"),
    ("nrmse", "NRMSE", NONE, "RMSE / mean ref"),
    ("mean_reference", "mean ref", QUANTITY, "mean of the reference"),
    ("mean_prediction", "mean pred", QUANTITY, "mean of the prediction"),
    ("n_masked", "n masked", CELLS, "pairs whose ref is not above the threshold: left out of RE alone"),
    ("threshold", "threshold", QUANTITY, "references not above it have no RE"),
)


@dataclass(frozen=True)
class AccuracyMetrics:
    """Metrics of one set of pairs; see the module for the formulas. None where a metric does not exist.

    `label` is 'fit' or 'held-out'; `scheme` says in words how the pairs were held out (`random 5-fold` …). `n` counts
    pairs; `n_masked` of them have a reference that is not above `threshold` and count for everything but RE;
    `n_missing` further pairs had no number, or no weight, and count for nothing. `slope` and `intercept` are those of
    the fit line.
    """

    label: str
    n: int
    mean_re: Optional[float]
    median_re: Optional[float]
    accuracy: Optional[float]
    r: Optional[float]
    r_squared: Optional[float]
    correlation_squared: Optional[float]
    mae: float
    rmse: float
    bias: float
    nrmse: Optional[float]
    mean_reference: float
    mean_prediction: float
    slope: Optional[float]
    intercept: Optional[float]
    threshold: float
    n_masked: int
    n_missing: int = 0
    weighted: bool = False
    scheme: str = ""

    def as_dict(self) -> dict:
        """Plain values by name, for a run record or a model bundle."""
        return dict(vars(self))


def accuracy_metrics(
    reference: Sequence[float],
    prediction: Sequence[float],
    label: str,
    weights: Optional[Sequence[float]] = None,
    threshold: Optional[float] = None,
    scheme: str = "",
) -> AccuracyMetrics:
    """Every metric of a prediction against a reference (Xinjiang paper, eq. 8; formulas in the module).

    Parameters
    ----------
    reference, prediction : (n,) in one unit. Pairs with NaN or infinity in either are left out and counted, as
        are those of weight 0.
    label : 'fit' (the reference was used in training, also in part) or 'held-out' (it was not).
    weights : (n,), 0 or more, such as areas or inverse probabilities of being sampled.
    threshold : references not above it have no RE; by default 1 % of the mean reference, and never below 0.
    scheme : how pairs were held out, in words, for reports.

    Raises
    ------
    InputError
        An unknown label, arrays of different length, a negative weight, a threshold below 0, no pair left.
    """
    check_label(label)
    r, p = (np.asarray(each, dtype=np.float64).ravel() for each in (reference, prediction))
    w = None if weights is None else np.asarray(weights, dtype=np.float64).ravel()
    _check_arrays(r, p, w)
    valid = np.isfinite(r) & np.isfinite(p)
    if w is not None:
        valid &= w > 0
    if not valid.any():
        raise InputError(
            "There is no pair of a reference and a prediction to compare: of {:,} pairs none has two numbers{}. Check "
            "that both cover the same places.".format(r.size, " and a weight above 0" if w is not None else "")
        )
    missing = int(r.size - valid.sum())
    r, p, w = r[valid], p[valid], None if w is None else w[valid]
    moments = Moments.of(r, p, w)
    threshold = re_threshold(moments.mean_reference, threshold)
    moments = Moments.of(r, p, w, threshold)
    above = r > threshold
    errors = relative_errors(r[above], p[above])
    median = weighted_median(errors, None if w is None else w[above])
    return metrics_of(moments, label, threshold, median=median, weighted=w is not None, scheme=scheme, missing=missing)


def check_label(label: str) -> None:
    """Raise `InputError` unless `label` is one of `LABELS`."""
    if label not in LABELS:
        raise InputError(
            "'{}' does not say what the numbers are. Write 'fit' if the reference was used in training, also in part, "
            "or 'held-out' if it was not.".format(label)
        )


def re_threshold(mean_reference: float, threshold: Optional[float] = None) -> float:
    """The threshold to use: the one given, else 1 % of the mean reference and never below 0.

    Raises
    ------
    InputError
        If the one given is below 0 or not a number: RE is not defined there.
    """
    if threshold is None:
        return max(0.0, THRESHOLD_SHARE * mean_reference)
    if not 0 <= threshold < math.inf:
        raise InputError(
            "The threshold of the relative error must be 0 or more, in the unit of the reference; got {}.".format(
                threshold
            )
        )
    return float(threshold)


def metrics_of(
    moments: Moments,
    label: str,
    threshold: float,
    median: Optional[float] = None,
    weighted: bool = False,
    scheme: str = "",
    missing: int = 0,
) -> AccuracyMetrics:
    """Metrics from sums.

    Parameters
    ----------
    moments : of at least one pair, with relative errors above `threshold`.
    median : the exact median RE where it is known; by default it is read from the histogram (within 0.9 %).

    Raises
    ------
    InputError
        An unknown label, or no pair.
    """
    check_label(label)
    if not moments.n or moments.weight <= 0:
        raise InputError("There is no pair of a reference and a prediction to compare.")
    total, mean = moments.weight, moments.mean_reference
    rmse = math.sqrt(moments.squared_error / total)
    # Rounding leaves a constant with a spread of about 1e-16 of itself.
    varies = moments.ss_reference > 1e-24 * total * mean * mean
    both = varies and moments.ss_prediction > 1e-24 * total * moments.mean_prediction**2
    r = None
    if both:
        r = moments.ss_cross / math.sqrt(moments.ss_reference) / math.sqrt(moments.ss_prediction)
        r = min(1.0, max(-1.0, r))
    slope = moments.ss_cross / moments.ss_reference if varies else None
    mean_re = moments.sum_re / moments.weight_re if moments.weight_re > 0 else None
    if median is None and moments.re is not None:
        median = moments.re.quantile(0.5)
    return AccuracyMetrics(
        label=label,
        n=moments.n,
        mean_re=mean_re,
        median_re=median if mean_re is not None else None,
        accuracy=None if mean_re is None else 1 - mean_re,
        r=r,
        r_squared=1 - moments.squared_error / moments.ss_reference if varies else None,
        correlation_squared=None if r is None else r * r,
        mae=moments.absolute_error / total,
        rmse=rmse,
        bias=moments.mean_prediction - mean,
        nrmse=rmse / mean if mean > 0 else None,
        mean_reference=mean,
        mean_prediction=moments.mean_prediction,
        slope=slope,
        intercept=None if slope is None else moments.mean_prediction - slope * mean,
        threshold=threshold,
        n_masked=moments.n - moments.n_re,
        n_missing=missing,
        weighted=weighted,
        scheme=scheme,
    )


def metrics_table(metrics: AccuracyMetrics, unit: str = "1", title: str = "Accuracy") -> Table:
    """One row per metric, for reading: its name, value, unit, formula and whether it is of the fit or held out.

    Parameters
    ----------
    unit : of reference and prediction.
    """
    table = Table(
        "{} ({})".format(title, described_label(metrics)),
        (
            Column("metric", "text"),
            Column("value", "number"),
            Column("unit", "text"),
            Column("label", "text"),
            Column("formula", "text"),
        ),
    )
    for name, printed, kind, formula in METRICS:
        value = getattr(metrics, name)
        table.rows.append([printed, value, _unit(kind, unit), metrics.label, _weighted_formula(formula, metrics)])
    return table


def comparison_table(
    metrics: Mapping[str, AccuracyMetrics], unit: str = "1", key: str = "model", title: str = "Accuracy"
) -> Table:
    """One row per model, zone or fold, one column per metric; the description of a column is its formula.

    Parameters
    ----------
    metrics : by the name that the column `key` shows.
    unit : of reference and prediction; it is in the names of the columns that carry it.
    """
    columns: List[Column] = [Column(key, "text"), Column("label", "text", "fit or held-out")]
    suffix = unit_suffix(unit)
    for _, printed, kind, formula in METRICS:
        text = printed.replace(" ", "_") + (suffix if kind == QUANTITY else "")
        columns.append(Column(text, "integer" if kind == CELLS else "number", formula))
    columns.append(Column("scheme", "text", "how the pairs were held out"))
    table = Table(title, tuple(columns))
    for row, each in metrics.items():
        values = [getattr(each, name) for name, _, _, _ in METRICS]
        table.rows.append([row, each.label] + values + [each.scheme])
    return table


def unit_suffix(unit: str) -> str:
    """End of a column name that carries a unit: `_t_C_ha`; empty for numbers without one."""
    return "" if unit in ("", "1") else "_" + unit.replace("/", "_").replace(" ", "_")


def described_label(metrics: AccuracyMetrics) -> str:
    """Label, scheme and n in words: `held-out, 5 spatial folds, n = 2,137`."""
    parts = [metrics.label] + ([metrics.scheme] if metrics.scheme else [])
    return ", ".join(parts + ["n = {:,}".format(metrics.n)])


def _unit(kind: str, unit: str) -> str:
    return {QUANTITY: unit, NONE: "1", CELLS: "pairs"}[kind]


def _weighted_formula(formula: str, metrics: AccuracyMetrics) -> str:
    averages = ("mean", "median", "√", "1 − SSE", "Pearson")
    return formula + "; weighted" if metrics.weighted and formula.startswith(averages) else formula


def _check_arrays(reference: np.ndarray, prediction: np.ndarray, weights: Optional[np.ndarray]) -> None:
    sizes = [reference.size, prediction.size] + ([] if weights is None else [weights.size])
    if len(set(sizes)) > 1:
        raise InputError(
            "Reference, prediction and weights must be of one length; got {}.".format(
                ", ".join("{:,}".format(size) for size in sizes)
            )
        )
    if weights is not None and not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise InputError(
            "{:,} of {:,} weights are negative or not a number. A weight must be 0 or more.".format(
                int((~(weights >= 0) | ~np.isfinite(weights)).sum()), weights.size
            )
        )
