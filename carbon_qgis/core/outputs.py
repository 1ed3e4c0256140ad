"""All files of one run, written beside their destinations and renamed together at the end.

Until `commit` the old files are whole; after `abort`, a failure or a cancel nothing is left behind.
"""

import errno
import os
import re
import secrets
from contextlib import contextmanager, suppress
from typing import Dict, Iterator, List, Sequence

from .errors import OutputError

_MARK = "carbon-part"
_TEMPORARY = re.compile(
    r"^\.(?P<name>.+)\.{}-(?P<pid>\d+)-[0-9a-f]{{8}}(\.[^.]*)?(\.aux\.xml|\.msk|\.ovr)?$".format(_MARK)
)

#: What GDAL may write beside a raster.
COMPANIONS = (".aux.xml", ".msk", ".ovr")


class OutputSet:
    """The destinations of one run.

    Parameters
    ----------
    inputs : paths that the run reads; none of them may be a destination.
    """

    def __init__(self, inputs: Sequence[str] = ()):
        self._inputs = {_identity(path) for path in inputs if path}
        self._pending: Dict[str, str] = {}  # final -> temporary
        self._sidecars: Dict[str, str] = {}
        self._folders: List[str] = []

    def path(self, final: str) -> str:
        """Temporary neighbour of `final`, with the same suffix, to write to.

        Raises
        ------
        OutputError
            If the folder is missing or not writable, `final` is an input, a folder, open in another
            program, or asked for twice.
        """
        return self._reserve(final, self._pending)

    def text(self, final: str, content: str) -> None:
        """Write a UTF-8 sidecar; sidecars are renamed last."""
        self.bytes(final, content.encode("utf-8"))

    def bytes(self, final: str, content: bytes) -> None:
        """Write a binary sidecar; sidecars are renamed last."""
        temporary = self._reserve(final, self._sidecars)
        with writing(final):
            with open(temporary, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())

    def folder(self, path: str) -> str:
        """Make a folder for many small outputs (figures) if it does not exist."""
        with writing(path):
            if not os.path.isdir(path):
                os.makedirs(path)
                self._folders.append(path)
        return path

    def finals(self) -> List[str]:
        """Destinations reserved so far, sidecars included."""
        return list(self._pending) + list(self._sidecars)

    def commit(self) -> None:
        """Rename every temporary to its destination, sidecars last.

        Raises
        ------
        OutputError
            If a destination was opened by another program during the run. Nothing is renamed then.
        """
        files = list(self._pending.items()) + list(self._sidecars.items())
        try:
            for final, _ in files:
                _require_writable(final)
            for final, temporary in files:
                with writing(final):
                    os.replace(temporary, final)
                    _replace_companions(temporary, final)
        except OutputError:
            self.abort()
            raise
        self._forget()

    def abort(self) -> None:
        """Delete every temporary; destinations stay as they were."""
        for temporary in list(self._pending.values()) + list(self._sidecars.values()):
            for suffix in ("",) + COMPANIONS:
                # A file that cannot be deleted now (still open on Windows) goes with the next run's leftovers;
                # the error that led here must not be hidden by this one.
                with suppress(OSError):
                    os.remove(temporary + suffix)
        for folder in self._folders:
            if os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)
        self._forget()

    def _forget(self) -> None:
        self._pending, self._sidecars, self._folders = {}, {}, []

    def __enter__(self) -> "OutputSet":
        return self

    def __exit__(self, kind, value, trace) -> None:
        if kind is None:
            self.commit()
        else:
            self.abort()

    def _reserve(self, final: str, among: Dict[str, str]) -> str:
        final = os.path.abspath(final)
        if _identity(final) in self._inputs:
            raise OutputError(
                "The output '{}' is also an input of this run. Choose another file name: the input "
                "would be overwritten while it is read.".format(final)
            )
        if _identity(final) in {_identity(path) for path in self.finals()}:
            raise OutputError("Two outputs of this run go to '{}'. Give each its own file name.".format(final))
        folder = os.path.dirname(final)
        if os.path.isdir(final):
            raise OutputError("'{}' is a folder. Give a file name for this output.".format(final))
        if not os.path.isdir(folder):
            raise OutputError("The output folder '{}' does not exist. Create it or choose another.".format(folder))
        _remove_leftovers(folder, os.path.basename(final))
        temporary = _temporary_name(final)
        try:
            with open(temporary, "xb"):
                pass
            os.remove(temporary)
        except OSError as error:
            raise _refusal(final, error) from error
        _require_writable(final)
        among[final] = temporary
        return temporary


def _require_writable(final: str) -> None:
    """Raise `OutputError` if an existing file cannot be replaced, or the name cannot be a file's."""
    with writing(final):
        try:
            os.stat(final)
        except FileNotFoundError:
            return
        with open(final, "ab"):
            pass


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Turn an `OSError` met while writing `path` into an `OutputError` that names the cause."""
    try:
        yield
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: str, error: OSError) -> OutputError:
    if error.errno == errno.ENOSPC:
        text = "The disk is full: '{}' could not be written. Free some space or choose another folder."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        text = (
            "'{}' cannot be written: the folder is read-only or the file is open in another program. "
            "Close it or choose another folder."
        )
    else:
        text = "'{}' cannot be written: " + (error.strerror or str(error)) + "."
    return OutputError(text.format(path) + " Earlier files are unchanged.")


def _identity(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _temporary_name(final: str) -> str:
    folder, name = os.path.split(final)
    suffix = os.path.splitext(name)[1]
    # A long name plus the mark may pass the 255 bytes a file system allows.
    stem = name.encode("utf-8")[:160].decode("utf-8", "ignore")
    return os.path.join(folder, ".{}.{}-{}-{}{}".format(stem, _MARK, os.getpid(), secrets.token_hex(4), suffix))


def _remove_leftovers(folder: str, name: str) -> None:
    """Delete temporaries of `name` whose process has died."""
    stem = name.encode("utf-8")[:160].decode("utf-8", "ignore")
    # Where the folder does not let itself be read or tidied, `_reserve` says what matters about it.
    with suppress(OSError):
        for entry in os.listdir(folder):
            match = _TEMPORARY.match(entry)
            if match and match.group("name") == stem and not _alive(int(match.group("pid"))):
                os.remove(os.path.join(folder, entry))


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_on_windows(pid: int) -> bool:
    """Signal 0 would end the process there; asking for a handle fails with error 87 if there is no such process."""
    import ctypes

    query_limited_information, invalid_parameter = 0x1000, 87
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return ctypes.get_last_error() != invalid_parameter
    kernel.CloseHandle(handle)
    return True


def _replace_companions(temporary: str, final: str) -> None:
    """Carry GDAL's side files along, and drop those of the file that was replaced."""
    for suffix in COMPANIONS:
        if os.path.exists(temporary + suffix):
            os.replace(temporary + suffix, final + suffix)
        elif os.path.exists(final + suffix):
            os.remove(final + suffix)
