"""The run record: what is hashed, what is never written, and that the text is strict JSON."""

import hashlib
import json

import numpy as np
import pytest

from carbon_qgis.core import record
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.record import RunClock, file_facts, plain, plugin_version, record_path, record_text, run_record


def test_a_small_file_is_hashed_whole(tmp_path):
    path = tmp_path / "lc.tif"
    path.write_bytes(b"abc" * 1000)
    facts = file_facts(str(path))
    assert facts["bytes"] == 3000 and facts["hash_of"] == "whole file"
    assert facts["blake2b"] == hashlib.blake2b(b"abc" * 1000, digest_size=16).hexdigest()
    assert facts["modified"].endswith("+00:00")


def test_of_a_large_file_the_first_middle_and_last_part_are_hashed(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "WHOLE_BYTES", 2 * 2**20)
    monkeypatch.setattr(record, "PART_BYTES", 2**20)
    size = 9 * 2**20
    data = np.arange(size // 4, dtype="uint32").tobytes()
    path = tmp_path / "big.tif"
    path.write_bytes(data)
    part, middle = 2**20, 4 * 2**20
    expected = hashlib.blake2b(data[:part] + data[middle : middle + part] + data[-part:], digest_size=16).hexdigest()
    facts = file_facts(str(path))
    assert facts["hash_of"] == "first, middle and last 1 MiB" and facts["blake2b"] == expected
    for position, seen in ((0, True), (middle, True), (size - 1, True), (2 * 2**20, False)):
        changed = bytearray(data)
        changed[position] ^= 1
        path.write_bytes(bytes(changed))
        assert (file_facts(str(path))["blake2b"] != expected) is seen, position


def test_a_layer_of_a_file_is_hashed_as_the_file_and_a_database_is_not(tmp_path):
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"x")
    facts = file_facts(str(path) + "|layername=counties")
    assert facts["source"].endswith("zones.gpkg|layername=counties") and facts["bytes"] == 1
    facts = file_facts("dbname='gis' user='me' password='s3cret word' table=zones")
    assert facts == {
        "source": "dbname='gis' user='me' password=*** table=zones",
        "hash_of": "nothing: not a plain file",
    }


def test_the_whole_record_is_strict_json_without_secrets(tmp_path):
    path = tmp_path / "lc.tif"
    path.write_bytes(b"x")
    text = record_text(
        run_record(
            "carbon:carbonstock",
            {"LANDCOVER": str(path), "SHARE": float("nan"), "DB": "password=abc table=t", "LIST": (1, None, "ä")},
            [str(path), str(path), ""],
            ["out.tif"],
            RunClock(),
            {"numpy": "1.24"},
            {"seed": np.int64(3), "means": np.array([1.5, np.inf])},
            ["12 cells were left out."],
        )
    )
    found = json.loads(text, parse_constant=lambda name: pytest.fail("not strict JSON: " + name))
    assert "abc" not in text and "ä" in text
    assert found["parameters"] == {
        "LANDCOVER": str(path), "SHARE": None, "DB": "password=*** table=t", "LIST": [1, None, "ä"]
    }  # fmt: skip
    assert [item["source"] for item in found["inputs"]] == [str(path)]
    assert found["seed"] == 3 and found["means"] == [1.5, None]
    assert found["versions"]["numpy"] == "1.24" and found["versions"]["python"].count(".") == 2
    assert found["wall_s"] >= 0 and found["cpu_s"] >= 0
    assert found["notes"] == ["12 cells were left out."]
    assert record_path("a/out.tif") == "a/out.tif.run.json"


def test_plain_unpacks_booleans_before_integers():
    assert plain(True) is True and plain(np.bool_(False)) is False and plain({1: {2}}) == {"1": [2]}


def test_the_version_is_found_beside_the_package_or_above_it(tmp_path):
    package = tmp_path / "carbon_qgis"
    package.mkdir()
    with pytest.raises(InputError, match="No metadata.txt with a 'version=' line"):
        plugin_version(str(package))
    (tmp_path / "metadata.txt").write_text("[general]\nqgisMinimumVersion=3.22\nversion = 0.2.0\n", encoding="utf-8")
    assert plugin_version(str(package)) == "0.2.0"
    (package / "metadata.txt").write_text("[general]\nversion=1.0\n", encoding="utf-8")
    assert plugin_version(str(package)) == "1.0"
