"""Whether a CatBoost model (.cbm) keeps to itself: CatBoost follows its indices unchecked, and a wrong one ends QGIS.

The format is `CBM1`, the length of the core, and the core, a FlatBuffers table that holds the trees; see model.fbs of
CatBoost. Only what prediction follows is read here: counts and indices, not the values.
"""

import struct
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .errors import BundleError

#: Places of the fields in the tables of model.fbs.
_TREES = 1
_DIMENSION, _SPLITS, _SIZES, _STARTS, _CATEGORIES, _FLOATS, _ONE_HOTS, _CTRS, _LEAVES, _WEIGHTS = range(10)
_STEPS, _LEAF_IDS, _BINS = 10, 11, 17
_INDEX, _FLAT, _BORDERS = 1, 2, 3
#: Splits of one feature that CatBoost keeps in one byte of its own.
_IN_A_BUCKET = 254
_DEEPEST = 16


class _Outside(ValueError):
    """Something points outside the file."""


class _Core:
    """The bytes of the core, never read beyond their end."""

    def __init__(self, data: bytes):
        self._data = data

    def number(self, at: int, form: str) -> int:
        if not 0 <= at <= len(self._data) - struct.calcsize(form):
            raise _Outside
        return struct.unpack_from(form, self._data, at)[0]

    def root(self) -> int:
        return self.number(0, "<I")

    def field(self, table: int, index: int) -> Optional[int]:
        """Where a field of a table lies; None if it has its default."""
        places = table - self.number(table, "<i")
        size = self.number(places, "<H")
        if 4 + 2 * index + 2 > size:
            return None
        offset = self.number(places + 4 + 2 * index, "<H")
        return table + offset if offset else None

    def integer(self, table: int, index: int) -> int:
        at = self.field(table, index)
        return 0 if at is None else self.number(at, "<i")

    def table(self, table: int, index: int) -> int:
        at = self.field(table, index)
        if at is None:
            raise _Outside
        return at + self.number(at, "<I")

    def vector(self, table: int, index: int, width: int) -> Tuple[int, int]:
        """(first byte, length) of a vector of entries of so many bytes."""
        at = self.field(table, index)
        if at is None:
            return 0, 0
        start = at + self.number(at, "<I")
        count = self.number(start, "<I")
        if start + 4 + count * width > len(self._data):
            raise _Outside
        return start + 4, count

    def integers(self, table: int, index: int) -> np.ndarray:
        start, count = self.vector(table, index, 4)
        return np.frombuffer(self._data, "<i4", count, start).astype(np.int64)

    def tables(self, table: int, index: int) -> List[int]:
        start, count = self.vector(table, index, 4)
        return [start + 4 * i + self.number(start + 4 * i, "<I") for i in range(count)]

    def records(self, table: int, index: int) -> np.ndarray:
        start, count = self.vector(table, index, 4)
        kind = [("feature", "<u2"), ("mask", "u1"), ("split", "u1")]
        return np.frombuffer(self._data, np.dtype(kind), count, start)


def require_sound(data: bytes, features: int, source: str, name: str) -> None:
    """Raise `BundleError` unless every index in a model leads to something in it.

    Parameters
    ----------
    data : the file.
    features : drivers of the model.
    source, name : what messages call the bundle, and its file.
    """
    try:
        sound = data[:4] == b"CBM1" and _sound(data, features)
    except (_Outside, struct.error):
        sound = False
    if not sound:
        raise BundleError(
            "'{}' is damaged: CatBoost cannot read '{}' in it, where an index leads nowhere. Copy or train the model "
            "again.".format(source, name)
        )


def _sound(data: bytes, features: int) -> bool:
    length = struct.unpack_from("<I", data, 4)[0]
    if length > len(data) - 8:
        return False
    core = _Core(data[8 : 8 + length])
    trees = core.table(core.root(), _TREES)
    buckets = _buckets(core, trees, features)
    if buckets is None or any(core.vector(trees, field, 4)[1] for field in (_STEPS, _LEAF_IDS)):
        return False
    splits, sizes, starts = (core.integers(trees, field) for field in (_SPLITS, _SIZES, _STARTS))
    if len(sizes) != len(starts) or ((sizes < 0) | (sizes > _DEEPEST)).any() or sizes.sum() != len(splits):
        return False
    # A tree without splits begins anywhere, as long as it is not beyond the end.
    if ((starts != np.cumsum(sizes) - sizes) & (sizes > 0)).any() or ((starts < 0) | (starts > len(splits))).any():
        return False
    if ((splits < 0) | (splits >= sum(buckets))).any():
        return False
    bins = core.records(trees, _BINS)
    if len(bins) not in (0, len(splits)) or (bins["feature"] >= sum(_parts(count) for count in buckets)).any():
        return False
    dimension, leaves = core.integer(trees, _DIMENSION), int((1 << sizes).sum())
    held, weights = core.vector(trees, _LEAVES, 8)[1], core.vector(trees, _WEIGHTS, 8)[1]
    return dimension >= 1 and held == leaves * dimension and weights in (0, leaves)


def _buckets(core: _Core, trees: int, features: int) -> Optional[Sequence[int]]:
    """How many splits each feature offers, in CatBoost's order; None if a feature is none of the model's."""
    counts = []
    for field, width in ((_CATEGORIES, 0), (_FLOATS, 4)):
        offset = 1 if field == _FLOATS else 0
        tables = core.tables(trees, field)
        for table in tables:
            index, flat = (core.integer(table, place - 1 + offset) for place in (_INDEX, _FLAT))
            if not (0 <= index < len(tables) and 0 <= flat < features):
                return None
            if width:
                counts.append(core.vector(table, _BORDERS, width)[1])
    for table in core.tables(trees, _ONE_HOTS):
        counts.append(core.vector(table, 1, 4)[1])
    for table in core.tables(trees, _CTRS):
        counts.append(core.vector(table, 1, 4)[1])
    return counts


def _parts(count: int) -> int:
    return -(-count // _IN_A_BUCKET)
