"""Counting kernel: against plain loops, and the invariants of an additive statistic."""

from itertools import combinations

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.strata_moments import MAX_TABLE_BINS, SUB_BLOCK, Moments, accumulate, plan_tables


def _data(rng, n, counts, ecosystems):
    codes = [rng.integers(0, k, n).astype(np.uint8) for k in counts]
    return codes, rng.normal(size=n), rng.integers(0, ecosystems, n).astype(np.uint8)


def _plain(codes, y, eco, e, members):
    """n, sum, sum of squares by (stratum, ...) of some factors in one ecosystem, one dictionary entry per key."""
    found = {}
    for row in np.flatnonzero(eco == e):
        key = tuple(int(codes[i][row]) for i in members)
        n, s, s2 = found.get(key, (0, 0.0, 0.0))
        found[key] = (n + 1, s + y[row], s2 + y[row] ** 2)
    return found


def _assert_close(a: Moments, b: Moments):
    parts = [(a.total, b.total)] + list(zip(a.factors, b.factors)) + [(a.pairs[k], b.pairs[k]) for k in a.pairs]
    for mine, theirs in parts:
        assert np.array_equal(mine.n, theirs.n)
        np.testing.assert_allclose(mine.y, theirs.y, rtol=0, atol=1e-9)
        np.testing.assert_allclose(mine.y2, theirs.y2, rtol=1e-12, atol=1e-12)
    assert np.array_equal(a.varies, b.varies)


@pytest.mark.parametrize("counts, ecosystems", [((3, 4, 2), 3), ((5,), 2), ((1, 7), 1), ((4, 3, 5, 2, 6, 3), 2)])
def test_agrees_with_plain_loops(counts, ecosystems):
    codes, y, eco = _data(np.random.default_rng(1), 500, counts, ecosystems)
    moments = accumulate(codes, y, eco, counts, ecosystems)
    groups = [((i,), moments.factors[i]) for i in range(len(counts))] + list(moments.pairs.items())
    assert len(moments.pairs) == len(counts) * (len(counts) - 1) // 2
    for members, sums in groups:
        for e in range(ecosystems):
            plain = _plain(codes, y, eco, e, members)
            assert int(sums.n[e].sum()) == int((eco == e).sum())
            assert int((sums.n[e] > 0).sum()) == len(plain)
            for key, (n, s, s2) in plain.items():
                at = (e,) + key
                assert sums.n[at] == n
                assert sums.y[at] == pytest.approx(s, abs=1e-12)
                assert sums.y2[at] == pytest.approx(s2, rel=1e-12)


def test_order_of_rows_and_splitting_into_blocks_change_nothing():
    counts, rng = (4, 5, 3, 6, 2), np.random.default_rng(2)
    codes, y, eco = _data(rng, 3000, counts, 3)
    whole = accumulate(codes, y, eco, counts, 3)
    order = rng.permutation(3000)
    _assert_close(whole, accumulate([c[order] for c in codes], y[order], eco[order], counts, 3))
    for cuts in ([0, 1, 7, 1500, 3000], [0, 3000, 3000]):
        summed = Moments.zeros(counts, 3)
        for a, b in zip(cuts, cuts[1:]):
            summed += accumulate([c[a:b] for c in codes], y[a:b], eco[a:b], counts, 3)
        _assert_close(whole, summed)


def test_more_cells_than_one_sub_block_are_all_counted():
    n = SUB_BLOCK + 12345
    codes, y, _ = _data(np.random.default_rng(3), n, (9, 11), 1)
    moments = accumulate(codes, y, None, (9, 11))
    assert int(moments.total.n[0]) == n
    cell = (codes[0] == 4) & (codes[1] == 10)
    assert moments.pairs[(0, 1)].n[0, 4, 10] == cell.sum()
    assert moments.pairs[(0, 1)].y[0, 4, 10] == pytest.approx(y[cell].sum(), abs=1e-10)


def test_pairs_of_255_strata_in_ecosystems_pass_65535_bins():
    counts = (255, 255)
    codes, y, eco = _data(np.random.default_rng(4), 2000, counts, 3)
    codes[0][0], codes[1][0], eco[0] = 254, 254, 2
    moments = accumulate(codes, y, eco, counts, 3)
    assert moments.pairs[(0, 1)].n.size > 65_535
    plain = _plain(codes, y, eco, 2, (0, 1))
    assert (254, 254) in plain
    for (a, b), (n, s, _) in plain.items():
        assert moments.pairs[(0, 1)].n[2, a, b] == n
        assert moments.pairs[(0, 1)].y[2, a, b] == pytest.approx(s, abs=1e-12)


def test_sum_of_two_moments_leaves_both_whole():
    codes, y, _ = _data(np.random.default_rng(5), 100, (3, 3), 1)
    a = accumulate([c[:40] for c in codes], y[:40], None, (3, 3))
    b = accumulate([c[40:] for c in codes], y[40:], None, (3, 3))
    before = a.total.n.copy(), b.pairs[(0, 1)].y.copy()
    _assert_close(a + b, accumulate(codes, y, None, (3, 3)))
    assert np.array_equal(a.total.n, before[0]) and np.array_equal(b.pairs[(0, 1)].y, before[1])


def test_constant_y_is_recognised_exactly_over_blocks():
    codes, eco = [np.zeros(6, np.uint8)], np.array([0, 0, 0, 1, 1, 1], np.uint8)
    y = np.array([0.1, 0.1, 0.1, 0.3, 0.3, 0.3])
    halves = [accumulate([codes[0][s]], y[s], eco[s], (1,), 3) for s in (slice(0, 3), slice(3, 6))]
    moments = halves[0] + halves[1]
    assert [moments.is_constant(e) for e in range(3)] == [True, True, True]
    assert not moments.is_constant()
    assert halves[0].is_constant()
    later = accumulate([np.zeros(1, np.uint8)], np.array([0.4]), np.array([1], np.uint8), (1,), 3)
    assert [(moments + later).is_constant(e) for e in range(3)] == [True, False, True]


@pytest.mark.parametrize(
    "counts, ecosystems", [((10,) * 6, 1), ((10,) * 6, 7), ((255,) * 4, 7), ((2, 30, 5, 9, 12, 3, 17), 4), ((8,), 2)]
)
def test_every_pair_is_inside_a_table_that_is_small_or_only_that_pair(counts, ecosystems):
    tables = plan_tables(counts, ecosystems)
    for pair in combinations(range(len(counts)), 2):
        assert any(set(pair) <= set(table) for table in tables)
    assert {i for table in tables for i in table} == set(range(len(counts)))
    for table in tables:
        bins = ecosystems * np.prod([counts[i] for i in table])
        assert len(table) <= 2 or bins <= MAX_TABLE_BINS


def test_six_factors_of_ten_strata_need_three_tables():
    assert len(plan_tables((10,) * 6, 1)) == 3
    assert len(plan_tables((10,) * 6, 7)) == 3


def test_no_cells_give_zeros():
    moments = accumulate([np.empty(0, np.uint8)] * 2, np.empty(0), None, (3, 4))
    assert moments.total.n.tolist() == [0] and moments.pairs[(0, 1)].n.shape == (1, 3, 4)


OK = np.array([0, 1, 1], np.uint8)
Y = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: accumulate([OK, OK], Y, None, (2, 1)), r"Factor 2 holds codes 0 to 1, but its codes must be 0 to 0"),
        (lambda: accumulate([OK.astype(np.int16) - 1], Y, None, (2,)), r"Factor 1 holds codes -1 to 0"),
        (lambda: accumulate([OK], Y, OK, (2,), 1), r"The ecosystem array holds codes 0 to 1"),
        (lambda: accumulate([OK[:2]], Y, None, (2,)), r"Factor 1 has shape \(2,\), but Y has shape \(3,\)"),
        (lambda: accumulate([OK * 1.0], Y, None, (2,)), r"Factor 1 must hold integer codes; found float64"),
        (lambda: accumulate([OK], np.array([1, np.nan, np.inf]), None, (2,)), r"Y holds 2 value\(s\) that are not fin"),
        (lambda: accumulate([OK], Y.reshape(1, 3), None, (2,)), r"Y must be one-dimensional"),
        (lambda: accumulate([OK], Y, None, (2, 2)), r"1 factor arrays were given for 2 class counts"),
        (lambda: accumulate([], Y, None, ()), r"at least one factor"),
        (lambda: Moments.zeros((3, 0)), r"at least one stratum"),
        (lambda: Moments.zeros((40_000, 40_000)), r"1,600,080,000 crossed strata.*Class the factors first"),
        (lambda: Moments.zeros((3, 2)) + Moments.zeros((2, 3)), r"\[3, 2\] in 1 ecosystem\(s\), and \[2, 3\] in 1"),
    ],
)
def test_refused_with_a_message(call, message):
    with pytest.raises(InputError, match=message):
        call()
