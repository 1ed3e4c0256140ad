"""The algorithm reference in docs/algorithms is what the definitions say now."""

import sys

import pytest

RUN = "run scripts/build-docs and commit docs/algorithms"


@pytest.fixture(scope="module")
def generated(provider, repository):
    sys.path.insert(0, str(repository / "scripts"))
    try:
        from algorithm_pages import pages
    finally:
        sys.path.remove(str(repository / "scripts"))
    return pages(provider)


def test_the_committed_pages_are_those_of_now(generated, repository):
    folder = repository / "docs" / "algorithms"
    committed = {path.name for path in folder.glob("*.md")}
    assert committed == set(generated), RUN
    changed = [name for name, text in generated.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert not changed, "{}: {}".format(", ".join(changed), RUN)


def test_every_algorithm_has_a_page_with_every_parameter_and_output(generated, provider):
    for algorithm in provider.algorithms():
        text = generated[algorithm.name() + ".md"]
        names = [item.name() for item in algorithm.parameterDefinitions() + algorithm.outputDefinitions()]
        rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
        absent = [name for name in names if rows.count(name) != 1]
        assert not absent, (algorithm.name(), absent)
        assert algorithm.shortHelpString().strip() in text


def test_what_a_row_says(generated):
    page = generated["carbonaccumulation.md"]
    assert "group *3 Carbon stock and sink capacity*" in page
    assert "| `CELL_AREA` | Cell area | word: `auto`, `projected`, `ellipsoidal` | `auto` | How the area" in page
    assert page.index("## Inputs") < page.index("## Advanced") < page.index("`CELL_AREA`") < page.index("## Outputs")
    assert "Accepted words" not in page
    seed = generated["traindensity.md"]
    assert "| `SEED` | Random seed | whole number from 0 | `42` |" in seed
    assert "| `FOLDS` | Folds of a cross-validation | whole number from 0 to 20 | `0` |" in seed


def test_the_index_lists_groups_in_working_order(generated, provider):
    text = generated["index.md"]
    heads = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert heads == sorted({algorithm.group() for algorithm in provider.algorithms()})
    assert all("]({}.md)".format(algorithm.name()) in text for algorithm in provider.algorithms())


def test_links_lead_to_pages(generated):
    import re

    for name, text in generated.items():
        for target in re.findall(r"\]\(([^)]+\.md)\)", text):
            assert target in generated, (name, target)


def test_a_chain_lists_its_steps_before_those_that_need_them(generated):
    steps = [line for line in generated["landcovertodrivers.md"].splitlines() if line[:1].isdigit()]
    places = [next(i for i, line in enumerate(steps) if "carbon:" + name in line)
              for name in ("carbonstock", "carbonaccumulation", "geodetector")]  # fmt: skip
    assert places == sorted(places)


def test_the_command_names_what_must_be_given(generated):
    assert "qgis_process run carbon:carbonstock --LANDCOVER=... --POOLS=..." in generated["carbonstock.md"]


def test_pages_hold_no_paths_of_a_machine(generated):
    import re

    for name, text in generated.items():
        assert not re.search(r"(?<![\w./])/(home|root|Users|work|tmp)/", text), name


def test_packages_are_named_as_installers_know_them(generated):
    """'pip install sklearn' is not scikit-learn; a chain needs what its steps need."""
    assert "`scikit-learn` ([how to install them](../installing.md#the-packages))" in generated["trainforest.md"]
    assert not any("`sklearn`" in text for text in generated.values())
    chain = generated["coupledcarbon.md"].partition("Needs the Python packages ")[2]
    assert "`catboost`" in chain and "`statsmodels`" in chain
    assert all("need `torch` besides" in generated[name + ".md"] for name in ("traindensity", "coupledcarbon"))
