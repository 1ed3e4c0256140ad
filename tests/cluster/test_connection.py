"""Getting to a cluster: what is checked before a block is sent, and what each refusal says."""

import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from carbon_qgis.core.errors import Cancelled, ClusterError, RasterError
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.raster import cluster as cluster_module
from carbon_qgis.core.raster.cluster import ClusterPool, connection, held
from carbon_qgis.core.raster.cluster_worker import Job, compute, environment, source_stamp
from carbon_qgis.core.raster.scan import present_codes
from carbon_qgis.core.raster.settings import EngineSettings
from tests.cluster.conftest import REPOSITORY
from tests.core.helpers import Cancelling, make_raster

CODES = np.arange(1, 7, dtype=np.uint8).repeat(100 * 100).reshape(200, 300)
COUNTS = {code: 10000 for code in range(1, 7)}


@pytest.fixture
def raster(tmp_path):
    return make_raster(tmp_path / "codes.tif", CODES, nodata=255)


def count(path, address, **options):
    return present_codes(path, settings=EngineSettings(scheduler=address), **options)


def refused(path, address):
    with pytest.raises(ClusterError) as caught:
        count(path, address)
    return str(caught.value)


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "tcp://127.0.0.1:{}".format(probe.getsockname()[1])


def test_nobody_at_the_address(raster, monkeypatch):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1.0)
    address = closed_port()
    text = refused(raster, address)
    assert text.startswith("No Dask scheduler answers at {} (".format(address))
    assert text.endswith(
        "Start one there (dask scheduler), correct the address, or leave the setting 'Dask scheduler address' "
        "(CARBON_DASK_SCHEDULER) empty to compute on this machine."
    )


def test_somebody_else_at_the_address(raster, monkeypatch):
    """A server that takes the connection and never says a word."""
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1.0)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        address = "tcp://127.0.0.1:{}".format(server.getsockname()[1])
        assert "No Dask scheduler answers at " + address in refused(raster, address)


def test_encryption_without_certificates(raster):
    text = refused(raster, "tls://127.0.0.1:8786")
    assert text.startswith("The address tls://127.0.0.1:8786 asks for encryption, but Dask has no certificates here.")
    assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in text and ".md" not in text


@pytest.mark.slow
def test_an_encrypted_cluster(raster, make_cluster, tmp_path, monkeypatch):
    """Certificates as docs/cluster.md makes them; without them nobody is let in."""
    commands = (
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 1 -subj /CN=carbon-ca",
        "req -newkey rsa:2048 -nodes -keyout node.key -out node.csr -subj /CN=carbon",
        "x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out node.pem -days 1",
    )
    for command in commands:
        subprocess.run(["openssl", *command.split()], cwd=str(tmp_path), check=True, stderr=subprocess.DEVNULL)
    tls = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(tmp_path / "ca.pem")}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        tls["DASK_DISTRIBUTED__COMM__TLS__{}__CERT".format(role)] = str(tmp_path / "node.pem")
        tls["DASK_DISTRIBUTED__COMM__TLS__{}__KEY".format(role)] = str(tmp_path / "node.key")
    address = make_cluster(workers=1, host="tls://127.0.0.1", **tls).address
    script = (
        "import sys\nfrom carbon_qgis.core.raster.scan import present_codes\n"
        "from carbon_qgis.core.raster.settings import EngineSettings\n"
        "print(present_codes(sys.argv[1], settings=EngineSettings(scheduler=sys.argv[2])))"
    )
    assert run_python(script, raster, address, env=dict(os.environ, **tls)) == str(COUNTS)
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1.0)
    assert "No Dask scheduler answers at" in refused(raster, address.replace("tls://", "tcp://"))


def test_a_cancel_is_heard_while_nobody_answers(raster):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(Cancelled):
            count(raster, "tcp://127.0.0.1:{}".format(server.getsockname()[1]), progress=Cancelling())


def test_a_scheduler_without_workers(raster, make_cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "FIRST_WORKER_SECONDS", 0.5)
    address = make_cluster(workers=0).address
    expected = "The Dask scheduler at {0} has no workers. Start some with: dask worker {0}"
    assert refused(raster, address) == expected.format(address)


def test_workers_without_the_plugin(raster, make_cluster, tmp_path):
    text = refused(raster, make_cluster(code=tmp_path, workers=1).address)
    assert "cannot load the plugin's code (" in text and "No module named 'carbon_qgis'" in text
    assert "start scheduler and workers with the folder that holds it in PYTHONPATH" in text
    assert "python3 -m pip install distributed threadpoolctl" in text and ".md" not in text


def test_a_worker_with_other_code(raster, make_cluster, tmp_path):
    shutil.copytree(REPOSITORY / "carbon_qgis", tmp_path / "carbon_qgis", ignore=shutil.ignore_patterns("*.pyc"))
    with open(tmp_path / "carbon_qgis" / "core" / "units.py", "a", encoding="utf-8") as stream:
        stream.write("\n# changed\n")
    mixed = make_cluster()
    mixed.add_worker(tmp_path)
    text = refused(raster, mixed.address)
    assert text.startswith("The worker at tcp://127.0.0.1:") and "differs from this QGIS: Carbon " in text
    assert "{} here".format(source_stamp()) in text and "restart scheduler and workers" in text
    assert "copy this QGIS's folder 'carbon_qgis' there" in text and ".md" not in text


def test_another_version_of_a_package(raster, cluster, monkeypatch):
    own = dict(environment(), numpy="0.1")
    monkeypatch.setattr(cluster_module, "environment", lambda names=None: own)
    monkeypatch.setattr(cluster_module.Cluster, "run_on_all", lambda *_: {"tcp://1.2.3.4:5": environment(tuple(own))})
    text = refused(raster, cluster.address)
    assert text.startswith("The worker at tcp://1.2.3.4:5 differs from this QGIS: numpy 0.1 here, " + np.__version__)


def test_a_worker_that_joins_later_is_checked_with_its_first_block():
    with pytest.raises(ClusterError, match="joined during the run holds another version .* .Carbon old here"):
        compute(Job("run", len, (), "old"), (0, 0, 1, 1))


def test_an_input_that_a_worker_does_not_see(raster):
    class Elsewhere:
        seen = None

        def run_on_all(self, function, paths):
            return {"tcp://1.2.3.4:5": {path: self.seen for path in paths}}

    def pool():
        ClusterPool(Elsewhere(), len, None, "run", [raster, "/vsis3/bucket/a.tif"], 1, 1, 1)

    with pytest.raises(ClusterError) as caught:
        pool()
    assert str(caught.value) == (
        "The worker at tcp://1.2.3.4:5 does not see the input '{}' as this machine does: it has no such file. Put "
        "inputs on a file system that all machines share under the same path, or give an object-store URL.".format(
            raster
        )
    )
    Elsewhere.seen = 7
    with pytest.raises(ClusterError, match="there it has 7 bytes, here [0-9,]+\\."):
        pool()


def failed(error):
    future = Future()
    future.set_exception(error)
    return future


def test_blocks_that_are_too_large_for_the_workers(cluster):
    from distributed.scheduler import KilledWorker

    class Worker:
        address = "tcp://1.2.3.4:5"

    class Lonely:
        def keep(self, job):
            return job

    pool = ClusterPool(Lonely(), len, None, "run", [], 1, 1, 1)
    with pytest.raises(ClusterError, match="died one after the other .* the last one at tcp://1.2.3.4:5. The usual"):
        pool.result(failed(KilledWorker("key", Worker(), 3)))
    with pytest.raises(ClusterError, match="^A worker has not enough memory for a block"):
        pool.result(failed(MemoryError()))
    with pytest.raises(ZeroDivisionError):
        pool.result(failed(ZeroDivisionError()))


def test_results_that_wait_fit_in_the_memory_of_this_machine():
    class Wide:
        def threads(self):
            return {"a": 100, "b": 100}

        def keep(self, job):
            return job

    def limit(budget, guess):
        return ClusterPool(Wide(), len, None, "run", [], budget, guess, 4).limit()

    assert limit(96 * 2**20, 4 * 2**20) == 24 and limit(2**40, 2**20) == 402 and limit(2**20, 2**30) == 4


def test_one_connection_serves_all_passes_and_is_closed_at_the_end(raster, cluster):
    with held():
        with connection(cluster.address, Silent()) as first:
            pass
        assert count(raster, cluster.address) == COUNTS and first.alive
        with connection(cluster.address, Silent()) as second:
            assert second is first
    assert not first.alive and not cluster_module._open


def test_files_are_closed_on_the_workers_after_the_run(raster, cluster):
    with held():
        assert count(raster, cluster.address) == COUNTS
        with connection(cluster.address, Silent()) as connected:
            for seen in connected.run_on_all(_open_files).values():
                assert seen and raster not in seen


def _open_files():
    return [os.readlink(entry) for entry in map(str, Path("/proc/self/fd").iterdir()) if os.path.exists(entry)]


def run_python(script, *arguments, **options):
    done = subprocess.run(
        [options.pop("python", sys.executable), "-c", script, *arguments], cwd=str(REPOSITORY), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_dask_is_imported_only_where_an_address_is_given(raster):
    script = (
        "import sys\nfrom carbon_qgis.core.raster.scan import present_codes\npresent_codes(sys.argv[1])\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('dask', 'distributed', 'cloudpickle')])"
    )
    assert run_python(script, raster) == "[]"


def test_without_the_package_the_command_that_installs_it_is_named(raster):
    script = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'distributed': raise ModuleNotFoundError(name)\n"
        "import importlib.util as util\n"
        "real = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'distributed' else real(name, package)\n"
        "from carbon_qgis.core.errors import DependencyError\n"
        "from carbon_qgis.core.raster.scan import present_codes\n"
        "from carbon_qgis.core.raster.settings import EngineSettings\n"
        "try: present_codes(sys.argv[1], settings=EngineSettings(scheduler='tcp://127.0.0.1:1'))\n"
        "except DependencyError as error: print(error)"
    )
    text = run_python(script, raster)
    assert text.startswith(
        "A run on the Dask cluster at tcp://127.0.0.1:1 needs the Python package 'distributed', which is not installed."
    )
    assert text.endswith("pip install distributed")


@pytest.mark.slow
def test_inputs_in_an_object_store(raster, store, make_cluster):
    own = make_cluster(workers=1, **store)
    assert count("/vsis3/bucket/codes.tif", own.address) == COUNTS
    with pytest.raises(RasterError, match="cannot be read"):
        count("/vsis3/bucket/none.tif", own.address)
