"""Implausible and outlying training samples: valid ranges and the interquartile rule (Jiangsu paper, 2.2)."""

from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .errors import InputError
from .results import Column, Remark, Table
from .samples import TARGET, TRAIN, Samples, lagged_header

#: A share of samples removed above this is remarked upon.
MANY = 0.1
_MANY_REMOVED = " So many are hardly errors: skewed variables lose true values. Look at the ranges, or use a larger k."


def clean(
    samples: Samples, ranges: Mapping[str, Tuple[float, float]], iqr_factor: Optional[float] = None
) -> Tuple[np.ndarray, Table, List[str]]:
    """Which samples stay: training samples outside a valid range or beyond a fence go, all others stay.

    Validation and test samples are never removed: a score on cleaned data would flatter.

    Parameters
    ----------
    ranges : smallest and largest valid value by variable: the name of a driver, or 'density'; NaN leaves a side open.
    iqr_factor : k of the fences Q1 − k·IQR and Q3 + k·IQR of the (weighted) training samples inside the valid ranges,
        for the density and every driver that is not categorical; None does without. A variable with IQR 0 has no
        fences: they would remove every value but one.

    Returns
    -------
    (n,) bool of the samples to keep; a table with a row per variable checked; notes.

    Raises
    ------
    InputError
        A range of an unknown variable, or one that is upside down; a negative factor; no training sample left.
    """
    _check(samples, ranges, iqr_factor)
    train = samples.split == TRAIN
    columns = _columns(samples)
    out_of_range = np.zeros(len(samples), dtype=bool)
    beyond: Dict[str, np.ndarray] = {}
    limits: Dict[str, Tuple[float, float]] = {}
    for header, (name, values, _) in columns.items():
        if name in ranges:
            low, high = limits[header] = ranges[name]
            beyond[header] = train & ((values < low) | (values > high))
            out_of_range |= beyond[header]
    inside = train & ~out_of_range
    rows, notes, outlying = [], [], np.zeros(len(samples), dtype=bool)
    for header, (_, values, categorical) in columns.items():
        low, high = limits.get(header, (None, None))
        fences, fenced = (None, None), 0
        if iqr_factor is not None and not categorical and inside.any():
            fences = iqr_fences(values[inside], samples.weight[inside], iqr_factor)
            if fences[0] is None:
                notes.append("'{}' has an interquartile range of 0: no outliers were looked for in it.".format(header))
            else:
                out = inside & ((values < fences[0]) | (values > fences[1]))
                fenced = int(out.sum())
                outlying |= out
        if header in limits or fences[0] is not None:
            rows.append(
                [header, _number(low), _number(high), int(beyond.get(header, train & False).sum()), *fences, fenced]
            )
    kept = ~(out_of_range | outlying)
    removed = len(samples) - int(kept.sum())
    if not (kept & train).any():
        raise InputError(
            "No training sample is left: all {:,} lie outside a valid range or a fence. Widen the ranges (values seen: "
            "{}).".format(int(train.sum()), _seen(columns, ranges))
        )
    if ranges or iqr_factor is not None:
        share = removed / int(train.sum())
        text = "{:,} of {:,} training samples ({:.2%}) removed: {:,} outside a valid range, {:,} beyond a fence.{}"
        text = text.format(
            removed, int(train.sum()), share, int(out_of_range.sum()), int(outlying.sum()),
            _MANY_REMOVED if share > MANY else "",
        )  # fmt: skip
        notes.append(text if share > MANY else Remark(text))
    return kept, Table("Training samples removed, by variable", _COLUMNS, rows), notes


def iqr_fences(values: np.ndarray, weight: np.ndarray, factor: float) -> Tuple[Optional[float], Optional[float]]:
    """Q1 − k·IQR and Q3 + k·IQR; None and None where the interquartile range is 0.

    Parameters
    ----------
    values, weight : (n,); with equal weights the quartiles are interpolated linearly, else read off the weighted
        distribution.
    """
    if np.ptp(weight) == 0:
        first, third = np.percentile(values, (25, 75))
    else:
        order = np.argsort(values, kind="stable")
        share = np.cumsum(weight[order]) / weight.sum()
        first, third = values[order][np.minimum(np.searchsorted(share, (0.25, 0.75)), len(values) - 1)]
    spread = third - first
    if spread == 0:
        return None, None
    return float(first - factor * spread), float(third + factor * spread)


_COLUMNS = (
    Column("variable", "text"),
    Column("valid_minimum", "number", "smallest valid value, in the unit of the variable"),
    Column("valid_maximum", "number", "largest valid value, in the unit of the variable"),
    Column("outside_range", "integer", "training samples outside the valid range"),
    Column("lower_fence", "number", "Q1 - k IQR, in the unit of the variable"),
    Column("upper_fence", "number", "Q3 + k IQR, in the unit of the variable"),
    Column("beyond_fence", "integer", "training samples beyond a fence; one sample may count for several variables"),
)


def _columns(samples: Samples) -> Dict[str, Tuple[str, np.ndarray, bool]]:
    """(name, values, categorical) by header: the density, then every driver and step."""
    found = {"{} [{}]".format(TARGET, samples.unit): (TARGET, samples.target, False)}
    for step, lag in enumerate(samples.lags):
        values = samples.features[:, step] if samples.features.ndim == 3 else samples.features
        for index, driver in enumerate(samples.drivers):
            found[lagged_header(driver, lag)] = (driver.name, values[:, index], driver.categorical)
    return found


def _check(samples: Samples, ranges: Mapping[str, Tuple[float, float]], factor: Optional[float]) -> None:
    known = (TARGET,) + samples.names
    for name, (low, high) in ranges.items():
        if name not in known:
            raise InputError(
                "There is no variable '{}' for a valid range. There are: {}.".format(name, ", ".join(known))
            )
        if low > high:
            raise InputError("The valid range of '{}' is upside down: {:g} to {:g}.".format(name, low, high))
    if factor is not None and not (np.isfinite(factor) and factor >= 0):
        raise InputError("The factor k of the outlier rule must be zero or more; got {:g}.".format(factor))


def _seen(columns, ranges) -> str:
    named = [(header, values) for header, (name, values, _) in columns.items() if name in ranges] or [
        (header, values) for header, (_, values, _) in list(columns.items())[:1]
    ]
    return ", ".join("'{}' {:.4g} to {:.4g}".format(header, values.min(), values.max()) for header, values in named)


def _number(value: Optional[float]) -> Optional[float]:
    return None if value is None or np.isnan(value) else float(value)
