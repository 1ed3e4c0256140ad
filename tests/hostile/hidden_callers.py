"""Files that would make GDAL call a server, and hide it: from one parser but not the other, behind blanks, in capitals.

`HIDDEN` is name → (parameter, maker), as `CALLERS` in callers.py.
"""

import html
import json
import shutil
import struct

import rasterio
from osgeo import gdal

from tests.hostile.rasters import _vrt, entries

_TILES = '<TileMap version="1.0.0" tilemapservice="{0}"><TileSets><TileSet href="{0}0"/></TileSets></TileMap>'
_PAM = '<PAMDataset><Metadata domain="OVERVIEWS">{}</Metadata></PAMDataset>'
_LAYER = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
_RING = [[[-20, -30], [50, -30], [50, 30], [-20, 30], [-20, -30]]]
_GML = (
    '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:foo="http://foo" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="{}"><gml:featureMember><foo:a><foo:geom><gml:Polygon><gml:outerBoundaryIs><gml:LinearRing>'
    "<gml:coordinates>0,0 9,0 9,9 0,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></foo:geom>"
    "</foo:a></gml:featureMember></wfs:FeatureCollection>"
)
_DESCRIBE = "{}wfs?SERVICE=WFS&amp;VERSION=1.0.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=foo:a"


def _write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def _remote(url):
    return "/vsicurl/{}x.tif".format(url)


def _source(good, name, relative=False):
    """A VRT of another name."""
    text = _vrt(str(good), None, name)
    return text.replace('relativeToVRT="0"', 'relativeToVRT="1"') if relative else text


def _two_in_one(form, bad, good):
    """Two descriptions: which of them is read depends on where a parser sees the end of a declaration."""
    return form.format(bad=bad, good=good)


#: For one parser the second is the document, for the other the first.
_ENTITY = "<!DOCTYPE a [ <!ENTITY x ']>{bad}'> ]>{good}"
_INSTRUCTION = "<?x {bad}?>{good}"


def _two_rasters(form):
    def make(good, folder, url):
        return _write(folder / "x.vrt", _two_in_one(form, _source(good, _remote(url)), _source(good, str(good))))

    return make


def _two_layers(good, folder, url):
    (folder / "a.csv").write_text("a\n1\n")
    bad = _LAYER.format("/vsicurl/{}ov.csv".format(url))
    return _write(folder / "x.vrt", _two_in_one(_ENTITY, bad, _LAYER.format(folder / "a.csv")))


def _metadata(form):
    """A good raster with odd metadata beside it."""

    def make(good, folder, url):
        shutil.copy(good, folder / "x.tif")
        (folder / "local.vrt").write_text(_source(good, _remote(url)))
        text = form.format(url="/vsicurl/{}o.tif".format(url), local=folder / "local.vrt")
        _write(folder / "x.tif.aux.xml", text)
        return folder / "x.tif"

    return make


_ENTRY = '<MDI key="OVERVIEW_FILE">{url}</MDI>'
_TWO_METADATA = _ENTITY.format(bad=_PAM.format(_ENTRY), good="<PAMDataset/>")


def _in_tiff(make_text, kind=None):
    """A TIFF whose own metadata are another text of the same length, and of another type.

    They name overviews in a description of this machine, which names a server: of addresses themselves GDAL tells.
    """

    def make(good, folder, url):
        path = folder / "x.tif"
        shutil.copy(good, path)
        with rasterio.open(path, "r+") as raster:
            raster.update_tags(long="x" * 3000)
        data = bytearray(path.read_bytes())
        at = entries(data)[42112]
        count, place = struct.unpack("<II", data[at + 4 : at + 12])
        text = make_text(str(_write(folder / "local.vrt", _source(good, _remote(url))))).encode()
        if kind is not None:
            count //= 4
            text = struct.pack("<{}I".format(count), *text.ljust(count, b" "))
            data[at + 2 : at + 8] = struct.pack("<HI", kind, count)
            data[place : place + len(text)] = text
        else:
            data[place : place + count] = text.ljust(count, b" ")
        path.write_bytes(data)
        return path

    return make


def _item(name):
    item = '<Item name="OVERVIEW_FILE" domain="OVERVIEWS">{}</Item>'.format(name)
    return "<GDALMetadata>{}</GDALMetadata>".format(item)


def _escaped_twice(name):
    return _item(name.replace("/", "&amp;#x2f;"))


def _second_page(form):
    """A raster of two pages: the second one names overviews of a server."""

    def make(good, folder, url):
        path = folder / "two.tif"
        shutil.copy(good, path)
        page = gdal.Translate("", str(good), format="MEM")
        page.SetMetadataItem("OVERVIEW_FILE", "/vsicurl/{}o.tif".format(url), "OVERVIEWS")
        del page
        gdal.Translate(str(path), str(good), format="GTiff", creationOptions=["APPEND_SUBDATASET=YES"])
        data = gdal.Open("GTIFF_DIR:2:{}".format(path), gdal.GA_Update)
        if data is not None:
            data.SetMetadataItem("OVERVIEW_FILE", "/vsicurl/{}o.tif".format(url), "OVERVIEWS")
        del data
        return _write(folder / "x.vrt", _source(good, form.format(path)))

    return make


def _beside(name, text):
    def make(good, folder, url):
        shutil.copy(good, folder / "x.tif")
        _write(folder / name, text(url))
        return folder / "x.tif"

    return make


def _of_erdas(good, folder, url):
    """Overviews in the format of Erdas, with metadata of their own."""
    shutil.copy(good, folder / "x.tif")
    with rasterio.open(good) as raster:
        size = raster.width, raster.height
    driver = gdal.GetDriverByName("HFA")
    driver.Create(str(folder / "x.aux"), *size, 1, gdal.GDT_Byte, ["AUX=YES", "DEPENDENT_FILE=x.tif"])
    _write(folder / "x.aux.aux.xml", _PAM.format(_ENTRY.format(url=_remote(url))))
    return folder / "x.tif"


def _named_like_metadata(good, folder, url):
    _write(folder / "e.aux.xml", _source(good, _remote(url)))
    return _write(folder / "x.vrt", _source(good, "e.aux.xml", relative=True))


def _within(good, folder, url):
    """A description in the place of a name, of a file that names a server."""
    _write(folder / "e.vrt", _source(good, _remote(url)))
    return _write(folder / "x.vrt", _source(good, html.escape(_source(good, str(folder / "e.vrt")))))


def _wrapped(good, folder, url):
    _write(folder / "e.vrt", _source(good, _remote(url)))
    return _write(folder / "x.vrt", _source(good, "vrt://{}?bands=1".format(folder / "e.vrt")))


def _of_name(name):
    return lambda good, folder, url: _write(folder / "x.vrt", _source(good, name.format(url=url)))


def _layer_of_name(name):
    return lambda good, folder, url: _write(folder / "x.vrt", _LAYER.format(name.format(url=url)))


def _tiles_behind_text(good, folder, url):
    _write(folder / "t.xml", "x" + _TILES.format(url))
    return _write(folder / "x.vrt", _source(good, "t.xml", relative=True))


def _number_that_overflows(good, folder, url):
    return _write(folder / "x.vrt", _source(good, _remote(url).replace("/", "&#x10000002f;")))


def _json(name, form, link='{{"type": "link", "properties": {{"href": "{url}crs"}}}}'):
    """GeoJSON: `form` holds the whole, `link` its coordinate system."""
    feature = json.dumps({"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Polygon",
                                                                                 "coordinates": _RING}})  # fmt: skip

    def make(good, folder, url):
        text = form.replace("LINK", link.format(url=url)).replace("FEATURE", feature)
        return _write(folder / name, text)

    return make


_COLLECTION = '{"type": "FeatureCollection", KEY "features": [FEATURE]}'


def _after_key(between, before="", behind="", name="x.geojson", **words):
    form = _COLLECTION.replace("KEY", '"crs"' + between + "LINK,")
    return _json(name, before + form + behind, **words)


def _schema_far_down(good, folder, url):
    """The include of a schema stands behind a long remark."""
    _write(folder / "y.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='http://foo'><!--"
           + "a" * 70_000 + "--><xs:include schemaLocation='{}i.xsd'/></xs:schema>".format(url))  # fmt: skip
    return _write(folder / "x.gml", _GML.format("http://foo y.xsd"))


def _like_kml(good, folder, url):
    return _write(folder / "x.gml", "<!-- > --><kml x='1'/>" + _GML.format("http://foo " + _DESCRIBE.format(url)))


HIDDEN = {
    "vrt entity": ("RASTER", _two_rasters(_ENTITY)),
    "vrt instruction": ("RASTER", _two_rasters(_INSTRUCTION)),
    "vrt number": ("RASTER", _number_that_overflows),
    "vrt within vrt": ("RASTER", _within),
    "vrt wrapped": ("RASTER", _wrapped),
    "vrt of aux.xml name": ("RASTER", _named_like_metadata),
    "vrt of tiles": ("RASTER", _tiles_behind_text),
    "vrt odbc": ("RASTER", _of_name("ODBC:server")),
    "vrt unknown": ("RASTER", _of_name("NEWDRIVER:server")),
    "vrt ecwp": ("RASTER", _of_name("ecwp://127.0.0.1:9/x.ecw")),
    "vrt of second page": ("RASTER", _second_page("GTIFF_DIR:2:{}")),
    "vrt of a place": ("RASTER", _second_page("GTIFF_DIR:off:8:{}")),
    "ogr vrt entity": ("MASK", _two_layers),
    "ogr vrt pgeo": ("MASK", _layer_of_name("PGEO:server")),
    "ogr vrt oci": ("MASK", _layer_of_name("OCI:a/b@server")),
    "aux.xml entity": ("RASTER", _metadata(_TWO_METADATA)),
    "aux.xml attribute": ("RASTER", _metadata(_PAM.format('<MDI x="OVERVIEW_FILE">{local}</MDI>'))),
    "aux.xml small": ("RASTER", _metadata(_PAM.format(_ENTRY.replace("MDI", "mdi").replace("url", "local")))),
    "aux.xml json": ("RASTER", _metadata(_PAM.format("OVERVIEW_FILE={local}").replace('">', '" format="json">', 1))),
    "aux.xml xml": ("RASTER", _metadata(_PAM.format("OVERVIEW_FILE={local}").replace('">', '" format="xml">', 1))),
    "aux.xml remark": ("RASTER", _metadata(_PAM.format('<MDI key="OVERVIEW_FILE"><!--{local}--></MDI>'))),
    "aux.xml parted": ("RASTER", _metadata(_PAM.format('<MDI key="OVERVIEW_FILE">{local}<!-- -->x</MDI>'))),
    "aux.xml cdata": ("RASTER", _metadata(_PAM.format('<MDI key="OVERVIEW_FILE">{local}<![CDATA[x]]></MDI>'))),
    "tiff entity": ("RASTER", _in_tiff(lambda name: _ENTITY.format(bad=_item(name), good="<GDALMetadata/>"))),
    "tiff numbers": ("RASTER", _in_tiff(_item, kind=4)),
    "tiff escaped twice": ("RASTER", _in_tiff(_escaped_twice)),
    "OVR": ("RASTER", _beside("x.tif.OVR", _TILES.format)),
    "MSK": ("RASTER", _beside("x.tif.MSK", _TILES.format)),
    "AUX.XML": ("RASTER", _beside("x.tif.AUX.XML", lambda url: _PAM.format(_ENTRY.format(url=_remote(url))))),
    "aux of Erdas": ("RASTER", _of_erdas),
    "geojson blanks": ("MASK", _after_key(" " * 600 + ":")),
    "geojson blanks behind": ("MASK", _after_key(":" + " \n" * 600)),
    "geojson remark": ("MASK", _after_key(":/*" + "a" * 600 + "*/")),
    "geojson line": ("MASK", _after_key("://" + "a" * 600 + "\n")),
    "geojson capitals": ("MASK", _after_key(":", link='{{"TYPE": "link", "Properties": {{"HREF": "{url}crs"}}}}')),
    "geojson key in capitals": ("MASK", _json("x.geojson", _COLLECTION.replace("KEY", '"\\u0043rs": LINK,'))),
    "geojson key in a text": ("MASK", _json("x.geojson", _COLLECTION.replace("KEY", '"a": "\'crs\'//", "crs": LINK,'))),
    "jsonp": ("MASK", _after_key(":", before="jsonp(", behind=")", name="x.txt")),
    "jsonp behind a mark": ("MASK", _after_key(":", before="\ufeff \njsonp(", behind=")", name="x.dat")),
    "jsonp before a nul": ("MASK", _after_key(":", before="jsonp(", behind=")\0", name="x.dat")),
    "loadGeoJSON": ("MASK", _after_key(":", before="loadGeoJSON(", behind=")", name="x.txt")),
    "records": ("MASK", _json("x.txt", "\x1e" + '{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", '
                              '"crs": LINK, "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}\n\x1eFEATURE\n')),
    "gml like kml": ("MASK", _like_kml),
    "gml schema far down": ("MASK", _schema_far_down),
}  # fmt: skip
