"""A region whose carbon density is a known function of its drivers and its level, for tests and benchmarks.

Three levels (steppe, woodland, forest) follow climate and greenness along smooth borders; inside a level the density
runs from Bmin to Bmax with the drivers, in another way in each level. Land cover tells the level only in part, as real
maps do, so that a table of one density per class explains about half of the variance and no more (the Xinjiang paper's
Table 3 has 0.48 for InVEST against 0.83).
"""

from dataclasses import dataclass
from typing import Dict, Tuple

import numpy as np

BMIN = np.array([5.0, 55.0, 120.0])
BMAX = np.array([55.0, 120.0, 260.0])
#: Name, unit, and whether its values are codes of classes.
DRIVERS: Tuple[Tuple[str, str, bool], ...] = (
    ("NDVI", "1", False), ("PRE", "mm", False), ("TEM", "degC", False), ("SM", "1", False), ("DEM", "m", False),
    ("SLOPE", "deg", False), ("PD", "1/km2", False), ("GLC", "class", True),
)  # fmt: skip
NAMES = tuple(name for name, _, _ in DRIVERS)


@dataclass(frozen=True)
class Region:
    """Grids (rows, columns): drivers by name, the true density (t C/ha) and level, and the density with noise."""

    drivers: Dict[str, np.ndarray]
    level: np.ndarray
    truth: np.ndarray
    observed: np.ndarray

    def features(self) -> np.ndarray:
        """(cells, k) float64 in the order of `NAMES`."""
        return np.stack([self.drivers[name].ravel() for name in NAMES], axis=1).astype(np.float64)


def synthetic_region(rows: int = 200, columns: int = 200, seed: int = 0, noise: float = 0.15) -> Region:
    """Make the region.

    Parameters
    ----------
    noise : standard deviation of the observation relative to the true density.
    """
    rng = np.random.default_rng(seed)
    shape = (rows, columns)
    wet, warm, green, relief, people = (_smooth(shape, rng, cells) for cells in (70, 90, 30, 40, 20))
    drivers = {
        "NDVI": 0.05 + 0.85 * np.clip(0.6 * wet + 0.4 * green, 0, 1),
        "PRE": 100 + 900 * wet,
        "TEM": -2 + 16 * warm - 6 * relief,
        "SM": 0.05 + 0.4 * np.clip(0.7 * wet + 0.3 * _smooth(shape, rng, 15), 0, 1),
        "DEM": 200 + 2800 * relief,
        "SLOPE": 35 * _smooth(shape, rng, 12) * relief,
        "PD": np.exp(6 * people),
    }
    score = 0.55 * wet + 0.3 * green - 0.15 * np.abs(warm - 0.5) + 0.1 * relief
    level = np.digitize(score, np.quantile(score, [0.4, 0.75]))
    truth = BMIN[level] + _within(level, drivers, wet, green) * (BMAX - BMIN)[level]
    drivers["GLC"] = _land_cover(level, rng)
    drivers = {name: drivers[name].astype(np.float32) for name in NAMES}
    observed = truth * (1 + noise * rng.standard_normal(shape))
    return Region(drivers, level, truth, observed)


def _within(level: np.ndarray, drivers: Dict[str, np.ndarray], wet: np.ndarray, green: np.ndarray) -> np.ndarray:
    """Relative density, 0 to 1: by soil moisture on steppe, by temperature and slope in woodland, by both in forest."""
    cold = 1 / (1 + np.exp((drivers["TEM"] - 5) / 2))
    steep = drivers["SLOPE"] / 35
    forms = (
        0.15 + 0.7 * (drivers["SM"] - 0.05) / 0.4 + 0.15 * green,
        0.7 * cold + 0.3 * (1 - steep),
        0.2 + 0.5 * np.square(cold) + 0.3 * np.sin(3 * wet) ** 2,
    )
    return np.clip(np.choose(level, forms), 0, 1)


def _land_cover(level: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Five classes; each is most common in one level and found in all."""
    chances = np.array([
        [0.62, 0.22, 0.09, 0.04, 0.03], [0.13, 0.12, 0.57, 0.12, 0.06], [0.03, 0.05, 0.13, 0.60, 0.19],
    ])  # fmt: skip
    pick = rng.random(level.shape)[..., np.newaxis]
    return 1.0 + (pick > np.cumsum(chances, axis=1)[level]).sum(axis=-1)


def _smooth(shape: Tuple[int, int], rng: np.random.Generator, cells: float) -> np.ndarray:
    """A random field without a cell-wise structure finer than about `cells`, with ranks spread evenly over 0 to 1."""
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(rng.standard_normal(shape), cells / 3, mode="wrap")
    ordered = np.empty(field.size)
    ordered[np.argsort(field, axis=None, kind="stable")] = np.linspace(0, 1, field.size)
    return ordered.reshape(shape)
