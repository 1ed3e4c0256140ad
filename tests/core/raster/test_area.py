"""Areas of cells, against formulas and a geodesic library that share nothing with the code."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import GridError
from carbon_qgis.core.raster.area import cell_areas
from tests.core.helpers import make_grid

A, F = 6378137.0, 1 / 298.257223563


def whole(areas, grid):
    return np.broadcast_to(areas.block(0, 0, *grid.shape), grid.shape)


def meridian_integral(south, north, width_degrees, steps=500):
    """Area (km2) between parallels by numerical integration of M(φ)·N(φ)·cos φ."""
    e2 = F * (2 - F)
    edges = np.radians(np.linspace(south, north, steps + 1))
    middle = (edges[1:] + edges[:-1]) / 2
    root = 1 - e2 * np.sin(middle) ** 2
    strip = A * (1 - e2) / root**1.5 * A / np.sqrt(root) * np.cos(middle)
    return strip.sum() * np.radians(north - south) / steps * np.radians(width_degrees) / 1e6


@pytest.mark.parametrize("latitude, about", [(34, 0.712), (49, 0.565), (0, 0.855), (-49, 0.565)])
def test_one_kilometre_cells_of_a_geographic_grid(latitude, about):
    cell = 1 / 120
    grid = make_grid("EPSG:4326", (cell, 0, 100, 0, -cell, latitude + cell / 2), (1, 3))
    areas = cell_areas(grid)
    assert areas.mode == "ellipsoidal"
    assert areas.block(0, 0, 1, 3).item() == pytest.approx(about, abs=6e-4)
    expected = meridian_integral(latitude - cell / 2, latitude + cell / 2, cell)
    assert areas.block(0, 0, 1, 3).item() == pytest.approx(expected, rel=1e-9)


def test_the_whole_earth():
    grid = make_grid("EPSG:4326", (0.5, 0, -180, 0, -0.5, 90), (360, 720))
    assert whole(cell_areas(grid), grid).sum() == pytest.approx(510_065_621.724, rel=1e-9)
    south_up = make_grid("EPSG:4326", (0.5, 0, -180, 0, 0.5, -90), (360, 720))
    np.testing.assert_allclose(whole(cell_areas(south_up), grid), whole(cell_areas(grid), grid)[::-1], rtol=1e-9)


def test_a_grid_in_grads_and_one_on_a_sphere():
    grads = make_grid("EPSG:4807", (0.01, 0, 2, 0, -0.01, 54), (1, 1))
    assert grads.crs.is_geographic
    degrees = 0.9
    # NTF is on the Clarke 1880 (IGN) ellipsoid, slightly larger than WGS 84.
    expected = meridian_integral(53.99 * degrees, 54 * degrees, 0.01 * degrees)
    assert cell_areas(grads).block(0, 0, 1, 1).item() == pytest.approx(expected, rel=1e-3)
    sphere = make_grid("+proj=longlat +R=6371000", (1, 0, 0, 0, -1, 60), (1, 1))
    expected = 6371.0**2 * np.radians(1) * (np.sin(np.radians(60)) - np.sin(np.radians(59)))
    assert cell_areas(sphere).block(0, 0, 1, 1).item() == pytest.approx(expected, rel=1e-12)


def test_metres_and_feet_and_rotation_when_projected():
    assert cell_areas(make_grid(), "projected").constant == pytest.approx(900 / 1e6, rel=1e-15)
    feet = make_grid("EPSG:2249", (100, 0, 7e5, 0, -100, 3e6))
    assert cell_areas(feet).constant == pytest.approx((100 * 1200 / 3937) ** 2 / 1e6, rel=1e-12)
    turn = rasterio.Affine.translation(5e5, 4e6) * rasterio.Affine.rotation(20) * rasterio.Affine.scale(30, -30)
    assert cell_areas(make_grid(transform=tuple(turn)[:6]), "projected").constant == pytest.approx(9e-4, rel=1e-12)


def test_auto_changes_over_at_half_a_per_cent():
    # The area scale of UTM is 0.9996² at its middle (−0.08 %) and grows with the square of the distance.
    at = {}
    for east in (500_000, 800_000, 1_000_000, 1_200_000):
        areas = cell_areas(make_grid("EPSG:32650", (30, 0, east, 0, -30, 4e6)))
        at[east] = areas.mode
    assert at == {500_000: "projected", 800_000: "projected", 1_000_000: "ellipsoidal", 1_200_000: "ellipsoidal"}
    scale = (0.9996 * (1 + 700_000**2 / (2 * 6378137.0**2))) ** 2
    far = make_grid("EPSG:32650", (30, 0, 1_200_000, 0, -30, 4e6))
    assert whole(cell_areas(far), far).mean() == pytest.approx(9e-4 / scale, rel=2e-3)


def test_ellipsoidal_may_be_asked_for_anywhere():
    areas = cell_areas(make_grid(), "ellipsoidal")
    assert areas.mode == "ellipsoidal"
    assert areas.mean() == pytest.approx(9e-4 / 0.9996**2, rel=1e-6)


def test_an_equal_area_grid_keeps_its_constant():
    areas = cell_areas(make_grid("EPSG:3035", (1000, 0, 4e6, 0, -1000, 3e6), (100, 100)))
    assert (areas.mode, areas.constant) == ("projected", 1.0)


def test_web_mercator_at_60_degrees_north():
    grid = make_grid("EPSG:3857", (1000, 0, 0, 0, -1000, 8_399_738), (1, 1))
    latitude = np.radians(60)
    e2 = F * (2 - F)
    # Scale of the spherical formula on the ellipsoid: along the parallel a/(N cos φ), along the meridian a/(M cos φ).
    root = 1 - e2 * np.sin(latitude) ** 2
    expected = (A / np.sqrt(root)) * (A * (1 - e2) / root**1.5) * np.cos(latitude) ** 2 / A**2
    areas = cell_areas(grid)
    assert areas.mode == "ellipsoidal"
    assert areas.block(0, 0, 1, 1).item() == pytest.approx(expected, rel=2e-4)
    assert expected == pytest.approx(0.2508, abs=1e-4)


def test_a_polar_grid_has_no_hole_at_the_pole():
    grid = make_grid("EPSG:3413", (5000, 0, -500_000, 0, -5000, 500_000), (200, 200))
    areas = whole(cell_areas(grid, "ellipsoidal"), grid)
    assert np.isfinite(areas).all()
    # Scale k = (1 + sin 70°)/(1 + sin φ) on the sphere; 2 % lower than 1 at the pole.
    assert areas[100, 100] == pytest.approx(25 / ((1 + np.sin(np.radians(70))) / 2) ** 2, rel=2e-3)
    np.testing.assert_allclose(areas, areas[::-1, ::-1], rtol=1e-5)
    np.testing.assert_allclose(areas, areas.T, rtol=1e-5)


CASES = [
    ("EPSG:3857", (5000, 0, -3e6, 0, -5000, 9e6), (900, 1200)),
    ("EPSG:3413", (5000, 0, -3e6, 0, -5000, 3e6), (1200, 1200)),
    ("EPSG:32650", (2000, 0, 0, 0, -2000, 5e6), (700, 1100)),
    ("EPSG:28992", (500, 0, 0, 0, -500, 6e5), (600, 600)),
    ("EPSG:27572", (1000, 0, 1e5, 0, -1000, 2.6e6), (300, 1000)),
    ("EPSG:8857", (10_000, 0, -3e6, 0, -10_000, 6e6), (600, 600)),
    ("ESRI:54030", (20_000, 0, -1e6, 0, -20_000, 8e6), (700, 600)),
    ("EPSG:4326", (0.01, 0.004, 100, 0.003, -0.01, 45), (400, 500)),
]


@pytest.fixture(scope="module")
def pyproj():
    """The geodesic library, with the system's PROJ data: it looks for them below the virtual environment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pytest.importorskip("pyproj")
    try:
        found.datadir.get_data_dir()
    except found.exceptions.DataDirError:
        found.datadir.set_data_dir(str(Path(sys.base_prefix, "share", "proj")))
    return found


@pytest.mark.parametrize("crs, transform, shape", CASES, ids=[case[0] for case in CASES])
def test_cells_between_the_lattice_nodes_agree_with_geodesic_polygons(pyproj, crs, transform, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        system = pyproj.CRS.from_user_input(crs)
        geographic = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    unit = system.geodetic_crs.axis_info[0].unit_conversion_factor
    grid = make_grid(crs, transform, shape)
    areas = cell_areas(grid, "ellipsoidal")
    assert areas.lattice is not None
    # Robinson's projection is a table every 5 degrees: its area element has kinks.
    tolerance = 2e-4 if crs == "ESRI:54030" else 3e-5
    rng = np.random.default_rng(3)
    side = np.linspace(0, 1, 20, endpoint=False)
    square = np.concatenate([np.stack([side, 0 * side]), np.stack([0 * side + 1, side])], axis=1)
    square = np.concatenate([square, 1 - square], axis=1)
    for row, col in zip(rng.integers(0, shape[0], 60).tolist(), rng.integers(0, shape[1], 60).tolist()):
        x, y = grid.xy(col + square[0], row + square[1])
        if not system.is_geographic:
            x, y = geographic.transform(x, y)
        expected = abs(system.get_geod().polygon_area_perimeter(np.degrees(x * unit), np.degrees(y * unit))[0]) / 1e6
        assert areas.block(row, col, 1, 1).item() == pytest.approx(expected, rel=tolerance)


def test_a_block_is_a_part_of_the_whole():
    grid = make_grid("EPSG:3857", (3000, 0, 0, 0, -3000, 9e6), (700, 600))
    areas = cell_areas(grid)
    np.testing.assert_array_equal(areas.block(200, 100, 50, 80), whole(areas, grid)[200:250, 100:180])
    rows = make_grid("EPSG:4326", (0.1, 0, 0, 0, -0.1, 50), (50, 60))
    np.testing.assert_array_equal(
        np.broadcast_to(cell_areas(rows).block(20, 10, 5, 8), (5, 8)), whole(cell_areas(rows), rows)[20:25, 10:18]
    )


def test_corners_of_a_world_map_do_not_stop_it():
    # Corners lie outside the Earth; GDAL then refuses all points of a call.
    grid = make_grid("ESRI:54009", (90_500, 0, -18.1e6, 0, -91_000, 9.1e6), (200, 400))
    areas = whole(cell_areas(grid, "ellipsoidal"), grid)
    assert np.isfinite(areas).all() and areas.min() > 0
    x, y = grid.xy(*np.meshgrid(np.arange(400) + 0.5, np.arange(200) + 0.5))
    on_earth = (x / (2 * np.sqrt(2) * A)) ** 2 + (y / (np.sqrt(2) * A)) ** 2 <= 1
    assert areas[on_earth].sum() == pytest.approx(510_065_622, rel=2e-3)


def test_a_grid_beside_the_earth_is_refused():
    with pytest.raises(GridError, match="No cell of the raster lies on the Earth"):
        cell_areas(make_grid("ESRI:54009", (1000, 0, 17.9e6, 0, -1000, 9e6), (50, 50)), "ellipsoidal")


def test_projected_areas_of_degrees_are_refused():
    with pytest.raises(GridError, match="measured in degrees: 'projected' areas do not exist there"):
        cell_areas(make_grid("EPSG:4326", (0.1, 0, 0, 0, -0.1, 50)), "projected")


def test_a_local_crs_is_refused():
    local = make_grid('LOCAL_CS["site",UNIT["metre",1]]', (1, 0, 5, 0, -1, 5))
    with pytest.raises(GridError, match="neither projected nor geographic"):
        cell_areas(local)
