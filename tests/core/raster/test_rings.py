"""What is left out of a ring makes no difference to any cell: against the whole ring, by GDAL itself."""

import numpy as np
import pytest
from affine import Affine
from rasterio.features import rasterize

from carbon_qgis.core.raster.polygons import PolygonLayer, on_grid
from carbon_qgis.core.raster.rings import seen_from
from tests.core.helpers import make_grid, polygon_wkb

SHAPE = (60, 80)


def winding(random, kind, corners):
    """A closed ring of a kind, in pixels of the grid: most leave the grid, many cross themselves."""
    turn = np.sort(random.uniform(0, 2 * np.pi, corners))
    if kind == "star":
        radius = random.uniform(2, 60, corners)
    elif kind == "coast":
        radius = 30 + np.cumsum(random.normal(0, 1.5, corners))
    elif kind == "spiral":
        turn, radius = np.linspace(0, 14 * np.pi, corners), np.linspace(1, 90, corners)
    else:  # a walk that returns nowhere
        steps = np.cumsum(random.normal(0, 5, (corners, 2)), axis=0) + (40, 30)
        return np.vstack([steps, steps[:1]])
    points = np.column_stack([40 + radius * np.cos(turn), 30 + radius * np.sin(turn)])
    if kind == "star":
        points = np.round(points * 2) / 2  # on the edges and centres of cells
    return np.vstack([points, points[:1]])


@pytest.mark.parametrize("kind", ["star", "coast", "spiral", "walk"])
@pytest.mark.parametrize("affine", [(10, 0, 5e5, 0, -10, 4e6), (7, 3, 5e5, 2, -9, 4e6)], ids=["north up", "turned"])
def test_cells_are_those_of_the_whole_ring(kind, affine):
    random = np.random.default_rng(sum(kind.encode()))
    grid = make_grid(transform=affine, shape=SHAPE)
    reduced = 0
    for _ in range(40):
        rings = [winding(random, kind, int(random.integers(40, 900))) for _ in range(int(random.integers(1, 4)))]
        points = [np.column_stack(grid.affine * (ring[:, 0], ring[:, 1])) for ring in rings]
        shape = {"type": "Polygon", "coordinates": [ring.tolist() for ring in points]}
        polygons = on_grid(PolygonLayer((polygon_wkb(*[r.tolist() for r in points]),), grid.crs_wkt), grid)
        for _ in range(6):
            row, col = int(random.integers(0, 55)), int(random.integers(0, 75))
            height, width = int(random.integers(1, 61 - row)), int(random.integers(1, 81 - col))
            window = polygons.burn(grid, row, col, height, width)
            there = grid.affine * Affine.translation(col, row)
            whole = rasterize([(shape, 1)], out_shape=(height, width), transform=there)
            np.testing.assert_array_equal(window, whole)
            seen = [seen_from(ring, ring - (col, row), height, width) for ring in rings]
            reduced += sum(len(ring) - len(few) for ring, few in zip(rings, seen))
    assert reduced > 1000  # something was left out


def test_a_path_round_a_corner_of_the_window_is_kept():
    """Beyond the left side, then beyond the upper one: straight from first to last would cut the window's corner."""
    left = [(-5.0, 30.0 - i) for i in range(40)]
    upper = [(-5.0 + i, -10.0) for i in range(1, 60)]
    ring = np.array(left + upper + [(54.0, 30.0), left[0]])
    few = seen_from(ring, ring, 20, 20)
    assert len(few) < 12
    cells = [burnt(kept) for kept in (ring, few)]
    np.testing.assert_array_equal(*cells)
    assert cells[0].all()


def burnt(ring):
    """Cells of a window of 20 x 20 in a ring given in pixels."""
    return rasterize([({"type": "Polygon", "coordinates": [ring.tolist()]}, 1)], out_shape=(20, 20))


@pytest.mark.parametrize("turn", [1, -1])
def test_an_edge_on_the_centres_of_a_row_is_filled_as_in_the_whole(turn):
    """GDAL fills such edges in one direction of the ring alone; what is left must run in the same direction."""
    wave = [(x, 40.0 + 20 * np.sin(x)) for x in np.linspace(-90, 90, 500)]
    ring = np.array([(-3.0, 9.5), (30.0, 9.5), *wave[::-1], (-3.0, 9.5)])[::turn]
    few = seen_from(ring, ring, 20, 20)
    assert len(few) < 100
    np.testing.assert_array_equal(burnt(few), burnt(ring))


def test_a_ring_whose_direction_is_not_clear_stays_as_it_is():
    far = [(100 + 30 * np.cos(a), 30 * np.sin(a)) for a in np.linspace(-1.5, 4.6, 99)]
    lowest = (100.0, -31.0)
    clear = np.array([lowest, *far, lowest])
    assert len(seen_from(clear, clear, 20, 20)) < 10
    for ring in ([lowest, *far[:50], lowest, *far[50:], lowest], [lowest, lowest, *far, lowest]):
        assert seen_from(np.array(ring), np.array(ring), 20, 20).tolist() == np.array(ring).tolist()
