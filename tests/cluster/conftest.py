"""A real scheduler and real worker processes on the loopback interface."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cluster.cases import Inputs

REPOSITORY = Path(__file__).resolve().parents[2]
#: Seconds in which a process of the cluster has to be up, on a busy machine too.
PATIENCE = 120


class LocalCluster:
    """Processes of a cluster; every worker has one thread, no nanny, and can be killed by its address."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.workers = {}
        self.scheduler = None

    def start(self, code=REPOSITORY, workers=2, host="127.0.0.1", **environment):
        """Start the scheduler and wait for its workers; the cluster itself."""
        options = ["--host", host, "--port", "0", "--no-dashboard"]
        self.scheduler = self._run("scheduler", code, *options, **environment)
        self.address = self._line(self.scheduler, "Scheduler at:").split()[-1]
        for _ in range(workers):
            self.add_worker(code, **environment)
        return self

    def add_worker(self, code=REPOSITORY, *options, **environment):
        """Start a worker and wait until the scheduler knows it; its address."""
        name = "w{}".format(len(self.workers))
        folder = str(self.folder / name)
        options = (self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--name",
                   name, "--local-directory", folder) + options  # fmt: skip
        process = self._run("worker", code, *options, **environment)
        self._line(process, "Registered to:")
        self.workers[name] = process
        return name

    def kill(self, *names):
        """SIGKILL: nothing is said or tidied."""
        for name in names or tuple(self.workers):
            process = self.workers.pop(name)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def stop(self):
        for process in list(self.workers.values()) + [self.scheduler]:
            if process is not None:
                process.kill()
                process.wait()

    def _run(self, kind, code, *options, **environment):
        script = "from distributed.cli.dask_{0} import main; main()".format(kind)
        own = {name: value for name, value in os.environ.items() if not name.startswith(("CARBON_", "DASK_"))}
        own.update(PYTHONPATH=str(code), HOME=str(self.folder), OMP_NUM_THREADS="1", PYTHONUNBUFFERED="1")
        own.update(environment)
        process = subprocess.Popen(
            [sys.executable, "-c", script, *options], env=own, cwd=str(self.folder), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        return process

    @staticmethod
    def _line(process, words):
        """The line of the log that holds these words. A thread reads on, so that the pipe never fills."""
        seen, lines = [], []
        ended = threading.Event()

        def read():
            for line in process.stderr:
                seen.append(line)
                if words in line and not lines:
                    lines.append(line)
                    ended.set()
            ended.set()

        threading.Thread(target=read, daemon=True).start()
        ended.wait(PATIENCE)
        assert lines, "no '{}' in:\n{}".format(words, "".join(seen))
        return lines[0]


@pytest.fixture
def make_cluster(tmp_path_factory):
    """Start clusters of one's own; they end with the test."""
    made = []

    def make(**options):
        cluster = LocalCluster(tmp_path_factory.mktemp("cluster"))
        made.append(cluster)
        return cluster.start(**options)

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Two workers that all tests share; nobody kills them."""
    made = LocalCluster(tmp_path_factory.mktemp("shared"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="session")
def inputs(tmp_path_factory):
    """Rasters of 600 x 600 cells, smaller ones where more is computed: several blocks each with little memory."""
    return Inputs(tmp_path_factory.mktemp("inputs"), 600, model_side=300, monthly_side=300)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Environment of an object store with the files of this test, also set for this process."""
    script = str(REPOSITORY / "tests" / "cluster" / "object_store.py")
    server = subprocess.Popen([sys.executable, script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    variables = {
        "AWS_S3_ENDPOINT": "127.0.0.1:" + server.stdout.readline().strip(), "AWS_HTTPS": "NO",
        "AWS_NO_SIGN_REQUEST": "YES", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield variables
    server.kill()
    server.wait()
    server.stdout.close()
