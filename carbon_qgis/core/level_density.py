"""Density within levels (Xinjiang paper, eq. 2): per level a network, a CatBoost regressor, or the mean of both.

Every level's models learn from the samples of that level alone; the target is the relative density, 0 at Bmin and 1 at
Bmax of the level.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .coupled import CoupledModel
from .coupled_reliability import Reliability, fit_reliability
from .dependencies import require
from .errors import InputError, UnitError
from .level_density_model import (
    AVERAGE,
    CATBOOST,
    FORMS,
    KIND,
    NETWORK,
    DensityModel,
    Group,
    density_model_bytes,
    density_model_of,
    read_density_model,
)
from .level_density_options import PRESETS, ROBUST, DensityOptions, density_options
from .level_density_scores import ALL, COUPLED, Fit, Scores, cross_validated, scored
from .level_density_training import CurvePoint, Size, Trainer, merged_levels
from .level_rows import DROP, KEEP, REFUSE, LevelRows, training_rows
from .level_thresholds import GIVEN, level_of
from .levels import LevelModel, fit_levels, level_options
from .progress import Part, Progress, Silent
from .results import Column, Table
from .samples import Samples
from .validation import AccuracyMetrics, comparison_table

__all__ = [
    "AVERAGE", "CATBOOST", "FORMS", "KIND", "NETWORK", "PRESETS", "DensityFit", "DensityModel", "DensityOptions",
    "Group", "coupled_refit", "density_model_bytes", "density_model_of", "density_options", "fit_density",
    "read_density_model", "train_density",
]  # fmt: skip

#: Every so many trees stand in the table of curves.
_TREE_STEP = 10


@dataclass
class DensityFit:
    """A trained model and everything that a report shows.

    `scores` pair what they are of ('low', 'all levels', …) with metrics; those of cross-validation come first, then
    those of test rows, then the fit. The level of every sample is taken as known.
    """

    model: DensityModel
    options: DensityOptions
    scores: Scores
    curves: List[CurvePoint]
    sizes: List[Size]
    notes: List[str] = field(default_factory=list)

    def overall(self) -> List[AccuracyMetrics]:
        """Metrics of all levels together, the level known: of the first held-out set, if there is any, and the fit."""
        found = {}
        for name, metrics in self.scores:
            if name == ALL:
                found.setdefault(metrics.label, metrics)
        return list(found.values())

    @property
    def coupled_r2(self) -> Optional[float]:
        """R² of levels and density together, blended, from the cross-validation; None without one."""
        found = dict(self.scores).get(COUPLED)
        return None if found is None else found.r_squared

    @property
    def metrics_table(self) -> Table:
        """One row per level and set of rows."""
        title = "Accuracy of the density within levels (level of each sample known, unless said to be predicted)"
        table = comparison_table({}, self.model.unit, "levels", title)
        for name, metrics in self.scores:
            table.rows += comparison_table({name: metrics}, self.model.unit, "levels").rows
        return table

    @property
    def curves_table(self) -> Table:
        """One row per epoch of a network and per tenth tree of CatBoost."""
        columns = (
            Column("level", "text"), Column("model", "text"),
            Column("member", "integer", "number of the network, of those whose answers are averaged"),
            Column("seed", "integer"), Column("step", "integer", "epoch of the network, or number of trees"),
            Column("training_loss", "number", self._loss_text()),
            Column("held_out_loss", "number", "of the rows held out to stop early"),
        )  # fmt: skip
        shown = [p for p in self.curves if p.model != CATBOOST or p.step % _TREE_STEP == 0 or p.step == 1]
        return Table("Loss curves", columns, [list(point) for point in shown])

    @property
    def sizes_table(self) -> Table:
        """One row per size of network that was tried."""
        columns = (
            Column("level", "text"), Column("layers", "integer"), Column("width", "integer", "units of a layer"),
            Column("held_out_error", "number", "mean error of the relative density, as the loss counts it"),
            Column("used", "text", "smallest size within one standard error of the best"),
        )  # fmt: skip
        rows = [[s.group, s.layers, s.hidden, s.loss, "yes" if s.used else "no"] for s in self.sizes]
        return Table("Sizes of the networks", columns, rows)

    def _loss_text(self) -> str:
        loss = {"l1": "mean absolute error", "mse": "mean squared error", "huber": "Huber loss"}
        of = "standardised" if self.options.network.scaling == "standard" else "relative"
        text = "network: {} of the {} density".format(loss[self.options.network.loss], of)
        return text + "; CatBoost: root mean squared error of the relative density"


def fit_density(
    samples: Samples,
    levels: LevelModel,
    options: Optional[DensityOptions] = None,
    progress: Optional[Progress] = None,
    in_fold: bool = False,
) -> DensityFit:
    """Train the models of the density within the levels of a level model.

    Parameters
    ----------
    samples : rows marked 'train' are learnt from, by the robust preset also those marked 'validation'; the others are
        the held-out test. With features (n, T, k) networks read sequences in time order.
    levels : the level model that was trained on these samples. A constant driver that it left out is left out.
    in_fold : the samples are what a cross-validation left; a driver that is constant there is no error.

    Raises
    ------
    InputError
        No training rows; NaN; a constant driver that the level model reads; a level with too few samples that may not
        be merged, or too few in all; networks that do not fit into memory; a device that is not there.
    UnitError
        Samples and level model in different units.
    DependencyError
        A package that the form needs is missing.
    Cancelled
    """
    progress, options = progress or Silent(), options or DensityOptions()
    options.check()
    _check(samples, levels, options)
    rows = _rows(samples, levels, options, in_fold)
    train = rows.train
    level = level_of(train.target, levels.thresholds)
    plan, notes = merged_levels(np.bincount(level, minlength=len(levels.names)), levels.names, options)
    trainer = Trainer(levels, plan, options, train, in_fold)
    trainer.check_memory(train, level)
    done = 0.98 / (1 + options.folds)
    model = trainer.fit(train, level, Part(progress, (0.0, 0.95 * done)))
    scores = scored(model, rows, Part(progress, (0.95 * done, done)))
    if options.folds:
        part, fit = Part(progress, (done, 0.98)), coupled_refit(levels, options)
        scores = cross_validated(train, model.thresholds, model.names, options.folds, options.seed, fit, part) + scores
    metrics = {"{}: {}, {}".format(each.label, each.scheme, name): each.as_dict() for name, each in scores}
    model = replace(model, metrics=metrics, training=_training(options, rows, trainer))
    progress.update(1.0)
    return DensityFit(
        model, options, scores, trainer.curves, trainer.sizes, list(rows.notes) + notes + trainer.notes
    )  # fmt: skip


def train_density(
    samples: Samples,
    levels: LevelModel,
    options: Optional[DensityOptions] = None,
    applicability: bool = False,
    intervals: bool = False,
    progress: Optional[Progress] = None,
) -> Tuple[DensityFit, Optional[Reliability]]:
    """`fit_density`, and on request what says how far the coupled model can be trusted.

    Parameters
    ----------
    applicability : also the area of applicability.
    intervals : also prediction intervals, for which both models are trained again without each of five folds.

    Raises
    ------
    InputError, UnitError, DependencyError, Cancelled
        As `fit_density`; too few rows or blocks for the folds.
    """
    progress, options = progress or Silent(), options or DensityOptions()
    share = (1 + options.folds) / (1 + options.folds + 5 * intervals + 0.2 * applicability)
    fit = fit_density(samples, levels, options, Part(progress, (0.0, share)))
    if not applicability:
        return fit, None
    refit = coupled_refit(levels, options) if intervals else None
    model = CoupledModel(levels, fit.model)
    part = Part(progress, (share, 1.0))
    return fit, fit_reliability(samples, model, refit, options.seed, progress=part)


def coupled_refit(levels: LevelModel, options: DensityOptions) -> Fit:
    """What trains both models on other samples as they were trained here, with the same thresholds.

    For cross-validation and prediction intervals: rows that are held out must not have been seen by the level model
    either.
    """
    facts = levels.training

    def fit(samples: Samples, progress: Progress) -> CoupledModel:
        of_levels = level_options(
            facts.get("preset", ROBUST), levels.seed, method=GIVEN, thresholds=tuple(levels.thresholds), min_samples=1,
            test_share=0.0, use_weights=facts.get("weights"), drop_constant=True, iterations=facts.get("trees"),
            depth=facts.get("depth"), learning_rate=facts.get("learning_rate"),
        )  # fmt: skip
        # As many trees as the level model has: nothing is to be chosen again.
        of_levels = replace(of_levels, stop_folds=0)
        made = fit_levels(samples, of_levels, Part(progress, (0.0, 0.3))).model
        inner = replace(options, folds=0)
        return CoupledModel(made, fit_density(samples, made, inner, Part(progress, (0.3, 1.0)), in_fold=True).model)

    return fit


def _rows(samples: Samples, levels: LevelModel, options: DensityOptions, in_fold: bool) -> LevelRows:
    """Training and test rows, without the constant drivers that the level model left out."""
    rows = training_rows(samples, options.preset == ROBUST, 0.0, options.seed)
    if in_fold:
        return rows.checked(KEEP)
    left_out = not {rows.train.names[i] for i in rows.constant} & set(levels.driver_names)
    advice = "train the levels again with 'Leave out constant drivers': what they leave out is left out here too"
    return rows.checked(DROP if left_out else REFUSE, advice)


def _check(samples: Samples, levels: LevelModel, options: DensityOptions) -> None:
    needed = (["torch"] if options.uses_network else []) + (["catboost"] if options.uses_boost else [])
    require(needed, "The form '{}' of the density within levels".format(options.form))
    if samples.unit != levels.unit:
        raise UnitError(
            "The samples are in {} and the level model is in {}. Train the levels on these samples.".format(
                samples.unit, levels.unit
            )
        )
    if samples.pool and levels.pool and samples.pool != levels.pool:
        raise InputError(
            "The samples are of the pool '{}', the level model is of '{}'. Choose the level model that was trained on "
            "these samples.".format(samples.pool, levels.pool)
        )


def _training(options: DensityOptions, rows: LevelRows, trainer: Trainer) -> Dict[str, Any]:
    """What the manifest says of the training."""
    found: Dict[str, Any] = {"preset": options.preset, "form": options.form, "rows": len(rows.train)}
    if options.uses_network:
        network = options.network
        found["network"] = {
            "loss": network.loss, "head": network.head, "scaling": network.scaling, "epochs": network.epochs,
            "batch": network.batch, "learning_rate": network.rate, "members": network.members,
            "members_of_small_levels": {"fewer_rows_than": options.members_rows, "members": options.few_members},
            "patience": network.patience, "weights": network.weighted, "device": trainer.device,
            "sizes": {size.group: [size.layers, size.hidden] for size in trainer.sizes if size.used},
            "seeds": sorted({point.seed for point in trainer.curves if point.model != CATBOOST}),
        }  # fmt: skip
    if options.uses_boost:
        boost = options.boost
        found["catboost"] = _boost_facts(boost)
        found["catboost_of_small_levels"] = {"fewer_rows_than": options.few_rows, **_boost_facts(options.few_boost)}
    return found


def _boost_facts(boost: Any) -> Dict[str, Any]:
    return {"depth": boost.depth, "learning_rate": boost.learning_rate, "trees": boost.iterations}
