"""Time and peak memory of six stages from 10^6 to 1.6 x 10^9 cells: docs/scaling.md and docs/images/scaling.png.

    python benchmarks/bench_scaling.py [--cells 1e6 1e7] [--only STAGE ...] [--folder build/scaling] [--again]
    python benchmarks/bench_scaling.py --cells 1e6 1e7 1e8 1.6e9          # all of it: hours, and 30 GB in the folder
    python benchmarks/bench_scaling.py --write                            # page and plot from what is there

Inputs are virtual rasters that repeat files of 5120 x 5120 cells (more than GDAL's block cache holds, so that every
block is decoded), so their size on the disk does not grow. Outputs are real and deleted after each run. From 10^9 cells
on the two predictors read a stack of which 95 % of the tiles have no data, below they read data everywhere. Every run
is a process of its own, with the default memory budget and two threads; the time is that of the stage without the
start of Python, the memory the kernel's peak of the process (VmHWM), everything included. Results are kept in
`FOLDER/scaling.json`: a run that is there is not repeated unless `--again` is given, so a stopped benchmark goes on
where it was. Runs need free disk for their outputs: 4 to 8 bytes per cell.
"""

import argparse
import json
import math
import os
import shutil
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape

os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

STAGES = ("carbonstock", "densitystock", "carbonaccumulation", "geodetector", "predictforest", "estimatedensity")
PREDICTORS = ("predictforest", "estimatedensity")
WORK = {
    "carbonstock": "2 land covers in, total stock and change out",
    "densitystock": "2 pools in, total density and stock out",
    "carbonaccumulation": "3 dates in, rate out",
    "geodetector": "target, 5 drivers and land cover in; natural breaks, q, interaction",
    "predictforest": "8 drivers in, density out; robust preset, 80 trees",
    "estimatedensity": "8 drivers in, density out; robust preset, blended",
}
SIDE, TILE = 5120, 256
SPARSE_FROM, SPARSE_SHARE = 1e9, 0.05
NODATA = -9999.0
LIMIT_MB = 2000
MARKERS = "os^Dv*"
#: The colours of Okabe and Ito, which colour-blind readers tell apart.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")


# --- inputs ---------------------------------------------------------------------------------------------


class Grids:
    """The base files, and virtual rasters of any size that repeat them."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def base(self, name: str):
        """`Inputs` whose rasters are the base files."""
        from tests.cluster.cases import Inputs

        return Inputs(self.folder / name, SIDE, 640)

    def vrt(self, source: str, side: int, share: float = 1.0) -> str:
        """A virtual raster of side x side cells; a share of its parts holds data."""
        import rasterio

        name = "{}_{}_{:g}.vrt".format(Path(source).stem, side, share)
        path = self.folder / name
        if not path.exists():
            with rasterio.open(source) as dataset:
                path.write_text(_vrt(dataset, source, side, share), encoding="utf-8")
        return str(path)


def _vrt(dataset, source: str, side: int, share: float) -> str:
    a, b, c, d, e, f = tuple(dataset.transform)[:6]
    lines = [
        '<VRTDataset rasterXSize="{0}" rasterYSize="{0}">'.format(side),
        "<SRS>{}</SRS>".format(escape(dataset.crs.to_wkt())),
        "<GeoTransform>{}</GeoTransform>".format(", ".join(repr(value) for value in (c, a, b, f, d, e))),
        _metadata(dataset.tags()),
    ]
    kinds = {"uint8": "Byte", "float32": "Float32"}
    for band in dataset.indexes:
        lines.append('<VRTRasterBand dataType="{}" band="{}" blockXSize="256" blockYSize="256">'.format(
            kinds[dataset.dtypes[band - 1]], band))  # fmt: skip
        lines.append("<Description>{}</Description>".format(escape(dataset.descriptions[band - 1] or "")))
        lines.append(_metadata(dataset.tags(band)))
        lines.append("<NoDataValue>{}</NoDataValue>".format(dataset.nodata))
        if dataset.units[band - 1]:
            lines.append("<UnitType>{}</UnitType>".format(escape(dataset.units[band - 1])))
        lines += _sources(source, band, side, share)
        lines.append("</VRTRasterBand>")
    return "\n".join(lines + ["</VRTDataset>", ""])


def _metadata(tags) -> str:
    kept = {key: value for key, value in tags.items() if key.startswith("CARBON_")}
    items = ['<MDI key="{}">{}</MDI>'.format(key, escape(value)) for key, value in kept.items()]
    return "<Metadata>" + "".join(items) + "</Metadata>"


def _sources(source: str, band: int, side: int, share: float):
    """The parts: whole base files where there is data everywhere, else pieces of them spread over the grid."""
    step = SIDE if share == 1.0 else 2 * TILE
    chosen = np.random.default_rng(1)
    for row in range(0, side, step):
        for col in range(0, side, step):
            if chosen.random() >= share:
                continue
            height, width = min(step, side - row), min(step, side - col)
            inside = 'xOff="{}" yOff="{}" xSize="{}" ySize="{}"'
            yield (
                '<SimpleSource><SourceFilename relativeToVRT="0">{}</SourceFilename><SourceBand>{}</SourceBand>'
                "<SrcRect {}/><DstRect {}/></SimpleSource>".format(
                    escape(os.path.abspath(source)), band, inside.format(col % SIDE, row % SIDE, width, height),
                    inside.format(col, row, width, height),
                )
            )  # fmt: skip


def inputs_of(stage: str, grids: Grids, side: int, share: float) -> dict:
    """Paths of the inputs of a stage, by name; base files that are missing are made."""
    base = grids.base("base")
    if stage == "carbonstock":
        found = {"first": base.cover(2000), "second": base.cover(2010)}
    elif stage == "densitystock":
        found = {"soil": base.density(2000).path, "above": base.density(2000, 0.3, "above").path}
    elif stage == "carbonaccumulation":
        found = {str(year): base.density(year).path for year in (2000, 2005, 2012)}
    elif stage == "geodetector":
        found = {name: base.driver(name) for name in ("NDVI", "PRE", "TEM", "SM", "DEM")}
        found.update(target=base.density(2000).path, cover=base.cover(2000))
    else:
        found = {"stack": base.stack()}
    return {name: grids.vrt(path, side, share) for name, path in found.items()}


def models(stage: str, grids: Grids) -> list:
    """Paths of the bundles that a predictor reads, trained once with the presets that users get."""
    base = grids.base("base")
    if stage == "predictforest":
        from carbon_qgis.core.forest import forest_bundle
        from carbon_qgis.core.forest_training import ROBUST, fit_forest, preset_options

        path = grids.folder / "forest.carbonmodel"
        if not path.exists():
            path.write_bytes(forest_bundle(fit_forest(base.samples(10_000), preset_options(ROBUST, trees=80)).forest))
        return [str(path)]
    if stage == "estimatedensity":
        from carbon_qgis.core.coupled import CHECKSUM, fit_coupled, levels_checksum
        from carbon_qgis.core.level_density_model import density_model_bytes
        from carbon_qgis.core.levels import level_bundle

        levels, density = grids.folder / "levels.carbonmodel", grids.folder / "density.carbonmodel"
        if not density.exists():
            model = fit_coupled(base.samples(10_000), "robust")
            levels.write_bytes(level_bundle(model.levels))
            density.write_bytes(density_model_bytes(model.density, extra={CHECKSUM: levels_checksum(str(levels))}))
        return [str(levels), str(density)]
    return []


# --- one run --------------------------------------------------------------------------------------------


def run_stage(stage: str, paths: dict, bundles: list, out: Path):
    """The stage with default settings and two threads."""
    from carbon_qgis.core.outputs import OutputSet
    from carbon_qgis.core.raster.settings import EngineSettings

    settings = EngineSettings(threads=2)
    with OutputSet(list(paths.values())) as outputs:
        if stage == "carbonstock":
            from carbon_qgis.core.table_stock import carbon_stock
            from tests.cluster.cases import POOLS

            wanted = {"TOTAL": str(out / "total.tif"), "CHANGE": str(out / "change.tif")}
            return carbon_stock(
                paths["first"], POOLS, outputs, wanted, landcover_alt=paths["second"], settings=settings
            )
        if stage == "densitystock":
            from carbon_qgis.core.density_input import density_raster
            from carbon_qgis.core.density_stock import density_stock

            wanted = {"TOTAL": str(out / "total.tif"), "STOCK": str(out / "stock.tif")}
            pools = {name: density_raster(path) for name, path in paths.items()}
            return density_stock(pools, outputs, wanted, settings=settings)
        if stage == "carbonaccumulation":
            from carbon_qgis.core.accumulation import accumulation_rate
            from carbon_qgis.core.density_input import density_raster

            densities = [density_raster(path) for path in paths.values()]
            return accumulation_rate(densities, outputs, {"RATE": str(out / "rate.tif")}, settings=settings)
        if stage == "geodetector":
            return detect(paths, settings)
        return predict(stage, paths, bundles, outputs, out, settings)


def detect(paths: dict, settings):
    """All drivers in six natural breaks."""
    from carbon_qgis.core.driver_classes import Classing
    from carbon_qgis.core.driver_detection import Driver, detect_drivers
    from carbon_qgis.core.raster.source import Band

    names = [name for name in paths if name not in ("target", "cover")]
    drivers = [Driver(name, Band(paths[name])) for name in names]
    drivers.append(Driver("cover", Band(paths["cover"], categorical=True)))
    return detect_drivers(Band(paths["target"]), drivers, Classing("natural", 6), target_name="C", settings=settings)


def predict(stage: str, paths: dict, bundles: list, outputs, out: Path, settings):
    """The density raster of a predictor."""
    wanted = {"DENSITY": str(out / "density.tif")}
    if stage == "predictforest":
        from carbon_qgis.core.forest import read_forest
        from carbon_qgis.core.predict_forest import predict_forest

        return predict_forest(paths["stack"], read_forest(bundles[0]), outputs, wanted, settings=settings)
    from carbon_qgis.core.coupled import read_coupled
    from carbon_qgis.core.estimate_density import estimate_density

    return estimate_density([paths["stack"]], read_coupled(*bundles), outputs, wanted, settings=settings)


def worker(args) -> None:
    """In a process of its own: prints seconds and the bytes of the outputs."""
    spec = json.loads(args.run)
    out = Path(args.folder) / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    begun = time.perf_counter()
    run_stage(spec["stage"], spec["paths"], spec["bundles"], out)
    seconds = time.perf_counter() - begun
    written = sum(path.stat().st_size for path in out.iterdir())
    shutil.rmtree(out)
    print(json.dumps({"seconds": seconds, "written": written, "peak": peak_bytes()}))


def peak_bytes() -> int:
    """Largest resident memory of this process since it became what it is.

    Not `ru_maxrss`: that begins with the memory of the process that started this one, which may have made the inputs.
    """
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


# --- all runs -------------------------------------------------------------------------------------------


def measured(args, stage: str, cells: float) -> dict:
    """Run one stage on a grid of about so many cells, in a process of its own."""
    from benchmarks.measure import measure

    grids, side = Grids(Path(args.folder)), math.ceil(math.sqrt(cells))
    sparse = stage in PREDICTORS and cells >= SPARSE_FROM
    share = SPARSE_SHARE if sparse else 1.0
    spec = {"stage": stage, "paths": inputs_of(stage, grids, side, share), "bundles": models(stage, grids)}
    command = [sys.executable, __file__, "--folder", args.folder, "--run", json.dumps(spec)]
    done = measure(command, interval=0.5)
    if done.returncode:
        raise SystemExit("{} with {:.1e} cells failed:\n{}".format(stage, cells, done.stderr[-3000:]))
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        "stage": stage, "cells": side * side, "with data": share, "seconds": round(found["seconds"], 2),
        "cpu": round(done.cpu, 2), "peak_mb": round(found["peak"] / 1e6), "written_mb": found["written"] // 10**6,
    }  # fmt: skip


def read_results(path: Path) -> dict:
    """What earlier runs found, by stage and cells."""
    return json.loads(path.read_text()) if path.exists() else {}


def main() -> None:
    """Run what is missing; write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=float, nargs="+", default=[])
    parser.add_argument("--only", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--folder", default=str(ROOT / "build" / "scaling"))
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--docs", default=str(ROOT / "docs"))
    parser.add_argument("--run", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        worker(args)
        return
    kept = Path(args.folder) / "scaling.json"
    for cells in sorted(args.cells):
        for stage in args.only:
            results, key = read_results(kept), "{} {:g}".format(stage, cells)
            if key in results and not args.again:
                continue
            results[key] = measured(args, stage, cells)
            partial = kept.with_suffix(".part")
            partial.write_text(json.dumps(results, indent=1))
            partial.replace(kept)
            row = results[key]
            print("{stage:<20}{cells:>16,}{seconds:>10.1f} s{peak_mb:>8} MB".format(**row), flush=True)
    if args.write:
        rows = list(read_results(kept).values())
        if not rows:
            raise SystemExit("no results in {}: give --cells first".format(kept))
        write_page(rows, read_results(kept.with_name("headless.json")), Path(args.docs))


# --- the page -------------------------------------------------------------------------------------------


def write_page(rows: list, headless: dict, docs: Path) -> None:
    """docs/scaling.md and its plot; `headless` is what bench_headless.py found, by stage."""
    (docs / "images").mkdir(exist_ok=True)
    plot(rows, docs / "images" / "scaling.png")
    largest = max(row["peak_mb"] for row in rows)
    lines = [
        "# Size: time and memory from {} to {} cells".format(
            *(_power(f(r["cells"] for r in rows)) for f in (min, max))
        ),
        "",
        "Blocks flow from the files through the kernels to the files, so memory does not grow with the raster and time",
        "grows as the number of cells. The largest peak of a stage below is {:,} MB, of a whole process {:,} MB (the "
        "aim is {:,}).".format(largest, max([largest, *(run["peak_mb"] for run in headless.values())]), LIMIT_MB),
        "",
        "![Seconds and peak memory over the number of cells](images/scaling.png)",
        "",
        "| stage | cells | with data | seconds | s per 10⁶ cells | CPU s | peak memory, MB | written, MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for stage in STAGES:
        for row in sorted((row for row in rows if row["stage"] == stage), key=lambda row: row["cells"]):
            lines.append(
                "| `{}` | {:,} | {:.0%} | {:,.1f} | {:.3f} | {:,.1f} | {:,} | {:,} |".format(
                    stage, row["cells"], row["with data"], row["seconds"], row["seconds"] / row["cells"] * 1e6,
                    row["cpu"], row["peak_mb"], row["written_mb"],
                )
            )  # fmt: skip
    lines += ["", "What each run reads and writes:", ""]
    lines += ["- `{}`: {}".format(stage, WORK[stage]) for stage in STAGES if any(r["stage"] == stage for r in rows)]
    lines += [
        "",
        "Two threads, 96 MB for blocks in flight (the defaults on two cores). Seconds are those of the stage; CPU",
        "seconds and memory are those of the whole process, with the start of Python and its libraries. Where only a",
        "part of the cells has data, the rest is nodata in whole tiles; `s per 10⁶ cells` counts all cells.",
        "",
        "The grid of 40,000 x 40,000 cells is 1,200 km wide, where areas of the projection (UTM) are off by more than",
        "0.5 %: there every cell is measured on the ellipsoid, which `carbonstock`, the lightest stage, feels most.",
        "",
        "Inputs are virtual rasters that repeat files of {0} x {0} cells. Reproduce or extend (what is in".format(SIDE),
        "`build/scaling/scaling.json` is not run again):",
        "",
        "    python benchmarks/bench_scaling.py --cells 1e6 1e7 1e8 1.6e9 --write",
        "",
    ]
    (docs / "scaling.md").write_text("\n".join(lines + _as_users_run_them(headless)), encoding="utf-8")


def _as_users_run_them(headless: dict) -> list:
    rows = [headless[stage] for stage in STAGES if stage in headless]
    if not rows:
        return []
    lines = [
        "## As users run them",
        "",
        "The algorithms by `qgis_process`, with QGIS itself, tables, report and run records. Other programs ran beside",
        "all but `carbonstock` and `carbonaccumulation`, whose CPU seconds are therefore high; no wall time is given.",
        "",
        "| algorithm | cells | with data | CPU s | peak memory, MB |",
        "|---|---:|---:|---:|---:|",
    ]
    line = "| `{stage}` | {cells:,} | {with data:.0%} | {cpu:,.0f} | {peak_mb:,} |"
    return lines + [line.format(**row) for row in rows] + ["", "    python benchmarks/bench_headless.py", ""]


def _power(cells: float) -> str:
    exponent = int(math.log10(cells) + 1e-9)
    factor, digits = cells / 10**exponent, str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "10" + digits if factor < 1.05 else "{:.1f} × 10{}".format(factor, digits)


def plot(rows: list, path: Path) -> None:
    """Two panels over the number of cells: seconds with a line of slope 1, and peak memory with its limit."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(10, 4.2), constrained_layout=True)
    for stage, colour, marker in zip(STAGES, COLOURS, MARKERS):
        own = sorted((row["cells"], row["seconds"], row["peak_mb"]) for row in rows if row["stage"] == stage)
        if own:
            cells, seconds, peaks = zip(*own)
            times.loglog(cells, seconds, marker=marker, color=colour, label=stage)
            memory.semilogx(cells, peaks, marker=marker, color=colour, label=stage)
    low, high = min(row["cells"] for row in rows), max(row["cells"] for row in rows)
    start = min(row["seconds"] for row in rows) / 2
    times.loglog((low, high), (start, start * high / low), "--", color="0.5", label="in proportion to the cells")
    memory.axhline(LIMIT_MB, linestyle="--", color="0.5", label="2 GB")
    memory.set_ylim(0, 1.1 * max([LIMIT_MB] + [row["peak_mb"] for row in rows]))
    times.set_ylabel("time of the stage, s")
    memory.set_ylabel("peak memory of the process, MB")
    for panel in (times, memory):
        panel.set_xlabel("cells of the grid")
        panel.grid(True, which="major", color="0.9")
        panel.spines[["top", "right"]].set_visible(False)
    times.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
