"""A GeoTIFF whose tiles come compressed: GDAL makes the file and its directory, the tiles are appended."""

import numpy as np

from .tiff_directory import write_tile_index


class TileFile:
    """The file `path` of `tiles` tiles, made by GDAL without any (SPARSE_OK) and closed.

    Every method raises `OSError` where the file cannot be written or is no tiled TIFF.
    """

    def __init__(self, path: str, tiles: int):
        self._file = open(path, "r+b", buffering=2**20)
        self._end = self._file.seek(0, 2)
        self._offsets = np.zeros(tiles, np.uint64)
        self._lengths = np.zeros(tiles, np.uint64)

    def append(self, tile: int, content: bytes) -> None:
        """Put a tile, by its index row by row, at the end of the file."""
        self._file.write(content)
        self._offsets[tile], self._lengths[tile] = self._end, len(content)
        self._end += len(content)

    def finish(self) -> None:
        """Write where each tile lies, and close the file.

        Raises
        ------
        OSError
            Also if a tile was never appended.
        """
        if not self._lengths.all():
            raise OSError("{} of its tiles are missing".format(int((self._lengths == 0).sum())))
        write_tile_index(self._file, self._offsets, self._lengths)
        self._file.close()

    def close(self) -> None:
        """Close the file as it is."""
        self._file.close()
