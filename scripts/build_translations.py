"""Write carbon_qgis/i18n/carbon_zh_CN.ts and .qm from the texts of the source. See scripts/build-translations."""

import argparse
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from source_strings import PLUGIN, source_strings

LANGUAGE, CONTEXT = "zh_CN", "Carbon"
FOLDER = os.path.join(PLUGIN, "i18n")
TS = os.path.join(FOLDER, "carbon_{}.ts".format(LANGUAGE))
QM = TS[:-3] + ".qm"
#: Debian keeps the programs of Qt 5 there, and not always on PATH.
LRELEASE = ("lrelease", "/usr/lib/qt5/bin/lrelease", "/usr/lib/qt6/bin/lrelease")
#: How alike a new text must be to one that went away for its translation to be worth a look.
ALIKE = 0.75


def read_ts(path):
    """Source -> (translation, finished)."""
    if not os.path.exists(path):
        return {}
    found = {}
    for message in ElementTree.parse(path).getroot().iter("message"):
        translation = message.find("translation")
        finished = translation.get("type") is None and bool(translation.text)
        found[message.findtext("source")] = (translation.text or "", finished)
    return found


def placeholders(text):
    """What `format` fills in, as it stands; {named} ones may change places, the others not."""
    fields = re.findall(r"{[^{}]*}", text)
    named = [field for field in fields if re.match(r"{[A-Za-z_]", field)]
    return sorted(named), [field for field in fields if field not in named]


def merged(sources, known, more):
    """Source -> (translation, finished) for the texts that the source has now."""
    gone = [text for text in known if text not in sources]
    entries = {}
    for text in sources:
        if more.get(text, "").strip():
            entries[text] = (more[text], True)
        elif text in known:
            entries[text] = known[text]
        else:
            old = difflib.get_close_matches(text, gone, 1, ALIKE)
            entries[text] = (known[old[0]][0] if old else "", False)
    return entries


def write_ts(path, sources, entries):
    """Write the catalogue as Qt Linguist does, without line numbers: they would change with every edit."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        '<TS version="2.1" language="{}" sourcelanguage="en">'.format(LANGUAGE),
        "<context>",
        "    <name>{}</name>".format(CONTEXT),
    ]
    for text, (translation, finished) in entries.items():
        lines.append("    <message>")
        lines += ['        <location filename="../../{}"/>'.format(name) for name in sources[text]]
        lines.append("        <source>{}</source>".format(escape(text)))
        mark = "" if finished else ' type="unfinished"'
        lines.append("        <translation{}>{}</translation>".format(mark, escape(translation)))
        lines.append("    </message>")
    lines += ["</context>", "</TS>", ""]
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write("\n".join(lines))


def release(ts, qm):
    """Compile the catalogue."""
    program = next((found for found in map(shutil.which, LRELEASE) if found), None)
    if program is None:
        raise SystemExit("lrelease is missing: scripts/setup --translations installs it (Debian: qttools5-dev-tools).")
    done = subprocess.run([program, "-silent", "-nounfinished", ts, "-qm", qm], stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit("lrelease could not compile {}".format(ts))


def problems(sources, entries):
    """What is unfinished or wrong, a line each."""
    found = []
    for text in sources:
        translation, finished = entries.get(text, ("", False))
        if not finished:
            found.append("not translated: {}".format(text))
        elif placeholders(text) != placeholders(translation):
            found.append("other {{placeholders}} than in the source: {} -> {}".format(text, translation))
    found += ["no longer in the source: {}".format(text) for text in entries if text not in sources]
    return found


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--merge", metavar="FILE", help="JSON file {text: translation} whose translations are taken")
    parser.add_argument("--unfinished", metavar="FILE", help="write the texts to translate as such a JSON file")
    given = parser.parse_args()
    more = {}
    if given.merge:
        with open(given.merge, encoding="utf-8") as stream:
            more = json.load(stream)
        more.pop("", None)
    sources = source_strings()
    entries = merged(sources, read_ts(TS), more)
    os.makedirs(FOLDER, exist_ok=True)
    write_ts(TS, sources, entries)
    release(TS, QM)
    if given.unfinished:
        todo = {text: translation for text, (translation, finished) in entries.items() if not finished}
        with open(given.unfinished, "w", encoding="utf-8") as stream:
            json.dump(todo, stream, ensure_ascii=False, indent=1)
    found = problems(sources, entries)
    print("{} texts, {} to do".format(len(sources), len(found)))
    for line in found:
        print("  " + line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
