"""What a run on a Dask cluster moves over the network, by stage: bytes per cell, and an estimate for a large grid.

    python benchmarks/bench_cluster.py [--side 2048] [--monthly 1024] [--workers 2] [--estimate 10e9] [--only NAME ...]
                                       [--folder DIR] [--json FILE]

A scheduler and worker processes are started in a network namespace of their own, whose loopback interface carries
nothing else: the bytes are what the kernel counted there, with everything that Dask says and every detour it takes
(results go from the worker to the scheduler and from there to the run). Beside it stand what the workers read of the
input files (`/proc/PID/io`), which a shared file system or object store has to deliver, and what was written. Every
output is compared with that of a local run. The predictors read `--model` cells a side, CASA `--monthly`. Pictures for
reports are thinned as on the large grid: they have a fixed size, whatever the raster. The memory budget is
1 GB, so that blocks are 1024 x 1024 cells. Linux, `unshare` (util-linux) and `ip` (iproute2).

The estimate multiplies bytes per cell by `--estimate` cells, and divides by what one link carries (1 and 10 Gbit/s).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

#: Blocks of a run that the user gave enough memory: 1024 x 1024 cells.
MEMORY, THREADS = 1024, 2
INSIDE = "CARBON_BENCH_NAMESPACE"
HEADER = "{:<20}{:>12}{:>9}{:>9}{:>11}{:>11}{:>11}{:>8}  {}"


def in_own_network() -> None:
    """Start again in a network namespace with a loopback interface that nobody else uses."""
    if os.environ.get(INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    command = ["unshare", "--net", "--map-root-user", sys.executable, *sys.argv]
    os.execvpe(command[0], command, dict(os.environ, **{INSIDE: "1"}))


def loopback_bytes() -> int:
    """Bytes sent over the loopback interface so far."""
    for line in Path("/proc/self/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[8])
    raise RuntimeError("there is no loopback interface")


def read_bytes(processes) -> int:
    """Bytes that processes read from files so far: sockets do not count in `rchar`, as Dask receives by recv."""
    total = 0
    for process in processes:
        lines = Path("/proc/{}/io".format(process.pid)).read_text().splitlines()
        total += int(next(line for line in lines if line.startswith("rchar")).split()[1])
    return total


def same_rasters(one: Path, two: Path) -> bool:
    """Whether two folders hold the same rasters: cells, grid, nodata, names, units and tags.

    Not the bytes of the files: from some ten megabytes on, GDAL's cache decides when a tile goes to the disk, so their
    order differs between two local runs too.
    """
    import rasterio

    def content(path: Path):
        with rasterio.open(path) as dataset:
            tags = [dataset.tags()] + [dataset.tags(band) for band in dataset.indexes]
            return dataset.read().tobytes(), str(dataset.profile), dataset.descriptions, dataset.units, tags

    names = sorted(path.name for path in one.glob("*"))
    return names == sorted(path.name for path in two.glob("*")) and all(
        content(one / name) == content(two / name) for name in names
    )


def measure(name: str, inputs, folder: Path, cluster, estimate: float) -> dict:
    """One stage, locally and on the cluster."""
    from carbon_qgis.core.raster import write
    from carbon_qgis.core.raster.settings import EngineSettings
    from tests.cluster.cases import run_case

    sides = {"predictforest": inputs.model_side, "estimatedensity": inputs.model_side, "casanpp": inputs.monthly_side}
    side = sides.get(name, inputs.side)
    write.OVERVIEW_SIDE = max(1, round(900 * side / estimate**0.5))
    begun = time.perf_counter()
    run_case(name, inputs, folder / "local", EngineSettings(MEMORY, THREADS))
    local = time.perf_counter() - begun
    workers, settings = list(cluster.workers.values()), EngineSettings(MEMORY, THREADS, scheduler=cluster.address)
    run_case(name, inputs, folder / "first", settings)  # what it imports on the workers is not counted
    sent, read, begun = loopback_bytes(), read_bytes(workers), time.perf_counter()
    run_case(name, inputs, folder / "cluster", settings)
    wall = time.perf_counter() - begun
    return {
        "stage": name,
        "cells": side**2,
        "network": loopback_bytes() - sent,
        "read": read_bytes(workers) - read,
        "written": sum(path.stat().st_size for path in (folder / "cluster").glob("*")),
        "local": local,
        "wall": wall,
        "same": same_rasters(folder / "local", folder / "cluster"),
    }


def print_table(rows) -> None:
    """Bytes per cell and seconds."""
    columns = ("cells", "net B", "read B", "written B", "net MB", "local s", "cluster s", "outputs")
    print(HEADER.format("stage", *columns))
    for row in rows:
        cells = row["cells"]
        numbers = ["{:.2f}".format(row[key] / cells) for key in ("network", "read", "written")]
        numbers += ["{:.1f}".format(row["network"] / 1e6), "{:.1f}".format(row["local"]), "{:.1f}".format(row["wall"])]
        print(HEADER.format(row["stage"], "{:,}".format(cells), *numbers, "equal" if row["same"] else "DIFFER"))


def print_estimate(rows, cells: float) -> None:
    """Bytes of a large grid, and the time that a link takes for them."""
    print(
        "\nEstimate for {:,.0f} cells: bytes per cell times cells; a link carries 0.8 of what it is named for".format(
            cells
        )
    )
    line = "{:<20}{:>14}{:>14}{:>18}{:>18}"
    print(line.format("stage", "network GB", "read GB", "1 Gbit/s, hours", "10 Gbit/s, hours"))
    for row in rows:
        network = row["network"] / row["cells"] * cells
        hours = ["{:.2f}".format(network * 8 / (0.8 * speed) / 3600) for speed in (1e9, 1e10)]
        read = row["read"] / row["cells"] * cells
        print(line.format(row["stage"], "{:,.0f}".format(network / 1e9), "{:,.0f}".format(read / 1e9), *hours))


def main() -> None:
    """Start the cluster, run the stages, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--model", type=int, default=1024)
    parser.add_argument("--monthly", type=int, default=1024)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--estimate", type=float, default=10e9)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--folder")
    parser.add_argument("--json")
    args = parser.parse_args()
    in_own_network()
    from tests.cluster.cases import CASES, Inputs
    from tests.cluster.conftest import LocalCluster

    with tempfile.TemporaryDirectory(dir=args.folder) as scratch:
        folder = Path(scratch)
        inputs = Inputs(folder / "inputs", args.side, 640, model_side=args.model, monthly_side=args.monthly)
        (folder / "cluster").mkdir()
        cluster = LocalCluster(folder / "cluster")
        try:
            cluster.start(ROOT, args.workers)
            rows = [measure(name, inputs, folder / name, cluster, args.estimate) for name in args.only or CASES]
        finally:
            cluster.stop()
    print_table(rows)
    print_estimate(rows, args.estimate)
    if args.json:
        Path(args.json).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
