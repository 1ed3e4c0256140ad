"""CatBoost models whose indices lead nowhere: refused, where CatBoost itself would end the process."""

import os
import random

import numpy as np
import pytest

from carbon_qgis.core.bundle import Bundle, Manifest
from carbon_qgis.core.catboost_file import _Core, require_sound
from carbon_qgis.core.catboost_models import MULTICLASS, RMSE, BoostOptions, Rows, fit_boost, load_boost
from carbon_qgis.core.errors import BundleError

pytest.importorskip("catboost")

CATEGORICAL = (False, True, False, True, False)
#: Fields of the trees: splits, sizes, starts, leaf values, repacked bins.
FIELDS = {1: "splits", 2: "sizes", 3: "starts", 8: "leaves", 17: "bins"}


def rows(count=400, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 5)) * 10
    features[:, 1], features[:, 3] = rng.integers(0, 12, count), rng.integers(0, 3, count)
    return features, features[:, 0] + (features[:, 1] > 5) * 20 + features[:, 3]


def trained(loss=RMSE, **options):
    features, target = rows()
    target = np.digitize(target, np.quantile(target, (0.3, 0.6))) if loss == MULTICLASS else target
    fit = fit_boost(loss, Rows(features, target), CATEGORICAL, BoostOptions(iterations=12, threads=1, **options),
                    classes=3 if loss == MULTICLASS else 1)  # fmt: skip
    return fit.model.to_bytes()


@pytest.fixture(scope="module")
def good():
    return trained()


@pytest.mark.parametrize("loss, options", [
    (RMSE, {}), (RMSE, {"one_hot": 20}), (RMSE, {"one_hot": 5}), (MULTICLASS, {}), (MULTICLASS, {"one_hot": 20}),
    (RMSE, {"depth": 1}), (RMSE, {"depth": 10}),
])  # fmt: skip
def test_honest_models_pass(loss, options):
    data = trained(loss, **options)
    require_sound(data, 5, "x", "m.cbm")
    model = load_boost(Bundle(Manifest("levels", ()), {"m.cbm": data}), "m.cbm", CATEGORICAL,
                       3 if loss == MULTICLASS else 1)  # fmt: skip
    assert np.isfinite(model.predict(rows(seed=1)[0])).all()


def test_many_borders_of_one_driver_pass():
    """More than 254 borders: CatBoost keeps such a driver in several parts."""
    import catboost

    rng = np.random.default_rng(2)
    features = rng.normal(size=(3000, 2))
    model = catboost.CatBoostRegressor(iterations=80, border_count=1000, depth=6, verbose=False, thread_count=1,
                                       allow_writing_files=False)  # fmt: skip
    model.fit(features, np.sin(features[:, 0] * 40))
    data = bytes(model._serialize_model())
    assert len(model.get_borders()[0]) > 254
    require_sound(data, 2, "x", "m.cbm")  # it raises at what is not sound


def damaged(good, field, seed):
    """A number of a field becomes another one."""
    rng, data = random.Random(seed), bytearray(good)
    core = _Core(good[8 : 8 + int.from_bytes(good[4:8], "little")])
    start, count = core.vector(core.table(core.root(), 1), field, 4)
    # The number of entries, or one of them.
    at = 8 + start + 4 * rng.randrange(-1, count) if field != 8 else 8 + start - 4
    data[at : at + 4] = rng.choice((2**31 - 1, 2**32 - 1, 10**6, 70_000)).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("field", FIELDS, ids=FIELDS.get)
def test_indices_that_lead_nowhere_are_refused(good, field):
    for seed in range(12):
        with pytest.raises(
            BundleError, match="'x' is damaged: CatBoost cannot read 'm.cbm' in it, where an index leads nowhere"
        ):
            load_boost(Bundle(Manifest("levels", ()), {"m.cbm": damaged(good, field, seed)}), "m.cbm", CATEGORICAL,
                       source="x")  # fmt: skip


@pytest.mark.parametrize("cut", [0, 3, 4, 8, 20, 100, 1000])
def test_short_files_are_refused(good, cut):
    with pytest.raises(BundleError, match="is damaged"):
        require_sound(good[:cut], 5, "x", "m.cbm")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that may die needs fork")
def test_no_damage_ends_the_process(good):
    """Random damage behind a right checksum: refused or read, in a child that must come to its end by itself."""
    features, _ = rows(50, 3)
    died = []
    for seed in range(60):
        rng, data = random.Random(seed), bytearray(good)
        field = rng.choice(list(FIELDS))
        data = bytearray(damaged(good, field, seed)) if seed % 2 else data
        for _ in range(rng.choice((0, 1, 3))):
            data[rng.randrange(8, min(len(data), 8000))] = rng.randrange(256)
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                load_boost(Bundle(Manifest("levels", ()), {"m.cbm": bytes(data)}), "m.cbm", CATEGORICAL).predict(
                    features
                )
            except BundleError:
                pass
            finally:
                os._exit(0)
        if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            died.append(seed)
    assert died == []
