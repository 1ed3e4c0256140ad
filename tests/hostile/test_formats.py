"""Ordinary files of users: what keeps strangers' files from the network refuses none of these."""

import json
import shutil
import zipfile

import numpy as np
import pytest
import rasterio
from osgeo import gdal, ogr, osr
from rasterio.warp import transform_bounds

from tests.hostile.bench import ACCEPTED, BY_NAME, Attempt, replaced
from tests.hostile.rasters import _vrt

RASTERS = {"x.tif": "GTiff", "x cog.tif": "COG", "x.nc": "netCDF", "x.asc": "AAIGrid", "x.img": "HFA", "x.gpkg": "GPKG",
           "x.dat": "ENVI", "x.bil": "EHdr", "x.sdat": "SAGA", "x.png": "PNG", "x.jpg": "JPEG",
           "x.jp2": "JP2OpenJPEG", "x.grd": "RRASTER"}  # fmt: skip
#: 8-bit formats.
_BYTES = ("x.gpkg", "x.png", "x.jpg", "x.jp2")
VECTORS = {"x.gpkg": "GPKG", "x.shp": "ESRI Shapefile", "x.geojson": "GeoJSON", "x.csv": "CSV", "x.gml": "GML",
           "x.kml": "KML", "x.sqlite": "SQLite", "x.fgb": "FlatGeobuf", "x.tab": "MapInfo File"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def exceptions():
    """GDAL's own, here alone."""
    gdal.UseExceptions(), ogr.UseExceptions()
    yield
    ogr.DontUseExceptions()  # in this order: GDAL keeps them on a stack
    gdal.DontUseExceptions()


@pytest.fixture
def folder(bench, request):
    """A folder of the test's own."""
    made = bench.bad / request.node.name
    made.mkdir()
    return made


def accepted(bench, parameter, path):
    """Complaints about a run of *Classify driver*."""
    parameters = {**replaced(BY_NAME["classifydriver"], parameter, str(path)), "METHOD": "equal", "CLASSES": 2}
    return bench.attempt(Attempt("good format", "classifydriver", parameters, (), ACCEPTED))


@pytest.mark.parametrize("name", RASTERS)
def test_a_raster_in_an_ordinary_format(bench, folder, name):
    driver = gdal.GetDriverByName(RASTERS[name])
    if driver is None:
        pytest.skip("GDAL is built without {}".format(RASTERS[name]))
    good = gdal.Open(str(bench.inputs / "PRE.tif"))
    byte = gdal.GDT_Byte if name in _BYTES else gdal.GDT_Float32
    bounds = good.ReadAsArray()[good.ReadAsArray() > -1e30]
    scale = [[float(bounds.min()), float(bounds.max()), 1, 255]] if name in _BYTES else None
    first = gdal.Translate("", good, format="MEM", outputType=byte, scaleParams=scale, noData=0)
    path = folder / name
    driver.CreateCopy(str(path), first)
    assert not accepted(bench, "RASTER", path)
    info = rasterio.open(path).driver
    assert info in (RASTERS[name], "GTiff")


def test_a_virtual_raster_with_metadata_overviews_and_a_neighbour(bench, folder):
    """Addresses as texts, overviews beside it, and statistics that were there before."""
    shutil.copy(bench.inputs / "PRE.tif", folder / "x.tif")
    data = gdal.Open(str(folder / "x.tif"))
    data.BuildOverviews("NEAREST", [2, 4])
    data.GetRasterBand(1).ComputeStatistics(False)
    data.SetMetadataItem("source", "https://doi.org/10.1000/1")
    del data
    assert (folder / "x.tif.ovr").exists() and (folder / "x.tif.aux.xml").exists()
    assert not accepted(bench, "RASTER", folder / "x.tif")
    text = _vrt(str(folder / "x.tif"), None, str(folder / "x.tif"))
    meta = '<Metadata><MDI key="source">https://doi.org/10.1000/1</MDI></Metadata><VRTRasterBand'
    (folder / "x.vrt").write_text(text.replace("<VRTRasterBand", meta))
    assert not accepted(bench, "RASTER", folder / "x.vrt")


def test_a_part_of_a_file_by_its_name(bench, folder):
    """NETCDF:"file":variable, and the page of a TIFF."""
    gdal.Translate(str(folder / "x.nc"), str(bench.inputs / "PRE.tif"), format="netCDF")
    data = gdal.Open(str(folder / "x.nc"))
    name = (data.GetSubDatasets() or [('NETCDF:"{}":Band1'.format(folder / "x.nc"), "")])[0][0]
    case = BY_NAME["aggregatetime"]
    parameters = {**case.parameters, "STEPS": [name], "FUNCTION": "mean"}
    wrong = bench.attempt(Attempt("good format", "aggregatetime", parameters, (), "either"))
    assert not wrong, wrong


def polygons(folder, name, inputs):
    """A polygon over the middle of the raster, in another format."""
    with rasterio.open(inputs / "PRE.tif") as raster:
        west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    options = ["GEOMETRY=AS_WKT"] if name.endswith(".csv") else []
    source = ogr.GetDriverByName(VECTORS[name]).CreateDataSource(str(folder / name))
    layer = source.CreateLayer("x", crs, ogr.wkbPolygon, options)
    layer.CreateField(ogr.FieldDefn("name", ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField("name", "see https://example.org/a")
    x, y, dx, dy = (west + east) / 2, (south + north) / 2, (east - west) / 3, (north - south) / 3
    corners = ((x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy), (x - dx, y - dy))
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((" + ",".join("{} {}".format(*at) for at in corners) + "))"))
    layer.CreateFeature(feature)
    del feature, layer, source
    return folder / name


@pytest.mark.parametrize("name", VECTORS)
def test_a_layer_in_an_ordinary_format(bench, folder, name):
    path = polygons(folder, name, bench.inputs)
    if name == "x.csv":  # a table of texts has no CRS, which the mask needs: told so, not taken for a danger
        parameters = replaced(BY_NAME["classifydriver"], "MASK", str(path))
        assert not bench.attempt(Attempt("good format", "classifydriver", parameters, ("coordinate reference", "CRS")))
    else:
        assert not accepted(bench, "MASK", path)


def test_a_zipped_shapefile(bench, folder):
    polygons(folder, "x.shp", bench.inputs)
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for part in folder.glob("x.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert not accepted(bench, "MASK", folder / "x.zip")


def test_geojson_with_a_named_crs(bench, folder):
    path = polygons(folder, "x.geojson", bench.inputs)
    content = json.loads(path.read_text())
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    content["features"][0]["properties"] = {"crs": {"type": "link road"}, "type": "link"}
    path.write_text(json.dumps(content))
    assert not accepted(bench, "MASK", path)


def test_cells_that_begin_like_a_text(bench, folder):
    """Class codes 60, 91 and 123 are '<', '[' and '{'."""
    with rasterio.open(bench.inputs / "PRE.tif") as raster:
        t, wkt = raster.transform, raster.crs.to_wkt("WKT1_ESRI")
    header = "NROWS 40\nNCOLS 40\nNBANDS 1\nNBITS 8\nLAYOUT BIL\nULXMAP {}\nULYMAP {}\nXDIM {}\nYDIM {}\n"
    for number, codes in enumerate(([60, 61, 62], [91, 10, 20], [123, 10, 60], [60, 63, 70])):
        cells = np.resize(np.array(codes, np.uint8), 1600)
        (folder / "x{}.bil".format(number)).write_bytes(cells.tobytes())
        place = (t.c + t.a / 2, t.f + t.e / 2, t.a, -t.e)
        (folder / "x{}.hdr".format(number)).write_text(header.format(*place))
        (folder / "x{}.prj".format(number)).write_text(wkt)
        assert not accepted(bench, "RASTER", folder / "x{}.bil".format(number))
