"""One bad input after the other, and what must hold after each."""

import hashlib
import os
import random
import re
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Tuple

import hypothesis

from tests import reliability_log
from tests.faults.cases import BY_NAME, CASES, CHAIN_BY_NAME, CHAINS
from tests.faults.checks import PASSING, base

#: Repeats the same sample; another number draws another.
SEED = os.environ.get("CARBON_HOSTILE_SEED", "1")
#: Memory that a run may take beyond what the warm worker holds, and the time after which it counts as hung.
MOST_MB, MOST_SECONDS = 1000, 60
REFUSED, EITHER, ACCEPTED = "refused", "either", "accepted"

_PROGRAMMERS = re.compile(
    r"Traceback|unexpected error|\[Errno|<class |object at 0x|\bNoneType\b|numpy\.|\bcannot unpack\b|"
    r"\b(Value|Type|Key|Index|Overflow|Attribute|Unicode\w*|Memory|OS|Runtime)Error\b"
)
#: On the console: Python's own words for an error, with or without the lines that led to it.
_PRINTED = re.compile(r"Traceback \(most recent|^Exception ignored in|^\w+(Error|Exception|Interrupt)\b", re.MULTILINE)
_ADDRESS = re.compile(r"(https?|postgres)://|/vsicurl/")
#: Programs that the test of the installation may ask for, and matplotlib's look for fonts.
_ALLOWED_EVENTS = re.compile(r"fc-list|checkinstallation")


@dataclass(frozen=True)
class Attempt:
    """A run with a bad input.

    Parameters
    ----------
    kind : column of the tally, a colon, and what it is in detail.
    algorithm, parameters : what runs; `IN/`, `OUT/` and `BAD/` stand for the folders.
    names : one of these must be in the message (no look at case).
    outcome : `REFUSED`, `ACCEPTED`, or `EITHER` where some steps can use it and others cannot.
    """

    kind: str
    algorithm: str
    parameters: Dict[str, Any]
    names: Tuple[str, ...] = ()
    outcome: str = REFUSED


class Bench:
    """Runs attempts in forks of the worker.

    Parameters
    ----------
    inputs : folder of good inputs.
    folder : scratch; `bad` below it is where bad inputs are made.
    """

    def __init__(self, worker, inputs, folder):
        self.worker, self.inputs, self.folder = worker, Path(inputs), Path(folder)
        self.bad, self.out = self.folder / "bad", self.folder / "out"
        self.canary = self.folder / "canary"
        self.bad.mkdir()
        self._known = {}
        self._good = self._hashes(self.inputs)
        self.answers = []

    def filled(self, value):
        """Parameters with real paths."""
        if isinstance(value, str):
            for mark, path in (("IN/", self.inputs), ("OUT/", self.out), ("BAD/", self.bad)):
                if value.startswith(mark):
                    return str(path) + "/" + value[len(mark) :]
            return value
        if isinstance(value, (list, tuple)):
            return [self.filled(item) for item in value]
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        return value

    def attempt(self, attempt):
        """Complaints about what a bad input did; empty if all that is promised held."""
        old = self._place(attempt)
        before = self._hashes(self.bad)
        answer = self.worker.ask(
            "run", algorithm=attempt.algorithm, parameters=self.filled(attempt.parameters), seconds=MOST_SECONDS,
            folder=str(self.out), log=str(self.folder / "log"),
        )  # fmt: skip
        self.answers.append((attempt, answer))
        wrong = self._complaints(attempt, answer)
        lost = 0
        for was, folder in ((self._good, self.inputs), (before, self.bad)):
            now = self._hashes(folder)
            changed = sorted(name for name in set(was) | set(now) if was.get(name) != now.get(name))
            if changed:
                wrong.append("inputs were changed: {}".format(changed[:5]))
                self._good = self._hashes(self.inputs)
        if not answer.get("ok"):
            now = self._hashes(self.out)
            replaced_by = _results_of_steps(now) if attempt.algorithm in CHAIN_BY_NAME else set()
            lost = sum(
                size for name, (size, digest) in old.items()
                if now.get(name) != (size, digest) and name not in replaced_by
            )  # fmt: skip
            strange = [n for n in set(now) - set(old) if "carbon-lock" not in n and not n.startswith("ensemble/")]
            if attempt.algorithm in CHAIN_BY_NAME:
                strange = [name for name in strange if PASSING.fullmatch(base(name))]
            wrong += ["{} bytes of old outputs are lost".format(lost)] if lost else []
            wrong += ["left behind: {}".format(sorted(strange))] if strange else []
        if self.canary.exists():
            wrong.append("code was run: the canary is there")
            self.canary.unlink()
        message = answer.get("message") if not answer.get("ok") else None
        reliability_log.record(
            "hostile",
            attempt.kind.split(":")[0],
            "carbon:" + attempt.algorithm,
            not wrong,
            lost,
            "; ".join(wrong)[:500] or None,
            what=attempt.kind,
            refused=not answer.get("ok"),
            message=message,
            seconds=round(answer.get("seconds", 0), 2),
            grown_mb=round(answer.get("grown_mb", 0)),
        )
        return ["{} / {}: {}".format(attempt.algorithm, attempt.kind, text) for text in wrong]

    def all(self, attempts):
        """Complaints about several."""
        return [text for attempt in attempts for text in self.attempt(attempt)]

    def _place(self, attempt):
        """A file of an earlier run at the place of every output; their hashes."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        for value in attempt.parameters.values():
            if isinstance(value, str) and value.startswith("OUT/") and os.path.splitext(value)[1]:
                path = Path(self.filled(value))
                if path.parent == self.out and 2 < len(os.fsencode(path.name)) < 250 and "\x00" not in path.name:
                    self._earlier(path)
        return self._hashes(self.out)

    def _hashes(self, folder):
        """(size, digest) of everything below a folder; read again where the system says that it was touched."""
        found = {}
        for top, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(top, name)
                # QGIS opens layers, and GDAL keeps beside a GML or a GeoJSON what it found in it.
                if name.endswith((".stx", ".gfs")):
                    continue
                status = os.lstat(path)
                # The time of the last change of any kind: no program can set it.
                touched = (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                if self._known.get(path, (None,))[0] != touched:
                    if os.path.islink(path):
                        content = (0, os.readlink(path))
                    else:
                        content = _content(path) if os.path.isfile(path) else (0, "no file")
                    self._known[path] = (touched, content)
                found[os.path.relpath(path, folder)] = self._known[path][1]
        return found

    def clear(self):
        """Away with the bad inputs of a test: each run looks at all that are there."""
        shutil.rmtree(self.bad)
        self.bad.mkdir()
        self._known = {path: known for path, known in self._known.items() if os.path.exists(path)}

    def _earlier(self, path):
        """What lies in the place of an output: a file of an earlier run, or what its name says."""
        if path.stem == "pipe":
            os.mkfifo(path)
        elif path.stem == "link":
            path.symlink_to(self.bad / "no such file")
        else:
            path.write_bytes(b"what an earlier run made\n" * 20)

    def _complaints(self, attempt, answer):
        if answer.get("hung"):
            return ["it hung for {} s".format(MOST_SECONDS)]
        if answer.get("signal") or "broken" in answer or "seconds" not in answer:
            return ["the process ended: {} {}".format(answer.get("signal"), answer.get("broken", ""))]
        wrong = []
        if answer["ok"] and attempt.outcome == REFUSED:
            wrong.append("it was taken")
        if not answer["ok"]:
            if attempt.outcome == ACCEPTED:
                wrong.append("it was refused: {!r}".format(answer["message"]))
            wrong += message_complaints(_all_said(attempt, answer), attempt.names)
        if _PRINTED.search(answer["printed"]):
            wrong.append("an error of a program was printed: {}".format(answer["printed"][:900]))
        events = [event for event in answer["events"] if not _ALLOWED_EVENTS.search(event)]
        if events and attempt.algorithm != "checkinstallation":
            wrong.append("a program, the network or a pickle: {}".format(events[:3]))
        # An address that the user gives as a value is for the user to give.
        if answer["network"] and not _ADDRESS.search(str(attempt.parameters)):
            wrong.append("it reached for the network {} times".format(answer["network"]))
        if answer["grown_mb"] > MOST_MB:
            wrong.append("it took {:.0f} MB more".format(answer["grown_mb"]))
        return wrong


def _all_said(attempt, answer):
    """What a user reads of a refusal. QGIS ends a chain by naming the step; what the step said stands above that."""
    if attempt.algorithm not in CHAIN_BY_NAME:
        return answer["message"]
    return "\n".join([*answer.get("said", ())[-3:], answer["message"]])


def _results_of_steps(files):
    """Outputs that a finished step of a chain has written: each with the record of its run beside it."""
    return {name for name in files if name + ".run.json" in files}


def message_complaints(message, names):
    """What is wrong with a message: it must name the cause, and nothing of a programmer's."""
    wrong = []
    if names and not any(name.casefold() in message.casefold() for name in names if name):
        wrong.append("the message names none of {}: {!r}".format([n[:80] for n in names], message[:600]))
    if _PROGRAMMERS.search(message):
        wrong.append("the message is a programmer's: {!r}".format(message[:600]))
    if len(message) > 4000 or len(message) < 15:
        wrong.append("the message has {} characters: {!r}".format(len(message), message[:300]))
    return wrong


def columns_of(table):
    """Columns of a good table, in the quotes of a message: what a cell holds is told of its column."""
    header = table.read_text(encoding="utf-8-sig").split("\n")[0]
    return ["'{}'".format(column.split(" [")[0]) for column in header.split(",")]


def _content(path):
    """(size, digest) of a file."""
    size = os.path.getsize(path)
    with open(path, "rb") as stream:
        # Files of gigabytes are sparse: their size and time do.
        data = stream.read() if size < 1 << 26 else str(os.stat(path).st_mtime_ns).encode()
    return size, hashlib.blake2b(data, digest_size=16).hexdigest()


def drawn(examples=150):
    """How hypothesis draws what it gives to a test: by the seed, as the samples."""

    def decorate(test):
        known = hypothesis.seed(zlib.crc32(SEED.encode()))(test)
        return hypothesis.settings(max_examples=examples, deadline=None, database=None)(known)

    return decorate


def sample(items, count, *marks):
    """Some of the items, drawn by the seed and what they are for."""
    items = list(items)
    return random.Random(" ".join((SEED,) + marks)).sample(items, min(count, len(items)))


def replaced(case, parameter, value):
    """Parameters of a case with another value; of a list, the first."""
    given = case.parameters.get(parameter)
    if isinstance(given, list) and not isinstance(value, list):
        value = [value] + given[1:]
    return {**case.parameters, parameter: value}


def inputs_of(suffixes, cases=CASES):
    """(case, parameter, path of the good input) of every input whose name ends so."""
    for case in cases:
        for name, value in case.parameters.items():
            first = value[0] if isinstance(value, list) and value else value
            if isinstance(first, str) and first.startswith("IN/") and first.endswith(suffixes):
                yield case, name, first[3:]


__all__ = ["ACCEPTED", "BY_NAME", "CASES", "CHAINS", "EITHER", "REFUSED", "Attempt", "Bench", "drawn", "inputs_of",
           "message_complaints", "replaced", "sample"]  # fmt: skip
