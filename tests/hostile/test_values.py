"""Bad values at every parameter of every algorithm."""

import json
import re

import pytest

from tests.hostile import values
from tests.hostile.bench import BY_NAME, CHAINS, EITHER, REFUSED, Attempt, sample

QUICK = ("scenariomatrix", "densityseries", "convertdensity", "drivertable", "checkinstallation", "carbonstock")
#: These begin to train or to look for an order for a long time if they are asked to: that is no fault.
_CASES = {**BY_NAME, **{case.name: case for case in CHAINS}}
_LONG = {"TREES", "ITERATIONS", "EPOCHS", "MEMBERS", "LAYERS", "HIDDEN", "REPEATS", "PERMUTATIONS", "ROUNDS"}


@pytest.fixture(scope="session")
def described(worker, bench):
    """Parameters of every algorithm, and the folder of outputs."""
    return {**worker.ask("describe")["algorithms"], "out": bench.out}


def attempts(described, algorithm, count):
    """Runs, each with one bad value at one parameter."""
    case = _CASES[algorithm]
    drawn = []
    for parameter in described[algorithm]:
        name = parameter["name"]
        for value in sample(values.of(parameter), count, algorithm, name):
            if name in _LONG and isinstance(value, (int, float)) and value > 100:
                continue
            shown = json.dumps(value, default=str, ensure_ascii=False)
            names = [word for word in (*_names_of(parameter, value), shown[:40], *_words(value)) if len(word) > 2]
            # An output that cannot be made at all is told so: a trend of two years.
            names += ["'" + str(described["out"]), " outputs "] if parameter["kind"] in values.SUFFIX else []
            outcome = REFUSED if values.must_be_refused(parameter, value) else EITHER
            parameters = {**case.parameters, name: value}
            drawn.append(Attempt("value: " + parameter["kind"], algorithm, parameters, tuple(names), outcome))
    return drawn


def _names_of(parameter, value):
    """The parameter, and what was given: as a message may write it."""
    # The words of QGIS, and of what is asked for where nothing was given.
    yield from ("(" + parameter["name"] + ")", parameter["title"], "for " + parameter["name"] + ":")
    yield from [parameter["name"].replace("_", " ")] if value in (None, "") else []
    if isinstance(value, (int, float)) and abs(value) >= 1e6:
        yield from ("{:g}".format(value), "{:.4g}".format(value))
    # Short values stand in almost any message: they count in quotes. Of a list, one may be the cause.
    for item in value if isinstance(value, list) else [value]:
        yield "'{}'".format(item).replace("\x00", "\\0")
        yield from ("'{}'".format(piece.strip()) for piece in re.split(r"[,;:\n\r]+", str(item)) if piece.strip())
    yield str(value).strip()[:30].split("\n")[0].replace("\x00", "\\0")


def _words(value):
    """Parts of a path by which a message may name it, or fields of a list as QGIS writes it ('a;b')."""
    parts = str(value).replace("\\", "/").replace(";", "/").split("/")
    return tuple(part.strip()[:40] for part in parts if len(part) > 3)


@pytest.mark.sample
@pytest.mark.parametrize("algorithm", QUICK)
def test_some_bad_values(bench, described, algorithm):
    drawn = sample(attempts(described, algorithm, 2), 5, algorithm)
    wrong = bench.all(drawn)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", sorted(BY_NAME))
def test_bad_values_at_every_parameter(bench, described, algorithm):
    wrong = bench.all(attempts(described, algorithm, 2))
    assert not wrong, "\n".join(wrong)
