"""Stock from densities: known answers, sums that close, notes and refusals."""

import struct

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.density_stock import density_stock
from carbon_qgis.core.errors import Cancelled, InputError, OutputError, RasterError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


def write(path, values, unit="t C/ha", transform=KM, crs="EPSG:32650", nodata=None, dtype="float32", **tags):
    values = np.atleast_2d(np.asarray(values, dtype=dtype))
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
    with rasterio.open(str(path), "w", crs=crs, transform=transform, nodata=nodata, **profile) as dataset:
        dataset.write(values, 1)
        dataset.set_band_unit(1, unit)
        dataset.update_tags(**{name: str(value) for name, value in tags.items()})
    return str(path)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(float).filled(np.nan)


def pools(folder, **values):
    return {pool: density_raster(write(folder / (pool + ".tif"), array)) for pool, array in values.items()}


def run(densities, folder, names=("TOTAL", "STOCK"), **options):
    destinations = {name: str(folder / (name + ".tif")) for name in names}
    with OutputSet([density.path for density in densities.values()]) as outputs:
        return density_stock(densities, outputs, destinations, **options), destinations


def test_2_kg_per_m2_on_1_km2_are_2000_t(tmp_path):
    soil = density_raster(write(tmp_path / "soil.tif", [[2.0]], "kg C/m2"))
    result, made = run({"soil": soil}, tmp_path)
    assert result.stock == 2000.0 and result.table.column("stock_Tg_C") == [0.002, 0.002]
    assert result.co2e == pytest.approx(2000 * 44 / 12)
    assert read(made["TOTAL"])[0, 0] == 20.0 and read(made["STOCK"])[0, 0] == 2000.0
    with rasterio.open(made["TOTAL"]) as total, rasterio.open(made["STOCK"]) as stock:
        assert total.units == ("t C/ha",) and stock.units == ("t C",)
        assert total.tags()["CARBON_POOL"] == "total"


def test_pools_add_up_in_mixed_units(tmp_path):
    above = density_raster(write(tmp_path / "a.tif", [[10, 20]], "t C/ha"))
    soil = density_raster(write(tmp_path / "s.tif", [[3000, 5000]], "g C/m2"))
    dead = density_raster(write(tmp_path / "d.tif", [[1, 2]], "kg C/m2"))
    result, made = run({"soil": soil, "above": above, "dead": dead}, tmp_path)
    assert read(made["TOTAL"]).tolist() == [[50.0, 90.0]]
    assert result.pools == ("above", "soil", "dead")
    assert result.table.column("pool") == ["above", "soil", "dead", "total"]
    assert result.table.column("stock_Tg_C") == pytest.approx([0.003, 0.008, 0.003, 0.014])
    assert result.table.column("share_percent") == pytest.approx([300 / 14, 800 / 14, 300 / 14, 100])
    assert result.table.column("mean_density_t_C_ha") == pytest.approx([15, 40, 15, 70])
    assert result.density_range == (50.0, 90.0) and result.stock_range == (5000.0, 9000.0)


def test_a_cell_needs_every_pool(tmp_path):
    result, made = run(pools(tmp_path, above=[[1, np.nan, 3, np.nan]], soil=[[1, 2, np.nan, np.nan]]), tmp_path)
    assert result.cells == 1 and result.nodata_share == 0.75 and result.stock == 200.0
    for path in made.values():
        assert np.isnan(read(path)).tolist() == [[False, True, True, True]]
    assert any("2 cells are valid in some pools only" in note for note in result.notes)


def test_geographic_stock_uses_the_area_of_each_row(tmp_path):
    fine = Affine(1 / 12, 0, 80, 0, -1 / 12, 49)
    path = write(tmp_path / "soil.tif", np.full((100, 3), 50, "int16"), transform=fine, crs="EPSG:4326", dtype="int16")
    result, made = run({"soil": density_raster(path)}, tmp_path)
    assert result.area_mode == "ellipsoidal"
    stock = read(made["STOCK"])
    assert stock[-1, 0] > stock[0, 0] * 1.1
    assert stock.sum() == pytest.approx(result.stock, rel=1e-6) == pytest.approx(result.area_km2 * 5000, rel=1e-6)


def test_the_year(tmp_path):
    one = density_raster(write(tmp_path / "a.tif", [[1]], CARBON_YEAR=2000))
    two = density_raster(write(tmp_path / "s.tif", [[1]], CARBON_YEAR=2010))
    with pytest.raises(InputError) as caught:
        run({"above": one, "soil": two}, tmp_path)
    assert "The pools are of different years (2000, 2010)" in str(caught.value)
    result, made = run({"above": one, "soil": two}, tmp_path, year=2005)
    assert result.year == 2005
    with rasterio.open(made["TOTAL"]) as dataset:
        assert dataset.tags()["CARBON_YEAR"] == "2005"
    assert run({"above": one}, tmp_path)[0].year == 2000


def test_unlikely_values_are_noted_and_not_changed(tmp_path):
    values = {"above": [[500, -1]], "below": [[150, 3]], "soil": [[2500, 1]], "dead": [[0, 0]]}
    result, made = run(pools(tmp_path, **values), tmp_path)
    notes = " ".join(result.notes)
    assert "Above- and below-ground carbon together reach 650 t C/ha, above 600" in notes
    assert "Pool 'soil' reaches 2500 t C/ha, above 2000: is the unit right?" in notes
    assert "Pool 'above' is negative in 1 cells (down to -1 t C/ha). Check its nodata value." in notes
    assert "Pool 'dead' is zero everywhere." in notes
    assert read(made["TOTAL"]).tolist() == [[3150.0, 3.0]]


def test_likely_values_are_not_noted(tmp_path):
    assert run(pools(tmp_path, above=[[550, 1]], soil=[[1900, 0]]), tmp_path)[0].notes == []


def test_swapped_and_double_rasters_are_noted(tmp_path):
    soil = density_raster(write(tmp_path / "s.tif", [[1]], CARBON_POOL="soil"))
    result, _ = run({"above": soil, "soil": soil}, tmp_path)
    notes = " ".join(result.notes)
    assert "given as pool 'above' ('{}') says that it is pool 'soil'".format(soil.path) in notes
    assert "was given for 2 pools and counts 2 times" in notes
    assert notes.count("says that it is") == 1


@pytest.mark.parametrize("settings", [EngineSettings(memory_mb=1, threads=1), EngineSettings(memory_mb=1, threads=4)])
def test_blocks_and_threads_change_no_cell(tmp_path, settings):
    generator = np.random.default_rng(2)
    arrays = {pool: generator.gamma(3, 20, (600, 530)) for pool in ("above", "below", "soil")}
    arrays["soil"][generator.random((600, 530)) < 0.2] = np.nan
    densities = pools(tmp_path, **arrays)
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    whole, first = run(densities, tmp_path / "a", settings=EngineSettings(threads=1))
    parts, second = run(densities, tmp_path / "b", settings=settings)
    for name in first:
        assert read(first[name]).tobytes() == read(second[name]).tobytes()
    assert parts.stock == pytest.approx(whole.stock, rel=1e-12)
    total = sum(array.astype("float32").astype(float) for array in arrays.values())
    np.testing.assert_allclose(read(first["TOTAL"]), total, rtol=1e-6)
    assert whole.cells == np.isfinite(total).sum()


def test_mask(tmp_path):
    ring = (500000, 3999000, 501000, 3999000, 501000, 4000000, 500000, 4000000, 500000, 3999000)
    polygon = struct.pack("<BIII10d", 1, 3, 1, 5, *ring)
    mask = PolygonLayer((polygon,), rasterio.crs.CRS.from_epsg(32650).to_wkt())
    result, _ = run(pools(tmp_path, soil=[[1, 2, 4]]), tmp_path, mask=mask)
    assert result.cells == 1 and result.stock == 100.0


def test_another_grid_is_aligned_and_said(tmp_path):
    above = density_raster(write(tmp_path / "a.tif", np.full((10, 10), 5.0)))
    fine = np.random.default_rng(0).uniform(0, 100, (20, 20))
    soil = density_raster(write(tmp_path / "s.tif", fine, transform=KM * Affine.scale(0.5)))
    result, _ = run({"above": above, "soil": soil}, tmp_path)
    assert result.table.column("mean_density_t_C_ha")[1] == pytest.approx(fine.mean(), rel=1e-3)
    assert any("'s.tif'" in note and "area-weighted averaging" in note for note in result.notes)


class Stopped:
    def update(self, fraction, message=None):
        pass

    def cancelled(self):
        return True


def test_refusals(tmp_path):
    with pytest.raises(InputError) as caught:
        run({}, tmp_path)
    assert "at least one pool: above, below, soil, dead" in str(caught.value)
    with pytest.raises(RasterError) as caught:
        run(pools(tmp_path, above=[[1, np.nan]], soil=[[np.nan, 1]]), tmp_path)
    assert "No valid cell is left in all pools together" in str(caught.value)
    soil = density_raster(write(tmp_path / "TOTAL.tif", [[1]]))
    with pytest.raises(OutputError) as caught:
        run({"soil": soil}, tmp_path)
    assert "is also an input" in str(caught.value)
    (tmp_path / "out").mkdir()
    with pytest.raises(Cancelled):
        run({"soil": soil}, tmp_path / "out", progress=Stopped())
    assert list((tmp_path / "out").iterdir()) == []
