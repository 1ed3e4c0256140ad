"""Random forest over rasters: CPU seconds beside a plain scikit-learn call, and the whole stage from file to file.

    python benchmarks/bench_forest.py [--side 1265] [--trees 80] [--samples 96000] [--repeat 1] [--json FILE]
    python benchmarks/bench_forest.py --only arrays|stage

A synthetic region with 6 drivers (1265 x 1265 is 1.6 million cells) and two forests: 'published' (leaf 1, all drivers
at a split) and 'robust' (leaf 5, half of them), trained on 96,000 of its cells: the 80 % of a province of 120,000 that
the published preset takes. Smaller forests stay in the processor's cache, and scikit-learn itself is quicker with them.

Arrays: `RandomForestRegressor.predict` of all cells at once, one thread, against `ForestPredictor.predict` of the same
trees, in turns in one process; CPU seconds of both, their ratio, and whether every value is the same. How much the
sorting of rows helps depends on how alike neighbouring rows are already, so three orders are measured:

- random: cells in random order, as rows of a table are;
- raster: cells in raster order, each driver with cell-to-cell noise of a tenth of its standard deviation where such
  rasters have it (NDVI, elevation, population);
- smooth: raster order without any noise, as interpolated climate alone has it: the least that can be gained.

Stage: `predict_forest` of the raster from file to file with two threads, each run in a process of its own: wall and
CPU seconds, peak memory, longest silence of the progress. `--large` adds a raster of that many cells a side, of which
the share `--valid` has data: compare the peaks of memory.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # libraries read it when they are imported

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.bench_estimate import Clock  # noqa: E402

DRIVERS = (("NDVI", "1"), ("PRE", "mm"), ("TEM", "degC"), ("SM", "1"), ("DEM", "m"), ("PD", "1/km2"))
NOISY = ("NDVI", "DEM", "PD")
FORESTS = {"published": (1, 1.0), "robust": (5, 0.5)}
ORDERS = ("random", "raster", "smooth")
TILE = 256


def drivers_of(side: int):
    """(cells, 6) float32 of the smooth and of the noisy region, and the observed density."""
    from tests.synthetic_region import synthetic_region

    region = synthetic_region(side, side, seed=1)
    smooth = np.stack([region.drivers[name].ravel() for name, _ in DRIVERS], axis=1).astype(np.float32)
    rng, noisy = np.random.default_rng(7), smooth.copy()
    for column, (name, _) in enumerate(DRIVERS):
        if name in NOISY:
            noisy[:, column] += (0.1 * noisy[:, column].std() * rng.standard_normal(len(noisy))).astype(np.float32)
    return smooth, noisy, region.observed.ravel()


def trained(args, name: str, features: np.ndarray, target: np.ndarray):
    """(scikit-learn's forest, ours with the same trees)."""
    from sklearn.ensemble import RandomForestRegressor

    from carbon_qgis.core.bundle import driver_stats
    from carbon_qgis.core.forest import Forest
    from carbon_qgis.core.forest_arrays import arrays_of
    from carbon_qgis.core.network_inputs import MINMAX, Encoding
    from carbon_qgis.core.samples import Driver

    pick = np.random.default_rng(2).choice(len(features), args.samples, replace=False)
    drivers = [Driver(driver, unit) for driver, unit in DRIVERS]
    rows = features[pick].astype(np.float64)
    encoding = Encoding.fit(rows, drivers, MINMAX)
    leaf, share = FORESTS[name]
    plain = RandomForestRegressor(args.trees, min_samples_leaf=leaf, max_features=share, random_state=0, n_jobs=2)
    plain.fit(encoding.encode(rows), target[pick])
    plain.set_params(n_jobs=1)
    arrays = arrays_of(plain.estimators_, len(DRIVERS))
    return plain, Forest(driver_stats(drivers, rows), encoding, arrays, "t C/ha", pool="soil", year=2020)


def cpu_of(work, *values):
    """(CPU seconds, result)."""
    start = time.process_time()
    result = work(*values)
    return time.process_time() - start, result


def arrays(args) -> list:
    """Plain against ours, in turns."""
    from carbon_qgis.core.forest_arrays import ForestPredictor, arrays_of

    smooth, noisy, target = drivers_of(args.side)
    found = []
    for name in FORESTS:
        plain, forest = trained(args, name, noisy, target)
        predictor = ForestPredictor(forest.arrays)
        few = ForestPredictor(arrays_of(plain.estimators_[:2], len(DRIVERS)))
        for order in ORDERS:
            rows = forest.encoding.encode(smooth if order == "smooth" else noisy)
            if order == "random":
                rows = rows[np.random.default_rng(1).permutation(len(rows))]
            times = {"plain": [], "ours": []}
            for _ in range(args.repeat):
                seconds, expected = cpu_of(plain.predict, rows)
                times["plain"].append(seconds)
                seconds, values = cpu_of(predictor.predict, rows)
                times["ours"].append(seconds)
            tracemalloc.start()
            few.predict(rows)  # the number of trees does not matter for what a call holds
            peak = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
            row = {
                "forest": name, "nodes": len(forest.arrays.left) // len(forest.arrays), "order": order,
                "plain_cpu_s": float(np.median(times["plain"])), "ours_cpu_s": float(np.median(times["ours"])),
                "equal": bool(np.array_equal(expected, values)), "peak_mb": peak,
            }  # fmt: skip
            row["ratio"] = row["plain_cpu_s"] / row["ours_cpu_s"]
            print(_array_row(row), flush=True)
            found.append(row)
    return found


_ARRAY = "{:<12}{:>12}  {:<9}{:>10}{:>10}{:>8}{:>8}{:>10}"
_STAGE = "{:<12}{:>14}{:>14}{:>9}{:>9}{:>10}{:>12}"


def _array_row(row) -> str:
    numbers = ["{:.2f}".format(row[key]) for key in ("plain_cpu_s", "ours_cpu_s", "ratio")]
    equal = "yes" if row["equal"] else "NO"
    peak = "{:.0f}".format(row["peak_mb"])
    return _ARRAY.format(row["forest"], "{:,}".format(row["nodes"]), row["order"], *numbers, equal, peak)


def stack_path(args, side: int) -> Path:
    return Path(args.folder) / "bench_forest_{}_{:g}.tif".format(side, args.valid if side == args.large else 1)


def model_path(args, name: str) -> Path:
    return Path(args.folder) / "bench_forest_{}_{}_{}.carbonmodel".format(name, args.trees, args.samples)


def make(args) -> None:
    """The stack or stacks, tile by tile, and the two models."""
    import rasterio
    from rasterio.transform import from_origin

    from carbon_qgis.core.forest import forest_bundle

    side = min(args.side, 1280)
    _, noisy, target = drivers_of(side)
    for name in FORESTS:
        if not model_path(args, name).exists():
            model_path(args, name).write_bytes(forest_bundle(trained(args, name, noisy, target)[1]))
    planes = noisy.T.reshape(len(DRIVERS), side, side)
    for size in filter(None, (args.side, args.large)):
        path, share = stack_path(args, size), args.valid if size == args.large else 1.0
        if path.exists():
            continue
        rng = np.random.default_rng(0)
        with rasterio.open(
            path, "w", driver="GTiff", width=size, height=size, count=len(DRIVERS), dtype="float32", nodata=-9999.0,
            crs="EPSG:32650", transform=from_origin(200000, 4400000, 1000, 1000), tiled=True, blockxsize=TILE,
            blockysize=TILE, compress="ZSTD", BIGTIFF="IF_SAFER", SPARSE_OK=True,
        ) as dataset:  # fmt: skip
            for band, (driver, unit) in enumerate(DRIVERS, 1):
                dataset.set_band_description(band, driver)
                dataset.set_band_unit(band, unit)
            dataset.update_tags(CARBON_YEAR="2020")
            for row in range(0, size, TILE):
                for col in range(0, size, TILE):
                    if rng.random() > share:
                        continue
                    height, width = min(TILE, size - row), min(TILE, size - col)
                    if share < 1:  # any part of the region will do
                        part = planes[:, :height, :width]
                    else:
                        part = planes[:, row : row + height, col : col + width]
                    dataset.write(part, window=((row, row + height), (col, col + width)))


def stage(args) -> dict:
    """One run of `predict_forest` from file to file."""
    from carbon_qgis.core.forest import read_forest
    from carbon_qgis.core.outputs import OutputSet
    from carbon_qgis.core.predict_forest import predict_forest
    from carbon_qgis.core.raster.settings import EngineSettings

    stack, out, clock = str(stack_path(args, args.measured)), str(Path(args.folder) / "bench_forest_out.tif"), Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    forest = read_forest(str(model_path(args, args.forest)))
    with OutputSet([stack]) as outputs:
        result = predict_forest(
            stack, forest, outputs, {"DENSITY": out}, progress=clock, settings=EngineSettings(threads=2)
        )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"forest": args.forest, "cells": result.cells, "wall_s": wall, "cpu_s": cpu, "peak_mb": _peak_mb(),
            "silence_s": clock.longest}  # fmt: skip


def _peak_mb() -> float:
    """Peak memory of this program; `ru_maxrss` would hold that of the one that started it as well."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024.0
    return float("nan")


def _run(args, *extra) -> str:
    names = ("side", "large", "valid", "folder", "trees", "samples")
    options = ["--{}={}".format(name, getattr(args, name)) for name in names]
    done = subprocess.run([sys.executable, __file__, *options, *extra], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def stages(args) -> list:
    """Every stage in a process of its own."""
    _run(args, "--make")
    found = []
    for side in filter(None, (args.side, args.large)):
        for name in FORESTS:
            runs = [json.loads(_run(args, "--measured", str(side), "--forest", name)) for _ in range(args.repeat)]
            row = sorted(runs, key=lambda each: each["wall_s"])[len(runs) // 2]
            numbers = ["{:.1f}".format(row["wall_s"]), "{:.1f}".format(row["cpu_s"]), "{:.0f}".format(row["peak_mb"])]
            print(_STAGE.format(name, "{0} x {0}".format(side), "{:,}".format(row["cells"]), *numbers,
                                "{:.2f}".format(row["silence_s"])), flush=True)  # fmt: skip
            found.append(dict(row, side=side))
    return found


def main() -> None:
    """Both parts and their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=1265)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--valid", type=float, default=0.02)
    parser.add_argument("--trees", type=int, default=80)
    parser.add_argument("--samples", type=int, default=96_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--only", choices=("arrays", "stage"))
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--json")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measured", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--forest", choices=tuple(FORESTS), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make(args)
        return
    if args.measured:
        print(json.dumps(stage(args)))
        return
    print("{:,} cells, {} drivers, {} trees, {:,} samples".format(
        args.side**2, len(DRIVERS), args.trees, args.samples))  # fmt: skip
    found = {}
    if args.only != "stage":
        head = ("forest", "nodes/tree", "order", "plain CPU", "ours CPU", "ratio", "equal", "peak MB")
        print(_ARRAY.format(*head), flush=True)
        found["arrays"] = arrays(args)
    if args.only != "arrays":
        print(_STAGE.format("forest", "raster", "valid cells", "wall s", "CPU s", "peak MB", "silence s"), flush=True)
        found["stage"] = stages(args)
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
