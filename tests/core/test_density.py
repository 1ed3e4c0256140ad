"""Equation 3: known answers, the ratio asked against the one delivered, blending."""

import math
import os

import numpy as np
import pytest
import rasterio

from carbon_qgis.core import density
from carbon_qgis.core.errors import InputError

DATA = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data")
CPRE = np.array([0.0, 0.25, 0.5, 1.0])


def test_known_answers_of_equation_3():
    np.testing.assert_allclose(density.restore(CPRE, 2.0, 6.0, 1.1, "published"), [2.0, 3.1, 4.2, 6.4], rtol=1e-12)
    base = density.restore(CPRE, 2.0, 6.0)
    scaled = density.restore(CPRE, 2.0, 6.0, 1.1, "scaled")
    assert scaled.mean() == pytest.approx(base.mean() * 1.1, rel=1e-12)
    np.testing.assert_allclose(density.restore(CPRE, 2.0, 6.0, 1.0, "published"), base, rtol=1e-12)


def test_each_level_has_bounds_of_its_own():
    relative = np.array([[0.0, 0.5], [1.0, 1.0]])
    found = density.restore(relative, np.array([0.0, 10.0]), np.array([10.0, 30.0]), 2.0, "published")
    np.testing.assert_allclose(found, [[0.0, 30.0], [20.0, 50.0]])


def _xinjiang():
    with rasterio.open(os.path.join(DATA, "xinjiang_SOC100_2010AD.tif")) as dataset:
        cells = dataset.read(1, masked=True).compressed().astype(float)
    return cells


def _levels(cells, thresholds):
    """Relative density, and both bounds, of each cell in its own level; a threshold belongs to the lower level."""
    level = np.searchsorted(thresholds, cells, side="left")
    low = np.array([cells[level == k].min() for k in range(len(thresholds) + 1)])
    high = np.array([cells[level == k].max() for k in range(len(thresholds) + 1)])
    return (cells - low[level]) / (high - low)[level], low[level], high[level]


def test_on_real_soil_carbon_the_published_form_delivers_a_third_of_an_asked_20_percent():
    cells = _xinjiang()
    relative, low, high = _levels(cells, np.quantile(cells, [1 / 3, 2 / 3]))
    base = density.restore(relative, low, high)
    np.testing.assert_allclose(base, cells)
    published = density.restore(relative, low, high, 1.2, "published")
    check = density.RatioCheck(1.2, base.mean(), published.mean())
    assert check.delivered == pytest.approx(1.059, abs=5e-4)
    assert published.max() > high.max()
    scaled = density.restore(relative, low, high, 1.2, "scaled")
    assert density.RatioCheck(1.2, base.mean(), scaled.mean()).delivered == pytest.approx(1.2, rel=1e-12)


def test_equal_intervals_deliver_more_than_terciles():
    cells = _xinjiang()
    edges = cells.min() + (cells.max() - cells.min()) * np.array([1 / 3, 2 / 3])
    relative, low, high = _levels(cells, edges)
    published = density.restore(relative, low, high, 1.2, "published")
    assert published.mean() / cells.mean() == pytest.approx(1.116, abs=5e-4)


def test_mean_matching_brings_the_area_weighted_mean_to_the_target():
    cells = _xinjiang()
    relative, low, high = _levels(cells, np.quantile(cells, [1 / 3, 2 / 3]))
    area = np.linspace(0.5, 1.0, cells.size)
    mean = np.average(density.restore(relative, low, high), weights=area)
    ratio = density.matching_ratio(mean, 200.0)
    matched = density.restore(relative, low, high, ratio, "meanmatched")
    assert np.average(matched, weights=area) == pytest.approx(200.0, rel=1e-12)


def test_blending_is_the_expected_density_and_hard_takes_the_likeliest_level():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [0.0, 0.0, 1.0]])
    densities = np.array([[1.0, 10.0, 100.0]] * 3)
    np.testing.assert_allclose(density.blend(probabilities, densities), [35.2, 24.4, 100.0])
    assert density.hard(probabilities, densities).tolist() == [10.0, 1.0, 100.0]
    np.testing.assert_array_equal(density.blend(probabilities, densities[0]), density.blend(probabilities, densities))


@pytest.mark.parametrize("mode", density.RESTORATIONS)
@pytest.mark.parametrize("blending", density.BLENDINGS)
def test_the_two_terms_give_what_the_levels_give(mode, blending):
    rng = np.random.default_rng(3)
    probabilities = rng.dirichlet([1, 1, 1], 50)
    relative, low, high = rng.random((50, 3)), np.array([0.0, 5.0, 20.0]), np.array([5.0, 20.0, 90.0])
    by_level = density.restore(relative, low, high, 1.3, mode)
    terms = density.two_terms(probabilities, relative, low, high, blending)
    np.testing.assert_allclose(
        density.combine(*terms, 1.3, mode), density.over_levels(probabilities, by_level, blending), rtol=1e-12
    )


def test_a_mean_of_zero_has_no_delivered_ratio():
    assert math.isnan(density.RatioCheck(1.2, 0.0, 0.0).delivered)


def test_refusals_say_what_to_do():
    for bad in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="must be a number above 0"):
            density.restore(CPRE, 2.0, 6.0, bad)
    with pytest.raises(InputError, match="'scale' is no restoration. Choose one of: scaled, published, meanmatched"):
        density.restore(CPRE, 2.0, 6.0, 1.0, "scale")
    with pytest.raises(InputError, match="'soft' is no blending. Choose one of: blended, hard"):
        density.check_modes("scaled", "soft")
    with pytest.raises(InputError, match="mean of 0: it cannot be brought"):
        density.matching_ratio(0.0, 5.0)
    with pytest.raises(InputError, match="The pool mean to match is -5"):
        density.matching_ratio(3.0, -5.0)
