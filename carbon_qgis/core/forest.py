"""Random forest of carbon density (I-RF, Jiangsu paper, section 2.3.2): the model, its bundle, its predictions."""

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

import numpy as np

from .applicability import FILE as APPLICABILITY_FILE
from .applicability import Applicability, applicability_of
from .bundle import Bundle, DriverStats, Manifest, arrays_to_bytes, bundle_bytes, bytes_to_arrays, read_bundle
from .conformal import FILE as CONFORMAL_FILE
from .conformal import Conformal, conformal_of
from .errors import BundleError
from .forest_arrays import BATCH, ForestArrays, ForestPredictor, checked_arrays
from .network_inputs import Encoding
from .target_transform import YeoJohnson
from .units import parse_density_unit

KIND = "forest"
FILE = "forest.npz"


@dataclass(frozen=True)
class Forest:
    """A trained forest.

    Parameters
    ----------
    drivers : k drivers with the ranges of the training rows, in the order of the features.
    encoding : min-max scaling of numbers (published; a forest does not change under it), one column per class code.
    arrays : the trees, over the encoded columns.
    transform : the mean of the trees is in this transform of the target (published); None: in the target's unit.
    unit, pool, year : of the target. `quantity` says what the target was ('carbon density').
    importance : (k,) permutation importance: loss of R2 on held-out rows when a driver is shuffled.
    applicability, conformal : made in training where spatial blocks allowed it.
    facts : preset, options, metrics … as plain values for the manifest.
    """

    drivers: Tuple[DriverStats, ...]
    encoding: Encoding
    arrays: ForestArrays
    unit: str
    transform: Optional[YeoJohnson] = None
    pool: Optional[str] = None
    year: Optional[int] = None
    importance: Optional[np.ndarray] = None
    applicability: Optional[Applicability] = None
    conformal: Optional[Conformal] = None
    seed: Optional[int] = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    _predictor: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_predictor", ForestPredictor(self.arrays))

    @property
    def names(self) -> Tuple[str, ...]:
        """Names of the drivers, in the order of the features."""
        return tuple(driver.name for driver in self.drivers)

    def predict(self, features: np.ndarray, step: Optional[Callable[[int], None]] = None) -> np.ndarray:
        """Density of (n, k) features without NaN, (n,) float64 in `unit`; from several threads at once.

        `step` is called with the number of rows after each tree; what it raises (a cancel) ends the work.
        """
        made = np.empty(len(features))
        for start in range(0, len(features), BATCH):
            part = slice(start, start + BATCH)
            made[part] = self._predictor.predict(self.encoding.encode(features[part]), step)
        return made if self.transform is None else self.transform.inverse(made)


def forest_bundle(forest: Forest) -> bytes:
    """The forest as a `.carbonmodel`: arrays and plain values only."""
    files = {FILE: arrays_to_bytes(forest.arrays.to_dict())}
    if forest.applicability is not None:
        files[APPLICABILITY_FILE] = arrays_to_bytes(forest.applicability.arrays())
    if forest.conformal is not None:
        files[CONFORMAL_FILE] = arrays_to_bytes(forest.conformal.arrays())
    facts = dict(forest.facts)
    importance = [] if forest.importance is None else forest.importance.tolist()
    manifest = Manifest(
        KIND,
        forest.drivers,
        target={"quantity": "carbon density", "unit": forest.unit, "pool": forest.pool, "year": forest.year},
        scaling=forest.encoding.as_dict(),
        metrics=facts.pop("metrics", {}),
        training=facts.pop("training", {}),
        versions=facts.pop("versions", {}),
        seed=forest.seed,
        extra={
            "transform": None if forest.transform is None else forest.transform.as_dict(),
            "importance": importance,
            **facts,
        },
    )
    return bundle_bytes(manifest, files)


def read_forest(path: str) -> Forest:
    """Read a forest.

    Raises
    ------
    BundleError
        What `read_bundle` refuses, and arrays that do not fit each other.
    """
    return forest_of(read_bundle(path, KIND), path)


def forest_of(bundle: Bundle, source: str) -> Forest:
    """The forest of a bundle that was read; `source` is what messages call it."""
    manifest, files = bundle.manifest, bundle.files
    k = len(manifest.drivers)
    encoding = Encoding.from_dict(manifest.scaling, k, source)
    if FILE not in files:
        raise BundleError("'{}' holds no trees ({} is missing). Train the forest again.".format(source, FILE))
    arrays = checked_arrays(bytes_to_arrays(files[FILE]), encoding.width, source)
    unit = manifest.target.get("unit")
    if not (isinstance(unit, str) and parse_density_unit(unit) == unit):
        raise BundleError("'{}' is damaged: it does not say the unit of its density.".format(source))
    extra: Dict[str, Any] = dict(manifest.extra)
    transform, importance = extra.pop("transform", None), extra.pop("importance", None)
    return Forest(
        manifest.drivers,
        encoding,
        arrays,
        unit,
        None if transform is None else YeoJohnson.from_dict(transform, source),
        manifest.target.get("pool"),
        manifest.target.get("year"),
        np.array(importance, dtype=np.float64) if importance else None,
        _part(files, APPLICABILITY_FILE, applicability_of, source),
        _part(files, CONFORMAL_FILE, conformal_of, source),
        manifest.seed,
        {"metrics": manifest.metrics, "training": manifest.training, "versions": manifest.versions, **extra},
    )


def interval_indicators(forest: Forest, features: np.ndarray) -> Tuple[Tuple[str, ...], np.ndarray]:
    """(names, (n, m)) of the continuous drivers: what may tell how large a residual is."""
    picked = [index for index, driver in enumerate(forest.drivers) if not driver.categorical]
    return tuple(forest.drivers[index].name for index in picked), features[:, picked]


def _part(files: Mapping[str, bytes], name: str, read, source: str):
    return read(bytes_to_arrays(files[name]), source) if name in files else None
