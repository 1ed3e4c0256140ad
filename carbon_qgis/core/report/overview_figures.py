"""Map and histogram of one output raster, drawn from the sample of its cells that a run keeps."""

from typing import Tuple

import numpy as np

from ..raster.grid import Grid
from .extent import map_options, sampling
from .figures import raster_map, value_histogram
from .page import Page

_BARS = 60


def map_and_histogram(
    page: Page, overview: np.ndarray, grid: Grid, unit: str, quantity: str, limits: Tuple[float, float], slug: str
) -> None:
    """Add both to a page.

    Parameters
    ----------
    overview : sample of the raster, NaN without data.
    limits : smallest and largest value of all cells; the histogram spans them.
    """
    step, sentence = sampling(grid)
    wide = widened(limits)
    ends = wide if limits[0] == limits[1] else None
    page.figure(
        raster_map(overview, unit, quantity=quantity, limits=ends, **map_options(grid)), "Map of " + _lower(quantity),
        sentence, slug=slug,
    )  # fmt: skip
    values = overview[np.isfinite(overview)].astype(np.float64)
    if not values.size:
        return
    counts, edges = np.histogram(values, _BARS, wide)
    caption = "All valid cells." if step == 1 else sentence.replace("Drawn", "Counted")
    page.figure(
        value_histogram(edges, counts, unit, quantity=quantity), "Distribution of " + _lower(quantity), caption,
        slug=slug + "-histogram",
    )  # fmt: skip


def nodata_note(page: Page, share: float, area_mode: str = "") -> None:
    """How areas were measured and which share of the cells has no data, where there is anything to say."""
    parts = ["Areas: {} cell areas".format(area_mode)] if area_mode else []
    if share > 0:
        parts.append("{:.1%} of the cells are nodata or outside the study area".format(share))
    if parts:
        page.note("; ".join(parts) + ".")


def widened(limits: Tuple[float, float]) -> Tuple[float, float]:
    """Limits of an axis: a single value gets some room on both sides."""
    low, high = limits
    room = 0.01 * abs(low) or 0.5
    return (low, high) if high > low else (low - room, high + room)


def _lower(quantity: str) -> str:
    """In the middle of a sentence: an abbreviation such as NDVI keeps its capitals."""
    return quantity[:1].lower() + quantity[1:] if quantity[1:2].islower() else quantity
