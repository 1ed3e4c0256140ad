"""Report page of the classes of one raster."""

from typing import List

import numpy as np

from ..classify_raster import CLASSIFIED, ClassifyResult
from . import style
from .extent import map_options, sampling
from .figures import class_histogram_with_breaks, class_map, q_curves
from .geodetector_report import METHODS, NATURAL_REFERENCES, OPTIMAL_REFERENCES
from .page import Page

MOST_MAP_CLASSES = 40


def classify_page(result: ClassifyResult) -> Page:
    """The page of one run of `classify_raster`."""
    driver = result.driver
    page = Page("Classes of {}".format(driver.name), result.grid.describe())
    _leads(page, result)
    page.key_figure("Classes", result.classes)
    page.key_figure("Cells", result.cells)
    page.key_figure("Area", result.area_km2, "km2")
    page.key_figure("Smallest value", driver.minimum, driver.unit)
    page.key_figure("Largest bound", float(driver.bounds[-1]), driver.unit)
    if result.q is not None:
        page.key_figure("q of {}".format(result.target_name), style.fixed(result.q, 3))
    page.notes(result.notes)
    page.note("Areas: {} cell areas on {}.".format(result.area_mode, result.grid.describe()))
    page.section("Distribution and class bounds")
    page.figure(
        class_histogram_with_breaks(result.edges, result.counts, driver.bounds, driver.unit, quantity=driver.name),
        "Values of {} and the bounds of the classes".format(driver.name),
        "All {:,} cells from which the bounds come, in {} equal bins.".format(
            int(result.counts.sum()), len(result.counts)
        ),
        slug="histogram",
    )
    page.table(result.table)
    if CLASSIFIED in result.overviews and result.classes <= MOST_MAP_CLASSES:
        _map(page, result)
    if driver.optimal is not None:
        _choice(page, result)
    _method(page, result)
    return page


def _leads(page: Page, result: ClassifyResult) -> None:
    driver, counts = result.driver, np.asarray(result.driver.counts)
    largest, smallest = int(counts.argmax()), int(counts.argmin())
    page.lead(
        "{} is cut into {} classes by {}. Class {} ({}) is the largest with {:.1f} % of the cells, class {} ({}) the "
        "smallest with {:.1f} %.".format(
            driver.name, result.classes, METHODS.get(driver.method, driver.method), largest + 1, driver.labels[largest],
            100 * counts[largest] / counts.sum(), smallest + 1, driver.labels[smallest],
            100 * counts[smallest] / counts.sum(),
        )
    )  # fmt: skip
    page.lead("A class holds its upper bound, but not its lower one; the smallest value of all is in class 1.")


def class_ramp(count: int) -> List[str]:
    """`count` colours from low to high: classes of a driver have an order, and their colours say so."""
    anchors = np.array([[int(tone[i : i + 2], 16) for i in (1, 3, 5)] for tone in style.SEQUENTIAL], dtype=float)
    places = np.linspace(0, len(anchors) - 1, max(count, 2))
    channels = [np.interp(places, np.arange(len(anchors)), anchors[:, i]) for i in range(3)]
    return ["#{:02x}{:02x}{:02x}".format(*(int(round(value)) for value in rgb)) for rgb in zip(*channels)][:count]


def _map(page: Page, result: ClassifyResult) -> None:
    _, sentence = sampling(result.grid)
    classes = {code: label for code, label in enumerate(result.driver.labels, 1)}
    page.figure(
        class_map(
            result.overviews[CLASSIFIED], classes, colours=dict(zip(classes, class_ramp(len(classes)))),
            **map_options(result.grid),
        ),
        "Map of the classes",
        sentence,
        slug="classes",
    )


def _choice(page: Page, result: ClassifyResult) -> None:
    page.section("Choice of the classes")
    optimal = result.driver.optimal
    page.paragraph(
        "Every method was tried with every number of classes against {}; {}.".format(result.target_name, optimal.rule)
    )
    curves = {}
    for row in optimal.table.as_dicts():
        counts, values = curves.setdefault(row["method"], ([], []))
        counts.append(row["k"])
        values.append(row["q"])
    page.figure(q_curves(curves, (optimal.method, optimal.k)), "q by method and number of classes", slug="optimal")
    page.table(result.optimal)


def _method(page: Page, result: ClassifyResult) -> None:
    exact = "from all distinct values" if result.exact else "from a histogram of up to 65,536 fine bins"
    references = NATURAL_REFERENCES if result.driver.method == "natural" else ()
    page.method(
        "Bounds by {}, computed {}; cells are classed by their own values.".format(
            METHODS.get(result.driver.method, result.driver.method), exact
        ),
        references,
    )
    if result.driver.optimal is not None:
        page.method("Method and number of classes were chosen by the q statistic.", OPTIMAL_REFERENCES)
