"""What every algorithm of the provider owes its users."""

import os
import re

import pytest

from carbon_qgis.provider import ALGORITHMS, PACKAGE_FOLDER, CarbonProvider


@pytest.fixture(scope="module", params=[name for name, _ in ALGORITHMS])
def algorithm(request, provider):
    return provider.algorithm(request.param.rsplit(".", 1)[1])


def test_the_id_is_lower_case_letters_and_digits(algorithm):
    assert re.fullmatch("[a-z0-9]+", algorithm.name())
    assert algorithm.displayName() != algorithm.name()


def test_every_parameter_has_help_and_a_title(algorithm):
    for definition in algorithm.parameterDefinitions():
        assert len(definition.help()) > 15, definition.name()
        assert definition.description() and definition.description() != definition.name()
        assert "<" not in definition.help(), "HTML is printed raw by qgis_process"


def test_help_is_plain_sentences_with_units(algorithm):
    text = algorithm.shortHelpString()
    assert len(text) > 80 and "<" not in text and text.rstrip().endswith(".")


def test_icon_is_its_own(algorithm):
    assert os.path.exists(os.path.join(PACKAGE_FOLDER, "icons", algorithm.name() + ".svg"))


def test_groups_are_numbered_in_working_order(algorithm):
    assert re.match(r"\d ", algorithm.group()) and algorithm.groupId().isalpha()


def test_raster_stages_take_a_mask(algorithm):
    definitions = algorithm.parameterDefinitions()
    if any(definition.type() in ("raster", "multilayer") for definition in definitions):
        assert "MASK" in {definition.name() for definition in definitions}


def test_reports_and_number_outputs(algorithm):
    kinds = {output.type() for output in algorithm.outputDefinitions()}
    assert "outputNumber" in kinds
    if algorithm.parameterDefinition("REPORT") is not None:
        assert algorithm.parameterDefinition("REPORT").type() == "fileDestination"


def test_few_rasters_are_made_unasked(algorithm):
    made = [
        d.name() for d in algorithm.parameterDefinitions() if d.type() == "rasterDestination" and d.createByDefault()
    ]
    assert len(made) <= 3


def test_the_provider_loads_without_a_problem():
    fresh = CarbonProvider()
    assert fresh.load() and fresh.problems == []
