"""Writing GeoTIFFs: tiled, compressed, BigTIFF where needed, with units, nodata and band names."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..errors import OutputError
from ..outputs import OutputSet, failure, refusal
from .grid import Grid
from .settings import EngineSettings
from .source import gdal_errors
from .tiff_directory import read_tile_index
from .tile_order import order_tiles
from .writer_thread import WriterThread

TILE = 256
NODATA = {
    "float32": -3.4028234663852886e38,
    "uint8": 255,
    "uint16": 65535,
    "int16": -32768,
    "int32": -2147483648,
}
ENCODED_FLOAT = np.float32(NODATA["float32"])

#: Longer side of the picture of an output that reports draw, in cells.
OVERVIEW_SIDE = 900


@dataclass(frozen=True)
class RasterSpec:
    """What a new raster is.

    Parameters
    ----------
    descriptions, units : one per band; the unit is written as GDAL band unit.
    dtype : a key of `NODATA`.
    tags : file tags (CARBON_QUANTITY, CARBON_UNIT …).
    band_tags : one mapping per band, or empty.
    smooth : the values vary from cell to cell (a predictor then makes smaller files; it doubles
        those of class-like rasters).
    encoded : the kernel delivers stored values, nodata included (see `encoded_table`).
    """

    descriptions: Tuple[str, ...]
    units: Tuple[str, ...]
    dtype: str = "float32"
    tags: Mapping[str, str] = field(default_factory=dict)
    band_tags: Tuple[Mapping[str, str], ...] = ()
    smooth: bool = False
    encoded: bool = False


@dataclass(frozen=True)
class Encoder:
    """Blocks as they are stored: what a worker sends to the writer of a raster."""

    dtype: str

    def __call__(self, row: int, col: int, block: np.ndarray) -> np.ndarray:
        return encode(block, self.dtype)


@dataclass
class Sample:
    """The cells of a block that a picture shows."""

    cells: np.ndarray


@dataclass(frozen=True)
class Sampler:
    """Every `step`-th cell of blocks: what a worker sends to a picture."""

    step: int

    def __call__(self, row: int, col: int, block: np.ndarray) -> Sample:
        return Sample(np.ascontiguousarray(block[..., -row % self.step :: self.step, -col % self.step :: self.step]))


class Picture:
    """Every n-th cell of a raster as it passes by, for reports; a writer that writes no file."""

    def __init__(self, grid: Grid, bands: int = 1):
        self._step = max(1, -(-max(grid.shape) // OVERVIEW_SIDE))
        #: What a worker makes of a block before it sends it, and the bytes of a cell then.
        self.sender, self.cell_bytes = Sampler(self._step), 4 * bands / self._step**2
        #: What a worker of this machine makes of a block.
        self.prepare = None
        shape = tuple(-(-side // self._step) for side in grid.shape)
        self._cells = np.full((bands,) + shape, np.nan, np.float32)

    def write(self, row: int, col: int, block) -> None:
        """Keep the sampled cells of a block (or its `Sample`); stored nodata of float32 rasters becomes NaN."""
        step = self._step
        part = (block if isinstance(block, Sample) else Sampler(step)(row, col, block)).cells
        top, left = -(-row // step), -(-col // step)
        window = self._cells[:, top : top + part.shape[-2], left : left + part.shape[-1]]
        window[...] = part
        window[window == ENCODED_FLOAT] = np.nan

    def overview(self) -> np.ndarray:
        """What was kept: float32 (bands, rows, columns), NaN without data."""
        return self._cells

    def close(self) -> None:
        """Nothing to finish."""

    def discard(self) -> None:
        """Nothing to undo."""


class RasterWriter:
    """One output file with a thread of its own, so that compression overlaps with everything else."""

    def __init__(self, final: str, spec: RasterSpec, grid: Grid, outputs: OutputSet, settings: EngineSettings):
        require_tiff(final)
        self.final, self.spec, self.grid = final, spec, grid
        #: What a worker makes of a block before it sends it, and the bytes of a cell then.
        self.sender = None if spec.encoded else Encoder(spec.dtype)
        self.cell_bytes = np.dtype(spec.dtype).itemsize * len(spec.descriptions)
        #: What a worker of this machine makes of a block.
        self.prepare = None
        self._temporary = outputs.path(final)
        self._dataset = guarded(
            final, lambda: create_raster(self._temporary, spec, creation_options(spec, grid, settings.compression))
        )
        self._picture = Picture(grid, len(spec.descriptions))
        self._written: List[Tuple[int, int, int, int]] = []
        self._thread = WriterThread(self._write_now)

    def write(self, row: int, col: int, block: np.ndarray) -> None:
        """Queue a block (height, width) or (bands, height, width); NaN becomes nodata.

        Raises
        ------
        OutputError
            If an earlier block could not be written.
        """
        self._thread.put(row, col, block)

    def overview(self) -> np.ndarray:
        """Every n-th cell of what was written, for pictures: float32 (bands, rows, columns), NaN without data."""
        cells = self._picture.overview()
        if self.spec.dtype == "float32":
            return cells  # the picture has NaN there already
        return np.where(cells == np.float32(NODATA[self.spec.dtype]), np.float32(np.nan), cells)

    def close(self) -> None:
        """Wait for the queue, close the file, check that every tile arrived on the disk, and put them in order."""
        self._thread.finish()
        guarded(self.final, self._dataset.close)
        self._verify()
        guarded(self.final, lambda: order_tiles(self._temporary, self._tiles()))

    def discard(self) -> None:
        """Stop without finishing; the temporary is deleted by the output set."""
        self._thread.discard(OutputError("discarded"))
        with suppress(Exception):  # the file is thrown away; only a half-open handle would matter
            self._dataset.close()

    def _write_now(self, row: int, col: int, block: np.ndarray) -> None:
        from rasterio.windows import Window

        stored = block if self.spec.encoded else encode(block, self.spec.dtype)
        height, width = stored.shape[-2:]
        window = Window(col, row, width, height)
        self._picture.write(row, col, stored)
        # Bands are always given as (bands, height, width): rasterio would copy an array of two dimensions.
        bands = stored.reshape((-1, height, width))
        guarded(self.final, lambda: self._dataset.write(bands, window=window))
        self._written.append((row, col, height, width))

    def _verify(self) -> None:
        """GDAL reports a full disk late or never: look whether each tile has its bytes."""
        import os

        with open(self._temporary, "rb") as file:
            index = guarded(self.final, lambda: read_tile_index(file))
            if not 0 < index.end <= os.fstat(file.fileno()).st_size:
                raise failure(self.final, "part of the file did not reach the disk")

    def _tiles(self) -> np.ndarray:
        """Indices of the tiles in the order in which they were handed over."""
        down, across = (-(-side // TILE) for side in self.grid.shape)
        numbers = np.arange(len(self.spec.descriptions) * down * across).reshape(-1, down, across)
        parts = []
        for row, col, height, width in self._written:
            rows = slice(row // TILE, -(-(row + height) // TILE))
            columns = slice(col // TILE, -(-(col + width) // TILE))
            parts.append(numbers[:, rows, columns].ravel())
        told = np.concatenate(parts + [numbers.ravel()])  # GDAL fills what nobody wrote
        return told[np.sort(np.unique(told, return_index=True)[1])]


def require_tiff(final: str) -> None:
    """Raise `OutputError` unless the name of a raster is that of a GeoTIFF."""
    if not final.lower().endswith((".tif", ".tiff")):
        raise OutputError("Rasters are written as GeoTIFF: give '{}' a name that ends in .tif.".format(final))


def guarded(final: str, action: Callable[[], Any]) -> Any:
    """What `action` gives; what GDAL or the system say against it becomes an `OutputError` about `final`."""
    try:
        return action()
    except gdal_errors() + (OSError,) as error:
        if getattr(error, "errno", None):  # of the system itself, not of GDAL
            raise refusal(final, error) from error
        raise failure(final, " ".join(str(error).split())[:200]) from error


def create_raster(path: str, spec: RasterSpec, options: Mapping[str, Any]):
    """A new GeoTIFF, open for writing, with the names, units and tags of `spec`."""
    import rasterio

    dataset = rasterio.open(path, "w", **options)
    for band, (name, unit) in enumerate(zip(spec.descriptions, spec.units), 1):
        dataset.set_band_description(band, name)
        dataset.set_band_unit(band, unit)
    dataset.update_tags(**dict(spec.tags))
    for band, tags in enumerate(spec.band_tags, 1):
        dataset.update_tags(band, **dict(tags))
    return dataset


def encode(block: np.ndarray, dtype: str) -> np.ndarray:
    """A block as stored: NaN and infinity of a float block become nodata. Blocks of the stored type pass unchanged.

    Floats that go to an integer type are rounded.
    """
    if block.dtype.kind == "f":
        missing = ~np.isfinite(block)
        if dtype == "float32":
            stored = block.astype(np.float32)
            stored[missing] = ENCODED_FLOAT
            return stored
        stored = np.rint(np.where(missing, 0, block)).astype(dtype)
        stored[missing] = NODATA[dtype]
        return stored
    return block if block.dtype == dtype else block.astype(dtype)


def encoded_table(table: np.ndarray) -> np.ndarray:
    """A lookup table whose NaN entries are already the stored nodata: blocks need no second pass."""
    return np.where(np.isnan(table), ENCODED_FLOAT, table).astype(np.float32)


def creation_options(spec: RasterSpec, grid: Grid, compression: str) -> Dict:
    """Options for a new GeoTIFF of this spec."""
    options: Dict = {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": len(spec.descriptions),
        "dtype": spec.dtype,
        "crs": grid.crs,
        "transform": grid.affine,
        "nodata": NODATA[spec.dtype],
        "tiled": True,
        "blockxsize": TILE,
        "blockysize": TILE,
        "interleave": "band",
        "BIGTIFF": "IF_SAFER",
    }
    options.update(compression_options(compression))
    if spec.smooth and options["compress"] != "NONE":
        options["predictor"] = 3 if spec.dtype == "float32" else 2
    return options


def compression_options(name: str) -> Dict:
    """GDAL options of a compression; 'auto' is ZSTD level 1, or DEFLATE level 1 without it."""
    if name == "auto":
        name = "zstd" if has_zstd() else "deflate"
    return {
        "zstd": {"compress": "ZSTD", "ZSTD_LEVEL": 1},
        "deflate": {"compress": "DEFLATE", "ZLEVEL": 1},
        "lzw": {"compress": "LZW"},
        "none": {"compress": "NONE"},
    }[name]


_zstd = []


def has_zstd() -> bool:
    """Whether this GDAL build writes ZSTD: tried once in memory."""
    if not _zstd:
        import rasterio

        try:
            with rasterio.MemoryFile() as memory:
                options = {"driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": "uint8", "compress": "ZSTD"}
                with memory.open(transform=rasterio.Affine(1, 0, 9, 0, -1, 9), **options) as dataset:
                    dataset.write(np.zeros((1, 1, 1), np.uint8))
                with memory.open() as dataset:
                    _zstd.append(dataset.compression is not None and dataset.compression.name.lower() == "zstd")
        except gdal_errors() + (ValueError,):
            _zstd.append(False)
    return _zstd[0]


def writers_for(
    wanted: Mapping[str, Tuple[Optional[str], RasterSpec]], grid: Grid, outputs: OutputSet, settings: EngineSettings
) -> Dict[str, RasterWriter]:
    """Writers of the outputs that have a destination."""
    made: Dict[str, RasterWriter] = {}
    try:
        for name, (final, spec) in wanted.items():
            if final:
                made[name] = RasterWriter(final, spec, grid, outputs, settings)
    except BaseException:
        for writer in made.values():
            writer.discard()
        raise
    return made


def tags(quantity: str, unit: str = "", **more) -> Dict[str, str]:
    """The CARBON_ tags of a raster: quantity and unit, and pool, year, scenario where given."""
    result = {"CARBON_QUANTITY": quantity}
    if unit:
        result["CARBON_UNIT"] = unit
    for name, value in more.items():
        if value not in (None, ""):
            result["CARBON_" + name.upper()] = str(value)
    return result


def density_spec(pools: Sequence[str], unit: str, year=None, smooth: bool = False, quantity: str = "carbon density"):
    """Spec of a density raster: one band per pool, unit in band and tag."""
    return RasterSpec(
        descriptions=tuple("{} {}".format(pool, quantity) for pool in pools),
        units=tuple(unit for _ in pools),
        tags=tags(quantity, unit, pool=pools[0] if len(pools) == 1 else None, year=year),
        band_tags=tuple(tags(quantity, unit, pool=pool, year=year) for pool in pools) if len(pools) > 1 else (),
        smooth=smooth,
    )
