"""Ends of colour ramps."""

import numpy as np
import pytest

from carbon_qgis.core.legend_limits import ramp_limits, symmetric_limits


def test_a_single_extreme_cell_does_not_set_the_ramp():
    picture = np.append(np.arange(1000.0), [1e6, np.nan])
    low, high = ramp_limits((0.0, 1e6), picture)
    assert (low, high) == (pytest.approx(20, abs=1), pytest.approx(980, abs=1))
    assert symmetric_limits((-5.0, 1e6), -picture) == (pytest.approx(-980, abs=1), pytest.approx(980, abs=1))


@pytest.mark.parametrize("picture", [[], [np.full((2, 2), np.nan)], [np.zeros((3, 3))]])
def test_pictures_that_say_nothing_leave_the_range_of_all_cells(picture):
    assert ramp_limits((-1.0, 4.0), *picture) == (-1.0, 4.0)
    assert symmetric_limits((-1.0, 4.0), *picture) == (-4.0, 4.0)


def test_several_pictures_share_one_scale():
    assert ramp_limits((0, 9), np.zeros(50), np.full(50, 8.0)) == (0.0, 8.0)
    assert symmetric_limits((float("nan"), float("nan"))) == (0.0, 0.0)
