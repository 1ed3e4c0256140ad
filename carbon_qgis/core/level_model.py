"""A trained model of density levels: what it knows, what it predicts, and how it is stored."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .bundle import Bundle, DriverStats, Manifest, bundle_bytes, check_drivers, read_bundle, understood
from .catboost_models import BoostModel, load_boost
from .dependencies import versions
from .errors import BundleError, InputError
from .results import Column, Table

_FILE = "levels.cbm"
_KIND = "levels"


@dataclass(frozen=True)
class LevelModel:
    """A trained model of density levels.

    `thresholds` (L − 1,) ascend; each belongs to the level below. `bmin`, `bmax` (L,) are the smallest and largest
    density of the training rows in each level, in `unit`. `metrics` holds 'fit' and, where rows were held out,
    'held-out' (see `level_scores.LevelScores.as_dict`).
    """

    drivers: Tuple[DriverStats, ...]
    thresholds: np.ndarray
    names: Tuple[str, ...]
    bmin: np.ndarray
    bmax: np.ndarray
    counts: np.ndarray
    unit: str
    pool: Optional[str]
    year: Optional[int]
    classifier: BoostModel
    seed: int
    metrics: Dict[str, Any] = field(default_factory=dict)
    training: Dict[str, Any] = field(default_factory=dict)
    importance: Tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Number of levels."""
        return len(self.names)

    @property
    def driver_names(self) -> Tuple[str, ...]:
        """Names of the drivers in the order of the features."""
        return tuple(driver.name for driver in self.drivers)

    def columns(self, names: Sequence[str], source: str = "The table") -> np.ndarray:
        """Positions of the model's drivers among `names`, for features of another order or with more drivers.

        Raises
        ------
        InputError
            A driver is missing; the message names it.
        """
        check_drivers(Manifest(_KIND, self.drivers), names, source)
        return np.array([list(names).index(name) for name in self.driver_names], dtype=np.int64)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Probability of each level, (n, L) float32; rows add up to 1.

        Parameters
        ----------
        features : (n, k) in the order of `drivers`, without NaN; codes of classes as whole numbers. Safe to call from
            several threads; a row's answer does not depend on the others.
        """
        if features.ndim != 2 or features.shape[1] != len(self.drivers):
            raise InputError(
                "The level model needs features of shape (n, {}): {}. Got {}.".format(
                    len(self.drivers), ", ".join(self.driver_names), features.shape
                )
            )
        return self.classifier.predict(features).astype(np.float32)

    def levels(self, features: np.ndarray) -> np.ndarray:
        """Most probable level, (n,) int64 from 0; the lower one on a tie."""
        return np.argmax(self.probabilities(features), axis=1)


def levels_table(model: LevelModel) -> Table:
    """Bounds of the levels; the unit is in the column names."""
    unit = model.unit
    columns = (
        Column("code", "integer", "in the level raster"), Column("level", "text"),
        Column("above [{}]".format(unit), "number", "not in the level"),
        Column("up_to [{}]".format(unit), "number", "in the level"),
        Column("Bmin [{}]".format(unit), "number", "smallest training density in the level"),
        Column("Bmax [{}]".format(unit), "number", "largest training density in the level"),
        Column("training_samples", "integer"),
    )  # fmt: skip
    bounds: List[Optional[float]] = [None] + [float(bound) for bound in model.thresholds] + [None]
    rows = [
        [i + 1, name, bounds[i], bounds[i + 1], float(model.bmin[i]), float(model.bmax[i]), int(model.counts[i])]
        for i, name in enumerate(model.names)
    ]
    return Table("Levels", columns, rows)


def level_bundle(model: LevelModel) -> bytes:
    """The model as the bytes of a `.carbonmodel`."""
    manifest = Manifest(
        kind=_KIND,
        drivers=model.drivers,
        target={"quantity": "carbon density level", "unit": model.unit, "pool": model.pool, "year": model.year},
        levels={
            "names": list(model.names), "thresholds": model.thresholds, "bmin": model.bmin, "bmax": model.bmax,
            "counts": model.counts, "importance": list(model.importance),
        },
        metrics=model.metrics,
        seed=model.seed,
        training=model.training,
        versions=versions(("numpy", "catboost")),
    )  # fmt: skip
    return bundle_bytes(manifest, {_FILE: model.classifier.to_bytes()})


def read_levels(path: str) -> LevelModel:
    """Read a level model.

    Raises
    ------
    BundleError
        See `bundle.read_bundle`; also if the levels of the manifest are not usable.
    """
    return levels_of_bundle(read_bundle(path, _KIND), path)


def levels_of_bundle(bundle: Bundle, source: str) -> LevelModel:
    """The level model of a bundle that was read."""
    manifest = bundle.manifest
    with understood(source, "the list of its levels"):
        names = tuple(str(name) for name in manifest.levels["names"])
        numbers = {key: np.array(manifest.levels[key], dtype=np.float64) for key in ("thresholds", "bmin", "bmax")}
        counts = np.array(manifest.levels["counts"], dtype=np.int64)
        importance = tuple(float(value) for value in manifest.levels["importance"])
        unit = str(manifest.target["unit"])
    sound = len(names) >= 2 and all(numbers[key].shape == (len(names),) for key in ("bmin", "bmax"))
    sound = sound and numbers["thresholds"].shape == (len(names) - 1,) and counts.shape == (len(names),)
    sound = sound and (np.diff(numbers["thresholds"]) > 0).all() and (numbers["bmin"] <= numbers["bmax"]).all()
    if not sound:
        raise BundleError("'{}' is damaged: its thresholds and bounds do not fit together.".format(source))
    classifier = load_boost(bundle, _FILE, [driver.categorical for driver in manifest.drivers], len(names), source)
    return LevelModel(
        manifest.drivers, numbers["thresholds"], names, numbers["bmin"], numbers["bmax"], counts, unit,
        manifest.target.get("pool"), manifest.target.get("year"), classifier, manifest.seed or 0, manifest.metrics,
        manifest.training, importance,
    )  # fmt: skip
