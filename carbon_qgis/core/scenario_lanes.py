"""Batches of an ensemble one after the other, or several at a time where a grid has too few tiles for all cores.

A tile is the unit of parallel work. A small province has four or so: with more cores than that, batches run side by
side, each with its share of the cores. What a batch computes does not depend on its neighbours.
"""

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Callable, Dict, List, Optional, Sequence

from .errors import Cancelled
from .progress import Part, Progress
from .scenario_batch import Batch

Compute = Callable[[Batch, Progress], Any]
Record = Callable[[Batch, Any], None]


def lane_count(workers: int, tiles: int) -> int:
    """How many batches to run at a time."""
    return max(1, workers // max(1, tiles))


def compute_all(every: Sequence[Batch], compute: Compute, record: Record, lanes: int, progress: Progress) -> None:
    """Compute every batch and record it as soon as it is done, in this thread.

    After an error or a cancel no batch is started, those under way are stopped, those that were done are recorded.

    Raises
    ------
    Cancelled
        And what `compute` or `record` raises.
    """
    total = sum(len(batch.runs) for batch in every)
    if lanes < 2 or len(every) < 2:
        done = 0
        for number, batch in enumerate(every):
            share = done / total, (done + len(batch.runs)) / total
            named = _Named(Part(progress, share), _label([batch], number, len(every)))
            record(batch, compute(batch, named))
            done += len(batch.runs)
        return
    _Lanes(every, compute, record, total, progress).run(lanes)


class _Lanes:
    """State of batches side by side; everything but `compute` happens in the caller's thread."""

    def __init__(self, every: Sequence[Batch], compute: Compute, record: Record, total: int, progress: Progress):
        self._every, self._compute, self._record = list(every), compute, record
        self._total, self._progress = total, progress
        self._stop = threading.Event()
        self._running: Dict[Future, Batch] = {}
        self._lanes: Dict[Future, _Lane] = {}
        self._done = 0

    def run(self, lanes: int) -> None:
        """Keep `lanes` batches going until all are done."""
        pool = ThreadPoolExecutor(lanes, thread_name_prefix="batch")
        waiting, failure = list(self._every), None
        try:
            while self._running or (waiting and failure is None):
                while waiting and failure is None and len(self._running) < lanes:
                    self._submit(pool, waiting.pop(0))
                done, _ = wait(self._running, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda found: self._every.index(self._running[found])):
                    error = self._take(future)
                    failure = _first(failure, error)
                self._report(len(waiting))
                if failure is not None or self._progress.cancelled():
                    self._stop.set()
                    failure = failure or Cancelled()
        finally:
            self._stop.set()
            pool.shutdown()
        if failure is not None:
            raise failure

    def _submit(self, pool: ThreadPoolExecutor, batch: Batch) -> None:
        lane = _Lane(self._stop)
        future = pool.submit(self._compute, batch, lane)
        self._running[future], self._lanes[future] = batch, lane

    def _take(self, future: Future) -> Optional[BaseException]:
        """Record a batch that is done; its error, if it has one."""
        batch = self._running.pop(future)
        self._lanes.pop(future)
        error = future.exception()
        if error is None:
            self._record(batch, future.result())
            self._done += len(batch.runs)
        return error

    def _report(self, waiting: int) -> None:
        part = sum(lane.fraction * len(self._running[future].runs) for future, lane in self._lanes.items())
        batches: List[Batch] = sorted(self._running.values(), key=self._every.index)
        label = _label(batches, len(self._every) - waiting - len(batches), len(self._every)) if batches else None
        self._progress.update((self._done + part) / self._total, label)


class _Lane:
    """Progress of one batch among several: remembered, and stopped with the others."""

    def __init__(self, stop: threading.Event):
        self._stop, self.fraction = stop, 0.0

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        """Remember a share."""
        self.fraction = fraction

    def cancelled(self) -> bool:
        """Whether to stop."""
        return self._stop.is_set()


class _Named:
    """A progress whose messages are those of the batch."""

    def __init__(self, progress: Progress, label: str):
        self._progress, self._label = progress, label

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        """Report a share under the label."""
        self._progress.update(fraction, self._label)

    def cancelled(self) -> bool:
        """Whether to stop."""
        return self._progress.cancelled()


def _first(known: Optional[BaseException], found: Optional[BaseException]) -> Optional[BaseException]:
    """The error to raise: what went wrong before what was stopped for it."""
    if known is None or (isinstance(known, Cancelled) and found is not None and not isinstance(found, Cancelled)):
        return found
    return known


def _label(batches: Sequence[Batch], number: int, count: int) -> str:
    several = len(batches) > 1
    which = "Batches {} to {}".format(number + 1, number + len(batches)) if several else "Batch {}".format(number + 1)
    said = "; ".join(batch.describe() for batch in batches[:3]) + ("; …" if len(batches) > 3 else "")
    return "{} of {}, {}; {} to go".format(which, count, said, count - number - len(batches))
