"""Drawing cells at random while a raster streams by, the same ones whatever the blocks and threads.

Every cell has a random key, made from its position and the seed. A simple random sample of n cells of a stratum is the
n cells with the smallest keys (bottom-k sampling; Cohen & Kaplan 2007): that needs one pass, no counts beforehand, and
memory for the sample alone.
"""

from dataclasses import dataclass
from typing import Dict, List, Tuple

import numpy as np

_POSITION, _KEY, _STRATUM = "position", "key", "stratum"
_LARGEST = np.uint64(2**64 - 1)
#: So many standard deviations beyond the cells wanted are let through when a block is thinned.
_MARGIN = 8.0


@dataclass(frozen=True)
class Draw:
    """The cells drawn so far; `+` joins those of two parts of a raster.

    `caps` is the number of cells wanted of each stratum, `chunks` hold columns of one length: position, key and stratum
    of each cell, and whatever travels with it. `limits` are keys above which a cell of the stratum is out for sure.
    """

    caps: np.ndarray
    chunks: Tuple[Dict[str, np.ndarray], ...]
    limits: np.ndarray

    @classmethod
    def of_block(
        cls, caps: np.ndarray, position: np.ndarray, key: np.ndarray, stratum: np.ndarray, cells: Dict[str, np.ndarray]
    ) -> "Draw":
        """Draw from the cells of one block.

        Parameters
        ----------
        caps : (L,) cells wanted of each stratum.
        position, key, stratum : (n,) of each cell; strata are 0 to L − 1.
        cells : (n,) arrays that travel with the cells.
        """
        kept = _thinned(caps, key, stratum)
        columns = {_POSITION: position, _KEY: key, _STRATUM: stratum, **cells}
        return cls(caps, ({name: values[kept] for name, values in columns.items()},), np.full(len(caps), _LARGEST))

    @property
    def size(self) -> int:
        """Cells held."""
        return sum(len(chunk[_KEY]) for chunk in self.chunks)

    def __add__(self, other: "Draw") -> "Draw":
        fresh: List[Dict[str, np.ndarray]] = []
        for chunk in other.chunks:
            kept = chunk[_KEY] <= self.limits[chunk[_STRATUM]]
            if kept.any():
                fresh.append({name: values[kept] for name, values in chunk.items()})
        joined = Draw(self.caps, self.chunks + tuple(fresh), np.minimum(self.limits, other.limits))
        # Sorting now and then, not at every block: what is held stays below twice what is wanted, plus a block.
        return joined.smallest() if joined.size > 2 * int(self.caps.sum()) or len(joined.chunks) > 64 else joined

    def smallest(self) -> "Draw":
        """The same draw, cut down to the cells wanted, sorted by stratum and key."""
        columns = {name: np.concatenate([chunk[name] for chunk in self.chunks]) for name in self.chunks[0]}
        order = np.lexsort((columns[_POSITION], columns[_KEY], columns[_STRATUM]))
        stratum = columns[_STRATUM][order]
        first = np.searchsorted(stratum, np.arange(len(self.caps) + 1))
        rank = np.arange(len(stratum)) - first[stratum]
        order = order[rank < self.caps[stratum]]
        columns = {name: values[order] for name, values in columns.items()}
        limits = np.full(len(self.caps), _LARGEST)
        full = np.bincount(columns[_STRATUM], minlength=len(self.caps)) >= np.maximum(self.caps, 1)
        last = np.searchsorted(columns[_STRATUM], np.arange(len(self.caps)), side="right") - 1
        limits[full] = columns[_KEY][last[full]]
        return Draw(self.caps, (columns,), limits)

    def cells(self) -> Dict[str, np.ndarray]:
        """Columns of the cells drawn, by stratum and key."""
        return self.smallest().chunks[0]


def _thinned(caps: np.ndarray, key: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """True for cells that may be among the smallest keys of their stratum; all that are, and few others."""
    counts = np.bincount(stratum, minlength=len(caps))
    crowded = counts > caps
    if not crowded.any():
        return np.ones(len(key), dtype=bool)
    wanted = caps + _MARGIN * np.sqrt(caps) + 2 * _MARGIN
    share = np.minimum(wanted / np.maximum(counts, 1), 1.0)
    limits = np.where(crowded & (share < 1), np.minimum(share, 0.999) * 2.0**64, 0.0).astype(np.uint64)
    limits[~(crowded & (share < 1))] = _LARGEST
    kept = key <= limits[stratum]
    # By chance (below 1e-14) too few keys may be small: then that stratum is not thinned.
    short = np.bincount(stratum[kept], minlength=len(caps)) < np.minimum(counts, caps)
    return kept | short[stratum] if short.any() else kept


def proportional_caps(counts: np.ndarray, size: int) -> np.ndarray:
    """Cells to draw of each stratum, in proportion to its cells (largest remainders; at least one where it has any).

    Parameters
    ----------
    counts : (L,) cells of each stratum.
    size : cells to draw in all; all of them if there are fewer.

    Returns
    -------
    (L,) int64, never more than `counts`.
    """
    total = int(counts.sum())
    if size >= total:
        return counts.astype(np.int64)
    least = np.minimum(counts, 1 if size >= int((counts > 0).sum()) else 0)
    exact = counts * (size / total)
    caps = np.maximum(np.floor(exact), least).astype(np.int64)
    remainder = np.where(caps < counts, exact - caps, -np.inf)
    order = np.argsort(-remainder, kind="stable")
    missing = size - int(caps.sum())
    if missing > 0:
        caps[order[:missing]] += 1
    for _ in range(-missing):  # the ones given to rare strata come from the largest
        caps[int(np.argmax(caps))] -= 1
    return np.minimum(caps, counts)


def with_replacement(stratum: np.ndarray, counts: np.ndarray, caps: np.ndarray, seed: int) -> np.ndarray:
    """Positions in a draw, repeated, that make it a sample with replacement of exactly `caps` from each stratum.

    How often the cells of a stratum are drawn does not depend on which cells they are; so the ranks are drawn, and
    the random order of the keys says which cells have them.

    Parameters
    ----------
    stratum : (n,) of the cells drawn, ascending, within a stratum in the order of their keys.
    counts, caps : (L,) cells that a stratum has, and draws wanted of it.

    Returns
    -------
    Positions, ascending; caps of every stratum that has any cell.
    """
    rng = np.random.default_rng([seed, 1])
    first = np.searchsorted(stratum, np.arange(len(caps)))
    positions = []
    for index in np.flatnonzero((counts > 0) & (caps > 0)):
        times = np.unique(rng.integers(0, counts[index], caps[index]), return_counts=True)[1]
        positions.append(first[index] + np.repeat(np.arange(len(times)), times))
    return np.concatenate(positions) if positions else np.zeros(0, dtype=np.int64)
