"""An ensemble that was stopped, gone on with: the same bytes as one that was never stopped."""

import random

import pytest

from tests import reliability_log
from tests.faults.bench import SEED, TRIES
from tests.faults.cases import BY_NAME

CASE = BY_NAME["runscenarios"]


def events_of_the_batches(reference):
    """Numbers of the events in which rasters are written, put in place and recorded."""
    blocks = [number for number, kind in enumerate(reference.events, 1) if kind == "block"]
    return range(1, blocks[-1] + 30)


def killed(bench, kills, rng):
    """Kill a run several times, each time one that goes on; tried until each kill came before the run's end."""
    events = events_of_the_batches(bench.reference(CASE))
    for tried in range(TRIES):
        bench.place()
        # A run that goes on is shorter.
        last = max(2, int(len(events) * 0.8**tried))
        moments = [{"action": "kill", "event": rng.choice(events[:last])} for _ in range(kills)]
        if all(bench.run(CASE, fault=moment)["signal"] for moment in moments):
            return
    raise AssertionError("no {} kills in {} tries came before the end".format(kills, TRIES))


def resume(bench, kills, rng):
    """Go on with a run that was killed several times; what differs from an undisturbed one at the end."""
    reference = bench.reference(CASE)
    killed(bench, kills, rng)
    answer = bench.run(CASE)
    assert answer.get("ok"), answer
    found = bench.look()
    same = (".tif", ".csv", ".qml", "ensemble/ensemble.json")
    wrong = [name for name, data in reference.files.items() if name.endswith(same) and found.get(name) != data]
    wrong += sorted(set(found) ^ set(reference.files))
    note = ", ".join(wrong) or None
    reliability_log.record("concurrency", "killed and resumed", "carbon:runscenarios", not wrong, note=note)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_a_killed_ensemble_ends_with_the_same_bytes(bench, number):
    rng = random.Random("{} ensemble {}".format(SEED, number))
    assert resume(bench, 1 + number % 3, rng) == []


@pytest.mark.slow
def test_a_second_run_into_an_ensemble_is_refused_and_the_first_ends_well(bench):
    reference = bench.reference(CASE)
    block = reference.events.index("block") + 1
    bench.place()
    first = bench.request(CASE, fault={"action": "stop", "event": block})
    second = bench.request(CASE)
    second["parameters"] = {**second["parameters"], "TOTALS": None, "SETS": None, "BIAS": None, "REPORT": None}
    answer = bench.worker.ask("meanwhile", first=first, second=second)
    assert answer["stopped"] and answer["first"]["ok"] and not answer["second"]["ok"]
    message = answer["second"]["message"]
    assert "ensemble' is being written by another run (process " in message
    assert message.endswith("Wait until it has ended, or choose another folder. Nothing was changed.")
    found = bench.look()
    steady = [name for name in reference.files if name.endswith((".tif", ".csv", ".qml"))]
    assert {name: found[name] for name in steady} == {name: reference.files[name] for name in steady}
    assert sorted(found) == sorted(reference.files)
    reliability_log.record("concurrency", "same ensemble", "carbon:runscenarios", True)
