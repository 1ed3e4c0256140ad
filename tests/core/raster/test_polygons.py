"""Masks and zones on a grid."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import GridError, InputError
from carbon_qgis.core.raster.polygons import PolygonLayer, on_grid
from tests.core.helpers import UTM, box, box_layer, make_grid, polygon_wkb

WKT = rasterio.crs.CRS.from_user_input(UTM).to_wkt()
GRID = make_grid(transform=(10, 0, 0, 0, -10, 100), shape=(10, 10))


def layer(*rings, names=(), crs=WKT):
    return PolygonLayer(tuple(polygon_wkb(ring) for ring in rings), crs, names, "'zones.gpkg'")


def test_a_cell_belongs_by_its_centre():
    # Centres lie at 5, 15, …: the box takes columns 1 to 3 and rows 2 to 4 from the top.
    burnt = on_grid(layer(box(6, 54, 36, 79)), GRID).burn(GRID, 0, 0, 10, 10)
    expected = np.zeros((10, 10), int)
    expected[2:5, 1:4] = 1
    np.testing.assert_array_equal(burnt, expected)


def test_a_window_is_a_part_of_the_whole_even_beyond_the_grid():
    polygons = on_grid(layer(box(6, 54, 36, 79), [(40, 10), (90, 15), (60, 70), (40, 10)]), GRID)
    whole = np.pad(polygons.burn(GRID, 0, 0, 10, 10), 2)
    np.testing.assert_array_equal(polygons.burn(GRID, -2, -2, 14, 14), whole)
    np.testing.assert_array_equal(polygons.burn(GRID, 3, 2, 4, 5), whole[5:9, 4:9])


def test_holes_are_outside():
    wkb = polygon_wkb(box(0, 0, 100, 100), box(20, 20, 80, 80))
    burnt = on_grid(PolygonLayer((wkb,), WKT), GRID).burn(GRID, 0, 0, 10, 10)
    assert burnt.sum() == 64 and burnt[5, 5] == 0


def test_names_make_zones_and_the_later_of_two_counts():
    zones = on_grid(layer(box(0, 0, 30, 100), box(30, 0, 60, 100), box(50, 0, 100, 100), names=("a", "b", "a")), GRID)
    assert (zones.names, zones.zones) == (("a", "b"), (1, 2, 1))
    np.testing.assert_array_equal(zones.burn(GRID, 0, 0, 1, 10), [[1, 1, 1, 2, 2, 1, 1, 1, 1, 1]])


def test_a_feature_without_geometry_does_not_shift_the_names():
    wkb = (polygon_wkb(box(0, 0, 30, 100)), b"", polygon_wkb(box(30, 0, 60, 100)))
    zones = on_grid(PolygonLayer(wkb, WKT, ("a", "nothing", "b")), GRID)
    assert zones.names == ("a", "b")
    np.testing.assert_array_equal(zones.burn(GRID, 0, 0, 1, 7), [[1, 1, 1, 2, 2, 2, 0]])


def test_an_empty_part_of_a_multipolygon_covers_nothing():
    import struct

    empty, full = polygon_wkb(), polygon_wkb(box(0, 0, 30, 100))
    multi = struct.pack("<BII", 1, 6, 2) + empty + full
    assert on_grid(PolygonLayer((multi,), WKT), GRID).burn(GRID, 0, 0, 10, 10).sum() == 30


def test_a_mask_in_another_crs():
    grid = make_grid(shape=(100, 100))
    mask = box_layer(117.0, 36.0, 118.0, 37.0, "EPSG:4326")  # all east of the middle meridian
    assert on_grid(mask, grid).burn(grid, 0, 0, 100, 100).all()
    west = make_grid(transform=(30, 0, 500_000 - 1500, 0, -30, 4e6), shape=(100, 100))
    burnt = on_grid(mask, west).burn(west, 0, 0, 100, 100)
    np.testing.assert_array_equal(burnt, np.tile(np.arange(100) >= 50, (100, 1)))


def test_rotated_grids():
    turn = rasterio.Affine.translation(50, 100) * rasterio.Affine.rotation(-45) * rasterio.Affine.scale(10, -10)
    grid = make_grid(transform=tuple(turn)[:6])
    rows, cols = np.mgrid[0:10, 0:10] + 0.5
    x, y = turn * (cols, rows)
    expected = (x > 33) & (x < 71) & (y > 12) & (y < 57)
    np.testing.assert_array_equal(on_grid(layer(box(33, 12, 71, 57)), grid).burn(grid, 0, 0, 10, 10), expected)


@pytest.mark.parametrize(
    "polygons, kind, message",
    [
        (layer(), InputError, "'zones.gpkg' holds no polygons"),
        (PolygonLayer((b"",), WKT, (), "'zones.gpkg'"), InputError, "holds no polygons"),
        (PolygonLayer((b"\x01\x01\0\0\0" + bytes(16),), WKT, (), "x"), InputError, "x holds no polygons, or also"),
        (layer([(0, 0), (9, 9), (0, 0)]), InputError, "'zones.gpkg' holds no polygon with three corners or more"),
        (layer(box(0, 0, 9, 9), names=("a", "b")), InputError, "'zones.gpkg' has 1 features but 2 names"),
        (layer(box(0, 0, 9, 9), crs=""), GridError, "'zones.gpkg' has no coordinate reference system"),
        (layer(box(500, 0, 900, 90)), GridError, "'zones.gpkg' does not overlap the raster: it covers x 500 to 900"),
    ],
)
def test_what_is_refused(polygons, kind, message):
    with pytest.raises(kind, match=message):
        on_grid(polygons, GRID)
