"""Report page of a time aggregation."""

from ..time_aggregation import TimeAggregationResult
from . import style
from .extent import map_options, sampling
from .figures import class_bars, raster_map
from .overview_figures import map_and_histogram, nodata_note, widened
from .page import Page

MOST_BARS = 40
_WORDS = {"mean": "Mean", "sum": "Sum", "max": "Maximum", "min": "Minimum"}


def time_aggregation_page(result: TimeAggregationResult) -> Page:
    """The page of one run of `aggregate_time`."""
    quantity = "{} of {}".format(_WORDS[result.statistic], result.variable)
    about = [str(result.year)] if result.year else []
    page = Page(quantity, ", ".join(about + [result.grid.describe()]))
    page.lead(
        "{} over {} time step{}: from {} to {}, {} on average over cells{}.".format(
            quantity, len(result.steps.rows), "" if len(result.steps.rows) == 1 else "s", style.number(result.low),
            style.number(result.high), style.number(result.mean),
            ", in " + style.pretty_unit(result.unit) if style.pretty_unit(result.unit) else "",
        )
    )  # fmt: skip
    page.key_figure("Steps", len(result.steps.rows))
    page.key_figure("Mean over cells", result.mean, result.unit)
    page.key_figure("Smallest", result.low, result.unit)
    page.key_figure("Largest", result.high, result.unit)
    page.key_figure("Valid cells", result.valid_cells)
    page.notes(result.notes)
    nodata_note(page, result.nodata_share)
    page.section("Result")
    if "AGGREGATE" in result.overviews:
        map_and_histogram(
            page, result.overviews["AGGREGATE"], result.grid, result.unit, quantity, (result.low, result.high), "result"
        )
    fewest, most = result.ranges["COUNT"]
    if fewest == most:
        page.paragraph("Every cell of the study area has {:.0f} valid steps.".format(most))
    elif "COUNT" in result.overviews:
        page.figure(
            raster_map(
                result.overviews["COUNT"], "1", quantity="Valid steps", limits=widened(result.ranges["COUNT"]),
                **map_options(result.grid),
            ),
            "Number of valid steps", sampling(result.grid)[1], slug="count",
        )  # fmt: skip
    page.section("Steps")
    rows = result.steps.as_dicts()
    if 1 < len(rows) <= MOST_BARS:
        names, means = [row["step"] for row in rows], [row["mean"] for row in rows]
        figure = class_bars(names, means, result.unit, quantity="Mean of {}".format(result.variable))
        page.figure(figure, "Mean over the valid cells of each step", slug="steps")
    page.table(result.steps)
    page.method(
        "Each cell takes the {} of its valid steps where at least {} of {} are valid; steps are read one after the "
        "other. Means over cells carry no area weights.".format(
            {"mean": "mean", "sum": "sum", "max": "largest", "min": "smallest"}[result.statistic],
            result.minimum_count, len(rows),
        )
    )  # fmt: skip
    return page
