"""One thread of linear algebra per block: blocks run side by side already, and threads of threads only wait."""

import threading
from contextlib import contextmanager
from typing import Iterator, List

_lock = threading.Lock()
_inside = [0]
_holder: List["_Holder"] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit numpy's linear algebra to one thread inside the context, where `threadpoolctl` is installed.

    It comes with scikit-learn. Without it about a third of the processor's time is lost, and sums of long columns can
    end in other digits on a machine with another number of cores. The limit holds for the whole process, so the last
    of several runs at the same time lifts it.
    """
    with _lock:
        _inside[0] += 1
        if _inside[0] == 1:
            _holder.append(_Holder())
    try:
        yield
    finally:
        with _lock:
            _inside[0] -= 1
            if _inside[0] == 0:
                _holder.pop().release()


class _Holder:
    """Holds the limit on a thread of its own: threadpoolctl lets only the thread that set a limit lift it."""

    def __init__(self):
        self._held, self._done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, name="one BLAS thread", daemon=True)
        self._thread.start()
        self._held.wait()

    def release(self) -> None:
        """Lift the limit."""
        self._done.set()
        self._thread.join()

    def _hold(self) -> None:
        try:
            from threadpoolctl import threadpool_limits
        except ImportError:
            self._held.set()
            return
        try:
            with threadpool_limits(limits=1, user_api="blas"):
                self._held.set()
                self._done.wait()
        finally:
            self._held.set()  # whatever happened, nobody waits for ever
