"""Elasticity of an ensemble and of one pair: a truth that is known, the paper's artefact of 2045, and the refusals."""

import math

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.elasticity import NO_BASE, NO_DATA, OK, SMALL_CHANGE
from carbon_qgis.core.elasticity_pairs import choose_pathways, make_pairs, read_totals
from carbon_qgis.core.elasticity_result import ElasticityOptions
from carbon_qgis.core.elasticity_stage import elasticity_of_pair, elasticity_of_runs
from carbon_qgis.core.errors import Cancelled, InputError, TableError, UnitError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.scenario_matrix import parse_groups
from carbon_qgis.core.scenario_table import read_scenario_table
from tests.core.elasticity_region import EXPONENT, GROUPS, KM, WARMING, YEARS, driver, write_region
from tests.core.helpers import Cancelling, box_layer, make_raster, read_raster


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A folder with drivers, their table, the rasters of every run and the long table of totals."""
    folder = tmp_path_factory.mktemp("region")
    write_region(folder)
    return folder


def run(region, folder=None, rasters=True, **options):
    with OutputSet() as outputs:
        return elasticity_of_runs(
            read_totals(str(region / "totals.csv")), read_scenario_table(str(region / "drivers.csv")),
            options.pop("groups", GROUPS), outputs,
            rasters=str(region / "runs") if rasters else None, folder=str(folder) if folder else None, **options,
        )  # fmt: skip


def row_of(result, variable, year):
    return next(r for r in result.table.as_dicts() if (r["variable"], r["year"]) == (variable, year))


def test_known_elasticities_of_a_log_linear_truth_are_recovered(region):
    result = run(region, options=ElasticityOptions("log"))
    for name in ("AGPP", "PD"):
        for year in YEARS:
            row = row_of(result, name, year)
            # Both states differ by one factor everywhere: totals and means do too.
            assert row["elasticity"] == pytest.approx(EXPONENT[name], rel=1e-5)
            assert row["elasticity_unit"] == "1" and row["reason"] == ""
    assert len(result.table.rows) == 4 * len(YEARS)
    assert [r["set"] for r in result.table.as_dicts()[::2]] == ["CDS", "CDS", "PVS", "PPS"]


def test_all_four_forms_are_in_the_table_whatever_is_chosen(region):
    row = row_of(run(region), "AGPP", 2030)
    change = 1.3**0.25 - 1
    assert row["method"] == "ratio" and row["elasticity"] == row["ratio_1"] == pytest.approx(change / 0.3, rel=1e-5)
    assert row["midpoint_1"] == pytest.approx((change / (2 + change)) / (0.3 / 2.3), rel=1e-5)
    assert row["log_1"] == pytest.approx(0.25, rel=1e-5)
    assert row["semi_percent_per_unit"] == pytest.approx(100 * change / row["change_driver"], rel=1e-5)
    assert row["change_driver_percent"] == pytest.approx(30, rel=1e-5)
    assert row["change_carbon_percent"] == pytest.approx(100 * change, rel=1e-5)
    assert row["change_carbon_t_C"] == pytest.approx(row["carbon_base_t_C"] * change, rel=1e-5)
    assert (row["base_run"], row["other_run"]) == ("C2A1P2", "C2A5P2")


def test_temperature_is_recognised_by_its_unit_and_taken_per_degree(region):
    row = row_of(run(region), "TEM", 2030)
    assert row["method"] == "semi" and row["elasticity_unit"] == "%/degC"
    change = 1.15**0.3 * math.exp(WARMING * 1.1) - 1
    assert row["elasticity"] == pytest.approx(100 * change / 1.1, rel=1e-4)
    assert row["ratio_1"] == pytest.approx(change / (1.1 / 17.5), rel=1e-4), "the published form stands beside it"


def test_the_artefact_of_2045_is_a_reason_and_no_number(region):
    result = run(region)
    row = row_of(result, "TEM", 2045)
    assert row["elasticity"] is None and "changes too little" in row["reason"]
    assert row["ratio_1"] is None and row["semi_percent_per_unit"] is None
    assert row["change_driver"] == pytest.approx(0.046, rel=1e-3)
    assert row["change_carbon_percent"] == pytest.approx(100 * (1.15**0.3 * math.exp(WARMING * 0.046) - 1), rel=1e-4)
    assert row_of(result, "PRE", 2045)["elasticity"] is not None
    assert any("1 of 8 regional elasticities do not exist" in note and "TEM 2045" in note for note in result.notes)
    # With a step of its own the threshold is in degrees, not in % of a temperature above an arbitrary zero.
    forced = run(region, options=ElasticityOptions(min_step=0.01))
    assert row_of(forced, "TEM", 2045)["elasticity"] is not None
    assert any("PRE and TEM move together in the group 'climate'" in note for note in result.notes)


def test_without_rasters_the_table_gives_the_carbon(region):
    with_rasters, without = run(region), run(region, rasters=False)
    one, two = row_of(with_rasters, "AGPP", 2030), row_of(without, "AGPP", 2030)
    assert two["carbon_base_t_C"] == pytest.approx(one["carbon_base_t_C"], rel=1e-6)
    assert two["elasticity"] == pytest.approx(one["elasticity"], rel=1e-5)
    assert two["driver_base"] == pytest.approx(driver("AGPP", "SSP126", 2030).mean(), rel=1e-6), "all cells"
    inside = driver("AGPP", "SSP126", 2030).ravel()[3:]
    assert one["driver_base"] == pytest.approx(inside.mean(), rel=1e-6), "cells with carbon"
    assert without.maps == [] and "over all cells of the drivers" in without.notes[-1]


def test_rasters_of_the_cells(region, tmp_path):
    result = run(region, tmp_path / "maps", reasons=True, options=ElasticityOptions("log"))
    path = tmp_path / "maps" / "elasticity_AGPP_AGPP_2030.tif"
    values = read_raster(path)
    assert np.isnan(values[0, :3]).all()
    np.testing.assert_allclose(values[1:], 0.25, rtol=1e-4)
    with rasterio.open(path) as dataset:
        assert dataset.units == ("1",) and dataset.tags()["CARBON_YEAR"] == "2030"
        assert dataset.tags()["CARBON_SCENARIO"] == "SSP126 to SSP585" and dataset.tags()["CARBON_METHOD"] == "log"
    assert sorted(p.name for p in (tmp_path / "maps").glob("reason_*")) == sorted(
        "reason_{}_{}.tif".format(group, year)
        for group in ("climate_PRE", "climate_TEM", "AGPP_AGPP", "population_PD") for year in YEARS
    )  # fmt: skip
    reasons = read_raster(tmp_path / "maps" / "reason_climate_TEM_2045.tif")
    assert np.isnan(reasons[0, :3]).all() and np.unique(reasons[1:]).tolist() == [SMALL_CHANGE]
    table = {(r["variable"], r["year"]): r for r in result.cells_table.as_dicts()}
    assert table["TEM", 2045]["small_change_percent"] == 100 and table["TEM", 2045]["median"] is None
    assert table["AGPP", 2030]["positive_percent"] == 100 and table["PD", 2030]["negative_percent"] == 100
    assert table["AGPP", 2030]["cells"] == 117 and table["AGPP", 2030]["area_km2"] == pytest.approx(117)
    assert table["AGPP", 2030]["median"] == pytest.approx(0.25, rel=1e-4)


def test_one_pair_of_the_paper(tmp_path):
    paths = [
        make_raster(tmp_path / name, np.full((4, 4), value, "float32"), transform=KM, units=(unit,))
        for name, value, unit in (
            ("c0.tif", 117.0, "t C/ha"), ("c1.tif", 101.0, "t C/ha"), ("TEM_a.tif", 17.50, "degC"),
            ("TEM_b.tif", 18.19, "degC"),
        )
    ]  # fmt: skip
    made = {name: str(tmp_path / (name + ".tif")) for name in ("ELASTICITY", "REASON")}
    with OutputSet(paths) as outputs:
        result = elasticity_of_pair(density_raster(paths[0]), density_raster(paths[1]), *paths[2:], outputs, made)
    row = result.table.as_dicts()[0]
    assert row["ratio_1"] == pytest.approx(-3.47, abs=0.005) and row["semi_percent_per_unit"] == pytest.approx(
        -19.8, abs=0.05
    )
    assert row["midpoint_1"] == pytest.approx(-3.80, abs=0.005) and row["log_1"] == pytest.approx(-3.80, abs=0.005)
    assert row["method"] == "semi" and row["carbon_base_t_C"] == pytest.approx(117 * 100 * 16)
    np.testing.assert_allclose(read_raster(made["ELASTICITY"]), row["elasticity"], rtol=1e-5)
    assert np.unique(read_raster(made["REASON"])).tolist() == [OK]


def test_reasons_of_the_cells_of_a_pair(tmp_path):
    def raster(name, values, unit):
        return make_raster(tmp_path / name, np.array([values], "float32"), transform=KM, units=(unit,))

    c0 = raster("c0.tif", [10, 10, 0, np.nan, 10], "t C/ha")
    c1 = raster("c1.tif", [11, 11, 11, 11, 11], "t C/ha")
    x0, x1 = raster("X_ssp126.tif", [5, 5, 5, 5, np.nan], "mm"), raster("X_ssp585.tif", [6, 5.01, 6, 6, 6], "mm")
    made = {name: str(tmp_path / (name + ".tif")) for name in ("ELASTICITY", "REASON")}
    with OutputSet() as outputs:
        result = elasticity_of_pair(density_raster(c0), density_raster(c1), x0, x1, outputs, made)
    seen = read_raster(made["REASON"])[0]
    assert seen[[0, 1, 2, 4]].tolist() == [OK, SMALL_CHANGE, NO_BASE, NO_DATA] and np.isnan(seen[3])
    values = read_raster(made["ELASTICITY"])[0]
    assert values[0] == pytest.approx(0.5) and np.isnan(values[1:]).all()
    assert any("X has no data in 1 of 4 cells with carbon" in note for note in result.notes)
    shares = result.cells_table.as_dicts()[0]
    for name in ("with_elasticity_percent", "small_change_percent", "no_base_percent"):
        assert shares[name] == pytest.approx(100 / 3)


def test_means_are_weighted_by_area_and_limited_to_the_study_area(region):
    # The mask keeps the left half of the columns.
    half = box_layer(500_000, 3_988_000, 505_000, 4_000_000)
    result = run(region, mask=half, options=ElasticityOptions("log"))
    row = row_of(result, "AGPP", 2030)
    inside = driver("AGPP", "SSP126", 2030).copy()
    inside[0, :3] = np.nan
    assert row["driver_base"] == pytest.approx(np.nanmean(inside[:, :5]), rel=1e-6)
    assert row["elasticity"] == pytest.approx(0.25, rel=1e-5) and result.warnings == []


def test_a_mean_in_degrees_is_weighted_by_true_area(tmp_path):
    transform = (1.0, 0, 100.0, 0, -30.0, 60.0)  # rows at 45 and 15 degrees north
    columns = {"c0": [1.0, 1.0], "c1": [2.0, 2.0], "X_a": [1.0, 2.0], "X_b": [2.0, 4.0]}
    paths = {
        name: make_raster(tmp_path / (name + ".tif"), np.array(values, "float32")[:, None], crs="EPSG:4326",
                          transform=transform, units=("t C/ha" if name[0] == "c" else "mm",))
        for name, values in columns.items()
    }  # fmt: skip
    with OutputSet() as outputs:
        result = elasticity_of_pair(
            density_raster(paths["c0"]), density_raster(paths["c1"]), paths["X_a"], paths["X_b"], outputs, {}
        )
    areas = np.sin(np.radians([60.0, 30.0])) - np.sin(np.radians([30.0, 0.0]))
    row = result.table.as_dicts()[0]
    assert row["driver_base"] == pytest.approx(np.average([1, 2], weights=areas), rel=0.005)
    assert row["elasticity"] == pytest.approx(1.0)


def test_blocks_and_threads_change_nothing(region, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    first = run(region, one, years=(2030,), settings=EngineSettings(threads=1))
    second = run(region, two, years=(2030,), settings=EngineSettings(memory_mb=1, threads=3))
    assert first.table.rows == second.table.rows
    names = sorted(path.name for path in one.glob("*.tif"))
    assert len(names) == 4
    for name in names:
        np.testing.assert_array_equal(read_raster(one / name), read_raster(two / name))


def test_scale_and_offset_of_the_driver_table(region, tmp_path):
    text = (region / "drivers.csv").read_text().replace("path", "path,scale,offset,unit", 1)
    lines = [text.splitlines()[0]]
    for line in text.splitlines()[1:]:
        path = str(region / line.split(",")[-1])
        kelvin = line.startswith("TEM")
        tail = ",1,273.15,K" if kelvin else ",2,0,"
        lines.append(line.rsplit(",", 1)[0] + "," + path + tail)
    (tmp_path / "drivers.csv").write_text("\n".join(lines))
    with OutputSet() as outputs:
        result = elasticity_of_runs(
            read_totals(str(region / "totals.csv")), read_scenario_table(str(tmp_path / "drivers.csv")), GROUPS,
            outputs, rasters=str(region / "runs"), years=(2030,),
        )  # fmt: skip
    assert row_of(result, "TEM", 2030)["driver_base"] == pytest.approx(17.5 + 273.15)
    # A kelvin has a true zero: the ratio is in order, if its change is large enough.
    assert row_of(result, "TEM", 2030)["method"] == "ratio" and row_of(result, "TEM", 2030)["unit"] == "K"
    single = row_of(run(region, years=(2030,)), "AGPP", 2030)
    assert row_of(result, "AGPP", 2030)["driver_base"] == pytest.approx(2 * single["driver_base"])
    assert row_of(result, "AGPP", 2030)["elasticity"] == pytest.approx(single["elasticity"])


# --- tables and refusals ---------------------------------------------------------------------------------


def test_pathways_of_the_paper_are_found_by_their_number(region):
    totals = read_totals(str(region / "totals.csv"))
    assert choose_pathways(totals) == ("SSP126", "SSP585", "SSP245")
    assert choose_pathways(totals, "ssp245", "SSP585", "SSP126") == ("SSP245", "SSP585", "SSP126")
    pairs = make_pairs(totals, GROUPS, choose_pathways(totals), (2045,))
    assert [(p.set, p.base.run, p.other.run) for p in pairs] == [
        ("CDS", "C1A2P2", "C5A2P2"), ("PVS", "C2A1P2", "C2A5P2"), ("PPS", "C2A2P1", "C2A2P5")
    ]  # fmt: skip


@pytest.mark.parametrize("names", [("wet", "now", "dry"), ("SSP126", "SSP370", "SSP585"), ("SSP5-2", "SSP5-3", "SSP1")])
def test_other_pathways_are_taken_by_their_order(region, tmp_path, names):
    """Else a chain would fail at its last step, after the whole ensemble."""
    text = (region / "totals.csv").read_text()
    for number, name in enumerate(read_totals(str(region / "totals.csv")).pathways):
        text = text.replace(name, "@{}@".format(number))
    for number, name in enumerate(names):
        text = text.replace("@{}@".format(number), name)
    (tmp_path / "totals.csv").write_text(text)
    totals, notes = read_totals(str(tmp_path / "totals.csv")), []
    assert totals.pathways == names
    low, middle, high = names
    assert choose_pathways(totals, notes=notes) == (low, high, middle)
    assert "base {}, other {}, all other groups {}".format(low, high, middle) in notes[0] and "Name them" in notes[0]
    assert choose_pathways(totals, base=middle) == (middle, high, middle)
    notes = []
    choose_pathways(read_totals(str(region / "totals.csv")), notes=notes)
    assert notes == []


def changed(region, folder, change):
    (folder / "totals.csv").write_text(change((region / "totals.csv").read_text()))
    return str(folder / "totals.csv")


def test_totals_in_teragrams_will_do_and_two_rows_of_one_run_must_agree(region, tmp_path):
    plain = read_totals(str(region / "totals.csv"))
    path = changed(region, tmp_path, lambda text: text.replace("total_t_C", "elsewhere"))
    assert [row.total for row in read_totals(path).rows] == pytest.approx([row.total for row in plain.rows])
    repeated = changed(region, tmp_path, lambda text: text + "\n" + text.splitlines()[1])
    assert read_totals(repeated).rows == plain.rows
    other = changed(region, tmp_path, lambda text: text + "\n" + text.splitlines()[1].rsplit(",", 2)[0] + ",7,7")
    with pytest.raises(TableError, match=r"line 44, column 'run': C1A1P1 of 2030 has another total"):
        read_totals(other)


def test_tables_that_do_not_fit(region, tmp_path):
    path = changed(region, tmp_path, lambda text: text.replace("pathway_", "the_"))
    with pytest.raises(TableError, match="has no column 'pathway_<group>', such as pathway_climate"):
        read_totals(path)
    totals = read_totals(str(region / "totals.csv"))
    with pytest.raises(InputError, match="has no pathway 'SSP370'. It has: SSP126, SSP585, SSP245|It has: SSP126"):
        choose_pathways(totals, base="SSP370")
    with pytest.raises(InputError, match="both 'SSP585': nothing would change"):
        choose_pathways(totals, "SSP585", "ssp585")
    with pytest.raises(InputError, match=r"no year 1999. It has: 2030, 2045"):
        make_pairs(totals, GROUPS, choose_pathways(totals), (1999,))
    with pytest.raises(InputError, match=r"Groups given: heat. Groups of totals.csv: climate, AGPP, population"):
        make_pairs(totals, parse_groups("heat: TEM"), choose_pathways(totals))
    path = changed(region, tmp_path, lambda t: "\n".join(x for x in t.splitlines() if not x.startswith("C5A2P2")))
    with pytest.raises(TableError, match="there is no run of climate SSP585, AGPP SSP245, population SSP245 in 2030"):
        make_pairs(read_totals(path), GROUPS, choose_pathways(totals))


def test_what_needs_the_rasters_says_so(region, tmp_path):
    with pytest.raises(InputError, match="An elasticity of each cell needs the rasters of the runs"):
        run(region, tmp_path / "maps", rasters=False)
    with pytest.raises(InputError, match="A study area needs the rasters of the runs"):
        run(region, rasters=False, mask=box_layer(500_000, 3_988_000, 505_000, 4_000_000))
    (tmp_path / "empty").mkdir()
    with OutputSet() as outputs, pytest.raises(InputError, match=r"lacks C1A2P2_2030.tif, C5A2P2_2030.tif, .*"):
        elasticity_of_runs(
            read_totals(str(region / "totals.csv")), read_scenario_table(str(region / "drivers.csv")), GROUPS, outputs,
            rasters=str(tmp_path / "empty"),
        )  # fmt: skip
    with pytest.raises(TableError, match="has no variable 'NDVI'"):
        run(region, groups=parse_groups("climate: PRE, TEM; AGPP: NDVI; population: PD"))
    with pytest.raises(InputError, match="'arc' is no elasticity. Choose one of: auto, ratio, midpoint, log, semi"):
        run(region, options=ElasticityOptions("arc"))


def test_rasters_of_another_ensemble_are_warned_of(region, tmp_path):
    path = changed(region, tmp_path, lambda text: text)
    rows = [line.split(",") for line in (tmp_path / "totals.csv").read_text().splitlines()]
    for row in rows[1:]:
        row[6] = str(2 * float(row[6]))
    (tmp_path / "totals.csv").write_text("\n".join(",".join(row) for row in rows))
    with OutputSet() as outputs:
        result = elasticity_of_runs(
            read_totals(path), read_scenario_table(str(region / "drivers.csv")), GROUPS, outputs,
            rasters=str(region / "runs"), years=(2030,),
        )  # fmt: skip
    assert "do both belong to one ensemble?" in result.warnings[0]


def test_a_pair_in_two_units_or_of_two_pools_is_refused(tmp_path):
    def raster(name, unit, **tags):
        path = make_raster(tmp_path / name, np.ones((2, 2), "float32"), transform=KM, units=(unit,))
        with rasterio.open(path, "r+") as dataset:
            dataset.update_tags(**tags)
        return path

    soil = density_raster(raster("c0.tif", "t C/ha", CARBON_POOL="soil"))
    above = density_raster(raster("c1.tif", "t C/ha", CARBON_POOL="above"))
    x0, x1 = raster("a.tif", "degC"), raster("b.tif", "K")
    with OutputSet() as outputs:
        with pytest.raises(InputError, match=r"different pools \(soil, above\)"):
            elasticity_of_pair(soil, above, x0, x1, outputs, {})
        with pytest.raises(UnitError, match="'a.tif' is in degC and 'b.tif' in K: bring both"):
            elasticity_of_pair(soil, soil, x0, x1, outputs, {})
        many = make_raster(tmp_path / "many.tif", np.ones((2, 2, 2), "float32"), transform=KM)
        with pytest.raises(InputError, match="has 2 bands; a driver has one here"):
            elasticity_of_pair(soil, soil, many, x1, outputs, {})


def test_a_cancel_leaves_nothing(region, tmp_path):
    with pytest.raises(Cancelled):
        run(region, tmp_path / "maps", progress=Cancelling(0.4))
    assert not (tmp_path / "maps").exists()
