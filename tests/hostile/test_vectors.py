"""Bad vector files at every parameter that takes polygons or points."""

import os

import pytest

from tests.hostile import vectors
from tests.hostile.bench import BY_NAME, EITHER, REFUSED, Attempt, sample

QUICK = (("classifydriver", "MASK"), ("stockbyecosystem", "ZONES"))
#: Parameters beside the vector itself.
_WITH = {
    "ZONES": {"ZONE_FIELD": "name"},
    "POINTS": {"REFERENCE": None, "VALUE_FIELD": "value", "RELATIVE_ERROR": None, "DIFFERENCE": None},
}


def raster_of(case):
    """The first raster that a case reads: where the polygons lie."""
    values = [item for value in case.parameters.values() for item in (value if isinstance(value, list) else [value])]
    rasters = (value[3:] for value in values if isinstance(value, str) and value.startswith("IN/"))
    return next((name for name in rasters if name.endswith(".tif")), "PRE.tif")


def attempts(bench, place, kinds, known=vectors.VECTORS):
    """A run per kind."""
    case = BY_NAME[place[0]]
    for kind in kinds:
        path = vectors.make(known, kind, str(bench.inputs / raster_of(case)), str(bench.bad), str(bench.canary))
        stem = os.path.splitext(os.path.basename(path))[0]
        names = (os.path.basename(path)[:60], "'" + stem[:60], "(" + place[1] + ")", "No valid cell is left")
        outcome = known[kind][0]
        # QGIS does not know what is in a file without features: without a field of the name, it is told so.
        if place[1] == "ZONES":
            names += ("has no field", "ZONE_FIELD", "zone field")
            outcome = outcome if outcome == REFUSED else EITHER
        parameters = {**case.parameters, **_WITH.get(place[1], {}), place[1]: path}
        yield Attempt("vector: " + kind, case.name, parameters, names, outcome)


@pytest.fixture(scope="module")
def places(worker):
    """(algorithm, parameter) of every polygon parameter."""
    found = worker.ask("describe")["algorithms"]
    return [
        (name, parameter["name"]) for name in BY_NAME for parameter in found[name]
        if parameter["kind"] in ("source", "vector") and parameter["name"] in ("MASK", "ZONES")
    ]  # fmt: skip


@pytest.mark.sample
@pytest.mark.parametrize("place", QUICK, ids="-".join)
def test_a_sample_of_bad_vectors(bench, place):
    wrong = bench.all(attempts(bench, place, sample(vectors.VECTORS, 12, *place)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sample
def test_a_sample_of_bad_points(bench):
    kinds = sample(vectors.POINTS, 4, "points")
    wrong = bench.all(attempts(bench, ("assessaccuracy", "POINTS"), kinds, vectors.POINTS))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("place", QUICK, ids="-".join)
def test_all_bad_vectors(bench, place):
    wrong = bench.all(attempts(bench, place, vectors.VECTORS))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_all_bad_points(bench):
    wrong = bench.all(attempts(bench, ("assessaccuracy", "POINTS"), vectors.POINTS, vectors.POINTS))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_bad_vectors_at_the_other_parameters(bench, places):
    wrong = []
    for place in (place for place in places if place not in QUICK):
        wrong += bench.all(attempts(bench, place, sample(vectors.VECTORS, 6, *place)))
    assert len(places) > 15 and not wrong, "\n".join(wrong)
