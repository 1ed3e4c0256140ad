"""Who is writing where: a run claims the names that it will replace, so that no other run writes the same ones.

In every folder that a run writes to lies a file of its own, `.carbon-run-<pid>-<random>`, locked by the operating
system as long as the run lives. It lists the names that the run has claimed and, from the moment on at which all is
written, the renames that put the files in place. What a killed run left is found by it: the next run in the folder
finishes the renames if they had begun, or deletes the temporaries. `.carbon-lock` is held for the moment of such a
look. Both are deleted when the run ends. Nothing needs to be tidied by hand: a lock of a dead process does not count.
"""

import json
import os
import secrets
import socket
import threading
import time
import weakref
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from .errors import OutputError
from .file_lock import NotAFile, open_file, same_file, try_lock

GATE, RUN = ".carbon-lock", ".carbon-run-"
#: Claimed by a run that goes on with a whole folder (an ensemble).
WHOLE_FOLDER = "*"
#: Seconds that a look into a folder may wait for another one, which takes milliseconds.
_PATIENCE, _PAUSE = 30.0, 0.01
#: What a run notes of itself is short; what is longer is none of a run's, and JSON grows some twenty times when it is
#: read: so much of a note is looked at.
_MOST_BYTES, _MOST_LINES, _MOST_DIGITS = 8 << 20, 50_000, 25

#: Runs of this process by token: the names that each has claimed, by folder. Their files are never opened again here:
#: some systems drop a lock when any handle of the same process closes.
_OWN: Dict[str, Dict[str, Set[str]]] = {}
_ONE_AT_A_TIME = threading.RLock()

#: Called for a run that has died: (folder, token, renames it had begun as [temporary, final, stamp] or None).
Recover = Callable[[str, str, Optional[List[List[Any]]]], None]


class Claims:
    """The names that one run replaces.

    Parameters
    ----------
    recover : puts the files of a dead run in order.
    """

    def __init__(self, recover: Recover):
        self.token = "{}-{}".format(os.getpid(), secrets.token_hex(4))
        self._recover = recover
        self._streams: Dict[str, IO[bytes]] = {}
        # A run that forgets to release counts as dead, not as one that lives until QGIS is closed.
        weakref.finalize(self, _abandon, self.token, self._streams)

    def take(self, folder: str, name: str) -> None:
        """Claim a name in a folder for this run.

        Raises
        ------
        OutputError
            Another run that is alive has claimed it.
        OSError
            The folder cannot be written.
        """
        folder = os.path.realpath(folder)
        if name in _OWN.get(self.token, {}).get(folder, ()):
            return
        with _ONE_AT_A_TIME, _alone(folder):
            # Own file first: where the folder is read-only, that is what there is to say.
            stream = self._own_file(folder)
            for token in _tokens(folder):
                holder = None if token == self.token else self._holder(folder, token)
                if holder is not None and os.path.normcase(name) in holder.names:
                    if not _OWN[self.token][folder]:
                        _drop(self.token, self._streams, folder)
                    raise OutputError(_refusal(folder, name, holder))
            _append(stream, {"claim": name})
            _OWN[self.token][folder].add(name)

    def begin_renames(self, renames: Sequence[Tuple[str, str]]) -> None:
        """Note in each folder that everything is written and what will be renamed: (temporary, final), in order."""
        listed = [[temporary, final, stamp(final)] for temporary, final in renames]
        for stream in self._streams.values():
            _append(stream, {"renames": listed}, durable=True)

    def release(self) -> None:
        """Give all names back."""
        _release(self.token, self._streams)

    def _own_file(self, folder: str) -> IO[bytes]:
        if folder not in self._streams:
            stream = open(os.path.join(folder, RUN + self.token), "x+b", buffering=0)
            try:
                try_lock(stream)
                _append(stream, {"pid": os.getpid(), "host": socket.gethostname(), "born": _born(os.getpid()),
                                 "since": time.strftime("%Y-%m-%d %H:%M")})  # fmt: skip
            except OSError:
                stream.close()
                os.remove(os.path.join(folder, RUN + self.token))
                raise
            self._streams[folder] = stream
            _OWN.setdefault(self.token, {})[folder] = set()
        return self._streams[folder]

    def _holder(self, folder: str, token: str) -> Optional["_Holder"]:
        """Another run that is alive; what one that died left is put in order. None also if nobody can tell."""
        if token in _OWN:
            return _Holder({"same": True}, _OWN[token].get(folder, set()))
        path = os.path.join(folder, RUN + token)
        with ExitStack() as opened:
            try:
                stream = opened.enter_context(_open_other(path))
            except OSError:
                # It ended at this moment, is another user's file that cannot even be read, or no file: no run's then.
                return None
            lines = _lines(stream)
            facts = lines[0] if lines and isinstance(lines[0].get("pid", 0), int) else {}
            alive = _alive(try_lock(stream), facts)
            if alive:
                return _Holder(facts, {str(line["claim"]) for line in lines if "claim" in line})
            if alive is None or not same_file(stream, path):
                return None
            renames = next((line["renames"] for line in lines if "renames" in line), None)
            try:
                self._recover(folder, token, renames)
            except (OSError, ValueError):
                # Open elsewhere, another user's, or of names that no file can have: they harm nobody, and a later run
                # tries again.
                return None
        with suppress(OSError):
            os.remove(path)
        return None


def _release(token: str, streams: Dict[str, IO[bytes]]) -> None:
    """Give all names of a run back."""
    for folder in list(streams):
        # A folder that is gone, or a drive that was pulled out, takes its claims with it.
        with suppress(OSError, OutputError), _ONE_AT_A_TIME, _alone(folder):
            _drop(token, streams, folder)
        _forget(token, streams, folder)
    _OWN.pop(token, None)


def _abandon(token: str, streams: Dict[str, IO[bytes]]) -> None:
    """Leave the files of a run to the next one, which puts in order what they tell of."""
    for folder in list(streams):
        _forget(token, streams, folder)
    _OWN.pop(token, None)


def _drop(token: str, streams: Dict[str, IO[bytes]], folder: str) -> None:
    _forget(token, streams, folder)
    with suppress(FileNotFoundError):
        os.remove(os.path.join(folder, RUN + token))


def _forget(token: str, streams: Dict[str, IO[bytes]], folder: str) -> None:
    stream = streams.pop(folder, None)
    if stream is not None:
        stream.close()
    _OWN.get(token, {}).pop(folder, None)


class _Holder:
    def __init__(self, facts: Dict[str, Any], names: Set[str]):
        self.facts, self.names = facts, {os.path.normcase(name) for name in names}


@contextmanager
def claimed_folder(folder: str) -> Iterator[None]:
    """Keep every other run out of a whole folder, as long as that claims it too.

    Raises
    ------
    OutputError
        Another run that is alive has it.
    """
    from .outputs import recover, writing

    claims = Claims(recover)
    with writing(folder):
        claims.take(folder, WHOLE_FOLDER)
    try:
        yield
    finally:
        claims.release()


def stamp(path: str) -> Optional[List[int]]:
    """Size and modification time of a file, by which it is known again; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # the latter where no file can have the name
        return None
    return [status.st_size, status.st_mtime_ns]


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """No other process looks into the claims of the folder meanwhile."""
    path = os.path.join(folder, GATE)
    stream, locked = _gate(path)
    try:
        yield
    finally:
        # The next run makes a new one; a file that others hold open cannot be deleted on Windows, and need not be.
        last = locked is not False and not _tokens(folder)
        if last and os.name != "nt":
            with suppress(OSError):
                os.remove(path)
        stream.close()
        if last and os.name == "nt":
            with suppress(OSError):
                os.remove(path)


def _gate(path: str) -> Tuple[IO[bytes], Optional[bool]]:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            stream = _open_gate(path)
        except PermissionError:
            # On Windows also for the moment in which another run deletes it.
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
            continue
        locked = try_lock(stream)
        if locked is None or (locked and same_file(stream, path)):
            return stream, locked
        stream.close()
        if time.monotonic() > until:
            raise OutputError(
                "Another program has held '{}' for {:.0f} s. Close other QGIS windows that write to this folder, or "
                "choose another folder.".format(path, _PATIENCE)
            )
        time.sleep(_PAUSE)


def _open_gate(path: str) -> IO[bytes]:
    try:
        return _open_either(path, create=True)
    except NotAFile as error:
        raise OutputError(
            "'{}' is {}, where runs keep a small file of their own: somebody else put it there. Delete it, or choose "
            "another folder. Nothing was changed.".format(path, error.strerror)
        ) from error
    except PermissionError as error:
        if os.name == "nt" or not os.path.exists(path):
            raise
        raise OutputError(
            "'{}' is another user's file that cannot even be read: it tells whether others write to this folder. Have "
            "it deleted, or choose another folder. Nothing was changed.".format(path)
        ) from error


def _open_other(path: str) -> IO[bytes]:
    return _open_either(path, create=False)


def _open_either(path: str, create: bool) -> IO[bytes]:
    """For writing; of another user, in a folder that both may write to, for reading: a lock needs no more."""
    try:
        return open_file(path, create=create)
    except PermissionError:
        if not os.path.exists(path):
            raise
        return open_file(path, write=False)


def _tokens(folder: str) -> List[str]:
    return sorted(name[len(RUN) :] for name in os.listdir(folder) if name.startswith(RUN))


def _append(stream: IO[bytes], line: Dict[str, Any], durable: bool = False) -> None:
    rest = (json.dumps(line) + "\n").encode("ascii")
    while rest:
        # A disk that becomes full takes a part first, and says so only of the rest.
        rest = rest[stream.write(rest) or 0 :]
    stream.flush()
    if durable:
        os.fsync(stream.fileno())


def _lines(stream: IO[bytes]) -> List[Dict[str, Any]]:
    """What a run has noted; a last line that was cut off does not count, nor does what no run writes."""
    found = []
    for text in stream.read(_MOST_BYTES).split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        try:
            line = json.loads(text.decode("ascii"), parse_int=_whole)
        except (ValueError, RecursionError, MemoryError):
            continue
        if isinstance(line, dict):
            found.append(line)
    return found


def _whole(digits: str) -> int:
    """A number as runs write them: the time to read one grows with the square of its length."""
    if len(digits) > _MOST_DIGITS:
        raise ValueError("a number of {} digits".format(len(digits)))
    return int(digits)


def _alive(locked: Optional[bool], facts: Dict[str, Any]) -> Optional[bool]:
    """Whether the owner of a run file lives: its lock says so. Without locks, the process of this machine does."""
    if locked is not None:
        return not locked
    born = facts.get("born")
    if facts.get("host") != socket.gethostname() or born is None:
        return None
    return _born(facts.get("pid")) == born


def _born(pid: Any) -> Optional[str]:
    """When a process began, in the units of Linux; None on other systems, or if there is no such process."""
    try:
        with open("/proc/{}/stat".format(int(pid)), "rb") as stream:
            return stream.read().rpartition(b")")[2].split()[19].decode("ascii")
    except (OSError, IndexError, ValueError, TypeError):
        return None


def _refusal(folder: str, name: str, holder: _Holder) -> str:
    facts = holder.facts
    if facts.get("same"):
        who = "another run of this QGIS"
    else:
        here = facts.get("host") == socket.gethostname()
        place = "this computer" if here else "the computer '{}'".format(_shown(facts.get("host")))
        who = "another run (process {} on {}, since {})".format(
            _shown(facts.get("pid")), place, _shown(facts.get("since"))
        )
    what, choose = os.path.join(folder, name), "file name"
    if name == WHOLE_FOLDER:
        what, choose = folder, "folder"
    return "'{}' is being written by {}. Wait until it has ended, or choose another {}. Nothing was changed.".format(
        what, who, choose
    )


def _shown(value: Any) -> str:
    """What a note says, for a message: anybody may have written it, at any length and with halves of characters."""
    return str(value)[:80].encode("utf-8", "replace").decode("utf-8")
