"""An ensemble from files to files: wall and CPU seconds, peak memory, longest silence of the progress.

    python benchmarks/bench_scenarios.py [--side 347] [--years 2020,2060,5] [--trees 80] [--samples 20000] [--threads 2]

A synthetic province of side x side cells (347 x 347: 120,000) with six drivers, four of which follow three pathways,
is written as single rasters with their driver table; a robust forest is trained on it; then `run_scenarios` computes
the 21 runs of the paper's design for every year, all rasters included, in a process of its own. A second run into the
same folder shows what a resume costs when all is complete.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


class Clock:
    """A progress that remembers the longest time between two moves."""

    def __init__(self):
        self.last, self.longest, self.share, self.lock = time.perf_counter(), 0.0, 0.0, threading.Lock()

    def update(self, fraction, message=None):
        """Note a move."""
        with self.lock:
            now = time.perf_counter()
            if fraction > self.share or message:
                self.longest, self.last, self.share = max(self.longest, now - self.last), now, fraction

    def cancelled(self):
        """Never."""
        return False


def make(args) -> None:
    """Drivers, their table and the forest."""
    from carbon_qgis.core.scenario_plan import parse_years
    from tests.core.ensemble_region import train, write_drivers

    write_drivers(args.folder, args.side, parse_years(args.years), tile=256)
    train(args.folder, args.side, trees=args.trees, most=args.samples)


def measure(args) -> dict:
    """One ensemble."""
    from carbon_qgis.core.forest import read_forest
    from carbon_qgis.core.raster.settings import EngineSettings
    from carbon_qgis.core.run_scenarios import run_scenarios
    from carbon_qgis.core.scenario_matrix import parse_groups
    from carbon_qgis.core.scenario_plan import Design
    from carbon_qgis.core.scenario_table import read_scenario_table
    from tests.core.ensemble_region import GROUPS, PATHWAYS

    folder = Path(args.folder)
    wall, cpu = time.perf_counter(), time.process_time()
    model = str(folder / "forest.carbonmodel")
    table, forest, clock = read_scenario_table(str(folder / "drivers.csv")), read_forest(model), Clock()
    result = run_scenarios(
        table, forest, model, str(folder / "ensemble"),
        Design(parse_groups(GROUPS), PATHWAYS, years=args.years), progress=clock,
        settings=EngineSettings(threads=args.threads),
    )  # fmt: skip
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = sum(os.path.getsize(path) for path in result.files["DENSITY"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {"wall": wall, "cpu": cpu, "peak": peak, "silence": clock.longest, "computed": result.computed,
            "kept": result.kept, "mb": size / 1e6}  # fmt: skip


def main() -> None:
    """Make the province, compute the ensemble, resume it, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=347)
    parser.add_argument("--years", default="2020,2060,5")
    parser.add_argument("--trees", type=int, default=80)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", default="")
    parser.add_argument("--step", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        print(json.dumps({"make": make, "measure": measure}[args.step](args)))
        return
    folder = args.folder or tempfile.mkdtemp(prefix="bench_scenarios_")
    options = ["--{}={}".format(name, getattr(args, name)) for name in ("side", "years", "trees", "samples", "threads")]

    def run(step: str) -> dict:
        command = [sys.executable, __file__, *options, "--folder=" + folder, "--step=" + step]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    try:
        run("make")
        print("{:,} cells, 6 drivers, {} trees, {} threads".format(args.side**2, args.trees, args.threads))
        print(
            "{:<12}{:>9}{:>9}{:>8}{:>9}{:>9}{:>11}".format(
                "", "rasters", "wall s", "CPU s", "peak MB", "MB", "silence s"
            )
        )
        for name in ("ensemble", "again"):
            row = run("measure")
            numbers = [row["computed"], row["wall"], row["cpu"], row["peak"], row["mb"], row["silence"]]
            print("{:<12}{:>9}{:>9.1f}{:>8.1f}{:>9.0f}{:>9.1f}{:>11.2f}".format(name, *numbers))
    finally:
        if not args.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
