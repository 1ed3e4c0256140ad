"""Parameters that take layers, and do not open what should not be opened to see whether it can be.

`qgis_process` asks each parameter whether its value is acceptable before the algorithm may look. QGIS's own parameters
then make a layer of whatever file is named: of a raster with statistics, which are kept beside it, and of a forged
file, which may call from there.
"""

import traceback
from typing import Any, Callable, Optional

from qgis.core import (
    Qgis,
    QgsMessageLog,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
)

from ..core.errors import CarbonError
from .harmless import require_harmless_raster, require_harmless_value
from .raster_files import flat, raster_file


class RasterParameter(QgsProcessingParameterRasterLayer):
    """One raster; a file is looked at by our own reader."""

    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        # Without a context QGIS looks at the kind of the value alone.
        return super().checkValueIsAcceptable(value) and _rasters_can_be_used(self, value, context)


class RastersParameter(QgsProcessingParameterMultipleLayers):
    """Several rasters; files are looked at by our own reader."""

    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        return super().checkValueIsAcceptable(value) and _rasters_can_be_used(self, value, context)


class FeaturesParameter(QgsProcessingParameterFeatureSource):
    """A vector layer; QGIS opens a file only if nothing is known against it."""

    def checkValueIsAcceptable(self, value: Any, context: Optional[QgsProcessingContext] = None) -> bool:
        if context is not None and not _answer(self, lambda: _is_harmless(_given(self, value))):
            return False
        return super().checkValueIsAcceptable(value, context)


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


def _is_harmless(value: Any) -> bool:
    try:
        require_harmless_value("", value, vector=True)
    except CarbonError:
        return False  # told by the check of the algorithm
    return True


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
