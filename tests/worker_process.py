"""A program that loads QGIS once and answers requests, a line of JSON each, in processes that it forks."""

import json
import os
import subprocess
import sys
import traceback


def answer_requests(do, start):
    """The program itself: answer what comes on standard input with the functions `do` by name, until it ends.

    What anything else prints goes to standard error. `start` gives the greeting and what must live as long.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    greeting, kept = start()
    _send(answers, greeting)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = do[request["do"]](request)
        except Exception:
            answer = {"broken": traceback.format_exc()}
        _send(answers, answer)
    del kept
    os._exit(0)


def _send(answers, answer):
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


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
