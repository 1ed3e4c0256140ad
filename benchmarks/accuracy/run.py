"""Run the folds that are not in the cache, then write the table.

    python3 -m benchmarks.accuracy.run --data FOLDER                # everything, resumable
    python3 -m benchmarks.accuracy.run --data FOLDER --report-only  # the table of what is there

FOLDER holds africa20km, agbref_africa, amhara and xuancheng. Results are kept in benchmarks/accuracy/results.jsonl;
those of a run that was stopped lie below build/accuracy, and the next --report-only moves them there.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any, Dict

ROOT = Path(__file__).resolve().parents[2]


def score(observed, predicted) -> Dict[str, float]:
    """R2 (1 - SSE/SST, SST about the mean of the test rows), MAE, RMSE, bias and the sums, in the target's unit."""
    import numpy as np

    error = predicted - observed
    sse, sst = float(np.sum(error**2)), float(np.sum((observed - observed.mean()) ** 2))
    return {
        "r2": 1.0 - sse / sst, "mae": float(np.mean(np.abs(error))), "rmse": (sse / len(error)) ** 0.5,
        "bias": float(error.mean()), "sse": sse, "sst": sst, "n_test": len(error),
    }  # fmt: skip


def run_fold(data, recipe, fold_of_row, fold: int, seed: int) -> Dict[str, Dict[str, Any]]:
    """Train on the other folds, predict this one, and measure: results by key of the recipe."""
    test = fold_of_row == fold
    train, tested = data.samples.take(~test), data.samples.take(test)
    start = time.perf_counter()
    predictions, notes = recipe.predict(data, train, tested.features, seed * 100 + fold)
    facts = {"n_train": len(train), "seconds": round(time.perf_counter() - start, 2), "notes": notes}
    return {key: dict(score(tested.target, predicted), **facts) for key, predicted in predictions.items()}


def missing(cache, data_names, recipes, schemes, seeds, folds: int):
    """What has no result yet: one seed of everything before the next."""
    for seed in seeds:
        for name in data_names:
            for scheme in schemes:
                for fold in range(folds):
                    for recipe in recipes:
                        place = (name, scheme, seed, fold)
                        if not all(cache.has(*place, key, recipe.version) for key in recipe.keys):
                            yield recipe, place


def run(arguments) -> None:
    """Fill the cache."""
    from carbon_qgis.core.spatial_blocks import folds

    from .cache import FOLDS, Cache
    from .datasets import DATA_SETS
    from .models import RECIPES

    cache = Cache(arguments.cache)
    recipes = [recipe for recipe in RECIPES if not arguments.models or recipe.key in arguments.models]
    loaded = {}
    for recipe, place in missing(cache, arguments.sets, recipes, arguments.schemes, arguments.seeds, FOLDS):
        name, scheme, seed, fold = place
        if name not in loaded:
            loaded[name] = DATA_SETS[name](arguments.data)
        data = loaded[name]
        block = data.blocks if scheme == "blocks" else None
        results = run_fold(data, recipe, folds(block, len(data.samples), FOLDS, seed), fold, seed)
        for key, result in results.items():
            cache.write(result, *place, key, recipe.version)
            text = "{} {} seed {} fold {} {}: R2 {:.3f} in {:.1f} s"
            print(text.format(name, scheme, seed, fold, key, result["r2"], result["seconds"]), flush=True)


def parse(argv=None):
    """The command line."""
    from .cache import SCHEMES, SEEDS

    names = ("africa20km", "agbref_africa", "amhara", "xuancheng")
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.accuracy.run", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with the four data sets")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "accuracy", help="folder of new results")
    parser.add_argument("--report", type=Path, default=ROOT / "docs" / "accuracy.md", help="the page to write")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md", help="the page with the short table")
    parser.add_argument("--report-only", action="store_true", help="run nothing, write the page")
    parser.add_argument("--sets", nargs="+", default=names, choices=names)
    parser.add_argument("--schemes", nargs="+", default=SCHEMES, choices=SCHEMES)
    parser.add_argument("--models", nargs="+", help="keys of models (default: all)")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    return parser.parse_args(argv)


def main(argv=None) -> None:
    """Run and report."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    arguments = parse(argv)
    if not arguments.report_only:
        if arguments.data is None:
            raise SystemExit("Give --data FOLDER: the folder with africa20km, agbref_africa, amhara and xuancheng.")
        run(arguments)
    from .cache import Cache
    from .report import all_keys, write_page

    Cache(arguments.cache).keep(all_keys())

    write_page(arguments.cache, arguments.report, arguments.readme)


if __name__ == "__main__":
    main()
