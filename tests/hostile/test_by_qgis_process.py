"""Forged, bad and good files by the real `qgis_process`: it asks each parameter before the algorithm may look.

What is forged here names a server: the kernel counts what is asked of the network, and a server who calls.
"""

import os

import pytest

from tests.faults.cases import CASES, CHAINS
from tests.hostile import rasters, vectors
from tests.hostile.bench import ACCEPTED, BY_NAME, Attempt, Bench, replaced, sample
from tests.hostile.callers import CALLERS
from tests.hostile.qgis_process import QgisProcess
from tests.hostile.test_rasters import FIRST
from tests.hostile.test_rasters import attempts as bad_rasters
from tests.hostile.test_security import REFUSED_CALLS
from tests.hostile.test_untouched_inputs import RASTERS, virtual
from tests.hostile.test_vectors import attempts as bad_vectors

CASE = {case.name: case for case in (*CASES, *CHAINS)}
QUICK = ("carbonstock", "landcovertodrivers")


@pytest.fixture(scope="module")
def process(models_environment, tmp_path_factory):
    return QgisProcess(models_environment, tmp_path_factory.mktemp("headless"))


@pytest.fixture(scope="module")
def _headless(process, inputs, tmp_path_factory):
    made = Bench(process, inputs, tmp_path_factory.mktemp("headless bench"))
    yield made
    made.clear()


@pytest.fixture
def headless(_headless):
    """A bench whose runs are those of `qgis_process`."""
    _headless.clear()
    return _headless


@pytest.fixture(scope="module")
def described(worker):
    """Parameters of every algorithm."""
    return worker.ask("describe")["algorithms"]


def forged(bench, way, port):
    """A file that names a server, in a folder of its own."""
    folder = bench.bad / ("calls by " + way)
    folder.mkdir(exist_ok=True)
    return str(CALLERS[way][1](bench.inputs / "PRE.tif", folder, "http://127.0.0.1:{}/".format(port)))


def calls(bench, listener, way):
    """Complaints about a forged file, at the parameter that it is for."""
    parameters = replaced(BY_NAME["classifydriver"], CALLERS[way][0], forged(bench, way, listener[0]))
    wrong = bench.attempt(Attempt("network: {}, by qgis_process".format(way), "classifydriver", parameters,
                                  REFUSED_CALLS))  # fmt: skip
    return wrong + listener[1]


@pytest.mark.sample
def test_a_sample_of_forged_files_makes_no_call(headless, listener):
    wrong = [text for way in sample(CALLERS, 5, "qgis_process") for text in calls(headless, listener, way)]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_raster_that_calls_is_no_mask(headless, listener):
    parameters = replaced(BY_NAME["classifydriver"], "MASK", forged(headless, "vrt", listener[0]))
    attempt = Attempt("network: raster as mask, by qgis_process", "classifydriver", parameters, ("(MASK)",))
    wrong = headless.attempt(attempt)
    assert not wrong and not listener[1], wrong


#: Other texts by which QGIS opens a file: (what is forged, parameter, how it is named).
NAMES = {
    "provider": ("vrt", "RASTER", "gdal://{}"),
    "provider of a mask": ("ogr vrt entity", "MASK", "ogr://{}"),
    "raster as mask by its provider": ("vrt", "MASK", "gdal://{}"),
    "option": ("vrt", "RASTER", "{}|option:NUM_THREADS=2"),
    "layer": ("ogr vrt entity", "MASK", "{}|layername=x"),
    "bar": ("vrt", "RASTER", None),
    "bar of a mask": ("ogr vrt entity", "MASK", None),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["bench", "headless"])
def test_a_forged_file_is_found_by_other_names(request, listener, how, name):
    """In the warm worker, and by `qgis_process`."""
    bench, (way, parameter, form) = request.getfixturevalue(how), NAMES[name]
    path = forged(bench, way, listener[0])
    if form is None:
        os.rename(path, path + "a|b.vrt")
        path, form = path + "a|b.vrt", "{}"
    parameters = replaced(BY_NAME["classifydriver"], parameter, form.format(path))
    attempt = Attempt("network: {}, by {}".format(name, how), "classifydriver", parameters, REFUSED_CALLS)
    wrong = bench.attempt(attempt)
    assert not wrong and not listener[1], wrong


@pytest.mark.slow
@pytest.mark.parametrize("way", CALLERS)
def test_a_forged_file_makes_no_call(headless, listener, way):
    assert not calls(headless, listener, way)


def forged_everywhere(bench, listener, described, name):
    """Complaints about a run with a forged file at every parameter that takes a layer."""
    parameters = dict(CASE[name].parameters)
    kinds = {item["name"]: item["kind"] for item in described[name]}
    raster, vector = forged(bench, "vrt", listener[0]), forged(bench, "ogr vrt entity", listener[0])
    layers = [name for name, kind in kinds.items() if kind in ("raster", "multilayer", "source", "vector")]
    for parameter in layers:
        several = kinds[parameter] == "multilayer"
        path = raster if several or kinds[parameter] == "raster" else vector
        # A good one first: each of them must be looked at.
        parameters[parameter] = [str(bench.inputs / "PRE.tif"), path, path] if several else path
    if not layers:
        return []
    wrong = bench.attempt(Attempt("network: everywhere, by qgis_process", name, parameters, REFUSED_CALLS))
    return wrong + listener[1]


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_some_look_at_every_parameter_first(headless, listener, described, name):
    assert not forged_everywhere(headless, listener, described, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASE)
def test_all_look_at_every_parameter_first(headless, listener, described, name):
    assert not forged_everywhere(headless, listener, described, name)


def untouched(bench, name):
    """Complaints about good runs: with rasters as they are, beside which nothing may appear, and with virtual ones."""
    wrong = bench.attempt(Attempt("good input: by qgis_process", name, CASE[name].parameters, (), ACCEPTED))
    if name in RASTERS:
        parameters = {key: virtual(bench, value) for key, value in CASE[name].parameters.items()}
        wrong += bench.attempt(Attempt("virtual rasters: by qgis_process", name, parameters, (), ACCEPTED))
        wrong += [file for _, _, files in os.walk(bench.bad) for file in files if not file.endswith(".vrt")]
    return wrong


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_some_leave_inputs_as_they_are(headless, name):
    assert not untouched(headless, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASE)
def test_all_leave_inputs_as_they_are(headless, name):
    assert not untouched(headless, name)


@pytest.mark.parametrize("name", QUICK)
def test_a_refused_run_leaves_nothing_beside_its_inputs(headless, name):
    parameters = replaced(CASE[name], "POOLS", "IN/none.csv")
    wrong = headless.attempt(Attempt("value: file, by qgis_process", name, parameters, ("none.csv", "Carbon stock")))
    assert not wrong


@pytest.mark.slow
def test_bad_rasters(headless):
    wrong = headless.all(bad_rasters(headless, FIRST["classifydriver"], rasters.RASTERS))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_bad_vectors(headless):
    wrong = headless.all(bad_vectors(headless, ("classifydriver", "MASK"), vectors.VECTORS))
    assert not wrong, "\n".join(wrong)
