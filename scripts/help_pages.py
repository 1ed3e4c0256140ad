"""The pages of docs/ for users as HTML: what the ZIP of the plugin carries, and the button 'Help' opens.

    help_pages.py FOLDER [README]    FOLDER receives the pages and their pictures; README (a copy of README.md that goes
                                     into the ZIP) gets links to those pages, and loses those to what the ZIP has not

Called by scripts/package. Markdown is read by markdown-it-py (requirements/test.txt); nothing of it is needed where the
plugin runs.
"""

import html
import os
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt

DOCS = Path(__file__).resolve().parent.parent / "docs"
#: Pages for developers stay in the repository; every other page is a user's.
DEVELOPERS = ("architecture.md", "writing-algorithms.md", "translation-glossary.md")
#: Links at the top of every page.
TOP = (
    ("guide.md", "Guide"), ("walkthrough-landcover.md", "Land cover to drivers"),
    ("walkthrough-coupled.md", "Coupled model"), ("walkthrough-scenarios.md", "Scenarios"),
    ("algorithms/index.md", "Algorithms"), ("installing.md", "Installing"), ("units.md", "Units"),
)  # fmt: skip
COMMENT = re.compile(r"<!--.*?-->\n?", re.S)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")

CSS = """
:root { --ink: #1f2328; --faint: #5d6670; --line: #d9dee3; --soft: #f4f6f7; --accent: #01665e; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); overflow-wrap: break-word;
  font: 16px/1.55 "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
nav { background: var(--soft); border-bottom: 3px solid var(--accent); padding: 10px 24px; font-size: 14px; }
nav a { margin-right: 16px; white-space: nowrap; display: inline-block; }
main { max-width: 980px; margin: 0 auto; padding: 18px 24px 70px; }
h1 { font-size: 28px; line-height: 1.25; } h2 { font-size: 21px; margin: 34px 0 8px; } h3 { font-size: 17px; }
p, li { max-width: 52em; }
a { color: #00609a; }
img { display: block; max-width: 100%; height: auto; margin: 12px 0; border: 1px solid var(--line); }
table { border-collapse: collapse; font-size: 14px; margin: 14px 0; display: block; overflow-x: auto; }
th, td { padding: 5px 12px 5px 8px; vertical-align: top; text-align: left; border-bottom: 1px solid var(--line); }
th { border-bottom: 1px solid var(--ink); }
code { background: var(--soft); padding: 1px 4px; font-size: 0.92em; }
pre { background: var(--soft); padding: 10px 14px; overflow-x: auto; line-height: 1.4; }
pre code { padding: 0; } td code { white-space: nowrap; }
blockquote { margin: 12px 0; padding: 2px 16px; border-left: 3px solid var(--accent); background: var(--soft); }
""".strip()

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Carbon for QGIS</title>
<style>
{css}
</style>
</head>
<body>
<nav>{top}</nav>
<main>
{body}
</main>
</body>
</html>
"""


def user_pages(docs=DOCS):
    """Paths, relative to `docs` and with slashes, of the pages that travel with the plugin."""
    found = (path.relative_to(docs).as_posix() for path in sorted(docs.rglob("*.md")))
    return [name for name in found if name not in DEVELOPERS]


def anchor(heading):
    """The anchor of a heading, made as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")


def render(text, name):
    """A page as HTML; `name` is its path below docs/, with slashes.

    Links to other pages lead to their HTML, headings can be linked to, comments are left out.
    """
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(COMMENT.sub(_comment, text))
    title = name
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[place + 1].content
            token.attrSet("id", anchor(words))
            title = re.sub(r"[`*]", "", words) if token.tag == "h1" else title
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _as_html(child.attrGet("href")))
    up = "../" * (len(PurePosixPath(name).parts) - 1)
    top = "".join('<a href="{}{}">{}</a>'.format(up, _as_html(page), html.escape(words)) for page, words in TOP)
    body = markdown.renderer.render(tokens, markdown.options, {})
    return PAGE.format(title=html.escape(title), css=CSS, top=top, body=body)


def _comment(found):
    """What stays of a comment: the end of its line, where other text stands before it."""
    before = found.string[: found.start()].rpartition("\n")[2]
    return "\n" if found.group().endswith("\n") and before.strip() else ""


def _as_html(target):
    if re.match(r"[a-z]+:", target):
        return target
    path, mark, place = target.partition("#")
    return (path[: -len(".md")] + ".html" if path.endswith(".md") else path) + mark + place


def packaged_readme(text, pages):
    """README.md with links into docs/ led to the pages of the ZIP; other links of files are words only."""

    def led(found):
        words, target = found.groups()
        if re.match(r"[a-z]+:", target):
            return found.group()
        path = target.partition("#")[0]
        known = path.startswith("docs/") and path[len("docs/") :] in pages
        return "[{}]({})".format(words, _as_html(target)) if known else words

    return LINK.sub(led, text)


def write(folder, docs=DOCS):
    """Write all user pages and the pictures into `folder`; returns the names of the pages, as in docs/."""
    pages = user_pages(docs)
    for name in pages:
        path = Path(folder, *PurePosixPath(name).with_suffix(".html").parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (docs / name).read_text(encoding="utf-8")
        path.write_text(render(text, name), encoding="utf-8", newline="\n")
    shutil.copytree(docs / "images", Path(folder, "images"), ignore=shutil.ignore_patterns(".*", "*~"))
    return pages


def main(folder, readme=""):
    pages = write(folder)
    if readme:
        path = Path(readme)
        path.write_text(packaged_readme(path.read_text("utf-8"), pages), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    main(*sys.argv[1:])
