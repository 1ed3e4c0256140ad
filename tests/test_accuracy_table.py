"""The short table of README.md: means over the data sets where all folds are there, else each data set."""

import re

import pytest

from benchmarks.accuracy import page, report
from benchmarks.accuracy.cache import FOLDS, SCHEMES, SEEDS

README = "Before\n\n<!--accuracy: x -->\nstale\n<!--/accuracy-->\n\nAfter\n"


def results(lacking=()):
    """R2 0.5 for every fold of every model, but for the folds (model, scheme, data set) of `lacking`."""
    folds = {(seed, fold): {"r2": 0.5} for seed in SEEDS for fold in range(FOLDS)}
    keys = [row.key for row in report.ROWS]
    found = {(key, scheme, name): dict(folds) for key in keys for scheme in SCHEMES for name in report.NAMES}
    for place in lacking:
        found[place] = {(0, 0): {"r2": 0.25}}
    return found


def test_means_over_the_data_sets_once_all_folds_are_there():
    text = page.fill_readme(README, results())
    assert text.startswith("Before\n\n<!--accuracy: x -->\n") and text.endswith("<!--/accuracy-->\n\nAfter\n")
    assert "| R², held-out | random | whole blocks of land |" in text and "stale" not in text
    assert text.count("| 0.500 | 0.500 |") == len(page.README_MODELS) == 5
    assert page.fill_readme(text, results()) == text


def test_each_data_set_where_folds_lack():
    text = page.fill_readme(README, results([("published", "blocks", "amhara")]))
    assert "amhara, blocks" in text and "0.250 (1)" in text and "mean over four data sets" not in text


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="where its table goes"):
        page.fill_readme("nothing", results())


def test_the_readme_has_the_table(repository):
    block = page.README_BLOCK.search((repository / "README.md").read_text(encoding="utf-8")).group()
    assert len(re.findall(r"^\| .* \|$", block, re.M)) == 1 + len(page.README_MODELS)
