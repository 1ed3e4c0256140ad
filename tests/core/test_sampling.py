"""Sampling a density raster: known answers, what must not depend on blocks, threads and order, and each refusal."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, InputError, RasterError
from carbon_qgis.core.raster.area import cell_areas
from carbon_qgis.core.raster.block_grid import grid_block_ids
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.report.sampling_report import sampling_page
from carbon_qgis.core.sample_cleaning import clean, iqr_fences
from carbon_qgis.core.sample_draw import Draw, proportional_caps, with_replacement
from carbon_qgis.core.samples import Driver, make_samples, samples_from_columns
from carbon_qgis.core.sampling import SamplingOptions, sample_density
from carbon_qgis.core.spatial_blocks import KM_PER_DEGREE
from carbon_qgis.core.stack import read_stack
from carbon_qgis.core.valid_cells import random_keys

from .helpers import box_layer, make_grid, make_raster

HEIGHT, WIDTH = 520, 400
#: Equal-area, so blocks are squares in it.
LAEA = "EPSG:3035"
KM_1 = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)


def make_stack(path, bands, units, year=2010, categorical=(), **options):
    """A driver stack from {name: array}."""
    arrays = np.stack([np.asarray(array, dtype=np.float32) for array in bands.values()])
    make_raster(path, arrays, LAEA, KM_1, nodata=-9999.0, units=units, **options)
    with rasterio.open(path, "r+") as dataset:
        for band, name in enumerate(bands, 1):
            dataset.set_band_description(band, name)
            if name in categorical:
                dataset.update_tags(band, CARBON_CATEGORICAL="1")
        if year is not None:
            dataset.update_tags(CARBON_YEAR=str(year))
    return str(path)


def make_density(path, values, unit="t C/ha", year=2010):
    make_raster(path, np.asarray(values, dtype=np.float32), LAEA, KM_1, nodata=-9999.0, units=(unit,))
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(CARBON_POOL="soil")
        if year is not None:
            dataset.update_tags(CARBON_YEAR=str(year))
    return str(path)


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    """A skewed density with a gap; a driver with another gap, that is 2 x density; position and classes."""
    folder = tmp_path_factory.mktemp("land")
    rng = np.random.default_rng(5)
    values = rng.gamma(2.0, 30.0, (HEIGHT, WIDTH)).astype(np.float32)
    values[:50, :50] = -9999.0
    twice = (2 * values).astype(np.float32)
    twice[:50, :50] = 7.0
    twice[-10:] = -9999.0
    place = np.arange(HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    classes = (place % 3 + 1).astype(np.float32)
    bands = {"TWICE": twice, "PLACE": place, "GLC": classes}
    earlier = {name: np.where(array == -9999, array, array + 0.5) for name, array in bands.items() if name != "GLC"}
    return {
        "density": make_density(folder / "soil.tif", values),
        "stack": make_stack(folder / "stack.tif", bands, ("t C/ha", "1", ""), categorical=("GLC",)),
        "before": make_stack(folder / "before.tif", {**earlier, "GLC": classes}, ("t C/ha", "1", ""), 2005, ("GLC",)),
        "long_before": make_stack(folder / "old.tif", {**bands}, ("t C/ha", "1", ""), 1999, ("GLC",)),
        "values": values,
        "valid": (values != -9999) & (twice != -9999),
        "folder": folder,
    }


def run(land, options=None, **more):
    more.setdefault("earlier", [])
    return sample_density(density_raster(land["density"]), read_stack(land["stack"]), options=options, **more)


def test_rows_are_the_cells_they_say(land):
    result = run(land, SamplingOptions(size=5000))
    samples = result.samples
    assert result.cells == int(land["valid"].sum())
    assert len(samples) == 5000 and len(set(zip(result.row.tolist(), result.col.tolist()))) == 5000
    assert land["valid"][result.row, result.col].all()
    np.testing.assert_array_equal(samples.target, land["values"][result.row, result.col])
    assert samples.drivers == (Driver("TWICE", "t C/ha"), Driver("PLACE", "1"), Driver("GLC", "", True))
    np.testing.assert_allclose(samples.features[:, 0], 2 * samples.target)
    np.testing.assert_array_equal(samples.features[:, 1], result.row * WIDTH + result.col)
    np.testing.assert_array_equal(samples.features[:, 2], (result.row * WIDTH + result.col) % 3 + 1)
    np.testing.assert_allclose(samples.x, 500_000 + 1000 * (result.col + 0.5))
    np.testing.assert_allclose(samples.y, 4_000_000 - 1000 * (result.row + 0.5))
    assert (samples.unit, samples.pool, samples.year) == ("t C/ha", "soil", 2010)
    np.testing.assert_array_equal(samples.weight, 1.0)
    assert any("4,000 of the 205,500 cells with a density are left out" in note for note in result.notes)


def test_a_random_sample_is_like_the_population(land):
    result = run(land, SamplingOptions(size=20_000))
    inside = land["values"][land["valid"]].astype(float)
    standard_error = inside.std() / np.sqrt(20_000)
    assert result.population_mean == pytest.approx(inside.mean())
    assert abs(result.samples.target.mean() - inside.mean()) < 4 * standard_error
    rows = np.bincount(result.row // 100, minlength=6) / np.bincount(np.nonzero(land["valid"])[0] // 100, minlength=6)
    assert np.ptp(rows) / rows.mean() < 0.2


@pytest.mark.parametrize("design", ["random", "proportional", "published"])
def test_blocks_and_threads_do_not_matter(land, design):
    options = SamplingOptions(design=design, size=3000, intervals=20, per_interval=200, seed=9)
    results = [
        run(land, options, settings=EngineSettings(memory_mb=memory, threads=threads))
        for memory, threads in ((1, 1), (1, 3), (512, 2))
    ]
    first = results[0].table().rows
    assert results[1].table().rows == first and results[2].table().rows == first
    assert run(land, replace(options, seed=10)).table().rows != first


def test_published_intervals_hold_what_there_is_up_to_the_number(land):
    result = run(land, SamplingOptions(design="published", intervals=50, per_interval=300))
    inside = land["values"][land["valid"]].astype(float)
    edges = np.linspace(inside.min(), inside.max(), 51)
    population = np.histogram(inside, edges)[0]
    np.testing.assert_array_equal(result.population, population)
    achieved = np.bincount(result.interval - 1, minlength=50)
    np.testing.assert_array_equal(achieved, np.minimum(population, 300))
    assert result.intervals.column("cells") == population.tolist()
    assert result.intervals.column("samples") == achieved.tolist()
    # Weighted, the sample stands for the population; unweighted it does not.
    assert result.samples.weight.mean() == pytest.approx(1.0)
    assert result.sample_mean == pytest.approx(inside.mean(), rel=0.01)
    assert result.samples.target.mean() > 1.5 * inside.mean()
    share = np.bincount(result.interval - 1, result.samples.weight, 50) / result.samples.weight.sum()
    np.testing.assert_allclose(share, population / population.sum(), atol=1e-12)
    assert any("intervals hold no cell" in note for note in result.notes)


def test_with_replacement_every_interval_with_a_cell_is_full(land):
    options = SamplingOptions(design="published", intervals=50, per_interval=300, replace=True)
    result = run(land, options)
    achieved = np.bincount(result.interval - 1, minlength=50)
    assert set(achieved[result.population > 0].tolist()) == {300} and not achieved[result.population == 0].any()
    # No cell is in two parts of the split.
    parts = {}
    for row, col, split in zip(result.row.tolist(), result.col.tolist(), result.samples.split.tolist()):
        assert parts.setdefault((row, col), split) == split
    assert len(parts) < len(result.samples)


def test_proportional_follows_the_population_and_keeps_the_rare(land):
    result = run(land, SamplingOptions(design="proportional", size=4000, intervals=40))
    achieved = np.bincount(result.interval - 1, minlength=40)
    assert achieved.sum() == 4000
    assert (achieved[result.population > 0] > 0).all()
    expected = result.population * 4000 / result.population.sum()
    common = expected > 5
    assert np.abs(achieved - expected)[common].max() <= 20  # what the rare ones got came from the largest
    assert result.sample_mean == pytest.approx(result.population_mean, rel=0.01)


def test_all_cells_if_more_are_asked_for(land):
    mask = box_layer(520_000, 3_800_000, 540_000, 3_820_000, LAEA)
    result = run(land, SamplingOptions(size=1_000_000), mask=mask)
    assert len(result.samples) == result.cells == 400
    assert any("Only 400 cells are valid" in note for note in result.notes)
    assert (result.samples.x > 520_000).all() and (result.samples.x < 540_000).all()


def test_splits(land):
    counts = run(land, SamplingOptions(size=10_000)).split_counts
    assert counts == {"train": 7000, "validation": 1000, "test": 2000}
    by_blocks = run(land, SamplingOptions(size=10_000, split_by="blocks", block_km=50))
    samples = by_blocks.samples
    for block in np.unique(samples.block):
        assert len(set(samples.split[samples.block == block].tolist())) == 1
    assert by_blocks.split_counts["train"] == pytest.approx(7000, abs=500)
    assert by_blocks.split_counts["test"] == pytest.approx(2000, abs=500)
    # x from 500 to 900 km, y from 3480 to 4000 km, in squares that start at multiples of 50 km; one is the gap.
    assert by_blocks.blocks == 8 * 11 - 1
    assert run(land, SamplingOptions(size=100, shares=(1, 0, 0))).split_counts["train"] == 100
    assert run(land, SamplingOptions(size=100)).block_km == pytest.approx(50.0)


def test_earlier_stacks_become_lagged_columns_in_time_order(land):
    earlier = [read_stack(land["before"]), read_stack(land["long_before"])]
    result = run(land, SamplingOptions(size=500), earlier=earlier)
    assert result.samples.lags == (11, 5, 0)
    assert result.samples.features.shape == (500, 3, 3)
    steps = result.samples.features[:, :, 1]
    np.testing.assert_allclose(steps[:, 0], steps[:, 2])
    np.testing.assert_allclose(steps[:, 1], (steps[:, 2] + 0.5).astype(np.float32))
    table = result.table()
    names = [column.name for column in table.columns]
    assert names[-9:] == [
        "TWICE [t C/ha]", "PLACE [1]", "GLC [class]", "TWICE (t-5) [t C/ha]", "PLACE (t-5) [1]", "GLC (t-5) [class]",
        "TWICE (t-11) [t C/ha]", "PLACE (t-11) [1]", "GLC (t-11) [class]",
    ]  # fmt: skip
    back = samples_from_columns({name: table.column(name) for name in names})
    np.testing.assert_array_equal(back.features, result.samples.features)


def test_chosen_drivers_only(land):
    assert run(land, SamplingOptions(size=10), drivers=["GLC", "TWICE"]).samples.names == ("GLC", "TWICE")
    with pytest.raises(InputError, match="lacks the driver 'NDVI'"):
        run(land, SamplingOptions(size=10), drivers=["NDVI"])


def test_cleaning_touches_training_samples_only(land):
    options = SamplingOptions(size=5000, ranges={"density": (5.0, np.inf)}, iqr_factor=1.5)
    result, plain = run(land, options), run(land, SamplingOptions(size=5000))
    train = plain.samples.rows("train")
    inside = train.target[train.target >= 5]
    low, high = np.percentile(inside, 25), np.percentile(inside, 75)
    fence = high + 1.5 * (high - low)
    twice = train.features[train.target >= 5, 0]
    assert (twice <= np.percentile(twice, 75) * 2.5 - np.percentile(twice, 25) * 1.5).sum() == (inside <= fence).sum()
    np.testing.assert_array_equal(np.sort(result.samples.rows("train").target), np.sort(inside[inside <= fence]))
    assert (result.samples.rows("test").target < 5).any() and (result.samples.rows("test").target > fence).any()
    row = result.removed.as_dicts()[0]
    assert row["variable"] == "density [t C/ha]" and row["valid_minimum"] == 5 and row["upper_fence"] == fence
    assert row["outside_range"] == (train.target < 5).sum() and row["beyond_fence"] == (inside > fence).sum()
    assert "GLC [class]" not in result.removed.column("variable")
    assert sum(result.intervals.column("removed")) == 5000 - len(result.samples)
    assert any("of 3,500 training samples" in note for note in result.notes)


def test_the_report_tells_what_was_drawn(land):
    page = sampling_page(run(land, SamplingOptions(design="published", intervals=30, per_interval=100, iqr_factor=1.5)))
    html = page.html()
    for text in ("up to 100 from each of 30 equal intervals", "without them", "Samples by interval", "beyond fence"):
        assert text in html
    assert {"population-and-samples.png", "achieved-counts.png", "map.png"} <= set(page.save_figures())


# Refusals.


@pytest.mark.parametrize(
    "options, message",
    [
        ({"design": "grid"}, "'grid' is not a sampling design. Choose one of: random, proportional, published"),
        ({"split_by": "time"}, "'time' is not a way to split"),
        ({"size": 0}, "number of samples must be at least 1; got 0"),
        ({"intervals": 0}, "number of intervals must be at least 1"),
        ({"shares": (0.0, 1.0, 1.0)}, "something to train on"),
        ({"size": 100_000_000}, "do not fit into memory. Ask for at most 6,250,000"),
        ({"size": 100, "block_km": -1.0}, "positive number"),
        ({"size": 100, "block_km": 5000.0, "split_by": "blocks"}, r"spatial block\(s\) cannot be divided into 3"),
        ({"size": 100, "ranges": {"NDVI": (0, 1)}}, "no variable 'NDVI'.*There are: density, TWICE, PLACE, GLC"),
        ({"size": 100, "ranges": {"density": (2, 1)}}, "upside down: 2 to 1"),
        ({"size": 100, "ranges": {"density": (-2, -1)}}, r"No training sample is left.*'density \[t C/ha\]'"),
        ({"size": 100, "iqr_factor": -1.0}, "zero or more; got -1"),
    ],
)
def test_options_that_cannot_work(land, options, message):
    with pytest.raises(InputError, match=message):
        run(land, SamplingOptions(**options))


def test_earlier_stacks_without_a_usable_year(land, tmp_path):
    density, stack = density_raster(land["density"]), read_stack(land["stack"])
    before = read_stack(land["before"])
    for earlier, message in (
        ([replace(before, year=None)], "year of '.*before.tif' is not known"),
        ([replace(before, year=2010)], "is of 2010, but the density is of 2010"),
        ([before, replace(read_stack(land["long_before"]), year=2005)], "are both of 2005"),
        ([replace(before, units=("kg C/m2", "1", ""))], "unit of 'TWICE' is 'kg C/m2'"),
        ([replace(before, names=("A", "B", "C"))], "lacks the drivers"),
    ):
        with pytest.raises(InputError, match=message):
            sample_density(density, stack, earlier, options=SamplingOptions(size=10))
    undated = replace(density, year=None), replace(stack, year=None)
    with pytest.raises(InputError, match="year of the density is not known"):
        sample_density(*undated, [before], options=SamplingOptions(size=10))


def test_drivers_of_another_year_are_used_with_a_note(land):
    stack = replace(read_stack(land["stack"]), year=2009)
    result = sample_density(density_raster(land["density"]), stack, options=SamplingOptions(size=10))
    assert "The drivers are of 2009, the density is of 2010" in " ".join(result.notes)


def test_rasters_that_give_no_samples(land, tmp_path):
    flat = make_density(tmp_path / "flat.tif", np.full((HEIGHT, WIDTH), 4.0))
    with pytest.raises(InputError, match="density is 4 t C/ha in all"):
        sample_density(density_raster(flat), read_stack(land["stack"]))
    gone = make_density(tmp_path / "gone.tif", np.full((HEIGHT, WIDTH), -9999.0))
    with pytest.raises(RasterError, match="No valid cell is left.*'density' 0, 'TWICE' 204,000"):
        sample_density(density_raster(gone), read_stack(land["stack"]))
    odd = make_stack(tmp_path / "odd.tif", {"GLC": np.full((HEIGHT, WIDTH), 1.5)}, ("",), categorical=("GLC",))
    with pytest.raises(RasterError, match="categorical driver 'GLC' holds 1.5"):
        sample_density(density_raster(land["density"]), read_stack(odd), options=SamplingOptions(size=10))
    both = make_density(tmp_path / "both.tif", land["values"])
    with rasterio.open(both, "r+") as dataset:
        dataset.set_band_description(1, "SOC")
    with pytest.raises(InputError, match="both the density and the driver stack"):
        sample_density(density_raster(both), read_stack(both))


class StopsAt:
    """Cancels itself at a fraction of the progress."""

    def __init__(self, fraction):
        self.fraction, self.seen = fraction, 0.0

    def update(self, fraction, message=None):
        assert fraction >= self.seen - 1e-9
        self.seen = fraction

    def cancelled(self):
        return self.seen >= self.fraction


@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.6])
def test_cancel(land, fraction):
    progress = StopsAt(fraction)
    with pytest.raises(Cancelled):
        run(land, SamplingOptions(size=1000), progress=progress, settings=EngineSettings(memory_mb=1, threads=1))
    assert progress.seen < 0.95


# The draw by itself.


def test_draw_is_the_smallest_keys_of_each_stratum_whatever_the_blocks():
    rng = np.random.default_rng(0)
    n, caps = 20_000, np.array([5, 700, 0, 100_000])
    position, stratum = np.arange(n), rng.choice(4, n, p=(0.5, 0.2, 0.2, 0.1))
    key = random_keys(position, 3)
    expected = set()
    for index, cap in enumerate(caps):
        own = position[stratum == index]
        expected |= set(own[np.argsort(key[own])][:cap].tolist())
    for bounds in (np.array([0, n]), np.arange(0, n + 1, 50), np.array([0, 1, 17, 19_000, n])):
        draws = [
            Draw.of_block(caps, position[a:b], key[a:b], stratum[a:b], {"v": position[a:b] * 2.0})
            for a, b in zip(bounds[:-1], bounds[1:])
        ]
        total = draws[0]
        for draw in draws[1:]:
            total = total + draw
        cells = total.cells()
        assert set(cells["position"].tolist()) == expected
        np.testing.assert_array_equal(cells["v"], cells["position"] * 2.0)


def test_what_is_held_stays_bounded():
    caps, total = np.full(10, 50), None
    for start in range(0, 200_000, 2000):
        position = np.arange(start, start + 2000)
        draw = Draw.of_block(caps, position, random_keys(position, 1), position % 10, {})
        total = draw if total is None else total + draw
        assert total.size <= 2 * 500 + 2000
    assert len(total.cells()["key"]) == 500


@pytest.mark.parametrize("size", [5, 7, 100, 999, 1000, 5000])
def test_proportional_caps_add_up(size):
    counts = np.array([900, 0, 1, 80, 3, 16])
    caps = proportional_caps(counts, size)
    assert caps.sum() == min(size, 1000) and (caps <= counts).all() and (caps >= 0).all()
    if size >= 5:
        assert (caps[counts > 0] >= 1).all()


def test_with_replacement_draws_each_cell_as_often_as_chance_has_it():
    counts, caps = np.array([4, 1000]), np.array([4000, 500])
    stratum = np.repeat([0, 1], [4, 500])
    again = with_replacement(stratum, counts, caps, 2)
    times = np.bincount(again, minlength=504)
    assert times[:4].sum() == 4000 and times[4:].sum() == 500
    assert np.abs(times[:4] - 1000).max() < 150
    # 500 draws of 1000 cells hit 1000 (1 - 0.999^500) = 393.6 different ones.
    assert abs((times[4:] > 0).sum() - 393.6) < 40


def test_fences():
    values = np.arange(1.0, 101.0)
    assert iqr_fences(values, np.ones(100), 1.5) == pytest.approx((25.75 - 1.5 * 49.5, 75.25 + 1.5 * 49.5))
    # Weights 3 and 1 are the same as a value three times and once.
    weighted = iqr_fences(np.array([1.0, 2.0]), np.array([3.0, 1.0]), 1.0)
    assert weighted == (None, None)
    assert iqr_fences(np.array([1.0, 2.0, 9.0]), np.array([1.0, 3.0, 2.0]), 1.0) == pytest.approx((-5.0, 16.0))


def test_a_variable_that_hardly_varies_has_no_fences():
    features = np.zeros((20, 1))
    features[0] = 5
    samples = make_samples([Driver("SNOW", "mm")], features, np.arange(20.0), "t C/ha")
    kept, table, notes = clean(samples, {}, 1.5)
    assert kept.all() and table.column("variable") == ["density [t C/ha]"]
    assert "'SNOW [mm]' has an interquartile range of 0" in notes[0]


# Blocks in other CRS.


def test_blocks_in_degrees_are_laid_out_in_kilometres():
    grid = make_grid("EPSG:4326", (0.1, 0, 0.0, 0, -0.1, 70.0), (700, 600))
    x = np.array([0.0, 30.0, 30.0])
    y = np.array([1.0, 1.0, 60.0])
    block, layout = grid_block_ids(grid, cell_areas(grid), x, y, 100.0)
    assert "on the ellipsoid" in layout and len(set(block.tolist())) == 3
    # Along a parallel at 60 degrees a block is twice as many degrees wide as at the equator.
    along = np.linspace(0, 40, 4001)
    for latitude in (0.2, 60.0):
        ids = grid_block_ids(grid, cell_areas(grid), along, np.full(4001, latitude), 100.0)[0]
        degrees = 40.0 / len(np.unique(ids))
        assert degrees * KM_PER_DEGREE * np.cos(np.radians(latitude)) == pytest.approx(100.0, rel=0.08)


def test_blocks_in_web_mercator_are_not_stretched():
    scale = 1 / np.cos(np.radians(60))
    grid = make_grid("EPSG:3857", (1000.0, 0, 0.0, 0, -1000.0, 8_700_000.0), (600, 600))
    along = np.linspace(1000, 599_000, 3000)
    ids = grid_block_ids(grid, cell_areas(grid), along, np.full(3000, 8_399_738.0), 30.0)[0]  # 60 degrees north
    assert 598.0 / scale / len(np.unique(ids)) == pytest.approx(30.0, rel=0.1)


def test_blocks_in_feet():
    feet = 3937 / 1200
    grid = make_grid("EPSG:2248", (100.0, 0, 1_300_000.0, 0, -100.0, 500_000.0), (100, 100))
    x = 1_300_000 + np.arange(0, 10_000, 10.0)
    ids = grid_block_ids(grid, cell_areas(grid), x, np.full(1000, 495_000.0), 1.0)[0]
    lengths = np.bincount(ids)[1:-1] * 10 / feet
    np.testing.assert_allclose(lengths, 1000.0, atol=4)
