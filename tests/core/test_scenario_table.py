"""Driver tables: which file serves which run, what is missing, and everything wrong listed row by row."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.errors import InputError, TableError
from carbon_qgis.core.outputs import OutputSet  # noqa: F401  (the engine's types load with it)
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.scenario_files import check_files, find_files, require_coverage
from carbon_qgis.core.scenario_table import read_scenario_table, scenario_rows
from carbon_qgis.core.tables import write_csv


def raster(folder, name, unit="", side=4, crs="EPSG:32650", left=0.0):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = dict(driver="GTiff", width=side, height=side, count=1, dtype="float32", crs=crs,
                   transform=from_origin(left, 100, 10, 10))  # fmt: skip
    with rasterio.open(path, "w", **profile) as made:
        made.write(np.ones((1, side, side), "f4"))
        if unit:
            made.set_band_unit(1, unit)
    return path


def table(folder, *rows, header="variable,scenario,year,path"):
    path = folder / "drivers.csv"
    path.write_text("\n".join((header,) + rows) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path):
    for name in ("DEM.tif", "TEM_SSP126_2020.tif", "TEM_SSP585_2020.tif", "TEM_SSP126_2030.tif"):
        raster(tmp_path, name)
    return tmp_path


def test_the_exact_row_comes_before_a_star(folder):
    made = read_scenario_table(
        table(folder, "TEM,*,*,DEM.tif", "TEM,SSP126,*,TEM_SSP126_2020.tif", "TEM,SSP126,2030,TEM_SSP126_2030.tif",
              "TEM,*,2020,TEM_SSP585_2020.tif")  # fmt: skip
    )
    names = {
        key: made.find("TEM", *key).path.rsplit("/", 1)[-1]
        for key in (("SSP126", 2030), ("SSP126", 2020), ("SSP585", 2020), ("SSP585", 2030))
    }
    assert names == {
        ("SSP126", 2030): "TEM_SSP126_2030.tif", ("SSP126", 2020): "TEM_SSP126_2020.tif",
        ("SSP585", 2020): "TEM_SSP585_2020.tif", ("SSP585", 2030): "DEM.tif",
    }  # fmt: skip
    assert made.find("PRE", "SSP126", 2020) is None
    assert (made.variables, made.scenarios, made.years) == (("TEM",), ("SSP126",), (2020, 2030))


def test_scale_offset_band_and_unit(folder):
    header = "Variable;Scenario;Year;Path;Band;Scale;Offset;Unit"
    made = read_scenario_table(table(folder, "TEM;*;*;DEM.tif;1;0,1;-273,15;degC", header=header))
    file = made.find("TEM", "x", 1)
    assert (file.band, file.scale, file.offset, file.unit, file.plain) == (1, 0.1, -273.15, "degC", False)


def test_everything_wrong_is_listed_by_line(folder):
    rows = (
        "TEM,SSP126,2020,TEM_SSP126_2020.tif", "TEM,SSP126,2020,DEM.tif", ",SSP126,2020,DEM.tif", "A,,2020,DEM.tif",
        "A,*,soon,DEM.tif", "A,*,2021,gone.tif", "A,*,2022,", "A,*,2023,../x.tif", "A,*,2024,/vsicurl/http://x/y.tif",
        "A,*,2025,https://x/y.tif", "*,*,*,DEM.tif",
    )  # fmt: skip
    with pytest.raises(TableError) as caught:
        read_scenario_table(table(folder, *rows))
    text = str(caught.value)
    for part in (
        "has 10 problems", "line 3: TEM / SSP126 / 2020 is already in line 2", "line 4: column 'variable'",
        "line 5: column 'scenario'", "line 6: column 'year'", "'gone.tif' does not exist", "line 8: column 'path'",
        "'../x.tif' leads out", "'/vsicurl/http://x/y.tif' is no plain file", "'https://x/y.tif' is no plain",
        "* is no variable",
    ):  # fmt: skip
        assert part in text, part


def test_a_table_without_a_column(folder):
    with pytest.raises(TableError, match="path"):
        read_scenario_table(table(folder, "TEM,*,2020", header="variable,scenario,year"))


def test_scale_zero_and_many_problems(folder):
    header = "variable,scenario,year,path,scale"
    with pytest.raises(TableError, match="and 10 more"):
        read_scenario_table(table(folder, *("A,*,{},DEM.tif,0".format(y) for y in range(2000, 2040)), header=header))


def test_what_is_missing(folder):
    made = read_scenario_table(
        table(folder, "DEM,*,*,DEM.tif", "TEM,SSP126,2020,TEM_SSP126_2020.tif", "TEM,SSP585,2020,TEM_SSP585_2020.tif",
              "TEM,SSP126,2030,TEM_SSP126_2030.tif")  # fmt: skip
    )
    assert made.missing(("DEM", "TEM"), ("SSP126", "SSP585"), (2020, 2030)) == [("TEM", "SSP585", 2030)]
    grid = made.coverage(("DEM", "TEM"), ("SSP126", "SSP585"), (2020, 2030))
    assert [column.name for column in grid.columns] == ["variable", "scenario", "y2020", "y2030", "missing"]
    assert grid.rows[-1] == ["TEM", "SSP585", 1, 0, 1]
    require_coverage(made, ("DEM", "TEM"), ("SSP126",), (2020, 2030))
    with pytest.raises(TableError, match="TEM / SSP585 / 2030"):
        require_coverage(made, ("DEM", "TEM"), ("SSP126", "SSP585"), (2020, 2030))
    with pytest.raises(TableError, match="declares no scenario 'SSP370'. It has: SSP126, SSP585"):
        require_coverage(made, ("TEM",), ("SSP370",), (2020,))
    with pytest.raises(TableError, match="no variable 'PD'. It has: DEM, TEM"):
        require_coverage(made, ("PD",), ("SSP126",), (2020,))


def test_files_by_pattern(folder):
    found = find_files(str(folder), "{variable}_{scenario}_{year}.tif; {variable}.tif")
    assert [(f.variable, f.scenario, f.year) for f in found] == [
        ("DEM", "", None), ("TEM", "SSP126", 2020), ("TEM", "SSP126", 2030), ("TEM", "SSP585", 2020),
    ]  # fmt: skip
    again = folder / "drivers.csv"
    write_csv(str(again), scenario_rows(found, str(folder)))
    assert [f.path for f in read_scenario_table(str(again)).files] == [f.path for f in found]


def test_names_with_underscores_and_subfolders(tmp_path):
    raster(tmp_path, "ssp1_2.6/night_temp/2030.TIF")
    (file,) = find_files(str(tmp_path), "{scenario}/{variable}/{year}.tif")
    assert (file.variable, file.scenario, file.year) == ("night_temp", "ssp1_2.6", 2030)


@pytest.mark.parametrize(
    "pattern, message",
    [
        ("", "No pattern"),
        ("{scenario}.tif", "must hold {variable}"),
        ("{variable}_{month}.tif", "unknown field {month}"),
        ("{variable}{variable}", "each field once"),
        ("{variable}-{year}.tif", "No file in .* matches .*for example: DEM.tif"),
        ("{variable}_{scenario}_{year}.tif; TEM_SSP126_{year}{variable}", "must|No file|Two"),
    ],
)
def test_patterns_that_are_refused(folder, pattern, message):
    if "Two" in message:
        raster(folder, "sub/TEM_SSP126_2020.tif")
        pattern, message = "{variable}_{scenario}_{year}.tif; sub/{variable}_{scenario}_{year}.tif", "Two files stand"
    with pytest.raises(InputError, match=message):
        find_files(str(folder), pattern)


def test_no_such_folder(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        find_files(str(tmp_path / "no"), "{variable}.tif")


def test_files_are_checked_row_by_row(tmp_path):
    raster(tmp_path, "a.tif", "degC")
    raster(tmp_path, "b.tif", "K")
    raster(tmp_path, "c.tif", side=8)
    raster(tmp_path, "d.tif", crs="EPSG:3857")
    (tmp_path / "e.tif").write_bytes(b"no raster")
    raster(tmp_path, "f.tif", crs=None)
    path = table(
        tmp_path, "TEM,s,2020,a.tif,", "TEM,s,2030,b.tif,", "PRE,s,2020,c.tif,", "PRE,s,2030,d.tif,", "X,*,*,e.tif,",
        "Y,*,*,f.tif,", "Z,*,*,a.tif,3", header="variable,scenario,year,path,band",
    )  # fmt: skip
    with pytest.raises(TableError) as caught:
        check_files(read_scenario_table(path), None, align=False)
    text = str(caught.value)
    for part in (
        "has 6 problems", "line 3 (TEM / s / 2030): unit K, but line 2 has degC",
        "line 4 (PRE / s / 2020): 8 x 8 cells",
        "line 5 (PRE / s / 2030): another CRS", "line 6 (X / * / *)", "line 7 (Y / * / *)", "has 1 band(s), not 3",
        "tick the option",
    ):  # fmt: skip
        assert part in text, part


def test_other_grids_may_be_aligned(tmp_path):
    a = raster(tmp_path, "a.tif")
    raster(tmp_path, "c.tif", side=8)
    made = read_scenario_table(table(tmp_path, "TEM,s,2020,a.tif", "PRE,s,2020,c.tif"))
    infos, notes = check_files(made, Grid.of(str(a)), align=True)
    assert len(infos) == 2 and "1 raster(s) of other grids are aligned" in notes[0]
