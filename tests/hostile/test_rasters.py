"""Bad rasters at every parameter that takes a raster."""

import os

import pytest

from tests.hostile import rasters
from tests.hostile.bench import EITHER, Attempt, inputs_of, replaced, sample

#: (algorithm, parameter) → (case, good input), for every raster that an algorithm reads.
PLACES = {(case.name, name): (case, good) for case, name, good in inputs_of((".tif",))}
#: The first raster of some algorithms meets all of them, that of the others many; further rasters meet some.
FIRST = {}
for _place in PLACES:
    FIRST.setdefault(_place[0], _place)
QUICK = ("carbonstock", "geodetector", "driverstack", "downscale", "estimatedensity", "casanpp")


def attempts(bench, place, kinds):
    """A run per kind."""
    case, good = PLACES[place]
    for kind in kinds:
        path = rasters.make(kind, str(bench.inputs / good), str(bench.bad), str(bench.canary))
        parameters = replaced(case, place[1], path)
        # A file is named as it is; GDAL's own texts and long names may be cut.
        # Where no cell is left, the inputs are named together: it is their overlap that is empty. Where few are left,
        # another driver has fewer values than classes. Y is the target of the Geodetector.
        shown = os.path.basename(path)[:60]
        names = (shown, "'" + os.path.splitext(shown)[0], "(" + place[1] + ")", "No valid cell is left",
                 "The CRS nowhere", "No cell of the reference grid", "different values. Ask for at most",
                 "Y holds", "The density is")  # fmt: skip
        yield Attempt("raster: " + kind, case.name, parameters, names, outcome_of(place, kind))


def outcome_of(place, kind):
    """What a kind ends in at a parameter."""
    # Of a reference only the grid is read; names of outputs are made of those of estimates.
    if (place, kind) == (("downscale", "REFERENCE"), "no source.vrt") or (
        place == ("compareestimates", "ESTIMATES") and len(kind) > 200
    ):
        return EITHER
    return rasters.RASTERS[kind][0]


@pytest.mark.sample
@pytest.mark.parametrize("algorithm", QUICK)
def test_a_sample_of_bad_rasters(bench, algorithm):
    kinds = sample((kind for kind in rasters.RASTERS if kind not in rasters.HEAVY), 5, algorithm)
    wrong = bench.all(attempts(bench, FIRST[algorithm], kinds))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", rasters.HEAVY)
def test_sizes_beyond_reason(bench, kind):
    wrong = bench.all(attempts(bench, ("classifydriver", "RASTER"), [kind]))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sample
def test_a_sample_of_other_types_and_formats(bench):
    kinds = [kind for kind in rasters.RASTERS if "int64" in kind or kind.endswith(".nc") or "by band" in kind]
    wrong = bench.all(attempts(bench, ("classifydriver", "RASTER"), sample(kinds, 10, "types")))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", list(FIRST))
def test_all_bad_rasters(bench, algorithm):
    kinds = rasters.RASTERS if algorithm in QUICK else sample(rasters.RASTERS, 30, algorithm)
    wrong = bench.all(attempts(bench, FIRST[algorithm], kinds))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("place", [place for place in PLACES if place not in FIRST.values()], ids="-".join)
def test_bad_rasters_at_the_other_parameters(bench, place):
    kinds = sample(rasters.RASTERS, 6, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)
