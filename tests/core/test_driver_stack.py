"""Driver stacks: names, units, flags, alignment, and the virtual raster."""

import struct

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.driver_stack import DriverSource, Moments, driver_stack
from carbon_qgis.core.errors import InputError, OutputError, RasterError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.stack import read_stack

CRS = rasterio.crs.CRS.from_epsg(32650)


def write(path, data, nodata=None, cell=30.0, unit="", descriptions=(), scale=None, offset=None, origin=(5e5, 4e6)):
    data = np.atleast_3d(data) if np.ndim(data) == 3 else np.asarray(data)[np.newaxis]
    count, height, width = data.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=data.dtype, crs=CRS, nodata=nodata,
        transform=rasterio.Affine(cell, 0, origin[0], 0, -cell, origin[1]),
    ) as dataset:
        dataset.write(data)
        if unit:
            dataset.set_band_unit(1, unit)
        for band, text in enumerate(descriptions, 1):
            dataset.set_band_description(band, text)
        if scale is not None:
            dataset.scales, dataset.offsets = (scale,) * count, (offset or 0.0,) * count
    return str(path)


def rectangle(left, bottom, right, top):
    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    return PolygonLayer((wkb,), CRS.to_wkt())


def stack(sources, destination, settings=None, **more):
    with OutputSet([source.path for source in sources]) as outputs:
        return driver_stack(sources, outputs, {"STACK": str(destination)}, settings=settings, **more)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(masked=True).astype(float).filled(np.nan)


@pytest.fixture
def rain(tmp_path):
    data = np.array([[1, 2, -1], [4, 5, 6]], np.int16)
    return write(tmp_path / "PRE_2010.tif", data, nodata=-1, unit="mm")


@pytest.fixture
def cover(tmp_path):
    return write(tmp_path / "LC_2010.tif", np.array([[1, 1, 2], [3, 3, 255]], np.uint8), nodata=255)


def test_names_units_flags_and_tags(tmp_path, rain, cover):
    sources = [DriverSource(rain), DriverSource(cover, name=" Cover ", unit="class", categorical=True)]
    result = stack(sources, tmp_path / "s.tif", year=2010, scenario="ssp126")
    info = read_stack(str(tmp_path / "s.tif"))
    assert (info.names, info.units, info.categorical) == (("PRE", "Cover"), ("mm", "class"), (False, True))
    assert (info.year, info.scenario) == (2010, "ssp126")
    with rasterio.open(tmp_path / "s.tif") as dataset:
        assert dataset.tags()["CARBON_QUANTITY"] == "drivers"
        assert set(dataset.dtypes) == {"float32"}
    np.testing.assert_array_equal(read(tmp_path / "s.tif"), [[[1, 2, np.nan], [4, 5, 6]], [[1, 1, 2], [3, 3, np.nan]]])
    assert result.valid_cells == 4 and result.valid_share == 4 / 6
    assert result.codes == {"Cover": {1: 2, 2: 1, 3: 2}}
    assert result.ranges == {"PRE": (1, 6), "Cover": (1, 3)}


def test_the_table_of_drivers(tmp_path, rain, cover):
    result = stack([DriverSource(rain), DriverSource(cover, categorical=True)], tmp_path / "s.tif")
    first, second = result.drivers.as_dicts()
    values = [1, 2, 4, 5, 6]
    assert (first["name"], first["source"], first["aligned"]) == ("PRE", "PRE_2010.tif", "same grid")
    assert (first["valid_cells"], first["min"], first["max"]) == (5, 1, 6)
    assert first["mean"] == pytest.approx(np.mean(values), rel=1e-12)
    assert first["sd"] == pytest.approx(np.std(values), rel=1e-12)
    assert (second["classes"], second["mean"], second["sd"]) == (3, None, None)


def test_names_of_bands_of_one_file(tmp_path):
    path = write(tmp_path / "clim_2010.tif", np.ones((3, 2, 2)), descriptions=["TEM_2010", "", "PRE"])
    data = [DriverSource(path, band) for band in (1, 2, 3)]
    assert stack(data, tmp_path / "s.tif").names == ("TEM", "clim_2", "PRE")


def test_two_drivers_of_one_name_are_refused(tmp_path, rain):
    other = write(tmp_path / "pre_2020.tif", np.ones((2, 3)))
    with pytest.raises(InputError, match=r"are called 'pre': '.*PRE_2010.tif' band 1 and '.*pre_2020.tif' band 1"):
        stack([DriverSource(rain), DriverSource(other)], tmp_path / "s.tif")


def test_scale_and_offset_are_applied_to_quantities_only(tmp_path):
    data = np.array([[10, 20]], np.int16)
    path = write(tmp_path / "a.tif", data, scale=0.5, offset=1.0)
    stack([DriverSource(path), DriverSource(path, name="c", categorical=True)], tmp_path / "s.tif")
    np.testing.assert_array_equal(read(tmp_path / "s.tif"), [[[6, 11]], [[10, 20]]])


def test_other_grids_are_averaged_or_take_the_commonest_class(tmp_path):
    coarse = write(tmp_path / "coarse.tif", np.array([[1.0, 2.0]], np.float32), cell=60)
    fine = np.array([[1, 3, 10, 20], [5, 7, 30, 40]], np.float32)
    codes = np.array([[300, 300, 2, 5], [300, 9, 5, 5]], np.int16)
    sources = [
        DriverSource(coarse), DriverSource(write(tmp_path / "fine.tif", fine)),
        DriverSource(write(tmp_path / "codes.tif", codes), categorical=True),
    ]
    result = stack(sources, tmp_path / "s.tif")
    np.testing.assert_allclose(read(tmp_path / "s.tif"), [[[1, 2]], [[4, 25]], [[300, 5]]], rtol=1e-6)
    assert result.drivers.column("aligned") == ["same grid", "average", "mode"]
    assert any("'fine.tif'" in note and "area-weighted averaging" in note for note in result.notes)


def test_the_reference_gives_the_grid(tmp_path, rain, cover):
    reference = write(tmp_path / "ref.tif", np.zeros((1, 2)), origin=(5e5 + 30, 4e6 - 30))
    result = stack([DriverSource(rain), DriverSource(cover, categorical=True)], tmp_path / "s.tif", reference=reference)
    np.testing.assert_array_equal(read(tmp_path / "s.tif"), [[[5, 6]], [[3, np.nan]]])
    assert result.drivers.column("aligned") == ["same cells, other extent"] * 2


def test_outside_the_mask_is_nodata(tmp_path, rain, cover):
    mask = rectangle(5e5, 4e6 - 60, 5e5 + 60, 4e6)  # the first two columns
    result = stack([DriverSource(rain), DriverSource(cover, categorical=True)], tmp_path / "s.tif", mask=mask)
    np.testing.assert_array_equal(read(tmp_path / "s.tif")[:, :, 2], np.full((2, 2), np.nan))
    assert (result.valid_cells, result.valid_share) == (4, 1.0)


def test_cropped_to_the_mask(tmp_path, rain, cover):
    mask = rectangle(5e5 + 31, 4e6 - 59, 5e5 + 90, 4e6 - 30)  # columns 2 and 3 of the second row
    sources = [DriverSource(rain), DriverSource(cover, categorical=True)]
    result = stack(sources, tmp_path / "s.tif", mask=mask, crop=True)
    np.testing.assert_array_equal(read(tmp_path / "s.tif"), [[[5, 6]], [[3, np.nan]]])
    assert result.grid.bounds == (5e5 + 30, 4e6 - 60, 5e5 + 90, 4e6 - 30)
    assert result.valid_share == 0.5


def big(tmp_path):
    random = np.random.default_rng(1)
    quantity = random.normal(100, 30, (700, 600)).astype(np.float32)
    quantity[random.random(quantity.shape) < 0.1] = np.nan
    return [
        DriverSource(write(tmp_path / "q.tif", quantity, nodata=np.nan)),
        DriverSource(write(tmp_path / "i.tif", random.integers(-5, 900, (700, 600)).astype(np.int32), nodata=0)),
        DriverSource(write(tmp_path / "c.tif", random.integers(0, 9, (700, 600)).astype(np.uint8)), categorical=True),
    ]


def test_blocks_and_threads_change_nothing(tmp_path):
    sources = big(tmp_path)
    one = stack(sources, tmp_path / "a.tif")
    two = stack(sources, tmp_path / "b.tif", settings=EngineSettings(memory_mb=1, threads=3))
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))
    assert (one.codes, one.valid_cells, one.ranges) == (two.codes, two.valid_cells, two.ranges)
    for column in ("mean", "sd"):
        assert one.drivers.column(column)[:2] == pytest.approx(two.drivers.column(column)[:2], rel=1e-12)


def test_a_virtual_raster_reads_like_the_copy(tmp_path):
    sources = big(tmp_path)
    scaled = write(tmp_path / "scaled.tif", np.arange(420000).reshape(700, 600) % 300, nodata=7, scale=0.1, offset=-2)
    sources.append(DriverSource(scaled, unit="a<b & c"))
    copy = stack(sources, tmp_path / "s.tif", year=2010)
    (tmp_path / "sub").mkdir()
    virtual = stack(sources, tmp_path / "sub" / "s.vrt", year=2010, settings=EngineSettings(memory_mb=1))
    assert virtual.is_vrt and not copy.is_vrt
    np.testing.assert_allclose(read(tmp_path / "s.tif"), read(tmp_path / "sub" / "s.vrt"), rtol=1e-6)
    one, two = read_stack(str(tmp_path / "s.tif")), read_stack(str(tmp_path / "sub" / "s.vrt"))
    assert (one.names, one.units, one.categorical, one.year) == (two.names, two.units, two.categorical, two.year)
    assert copy.drivers.column("valid_cells") == virtual.drivers.column("valid_cells")
    for name in copy.names:
        np.testing.assert_array_equal(copy.overviews[name], virtual.overviews[name])
    text = (tmp_path / "sub" / "s.vrt").read_text()
    assert str(tmp_path) not in text and '<SourceFilename relativeToVRT="1">../q.tif<' in text


def test_a_virtual_raster_moves_with_its_sources(tmp_path, rain):
    stack([DriverSource(rain)], tmp_path / "s.vrt")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("PRE_2010.tif", "s.vrt"):
        (tmp_path / name).rename(moved / name)
    np.testing.assert_array_equal(read(moved / "s.vrt"), [[[1, 2, np.nan], [4, 5, 6]]])


def test_no_virtual_raster_where_a_copy_is_needed(tmp_path, rain):
    other = write(tmp_path / "DEM.tif", np.ones((4, 6), np.float32), cell=15)
    with pytest.raises(InputError, match=r"cannot be a virtual raster, because 'DEM.tif' is on another grid\."):
        stack([DriverSource(rain), DriverSource(other)], tmp_path / "s.vrt")
    with pytest.raises(InputError, match="because a mask was given"):
        stack([DriverSource(rain)], tmp_path / "s.vrt", mask=rectangle(5e5, 4e6 - 60, 5e5 + 60, 4e6))
    assert not (tmp_path / "s.vrt").exists()


def test_asked_for_a_virtual_raster_by_another_name(tmp_path, rain):
    result = stack([DriverSource(rain)], tmp_path / "s.tif", vrt=True)
    assert not result.is_vrt
    assert any("needs a file name that ends in .vrt" in note for note in result.notes)


def test_categorical_drivers_hold_whole_numbers(tmp_path):
    path = write(tmp_path / "a.tif", np.array([[1.0, 2.5]]))
    with pytest.raises(InputError, match=r"'a' is marked as categorical but holds 2\.5"):
        stack([DriverSource(path, categorical=True)], tmp_path / "s.tif")
    path = write(tmp_path / "b.tif", np.array([[1, 2**24 + 1]], np.int32))
    with pytest.raises(InputError, match=r"'b' .* holds 16777217\.0"):
        stack([DriverSource(path, categorical=True)], tmp_path / "s.tif")


def test_no_common_cell_is_an_error(tmp_path):
    one = write(tmp_path / "a.tif", np.array([[1.0, np.nan]]))
    two = write(tmp_path / "b.tif", np.array([[np.nan, 1.0]]))
    with pytest.raises(RasterError, match="No valid cell is left in all drivers together"):
        stack([DriverSource(one), DriverSource(two)], tmp_path / "s.tif")
    empty = write(tmp_path / "c.tif", np.full((1, 2), np.nan))
    with pytest.raises(RasterError, match="the driver 'c'"):
        stack([DriverSource(one), DriverSource(empty)], tmp_path / "s.tif")
    assert not (tmp_path / "s.tif").exists()


def test_refused_inputs(tmp_path, rain):
    with pytest.raises(InputError, match="No drivers were given"):
        stack([], tmp_path / "s.tif")
    with pytest.raises(InputError, match=r"has 1 band\(s\); band 2 was asked for"):
        stack([DriverSource(rain, band=2)], tmp_path / "s.tif")
    with pytest.raises(OutputError, match="is also an input"):
        stack([DriverSource(rain)], rain)


def test_a_constant_driver_is_noted(tmp_path):
    result = stack([DriverSource(write(tmp_path / "a.tif", np.full((2, 2), 3.0)))], tmp_path / "s.tif")
    assert any("'a' is constant (3)" in note for note in result.notes)


def test_moments_merge_like_those_of_all_values():
    values = np.random.default_rng(3).normal(1e6, 1, 1000)
    merged = Moments.of(np.array([np.nan]))
    for part in np.split(values, [1, 10, 500]):
        merged = merged + Moments.of(part)
    assert merged[0] == 1000
    assert merged[1] == pytest.approx(values.mean(), rel=1e-14)
    assert merged.sd == pytest.approx(values.std(), rel=1e-9)
