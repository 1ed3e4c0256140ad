"""Number text, unit text, ticks and colours of reports."""

import math

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.report import style


@pytest.mark.parametrize(
    "value, text",
    [
        (1294.41, "1,294.4"),
        (12345678.9, "12,345,679"),
        (-20.0, "−20"),
        (0.385716842809428, "0.38572"),
        (0.0, "0"),
        (-1e-30, "−1.00 × 10⁻³⁰"),
        (1.2345e-7, "1.23 × 10⁻⁷"),
        (3.2e15, "3.20 × 10¹⁵"),
        (99999.6, "100,000"),
        (113563, "113,563"),
        (2**53 + 1, "9,007,199,254,740,993"),
        (np.int64(1234), "1,234"),
        (np.float32(0.5), "0.5"),
        (None, "–"),
        (float("nan"), "–"),
        (np.float32("nan"), "–"),
        (float("-inf"), "−∞"),
        (True, "yes"),
        (np.bool_(False), "no"),
    ],
)
def test_number(value, text):
    assert style.number(value) == text


def test_fixed_never_shows_a_negative_zero():
    assert style.fixed(-0.0004, 3) == "0.000"
    assert style.fixed(-0.0006, 3) == "−0.001"


def test_column_keeps_decimals_aligned_and_small_values_readable():
    assert style.column_texts([1294.41, 2.5, None], "number") == ["1,294.4", "2.5", "–"]
    assert style.column_texts([1.5, 2.25, 3.0], "number") == ["1.50", "2.25", "3.00"]
    assert style.column_texts([1294.41, 0.00123, 1e-9], "number") == ["1,294.4", "0.00123", "1.00 × 10⁻⁹"]
    assert style.column_texts([100.0, 20.0], "number") == ["100", "20"]
    assert style.column_texts([math.nan, math.inf, 0.0], "number") == ["–", "∞", "0"]


def test_years_and_codes_have_no_separators_but_counts_have():
    assert style.column_texts([2010, None], "integer", "year") == ["2010", "–"]
    assert style.column_texts([11100], "integer", "lucode") == ["11100"]
    assert style.column_texts([11100], "integer", "cells") == ["11,100"]


@pytest.mark.parametrize(
    "unit, text",
    [
        ("t C/ha", "t C/ha"),
        ("kg C/m2", "kg C/m²"),
        ("t C/km2/yr", "t C/km²/yr"),
        ("t C/km^2", "t C/km²"),
        ("Mg C ha-1 yr-1", "Mg C ha⁻¹ yr⁻¹"),
        ("degC", "°C"),
        ("t CO2e", "t CO₂e"),
        ("1", ""),
        (None, ""),
    ],
)
def test_pretty_unit(unit, text):
    assert style.pretty_unit(unit) == text


def test_axis_titles_carry_unit_and_power():
    assert style.quantity_label("Carbon stock", "t C", 6) == "Carbon stock (10⁶ t C)"
    assert style.quantity_label("q", "1") == "q"


@pytest.mark.parametrize("low, high", [(0, 1), (-3e-9, 5e-9), (0, 7.3e12), (-1, 1), (2010, 2010.5), (1e6, 1e6 + 3)])
def test_ticks_are_inside_round_and_told_apart_by_their_text(low, high):
    ticks, decimals = style.nice_ticks(low, high, 5)
    span = high - low
    assert 2 <= len(ticks) <= 7
    assert ticks[0] >= low - 1e-6 * span and ticks[-1] <= high + 1e-6 * span
    texts = [style.fixed(tick, decimals) for tick in ticks]
    assert len(set(texts)) == len(texts)
    shown = [float(text.replace(",", "").replace("−", "-")) for text in texts]
    np.testing.assert_allclose(shown, ticks, atol=1e-6 * span)


@pytest.mark.parametrize("low, high", [(1, 1), (2, 1), (0, math.inf), (math.nan, 1)])
def test_ticks_refuse_impossible_limits(low, high):
    with pytest.raises(InputError, match="finite and increasing; got"):
        style.nice_ticks(low, high, 5)


@pytest.mark.parametrize("limit, power", [(5, 0), (9.9e5, 0), (1e6, 6), (1.2e10, 9), (3e-4, -6), (0, 0), (math.inf, 0)])
def test_axis_power_is_a_multiple_of_three(limit, power):
    assert style.axis_power(limit) == power


@pytest.mark.parametrize("count", [0, 1, 20, 60])
def test_class_colours_are_distinct(count):
    colours = style.class_colours(count)
    assert len(set(colours)) == len(colours) == count


def test_pool_colours_are_known_by_name():
    colours = style.pool_colours(["c_soil", "other", "above"])
    assert colours[0] == style.POOL_COLOURS["soil"] and colours[2] == style.POOL_COLOURS["above"]
    assert colours[1] not in style.POOL_COLOURS.values()


def test_diverging_ramp_is_lightest_in_the_middle():
    light = [sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in style.DIVERGING]
    middle = len(light) // 2
    assert len(light) % 2 == 1 and light.index(max(light)) == middle
    assert light[:middle] == sorted(light[:middle]) and light[middle:] == sorted(light[middle:], reverse=True)


def test_symmetric_limit_ignores_nan_and_is_never_zero():
    assert style.symmetric_limit(np.array([-3.0, 2.0, np.nan, np.inf])) == 3.0
    assert style.symmetric_limit(np.zeros(4)) == 1.0
    assert style.symmetric_limit(np.array([np.nan])) == 1.0
    assert style.symmetric_limit(np.array([0.0] * 999 + [5.0]), 98) == 5.0
