"""One thread of linear algebra per block: blocks run side by side already, and threads of threads only wait."""

import os
import threading
from contextlib import contextmanager
from typing import Any, Iterator, List

_lock = threading.Lock()
_inside = [0]
_holder: List["_Holder"] = []
#: Linux's own list of the libraries of this process.
_MAPS = "/proc/self/maps"


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
            controller = _controller()
        except ImportError:
            self._held.set()
            return
        try:
            with controller.limit(limits=1, user_api="blas"):
                self._held.set()
                self._done.wait()
        finally:
            self._held.set()  # whatever happened, nobody waits for ever


def _controller() -> Any:
    """What limits the libraries of linear algebra that are loaded now.

    An older threadpoolctl (Debian 13 has 3.1) has the C library call Python for each of them. That holds the lock of
    the loader and waits for Python's, while a thread that imports a module holds Python's and waits for the loader: for
    ever. Linux tells the libraries in a file, too, and nothing there waits for anything.
    """
    from threadpoolctl import ThreadpoolController

    if not os.path.exists(_MAPS) or hasattr(ThreadpoolController, "_find_libraries_with_linux"):
        return ThreadpoolController()

    class FromMaps(ThreadpoolController):
        def _find_libraries_with_dl_iterate_phdr(self):
            for path in mapped_libraries():
                self._make_controller_from_path(path)

    return FromMaps()


def mapped_libraries() -> List[str]:
    """Paths of the files that are mapped into this process, each once (Linux)."""
    with open(_MAPS, encoding="utf-8", errors="surrogateescape") as maps:
        paths = (line.rstrip("\n").split(None, 5)[5:] for line in maps)
        return list(dict.fromkeys(path[0] for path in paths if path and path[0].startswith("/")))
