"""Report page of the accuracy of a density raster (Xinjiang paper, 3.2, eq. 8 and Fig. 5)."""

from typing import List

import numpy as np

from ..assess_accuracy import AccuracyResult
from ..units import T_HA
from ..validation import FIT, AccuracyMetrics, described_label
from . import style
from .extent import map_options, sampling
from .figures import panel_maps, raster_map, value_histogram
from .metric_tables import comparison_for_reading, metrics_for_reading
from .page import Page
from .scatter import density_scatter

REFERENCES = (
    "Chan, T. F., Golub, G. H. and LeVeque, R. J. (1979). Updating formulae and a pairwise algorithm for computing "
    "sample variances. Technical Report STAN-CS-79-773, Stanford University.",
)
_BARS = 50


def accuracy_page(result: AccuracyResult) -> Page:
    """The page of one run of `assess_raster` or `assess_points`."""
    metrics = result.metrics
    of = " ".join(str(part) for part in (result.pool, result.year) if part is not None)
    page = Page("Accuracy of the carbon density", ", ".join(part for part in (of, result.grid.describe()) if part))
    _leads(page, result)
    _keys(page, metrics, result.counted)
    if metrics.label == FIT:
        page.warning(
            "These are figures of fit, not of accuracy on unseen places: choose 'held-out' only if the reference was "
            "not used in training, not even in part."
        )
    page.notes(result.notes)
    page.section("Metrics")
    page.table(metrics_for_reading(metrics, T_HA))
    _scatter(page, result)
    _errors(page, result)
    if result.overviews.get("reference") is not None:
        _maps(page, result)
    else:
        _estimate_map(page, result)
    if result.zones:
        page.section("By zone")
        page.table(comparison_for_reading({"all": metrics, **result.zones}, T_HA, "zone", "Accuracy by zone"))
    _method(page, result)
    return page


def _leads(page: Page, result: AccuracyResult) -> None:
    metrics = result.metrics
    page.lead(
        "Compared with the reference on {:,} {}, the estimate has an RMSE of {} t C/ha and a bias of {} t C/ha; R² "
        "(1 − SSE/SST) is {}.{} Every number on this page is labelled '{}'.".format(
            metrics.n, result.counted, style.number(metrics.rmse, 4), style.signed(metrics.bias),
            style.number(metrics.r_squared, 3), _relative(metrics), metrics.label,
        )
    )  # fmt: skip
    page.lead(
        "A difference holds the errors of the estimate and of the reference together; a reference that is itself the "
        "output of a model tests agreement with that model, not truth."
    )


def _relative(metrics: AccuracyMetrics) -> str:
    if metrics.mean_re is None:
        return " There is no relative error: no reference is above the threshold."
    if metrics.accuracy < 0:
        text = " The mean relative error is {:.1%}, above 100 %: 1 − mean RE, the published accuracy, is negative."
        return text.format(metrics.mean_re)
    return " The mean relative error is {:.1%}, an accuracy (1 − mean RE) of {:.1%}.".format(
        metrics.mean_re, metrics.accuracy
    )


def _keys(page: Page, metrics: AccuracyMetrics, counted: str) -> None:
    page.key_figure("Label", metrics.label)
    if metrics.accuracy is not None:
        page.key_figure("Accuracy (1 − mean RE)", style.number(100 * metrics.accuracy, 3), "%")
        page.key_figure("Median RE", style.number(100 * metrics.median_re, 3), "%")
    page.key_figure("R² (1 − SSE/SST)", style.number(metrics.r_squared, 3))
    page.key_figure("r", style.number(metrics.r, 3))
    page.key_figure("RMSE", style.number(metrics.rmse, 4), T_HA)
    page.key_figure("MAE", style.number(metrics.mae, 4), T_HA)
    page.key_figure("Bias", style.signed(metrics.bias), T_HA)
    page.key_figure(counted.capitalize(), metrics.n)


def _scatter(page: Page, result: AccuracyResult) -> None:
    metrics = result.metrics
    page.section("Estimate against reference")
    line = None if metrics.slope is None else (metrics.intercept, metrics.slope)
    texts = ["{} (n = {})".format(metrics.label, style.number(metrics.n))]
    texts += ["R² = {}   r = {}".format(style.number(metrics.r_squared, 3), style.number(metrics.r, 3))]
    texts += ["RMSE = {} {}".format(style.number(metrics.rmse, 4), style.pretty_unit(T_HA))]
    if line is not None:
        sign = "−" if line[0] < 0 else "+"
        texts.append("fit: {} × reference {} {}".format(style.number(line[1], 3), sign, style.number(abs(line[0]), 3)))
    caption = ["Colour: {} per bin. Dashed: 1:1. Line: least squares.".format(result.counted)]
    if result.scatter.beyond:
        text = "{:,} {} lie beyond the axes and are not drawn; they count in every metric and in the line."
        caption.append(text.format(result.scatter.beyond, result.counted))
    page.figure(
        density_scatter(
            result.scatter.edges, result.scatter.counts, T_HA, line, texts=texts, counted=result.counted.capitalize()
        ),
        "Estimate against reference ({})".format(described_label(metrics)), " ".join(caption), slug="scatter",
    )  # fmt: skip


def _errors(page: Page, result: AccuracyResult) -> None:
    if result.metrics.mean_re is None:
        return
    high = result.relative_error_limit
    if result.pairs is None:
        edges = np.linspace(0, high, _BARS + 1)
        counts = result.relative_error.rebinned(edges)
    else:
        errors = np.array([error for error in result.pairs.column("relative_error") if error is not None])
        counts, edges = np.histogram(errors, min(_BARS, max(8, int(2 * np.sqrt(errors.size)))), (0, high))
    label = "Area (km²)" if result.weighting == "area" else result.counted.capitalize()
    page.figure(
        value_histogram(edges, counts, "1", quantity="Relative error", count_label=label),
        "Distribution of the relative error ({})".format(result.metrics.label),
        "Half of the {} have a relative error below {:.1%}. The largest 2 % are not drawn; they count in the "
        "mean.".format("area" if result.weighting == "area" else result.counted, result.metrics.median_re),
        slug="relative-error-histogram",
    )  # fmt: skip


def _maps(page: Page, result: AccuracyResult) -> None:
    page.section("Maps")
    options, sentence = map_options(result.grid), sampling(result.grid)[1]
    both = [("Estimate", result.overviews["estimate"]), ("Reference", result.overviews["reference"])]
    page.figure(
        panel_maps(both, T_HA, **options), "Estimate and reference", style.joined("One colour scale.", sentence),
        slug="maps",
    )
    errors = result.overviews["relative error"]
    if np.isfinite(errors).any():
        limit = result.relative_error_limit
        page.figure(
            raster_map(errors, "1", quantity="Relative error", limits=(0.0, limit), **options),
            "Relative error ({})".format(result.metrics.label),
            style.joined("No data where the reference is not above the threshold.", sentence), slug="relative-error",
        )  # fmt: skip
    page.figure(
        raster_map(result.overviews["difference"], T_HA, quantity="Estimate − reference", ramp="diverging", **options),
        "Difference ({})".format(result.metrics.label),
        style.joined("Centred on 0: green where the estimate is too high, brown where too low.", sentence),
        slug="difference",
    )  # fmt: skip


def _estimate_map(page: Page, result: AccuracyResult) -> None:
    page.section("Map")
    page.figure(
        raster_map(result.overviews["estimate"], T_HA, **map_options(result.grid)), "Estimate",
        sampling(result.grid)[1], slug="estimate",
    )  # fmt: skip


def _method(page: Page, result: AccuracyResult) -> None:
    metrics = result.metrics
    texts: List[str] = [
        "Relative error RE = |reference − estimate| / reference (Xinjiang paper, equation 8), where the reference is "
        "above {} t C/ha; accuracy = 1 − mean RE. R² = 1 − SSE/SST, which is never above the square of Pearson's r: a "
        "publication in which it is has used another definition.".format(style.number(metrics.threshold, 4))
    ]
    texts.append(
        {
            "area": "Each cell is weighted by its area ({} cell areas).".format(result.area_mode),
            "weights": "Each point has the weight of its field.",
            "equal": "Every one of the {} counts the same.".format(result.counted),
        }[result.weighting]
    )
    if metrics.scheme:
        texts.append("Held out by: {}.".format(metrics.scheme))
    if result.counted == "cells":
        texts.append("Sums are carried from block to block as means and centred squares; the median is read from 4,096 "
                     "logarithmic classes, within 0.9 %.")  # fmt: skip
    page.method(" ".join(texts), REFERENCES if result.counted == "cells" else ())
