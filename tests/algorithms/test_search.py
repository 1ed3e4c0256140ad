"""Common words find the algorithms, through the filter that the toolbox itself uses; icons read at 16 px."""

import os

import pytest
from qgis.core import QgsApplication
from qgis.gui import QgsProcessingToolboxProxyModel
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QImage, QPainter
from qgis.PyQt.QtSvg import QSvgRenderer

from carbon_qgis.provider import ALGORITHMS, PACKAGE_FOLDER, model_paths


@pytest.fixture(scope="module")
def toolbox(provider):
    """The model behind the toolbox, with its filter."""
    return QgsProcessingToolboxProxyModel(None, QgsApplication.processingRegistry())


def found(toolbox, words):
    """Ids of our algorithms that the toolbox shows for these words."""
    toolbox.setFilterString(words)
    ids, waiting = set(), [toolbox.index(row, 0) for row in range(toolbox.rowCount())]
    while waiting:
        index = waiting.pop()
        algorithm = toolbox.toolboxModel().algorithmForIndex(toolbox.mapToSource(index))
        if algorithm is not None and algorithm.provider().id() == "carbon":
            ids.add(algorithm.name())
        waiting += [toolbox.index(row, 0, index) for row in range(toolbox.rowCount(index))]
    return ids


@pytest.mark.parametrize(
    "words, expected",
    [
        ("InVEST", {"carbonstock", "checkpooltable", "densitystock", "compareestimates", "casacomparison"}),
        ("sink", {"carbonaccumulation", "coupledcarbon", "landcovertodrivers"}),
        ("NPP", {"casanpp", "compareestimates", "casacomparison"}),
        ("q statistic", {"geodetector"}),
        ("geodetector", {"geodetector"}),
        ("SSP", {"scenariomatrix", "runscenarios", "drivertable"}),
        ("land cover", {"carbonstock", "ecosystemclasses", "landcovertodrivers"}),
        ("random forest", {"trainforest"}),
        ("arima", {"forecastdensity", "coupledcarbon"}),
        ("biomass", {"convertdensity"}),
        ("soil", {"densitystock", "assemblepools"}),
        ("validation", {"assessaccuracy"}),
        ("uncertainty", {"estimatedensity"}),
        ("natural breaks", {"classifydriver"}),
        ("install", {"checkinstallation"}),
        ("sample project", {"loadsampleproject"}),
        ("example", {"loadsampleproject"}),
        ("gpu", {"checkinstallation"}),
        ("carbon stock", {"carbonstock"}),
        ("neural network", {"traindensity"}),
        ("elasticity", {"elasticity"}),
    ],
)
def test_common_words_find(toolbox, words, expected):
    assert expected <= found(toolbox, words)


def test_carbon_finds_everything(toolbox, provider):
    assert found(toolbox, "carbon") == {algorithm.name() for algorithm in provider.algorithms()}


def test_the_filter_does_leave_out(toolbox, provider):
    assert found(toolbox, "no such thing at all") == set()
    assert "geodetector" not in found(toolbox, "ssp")


ICONS = [name.rsplit(".", 1)[1] for name, _ in ALGORITHMS]
ICONS += [os.path.splitext(os.path.basename(path))[0] for path in model_paths()]


def drawn(name):
    """The icon as the toolbox draws it, 16 x 16."""
    renderer = QSvgRenderer(os.path.join(PACKAGE_FOLDER, "icons", name + ".svg"))
    assert renderer.isValid(), name
    image = QImage(16, 16, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, 16, 16))
    painter.end()
    return image


@pytest.mark.parametrize("name", ICONS)
def test_the_icon_fills_16_pixels_in_more_than_one_colour(name):
    image = drawn(name)
    pixels = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
    assert sum(colour.alphaF() for colour in pixels) >= 45, "too little of it is left of 256 pixels"
    solid = [colour for colour in pixels if colour.alpha() > 200]
    assert len({(c.red() // 48, c.green() // 48, c.blue() // 48) for c in solid}) >= 2


def test_every_icon_is_another_picture():
    pictures = {}
    for name in ICONS:
        image = drawn(name)
        bits = image.constBits()
        bits.setsize(image.sizeInBytes() if hasattr(image, "sizeInBytes") else image.byteCount())
        pictures.setdefault(bytes(bits), []).append(name)
    assert [names for names in pictures.values() if len(names) > 1] == []
