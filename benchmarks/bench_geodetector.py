"""Geodetector on arrays: wall and CPU seconds and peak memory of counting and scoring, each case in its own process.

    python benchmarks/bench_geodetector.py [--rows 1600000] [--factors 6] [--classes 10] [--streamed 100000000]
    python benchmarks/bench_geodetector.py --raster 1265 [--factors 6] [--folder /tmp]

Factor and interaction detector with all tests; with 7 ecosystems they are all scored in the same pass. If the PyPI
package `py_geodetector` can be imported, it runs beside ours on the same rows. `--streamed` adds a case of that many
cells in blocks of a million (made on the fly, its time shown apart). Best of three, except streamed.

`--raster` measures whole rasters of that many cells a side instead: Y, continuous factors (float32) and seven
ecosystems are written to the folder, read alone, and then analysed by `detect_drivers` from the files to all scores,
natural breaks of ten classes included. Median of three (of one beyond 4000 a side).
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def make(rows: int, factors: int, classes: int, seed: int = 0):
    """Strata that explain part of Y, and seven ecosystems; uint8 codes."""
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, classes, rows, dtype=np.uint8) for _ in range(factors)]
    y = rng.standard_normal(rows)
    for i, code in enumerate(codes):
        y += code * (0.3 / (i + 1))
    return codes, y, rng.integers(0, 7, rows, dtype=np.uint8)


def peak_mb() -> float:
    """Largest resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def ours(args, ecosystems: bool) -> dict:
    """Count and score arrays that are in memory."""
    import scipy.special  # noqa: F401  imported here so that its load is not counted as work

    from carbon_qgis.core.geodetector import factor_and_interaction
    from carbon_qgis.core.strata_moments import accumulate

    codes, y, eco = make(args.rows, args.factors, args.classes)
    counts, names = [args.classes] * args.factors, ["x{}".format(i) for i in range(args.factors)]
    n_eco = 7 if ecosystems else 1
    before, best = peak_mb(), None
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        centre = float(y.mean())
        moments = accumulate(codes, y - centre, eco if ecosystems else None, counts, n_eco)
        counted = time.perf_counter() - wall
        eco_names = ["e{}".format(e) for e in range(7)] if ecosystems else None
        result = factor_and_interaction(moments, names, eco_names, centre=centre)
        row = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "counting": counted}
        best = row if best is None or row["wall"] < best["wall"] else best
    best.update(added=peak_mb() - before, peak=peak_mb(), q=result.scope().factors[0].q)
    return best


def streamed(args) -> dict:
    """Block after block, as from a raster: memory must not grow with the number of cells."""
    from carbon_qgis.core.strata_moments import Moments, accumulate

    counts = [args.classes] * args.factors
    moments, block = Moments.zeros(counts, 7), 1_000_000
    wall = cpu = 0.0
    for k in range(args.streamed // block):
        # A fresh block costs more to make than to count: ten different ones are taken in turn.
        codes, y, eco = make(block, args.factors, args.classes, seed=k % 10)
        w, c = time.perf_counter(), time.process_time()
        moments += accumulate(codes, y - 3.0, eco, counts, 7)
        wall, cpu = wall + time.perf_counter() - w, cpu + time.process_time() - c
    return {"wall": wall, "cpu": cpu, "counting": wall, "peak": peak_mb(), "q": None}


def peer(args) -> dict:
    """py_geodetector's factor and interaction detector on the same rows."""
    import pandas as pd
    from geodetector import GeoDetector  # the import name of py_geodetector

    codes, y, _ = make(args.rows, args.factors, args.classes)
    names = ["x{}".format(i) for i in range(args.factors)]
    frame = pd.DataFrame(dict(zip(names, codes)))
    frame["y"] = y
    before, best = peak_mb(), None
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        detector = GeoDetector(frame, "y", names)
        detector.interaction_detector()
        factor = detector.factor_detector()
        row = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        best = row if best is None or row["wall"] < best["wall"] else best
    best.update(added=peak_mb() - before, peak=peak_mb(), q=float(factor.iloc[0, 0]))
    return best


def make_rasters(args) -> dict:
    """Smooth fields with rough ones on top, in patches that repeat on large grids; paths by name."""
    import rasterio
    from rasterio.transform import from_origin
    from scipy.ndimage import gaussian_filter

    side, patch = args.raster, min(args.raster, 2500)
    rng = np.random.default_rng(0)
    fields = []
    for i in range(args.factors):
        field = gaussian_filter(rng.standard_normal((patch, patch)).astype(np.float32), 4 + 3 * i, mode="wrap")
        fields.append(np.exp(field / field.std() * (0.2 + 0.2 * i)) * 100)
    rough = rng.standard_normal((patch, patch)).astype(np.float32)
    y = sum(field / (field.std() * (i + 1)) for i, field in enumerate(fields)) + rough
    eco = gaussian_filter(rng.standard_normal((patch, patch)).astype(np.float32), 40, mode="wrap")
    eco = np.digitize(eco, np.quantile(eco, np.arange(1, 7) / 7)).astype(np.uint8) + 1
    layers = {"y": y.astype(np.float32), "eco": eco}
    layers.update({"x{}".format(i): field.astype(np.float32) for i, field in enumerate(fields)})
    paths = {}
    for name, values in layers.items():
        paths[name] = "{}/bench_geodetector_{}_{}.tif".format(args.folder, side, name)
        if Path(paths[name]).exists():
            continue
        with rasterio.open(
            paths[name], "w", driver="GTiff", width=side, height=side, count=1, dtype=values.dtype, crs="EPSG:32650",
            transform=from_origin(400000, 4400000, 30, 30), nodata=255 if name == "eco" else -3.4028234663852886e38,
            tiled=True, blockxsize=256, blockysize=256,
        ) as dataset:  # fmt: skip
            for row in range(0, side, 250):
                take = [np.arange(start, min(start + n, side)) % patch for start, n in ((row, 250), (0, side))]
                part = values[np.ix_(*take)]
                dataset.write(part, 1, window=((row, row + part.shape[0]), (0, side)))
    return paths


def _read_alone(block, params):
    return {}, 1


def rasters(args) -> dict:
    """Reading the rasters alone, and the whole analysis of them."""
    import scipy.special  # noqa: F401  imported here so that its load is not counted as work

    from carbon_qgis.core.driver_detection import Driver, detect_drivers
    from carbon_qgis.core.raster.blocks import run_blocks
    from carbon_qgis.core.raster.inputs import align_inputs
    from carbon_qgis.core.raster.source import Band

    # The maker's memory must not count.
    subprocess.run([sys.executable, __file__, "--make", *_options(args)], check=True)
    paths = {name: "{}/bench_geodetector_{}_{}.tif".format(args.folder, args.raster, name)
             for name in ["y", "eco"] + ["x{}".format(i) for i in range(args.factors)]}  # fmt: skip
    drivers = [Driver(name, Band(path)) for name, path in paths.items() if name.startswith("x")]
    bands = {name: Band(path, categorical=name == "eco") for name, path in paths.items()}
    rows = []
    for _ in range(3 if args.raster <= 4000 else 1):
        wall, cpu = time.perf_counter(), time.process_time()
        run_blocks(align_inputs(bands, paths["y"]), _read_alone)
        read = (time.perf_counter() - wall, time.process_time() - cpu)
        wall, cpu = time.perf_counter(), time.process_time()
        result = detect_drivers(Band(paths["y"]), drivers, ecosystems=paths["eco"])
        rows.append((time.perf_counter() - wall, time.process_time() - cpu) + read)
    wall, cpu, read_wall, read_cpu = sorted(rows)[len(rows) // 2]
    return {"wall": wall, "cpu": cpu, "read_wall": read_wall, "read_cpu": read_cpu, "peak": peak_mb(),
            "cells": result.cells, "q": result.scores.scope().factors[0].q}  # fmt: skip


CASES = {
    "ours, overall": lambda args: ours(args, False),
    "ours, overall + 7 ecosystems": lambda args: ours(args, True),
    "ours, streamed, 7 ecosystems": streamed,
    "py_geodetector, overall": peer,
    "ours, rasters": rasters,
}


def _options(args) -> list:
    names = ("rows", "factors", "classes", "streamed", "raster", "folder")
    return ["--{}={}".format(name, getattr(args, name)) for name in names]


def print_rasters(args) -> None:
    """One line on reading, one on the whole analysis."""
    done = subprocess.run(
        [sys.executable, __file__, "--case", "ours, rasters", *_options(args)], stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    row = json.loads(done.stdout.splitlines()[-1])
    print("{0} x {0} cells, {1} factors in 10 natural classes, 7 ecosystems".format(args.raster, args.factors))
    line = "{:<36}{:>8.2f}{:>8.2f}"
    print("{:<36}{:>8}{:>8}".format("", "wall s", "CPU s"))
    print(line.format("reading the rasters once", row["read_wall"], row["read_cpu"]))
    print(line.format("from the files to all scores", row["wall"], row["cpu"]))
    print(line.format("beyond reading once", row["wall"] - row["read_wall"], row["cpu"] - row["read_cpu"]))
    print("peak memory {:.0f} MB, {:,} cells, q of x0 {:.12f}".format(row["peak"], row["cells"], row["q"]))


def main() -> None:
    """Run every case in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 1_600_000), ("factors", 6), ("classes", 10), ("streamed", 0), ("raster", 0)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--folder", default="/tmp", help="where --raster puts its rasters (10000 a side: 2.9 GB)")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make_rasters(args)
        return
    if args.case:
        print(json.dumps(CASES[args.case](args)))
        return
    if args.raster:
        print_rasters(args)
        return
    print("{:,} rows, {} factors, {} classes; streamed: {:,} cells".format(
        args.rows, args.factors, args.classes, args.streamed))  # fmt: skip
    head = "{:<32}{:>9}{:>9}{:>11}{:>12}{:>11}  {}"
    print(head.format("case", "wall s", "CPU s", "counting s", "added MB", "peak MB", "q of x0"))
    for case in CASES:
        if case == "ours, rasters" or (case.startswith("ours, streamed") and not args.streamed):
            continue
        done = subprocess.run(
            [sys.executable, __file__, "--case", case, *_options(args)], capture_output=True, text=True
        )  # fmt: skip
        if done.returncode:
            print("{:<32}not run: {}".format(case, done.stderr.strip().splitlines()[-1]))
            continue
        row = json.loads(done.stdout.splitlines()[-1])
        values = [row.get(k) for k in ("wall", "cpu", "counting", "added", "peak")]
        text = ["" if v is None else ("{:.3f}" if k < 3 else "{:.0f}").format(v) for k, v in enumerate(values)]
        print(head.format(case, *text, "" if row["q"] is None else "{:.12f}".format(row["q"])))


if __name__ == "__main__":
    main()
