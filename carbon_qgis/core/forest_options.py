"""How a random forest is trained: the published preset, the robust one, and everything that can be changed."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Optional

from .errors import InputError

PUBLISHED, ROBUST = "published", "robust"
PRESETS = (ROBUST, PUBLISHED)
#: How rows are held out for the test: as the table's split says, at random, or in whole spatial blocks.
TABLE, RANDOM, BLOCKS = "table", "random", "blocks"
#: None, the inverse of the mean of the trees (published), the mean of the inverse of each tree (unbiased in leaves).
NO_TRANSFORM, INVERSE_OF_MEAN, MEAN_OF_INVERSES = "none", "yeojohnson", "yeojohnson_per_tree"
#: What the published tuning chooses among.
GRID = tuple(product((None, 10, 20), (1, 2, 5), (1.0, 0.5)))
#: What the target was: metrics against the map of a model do not test the truth.
UNKNOWN, MEASURED, MODEL = "unknown", "measured", "model"


@dataclass(frozen=True)
class ForestOptions:
    """How a forest is trained; the defaults are the robust preset.

    Parameters
    ----------
    min_leaf, max_features, max_depth : rows in a leaf at least, share of the features tried at a split, None no limit.
    iqr_factor : k of the outlier rule; None removes nothing.
    transform : of the target: one of the three above.
    tune : choose `max_depth`, `min_leaf` and `max_features` among `GRID` by random `tune_folds`-fold cross-validation.
    test, test_share : the rows held out. None: the table's own split where it has test rows, else spatial blocks where
        the table has them or coordinates, else random.
    block_folds : folds of the spatial cross-validation.
    weighted : weight rows by the cells they stand for.
    target_kind : 'measured', 'model' (a map of InVEST or another model) or 'unknown': said in reports.
    threads : for the trees of a forest.
    """

    preset: str = ROBUST
    trees: int = 80
    min_leaf: int = 5
    max_features: float = 0.5
    max_depth: Optional[int] = None
    iqr_factor: Optional[float] = None
    transform: str = NO_TRANSFORM
    tune: bool = False
    tune_folds: int = 10
    test: Optional[str] = None
    test_share: float = 0.2
    block_folds: int = 5
    weighted: bool = True
    target_kind: str = UNKNOWN
    seed: int = 42
    threads: int = 2


def preset_options(preset: str, **changes: Any) -> ForestOptions:
    """Options of a preset, some of them changed.

    Raises
    ------
    InputError
        An unknown preset.
    """
    if preset not in PRESETS:
        raise InputError("'{}' is no preset of the forest. Choose one of: {}.".format(preset, ", ".join(PRESETS)))
    if preset == PUBLISHED:
        published = ForestOptions(
            PUBLISHED, min_leaf=1, max_features=1.0, iqr_factor=1.5, transform=INVERSE_OF_MEAN, tune=True, test=RANDOM,
            weighted=False,
        )  # fmt: skip
        return replace(published, **changes)
    return replace(ForestOptions(), **changes)
