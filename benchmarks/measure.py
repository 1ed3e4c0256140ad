"""Wall time, CPU time and peak memory of one whole command, its child processes included.

    python benchmarks/measure.py [--json] [--cwd DIR] -- COMMAND [ARGUMENT ...]

CPU time is what the kernel counted for the command and every child that it waited for, user and system
(``wait4``). Peak memory is given twice: the largest sum over the process tree of the resident set sizes,
sampled from /proc every 20 ms (pages shared between the processes count once for each; a child counts once it
has been seen in two samples: one that is about to become another program still shows its parent's memory), and
the kernel's own peak of the largest single process (``VmHWM``, read with every sample; ``ru_maxrss`` would begin
with the memory of the process that measures). Linux only.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Dict, List, Optional, Sequence, Set, Tuple

INTERVAL = 0.02


class Measurement:
    """What one command took.

    Attributes
    ----------
    wall, user, system : float
        Seconds.
    peak_tree, peak_process : int
        Bytes: the sampled peak of the process tree, and the kernel's peak of its largest process.
    returncode : int
        Exit status; negative signal number when a signal ended it.
    stdout, stderr : str
        What it printed.
    """

    def __init__(self, wall: float, user: float, system: float, peak_tree: int, peak_process: int, returncode: int,
                 stdout: str, stderr: str) -> None:
        self.wall, self.user, self.system = wall, user, system
        self.peak_tree, self.peak_process = peak_tree, peak_process
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr

    @property
    def cpu(self) -> float:
        """User and system time, seconds."""
        return self.user + self.system

    @property
    def peak(self) -> int:
        """The larger of the two peaks, bytes: short spikes of one process escape the samples."""
        return max(self.peak_tree, self.peak_process)

    def as_dict(self) -> Dict[str, float]:
        """Return the figures without what was printed."""
        return {"wall_s": round(self.wall, 3), "cpu_s": round(self.cpu, 3), "user_s": round(self.user, 3),
                "system_s": round(self.system, 3), "peak_tree_mb": round(self.peak_tree / 1e6, 1),
                "peak_process_mb": round(self.peak_process / 1e6, 1), "returncode": self.returncode}


def _children(pid: int) -> List[int]:
    """Return the child processes of ``pid``; a process's threads list their own children each."""
    found: List[int] = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", "rb") as f:
            found += map(int, f.read().split())
    return found


def tree_memory(root: int, known: Set[int]) -> Tuple[int, int]:
    """Return the resident bytes of process ``root`` and its descendants, and the largest peak of one of them.

    Descendants that are not in ``known`` do not count yet; they are put into it.
    """
    waiting, total, highest = [root], 0, 0
    while waiting:
        pid = waiting.pop()
        try:
            with open(f"/proc/{pid}/status", "rb") as f:
                status = f.read()
            if pid == root or pid in known:
                total += _kilobytes(status, b"VmRSS:")
                highest = max(highest, _kilobytes(status, b"VmHWM:"))
            known.add(pid)
            # Only the tree is walked: a listing of the whole of /proc would cost the measured command some of its CPU.
            waiting += _children(pid)
        except (FileNotFoundError, ProcessLookupError):  # it ended while it was being read
            continue
    return total, highest


def _kilobytes(status: bytes, name: bytes) -> int:
    """Return a line of /proc/PID/status in bytes; 0 where a process that is ending has it no more."""
    parts = status.split(name)
    return 1024 * int(parts[1].split(None, 1)[0]) if len(parts) == 2 else 0


class _Sampler(threading.Thread):
    """Follows the memory of a process tree until told to stop."""

    def __init__(self, root: int, interval: float) -> None:
        super().__init__(daemon=True)
        self.root, self.interval = root, interval
        self.peak_tree = self.peak_process = 0
        self.known: Set[int] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(self.interval):
            total, highest = tree_memory(self.root, self.known)
            self.peak_tree, self.peak_process = max(self.peak_tree, total), max(self.peak_process, highest)


def measure(command: Sequence[str], env: Optional[Dict[str, str]] = None, cwd: Optional[str] = None,
            interval: float = INTERVAL) -> Measurement:
    """Run ``command`` to its end and return what it took.

    Parameters
    ----------
    command : sequence of str
        Program and arguments; no shell.
    env : dict, optional
        The whole environment; this process's own when absent.
    cwd : str, optional
        Folder to run in.
    interval : float
        Seconds between two samples of the memory.

    Raises
    ------
    FileNotFoundError
        When the program does not exist.
    """
    # Files, not pipes: nobody has to read while the command runs.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(list(command), env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, start_new_session=True)
        sampler = _Sampler(process.pid, interval)
        sampler.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise
        finally:
            sampler.ended.set()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.join()
        texts = []
        for log in (out, err):
            log.seek(0)
            texts.append(log.read().decode("utf-8", "replace"))
    return Measurement(wall, usage.ru_utime, usage.ru_stime, sampler.peak_tree, sampler.peak_process,
                       process.returncode, *texts)


def main() -> int:
    """Command line; returns the exit status of the command."""
    parser = argparse.ArgumentParser(description="Measure a whole command: wall, CPU, peak memory.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cwd", help="folder to run in")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no command to measure")
    result = measure(command, cwd=options.cwd)
    sys.stderr.write(result.stdout + result.stderr)
    if options.json:
        print(json.dumps(result.as_dict()))
    else:
        print(f"wall {result.wall:.2f} s, CPU {result.cpu:.2f} s (user {result.user:.2f}, system {result.system:.2f}), "
              f"peak memory {result.peak_tree / 1e6:.0f} MB of the tree, "
              f"{result.peak_process / 1e6:.0f} MB of one process, "
              f"exit status {result.returncode}")
    return result.returncode if result.returncode >= 0 else 128 - result.returncode


if __name__ == "__main__":
    sys.exit(main())
