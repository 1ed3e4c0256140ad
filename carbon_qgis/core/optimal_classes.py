"""Optimal parameters-based geographical detector (OPGD): the classes of a driver that explain most of Y.

Every method is tried with every number of classes and q is computed for each (Song et al. 2020, GIScience &
Remote Sensing 57, 593-610). Classes of one driver are runs of its sorted values, so the sums that q needs are
differences of two prefix sums: no cell is looked at twice.
"""

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from .discretize import METHODS, Distribution, breaks, check_class_count, check_method, check_not_constant
from .errors import InputError
from .natural_breaks import natural_breaks_all
from .results import Column, Table

CLASS_COUNTS = (3, 4, 5, 6, 7, 8)
COLUMNS = (
    Column("method", "text", "Method of classification"),
    Column("k", "integer", "Number of classes asked for"),
    Column("classes", "integer", "Number of classes without the empty ones"),
    Column("q", "number", "q statistic: share of the variance of Y between the classes (0-1)"),
    Column("chosen", "integer", "1 for the chosen classes, else 0"),
)


@dataclass
class OptimalClasses:
    """The whole q(method, k) table of one driver and the choice made from it.

    `breaks` are the upper class bounds (float64, ascending); `rule` says in words how they were chosen.
    """

    table: Table
    method: str
    k: int
    q: float
    breaks: np.ndarray
    rule: str


def optimal_classes(distribution: Distribution, sst: Optional[float] = None, n: Optional[int] = None,
                    methods: Sequence[str] = METHODS, ks: Sequence[int] = CLASS_COUNTS,
                    min_gain: Optional[float] = 0.05, name: Optional[str] = None) -> OptimalClasses:
    """Choose the method and the number of classes of one driver by the q statistic.

    Parameters
    ----------
    distribution
        Distribution of the driver with the sums of Y. With fine bins, bounds that fall inside a bin are moved to
        the largest value of a bin, so that q is exactly that of the bounds returned.
    sst
        Sum of squares of Y about its mean; None takes that of the distribution.
    n
        Number of cells `sst` was computed on, to check it against the distribution; None leaves that out.
    methods
        Names from `discretize.METHODS`.
    ks
        Numbers of classes, each 2 to 255.
    min_gain
        Rule "gain" (a share; 0.05 is 5 %): the number of classes grows, from the smallest, only while the best q
        grows by at least this share of itself. More classes almost always give a larger q, so the largest q
        alone would nearly always choose the largest k. None is the rule "max": the largest q.
    name
        Name of the driver for messages and the title.

    Returns
    -------
    OptimalClasses
        Natural classes beyond the number of distinct values have q None in the table. Of equal q the method
        listed first and, by the rule "max", the smallest k is taken.

    Raises
    ------
    InputError
        No sums of Y; a constant driver or a constant Y; another number of cells; no or unknown methods; k out of
        range.
    """
    sst = _checked_sst(distribution, sst, n, name)
    ks = sorted(set(ks))
    if not methods or not ks:
        raise InputError("Optimal classes need at least one method and one number of classes.")
    for method in methods:
        check_method(method)
    for k in ks:
        check_class_count(k, name)
    check_not_constant(distribution, name)
    tried = _all_breaks(distribution, methods, ks, name)
    quality = {key: q_statistic(distribution, bounds, sst) for key, bounds in tried.items()}
    method, k, rule = _choose(quality, ks, min_gain)
    rows = []
    for key in ((method_, k_) for method_ in methods for k_ in ks):
        found = (len(tried[key]), quality[key]) if key in tried else (None, None)
        rows.append([*key, *found, int(key == (method, k))])
    title = "q by method and number of classes" + ("" if name is None else f": {name}")
    return OptimalClasses(Table(title, COLUMNS, rows), method, k, quality[method, k], tried[method, k], rule)


def q_statistic(distribution: Distribution, bounds: np.ndarray, sst: float) -> float:
    """q of the classes with these upper bounds: (sum S_h^2 / n_h - S^2 / n) / SST (Xinjiang paper, eq. 7).

    S_h are sums of Y and n_h cells per class. The last bound is taken as the end of the data; for bins, a bin
    belongs to the class of its mean.
    """
    place = np.append(np.searchsorted(distribution.values, bounds[:-1], side="right"), distribution.values.size)
    starts = np.unique(np.append(0, place[:-1]))
    starts = starts[starts < distribution.values.size]
    cells = np.add.reduceat(distribution.counts, starts).astype(np.float64)
    # Y is centred again: a common offset would cancel only in the difference of two large numbers.
    mean = distribution.sum_y.sum() / cells.sum()
    sums = np.add.reduceat(distribution.sum_y, starts) - mean * cells
    return float(np.sum(sums * sums / cells) / sst)


def _checked_sst(distribution: Distribution, sst: Optional[float], n: Optional[int], name: Optional[str]) -> float:
    driver = "the driver" if name is None else f"driver '{name}'"
    sst = distribution.sst if sst is None else sst
    if distribution.sum_y is None or sst is None:
        raise InputError(f"The distribution of {driver} has no sums of Y: build it with y.")
    if n is not None and n != distribution.n:
        raise InputError(f"{driver} has {distribution.n} valid cells but the sum of squares of Y is of {n}: use one "
                         "mask for Y and all drivers.")
    if not sst > 0:
        raise InputError("Y has one value in all cells: there is nothing to explain, so no classes can be chosen.")
    return sst


def _all_breaks(distribution: Distribution, methods: Sequence[str], ks: List[int],
                name: Optional[str]) -> Dict[Tuple[str, int], np.ndarray]:
    """Bounds by (method, k); natural ones of all k from one run, and none beyond the distinct values."""
    natural = natural_breaks_all(distribution, ks[-1], name) if "natural" in methods else {}
    exact, found = distribution.exact, {}
    for method in methods:
        for k in ks:
            if method == "natural":
                bounds = natural.get(k)
            else:
                bounds = breaks(distribution, method, k, name=name)
                bounds = bounds if exact else _to_bins(distribution, bounds)
            if bounds is not None:
                found[method, k] = bounds
    if not found:
        raise InputError(f"None of {ks} natural classes is possible with {distribution.values.size} distinct values: "
                         "ask for fewer classes.")
    return found


def _to_bins(distribution: Distribution, bounds: np.ndarray) -> np.ndarray:
    """Bounds that lie inside a bin, moved to the largest value of the last bin below them by its mean."""
    place = np.searchsorted(distribution.values, bounds, side="right")
    below, above = np.maximum(place - 1, 0), np.minimum(place, distribution.values.size - 1)
    inside = (distribution.high[below] > bounds) | ((distribution.low[above] <= bounds) & (above == place))
    return np.unique(np.where(inside & (place > 0), distribution.high[below], bounds))


def _choose(quality: Dict[Tuple[str, int], float], ks: List[int],
            min_gain: Optional[float]) -> Tuple[str, int, str]:
    """Method and number of classes, and the rule in words."""
    best = {}
    for (method, k), q in quality.items():
        if k not in best or q > best[k][0]:
            best[k] = (q, method)
    possible = [k for k in ks if k in best]
    if min_gain is None:
        k = max(possible, key=lambda k: best[k][0])
        return best[k][1], k, "largest q"
    k = possible[0]
    for more in possible[1:]:
        if best[more][0] - best[k][0] < min_gain * best[k][0] or best[more][0] <= best[k][0]:
            break
        k = more
    return best[k][1], k, f"the number of classes grows while the best q gains at least {100 * min_gain:g} %"
