"""Levels of a driver stack: bands by name, blocks and threads that change nothing, cells outside the training range."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.bundle import DriverStats
from carbon_qgis.core.class_names import class_names
from carbon_qgis.core.errors import Cancelled, InputError, RasterError, UnitError
from carbon_qgis.core.levels import fit_levels, level_options
from carbon_qgis.core.model_stack import OutOfRange, model_bands
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.predict_levels import predict_levels
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.samples import Driver, make_samples

from .helpers import METRES_30, Cancelling, InLine, box_layer, make_raster, read_raster

DRIVERS = (Driver("NDVI", "1"), Driver("TEM", "degC"), Driver("GLC", "class", True))
SHAPE = (300, 520)


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(0)
    features = np.stack([rng.uniform(0.1, 0.9, 400), rng.normal(10, 5, 400), rng.choice([2, 7, 11], 400)], axis=1)
    target = np.digitize(features[:, 0], [0.3, 0.7]) * 50.0 + 10 * (features[:, 2] == 7) + rng.normal(size=400)
    samples = make_samples(DRIVERS, features, target, "t C/ha", "soil", 2010)
    return fit_levels(samples, level_options("published", iterations=15, depth=3, learning_rate=0.3, threads=1)).model


def planes():
    rng = np.random.default_rng(4)
    ndvi = rng.uniform(0.1, 0.9, SHAPE).astype(np.float32)
    tem = rng.normal(10, 2, SHAPE).astype(np.float32)
    glc = rng.choice([2, 7, 11], SHAPE).astype(np.float32)
    ndvi[:40, :60] = -3.4e38
    tem[100:110, 200:300] = np.nan
    return {"NDVI": ndvi, "TEM": tem, "GLC": glc}


def stack(path, order=("NDVI", "TEM", "GLC"), units=None, flagged=True, **changed):
    arrays = {**planes(), **changed}
    known = {"NDVI": "1", "TEM": "degC", "GLC": "1", "DEM": "m", **(units or {})}
    made = make_raster(
        path, np.stack([arrays[name] for name in order]), nodata=-3.4e38, units=[known[name] for name in order]
    )
    with rasterio.open(made, "r+") as dataset:
        dataset.update_tags(CARBON_YEAR="2030", CARBON_SCENARIO="SSP1-2.6")
        for band, name in enumerate(order, 1):
            dataset.set_band_description(band, name)
            if name == "GLC" and flagged:
                dataset.update_tags(band, CARBON_CATEGORICAL="1")
    return made


def predict(path, model, folder, name="a", **named):
    wanted = {"LEVELS": str(folder / (name + "_l.tif")), "PROBABILITIES": str(folder / (name + "_p.tif"))}
    with OutputSet([path]) as outputs:
        result = predict_levels(path, model, outputs, wanted, **named)
    bands = [read_raster(wanted["PROBABILITIES"], band) for band in range(1, model.count + 1)]
    return result, read_raster(wanted["LEVELS"]), np.stack(bands), wanted


def test_every_cell_is_what_the_model_says_of_it(model, tmp_path):
    result, levels, probabilities, paths = predict(stack(tmp_path / "s.tif"), model, tmp_path)
    arrays = planes()
    invalid = (arrays["NDVI"] < -1e38) | np.isnan(arrays["TEM"])
    assert (np.isnan(levels) == invalid).all() and (np.isnan(probabilities) == invalid).all()
    features = np.stack([arrays[name][~invalid] for name in model.driver_names], axis=1).astype(float)
    expected = model.probabilities(features)
    assert (probabilities[:, ~invalid].T.astype(np.float32) == expected).all()
    assert (levels[~invalid] == expected.argmax(axis=1) + 1).all()
    assert result.cells == features.shape[0]
    assert result.table.column("cells") == np.bincount(expected.argmax(axis=1)).tolist()
    assert result.nodata_share == pytest.approx(invalid.mean())
    assert result.area_km2 == pytest.approx(result.cells * 900e-6, rel=1e-2)
    assert sum(result.table.column("area_share_percent")) == pytest.approx(100)
    assert result.table.column("mean_probability") == pytest.approx(expected.mean(axis=0).tolist(), rel=1e-3)
    with rasterio.open(paths["LEVELS"]) as dataset:
        assert (dataset.dtypes[0], dataset.nodata) == ("uint8", 255)
        tags = dataset.tags()
        assert (tags["CARBON_QUANTITY"], tags["CARBON_POOL"], tags["CARBON_YEAR"], tags["CARBON_SCENARIO"]) == (
            "carbon density level", "soil", "2030", "SSP1-2.6",
        )  # fmt: skip
    assert class_names(paths["LEVELS"])[1].startswith("low (up to ")
    with rasterio.open(paths["PROBABILITIES"]) as dataset:
        assert dataset.descriptions == ("probability of low", "probability of medium", "probability of high")
        assert dataset.units == ("1", "1", "1")


def test_the_order_of_the_bands_does_not_matter(model, tmp_path):
    _, levels, p, _ = predict(stack(tmp_path / "a.tif"), model, tmp_path, "a")
    extra = {"DEM": np.ones(SHAPE, np.float32)}
    other = stack(tmp_path / "b.tif", ("GLC", "DEM", "TEM", "NDVI"), **extra)
    _, other_levels, other_p, _ = predict(other, model, tmp_path, "b")
    np.testing.assert_array_equal(levels, other_levels)
    np.testing.assert_array_equal(p, other_p)


def test_blocks_threads_and_executors_do_not_matter(model, tmp_path, monkeypatch):
    path = stack(tmp_path / "s.tif")
    _, levels, p, _ = predict(path, model, tmp_path, "a", settings=EngineSettings(memory_mb=512, threads=1))
    from carbon_qgis.core import predict_levels as stage
    from carbon_qgis.core.raster import blocks

    for number, (side, threads) in enumerate(((256, 3), (512, 2))):
        monkeypatch.setattr(blocks, "_BLOCK_SIDE", side)
        settings = EngineSettings(memory_mb=64, threads=threads)
        _, other_levels, other_p, _ = predict(path, model, tmp_path, "b{}".format(number), settings=settings)
        np.testing.assert_array_equal(levels, other_levels)
        np.testing.assert_array_equal(p, other_p)
    pool = InLine()
    real = stage.run_blocks
    monkeypatch.setattr(stage, "run_blocks", lambda *args, **named: real(*args, executor=pool, **named))
    _, other_levels, _, _ = predict(path, model, tmp_path, "c")
    np.testing.assert_array_equal(levels, other_levels)
    assert pool.tasks >= 2


def test_categories_may_be_stored_as_bytes(model, tmp_path):
    """A stack of 8-bit bands takes another way through the engine; the answer is the same."""
    arrays = {
        "NDVI": np.full(SHAPE, 1, np.uint8), "TEM": np.full(SHAPE, 10, np.uint8),
        "GLC": planes()["GLC"].astype(np.uint8),
    }  # fmt: skip
    paths = []
    for number, dtype in enumerate((np.uint8, np.int16)):
        path = make_raster(
            tmp_path / "{}.tif".format(number), np.stack([a.astype(dtype) for a in arrays.values()]),
            nodata=255 if number == 0 else -1, units=("1", "degC", "1"),
        )  # fmt: skip
        with rasterio.open(path, "r+") as dataset:
            for band, name in enumerate(arrays, 1):
                dataset.set_band_description(band, name)
        paths.append(path)
    answers = [predict(path, model, tmp_path, "o{}".format(i))[2] for i, path in enumerate(paths)]
    np.testing.assert_array_equal(answers[0], answers[1])
    features = np.stack([np.full(SHAPE[1], 1.0), np.full(SHAPE[1], 10.0), arrays["GLC"][0]], axis=1)
    np.testing.assert_array_equal(answers[0][:, 0].T.astype(np.float32), model.probabilities(features))


def test_outputs_may_be_skipped(model, tmp_path):
    path = stack(tmp_path / "s.tif")
    with OutputSet([path]) as outputs:
        result = predict_levels(path, model, outputs, {"LEVELS": None})
    assert result.cells > 100_000 and not result.overviews
    assert {entry.name for entry in tmp_path.iterdir()} == {"s.tif"}


def test_a_mask_limits_the_cells(model, tmp_path):
    left, top = METRES_30[2], METRES_30[5]
    mask = box_layer(left + 3000, top - 6000, left + 6000, top - 3000)
    result, levels, _, _ = predict(stack(tmp_path / "s.tif"), model, tmp_path, mask=mask)
    inside = np.zeros(SHAPE, bool)
    inside[100:200, 100:200] = True
    inside &= ~np.isnan(planes()["TEM"])
    assert (~np.isnan(levels) == inside).all() and result.cells == inside.sum()


def test_cells_outside_the_training_range_are_counted(model, tmp_path):
    tem, glc = planes()["TEM"] + 40, planes()["GLC"]
    glc[:, :52] = 99
    result, levels, _, _ = predict(stack(tmp_path / "s.tif", TEM=tem, GLC=glc), model, tmp_path)
    rows = {row["driver"]: row for row in result.range_table.as_dicts()}
    assert rows["TEM"]["share_outside_percent"] > 99 and rows["TEM"]["cells_below"] == 0
    assert rows["NDVI"]["share_outside_percent"] < 2
    valid = ~np.isnan(levels)
    assert rows["GLC"]["cells_of_new_classes"] == valid[:, :52].sum()
    assert (rows["GLC"]["cells_below"], rows["GLC"]["trained_minimum"]) == (None, None)
    note = [note for note in result.notes if "outside the training range" in note]
    assert len(note) == 1 and "TEM" in note[0] and "GLC 8.9%" in note[0]


def test_out_of_range_of_rows():
    drivers = (DriverStats("a", "1", False, 0.0, 1.0), DriverStats("c", "class", True, codes=(1, 2)))
    rows = np.array([[0.0, 1], [1.0, 2], [-0.5, 1], [2.0, 3], [1.00000005, 1]])
    found = OutOfRange.count(rows, drivers)
    assert (found.cells, found.below.tolist(), found.above.tolist(), found.any) == (5, [1, 1], [1, 0], 2)
    both = found + OutOfRange.count(rows[:2], drivers)
    assert (both.cells, both.any) == (7, 2) and both.shares.tolist() == [2 / 7, 1 / 7]
    steps = np.stack([rows, rows[::-1]], axis=1)
    assert OutOfRange.count(steps, drivers).any == 3  # rows 1, 2 and 3 of either order
    assert OutOfRange.count(rows[:0], drivers).cells == 0
    assert OutOfRange.count(rows[:2], drivers).notes(drivers) == []


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_missing_driver_is_named(model, tmp_path):
    path = stack(tmp_path / "s.tif", ("NDVI", "GLC"))
    with pytest.raises(InputError) as caught:
        predict(path, model, tmp_path)
    assert "s.tif' lacks the driver 'TEM' that the model was trained with" in str(caught.value)
    assert "It has: NDVI, GLC. The model needs: NDVI, TEM, GLC." in str(caught.value)
    assert {entry.name for entry in tmp_path.iterdir()} == {"s.tif"}


def test_another_unit_is_refused(model, tmp_path):
    path = stack(tmp_path / "s.tif", units={"TEM": "K"})
    with pytest.raises(UnitError, match="'TEM' is in K in '.*s.tif', but the model was trained on TEM in degC"):
        predict(path, model, tmp_path)


@pytest.mark.parametrize(
    "unit, words",
    [
        ("°C", None),
        ("Celsius", None),
        ("", "Units that cannot be compared: 'TEM' (model: degC, stack: none). Check that they are the same."),
        ("warmth", "Units that cannot be compared: 'TEM' (model: degC, stack: warmth). Check"),
    ],
)
def test_units_that_are_not_certainly_wrong(model, tmp_path, unit, words):
    found = model_bands(stack(tmp_path / "s.tif", units={"TEM": unit}), model.drivers)
    assert [note.startswith(words) for note in found.notes] == ([True] if words else [])


def test_bands_come_in_the_order_of_the_model(model, tmp_path):
    found = model_bands(stack(tmp_path / "s.tif", ("GLC", "NDVI", "TEM"), flagged=False), model.drivers)
    assert [band.index for band in found.bands] == [2, 3, 1]
    assert [band.categorical for band in found.bands] == [False, False, True]
    assert found.bands[2].known_codes == (2, 7, 11)
    quantity = [DriverStats("GLC", "1", False, 2.0, 11.0)]
    marked = model_bands(stack(tmp_path / "t.tif"), quantity)
    assert "'GLC' is marked as classes in the stack" in marked.notes[0]


def test_a_stack_without_a_valid_cell(model, tmp_path):
    path = stack(tmp_path / "s.tif", NDVI=np.full(SHAPE, -3.4e38, np.float32))
    with pytest.raises(RasterError, match="No valid cell is left in the driver stack"):
        predict(path, model, tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} == {"s.tif"}


def test_classes_that_are_not_whole_numbers(model, tmp_path):
    path = stack(tmp_path / "s.tif", GLC=planes()["GLC"] + np.float32(0.5))
    with pytest.raises(RasterError, match="class codes must be whole numbers"):
        predict(path, model, tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_cancel_leaves_nothing_behind(model, tmp_path, share):
    path = stack(tmp_path / "s.tif")
    with pytest.raises(Cancelled):
        predict(path, model, tmp_path, progress=Cancelling(share), settings=EngineSettings(memory_mb=1, threads=1))
    assert {entry.name for entry in tmp_path.iterdir()} == {"s.tif"}
