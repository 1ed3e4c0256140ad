"""Forests as arrays: the same values as scikit-learn, and nothing that leads outside."""

import numpy as np
import pytest

from carbon_qgis.core.errors import BundleError
from carbon_qgis.core.forest_arrays import ForestPredictor, arrays_of, checked_arrays


@pytest.fixture(scope="module")
def forest():
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(4)
    x = rng.normal(size=(800, 5))
    y = np.where(x[:, 0] > 0, x[:, 1], 3 * x[:, 2]) + rng.normal(0, 0.1, 800)
    return RandomForestRegressor(12, random_state=1, max_features=0.6).fit(x, y)


@pytest.fixture
def content(forest):
    return {key: array.copy() for key, array in arrays_of(forest.estimators_, 5).to_dict().items()}


def test_predictions_are_those_of_scikit_learn(forest):
    rows = np.random.default_rng(5).normal(size=(3000, 5))
    predictor = ForestPredictor(arrays_of(forest.estimators_, 5))
    np.testing.assert_allclose(predictor.predict(rows), forest.predict(rows), rtol=1e-13)
    by_tree = list(predictor.by_tree(rows))
    assert len(by_tree) == 12
    np.testing.assert_array_equal(by_tree[7], forest.estimators_[7].predict(rows))


def test_a_walk_by_hand_agrees(forest):
    arrays = arrays_of(forest.estimators_, 5)
    rows = np.random.default_rng(6).normal(size=(50, 5)).astype(np.float32)
    total = np.zeros(50)
    for index in range(len(arrays)):
        tree = arrays.tree(index)
        for i, row in enumerate(rows):
            node = 0
            while tree["left"][node] >= 0:
                side = "left" if row[tree["feature"][node]] <= tree["threshold"][node] else "right"
                node = tree[side][node]
            total[i] += tree["value"][node]
    np.testing.assert_allclose(ForestPredictor(arrays).predict(rows), total / len(arrays), rtol=1e-13)


def test_a_row_does_not_depend_on_its_company(forest, content):
    predictor = ForestPredictor(checked_arrays(content, 5, "m"))
    rows = np.random.default_rng(7).normal(size=(500, 5))
    whole = predictor.predict(rows)
    parts = np.concatenate([predictor.predict(part) for part in (rows[:1], rows[1:3], rows[3:])])
    np.testing.assert_array_equal(whole, parts)
    assert predictor.predict(rows[:0]).shape == (0,)


def test_every_tree_reports_and_can_stop(forest, monkeypatch):
    import carbon_qgis.core.forest_arrays as module

    monkeypatch.setattr(module, "BATCH", 40)
    predictor = ForestPredictor(arrays_of(forest.estimators_, 5))
    rows, seen = np.random.default_rng(8).normal(size=(100, 5)), []
    in_batches = predictor.predict(rows, seen.append)
    assert seen == [40] * 24 + [20] * 12
    monkeypatch.setattr(module, "BATCH", 1000)
    np.testing.assert_array_equal(in_batches, predictor.predict(rows))

    class Stop(Exception):
        pass

    def stop(count):
        raise Stop()

    with pytest.raises(Stop):
        predictor.predict(rows, stop)
    with pytest.raises(ValueError, match="5 features"):
        predictor.predict(rows[:, :4])


def damage(key, index, value):
    def change(content):
        content[key][index] = value

    return change


DAMAGES = [
    (damage("left", 0, 10**6), "a node leads outside its tree"),
    (damage("right", 0, 0), "a node leads outside its tree"),
    (damage("left", 0, -1), "a node leads outside its tree"),
    (damage("feature", 0, 5), "asks for a driver"),
    (damage("threshold", 0, np.nan), "not finite"),
    (damage("value", 3, np.inf), "not finite"),
    (damage("first", -1, 3), "do not begin"),
    (lambda c: c.pop("value"), "'value' is missing"),
    (lambda c: c.update(value=c["value"][:-1]), "differ in length"),
    (lambda c: c.update(left=c["left"].astype(float)), "not whole numbers"),
    (lambda c: c.update(value=c["value"].astype(str)), "are not numbers"),
]


@pytest.mark.parametrize("change, message", DAMAGES)
def test_damage_is_refused(content, change, message):
    change(content)
    with pytest.raises(BundleError, match=message):
        checked_arrays(content, 5, "model.carbonmodel")


def test_what_was_written_is_accepted(content):
    assert len(checked_arrays(content, 5, "m")) == 12
