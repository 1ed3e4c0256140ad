"""Distances on a grid."""

import pytest
from rasterio.crs import CRS
from rasterio.transform import from_origin

from carbon_qgis.core.errors import GridError
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.raster.positions import metres_per_unit


def grid(crs):
    return Grid(CRS.from_user_input(crs).to_wkt(), tuple(from_origin(0, 1000, 10, 10))[:6], 10, 10)


def test_feet_are_feet():
    assert metres_per_unit(grid("EPSG:32645")) == 1.0
    assert metres_per_unit(grid("EPSG:2249")) == pytest.approx(0.3048006096)


def test_a_local_crs_has_no_distances():
    with pytest.raises(GridError, match="The CRS nowhere is neither projected nor geographic.*Reproject"):
        metres_per_unit(grid('LOCAL_CS["nowhere",UNIT["metre",1]]'))
