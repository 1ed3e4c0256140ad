"""Which Python packages are missing, and the exact command that installs them for the running Python."""

import importlib
import importlib.util
import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence

from .errors import DependencyError
from .progress import Progress, check_cancelled

#: Seconds of an import before anything is said of it, and seconds in which half of its share of the progress passes.
_SHORT, _USUAL = 0.3, 3.0


@dataclass(frozen=True)
class Package:
    """One importable package under the names its installers know. None: the installer has no such package."""

    pip: str
    conda: str
    debian: Optional[str] = None
    fedora: Optional[str] = None


PACKAGES: Dict[str, Package] = {
    "numpy": Package("numpy", "numpy", "python3-numpy", "python3-numpy"),
    "rasterio": Package("rasterio", "rasterio", "python3-rasterio", "python3-rasterio"),
    "scipy": Package("scipy", "scipy", "python3-scipy", "python3-scipy"),
    "pandas": Package("pandas", "pandas", "python3-pandas", "python3-pandas"),
    "matplotlib": Package("matplotlib", "matplotlib", "python3-matplotlib", "python3-matplotlib"),
    "sklearn": Package("scikit-learn", "scikit-learn", "python3-sklearn", "python3-scikit-learn"),
    "statsmodels": Package("statsmodels", "statsmodels", "python3-statsmodels", "python3-statsmodels"),
    "torch": Package("torch", "pytorch", "python3-torch", None),
    "catboost": Package("catboost", "catboost", None, None),
}
#: What runs on a cluster need besides; nobody misses it who has none.
CLUSTER_PACKAGES: Dict[str, Package] = {
    "distributed": Package("distributed", "distributed", "python3-distributed", "python3-distributed"),
    "threadpoolctl": Package("threadpoolctl", "threadpoolctl", "python3-threadpoolctl", "python3-threadpoolctl"),
}
#: What makes runs quicker where it is there; without it the same cells are written.
FASTER_PACKAGES: Dict[str, Package] = {
    "zstandard": Package("zstandard", "zstandard", "python3-zstandard", "python3-zstandard"),
}


@dataclass(frozen=True)
class Host:
    """What decides how packages are installed for a Python. `of_this_process` reads it from the machine."""

    system: str  # 'linux', 'darwin' or 'win32', as sys.platform
    python: str  # an interpreter of the running Python (inside QGIS sys.executable may be QGIS itself)
    prefix: str
    in_venv: bool = False
    in_conda: bool = False
    in_flatpak: bool = False
    externally_managed: bool = False
    distribution: str = ""  # ID and ID_LIKE of /etc/os-release

    @classmethod
    def of_this_process(cls) -> "Host":
        """Facts of the running Python."""
        return cls(
            system="linux" if sys.platform.startswith("linux") else sys.platform,
            python=_interpreter(sys.executable, sys.prefix),
            prefix=sys.prefix,
            in_venv=sys.prefix != sys.base_prefix,
            in_conda=os.path.isdir(os.path.join(sys.prefix, "conda-meta")),
            in_flatpak=os.path.exists("/.flatpak-info"),
            externally_managed=os.path.exists(os.path.join(os.path.dirname(os.__file__), "EXTERNALLY-MANAGED")),
            distribution=_distribution("/etc/os-release"),
        )


def missing(packages: Sequence[str]) -> List[str]:
    """Those of `packages` (import names) that are not installed; nothing is imported."""
    return [name for name in packages if name not in sys.modules and importlib.util.find_spec(name) is None]


def require_installed(packages: Sequence[str], purpose: str = "This step") -> None:
    """Raise `DependencyError` if one of `packages` is not installed; nothing is imported, so this takes no time."""
    absent = missing(packages)
    if absent:
        raise DependencyError(missing_message(absent, purpose))


def load(packages: Sequence[str], purpose: str, progress: Progress, message: str) -> None:
    """`require`, on a thread: large packages take seconds to import, in which progress moves and a cancel is heard.

    Raises
    ------
    DependencyError
        As `require`.
    Cancelled
        The import then goes on beside, to no harm.
    """
    if all(name in sys.modules for name in packages):
        return
    failures: List[BaseException] = []

    def run() -> None:
        try:
            require(packages, purpose)
        except BaseException as error:  # raised again below, in the thread of the caller
            failures.append(error)

    thread = threading.Thread(target=run, name="load packages", daemon=True)
    thread.start()
    begun = time.monotonic()
    while thread.is_alive():
        check_cancelled(progress)
        waited = time.monotonic() - begun
        if waited > _SHORT:
            progress.update(waited / (waited + _USUAL), message)
        thread.join(0.1)
    if failures:
        raise failures[0]


def require(packages: Sequence[str], purpose: str = "This step") -> None:
    """Import `packages`, or say what is missing and how to get it.

    Raises
    ------
    DependencyError
        If one is not installed (naming it and the command for the running Python), or is installed
        and cannot be loaded (with the text of its own error).
    """
    require_installed(packages, purpose)
    for name in packages:
        try:
            importlib.import_module(name)
        except ImportError as error:
            lacking = (getattr(error, "name", None) or name).split(".")[0]
            if isinstance(error, ModuleNotFoundError) and lacking != name:
                raise DependencyError(
                    "{} needs the Python package '{}', which needs '{}', and that is not installed. {}".format(
                        purpose, name, lacking, install_command([lacking])
                    )
                ) from error
            raise DependencyError(
                "{} needs the Python package '{}'. It is installed but cannot be loaded: {}. It was probably built "
                "for another Python, numpy or GDAL; install it again: {}".format(
                    purpose, name, str(error).strip().splitlines()[0], install_command([name])
                )
            ) from error


def missing_message(packages: Sequence[str], purpose: str = "This step", host: Optional[Host] = None) -> str:
    """Sentence that names what is missing and how to install it."""
    plural = len(packages) > 1
    # The command comes last, so that it can be copied to the end of the line.
    return "{} needs the Python package{} {}, which {} not installed. Install {}, then restart QGIS. {}".format(
        purpose,
        "s" if plural else "",
        " and ".join("'{}'".format(name) for name in packages),
        "are" if plural else "is",
        "them" if plural else "it",
        install_command(packages, host),
    )


def install_command(packages: Sequence[str], host: Optional[Host] = None) -> str:
    """How to install `packages` (import names) for `host`, by default the running Python."""
    host = host or Host.of_this_process()
    packages_known = {**PACKAGES, **CLUSTER_PACKAGES, **FASTER_PACKAGES}
    known = [packages_known.get(name, Package(name, name)) for name in packages]
    if host.in_venv:
        return "Run: {} -m pip install {}".format(_quoted(host.python), _join(p.pip for p in known))
    if host.in_conda:
        return "Run: conda install -p {} -c conda-forge {}".format(_quoted(host.prefix), _join(p.conda for p in known))
    if host.in_flatpak:
        return "Run: flatpak run --command=pip3 org.qgis.qgis install --user {}".format(_join(p.pip for p in known))
    if host.system == "win32":
        return _windows(known)
    if host.system == "linux":
        return _linux(known, host)
    return "Run: {} -m pip install --user {}".format(_quoted(host.python), _join(p.pip for p in known))


def gdal_mismatch(rasterio_gdal: str, qgis_gdal: str) -> Optional[str]:
    """Warning if rasterio brings another GDAL than QGIS has; None if they are the same build.

    Two copies of GDAL and PROJ in one process have their own drivers, settings and caches, and can crash it.
    """
    if _release(rasterio_gdal) == _release(qgis_gdal):
        return None
    return (
        "rasterio uses GDAL {} and QGIS uses GDAL {}: two copies of GDAL in one process. If QGIS crashes or a "
        "projection fails, install the rasterio built for this QGIS (Debian and Ubuntu: python3-rasterio; Windows: "
        "the OSGeo4W package python3-rasterio; conda: conda-forge).".format(rasterio_gdal, qgis_gdal)
    )


def versions(packages: Sequence[str]) -> Dict[str, str]:
    """`__version__` of those of `packages` that are loaded in this process, for the run record."""
    loaded = {name: sys.modules[name] for name in packages if name in sys.modules}
    return {name: str(getattr(module, "__version__", "unknown")) for name, module in loaded.items()}


def rasterio_gdal_version() -> Optional[str]:
    """GDAL version of the rasterio in this process, or None while it is not loaded."""
    module = sys.modules.get("rasterio")
    return getattr(module, "__gdal_version__", None)


def _linux(known: Sequence[Package], host: Host) -> str:
    steps = []
    rest = list(known)
    if any(name in host.distribution for name in ("debian", "ubuntu")):
        system, rest = [p.debian for p in known if p.debian], [p for p in known if not p.debian]
        if system:
            steps.append("sudo apt install " + _join(system))
    elif any(name in host.distribution for name in ("fedora", "rhel")):
        system, rest = [p.fedora for p in known if p.fedora], [p for p in known if not p.fedora]
        if system:
            steps.append("sudo dnf install " + _join(system))
    if rest:
        # Only the user's own packages: those of the system stay as the distribution ships them.
        flags = "--user --break-system-packages" if host.externally_managed else "--user"
        steps.append("{} -m pip install {} {}".format(_quoted(host.python), flags, _join(p.pip for p in rest)))
    return "Run: " + " && ".join(steps)


def _windows(known: Sequence[Package]) -> str:
    steps = []
    if any(p.pip == "rasterio" for p in known):
        # pip's wheel would bring a second GDAL into QGIS.
        steps.append("Start Setup from the OSGeo4W menu, choose Advanced Install, and select python3-rasterio.")
    rest = [p.pip for p in known if p.pip != "rasterio"]
    if rest:
        steps.append(
            "Close QGIS, open the OSGeo4W Shell from the Start menu, and run: python -m pip install " + _join(rest)
        )
    return " ".join(steps)


def _interpreter(executable: str, prefix: str) -> str:
    """A Python to call: `executable` if it lies under `prefix`, else the one that does.

    Inside QGIS `executable` may be QGIS itself, or whatever `python3` comes first on the PATH: another Python, whose
    packages QGIS does not see or, worse, sees before its own.
    """
    is_python = os.path.basename(executable or "").lower().startswith("python")
    if is_python and os.path.abspath(executable).startswith(os.path.join(os.path.abspath(prefix), "")):
        return executable
    for relative in ("bin/python3", "python.exe", "python3.exe", "Scripts/python.exe"):
        candidate = os.path.join(prefix, *relative.split("/"))
        if os.path.exists(candidate):
            return candidate
    return executable if is_python else "python3"


def _distribution(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as stream:
        pairs = [line.strip().split("=", 1) for line in stream if "=" in line]
    facts = {key: value.strip("\"'").lower() for key, value in pairs}
    return "{} {}".format(facts.get("ID", ""), facts.get("ID_LIKE", "")).strip()


def _release(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _join(names) -> str:
    return " ".join(names)


def _quoted(path: str) -> str:
    return '"{}"'.format(path) if " " in path else path
