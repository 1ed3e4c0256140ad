"""Locks of the operating system on an open file: they end with the process that holds them, however it ends."""

import errno
import os
import stat
from contextlib import suppress
from typing import IO, Optional

#: Windows locks bytes, and nobody may read a locked one: one far behind the end of the file is locked there.
_FAR = 1 << 30
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)
#: Not through a link, and no wait for the other end of a pipe; Windows has neither, but tells texts from bytes.
_WARY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotAFile(OSError):
    """Something else lies in the place of a file; the text says what."""


def open_file(path: str, write: bool = True, create: bool = False) -> IO[bytes]:
    """Open a plain file in a folder where others may put what they like in its place.

    Parameters
    ----------
    write : for reading and writing, else for reading.
    create : make an empty one if there is none.

    Raises
    ------
    NotAFile
        It is a link, whose target may lie anywhere, a pipe, on which a run would wait for ever, a folder or a device.
    OSError
        It cannot be opened.
    """
    # Where the system can, the opening itself refuses a link that takes the place of a file from here on.
    there = None
    with suppress(OSError):
        there = os.lstat(path)
    if there is not None:
        _require_file(there.st_mode)
    flags = (os.O_RDWR if write else os.O_RDONLY) | (os.O_CREAT if create else 0)
    descriptor = os.open(path, flags | _WARY, 0o666)
    try:
        _require_file(os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "r+b" if write else "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_file(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISDIR, "a folder"))
    raise NotAFile(errno.EINVAL, next((name for test, name in kinds if test(mode)), "a device"))


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
