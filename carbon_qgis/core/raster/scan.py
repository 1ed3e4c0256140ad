"""The class codes that occur in a raster."""

from typing import Dict, Optional

import numpy as np

from ..errors import RasterError
from ..progress import Progress
from .blocks import Totals, run_blocks
from .codes import counts
from .inputs import align_inputs
from .polygons import PolygonLayer
from .settings import EngineSettings
from .source import Band

#: More different values than this are not class codes.
MAX_CLASSES = 60000


def present_codes(
    path: str,
    index: int = 1,
    mask: Optional[PolygonLayer] = None,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> Dict[int, int]:
    """Codes of a categorical raster with their cell counts, ascending.

    Raises
    ------
    RasterError
        If a value is not a whole number, or there are too many different ones for classes.
    """
    inputs = align_inputs({"codes": Band(path, index, categorical=True)}, mask=mask)
    space = inputs.spaces["codes"]
    # Translating 16-bit and wider codes with no known code makes every one of them "unknown": counted by value.
    run = run_blocks(inputs, _count, space.size, progress=progress, settings=settings, bytes_per_cell=24)
    found = dict(run.unknown.get("codes", {}))
    if space.direct or space.codes:
        found.update({code: int(n) for code, n in space.by_code(run.partial["cells"]).items()})
    if len(found) > MAX_CLASSES:
        raise RasterError(
            "'{}' has more than {:,} different values: this is not a raster of classes.".format(path, MAX_CLASSES)
        )
    return {int(code): int(found[code]) for code in sorted(found)}


def _count(block, size: int):
    return {}, Totals(cells=np.asarray(counts(block["codes"], size)))
