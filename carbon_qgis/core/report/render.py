"""Figures to bytes, and titles to file names."""

import io
import re
import unicodedata
from typing import Any, Set

_RESERVED = {"con", "prn", "aux", "nul"} | {"com%d" % i for i in range(1, 10)} | {"lpt%d" % i for i in range(1, 10)}


def to_png(figure: Any, dpi: float = 300) -> bytes:
    """PNG bytes of a matplotlib figure."""
    buffer = io.BytesIO()
    # Level 4: a third of the time of the default, and files a few per cent larger.
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
    return buffer.getvalue()


def to_svg(figure: Any) -> bytes:
    """SVG bytes of a matplotlib figure, undated; text is drawn as outlines, so that it looks the same anywhere."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def slug(title: str, taken: Set[str]) -> str:
    """File name without extension for `title`: lower case, letters, digits and dashes, not one of `taken`.

    Letters of any script are kept; names that Windows reserves are avoided. The name is added to `taken`.
    """
    plain = unicodedata.normalize("NFKC", title).lower()
    base = re.sub(r"[\W_]+", "-", plain).strip("-")[:60].strip("-") or "figure"
    if base in _RESERVED:
        base = "figure-" + base
    name, count = base, 2
    while name in taken:
        name, count = "{}-{}".format(base, count), count + 1
    taken.add(name)
    return name
