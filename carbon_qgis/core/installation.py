"""What a run would find on this machine: packages, GDAL, memory, GPU; and what to do about what is missing.

Nothing here fails because something is missing: that is what it tells.
"""

import importlib
import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .cores import available_cores
from .dependencies import CLUSTER_PACKAGES, PACKAGES, Host, gdal_mismatch, install_command, missing
from .errors import InputError
from .memory import USABLE, available_bytes
from .progress import Progress, Silent, check_cancelled
from .results import Column, Table
from .run_limits import DEVICE, MEMORY, NAMES, SCHEDULER, THREADS, run_limits

OK, MISSING, BROKEN, WARNING, INFO = "ok", "missing", "broken", "warning", "info"
STATES = (OK, MISSING, BROKEN, WARNING, INFO)

#: What each package is for, where the list of the algorithms that name it does not say it.
PURPOSES = {
    "numpy": "every computation",
    "rasterio": "reading and writing rasters",
    "scipy": "tests of significance, interpolation, models",
    "pandas": "wanted by statsmodels and catboost",
    "matplotlib": "figures in reports",
    "sklearn": "random forests (scenarios)",
    "statsmodels": "ARIMA forecasts",
    "torch": "networks within density levels (RNN)",
    "catboost": "density levels, and density within levels",
    "distributed": "runs on the Dask cluster of the settings",
    "threadpoolctl": "runs on the Dask cluster of the settings",
}
_LEAST_DISK = 2**30

COLUMNS = (
    Column("part", "text", "what was looked at"),
    Column("state", "text", "ok, missing, broken (installed, cannot be loaded), warning, info"),
    Column("found", "text", "version, size or name"),
    Column("needed for", "text"),
    Column("what to do", "text", "empty where nothing is to be done"),
)


@dataclass(frozen=True)
class Finding:
    """One line of the check. `state` is one of `STATES`."""

    part: str
    state: str
    found: str
    needed_for: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What only the side of QGIS knows.

    Parameters
    ----------
    programs : (name, version) of QGIS, Qt, Python, the plugin ...
    gdal : version of QGIS's GDAL.
    zstd : whether QGIS's GDAL writes ZSTD; counts where rasterio is missing.
    users : package -> titles of the algorithms that need it.
    problems : algorithms or models that could not be loaded.
    settings : run limits as QGIS keeps them, as `run_limits` takes them.
    """

    programs: Sequence[Tuple[str, str]]
    gdal: str
    zstd: bool
    users: Mapping[str, Sequence[str]]
    problems: Sequence[str] = ()
    settings: Optional[Mapping[str, Any]] = None


@dataclass(frozen=True)
class Installation:
    """Everything that was found.

    Parameters
    ----------
    findings : in reading order.
    missing, broken : import names of packages.
    command : the one command for all packages that are missing or broken; '' if none is.
    """

    findings: List[Finding]
    missing: List[str]
    broken: List[str]
    command: str

    def table(self) -> Table:
        """One row per finding."""
        rows = [(f.part, f.state, f.found, f.needed_for, f.advice) for f in self.findings]
        return Table("Installation", COLUMNS, rows)

    def count(self, state: str) -> int:
        """Findings of this state."""
        return sum(finding.state == state for finding in self.findings)

    def verdict(self) -> str:
        """One sentence for the whole."""
        if self.missing or self.broken:
            names = ["'{}'".format(PACKAGES[name].pip if name in PACKAGES else name)
                     for name in self.missing + self.broken]  # fmt: skip
            return "Not everything is there: {} of the Python packages {} or cannot be loaded ({}).".format(
                len(names), "is missing" if len(names) == 1 else "are missing", ", ".join(names)
            )
        if self.count(WARNING) or self.count(BROKEN):
            return "All packages are there; look at the warnings."
        return "Everything is there."


def check_installation(
    around: Surroundings,
    environment: Optional[Mapping[str, str]] = None,
    packages: Optional[Sequence[str]] = None,
    host: Optional[Host] = None,
    progress: Optional[Progress] = None,
) -> Installation:
    """Look at everything that runs depend on. Packages are really loaded, which takes some seconds.

    Parameters
    ----------
    environment : environment variables, by default those of the process.
    packages : import names, by default all that the plugin can use; those for clusters only where an address is set.
    host : decides the commands, by default the running Python.

    Raises
    ------
    Cancelled
        If the user stops; nothing else.
    """
    progress, host = progress or Silent(), host or Host.of_this_process()
    environment = os.environ if environment is None else environment
    names = _packages(around, environment) if packages is None else list(packages)
    findings = [Finding(name, INFO, version) for name, version in around.programs]
    findings.append(Finding("Python interpreter", INFO, host.python))
    absent, broken = [], []
    for number, name in enumerate(names):
        check_cancelled(progress)
        progress.update(0.9 * number / max(1, len(names)), "Loading {}".format(name))
        finding = _package(name, around.users.get(name, ()), host)
        findings.append(finding)
        if finding.state in (MISSING, BROKEN):
            (absent if finding.state == MISSING else broken).append(name)
    check_cancelled(progress)
    usable = [name for name in names if name not in absent + broken]
    findings.append(_gdal(around, "rasterio" in usable))
    findings.append(_zstd(around, "rasterio" in usable))
    findings.append(_shared_compression(host))
    gpu = _gpu("torch" in usable)
    findings += [gpu, _memory(), _disk(tempfile.gettempdir()), Finding("Processor cores", INFO, str(available_cores()))]
    findings += _limits(around.settings or {}, environment, gpu.state == OK)
    advice = "Install the plugin again; if that does not help, report it."
    findings += [Finding("Part of the plugin", BROKEN, problem, advice=advice) for problem in around.problems]
    command = install_command(absent + broken, host) if absent or broken else ""
    return Installation(findings, absent, broken, command)


def _packages(around: Surroundings, environment: Mapping[str, str]) -> List[str]:
    try:
        clustered = bool(run_limits(around.settings or {}, environment).scheduler)
    except InputError:  # `_limits` tells it
        clustered = False
    return list(PACKAGES) + (list(CLUSTER_PACKAGES) if clustered else [])


def _package(name: str, users: Sequence[str], host: Host) -> Finding:
    title = PACKAGES[name].pip if name in PACKAGES else name
    purpose = _purpose(name, users)
    if missing([name]):
        return Finding(title, MISSING, "not installed", purpose, install_command([name], host))
    try:
        module = importlib.import_module(name)
    except Exception as error:  # whatever a package of somebody else raises while it loads is what is to be told
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        text = "{}: {}".format(type(error).__name__, lines[0] if lines else "no text")
        advice = "Built for another Python, numpy or GDAL. Install it again. " + install_command([name], host)
        return Finding(title, BROKEN, "cannot be loaded: {}".format(text), purpose, advice)
    return Finding(title, OK, _version(module, title), purpose)


def _version(module, distribution: str) -> str:
    version = getattr(module, "__version__", None)
    if version is None:
        try:
            version = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            version = "version unknown"
    return str(version)


def _purpose(name: str, users: Sequence[str]) -> str:
    purpose = PURPOSES.get(name, "")
    if not users:
        return purpose
    named = ", ".join(users) if len(users) <= 3 else "{} algorithms".format(len(users))
    return "{}: {}".format(purpose, named) if purpose else named


def _gdal(around: Surroundings, loaded: bool) -> Finding:
    purpose = "one GDAL for QGIS and rasterio"
    if not loaded:
        return Finding("GDAL", INFO, "QGIS: {}; rasterio is not there to compare".format(around.gdal), purpose)
    import_name = "rasterio"
    bundled = str(getattr(sys.modules[import_name], "__gdal_version__", "unknown"))
    found = "QGIS: {}; rasterio: {}".format(around.gdal, bundled)
    warning = gdal_mismatch(bundled, around.gdal)
    return Finding("GDAL", WARNING if warning else OK, found, purpose, warning or "")


def _zstd(around: Surroundings, loaded: bool) -> Finding:
    there = around.zstd
    if loaded:
        from .raster.write import compression_options

        there = compression_options("auto")["compress"] == "ZSTD"
    advice = "" if there else "Nothing: DEFLATE is used, which is slower."
    state, found = (OK, "yes") if there else (INFO, "no")
    return Finding("ZSTD compression", state, found, "fast writing of rasters", advice)


def _shared_compression(host: Host) -> Finding:
    from .raster.zstd_frames import usable

    purpose = "Carbon stock by table: all rasters of a date compressed at once"
    if usable():
        return Finding("zstandard", OK, _version(sys.modules["zstandard"], "zstandard"), purpose)
    advice = "Nothing: each raster is compressed by itself, which takes longer. For the faster way: "
    found = "not installed" if missing(["zstandard"]) else "cannot be used"
    return Finding("zstandard", INFO, found, purpose, advice + install_command(["zstandard"], host))


def _gpu(loaded: bool) -> Finding:
    purpose = "training of networks; the processor serves too"
    if not loaded:
        return Finding("GPU", INFO, "unknown: PyTorch is not there", purpose)
    import torch

    try:
        if torch.cuda.is_available():
            facts = torch.cuda.get_device_properties(0)
            found = "{}, {} of memory, CUDA {}".format(facts.name, _size(facts.total_memory), torch.version.cuda)
            return Finding("GPU", OK, found, purpose)
    except (RuntimeError, OSError) as error:
        advice = "Set the device to 'cpu', or mend the driver."
        return Finding("GPU", WARNING, " ".join(str(error).split())[:200], purpose, advice)
    build = "for CUDA {}".format(torch.version.cuda) if torch.version.cuda else "the build for processors"
    advice = "Nothing, unless there is an NVIDIA GPU: then install its driver and the CUDA build of PyTorch."
    found = "none that PyTorch can use ({} is {})".format(torch.__version__, build)
    return Finding("GPU", INFO, found, purpose, advice)


def _memory() -> Finding:
    free = available_bytes()
    return Finding("Free memory", INFO, "unknown" if free is None else _size(free))


def _disk(folder: str) -> Finding:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_DISK:
        advice = "Free some space, or choose another temporary folder (Options > Processing > General)."
        return Finding("Free space for temporary files", WARNING, "{} in {}".format(_size(free), folder), "", advice)
    return Finding("Free space for temporary files", OK, "{} in {}".format(_size(free), folder))


def _limits(settings: Mapping[str, Any], environment: Mapping[str, str], gpu: bool) -> List[Finding]:
    try:
        limits = run_limits(settings, environment)
    except InputError as error:
        return [Finding("Settings of runs", WARNING, "cannot be used", "every run", str(error))]
    free = available_bytes()
    values = {
        MEMORY: "{:,} MB".format(limits.memory_mb),
        THREADS: "as QGIS" if limits.threads is None else str(limits.threads),
        DEVICE: limits.device,
        SCHEDULER: limits.scheduler or "none: runs use this machine alone",
    }
    advice: Dict[str, str] = {}
    if free is not None and limits.memory_mb * 2**20 > USABLE * free:
        advice[MEMORY] = "More than {:.0f} % of the memory that is free: runs may swap or fail. Lower it.".format(
            100 * USABLE
        )
    if limits.device == "cuda" and not gpu:
        advice[DEVICE] = "There is no GPU that PyTorch can use: choose 'auto' or 'cpu'."
    titles = {
        MEMORY: "Memory budget of a run", THREADS: "Threads of a run", DEVICE: "Device of networks",
        SCHEDULER: "Dask scheduler",
    }  # fmt: skip
    return [
        Finding(
            titles[name], WARNING if name in advice else INFO, "{} ({})".format(values[name], limits.sources[name]),
            "every run" if name != DEVICE else "training of networks", advice.get(name, ""),
        )  # fmt: skip
        for name in NAMES
    ]


def _size(count: int) -> str:
    return "{:,.1f} GB".format(count / 1e9)
