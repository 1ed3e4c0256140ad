"""Restoration of carbon density (Xinjiang paper, eq. 3), and the density of a cell from those of its levels.

Cd_i = Cpre_i · (Cd_m / Cd_j) · (Bmax − Bmin) + Bmin, where Cpre is the density within the level on a scale of 0 to 1,
Cd_m / Cd_j the pool mean of the year over that of the base year, Bmin and Bmax the bounds of the level.
"""

import math
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from .errors import InputError

PUBLISHED, SCALED, MEAN_MATCHED = "published", "scaled", "meanmatched"
#: The first is the default.
RESTORATIONS = (SCALED, PUBLISHED, MEAN_MATCHED)
BLENDED, HARD = "blended", "hard"
#: The first is the default.
BLENDINGS = (BLENDED, HARD)


@dataclass(frozen=True)
class RatioCheck:
    """What a restoration was asked to do to the pool mean, and what it did.

    `asked` is Cd_m / Cd_j; `mean_base` the area-weighted mean density of the same cells at ratio 1, `mean` the one
    that was delivered, both in the unit of the density; `target_mean` is Cd_m where it is known.
    """

    asked: float
    mean_base: float
    mean: float
    target_mean: Optional[float] = None

    @property
    def delivered(self) -> float:
        """Mean delivered over the mean at ratio 1."""
        return self.mean / self.mean_base if self.mean_base else math.nan


def check_ratio(ratio: float) -> float:
    """The ratio itself.

    Raises
    ------
    InputError
        If it is not a finite number above 0.
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise InputError(
            "The ratio of the pool means (year over base year) is {}; it must be a number above 0. 1 is the base year, "
            "1.2 a fifth more carbon.".format(ratio)
        )
    return float(ratio)


def check_modes(restoration: str, blending: str) -> None:
    """Raise `InputError` for a restoration or a blending that does not exist."""
    if restoration not in RESTORATIONS:
        raise InputError("'{}' is no restoration. Choose one of: {}.".format(restoration, ", ".join(RESTORATIONS)))
    if blending not in BLENDINGS:
        raise InputError("'{}' is no blending. Choose one of: {}.".format(blending, ", ".join(BLENDINGS)))


def restore(
    relative: np.ndarray, bmin: np.ndarray, bmax: np.ndarray, ratio: float = 1.0, mode: str = SCALED
) -> np.ndarray:
    """Density of each level from its relative density (eq. 3).

    Parameters
    ----------
    relative : Cpre, 0 to 1 within the level: (n, L), one column per level, or (n,) with one level.
    bmin, bmax : bounds of the levels, (L,) or a number, in a unit of density.
    ratio : Cd_m / Cd_j. For 'meanmatched' the number from `matching_ratio`.
    mode : 'published', as printed: only the part above Bmin is multiplied, so an asked +20 % delivers less, and Bmax
        can be exceeded. 'scaled': the whole density is multiplied, which delivers the ratio. 'meanmatched' is
        'scaled' with the ratio that brings the mean of the map to Cd_m.

    Returns
    -------
    float64, shaped like `relative`, in the unit of the bounds.

    Raises
    ------
    InputError
        Unknown mode; a ratio that is not above 0.
    """
    check_modes(mode, BLENDED)
    floor, span = np.asarray(bmin, np.float64), np.asarray(relative, np.float64) * np.subtract(bmax, bmin)
    return combine(floor, span, check_ratio(ratio), mode)


def combine(floor: np.ndarray, span: np.ndarray, ratio: float, mode: str) -> np.ndarray:
    """Eq. 3 from its two terms: Bmin, and Cpre · (Bmax − Bmin).

    Both terms may be sums over levels already (`blend` is linear), so that the maps of several ratios cost one
    prediction.
    """
    return floor + ratio * span if mode == PUBLISHED else (floor + span) * ratio


def matching_ratio(mean: float, target: float) -> float:
    """Ratio with which a map of area-weighted mean `mean` gets the mean `target` (same unit).

    Raises
    ------
    InputError
        If the mean of the map or the target is not above 0.
    """
    if not (math.isfinite(target) and target > 0):
        raise InputError("The pool mean to match is {}; it must be a density above 0.".format(target))
    if not mean > 0:
        raise InputError(
            "The estimated map has a mean of {:g}: it cannot be brought to another mean by a factor. Choose the "
            "restoration 'scaled', and check the models.".format(mean)
        )
    return target / mean


def blend(probabilities: np.ndarray, densities: np.ndarray) -> np.ndarray:
    """Σ p_k · C_k over the levels.

    Parameters
    ----------
    probabilities : (n, L), rows that add up to 1.
    densities : (n, L), or (L,) where every cell has the same.

    Returns
    -------
    (n,) float64.
    """
    return np.einsum("nk,nk->n", probabilities, np.broadcast_to(densities, probabilities.shape), dtype=np.float64)


def hard(probabilities: np.ndarray, densities: np.ndarray) -> np.ndarray:
    """C_k of the most probable level (the lower one on a tie); as `blend` otherwise."""
    level = np.argmax(probabilities, axis=1)[:, np.newaxis]
    shaped = np.broadcast_to(densities, probabilities.shape)
    return np.take_along_axis(shaped, level, axis=1)[:, 0].astype(np.float64)


def over_levels(probabilities: np.ndarray, densities: np.ndarray, blending: str) -> np.ndarray:
    """`blend` or `hard`, by name."""
    return blend(probabilities, densities) if blending == BLENDED else hard(probabilities, densities)


def two_terms(
    probabilities: np.ndarray, relative: np.ndarray, bmin: np.ndarray, bmax: np.ndarray, blending: str
) -> Tuple[np.ndarray, np.ndarray]:
    """Both terms of eq. 3 over the levels, for `combine`: Bmin, and Cpre · (Bmax − Bmin); (n,) float64 each."""
    span = np.asarray(relative, np.float64) * np.subtract(bmax, bmin)
    return (
        over_levels(probabilities, np.asarray(bmin, np.float64), blending),
        over_levels(probabilities, span, blending),
    )
