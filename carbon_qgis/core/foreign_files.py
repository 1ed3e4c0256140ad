"""What is looked at before a file that somebody else may have made is opened at all.

Pipes and devices never end. A file may name the network, or another file that does: a run reaches for it only where the
user named the address. What files name is read by `foreign_contents`; here it is judged, and followed.
"""

import os
import re
import stat
from typing import Iterator, Optional

from .companions import companions_of
from .errors import InputError
from .foreign_archives import check_archive
from .foreign_contents import named_in
from .foreign_found import Named, Suspect
from .foreign_xml import RASTER_ROOT, VECTOR_ROOT, names_in_description

#: Formats of GDAL that are read as rasters. None of them fetches anything by itself; those of map services, catalogues
#: (STAC) and indices are left out, whatever else can be said of them.
RASTER_FORMATS = (
    "GTiff", "COG", "VRT", "MEM", "netCDF", "HDF5", "HDF5Image", "HDF4", "HDF4Image", "HFA", "AAIGrid",
    "GRASSASCIIGrid", "AIG", "ENVI", "EHdr", "RST", "SAGA", "GSAG", "GSBG", "GS7BG", "PNG", "JPEG", "JP2OpenJPEG",
    "JP2KAK", "JP2ECW", "JP2MrSID", "GRIB", "RRASTER", "XYZ", "SRTMHGT", "USGSDEM", "DTED", "PCRaster", "BMP", "GIF",
    "GPKG", "OpenFileGDB",
)  # fmt: skip
#: Formats that are read as vector layers and tables.
VECTOR_FORMATS = (
    "ESRI Shapefile", "GPKG", "SQLite", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "CSV", "GML", "KML", "LIBKML",
    "GPX", "MapInfo File", "OpenFileGDB", "FlatGeobuf", "DXF", "DGN", "OGR_VRT", "XLSX", "XLS", "ODS", "Memory", "MEM",
    "Parquet", "Arrow", "netCDF", "OGR_GMT", "AVCBin", "AVCE00", "Idrisi", "PGeo",
)  # fmt: skip

#: What GDAL fetches from elsewhere: its file systems and addresses wherever they stand, its drivers at the beginning.
#: Of addresses only these are of this machine.
_NETWORK = re.compile(
    r"/vsi(curl|s3|gs|az|adls|oss|swift|hdfs|webhdfs|kerchunk)\w*\b|"
    r"(?<![\w+.-])(?!(?:zip|tar|gzip|vrt|file)://)[a-z][\w+.-]+://",
    re.IGNORECASE,
)
_DRIVER = re.compile(
    r"(WMS|WMTS|WCS|WFS3?|OAPIF|OAPIF_COLLECTION|OGCAPI|PG|PGEO|PLMOSAIC|EEDAI?|STACIT|STACTA|DAAS|RASDAMAN|MSSQL|"
    r"MYSQL|CARTO|CARTODB|AMIGOCLOUD|ELASTIC|ES|NGW|CSW|GMLAS|MONGODB|MONGODBV3|COUCHDB|CLOUDANT|PLSCENES|HANA|ADBC|"
    r"SNOWFLAKE|DATABRICKS|IIP|JPIP|ECWPS?|STAC|GTI|ODBC|DB2ODBC|OCI|GEOR|GEORASTER|IDB|INGRES|SDE|DODS|OGDI|GLTP|GFT|"
    r"GME|WALK|GEOMEDIA|TILEDB|ICECHUNK|GPSBABEL|HTTPS?|FTP)\s*:\s*\S",
    re.IGNORECASE,
)
#: What may stand before a colon in a name that GDAL opens for certain: its own names of parts of files. A single
#: letter is a drive of Windows.
_LOCAL = re.compile(
    r"(?:[a-z]|NETCDF|HDF5|HDF4|HDF4_SDS|HDF4_EOS|HDF4_GR|GTIFF_DIR|GTIFF_RAW|GPKG|GRIB|zip|tar|gzip)\s*:",
    re.IGNORECASE,
)
#: A raster, and behind a question mark what is to be made of it.
_WRAPPED = re.compile(r"\s*vrt://([^?]*)", re.IGNORECASE)
_WORD = re.compile(r"[\w+.-]+\s*:")
#: A description in the place of a name.
_INLINE = re.compile(r"<(?:VRTDataset|OGRVRTDataSource|GDAL_WM|WMS_|TileMap|WCS_)", re.IGNORECASE)
#: Systems of GDAL that hold local files in another form, and of which only these are looked into.
_ARCHIVE = re.compile(r"/vsizip/\{?(.*?\.(?:zip|kmz|ods|xlsx))\}?(?:/(.*))?", re.IGNORECASE | re.DOTALL)
#: One of them within a name that begins otherwise.
_ARCHIVED = re.compile(r"/vsi(?!mem/)\w+/|(?:zip|tar|gzip)://", re.IGNORECASE)
_DEPTH = 8


def require_harmless(path: str, vector: bool = False) -> None:
    """Refuse a pipe, a device, and a file that leads to the network; anything else passes.

    Parameters
    ----------
    path : a path, or what GDAL calls a part of a file; names that are no file of this machine pass, they are for
        others to judge.
    vector : whether it is to be read as a vector layer or a table, or as a raster.

    Raises
    ------
    InputError
        Naming the file and what was found in it.
    """
    require_ends(path)
    if is_address(path):
        return  # the user gave it
    try:
        found = _network_name(path, vector, _DEPTH, set())
    except Suspect as error:
        raise InputError("'{}' is not opened: {}.".format(path, error)) from error
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


def holds_nul(path: str) -> bool:
    """Whether a file of text (CSV) holds a NUL character, which text never does. False for anything else."""
    path = path if _is_file(path) else path.split("|", 1)[0]
    if not path.lower().endswith((".csv", ".txt", ".tsv")) or not os.path.isfile(path):
        return False
    with open(path, "rb") as stream:
        return any(b"\x00" in part for part in iter(lambda: stream.read(1 << 20), b""))


def is_network_name(name: str) -> bool:
    """Whether GDAL would fetch what is called so from another machine."""
    name = name.strip()
    return bool(_NETWORK.search(name) or _DRIVER.match(name)) or name.startswith(("\\\\", "//"))


def is_address(name: str) -> bool:
    """Whether a name that the user gave is one of the network, and not of a file that happens to be called so."""
    return is_network_name(name) and not _is_file(name)


def in_archive(name: str) -> bool:
    """Whether a name is that of a file within an archive: what it leads to cannot be followed."""
    name = name.lstrip().lower()
    return name.startswith(("/vsi", "zip://", "tar://", "gzip://")) and not name.startswith("/vsimem/")


def _network_name(name: str, vector: bool, depth: int, seen: set) -> Optional[str]:
    """The first name of the network in a file, in those beside it, or in those that it leads to."""
    if in_archive(name):
        _check_archived(name)
        return None
    for path in _files(name):
        whole = os.path.realpath(path)
        if (whole, vector) in seen:
            continue
        if depth == 0:
            raise Suspect("it leads from file to file more than {} times".format(_DEPTH))
        seen.add((whole, vector))
        try:
            for inner in () if os.path.isdir(path) else named_in(path, vector):
                found = _judged(inner, os.path.dirname(whole), depth - 1, seen)
                if found is not None:
                    return found
        except (OSError, ValueError):
            continue  # whoever opens it says what is wrong
        if not vector:
            for beside in companions_of(path):
                found = _network_name(beside, False, depth - 1, seen)
                if found is not None:
                    return found
    return None


def _judged(inner: Named, folder: str, depth: int, seen: set) -> Optional[str]:
    """The name of the network that a text found in a file is, or leads to."""
    if is_network_name(inner.text):
        return inner.text
    if _INLINE.search(inner.text) or (inner.opened and "<" in inner.text):
        return _in_description(inner, folder, depth, seen)
    wrapped = _WRAPPED.match(inner.text)
    if wrapped:
        return _judged(Named(wrapped.group(1), False, True), folder, depth, seen)
    beside = os.path.join(folder, inner.text)
    if inner.opened and _WORD.match(inner.text) and not _LOCAL.match(inner.text) and not _is_file(beside):
        raise Suspect(
            "it leads to '{}', which begins like the name of a format that may be read from the network. Save that "
            "as a GeoTIFF or GeoPackage on this machine".format(inner.text[:200])
        )
    if in_archive(inner.text) or os.path.isabs(inner.text):
        return _network_name(inner.text, inner.vector, depth, seen)
    found = _network_name(beside, inner.vector, depth, seen)
    # Within GDAL's own names, such as GTIFF_DIR:1:file.tif, the file is looked for from the working folder.
    return found if found is not None or ":" not in inner.text else _network_name(inner.text, inner.vector, depth, seen)


def _in_description(inner: Named, folder: str, depth: int, seen: set) -> Optional[str]:
    """As `_judged`, of a description that stands in the place of a name."""
    if depth == 0:
        raise Suspect("it holds descriptions within descriptions, more than {} deep".format(_DEPTH))
    root = VECTOR_ROOT if "<" + VECTOR_ROOT in inner.text else RASTER_ROOT
    for named in names_in_description(inner.text.encode("utf-8", "surrogateescape"), root):
        found = _judged(named, folder, depth - 1, seen)
        if found is not None:
            return found
    return None


def _files(name: str) -> Iterator[str]:
    """The files of this machine in a name: itself (also a folder), or in NETCDF:"file":variable, vrt://file and so on.

    Raises
    ------
    Suspect
        If it is the name of a part of a file that lies in an archive.
    """
    if _is_file(name) or os.path.isdir(name):
        yield name
        return
    if len(name) >= 5000 or ":" not in name:
        return
    if _ARCHIVED.search(name):
        raise Suspect("'{}' is a part of a file in an archive. Unpack that first".format(name[:200]))
    if re.match(r"\s*GTIFF_DIR\s*:\s*off\b", name, re.IGNORECASE):
        raise Suspect("'{}' is a place in a TIFF that its own list does not name".format(name[:200]))
    wrapped = _WRAPPED.match(name)
    if wrapped:
        yield from _files(wrapped.group(1))
        return
    head = name.split(":", 1)[0]
    if re.search(r"\w{2,}$", os.path.basename(head)):
        quoted = re.findall(r"\"([^\"]+)\"", name)
        parts = name.split(":")
        plain = [":".join(parts[i:j]) for i in range(1, len(parts[:12])) for j in range(len(parts), i, -1)]
        yield from (part for part in {*quoted, *plain} if _is_file(part))


def _is_file(name: str) -> bool:
    try:
        return os.path.isfile(name)
    except ValueError:
        return False


def _check_archived(name: str) -> None:
    """Judge a file within an archive.

    Raises
    ------
    Suspect
        If it leads elsewhere, or lies in an archive of another kind than zip.
    """
    found = _ARCHIVE.fullmatch(name.strip())
    if found is None:
        raise Suspect("only archives of the kind zip are looked into. Unpack it first")
    path = found.group(1)
    if _is_file(path):
        try:
            check_archive(path, found.group(2) or "")
        except OSError:
            return  # whoever opens it says what is wrong
