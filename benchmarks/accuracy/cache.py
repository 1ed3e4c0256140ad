"""Results of single folds: a small JSON file each while they are made, and all of them in one file beside the code.

The table takes hours. `results.jsonl` lies in the repository, so that a run goes on where another machine stopped.
"""

import json
import os
from pathlib import Path
from typing import Any, Dict, Iterable, Optional, Tuple

#: The folds of every model: five folds with each of three seeds.
FOLDS = 5
SEEDS = (0, 1, 2)
SCHEMES = ("random", "blocks")
#: All results that have been made, a line each.
KEPT = Path(__file__).with_name("results.jsonl")
_KEY = ("data_set", "scheme", "seed", "fold", "model", "version")

Key = Tuple[str, str, int, int, str, str]


class Cache:
    """Results by data set, scheme, seed, fold, model and version of the model's recipe.

    New ones are written into `folder`; those of `kept` are read too.
    """

    def __init__(self, folder: Path, kept: Path = KEPT):
        self.folder, self._kept_path = folder, kept
        self._kept: Dict[Key, Dict[str, Any]] = {}
        if kept.exists():
            for line in kept.read_text(encoding="utf-8").splitlines():
                result = json.loads(line)
                self._kept[tuple(result.pop(name) for name in _KEY)] = result

    def _path(self, *key) -> Path:
        return self.folder / key[0] / "{1}-s{2}-f{3}-{4}-v{5}.json".format(*key)

    def has(self, *key) -> bool:
        """True if the result is there."""
        return key in self._kept or self._path(*key).exists()

    def read(self, *key) -> Optional[Dict[str, Any]]:
        """The stored result, or None."""
        path = self._path(*key)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else self._kept.get(key)

    def write(self, result: Dict[str, Any], *key) -> None:
        """Store a result; the file appears whole or not at all."""
        path = self._path(*key)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(result, indent=1, sort_keys=True))

    def read_all(self, data_set: str, scheme: str, model: str, version: str, seeds: Iterable[int] = SEEDS):
        """Results of all seeds and folds by (seed, fold); those that are missing are left out."""
        found = {}
        for seed in seeds:
            for fold in range(FOLDS):
                result = self.read(data_set, scheme, seed, fold, model, version)
                if result is not None:
                    found[seed, fold] = result
        return found

    def keep(self, keys: Iterable[Key]) -> None:
        """Write the results of these keys, where they are there, into the one file; others leave it."""
        lines = []
        for key in keys:
            result = self.read(*key)
            if result is not None:
                lines.append(json.dumps({**dict(zip(_KEY, key)), **result}))
        _write(self._kept_path, "\n".join(lines) + "\n")


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part{}".format(os.getpid()))
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
