"""Blocks computed on a Dask cluster instead of on threads of this machine.

The same tasks run there: pure functions of paths, a window and parameters. Results come back in any order and are
taken in the order of the windows, so the outputs are those of a local run, byte for byte. `distributed` is imported
only where an address is given; its transport is the only place where tasks and results are pickled.
"""

import asyncio
import os
import threading
import time
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ..dependencies import load
from ..errors import CarbonError, ClusterError
from ..progress import Part, Progress, check_cancelled
from .cluster_worker import Job, compute, environment, files_seen, keep, let_go
from .source import is_plain_path

#: Seconds in which a scheduler has to answer; then, in which it has to have a worker.
CONNECT_SECONDS, FIRST_WORKER_SECONDS = 5.0, 10.0
#: Seconds that a run waits for workers to come back after the last one has gone.
PATIENCE_SECONDS = 30.0
#: Seconds between two looks at the number of workers, that one waits for its answer, and of silence that is a loss.
_LOOK_SECONDS, _LOOK_ANSWER_SECONDS, _SILENCE_SECONDS = 1.0, 5.0, 60.0
#: Seconds in which other questions have to be answered.
_ANSWER_SECONDS = 30.0
#: A task whose error may pass (a file system that hiccups) is tried so often again. Dead workers do not count here.
_RETRIES = 2
#: threadpoolctl keeps linear algebra to one thread here and there: sums of more threads end in other digits.
_PACKAGES = ("distributed", "threadpoolctl")
#: What a connection raises that is no more; before Python 3.11 the time-outs are classes of their own.
_GONE = (OSError, RuntimeError, TimeoutError, asyncio.TimeoutError, CancelledError, asyncio.CancelledError)
#: What a machine of a cluster needs beside rasterio and scipy: said in full, no page may be at hand.
_INSTALL = "python3 -m pip install " + " ".join(_PACKAGES)

_lock = threading.RLock()
_open: Dict[str, "Cluster"] = {}
_held = [0]


@contextmanager
def held() -> Iterator[None]:
    """Keep connections that are made inside open until its end: one for all passes of an algorithm."""
    with _lock:
        _held[0] += 1
    try:
        yield
    finally:
        with _lock:
            _held[0] -= 1
        _close_idle()


@contextmanager
def connection(address: str, progress: Progress) -> Iterator["Cluster"]:
    """The cluster behind the scheduler at `address`, its workers checked; shared by all who use it at the time.

    Raises
    ------
    DependencyError
        `distributed` is not installed.
    ClusterError
        Nobody answers, there is no worker, or a worker holds another version of something that counts.
    Cancelled
    """
    cluster = _enter(address, progress)
    try:
        yield cluster
    finally:
        with _lock:
            cluster.users -= 1
        _close_idle()


def _enter(address: str, progress: Progress) -> "Cluster":
    while not _lock.acquire(timeout=0.1):  # another run is connecting
        check_cancelled(progress)
    try:
        cluster = _open.get(address)
        if cluster is not None and not cluster.alive:
            del _open[address]
            cluster.close()
            cluster = None
        if cluster is None:
            start = Part(progress, (0.0, 0.02))  # packages take seconds; blocks have not begun
            load(_PACKAGES, "A run on the Dask cluster at {}".format(address), start, "Loading packages")
            progress.update(0.0, "Connecting to the cluster at {}".format(address))
            cluster = _open[address] = Cluster(address, _client(address, progress), progress)
        cluster.users += 1
        return cluster
    finally:
        _lock.release()


def _close_idle() -> None:
    with _lock:
        idle = [] if _held[0] else [name for name, cluster in _open.items() if cluster.users == 0]
        closing = [_open.pop(name) for name in idle]
    for cluster in closing:
        cluster.close()


def _client(address: str, progress: Progress):
    """Connect on a thread, so that a cancel is heard and a server of another kind, which says nothing, is given up."""
    made: List[Any] = []
    failed: List[BaseException] = []
    lock, unwanted = threading.Lock(), []

    def run() -> None:
        try:
            client = _connect(address)
        except BaseException as error:  # raised again below, in the thread of the caller
            failed.append(error)
            return
        with lock:
            made.append(client)
            late = bool(unwanted)
        if late:
            client.close()

    thread = threading.Thread(target=run, name="connect", daemon=True)
    end = time.monotonic() + 2 * CONNECT_SECONDS
    thread.start()
    try:
        while thread.is_alive():
            check_cancelled(progress)
            if time.monotonic() > end:
                raise _nobody(address, "no answer within {:g} seconds".format(2 * CONNECT_SECONDS))
            thread.join(0.1)
    except BaseException:
        with lock:
            unwanted.append(True)
            late = list(made)
        for client in late:
            client.close()
        raise
    if failed:
        raise failed[0]
    return made[0]


class Cluster:
    """A connection to a scheduler whose workers were found to be like this process."""

    def __init__(self, address: str, client, progress: Progress):
        self.address, self.users = address, 0
        self._client = client
        self._looked, self._answered, self._threads = 0.0, time.monotonic(), {}
        try:
            self._await_worker(progress)
            self._check_environments()
            self._executor = self._client.get_executor(pure=False, retries=_RETRIES)
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the scheduler is still there."""
        return self._client.status == "running"

    def threads(self) -> Dict[str, int]:
        """Threads by address of the worker, as the scheduler last told.

        Raises
        ------
        ClusterError
            If the scheduler does not answer.
        """
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            try:
                self._threads = dict(self._ask(self._client.scheduler.ncores, seconds=_LOOK_ANSWER_SECONDS))
                self._answered = time.monotonic()
            except ClusterError:
                # On a busy machine an answer comes late; only a long silence, or a closed connection, is a loss.
                if not self.alive or time.monotonic() - self._answered > _SILENCE_SECONDS:
                    raise
            self._looked = time.monotonic()
        return self._threads

    def describe(self) -> str:
        """Workers and threads, for progress."""
        threads = self.threads()
        return "{:,} threads of {:,} workers of the cluster at {}".format(
            sum(threads.values()), len(threads), self.address
        )

    def keep(self, job: Job):
        """The job as a value that the workers hold, sent to the cluster once; freed when the result is dropped.

        It is a task too: when the workers that hold it die, the scheduler makes it again from its own copy.
        """
        import dask

        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
            return self._client.submit(keep, job, pure=False)

    def submit(self, job, window) -> Future:
        """Compute one window of a kept job; a `concurrent.futures.Future`."""
        try:
            return self._executor.submit(compute, job, window)
        except CarbonError:
            raise
        except Exception as error:
            if self.alive:
                raise
            raise self.lost() from error

    def run_on_all(self, function: Callable, *arguments) -> Dict[str, Any]:
        """Result of a function by worker; an exception where it failed."""
        return self._ask(self._client._run, function, *arguments, on_error="return")

    def lost(self) -> ClusterError:
        """The error of a run whose scheduler went away."""
        return ClusterError(
            "The connection to the Dask scheduler at {} was lost. Nothing was written; earlier outputs are unchanged. "
            "See whether the scheduler still runs, then start again.".format(self.address)
        )

    def close(self) -> None:
        """Hang up. The cluster goes on for others."""
        try:
            self._client.close(timeout=_ANSWER_SECONDS)
        except _GONE:
            # The run is over, well or with an error of its own that must not be hidden by this one; what is left of a
            # connection to a scheduler that does not even take the goodbye holds nothing but a socket.
            self._looked = 0.0

    def _ask(self, coroutine, *arguments, seconds: Optional[float] = None, **more):
        try:
            return self._client.sync(coroutine, *arguments, callback_timeout=seconds or _ANSWER_SECONDS, **more)
        except CarbonError:
            raise
        except _GONE as error:
            raise self.lost() from error

    def _await_worker(self, progress: Progress) -> None:
        end = time.monotonic() + FIRST_WORKER_SECONDS
        while not self.threads():
            check_cancelled(progress)
            if time.monotonic() > end:
                raise ClusterError(
                    "The Dask scheduler at {} has no workers. Start some with: dask worker {}".format(
                        self.address, self.address
                    )
                )
            time.sleep(0.2)
            self._looked = 0.0

    def _check_environments(self) -> None:
        own, scheduler = environment(), "the scheduler at " + self.address
        names = tuple(own)
        found = {"the worker at " + name: seen for name, seen in self.run_on_all(environment, names).items()}
        try:
            found[scheduler] = self._client.sync(
                self._client._run_on_scheduler, environment, names, callback_timeout=_ANSWER_SECONDS
            )
        except Exception as error:  # whatever keeps it from answering is what the message tells
            found[scheduler] = error
        for place, seen in found.items():
            if isinstance(seen, BaseException):
                raise ClusterError(_no_answer(place, seen)) from seen
            differences = [
                "{} {} here, {} there".format(name, own[name], seen.get(name))
                for name in names
                if seen.get(name) != own[name]
            ]
            if differences:
                raise ClusterError(
                    "{} differs from this QGIS: {}. Results could differ too. Install the same versions there "
                    "(python3 -m pip install NAME==VERSION) and copy this QGIS's folder 'carbon_qgis' there, restart "
                    "scheduler and workers, and start again.".format(_capital(place), "; ".join(differences))
                )


def _connect(address: str):
    from distributed import Client, Security

    if address.startswith("tls:") and Security().get_connection_args("client").get("ssl_context") is None:
        raise ClusterError(
            "The address {} asks for encryption, but Dask has no certificates here. Name them before QGIS starts, in "
            "the variables DASK_DISTRIBUTED__COMM__TLS__CA_FILE, ..._TLS__CLIENT__CERT and ..._TLS__CLIENT__KEY, or "
            "use tcp:// in a closed network.".format(address)
        )
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="carbon")
    except Exception as error:  # sockets, TLS, foreign servers, versions of Dask: every kind has its own class
        raise _nobody(address, " ".join(str(error).split())[:200] or type(error).__name__) from error


def _nobody(address: str, reason: str) -> ClusterError:
    return ClusterError(
        "No Dask scheduler answers at {} ({}). Start one there (dask scheduler), correct the address, or leave the "
        "setting 'Dask scheduler address' (CARBON_DASK_SCHEDULER) empty to compute on this machine.".format(
            address, reason.rstrip(".")
        )
    )


def _no_answer(place: str, error: BaseException) -> str:
    # Dask delivers an error in loading the question as a plain Exception whose text names its class.
    loading = ("ModuleNotFoundError", "ImportError", "AttributeError")
    if isinstance(error, (ImportError, AttributeError)) or str(error).startswith(loading):
        return (
            "{} cannot load the plugin's code ({}). Copy the folder 'carbon_qgis' there, start scheduler and workers "
            "with the folder that holds it in PYTHONPATH, and give them the same packages as this QGIS: rasterio, "
            "scipy, and those of Dask ({}).".format(_capital(place), _first_line(error), _INSTALL)
        )
    return "{} could not be asked for its versions: {}: {}. See its log.".format(
        _capital(place), type(error).__name__, _first_line(error)
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no text"])[0]


class ClusterPool:
    """What `run_blocks` needs of a cluster for one run: tasks out, results in, a bound on what is under way.

    Parameters
    ----------
    function, task : `function(task, window)` computes a window; both are sent once.
    run : name of the run, under which workers keep files open.
    paths : files that the tasks read.
    budget : bytes of results that may wait here.
    guess : bytes of a result until one has been seen.
    least : tasks that may always be under way.
    """

    def __init__(
        self,
        cluster: Cluster,
        function: Callable,
        task: Any,
        run: str,
        paths: Sequence[str],
        budget: int,
        guess: int,
        least: int,
    ):
        self._cluster, self._run, self._budget, self._guess, self._least = cluster, run, budget, guess, least
        self._largest = 0
        self._seen_workers = time.monotonic()
        self._check_files(paths)
        self._job = cluster.keep(Job(run, function, task, environment(("Carbon",))["Carbon"]))

    def submit(self, window) -> Future:
        """Send one window."""
        return self._cluster.submit(self._job, window)

    def limit(self) -> int:
        """How many windows may be under way or wait for their turn: two per thread, within the memory here."""
        threads = sum(self._cluster.threads().values())
        fitting = self._budget // max(1, self._largest or self._guess)
        return max(self._least, min(2 * threads + 2, fitting))

    def result(self, future: Future) -> Any:
        """What a window gave.

        Raises
        ------
        ClusterError
            If the cluster could not compute it; errors of the task itself come as they are.
        """
        try:
            outcome = future.result()
        except CarbonError:
            raise
        except CancelledError as error:
            raise self._cluster.lost() from error
        except Exception as error:
            text = _worker_died(error)
            if text is None:
                raise
            raise ClusterError(text) from error
        self._largest = max(self._largest, _bytes(outcome))
        return outcome

    def check(self) -> None:
        """Raise `ClusterError` if the scheduler has gone, or the last worker did not come back in time."""
        if not self._cluster.alive:
            raise self._cluster.lost()
        if self._cluster.threads():
            self._seen_workers = time.monotonic()
        elif time.monotonic() - self._seen_workers > PATIENCE_SECONDS:
            raise ClusterError(
                "All workers of the Dask cluster at {} have gone and none came back within {:.0f} seconds. Nothing was "
                "written; earlier outputs are unchanged. Start workers, then start again.".format(
                    self._cluster.address, PATIENCE_SECONDS
                )
            )

    def close(self) -> None:
        """Free what the workers hold for this run."""
        self._job = None
        try:
            if self._cluster.alive and self._cluster.threads():
                self._cluster.run_on_all(let_go, self._run)
        except ClusterError:
            # Nobody there to free anything; why the run ends is told already, by its result or by another error.
            self._run = ""

    def _check_files(self, paths: Sequence[str]) -> None:
        own = {path: os.path.getsize(path) for path in paths if is_plain_path(path)}
        if not own:
            return
        for worker, seen in self._cluster.run_on_all(files_seen, list(own)).items():
            if isinstance(seen, BaseException):
                raise ClusterError(_no_answer("the worker at " + worker, seen)) from seen
            for path, size in seen.items():
                if size != own[path]:
                    raise ClusterError(_other_file(worker, path, own[path], size))


def _other_file(worker: str, path: str, here: int, there: Optional[int]) -> str:
    found = "it has no such file" if there is None else "there it has {:,} bytes, here {:,}".format(there, here)
    return (
        "The worker at {} does not see the input '{}' as this machine does: {}. Put inputs on a file system that all "
        "machines share under the same path, or give an object-store URL.".format(worker, path, found)
    )


def _worker_died(error: Exception) -> Optional[str]:
    """Sentence for errors of the cluster rather than of the task; None for others."""
    if isinstance(error, MemoryError):
        return (
            "A worker has not enough memory for a block. Give workers more memory or fewer threads each, or lower the "
            "memory budget of a run, which makes blocks smaller. Nothing was written."
        )
    if type(error).__name__ == "KilledWorker":
        return (
            "Several workers died one after the other while they computed the same block, the last one at {}. The "
            "usual cause is too little memory: give workers more, or fewer threads each, or lower the memory budget of "
            "a run, which makes blocks smaller. Nothing was written.".format(
                getattr(getattr(error, "last_worker", None), "address", "an unknown address")
            )
        )
    return None


def _bytes(value: Any) -> int:
    """Bytes of the arrays in a result."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(_bytes(item) for item in value.values())
    if isinstance(value, (list, tuple, set)):
        return sum(_bytes(item) for item in value)
    inner = getattr(value, "__dict__", None)
    return _bytes(inner) if isinstance(inner, dict) else 0


def windows_bytes(windows: Sequence[Tuple[int, int, int, int]], per_cell: int) -> int:
    """Bytes of the largest of some windows."""
    return max((height * width for _, _, height, width in windows), default=1) * per_cell
