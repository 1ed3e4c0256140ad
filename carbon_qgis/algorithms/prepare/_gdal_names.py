"""Rasters that GDAL names itself, such as NETCDF:"file.nc":variable, given as text.

QGIS 3.22 takes a text for a layer only if it is a file that it opens by itself; a variable of a NetCDF file is none,
and a NetCDF file becomes a mesh or a table. Opened here as rasters and put into the context, QGIS finds them by their
text.
"""

import os
import re

from qgis.core import QgsProcessingUtils, QgsRasterLayer

from ...core.errors import CarbonError, InputError
from ...core.foreign_files import RASTER_FORMATS, require_harmless
from ..formats import quiet_gdal, require_known_format

#: GDAL's names start with a word of two letters or more and a colon: C:\ is a drive, gdal:// an address.
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]+:(?!//)")
#: Files that QGIS may take for meshes or tables.
_CUBES = (".nc", ".nc4", ".cdf", ".h5", ".hdf", ".hdf5", ".grb", ".grb2", ".grib", ".grib2")


class OpensGdalNames:
    """Mixin before `CarbonAlgorithm`: GDAL's own names work in all raster parameters, also under qgis_process."""

    def checkParameterValues(self, parameters, context):
        try:
            self._open_names(parameters, context)
        except InputError as error:
            return False, str(error)
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(self, parameters, context, feedback):
        # Again: the run may have another context than the check, and a model makes no check.
        self._open_names(parameters, context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def _open_names(self, parameters, context):
        for definition in self.parameterDefinitions():
            if definition.type() in ("raster", "multilayer"):
                value = parameters.get(definition.name())
                for text in value if isinstance(value, (list, tuple)) else [value]:
                    if isinstance(text, str):
                        _open(text, context, "{} ({})".format(definition.description(), definition.name()))


def _open(text, context, label):
    """Put the raster named `text` into the context, unless it is no such name or QGIS has it as a raster already."""
    named = _NAME.match(text) is not None
    if not named and not (text.lower().endswith(_CUBES) and os.path.isfile(text)):
        return
    if isinstance(QgsProcessingUtils.mapLayerFromString(text, context, False), QgsRasterLayer):
        return
    try:
        require_harmless(text)
        require_known_format(text, vector=False)
    except CarbonError as error:
        raise InputError("{}: {}".format(label, error)) from error
    if not named:
        _refuse_container(text, label)
    layer = QgsRasterLayer(text, _layer_name(text), "gdal")
    if layer.isValid():
        context.temporaryLayerStore().addMapLayer(layer)


def _refuse_container(path, label):
    """A file that holds several variables and no bands of its own: say what it holds."""
    from osgeo import gdal

    dataset = None
    with quiet_gdal():  # a file that cannot be read is reported by who reads it
        dataset = gdal.OpenEx(path, gdal.OF_RASTER, allowed_drivers=list(RASTER_FORMATS))
    parts = dataset.GetSubDatasets() if dataset is not None and not dataset.RasterCount else []
    if parts:
        raise InputError(
            "{}: '{}' holds several variables. Choose one of them: {}.".format(
                label, path, ", ".join(name for name, _ in parts[:12])
            )
        )


def _layer_name(text):
    from ...core.stack import layer_name

    return layer_name(text)
