"""What the looks into files of strangers have in common: what they find, what they refuse, how much they read."""

import re
from typing import BinaryIO, NamedTuple

#: Where a schema is only named, never fetched.
STANDARDS = re.compile(r"https?://(schemas\.opengis\.net|www\.opengis\.net|www\.w3\.org|ogr\.maptools\.org)/", re.I)
ADDRESS = re.compile(r"\s*(https?|ftp)://", re.IGNORECASE)
#: The beginning of a file that decides what it is; larger descriptions are refused.
HEAD, MOST_BYTES = 1 << 16, 32 << 20
_STEP = 1 << 16


class Suspect(Exception):
    """A file that may lead to the network, or that cannot be looked into; the text says why and what to do."""


class Named(NamedTuple):
    """A text that GDAL may take for the name of data.

    Parameters
    ----------
    vector : whether GDAL would look for a vector there.
    opened : whether GDAL opens it for certain: then what begins like a name of a driver is one.
    """

    text: str
    vector: bool
    opened: bool = False


def whole(stream: BinaryIO) -> bytearray:
    """A description from its beginning to its end.

    Raises
    ------
    Suspect
        If it is too long. It is read in small steps: a packed one may be declared to be short.
    """
    stream.seek(0)
    data = bytearray()
    while len(data) <= MOST_BYTES:
        part = stream.read(_STEP)
        if not part:
            return data
        data += part
    raise Suspect("it is a description of more than {} MB, too long to look through".format(MOST_BYTES >> 20))


def text_of(head: bytes) -> bytes:
    """The beginning of a file without the marks and blanks that GDAL passes over."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\v\f")
