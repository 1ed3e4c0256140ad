"""Rings of polygons, reduced to what a window of a grid can see of them."""

from typing import Optional

import numpy as np

#: Rings with fewer corners are burnt as they are: looking for what can go takes as long.
_SMALL = 32
#: Corners count as beyond a side of the window only if they are so by this many cells.
_MARGIN = 1.0
#: Neighbours that are nearer, in units of the CRS, say nothing of a direction to GDAL.
_NEAR = 1e-5


def seen_from(ring: np.ndarray, pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """A ring without the corners that make no difference to the cells of a window.

    A path that stays beyond one side of the window may run straight from its first corner to its last: the two ways
    enclose nothing of the window, and whatever lies in it is inside the ring or outside as before. All edges that meet
    the window stay as they are, so the cells do, bit for bit.

    Parameters
    ----------
    ring : (n, 2) corners, the last equal to the first.
    pixels : (n, 2) column and row of the corners, counted from the window's upper left corner.
    height, width : cells of the window.

    Returns
    -------
    (m, 2) corners, closed as the given ones.
    """
    if len(ring) <= _SMALL:
        return ring
    pivot = _pivot(ring[:-1])
    if pivot is None:
        return ring
    needed = np.zeros(len(ring) - 1, dtype=bool)
    needed[pivot] = True
    kept = np.arange(len(needed))
    column, row = pixels[:-1, 0], pixels[:-1, 1]
    for beyond in (column < -_MARGIN, column > width + _MARGIN, row < -_MARGIN, row > height + _MARGIN):
        here = beyond[kept]
        # One side after the other: a path beyond two sides in turn may go round the window's corner.
        kept = kept[~(here & np.roll(here, 1) & np.roll(here, -1)) | needed[kept]]
    return ring[np.append(kept, kept[0])]


def _pivot(corners: np.ndarray) -> Optional[np.ndarray]:
    """The lowest corner, of several the rightmost, between its neighbours; None if they do not make a clear turn.

    By this turn GDAL tells which way round a ring runs, and of edges that lie exactly on the centres of a row it fills
    those that run one way: it must find the same turn in what is left of a ring.
    """
    x, y = corners.T
    lowest = np.flatnonzero(y == y.min())
    at = lowest[np.argmax(x[lowest])]
    if np.count_nonzero((x == x[at]) & (y == y[at])) > 1:
        return None
    three = np.array([at - 1, at, (at + 1) % len(corners)])
    before, after = corners[three[0]] - corners[at], corners[three[2]] - corners[at]
    if min(np.abs(before).max(), np.abs(after).max()) < _NEAR or before[0] * after[1] == before[1] * after[0]:
        return None
    return three
