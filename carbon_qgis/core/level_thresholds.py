"""Levels of carbon density: where low ends and high begins (Xinjiang paper, 2.3).

A level is named by its upper bound, and the bound belongs to the lower level: with thresholds 40 and 80, level 0 holds
densities up to 40, level 1 those above 40 and up to 80, level 2 the rest.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .discretize import Distribution, breaks
from .errors import InputError

NATURAL, QUANTILE, EQUAL, GIVEN = "natural", "quantile", "equal", "given"
#: The first is the default.
METHODS = (NATURAL, QUANTILE, EQUAL, GIVEN)
MAX_LEVELS = 10
MERGE, REFUSE = "merge", "refuse"
#: What to do with a level of too few samples; the first is the default.
SMALL_LEVELS = (MERGE, REFUSE)

_NAMES = {
    2: ("low", "high"),
    3: ("low", "medium", "high"),
    4: ("very low", "low", "high", "very high"),
    5: ("very low", "low", "medium", "high", "very high"),
}


class Thresholds(NamedTuple):
    """Ascending bounds between the levels, (L − 1,), and what was done to get them."""

    values: np.ndarray
    notes: Tuple[str, ...]

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.values) + 1


def level_of(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Level of each density, 0 to L − 1, int64, shape of `values`; a threshold belongs to the lower level.

    Parameters
    ----------
    values : densities without NaN, in the unit of the thresholds.
    thresholds : (L − 1,) ascending. A last bound of infinity does no harm.
    """
    return np.searchsorted(np.asarray(thresholds, dtype=np.float64), values, side="left").astype(np.int64)


def level_names(count: int) -> Tuple[str, ...]:
    """Names of levels from the lowest to the highest."""
    return _NAMES.get(count) or tuple("level {}".format(number) for number in range(1, count + 1))


def level_ranges(thresholds: np.ndarray, unit: str) -> Tuple[str, ...]:
    """What each level holds, in words: 'up to 40 t C/ha', 'above 40 to 80 t C/ha', 'above 80 t C/ha'."""
    bounds = ["{:.4g}".format(bound) for bound in thresholds]
    first = ["up to {} {}".format(bounds[0], unit)]
    inner = ["above {} to {} {}".format(low, high, unit) for low, high in zip(bounds, bounds[1:])]
    return tuple(first + inner + ["above {} {}".format(bounds[-1], unit)])


def find_thresholds(
    values: np.ndarray,
    unit: str,
    method: str = NATURAL,
    levels: int = 3,
    given: Sequence[float] = (),
    weight: Optional[np.ndarray] = None,
    min_samples: int = 20,
    small: str = MERGE,
) -> Thresholds:
    """Thresholds from the densities of the training rows.

    Parameters
    ----------
    values : (n,) densities without NaN, in `unit`.
    method : 'natural' (the smallest sum of squares within the levels), 'quantile', 'equal' (intervals), 'given'.
    levels : number of levels, 2 to `MAX_LEVELS`; not used for 'given'.
    given : for 'given', the L − 1 densities between the levels.
    weight : (n,) cells that each sample stands for, so that the levels are those of the map and not those of the
        sampling; None counts every sample once.
    min_samples, small : a level with fewer samples is merged with the smaller of its neighbours, or refused.

    Raises
    ------
    InputError
        Unusable number of levels or thresholds; fewer different densities than levels; a level without any sample; a
        level with too few where they are refused, or where nothing would be left but one level.
    """
    values = np.asarray(values, dtype=np.float64)
    _check(values, unit, method, levels, small)
    notes: List[str] = []
    if method == GIVEN:
        bounds = _given(given)
    else:
        bounds = breaks(_distribution(values, weight), method, int(levels), name="carbon density")[:-1]
        if len(bounds) + 1 < levels:
            notes.append(
                "{} levels were asked for; {} of them would hold no sample and were joined with the next.".format(
                    levels, levels - len(bounds) - 1
                )
            )
    counts = np.bincount(level_of(values, bounds), minlength=len(bounds) + 1)
    if (counts == 0).any():
        empty = int(np.argmin(counts))
        raise InputError(
            "The level '{}' ({}) has no training sample: densities go from {:.4g} to {:.4g} {}. Choose other "
            "thresholds, or give samples of that level.".format(
                level_names(len(counts))[empty], level_ranges(bounds, unit)[empty], values.min(), values.max(), unit
            )
        )
    return _without_small(bounds, counts, unit, min_samples, small, notes)


def _check(values: np.ndarray, unit: str, method: str, levels: int, small: str) -> None:
    if method not in METHODS:
        raise InputError("'{}' is no way to find levels. Choose one of: {}.".format(method, ", ".join(METHODS)))
    if small not in SMALL_LEVELS:
        raise InputError("Small levels can be: {}; got '{}'.".format(", ".join(SMALL_LEVELS), small))
    if method != GIVEN and not 2 <= levels <= MAX_LEVELS:
        raise InputError("Between 2 and {} levels are possible; {} were asked for.".format(MAX_LEVELS, levels))
    if not values.size:
        raise InputError("There are no training samples to find the levels from.")
    if not np.isfinite(values).all():
        raise InputError(
            "{:,} of {:,} training densities are not a number. Leave these rows out.".format(
                int((~np.isfinite(values)).sum()), values.size
            )
        )
    distinct = np.unique(values).size
    if distinct < (2 if method == GIVEN else levels):
        raise InputError(
            "The {:,} training samples have {} different densit{} (from {:.4g} to {:.4g} {}): {} levels cannot be told "
            "apart. Give more samples or ask for fewer levels.".format(
                values.size, distinct, "y" if distinct == 1 else "ies", values.min(), values.max(), unit,
                "two" if method == GIVEN else levels,
            )
        )  # fmt: skip


def _given(given: Sequence[float]) -> np.ndarray:
    bounds = np.asarray(list(given), dtype=np.float64)
    if not 1 <= bounds.size <= MAX_LEVELS - 1:
        raise InputError(
            "{} thresholds were given. Give 1 to {}, one less than there are levels: two thresholds make three "
            "levels.".format(bounds.size, MAX_LEVELS - 1)
        )
    if not np.isfinite(bounds).all() or (np.diff(bounds) <= 0).any():
        raise InputError(
            "The thresholds {} are not in ascending order. Give each once, from the smallest to the largest.".format(
                ", ".join("{:g}".format(bound) for bound in bounds)
            )
        )
    return bounds


def _distribution(values: np.ndarray, weight: Optional[np.ndarray]) -> Distribution:
    if weight is None:
        return Distribution.from_values(values, exact=True)
    # Whole shares of the smallest weight: the search for breaks takes a count below one for an empty class.
    positive = weight > 0
    distinct, index = np.unique(values[positive], return_inverse=True)
    shares = np.bincount(index, weights=weight[positive] / weight[positive].min())
    return Distribution(distinct, shares, distinct, distinct)


def _without_small(
    bounds: np.ndarray, counts: np.ndarray, unit: str, min_samples: int, small: str, notes: List[str]
) -> Thresholds:
    while (counts < min_samples).any():
        level = int(np.argmin(counts))
        said = "The level '{}' ({}) has {:,} training sample(s), fewer than {}".format(
            level_names(len(counts))[level], level_ranges(bounds, unit)[level], counts[level], min_samples
        )
        if small == REFUSE or len(counts) == 2:
            raise InputError(
                "{}. {}".format(
                    said,
                    "Give more samples, fewer levels, other thresholds, or a smaller minimum."
                    if len(counts) > 2 or small == REFUSE
                    else "Nothing but one level would be left. Give more samples, or a smaller minimum.",
                )
            )
        below = counts[level - 1] if level else np.inf
        above = counts[level + 1] if level + 1 < len(counts) else np.inf
        gone = level - 1 if below <= above else level  # the threshold that is taken out
        counts[gone] += counts[gone + 1]
        counts, bounds = np.delete(counts, gone + 1), np.delete(bounds, gone)
        notes.append(
            "{}: it was merged with the level {} it. {} levels are left.".format(
                said, "below" if gone == level - 1 else "above", len(counts)
            )
        )
    return Thresholds(bounds, tuple(notes))
