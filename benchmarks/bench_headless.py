"""The six algorithms of bench_scaling.py as users run them: `qgis_process`, with tables, reports and run records.

    .venv/bin/python benchmarks/bench_headless.py [--cells 1.6e9] [--only carbonstock ...]

Prints a line each: wall and CPU seconds and peak memory of the whole process, QGIS's start included, and keeps them in
headless.json for the page of bench_scaling.py. The inputs are those of bench_scaling.py, which are made if they are
missing.
"""

import argparse
import csv
import json
import math
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import bench_scaling  # noqa: E402
import bench_stock  # noqa: E402
from measure import measure  # noqa: E402


def pool_file(folder: Path) -> str:
    """The pool table of the clusters' tests, as a file."""
    from carbon_qgis.core.pools import POOLS
    from tests.cluster.cases import POOLS as table

    path = folder / "pools.csv"
    with open(path, "w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["lucode", *("c_" + pool for pool in POOLS)])
        rows.writerows([code, *densities] for code, densities in zip(table.codes, table.densities))
    return str(path)


def parameters(stage: str, paths: dict, bundles: list, folder: Path, out: Path) -> list:
    """Inputs and all outputs of an algorithm, as qgis_process takes them."""
    def at(name: str) -> str:
        return str(out / name)

    if stage == "carbonstock":
        given = {"LANDCOVER": paths["first"], "YEAR": 2000, "LANDCOVER_ALT": paths["second"], "YEAR_ALT": 2010,
                 "POOLS": pool_file(folder), "TOTAL": at("total.tif"), "CHANGE": at("change.tif"),
                 "TABLE": at("classes.csv"), "TRANSITIONS": at("transitions.csv")}  # fmt: skip
    elif stage == "densitystock":
        given = {"SOIL": paths["soil"], "ABOVE": paths["above"], "YEAR": 2000, "TOTAL": at("total.tif"),
                 "STOCK": at("stock.tif"), "TABLE": at("t.csv")}  # fmt: skip
    elif stage == "carbonaccumulation":
        years = ",".join("{},{}".format(Path(path).stem, year) for year, path in paths.items())
        given = {"DENSITIES": list(paths.values()), "YEARS": years, "RATE": at("rate.tif"), "TABLE": at("t.csv")}
    elif stage == "geodetector":
        drivers = [path for name, path in paths.items() if name not in ("target", "cover")]
        given = {"TARGET": paths["target"], "DRIVERS": [*drivers, paths["cover"]], "CLASSES": 6,
                 "CATEGORICAL": Path(paths["cover"]).stem,
                 "FACTORS": at("q.csv"), "INTERACTIONS": at("i.csv")}  # fmt: skip
    elif stage == "predictforest":
        given = {"STACK": paths["stack"], "MODEL": bundles[0], "DENSITY": at("d.tif"), "TOTALS": at("t.csv")}
    else:
        given = {"STACK": paths["stack"], "LEVEL_MODEL": bundles[0], "DENSITY_MODEL": bundles[1],
                 "DENSITY": at("d.tif"), "TABLE": at("t.csv")}  # fmt: skip
    given["REPORT"] = at("report.html")
    pairs = [(name, item) for name, value in given.items() for item in (value if isinstance(value, list) else [value])]
    return ["--{}={}".format(name, item) for name, item in pairs]


def main() -> None:
    """Run what is asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=float, default=1.6e9)
    parser.add_argument("--only", nargs="+", choices=bench_scaling.STAGES, default=bench_scaling.STAGES)
    parser.add_argument("--folder", default=str(HERE.parent / "build" / "scaling"))
    options = parser.parse_args()
    folder, side = Path(options.folder), math.ceil(math.sqrt(options.cells))
    grids, out = bench_scaling.Grids(folder), folder / "headless"
    with tempfile.TemporaryDirectory() as home:
        environment = bench_stock.qgis_environment(home)
        environment["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
        for stage in options.only:
            sparse = stage in bench_scaling.PREDICTORS and options.cells >= bench_scaling.SPARSE_FROM
            share = bench_scaling.SPARSE_SHARE if sparse else 1.0
            paths = bench_scaling.inputs_of(stage, grids, side, share)
            bundles = bench_scaling.models(stage, grids)
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            given = parameters(stage, paths, bundles, folder, out)
            run = measure(["qgis_process.bin", "run", "carbon:" + stage, *given], env=environment, interval=0.5)
            names = sorted(path.name for path in out.iterdir())
            if run.returncode or "report.html" not in names:
                raise SystemExit("{} failed:\n{}\n{}".format(stage, run.stdout[-2000:], run.stderr[-2000:]))
            line = "{}, {:,} cells ({:.0%} with data): wall {:.1f} s, CPU {:.1f} s, peak {:.0f} MB; {}"
            numbers = (side * side, share, run.wall, run.cpu, run.peak / 1e6)
            print(line.format(stage, *numbers, ", ".join(names)), flush=True)
            kept = bench_scaling.read_results(folder / "headless.json")
            kept[stage] = {"stage": stage, "cells": side * side, "with data": share, "cpu": round(run.cpu, 1),
                           "peak_mb": round(run.peak / 1e6)}  # fmt: skip
            (folder / "headless.json").write_text(json.dumps(kept, indent=1))
            shutil.rmtree(out)


if __name__ == "__main__":
    main()
