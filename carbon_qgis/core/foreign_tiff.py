"""Names of data in the metadata that a TIFF holds itself."""

import struct
from typing import BinaryIO, Iterator, List, NamedTuple, Set

from .foreign_found import MOST_BYTES, Named, Suspect
from .foreign_xml import names_in_metadata

_KINDS = {b"II*\x00": ("<", False), b"MM\x00*": (">", False), b"II+\x00": ("<", True), b"MM\x00+": (">", True)}
_GDAL_METADATA, _SUB_DIRECTORIES = 42112, 330
#: Types of texts: BYTE, ASCII, UNDEFINED. Of others the library would make a text, number by number.
_TEXTS = (1, 2, 7)
#: Types of places of further directories.
_PLACES = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MOST_DIRECTORIES, _MOST_ENTRIES = 10_000, 65_535


class _Layout(NamedTuple):
    """How numbers are written in one file."""

    order: str
    big: bool

    def numbers(self, stream: BinaryIO, at: int, kind: str, count: int = 1) -> tuple:
        stream.seek(at)
        form = self.order + str(count) + kind
        return struct.unpack(form, stream.read(struct.calcsize(form)))


def is_tiff(head: bytes) -> bool:
    """Whether a file begins as a TIFF does."""
    return head[:4] in _KINDS


def names_in_tiff(stream: BinaryIO, head: bytes) -> Iterator[Named]:
    """Names in the metadata of all directories; what is no sound TIFF has none, GDAL says so.

    Raises
    ------
    Suspect
        If there are metadata that cannot be looked through, or directories without end.
    """
    layout = _Layout(*_KINDS[head[:4]])
    number = "Q" if layout.big else "I"
    seen: Set[int] = set()
    waiting = list(layout.numbers(stream, 8 if layout.big else 4, number)) if len(head) >= 16 else []
    while waiting:
        at = waiting.pop()
        if at == 0 or at in seen:
            continue
        if len(seen) == _MOST_DIRECTORIES:
            raise Suspect("it is a TIFF of more than {:,} directories".format(_MOST_DIRECTORIES))
        seen.add(at)
        try:
            yield from _names_in_directory(stream, layout, at, waiting)
        except (struct.error, OSError, OverflowError, ValueError):
            continue  # it lies beyond the end


def _names_in_directory(stream: BinaryIO, layout: _Layout, at: int, waiting: List[int]) -> Iterator[Named]:
    """Names in one directory; where others lie is put into `waiting`."""
    size, count_of, entry_of, number = (20, "Q", "HHQQ", "Q") if layout.big else (12, "H", "HHII", "I")
    (count,) = layout.numbers(stream, at, count_of)
    entries = stream.read(min(count, _MOST_ENTRIES) * size)
    following = at + struct.calcsize(layout.order + count_of) + count * size
    found = [
        (*struct.unpack_from(layout.order + entry_of, entries, start), at + start)
        for start in range(0, len(entries) - size + 1, size)
    ]
    for tag, kind, length, place, start in found:
        if tag == _GDAL_METADATA:
            yield from _names_in_entry(stream, kind, length, place, 8 if layout.big else 4)
        elif tag == _SUB_DIRECTORIES and kind in _PLACES:
            if length > _MOST_DIRECTORIES:
                raise Suspect("it is a TIFF of more than {:,} directories".format(_MOST_DIRECTORIES))
            inside = struct.calcsize(_PLACES[kind]) * length <= (8 if layout.big else 4)
            # Few places stand in the entry itself, behind its tag, type and number.
            behind = start + struct.calcsize(layout.order + count_of) + (12 if layout.big else 8)
            waiting.extend(layout.numbers(stream, behind if inside else place, _PLACES[kind], length))
    waiting.extend(layout.numbers(stream, following, number))


def _names_in_entry(stream: BinaryIO, kind: int, length: int, place: int, inside: int) -> Iterator[Named]:
    if kind not in _TEXTS:
        raise Suspect("its metadata are no text, but numbers (type {}) that GDAL makes a text of".format(kind))
    if length > MOST_BYTES:
        raise Suspect("its metadata are larger than {} MB".format(MOST_BYTES >> 20))
    if length > inside:  # shorter ones name nothing
        stream.seek(place)
        yield from names_in_metadata(stream.read(length).rstrip(b"\x00"))
