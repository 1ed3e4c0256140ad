"""Permutation importance: known answers, sequences, cancel."""

import numpy as np
import pytest

from carbon_qgis.core.errors import Cancelled
from carbon_qgis.core.importance import MOST_ROWS, permutation_loss
from carbon_qgis.core.row_parts import PART


def data(n=500):
    features = np.random.default_rng(6).standard_normal((n, 3))
    return features, 3 * features[:, 0] + features[:, 1]


def perfect(rows):
    return 3 * rows[:, 0] + rows[:, 1]


def test_the_loss_is_twice_the_share_of_the_variance():
    """Shuffling x in y = 3x + z gives errors of variance 2 * 9; the variance of y is 10."""
    loss = permutation_loss(perfect, *data(), repeats=20)
    np.testing.assert_allclose(loss, [1.8, 0.2, 0.0], atol=0.1)
    assert loss[2] == 0


def test_steps_of_a_driver_are_shuffled_together():
    features, target = data()
    steps = np.stack([features, features], axis=1)
    found = permutation_loss(lambda rows: 3 * rows[:, 0, 0] + rows[:, 1, 1], steps, target)
    np.testing.assert_allclose(found, permutation_loss(perfect, features, target), rtol=1e-9)


def test_a_constant_prediction_or_target_loses_nothing():
    features, target = data()
    assert permutation_loss(lambda rows: np.zeros(len(rows)), features, target).tolist() == [0, 0, 0]
    assert permutation_loss(perfect, features, np.ones(len(target))).tolist() == [0, 0, 0]


def test_rows_are_bounded_and_their_draw_is_seeded():
    features, target = data(MOST_ROWS + 1000)
    seen = []

    def counted(rows):
        seen.append(len(rows))
        return perfect(rows)

    first = permutation_loss(counted, features, target, seed=3)
    assert sum(seen) == MOST_ROWS * (1 + features.shape[1]) and max(seen) == PART
    assert first.tolist() == permutation_loss(perfect, features, target, seed=3).tolist()
    assert first.tolist() != permutation_loss(perfect, features, target, seed=4).tolist()


class Button:
    """Pressed from the start."""

    def update(self, fraction, message=None):
        raise AssertionError("nothing may be done after a cancel")

    def cancelled(self):
        return True


def test_cancel():
    with pytest.raises(Cancelled):
        permutation_loss(perfect, *data(), progress=Button())
