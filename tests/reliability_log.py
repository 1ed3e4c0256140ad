"""The tally behind docs/reliability.md: every fault or bad input that a test tries is one line of JSON.

A test calls `record` once per thing tried, after it has looked at the outcome. Nothing is written unless the
environment variable CARBON_RELIABILITY_LOG names a file; `scripts/build-reliability` runs the suites with it and
renders the page. Lines of many processes may end in one file: each is a single write in append mode.

    from tests import reliability_log
    reliability_log.record("hostile", "rotated transform", "carbon:carbonstock", survived=True)

Each line holds the test that wrote it, the seeds and the state of the code (CARBON_RELIABILITY_CODE). Once a test has
passed, a line 'done' follows (tests/reliability_plugin.py): a tally that was interrupted goes on from there.
"""

import json
import os
from typing import Dict, List, Optional, Set

VARIABLE = "CARBON_RELIABILITY_LOG"
CODE = "CARBON_RELIABILITY_CODE"
#: Seeds of the moments and of the samples.
SEEDS = ("CARBON_FAULT_SEED", "CARBON_HOSTILE_SEED")


def record(
    section: str, kind: str, subject: str, survived: bool, bytes_lost: int = 0, note: Optional[str] = None, **facts
) -> None:
    """Count one thing tried.

    Parameters
    ----------
    section : table of the page it belongs to: 'faults', 'hostile', 'concurrency' ...
    kind : column: what was done ('killed', 'disk full', 'truncated header' ...); short, the same words each time.
    subject : row: the algorithm ('carbon:carbonstock'), or the part of the program.
    survived : whether everything that is promised held.
    bytes_lost : bytes of earlier outputs that are no longer what they were.
    note : what went wrong, where it did not survive.
    facts : further plain values (moment, message); `struck=False` says that the fault came too late to be one.
    """
    line = {"section": section, "kind": kind, "subject": subject, "survived": bool(survived)}
    line["bytes_lost"] = int(bytes_lost)
    if note:
        line["note"] = note
    # pytest tells which test runs: 'tests/faults/test_faults.py::test_all_faults[casanpp] (call)'.
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    _write({**line, **facts, "test": test, **_state()})


def finish(test: str) -> None:
    """Say that a test has passed: all of its lines are there."""
    _write({"done": test, **_state()})


def fail(test: str, note: str) -> None:
    """Say that a test has failed, and with which words. It is not done: a resumed tally tries it again."""
    _write({"failed": test, "note": " ".join(note.split())[:500], **_state()})


def read(path: str) -> List[Dict]:
    """The lines of a log; the last one may have been cut by the end of its process."""
    lines = []
    with open(path, encoding="utf-8") as stream:
        for text in stream:
            if text.endswith("\n") and text.strip():
                lines.append(json.loads(text))
    return lines


def done_tests(lines: List[Dict], code: str) -> Set[str]:
    """Tests that have passed, with these seeds and this state of the code."""
    state = {**_state(), "code": code}
    return {line["done"] for line in lines if "done" in line and all(line.get(key) == state[key] for key in state)}


def _state() -> Dict[str, str]:
    return {"code": os.environ.get(CODE, ""), "seeds": " ".join(os.environ.get(name, "1") for name in SEEDS)}


def _write(line: Dict) -> None:
    path = os.environ.get(VARIABLE)
    if not path:
        return
    data = (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode("utf-8", "backslashreplace")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)
