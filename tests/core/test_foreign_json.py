"""Coordinate systems of GeoJSON that are links, wherever they stand, in a time that grows with the file alone."""

import json
import time

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.foreign_files import require_harmless

_LINK = b'{"type":"link","properties":{"href":"http://x/crs"}}'


def judged(path, data):
    path.write_bytes(data)
    began = time.monotonic()
    try:
        require_harmless(str(path), vector=True)
        answer = ""
    except InputError as error:
        answer = str(error)
    assert time.monotonic() - began < 10
    return answer


@pytest.mark.parametrize("part", [
    b'"crs"//', b'"crs"//\n', b'"crs"/*', b'"crs"/**/', b'"crs"', b'"crs":', b'"crs"   ', b'//"crs"//\n', b"'crs' : /*",
    b'/*"crs"*/', b'"crs"/', b" ", b"//\n", b"/**/", b'"crs":{', b'"crs":{"a":1}', b'"crs":[[',
])  # fmt: skip
def test_a_file_of_one_thing_ends(tmp_path, part):
    judged(tmp_path / "x.json", b'{"a":' + part * ((4 << 20) // len(part)))
    judged(tmp_path / "y.json", b'{"crs"' + part * ((4 << 20) // len(part)))


@pytest.mark.parametrize("between", [b"  " * 10**6, b"/*" + b"*" * 10**6 + b"*/", b"//" + b"a" * 10**6 + b"\n",
                                     b"\n//a\r\n/* * / */\t"])  # fmt: skip
def test_blanks_and_remarks_of_any_length_are_passed_over(tmp_path, between):
    text = b'{"type":"FeatureCollection","crs"' + between + b":" + between
    assert "http://x/crs" in judged(tmp_path / "x.json", text + _LINK + b"}")
    assert "cannot be read" in judged(tmp_path / "x.json", text + b"{'type'}")
    assert judged(tmp_path / "x.json", text + b'{"type":"name"}}') == ""


@pytest.mark.parametrize("name", ["x", "x.csv", "x.gml", "x.shp"])
@pytest.mark.parametrize("before", [b"", b"jsonp(", b"\xef\xbb\xbf \x0b\x0cjsonp(", b"loadGeoJSON(", b"\x1e", b"\n\n"])
def test_the_name_of_a_file_does_not_hide_that_it_is_json(tmp_path, name, before):
    for end in (b"", b"\x00", b"\x00" * 10**6):
        assert "http://x/crs" in judged(tmp_path / name, before + b'{"crs":' + _LINK + b"}" + end)


@pytest.mark.parametrize("crs", [
    {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    {"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
    {"type": "EPSG", "properties": {"code": 4326}}, None, "EPSG:4326",
])  # fmt: skip
def test_usual_coordinate_systems_pass(tmp_path, crs):
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [], "see": "http://x/crs"}, indent=2)
    assert judged(tmp_path / "x.geojson", text.encode()) == ""
