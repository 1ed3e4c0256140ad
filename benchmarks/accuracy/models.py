"""The models of the table. Each reads training rows and predicts test rows; nothing is tuned on the folds.

A recipe may answer several rows of the table from one training (hard and blended levels of the same models).
"""

from dataclasses import dataclass
from typing import Callable, Tuple

import numpy as np

from carbon_qgis.core.samples import Samples

from . import baselines, coupled


@dataclass(frozen=True)
class Recipe:
    """One training that fills one or more rows of the table.

    `predict(data, train, features, seed)` returns predictions by key, (n,) each, and notes. `version` changes
    when the recipe changes what it computes, for the coupled models also with the options of their preset: results of
    another version are not used.
    """

    keys: Tuple[str, ...]
    version: str
    predict: Callable

    @property
    def key(self) -> str:
        """The first key names the recipe."""
        return self.keys[0]


@dataclass(frozen=True)
class Row:
    """One row of the table: the key of its results and what it is called."""

    key: str
    title: str


def _single(key: str, version: str, function: Callable) -> Recipe:
    def predict(data, train: Samples, features: np.ndarray, seed: int):
        predicted, notes = function(data, train, features, seed)
        return {key: predicted}, notes

    return Recipe((key,), version, predict)


RECIPES = (
    _single("class-means", "1", baselines.class_means),
    _single("ridge", "1", baselines.ridge),
    _single("forest", "1", baselines.forest),
    _single("catboost", "1", baselines.catboost),
    Recipe(
        ("robust", "robust-catboost", "robust-network", "robust-hard"), coupled.version("robust", 1), coupled.robust
    ),
    Recipe(("published", "published-blended"), coupled.version("published", 1), coupled.published),
    _single("network", "1", coupled.published_network),
)

#: The table, from the simplest to the default.
ROWS = (
    Row("class-means", "class means"),
    Row("ridge", "ridge regression"),
    Row("forest", "random forest (80 trees, leaf 5, half the features)"),
    Row("catboost", "CatBoost regression"),
    Row("network", "published network alone"),
    Row("published", "published coupled model (hard levels)"),
    Row("published-blended", "the same networks, blended levels"),
    Row("robust-hard", "robust models, hard levels"),
    Row("robust-network", "robust, networks within levels"),
    Row("robust-catboost", "robust, CatBoost within levels"),
    Row("robust", "**robust coupled model (default)**"),
)
