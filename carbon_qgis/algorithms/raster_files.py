"""Rasters that are given by the path of a file, read without a layer of QGIS.

To make a layer QGIS computes statistics, which GDAL keeps: in an `.aux.xml` beside the raster, and where the raster is
a VRT, in the user's own file.
"""

import os
from typing import Any, Dict, List, Optional

from qgis.core import QgsMapLayer, QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingUtils, QgsProperty

from ..core.errors import CarbonError


def raster_file(value: Any, context: QgsProcessingContext) -> Optional[str]:
    """Absolute path of the raster file that `value` names.

    None for everything else: a layer, the name of one that is open, a part of a file, a file that is no raster.
    """
    value = static(value)
    if not isinstance(value, str) or not os.path.isfile(value):
        return None
    if QgsProcessingUtils.mapLayerFromString(value, context, False) is not None:
        return None
    from ..core.raster.source import open_raster

    try:
        with open_raster(value):
            return os.path.abspath(value)
    except (ImportError, CarbonError):
        return None  # QGIS is asked, and its answer told


def acceptable(algorithm: QgsProcessingAlgorithm, parameters: Dict[str, Any], context: QgsProcessingContext) -> bool:
    """Whether QGIS finds a usable value for every parameter.

    As `QgsProcessingAlgorithm.checkParameterValues`, which makes a layer of each raster to see whether it can.
    """
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
        files = definition.type() in ("raster", "multilayer") and _only_rasters(value, context)
        # Without a context QGIS looks at the kind and number of the values alone.
        if not definition.checkValueIsAcceptable(value, *([] if files else [context])):
            return False
    return True


def static(value: Any) -> Any:
    """The value of a data-defined parameter that is one for the whole run."""
    return value.staticValue() if isinstance(value, QgsProperty) else value


def flat(values) -> List[Any]:
    """Lists within lists as one list."""
    found: List[Any] = []
    for value in values:
        value = static(value)
        found.extend(flat(value) if isinstance(value, (list, tuple)) else [value])
    return found


def _only_rasters(value: Any, context: QgsProcessingContext) -> bool:
    items = flat([value])
    return all(isinstance(item, QgsMapLayer) or raster_file(item, context) is not None for item in items)
