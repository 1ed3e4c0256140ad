"""Report page of an estimated density map (Xinjiang paper, eq. 3)."""

import numpy as np

from ..density import BLENDED, HARD, MEAN_MATCHED, PUBLISHED, SCALED
from ..estimate_result import EstimateResult
from . import style
from .classify_report import class_ramp
from .extent import map_options, sampling
from .figures import class_map, raster_map
from .overview_figures import map_and_histogram, nodata_note
from .page import Page

_RESTORATIONS = {
    SCALED: "density = [Cpre · (Bmax − Bmin) + Bmin] · ratio: the whole density is multiplied, so that the map "
    "delivers the ratio",
    PUBLISHED: "density = Cpre · ratio · (Bmax − Bmin) + Bmin, as printed: only the part above the lower bound of the "
    "level is multiplied, so that the map delivers less than the ratio, and Bmax can be exceeded",
    MEAN_MATCHED: "density = [Cpre · (Bmax − Bmin) + Bmin] · f, with f such that the area-weighted mean of the map is "
    "the pool mean of the year",
}
_BLENDINGS = {
    BLENDED: "the density of a cell is the mean of the densities of its levels, weighted by their probabilities",
    HARD: "the density of a cell is that of its most probable level, which makes jumps where levels meet",
}
_CONFORMAL = (
    "Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. & Wasserman, L. (2018). Distribution-free predictive "
    "inference for regression. Journal of the American Statistical Association 113, 1094-1111."
)
_APPLICABILITY = (
    "Meyer, H. & Pebesma, E. (2021). Predicting into unknown space? Estimating the area of applicability of spatial "
    "prediction models. Methods in Ecology and Evolution 12, 1620-1633."
)


def estimate_page(result: EstimateResult) -> Page:
    """The page of one run of `estimate_density`."""
    about = [str(part) for part in (result.pool, result.year) if part]
    page = Page("Estimated carbon density", ", ".join(about + [result.grid.describe()]))
    _head(page, result)
    _ratio(page, result)
    _density(page, result)
    _levels(page, result)
    _reliability(page, result)
    page.section("Drivers outside the training range")
    page.paragraph(
        "Trees and bounded networks do not extrapolate: beyond the range of the training samples the estimate stays at "
        "that of the nearest values, and it may be wrong."
    )
    page.table(result.outside)
    _method(page, result)
    return page


def _head(page: Page, result: EstimateResult) -> None:
    check, unit = result.checks["mid"], style.pretty_unit(result.unit)
    page.lead(
        "The estimated {}map holds {} Tg C on {} km², {} {} on average. Asked for a ratio of {} to the base year, it "
        "delivers {}.".format(
            "{} carbon ".format(result.pool) if result.pool else "", style.number(result.total),
            style.number(result.area_km2), style.number(result.mean), unit, style.number(check.asked),
            style.number(check.delivered),
        )
    )  # fmt: skip
    page.lead(
        "This is a model's estimate, not a measurement: how good it is, only the held-out scores of the models can "
        "say, and they hold for conditions like those of the training samples."
    )
    page.key_figure("Mean density", result.mean, result.unit)
    page.key_figure("Total", result.total, "Tg C")
    page.key_figure("Ratio asked", check.asked)
    page.key_figure("Ratio delivered", check.delivered)
    if result.inside_share is not None:
        page.key_figure("Inside the area of applicability", "{:.1%}".format(result.inside_share))
    if result.mean_interval_width is not None:
        label = "Mean width of the {:.0%} interval".format(result.interval_level)
        page.key_figure(label, result.mean_interval_width, result.unit)
    page.key_figure("Valid area", result.area_km2, "km2")
    page.notes(result.warnings + result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)


def _ratio(page: Page, result: EstimateResult) -> None:
    page.section("Ratio asked and delivered")
    ratio = result.ratio
    if ratio.mean_kg is not None:
        page.paragraph(
            "Pool mean of {}: {} kg C/m²; of the base year {}: {} kg C/m² ({}).{}".format(
                ratio.year, style.number(ratio.mean_kg), ratio.base_year, style.number(ratio.base_kg), ratio.source,
                " Low and high are the ends of the {} % forecast interval.".format(ratio.interval)
                if ratio.interval else "",
            )
        )  # fmt: skip
    else:
        page.paragraph("The ratio to the base year is {}.".format(ratio.source))
    page.table(result.ratios)


def _density(page: Page, result: EstimateResult) -> None:
    page.section("Density")
    seen = result.overviews["density"]
    finite = seen[np.isfinite(seen)]
    limits = result.ranges.get("DENSITY")
    if limits is None and finite.size:
        limits = (float(finite.min()), float(finite.max()))
    if finite.size:
        map_and_histogram(page, seen, result.grid, result.unit, "Carbon density", limits, "density")


def _levels(page: Page, result: EstimateResult) -> None:
    page.section("Levels")
    seen = result.overviews["levels"]
    names = dict(result.legend)
    if np.isfinite(seen).any():
        colours = dict(zip(names, class_ramp(len(names))))
        page.figure(
            class_map(seen, names, colours=colours, **map_options(result.grid)), "Most probable level",
            sampling(result.grid)[1], slug="levels",
        )  # fmt: skip
    page.table(result.levels)


def _reliability(page: Page, result: EstimateResult) -> None:
    inside, width = result.overviews["inside"], result.overviews["width"]
    if not (np.isfinite(inside).any() or np.isfinite(width).any()):
        return
    page.section("Reliability")
    caption = sampling(result.grid)[1]
    if np.isfinite(inside).any():
        page.figure(
            class_map(
                inside, {0: "outside", 1: "inside"}, colours={0: "#b35806", 1: "#d8daeb"}, **map_options(result.grid)
            ),
            "Area of applicability",
            "Inside, the dissimilarity index does not exceed {}. {}".format(style.number(result.threshold), caption),
            slug="applicability",
        )  # fmt: skip
    if np.isfinite(width).any():
        page.figure(
            raster_map(width, result.unit, quantity="Width of the interval", **map_options(result.grid)),
            "Width of the {:.0%} prediction interval".format(result.interval_level), caption, slug="interval-width",
        )  # fmt: skip


def _method(page: Page, result: EstimateResult) -> None:
    page.method(
        "Equation 3 of the Xinjiang paper, form '{}': {}. Blending '{}': {}. The ratio is the pool mean of the year "
        "over that of the base year; the ratio delivered is the area-weighted mean of this map over that of the same "
        "map at ratio 1.".format(
            result.restoration, _RESTORATIONS[result.restoration], result.blending, _BLENDINGS[result.blending]
        )
    )
    if result.inside_share is not None:
        page.method(
            "Area of applicability: drivers are standardised and weighted by importance; the distance of a cell to the "
            "nearest training sample, over the mean distance between training samples, is its dissimilarity index. The "
            "threshold is the largest index, outliers left out, that training samples have among the other spatial "
            "folds.", (_APPLICABILITY,),
        )  # fmt: skip
    if result.interval_level is not None:
        page.method(
            "Prediction intervals: residuals of models that did not see the spatial block, divided by their expected "
            "size, give the ends; the expected size follows the drivers, the density and the spread between levels. "
            "They hold the error of the models for the base year, not that of the forecast ratio.", (_CONFORMAL,),
        )  # fmt: skip
