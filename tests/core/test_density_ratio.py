"""The ratio of eq. 3 from a table of yearly means: known answers, and every refusal with its message."""

import pytest

from carbon_qgis.core.density import RatioCheck
from carbon_qgis.core.density_ratio import given_ratio, ratio_from_table, ratio_table
from carbon_qgis.core.errors import InputError, TableError

NAMES = ("year", "pool", "source", "density_kg_c_m2", "low95_kg_c_m2", "low80_kg_c_m2", "high80_kg_c_m2",
         "high95_kg_c_m2")  # fmt: skip
ROWS = [
    (2010, "soil", "observed", 10.0, None, None, None, None),
    (2014, "soil", "observed", 11.0, None, None, None, None),
    (2020, "soil", "forecast", 12.0, 9.0, 10.0, 14.0, 15.0),
    (2010, "above", "observed", 2.0, None, None, None, None),
    (2020, "above", "forecast", 3.0, -1.0, 1.0, 5.0, 7.0),
]


def columns(rows=ROWS, names=NAMES):
    return dict(zip(names, zip(*rows)))


def test_forecast_over_observation_with_its_interval():
    found = ratio_from_table(columns(), "soil", 2020, 2010)
    assert (found.ratio, found.low, found.high) == (1.2, 0.9, 1.5)
    assert (found.mean_kg, found.base_kg, found.interval) == (12.0, 10.0, "95")
    assert found.mean_in("t C/ha") == pytest.approx(120.0)
    narrow = ratio_from_table(columns(), "Soil", 2020, 2010, "80")
    assert (narrow.low, narrow.high, narrow.interval) == (1.0, 1.4, "80")


def test_the_base_year_has_a_ratio_of_exactly_1_and_an_observed_year_no_width():
    assert ratio_from_table(columns(), "soil", 2010, 2010).parts() == {"mid": 1.0, "low": 1.0, "high": 1.0}
    observed = ratio_from_table(columns(), "soil", 2014, 2010)
    assert observed.parts() == {"mid": 1.1, "low": 1.1, "high": 1.1} and observed.interval is None
    assert observed.source.endswith("observed")


def test_an_interval_that_reaches_below_zero_stops_there():
    found = ratio_from_table(columns(), "above", 2020, 2010)
    assert 0 < found.low < 1e-6 and found.high == 3.5


def test_text_cells_of_a_csv_layer_are_read_as_numbers():
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in ROWS]
    assert ratio_from_table(columns(rows), "soil", 2020, 2010) == ratio_from_table(columns(), "soil", 2020, 2010)


def test_a_table_of_one_pool_needs_no_pool():
    one = columns([row[:1] + row[3:4] for row in ROWS[:3]], ("Year", "density_kg_c_m2"))
    assert ratio_from_table(one, "soil", 2014, 2010).ratio == pytest.approx(1.1)
    assert ratio_from_table(columns(ROWS[:3]), None, 2014, 2010).ratio == pytest.approx(1.1)


def test_a_series_of_means_without_a_forecast_is_read_too():
    series = {"year": [2010, 2014], "pool": ["soil"] * 2, "mean_kg_c_m2": [10.0, 11.0], "n": [3, 4]}
    assert ratio_from_table(series, "soil", 2014, 2010).ratio == pytest.approx(1.1)


def test_a_given_ratio_has_no_interval():
    assert given_ratio(1.3).parts() == {"mid": 1.3} and given_ratio(None).ratio == 1.0
    assert given_ratio(1.3).mean_in("t C/ha") is None
    with pytest.raises(InputError, match="must be a number above 0"):
        given_ratio(0.0)


def test_the_ratio_table_has_no_nan():
    table = ratio_table({"mid": RatioCheck(1.2, 0.0, 0.0)}, "t C/ha")
    assert table.as_dicts()[0] == {
        "estimate": "mid", "ratio_asked": 1.2, "ratio_delivered": None, "mean_at_ratio_1": 0.0, "mean": 0.0,
        "mean_of_table": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "table, arguments, error, message",
    [
        (columns(), ("dead", 2020, 2010), TableError, "no rows of the pool 'dead', .* It has: above, soil"),
        (columns(), ("soil", 2060, 2010), TableError, "no row of 2060 for the pool 'soil'. Its years are 2010 to 2020"),
        (columns(), ("soil", 2020, 2000), TableError, "no row of 2000"),
        (columns(), (None, 2020, 2010), InputError,
         "several pools .above, soil.*'Sample carbon density'.*'Convert carbon density'"),
        (columns(), ("soil", None, 2010), InputError, "The year of the map is not known"),
        (columns(), ("soil", 2020, None), InputError, r"The base year \(of the samples\) is not known"),
        (columns(), ("soil", 2020, 2010, "90"), InputError, "'90' is no interval. Choose one of: 95, 80"),
        (columns(), ("soil", 2020, 2010, "95", "both"), InputError, "'both' is no basis of a ratio. Choose one of: s"),
        (columns(), ("soil", 2020, 2010, "95", "fitted"), TableError, "no 'fitted_kg_c_m2' of 2020: the trend model"),
        (columns([ROWS[0], ROWS[2][:4] + (None,) * 4]), ("soil", 2020, 2010), TableError,
         "2020: the forecast has no low95_kg_c_m2 or high95_kg_c_m2. Use the table as"),
        (columns(ROWS + ROWS[:1]), ("soil", 2020, 2010), TableError, "has 2 rows of 2010 for one pool"),
        (columns([row[:3] for row in ROWS], NAMES[:3]), ("soil", 2020, 2010), TableError, "has no column 'density_kg"),
        (columns([ROWS[0], (2020, "soil", "", "n/a")], NAMES[:4]), ("soil", 2020, 2010), TableError, "'n/a' in the"),
        (columns([(2010, "soil", "", 0.0)] + ROWS[1:3]), ("soil", 2020, 2010), TableError, "density is 0 kg C/m2"),
        (columns([ROWS[0], ROWS[2][:4] + (13.0, 10.0, 14.0, 15.0)]), ("soil", 2020, 2010), TableError,
         "the mean 12 does not lie between low95_kg_c_m2 .13. and high95_kg_c_m2 .15."),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(table, arguments, error, message):
    with pytest.raises(error, match=message):
        ratio_from_table(table, *arguments)
