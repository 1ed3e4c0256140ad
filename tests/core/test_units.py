"""Unit names and factors."""

import itertools

import pytest

from carbon_qgis.core.errors import UnitError
from carbon_qgis.core.units import (
    CO2_PER_C,
    DENSITY_UNITS,
    density_factor,
    driver_unit,
    parse_density_unit,
    same_driver_unit,
)


@pytest.mark.parametrize(
    "text,unit",
    [
        ("kg C/m2", "kg C/m2"),
        ("kgC/m²", "kg C/m2"),
        ("kg C m-2", "kg C/m2"),
        ("kgC m^-2", "kg C/m2"),
        ("kg C m**-2", "kg C/m2"),
        ("kg C m⁻²", "kg C/m2"),
        ("kg C·m-2", "kg C/m2"),
        ("kg(C)/m2", "kg C/m2"),
        ("t C/ha", "t C/ha"),
        ("tC/ha", "t C/ha"),
        ("Mg C/ha", "t C/ha"),
        ("MgC ha-1", "t C/ha"),
        ("Mg C ha⁻¹", "t C/ha"),
        ("Mg C ha^-1", "t C/ha"),
        (" tonnes C per hectare ", "t C/ha"),
        ("t C/hm2", "t C/ha"),
        ("t C hm-2", "t C/ha"),
        ("tC/hm²", "t C/ha"),
        ("t C/km2", "t C/km2"),
        ("t C km-2", "t C/km2"),
        ("g C/m2", "g C/m2"),
        ("gC m-2", "g C/m2"),
        ("gC/m²", "g C/m2"),
    ],
)
def test_spellings(text, unit):
    assert parse_density_unit(text) == unit


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "1",
        "ha",
        "t C",
        "Mg/ha",  # dry matter, as often as not
        "t/hm2",
        "t CO2/ha",
        "kg CO2e/m2",
        "t C/km2/yr",
        "g C m-2 yr-1",
        "t C/m2",
        "kg C/ha",
        "mg C/m2",
        "t C/ha2",
        "degC",
        "t C/m3",
    ],
)
def test_what_is_not_a_known_density(text):
    assert parse_density_unit(text) is None


def test_every_unit_names_itself():
    assert [parse_density_unit(unit) for unit in DENSITY_UNITS] == list(DENSITY_UNITS)


def test_the_identities():
    # 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2
    assert density_factor("kg C/m2", "t C/ha") == 10
    assert density_factor("kg C/m2", "t C/km2") == 1000
    assert density_factor("kg C/m2", "g C/m2") == 1000
    assert density_factor("Mg C/ha", "t C/km2") == 100
    assert CO2_PER_C == pytest.approx(3.6666666667)


def test_2_kg_on_1_km2():
    assert 2 * density_factor("kg C/m2", "t C/km2") == 2000


@pytest.mark.parametrize("a,b,c", list(itertools.product(DENSITY_UNITS, repeat=3)))
def test_factors_chain(a, b, c):
    assert density_factor(a, b) * density_factor(b, c) == pytest.approx(density_factor(a, c), rel=1e-15)


@pytest.mark.parametrize("source,target", [("Mg/ha", "t C/ha"), ("t C/ha", "acres"), ("", "t C/ha")])
def test_an_unknown_unit_is_named_with_the_choices(source, target):
    with pytest.raises(UnitError) as caught:
        density_factor(source, target)
    wrong = source if parse_density_unit(source) is None else target
    assert str(caught.value) == (
        "'{}' is not a unit of carbon density. Choose one of: kg C/m2, t C/ha, t C/km2, g C/m2.".format(wrong)
    )


CELSIUS = ("degC", "C", "°C", "° C", "deg_C", "deg C", "celsius", "Celsius", "degrees Celsius", "degree_Celsius",
           "\u2103", "\u00baC", " DEGC ")  # fmt: skip


@pytest.mark.parametrize("text", CELSIUS)
def test_celsius_is_celsius_wherever_a_unit_is_read(text, tmp_path):
    """One list of spellings: each part of the plugin used to have its own."""
    from carbon_qgis.core.casa_inputs import TEMPERATURE, _meant
    from carbon_qgis.core.coarse_change import require_same_step
    from carbon_qgis.core.elasticity_result import ElasticityOptions
    from carbon_qgis.core.model_stack import doubtful_unit
    from carbon_qgis.core.samples import Driver

    assert driver_unit(text) == "degC" and same_driver_unit(text, "degC")
    assert ElasticityOptions().of_unit(text) == "semi" and ElasticityOptions().of_unit("K") == "ratio"
    assert not doubtful_unit(Driver("TEM", "degC"), text, "x.tif")
    require_same_step([text], ["K"], ["TEM"], [False])
    assert _meant(TEMPERATURE, text.strip()) == "degC" and _meant(TEMPERATURE, "0.1 " + text.strip()) == "degC_tenths"
    with pytest.raises(UnitError, match="bring|Bring"):
        require_same_step([text], ["degF"], ["TEM"], [False])


def test_driver_units():
    assert driver_unit("Kelvin") == "K" and driver_unit("index") == "1" and driver_unit("furlong") is None
    assert driver_unit(None) is None and driver_unit("") is None and same_driver_unit(None, " ")
    assert same_driver_unit("g C/m2/yr", "g  c/m2/yr") and not same_driver_unit("degC", "K")
    assert not same_driver_unit("degC", "") and not same_driver_unit("mm", "mm/day")
