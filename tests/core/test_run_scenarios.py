"""Ensembles: 21 runs and not 27, equal to single predictions, resumed after a kill, refused where they do not fit."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ensemble_region import GROUPS, PATHWAYS, STATIC, train, write_drivers, write_raster, write_table  # noqa: E402

from carbon_qgis.core import run_scenarios as stage  # noqa: E402
from carbon_qgis.core import scenario_batch  # noqa: E402
from carbon_qgis.core.errors import Cancelled, InputError, OutputError, TableError, UnitError  # noqa: E402
from carbon_qgis.core.forest import read_forest  # noqa: E402
from carbon_qgis.core.outputs import OutputSet  # noqa: E402
from carbon_qgis.core.pools import read_pools  # noqa: E402
from carbon_qgis.core.predict_forest import predict_forest  # noqa: E402
from carbon_qgis.core.raster.settings import EngineSettings  # noqa: E402
from carbon_qgis.core.run_scenarios import run_scenarios  # noqa: E402
from carbon_qgis.core.scenario_matrix import FACTORIAL, parse_groups  # noqa: E402
from carbon_qgis.core.scenario_plan import Design, make_plan, parse_years  # noqa: E402
from carbon_qgis.core.scenario_table import read_scenario_table  # noqa: E402

SIDE = 48
YEARS = (2020, 2030)
DESIGN = Design(parse_groups(GROUPS), PATHWAYS)
ONE = EngineSettings(threads=1)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    folder = tmp_path_factory.mktemp("province")
    write_drivers(folder, SIDE, YEARS)
    train(folder, SIDE, trees=5)
    return folder


@pytest.fixture(scope="module")
def forest(province):
    return read_forest(str(province / "forest.carbonmodel"))


@pytest.fixture
def run(province, forest):
    def compute(folder, design=DESIGN, table="drivers.csv", **options):
        made = read_scenario_table(str(province / table))
        model = options.pop("model", str(province / "forest.carbonmodel"))
        return run_scenarios(made, options.pop("forest", forest), model, str(folder), design, **options)

    return compute


@pytest.fixture(scope="module")
def complete(province, forest, tmp_path_factory):
    """An ensemble that was never stopped."""
    folder = tmp_path_factory.mktemp("complete")
    table = read_scenario_table(str(province / "drivers.csv"))
    return run_scenarios(table, forest, str(province / "forest.carbonmodel"), str(folder), DESIGN)


def rasters(folder):
    return {name: Path(folder, name).read_bytes() for name in sorted(os.listdir(folder)) if name.endswith(".tif")}


def alter(province, changes, name="other.csv"):
    """A copy of the driver table with lines replaced by `changes(line) -> line, lines or None`."""
    lines = (province / "drivers.csv").read_text(encoding="utf-8").splitlines()
    made = [line for old in lines for line in [changes(old)] if line is not None]
    (province / name).write_text("\n".join(made) + "\n", encoding="utf-8")
    return name


def test_21_runs_and_not_27(complete):
    assert (complete.computed, complete.kept) == (42, 0)
    assert len(rasters(complete.folder)) == 42 == len(complete.totals.rows)
    assert len(complete.sets.rows) == 54
    run = {row["run"]: row["sets"] for row in complete.totals.as_dicts()}
    assert run["C1A1P1"] == "CDS;PVS;PPS" and run["C1A1P5"] == "PPS" and run["C5A1P1"] == "CDS"
    by_run = {(row["run"], row["year"]): row["total_t_C"] for row in complete.totals.as_dicts()}
    for row in complete.sets.as_dicts():
        assert row["total_t_C"] == by_run[row["run"], row["year"]]


def test_a_run_equals_its_own_prediction(province, forest, complete, tmp_path):
    """Independent of the ensemble: a driver stack of one run, predicted by the stage for single stacks."""
    paths = {"NDVI": "NDVI", "DEM": "DEM", "PRE": "PRE_SSP126_2030", "TEM": "TEM_SSP126_2030",
             "AGPP": "AGPP_SSP245_2030", "PD": "PD_SSP126_2030"}  # fmt: skip
    stack = str(tmp_path / "stack.tif")
    bands, profile = [], None
    for name, file in paths.items():
        with rasterio.open(province / "drivers" / (file + ".tif")) as source:
            bands.append((name, source.read(1), source.units[0]))
            profile = source.profile
    with rasterio.open(stack, "w", **{**profile, "count": len(bands)}) as made:
        for index, (name, values, unit) in enumerate(bands, 1):
            made.write(values, index)
            made.set_band_description(index, name)
            made.set_band_unit(index, unit)
    alone = str(tmp_path / "alone.tif")
    with OutputSet([stack]) as outputs:
        single = predict_forest(stack, forest, outputs, {"DENSITY": alone}, year=2030)
    (row,) = [r for r in complete.totals.as_dicts() if (r["run"], r["year"]) == ("C1A2P1", 2030)]
    assert row["total_Tg_C"] == pytest.approx(single.total, rel=1e-12) and row["cells"] == single.cells
    assert row["outside_percent"] == pytest.approx(100 * single.outside_share)
    assert [row["pathway_climate"], row["pathway_AGPP"], row["pathway_population"]] == ["SSP126", "SSP245", "SSP126"]
    with rasterio.open(alone) as one, rasterio.open(Path(complete.folder, row["file"])) as two:
        np.testing.assert_array_equal(one.read(1), two.read(1))
        assert two.tags()["CARBON_YEAR"] == "2030" and two.units == ("t C/ha",)


def test_runs_differ_where_their_drivers_do(complete):
    at = {(row["run"], row["year"]): row["total_t_C"] for row in complete.totals.as_dicts()}
    # All pathways begin at the present; later hotter climates hold less carbon and productive land more.
    assert len({at[run.id, 2020] for run in complete.matrix.runs}) == 1
    assert len({at[run.id, 2030] for run in complete.matrix.runs}) > 10


def test_blocks_threads_and_batches_change_nothing(run, complete, tmp_path, monkeypatch):
    monkeypatch.setattr(scenario_batch, "BATCH_PREDICTIONS", 5 * SIDE * SIDE)
    other = run(tmp_path, settings=EngineSettings(memory_mb=1, threads=3))
    assert rasters(tmp_path) == rasters(complete.folder)
    assert other.totals.rows == complete.totals.rows


def test_several_tiles(province, forest, run, tmp_path):
    """More than one window: sums and rasters equal those of the whole arrays."""
    write_drivers(tmp_path, 300, (2020,))
    made = run_scenarios(
        read_scenario_table(str(tmp_path / "drivers.csv")), forest, str(province / "forest.carbonmodel"),
        str(tmp_path / "out"), Design(parse_groups("climate: PRE, TEM, AGPP, PD"), PATHWAYS[:1]),
    )  # fmt: skip
    (row,) = made.totals.as_dicts()
    with rasterio.open(tmp_path / "out" / row["file"]) as raster:
        values = raster.read(1, masked=True)
    assert values.count() == row["cells"] == 300 * 300 - 37 * 37
    planes = []
    for name in forest.names:
        file = name if name in STATIC else name + "_SSP126_2020"
        with rasterio.open(tmp_path / "drivers" / (file + ".tif")) as source:
            planes.append(source.read(1)[~values.mask])
    whole = forest.predict(np.column_stack(planes).astype(float))
    np.testing.assert_array_equal(values.compressed(), whole.astype("f4"))
    assert row["total_t_C"] == pytest.approx(whole.sum() * 100, rel=1e-12)


SCRIPT = """
import os, signal, sys
sys.path[:0] = {paths!r}
from carbon_qgis.core import ensemble, scenario_batch
from carbon_qgis.core.forest import read_forest
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.run_scenarios import run_scenarios
from carbon_qgis.core.scenario_matrix import parse_groups
from carbon_qgis.core.scenario_plan import Design
from carbon_qgis.core.scenario_table import read_scenario_table
from ensemble_region import GROUPS, PATHWAYS
scenario_batch.BATCH_PREDICTIONS = 8 * {side} ** 2

class Progress:
    seen = 0
    def update(self, fraction, message=None):
        if message and message.startswith("Batch {batch} ") and fraction > {fraction}:
            os.kill(os.getpid(), signal.SIGKILL)
    def cancelled(self):
        return False

run_scenarios(read_scenario_table({table!r}), read_forest({model!r}), {model!r}, {folder!r},
              Design(parse_groups(GROUPS), PATHWAYS), progress=Progress(), settings=EngineSettings(threads=1))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_run_resumes_to_the_same_files(province, run, complete, tmp_path):
    here = Path(__file__).resolve()
    folder = tmp_path / "killed"
    script = SCRIPT.format(
        paths=[str(here.parents[2]), str(here.parent)], side=SIDE, batch=3, fraction=0.45,
        table=str(province / "drivers.csv"), model=str(province / "forest.carbonmodel"), folder=str(folder),
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    # Two whole batches are in place and listed; of the third there are temporaries only.
    listed = json.loads((folder / "ensemble.json").read_text(encoding="utf-8"))["rasters"]
    assert len(listed) == 16 == len([name for name in rasters(folder) if not name.startswith(".")])
    assert [name for name in os.listdir(folder) if name.startswith(".")]
    result = run(folder)
    assert (result.computed, result.kept) == (26, 16)
    assert rasters(folder) == rasters(complete.folder)
    assert result.totals.rows == complete.totals.rows and result.sets.rows == complete.sets.rows
    assert not [name for name in os.listdir(folder) if name.startswith(".")]
    state, other = (json.loads(Path(f, "ensemble.json").read_text(encoding="utf-8")) for f in (folder, complete.folder))
    assert state == other


def test_a_changed_raster_is_computed_again_and_said(run, tmp_path):
    design = Design(DESIGN.groups, PATHWAYS, years="2020")
    run(tmp_path, design)
    before = rasters(tmp_path)
    data = bytearray(before["C1A1P1_2020.tif"])
    data[-1] ^= 1
    (tmp_path / "C1A1P1_2020.tif").write_bytes(data)
    (tmp_path / "C5A5P5_2020.tif").unlink()
    result = run(tmp_path, design)
    assert (result.computed, result.kept) == (2, 19) and rasters(tmp_path) == before
    assert any("changed since they were written are computed again: C1A1P1_2020." in note for note in result.notes)


def test_more_years_and_the_factorial_go_into_the_same_folder(run, tmp_path):
    run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2020"))
    result = run(tmp_path, Design(DESIGN.groups, PATHWAYS, FACTORIAL))
    assert (result.computed, result.kept) == (27 * 2 - 21, 21) and len(result.totals.rows) == 54


def test_foreign_folders_are_refused_and_not_mixed(province, run, complete, tmp_path):
    before = rasters(complete.folder)
    other = train(tmp_path, SIDE, trees=3)
    with pytest.raises(InputError, match="another model of the same name"):
        run(complete.folder, model=other, forest=read_forest(other))
    with pytest.raises(InputError, match="made with pathways"):
        run(complete.folder, Design(DESIGN.groups, PATHWAYS[:2]))
    table = alter(province, lambda line: line.replace("TEM_SSP585_2030", "TEM_SSP245_2030"))
    with pytest.raises(InputError, match="other files or rows of a driver table than given now: TEM"):
        run(complete.folder, table=table)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "C1A1P1_2020.tif").write_bytes(b"mine")
    with pytest.raises(InputError, match="no ensemble.json"):
        run(tmp_path / "mine")
    assert rasters(complete.folder) == before and (tmp_path / "mine" / "C1A1P1_2020.tif").read_bytes() == b"mine"


def test_missing_files_are_listed(province, run, tmp_path):
    gone = ("TEM,SSP585,2030", "PD,SSP126,2020")
    table = alter(province, lambda line: None if line.startswith(gone) else line)
    with pytest.raises(TableError) as caught:
        run(tmp_path / "out", table=table)
    assert "TEM / SSP585 / 2030" in str(caught.value) and "PD / SSP126 / 2020" in str(caught.value)
    assert "2 problems" in str(caught.value) and not (tmp_path / "out").exists()
    table = alter(province, lambda line: None if line.startswith("DEM") else line)
    with pytest.raises(TableError, match="lacks 'DEM' that the model was trained with"):
        run(tmp_path, table=table)
    table = alter(province, lambda line: line.replace("DEM,*,*", "DEM,*,2020"))
    with pytest.raises(TableError, match=r"DEM / \* / 2030"):
        run(tmp_path, table=table)


def test_what_does_not_fit_the_model(province, run, tmp_path):
    with pytest.raises(TableError, match="declares no scenario 'SSP370'"):
        run(tmp_path, Design(DESIGN.groups, ("SSP126", "SSP370")))
    with pytest.raises(InputError, match="group 'soil' names 'SM', which the model was not trained with"):
        run(tmp_path, Design(parse_groups(GROUPS + "; soil: SM"), PATHWAYS))
    with pytest.raises(InputError, match="'PD' differ by scenario, but no group names it"):
        run(tmp_path, Design(parse_groups("climate: PRE, TEM; AGPP: AGPP"), PATHWAYS))
    header = lambda line: line + (",unit" if line.startswith("variable") else ",K" if line.startswith("TEM") else ",")  # noqa: E731
    with pytest.raises(UnitError) as caught:
        run(tmp_path, table=alter(province, header))
    # Every row, not the first one.
    said = str(caught.value).splitlines()
    assert said[0] == "The driver table, by the units of the model, has 6 problems:" and len(said) == 8
    assert all(line.startswith("line ") and "K, but the model was trained on degC" in line for line in said[1:7])
    assert "(TEM / SSP585 / 2030)" in said[6] and "Convert these rasters" in said[7]
    table = alter(province, lambda line: line + "\nSM,*,*,drivers/DEM.tif" if line.startswith("DEM") else line)
    forest = read_forest(str(province / "forest.carbonmodel"))
    plan = make_plan(read_scenario_table(str(province / table)), forest, DESIGN)
    assert any("does not use: SM" in note for note in plan.notes)
    with pytest.raises(InputError, match="^Land cover of the driver table and a table of carbon pools are only of use"):
        run(tmp_path, pools=object())


def test_codes_are_read_as_they_are(province):
    """Land cover and classes: a scale, an offset or another band would make other codes of them."""
    def table(**changed):
        lines = {"variable": "band,scale,offset"}
        lines.update(changed)
        more = lambda line: next((text for start, text in lines.items() if line.startswith(start)), ",,")  # noqa: E731
        name = alter(province, lambda line: line + "," + more(line))
        path = province / name
        path.write_text(path.read_text() + "LANDCOVER,*,*,drivers/DEM.tif," + lines.get("LANDCOVER", ",,") + "\n")
        return read_scenario_table(str(path))

    plain = read_forest(str(province / "forest.carbonmodel"))
    cover = Design(DESIGN.groups, PATHWAYS, landcover="LANDCOVER")
    for wrong in ("2,,", ",2,", ",,1"):
        with pytest.raises(TableError, match=r"Land cover is read from band 1 as it is, .*\n.*LANDCOVER / \* / \*"):
            make_plan(table(LANDCOVER=wrong), plain, cover)
    assert make_plan(table(), plain, cover).landcover["SSP126", 2020].plain
    classes = [replace(d, categorical=True, codes=(1, 2)) if d.name == "NDVI" else d for d in plain.drivers]
    for wrong in (",2,", ",,1"):
        with pytest.raises(TableError, match=r"Codes of classes take no scale and offset.*\n.*NDVI / \* / \*"):
            make_plan(table(NDVI=wrong), replace(plain, drivers=tuple(classes)), DESIGN)


def test_other_grids_are_listed_or_aligned(province, run, complete, tmp_path):
    fine = np.repeat(np.repeat(rasterio.open(province / "drivers" / "TEM_SSP126_2020.tif").read(1), 2, 0), 2, 1)
    write_raster(str(province / "drivers" / "fine.tif"), fine, "degC",
                 transform=rasterio.transform.from_origin(500000, 3700000, 500, 500))  # fmt: skip
    table = alter(province, lambda line: line.replace("drivers/TEM_SSP126_2020", "drivers/fine"))
    design = Design(DESIGN.groups, PATHWAYS, years="2020")
    with pytest.raises(TableError, match=r"TEM / SSP126 / 2020\): 96 x 96 cells of 500 x 500 "):
        run(tmp_path / "a", design, table)
    aligned = run(tmp_path / "b", Design(DESIGN.groups, PATHWAYS, years="2020", align=True), table)
    assert any("of other grids are aligned" in note for note in aligned.notes)
    # Averaged back, the fine raster is the coarse one.
    at = {row["run"]: row["total_t_C"] for row in complete.totals.as_dicts() if row["year"] == 2020}
    for row in aligned.totals.as_dicts():
        assert row["total_t_C"] == pytest.approx(at[row["run"]], rel=1e-9)


def test_scale_and_offset_of_the_table(province, run, complete, tmp_path):
    kelvin = {}
    for pathway in PATHWAYS:
        with rasterio.open(province / "drivers" / "TEM_{}_2030.tif".format(pathway)) as source:
            values = np.rint((source.read(1).astype(float) + 273.15) * 100)
        name = "drivers/K_{}.tif".format(pathway)
        write_raster(str(province / name), values, dtype="uint16", nodata=0)
        old = "TEM,{},2030,drivers/TEM_{}_2030.tif".format(pathway, pathway)
        kelvin[old] = "TEM,{},2030,{},0.01,-273.15,degC".format(pathway, name)
    more = {True: ",scale,offset,unit", False: ",,,"}
    table = alter(province, lambda line: kelvin.get(line, line + more[line.startswith("variable")]))
    made = run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2030"), table)
    at = {row["run"]: row["total_t_C"] for row in complete.totals.as_dicts() if row["year"] == 2030}
    for row in made.totals.as_dicts():
        assert row["total_t_C"] == pytest.approx(at[row["run"]], rel=2e-3)  # hundredths of a degree


def test_spellings_of_one_unit_are_one_unit(province, run, complete, tmp_path):
    units = {"TEM,SSP126": "celsius", "TEM,SSP245": "deg_C", "TEM,SSP585": "degC", "variable": "unit"}
    table = alter(province, lambda line: line + "," + next((u for k, u in units.items() if line.startswith(k)), ""))
    made = run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2020"), table)
    assert made.computed == 21 and not any("Units that cannot be compared" in note for note in made.notes)


def test_a_biased_driver_is_warned_of(province, run, complete, tmp_path):
    assert not any("starts away" in warning for warning in complete.warnings)
    with rasterio.open(province / "drivers" / "TEM_SSP585_2020.tif") as source:
        write_raster(str(province / "drivers" / "hot.tif"), source.read(1) + 3, "degC")
    table = alter(province, lambda line: line.replace("drivers/TEM_SSP585_2020", "drivers/hot"))
    made = run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2020"), table)
    assert any("TEM starts away from its training" in w and "(SSP585)" in w for w in made.warnings)
    assert any("TEM differs by pathway already in 2020" in warning for warning in made.warnings)
    (row,) = [r for r in made.bias.as_dicts() if (r["variable"], r["pathway"]) == ("TEM", "SSP585")]
    assert row["shift_sd"] == pytest.approx((row["mean"] - row["training_mean"]) / row["training_sd"])
    assert "sd from the training" in row["verdict"] and "above the training range" in row["verdict"]
    assert [r["verdict"] for r in complete.bias.as_dicts() if r["variable"] == "PRE"] == ["like the training"] * 3


def test_table_stock_of_the_land_cover(province, run, tmp_path):
    for number, pathway in enumerate(PATHWAYS):
        cover = np.full((SIDE, SIDE), 1, "u1")
        cover[: 10 * number] = 2
        write_raster(str(province / "drivers" / "LC_{}.tif".format(pathway)), cover, dtype="uint8", nodata=255)
    rows = ["LANDCOVER,{0},*,drivers/LC_{0}.tif".format(pathway) for pathway in PATHWAYS]
    table = alter(province, lambda line: line + "\n" + "\n".join(rows) if line.startswith("variable") else line)
    (tmp_path / "pools.csv").write_text("lucode,c_above,c_below,c_soil,c_dead\n1,5,1,40,0\n2,80,20,60,5\n")
    design = Design(DESIGN.groups, PATHWAYS, years="2030", landcover="LANDCOVER")
    made = run(tmp_path / "out", design, table, pools=read_pools(str(tmp_path / "pools.csv")))
    expected = [100 * SIDE * (46 * (SIDE - 10 * number) + 165 * 10 * number) for number in range(3)]
    assert made.stocks.column("table_stock_t_C") == pytest.approx(expected)
    assert made.stocks.column("run") == ["C1A1P1", "C2A2P2", "C5A5P5"]
    stock = {row["run"]: row["table_stock_t_C"] for row in made.totals.as_dicts()}
    assert stock["C5A5P5"] == pytest.approx(expected[2]) and stock["C1A1P5"] is None
    (tmp_path / "pools.csv").write_text("lucode,c_above,c_below,c_soil,c_dead\n1,5,1,40,0\n")
    before = rasters(tmp_path / "out")
    for where, options in (("other", {}), ("out", {"overwrite": True})):
        with pytest.raises(TableError, match="2"):
            run(tmp_path / where, design, table, pools=read_pools(str(tmp_path / "pools.csv")), **options)
    # 'Start from scratch' deletes nothing before all checks have passed, and a folder is bound by its first raster.
    assert len(before) == 21 and rasters(tmp_path / "out") == before and not (tmp_path / "other/ensemble.json").exists()


def test_intervals_and_applicability_on_request(run, tmp_path):
    design = Design(DESIGN.groups, PATHWAYS[:1], years="2020")
    made = run(tmp_path, design, kinds=("LOW", "HIGH", "APPLICABILITY", "CELL_CARBON"))
    assert sorted(rasters(tmp_path)) == [
        "C1A1P1_2020.tif", "C1A1P1_2020_applicability.tif", "C1A1P1_2020_cell_carbon.tif", "C1A1P1_2020_high.tif",
        "C1A1P1_2020_low.tif",
    ]  # fmt: skip
    (row,) = made.totals.as_dicts()
    with rasterio.open(tmp_path / "C1A1P1_2020_cell_carbon.tif") as raster:
        cells = raster.read(1, masked=True).astype(float)
    assert float(cells.sum()) == pytest.approx(row["total_t_C"], rel=1e-6)
    assert 0 < row["applicability_percent"] <= 100 and row["interval_width_t_C_ha"] > 0
    with pytest.raises(InputError, match="kinds of rasters"):
        run(tmp_path, design)


class Stopper:
    """Cancels once a batch is under way, and remembers what was said."""

    def __init__(self, batch):
        self.batch, self.said = batch, []

    def update(self, fraction, message=None):
        if message:
            self.said.append(message)

    def cancelled(self):
        return bool(self.said) and self.said[-1].startswith("Batch {} ".format(self.batch))


def test_a_cancel_keeps_what_is_complete(run, tmp_path):
    stop = Stopper(2)
    with pytest.raises(Cancelled, match="21 of 42 runs and years are complete.*same folder to go on"):
        run(tmp_path, progress=stop, settings=ONE)
    assert len(rasters(tmp_path)) == 21 and not [name for name in os.listdir(tmp_path) if name[0] == "."]
    assert "Batch 1 of 2, 2020: C1A1P1 … C5A5P2 (21 runs); 1 to go" in stop.said
    assert run(tmp_path).kept == 21


def test_batches_side_by_side(run, complete, tmp_path, monkeypatch):
    """One tile and four threads: four batches at a time, the same files; an error keeps what was done before it."""
    real, calls = stage.compute_batch, []

    def failing(batch, *args):
        calls.append(batch)
        if len(calls) > 4:  # one of the first four is done
            raise OutputError("The disk is full: 'x.tif' could not be written.")
        return real(batch, *args)

    monkeypatch.setattr(stage, "compute_batch", failing)
    monkeypatch.setattr(scenario_batch, "BATCH_PREDICTIONS", 5 * SIDE * SIDE)
    with pytest.raises(OutputError, match="The disk is full.* of 42 runs and years are complete"):
        run(tmp_path, settings=EngineSettings(threads=4))
    monkeypatch.undo()
    kept = len(rasters(tmp_path))
    assert 1 <= kept <= 20 and len(calls) >= 5
    said = []

    class Listener(Stopper):
        def update(self, fraction, message=None):
            said.append((fraction, message))

    result = run(tmp_path, settings=EngineSettings(threads=4), progress=Listener(-1))
    assert (result.kept, result.computed) == (kept, 42 - kept)
    assert rasters(tmp_path) == rasters(complete.folder) and result.totals.rows == complete.totals.rows
    assert any("Batches 1 to " in (message or "") for _, message in said)

    class Stop(Listener):
        def cancelled(self):
            return any("Batches" in (message or "") for _, message in said)

    del said[:]
    with pytest.raises(Cancelled, match="of 42 runs and years are complete"):
        run(tmp_path / "stopped", settings=EngineSettings(threads=4), progress=Stop(-1))
    assert not [name for name in os.listdir(tmp_path / "stopped") if name.startswith(".")]


def test_a_full_disk_keeps_what_is_complete(run, tmp_path, monkeypatch):
    real, calls = stage.compute_batch, []

    def failing(*args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise OutputError("The disk is full: 'x.tif' could not be written.")
        return real(*args, **options)

    monkeypatch.setattr(stage, "compute_batch", failing)
    with pytest.raises(OutputError, match="disk is full.*21 of 42 runs and years are complete"):
        run(tmp_path, settings=ONE)
    monkeypatch.undo()
    assert run(tmp_path).kept == 21


def test_years():
    assert parse_years("2020, 2060,20") == (2020, 2040, 2060) and parse_years(" ") == () == parse_years(None)
    assert parse_years("2030") == (2030,) and parse_years("2020,2022") == (2020, 2021, 2022)
    for text in ("2020,2061,5", "2060,2020,5", "2020,2060,0", "now", "2020;2060"):
        with pytest.raises(InputError):
            parse_years(text)


def test_a_table_without_years_needs_them(province, run, tmp_path):
    rows = [(name, "*", "*", "drivers/{}.tif".format(name if name in STATIC else name + "_SSP126_2020"))
            for name in ("NDVI", "DEM", "PRE", "TEM", "AGPP", "PD")]  # fmt: skip
    write_table(province, rows, "static.csv")
    with pytest.raises(InputError, match="No row of the driver table names a year"):
        run(tmp_path, table="static.csv")
    # With * alone any name of a pathway would pass: nothing was declared.
    with pytest.raises(TableError, match="No row of 'PRE', 'TEM', 'AGPP', 'PD' names a scenario.*'SSP126', 'SSP245'"):
        run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2020"), table="static.csv")
    declared = [row for row in rows if row[0] != "TEM"]
    declared += [("TEM", pathway, "*", "drivers/TEM_{}_2020.tif".format(pathway)) for pathway in PATHWAYS]
    write_table(province, declared, "declared.csv")
    made = run(tmp_path, Design(DESIGN.groups, PATHWAYS, years="2020"), table="declared.csv")
    assert len(set(made.totals.column("total_t_C"))) == 1  # the present is the same on all pathways
    unmoved = [note for note in made.notes if "is the same in all pathways" in note]
    assert [note.split("'")[1::2] for note in unmoved] == [
        ["PRE", "climate"], ["AGPP", "AGPP"], ["PD", "population"]
    ]  # fmt: skip
    with pytest.raises(TableError, match="declares no scenario 'NONSENSE'"):
        run(tmp_path, Design(DESIGN.groups, ("SSP126", "NONSENSE"), years="2020"), table="declared.csv")
