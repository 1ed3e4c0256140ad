"""Addresses in layers that are XML (GML and its schemas): GDAL reads schemas from there, and whole layers."""

import html
import mmap
import os
import re
from typing import BinaryIO, Iterator

from .foreign_found import ADDRESS, STANDARDS, Named, Suspect, text_of, whole

#: Documents of a server, and what GDAL tells GML by. It looks for the words anywhere at the beginning.
_SERVER = re.compile(rb"wfs_capabilities|ogrwfsdatasource")
_GML = re.compile(
    rb"/gml|featurecollection|getrecords|[/:<?]wfs|wfs:|gml:|citygml|"
    rb"schemalocation\s*=\s*[\"'][^\"']*[?&;]service\s*="
)
_SYSTEM = re.compile(rb"srsName(?:\s*=\s*[\"']|>)\s*((?:https?:|ftp:|&)[^\"'<>]{0,999})", re.IGNORECASE)
_BEFORE_ROOT = rb"(?:<\?xml[^>]*>)?(?:\s|<!--.*?-->)*"
_OTHER_ROOT = re.compile(_BEFORE_ROOT + rb"<(?:[\w.\-]+:)?(?:kml|gpx)\b", re.DOTALL)
_ROOT = re.compile(_BEFORE_ROOT + rb"<(?:[\w.\-]+:)?(\w+)", re.DOTALL)


def names_in_gml(head: bytes) -> Iterator[Named]:
    """Addresses at the beginning of a layer.

    Raises
    ------
    Suspect
        If it describes a server, or declares words of its own that may hide an address.
    """
    low = head.lower()
    if _SERVER.search(low):
        raise Suspect("it leads to the network: it describes a server (WFS). Save its layer as GeoPackage first")
    if b"<!entity" in low:
        raise Suspect("it declares words of its own (<!ENTITY>), which may hide an address. Save it as GeoPackage")
    if _OTHER_ROOT.match(text_of(low)) and not _GML.search(low):
        return  # their schemas are never fetched
    yield from names_in_schema(head)


def names_of_systems(stream: BinaryIO) -> Iterator[Named]:
    """Addresses of coordinate systems, anywhere in GML or in what GDAL keeps of it (`.gfs`)."""
    try:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file
        return
    with data:
        for found in {match.group(1) for match in _SYSTEM.finditer(data)}:
            text = html.unescape(found.decode("utf-8", "replace")).strip()
            if ADDRESS.match(text) and not STANDARDS.match(text):
                yield Named(text, True)


def is_schema(head: bytes) -> bool:
    """Whether XML is a schema, or may be one: its root does not stand at the beginning."""
    root = _ROOT.match(text_of(head))
    return root is None or root.group(1).lower() == b"schema"


def names_in_schema(data: bytes) -> Iterator[Named]:
    """What `schemaLocation` names, but for the addresses of the standards. In comments too: GDAL looks for the word."""
    text = data.decode("utf-8", "replace")
    for value in re.findall(r"schemaLocation\s*=\s*(?:\"([^\"]*)|'([^']*))", text, re.IGNORECASE):
        value = html.unescape("".join(value))
        words = value.split()
        # Pairs of a name and where it lies; a name alone is a place. What is odd is a place, all of it.
        paired = len(words) % 2 == 0 and not re.search(r"[\"'\\]", value)
        for place in words[1::2] if paired else re.split(r"[\s\"']+", value):
            if place and not STANDARDS.match(place):
                yield Named(place, True)


def names_beside_gml(path: str) -> Iterator[Named]:
    """Addresses in the schema (`.xsd`) of a GML file and in what GDAL keeps of it; other schemas are named in it."""
    stem = os.path.splitext(path)[0]
    for suffix, names in ((".xsd", lambda stream: names_in_schema(whole(stream))), (".gfs", names_of_systems)):
        for beside in (stem + suffix, stem + suffix.upper()):
            if beside != path and os.path.isfile(beside):
                with open(beside, "rb") as stream:
                    yield from names(stream)
