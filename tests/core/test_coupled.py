"""The coupled model trained for real, on small tables: accuracy on a known region, bundles, reliability, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from carbon_qgis.core.applicability import applicability_of
from carbon_qgis.core.bundle import bundle_bytes, bytes_to_arrays, read_bundle
from carbon_qgis.core.coupled import CHECKSUM, CoupledModel, fit_coupled, indicators, levels_checksum, read_coupled
from carbon_qgis.core.coupled_reliability import fit_reliability, spatial_folds
from carbon_qgis.core.errors import BundleError, Cancelled, InputError
from carbon_qgis.core.level_density_model import density_model_bytes
from carbon_qgis.core.level_density_options import density_options
from carbon_qgis.core.levels import level_bundle, level_options
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids
from carbon_qgis.core.validation import accuracy_metrics
from tests.core.helpers import Cancelling
from tests.synthetic_region import DRIVERS, synthetic_region

SIDE, ROWS = 120, 1500
#: Few and small trees and networks: the form is that of the default, the time is a test's.
LEVELS = level_options("robust", iterations=40, depth=4, learning_rate=0.2, threads=1)
DENSITY = density_options("robust", epochs=15, layers=1, hidden=16, device="cpu")
DENSITY = replace(DENSITY, boost=replace(DENSITY.boost, iterations=50, depth=4, learning_rate=0.2, threads=1))
#: Without the networks.
TREES = replace(DENSITY, form="catboost")


@pytest.fixture(scope="module")
def region():
    made = synthetic_region(SIDE, SIDE, seed=3)
    picked = np.random.default_rng(1).choice(SIDE * SIDE, ROWS, replace=False)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    drivers = [Driver(name, "" if classes else unit, classes) for name, unit, classes in DRIVERS]
    samples = make_samples(
        drivers, made.features()[picked], made.observed.ravel()[picked], "t C/ha", "soil", 2010,
        x=column[picked] * 30.0, y=-row[picked] * 30.0, block=block_ids(column[picked], row[picked], 15),
    )  # fmt: skip
    held = np.setdiff1d(np.arange(SIDE * SIDE), picked)
    return made, samples, held


@pytest.fixture(scope="module")
def model(region):
    return fit_coupled(region[1], levels=LEVELS, density=DENSITY)


@pytest.fixture
def bundles(model, tmp_path):
    """Both models as files; paths."""
    levels, density = tmp_path / "levels.carbonmodel", tmp_path / "density.carbonmodel"
    levels.write_bytes(level_bundle(model.levels))
    extra = {CHECKSUM: levels_checksum(str(levels))}
    density.write_bytes(density_model_bytes(model.density, extra=extra))
    return str(levels), str(density)


def class_lookup(region):
    """InVEST: the mean density of each land-cover class, from the same samples, for every cell."""
    made, samples, _ = region
    codes, cover = made.features()[:, -1].astype(int), samples.features[:, -1].astype(int)
    means = np.array([samples.target[cover == code].mean() if (cover == code).any() else np.nan for code in range(6)])
    return means[codes]


def test_on_held_out_cells_it_beats_a_density_per_class_by_a_wide_margin(region, model):
    """The pattern of the Xinjiang paper's Table 3: 0.83 against 0.48."""
    made, _, held = region
    truth = made.observed.ravel()[held]
    coupled = accuracy_metrics(truth, model.predict(made.features()[held]), "held-out")
    invest = accuracy_metrics(truth, class_lookup(region)[held], "held-out")
    assert coupled.r_squared > 0.8 and 0.3 < invest.r_squared < 0.55
    assert coupled.mae < 0.5 * invest.mae and coupled.rmse < 0.6 * invest.rmse


def test_blending_is_more_accurate_than_hard_levels(region, model):
    made, _, held = region
    truth, features = made.observed.ravel()[held], made.features()[held]
    errors = [np.mean(np.square(model.predict(features, blending=word) - truth)) for word in ("blended", "hard")]
    assert errors[0] < errors[1]


def test_ratio_restoration_and_mean_matching(region, model):
    features = region[0].features()[:500]
    base = model.predict(features)
    np.testing.assert_allclose(model.predict(features, 1.2), base * 1.2)
    published = model.predict(features, 1.2, "published")
    assert base.mean() < published.mean() < 1.2 * base.mean()
    area = np.linspace(1, 3, 500)
    matched = model.predict(features, 7.0, "meanmatched", target_mean=90.0, weight=area)
    assert np.average(matched, weights=area) == pytest.approx(90.0)
    with pytest.raises(InputError, match="'meanmatched' needs the pool mean"):
        model.predict(features, 1.2, "meanmatched")


def test_features_of_another_shape_are_refused(region, model):
    with pytest.raises(InputError, match=r"read 8 drivers: NDVI, .* Got features of shape \(10, 7\)"):
        model.predict(region[0].features()[:10, :7])


def test_a_bundle_predicts_the_same(region, model, bundles):
    features = region[0].features()[:2000]
    np.testing.assert_allclose(read_coupled(*bundles).predict(features), model.predict(features), rtol=1e-6)


def test_a_density_model_of_other_levels_is_refused(region, model, bundles, tmp_path):
    levels, density = bundles
    again = fit_coupled(region[1], levels=replace(LEVELS, boost=replace(LEVELS.boost, depth=3)), density=TREES)
    other = tmp_path / "other.carbonmodel"
    other.write_bytes(level_bundle(again.levels))
    with pytest.raises(InputError, match="thresholds agree, but the classifier is another .its checksum differs"):
        read_coupled(str(other), density)
    moved = replace(model.levels, thresholds=model.levels.thresholds * 1.1)
    other.write_bytes(level_bundle(moved))
    with pytest.raises(InputError, match="trained on other levels"):
        read_coupled(str(other), density)
    with pytest.raises(BundleError, match="is a model of density levels, not a model of density within levels"):
        read_coupled(levels, levels)


def test_reliability_travels_with_the_model(region, model, tmp_path, bundles):
    made, samples, held = region

    def fit(rows, progress):
        return fit_coupled(rows, progress=progress, levels=LEVELS, density=TREES)

    found = fit_reliability(samples, model, fit, k=3)
    assert found.scheme == "3 folds of spatial blocks" and found.notes == []
    assert found.applicability.importance.argmax() != list(samples.names).index("PD")
    density = tmp_path / "with.carbonmodel"
    density.write_bytes(density_model_bytes(model.density, files=found.files()))
    again = read_coupled(bundles[0], str(density))
    features, truth = made.features()[held], made.observed.ravel()[held]
    inside = again.applicability.inside(features)
    assert inside.mean() > 0.9 and not again.applicability.inside(features[:1] + 1e4)[0]
    cells = again.cells(features)
    low, high = again.conformal.interval(again.predict(features), indicators(again, features, cells)[1])
    assert 0.87 <= np.mean((truth >= low) & (truth <= high)) <= 0.97


def test_an_applicability_of_other_drivers_is_refused(region, model, tmp_path, bundles):
    found = fit_reliability(region[1], model, k=3)
    assert found.conformal is None and set(found.files()) == {"applicability.npz"}
    strange = replace(found.applicability, names=tuple("ABCDEFGH"))
    density = tmp_path / "strange.carbonmodel"
    density.write_bytes(density_model_bytes(model.density, files=replace(found, applicability=strange).files()))
    with pytest.raises(BundleError, match="the drivers of its area of applicability are not those of the model"):
        read_coupled(bundles[0], str(density))
    kept = read_bundle(str(density), "network")
    assert applicability_of(bytes_to_arrays(kept.files["applicability.npz"], "x")).names == tuple("ABCDEFGH")
    assert bundle_bytes(kept.manifest, kept.files) == density.read_bytes()


def test_folds_come_from_blocks_else_from_coordinates_else_from_chance(region):
    samples = region[1]
    assert spatial_folds(samples, 5, 1)[1] == "5 folds of spatial blocks"
    fold, scheme = spatial_folds(replace(samples, block=None), 5, 1)
    assert scheme == "5 folds of squares of the land" and np.unique(fold).size == 5
    nowhere = np.full(len(samples), np.nan)
    assert spatial_folds(replace(samples, block=None, x=nowhere), 5, 1)[1] == "random 5 folds"


def test_another_order_of_drivers_in_the_samples_gives_the_same_reliability(region, model):
    samples = region[1]
    turned = replace(samples, drivers=samples.drivers[::-1], features=samples.features[:, ::-1])
    one, two = (fit_reliability(rows, model, k=3).applicability for rows in (samples, turned))
    np.testing.assert_array_equal(one.points, two.points)
    lacking = replace(samples, drivers=samples.drivers[1:], features=samples.features[:, 1:])
    with pytest.raises(InputError, match=r"The samples lack the driver\(s\) NDVI of the model"):
        fit_reliability(lacking, model)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_a_cancel_stops_the_training(region, share):
    with pytest.raises(Cancelled):
        fit_coupled(region[1], levels=LEVELS, density=TREES, progress=Cancelling(share))


def test_unknown_preset():
    with pytest.raises(InputError, match="'best' is no preset"):
        fit_coupled(None, "best")


def test_drivers_are_matched_by_name_where_the_models_have_other_ones(region, model):
    """A level model of fewer drivers (constant ones were left out) reads its own columns."""
    made = region[0]
    names = [driver.name for driver in model.levels.drivers]
    turned = replace(model.levels, drivers=model.levels.drivers[::-1])

    class Turned:
        def __getattr__(self, name):
            return getattr(turned, name)

        def probabilities(self, features):
            return model.levels.probabilities(features[:, ::-1])

    assert [driver.name for driver in Turned().drivers] == names[::-1]
    features = made.features()[:100]
    np.testing.assert_array_equal(CoupledModel(Turned(), model.density).predict(features), model.predict(features))


def test_sequences_keep_their_years_in_the_bundle(region, tmp_path):
    """Density follows moisture two steps back, which the last step does not show."""
    made = region[0]
    rng = np.random.default_rng(4)
    features = np.stack([made.features()[rng.permutation(SIDE * SIDE)[:900], :3] for _ in range(3)], axis=1)
    target = 20 + 150 * features[:, 0, 0] + rng.normal(0, 2, 900)
    drivers = [Driver(name, unit, classes) for name, unit, classes in DRIVERS[:3]]
    samples = make_samples(drivers, features, target, "t C/ha", "soil", 2010, lags=(5, 3, 0))
    model = fit_coupled(samples, levels=LEVELS, density=TREES)
    one_step = replace(samples, features=samples.latest, lags=(0,))
    plain = fit_coupled(one_step, levels=LEVELS, density=TREES)
    within = [m.density.within(f, np.searchsorted(m.levels.thresholds, target)) for m, f in
              ((model, features), (plain, samples.latest))]  # fmt: skip
    errors = [np.mean(np.abs(found - target)) for found in within]
    assert errors[0] < 0.5 * errors[1]
    path = tmp_path / "sequence.carbonmodel"
    path.write_bytes(density_model_bytes(model.density))
    levels = tmp_path / "levels.carbonmodel"
    levels.write_bytes(level_bundle(model.levels))
    again = read_coupled(str(levels), str(path))
    assert (again.steps, again.density.lags) == (3, (5, 3, 0))
    np.testing.assert_allclose(again.predict(features), model.predict(features), rtol=1e-6)
    with pytest.raises(InputError, match="read 3 drivers of 3 years"):
        model.predict(samples.latest)
