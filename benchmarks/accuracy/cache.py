"""Results of single folds on disk: a small JSON file each, so that a stopped run goes on where it was."""

import json
import os
from pathlib import Path
from typing import Any, Dict, Iterable, Optional

#: The folds of every model: five folds with each of three seeds.
FOLDS = 5
SEEDS = (0, 1, 2)
SCHEMES = ("random", "blocks")


class Cache:
    """Results by data set, scheme, seed, fold, model and version of the model's recipe."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, data_set: str, scheme: str, seed: int, fold: int, model: str, version: str) -> Path:
        """Where the result of one fold lies."""
        return self.folder / data_set / "{}-s{}-f{}-{}-v{}.json".format(scheme, seed, fold, model, version)

    def read(self, *key) -> Optional[Dict[str, Any]]:
        """The stored result, or None."""
        path = self.path(*key)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def write(self, result: Dict[str, Any], *key) -> None:
        """Store a result; the file appears whole or not at all."""
        path = self.path(*key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part{}".format(os.getpid()))
        part.write_text(json.dumps(result, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(part, path)

    def read_all(self, data_set: str, scheme: str, model: str, version: str, seeds: Iterable[int] = SEEDS):
        """Results of all seeds and folds by (seed, fold); those that are missing are left out."""
        found = {}
        for seed in seeds:
            for fold in range(FOLDS):
                result = self.read(data_set, scheme, seed, fold, model, version)
                if result is not None:
                    found[seed, fold] = result
        return found
