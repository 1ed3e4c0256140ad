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
    QgsProperty,
)

from ..core.errors import CarbonError
from .formats import may_be_raster
from .harmless import require_harmless_raster, require_harmless_vector, source_text
from .raster_files import flat, names_opened, raster_file, raster_layer, resolved


class _Named:
    """How a value is written into commands and the history: QGIS's own parameters open a file to name its layer.

    All but the first of these methods are asked by QGIS 3.24 and later.
    """

    def valueAsPythonString(self, value: Any, context: QgsProcessingContext) -> str:
        return _answer(self, lambda: self._written("valueAsPythonString", value, context), "None")

    def valueAsString(self, value: Any, context: QgsProcessingContext) -> Tuple[str, bool]:
        return _answer(self, lambda: self._written("valueAsString", value, context), ("", False))

    def valueAsStringList(self, value: Any, context: QgsProcessingContext) -> Tuple[List[str], bool]:
        return _answer(self, lambda: self._written("valueAsStringList", value, context), ([], False))

    def valueAsJsonObject(self, value: Any, context: QgsProcessingContext) -> Any:
        return _answer(self, lambda: self._written("valueAsJsonObject", value, context), None)


class _OfRasters(_Named):
    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        # Without a context QGIS looks at the kind and number of the values alone.
        if not super().checkValueIsAcceptable(value):
            return False
        return context is None or _answer(self, lambda: _rasters_can_be_used(_given(self, value), context), False)

    def _written(self, method: str, value: Any, context: QgsProcessingContext) -> Any:
        return getattr(QgsProcessingParameterDefinition, method)(self, _by_source(value, context), context)


class RasterParameter(_OfRasters, QgsProcessingParameterRasterLayer):
    """One raster; a file is looked at by our own reader."""


class RastersParameter(_OfRasters, QgsProcessingParameterMultipleLayers):
    """Several rasters; files are looked at by our own reader."""

    def _written(self, method: str, value: Any, context: QgsProcessingContext) -> Any:
        in_python = method == "valueAsPythonString"
        # QGIS asks for each item of a list by the same method: one item must not become a list again.
        if isinstance(value, (list, tuple)) or (in_python and (isinstance(value, QgsMapLayer) or _is_text(value))):
            value = [item for item in _by_source(flat([value]), context) if _is_text(item)]
            if in_python:  # QGIS 3.22 does not write lists
                return "[{}]".format(",".join(QgsProcessingUtils.stringToPythonLiteral(item) for item in value))
        return super()._written(method, value, context)


class FeaturesParameter(_Named, QgsProcessingParameterFeatureSource):
    """A vector layer; QGIS opens a file only if nothing is known against it."""

    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        if context is not None and not _answer(self, lambda: _is_harmless(_given(self, value), context), False):
            return False
        return super().checkValueIsAcceptable(value, context)

    def _written(self, method: str, value: Any, context: QgsProcessingContext) -> Any:
        source = source_text(value, context)
        is_open = not source or QgsProcessingUtils.mapLayerFromString(source, context, False) is not None
        if is_open or isinstance(value, QgsProperty) or self._may_be_opened(method, value, source, context):
            return getattr(QgsProcessingParameterFeatureSource, method)(self, value, context)
        return getattr(QgsProcessingParameterDefinition, method)(self, source, context)

    def _may_be_opened(self, method: str, value: Any, source: str, context: QgsProcessingContext) -> bool:
        """Whether QGIS may open a file to write what is chosen of it; all but the first method try it as a raster."""
        if not isinstance(value, QgsProcessingFeatureSourceDefinition) or not _is_harmless(value, context):
            return False
        return method == "valueAsPythonString" or not any(may_be_raster(name) for name in names_opened(source))


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


def _rasters_can_be_used(value: Any, context: QgsProcessingContext) -> bool:
    value = resolved(value, context)
    if value == "":
        return True  # of one that may be left empty
    return all(_raster_can_be_used(item, context) for item in flat([value]) if isinstance(item, str))


def _raster_can_be_used(text: str, context: QgsProcessingContext) -> bool:
    try:
        require_harmless_raster(text, text)
    except CarbonError:
        return False  # told by the check of the algorithm
    return raster_file(text, context) is not None or raster_layer(text, context) is not None


def _is_harmless(value: Any, context: QgsProcessingContext) -> bool:
    try:
        require_harmless_vector("", value, context)
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


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _given(parameter: QgsProcessingParameterDefinition, value: Any) -> Any:
    return parameter.defaultValue() if value is None else value


def _answer(parameter: QgsProcessingParameterDefinition, look: Callable[[], Any], otherwise: Any) -> Any:
    """What a look says; QGIS, which asks, would crash on an error."""
    try:
        return look()
    except Exception:
        text = "{}: its value could not be looked at.\n{}".format(parameter.name(), traceback.format_exc())
        QgsMessageLog.logMessage(text, "Carbon", Qgis.MessageLevel.Critical)
        return otherwise
