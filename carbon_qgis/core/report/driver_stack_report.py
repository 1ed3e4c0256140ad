"""Report page of a driver stack."""

from typing import List, Optional

import numpy as np

from ..driver_stack import DriverStackResult
from .extent import map_options, sampling
from .figures import class_map, panel_maps, raster_map
from .overview_figures import widened
from .page import Page

MOST_PANELS = 16
MOST_CLASSES = 40
#: Share of the cells with data that lack some driver from which on a map shows them.
LEAST_GAPS = 0.002


def driver_stack_page(result: DriverStackResult, year: Optional[int] = None, scenario: Optional[str] = None) -> Page:
    """The page of one run of `driver_stack`."""
    about = [str(part) for part in (year, scenario) if part]
    page = Page("Driver stack", ", ".join(about + [result.grid.describe()]))
    _leads(page, result)
    page.key_figure("Drivers", len(result.names))
    page.key_figure("Cells with all drivers", result.valid_cells)
    page.key_figure("Share of all cells", "{:.1%}".format(result.valid_share))
    page.notes(result.notes)
    page.section("Drivers")
    # Side by side, the columns would not fit on a page.
    kinds = ("name", "unit", "categorical", "classes", "source", "band", "aligned")
    page.table(result.drivers.only(kinds, "Drivers"))
    page.table(result.drivers.only(("name", "valid_cells", "min", "max", "mean", "sd"), "Values of the drivers"))
    _quantities(page, result)
    _classes(page, result)
    _gaps(page, result)
    page.method(
        "All drivers are on the grid of the reference raster. Quantities are averaged where cells become larger and "
        "interpolated (bilinear) where they become smaller; class codes take the commonest or the nearest class. Each "
        "driver keeps its own nodata cells. Mean and standard deviation are over cells, without area weights."
    )
    return page


def _leads(page: Page, result: DriverStackResult) -> None:
    rows = result.drivers.as_dicts()
    page.lead(
        "{} driver{} on one grid{}: {}.".format(
            len(rows), "" if len(rows) == 1 else "s", ", without a copy (virtual raster)" if result.is_vrt else "",
            ", ".join(result.names),
        )
    )  # fmt: skip
    fewest = min(rows, key=lambda row: row["valid_cells"])
    if len(rows) > 1:
        page.lead(
            "'{}' has the fewest valid cells, {:,}; models use only cells where every driver that they need is "
            "valid.".format(fewest["name"], fewest["valid_cells"])
        )


def _quantities(page: Page, result: DriverStackResult) -> None:
    numeric = [row["name"] for row in result.drivers.as_dicts() if not row["categorical"]]
    shown = [name for name in numeric if name in result.overviews][:MOST_PANELS]
    if not shown:
        return
    page.section("Maps of the drivers")
    if len(shown) == 1:
        row = result.drivers.as_dicts()[result.names.index(shown[0])]
        options = dict(map_options(result.grid), limits=widened(result.ranges[shown[0]]))
        figure = raster_map(result.overviews[shown[0]], row["unit"], quantity=shown[0], **options)
        page.figure(figure, "Map of " + shown[0], sampling(result.grid)[1], slug="drivers")
        return
    figure = panel_maps(
        [(name, _relative(result.overviews[name])) for name in shown], "1", quantity="Low to high", limits=(0.0, 1.0),
        **map_options(result.grid),
    )
    caption = "Each driver from its own 2nd (0) to its own 98th percentile (1): colours compare places, not drivers."
    if len(shown) < len(numeric):
        caption += " The first {} of {} drivers.".format(len(shown), len(numeric))
    page.figure(figure, "Drivers", " ".join((caption, sampling(result.grid)[1])).strip(), slug="drivers")


def _relative(values: np.ndarray) -> np.ndarray:
    """Values between their 2nd and 98th percentile as 0 to 1."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return values
    low, high = np.percentile(finite, (2, 98))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    if high <= low:
        return np.where(np.isfinite(values), 0.5, np.nan)
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _classes(page: Page, result: DriverStackResult) -> None:
    for name, codes in result.codes.items():
        if name in result.overviews and len(codes) <= MOST_CLASSES:
            names = {code: "class {}".format(code) for code in codes}
            page.figure(
                class_map(result.overviews[name], names, **map_options(result.grid)),
                "Classes of {}".format(name), sampling(result.grid)[1], slug="classes-" + name,
            )  # fmt: skip


def _gaps(page: Page, result: DriverStackResult) -> None:
    """Where some drivers are missing and others are not, unless these are too few cells to see."""
    layers: List[np.ndarray] = [np.isnan(result.overviews[name]) for name in result.names if name in result.overviews]
    missing = np.sum(layers, axis=0)
    anything = missing < len(layers)
    if len(layers) < 2 or np.count_nonzero(missing[anything]) < LEAST_GAPS * np.count_nonzero(anything):
        return
    names = {0: "all drivers"}
    names.update({count: "{} missing".format(count) for count in range(1, len(layers))})
    page.figure(
        class_map(np.where(anything, missing, np.nan), names, **map_options(result.grid)),
        "Cells that lack drivers", sampling(result.grid)[1], slug="missing-drivers",
    )  # fmt: skip
