"""The real `qgis_process` in the place of the warm worker: what it does before an algorithm is asked counts as well."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ALONE = Path(__file__).resolve().parent / "alone.py"


class QgisProcess:
    """Answers a bench as `worker.py` does, with one process a run.

    Parameters
    ----------
    environment : of the packaged plugin and the model packages.
    folder : scratch.
    """

    def __init__(self, environment, folder):
        self._environment = {**environment, "OMP_NUM_THREADS": "1", "CARBON_THREADS": "2", "LC_ALL": "C.UTF-8"}
        self._environment.pop("CARBON_DASK_SCHEDULER", None)
        self._answer = Path(folder) / "answer.json"
        code, said, _ = self._call(["plugins", "enable", "carbon_qgis"], folder, 60)
        assert code == 0, said
        self._call(["help", "carbon:carbonstock"], folder, 60)
        self._idle_mb = self._told()["most_mb"]

    def ask(self, do, algorithm, parameters, seconds, folder, log):
        """What a run did, in the words of `worker.py`."""
        assert do == "run"
        command = ["run", "carbon:" + algorithm, *arguments(parameters)]
        started = time.perf_counter()
        code, said, hung = self._call(command, folder, 5 * seconds)
        answer = {"ok": code == 0, "printed": said, "hung": hung, "signal": max(0, -(code or 0)), "events": []}
        if hung:
            return answer
        told = self._told()
        # A command that a signal ended has a negative status, which the one around it turns into 256 less.
        answer.update(signal=max(answer["signal"], 256 - code if code > 128 else 0))
        answer.update(seconds=time.perf_counter() - started, network=told["network"], said=said.splitlines()[-40:])
        answer.update(grown_mb=told["most_mb"] - self._idle_mb, message=_of_the_error(said))
        return answer

    def _call(self, command, folder, seconds):
        """Exit status, everything printed, and whether it had to be stopped."""
        self._answer.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, str(ALONE), str(self._answer), "qgis_process.bin", *command], cwd=folder, text=True,
            env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            errors="replace", start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0], True
        return process.returncode, said, False

    def _told(self):
        return json.loads(self._answer.read_text(encoding="utf-8"))


def arguments(parameters):
    """Parameters as arguments of `qgis_process run`: of a list, each item."""
    found = []
    for name, value in parameters.items():
        items = value if isinstance(value, list) else [value]
        found += ["--{}={}".format(name, str(item).lower() if isinstance(item, bool) else item) for item in items]
    return found


def _of_the_error(said):
    """What follows the word ERROR, or the end of what was printed."""
    before, word, after = said.rpartition("ERROR:")
    return (after if word else said[-3000:]).strip()
