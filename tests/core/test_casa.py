"""CASA's equations: the known answers, an independent computation of each, and what must hold for any input."""

import math

import numpy as np
import pytest

from carbon_qgis.core.casa import (
    K_VALUES,
    CellClasses,
    casa_year,
    fpar,
    optimum_temperature,
    scaled_fpar,
    simple_ratio,
    temperature_stress_1,
    temperature_stress_2,
)
from carbon_qgis.core.casa_climate import (
    heat_exponent,
    heat_index,
    monthly_stress,
    net_radiation,
    potential_evapotranspiration,
    regional_evapotranspiration,
    soil_respiration,
    thornthwaite,
    water_stress,
)

YEAR = np.array([-15, -10, 0, 9, 16, 21, 23, 21, 15, 7, -3, -11.0])[:, np.newaxis]
GRASS = (0.542, 0.023, 0.634, 1.05, 4.46)


def classes(cells=1, eps=GRASS[0]):
    return CellClasses(*(np.full(cells, value) for value in (eps,) + GRASS[1:]))


def constant(value, cells=1):
    return np.full((12, cells), float(value))


def random_year(cells=500, seed=3):
    """NDVI, temperature, precipitation, radiation of cells from the tropics to the tundra; a third of the rain is 0."""
    generator = np.random.default_rng(seed)
    warm = generator.uniform(-25, 30, cells) + 15 * np.sin(np.linspace(0, 2 * np.pi, 12))[:, np.newaxis]
    rain = generator.gamma(1, 60, (12, cells)) * (generator.random((12, cells)) > 0.33)
    return generator.uniform(-0.2, 0.95, (12, cells)), warm, rain, generator.uniform(0, 900, (12, cells))


# The known answers of METHODS


def test_temperature_stress_1():
    assert temperature_stress_1(np.array([20.0, 23.0]), np.array([20.0, 23.0])) == pytest.approx([1.0, 0.9955])


def test_temperature_stress_2():
    optimum, temperature = np.full(4, 20.0), np.array([20.0, 15.0, 31.0, 6.0])
    found = temperature_stress_2(optimum, temperature, 1.184)
    assert found == pytest.approx([0.99341, 0.85606, 0.49670, 0.49670], abs=5e-6)


def test_both_published_constants():
    assert K_VALUES == {"usual": 1.184, "original": 1.1814}
    optimum = np.array([20.0])
    ratio = temperature_stress_2(optimum, optimum, 1.1814) / temperature_stress_2(optimum, optimum, 1.184)
    assert ratio == pytest.approx([1.1814 / 1.184])


def test_fpar_of_grass_at_ndvi_0_5():
    assert scaled_fpar(np.array([0.5]), 0.023, 0.634) == pytest.approx([0.741872], abs=5e-7)
    assert simple_ratio(np.array([0.5])) == pytest.approx([3.0])
    assert scaled_fpar(np.array([3.0]), 1.05, 4.46) == pytest.approx([0.543683], abs=5e-7)
    assert fpar(np.array([0.5]), classes()) == pytest.approx([0.642778], abs=5e-7)


def test_heat_index_evapotranspiration_and_water_stress_of_the_example_year():
    index = heat_index(YEAR)
    assert index == pytest.approx([42.83743], abs=5e-6)
    assert heat_exponent(index) == pytest.approx([1.171616], abs=5e-7)
    ep0, rain = thornthwaite(YEAR), constant(40)
    eet = regional_evapotranspiration(ep0, rain)
    assert (ep0[6, 0], eet[6, 0]) == pytest.approx((114.627, 38.147), abs=5e-4)
    assert potential_evapotranspiration(eet, ep0)[6, 0] == pytest.approx(76.387, abs=5e-4)
    assert water_stress(YEAR, rain)[6, 0] == pytest.approx(0.7497, abs=5e-5)


def test_npp_of_the_example_month():
    ndvi = constant(0.3)
    ndvi[6] = 0.5
    found = casa_year(ndvi, YEAR, constant(40), constant(620), classes())
    assert found.apar[6, 0] == pytest.approx(199.2611, abs=5e-5)
    assert found.epsilon[6, 0] == pytest.approx(0.401840, abs=5e-7)
    assert found.npp[6, 0] == pytest.approx(80.0711, abs=5e-5)


def test_soil_respiration():
    found = soil_respiration(np.array([15.0, 23.0, 0.0]), np.array([60.0, 40.0, 0.0]))
    assert found == pytest.approx([21.2273, 33.0077, 3.0690], abs=5e-5)


# One cell and month at a time, with the standard library only


def plain_month(month, ndvi, tem, pre, sol, k):
    """NPP of one month of one cell above 0 degC, written down again from the equations."""
    index = sum((t / 5) ** 1.514 for t in tem if t > 0)
    a = (0.675 * index**3 - 77.1 * index**2 + 17920 * index + 492390) * 1e-6
    t, r = tem[month], pre[month]
    ep0 = 16 * (10 * t / index) ** a if t <= 26.5 else -415.85 + 32.24 * t - 0.43 * t**2
    stress = 0.5
    if r > 0:
        rn = math.sqrt(ep0 * r) * (0.369 + 0.598 * math.sqrt(ep0 / r))
        eet = r * rn * (r**2 + rn**2 + r * rn) / ((r + rn) * (r**2 + rn**2))
        stress = 0.5 + 0.5 * min(1.0, eet / ((eet + ep0) / 2))
    eps, n_low, n_high, s_low, s_high = GRASS
    by_ndvi = min(0.95, max(0.001, (ndvi[month] - n_low) / (n_high - n_low) * 0.949 + 0.001))
    ratio = (1 + ndvi[month]) / (1 - ndvi[month])
    by_ratio = min(0.95, max(0.001, (ratio - s_low) / (s_high - s_low) * 0.949 + 0.001))
    best = tem[ndvi.index(max(ndvi))]
    first = max(0.0, 0.8 + 0.02 * best - 0.0005 * best**2)
    second = k / (1 + math.exp(0.2 * (best - 10 - t))) / (1 + math.exp(0.3 * (-best - 10 + t)))
    if t - best > 10 or best - t > 13:
        second = 0.5 * k / (1 + math.exp(-2)) / (1 + math.exp(-3))
    return sol[month] * 0.5 * (by_ndvi + by_ratio) / 2 * first * second * stress * eps


@pytest.mark.parametrize("k", list(K_VALUES.values()))
def test_agrees_with_the_equations_written_down_again(k):
    inputs = random_year()
    found = casa_year(*inputs, classes(500), k).npp
    for month, cell in np.argwhere(inputs[1] > 0)[::7]:
        columns = [values[:, cell].tolist() for values in inputs]
        assert found[month, cell] == pytest.approx(plain_month(int(month), *columns, k), rel=1e-9, abs=1e-12)


def test_net_radiation_is_the_published_product():
    ep0, rain = 80.0, 35.0
    assert net_radiation(ep0, rain) == pytest.approx(math.sqrt(ep0 * rain) * (0.369 + 0.598 * math.sqrt(ep0 / rain)))


# What must hold


def test_npp_is_never_negative_and_the_stress_stays_in_its_bounds():
    found = casa_year(*random_year(3000, 8), classes(3000))
    for values in (found.npp, found.apar, found.epsilon):
        assert np.isfinite(values).all() and (values >= 0).all()
    assert found.water_stress.min() == 0.5 and found.water_stress.max() <= 1.0
    assert found.fpar.min() >= 0.001 and found.fpar.max() <= 0.95


def test_npp_is_linear_in_radiation_and_in_the_largest_efficiency():
    ndvi, tem, pre, sol = random_year()
    once = casa_year(ndvi, tem, pre, sol, classes(500)).npp
    np.testing.assert_allclose(casa_year(ndvi, tem, pre, 3 * sol, classes(500)).npp, 3 * once, rtol=1e-12)
    double = classes(500, 2 * GRASS[0])
    np.testing.assert_allclose(casa_year(ndvi, tem, pre, sol, double).npp, 2 * once, rtol=1e-12)
    assert (casa_year(ndvi, tem, pre, 0 * sol, classes(500)).npp == 0).all()


def test_southern_hemisphere_is_the_north_half_a_year_later():
    inputs = random_year()
    north = casa_year(*inputs, classes(500))
    south = casa_year(*(np.roll(values, 6, axis=0) for values in inputs), classes(500))
    np.testing.assert_allclose(south.npp, np.roll(north.npp, 6, axis=0), rtol=1e-12)
    np.testing.assert_allclose(south.water_stress, np.roll(north.water_stress, 6, axis=0), rtol=1e-12)


def test_cells_do_not_know_each_other():
    inputs = random_year()
    together = casa_year(*inputs, classes(500)).npp
    for cells in (slice(0, 1), slice(100, 133)):
        alone = casa_year(*(values[:, cells] for values in inputs), classes(cells.stop - cells.start)).npp
        assert alone.tobytes() == np.ascontiguousarray(together[:, cells]).tobytes()


def test_optimum_is_the_first_month_of_the_largest_ndvi():
    ndvi = constant(0.2)
    ndvi[[4, 8]] = 0.6
    assert optimum_temperature(ndvi, YEAR) == pytest.approx([16.0])
    assert optimum_temperature(constant(0.4), YEAR) == pytest.approx([-15.0])


def test_nothing_grows_at_or_below_minus_10():
    found = casa_year(constant(0.5), YEAR + 0.0, constant(40), constant(500), classes())
    assert (found.npp[YEAR <= -10] == 0).all()
    assert temperature_stress_1(np.array([15.0] * 3), np.array([-10.001, -10.0, -9.999])) == pytest.approx(
        [0, 0, 0.9875]
    )


def test_an_optimum_beyond_the_parabola_gives_0_and_nothing_negative():
    assert temperature_stress_1(np.array([-27.0, 67.0]), np.array([5.0, 5.0])).tolist() == [0.0, 0.0]


def test_the_half_rule_begins_beyond_10_above_and_13_below():
    optimum = np.full(4, 20.0)
    found = temperature_stress_2(optimum, np.array([30.0, 30.001, 7.0, 6.999]))
    half = 0.5 * temperature_stress_2(np.array([20.0]), np.array([20.0]))[0]
    assert found[[1, 3]] == pytest.approx([half, half])
    assert found[0] != pytest.approx(half) and found[2] != pytest.approx(half)


def test_ndvi_of_1_and_below_the_percentiles():
    assert fpar(np.array([1.0, -1.0, 0.0]), classes(3)) == pytest.approx([0.95, 0.001, 0.001])


def test_evaporation_at_and_below_0_above_26_5_and_in_eternal_frost():
    assert (thornthwaite(YEAR)[YEAR <= 0] == 0).all()
    hot = constant(20)
    hot[3], hot[4] = 26.5, 30.0
    ep0 = thornthwaite(hot)
    assert ep0[4, 0] == pytest.approx(-415.85 + 32.24 * 30 - 0.43 * 900)
    assert ep0[3, 0] == pytest.approx(16 * (265 / heat_index(hot)[0]) ** heat_exponent(heat_index(hot))[0])
    assert (thornthwaite(constant(-3)) == 0).all()


def test_no_rain_is_the_driest_stress():
    assert (monthly_stress(constant(18), constant(0)) == 0.5).all()
    assert (water_stress(constant(-5), constant(0)) == 0.5).all()


def test_more_rain_is_never_drier():
    rain = np.linspace(0, 400, 12)
    stress = monthly_stress(constant(20), rain[:, np.newaxis])[:, 0]
    assert (np.diff(stress) >= 0).all() and stress[0] == 0.5 and stress[-1] == 1.0


def test_frozen_months_take_the_stress_of_the_month_before():
    own, stress = monthly_stress(YEAR, constant(40))[:, 0], water_stress(YEAR, constant(40))[:, 0]
    frozen = YEAR[:, 0] <= 0
    assert stress[~frozen].tolist() == own[~frozen].tolist()
    # November and December follow October; January to March the December of the same year.
    assert set(stress[frozen].tolist()) == {own[9]}


def test_a_december_of_the_year_before_serves_the_first_frozen_months_only():
    stress = water_stress(YEAR, constant(40), december=np.array([0.61]))[:, 0]
    own = water_stress(YEAR, constant(40))[:, 0]
    assert stress[:3].tolist() == [0.61] * 3 and stress[3:].tolist() == own[3:].tolist()
    unknown = water_stress(YEAR, constant(40), december=np.array([np.nan]))[:, 0]
    assert unknown.tolist() == own.tolist()


def test_eternal_frost_has_the_driest_stress_or_that_of_december():
    frost = constant(-3)
    assert (water_stress(frost, constant(40)) == 0.5).all()
    assert (water_stress(frost, constant(40), december=np.array([0.8])) == 0.8).all()


def test_two_years_in_a_row_are_one_chain():
    second = YEAR + 1.5
    first = water_stress(YEAR, constant(90))
    chained = water_stress(second, constant(20), december=first[-1])
    assert chained[0, 0] == first[-1, 0] != water_stress(second, constant(20))[0, 0]
