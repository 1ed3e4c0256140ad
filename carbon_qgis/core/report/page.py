"""One report page: a single HTML file without scripts or anything to fetch, and the figures as files."""

import base64
import html
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Set

from ..results import Column, Remark, Table
from . import render, style
from .css import CSS
from .papers import papers_named

MOST_ROWS = 200
_SCREEN_DPI = 192
_CSS_PIXELS = 115  # CSS pixels of one inch of a figure, so that its smallest text still reads on a screen
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def escape(value: Any) -> str:
    """Text that HTML shows as it is; control characters become spaces."""
    plain = "".join(char if char >= " " and char != "\x7f" or char in "\n\t" else " " for char in str(value))
    return html.escape(plain.encode("utf-8", "replace").decode("utf-8"), quote=True)


class _Figure:
    def __init__(self, figure: Any, title: str, caption: str, slug: str):
        self.figure, self.title, self.caption, self.slug = figure, title, caption, slug


class Page:
    """Collects what an analysis has to say, in reading order, and writes it as one HTML file.

    Lead sentences, key figures and notes stand at the top, then sections, tables, paragraphs and figures in the
    order in which they were added, then method, references and the run record. All text is plain: a class
    called `<script>` is shown under that name.

    Parameters
    ----------
    title, subtitle : head of the page; the subtitle names the input, region or dates.
    """

    def __init__(self, title: str, subtitle: str = ""):
        self.title, self.subtitle = title, subtitle
        self._leads: List[str] = []
        self._keys: List[str] = []
        self._notes: List[str] = []
        self._body: List[Any] = []
        self._methods: List[str] = []
        self._references: List[str] = []
        self._record: Optional[Mapping[str, Any]] = None
        self._slugs: Set[str] = set()
        self._tables = 0

    def lead(self, text: str) -> None:
        """A sentence at the top: what the numbers say, and what they do not."""
        self._leads.append("<p>{}</p>".format(escape(text)))

    def key_figure(self, label: str, value: Any, unit: str = "") -> None:
        """A number worth a box of its own; `value` may also be ready text."""
        text = value if isinstance(value, str) else style.number(value)
        printed = style.pretty_unit(unit)
        after = ' <span class="unit">{}</span>'.format(escape(printed)) if printed else ""
        box = '<div class="key"><div class="label">{}</div><div class="value">{}{}</div></div>'
        self._keys.append(box.format(escape(label), escape(text), after))

    def note(self, text: str) -> None:
        """A remark on the data or the run that a reader should know."""
        self._notes.append('<li class="note">{}</li>'.format(escape(text)))

    def warning(self, text: str) -> None:
        """Something that may make a number wrong; shown before the notes."""
        count = sum('class="warning"' in item for item in self._notes)
        self._notes.insert(count, '<li class="warning"><strong>Warning.</strong> {}</li>'.format(escape(text)))

    def notes(self, notes: Iterable[str]) -> None:
        """The notes of a run: a `Remark` is a note, all else a warning, as in the log."""
        for note in notes:
            (self.note if isinstance(note, Remark) else self.warning)(str(note))

    def section(self, heading: str) -> None:
        """Start a part of the page under a heading."""
        self._body.append("<h2>{}</h2>".format(escape(heading)))

    def paragraph(self, text: str) -> None:
        """Plain text; empty lines start new paragraphs."""
        parts = [part.strip() for part in text.split("\n\n")]
        self._body.extend("<p>{}</p>".format(escape(part)) for part in parts if part)

    def table(self, table: Table, whole: str = "", rows: int = MOST_ROWS) -> None:
        """A result table.

        Parameters
        ----------
        table : numbers are rounded for reading; the table layer keeps them whole.
        whole : where the whole table is (a file or layer name), said when rows are cut.
        rows : most rows shown.
        """
        self._tables += 1
        self._body.append(_table_html(table, self._tables, whole, rows))

    def figure(self, figure: Any, title: str, caption: str = "", slug: str = "") -> str:
        """A matplotlib figure. Returns the name (without extension) under which it is saved."""
        name = render.slug(slug or title, self._slugs)
        self._body.append(_Figure(figure, title, caption, name))
        return name

    def method(self, text: str, references: Sequence[str] = ()) -> None:
        """How the numbers were computed, with the works to cite; one of the two papers is listed once it is named."""
        self._methods.append("<p>{}</p>".format(escape(text)))
        named = papers_named(text) + list(references)
        self._references.extend(ref for ref in named if ref not in self._references)

    def run_record(self, record: Mapping[str, Any]) -> None:
        """What was run on what: parameters, inputs, grid, versions, seeds; nested dictionaries and lists."""
        self._record = record

    def html(self, told: Optional[Callable[[float], None]] = None) -> str:
        """The page as one self-contained HTML document.

        Parameters
        ----------
        told : called after each figure with the share of them that is drawn.
        """
        head = "<h1>{}</h1>".format(escape(self.title))
        if self.subtitle:
            head += '<p class="subtitle">{}</p>'.format(escape(self.subtitle))
        parts = ["<header>", head, "</header>"]
        if self._leads:
            parts += ['<div class="lead">'] + self._leads + ["</div>"]
        if self._keys:
            parts += ['<div class="keys">'] + self._keys + ["</div>"]
        if self._notes:
            parts += ['<ul class="notes">'] + self._notes + ["</ul>"]
        count, figures = 0, sum(isinstance(item, _Figure) for item in self._body)
        for item in self._body:
            if isinstance(item, _Figure):
                count += 1
                parts.append(_figure_html(item, count))
                if told is not None:
                    told(count / figures)
            else:
                parts.append(item)
        if self._methods:
            parts += ["<h2>Method</h2>"] + self._methods
        if self._references:
            items = "".join("<li>{}</li>".format(escape(reference)) for reference in self._references)
            parts.append("<h2>References</h2><ul class=\"references\">{}</ul>".format(items))
        if self._record is not None:
            body = _value_html(self._record)
            parts.append('<details class="record" open><summary>Run record</summary>{}</details>'.format(body))
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}\n</main>\n</body>\n</html>\n"
        ).format(_POLICY, escape(self.title), CSS, "\n".join(parts))

    def save_figures(
        self, writer: Optional[Callable[[str, bytes], None]] = None, dpi: float = 300
    ) -> Dict[str, bytes]:
        """Every figure as PNG and SVG.

        Parameters
        ----------
        writer : called with each file name and its bytes as soon as they exist; the caller writes them.
        dpi : resolution of the PNG files.

        Returns
        -------
        dict
            File name → bytes; empty when a writer took them.
        """
        files: Dict[str, bytes] = {}
        keep = files.__setitem__ if writer is None else writer
        for item in self._body:
            if isinstance(item, _Figure):
                keep(item.slug + ".png", render.to_png(item.figure, dpi))
                keep(item.slug + ".svg", render.to_svg(item.figure))
        return files


def _figure_html(item: _Figure, count: int) -> str:
    width, _ = item.figure.get_size_inches()
    data = base64.b64encode(render.to_png(item.figure, _SCREEN_DPI)).decode("ascii")
    caption = " ".join(text for text in (item.title.rstrip(".") + ".", item.caption) if text.strip("."))
    return (
        '<figure id="figure-{}"><img src="data:image/png;base64,{}" alt="{}" style="width:{:.0f}px">'
        "<figcaption><strong>Figure {}.</strong> {}</figcaption></figure>"
    ).format(count, data, escape(item.title), width * _CSS_PIXELS, count, escape(caption))


#: A table of so many rows is not broken over two printed pages; one of more columns is printed small.
_SHORT, _WIDE = 15, 10


def _table_html(table: Table, count: int, whole: str, most: int) -> str:
    shown = table.rows[:most]
    texts = [
        _column_texts([row[index] for row in shown], column)
        for index, column in enumerate(table.columns)
    ]
    kinds = [_css_class(column) for column in table.columns]
    heads = "".join(
        '<th class="{}" scope="col">{}</th>'.format(kind, _head(column.title))
        for kind, column in zip(kinds, table.columns)
    )
    body = "\n".join(
        "<tr>{}</tr>".format("".join('<td class="{}">{}</td>'.format(k, escape(t)) for k, t in zip(kinds, row)))
        for row in zip(*texts)
    )
    marks = "scroll" + " short" * (len(shown) <= _SHORT) + " wide" * (len(table.columns) > _WIDE)
    parts = ['<div class="{}"><table><caption><strong>Table {}.</strong> {}</caption>'.format(
        marks, count, escape(table.title))]  # fmt: skip
    parts.append("<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div>".format(heads, body))
    if not table.rows:
        parts.append('<p class="small">The table has no rows.</p>')
    if len(table.rows) > len(shown):
        where = " The whole table is in {}.".format(whole) if whole else " The table output holds all of them."
        cut = "{} of {} rows shown.{}".format(style.number(len(shown)), style.number(len(table.rows)), where)
        parts.append('<p class="small">{}</p>'.format(escape(cut)))
    meanings = [
        "<strong>{}</strong>: {}".format(escape(style.pretty_unit(column.title)), escape(column.description))
        for column in table.columns
        if column.description
    ]
    if meanings:
        parts.append('<p class="small">{}</p>'.format("; ".join(meanings) + "."))
    return "\n".join(parts)


def _column_texts(values: Sequence[Any], column: Column) -> List[str]:
    texts = style.column_texts(values, column.kind, column.name)
    return [style.pretty_unit(text) or text for text in texts] if column.name == "unit" else texts


def _css_class(column: Column) -> str:
    if column.kind != "text":
        return "num"
    return "unit" if column.name == "unit" else "text"


def _head(title: str) -> str:
    """The title of a column, whose unit stays on one line."""
    words, bracket, unit = escape(style.pretty_unit(title)).partition(" (")
    return '{} <span class="unit">({}</span>'.format(words, unit) if bracket else words


def _value_html(value: Any) -> str:
    """Nested dictionaries and lists as nested lists; numbers whole, not rounded."""
    if isinstance(value, Mapping):
        items = "".join("<dt>{}</dt><dd>{}</dd>".format(escape(k), _value_html(v)) for k, v in value.items())
        return "<dl>{}</dl>".format(items) if value else "–"
    if isinstance(value, (list, tuple)):
        if all(not isinstance(item, (Mapping, list, tuple)) for item in value):
            return escape(", ".join(str(item) for item in value)) or "–"
        return "<ul>{}</ul>".format("".join("<li>{}</li>".format(_value_html(item)) for item in value))
    return "–" if style.missing(value) else escape(value)
