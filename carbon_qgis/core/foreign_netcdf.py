"""The header of a NetCDF file of the classic kinds, before the library of that format reads it: it trusts the counts.

The layout is that of the format's specification (NetCDF classic, 64-bit offset and 64-bit data). Files of the kind
NetCDF-4 are HDF5 and not looked at here.
"""

import os
from typing import BinaryIO

from .foreign_found import Suspect

_VERSIONS = (1, 2, 5)
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_LISTS = {_DIMENSIONS: "dimensions", _VARIABLES: "variables", _ATTRIBUTES: "attributes"}
#: Bytes of a value by its type: byte, char, short, int, float, double, and those of 64-bit data.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
#: Entries of all lists together: what other programs write has thousands at most.
_MOST = 200_000


def is_netcdf(head: bytes) -> bool:
    """Whether a file begins as a NetCDF file of the classic kinds."""
    return len(head) > 3 and head[:3] == b"CDF" and head[3] in _VERSIONS


def require_sound_header(stream: BinaryIO) -> None:
    """Refuse a header that counts more than the file holds.

    Raises
    ------
    Suspect
        Saying what it counts.
    """
    _Header(stream).look()


class _Header:
    def __init__(self, stream: BinaryIO):
        self._stream, self._size = stream, os.fstat(stream.fileno()).st_size
        stream.seek(3)
        version = stream.read(1)[0]
        self._count_bytes, self._offset_bytes = (8 if version == 5 else 4), (4 if version == 1 else 8)
        self._left = _MOST

    def look(self) -> None:
        """From the beginning to the end; every number is read once."""
        self._number(self._count_bytes)  # records
        for _ in range(self._entries(_DIMENSIONS)):
            self._text()
            self._number(self._count_bytes)
        self._attributes()
        for _ in range(self._entries(_VARIABLES)):
            self._text()
            self._skip(self._count() * self._count_bytes)
            self._attributes()
            self._skip(4 + self._count_bytes + self._offset_bytes)  # type, size, place

    def _attributes(self) -> None:
        for _ in range(self._entries(_ATTRIBUTES)):
            self._text()
            kind = self._number(4)
            if kind not in _SIZES:
                raise Suspect("its header is damaged: there is no type {}".format(kind))
            self._skip(_padded(self._count() * _SIZES[kind]))

    def _entries(self, kind: int) -> int:
        found, count = self._number(4), self._count()
        if found != kind and (found, count) != (0, 0):
            raise Suspect("its header is damaged: no list of {} where one belongs".format(_LISTS[kind]))
        self._left -= count
        if self._left < 0:
            text = "its header counts {:,} {} or more, which is not plausible for a file of {:,} bytes"
            raise Suspect(text.format(count, _LISTS[kind], self._size))
        return count

    def _text(self) -> None:
        self._skip(_padded(self._count()))

    def _count(self) -> int:
        return self._number(self._count_bytes)

    def _number(self, size: int) -> int:
        data = self._stream.read(size)
        if len(data) < size:
            raise Suspect("its header is cut short, or counts more than the file holds")
        return int.from_bytes(data, "big")

    def _skip(self, size: int) -> None:
        place = self._stream.tell() + size
        if place > self._size:
            raise Suspect("its header is cut short, or counts more than the file holds")
        self._stream.seek(place)


def _padded(size: int) -> int:
    return size + -size % 4
