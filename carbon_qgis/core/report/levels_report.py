"""Report pages of the density levels: training of the model, and a map of levels."""

from typing import Optional

import numpy as np

from ..level_scores import FIT, HELD_OUT, LevelScores, confusion_table, metrics_table
from ..levels import LevelFit
from ..predict_levels import LEVELS, PredictLevelsResult
from . import style
from .classify_report import class_ramp
from .extent import map_options, sampling
from .figures import class_bars, class_histogram_with_breaks, class_map
from .levels_figures import confusion_matrix, learning_curve
from .page import Page

REFERENCES = (
    "Prokhorenkova, L., Gusev, G., Vorobev, A., Dorogush, A. V. & Gulin, A. (2018). CatBoost: unbiased boosting with "
    "categorical features. Advances in Neural Information Processing Systems 31, 6638-6648.",
    "Fisher, W. D. (1958). On grouping for maximum homogeneity. Journal of the American Statistical Association 53, "
    "789-798.",
    "Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal, spatial, hierarchical, or "
    "phylogenetic structure. Ecography 40, 913-929.",
)
_WAYS = {
    "natural": "natural breaks of the training densities (the smallest sum of squares within the levels)",
    "quantile": "quantiles of the training densities",
    "equal": "equal intervals of the training densities",
    "given": "the thresholds that were given",
}
_MOST_BARS = 25


def levels_page(fit: LevelFit) -> Page:
    """The page of one training of a level model."""
    model = fit.model
    of = " ".join(text for text in (model.pool or "", str(model.year or "")) if text)
    page = Page("Levels of carbon density: model", of)
    best, fitted = _set(fit, HELD_OUT), _set(fit, FIT)
    _leads(page, fit, best, fitted)
    for scores in (best, fitted):
        if scores is not None:
            page.key_figure("Accuracy ({})".format(scores.label), style.fixed(100 * scores.accuracy, 1), "%")
    page.key_figure("Levels", model.count)
    page.key_figure("Training samples", int(model.counts.sum()))
    page.key_figure("Trees", model.classifier.trees)
    page.notes(fit.notes)
    _levels(page, fit)
    _confusion(page, fit)
    _importance(page, fit)
    _curve(page, fit)
    _method(page, fit)
    return page


def _set(fit: LevelFit, label: str) -> Optional[LevelScores]:
    return next((scores for scores in fit.scores if scores.label == label), None)


def _leads(page: Page, fit: LevelFit, held: Optional[LevelScores], fitted: Optional[LevelScores]) -> None:
    model = fit.model
    bounds = " and ".join("{:.4g}".format(bound) for bound in model.thresholds)
    page.lead(
        "Carbon density is divided into {} levels at {} {}, and CatBoost learnt to tell them apart from {} "
        "drivers.".format(model.count, bounds, style.pretty_unit(model.unit), len(model.drivers))
    )
    if held is None:
        page.warning(
            "No samples were held out: the accuracy below is that of the samples that the model learnt from, and says "
            "nothing of other places. Mark some samples as 'test'."
        )
        return
    weakest = int(np.argmin([2.0 if value is None else value for value in held.recall]))
    page.lead(
        "Of {:,} samples that were held out ({}), {:.1%} are put into their true level; of those that it learnt from, "
        "{:.1%}. The level hardest to find is '{}': {:.0%} of its held-out samples are recognised.".format(
            held.n, held.scheme, held.accuracy, fitted.accuracy if fitted else float("nan"), held.names[weakest],
            held.recall[weakest] or 0.0,
        )
    )  # fmt: skip


def _levels(page: Page, fit: LevelFit) -> None:
    model = fit.model
    page.section("Levels")
    counts, edges = np.histogram(fit.densities, bins=min(60, max(10, len(fit.densities) // 20)))
    page.figure(
        class_histogram_with_breaks(
            edges, counts, model.thresholds, model.unit, quantity="Carbon density", count_label="Training samples"
        ),
        "Training densities and the levels",
        "A threshold belongs to the lower level.{}".format(
            " The thresholds count each sample for the cells that it stands for, the bars count samples."
            if fit.options.use_weights else ""
        ),
        slug="levels",
    )  # fmt: skip
    page.table(fit.levels_table)


def _confusion(page: Page, fit: LevelFit) -> None:
    page.section("How well the levels are told apart")
    for scores in fit.scores:
        page.figure(
            confusion_matrix(scores.names, scores.matrix),
            "Confusion matrix, {}: {}".format(scores.label, scores.scheme),
            "Rows are the true level, columns the predicted one; numbers are samples and their share of the row.",
            slug="confusion-{}".format(scores.label),
        )
    page.table(confusion_table(fit.scores))
    page.table(metrics_table(fit.scores))


def _importance(page: Page, fit: LevelFit) -> None:
    page.section("Importance of the drivers")
    rows = fit.importance_table.as_dicts()
    page.figure(
        class_bars(
            [row["driver"] for row in rows[:_MOST_BARS]], [row["importance_percent"] for row in rows[:_MOST_BARS]], "%",
            quantity="Importance", colours=[style.class_colours(1)[0]] * len(rows[:_MOST_BARS]),
        ),
        "Importance of each driver",
        "How much of all change of the prediction goes with each driver, in the trees. Drivers that say the same share "
        "their importance; it is no measure of cause.",
        slug="importance",
    )  # fmt: skip
    page.table(fit.importance_table)


def _curve(page: Page, fit: LevelFit) -> None:
    page.section("Training")
    curves, stopped = fit.curves, fit.options.stop_folds > 1 and fit.curves.held_out is not None
    page.figure(
        learning_curve(
            {"rows learnt from": curves.learn, "rows held out": curves.held_out}, curves.best if stopped else None
        ),
        "Learning curve",
        "Log-loss (mean of −ln p of the true level) after each tree; lower is better."
        + (
            " Means over the folds; the model was then trained anew on all training rows with the number of trees kept."
            if stopped
            else ""
        ),
        slug="learning-curve",
    )


def _method(page: Page, fit: LevelFit) -> None:
    options, boost = fit.options, fit.options.boost
    page.method(
        "Preset '{}'. Levels (Xinjiang paper, section 2.3) from {}; Bmin and Bmax are the smallest and largest "
        "training density of a level. CatBoostClassifier with multi-class log-loss: at most {:,} trees of depth {}, "
        "learning rate {:g}, seed {}. {} {}".format(
            options.preset, _WAYS[options.method], boost.iterations, boost.depth, boost.learning_rate, boost.seed,
            "Samples count for the cells that they stand for (column 'weight'), so that the probabilities are those of "
            "the map and not of the sampling." if options.use_weights else "Every sample counts once.",
            "The number of trees comes from {} folds of whole spatial blocks, where places are known: the largest "
            "whose log-loss is within one standard error of the smallest.".format(options.stop_folds)
            if options.stop_folds > 1 else "All trees are kept.",
        ),
        REFERENCES,
    )  # fmt: skip
    page.method(
        "Accuracy: share of the samples whose most probable level is the true one. Precision: of the samples predicted "
        "as a level, the share that is of it. Recall: of the samples of a level, the share predicted so. F1: their "
        "harmonic mean. Kappa: accuracy beyond what the frequencies of the levels give by chance. 'fit' are samples "
        "that the model learnt from, 'held-out' samples that it did not learn from."
    )


def predict_levels_page(result: PredictLevelsResult) -> Page:
    """The page of one run of `predict_levels`."""
    model, stack = result.model, result.stack
    when = " ".join(str(text) for text in (stack.year, stack.scenario) if text)
    page = Page("Levels of carbon density", ", ".join(text for text in (when, result.grid.describe()) if text))
    shares = result.table.column("area_share_percent")
    largest = int(np.argmax(shares))
    page.lead(
        "{:.1f} % of {} km² are at the level '{}' ({}); {}.".format(
            shares[largest], style.number(result.area_km2), model.names[largest], result.table.column("range")[largest],
            ", ".join(
                "'{}' {:.1f} %".format(name, share)
                for i, (name, share) in enumerate(zip(model.names, shares)) if i != largest
            ),
        )
    )  # fmt: skip
    page.key_figure("Cells", result.cells)
    page.key_figure("Area", result.area_km2, "km2")
    outside = 100 * result.out_of_range.any / max(1, result.cells)
    page.key_figure("Cells outside the training range", style.fixed(outside, 1), "%")
    page.notes(result.notes)
    page.note(
        "Areas: {} cell areas on {}; {:.1%} of the cells lack a driver or lie outside the study area.".format(
            result.area_mode, result.grid.describe(), result.nodata_share
        )
    )
    page.section("Levels")
    if LEVELS in result.overviews:
        legend = dict(result.legend)
        colours = dict(zip(legend, class_ramp(len(legend))))
        page.figure(
            class_map(result.overviews[LEVELS], legend, colours=colours, **map_options(result.grid)),
            "Most probable level", sampling(result.grid)[1], slug="levels",
        )  # fmt: skip
    page.table(result.table)
    page.section("Drivers and their training range")
    page.paragraph(
        "Outside the range of the training samples the model does not extrapolate: the prediction there is that of the "
        "nearest values it knows."
    )
    page.table(result.range_table)
    _model_facts(page, result)
    return page


def _model_facts(page: Page, result: PredictLevelsResult) -> None:
    model = result.model
    parts = [
        "{:.1%} of {:,} samples ({})".format(facts["accuracy"], facts["n"], label)
        for label, facts in sorted(model.metrics.items(), reverse=True)
        if isinstance(facts, dict) and "accuracy" in facts and "n" in facts
    ]
    page.method(
        "Levels by CatBoost (Xinjiang paper, section 2.3), trained on {:,} samples of {} {}. It met the level of {}. A "
        "cell gets its most probable level; the mean probability of a level is the share of the area expected of "
        "it.".format(
            int(model.counts.sum()), model.pool or "carbon density", model.year or "", " and of ".join(parts) or "–"
        ),
        REFERENCES[:1],
    )
