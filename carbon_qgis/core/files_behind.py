"""The files that lie behind an input: what a raster is made of, the parts of a layer, the rasters of a table or folder.

A run reads them too, so that no output may take their place (`OutputSet.reads`).
"""

import os
from typing import List, Set

from .companions import companions_of
from .errors import CarbonError
from .foreign_files import is_address

#: Formats of layers that are several files of one name, and what belongs to them.
_PARTS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj"), ".dbf": (".cpg",),
    ".tab": (".dat", ".map", ".id", ".ind"), ".mif": (".mid",), ".gml": (".gfs", ".xsd"), ".csv": (".csvt", ".prj"),
}  # fmt: skip
_DEPTH = 8


def behind_raster(path: str) -> List[str]:
    """Files of this machine that GDAL opens with a raster: sources of a VRT and theirs, overviews, masks, `.aux.xml`.

    A raster that cannot be opened has none: whoever reads it says what is wrong.
    """
    found: Set[str] = set()
    _follow(path, found, _DEPTH)
    return sorted(found)


def _follow(path: str, found: Set[str], depth: int) -> None:
    from .raster.source import open_raster

    if not depth or is_address(path):
        return
    try:
        with open_raster(path) as dataset:
            files = [os.path.abspath(name) for name in dataset.files if not is_address(name)]
    except CarbonError:
        return
    for name in set(files) - found:
        found.add(name)
        found.update(companions_of(name))
        # A mosaic may have thousands of sources; only those that are VRTs lead on.
        if name.lower().endswith(".vrt") and name != os.path.abspath(path):
            _follow(name, found, depth - 1)


def behind_layer(path: str) -> List[str]:
    """The other files of a layer, such as the `.dbf` of a shapefile."""
    stem, suffix = os.path.splitext(path.split("|", 1)[0])
    parts = _PARTS.get(suffix.lower(), ())
    return [stem + part for lower in parts for part in (lower, lower.upper()) if os.path.isfile(stem + part)]


def of_ensemble(folder: str) -> List[str]:
    """The rasters that lie in the folder of an ensemble, and its list."""
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith((".tif", ".json"))]
