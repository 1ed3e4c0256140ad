"""Levels of the density: thresholds, their names, and levels without or with too few samples."""

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.level_thresholds import find_thresholds, level_names, level_of, level_ranges

NINE = np.array([1.0, 2, 3, 10, 11, 12, 20, 21, 22])


def thresholds(values, *arguments, **named):
    named.setdefault("min_samples", 1)
    return find_thresholds(np.asarray(values, dtype=float), "t C/ha", *arguments, **named)


def test_natural_breaks_of_the_known_case():
    found = thresholds(NINE, "natural", 3)
    assert found.values.tolist() == [3.0, 12.0] and found.levels == 3


def test_quantiles_and_equal_intervals():
    assert thresholds(np.arange(1, 10), "quantile", 3).values.tolist() == [3.0, 6.0]
    assert thresholds([0, 5, 12], "equal", 3).values.tolist() == [4.0, 8.0]


def test_an_empty_equal_interval_is_joined_and_said():
    found = thresholds([0, 1, 11, 12], "equal", 3)
    assert found.levels == 2
    assert "3 levels were asked for; 1 of them would hold no sample" in found.notes[0]


def test_a_threshold_belongs_to_the_lower_level():
    assert level_of(np.array([3.0, 3.0000001, 12.0, 13.0, -1.0]), np.array([3.0, 12.0])).tolist() == [0, 1, 1, 2, 0]
    assert level_of(np.array([99.0]), np.array([3.0, 12.0, np.inf])).tolist() == [2]


def test_weights_move_the_breaks_as_repeated_samples_would():
    rng = np.random.default_rng(1)
    values, repeats = rng.gamma(2.0, 30.0, 300), rng.integers(1, 9, 300)
    for method in ("natural", "quantile"):
        repeated = thresholds(np.repeat(values, repeats), method, 4).values
        assert thresholds(values, method, 4, weight=0.25 * repeats).values.tolist() == repeated.tolist()
        assert thresholds(values, method, 4).values.tolist() != repeated.tolist()


def test_names_and_ranges():
    assert level_names(3) == ("low", "medium", "high")
    assert level_names(7)[6] == "level 7"
    assert level_ranges(np.array([3.0, 12.5]), "t C/ha") == (
        "up to 3 t C/ha", "above 3 to 12.5 t C/ha", "above 12.5 t C/ha",
    )  # fmt: skip


# --- levels with few samples ------------------------------------------------------------------------------


def test_a_small_level_is_merged_with_its_smaller_neighbour():
    values = np.repeat([1.0, 5.0, 9.0], [50, 3, 40])
    found = thresholds(values, "given", given=(2, 6), min_samples=20)
    assert found.values.tolist() == [2.0]  # with the upper level, which has fewer
    assert "The level 'medium' (above 2 to 6 t C/ha) has 3 training sample(s), fewer than 20" in found.notes[0]
    assert "merged with the level above it. 2 levels are left" in found.notes[0]
    other = thresholds(np.repeat([1.0, 5.0, 9.0], [40, 3, 50]), "given", given=(2, 6), min_samples=20)
    assert other.values.tolist() == [6.0] and "the level below it" in other.notes[0]


def test_small_levels_at_the_ends():
    low = thresholds(np.repeat([1.0, 5.0, 9.0], [2, 30, 40]), "given", given=(2, 6), min_samples=20)
    assert low.values.tolist() == [6.0]
    high = thresholds(np.repeat([1.0, 5.0, 9.0], [30, 40, 2]), "given", given=(2, 6), min_samples=20)
    assert high.values.tolist() == [2.0]


def test_a_small_level_can_be_refused():
    with pytest.raises(InputError, match="'medium' .* has 3 training sample.*fewer than 20. Give more samples"):
        thresholds(np.repeat([1.0, 5.0, 9.0], [50, 3, 40]), "given", given=(2, 6), min_samples=20, small="refuse")


def test_nothing_but_one_level_is_refused():
    with pytest.raises(InputError, match="Nothing but one level would be left"):
        thresholds(np.repeat([1.0, 9.0], [50, 3]), "natural", 2, min_samples=20)


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values, arguments, words",
    [
        (NINE, dict(method="given", given=(3, 100)), "level 'high' .above 100 t C/ha. has no training sample"),
        (NINE, dict(method="given", given=(12, 3)), "12, 3 are not in ascending order"),
        (NINE, dict(method="given"), "0 thresholds were given. Give 1 to 9"),
        (NINE, dict(method="given", given=(3, np.nan)), "not in ascending order"),
        (NINE, dict(method="best"), "'best' is no way to find levels. Choose one of: natural"),
        (NINE, dict(levels=1), "Between 2 and 10 levels are possible; 1 were asked for"),
        (NINE, dict(levels=11), "11 were asked for"),
        (NINE, dict(small="ignore"), "got 'ignore'"),
        (np.ones(30), dict(), "have 1 different density .from 1 to 1 t C/ha.: 3 levels cannot be told apart"),
        ([1, 1, 2, 2], dict(), "have 2 different densities"),
        ([1, np.nan, 2, 3], dict(), "1 of 4 training densities are not a number"),
        ([], dict(), "no training samples"),
    ],
)
def test_refused(values, arguments, words):
    with pytest.raises(InputError, match=words):
        thresholds(values, **arguments)
