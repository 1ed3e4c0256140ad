"""Unit names and factors."""

import itertools

import pytest

from carbon_qgis.core.errors import UnitError
from carbon_qgis.core.units import CO2_PER_C, DENSITY_UNITS, density_factor, parse_density_unit


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
