"""The tally behind docs/reliability.md: every fault or bad input that a test tries is one line of JSON.

A test calls `record` once per thing tried, after it has looked at the outcome. Nothing is written unless the
environment variable CARBON_RELIABILITY_LOG names a file; `scripts/build-reliability` runs the suites with it and
renders the page. Lines of many processes may end in one file: each is a single write in append mode.

    from tests import reliability_log
    reliability_log.record("hostile", "rotated transform", "carbon:carbonstock", survived=True)
"""

import json
import os
from typing import Optional

VARIABLE = "CARBON_RELIABILITY_LOG"


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
    facts : further plain values (seed, moment, message).
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    line = {"section": section, "kind": kind, "subject": subject, "survived": bool(survived)}
    line["bytes_lost"] = int(bytes_lost)
    if note:
        line["note"] = note
    line.update(facts)
    data = (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode("utf-8")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)
