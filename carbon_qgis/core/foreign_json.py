"""Addresses in GeoJSON: a coordinate system may be a link, {"crs": {"type": "link", "properties": {"href": …}}}."""

import json
import mmap
import re
from typing import Any, BinaryIO, Iterator, List

from .foreign_found import ADDRESS, STANDARDS, Named, Suspect, text_of

#: How JSON begins for GDAL, in disguise too: a call of a script, a mark between records.
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x1e]*(?:(?:loadGeoJSON|jsonp)\s*\()?\s*\{")
#: How texts begin that are other things for certain: names and numbers of a table, XML.
_OTHER = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\w\"'<]")
_OBJECT = re.compile(rb"\{\s*(\"|'|/\*|//|\})")
_KEY = re.compile(rb"[\"'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)[\"']", re.IGNORECASE)
_BLANK = re.compile(rb"\s*")
#: With objects as lists of their pairs: a key may stand there twice.
_DECODER = json.JSONDecoder(object_pairs_hook=list)
#: Bytes of a coordinate system, and of blanks and remarks that are passed over whatever the size of the file.
_CRS_BYTES, _MOST_PASSED = (1 << 9, 1 << 16), 8 << 20


def looks_like_json(head: bytes) -> bool:
    """Whether a file begins as JSON does. Cells of a raster may begin with a '{' too."""
    return _OBJECT.match(text_of(head)) is not None


def may_be_json(head: bytes, path: str) -> bool:
    """Whether GDAL may take a file for JSON: by its name, or as it begins. Texts have no NUL."""
    if _BEGIN.match(head) is not None or path.lower().endswith("json"):
        return True
    return b"\x00" not in head and _OTHER.match(head) is None


def names_in_json(stream: BinaryIO) -> Iterator[Named]:
    """Addresses of coordinate systems, wherever they stand.

    Raises
    ------
    Suspect
        If a coordinate system cannot be read. Not in other texts: there it is none.
    """
    try:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file
        return
    with data:
        certain = _BEGIN.match(data) is not None
        left = _MOST_PASSED + len(data) // 4
        for found in _KEY.finditer(data):
            colon = _after_blank(data, found.end())
            value = _after_blank(data, colon + 1) if data[colon : colon + 1] == b":" else colon
            left -= value - found.end()
            # Within remarks there may be keys again: a file of nothing else would be passed over for ever.
            if left < 0:
                raise Suspect("its coordinate system ('crs') stands behind remarks without end. Delete them")
            if value > colon and data[value : value + 1] == b"{":
                yield from _linked(_decoded(data, value, certain))


def _after_blank(data: mmap.mmap, at: int) -> int:
    """Where the next thing stands that is neither blank nor a remark."""
    while True:
        blank = _BLANK.match(data, at)
        at = blank.end() if blank else at
        mark = data[at : at + 2]
        if mark not in (b"/*", b"//"):
            return at
        end = data.find(b"*/" if mark == b"/*" else b"\n", at + 2)
        if end < 0:
            return len(data)
        at = end + (2 if mark == b"/*" else 1)


def _decoded(data: mmap.mmap, at: int, certain: bool) -> Any:
    """What stands at a place; most of them are short.

    Raises
    ------
    Suspect
        If it is no JSON, or too long, in a file that is JSON for `certain`.
    """
    for size in _CRS_BYTES:
        try:
            return _DECODER.raw_decode(data[at : at + size].decode("utf-8", "replace"))[0]
        except (ValueError, RecursionError):
            continue
    if certain:
        raise Suspect("its coordinate system ('crs') cannot be read. Delete it from the file")
    return None


def _linked(crs: Any) -> Iterator[Named]:
    """Addresses in a coordinate system. Keys may stand there twice, and in capitals: all values are looked at."""
    for text in _texts(crs):
        if ADDRESS.match(text) and not STANDARDS.match(text.strip()):
            yield Named(text.strip(), True)


def _texts(value: Any) -> Iterator[str]:
    waiting: List[Any] = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            waiting.extend(value)
