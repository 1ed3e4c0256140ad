"""Archives of the kind zip: which are read, and what the members name of which GDAL reads one as a raster."""

import os
import zipfile
from contextlib import suppress
from typing import IO, List, Optional

from .foreign_found import HEAD, MOST_BYTES, Named, Suspect, whole
from .foreign_json import looks_like_json
from .foreign_tiff import is_tiff, names_in_tiff
from .foreign_xml import looks_like_xml, names_in_metadata, require_no_server
from .zip_members import METHODS, holds_more

#: Parts of a shapefile and what lies beside it: an archive of these is read as it is.
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".idx", ".shp.xml", ".qml",
              ".qmd", ".sld", ".txt", ".md", ".pdf")  # fmt: skip
_BOOKS = (".xlsx", ".ods", ".kmz")
#: What an archive may declare to unpack to: at all, and by its own size. Texts of a spreadsheet shrink by 20 or so.
_MOST_MEMBERS, _MOST_UNPACKED, _MOST_GROWTH = 20_000, 512 << 20, 100
#: What is unpacked at most to look into an archive: going back in a packed member begins it anew.
_MOST_READ = 8 << 30
_END, _END_OF_LARGE, _TAIL = b"PK\x05\x06", b"PK\x06\x07", (1 << 16) + 22 + 20
_STEP = 1 << 16


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
    _require_one_list(path)
    left = _Allowance(_MOST_READ)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _require_readable(entries)
            for entry in entries:
                name = entry.filename.strip("/").casefold()
                opened = not wanted or name.startswith(wanted) or name.endswith((".ovr", ".msk", ".aux"))
                with archive.open(entry) as stream:
                    found = _name_in_member(_Bounded(stream, left), name, opened)
                if found is not None:
                    raise Suspect("'{}' in it leads to other files. Unpack the archive first".format(entry.filename))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Suspect("it is no archive that can be looked into. Unpack it first") from error


def require_plain_archive(path: str, vector: bool) -> None:
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
    _require_readable(entries)
    declared, held = sum(entry.file_size for entry in entries), os.path.getsize(path)
    if declared > _MOST_UNPACKED or (declared > MOST_BYTES and declared > _MOST_GROWTH * held):
        raise Suspect("it has {:,} bytes and would unpack to {:,}: no table does that".format(held, declared))
    if not low.endswith(_BOOKS) and not all(entry.filename.lower().endswith(_SHAPEFILE) for entry in entries):
        raise Suspect("it is an archive (zip) of more than a shapefile. Unpack it first")
    _require_true_sizes(path, entries)


def _require_true_sizes(path: str, entries: List[zipfile.ZipInfo]) -> None:
    """Refuse an archive that unpacks to more than it declares: GDAL unpacks to the end, whatever is declared.

    Raises
    ------
    Suspect
        Naming the member.
    """
    with open(path, "rb") as stream:
        for entry in entries:
            # Damaged: whoever opens it says so.
            with suppress(zipfile.BadZipFile):
                if holds_more(stream, entry):
                    raise Suspect(
                        "'{}' in it declares {:,} bytes and holds more: it is damaged or forged. Save it again from "
                        "the program that made it".format(entry.filename[:80], entry.file_size)
                    )


def _name_in_member(stream: "_Bounded", name: str, opened: bool) -> Optional[Named]:
    """The first name of other data in a member; `opened` if GDAL may take it for a raster."""
    head = stream.read(HEAD)
    if name.endswith(".aux.xml"):
        return next(names_in_metadata(whole(stream)), None)
    if is_tiff(head):
        return next(names_in_tiff(stream, head), None)
    if opened:
        require_no_server(head)
        if looks_like_xml(head) or looks_like_json(head) or b"<VRTDataset" in head:
            return Named(name, False)
    return None


def _require_readable(entries: List[zipfile.ZipInfo]) -> None:
    """Refuse members that GDAL does not read, or too many to look at.

    Raises
    ------
    Suspect
        Naming the member.
    """
    if len(entries) > _MOST_MEMBERS:
        raise Suspect("it holds {:,} files, too many to look into ({:,}). Unpack it first".format(
            len(entries), _MOST_MEMBERS))  # fmt: skip
    odd = next((entry for entry in entries if entry.compress_type not in METHODS), None)
    if odd is not None:
        raise Suspect("'{}' in it is packed in a way (number {}) that is not read here. Unpack it first".format(
            odd.filename, odd.compress_type))  # fmt: skip


def _require_one_list(path: str) -> None:
    """Refuse an archive with two lists of its members: GDAL may take the other one.

    Raises
    ------
    Suspect
        If there are two.
    """
    with open(path, "rb") as stream:
        stream.seek(max(0, os.path.getsize(path) - _TAIL))
        tail = stream.read(_TAIL)
    at = tail.rfind(_END)
    large = tail[max(0, at - 20) : at].startswith(_END_OF_LARGE)
    if tail.count(_END) > 1 or (large and b"\xff\xff" not in tail[at + 8 : at + 20]):
        raise Suspect("it is an archive with two lists of what it holds. Unpack it first")


class _Allowance:
    """Bytes that may still be unpacked."""

    def __init__(self, count: int):
        self._left = count

    def take(self, count: int) -> None:
        """Raise `Suspect` where there are no more."""
        self._left -= count
        if self._left < 0:
            raise Suspect("it takes too long to look into. Unpack it first")


class _Bounded:
    """A member that is read in small steps, whatever is asked for, and only as far as the allowance goes."""

    def __init__(self, stream: IO[bytes], left: _Allowance):
        self._stream, self._left, self._at = stream, left, 0

    def read(self, count: int) -> bytes:
        """The next bytes; fewer at the end."""
        data = bytearray()
        while len(data) < count:
            part = self._next(count - len(data))
            if not part:
                break
            data += part
        return bytes(data)

    def seek(self, at: int) -> None:
        """Go to a place, or to the end where that lies before it."""
        if at < self._at:
            self._stream.seek(0)
            self._at = 0
        while self._at < at and self._next(at - self._at):
            pass

    def _next(self, count: int) -> bytes:
        part = self._stream.read(min(count, _STEP))
        self._at += len(part)
        self._left.take(len(part))
        return part
