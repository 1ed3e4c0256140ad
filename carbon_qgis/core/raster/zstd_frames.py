"""Zstandard frames that can be given other content of the same structure, without compressing anew.

A frame holds literals (bytes as they are) and sequences (copies of bytes that came before): RFC 8878, section 3.1.1.
When every byte b of the content becomes T[b], the copies copy the right bytes by themselves, and it is enough to put
T[b] in place of each literal b. This needs literals that are not packed, which is how the compressor here is set up.
"""

from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

_MAGIC = b"\x28\xb5\x2f\xfd"
_RAW, _RLE, _COMPRESSED = 0, 1, 2
#: Bytes in which nothing repeats, of 16 values: whoever packs literals packs these.
_PROBE = bytes((number * number * 2654435761 >> 16) & 15 for number in range(4096))


@dataclass(frozen=True)
class Frame:
    """A frame in pieces: `fixed[0]`, `literals[0]`, `fixed[1]` … `fixed[n]`."""

    fixed: Tuple[bytes, ...]
    literals: Tuple[bytes, ...]

    def translated(self, table: bytes) -> bytes:
        """The frame of a content in which each byte b is `table[b]` instead; `table` has 256 bytes."""
        pieces = []
        for fixed, literals in zip(self.fixed, self.literals):
            pieces += (fixed, literals.translate(table))
        return b"".join(pieces + [self.fixed[-1]])


def compressor() -> Optional[Any]:
    """A compressor of the package zstandard that leaves literals unpacked; None where the package is missing.

    For one thread. Its level is 1, but for a step of zstd that packs literals by Huffman's codes (`target_length`: zstd
    leaves that out for its strategy 'fast' with any target length above 0).
    """
    try:
        import zstandard
    except ImportError:
        return None
    fast = 1
    parameters = zstandard.ZstdCompressionParameters(
        window_log=18, chain_log=13, hash_log=14, search_log=1, min_match=7, target_length=1, strategy=fast
    )
    return zstandard.ZstdCompressor(compression_params=parameters)


def usable() -> bool:
    """Whether the package zstandard is there and makes frames as they are needed here: tried once a run."""
    made = compressor()
    if made is None:
        return False
    try:
        parse_frame(made.compress(_PROBE))
    except ValueError:
        return False
    return True


def parse_frame(content: bytes) -> Frame:
    """The pieces of a whole frame without checksum.

    Raises
    ------
    ValueError
        If this is something else, or its literals are packed.
    """
    position = _after_header(content)
    fixed: List[bytes] = []
    literals: List[bytes] = []
    begin, last = 0, False
    while not last:
        header = int.from_bytes(content[position : position + 3], "little")
        position += 3
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        skip, length = 0, size
        if kind == _COMPRESSED:
            skip, length = _literals(content, position)
        elif kind == _RLE:
            size = length = 1
        elif kind != _RAW:
            raise ValueError("a block of an unknown kind")
        fixed.append(content[begin : position + skip])
        begin = position + skip + length
        literals.append(content[position + skip : begin])
        position += size
        if position > len(content) or begin > position:
            raise ValueError("it ends too early")
    if position != len(content):
        raise ValueError("it does not end with its last block")
    return Frame(tuple(fixed) + (content[begin:],), tuple(literals))


def _after_header(content: bytes) -> int:
    """Where the first block begins (RFC 8878, 3.1.1.1)."""
    if len(content) < 5 or content[:4] != _MAGIC:
        raise ValueError("no frame of Zstandard")
    descriptor = content[4]
    single_segment, checksum = descriptor >> 5 & 1, descriptor >> 2 & 1
    if checksum:
        raise ValueError("a frame with a checksum")
    window = 0 if single_segment else 1
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    size = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    return 5 + window + dictionary + size


def _literals(content: bytes, position: int) -> Tuple[int, int]:
    """(bytes of the header of a block's literals, bytes of the literals) (RFC 8878, 3.1.1.3.1.1)."""
    header = int.from_bytes(content[position : position + 3], "little")
    kind, form = header & 3, header >> 2 & 3
    if kind not in (_RAW, _RLE):
        raise ValueError("packed literals")
    if form in (0, 2):
        skip, length = 1, (header & 0xFF) >> 3
    elif form == 1:
        skip, length = 2, (header & 0xFFFF) >> 4
    else:
        skip, length = 3, header >> 4
    return skip, length if kind == _RAW else 1
