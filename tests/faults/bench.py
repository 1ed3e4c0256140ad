"""Cases are run here: once undisturbed, then with one fault after the other."""

import os
import random
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from typing import List, Optional

from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.scratch import sweep
from tests import reliability_log
from tests.faults.checks import PASSING, Outcome, base, message_complaints

#: Repeats the same faults; another number gives others.
SEED = os.environ.get("CARBON_FAULT_SEED", "1")
#: How an old output looks: of several blocks of the disk.
_OLD = "what was here before: {}\n"
_PAGE = 4096
#: So often a fault that struck nothing is tried again, each time earlier.
TRIES = 8
#: After so many faults of a kind, for each case, the same run is really made again; after the others only what each run
#: does first.
REPEATED = 2


@dataclass
class Ended:
    """A run with a fault: what did not hold, bytes lost, whether the fault struck it, what the user read."""

    wrong: List[str]
    lost: int
    struck: bool
    message: Optional[str] = None


class Reference:
    """An undisturbed run over old outputs: what it made, the events in it (and in one over nothing), its seconds."""

    def __init__(self, answer, fresh_events, files):
        self.events, self.seconds = answer["events"], answer["seconds"]
        self.fresh_events, self.files = fresh_events, files


class Bench:
    """Runs cases in forks of the worker and looks at what is there afterwards."""

    def __init__(self, worker, inputs, folder):
        self.worker, self.inputs, self._folder = worker, inputs, folder
        self.out, self._copy = folder / "out", folder / "copy"
        self._references, self._scratch = {}, set()
        #: (case, kind of fault) → how many have struck, and after how many the same run was made again.
        self.struck, self.repeated = Counter(), Counter()

    def parameters(self, case, out=None):
        """Parameters of a case with real paths."""
        return case.filled(str(self.inputs), str(out or self.out))

    def request(self, case, out=None, **more):
        """A run of a case."""
        out = out or self.out
        return {"algorithm": case.name, "parameters": self.parameters(case, out), "outputs": str(out), **more}

    def run(self, case, out=None, **more):
        """What a run answers."""
        answer = self.worker.ask("run", **self.request(case, out, **more))
        if case.chain and not answer.get("ok", True):
            # QGIS itself says which step failed, and the step before that why.
            answer["message"] = answer["log"][-1]
        return answer

    def place(self, files=(), out=None):
        """The folder of outputs with these files (name → bytes) and no others."""
        plain = {name: data.decode("latin-1") for name, data in dict(files).items()}
        self.worker.ask("place", path=str(out or self.out), files=plain)

    def look(self, out=None):
        """Files in the folder of outputs: name → bytes."""
        self.worker.ask("look", path=str(out or self.out), into=str(self._copy))
        return {
            os.path.relpath(os.path.join(top, name), self._copy): open(os.path.join(top, name), "rb").read()
            for top, _, names in os.walk(self._copy) for name in names
        }  # fmt: skip

    def reference(self, case):
        """The undisturbed run of a case, made once."""
        if case.name not in self._references:
            self._need_models(case)
            self.place()
            answer = self.run(case)
            assert answer.get("ok"), "{}: {}".format(case.name, answer)
            found = self.look()
            assert not [name for name in found if base(name).startswith(".")]
            fresh = answer["events"]
            self._references[case.name] = Reference(answer, fresh, found)
            # Once more over files of an earlier run, as in every run with a fault: there are other events then.
            self.place(self.old(case))
            answer = self.run(case)
            assert answer.get("ok"), "{}: {}".format(case.name, answer)
            self._references[case.name] = Reference(answer, fresh, found)
            assert Outcome(case, {}, found, self.look()).all_new(), case.name
        return self._references[case.name]

    def _need_models(self, case):
        """Some cases read what other algorithms make: made once, when the first of them comes."""
        if "IN/made/" in str(case.parameters) and not (self.inputs / "made").exists():
            answer = self.worker.ask("prepare", path=str(self.inputs), models=True)
            assert answer["ok"], self.worker.log.read_text(errors="replace")[-3000:]

    def old(self, case):
        """What was there before the fault: a file in the place of every output."""
        wanted = [name for name in self.reference(case).files if not (case.own and name.startswith(case.own))]
        return {name: (_OLD.format(name) * 200).encode("utf-8") for name in wanted}

    def next_run(self):
        """Another run begins in the same folders."""
        for folder in sorted({self.out} | {self.out / os.path.dirname(name) for name in self.look()}):
            # What any run does first in the folders it writes to; quick, and the same in this process.
            outputs = OutputSet()
            outputs.claim(str(folder / "another run.csv"))
            outputs.abort()
        self._age_scratch()
        self._sweep()

    def _age_scratch(self):
        """Folders for a moment are from so long ago that they must be locked, were they in use."""
        for name in self._scratch_folders() - self._scratch:
            os.utime(self.worker.temporary / name, (0, 0))

    def _repeat(self, case, kind, full=False):
        """The same run once more, undisturbed, if it is time for that: what does not hold after it; else None.

        Parameters
        ----------
        full : whether the disk may still be full.
        """
        if self.repeated[case.name, kind] >= REPEATED:
            return None
        self.repeated[case.name, kind] += 1
        self._age_scratch()
        answer = self.run(case)
        outcome = Outcome(case, self.old(case), self.reference(case).files, self.look())
        wrong = []
        if answer.get("ok"):
            wrong += [] if outcome.all_new() else ["not all is there: {}".format(outcome.states())]
        elif not full:
            wrong.append("it failed: {}".format(answer.get("message") or answer))
        return ["the same run once more: " + text for text in wrong + self._left(outcome.found)]

    def _left(self, found):
        """What runs keep while they live: beside the outputs or the inputs, or in the system's folder for a moment."""
        names = [*found, *(name for _, _, names in os.walk(self.inputs) for name in names)]
        left = [name for name in names if PASSING.fullmatch(base(name)) or base(name).startswith(".carbon-")]
        return ["{} is left".format(name) for name in [*left, *(self._scratch_folders() - self._scratch)]]

    def _sweep(self):
        """What a run does with the system's folder for temporary files; in this process that is another one."""
        before, tempfile.tempdir = tempfile.tempdir, str(self.worker.temporary)
        try:
            sweep()
        finally:
            tempfile.tempdir = before

    # The faults. Each gives a list of complaints: empty if all that is promised held.

    def kill(self, case, when):
        """The process ends at once."""

        def once(when):
            old = self._before(case, when)
            more = {"kill_after": when["after"]} if "after" in when else {"fault": {"action": "kill", **when}}
            answer = self.run(case, **more)
            reference = self.reference(case)
            torn = Outcome(case, old, reference.files, self.look())
            wrong = torn.complaints(settled=False)
            # A run that has answered was over before it was killed.
            struck = bool(answer["signal"]) and "ok" not in answer
            if not struck and not answer.get("ok"):
                wrong.append("the run failed: {}".format(answer.get("message")))
            again = self._repeat(case, "killed") if struck else None
            if again is None:
                self.next_run()
            wrong += again or []
            after = Outcome(case, old, reference.files, self.look())
            wrong += after.complaints(settled=True)
            wrong += ["{} is left".format(name) for name in self._scratch_folders() - self._scratch]
            return Ended(wrong, max(torn.bytes_lost(), after.bytes_lost()), struck)

        return self.until_struck(case, "killed", when, once)

    def cancel(self, case, when):
        """The user presses Cancel."""

        def once(when):
            old = self._before(case, when)
            answer = self.run(case, fault={"action": "cancel", **when})
            return self._ended(case, old, answer, ["cancelled"], answer.get("fired"))

        return self.until_struck(case, "cancelled", when, once)

    def read_only(self, case):
        """The disk of the outputs cannot be written."""

        def once(when):
            with self._disk(2 * self._size(case)):
                old = self._before(case, when)
                self.worker.ask("read_only", path=str(self.out), on=True)
                answer = self.run(case)
                self.worker.ask("read_only", path=str(self.out), on=False)
                return self._ended(case, old, answer, ["read-only"], must_fail=True)

        return self.until_struck(case, "read-only", {}, once)

    def small_disk(self, case, share):
        """The disk has room for a share of the new outputs beside the old ones."""

        def once(when):
            room = int(when["share"] * _on_disk(self.reference(case).files)) // _PAGE * _PAGE
            with self._disk(_on_disk(self.old(case)) + room):
                old = self._before(case, when)
                answer = self.run(case)
                # Where there was room for all, the disk was not full.
                return self._ended(case, old, answer, _FULL, not answer.get("ok"))

        return self.until_struck(case, "disk full", {"share": share}, once)

    def filling_disk(self, case, when):
        """Another program fills the disk during the run."""

        def once(when):
            with self._disk(4 * self._size(case)):
                old = self._before(case, when)
                answer = self.run(case, fault={"action": "fill", "path": str(self.out), **when})
                return self._ended(case, old, answer, _FULL, answer.get("fired"))

        return self.until_struck(case, "disk full", when, once)

    def small_files(self, case):
        """No file may be larger than half of the largest output: a limit that needs no mount, and no root."""
        limit = max(map(len, self.reference(case).files.values())) // 2

        def once(when):
            old = self._before(case, when)
            answer = self.run(case, file_limit=limit)
            return self._ended(case, old, answer, ["be written: "], must_fail=True)

        return self.until_struck(case, "file size limit", {"limit": limit}, once)

    def lose_input(self, case, victim, action, when):
        """An input is deleted ('remove') or cut to half its size ('cut') during the run."""
        path = str(self.inputs / victim)

        def once(when):
            old = self._before(case, when)
            shutil.copy2(path, path + ".kept")
            try:
                answer = self.run(case, fault={"action": action, "path": path, **when})
            finally:
                os.replace(path + ".kept", path)
            return self._ended(case, old, answer, [base(victim)], answer.get("fired"))

        kind = {"remove": "input deleted", "cut": "input cut short"}[action]
        return self.until_struck(case, kind, {**when, "victim": victim}, once)

    def _before(self, case, when):
        """Place what was there before the run: files of an earlier one, or nothing where the moment says 'fresh'."""
        old = {} if when.get("fresh") else self.old(case)
        self.place(old)
        self._scratch = self._scratch_folders()
        return old

    def _scratch_folders(self):
        """Folders for a moment that runs have made in the system's folder for temporary files."""
        return {name for name in os.listdir(self.worker.temporary) if name.startswith("carbon-scratch-")}

    def until_struck(self, case, kind, when, once, section="faults"):
        """Try a fault; where the run was over before it, again at an earlier moment. Counted once, at the last one.

        Parameters
        ----------
        once : when → `Ended`.
        """
        rng = random.Random("{} {} {} {}".format(SEED, case.name, kind, sorted(when.items())))
        ended, tries = once(when), 1
        while not ended.struck and not ended.wrong and tries < TRIES:
            when = earlier(when, rng)
            ended, tries = once(when), tries + 1
        self.struck[case.name, kind] += ended.struck
        reliability_log.record(
            section, kind, "carbon:" + case.name, not ended.wrong, ended.lost, "; ".join(ended.wrong)[:500] or None,
            when=when, struck=ended.struck, tries=tries, message=ended.message,
        )  # fmt: skip
        return ["{}, {} {}: {}".format(case.name, kind, when, text) for text in ended.wrong]

    def _ended(self, case, old, answer, wanted, struck=True, must_fail=False):
        """Look at a run that ended by itself: all of it, or nothing and a message."""
        outcome = Outcome(case, old, self.reference(case).files, self.look())
        wrong = outcome.complaints(settled=True)
        wrong += ["{} is left".format(name) for name in self._scratch_folders() - self._scratch]
        if answer["signal"] or answer["timeout"] or "broken" in answer:
            # First: all else may follow from it.
            how = {name: answer[name] for name in ("signal", "timeout", "broken") if answer.get(name)}
            wrong.insert(0, "the process ended: {}".format(how))
        elif answer["ok"] and case.chain and wanted == ["cancelled"]:
            pass  # a model that is cancelled between two steps ends without an error of any step
        elif answer["ok"]:
            wrong += [] if outcome.all_new() else ["told to be done, but: {}".format(outcome.states())]
            wrong += ["it should have failed"] if must_fail else []
        else:
            wrong += message_complaints(answer["message"], wanted)
            wrong += [] if outcome.all_old() else ["failed, but: {}".format(outcome.states())]
        if struck and not wrong:
            wrong += self._repeat(case, wanted[0], full=wanted is _FULL) or []
        message = None if answer.get("ok") else answer.get("message")
        return Ended(wrong, outcome.bytes_lost(), bool(struck), message)

    def _size(self, case):
        return _on_disk(self.old(case)) + _on_disk(self.reference(case).files) + 64 * _PAGE

    def _disk(self, size):
        return _Disk(self.worker, self.out, size)


_FULL = ["the disk is full", "is the disk full"]


class _Disk:
    """A disk of a given size in the place of the folder of outputs."""

    def __init__(self, worker, path, size):
        self._worker, self._path, self._size = worker, path, size

    def __enter__(self):
        answer = self._worker.ask("mount", path=str(self._path), bytes=self._size)
        assert answer["ok"], answer["message"]

    def __exit__(self, *_):
        assert self._worker.ask("unmount", path=str(self._path))["ok"]


def _on_disk(files):
    return sum(-(-len(data) // _PAGE) * _PAGE for data in files.values())


def earlier(when, rng):
    """A moment before another one, or a smaller disk."""
    sooner = dict(when)
    for name in ("event", "after", "share"):
        if name in when:
            sooner[name] = when[name] * rng.uniform(0.3, 0.9)
    if "event" in when:
        sooner["event"] = max(1, int(sooner["event"]))
    return sooner


def between_renames(case, reference, count):
    """Moments at which some outputs are in place and others are not."""
    rng = random.Random("{} {} torn".format(SEED, case.name))
    renames = [number for number, kind in enumerate(reference.events, 1) if kind == "rename"]
    return [{"event": number} for number in rng.sample(renames[1:], min(count, len(renames) - 1))]


def moments(case, reference, kind, count):
    """Moments of a run, drawn by the seed: some at events of the run, some at times.

    Of four, one is a rename or deletion of a file (where a set of outputs could be torn), one any event, one an event
    of those that write, one a time. Every third is 'fresh': nothing is there before.
    """
    rng = random.Random("{} {} {}".format(SEED, case.name, kind))
    drawn = []
    for index in range(count):
        events = reference.fresh_events if index % 3 == 2 else reference.events
        numbers = list(range(1, len(events) + 1))
        placing = [number for number in numbers if events[number - 1] in ("rename", "remove")] or numbers
        writing = [number for number in numbers if events[number - 1] != "progress"] or numbers
        choice = (placing, numbers, writing, None)[index % 4]
        if choice is None:
            drawn.append({"after": round(rng.uniform(0.02, 0.95) * reference.seconds, 3)})
        else:
            drawn.append({"event": rng.choice(choice)})
        if index % 3 == 2:
            drawn[-1]["fresh"] = True
    return drawn
