"""Report page of a density map made by a random forest (Jiangsu paper, section 2.3.2)."""

from typing import Any, Mapping

import numpy as np

from ..forest import Forest
from ..predict_forest import ForestPrediction
from . import style
from .extent import map_options, sampling
from .figures import class_map, raster_map
from .forest_report import REFERENCES, target_sentence
from .overview_figures import map_and_histogram, nodata_note
from .page import Page

_APPLICABILITY = (
    "Meyer, H. & Pebesma, E. (2021). Predicting into unknown space? Estimating the area of applicability of spatial "
    "prediction models. Methods in Ecology and Evolution 12, 1620-1633."
)
_CONFORMAL = (
    "Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. & Wasserman, L. (2018). Distribution-free predictive "
    "inference for regression. Journal of the American Statistical Association 113, 1094-1111."
)
_OUTSIDE, _INSIDE = "#b35806", "#d8daeb"


def forest_map_page(result: ForestPrediction, forest: Forest) -> Page:
    """The page of one run of `predict_forest`."""
    about = [str(part) for part in (result.pool, result.year, result.scenario) if part]
    page = Page("Carbon density by a random forest", ", ".join(about + [result.grid.describe()]))
    _head(page, result, forest)
    _density(page, result)
    _reliability(page, result)
    page.section("Drivers outside the training range")
    page.paragraph(
        "A forest does not extrapolate: beyond the range of the training samples its answer stays that of the nearest "
        "values, whatever the driver does. Being inside the range of each driver does not say that their combination "
        "was seen: that is what the area of applicability tells."
    )
    page.table(result.outside)
    page.table(result.totals)
    _method(page, result, forest)
    return page


def _head(page: Page, result: ForestPrediction, forest: Forest) -> None:
    page.lead(
        "The {}map holds {} Tg C on {} km², {} {} on average. {:.1%} of its cells lie outside the training range of at "
        "least one driver.".format(
            "{} carbon ".format(result.pool) if result.pool else "", style.number(result.total),
            style.number(result.area_km2), style.number(result.mean), style.pretty_unit(result.unit),
            result.outside_share,
        )
    )  # fmt: skip
    page.lead(target_sentence(forest.facts.get("options", {}).get("target_kind")))
    page.key_figure("Total", result.total, "Tg C")
    page.key_figure("Mean density", result.mean, result.unit)
    page.key_figure("Valid area", result.area_km2, "km2")
    page.key_figure("Cells outside the training range", style.fixed(100 * result.outside_share, 1), "%")
    if result.inside_share is not None:
        page.key_figure("Inside the area of applicability", style.fixed(100 * result.inside_share, 1), "%")
    if result.mean_interval_width is not None:
        label = "Mean width of the {:.0%} interval".format(result.interval_level)
        page.key_figure(label, result.mean_interval_width, result.unit)
    page.notes(result.warnings + result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)


def _density(page: Page, result: ForestPrediction) -> None:
    page.section("Density")
    seen = result.overviews["density"]
    finite = seen[np.isfinite(seen)]
    limits = result.ranges.get("DENSITY")
    if limits is None and finite.size:
        limits = (float(finite.min()), float(finite.max()))
    if finite.size:
        map_and_histogram(page, seen, result.grid, result.unit, "Carbon density", limits, "density")
    if "CELL_CARBON" in result.ranges:
        low, high = result.ranges["CELL_CARBON"]
        page.paragraph(
            "A cell holds {} to {} t C. These are t C per cell and not per hectare: they depend on the size of the "
            "cells.".format(style.number(low), style.number(high))
        )


def _reliability(page: Page, result: ForestPrediction) -> None:
    inside, width = result.overviews.get("inside"), result.overviews.get("width")
    if inside is None and width is None:
        return
    page.section("Reliability")
    caption, options = sampling(result.grid)[1], map_options(result.grid)
    if inside is not None and np.isfinite(inside).any():
        page.figure(
            class_map(inside, {0: "outside", 1: "inside"}, colours={0: _OUTSIDE, 1: _INSIDE}, **options),
            "Area of applicability",
            "Inside, the dissimilarity index does not exceed {}. {}".format(style.number(result.threshold), caption),
            slug="applicability",
        )
    if width is not None and np.isfinite(width).any():
        page.figure(
            raster_map(width, result.unit, quantity="Width of the interval", **options),
            "Width of the {:.0%} prediction interval".format(result.interval_level), caption, slug="interval-width",
        )  # fmt: skip


def _method(page: Page, result: ForestPrediction, forest: Forest) -> None:
    page.method(
        "Mean of {:,} regression trees (random forest, Jiangsu paper, section 2.3.2), preset '{}', trained on {:,} "
        "samples{}. Its accuracy: {}.".format(
            len(forest.arrays), forest.facts.get("preset", style.MISSING),
            int(forest.facts.get("training", {}).get("rows", 0)),
            " of {}".format(forest.year) if forest.year is not None else "", _accuracies(forest.facts["metrics"]),
        ),
        REFERENCES[:1],
    )  # fmt: skip
    if result.inside_share is not None:
        page.method(
            "Area of applicability: drivers are standardised and weighted by permutation importance; the distance of a "
            "cell to the nearest training sample, over the mean distance between samples, is its dissimilarity index. "
            "The threshold is the largest index, outliers left out, that training samples have among the other folds "
            "of whole spatial blocks.", (_APPLICABILITY,),
        )  # fmt: skip
    if result.interval_level is not None:
        page.method(
            "Prediction intervals: residuals of forests that did not see the spatial block, divided by their expected "
            "size, give the ends; the expected size follows the drivers and the density. They are those of single "
            "cells: totals are more certain than their sum suggests.", (_CONFORMAL,),
        )  # fmt: skip


def _accuracies(metrics: Mapping[str, Any]) -> str:
    parts = [
        "R² {} on {} ({})".format(style.fixed(each["r_squared"], 2), rows, each.get("label", ""))
        for rows, each in metrics.items()
        if isinstance(each, Mapping) and each.get("r_squared") is not None
    ]
    return ", ".join(parts) or "not known"
