"""The state of an ensemble folder: resumed, refused, verified, started from scratch."""

import json

import pytest

from carbon_qgis.core.ensemble import FILE, Ensemble, digest, open_ensemble, read_state
from carbon_qgis.core.errors import Cancelled, InputError, OutputError
from carbon_qgis.core.progress import Silent

IDENTITY = {
    "model": {"file": "a.carbonmodel", "blake2b": "01"}, "grid": {"crs": "x", "transform": [1.0, 0, 0.1, 0, -1, 9],
    "width": 3, "height": 2}, "groups": {"climate": ["TEM"]}, "pathways": ["SSP126"], "outputs": ["DENSITY"],
    "align": False, "cell_area": "auto", "mask": None, "compression": "ZSTD",
}  # fmt: skip


def entry(name, inputs=None, mean=1.5):
    totals = {"cells": 6, "area_km2": 6.0, "mean_t_C_ha": mean, "outside": 1, "below": [1], "above": [0],
              "range_t_C_ha": [0.5, 2.5], "negative": 0}  # fmt: skip
    return {"inputs": inputs or {"TEM": "aa"}, "totals": totals, "files": {"DENSITY": name}}


def filled(folder, *keys):
    made = open_ensemble(str(folder), IDENTITY, ["C1_2020.tif"])
    for key in keys:
        (folder / (key + ".tif")).write_bytes(key.encode())
        made.record({key: entry(key + ".tif", mean=1 / 3)})
    return made


def test_an_empty_folder_becomes_an_ensemble_and_goes_on(tmp_path):
    folder = tmp_path / "new"
    filled(folder, "C1_2020", "C1_2025")
    again = open_ensemble(str(folder), json.loads(json.dumps(IDENTITY)), ["C1_2020.tif"])
    assert again.entries["C1_2020"]["totals"]["mean_t_C_ha"] == 1 / 3  # every digit
    complete, changed = again.verified(["C1_2020", "C1_2025", "C1_2030"], ["DENSITY"], Silent())
    assert (complete, changed) == (["C1_2020", "C1_2025"], [])


def test_a_raster_that_was_changed_or_lost_does_not_count(tmp_path):
    made = filled(tmp_path, "C1_2020", "C1_2025", "C1_2030")
    (tmp_path / "C1_2020.tif").write_bytes(b"C1_2021")  # as long as it was
    (tmp_path / "C1_2025.tif").unlink()
    assert made.verified(made.entries, ["DENSITY"], Silent()) == (["C1_2030"], ["C1_2020"])
    assert made.verified(made.entries, ["DENSITY", "LOW"], Silent()) == ([], [])
    made.forget(["C1_2020", "C1_2025"])
    assert list(read_state(str(tmp_path))["rasters"]) == ["C1_2030"]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"model": {"file": "b.carbonmodel", "blake2b": "02"}}, "model 'a.carbonmodel' instead of 'b.carbonmodel'"),
        ({"model": {"file": "a.carbonmodel", "blake2b": "02"}}, "another model of the same name"),
        ({"pathways": ["SSP126", "SSP585"]}, 'pathways \'."SSP126".\' instead of \'."SSP126", "SSP585".\''),
        ({"groups": {"climate": ["TEM", "PRE"]}}, "groups of variables"),
        ({"grid": {**IDENTITY["grid"], "width": 4}}, "another reference grid"),
        ({"mask": "03"}, "another study area"),
        ({"compression": "DEFLATE"}, "compression 'ZSTD' instead of 'DEFLATE'"),
        ({"outputs": ["DENSITY", "LOW"]}, "kinds of rasters"),
        ({"align": True}, "option to align 'false' instead of 'true'"),
    ],
)
def test_another_ensemble_is_refused_by_name(tmp_path, change, message):
    filled(tmp_path, "C1_2020")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(InputError, match=message) as caught:
        open_ensemble(str(tmp_path), {**IDENTITY, **change}, [])
    assert "not mixed" in str(caught.value) and "Start from scratch" in str(caught.value)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_folder_is_bound_by_its_rasters_alone(tmp_path):
    made = open_ensemble(str(tmp_path), IDENTITY, [])
    made.begin()  # a first run that was refused or stopped before its first raster
    other = {**IDENTITY, "mask": "03", "model": {"file": "b.carbonmodel", "blake2b": "02"}}
    again = open_ensemble(str(tmp_path), other, ["C1_2020.tif"])
    again.begin()
    assert read_state(str(tmp_path))["mask"] == "03"
    (tmp_path / "C1_2020.tif").write_bytes(b"raster")
    again.record({"C1_2020": entry("C1_2020.tif")})
    with pytest.raises(InputError, match="another study area"):
        open_ensemble(str(tmp_path), {**other, "mask": "04"}, [])
    (tmp_path / "C1_2020.tif").unlink()  # the user emptied the folder but for the list
    assert open_ensemble(str(tmp_path), {**other, "mask": "04"}, []).entries == {}


def test_a_renamed_model_is_the_same_model(tmp_path):
    filled(tmp_path, "C1_2020")
    renamed = {**IDENTITY, "model": {"file": "renamed.carbonmodel", "blake2b": "01"}}
    assert list(open_ensemble(str(tmp_path), renamed, []).entries) == ["C1_2020"]


def test_other_inputs_are_refused_by_driver(tmp_path):
    made = filled(tmp_path, "C1_2020", "C1_2025")
    made.require_inputs({"C1_2020": {"TEM": "aa"}, "C1_2030": {"TEM": "zz"}})  # a year that is not there yet
    with pytest.raises(InputError, match=r"TEM \(C1_2020 and 1 more\)"):
        made.require_inputs({"C1_2020": {"TEM": "bb"}, "C1_2025": {"TEM": "bb"}})


@pytest.mark.parametrize(
    "content, message",
    [
        (b"{", "damaged or another program's"),
        (b"[1]", "damaged or another program's"),
        (b'{"format": "other"}', "another program's"),
        (b"\xff\xfe", "damaged"),
        (b'{"format": "carbon-ensemble", "format_version": 9}', "newer version"),
        (b'{"format": "carbon-ensemble", "format_version": 1, "rasters": [], "sources": {}}', "list of rasters"),
        (b'{"format": "carbon-ensemble", "format_version": 1, "sources": {}, "rasters": {"a": {"inputs": {}, '
         b'"totals": {}, "files": {"DENSITY": {"file": "../x.tif", "bytes": 1, "blake2b": ""}}}}}', "list of rasters"),
    ],
)  # fmt: skip
def test_a_state_that_cannot_be_trusted(tmp_path, content, message):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_ensemble(str(tmp_path), IDENTITY, [])
    open_ensemble(str(tmp_path), IDENTITY, [], overwrite=True).begin()
    assert read_state(str(tmp_path))["rasters"] == {}


def test_rasters_without_a_list_are_not_overwritten(tmp_path):
    (tmp_path / "C1_2020.tif").write_bytes(b"mine")
    with pytest.raises(InputError, match="holds 'C1_2020.tif' but no ensemble.json"):
        open_ensemble(str(tmp_path), IDENTITY, ["C1_2020.tif"])
    assert [path.name for path in tmp_path.iterdir()] == ["C1_2020.tif"]


def test_from_scratch_deletes_what_the_list_names_and_nothing_else(tmp_path):
    filled(tmp_path, "C1_2020")
    (tmp_path / "C1_2020.qml").write_text("style")
    (tmp_path / "mine.tif").write_bytes(b"mine")
    made = open_ensemble(str(tmp_path), {**IDENTITY, "align": True}, ["C1_2020.tif"], overwrite=True)
    assert made.entries == {} and (tmp_path / "C1_2020.tif").exists()  # until everything else has been checked
    made.begin()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, "mine.tif"]


def test_no_ensemble(tmp_path):
    with pytest.raises(InputError, match="is no ensemble of 'Run scenarios'"):
        read_state(str(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        open_ensemble(str(tmp_path / "file"), IDENTITY, [])


def test_an_input_is_read_again_only_if_it_changed(tmp_path):
    source = tmp_path / "in.tif"
    source.write_bytes(b"one")
    made = Ensemble(str(tmp_path), IDENTITY)
    first = made.source_digest(str(source))
    made.sources[str(source)][2] = "known"
    assert made.source_digest(str(source)) == "known"
    source.write_bytes(b"other")
    assert made.source_digest(str(source)) not in (first, "known")


def test_a_cancel_stops_the_verification(tmp_path):
    made = filled(tmp_path, "C1_2020")

    class Stop(Silent):
        def cancelled(self):
            return True

    with pytest.raises(Cancelled):
        made.verified(["C1_2020"], ["DENSITY"], Stop())
    assert digest(str(tmp_path / "C1_2020.tif")) == made.entries["C1_2020"]["files"]["DENSITY"]["blake2b"]


@pytest.mark.parametrize(
    "part, value",
    [
        ("cells", None), ("cells", 0), ("cells", 1.5), ("cells", True), ("area_km2", 0), ("area_km2", "6"),
        ("area_km2", 10**400), ("mean_t_C_ha", None), ("mean_t_C_ha", float("nan")), ("mean_t_C_ha", float("inf")),
        ("outside", 7), ("outside", -1), ("below", [1, 1]), ("below", []), ("above", ["0"]), ("above", 5),
        ("range_t_C_ha", [1]), ("range_t_C_ha", [1, None]), ("inside_km2", "x"), ("interval_width_t_C_ha", []),
    ],
)  # fmt: skip
def test_forged_totals_are_refused_by_name(tmp_path, part, value):
    made = filled(tmp_path, "C1_2020", "C1_2025")
    content = json.loads((tmp_path / FILE).read_text())
    content["rasters"]["C1_2020"]["totals"][part] = value
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(InputError, match="ensemble.json' is damaged"):
        open_ensemble(str(tmp_path), made.identity, [])


def test_forged_totals_without_a_number(tmp_path):
    made = filled(tmp_path, "C1_2020")
    text = (tmp_path / FILE).read_text()
    for name in ("cells", "area_km2", "mean_t_C_ha", "outside", "below", "above", "range_t_C_ha"):
        content = json.loads(text)
        del content["rasters"]["C1_2020"]["totals"][name]
        (tmp_path / FILE).write_text(json.dumps(content))
        with pytest.raises(InputError, match="ensemble.json' is damaged: its list of rasters cannot be read"):
            open_ensemble(str(tmp_path), made.identity, [])
