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


def test_the_help_button_opens_the_page_of_the_algorithm(provider):
    """In a copy of the repository: the page that scripts/build-docs wrote. The installed ZIP: tests/test_package.py."""
    from qgis.PyQt.QtCore import QUrl

    for algorithm in provider.algorithms():
        page = QUrl(algorithm.helpUrl())
        assert page.isLocalFile(), algorithm.name()
        with open(page.toLocalFile(), encoding="utf-8") as stream:
            assert "`{}`".format(algorithm.id()) in stream.read()


def test_an_address_of_help_is_one_that_browsers_read(tmp_path):
    """Folders with spaces, letters of other scripts, and marks that mean something in addresses."""
    from qgis.PyQt.QtCore import QUrl

    from carbon_qgis.algorithms.help_pages import help_url

    package = tmp_path / "Anna Müller 数据 #1 100%" / "carbon_qgis"
    page = package / "docs" / "algorithms" / "carbonstock.html"
    page.parent.mkdir(parents=True)
    page.write_text("", encoding="utf-8")
    url = help_url("carbonstock", str(package))
    assert re.fullmatch(r"file:///[\w/.%~-]+", url, re.ASCII)
    assert QUrl(url).toLocalFile() == str(page)
    assert help_url("nosuchalgorithm", str(package)) == ""


def test_everything_of_a_chain_lies_in_a_frame(provider):
    """The canvas of the Modeler: inputs, steps and results, each within the coloured frame of its part."""
    from qgis.PyQt.QtCore import QRectF

    def place(component):
        centre, size = component.position(), component.size()
        return QRectF(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(), size.height())

    chains = [one for one in provider.algorithms() if one.groupId() == "chains"]
    assert len(chains) == 4
    for chain in chains:
        frames = [place(box) for box in chain.groupBoxes()]
        children = chain.childAlgorithms()
        parts = dict(chain.parameterComponents())
        parts.update(children)
        parts.update({name: one for child in children.values() for name, one in child.modelOutputs().items()})
        outside = [name for name, one in parts.items() if not any(frame.contains(place(one)) for frame in frames)]
        assert outside == [], chain.name()
