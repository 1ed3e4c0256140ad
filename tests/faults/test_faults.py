"""Every algorithm that writes, struck at random moments: nothing is lost, nothing is half, nothing is left."""

import pytest

from tests.faults.bench import between_renames, moments
from tests.faults.cases import BY_NAME, CASES

#: Struck by every run of the tests; the others where all are run.
QUICK = ("densityseries", "scenariomatrix", "convertdensity", "checkpooltable", "drivertable")


def test_every_algorithm_has_a_case():
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "carbon_qgis" / "algorithms"
    written = {path.stem for path in folder.glob("*/*.py") if not path.stem.startswith("_")}
    assert written == set(BY_NAME)


def strike(bench, case, kills, torn, cancels, fills, shares, losses):
    """All kinds of faults; what did not hold."""
    reference, wrong = bench.reference(case), []
    for when in moments(case, reference, "kill", kills) + between_renames(case, reference, torn):
        wrong += bench.kill(case, when)
    for when in moments(case, reference, "cancel", cancels):
        wrong += bench.cancel(case, when)
    wrong += bench.small_files(case)
    # Only root may mount; without, the limit of the size of files stands in for the full disk.
    if bench.worker.mounts:
        wrong += bench.read_only(case)
        for share in shares:
            wrong += bench.small_disk(case, share)
        for when in moments(case, reference, "fill", fills):
            wrong += bench.filling_disk(case, when)
    for victim in case.victims:
        for action in ("remove", "cut"):
            for when in moments(case, reference, action + victim, losses):
                wrong += bench.lose_input(case, victim, action, when)
    return wrong


@pytest.mark.parametrize("name", QUICK)
def test_a_sample_of_faults(bench, name):
    wrong = strike(bench, BY_NAME[name], kills=1, torn=1, cancels=1, fills=1, shares=(0.5,), losses=1)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_all_faults(bench, name):
    wrong = strike(bench, BY_NAME[name], kills=10, torn=2, cancels=3, fills=2, shares=(0.0, 0.4, 0.9), losses=1)
    assert not wrong, "\n".join(wrong)
