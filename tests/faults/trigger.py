"""The moment at which a fault strikes, and the fault: inside the process that it happens to.

Moments are counted in events of the run: files opened for writing, renamed or deleted below the folder of outputs,
blocks of rasters written, and calls of the progress. `events` lists them in order, so that a first run tells how many
there are and a second one can be struck at any of them.
"""

import os
import shutil
import signal
import sys
import threading

_AUDITED = {"os.rename": "rename", "os.remove": "remove", "os.mkdir": "mkdir", "os.rmdir": "rmdir"}


class Trigger:
    """Counts the events of a run and strikes at one of them, or after some seconds.

    Parameters
    ----------
    request : `outputs` (folder), and `fault`: `action` (kill, stop, tell, hold, cancel, remove, cut, fill), `event`
        (number) or `after` (seconds), `path` (of the file or disk concerned), `signal` (name, by default SIGKILL).
    """

    def __init__(self, request):
        self.events, self.fired, self._busy = [], False, threading.local()
        self._folder = request.get("outputs")
        self._fault = request.get("fault") or {}
        self._lock, self._on, self._feedback = threading.Lock(), True, None
        self.struck, self.go_on = threading.Event(), threading.Event()
        if self._folder:
            sys.addaudithook(self._audit)
            self._count_blocks()
        if "after" in self._fault:
            timer = threading.Timer(self._fault["after"], self._strike)
            timer.daemon = True
            timer.start()

    def feedback(self):
        """The feedback of the run."""
        from qgis.core import QgsProcessingFeedback

        trigger = self

        class Feedback(QgsProcessingFeedback):
            def __init__(self):
                super().__init__(False)
                self.lines = []
                self.progressChanged.connect(lambda percent: trigger.event("progress"))

            def pushInfo(self, text):
                self.lines.append(text)

            pushWarning = setProgressText = pushInfo

            def reportError(self, text, fatal=False):
                self.lines.append(text)

        self._feedback = Feedback()
        return self._feedback

    @property
    def holds(self):
        """Whether the run is to stand still at its moment."""
        return self._fault.get("action") == "hold"

    def log(self):
        """What was said."""
        return list(self._feedback.lines)

    def stop(self):
        """Count no more."""
        self._on = False

    def event(self, kind):
        """Something happened; strike if it is the moment."""
        if not self._on:
            return
        with self._lock:
            self.events.append(kind)
            number = len(self.events)
        if self._fault.get("event") == number:
            self._strike()

    def _audit(self, name, arguments):
        if not self._on or getattr(self._busy, "on", False):
            return
        kind = _AUDITED.get(name)
        if kind is None and name == "open":
            mode = arguments[1] or ""
            kind = "open" if any(letter in mode for letter in "wax+") else None
        if kind is None or not isinstance(arguments[0], (str, bytes)):
            return
        if os.path.abspath(os.fsdecode(arguments[0])).startswith(self._folder + os.sep):
            self.event(kind)

    def _count_blocks(self):
        from carbon_qgis.core.raster.write import RasterWriter

        plain = RasterWriter._write_now

        def counted(writer, *block):
            self.event("block")
            plain(writer, *block)

        RasterWriter._write_now = counted

    def _strike(self):
        if self.fired or not self._on:
            return
        self.fired = self._busy.on = True
        try:
            getattr(self, "_" + self._fault["action"])()
        finally:
            self._busy.on = False
            self.struck.set()

    def _tell(self):
        """Nothing but `struck`."""

    def _hold(self):
        self.struck.set()
        self.go_on.wait(100)

    def _stop(self):
        os.kill(os.getpid(), signal.SIGSTOP)

    def _kill(self):
        os.kill(os.getpid(), getattr(signal, self._fault.get("signal", "SIGKILL")))

    def _cancel(self):
        self._feedback.cancel()

    def _remove(self):
        os.rename(self._fault["path"], self._fault["path"] + ".gone")

    def _cut(self):
        os.truncate(self._fault["path"], os.path.getsize(self._fault["path"]) // 2)

    def _fill(self):
        """Another program takes what is left of the disk."""
        folder = self._fault["path"]
        left = shutil.disk_usage(folder).free
        try:
            with open(os.path.join(folder, "ballast"), "wb") as stream:
                stream.write(b"x" * left)
        except OSError:
            pass  # full a little earlier than told: the same
