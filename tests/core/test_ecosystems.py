"""Ecosystem classes by a reclass table."""

import struct

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.class_names import class_names
from carbon_qgis.core.class_tables import CodeRange, EcosystemTable
from carbon_qgis.core.ecosystems import ecosystem_classes
from carbon_qgis.core.errors import InputError, RasterError, TableError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings

CRS = rasterio.crs.CRS.from_epsg(32650)


def write(path, data, nodata=None, crs=CRS, cell=1000.0, origin=(5e5, 4e6)):
    data = np.asarray(data)
    with rasterio.open(
        path, "w", driver="GTiff", width=data.shape[1], height=data.shape[0], count=1, dtype=data.dtype, crs=crs,
        nodata=nodata, transform=rasterio.Affine(cell, 0, origin[0], 0, -cell, origin[1]),
    ) as dataset:
        dataset.write(data, 1)
    return str(path)


def table(mapping, names=None):
    """code or (low, high) -> id"""
    spans = [(key, key) if isinstance(key, int) else key for key in mapping]
    ranges = tuple(CodeRange(low, high, number, 2) for (low, high), number in zip(spans, mapping.values()))
    names = names or {number: "E{}".format(number) for number in sorted(set(mapping.values()))}
    return EcosystemTable("classes.csv", tuple(sorted(ranges, key=lambda r: r.low)), names)


def rectangle(left, bottom, right, top):
    ring = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    return PolygonLayer((wkb,), CRS.to_wkt())


def classify(path, classes, destination, **more):
    with OutputSet([path]) as outputs:
        return ecosystem_classes(path, classes, outputs, {"ECOSYSTEMS": str(destination)}, **more)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(int).filled(-1).tolist()


def test_ids_areas_and_names(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[11, 12, 20], [0, 20, 11]], np.uint8), nodata=0)
    classes = table({11: 1, 12: 1, 20: 2, 30: 3}, {1: "Acker", 2: "Wälder", 3: "Eis"})
    result = classify(path, classes, tmp_path / "e.tif", year=2010)
    assert read(tmp_path / "e.tif") == [[1, 1, 2], [-1, 2, 1]]
    assert result.classes.rows == [[1, "Acker", 3, 3.0, 60.0], [2, "Wälder", 2, 2.0, 40.0], [3, "Eis", 0, 0.0, 0.0]]
    assert result.codes.rows == [[11, 1, "Acker", 2, 2.0], [12, 1, "Acker", 1, 1.0], [20, 2, "Wälder", 2, 2.0]]
    assert (result.valid_cells, result.area_km2, result.area_mode) == (5, 5.0, "projected")
    assert result.nodata_share == pytest.approx(1 / 6)
    assert class_names(str(tmp_path / "e.tif")) == {1: "Acker", 2: "Wälder", 3: "Eis"}
    assert "Not in this land cover: Eis." in result.notes
    assert result.ranges == {"ECOSYSTEMS": (1, 2)}
    assert result.overviews["ECOSYSTEMS"].tolist()[0] == [1, 1, 2]
    with rasterio.open(tmp_path / "e.tif") as dataset:
        assert dataset.dtypes == ("uint8",) and dataset.nodata == 255
        assert dataset.tags()["CARBON_YEAR"] == "2010" and dataset.tags(1)["CARBON_CATEGORICAL"] == "1"


def test_ids_above_254_are_16_bit(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 2]], np.int16))
    classify(path, table({1: 255, 2: 60000}), tmp_path / "e.tif")
    assert read(tmp_path / "e.tif") == [[255, 60000]]
    with rasterio.open(tmp_path / "e.tif") as dataset:
        assert dataset.dtypes == ("uint16",)


def test_id_zero_and_ranges_of_wide_types(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[-5, 100, 199], [50000, -5, -9999]], np.int32), nodata=-9999)
    classify(path, table({(-10, 0): 0, (100, 199): 1, 50000: 2}), tmp_path / "e.tif")
    assert read(tmp_path / "e.tif") == [[0, 1, 1], [2, 0, -1]]


def test_ranges_wider_than_the_type_of_the_raster(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[0, 255]], np.uint8))
    classify(path, table({(-100000, 100000): 1}), tmp_path / "e.tif")
    assert read(tmp_path / "e.tif") == [[1, 1]]


def test_every_unlisted_code_is_refused_with_its_cells(tmp_path):
    classes = table({1: 1})
    for name, data in (("a", np.uint8), ("b", np.int32), ("c", np.float32)):
        path = write(tmp_path / (name + ".tif"), np.array([[1, 7, 7], [9, 1, 0]], data), nodata=0)
        with pytest.raises(TableError, match=r"classes.csv does not list: 7 \(2 cells\), 9 \(1 cell\)"):
            classify(path, classes, tmp_path / "e.tif")
    assert not (tmp_path / "e.tif").exists()


def test_nodata_that_is_a_class_is_refused(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 0]], np.uint8), nodata=0)
    with pytest.raises(InputError, match=r"nodata value 0 of '.*lc.tif' is also a class of classes.csv"):
        classify(path, table({0: 1, 1: 2}), tmp_path / "e.tif")


def test_ranges_of_too_many_codes_are_refused(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 2]], np.int32))
    with pytest.raises(InputError, match="hold more than 65,534 codes"):
        classify(path, table({(0, 10**6): 1}), tmp_path / "e.tif")


def test_fractions_and_emptiness_are_refused(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 2.5]], np.float32))
    with pytest.raises(RasterError, match="class codes must be whole numbers"):
        classify(path, table({1: 1}), tmp_path / "e.tif")
    path = write(tmp_path / "empty.tif", np.zeros((2, 2), np.uint8), nodata=0)
    with pytest.raises(RasterError, match="No valid cell is left"):
        classify(path, table({1: 1}), tmp_path / "e.tif")


def test_only_cells_inside_the_mask(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1, 1, 9], [2, 2, 9]], np.uint8))
    mask = rectangle(5e5, 4e6 - 2000, 5e5 + 2000, 4e6)
    result = classify(path, table({1: 1, 2: 2}), tmp_path / "e.tif", mask=mask)
    assert read(tmp_path / "e.tif") == [[1, 1, -1], [2, 2, -1]]
    assert result.classes.column("cells") == [2, 2]


def test_areas_of_geographic_cells_differ_by_row(tmp_path):
    path = write(tmp_path / "lc.tif", np.array([[1], [2]], np.uint8), crs="EPSG:4326", cell=1.0, origin=(100, 60))
    result = classify(path, table({1: 1, 2: 2}), tmp_path / "e.tif")
    north, south = result.classes.column("area_km2")
    assert result.area_mode == "ellipsoidal"
    # one degree squared: 111.1 km times 111.3 km times the cosine of the latitude, to a per cent
    assert north == pytest.approx(111.4 * 111.3 * np.cos(np.radians(59.5)), rel=0.01)
    assert south == pytest.approx(111.4 * 111.3 * np.cos(np.radians(58.5)), rel=0.01)


def test_blocks_and_threads_change_nothing(tmp_path):
    data = np.random.default_rng(1).integers(0, 12, (700, 900)).astype(np.int16)
    path = write(tmp_path / "lc.tif", data, nodata=0)
    classes = table({(1, 4): 1, (5, 8): 2, (9, 11): 3})
    one = classify(path, classes, tmp_path / "a.tif")
    two = classify(path, classes, tmp_path / "b.tif", settings=EngineSettings(memory_mb=1, threads=3))
    assert read(tmp_path / "a.tif") == read(tmp_path / "b.tif")
    assert one.classes.column("cells") == two.classes.column("cells")
    assert one.classes.column("area_km2") == pytest.approx(two.classes.column("area_km2"), rel=1e-12)
    assert one.codes.column("cells") == [int((data == code).sum()) for code in range(1, 12)]
