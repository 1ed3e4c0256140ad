"""Locks of the operating system on an open file: they end with the process that holds them, however it ends."""

import errno
import os
from typing import IO, Optional

#: Windows locks bytes, and nobody may read a locked one: one far behind the end of the file is locked there.
_FAR = 1 << 30
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)


def try_lock(stream: IO[bytes]) -> Optional[bool]:
    """Take the lock of an open file without waiting.

    Returns
    -------
    True if it is ours now, False if somebody else has it, None if the file system (some network drives) has no locks.
    """
    try:
        _take(stream)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True


def same_file(stream: IO[bytes], path: str) -> bool:
    """Whether `path` is still the file that was opened: it may have been deleted before the lock was ours."""
    try:
        there = os.stat(path)
    except OSError:
        return False
    here = os.fstat(stream.fileno())
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


if os.name == "nt":
    import msvcrt

    def _take(stream: IO[bytes]) -> None:
        position = stream.tell()
        stream.seek(_FAR)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        finally:
            stream.seek(position)

else:
    import fcntl

    def _take(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
