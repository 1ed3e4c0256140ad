"""No name becomes markup: reports, figures as SVG, styles, run records; and none becomes a formula in a table."""

import csv
import json
import os
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbon_qgis.core.record import record_text
from carbon_qgis.core.report.page import Page
from carbon_qgis.core.results import Column, Table
from carbon_qgis.core.tables import csv_bytes, read_table
from tests import reliability_log
from tests.hostile.bench import ACCEPTED, BY_NAME, Attempt, drawn
from tests.hostile.evil import evil_copy, evil_parameters, injected, injected_svg
from tests.hostile.tables import FORMULAS

QUICK = ("carbonstock", "ecosystemclasses", "scenariocharts")
#: Any text that a program can hold.
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)


@pytest.fixture(scope="session")
def evil(bench, tmp_path_factory):
    """The folder of good inputs under evil names."""
    return evil_copy(str(bench.inputs), str(tmp_path_factory.mktemp("evil")))


def look(folder):
    """What was injected into any file below a folder."""
    wrong, seen = [], False
    for top, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(top, name), "rb") as stream:
                data = stream.read()
            suffix = os.path.splitext(name)[1]
            if suffix == ".html" and data.startswith(b"<!DOCTYPE"):
                found, told = injected(data.decode("utf-8"))
                wrong += ["{}: {}".format(name, text) for text in found]
                seen |= told
            elif suffix == ".svg":
                wrong += ["{}: {}".format(name, text) for text in injected_svg(data)]
            elif suffix in (".qml", ".vrt") and data.startswith(b"<"):
                tags = {element.tag for element in ElementTree.fromstring(data).iter()}
                wrong += ["{}: <{}>".format(name, tag) for tag in tags & {"img", "script"}]
            elif name.endswith(".run.json"):
                json.loads(data.decode("utf-8"))
    return wrong, seen


def page_of(bench, evil, name):
    """Run a case under evil names with its figures; what was injected."""
    declared = {parameter["name"] for parameter in bench.worker.ask("describe")["algorithms"][name]}
    parameters = evil_parameters(BY_NAME[name], evil, declared)
    wrong = bench.attempt(Attempt("markup: in names", name, parameters, (), ACCEPTED))
    found, seen = look(bench.out)
    reliability_log.record("hostile", "markup", "carbon:" + name, not found, note="; ".join(found) or None)
    return (
        wrong
        + found
        + ([] if seen or "REPORT" not in declared or name == "checkinstallation" else ["no evil name is on the page"])
    )


@pytest.mark.sample
@pytest.mark.parametrize("name", QUICK)
def test_a_sample_of_reports(bench, evil, name):
    wrong = page_of(bench, evil, name)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_report(bench, evil, name):
    wrong = page_of(bench, evil, name)
    assert not wrong, "\n".join(wrong)


def test_the_finder_finds():
    """The test of the tests: markup that gets through is seen."""
    assert injected("<p>a<img src=x onerror=evil7()></p>")[0] and injected("<script>evil7()</script>")[0]
    assert injected('<p title=""onclick="evil7()">')[0] and injected('<a href="javascript:evil7()">')[0]
    assert injected_svg(b'<svg xmlns="http://www.w3.org/2000/svg"><text onclick="evil7()"/></svg>')
    assert injected("<p>&lt;img src=x onerror=evil7()&gt;</p>") == ([], True)


@drawn()
@given(TEXT, TEXT, st.dictionaries(TEXT, TEXT | st.floats() | st.integers() | st.lists(TEXT, max_size=3), max_size=4))
def test_any_text_on_a_page_stays_text(one, two, record):
    page = Page(one, two)
    page.lead(one), page.note(two), page.warning(one), page.section(two), page.paragraph(one)
    page.key_figure(one, two, one)
    page.table(Table(one, (Column(two or "a", "text", one), Column("n", "number", two)), [[one, 1.0], [two, 2.0]]))
    page.method(two, [one])
    page.run_record({"parameters": record, one: two})
    wrong, _ = injected(page.html())
    reliability_log.record("hostile", "markup", "page", not wrong)
    assert not wrong


@drawn()
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(), max_size=30),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
                    max_leaves=10))  # fmt: skip
def test_a_run_record_is_json_whatever_the_names(value):
    def refuse(name):
        raise ValueError(name)

    text, is_json = record_text({"parameters": value, "name": "x"}), False
    try:
        json.loads(text.encode("utf-8").decode("utf-8"), parse_constant=refuse)
        is_json = True
    finally:
        reliability_log.record("hostile", "markup", "run record", is_json)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_starts_as_a_formula(tmp_path, text):
    """A spreadsheet runs what starts with = + - @ or a tab, quoted or not; our own reader gives the name back."""
    table = Table("T", (Column("code", "integer"), Column("name", "text")), [[1, text], [2, "plain"], [3, "-5 °C"]])
    path = tmp_path / "t.csv"
    path.write_bytes(csv_bytes(table))
    with open(path, encoding="utf-8", newline="") as stream:
        cells = [row[1] for row in csv.reader(stream)]
    read = read_table(str(path), ("code", "name"))
    given_back = [read.text(row, "name") for row in read.rows] == [text.strip(), "plain", "-5 °C"]
    safe = cells[1][0] not in "=+-@\t\r" and cells[2:] == ["plain", "-5 °C"]
    reliability_log.record("hostile", "table", "tables", safe and given_back)
    assert safe and given_back, (cells, given_back)
