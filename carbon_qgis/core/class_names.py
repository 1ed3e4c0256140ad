"""Names of the classes of a categorical raster, kept in the tag CARBON_CLASSES as JSON."""

import json
from typing import Dict, Mapping

from .raster.source import raster_info

TAG = "CARBON_CLASSES"


def class_names(path: str) -> Dict[int, str]:
    """Code → name from the tag CARBON_CLASSES; empty without one, or where it cannot be read."""
    text = raster_info(path).tag(TAG)
    if not text:
        return {}
    try:
        return {int(code): str(name) for code, name in json.loads(text).items()}
    except (ValueError, AttributeError):
        return {}


def class_names_tag(names: Mapping[int, str]) -> Dict[str, str]:
    """The tag for a raster whose classes have these names."""
    return {TAG: json.dumps({str(code): name for code, name in names.items()}, ensure_ascii=False)}
