"""Bad tables at every parameter that takes a table."""

import os

import pytest

from tests.hostile import tables
from tests.hostile.bench import EITHER, Attempt, columns_of, inputs_of, replaced, sample

PLACES = {(case.name, name): (case, good) for case, name, good in inputs_of((".csv",))}
QUICK = ("carbonstock", "trainforest", "runscenarios")


def attempts(bench, place, kinds):
    """A run per kind."""
    case, good = PLACES[place]
    for kind in kinds:
        path = tables.make(kind, str(bench.inputs / good), str(bench.bad), str(bench.canary))
        names = (
            os.path.basename(path)[:60].split("\n")[0],
            os.path.splitext(kind)[0][:60],
            "(" + place[1] + ")",
            *columns_of(bench.inputs / good),
        )
        # The check of a table tells in its result what is wrong with it; the rasters of a driver table are elsewhere.
        told = case.name == "checkpooltable" or place[1] == "DRIVER_TABLE"
        outcome = EITHER if told else tables.TABLES[kind][0]
        yield Attempt("table: " + kind, case.name, replaced(case, place[1], path), names, outcome)


@pytest.mark.sample
@pytest.mark.parametrize("algorithm", QUICK)
def test_a_sample_of_bad_tables(bench, algorithm):
    place = next(place for place in PLACES if place[0] == algorithm)
    kinds = sample((kind for kind in tables.TABLES if kind not in tables.HEAVY), 7, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_all_bad_tables(bench, place):
    kinds = tables.TABLES if place[0] in QUICK else sample(tables.TABLES, 50, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)
