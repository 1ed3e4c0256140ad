"""Spatial blocks: square pieces of land that go whole into one fold or one part of a split.

Rows near each other are alike, so a random split tests on neighbours of what was learnt. Whole blocks do not
(Roberts et al. 2017).
"""

import math
from typing import Optional, Sequence

import numpy as np

from .errors import InputError

#: Length of one degree of latitude, km: a mean over the ellipsoid (110.57 at the equator, 111.69 at the poles).
KM_PER_DEGREE = 111.19
#: An automatic block size cuts the land into about this many blocks.
AUTO_BLOCKS = 100
#: Fewer squares than this hold out too little or too much.
FEWEST_SQUARES = 8

_ROUND_SIZES = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)


def block_ids(x: np.ndarray, y: np.ndarray, size: float) -> np.ndarray:
    """Number of the square block that each point lies in.

    Blocks are anchored at the origin of the CRS, so the same place is in the same block whatever else is in the table.
    They are numbered from 0 in reading order: rows from the largest y down, in a row from the smallest x.

    Parameters
    ----------
    x, y : (n,) coordinates.
    size : side of a block in units of the coordinates.

    Returns
    -------
    (n,) int64.

    Raises
    ------
    InputError
        A side that is not positive, or a point without coordinates.
    """
    x, y = _coordinates(x, y)
    _require_size(size)
    return _numbered(np.floor(y / size), np.floor(x / size))


def squares(x: np.ndarray, y: np.ndarray, least: int = FEWEST_SQUARES) -> Optional[np.ndarray]:
    """Blocks of samples that have none: squares of which about 100 would cover their extent.

    Parameters
    ----------
    x, y : (n,) coordinates; NaN where the place is not known.
    least : fewer blocks than this are of no use.

    Returns
    -------
    (n,) int64, or None where places are not known, lie in a line, or fall into too few squares.
    """
    if not len(x) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    side = float(np.sqrt(np.ptp(x) * np.ptp(y) / AUTO_BLOCKS))
    block = block_ids(x, y, side) if side > 0 else None
    return None if block is None or len(np.unique(block)) < least else block


def geographic_block_ids(longitude: np.ndarray, latitude: np.ndarray, size_km: float) -> np.ndarray:
    """As `block_ids` for degrees: rows of equal latitude, each cut into pieces about `size_km` wide at its middle.

    A block of so many degrees would be half as wide in km at 60 degrees as at the equator; here all blocks have about
    the same area. Every row goes whole around the Earth, so −180 and 180 degrees are one place.

    Parameters
    ----------
    longitude, latitude : (n,) degrees.
    size_km : side of a block, km.

    Raises
    ------
    InputError
        As `block_ids`.
    """
    longitude, latitude = _coordinates(longitude, latitude)
    _require_size(size_km)
    height = size_km / KM_PER_DEGREE
    row = np.floor(latitude / height)
    around = 360.0 * KM_PER_DEGREE * np.cos(np.radians(np.clip((row + 0.5) * height, -90.0, 90.0)))
    pieces = np.maximum(1.0, np.round(around / size_km))
    return _numbered(row, np.floor(np.mod(longitude, 360.0) / 360.0 * pieces))


def automatic_size_km(area_km2: float) -> float:
    """Side in km of square blocks of which about 100 cover an area, rounded to 1, 1.5, 2, 3, 5 or 7 times 10^n.

    Raises
    ------
    InputError
        An area that is not positive.
    """
    if not (math.isfinite(area_km2) and area_km2 > 0):
        raise InputError("A block size cannot be found for an area of {:g} km2. Give one in km.".format(area_km2))
    side = math.sqrt(area_km2 / AUTO_BLOCKS)
    power = 10.0 ** math.floor(math.log10(side))
    return power * min(_ROUND_SIZES, key=lambda step: abs(math.log(side / (power * step))))


def folds(block: Optional[np.ndarray], n: int, k: int, seed: int) -> np.ndarray:
    """Fold of each row, for cross-validation: 0 to k − 1.

    Without blocks, rows are dealt at random and fold sizes differ by one at most. With blocks, whole blocks are dealt,
    the largest first, each to the fold that is smallest then (ties by a seeded shuffle).

    Parameters
    ----------
    block : (n,) block of each row, or None.
    n, k : rows and folds.

    Returns
    -------
    (n,) int64.

    Raises
    ------
    InputError
        Fewer than two folds; fewer rows or blocks than folds.
    """
    if k < 2:
        raise InputError("Cross-validation needs at least 2 folds; got {}.".format(k))
    return parts(block, n, [1.0 / k] * k, seed, largest_first=True)


def hold_out(block: Optional[np.ndarray], n: int, share: float, seed: int) -> np.ndarray:
    """True for the rows held out: about `share` of them, in whole blocks where blocks are given.

    Raises
    ------
    InputError
        A share that is not between 0 and 1; fewer than two rows or blocks.
    """
    if not 0 < share < 1:
        raise InputError("The share to hold out must lie between 0 and 1; got {:g}.".format(share))
    return parts(block, n, (1.0 - share, share), seed) == 1


def parts(
    block: Optional[np.ndarray], n: int, shares: Sequence[float], seed: int, largest_first: bool = False
) -> np.ndarray:
    """Deal rows, or whole blocks of rows, to parts of the given relative sizes.

    Parameters
    ----------
    block : (n,) block of each row, or None for single rows.
    shares : sizes wanted, in any unit (7, 2, 1). A part of size 0 stays empty, all others get something.
    largest_first : deal large blocks first, which evens out the sizes; only for parts of equal size, else the small
        blocks of coasts and borders would all go into the small parts.

    Returns
    -------
    (n,) int64, the part of each row.

    Raises
    ------
    InputError
        Fewer rows or blocks than parts, or shares that are not usable.
    """
    wanted = np.asarray(shares, dtype=np.float64)
    if not (np.isfinite(wanted).all() and (wanted >= 0).all() and wanted.sum() > 0):
        text = "Shares of a split must be zero or more, and one of them above zero; got {}."
        raise InputError(text.format(", ".join("{:g}".format(share) for share in shares)))
    groups = np.arange(n) if block is None else np.asarray(block)
    if len(groups) != n:
        raise InputError("{:,} rows have {:,} blocks; give one block per row.".format(n, len(groups)))
    names, index, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    needed = int((wanted > 0).sum())
    if len(names) < needed:
        raise InputError(
            "{:,} {} cannot be divided into {} parts. {}".format(
                len(names), "row(s)" if block is None else "spatial block(s)", needed,
                "Give more rows." if block is None else "Use smaller blocks, fewer parts, or a random split.",
            )
        )  # fmt: skip
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(names))
    if block is None:
        return _dealt_rows(order, wanted)
    if largest_first:
        order = order[np.argsort(-sizes[order], kind="stable")]
    return _dealt_blocks(order, sizes, wanted)[index.reshape(-1)]


def _dealt_rows(order: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    n = len(order)
    counts = np.diff(np.concatenate(([0.0], np.round(np.cumsum(wanted) / wanted.sum() * n)))).astype(np.int64)
    for part in np.flatnonzero((counts == 0) & (wanted > 0)):
        counts[np.argmax(counts)] -= 1  # a part that was asked for is never empty
        counts[part] += 1
    out = np.empty(n, dtype=np.int64)
    out[order] = np.repeat(np.arange(len(wanted)), counts)
    return out


def _dealt_blocks(order: np.ndarray, sizes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Part of each block: the part that lacks most of its size, among those where the block still fits."""
    target = wanted / wanted.sum() * sizes.sum()
    lacking = target.copy()
    empty = wanted > 0
    out = np.empty(len(sizes), dtype=np.int64)
    for left, block in zip(range(len(order), 0, -1), order):
        if left <= int(empty.sum()):
            part = int(np.flatnonzero(empty)[0])
        else:
            fits = lacking >= sizes[block]
            relative = np.where(fits & (target > 0), lacking / np.where(target > 0, target, 1.0), -np.inf)
            part = int(np.argmax(relative if fits.any() else lacking))
        out[block] = part
        lacking[part] -= sizes[block]
        empty[part] = False
    return out


def _coordinates(x: np.ndarray, y: np.ndarray):
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    lost = int((~(np.isfinite(x) & np.isfinite(y))).sum())
    if lost:
        raise InputError(
            "{:,} of {:,} points have no coordinates, so their spatial block is not known. Give x and y, or split at "
            "random.".format(lost, len(x))
        )
    return x, y


def _require_size(size: float) -> None:
    if not (math.isfinite(size) and size > 0):
        raise InputError("The size of spatial blocks must be a positive number; got {:g}.".format(size))


def _numbered(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Blocks in reading order from 0."""
    if not len(row):
        return np.zeros(0, dtype=np.int64)
    _, index = np.unique(np.stack([-row, column], axis=1), axis=0, return_inverse=True)
    return index.reshape(-1).astype(np.int64)
