"""Which samples a level model learns from, which test it, and which choose its number of trees."""

from dataclasses import dataclass, replace
from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from .errors import InputError
from .samples import TEST, TRAIN, VALIDATION, Samples
from .spatial_blocks import FEWEST_SQUARES, folds, hold_out, squares

_FEWEST_ROWS = 50
_ATTEMPTS = 10
#: What is done with a driver that has one value in all training rows. `KEEP` is for the folds of a cross-validation.
REFUSE, DROP, KEEP = "refuse", "drop", "keep"


@dataclass(frozen=True)
class LevelRows:
    """Training rows, and test rows with words for how they were held out (None without any)."""

    train: Samples
    test: Optional[Samples]
    scheme: str
    notes: Tuple[str, ...] = ()

    @property
    def constant(self) -> List[int]:
        """Positions of the drivers that have one value in all training rows."""
        features = self.train.latest
        return [i for i in range(features.shape[1]) if (features[:, i] == features[0, i]).all()]

    def checked(self, constant: str = REFUSE, advice: str = "choose to leave out constant drivers") -> "LevelRows":
        """The same rows, fit to be learnt from.

        Parameters
        ----------
        constant : `REFUSE`, `DROP` or `KEEP` drivers that are constant in the training rows.
        advice : what can be done instead of leaving such a driver out of the samples.

        Raises
        ------
        InputError
            NaN or infinity; codes of classes that are not whole numbers; a constant driver that is refused, or nothing
            left where they are dropped.
        """
        for samples in (self.train, self.test):
            if samples is not None:
                _check_numbers(samples)
        features, flat = self.train.latest, self.constant
        if not flat or constant == KEEP:
            return self
        listed = ", ".join("'{}' ({:g})".format(self.train.drivers[i].name, features[0, i]) for i in flat)
        if constant != DROP:
            raise InputError(
                "The driver{} {} {} the same value in all {:,} training samples: {} nothing. Leave it out of the "
                "samples, or {}.".format(
                    "s" if len(flat) > 1 else "", listed, "have" if len(flat) > 1 else "has",
                    len(self.train), "they explain" if len(flat) > 1 else "it explains", advice,
                )
            )  # fmt: skip
        kept = [i for i in range(features.shape[1]) if i not in flat]
        if not kept:
            raise InputError("Every driver has one value only ({}): there is nothing to learn from.".format(listed))
        note = "Left out, constant in the training samples: {}.".format(listed)
        test = None if self.test is None else _only(self.test, kept)
        return replace(self, train=_only(self.train, kept), test=test, notes=self.notes + (note,))


class Drawn(NamedTuple):
    """Rows held out of the training rows: a boolean (or the number of a fold) per row, and words for how."""

    mask: np.ndarray
    scheme: str


def training_rows(samples: Samples, with_validation: bool, test_share: float, seed: int) -> LevelRows:
    """Divide samples into training and test rows.

    Parameters
    ----------
    with_validation : learn from the rows marked 'validation' too (they choose nothing else); otherwise they test.
    test_share : where no row is marked for testing, hold out this share at random; 0: none.

    Raises
    ------
    InputError
        No training rows.
    """
    taught = (TRAIN, VALIDATION) if with_validation else (TRAIN,)
    train = samples.rows(*taught)
    rest = [split for split in (TEST, VALIDATION) if split not in taught]
    test = samples.rows(*rest)
    if not len(train):
        raise InputError(
            "None of the {:,} samples is marked for training (column 'split'). Mark some as 'train', or leave the "
            "column out.".format(len(samples))
        )
    if len(test):
        blocks = samples.block is not None and not np.isin(np.unique(test.block), np.unique(train.block)).any()
        kind = "whole spatial blocks" if blocks else "split of the table"
        return LevelRows(train, test, "rows marked {} ({})".format(" or ".join(rest), kind))
    if test_share > 0 and len(train) > 1:
        away = hold_out(None, len(train), test_share, seed)
        return LevelRows(train.take(~away), train.take(away), "{:.0%} of the rows at random".format(test_share))
    return LevelRows(train, None, "")


def early_stopping_rows(train: Samples, level: np.ndarray, share: float, seed: int) -> Optional[Drawn]:
    """Rows held out to choose the number of trees, in whole spatial blocks where places are known.

    Neighbours are alike: rows held out at random would be predicted from their neighbours and never stop a training.
    Both parts hold every level; where no draw gives that with blocks, rows are drawn at random. None where even that
    fails or there are too few rows.
    """
    if len(train) < _FEWEST_ROWS:
        return None
    block = _blocks(train)
    schemes = [(block, "whole spatial blocks")] if block is not None else []
    for groups, scheme in schemes + [(None, "rows at random")]:
        for attempt in range(_ATTEMPTS):
            mask = hold_out(groups, len(train), share, seed + attempt)
            # A level that the rows learnt from lack could not be scored; one with a single row is hardly there.
            if all(np.bincount(level[part], minlength=level.max() + 1).min() >= 2 for part in (mask, ~mask)):
                return Drawn(mask, scheme)
    return None


def stopping_folds(train: Samples, level: np.ndarray, count: int, most: int, seed: int) -> Optional[Drawn]:
    """Fold of each training row, 0 to `count` − 1, in whole spatial blocks where places are known.

    The rows outside any one fold hold every level. At most `most` rows, drawn at random, take part; the others have −1.
    None where the rows are too few.
    """
    if len(train) < _FEWEST_ROWS:
        return None
    rng = np.random.default_rng(seed)
    used = np.sort(rng.permutation(len(train))[:most])
    block = _blocks(train)
    schemes = [(block[used], "whole spatial blocks")] if block is not None else []
    for groups, scheme in schemes + [(None, "rows at random")]:
        for attempt in range(_ATTEMPTS):
            fold = folds(groups, len(used), count, seed + attempt)
            parts = [np.bincount(level[used][fold != number], minlength=level.max() + 1) for number in range(count)]
            if min(part.min() for part in parts) >= 2:
                every = np.full(len(train), -1, dtype=np.int64)
                every[used] = fold
                return Drawn(every, "{} folds of {}".format(count, scheme))
    return None


def _blocks(train: Samples) -> Optional[np.ndarray]:
    """Given blocks, or about a hundred squares over the samples; None where there are too few or no places."""
    if train.block is None:
        return squares(train.x, train.y)
    return train.block if np.unique(train.block).size >= FEWEST_SQUARES else None


def _check_numbers(samples: Samples) -> None:
    features = samples.latest
    bad = [
        "'{}' {:,}".format(driver.name, int((~np.isfinite(column)).sum()))
        for driver, column in zip(samples.drivers, features.T)
        if not np.isfinite(column).all()
    ]
    lost = int((~np.isfinite(samples.target)).sum())
    bad += ["the density {:,}".format(lost)] if lost else []
    if bad:
        raise InputError(
            "The samples have missing or infinite values in: {} (of {:,} rows). Leave these rows out, or fill "
            "them.".format(", ".join(bad), len(samples))
        )
    for driver, column in zip(samples.drivers, features.T):
        if driver.categorical and (column != np.floor(column)).any():
            odd = column[column != np.floor(column)][0]
            raise InputError(
                "The driver '{}' is marked as classes but holds {:g}: codes of classes are whole numbers.".format(
                    driver.name, odd
                )
            )


def _only(samples: Samples, columns) -> Samples:
    return replace(
        samples,
        drivers=tuple(samples.drivers[i] for i in columns),
        features=samples.features[..., columns],
    )
