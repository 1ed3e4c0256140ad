"""Report page of the training of a random forest (Jiangsu paper, section 2.3.2)."""

from typing import Any, Optional

import numpy as np

from ..forest_options import INVERSE_OF_MEAN, MEAN_OF_INVERSES, MEASURED, MODEL, PUBLISHED
from ..forest_scores import TotalBias, importance_table
from ..forest_training import ForestFit
from ..results import Column, Table
from . import style
from .figures import class_bars
from .importance_figure import importance_panels
from .metric_tables import comparison_for_reading
from .page import Page
from .scatter import density_scatter

REFERENCES = (
    "Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.",
    "Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal, spatial, hierarchical, or "
    "phylogenetic structure. Ecography 40, 913-929.",
    "Strobl, C., Boulesteix, A.-L., Zeileis, A. & Hothorn, T. (2007). Bias in random forest variable importance "
    "measures. BMC Bioinformatics 8, 25.",
)
_SHOWN = ("n", "r", "R2", "MAE", "RMSE", "NRMSE", "bias")
_TRANSFORMS = {
    INVERSE_OF_MEAN: "The density was transformed (Yeo-Johnson) and the mean of the trees transformed back, as "
    "published: the inverse of a mean is not the mean of inverses, and totals come out too low.",
    MEAN_OF_INVERSES: "The density was transformed (Yeo-Johnson) and every leaf transformed back before the mean.",
}
_BINS = 60
_MOST_DRIVERS = 30


def target_sentence(kind: Optional[str]) -> str:
    """What an accuracy is worth, by what the target of the training was."""
    if kind == MODEL:
        return (
            "The forest was trained on the map of a model (InVEST or another): the accuracy says how well it repeats "
            "that map. Truth is not tested."
        )
    if kind == MEASURED:
        return "The density of the samples was given as measured: the accuracy is against measurements."
    return (
        "It was not said what the density of the samples is. If it is the map of a model (InVEST or another), the "
        "accuracy says how well the forest repeats that map, and truth is not tested."
    )


def forest_page(fit: ForestFit) -> Page:
    """The page of one run of `fit_forest`."""
    forest = fit.forest
    page = Page("Random forest of carbon density: model", " ".join(str(x) for x in (forest.pool, forest.year) if x))
    _leads(page, fit)
    page.notes(fit.notes)
    _accuracy(page, fit)
    _folds(page, fit)
    _importance(page, fit)
    if fit.tuning is not None:
        page.section("Choice of depth, leaf and share of drivers")
        page.paragraph(
            "Mean R² over random folds inside the training samples; the row with a 1 in the last column was used."
        )
        page.table(fit.tuning)
    if fit.removed is not None and fit.removed.rows:
        page.section("Samples removed")
        page.table(fit.removed)
    _reliability(page, fit)
    _method(page, fit)
    return page


def _leads(page: Page, fit: ForestFit) -> None:
    forest, test = fit.forest, fit.metrics["test rows"]
    page.lead(
        "{:,} trees learnt {} from {} drivers and {:,} samples. On {:,} test samples that they had not seen ({}), "
        "R² is {} and the RMSE {} {}.".format(
            len(forest.arrays), "the {} carbon density".format(forest.pool) if forest.pool else "carbon density",
            len(forest.drivers), fit.metrics["training rows"].n, test.n, test.scheme, _two(test.r_squared),
            style.number(test.rmse, 3), style.pretty_unit(forest.unit),
        )
    )  # fmt: skip
    spatial = fit.metrics.get("spatial blocks")
    if spatial is not None:
        page.lead(
            "On whole spatial blocks that were left out in turn, R² is {}: what to expect in places without samples "
            "nearby.".format(_two(spatial.r_squared))
        )
    else:
        page.warning(
            "There was no cross-validation by spatial blocks: the accuracy of random test samples flatters, because "
            "their neighbours were learnt."
        )
    page.lead(_bias_sentence(fit.total_bias["test rows"]))
    page.lead(target_sentence(fit.options.target_kind))
    page.key_figure("R², test samples (held-out)", _two(test.r_squared))
    if spatial is not None:
        page.key_figure("R², spatial blocks (held-out)", _two(spatial.r_squared))
    page.key_figure("R², training samples (fit)", _two(fit.metrics["training rows"].r_squared))
    page.key_figure("RMSE, test samples (held-out)", test.rmse, forest.unit)
    page.key_figure("Error of the total, test samples (held-out)", _signed(fit.total_bias["test rows"].share), "%")


def _bias_sentence(bias: TotalBias) -> str:
    if not np.isfinite(bias.share):
        return "The test samples have no total: its error cannot be told."
    text = "The predicted total of the test samples is {} % {} than the true one".format(
        style.fixed(abs(100 * bias.share), 1), "higher" if bias.share > 0 else "lower"
    )
    if not np.isfinite(bias.low):
        return text + "."
    text += " (95 % interval {} to {} %). ".format(_signed(bias.low), _signed(bias.high))
    if bias.excludes_zero:
        return text + "Chance alone hardly explains this: totals of maps made with this forest are biased as well."
    return text + "The interval holds 0: no bias of totals is shown."


def _accuracy(page: Page, fit: ForestFit) -> None:
    page.section("Accuracy")
    page.table(comparison_for_reading(fit.metrics, fit.forest.unit, "samples", "Accuracy of the forest", _SHOWN))
    columns = (
        Column("samples", "text"), Column("label", "text"), Column("error_percent", "text"),
        Column("low_percent", "text"), Column("high_percent", "text"),
    )  # fmt: skip
    rows = [
        [name, fit.metrics[name].label] + [_signed(value) for value in bias] for name, bias in fit.total_bias.items()
    ]
    page.table(Table("Error of the total, with its 95 % interval", columns, rows))
    reference, prediction = fit.test
    metrics = fit.metrics["test rows"]
    edges, counts = _pairs(reference, prediction)
    line = None if metrics.slope is None else (metrics.intercept, metrics.slope)
    texts = [
        "held-out (n = {})".format(style.number(metrics.n)),
        "R² = {}   r = {}".format(_two(metrics.r_squared), _two(metrics.r)),
        "RMSE = {} {}".format(style.number(metrics.rmse, 3), style.pretty_unit(fit.forest.unit)),
    ]
    page.figure(
        density_scatter(edges, counts, fit.forest.unit, line, texts=texts, counted="Samples"),
        "Test samples: prediction against reference (held-out)",
        "Dashed: 1:1. Line: least squares. A slope below 1 is the pull of a forest towards the mean.", slug="scatter",
    )  # fmt: skip


def _pairs(reference: np.ndarray, prediction: np.ndarray) -> Any:
    both = np.concatenate([reference, prediction])
    low, high = float(both.min()), float(both.max())
    edges = np.linspace(low, high if high > low else low + 1.0, _BINS + 1)
    return edges, np.histogram2d(prediction, reference, (edges, edges))[0]


def _folds(page: Page, fit: ForestFit) -> None:
    if not fit.fold_metrics:
        return
    page.section("By fold")
    names = list(fit.fold_metrics)
    scores = [fit.fold_metrics[name].r_squared for name in names]
    spatial = ["spatial" in name for name in names]
    page.figure(
        class_bars(
            names, [np.nan if score is None else score for score in scores], "1", quantity="R² (held-out)",
            colours=["#3a78a8" if each else "#8a9ba8" for each in spatial],
        ),
        "R² of each fold (held-out)",
        "Each fold was predicted by a forest that had not seen it.{}".format(
            " Random folds (grey) are those of the choice above; their neighbours were learnt, which flatters."
            if not all(spatial) else ""
        ),
        slug="folds",
    )  # fmt: skip
    page.table(comparison_for_reading(fit.fold_metrics, fit.forest.unit, "fold", "Accuracy by fold", _SHOWN))


def _importance(page: Page, fit: ForestFit) -> None:
    page.section("Importance of the drivers")
    table = importance_table(fit)
    rows = table.as_dicts()[:_MOST_DRIVERS]
    page.figure(
        importance_panels(
            [row["driver"] for row in rows],
            {
                "Permutation: loss of R²": ([row["permutation_loss_of_R2"] for row in rows], "1"),
                "Impurity: share": ([row["impurity_percent"] for row in rows], "%"),
            },
        ),
        "Importance of each driver",
        "Left: loss of R² on the test samples when the driver is shuffled (0 or below: no use). Right: share of the "
        "decrease of the variance in the trees, measured on the training samples; it favours drivers with many "
        "values. Drivers that say the same share their importance; neither is a measure of cause.",
        slug="importance",
    )  # fmt: skip
    page.table(table)


def _reliability(page: Page, fit: ForestFit) -> None:
    forest = fit.forest
    if forest.applicability is None:
        return
    page.section("Where the forest can be trusted")
    text = (
        "The model holds {:,} training points: a cell whose dissimilarity index is above {} lies outside the area of "
        "applicability."
    ).format(len(forest.applicability.points), style.number(forest.applicability.threshold, 3))
    if forest.conformal is not None:
        text += (
            " Its {:.0%} prediction intervals, from samples in blocks that were left out, held {:.0%} of such samples "
            "on average ({:.0%} in the worst fold); mean width {} {}."
        ).format(
            forest.conformal.level, forest.conformal.coverage.mean(), forest.conformal.coverage.min(),
            style.number(forest.conformal.mean_width, 3), style.pretty_unit(forest.unit),
        )  # fmt: skip
    page.paragraph(text)


def _method(page: Page, fit: ForestFit) -> None:
    options = fit.options
    page.method(
        "Preset '{}'. Random forest (Jiangsu paper, section 2.3.2): {} trees, at least {} in a leaf, {:.0%} of "
        "the drivers tried at each split, depth {}, seed {}. {}{} {}".format(
            options.preset, options.trees, "{} sample{}".format(options.min_leaf, "" if options.min_leaf == 1 else "s"),
            options.max_features,
            "without limit" if options.max_depth is None else "at most {}".format(options.max_depth), options.seed,
            "Training samples beyond Q1 − {0:g}·IQR or Q3 + {0:g}·IQR were removed. ".format(options.iqr_factor)
            if options.iqr_factor else "",
            _TRANSFORMS.get(options.transform, "The density was not transformed."),
            "Samples count for the cells that they stand for." if options.weighted else "Every sample counts once.",
        ),
        REFERENCES,
    )  # fmt: skip
    if options.preset == PUBLISHED:
        page.method(
            "Numbers are scaled to 0-1 by the training samples, as published; a forest does not change under it."
        )
    page.method(
        "'fit' are samples that the trees learnt from, 'held-out' samples that they did not learn from. R² = 1 − "
        "SSE/SST. Error of the total: predicted over true (weighted) total, minus 1; the interval is that of a ratio "
        "of sums, with whole blocks as units where there are blocks."
    )


def _two(value: Optional[float]) -> str:
    return style.MISSING if value is None else style.fixed(value, 2)


def _signed(share: float) -> str:
    if not np.isfinite(share):
        return style.MISSING
    text = style.fixed(100 * share, 1)
    return text if share < 0 else "+" + text
