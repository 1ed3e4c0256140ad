"""Elasticity of carbon to a driver between two states (Jiangsu paper, section 3.3 and Figs 13 and 14).

E is the relative change of carbon C over the relative change of a driver X, from a base state 0 to a state 1. A
relative change needs a true zero: a temperature in degC has none, so `semi` (% of C per unit of X) is its form.
"""

from typing import NamedTuple, Optional, Tuple

import numpy as np

#: Forms of the elasticity; `ratio` is the published one.
METHODS = ("ratio", "midpoint", "log", "semi")
#: Below this relative change of X (of its base, or of `scale` for `semi`) there is no elasticity.
MIN_CHANGE = 0.01

OK, NO_DATA, SMALL_CHANGE, NO_BASE = 0, 1, 2, 3
REASONS: Tuple[str, ...] = (
    "",
    "no data",
    "the driver changes too little: its change is the denominator",
    "carbon or driver is zero or changes its sign: no relative change",
)


class Elasticity(NamedTuple):
    """E (NaN where there is none), ΔC, ΔX, and the index into `REASONS` of each element."""

    value: np.ndarray
    change_c: np.ndarray
    change_x: np.ndarray
    reason: np.ndarray


def elasticity(
    c0: np.ndarray,
    c1: np.ndarray,
    x0: np.ndarray,
    x1: np.ndarray,
    method: str = "ratio",
    min_change: float = MIN_CHANGE,
    scale: Optional[float] = None,
) -> Elasticity:
    """Elasticity of C to X from state 0 (base) to state 1, element by element.

    `ratio` = (ΔC/C0) / (ΔX/X0), as published; `midpoint` divides by the means of both states, `log` takes differences
    of logarithms: both do not depend on which state is the base. `semi` = 100 (ΔC/C0) / ΔX, % per unit of X.

    Parameters
    ----------
    c0, c1 : carbon of both states, one unit; arrays or numbers, NaN where unknown.
    x0, x1 : driver of both states.
    min_change : the smallest |ΔX| relative to |X0| that counts. The published −37.76 of 2045 is what a denominator
        near zero gives.
    scale : what `semi` compares |ΔX| with instead of |X0|, in units of X (1 is usual for degC).

    Raises
    ------
    ValueError
        An unknown method.
    """
    if method not in METHODS:
        raise ValueError("unknown method of elasticity: {}".format(method))
    c0, c1, x0, x1 = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (c0, c1, x0, x1)))
    change_c, change_x = c1 - c0, x1 - x0
    reason = np.full(c0.shape, OK, dtype=np.uint8)
    base = np.abs(x0) if scale is None or method != "semi" else np.full(c0.shape, float(scale))
    reason[np.abs(change_x) < min_change * base] = SMALL_CHANGE
    reason[(change_x == 0)] = SMALL_CHANGE
    reason[_no_base(c0, c1, x0, x1, method)] = NO_BASE
    reason[~(np.isfinite(change_c) & np.isfinite(change_x))] = NO_DATA
    with np.errstate(all="ignore"):
        value = _FORMS[method](c0, c1, x0, x1)
    value = np.where(reason == OK, value, np.nan)
    return Elasticity(value, change_c, change_x, reason)


def _no_base(c0, c1, x0, x1, method: str) -> np.ndarray:
    """Where a relative change means nothing: from zero, or across it. `semi` takes the driver's change as it is."""
    if method == "log":
        return (c0 * c1 <= 0) | (x0 * x1 <= 0)
    carbon, driver = (c0 == 0) | (c0 * c1 < 0), (x0 == 0) | (x0 * x1 < 0)
    if method == "midpoint":
        carbon, driver = (c0 + c1 == 0) | (c0 * c1 < 0), (x0 + x1 == 0) | (x0 * x1 < 0)
    return carbon if method == "semi" else carbon | driver


def _ratio(c0, c1, x0, x1):
    return ((c1 - c0) / c0) / ((x1 - x0) / x0)


def _midpoint(c0, c1, x0, x1):
    return ((c1 - c0) / (c1 + c0)) / ((x1 - x0) / (x1 + x0))


def _log(c0, c1, x0, x1):
    return np.log(c1 / c0) / np.log(x1 / x0)


def _semi(c0, c1, x0, x1):
    return 100.0 * ((c1 - c0) / c0) / (x1 - x0)


_FORMS = {"ratio": _ratio, "midpoint": _midpoint, "log": _log, "semi": _semi}
