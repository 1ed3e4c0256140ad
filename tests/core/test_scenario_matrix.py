"""The scenario matrix: 27 rows and 21 runs in the paper's design."""

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.scenario_matrix import FACTORIAL, parse_groups, scenario_matrix

GROUPS = "climate: PRE, TEM; AGPP: AGPP; population: PD"
SSP = ("SSP126", "SSP245", "SSP585")


def test_the_papers_matrix():
    matrix = scenario_matrix(parse_groups(GROUPS), SSP)
    assert len(matrix.rows) == 27 and len(matrix.runs) == 21
    by_set = {}
    for row in matrix.rows:
        by_set.setdefault(row.set, set()).add(row.run.id)
    assert {name: len(ids) for name, ids in by_set.items()} == {"CDS": 9, "PVS": 9, "PPS": 9}
    # Fig. 6: population differs, climate and AGPP share a pathway.
    assert by_set["PPS"] == {"C{0}A{0}P{1}".format(a, b) for a in "125" for b in "125"}
    assert by_set["CDS"] & by_set["PPS"] & by_set["PVS"] == {"C1A1P1", "C2A2P2", "C5A5P5"}
    assert len(matrix.runs) * 9 == 189


def test_what_a_run_means():
    run = next(run for run in scenario_matrix(parse_groups(GROUPS), SSP).runs if run.id == "C1A1P5")
    assert [run.pathway(group) for group in ("climate", "AGPP", "population")] == ["SSP126", "SSP126", "SSP585"]


def test_full_factorial():
    matrix = scenario_matrix(parse_groups(GROUPS), SSP, FACTORIAL)
    assert len(matrix.rows) == len(matrix.runs) == 27
    assert set(run.id for run in scenario_matrix(parse_groups(GROUPS), SSP).runs) < {run.id for run in matrix.runs}


def test_the_table_marks_what_is_new():
    table = scenario_matrix(parse_groups(GROUPS), SSP).table()
    assert [column.name for column in table.columns][3:6] == [
        "pathway_climate", "pathway_AGPP", "pathway_population",
    ]  # fmt: skip
    assert len(table.rows) == 27 and sum(row[-1] for row in table.rows) == 21


@pytest.mark.parametrize(
    "pathways, marks",
    [
        (("SSP1-2.6", "SSP2-4.5", "SSP5-8.5"), ["1", "2", "5"]),
        (("ssp_370", "SSP 1"), ["3", "1"]),
        (("low", "high"), ["1", "2"]),
        (("SSP1a", "SSP1b"), ["1", "2"]),
    ],
)
def test_marks_of_pathways(pathways, marks):
    matrix = scenario_matrix(parse_groups("x: A"), pathways)
    assert [run.id for run in matrix.runs] == ["X" + mark for mark in marks]


def test_more_groups_than_letters_are_refused_with_advice():
    text = "; ".join("group{}: V{}".format(number, number) for number in range(27))
    with pytest.raises(InputError, match="more than 26 groups.*Put variables that follow one pathway into one group"):
        parse_groups(text)


def test_letters_do_not_collide():
    groups = parse_groups("climate: A; crops: B; cc: C")
    assert [group.letter for group in groups] == ["C", "R", "A"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "No group of variables"),
        ("climate", "is no group of variables"),
        (": PRE", "is no group of variables"),
        ("a: X; b: X", "'X' is in the groups 'a' and 'b'"),
        ("a: X; a: Y", "two groups 'a'"),
    ],
)
def test_groups_that_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_groups(text)


def test_pathways_and_designs_that_are_refused():
    groups = parse_groups(GROUPS)
    with pytest.raises(InputError, match="No pathway"):
        scenario_matrix(groups, ())
    with pytest.raises(InputError, match="'SSP126' is given twice"):
        scenario_matrix(groups, ("SSP126", "SSP126"))
    with pytest.raises(InputError, match="'star' is no design"):
        scenario_matrix(groups, SSP, "star")
