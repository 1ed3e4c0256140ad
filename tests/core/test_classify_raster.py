"""Classing one raster: codes, bounds, areas and names, in memory and streamed; and what is refused."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.class_names import class_names
from carbon_qgis.core.classify_raster import CLASSIFIED, classify_raster
from carbon_qgis.core.discretize import Distribution, breaks, classify
from carbon_qgis.core.driver_classes import Classing
from carbon_qgis.core.errors import Cancelled, InputError, OutputError, RasterError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.report.classify_report import class_ramp, classify_page

SIZE = 300
STREAMED = EngineSettings(memory_mb=0, threads=2)


def write(path, values, nodata=-1.0, crs="EPSG:32645", cell=1000.0, corner=(500000, 4000000)):
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype, crs=crs,
        transform=from_origin(*corner, cell, cell), nodata=nodata,
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return str(path)


@pytest.fixture(scope="module")
def rain(tmp_path_factory):
    """Rainfall in 300 different values with gaps: path, values, valid cells."""
    rng = np.random.default_rng(8)
    values = np.round(rng.gamma(4, 20, (SIZE, SIZE))).clip(0, 300).astype(np.float32)
    values[rng.random(values.shape) < 0.05] = -1
    return write(tmp_path_factory.mktemp("rain") / "rain.tif", values), values, values != -1


def run(path, folder, classing=None, target=None, **options):
    out = str(folder / "classes.tif")
    with OutputSet([path]) as outputs:
        options = {"name": "rain", "unit": "mm", **options}
        result = classify_raster(Band(path), outputs, {CLASSIFIED: out}, classing, target, **options)
    with rasterio.open(out) as dataset:
        return result, dataset.read(1), dataset.tags(), dataset.tags(1), dataset.nodata, out


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
@pytest.mark.parametrize("method", ["natural", "quantile", "equal", "geometric", "sd"])
def test_codes_are_those_of_the_bounds(rain, tmp_path, method, settings):
    path, values, valid = rain
    result, codes, _, band_tags, nodata, _ = run(path, tmp_path, Classing(method, 7), settings=settings)
    bounds = breaks(Distribution.from_values(values[valid]), method, 7)
    assert result.driver.bounds.tolist() == bounds.tolist()
    expected = np.where(valid, classify(values, bounds) + 1, 255)
    np.testing.assert_array_equal(codes, expected)
    assert nodata == 255 and codes.dtype == np.uint8 and band_tags["CARBON_CATEGORICAL"] == "1"
    assert result.table.column("cells") == np.bincount(codes[valid])[1:].tolist()
    assert result.cells == valid.sum() == result.counts.sum()
    assert result.table.column("upper_bound") == bounds.tolist()
    assert result.table.column("lower_bound") == [values[valid].min()] + bounds[:-1].tolist()
    assert sum(result.table.column("area_share_percent")) == pytest.approx(100)


def test_names_are_the_bounds(rain, tmp_path):
    result, _, tags, _, _, out = run(rain[0], tmp_path, Classing("given", given={"rain": [50, 100, 300]}))
    assert class_names(out) == {1: "{:g} to 50".format(result.driver.minimum), 2: "50 to 100", 3: "100 to 300"}
    assert list(json.loads(tags["CARBON_CLASSES"]).values()) == list(result.driver.labels)
    assert tags["CARBON_QUANTITY"] == "classes of rain"


def test_a_bound_belongs_to_its_class(tmp_path):
    path = write(tmp_path / "x.tif", np.array([[1, 2, 3], [4, 5, -1]], np.float32))
    _, codes, _, _, _, _ = run(path, tmp_path, Classing("given", given={"rain": [2, 4, 9]}))
    assert codes.tolist() == [[1, 1, 2], [2, 3, 255]]


def test_areas_are_those_of_the_ellipsoid(tmp_path):
    values = np.arange(60, dtype=np.float32).reshape(6, 10)
    path = write(tmp_path / "deg.tif", values, crs="EPSG:4326", cell=1.0, corner=(80, 63))
    result = run(path, tmp_path, Classing("equal", 2))[0]
    # The northern half of 3 rows is the smaller one; six rows between 57 and 63 degrees.
    north, south = result.table.column("area_km2")
    assert result.area_mode == "ellipsoidal" and north < south
    assert result.table.column("cells") == [30, 30]
    # A zone of the sphere as a rough check.
    zone = 6371.0**2 * np.radians(10) * (np.sin(np.radians(63)) - np.sin(np.radians(60)))
    assert north == pytest.approx(zone, rel=1e-2)


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
def test_optimal_classes_for_a_target_on_part_of_the_region(rain, tmp_path, settings):
    path, values, valid = rain
    target = np.where(values > 80, 10, 2).astype(np.float32) + np.random.default_rng(1).random(values.shape, np.float32)
    target[:100] = -1
    y = write(tmp_path / "y.tif", target)
    result, codes, _, _, _, _ = run(path, tmp_path, Classing("optimal"), Band(y), settings=settings, target_name="SOC")
    joint = valid & (target != -1)
    labels = classify(values[joint], result.driver.bounds)
    within = sum(((target[joint][labels == h] - target[joint][labels == h].mean()) ** 2).sum() for h in set(labels))
    q = 1 - within / ((target[joint] - target[joint].mean()) ** 2).sum()
    assert result.q == pytest.approx(q, abs=1e-6) and result.target_name == "SOC"
    assert len(result.optimal.rows) == 30
    np.testing.assert_array_equal(codes != 255, valid)
    assert result.notes[0].startswith("The bounds come from {:,} cells".format(joint.sum()))


def test_nothing_is_written_without_a_destination(rain):
    with OutputSet([]) as outputs:
        result = classify_raster(Band(rain[0]), outputs, {CLASSIFIED: None}, name="rain")
    assert result.cells == rain[2].sum() and result.overviews == {}


@pytest.mark.parametrize("classing, options, message", [
    (Classing("optimal"), {}, "give that raster"),
    (Classing("given"), {}, "No class bounds are given for 'rain'"),
    (Classing("given", given={"rain": [3, 2]}), {}, "not in ascending order"),
    (Classing("given", given={"rain": [3, 20]}), {}, "its largest value is"),
    (Classing("natural", 255), {}, "255 classes do not fit one byte with its nodata"),
    (Classing("natural", 1), {}, "1 classes were asked for"),
    (Classing("nature"), {}, "'nature' is not a way to make classes"),
    (Classing(exact=True), {"settings": STREAMED}, "Exact natural breaks need all values in memory"),
])  # fmt: skip
def test_refusals(rain, tmp_path, classing, options, message):
    with pytest.raises(InputError, match=message):
        run(rain[0], tmp_path, classing, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
def test_rasters_that_cannot_be_classed(tmp_path, settings):
    flat = write(tmp_path / "flat.tif", np.full((20, 20), 7, np.float32))
    with pytest.raises(InputError, match="river 'rain' has one value"):
        run(flat, tmp_path, settings=settings)
    few = write(tmp_path / "few.tif", np.tile(np.arange(4, dtype=np.float32), (20, 5)))
    with pytest.raises(InputError, match="10 classes were asked for of driver 'rain', which has 4 different values"):
        run(few, tmp_path, settings=settings)
    empty = write(tmp_path / "empty.tif", np.full((20, 20), -1, np.float32))
    with pytest.raises(RasterError, match="No valid cell is left"):
        run(empty, tmp_path, settings=settings)
    with pytest.raises(InputError, match="would explain itself"):
        run(few, tmp_path, Classing("optimal"), Band(few), settings=settings)
    with pytest.raises(InputError, match="holds classes already"), OutputSet([]) as outputs:
        classify_raster(Band(few, categorical=True), outputs, {}, name="few")


def test_the_output_must_not_be_the_input(rain):
    with pytest.raises(OutputError, match="is also an input"), OutputSet([rain[0]]) as outputs:
        classify_raster(Band(rain[0]), outputs, {CLASSIFIED: rain[0]}, name="rain")


class StopAt(Silent):
    def __init__(self, fraction):
        self.at, self.now = fraction, 0.0

    def update(self, fraction, message=None):
        self.now = max(self.now, fraction)

    def cancelled(self):
        return self.now >= self.at


@pytest.mark.parametrize("at", [0.0, 0.3, 0.6, 0.9])
def test_cancel_leaves_nothing(rain, tmp_path, at):
    with pytest.raises(Cancelled):
        run(rain[0], tmp_path, progress=StopAt(at), settings=STREAMED)
    assert not list(tmp_path.iterdir())


def test_report(rain, tmp_path):
    target = np.where(rain[1] > 80, 10, 2).astype(np.float32) + np.arange(SIZE, dtype=np.float32) / SIZE
    y = Band(write(tmp_path / "y.tif", target))
    page = classify_page(run(rain[0], tmp_path, Classing("optimal"), y, target_name="SOC")[0])
    text = page.html()
    assert "rain is cut into" in text and "q of SOC" in text and "Song, Y." in text
    assert set(page.save_figures()) == {
        name + suffix for name in ("histogram", "classes", "optimal") for suffix in (".png", ".svg")}
    natural = classify_page(run(rain[0], tmp_path, Classing(classes=5))[0]).html()
    assert "rain is cut into 5 classes by natural breaks" in natural and "Jenks" in natural and "Song" not in natural


def test_colours_of_ordered_classes():
    for count in (1, 2, 5, 60):
        ramp = class_ramp(count)
        assert len(set(ramp)) == count and all(len(tone) == 7 and tone[0] == "#" for tone in ramp)
    assert class_ramp(3)[0] == "#440154" and class_ramp(3)[-1] == "#fde725"


def test_numbers_too_small_to_divide_by_have_classes_and_a_histogram(tmp_path):
    path = tmp_path / "tiny.tif"
    cells = np.linspace(1.0, 1000.0, 400).reshape(1, 20, 20) * 1e-320
    profile = {"driver": "GTiff", "width": 20, "height": 20, "count": 1, "dtype": "float64", "crs": "EPSG:32645"}
    with rasterio.open(path, "w", transform=from_origin(500000, 4000000, 1000, 1000), **profile) as made:
        made.write(cells)
    with OutputSet([]) as outputs:
        found = classify_raster(Band(str(path)), outputs, {}, Classing("natural", 5))
    assert found.counts.sum() == 400 and (np.diff(found.edges) > 0).all()
