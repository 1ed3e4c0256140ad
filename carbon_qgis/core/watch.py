"""Progress and cancel inside long tasks: blocks that take seconds each."""

import threading
from typing import Optional

from .errors import Cancelled
from .progress import Progress


class Watch:
    """What a long task shares with its run: a flag that stops it, and a count of what is done.

    In another process the flag is never set and the count never read: the parent then drops the task.
    """

    def __init__(self):
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.done = 0

    def __reduce__(self):
        return Watch, ()

    def stop(self) -> None:
        """Ask the tasks to end."""
        self._stop.set()

    def check(self) -> None:
        """Raise `Cancelled` if the run was cancelled."""
        if self._stop.is_set():
            raise Cancelled()

    def step(self, units: int = 1) -> None:
        """Count units of work that are done, and end here if the run was cancelled."""
        with self._lock:
            self.done += units
        self.check()


class Watched:
    """The caller's progress, asked ten times a second by `run_blocks`: it also reports the count of the tasks, and
    raises their flag on a cancel.

    Parameters
    ----------
    units : units of work of the whole run.
    """

    def __init__(self, progress: Progress, watch: Watch, units: int):
        self._progress, self._watch, self._units = progress, watch, max(1, units)
        self._share = 0.0

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        """Report a share, never less than before."""
        self._share = max(self._share, fraction)
        self._progress.update(self._share, message)

    def cancelled(self) -> bool:
        """Whether to stop; the tasks are told."""
        self.update(min(1.0, self._watch.done / self._units))
        if not self._progress.cancelled():
            return False
        self._watch.stop()
        return True
