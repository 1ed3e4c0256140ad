"""Bad vector files: damaged ones, strange coordinates, rings, types and sizes, of every format that users have.

`VECTORS` is name → (what must come of it, maker) for masks and zones, `POINTS` the same for points. A maker writes
`path` and its neighbours from the frame of the raster: (west, south, east, north) in degrees.
"""

import json
import math
import os
import random
import re
import struct

from tests.hostile.bench import ACCEPTED, EITHER, REFUSED
from tests.hostile.making import (
    ENTITIES,
    OUTER_ENTITY,
    VIRTUAL_LAYER,
    content,
    directory,
    folder_of,
    link,
    make_once,
    nothing,
    pipe,
    save,
)

NAN, INF = float("nan"), float("inf")
_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON", ".gml": "GML", ".kml": "KML"}


def _inner(frame, share=0.6):
    """Corners of a box in the middle of the frame, closed."""
    west, south, east, north = frame
    x, y, dx, dy = (west + east) / 2, (south + north) / 2, (east - west) / 2 * share, (north - south) / 2 * share
    return [(x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy), (x - dx, y - dy)]


def _geometry(ogr, kind, rings):
    """An OGR geometry of a ring of corners, a point, or a list of them."""
    if kind == "Point":
        made = ogr.Geometry(ogr.wkbPoint)
        made.AddPoint_2D(*rings[0][0])
    elif kind == "LineString":
        made = ogr.Geometry(ogr.wkbLineString)
        for corner in rings[0]:
            made.AddPoint_2D(*corner)
    else:
        made = ogr.Geometry(ogr.wkbPolygon)
        for corners in rings:
            ring = ogr.Geometry(ogr.wkbLinearRing)
            for corner in corners:
                ring.AddPoint_2D(*corner)
            made.AddGeometry(ring)
    return made


def layer(path, geometries, crs=4326, names=None, kind="Polygon"):
    """Write geometries with a name and a value each; `geometries` are lists of rings, None for none, or OGR's own."""
    from osgeo import gdal, ogr, osr

    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        reference = None
        if crs:
            reference = osr.SpatialReference()
            reference.ImportFromEPSG(crs)
            reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        stem, suffix = os.path.splitext(os.path.basename(path))
        source = ogr.GetDriverByName(_DRIVERS[suffix]).CreateDataSource(path)
        made = source.CreateLayer(re.sub(r"\W", "_", stem)[:60], reference, ogr.wkbUnknown if suffix == ".gpkg" else {
            "Polygon": ogr.wkbPolygon, "Point": ogr.wkbPoint, "LineString": ogr.wkbLineString}[kind])  # fmt: skip
        made.CreateField(ogr.FieldDefn("name", ogr.OFTString))
        made.CreateField(ogr.FieldDefn("value", ogr.OFTReal))
        made.StartTransaction()
        for number, rings in enumerate(geometries):
            feature = ogr.Feature(made.GetLayerDefn())
            feature.SetField("name", names[number] if names else "n{}".format(number % 50))
            feature.SetField("value", 10.0 + number % 7)
            if rings is not None:
                feature.SetGeometry(_geometry(ogr, kind, rings) if isinstance(rings, list) else rings)
            made.CreateFeature(feature)
            del feature
        made.CommitTransaction()
        del made, source
    finally:
        gdal.PopErrorHandler()


def _layer(corners, **options):
    """A layer of what `corners(frame)` gives: a list of geometries."""
    return lambda frame, path, canary: layer(path, corners(frame), **options)


def _one(ring, **options):
    """A layer of one polygon of one ring."""
    return _layer(lambda frame: [[ring(frame)]], **options)


def _good(frame, path, canary):
    layer(path, [[_inner(frame)]])


def _changed(change, suffix=None):
    """A good file (or the part of it with a suffix) whose bytes are changed."""

    def make(frame, path, canary):
        layer(path, [[_inner(frame)]])
        part = path if suffix is None else os.path.splitext(path)[0] + suffix
        with open(part, "rb") as stream:
            data = stream.read()
        changed = change(data)
        if changed is None:
            os.remove(part)
        else:
            save(part, changed)

    return make


def _flipped(seed):
    def change(data):
        rng, data = random.Random(seed), bytearray(data)
        for _ in range(rng.choice((1, 5, 50, 500))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return bytes(data)

    return _changed(change)


def _json(content):
    """GeoJSON: `content(ring)` gives it."""

    def make(frame, path, canary):
        made = content([list(corner) for corner in _inner(frame)])
        save(path, made if isinstance(made, bytes) else json.dumps(made).encode("utf-8"))

    return make


def _features(*geometries):
    return {"type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {"name": "a", "value": 1}, "geometry": geometry}
                         for geometry in geometries]}  # fmt: skip


def _polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


def _xml(content):
    """GML or KML: `content(coordinates of the ring as text)`."""
    return lambda frame, path, canary: save(
        path, content(" ".join("{},{}".format(*corner) for corner in _inner(frame))).encode("utf-8")
    )


def _star(frame, points=100_000):
    """A ring of very many corners."""
    (west, south), _, (east, north), *_ = _inner(frame)
    x, y, dx, dy = (west + east) / 2, (south + north) / 2, (east - west) / 2, (north - south) / 2
    made = []
    for number in range(points):
        angle, reach = 2 * math.pi * number / points, 1.0 if number % 2 else 0.6
        made.append((x + dx * reach * math.cos(angle), y + dy * reach * math.sin(angle)))
    return made + made[:1]


def _many(count):
    """Small polygons in rows."""

    def corners(frame):
        (west, south), _, (east, north), *_ = _inner(frame, 0.9)
        side = int(count**0.5)
        dx, dy = (east - west) / side, (north - south) / side
        return [
            [[(west + dx * (i + a), south + dy * (j + b)) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]]
            for i in range(side) for j in range(side)
        ]  # fmt: skip

    return corners


def _bow(frame):
    a, b, c, d, _ = _inner(frame)
    return [a, c, b, d, a]


def _swapped(value):
    """The good ring with one corner of another value."""
    return lambda frame: [(value, value) if i == 2 else corner for i, corner in enumerate(_inner(frame))]


def _wkb_that_lies(frame, path, canary):
    """A GeoPackage whose geometry declares four thousand million corners."""
    import sqlite3

    layer(path, [[_inner(frame)]])
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute('DROP TRIGGER "{}"'.format(name))
    table = base.execute("SELECT table_name FROM gpkg_contents").fetchone()[0]
    blob = b"GP\x00\x01" + struct.pack("<i", 4326) + b"\x01" + struct.pack("<III", 3, 1, 2**32 - 1) + bytes(64)
    base.execute('UPDATE "{}" SET geom = ?'.format(table), (blob,))
    base.commit()
    base.close()


def _collection(frame):
    from osgeo import ogr

    made = ogr.Geometry(ogr.wkbGeometryCollection)
    made.AddGeometry(_geometry(ogr, "Polygon", [_inner(frame)]))
    made.AddGeometry(_geometry(ogr, "Point", [_inner(frame)]))
    return [made]


def _curves(frame):
    from osgeo import ogr

    a, b, c, d, _ = ("{} {}".format(*corner) for corner in _inner(frame))
    return [ogr.CreateGeometryFromWkt("CURVEPOLYGON(CIRCULARSTRING({}, {}, {}, {}, {}))".format(a, b, c, d, a))]


def _heights(frame):
    from osgeo import ogr

    corners = ", ".join("{} {} nan 1e308".format(*corner) for corner in _inner(frame))
    return [ogr.CreateGeometryFromWkt("POLYGON ZM (({}))".format(corners))]


_KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name><Polygon>'
    "<outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    "</Document></kml>"
)
_GML = (
    '<?xml version="1.0"?>{}<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
    'xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><ogr:a fid="a.0"><ogr:geometryProperty>'
    '<gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>{}</gml:coordinates>'
    "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></ogr:geometryProperty></ogr:a></gml:featureMember>"
    "</ogr:FeatureCollection>"
)

VECTORS = {
    "missing.gpkg": (REFUSED, nothing),
    "folder.gpkg": (REFUSED, directory),
    "pipe.gpkg": (REFUSED, pipe),
    "zeros.gpkg": (REFUSED, link("/dev/zero")),
    "itself.gpkg": (REFUSED, link()),
    "cut.gpkg": (EITHER, _changed(lambda data: data[: len(data) // 2])),
    "cut early.gpkg": (REFUSED, _changed(lambda data: data[:3000])),
    "header.gpkg": (REFUSED, content(b"SQLite format 3\x00" + bytes(4000))),
    "no table.gpkg": (REFUSED, _layer(lambda frame: [])),
    "lying shape.gpkg": (EITHER, _wkb_that_lies),
    "cut.shp": (EITHER, _changed(lambda data: data[:-40])),
    "no index.shp": (EITHER, _changed(lambda data: None, ".shx")),
    "no table.shp": (EITHER, _changed(lambda data: None, ".dbf")),
    "cut table.shp": (EITHER, _changed(lambda data: data[:40], ".dbf")),
    "broken index.shp": (EITHER, _changed(lambda data: data[:100] + b"\xff" * (len(data) - 100), ".shx")),
    "lying size.shp": (EITHER, _changed(lambda data: data[:24] + struct.pack(">i", 2**31 - 1) + data[28:])),
    "lying parts.shp": (EITHER, _changed(lambda data: data[:144] + struct.pack("<ii", 2**31 - 1, 2**31 - 1)
                                         + data[152:])),
    "no crs.shp": (REFUSED, _changed(lambda data: None, ".prj")),
    "broken crs.shp": (EITHER, _changed(lambda data: b'GEOGCS["x",DATUM[', ".prj")),
    "nonsense crs.shp": (EITHER, _changed(lambda data: b'LOCAL_CS["nowhere"]', ".prj")),
    "many fields.shp": (EITHER, _changed(lambda data: data[:4] + b"\xff\xff\xff\x7f" + data[8:], ".dbf")),
    "cut.geojson": (EITHER, _changed(lambda data: data[: len(data) - 60])),
    "deep.geojson": (REFUSED, content(b'{"type":"Polygon","coordinates":' + b"[" * 200_000)),
    "no features.geojson": (REFUSED, _json(lambda ring: _features())),
    "no geometry.geojson": (REFUSED, _json(lambda ring: _features(None))),
    "some geometry.geojson": (EITHER, _json(lambda ring: _features(_polygon(ring), None))),
    "nan.geojson": (EITHER, _json(lambda ring: _features(_polygon([[NAN, NAN]] + ring[1:])))),
    "infinite.geojson": (EITHER, _json(lambda ring: _features(_polygon([[INF, -INF]] + ring[1:])))),
    "beyond numbers.geojson": (EITHER, _json(lambda ring: json.dumps(_features(_polygon(ring))).replace(
        str(ring[1][0]), "1e99999").encode())),
    "text numbers.geojson": (EITHER, _json(lambda ring: _features(_polygon([["a", "b"]] * 4)))),
    "one number.geojson": (EITHER, _json(lambda ring: _features(_polygon([[1], [2], [3], [1]])))),
    "open ring.geojson": (EITHER, _json(lambda ring: _features(_polygon(ring[:-1])))),
    "empty ring.geojson": (EITHER, _json(lambda ring: _features(_polygon([])))),
    "no rings.geojson": (EITHER, _json(lambda ring: _features({"type": "Polygon", "coordinates": []}))),
    "unknown type.geojson": (EITHER, _json(lambda ring: _features({"type": "Cube", "coordinates": [ring]}))),
    "mixed.geojson": (EITHER, _json(lambda ring: _features(_polygon(ring), {"type": "Point", "coordinates": ring[0]}))),
    "collection.geojson": (EITHER, _json(lambda ring: _features(
        {"type": "GeometryCollection", "geometries": [_polygon(ring)]}))),
    "crs number.geojson": (EITHER, _json(lambda ring: {**_features(_polygon(ring)), "crs": 5})),
    "crs nonsense.geojson": (EITHER, _json(lambda ring: {
        **_features(_polygon(ring)), "crs": {"type": "name", "properties": {"name": "<script>" * 99}}})),
    "crs cut.geojson": (REFUSED, content(b'{"type":"FeatureCollection","features":[],"crs":{"type":"li')),
    "long text.geojson": (EITHER, _json(lambda ring: {**_features(_polygon(ring)), "name": "x" * 5_000_000})),
    "other json.geojson": (REFUSED, content(b'{"a": [1, 2, {"b": null}]}')),
    "list.geojson": (REFUSED, content(b"[1, 2, 3]")),
    "empty.gml": (REFUSED, _xml(lambda ring: "<a/>")),
    "entities.gml": (REFUSED, _xml(lambda ring: _GML.format(ENTITIES, "&j;"))),
    "outer entity.gml": (EITHER, _xml(lambda ring: _GML.format(OUTER_ENTITY, "&x;"))),
    "nan.gml": (EITHER, _xml(lambda ring: _GML.format("", ring.replace("0", "nan")))),
    "no numbers.gml": (EITHER, _xml(lambda ring: _GML.format("", "a,b c,d e,f"))),
    "deep.gml": (REFUSED, _xml(lambda ring: _GML.format("", ring).replace("<ogr:a ", "<x>" * 100_000 + "<ogr:a "))),
    "cut.gml": (EITHER, _xml(lambda ring: _GML.format("", ring)[:-90])),
    "nonsense crs.gml": (EITHER, _xml(lambda ring: _GML.format("", ring).replace("EPSG:4326", "EPSG:999999"))),
    "empty.kml": (REFUSED, _xml(lambda ring: "<kml/>")),
    "entities.kml": (REFUSED, _xml(lambda ring: _KML.format("&j;").replace("?>", "?>" + ENTITIES))),
    "outer entity.kml": (EITHER, _xml(lambda ring: _KML.format("&x;").replace("?>", "?>" + OUTER_ENTITY))),
    "no numbers.kml": (EITHER, _xml(lambda ring: _KML.format("x y z"))),
    "huge.kml": (EITHER, _xml(lambda ring: _KML.format(ring.replace(" ", "9" * 400 + " ")))),
    "cut.kml": (EITHER, _xml(lambda ring: _KML.format(ring)[:-90])),
    "drawing.svg": (REFUSED, content(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path/></svg>')),
    "remote.vrt": (REFUSED, content(VIRTUAL_LAYER.format("/vsicurl/http://127.0.0.1:9/x.csv").encode())),
    "server.vrt": (REFUSED, content(VIRTUAL_LAYER.format("PG:host=127.0.0.1 port=9").encode())),
    "itself.vrt": (REFUSED, lambda frame, path, canary: save(path, VIRTUAL_LAYER.format(path).encode())),
    "program.vrt": (REFUSED, content(b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>x.csv</SrcDataSource>'
                                   b"<SrcSQL dialect=\"SQLite\">SELECT load_extension('x')</SrcSQL></OGRVRTLayer>"
                                   b"</OGRVRTDataSource>")),
    "packed.gpkg.gz": (REFUSED, content(b"\x1f\x8b\x08\x00" + random.Random(4).randbytes(3000))),
    "crossing.gpkg": (EITHER, _one(_bow)),
    "no area.gpkg": (EITHER, _one(lambda frame: _inner(frame)[:2] + _inner(frame)[:1])),
    "one corner.gpkg": (EITHER, _one(lambda frame: _inner(frame)[:1])),
    "same corner.gpkg": (EITHER, _one(lambda frame: _inner(frame)[:1] * 5)),
    "backwards.gpkg": (EITHER, _one(lambda frame: _inner(frame)[::-1])),
    "nan.gpkg": (EITHER, _one(_swapped(NAN))),
    "nan everywhere.gpkg": (EITHER, _one(lambda frame: [(NAN, NAN)] * 5)),
    "infinite.gpkg": (EITHER, _one(_swapped(INF))),
    "huge.gpkg": (EITHER, _one(_swapped(1e308))),
    "the poles.gpkg": (EITHER, _one(lambda frame: [(-180, -90), (180, -90), (180, 90), (-180, 90), (-180, -90)])),
    "beyond the poles.gpkg": (EITHER, _one(lambda frame: [(-999, -999), (999, -999), (999, 999), (-999, -999)])),
    "elsewhere.gpkg": (EITHER, _one(lambda frame: [(x + 90, y) for x, y in _inner(frame)])),
    "tiny.gpkg": (EITHER, _one(lambda frame: _inner(frame, 1e-12))),
    "hole outside.gpkg": (EITHER, _layer(lambda frame: [[_inner(frame, 0.2), _inner(frame, 0.8)]])),
    "hole of all.gpkg": (EITHER, _layer(lambda frame: [[_inner(frame), _inner(frame)]])),
    "many holes.gpkg": (EITHER, _layer(lambda frame: [[_inner(frame)] + [_inner(frame, 0.5 - i / 9000)
                                                                        for i in range(3000)]])),
    "points.gpkg": (REFUSED, _one(_inner, kind="Point")),
    "lines.gpkg": (REFUSED, _one(_inner, kind="LineString")),
    "collection.gpkg": (EITHER, _layer(_collection)),
    "curves.gpkg": (EITHER, _layer(_curves)),
    "heights.gpkg": (EITHER, _layer(_heights)),
    "empty geometry.gpkg": (EITHER, _layer(lambda frame: [[], [_inner(frame)]])),
    "no geometry.gpkg": (REFUSED, _layer(lambda frame: [None])),
    "no crs.gpkg": (EITHER, _one(_inner, crs=None)),
    "other crs.gpkg": (EITHER, _one(_inner, crs=3857)),
    "100000 corners.gpkg": (EITHER, _one(_star)),
    "10000 polygons.gpkg": (EITHER, _layer(_many(10_000))),
    "names.gpkg": (EITHER, _layer(lambda frame: [[_inner(frame)]], names=["<script>alert(1)</script>\x01=1+1" * 50])),
    "spaces and 'quotes' \"x\".gpkg": (ACCEPTED, _good),
    "-rf 碳 🌳.gpkg": (ACCEPTED, _good),
    "n" * 200 + ".gpkg": (ACCEPTED, _good),
    "{0} %s $HOME.geojson": (ACCEPTED, _good),
}  # fmt: skip
for _suffix in _DRIVERS:
    VECTORS["nothing" + _suffix] = (REFUSED, content(b""))
    VECTORS["garbage" + _suffix] = (REFUSED, content(random.Random(1).randbytes(5000)))
    VECTORS["text" + _suffix] = (REFUSED, content("no layer, but 说明\n".encode() * 50))
    VECTORS["nul" + _suffix] = (REFUSED, content(bytes(20_000)))
    for _number in range(3):
        VECTORS["flipped {}{}".format(_number, _suffix)] = (EITHER, _flipped(_number))

POINTS = {
    "nan.gpkg": (EITHER, _one(lambda frame: [(NAN, NAN)], kind="Point")),
    "huge.gpkg": (EITHER, _one(lambda frame: [(1e308, -1e308)], kind="Point")),
    "infinite.gpkg": (EITHER, _one(lambda frame: [(INF, 0)], kind="Point")),
    "elsewhere.gpkg": (EITHER, _one(lambda frame: [(frame[0] + 90, 0)], kind="Point")),
    "one point.gpkg": (EITHER, _one(_inner, kind="Point")),
    "polygons.gpkg": (EITHER, _one(_inner)),
    "lines.gpkg": (REFUSED, _one(_inner, kind="LineString")),
    "no geometry.gpkg": (REFUSED, _layer(lambda frame: [None], kind="Point")),
    "no crs.shp": (REFUSED, lambda frame, path, canary: layer(path, [[_inner(frame)]], crs=None, kind="Point")),
    "100000 points.gpkg": (EITHER, _layer(lambda frame: [[[corner]] for corner in _star(frame)], kind="Point")),
    **{name: VECTORS[name] for name in (
        "missing.gpkg", "cut.gpkg", "header.gpkg", "lying shape.gpkg", "deep.geojson", "no features.geojson",
        "nan.geojson", "entities.gml", "entities.kml", "remote.vrt", "nothing.gpkg", "garbage.shp", "collection.gpkg")},
}  # fmt: skip


def frame_of(raster):
    """Where a raster lies: (west, south, east, north) in degrees."""
    import rasterio
    from rasterio.warp import transform_bounds

    with rasterio.open(raster) as data:
        return transform_bounds(data.crs, "EPSG:4326", *data.bounds)


def make(kinds, kind, raster, folder, canary):
    """Make a bad vector file once per good raster; its path."""
    # A folder of its own: shapefiles have neighbours, and GDAL looks for others.
    own = "k{}".format(sorted(kinds).index(kind))
    where = os.path.join(folder_of(raster, folder, "_vector{}".format(len(kinds))), own)
    return make_once(kinds[kind][1], frame_of(raster), where, kind, canary)
