"""What must hold after a fault, on the bytes of the outputs before and after."""

import io
import json
import re
import sqlite3
import tempfile
import zipfile

#: Names of what a run keeps beside its outputs while it lives.
PASSING = re.compile(r"\.carbon-(lock|run-\d+-[0-9a-f]{8})$|\..+\.carbon-part-\d+-[0-9a-f]{8}(\.[^.]*)?(\.aux\.xml)?$")
#: Same bytes from the same run; the others hold a date or a time.
STEADY = (".tif", ".csv", ".qml", ".carbonmodel", ".png", ".svg")


def base(name):
    """File name without its folder."""
    return name.rsplit("/", 1)[-1]


def whole(name, data):
    """Whether a file that differs from run to run is complete."""
    suffix = name[name.rindex(".") :].lower() if "." in name else ""
    try:
        if suffix == ".json":
            return isinstance(json.loads(data.decode("utf-8")), dict)
        if suffix == ".html":
            return data.rstrip().endswith(b"</html>")
        if suffix in (".xlsx", ".qgz", ".carbonmodel"):
            return zipfile.ZipFile(io.BytesIO(data)).testzip() is None
        if suffix == ".gpkg":
            return _sound_database(data)
        return data.endswith(b"\n")
    except (ValueError, zipfile.BadZipFile, sqlite3.Error):
        return False


def _sound_database(data):
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(data)
        file.flush()
        connection = sqlite3.connect(file.name)
        try:
            return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            connection.close()


class Outcome:
    """The outputs of one run with a fault.

    Parameters
    ----------
    case : what ran.
    old : files that were there, by name.
    new : files that an undisturbed run makes.
    found : files that are there now.
    """

    def __init__(self, case, old, new, found):
        if case.chain:
            # QGIS keeps statistics beside a raster that the next step opens: these are not ours.
            old, new, found = ({n: f[n] for n in f if not n.endswith(".aux.xml")} for f in (old, new, found))
        self.case, self.old, self.new, self.found = case, old, new, found

    def state(self, name):
        """old, new, absent or broken."""
        data = self.found.get(name)
        if data is None:
            return "absent" if name not in self.old else "broken"
        if data == self.old.get(name):
            return "old"
        if data == self.new.get(name):
            return "new"
        steady = name.endswith(STEADY) and base(name) not in self.case.volatile
        return "new" if name in self.new and not steady and whole(name, data) else "broken"

    def states(self):
        """State of each output by name."""
        return {name: self.state(name) for name in sorted(set(self.old) | set(self.new))}

    def bytes_lost(self):
        """Bytes of earlier outputs that are neither there nor replaced by a whole new one."""
        return sum(len(data) for name, data in self.old.items() if self.state(name) == "broken")

    def complaints(self, settled):
        """What does not hold.

        Parameters
        ----------
        settled : nothing of the run may be left, and the set must be of one run (after an error, a cancel, or the next
            run).
        """
        states = self.states()
        wrong = ["{} is {}".format(name, state) for name, state in states.items() if state == "broken"]
        for name in self.found:
            if name not in states and name != "ballast" and (settled or not PASSING.fullmatch(base(name))):
                wrong.append("{} is left".format(name))
        kinds = {}
        for name, state in states.items():
            if not (self.case.own and name.startswith(self.case.own)):
                kinds.setdefault(self._set(name), set()).add("new" if state == "new" else "old")
        if settled and any(len(found) > 1 for found in kinds.values()):
            wrong.append("outputs of two runs: {}".format(states))
        return wrong

    def _set(self, name):
        """The outputs that an output must be of one run with: all, or those of the same step."""
        return name.split("_")[0] if self.case.chain else ""

    def all_new(self):
        """Whether every output is that of an undisturbed run."""
        return all(state == "new" for state in self.states().values())

    def all_old(self):
        """Whether nothing was replaced or made, but for a folder that is gone on with and steps that were done."""
        own = self.case.own
        return self.case.chain or all(
            state in ("old", "absent") or (own and name.startswith(own)) for name, state in self.states().items()
        )


def message_complaints(message, wanted):
    """What is wrong with a message: it must hold one of the texts wanted, and nothing of a programmer's."""
    wrong = []
    if not any(text.lower() in message.lower() for text in wanted):
        wrong.append("the message names none of {}: {!r}".format(wanted, message))
    if any(text in message for text in ("Traceback", "unexpected error", "Errno", "Error:")):
        wrong.append("the message is a programmer's: {!r}".format(message))
    if len(message) > 900 or not message.rstrip().endswith((".", "?", ")")):
        wrong.append("the message is no sentence: {!r}".format(message))
    return wrong
