"""Headers of classic NetCDF files: sound ones of three kinds are taken, what counts more than there is is refused."""

import struct

import numpy as np
import pytest
import rasterio
import rasterio.shutil

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.foreign_files import require_harmless
from carbon_qgis.core.raster.source import open_raster
from tests.core.helpers import make_raster

#: Version: (how a count is packed, how a place is packed).
KINDS = {1: (">I", ">I"), 2: (">I", ">Q"), 5: (">Q", ">Q")}


class Header:
    """Parts of a header, each a list of bytes that a test may change."""

    def __init__(self, version=1):
        self.version, (self._count, self._place) = version, KINDS[version]
        self.dimensions = self.list(10, [self.text("lon") + self.count(2), self.text("t") + self.count(0)])
        self.attributes = self.list(12, [self.attribute("title", 2, b"abc"), self.attribute("n", 6, bytes(16), 2)])
        attributes = self.list(12, [self.attribute("scale", 5, bytes(4), 1)])
        of_lon = self.text("lon") + self.count(1) + self.count(0) + attributes + struct.pack(">i", 5) + self.count(8)
        self.variables = self.list(11, [of_lon + struct.pack(self._place, 200)])

    def count(self, number):
        return struct.pack(self._count, number)

    def text(self, text):
        return self.count(len(text)) + text.encode().ljust((len(text) + 3) // 4 * 4, b"\0")

    def attribute(self, name, kind, values, count=None):
        count = len(values) if count is None else count
        return self.text(name) + struct.pack(">i", kind) + self.count(count) + values + bytes(-len(values) % 4)

    def list(self, kind, items, count=None):
        return struct.pack(">i", kind) + self.count(len(items) if count is None else count) + b"".join(items)

    def save(self, path, values=bytes(64)):
        head = b"CDF" + bytes([self.version]) + self.count(0)
        path.write_bytes(head + self.dimensions + self.attributes + self.variables + values)
        return str(path)


@pytest.mark.parametrize("version", KINDS)
def test_sound_headers_are_taken(tmp_path, version):
    require_harmless(Header(version).save(tmp_path / "x.nc"))
    require_harmless(Header(version).save(tmp_path / "x.nc"), vector=True)


def test_empty_lists_are_taken(tmp_path):
    header = Header()
    header.dimensions = header.attributes = header.variables = bytes(8)
    require_harmless(header.save(tmp_path / "x.nc"))


@pytest.mark.parametrize("form", ["NC", "NC2", "NC4C"])
def test_files_of_gdal_are_taken(tmp_path, form):
    with rasterio.Env() as environment:
        if "netCDF" not in environment.drivers():
            pytest.skip("this GDAL reads no NetCDF")
    source = make_raster(tmp_path / "a.tif", np.arange(12, dtype="float32").reshape(3, 4))
    rasterio.shutil.copy(source, tmp_path / "a.nc", driver="netCDF", FORMAT=form)
    with open_raster(str(tmp_path / "a.nc")) as raster:
        assert raster.read(1).sum() == 66


def endless_dimensions(header):
    header.dimensions = header.list(10, [], 2**31 - 1)


def endless_attributes(header):
    header.attributes = header.list(12, [], 2**31 - 1)


def endless_variables(header):
    header.variables = header.list(11, [], 2**31 - 1)


def long_name(header):
    header.dimensions = header.list(10, [header.count(2**31 - 1)])


def long_attribute(header):
    header.attributes = header.list(12, [header.text("a") + struct.pack(">i", 6) + header.count(2**30)])


def unknown_type(header):
    header.attributes = header.list(12, [header.attribute("a", 12, b"")])


def no_list(header):
    header.dimensions = header.list(7, [])


def many_attributes(header):
    header.attributes = header.list(12, [header.attribute("", 1, b"")] * 200_001)


@pytest.mark.parametrize("change, words", [
    (endless_dimensions, "counts 2,147,483,647 dimensions or more"),
    (endless_attributes, "counts 2,147,483,647 attributes or more"),
    (endless_variables, "counts 2,147,483,647 variables or more"),
    (long_name, "cut short, or counts more than the file holds"),
    (long_attribute, "cut short, or counts more than the file holds"),
    (unknown_type, "there is no type 12"),
    (no_list, "no list of dimensions where one belongs"),
    (many_attributes, "counts 200,001 attributes or more"),
])  # fmt: skip
def test_headers_that_count_more_than_there_is_are_refused(tmp_path, change, words):
    header = Header()
    change(header)
    path = header.save(tmp_path / "x.nc")
    with pytest.raises(InputError, match="x.nc' is not opened: its header") as caught:
        require_harmless(path)
    assert words in str(caught.value)


@pytest.mark.parametrize("version", KINDS)
def test_a_header_that_is_cut_anywhere_is_refused(tmp_path, version):
    whole = Header(version).save(tmp_path / "x.nc", b"")
    data = (tmp_path / "x.nc").read_bytes()
    for size in range(4, len(data)):
        (tmp_path / "x.nc").write_bytes(data[:size])
        with pytest.raises(InputError, match="its header"):
            require_harmless(whole)
