"""Runs by the buttons of the dialog: layers arrive styled, the report is in the Results Viewer, Cancel cancels."""

import re
import shutil

import pytest
from osgeo import gdal


@pytest.fixture
def stock_parameters(sample):
    """The carbon stock of Plum Island at two dates; outputs as the dialog proposes them."""
    data = sample / "plum_island"
    return {
        "LANDCOVER": str(data / "landcover_1985.tif"), "YEAR": 1985, "POOLS": str(data / "pools.csv"),
        "LANDCOVER_ALT": str(data / "landcover_1999.tif"), "YEAR_ALT": 1999,
    }  # fmt: skip


def test_layers_arrive_styled_and_the_report_is_in_the_viewer(desktop, stock_parameters):
    run = desktop("running", "run", algorithm="carbon:carbonstock", parameters=stock_parameters)
    assert run["ok"], run["log"]
    layers = {layer["title"]: layer for layer in run["layers"]}
    assert set(layers) == {
        "Total carbon density (t C/ha)", "Total carbon density, second date (t C/ha)",
        "Change of carbon density (t C/ha)", "Stock by class", "Transitions",
    }  # fmt: skip
    assert all(layer["valid"] for layer in layers.values())
    assert {tuple(layer["groups"]) for layer in layers.values()} == {
        ("Carbon - Carbon stock by land-cover class (InVEST)",)
    }
    rasters = [layer for layer in layers.values() if layer["raster"]]
    assert {layer["renderer"] for layer in rasters} == {"singlebandpseudocolor"}
    assert all(len(layer["legend"]) >= 2 for layer in rasters)
    (page,) = run["pages"]
    assert page == ["Report: Carbon stock by land-cover class (InVEST)", run["results"]["REPORT"]]
    assert run["viewer"].startswith(page[0])
    assert "Results:" in run["log"] and "STOCK_TG" in run["log"]


def test_cancel_stops_a_long_run_and_leaves_the_old_output_whole(inside, sample, tmp_path):
    """Hundreds of millions of cells: Cancel comes while blocks are computed."""
    landcover, folder = tmp_path / "landcover.tif", tmp_path / "made"
    folder.mkdir()
    inside("running", "sparse_landcover", path=str(landcover), side=20_000).check()
    old = b"an old result"
    (folder / "total.tif").write_bytes(old)
    parameters = {
        "LANDCOVER": str(landcover), "YEAR": 2000, "POOLS": str(sample / "plum_island" / "pools.csv"),
        "TOTAL": str(folder / "total.tif"), "TABLE": str(folder / "table.csv"), "REPORT": str(folder / "report.html"),
    }  # fmt: skip
    result = inside("running", "cancel", algorithm="carbon:carbonstock", parameters=parameters)
    end = result.value
    assert result.script_error is None and not result.python_errors and not result.message_boxes
    assert not end["ok"]
    assert end["percent"][-1] < 90, "the run was over before Cancel could be clicked"
    # QGIS itself ends with 100 %; until then the run must not go on for long.
    assert all(percent < 95 for percent in end["percent_after"][:-1])
    message = "Cancelled. Nothing was written; earlier outputs are unchanged."
    assert message in end["log"] and result.critical == ["Processing: " + message]
    assert end["run"], "Run can be clicked again"
    assert end["layers"] == []
    assert [path.name for path in folder.iterdir()] == ["total.tif"]
    assert (folder / "total.tif").read_bytes() == old


def test_a_value_that_cannot_work_is_told_in_one_box(inside, stock_parameters, tmp_path):
    parameters = dict(stock_parameters, POOLS=str(tmp_path / "absent.csv"))
    result = inside("running", "run", algorithm="carbon:carbonstock", parameters=parameters)
    (box,) = result.message_boxes
    assert box.startswith("Unable to execute algorithm: Carbon pools by class (table) (POOLS): there is no file ")
    assert box.endswith("absent.csv'.")
    assert not result.python_errors and not result.critical


def contents(folder):
    """Names and bytes of what lies in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_nothing_appears_beside_the_rasters_that_are_chosen_as_files(desktop, sample, tmp_path):
    """QGIS would compute statistics for the layers that it makes of them, and GDAL keep those; in a VRT itself."""
    data, given = sample / "plum_island", tmp_path / "given"
    given.mkdir()
    shutil.copy(data / "landcover_1985.tif", given / "first.tif")
    gdal.Translate(str(given / "second.vrt"), str(data / "landcover_1999.tif"), format="VRT")
    before = contents(given)
    parameters = {
        "LANDCOVER": str(given / "first.tif"), "YEAR": 1985, "POOLS": str(data / "pools.csv"),
        "LANDCOVER_ALT": str(given / "second.vrt"), "YEAR_ALT": 1999,
    }  # fmt: skip
    run = desktop("running", "run", algorithm="carbon:carbonstock", parameters=parameters)
    assert run["ok"], run["log"]
    # QGIS writes its values into the log and the history.
    assert all("'{}'".format(given / name) in run["log"] for name in before)
    assert contents(given) == before


def test_a_raster_that_names_a_server_calls_nobody(inside, stock_parameters, listener, tmp_path):
    port, callers = listener
    gdal.Translate(str(tmp_path / "forged.vrt"), stock_parameters["LANDCOVER"], format="VRT")
    text = (tmp_path / "forged.vrt").read_text(encoding="utf-8")
    address = "/vsicurl/http://127.0.0.1:{}/x.tif".format(port)
    forged = re.sub("<SourceFilename.*</SourceFilename>", "<SourceFilename>" + address + "</SourceFilename>", text)
    assert address in forged
    (tmp_path / "forged.vrt").write_text(forged, encoding="utf-8")
    parameters = dict(stock_parameters, LANDCOVER=str(tmp_path / "forged.vrt"))
    result = inside("running", "run", algorithm="carbon:carbonstock", parameters=parameters)
    (box,) = result.message_boxes
    assert "forged.vrt' leads to the network: it names '" + address in box
    assert not callers and not result.python_errors


@pytest.mark.slow
def test_the_main_chain_runs_from_its_dialog(desktop, sample, tmp_path):
    data, folder = sample / "plum_island", tmp_path / "made"
    folder.mkdir()
    parameters = {
        "LANDCOVER_START": str(data / "landcover_1985.tif"), "YEAR_START": 1985,
        "LANDCOVER_MIDDLE": str(data / "landcover_1991.tif"), "YEAR_MIDDLE": 1991,
        "LANDCOVER_END": str(data / "landcover_1999.tif"), "YEAR_END": 1999, "POOLS": str(data / "pools.csv"),
        "DRIVERS": [str(data / (name + ".tif")) for name in ("elevation", "slope", "distance_built_1985")],
        "stack:STACK": str(folder / "drivers.tif"), "drivers:INTERACTIONS": str(folder / "pairs.csv"),
    }  # fmt: skip
    run = desktop("running", "run", algorithm="carbon:landcovertodrivers", parameters=parameters)
    assert run["ok"], run["log"]
    titles = {layer["title"] for layer in run["layers"]}
    assert {"Carbon accumulation rate (t C/km2/yr)", "Sinks and sources", "q of each driver"} <= titles
    styles = {layer["title"]: layer["renderer"] for layer in run["layers"] if layer["raster"]}
    assert styles["Carbon accumulation rate (t C/km2/yr)"] == "singlebandpseudocolor"
    assert styles["Sinks and sources"] == "paletted"
    assert len(run["pages"]) == 3
    # From the top of the layer tree: the result, what it was made from, and last, without its tick, the driver stack.
    maps = [layer["title"] for layer in run["layers"] if layer["raster"]]
    assert maps == [
        "Carbon accumulation rate (t C/km2/yr)", "Sinks and sources", "Carbon density at the start (t C/ha)",
        "Carbon density at the end (t C/ha)", "drivers",
    ]  # fmt: skip
    assert [layer["title"] for layer in run["layers"] if not layer["shown"]] == ["drivers"]
    # QGIS names a layer after the file that the user chose.
    assert {"drivers", "pairs"} <= titles
