"""What can go wrong, by kind. A message says what was found, where, and what to do."""


class CarbonError(Exception):
    """Base of every error that a user may see; its text is shown as it is."""


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


class Cancelled(CarbonError):
    """The user stopped the run. Nothing was written."""

    def __init__(self, message: str = "Cancelled. Nothing was written; earlier outputs are unchanged."):
        super().__init__(message)
