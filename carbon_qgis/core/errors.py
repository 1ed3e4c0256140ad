"""What can go wrong, by kind. A message says what was found, where, and what to do."""

import re

#: A word longer than any path, and a message longer than anybody reads: what a table of strangers holds is quoted.
_LONG_WORD, _LONGEST = re.compile(r"(\S{300})\S{700,}"), 4000


class CarbonError(Exception):
    """Base of every error that a user may see; its text is shown as it is, but for what would fill the screen."""

    def __str__(self) -> str:
        text = super().__str__()
        if len(text) <= _LONGEST // 4:
            return text
        text = _LONG_WORD.sub(r"\1...", text)
        return text if len(text) <= _LONGEST else "{} ... {}".format(text[: _LONGEST - 500], text[-400:])


class InputError(CarbonError):
    """A parameter or a combination of parameters that cannot be computed."""


class RasterError(CarbonError):
    """A raster that cannot be read, or whose content is not what the step needs."""


class GridError(RasterError):
    """Rasters that do not share an area, or a grid without a usable CRS."""


class UnitError(CarbonError):
    """A unit that is missing, unknown, or not a density where one is needed."""


class TableError(CarbonError):
    """A table that cannot be read, or a cell in it that is not usable."""


class BundleError(CarbonError):
    """A model bundle (.carbonmodel) that is damaged, foreign, newer, of another kind, or not safe to read."""


class OutputError(CarbonError):
    """A destination that cannot be written: missing folder, no permission, disk full."""


class DependencyError(CarbonError):
    """A Python package that is not installed, with the command that installs it."""


class ClusterError(CarbonError):
    """A Dask cluster that is not there, has no workers, or holds other versions than this process."""


class Cancelled(CarbonError):
    """The user stopped the run. Nothing was written."""

    def __init__(self, message: str = "Cancelled. Nothing was written; earlier outputs are unchanged."):
        super().__init__(message)
