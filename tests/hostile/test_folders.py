"""Folders in which somebody left files that look like those of a killed run, or of an ensemble."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbon_qgis.core.bundle import DriverStats
from carbon_qgis.core.ensemble import FILE, open_ensemble
from carbon_qgis.core.errors import CarbonError, InputError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.scenario_matrix import parse_groups, scenario_matrix
from carbon_qgis.core.scenario_totals import sets_table, totals_table
from carbon_qgis.core.tables import csv_bytes
from tests import reliability_log
from tests.hostile.bench import message_complaints

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


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(st.lists(JSON | st.fixed_dictionaries({"renames": JSON}) | st.fixed_dictionaries({"claim": JSON}), max_size=3))
def test_any_list_of_a_dead_run_is_put_up_with(lines):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        plant(folder, *lines)
        said = claimed(folder)
        tidy = said == "" and os.listdir(folder) == []
        reliability_log.record("hostile", "folder", "outputs", tidy)
        assert tidy


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


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(st.randoms(use_true_random=False), st.lists(JSON | NUMBER, min_size=1, max_size=2), st.booleans())
def test_any_state_of_an_ensemble(rng, values, drop):
    """The list of an ensemble with anything in any place of it: used, or refused by its name."""
    import tempfile

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
