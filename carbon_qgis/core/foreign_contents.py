"""What a file that somebody else may have made names inside: other files, and addresses that GDAL would call.

GDAL follows names in descriptions (VRT, GML schemas, the coordinate system of GeoJSON) and in metadata (overviews that
lie elsewhere). Here they are only read, from the bytes, so that nobody has to open the file to find them.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Iterator, List, Tuple

from .foreign_archives import require_plain_archive
from .foreign_found import HEAD, Named, Suspect, whole
from .foreign_gml import is_schema, names_beside_gml, names_in_gml, names_in_schema, names_of_systems
from .foreign_json import looks_like_json, may_be_json, names_in_json
from .foreign_netcdf import is_netcdf, require_sound_header
from .foreign_tiff import is_tiff, names_in_tiff
from .foreign_xml import (
    RASTER_ROOT,
    VECTOR_ROOT,
    looks_like_xml,
    names_in_description,
    names_in_metadata,
    require_no_server,
    require_plain_sql,
)

_SQLITE = b"SQLite format 3\x00"
#: Modules of virtual tables that hold what they show; others read elsewhere.
_TABLE_MODULES = ("rtree", "rtree_i32", "fts3", "fts4", "fts5", "virtualspatialindex", "virtualelementary",
                  "virtualknn", "virtualknn2")  # fmt: skip
_PACKED = (
    (b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "rar"),
)  # fmt: skip


def named_in(path: str, vector: bool) -> Iterator[Named]:
    """What a file names.

    Parameters
    ----------
    vector : whether it is to be read as a vector layer or a table, or as a raster.

    Raises
    ------
    Suspect
        For what is packed, descriptions of servers, headers that count more than the file holds, and what cannot be
        read to its end.
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as stream:
        head = stream.read(HEAD)
        if path.lower().endswith(".aux.xml") and not vector:
            yield from names_in_metadata(whole(stream))
            require_no_server(head)
            if b"<VRTDataset" in head:  # it may be named as a source
                yield from names_in_description(whole(stream), RASTER_ROOT)
        elif head[:4] == b"PK\x03\x04":
            require_plain_archive(path, vector)
        elif head.startswith(_SQLITE):
            _require_own_tables(path)
        else:
            yield from _in_stream(stream, head, vector)
            if vector and may_be_json(head, path):
                yield from names_in_json(stream)
            if vector and looks_like_xml(head):
                yield from names_of_systems(stream)
                yield from names_beside_gml(path)


def _in_stream(stream: BinaryIO, head: bytes, vector: bool) -> Iterator[Named]:
    packed = next((name for mark, name in _PACKED if head.startswith(mark)), None)
    if packed:
        raise Suspect("it is packed ({}). Unpack it first".format(packed))
    if is_netcdf(head):
        require_sound_header(stream)
    if is_tiff(head):
        yield from names_in_tiff(stream, head)
    elif vector:
        if b"<ogrvrtdatasource" in head.lower():
            yield from names_in_description(whole(stream), VECTOR_ROOT)
        elif looks_like_xml(head):
            yield from names_in_gml(head)
            if is_schema(head):
                yield from names_in_schema(whole(stream))
        require_no_server(head)
    elif looks_like_xml(head) or b"<VRTDataset" in head:
        yield from names_in_description(whole(stream), RASTER_ROOT)
    elif looks_like_json(head) or b"stac_version" in head:
        raise Suspect("it is JSON, which is no raster but may describe data of a server. Choose a GeoTIFF")
    else:
        require_no_server(head)


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
            require_plain_sql(sql)
