"""The page of the results: tables of R2, MAE and RMSE, paired differences, and what they say."""

from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from .cache import FOLDS, SCHEMES, SEEDS, Cache
from .models import RECIPES, ROWS

NAMES = ("africa20km", "agbref_africa", "amhara", "xuancheng")
DEFAULT, FOREST, BOOST = "robust", "forest", "catboost"
#: Differences of R2 under random CV that still count as equal.
TOLERANCE = 0.01

Results = Dict[Tuple[str, str, str], Dict[Tuple[int, int], dict]]


def read(folder: Path) -> Results:
    """All cached results by (row of the table, scheme, data set)."""
    cache, found = Cache(folder), {}
    for recipe in RECIPES:
        for key in recipe.keys:
            for scheme in SCHEMES:
                for name in NAMES:
                    found[key, scheme, name] = cache.read_all(name, scheme, key, recipe.version)
    return found


def all_keys() -> Iterator[tuple]:
    """The key of every result of the table, in one order."""
    for name in NAMES:
        for scheme in SCHEMES:
            for recipe in RECIPES:
                for key in recipe.keys:
                    for seed in SEEDS:
                        for fold in range(FOLDS):
                            yield name, scheme, seed, fold, key, recipe.version


def mean(results: Results, key: str, scheme: str, name: str, metric: str) -> Optional[float]:
    """Mean over the folds that are there; None without any."""
    values = [result[metric] for result in results[key, scheme, name].values()]
    return float(np.mean(values)) if values else None


def mean_over_sets(results: Results, key: str, scheme: str, metric: str = "r2") -> Optional[float]:
    """Mean over the four data sets, each by the mean of its folds; None where one lacks."""
    values = [mean(results, key, scheme, name, metric) for name in NAMES]
    return None if None in values else float(np.mean(values))


def paired(results: Results, key: str, other: str, scheme: str, name: str) -> Optional[Tuple[float, float]]:
    """Mean difference of R2 over the folds that both have, and its standard error; None with fewer than two."""
    mine, theirs = results[key, scheme, name], results[other, scheme, name]
    differences = np.array([mine[place]["r2"] - theirs[place]["r2"] for place in sorted(set(mine) & set(theirs))])
    if len(differences) < 2:
        return None
    return float(differences.mean()), float(differences.std(ddof=1) / np.sqrt(len(differences)))


def paired_over_sets(results: Results, key: str, other: str, scheme: str) -> Optional[Tuple[float, float]]:
    """Mean over the data sets of the paired differences; the standard errors add in squares."""
    pairs = [paired(results, key, other, scheme, name) for name in NAMES]
    if None in pairs:
        return None
    means, errors = np.array(pairs).T
    return float(means.mean()), float(np.sqrt((errors**2).sum()) / len(NAMES))


def cell(value: Optional[float], digits: int = 3) -> str:
    return "–" if value is None else "{:.{}f}".format(value, digits).replace("-", "−")


def _table(header: List[str], rows: List[List[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def accuracy_table(results: Results) -> str:
    """R2 of every model: the mean over the data sets, then each data set, random and blocks.

    A mean over the data sets is given only where all folds are there.
    """
    header = ["R², held-out", "mean, random", "mean, blocks"]
    header += ["{}, {}".format(name, scheme) for name in NAMES for scheme in SCHEMES]
    rows = []
    for row in ROWS:
        whole = finished(results, row.key)
        cells = [cell(mean_over_sets(results, row.key, scheme) if whole else None) for scheme in SCHEMES]
        cells += [counted(results, row.key, scheme, name) for name in NAMES for scheme in SCHEMES]
        rows.append([row.title] + cells)
    return _table(header, rows)


def short_table(results: Results, keys: Sequence[str]) -> str:
    """R2 of a few models: means over the data sets, or each data set where folds of one of these models lack."""
    if finished(results, *keys):
        header = ["R², held-out", "random", "whole blocks of land"]
        cells = {key: [cell(mean_over_sets(results, key, scheme)) for scheme in SCHEMES] for key in keys}
    else:
        header = ["R², held-out"] + ["{}, {}".format(name, scheme) for name in NAMES for scheme in SCHEMES]
        cells = {
            key: [counted(results, key, scheme, name) for name in NAMES for scheme in SCHEMES] for key in keys
        }  # fmt: skip
    return _table(header, [[row.title] + cells[row.key] for row in ROWS if row.key in cells])


def error_table(results: Results, units: Dict[str, str]) -> str:
    """MAE / RMSE of every model, in the unit of each target."""
    header = ["MAE / RMSE, held-out"]
    header += ["{}, {} ({})".format(name, scheme, units[name]) for name in NAMES for scheme in SCHEMES]
    rows = []
    for row in ROWS:
        cells = []
        for name in NAMES:
            for scheme in SCHEMES:
                pair = [mean(results, row.key, scheme, name, metric) for metric in ("mae", "rmse")]
                cells.append("{} / {}".format(*(cell(value, 2) for value in pair)))
        rows.append([row.title] + cells)
    return _table(header, rows)


def difference_table(results: Results) -> str:
    """Default minus forest and minus CatBoost: paired mean and standard error."""
    header = ["difference of R² (± standard error)", "mean, random", "mean, blocks"]
    header += ["{}, {}".format(name, scheme) for name in NAMES for scheme in SCHEMES]
    rows = []
    for other, title in ((FOREST, "random forest"), (BOOST, "CatBoost regression")):
        whole = finished(results, DEFAULT, other)
        pairs = [paired_over_sets(results, DEFAULT, other, scheme) if whole else None for scheme in SCHEMES]
        pairs += [paired(results, DEFAULT, other, scheme, name) for name in NAMES for scheme in SCHEMES]
        cells = ["–" if pair is None else "{} ± {}".format(cell(pair[0]), cell(pair[1])) for pair in pairs]
        rows.append(["default − " + title] + cells)
    return _table(header, rows)


def finished(results: Results, *keys: str) -> bool:
    """True if every fold of these rows of the table is there: only then is anything said of them."""
    wanted = FOLDS * len(SEEDS)
    return all(len(results[key, scheme, name]) == wanted for key in keys for scheme in SCHEMES for name in NAMES)


def counted(results: Results, key: str, scheme: str, name: str) -> str:
    """R2 of a data set; with the number of folds where some are missing."""
    value, folds = mean(results, key, scheme, name, "r2"), len(results[key, scheme, name])
    return cell(value) + ("" if folds in (0, FOLDS * len(SEEDS)) else " ({})".format(folds))


def complete(results: Results) -> Tuple[int, int]:
    """Folds that are there, and folds of the whole table."""
    keys = [row.key for row in ROWS]
    there = sum(len(results[key, scheme, name]) for key in keys for scheme in SCHEMES for name in NAMES)
    return there, len(keys) * len(SCHEMES) * len(NAMES) * FOLDS * len(SEEDS)


def dead_starts(results: Results) -> Tuple[int, int]:
    """Published networks (without levels) that started dead once or more, and all of them."""
    found = [r["notes"]["dead starts"] for (key, _, _), all_ in results.items() if key == "network"
             for r in all_.values()]  # fmt: skip
    return sum(dead > 0 for dead in found), len(found)


def write_page(folder: Path, path: Path, readme: Optional[Path] = None) -> None:
    """Write the page from the cached results, and the short table between the marks of `readme`."""
    from .page import fill_readme, page

    results = read(folder)
    path.write_text(page(results), encoding="utf-8")
    if readme is not None:
        readme.write_text(fill_readme(readme.read_text(encoding="utf-8"), results), encoding="utf-8")
