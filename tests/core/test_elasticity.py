"""Elasticity: the published example in four forms, its guards, and a truth that is known."""

import numpy as np
import pytest

from carbon_qgis.core.elasticity import NO_BASE, NO_DATA, OK, REASONS, SMALL_CHANGE, elasticity


@pytest.mark.parametrize(
    "method, expected", [("ratio", -3.47), ("midpoint", -3.80), ("log", -3.80), ("semi", -19.8)]
)
def test_the_published_pair_in_four_forms(method, expected):
    result = elasticity(1.17, 1.01, 17.50, 18.19, method)
    assert float(result.value) == pytest.approx(expected, abs=0.051 if method == "semi" else 0.0051)
    assert float(result.change_c) == pytest.approx(-0.16) and float(result.change_x) == pytest.approx(0.69)


def test_a_denominator_near_zero_gives_a_reason_not_a_number():
    result = elasticity([1.0, 1.0, 1.0], [0.9, 0.9, 0.9], [17.50, 17.50, 17.50], [17.546, 17.5, 19.0])
    assert np.isnan(result.value[:2]).all() and result.value[2] == pytest.approx(-0.1 / (1.5 / 17.5))
    assert result.reason.tolist() == [SMALL_CHANGE, SMALL_CHANGE, OK]
    np.testing.assert_allclose(result.change_x, [0.046, 0.0, 1.5], atol=1e-12)
    assert "denominator" in REASONS[SMALL_CHANGE]


def test_the_threshold_is_a_choice():
    assert np.isfinite(elasticity(1.0, 0.9, 17.50, 17.546, min_change=0.001).value)


def test_forms_that_do_not_depend_on_the_base():
    there = elasticity(3.0, 5.0, 2.0, 2.5, "log").value, elasticity(3.0, 5.0, 2.0, 2.5, "midpoint").value
    back = elasticity(5.0, 3.0, 2.5, 2.0, "log").value, elasticity(5.0, 3.0, 2.5, 2.0, "midpoint").value
    np.testing.assert_allclose(there, back)
    assert elasticity(3.0, 5.0, 2.0, 2.5).value != pytest.approx(float(elasticity(5.0, 3.0, 2.5, 2.0).value))


def test_a_power_law_has_its_exponent_as_logarithmic_elasticity():
    x0, x1 = np.array([2.0, 5.0, 9.0]), np.array([3.0, 4.0, 30.0])
    np.testing.assert_allclose(elasticity(x0**-0.7, x1**-0.7, x0, x1, "log").value, -0.7)


def test_what_has_no_relative_change():
    result = elasticity([0.0, 1.0, np.nan, -1.0], [1.0, 2.0, 1.0, 2.0], [1.0, 0.0, 1.0, 1.0], [2.0, 1.0, 2.0, 2.0])
    assert result.reason.tolist() == [NO_BASE, NO_BASE, NO_DATA, NO_BASE]
    for method in ("ratio", "midpoint", "log"):
        assert elasticity([1.0, 1.0], [2.0, -2.0], [-1.0, 1.0], [1.5, 2.0], method).reason.tolist() == [NO_BASE] * 2
        assert elasticity(-1.0, -2.0, -1.0, -2.0, method).reason == OK
    assert elasticity([1.0, 1.0], [2.0, -2.0], [-1.0, 1.0], [1.5, 2.0], "semi").reason.tolist() == [OK, NO_BASE]
    signs = elasticity([1.0, 1.0], [-1.0, 2.0], [1.0, -1.0], [2.0, 1.0], "log")
    assert signs.reason.tolist() == [NO_BASE, NO_BASE]
    assert elasticity(1.0, -1.0, 1.0, 2.0, "midpoint").reason == NO_BASE
    assert elasticity(0.0, -1.0, 1.0, 2.0, "semi").reason == NO_BASE


def test_semi_is_per_unit_and_may_compare_with_a_unit():
    # From -0.1 to 0.4 degC there is no relative change, but there is one per degree.
    result = elasticity(100.0, 110.0, -0.1, 0.4, "semi", scale=1.0)
    assert float(result.value) == pytest.approx(20.0)
    assert elasticity(100.0, 110.0, 0.0, 0.005, "semi", scale=1.0).reason == SMALL_CHANGE


def test_an_unknown_method_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="unknown method"):
        elasticity(1, 2, 1, 2, "arc")
