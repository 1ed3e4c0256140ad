"""The least that carbon stock by table takes with numpy and GDAL: read, look up, write; nothing else.

    /usr/bin/python3 benchmarks/stock_floor.py --baseline T1.tif [--alternate T2.tif] --pools POOLS.csv --out DIR

Writes the same 5 or 11 rasters as `bench_stock.py` compares, as carbon:carbonstock does by default (ZSTD level 1,
tiles of 256, windows of 1024), one thread for each file. No QGIS, no plugin, no checks, no areas, no totals, no report:
what is above it in a comparison is the price of all that, and what is below it no arrangement of ours can reach.
"""

import argparse
import csv
import os
import queue
import threading

import numpy as np
import rasterio
from rasterio.windows import Window

SIDE, MISSING = 1024, np.float32(-3.4028234663852886e38)


def tables_of(pools: str) -> dict:
    """256 densities by pool, `MISSING` where no class is; the total first."""
    with open(pools, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name.startswith("c_")]
    tables = {name: np.full(256, MISSING) for name in ["total", *columns]}
    for row in rows:
        for name in columns:
            tables[name][int(row["lucode"])] = float(row[name])
        tables["total"][int(row["lucode"])] = sum(float(row[name]) for name in columns)
    return tables


def change_table(total: np.ndarray) -> np.ndarray:
    """(65536,) second minus first total by first + 256 * second."""
    change = total[:, np.newaxis] - total[np.newaxis, :]
    change[(total[:, np.newaxis] == MISSING) | (total[np.newaxis, :] == MISSING)] = MISSING
    return change.ravel()


def write_from(waiting: "queue.Queue", path: str, profile: dict) -> None:
    """Write what arrives until None does."""
    with rasterio.open(path, "w", **profile) as file:
        for row, col, block in iter(waiting.get, None):
            file.write(block[np.newaxis], window=Window(col, row, block.shape[1], block.shape[0]))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Read, look up, write.")
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--alternate")
    parser.add_argument("--pools", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    tables = tables_of(options.pools)
    with rasterio.Env(GDAL_CACHEMAX=64):
        sources = [rasterio.open(path) for path in (options.baseline, options.alternate) if path]
        profile = dict(driver="GTiff", width=sources[0].width, height=sources[0].height, count=1, dtype="float32",
                       crs=sources[0].crs, transform=sources[0].transform, nodata=float(MISSING), tiled=True,
                       blockxsize=256, blockysize=256, compress="ZSTD", ZSTD_LEVEL=1)  # fmt: skip
        lookups = [(date, name, table) for date in range(len(sources)) for name, table in tables.items()]
        if options.alternate:
            lookups.append((None, "change", change_table(tables["total"])))
        queues = [queue.Queue(maxsize=2) for _ in lookups]
        threads = []
        for waiting, (date, name, _) in zip(queues, lookups):
            path = os.path.join(options.out, "{}_{}.tif".format(name, date))
            threads.append(threading.Thread(target=write_from, args=(waiting, path, profile)))
            threads[-1].start()
        for row in range(0, profile["height"], SIDE):
            for col in range(0, profile["width"], SIDE):
                size = min(SIDE, profile["height"] - row), min(SIDE, profile["width"] - col)
                codes = [source.read(1, window=Window(col, row, size[1], size[0])) for source in sources]
                for waiting, (date, _, table) in zip(queues, lookups):
                    index = codes[0] + codes[1] * np.uint16(256) if date is None else codes[date]
                    waiting.put((row, col, table.take(index)))
        for waiting, thread in zip(queues, threads):
            waiting.put(None)
            thread.join()


if __name__ == "__main__":
    main()
