"""One warm worker, the inputs of all algorithms, and the bench on which bad inputs are tried."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.bench import Bench

HERE = Path(__file__).resolve().parent


class Worker:
    """The process of `worker.py`."""

    def __init__(self, home, *folders):
        environment = {
            **os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen",
            "TMPDIR": str(home), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "CARBON_THREADS": "2",
            "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        environment.pop("CARBON_DASK_SCHEDULER", None)
        self.log = home / "worker.log"
        self._log = open(self.log, "wb")
        command = [sys.executable, str(HERE / "worker.py"), str(home), *map(str, folders)]
        self._process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip
        self._answer()

    def ask(self, do, **request):
        """What the worker answers."""
        self._process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if do != "run":
            assert "broken" not in answer, answer["broken"]
        return answer

    def _answer(self):
        line = self._process.stdout.readline()
        assert line, "the worker has died: " + self.log.read_text(errors="replace")[-3000:]
        return json.loads(line)

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)
        self._log.close()


@pytest.fixture(scope="session")
def worker(tmp_path_factory):
    """QGIS is loaded once; it may write where the tests work, and nowhere else."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    kept = os.environ.get("CARBON_HOSTILE_INPUTS")
    made = Worker(home, tmp_path_factory.getbasetemp(), *([os.path.dirname(kept)] if kept else []))
    yield made
    made.close()


@pytest.fixture(scope="session")
def inputs(worker, tmp_path_factory):
    """Good inputs of every algorithm, made once; CARBON_HOSTILE_INPUTS names a folder that keeps them between runs."""
    kept = os.environ.get("CARBON_HOSTILE_INPUTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("in") / "data"
    if not folder.exists():
        # Whole or not at all: a folder that is kept must not be half made.
        made = folder.with_name(folder.name + ".part")
        shutil.rmtree(made, ignore_errors=True)
        for models in (False, True):
            done = worker.ask("prepare", path=str(made), models=models)["ok"]
            assert done, worker.log.read_text(errors="replace")[-3000:]
        made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def bench(worker, inputs, tmp_path_factory):
    """Tries bad inputs."""
    return Bench(worker, inputs, tmp_path_factory.mktemp("bench"))
