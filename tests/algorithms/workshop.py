"""Rasters, tables and readers for the tests of the algorithms."""

import csv
import json
import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsRasterLayer, QgsRectangle, QgsVectorLayer

#: Cells of 100 m: 1 ha.
HECTARE = Affine(100, 0, 500000, 0, -100, 4000000)
POOLS = "lucode,LULC_name,c_above,c_below,c_soil,c_dead\n1,forest,60,15,90,5\n2,meadow,2,4,80,0\n"
ECOSYSTEMS = "code,ecosystem\n1,Forest\n2,Grass & <herbs>\n3,Forest\n9,Desert\n"
GRADES = "code,grade,name\n1,2,forest\n2,3,crops\n3,4,town\n"


class Workshop:
    """A folder of inputs and one of outputs, and the algorithms to run between them."""

    def __init__(self, folder, run_algorithm):
        self.folder, self.out, self._run = folder, folder / "out", run_algorithm
        self.out.mkdir()

    def raster(
        self, name, values, unit="", nodata=None, dtype="float32", transform=HECTARE, names=(), band_tags=None, **tags
    ):
        """Write a raster of hectares, one band or several; its path."""
        values = np.asarray(values, dtype=dtype)
        values = values[np.newaxis] if values.ndim == 2 else values
        count, height, width = values.shape
        path = str(self.folder / name)
        profile = {"driver": "GTiff", "height": height, "width": width, "count": count, "dtype": dtype}
        with rasterio.open(path, "w", crs="EPSG:32650", transform=transform, nodata=nodata, **profile) as dataset:
            dataset.write(values)
            dataset.update_tags(**tags)
            for band in range(1, count + 1):
                dataset.set_band_unit(band, unit)
                dataset.update_tags(band, **(band_tags or {}))
                if names:
                    dataset.set_band_description(band, names[band - 1])
        return path

    def cover(self):
        """Land cover with five valid hectares; its path."""
        cells = [[1, 1, 2], [3, 2, 255]]
        return self.raster("cover_2010.tif", cells, dtype="uint8", nodata=255, CARBON_YEAR="2010")

    def table(self, name, text):
        """Write a text table; its path."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def path(self, name):
        """Path of an output."""
        return str(self.out / name)

    def run(self, algorithm, parameters, **options):
        """Run as a user would; the outputs."""
        return self._run(algorithm, parameters, **options)

    def refusal(self, algorithm, parameters, **options):
        """The message with which an algorithm refuses; nothing is written then."""
        before = sorted(os.listdir(self.out))
        with pytest.raises(QgsProcessingException) as caught:
            self.run(algorithm, parameters, **options)
        assert sorted(os.listdir(self.out)) == before
        return str(caught.value)


def polygon(left, bottom, right, top):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32650", "area", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, bottom, right, top)))
    layer.dataProvider().addFeature(feature)
    return layer


def left_column():
    """A mask of the first column of a raster."""
    return polygon(500000, 3999000, 500100, 4000000)


def read(path, band=1):
    with rasterio.open(path) as dataset:
        return dataset.read(band, masked=True).astype(float).filled(np.nan)


def same(path, expected, band=1):
    np.testing.assert_allclose(read(path, band), np.asarray(expected, dtype=float), rtol=1e-6)
    return True


def table_rows(path):
    """The rows of a CSV file, each by its columns."""
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def record(path):
    with open(path + ".run.json", encoding="utf-8") as stream:
        return json.load(stream)


def content(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def legend(path):
    """Renderer type, and labels by class code of a styled class raster."""
    layer = QgsRasterLayer(path)
    layer.loadDefaultStyle()
    renderer = layer.renderer()
    labels = {item.value: item.label for item in renderer.classes()} if renderer.type() == "paletted" else {}
    return renderer.type(), labels
