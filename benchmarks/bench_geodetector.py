"""Geodetector on arrays: wall and CPU seconds and peak memory of counting and scoring, each case in its own process.

    python benchmarks/bench_geodetector.py [--rows 1600000] [--factors 6] [--classes 10] [--streamed 100000000]

Factor and interaction detector with all tests; with 7 ecosystems they are all scored in the same pass. If the PyPI
package `py_geodetector` can be imported, it runs beside ours on the same rows. `--streamed` adds a case of that many
cells in blocks of a million (made on the fly, its time shown apart). Best of three, except streamed.
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


CASES = {
    "ours, overall": lambda args: ours(args, False),
    "ours, overall + 7 ecosystems": lambda args: ours(args, True),
    "ours, streamed, 7 ecosystems": streamed,
    "py_geodetector, overall": peer,
}


def main() -> None:
    """Run every case in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 1_600_000), ("factors", 6), ("classes", 10), ("streamed", 0)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(CASES[args.case](args)))
        return
    print("{:,} rows, {} factors, {} classes; streamed: {:,} cells".format(
        args.rows, args.factors, args.classes, args.streamed))  # fmt: skip
    head = "{:<32}{:>9}{:>9}{:>11}{:>12}{:>11}  {}"
    print(head.format("case", "wall s", "CPU s", "counting s", "added MB", "peak MB", "q of x0"))
    for case in CASES:
        if case.startswith("ours, streamed") and not args.streamed:
            continue
        done = subprocess.run([sys.executable, __file__, "--case", case] + [
            "--{}={}".format(k, getattr(args, k)) for k in ("rows", "factors", "classes", "streamed")
        ], capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            print("{:<32}not run: {}".format(case, done.stderr.strip().splitlines()[-1]))
            continue
        row = json.loads(done.stdout.splitlines()[-1])
        values = [row.get(k) for k in ("wall", "cpu", "counting", "added", "peak")]
        text = ["" if v is None else ("{:.3f}" if k < 3 else "{:.0f}").format(v) for k, v in enumerate(values)]
        print(head.format(case, *text, "" if row["q"] is None else "{:.12f}".format(row["q"])))


if __name__ == "__main__":
    main()
