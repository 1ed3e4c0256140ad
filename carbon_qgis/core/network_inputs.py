"""Drivers as a network or a forest reads them: numbers scaled by the training rows, class codes one-hot."""

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Sequence, Tuple

import numpy as np

from .errors import BundleError, InputError

MINMAX, STANDARD = "minmax", "standard"
SCALINGS = (MINMAX, STANDARD)
#: More codes than this are rather numbers that were flagged as classes by mistake.
MAX_CODES = 256


@dataclass(frozen=True)
class Encoding:
    """Scaling of k drivers, learnt from training rows and used for every other year.

    A fresh scaling per year would erase the change between the years. `shift` and `scale` are (k,): a number is read
    as (x − shift) / scale. `codes` holds the class codes of categorical drivers (empty for numbers); a code that did
    not occur in training is read as none of them, all zeros.
    """

    method: str
    shift: np.ndarray
    scale: np.ndarray
    codes: Tuple[Tuple[int, ...], ...]

    @classmethod
    def fit(cls, features: np.ndarray, drivers: Sequence[Any], method: str, in_fold: bool = False) -> "Encoding":
        """Scaling of training rows.

        Parameters
        ----------
        features : (n, k) or (n, T, k) float64 without NaN.
        drivers : k objects with `name` and `categorical`.
        method : 'minmax' (to 0–1, as published) or 'standard' (mean 0, standard deviation 1).
        in_fold : the rows are what a cross-validation left, where a driver that varies in all rows may be constant.
            Nothing can be learnt from it there: it is read as 0 whatever its value, also in the rows held out.

        Raises
        ------
        InputError
            An unknown method, a driver that is constant unless `in_fold`, a categorical one with more than 256 codes.
        """
        if method not in SCALINGS:
            raise InputError("'{}' is no scaling. Choose one of: {}.".format(method, ", ".join(SCALINGS)))
        columns = np.asarray(features, dtype=np.float64).reshape(-1, len(drivers))
        shift, scale, codes = np.zeros(len(drivers)), np.ones(len(drivers)), []
        for index, driver in enumerate(drivers):
            column = columns[:, index]
            found = _codes(driver.name, column) if driver.categorical else ()
            low, high = float(column.min()), float(column.max())
            if low == high and not in_fold:
                raise InputError(
                    "The driver '{}' is constant ({:g} in all {:,} training rows): nothing can be learnt from it. "
                    "Leave it out.".format(driver.name, low, len(column))
                )
            codes.append(found if low < high else ())
            if low == high:
                shift[index], scale[index] = low, np.inf
            elif not found:
                spread = high - low if method == MINMAX else float(column.std())
                shift[index] = low if method == MINMAX else float(column.mean())
                scale[index] = spread if spread > 0 else 1.0  # a spread below the smallest number is none
        return cls(method, shift, scale, tuple(codes))

    @property
    def width(self) -> int:
        """Columns that a network reads."""
        return sum(len(codes) or 1 for codes in self.codes)

    def encode(self, features: np.ndarray) -> np.ndarray:
        """(n, k) or (n, T, k) drivers as (n, width) or (n, T, width) float32.

        Differences are taken in double precision: an elevation of 3000 m has only 12 bits left for its decimals in
        float32.
        """
        features = np.asarray(features)
        if features.shape[-1] != len(self.codes):
            text = "The network reads {} drivers; the rows have {}."
            raise InputError(text.format(len(self.codes), features.shape[-1]))
        if not any(self.codes):
            return ((features - self.shift) / self.scale).astype(np.float32)
        out = np.empty(features.shape[:-1] + (self.width,), dtype=np.float32)
        at = 0
        for index, codes in enumerate(self.codes):
            column = features[..., index]
            if codes:
                np.equal(column[..., np.newaxis], np.array(codes), out=out[..., at : at + len(codes)], casting="unsafe")
            else:
                out[..., at] = (column - self.shift[index]) / self.scale[index]
            at += len(codes) or 1
        return out

    def as_dict(self) -> Dict[str, Any]:
        """Plain values for the manifest of a bundle."""
        return {
            "method": self.method, "shift": self.shift.tolist(), "scale": self.scale.tolist(),
            "codes": [list(codes) for codes in self.codes],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], drivers: int, source: str) -> "Encoding":
        """The encoding that `as_dict` gave.

        Raises
        ------
        BundleError
            Values that are not of `drivers` drivers, not finite, or a scale that is not above 0.
        """
        try:
            shift = np.array(values["shift"], dtype=np.float64)
            scale = np.array(values["scale"], dtype=np.float64)
            codes = tuple(tuple(int(code) for code in each) for each in values["codes"])
            found = cls(str(values["method"]), shift, scale, codes)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError("'{}' is damaged: its scaling cannot be read ({}).".format(source, error)) from error
        sound = shift.shape == scale.shape == (drivers,) and len(codes) == drivers
        if not (sound and np.isfinite(shift).all() and np.isfinite(scale).all() and (scale > 0).all()):
            raise BundleError("'{}' is damaged: its scaling does not fit its {} drivers.".format(source, drivers))
        return found


def _codes(name: str, column: np.ndarray) -> Tuple[int, ...]:
    codes = np.unique(column)
    if len(codes) > MAX_CODES:
        raise InputError(
            "The categorical driver '{}' has {:,} different codes; at most {} are taken. Is it a number? Then do "
            "not name it as categorical.".format(name, len(codes), MAX_CODES)
        )
    if (codes != np.round(codes)).any():
        raise InputError(
            "The categorical driver '{}' holds {:g}: codes of classes are whole numbers. Is it a number? Then do not "
            "name it as categorical.".format(name, codes[codes != np.round(codes)][0])
        )
    return tuple(int(code) for code in codes)
