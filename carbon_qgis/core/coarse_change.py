"""The change that a coarse model sees: what 'delta on a baseline' carries to a fine grid."""

from dataclasses import dataclass
from typing import List, Sequence

import numpy as np

from .errors import InputError, UnitError
from .units import DEGREE_C, KELVIN, driver_unit, same_driver_unit

CHANGES = ("auto", "add", "ratio")
#: A coarse baseline below this share of its mean is no denominator.
SMALL_BASELINE = 0.01
#: Ratios beyond this are cut: a dry cell that gets one shower is no tenfold climate.
LARGEST_RATIO = 5.0
#: A kelvin is a degree: a change in one is a change in the other.
_SAME_STEP = (DEGREE_C, KELVIN)


@dataclass(frozen=True)
class Change:
    """Change of each coarse cell, (bands, rows, columns): a ratio where `ratio` says so, else a difference.

    `left_out` and `cut` count, by band, the cells whose baseline is too small for a ratio, and the ratios cut.
    """

    values: np.ndarray
    ratio: Sequence[bool]
    left_out: Sequence[int]
    cut: Sequence[int]


def is_ratio(change: str, unit: str) -> bool:
    """Whether a change is taken as a ratio; `auto` does so for amounts of water, known by a unit in mm or kg/m2.

    Raises
    ------
    InputError
        An unknown word.
    """
    if change not in CHANGES:
        raise InputError("'{}' is no kind of change. Choose one of: {}.".format(change, ", ".join(CHANGES)))
    text = unit.replace(" ", "").lower()
    return change == "ratio" or change == "auto" and text.startswith(("mm", "kg/m2", "kgm-2", "kgm^-2"))


def coarse_change(future: np.ndarray, baseline: np.ndarray, ratio: Sequence[bool]) -> Change:
    """Change from the baseline to the future, cell by cell.

    Parameters
    ----------
    future, baseline : (bands, rows, columns), NaN without data; ratio : of each band.

    Raises
    ------
    InputError
        A baseline that is nowhere large enough for a ratio, or has negative values there.
    """
    values = future - baseline
    left_out: List[int] = []
    cut: List[int] = []
    for band, wanted in enumerate(ratio):
        if not wanted:
            left_out.append(0)
            cut.append(0)
            continue
        both = np.isfinite(values[band])
        if (baseline[band][both] < 0).any() or (future[band][both] < 0).any():
            raise InputError(
                "The coarse rasters hold negative values in band {}: a ratio of change has no meaning there. Choose "
                "the change 'add'.".format(band + 1)
            )
        floor = SMALL_BASELINE * float(baseline[band][both].mean()) if both.any() else 0.0
        enough = both & (baseline[band] > floor)
        if not enough.any():
            raise InputError(
                "The coarse baseline is zero in every cell of band {} that has data: there is no ratio of change. "
                "Choose the change 'add'.".format(band + 1)
            )
        with np.errstate(invalid="ignore", divide="ignore"):
            quotient = np.where(enough, future[band] / baseline[band], np.nan)
            large = quotient > LARGEST_RATIO
        values[band] = np.where(large, LARGEST_RATIO, quotient)
        left_out.append(int((both & ~enough).sum()))
        cut.append(int(large.sum()))
    return Change(values, tuple(ratio), tuple(left_out), tuple(cut))


def require_same_step(units: Sequence[str], others: Sequence[str], names: Sequence[str], ratio: Sequence[bool]) -> None:
    """Raise `UnitError` where a difference in one unit would be added to a baseline in another."""
    for unit, other, name, by_ratio in zip(units, others, names, ratio):
        alike = not unit or not other or same_driver_unit(unit, other)
        alike = alike or (driver_unit(unit) in _SAME_STEP and driver_unit(other) in _SAME_STEP)
        if not by_ratio and not alike:
            raise UnitError(
                "'{}' is in {} on the coarse rasters and in {} on the fine baseline: their sum has no unit. Bring both "
                "to one unit first, or choose the change 'ratio'.".format(name, unit, other)
            )
