"""What a file that somebody else may have made names inside: other files, and addresses that GDAL would call.

GDAL follows names in descriptions (VRT, GML schemas, the coordinate system of GeoJSON) and in metadata (overviews that
lie elsewhere). Here they are only read, from the bytes, so that nobody has to open the file to find them.
"""

import html
import json
import mmap
import os
import re
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Iterator, List, NamedTuple, Tuple
from xml.etree import ElementTree

#: Root of a virtual raster, the only description that is read as a raster: maps of servers are others.
_RASTER_ROOT, _VECTOR_ROOT, _METADATA_ROOT = "VRTDataset", "OGRVRTDataSource", "PAMDataset"
#: Parts of a description that hold no names of data.
_INERT = ("SRS", "Metadata", "MDI", "Description", "GCPList", "LayerSRS")
#: Entries of metadata that GDAL opens: 'OVERVIEW_FILE', 'X_DATASET'; it takes = and : for the end of a key.
_OPENED = re.compile(r"\s*(?:OVERVIEW_FILE|\w*_DATASET)\s*[=:]\s*(?:\:\:\:BASE\:\:\:)?(.*)", re.IGNORECASE | re.DOTALL)
#: Where a schema is only named, never fetched.
_STANDARDS = re.compile(r"https?://(schemas\.opengis\.net|www\.opengis\.net|www\.w3\.org|ogr\.maptools\.org)/", re.I)
_ADDRESS = re.compile(r"\s*(https?|ftp)://", re.IGNORECASE)
_ELEMENT = re.compile(rb"\s*<(\?xml\b|!--|!DOCTYPE|[A-Za-z_][\w:.\-]*[\s>/])", re.IGNORECASE)
_JSON = re.compile(rb"\s*\{\s*(\"|'|/\*|//|\})")
_CRS_KEY = re.compile(rb"[\"'](?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)[\"']", re.IGNORECASE)
_TIFF = {b"II*\x00": ("<", False), b"MM\x00*": (">", False), b"II+\x00": ("<", True), b"MM\x00+": (">", True)}
_GDAL_METADATA = 42112
_SQLITE = b"SQLite format 3\x00"
#: Modules of virtual tables that hold what they show; others read elsewhere.
_TABLE_MODULES = ("rtree", "rtree_i32", "fts3", "fts4", "fts5", "virtualspatialindex", "virtualelementary",
                  "virtualknn", "virtualknn2")  # fmt: skip
_PACKED = (
    (b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "rar"),
)  # fmt: skip
#: Parts of a shapefile and what lies beside it: an archive of these is read as it is.
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".idx", ".shp.xml", ".qml",
              ".qmd", ".sld", ".txt", ".md", ".pdf")  # fmt: skip
_BOOKS = (".xlsx", ".ods", ".kmz")
#: Larger descriptions are refused; the beginning of a file that decides what it is.
_MOST_BYTES, _HEAD, _MOST_MEMBERS, _CRS_BYTES = 32 << 20, 1 << 16, 20_000, 1 << 16
#: What an archive may declare to unpack to: at all, and by its own size. Texts of a spreadsheet shrink by 20 or so.
_MOST_UNPACKED, _MOST_GROWTH = 512 << 20, 100


class Suspect(Exception):
    """A file that may lead to the network, or that cannot be looked into; the text says why and what to do."""


class Named(NamedTuple):
    """A text that GDAL may take for the name of data, and whether it would look for a vector there."""

    text: str
    vector: bool


def named_in(path: str, vector: bool) -> Iterator[Named]:
    """What a file names.

    Parameters
    ----------
    vector : whether it is to be read as a vector layer or a table, or as a raster.

    Raises
    ------
    Suspect
        For what is packed, descriptions of servers, and what cannot be read to its end.
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as stream:
        head = stream.read(_HEAD)
        if path.lower().endswith(".aux.xml"):
            yield from _metadata(_whole(stream))
        elif head[:4] == b"PK\x03\x04":
            _require_plain_archive(path, vector)
        elif head.startswith(_SQLITE):
            _require_own_tables(path)
        else:
            yield from _in_stream(stream, head, vector)
            if vector and (_JSON.match(_text_of(head)) or path.lower().endswith("json")):
                yield from _json_addresses(stream)
            if vector and _ELEMENT.match(_text_of(head)):
                yield from _schema_beside(path)


def check_archive(path: str, inside: str) -> None:
    """Look at a zip of which GDAL reads one member as a raster.

    Parameters
    ----------
    inside : name of the member; '' for the only one there is.

    Raises
    ------
    Suspect
        If a member leads elsewhere, or is a description: those lead to files that cannot be looked at there.
    OSError
        If it cannot be read.
    """
    wanted = inside.strip("/").casefold()
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist()[:_MOST_MEMBERS]:
                name = entry.filename.strip("/").casefold()
                opened = not wanted or name.startswith(wanted) or name.endswith((".ovr", ".msk"))
                with archive.open(entry) as stream:
                    head = stream.read(_HEAD)
                    if name.endswith(".aux.xml"):
                        found = list(_metadata(_whole(stream)))
                    elif head[:4] in _TIFF:
                        found = list(_tiff(stream, head))
                    elif opened and (_ELEMENT.match(_text_of(head)) or _JSON.match(head) or b"<VRTDataset" in head):
                        found = [Named(entry.filename, False)]
                    else:
                        found = []
                if found:
                    raise Suspect("'{}' in it leads to other files. Unpack the archive first".format(entry.filename))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Suspect("it is no archive that can be looked into. Unpack it first") from error


def _in_stream(stream: BinaryIO, head: bytes, vector: bool) -> Iterator[Named]:
    packed = next((name for mark, name in _PACKED if head.startswith(mark)), None)
    text = _text_of(head)
    if packed:
        raise Suspect("it is packed ({}). Unpack it first".format(packed))
    if head[:4] in _TIFF:
        yield from _tiff(stream, head)
    elif vector:
        if b"<ogrvrtdatasource" in head.lower():
            yield from _description(_whole(stream), _VECTOR_ROOT)
        elif _ELEMENT.match(text):
            yield from _gml(head)
    elif _ELEMENT.match(text) or b"<VRTDataset" in head:
        yield from _description(_whole(stream), _RASTER_ROOT)
    elif _JSON.match(text) or b"stac_version" in head:
        raise Suspect("it is JSON, which is no raster but may describe data of a server. Choose a GeoTIFF")


def _text_of(head: bytes) -> bytes:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")


def _whole(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise Suspect("it is a description of more than {} MB, too long to look through".format(_MOST_BYTES >> 20))
    return data


# --- XML -----------------------------------------------------------------------------------------------------------


def _description(data: bytes, root: str) -> Iterator[Named]:
    """Texts in a virtual raster or layer that may name data."""
    vector = root == _VECTOR_ROOT
    inert, first = 0, True
    try:
        for event, element, tag in _events(data):
            if event == "start":
                if first and tag != root:
                    raise Suspect(
                        "it is XML that begins with <{}>, which may lead to the network; of such files only <{}> is "
                        "read here".format(tag[:60], root)
                    )
                first = False
                inert += tag in _INERT
                continue
            if tag == "MDI":
                yield from _entry(element.get("key"), element.text)
            if tag in ("SRS", "LayerSRS") and _ADDRESS.match(element.text or ""):
                yield Named(element.text.strip(), vector)
            if tag == "SrcSQL":
                _require_plain_sql(element.text or "")
            if not inert:
                for text in (element.text, element.tail, *element.attrib.values()):
                    if text and text.strip():
                        yield Named(text.strip(), vector)
            inert -= tag in _INERT
            element.clear()
    except ElementTree.ParseError:
        # GDAL's parser forgives more: everything between marks and quotes counts.
        text = html.unescape(data.decode("utf-8", "replace"))
        if "<" + root not in text:
            raise Suspect("it is XML that cannot be read, and may lead to the network") from None
        _require_plain_sql(text)
        yield from (Named(part.strip(), vector) for part in re.split(r"[<>\"'\[\]]", text) if part.strip())


def _metadata(data: bytes) -> Iterator[Named]:
    """Names in the file of metadata (`.aux.xml`) that lies beside a raster, or in such metadata within one."""
    try:
        for event, element, tag in _events(data):
            if event == "end":
                if tag in ("MDI", "Item"):
                    yield from _entry(element.get("key") or element.get("name"), element.text)
                if tag == "SRS" and _ADDRESS.match(element.text or ""):
                    yield Named(element.text.strip(), False)
                element.clear()
    except ElementTree.ParseError:
        text = html.unescape(data.decode("utf-8", "replace"))
        if re.search(r"OVERVIEW_FILE|_DATASET", text, re.IGNORECASE):
            parts = (part.strip() for part in re.split(r"[<>\"'\[\]=]", text))
            yield from (Named(part.replace(":::BASE:::", ""), False) for part in parts if part)


def _entry(key, value) -> Iterator[Named]:
    """The name in an entry of metadata that GDAL opens."""
    found = _OPENED.fullmatch("{}={}".format(key or "", value or ""))
    # A key that holds the value itself ends at its first '='.
    text = found.group(1).strip().rstrip("=") if found else ""
    if text:
        yield Named(text, False)


def _events(data: bytes) -> Iterator[Tuple[str, ElementTree.Element, str]]:
    """Starts and ends of elements with their plain tags."""
    parser = ElementTree.XMLPullParser(("start", "end"))
    # In parts: what is nested without end, or grows without end, is refused by the parser half-way.
    for start in range(0, len(data), 1 << 16):
        parser.feed(data[start : start + (1 << 16)])
        for event, element in parser.read_events():
            yield event, element, element.tag.rsplit("}", 1)[-1]
    parser.close()


def _gml(head: bytes) -> Iterator[Named]:
    """Addresses at the beginning of a vector layer in XML: GDAL reads schemas from there, and whole layers."""
    low = head.lower()
    if b"wfs_capabilities" in low or b"ogrwfsdatasource" in low:
        raise Suspect("it leads to the network: it describes a server (WFS). Save its layer as GeoPackage first")
    if re.match(rb"(\s*<\?xml[^>]*>|\s*<!--.*?-->)*\s*<([\w.\-]+:)?(kml|gpx)\b", _text_of(low), re.DOTALL):
        return  # their schemas are never fetched
    yield from _schema_addresses(head)
    for text in re.findall(r"srsName\s*=\s*[\"']([^\"']*)", head.decode("utf-8", "replace"), re.IGNORECASE):
        text = html.unescape(text)
        if _ADDRESS.match(text) and not _STANDARDS.match(text.strip()):
            yield Named(text.strip(), True)


def _schema_addresses(data: bytes) -> Iterator[Named]:
    """What `schemaLocation` names, but for the addresses of the standards. In comments too: GDAL looks for the word."""
    text = html.unescape(data.decode("utf-8", "replace"))
    for value in re.findall(r"schemaLocation\s*=\s*(?:\"([^\"]*)|'([^']*))", text, re.IGNORECASE):
        words = "".join(value).split()
        # Pairs of a name and where it lies; a name alone is a place.
        for place in words[1::2] if len(words) > 1 else words:
            if not _STANDARDS.match(place):
                yield Named(place, True)


def _schema_beside(path: str) -> Iterator[Named]:
    """Addresses in the schema (`.xsd`) of a GML file; those of others are named by the file itself."""
    beside = os.path.splitext(path)[0] + ".xsd"
    if path.lower().endswith(".xsd") or not os.path.isfile(beside):
        return
    with open(beside, "rb") as stream:
        yield from _schema_addresses(_whole(stream))


# --- JSON ----------------------------------------------------------------------------------------------------------


def _json_addresses(stream: BinaryIO) -> Iterator[Named]:
    """Addresses of coordinate systems in GeoJSON: {"crs": {"type": "link", "properties": {"href": …}}}."""
    try:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file
        return
    with data:
        for found in _CRS_KEY.finditer(data):
            rest = re.sub(rb"/\*.*?\*/", b"", data[found.end() : found.end() + 512], flags=re.DOTALL).lstrip()
            if not rest.startswith(b":") or not rest[1:].lstrip().startswith(b"{"):
                continue
            text = data[found.end() : found.end() + _CRS_BYTES].decode("utf-8", "replace")
            try:
                crs, _ = json.JSONDecoder().raw_decode(text[text.index("{") :])
            except (ValueError, RecursionError):
                raise Suspect("its coordinate system ('crs') cannot be read") from None
            if str(crs.get("type", "")).strip().lower().startswith(("link", "url")):
                inner = crs.get("properties")
                places = [str(text) for text in inner.values()] if isinstance(inner, dict) else []
                yield from (Named(place, True) for place in places if _ADDRESS.match(place))


# --- binary files --------------------------------------------------------------------------------------------------


def _tiff(stream: BinaryIO, head: bytes) -> Iterator[Named]:
    """Names in the metadata of a TIFF itself; what is no sound TIFF has none, GDAL says so."""
    order, big = _TIFF[head[:4]]
    try:
        at = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
        size, count_of, entry_of = (20, "Q", "HHQQ") if big else (12, "H", "HHII")
        counted = struct.calcsize(order + count_of)
        stream.seek(at)
        count = min(struct.unpack(order + count_of, stream.read(counted))[0], 65_535)
        directory = stream.read(count * size)
        for start in range(0, len(directory) - size + 1, size):
            tag, _, length, place = struct.unpack_from(order + entry_of, directory, start)
            if tag != _GDAL_METADATA:
                continue
            if length > _MOST_BYTES:
                raise Suspect("its metadata are larger than {} MB".format(_MOST_BYTES >> 20))
            stream.seek(place)
            yield from _metadata(stream.read(length).rstrip(b"\x00"))
    except (struct.error, OSError, OverflowError, ValueError):
        return


def _require_own_tables(path: str) -> None:
    """Refuse a database whose tables or views read elsewhere.

    Raises
    ------
    Suspect
        Naming the table.
    """
    # Where nobody writes, nothing is locked or made beside the file.
    mode = "mode=ro" if os.path.exists(path + "-wal") else "mode=ro&immutable=1"
    uri = "{}?{}".format(Path(path).absolute().as_uri(), mode)
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            statements: List[Tuple[str, str]] = base.execute("SELECT name, sql FROM sqlite_master").fetchall()
    except (sqlite3.Error, ValueError, OverflowError):
        return  # damaged: whoever opens it says so
    for name, sql in statements:
        if isinstance(sql, str):
            module = re.search(r"CREATE\s+VIRTUAL\s+TABLE.*?\bUSING\s+[\"'`\[]?(\w+)", sql, re.IGNORECASE | re.DOTALL)
            if module and module.group(1).lower() not in _TABLE_MODULES:
                raise Suspect("its table '{}' is read from elsewhere ({})".format(str(name)[:60], module.group(1)[:60]))
            _require_plain_sql(sql)


def _require_plain_sql(sql: str) -> None:
    found = re.search(r"\b(ogr_geocode\w*|virtualogr|load_extension|ogr_datasource_load_layers)\b", sql, re.IGNORECASE)
    if found:
        raise Suspect("it asks for '{}', which reads elsewhere".format(found.group(1)))


def _require_plain_archive(path: str, vector: bool) -> None:
    """Refuse an archive, unless it is a spreadsheet or holds a shapefile, and one that unpacks without end.

    Raises
    ------
    Suspect
        Saying what it is.
    """
    low = path.lower()
    if not vector or not low.endswith(_BOOKS + (".zip", ".shz")):
        raise Suspect("it is an archive (zip). Unpack it first")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return  # damaged: whoever opens it says so
    declared, held = sum(entry.file_size for entry in entries), os.path.getsize(path)
    if declared > _MOST_UNPACKED or (declared > _MOST_BYTES and declared > _MOST_GROWTH * held):
        raise Suspect("it has {:,} bytes and would unpack to {:,}: no table does that".format(held, declared))
    if not low.endswith(_BOOKS) and not all(entry.filename.lower().endswith(_SHAPEFILE) for entry in entries):
        raise Suspect("it is an archive (zip) of more than a shapefile. Unpack it first")
