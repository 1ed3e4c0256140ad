"""Growing of the trees of a random forest, a few at a time, so that a cancel is heard and progress seen."""

import threading
import time
from dataclasses import replace
from typing import Callable, Optional, Tuple

import numpy as np

from .forest_arrays import ForestArrays, arrays_of
from .forest_options import MEAN_OF_INVERSES, NO_TRANSFORM, ForestOptions
from .network_inputs import Encoding
from .progress import Progress, check_cancelled
from .samples import Samples
from .target_transform import YeoJohnson

#: Seconds between two looks at the cancel button.
_POLL = 0.2


def grow(
    training: Samples, encoding: Encoding, options: ForestOptions, progress: Progress
) -> Tuple[ForestArrays, Optional[YeoJohnson], np.ndarray]:
    """Trees, transform of what they answer (None: none), impurity importance of the encoded columns.

    The trees are those of one call of scikit-learn with the same seed, whatever the number of threads.

    Raises
    ------
    Cancelled
        Within a second; a tree that is just growing ends by itself in the background.
    """
    from sklearn.ensemble import RandomForestRegressor

    transform = None if options.transform == NO_TRANSFORM else YeoJohnson.fit(training.target)
    target = training.target if transform is None else transform.forward(training.target)
    rows = encoding.encode(training.latest)
    weight = training.weight if options.weighted and np.ptp(training.weight) > 0 else None
    threads = max(1, options.threads)
    model = RandomForestRegressor(
        n_estimators=0, max_depth=options.max_depth, min_samples_leaf=options.min_leaf,
        max_features=options.max_features, random_state=options.seed, n_jobs=threads, warm_start=True,
    )  # fmt: skip
    grown, last = 0, 1.0
    while grown < options.trees:
        check_cancelled(progress)
        span = (grown / options.trees, min(options.trees, grown + threads) / options.trees)
        grown = min(options.trees, grown + threads)
        model.set_params(n_estimators=grown)
        start = time.monotonic()
        _patiently(lambda: model.fit(rows, target, sample_weight=weight), progress, span, last)
        last = max(_POLL, time.monotonic() - start)
        progress.update(span[1])
    importance = np.mean([tree.feature_importances_ for tree in model.estimators_], axis=0)
    arrays = arrays_of(model.estimators_, encoding.width)
    if options.transform == MEAN_OF_INVERSES:
        arrays, transform = replace(arrays, value=transform.inverse(arrays.value)), None
    return arrays, transform, importance


def _patiently(work: Callable[[], object], progress: Progress, span: Tuple[float, float], expected: float) -> None:
    """Do `work` in a thread of its own; meanwhile report and listen. A large tree takes seconds and tells nothing."""
    problems = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=run, name="grow trees", daemon=True)
    start = time.monotonic()
    thread.start()
    thread.join(_POLL)
    while thread.is_alive():
        check_cancelled(progress)
        gone = time.monotonic() - start
        progress.update(span[0] + (span[1] - span[0]) * gone / (gone + expected))
        thread.join(_POLL)
    if problems:
        raise problems[0]
