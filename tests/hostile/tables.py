"""Bad tables, each made from a good one: encodings, sizes, shapes, cells and files that are no text.

`TABLES` is name → (what must come of it, maker); a maker writes `path` from the bytes of the good table.
"""

import csv
import io
import random
import struct
import zipfile

from tests.hostile.bench import ACCEPTED, EITHER, REFUSED
from tests.hostile.making import (
    VIRTUAL_LAYER,
    changed,
    content,
    directory,
    folder_of,
    link,
    make_once,
    nothing,
    pipe,
    read,
    save,
)

FORMULAS = (
    "=cmd|'/C touch CANARY'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "+1+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    '=HYPERLINK("http://127.0.0.1:9/?x="&A1,"open")',
    "\t=1+1",
)


def _encoded(encoding):
    """The table in another encoding."""

    def make(good, path, canary):
        text = good.decode("utf-8-sig")
        save(path, text.encode(encoding, "replace"))

    return make


def _cells(change):
    """Every row of cells, the header being number 0, is changed: change(number, cells) → cells."""

    def make(good, path, canary):
        rows = list(csv.reader(io.StringIO(good.decode("utf-8-sig"))))
        stream = io.StringIO(newline="")
        csv.writer(stream, lineterminator="\n").writerows(change(i, row) for i, row in enumerate(rows))
        save(path, stream.getvalue().replace("CANARY", str(canary)).encode("utf-8", "surrogatepass"))

    return make


def _last(value):
    """The last cell of every row, where the numbers are."""
    return _cells(lambda i, row: row if i == 0 else row[:-1] + [value])


def _first(value):
    return _cells(lambda i, row: row if i == 0 else [value] + row[1:])


def _all(value):
    return _cells(lambda i, row: row if i == 0 else [value] * len(row))


def _formulas(good, path, canary):
    """Formulas in the place of every text that is no number, and in a column more."""

    def change(i, row):
        if i == 0:
            return row + ["=1+1"]
        return row + [FORMULAS[i % len(FORMULAS)]]

    _cells(change)(good, path, canary)


def _book(name, inside):
    def make(good, path, canary):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, inside)

    return make


def _dbf(good, path, canary):
    """A dBASE table of one field."""
    head = struct.pack("<4BIHH20x", 3, 126, 1, 1, 1, 65, 5)
    field = b"lucode".ljust(11, b"\0") + b"N" + bytes(4) + b"\x04\x00" + bytes(14)
    save(path, head + field + b"\r" + b"    1" + b"\x1a")


def _long(megabytes, line):
    def make(good, path, canary):
        header = good.split(b"\n")[0]
        with open(path, "wb") as stream:
            stream.write(header + b"\n")
            part = (line or b"a" * 1000) * (1_000_000 // len(line or b"a" * 1000))
            for _ in range(megabytes):
                stream.write(part)

    return make


def _ten_million(good, path, canary):
    """Ten million rows."""
    header, row = (good.replace(b"\r", b"").split(b"\n") + [b""])[:2]
    part = (row[:8].split(b",")[0] + b"," * header.count(b",") + b"\n") * 100_000
    with open(path, "wb") as stream:
        stream.write(header + b"\n")
        for _ in range(100):
            stream.write(part)


def _flipped(seed):
    def make(good, path, canary):
        rng, data = random.Random(seed), bytearray(good[:20_000])
        for _ in range(rng.choice((1, 3, 10, 100))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        save(path, bytes(data))

    return make


TABLES = {
    "missing.csv": (REFUSED, nothing),
    "empty.csv": (REFUSED, content(b"")),
    "folder.csv": (REFUSED, directory),
    "one newline.csv": (REFUSED, content(b"\n")),
    "newlines.csv": (REFUSED, content(b"\r\n" * 10_000)),
    "header alone.csv": (REFUSED, changed(lambda good: good.split(b"\n")[0])),
    "no header.csv": (EITHER, changed(lambda good: good.split(b"\n", 1)[1])),
    "bom.csv": (ACCEPTED, _encoded("utf-8-sig")),
    "utf16 bom.csv": (EITHER, _encoded("utf-16")),
    "utf16 le.csv": (EITHER, _encoded("utf-16-le")),
    "utf16 be.csv": (EITHER, _encoded("utf-16-be")),
    "utf32 bom.csv": (EITHER, _encoded("utf-32")),
    "utf32 le.csv": (EITHER, _encoded("utf-32-le")),
    "utf7.csv": (EITHER, _encoded("utf-7")),
    "gb18030.csv": (EITHER, changed(lambda good: good.rstrip(b"\n") + ",耕地\n".encode("gb18030"))),
    "ebcdic.csv": (REFUSED, _encoded("cp500")),
    "latin1.csv": (EITHER, changed(lambda good: good.replace(b"e", b"\xe9", 1))),
    "half a letter.csv": (EITHER, changed(lambda good: good[:-1] + b"\xe8\xaf")),
    "surrogate.csv": (EITHER, _last("\ud800")),
    "nul.csv": (EITHER, changed(lambda good: good[:30] + b"\x00" + good[30:])),
    "nuls.csv": (REFUSED, content(bytes(100_000))),
    "bell.csv": (EITHER, _last("\x07\x1b[2J")),
    "quote open.csv": (EITHER, changed(lambda good: good.replace(b"\n", b'\n"', 1))),
    "quote open at the end.csv": (EITHER, changed(lambda good: good + b'"never closed')),
    "quotes.csv": (EITHER, _all('"' * 999)),
    "ragged long.csv": (EITHER, _cells(lambda i, row: row + ["x"] * (i % 7))),
    "ragged short.csv": (EITHER, _cells(lambda i, row: row[: max(1, len(row) - i % 3)])),
    "same columns.csv": (EITHER, _cells(lambda i, row: row + row)),
    "many columns.csv": (EITHER, _cells(lambda i, row: row + ["c{}".format(j) for j in range(50_000 if i < 3 else 0)])),
    "other columns.csv": (REFUSED, _cells(lambda i, row: row if i else ["x{}".format(j) for j in range(len(row))])),
    "formulas.csv": (EITHER, _formulas),
    "formula number.csv": (EITHER, _last("=1+1")),
    "formula code.csv": (EITHER, _first("=cmd|'/C touch CANARY'!A0")),
    "nan.csv": (EITHER, _last("nan")),
    "infinite.csv": (EITHER, _last("inf")),
    "minus infinite.csv": (EITHER, _last("-1e999")),
    "huge.csv": (EITHER, _last("1e308")),
    "huge whole.csv": (EITHER, _all("9" * 400)),
    "digits.csv": (EITHER, _last("9" * 100_000)),
    "negative.csv": (EITHER, _last("-5")),
    "hex.csv": (EITHER, _last("0x10")),
    "arabic.csv": (EITHER, _last("١٢٣")),
    "percent.csv": (EITHER, _last("50 %")),
    "thousands.csv": (EITHER, _last("1,234.5")),
    "empty cells.csv": (EITHER, _all("")),
    "words.csv": (EITHER, _all("abc")),
    "code huge.csv": (EITHER, _first("99999999999999999999")),
    "code half.csv": (EITHER, _first("1.5")),
    "same rows.csv": (EITHER, changed(lambda good: good + b"\n" + good.split(b"\n", 1)[1])),
    "long cell.csv": (EITHER, _last("x" * 1_000_000)),
    "line breaks.csv": (EITHER, _last("a\nb\r\nc")),
    "script.csv": (EITHER, _all("<script>alert(1)</script>")),
    "braces.csv": (EITHER, _all("{0.__class__} %s %n ${x}")),
    "carriage.csv": (EITHER, changed(lambda good: good.replace(b"\n", b"\r"))),
    "book.csv": (REFUSED, _book("xl/workbook.xml", "<workbook/>")),
    "sheet.csv": (REFUSED, _book("mimetype", "application/vnd.oasis.opendocument.spreadsheet")),
    "dbase.csv": (REFUSED, _dbf),
    "old book.csv": (REFUSED, content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))),
    "database.csv": (REFUSED, content(b"SQLite format 3\x00" + bytes(4000))),
    "packed.csv": (REFUSED, content(b"\x1f\x8b\x08\x00" + random.Random(4).randbytes(3000))),
    "picture.csv": (REFUSED, content(b"\x89PNG\r\n\x1a\n" + random.Random(5).randbytes(3000))),
    "page.csv": (REFUSED, content(b"<!DOCTYPE html><html><body>Sign in, please</body></html>\n" * 5)),
    "noise.csv": (REFUSED, content(random.Random(6).randbytes(30_000))),
    "remote.csv": (REFUSED, content(VIRTUAL_LAYER.format("/vsicurl/http://127.0.0.1:9/x.csv").encode())),
    "pickle.csv": (REFUSED, content(b"cos\nsystem\n(S'touch CANARY'\ntR.")),
    "pipe.csv": (REFUSED, pipe),
    "link to itself.csv": (REFUSED, link()),
    "link to zeros.csv": (REFUSED, link("/dev/zero")),
    "long line.csv": (REFUSED, _long(200, None)),
    "ten million rows.csv": (EITHER, _ten_million),
    "spaces and 'quotes' \"x\".csv": (ACCEPTED, changed(lambda good: good)),
    "-rf 碳 🌳.csv": (ACCEPTED, changed(lambda good: good)),
    "line\nbreak.csv": (EITHER, changed(lambda good: good)),
    "b" * 240 + ".csv": (ACCEPTED, changed(lambda good: good)),
    "{0} %s $HOME.csv": (ACCEPTED, changed(lambda good: good)),
}  # fmt: skip
for _number in range(30):
    TABLES["flipped {}.csv".format(_number)] = (EITHER, _flipped(_number))

#: Large or slow: left out where only a sample runs.
HEAVY = ("long line.csv", "ten million rows.csv")


def make(kind, good, folder, canary):
    """Make a bad table once per good one; its path."""
    return make_once(TABLES[kind][1], read(good), folder_of(good, folder, "_table"), kind, canary)
