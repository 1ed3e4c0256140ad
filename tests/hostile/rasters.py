"""Bad rasters, each made from a good one: damaged files, false declarations, strange grids and types.

`RASTERS` is name → (what must come of it, maker). A maker writes `path`, and may write neighbours, from the good raster
`good`; `canary` is a file that must never come to be.
"""

import random
import struct
import zipfile
import zlib

import numpy as np
import rasterio
from rasterio.transform import Affine

from tests.hostile.bench import ACCEPTED, EITHER, REFUSED
from tests.hostile.making import ENTITIES, content, directory, folder_of, link, make_once, nothing, pipe, read, save

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _OFFSETS, _SAMPLES, _ROWS, _COUNTS = 256, 257, 258, 259, 273, 277, 278, 279
_FORMAT = 339
#: A port that nothing listens at; the test of the silence listens itself.
URL = "http://127.0.0.1:9/x.tif"


def _cut(share):
    def make(good, path, canary):
        data = bytearray(read(good))
        save(path, data[: int(len(data) * share)])

    return make


def entries(data):
    """Positions of the entries of the first TIFF directory: tag → offset of its 12 bytes."""
    order = "<" if data[:2] == b"II" else ">"
    start = struct.unpack(order + "I", data[4:8])[0]
    count = struct.unpack(order + "H", data[start : start + 2])[0]
    places = [start + 2 + 12 * index for index in range(count)]
    return {struct.unpack(order + "H", data[at : at + 2])[0]: at for at in places}


def _tags(changes):
    """Values of tags of the first directory are overwritten in place (as LONG)."""

    def make(good, path, canary):
        data = bytearray(read(good))
        found = entries(data)
        for tag, value in changes.items():
            if tag in found:
                at = found[tag]
                data[at + 2 : at + 4] = struct.pack("<H", 4)
                data[at + 4 : at + 12] = struct.pack("<II", 1, value)
        save(path, data)

    return make


def _flipped(seed):
    """Bytes of the header and of the directory are changed at random."""

    def make(good, path, canary):
        data, rng = bytearray(read(good)), random.Random(seed)
        places = sorted(entries(data).values())
        low, high = places[0] - 2, places[-1] + 12
        for _ in range(rng.choice((1, 2, 5, 20))):
            place = rng.choice((rng.randrange(2, 8), rng.randrange(low, high), rng.randrange(low, high)))
            data[place] = rng.randrange(256)
        save(path, data)

    return make


def _pixels_flipped(good, path, canary):
    """The compressed cells are damaged, the header is whole."""
    data, rng = bytearray(read(good)), random.Random(3)
    taken = {at for place in entries(data).values() for at in range(place, place + 12)}
    for _ in range(2000):
        at = rng.randrange(len(data) // 2, len(data))
        if at not in taken:
            data[at] = rng.randrange(256)
    save(path, data)


def _rewritten(change):
    """The good raster, read, changed and written again: change(profile, bands) gives both."""

    def make(good, path, canary):
        with rasterio.open(good) as source:
            profile, bands = dict(source.profile), source.read()
            units, names, tags = source.units, source.descriptions, source.tags()
        profile, bands = change(profile, bands)
        for name in ("blockxsize", "blockysize", "tiled"):
            profile.pop(name, None)
        profile.update(height=bands.shape[1], width=bands.shape[2], count=bands.shape[0], dtype=bands.dtype)
        with rasterio.open(path, "w", **profile) as made:
            made.write(bands)
            made.update_tags(**{key: value for key, value in tags.items() if key.startswith("CARBON")})
            for band in range(1, min(len(units), bands.shape[0]) + 1):
                made.set_band_unit(band, units[band - 1] or "")
                if names[band - 1]:
                    made.set_band_description(band, names[band - 1])

    return make


def _profile(**changes):
    return _rewritten(lambda profile, bands: ({**profile, **changes}, bands))


def _typed(dtype, scale=1.0):
    def change(profile, bands):
        with np.errstate(all="ignore"):
            return {**profile, "nodata": None, "compress": None}, (bands.astype("float64") * scale).astype(dtype)

    return _rewritten(change)


def _moved(transform):
    def change(profile, bands):
        return {**profile, "transform": transform(profile["transform"])}, bands

    return _rewritten(change)


def _south_up(profile, bands):
    t = profile["transform"]
    flipped = Affine(t.a, t.b, t.c, t.d, -t.e, t.f + t.e * bands.shape[1])
    return {**profile, "transform": flipped}, bands[:, ::-1].copy()


def _all(value):
    def change(profile, bands):
        profile = dict(profile)
        if value is None:
            profile["nodata"] = profile["nodata"] if profile["nodata"] is not None else 0
            return profile, np.full_like(bands, profile["nodata"])
        return {**profile, "nodata": None}, np.full(bands.shape, value, "float32")

    return _rewritten(change)


def _mixed(profile, bands):
    """Infinities of both signs, NaN and numbers at the edge among the cells."""
    bands = bands.astype("float32")
    flat = bands.reshape(-1)
    for step, value in ((7, np.inf), (11, -np.inf), (13, np.nan), (17, 3.4e38), (19, -3.4e38)):
        flat[::step] = value
    return {**profile, "nodata": -9999.0}, bands


def _scaled(scale, offset):
    def make(good, path, canary):
        _profile()(good, path, canary)
        with rasterio.open(path, "r+") as made:
            made.scales, made.offsets = [scale] * made.count, [offset] * made.count

    return make


def _vrt(good, size=None, source=None, extra="", nodata=True):
    """Text of a VRT of the grid of the good raster."""
    with rasterio.open(good) as raster:
        t, wkt, (height, width) = raster.transform, raster.crs.to_wkt(), raster.shape
    width, height = size or (width, height)
    numbers = ", ".join(repr(number) for number in (t.c, t.a, t.b, t.f, t.d, t.e))
    source = "" if source is None else (
        "<SimpleSource><SourceFilename relativeToVRT=\"0\">{}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource>".format(source)
    )  # fmt: skip
    return (
        '<VRTDataset rasterXSize="{}" rasterYSize="{}"><SRS>{}</SRS><GeoTransform>{}</GeoTransform>'
        '<VRTRasterBand dataType="Float32" band="1"{}>{}</VRTRasterBand></VRTDataset>'.format(
            width, height, wkt.replace('"', "&quot;"), numbers, "" if not extra else ' subClass="VRTDerivedRasterBand"',
            extra + source,
        )
    )  # fmt: skip


def _vrt_of(source=None, size=None, extra=""):
    def make(good, path, canary):
        target = source(good, path) if callable(source) else source
        save(path, _vrt(good, size, target, extra.replace("CANARY", str(canary))).encode("utf-8"))

    return make


def _vrt_pair(good, path, canary):
    other = path + ".other.vrt"
    save(path, _vrt(good, None, other).encode("utf-8"))
    save(other, _vrt(good, None, path).encode("utf-8"))


_PYTHON = (
    "<PixelFunctionType>run</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>"
    "<PixelFunctionCode><![CDATA[\nimport os\nopen('CANARY', 'w').write('x')\n"
    "def run(in_ar, out_ar, xoff, yoff, xsize, ysize, rxs, rys, bufr, gt, **kw):\n"
    "    open('CANARY', 'w').write('x')\n]]></PixelFunctionCode>"
)
_WMS = (
    '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:9/${z}/${x}/${y}.png</ServerUrl></Service><DataWindow>'
    "<UpperLeftX>-10</UpperLeftX><UpperLeftY>10</UpperLeftY><LowerRightX>10</LowerRightX><LowerRightY>-10</LowerRightY>"
    "<SizeX>100</SizeX><SizeY>100</SizeY></DataWindow><Projection>EPSG:4326</Projection><BandsCount>1</BandsCount>"
    "</GDAL_WMS>"
)
_XML_BOMB = (
    '<?xml version="1.0"?>' + ENTITIES + '<VRTDataset rasterXSize="1" rasterYSize="1"><SRS>&j;</SRS></VRTDataset>'
)


def _bomb(side):
    """One deflated strip of zeros that unpacks to side² bytes."""

    def make(good, path, canary):
        # One packed piece of zeros again and again: what is packed in a second would take long to unpack.
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        piece = packer.compress(bytes(side)) + packer.flush(zlib.Z_FULL_FLUSH)
        check = ((side * side % 65521) << 16) | 1
        strip = b"\x78\x9c" + piece * side + b"\x03\x00" + struct.pack(">I", check)
        scale, tie = struct.pack("<3d", 1e-4, 1e-4, 0.0), struct.pack("<6d", 0, 0, 0, 10.0, 10.0, 0)
        keys = struct.pack("<16H", 1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)
        blobs = [scale, tie, keys, strip]
        tags = [(256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1),
                (322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, 3), (325, 4, 1, len(strip)),
                (33550, 12, 3, 0), (33922, 12, 6, 1), (34735, 3, 16, 2)]  # fmt: skip
        at = 8 + 2 + 12 * len(tags) + 4
        starts = [at + sum(len(blob) for blob in blobs[:i]) for i in range(4)]
        refers = {324: 3, 33550: 0, 33922: 1, 34735: 2}
        listed = struct.pack("<H", len(tags))
        for tag, kind, count, value in tags:
            listed += struct.pack("<HHII", tag, kind, count, starts[refers[tag]] if tag in refers else value)
        save(path, b"II*\x00" + struct.pack("<I", 8) + listed + bytes(4) + b"".join(blobs))

    return make


def _of_gdal(driver, dtype=None, change=None, **options):
    """The good raster in another format or type of cells, as GDAL makes it; change(dataset) alters a copy in memory."""

    def make(good, path, canary):
        from osgeo import gdal

        kind = None if dtype is None else getattr(gdal, dtype, None)
        source = gdal.Open(str(good))
        made = gdal.Translate("", source, format="MEM", outputType=kind or gdal.GDT_Float32, **options)
        if change is not None:
            change(made)
        gdal.GetDriverByName(driver).CreateCopy(str(path), made)

    return make


def _whole_numbers(value):
    """Cells of 64 bits, some beyond what a float64 or an int32 tells apart; `value` is one of them."""

    def change(dataset):
        band = dataset.GetRasterBand(1)
        cells = band.ReadAsArray()
        cells[::5] = value
        band.WriteArray(cells)

    return change


def _nodata_by_band(good, path, canary):
    """Two bands that call other values missing."""
    from osgeo import gdal

    source = gdal.Open(str(good))
    made = gdal.Translate("", source, format="MEM", outputType=gdal.GDT_Float32, bandList=[1, 1])
    cells = made.GetRasterBand(1).ReadAsArray()
    made.GetRasterBand(1).SetNoDataValue(float(np.nanmin(cells)))
    made.GetRasterBand(2).SetNoDataValue(float(np.nanmax(cells)))
    gdal.GetDriverByName("HFA").CreateCopy(str(path), made)


def _netcdf(change):
    """The good raster as NetCDF, its bytes changed."""

    def make(good, path, canary):
        _of_gdal("netCDF")(good, path, canary)
        save(path, change(bytearray(read(path))))

    return make


def _netcdf_noise(seed):
    def change(data):
        rng = random.Random(seed)
        for _ in range(rng.choice((3, 30, 300))):
            data[rng.randrange(8, min(len(data), 6000))] = rng.randrange(256)
        return data

    return _netcdf(change)


def _zip(good, path, canary):
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(good, "x.tif")


def _one_cell(profile, bands):
    row, col = bands.shape[1] // 3, bands.shape[2] // 3
    return profile, bands[:, row : row + 1, col : col + 1].copy()


RASTERS = {
    "missing.tif": (REFUSED, nothing),
    "empty.tif": (REFUSED, content(b"")),
    "folder.tif": (REFUSED, directory),
    "garbage.tif": (REFUSED, content(random.Random(1).randbytes(5000))),
    "text.tif": (REFUSED, content("not a raster, but 说明\n".encode() * 50)),
    "utf16.tif": (REFUSED, content("lucode,c_above\n1,2\n".encode("utf-16"))),
    "magic.tif": (REFUSED, content(b"II*\x00\x08\x00\x00\x00")),
    "loop.tif": (REFUSED, content(b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00")),
    "cut30.tif": (EITHER, _cut(0.3)),
    "cut60.tif": (EITHER, _cut(0.6)),
    "cut95.tif": (EITHER, _cut(0.95)),
    "pixels.tif": (EITHER, _pixels_flipped),
    "zero wide.tif": (REFUSED, _tags({_WIDTH: 0})),
    "zero high.tif": (REFUSED, _tags({_HEIGHT: 0})),
    "zero both.tif": (REFUSED, _tags({_WIDTH: 0, _HEIGHT: 0})),
    "huge wide.tif": (REFUSED, _tags({_WIDTH: 2**31 - 1})),
    "huge high.tif": (REFUSED, _tags({_HEIGHT: 2**31 - 1})),
    "huge both.tif": (REFUSED, _tags({_WIDTH: 2**31 - 1, _HEIGHT: 2**31 - 1})),
    "beyond int.tif": (REFUSED, _tags({_WIDTH: 2**32 - 1, _HEIGHT: 2**32 - 1})),
    "bits0.tif": (EITHER, _tags({_BITS: 0})),
    "bits255.tif": (EITHER, _tags({_BITS: 255})),
    "samples.tif": (EITHER, _tags({_SAMPLES: 65535})),
    "compression.tif": (REFUSED, _tags({_COMPRESSION: 9999})),
    "offset.tif": (EITHER, _tags({_OFFSETS: 2**32 - 5})),
    "counts.tif": (EITHER, _tags({_COUNTS: 2**32 - 5})),
    "rows.tif": (EITHER, _tags({_ROWS: 2**31 - 1})),
    "format.tif": (EITHER, _tags({_FORMAT: 77})),
    "bomb.tif": (REFUSED, _bomb(40000)),
    "no crs.tif": (EITHER, _profile(crs=None)),
    "no position.tif": (EITHER, _moved(lambda t: Affine.identity())),
    "rotated.tif": (EITHER, _moved(lambda t: t * Affine.rotation(30))),
    "sheared.tif": (EITHER, _moved(lambda t: Affine(t.a, t.a * 0.3, t.c, t.a * 0.1, t.e, t.f))),
    "flat cells.tif": (EITHER, _moved(lambda t: Affine(t.a, 0, t.c, 0, -1e-300, t.f))),
    "endless cells.tif": (EITHER, _moved(lambda t: Affine(1e300, 0, t.c, 0, -1e300, t.f))),
    "nan place.tif": (EITHER, _moved(lambda t: Affine(t.a, 0, float("nan"), 0, t.e, t.f))),
    "off earth.tif": (EITHER, _moved(lambda t: Affine(t.a, 0, 1e9, 0, t.e, 1e9))),
    "south up.tif": (EITHER, _rewritten(_south_up)),
    "mirrored.tif": (EITHER, _moved(lambda t: Affine(-t.a, 0, t.c, 0, t.e, t.f))),
    "local crs.tif": (EITHER, _profile(crs='LOCAL_CS["nowhere",UNIT["metre",1]]')),
    "one cell.tif": (EITHER, _rewritten(_one_cell)),
    "nodata everywhere.tif": (EITHER, _all(None)),
    "constant.tif": (EITHER, _all(5.0)),
    "nan everywhere.tif": (EITHER, _all(np.nan)),
    "infinite.tif": (EITHER, _all(np.inf)),
    "mixed.tif": (EITHER, _rewritten(_mixed)),
    "nodata nan.tif": (EITHER, _rewritten(lambda p, b: ({**p, "nodata": float("nan")}, b.astype("float32")))),
    "nodata outside.tif": (EITHER, _rewritten(lambda p, b: ({**p, "nodata": None}, b.astype("float32")))),
    "complex64.tif": (REFUSED, _typed("complex64")),
    "complex128.tif": (REFUSED, _typed("complex128")),
    "int16.tif": (EITHER, _typed("int16")),
    "uint32.tif": (EITHER, _typed("uint32", 1e6)),
    "float64.tif": (EITHER, _typed("float64", 1e300)),
    "int64.tif": (EITHER, _of_gdal("GTiff", "GDT_Int64")),
    "int64 extreme.tif": (EITHER, _of_gdal("GTiff", "GDT_Int64", _whole_numbers(-(2**63)))),
    "int64 near.tif": (EITHER, _of_gdal("GTiff", "GDT_Int64", _whole_numbers(2**53 + 1))),
    "uint64.tif": (EITHER, _of_gdal("GTiff", "GDT_UInt64")),
    "uint64 extreme.tif": (EITHER, _of_gdal("GTiff", "GDT_UInt64", _whole_numbers(2**64 - 1))),
    "int8.tif": (EITHER, _of_gdal("GTiff", "GDT_Int8")),
    "complex int.tif": (REFUSED, _of_gdal("GTiff", "GDT_CInt16")),
    "nodata by band.img": (EITHER, _nodata_by_band),
    "whole.nc": (EITHER, _of_gdal("netCDF")),
    "whole numbers.nc": (EITHER, _of_gdal("netCDF", "GDT_Int16", noData=-5)),
    "double.nc": (EITHER, _of_gdal("netCDF", "GDT_Float64")),
    "empty.nc": (REFUSED, content(b"")),
    "magic.nc": (REFUSED, content(b"CDF\x01")),
    "magic 4.nc": (REFUSED, content(b"\x89HDF\r\n\x1a\n" + bytes(500))),
    "garbage.nc": (REFUSED, content(b"CDF\x02" + random.Random(8).randbytes(4000))),
    "cut head.nc": (REFUSED, _netcdf(lambda data: data[:300])),
    "cut.nc": (EITHER, _netcdf(lambda data: data[: len(data) // 2])),
    "endless.nc": (REFUSED, _netcdf(lambda data: data[:8] + b"\x00\x00\x00\x0a\x7f\xff\xff\xff" + data[16:])),
    "tiny.tif": (EITHER, _typed("float64", 1e-320)),
    "scaled.tif": (EITHER, _scaled(0.1, -5.0)),
    "scale zero.tif": (EITHER, _scaled(0.0, 0.0)),
    "scale nan.tif": (EITHER, _scaled(float("nan"), float("inf"))),
    "40 bands.tif": (EITHER, _rewritten(lambda p, b: (p, np.repeat(b[:1, ::8, ::8], 40, axis=0)))),
    "no source.vrt": (REFUSED, _vrt_of(lambda good, path: path + ".gone.tif")),
    "itself.vrt": (REFUSED, _vrt_of(lambda good, path: path)),
    "two.vrt": (REFUSED, _vrt_pair),
    "outside.vrt": (REFUSED, _vrt_of("/etc/passwd")),
    "up.vrt": (REFUSED, _vrt_of("../../../../../../etc/passwd")),
    "url.vrt": (REFUSED, _vrt_of("/vsicurl/" + URL)),
    "url plain.vrt": (REFUSED, _vrt_of(URL)),
    "zip url.vrt": (REFUSED, _vrt_of("/vsizip/vsicurl/" + URL)),
    "bucket.vrt": (REFUSED, _vrt_of("/vsis3/nowhere/x.tif")),
    "python.vrt": (REFUSED, _vrt_of(lambda good, path: good, extra=_PYTHON)),
    "endless.vrt": (REFUSED, _vrt_of(size=(2**31 - 1, 2**31 - 1))),
    "negative.vrt": (REFUSED, _vrt_of(size=(-5, -5))),
    "hollow.vrt": (REFUSED, content(b"<VRTDataset></VRTDataset>")),
    "deep.vrt": (REFUSED, content(b"<VRTDataset>" * 100_000)),
    "entities.vrt": (REFUSED, content(_XML_BOMB.encode())),
    "tiles.xml": (REFUSED, content(_WMS.encode())),
    "zipped.tif": (REFUSED, _zip),
    "pipe.tif": (REFUSED, pipe),
    "link to itself.tif": (REFUSED, link()),
    "link to zeros.tif": (REFUSED, link("/dev/zero")),
    "line\nbreak.tif": (ACCEPTED, _profile()),
    "-of PNG.tif": (ACCEPTED, _profile()),
    "'; DROP \"x\" --.tif": (ACCEPTED, _profile()),
    "碳密度 🌳 é.tif": (ACCEPTED, _profile()),
    "a" * 240 + ".tif": (ACCEPTED, _profile()),
    "%s {0} {name} $HOME `id`.tif": (ACCEPTED, _profile()),
    "<script>alert(1)</script>&.tif".replace("/", "∕"): (ACCEPTED, _profile()),
}  # fmt: skip
#: Damage drawn at random: the same for the same number.
for _number in range(40):
    RASTERS["flipped {}.tif".format(_number)] = (EITHER, _flipped(_number))
for _number in range(6):
    RASTERS["flipped {}.nc".format(_number)] = (EITHER, _netcdf_noise(_number))

#: Slow to try or large: left out where only a sample runs.
HEAVY = ("bomb.tif", "endless.vrt")


def make(kind, good, folder, canary):
    """Make a bad raster once per good one; its path."""
    return make_once(RASTERS[kind][1], good, folder_of(good, folder), kind, canary)
