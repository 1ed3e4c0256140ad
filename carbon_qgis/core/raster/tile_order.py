"""Putting the tiles of a new GeoTIFF in one order.

All rasters of a run share GDAL's block cache, and what is left in it when a file is closed depends on which thread was
quicker: the same cells would end in files of other bytes. Tiles are therefore moved to the order in which they were
handed over; only those move that lie elsewhere.
"""

from typing import BinaryIO, Dict

import numpy as np

from .tiff_directory import TileIndex, read_tile_index


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
