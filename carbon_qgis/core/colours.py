"""Colours of layers and reports: one scale for both. Nothing here is imported but the standard library."""

import colorsys
from typing import List, Sequence

#: Density and stock, low to high: dark violet to yellow, readable in grey and by the colour-blind.
SEQUENTIAL = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
#: Change and CAR around zero: brown is a loss (source), teal is a gain (sink).
DIVERGING = (
    "#543005", "#8c510a", "#bf812d", "#dfc27d", "#f6e8c3", "#f5f5f5",
    "#c7eae5", "#80cdc1", "#35978f", "#01665e", "#003c30",
)  # fmt: skip
#: Heat maps with text in the cells: light to dark, so that most cells take dark text.
HEAT = ("#f7fcf0", "#e0f3db", "#ccebc5", "#a8ddb5", "#7bccc4", "#4eb3d3", "#2b8cbe", "#0868ac", "#084081")
RAMPS = {"sequential": SEQUENTIAL, "diverging": DIVERGING, "heat": HEAT}

SINK, SOURCE, STABLE = "#2f8f86", "#b9772a", "#b8b8b8"
INK, FAINT, GRID, NODATA, MUTED = "#222222", "#666666", "#e3e3e3", "#d9d9d9", "#efefef"
POOL_COLOURS = {"above": "#7fb043", "below": "#e2a72e", "soil": "#7b5135", "dead": "#a9a6b5"}

_CLASSES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f", "#332288", "#882255",
    "#117733", "#c8b560", "#aa4499", "#a6d9f2", "#661100", "#6699cc", "#9bd0b8", "#b5b52a", "#1d1d1d", "#c9c9c9",
)  # fmt: skip

#: Words in the name of a land-cover or ecosystem class, and the colour that a reader expects. The first match counts.
_EXPECTED = (
    (("wetland", "mangrove", "marsh", "湿"), "#56b4b0"),
    (("water", "river", "lake", "sea", "水"), "#2b7bba"),
    (("forest", "wood", "tree", "林"), "#1b7837"),
    (("grass", "meadow", "pasture", "steppe", "草"), "#a6d96a"),
    (("farm", "crop", "agricult", "cultivat", "arable", "耕", "农"), "#f6d55c"),
    (("settle", "built", "urban", "city", "impervious", "construct", "城", "建"), "#d7301f"),
    (("desert", "barren", "bare", "unused", "sand", "荒", "漠", "裸", "未利用"), "#d9c7a0"),
    (("shrub", "scrub", "灌"), "#7fa650"),
    (("snow", "ice", "glacier", "冰", "雪"), "#e6f2fa"),
)


def class_colours(count: int) -> List[str]:
    """`count` distinguishable colours: 20 chosen ones, then hues a golden angle apart."""
    extra = []
    for step in range(max(0, count - len(_CLASSES))):
        red, green, blue = colorsys.hls_to_rgb((0.07 + step * 0.61803) % 1.0, (0.38, 0.55, 0.7)[step % 3], 0.5)
        extra.append("#{:02x}{:02x}{:02x}".format(int(red * 255), int(green * 255), int(blue * 255)))
    return list(_CLASSES[:count]) + extra


def named_class_colours(names: Sequence[str]) -> List[str]:
    """A colour per class: the one its name suggests (forest green, water blue …) if still free, else the palette's."""
    chosen: List[str] = []
    spare = iter(class_colours(2 * len(names) + len(_EXPECTED)))
    for name in names:
        low = str(name).lower()
        wanted = next((colour for words, colour in _EXPECTED if any(word in low for word in words)), None)
        if wanted is None or wanted in chosen:
            wanted = next(colour for colour in spare if colour not in chosen)
        chosen.append(wanted)
    return chosen
