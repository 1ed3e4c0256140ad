"""Files that would make GDAL call a server, each by another way. `CALLERS` is name → (parameter, maker).

A maker writes files into `folder`, from the good raster `good`; `url` is the server's, and what it returns is the file
to open. `RASTER` and `MASK` are parameters of *Classify driver*.
"""

import gzip
import json
import shutil
import sqlite3

import rasterio
from osgeo import gdal, ogr

from tests.hostile.hidden_callers import HIDDEN
from tests.hostile.rasters import _vrt

_TILES = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<TileMap version="1.0.0" tilemapservice="{0}"><Title>t</Title>'
    '<SRS>EPSG:4326</SRS><BoundingBox minx="-180" miny="-90" maxx="180" maxy="90"/><Origin x="-180" y="-90"/>'
    '<TileFormat width="256" height="256" mime-type="image/png" extension="png"/>'
    '<TileSets profile="global-geodetic"><TileSet href="{0}0" units-per-pixel="0.703125" order="0"/>'
    '<TileSet href="{0}1" units-per-pixel="0.3515625" order="1"/></TileSets></TileMap>'
)
_BOX = "<LatLonAltBox><north>10</north><south>4</south><east>6</east><west>0</west></LatLonAltBox>"
_KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Region>' + _BOX
    + "</Region><NetworkLink><Region>" + _BOX + "</Region><Link><href>{0}x.kml</href></Link></NetworkLink>"
    "<GroundOverlay><Icon><href>{0}x.png</href></Icon><LatLonBox><north>10</north><south>4</south><east>6</east>"
    "<west>0</west></LatLonBox></GroundOverlay></Document></kml>"
)  # fmt: skip
_GML = (
    '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:foo="http://foo" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="{}"><gml:featureMember><foo:a><foo:geom><gml:Polygon><gml:outerBoundaryIs><gml:LinearRing>'
    "<gml:coordinates>0,0 9,0 9,9 0,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></foo:geom>"
    "</foo:a></gml:featureMember></wfs:FeatureCollection>"
)
_DESCRIBE = "{}wfs?SERVICE=WFS&amp;VERSION=1.0.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=foo:a"
_PAM = '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="{}">{}</MDI></Metadata></PAMDataset>'
_RING = [[[-20, -30], [50, -30], [50, 30], [-20, 30], [-20, -30]]]


def _write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def _copy(good, folder, name="x.tif"):
    shutil.copy(good, folder / name)
    return folder / name


def _remote(form):
    """A VRT whose source is remote."""
    return lambda good, folder, url: _write(folder / "x.vrt", _vrt(str(good), None, form.format(url + "x.tif")))


def _remote_in_another(good, folder, url):
    _remote("/vsicurl/{}")(good, folder, url)
    text = _vrt(str(good), None, "x.vrt").replace('relativeToVRT="0"', 'relativeToVRT="1"')
    return _write(folder / "outer.vrt", text)


def _beside(suffix, text):
    """A good raster with a neighbour that GDAL opens along with it."""

    def make(good, folder, url):
        path = _copy(good, folder)
        _write(folder / (path.name + suffix), text(url))
        return path

    return make


def _vrt_metadata(good, folder, url):
    item = '<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/{}o.tif</MDI></Metadata>'.format(url)
    text = _vrt(str(good), None, str(good)).replace("<VRTRasterBand", item + "<VRTRasterBand")
    return _write(folder / "x.vrt", text)


def _source_with_overviews(good, folder, url):
    path = _beside(".aux.xml", lambda url: _PAM.format("OVERVIEW_FILE", "/vsicurl/{}o.tif".format(url)))(
        good, folder, url
    )
    return _write(folder / "outer.vrt", _vrt(str(good), None, str(path)))


def _own_overviews(good, folder, url):
    path = _copy(good, folder)
    with rasterio.open(path, "r+") as raster:
        raster.update_tags(ns="OVERVIEWS", OVERVIEW_FILE="/vsicurl/{}o.tif".format(url))
    return path


def _catalogue(good, folder, url):
    asset = {"proj:epsg": 4326, "proj:transform": [0.01, 0, 0, 0, -0.01, 10], "proj:shape": [600, 600]}
    text = json.dumps({
        "type": "FeatureCollection", "stac_version": "1.0.0",
        "features": [{
            "type": "Feature", "stac_version": "1.0.0", "id": "a", "collection": "c", "bbox": [0, 4, 6, 10],
            "stac_extensions": ["https://stac-extensions.github.io/projection/v1.0.0/schema.json"],
            "geometry": {"type": "Polygon", "coordinates": [[[0, 4], [6, 4], [6, 10], [0, 10], [0, 4]]]},
            "properties": {"datetime": "2020-01-01T00:00:00Z", **asset},
            "assets": {"B1": {"href": url + "b1.tif", "type": "image/tiff", "roles": ["data"], **asset}},
        }],
    })  # fmt: skip
    return _write(folder / "x.json", text)


def _named(name, text):
    return lambda good, folder, url: _write(folder / name, text(url))


def _packed_gml(good, folder, url):
    path = folder / "x.gml.gz"
    path.write_bytes(gzip.compress(_GML.format("http://foo " + _DESCRIBE.format(url)).encode()))
    return path


def _included_schema(good, folder, url):
    text = (
        '<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://foo">'
        '<xs:include schemaLocation="{}i.xsd"/><xs:element name="a" type="x"/></xs:schema>'
    )
    _write(folder / "x.xsd", text.format(url))
    return _write(folder / "x.gml", _GML.format("http://foo x.xsd"))


def _linked_crs(kind, place, escape=False):
    def make(good, folder, url):
        content = {"type": "FeatureCollection", "crs": {"type": kind, "properties": {place: url + "crs"}},
                   "features": [{"type": "Feature", "properties": {"a": 1},
                                 "geometry": {"type": "Polygon", "coordinates": _RING}}]}  # fmt: skip
        text = json.dumps(content)
        return _write(folder / "x.geojson", text.replace("crs", "\\u0063r\\u0073", 1) if escape else text)

    return make


def _capabilities(url):
    return (
        '<?xml version="1.0"?><wfs:WFS_Capabilities version="1.1.0" xmlns:wfs="http://www.opengis.net/wfs" '
        'xmlns:ows="http://www.opengis.net/ows" xmlns:xlink="http://www.w3.org/1999/xlink"><ows:OperationsMetadata>'
        '<ows:Operation name="GetFeature"><ows:DCP><ows:HTTP><ows:Get xlink:href="{}w?"/></ows:HTTP></ows:DCP>'
        "</ows:Operation></ows:OperationsMetadata><FeatureTypeList><FeatureType><Name>a</Name><DefaultSRS>EPSG:4326"
        "</DefaultSRS></FeatureType></FeatureTypeList></wfs:WFS_Capabilities>".format(url)
    )


def _elsewhere_table(name):
    """A table of a database that is a file of a server."""

    def make(good, folder, url):
        path = folder / name
        driver = ogr.GetDriverByName("GPKG" if name.endswith("gpkg") else "SQLite")
        source = driver.CreateDataSource(str(path))
        source.CreateLayer("t", geom_type=ogr.wkbPolygon)
        del source
        base = sqlite3.connect(path)
        base.execute("PRAGMA writable_schema=ON")
        sql = "CREATE VIRTUAL TABLE v USING VirtualOGR('/vsicurl/{}x.csv')".format(url)
        base.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))
        base.commit()
        base.close()
        return path

    return make


def _raw_in_disguise(good, folder, url):
    """Cells without a header of their own are anything at all: here they are the tiles of a server."""
    with rasterio.open(good) as raster:
        t = raster.transform
    text = _TILES.format(url)
    size = 40
    data = text.encode().ljust(size * size, b" ")
    (folder / "x.bil").write_bytes(data)
    header = "NROWS {0}\nNCOLS {0}\nNBANDS 1\nNBITS 8\nLAYOUT BIL\nULXMAP {1}\nULYMAP {2}\nXDIM {3}\nYDIM {4}\n"
    _write(folder / "x.hdr", header.format(size, t.c + t.a / 2, t.f + t.e / 2, t.a, -t.e))
    return folder / "x.bil"


CALLERS = {
    "vrt": ("RASTER", _remote("/vsicurl/{}")),
    "vrt plain": ("RASTER", _remote("{}")),
    "vrt zip": ("RASTER", _remote("/vsizip//vsicurl/{}")),
    "vrt streaming": ("RASTER", _remote("/vsicurl_streaming/{}")),
    "vrt in vrt": ("RASTER", _remote_in_another),
    "aux.xml": ("RASTER", _beside(".aux.xml", lambda url: _PAM.format(
        "OVERVIEW_FILE", "/vsicurl/{}o.tif".format(url)))),
    "aux.xml base": ("RASTER", _beside(".aux.xml", lambda url: _PAM.format(
        "overview_file", ":::BASE:::/vsicurl/{}o.tif".format(url)))),
    "aux.xml key": ("RASTER", _beside(".aux.xml", lambda url: _PAM.format(
        "OVERVIEW_FILE=/vsicurl/{}o.tif".format(url), ""))),
    "aux.xml odd": ("RASTER", _beside(".aux.xml", lambda url: _PAM.format(
        "OVERVIEW_FILE", "/vsicurl/{}o.tif".format(url)).replace("</PAMDataset>", "<a>"))),
    "vrt metadata": ("RASTER", _vrt_metadata),
    "vrt of aux.xml": ("RASTER", _source_with_overviews),
    "tiff overviews": ("RASTER", _own_overviews),
    "ovr": ("RASTER", _beside(".ovr", _TILES.format)),
    "msk": ("RASTER", _beside(".msk", _TILES.format)),
    "tiles": ("RASTER", _named("x.xml", _TILES.format)),
    "tiles as tif": ("RASTER", _named("x.tif", _TILES.format)),
    "tiles as cells": ("RASTER", _raw_in_disguise),
    "catalogue": ("RASTER", _catalogue),
    "overlay": ("RASTER", _named("x.kml", _KML.format)),
    "gml": ("MASK", _named("x.gml", lambda url: _GML.format("http://foo " + _DESCRIBE.format(url)))),
    "gml packed": ("MASK", _packed_gml),
    "gml schema": ("MASK", _included_schema),
    "geojson link": ("MASK", _linked_crs("link", "href")),
    "geojson url": ("MASK", _linked_crs("url", "url")),
    "geojson escaped": ("MASK", _linked_crs("Link", "href", escape=True)),
    "wfs": ("MASK", _named("x.xml", _capabilities)),
    "database": ("MASK", _elsewhere_table("x.sqlite")),
    "geopackage": ("MASK", _elsewhere_table("x.gpkg")),
    **HIDDEN,
}  # fmt: skip
gdal.UseExceptions()
