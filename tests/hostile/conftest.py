"""One warm worker, the inputs of all algorithms, and the bench on which bad inputs are tried."""

import os
import shutil
from pathlib import Path

import pytest

from tests.hostile.bench import Bench
from tests.worker_process import WorkerProcess

HERE = Path(__file__).resolve().parent


class Worker(WorkerProcess):
    """The process of `worker.py`."""

    def __init__(self, home, *folders):
        environment = {
            **os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen",
            "TMPDIR": str(home), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "CARBON_THREADS": "2",
            "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        environment.pop("CARBON_DASK_SCHEDULER", None)
        super().__init__(HERE / "worker.py", (home, *folders), environment, home / "worker.log")

    def ask(self, do, **request):
        """What the worker answers."""
        answer = super().ask(do, **request)
        if do != "run":
            assert "broken" not in answer, answer["broken"]
        return answer


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
    made = Bench(worker, inputs, tmp_path_factory.mktemp("bench"))
    yield made
    made.clear()


@pytest.fixture(autouse=True)
def _no_bad_inputs_of_the_last_test(request):
    """Thousands would pile up, and each run looks at all of them."""
    if "bench" in request.fixturenames:
        request.getfixturevalue("bench").clear()
