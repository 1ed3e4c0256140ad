"""Parameters that take layers, and do not open what should not be opened to see whether it can be.

`qgis_process` asks each parameter whether its value is acceptable before the algorithm may look, and the desktop has it
write its value into the history. QGIS's own parameters then make a layer of whatever file is named: of a raster with
statistics, which are kept beside it, and of a forged file, which may call from there.
"""

import traceback
from typing import Any, Callable, List, Optional, Tuple

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsMessageLog,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
)

from ..core.errors import CarbonError
from .harmless import require_harmless_raster, require_harmless_value
from .raster_files import flat, raster_file, static


class _Named:
    """How a value is written into commands and the history: QGIS's own parameters open a file to name its layer.

    All but the first of these methods are asked by QGIS 3.24 and later.
    """

    def valueAsPythonString(self, value: Any, context: QgsProcessingContext) -> str:
        return self._written("valueAsPythonString", value, context)

    def valueAsString(self, value: Any, context: QgsProcessingContext) -> Tuple[str, bool]:
        return self._written("valueAsString", value, context)

    def valueAsStringList(self, value: Any, context: QgsProcessingContext) -> Tuple[List[str], bool]:
        return self._written("valueAsStringList", value, context)

    def valueAsJsonObject(self, value: Any, context: QgsProcessingContext) -> Any:
        return self._written("valueAsJsonObject", value, context)


class _OfRasters(_Named):
    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        # Without a context QGIS looks at the kind and number of the values alone.
        return super().checkValueIsAcceptable(value) and _rasters_can_be_used(self, value, context)

    def _written(self, method: str, value: Any, context: QgsProcessingContext) -> Any:
        return getattr(QgsProcessingParameterDefinition, method)(self, _by_source(value, context), context)


class RasterParameter(_OfRasters, QgsProcessingParameterRasterLayer):
    """One raster; a file is looked at by our own reader."""


class RastersParameter(_OfRasters, QgsProcessingParameterMultipleLayers):
    """Several rasters; files are looked at by our own reader."""

    def valueAsPythonString(self, value: Any, context: QgsProcessingContext) -> str:
        if isinstance(value, (str, QgsMapLayer)):
            value = [value]
        if not isinstance(value, (list, tuple)):
            return super().valueAsPythonString(value, context)
        named = [QgsProcessingUtils.stringToPythonLiteral(str(item)) for item in _by_source(value, context)]
        return "[{}]".format(",".join(named))


class FeaturesParameter(_Named, QgsProcessingParameterFeatureSource):
    """A vector layer; QGIS opens a file only if nothing is known against it."""

    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        if context is not None and not self._is_harmless(value, True):
            return False
        return super().checkValueIsAcceptable(value, context)

    def _written(self, method: str, value: Any, context: QgsProcessingContext) -> Any:
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            # To name a layer QGIS may open a file as a raster, too.
            if self._is_harmless(value, True) and self._is_harmless(value, False):
                return getattr(QgsProcessingParameterFeatureSource, method)(self, value, context)
            value = static(value.source)
        return getattr(QgsProcessingParameterDefinition, method)(self, _by_source(value, context), context)

    def _is_harmless(self, value: Any, vector: bool) -> bool:
        return _answer(self, lambda: _is_harmless(_given(self, value), vector))


def take_files_as_they_are(algorithm: QgsProcessingAlgorithm) -> None:
    """Put parameters of this file in the place of QGIS's own: those of a model are made by QGIS."""
    definitions = [_of_this_file(definition) for definition in algorithm.parameterDefinitions()]
    for definition in definitions:
        algorithm.removeParameter(definition.name())  # with its output
    for definition in definitions:
        algorithm.addParameter(definition)


_OWN = {"raster": RasterParameter, "multilayer": RastersParameter, "source": FeaturesParameter}


def _of_this_file(definition: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    own = _OWN.get(definition.type())
    return definition.clone() if own is None else own(definition)


def _rasters_can_be_used(parameter: QgsProcessingParameterDefinition, value: Any, context) -> bool:
    if context is None:
        return True
    texts = [item for item in flat([_given(parameter, value)]) if isinstance(item, str) and item]
    return _answer(parameter, lambda: all(_raster_can_be_used(text, context) for text in texts))


def _raster_can_be_used(text: str, context: QgsProcessingContext) -> bool:
    try:
        require_harmless_raster(text, text)
    except CarbonError:
        return False  # told by the check of the algorithm
    return raster_file(text, context) is not None or QgsProcessingUtils.mapLayerFromString(text, context) is not None


def _is_harmless(value: Any, vector: bool) -> bool:
    try:
        require_harmless_value("", value, vector)
    except CarbonError:
        return False  # told by the check of the algorithm
    return True


def _by_source(value: Any, context: QgsProcessingContext) -> Any:
    """A value in which open layers, given as they are or by name, are named by their source."""
    if isinstance(value, (list, tuple)):
        return [_by_source(item, context) for item in value]
    layer = value if isinstance(value, QgsMapLayer) else None
    if isinstance(value, str) and value:
        layer = QgsProcessingUtils.mapLayerFromString(value, context, False)
    return value if layer is None else QgsProcessingUtils.normalizeLayerSource(layer.source())


def _given(parameter: QgsProcessingParameterDefinition, value: Any) -> Any:
    return parameter.defaultValue() if value is None else value


def _answer(parameter: QgsProcessingParameterDefinition, look: Callable[[], bool]) -> bool:
    """What a look says; QGIS, which asks, would crash on an error."""
    try:
        return look()
    except Exception:
        text = "{}: its value could not be looked at.\n{}".format(parameter.name(), traceback.format_exc())
        QgsMessageLog.logMessage(text, "Carbon", Qgis.MessageLevel.Critical)
        return False
