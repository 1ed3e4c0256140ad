"""Where the tiles of a new GeoTIFF lie in the file, and putting them in one order.

All rasters of a run share GDAL's block cache, and what is left in it when a file is closed depends on which thread was
quicker: the same cells would end in files of other bytes. Tiles are therefore moved to the order in which they were
handed over; only those move that lie elsewhere (Adobe, TIFF 6.0, 1992, sections 2 and 15; BigTIFF: libtiff).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Dict, Tuple

import numpy as np

_TILE_OFFSETS, _TILE_BYTE_COUNTS = 324, 325
#: Of the TIFF field types, those that an offset or a length can have: SHORT, LONG, LONG8.
_TYPES = {3: "u2", 4: "u4", 16: "u8"}


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
    order, fields = _fields(file)
    if _TILE_OFFSETS not in fields or _TILE_BYTE_COUNTS not in fields:
        raise OSError("it has no tiles")
    offsets, position, dtype = _numbers(file, order, *fields[_TILE_OFFSETS])
    lengths, _, _ = _numbers(file, order, *fields[_TILE_BYTE_COUNTS])
    return TileIndex(offsets, lengths, position, dtype)


def order_tiles(path: str, order: np.ndarray) -> None:
    """Move the tiles of the GeoTIFF `path` so that they follow each other in `order`.

    Parameters
    ----------
    order : (n,) indices of all tiles, in the order that they shall have.

    Raises
    ------
    OSError
        If the file cannot be read or written, or is no tiled TIFF.
    ValueError
        If `order` does not name each tile once.
    """
    with open(path, "r+b") as file:
        index = read_tile_index(file)
        if not np.array_equal(np.sort(order), np.arange(len(index.offsets))):
            raise ValueError("the order must name each tile once")
        start = int(index.offsets.min())
        if index.end - start != index.lengths.sum():
            return  # between the tiles lies something else, which must stay where it is
        targets = np.empty_like(index.offsets)
        targets[order] = start + np.cumsum(index.lengths[order]) - index.lengths[order]
        if np.array_equal(targets, index.offsets):
            return
        _move(file, index, targets, order)
        file.seek(index.position)
        file.write(targets.astype(index.dtype).tobytes())


def _move(file: BinaryIO, index: TileIndex, targets: np.ndarray, order: np.ndarray) -> None:
    """Tiles to `targets`, which cover the same stretch of the file; memory holds what would be overwritten."""
    held: Dict[int, bytes] = {}
    moves = targets != index.offsets
    waiting = [int(tile) for tile in np.argsort(index.offsets, kind="stable") if moves[tile]]
    waiting.reverse()  # the next one to be overwritten is last

    def read(tile: int) -> bytes:
        file.seek(int(index.offsets[tile]))
        return file.read(int(index.lengths[tile]))

    placed = ~moves
    for tile in (int(tile) for tile in order if moves[tile]):
        end = targets[tile] + index.lengths[tile]
        while waiting and index.offsets[waiting[-1]] < end:
            threatened = waiting.pop()
            if not placed[threatened]:
                held[threatened] = read(threatened)
        content = held.pop(tile) if tile in held else read(tile)
        file.seek(int(targets[tile]))
        file.write(content)
        placed[tile] = True


def _fields(file: BinaryIO) -> Tuple[str, Dict[int, Tuple[str, int, int, int]]]:
    """(byte order, fields of the first directory by tag: (form of an offset, type, count, place of the value))."""
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
        found[tag] = (form, kind, values, begin + start + size)
    return order, found


def _numbers(file: BinaryIO, order: str, form: str, kind: int, count: int, place: int):
    """(values as int64, where they begin, their type in the file): in the field itself where they fit."""
    if kind not in _TYPES:
        raise OSError("the places of its tiles are not whole numbers")
    dtype = np.dtype(order + _TYPES[kind])
    size = struct.calcsize(order + form)
    if count * dtype.itemsize > size:
        file.seek(place)
        (place,) = _unpack(order + form, file.read(size))
    file.seek(place)
    content = file.read(count * dtype.itemsize)
    if len(content) < count * dtype.itemsize:
        raise OSError("it ends within the table of its tiles")
    return np.frombuffer(content, dtype).astype(np.int64), place, dtype


def _unpack(form: str, content: bytes) -> Tuple[int, ...]:
    try:
        return struct.unpack(form, content)
    except struct.error as error:
        raise OSError("it ends within its directory") from error
