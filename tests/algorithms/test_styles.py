"""Styles of layers, as QGIS reads them."""

import numpy as np
import pytest
from qgis.core import QgsRasterLayer

from carbon_qgis.algorithms import styles
from carbon_qgis.core.errors import InputError
from tests.algorithms.workshop import Workshop


@pytest.fixture
def raster(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm).raster("d.tif", [[0, 6], [12, 3]])


def paletted(layer):
    return [(entry.value, entry.color.name(), entry.label) for entry in layer.renderer().classes()]


def test_styles_say_what_they_show(raster, tmp_path):
    layer = QgsRasterLayer(raster, "d")
    path = tmp_path / "s.qml"
    path.write_text(styles.diverging(-2.0, 8.0, "t C/km2/yr"), encoding="utf-8")
    assert layer.loadNamedStyle(str(path))[1]
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert [item.value for item in items] == pytest.approx(np.linspace(-8, 8, 11))
    assert items[5].color.name() == "#f5f5f5" and items[5].label == "0.0 t C/km2/yr"
    path.write_text(styles.classes([(10, 'Forest & "scrub" <5 m', "#112233"), (20, "", None)]), encoding="utf-8")
    assert layer.loadNamedStyle(str(path))[1]
    first, second = 'Forest & "scrub" <5 m', styles.named_class_colours(["forest", ""])[1]
    assert paletted(layer) == [(10, "#112233", first), (20, second, "20")]
    path.write_text(styles.sink_source(), encoding="utf-8")
    assert layer.loadNamedStyle(str(path))[1]
    assert [value for value, _, _ in paletted(layer)] == [1, 2, 3]
    with pytest.raises(InputError, match="class code 4 has two entries"):
        styles.classes([(4, "a", None), (4, "b", None)])
    assert styles.sequential(float("nan"), 1.0, "t C/ha") is None
    constant = styles.sequential(5.0, 5.0, "t C/ha")
    assert 'classificationMin="4.95"' in constant
