"""The Geodetector page: what it says, what it must not leave unsaid, which figures and tables it holds."""

import re

import numpy as np
import pytest

from carbon_qgis.core.driver_classes import Classing
from carbon_qgis.core.driver_table import TableDriver, detect_drivers_in_table
from carbon_qgis.core.report import geodetector_report
from carbon_qgis.core.report.geodetector_report import geodetector_page


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(3, 900))
    return {"a": a, "b": b, "c": c, "y": 3 * a + b + 0.2 * c, "eco": rng.choice(["bog", "fen <wet>"], 900)}


def run(data, names="abc", classing=None, ecosystems=True, **options):
    return detect_drivers_in_table(
        data["y"].tolist(), [TableDriver(name, data[name].tolist()) for name in names], classing or Classing(classes=5),
        data["eco"].tolist() if ecosystems else None, target_name="carbon", ecosystem_name="habitat", **options,
    )  # fmt: skip


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<(?!wet)[^>]+>", " ", page.html()))


def test_little_is_called_little(data):
    text = text_of(geodetector_page(run(data, "c", ecosystems=False)))  # c has hardly a part in y
    assert "That is little: the map follows none of the drivers closely." in text


def test_key_sentences(data):
    result = run(data)
    scope, text = result.scores.scope(), text_of(geodetector_page(result))
    assert (
        "Of the drivers given, a explains the largest share of the differences in carbon: its classes account for "
        "{:.1f} % of the variance".format(100 * scope.factors[0].q)
    ) in text
    assert "That is little" not in text
    assert "3 of 3 pairs of drivers explain more together than the stronger one alone" in text
    kinds = [pair.kind for pair in scope.pairs]
    assert "{} more than the sum of both".format(kinds.count("enhance_nonlinear")) in text
    assert "The strongest pair is a and b (q = {:.3f})".format(scope.pairs[0].q12) in text
    assert "In all 2 ecosystems with enough cells a explains the largest share." in text
    assert "not a cause" in text and "changes when a constant is added to Y" in text
    assert "Wang, J.-F." in text and "Jenks" in text and "Song" not in text
    # Rows of a table are no map: nothing is said of neighbours.
    assert "Neighbouring cells" not in text


def test_figures_and_tables(data):
    page = geodetector_page(run(data))
    assert set(page.save_figures()) == {n + s for n in ("q", "interactions") for s in (".png", ".svg")}
    text = text_of(page)
    for title in ("Factor detector, overall", "q of each driver by ecosystem", "Interaction detector, overall",
                  "Ecological detector, overall", "Classes of the drivers", "Stratum means, overall"):  # fmt: skip
        assert title in text
    # Names of classes are data, never markup.
    assert "fen &lt;wet&gt;" in page.html() and "fen <wet>" not in page.html()


def test_one_driver_has_no_interactions(data):
    page = geodetector_page(run(data, "b", ecosystems=False))
    assert set(page.save_figures()) == {"q.png", "q.svg"}
    assert "pairs of drivers" not in text_of(page) and "Interaction detector" not in text_of(page)


def test_optimal_choice_has_a_figure_per_driver(data):
    page = geodetector_page(run(data, "ab", Classing("optimal"), ecosystems=False))
    assert {"optimal-a.png", "optimal-b.png"} <= set(page.save_figures())
    assert "grows while the best q gains at least 5 %" in text_of(page) and "Song, Y." in text_of(page)


def test_a_warning_where_the_two_tests_disagree(data):
    # Far from zero the published test gives p near 1 for any q.
    shifted = dict(data, y=data["y"] + 1e4, eco=data["eco"], skew=np.where(np.arange(900) < 30, "few", "many"))
    shifted["y"] = shifted["y"] + 2 * (np.arange(900) < 30)
    page = geodetector_page(run(shifted, ["a", "skew"], ecosystems=False))
    text = text_of(page)
    assert "Warning." in text and "Judge by p_F and q_adj" in text


def test_a_constant_target(data):
    result = run(dict(data, y=np.full(900, 4.0)), ecosystems=False)
    text = text_of(geodetector_page(result))
    assert "carbon is constant: there is nothing to explain" in text and "largest share" not in text


def test_of_many_ecosystems_the_largest_are_drawn(data, monkeypatch):
    monkeypatch.setattr(geodetector_report, "MOST_PANELS", 4)
    eco = np.array(["e{}".format(i) for i in np.minimum(np.arange(900) // 120, 5)])
    result = run(dict(data, eco=eco))
    scopes, left_out = geodetector_report._shown(result)
    assert [scope.name for scope in scopes] == ["overall", "e0", "e1", "e5"] and left_out == 3
    assert "The 3 largest of 6 ecosystems are drawn." in text_of(geodetector_page(result))


def test_leading_drivers_that_differ(data):
    eco = data["eco"]
    y = np.where(eco == "bog", data["a"], data["b"])
    text = text_of(geodetector_page(run(dict(data, y=y))))
    assert "The leading driver differs between ecosystems: a in &#x27;bog&#x27;" in text
