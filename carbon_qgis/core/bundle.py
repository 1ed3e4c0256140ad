"""Model bundles (`.carbonmodel`): one zip with `manifest.json` and the weights, safe to read.

Nothing in a bundle can run code: weights are plain arrays, CatBoost's own format or JSON (`bundle_files`), and every
file is read only after its SHA-256 agreed with the manifest. The manifest's own SHA-256 is the comment of the zip: it
detects damage and edits by hand.
"""

import hashlib
import json
import math
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .bundle_files import (
    MAX_BYTES,
    SUFFIXES,
    arrays_to_bytes,
    bytes_to_arrays,
    check_content,
    enough_memory,
    parse_json,
    read_zip,
    write_zip,
)
from .errors import BundleError, InputError

__all__ = [
    "Bundle",
    "DriverStats",
    "Manifest",
    "arrays_to_bytes",
    "bundle_bytes",
    "bytes_to_arrays",
    "check_drivers",
    "driver_stats",
    "read_bundle",
    "read_bundle_bytes",
    "understood",
]

FORMAT_VERSION = 1
FORMAT = "carbonmodel"
SUFFIX = ".carbonmodel"
MANIFEST = "manifest.json"
#: Kinds of model, with what a message calls them.
KINDS = {
    "levels": "a model of density levels",
    "network": "a model of density within levels",
    "forest": "a random forest",
    "arima": "a time-series model",
    "classes": "the classes of drivers",
}
_MARK = b"carbonmodel sha256:"


@dataclass(frozen=True)
class DriverStats:
    """A driver as the training rows had it: for scaling, and to count values outside the range.

    `min`, `max`, `mean` and `sd` (population) are None for a categorical driver, whose `codes` are those that occurred.
    """

    name: str
    unit: str = ""
    categorical: bool = False
    min: Optional[float] = None
    max: Optional[float] = None
    mean: Optional[float] = None
    sd: Optional[float] = None
    codes: Tuple[int, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of its model. Values are plain (numbers, texts, lists, dictionaries).

    Parameters
    ----------
    kind : one of `KINDS`.
    drivers : in the order of the model's columns.
    target : quantity, unit, pool, year.
    levels, scaling, metrics, training, extra : as the kind needs them; `metrics` states scheme and n.
    versions : packages that trained it.
    files : SHA-256 by file name; filled by `bundle_bytes`.
    """

    kind: str
    drivers: Tuple[DriverStats, ...]
    target: Dict[str, Any] = field(default_factory=dict)
    levels: Dict[str, Any] = field(default_factory=dict)
    scaling: Dict[str, Any] = field(default_factory=dict)
    metrics: Dict[str, Any] = field(default_factory=dict)
    seed: Optional[int] = None
    training: Dict[str, Any] = field(default_factory=dict)
    versions: Dict[str, str] = field(default_factory=dict)
    extra: Dict[str, Any] = field(default_factory=dict)
    files: Dict[str, str] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    @property
    def names(self) -> Tuple[str, ...]:
        """Names of the drivers, in the model's order."""
        return tuple(driver.name for driver in self.drivers)


@contextmanager
def understood(source: str, what: str = "its manifest") -> Iterator[None]:
    """Turn whatever values of another kind cause into a `BundleError`: a bundle with right checksums may hold anything.

    Parameters
    ----------
    source : what messages call the bundle.
    what : the part that is read.
    """
    try:
        yield
    except KeyError as error:
        raise BundleError("'{}' is damaged: {} cannot be read ({} is missing).".format(source, what, error)) from error
    except (ArithmeticError, AttributeError, IndexError, MemoryError, RecursionError, TypeError, ValueError) as error:
        # The text of such an error is a programmer's.
        raise BundleError(
            "'{}' is damaged: {} cannot be read. Copy or train the model again.".format(source, what)
        ) from error


class Bundle(NamedTuple):
    """A bundle that was read: the manifest, and the bytes of its files by name."""

    manifest: Manifest
    files: Dict[str, bytes]


def bundle_bytes(manifest: Manifest, files: Mapping[str, bytes]) -> bytes:
    """The bytes of a `.carbonmodel`: the same for the same model. Write them with `OutputSet.bytes`.

    NaN and infinite numbers of the manifest become null.

    Raises
    ------
    ValueError
        If the kind or a file's suffix is not one of a bundle's: an error of the caller.
    """
    if manifest.kind not in KINDS:
        raise ValueError("unknown kind of model: {!r}".format(manifest.kind))
    wrong = [name for name in files if not name.endswith(SUFFIXES) or name == MANIFEST]
    if wrong:
        raise ValueError("files of a bundle end in {}: {}".format(", ".join(SUFFIXES), ", ".join(wrong)))
    sums = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    content = {"format": FORMAT, **asdict(replace(manifest, files=sums))}
    text = json.dumps(_plain(content), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode("utf-8")
    ordered = {MANIFEST: text, **{name: files[name] for name in sorted(files)}}
    return write_zip(ordered, compress=True, comment=_MARK + hashlib.sha256(text).hexdigest().encode("ascii"))


def read_bundle(path: str, kind: str) -> Bundle:
    """Read a bundle whose model is of one kind.

    Raises
    ------
    BundleError
        If the file is missing, not a bundle, damaged, changed, written by a newer version, of another kind, holds a
        pickle or anything else that a bundle does not hold, or would unpack to more than a model takes.
    """
    try:
        if os.path.getsize(path) > MAX_BYTES:
            raise BundleError("'{}' is larger than any model ({:,} bytes).".format(path, os.path.getsize(path)))
        # No more than that even of what tells no size.
        with enough_memory(path), open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BundleError("The model '{}' cannot be read: {}.".format(path, error.strerror or error)) from error
    return read_bundle_bytes(data, path, kind)


def read_bundle_bytes(data: bytes, source: str, kind: str) -> Bundle:
    """`read_bundle` from bytes; `source` is what messages call them."""
    files = read_zip(data, source)
    manifest = _manifest(files.pop(MANIFEST, None), data, source)
    if manifest.kind != kind:
        raise BundleError(
            "'{}' is {}, not {}. Choose another file.".format(
                source, KINDS.get(manifest.kind, "a model of the kind '{}'".format(manifest.kind)), KINDS[kind]
            )
        )
    absent = sorted(set(manifest.files) - set(files))
    if absent:
        raise BundleError(
            "'{}' is incomplete: {} is missing from it. Copy or train the model again.".format(source, absent[0])
        )
    for name, content in files.items():
        # The checksum first: what was not listed or was changed is not even looked into.
        if name not in manifest.files:
            raise BundleError("'{}' was changed: '{}' does not belong to the model.".format(source, name))
        if hashlib.sha256(content).hexdigest() != manifest.files[name]:
            raise BundleError(
                "'{}' was damaged or changed: the checksum of '{}' does not agree. Copy or train the model "
                "again.".format(source, name)
            )
        check_content(name, content, source)
    return Bundle(manifest, files)


def check_drivers(manifest: Manifest, names: Sequence[str], source: str) -> None:
    """Raise `InputError` if `names`, what `source` offers, lacks a driver of the model; the order does not matter."""
    missing = [name for name in manifest.names if name not in names]
    if not missing:
        return
    by_case = {name.casefold(): name for name in names}
    hints = ["'{}' is there as '{}'".format(m, by_case[m.casefold()]) for m in missing if m.casefold() in by_case]
    raise InputError(
        "'{}' lacks the driver{} {} that the model was trained with.{} It has: {}. The model needs: {}. Names must "
        "agree letter by letter; add the missing driver or rename the band.".format(
            source,
            "s" if len(missing) > 1 else "",
            ", ".join("'{}'".format(name) for name in missing),
            " Names differ in case: {}.".format("; ".join(hints)) if hints else "",
            ", ".join(names) or "none",
            ", ".join(manifest.names),
        )
    )


def driver_stats(drivers: Sequence[Any], features: np.ndarray) -> Tuple[DriverStats, ...]:
    """What the training rows say of each driver.

    Parameters
    ----------
    drivers : k objects with `name`, `unit` and `categorical`.
    features : (n, k) or (n, T, k) training rows, without NaN.
    """
    columns = np.asarray(features, dtype=np.float64).reshape(-1, len(drivers))
    found = []
    for driver, column in zip(drivers, columns.T):
        if driver.categorical:
            codes = tuple(int(code) for code in np.unique(column))
            found.append(DriverStats(driver.name, driver.unit, True, codes=codes))
            continue
        numbers = (column.min(), column.max(), column.mean(), column.std())
        found.append(DriverStats(driver.name, driver.unit, False, *(float(number) for number in numbers)))
    return tuple(found)


def _manifest(text: Optional[bytes], data: bytes, source: str) -> Manifest:
    if text is None:
        raise BundleError(
            "'{}' is not a model bundle: it is a zip file without {}. Choose a .carbonmodel file that an algorithm of "
            "this plugin wrote.".format(source, MANIFEST)
        )
    content = parse_json(text, "{}: {}".format(source, MANIFEST))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BundleError(
            "'{}' is not a model bundle of this plugin: its manifest is another program's.".format(source)
        )
    version = content.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleError("'{}' is damaged: its manifest has no usable format_version.".format(source))
    if version > FORMAT_VERSION:
        raise BundleError(
            "'{}' was written by a newer version of the plugin (format {}; this one reads up to {}). Update the "
            "plugin, or train the model again.".format(source, version, FORMAT_VERSION)
        )
    if _MARK + hashlib.sha256(text).hexdigest().encode("ascii") not in data[-200:]:
        raise BundleError(
            "'{}' was damaged or changed: the checksum of its manifest does not agree. Copy or train the model "
            "again.".format(source)
        )
    return _from_json(content, source)


def _from_json(content: Dict[str, Any], source: str) -> Manifest:
    """The manifest as a value; every field of the type that its readers rely on."""
    with understood(source):
        drivers = tuple(_driver(entry) for entry in content["drivers"])
        known = {item.name for item in fields(Manifest)} - {"drivers"}
        manifest = Manifest(drivers=drivers, **{key: value for key, value in content.items() if key in known})
        groups = (manifest.target, manifest.levels, manifest.scaling, manifest.metrics, manifest.training)
        groups += (manifest.versions, manifest.extra, manifest.files)
        sound = isinstance(manifest.kind, str) and all(isinstance(group, dict) for group in groups)
        sound = sound and all(isinstance(value, str) for value in manifest.files.values())
        sound = sound and len(set(manifest.names)) == len(drivers)
        sound = sound and (manifest.seed is None or isinstance(manifest.seed, int))
    if not sound:
        raise BundleError("'{}' is damaged: its manifest holds a value of another type than a model's.".format(source))
    return manifest


def _driver(entry: Mapping[str, Any]) -> DriverStats:
    known = {item.name for item in fields(DriverStats)}
    values = {key: value for key, value in entry.items() if key in known}
    values["codes"] = tuple(int(code) for code in values.get("codes", ()))
    for key in ("min", "max", "mean", "sd"):
        values[key] = None if values.get(key) is None else float(values[key])
    driver = DriverStats(**values)
    if not isinstance(driver.name, str) or not driver.name or not isinstance(driver.unit, str):
        raise ValueError("a driver without a name")
    return replace(driver, categorical=bool(driver.categorical))


def _plain(value: Any) -> Any:
    """`value` with numpy's types, tuples and non-finite numbers turned into what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
