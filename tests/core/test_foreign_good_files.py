"""Files that GDAL and QGIS write themselves pass the look at what they lead to."""

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.foreign_files import require_harmless

gdal = pytest.importorskip("osgeo.gdal")
ogr, osr = pytest.importorskip("osgeo.ogr"), pytest.importorskip("osgeo.osr")

#: As QGIS leaves it beside a raster.
_STATISTICS = """<PAMDataset>
  <SRS dataAxisToSRSAxisMapping="1,2">PROJCS["WGS 84 / UTM zone 33N",AUTHORITY["EPSG","32633"]]</SRS>
  <Metadata domain="xml:ESRI" format="xml"><GeodataXform xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/></Metadata>
  <PAMRasterBand band="1">
    <Description>Kohlenstoff &amp; Boden (t&#xE9;)</Description>
    <Histograms><HistItem><HistMin>0</HistMin><HistMax>9</HistMax><BucketCount>2</BucketCount>
      <HistCounts>1|2</HistCounts></HistItem></Histograms>
    <Metadata>
      <MDI key="STATISTICS_MAXIMUM">9</MDI>
      <MDI key="source">https://doi.org/10.1000/1</MDI>
      <MDI key="comment">made of MY_DATASET = https://example.org</MDI>
    </Metadata>
  </PAMRasterBand>
</PAMDataset>
"""


@pytest.fixture
def raster(tmp_path):
    """A GeoTIFF with a name that XML must escape, metadata, and statistics beside it."""
    path = str(tmp_path / "a & b 碳.tif")
    data = gdal.GetDriverByName("GTiff").Create(path, 64, 64, 2, gdal.GDT_Float32)
    data.SetGeoTransform((500000, 30, 0, 5000000, 0, -30))
    data.SetProjection(system(32633).ExportToWkt())
    data.SetMetadataItem("source", "see http://example.org/x_dataset")
    data.SetMetadataItem("AREA_OR_POINT", "Point")
    data.GetRasterBand(1).SetDescription("<1> & 'two' \"three\"")
    data.GetRasterBand(2).SetNoDataValue(-9999)
    del data
    with open(path + ".aux.xml", "w", encoding="utf-8") as stream:
        stream.write(_STATISTICS)
    return path


def system(code):
    made = osr.SpatialReference()
    made.ImportFromEPSG(code)
    made.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return made


def points(path, driver, options=(), layer=()):
    """Two points in a file of another format."""
    made = ogr.GetDriverByName(driver).CreateDataSource(str(path), list(options))
    into = made.CreateLayer("waypoints", system(4326), ogr.wkbPoint, list(layer))
    if driver != "GPX":
        into.CreateField(ogr.FieldDefn("see", ogr.OFTString))
    for x in (1, 2):
        feature = ogr.Feature(into.GetLayerDefn())
        feature.SetField("see" if driver != "GPX" else "desc", "https://example.org/'crs': \"crs\": 1} & <wfs>")
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT({} 2)".format(x)))
        into.CreateFeature(feature)
        del feature
    del into, made
    return str(path)


def test_a_raster_with_overviews_mask_and_statistics(raster):
    require_harmless(raster)
    for where in ("NO", "YES"):
        data = gdal.Open(raster, gdal.GA_ReadOnly if where == "NO" else gdal.GA_Update)
        data.BuildOverviews("NEAREST", [2, 4])
        data.CreateMaskBand(gdal.GMF_PER_DATASET)
        data.GetRasterBand(1).ComputeStatistics(False)
        del data
        require_harmless(raster)


def test_virtual_rasters(raster, tmp_path):
    made = {name: str(tmp_path / (name + ".vrt")) for name in ("built", "apart", "cut", "warped", "scaled", "nested")}
    gdal.BuildVRT(made["built"], [raster, raster])
    gdal.BuildVRT(made["apart"], [raster, raster], separate=True, addAlpha=False)
    gdal.Translate(made["cut"], raster, format="VRT", srcWin=[1, 1, 9, 9], maskBand=1)
    gdal.Warp(made["warped"], raster, format="VRT", dstSRS="EPSG:4326")
    gdal.Translate(made["scaled"], made["warped"], format="VRT", scaleParams=[[0, 1, 0, 255]], outputType=gdal.GDT_Byte)
    gdal.BuildVRT(made["nested"], [made["built"], made["cut"]])
    for name in made.values():
        require_harmless(name)
        assert gdal.Open(name) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_virtual_raster_that_was_edited_by_hand(raster, tmp_path, encoding):
    gdal.Translate(str(tmp_path / "x.vrt"), raster, format="VRT")
    text = (tmp_path / "x.vrt").read_text(encoding="utf-8").replace("碳", "C")
    text = '<?xml version="1.0" encoding="{}"?>\n<!-- Wälder, see https://example.org -->\n{}'.format(encoding, text)
    text = text.replace("<Metadata>", '<Metadata><MDI key="Name">Böden</MDI><MDI key="a"><![CDATA[<b> & c]]></MDI>', 1)
    (tmp_path / "x.vrt").write_bytes(text.encode("utf-8" if encoding == "utf-8" else "latin-1"))
    require_harmless(str(tmp_path / "x.vrt"))


def test_a_virtual_raster_with_a_name_in_another_encoding_is_followed(tmp_path):
    """The name is one of bytes, whatever they mean: it leads where they lead."""
    source = "<VRTDataset><a><SourceFilename>{}</SourceFilename></a></VRTDataset>".format
    try:
        with open(bytes(tmp_path / "") + b"/b\xf6se.vrt", "wb") as stream:
            stream.write(source("/vsicurl/http://x/y.tif").encode())
    except OSError:
        pytest.skip("names are UTF-8 here")
    (tmp_path / "x.vrt").write_bytes(source("b\xf6se.vrt").encode("latin-1"))
    with pytest.raises(InputError, match="leads to the network"):
        require_harmless(str(tmp_path / "x.vrt"))


def test_a_virtual_raster_of_a_variable(raster, tmp_path):
    if gdal.GetDriverByName("netCDF") is None:
        pytest.skip("GDAL is built without netCDF")
    gdal.Translate(str(tmp_path / "x.nc"), raster, format="netCDF")
    name = 'NETCDF:"{}":Band1'.format(tmp_path / "x.nc")
    gdal.Translate(str(tmp_path / "x.vrt"), name, format="VRT")
    require_harmless(name), require_harmless(str(tmp_path / "x.vrt"))


@pytest.mark.parametrize("options", [(), ("FORMAT=GML3",), ("FORMAT=GML3.2",), ("XSISCHEMA=INTERNAL",)])
def test_gml(tmp_path, options):
    path = points(tmp_path / "x.gml", "GML", options)
    require_harmless(path, vector=True)
    ogr.Open(path)
    require_harmless(path, vector=True)  # with what GDAL keeps beside it


@pytest.mark.parametrize("name, driver", [
    ("x.kml", "KML"), ("y.kml", "LIBKML"), ("x.gpx", "GPX"), ("x.geojson", "GeoJSON"), ("x.geojsonl", "GeoJSONSeq"),
    ("x.csv", "CSV"), ("x.gpkg", "GPKG"), ("x.sqlite", "SQLite"), ("x.shp", "ESRI Shapefile"),
    ("x.tab", "MapInfo File"), ("x.fgb", "FlatGeobuf"),
])  # fmt: skip
def test_layers(tmp_path, name, driver):
    if ogr.GetDriverByName(driver) is None:
        pytest.skip("GDAL is built without {}".format(driver))
    require_harmless(points(tmp_path / name, driver, layer=["GEOMETRY=AS_WKT"] if driver == "CSV" else []), vector=True)


@pytest.mark.parametrize("text", [
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/kml/2.2 '
    'http://schemas.opengis.net/kml/2.2.0/ogckml22.xsd http://www.google.com/kml/ext/2.2 '
    'http://code.google.com/apis/kml/schema/kml22gx.xsd"><Document/></kml>',
    '<gpx version="1.1" creator="Garmin" xmlns="http://www.topografix.com/GPX/1/1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 '
    'http://www.topografix.com/GPX/1/1/gpx.xsd http://www.garmin.com/xmlschemas/GpxExtensions/v3 '
    'http://www8.garmin.com/xmlschemas/GpxExtensionsv3.xsd"><wpt lat="1" lon="2"/></gpx>',
])  # fmt: skip
def test_usual_schemas_of_kml_and_gpx(tmp_path, text):
    (tmp_path / "x.xml").write_text(text)
    require_harmless(str(tmp_path / "x.xml"), vector=True)


def test_a_virtual_layer(tmp_path):
    points(tmp_path / "a.csv", "CSV", layer=["GEOMETRY=AS_XY"])
    (tmp_path / "x.vrt").write_text(
        '<OGRVRTDataSource>\n<OGRVRTLayer name="a"><SrcDataSource relativeToVRT="1">a.csv</SrcDataSource>'
        '<GeometryType>wkbPoint</GeometryType><LayerSRS>EPSG:4326</LayerSRS><GeometryField encoding="PointFromColumns" '
        'x="X" y="Y"/></OGRVRTLayer></OGRVRTDataSource>'
    )
    require_harmless(str(tmp_path / "x.vrt"), vector=True)


def test_names_with_colons_of_files_that_are_there(raster, tmp_path):
    """A time in a name is no format: the file lies beside."""
    gdal.Translate(str(tmp_path / "LC08T10:30:00.tif"), raster)
    gdal.BuildVRT(str(tmp_path / "x.vrt"), [str(tmp_path / "LC08T10:30:00.tif")])
    require_harmless(str(tmp_path / "x.vrt"))


@pytest.mark.parametrize("text", ["<PAMDataset>", "<PAMDataset><MDI key='a'>1</MDI>", "", "no XML", "<a></b>"])
def test_damaged_metadata_that_name_nothing_are_passed_over(raster, text):
    """GDAL says so, and reads the raster without them."""
    with open(raster + ".aux.xml", "w") as stream:
        stream.write(text)
    require_harmless(raster)


def test_a_table_with_something_like_json_in_a_cell_passes(tmp_path):
    (tmp_path / "x.csv").write_text("a;b\n1;{'crs': {'init': None}}\n2;\"{\"\"crs\"\": {\"\n")
    require_harmless(str(tmp_path / "x.csv"), vector=True)
