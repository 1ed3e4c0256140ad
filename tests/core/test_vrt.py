"""Virtual rasters: when a copy is needed, and what the XML says."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.raster.align import Alignment
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.raster.vrt import VrtBand, copy_reasons, stack_vrt


def write(path, data=((1, 2), (3, 4)), mask=None, crs="EPSG:4326"):
    data = np.array(data, np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", width=data.shape[1], height=data.shape[0], count=1, dtype="float32", crs=crs,
        transform=rasterio.Affine(0.5, 0, 110, 0, -0.5, 30),
    ) as dataset:
        dataset.write(data, 1)
        if mask is not None:
            dataset.write_mask(np.array(mask))
    return str(path)


def test_a_mask_band_needs_a_copy(tmp_path):
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        masked = write(tmp_path / "m.tif", mask=[[True, False], [True, True]])
    assert copy_reasons(Band(masked), Alignment()) == ["'m.tif' marks nodata with a mask or alpha band"]
    assert copy_reasons(Band(write(tmp_path / "p.tif")), Alignment()) == []


def test_another_grid_needs_a_copy(tmp_path):
    path = write(tmp_path / "p.tif")
    assert copy_reasons(Band(path), Alignment(shift=(1, 0))) == ["'p.tif' is on another grid"]
    assert copy_reasons(Band(path), Alignment(shift=None, resampling="mode")) == ["'p.tif' is on another grid"]


def test_grid_values_and_names_survive(tmp_path):
    path = write(tmp_path / "p.tif")
    grid = Grid.of(path)
    bands = [VrtBand(Band(path), 'a "b" <c> & ü', "t C/ha", (2.0, 1.0), nodata=4.0, tags={"K": "x<y"})]
    target = tmp_path / "v.vrt"
    target.write_text(stack_vrt(str(target), grid, bands, {"CARBON_YEAR": "2010"}), encoding="utf-8")
    assert Grid.of(str(target)).same_as(grid)
    with rasterio.open(target) as dataset:
        assert dataset.descriptions == ('a "b" <c> & ü',)
        assert dataset.units == ("t C/ha",)
        assert dataset.tags()["CARBON_YEAR"] == "2010" and dataset.tags(1)["K"] == "x<y"
        assert dataset.read(1, masked=True).filled(-1).tolist() == [[3, 5], [7, -1]]
        assert dataset.dtypes == ("float32",)


def test_names_of_gdal_are_not_made_relative(tmp_path):
    grid = Grid.of(write(tmp_path / "p.tif"))
    text = stack_vrt(str(tmp_path / "v.vrt"), grid, [VrtBand(Band('NETCDF:"x.nc":pre', 3), "PRE")], {})
    source = ElementTree.fromstring(text).find(".//SourceFilename")
    assert (source.text, source.get("relativeToVRT")) == ('NETCDF:"x.nc":pre', "0")
    assert ElementTree.fromstring(text).find(".//SourceBand").text == "3"


def test_a_raster_that_points_to_itself_is_refused(tmp_path):
    path = write(tmp_path / "p.tif")
    with pytest.raises(RasterError, match="would point to itself"):
        stack_vrt(path, Grid.of(path), [VrtBand(Band(path), "a")], {})
