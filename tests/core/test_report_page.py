"""The report page: one file, nothing to fetch, everything escaped, nothing left out."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from carbon_qgis.core.report.figures import class_bars, raster_map  # noqa: E402
from carbon_qgis.core.report.page import Page  # noqa: E402
from carbon_qgis.core.report.render import slug  # noqa: E402
from carbon_qgis.core.results import Column, Table  # noqa: E402

BAD = "<script>alert('x')</script> & \"quoted\""
COLUMNS = (Column("code", "integer"), Column("class", "text", "name of the class"), Column("stock (kg C/m2)", "number"))
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Reader(HTMLParser):
    """Tags, attributes and text of a page; fails on tags that do not close in order."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open, self.cells = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag in ("tr",):
            self.cells.append([])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1].append(data)
        elif self.open[-2:] == ["th", "span"]:  # the unit of a column
            self.cells[-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def full_page():
    page = Page(BAD, "sub" + BAD)
    page.lead("lead" + BAD)
    page.key_figure("key" + BAD, 1294.41, "t C/km2/yr")
    page.key_figure("text", "value" + BAD, BAD)
    page.note("note" + BAD)
    page.warning("warning" + BAD)
    page.section("section" + BAD)
    page.paragraph("paragraph" + BAD + "\n\nsecond")
    page.table(Table("table" + BAD, (Column("col" + BAD, "text", "desc" + BAD),), [("cell" + BAD,)]))
    page.figure(class_bars([BAD, "b"], [1, 2], "t C"), "figure" + BAD, "caption" + BAD)
    page.method("method" + BAD, ["reference" + BAD])
    page.run_record({"key" + BAD: {"inner": [BAD, {"deep" + BAD: 1}]}, "none": None, "empty": {}, "list": []})
    return page


def test_every_text_is_escaped_and_present():
    reader = Reader(full_page().html())
    assert "script" not in reader.tags
    for part in ("sub", "lead", "key", "value", "note", "warning", "section", "paragraph", "table", "col", "desc",
                 "cell", "figure", "caption", "method", "reference", "deep"):  # fmt: skip
        assert part + BAD in reader.text, part
    assert "1,294.4" in reader.text and "t C/km²/yr" in reader.text


def test_page_loads_nothing_from_anywhere():
    page = full_page().html()
    reader = Reader(page)
    assert not set(reader.tags) & {"script", "link", "iframe", "object", "embed", "base", "form", "svg"}
    sources = [value for name, value in reader.attributes if name in ("src", "href", "srcset", "data", "action")]
    assert sources and all(value.startswith("data:image/png;base64,") for value in sources)
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert "http://" not in page and "https://" not in page and "url(" not in page and "@import" not in page
    assert any("default-src 'none'" in value for name, value in reader.attributes if name == "content")


def test_figures_inside_the_page_are_whole_images_at_two_dots_per_pixel():
    from PIL import Image

    page = Page("t")
    figure = class_bars(["a"], [1], "t C")
    page.figure(figure, "Stock", "By class.")
    data = re.search(r'src="data:image/png;base64,([^"]+)"', page.html()).group(1)
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        image.load()
        width, height = figure.get_size_inches()
        assert image.size == (int(width * 192), int(height * 192))
    assert "Figure 1. Stock. By class." in Reader(page.html()).text


def test_table_shows_every_row_with_missing_values_and_units():
    rows = [(11100, "Forest", 12.5), (2, BAD, None), (np.int64(3), None, float("nan"))]
    page = Page("t")
    page.table(Table("Stock", COLUMNS, rows))
    reader = Reader(page.html())
    assert reader.cells == [
        ["code", "class", "stock (kg C/m²)"], ["11100", "Forest", "12.5"], ["2", BAD, "–"], ["3", "–", "–"],
    ]  # fmt: skip
    assert "class : name of the class" in reader.text


def test_long_table_is_cut_and_says_where_the_rest_is():
    page = Page("t")
    page.table(Table("Stock", COLUMNS, [(i, "c%d" % i, i / 7) for i in range(1234)]), whole="stock.csv")
    reader = Reader(page.html())
    assert len(reader.cells) == 201 and reader.cells[200][1] == "c199"
    assert "200 of 1,234 rows shown. The whole table is in stock.csv." in reader.text
    page = Page("t")
    page.table(Table("Stock", COLUMNS, [(i, "c", 1.0) for i in range(200)]))
    assert "rows shown" not in page.html() and len(Reader(page.html()).cells) == 201


def test_empty_table_says_so():
    page = Page("t")
    page.table(Table("Stock", COLUMNS))
    assert "The table has no rows." in Reader(page.html()).text


def test_warnings_stand_before_notes_in_their_order():
    page = Page("t")
    for say, text in ((page.note, "n1"), (page.warning, "w1"), (page.note, "n2"), (page.warning, "w2")):
        say(text)
    text = Reader(page.html()).text
    places = [text.index(word) for word in ("w1", "w2", "n1", "n2")]
    assert places == sorted(places)


def test_body_keeps_its_order_and_the_record_is_folded_and_whole():
    page = full_page()
    html = page.html()
    places = [html.index(word) for word in ("<h1>", "lead&lt;", "section&lt;", "paragraph&lt;", "<table>", "<figure",
                                            "Method", "References", "<details")]  # fmt: skip
    assert places == sorted(places)
    assert '<details class="record" open><summary>' in html and "<details open" not in html


def test_record_keeps_numbers_unrounded():
    page = Page("t")
    page.run_record({"total": 1294.4123456789, "cells": 113563})
    assert "1294.4123456789" in page.html() and "113563" in page.html()


def test_a_page_with_only_a_title_is_a_page():
    html = Page("Nothing").html()
    assert html.startswith("<!DOCTYPE html>") and Reader(html).text.count("Nothing") == 2


def test_lone_surrogates_and_control_characters_do_not_break_the_file():
    page = Page("bad \ud800 name \x00 end")
    page.paragraph("\x1b[31mred")
    html = page.html()
    assert b"\x00" not in html.encode("utf-8") and "\x1b" not in html


def test_saved_figures_are_png_and_svg_named_after_their_titles():
    from PIL import Image

    page = Page("t")
    figure = raster_map(np.eye(5), "t C/ha")
    assert page.figure(figure, "Stock, 1985–1999 (t C/ha)") == "stock-1985-1999-t-c-ha"
    assert page.figure(figure, "x", slug="Stock 1985 1999 (T C/ha)") == "stock-1985-1999-t-c-ha-2"
    files = page.save_figures()
    assert sorted(files) == sorted("stock-1985-1999-t-c-ha" + end for end in (".png", ".svg", "-2.png", "-2.svg"))
    with Image.open(io.BytesIO(files["stock-1985-1999-t-c-ha.png"])) as image:
        assert image.size[0] == int(figure.get_size_inches()[0] * 300)
        assert round(image.info["dpi"][0]) == 300
    svg = files["stock-1985-1999-t-c-ha.svg"].decode("utf-8")
    assert "<svg" in svg and svg.rstrip().endswith("</svg>") and "<script" not in svg


def test_a_writer_takes_the_files_one_by_one():
    page, taken = Page("t"), {}
    page.figure(class_bars(["a"], [1], "t C"), "Stock")
    assert page.save_figures(taken.__setitem__) == {}
    assert sorted(taken) == ["stock.png", "stock.svg"] and taken["stock.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "title, name",
    [
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "figure-con"),
        ("", "figure"),
        ("???", "figure"),
        ("碳储量 2020", "碳储量-2020"),
        ("A" * 100, "a" * 60),
    ],
)
def test_slug_is_a_safe_file_name(title, name):
    taken = set()
    assert slug(title, taken) == name
    assert slug(title, taken) == name + "-2"


def test_the_two_papers_are_listed_where_a_method_cites_them():
    """A reader who meets "Xinjiang paper, equation 6" must find in the same page what that is."""
    page = Page("Rate")
    page.method("CAR (Xinjiang paper, equation 6).", ("Other, A. (2000).",))
    page.method("Again the Xinjiang paper.")
    references = re.findall(r"<li>(.*?)</li>", page.html().partition("<h2>References</h2>")[2])
    assert [text.split(":")[0] for text in references] == ["Xinjiang paper", "Other, A. (2000)."]
    assert "zenodo.org/records/11570044" in references[0]
    jiangsu = Page("Forest")
    jiangsu.method("A forest (Jiangsu paper, section 2.3.2).")
    assert "10.3390/su17177705" in jiangsu.html() and "zenodo" not in jiangsu.html()
    assert "References" not in Page("None").html()


def test_every_method_that_computes_an_equation_of_a_paper_names_it():
    """The reports of the published equations and of the forest, by their source."""
    from pathlib import Path

    from carbon_qgis.core import report

    folder = Path(report.__file__).parent
    named = {
        path.stem.replace("_report", "")
        for path in folder.glob("*_report.py")
        if re.search(r"(Xinjiang|Jiangsu) paper[ ,]", path.read_text("utf-8").split('"""', 2)[2])
    }
    assert named >= {
        "accumulation", "accuracy", "assemble_pools", "casa", "compare", "dead_organic", "density_stock",
        "density_training", "downscale", "ecosystem_stock", "elasticity", "estimate", "forecast", "forest",
        "forest_map", "geodetector", "levels", "sampling", "scenario", "table_stock",
    }  # fmt: skip
