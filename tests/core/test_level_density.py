"""Density within levels: forms, merged and constant levels, sequences, bundles, cross-validation, every refusal."""

from dataclasses import dataclass, replace
from typing import Optional, Tuple

import numpy as np
import pytest

from carbon_qgis.core.bundle import arrays_to_bytes, bundle_bytes, bytes_to_arrays, read_bundle
from carbon_qgis.core.errors import BundleError, Cancelled, InputError, UnitError
from carbon_qgis.core.level_density import (
    density_model_bytes,
    density_options,
    fit_density,
    read_density_model,
    train_density,
)
from carbon_qgis.core.level_density_training import merged_levels
from carbon_qgis.core.levels import fit_levels, level_options
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.validation import FIT, HELD_OUT

pytest.importorskip("torch")
pytest.importorskip("catboost")

NUMBERS = [Driver("NDVI", "1"), Driver("TEM", "degC")]
WITH_CLASSES = NUMBERS + [Driver("GLC", "", True)]


@dataclass
class Levels:
    """What is read of a level model."""

    thresholds: np.ndarray
    bmin: np.ndarray
    bmax: np.ndarray
    names: Tuple[str, ...] = ("low", "medium", "high")
    unit: str = "t C/ha"
    pool: Optional[str] = None
    year: Optional[int] = 2010
    driver_names: Tuple[str, ...] = ("NDVI", "TEM")


LEVELS = Levels(np.array([30.0, 70.0]), np.array([0.0, 30.5, 70.5]), np.array([30.0, 70.0, 100.0]))


def samples(n=360, seed=0, classes=False, steps=None, blocks=False):
    """Density 100 · NDVI, a straight line in every level; a fifth is for testing."""
    rng = np.random.default_rng(seed)
    features = rng.random((n, 2) if steps is None else (n, steps, 2))
    latest = features if steps is None else features[:, -1]
    target = np.clip(100 * latest[:, 0] + 0.5 * rng.standard_normal(n), 0, 100)
    drivers = NUMBERS
    if classes:
        drivers, features = WITH_CLASSES, np.column_stack([features, rng.choice([3, 11, 40], n)])
    split = np.where(np.arange(n) % 5 == 0, "test", np.where(np.arange(n) % 5 == 1, "validation", "train"))
    block = rng.integers(0, 24, n) if blocks else None
    return make_samples(drivers, features, target, "t C/ha", year=2010, split=split, block=block)


def quick(form="average", **changes):
    values = dict(layers=1, hidden=12, epochs=60, rate=0.01, iterations=60, members=1, few_rows=0)
    values.update(changes)
    return density_options(form=form, **values)


def r2(fit, label, name="all levels"):
    return next(m.r_squared for n, m in fit.scores if n == name and m.label == label)


# --- what is learnt -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["network", "catboost", "average"])
def test_each_form_learns_the_density_within_its_level(form):
    fit = fit_density(samples(), LEVELS, quick(form))
    for level in LEVELS.names:
        assert r2(fit, HELD_OUT, level) > 0.8
    features = samples(seed=5).features
    relative = fit.model.relative(features)
    assert relative.shape == (360, 3) and relative.dtype == np.float32
    assert relative.min() >= 0 and relative.max() <= 1
    groups = fit.model.groups
    assert all(bool(group.networks) == (form != "catboost") for group in groups)
    assert all((group.boost is not None) == (form != "network") for group in groups)


def test_average_is_the_mean_of_its_parts():
    model = fit_density(samples(), LEVELS, quick(epochs=5)).model
    features = samples(seed=5).features
    parts = [model.only(form).relative(features).astype(np.float64) for form in ("network", "catboost")]
    assert np.abs(parts[0] - parts[1]).max() > 0.05
    np.testing.assert_allclose(model.relative(features), np.mean(parts, axis=0), atol=1e-6)


def test_density_of_a_known_level_lies_within_its_bounds():
    model = fit_density(samples(), LEVELS, quick("network")).model
    level = np.arange(360) % 3
    density = model.within(samples(seed=3).features, level)
    assert (density >= LEVELS.bmin[level] - 1e-4).all() and (density <= LEVELS.bmax[level] + 1e-4).all()


def test_blocks_do_not_change_the_answer():
    model = fit_density(samples(classes=True), LEVELS, quick(epochs=5)).model
    features = samples(5000, seed=9, classes=True).features
    whole = model.relative(features)
    parts = np.concatenate([model.relative(features[start : start + 700]) for start in range(0, 5000, 700)])
    np.testing.assert_allclose(parts, whole, rtol=1e-6, atol=1e-7)


def test_classes_are_inputs_and_unknown_ones_are_predicted():
    data = samples(classes=True)
    shift = {3: 0.0, 11: 12.0, 40: 24.0}
    target = 5 + np.array([shift[code] for code in data.features[:, 2].astype(int)])
    one = Levels(np.array([]), np.array([0.0]), np.array([30.0]), ("all",))
    fit = fit_density(replace(data, target=target), one, quick("network"))
    assert r2(fit, HELD_OUT) > 0.95 and fit.model.encoding.width == 5
    assert np.isfinite(fit.model.relative(np.array([[0.5, 0.5, 77.0]]))).all()


def test_sequences_are_read_in_time_order():
    """Density by the NDVI of two years ago: with three steps the networks know it, with the last one they cannot."""
    data = samples(600, steps=3)
    rng = np.random.default_rng(1)
    target = np.clip(100 * data.features[:, 0, 0] + rng.standard_normal(600), 0, 100)
    one = Levels(np.array([]), np.array([0.0]), np.array([100.0]), ("all",))
    data = replace(data, target=target)
    sequence = fit_density(data, one, quick("network", epochs=80))
    last = fit_density(replace(data, features=data.latest, lags=(0,)), one, quick("network"))
    boosted = fit_density(data, one, quick("catboost"))
    assert sequence.model.steps == 3 and sequence.model.groups[0].networks[0].recurrent
    assert r2(sequence, HELD_OUT) > 0.9 and r2(boosted, HELD_OUT) > 0.8 and r2(last, HELD_OUT) < 0.1
    with pytest.raises(InputError, match=r"shape \(n, 3, 2\): NDVI, TEM at 3 steps. Got \(600, 2\)"):
        sequence.model.relative(data.latest)


def test_published_preset():
    options = density_options("published")
    assert options.form == "network" and options.network.sizes == ((5, 512),) and options.seed == 42
    fit = fit_density(samples(), LEVELS, density_options("published", layers=2, hidden=16, epochs=3))
    assert {metrics.n for name, metrics in fit.scores if name == "all levels"} == {216, 144}
    assert fit.model.encoding.method == "minmax" and fit.model.groups[0].networks[0].head == "relu"
    assert len([p for p in fit.curves if p.group == "low"]) == 3 and fit.curves[0].held_out is None


def test_robust_is_the_default_and_learns_from_the_validation_rows_too():
    options = density_options()
    assert options.preset == "robust" and options.network.head == "linear"
    fit = fit_density(samples(), LEVELS, quick("catboost"))
    assert {metrics.n for name, metrics in fit.scores if name == "all levels"} == {288, 72}


def test_weights_are_optional():
    data = samples()
    heavy = replace(data, weight=np.where(data.features[:, 1] > 0.5, 50.0, 1.0))
    features = samples(seed=4).features
    answers = [
        fit_density(rows, LEVELS, quick("network", epochs=3, weighted=weighted)).model.relative(features)
        for rows, weighted in ((data, False), (heavy, False), (heavy, True))
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    assert np.abs(answers[1] - answers[2]).max() > 1e-3


# --- small, constant and missing levels -----------------------------------------------------------------


def test_merged_with_the_smaller_neighbour():
    names = ("a", "b", "c", "d")
    assert merged_levels(np.array([50, 50, 50, 50]), names, quick())[0] == [(0,), (1,), (2,), (3,)]
    groups, notes = merged_levels(np.array([90, 5, 40, 80]), names, quick())
    assert groups == [(0,), (1, 2), (3,)]
    assert notes == [
        "The level 'b' has 5 training samples, fewer than 30: it shares a model with its neighbour 'c'."
    ]
    assert merged_levels(np.array([10, 10, 0, 15]), names, quick())[0] == [(0, 1, 2, 3)]


def test_a_merged_level_keeps_its_bounds():
    data = samples()
    data = data.take((data.target < 28) | (data.target > 32) & (np.arange(360) % 3 > 0) | (data.target > 72))
    few = data.take((data.target <= 70) | (np.arange(len(data)) % 10 == 0))
    fit = fit_density(few, LEVELS, quick("network"))
    assert [group.levels for group in fit.model.groups] == [(0,), (1, 2)]
    assert any("'high' has" in note and "shares a model with its neighbour 'medium'" in note for note in fit.notes)
    features = np.column_stack([np.linspace(0.35, 0.95, 50), np.full(50, 0.5)])
    density = [fit.model.within(features, np.full(50, level)) for level in (1, 2)]
    assert density[0].max() <= 70 + 1e-4 and density[1].min() >= 70.5 - 1e-4
    assert density[0][-1] == pytest.approx(70.0, abs=0.01) and density[1][0] == pytest.approx(70.5, abs=0.01)
    assert np.corrcoef(density[1][-15:], features[-15:, 0])[0, 1] > 0.9


def test_a_small_level_may_be_refused():
    with pytest.raises(InputError, match="'b' has 5 training samples; at least 30 are needed"):
        merged_levels(np.array([90, 5, 40]), ("a", "b", "c"), quick(small="refuse"))
    with pytest.raises(InputError, match="There are 12 training samples; .* needs at least 30"):
        merged_levels(np.array([4, 4, 4]), ("a", "b", "c"), quick())


def test_a_level_of_one_density():
    data = samples()
    data = replace(data, target=np.where(data.target <= 30, 0.0, data.target))
    levels = replace(LEVELS, bmax=np.array([0.0, 70.0, 100.0]))
    fit = fit_density(data, levels, quick("catboost"))
    assert any("'low' holds one density only (0 t C/ha)" in note for note in fit.notes)
    assert (fit.model.within(data.features, np.zeros(360, dtype=int)) == 0).all()
    assert not np.isnan(fit.model.relative(data.features)).any()


def test_dead_heads_are_told():
    options = density_options("published", layers=2, hidden=16, epochs=2)
    told = [
        note
        for seed in range(8)
        for note in fit_density(samples(150), LEVELS, replace(options, seed=seed)).notes
        if "dead ReLU head" in note
    ]
    assert told and all(note.startswith("Level '") and "trained from seed" in note for note in told)


# --- determinism, bundles -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained():
    return fit_density(samples(classes=True), LEVELS, quick(epochs=5, members=2)).model


def test_same_seed_same_bundle(trained):
    again = fit_density(samples(classes=True), LEVELS, quick(epochs=5, members=2)).model
    assert density_model_bytes(again) == density_model_bytes(trained)


def test_bundle_gives_the_model_back(trained, tmp_path):
    path = tmp_path / "m.carbonmodel"
    path.write_bytes(density_model_bytes(trained, {"applicability.npz": arrays_to_bytes({"a": np.ones(2)})}))
    again = read_density_model(str(path))
    features = samples(seed=8, classes=True).features
    np.testing.assert_array_equal(again.relative(features), trained.relative(features))
    assert (again.form, again.unit, again.year, again.names) == ("average", "t C/ha", 2010, LEVELS.names)
    assert again.drivers == trained.drivers and len(again.groups[0].networks) == 2
    again.require_levels_of(LEVELS)
    manifest = read_bundle(str(path), "network").manifest
    assert manifest.training["rows"] == 288 and manifest.seed == 42
    labels = {values["label"] for values in manifest.metrics.values()}
    assert labels == {HELD_OUT, FIT} and all("n" in values for values in manifest.metrics.values())


def test_other_levels_are_refused(trained):
    with pytest.raises(InputError, match="thresholds 30, 70 t C/ha; here low, medium, high, 31, 70 t C/ha"):
        trained.require_levels_of(replace(LEVELS, thresholds=np.array([31.0, 70.0])))


def changed(trained, path, arrays=None, **values):
    """A bundle whose checksums agree, and whose content does not."""
    path.write_bytes(density_model_bytes(trained))
    manifest, files = read_bundle(str(path), "network")
    files = dict(files)
    if arrays:
        kept = bytes_to_arrays(files["networks.npz"])
        kept.update(arrays)
        files["networks.npz"] = arrays_to_bytes(kept)
    path.write_bytes(bundle_bytes(replace(manifest, **{k: {**getattr(manifest, k), **v} for k, v in values.items()}),
                                  files))  # fmt: skip
    return str(path)


@pytest.mark.parametrize(
    "values, text",
    [
        ({"extra": {"form": "magic"}}, "levels do not fit together"),
        ({"extra": {"steps": 0}}, "levels do not fit together"),
        ({"extra": {"steps": "many"}}, "its manifest cannot be read"),
        ({"extra": {"groups": []}}, "levels do not fit together"),
        ({"extra": {"groups": [{"levels": [0, 1, 2]}]}}, "its manifest cannot be read .'low' is missing"),
        ({"levels": {"bmin": [0, 1]}}, "levels do not fit together"),
        ({"levels": {"bmin": [0, 1, None]}}, "its manifest cannot be read"),
        ({"scaling": {"scale": [1.0, 0.0, 1.0]}}, "scaling does not fit"),
        ({"arrays": {"group1_member0_layer0_bias": np.zeros(3, "f4")}}, "'group1_member0_layer0_bias'"),
        ({"arrays": {"group0_member0_out_weights": np.full(12, np.inf, "f4")}}, "not one of 12 finite numbers"),
    ],
)
def test_tampered_bundles(trained, tmp_path, values, text):
    with pytest.raises(BundleError, match=text):
        read_density_model(changed(trained, tmp_path / "m.carbonmodel", **values))


def test_truncated_bundle(trained, tmp_path):
    path = tmp_path / "m.carbonmodel"
    path.write_bytes(density_model_bytes(trained)[:-500])
    with pytest.raises(BundleError, match="m.carbonmodel"):
        read_density_model(str(path))


# --- cross-validation and reliability, with a real level model --------------------------------------------


@pytest.fixture(scope="module")
def land():
    data = samples(300, blocks=True)
    return data, fit_levels(data, level_options(iterations=20, depth=3)).model


def test_cross_validation_in_blocks(land):
    data, levels = land
    fit = fit_density(data, levels, quick("catboost", folds=3))
    first = fit.scores[0][1]
    assert first.label == HELD_OUT and first.scheme == "cross-validation, 3 folds of spatial blocks"
    crossed = {name: m for name, m in fit.scores if m.scheme == first.scheme}
    assert crossed["all levels"].n == 240 == sum(crossed[name].n for name in levels.names)
    coupled = crossed["all levels, levels predicted, blended"]
    assert 0.8 < coupled.r_squared < 1 and 0.8 < crossed["all levels"].r_squared < 1
    assert crossed["all levels, levels predicted, hard"].rmse != coupled.rmse
    assert fit.coupled_r2 == coupled.r_squared
    assert [m.label for m in fit.overall()] == [HELD_OUT, FIT]
    rows = fit.metrics_table.as_dicts()
    assert len(rows) == len(fit.scores) and all(row["label"] in (HELD_OUT, FIT) for row in rows)


def test_reliability_on_request(land):
    data, levels = land
    fit, reliability = train_density(data, levels, quick("catboost", iterations=15), True, True)
    assert reliability.conformal.level == 0.9 and reliability.conformal.rows == 240
    assert set(reliability.files()) == {"applicability.npz", "conformal.npz"}
    assert train_density(data, levels, quick("catboost", iterations=5))[1] is None


# --- refusals -----------------------------------------------------------------------------------------------


def test_samples_that_cannot_be_learnt():
    with pytest.raises(UnitError, match="in kg C/m2 and the level model is in t C/ha"):
        fit_density(replace(samples(), unit="kg C/m2"), LEVELS, quick())
    with pytest.raises(InputError, match="of the pool 'soil', the level model is of 'above'"):
        fit_density(replace(samples(), pool="soil"), replace(LEVELS, pool="above"), quick())
    data = samples()
    data.features[3, 1] = np.nan
    with pytest.raises(InputError, match="missing or infinite values in: 'TEM' 1"):
        fit_density(data, LEVELS, quick())
    data.features[:, 1] = 7.0
    with pytest.raises(InputError, match="'TEM' .7. has the same value in all 288.*'Leave out constant drivers'"):
        fit_density(data, LEVELS, quick())


def test_what_the_level_model_left_out_is_left_out():
    data = samples()
    data.features[:, 1] = 7.0
    levels = fit_levels(data, level_options(iterations=10, depth=3, drop_constant=True)).model
    fit, reliability = train_density(data, levels, quick("average", iterations=10, epochs=3), applicability=True)
    assert fit.model.driver_names == ("NDVI",) == tuple(reliability.applicability.names)
    assert "Left out, constant in the training samples: 'TEM' (7)." in fit.notes


@pytest.mark.parametrize("classes", [False, True])
def test_a_driver_that_is_constant_within_a_fold(classes):
    """Irrigation in one block only: without that block nothing is known of it, and nothing is made of it."""
    data = samples(300, blocks=True)
    column = np.where(data.block == data.block[0], np.arange(300) % 3 + 1.0, 0.0) * (1.0 if classes else 1e6)
    data.features = np.column_stack([data.features, column])
    data.drivers = tuple(NUMBERS) + (Driver("IRR", "" if classes else "1", classes),)
    levels = fit_levels(data, level_options(iterations=10, depth=3)).model
    options = quick("average", iterations=10, epochs=30, folds=3)
    fit, reliability = train_density(data, levels, options, True, True)
    assert fit.model.driver_names == ("NDVI", "TEM", "IRR") and reliability.conformal.rows == 240
    # The values of the fold's own rows, a million times those learnt, do not run away with its predictions.
    scores = {name: m for name, m in fit.scores if m.scheme.startswith("cross-validation")}
    assert scores["all levels, network alone"].r_squared > 0.9


@pytest.mark.parametrize(
    "change, text",
    [
        ({"form": "forest"}, "'forest' is no form. Choose one of: network, catboost, average"),
        ({"small": "drop"}, "'drop' is no treatment of small levels"),
        ({"folds": 1}, "at least 2 folds, or 0 for none; got 1"),
        ({"device": "tpu"}, "'tpu' is no device"),
    ],
)
def test_options_that_mean_nothing(change, text):
    with pytest.raises(InputError, match=text):
        fit_density(samples(), LEVELS, quick(**change))


def test_presets_and_sizes():
    with pytest.raises(InputError, match="'best' is no preset. Choose one of: robust, published"):
        density_options("best")
    with pytest.raises(InputError, match="both the number of layers and their width"):
        density_options(layers=3)


def test_memory_is_refused_before_work(monkeypatch):
    from carbon_qgis.core import level_density_training, memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 10**9)
    monkeypatch.setattr(level_density_training, "fit_network", None)
    with pytest.raises(InputError, match="network of 60 x 8000 on .* would need about .* GB"):
        fit_density(samples(), LEVELS, quick(layers=60, hidden=8000))


class Button(Silent):
    """Pressed when the fraction is reached."""

    def __init__(self, at):
        self.at, self.fractions = at, [0.0]

    def update(self, fraction, message=None):
        self.fractions.append(fraction)

    def cancelled(self):
        return self.fractions[-1] >= self.at


@pytest.mark.parametrize("at", [0.01, 0.3])
def test_cancel(at):
    button = Button(at)
    with pytest.raises(Cancelled):
        fit_density(samples(), LEVELS, quick(epochs=3000, patience=0), button)
    assert button.fractions[-1] < at + 0.2


class AtMessage(Silent):
    """Pressed once something is said."""

    def __init__(self, words):
        self.words, self.heard = words, False

    def update(self, fraction, message=None):
        self.heard = self.heard or message == self.words

    def cancelled(self):
        return self.heard


def test_a_cancel_is_heard_while_the_model_is_scored():
    with pytest.raises(Cancelled):
        fit_density(samples(150), LEVELS, quick(epochs=5), AtMessage("Scoring the model"))


def test_progress_only_grows():
    button = Button(2.0)
    fit_density(samples(150), LEVELS, quick(epochs=20), button)
    assert button.fractions == sorted(button.fractions) and button.fractions[-1] == 1.0


def test_the_report_and_the_manifest_say_how_small_levels_were_trained():
    """A level of fewer than 500 samples has other trees, none held out, and one of fewer than 2000 four networks."""
    from carbon_qgis.core.report.density_training_report import density_training_page

    data, options = samples(300), density_options(layers=1, hidden=4, epochs=3)
    fit = fit_density(data, LEVELS, options)
    assert {len(group.networks) for group in fit.model.groups} == {4}
    assert {group.boost.trees for group in fit.model.groups} == {200}
    text = density_training_page(fit).html()
    assert "the mean of 4 networks and a CatBoost regressor, half each," in text
    assert "No rows were held out: all trees were kept." in text
    assert "in levels of fewer than 500 samples" in text and "200 trees of depth 6, learning rate 0.05" in text
    small = fit.model.training["catboost_of_small_levels"]
    assert small == {"fewer_rows_than": 500, "depth": 6, "learning_rate": 0.05, "trees": 200}
    assert fit.model.training["network"]["members_of_small_levels"] == {"fewer_rows_than": 2000, "members": 4}
    few = fit_density(data, LEVELS, replace(options, members_rows=70))
    assert sorted({len(group.networks) for group in few.model.groups}) == [1, 4]
    assert "a network (the mean of 4 networks in levels of fewer than 70 samples)" in density_training_page(few).html()
