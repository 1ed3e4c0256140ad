"""The text of docs/accuracy.md around the tables; every figure in it is taken from the results."""

import re
from typing import Optional, Tuple

from . import report
from .cache import FOLDS, SEEDS
from .coupled import NETWORK_ROWS

UNITS = {"africa20km": "t C/ha", "agbref_africa": "t/ha", "amhara": "dag/kg", "xuancheng": "g/kg"}

INTRO = """# Accuracy of the density models on real data

How well density is predicted where it was not seen: by the coupled model of this plugin, in its default and its
published form, and by simple and common models, on four [data sets](#data-and-folds).{state}

Every figure is **held-out**: a model predicts rows that it has not seen in any way. R² = 1 − SSE / SST, SST about
the mean of the test rows of the fold, so a model can fall below 0. All figures are means over {folds} folds ×
{seeds} seeds.
"""

PARTIAL = """

**{:,} of {:,} results are there; the rest has not been run.** A number in brackets is that of the folds behind a mean
of fewer than {}; means over the data sets wait for all folds."""

DATA = """## Data and folds

| data set | what is predicted | rows | drivers | block |
|---|---|---:|---|---:|
| africa20km | soil carbon 0–100 cm, 2010, t C/ha (a model's output) | 45,989 cells | 9, GlobCover classes | 500 km |
| agbref_africa | above-ground biomass, measured, t/ha dry matter | 2,137 cells | the same | 300 km |
| amhara | soil organic matter, measured, dag/kg | 407 points | 10 and the soil type | 15 km |
| xuancheng | soil organic matter of the A horizon, measured, g/kg | 183 points | 7 | 15 km |

*Random*: rows are dealt at random; neighbours of a test row are in the training rows, which is the task of filling
gaps. *Blocks*: whole squares are dealt, which is the task of predicting land without samples, and what a map of
another region or year asks. The folds are the same for all models.
"""

MODELS = """## Models

- **Class means**: mean of the training rows of the class: GlobCover classes; in Amhara soil types, as there is no land
  cover; in Xuancheng, which has neither, three zones of elevation (below 50 m, to 200 m, above).
- **Ridge**: standardised drivers, one column per class, penalty by leave-one-out on the training rows.
- **Random forest**: 80 trees, leaf 5, half the features; class codes are read as numbers.
- **CatBoost regression**: CatBoost's own defaults (1000 trees, depth 6, automatic learning rate), classes as such.
- **Published network alone**: one step of `torch.nn.RNN`, 5 × 512, ReLU head, L1, Adam 1e-3, batches of 500, 100
  epochs, min-max; a dead start is found and begun again from another seed.
- **Published coupled model**: natural breaks, CatBoost with 1500 trees of depth 8 on 70 % of the rows, one published
  network per level, hard levels, eq. 3 as printed.
- **Robust coupled model**, the default: three levels of equal size, a regularised CatBoost for their probabilities,
  within each level the mean of a regularised CatBoost and small networks, kept within the range of the level, and
  densities blended by the probabilities.

Networks learn from {rows:,} training rows of a fold at most (this concerns africa20km alone); everything else learns
from all of them.
"""


MADE = """## How this was checked

The page is written by `python3 -m benchmarks.accuracy.run --data FOLDER` in the source, where FOLDER holds the four
data sets. Results of single folds are kept in `benchmarks/accuracy/results.jsonl`, so that a run that was stopped goes
on where it was; `--report-only` writes the page from them."""

CHOICE = """## How the default was chosen, and what that does to its figures

The form and settings of the default were compared on other folds (seed 101) **of the same four data sets**: more than
three hundred combinations of thresholds, number of levels, classifier, number of trees and model within the levels, of
africa20km with 4,000 cells in spatial blocks and one random fold of all cells. Other folds are not other data: the same
rows took part, so the default's figures are likely somewhat too good for a fifth data set. Forest and CatBoost
regression had no such choice: the forest is as prescribed, CatBoost as it comes, with 1000 trees that suit large tables
better than 183 points. A CatBoost tuned for small tables would be a harder peer.

The means over the data sets weigh 183 points as much as 45,989 cells. Read the columns: on small measured sets the
default gains most, and where training rows lie all around (africa20km and agbref_africa, random) see the table of
differences."""


def page(results: report.Results) -> str:
    """The whole page."""
    there, wanted = report.complete(results)
    state = "" if there == wanted else PARTIAL.format(there, wanted, FOLDS * len(SEEDS))
    parts = [INTRO.format(folds=FOLDS, seeds=len(SEEDS), state=state).rstrip()]
    parts += ["## Result", report.accuracy_table(results), _verdict(results), report.difference_table(results), ERRORS]
    parts += [_published(results), _default(results)]
    parts += ["## Errors in the unit of the target", report.error_table(results, UNITS)]
    parts += [CHOICE]
    parts += [DATA.rstrip(), MODELS.format(rows=NETWORK_ROWS).rstrip(), MADE]
    return "\n\n".join(part for part in parts if part) + "\n"


ERRORS = """Differences are paired by fold; the standard error is that of the folds' differences, and for the mean over
the data sets the four errors added in squares. Folds of one data set share rows, so these errors are rather too small
than too large."""


def _means(results, key: str) -> Tuple[Optional[float], Optional[float]]:
    return report.mean_over_sets(results, key, "random"), report.mean_over_sets(results, key, "blocks")


def _both(results, key: str) -> str:
    return " / ".join(report.cell(value) for value in _means(results, key))


def _verdict(results) -> str:
    """What was asked of the default, and whether it holds."""
    keys = (report.DEFAULT, report.FOREST, report.BOOST)
    if not report.finished(results, *keys):
        return (
            "Whether the default keeps up with the forest and CatBoost regression is **not decided yet**: folds lack."
        )
    default, forest, boost = (_means(results, key) for key in keys)
    gap = default[0] - max(forest[0], boost[0])
    met = "**met**" if gap >= -report.TOLERANCE else "**not met**"
    lines = [
        "Under random CV the default's mean R² is {} that of the better of forest and CatBoost regression (wanted: not "
        "more than {} below): {}.".format(_signed(gap), report.TOLERANCE, met)
    ]  # fmt: skip
    for other, title in ((report.FOREST, "the forest"), (report.BOOST, "CatBoost regression")):
        difference, error = report.paired_over_sets(results, report.DEFAULT, other, "blocks")
        holds = "**met**" if difference >= -error else "**not met**"
        lines.append(
            "In spatial blocks it is {} that of {} (standard error {}; wanted: at least equal within one standard "
            "error): {}.".format(_signed(difference), title, report.cell(error), holds)
        )
    return "\n".join("- " + line for line in lines)


def _signed(difference: float) -> str:
    return "{:.3f} {}".format(abs(difference), "above" if difference >= 0 else "below")


def _published(results) -> str:
    """Where the published recipe loses."""
    if not report.finished(results, "published", "published-blended", "network", report.FOREST):
        return ""
    dead, networks = report.dead_starts(results)
    text = [
        "## Where the published recipe loses",
        "Mean R² (random / blocks) of the published coupled model: {}; of its network alone, without levels: {}; of a "
        "random forest: {}.".format(*(_both(results, key) for key in ("published", "network", report.FOREST))),
        "- **Hard levels.** A cell gets the density of its most probable level alone. Where the drivers do not tell "
        "the levels apart, a wrong level is a large error. The same models with densities blended by the "
        "probabilities of the levels: {}.".format(_both(results, "published-blended")),
        "- **Dead heads.** {} of {} published networks (without levels) started with a ReLU head that answers 0 "
        "everywhere and would have stayed there: a map of the lower bound. They were found and begun again, so the "
        "figures above are those of living networks.".format(dead, networks),
    ]  # fmt: skip
    return "\n\n".join(text[:2]) + "\n\n" + "\n".join(text[2:])


def _default(results) -> str:
    """What the default does about it, and which form of it the table chose."""
    keys = ("robust", "robust-catboost", "robust-network", "robust-hard")
    if not report.finished(results, *keys):
        return ""
    both = [_both(results, key) for key in keys]
    return "\n".join([
        "## What the default does about it",
        "",
        "- **Blended levels.** The same models with hard levels reach {} (random / blocks) instead of "
        "{}.".format(both[3], both[0]),
        "- **Levels of equal size** and **a regularised classifier** (half the drivers per split, a part of the rows "
        "per tree, a number of trees chosen on rows held out): not measured one by one here.",
        "- **Within levels the mean of CatBoost and small networks**, kept within the level's range: {}; CatBoost "
        "alone {}, networks alone {}.".format(both[0], both[1], both[2]),
    ])  # fmt: skip


#: Models of the short table in README.md, which stands between these marks.
README_MODELS = ("class-means", report.FOREST, report.BOOST, "published", report.DEFAULT)
README_BLOCK = re.compile(r"(<!--accuracy: [^>]*-->\n).*?(<!--/accuracy-->)", re.S)

README_WHOLE = """R² = 1 − SSE/SST on rows that the model has not seen, mean over four data sets ({folds} folds ×
{seeds} seeds each): rows dealt at random, and whole blocks of land left out. The default was chosen on other folds of
the same data."""
README_PART = """R² = 1 − SSE/SST on rows that the model has not seen, by data set: rows dealt at random, and whole
blocks of land left out. A number in brackets is that of the folds behind a mean where fewer than {wanted} have been
run; – where none has. The default was chosen on other folds of the same data."""


def fill_readme(text: str, results: report.Results) -> str:
    """README.md with the short table written anew.

    Raises
    ------
    ValueError
        If the marks of the table are not in it.
    """
    if not README_BLOCK.search(text):
        raise ValueError("README.md has no <!--accuracy: ... --> ... <!--/accuracy-->, where its table goes.")
    words = README_WHOLE if report.finished(results, *README_MODELS) else README_PART
    words = words.format(folds=FOLDS, seeds=len(SEEDS), wanted=FOLDS * len(SEEDS))
    table = report.short_table(results, README_MODELS)
    return README_BLOCK.sub(lambda found: "{}\n{}\n\n{}\n\n{}".format(found[1], words, table, found[2]), text)
