"""Classes of drivers: time, and sum of squares above the exact optimum.

    python benchmarks/bench_breaks.py [cells]

CPU seconds of one core, sorting included. "above" is the within-class sum of squares of all raw values over that
of the exact optimum, minus 1.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from carbon_qgis.core.discretize import METHODS, Distribution, breaks, classify  # noqa: E402
from carbon_qgis.core.optimal_classes import optimal_classes  # noqa: E402


def drivers(n, rng):
    """Values that look like drivers: bulk, tails, outliers, ties, an offset, a nodata value that leaked."""
    return {
        "normal": rng.normal(size=n),
        "uniform": rng.random(n),
        "lognormal": rng.lognormal(0, 2, n),
        "Pareto 1.1": rng.pareto(1.1, n),
        "two modes": np.concatenate((rng.normal(0, 1, n // 2), rng.normal(100, 1, n - n // 2))),
        "outlier 1e6": np.append(rng.normal(size=n - 1), 1e6),
        "leaked -9999": np.concatenate((rng.random(n - n // 100), np.full(n // 100, -9999.0))),
        "offset 1e6": 1e6 + 1000 * rng.normal(size=n),
        "integers": np.floor(rng.gamma(2, 300, n)),
    }


def squares_within(x, bounds):
    """Sum of squares within the classes, each centred on its own mean."""
    x = np.sort(x).astype(np.float64)
    parts = np.split(x, np.searchsorted(x, bounds[:-1], side="right"))
    return sum(float(np.sum((part - part.mean()) ** 2)) for part in parts if part.size)


def timed(function, *args, **kwargs):
    start = time.process_time()
    result = function(*args, **kwargs)
    return result, time.process_time() - start


def bench_natural(n, k=10):
    print(f"Natural breaks, k = {k}, {n:,} float32 values")
    print(f"{'driver':14}{'bins s':>9}{'above':>11}{'exact s':>9}")
    for name, x in drivers(n, np.random.default_rng(1)).items():
        x = x.astype(np.float32)
        binned, seconds = timed(lambda x=x: breaks(Distribution.from_values(x), "natural", k))
        exact, seconds_exact = timed(lambda x=x: breaks(Distribution.from_values(x, exact=True), "natural", k))
        above = squares_within(x, binned) / squares_within(x, exact) - 1
        print(f"{name:14}{seconds:9.3f}{above:11.1e}{seconds_exact:9.3f}")


def bench_classify(n):
    x = np.random.default_rng(2).normal(size=n).astype(np.float32)
    distribution = Distribution.from_values(x)
    print(f"\nClass codes of {n:,} float32 values: ms by comparisons, ms by searchsorted")
    for k in (5, 10, 50, 255):
        bounds = breaks(distribution, "quantile", k)
        compared = min(timed(classify, x, bounds)[1] for _ in range(3))
        searched = timed(lambda bounds=bounds: np.searchsorted(bounds[:-1], x, side="left").astype(np.uint8))[1]
        print(f"{k:4} classes{1000 * compared:9.1f}{1000 * searched:9.1f}")


def bench_optimal(n):
    rng = np.random.default_rng(3)
    factors = list(drivers(n, rng).values())[:6]
    y = sum(np.tanh((x - np.median(x)) / (np.percentile(x, 75) - np.percentile(x, 25))) for x in factors)
    y = y + rng.normal(size=n)
    start = time.process_time()
    for x in factors:
        optimal_classes(Distribution.from_values(x.astype(np.float32), y), methods=METHODS, ks=range(3, 9))
    print(f"OPGD, 6 drivers x 5 methods x k 3-8, {n:,} cells: {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 1_600_000
    bench_natural(cells)
    bench_classify(cells)
    print()
    for size in (100_000, cells):
        bench_optimal(size)
