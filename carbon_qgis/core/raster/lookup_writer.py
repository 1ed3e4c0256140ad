"""Rasters that are lookups of one map, compressed once for all of them.

Where a cell's value depends on its class alone, the tiles of all pools have the same structure. Compressing takes most
of the time that a lookup takes, so it is done once, for a stand-in: each group of classes (those of one value) has four
bytes there that nothing else has, and the compressed stand-in is turned into each raster by changing bytes (see
`zstd_frames`). The files are GeoTIFFs like all others, with tiles that any program with ZSTD reads.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Dict, List, Mapping, Tuple, Union

import numpy as np

from ..errors import OutputError
from ..outputs import OutputSet
from .codes import lookup
from .grid import Grid
from .settings import EngineSettings
from .tile_file import TileFile
from .write import (
    ENCODED_FLOAT,
    TILE,
    Picture,
    RasterSpec,
    Sample,
    Sampler,
    compression_options,
    create_raster,
    creation_options,
    guarded,
    require_tiff,
)
from .writer_thread import WriterThread
from .zstd_frames import Frame, compressor, parse_frame, usable

#: Four bytes for each group of classes, none of them twice.
MAX_GROUPS = 64
#: By name: destination, spec (encoded float32, one band), and table (size,) float32 of stored values by index.
Wanted = Mapping[str, Tuple[str, RasterSpec, np.ndarray]]


@dataclass
class PackedBlock:
    """Compressed stand-ins of the tiles of a block, row by row, and its cells for a picture."""

    height: int
    width: int
    frames: List[Frame]
    sample: Sample


@dataclass(frozen=True)
class StandIn:
    """Makes the stand-in of a block of indices.

    `groups` (size,) uint8 is the group of each index, `sampler` picks the cells of the picture.
    """

    groups: np.ndarray
    sampler: Sampler

    def pack(self, row: int, col: int, index: np.ndarray) -> PackedBlock:
        """The block (height, width) of indices that begins at a tile's corner; from several threads at once."""
        cells = self._bytes(index)
        height, width = index.shape
        packing, frames = compressor(), []
        for top in range(0, height, TILE):
            for left in range(0, width, TILE):
                tile = cells[top : top + TILE, left : left + TILE]
                if tile.shape != (TILE, TILE):  # beyond the raster the last row and column go on: that packs best
                    tile = np.pad(tile, [(0, TILE - side) for side in tile.shape], mode="edge")
                frames.append(parse_frame(packing.compress(np.ascontiguousarray(tile))))
        return PackedBlock(height, width, frames, self.sampler(row, col, index))

    def _bytes(self, index: np.ndarray) -> np.ndarray:
        """Four bytes of each cell's group, as (height, width) uint32: group g has 4g, 4g + 1, 4g + 2, 4g + 3."""
        first = 4 * self.groups.astype(np.uint8)[:, np.newaxis]
        table = (first + np.arange(4, dtype=np.uint8)).view(np.uint32).reshape(-1)
        # The four bytes travel as a float: a lookup copies them as they are.
        return lookup(index, [table.view(np.float32)])[0].view(np.uint32)


class LookupWriter:
    """All rasters that look up the same map: one thread, one compression, a file for each; `names` are the rasters."""

    def __init__(
        self, wanted: Wanted, groups: np.ndarray, grid: Grid, outputs: OutputSet, settings: EngineSettings
    ):
        self._across, down = (-(-side // TILE) for side in (grid.width, grid.height))
        self._picture = Picture(grid)
        self._stand_in = StandIn(groups, self._picture.sender)
        #: What a worker of this machine makes of a block; those of a cluster send the indices, of so many bytes.
        self.prepare, self.sender, self.cell_bytes = self._stand_in.pack, None, 1 if len(groups) <= 256 else 2
        self.names = tuple(wanted)
        self._tables = {name: table for name, (_, _, table) in wanted.items()}
        self._files: List[Tuple[str, TileFile, bytes]] = []
        try:
            for final, spec, table in wanted.values():
                file = _begun(final, spec, grid, outputs, settings, self._across * down)
                self._files.append((final, file, _changed_bytes(groups, table)))
        except BaseException:
            self._close_files()
            raise
        self._thread = WriterThread(self._write_now)

    def write(self, row: int, col: int, block: Union[PackedBlock, np.ndarray]) -> None:
        """Queue a block: indices (height, width), or what `prepare` made of them.

        Raises
        ------
        OutputError
            If an earlier block could not be written.
        """
        self._thread.put(row, col, block)

    def overviews(self) -> Dict[str, np.ndarray]:
        """Every n-th cell of each raster, for pictures: float32 (rows, columns), NaN without data."""
        index = self._picture.overview()[0].astype(np.intp)
        found = {name: table[index] for name, table in self._tables.items()}
        for cells in found.values():
            cells[cells == ENCODED_FLOAT] = np.nan
        return found

    def close(self) -> None:
        """Wait for the queue and finish the files."""
        self._thread.finish()
        for final, file, _ in self._files:
            guarded(final, file.finish)

    def discard(self) -> None:
        """Stop without finishing; the temporaries are deleted by the output set."""
        self._thread.discard(OutputError("discarded"))
        self._close_files()

    def _write_now(self, row: int, col: int, block: Union[PackedBlock, np.ndarray]) -> None:
        if not isinstance(block, PackedBlock):
            block = self._stand_in.pack(row, col, block)
        self._picture.write(row, col, block.sample)
        down, across = (-(-side // TILE) for side in (block.height, block.width))
        first = row // TILE * self._across + col // TILE
        tiles = (first + self._across * np.arange(down)[:, np.newaxis] + np.arange(across)).ravel().tolist()
        for final, file, changed in self._files:
            guarded(final, partial(_append, file, tiles, block.frames, changed))

    def _close_files(self) -> None:
        for _, file, _ in self._files:
            with suppress(OSError):  # the file is thrown away
                file.close()


def lookup_writers(wanted: Wanted, grid: Grid, outputs: OutputSet, settings: EngineSettings) -> List[LookupWriter]:
    """Writers of these rasters; those that need a writer of their own are in none of them.

    Rasters share a writer if they tell the same classes apart: so each is packed as well as it would be alone. None
    is in a writer here without the package zstandard and with another compression than ZSTD, nor one with more than
    `MAX_GROUPS` values.

    Raises
    ------
    OutputError
        If a destination cannot be written.
    """
    if not wanted or compression_options(settings.compression)["compress"] != "ZSTD":
        return []
    alike: Dict[bytes, List[str]] = {}  # by group of each index, a byte each
    for name, (_, _, table) in wanted.items():
        groups = _groups(table)
        if groups.max() < MAX_GROUPS:
            alike.setdefault(groups.astype(np.uint8).tobytes(), []).append(name)
    made: List[LookupWriter] = []
    try:
        for groups, names in alike.items() if alike and usable() else ():
            together = {name: wanted[name] for name in names}
            made.append(LookupWriter(together, np.frombuffer(groups, np.uint8), grid, outputs, settings))
    except BaseException:
        for writer in made:
            writer.discard()
        raise
    return made


def _groups(table: np.ndarray) -> np.ndarray:
    """(size,) which indices have the same value: numbered in the order in which the values appear."""
    _, first, inverse = np.unique(table, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def _begun(
    final: str, spec: RasterSpec, grid: Grid, outputs: OutputSet, settings: EngineSettings, tiles: int
) -> TileFile:
    """The file of a raster, without tiles."""
    require_tiff(final)
    temporary = outputs.path(final)
    options = dict(creation_options(spec, grid, settings.compression), SPARSE_OK=True)

    def begin() -> TileFile:
        create_raster(temporary, spec, options).close()
        return TileFile(temporary, tiles)

    return guarded(final, begin)


def _changed_bytes(groups: np.ndarray, table: np.ndarray) -> bytes:
    """256 bytes: what each byte of the stand-in is in the raster of this table."""
    changed = np.zeros((MAX_GROUPS, 4), np.uint8)
    changed[groups] = table.astype(np.float32).view(np.uint8).reshape(-1, 4)
    return changed.tobytes()


def _append(file: TileFile, tiles: List[int], frames: List[Frame], changed: bytes) -> None:
    for tile, frame in zip(tiles, frames):
        file.append(tile, frame.translated(changed))
