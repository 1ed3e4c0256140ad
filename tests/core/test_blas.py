"""One thread of linear algebra while blocks are computed, and as many as before afterwards."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("threadpoolctl")

SCRIPT = """
import sys, threading
import numpy as np
import threadpoolctl
from carbon_qgis.core.blas import one_blas_thread
from carbon_qgis.core.raster.blocks import run_blocks
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from tests.core.helpers import make_raster

def threads():
    # None is listed where numpy was built against the reference library, which has one thread: Debian 13.
    pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    return max(pools, default=1)

before = threads()
inside, leave = threading.Event(), threading.Event()

def other():
    with one_blas_thread():
        inside.set()
        leave.wait(60)

thread = threading.Thread(target=other)
with one_blas_thread():
    thread.start()
    inside.wait(60)
still = threads()
leave.set()
thread.join()
after = threads()

def kernel(block, found):
    found.append(threads())
    return {}, 1

found = []
path = make_raster(sys.argv[1], np.ones((600, 600), np.float32))
run_blocks(align_inputs({"a": Band(path)}), kernel, found, settings=EngineSettings(1, 2))
print(before, still, after, sorted(set(found)), len(found) > 3, threads())
"""


def test_the_limit_holds_for_all_blocks_and_the_last_of_several_runs_lifts_it(tmp_path, repository):
    """Sums over the threads of a machine would end in other digits than those of another machine."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "a.tif")], cwd=str(repository), text=True,
        env=dict(os.environ, OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", PYTHONPATH=str(repository)),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, still, after, rest = done.stdout.split(" ", 3)
    if before == "1":
        pytest.skip("this linear algebra has one thread anyway")
    assert (before, still, after, rest.strip()) == ("2", "1", "2", "[1] True 2")


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="only Linux lists its libraries in a file")
def test_an_older_threadpoolctl_does_not_ask_the_loader(monkeypatch):
    """It would call Python from inside the loader, and wait for ever where another thread imports a module."""
    import types

    import numpy.linalg  # noqa: F401  loads a library to be found

    from carbon_qgis.core import blas

    class Older:
        def __init__(self):
            self.paths = []
            self._find_libraries_with_dl_iterate_phdr()

        def _find_libraries_with_dl_iterate_phdr(self):
            raise AssertionError("the loader was asked")

        def _make_controller_from_path(self, path):
            self.paths.append(path)

    monkeypatch.setitem(sys.modules, "threadpoolctl", types.SimpleNamespace(ThreadpoolController=Older))
    paths = blas._controller().paths
    assert paths == blas.mapped_libraries() and len(set(paths)) == len(paths)
    assert any("libc.so" in path or "libc-" in path or "musl" in path for path in paths)
    assert any("numpy" in path for path in paths)
