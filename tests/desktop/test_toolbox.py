"""The toolbox as a person finds it: groups in working order, icons, searching, every dialog."""

import pytest

GROUPS = [
    "0 Start here", "1 Prepare data", "2 Carbon density", "3 Carbon stock and sink capacity", "4 Drivers",
    "5 Scenarios", "6 Validation", "7 Chains (models)",
]  # fmt: skip


@pytest.fixture(scope="module")
def words():
    """What people type, and one title that must come up."""
    return {
        "carbon": "Carbon stock by land-cover class (InVEST)",
        "InVEST": "Carbon stock by land-cover class (InVEST)",
        "sink": "Carbon accumulation rate (sinks and sources)",
        "NPP": "CASA net primary productivity (NPP)",
        "q statistic": "Geodetector: what explains the carbon map",
        "SSP": "Scenario matrix",
    }


def test_groups_stand_in_working_order_with_an_icon_for_each_algorithm(desktop):
    shown = desktop("toolbox", "shown")
    assert [group for group, _ in shown] == GROUPS
    icons = {title: icon for _, algorithms in shown for title, icon in algorithms}
    assert len(icons) == sum(len(algorithms) for _, algorithms in shown) >= 38
    bare = [title for title, icon in icons.items() if not icon or len(set(icon.split())) < 3]
    assert not bare
    # A picture that two algorithms share says nothing.
    assert len(set(icons.values())) == len(icons)


def test_common_words_find_what_they_mean(desktop, words):
    found = desktop("toolbox", "search", words=list(words))
    missed = {word: found[word] for word, title in words.items() if title not in found[word]}
    assert not missed
    assert len(found["carbon"]) >= 38
    assert all(found[word] for word in words)


def test_a_double_click_opens_the_dialog(desktop):
    opened = desktop("toolbox", "open_by_double_click", title="Check installation")
    # QGIS writes the titles of English dialogs so; 3.40 puts the group before it.
    assert opened.split(" - ")[-1] == "Check Installation"


def test_every_dialog_opens(desktop):
    assert desktop("toolbox", "all_dialogs") == []
