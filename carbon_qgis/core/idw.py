"""Inverse distance weighting (Shepard 1968), as the Jiangsu paper downscales its drivers (section 2.2).

value(q) = Σ w_i v_i / Σ w_i over the k nearest samples with w_i = d_i^(−power); at a sample it is the sample. Samples
as far as the k-th count too. A map with a table of points: the table is searched by a k-d tree, on the sphere in three
dimensions, where the order of chords is that of great-circle distances.
"""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .errors import InputError

EARTH_RADIUS_KM = 6371.0088  # mean radius of the ellipsoid GRS 80
MOST_NEIGHBOURS = 64
#: Points that are looked up at a time: their neighbours take some 40 bytes each.
BATCH = 1 << 14
#: On regular grids several samples are as far as the k-th: all of them count, or the choice would be arbitrary.
_MOST_TIES = 8
_TIE = 1 + 1e-9


def unit_vectors(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Points of the unit sphere, (n, 3), from longitude and latitude (n,) in radians."""
    level = np.cos(latitude)
    return np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=-1)


@dataclass(frozen=True)
class _Samples:
    """Samples that some bands have in common: their tree, and values (n + 1, bands) with a last row of zeros."""

    bands: Tuple[int, ...]
    tree: Any
    values: np.ndarray


@dataclass(frozen=True)
class IdwTable:
    """Samples of one or more bands, ready to be asked for any place.

    `spherical`: positions are unit vectors, distances great-circle distances in km; else positions are planar and
    distances are in their unit. `reach` is the largest distance at which a sample counts, `touch` the one up to which
    it is met exactly.
    """

    groups: Tuple[_Samples, ...]
    count: int
    power: float
    neighbours: int
    spherical: bool
    reach: float
    touch: float

    def at(self, positions: np.ndarray) -> np.ndarray:
        """Values (m, bands) at positions (m, 2 or 3); NaN without a sample in reach, or without a place."""
        made = np.full((len(positions), self.count), np.nan)
        known = np.flatnonzero(np.isfinite(positions).all(axis=1))
        for group in self.groups:
            for start in range(0, known.size, BATCH):
                rows = known[start : start + BATCH]
                made[np.ix_(rows, group.bands)] = self._of_group(group, positions[rows])
        return made

    def _of_group(self, group: _Samples, positions: np.ndarray) -> np.ndarray:
        distance, index = self._neighbours(group, positions)
        weights = idw_weights(distance, self.power, self.touch)
        # Differences from the nearest sample are averaged: a constant then stays constant to the last digit.
        nearest = group.values[index[:, 0]]
        total, sums = weights[:, 0].copy(), np.zeros_like(nearest)
        for column in range(1, weights.shape[1]):
            weight = weights[:, column]
            sums += weight[:, np.newaxis] * (group.values[index[:, column]] - nearest)
            total += weight
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total[:, np.newaxis] > 0, nearest + sums / total[:, np.newaxis], np.nan)

    def _neighbours(self, group: _Samples, positions: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Distances (inf: none) and rows of the k nearest samples, and of those as far as the k-th."""
        count = min(self.neighbours + _MOST_TIES, len(group.values) - 1)
        distance, index = group.tree.query(positions, k=count, distance_upper_bound=self._bound())
        distance, index = distance.reshape(len(positions), -1), index.reshape(len(positions), -1)
        with np.errstate(invalid="ignore"):
            if self.neighbours < count:
                distance[distance > distance[:, self.neighbours - 1 : self.neighbours] * _TIE] = np.inf
            if self.spherical:
                angle = 2 * np.arcsin(np.minimum(1.0, distance / 2))
                distance = np.where(np.isfinite(distance), EARTH_RADIUS_KM * angle, np.inf)
        return distance, index

    def _bound(self) -> float:
        if not np.isfinite(self.reach):
            return np.inf
        if self.spherical:
            half = min(np.pi / 2, self.reach / EARTH_RADIUS_KM / 2)
            return 2 * np.sin(half) * (1 + 1e-12)
        return self.reach * (1 + 1e-12)


def idw_weights(distance: np.ndarray, power: float, touch: float = 0.0) -> np.ndarray:
    """Weights (m, k) of samples at distances (m, k), nearest first; inf is no sample and weighs 0.

    The nearest weighs 1. Samples no farther than `touch` share the weight alone.
    """
    nearest = distance[:, :1]
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = (nearest / distance) ** power
    weights = np.where(np.isfinite(distance), weights, 0.0)
    met = nearest[:, 0] <= touch
    weights[met] = distance[met] <= touch
    return weights


def idw_table(
    positions: np.ndarray,
    values: np.ndarray,
    power: float = 2.0,
    neighbours: int = 12,
    spherical: bool = False,
    reach: Optional[float] = None,
    touch: float = 0.0,
) -> IdwTable:
    """A table of samples for inverse distance weighting.

    Parameters
    ----------
    positions : (n, 2) planar or (n, 3) unit vectors.
    values : (n, bands); NaN is no sample of that band.
    reach : largest distance that counts (km on the sphere, else in the unit of the positions); None: any.

    Raises
    ------
    InputError
        A power that is not positive, too few or too many neighbours, a reach that is not positive, no sample.
    """
    from scipy.spatial import cKDTree

    _check(power, neighbours, reach)
    placed = np.isfinite(positions).all(axis=1)
    groups: List[_Samples] = []
    for bands, valid in _by_validity(np.isfinite(values) & placed[:, np.newaxis]):
        if not valid.any():
            raise InputError("Band {} of the coarse raster has no valid cell.".format(bands[0] + 1))
        rows = values[valid][:, list(bands)].astype(np.float64)
        groups.append(
            _Samples(bands, cKDTree(positions[valid]), np.concatenate([rows, np.zeros((1, len(bands)))]))
        )
    limit = np.inf if reach is None else float(reach)
    return IdwTable(tuple(groups), values.shape[1], float(power), int(neighbours), spherical, limit, float(touch))


def needed_samples(positions: np.ndarray, values: np.ndarray, places: np.ndarray, neighbours: int) -> np.ndarray:
    """Which samples (n,) can be among the k nearest of any place in the ball around `places`, for any band.

    With r the radius of the ball and d the distance of the k-th nearest sample from its centre, the k nearest of any
    place in it lie within d + 2 r of the centre.

    Parameters
    ----------
    positions : (n, d) samples; values : (n, bands), NaN is no sample; places : (m, d) points spread over the region.
    """
    placed = np.isfinite(positions).all(axis=1)
    known = places[np.isfinite(places).all(axis=1)]
    needed = np.zeros(len(positions), dtype=bool)
    if not len(known):
        return needed
    centre = known.mean(axis=0)
    # The places are a lattice: what lies between them may be a little farther out.
    radius = 1.1 * np.sqrt(np.square(known - centre).sum(axis=1).max())
    distance = np.sqrt(np.square(positions - centre).sum(axis=1))
    for _, valid in _by_validity(np.isfinite(values) & placed[:, np.newaxis]):
        if valid.any():
            order = min(neighbours + _MOST_TIES, int(valid.sum())) - 1
            far = np.partition(distance[valid], order)[order]
            needed |= valid & (distance <= (far + 2 * radius) * (1 + 1e-9))
    return needed


def _check(power: float, neighbours: int, reach: Optional[float]) -> None:
    if not (np.isfinite(power) and power > 0):
        raise InputError("The power of inverse distance weighting must be above 0; got {:g}.".format(power))
    if not 1 <= neighbours <= MOST_NEIGHBOURS:
        raise InputError("The number of neighbours must be from 1 to {}; got {}.".format(MOST_NEIGHBOURS, neighbours))
    if reach is not None and not reach > 0:
        raise InputError("The largest distance must be above 0 km; got {:g}.".format(reach))


def _by_validity(valid: np.ndarray):
    """(bands, rows that are valid) for each set of bands that have the same valid rows."""
    found: Dict[bytes, List[int]] = {}
    for band in range(valid.shape[1]):
        found.setdefault(np.packbits(valid[:, band]).tobytes(), []).append(band)
    for bands in found.values():
        yield tuple(bands), valid[:, bands[0]]
