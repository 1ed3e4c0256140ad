"""Estimating a year's density: known maps from known models, invariants of a raster stage, refusals."""

import math
from dataclasses import dataclass
from typing import Tuple

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.applicability import fit_applicability
from carbon_qgis.core.bundle import DriverStats
from carbon_qgis.core.conformal import fit_conformal
from carbon_qgis.core.coupled import CoupledModel
from carbon_qgis.core.density_ratio import DensityRatio, given_ratio
from carbon_qgis.core.errors import Cancelled, InputError, RasterError, UnitError
from carbon_qgis.core.estimate_density import estimate_density
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from tests.core.helpers import METRES_30, UTM, Cancelling, box_layer, read_raster

DRIVERS = (
    DriverStats("NDVI", "1", False, 0.0, 1.0, 0.5, 0.3),
    DriverStats("TEM", "degC", False, 0.0, 20.0, 10.0, 5.0),
    DriverStats("GLC", "", True, codes=(1, 2)),
)


@dataclass(frozen=True)
class Levels:
    """Three levels: the warmer, the higher."""

    drivers: Tuple[DriverStats, ...] = DRIVERS
    names: Tuple[str, ...] = ("low", "medium", "high")
    thresholds: Tuple[float, ...] = (40.0, 80.0)
    bmin: Tuple[float, ...] = (0.0, 40.0, 80.0)
    bmax: Tuple[float, ...] = (40.0, 80.0, 200.0)
    unit: str = "t C/ha"
    pool: str = "soil"
    year: int = 2010

    def probabilities(self, features):
        centre = np.array([4.0, 10.0, 16.0])
        score = np.exp(-np.square(features[:, 1:2] - centre) / 8.0)
        return (score / score.sum(axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True)
class Within:
    """Relative density: NDVI of the last step, a little less for class 2; earlier steps count if there are any."""

    drivers: Tuple[DriverStats, ...] = DRIVERS
    steps: int = 1
    preset: str = "robust"

    def relative(self, features):
        steps = features if features.ndim == 3 else features[:, None]
        one = np.clip(steps[:, :, 0].mean(axis=1) - 0.1 * (steps[:, -1, 2] == 2), 0, 1)
        return np.repeat(one[:, None], 3, axis=1).astype(np.float32)


MODEL = CoupledModel(Levels(), Within())
NAMES = ("NDVI", "TEM", "GLC")
UNITS = ("1", "degC", "")


def values_of(shape, seed=1):
    rng = np.random.default_rng(seed)
    made = {"NDVI": rng.random(shape), "TEM": rng.uniform(1, 19, shape), "GLC": rng.integers(1, 3, shape)}
    return {name: array.astype(np.float32) for name, array in made.items()}


def make_stack(path, values, order=NAMES, year=2020, units=None, nodata=-9999.0):
    """A driver stack with named bands."""
    units = dict(zip(NAMES, UNITS)) if units is None else units
    height, width = next(iter(values.values())).shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=len(order), dtype="float32", crs=UTM,
        transform=rasterio.Affine(*METRES_30), nodata=nodata,
    ) as dataset:  # fmt: skip
        for band, name in enumerate(order, 1):
            dataset.write(values[name], band)
            dataset.set_band_description(band, name)
            dataset.set_band_unit(band, units.get(name, ""))
            if name == "GLC":
                dataset.update_tags(band, CARBON_CATEGORICAL="1")
        if year is not None:
            dataset.update_tags(CARBON_YEAR=str(year))
    return str(path)


def estimate(folder, stacks, wanted=("DENSITY",), model=MODEL, **options):
    """Run the stage; result and paths by name."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    destinations = {name: str(out / (name.lower() + ".tif")) for name in wanted}
    stacks = [stacks] if isinstance(stacks, str) else stacks
    with OutputSet(stacks) as outputs:
        result = estimate_density(stacks, model, outputs, destinations, **options)
    return result, destinations


def flat(values, model=MODEL, **options):
    """The model on all cells as rows, in the shape of the map."""
    shape = values["NDVI"].shape
    rows = np.stack([values[name].ravel() for name in NAMES], axis=1).astype(np.float64)
    return model.predict(rows, **options).reshape(shape)


@pytest.fixture
def region(tmp_path):
    values = values_of((40, 30))
    return tmp_path, values, make_stack(tmp_path / "stack.tif", values)


@pytest.mark.parametrize("restoration", ["scaled", "published"])
@pytest.mark.parametrize("blending", ["blended", "hard"])
def test_the_raster_is_the_model_on_its_cells(region, restoration, blending):
    folder, values, stack = region
    result, made = estimate(
        folder, stack, ("DENSITY", "LEVELS"), ratio=given_ratio(1.2), restoration=restoration, blending=blending
    )
    expected = flat(values, ratio=1.2, restoration=restoration, blending=blending)
    np.testing.assert_allclose(read_raster(made["DENSITY"]), expected, rtol=1e-6)
    level = np.argmax(Levels().probabilities(np.stack([values[n].ravel() for n in NAMES], 1)), axis=1) + 1
    np.testing.assert_array_equal(read_raster(made["LEVELS"]).ravel(), level)
    assert result.mean == pytest.approx(expected.mean(), rel=1e-6)
    assert result.total == pytest.approx(expected.sum() * 0.09 / 1e6, rel=1e-6)  # t C/ha on cells of 0.09 ha, in Tg
    assert result.checks["mid"].delivered == pytest.approx(expected.mean() / flat(values, blending=blending).mean())
    with rasterio.open(made["DENSITY"]) as dataset:
        assert dataset.units == ("t C/ha",)
        tags = dataset.tags()
        assert (tags["CARBON_POOL"], tags["CARBON_YEAR"]) == ("soil", "2020")
        assert (tags["CARBON_UNIT"], tags["CARBON_QUANTITY"]) == ("t C/ha", "carbon density")


def test_scaled_delivers_the_ratio_and_published_says_that_it_does_not(region):
    folder, _, stack = region
    scaled, _ = estimate(folder, stack, ratio=given_ratio(1.2))
    assert scaled.checks["mid"].delivered == pytest.approx(1.2, rel=1e-6) and scaled.warnings == []
    published, _ = estimate(folder, stack, ratio=given_ratio(1.2), restoration="published")
    assert published.checks["mid"].delivered < 1.15
    assert "asked for a ratio of 1.2, it delivers 1.0" in "\n".join(published.warnings)
    assert published.ratios.as_dicts()[0]["ratio_asked"] == 1.2


def test_published_models_in_other_forms_are_warned_of(region):
    folder, _, stack = region
    model = CoupledModel(Levels(), Within(preset="published"))
    found, _ = estimate(folder, [stack], model=model)
    (warning,) = [text for text in found.warnings if "preset 'published'" in text]
    assert "forms 'scaled' and 'blended'" in warning and "(RESTORATION)" in warning and "(BLENDING)" in warning
    found, _ = estimate(folder, [stack], model=model, restoration="published", blending="hard")
    assert not any("preset 'published'" in text for text in found.warnings)
    found, _ = estimate(folder, [stack])
    assert not any("preset 'published'" in text for text in found.warnings)


def test_mean_matching_gives_the_area_weighted_mean_of_the_table(region):
    folder, _, stack = region
    ratio = DensityRatio(1.1, 1.0, 1.3, 2020, 2010, mean_kg=9.0, base_kg=9.0 / 1.1, interval="95")
    names = ("DENSITY", "DENSITY_LOW", "DENSITY_HIGH")
    result, made = estimate(folder, stack, names, ratio=ratio, restoration="meanmatched")
    assert read_raster(made["DENSITY"]).mean() == pytest.approx(90.0, rel=1e-6)  # 9 kg C/m2 in t C/ha
    assert read_raster(made["DENSITY_HIGH"]).mean() == pytest.approx(90.0 * 1.3 / 1.1, rel=1e-6)
    assert result.checks["mid"].target_mean == pytest.approx(90.0)
    assert any("brought to the pool mean of 90 t C/ha" in text for text in result.warnings)


def test_ends_of_the_forecast_interval_are_maps_of_their_own(region):
    folder, values, stack = region
    ratio = DensityRatio(1.1, 0.9, 1.4, 2020, 2010, 11.0, 10.0, "80")
    result, made = estimate(folder, stack, ("DENSITY_LOW", "DENSITY_HIGH"), ratio=ratio)
    np.testing.assert_allclose(read_raster(made["DENSITY_LOW"]), flat(values, ratio=0.9), rtol=1e-6)
    np.testing.assert_allclose(read_raster(made["DENSITY_HIGH"]), flat(values, ratio=1.4), rtol=1e-6)
    assert result.ratios.column("ratio_delivered") == pytest.approx([1.1, 0.9, 1.4])


def test_blocks_threads_and_band_order_change_nothing(tmp_path):
    values = values_of((520, 300))
    one = make_stack(tmp_path / "one.tif", values)
    other = make_stack(tmp_path / "other.tif", {**values, "X": values["TEM"]}, ("X", "GLC", "TEM", "NDVI"))
    names = ("DENSITY", "LEVELS")
    options = {"ratio": given_ratio(1.3), "restoration": "meanmatched", "target_mean": 70.0}
    first, made = estimate(tmp_path, one, names, **options, settings=EngineSettings(memory_mb=4096, threads=1))
    whole = {name: read_raster(path) for name, path in made.items()}
    second, made = estimate(tmp_path, other, names, **options, settings=EngineSettings(memory_mb=8, threads=3))
    for name in names:
        np.testing.assert_allclose(read_raster(made[name]), whole[name], rtol=1e-6)
    assert second.mean == pytest.approx(first.mean, rel=1e-9)
    assert second.outside.rows == first.outside.rows


def test_nodata_of_any_driver_and_the_mask_are_nodata(region):
    folder, values, _ = region
    holed = {name: array.copy() for name, array in values.items()}
    holed["TEM"][0, 0] = holed["GLC"][5, 5] = -9999
    stack = make_stack(folder / "holed.tif", holed)
    left, top = METRES_30[2], METRES_30[5]
    mask = box_layer(left, top - 600, left + 450, top)  # 15 columns, 20 rows
    result, made = estimate(folder, stack, ("DENSITY", "LEVELS"), mask=mask)
    found = read_raster(made["DENSITY"])
    inside = np.zeros((40, 30), bool)
    inside[:20, :15] = True
    inside[0, 0] = inside[5, 5] = False
    np.testing.assert_array_equal(~np.isnan(found), inside)
    np.testing.assert_array_equal(~np.isnan(read_raster(made["LEVELS"])), inside)
    assert result.cells == 298 and result.nodata_share == pytest.approx(1 - 298 / 1200)


def test_2_degrees_move_the_map_with_stored_scaling_and_not_with_the_legacy_switch(region):
    folder, values, stack = region
    warm = make_stack(folder / "warm.tif", {**values, "TEM": values["TEM"] + 2})
    maps = {}
    for scaling in ("stored", "fresh"):
        for name, path in (("now", stack), ("warm", warm)):
            result, made = estimate(folder, path, scaling=scaling)
            maps[scaling, name] = read_raster(made["DENSITY"])
    assert maps["stored", "warm"].mean() > maps["stored", "now"].mean() * 1.05
    np.testing.assert_allclose(maps["fresh", "warm"], maps["fresh", "now"], rtol=1e-5)
    assert any("A change that all cells share" in text for text in result.warnings)


def test_the_legacy_switch_is_a_minmax_of_the_year(region):
    folder, values, stack = region
    _, made = estimate(folder, stack, scaling="fresh")
    tem, ndvi = values["TEM"].astype(float), values["NDVI"].astype(float)
    scaled = {
        "TEM": (tem - tem.min()) / (tem.max() - tem.min()) * 20,
        "NDVI": (ndvi - ndvi.min()) / (ndvi.max() - ndvi.min()),
        "GLC": values["GLC"],
    }
    np.testing.assert_allclose(read_raster(made["DENSITY"]), flat(scaled), rtol=1e-6)


def test_years_that_do_not_go_together_are_said(region):
    folder, _, stack = region
    result, made = estimate(folder, stack, ratio=given_ratio(None, 2030, 2010), year=2030)
    assert "The map is of 2030, but its drivers are of 2020." in result.warnings
    assert any("the map of 2030 has the level of carbon of the base year 2010" in text for text in result.warnings)
    with rasterio.open(made["DENSITY"]) as dataset:
        assert dataset.tags()["CARBON_YEAR"] == "2030"
    result, _ = estimate(folder, stack, ratio=given_ratio(1.1, 2020, 2010))
    assert result.warnings == []


def test_cells_outside_the_training_range_are_counted_by_driver(region):
    folder, values, _ = region
    far = {name: array.copy() for name, array in values.items()}
    far["TEM"][:4] = 25  # a tenth of the cells
    far["GLC"][0, :3] = 7
    result, _ = estimate(folder, make_stack(folder / "far.tif", far))
    rows = {row["driver"]: row for row in result.outside.as_dicts()}
    assert rows["TEM"]["cells_above"] == 120 and rows["TEM"]["share_outside_percent"] == pytest.approx(10)
    assert rows["GLC"]["cells_of_new_classes"] == 3 and rows["NDVI"]["cells_below"] == 0
    assert "10.0% of the cells lie outside the training range" in result.warnings[0]


def reliable(seed=0):
    """The model with training points and residuals."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.random(400), rng.uniform(0, 20, 400), rng.integers(1, 3, 400)])
    fold = np.arange(400) % 5
    prediction = MODEL.predict(rows)
    indicator = np.column_stack([rows[:, :2], MODEL.cells(rows).spread])
    names = ("NDVI", "TEM", "spread between levels")
    conformal = fit_conformal(names, indicator, prediction + rng.normal(0, 5, 400), prediction, fold)
    return CoupledModel(Levels(), Within(), fit_applicability(DRIVERS, rows, fold), conformal)


def test_area_of_applicability_and_prediction_intervals(region):
    folder, values, _ = region
    values = {name: array.copy() for name, array in values.items()}
    values["TEM"][:20] += 40
    stack = make_stack(folder / "hot.tif", values)
    names = ("DENSITY", "APPLICABILITY", "DISSIMILARITY", "MODEL_LOW", "MODEL_HIGH")
    model = reliable()
    result, made = estimate(folder, stack, names, model, ratio=given_ratio(1.5))
    rows = np.stack([values[n].ravel() for n in NAMES], 1).astype(float)
    index = read_raster(made["DISSIMILARITY"]).ravel()
    np.testing.assert_allclose(index, model.applicability.index(rows), rtol=1e-5)
    inside = read_raster(made["APPLICABILITY"])
    np.testing.assert_array_equal(inside.ravel(), index <= model.applicability.threshold)
    assert (inside[:20] == 0).all() and inside[20:].mean() > 0.95
    assert result.inside_share == pytest.approx(inside.mean())
    low, mid, high = (read_raster(made[name]) for name in ("MODEL_LOW", "DENSITY", "MODEL_HIGH"))
    assert (low <= mid).all() and (mid <= high).all() and (low >= 0).all()
    ends = model.conformal.interval(model.predict(rows), np.column_stack([rows[:, :2], model.cells(rows).spread]))
    np.testing.assert_allclose(high.ravel(), ends[1] * 1.5, rtol=1e-5)
    assert result.mean_interval_width == pytest.approx((high - low).mean(), rel=1e-5)
    assert any("outside the area of applicability" in text for text in result.warnings)


def test_sequences_are_put_in_time_order_by_their_tags(tmp_path):
    years = {year: values_of((20, 20), year) for year in (2018, 2019, 2020)}
    stacks = [make_stack(tmp_path / "s{}.tif".format(y), v, year=y) for y, v in years.items()]
    model = CoupledModel(Levels(), Within(steps=3))
    result, made = estimate(tmp_path, [stacks[2], stacks[0], stacks[1]], model=model)
    rows = np.stack([[v[n].ravel() for n in NAMES] for v in years.values()]).transpose(2, 0, 1).astype(float)
    np.testing.assert_allclose(read_raster(made["DENSITY"]).ravel(), model.predict(rows), rtol=1e-6)
    assert result.year == 2020
    with pytest.raises(InputError, match="reads sequences of 3 yearly driver stacks; 2 given"):
        estimate(tmp_path, stacks[:2], model=model)
    wrong = make_stack(tmp_path / "w.tif", years[2018], year=2015)
    with pytest.raises(InputError, match="of 2015, 2019, 2020; for a map of 2020 the model needs those of 2018, 2019"):
        estimate(tmp_path, [wrong] + stacks[1:], model=model)
    undated = make_stack(tmp_path / "u.tif", years[2018], year=None)
    with pytest.raises(InputError, match=r"u.tif' carries no year \(tag CARBON_YEAR\)"):
        estimate(tmp_path, [undated] + stacks[1:], model=model)
    with pytest.raises(InputError, match="reads one year; 3 driver stacks are given"):
        estimate(tmp_path, stacks)


def test_a_missing_driver_is_named(region):
    folder, values, _ = region
    with pytest.raises(InputError, match="lacks the driver 'TEM' .* It has: NDVI, GLC"):
        estimate(folder, make_stack(folder / "two.tif", values, ("NDVI", "GLC")))
    assert list((folder / "out").iterdir()) == []


def test_another_unit_is_refused(region):
    folder, values, _ = region
    with pytest.raises(UnitError, match="'TEM' is in K .* trained on TEM in degC"):
        estimate(folder, make_stack(folder / "k.tif", values, units={"NDVI": "1", "TEM": "K"}))


@pytest.mark.parametrize(
    "options, names, message",
    [
        ({"restoration": "meanmatched"}, (), "needs the pool mean of the year"),
        ({"restoration": "best"}, (), "'best' is no restoration"),
        ({"blending": "soft"}, (), "'soft' is no blending"),
        ({"scaling": "yearly"}, (), "'yearly' is no scaling. Choose one of: stored, fresh"),
        ({}, ("DENSITY_LOW",), "single ratio has no interval"),
        ({}, ("APPLICABILITY",), "holds no training points for an area of applicability"),
        ({}, ("MODEL_HIGH",), "holds no held-out residuals"),
    ],
)
def test_refusals_say_what_to_do(region, options, names, message):
    folder, _, stack = region
    with pytest.raises(InputError, match=message):
        estimate(folder, stack, ("DENSITY",) + names, **options)
    assert list((folder / "out").iterdir()) == []


def test_a_map_without_a_valid_cell_is_refused(region):
    folder, values, _ = region
    empty = make_stack(folder / "empty.tif", {name: np.full_like(a, -9999) for name, a in values.items()})
    for restoration in ("scaled", "meanmatched"):
        with pytest.raises(RasterError, match="No valid cell is left in the driver stack"):
            estimate(folder, empty, restoration=restoration, target_mean=5.0)


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_cancel_leaves_nothing_behind(tmp_path, share):
    stack = make_stack(tmp_path / "stack.tif", values_of((600, 600)))
    small = EngineSettings(memory_mb=8, threads=2)
    with pytest.raises(Cancelled):
        estimate(
            tmp_path, stack, restoration="meanmatched", target_mean=50.0, settings=small, progress=Cancelling(share)
        )  # fmt: skip
    assert list((tmp_path / "out").iterdir()) == []


def test_progress_says_that_an_extra_pass_is_made(region):
    folder, _, stack = region

    class Heard:
        def __init__(self):
            self.messages, self.fractions = [], []

        def update(self, fraction, message=None):
            self.fractions.append(fraction)
            self.messages += [message] if message else []

        def cancelled(self):
            return False

    heard = Heard()
    estimate(folder, stack, restoration="meanmatched", target_mean=50.0, scaling="fresh", progress=heard)
    assert [text.split(":")[-1].strip(" )") for text in heard.messages if "extra" in text] == ["an extra pass"] * 2
    assert heard.fractions == sorted(heard.fractions) and heard.fractions[-1] == pytest.approx(1.0)
    assert not math.isnan(sum(heard.fractions))
