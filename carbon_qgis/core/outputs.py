"""All files of one run, written beside their destinations and renamed together at the end.

Until `commit` the old files are whole; after `abort`, a failure or a cancel nothing is left behind. What a killed run
left is put in order by the next one in the same folder (see `claims`).
"""

import errno
import hashlib
import os
import re
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .claims import RUN, Claims, stamp
from .companions import COMPANIONS, spelled
from .errors import InputError, OutputError

_MARK = "carbon-part"
_TEMPORARY = re.compile(
    r"^\.(?P<name>.+)\.{}-(?P<token>(?P<pid>\d+)-[0-9a-f]{{8}})(\.[^.]*)?(\.aux\.xml|\.msk|\.ovr)?$".format(_MARK)
)

#: A disk with less room than this is full: the block that failed may have been larger than what is left.
_NO_ROOM = 2 * 2**20
#: What SQLite keeps beside a database; of a replaced one it would be read into the new one.
_OF_DATABASES = ("-wal", "-shm", "-journal")


class OutputSet:
    """The destinations of one run.

    Parameters
    ----------
    inputs : paths that the run reads; none of them may be a destination.
    """

    def __init__(self, inputs: Sequence[str] = ()):
        self._inputs = {_identity(path) for path in inputs if path}
        self._claimed: Dict[str, str] = {}  # identity -> destination
        self._read = {path: stamp(path) for path in inputs if path and _is_steady(path)}
        self._claims = Claims(recover)
        self._pending: Dict[str, str] = {}  # final -> temporary
        self._sidecars: Dict[str, str] = {}
        self._folders: List[str] = []

    def claim(self, final: str) -> None:
        """Look at the start of a run whether `final` can be written, and keep other runs from it.

        Raises
        ------
        OutputError
            As `path`, or if another run is writing it.
        """
        self._require_free(os.path.abspath(final))

    def reads(self, paths: Iterable[str]) -> None:
        """Files that the run turns out to read: none of them may be a destination.

        Raises
        ------
        OutputError
            If one of them is a destination that was claimed already.
        """
        for identity in {_identity(path) for path in paths}:
            if identity in self._claimed:
                raise _is_input(self._claimed[identity])
            self._inputs.add(identity)

    def path(self, final: str) -> str:
        """Temporary neighbour of `final`, with the same suffix, to write to.

        Raises
        ------
        OutputError
            If the folder is missing or not writable, `final` is an input, a folder, open in another
            program, being written by another run, or asked for twice.
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
        _require_place_of_files(os.path.abspath(path))
        with writing(path):
            absent, above = [], os.path.abspath(path)
            while not os.path.isdir(above) and above not in absent:
                absent.append(above)
                above = os.path.dirname(above)
            for folder in reversed(absent):
                os.mkdir(folder)
                self._folders.append(folder)
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
        InputError
            If an input was changed during the run.
        """
        files = list(self._pending.items()) + list(self._sidecars.items())
        try:
            self._require_inputs_unchanged()
            for final, _ in files:
                _require_writable(final)
            if files:
                with writing(files[0][0]):
                    self._claims.begin_renames([(temporary, final) for final, temporary in files])
            _rename_all(files)
        except BaseException:
            self.abort()
            raise
        self._forget()

    def _require_inputs_unchanged(self) -> None:
        """What was computed from a file that changed meanwhile is neither of the old nor of the new one."""
        for path, before in self._read.items():
            if stamp(path) != before:
                raise InputError(
                    "The input '{}' was {} during the run: what was read of it cannot be relied on. Nothing was "
                    "written. Run again when no other program works on it.".format(
                        path, "changed" if os.path.exists(path) else "moved or deleted"
                    )
                )

    def abort(self) -> None:
        """Delete every temporary; destinations stay as they were."""
        for temporary in list(self._pending.values()) + list(self._sidecars.values()):
            for suffix in ("",) + COMPANIONS + _OF_DATABASES:
                # A file that cannot be deleted now (still open on Windows) goes with the next run's leftovers;
                # the error that led here must not be hidden by this one.
                with suppress(OSError):
                    os.remove(temporary + suffix)
        self._claims.release()
        for folder in reversed(self._folders):
            # Another program may have put a file there, or the drive may be gone.
            with suppress(OSError):
                os.rmdir(folder)
        self._forget()

    def _forget(self) -> None:
        self._pending, self._sidecars, self._folders = {}, {}, []
        self._claims.release()

    def __enter__(self) -> "OutputSet":
        return self

    def __exit__(self, kind, value, trace) -> None:
        if kind is None:
            self.commit()
        else:
            self.abort()

    def _reserve(self, final: str, among: Dict[str, str]) -> str:
        final = os.path.abspath(final)
        _require_place_of_files(final)
        if _identity(final) in {_identity(path) for path in self.finals()}:
            raise OutputError("Two outputs of this run go to '{}'. Give each its own file name.".format(final))
        self._require_free(final)
        temporary = _temporary_name(final, self._claims.token)
        among[final] = temporary  # first: an interruption from here on must leave nothing
        try:
            with open(temporary, "xb"):
                pass
            os.remove(temporary)
        except OSError as error:
            del among[final]
            raise refusal(final, error) from error
        return temporary

    def _require_free(self, final: str) -> None:
        """Raise `OutputError` unless `final` can be written; claim it for this run."""
        _require_place_of_files(final)
        if _identity(final) in self._inputs:
            raise _is_input(final)
        self._claimed[_identity(final)] = final
        folder, name = os.path.split(final)
        if os.path.isdir(final):
            raise OutputError("'{}' is a folder. Give a file name for this output.".format(final))
        if not os.path.isdir(folder):
            raise OutputError("The output folder '{}' does not exist. Create it or choose another.".format(folder))
        _require_writable(final)
        with writing(final):
            self._claims.take(folder, name)
        _remove_leftovers(folder, name)


def _rename_all(files: Sequence[Tuple[str, str]]) -> None:
    """Put all files in place. Ctrl-C waits for the last one: a part of them would be worse than the moment it takes."""
    interrupted = None
    for final, temporary in files:
        while True:
            try:
                with writing(final):
                    # After an interruption it may be in place already.
                    if interrupted is None or os.path.exists(temporary):
                        os.replace(temporary, final)
                    _replace_companions(temporary, final)
                break
            except KeyboardInterrupt as error:
                interrupted = error
    if interrupted is not None:
        raise interrupted


def recover(folder: str, token: str, renames: Optional[List[List[Any]]]) -> None:
    """Put in order what a dead run left in `folder`.

    If it had begun to rename, all was written: what is still to be renamed is, so that the set of files is of one run.
    Not where a destination was replaced since by somebody else, or the rest is gone: then the temporaries are deleted.
    """
    # The list lies where others may write: it moves files from their places beside the destinations, and no others.
    if renames and _sound(renames, token) and _can_finish(renames):
        for temporary, final, _ in renames:
            if os.path.realpath(os.path.dirname(final)) == folder and os.path.exists(temporary):
                os.replace(temporary, final)
                _replace_companions(temporary, final)
    for entry in os.listdir(folder):
        match = _TEMPORARY.match(entry)
        if match and match.group("token") == token:
            os.remove(os.path.join(folder, entry))


def _sound(renames: Any, token: str) -> bool:
    """Whether this is a list as a run writes it: every temporary is one of its own, beside its destination."""
    if not isinstance(renames, list):
        return False
    for entry in renames:
        if not isinstance(entry, list) or len(entry) != 3 or not all(isinstance(path, str) for path in entry[:2]):
            return False
        match = _TEMPORARY.match(os.path.basename(entry[0]))
        if match is None or match.group("token") != token:
            return False
        if os.path.dirname(entry[0]) != os.path.dirname(entry[1]) or any(map(_unfit, entry[:2])):
            return False
    return True


def _can_finish(renames: Sequence[Sequence[Any]]) -> bool:
    """Whether each file is either in place, or its temporary is there and the destination as it was."""
    return all(os.path.exists(temporary) == (stamp(final) == before) for temporary, final, before in renames)


def _unfit(path: str) -> str:
    """What keeps a text from being a name that a run writes to; '' where nothing does."""
    if "\x00" in path:
        return "a NUL character, which no file name can"
    try:
        # Folders may have names that are no UTF-8; a run gives none to its files.
        os.fsencode(path)
        os.path.basename(path).encode("utf-8")
    except UnicodeEncodeError:
        return "a half of a character, which is no text in any language"
    return ""


def _require_place_of_files(final: str) -> None:
    """Raise `OutputError` where no file can be put: on a device or a pipe, in GDAL's own places."""
    if final.startswith("/vsi"):
        raise OutputError(
            "'{}' is one of GDAL's own places and not on this machine. Give a file name for this output.".format(final)
        )
    unfit = _unfit(final)
    if unfit:
        shown = final.replace("\x00", "?").encode("utf-8", "replace").decode("utf-8")
        raise OutputError("'{}' holds {}. Give another file name for this output.".format(shown, unfit))
    try:
        mode = os.stat(final).st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OutputError("'{}' is a device or a pipe. Give a file name for this output.".format(final))


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
        raise refusal(path, error) from error


def _is_input(final: str) -> OutputError:
    return OutputError(
        "The output '{}' is also an input of this run. Choose another file name: the input would be overwritten while "
        "it is read.".format(final)
    )


def failure(final: str, detail: str) -> OutputError:
    """What to raise where a library could not write and tells no error number: is it a full disk?"""
    try:
        free = shutil.disk_usage(os.path.dirname(os.path.abspath(final))).free
    except OSError:
        free = None
    full = free is not None and free < _NO_ROOM or "disk is full" in detail or os.strerror(errno.ENOSPC) in detail
    if full:
        return refusal(final, OSError(errno.ENOSPC, ""))
    return OutputError("'{}' could not be written: {}. Earlier files are unchanged.".format(final, detail.rstrip(" .")))


def refusal(path: str, error: OSError) -> OutputError:
    """What to raise where the system refuses to write `path`, and says why by an error number."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
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


def _temporary_name(final: str, token: str) -> str:
    folder, name = os.path.split(final)
    return os.path.join(folder, ".{}.{}-{}{}".format(_stem(name), _MARK, token, os.path.splitext(name)[1]))


def _stem(name: str) -> str:
    """A name, short enough for the mark behind it: the 255 bytes a file system allows hold both."""
    data = name.encode("utf-8")
    if len(data) <= 160:
        return name
    return data[:150].decode("utf-8", "ignore") + "~" + hashlib.blake2b(data, digest_size=4).hexdigest()


def _remove_leftovers(folder: str, name: str) -> None:
    """Delete temporaries of `name` whose process has died and left no list of them."""
    stem = _stem(name)
    # Where the folder does not let itself be read or tidied, `_reserve` says what matters about it.
    with suppress(OSError):
        for entry in os.listdir(folder):
            match = _TEMPORARY.match(entry)
            if match and match.group("name") == stem and not _alive(int(match.group("pid"))):
                if not os.path.exists(os.path.join(folder, RUN + match.group("token"))):
                    os.remove(os.path.join(folder, entry))


def _is_steady(path: str) -> bool:
    """Whether only a change of the content touches the file: QGIS itself writes to databases that it only reads."""
    return os.path.isfile(path) and os.path.splitext(path)[1].lower() not in (".gpkg", ".sqlite", ".db", ".gdb")


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # the latter of a number that no process can have
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
    """Carry GDAL's side files along, and drop those of the file that was replaced, in capitals too."""
    for suffix in COMPANIONS:
        new = os.path.exists(temporary + suffix)
        for old in spelled(suffix):
            if os.path.exists(final + old) and not (new and old == suffix):
                os.remove(final + old)
        # After the others: where capitals do not matter, those were the same file.
        if new:
            os.replace(temporary + suffix, final + suffix)
    for suffix in _OF_DATABASES:
        if os.path.exists(final + suffix):
            os.remove(final + suffix)
