"""What runs on the workers of a Dask cluster: a window of a job, and answers to what the run asks of them."""

import hashlib
import importlib.metadata
import os
import platform
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Sequence

from ..blas import one_blas_thread
from ..errors import CarbonError, ClusterError, RasterError
from .read import own, release

#: Packages whose version can change a number, compared where the run has loaded them; the last carries the tasks.
_PACKAGES = ("numpy", "rasterio", "scipy", "catboost", "distributed")
_CODE = "Carbon"
_HERE = " (On a worker on the machine '{}': each of them has to be able to read the inputs.)"

_for_good = ExitStack()


@dataclass(frozen=True)
class Job:
    """`function(task, window)` for all windows of a run, its name, and the stamp of the code that it belongs to."""

    run: str
    function: Callable
    task: Any
    stamp: str


def keep(job: Job) -> Job:
    """The job itself: a task, so that the scheduler makes it again where the workers that held it are lost."""
    return job


def compute(job: Job, window):
    """Compute one window. Workers that came after the start of the run are checked here."""
    stamp = source_stamp()
    if job.stamp != stamp:
        raise ClusterError(
            "A worker that joined during the run holds another version of the plugin ({} {} here, {} there). Give all "
            "machines the same, restart the workers, and start again.".format(_CODE, job.stamp, stamp)
        )
    _one_blas_thread()
    own(job.run)
    try:
        return job.function(job.task, window)
    except CarbonError as error:
        failure = type(error)(str(error) + (_HERE.format(platform.node()) if isinstance(error, RasterError) else ""))
    # Raised out here it has no cause: GDAL's errors cannot be sent, and would take this one with them.
    raise failure


def environment(names: Optional[Sequence[str]] = None) -> Dict[str, str]:
    """Versions of what decides on the numbers: by name, those of `names` or those that this process has loaded."""
    if names is None:
        names = (_CODE, "Python", "GDAL") + tuple(name for name in _PACKAGES if name in sys.modules)
    return {name: _version(name) for name in names}


def files_seen(paths: Sequence[str]) -> Dict[str, Optional[int]]:
    """Bytes of files as this process sees them; None for those that it does not see."""
    return {path: os.path.getsize(path) if os.path.exists(path) else None for path in paths}


def let_go(run: str) -> None:
    """Close the files that tasks of a run left open for the next one."""
    release(run)


@lru_cache(maxsize=None)
def source_stamp() -> str:
    """Twelve digits that stand for every line of the core: the plugin's version, and what was changed in it."""
    core = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted(core.rglob("*.py"), key=lambda path: path.relative_to(core).as_posix()):
        digest.update(path.relative_to(core).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:12]


@lru_cache(maxsize=None)
def _one_blas_thread() -> None:
    """One thread of linear algebra per task, as in a local run, for as long as this worker lives."""
    _for_good.enter_context(one_blas_thread())


def _version(name: str) -> str:
    if name == _CODE:
        return source_stamp()
    if name == "Python":
        return "{}.{}".format(*sys.version_info[:2])
    if name == "GDAL":
        import rasterio

        return rasterio.__gdal_version__
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "none"
