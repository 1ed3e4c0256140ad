"""The year table of a forecast: layouts, units, and everything that is refused before a fit."""

import numpy as np
import pytest

from carbon_qgis.core.errors import CarbonError
from carbon_qgis.core.series_check import SeriesColumns, read_series, split_unit
from carbon_qgis.core.text_tables import TextTable

YEARS = list(range(2000, 2008))
LONG = "year,pool,mean_kg_c_m2\n" + "".join("{},soil,{}\n".format(year, 4 + year % 10 / 10) for year in YEARS)


def write(tmp_path, text):
    path = tmp_path / "series.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(tmp_path, text, *arguments, **named):
    with pytest.raises(CarbonError) as caught:
        read_series(write(tmp_path, text), *arguments, **named)
    return str(caught.value)


def test_long_table_in_any_order(tmp_path):
    lines = LONG.splitlines()
    shuffled = "\n".join([lines[0]] + lines[:0:-1]) + "\n"
    (series,) = read_series(write(tmp_path, shuffled))
    assert (series.pool, series.years, series.last) == ("soil", tuple(YEARS), 2007)
    np.testing.assert_allclose(series.values, [4.0, 4.1, 4.2, 4.3, 4.4, 4.5, 4.6, 4.7])


def test_wide_table_with_units_in_the_header_and_a_late_start(tmp_path):
    rows = ["{};{};{}".format(y, 40 + i, "" if i == 0 else 0.5) for i, y in enumerate(range(1999, 2008))]
    text = "Year;soil [t C/ha];above (kg C/m2)\n" + "\n".join(rows) + "\n"
    above, soil = read_series(write(tmp_path, text))
    assert (above.pool, above.years[0], soil.pool, soil.years[0]) == ("above", 2000, "soil", 1999)
    np.testing.assert_allclose(soil.values[:2], [4.0, 4.1])
    np.testing.assert_allclose(above.values, 0.5)


def test_layer_and_chosen_pools():
    rows = [(y, pool, v) for y in YEARS for pool, v in (("soil", 4.0), ("below", 0.8), ("Above", 0.5))]
    rows.append((1990, "dead", None))  # rows of pools that are not asked for are not looked at
    table = TextTable.from_rows("layer", ("year", "pool", "density"), rows)
    found = read_series(table, "kg C/m2", ["above", "SOIL"])
    assert [series.pool for series in found] == ["Above", "soil"]


def test_real_series_of_the_swedish_inventory(tmp_path):
    means = [57.0738, 57.5011, 56.8865, 52.8687, 64.8874, 58.6698, 58.7703, 61.2781, 58.4198, 59.6184, 61.5086, 62.1406]
    text = "region,year,mean_agb_t_ha\n" + "".join("Sweden,{},{}\n".format(2007 + i, v) for i, v in enumerate(means))
    columns = SeriesColumns(pool="region", value="mean_agb_t_ha")
    (series,) = read_series(write(tmp_path, text), "t C/ha", columns=columns)
    assert series.years == tuple(range(2007, 2019))
    np.testing.assert_allclose(series.values, np.array(means) / 10)


@pytest.mark.parametrize("header, expected", [
    ("mean_kg_c_m2", ("mean", "kg C/m2")), ("soil_t_C_ha", ("soil", "t C/ha")), ("kg_c_m2", ("kg_c_m2", "kg C/m2")),
    ("soil [Mg C/ha]", ("soil", "t C/ha")), ("soil (0-100 cm)", ("soil (0-100 cm)", None)), ("soil", ("soil", None)),
])  # fmt: skip
def test_unit_of_a_header(header, expected):
    assert split_unit(header) == expected


def test_unit_column(tmp_path):
    text = "year,value,unit\n" + "".join("{},{},t C/ha\n".format(year, 40) for year in YEARS)
    (series,) = read_series(write(tmp_path, text))
    assert series.pool == "carbon" and series.values[0] == pytest.approx(4.0)
    assert "line 2, column 'unit': 'Mg/ha' is not a unit" in refusal(tmp_path, text.replace("t C/ha", "Mg/ha", 1))


GAP = LONG.replace("2003,soil,4.3\n", "").replace("2004,soil,4.4\n", "")


@pytest.mark.parametrize("text, words", [
    (GAP, "pool 'soil' has no value for 2003–2004 between 2000 and 2007. A forecast needs every year"),
    (LONG + "2003,soil,4.3\n", "line 10, column 'year': 2003 of pool 'soil' is already in line 5."),
    (LONG.replace("2000,soil,4.0\n", ""), "pool 'soil' has 7 years (2001–2007); a forecast needs at least 8."),
    (LONG.replace(",4.3", ",about 4"), "line 5, column 'mean_kg_c_m2': 'about 4' is not a number."),
    (LONG.replace(",4.3", ","), "line 5, column 'mean_kg_c_m2': the cell is empty."),
    (LONG.replace(",4.3", ",-4.3"), "line 5, column 'mean_kg_c_m2': '-4.3' is negative."),
    (LONG.replace("2003,soil", "MMIII,soil"), "line 5, column 'year': 'MMIII' is not a number."),
    (LONG.replace("2003,soil", "2003,"), "line 5, column 'pool': the cell is empty."),
    ("pool,mean\nsoil,4\n", "has no column 'year'"),
    ("year\n2000\n", "has a column of years but none of densities"),
    ("year,pool,agb\n2000,soil,4\n", "has a column of pools but none of densities"),
    ("year,soil_kg_c_m2\n2000,4\n2001,x\n", "line 3, column 'soil_kg_c_m2': 'x' is not a number."),
    ("year,soil\n2000,4\n", "The unit of column 'soil' of series.csv is not known."),
    ("year,pool,density,source\n2000,soil,4,forecast\n", "The unit of column 'density'"),
    ("year,pool,density_kg_c_m2,source\n2000,soil,4,forecast\n", "column 'source': this row is itself a forecast."),
    ("year,soil_kg_c_m2\n2000,\n", "pool 'soil' has no values"),
    ("year,soil_kg_c_m2,soil_kg_c_m2\n2000,1,1\n", "columns named 'soil_kg_c_m2'"),
])  # fmt: skip
def test_refused(tmp_path, text, words):
    assert words in refusal(tmp_path, text)


def test_refused_choices(tmp_path):
    assert "has no pool 'peat'. Its pools are: soil." in refusal(tmp_path, LONG, pools=["peat"])
    assert "is in kg C/m2 by its name, but t C/ha is chosen" in refusal(tmp_path, LONG, "t C/ha")
    assert "has no column 'agb'" in refusal(tmp_path, LONG, columns=SeriesColumns(value="agb"))
    assert "has no pool 'peat'" in refusal(tmp_path, "year,soil_kg_c_m2\n2000,1\n", pools=["peat"])
