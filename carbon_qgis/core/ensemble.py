"""The folder of an ensemble: what is complete, what it was made from, and whether it may go on.

`ensemble.json` names the model, the options and, for every raster, the digests of what it was made from and of the file
itself. It is replaced in one step after each batch, so that a stop at any moment leaves complete rasters and a true
list of them. A raster counts only if its bytes still have their digest.
"""

import hashlib
import json
import os
import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .errors import InputError
from .outputs import OutputSet, writing
from .progress import Progress, check_cancelled
from .record import file_facts

FILE = "ensemble.json"
FORMAT, FORMAT_VERSION = "carbon-ensemble", 1
_MOST_BYTES = 256 * 2**20
_CHUNK = 2**20
#: Larger than any number in the totals of an ensemble.
_MOST = 1e30
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.tif")
_ADVICE = "Choose another folder, or tick 'Start from scratch'."
#: What the parts of an identity are called in messages.
_WORDS = {
    "model": "model", "grid": "reference grid", "groups": "groups of variables", "pathways": "pathways",
    "outputs": "kinds of rasters", "align": "option to align", "cell_area": "cell area", "mask": "study area",
    "compression": "compression",
}  # fmt: skip


class Ensemble:
    """State of an ensemble folder.

    Parameters
    ----------
    folder : where the rasters are.
    identity : plain values by the keys of `_WORDS`: what must not change between two runs into one folder.

    Attributes
    ----------
    entries : by 'run_year': `inputs` (digest by driver), `files` (name, bytes, digest by kind), `totals`.
    from_scratch : `begin` deletes what the folder's own list names.
    """

    def __init__(self, folder: str, identity: Mapping[str, Any], from_scratch: bool = False):
        self.folder, self.identity = folder, json.loads(json.dumps(identity))
        self.entries: Dict[str, Dict[str, Any]] = {}
        self.sources: Dict[str, List[Any]] = {}
        self.from_scratch = from_scratch

    @property
    def path(self) -> str:
        """The state file."""
        return os.path.join(self.folder, FILE)

    def raster(self, name: str) -> str:
        """Path of a raster of the folder."""
        return os.path.join(self.folder, name)

    def source_digest(self, path: str) -> str:
        """Digest of an input file, computed again only if its size or time changed."""
        status = os.stat(path)
        known = self.sources.get(path)
        if known is None or known[:2] != [status.st_size, status.st_mtime_ns]:
            known = self.sources[path] = [status.st_size, status.st_mtime_ns, file_facts(path)["blake2b"]]
        return known[2]

    def require_inputs(self, wanted: Mapping[str, Mapping[str, str]]) -> None:
        """Refuse a folder whose rasters were made from other inputs.

        Parameters
        ----------
        wanted : digest by driver, by 'run_year'.

        Raises
        ------
        InputError
            Naming the drivers that changed.
        """
        changed: Dict[str, List[str]] = {}
        for key, inputs in wanted.items():
            made_from = self.entries[key]["inputs"] if key in self.entries else inputs
            for name in sorted(set(inputs) | set(made_from)):
                if made_from.get(name) != inputs.get(name):
                    changed.setdefault(name, []).append(key)
        if changed:
            listed = "; ".join("{} ({} and {} more)".format(name, keys[0], len(keys) - 1) if len(keys) > 1
                               else "{} ({})".format(name, keys[0]) for name, keys in changed.items())  # fmt: skip
            raise InputError(
                "The folder '{}' holds rasters made from other files or rows of a driver table than given now: {}. "
                "They are not mixed. {}".format(self.folder, listed, _ADVICE)
            )

    def verified(self, keys: Iterable[str], kinds: Sequence[str], progress: Progress) -> Tuple[List[str], List[str]]:
        """(complete, changed): of which keys every raster is there as it was written, and of which one was changed.

        Entries whose rasters are gone are simply not complete.
        """
        keys = [key for key in keys if key in self.entries]
        complete, changed = [], []
        for number, key in enumerate(keys):
            progress.update(number / len(keys), "Verifying the rasters that are there")
            files = self.entries[key]["files"]
            if any(kind not in files or not os.path.isfile(self.raster(files[kind]["file"])) for kind in kinds):
                continue
            same = [self._same(files[kind], progress) for kind in kinds]
            (complete if all(same) else changed).append(key)
        return complete, changed

    def _same(self, file: Mapping[str, Any], progress: Progress) -> bool:
        path = self.raster(file["file"])
        return os.path.getsize(path) == file["bytes"] and digest(path, progress) == file["blake2b"]

    def record(self, made: Mapping[str, Mapping[str, Any]]) -> None:
        """Add entries of rasters that are in place, and save.

        Parameters
        ----------
        made : by 'run_year': `inputs`, `totals` and `files` (name by kind).
        """
        for key, entry in made.items():
            files = {}
            for kind, name in entry["files"].items():
                path = self.raster(name)
                files[kind] = {"file": name, "bytes": os.path.getsize(path), "blake2b": digest(path)}
            self.entries[key] = {**entry, "files": files}
        self.save()

    def forget(self, keys: Iterable[str]) -> None:
        """Drop entries: their rasters are about to be replaced."""
        dropped = [self.entries.pop(key, None) for key in list(keys)]
        if any(dropped):
            self.save()

    def begin(self) -> None:
        """Bind the folder to this ensemble; all checks are done. Old rasters go if it starts from scratch.

        Raises
        ------
        OutputError
            A file cannot be deleted or written.
        """
        if self.from_scratch:
            _clear(self)
        if not self.entries:
            self.save()

    def save(self) -> None:
        """Replace the state file in one step."""
        content = {
            "format": FORMAT, "format_version": FORMAT_VERSION, **self.identity, "sources": self.sources,
            "rasters": {key: self.entries[key] for key in sorted(self.entries)},
        }  # fmt: skip
        with OutputSet() as outputs:
            outputs.text(self.path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def open_ensemble(folder: str, identity: Mapping[str, Any], names: Sequence[str], overwrite: bool = False) -> Ensemble:
    """Begin in an empty folder, or go on in one with the same identity. Nothing is written or deleted until `begin`.

    Parameters
    ----------
    names : files that will be written.
    overwrite : start from scratch: `begin` will delete the rasters that the folder's own list names.

    Raises
    ------
    InputError
        The folder is another ensemble's (model, options), damaged, of a newer version, or holds files of these names
        without a list.
    OutputError
        It cannot be made or written.
    """
    with writing(folder):
        os.makedirs(folder, exist_ok=True)
    made = Ensemble(folder, identity, from_scratch=overwrite)
    if overwrite:
        return made
    if os.path.exists(made.path):
        content = read_state(folder)
        if any(os.path.exists(made.raster(name)) for name in _listed(content)):  # else there is nothing to mix with
            _require_same(made, content)
            made.entries, made.sources = content["rasters"], content["sources"]
        return made
    strange = [name for name in names if os.path.exists(os.path.join(folder, name))]
    if strange:
        raise InputError(
            "The folder '{}' holds '{}' but no {}: it is not known how it was made. {}".format(
                folder, strange[0], FILE, _ADVICE
            )
        )
    return made


def read_state(folder: str) -> Dict[str, Any]:
    """The content of the state file of a folder, its shape checked.

    Raises
    ------
    InputError
        There is none, or it is damaged, another program's or a newer version's.
    """
    path = os.path.join(folder, FILE)
    if not os.path.isfile(path):
        raise InputError("The folder '{}' is no ensemble of 'Run scenarios': it has no {}.".format(folder, FILE))
    content = None
    try:
        if os.path.getsize(path) <= _MOST_BYTES:
            with open(path, "rb") as stream:
                data = stream.read()
            content = json.loads(data.decode("utf-8"))
            # What cannot be written again is no list of ours: NaN, infinity, half letters.
            json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        content = None
    except OSError as error:
        raise InputError("'{}' cannot be read: {}. {}".format(path, error.strerror or error, _ADVICE)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError("'{}' is damaged or another program's. {}".format(path, _ADVICE))
    version = content.get("format_version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise InputError("'{}' was written by a newer version of the plugin. Update it. {}".format(path, _ADVICE))
    if not _sound(content):
        raise InputError("'{}' is damaged: its list of rasters cannot be read. {}".format(path, _ADVICE))
    return content


def digest(path: str, progress: Optional[Progress] = None) -> str:
    """BLAKE2b (128 bit, hexadecimal) of a whole file."""
    made = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            if not chunk:
                return made.hexdigest()
            made.update(chunk)
            if progress is not None:
                check_cancelled(progress)


def digest_of(value: Any) -> str:
    """The same of plain values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()


def _require_same(made: Ensemble, content: Mapping[str, Any]) -> None:
    differing = [key for key in _WORDS if _same_as(key, content.get(key)) != _same_as(key, made.identity.get(key))]
    if not differing:
        return
    parts = []
    for key in differing:
        there, here = content.get(key), made.identity.get(key)
        if key == "model":
            there, here = (value.get("file") if isinstance(value, dict) else value for value in (there, here))
            if there == here:
                parts.append("another model of the same name ('{}')".format(here))
                continue
        elif key in ("grid", "mask"):
            parts.append("another {}".format(_WORDS[key]))
            continue
        parts.append("{} {} instead of {}".format(_WORDS[key], _short(there), _short(here)))
    raise InputError(
        "The folder '{}' is another ensemble: it was made with {}. Its rasters are not mixed with new ones. {}".format(
            made.folder, "; ".join(parts), _ADVICE
        )
    )


def _same_as(key: str, value: Any) -> Any:
    """What of a part counts: a model is the same by its bytes, whatever its file is called."""
    return value.get("blake2b") if key == "model" and isinstance(value, dict) else value


def _listed(content: Mapping[str, Any]) -> List[str]:
    """Names of the rasters that a state lists."""
    return [file["file"] for entry in content["rasters"].values() for file in entry["files"].values()]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "'{}'".format(text if len(text) <= 120 else text[:117] + "...")


def _sound(content: Mapping[str, Any]) -> bool:
    rasters, sources = content.get("rasters"), content.get("sources")
    if not isinstance(rasters, dict) or not isinstance(sources, dict):
        return False
    if not all(isinstance(value, list) and len(value) == 3 for value in sources.values()):
        return False
    if not all(_sound_entry(entry) for entry in rasters.values()):
        return False
    # One run computes them all: what one entry tells, all tell.
    return len({frozenset(entry["totals"]) for entry in rasters.values()}) <= 1


def _sound_entry(entry: Any) -> bool:
    """Whether an entry has the files and totals that `record` writes."""
    if not isinstance(entry, dict):
        return False
    if not all(isinstance(entry.get(part), dict) for part in ("inputs", "files", "totals")):
        return False
    for file in entry["files"].values():
        if not isinstance(file, dict) or not {"file", "bytes", "blake2b"} <= set(file):
            return False
        if not isinstance(file["file"], str) or not _NAME.fullmatch(file["file"]):
            return False
    return _sound_totals(entry["totals"], len(entry["inputs"]))


def _sound_totals(totals: Mapping[str, Any], drivers: int) -> bool:
    """Whether totals have the numbers of `scenario_batch.plain_totals`, for a model of so many drivers."""
    optional = [totals[name] for name in ("inside_km2", "interval_width_t_C_ha") if name in totals]
    if not all(_is_number(value) for value in (totals.get("mean_t_C_ha"), totals.get("area_km2"), *optional)):
        return False
    lists = [(totals.get("range_t_C_ha"), 2), (totals.get("below"), drivers), (totals.get("above"), drivers)]
    for values, length in lists:
        if not isinstance(values, list) or len(values) != length or not all(_is_number(value) for value in values):
            return False
    counts = [totals.get("cells"), totals.get("outside"), *totals["below"], *totals["above"]]
    if not all(isinstance(count, int) and _is_number(count) for count in counts):
        return False
    return totals["area_km2"] > 0 and totals["cells"] > 0 and all(0 <= count <= totals["cells"] for count in counts)


def _is_number(value: Any) -> bool:
    """A number of the size that totals have; products of some stay finite."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST


def _clear(made: Ensemble) -> None:
    """Delete the rasters that the folder's list names, and the list. Files of any other name are left alone."""
    try:
        content = read_state(made.folder)
    except InputError:
        content = {"rasters": {}}  # nothing is known of what it made; what is written now replaces it file by file
    for name in _listed(content):
        path = made.raster(name)
        for made_with_it in (path, os.path.splitext(path)[0] + ".qml"):
            if os.path.isfile(made_with_it):
                with writing(made_with_it):
                    os.remove(made_with_it)
