"""Training of the models of each level: which levels share one, networks, CatBoost regressors, and what happened."""

from dataclasses import replace
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .bundle import driver_stats
from .catboost_models import RMSE, BoostModel, Rows, fit_boost
from .errors import InputError
from .level_density_model import DensityModel, Group
from .level_density_options import DensityOptions
from .level_rows import early_stopping_rows
from .level_thresholds import MERGE
from .network_inputs import Encoding
from .network_training import Data, Trained, next_seed
from .network_weights import Network
from .progress import Message, Part, Progress
from .rnn import check_options, fit_network, holds_out
from .samples import Samples

#: Share of the rows held out to stop early.
_HELD_SHARE = 0.2


class Size(NamedTuple):
    """A size of network that was tried for a group of levels; `loss` is that of the rows held out."""

    group: str
    layers: int
    hidden: int
    loss: Optional[float]
    used: bool


class CurvePoint(NamedTuple):
    """Losses after an epoch of a network or after a tree of CatBoost; `member` counts the networks of a group."""

    group: str
    model: str
    member: int
    seed: int
    step: int
    training: float
    held_out: Optional[float]


def merged_levels(
    counts: np.ndarray, names: Sequence[str], options: DensityOptions
) -> Tuple[List[Tuple[int, ...]], List[str]]:
    """Levels that share a model: each level alone, or with a neighbour where it has too few samples.

    The group of fewest samples is joined to the smaller of its neighbours until all are large enough.

    Parameters
    ----------
    counts, names : training samples and names of the levels.

    Returns
    -------
    groups of levels, and what was done in words.

    Raises
    ------
    InputError
        A level with too few samples where merging is not wanted, or too few samples in all.
    """
    least = max(2, options.min_samples)
    if counts.sum() < least:
        raise InputError(
            "There are {:,} training samples; the density within levels needs at least {:,}. Give more samples, or a "
            "smaller minimum.".format(int(counts.sum()), least)
        )

    def called(group: Tuple[int, ...]) -> str:
        return " and ".join("'{}'".format(names[level]) for level in group)

    groups: List[Tuple[int, ...]] = [(level,) for level in range(len(counts))]
    sizes, notes = [int(count) for count in counts], []
    while len(groups) > 1 and min(sizes) < least:
        at = int(np.argmin(sizes))
        if options.small != MERGE:
            raise InputError(
                "The level {} has {:,} training samples; at least {:,} are needed. Give more samples of it, use fewer "
                "levels, or let small levels be merged with a neighbour.".format(called(groups[at]), sizes[at], least)
            )
        other = min((i for i in (at - 1, at + 1) if 0 <= i < len(groups)), key=lambda i: sizes[i])
        notes.append(
            "The level {} has {:,} training samples, fewer than {:,}: it shares a model with its neighbour {}.".format(
                called(groups[at]), sizes[at], least, called(groups[other])
            )
        )
        first = min(at, other)
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
        sizes[first : first + 2] = [sizes[first] + sizes[first + 1]]
    return groups, notes


class Trainer:
    """Trains the models of all levels on some rows; what it meets on the way is kept for the report.

    Parameters
    ----------
    levels : a `levels.LevelModel`.
    plan : levels that share a model.
    train : rows that fix the scaling of the drivers.
    in_fold : see `network_inputs.Encoding.fit`.
    """

    def __init__(
        self, levels: Any, plan: Sequence[Tuple[int, ...]], options: DensityOptions, train: Samples,
        in_fold: bool = False,
    ):  # fmt: skip
        self.levels, self.plan, self.options = levels, plan, options
        self.stats = driver_stats(train.drivers, train.features)
        self.encoding: Optional[Encoding] = None
        self.device = "cpu"
        if options.uses_network:
            from .network_torch import choose_device

            self.encoding = Encoding.fit(train.features, train.drivers, options.network.scaling, in_fold)
            self.device = choose_device(options.device)
        self.curves: List[CurvePoint] = []
        self.sizes: List[Size] = []
        self.notes: List[str] = []

    def check_memory(self, train: Samples, level: np.ndarray) -> None:
        """Refuse networks that cannot be trained or do not fit into memory, before any work."""
        if self.encoding is not None:
            rows = max(int(np.isin(level, group).sum()) for group in self.plan)
            check_options(self.options.network, (rows,) + train.features.shape[1:-1] + (self.encoding.width,))

    def fit(self, train: Samples, level: np.ndarray, progress: Progress) -> DensityModel:
        """A model of the rows `train`, whose levels are `level`."""
        groups = []
        for number, group in enumerate(self.plan):
            part = Part(progress, (number / len(self.plan), (number + 1) / len(self.plan)))
            groups.append(self._group(group, train.take(np.isin(level, group)), part))
        levels, options = self.levels, self.options
        return DensityModel(
            self.stats, train.steps, tuple(levels.names), np.asarray(levels.thresholds), np.asarray(levels.bmin),
            np.asarray(levels.bmax), levels.unit, levels.pool, levels.year, options.form, tuple(groups), self.encoding,
            options.seed, options.preset, lags=tuple(train.lags),
        )  # fmt: skip

    def _group(self, levels: Tuple[int, ...], samples: Samples, progress: Progress) -> Group:
        low, high = float(self.levels.bmin[levels[0]]), float(self.levels.bmax[levels[-1]])
        name = " and ".join(self.levels.names[level] for level in levels)
        if not high > low or not len(samples) or (samples.target == samples.target[0]).all():
            self.notes.append(
                "The level '{}' holds one density only ({:.6g} {}): there is nothing to learn in it.".format(
                    name, float(samples.target[0]) if len(samples) else low, samples.unit
                )
            )
            return Group(levels, low, high)
        relative = np.clip((samples.target - low) / (high - low), 0.0, 1.0)
        seed = next_seed(self.options.seed, 100_000 * levels[0])
        split = 0.5 if self.options.uses_network and self.options.uses_boost else float(self.options.uses_network)
        networks: Tuple[Network, ...] = ()
        boost = None
        if self.options.uses_network:
            networks = self._networks(name, samples, relative, seed, Part(progress, (0.0, split)))
        if self.options.uses_boost:
            boost = self._boost(name, samples, relative, seed, Part(progress, (split, 1.0)))
        return Group(levels, low, high, networks, boost)

    def _networks(self, name: str, samples: Samples, relative: np.ndarray, seed: int, progress) -> Tuple[Network, ...]:
        options = self.options.network
        if len(samples) < self.options.members_rows and holds_out(options):
            options = replace(options, members=max(options.members, self.options.few_members))
        weight = samples.weight if options.weighted else None
        data = Data(self.encoding.encode(samples.features), relative, weight)
        held: List[Optional[np.ndarray]] = []
        if holds_out(options):
            held = [self._held(samples, next_seed(seed, 1000 * member)) for member in range(options.members)]
            if held[0] is None:
                self._note_blind(name)
        progress.update(0.0, Message("Training the network of the level '{}'", name))
        fit = fit_network(data, options, seed, held, self.device, progress)
        self.sizes += [Size(name, *size, used=size[:2] == (fit.layers, fit.hidden)) for size in fit.sizes]
        self.notes += ["Level '{}': {}".format(name, note) for note in fit.notes]
        for number, trained in enumerate(fit.members, 1):
            self._keep_curve(name, "network {} x {}".format(fit.layers, fit.hidden), number, trained)
        return fit.networks

    def _boost(self, name: str, samples: Samples, relative: np.ndarray, seed: int, progress: Progress) -> BoostModel:
        few = len(samples) < self.options.few_rows
        options = replace(self.options.few_boost if few else self.options.boost, seed=seed)
        flat = samples.features.reshape(len(samples), -1)
        categorical = [driver.categorical for driver in samples.drivers] * samples.steps
        weight = samples.weight if self.options.network.weighted else None
        message = Message("Training CatBoost for the level '{}'", name)

        def rows(mask: Optional[np.ndarray] = None) -> Rows:
            if mask is None:
                return Rows(flat, relative, weight)
            return Rows(flat[mask], relative[mask], None if weight is None else weight[mask])

        span = (0.0, 1.0)
        held = self._held(samples, seed) if options.patience is not None else None
        if held is not None:
            # The number of trees from rows held out, then all rows with that many.
            first = fit_boost(
                RMSE, rows(~held), categorical, options, rows(held), progress=Part(progress, (0.0, 0.5)),
                message=message,
            )  # fmt: skip
            self._keep_trees(name, seed, first)
            options, span = replace(options, iterations=max(1, first.model.trees)), (0.5, 1.0)
        elif options.patience is not None:
            self._note_blind(name)
        options = replace(options, patience=None)
        fit = fit_boost(RMSE, rows(), categorical, options, progress=Part(progress, span), message=message)
        if held is None:
            self._keep_trees(name, seed, fit)
        return fit.model

    def _held(self, samples: Samples, seed: int) -> Optional[np.ndarray]:
        """Rows that stop a training early, in whole spatial blocks where places are known; None of too few rows."""
        drawn = early_stopping_rows(samples, np.zeros(len(samples), dtype=np.int64), _HELD_SHARE, seed)
        return None if drawn is None else drawn.mask

    def _note_blind(self, name: str) -> None:
        note = "The level '{}' has too few samples to hold some out for early stopping.".format(name)
        if note not in self.notes:
            self.notes.append(note)

    def _keep_curve(self, name: str, model: str, member: int, trained: Trained) -> None:
        self.curves += [CurvePoint(name, model, member, trained.seed, *point) for point in trained.curve]

    def _keep_trees(self, name: str, seed: int, fit: Any) -> None:
        for tree, loss in enumerate(fit.learn):
            held = None if fit.held_out is None else float(fit.held_out[tree])
            self.curves.append(CurvePoint(name, "catboost", 1, seed, tree + 1, float(loss), held))
