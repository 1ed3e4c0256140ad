"""The tally of faults and hostile inputs, and the page made of it."""

import subprocess
import sys
from pathlib import Path

from tests import reliability_log

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import build_reliability  # noqa: E402


def test_nothing_is_logged_unless_asked_for(tmp_path, monkeypatch):
    monkeypatch.delenv(reliability_log.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    reliability_log.record("faults", "killed", "carbon:x", True)
    assert list(tmp_path.iterdir()) == []


def test_lines_become_counts(tmp_path, monkeypatch):
    log = tmp_path / "log.jsonl"
    monkeypatch.setenv(reliability_log.VARIABLE, str(log))
    reliability_log.record("faults", "killed", "carbon:a", True, seed=3)
    reliability_log.record("faults", "killed", "carbon:a", False, 1234, "b.tif is broken: 碳")
    reliability_log.record("faults", "disk full", "carbon:b", True)
    reliability_log.record("hostile", "zip bomb", "bundles", True)
    lines = reliability_log.read(str(log))
    assert [line["survived"] for line in lines] == [True, False, True, True] and lines[0]["seed"] == 3
    page = build_reliability.page(lines, "2020-02-29", "QGIS")
    assert "| 4 | 3 | 1,234 |" in page and "on 2020-02-29, with QGIS." in page
    assert "| algorithm | killed | disk full | all | bytes lost |" in page
    assert "| carbon:a | 1 / 2 |  | 1 / 2 | 1234 |" in page and "| carbon:b |  | 1 / 1 | 1 / 1 | 0 |" in page
    assert "| **all** | 1 / 2 | 1 / 1 | 2 / 3 | 1234 |" in page and "| bundles | 1 / 1 | 1 / 1 | 0 |" in page
    assert page.index("## Faults") < page.index("## Hostile inputs") < page.index("## Not survived")
    assert "- carbon:a killed: b.tif is broken: 碳" in page


def test_a_page_without_failures_has_no_list_of_them():
    line = {"section": "later", "kind": "k", "subject": "s", "survived": True, "bytes_lost": 0}
    page = build_reliability.page([line], "2020-02-29", "QGIS")
    assert "Not survived" not in page and "## Later" in page


def test_what_never_struck_is_told_and_not_counted():
    def line(kind, **more):
        return {"section": "faults", "kind": kind, "subject": "carbon:a", "survived": True, "bytes_lost": 0, **more}

    lines = [line("killed", struck=True), line("killed", struck=False), line("killed", struck=False), line("read-only")]
    page = build_reliability.page(lines, "2020-02-29", "QGIS")
    assert "| 2 | 2 | 0 |" in page and "| carbon:a | 1 / 1 | 1 / 1 | 2 / 2 | 0 |" in page
    assert "Not counted: 2 faults that never struck" in page and ": carbon:a killed (2).\n" in page
    assert "Not counted" not in build_reliability.page(lines[:1], "2020-02-29", "QGIS")
    # What went wrong is counted, struck or not.
    page = build_reliability.page([line("killed", struck=False, survived=False, note="half")], "2020-02-29", "QGIS")
    assert "| 1 | 0 | 0 |" in page and "- carbon:a killed: half" in page


TALLY = """
from tests import reliability_log

def test_one():
    reliability_log.record("faults", "killed", "carbon:one", True)

def test_two():
    reliability_log.record("faults", "killed", "carbon:two", True)
    assert {answer}

def test_three():
    reliability_log.record("faults", "killed", "carbon:three", True)
"""


def test_a_tally_goes_on_where_it_was_interrupted(tmp_path, monkeypatch, repository):
    tests, log = tmp_path / "tests" / "faults", tmp_path / "build" / "log.jsonl"
    tests.mkdir(parents=True)

    def tally(answer, *options, resume=True, code="c1"):
        """Run it; the subjects in the log."""
        (tests / "test_tally.py").write_text(TALLY.format(answer=answer))
        monkeypatch.setenv(reliability_log.VARIABLE, str(log))
        monkeypatch.setenv(reliability_log.CODE, code)
        build_reliability.begin(str(log), ["tests/faults"], resume, code)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:pytest_qgis", "-p", "tests.reliability_plugin",
                   "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-c", "/dev/null", *options]  # fmt: skip
        subprocess.run([*command, "tests/faults/test_tally.py"], cwd=str(tmp_path), stdout=subprocess.PIPE,
                       env={**environment, "CARBON_RELIABILITY_LOG": str(log), "CARBON_RELIABILITY_CODE": code})
        lines = reliability_log.read(str(log))
        return [line["subject"] for line in lines if "section" in line], lines

    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(repository), "PYTHONDONTWRITEBYTECODE": "1"}
    subjects, lines = tally("False", "-x")
    assert subjects == ["carbon:one", "carbon:two"]
    page = build_reliability.page(lines, "2020-02-29", "QGIS")
    assert "- the test tests/faults/test_tally.py::test_two failed: assert False" in page
    # The process was ended in the middle of a line, and lines of an unfinished test are there.
    with open(log, "a", encoding="utf-8") as stream:
        stream.write('{"section": "faults", "kind": "ki')
    subjects, lines = tally("True")
    assert subjects == ["carbon:one", "carbon:two", "carbon:three"] and "failed" not in str(lines)
    assert tally("True")[0] == subjects and tally("True", resume=False)[0] == subjects
    # Other code, or another seed: all over again, and what was before counts no more.
    subjects, lines = tally("True", code="c2")
    assert len(subjects) == 3 and {line["code"] for line in lines} == {"c2"}
    monkeypatch.setenv("CARBON_FAULT_SEED", "2")
    assert reliability_log.done_tests(lines, "c2") == set()


def test_what_else_was_tried_stays(tmp_path):
    log = tmp_path / "log.jsonl"
    hostile = '{"section": "hostile", "test": "tests/hostile/test_a.py::test_b", "code": "old"}\n'
    log.write_text(hostile + hostile.replace("hostile", "faults") + '{"section": "faults"}\n')
    build_reliability.begin(str(log), ["tests/faults"], False, "new")
    assert log.read_text() == hostile


def test_the_state_of_the_code_is_that_of_its_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("1")
    before = build_reliability.state_of_code(str(tmp_path), ["a"])
    (tmp_path / "a" / "x.pyc").write_text("1")
    assert build_reliability.state_of_code(str(tmp_path), ["a"]) == before
    (tmp_path / "a" / "x.py").write_text("2")
    assert build_reliability.state_of_code(str(tmp_path), ["a"]) != before
