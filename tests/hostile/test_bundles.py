"""Bad model files at every parameter that takes a model."""

import os

import pytest

from tests.hostile import bundles
from tests.hostile.bench import Attempt, inputs_of, replaced, sample

PLACES = {(case.name, name): (case, good) for case, name, good in inputs_of((".carbonmodel",))}
#: A model that fits nothing here is named by what it is, and by what does not fit.
DRIVERS = (
    "that the model was trained with", "which the model was not trained with", "the level model",
    "class codes must be whole numbers",
)  # fmt: skip
QUICK = (("predictforest", "MODEL"), ("estimatedensity", "DENSITY_MODEL"))


def attempts(bench, place, kinds):
    """A run per kind."""
    case, good = PLACES[place]
    for kind in kinds:
        path = bundles.make(kind, str(bench.inputs / good), str(bench.bad), str(bench.canary))
        names = (os.path.basename(path)[:60], "(" + place[1] + ")", *DRIVERS)
        yield Attempt("model: " + kind, case.name, replaced(case, place[1], path), names, bundles.BUNDLES[kind][0])


@pytest.mark.sample
@pytest.mark.parametrize("place", QUICK, ids="-".join)
def test_a_sample_of_bad_models(bench, place):
    kinds = sample((kind for kind in bundles.BUNDLES if kind not in bundles.HEAVY), 8, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", bundles.HEAVY)
def test_models_that_would_fill_the_memory(bench, kind):
    wrong = bench.all(attempts(bench, QUICK[0], [kind]))
    assert not wrong, "\n".join(wrong)
    assert bench.answers[-1][1]["grown_mb"] < 200


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_all_bad_models(bench, place):
    kinds = bundles.BUNDLES if place in QUICK else sample(bundles.BUNDLES, 60, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)
