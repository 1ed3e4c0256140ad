"""What is known against the files that were given, before QGIS opens one of them."""

import os
from typing import Any, Dict

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
)

from ..core.errors import CarbonError, InputError
from ..core.foreign_files import in_archive, require_harmless
from .formats import require_known_format
from .raster_files import RASTERS, flat, names_opened, resolved, static

#: Types of parameters that take vector layers.
VECTORS = ("source", "vector")
#: The file by which a folder is an ArcInfo grid.
_GRID = "hdr.adf"


def require_harmless_inputs(
    algorithm: QgsProcessingAlgorithm, parameters: Dict[str, Any], context: QgsProcessingContext
) -> None:
    """Refuse files that never end, lead to the network or lie about their size.

    Raises
    ------
    InputError
        Naming the parameter and the file.
    """
    for definition in algorithm.parameterDefinitions():
        if definition.type() in RASTERS + VECTORS:
            label = "{} ({})".format(definition.description(), definition.name())
            for item in flat([resolved(parameters.get(definition.name()), context)]):
                if definition.type() in VECTORS:
                    require_harmless_vector(label, item, context)
                else:
                    require_harmless_raster(label, item)


def require_harmless_vector(label: str, value: Any, context: QgsProcessingContext) -> None:
    """Refuse a vector layer, given by its source, that never ends, leads to the network, or whose format may.

    Raises
    ------
    InputError
        Beginning with `label`, and naming the file.
    """
    text = source_text(value, context)
    if text:
        _require_harmless(label, text, vector=True)
        if text.lower().startswith("gdal://"):
            _require_harmless(label, text, vector=False)


def require_harmless_raster(label: str, value: Any) -> None:
    """As `require_harmless_vector`, of a raster; also refuse one whose header declares what no machine can read.

    Raises
    ------
    InputError
        Beginning with `label`, and naming the file.
    """
    value = static(value)
    if not isinstance(value, str):
        return
    _require_harmless(label, value, vector=False)
    from ..core.raster.source import open_raster

    for name in names_opened(value):
        if os.path.isfile(name) or in_archive(name) or os.path.isfile(os.path.join(name, _GRID)):
            try:
                with open_raster(name):
                    pass
            except ImportError:
                return  # the algorithm says itself which packages it lacks
            except CarbonError as error:
                raise InputError("{}: {}".format(label, error)) from error


def source_text(value: Any, context: QgsProcessingContext) -> str:
    """The source that a value of a vector parameter names; '' for a layer itself, and for anything else."""
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source
    elif isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    value = resolved(value, context)
    return value if isinstance(value, str) else ""


def _require_harmless(label: str, text: str, vector: bool) -> None:
    try:
        for name in names_opened(text):
            require_harmless(name, vector)
            require_known_format(name, vector)
    except CarbonError as error:
        raise InputError("{}: {}".format(label, error)) from error
