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
    """Those that exist beside a raster. They are asked for by name: its folder may hold 100,000 files.

    An ArcInfo grid is a folder: its companions lie beside that, also where one of the files in it is named.
    """
    place = path.rstrip("/\\" if os.name == "nt" else "/") or path
    stem = os.path.splitext(place)[0]
    names = [place + name for suffix in (*COMPANIONS, _ERDAS) for name in spelled(suffix)]
    names += [stem + name for name in spelled(_ERDAS)]
    if os.path.isdir(place):
        names += [os.path.join(place, name) for suffix in COMPANIONS for name in spelled(suffix)]
    found = [name for name in names if name != path and os.path.isfile(name)]
    folder = os.path.dirname(place)
    return found + (companions_of(folder) if folder and place.lower().endswith(".adf") else [])
