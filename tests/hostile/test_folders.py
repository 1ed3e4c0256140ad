"""Folders in which somebody left files that look like those of a killed run, or of an ensemble."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbon_qgis.core.bundle import DriverStats
from carbon_qgis.core.ensemble import FILE, open_ensemble
from carbon_qgis.core.errors import CarbonError, InputError, OutputError
from carbon_qgis.core.file_lock import try_lock
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.scenario_matrix import parse_groups, scenario_matrix
from carbon_qgis.core.scenario_totals import sets_table, totals_table
from carbon_qgis.core.tables import csv_bytes
from tests import reliability_log
from tests.hostile.bench import drawn, message_complaints

TOKEN = "999999-0123abcd"
#: What JSON can hold.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def plant(folder, *lines):
    """The file of a run of a process that is gone."""
    path = os.path.join(folder, ".carbon-run-" + TOKEN)
    with open(path, "w", encoding="ascii") as stream:
        for line in ({"pid": 999999, "host": "x", "born": "0", "since": "now"},) + lines:
            stream.write(json.dumps(line) + "\n")


def claimed(folder):
    """A run begins there and ends; what it said, where it was refused."""
    outputs = OutputSet()
    try:
        outputs.claim(os.path.join(folder, "result.csv"))
    except CarbonError as error:
        return str(error)
    finally:
        outputs.abort()
    return ""


@pytest.mark.parametrize("stamped", [None, [1, 1]])
def test_the_list_of_a_dead_run_moves_no_foreign_file(tmp_path, stamped):
    home, folder = tmp_path / "home", tmp_path / "out"
    home.mkdir(), folder.mkdir()
    (home / "key").write_text("secret")
    (folder / "mine.csv").write_text("mine")
    plant(str(folder), {"renames": [[str(home / "key"), str(folder / "stolen.txt"), stamped]]})
    claimed(str(folder))
    kept = (home / "key").read_text() == "secret" and sorted(os.listdir(folder)) == ["mine.csv"]
    reliability_log.record("hostile", "folder", "outputs", kept)
    assert kept


def test_a_destination_outside_is_not_replaced(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "out"
    home.mkdir(), folder.mkdir()
    (home / "rc").write_text("mine")
    forged = folder / ".rc.carbon-part-{}.txt".format(TOKEN)
    forged.write_text("evil")
    for final in (str(home / "rc"), str(folder / ".." / "home" / "rc")):
        plant(str(folder), {"renames": [[str(forged), final, None]]})
        claimed(str(folder))
        kept = (home / "rc").exists() and (home / "rc").read_text() == "mine"
        reliability_log.record("hostile", "folder", "outputs", kept)
        assert kept


def test_a_list_of_a_run_is_still_finished(tmp_path):
    """The same in earnest: the temporary lies beside its destination and bears the name of the run."""
    temporary, final = tmp_path / ".r.csv.carbon-part-{}.csv".format(TOKEN), tmp_path / "r.csv"
    temporary.write_text("new")
    plant(str(tmp_path), {"renames": [[str(temporary), str(final), None]]})
    claimed(str(tmp_path))
    assert final.read_text() == "new" and sorted(os.listdir(tmp_path)) == ["r.csv"]


#: What may stand in a name: also halves of characters, which `st.text` leaves out, and what no name can hold.
LETTERS = st.text(st.characters() | st.sampled_from("\ud800\udcff\udfff\x00/\n."), min_size=1, max_size=6)
LONG = LETTERS | st.sampled_from(["\ud800", "a\x00b", "n" * 300, "..", "/"])


@st.composite
def renames(draw):
    """A list that looks like one of a run, of files here ('HERE') or elsewhere, of any name."""
    entries = []
    for folder, name in draw(st.lists(st.tuples(st.sampled_from(["HERE", "/x", "", "HERE/../x"]), LONG), max_size=3)):
        suffix = draw(st.sampled_from([".tif", "", ".\ud800"]))
        temporary = ".{}.carbon-part-{}{}".format(draw(LONG | st.just(name)), TOKEN, suffix)
        stamp = draw(st.none() | st.just([1, 1]) | JSON)
        entries.append([folder + "/" + temporary, folder + "/" + name + suffix, stamp])
    return entries


@drawn()
@given(st.lists(renames(), min_size=1, max_size=2))
def test_any_list_that_looks_sound(listed):
    with tempfile.TemporaryDirectory() as folder:
        lines = json.loads(json.dumps([{"renames": entries} for entries in listed]).replace("HERE", folder))
        plant(folder, *lines)
        said = claimed(folder)
        tidy = said == "" and os.listdir(folder) == []
        reliability_log.record("hostile", "folder", "outputs", tidy)
        assert tidy


def test_names_that_no_file_can_have(tmp_path):
    plant(str(tmp_path), {"renames": [["/x/.a.carbon-part-{}.tif".format(TOKEN), "/x/\ud800.tif", None]]})
    assert claimed(str(tmp_path)) == "" and os.listdir(tmp_path) == []
    (tmp_path / ".result.csv.carbon-part-{}-0123abcd.csv".format("9" * 60)).write_bytes(b"")
    assert claimed(str(tmp_path)) == "" and os.listdir(tmp_path) == []
    for name in ("a\ud800.csv", "a\udcff.csv", "a\x00.csv"):
        with pytest.raises(OutputError, match="a[?].csv' holds a .*Give another file name"):
            OutputSet().path(str(tmp_path / name))


@drawn(60)
@given(st.lists(JSON | st.fixed_dictionaries({"renames": JSON}) | st.fixed_dictionaries({"claim": JSON}), max_size=3))
def test_any_list_of_a_dead_run_is_put_up_with(lines):
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, *lines)
        said = claimed(folder)
        tidy = said == "" and os.listdir(folder) == []
        reliability_log.record("hostile", "folder", "outputs", tidy)
        assert tidy


#: A run in a process of its own, as nobody where we are root, to whom no mode of a file means anything.
CHILD = """
import os, sys
from tests.hostile.test_folders import claimed
if sys.argv[2] == "nobody" and os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
print(claimed(sys.argv[1]))
"""


@pytest.fixture
def shared():
    """A folder that everybody may write to, below others that everybody may pass."""
    folder = tempfile.mkdtemp(prefix="carbon-test-", dir="/tmp")
    os.chmod(folder, 0o777)
    yield folder
    shutil.rmtree(folder)


def said_by(folder, who):
    """What a run said, in a process that is ended if it hangs."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, folder, who], cwd=root, timeout=30, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def put(path, kind):
    """Something of another user's in the place of a run's file."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "link":
        os.symlink(os.path.join(os.path.dirname(path), "elsewhere"), path)
    else:
        with open(path, "wb"):
            pass
    if kind != "link":
        os.chmod(path, 0 if kind == "closed file" else 0o444)


@pytest.mark.parametrize("who", ["nobody", "we"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "link", "file", "closed file"])
def test_what_lies_in_the_place_of_a_note(shared, kind, who):
    """It is passed over: no run has it."""
    put(os.path.join(shared, ".carbon-run-" + TOKEN), kind)
    fine = said_by(shared, who) == "" and not set(os.listdir(shared)) - {".carbon-run-" + TOKEN, ".carbon-lock"}
    reliability_log.record("hostile", "folder", "outputs", fine)
    assert fine


@pytest.mark.parametrize("who", ["nobody", "we"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "link", "file", "closed file"])
def test_what_lies_in_the_place_of_the_lock(shared, kind, who):
    """A run is refused by its name, and makes nothing where a link leads."""
    put(os.path.join(shared, ".carbon-lock"), kind)
    what = {"socket": "a device", "closed file": "another user's file"}.get(kind, "a " + kind)
    said = said_by(shared, who)
    taken = kind == "file" or kind == "closed file" and who == "we" and os.getuid() == 0
    wrong = [] if taken else message_complaints(said, ("'{}/.carbon-lock' is {}".format(shared, what),))
    fine = not wrong and bool(said) != taken and not set(os.listdir(shared)) - {".carbon-lock"}
    reliability_log.record("hostile", "folder", "outputs", fine)
    assert fine, (said, os.listdir(shared))


def test_a_long_note_takes_little_memory(tmp_path):
    (tmp_path / (".carbon-run-" + TOKEN)).write_bytes(b'{"renames": [' + b"[]," * (20 << 20) + b"0]}\n")
    tracemalloc.start()
    said = claimed(str(tmp_path))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == "" and most < 200 << 20 and os.listdir(tmp_path) == []


@pytest.mark.parametrize("line", [b"\n", b"x\n", b"{}\n"])
def test_a_note_of_many_lines_takes_little_time(tmp_path, line):
    (tmp_path / (".carbon-run-" + TOKEN)).write_bytes(line * ((60 << 20) // len(line)))
    began = time.process_time()
    assert claimed(str(tmp_path)) == "" and time.process_time() - began < 2


def test_a_note_of_a_long_number_takes_little_time(tmp_path):
    """Pythons before 3.10.7 read it to its end; later ones would not, unless told to."""
    (tmp_path / (".carbon-run-" + TOKEN)).write_bytes(b'{"pid": ' + b"9" * 2_000_000 + b"}\n")
    before = getattr(sys, "get_int_max_str_digits", int)()
    getattr(sys, "set_int_max_str_digits", int)(0)
    try:
        began = time.process_time()
        assert claimed(str(tmp_path)) == "" and time.process_time() - began < 0.5
    finally:
        getattr(sys, "set_int_max_str_digits", int)(before)


def test_what_a_living_run_says_of_itself_is_shown_short(tmp_path):
    path = tmp_path / (".carbon-run-" + TOKEN)
    facts = {"pid": 1, "host": "\ud800" * 300, "since": ["x"] * 300}
    path.write_text(json.dumps(facts) + "\n" + json.dumps({"claim": "result.csv"}) + "\n")
    with open(path, "r+b") as stream:
        assert try_lock(stream)
        said = claimed(str(tmp_path))
    assert "result.csv' is being written by another run (process 1 on the computer '???" in said and len(said) < 600
    said.encode("utf-8")


@pytest.mark.parametrize("content", [b"[" * 200_000, b"\x00" * 1000, b"{}\n" * 1000, b'{"pid": "x"}\n', b"\xff\xfe"])
def test_noise_in_the_file_of_a_run(tmp_path, content):
    (tmp_path / (".carbon-run-" + TOKEN)).write_bytes(content)
    said = claimed(str(tmp_path))
    tidy = said == "" and os.listdir(tmp_path) == []
    reliability_log.record("hostile", "folder", "outputs", tidy)
    assert tidy


IDENTITY = {"model": {"file": "m", "blake2b": "01"}, "grid": {}, "groups": {"climate": ["TEM"]}, "pathways": ["SSP1"],
            "outputs": ["DENSITY"], "align": False, "cell_area": "auto", "mask": None,
            "compression": "LZW"}  # fmt: skip
MATRIX = scenario_matrix(parse_groups("climate: TEM; water: PRE"), ["SSP126", "SSP585"])


def state(folder):
    """A good ensemble of two years: its state as it is written."""
    made = open_ensemble(folder, IDENTITY, [])
    totals = {"cells": 6, "area_km2": 6.0, "mean_t_C_ha": 1.5, "outside": 1, "below": [1, 0], "above": [0, 0],
              "range_t_C_ha": [0.5, 2.5], "negative": 0, "inside_km2": 5.0}  # fmt: skip
    entries = {}
    for run in MATRIX.runs:
        for year in (2020, 2030):
            name = "{}_{}".format(run.id, year)
            with open(os.path.join(folder, name + ".tif"), "wb") as stream:
                stream.write(b"raster")
            entries[name] = {"inputs": {"PRE": "a", "TEM": "b"}, "files": {"DENSITY": name + ".tif"}, "totals": totals}
    made.record(entries)
    with open(os.path.join(folder, FILE), encoding="utf-8") as stream:
        return json.load(stream)


def places(value, at=()):
    """Every place in a nested value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [place for key, item in inner for place in places(item, at + (key,))]


NUMBER = st.sampled_from([None, "x", -1, 0, 7, 1.5, 1e308, 10**40, 10**400, True, [], {}, "\ud800", float("inf")])


@drawn()
@given(st.randoms(use_true_random=False), st.lists(JSON | NUMBER, min_size=1, max_size=2), st.booleans())
def test_any_state_of_an_ensemble(rng, values, drop):
    """The list of an ensemble with anything in any place of it: used, or refused by its name."""
    with tempfile.TemporaryDirectory() as folder:
        content = state(folder)
        for value in values:
            at = rng.choice([place for place in places(content) if place])
            holder = content
            for key in at[:-1]:
                holder = holder[key]
            if drop:
                del holder[at[-1]]
            else:
                holder[at[-1]] = value
        with open(os.path.join(folder, FILE), "w", encoding="utf-8", errors="surrogatepass") as stream:
            json.dump(content, stream)
        error = None
        try:
            made = open_ensemble(folder, IDENTITY, [])
            keys = ["{}_{}".format(run.id, year) for run in MATRIX.runs for year in (2020, 2030)]
            made.require_inputs({key: {"PRE": "a", "TEM": "b"} for key in keys})
            complete, _ = made.verified(keys, ["DENSITY"], Silent())
            made.save()
            if set(complete) == set(keys):
                drivers = [DriverStats(name, "1", False, 0.0, 1.0, 0.5, 0.1) for name in ("PRE", "TEM")]
                totals = totals_table(MATRIX, (2020, 2030), made.entries, drivers, {})
                assert csv_bytes(totals) and csv_bytes(sets_table(MATRIX, totals))
        except InputError as raised:
            error = raised
        wrong = message_complaints(str(error), (FILE, os.path.basename(folder))) if error is not None else []
        reliability_log.record("hostile", "folder", "ensemble", not wrong)
        assert not wrong
