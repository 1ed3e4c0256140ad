"""Report page of a sampling of carbon density (Xinjiang paper, 2.1.4)."""

from typing import Any

import numpy as np

from ..samples import SPLITS
from ..sampling import SamplingResult
from . import style
from .extent import map_options
from .figures import class_map, value_histogram
from .layout import Key, framed, tick_width, value_axis
from .page import Page

_COLOURS = {0: "#f6eccb", 1: "#3a78a8", 2: "#e69f00", 3: "#a3324b"}
#: Cells along the longer side of the map of the points: few enough for a single sample to be seen.
_MAP_SIDE = 220
_HEIGHT = 2.5
_DESIGNS = {
    "random": "every valid cell had the same chance",
    "proportional": "from every interval of the density in proportion to its cells",
    "published": "up to {:,} from each of {} equal intervals of the density",
}


def sampling_page(result: SamplingResult) -> Page:
    """The page of one run of `sample_density`."""
    samples = result.samples
    about = [text for text in (samples.pool, samples.year and str(samples.year), result.grid.describe()) if text]
    page = Page("Samples of carbon density", ", ".join(about))
    _leads(page, result)
    page.key_figure("Samples", len(samples))
    for name, count in result.split_counts.items():
        page.key_figure(name.capitalize(), count)
    page.key_figure("Valid cells", result.cells)
    page.key_figure("Spatial blocks", result.blocks)
    page.key_figure("Side of a block", result.block_km, "km")
    page.notes(result.notes)
    _distribution(page, result)
    page.section("Where the samples lie")
    page.figure(
        class_map(_map(result), {0: "no sample", 1: "train", 2: "validation", 3: "test"}, colours=_COLOURS,
                  **map_options(result.grid)),
        "Samples by part of the split", "Drawn in coarse cells; of several samples in one, one is shown.", slug="map",
    )  # fmt: skip
    page.section("Samples by interval")
    page.table(result.intervals)
    if result.removed.rows:
        page.table(result.removed)
    _method(page, result)
    return page


def _leads(page: Page, result: SamplingResult) -> None:
    samples, unit = result.samples, style.pretty_unit(result.samples.unit)
    design = _DESIGNS[result.options.design].format(result.options.per_interval, result.options.intervals)
    dates = " at {} dates".format(samples.steps) if samples.steps > 1 else ""
    page.lead(
        "{:,} samples with {} drivers{} come from {:,} cells: {}.".format(
            len(samples), len(samples.drivers), dates, result.cells, design
        )
    )
    cleaned = ", after the removal of outliers" if sum(result.intervals.column("removed")) else ""
    mean = "Mean density of all cells: {} {}; of the samples{}, with their weights: {} {}".format(
        style.number(result.population_mean, 4), unit, cleaned, style.number(result.sample_mean, 4), unit
    )
    plain = float(samples.target.mean())
    if np.ptp(samples.weight) > 0:
        mean += "; without them: {} {}".format(style.number(plain, 4), unit)
        if result.population_mean:
            mean += " ({} %)".format(style.signed(100 * (plain / result.population_mean - 1)))
    page.lead(mean + ".")


def _distribution(page: Page, result: SamplingResult) -> None:
    page.section("Distribution of the density")
    drawn = np.bincount(result.interval - 1, minlength=len(result.population))
    page.figure(
        shares_histogram(result.edges, result.population, drawn, result.samples.unit),
        "Density of all valid cells and of the samples", "Share of each interval, samples without weights.",
        slug="population-and-samples",
    )  # fmt: skip
    page.figure(
        value_histogram(
            result.edges, drawn, result.samples.unit, quantity="Carbon density", count_label="Samples"
        ),
        "Samples by interval of the density",
        "{} of {} intervals hold samples.".format(int((drawn > 0).sum()), len(drawn)), slug="achieved-counts",
    )  # fmt: skip


def shares_histogram(edges: np.ndarray, population: np.ndarray, drawn: np.ndarray, unit: str) -> Any:
    """Bars of the population and a line of the sample, both as percent per interval.

    Parameters
    ----------
    edges : (L + 1,) equal intervals.
    population, drawn : (L,) cells and samples.
    """
    shares = [100.0 * np.asarray(counts) / max(1, np.sum(counts)) for counts in (population, drawn)]
    high = 1.05 * float(max(share.max() for share in shares)) or 1.0
    keys = [Key("all valid cells", style.STABLE), Key("samples", _COLOURS[1], "line")]
    sheet, ax, length = framed("", tick_width(0, high, _HEIGHT) + 0.45, 0.44, _HEIGHT, keys=keys)
    ax.bar(edges[:-1], shares[0], np.diff(edges), align="edge", color=style.STABLE, linewidth=0)
    ax.stairs(shares[1], edges, color=_COLOURS[1], linewidth=1.2)
    value_axis(ax, "x", float(edges[0]), float(edges[-1]), length, "Carbon density", unit, grid=False)
    value_axis(ax, "y", 0.0, high, _HEIGHT, "Share", "%")
    return sheet.figure


def _map(result: SamplingResult) -> np.ndarray:
    """Codes of the map: NaN no data, 0 no sample, else 1 + position of the part in `SPLITS`."""
    height, width = result.grid.shape
    step = max(1, -(-max(height, width) // _MAP_SIDE))
    codes = np.full((-(-height // step), -(-width // step)), np.nan)
    seen_rows, seen_cols = np.nonzero(np.isfinite(result.picture))
    stride = height / result.picture.shape[0], width / result.picture.shape[1]
    codes[(seen_rows * stride[0] // step).astype(int), (seen_cols * stride[1] // step).astype(int)] = 0
    # In a random order, so that where many samples share a cell each part is shown as often as it is there.
    order = np.random.default_rng(0).permutation(len(result.samples))
    which = 1 + np.array([SPLITS.index(split) for split in result.samples.split[order].tolist()])
    codes[result.row[order] // step, result.col[order] // step] = which
    return codes


def _method(page: Page, result: SamplingResult) -> None:
    options = result.options
    page.method(
        "A cell can be a sample if the density and all drivers are valid there. Every cell has a random number made "
        "from its position and the seed {}; the smallest ones are the sample, so it does not depend on how the raster "
        "was read.{}".format(options.seed, " Drawn with replacement." if _replaced(options) else "")
    )
    if options.design != "random":
        page.method(
            "Samples by intervals of the density (Xinjiang paper, section 2.1.4). The weight of a sample is the number "
            "of cells of its interval divided by the samples drawn from it, scaled to mean 1 over all that were drawn."
        )
    page.method(
        "Spatial blocks: {}. The split ({} = train : test : validation) is {}.".format(
            result.block_layout, " : ".join("{:g}".format(share) for share in options.shares),
            "by whole blocks" if options.split_by == "blocks" else "random, sample by sample: neighbours of training "
            "samples are among the test samples, and a score on them flatters models in places without samples",
        )
    )  # fmt: skip
    if options.ranges or options.iqr_factor is not None:
        page.method(
            "Valid ranges and outliers concern training samples only{}.".format(
                "; fences Q1 − k·IQR and Q3 + k·IQR with k = {:g}, from the weighted training samples inside the valid "
                "ranges".format(options.iqr_factor) if options.iqr_factor is not None else ""
            )
        )  # fmt: skip


def _replaced(options) -> bool:
    return options.replace and options.design == "published"
