"""A thread that writes what it is handed, in that order, so that compression and disk overlap with everything else."""

import queue
import threading
from typing import Callable, Optional

#: Blocks that may wait: with more, memory would grow where the disk is slow.
_WAITING = 2


class WriterThread:
    """Calls `work(*item)` for each item that is put, one after the other; what it raises comes up at the next call."""

    def __init__(self, work: Callable[..., None]):
        self._work = work
        self._queue: "queue.Queue" = queue.Queue(maxsize=_WAITING)
        self._error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, name="write", daemon=True)
        self._thread.start()

    def put(self, *item) -> None:
        """Hand over an item; waits while others wait.

        Raises
        ------
        Exception
            What an earlier item met.
        """
        while True:
            self._raise()
            try:
                self._queue.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def finish(self) -> None:
        """Wait until all is done; raises as `put`."""
        self._stop()
        self._raise()

    def discard(self, error: Exception) -> None:
        """Do nothing more of what waits, and remember `error` unless there was one already."""
        self._error = self._error or error
        self._stop()

    def _run(self) -> None:
        while True:
            item = self._queue.get()
            if item is None:
                return
            if self._error is None:
                try:
                    self._work(*item)
                except BaseException as error:  # comes up at the next put or finish
                    self._error = error

    def _stop(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
