"""The parameter table of CASA: reading, refusing, and percentiles from histograms of NDVI."""

import numpy as np
import pytest

from carbon_qgis.core.casa_parameters import (
    BINS,
    fit_classes,
    histogram_percentile,
    lookup_tables,
    ndvi_bins,
    read_parameters,
)
from carbon_qgis.core.errors import InputError, TableError
from carbon_qgis.core.text_tables import TextTable

HEADER = ("code", "name", "eps_max", "ndvi_low", "ndvi_high", "sr_low", "sr_high")


def table(*rows, header=HEADER):
    return TextTable.from_rows("classes.csv", header, rows)


def histogram(values):
    return np.bincount(ndvi_bins(np.asarray(values, dtype=float)), minlength=BINS)


def test_the_table_that_ships_holds_the_published_values():
    found = read_parameters()
    assert found.is_default and sorted(found.classes) == list(range(1, 18))
    published = {1: 0.389, 2: 0.985, 3: 0.485, 4: 0.692, 5: 0.475, 6: 0.429, 7: 0.429, 10: 0.542, 12: 0.542}
    assert {code: found.classes[code].eps_max for code in published} == published
    assert found.classes[15].eps_max == found.classes[17].eps_max == 0
    assert found.classes[10].ndvi_low is None
    # Classes without a canopy do not make one of their own greenest cells.
    barren = found.classes[16]
    assert (barren.ndvi_low, barren.ndvi_high, barren.sr_low, barren.sr_high) == (0.023, 0.634, 1.05, 4.46)


def test_columns_have_other_names_and_may_be_missing(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("lucode;eps_max;NDVI_min;NDVI_max\n3;0,5;0,1;0,8\n7;0,4;;\n", encoding="utf-8")
    found = read_parameters(str(path))
    assert not found.is_default and found.source == "p.csv"
    assert (found.classes[3].eps_max, found.classes[3].ndvi_low, found.classes[3].ndvi_high) == (0.5, 0.1, 0.8)
    assert found.classes[7].ndvi_low is None and found.classes[7].name == "Class 7"


@pytest.mark.parametrize("row, message", [
    ((1, "a", 5.5, None, None, None, None), "'5.5' is not an efficiency from 0 to 5 g C/MJ. Write it in g C per MJ"),
    ((1, "a", -0.1, None, None, None, None), "is not an efficiency from 0 to 5"),
    ((1, "a", None, None, None, None, None), "column 'eps_max': the cell is empty"),
    ((1, "a", 0.5, 0.1, None, None, None), "'0.1' has no counterpart in 'ndvi_high'. Fill both of them, or neither"),
    ((1, "a", 0.5, None, None, None, 4.0), "'4.0' has no counterpart in 'sr_low'"),
    ((1, "a", 0.5, 200, 6340, None, None), "'200.0' is out of range. NDVI lies between -1 and 1 (not × 10000)"),
    ((1, "a", 0.5, 0.7, 0.1, None, None), "'0.1' is not above the low percentile '0.7'"),
    ((1, "a", 0.5, 0.1, 0.7, -1, 3), "'-1.0' is out of range"),
])  # fmt: skip
def test_refusals(row, message):
    row = tuple(float(v) if isinstance(v, int) and i > 0 else v for i, v in enumerate(row))
    with pytest.raises(TableError) as caught:
        read_parameters(table(row))
    assert message in str(caught.value)


def test_missing_columns_and_double_codes():
    with pytest.raises(TableError, match="no column 'eps_max'"):
        read_parameters(table((1, "a"), header=("code", "name")))
    with pytest.raises(TableError, match="code 1 is already in row 1"):
        read_parameters(table((1, "a", 0.5) + (None,) * 4, (1, "b", 0.5) + (None,) * 4))


def test_codes_without_a_row_are_listed_with_their_cells():
    parameters = read_parameters(table((1, "a", 0.5) + (None,) * 4))
    parameters.require_codes({1: 9}, "The map")
    with pytest.raises(TableError) as caught:
        parameters.require_codes({1: 5, 40: 1, 7: 12345}, "The map")
    assert "The map has class codes that classes.csv does not list: 7 (12,345 cells), 40 (1 cell)." in str(caught.value)
    with pytest.raises(TableError, match="the codes of the IGBP legend of MODIS MCD12Q1"):
        read_parameters().require_codes({200: 5}, "The map")


@pytest.mark.parametrize("seed", range(3))
def test_percentiles_are_within_a_bin_of_those_of_the_values(seed):
    values = np.random.default_rng(seed).beta(2, 4, 20_000) * 1.1 - 0.2
    counts = histogram(values)
    for percent in (0, 5, 50, 95, 100):
        assert histogram_percentile(counts, percent) == pytest.approx(np.percentile(values, percent), abs=3 / BINS)


def test_histograms_add_up():
    values = np.random.default_rng(1).uniform(-1, 1, 5000)
    parts = histogram(values[:1234]) + histogram(values[1234:])
    assert (parts == histogram(values)).all() and parts.sum() == 5000
    assert histogram([-1.0])[0] == 1 and histogram([1.0])[-1] == 1


def test_percentiles_come_from_the_table_else_from_the_ndvi():
    given, half = (1, "given", 0.5, 0.023, 0.634, 1.05, 4.46), (2, "half", 0.5, 0.1, 0.6, None, None)
    parameters = read_parameters(table(given, half, (3, "own", 0.4) + (None,) * 4))
    values = np.linspace(0.0, 0.8, 4001)
    found = fit_classes(parameters, {code: histogram(values) for code in (1, 2, 3)}, (5, 95))
    one, two, three = (found[code].parameters for code in (1, 2, 3))
    assert (one.ndvi_low, one.sr_low, one.sr_high) == (0.023, 1.05, 4.46) and found[1].from_table
    assert (two.sr_low, two.sr_high) == pytest.approx((1.1 / 0.9, 1.6 / 0.4))
    assert (three.ndvi_low, three.ndvi_high) == pytest.approx((0.04, 0.76), abs=3 / BINS) and not found[3].from_table
    assert three.sr_high == pytest.approx((1 + three.ndvi_high) / (1 - three.ndvi_high))


def test_a_class_whose_ndvi_does_not_vary_is_refused_unless_nothing_grows_there():
    parameters = read_parameters(table((1, "flat", 0.5) + (None,) * 4, (2, "water", 0.0) + (None,) * 4))
    fit_classes(parameters, {2: histogram([0.3] * 50)}, (5, 95))
    with pytest.raises(InputError) as caught:
        fit_classes(parameters, {1: histogram([0.3] * 50)}, (5, 95))
    assert "The 5 % and 95 % percentiles of NDVI are equal in class 1 'flat' (0.3" in str(caught.value)
    assert "Give the columns ndvi_low and ndvi_high" in str(caught.value)


def test_lookup_tables_are_by_index_and_nan_elsewhere():
    parameters = read_parameters(table((40, "a", 0.5, 0.1, 0.6, 1.2, 4.0)))
    fitted = fit_classes(parameters, {40: histogram([0.2, 0.5])}, (5, 95))
    tables = lookup_tables(fitted, {40: 2}, 4)
    assert tables.eps_max[2] == 0.5 and tables.sr_high[2] == 4.0
    assert np.isnan(tables.eps_max[[0, 1, 3]]).all()
