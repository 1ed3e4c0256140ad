"""Folders for a moment, for libraries that only write to files; what a killed run left of them goes with the next."""

import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import Iterator

from .file_lock import open_file, try_lock
from .outputs import writing

_PREFIX, _LOCK = "carbon-scratch-", "lock"
_NAME = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")
#: Seconds in which a folder that has just been made is locked.
_SETTLED = 10


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder that is gone afterwards, and with the next run (`sweep`) if the process dies.

    Raises
    ------
    OutputError
        The system's folder for temporary files cannot be written, or its disk is full.
    """
    root = tempfile.gettempdir()
    with writing(root):
        folder = tempfile.mkdtemp(prefix=_PREFIX)
    try:
        with open(os.path.join(folder, _LOCK), "wb") as stream:
            try_lock(stream)
            yield folder
    finally:
        # On Windows a scanner may hold a file for a moment: then the next sweep takes it.
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Delete what dead processes have left."""
    root = tempfile.gettempdir()
    with suppress(OSError):
        for name in os.listdir(root):
            if _NAME.fullmatch(name):
                _remove_if_dead(os.path.join(root, name))


def _remove_if_dead(folder: str) -> None:
    # Another user's folder cannot even be looked into; a link, or a pipe for a lock, is nothing that a run makes.
    with suppress(OSError):
        if os.path.islink(folder) or time.time() - os.stat(folder).st_mtime < _SETTLED:
            return
        with open_file(os.path.join(folder, _LOCK)) as stream:
            dead = try_lock(stream)
        if dead:
            shutil.rmtree(folder, ignore_errors=True)
