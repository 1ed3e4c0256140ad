"""A program that loads QGIS once and answers requests, a line of JSON each, in processes that it forks."""

import json
import subprocess
import sys


class WorkerProcess:
    """The program at `script`, run with this Python; its standard error goes to `log`."""

    def __init__(self, script, arguments, environment, log):
        self.log = log
        self._stream = open(log, "wb")
        self._process = subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)], env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._stream,
        )  # fmt: skip
        self.greeting = self._answer()

    def ask(self, do, **request):
        """What the worker answers."""
        self._process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self):
        """End it, and its mounts with it."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)
        self._stream.close()

    def _answer(self):
        line = self._process.stdout.readline()
        assert line, "the worker has died: " + self.log.read_text(errors="replace")[-3000:]
        return json.loads(line)
