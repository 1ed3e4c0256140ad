"""What happens to a run when workers, the scheduler or the user go away: time is lost, never a cell."""

import pytest

from carbon_qgis.core.errors import Cancelled, ClusterError, RasterError
from carbon_qgis.core.raster import cluster as cluster_module
from carbon_qgis.core.raster.settings import EngineSettings
from tests.cluster.cases import CASES, Inputs, run_case
from tests.cluster.test_same_results import plain
from tests.core.helpers import Cancelling

CASE = "densitystock"


class At:
    """A progress that does something once, when a share of the work is done."""

    def __init__(self, share, action):
        self.share, self.action, self.messages = share, action, []

    def update(self, fraction, message=None):
        self.messages += [message] if message else []
        if fraction >= self.share and self.action is not None:
            action, self.action = self.action, None
            action()

    def cancelled(self):
        return False


def settings(address=""):
    """Nine blocks and more of 600 x 600 cells, whatever computes them."""
    return EngineSettings(1, 2, scheduler=address)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*")}


@pytest.fixture
def local(inputs, tmp_path):
    """The rasters of a local run by name."""
    run_case(CASE, inputs, tmp_path / "local", settings())
    return files(tmp_path / "local")


def test_a_killed_worker_costs_time_and_no_cell(make_cluster, inputs, local, tmp_path):
    own = make_cluster()
    progress = At(0.3, lambda: own.kill("w0"))
    run_case(CASE, inputs, tmp_path / "out", settings(own.address), progress)
    assert progress.action is None and list(own.workers) == ["w1"]
    assert files(tmp_path / "out") == local


def killed_in_mid_run(name, make_cluster, inputs, folder):
    """(what a local run gives, what a run gives whose worker is killed), rasters and numbers."""
    own = make_cluster()
    progress = At(0.3, lambda: own.kill("w0"))
    expected = plain(run_case(name, inputs, folder / "local", settings()))
    given = plain(run_case(name, inputs, folder / "out", settings(own.address), progress))
    assert progress.action is None and list(own.workers) == ["w1"]
    return (expected, files(folder / "local")), (given, files(folder / "out"))


@pytest.mark.parametrize("name", ["geodetector", "carbonaccumulation"])
def test_what_a_killed_worker_had_counted_is_counted_once(name, make_cluster, inputs, tmp_path):
    """Sums over blocks, and not only cells: a block that is computed again must not be added again."""
    expected, given = killed_in_mid_run(name, make_cluster, inputs, tmp_path)
    assert given == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(CASES) - {"geodetector", "carbonaccumulation"}))
def test_a_killed_worker_changes_nothing_of_any_stage(name, make_cluster, inputs, tmp_path):
    expected, given = killed_in_mid_run(name, make_cluster, inputs, tmp_path)
    assert given == expected


@pytest.mark.slow
def test_all_workers_killed_and_a_new_one_finishes_the_run(make_cluster, inputs, local, tmp_path):
    """The task itself is gone with the last worker that held it: the scheduler makes it again."""
    own = make_cluster()

    def replace():
        own.kill()
        own.add_worker()

    progress = At(0.3, replace)
    run_case(CASE, inputs, tmp_path / "out", settings(own.address), progress)
    assert progress.action is None and len(own.workers) == 1
    assert files(tmp_path / "out") == local


def test_all_workers_gone_ends_the_run_with_a_message_and_the_old_outputs(
    make_cluster, inputs, local, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster_module, "PATIENCE_SECONDS", 1.0)
    own = make_cluster(workers=1)
    run_case(CASE, inputs, tmp_path / "out", settings())
    with pytest.raises(ClusterError) as caught:
        run_case(CASE, inputs, tmp_path / "out", settings(own.address), At(0.3, own.kill))
    assert str(caught.value) == (
        "All workers of the Dask cluster at {} have gone and none came back within 1 seconds. Nothing was written; "
        "earlier outputs are unchanged. Start workers, then start again.".format(own.address)
    )
    assert files(tmp_path / "out") == local


def test_a_scheduler_that_dies_ends_the_run_with_a_message(make_cluster, inputs, tmp_path):
    own = make_cluster(workers=1)

    def kill():
        own.scheduler.kill()
        own.scheduler.wait()

    with pytest.raises(ClusterError, match="^The connection to the Dask scheduler at tcp://127.0.0.1:.* was lost"):
        run_case(CASE, inputs, tmp_path / "out", settings(own.address), At(0.3, kill))
    assert files(tmp_path / "out") == {}


def test_a_cancel_leaves_nothing_behind_and_the_cluster_ready(cluster, inputs, local, tmp_path):
    for share in (0.0, 0.4):
        with pytest.raises(Cancelled):
            run_case(CASE, inputs, tmp_path / "out", settings(cluster.address), Cancelling(share))
        assert files(tmp_path / "out") == {}
    run_case(CASE, inputs, tmp_path / "out", settings(cluster.address))
    assert files(tmp_path / "out") == local


def test_an_input_that_is_cut_short_is_named_with_the_machine_that_saw_it(cluster, tmp_path):
    own = Inputs(tmp_path / "in", 600)
    path = own.density(2000).path
    own.density(2000, 0.3, "above")
    size = (tmp_path / "in" / "density2000.tif").stat().st_size
    with open(path, "r+b") as stream:
        stream.truncate(size // 2)
    with pytest.raises(RasterError, match="density2000.tif' band 1 cannot be read at .* .On a worker on the machine"):
        run_case(CASE, own, tmp_path / "out", settings(cluster.address))
    assert files(tmp_path / "out") == {}
