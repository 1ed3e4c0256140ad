"""The coupled model and the published network, trained as the plugin trains them, for the table."""

import hashlib
from dataclasses import replace
from typing import Any, Dict, Tuple

import numpy as np

from carbon_qgis.core.coupled import CoupledModel
from carbon_qgis.core.level_density import AVERAGE, CATBOOST, NETWORK, density_options, fit_density
from carbon_qgis.core.level_density_model import DensityModel
from carbon_qgis.core.levels import fit_levels, level_options
from carbon_qgis.core.network_inputs import Encoding
from carbon_qgis.core.network_training import Data
from carbon_qgis.core.rnn import PUBLISHED, fit_network
from carbon_qgis.core.samples import Samples

#: Networks learn from so many training rows of a fold at most (africa20km has 36,800): a published network of 5 x 512
#: takes a minute or more per 5,000 rows on one core. All other models learn from all rows.
NETWORK_ROWS = 5000


def version(preset: str, number: int) -> str:
    """Version of a coupled recipe: a number for this file, and a digest of the options that the preset uses."""
    density = density_options(preset, 0)
    options = repr(level_options(preset, 0)) + repr(density if density.uses_boost else density.network)
    return "{}-{}".format(number, hashlib.sha256(options.encode()).hexdigest()[:8])


def robust(data, train: Samples, features: np.ndarray, seed: int):
    """The default, and from the same models: one form within the levels instead of the mean of both; hard levels."""
    levels = fit_levels(train, level_options("robust", seed=seed, threads=1))
    both = _both_forms(train, levels.model, seed)
    notes = {"trees": levels.model.classifier.trees, "thresholds": [float(t) for t in levels.model.thresholds]}
    notes["boost"] = [group.boost.trees if group.boost else 0 for group in both.groups]
    whole = CoupledModel(levels.model, both)
    predictions = {
        "robust": whole.predict(features),
        "robust-catboost": CoupledModel(levels.model, _only(both, CATBOOST)).predict(features),
        "robust-network": CoupledModel(levels.model, _only(both, NETWORK)).predict(features),
        "robust-hard": whole.predict(features, blending="hard"),
    }
    return predictions, notes


def _both_forms(train: Samples, levels: Any, seed: int) -> DensityModel:
    """CatBoost of all rows and networks of `NETWORK_ROWS` at most, in one model: what 'average' trains."""
    if len(train) <= NETWORK_ROWS:
        return fit_density(train, levels, density_options("robust", seed, form=AVERAGE, device="cpu", threads=1)).model
    trees = fit_density(train, levels, density_options("robust", seed, form=CATBOOST, threads=1)).model
    few = thinned(train, seed)
    networks = fit_density(few, levels, density_options("robust", seed, form=NETWORK, device="cpu")).model
    if [group.levels for group in trees.groups] != [group.levels for group in networks.groups]:
        raise RuntimeError("The levels of the thinned rows were merged otherwise than those of all rows.")
    groups = tuple(replace(a, networks=b.networks) for a, b in zip(trees.groups, networks.groups))
    return replace(trees, form=AVERAGE, groups=groups, encoding=networks.encoding)


def _only(model: DensityModel, form: str) -> DensityModel:
    drop = {"networks": ()} if form == CATBOOST else {"boost": None}
    return replace(model, form=form, groups=tuple(replace(group, **drop) for group in model.groups))


def published(data, train: Samples, features: np.ndarray, seed: int):
    """The published preset of the levels and of the networks: eq. 3 with hard levels, and the same blended.

    The plugin refuses a level whose every start is dead; here the last one stays, which answers Bmin everywhere.
    """
    levels = fit_levels(train, level_options("published", seed=seed, threads=1)).model
    options = density_options("published", seed, device="cpu")
    options = replace(options, network=replace(options.network, keep_dead=True))
    fit = fit_density(thinned(train, seed), levels, options)
    model = CoupledModel(levels, fit.model)
    predictions = {
        "published": model.predict(features, restoration="published", blending="hard"),
        "published-blended": model.predict(features, restoration="published"),
    }
    return predictions, {"levels": levels.count, "counts": levels.counts.tolist(), "notes": list(fit.notes)}


def published_network(data, train: Samples, features: np.ndarray, seed: int) -> Tuple[np.ndarray, Dict[str, Any]]:
    """One published network over the whole range of the density, without levels."""
    train = thinned(train, seed)
    low, high = float(train.target.min()), float(train.target.max())
    encoding = Encoding.fit(train.features, train.drivers, PUBLISHED.scaling)
    relative = ((train.target - low) / (high - low)).astype(np.float32)
    fit = fit_network(Data(encoding.encode(train.features), relative), replace(PUBLISHED, keep_dead=True), seed)
    answer = fit.networks[0].predict(encoding.encode(features)).astype(np.float64)
    return low + answer * (high - low), {"dead starts": len(fit.members[0].dead)}


def thinned(train: Samples, seed: int) -> Samples:
    """At most `NETWORK_ROWS` training rows, drawn at random."""
    if len(train) <= NETWORK_ROWS:
        return train
    return train.take(np.sort(np.random.default_rng(seed).choice(len(train), NETWORK_ROWS, replace=False)))
