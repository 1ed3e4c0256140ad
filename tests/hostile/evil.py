"""Good inputs under evil names: files, folders, classes, columns, scenarios and drivers that try to become markup."""

import csv
import io
import os
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

from tests.faults.cases import DRIVERS

#: What a name may hold where it is a file's (no slash), and where it is a cell's.
FILE = "\"'><img src=x onerror=evil7()> &amp; $\\frac{"
CELL = "\"'></td></script></style></title></svg><script>evil7()</script><img src=x onerror=evil7()>{e} $\\frac{ ]]>"
_TEXTS = ("lulc_name", "name", "ecosystem", "pool", "source", "region", "series")


class Finder(HTMLParser):
    """Elements and attributes of a page; `wrong` holds those that no page of ours has."""

    #: All that the pages are made of.
    ELEMENTS = set(
        "html head meta title style body main header section article nav footer h1 h2 h3 h4 p ul ol li dl dt dd div "
        "span strong em b i sub sup br hr table caption thead tbody tfoot tr th td figure figcaption img details "
        "summary a code pre small colgroup col".split()
    )

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.text, self.open = [], [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        if tag not in self.ELEMENTS:
            self.wrong.append("element <{}>".format(tag))
        for name, value in attributes:
            value = (value or "").strip().lower()
            if name.startswith("on") or "evil7" in name or name in ("srcdoc", "formaction", "background"):
                self.wrong.append("attribute {}={!r}".format(name, value[:80]))
            if name in ("src", "href", "action", "data") and not value.startswith(("data:image/", "#", "https://")):
                self.wrong.append("attribute {}={!r}".format(name, value[:80]))
            if name == "style" and ("url(" in value or "expression" in value):
                self.wrong.append("attribute {}={!r}".format(name, value[:80]))

    def handle_decl(self, decl):
        if decl.lower() != "doctype html":
            self.wrong.append("declaration {!r}".format(decl[:80]))

    def handle_comment(self, data):
        self.wrong.append("comment {!r}".format(data[:80]))

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("style", "script") and "evil7" in data:
            self.wrong.append("text in <{}>".format(self.open[-1]))

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def injected(page):
    """What was injected into an HTML page, and whether an evil name is there at all, as text."""
    finder = Finder()
    finder.feed(page)
    finder.close()
    return finder.wrong, "evil7" in "".join(finder.text)


def injected_svg(data):
    """The same of a figure as SVG: it must be well-formed, without scripts, handlers, or anything to fetch."""
    wrong = []
    for element in ElementTree.fromstring(data).iter():
        tag = element.tag.rsplit("}", 1)[-1]
        if tag in ("script", "foreignObject", "iframe", "a", "animate", "set"):
            wrong.append("element <{}>".format(tag))
        for name, value in element.attrib.items():
            name = name.rsplit("}", 1)[-1].lower()
            if name.startswith("on") or "evil7" in name:
                wrong.append("attribute {}".format(name))
            if name in ("href", "src") and not value.startswith(("#", "data:image/")):
                wrong.append("attribute {}={!r}".format(name, value[:80]))
    return wrong


def evil_copy(inputs, target):
    """The inputs in a folder of an evil name, with evil names in the cells of the tables.

    Returns
    -------
    str
        The folder.
    """
    folder = os.path.join(target, "in " + FILE)
    shutil.copytree(inputs, folder, ignore=shutil.ignore_patterns("*.aux.xml"))
    for name in ("pools.csv", "cover_pools.csv", "ecosystems.csv", "grades.csv", "casa.csv"):
        _evil_cells(os.path.join(folder, name))
    _evil_series(os.path.join(folder, "made", "totals.csv"))
    for name in os.listdir(folder):
        # A raster beside each driver whose own name is evil: drivers are called by their files.
        if name.endswith(".tif") and name[:-4] not in DRIVERS:
            os.link(os.path.join(folder, name), os.path.join(folder, name[:-4] + FILE + ".tif"))
    return folder


def _evil_cells(path):
    """Every text in a column of names gets the evil behind it."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    picked = [i for i, column in enumerate(rows[0]) if column.strip().lower() in _TEXTS]
    for number, row in enumerate(rows[1:]):
        for index in picked:
            row[index] += " {}{}".format(CELL, number if rows[0][index].lower() != "ecosystem" else "")
    _write(path, rows)


def _evil_series(path):
    """Scenarios, groups and units of the totals of an ensemble."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    for row in rows[1:]:
        for index, cell in enumerate(row):
            if cell.startswith("SSP"):
                row[index] = cell + CELL
    _write(path, rows)


def _write(path, rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(stream.getvalue())


def evil_parameters(case, folder, declared):
    """Parameters of a case on the evil copy: rasters by their evil names but for drivers, and all there is to read.

    Parameters
    ----------
    declared : names of the algorithm's parameters.
    """

    def evil(value):
        if isinstance(value, list):
            return [evil(item) for item in value]
        if isinstance(value, str) and value.startswith("IN/"):
            stem, suffix = os.path.splitext(value[3:])
            other = os.path.join(folder, stem + FILE + suffix)
            return other if os.path.exists(other) else os.path.join(folder, value[3:])
        return value

    given = {name: evil(value) for name, value in case.parameters.items()}
    if "REPORT" in declared:
        given["REPORT"] = "OUT/report {}.html".format(FILE)
    if "FIGURES" in declared:
        given["FIGURES"] = "OUT/figures"
    return given
