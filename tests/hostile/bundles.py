"""Bad model files, each made from a good one: damage, forgeries with right checksums, other programs' files.

`BUNDLES` is name → (what must come of it, maker); a maker writes `path` from the bytes of the good model. `forged`
changes the content and seals it again, as somebody who knows the format would.
"""

import bz2
import hashlib
import io
import json
import lzma
import os
import pickle
import random
import struct
import warnings
import zipfile
import zlib
from functools import lru_cache

import numpy as np

from carbon_qgis.core.bundle_files import arrays_to_bytes, bytes_to_arrays, write_zip
from tests.hostile.bench import ACCEPTED, EITHER, REFUSED
from tests.hostile.making import changed, directory, folder_of, link, make_once, pipe, read, save


class _Bomb:
    """Unpickling this would make the canary."""

    def __init__(self, canary):
        self.canary = str(canary)

    def __reduce__(self):
        return os.system, ("touch '{}'".format(self.canary),)


def _members(good):
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}, archive.comment


def _repacked(change):
    """Members are changed, the seal stays as it was: change(members, canary)."""

    def make(good, path, canary):
        members, comment = _members(good)
        members = change(members, canary) or members
        save(path, write_zip(members, compress=True, comment=comment))

    return make


def _sealed(members):
    """A bundle of these members with right checksums."""
    files = {name: data for name, data in members.items() if name != "manifest.json"}
    content = json.loads(members["manifest.json"])
    content["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    text = json.dumps(content).encode("utf-8")
    mark = b"carbonmodel sha256:" + hashlib.sha256(text).hexdigest().encode()
    return write_zip({"manifest.json": text, **files}, compress=True, comment=mark)


def forged(change):
    """Members are changed and sealed again: change(manifest as a dictionary, members, canary)."""

    def make(good, path, canary):
        members, _ = _members(good)
        manifest = json.loads(members["manifest.json"])
        change(manifest, members, canary)
        members["manifest.json"] = json.dumps(manifest).encode("utf-8")
        save(path, _sealed(members))

    return make


def _text(text):
    """Another text in the place of the manifest, with the right seal."""

    def make(good, path, canary):
        members, _ = _members(good)
        members["manifest.json"] = text(members["manifest.json"])
        mark = b"carbonmodel sha256:" + hashlib.sha256(members["manifest.json"]).hexdigest().encode()
        save(path, write_zip(members, compress=True, comment=mark))

    return make


def _arrays(change):
    """The numbers of the first array file are changed: change(arrays) gives them."""

    def edit(manifest, members, canary):
        for name in list(members):
            if name.endswith(".npz"):
                members[name] = arrays_to_bytes(change(bytes_to_arrays(members[name])))

    return forged(edit)


def _each(change):
    return _arrays(lambda arrays: {name: change(array) for name, array in arrays.items()})


def _set(*keys_and_value):
    *keys, value = keys_and_value

    def edit(manifest, members, canary):
        place = manifest
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return forged(edit)


def _everywhere(value):
    """Every number of the manifest becomes something else."""

    def swap(item):
        if isinstance(item, dict):
            return {key: swap(inner) if key != "format_version" else inner for key, inner in item.items()}
        if isinstance(item, list):
            return [swap(inner) for inner in item]
        return value if isinstance(item, (int, float)) and not isinstance(item, bool) else item

    def edit(manifest, members, canary):
        manifest.update(swap(manifest))

    return forged(edit)


def _drivers(change):
    def edit(manifest, members, canary):
        manifest["drivers"] = change(manifest["drivers"])

    return forged(edit)


def _deep(text):
    return b'{"format": "carbonmodel", "format_version": 1, "drivers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def _with_member(name, content):
    def edit(members, canary):
        data = content(canary) if callable(content) else content
        return {**members, name: data}

    return _repacked(edit)


def _with_listed(name, content):
    def edit(manifest, members, canary):
        members[name] = content(canary) if callable(content) else content

    return forged(edit)


def _object_array(canary):
    stream = io.BytesIO()
    np.save(stream, np.array([_Bomb(canary)], dtype=object), allow_pickle=True)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("first.npy", stream.getvalue())
    return inner.getvalue()


def _lying_array(header):
    def content(canary):
        stream = io.BytesIO()
        data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("first.npy", data)
        return stream.getvalue()

    return content


def _pickle(good, path, canary):
    save(path, pickle.dumps(_Bomb(canary), protocol=4))


def _raw_zip(names, data=b"x", **attributes):
    def make(good, path, canary):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                entry = zipfile.ZipInfo(name)
                for key, value in attributes.items():
                    setattr(entry, key, value)
                archive.writestr(entry, data)

    return make


def _zeros(gigabytes):
    """A zip of a few megabytes that unpacks to gigabytes."""

    def make(good, path, canary):
        members, comment = _members(good)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
            with archive.open("weights.npz", "w", force_zip64=True) as stream:
                for _ in range(gigabytes * 64):
                    stream.write(bytes(1 << 24))
            archive.comment = comment

    return make


def _nested(count, megabytes):
    """Array files of a few kilobytes, right by their checksums, that unpack to gigabytes together."""

    def edit(manifest, members, canary):
        cells = megabytes * 2**18 - 64
        head = io.BytesIO()
        header = {"descr": "<f4", "fortran_order": False, "shape": (cells,)}
        np.lib.format.write_array_header_1_0(head, header)
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.npy", head.getvalue() + bytes(4 * cells))
        members.update({"more{}.npz".format(number): inner.getvalue() for number in range(count)})

    return forged(edit)


def _on_each_other(count, size):
    """Array files whose members lie upon each other: each is all that follows."""

    def edit(manifest, members, canary):
        members["more.npz"] = overlapping(count, size)

    return forged(edit)


def overlapping(count, size):
    """A zip of `count` stored members, each of which holds those after it, and `size` bytes at the end."""
    names = ["m{:05d}.npy".format(number) for number in range(count)]
    tail, local, central = bytes(size), b"", b""
    for name in reversed(names):
        body = local + tail
        fields = (20, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(name), 0)
        local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name.encode() + local
    offset = 0
    for name in names:
        body = (local + tail)[offset + 30 + len(name) :]
        fields = (20, 20, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(name), 0, 0, 0, 0, 0, offset)
        central += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *fields) + name.encode()
        offset += 30 + len(name)
    data = local + tail
    return data + central + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(central), len(data), 0)


#: Zeros that a member holds where it declares 100 of them.
_HELD, _PIECE = 1 << 30, 1 << 20


def _deflated():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush the same piece is packed to the same bytes: one is packed, all are there.
    first, again = (packer.compress(bytes(_PIECE)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (_HELD // _PIECE - 1) + packer.flush()


def _by_bzip2():
    """One block of 46 MB is packed and stands there many times, as bits: it begins and ends within bytes."""
    block = bz2.compress(bytes(45_899_235))
    bits = "".join("{:08b}".format(byte) for byte in block[4:])
    end = "{:048b}".format(0x177245385090)
    body, check, total = bits[: bits.rindex(end)], int.from_bytes(block[10:14], "big"), 0
    count = -(-_HELD // 45_899_235)
    for _ in range(count):
        total = ((total << 1 | total >> 31) & 0xFFFFFFFF) ^ check
    bits = body * count + end + "{:032b}".format(total)
    bits += "0" * (-len(bits) % 8)
    return block[:4] + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _by_lzma():
    how = [{"id": lzma.FILTER_LZMA1, "preset": 0, "dict_size": 4096}]
    packer, piece = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=how), bytes(_PIECE)
    # In a zip: two bytes of a version, the length of the properties, and these.
    head = b"\x09\x04\x05\x00\x5d" + (4096).to_bytes(4, "little")
    return head + b"".join(packer.compress(piece) for _ in range(_HELD // _PIECE)) + packer.flush()


_PACKERS = {zipfile.ZIP_DEFLATED: _deflated, zipfile.ZIP_BZIP2: _by_bzip2, zipfile.ZIP_LZMA: _by_lzma}


@lru_cache(maxsize=None)
def packed_zeros(method):
    """A gigabyte of zeros, packed; made once, it takes seconds."""
    return _PACKERS[method]()


def declared_small(method, name="manifest.json"):
    """A zip of one member whose header says 100 bytes, with their checksum, and that unpacks to a gigabyte."""
    packed, kept = packed_zeros(method), zlib.crc32(bytes(100))
    # LZMA marks its end itself (bit 1).
    flags = 2 if method == zipfile.ZIP_LZMA else 0
    fields = (63, flags, method, 0, 0x21, kept, len(packed), 100, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name.encode() + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 63, *fields, 0, 0, 0, 0, 0) + name.encode()
    return local + central + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)


def _declares_little(method):
    return lambda good, path, canary: save(path, declared_small(method))


def _declares_little_inside(manifest, members, canary):
    """The same as an array file, right by its checksum."""
    members["more.npz"] = declared_small(zipfile.ZIP_DEFLATED, "a.npy")


def _many_objects(manifest, members, canary):
    """60 MB of JSON that would become twenty million objects."""
    members["more.json"] = b"[" + b"[]," * 20_000_000 + b"0]"


def _long_list(good, path, canary):
    """A million names of files that hold nothing."""
    name = b"%07d.json"
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0x21, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0)
    data = b"".join(entry + name % number for number in range(1_000_000))
    save(path, data + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(data), 0, 0))


def _many(good, path, canary):
    members, comment = _members(good)
    members.update({"m{}.json".format(number): b"{}" for number in range(5000)})
    save(path, write_zip(members, compress=True, comment=comment))


def _flipped(seed):
    def make(good, path, canary):
        rng, data = random.Random(seed), bytearray(good)
        for _ in range(rng.choice((1, 3, 30))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        save(path, bytes(data))

    return make


def _twice(good, path, canary):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("manifest.json", b"{}")


BUNDLES = {
    "missing.carbonmodel": (REFUSED, lambda good, path, canary: None),
    "empty.carbonmodel": (REFUSED, changed(lambda good: b"")),
    "folder.carbonmodel": (REFUSED, directory),
    "pipe.carbonmodel": (REFUSED, pipe),
    "zeros.carbonmodel": (REFUSED, link("/dev/zero")),
    "text.carbonmodel": (REFUSED, changed(lambda good: b"not a model\n" * 100)),
    "cut10.carbonmodel": (REFUSED, changed(lambda good: good[: len(good) // 10])),
    "cut50.carbonmodel": (REFUSED, changed(lambda good: good[: len(good) // 2])),
    "cut99.carbonmodel": (REFUSED, changed(lambda good: good[:-100])),
    "cut1.carbonmodel": (REFUSED, changed(lambda good: good[:-1])),
    "longer.carbonmodel": (REFUSED, changed(lambda good: good + b"more" * 100)),
    "in front.carbonmodel": (EITHER, changed(lambda good: b"#!/bin/sh\n" + good)),
    "pickle.carbonmodel": (REFUSED, _pickle),
    "pickle inside.carbonmodel": (REFUSED, _with_member("model.pkl", lambda c: pickle.dumps(_Bomb(c)))),
    "pickle as json.carbonmodel": (REFUSED, _with_listed("more.json", lambda c: pickle.dumps(_Bomb(c)))),
    "pickle as cbm.carbonmodel": (REFUSED, _with_listed("levels.cbm", lambda c: pickle.dumps(_Bomb(c)))),
    "pickle as array.carbonmodel": (REFUSED, _with_listed("more.npz", lambda c: pickle.dumps(_Bomb(c)))),
    "objects.carbonmodel": (REFUSED, _with_listed("more.npz", _object_array)),
    "torch.carbonmodel": (REFUSED, _raw_zip(["archive/data.pkl", "archive/version"])),
    "other suffix.carbonmodel": (REFUSED, _with_listed("run.py", b"open('canary', 'w')")),
    "unlisted.carbonmodel": (REFUSED, _with_member("more.json", b"{}")),
    "up.carbonmodel": (REFUSED, _with_listed("../../escaped.json", b"{}")),
    "absolute.carbonmodel": (REFUSED, _with_listed("/tmp/escaped.json", b"{}")),
    "windows.carbonmodel": (REFUSED, _with_listed("C:\\escaped.json", b"{}")),
    "backslash.carbonmodel": (REFUSED, _with_listed("..\\escaped.json", b"{}")),
    "link.carbonmodel": (REFUSED, _raw_zip(["manifest.json"], b"/etc/passwd", external_attr=0o120777 << 16)),
    "newline.carbonmodel": (REFUSED, _with_listed("a\nb.json", b"{}")),
    "long name.carbonmodel": (REFUSED, _with_listed("n" * 5000 + ".json", b"{}")),
    "twice.carbonmodel": (REFUSED, _twice),
    "many.carbonmodel": (REFUSED, _many),
    "encrypted.carbonmodel": (REFUSED, _raw_zip(["manifest.json"], flag_bits=1)),
    "other zip.carbonmodel": (REFUSED, _raw_zip(["word/document.xml"])),
    "bomb.carbonmodel": (REFUSED, _zeros(2)),
    "bomb in it.carbonmodel": (REFUSED, _nested(20, 64)),
    "on each other.carbonmodel": (REFUSED, _on_each_other(200, 100_000)),
    "declares little.carbonmodel": (REFUSED, _declares_little(zipfile.ZIP_DEFLATED)),
    "declares little, bzip2.carbonmodel": (REFUSED, _declares_little(zipfile.ZIP_BZIP2)),
    "declares little, lzma.carbonmodel": (REFUSED, _declares_little(zipfile.ZIP_LZMA)),
    "declares little inside.carbonmodel": (REFUSED, forged(_declares_little_inside)),
    "many objects.carbonmodel": (REFUSED, forged(_many_objects)),
    "long list.carbonmodel": (REFUSED, _long_list),
    "edited.carbonmodel": (REFUSED, _repacked(lambda m, c: {**m, "manifest.json": m["manifest.json"] + b" "})),
    "swapped.carbonmodel": (REFUSED, _repacked(
        lambda m, c: {k: (v if k == "manifest.json" else v[:-1] + b"!") for k, v in m.items()})),
    "without weights.carbonmodel": (REFUSED, _repacked(lambda m, c: {"manifest.json": m["manifest.json"]})),
    "future.carbonmodel": (REFUSED, _set("format_version", 2)),
    "far future.carbonmodel": (REFUSED, _set("format_version", 10**400)),
    "version text.carbonmodel": (REFUSED, _set("format_version", "1")),
    "version true.carbonmodel": (REFUSED, _set("format_version", True)),
    "other format.carbonmodel": (REFUSED, _set("format", "onnx")),
    "other kind.carbonmodel": (REFUSED, _set("kind", "arima")),
    "unknown kind.carbonmodel": (REFUSED, _set("kind", "<script>alert(1)</script>")),
    "kind list.carbonmodel": (REFUSED, _set("kind", ["forest"])),
    "no drivers.carbonmodel": (REFUSED, _set("drivers", [])),
    "drivers null.carbonmodel": (REFUSED, _set("drivers", None)),
    "drivers text.carbonmodel": (REFUSED, _set("drivers", "PRE")),
    "drivers numbers.carbonmodel": (REFUSED, _set("drivers", [1, 2, 3])),
    "fewer drivers.carbonmodel": (REFUSED, _drivers(lambda drivers: drivers[:-1])),
    "more drivers.carbonmodel": (REFUSED, _drivers(lambda drivers: drivers + [{**drivers[0], "name": "PRE2"}])),
    "same drivers.carbonmodel": (REFUSED, _drivers(lambda drivers: [drivers[0]] * len(drivers))),
    "other drivers.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "name": "x" + d["name"]} for d in drivers])),
    "driver script.carbonmodel": (EITHER, _drivers(
        lambda drivers: [{**d, "name": d["name"] + "<script>alert(1)</script>"} for d in drivers])),
    "driver unit.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "unit": "<b>m</b>" * 1000} for d in drivers])),
    "driver nan.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "min": "nan", "max": "inf"} for d in drivers])),
    "driver huge.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "mean": "1" * 5000} for d in drivers])),
    "driver codes.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "codes": [10**300]} for d in drivers])),
    "driver classes.carbonmodel": (EITHER, _drivers(lambda drivers: [{**d, "categorical": True} for d in drivers])),
    "seed text.carbonmodel": (REFUSED, _set("seed", "one")),
    "files list.carbonmodel": (REFUSED, _text(lambda text: json.dumps({**json.loads(text), "files": []}).encode())),
    "deep.carbonmodel": (REFUSED, _text(_deep)),
    "huge number.carbonmodel": (REFUSED, _text(lambda text: text.replace(b'"format_version": 1', b'"format_version": '
                                                                         + b"9" * 10_000))),
    "nan in json.carbonmodel": (REFUSED, _text(lambda text: text.replace(b'"seed": 1', b'"seed": NaN').replace(
        b'"min":', b'"min": NaN, "m":', 1))),
    "utf16 manifest.carbonmodel": (REFUSED, _text(lambda text: text.decode().encode("utf-16"))),
    "long manifest.carbonmodel": (REFUSED, _text(lambda text: text + b" " * (9 << 20))),
    "manifest list.carbonmodel": (REFUSED, _text(lambda text: b"[]")),
    "manifest empty.carbonmodel": (REFUSED, _text(lambda text: b"")),
    "numbers null.carbonmodel": (REFUSED, _everywhere(None)),
    "numbers text.carbonmodel": (EITHER, _everywhere("1" * 3000)),
    "numbers huge.carbonmodel": (EITHER, _everywhere(10**400)),
    "numbers negative.carbonmodel": (EITHER, _everywhere(-1)),
    "numbers zero.carbonmodel": (EITHER, _everywhere(0)),
    "lists.carbonmodel": (REFUSED, _everywhere([[]])),
    "no levels.carbonmodel": (EITHER, _set("levels", {})),
    "no scaling.carbonmodel": (EITHER, _set("scaling", {})),
    "no target.carbonmodel": (EITHER, _set("target", {})),
    "no training.carbonmodel": (EITHER, _set("training", {})),
    "no extra.carbonmodel": (EITHER, _set("extra", {})),
    "target unit.carbonmodel": (EITHER, _set("target", {"unit": "<script>", "pool": 5, "year": "x"})),
    "bad metrics.carbonmodel": (EITHER, _set("metrics", {"fit": 5, "held-out": {"n": "x"}, "a": [None]})),
    "bad versions.carbonmodel": (EITHER, _set("versions", {"<img src=x onerror=alert(1)>": "<script>"})),
    "nan weights.carbonmodel": (EITHER, _each(lambda a: a if a.dtype.kind != "f" else np.full_like(a, np.nan))),
    "infinite weights.carbonmodel": (EITHER, _each(lambda a: a if a.dtype.kind != "f" else np.full_like(a, np.inf))),
    "flat weights.carbonmodel": (EITHER, _each(lambda a: a.reshape(-1))),
    "half weights.carbonmodel": (EITHER, _each(lambda a: a[: len(a) // 2] if a.ndim else a)),
    "no weights.carbonmodel": (EITHER, _arrays(lambda arrays: {})),
    "empty weights.carbonmodel": (EITHER, _each(lambda a: a[:0] if a.ndim else a)),
    "text weights.carbonmodel": (EITHER, _each(lambda a: a.astype("U8"))),
    "complex weights.carbonmodel": (EITHER, _each(lambda a: a.astype("float16") if a.dtype.kind == "f" else a)),
    "wild nodes.carbonmodel": (EITHER, _each(lambda a: np.full_like(a, 2**31 - 1) if a.dtype.kind == "i" else a)),
    "negative nodes.carbonmodel": (EITHER, _each(lambda a: np.full_like(a, -1) if a.dtype.kind == "i" else a)),
    "circle.carbonmodel": (EITHER, _each(lambda a: np.zeros_like(a) if a.dtype.kind == "i" else a)),
    "lying array.carbonmodel": (REFUSED, _with_listed("more.npz", _lying_array(
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"))),
    "code in header.carbonmodel": (REFUSED, _with_listed("more.npz", _lying_array(
        b"__import__('os').system('touch canary')"))),
    "deep header.carbonmodel": (REFUSED, _with_listed("more.npz", _lying_array(b"(" * 9000 + b")" * 9000))),
    "cut trees.carbonmodel": (EITHER, forged(lambda manifest, members, canary: members.update(
        {name: data[: len(data) // 2] for name, data in members.items() if name.endswith(".cbm")}))),
    "wild trees.carbonmodel": (EITHER, forged(lambda manifest, members, canary: members.update(
        {name: data[:200] + random.Random(9).randbytes(len(data) - 200) for name, data in members.items()
         if name.endswith(".cbm")}))),
    "模型 🌳 'x'.carbonmodel": (ACCEPTED, changed(lambda good: good)),
    "-m" + "o" * 230 + ".carbonmodel": (ACCEPTED, changed(lambda good: good)),
}  # fmt: skip
for _number in range(25):
    BUNDLES["flipped {}.carbonmodel".format(_number)] = (EITHER, _flipped(_number))
for _number in range(15):
    # CatBoost's own format is read by CatBoost: damage behind a right checksum reaches it.
    BUNDLES["trees {}.carbonmodel".format(_number)] = (EITHER, forged(
        lambda manifest, members, canary, seed=_number: members.update(
            {name: _with_flips(data, seed) for name, data in members.items() if name.endswith(".cbm")})))  # fmt: skip


def _with_flips(data, seed):
    rng, data = random.Random(seed), bytearray(data)
    for _ in range(rng.choice((1, 2, 5, 50))):
        data[rng.randrange(8, len(data))] = rng.randrange(256)
    return bytes(data)


HEAVY = (
    "bomb.carbonmodel", "bomb in it.carbonmodel", "on each other.carbonmodel", "declares little.carbonmodel",
    "declares little, bzip2.carbonmodel", "declares little, lzma.carbonmodel", "declares little inside.carbonmodel",
    "many objects.carbonmodel", "long list.carbonmodel",
)  # fmt: skip


def make(kind, good, folder, canary):
    """Make a bad model once per good one; its path."""
    return make_once(BUNDLES[kind][1], read(good), folder_of(good, folder, "_model"), kind, canary)
