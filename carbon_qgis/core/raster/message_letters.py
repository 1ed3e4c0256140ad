"""Messages of GDAL in other letters than UTF-8, which must not end in a user's window as an error of Python.

GDAL quotes damaged files as they are. rasterio hands its messages on to Python's log as UTF-8; where they are not, it
goes on, but Python tells of it by both of its hooks for errors that nobody can catch: a traceback on the console of
qgis_process, an error in QGIS's message bar. The message itself is nothing that is shown anywhere.
"""

import sys
from threading import Lock
from typing import Callable, List, Tuple

#: (name in `sys`, our hook, the one before it), while they are in place.
_placed: List[Tuple[str, Callable, Callable]] = []
_one_at_a_time = Lock()
_over: List[bool] = []


def pass_over_unreadable_messages() -> None:
    """From now on, what rasterio cannot decode of GDAL's messages is passed over; all other errors are told as before.

    Once per process is enough: rasterio takes GDAL's messages of the whole process.
    """
    with _one_at_a_time:
        if not _placed and not _over:
            _place("excepthook", _passing_over_uncaught(sys.excepthook))
            _place("unraisablehook", _passing_over_unraisable(sys.unraisablehook))


def restore_hooks() -> None:
    """Python's hooks as they were, for good: a run that ends after the plugin was unloaded places none again.

    Hooks that someone else has placed since then stay.
    """
    with _one_at_a_time:
        _over.append(True)
        while _placed:
            name, ours, before = _placed.pop()
            if getattr(sys, name) is ours:
                setattr(sys, name, before)


def _place(name: str, hook: Callable) -> None:
    _placed.append((name, hook, getattr(sys, name)))
    setattr(sys, name, hook)


def _passing_over_uncaught(before: Callable) -> Callable:
    def hook(kind, error, traceback):
        # What Python itself lets fall has a traceback; rasterio's compiled code has no line to tell of.
        if traceback is None and _of_letters(kind):
            return
        before(kind, error, traceback)

    return hook


def _passing_over_unraisable(before: Callable) -> Callable:
    def hook(told):
        if _of_letters(told.exc_type) and str(told.object).startswith("rasterio."):
            return
        before(told)

    return hook


def _of_letters(kind) -> bool:
    return kind is not None and issubclass(kind, UnicodeDecodeError)
