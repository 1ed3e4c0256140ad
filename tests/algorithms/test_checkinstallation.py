"""The check of the installation as an algorithm: in this QGIS, and in one without any package."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from carbon_qgis.core.dependencies import PACKAGES, missing

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def test_it_lists_every_package_and_writes_table_and_page(run_algorithm, tmp_path, feedback):
    table, page = tmp_path / "found.csv", tmp_path / "found.html"
    results = run_algorithm("checkinstallation", {"TABLE": str(table), "REPORT": str(page)})
    rows = {row["part"]: row for row in csv.DictReader(table.open(encoding="utf-8"))}
    absent = missing(PACKAGES)
    for name, package in PACKAGES.items():
        assert rows[package.pip]["state"] == ("missing" if name in absent else "ok"), name
    assert results["MISSING"] == len(absent) and bool(results["COMMAND"]) == bool(absent)
    assert rows["GDAL"]["state"] == "ok" and rows["QGIS"]["found"] in feedback.text
    assert "Check of the installation" in page.read_text(encoding="utf-8")


def test_bad_settings_are_told_and_do_not_stop_it(run_algorithm, monkeypatch, feedback):
    monkeypatch.setenv("CARBON_DEVICE", "gpu")
    results = run_algorithm("checkinstallation", {})
    assert results["WARNINGS"] >= 1
    assert any("CARBON_DEVICE is 'gpu'" in warning for warning in feedback.warnings)


def test_it_is_first_in_the_toolbox(provider):
    groups = sorted({algorithm.group() for algorithm in provider.algorithms()})
    assert provider.algorithm("checkinstallation").group() == groups[0] == "0 Start here"


SCRIPT = """
import sys
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
sys.path.insert(0, {repository!r})
from carbon_qgis.provider import CarbonProvider
provider = CarbonProvider()
QgsApplication.processingRegistry().addProvider(provider)
assert provider.problems == [], provider.problems
algorithm = provider.algorithm("checkinstallation").create()
context, parameters = QgsProcessingContext(), {{"REPORT": {page!r}, "TABLE": {table!r}}}
print(algorithm.canExecute(), algorithm.checkParameterValues(parameters, context))
feedback = QgsProcessingFeedback(False)
results, fine = algorithm.run(parameters, context, feedback)
print("FINE" if fine else "FAILED", feedback.textLog())
print("MISSING", results.get("MISSING"))
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="builds a Python without packages from Debian's")
def test_it_runs_without_any_package_at_all(tmp_path):
    """A Python that has QGIS and nothing else: not even numpy."""
    import osgeo
    import PyQt5
    import qgis

    bare = tmp_path / "bare"
    bare.mkdir()
    for package in (qgis, osgeo, PyQt5):
        folder = Path(package.__file__).parent
        os.symlink(folder, bare / folder.name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CARBON"))}
    environment.update(PYTHONPATH=str(bare), QT_QPA_PLATFORM="offscreen", PYTHONDONTWRITEBYTECODE="1")
    page, table = tmp_path / "found.html", tmp_path / "found.csv"
    script = SCRIPT.format(repository=str(REPOSITORY), page=str(page), table=str(table))
    done = subprocess.run(
        ["/usr/bin/python3", "-S", "-c", script], env=environment, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert "FINE" in done.stdout, done.stdout
    assert "MISSING {:.1f}".format(len(PACKAGES)) in done.stdout, done.stdout
    assert "The report is not written: its page needs numpy" in done.stdout and not page.exists()
    rows = {row["part"]: row for row in csv.DictReader(table.open(encoding="utf-8"))}
    assert all(rows[package.pip]["state"] == "missing" for package in PACKAGES.values())
