"""Names in the directories of a TIFF, however they hang together."""

import io
import struct
import time

import pytest

from carbon_qgis.core.foreign_found import Suspect
from carbon_qgis.core.foreign_tiff import names_in_tiff

_TEXT = b'<GDALMetadata><Item name="OVERVIEW_FILE" domain="OVERVIEWS">/vsicurl/http://x/o.tif</Item></GDALMetadata>\x00'
METADATA, SUB = 42112, 330


def tiff(directories, order="<", big=False):
    """A TIFF of directories: lists of (tag, type, values or bytes), where the last item is the next one's number.

    Values of SUB are numbers of directories, written as where they lie.
    """
    number, count_of, head = ("Q", "Q", 16) if big else ("I", "H", 8)
    start = b"II" if order == "<" else b"MM"
    start += struct.pack(order + ("HHH" if big else "H"), *((43, 8, 0) if big else (42,)))
    room = 4096
    places = [head + room * index for index in range(len(directories))]
    data = bytearray(start + struct.pack(order + number, places[0]))
    data += bytes(head - len(data) + room * len(directories))
    for place, (entries, following) in zip(places, directories):
        outside = place + 1024
        body = struct.pack(order + count_of, len(entries))
        for tag, kind, value in entries:
            if tag == SUB:
                form = {4: "I", 13: "I", 18: "Q", 16: "Q"}[kind]
                value, count = struct.pack(order + str(len(value)) + form, *(places[i] for i in value)), len(value)
            else:
                count = len(value)
            if len(value) > struct.calcsize(order + number):
                data[outside : outside + len(value)] = value
                value, outside = struct.pack(order + number, outside), outside + len(value)
            body += struct.pack(order + "HH" + number, tag, kind, count) + value.ljust(struct.calcsize(number), b"\x00")
        after = 0 if following is None else places[following]
        data[place : place + len(body) + struct.calcsize(number)] = body + struct.pack(order + number, after)
    return bytes(data)


def names(data):
    return [named.text for named in names_in_tiff(io.BytesIO(data), data[:65536])]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_every_directory_is_read(order, big):
    inner = 18 if big else 13
    assert names(tiff([([(METADATA, 2, _TEXT)], None)], order, big)) == ["/vsicurl/http://x/o.tif"]
    assert len(names(tiff([([], 1), ([(METADATA, 2, _TEXT)], None)], order, big))) == 1
    assert len(names(tiff([([(SUB, inner, [1])], None), ([(METADATA, 1, _TEXT)], None)], order, big))) == 1
    several = [([(SUB, 4, [1, 2, 3])], None), ([], None), ([(METADATA, 7, _TEXT)], None), ([(METADATA, 2, _TEXT)], 0)]
    assert len(names(tiff(several, order, big))) == 2


def test_directories_in_a_ring_end():
    assert names(tiff([([(SUB, 4, [0, 1])], 1), ([(SUB, 4, [0])], 0)])) == []


@pytest.mark.parametrize("kind", [0, 3, 4, 5, 6, 8, 9, 12, 16, 99])
def test_metadata_that_are_numbers_are_refused(kind):
    with pytest.raises(Suspect, match="type {}".format(kind)):
        names(tiff([([(METADATA, kind, _TEXT)], None)]))


def test_directories_without_end_are_refused():
    """Each is six bytes of the next: the file is small, the chain is long."""
    count = 20_000
    data = b"II*\x00" + struct.pack("<I", 8)
    data += b"".join(struct.pack("<HI", 0, 8 + 6 * (index + 1)) for index in range(count))
    began = time.monotonic()
    with pytest.raises(Suspect, match="directories"):
        names(data)
    assert time.monotonic() - began < 5


def test_what_is_cut_short_names_nothing():
    whole = tiff([([(METADATA, 2, _TEXT)], None)])
    for length in (4, 7, 12, 20, 1000):
        assert names(whole[:length]) == []
