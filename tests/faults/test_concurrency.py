"""Two runs at once: into different outputs both are right, into the same one is refused; QGIS closed during a run."""

import random

import pytest

from tests import reliability_log
from tests.faults.bench import SEED, Ended
from tests.faults.cases import BY_NAME, CASES
from tests.faults.checks import Outcome

CASE = BY_NAME["convertdensity"]
LIGHT = BY_NAME["checkpooltable"]


def same(found, reference, case):
    """Whether a run made what it makes alone."""
    return Outcome(case, {}, reference.files, found).all_new() and sorted(found) == sorted(reference.files)


def counted(kind, case, right, outcome=None):
    """Count a run; `outcome` where there were outputs of an earlier one that could be lost."""
    lost = outcome.bytes_lost() if outcome is not None else 0
    reliability_log.record("concurrency", kind, "carbon:" + case.name, right, lost)
    assert right and lost == 0


def of(found, folder):
    """Files of one of two folders of outputs."""
    return {name[len(folder) + 1 :]: data for name, data in found.items() if name.startswith(folder + "/")}


@pytest.mark.parametrize("how", ["processes", "threads"])
def test_two_runs_into_different_folders(bench, how):
    reference = bench.reference(LIGHT)
    bench.place()
    bench.place(out=bench.out / "a")
    bench.place(out=bench.out / "b")
    runs = [bench.request(LIGHT, bench.out / folder) for folder in "ab"]
    answers = bench.worker.ask("race" if how == "processes" else "threads", runs=runs)["answers"]
    assert [answer["ok"] for answer in answers] == [True, True], answers
    found = bench.look()
    counted("different outputs, " + how, LIGHT, all(same(of(found, folder), reference, LIGHT) for folder in "ab"))


def test_two_runs_into_different_files_of_one_folder(bench):
    """The second begins and ends while the first stands still in the middle."""
    reference = bench.reference(CASE)
    bench.place()
    block = reference.events.index("block") + 1
    first = bench.request(CASE, fault={"action": "stop", "event": block})
    second = bench.request(LIGHT)
    second["parameters"].update(TABLE=str(bench.out / "other.csv"), REPORT=None)
    answer = bench.worker.ask("meanwhile", first=first, second=second)
    assert answer["stopped"] and answer["first"]["ok"] and answer["second"]["ok"], answer
    found = bench.look()
    assert found.pop("other.csv") == bench.reference(LIGHT).files["t.csv"] and found.pop("other.csv.run.json")
    counted("one folder, different files", CASE, same(found, reference, CASE))


@pytest.mark.parametrize("then", ["go on", "kill"])
def test_the_same_output_is_refused_and_the_first_run_unharmed(bench, then):
    old = bench.old(CASE)
    reference = bench.reference(CASE)
    block = reference.events.index("block") + 1
    bench.place(old)
    first = bench.request(CASE, fault={"action": "stop", "event": block})
    answer = bench.worker.ask("meanwhile", first=first, second=bench.request(CASE), then=then)
    assert answer["stopped"] and answer["second"]["ok"] is False
    message = answer["second"]["message"]
    assert "' is being written by another run (process " in message and " on this computer, since 20" in message
    assert message.endswith("Wait until it has ended, or choose another file name. Nothing was changed.")
    if then == "go on":
        assert answer["first"]["ok"], answer
        found = bench.look()
        counted("same output", CASE, same(found, reference, CASE), Outcome(CASE, old, reference.files, found))
        return
    # Nobody is locked out after a crash: the next run has the outputs, and nothing is left of the dead one.
    assert Outcome(CASE, old, reference.files, bench.look()).all_old()
    assert bench.run(CASE)["ok"]
    found = bench.look()
    outcome = Outcome(CASE, old, reference.files, found)
    counted("same output, first one killed", CASE, same(found, reference, CASE), outcome)


@pytest.mark.parametrize("name", ["convertdensity", "densitystock", "geodetector"])
def test_the_same_output_at_the_same_moment(bench, name):
    """Three runs that begin together, again and again: who comes second is refused, whoever that is."""
    case = BY_NAME[name]
    reference, refused = bench.reference(case), 0
    for _ in range(4):
        old = bench.old(case)
        bench.place(old)
        answers = bench.worker.ask("race", runs=[bench.request(case)] * 3)["answers"]
        messages = [answer["message"] for answer in answers if not answer["ok"]]
        assert len(messages) < 3 and all("' is being written by another run (process" in text for text in messages)
        refused += len(messages)
        found = bench.look()
        outcome = Outcome(case, old, reference.files, found)
        counted("same output, same moment", case, same(found, reference, case), outcome)
    assert refused > 0


def test_the_same_output_in_threads_of_one_qgis(bench):
    """The second begins and ends while the first stands still in the middle."""
    reference = bench.reference(LIGHT)
    bench.place()
    # At a progress: there a run holds no lock that the other would wait for.
    told = [number for number, kind in enumerate(reference.fresh_events, 1) if kind == "progress"]
    hold = {"action": "hold", "event": told[len(told) // 2]}
    runs = [bench.request(LIGHT), bench.request(LIGHT)]
    answer = bench.worker.ask("threads", runs=runs, outputs=str(bench.out), fault=hold)
    first, second = answer["answers"]
    assert answer["fired"] and first["ok"] and not second["ok"], answer
    assert "is being written by another run of this QGIS" in second["message"]
    counted("same output, threads", LIGHT, same(bench.look(), reference, LIGHT))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_qgis_is_told_to_end(bench, name):
    old, reference = bench.old(CASE), bench.reference(CASE)

    def once(when):
        bench.place(old)
        answer = bench.run(CASE, fault={"action": "kill", "signal": name, **when})
        bench.next_run()
        outcome = Outcome(CASE, old, reference.files, bench.look())
        struck = bool(answer["signal"]) or answer.get("fired")
        return Ended(outcome.complaints(settled=True), outcome.bytes_lost(), struck)

    event = random.Random("{} {}".format(SEED, name)).randrange(1, len(reference.events))
    assert bench.until_struck(CASE, "ended by " + name, {"event": event}, once, "concurrency") == []


def closed(bench, case, event):
    """What did not hold where QGIS was closed at an event of a run."""
    old, reference = bench.old(case), bench.reference(case)

    def once(when):
        bench.place(old)
        answer = bench.worker.ask("close", **bench.request(case, fault={"action": "tell", **when}))
        outcome = Outcome(case, old, reference.files, bench.look())
        wrong = outcome.complaints(settled=True)
        if answer["signal"] or not answer.get("ok"):
            return Ended(wrong + ["QGIS did not end by itself: {}".format(answer)], outcome.bytes_lost(), True)
        # It may have been done before it heard of the end.
        wrong += [] if outcome.all_new() or outcome.all_old() else ["neither old nor new"]
        wrong += [] if outcome.all_new() or not answer["answers"][0]["finished"] else ["told to be done, but not new"]
        return Ended(wrong, outcome.bytes_lost(), answer["fired"])

    return bench.until_struck(case, "QGIS closed", {"event": event}, once, "concurrency")


def test_qgis_is_closed_during_a_run(bench):
    """The desktop cancels its tasks and waits for them."""
    assert closed(bench, CASE, bench.reference(CASE).events.index("block") + 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_qgis_is_closed_during_any_run(bench, name):
    case = BY_NAME[name]
    rng = random.Random("{} close {}".format(SEED, name))
    assert closed(bench, case, rng.randrange(1, len(bench.reference(case).events))) == []
