"""Samples: what a table means, and what it is refused for."""

import tracemalloc

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError, TableError, UnitError
from carbon_qgis.core.samples import (
    Driver,
    make_samples,
    require_distinct,
    samples_from_columns,
    samples_table,
    split_header,
)

DENSITY = "density [t C/ha]"


def columns(**more):
    plain = {
        "id": [1, 2, 3, 4],
        "x": [10.0, 20.0, 30.0, 40.0],
        "y": [1.0, 2.0, 3.0, 4.0],
        DENSITY: [5.0, 6.0, 7.0, 8.0],
        "NDVI [1]": [0.1, 0.2, 0.3, 0.4],
        "GLC [class]": [10, 20, 10, 30],
    }
    return {**plain, **more}


def table_columns(table):
    return {column.name: table.column(column.name) for column in table.columns}


def test_bracketed_columns_are_the_drivers_and_class_marks_codes():
    samples = samples_from_columns(columns(note=["a", "b", "c", "d"]))
    assert samples.drivers == (Driver("NDVI", "1"), Driver("GLC", "", True))
    np.testing.assert_array_equal(samples.features, [[0.1, 10], [0.2, 20], [0.3, 10], [0.4, 30]])
    np.testing.assert_array_equal(samples.target, [5, 6, 7, 8])
    assert (samples.unit, samples.steps, len(samples)) == ("t C/ha", 1, 4)
    np.testing.assert_array_equal(samples.latest, samples.features)


def test_what_a_table_may_leave_out():
    samples = samples_from_columns({DENSITY: [1.0, 2.0], "A [1]": [3.0, 4.0]})
    np.testing.assert_array_equal(samples.weight, [1, 1])
    assert np.isnan(samples.x).all() and np.isnan(samples.y).all()
    assert samples.block is None and samples.pool is None and samples.year is None
    assert samples.split.tolist() == ["train", "train"]


def test_text_that_is_numbers_as_csv_layers_give_it():
    samples = samples_from_columns(columns(**{"NDVI [1]": ["0.1", " 0.2", "3e-1", "0.4"]}))
    np.testing.assert_allclose(samples.features[:, 0], [0.1, 0.2, 0.3, 0.4])


def test_own_fields_by_name():
    own = {"soc": [1.0, 2.0], "slope": [3.0, 4.0], "soil": [7, 8], "TEM [degC]": [20.0, 21.0], "label": ["a", "b"]}
    samples = samples_from_columns(own, "soc", "kg C/m2", ["soil", "TEM"], ["soil"])
    assert samples.drivers == (Driver("soil", "", True), Driver("TEM", "degC"))
    np.testing.assert_array_equal(samples.features, [[7, 20], [8, 21]])
    assert samples.unit == "kg C/m2"


def test_a_stated_unit_goes_before_the_header():
    assert samples_from_columns(columns(), unit="kg C/m2").unit == "kg C/m2"


def test_lagged_drivers_make_a_sequence_oldest_first():
    table = columns(**{"NDVI (t-2) [1]": [1.0, 1.1, 1.2, 1.3], "NDVI (t-1) [1]": [2.0, 2.1, 2.2, 2.3]})
    samples = samples_from_columns(table)
    assert samples.lags == (2, 1, 0) and samples.steps == 3 and samples.names == ("NDVI", "GLC")
    assert samples.features.shape == (4, 3, 2)
    np.testing.assert_array_equal(samples.features[0, :, 0], [1.0, 2.0, 0.1])
    # A driver of one year only stands still.
    np.testing.assert_array_equal(samples.features[1, :, 1], [20, 20, 20])
    np.testing.assert_array_equal(samples.latest[:, 0], [0.1, 0.2, 0.3, 0.4])
    # Named by its driver, a sequence comes whole.
    np.testing.assert_array_equal(samples_from_columns(table, drivers=["NDVI"]).features, samples.features[:, :, :1])


def test_a_driver_that_lacks_one_of_several_years_is_refused():
    table = columns(**{"NDVI (t-2) [1]": [1.0] * 4, "TEM (t-1) [degC]": [2.0] * 4, "TEM [degC]": [2.0] * 4})
    with pytest.raises(TableError, match=r"driver 'NDVI' lacks the column\(s\) 'NDVI \(t-1\) \[1\]'"):
        samples_from_columns(table)


@pytest.mark.parametrize("lagged", [False, True])
def test_a_table_that_was_written_is_read_back_the_same(lagged):
    rng = np.random.default_rng(1)
    drivers = (Driver("NDVI", "1"), Driver("GLC", categorical=True), Driver("X"))
    samples = make_samples(
        drivers, rng.normal(size=(6, 3, 3) if lagged else (6, 3)), rng.normal(size=6) ** 2, "t C/ha", "soil", 2010,
        rng.uniform(1, 2, 6), rng.normal(size=6), rng.normal(size=6), rng.integers(0, 3, 6),
        np.array(["train", "test", "validation"] * 2), (10, 5, 0) if lagged else None,
    )  # fmt: skip
    table = samples_table(samples, row=np.arange(6), col=np.arange(6), interval=np.arange(1, 7))
    names = [column.name for column in table.columns]
    assert names[:11] == ["id", "x", "y", "row", "col", "block", "split", "interval", "weight", "pool", "year"]
    assert names[11:15] == ["density [t C/ha]", "NDVI [1]", "GLC [class]", "X [?]"]
    assert names[15:] == (
        ["NDVI (t-5) [1]", "GLC (t-5) [class]", "X (t-5) [?]", "NDVI (t-10) [1]", "GLC (t-10) [class]", "X (t-10) [?]"]
        if lagged else []
    )  # fmt: skip
    back = samples_from_columns(table_columns(table))
    assert (back.drivers, back.unit, back.pool, back.year, back.lags) == (
        drivers, "t C/ha", "soil", 2010, samples.lags
    )  # fmt: skip
    for name in ("features", "target", "weight", "x", "y", "block", "split"):
        np.testing.assert_array_equal(getattr(back, name), getattr(samples, name))


def test_rows_of_a_split_and_the_original_stays():
    samples = samples_from_columns(columns(split=["train", "TEST", "validation", "train"], block=["b", "a", "b", "c"]))
    np.testing.assert_array_equal(samples.rows("train").target, [5, 8])
    np.testing.assert_array_equal(samples.rows("validation", "test").target, [6, 7])
    np.testing.assert_array_equal(samples.rows("train").block, [1, 2])
    assert len(samples) == 4
    with pytest.raises(InputError, match="'learn' is no part of a split"):
        samples.rows("learn")


def test_missing_values_are_counted_by_column_or_dropped_with_a_note():
    table = columns(**{"NDVI [1]": [0.1, None, float("nan"), 0.4], "GLC [class]": [10, "", 10, float("inf")]})
    expected = r"3 of 4 rows have a missing or infinite value \('NDVI \[1\]' 2, 'GLC \[class\]' 2\)"
    with pytest.raises(TableError, match="points.gpkg: " + expected + ". Complete them, or choose"):
        samples_from_columns(table, source="points.gpkg")
    samples = samples_from_columns(table, drop_invalid=True)
    np.testing.assert_array_equal(samples.target, [5])
    assert "they are left out" in samples.notes[0] and "3 of 4" in samples.notes[0]
    with pytest.raises(TableError, match="No row is left"):
        samples_from_columns(columns(**{DENSITY: [None] * 4}), drop_invalid=True)


def test_a_negative_density_is_kept_and_said():
    assert "1 sample(s) have a negative density" in samples_from_columns(columns(**{DENSITY: [-1.0, 2, 3, 4]})).notes[0]


@pytest.mark.parametrize(
    "table, options, error, message",
    [
        ({}, {}, TableError, "has no rows"),
        ({DENSITY: []}, {}, TableError, "has no rows"),
        ({"A [1]": [1.0]}, {}, TableError, r"no column 'density \[unit\]'.*The columns are: A \[1\]"),
        ({DENSITY: [1.0], "a": [2.0]}, {}, TableError, r"has no drivers: no column is named 'name \[unit\]'"),
        ({DENSITY: [1.0], "density [kg C/m2]": [0.1]}, {}, TableError, "has 2 columns of density"),
        ({"density [m]": [1.0], "A [1]": [1.0]}, {}, UnitError, "unit of 'density .m.' is not known.*it is 'm'"),
        ({"soc": [1.0], "A [1]": [1.0]}, {"target": "soc"}, UnitError, "unit of 'soc' is not known to be a carbon"),
        ({"soc": [1.0]}, {"target": "SOC"}, TableError, "has no column 'SOC'. It has: soc"),
        (columns(), {"drivers": ["EVI"]}, TableError, "has no driver 'EVI'"),
        (columns(), {"drivers": [DENSITY]}, TableError, "cannot explain itself"),
        (columns(), {"categorical": ["soil"]}, TableError, "'soil' is named as categorical but is no driver"),
        (columns(**{"NDVI [1]": [1, "1,5", 2, 3]}), {}, TableError, "row 2 holds '1,5'"),
        (columns(weight=[1, 0, 1, 1]), {}, TableError, "'weight' holds 0"),
        (columns(split=["train", "fit", "", "test"]), {}, TableError, "'split' holds ''"),
        (columns(split=["train", "fit", "test", "test"]), {}, TableError, "'split' holds 'fit'"),
        (columns(pool=["soil", "soil", "dead", "dead"]), {}, TableError, r"several pools \(dead, soil\)"),
        (columns(block=[1, None, 2, 2]), {}, TableError, "1 rows have no 'block'"),
        (columns(**{"NDVI [m]": [1, 2, 3, 4]}), {}, TableError, r"'NDVI \[1\]' and 'NDVI \[m\]' are the same driver"),
    ],
)
def test_what_a_table_is_refused_for(table, options, error, message):
    with pytest.raises(error, match=message):
        samples_from_columns(table, **options)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match=r"shape \(3, 2\) do not fit 3 targets and 1 drivers"):
        make_samples([Driver("A")], np.zeros((3, 2)), np.zeros(3), "t C/ha")


def test_headers():
    assert split_header("leaf area [m2/m2]") == ("leaf area", "m2/m2")
    assert split_header("soil") == ("soil", None)
    assert split_header(" a[b] c [ 1 ] ") == ("a[b] c", "1")


def test_a_cell_of_a_million_letters_takes_no_memory_in_other_rows():
    """numpy gives each row of a column of texts the room of the longest: 4 GB here."""
    long = "x" * 1_000_000
    many = {name: list(values) * 250 for name, values in columns().items()}
    many["block"] = ["b", "a", long, "b"] * 250
    tracemalloc.start()
    samples = samples_from_columns(many)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    np.testing.assert_array_equal(samples.block[:4], [1, 0, 2, 1])
    many["NDVI [1]"] = [0.1, "0.2", long, 0.4] * 250
    with pytest.raises(TableError, match="column 'NDVI .1.' must hold numbers.*row 3 holds"):
        samples_from_columns(many)


@pytest.mark.parametrize("headers", [["PRE [mm]", "PRE [mm]"], ["PRE [mm]", "NDVI [1]", "PRE [mm]_1"]])
def test_two_columns_of_one_name_are_refused_also_where_qgis_renamed_one(headers):
    with pytest.raises(TableError, match=r"'points' has the column 'PRE \[mm\]' 2 times"):
        require_distinct(headers, "'points'")
    require_distinct(["PRE [mm]", "PRE_1 [mm]", "x", "x_1"], "'points'")
