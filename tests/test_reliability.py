"""The tally of faults and hostile inputs, and the page made of it."""

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
    lines = build_reliability.read(str(log))
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
