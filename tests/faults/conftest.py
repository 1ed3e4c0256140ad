"""A warm worker for all tests of the session, and the bench on which cases are run with faults."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.faults.bench import Bench
from tests.worker_process import WorkerProcess

HERE = Path(__file__).resolve().parent


class Worker(WorkerProcess):
    """The process of `worker.py`; `more` are variables of its environment."""

    def __init__(self, home, **more):
        environment = {
            **os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TMPDIR": str(home),
            "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
            # Small blocks: more of them, and more moments between them.
            "CARBON_MEMORY_MB": "16", "CARBON_THREADS": "2", **more,
        }  # fmt: skip
        self.temporary = home
        super().__init__(HERE / "worker.py", (), environment, home / "worker.log")
        self.mounts = self.greeting["mounts"]

    def ask(self, do, **request):
        """What the worker answers."""
        answer = super().ask(do, **request)
        assert "broken" not in answer, answer["broken"]
        return answer


@pytest.fixture(scope="session")
def worker(tmp_path_factory):
    """QGIS is loaded once."""
    if not sys.platform.startswith("linux"):
        pytest.skip("forks and mounts of Linux are needed")
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    made = Worker(home)
    yield made
    made.close()


@pytest.fixture(scope="session")
def inputs(worker, tmp_path_factory):
    """The folder of inputs, made once."""
    folder = tmp_path_factory.mktemp("in") / "data"
    assert worker.ask("prepare", path=str(folder))["ok"], worker.log.read_text(errors="replace")[-3000:]
    return folder


@pytest.fixture(scope="session")
def bench(worker, inputs, tmp_path_factory):
    """Runs cases, with and without faults."""
    folder = tmp_path_factory.mktemp("bench")
    yield Bench(worker, inputs, folder)
    shutil.rmtree(folder, ignore_errors=True)
