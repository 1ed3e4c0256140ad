"""What the headless tests share."""

import csv
import subprocess


def runner(environment):
    """A function that runs qgis_process and returns (exit code, everything it printed)."""

    def run(*arguments):
        done = subprocess.run(
            ["qgis_process.bin", *arguments], env=environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    return run


def rows(path):
    """Rows of a CSV file as dictionaries."""
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
