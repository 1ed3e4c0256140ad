"""A regression forest as plain arrays: safe to store, checked when read, and quick to ask.

scikit-learn's trees are rebuilt from the arrays, never unpickled. Rows are sorted by the leaves of the first two trees
before they go down the others: neighbours then take nearly the same path, which the processor foresees. No value
changes; of rows in no order it saves half to three quarters of the time, of rows in raster order, which are alike
already, a quarter to a half (benchmarks/bench_forest.py).
"""

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import BundleError

_KEYS = ("first", "left", "right", "feature", "threshold", "value")
#: Rows that go down the trees together: enough to find neighbours among them, in bounded memory.
BATCH = 1 << 20
#: Trees whose leaves are the order of the rows; a third one gains no more than its sorting costs.
_SORTING = 2


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

    def predict(self, features: np.ndarray, step: Optional[Callable[[int], None]] = None) -> np.ndarray:
        """Mean over the trees.

        Parameters
        ----------
        features : (n, k) without NaN, compared as float32.
        step : called with the number of rows that went down one more tree; what it raises (a cancel) ends the work.

        Returns
        -------
        (n,) float64. A row's value does not depend on the rows beside it.
        """
        features = self._checked(features)
        result = np.empty(len(features))
        for start in range(0, len(features), BATCH):
            part = result[start : start + BATCH]
            order, values_of_trees = self._walk(features[start : start + BATCH])
            total = np.zeros(len(part))
            for values in values_of_trees:
                total += values
                if step is not None:
                    step(len(part))
            part[order] = total / len(self._trees)
        return result

    def by_tree(self, features: np.ndarray) -> Iterator[np.ndarray]:
        """The prediction of each tree in turn, (n,) float64."""
        order, values_of_trees = self._walk(self._checked(features))
        for values in values_of_trees:
            result = np.empty(len(values))
            result[order] = values
            yield result

    def _checked(self, features: np.ndarray) -> np.ndarray:
        if features.ndim != 2 or features.shape[1] != self.arrays.features:
            raise ValueError("the forest has {} features, the rows {}".format(self.arrays.features, features.shape))
        return features

    def _walk(self, features: np.ndarray) -> Tuple[np.ndarray, Iterator[np.ndarray]]:
        """(order, values of each tree in that order): rows by the leaf of the first tree, then by that of the second.

        Rows of the same leaves that were beside each other in a raster stay so.
        """
        rows = np.ascontiguousarray(features, dtype=np.float32)
        leaves = [tree.apply(rows) for tree in self._trees[:_SORTING]]
        order = _sorted_by(leaves, [int(size) for size in np.diff(self.arrays.first)])
        return order, self._values(leaves, rows, order)

    def _values(self, leaves: List[np.ndarray], rows: np.ndarray, order: np.ndarray) -> Iterator[np.ndarray]:
        ordered = rows[order]
        for index, leaf in enumerate(leaves):
            yield self.arrays.tree(index)["value"][leaf[order]]
        for tree in self._trees[len(leaves) :]:
            yield tree.predict(ordered)[:, 0]


def _sorted_by(leaves: Sequence[np.ndarray], nodes: Sequence[int]) -> np.ndarray:
    """The order of rows by the leaves of the first tree, then of the next; `nodes` is how many each tree has."""
    order: Optional[np.ndarray] = None
    for leaf, count in reversed(list(zip(leaves, nodes))):
        # numpy sorts numbers of 16 bits in linear time.
        keys = leaf.astype(np.uint16) if count <= 1 + np.iinfo(np.uint16).max else leaf
        if order is None:
            order = np.argsort(keys, kind="stable")
        else:
            order = order[np.argsort(keys[order], kind="stable")]
    return order


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
