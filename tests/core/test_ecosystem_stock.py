"""Stock by ecosystem, pool, year and zone: sums that close, maps by year, refusals."""

import struct

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.class_names import class_names_tag
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.ecosystem_stock import Tally, stock_by_ecosystem
from carbon_qgis.core.errors import Cancelled, InputError, RasterError
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


def write(path, values, dtype="float32", unit="", nodata=None, transform=KM, crs="EPSG:32650", **tags):
    values = np.atleast_2d(np.asarray(values, dtype=dtype))
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
    with rasterio.open(str(path), "w", crs=crs, transform=transform, nodata=nodata, **profile) as dataset:
        dataset.write(values, 1)
        if unit:
            dataset.set_band_unit(1, unit)
        dataset.update_tags(**{name: str(value) for name, value in tags.items()})
    return str(path)


def density(folder, values, year=None, pool=None, unit="t C/km2"):
    tags = {"CARBON_YEAR": year, "CARBON_POOL": pool}
    tags = {name: value for name, value in tags.items() if value is not None}
    return density_raster(write(folder / "c_{}_{}.tif".format(pool, year), values, unit=unit, **tags))


def classes(folder, values, year=None, dtype="uint8", **options):
    tags = {} if year is None else {"CARBON_YEAR": year}
    return write(folder / "e_{}.tif".format(year), values, dtype, **tags, **options)


def box(left, bottom, right, top):
    ring = (left, bottom, right, bottom, right, top, left, top, left, bottom)
    return struct.pack("<BIII10d", 1, 3, 1, 5, *ring)


def zones(*boxes, names=()):
    return PolygonLayer(tuple(box(*each) for each in boxes), rasterio.crs.CRS.from_epsg(32650).to_wkt(), tuple(names))


def rows(result, *columns):
    return [tuple(row[column] for column in columns) for row in result.table.as_dicts()]


def test_one_density_and_one_map(tmp_path):
    result = stock_by_ecosystem([density(tmp_path, [[1000, 2000, 4000]], 2000)], [classes(tmp_path, [[1, 1, 7]])])
    assert rows(result, "year", "code", "ecosystem", "pool", "cells", "area_km2") == [
        (2000, 1, "1", "total", 2, 2.0), (2000, 7, "7", "total", 1, 1.0)]  # fmt: skip
    assert result.table.column("stock_Tg_C") == pytest.approx([0.003, 0.004])
    assert result.table.column("mean_density_t_C_ha") == pytest.approx([15, 40])
    assert result.total_tg(2000) == pytest.approx(0.007) and result.notes == []


def test_every_year_takes_its_own_map(tmp_path):
    series = [density(tmp_path, [[10, 20]], 2010), density(tmp_path, [[1, 2]], 2000)]
    maps = [classes(tmp_path, [[1, 2]], 2000), classes(tmp_path, [[2, 1]], 2010)]
    result = stock_by_ecosystem(series, maps)
    found = {(row[0], row[1]): row[2] * 1e6 for row in rows(result, "year", "code", "stock_Tg_C")}
    assert found == pytest.approx({(2000, 1): 1, (2000, 2): 2, (2010, 1): 20, (2010, 2): 10})
    assert result.years == (2000, 2010)
    assert result.stocks(2010) == pytest.approx({1: 20e-6, 2: 10e-6})


def test_the_table_of_dates_goes_before_the_tags(tmp_path):
    maps = [classes(tmp_path, [[1, 2]], 1900), write(tmp_path / "untagged.tif", [[2, 1]], "uint8")]
    series = [density(tmp_path, [[1, 2]], 2000), density(tmp_path, [[10, 20]], 2010)]
    result = stock_by_ecosystem(series, maps, {maps[0]: 2000, maps[1]: 2010})
    assert result.stocks(2010) == pytest.approx({1: 20e-6, 2: 10e-6})


def test_a_map_that_no_density_needs_is_not_read(tmp_path):
    maps = [classes(tmp_path, [[1]], 2000), classes(tmp_path, [[1]], 2010, transform=KM * Affine.translation(99, 0))]
    assert stock_by_ecosystem([density(tmp_path, [[1]], 2000)], maps).total_tg(2000) == 1e-6


def test_pools_sum_up_unless_there_is_a_total(tmp_path):
    parts = [density(tmp_path, [[1, 2]], 2000, pool) for pool in ("above", "soil")]
    result = stock_by_ecosystem(parts, [classes(tmp_path, [[1, 2]])])
    assert result.total_tg(2000) == pytest.approx(6e-6) and result.pools == ("above", "soil")
    whole = stock_by_ecosystem(parts + [density(tmp_path, [[5, 5]], 2000, "total")], [classes(tmp_path, [[1, 2]])])
    assert whole.total_tg(2000) == pytest.approx(10e-6) and len(whole.table.rows) == 6
    assert "The total of 2000 is the raster of all pools; the single pools are listed beside it." in whole.notes


def test_years_with_other_pools_are_noted(tmp_path):
    series = [density(tmp_path, [[1]], 2000, "above"), density(tmp_path, [[1]], 2010, "soil")]
    notes = stock_by_ecosystem(series, [classes(tmp_path, [[1]])]).notes
    assert "The years have different pools: their totals cannot be compared." in notes


def test_zones_split_the_stock_and_close(tmp_path):
    left, right = (500000, 3999000, 501000, 4000000), (501000, 3999000, 503000, 4000000)
    series = [density(tmp_path, [[1, 2, 4, 8]], 2000)]
    maps = [classes(tmp_path, [[1, 1, 2, 2]])]
    result = stock_by_ecosystem(series, maps, zones=zones(left, right, names=("West", "East")))
    assert rows(result, "zone", "code", "cells") == [("West", 1, 1), ("East", 1, 1), ("East", 2, 1)]
    assert result.stocks(2000) == pytest.approx({1: 3e-6, 2: 4e-6})
    assert "1 cells have a density but no zone, and are in no row and no total (total 2000)." in result.notes
    whole = zones(left, (501000, 3999000, 504000, 4000000), names=("a", "b"))
    assert stock_by_ecosystem(series, maps, zones=whole).total_tg(2000) == pytest.approx(15e-6)


def test_zones_of_one_name_are_one_zone(tmp_path):
    parts = zones((500000, 3999000, 501000, 4000000), (502000, 3999000, 503000, 4000000), names=("A", "A"))
    result = stock_by_ecosystem([density(tmp_path, [[1, 2, 4]])], [classes(tmp_path, [[1, 1, 1]])], zones=parts)
    assert rows(result, "zone", "cells") == [("A", 2)] and result.total_tg(None) == pytest.approx(5e-6)


def test_cells_without_ecosystem_are_noted_and_left_out(tmp_path):
    maps = [classes(tmp_path, [[1, 255, 1]], nodata=255)]
    result = stock_by_ecosystem([density(tmp_path, [[1, 2, np.nan]], 2000)], maps)
    assert result.total_tg(2000) == pytest.approx(1e-6)
    assert result.notes == ["1 cells have a density but no ecosystem, and are in no row and no total (total 2000)."]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_sums_close_to_the_total_whatever_the_blocks(tmp_path, dtype):
    generator = np.random.default_rng(9)
    values, codes = generator.gamma(3, 900, (520, 610)), generator.integers(1, 7, (520, 610))
    codes[0, :] = 120
    series, maps = [density(tmp_path, values, 2000)], [classes(tmp_path, codes, dtype=dtype)]
    whole = stock_by_ecosystem(series, maps, area_mode="projected")
    expected = {int(code): values.astype("f4").astype(float)[codes == code].sum() / 1e6 for code in np.unique(codes)}
    assert whole.stocks(2000) == pytest.approx(expected, rel=1e-9)
    for threads in (1, 4):
        settings = EngineSettings(memory_mb=1, threads=threads)
        parts = stock_by_ecosystem(series, maps, area_mode="projected", settings=settings)
        assert parts.table.column("cells") == whole.table.column("cells")
        assert parts.table.column("stock_Tg_C") == pytest.approx(whole.table.column("stock_Tg_C"), rel=1e-12)


def test_tallies_add_up_like_one():
    generator = np.random.default_rng(1)
    keys, weights = generator.integers(0, 50, 400), generator.random(400)
    parts = Tally.of(keys[:100], 50, weights[:100]) + Tally.of(keys[100:], 50, weights[100:])
    whole = Tally.of(keys, 50, weights)
    assert sorted(parts) == sorted(whole)
    for key in whole:
        assert parts[key] == pytest.approx(whole[key], rel=1e-12) and whole[key][0] == (keys == key).sum()
    assert Tally() + whole == whole + Tally() == whole


def test_names(tmp_path):
    path = write(tmp_path / "n.tif", [[1, 2]], "uint8", **class_names_tag({1: "Forest", 3: "Never there"}))
    result = stock_by_ecosystem([density(tmp_path, [[1, 2]], 2000)], [path])
    assert result.names == {1: "Forest", 2: "2"} and result.table.column("ecosystem") == ["Forest", "2"]


def refused(text, *arguments, error=InputError, **options):
    with pytest.raises(error) as caught:
        stock_by_ecosystem(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


class Stopped:
    def update(self, fraction, message=None):
        pass

    def cancelled(self):
        return True


def test_refusals(tmp_path):
    one, two = density(tmp_path, [[1]], 2000), density(tmp_path, [[1]], 2010)
    map_2000, map_2010 = classes(tmp_path, [[1]], 2000), classes(tmp_path, [[1]], 2010)
    undated = classes(tmp_path, [[1]])
    refused("Give at least one density raster", [], [undated])
    refused("Give an ecosystem (class) raster", [one], [])
    refused("are both the total density of 2000", [one, one], [undated])
    refused("The year of the ecosystem map '{}' is not known".format(undated), [one, two], [map_2000, undated])
    refused("are both the ecosystem map of 2000", [one, two], [map_2000, map_2000])
    series = [one, two, density(tmp_path, [[1]], 2020)]
    refused("There is no ecosystem map of 2020 for '{}'; maps are there of: 2000, 2010".format(series[2].path), series,
            [map_2010, map_2000])  # fmt: skip
    refused("There is no ecosystem map of an unknown year", [density(tmp_path, [[1]])], [map_2010, map_2000])
    empty = write(tmp_path / "x.tif", [[255]], "uint8", nodata=255)
    refused("No valid cell is left in densities and ecosystems together", [one], [empty], error=RasterError)
    refused("Cancelled", [one], [undated], error=Cancelled, progress=Stopped())
