"""A regression forest as plain arrays: safe to store, checked when read, and quick to ask.

scikit-learn's trees are rebuilt from the arrays, never unpickled. Rows are sorted before they go down the trees:
neighbours then take the same path, which halves the time and changes no value.
"""

from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Sequence

import numpy as np

from .errors import BundleError

_KEYS = ("first", "left", "right", "feature", "threshold", "value")
#: A sort key has this many bits in all: finer steps cost more to sort than they gain in the trees.
_KEY_BITS = 60


@dataclass(frozen=True)
class ForestArrays:
    """T trees with N nodes in all; a leaf has `left` = `right` = −1, children come after their parent.

    `first` (T + 1,) is where each tree begins; `left`, `right` (N,) int32 count from the start of the tree; `feature`
    (N,) int32; `threshold` and `value` (N,) float64: a row goes left where its feature (float32) is at most the
    threshold, and `value` is the mean of the target in the node.
    """

    features: int
    first: np.ndarray
    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.first) - 1

    def to_dict(self) -> Dict[str, np.ndarray]:
        """The arrays by name, for a bundle."""
        return {key: getattr(self, key) for key in _KEYS}

    def tree(self, index: int) -> Dict[str, np.ndarray]:
        """The arrays of one tree."""
        nodes = slice(int(self.first[index]), int(self.first[index + 1]))
        return {key: getattr(self, key)[nodes] for key in _KEYS[1:]}


def arrays_of(estimators: Sequence[Any], features: int) -> ForestArrays:
    """The arrays of fitted scikit-learn regression trees."""
    trees = [estimator.tree_ for estimator in estimators]
    first = np.concatenate(([0], np.cumsum([tree.node_count for tree in trees]))).astype(np.int64)

    def joined(name: str, dtype: Any) -> np.ndarray:
        parts = [np.asarray(getattr(tree, name)).reshape(tree.node_count) for tree in trees]
        return np.concatenate(parts).astype(dtype)

    leaf = joined("children_left", np.int32) < 0
    return ForestArrays(
        features, first, joined("children_left", np.int32), joined("children_right", np.int32),
        np.where(leaf, 0, joined("feature", np.int32)).astype(np.int32),
        np.where(leaf, 0.0, joined("threshold", np.float64)), joined("value", np.float64),
    )  # fmt: skip


def checked_arrays(content: Mapping[str, np.ndarray], features: int, source: str) -> ForestArrays:
    """The arrays of a bundle, once nothing in them can lead outside.

    Raises
    ------
    BundleError
        Arrays missing, of another type or length, children before their parent or outside their tree, features that do
        not exist, numbers that are not finite.
    """

    def refuse(what: str) -> None:
        raise BundleError("The forest in '{}' is damaged: {}. Train it again.".format(source, what))

    missing = [key for key in _KEYS if key not in content]
    if missing:
        refuse("'{}' is missing".format(missing[0]))
    first, left, right, feature, threshold, value = (np.asarray(content[key]) for key in _KEYS)
    if any(a.ndim != 1 or a.dtype.kind != "i" for a in (first, left, right, feature)):
        refuse("its nodes are not whole numbers")
    if any(a.ndim != 1 or a.dtype.kind != "f" for a in (threshold, value)):
        refuse("its thresholds or values are not numbers")
    nodes = len(left)
    if any(len(a) != nodes for a in (right, feature, threshold, value)):
        refuse("its arrays differ in length")
    sizes = np.diff(first)
    if len(first) < 2 or first[0] != 0 or first[-1] != nodes or (sizes < 1).any():
        refuse("its trees do not begin where they should")
    own = np.arange(nodes) - np.repeat(first[:-1], sizes)
    size, leaf = np.repeat(sizes, sizes), left == -1
    inner = (left > own) & (left < size) & (right > own) & (right < size) & (left != right)
    if not np.where(leaf, right == -1, inner).all():
        refuse("a node leads outside its tree")
    if not (np.isfinite(threshold).all() and np.isfinite(value).all()):
        refuse("it holds values that are not finite")
    if not ((feature >= 0) & (feature < features)).all():
        refuse("it asks for a driver that the model does not have")
    return ForestArrays(
        features, first.astype(np.int64), left.astype(np.int32), right.astype(np.int32), feature.astype(np.int32),
        threshold.astype(np.float64), value.astype(np.float64),
    )  # fmt: skip


class ForestPredictor:
    """The trees of a forest, ready to be asked from several threads (scikit-learn releases Python's lock)."""

    def __init__(self, arrays: ForestArrays):
        self.arrays = arrays
        self._trees = [_rebuilt(arrays.tree(index), arrays.features) for index in range(len(arrays))]
        self._order = _columns_by_use(arrays)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Mean over the trees; features (n, k) without NaN, compared as float32. Returns (n,) float64."""
        total = np.zeros(len(features))
        order, ordered = self._sorted(features)
        for tree in self._trees:
            total += tree.predict(ordered)[:, 0]
        result = np.empty_like(total)
        result[order] = total / len(self._trees)
        return result

    def by_tree(self, features: np.ndarray) -> Iterator[np.ndarray]:
        """The prediction of each tree in turn, (n,) float64."""
        order, ordered = self._sorted(features)
        for tree in self._trees:
            result = np.empty(len(ordered))
            result[order] = tree.predict(ordered)[:, 0]
            yield result

    def _sorted(self, features: np.ndarray):
        rows = np.ascontiguousarray(features, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.arrays.features:
            raise ValueError("the forest has {} features, the rows {}".format(self.arrays.features, rows.shape))
        order = _along_the_trees(rows, self._order)
        return order, rows[order]


def _along_the_trees(rows: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Order of the rows in which neighbours have similar features, the most used first: coarse ranks as one key."""
    if len(rows) < 2:
        return np.arange(len(rows))
    used = list(columns)[:6]
    bits = min(10, _KEY_BITS // max(1, len(used)))
    key = np.zeros(len(rows), dtype=np.int64)
    for position, column in enumerate(used):
        values = rows[:, column]
        low, high = float(values.min()), float(values.max())
        # Fewer steps for the first columns, else the later ones would never decide.
        steps = min(1 << bits, 8 << position)
        scale = (steps - 1) / (high - low) if high > low else 0.0
        key = key * steps + ((values - np.float32(low)) * np.float32(scale)).astype(np.int64)
    return np.argsort(key, kind="stable")


def _columns_by_use(arrays: ForestArrays) -> List[int]:
    """Features from the most to the least decisive: splits near the root count for the rows they divide."""
    inner = arrays.left >= 0
    own = np.arange(len(arrays.left)) - np.repeat(arrays.first[:-1], np.diff(arrays.first))
    weight = np.bincount(arrays.feature[inner], 1.0 / (1.0 + own[inner]), minlength=arrays.features)
    return [int(column) for column in np.argsort(-weight, kind="stable") if weight[column] > 0]


def _rebuilt(tree: Mapping[str, np.ndarray], features: int) -> Any:
    """A scikit-learn tree from arrays; only what prediction reads is filled."""
    from sklearn.tree import _tree

    count = len(tree["left"])
    nodes = np.zeros(count, dtype=_tree.NODE_DTYPE)
    nodes["left_child"], nodes["right_child"] = tree["left"], tree["right"]
    nodes["feature"] = np.where(tree["left"] < 0, -2, tree["feature"])
    nodes["threshold"] = tree["threshold"]
    nodes["n_node_samples"], nodes["weighted_n_node_samples"] = 1, 1.0
    built = _tree.Tree(features, np.array([1], dtype=np.intp), 1)
    values = np.ascontiguousarray(tree["value"]).reshape(count, 1, 1)
    built.__setstate__({"max_depth": count, "node_count": count, "nodes": nodes, "values": values})
    return built
