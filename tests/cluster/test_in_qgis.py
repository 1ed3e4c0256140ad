"""The algorithms in QGIS with a scheduler's address in the environment: their outputs are those of a local run."""

import shutil
from dataclasses import replace

import pytest
from distributed import Client

from tests.faults.bench import Bench
from tests.faults.cases import BY_NAME, CASES
from tests.faults.checks import Outcome
from tests.faults.conftest import Worker

QUICK = ("carbonstock", "geodetector", "predictforest")
#: They pass over no raster, as their cases call them, but for headers and samples: workers have nothing to do.
WITHOUT_BLOCKS = {
    "checkinstallation", "loadsampleproject", "densityseries", "forecastdensity", "trainlevels", "traindensity",
    "trainforest", "drivertable", "scenariomatrix", "scenariocharts",
}  # fmt: skip


@pytest.fixture(scope="module")
def benches(cluster, tmp_path_factory):
    """A warm QGIS that computes by itself, and one that sends its blocks to the cluster; both read the same inputs."""
    made, inputs = [], tmp_path_factory.mktemp("in") / "data"
    for place, more in (("local", {}), ("cluster", {"CARBON_DASK_SCHEDULER": cluster.address})):
        home = tmp_path_factory.mktemp(place)
        home.chmod(0o700)
        worker = Worker(home, **more)
        if not made:
            assert worker.ask("prepare", path=str(inputs))["ok"], worker.log.read_text(errors="replace")[-3000:]
        made.append(Bench(worker, inputs, tmp_path_factory.mktemp("out")))
    yield made
    for bench in made:
        bench.worker.close()


def steps(cluster):
    """How many steps the scheduler has taken with tasks."""
    with Client(cluster.address) as client:
        return client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)


def compare(name, benches, cluster):
    local, distant = benches
    case = BY_NAME[name]
    wanted = local.reference(case).files
    before = steps(cluster)
    distant.place()
    answer = distant.run(case)
    assert answer.get("ok"), answer
    outcome = Outcome(case, {}, wanted, distant.look())
    assert outcome.all_new() and not outcome.complaints(settled=True), outcome.states()
    assert (steps(cluster) > before) == (name not in WITHOUT_BLOCKS)


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_the_outputs_of_a_run_on_the_cluster(name, benches, cluster):
    compare(name, benches, cluster)


@pytest.mark.slow
@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_the_outputs_of_every_algorithm_on_the_cluster(name, benches, cluster):
    compare(name, benches, cluster)


@pytest.mark.slow
def test_a_land_cover_in_an_object_store(benches, store, make_cluster, tmp_path, tmp_path_factory):
    """`store` serves the files of `tmp_path`: QGIS and the workers read the land cover from there."""
    local, case = benches[0], BY_NAME["carbonstock"]
    name = case.parameters["LANDCOVER"][3:]  # without IN/
    shutil.copy(local.inputs / name, tmp_path)
    home = tmp_path_factory.mktemp("distant")
    home.chmod(0o700)
    own = make_cluster(workers=1, **store)
    worker = Worker(home, CARBON_DASK_SCHEDULER=own.address, **store)
    try:
        distant = Bench(worker, local.inputs, tmp_path_factory.mktemp("out"))
        distant.place()
        answer = distant.run(replace(case, parameters={**case.parameters, "LANDCOVER": "/vsis3/bucket/" + name}))
        assert answer.get("ok"), answer
        assert Outcome(case, {}, local.reference(case).files, distant.look()).all_new()
    finally:
        worker.close()
    assert steps(own) > 0
