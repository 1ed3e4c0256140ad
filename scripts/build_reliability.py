"""Render docs/reliability.md from the lines that the tests have logged (tests/reliability_log.py).

    build_reliability.py begin LOG [--resume] TESTS...   ready the log for a run of TESTS; print the state of the code
    build_reliability.py render LOG PAGE                 write the page
"""

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from tests.reliability_log import done_tests, read  # noqa: E402

#: What a tally is bound to: where one of these files has changed, what was tried before counts no more.
CODE = ("carbon_qgis", "tests/faults", "tests/hostile", "tests/core/casa_rasters.py", "tests/worker_process.py")
#: Sections in order: title, what the rows are called, what was done and what had to hold.
SECTIONS = {
    "faults": (
        "Faults", "algorithm",
        "Each algorithm runs on a part of the sample data, with files of an earlier run in the place of all its "
        "outputs, and is struck in the middle. The moments are drawn with a seed: between two renames, at a rename or "
        "deletion, at a write, at any event of the run, and by the clock; every third kill and cancel meets a run "
        "without earlier files. Where a run was over before its fault, the fault was tried again at an earlier moment: "
        "all that are counted struck.\n\n"
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
        "no crash, no traceback, no code run, no program started, no call to the network (each run has a network of "
        "its own, in which the kernel counts), nothing overwritten, at most 1,000 MB of memory beyond a warm QGIS. "
        "What is odd but usable may also be used.\n\n"
        "- *raster*: damaged headers and cells, false sizes, strange grids, types and nodata, VRTs that lead elsewhere "
        "or run code. *table*: encodings, shapes, cells, formulas, other files under its name, ten million rows. "
        "*model*: cut, edited, forged with right checksums, bombs, pickles, from the future. *value*: numbers, words, "
        "texts, places to write to. *driver table*: paths that lead out of its folder, to devices or the network.\n"
        "- *folder*: forged notes of a killed run. *markup*: names that try to become HTML, SVG or JSON. *network*: "
        "files that name a server, and whole chains without a network. *good format*: ordinary files, which must be "
        "taken. *virtual rasters*: every raster as a VRT, in and beside which nothing may be written.\n",
    ),
}  # fmt: skip


def state_of_code(root=ROOT, places=CODE):
    """Digest of all files that decide what a tally gives."""
    digest = hashlib.blake2b(digest_size=8)
    for place in places:
        top = os.path.join(root, place)
        paths = [top] if os.path.isfile(top) else [
            os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names
            if "__pycache__" not in folder and not name.endswith((".pyc", ".aux.xml"))
        ]  # fmt: skip
        for path in sorted(paths):
            with open(path, "rb") as stream:
                digest.update(os.path.relpath(path, root).encode() + b"\0" + stream.read() + b"\0")
    return digest.hexdigest()


def begin(log, tests, resume, code):
    """Take out of a log what a run of `tests` will write anew: all of it, or where it resumes what is not done."""
    lines = read(log) if os.path.exists(log) else []
    done = done_tests(lines, code) if resume else set()
    places = tuple(place.rstrip("/") + "/" for place in tests)
    kept = []
    for line in lines:
        test = line.get("done") or line.get("failed") or line.get("test") or ""
        if test in done or (test and not test.startswith(places)):
            kept.append(line)
    os.makedirs(os.path.dirname(log), exist_ok=True)
    with open(log + ".new", "w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
    os.replace(log + ".new", log)
    return len(done)


def page(logged, date, versions):
    """The page as text."""
    tried = [line for line in logged if "section" in line]
    # A fault that found the run over has struck nothing. What went wrong is told all the same.
    missed = [line for line in tried if line.get("struck") is False and line["survived"]]
    lines = [line for line in tried if line.get("struck") is not False or not line["survived"]]
    failed = [line for line in lines if not line["survived"]]
    told = {line.get("test") for line in failed}
    broken = [line for line in logged if "failed" in line and line["failed"] not in told]
    lost = sum(line["bytes_lost"] for line in lines)
    made = [
        "# Reliability\n",
        "What was tried to break a run, and what became of it. Made by `scripts/build-reliability` on {}, with {}.\n"
        .format(date, versions),
        "| tried | survived | bytes lost |\n|---:|---:|---:|\n| {:,} | {:,} | {:,} |\n".format(
            len(lines), len(lines) - len(failed), lost
        ),
    ]  # fmt: skip
    if len({line.get("code") for line in tried}) > 1:
        made.append("Faults and hostile inputs were tried with different states of the code.\n")
    if missed:
        made.append(never_struck(missed))
    known = [name for name in SECTIONS if any(line["section"] == name for line in lines)]
    others = sorted({line["section"] for line in lines} - set(SECTIONS))
    for name in known + others:
        made.append(section(name, [line for line in lines if line["section"] == name]))
    if failed or broken:
        made.append("## Not survived\n")
        made += ["- {} {}: {}".format(line["subject"], line["kind"], line.get("note", "")) for line in failed]
        made += ["- the test {} failed: {}".format(line["failed"], line["note"]) for line in broken]
    return "\n".join(made).rstrip() + "\n"


def never_struck(lines):
    """A sentence on faults that are not counted."""
    counts = Counter((line["subject"], line["kind"]) for line in lines)
    which = ", ".join("{} {} ({})".format(*key, count) for key, count in sorted(counts.items()))
    return "Not counted: {} faults that never struck, the run being over before each try: {}.\n".format(
        len(lines), which
    )


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
    return "## {}\n\n{}\nSurvived / tried:\n\n{}\n{}".format(title, text, "\n".join(table), answered(lines))


def answered(lines):
    """A table of how runs with hostile inputs ended; empty where nothing says it."""
    ended = defaultdict(Counter)
    for line in lines:
        if "refused" in line:
            ended[line["kind"]]["refused" if line["refused"] else "used"] += 1
    if not ended:
        return ""
    rows = ["| {} | {} | {} |".format(kind, ended[kind]["refused"], ended[kind]["used"]) for kind in ended]
    sums = [sum(count[word] for count in ended.values()) for word in ("refused", "used")]
    slowest = max(line.get("seconds", 0) for line in lines)
    return (
        "\nHow the runs of algorithms ended: refused with a message, or, where the input is odd but usable, done. The "
        "longest took {:.0f} s.\n\n| kind | refused | used |\n|---|---:|---:|\n{}\n| **all** | {} | {} |\n"
    ).format(slowest, "\n".join(rows), *sums)


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("begin")
    command.add_argument("log")
    command.add_argument("tests", nargs="+")
    command.add_argument("--resume", action="store_true")
    command = commands.add_parser("render")
    command.add_argument("log")
    command.add_argument("page")
    options = parser.parse_args()
    if options.command == "begin":
        code = state_of_code()
        done = begin(options.log, options.tests, options.resume, code)
        print("{} tests are done already".format(done), file=sys.stderr)
        print(code)
    else:
        render(options.log, options.page)


def render(log, target):
    """Write the page."""
    if not os.path.exists(log):
        raise SystemExit("There is no {}: run scripts/build-reliability without --render first.".format(log))
    lines = read(log)
    date = time.strftime("%Y-%m-%d", time.gmtime(os.path.getmtime(log)))
    with open(target, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(page(lines, date, plugin_versions()))
    tried = [line for line in lines if "section" in line]
    failed = sum(not line["survived"] for line in tried)
    print("{}: {} tried, {} not survived".format(target, len(tried), failed))


if __name__ == "__main__":
    main()
