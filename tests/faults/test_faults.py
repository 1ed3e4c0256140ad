"""Every algorithm that writes, struck at random moments: nothing is lost, nothing is half, nothing is left."""

from collections import Counter

import pytest

from tests.faults.bench import between_renames, moments
from tests.faults.cases import BY_NAME, CASES, CHAINS

#: Struck by every run of the tests; the others where all are run.
QUICK = ("densityseries", "scenariomatrix", "convertdensity", "checkpooltable", "drivertable")


def test_every_algorithm_that_writes_has_a_case(worker):
    """The chains too."""
    writes = worker.ask("describe")["writes"]
    struck = {case.name: case for case in (*CASES, *CHAINS)}
    assert sorted(struck) == sorted(writes), "Add a Case to tests/faults/cases.py"
    # What is struck must be written: each case has a destination among its parameters.
    empty = [name for name, case in struck.items() if not set(case.parameters) & set(writes[name])]
    assert empty == []


def test_every_case_that_reads_files_loses_some():
    assert [case.name for case in CASES if "IN/" in str(case.parameters) and not case.victims] == []


def strike(bench, case, kills, torn, cancels, fills, shares, losses):
    """All kinds of faults; what did not hold, and what never struck."""
    reference, wrong, before = bench.reference(case), [], Counter(bench.struck)
    for when in moments(case, reference, "kill", kills) + between_renames(case, reference, torn):
        wrong += bench.kill(case, when)
    for when in moments(case, reference, "cancel", cancels):
        wrong += bench.cancel(case, when)
    wrong += bench.small_files(case)
    wanted = {"killed": kills, "cancelled": 1, "file size limit": 1}
    # Only root may mount; without, the limit of the size of files stands in for the full disk (see the test below).
    if bench.worker.mounts:
        wanted.update({"read-only": 1, "disk full": 1})
        wrong += bench.read_only(case)
        for share in shares:
            wrong += bench.small_disk(case, share)
        for when in moments(case, reference, "fill", fills):
            wrong += bench.filling_disk(case, when)
    for victim in case.victims:
        wanted.update({"input deleted": 1, "input cut short": 1})
        for action in ("remove", "cut"):
            for when in moments(case, reference, action + victim, losses):
                wrong += bench.lose_input(case, victim, action, when)
    for kind, count in wanted.items():
        struck = bench.struck[case.name, kind] - before[case.name, kind]
        if struck < count:
            wrong.append("{}, {}: struck {} times, not {}".format(case.name, kind, struck, count))
    return wrong


def test_disks_can_be_filled_here(worker, tmp_path):
    """Else full and read-only disks are not tried: said by a test that is skipped, not in silence."""
    if not worker.mounts:
        pytest.skip("mounting a disk needs root: no full and no read-only disk was tried")
    answer = worker.ask("mount", path=str(tmp_path / "disk"), bytes=1 << 20)
    assert answer["ok"] and worker.ask("unmount", path=str(tmp_path / "disk"))["ok"]


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_a_sample_of_faults(bench, name):
    wrong = strike(bench, BY_NAME[name], kills=1, torn=1, cancels=1, fills=1, shares=(0.5,), losses=1)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("case", (*CASES, *CHAINS), ids=lambda case: case.name)
def test_all_faults(bench, case):
    wrong = strike(bench, case, kills=10, torn=2, cancels=3, fills=2, shares=(0.0, 0.4, 0.9), losses=1)
    assert not wrong, "\n".join(wrong)
