"""Predictions a part at a time: the same numbers, a progress that moves, a cancel that is heard."""

import numpy as np
import pytest

from carbon_qgis.core.errors import Cancelled
from carbon_qgis.core.network_weights import Network
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.row_parts import PART, predict_rows, spans


class Listener(Silent):
    """Remembers the fractions; pressed when the fraction is reached."""

    def __init__(self, at=2.0):
        self.at, self.fractions = at, [0.0]

    def update(self, fraction, message=None):
        self.fractions.append(fraction)

    def cancelled(self):
        return self.fractions[-1] >= self.at


def test_parts_change_no_number_of_a_network():
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape).astype("f4") for shape in ((5, 32), (32, 32), (32,))]
    network = Network(tuple(weights[:2]), (), (weights[2], weights[2]), weights[2], 0.1)
    rows, heard = rng.standard_normal((3 * PART + 7, 5)).astype("f4"), Listener()
    np.testing.assert_array_equal(predict_rows(network.predict, heard, rows), network.predict(rows))
    assert len(heard.fractions) == 5 and heard.fractions == sorted(heard.fractions) and heard.fractions[-1] == 1.0


def test_several_arrays_go_together_and_none_is_none():
    a, b = np.arange(2 * PART), np.ones(2 * PART)
    np.testing.assert_array_equal(predict_rows(np.add, Silent(), a, b), a + b)
    assert predict_rows(np.negative, Silent(), np.zeros(0)).shape == (0,)


def test_a_cancel_is_heard_within_a_part():
    seen = []

    def predict(rows):
        seen.append(len(rows))
        return rows

    with pytest.raises(Cancelled):
        predict_rows(predict, Listener(0.2), np.zeros(10 * PART))
    assert seen == [PART, PART]


def test_spans():
    assert spans(2, 0.5, 1.0) == ((0.5, 0.75), (0.75, 1.0)) and spans(0) == ()
