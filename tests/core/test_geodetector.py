"""Factor and interaction detector: published answers, invariants, a plain implementation, and what is refused."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.geodetector import factor_and_interaction, geodetector_arrays, interaction_type
from carbon_qgis.core.geodetector_tables import (
    ecological_table,
    factor_table,
    interaction_table,
    risk_table,
    stratum_table,
)
from carbon_qgis.core.strata_moments import Moments, accumulate

NAMES = ("soiltype", "watershed", "elevation")
SIX = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
HALVES, ALTERNATE = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, 0, 1])


@pytest.fixture(scope="module")
def ntds():
    """Neural tube defects in Heshun county, the example of Wang et al. (2010)."""
    return pd.read_csv(Path(__file__).parents[1] / "data" / "ntds.csv")


def _run(table, **options):
    return geodetector_arrays(table["incidence"].to_numpy(), {n: table[n].to_numpy() for n in NAMES}, **options)


def _plain_q(y, strata, minimum=1):
    """q by the definition, with pandas: population variances of the groups that are kept."""
    frame = pd.DataFrame({"y": y, "h": strata})
    frame = frame[frame.groupby("h")["y"].transform("size") >= minimum]
    within = frame.groupby("h")["y"].apply(lambda g: len(g) * np.var(g)).sum()
    return 1 - within / (len(frame) * np.var(frame["y"]))


def test_published_example(ntds):
    scope = _run(ntds).scope()
    assert scope.cells == 185
    expected = {"soiltype": 0.385716842809428, "watershed": 0.637773670070423, "elevation": 0.606708709727727}
    p = {"soiltype": 0.36323628815, "watershed": 0.00011699043915, "elevation": 0.04080406786}
    for score, strata in zip(scope.factors, (5, 9, 7)):
        assert score.q == pytest.approx(expected[score.factor], abs=1e-12)
        assert score.p_published == pytest.approx(p[score.factor], abs=2e-9)
        assert (score.strata, score.cells, score.one_cell_strata, score.unreliable) == (strata, 185, 0, False)


@pytest.mark.parametrize(
    "minimum, expected", [(1, (0.735681, 0.663524, 0.713597)), (2, (0.723184, 0.662980, 0.710278))]
)
def test_published_interactions_with_one_cell_strata_kept_and_dropped(ntds, minimum, expected):
    scope = _run(ntds, min_stratum_cells=minimum).scope()
    for score, q12, singles in zip(scope.pairs, expected, (2, 1, 3)):
        assert score.q12 == pytest.approx(q12, abs=5e-7)
        assert score.kind == "enhance_bivariate"
        assert score.one_cell_strata == singles
        assert score.dropped_cells == (singles if minimum == 2 else 0)
        assert score.cells == 185 - score.dropped_cells


def test_population_variance_changes_only_the_published_p(ntds):
    sample, population = _run(ntds), _run(ntds, published_variance="population")
    for a, b in zip(sample.scope().factors, population.scope().factors):
        assert (a.q, a.p_f, a.q_adj) == (b.q, b.p_f, b.q_adj)
        # A smaller variance (by 1/N), a larger non-centrality, a larger p.
        assert a.p_published < b.p_published < a.p_published * 1.2


@pytest.mark.parametrize("strata, q", [(HALVES, 150 / 154), (ALTERNATE, 1 - (412 / 3) / 154), (HALVES * 0, 0.0)])
def test_six_values(strata, q):
    score = geodetector_arrays(SIX, {"x": strata}).scope().factors[0]
    assert score.q == pytest.approx(q, abs=1e-14)


def test_six_values_match_the_documented_digits():
    scope = geodetector_arrays(SIX, {"a": HALVES, "b": ALTERNATE}).scope()
    assert [round(s.q, 6) for s in scope.factors] == [0.974026, 0.108225]


def test_one_stratum_has_no_p_and_is_noted():
    result = geodetector_arrays(SIX, {"x": HALVES * 0})
    score = result.scope().factors[0]
    assert (score.q, score.p_f, score.p_published, score.q_adj) == (0.0, None, None, 0.0)
    assert result.notes == ("'x' has one stratum overall: its q is 0.",)


def test_adding_a_constant_changes_nothing_but_the_published_p(ntds):
    shifted = ntds.assign(incidence=ntds["incidence"] + 1e6)
    a, b = _run(ntds).scope(), _run(shifted).scope()
    for one, two in zip(a.factors, b.factors):
        for name in ("q", "p_f", "q_adj"):
            assert getattr(one, name) == pytest.approx(getattr(two, name), abs=1e-9)
        assert two.p_published > one.p_published
    for one, two in zip(a.pairs, b.pairs):
        assert one.q12 == pytest.approx(two.q12, abs=1e-9)
        assert one.kind == two.kind
    assert b.mean == pytest.approx(a.mean + 1e6, abs=1e-8)


def test_strata_are_crossed_by_number_not_by_text():
    # ("1", "11") and ("11", "1") are one text when joined without care; their means are far apart.
    first, second = np.array([1, 11] * 50), np.array([11, 1] * 50)
    y = np.where(first == 1, 0.0, 100.0) + np.tile([0.0, 0.0, 1.0, 1.0], 25)
    pair = geodetector_arrays(y, {"a": first, "b": second}).scope().pairs[0]
    assert pair.strata == 2
    assert pair.q12 == pytest.approx(_plain_q(y, first), abs=1e-12)
    assert pair.q12 > 0.999


@pytest.mark.parametrize("minimum", [1, 2, 5])
def test_agrees_with_pandas_overall_and_by_ecosystem(minimum):
    rng = np.random.default_rng(11)
    factors = {name: rng.integers(1, 7, 700) for name in "abcd"}
    eco = rng.choice(["forest", "grassland", "desert"], 700)
    y = factors["a"] * 0.7 + (factors["b"] == 3) * factors["c"] + rng.normal(size=700) + (eco == "forest") * 5 + 50
    result = geodetector_arrays(y, factors, eco, min_stratum_cells=minimum)
    assert [s.name for s in result.scopes] == ["overall", "desert", "forest", "grassland"]
    for scope in result.scopes:
        rows = slice(None) if scope.name == "overall" else eco == scope.name
        assert scope.mean == pytest.approx(y[rows].mean(), rel=1e-12)
        assert scope.sd == pytest.approx(y[rows].std(), rel=1e-12)
        for score in scope.factors:
            assert score.q == pytest.approx(_plain_q(y[rows], factors[score.factor][rows], minimum), abs=1e-12)
        for score in scope.pairs:
            crossed = factors[score.first][rows] * 100 + factors[score.second][rows]
            assert score.q12 == pytest.approx(_plain_q(y[rows], crossed, minimum), abs=1e-12)
            assert score.strata == (pd.Series(crossed).value_counts() >= minimum).sum()


def test_order_of_rows_and_blocks_change_nothing(ntds):
    whole = _run(ntds)
    order = np.random.default_rng(5).permutation(185)
    np.testing.assert_allclose(_run(ntds.iloc[order]).matrix(), whole.matrix(), atol=1e-13)
    codes = [ntds[n].to_numpy(np.uint8) for n in NAMES]
    y, counts = ntds["incidence"].to_numpy() - 6.4, [int(c.max()) + 1 for c in codes]
    moments = Moments.zeros(counts)
    for start in range(0, 185, 37):
        part = slice(start, start + 37)
        moments += accumulate([c[part] for c in codes], y[part], None, counts)
    blocks = factor_and_interaction(moments, NAMES, centre=6.4)
    np.testing.assert_allclose(blocks.matrix(), whole.matrix(), atol=1e-13)
    assert blocks.scope().factors[1].p_published == pytest.approx(0.00011699043915, abs=2e-9)


@pytest.mark.parametrize(
    "q, expected",
    [
        ((0.3, 0.2, 0.1), "weaken_nonlinear"),
        ((0.3, 0.2, 0.25), "weaken_univariate"),
        ((0.3, 0.2, 0.3), "weaken_univariate"),
        ((0.3, 0.2, 0.2), "weaken_univariate"),
        ((0.3, 0.2, 0.4), "enhance_bivariate"),
        ((0.3, 0.2, 0.5), "independent"),
        ((0.3, 0.2, 0.5 + 1e-10), "independent"),
        ((0.3, 0.2, 0.51), "enhance_nonlinear"),
        ((0.3, 0.0, 0.3), "independent"),
        ((float("nan"), 0.2, 0.3), None),
    ],
)
def test_interaction_types_by_definition(q, expected):
    assert interaction_type(*q) == expected


def test_interaction_types_from_data():
    a, b = np.repeat([0, 1], 40), np.tile(np.repeat([0, 1], 20), 2)
    noise = np.tile([-1.0, 1.0], 40)

    def kind(y, first=a, second=b, **options):
        return geodetector_arrays(y, {"a": first, "b": second}, **options).scope().pairs[0].kind

    assert kind(a + 2.0 * b + noise) == "independent"
    assert kind((a ^ b) + noise) == "enhance_nonlinear"
    assert kind(a + b + noise, second=a | b) == "enhance_bivariate"
    assert kind(a + noise, second=a) == "weaken_univariate"
    # One extreme cell makes both factors strong; alone in its crossed stratum it is dropped, and the strength with it.
    first = np.array([0] * 20 + [1, 1, 1] + [0, 0] + [1])
    second = np.array([0] * 20 + [0, 0, 0] + [1, 1] + [1])
    y = np.concatenate([np.tile([-1.0, 1.0], 10), [-1.0, 1.0, 0.5], [1.0, -1.0], [100.0]])
    assert kind(y, first, second, min_stratum_cells=2) == "weaken_nonlinear"


def test_all_one_cell_strata_are_refused_overall():
    with pytest.raises(InputError, match=r"'x'.*each of its 6 strata holds one cell \(6 cells in all\).*fewer, larger"):
        geodetector_arrays(SIX, {"x": np.arange(6)})


def test_one_cell_strata_in_an_ecosystem_or_a_pair_are_nan_and_noted():
    y = np.append(SIX, [4.0, 8.0])
    eco = np.array(["a"] * 6 + ["b"] * 2)
    x, z = np.array([0, 0, 0, 1, 1, 1, 0, 1]), np.array([0, 1, 2, 0, 1, 2, 3, 3])
    result = geodetector_arrays(y, {"x": x, "z": z}, eco)
    small = result.scope("b")
    assert np.isnan(small.factors[0].q) and small.factors[0].p_f is None and small.factors[0].unreliable
    assert "q of 'x' is not defined in 'b' (NaN): each of its 2 strata holds one cell." in result.notes
    assert np.isnan(result.scope().pairs[0].q12) and result.scope().pairs[0].kind is None
    assert result.scope().factors[0].q == pytest.approx(_plain_q(y, x), abs=1e-12)


def test_constant_y_is_nan_with_a_note_also_inside_an_ecosystem():
    result = geodetector_arrays(np.full(6, 0.1), {"x": HALVES, "z": ALTERNATE})
    assert np.isnan(result.matrix()).all()
    assert result.notes == ("Y is constant overall (6 cells): q is not defined there (NaN).",)
    assert factor_table(result).column("q") == [None, None]
    assert set(ecological_table(result).column("reason")) == {"q is not defined"}
    # 0.1 a hundred thousand times, away from the overall mean: rounded sums alone would show a variance.
    y = np.append(np.full(100_000, 0.1), SIX)
    eco = np.append(np.zeros(100_000, int), np.ones(6, int))
    strata = np.append(np.arange(100_000) % 7, HALVES)
    mixed = geodetector_arrays(y, {"x": strata}, eco)
    assert np.isnan(mixed.scope("0").factors[0].q) and mixed.scope("0").sd == 0.0
    assert mixed.scope("1").factors[0].q == pytest.approx(150 / 154, abs=1e-12)
    assert any("Y is constant in '0' (100000 cells)" in note for note in mixed.notes)


def test_an_ecosystem_without_cells_is_noted():
    moments = accumulate([HALVES], SIX, HALVES * 0, (2,), 2)
    result = factor_and_interaction(moments, ["x"], ["a", "b"])
    assert np.isnan(result.scope("b").mean) and result.scope("b").cells == 0
    assert result.notes == ("There is no valid cell in 'b': q is not defined there (NaN).",)


def test_rows_with_a_missing_value_leave_all_factors():
    y = np.append(SIX, [np.nan, 5.0])
    result = geodetector_arrays(y, {"x": np.append(HALVES, [0, 1]), "z": np.append(ALTERNATE * 1.0, [0, np.nan])})
    assert result.scope().cells == 6
    assert result.scope().factors[0].q == pytest.approx(150 / 154, abs=1e-12)
    assert result.notes[0].startswith("2 of 8 rows left out")


def test_matrix_is_the_triangle_of_the_heat_map(ntds):
    result = _run(ntds)
    matrix, scope = result.matrix(), result.scope()
    assert np.diag(matrix).tolist() == [s.q for s in scope.factors]
    assert [matrix[j, i] for i, j in combinations(range(3), 2)] == [s.q12 for s in scope.pairs]
    assert np.isnan(matrix[np.triu_indices(3, 1)]).all()


def test_tables_say_what_the_result_says(ntds):
    result = _run(ntds)
    factors, pairs = factor_table(result).as_dicts(), interaction_table(result).as_dicts()
    assert [row["factor"] for row in factors] == list(NAMES)
    assert [row["q"] for row in factors] == [s.q for s in result.scope().factors]
    assert [row["q_12"] for row in pairs] == [s.q12 for s in result.scope().pairs]
    # 20 of 185 cells per 21 strata is chance enough for q = 0.109.
    assert [row["reliable"] for row in factors] == ["yes"] * 3 and pairs[0]["reliable"] == "no"
    assert pairs[0]["q_expected"] == pytest.approx(20 / 184)
    ecological = ecological_table(result).as_dicts()
    assert [row["significant"] for row in ecological] == ["yes", "yes", "no"]
    assert [row["explains_more"] for row in ecological] == ["watershed", "elevation", "watershed"]
    means = stratum_table(result, "t C/km2/yr").as_dicts()
    group = ntds.groupby("soiltype")["incidence"]
    for row in means[:5]:
        assert row["mean (t C/km2/yr)"] == pytest.approx(group.mean()[int(row["stratum"])], rel=1e-12)
        assert row["sd (t C/km2/yr)"] == pytest.approx(group.std()[int(row["stratum"])], rel=1e-9)
        assert row["cells"] == group.size()[int(row["stratum"])]
    risk = risk_table(result)
    assert len(risk.rows) == 10 + 36 + 21
    for table in (factor_table(result), interaction_table(result), risk, stratum_table(result)):
        assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda m: factor_and_interaction(m, ["a"]), r"2 different factor names are needed; found \['a'\]"),
        (lambda m: factor_and_interaction(m, ["a", "a"]), r"2 different factor names"),
        (lambda m: factor_and_interaction(m, ["a", "b"], ["x", "y"]), r"1 ecosystem names are needed"),
        (lambda m: factor_and_interaction(m, ["a", "b"], ["overall"]), r"none of them 'overall'"),
        (lambda m: factor_and_interaction(m, ["a", "b"], min_stratum_cells=0), r"must be 1 or more; found 0"),
        (lambda m: factor_and_interaction(m, ["a", "b"], min_stratum_cells=4), r"no stratum has 4 cells or more"),
        (lambda m: factor_and_interaction(m, ["a", "b"], published_variance="x"), r"'sample' or 'population'"),
        (lambda m: factor_and_interaction(m, ["a", "b"]).scope("sea"), r"no 'sea' in the result.*overall"),
        (lambda m: factor_and_interaction(Moments.zeros((2, 2)), ["a", "b"]), r"No cell has a value in Y and in all 2"),
        (lambda m: geodetector_arrays(SIX, {}), r"at least one factor"),
        (lambda m: geodetector_arrays(SIX, {"x": HALVES[:5]}), r"'x' has shape \(5,\), but Y has shape \(6,\)"),
        (lambda m: geodetector_arrays(SIX * np.nan, {"x": HALVES}), r"No row has both Y and all factors \(6 rows"),
    ],
)
def test_refused_with_a_message(call, message):
    moments = accumulate([HALVES, ALTERNATE], SIX, None, (2, 2))
    with pytest.raises(InputError, match=message):
        call(moments)
