"""The density within each level (Xinjiang paper, eq. 2) as a model: prediction, and its bundle.

Per level a network, a CatBoost regressor or the mean of both answers the relative density: 0 at Bmin of the level, 1 at
Bmax ("Cpre" of eq. 3).
"""

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .bundle import (
    Bundle,
    DriverStats,
    Manifest,
    arrays_to_bytes,
    bundle_bytes,
    bytes_to_arrays,
    read_bundle,
    understood,
)
from .catboost_models import BoostModel, load_boost
from .dependencies import versions
from .errors import BundleError, InputError
from .network_inputs import Encoding
from .network_weights import INNER_BATCH, Network, network_arrays, network_from_arrays

KIND = "network"
NETWORK, CATBOOST, AVERAGE = "network", "catboost", "average"
FORMS = (NETWORK, CATBOOST, AVERAGE)
_WEIGHTS = "networks.npz"
_MOST_MEMBERS, _MOST_STEPS, _MOST_LEVELS = 64, 100, 100
#: Rows encoded at once: a whole number of inner batches, so that these do not depend on it.
_CHUNK = 32 * INNER_BATCH


@dataclass(frozen=True)
class Group:
    """What predicts one level, or several that were merged for want of samples.

    `low` and `high` are the densities at relative density 0 and 1; a group of neither networks nor `boost` is a level
    of one density. Several networks are averaged, and their mean with CatBoost.
    """

    levels: Tuple[int, ...]
    low: float
    high: float
    networks: Tuple[Network, ...] = ()
    boost: Optional[BoostModel] = None

    def relative(self, features: np.ndarray, encoded: Optional[np.ndarray]) -> np.ndarray:
        """Relative density of the group, (n,) float64."""
        parts = []
        if self.networks:
            answers = [network.predict(encoded) for network in self.networks]
            parts.append(np.mean(answers, axis=0, dtype=np.float64))
        if self.boost is not None:
            flat = features.reshape(len(features), -1)
            parts.append(np.clip(self.boost.predict(flat), 0.0, 1.0))
        return np.mean(parts, axis=0) if parts else np.zeros(len(features))


@dataclass(frozen=True)
class DensityModel:
    """Models of the density within the levels of a level model.

    `bmin`, `bmax` (L,) and `thresholds` (L − 1,) are in `unit`. `steps` is 1, or T where sequences are read. `encoding`
    is None without networks. `metrics` and `training` are for the manifest; `lags` are the years before the density's
    of each step, as in `samples.Samples`.
    """

    drivers: Tuple[DriverStats, ...]
    steps: int
    names: Tuple[str, ...]
    thresholds: np.ndarray
    bmin: np.ndarray
    bmax: np.ndarray
    unit: str
    pool: Optional[str]
    year: Optional[int]
    form: str
    groups: Tuple[Group, ...]
    encoding: Optional[Encoding]
    seed: int
    preset: str
    metrics: Dict[str, Any] = field(default_factory=dict)
    training: Dict[str, Any] = field(default_factory=dict)
    lags: Tuple[int, ...] = ()

    @property
    def driver_names(self) -> Tuple[str, ...]:
        """Names of the drivers in the order of the features."""
        return tuple(driver.name for driver in self.drivers)

    @property
    def categorical(self) -> Tuple[bool, ...]:
        """Per driver and step, in the order in which CatBoost reads them, whether it is a class code."""
        return tuple(driver.categorical for driver in self.drivers) * self.steps

    def relative(self, features: np.ndarray) -> np.ndarray:
        """Relative density in each level, as if the cell were of it.

        Parameters
        ----------
        features : (n, k), or (n, T, k) with the oldest step first for a model of sequences; drivers in the order of
            `drivers`, without NaN. Safe to call from several threads.

        Returns
        -------
        (n, L) float32: 0 at Bmin, 1 at Bmax. Only the published ReLU head can pass 1.

        Raises
        ------
        InputError
            Features of another shape.
        """
        features = np.asarray(features)
        expected = (len(self.drivers),) if self.steps == 1 else (self.steps, len(self.drivers))
        if features.ndim < 2 or features.shape[1:] != expected:
            raise InputError(
                "The density model needs features of shape (n, {}): {}{}. Got {}.".format(
                    ", ".join(str(length) for length in expected), ", ".join(self.driver_names),
                    "" if self.steps == 1 else " at {} steps".format(self.steps), features.shape,
                )
            )  # fmt: skip
        out = np.zeros((len(features), len(self.names)), dtype=np.float32)
        for start in range(0, len(features), _CHUNK):
            rows = features[start : start + _CHUNK]
            encoded = None if self.encoding is None else self.encoding.encode(rows)
            for group in self.groups:
                answer = group.relative(rows, encoded)
                for level in group.levels:
                    out[start : start + _CHUNK, level] = self._in_level(answer, group, level)
        return out

    def _in_level(self, answer: np.ndarray, group: Group, level: int) -> np.ndarray:
        """The answer of a group as relative density of one of its levels."""
        if len(group.levels) == 1:
            return answer
        width = self.bmax[level] - self.bmin[level]
        if not width > 0:
            return np.zeros(len(answer))
        density = group.low + answer * (group.high - group.low)
        return np.clip((density - self.bmin[level]) / width, 0.0, 1.0)

    def within(self, features: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Density of rows whose level is known, (n,) float64 in `unit`.

        Parameters
        ----------
        level : (n,) 0 to L − 1.
        """
        relative = np.take_along_axis(self.relative(features), level[:, np.newaxis], axis=1)[:, 0]
        return self.bmin[level] + relative * (self.bmax - self.bmin)[level]

    def only(self, form: str) -> "DensityModel":
        """The networks alone ('network'), or CatBoost alone ('catboost'), of an average."""
        kept = [
            replace(group, boost=None) if form == NETWORK else replace(group, networks=()) for group in self.groups
        ]  # fmt: skip
        return replace(self, form=form, groups=tuple(kept), encoding=self.encoding if form == NETWORK else None)

    def require_levels_of(self, levels: Any) -> None:
        """Raise `InputError` unless this model was trained on the levels of that level model."""
        same = tuple(levels.names) == self.names and levels.unit == self.unit
        pairs = ((levels.thresholds, self.thresholds), (levels.bmin, self.bmin), (levels.bmax, self.bmax))
        if not (same and all(np.allclose(one, two, rtol=1e-9, atol=0) for one, two in pairs)):
            raise InputError(
                "The density model was trained on other levels than those of the level model ({}, thresholds {} {}; "
                "here {}, {} {}). Train the density within levels again with this level model.".format(
                    ", ".join(self.names), _listed(self.thresholds), self.unit, ", ".join(levels.names),
                    _listed(levels.thresholds), levels.unit,
                )
            )  # fmt: skip


def density_model_bytes(
    model: DensityModel, files: Optional[Mapping[str, bytes]] = None, extra: Optional[Mapping[str, Any]] = None
) -> bytes:
    """The bundle of a model: the same bytes for the same model.

    Parameters
    ----------
    files, extra : what else belongs to it (area of applicability, intervals): files by name, and values of `extra`.
    """
    members, arrays, groups = dict(files or {}), {}, []
    for number, group in enumerate(model.groups):
        for member, network in enumerate(group.networks):
            arrays.update(network_arrays(network, _prefix(number, member)))
        if group.boost is not None:
            members[_boost_name(number)] = group.boost.to_bytes()
        groups.append({
            "levels": list(group.levels), "low": group.low, "high": group.high, "networks": len(group.networks),
            "head": group.networks[0].head if group.networks else None, "catboost": group.boost is not None,
        })  # fmt: skip
    if arrays:
        members[_WEIGHTS] = arrays_to_bytes(arrays)
    manifest = Manifest(
        kind=KIND,
        drivers=model.drivers,
        target={"quantity": "carbon density within levels", "unit": model.unit, "pool": model.pool, "year": model.year},
        levels={
            "names": list(model.names), "thresholds": model.thresholds, "bmin": model.bmin, "bmax": model.bmax,
        },
        scaling={} if model.encoding is None else model.encoding.as_dict(),
        metrics=model.metrics,
        seed=model.seed,
        training=model.training,
        versions=versions(("numpy", "torch", "catboost")),
        extra={
            **dict(extra or {}), "form": model.form, "preset": model.preset, "steps": model.steps, "groups": groups,
            "lags": list(model.lags),
        },
    )  # fmt: skip
    return bundle_bytes(manifest, members)


def read_density_model(path: str) -> DensityModel:
    """Read a model of the density within levels.

    Raises
    ------
    BundleError
        See `bundle.read_bundle`; also values that do not fit together.
    """
    return density_model_of(read_bundle(path, KIND), path)


def density_model_of(bundle: Bundle, source: str) -> DensityModel:
    """The model in a bundle that was read."""
    manifest = bundle.manifest
    with understood(source):
        values, extra, target = manifest.levels, manifest.extra, manifest.target
        names = tuple(str(name) for name in values["names"])
        thresholds, bmin, bmax = (_numbers(values[name]) for name in ("thresholds", "bmin", "bmax"))
        steps, form, preset = int(extra["steps"]), str(extra["form"]), str(extra["preset"])
        lags = tuple(int(lag) for lag in extra.get("lags", ()))
        entries = [dict(entry) for entry in extra["groups"]]
        served = [int(level) for entry in entries for level in entry["levels"]]
        year = None if target.get("year") is None else int(target["year"])
        unit, pool = str(target["unit"]), target.get("pool")
    count = len(names)
    fits = thresholds.shape == (count - 1,) and bmin.shape == bmax.shape == (count,) and (bmin <= bmax).all()
    fits = fits and sorted(served) == list(range(count)) and form in FORMS and len(lags) in (0, steps)
    if not (fits and 1 <= count <= _MOST_LEVELS and 1 <= steps <= _MOST_STEPS):
        raise BundleError("'{}' is damaged: its levels do not fit together.".format(source))
    encoding = None
    if manifest.scaling:
        encoding = Encoding.from_dict(manifest.scaling, len(manifest.drivers), source)
    arrays = bytes_to_arrays(bundle.files[_WEIGHTS], source) if _WEIGHTS in bundle.files else {}
    categorical = [driver.categorical for driver in manifest.drivers] * steps
    groups = tuple(
        _group(entry, number, bundle, arrays, encoding, steps, categorical, source)
        for number, entry in enumerate(entries)
    )  # fmt: skip
    return DensityModel(
        manifest.drivers, steps, names, thresholds, bmin, bmax, unit, pool, year, form, groups, encoding,
        manifest.seed or 0, preset, manifest.metrics, manifest.training, lags,
    )  # fmt: skip


def _group(entry: Mapping[str, Any], number: int, bundle: Bundle, arrays, encoding, steps: int, categorical, source):
    with understood(source):
        levels = tuple(int(level) for level in entry["levels"])
        low, high = (float(entry[name]) for name in ("low", "high"))
        members, boosted, head = int(entry["networks"]), bool(entry["catboost"]), str(entry.get("head", ""))
    if not levels or not 0 <= members <= _MOST_MEMBERS or (members and encoding is None) or not low <= high:
        raise BundleError("'{}' is damaged: its levels do not fit together.".format(source))
    networks = tuple(
        network_from_arrays(arrays, _prefix(number, member), head, encoding.width, steps, source)
        for member in range(members)
    )
    boost = load_boost(bundle, _boost_name(number), categorical, source=source) if boosted else None
    return Group(levels, low, high, networks, boost)


def _prefix(group: int, member: int) -> str:
    return "group{}_member{}_".format(group, member)


def _boost_name(group: int) -> str:
    return "group{}.cbm".format(group)


def _numbers(values: Sequence[float]) -> np.ndarray:
    found = np.array(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise ValueError("finite numbers")
    return found


def _listed(values: Sequence[float]) -> str:
    return ", ".join("{:.6g}".format(value) for value in values)
