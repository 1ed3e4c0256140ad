"""Write the numbers of the walk-throughs into docs/*.md, from the files that the chains wrote.

A page holds its queries in comments, which Markdown does not show:

    <!--= soil_stock.csv :: stock_Tg_C :: year=2010 pool=soil :: ,.0f -->171,026<!--/-->
        the cell of a table: file, column, row (column=value ...), format; '*100 .1f' multiplies first

    <!--= report_soil_2020.html :: Ratio asked -->1.0176<!--/-->
        a key figure of a report, by its label

    <!--rows drivers_q.csv :: ecosystem=overall :: factor: driver; q: q: .4f -->
    ... a Markdown table ...
    <!--/rows-->
        rows of a table; each column as 'column: title' or 'column: title: format'

    <!--says report_soil_2020.html -->
    > ... the sentences with which a report begins ...
    <!--/says-->

No comment may begin a line of a paragraph: Markdown would end the paragraph there.

    page_numbers.py RESULTS          fills them in; RESULTS is the folder of scripts/demo
    page_numbers.py RESULTS --check  changes nothing; ends with 1 if a page says something else
"""

import csv
import html
import os
import re
import sys

DOCS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs")
VALUE = re.compile(r"(<!--= (?P<query>[^>]*?) -->)(?P<text>.*?)(<!--/-->)", re.S)
ROWS = re.compile(r"(<!--rows (?P<query>[^>]*?) -->\n)(?P<text>.*?)(<!--/rows-->)", re.S)
SAYS = re.compile(r"(<!--says (?P<query>[^>]*?) -->\n)(?P<text>.*?)(<!--/says-->)", re.S)


class QueryError(Exception):
    """A query that finds nothing, or more than one thing."""


def fill(text, folder):
    """`text` of a page with every query answered anew from the files of `folder`."""
    for pattern, answer in ((VALUE, value), (ROWS, table), (SAYS, sentences)):
        text = pattern.sub(lambda found, answer=answer: _answered(found, folder, answer), text)
    return text


def queries(text):
    """All queries of a page, as lists of their parts."""
    return [_parts(found.group("query")) for pattern in (VALUE, ROWS, SAYS) for found in pattern.finditer(text)]


def value(folder, name, *parts):
    """A cell of a table, or a key figure of a report."""
    if name.endswith(".html"):
        return _key_figure(folder, name, *parts)
    column, where, form = (list(parts) + ["", ""])[:3]
    found = _rows(folder, name, where)
    if len(found) != 1:
        raise QueryError("{} rows of {} are {}; one is wanted".format(len(found), name, where or "there"))
    return _shown(_cell(found[0], column, name), form)


def table(folder, name, where, columns):
    """Rows of a table in Markdown."""
    wanted = [([part.strip() for part in column.split(":", 2)] + ["", ""])[:3] for column in columns.split(";")]
    lines = [[title or column for column, title, _ in wanted]]
    lines.append(["---:" if form else "---" for _, _, form in wanted])
    for row in _rows(folder, name, where):
        lines.append([_shown(_cell(row, column, name), form) for column, _, form in wanted])
    if len(lines) == 2:
        raise QueryError("no row of {} is {}".format(name, where))
    return "".join("| {} |\n".format(" | ".join(line)) for line in lines)


def sentences(folder, name):
    """The sentences with which a report begins, as a quotation."""
    lead = re.search(r'<div class="lead">(.*?)</div>', _report(folder, name), re.S)
    if lead is None:
        raise QueryError("{} begins with no sentences".format(name))
    return "\n>\n".join("> " + _plain(text) for text in re.findall(r"<p>(.*?)</p>", lead.group(1), re.S)) + "\n"


def _answered(found, folder, answer):
    try:
        return found.group(1) + answer(folder, *_parts(found.group("query"))) + found.groups()[-1]
    except (QueryError, TypeError, ValueError) as error:
        raise SystemExit("<!-- {} -->: {}".format(found.group("query"), error)) from error


def _parts(query):
    return [part.strip() for part in query.split("::")]


def _rows(folder, name, where):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for condition in where.split():
        column, _, wanted = condition.partition("=")
        rows = [row for row in rows if wanted in ("*", _cell(row, column, name))]
    return rows


def _cell(row, column, name):
    if column not in row:
        raise QueryError("{} has no column {}: {}".format(name, column, ", ".join(row)))
    return row[column]


def _shown(text, form):
    factor = 1.0
    if form.startswith("*"):
        number, _, form = form[1:].partition(" ")
        factor = float(number)
    if not form:
        return text.replace("_", " ")
    if text.strip() == "":
        return "–"
    number = float(text) * factor
    shown = format(int(number) if form.endswith("d") else number, form).replace("-", "−")
    return "0" if shown in ("+0", "−0") else shown


def _key_figure(folder, name, label):
    pattern = r'<div class="label">([^<]*)</div><div class="value">(.*?)</div>'
    found = {_plain(key): _plain(figure) for key, figure in re.findall(pattern, _report(folder, name), re.S)}
    if label not in found:
        raise QueryError("{} has no key figure '{}': {}".format(name, label, ", ".join(found)))
    return found[label]


def _report(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as stream:
        return stream.read()


def _plain(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def main(folder, check):
    changed = []
    for name in sorted(os.listdir(DOCS)):
        path = os.path.join(DOCS, name)
        if not name.endswith(".md"):
            continue
        with open(path, encoding="utf-8") as stream:
            old = stream.read()
        new = fill(old, folder)
        if new == old:
            continue
        changed.append(name)
        if not check:
            with open(path, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(new)
    print("{}: {}".format("pages that say something else" if check else "pages changed", ", ".join(changed) or "none"))
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--check" in sys.argv[2:]))
