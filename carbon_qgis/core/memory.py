"""How much memory is free, to refuse what cannot fit before work starts."""

import os
import sys
from typing import Optional

from .errors import InputError

#: Share of the free memory that one step may plan with.
USABLE = 0.8


def available_bytes() -> Optional[int]:
    """Bytes that a new allocation can get without swapping; None where the system does not tell."""
    if sys.platform.startswith("linux"):
        return _linux("/proc/meminfo")
    if sys.platform == "win32":
        return _windows()
    try:
        # macOS: half of the memory there is; how much of the rest could be freed, only the system knows.
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (ValueError, OSError, AttributeError):
        return None


def require_memory(needed: int, what: str, advice: str) -> None:
    """Raise `InputError` if `needed` bytes are more than `USABLE` of what is free.

    Parameters
    ----------
    what : what would need them, as the subject of a sentence.
    advice : what to do, a whole sentence.
    """
    free = available_bytes()
    if free is not None and needed > USABLE * free:
        raise InputError(
            "{} would need about {} of memory; {} are free. {}".format(what, _text(needed), _text(free), advice)
        )


def _text(count: int) -> str:
    return "{:,.1f} GB".format(count / 1e9) if count >= 1e9 else "{:,.0f} MB".format(max(1, count / 1e6))


def _linux(path: str) -> Optional[int]:
    try:
        with open(path, encoding="ascii") as stream:
            for line in stream:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _windows() -> Optional[int]:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "available", "total_page", "available_page", "total_virtual", "virtual", "extended")
        ]

    status = Status()
    status.length = ctypes.sizeof(Status)
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)
