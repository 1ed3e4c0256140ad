"""The files inside a model bundle: plain arrays, CatBoost models, JSON. None of them can run code when it is read.

Arrays travel as `.npz` (a zip of `.npy`). They are read here from the bytes themselves: the header, then a buffer of
exactly the size that the header declares. numpy's own reader, which can unpickle, is not used.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from typing import Dict, Iterator, Mapping, NamedTuple, Tuple

import numpy as np

from .errors import BundleError
from .zip_members import METHODS

#: Bytes that the files of a bundle may declare together, and the arrays of one `.npz`.
MAX_BYTES = 1 << 30
MAX_FILES = 256
MAX_ARRAYS = 20_000
#: A JSON text grows some twenty times when it is read: each `[]` becomes an object.
MAX_JSON = 8 << 20
#: Weights compress by a few times; a file that grows more than this, and beyond `BOMB_BYTES`, is no model.
MAX_GROWTH = 200
BOMB_BYTES = 64 << 20
#: What a bundle may hold besides its manifest.
SUFFIXES = (".npz", ".cbm", ".json")

#: Bytes of the list at the end of a zip for each member: 46, its name, and little more.
_LISTED = 200
_END, _END_SIZE, _LONGEST_COMMENT, _LARGE_END = b"PK\x05\x06", 22, 1 << 16, b"PK\x06\x07"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}")
_PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".pt", ".pth", ".sav", ".dill")
_CBM_MAGIC = b"CBM1"
_KINDS_OF_DTYPE = "biufUS"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
)  # fmt: skip


class _Header(NamedTuple):
    """What an `.npy` says of itself; `start` is where its numbers begin."""

    dtype: np.dtype
    shape: Tuple[int, ...]
    fortran: bool
    start: int


def write_zip(files: Mapping[str, bytes], compress: bool, comment: bytes = b"") -> bytes:
    """A zip whose bytes depend on the files alone: fixed times and attributes, the order of `files`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            entry.create_system = 3  # or the platform's own
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
        archive.comment = comment
    return stream.getvalue()


def read_zip(
    data: bytes, source: str, limit: int = MAX_BYTES, members: int = MAX_FILES, stored: bool = False
) -> Dict[str, bytes]:
    """All files of a zip, by name.

    Parameters
    ----------
    stored : whether nothing in it may be packed: it then unpacks to no more than it is itself, however many there are.

    Raises
    ------
    BundleError
        If it is no zip, damaged or incomplete, holds a pickle by its name, a name with a folder in it, a name twice,
        an encrypted file, too many files, files that declare more than `limit` bytes together, hold more than they
        declare, are packed where or as they may not be, or do not fit into the memory.
    """
    with enough_memory(source):
        _check_list(data, source, members)
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise _not_a_zip(data, source) from error
        with archive:
            entries = archive.infolist()
            _check_entries(entries, len(data), source, limit, members)
            if stored:
                _check_stored(entries, len(data), source)
            try:
                return {entry.filename: _content(archive, entry, data, source) for entry in entries}
            except _DAMAGE as error:
                raise BundleError(
                    "'{}' is damaged: a file in it cannot be unpacked ({}). Copy or train the model again.".format(
                        source, _first_line(error)
                    )
                ) from error


@contextmanager
def enough_memory(source: str) -> Iterator[None]:
    """Turn a `MemoryError` into a `BundleError`: a file from elsewhere decides how much is asked for."""
    try:
        yield
    except MemoryError as error:
        raise BundleError(
            "'{}' cannot be read: the memory of this computer does not hold what is in it. Close other programs, or "
            "use a smaller model.".format(source)
        ) from error


def _check_list(data: bytes, source: str, members: int) -> None:
    """Refuse a zip whose list of members is too long, before each of them becomes an object."""
    end = len(data) - _END_SIZE
    if data[end:][:4] != _END or data[-2:] != b"\0\0":
        end = data.rfind(_END, max(0, end - _LONGEST_COMMENT))
    if end < 0 or end + _END_SIZE > len(data):
        return  # no zip: whoever opens it says so
    length = struct.unpack_from("<I", data, end + 12)[0]
    # The other kind of list, for archives beyond 4 GB, comes with a mark of its own in front.
    if length > _LISTED * members or data[max(0, end - 20) : end][:4] == _LARGE_END:
        raise BundleError(
            "'{}' lists {:,} bytes of names of files; a model has at most {:,} files. It was not opened.".format(
                source, length, members
            )
        )


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes, source: str) -> bytes:
    """The bytes of one member, of which never more than it declares (and one) are unpacked.

    `ZipFile.read` would unpack all that there is, and cut it to the declared size afterwards.
    """
    with archive.open(entry):
        pass  # what stands in front of the member agrees with the list
    name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    content = _unpacked(packed, entry)
    if len(content) > entry.file_size:
        raise BundleError(
            "'{}' declares {:,} bytes for '{}' in it, which holds more: it was changed. It was not opened.".format(
                source, entry.file_size, entry.filename
            )
        )
    if len(content) < entry.file_size or zlib.crc32(content) != entry.CRC:
        raise zipfile.BadZipFile("'{}' is not what it was".format(entry.filename))
    return content


def _unpacked(packed: memoryview, entry: zipfile.ZipInfo) -> bytes:
    most = entry.file_size + 1
    if entry.compress_type == zipfile.ZIP_STORED:
        return bytes(packed[:most])
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)


def _not_a_zip(data: bytes, source: str) -> BundleError:
    if data[:2] == b"PK":
        return BundleError(
            "'{}' is damaged or incomplete: it begins like a model bundle and its end is missing ({:,} bytes are "
            "there). Copy or train the model again.".format(source, len(data))
        )
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        return BundleError(
            "'{}' is a Python pickle, not a model bundle. Pickles can run any code when they are read: they are never "
            "opened. Train the model here.".format(source)
        )
    return BundleError(
        "'{}' is not a model bundle: it is not a zip file. Choose a .carbonmodel file that an algorithm of this plugin "
        "wrote.".format(source)
    )


def _check_entries(entries, held: int, source: str, limit: int, members: int) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > members:
        raise BundleError(
            "'{}' holds {:,} files; a model has at most {:,}. It was not opened.".format(source, len(entries), members)
        )
    for name in names:
        if name.lower().endswith(_PICKLES):
            raise BundleError(
                "'{}' holds '{}', a Python pickle. Pickles can run any code when they are read: the file was not "
                "opened. Train the model here.".format(source, name)
            )
        if not _NAME.fullmatch(name) or ".." in name:
            raise BundleError(
                "'{}' holds a file named {!r}. Files of a model have plain names without folders: this one was not "
                "written by this plugin, or was changed. It was not opened.".format(source, name[:120])
            )
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise BundleError("'{}' holds '{}' twice. It was changed; it was not opened.".format(source, repeated[0]))
    if any(entry.flag_bits & 1 for entry in entries):
        raise BundleError("'{}' holds an encrypted file. Model bundles are not encrypted.".format(source))
    odd = [entry.filename for entry in entries if entry.compress_type not in METHODS]
    if odd:
        raise BundleError(
            "'{}' holds '{}', which is packed in a way that models are not. This one was not written by this plugin, "
            "or was changed. It was not opened.".format(source, odd[0])
        )
    declared = sum(entry.file_size for entry in entries)
    if declared > limit or (declared > BOMB_BYTES and declared > MAX_GROWTH * held):
        raise BundleError(
            "'{}' has {:,} bytes and would unpack to {:,}: this is not a model. It was not opened.".format(
                source, held, declared
            )
        )


def _check_stored(entries, held: int, source: str) -> None:
    packed = [entry.filename for entry in entries if entry.compress_type != zipfile.ZIP_STORED]
    declared = sum(entry.file_size for entry in entries)
    # Members that lie upon each other declare more than the whole has.
    if packed or declared > held:
        raise BundleError(
            "'{}' would unpack to more than it holds ({}): arrays of a model are stored as they are. This one was not "
            "written by this plugin, or was changed. It was not opened.".format(
                source, "'{}' is packed".format(packed[0]) if packed else "{:,} bytes in {:,}".format(declared, held)
            )
        )


def check_content(name: str, data: bytes, source: str) -> None:
    """Raise `BundleError` if a file is not what its suffix says, or could run code when it is read."""
    if name.endswith(".npz"):
        for entry, content in read_zip(data, "{}: {}".format(source, name), members=MAX_ARRAYS, stored=True).items():
            _header(content, "{}: {}: {}".format(source, name, entry))
    elif name.endswith(".cbm"):
        if data[:4] != _CBM_MAGIC:
            raise BundleError("'{}' in '{}' is not a CatBoost model.".format(name, source))
    elif name.endswith(".json"):
        parse_json(data, "{}: {}".format(source, name))
    else:
        raise BundleError(
            "'{}' holds '{}'. A model bundle holds arrays (.npz), CatBoost models (.cbm) and JSON only; the file was "
            "not opened.".format(source, name)
        )


def parse_json(data: bytes, source: str):
    """What a JSON text holds.

    Raises
    ------
    BundleError
        If it is not JSON in UTF-8, holds NaN or infinity, or is too long.
    """
    if len(data) > MAX_JSON:
        raise BundleError(
            "'{}' is too long ({:,} bytes; JSON of a model has at most {:,}). It was not read.".format(
                source, len(data), MAX_JSON
            )
        )
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BundleError("'{}' is damaged: it is not valid JSON ({}).".format(source, _first_line(error))) from error


def _no_constant(name: str):
    raise ValueError("the number {} is not allowed".format(name))


def arrays_to_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays by name as the bytes of an `.npz`, the same bytes for the same arrays.

    Raises
    ------
    ValueError
        If an array is of Python objects or a name is not plain (letters, digits, `_ . -`).
    """
    files = {}
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        if array.dtype.kind not in _KINDS_OF_DTYPE or not _NAME.fullmatch(name):
            raise ValueError("array {!r} of type {} cannot be stored in a bundle".format(name, array.dtype))
        stream = io.BytesIO()
        np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
        files[name + ".npy"] = stream.getvalue()
    return write_zip(files, compress=False)


def bytes_to_arrays(data: bytes, source: str = "arrays", limit: int = MAX_BYTES) -> Dict[str, np.ndarray]:
    """Arrays by name from the bytes of an `.npz`; each is writable and owns its memory.

    Raises
    ------
    BundleError
        If it is damaged, holds Python objects, or declares more than `limit` bytes.
    """
    arrays = {}
    with enough_memory(source):
        for name, content in read_zip(data, source, limit, MAX_ARRAYS, stored=True).items():
            arrays[name[: -len(".npy")]] = _array(content, "{}: {}".format(source, name))
    return arrays


def _array(content: bytes, source: str) -> np.ndarray:
    header = _header(content, source)
    try:
        flat = np.frombuffer(content, header.dtype, offset=header.start)
        return flat.reshape(header.shape, order="F" if header.fortran else "C").copy()
    except ValueError as error:  # more dimensions than numpy has, or sides beyond its integers
        raise BundleError("'{}' is damaged: no array has the shape that it declares.".format(source)) from error


def _header(content: bytes, source: str) -> _Header:
    """The header of an `.npy`, once its type and size are checked against the bytes that follow."""
    if not source.endswith(".npy"):
        raise BundleError("'{}' is not an array (.npy). It was not opened.".format(source))
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = reader(stream)
    except (ValueError, KeyError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise BundleError("'{}' is damaged: its header is not that of an array.".format(source)) from error
    if dtype.hasobject:
        raise BundleError(
            "'{}' is an array of Python objects, which is a pickle. Pickles can run any code when they are read: the "
            "file was not opened.".format(source)
        )
    if dtype.kind not in _KINDS_OF_DTYPE or dtype.itemsize < 1 or any(length < 0 for length in shape):
        raise BundleError("'{}' is not an array of numbers or text (type {}).".format(source, dtype))
    cells = 1
    for length in shape:  # Python's integers: a product that overflows 64 bits must not come out small
        cells *= int(length)
    if cells * dtype.itemsize != len(content) - stream.tell():
        raise BundleError(
            "'{}' is damaged: it declares {:,} bytes of numbers and holds {:,}.".format(
                source, cells * dtype.itemsize, len(content) - stream.tell()
            )
        )
    return _Header(dtype, tuple(int(length) for length in shape), fortran, stream.tell())


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
