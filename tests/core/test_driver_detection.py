"""Geodetector on rasters: the same q as of the arrays, in memory and streamed; what is noted, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.discretize import Distribution, breaks, classify
from carbon_qgis.core.driver_classes import (
    Classing,
    class_driver,
    class_table,
    given_bounds,
    optimal_table,
    parsed_bounds,
    typed_bounds,
)
from carbon_qgis.core.driver_detection import Driver, detect_drivers, score_notes
from carbon_qgis.core.driver_inputs import names_in, raster_drivers, unit_of
from carbon_qgis.core.errors import Cancelled, GridError, InputError, RasterError
from carbon_qgis.core.geodetector import geodetector_arrays
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.text_tables import TextTable

HEIGHT, WIDTH = 300, 320
STREAMED = EngineSettings(memory_mb=0, threads=2)


def write(path, bands, nodata=-9999.0, names=None, tags=(), band_tags=(), cell=100.0, left=500000.0, unit=""):
    bands = [np.asarray(band) for band in (bands if isinstance(bands, list) else [bands])]
    height, width = bands[0].shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=len(bands), dtype=bands[0].dtype,
        crs="EPSG:32645", transform=from_origin(left, 4000000, cell, cell), nodata=nodata,
    ) as dataset:  # fmt: skip
        dataset.update_tags(**dict(tags))
        for index, band in enumerate(bands, 1):
            dataset.write(band, index)
            dataset.set_band_unit(index, unit)
            if names:
                dataset.set_band_description(index, names[index - 1])
            dataset.update_tags(index, **dict(band_tags[index - 1] if band_tags else {}))
    return str(path)


class Region:
    """Y, a rounded driver (few values), a skewed one, a land cover with names, ecosystems; gaps in two of them."""

    def __init__(self, folder):
        rng = np.random.default_rng(5)
        self.folder = folder
        # 400 values, so that the fine histogram of a streamed run is exact.
        self.rain = np.round(rng.gamma(3.0, 20.0, (HEIGHT, WIDTH)) / 0.5).clip(0, 400).astype(np.float32)
        self.heat = np.round(np.exp(rng.normal(size=(HEIGHT, WIDTH))) * 30).clip(1, 500).astype(np.float32)
        self.cover = rng.integers(1, 5, (HEIGHT, WIDTH)).astype(np.int16) * 100
        self.eco = np.where(np.arange(WIDTH) < 200, 3, 7).astype(np.uint8)[np.newaxis, :].repeat(HEIGHT, axis=0)
        noise = rng.normal(size=(HEIGHT, WIDTH))
        self.y = 50 + 0.05 * self.rain + np.log(self.heat) * (self.eco == 3) + self.cover / 200 + noise
        self.y = self.y.astype(np.float32)
        self.y[:10] = -9999
        self.rain[:, :5] = -9999
        self.valid = (self.y != -9999) & (self.rain != -9999)
        names = {"100": "forest", "200": "grass", "300": "forest", "400": "water"}
        self.paths = {
            "y": write(folder / "car.tif", self.y, unit="t C/km2"),
            "rain": write(folder / "rain.tif", self.rain, unit="mm"),
            "heat": write(folder / "heat.tif", self.heat),
            "cover": write(folder / "cover.tif", self.cover, 0, tags={"CARBON_CLASSES": json.dumps(names)}),
            "eco": write(folder / "eco.tif", self.eco, 255, tags={"CARBON_CLASSES": json.dumps({"3": "steppe"})}),
        }
        self.drivers = [
            Driver("rain", Band(self.paths["rain"]), "mm"),
            Driver("heat", Band(self.paths["heat"])),
            Driver("cover", Band(self.paths["cover"], categorical=True)),
        ]

    def run(self, classing=None, **options):
        options = {"ecosystems": self.paths["eco"], "target_name": "CAR", **options}
        return detect_drivers(Band(self.paths["y"]), self.drivers, classing, **options)

    def expected(self, method="natural", k=10, chosen=None):
        """The same by arrays, with the classes of the plain functions."""
        chosen = self.valid if chosen is None else chosen
        codes = {}
        for name in ("rain", "heat"):
            values = getattr(self, name)[chosen]
            codes[name] = classify(values, breaks(Distribution.from_values(values), method, k))
        codes["cover"] = self.cover[chosen]
        return geodetector_arrays(self.y[chosen].astype(float), codes, self.eco[chosen])


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    return Region(tmp_path_factory.mktemp("region"))


def q_of(scores):
    return {
        scope.name: [score.q for score in scope.factors] + [pair.q12 for pair in scope.pairs] for scope in scores.scopes
    }


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED, EngineSettings(memory_mb=3, threads=1)])
@pytest.mark.parametrize("method", ["natural", "quantile", "equal"])
def test_rasters_give_what_the_arrays_give(region, settings, method):
    result = region.run(Classing(method), settings=settings)
    found, expected = q_of(result.scores), q_of(region.expected(method))
    assert list(found) == ["overall", "steppe", "7"]
    for mine, theirs in zip(found.values(), expected.values()):
        assert mine == pytest.approx(theirs, abs=1e-12)
    assert (result.cells, result.cells_seen) == (region.valid.sum(), HEIGHT * WIDTH)
    assert result.best.factor == "rain" and result.ecosystem_name == "eco"


def test_streamed_and_kept_runs_have_the_same_classes(region):
    kept, streamed = region.run(), region.run(settings=STREAMED)
    for a, b in zip(kept.drivers, streamed.drivers):
        assert a.labels == b.labels and a.counts.tolist() == b.counts.tolist()
    assert class_table(kept.drivers).rows == class_table(streamed.drivers).rows


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
def test_optimal_classes_are_chosen_for_the_same_q(region, settings):
    result = region.run(Classing("optimal"), settings=settings)
    for driver, score in zip(result.drivers[:2], result.scores.scope().factors):
        assert driver.optimal.q == pytest.approx(score.q, abs=1e-12)
    table = optimal_table(result.drivers)
    assert len(table.rows) == 2 * 5 * 6 and table.column("chosen").count(1) == 2
    assert set(table.column("driver")) == {"rain", "heat"}


def test_counts_of_the_classes_are_those_of_the_cells(region):
    smooth = np.random.default_rng(1).normal(size=(HEIGHT, WIDTH)).astype(np.float32)
    path = write(region.folder / "smooth.tif", smooth)
    for settings in (EngineSettings(), STREAMED):
        result = detect_drivers(
            Band(region.paths["y"]), [Driver("smooth", Band(path))], Classing("equal", 7), settings=settings
        )
        driver = result.drivers[0]
        codes = classify(smooth[region.y != -9999], driver.bounds)
        assert driver.counts.tolist() == np.bincount(codes, minlength=7).tolist()


def test_the_published_example_as_a_raster(tmp_path):
    import pandas as pd

    table = pd.read_csv(Path(__file__).parents[1] / "data" / "ntds.csv")
    grids = {name: table[name].to_numpy().reshape(5, 37) for name in table}
    names = ("soiltype", "watershed", "elevation")
    target = write(tmp_path / "y.tif", grids["incidence"])
    drivers = [Driver(n, Band(write(tmp_path / (n + ".tif"), grids[n].astype(np.uint8), 255), 1, True)) for n in names]
    scope = detect_drivers(Band(target), drivers).scores.scope()
    expected = (0.385716842809428, 0.637773670070423, 0.606708709727727)
    assert [score.q for score in scope.factors] == pytest.approx(expected, abs=1e-12)
    p = (0.36323628815, 0.00011699043915, 0.04080406786)
    assert [score.p_published for score in scope.factors] == pytest.approx(p, abs=2e-9)


def test_names_of_classes_and_units(region):
    result = region.run(target_unit=unit_of(Band(region.paths["y"])))
    assert result.drivers[2].labels == ("forest (100)", "grass", "forest (300)", "water")
    assert result.drivers[0].unit == "mm" and result.target_unit == "t C/km2"
    rows = class_table(result.drivers).as_dicts()
    assert [row["upper_bound"] for row in rows if row["driver"] == "cover"] == [None] * 4
    assert sum(row["cells"] for row in rows if row["driver"] == "rain") == result.cells


def test_thinning_is_reproducible_and_block_independent(region):
    runs = [region.run(keep_share=0.3, seed=seed, settings=s) for seed, s in (
        (4, EngineSettings()), (4, STREAMED), (4, EngineSettings(memory_mb=4, threads=1)), (5, EngineSettings()))]
    assert runs[0].cells == runs[1].cells == runs[2].cells
    assert abs(runs[0].cells / region.valid.sum() - 0.3) < 0.01
    for other in runs[1:3]:
        for a, b in zip(q_of(runs[0].scores).values(), q_of(other.scores).values()):
            assert a == pytest.approx(b, abs=1e-12)
    assert q_of(runs[0].scores)["overall"] != q_of(runs[3].scores)["overall"]
    assert runs[0].notes[0] == "{:,} cells drawn at random (share 0.3, seed 4).".format(runs[0].cells)


def polygon(left, bottom, right, top):
    import struct

    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
def test_a_mask_limits_everything(region, settings):
    from rasterio.crs import CRS

    wkb = polygon(500000, 4000000 - 100 * 100, 500000 + 250 * 100, 4000000)
    mask = PolygonLayer((wkb,), CRS.from_epsg(32645).to_wkt())
    inside = region.valid.copy()
    inside[100:] = False
    inside[:, 250:] = False
    result = region.run(mask=mask, settings=settings)
    assert result.cells == inside.sum()
    for a, b in zip(q_of(result.scores).values(), q_of(region.expected(chosen=inside)).values()):
        assert a == pytest.approx(b, abs=1e-12)


def test_another_grid_is_aligned_and_noted(region):
    coarse = region.rain.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)).astype(np.float32)
    path = write(region.folder / "coarse.tif", coarse, cell=200.0)
    result = detect_drivers(Band(region.paths["y"]), [Driver("coarse", Band(path))])
    assert any("coarse.tif" in note and "bilinear" in note for note in result.notes)
    assert result.cells > 0


def test_cells_left_out_are_noted(region):
    lost = int((region.y != -9999).sum() - region.valid.sum())
    assert region.run().notes[0].startswith("{:,} of the".format(lost))


def test_notes_say_once_what_repeats(region, tmp_path):
    eco = np.where(region.eco == 3, 1, 2).astype(np.uint8)
    eco[20, 20] = 9
    path = write(tmp_path / "eco.tif", eco, 255)
    drivers = region.drivers + [Driver("zone", Band(region.paths["eco"], categorical=True))]
    result = detect_drivers(Band(region.paths["y"]), drivers, ecosystems=path)
    raw = [note for note in result.scores.notes if "one stratum" in note]
    told = [note for note in result.notes if "one stratum" in note]
    assert len(raw) == 2 and told == ["'zone' has one stratum in every ecosystem: its q is 0 there."]
    assert any(note.startswith("Y is constant in '9'") for note in result.notes)


def test_strata_of_one_cell_are_counted_and_noted(region, tmp_path):
    cover = region.cover.copy()
    cover[50, 50] = 900
    drivers = [Driver("cover", Band(write(tmp_path / "c.tif", cover, 0), categorical=True))]
    result = detect_drivers(Band(region.paths["y"]), drivers)
    assert result.scores.scope().factors[0].one_cell_strata == 1
    start = "Strata of one cell (single factors: 'cover' 1). They are kept"
    assert any(note.startswith(start) for note in result.notes)
    without = detect_drivers(Band(region.paths["y"]), drivers, min_stratum_cells=2)
    assert without.scores.scope().factors[0].dropped_cells == 1
    assert any("They are left out, as are all strata below 2 cells." in note for note in without.notes)


def test_undefined_scores_are_summed_up(region):
    class Fake:
        notes = tuple("q of 'a' x '{}' is not defined in 'x' (NaN): each of its 3 strata holds one cell.".format(n)
                      for n in "bcd")  # fmt: skip
        scopes = ()

        @staticmethod
        def scope():
            class Whole:
                factors = pairs = ()

            return Whole

    notes = score_notes(Fake)
    assert len(notes) == 1 and notes[0].startswith("q is not defined (NaN) for 3 factors and pairs in 'x'")


# What is refused.


def test_constant_driver(region, tmp_path):
    flat = write(tmp_path / "flat.tif", np.full((HEIGHT, WIDTH), 4, np.float32))
    for settings in (EngineSettings(), STREAMED):
        with pytest.raises(InputError, match=r"river 'flat' has one value \(4 in all .*cells\).*Leave it") as caught:
            detect_drivers(Band(region.paths["y"]), [Driver("flat", Band(flat))], settings=settings)
        assert "explains nothing" in str(caught.value)
    with pytest.raises(InputError, match="Driver 'flat' has the one class '4' in every valid cell"):
        detect_drivers(Band(region.paths["y"]), [Driver("flat", Band(flat, categorical=True))])


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
@pytest.mark.parametrize("method", ["natural", "quantile", "equal", "geometric", "sd"])
def test_more_classes_than_values(region, method, settings):
    few = Driver("cover", Band(region.paths["cover"]))
    with pytest.raises(InputError, match="10 classes were asked for of driver 'cover', which has 4 different values"):
        detect_drivers(Band(region.paths["y"]), [few], Classing(method), settings=settings)


def test_bounds_that_leave_one_class(region):
    classing = Classing("given", given={"rain": [1000, 2000]})
    with pytest.raises(InputError, match=r"All values of driver 'rain' .* fall into one class by 'given'"):
        detect_drivers(Band(region.paths["y"]), region.drivers[:1], classing)


def test_quantiles_of_a_value_that_most_cells_share():
    distribution = Distribution.from_values(np.array([1.0, 5, 5, 5, 5, 5]))
    with pytest.raises(InputError, match="fall into one class by 'quantile'"):
        class_driver("x", "", distribution, Classing("quantile", 2))


@pytest.mark.parametrize("change, message", [
    (dict(drivers=[]), "Give at least one driver"),
    (dict(keep_share=0), "share of cells to use must be above 0"),
    (dict(classing=Classing(given={"wind": [1, 2]})), "Class bounds are given for 'wind'"),
    (dict(classing=Classing("best")), "'best' is not a way to make classes"),
    (dict(classing=Classing("given")), "No class bounds are given for 'rain'"),
])  # fmt: skip
def test_unusable_requests(region, change, message):
    with pytest.raises(InputError, match=message):
        detect_drivers(Band(region.paths["y"]), **{"drivers": region.drivers, **change})


def test_two_drivers_of_one_name_and_y_among_them(region):
    with pytest.raises(InputError, match="Two drivers are called 'rain'"):
        detect_drivers(Band(region.paths["y"]), region.drivers[:1] * 2)
    with pytest.raises(InputError, match="Driver 'self' is the raster that is to be explained"):
        detect_drivers(Band(region.paths["y"]), [Driver("self", Band(region.paths["y"]))])


def test_exact_breaks_of_a_region_too_large(region):
    with pytest.raises(InputError, match="Exact natural breaks need all values in memory"):
        region.run(Classing(exact=True), settings=STREAMED)


def test_a_continuous_raster_taken_as_classes(region, tmp_path):
    many = np.arange(HEIGHT * WIDTH, dtype=np.int32).reshape(HEIGHT, WIDTH) % 1000
    path = write(tmp_path / "many.tif", many, -1)
    with pytest.raises(InputError, match="taken as categorical and has 1,000 different values"):
        detect_drivers(Band(region.paths["y"]), [Driver("many", Band(path, categorical=True))])


def test_no_data_and_no_overlap(region, tmp_path):
    empty = write(tmp_path / "empty.tif", np.full((HEIGHT, WIDTH), -9999, np.float32))
    with pytest.raises(RasterError, match=r"No valid cell is left in all inputs together .* CAR 92,800, void 0"):
        detect_drivers(Band(region.paths["y"]), [Driver("void", Band(empty))], target_name="CAR")
    away = write(tmp_path / "away.tif", region.heat, left=900000.0)
    with pytest.raises(GridError, match="away.tif"):
        detect_drivers(Band(region.paths["y"]), [Driver("away", Band(away))])


class StopAt(Silent):
    """Cancelled from a share of the work on."""

    def __init__(self, fraction):
        self.at, self.now = fraction, 0.0

    def update(self, fraction, message=None):
        self.now = max(self.now, fraction)

    def cancelled(self):
        return self.now >= self.at


@pytest.mark.parametrize("settings", [EngineSettings(), STREAMED])
@pytest.mark.parametrize("at", [0.0, 0.3, 0.6, 0.8])
def test_cancel_at_any_moment(region, settings, at):
    with pytest.raises(Cancelled):
        region.run(settings=settings, progress=StopAt(at))


# Drivers by name, and bounds as text.


def test_drivers_of_a_stack_and_of_rasters(region, tmp_path):
    stack = write(tmp_path / "stack.tif", [region.heat, region.cover.astype(np.float32)], names=["heat", "soil"],
                  band_tags=[{}, {"CARBON_CATEGORICAL": "1"}], unit="degC")  # fmt: skip
    found = raster_drivers(stack, [(region.paths["rain"], "rain"), (region.paths["cover"], "cover")])
    assert [(d.name, d.band.index, d.band.categorical, d.unit) for d in found] == [
        ("heat", 1, False, "degC"), ("soil", 2, True, "degC"), ("rain", 1, False, "mm"), ("cover", 1, True, ""),
    ]  # fmt: skip
    chosen = raster_drivers(stack, [(region.paths["rain"], "rain")], ["rain", "soil"])
    assert [d.name for d in chosen] == ["rain", "soil"]
    assert raster_drivers(None, [(region.paths["heat"], "heat")], categorical=["heat"])[0].band.categorical
    assert [d.name for d in raster_drivers(None, [(stack, "stack")])] == ["heat", "soil"]
    with pytest.raises(InputError, match="No drivers are given"):
        raster_drivers(None, [])
    with pytest.raises(InputError, match="Two drivers are called 'heat'"):
        raster_drivers(stack, [(region.paths["heat"], "heat")])
    with pytest.raises(InputError, match="There is no driver 'rein'. The drivers are: heat, soil."):
        raster_drivers(stack, [], ["rein"])


def test_names_and_bounds_as_text():
    assert names_in(" a b, c;d\n") == ["a b", "c", "d"] and names_in(None) == []
    assert parsed_bounds("1 2.5;3, 4e1", "BREAKS") == [1, 2.5, 3, 40]
    assert parsed_bounds("1,2.5,3", "BREAKS") == [1, 2.5, 3] and parsed_bounds("1, 2", "BREAKS") == [1, 2]
    for text, found in (("1,2 3,4", "1,2"), ("1;2,5;3", "2,5"), ("1,5", "1,5"), ("1 2,5,3", "2,5,3")):
        with pytest.raises(InputError, match="BREAKS: '{}' may be one number with a decimal comma".format(found)):
            parsed_bounds(text, "BREAKS")
    assert typed_bounds([["rain ", "1 2"], ["heat", 3]], "BREAKS") == {"rain": [1, 2], "heat": [3]}
    for rows, words in (
        ([["rain", "1 2"], ["", "3"]], "BREAKS, row 2: the driver is missing"),
        ([["rain", None]], "BREAKS, row 1: the bounds are missing"),
        ([["rain", "1 2"], ["rain", "3"]], "BREAKS, row 2: the bounds of 'rain' are already given"),
    ):
        with pytest.raises(InputError, match=words):
            typed_bounds(rows, "BREAKS")
    with pytest.raises(InputError, match="BREAKS: 'x' is not a number"):
        parsed_bounds("1 x", "BREAKS")
    table = TextTable.from_rows("t", ("driver", "upper_bound"), [("a", 1), ("a", 2.5), ("b", None), ("c", 3)])
    assert given_bounds(table) == {"a": [1.0, 2.5], "c": [3.0]}
