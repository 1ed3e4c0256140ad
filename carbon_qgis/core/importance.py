"""Importance of a driver for any model: what its predictions lose when the driver's values are shuffled."""

from typing import Callable, Optional

import numpy as np

from .progress import Part, Progress, Silent
from .row_parts import predict_rows, spans

#: More rows change the importance by less than its chance.
MOST_ROWS = 5000


def permutation_loss(
    predict: Callable[[np.ndarray], np.ndarray],
    features: np.ndarray,
    target: np.ndarray,
    seed: int = 1,
    repeats: int = 1,
    progress: Optional[Progress] = None,
) -> np.ndarray:
    """Loss of R2 when one driver is shuffled over the rows (Breiman 2001, section 10), mean of `repeats` shuffles.

    Parameters
    ----------
    predict : features -> (n,) predictions, in the unit of the target.
    features : (n, k), or (n, T, k) with the steps of a driver shuffled together; at most 5,000 rows are used.
    target : (n,).

    Returns
    -------
    (k,); below 0 by chance for a driver that does not matter, 0 where the target is the same in all rows.

    Raises
    ------
    Cancelled
    """
    progress, rng = progress or Silent(), np.random.default_rng(seed)
    if len(features) > MOST_ROWS:
        kept = np.sort(rng.choice(len(features), MOST_ROWS, replace=False))
        features, target = features[kept], target[kept]
    features, target = np.asarray(features, np.float64), np.asarray(target, np.float64)
    spread = float(np.square(target - target.mean()).sum()) or np.inf
    loss = np.zeros(features.shape[-1])
    first, *others = spans(1 + len(loss) * repeats)
    base = float(np.square(target - predict_rows(predict, Part(progress, first), features)).sum())
    for column in range(len(loss)):
        shuffled = features.copy()
        for repeat in range(repeats):
            shuffled[..., column] = features[rng.permutation(len(features))][..., column]
            found = predict_rows(predict, Part(progress, others[column * repeats + repeat]), shuffled)
            loss[column] += (float(np.square(target - found).sum()) - base) / spread / repeats
    return loss
