"""Yeo–Johnson: the same as scikit-learn's, and its inverse."""

import numpy as np
import pytest

from carbon_qgis.core.errors import BundleError, InputError
from carbon_qgis.core.target_transform import YeoJohnson


@pytest.mark.parametrize("shift", [0.0, -3.0, -20.0])
def test_agrees_with_scikit_learn(shift):
    from sklearn.preprocessing import PowerTransformer

    y = np.random.default_rng(1).gamma(2.0, 4.0, 500) + shift
    other = PowerTransformer("yeo-johnson").fit(y[:, None])
    ours = YeoJohnson.fit(y)
    assert ours.power == pytest.approx(other.lambdas_[0], abs=1e-5)
    np.testing.assert_allclose(ours.forward(y), other.transform(y[:, None])[:, 0], atol=1e-4)
    np.testing.assert_allclose(ours.inverse(ours.forward(y)), y, atol=1e-9)


@pytest.mark.parametrize("power", [-0.7, 0.0, 0.4, 1.0, 2.0, 3.1])
def test_inverse_for_every_kind_of_power(power):
    transform = YeoJohnson(power, 0.3, 2.0)
    y = np.array([-5.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 7.0])
    np.testing.assert_allclose(transform.inverse(transform.forward(y)), y, atol=1e-12)
    assert np.isfinite(transform.inverse(np.array([-30.0, 30.0]))).all()


def test_power_one_changes_nothing_but_the_scale():
    np.testing.assert_allclose(YeoJohnson(1.0, 0.0, 1.0).forward(np.array([-2.0, 3.0])), [-2.0, 3.0])


def test_a_constant_and_damaged_numbers_are_refused():
    with pytest.raises(InputError, match="is 5 in all 9"):
        YeoJohnson.fit(np.full(9, 5.0))
    assert YeoJohnson.from_dict(YeoJohnson(0.2, 1.0, 2.0).as_dict(), "m") == YeoJohnson(0.2, 1.0, 2.0)
    for wrong in ({}, {"power": 1, "mean": 0, "sd": 0}, {"power": float("nan"), "mean": 0, "sd": 1}, {"power": "x"}):
        with pytest.raises(BundleError, match="damaged"):
            YeoJohnson.from_dict(wrong, "m")
