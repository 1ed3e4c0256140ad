"""How much the members of a zip really unpack to: what its list declares is only what somebody wrote there."""

import struct
import zipfile
import zlib
from typing import BinaryIO

#: How members may be packed. Python unpacks the other ways without a bound on what comes out.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_STEP = 1 << 14


def holds_more(stream: BinaryIO, entry: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to more than it declares. Nothing of it is kept, and it is unpacked no further.

    Parameters
    ----------
    stream : the zip.
    entry : packed in one of `METHODS`.

    Raises
    ------
    zipfile.BadZipFile
        If it is damaged.
    """
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size > entry.file_size
    stream.seek(entry.header_offset + 26)
    try:
        name, extra = struct.unpack("<HH", stream.read(4))
        stream.seek(name + extra, 1)
        return _unpacks_to_more(stream, entry.compress_size, entry.file_size)
    except (struct.error, zlib.error, ValueError) as error:
        raise zipfile.BadZipFile("'{}' is damaged".format(entry.filename)) from error


def _unpacks_to_more(stream: BinaryIO, left: int, most: int) -> bool:
    unpacker, packed, unpacked = zlib.decompressobj(-zlib.MAX_WBITS), b"", 0
    while unpacked <= most and not unpacker.eof:
        if not packed:
            packed = stream.read(min(_STEP, left))
            left -= len(packed)
            if not packed:
                break
        unpacked += len(unpacker.decompress(packed, min(_STEP, most - unpacked + 1)))
        packed = unpacker.unconsumed_tail
    return unpacked > most
