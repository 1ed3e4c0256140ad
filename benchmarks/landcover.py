"""Clumped land-cover rasters of any size for the benchmarks, with a second date and a pool table.

    python benchmarks/landcover.py SIZE OUTDIR [--seed 1] [--block 256] [--preview]

writes OUTDIR/landcover_SIZE_t1.tif, OUTDIR/landcover_SIZE_t2.tif and OUTDIR/pools.csv. The same size
and seed give the same cells.

How the map is made
-------------------
1. On a coarse lattice (one node per 8 x 8 cells) every class has a score: its own fractal noise plus its
   affinity to two broad fields, relief and settlement. The class with the best score wins; biases are tuned
   until the classes have the shares of ``CLASSES``.
2. The lattice is read at full size through a noisy displacement of the coordinates, which gives ragged
   edges instead of squares.
3. Small patches of the second best class are strewn where the two best scores are close, and rivers follow
   the zero line of a noise field.
4. The second date changes patches, about 8 % of the cells, drawn on the lattice.
5. The rim of the map is nodata, as with any administrative region in its bounding box.

Full-size work is done in strips of 256 rows, so 20,000 x 20,000 cells need some 950 MB and about a minute.
"""

import argparse
import os
from typing import Dict, List, NamedTuple, Tuple

import numpy as np

NODATA = 255
CELL_SIZE = 30.0
EPSG = 32650
LATTICE = 8
"""Cells per lattice node."""
MARGIN = 4
"""Lattice nodes beyond the map on each side, for the displaced coordinates."""
STRIP = 256
CHANGED = 0.08
"""Share of lattice nodes that change, about the share of the cells."""
OUTSIDE = 0.15
"""Share of lattice nodes that are nodata."""
LATTICE_NODATA = 15


class LandClass(NamedTuple):
    """One class: code, name, share of the valid cells, affinities, pools (Mg C/ha, illustrative)."""

    code: int
    name: str
    share: float
    relief: float
    settlement: float
    above: float
    below: float
    soil: float
    dead: float


CLASSES = (
    LandClass(1, "cropland", 0.30, -0.6, 0.4, 4.73, 0.81, 33.46, 0.0),
    LandClass(2, "forest", 0.25, 0.9, -0.5, 52.38, 12.67, 71.92, 4.61),
    LandClass(3, "shrub", 0.08, 0.5, -0.2, 12.14, 5.23, 48.87, 1.37),
    LandClass(4, "grassland", 0.12, 0.3, -0.3, 2.86, 6.41, 55.29, 0.53),
    LandClass(5, "wetland", 0.04, -0.8, -0.4, 6.17, 3.92, 117.58, 0.94),
    LandClass(6, "water", 0.06, -0.9, 0.0, 0.0, 0.0, 0.0, 0.0),
    LandClass(7, "built-up", 0.09, -0.3, 1.3, 1.29, 0.26, 19.83, 0.0),
    LandClass(8, "bare", 0.03, 0.8, -0.6, 0.31, 0.07, 11.64, 0.0),
    LandClass(9, "orchard", 0.03, 0.1, 0.5, 18.95, 4.36, 39.71, 0.72),
)
WATER = 5
BUILT = 6
"""Positions in CLASSES that the rules name."""


class Noise:
    """Sum of value-noise octaves over a map, read in strips.

    Parameters
    ----------
    seed : tuple of int
        Seed of the random lattice values.
    shape : tuple of int
        Rows and columns of the map.
    periods : tuple of int
        Cells between lattice values of each octave (longest first).
    persistence : float
        Weight of each octave relative to the one before.
    """

    def __init__(self, seed: Tuple[int, ...], shape: Tuple[int, int], periods: Tuple[int, ...],
                 persistence: float = 0.6) -> None:
        rng = np.random.default_rng(seed)
        self.width = shape[1]
        self.octaves = []
        weight = 1.0
        for period in periods:
            nodes = (shape[0] // period + 2, -(-shape[1] // period) + 1)
            # One byte per value: the finest lattice of the largest map has 25 million of them.
            self.octaves.append((period, weight, rng.integers(0, 256, nodes, dtype=np.uint8)))
            weight *= persistence
        # Scaled so that values have a standard deviation of about 1 (bilinear smoothing halves the variance twice).
        total = np.sqrt(sum(w * w for _, w, _ in self.octaves))
        self.scale = 1.0 / (total * 255.0 / np.sqrt(12.0) * (4.0 / 9.0) ** 0.5 * 1.2)

    def strip(self, row: int, rows: int) -> np.ndarray:
        """Return the noise of ``rows`` rows from ``row``, float32 of shape (rows, width)."""
        out = np.zeros((rows, self.width), dtype=np.float32)
        for period, weight, lattice in self.octaves:
            y = np.arange(row, row + rows) / period
            node = y.astype(np.intp)
            fraction = _smoothstep(y - node)[:, None]
            first = node[0]
            values = (lattice[first:node[-1] + 2].astype(np.float32) - 127.5) * np.float32(weight * self.scale)
            lines = values[node - first] * (1 - fraction) + values[node - first + 1] * fraction
            step = _smoothstep(np.arange(period) / period)
            left = lines[:, :-1, None]
            wide = left + (lines[:, 1:, None] - left) * step
            out += wide.reshape(rows, -1)[:, :self.width]
        return out


def _smoothstep(f: np.ndarray) -> np.ndarray:
    return (f * f * (3 - 2 * f)).astype(np.float32)


def _tune_biases(scores: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the bias of each class (n,) that makes the best-score shares of ``scores`` (n, cells) ``shares`` (n,)."""
    bias = np.zeros(len(shares), dtype=np.float32)
    step = 0.5
    for _ in range(80):
        found = np.bincount(np.argmax(scores + bias[:, None], axis=0), minlength=len(shares)) / scores.shape[1]
        bias += (step * np.log(shares / np.maximum(found, 1e-3))).astype(np.float32)
        step *= 0.97
    return bias


def make_lattice(size: int, seed: int) -> np.ndarray:
    """Return the coarse map, uint16 (nodes, nodes): bits 0-3 first date, 4-7 second date, 8-11 second best class
    (positions in CLASSES, 15 = nodata), 12-15 the rank of the gap between the two best scores (0 = closest).
    """
    n = -(-size // LATTICE) + 2 * MARGIN
    shape = (n, n)

    def field(stream: int, *periods: int, persistence: float = 0.6) -> np.ndarray:
        return Noise((seed, stream), shape, periods, persistence).strip(0, n)

    relief = field(1, 256, 128, 64, 32)
    settlement = field(2, 128, 64, 32, 16)
    scores = np.empty((len(CLASSES), n, n), dtype=np.float32)
    for k, c in enumerate(CLASSES):
        scores[k] = field(10 + k, 24, 12, 6, 3, 1, persistence=0.9)
        scores[k] += np.float32(c.relief) * relief + np.float32(c.settlement) * settlement

    thin = max(1, n // 300)
    sample = scores[:, ::thin, ::thin].reshape(len(CLASSES), -1)
    scores += _tune_biases(sample, np.array([c.share for c in CLASSES]))[:, None, None]

    first = np.argmax(scores, axis=0).astype(np.uint16)
    best = np.take_along_axis(scores, first[None], axis=0)[0]
    np.put_along_axis(scores, first[None].astype(np.intp), -np.inf, axis=0)
    other = np.argmax(scores, axis=0).astype(np.uint16)
    gap = best - np.take_along_axis(scores, other[None].astype(np.intp), axis=0)[0]
    del scores
    limits = np.quantile(gap[::thin, ::thin], np.arange(1, 16) / 16)
    rank = np.digitize(gap, limits).astype(np.uint16)

    change = field(3, 24, 6, 3, 1, persistence=0.8)
    changed = change > np.quantile(change, 1 - CHANGED)
    towns = (field(4, 64, 32) + settlement > 0.5) & (first != BUILT) & (first != WATER)
    second = np.where(changed, np.where(towns, BUILT, other), first).astype(np.uint16)

    axis = np.abs(np.linspace(-1, 1, n, dtype=np.float32))
    rim = np.maximum(axis[:, None], axis[None, :]) + np.float32(0.06) * field(5, 128, 32, 8)
    outside = rim > np.quantile(rim, 1 - OUTSIDE)

    packed = first | second << 4 | other << 8 | rank << 12
    packed[outside] = LATTICE_NODATA | LATTICE_NODATA << 4 | LATTICE_NODATA << 8
    return packed


class LandCoverMap:
    """The full-size map of two dates, read in strips of ``STRIP`` rows.

    Parameters
    ----------
    size : int
        Rows and columns.
    seed : int
        The same size and seed give the same map.
    """

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size, self.seed = size, seed
        self.lattice = make_lattice(size, seed)
        shape = (size, size)
        self.shift_x = Noise((seed, 30), shape, (64, 16, 4), 0.55)
        self.shift_y = Noise((seed, 31), shape, (64, 16, 4), 0.55)
        self.river = Noise((seed, 32), shape, (1024, 256, 64), 0.45)
        self.codes = np.full(16, NODATA, dtype=np.uint8)
        self.codes[:len(CLASSES)] = [c.code for c in CLASSES]
        # Chance, in 256ths, that a 2 x 2 patch takes the second best class: high on edges, low in cores.
        self.chance = np.round(256 * 0.22 * np.exp(-np.arange(16) / 3.0)).astype(np.uint8)

    def strip(self, row: int) -> Tuple[np.ndarray, np.ndarray]:
        """Return the codes of both dates, uint8 (rows, size), of the strip from ``row`` (a multiple of STRIP)."""
        rows = min(STRIP, self.size - row)
        nodes = self.lattice.shape[1]
        reach = np.float32(0.9 * LATTICE)

        def nodes_along(noise: Noise, position: np.ndarray) -> np.ndarray:
            shifted = noise.strip(row, rows)
            shifted *= reach
            shifted += position
            shifted *= np.float32(1.0 / LATTICE)
            np.clip(shifted, 0, nodes - 1, out=shifted)
            return shifted.astype(np.int32)

        index = nodes_along(self.shift_y, np.arange(row, row + rows, dtype=np.float32)[:, None] + MARGIN * LATTICE)
        index *= nodes
        index += nodes_along(self.shift_x, np.arange(self.size, dtype=np.float32)[None, :] + MARGIN * LATTICE)
        packed = self.lattice.ravel().take(index)
        del index

        first, second = (packed & 15).astype(np.uint8), (packed >> 4 & 15).astype(np.uint8)
        rng = np.random.default_rng((self.seed, 40, row))
        draw = rng.integers(0, 256, (-(-rows // 2), -(-self.size // 2)), dtype=np.uint8)
        draw = draw.repeat(2, axis=0).repeat(2, axis=1)[:rows, :self.size]
        speckle = draw < self.chance[packed >> 12]
        other = (packed >> 8 & 15).astype(np.uint8)
        river = np.abs(self.river.strip(row, rows)) < 0.008
        for date in (first, second):
            np.copyto(date, other, where=speckle)
            np.copyto(date, WATER, where=river & (date != LATTICE_NODATA))
        return self.codes[first], self.codes[second]


def write_pools(path: str) -> None:
    """Write the pool table (InVEST's columns, Mg C/ha; illustrative values) as CSV."""
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write("lucode,lulc_name,c_above,c_below,c_soil,c_dead\n")
        for c in CLASSES:
            f.write(f"{c.code},{c.name},{c.above},{c.below},{c.soil},{c.dead}\n")


def paths_of(size: int, folder: str) -> Dict[str, str]:
    """Return the paths of the files for ``size``: keys t1, t2, pools."""
    return {"t1": os.path.join(folder, f"landcover_{size}_t1.tif"),
            "t2": os.path.join(folder, f"landcover_{size}_t2.tif"),
            "pools": os.path.join(folder, "pools.csv")}


def write_map(size: int, folder: str, seed: int = 1, block: int = 256) -> Dict[str, str]:
    """Write both dates and the pool table into ``folder`` and return their paths.

    Parameters
    ----------
    size : int
        Rows and columns, at least 64.
    block : int
        Side of the GeoTIFF tiles, cells; 256 or another divisor or multiple of 16.

    Raises
    ------
    ValueError
        When ``size`` is below 64.
    """
    import rasterio
    from rasterio.transform import from_origin
    from rasterio.windows import Window

    if size < 64:
        raise ValueError(f"Size {size} is too small for patches: ask for 64 or more.")
    os.makedirs(folder, exist_ok=True)
    paths = paths_of(size, folder)
    write_pools(paths["pools"])
    land = LandCoverMap(size, seed)
    # Centred on the central meridian of the zone, where areas on the map are true to 0.2 % even at 20,000 cells.
    west = 500000.0 - size * CELL_SIZE / 2
    profile = {"driver": "GTiff", "width": size, "height": size, "count": 1, "dtype": "uint8", "nodata": NODATA,
               "crs": f"EPSG:{EPSG}", "transform": from_origin(west, 3800000.0, CELL_SIZE, CELL_SIZE),
               "tiled": True, "blockxsize": block, "blockysize": block, "compress": "lzw", "BIGTIFF": "IF_SAFER"}
    temporary = {key: paths[key] + ".part.tif" for key in ("t1", "t2")}
    with rasterio.Env(GDAL_CACHEMAX=128):
        with rasterio.open(temporary["t1"], "w", **profile) as t1, rasterio.open(temporary["t2"], "w", **profile) as t2:
            for row in range(0, size, STRIP):
                first, second = land.strip(row)
                window = Window(0, row, size, first.shape[0])
                t1.write(first, 1, window=window)
                t2.write(second, 1, window=window)
    for key, path in temporary.items():
        os.replace(path, paths[key])
    return paths


def ensure_map(size: int, folder: str, seed: int = 1) -> Dict[str, str]:
    """Return the paths for ``size`` in ``folder``, writing the files when one is missing."""
    paths = paths_of(size, folder)
    if all(os.path.exists(p) for p in paths.values()):
        return paths
    return write_map(size, folder, seed)


def describe(paths: Dict[str, str]) -> List[str]:
    """Return lines about the map: file sizes, class shares, nodata share, changed share, equal neighbours."""
    import rasterio
    from rasterio.windows import Window

    counts = np.zeros(256, dtype=np.int64)
    changed = same = pairs = 0
    with rasterio.open(paths["t1"]) as t1, rasterio.open(paths["t2"]) as t2:
        cells = t1.width * t1.height
        for row in range(0, t1.height, STRIP):
            window = Window(0, row, t1.width, min(STRIP, t1.height - row))
            first, second = t1.read(1, window=window), t2.read(1, window=window)
            counts += np.bincount(first.ravel(), minlength=256)
            changed += int(np.count_nonzero(first != second))
            both = (first[:, 1:] != NODATA) & (first[:, :-1] != NODATA)
            pairs += int(both.sum())
            same += int(((first[:, 1:] == first[:, :-1]) & both).sum())
    valid = cells - int(counts[NODATA])
    lines = []
    for key in ("t1", "t2"):
        size = os.path.getsize(paths[key])
        lines.append(f"{key}: {size / 1e6:.1f} MB, {size / cells:.3f} bytes per cell")
    lines.append(f"nodata {100 * (1 - valid / cells):.1f} %, changed {100 * changed / valid:.1f} % of the valid cells, "
                 f"equal right-hand neighbours {100 * same / pairs:.1f} %")
    lines.append(", ".join(f"{c.name} {100 * counts[c.code] / valid:.1f} %" for c in CLASSES))
    return lines


def write_preview(paths: Dict[str, str], png: str) -> None:
    """Write a picture of the whole first date, thinned, and of 400 x 400 cells of both dates at full size."""
    import matplotlib
    matplotlib.use("Agg")
    import rasterio
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.figure import Figure
    from rasterio.windows import Window

    colours = ListedColormap(["#f0e08a", "#2f7a36", "#9ab85c", "#c9df9a", "#6fb7a5", "#3f78c4", "#c9403a", "#b9a58c",
                              "#e08a3c"])
    norm = BoundaryNorm(np.arange(0.5, 10.5), colours.N)
    figure = Figure(figsize=(18, 6.2), dpi=90)
    with rasterio.open(paths["t1"]) as t1, rasterio.open(paths["t2"]) as t2:
        middle = Window(t1.width // 2 - 200, t1.height // 2 - 200, 400, 400)
        edge = min(1000, t1.width)
        views = [("whole, first date", t1.read(1, out_shape=(edge, edge))), ("400 x 400 cells, first date",
                 t1.read(1, window=middle)), ("the same, second date", t2.read(1, window=middle))]
    for k, (title, cells) in enumerate(views):
        axes = figure.add_subplot(1, 3, k + 1)
        axes.imshow(np.ma.masked_equal(cells, NODATA), cmap=colours, norm=norm, interpolation="nearest")
        axes.set_title(title)
        axes.set_axis_off()
    figure.tight_layout()
    figure.savefig(png)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Write clumped land-cover rasters of two dates and their pool table.")
    parser.add_argument("size", type=int, help="rows and columns")
    parser.add_argument("outdir")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--block", type=int, default=256, help="side of the GeoTIFF tiles")
    parser.add_argument("--preview", action="store_true", help="also write a PNG to look at")
    options = parser.parse_args()
    paths = write_map(options.size, options.outdir, options.seed, options.block)
    for line in describe(paths):
        print(line)
    if options.preview:
        png = os.path.join(options.outdir, f"landcover_{options.size}.png")
        write_preview(paths, png)
        print(png)


if __name__ == "__main__":
    main()
