"""The run record: a JSON neighbour of every raster and table that says how it was made."""

import hashlib
import json
import math
import os
import platform
import re
import sys
import time
from datetime import date, datetime, timezone
from typing import Any, Dict, List, Mapping, Optional, Sequence

from .errors import InputError

FORMAT = "carbon-run-record"
FORMAT_VERSION = 1
SUFFIX = ".run.json"
#: What `RunClock` tells; it differs from run to run.
CLOCK_FACTS = ("start", "wall_s", "cpu_s", "peak_memory_mb")

#: Files up to this size are hashed whole; of larger ones the first, middle and last `PART_BYTES`.
WHOLE_BYTES = 64 * 2**20
PART_BYTES = 16 * 2**20

_CHUNK = 2**20
_SECRET = re.compile(r"\b(password|passwd|pwd|authcfg|token|key)\s*=\s*('[^']*'|\"[^\"]*\"|[^\s&|]+)", re.IGNORECASE)


def record_path(output: str) -> str:
    """Path of the record of one output: its own name plus '.run.json'."""
    return output + SUFFIX


def file_facts(source: str) -> Dict[str, Any]:
    """Size, modification time and hash of an input.

    Parameters
    ----------
    source : path, or any data source text of QGIS or GDAL. What follows a '|' (layer name, options) is not
        part of the path.

    Returns
    -------
    dict with `source`; for a file also `bytes`, `modified` (UTC, ISO 8601), `blake2b` (128 bit, hexadecimal)
    and `hash_of`, which says what was hashed. For anything else `hash_of` says that nothing was.
    """
    path = source.split("|", 1)[0]
    if not os.path.isfile(path):
        return {"source": without_secrets(source), "hash_of": "nothing: not a plain file"}
    status = os.stat(path)
    digest, scope = _hash(path, status.st_size)
    return {
        "source": without_secrets(source),
        "bytes": status.st_size,
        "modified": _utc(status.st_mtime),
        "blake2b": digest,
        "hash_of": scope,
    }


def without_secrets(text: str) -> str:
    """`text` with passwords and keys of database sources replaced."""
    return _SECRET.sub(r"\1=***", text)


def plugin_version(package_folder: str) -> str:
    """Version of the plugin, from the metadata.txt beside the package's `__init__.py` or one level up.

    Raises
    ------
    InputError
        If neither place has a metadata.txt with a version.
    """
    for folder in (package_folder, os.path.dirname(os.path.abspath(package_folder))):
        path = os.path.join(folder, "metadata.txt")
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                key, _, value = line.partition("=")
                if key.strip() == "version":
                    return value.strip()
    raise InputError(
        "No metadata.txt with a 'version=' line beside '{}' or one level up. The plugin is not complete: "
        "install it again.".format(package_folder)
    )


class RunClock:
    """Start, wall and CPU time of one run, and the peak memory of the process."""

    def __init__(self):
        self._started = time.time()
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def read(self) -> Dict[str, Any]:
        """Facts up to now; `peak_memory_mb` is that of the whole process, None where the system does not tell."""
        return {
            "start": _utc(self._started),
            "wall_s": round(time.perf_counter() - self._wall, 3),
            "cpu_s": round(time.process_time() - self._cpu, 3),
            "peak_memory_mb": peak_memory_mb(),
        }


def peak_memory_mb() -> Optional[float]:
    """Largest resident memory of this process so far in MiB, or None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def run_record(
    algorithm: str,
    parameters: Mapping[str, Any],
    inputs: Sequence[str],
    outputs: Sequence[str],
    clock: RunClock,
    versions: Mapping[str, str],
    facts: Optional[Mapping[str, Any]] = None,
    notes: Sequence[str] = (),
) -> Dict[str, Any]:
    """All that is needed to repeat a run, as plain JSON values.

    Parameters
    ----------
    algorithm : id of the algorithm, with its provider.
    parameters : as the user gave them.
    inputs, outputs : data sources read and files written. Inputs are hashed.
    versions : of everything but Python and the platform, which are added here.
    facts : what only the step knows: grid, units, seeds ...
    notes : warnings shown to the user.
    """
    record: Dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "algorithm": algorithm,
        "parameters": {name: plain(value) for name, value in parameters.items()},
        "inputs": [file_facts(source) for source in _unique(inputs)],
        "outputs": list(outputs),
    }
    for name, value in (facts or {}).items():
        record[name] = plain(value)
    record["notes"] = list(notes)
    # Not platform.platform(): it starts a program to learn the processor.
    system = "-".join((platform.system(), platform.release(), platform.machine()))
    record["versions"] = dict({"python": platform.python_version(), "platform": system}, **versions)
    record.update(clock.read())
    return record


def repeatable(record: Mapping[str, Any]) -> Dict[str, Any]:
    """The record without what a clock or the memory of the process says: the same for every repetition of a run."""
    return {name: value for name, value in record.items() if name not in CLOCK_FACTS}


def record_text(record: Mapping[str, Any]) -> str:
    """The record as JSON text: strict (no NaN), readable, in the order of the record."""
    return json.dumps(plain(record), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: numpy scalars and arrays unpacked, NaN and infinity as None, the rest as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return without_secrets(_encodable(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_encodable(str(key)): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return without_secrets(_encodable(str(value)))


def _encodable(text: str) -> str:
    """Names of files that are no UTF-8 hold halves of characters, which no file in UTF-8 can; they are written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _hash(path: str, size: int):
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as stream:
        if size <= WHOLE_BYTES:
            _feed(digest, stream, size)
            return digest.hexdigest(), "whole file"
        for start in (0, (size - PART_BYTES) // 2, size - PART_BYTES):
            stream.seek(start)
            _feed(digest, stream, PART_BYTES)
    return digest.hexdigest(), "first, middle and last {} MiB".format(PART_BYTES // 2**20)


def _feed(digest, stream, count: int) -> None:
    while count > 0:
        chunk = stream.read(min(_CHUNK, count))
        if not chunk:
            return
        digest.update(chunk)
        count -= len(chunk)


def _utc(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, tz=timezone.utc).isoformat(timespec="seconds")


def _unique(sources: Sequence[str]) -> List[str]:
    return list(dict.fromkeys(source for source in sources if source))
