"""Carbon stock by land-cover table: known answers, plain NumPy, and what is refused."""

import os
import sys

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import Cancelled, GridError, InputError, OutputError, RasterError, TableError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.table_stock import OUTPUTS, carbon_stock, in_tg
from carbon_qgis.core.valuation import Valuation
from tests.core.helpers import METRES_30, Cancelling, box_layer, make_raster, pool_table, read_raster

KILOMETRE = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)
#: Jiangsu paper, Table 2, t/ha: above, below, soil, dead.
JIANGSU = {
    1: (46.50, 80.70, 108.40, 1.00), 2: (20.36, 67.50, 22.53, 18.39), 3: (4.30, 86.50, 170.00, 7.80),
    4: (0, 0, 0, 0), 5: (0, 0, 71.00, 0), 6: (0.74, 0.13, 69.92, 0),
}
POOLS = pool_table(JIANGSU)


def stock(landcover, pools=POOLS, wanted=None, **named):
    inputs = [landcover] + ([named["landcover_alt"]] if named.get("landcover_alt") else [])
    with OutputSet(inputs) as outputs:
        return carbon_stock(landcover, pools, outputs, wanted or {}, **named)


@pytest.fixture
def maps(tmp_path):
    """Two dates of 300 x 400 cells with six classes and some nodata, not at the same cells."""
    rng = np.random.default_rng(7)
    first = rng.integers(1, 7, (300, 400)).astype(np.uint8)
    second = np.where(rng.random(first.shape) < 0.3, rng.integers(1, 7, first.shape), first).astype(np.uint8)
    first[:20, :30] = 255
    second[10:40, 10:50] = 255
    paths = [make_raster(tmp_path / name, data, nodata=255) for name, data in (("t1.tif", first), ("t2.tif", second))]
    return paths, first, second


def densities(codes):
    """Total density by cell, NaN where 255."""
    table = np.full(256, np.nan)
    for code, values in JIANGSU.items():
        table[code] = sum(values)
    return table[codes]


def test_one_square_kilometre_of_each_class_of_the_jiangsu_table(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[1, 2, 3], [4, 5, 6]], np.uint8), transform=KILOMETRE)
    result = stock(path)
    assert result.area_mode == "projected"
    assert result.classes.column("total_t_C") == pytest.approx([23_660, 12_878, 26_860, 0, 7_100, 7_079], rel=1e-12)
    assert result.classes.column("area_km2") == [1] * 6 and result.classes.column("cells") == [1] * 6
    assert result.stock == pytest.approx(77_577, rel=1e-12)
    assert result.co2e == pytest.approx(77_577 * 44 / 12, rel=1e-12)
    assert (result.valid_cells, result.area_km2, result.nodata_share) == (6, 6, 0)


def test_implausible_densities_are_warned_of(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[9]], np.uint8), transform=KILOMETRE)
    notes = stock(path, pool_table({9: (500, 101, 2001, 1)})).notes
    assert any("'class 9', c_above: Above and below together are 601 t C/ha" in note for note in notes)
    assert any("c_soil: Soil carbon is 2001 t C/ha, more than 2000." in note for note in notes)
    notes = stock(path, pool_table({9: (5, 1, 80, 0)})).notes
    assert any("c_dead: The pool is 0 in every class." in note for note in notes)


def test_densities_without_a_year_are_warned_of(tmp_path, maps):
    (one, two), _, _ = maps
    wanted = {name: str(tmp_path / (name + ".tif")) for name in ("TOTAL", "SOIL_ALT")}
    dateless = [note for note in stock(one, wanted=wanted, landcover_alt=two).notes if "without one" in note]
    assert len(dateless) == 2 and "The year of '{}' is not known".format(one) in dateless[0]
    dated = stock(one, wanted=wanted, landcover_alt=two, years=(2000, 2010))
    assert not any("The year of" in note for note in dated.notes + stock(one).notes)


def test_two_kilograms_on_a_square_metre(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[9]], np.uint8), transform=KILOMETRE)
    result = stock(path, pool_table({9: (0, 0, 20.0, 0)}))  # 2 kg C/m2 = 20 t C/ha
    assert result.stock == pytest.approx(2000, rel=1e-15) and in_tg(result.stock) == pytest.approx(0.002, rel=1e-15)


def test_rasters_and_totals_are_those_of_plain_numpy(tmp_path, maps):
    (one, two), first, second = maps
    wanted = {name: str(tmp_path / (name + ".tif")) for name in OUTPUTS}
    result = stock(one, wanted=wanted, landcover_alt=two, years=(2010, 2020), valuation=Valuation(43, 7, 2))
    hectares = 900 / 1e4
    expected = {"TOTAL": densities(first), "TOTAL_ALT": densities(second)}
    expected["CHANGE"] = expected["TOTAL_ALT"] - expected["TOTAL"]
    expected["VALUE"] = expected["CHANGE"] * result.value_per_t
    for axis, (suffix, codes) in enumerate((("", first), ("_ALT", second))):
        for i, pool in enumerate(("ABOVE", "BELOW", "SOIL", "DEAD")):
            lookup = np.full(256, np.nan)
            lookup[list(JIANGSU)] = [values[i] for values in JIANGSU.values()]
            expected[pool + suffix] = lookup[codes]
            column = result.classes.column("{}_t_C{}".format(pool.lower(), suffix.lower()))
            assert sum(column) == pytest.approx(np.nansum(expected[pool + suffix]) * hectares, rel=1e-9), axis
    assert set(expected) == set(OUTPUTS)
    for name, values in expected.items():
        np.testing.assert_allclose(read_raster(wanted[name]), values, rtol=1e-6, atol=1e-5, err_msg=name)
        low, high = result.ranges[name]
        assert (low, high) == pytest.approx((np.nanmin(values), np.nanmax(values)), rel=1e-6), name
        np.testing.assert_allclose(result.overviews[name], values, rtol=1e-6, atol=1e-5, err_msg=name)
    assert result.stock == pytest.approx(np.nansum(expected["TOTAL"]) * hectares, rel=1e-12)
    assert result.stock_alt == pytest.approx(np.nansum(expected["TOTAL_ALT"]) * hectares, rel=1e-12)
    assert result.change == pytest.approx(np.nansum(expected["CHANGE"]) * hectares, rel=1e-9)
    assert result.value == pytest.approx(np.nansum(expected["VALUE"]) * hectares, rel=1e-9)


def test_what_the_rasters_say_of_themselves(tmp_path, maps):
    (one, two), _, _ = maps
    wanted = {name: str(tmp_path / (name + ".tif")) for name in ("TOTAL_ALT", "SOIL", "CHANGE", "VALUE")}
    stock(one, wanted=wanted, landcover_alt=two, years=(2010, 2020), valuation=Valuation(43))
    found = {}
    for name, path in wanted.items():
        with rasterio.open(path) as dataset:
            tags = dataset.tags()
            found[name] = (dataset.units[0], tags["CARBON_UNIT"], tags.get("CARBON_POOL"), tags.get("CARBON_YEAR"))
    assert found == {
        "TOTAL_ALT": ("t C/ha", "t C/ha", "total", "2020"), "SOIL": ("t C/ha", "t C/ha", "soil", "2010"),
        "CHANGE": ("t C/ha", "t C/ha", None, None), "VALUE": ("currency/ha", "currency/ha", None, None),
    }


def test_where_nodata_differs_the_change_is_that_of_the_common_cells(maps):
    (one, two), first, second = maps
    result = stock(one, landcover_alt=two)
    both = (first != 255) & (second != 255)
    hectares = 0.09
    assert result.common_cells == both.sum() and result.common_area_km2 == pytest.approx(both.sum() * 9e-4, rel=1e-12)
    assert result.common_stock == pytest.approx(densities(first)[both].sum() * hectares, rel=1e-12)
    assert result.common_stock_alt == pytest.approx(densities(second)[both].sum() * hectares, rel=1e-12)
    assert result.change == result.common_stock_alt - result.common_stock
    lost, gained = ((first != 255) & ~both).sum(), ((second != 255) & ~both).sum()
    assert any(
        "{:,} cells are valid only at the first and {:,} only at the second".format(lost, gained) in note
        for note in result.notes
    )
    assert result.valid_cells == (first != 255).sum()
    assert result.nodata_share == pytest.approx((first == 255).mean(), abs=1e-12)


def test_tables_close_to_the_totals(maps):
    (one, two), first, second = maps
    result = stock(one, landcover_alt=two)
    classes, transitions = result.classes, result.transitions
    assert sum(classes.column("total_t_C")) == pytest.approx(result.stock, rel=1e-12)
    assert sum(classes.column("total_t_C_alt")) == pytest.approx(result.stock_alt, rel=1e-12)
    assert sum(classes.column("cells")) == result.valid_cells
    assert sum(classes.column("area_km2")) == pytest.approx(result.area_km2, rel=1e-12)
    assert sum(transitions.column("change_t_C")) == pytest.approx(result.change, rel=1e-9)
    assert sum(transitions.column("cells")) == result.common_cells
    for row in transitions.as_dicts():
        assert row["cells"] == ((first == row["from_code"]) & (second == row["to_code"])).sum()
        assert row["change_t_C"] == pytest.approx(row["stock_to_t_C"] - row["stock_from_t_C"], abs=1e-9)
    assert len(transitions.rows) == 36


def test_a_change_of_minus_one_tonne_is_data(tmp_path):
    pools = pool_table({1: (2, 0, 0, 0), 2: (1, 0, 0, 0)})
    one = make_raster(tmp_path / "1.tif", np.full((5, 5), 1, np.uint8), transform=KILOMETRE)
    two = make_raster(tmp_path / "2.tif", np.full((5, 5), 2, np.uint8), transform=KILOMETRE)
    result = stock(one, pools, {"CHANGE": str(tmp_path / "c.tif")}, landcover_alt=two)
    np.testing.assert_array_equal(read_raster(tmp_path / "c.tif"), np.full((5, 5), -1.0))
    assert result.change == pytest.approx(-2500, rel=1e-12)


@pytest.mark.parametrize("memory, threads", [(1, 1), (1, 3), (200, 4)])
@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"}])
def test_memory_threads_and_layout_change_nothing(tmp_path, memory, threads, layout):
    rng = np.random.default_rng(1)
    codes = [rng.integers(1, 7, (600, 1300)).astype(np.uint8) for _ in range(2)]
    one, two = (make_raster(tmp_path / "{}.tif".format(i), data, nodata=0, **layout) for i, data in enumerate(codes))
    wanted = {name: str(tmp_path / (name + ".tif")) for name in ("TOTAL", "CHANGE")}
    result = stock(one, wanted=wanted, landcover_alt=two, settings=EngineSettings(memory, threads))
    counts = np.zeros((7, 7), int)
    np.add.at(counts, tuple(codes), 1)
    assert [row["cells"] for row in result.transitions.as_dicts()] == counts[1:, 1:].ravel().tolist()
    np.testing.assert_array_equal(
        read_raster(wanted["CHANGE"]).astype(np.float32),
        (densities(codes[1]) - densities(codes[0])).astype(np.float32),
    )


def test_a_geographic_grid_sums_exact_row_areas(tmp_path):
    size = 1 / 120
    codes = np.random.default_rng(0).integers(1, 7, (300, 200)).astype(np.uint8)
    path = make_raster(tmp_path / "lc.tif", codes, "EPSG:4326", (size, 0, 115, 0, -size, 50))
    result = stock(path)
    axis, e2 = 6378137.0, 0.0066943799901413165
    edges = np.radians(50 - size * np.arange(301))
    sine = np.sin(edges)
    q = sine / (1 - e2 * sine**2) + np.arctanh(np.sqrt(e2) * sine) / np.sqrt(e2)
    rows = axis**2 * (1 - e2) / 2 * np.radians(size) * -np.diff(q) / 1e6
    assert result.area_mode == "ellipsoidal"
    assert result.area_km2 == pytest.approx(rows.sum() * 200, rel=1e-9)
    assert result.stock == pytest.approx((densities(codes) * rows[:, None]).sum() * 100, rel=1e-9)
    two = make_raster(tmp_path / "lc2.tif", codes[::-1], "EPSG:4326", (size, 0, 115, 0, -size, 50))
    pair = stock(path, landcover_alt=two)
    change = ((densities(codes[::-1]) - densities(codes)) * rows[:, None]).sum() * 100
    assert pair.change == pytest.approx(change, rel=1e-6)
    with pytest.raises(GridError, match="measured in degrees"):
        stock(path, area_mode="projected")


def test_feet_are_feet(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.full((10, 10), 1, np.uint8), "EPSG:2249", (100, 0, 7e5, 0, -100, 3e6))
    assert stock(path).area_km2 == pytest.approx(100 * (100 * 1200 / 3937) ** 2 / 1e6, rel=1e-12)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("nodata", [None, 99])
def test_land_cover_of_any_type(tmp_path, dtype, nodata):
    codes = np.array([[1, 2, 3], [4, 5, 99 if nodata else 6]])
    path = make_raster(tmp_path / "lc.tif", codes.astype(dtype), nodata=nodata)
    result = stock(path, wanted={"TOTAL": str(tmp_path / "t.tif")})
    np.testing.assert_allclose(read_raster(tmp_path / "t.tif"), densities(np.where(codes == 99, 255, codes)), rtol=1e-6)
    assert result.valid_cells == (5 if nodata else 6)


def test_codes_that_are_no_whole_numbers_are_refused(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[1, 10.5]], np.float32))
    with pytest.raises(RasterError, match=r"lc.tif' band 1 holds 10.5: class codes must be whole numbers"):
        stock(path)


@pytest.mark.parametrize("dtypes", [("uint8", "uint8"), ("int16", "uint8"), ("float32", "int32")])
def test_all_missing_codes_of_both_maps_are_listed_and_nothing_is_written(tmp_path, dtypes):
    one = make_raster(tmp_path / "t1.tif", np.array([[1, 8, 8, 9]], dtypes[0]))
    two = make_raster(tmp_path / "t2.tif", np.array([[1, 1, 100, 2]], dtypes[1]))
    (tmp_path / "total.tif").write_bytes(b"old")
    with pytest.raises(TableError) as error:
        stock(one, wanted={"TOTAL": str(tmp_path / "total.tif")}, landcover_alt=two)
    text = str(error.value)
    assert "t1.tif' has 2 class codes that pools.csv does not list: 8 (2 cells), 9 (1 cell)." in text
    assert "t2.tif' has 1 class code that pools.csv does not list: 100 (1 cell)." in text
    assert (tmp_path / "total.tif").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["t1.tif", "t2.tif", "total.tif"]


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
@pytest.mark.parametrize("nodata", [None, 255])
def test_codes_outside_the_mask_do_not_matter(tmp_path, dtype, nodata):
    codes = np.array([[1, 77], [2, 88]])
    path = make_raster(tmp_path / "lc.tif", codes.astype(dtype), nodata=nodata)
    left = box_layer(500_000, 3_999_940, 500_030, 4_000_000)
    result = stock(path, wanted={"TOTAL": str(tmp_path / "t.tif")}, mask=left)
    assert result.valid_cells == 2 and result.nodata_share == 0.5
    np.testing.assert_allclose(read_raster(tmp_path / "t.tif"), [[236.6, np.nan], [128.78, np.nan]], rtol=1e-6)
    right = box_layer(500_030, 3_999_940, 500_060, 4_000_000)
    with pytest.raises(TableError, match=r"77 \(1 cell\), 88 \(1 cell\)"):
        stock(path, mask=right)


def test_a_mask_over_two_maps(maps):
    (one, two), first, second = maps
    mask = box_layer(500_000 + 300, 4_000_000 - 3000, 500_000 + 6000, 4_000_000 - 600)
    result = stock(one, landcover_alt=two, mask=mask)
    inside = np.zeros(first.shape, bool)
    inside[20:100, 10:200] = True
    both = inside & (first != 255) & (second != 255)
    assert result.common_cells == both.sum() and result.valid_cells == (inside & (first != 255)).sum()
    change = (densities(second)[both] - densities(first)[both]).sum() * 0.09
    assert result.change == pytest.approx(change, rel=1e-9)


def test_a_mask_band_of_the_land_cover_counts_as_nodata(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[1, 0, 2, 0]], np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.write_mask(np.array([[True, False, True, False]]))
    assert stock(path).valid_cells == 2


def test_nodata_that_is_a_class_is_refused(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[1, 4]], np.uint8), nodata=4)
    with pytest.raises(InputError, match=r"nodata value 4 of '.*lc.tif' is also a class of pools.csv \('class 4'\)"):
        stock(path)
    one = make_raster(tmp_path / "ok.tif", np.array([[1, 4]], np.uint8))
    with pytest.raises(InputError, match=r"nodata value 4 of '.*lc.tif'"):
        stock(one, landcover_alt=path)


def test_maps_without_a_valid_cell_are_refused(tmp_path):
    empty = make_raster(tmp_path / "empty.tif", np.full((3, 3), 255, np.uint8), nodata=255)
    full = make_raster(tmp_path / "full.tif", np.full((3, 3), 1, np.uint8), nodata=255)
    with pytest.raises(RasterError, match="No valid cell is left in '.*empty.tif'"):
        stock(empty)
    with pytest.raises(RasterError, match="No valid cell is left in '.*empty.tif'"):
        stock(full, landcover_alt=empty)
    half = [make_raster(tmp_path / "{}.tif".format(i), np.array([row], np.uint8), nodata=255)
            for i, row in enumerate(([1, 255], [255, 1]))]
    with pytest.raises(RasterError, match="the area that both land covers share"):
        stock(half[0], landcover_alt=half[1])


@pytest.mark.parametrize(
    "wanted, more, message",
    [
        (("CHANGE", "SOIL_ALT"), {}, "outputs CHANGE, SOIL_ALT need a second land cover"),
        (("VALUE",), {"alt": True}, "needs a price of carbon"),
        ((), {"valuation": Valuation(1), "years": (2000, 2010)}, "needs two land covers and the year of each"),
        ((), {"alt": True, "valuation": Valuation(1), "years": (2000, None)}, "needs two land covers and the year"),
        ((), {"alt": True, "years": (2020, 2010)}, "must be later than the first: got 2020 and 2010. Swap the maps"),
        ((), {"alt": True, "years": (2010, 2010)}, "must be later than the first"),
    ],
)
def test_combinations_that_cannot_be_computed(tmp_path, maps, wanted, more, message):
    (one, two), _, _ = maps
    named = dict(more)
    if named.pop("alt", False):
        named["landcover_alt"] = two
    with pytest.raises(InputError, match=message):
        stock(one, wanted={name: str(tmp_path / (name + ".tif")) for name in wanted}, **named)


def test_a_second_map_that_is_shifted_or_in_another_crs_is_laid_where_it_belongs(tmp_path):
    rows, cols = np.mgrid[0:120, 0:120]
    codes = (1 + (rows // 20 + cols // 20) % 6).astype(np.uint8)
    one = make_raster(tmp_path / "t1.tif", codes, nodata=255)
    shifted = make_raster(
        tmp_path / "t2.tif", codes[5:, 3:], nodata=255, transform=(30, 0, 500_090, 0, -30, 4_000_000 - 150)
    )
    result = stock(one, landcover_alt=shifted)
    assert result.change == 0 and result.common_cells == 115 * 117
    assert "'t2.tif' covers another extent; its cells coincide." in result.notes

    # The same patches at the same place on the Earth, in degrees and finer: nearly every cell meets its own class.
    size = 1 / 9000
    grid = rasterio.Affine(size, 0, 116.99, 0, -size, 36.15)
    there = np.zeros((600, 900), np.uint8)
    rasterio.warp.reproject(
        codes, there, src_transform=rasterio.Affine(*METRES_30), src_crs="EPSG:32650", dst_transform=grid,
        dst_crs="EPSG:4326", dst_nodata=255, init_dest_nodata=True,
    )
    degrees = make_raster(tmp_path / "t3.tif", there, "EPSG:4326", tuple(grid)[:6], nodata=255)
    result = stock(one, landcover_alt=degrees)
    same = sum(row["cells"] for row in result.transitions.as_dicts() if row["from_code"] == row["to_code"])
    assert same > 0.93 * result.common_cells and result.common_cells > 0.98 * codes.size
    assert any("'t3.tif'" in note and "was aligned to the reference grid" in note for note in result.notes)


def test_maps_that_do_not_overlap_are_refused(tmp_path, maps):
    (one, _), _, _ = maps
    far = make_raster(tmp_path / "far.tif", np.ones((3, 3), np.uint8), transform=(30, 0, 9e5, 0, -30, 4e6))
    with pytest.raises(GridError, match="far.tif' and .*t1.tif' do not overlap"):
        stock(one, landcover_alt=far)


@pytest.mark.parametrize("masked", [False, True])
def test_more_classes_than_a_byte_holds(tmp_path, masked):
    table = {code: (code, 0, 1, 0) for code in range(1, 401)}
    rng = np.random.default_rng(0)
    codes = [rng.integers(1, 401, (100, 90)).astype(np.int16) for _ in range(2)]
    one, two = (make_raster(tmp_path / "{}.tif".format(i), data, nodata=-1) for i, data in enumerate(codes))
    mask = box_layer(500_000, 3_990_000, 510_000, 4_000_000) if masked else None
    wanted = {name: str(tmp_path / (name + ".tif")) for name in ("TOTAL", "CHANGE")}
    result = stock(one, pool_table(table), wanted, landcover_alt=two, mask=mask)
    np.testing.assert_array_equal(read_raster(wanted["TOTAL"]), codes[0] + 1.0)
    np.testing.assert_array_equal(read_raster(wanted["CHANGE"]), codes[1] - codes[0].astype(float))
    assert result.change == pytest.approx((codes[1].astype(float) - codes[0]).sum() * 0.09, rel=1e-9)
    assert result.ranges["CHANGE"] == ((codes[1] - codes[0]).min(), (codes[1] - codes[0]).max())


def test_too_many_classes_for_a_change_are_refused(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.ones((2, 2), np.int16))
    pools = pool_table({code: (1, 0, 0, 0) for code in range(1, 1500)})
    assert stock(path, pools).valid_cells == 4
    with pytest.raises(InputError, match="pools.csv has 1,499 classes: the change .* is possible for at most 1,022"):
        stock(path, pools, landcover_alt=path)


def test_a_map_that_was_cut_short_is_named_and_loses_nothing(tmp_path):
    codes = np.random.default_rng(0).integers(1, 7, (900, 900)).astype(np.uint8)
    path = make_raster(tmp_path / "cut.tif", codes, tiled=True, blockxsize=256, blockysize=256)
    os.truncate(path, os.path.getsize(path) // 2)
    (tmp_path / "total.tif").write_bytes(b"old")
    message = r"cut.tif' band 1 cannot be read at rows \d+–\d+, .*Copy or download it again"
    with pytest.raises(RasterError, match=message):
        stock(path, wanted={"TOTAL": str(tmp_path / "total.tif")}, settings=EngineSettings(1, 2))
    assert sorted(os.listdir(tmp_path)) == ["cut.tif", "total.tif"]
    assert (tmp_path / "total.tif").read_bytes() == b"old"


def test_an_output_over_an_input_is_refused(maps):
    (one, two), _, _ = maps
    before = open(one, "rb").read()
    with pytest.raises(OutputError, match="t1.tif' is also an input of this run"):
        stock(one, wanted={"TOTAL": one}, landcover_alt=two)
    assert open(one, "rb").read() == before


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_cancel_leaves_the_old_outputs(tmp_path, maps, share):
    (one, two), _, _ = maps
    (tmp_path / "total.tif").write_bytes(b"old")
    wanted = {"TOTAL": str(tmp_path / "total.tif"), "CHANGE": str(tmp_path / "change.tif")}
    with pytest.raises(Cancelled):
        stock(one, wanted=wanted, landcover_alt=two, progress=Cancelling(share), settings=EngineSettings(1, 2))
    assert sorted(os.listdir(tmp_path)) == ["t1.tif", "t2.tif", "total.tif"]
    assert (tmp_path / "total.tif").read_bytes() == b"old"


def test_classes_of_the_table_that_do_not_occur_are_zero(tmp_path):
    path = make_raster(tmp_path / "lc.tif", np.array([[2, 2]], np.uint8))
    pools = pool_table({**JIANGSU, 300: (1, 1, 1, 1)})
    rows = {row["code"]: row for row in stock(path, pools).classes.as_dicts()}
    assert rows[300]["cells"] == 0 and rows[300]["total_t_C"] == 0 and rows[2]["cells"] == 2


def test_with_and_without_a_shared_compression_rasters_and_results_are_the_same(tmp_path, maps, monkeypatch):
    paths, _, _ = maps
    results = {}
    for name in ("shared", "alone"):
        (tmp_path / name).mkdir()
        if name == "alone":
            monkeypatch.setitem(sys.modules, "zstandard", None)
        wanted = {output: str(tmp_path / name / (output + ".tif")) for output in OUTPUTS}
        results[name] = stock(
            paths[0], wanted=wanted, landcover_alt=paths[1], years=(2000, 2020), valuation=Valuation(90.0)
        )
    shared, alone = results["shared"], results["alone"]
    assert (shared.stock, shared.change, shared.ranges) == (alone.stock, alone.change, alone.ranges)
    assert set(shared.overviews) == set(alone.overviews) == set(OUTPUTS)
    for output in OUTPUTS:
        np.testing.assert_array_equal(shared.overviews[output], alone.overviews[output])
        first, second = (read_raster(tmp_path / name / (output + ".tif")) for name in ("shared", "alone"))
        np.testing.assert_array_equal(first, second)
