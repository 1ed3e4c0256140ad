"""Charts of ensembles: which runs make a set, what the figures show, driver tables of folders."""

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError, TableError
from carbon_qgis.core.raster.overview import read_overview
from carbon_qgis.core.report.scenario_figures import MOST_ROWS, Line, coverage_grid, driver_curves, map_grid, set_trends
from carbon_qgis.core.results import Column, Table
from carbon_qgis.core.scenario_charts import (
    _middle,
    driver_panels,
    lines_table,
    read_totals,
    scenario_charts,
    trend_sets,
)
from carbon_qgis.core.scenario_folder import Reading, folder_table, readings_of
from carbon_qgis.core.scenario_matrix import FACTORIAL, parse_groups, scenario_matrix

SSP = ("SSP126", "SSP245", "SSP585")
YEARS = (2020, 2025)


def totals(design="paper", groups="climate: PRE; AGPP: AGPP; population: PD", pathways=SSP):
    """Columns of a long table whose total in Tg C is the year less 2000."""
    matrix = scenario_matrix(parse_groups(groups), pathways, design)
    columns = {"run": [], "year": [], "total_t_C": []}
    columns.update({"pathway_" + group.name: [] for group in matrix.groups})
    for run in matrix.runs:
        for year in YEARS:
            columns["run"].append(run.id)
            columns["year"].append(year)
            columns["total_t_C"].append((year - 2000) * 1e6)
            for group in matrix.groups:
                columns["pathway_" + group.name].append(run.pathway(group.name))
    return columns


@pytest.mark.parametrize("design", ["paper", FACTORIAL])
def test_nine_lines_a_set(design):
    years, groups, rows = read_totals(totals(design), "t")
    sets = trend_sets(years, groups, rows)
    assert [(item.name, len(item.members)) for item in sets] == [("CDS", 9), ("PVS", 9), ("PPS", 9)]
    pps = {member.run: (member.own, member.common) for member in sets[2].members}
    assert pps["C1A1P5"] == ("SSP585", "SSP126") and "C1A2P1" not in pps
    table = lines_table(years, sets)
    assert len(table.rows) == 27 and table.rows[0][5:] == [20.0, 25.0, 25.0]


def test_pathways_keep_the_order_of_the_table():
    """'high' comes before 'low' in the alphabet; the middle one is that of the table."""
    columns = totals()
    for name in [name for name in columns if name.startswith("pathway_")]:
        words = {"SSP126": "low", "SSP245": "today", "SSP585": "high"}
        columns[name] = [words[value] for value in columns[name]]
    years, groups, rows = read_totals(columns, "t")
    sets = trend_sets(years, groups, rows)
    assert [(m.common, m.own) for m in sets[0].members][:4] == [
        ("low", "low"), ("low", "today"), ("low", "high"), ("today", "low")
    ]  # fmt: skip
    assert [_middle(item)[1] for item in sets][0] == "CDS: climate differs, all else today"


def test_the_middle_is_ssp2_where_it_is_there():
    columns = totals(pathways=("SSP585", "SSP126", "SSP245"))
    sets = trend_sets(*read_totals(columns, "t"))
    assert [_middle(item)[1][-6:] for item in sets] == ["SSP245"] * 3


def test_one_group_and_gaps():
    years, groups, rows = read_totals(totals(groups="climate: PRE, PD"), "t")
    (only,) = trend_sets(years, groups, [row for row in rows if (row["run"], row["year"]) != ("C2", 2025)])
    assert [member.common for member in only.members] == [""] * 3
    assert {member.run: member.values for member in only.members}["C2"] == (20.0, None)
    assert lines_table(years, [only]).column("change_percent")[1] is None


def test_tables_that_are_no_totals():
    good = totals()
    for missing in ("run", "total_t_C"):
        with pytest.raises(TableError, match="it lacks the column {}.".format(missing)):
            read_totals({key: value for key, value in good.items() if key != missing}, "'x'")
    with pytest.raises(TableError, match="pathway_…"):
        read_totals({key: value for key, value in good.items() if not key.startswith("pathway")}, "'x'")
    for year, total in ((float("inf"), 1.0), (2020.5, 1.0), (10**400, 1.0), (2020, float("nan")), (2020, "-inf")):
        with pytest.raises(TableError, match="t, row 1: year .* is no number"):
            read_totals({"run": ["A"], "year": [year], "total_t_C": [total], "pathway_x": ["SSP126"]}, "t")
    with pytest.raises(TableError, match="row 1: year '2020' or total_t_C 'None' is no number"):
        read_totals({**good, "total_t_C": [None] * len(good["run"])}, "'x'")
    with pytest.raises(TableError, match="run C1A1P1 has two rows for 2020"):
        read_totals({key: values + values for key, values in good.items()}, "'x'")
    with pytest.raises(TableError, match="no rows"):
        read_totals({key: [] for key in good}, "'x'")


def test_unknown_runs_and_folders(tmp_path):
    with pytest.raises(InputError, match="is no ensemble of 'Run scenarios'"):
        scenario_charts(totals(), "'t'", str(tmp_path))
    state = '{"format": "carbon-ensemble", "format_version": 1, "rasters": {}, "sources": {}}'
    (tmp_path / "ensemble.json").write_text(state)
    with pytest.raises(InputError, match="run 'C9' is not in the table"):
        scenario_charts(totals(), "'t'", str(tmp_path), ["C9"])
    charts = scenario_charts(totals(), "'t'", str(tmp_path))
    assert charts.maps == [] and "18 raster(s) of the maps are not in the folder" in charts.notes[0]


def test_lines_keep_colour_and_mark_apart():
    lines = [Line(o + c, o, c, (1.0, 2.0 + i)) for i, (o, c) in enumerate((o, c) for o in SSP for c in SSP)]
    figure = set_trends(YEARS, lines, "Tg C")
    (ax,) = [ax for ax in figure.axes if ax.get_label() == "plot"]
    drawn = [(line.get_color(), line.get_marker()) for line in ax.get_lines()]
    assert len(set(drawn)) == 9 and len({colour for colour, _ in drawn}) == 3 == len({mark for _, mark in drawn})
    assert len(set_trends(YEARS, [Line("a", "x", "y", (None, None))], "Tg C").axes) == 1  # says that there is nothing


def test_a_grid_marks_what_is_missing():
    rows = [("TEM", "SSP126", (1, 0)), ("DEM", "SSP126", (1, 1))]
    (ax,) = [ax for ax in coverage_grid(rows, ["2020", "2025"]).axes if ax.get_label() == "coverage"]
    assert [text.get_position() for text in ax.texts] == [(1, 0)]
    many = [("V{}".format(i), "s", (1,)) for i in range(MOST_ROWS)] + [("last", "s", (0,))]
    (ax,) = [ax for ax in coverage_grid(many, ["2020"]).axes if ax.get_label() == "coverage"]
    assert ax.get_yticklabels()[0].get_text().startswith("last") and len(ax.get_yticklabels()) == MOST_ROWS


def test_maps_share_one_scale():
    first, second = np.full((4, 6), 10.0), np.full((4, 6), 30.0)
    first[0, 0] = np.nan
    figure = map_grid([[first, second], [second, None]], ["2020", "2025"], ["a", "b"], "t C/ha")
    images = [image for ax in figure.axes if ax.get_label().startswith("map") for image in ax.get_images()]
    assert len(images) == 3 and len({(image.norm.vmin, image.norm.vmax) for image in images}) == 1
    assert len(map_grid([[None]], ["2020"], ["a"], "t C/ha").axes) == 1


def test_curves_of_drivers():
    columns = (Column("variable", "text"), Column("unit", "text"), Column("pathway", "text"), Column("year", "integer"),
               Column("mean", "number"))  # fmt: skip
    rows = [["TEM", "degC", "SSP126", 2020, 15.0], ["TEM", "degC", "SSP585", 2025, 16.0], ["CO2", "", "*", 2020, 1.0]]
    panels = driver_panels(Table("", columns, rows), YEARS)
    assert panels == [("TEM", "degC", {"SSP126": [15.0, None], "SSP585": [None, 16.0]}),
                      ("CO2", "", {"all pathways": [1.0, None]})]  # fmt: skip
    drawn = [ax for ax in driver_curves(panels, YEARS).axes if ax.get_label().startswith("driver")]
    assert len(drawn) == 2 and len(drawn[0].get_lines()) == 2


def test_readings():
    assert readings_of([["TEM", "degC", "0.1", "-273.15"], ["PD", None, "", ""]]) == {
        "TEM": Reading("degC", 0.1, -273.15), "PD": Reading(),
    }  # fmt: skip
    for rows, message in (
        ([["", "mm"]], "Row 1 of the units names no variable"), ([["A"], ["A"]], "'A' twice"),
        ([["A", "", "x"]], "'x' is no number"), ([["A", "", "0"]], "scale of 'A' is 0"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            readings_of(rows)


def test_a_folder_of_static_drivers_alone(tmp_path):
    for name in ("DEM.tif", "SLOPE.tif"):
        (tmp_path / name).write_bytes(b"")
    made = folder_table(str(tmp_path), "{variable}.tif", variables=("DEM", "TWI"), beside=str(tmp_path))
    assert [column.name for column in made.coverage.columns] == ["variable", "scenario", "any_year", "missing"]
    assert made.coverage.rows == [["DEM", "*", 1, 0], ["TWI", "*", 0, 1]]
    assert made.rows.column("path") == ["DEM.tif", "SLOPE.tif"]
    assert any("beside the expected variables: SLOPE" in note for note in made.notes)
    whole = folder_table(str(tmp_path), "{variable}.tif", beside=str(tmp_path / "elsewhere"))
    assert whole.rows.column("path")[0] == str(tmp_path / "DEM.tif")  # a relative path would lead out of its folder


def test_an_overview_is_small_and_masked(tmp_path):
    import rasterio

    values = np.arange(40, dtype="f4").reshape(4, 10)
    path = str(tmp_path / "a.tif")
    with rasterio.open(path, "w", driver="GTiff", width=10, height=4, count=1, dtype="float32", nodata=0.0) as made:
        made.write(values, 1)
    whole = read_overview(path, 100)
    assert np.isnan(whole[0, 0]) and whole[3, 9] == 39
    assert read_overview(path, 5).shape == (2, 5)
