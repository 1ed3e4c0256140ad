"""Where a GeoTIFF keeps its tiles: the first directory of a TIFF or BigTIFF, and the tables of offsets and lengths.

Adobe, TIFF 6.0, 1992, sections 2 and 15; BigTIFF: libtiff.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Dict, Tuple

import numpy as np

TILE_OFFSETS, TILE_BYTE_COUNTS = 324, 325
#: Of the TIFF field types, those that an offset or a length can have: SHORT, LONG, LONG8.
_TYPES = {3: "u2", 4: "u4", 16: "u8"}


@dataclass(frozen=True)
class Field:
    """One entry of a directory: `place` is where in the file its value, or the offset of its values, stands.

    `form` is how a count or an offset is packed there: 'I' in a TIFF, 'Q' in a BigTIFF.
    """

    form: str
    kind: int
    count: int
    place: int


@dataclass(frozen=True)
class TileIndex:
    """Offset and length in bytes of each tile of a GeoTIFF with one image: band by band, row by row.

    `position` is where the table of offsets itself begins in the file, `dtype` the type of its numbers.
    """

    offsets: np.ndarray
    lengths: np.ndarray
    position: int
    dtype: np.dtype

    @property
    def end(self) -> int:
        """Where the last byte of a tile ends; 0 where a tile has no place in the file."""
        if not (self.offsets.all() and self.lengths.all()):
            return 0
        return int((self.offsets + self.lengths).max())


def read_tile_index(file: BinaryIO) -> TileIndex:
    """The tiles of an open TIFF or BigTIFF.

    Raises
    ------
    OSError
        If it cannot be read, ends too early or has no tiles.
    """
    order, fields = read_directory(file)
    offsets, position, dtype = _numbers(file, order, fields[TILE_OFFSETS])
    lengths, _, _ = _numbers(file, order, fields[TILE_BYTE_COUNTS])
    return TileIndex(offsets, lengths, position, dtype)


def write_tile_index(file: BinaryIO, offsets: np.ndarray, lengths: np.ndarray) -> None:
    """Give an open TIFF or BigTIFF other tables of its tiles, at its end.

    Raises
    ------
    OSError
        If it cannot be read or written, or is no tiled TIFF.
    """
    order, fields = read_directory(file)
    for tag, values in ((TILE_OFFSETS, offsets), (TILE_BYTE_COUNTS, lengths)):
        field = fields[tag]
        kind = 4 if field.form == "I" else 16
        content = np.asarray(values).astype(order + _TYPES[kind]).tobytes()
        size = struct.calcsize(order + field.form)
        if len(content) > size:
            end = file.seek(0, 2)
            file.write(b"\0" * (-end % 8) + content)
            content = struct.pack(order + field.form, end + -end % 8)
        file.seek(field.place - size - 2)
        file.write(struct.pack(order + "H" + field.form, kind, len(values)) + content.ljust(size, b"\0"))


def read_directory(file: BinaryIO) -> Tuple[str, Dict[int, Field]]:
    """(byte order as in `struct`, fields of the first directory by tag), of a file with tiles."""
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    if not order:
        raise OSError("it is not a TIFF")
    big = _unpack(order + "H", head[2:4])[0] == 43
    form, counted, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    file.seek(_unpack(order + form, head[8:16] if big else head[4:8])[0])
    (count,) = _unpack(order + counted, file.read(struct.calcsize(order + counted)))
    begin, found, size = file.tell(), {}, struct.calcsize(order + "HH" + form)
    content = file.read(count * entry)
    for start in range(0, count * entry, entry):
        tag, kind, values = _unpack(order + "HH" + form, content[start : start + size])
        found[tag] = Field(form, kind, values, begin + start + size)
    if TILE_OFFSETS not in found or TILE_BYTE_COUNTS not in found:
        raise OSError("it has no tiles")
    return order, found


def _numbers(file: BinaryIO, order: str, field: Field) -> Tuple[np.ndarray, int, np.dtype]:
    """(values as int64, where they begin, their type in the file): in the field itself where they fit."""
    if field.kind not in _TYPES:
        raise OSError("the places of its tiles are not whole numbers")
    dtype = np.dtype(order + _TYPES[field.kind])
    size, place = struct.calcsize(order + field.form), field.place
    if field.count * dtype.itemsize > size:
        file.seek(place)
        (place,) = _unpack(order + field.form, file.read(size))
    file.seek(place)
    content = file.read(field.count * dtype.itemsize)
    if len(content) < field.count * dtype.itemsize:
        raise OSError("it ends within the table of its tiles")
    return np.frombuffer(content, dtype).astype(np.int64), place, dtype


def _unpack(form: str, content: bytes) -> Tuple[int, ...]:
    try:
        return struct.unpack(form, content)
    except struct.error as error:
        raise OSError("it ends within its directory") from error
