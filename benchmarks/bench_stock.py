"""Carbon stock by table: carbon:carbonstock against InVEST, whole processes, side by side in one run.

    python benchmarks/bench_stock.py [--sizes 2000 8000 20000] [--rasters 5 11] [--compress default lzw]
                                     [--repeats 3] [--folder DIR] [--only peer|ours] [--floor] [--peer-report]
                                     [--json FILE]

Prints a Markdown table of medians with ratios, after checking that the rasters and the totals agree. See
README.md here for what is compared and how.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

import landcover  # noqa: E402
from measure import Measurement, measure  # noqa: E402

TOLERANCE = 1e-6
FLOOR = "read, look up, write (ZSTD 1)"
REPORTING = "InVEST, with its report and metadata (LZW)"
POOLS = ("above", "below", "soil", "dead")
PEER_RASTERS = {"total": "c_storage_bas.tif", "total_alt": "c_storage_alt.tif", "change": "c_change_bas_alt.tif"}
for _pool in POOLS:
    PEER_RASTERS[_pool] = f"intermediate_outputs/c_{_pool}_bas.tif"
    PEER_RASTERS[_pool + "_alt"] = f"intermediate_outputs/c_{_pool}_alt.tif"

OUR_TOTALS = {"total": "STOCK_TG", "total_alt": "STOCK_ALT_TG", "change": "CHANGE_TG"}
"""Number outputs of carbon:carbonstock with the totals in Tg C."""


def roles(rasters: int) -> List[str]:
    """Return the rasters of a comparison by role: 5 for one land cover, 11 for two."""
    first = ["total", *POOLS]
    if rasters == 5:
        return first
    return [*first, "total_alt", *(p + "_alt" for p in POOLS), "change"]


def our_command(paths: Dict[str, str], rasters: int, compress: str, out: str) -> Tuple[List[str], Dict[str, str]]:
    """Return the command of carbon:carbonstock and the raster that it writes for each role.

    Everything that the algorithm can tell is asked for: class table, transition table and report.
    """
    written = {role: os.path.join(out, role + ".tif") for role in roles(rasters)}
    command = ["qgis_process.bin", "--json", "run", "carbon:carbonstock", f"--LANDCOVER={paths['t1']}",
               f"--POOLS={paths['pools']}", f"--TABLE={out}/classes.csv", f"--REPORT={out}/report.html"]
    if rasters == 11:
        command += [f"--LANDCOVER_ALT={paths['t2']}", f"--TRANSITIONS={out}/transitions.csv"]
    command += [f"--{role.upper()}={path}" for role, path in written.items()]
    if compress != "default":
        command.append(f"--COMPRESSION={compress}")
    return command, written


def our_totals(run: Measurement, rasters: int) -> Dict[str, float]:
    """Return the totals (t C) by role from what qgis_process printed."""
    results = json.loads(run.stdout[run.stdout.index("{"):run.stdout.rindex("}") + 1])["results"]
    wanted = {role: name for role, name in OUR_TOTALS.items() if role in roles(rasters)}
    missing = sorted(set(wanted.values()) - set(results))
    if missing:
        raise SystemExit(f"carbon:carbonstock has no output {', '.join(missing)}; it has {', '.join(sorted(results))}.")
    return {role: float(results[name]) * 1e6 for role, name in wanted.items()}


def peer_command(
    python: str, paths: Dict[str, str], rasters: int, out: str, report: bool = False
) -> Tuple[List[str], Dict[str, str]]:
    """Return the command of InVEST's carbon model and the raster that it writes for each role."""
    command = [python, os.path.join(HERE, "peers", "run_invest_carbon.py"), "--baseline", paths["t1"],
               "--pools", paths["pools"], "--workspace", out]
    if rasters == 11:
        command += ["--alternate", paths["t2"]]
    command += ["--report"] if report else []
    return command, {role: os.path.join(out, PEER_RASTERS[role]) for role in roles(rasters)}


def floor_command(paths: Dict[str, str], rasters: int, out: str) -> List[str]:
    """Return the command that reads, looks up and writes, and does nothing else."""
    command = [sys.executable, os.path.join(HERE, "stock_floor.py"), "--baseline", paths["t1"],
               "--pools", paths["pools"], "--out", out]
    return command + (["--alternate", paths["t2"]] if rasters == 11 else [])


def peer_totals(out: str) -> Dict[str, float]:
    """Return the totals (t C) by role from InVEST's summary table."""
    with open(os.path.join(out, "raster_values_summary.csv"), encoding="utf-8", newline="") as f:
        totals = {row["Filename"]: float(row["Total"]) for row in csv.DictReader(f)}
    return {role: totals[name] for role, name in PEER_RASTERS.items() if name in totals}


class Difference(NamedTuple):
    """How far two rasters lie apart."""

    role: str
    largest: float
    """Largest absolute difference, t C/ha."""
    scale: float
    """Largest absolute value of the peer's raster, t C/ha."""
    validity: int
    """Cells that only one of the two calls nodata."""
    cells: int
    """Cells valid in both."""

    @property
    def agrees(self) -> bool:
        """True when no cell differs by more than TOLERANCE of the largest total and the nodata is the same."""
        return self.validity == 0 and self.cells > 0 and self.largest <= TOLERANCE * self.scale


def compare_rasters(ours: str, peer: str, role: str, scale: Optional[float] = None) -> Difference:
    """Compare two rasters in strips of 512 rows.

    Parameters
    ----------
    scale : float, optional
        What differences are judged against, t C/ha; the largest absolute value of the peer's raster when absent.
        A change is judged against the stocks that it is the difference of: float32 keeps 6e-8 of those.
    """
    import rasterio
    from rasterio.windows import Window

    largest, top, validity, cells = 0.0, 0.0, 0, 0
    with rasterio.Env(GDAL_CACHEMAX=128), rasterio.open(ours) as a, rasterio.open(peer) as b:
        if (a.width, a.height, a.count) != (b.width, b.height, b.count) or not a.transform.almost_equals(b.transform):
            raise SystemExit(f"{ours} and {peer} have other grids.")
        for row in range(0, a.height, 512):
            window = Window(0, row, a.width, min(512, a.height - row))
            x, y = a.read(1, window=window), b.read(1, window=window)
            x_valid = ~np.isnan(x) if a.nodata is None or np.isnan(a.nodata) else x != a.nodata
            y_valid = y != b.nodata
            validity += int(np.count_nonzero(x_valid != y_valid))
            both = x_valid & y_valid
            cells += int(np.count_nonzero(both))
            if both.any():
                x, y = x[both].astype(np.float64), y[both]
                top = max(top, float(np.abs(y).max()))
                largest = max(largest, float(np.abs(x - y).max()))
    return Difference(role, largest, top if scale is None else scale, validity, cells)


def check_agreement(ours: Dict[str, str], peer: Dict[str, str], our_sums: Dict[str, float],
                    peer_sums: Dict[str, float]) -> List[str]:
    """Return lines that say how rasters and totals compare.

    Raises
    ------
    SystemExit
        When a raster or a total differs by more than TOLERANCE.
    """
    differences = []
    for role in ours:
        scale = differences[0].scale if role == "change" else None
        differences.append(compare_rasters(ours[role], peer[role], role, scale))
    bad = [d for d in differences if not d.agrees]
    if bad:
        raise SystemExit("Rasters differ: " + "; ".join(
            f"{d.role}: {d.largest:.3g} t C/ha of {d.scale:.4g}, {d.validity} cells valid in one only" for d in bad))
    relative = {r: abs(our_sums[r] - peer_sums[r]) / max(abs(peer_sums[r]), 1.0) for r in our_sums}
    # Rounding of the two stocks in InVEST's float32 rasters weighs on their small difference.
    limits = {r: TOLERANCE * (peer_sums["total"] / max(abs(peer_sums[r]), 1.0) if r == "change" else 1.0)
              for r in our_sums}
    wrong = [r for r in relative if relative[r] > limits[r]]
    if wrong:
        raise SystemExit("Totals differ: " + "; ".join(f"{r}: ours {our_sums[r]!r}, InVEST {peer_sums[r]!r}"
                                                       for r in wrong))
    worst = max(differences, key=lambda d: d.largest / d.scale)
    return [f"{len(differences)} rasters agree: largest difference {worst.largest:.2g} t C/ha in {worst.role} "
            f"({worst.largest / worst.scale:.1g} of the largest value), nodata equal",
            "totals agree: " + ", ".join(f"{r} {relative[r]:.1g}" for r in relative) + " (relative difference)"]


def qgis_environment(home: str) -> Dict[str, str]:
    """Return an environment in which qgis_process has this plugin enabled and a profile of its own in ``home``.

    The plugin is copied as an installation lays it out: QGIS passes over a folder without metadata.txt.
    """
    plugins = os.path.join(home, "plugins")
    installed = os.path.join(plugins, "carbon_qgis")
    shutil.copytree(os.path.join(ROOT, "carbon_qgis"), installed, ignore=shutil.ignore_patterns("__pycache__"))
    if not os.path.exists(os.path.join(installed, "metadata.txt")):
        shutil.copy(os.path.join(ROOT, "metadata.txt"), installed)
    env = dict(os.environ, HOME=home, QT_QPA_PLATFORM="offscreen", QGIS_PLUGINPATH=plugins, XDG_RUNTIME_DIR=home)
    # Python keeps the bytecode of an installed plugin, as it does that of InVEST's environment.
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    done = subprocess.run(["qgis_process.bin", "plugins", "enable", "carbon_qgis"], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    listing = subprocess.run(["qgis_process.bin", "plugins"], env=env, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT).stdout
    if "* carbon_qgis" not in listing:
        raise SystemExit(f"The plugin of {ROOT} could not be enabled:\n{done.stdout}\n{listing}")
    return env


def run_once(command: List[str], out: str, env: Optional[Dict[str, str]] = None) -> Measurement:
    """Run one command into the fresh folder ``out`` and return what it took."""
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    os.sync()  # the pages that the run before left unwritten are not this one's work
    run = measure(command, env=env)
    if run.returncode != 0:
        printed = f"{run.stdout[-4000:]}\n{run.stderr[-4000:]}"
        raise SystemExit(f"{' '.join(command)}\nended with {run.returncode}:\n{printed}")
    return run


class Bench:
    """Runs the cases and keeps their measurements.

    Parameters
    ----------
    folder : str
        Where land covers and outputs go.
    python : str
        Python of InVEST's environment, or '' to leave InVEST out.
    env : dict or None
        Environment of qgis_process, or None to leave ours out.
    floor : bool
        Also measure the least that reading, looking up and writing take.
    report : bool
        Also measure InVEST with its report and metadata, as its command line and Workbench run it.
    """

    def __init__(
        self, folder: str, python: str, env: Optional[Dict[str, str]], floor: bool = False, report: bool = False
    ) -> None:
        self.folder, self.python, self.env, self.floor, self.report = folder, python, env, floor, report
        self.rows: List[Dict[str, object]] = []

    def case(self, size: int, rasters: int, compress: List[str], repeats: int, check: bool = True) -> None:
        """Measure InVEST and ours with each compression, taking turns ``repeats`` times."""
        paths = landcover.ensure_map(size, self.folder)
        runs: Dict[str, List[Measurement]] = {}
        bytes_written: Dict[str, int] = {}
        peer_out = os.path.join(self.folder, "out_invest")
        peer_files: Dict[str, str] = {}
        for repeat in range(repeats):
            _forget_statistics(paths)
            if self.python:
                command, peer_files = peer_command(self.python, paths, rasters, peer_out)
                self._note(runs, "InVEST", run_once(command, peer_out), size, rasters)
                bytes_written["InVEST"] = _size(peer_files)
            for method in compress if self.env else []:
                out = os.path.join(self.folder, "out_ours")
                command, files = our_command(paths, rasters, method, out)
                _forget_statistics(paths)
                run = run_once(command, out, self.env)
                self._note(runs, method, run, size, rasters)
                bytes_written[method] = _size(files)
                if self.python and check and repeat == repeats - 1:
                    lines = check_agreement(files, peer_files, our_totals(run, rasters), peer_totals(peer_out))
                    print(f"  {size}², {rasters} rasters, {method}: " + "; ".join(lines), flush=True)
                shutil.rmtree(out)
            if self.python and self.report:
                command, files = peer_command(self.python, paths, rasters, peer_out, report=True)
                self._note(runs, REPORTING, run_once(command, peer_out), size, rasters)
                bytes_written[REPORTING] = _size(files)
            if self.floor:
                out = os.path.join(self.folder, "out_floor")
                self._note(runs, FLOOR, run_once(floor_command(paths, rasters, out), out), size, rasters)
                bytes_written[FLOOR] = sum(entry.stat().st_size for entry in os.scandir(out))
                shutil.rmtree(out)
        shutil.rmtree(peer_out, ignore_errors=True)
        for name, done in runs.items():
            self.rows.append({"size": size, "rasters": rasters, "name": name, "runs": len(done),
                              "wall": statistics.median(r.wall for r in done),
                              "cpu": statistics.median(r.cpu for r in done),
                              "peak": statistics.median(r.peak for r in done), "bytes": bytes_written[name],
                              "all": [r.as_dict() for r in done]})

    @staticmethod
    def _note(runs: Dict[str, List[Measurement]], name: str, run: Measurement, size: int, rasters: int) -> None:
        runs.setdefault(name, []).append(run)
        print(f"  {size}², {rasters} rasters, {name}: wall {run.wall:.2f} s, CPU {run.cpu:.2f} s, "
              f"peak {run.peak / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}", flush=True)

    def table(self) -> str:
        """Return the Markdown table of medians."""
        lines = ["| land cover | rasters | program | CPU s | wall s | peak MB | written MB | CPU ratio | wall ratio |",
                 "|---|---|---|---|---|---|---|---|---|"]
        peers = {(r["size"], r["rasters"]): r for r in self.rows if r["name"] == "InVEST"}
        names = {"InVEST": "InVEST (LZW)", FLOOR: FLOOR, REPORTING: REPORTING}
        for r in self.rows:
            peer = peers.get((r["size"], r["rasters"]))
            ratios = ["", ""]
            if peer is not None and r["name"] not in ("InVEST", REPORTING):
                ratios = [f"{peer[key] / r[key]:.1f} ×" for key in ("cpu", "wall")]
            name = names.get(r["name"], f"carbonstock ({r['name']})")
            lines.append(f"| {r['size']}² | {r['rasters']} | {name} | {r['cpu']:.2f} | {r['wall']:.2f} | "
                         f"{r['peak'] / 1e6:.0f} | {r['bytes'] / 1e6:.0f} | {ratios[0]} | {ratios[1]} |")
        return "\n".join(lines)


def _forget_statistics(paths: Dict[str, str]) -> None:
    """Remove the .aux.xml files in which GDAL keeps statistics: every run meets the rasters as the first one did."""
    for path in paths.values():
        if os.path.exists(path + ".aux.xml"):
            os.remove(path + ".aux.xml")


def _size(files: Dict[str, str]) -> int:
    return sum(os.path.getsize(p) for p in files.values())


def machine_line() -> str:
    """Return processor, cores and date in one line."""
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {time.strftime('%Y-%m-%d')}"


def invest_version(python: str) -> str:
    """Return the versions of InVEST and of the libraries that it works with."""
    text = ("import importlib.metadata as m; print(', '.join(f'{p} {m.version(p)}' for p in "
            "('natcap.invest', 'pygeoprocessing', 'gdal', 'numpy')))")
    return subprocess.run([python, "-c", text], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def qgis_version(env: Dict[str, str]) -> str:
    """Return the versions of QGIS and GDAL."""
    text = subprocess.run(["qgis_process.bin", "--version"], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True).stdout
    return ", ".join(line.strip() for line in text.splitlines() if line.startswith(("QGIS 3", "QGIS 4", "GDAL")))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="carbon:carbonstock against InVEST, whole processes in one run.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 8000, 20000])
    parser.add_argument("--rasters", type=int, nargs="+", default=[5, 11], choices=[5, 11])
    parser.add_argument("--compress", nargs="+", default=["default", "lzw"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "carbon-bench"))
    parser.add_argument("--invest", default=os.path.join(HERE, ".peers", "invest"), help="made by peers/setup-invest")
    parser.add_argument("--only", choices=["peer", "ours"])
    parser.add_argument("--floor", action="store_true", help="beside both, the least that any program takes")
    parser.add_argument("--peer-report", action="store_true",
                        help="beside both, InVEST with the report that its command line and Workbench write")
    parser.add_argument("--no-check", action="store_true", help="do not compare the rasters (quicker at 20,000²)")
    parser.add_argument("--json", help="also write every single measurement here")
    options = parser.parse_args()

    python = "" if options.only == "ours" else os.path.join(options.invest, "bin", "python")
    if python and not os.path.exists(python):
        raise SystemExit(f"InVEST is not in {options.invest}. Run benchmarks/peers/setup-invest first.")
    # On disk beside the data, never in the user's own profile.
    os.makedirs(options.folder, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="carbon-bench-home-") as home:
        env = None if options.only == "peer" else qgis_environment(home)
        head = [machine_line()]
        head += [f"peer: {invest_version(python)}; writes LZW (its own setting), no HTML report"] if python else []
        head += [f"ours: {qgis_version(env)}; QGIS's start, report, tables and run record included"] if env else []
        print("\n".join(head), flush=True)
        bench = Bench(options.folder, python, env, options.floor, options.peer_report)
        # Once unmeasured, so that neither side pays for cold files and uncompiled modules.
        bench.case(500, 5, ["default"], 1)
        bench.rows.clear()
        for size in options.sizes:
            for rasters in options.rasters:
                bench.case(size, rasters, options.compress, options.repeats, not options.no_check)
        print(f"\nMedians of {options.repeats}. Ratio: InVEST / ours.\n\n" + bench.table())
        if options.json:
            with open(options.json, "w", encoding="utf-8") as f:
                json.dump({"head": head, "rows": bench.rows}, f, indent=1)


if __name__ == "__main__":
    main()
