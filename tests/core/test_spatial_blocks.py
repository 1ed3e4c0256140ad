"""Spatial blocks and the dealing of rows: known places, invariants, and each refusal."""

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.spatial_blocks import (
    automatic_size_km,
    block_ids,
    folds,
    geographic_block_ids,
    hold_out,
    parts,
    squares,
)


def test_blocks_are_numbered_in_reading_order_and_anchored_at_the_origin():
    x = np.array([5.0, 15.0, 5.0, 15.0, 19.9, -0.1])
    y = np.array([15.0, 15.0, 5.0, 5.0, 0.0, 5.0])
    np.testing.assert_array_equal(block_ids(x, y, 10.0), [0, 1, 3, 4, 4, 2])
    # The same blocks, whatever other points are there.
    np.testing.assert_array_equal(block_ids(x[:2], y[:2], 10.0), [0, 1])


def test_no_points_no_blocks():
    assert block_ids(np.zeros(0), np.zeros(0), 1.0).shape == (0,)


def test_geographic_blocks_have_about_the_same_area_at_all_latitudes():
    rng = np.random.default_rng(0)
    longitude = rng.uniform(-180, 180, 400_000)
    latitude = np.degrees(np.arcsin(rng.uniform(0, np.sin(np.radians(80)), 400_000)))  # uniform on the sphere
    ids = geographic_block_ids(longitude, latitude, 1000.0)
    counts = np.bincount(ids).astype(float)
    inner = counts[counts > 0.5 * np.median(counts)]  # the row that 80 degrees cuts is smaller
    assert len(inner) > 0.85 * len(counts)
    assert inner.std() / inner.mean() < 0.1


def test_the_date_line_cuts_no_block():
    ids = geographic_block_ids(np.array([180.0, -180.0, 540.0, 0.0]), np.array([10.0] * 4), 200.0)
    assert ids[0] == ids[1] == ids[2] != ids[3]


@pytest.mark.parametrize("area, size", [(3.0e7, 500.0), (10_000.0, 10.0), (22_500.0, 15.0), (1.0, 0.1)])
def test_automatic_size_gives_about_100_blocks(area, size):
    assert automatic_size_km(area) == pytest.approx(size)


def test_random_folds_differ_by_one_at_most_and_depend_on_the_seed():
    one, two = folds(None, 103, 5, 1), folds(None, 103, 5, 2)
    assert sorted(np.bincount(one).tolist()) == [20, 20, 21, 21, 21]
    np.testing.assert_array_equal(one, folds(None, 103, 5, 1))
    assert (one != two).any()


def test_block_folds_keep_blocks_whole_and_sizes_even():
    rng = np.random.default_rng(3)
    block = rng.choice(60, 5000, p=rng.dirichlet(np.ones(60)))
    fold = folds(block, len(block), 5, 7)
    assert all(len(set(fold[block == b])) == 1 for b in set(block.tolist()))
    counts = np.bincount(fold, minlength=5)
    assert counts.max() / counts.min() < 1.1
    np.testing.assert_array_equal(fold, folds(block, len(block), 5, 7))
    assert (fold != folds(block, len(block), 5, 8)).any()


def test_hold_out_share():
    assert hold_out(None, 1000, 0.3, 1).sum() == 300
    block = np.repeat(np.arange(50), 20)
    held = hold_out(block, 1000, 0.3, 1)
    assert 280 <= held.sum() <= 320
    assert all(len(set(held[block == b])) == 1 for b in range(50))
    assert 1 <= hold_out(None, 2, 0.01, 1).sum() < 2


@pytest.mark.parametrize("seed", range(5))
def test_7_2_1_by_blocks(seed):
    rng = np.random.default_rng(seed)
    block = rng.choice(100, 20_000, p=rng.dirichlet(np.full(100, 3.0)))
    part = parts(block, len(block), (7, 2, 1), seed)
    np.testing.assert_allclose(np.bincount(part) / len(part), (0.7, 0.2, 0.1), atol=0.03)


def test_7_2_1_at_random_is_exact():
    assert np.bincount(parts(None, 1000, (7, 2, 1), 0)).tolist() == [700, 200, 100]
    assert np.bincount(parts(None, 1001, (7, 0, 3), 0), minlength=3).tolist() == [701, 0, 300]


def test_every_part_gets_a_block_even_if_blocks_are_few():
    block = np.array([0] * 90 + [1] * 5 + [2] * 5)
    assert sorted(set(parts(block, 100, (7, 2, 1), 0).tolist())) == [0, 1, 2]
    assert sorted(set(parts(None, 3, (98, 1, 1), 0).tolist())) == [0, 1, 2]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: block_ids(np.zeros(2), np.zeros(2), 0.0), "positive number; got 0"),
        (lambda: block_ids(np.array([1.0, np.nan]), np.zeros(2), 1.0), "1 of 2 points have no coordinates"),
        (lambda: folds(None, 10, 1, 0), "at least 2 folds; got 1"),
        (
            lambda: folds(np.zeros(10, int), 10, 3, 0),
            r"1 spatial block\(s\) cannot be divided into 3 parts. Use smaller",
        ),
        (lambda: folds(None, 2, 3, 0), r"2 row\(s\) cannot be divided into 3 parts. Give more rows"),
        (lambda: folds(np.zeros(9, int), 10, 2, 0), "10 rows have 9 blocks"),
        (lambda: hold_out(None, 10, 1.0, 0), "between 0 and 1; got 1"),
        (lambda: parts(None, 10, (1, -1), 0), "got 1, -1"),
        (lambda: parts(None, 10, (0, 0), 0), "got 0, 0"),
        (lambda: automatic_size_km(0.0), "cannot be found for an area of 0 km2"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_squares_of_samples_without_blocks():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 1000, 500), rng.uniform(0, 400, 500)
    assert 60 < len(np.unique(squares(x, y))) <= 130
    assert squares(np.r_[x, np.nan], np.r_[y, 1.0]) is None and squares(x, np.zeros(500)) is None
    corners = np.array([0.0, 0, 9, 9]), np.array([0.0, 9, 0, 9])
    assert squares(*corners) is None and len(np.unique(squares(*corners, least=4))) == 4
    assert squares(np.zeros(0), np.zeros(0)) is None
