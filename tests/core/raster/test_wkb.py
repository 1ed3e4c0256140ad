"""Well-known binary, built by hand byte for byte."""

import struct

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.raster.wkb import geometry_from_wkb

SQUARE = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0)]
HOLE = [(0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 0.5)]


def polygon(rings, code=3, order="<", extra=(), srid=None):
    data = struct.pack("B", 1 if order == "<" else 0) + struct.pack(order + "I", code)
    if srid is not None:
        data += struct.pack(order + "I", srid)
    data += struct.pack(order + "I", len(rings))
    for ring in rings:
        data += struct.pack(order + "I", len(ring))
        for point in ring:
            data += struct.pack(order + "%dd" % (2 + len(extra)), *point, *extra)
    return data


def collection(parts, code, order="<"):
    return struct.pack("B", 1 if order == "<" else 0) + struct.pack(order + "II", code, len(parts)) + b"".join(parts)


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize(
    "code, extra",
    [(3, ()), (1003, (9,)), (2003, (9,)), (3003, (9, 8)), (0x80000003, (9,)), (0x40000003, (9,)), (0xC0000003, (9, 8))],
)
def test_polygons_with_holes_z_and_m(order, code, extra):
    got = geometry_from_wkb(polygon([SQUARE, HOLE], code, order, extra))
    assert got == {"type": "Polygon", "coordinates": [SQUARE, HOLE]}


def test_the_srid_of_postgis_is_skipped():
    assert geometry_from_wkb(polygon([SQUARE], 0x20000003, srid=4326))["coordinates"] == [SQUARE]


def test_many_polygons_and_points_of_mixed_byte_order():
    parts = [polygon([SQUARE]), polygon([HOLE], order=">")]
    assert geometry_from_wkb(collection(parts, 6)) == {"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE]]}
    points = [struct.pack("<BIdd", 1, 1, 3, 4), struct.pack(">BIdd", 0, 1, 5, 6)]
    assert geometry_from_wkb(points[1]) == {"type": "Point", "coordinates": (5, 6)}
    assert geometry_from_wkb(collection(points, 4, ">")) == {"type": "MultiPoint", "coordinates": [(3, 4), (5, 6)]}
    assert geometry_from_wkb(struct.pack("<BIddd", 1, 1001, 3, 4, 5))["coordinates"] == (3, 4)


@pytest.mark.parametrize("code", [2, 5, 7, 10, 1010, 12])
def test_other_geometries_are_refused_with_what_to_do(code):
    message = r"not a polygon or point \(well-known binary type {}\)\. Convert".format(code)
    with pytest.raises(InputError, match=message):
        geometry_from_wkb(struct.pack("<BII", 1, code, 0))


def test_messages_name_the_layer():
    for data, words in ((b"\x01", "is damaged"), (struct.pack("<BI", 1, 2), "is not a polygon or point")):
        with pytest.raises(InputError, match="The layer 'counties': a feature.*" + words):
            geometry_from_wkb(data, "The layer 'counties'")


def test_damaged_bytes_are_refused_wherever_they_end():
    whole = collection([polygon([SQUARE, HOLE]), polygon([SQUARE])], 6)
    for end in range(len(whole)):
        with pytest.raises(InputError, match="geometry is damaged"):
            geometry_from_wkb(whole[:end])
