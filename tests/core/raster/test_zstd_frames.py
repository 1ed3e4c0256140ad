"""A frame given other bytes is the frame of the other content; what is no such frame is refused."""

import sys

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from carbon_qgis.core.raster.zstd_frames import compressor, parse_frame, usable

CONTENTS = {
    "nothing": b"",
    "one byte": b"7",
    "one byte again and again (a block of its own kind)": b"\x03" * 300_000,
    "noise (blocks that are stored)": np.random.default_rng(1).integers(0, 256, 300_000, np.uint8).tobytes(),
    "text": b"the same again, and the same again, and something else; " * 5000,
    "patches": np.repeat(np.random.default_rng(2).integers(0, 9, 40_000).astype(np.uint32) * 0x04040404, 7).tobytes(),
    "few short runs": np.random.default_rng(3).integers(0, 3, 200_000, np.uint8).tobytes(),
}
TABLE = np.random.default_rng(4).permutation(256).astype(np.uint8).tobytes()


def content_of(frame):
    return zstandard.ZstdDecompressor().decompress(frame)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_translated_frame_holds_the_translated_content(content):
    packed = compressor().compress(content)
    assert content_of(packed) == content
    assert content_of(parse_frame(packed).translated(TABLE)) == content.translate(TABLE)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 2000)), max_size=30), st.randoms())
def test_so_does_any_other(parts, random):
    content = b"".join(part * times for part, times in parts)
    table = bytes(random.randrange(256) for _ in range(256))  # several bytes may become one
    assert content_of(parse_frame(compressor().compress(content)).translated(table)) == content.translate(table)


def test_bytes_that_stay_leave_the_frame_as_it_is():
    packed = compressor().compress(CONTENTS["patches"])
    assert parse_frame(packed).translated(bytes(range(256))) == packed


def test_packed_literals_are_refused():
    text = np.random.default_rng(5).normal(0, 3, 100_000).astype(np.int8).tobytes()
    with pytest.raises(ValueError, match="packed literals"):
        parse_frame(zstandard.ZstdCompressor(level=3).compress(text))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_frame_that_ends_early_or_goes_on_is_refused(content):
    packed = compressor().compress(content)
    for size in {*range(min(12, len(packed))), len(packed) // 2, len(packed) - 1}:
        with pytest.raises(ValueError):
            parse_frame(packed[:size])
    with pytest.raises(ValueError, match="does not end"):
        parse_frame(packed + b"\0")


def test_a_frame_with_a_checksum_is_refused():
    with pytest.raises(ValueError, match="checksum"):
        parse_frame(zstandard.ZstdCompressor(write_checksum=True).compress(b"abc" * 99))


def test_without_the_package_nothing_is_usable(monkeypatch):
    assert usable()
    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert compressor() is None and not usable()


def test_a_package_that_packs_literals_is_not_used(monkeypatch):
    packing = zstandard.ZstdCompressionParameters.from_level(19)
    monkeypatch.setattr("zstandard.ZstdCompressionParameters", lambda **named: packing)
    assert not usable()
