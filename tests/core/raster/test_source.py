"""What is said of files before a cell is read: formats, texts in other encodings, names of data elsewhere."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import InputError, RasterError
from carbon_qgis.core.raster import source
from carbon_qgis.core.raster.source import open_raster, raster_info


def raster(path, **tags):
    """A small GeoTIFF with a tag."""
    options = dict(driver="GTiff", width=4, height=4, count=1, dtype="float32", crs="EPSG:32650")
    with rasterio.open(path, "w", transform=rasterio.Affine(30, 0, 0, 0, -30, 0), **options) as made:
        made.write(np.ones((1, 4, 4), "float32"))
        made.set_band_unit(1, "degrees C")
        made.set_band_description(1, "TEMP name")
        made.update_tags(**tags)
    return str(path)


def changed(path, old, new):
    """The same file with some bytes replaced by as many others."""
    with open(path, "rb") as stream:
        data = stream.read()
    assert old in data and len(old) == len(new)
    with open(path, "wb") as stream:
        stream.write(data.replace(old, new))
    return path


def test_texts_in_another_encoding_are_left_out(tmp_path):
    """GeoTIFFs of old programs hold Latin-1: their cells are as good."""
    path = changed(raster(tmp_path / "old.tif", note="Zurich"), b"Zurich", b"Z\xfcrich")
    info = raster_info(path)
    assert "note" not in info.tags and info.count == 1
    path = changed(raster(tmp_path / "unit.tif"), b"degrees C", b"degree \xb0C")
    assert raster_info(path).units == ("",)


def test_a_crs_that_is_no_text(tmp_path):
    path = changed(raster(tmp_path / "crs.tif"), b"WGS 84 / UTM", b"WGS \xb8\xff / UTM")
    try:
        with open_raster(path) as data:
            assert data.crs
    except RasterError as error:
        assert "crs.tif' cannot be read as a raster" in str(error)


def test_complex_cells_are_refused_by_name(tmp_path):
    path = str(tmp_path / "c.tif")
    options = dict(driver="GTiff", width=4, height=4, count=1, crs="EPSG:32650", dtype="complex_int16")
    with rasterio.open(path, "w", transform=rasterio.Affine(30, 0, 0, 0, -30, 0), **options):
        pass
    with pytest.raises(RasterError, match="c.tif' holds complex numbers .complex_int16"):
        raster_info(path)


def test_only_known_formats_are_opened(tmp_path):
    path = tmp_path / "x.pnm"
    path.write_bytes(b"P5\n4 4\n255\n" + bytes(16))
    with pytest.raises(RasterError, match="x.pnm' cannot be read as a raster.*GeoTIFF always works"):
        raster_info(str(path))


def test_overviews_elsewhere_are_not_asked_for(tmp_path):
    path = raster(tmp_path / "x.tif")
    with rasterio.open(path, "r+") as data:
        data.update_tags(ns="OVERVIEWS", OVERVIEW_FILE="/vsicurl/http://127.0.0.1:9/x.ovr")
    with pytest.raises(InputError, match="x.tif' leads to the network: it names '/vsicurl"):
        raster_info(path)


@pytest.mark.parametrize("width, height", [(-3, 5), (4, -1)])
def test_sizes_below_one_are_refused(tmp_path, monkeypatch, width, height):
    """A damaged GRIB file may say so, and GDAL passes it on."""

    class Damaged:
        count, subdatasets = 1, ()

        def __init__(self):
            self.width, self.height = width, height

        def tags(self, ns):
            return {}

        def close(self):
            pass

    monkeypatch.setattr(source, "_opened", lambda path: Damaged())
    with pytest.raises(RasterError, match="x.grb' declares {} x {} cells: it is damaged".format(width, height)):
        raster_info(str(tmp_path / "x.grb"))
