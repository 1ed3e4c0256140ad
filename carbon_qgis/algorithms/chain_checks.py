"""What a chain can be told before it computes: its steps would say it late, and of temporary files."""

import os
import traceback
from typing import Dict, Sequence, Tuple

from qgis.core import Qgis, QgsMessageLog, QgsProcessingAlgorithm, QgsProcessingContext

from ..core.errors import CarbonError
from .harmless import require_harmless_inputs
from .parameters import tr
from .raster_files import raster_file, refusal, unusable

#: By chain: land covers, and the parameter of the year of each. A later step needs the dates.
YEARS: Dict[str, Sequence[Tuple[str, str]]] = {
    "landcovertodrivers": (
        ("LANDCOVER_START", "YEAR_START"), ("LANDCOVER_MIDDLE", "YEAR_MIDDLE"), ("LANDCOVER_END", "YEAR_END"),
    ),
}  # fmt: skip


def problem_of_chain(algorithm: QgsProcessingAlgorithm, parameters: Dict, context: QgsProcessingContext) -> str:
    """Why this chain cannot work with these values, in a sentence; '' if nothing is known against it."""
    try:
        refused = unusable(algorithm, parameters, context)
        if refused is not None:
            require_harmless_inputs(algorithm, parameters, context)
            return refusal(algorithm, refused, parameters)
        return _missing_year(algorithm, parameters, context)
    except CarbonError as error:
        return str(error)
    except Exception as error:  # QGIS would crash on anything that leaves its check
        QgsMessageLog.logMessage(traceback.format_exc(), "Carbon", Qgis.MessageLevel.Critical)
        return "The inputs of '{}' could not be looked at ({}: {}). Details are in the log of QGIS.".format(
            algorithm.displayName(), type(error).__name__, error
        )


def _missing_year(algorithm, parameters, context) -> str:
    for raster, year in YEARS.get(algorithm.name(), ()):
        if parameters.get(year) not in (None, ""):
            continue
        source = raster_file(parameters.get(raster), context)
        name = os.path.basename(source or "")
        if source is None:
            layer = algorithm.parameterAsRasterLayer(parameters, raster, context)
            source, name = (layer.source(), layer.name()) if layer is not None else (None, "")
        if source is None or _has_year(source):
            continue
        return tr(
            "{year} ({parameter}): the raster '{layer}' ({raster}) does not tell its year (it has no tag CARBON_YEAR). "
            "Type the calendar year of this raster: without it there is no rate of change."
        ).format(
            year=algorithm.parameterDefinition(year).description(), parameter=year, layer=name or source,
            raster=algorithm.parameterDefinition(raster).description(),
        )  # fmt: skip
    return ""


def _has_year(source: str) -> bool:
    try:
        from ..core.raster.source import raster_info

        return raster_info(source).year() is not None
    except ImportError:
        return True  # the first step says which package is missing
