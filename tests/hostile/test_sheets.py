"""Bad spreadsheets, dBASE and GeoPackage tables at every parameter that takes a table as a layer."""

import os

import pytest

from tests.hostile import sheets
from tests.hostile.bench import BY_NAME, Attempt, columns_of, sample

#: (algorithm, parameter) → (the good table, parameters beside it).
PLACES = {
    ("trainforest", "SAMPLES"): ("made/samples.csv", {}),
    ("trainlevels", "SAMPLES"): ("made/samples.csv", {}),
    ("traindensity", "SAMPLES"): ("made/samples.csv", {}),
    ("scenariocharts", "TOTALS"): ("made/totals.csv", {}),
    ("densityseries", "INPUT"): ("records.csv", {"RECORDS": None}),
    ("forecastdensity", "INPUT"): ("made/series.csv", {"SERIES": None}),
}
QUICK = ("trainforest", "scenariocharts", "densityseries")


def attempts(bench, place, kinds):
    """A run per kind."""
    good, others = PLACES[place]
    for kind in kinds:
        path = sheets.make(kind, str(bench.inputs / good), str(bench.bad), str(bench.canary))
        names = [os.path.basename(path), "'" + os.path.splitext(kind)[0], "(" + place[1] + ")", "a  "]
        names += [os.path.splitext(kind)[0] + ",", os.path.splitext(kind)[0] + ":", os.path.splitext(kind)[0] + " "]
        names += ["training row", "training sample"]  # what is left of it is too little
        names += columns_of(bench.inputs / good)
        parameters = {**BY_NAME[place[0]].parameters, **others, place[1]: path}
        yield Attempt("table: " + kind, place[0], parameters, tuple(names), sheets.SHEETS[kind][0])


@pytest.mark.sample
@pytest.mark.parametrize("algorithm", QUICK)
def test_a_sample_of_bad_sheets(bench, algorithm):
    place = next(place for place in PLACES if place[0] == algorithm)
    kinds = sample((kind for kind in sheets.SHEETS if kind not in sheets.HEAVY), 7, *place)
    wrong = bench.all(attempts(bench, place, kinds))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", sheets.BOMBS)
def test_spreadsheets_that_would_fill_the_memory(bench, kind):
    wrong = bench.all(attempts(bench, ("scenariocharts", "TOTALS"), [kind]))
    assert not wrong, "\n".join(wrong)
    answer = bench.answers[-1][1]
    assert sheets.BOMBS[kind] in answer["message"] and answer["grown_mb"] < 200


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_all_bad_sheets(bench, place):
    wrong = bench.all(attempts(bench, place, sheets.SHEETS))
    assert not wrong, "\n".join(wrong)
