"""Driver table, scenario matrix, run of an ensemble and its charts as a user meets them."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "core"))
from ensemble_region import GROUPS, PATHWAYS, train, write_drivers, write_raster  # noqa: E402

from tests.algorithms.workshop import table_rows

SIDE = 40
YEARS = (2020, 2030)
SSP = ", ".join(PATHWAYS)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """Drivers below `drivers/`, their table and a small forest."""
    folder = tmp_path_factory.mktemp("province")
    write_drivers(folder, SIDE, YEARS)
    train(folder, SIDE, trees=4)
    return folder


def ensemble(province, tmp_path, **changes):
    return {
        "DRIVER_TABLE": str(province / "drivers.csv"), "MODEL": str(province / "forest.carbonmodel"), "GROUPS": GROUPS,
        "PATHWAYS": SSP, "ENSEMBLE": str(tmp_path / "ensemble"), "TOTALS": str(tmp_path / "totals.csv"), **changes,
    }  # fmt: skip


def test_a_driver_table_of_a_folder_is_what_run_scenarios_reads(run_algorithm, province, tmp_path):
    table = province / "found.csv"
    found = run_algorithm("drivertable", {
        "FOLDER": str(province / "drivers"), "PATTERN": "{variable}_{scenario}_{year}.tif; {variable}.tif",
        "DRIVER_TABLE": str(table), "COVERAGE": str(tmp_path / "grid.csv"), "REPORT": str(tmp_path / "r.html"),
        "FIGURES": str(tmp_path / "figures"), "UNITS": ["PD", "1/km2", "1", ""],
    })  # fmt: skip
    assert found["FILES"] == 26 and found["MISSING"] == 0
    made = table_rows(table)
    assert {row["path"].split("/")[0] for row in made} == {"drivers"}  # relative to the table
    assert {row["unit"] for row in made if row["variable"] == "PD"} == {"1/km2"}
    assert "nothing is missing" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (tmp_path / "figures" / "coverage.svg").exists()
    done = run_algorithm("runscenarios", ensemble(province, tmp_path, DRIVER_TABLE=str(table), YEARS="2030"))
    assert done["COMPUTED"] == 21


def test_the_grid_of_what_is_missing(run_algorithm, tmp_path, feedback):
    for name in ("TEM_SSP126_2020", "TEM_SSP126_2025", "TEM_SSP585_2025", "DEM"):
        write_raster(str(tmp_path / "in" / (name + ".tif")), np.ones((3, 3), "f4"))
    found = run_algorithm("drivertable", {
        "FOLDER": str(tmp_path / "in"), "DRIVER_TABLE": str(tmp_path / "elsewhere.csv"), "VARIABLES": "TEM, DEM, PD",
        "YEARS": "2020,2025,5", "COVERAGE": str(tmp_path / "grid.csv"), "REPORT": str(tmp_path / "r.html"),
        "PATTERN": "{variable}_{scenario}_{year}.tif;{variable}.tif",
    })  # fmt: skip
    grid = {(row["variable"], row["scenario"]): row for row in table_rows(tmp_path / "grid.csv")}
    assert found["MISSING"] == 1 + 4 and grid["TEM", "SSP585"]["y2020"] == "0" and grid["DEM", "SSP585"]["y2020"] == "1"
    assert grid["PD", "SSP126"]["missing"] == "2"
    assert "TEM / SSP585 / 2020" in feedback.text
    assert "5 of the 12 combinations" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"PATTERN": "{variable}-{scenario}-{year}.tif"}, "No file in .* matches"),
        ({"PATTERN": "{scenario}.tif"}, "must hold {variable}"),
        ({"YEARS": "2020 to 2060"}, "'2020 to 2060' is not understood as years"),
        ({"UNITS": ["XX", "mm", "", ""]}, "A unit is given for 'XX', but no file of that variable was found"),
        ({"UNITS": ["TEM", "degC", "0", ""]}, "scale of 'TEM' is 0"),
    ],
)
def test_driver_table_refusals(run_algorithm, province, tmp_path, changes, message):
    given = {"FOLDER": str(province / "drivers"), "PATTERN": "{variable}_{scenario}_{year}.tif",
             "DRIVER_TABLE": str(tmp_path / "t.csv"), **changes}  # fmt: skip
    with pytest.raises(QgsProcessingException, match=message):
        run_algorithm("drivertable", given)
    assert not (tmp_path / "t.csv").exists()


def test_scenario_matrix(run_algorithm, refusal, tmp_path):
    made = str(tmp_path / "m.csv")
    found = run_algorithm("scenariomatrix", {"TABLE": made})
    assert (found["ROWS"], found["RUNS"]) == (27, 21)
    assert sum(int(row["first_occurrence"]) for row in table_rows(made)) == 21
    found = run_algorithm("scenariomatrix", {"DESIGN": "factorial", "PATHWAYS": "a, b", "TABLE": made})
    assert (found["ROWS"], found["RUNS"]) == (8, 8)
    assert "two groups 'a'" in refusal("scenariomatrix", GROUPS="a: X; a: Y")
    assert "No pathway" in refusal("scenariomatrix", PATHWAYS=" , ")


def test_an_ensemble_and_its_charts(run_algorithm, province, tmp_path, feedback):
    given = ensemble(province, tmp_path, REPORT=str(tmp_path / "r.html"), SETS=str(tmp_path / "sets.csv"),
                     BIAS=str(tmp_path / "bias.csv"), DRIVERS=str(tmp_path / "means.csv"))  # fmt: skip
    found = run_algorithm("runscenarios", given)
    assert (found["RUNS"], found["COMPUTED"], found["KEPT"]) == (21, 42, 0)
    made = table_rows(given["TOTALS"])
    assert len(made) == 42 and len(table_rows(given["SETS"])) == 54 and len(table_rows(given["BIAS"])) == 2 + 4 * 3
    folder = tmp_path / "ensemble"
    with rasterio.open(folder / "C1A2P1_2030.tif") as raster:
        band = raster.read(1, masked=True)
        assert raster.units == ("t C/ha",) and raster.tags()["CARBON_SCENARIO"] == "C1A2P1"
        assert raster.tags()["CARBON_PATHWAYS"] == "climate: SSP126; AGPP: SSP245; population: SSP126"
    (row,) = [row for row in made if (row["run"], row["year"]) == ("C1A2P1", "2030")]
    assert float(row["total_t_C"]) == pytest.approx(float(band.astype(float).sum()) * 100, rel=1e-6)  # 1 km2 = 100 ha
    assert (folder / "C1A2P1_2030.qml").exists() and json.loads((folder / "ensemble.json").read_text())["rasters"]
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "21 distinct runs" in page and "CDS" in page
    again = run_algorithm("runscenarios", given)
    assert (again["COMPUTED"], again["KEPT"]) == (0, 42) and "42 of 42 runs and years were complete" in feedback.text

    charts = run_algorithm("scenariocharts", {
        "TOTALS": given["TOTALS"], "ENSEMBLE": str(folder), "DRIVER_TABLE": given["DRIVER_TABLE"],
        "LINES": str(tmp_path / "lines.csv"), "DRIVERS": str(tmp_path / "curves.csv"),
        "REPORT": str(tmp_path / "c.html"), "FIGURES": str(tmp_path / "figures"),
    })  # fmt: skip
    assert charts["SETS"] == 3 and len(table_rows(tmp_path / "lines.csv")) == 27
    drawn = {name for name in os.listdir(tmp_path / "figures") if name.endswith(".svg")}
    assert {"trend-cds.svg", "trend-pvs.svg", "trend-pps.svg", "drivers.svg", "maps-cds-2020.svg"} <= drawn
    curves = {(r["variable"], r["pathway"], r["year"]): float(r["mean"]) for r in table_rows(tmp_path / "curves.csv")}
    assert curves["TEM", "SSP585", "2030"] - curves["TEM", "SSP585", "2020"] == pytest.approx(0.3, abs=1e-4)


def test_land_cover_rows_are_computed_beside_the_forest(run_algorithm, province, tmp_path):
    cover = np.where(np.arange(SIDE) < SIDE // 2, 1, 2)[None, :].repeat(SIDE, 0).astype("u1")
    write_raster(str(province / "drivers" / "LC.tif"), cover, dtype="uint8", nodata=255)
    lines = (province / "drivers.csv").read_text(encoding="utf-8") + "LANDCOVER,*,*,drivers/LC.tif\n"
    (province / "with_cover.csv").write_text(lines, encoding="utf-8")
    pools = tmp_path / "pools.csv"
    pools.write_text("lucode,LULC_name,c_above,c_below,c_soil,c_dead\n1,crop,5,1,40,0\n2,wood,80,20,60,5\n")
    given = ensemble(province, tmp_path, DRIVER_TABLE=str(province / "with_cover.csv"), POOLS=str(pools), YEARS="2030",
                     TABLE_STOCK=str(tmp_path / "stock.csv"))  # fmt: skip
    run_algorithm("runscenarios", given)
    stock = table_rows(tmp_path / "stock.csv")
    expected = SIDE * SIDE / 2 * 100 * (46 + 165)
    assert [float(row["table_stock_t_C"]) for row in stock] == pytest.approx([expected] * 3)
    with_stock = {row["run"] for row in table_rows(given["TOTALS"]) if row["table_stock_t_C"]}
    assert with_stock == {"C1A1P1", "C2A2P2", "C5A5P5"}


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"GROUPS": "climate: PRE, TEM; AGPP: AGPP; population: XX"}, "names 'XX', which the model was not trained"),
        ({"PATHWAYS": "SSP126, SSP370"}, "declares no scenario 'SSP370'. It has: SSP126, SSP245, SSP585"),
        ({"YEARS": "2020,2040,10"}, "PRE / SSP126 / 2040"),
        ({"YEARS": "2040,2020,10"}, "do not go from the first to the last"),
        ({"GROUPS": "climate: PRE, TEM; AGPP: AGPP"}, "rows of 'PD' differ by scenario, but no group names it"),
        ({"POOLS": "pools"}, "has no variable 'LANDCOVER'"),
        ({"MODEL": "broken"}, "is not a model bundle"),
    ],
)
def test_run_refusals(run_algorithm, province, tmp_path, changes, message):
    if "POOLS" in changes:
        (tmp_path / "pools.csv").write_text("lucode,c_above,c_below,c_soil,c_dead\n1,5,1,40,0\n")
        changes = {"POOLS": str(tmp_path / "pools.csv")}
    if "MODEL" in changes:
        (tmp_path / "broken.carbonmodel").write_text("no zip")
        changes = {"MODEL": str(tmp_path / "broken.carbonmodel")}
    with pytest.raises(QgsProcessingException, match=message):
        run_algorithm("runscenarios", ensemble(province, tmp_path, **changes))
    assert not (tmp_path / "ensemble").exists()


def test_another_model_is_refused_and_nothing_is_mixed(run_algorithm, refusal, province, tmp_path):
    run_algorithm("runscenarios", ensemble(province, tmp_path, YEARS="2020"))
    before = {name: (tmp_path / "ensemble" / name).read_bytes() for name in os.listdir(tmp_path / "ensemble")}
    other = train(tmp_path, SIDE, trees=3, name="other.carbonmodel")
    message = refusal("runscenarios", **ensemble(province, tmp_path, YEARS="2020", MODEL=other))
    assert "model 'forest.carbonmodel' instead of 'other.carbonmodel'" in message and "Start from scratch" in message
    assert before == {name: (tmp_path / "ensemble" / name).read_bytes() for name in os.listdir(tmp_path / "ensemble")}
    found = run_algorithm("runscenarios", ensemble(province, tmp_path, YEARS="2020", MODEL=other, OVERWRITE=True))
    assert found["COMPUTED"] == 21


def test_cancel_keeps_what_is_complete(run_algorithm, province, tmp_path, make_feedback):
    stopped = make_feedback(cancel_at=70)
    with pytest.raises(QgsProcessingException, match="of 42 runs and years are complete.*run again") as caught:
        run_algorithm("runscenarios", ensemble(province, tmp_path), feedback=stopped)
    names = os.listdir(tmp_path / "ensemble")
    kept = len([name for name in names if name.endswith(".tif")])
    assert "{} of 42".format(kept) in str(caught.value) and not [name for name in names if name[0] == "."]
    assert not (tmp_path / "totals.csv").exists()
    found = run_algorithm("runscenarios", ensemble(province, tmp_path))
    assert (found["COMPUTED"], found["KEPT"]) == (42 - kept, kept)


def test_charts_refuse_another_table(refusal, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("run,year\nC1,2020\n")
    message = refusal("scenariocharts", TOTALS=str(path))
    assert "it lacks the columns total_t_C, pathway_" in message
