"""Carbon density of a year from files: wall and CPU seconds, peak memory, longest silence of the progress.

    python benchmarks/bench_estimate.py [--side 1265] [--preset robust] [--blending blended] [--repeat 3]
    python benchmarks/bench_estimate.py --large 10000 [--valid 0.02]

A synthetic region of 8 drivers, one of them categorical, is written as a driver stack; level and density models are
trained on 10,000 of its cells; then `estimate_density` runs from the files to the finished raster, each time in a
process of its own. 1265 x 1265 is 1.6 million cells. `--large` adds a second raster of that many cells a side (10000:
100 million), of which the share `--valid` has data, in whole tiles spread over the raster: compare the peaks of memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

TILE = 256


class Clock:
    """A progress that remembers the longest time between two moves."""

    def __init__(self):
        self.last, self.longest, self.share, self.lock = time.perf_counter(), 0.0, 0.0, threading.Lock()

    def update(self, fraction, message=None):
        """Note a move."""
        with self.lock:
            now = time.perf_counter()
            if fraction > self.share or message:
                self.longest, self.last = max(self.longest, now - self.last), now
                self.share = fraction

    def cancelled(self):
        """Never."""
        return False


def stack_path(args, side: int) -> Path:
    return Path(args.folder) / "bench_estimate_{}_{:g}.tif".format(side, args.valid if side == args.large else 1)


def make(args) -> None:
    """The stack or stacks, tile by tile, and the two models."""
    import rasterio
    from rasterio.transform import from_origin

    from tests.synthetic_region import DRIVERS, NAMES, synthetic_region

    region = synthetic_region(1280, 1280, seed=1)
    for side in filter(None, (args.side, args.large)):
        path, share = stack_path(args, side), args.valid if side == args.large else 1.0
        if path.exists():
            continue
        rng = np.random.default_rng(0)
        with rasterio.open(
            path, "w", driver="GTiff", width=side, height=side, count=len(NAMES), dtype="float32", nodata=-9999.0,
            crs="EPSG:32650", transform=from_origin(200000, 4400000, 30, 30), tiled=True, blockxsize=TILE,
            blockysize=TILE, compress="ZSTD", BIGTIFF="IF_SAFER", SPARSE_OK=True,
        ) as dataset:  # fmt: skip
            for band, (name, unit, categorical) in enumerate(DRIVERS, 1):
                dataset.set_band_description(band, name)
                dataset.set_band_unit(band, unit)
                if categorical:
                    dataset.update_tags(band, CARBON_CATEGORICAL="1")
            dataset.update_tags(CARBON_YEAR="2020")
            for row in range(0, side, TILE):
                for col in range(0, side, TILE):
                    height, width = min(TILE, side - row), min(TILE, side - col)
                    if rng.random() > share:
                        continue
                    window = ((row, row + height), (col, col + width))
                    part = slice(row % 1280, row % 1280 + height), slice(col % 1280, col % 1280 + width)
                    for band, name in enumerate(NAMES, 1):
                        dataset.write(region.drivers[name][part], band, window=window)
    train(args, region)


def train(args, region) -> None:
    """Level and density model of the preset on 10,000 cells."""
    from carbon_qgis.core.coupled import fit_coupled
    from carbon_qgis.core.level_density import density_model_bytes
    from carbon_qgis.core.levels import level_bundle
    from carbon_qgis.core.samples import Driver, make_samples
    from tests.synthetic_region import DRIVERS

    paths = model_paths(args)
    if all(path.exists() for path in paths):
        return
    features, target = region.features(), region.observed.ravel()
    pick = np.random.default_rng(2).choice(len(target), 10_000, replace=False)
    drivers = [Driver(name, unit if not classes else "", classes) for name, unit, classes in DRIVERS]
    samples = make_samples(drivers, features[pick], target[pick], "t C/ha", "soil", 2010)
    model = fit_coupled(samples, args.preset)
    paths[0].write_bytes(level_bundle(model.levels))
    paths[1].write_bytes(density_model_bytes(model.density))


def model_paths(args):
    return [Path(args.folder) / "bench_estimate_{}_{}.carbonmodel".format(args.preset, name)
            for name in ("levels", "density")]  # fmt: skip


def estimate(args) -> dict:
    """One run from the files to the raster."""
    from carbon_qgis.core.coupled import read_coupled
    from carbon_qgis.core.density_ratio import given_ratio
    from carbon_qgis.core.estimate_density import estimate_density
    from carbon_qgis.core.outputs import OutputSet

    stack, out = str(stack_path(args, args.measured)), str(Path(args.folder) / "bench_estimate_out.tif")
    clock = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    model = read_coupled(*(str(path) for path in model_paths(args)))
    with OutputSet([stack]) as outputs:
        result = estimate_density(
            [stack], model, outputs, {"DENSITY": out}, ratio=given_ratio(1.1), blending=args.blending,
            restoration=args.restoration, progress=clock,
        )  # fmt: skip
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {"wall": wall, "cpu": cpu, "peak": peak, "silence": clock.longest, "cells": result.cells,
            "mean": result.mean, "form": model.density.form}  # fmt: skip


def _run(args, *extra) -> str:
    names = ("side", "large", "valid", "folder", "preset", "blending", "restoration")
    options = ["--{}={}".format(name, getattr(args, name)) for name in names]
    done = subprocess.run([sys.executable, __file__, *options, *extra], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def main() -> None:
    """Make what is missing, run every case in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=1265)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--valid", type=float, default=0.02)
    parser.add_argument("--preset", default="robust", choices=("robust", "published"))
    parser.add_argument("--blending", default="blended", choices=("blended", "hard"))
    parser.add_argument("--restoration", default="scaled", choices=("scaled", "published", "meanmatched"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measured", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make(args)
        return
    if args.measured:
        print(json.dumps(estimate(args)))
        return
    _run(args, "--make")
    print("{} preset, {}, {}; 8 drivers".format(args.preset, args.blending, args.restoration))
    head = "{:<24}{:>14}{:>9}{:>9}{:>10}{:>12}"
    print(head.format("raster", "valid cells", "wall s", "CPU s", "peak MB", "silence s"))
    for side, repeat in ((args.side, args.repeat), (args.large, 1)):
        if side:
            rows = [json.loads(_run(args, "--measured", str(side))) for _ in range(repeat)]
            row = sorted(rows, key=lambda found: found["wall"])[len(rows) // 2]
            numbers = ["{:,}".format(row["cells"])] + ["{:.2f}".format(row[k]) for k in ("wall", "cpu")]
            print(head.format("{0} x {0}".format(side), *numbers, "{:.0f}".format(row["peak"]),
                              "{:.2f}".format(row["silence"])))  # fmt: skip


if __name__ == "__main__":
    main()
