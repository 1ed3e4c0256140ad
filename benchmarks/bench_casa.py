"""CASA from files to files: wall and CPU seconds and peak memory, on synthetic monthly rasters.

    python benchmarks/bench_casa.py [--cells 1600000] [--years 1] [--threads 2] [--layout band|pixel] [--outputs 2|5]
    python benchmarks/bench_casa.py --cells 100000000 --keep --folder /data      # 20 GB of rasters

Twelve months of NDVI, temperature, precipitation and radiation (float32, made up: a season, a gradient and noise) and
nine vegetation classes are written to the folder, then `casa_npp` runs in a process of its own: percentiles of each
class, annual and monthly NPP (5 outputs: APAR, epsilon and water stress too), tables. `--layout pixel` stores all bands
of a cell together, deflated, as many programs do. The time of reading all rasters once without computing is given
beside it.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

VARIABLES = ("NDVI", "temperature", "precipitation", "radiation")
PATCH = 1024


def fields(rows: np.ndarray, cols: np.ndarray, side: int, month: int, year: int) -> dict:
    """One month of the four variables on the given rows and columns."""
    rng = np.random.default_rng([year, month, int(rows[0]) // PATCH, int(cols[0]) // PATCH])
    y, x = rows[:, None] / side, cols[None, :] / side
    season = np.cos(2 * np.pi * (month - 6.5) / 12)
    noise = rng.random((len(rows), len(cols)), dtype=np.float32)
    warm = 26 - 30 * y + 3 * x
    return {
        "NDVI": (0.35 + 0.25 * season * (1 - 0.5 * y) + 0.25 * x + 0.1 * noise - 0.05).clip(-0.1, 0.95),
        "temperature": warm - 12 + 14 * season + noise,
        "precipitation": (60 + 55 * season) * (0.3 + x) * (0.5 + noise),
        "radiation": 430 + 220 * season + 60 * noise,
    }


def make(args) -> dict:
    """Write the rasters; their paths."""
    import rasterio
    from rasterio.transform import from_origin

    side = round(args.cells**0.5)
    folder, paths = Path(args.folder), {}
    common = {"driver": "GTiff", "width": side, "height": side, "crs": "EPSG:32645",
              "transform": from_origin(300000, 5300000, 1000, 1000)}  # fmt: skip
    layout = {"band": {"tiled": True, "blockxsize": 256, "blockysize": 256, "interleave": "band"},
              "pixel": {"interleave": "pixel", "compress": "deflate", "zlevel": 1}}[args.layout]  # fmt: skip
    count = 12 * args.years
    handles = {}
    for name in VARIABLES:
        paths[name] = str(folder / (name + ".tif"))
        handles[name] = rasterio.open(
            paths[name], "w", count=count, dtype="float32", nodata=-9999, BIGTIFF="IF_SAFER", **common, **layout
        )
        for band in range(count):
            handles[name].set_band_description(band + 1, "{}_{}_{:02d}".format(name, 2001 + band // 12, band % 12 + 1))
    height = PATCH if args.layout == "band" else 64
    for top in range(0, side, height):
        rows, cols = np.arange(top, min(top + height, side)), np.arange(side)
        months = [fields(rows, cols, side, band % 12 + 1, band // 12) for band in range(count)]
        for name, handle in handles.items():
            part = np.stack([month[name] for month in months]).astype(np.float32)
            part[:, (rows % 97 == 0)[:, None] & (cols % 89 == 0)[None, :]] = -9999
            handle.write(part, window=((top, top + len(rows)), (0, side)))
    for handle in handles.values():
        handle.close()
    paths["vegetation"] = str(folder / "vegetation.tif")
    with rasterio.open(
        paths["vegetation"], "w", count=1, dtype="uint8", nodata=255, tiled=True, blockxsize=256, blockysize=256,
        **common,
    ) as dataset:
        rows = np.arange(side) // 40
        for top in range(0, side, 2048):
            part = (rows[top : top + 2048, None] * 7 + rows[None, :] * 3) % 9 + 1
            dataset.write(part.astype(np.uint8), 1, window=((top, top + part.shape[0]), (0, side)))
    return paths


def _read_only(block, params):
    return {}, 1


def ours(args) -> dict:
    """Read everything once without computing, then the whole run."""
    from carbon_qgis.core.casa_inputs import casa_series
    from carbon_qgis.core.casa_npp import casa_npp
    from carbon_qgis.core.casa_parameters import read_parameters
    from carbon_qgis.core.outputs import OutputSet
    from carbon_qgis.core.raster.blocks import run_blocks
    from carbon_qgis.core.raster.inputs import align_inputs
    from carbon_qgis.core.raster.settings import EngineSettings
    from carbon_qgis.core.raster.source import Band

    folder, settings = Path(args.folder), EngineSettings(threads=args.threads)
    paths = {name: str(folder / (name + ".tif")) for name in VARIABLES + ("vegetation",)}
    wall, cpu = time.perf_counter(), time.process_time()
    if args.read:
        bands = {"{} {}".format(n, b): Band(paths[n], b) for n in VARIABLES for b in range(1, 12 * args.years + 1)}
        run_blocks(align_inputs(bands, paths["NDVI"]), _read_only, settings=settings)
    read, read_cpu = time.perf_counter() - wall, time.process_time() - cpu
    names = ("NPP", "NPP_MONTHLY", "APAR", "EPSILON", "WATER_STRESS")[: args.outputs]
    made = {name: str(folder / ("out_" + name + ".tif")) for name in names}
    wall, cpu = time.perf_counter(), time.process_time()
    with OutputSet(list(paths.values())) as outputs:
        result = casa_npp(
            casa_series({name: [paths[name]] for name in VARIABLES}), paths["vegetation"], outputs, made,
            read_parameters(), settings=settings,
        )  # fmt: skip
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {"wall": wall, "cpu": cpu, "read": read, "read_cpu": read_cpu, "peak": peak, "cells": result.cells[0],
            "npp": result.npp_mean[0], "tg": result.npp_tg[0]}  # fmt: skip


def main() -> None:
    """Make the rasters, run in a fresh process, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=1_600_000)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--outputs", type=int, default=2, help="how many rasters are written, 0 to 5")
    parser.add_argument("--layout", choices=("band", "pixel"), default="band")
    parser.add_argument("--folder", default="", help="where the rasters go; a temporary folder by default")
    parser.add_argument("--keep", action="store_true", help="keep the rasters, and use those that are there")
    parser.add_argument("--read", action="store_true", help="also read everything once without computing")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--case", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make(args)
        return
    if args.case:
        print(json.dumps(ours(args)))
        return
    own = not args.folder
    args.folder = args.folder or tempfile.mkdtemp(prefix="bench_casa_")
    try:
        names = ("cells", "years", "threads", "outputs", "layout", "folder")
        options = [sys.executable, __file__] + ["--{}={}".format(n, getattr(args, n)) for n in names]
        if not (args.keep and (Path(args.folder) / "vegetation.tif").exists()):
            # A process of its own: its memory must not count.
            subprocess.run(options + ["--make"], check=True)
        command = options + ["--case"] + (["--read"] if args.read else [])
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    finally:
        if own and not args.keep:
            shutil.rmtree(args.folder)
    row = json.loads(done.stdout.splitlines()[-1])
    print("{:,} cells x 4 variables x 12 months x {} year(s), {} layout, {} threads, {} rasters written".format(
        round(args.cells**0.5) ** 2, args.years, args.layout, args.threads, args.outputs))  # fmt: skip
    if args.read:
        print("reading once    {:8.2f} s wall {:8.2f} s CPU".format(row["read"], row["read_cpu"]))
    print("files to files  {:8.2f} s wall {:8.2f} s CPU   peak memory {:.0f} MB".format(
        row["wall"], row["cpu"], row["peak"]))  # fmt: skip
    print("{:,} valid cells, mean NPP {:.6f} g C/m2/yr, {:.6f} Tg C/yr".format(row["cells"], row["npp"], row["tg"]))


if __name__ == "__main__":
    main()
