"""Render docs/reliability.md from the lines that the tests have logged (tests/reliability_log.py)."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Sections in order: title, what the rows are called, what was done and what had to hold.
SECTIONS = {
    "faults": (
        "Faults", "algorithm",
        "Each algorithm runs on a part of the sample data, with files of an earlier run in the place of all its "
        "outputs, and is struck in the middle. The moments are drawn with a seed: between two renames, at a rename or "
        "deletion, at a write, at any event of the run, and by the clock.\n\n"
        "- *killed*: SIGKILL. Each earlier output is there byte by byte, or the complete new one; after the next run "
        "in the folder nothing else is left, and the outputs are all of one run.\n"
        "- *disk full*: a disk of its own with room for a part of the outputs, or one that another program fills "
        "during the run. *read-only*: a disk that cannot be written. *cancelled*: by the user. All outputs are as "
        "before, or all are new; no temporary file is left; the message says what happened.\n"
        "- *file size limit*: no file may be larger than half of the largest output; must fail, all else as for a full "
        "disk.\n"
        "- *input deleted*, *input cut short* (to half its bytes): the same, and a run that calls itself done has made "
        "what an undisturbed one makes, byte by byte.\n",
    ),
    "concurrency": (
        "Two runs at once, and QGIS closed", "algorithm",
        "Into different outputs both are right; into the same output or ensemble one is refused, with the process that "
        "has it, and the first one is unharmed; after a crash nobody is locked out. QGIS closed or told to end during "
        "a run, as for faults. An ensemble that was killed once to three times and gone on with has the same bytes as "
        "one that was never stopped.\n",
    ),
    "hostile": (
        "Hostile inputs", "algorithm or reader",
        "Files and values that are broken on purpose. Each must end in a message that names the cause, within seconds: "
        "no crash, no traceback, no code run, no program started, no call to the network, nothing overwritten, at most "
        "1,000 MB of memory beyond a warm QGIS. What is odd but usable may also be used.\n\n"
        "- *raster*: damaged headers and cells, false sizes, strange grids, types and nodata, VRTs that lead elsewhere "
        "or run code. *table*: encodings, shapes, cells, formulas, other files under its name, ten million rows. "
        "*model*: cut, edited, forged with right checksums, bombs, pickles, from the future. *value*: numbers, words, "
        "texts, places to write to. *driver table*: paths that lead out of its folder, to devices or the network.\n"
        "- *folder*: forged notes of a killed run. *markup*: names that try to become HTML, SVG or JSON. *network*: "
        "files that name a server, and whole chains without a network.\n",
    ),
}  # fmt: skip


def read(path):
    """The lines of a log."""
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def page(lines, date, versions):
    """The page as text."""
    failed = [line for line in lines if not line["survived"]]
    lost = sum(line["bytes_lost"] for line in lines)
    made = [
        "# Reliability\n",
        "What was tried to break a run, and what became of it. Made by `scripts/build-reliability` on {}, with {}.\n"
        .format(date, versions),
        "| tried | survived | bytes lost |\n|---:|---:|---:|\n| {:,} | {:,} | {:,} |\n".format(
            len(lines), len(lines) - len(failed), lost
        ),
    ]  # fmt: skip
    known = [name for name in SECTIONS if any(line["section"] == name for line in lines)]
    others = sorted({line["section"] for line in lines} - set(SECTIONS))
    for name in known + others:
        made.append(section(name, [line for line in lines if line["section"] == name]))
    if failed:
        made.append("## Not survived\n")
        made += ["- {} {}: {}".format(line["subject"], line["kind"], line.get("note", "")) for line in failed]
    return "\n".join(made).rstrip() + "\n"


def section(name, lines):
    """A table: rows are subjects, columns kinds, cells survived / tried."""
    title, row_title, text = SECTIONS.get(name, (name.capitalize(), "subject", ""))
    kinds = list(dict.fromkeys(line["kind"] for line in lines))
    tried, survived, lost = defaultdict(Counter), defaultdict(Counter), Counter()
    for line in lines:
        tried[line["subject"]][line["kind"]] += 1
        survived[line["subject"]][line["kind"]] += line["survived"]
        lost[line["subject"]] += line["bytes_lost"]
    header = [row_title] + kinds + ["all", "bytes lost"]
    rows = []
    for subject in sorted(tried):
        cells = [ratio(survived[subject][kind], tried[subject][kind]) for kind in kinds]
        whole = ratio(sum(survived[subject].values()), sum(tried[subject].values()))
        rows.append([subject] + cells + [whole, str(lost[subject])])
    sums = [ratio(sum(c[kind] for c in survived.values()), sum(c[kind] for c in tried.values())) for kind in kinds]
    whole = ratio(sum(line["survived"] for line in lines), len(lines))
    rows.append(["**all**"] + sums + [whole, str(sum(lost.values()))])
    table = ["| {} |".format(" | ".join(row)) for row in [header, ["---"] + ["---:"] * (len(header) - 1)] + rows]
    return "## {}\n\n{}\nSurvived / tried:\n\n{}\n".format(title, text, "\n".join(table))


def ratio(survived, tried):
    """A cell."""
    return "{} / {}".format(survived, tried) if tried else ""


def plugin_versions():
    """Plugin, QGIS, GDAL, Python and system, in words."""
    with open(os.path.join(ROOT, "metadata.txt"), encoding="utf-8") as stream:
        plugin = re.search(r"^version=(.*)$", stream.read(), re.MULTILINE).group(1)
    code = "from qgis.core import Qgis; from osgeo import gdal; print(Qgis.QGIS_VERSION, gdal.__version__)"
    found = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    return "version {} of the plugin, QGIS {}, GDAL {}, Python {}, {}".format(
        plugin.strip(), found[0], found[1], platform.python_version(), platform.system()
    )


def main():
    log, target = sys.argv[1:]
    if not os.path.exists(log):
        raise SystemExit("There is no {}: run scripts/build-reliability without --render first.".format(log))
    lines = read(log)
    date = time.strftime("%Y-%m-%d", time.gmtime(os.path.getmtime(log)))
    with open(target, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(page(lines, date, plugin_versions()))
    failed = sum(not line["survived"] for line in lines)
    print("{}: {} tried, {} not survived".format(target, len(lines), failed))


if __name__ == "__main__":
    main()
