"""The coupled carbon-density model on arrays (Xinjiang paper, 2.3): levels, density within levels, restoration.

One class serves rasters and tables of points alike, so that an accuracy is that of the map.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np

from .density import (
    BLENDED,
    MEAN_MATCHED,
    SCALED,
    check_modes,
    check_ratio,
    combine,
    matching_ratio,
    over_levels,
    two_terms,
)
from .errors import BundleError, InputError
from .progress import Part, Progress, Silent

ROBUST, PUBLISHED = "robust", "published"
#: The first is the default.
PRESETS = (ROBUST, PUBLISHED)
#: Name of the level model's checksum in the manifest of a density model.
CHECKSUM = "levels_sha256"
_LEVEL_WEIGHTS = "levels.cbm"


class Cells(NamedTuple):
    """What the models say of n cells, before restoration.

    `floor` and `span` are the terms of eq. 3 over the levels (Bmin, and Cpre · (Bmax − Bmin)), `level` the index of the
    most probable level, `spread` the standard deviation of the density between the levels, all (n,) in the unit of the
    density.
    """

    level: np.ndarray
    floor: np.ndarray
    span: np.ndarray
    spread: np.ndarray

    def density(self, ratio: float, restoration: str) -> np.ndarray:
        """Restored density, (n,) float64. For 'meanmatched' the ratio is that of `density.matching_ratio`."""
        return combine(self.floor, self.span, ratio, restoration)


@dataclass(frozen=True)
class CoupledModel:
    """A level model and the density model that was trained on its levels.

    Parameters
    ----------
    levels, density : see `levels.LevelModel` and `level_density.DensityModel`; drivers are matched by name.
    applicability, conformal : what the density model's bundle holds of them, if anything.
    """

    levels: Any
    density: Any
    applicability: Optional[Any] = field(default=None, repr=False)
    conformal: Optional[Any] = field(default=None, repr=False)

    @property
    def drivers(self) -> Tuple[Any, ...]:
        """Drivers in the order of the features: those of the density model, then what the level model reads beside."""
        known = {driver.name for driver in self.density.drivers}
        return tuple(self.density.drivers) + tuple(d for d in self.levels.drivers if d.name not in known)

    @property
    def steps(self) -> int:
        """Years that a cell's features cover: 1, or T."""
        return int(self.density.steps)

    @property
    def unit(self) -> str:
        """Unit of the density."""
        return self.levels.unit

    def cells(self, features: np.ndarray, blending: str = BLENDED) -> Cells:
        """What the models say of rows of features.

        Parameters
        ----------
        features : (n, k), or (n, T, k) with the oldest step first, where the density model reads sequences. Drivers in
            the order of `drivers`.
        """
        of_levels, of_density = self._parts(features)
        probabilities = self.levels.probabilities(of_levels)
        relative = self.density.relative(of_density)
        bmin, bmax = np.asarray(self.levels.bmin), np.asarray(self.levels.bmax)
        floor, span = two_terms(probabilities, relative, bmin, bmax, blending)
        by_level = bmin + relative * (bmax - bmin)
        mean = over_levels(probabilities, by_level, BLENDED)
        variance = over_levels(probabilities, np.square(by_level - mean[:, np.newaxis]), BLENDED)
        return Cells(np.argmax(probabilities, axis=1), floor, span, np.sqrt(np.maximum(variance, 0.0)))

    def predict(
        self,
        features: np.ndarray,
        ratio: float = 1.0,
        restoration: str = SCALED,
        blending: str = BLENDED,
        target_mean: Optional[float] = None,
        weight: Optional[np.ndarray] = None,
    ) -> np.ndarray:
        """Density of rows of features.

        Parameters
        ----------
        features : as in `cells`.
        ratio : Cd_m / Cd_j.
        restoration, blending : words of `density.RESTORATIONS`, `density.BLENDINGS`.
        target_mean, weight : Cd_m in the model's unit, and the (n,) area of each row (equal if None): what
            'meanmatched' needs.

        Returns
        -------
        (n,) float64 in the model's unit.

        Raises
        ------
        InputError
            Unknown words, a ratio that is not above 0, 'meanmatched' without a mean, features of another shape.
        """
        check_modes(restoration, blending)
        cells = self.cells(features, blending)
        if restoration == MEAN_MATCHED:
            if target_mean is None:
                raise InputError("The restoration 'meanmatched' needs the pool mean of the year (Cd_m).")
            ratio = matching_ratio(float(np.average(cells.density(1.0, SCALED), weights=weight)), target_mean)
        return cells.density(check_ratio(ratio), restoration)

    def _parts(self, features: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """What the level model reads, (n, k) of the last step, and what the density model reads."""
        steps, k = self.steps, len(self.drivers)
        fits = features.shape[-1] == k and (features.ndim == 2 if steps == 1 else features.shape[1:-1] == (steps,))
        if not fits:
            years = " of {} years".format(steps) if steps > 1 else ""
            raise InputError(
                "The models read {} drivers{}: {}. Got features of shape {}.".format(
                    k, years, ", ".join(driver.name for driver in self.drivers), features.shape
                )
            )
        latest = features[:, -1] if steps > 1 else features
        return _taken(latest, self._columns(self.levels)), _taken(features, self._columns(self.density))

    def _columns(self, model: Any) -> np.ndarray:
        names = [driver.name for driver in self.drivers]
        return np.array([names.index(driver.name) for driver in model.drivers])


def _taken(features: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The columns; the array itself where they are all of them in order."""
    if len(columns) == features.shape[-1] and (np.diff(columns) == 1).all():
        return features
    return features[..., columns]


def fit_coupled(
    samples: Any,
    preset: str = ROBUST,
    seed: int = 42,
    progress: Optional[Progress] = None,
    levels: Optional[Any] = None,
    density: Optional[Any] = None,
) -> CoupledModel:
    """Train both models of a preset on the training rows of samples.

    Parameters
    ----------
    samples : `samples.Samples`.
    preset : 'robust' or 'published'.
    levels, density : `levels.LevelOptions` and `level_density_options.DensityOptions` instead of those of the preset
        and seed.

    Raises
    ------
    InputError
        Unknown preset; what `levels.fit_levels` and `level_density.fit_density` refuse.
    Cancelled
    """
    from .level_density import fit_density
    from .level_density_options import density_options
    from .levels import fit_levels, level_options

    progress = progress or Silent()
    options = levels or level_options(preset, seed)
    found = fit_levels(samples, options, Part(progress, (0.0, 0.3))).model
    options = density or density_options(preset, seed)
    return CoupledModel(found, fit_density(samples, found, options, Part(progress, (0.3, 1.0))).model)


def levels_checksum(path: str) -> str:
    """SHA-256 of the classifier in a level model's bundle, by which a density model knows its level model."""
    from .bundle import read_bundle

    return read_bundle(path, "levels").manifest.files.get(_LEVEL_WEIGHTS, "")


def read_coupled(levels_path: str, density_path: str) -> CoupledModel:
    """Read a level model and the density model that belongs to it, with what it holds on its reliability.

    Raises
    ------
    BundleError
        See `bundle.read_bundle`.
    InputError
        The density model was trained on another level model.
    """
    from .applicability import FILE as APPLICABILITY
    from .applicability import applicability_of
    from .bundle import bytes_to_arrays, read_bundle
    from .conformal import FILE as CONFORMAL
    from .conformal import conformal_of
    from .level_density_model import KIND, density_model_of
    from .levels import levels_of_bundle

    of_levels, of_density = read_bundle(levels_path, "levels"), read_bundle(density_path, KIND)
    levels, density = levels_of_bundle(of_levels, levels_path), density_model_of(of_density, density_path)
    density.require_levels_of(levels)
    trained_on = of_density.manifest.extra.get(CHECKSUM)
    if trained_on is not None and trained_on != of_levels.manifest.files.get(_LEVEL_WEIGHTS):
        raise InputError(
            "'{}' was not trained with the level model '{}': thresholds agree, but the classifier is another (its "
            "checksum differs). Choose the level model that it was trained with, or train it again.".format(
                density_path, levels_path
            )
        )
    parts = []
    for name, read in ((APPLICABILITY, applicability_of), (CONFORMAL, conformal_of)):
        data = of_density.files.get(name)
        parts.append(None if data is None else read(bytes_to_arrays(data, density_path), density_path))
    model = CoupledModel(levels, density, *parts)
    if model.applicability is not None and list(model.applicability.names) != [d.name for d in model.drivers]:
        raise BundleError(
            "'{}' is damaged: the drivers of its area of applicability are not those of the model.".format(density_path)
        )
    return model


def indicators(model: CoupledModel, features: np.ndarray, cells: Cells) -> Tuple[Tuple[str, ...], np.ndarray]:
    """What may tell how far off the model is at a cell: continuous drivers, and the spread between the levels.

    Returns
    -------
    names (m,), values (n, m) for `conformal`.
    """
    chosen = [i for i, driver in enumerate(model.drivers) if not driver.categorical]
    latest = features[:, -1] if features.ndim == 3 else features
    names = tuple(model.drivers[i].name for i in chosen) + ("spread between levels",)
    return names, np.column_stack([latest[:, chosen], cells.spread])
