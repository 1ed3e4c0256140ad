"""Folders in which somebody left files that look like those of a killed run, or of an ensemble."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbon_qgis.core.errors import CarbonError
from carbon_qgis.core.outputs import OutputSet
from tests import reliability_log

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
        reliability_log.record("hostile", "folder", "outputs", (home / "rc").exists())
        assert (home / "rc").read_text() == "mine"


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
        reliability_log.record("hostile", "folder", "outputs", True)
        assert said == "" and os.listdir(folder) == []


@pytest.mark.parametrize("content", [b"[" * 200_000, b"\x00" * 1000, b"{}\n" * 1000, b'{"pid": "x"}\n', b"\xff\xfe"])
def test_noise_in_the_file_of_a_run(tmp_path, content):
    (tmp_path / (".carbon-run-" + TOKEN)).write_bytes(content)
    said = claimed(str(tmp_path))
    reliability_log.record("hostile", "folder", "outputs", said == "")
    assert said == "" and os.listdir(tmp_path) == []
