"""What is looked at before a file that somebody else may have made is opened at all.

Pipes and devices never end. Small XML files that GDAL takes for data (VRT, map services) may name the network: a run
reaches for it only where the user named the address.
"""

import os
import re
import stat
from typing import Iterator, Optional
from xml.etree import ElementTree

from .errors import InputError

#: What GDAL fetches from elsewhere: its file systems and addresses wherever they stand, its drivers at the beginning.
_NETWORK = re.compile(r"/vsi(curl|s3|gs|az|adls|oss|swift|hdfs|webhdfs)(_streaming)?\b|(https?|ftp)://", re.IGNORECASE)
_DRIVER = re.compile(
    r"(WMS|WMTS|WCS|WFS|OAPIF|OGCAPI|PG|PLMOSAIC|EEDAI?|STACIT|STACTA|DAAS|RASDAMAN|MSSQL|MYSQL|CARTO|AMIGOCLOUD|"
    r"ELASTIC|ES|NGW|CSW|GMLAS|MONGODBV3|COUCHDB)\s*:\s*\S",
    re.IGNORECASE,
)
#: Root elements of descriptions that GDAL follows to other data.
_DESCRIPTIONS = ("VRTDataset", "OGRVRTDataSource", "GDAL_WMS", "WCS_GDAL", "GDAL_WMTS", "WMS_Capabilities",
                 "Capabilities", "OGRWFSDataSource", "STACTA", "PLMOSAIC", "DAAS")  # fmt: skip
#: Their parts that hold no names of data.
_INERT = ("SRS", "Metadata", "MDI", "Description", "GCPList", "LayerSRS")
_MOST_BYTES, _DEPTH = 32 << 20, 8


def require_harmless(path: str) -> None:
    """Refuse a pipe, a device, and a description that leads to the network; anything else passes.

    Parameters
    ----------
    path : a path; names that are no file of this machine pass, they are for others to judge.

    Raises
    ------
    InputError
        Naming the file and what was found in it.
    """
    require_ends(path)
    found = _network_name(path, _DEPTH, set())
    if found is not None:
        raise InputError(
            "'{}' leads to the network: it names '{}'. A file may not do that, only you may: give that address itself "
            "as the input, or save the data on this machine first.".format(path, found[:200])
        )


def require_ends(path: str) -> None:
    """Refuse a pipe or a device: reading it may never end.

    Raises
    ------
    InputError
        Naming the path.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise InputError("'{}' is a pipe or a device, not a file. Choose a file.".format(path))


def is_network_name(name: str) -> bool:
    """Whether GDAL would fetch what is called so from another machine."""
    name = name.strip()
    return bool(_NETWORK.search(name) or _DRIVER.match(name)) or name.startswith(("\\\\", "//"))


def _network_name(path: str, depth: int, seen: set) -> Optional[str]:
    """The first name of the network in a description or in those that it leads to."""
    try:
        whole = os.path.realpath(path)
        if whole in seen or depth == 0 or not os.path.isfile(whole) or os.path.getsize(whole) > _MOST_BYTES:
            return None
        seen.add(whole)
        with open(whole, "rb") as stream:
            if not stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                return None
            stream.seek(0)
            data = stream.read()
    except (OSError, ValueError):
        return None  # whoever opens it says what is wrong
    for name in _names(data):
        if is_network_name(name):
            return name
        if name.lstrip().startswith("<"):
            inside = next(filter(is_network_name, _names(name.encode("utf-8", "replace"))), None)
            if inside is not None:
                return inside
        further = name if os.path.isabs(name) else os.path.join(os.path.dirname(whole), name)
        inside = _network_name(further, depth - 1, seen)
        if inside is not None:
            return inside
    return None


def _names(data: bytes) -> Iterator[str]:
    """Texts in a description that may name data."""
    parser = ElementTree.XMLPullParser(("start", "end"))
    inert, first = 0, True
    try:
        # In parts: what is nested without end, or grows without end, is refused by the parser half-way.
        for start in range(0, len(data), 1 << 16):
            parser.feed(data[start : start + (1 << 16)])
            for event, element in parser.read_events():
                tag = element.tag.rsplit("}", 1)[-1]
                if event == "start":
                    if first and tag not in _DESCRIPTIONS:
                        return
                    first = False
                    inert += tag in _INERT
                    continue
                if not inert:
                    yield from (text.strip() for text in (element.text, element.tail, *element.attrib.values()) if text)
                inert -= tag in _INERT
                element.clear()
    except ElementTree.ParseError:
        # GDAL's parser forgives more: everything between marks and quotes counts.
        text = data.decode("utf-8", "replace")
        if any(name in text for name in _DESCRIPTIONS):
            yield from (part.strip() for part in re.split(r"[<>\"'\[\]]", text) if part.strip())
