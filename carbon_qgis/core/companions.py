"""The files that GDAL may write beside a raster, and opens along with it."""

import os
from typing import List

#: Metadata and statistics, a mask, overviews.
COMPANIONS = (".aux.xml", ".msk", ".ovr")
#: Overviews of Erdas Imagine, behind the whole name of a raster or in the place of its suffix.
_ERDAS = ".aux"


def spelled(suffix: str) -> List[str]:
    """A suffix as GDAL looks for it where capitals matter: as it is, and in capitals."""
    return [suffix, suffix.upper()]


def companions_of(path: str) -> List[str]:
    """Those that exist beside a raster. They are asked for by name: its folder may hold 100,000 files."""
    stem = os.path.splitext(path)[0]
    names = [path + name for suffix in (*COMPANIONS, _ERDAS) for name in spelled(suffix)]
    names += [stem + name for name in spelled(_ERDAS)]
    return [name for name in names if name != path and os.path.isfile(name)]
