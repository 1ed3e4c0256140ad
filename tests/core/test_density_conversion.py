"""Converting rasters to carbon densities."""

import struct

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.density_conversion import convert_density
from carbon_qgis.core.errors import InputError, RasterError, UnitError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.results import Remark
from carbon_qgis.core.units import DENSITY_UNITS

CRS = rasterio.crs.CRS.from_epsg(32650)


def write(path, data, nodata=None, unit="", scale=None, offset=0.0, tags=None, crs=CRS, cell=1000.0, origin=(5e5, 4e6)):
    data = np.asarray(data)
    with rasterio.open(
        path, "w", driver="GTiff", width=data.shape[1], height=data.shape[0], count=1, dtype=data.dtype, crs=crs,
        nodata=nodata, transform=rasterio.Affine(cell, 0, origin[0], 0, -cell, origin[1]),
    ) as dataset:
        dataset.write(data, 1)
        dataset.set_band_unit(1, unit)
        dataset.update_tags(**(tags or {}))
        if scale is not None:
            dataset.scales, dataset.offsets = (scale,), (offset,)
    return str(path)


def rectangle(left, bottom, right, top):
    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    return PolygonLayer((wkb,), CRS.to_wkt())


def convert(path, destination, **more):
    with OutputSet([path]) as outputs:
        return convert_density(path, outputs, {"DENSITY": str(destination)}, **more)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).filled(np.nan)


def test_two_kilograms_on_one_square_kilometre(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[2.0]]), unit="kg C/m2")
    result = convert(path, tmp_path / "o.tif")
    assert read(tmp_path / "o.tif").tolist() == [[20]]
    assert result.total == pytest.approx(0.002, rel=1e-12)
    assert result.summary.as_dicts()[0]["total_t_C"] == pytest.approx(2000, rel=1e-12)
    assert (result.area_mode, result.area_km2, result.unit, result.source_unit) == ("projected", 1, "t C/ha", "kg C/m2")


@pytest.mark.parametrize("target, value", [("kg C/m2", 1.5), ("t C/ha", 15), ("t C/km2", 1500), ("g C/m2", 1500)])
def test_every_unit_keeps_the_total(tmp_path, target, value):
    path = write(tmp_path / "d.tif", np.array([[15.0]]), tags={"CARBON_UNIT": "Mg C ha-1"})
    result = convert(path, tmp_path / "o.tif", target_unit=target)
    assert read(tmp_path / "o.tif")[0, 0] == pytest.approx(value, rel=1e-7)
    assert result.total == pytest.approx(0.0015, rel=1e-7)
    with rasterio.open(tmp_path / "o.tif") as dataset:
        assert dataset.units == (target,) and dataset.tags()["CARBON_UNIT"] == target
    assert convert(str(tmp_path / "o.tif"), tmp_path / "back.tif").mean == pytest.approx(15, rel=1e-6)


def test_numbers_tags_and_nodata(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[1, 3], [8, -7]], np.int16), nodata=-7, unit="t C/ha")
    result = convert(path, tmp_path / "o.tif", pool="soil", year=2010)
    np.testing.assert_array_equal(read(tmp_path / "o.tif"), [[1, 3], [8, np.nan]])
    assert (result.low, result.high, result.mean, result.valid_cells, result.nodata_share) == (1, 8, 4, 3, 0.25)
    assert result.ranges == {"DENSITY": (1, 8)} and result.overviews["DENSITY"].shape == (2, 2)
    with rasterio.open(tmp_path / "o.tif") as dataset:
        tags = dataset.tags()
        assert (tags["CARBON_POOL"], tags["CARBON_YEAR"]) == ("soil", "2010")
        assert dataset.descriptions == ("soil carbon density",) and dataset.dtypes == ("float32",)


def test_scale_and_offset_of_the_band_or_given(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[120, 5]], np.int16), nodata=5, unit="t C/ha", scale=0.1, offset=2)
    result = convert(path, tmp_path / "o.tif")
    np.testing.assert_allclose(read(tmp_path / "o.tif"), [[14, np.nan]], rtol=1e-6)
    assert "Stored values were scaled first: x 0.1 + 2." in result.notes
    convert(path, tmp_path / "p.tif", scale=1, offset=0)
    np.testing.assert_array_equal(read(tmp_path / "p.tif"), [[120, np.nan]])
    convert(path, tmp_path / "q.tif", scale=0.5, target_unit="kg C/m2")
    np.testing.assert_allclose(read(tmp_path / "q.tif"), [[6.2, np.nan]], rtol=1e-6)


@pytest.mark.parametrize("unit", ["t C/ha", "Mg/ha"])
def test_dry_matter_with_its_fraction(tmp_path, unit):
    path = write(tmp_path / "d.tif", np.array([[100.0]]), unit="Mg/ha")
    result = convert(path, tmp_path / "o.tif", source_unit=unit, carbon_fraction=0.47)
    assert read(tmp_path / "o.tif")[0, 0] == pytest.approx(47, rel=1e-7)
    assert "This includes a carbon fraction of 0.47 (0.47 is usual for dry matter)." in result.notes
    assert "Values were read as dry matter in t/ha and multiplied by 0.47 to t C/ha." in result.notes


@pytest.mark.parametrize("unit, message", [
    ("", "carries no unit. Give the source unit explicitly"),
    ("Mg/ha", "in 'Mg/ha', which does not say carbon: it may be dry matter"),
    ("mm", "in 'mm', no unit of carbon density"),
    ("t C/ha/yr", "no unit of carbon density"),
])
def test_units_of_the_raster_that_are_refused(tmp_path, unit, message):
    path = write(tmp_path / "d.tif", np.array([[1.0]]), unit=unit)
    with pytest.raises(UnitError, match=message):
        convert(path, tmp_path / "o.tif")
    assert not (tmp_path / "o.tif").exists()
    assert convert(path, tmp_path / "o.tif", source_unit="t C/ha").mean == 1


def test_given_units_that_are_refused(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[1.0]]))
    with pytest.raises(UnitError, match="'Mg/ha' is a mass without carbon in its name. Give a carbon fraction"):
        convert(path, tmp_path / "o.tif", source_unit="Mg/ha")
    with pytest.raises(UnitError, match="'furlong' is not a unit .* Choose one of: " + DENSITY_UNITS[0]):
        convert(path, tmp_path / "o.tif", source_unit="furlong")
    with pytest.raises(UnitError, match="'t/ha' is not a unit of carbon density"):
        convert(path, tmp_path / "o.tif", source_unit="t C/ha", target_unit="t/ha")


def test_a_fraction_of_what_is_carbon_already_is_refused(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[1.0]]), unit="t C/ha")
    with pytest.raises(InputError, match="says that it holds carbon .t C/ha., but a carbon fraction of 0.47"):
        convert(path, tmp_path / "o.tif", carbon_fraction=0.47)


@pytest.mark.parametrize("more, message", [
    ({"carbon_fraction": 0}, "The carbon fraction is 0; it must be above 0 and at most 1"),
    ({"carbon_fraction": 47}, "The carbon fraction is 47"),
    ({"carbon_fraction": float("nan")}, "The carbon fraction is nan"),
    ({"scale": 0}, "The scale is 0"),
    ({"scale": float("inf")}, "The scale is inf"),
    ({"offset": float("nan")}, "The offset is nan"),
    ({"pool": "roots"}, "'roots' is no carbon pool. Choose one of: above, below"),
    ({"band": 2}, r"has 1 band\(s\); band 2"),
])
def test_refused_parameters(tmp_path, more, message):
    path = write(tmp_path / "d.tif", np.array([[1.0]]))
    with pytest.raises(InputError, match=message):
        convert(path, tmp_path / "o.tif", source_unit="t C/ha", **more)


@pytest.mark.parametrize("pool, value, words", [
    ("above", 601, "2 cells are above 600 t C/ha"), ("below", 601, "2 cells are above 600 t C/ha"),
    ("soil", 2001, "2 cells are above 2000 t C/ha, which soil hardly reaches"), ("soil", -1, "2 cells are negative"),
    (None, -1, "2 cells are negative, down to -0.1 kg C/m2"), ("dead", 0, "The density is 0 in every cell"),
])
def test_implausible_densities_warn_and_stay(tmp_path, pool, value, words):
    data = np.array([[value, value, 0]], np.float32)
    path = write(tmp_path / "d.tif", data, unit="t C/ha")
    result = convert(path, tmp_path / "o.tif", pool=pool, target_unit="kg C/m2")
    assert any(words in note and not isinstance(note, Remark) for note in result.notes)
    np.testing.assert_allclose(read(tmp_path / "o.tif"), data / 10, rtol=1e-6)


@pytest.mark.parametrize("pool, value", [("above", 600), ("soil", 2000), ("total", 2500), (None, 5000)])
def test_plausible_densities_do_not_warn(tmp_path, pool, value):
    path = write(tmp_path / "d.tif", np.array([[value]], np.float32), unit="t C/ha")
    assert not any("Warning" in note for note in convert(path, tmp_path / "o.tif", pool=pool).notes)


def test_outside_the_mask_is_nodata(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[1.0, 2, 3]]), unit="t C/ha")
    result = convert(path, tmp_path / "o.tif", mask=rectangle(5e5, 4e6 - 1000, 5e5 + 2000, 4e6))
    np.testing.assert_array_equal(read(tmp_path / "o.tif"), [[1, 2, np.nan]])
    assert (result.valid_cells, result.area_km2) == (2, 2)


def test_the_mean_is_weighted_by_area(tmp_path):
    path = write(tmp_path / "d.tif", np.array([[10.0], [0.0]]), unit="t C/ha", crs="EPSG:4326", cell=30, origin=(0, 90))
    result = convert(path, tmp_path / "o.tif")
    # Zones 60-90 and 30-60 degrees: areas as 1 - sin 60 to sin 60 - sin 30, nearly so on the ellipsoid.
    low, high = 1 - np.sin(np.pi / 3), np.sin(np.pi / 3) - 0.5
    assert result.area_mode == "ellipsoidal"
    assert result.mean == pytest.approx(10 * low / (low + high), rel=0.01)
    assert result.total == pytest.approx(result.mean * 100 * result.area_km2 / 1e6, rel=1e-12)


def test_no_valid_cell_is_an_error(tmp_path):
    path = write(tmp_path / "d.tif", np.full((2, 2), np.nan), unit="t C/ha")
    with pytest.raises(RasterError, match="No valid cell is left"):
        convert(path, tmp_path / "o.tif")


def test_blocks_and_threads_change_nothing(tmp_path):
    random = np.random.default_rng(2)
    data = random.gamma(2, 30, (700, 900)).astype(np.float32)
    data[random.random(data.shape) < 0.2] = -1
    path = write(tmp_path / "d.tif", data, nodata=-1, unit="t C/ha")
    one = convert(path, tmp_path / "a.tif", target_unit="kg C/m2")
    two = convert(path, tmp_path / "b.tif", target_unit="kg C/m2", settings=EngineSettings(memory_mb=1, threads=3))
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))
    assert (one.valid_cells, one.ranges) == (two.valid_cells, two.ranges)
    assert (one.total, one.mean) == pytest.approx((two.total, two.mean), rel=1e-12)
