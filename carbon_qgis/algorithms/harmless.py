"""What is known against the files that were given, before QGIS opens one of them."""

import os
from typing import Any, Dict

from qgis.core import QgsProcessingAlgorithm, QgsProcessingFeatureSourceDefinition

from ..core.errors import CarbonError, InputError
from ..core.foreign_files import in_archive, require_harmless
from .formats import require_known_format
from .raster_files import RASTERS, flat, static

#: Types of parameters that take vector layers.
VECTORS = ("source", "vector")


def require_harmless_inputs(algorithm: QgsProcessingAlgorithm, parameters: Dict[str, Any]) -> None:
    """Refuse files that never end, lead to the network or lie about their size.

    Raises
    ------
    InputError
        Naming the parameter and the file.
    """
    for definition in algorithm.parameterDefinitions():
        if definition.type() in RASTERS + VECTORS:
            label = "{} ({})".format(definition.description(), definition.name())
            for item in flat([parameters.get(definition.name())]):
                if definition.type() in VECTORS:
                    require_harmless_value(label, item, vector=True)
                else:
                    require_harmless_raster(label, item)


def require_harmless_value(label: str, value: Any, vector: bool) -> None:
    """Refuse a file, given by its path, that never ends, leads to the network, or is of a format that may.

    Raises
    ------
    InputError
        Beginning with `label`, and naming the file.
    """
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source
    value = static(value)
    if not isinstance(value, str):
        return
    path = value.split("|", 1)[0]
    try:
        require_harmless(path, vector)
        require_known_format(path, vector)
    except CarbonError as error:
        raise InputError("{}: {}".format(label, error)) from error


def require_harmless_raster(label: str, value: Any) -> None:
    """As `require_harmless_value`; also refuse a file whose header declares what no machine can read.

    Raises
    ------
    InputError
        Beginning with `label`, and naming the file.
    """
    require_harmless_value(label, value, vector=False)
    path = value.split("|", 1)[0] if isinstance(value, str) else ""
    if not os.path.isfile(path) and not in_archive(path):
        return
    from ..core.raster.source import open_raster

    try:
        with open_raster(path):
            pass
    except ImportError:
        return  # the algorithm says itself which packages it lacks
    except CarbonError as error:
        raise InputError("{}: {}".format(label, error)) from error
