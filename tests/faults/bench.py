"""Cases are run here: once undisturbed, then with one fault after the other."""

import os
import random
import shutil

from tests import reliability_log
from tests.faults.checks import Outcome, base, message_complaints

#: Repeats the same faults; another number gives others.
SEED = os.environ.get("CARBON_FAULT_SEED", "1")
#: How an old output looks: of several blocks of the disk.
_OLD = "what was here before: {}\n"
_PAGE = 4096


class Reference:
    """An undisturbed run: its outputs, the events in it, and how long it took."""

    def __init__(self, answer, files):
        self.events, self.seconds, self.files = answer["events"], answer["seconds"], files


class Bench:
    """Runs cases in forks of the worker and looks at what is there afterwards."""

    def __init__(self, worker, inputs, folder):
        self.worker, self.inputs, self._folder = worker, inputs, folder
        self.out, self._copy = folder / "out", folder / "copy"
        self._references = {}

    def parameters(self, case, out=None):
        """Parameters of a case with real paths."""
        return case.filled(str(self.inputs), str(out or self.out))

    def request(self, case, out=None, **more):
        """A run of a case."""
        out = out or self.out
        return {"algorithm": case.name, "parameters": self.parameters(case, out), "outputs": str(out), **more}

    def run(self, case, out=None, **more):
        """What a run answers."""
        return self.worker.ask("run", **self.request(case, out, **more))

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
            self._references[case.name] = Reference(answer, found)
            # Once more over files of an earlier run, as in every run with a fault: there are other events then.
            self.place(self.old(case))
            answer = self.run(case)
            assert answer.get("ok"), "{}: {}".format(case.name, answer)
            self._references[case.name] = Reference(answer, found)
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
        folders = [str(self.out)]
        folders += sorted({str(self.out / os.path.dirname(name)) for name in self.look()} - set(folders))
        answer = self.worker.ask("tidy", folders=[folder.rstrip("/") for folder in folders])
        assert answer.get("ok"), answer

    # The faults. Each gives a list of complaints: empty if all that is promised held.

    def kill(self, case, when):
        """The process ends at once."""
        old = self.old(case)
        self.place(old)
        more = {"kill_after": when["after"]} if "after" in when else {"fault": {"action": "kill", **when}}
        answer = self.run(case, **more)
        reference = self.reference(case)
        struck = Outcome(case, old, reference.files, self.look())
        wrong = struck.complaints(settled=False)
        lost = struck.bytes_lost()
        if not answer["signal"] and not answer.get("ok"):
            wrong.append("the run failed: {}".format(answer.get("message")))
        self.next_run()
        after = Outcome(case, old, reference.files, self.look())
        wrong += after.complaints(settled=True)
        return self._counted(case, "killed", wrong, max(lost, after.bytes_lost()), when, bool(answer["signal"]))

    def cancel(self, case, when):
        """The user presses Cancel."""
        old = self.old(case)
        self.place(old)
        answer = self.run(case, fault={"action": "cancel", **when})
        return self._ended(case, "cancelled", old, answer, when, ["cancelled"])

    def read_only(self, case):
        """The disk of the outputs cannot be written."""
        old = self.old(case)
        with self._disk(2 * self._size(case)):
            self.place(old)
            self.worker.ask("read_only", path=str(self.out), on=True)
            answer = self.run(case)
            self.worker.ask("read_only", path=str(self.out), on=False)
            return self._ended(case, "read-only", old, answer, {}, ["read-only"], must_fail=True)

    def small_disk(self, case, share):
        """The disk has room for a share of the new outputs beside the old ones."""
        old = self.old(case)
        size = _on_disk(old) + int(share * _on_disk(self.reference(case).files)) // _PAGE * _PAGE
        with self._disk(size):
            self.place(old)
            answer = self.run(case)
            return self._ended(case, "disk full", old, answer, {"share": share}, _FULL)

    def filling_disk(self, case, when):
        """Another program fills the disk during the run."""
        old = self.old(case)
        with self._disk(4 * self._size(case)):
            self.place(old)
            answer = self.run(case, fault={"action": "fill", "path": str(self.out), **when})
            return self._ended(case, "disk full", old, answer, when, _FULL)

    def small_files(self, case):
        """No file may be larger than half of the largest output: a limit that needs no mount, and no root."""
        old = self.old(case)
        self.place(old)
        limit = max(map(len, self.reference(case).files.values())) // 2
        answer = self.run(case, file_limit=limit)
        return self._ended(case, "file size limit", old, answer, {"limit": limit}, ["be written: "], must_fail=True)

    def lose_input(self, case, victim, action, when):
        """An input is deleted ('remove') or cut to half its size ('cut') during the run."""
        old = self.old(case)
        self.place(old)
        path = str(self.inputs / victim)
        shutil.copy2(path, path + ".kept")
        try:
            answer = self.run(case, fault={"action": action, "path": path, **when})
        finally:
            os.replace(path + ".kept", path)
        kind = {"remove": "input deleted", "cut": "input cut short"}[action]
        return self._ended(case, kind, old, answer, {"victim": victim, **when}, [base(victim)])

    def _ended(self, case, kind, old, answer, when, wanted, must_fail=False):
        """Look at a run that ended by itself: all of it, or nothing and a message."""
        outcome = Outcome(case, old, self.reference(case).files, self.look())
        wrong = outcome.complaints(settled=True)
        if answer["signal"] or answer["timeout"] or "broken" in answer:
            wrong.append("the process ended: {}".format(answer))
        elif answer["ok"]:
            wrong += [] if outcome.all_new() else ["told to be done, but: {}".format(outcome.states())]
            wrong += ["it should have failed"] if must_fail else []
        else:
            wrong += message_complaints(answer["message"], wanted)
            wrong += [] if outcome.all_old() else ["failed, but: {}".format(outcome.states())]
        message = None if answer.get("ok") else answer.get("message")
        return self._counted(case, kind, wrong, outcome.bytes_lost(), when, answer.get("fired", True), message)

    def _counted(self, case, kind, wrong, lost, when, struck, message=None):
        name = "carbon:" + case.name
        reliability_log.record("faults", kind, name, not wrong, lost, "; ".join(wrong)[:500] or None, when=when,
                               struck=struck, message=message)  # fmt: skip
        return ["{}, {} {}: {}".format(case.name, kind, when, text) for text in wrong]

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


def between_renames(case, reference, count):
    """Moments at which some outputs are in place and others are not."""
    rng = random.Random("{} {} torn".format(SEED, case.name))
    renames = [number for number, kind in enumerate(reference.events, 1) if kind == "rename"]
    return [{"event": number} for number in rng.sample(renames[1:], min(count, len(renames) - 1))]


def moments(case, reference, kind, count):
    """Moments of a run, drawn by the seed: some at events of the run, some at times.

    Of four, one is a rename or deletion of a file (where a set of outputs could be torn), one any event, one an event
    of those that write, one a time.
    """
    rng = random.Random("{} {} {}".format(SEED, case.name, kind))
    numbers = list(range(1, len(reference.events) + 1))
    placing = [number for number in numbers if reference.events[number - 1] in ("rename", "remove")] or numbers
    writing = [number for number in numbers if reference.events[number - 1] != "progress"] or numbers
    drawn = []
    for index in range(count):
        choice = (placing, numbers, writing, None)[index % 4]
        if choice is None:
            drawn.append({"after": round(rng.uniform(0.02, 1.0) * reference.seconds, 3)})
        else:
            drawn.append({"event": rng.choice(choice)})
    return drawn
