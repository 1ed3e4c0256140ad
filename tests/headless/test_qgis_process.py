"""The packaged plugin under the real qgis_process: exit codes, messages, and the chain on the sample data."""

import pytest
import rasterio

from tests.headless.headless_helpers import rows


@pytest.fixture
def sample(repository):
    """Folder of the Plum Island data."""
    return repository / "carbon_qgis" / "sample" / "plum_island"


def test_help_names_every_parameter(qgis_process):
    code, text = qgis_process("help", "carbon:carbonstock")
    assert code == 0
    for name in ("LANDCOVER", "POOLS", "YEAR", "TOTAL", "MASK", "REPORT"):
        assert name in text


def test_a_refusal_is_a_sentence_and_exit_code_1(qgis_process, sample, tmp_path):
    (tmp_path / "pools.csv").write_text("lucode,c_above\n1,10\n2,5\n", encoding="utf-8")
    code, text = qgis_process(
        "run", "carbon:carbonstock", f"--LANDCOVER={sample / 'landcover_1985.tif'}",
        f"--POOLS={tmp_path / 'pools.csv'}",
        f"--TOTAL={tmp_path / 'total.tif'}",
    )  # fmt: skip
    assert code == 1
    assert "3 (27,428 cells)" in text and "Traceback" not in text
    assert not (tmp_path / "total.tif").exists()


def chain(qgis_process, sample, folder, *more, pools=None):
    return qgis_process(
        "run", "carbon:landcovertodrivers",
        f"--LANDCOVER_START={sample / 'landcover_1985.tif'}", "--YEAR_START=1985",
        f"--LANDCOVER_END={sample / 'landcover_1999.tif'}", "--YEAR_END=1999",
        f"--POOLS={pools or sample / 'pools.csv'}",
        f"--DRIVERS={sample / 'elevation.tif'}", f"--DRIVERS={sample / 'slope.tif'}",
        f"--DRIVERS={sample / 'distance_built_1985.tif'}",
        f"--stock:TOTAL_START={folder / 'start.tif'}",
        f"--stock:TOTAL_END={folder / 'end.tif'}", f"--stock:STOCK_TABLE={folder / 'stock.csv'}",
        f"--car:RATE={folder / 'rate.tif'}", f"--car:INTERVALS={folder / 'intervals.csv'}",
        f"--car:ECOSYSTEMS={folder / 'ecosystems.csv'}", f"--car:RATE_REPORT={folder / 'rate.html'}",
        f"--stack:STACK={folder / 'stack.tif'}", f"--drivers:FACTORS={folder / 'q.csv'}",
        f"--drivers:DRIVER_REPORT={folder / 'drivers.html'}", *more,
    )  # fmt: skip


def test_the_chain_of_three_dates_closes(qgis_process, sample, tmp_path):
    code, text = chain(
        qgis_process, sample, tmp_path, f"--LANDCOVER_MIDDLE={sample / 'landcover_1991.tif'}", "--YEAR_MIDDLE=1991"
    )
    assert code == 0, text
    intervals = rows(tmp_path / "intervals.csv")
    assert [(row["from_year"], row["to_year"]) for row in intervals] == [("1985", "1991"), ("1991", "1999")]
    stock = sum(float(row["total_t_C"]) for row in rows(tmp_path / "stock.csv")) / 1e6
    assert float(intervals[0]["stock_from_Tg_C"]) == pytest.approx(stock, rel=1e-6)
    change = sum(float(row["change_Tg_C"]) for row in intervals)
    ecosystems = [row for row in rows(tmp_path / "ecosystems.csv") if row["code"]]
    assert sum(float(row["stock_change_Tg_C"]) for row in ecosystems) == pytest.approx(change, rel=1e-9)
    for row in ecosystems:
        parts = float(row["persistent_Tg_C"]) + float(row["gained_Tg_C"]) - float(row["lost_Tg_C"])
        assert float(row["stock_change_Tg_C"]) == pytest.approx(parts, abs=1e-12)
    with rasterio.open(tmp_path / "stack.tif") as stack:
        assert set(stack.descriptions) == {"elevation", "slope", "distance_built"}
    overall = [row for row in rows(tmp_path / "q.csv") if row["ecosystem"] == "overall"]
    assert len(overall) == 3 and all(0 < float(row["q"]) < 1 for row in overall)
    with rasterio.open(tmp_path / "rate.tif") as rate:
        assert rate.units == ("t C/km2/yr",)
    for name in ("rate.html", "drivers.html"):
        assert "<img" in (tmp_path / name).read_text(encoding="utf-8")


def test_the_chain_takes_two_dates_as_well(qgis_process, sample, tmp_path):
    code, text = chain(qgis_process, sample, tmp_path)
    assert code == 0, text
    assert [(row["from_year"], row["to_year"]) for row in rows(tmp_path / "intervals.csv")] == [("1985", "1999")]


def test_a_chain_without_years_is_refused_before_it_computes(qgis_process, sample, tmp_path):
    import rasterio.shutil

    for year in (1985, 1999):
        path = tmp_path / "landcover_{}.tif".format(year)
        rasterio.shutil.copy(str(sample / path.name), str(path), driver="GTiff")
        with rasterio.open(path, "r+") as copy:
            copy.update_tags(CARBON_YEAR="")
    code, text = qgis_process(
        "run", "carbon:landcovertodrivers", f"--LANDCOVER_START={tmp_path / 'landcover_1985.tif'}",
        f"--LANDCOVER_END={tmp_path / 'landcover_1999.tif'}", "--YEAR_START=1985", f"--POOLS={sample / 'pools.csv'}",
        f"--DRIVERS={sample / 'elevation.tif'}", f"--stock:TOTAL_START={tmp_path / 'start.tif'}",
        f"--stock:TOTAL_END={tmp_path / 'end.tif'}", f"--car:RATE={tmp_path / 'rate.tif'}",
        f"--stack:STACK={tmp_path / 'stack.tif'}",
    )  # fmt: skip
    assert code == 1 and "Traceback" not in text
    assert "Year of the end (YEAR_END): the raster 'landcover_1999.tif' (Land cover at the end) does not tell" in text
    assert "Type the calendar year of this raster" in text and not (tmp_path / "start.tif").exists()


def test_the_chain_takes_drivers_that_are_classes(qgis_process, sample, tmp_path):
    """And names the ecosystems as the pool table does; its densities may be in another unit."""
    from carbon_qgis.core.pools import read_pools

    table = read_pools(str(sample / "pools.csv"))
    lines = ["{},{},{}".format(code, table.name(code), total / 10) for code, total in zip(table.codes, table.totals)]
    pools = tmp_path / "pools.csv"
    pools.write_text("lucode,lulc_name,c_soil\n" + "\n".join(lines) + "\n", encoding="utf-8")
    code, text = chain(
        qgis_process, sample, tmp_path, f"--DRIVERS={sample / 'landcover_1991.tif'}", "--CATEGORICAL=landcover",
        "--CLASSES=4", "--POOLS_UNIT=kg C/m2", pools=pools,
    )  # fmt: skip
    assert code == 0, text
    strata = {row["factor"]: int(row["strata"]) for row in rows(tmp_path / "q.csv") if row["ecosystem"] == "overall"}
    assert strata["landcover"] == len(table.codes) and strata["elevation"] == 4
    names = {table.name(code) for code in table.codes}
    assert {row["ecosystem"] for row in rows(tmp_path / "q.csv")} - {"overall"} == names
    assert {row["ecosystem"] for row in rows(tmp_path / "ecosystems.csv")} - {"all ecosystems"} == names
    with rasterio.open(tmp_path / "start.tif") as made:
        assert made.read(1, masked=True).max() == pytest.approx(table.totals.max(), rel=1e-6)
