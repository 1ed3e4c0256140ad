"""Class codes of categorical rasters, as small indices that lookups and counts can use directly."""

from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Tuple

import numpy as np

from ..errors import RasterError

#: Beyond it a float no longer tells whole numbers apart.
_LARGEST_CODE = 2**53


@dataclass(frozen=True)
class CodeSpace:
    """How the codes of one band become indices 0…size-1.

    An 8-bit band is used as it is (index = code). Any other is translated: index i is `codes[i]`,
    then one index for cells without data and one for codes the run does not know.
    """

    codes: Tuple[int, ...]
    nodata_index: Optional[int]
    unknown_index: Optional[int]
    size: int
    direct: bool

    @classmethod
    def for_bytes(cls, nodata: Optional[float]) -> "CodeSpace":
        """Space of an 8-bit unsigned band whose nodata, if any, is one of 0…255."""
        usable = nodata is not None and float(nodata).is_integer() and 0 <= nodata <= 255
        index = int(nodata) if usable else None
        return cls(tuple(c for c in range(256) if c != index), index, None, 256, True)

    @classmethod
    def for_codes(cls, codes) -> "CodeSpace":
        """Space of the given codes, for a band of any integer-valued type."""
        ordered = tuple(sorted({int(code) for code in codes}))
        n = len(ordered)
        return cls(ordered, n, n + 1, n + 2, False)

    @property
    def dtype(self):
        """Smallest type that holds an index."""
        return np.uint8 if self.size <= 256 else np.uint16

    def index_of(self) -> Dict[int, int]:
        """Code → index, without nodata."""
        if self.direct:
            return {code: code for code in self.codes}
        return {code: index for index, code in enumerate(self.codes)}

    def table(self, values: Mapping[int, float], fill: float = np.nan, dtype=np.float64) -> np.ndarray:
        """Lookup table (size,) from values by code; `fill` for codes without a value and for nodata."""
        out = np.full(self.size, fill, dtype=dtype)
        for code, index in self.index_of().items():
            if code in values:
                out[index] = values[code]
        return out

    def by_code(self, counts: np.ndarray) -> Dict[int, float]:
        """Non-zero entries of a (size,) count array by code, nodata and unknown left out."""
        return {code: counts[index].item() for code, index in self.index_of().items() if counts[index]}

    def encode(self, values: np.ndarray, valid: np.ndarray, where: str) -> Tuple[np.ndarray, Dict[int, int]]:
        """Indices of a block of codes, and the unknown codes in it with their cell counts.

        Raises
        ------
        RasterError
            If a valid value is not a whole number.
        """
        if values.dtype.kind == "f":
            whole = np.where(valid, values, 0)
            odd = (whole != np.floor(whole)) | (np.abs(whole) > _LARGEST_CODE)
            if odd.any():
                bad = np.argwhere(odd)[0]
                raise RasterError(
                    "{} holds {!r}: class codes must be whole numbers. Is this a raster of classes, and is its "
                    "nodata value declared?".format(
                        where, float(whole[tuple(bad)])
                    )
                )
            values = whole.astype(np.int64)
        ordered = np.asarray(self.codes, dtype=np.int64)
        found = np.minimum(np.searchsorted(ordered, values), max(len(ordered) - 1, 0))
        known = (ordered[found] == values) if len(ordered) else np.zeros(values.shape, bool)
        index = np.where(known, found, self.unknown_index)
        index = np.where(valid, index, self.nodata_index).astype(self.dtype)
        strange, counts = np.unique(values[valid & ~known], return_counts=True)
        return index, dict(zip(strange.tolist(), counts.tolist()))


def code_space(
    dtype: str, nodata: Optional[float], known_codes, needs_nodata: bool, masked: bool = False
) -> CodeSpace:
    """The code space for a band: direct where it is 8-bit and needs no translation.

    `needs_nodata` is set where cells may be masked or fall outside the raster, so that an index for
    "no data" must exist; `masked` where the file marks missing cells by a mask, not by a value.
    """
    if dtype == "uint8" and not masked:
        space = CodeSpace.for_bytes(nodata)
        if space.nodata_index is not None or not needs_nodata:
            return space
    return CodeSpace.for_codes(known_codes or (range(256) if dtype == "uint8" else ()))


def joint_counts(first: np.ndarray, size_1: int, second: np.ndarray, size_2: int) -> np.ndarray:
    """Cells by pair of indices: int64 (size_1, size_2). Both blocks hold indices of one shape."""
    if size_1 <= 256 and size_2 <= 256:
        # Two bytes side by side are one 16-bit number: no arithmetic needed.
        pair = np.empty(first.size, dtype=np.uint16)
        view = pair.view(np.uint8).reshape(-1, 2)
        low, high = (0, 1) if np.little_endian else (1, 0)
        view[:, high], view[:, low] = first.reshape(-1), second.reshape(-1)
        return np.bincount(pair, minlength=65536).reshape(256, 256)[:size_1, :size_2]
    joined = first.reshape(-1).astype(np.int64) * size_2 + second.reshape(-1)
    return np.bincount(joined, minlength=size_1 * size_2).reshape(size_1, size_2)


def pair_table(values: np.ndarray) -> np.ndarray:
    """A (size_1, size_2) table laid out for `lookup_pair`: flat where both indices have 8 bits."""
    if max(values.shape) > 256:
        return values.astype(np.float32)
    table = np.full((256, 256), np.float32(np.nan), np.float32)
    table[: values.shape[0], : values.shape[1]] = values
    return table.reshape(65536)


def lookup_pair(first: np.ndarray, second: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Value of a `pair_table` for the two indices of each cell, float32."""
    position = first.reshape(-1).astype(np.intp)
    position *= 256 if table.ndim == 1 else table.shape[1]
    position += second.reshape(-1)
    return np.take(table, position, mode="clip").reshape(first.shape)


def counts(index: np.ndarray, size: int) -> np.ndarray:
    """Cells by index: int64 (size,)."""
    flat = index.reshape(-1)
    if flat.dtype != np.uint8 or size > 256 or not flat.flags.c_contiguous:
        return np.bincount(flat, minlength=size)[:size]
    even = flat.size - flat.size % 2
    # Counting pairs of cells halves the work; the pair table is then summed over both partners.
    pairs = np.bincount(flat[:even].view(np.uint16), minlength=65536).reshape(256, 256)
    total = pairs.sum(axis=0) + pairs.sum(axis=1)
    for value in flat[even:]:
        total[value] += 1
    return total[:size]


def lookup(index: np.ndarray, tables) -> list:
    """Values of several lookup tables at each cell: a float32 array per table, shaped like `index`."""
    flat = index.reshape(-1)
    if flat.dtype == np.uint8 and flat.size % 2 == 0 and flat.flags.c_contiguous:
        return [out.reshape(index.shape) for out in _lookup_pairs(flat, tables)]
    position = index.astype(np.intp)
    return [np.take(table.astype(np.float32), position) for table in tables]


def _lookup_pairs(flat: np.ndarray, tables) -> list:
    """Two neighbouring cells at a time through a table of 65,536 pairs of values."""
    position = flat.view(np.uint16).astype(np.intp)
    low, high = (0, 1) if np.little_endian else (1, 0)
    results = []
    for table in tables:
        values = np.zeros(256, np.float32)
        values[: len(table)] = table
        pairs = np.empty((256, 256, 2), np.float32)
        pairs[:, :, low] = values[np.newaxis, :]
        pairs[:, :, high] = values[:, np.newaxis]
        out = np.empty(flat.size, np.float32)
        np.take(pairs.view(np.uint64).reshape(65536), position, out=out.view(np.uint64), mode="clip")
        results.append(out)
    return results
