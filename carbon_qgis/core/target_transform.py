"""Yeo–Johnson transform of a model's target, with its parameters (Jiangsu paper, section 2.3.2).

Written out rather than taken from scikit-learn because a bundle stores its three numbers, not an object.
"""

from dataclasses import dataclass
from typing import Dict, Mapping

import numpy as np

from .errors import BundleError, InputError


@dataclass(frozen=True)
class YeoJohnson:
    """z = (yj(y; power) − mean) / sd; power by maximum likelihood, mean and sd of the transformed training rows."""

    power: float
    mean: float
    sd: float

    @classmethod
    def fit(cls, target: np.ndarray) -> "YeoJohnson":
        """Parameters of training rows (n,).

        Raises
        ------
        InputError
            A target that is constant.
        """
        from scipy.stats import yeojohnson_normmax

        target = np.asarray(target, dtype=np.float64)
        if np.ptp(target) == 0:
            raise InputError("The density is {:g} in all {:,} training rows.".format(target[0], len(target)))
        power = float(yeojohnson_normmax(target))
        plain = _forward(target, power)
        return cls(power, float(plain.mean()), float(plain.std()))

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Transformed values, in standard deviations."""
        return (_forward(np.asarray(values, dtype=np.float64), self.power) - self.mean) / self.sd

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """Values in the target's unit; what lies beyond the range of the transform becomes its largest number."""
        return _inverse(np.asarray(values, dtype=np.float64) * self.sd + self.mean, self.power)

    def as_dict(self) -> Dict[str, float]:
        """Plain values for a manifest."""
        return {"power": self.power, "mean": self.mean, "sd": self.sd}

    @classmethod
    def from_dict(cls, values: Mapping[str, float], source: str) -> "YeoJohnson":
        """The transform that `as_dict` gave.

        Raises
        ------
        BundleError
        """
        try:
            found = cls(*(float(values[key]) for key in ("power", "mean", "sd")))
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError("'{}' is damaged: its target transform cannot be read.".format(source)) from error
        if not all(np.isfinite(value) for value in vars(found).values()) or found.sd <= 0:
            raise BundleError("'{}' is damaged: its target transform is not usable.".format(source))
        return found


def _forward(y: np.ndarray, power: float) -> np.ndarray:
    result = np.empty_like(y)
    up = y >= 0
    result[up] = np.log1p(y[up]) if power == 0 else np.expm1(power * np.log1p(y[up])) / power
    rest = 2.0 - power
    result[~up] = -np.log1p(-y[~up]) if rest == 0 else -np.expm1(rest * np.log1p(-y[~up])) / rest
    return result


def _inverse(z: np.ndarray, power: float) -> np.ndarray:
    result = np.empty_like(z)
    up = z >= 0
    result[up] = np.expm1(z[up]) if power == 0 else np.expm1(_log1p(power * z[up]) / power)
    rest = 2.0 - power
    result[~up] = -np.expm1(-z[~up]) if rest == 0 else -np.expm1(_log1p(-rest * z[~up]) / rest)
    return result


def _log1p(values: np.ndarray) -> np.ndarray:
    return np.log1p(np.maximum(values, np.nextafter(-1.0, 0.0)))
