"""Predictions of many rows, a part at a time, so that a cancel is heard and progress seen."""

from typing import Callable, Iterator, Tuple

import numpy as np

from .network_weights import INNER_BATCH
from .progress import Progress, check_cancelled

#: Rows at once: the inner batch of networks, so that a part changes no number.
PART = INNER_BATCH


def parts(count: int, progress: Progress) -> Iterator[slice]:
    """Slices of `PART` rows; before each the progress is told and asked.

    Raises
    ------
    Cancelled
    """
    for start in range(0, count, PART):
        check_cancelled(progress)
        yield slice(start, min(start + PART, count))
        progress.update(min(1.0, (start + PART) / count))


def predict_rows(predict: Callable[..., np.ndarray], progress: Progress, *rows: np.ndarray) -> np.ndarray:
    """`predict(*rows)` of a prediction whose rows do not depend on one another.

    Parameters
    ----------
    predict : arrays of n rows each -> (n,).
    rows : arrays of the same length.

    Raises
    ------
    Cancelled
        Within a part.
    """
    made = [predict(*(array[part] for array in rows)) for part in parts(len(rows[0]), progress)]
    return np.concatenate(made) if made else predict(*rows)


def spans(count: int, low: float = 0.0, high: float = 1.0) -> Tuple[Tuple[float, float], ...]:
    """`low` to `high` of a progress cut into equal spans."""
    step = (high - low) / max(1, count)
    return tuple((low + i * step, low + (i + 1) * step) for i in range(count))
