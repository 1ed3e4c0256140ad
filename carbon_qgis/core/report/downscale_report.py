"""Report page of a downscaled driver: the coarse cells and the fine ones, and what became of the mean."""

from typing import List

import numpy as np

from ..downscale_result import DownscaleResult
from ..units import DEGREE_C, driver_unit
from . import style
from .extent import map_options, sampling
from .figures import panel_maps, raster_map
from .overview_figures import nodata_note, widened
from .page import Page

REFERENCES = (
    "Shepard, D. (1968). A two-dimensional interpolation function for irregularly-spaced data. Proceedings of the 1968 "
    "23rd ACM National Conference, 517-524.",
    "Maraun, D., Widmann, M. (2018). Statistical downscaling and bias correction for climate research. Cambridge "
    "University Press.",
)
_WORDS = {"idw": "inverse distance weighting", "bilinear": "bilinear interpolation", "delta": "a change on a baseline"}
_MEANS = ("band", "unit", "coarse_unit", "coarse_mean", "fine_mean", "difference", "difference_percent")
_RANGES = ("band", "coarse_min", "coarse_max", "fine_min", "fine_max", "cells", "area_km2", "filled_cells")
_CHANGES = ("band", "unit", "change", "baseline_mean", "fine_mean", "coarse_cells_left_out", "coarse_cells_cut")


def downscale_page(result: DownscaleResult) -> Page:
    """The page of one run of `downscale`."""
    about = [", ".join(result.names[:6]), result.scenario, str(result.year or ""), result.grid.describe()]
    page = Page("Downscaled driver", ", ".join(part for part in about if part))
    _leads(page, result)
    rows = result.bands.as_dicts()
    for row in rows[:3]:
        page.key_figure("Mean of {}, fine".format(row["band"]), row["fine_mean"], row["unit"])
        page.key_figure("Mean of {}, coarse".format(row["band"]), row["coarse_mean"], row["coarse_unit"])
    page.key_figure("Cells", result.cells)
    page.key_figure("Area", result.area_km2, "km2")
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    page.section("Before and after")
    page.table(result.bands.only(_MEANS, "Means on the cells that have a value before and after, area-weighted"))
    if result.ratio:
        page.table(result.bands.only(_CHANGES, "What was done to the fine baseline"))
    page.table(result.bands.only(_RANGES, "Ranges and cells"))
    _maps(page, result)
    _method(page, result)
    return page


def _leads(page: Page, result: DownscaleResult) -> None:
    page.lead(
        "{} from {} to {}, by {}.".format(
            ", ".join(result.names), result.coarse_grid.describe(), result.grid.describe(),
            _WORDS[result.options.method],
        )
    )  # fmt: skip
    for row in result.bands.as_dicts()[:3]:
        if row["difference"] is not None:
            page.lead(_mean_sentence(row))
    page.lead(
        "The detail comes from the fine baseline, the change from the coarse model: what happens inside a coarse cell "
        "is what happened there in the baseline period. The difference of the means is the bias that the coarse model "
        "has in that period."
        if result.ratio
        else "Interpolation makes the cells smaller, not the information finer: what happens inside a coarse cell is "
        "not known. Where a fine raster of a past period exists, the method 'delta' keeps its detail."
    )


def _mean_sentence(row: dict) -> str:
    text = "The mean of {} over the area is {} {} before and {} {} after: a difference of {} {}".format(
        row["band"], style.number(row["coarse_mean"]), row["unit"], style.number(row["fine_mean"]), row["unit"],
        style.number(row["difference"], 3), row["unit"],
    )  # fmt: skip
    share = row["difference_percent"]
    return text + (" ({} %).".format(style.number(share, 3)) if share is not None else ".")


def _maps(page: Page, result: DownscaleResult) -> None:
    for band, name in enumerate(result.names):
        if "after {}".format(band) not in result.overviews:
            return
        panels = _panels(result, band)
        # The arithmetic units differ where a change in K is added to degC: then the coarse map has its own scale.
        alike = result.coarse_units[band] in ("", result.units[band])
        shown = panels if alike else panels[1:]
        page.figure(
            panel_maps(
                shown, result.units[band], quantity=name, columns=min(3, len(shown)), limits=_limits(shown),
                **map_options(result.grid),
            ),
            "{} before and after".format(name),
            "One scale for all maps. {}".format(sampling(result.grid)[1]).strip(), slug="maps-{}".format(name),
        )  # fmt: skip
        if alike and not result.ratio:
            _difference(page, result, band, name)


def _panels(result: DownscaleResult, band: int) -> List:
    panels = [("coarse cells", result.overviews["before {}".format(band)])]
    if result.ratio:
        panels.append(("fine baseline", result.overviews["baseline {}".format(band)]))
    return panels + [("result", result.overviews["after {}".format(band)])]


def _limits(panels: List):
    values = np.concatenate([array[np.isfinite(array)] for _, array in panels])
    return widened((float(values.min()), float(values.max()))) if values.size else None


def _difference(page: Page, result: DownscaleResult, band: int, name: str) -> None:
    step = result.overviews["after {}".format(band)] - result.overviews["before {}".format(band)]
    if not np.isfinite(step).any():
        return
    page.figure(
        raster_map(
            step, result.units[band], quantity="Fine - coarse", ramp="diverging", **map_options(result.grid)
        ),
        "What the interpolation moved: {}, fine minus coarse".format(name), sampling(result.grid)[1],
        slug="difference-{}".format(name),
    )  # fmt: skip


def _method(page: Page, result: DownscaleResult) -> None:
    options, parts = result.options, []
    if options.by_weights:
        distance = "great-circle distances on a sphere" if result.great_circle else "distances in the CRS"
        limit = "" if options.max_distance_km is None else " no farther than {} km".format(
            style.number(options.max_distance_km))  # fmt: skip
        parts.append(
            "Inverse distance weighting (Jiangsu paper, section 2.2): each cell is the mean of the {} nearest centres "
            "of coarse cells{}, weighted by distance to the power −{}, with {}; centres as far as the last of them "
            "count too. A cell on a centre takes its value; coarse cells without data are left out.".format(
                options.neighbours, limit, style.number(options.power), distance
            )
        )
    if options.method == "bilinear" or result.ratio and options.interpolation == "bilinear":
        parts.append(
            "Bilinear interpolation between the centres of four coarse cells; those without data are left out, and "
            "beyond the outermost centres the outermost cells hold."
        )
    if result.ratio:
        parts.append(
            "Change on a baseline: the coarse change (future minus the mean of the baseline rasters; for amounts of "
            "water future over baseline) is interpolated, then added to or multiplied with the fine baseline. The bias "
            "of the coarse model leaves with its baseline. Ratios are not taken where the coarse baseline is below 1 % "
            "of its mean, and cut at 5."
        )
    parts.append(
        "Before is the value of the coarse cell in which the centre of a fine cell lies. {}".format(
            "Percentages of {} have no meaning and are left empty.".format(DEGREE_C)
            if DEGREE_C in map(driver_unit, result.units) else ""
        ).strip()
    )  # fmt: skip
    page.method(" ".join(parts), REFERENCES[:1] * options.by_weights + REFERENCES[1:] * bool(result.ratio))
