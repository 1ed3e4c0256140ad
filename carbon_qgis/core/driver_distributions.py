"""From cells to classes: distributions of continuous drivers, and the classes made from them, driver by driver.

Up to two passes over the rasters: extremes and samples, then histograms; regions kept in memory need only the first.
"""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .discretize import Distribution, HistogramBuilder, mixed_edges
from .driver_classes import ClassedDriver, Classing, class_driver
from .errors import InputError
from .progress import Part, Progress, check_cancelled
from .raster.blocks import Extremes, Totals
from .valid_cells import Columns, ValidCells


@dataclass(frozen=True)
class Continuous:
    """A driver to be classed: the column its values are in, its name for messages, its unit."""

    column: str
    name: str
    unit: str = ""


def survey(
    cells: ValidCells, continuous: Sequence[str], codes: Dict[str, int], y: Optional[str], span: Tuple[float, float],
    message: str,
) -> Totals:  # fmt: skip
    """First pass: number of valid cells, sum of Y, extremes and a sample of quantities, counts of class indices.

    Parameters
    ----------
    continuous : names of the columns of quantities.
    codes : by categorical column, the size of its code space.
    y : column of Y, or None.

    Returns
    -------
    Totals
        `cells`, `seen`, `y` (sum), `valid NAME` of every input, `range NAME`, `sample NAME`, `codes NAME`.
    """
    return cells.reduce(_survey, (tuple(continuous), dict(codes), y, cells.in_memory), span, message)


class _Samples(list):
    """Arrays that `+` strings together."""

    def __add__(self, other):
        return _Samples(list(self) + list(other))


def _survey(columns: Columns, params) -> Totals:
    continuous, codes, y, in_memory = params
    partial = Totals(cells=columns.size, seen=columns.cells_seen)
    partial.update({"valid " + name: count for name, count in columns.valid.items()})
    if y is not None:
        partial["y"] = float(columns[y].sum(dtype=np.float64))
    if not in_memory:
        for name in continuous:
            partial["range " + name] = Extremes.of(columns[name])
            partial["sample " + name] = _Samples([columns[name][columns.sample]])
    for name, size in codes.items():
        partial["codes " + name] = np.bincount(columns[name], minlength=size)
    return partial


def centre_of_y(seen: Totals) -> float:
    """A number near the mean of Y, in few digits: the same whatever the order in which Y was added up."""
    return float(np.float32(seen["y"] / seen["cells"]))


def class_columns(
    cells: ValidCells, seen: Totals, drivers: Sequence[Continuous], classing: Classing, y: Optional[str] = None,
    centre: float = 0.0, span: Tuple[float, float] = (0.35, 0.7),
) -> List[Tuple[ClassedDriver, Distribution]]:  # fmt: skip
    """Class every driver: in memory from its values, else from a fine histogram (one more pass).

    Parameters
    ----------
    seen : what `survey` found.
    y, centre : column of Y and a number near its mean; used where the classing needs Y.

    Raises
    ------
    InputError
        A constant driver, more classes than values, unusable bounds; exact breaks of a region too large for memory.
    Cancelled
    """
    y = y if classing.needs_y else None
    if not cells.in_memory:
        made = _streamed(cells, seen, drivers, classing, y, centre, span)
        sources: List[Callable[[], Distribution]] = [lambda found=made[d.column]: found for d in drivers]
    else:
        values = None if y is None else cells.kept(y).astype(np.float64) - centre
        sources = [
            lambda driver=driver: Distribution.from_values(
                cells.kept(driver.column), values, exact=classing.exact, name=driver.name
            )
            for driver in drivers
        ]
    part = Part(cells.progress, span if cells.in_memory else (span[1], span[1]))
    return class_all(drivers, sources, classing, part, cells.settings.worker_count())


def class_all(
    drivers: Sequence[Continuous], sources: Sequence[Callable[[], Distribution]], classing: Classing,
    progress: Progress, threads: int = 1,
) -> List[Tuple[ClassedDriver, Distribution]]:  # fmt: skip
    """`class_driver` of each distribution, several at a time; stops at once where the user asks to."""

    def work(driver: Continuous, source: Callable[[], Distribution]):
        check_cancelled(progress)
        distribution = source()
        return class_driver(driver.name, driver.unit, distribution, classing), distribution

    pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="carbon")
    progress.update(0.0, "Classing the drivers")
    try:
        tasks = [pool.submit(work, driver, source) for driver, source in zip(drivers, sources)]
        waiting = set(tasks)
        while waiting:
            waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED).not_done
            check_cancelled(progress)
            progress.update(1.0 - len(waiting) / len(tasks))
        return [task.result() for task in tasks]
    finally:
        # What already runs is left to end by itself: it holds nothing but memory.
        pool.shutdown(wait=False, cancel_futures=True)


def _streamed(cells, seen, drivers, classing, y, centre, span) -> Dict[str, Distribution]:
    if not drivers:
        return {}
    if classing.exact:
        raise InputError(
            "Exact natural breaks need all values in memory: {:,} cells are too many for the memory allowed. Use the "
            "fine histogram (within a millionth of the optimum), a mask, or a smaller share of the cells.".format(
                seen["cells"]
            )
        )
    edges = {}
    for driver in drivers:
        low, high = seen["range " + driver.column]
        if low == high:
            raise InputError(
                "Driver '{}' has one value ({:g} in all {:,} cells): it cannot be put into classes and explains "
                "nothing. Leave it out.".format(driver.name, low, seen["cells"])
            )
        edges[driver.column] = mixed_edges(low, high, np.concatenate(seen["sample " + driver.column]))
    found = cells.reduce(_histograms, (edges, y, centre), span, "Reading the distributions of the drivers")
    return {driver.column: found[driver.column].builder.distribution(driver.name) for driver in drivers}


@dataclass
class _Histogram:
    """A histogram that `+` merges."""

    builder: HistogramBuilder

    def __add__(self, other: "_Histogram") -> "_Histogram":
        self.builder.merge(other.builder)
        return self


def _histograms(columns: Columns, params) -> Totals:
    edges, y, centre = params
    values = None if y is None else columns[y].astype(np.float64) - centre
    partial = Totals()
    for name, bins in edges.items():
        builder = HistogramBuilder(bins)
        builder.add(columns[name], values, name)
        partial[name] = _Histogram(builder)
    return partial
