"""Rasters predicted by a forest: whole-array truth, names before order, what is refused, what is warned of."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.errors import Cancelled, InputError, UnitError
from carbon_qgis.core.forest_training import ROBUST, fit_forest, preset_options
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.predict_forest import OUTPUTS, predict_forest
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids

DRIVERS = (Driver("NDVI", "1"), Driver("TEM", "degC"), Driver("LC", "", True))
SIDE = 70


def layers(seed=1):
    rng = np.random.default_rng(seed)
    ndvi, cover = rng.uniform(0, 1, (SIDE, SIDE)), rng.integers(1, 4, (SIDE, SIDE)).astype(float)
    tem = np.linspace(5, 25, SIDE)[None, :] + rng.normal(0, 1, (SIDE, SIDE))
    return {"NDVI": ndvi.astype("f4"), "TEM": tem.astype("f4"), "LC": cover.astype("f4")}


@pytest.fixture(scope="module")
def forest():
    bands = layers()
    features = np.column_stack([bands[d.name].ravel() for d in DRIVERS]).astype(float)
    row, col = np.divmod(np.arange(SIDE * SIDE), SIDE)
    target = 10 + 50 * features[:, 0] + np.where(features[:, 2] == 2, 20, 0) + features[:, 1]
    picked = np.random.default_rng(2).choice(SIDE * SIDE, 800, replace=False)
    block = block_ids(col * 100.0, -row * 100.0, 1500.0)
    places = dict(x=col * 100.0, y=-row * 100.0, block=block)
    samples = make_samples(DRIVERS, features, target, "t C/ha", "soil", 2010, **places)
    return fit_forest(samples.take(picked), preset_options(ROBUST, trees=10)).forest


@pytest.fixture
def stack(tmp_path):
    def make(order=("NDVI", "TEM", "LC"), name="stack.tif", unit="degC", **changes):
        bands = {**layers(), **changes}
        path = str(tmp_path / name)
        profile = dict(driver="GTiff", width=SIDE, height=SIDE, count=len(order), dtype="float32", nodata=-9999,
                       crs="EPSG:32650", transform=from_origin(500000, 4e6, 100, 100))  # fmt: skip
        with rasterio.open(path, "w", **profile) as made:
            for i, driver in enumerate(order, 1):
                made.write(np.nan_to_num(bands[driver], nan=-9999).astype("f4"), i)
                made.set_band_description(i, driver)
                made.set_band_unit(i, {"TEM": unit, "LC": ""}.get(driver, "1"))
                if driver == "LC":
                    made.update_tags(i, CARBON_CATEGORICAL="1")
            made.update_tags(CARBON_YEAR="2030", CARBON_SCENARIO="SSP126")
        return path

    return make


def run(forest, path, tmp_path, wanted=("DENSITY",), **options):
    paths = {name: str(tmp_path / (name + ".tif")) for name in wanted}
    with OutputSet([path]) as outputs:
        result = predict_forest(path, forest, outputs, paths, **options)
    return result, {name: rasterio.open(p) for name, p in paths.items()}


def test_blocks_are_the_whole_array_bit_for_bit(forest, stack, tmp_path):
    bands = layers()
    whole = forest.predict(np.column_stack([bands[d.name].ravel() for d in DRIVERS]).astype(float)).astype("f4")
    for settings in (EngineSettings(threads=1), EngineSettings(memory_mb=1, threads=3)):
        result, made = run(forest, stack(), tmp_path, settings=settings)
        np.testing.assert_array_equal(made["DENSITY"].read(1).ravel(), whole)
    assert result.cells == SIDE * SIDE and result.mean == pytest.approx(whole.mean(), rel=1e-6)
    assert result.total == pytest.approx(whole.mean() * SIDE * SIDE / 1e6, rel=1e-6)  # 1 ha a cell, Tg
    assert made["DENSITY"].units == ("t C/ha",) and made["DENSITY"].tags()["CARBON_YEAR"] == "2030"
    assert made["DENSITY"].tags()["CARBON_SCENARIO"] == "SSP126" and made["DENSITY"].tags()["CARBON_POOL"] == "soil"
    (row,) = result.totals.rows
    assert row[:3] == ["soil", 2030, "SSP126"]


def test_the_order_of_the_bands_does_not_matter(forest, stack, tmp_path):
    _, first = run(forest, stack(), tmp_path)
    plain = first["DENSITY"].read(1)
    first["DENSITY"].close()
    _, second = run(forest, stack(("LC", "NDVI", "TEM"), "other.tif"), tmp_path)
    np.testing.assert_array_equal(second["DENSITY"].read(1), plain)


def test_nodata_of_any_driver_is_nodata(forest, stack, tmp_path):
    ndvi, tem = layers()["NDVI"].copy(), layers()["TEM"].copy()
    ndvi[0, 0], tem[5, 6] = np.nan, np.nan
    result, made = run(forest, stack(NDVI=ndvi, TEM=tem), tmp_path, OUTPUTS)
    for name in OUTPUTS:
        band = made[name].read(1, masked=True)
        assert band.mask.sum() == 2 and band.mask[0, 0] and band.mask[5, 6]
    assert result.cells == SIDE * SIDE - 2


def test_carbon_of_a_cell_is_its_density_times_its_area(forest, stack, tmp_path):
    result, made = run(forest, stack(), tmp_path, ("DENSITY", "CELL_CARBON"))
    carbon = made["CELL_CARBON"].read(1).astype(float)
    np.testing.assert_allclose(carbon, made["DENSITY"].read(1), rtol=1e-6)  # 1 ha a cell
    assert made["CELL_CARBON"].units == ("t C/cell",)
    assert made["CELL_CARBON"].descriptions == ("soil carbon of a cell 2030 SSP126",)
    assert result.total == pytest.approx(carbon.sum() / 1e6, rel=1e-6)


def test_a_cancel_is_heard_between_two_trees(forest, stack, tmp_path, monkeypatch):
    import carbon_qgis.core.forest as module
    from carbon_qgis.core.watch import Watch

    begun, told, trees = threading.Event(), threading.Event(), []
    whole, stop = module.ForestPredictor.predict, Watch.stop

    def predict(self, features, step=None):
        def after_a_tree(count):
            trees.append(count)
            begun.set()  # the user cancels now
            told.wait(30)
            step(count)

        return whole(self, features, after_a_tree)

    monkeypatch.setattr(module.ForestPredictor, "predict", predict)
    monkeypatch.setattr(Watch, "stop", lambda self: (stop(self), told.set()))

    class Cancel:
        def update(self, fraction, message=None):
            assert 0 <= fraction <= 1

        def cancelled(self):
            return begun.is_set()

    with pytest.raises(Cancelled):
        run(forest, stack(), tmp_path, progress=Cancel())
    assert trees == [SIDE * SIDE]  # one tree of ten
    assert not list(tmp_path.glob("*DENSITY*"))


def test_intervals_and_applicability(forest, stack, tmp_path):
    result, made = run(forest, stack(), tmp_path, OUTPUTS)
    density, low, high = (made[name].read(1) for name in ("DENSITY", "LOW", "HIGH"))
    assert (low <= density).mean() > 0.99 and (high >= density).mean() > 0.99 and (low >= 0).all()
    bands = layers()
    truth = 10 + 50 * bands["NDVI"] + np.where(bands["LC"] == 2, 20, 0) + bands["TEM"]
    assert 0.85 < ((low <= truth) & (truth <= high)).mean() < 0.99
    inside, index = made["APPLICABILITY"].read(1), made["DISSIMILARITY"].read(1)
    np.testing.assert_array_equal(inside == 1, index <= np.float32(result.threshold))
    assert result.inside_share > 0.9 and result.interval_level == 0.9
    assert result.mean_interval_width == pytest.approx(float((high - low).mean()), rel=1e-3)


def test_outside_the_training_range_is_said(forest, stack, tmp_path):
    warm = layers()["TEM"] + 30
    result, made = run(forest, stack(TEM=warm), tmp_path, ("DENSITY", "APPLICABILITY"))
    assert result.outside_share == 1.0 and result.inside_share < 0.05
    assert any("TEM 100.0%" in warning for warning in result.warnings)
    assert any("outside the area of applicability" in warning for warning in result.warnings)
    same, _ = run(forest, stack(TEM=warm + 5), tmp_path)
    assert same.mean == result.mean  # a forest is flat out there


def test_refusals(forest, stack, tmp_path):
    with pytest.raises(InputError, match="lacks the driver 'TEM'.*It has: NDVI, LC"):
        run(forest, stack(("NDVI", "LC"), "less.tif"), tmp_path)
    with pytest.raises(UnitError, match="'TEM' is in K"):
        run(forest, stack(name="kelvin.tif", unit="K"), tmp_path)
    bare = replace(forest, applicability=None, conformal=None)
    with pytest.raises(InputError, match="no training points for an area of applicability"):
        run(bare, stack(), tmp_path, ("DISSIMILARITY",))
    with pytest.raises(InputError, match="no held-out residuals"):
        run(bare, stack(), tmp_path, ("HIGH",))
    assert not list(tmp_path.glob("DENSITY*"))


def test_cancel_leaves_the_old_file(forest, stack, tmp_path):
    old = tmp_path / "DENSITY.tif"
    old.write_bytes(b"old")

    class Stop:
        def update(self, fraction, message=None):
            pass

        def cancelled(self):
            return True

    with pytest.raises(Cancelled):
        run(forest, stack(), tmp_path, progress=Stop())
    assert old.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 2
