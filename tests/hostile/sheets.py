"""Bad tables as layers: spreadsheets, dBASE and GeoPackage, each made from a good table.

`SHEETS` is name → (what must come of it, maker); a maker writes `path` from the path of the good CSV file.
"""

import csv
import os
import random
import struct
import zipfile

from tests.hostile.bench import EITHER, REFUSED
from tests.hostile.making import ENTITIES, OUTER_ENTITY, content, folder_of, make_once, read, save

_DRIVERS = {".xlsx": "XLSX", ".ods": "ODS", ".dbf": "ESRI Shapefile", ".gpkg": "GPKG"}


def _rows(good):
    with open(good, encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def table(path, rows, most=400):
    """Write rows, the first of which is the header, in the format of the path; numbers as numbers."""
    from osgeo import gdal, ogr

    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        source = ogr.GetDriverByName(_DRIVERS[os.path.splitext(path)[1]]).CreateDataSource(path)
        made = source.CreateLayer(os.path.splitext(os.path.basename(path))[0].replace(" ", "_"), None, ogr.wkbNone)
        header, rows = rows[0], rows[1 : most + 1]
        numeric = [all(_number(row[i]) is not None for row in rows) for i in range(len(header))]
        for name, number in zip(header, numeric):
            made.CreateField(ogr.FieldDefn(name, ogr.OFTReal if number else ogr.OFTString))
        for row in rows:
            feature = ogr.Feature(made.GetLayerDefn())
            for index, cell in enumerate(row):
                feature.SetField(index, _number(cell) if numeric[index] else cell)
            made.CreateFeature(feature)
            del feature
        del made, source
    finally:
        gdal.PopErrorHandler()


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def _whole(good, path, canary):
    table(path, _rows(good))


def _cells(value):
    """Every cell but those of the header is another."""
    return lambda good, path, canary: table(path, [
        [value] * len(row) if number else row for number, row in enumerate(_rows(good)[:30])])  # fmt: skip


def _changed(change):
    def make(good, path, canary):
        table(path, _rows(good))
        save(path, change(read(path)))

    return make


def _flipped(seed):
    def change(data):
        rng, data = random.Random(seed), bytearray(data)
        for _ in range(rng.choice((1, 5, 50))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return bytes(data)

    return _changed(change)


#: GDAL opens only what says here that it has a worksheet.
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="{}"/></Relationships>'
)
_SHEET = (
    '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'


def _book(sheet, target="worksheets/sheet1.xml", extra=(), strings=()):
    """An XLSX of one sheet: `sheet` is its text, or gives pieces of it; so do the shared `strings`."""

    def make(good, path, canary):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("[Content_Types].xml", _TYPES)
            archive.writestr("xl/workbook.xml", _BOOK)
            archive.writestr("xl/_rels/workbook.xml.rels", _LINKS.format(target))
            for name, pieces in (("worksheets/sheet1.xml", sheet), ("sharedStrings.xml", strings)):
                with archive.open("xl/" + name, "w", force_zip64=True) as stream:
                    for piece in pieces() if callable(pieces) else [pieces] if isinstance(pieces, str) else pieces:
                        stream.write(piece.encode())
            for name, text in extra:
                archive.writestr(name, text)

    return make


def _sheet_of(rows, front=""):
    return _SHEET.format(front) + rows + "</sheetData></worksheet>"


def _row(number, reference, text):
    return "<row r='{}'>{}</row>".format(number, _CELL.format(reference, text))


def _bomb_rows():
    """Rows without end, of a few megabytes when packed."""
    yield _SHEET.format("")
    row = "<row>" + _CELL.format("A1", "x" * 1000) * 20 + "</row>"
    for _ in range(800_000_000 // len(row)):
        yield row
    yield "</sheetData></worksheet>"


def _bomb_texts():
    """As many texts, one of which a cell names."""
    yield "<sst>"
    for _ in range(1100):
        yield "<si><t>" + "x" * 10**6 + "</t></si>"
    yield "</sst>"


_STRINGS = "xl/sharedStrings.xml"


def _declares_little(good, path, canary):
    """Texts of a gigabyte, where the list of the archive and what stands in front of them say 100 bytes."""
    _book(_sheet_of(_row(1, "A1", "a") + "<row r='2'><c r='A2' t='s'><v>0</v></c></row>"), strings=_bomb_texts)(
        good, path, canary
    )
    with zipfile.ZipFile(path) as archive:
        front = archive.getinfo(_STRINGS).header_offset
    data = bytearray(read(path))
    listed = data.rindex(_STRINGS.encode()) - 46
    packed, extra = struct.unpack_from("<I", data, listed + 20)[0], front + 30 + len(_STRINGS)
    # In front, the sizes stand in an extra field of large files; small ones go where small files have them.
    struct.pack_into("<II", data, front + 18, packed, 100)
    struct.pack_into("<H", data, extra, 0xFFFF)
    struct.pack_into("<I", data, listed + 24, 100)
    save(path, bytes(data))


def _packed_otherwise(good, path, canary):
    """By bzip2, which unpacks without a bound."""
    table(path, _rows(good))
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _ods(body):
    """An ODS of one table."""

    def make(good, path, canary):
        text = (
            '<?xml version="1.0"?><office:document-content '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            '<table:table table:name="a">{}</table:table></office:spreadsheet></office:body></office:document-content>'
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
            archive.writestr("content.xml", text.format(body))

    return make


_ODS_CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
_REPEAT_CELLS = ' table:number-columns-repeated="2000000000"'
_REPEAT_ROWS = '<table:table-row table:number-rows-repeated="2000000000">'


def _dbf(count=1, header=65, width=33, fields=1):
    """A dBASE table that declares what it does not hold."""
    head = struct.pack("<4BIHH20x", 3, 126, 1, 1, count, header, width)
    field = b"lucode".ljust(11, b"\0") + b"N" + bytes(4) + b"\xff\x00" + bytes(14)
    return content(head + field * fields + b"\r" + b"    1" * 20 + b"\x1a")


SHEETS = {
    "whole.xlsx": (EITHER, _whole),
    "whole.ods": (EITHER, _whole),
    "whole.gpkg": (EITHER, _whole),
    "whole.dbf": (EITHER, _whole),
    "formulas.xlsx": (EITHER, _cells("=cmd|'/C touch CANARY'!A0")),
    "formulas.ods": (EITHER, _cells("=1+1")),
    "markup.xlsx": (EITHER, _cells("<script>alert(1)</script>")),
    "words.gpkg": (EITHER, _cells("abc")),
    "empty cells.gpkg": (EITHER, _cells("")),
    "not a number.gpkg": (EITHER, _cells("nan")),
    "infinite.gpkg": (EITHER, _cells("inf")),
    "huge.gpkg": (EITHER, _cells("1e308")),
    "negative.xlsx": (EITHER, _cells("-5")),
    "digits.ods": (EITHER, _cells("9" * 400)),
    "long cell.gpkg": (EITHER, _cells("x" * 1_000_000)),
    "bell.gpkg": (EITHER, _cells("\x07\x1b[2J")),
    "bomb.xlsx": (REFUSED, _book(_bomb_rows)),
    "bomb of texts.xlsx": (REFUSED, _book(_sheet_of(""), strings=_bomb_texts)),
    "declares little.xlsx": (REFUSED, _declares_little),
    "packed otherwise.xlsx": (REFUSED, _packed_otherwise),
    "far cell.xlsx": (EITHER, _book(_sheet_of(_row(1, "A1", "a") + _row(1048576, "XFD1048576", "x")))),
    "beyond the sheet.xlsx": (EITHER, _book(_sheet_of(_row(1, "A1", "a") + _row(2147483647, "ZZZZZZ1", "x")))),
    "negative row.xlsx": (EITHER, _book(_sheet_of("<row r='-5'>" + _CELL.format("A-5", "a") + "</row>"))),
    "entities.xlsx": (REFUSED, _book(_sheet_of("<row>" + _CELL.format("A1", "&j;") + "</row>", ENTITIES))),
    "outer entity.xlsx": (REFUSED, _book(_sheet_of(
        "<row>" + _CELL.format("A1", "&x;") + "</row>", OUTER_ENTITY))),
    "deep.xlsx": (REFUSED, _book(_sheet_of("<row>" * 200_000))),
    "no sheet.xlsx": (REFUSED, _book(_sheet_of(""))),
    "elsewhere.xlsx": (REFUSED, _book(_sheet_of(""), target="../../../../../../etc/passwd")),
    "remote.xlsx": (REFUSED, _book(_sheet_of(""), target="/vsicurl/http://127.0.0.1:9/sheet.xml")),
    "climbing.xlsx": (REFUSED, _book(_sheet_of(""), extra=[("../../escaped.xml", "x"), ("/tmp/escaped.xml", "x")])),
    "text number.xlsx": (REFUSED, _book(_sheet_of("<row><c r='A1' t='s'><v>99999999</v></c></row>"), strings="<sst/>")),
    "repeated cells.ods": (REFUSED, _ods("<table:table-row>" + _ODS_CELL.format(_REPEAT_CELLS) + "</table:table-row>")),
    "repeated rows.ods": (REFUSED, _ods(_REPEAT_ROWS + _ODS_CELL.format("") + "</table:table-row>")),
    "repeated both.ods": (REFUSED, _ods(_REPEAT_ROWS + _ODS_CELL.format(_REPEAT_CELLS) + "</table:table-row>")),
    "endless formula.ods": (EITHER, _ods('<table:table-row><table:table-cell table:formula="of:=[.A1]+1" '
                                         'office:value-type="float"/></table:table-row>')),
    "deep formula.ods": (EITHER, _ods('<table:table-row><table:table-cell table:formula="of:=' + "(" * 100_000
                                      + '" office:value-type="float"/></table:table-row>')),
    "many.dbf": (EITHER, _dbf(count=2**31)),
    "no width.dbf": (REFUSED, _dbf(width=0)),
    "no header.dbf": (REFUSED, _dbf(header=0)),
    "many fields.dbf": (EITHER, _dbf(header=65535, fields=2046)),
}  # fmt: skip
for _suffix in _DRIVERS:
    SHEETS["nothing" + _suffix] = (REFUSED, content(b""))
    SHEETS["garbage" + _suffix] = (REFUSED, content(random.Random(2).randbytes(5000)))
    SHEETS["text" + _suffix] = (REFUSED, content("no table, but 说明\n".encode() * 50))
    SHEETS["cut" + _suffix] = (EITHER, _changed(lambda data: data[: len(data) // 2]))
    for _number_ in range(3):
        SHEETS["flipped {}{}".format(_number_, _suffix)] = (EITHER, _flipped(_number_))

#: Large or slow to make: left out where only a sample runs, but for one.
HEAVY = ("bomb.xlsx", "bomb of texts.xlsx", "declares little.xlsx", "deep.xlsx")
#: What the memory would not hold, and by what each is told.
BOMBS = {
    "bomb.xlsx": "bomb.xlsx' is not opened: it has", "bomb of texts.xlsx": "bomb of texts.xlsx' is not opened: it has",
    "declares little.xlsx": "'xl/sharedStrings.xml' in it declares 100 bytes and holds more",
}  # fmt: skip


def make(kind, good, folder, canary):
    """Make a bad table once per good one; its path."""
    return make_once(SHEETS[kind][1], good, folder_of(good, folder, "_sheet"), kind, canary)
