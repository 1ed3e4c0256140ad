"""CatBoost models: what is learnt, what is stored, and what is refused."""

import numpy as np
import pytest

from carbon_qgis.core.bundle import Bundle, Manifest
from carbon_qgis.core.catboost_models import MULTICLASS, RMSE, BoostOptions, Rows, fit_boost, load_boost
from carbon_qgis.core.errors import BundleError, Cancelled, InputError, OutputError

QUICK = BoostOptions(60, 3, 0.3, threads=1)
CATEGORICAL = (False, True, False)


def rows(n=400, seed=0, weight=None):
    rng = np.random.default_rng(seed)
    features = np.stack([rng.normal(size=n), rng.choice([3, -9, 40], n), rng.normal(size=n)], axis=1)
    target = 3 * features[:, 0] + 5 * (features[:, 1] == -9)
    return Rows(features, target, weight)


def bundle(data, name="m.cbm"):
    return Bundle(Manifest("levels", ()), {name: data})


@pytest.mark.parametrize("one_hot", [None, 16])
def test_a_regression_meets_its_target(one_hot):
    options = BoostOptions(60, 3, 0.3, threads=1, one_hot=one_hot)
    fit = fit_boost(RMSE, rows(), CATEGORICAL, options)
    fresh = rows(seed=1)
    predicted = fit.model.predict(fresh.features)
    assert predicted.shape == (400,) and predicted.dtype == np.float64
    assert 1 - ((predicted - fresh.target) ** 2).mean() / fresh.target.var() > 0.95
    assert len(fit.learn) == 60 and fit.held_out is None and fit.learn[-1] < 0.2 * fit.learn[0]
    importance = fit.model.importance()  # in the order of the columns, though categories go to CatBoost last
    assert importance[2] < 5 < 30 < min(importance[:2]) and importance.sum() == pytest.approx(100)


def test_bytes_are_the_same_for_the_same_training_and_give_the_same_model():
    first, second = (fit_boost(RMSE, rows(), CATEGORICAL, QUICK).model.to_bytes() for _ in range(2))
    assert first == second and first[:4] == b"CBM1"
    model = load_boost(bundle(first), "m.cbm", CATEGORICAL)
    features = rows(seed=2).features
    assert (model.predict(features) == fit_boost(RMSE, rows(), CATEGORICAL, QUICK).model.predict(features)).all()
    assert load_boost(bundle(model.to_bytes()), "m.cbm", CATEGORICAL).trees == 60


def test_nothing_of_the_machine_or_the_hour_is_stored(tmp_path):
    data = fit_boost(RMSE, rows(), CATEGORICAL, QUICK).model.to_bytes()
    for word in (b"train_finish_time", b"model_guid", str(tmp_path).encode(), b"catboost_info"):
        assert word not in data


def test_early_stopping_keeps_the_best():
    train, held = rows(), rows(seed=3)
    noise = Rows(held.features, np.random.default_rng(0).normal(size=400))
    fit = fit_boost(RMSE, train, CATEGORICAL, BoostOptions(60, 3, 0.3, patience=5, threads=1), noise)
    assert fit.model.trees == np.argmin(fit.held_out) + 1 < 10
    kept = fit_boost(RMSE, train, CATEGORICAL, QUICK, noise)
    assert kept.model.trees == 60 and len(kept.held_out) == 60


def test_weights_count_as_repeated_rows():
    train = rows(100)
    noisy = Rows(train.features, train.target + np.where(np.arange(100) < 50, 8.0, 0.0))
    heavy = fit_boost(RMSE, noisy._replace(weight=np.where(np.arange(100) < 50, 20.0, 1.0)), CATEGORICAL, QUICK).model
    light = fit_boost(RMSE, noisy._replace(weight=np.where(np.arange(100) < 50, 1.0, 20.0)), CATEGORICAL, QUICK).model
    features = rows(seed=4).features
    assert (heavy.predict(features) - light.predict(features)).mean() > 4


def test_only_categories_and_only_quantities():
    train = rows()
    codes = Rows(train.features[:, [1]], train.target)
    only = fit_boost(RMSE, codes, (True,), QUICK).model
    means = [train.target[train.features[:, 1] == code].mean() for code in (3, -9, 40)]
    assert only.predict(np.array([[3.0], [-9], [40]])) == pytest.approx(means, abs=0.8)
    plain = fit_boost(RMSE, Rows(train.features[:, [0]], train.target), (False,), QUICK).model
    assert plain.predict(np.zeros((0, 1))).shape == (0,)


def test_classes_give_probabilities():
    train = rows()
    level = np.digitize(train.target, [-1, 3])
    model = fit_boost(MULTICLASS, Rows(train.features, level), CATEGORICAL, QUICK, classes=3).model
    p = model.predict(train.features)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-12)
    assert (p.argmax(axis=1) == level).mean() > 0.9
    back = load_boost(bundle(model.to_bytes()), "m.cbm", CATEGORICAL, 3)
    assert (back.predict(train.features) == p).all()


def test_what_catboost_cannot_learn_is_told():
    train = rows()
    constant = Rows(np.full((400, 3), 7.0), train.target)
    with pytest.raises(InputError, match="CatBoost cannot learn from these 400 samples: .*constant"):
        fit_boost(RMSE, constant, CATEGORICAL, QUICK)


def test_models_that_do_not_belong_are_refused():
    data = fit_boost(RMSE, rows(), CATEGORICAL, QUICK).model.to_bytes()
    with pytest.raises(BundleError, match="lacks the file 'other.cbm'"):
        load_boost(bundle(data), "other.cbm", CATEGORICAL)
    with pytest.raises(BundleError, match="does not belong to its drivers"):
        load_boost(bundle(data), "m.cbm", (False, False, False))
    with pytest.raises(BundleError, match="for another number of levels"):
        load_boost(bundle(data), "m.cbm", CATEGORICAL, 3)
    with pytest.raises(BundleError, match="CatBoost cannot read 'm.cbm' in it"):
        load_boost(bundle(data[:200]), "m.cbm", CATEGORICAL)


def test_cancelled_before_and_between_trees():
    class At:
        def __init__(self, share):
            self.share, self.done = share, 0.0

        def update(self, fraction, message=None):
            self.done = fraction

        def cancelled(self):
            return self.done >= self.share

    for share in (0.0, 0.5):
        progress = At(share)
        with pytest.raises(Cancelled):
            fit_boost(RMSE, rows(), CATEGORICAL, QUICK, progress=progress)
        assert progress.done <= share + 0.02


def test_a_full_disk_for_temporary_files_is_told(monkeypatch):
    import catboost

    model = fit_boost(RMSE, rows(), CATEGORICAL, QUICK).model

    def full(*_, **__):
        raise catboost.CatBoostError("(Error 28: No space left on device) util/file.cpp:1: can't write\n 14460 bytes")

    monkeypatch.setattr(type(model._native), "save_model", full)
    with pytest.raises(OutputError, match="The disk is full: '.*model.cbm' could not be written. Free some space"):
        model.to_bytes()
