"""CatBoost, as the levels and the regressors within levels use it: training that can be stopped, models as bytes.

Features are (n, k) float64 with the codes of categorical drivers as whole numbers; CatBoost gets those as categories,
the rest as float32 (its own precision). Prediction runs in the caller's thread and releases Python's lock, so blocks
are predicted side by side; a row's prediction does not depend on the rows around it.
"""

import os
from dataclasses import dataclass, field
from typing import Any, Dict, NamedTuple, Optional, Sequence

import numpy as np

from .bundle import Bundle
from .catboost_file import require_sound
from .cores import available_cores
from .errors import BundleError, InputError
from .outputs import failure
from .progress import Progress, Silent, check_cancelled
from .scratch import scratch_folder

MULTICLASS, RMSE = "MultiClass", "RMSE"
#: More threads than this do not pay for tables of samples, and leave nothing for the rest of QGIS.
MAX_THREADS = 8
#: Half of the drivers tried at a split, seven tenths of the rows in a tree: what keeps small data from being learnt by
#: heart (docs/accuracy.md).
REGULARISED = {"rsm": 0.5, "bootstrap_type": "Bernoulli", "subsample": 0.7, "l2_leaf_reg": 3.0}
#: CatBoost refuses to draw rows for a tree where there are only a few.
_FEWEST_DRAWN = 50
#: Facts that CatBoost writes into a model and that differ from run to run, or tell of the machine.
_VOLATILE = ("train_finish_time", "model_guid", "training", "output_options", "catboost_version_info")


@dataclass(frozen=True)
class BoostOptions:
    """How a CatBoost model is trained.

    Parameters
    ----------
    iterations : trees at most.
    patience : stop after so many trees without a gain on the rows held out, and keep the best; None trains all.
    one_hot : categorical drivers with up to so many classes are split class by class, which is several times faster
        than target statistics; None is CatBoost's own limit (2).
    threads : None is one per core, `MAX_THREADS` at most.
    more : further parameters of CatBoost by name.
    """

    iterations: int = 300
    depth: int = 6
    learning_rate: float = 0.05
    seed: int = 42
    patience: Optional[int] = None
    one_hot: Optional[int] = None
    threads: Optional[int] = None
    more: Dict[str, Any] = field(default_factory=dict)


class Rows(NamedTuple):
    """A training or held-out set: features (n, k), target (n,), weight (n,) or None."""

    features: np.ndarray
    target: np.ndarray
    weight: Optional[np.ndarray] = None


class BoostModel:
    """A trained CatBoost model; `outputs` is the number of classes, 1 for a regression."""

    def __init__(self, native: Any, categorical: Sequence[bool], outputs: int):
        self._native = native
        self.categorical = tuple(bool(flag) for flag in categorical)
        self.outputs = outputs

    @property
    def trees(self) -> int:
        """Trees in the model."""
        return int(self._native.tree_count_)

    def predict(self, features: np.ndarray, trees: int = 0) -> np.ndarray:
        """Values (n,) float64 of a regression, or class probabilities (n, L) float64.

        Parameters
        ----------
        features : (n, k), without NaN.
        trees : use the first so many trees only; 0: all.
        """
        count = len(features)
        if not count:
            return np.zeros((0, self.outputs) if self.outputs > 1 else 0)
        kind = "Probability" if self.outputs > 1 else "RawFormulaVal"
        pool = _pool(Rows(features, None), self.categorical, 1)
        found = self._native.predict(pool, prediction_type=kind, ntree_end=trees, thread_count=1)
        return np.asarray(found, dtype=np.float64).reshape((count, self.outputs) if self.outputs > 1 else count)

    def importance(self) -> np.ndarray:
        """How much the prediction changes with each driver, in % of all (CatBoost's PredictionValuesChange), (k,)."""
        found = np.zeros(len(self.categorical))
        found[_order(self.categorical)] = self._native.get_feature_importance()
        return found

    def to_bytes(self) -> bytes:
        """The model in CatBoost's own format (.cbm): the same bytes for the same training.

        Raises
        ------
        OutputError
            It goes through the system's folder for temporary files, and that is full.
        """
        from catboost import CatBoostError

        metadata = self._native.get_metadata()
        for name in _VOLATILE:
            if name in metadata.keys():
                del metadata[name]
        with scratch_folder() as folder:
            path = os.path.join(folder, "model.cbm")
            try:
                self._native.save_model(path, format="cbm")
            except CatBoostError as error:
                raise failure(path, " ".join(str(error).split())[:200]) from error
            with open(path, "rb") as stream:
                return stream.read()


class BoostFit(NamedTuple):
    """A trained model and its learning curve: the loss after each tree, on the rows learnt from and those held out."""

    model: BoostModel
    learn: np.ndarray
    held_out: Optional[np.ndarray]


def fit_boost(
    loss: str,
    train: Rows,
    categorical: Sequence[bool],
    options: BoostOptions,
    held_out: Optional[Rows] = None,
    classes: int = 1,
    progress: Optional[Progress] = None,
    message: str = "Training CatBoost",
) -> BoostFit:
    """Train a model.

    Parameters
    ----------
    loss : `MULTICLASS` (targets are 0 to classes − 1, each of them present) or `RMSE`.
    categorical : (k,) which drivers are codes of classes.
    held_out : rows to watch for early stopping (`options.patience`).

    Raises
    ------
    InputError
        If CatBoost cannot learn from the rows; its own words are given.
    Cancelled
        Within one tree of the user's wish.
    """
    import catboost

    progress = progress or Silent()
    check_cancelled(progress)
    maker = catboost.CatBoostClassifier if loss == MULTICLASS else catboost.CatBoostRegressor
    threads = _threads(options.threads)
    parameters = _parameters(options, threads, held_out is not None)
    if len(train.target) < _FEWEST_DRAWN:
        parameters = {name: value for name, value in parameters.items() if name not in ("bootstrap_type", "subsample")}
    native = maker(loss_function=loss, **parameters)
    watch = _Watch(progress, options.iterations, message)
    progress.update(0.0, message)
    try:
        # A callback's exception would pass through CatBoost's own code: it returns False, and we raise after it.
        native.fit(
            _pool(train, categorical, threads),
            eval_set=_pool(held_out, categorical, threads) if held_out is not None else None,
            callbacks=[watch],
        )
    except catboost.CatBoostError as error:
        check_cancelled(progress)
        raise InputError(
            "CatBoost cannot learn from these {:,} samples: {}. Check the drivers and the density.".format(
                len(train.target), " ".join(str(error).split())[-200:].rstrip(".")
            )
        ) from error
    check_cancelled(progress)
    progress.update(1.0)
    curves = native.get_evals_result()
    held = curves.get("validation", {}).get(loss)
    return BoostFit(
        BoostModel(native, categorical, classes), np.asarray(curves["learn"][loss]),
        None if held is None else np.asarray(held),
    )  # fmt: skip


def load_boost(
    bundle: Bundle, name: str, categorical: Sequence[bool], outputs: int = 1, source: str = "The model"
) -> BoostModel:
    """A model from a bundle, whose reader compared its SHA-256 with the manifest; `source` is what messages call it.

    Raises
    ------
    BundleError
        If the bundle has no such file, CatBoost does not accept it, or it is for other drivers or classes.
    """
    import catboost

    if name not in bundle.files:
        raise BundleError("'{}' lacks the file '{}'. Copy or train the model again.".format(source, name))
    require_sound(bundle.files[name], len(categorical), source, name)
    native = catboost.CatBoostClassifier() if outputs > 1 else catboost.CatBoostRegressor()
    expected = list(range(len(categorical) - int(sum(categorical)), len(categorical)))
    model = BoostModel(native, categorical, outputs)
    try:
        native.load_model(blob=bundle.files[name])
        own = len(native.feature_names_) == len(categorical) and native.get_cat_feature_indices() == expected
        row = _pool(Rows(np.zeros((1, len(categorical))), None), categorical, 1) if own else None
        tried = native.predict(row, prediction_type="RawFormulaVal") if own else None
    except (catboost.CatBoostError, ArithmeticError, LookupError, MemoryError, RuntimeError, ValueError) as error:
        raise BundleError(
            "'{}' is damaged: CatBoost cannot read '{}' in it. Copy or train the model again.".format(source, name)
        ) from error
    if not own:
        raise BundleError(
            "'{}' is damaged: '{}' in it does not belong to its drivers. Train the model again.".format(source, name)
        )
    if np.size(tried) != outputs:
        raise BundleError(
            "'{}' is damaged: '{}' in it is for another number of levels. Train the model again.".format(source, name)
        )
    return model


class _Watch:
    """Called by CatBoost after every tree: reports progress and asks whether to stop."""

    def __init__(self, progress: Progress, iterations: int, message: str):
        self._progress, self._iterations, self._message = progress, iterations, message

    def after_iteration(self, info: Any) -> bool:
        """False stops the training."""
        self._progress.update(min(1.0, info.iteration / self._iterations), self._message)
        return not self._progress.cancelled()


def _parameters(options: BoostOptions, threads: int, watched: bool) -> Dict[str, Any]:
    found: Dict[str, Any] = {
        "iterations": options.iterations,
        "depth": options.depth,
        "learning_rate": options.learning_rate,
        "random_seed": options.seed,
        "thread_count": threads,
        "logging_level": "Silent",  # inside the desktop on Windows there is no stdout to write to
        "allow_writing_files": False,
    }
    if options.one_hot is not None:
        found["one_hot_max_size"] = options.one_hot
    if watched:
        found["use_best_model"] = options.patience is not None
        if options.patience is not None:
            found["early_stopping_rounds"] = options.patience
    found.update(options.more)
    return found


def _threads(asked: Optional[int]) -> int:
    return max(1, min(MAX_THREADS, asked or available_cores()))


def _order(categorical: Sequence[bool]) -> np.ndarray:
    """Positions of the drivers as CatBoost gets them: quantities first."""
    return np.argsort(np.asarray(categorical, dtype=bool), kind="stable")


def _pool(rows: Rows, categorical: Sequence[bool], threads: int):
    """CatBoost's data set: quantities as float32, codes as categories named by their whole number."""
    from catboost import FeaturesData, Pool

    classes = np.asarray(categorical, dtype=bool)
    numbers = np.ascontiguousarray(rows.features[:, ~classes], dtype=np.float32) if not classes.all() else None
    codes = _categories(rows.features[:, classes]) if classes.any() else None
    data = FeaturesData(num_feature_data=numbers, cat_feature_data=codes)
    return Pool(data, label=rows.target, weight=rows.weight, thread_count=threads)


def _categories(codes: np.ndarray) -> np.ndarray:
    """Codes (n, c) as bytes, the form in which CatBoost takes categories without asking each cell for its type."""
    columns = []
    for column in codes.T:
        present, index = np.unique(column, return_inverse=True)
        columns.append(np.array([b"%d" % int(code) for code in present] + [None], dtype=object)[:-1][index])
    return np.stack(columns, axis=1)
