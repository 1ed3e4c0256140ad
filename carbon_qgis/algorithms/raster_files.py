"""Rasters that are given by the name of a file, read without a layer of QGIS.

To make a layer QGIS computes statistics, which GDAL keeps: in an `.aux.xml` beside the raster, and where the raster is
a VRT, in the user's own file. Also, QGIS 3.22 takes a variable of a NetCDF file (NETCDF:"file.nc":variable) and an
object in a store (/vsis3/bucket/file.tif) for no raster, and a NetCDF file for a mesh or a table.
"""

import os
import re
import uuid
from typing import Any, Dict, List, Optional

from qgis.core import (
    QgsDataProvider,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterDefinition,
    QgsProcessingUtils,
    QgsProperty,
    QgsRasterLayer,
)

from ..core.errors import CarbonError

#: Types of parameters that take rasters.
RASTERS = ("raster", "multilayer")
#: GDAL's names start with a word of two letters or more and a colon: C:\ is a drive, gdal:// an address.
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]+:(?!//)")
#: QGIS's own way of naming the provider before the source.
_PROVIDER = re.compile(r"^(?:gdal|ogr)://", re.IGNORECASE)
_RASTER_PROVIDER = re.compile(r"^gdal://", re.IGNORECASE)
_MOST_PARTS = 50


def names_opened(text: str) -> List[str]:
    """What QGIS may open for a text: it is a source, with the provider before it and a part or options behind it.

    A bar may also belong to the name of a file: then that file is one of them.
    """
    parts = _PROVIDER.sub("", text).split("|", _MOST_PARTS)
    longer = ["|".join(parts[:count]) for count in range(2, len(parts) + 1)]
    return [parts[0]] + [name for name in longer if os.path.exists(name)]


def gdal_name(text: str) -> str:
    """The name by which GDAL opens the raster that a text names; options of QGIS's are left out."""
    name = _RASTER_PROVIDER.sub("", text)
    return name if os.path.exists(name) else name.split("|option:", 1)[0]


def may_name_raster(text: str) -> bool:
    """Whether a text is a path that exists, or has the form of GDAL's names of parts of files and of objects."""
    return os.path.exists(text) or text.startswith("/vsi") or _NAME.match(text) is not None


def raster_file(value: Any, context: QgsProcessingContext) -> Optional[str]:
    """The raster that a text names, as GDAL opens it: an absolute path, or GDAL's own name.

    None for everything else: a layer, the name of one that is open, a file that is no raster.
    """
    value = static(value)
    name = gdal_name(value) if isinstance(value, str) else ""
    if not name or not may_name_raster(name):
        return None
    # A NetCDF file may be open as a mesh: that is no raster layer of it.
    if isinstance(QgsProcessingUtils.mapLayerFromString(value, context, False), QgsRasterLayer):
        return None
    from ..core.raster.source import open_raster

    try:
        with open_raster(name):
            return os.path.abspath(name) if os.path.exists(name) else name
    except (ImportError, CarbonError):
        return None  # QGIS is asked, and its answer told


def raster_layer(text: str, context: QgsProcessingContext) -> Optional[QgsMapLayer]:
    """The layer that a text names: one that is open, else a raster that QGIS opens for it. None if there is none."""
    return QgsProcessingUtils.mapLayerFromString(text, context, True, QgsProcessingUtils.LayerHint.Raster)


def unusable(
    algorithm: QgsProcessingAlgorithm, parameters: Dict[str, Any], context: QgsProcessingContext
) -> Optional[QgsProcessingParameterDefinition]:
    """The first parameter for which QGIS finds no usable value, or None."""
    for definition in algorithm.parameterDefinitions():
        if not definition.checkValueIsAcceptable(parameters.get(definition.name()), context):
            return definition
    return None


def refusal(
    algorithm: QgsProcessingAlgorithm, definition: QgsProcessingParameterDefinition, parameters: Dict[str, Any]
) -> str:
    """What QGIS says of an unusable value, with the parameter's title."""
    name = definition.name()
    if definition.type() == "raster":
        return algorithm.invalidRasterError(parameters, name)
    if definition.type() in ("source", "vector"):
        return algorithm.invalidSourceError(parameters, name)
    return "{} ({}): there is no value that can be used. Correct it.".format(definition.description(), name)


def add_layers_without_statistics(
    algorithm: QgsProcessingAlgorithm, parameters: Dict[str, Any], context: QgsProcessingContext
) -> None:
    """Put a layer of each raster file among the parameters into the context.

    For models: QGIS looks for a layer of each input, to tell its steps of it in variables, and makes what it lacks.
    """
    values = [parameters.get(item.name()) for item in algorithm.parameterDefinitions() if item.type() in RASTERS]
    texts = {item for item in flat(values) if raster_file(item, context) is not None}
    if not texts:
        return
    from osgeo import gdal

    from ..core.stack import layer_name

    stand_in = "/vsimem/carbon-stand-in-{}.tif".format(uuid.uuid4().hex)
    dataset = gdal.GetDriverByName("GTiff").Create(stand_in, 1, 1)
    dataset.SetProjection("EPSG:4326")
    dataset.SetGeoTransform((0, 1, 0, 0, 0, -1))
    del dataset
    try:
        for text in texts:
            # A layer that is given another source keeps its style: only for a new style are there statistics.
            layer = QgsRasterLayer(stand_in, layer_name(text), "gdal")
            layer.setDataSource(text, layer_name(text), "gdal", QgsDataProvider.ProviderOptions(), False)
            if layer.isValid():
                context.temporaryLayerStore().addMapLayer(layer)
    finally:
        for name in (stand_in, stand_in + ".aux.xml"):
            gdal.Unlink(name)


def static(value: Any) -> Any:
    """The value of a data-defined parameter that is one for the whole run; paths as text."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value.staticValue() if isinstance(value, QgsProperty) else value


def resolved(value: Any, context: QgsProcessingContext) -> Any:
    """The value of a data-defined parameter in the context of a run."""
    if isinstance(value, QgsProperty) and value.propertyType() != QgsProperty.Type.StaticProperty:
        return value.value(context.expressionContext())[0]
    return static(value)


def flat(values) -> List[Any]:
    """Lists within lists as one list."""
    found: List[Any] = []
    for value in values:
        value = static(value)
        found.extend(flat(value) if isinstance(value, (list, tuple)) else [value])
    return found
