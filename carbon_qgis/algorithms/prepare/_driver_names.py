"""How the words of the user about drivers (rows of names, a list of categorical ones) find the bands they mean."""

import os

from ...core.errors import InputError

HEADERS = ("layer", "name", "unit", "categorical")
_YES = ("1", "yes", "y", "true", "x")
_NO = ("0", "no", "n", "false", "")


def driver_sources(rasters, named, categorical, labels):
    """The drivers with what the user said of them.

    Parameters
    ----------
    rasters : (path, layer name) of each raster; all their bands are taken.
    named : (layer, name, unit, categorical or None) as `rows` reads them.
    categorical : names of drivers that hold class codes; final names or those before renaming.
    labels : what messages call the rows and the list.

    Raises
    ------
    InputError
        A row or a categorical name that fits no driver or two; two rows for one driver.
    RasterError
        A raster that cannot be read.
    """
    from ...core.driver_stack import DriverSource
    from ...core.raster.source import raster_info

    found = []
    for path, layer in rasters:
        info = raster_info(path)
        found += [_Found(info, band, layer) for band in range(1, info.count + 1)]
    taken = {}
    for layer, name, unit, kind in named:
        driver = _matching(found, layer, labels[0])
        if driver in taken:
            raise InputError(
                "{}: '{}' and '{}' are the same driver. Give each driver one row.".format(labels[0], taken[driver], layer)
            )
        taken[driver] = layer
        driver.rename(name, unit, kind)
    for name in categorical:
        _matching(found, name, labels[1]).categorical = True
    return [DriverSource(d.path, d.band, d.name, d.unit, d.categorical) for d in found]


class _Found:
    """One band among the drivers, and every name by which the user may call it."""

    def __init__(self, info, band, layer):
        from ...core.raster.source import is_plain_path
        from ...core.stack import driver_name, layer_name

        self.path, self.band, self.unit = info.path, band, None
        self.categorical = info.band_tags[band - 1].get("CARBON_CATEGORICAL") == "1"
        file = layer_name(info.path)
        layer = layer if layer and is_plain_path(info.path) else file
        self.keys = [info.descriptions[band - 1], "{}_{}".format(layer, band), "{}_{}".format(file, band)]
        if info.count == 1:
            self.name = driver_name(layer)
            self.keys = [layer, file, os.path.basename(info.path), driver_name(layer), driver_name(file)]
        else:
            description = info.descriptions[band - 1].strip()
            self.name = driver_name(description) if description else "{}_{}".format(driver_name(layer), band)
        self.keys.append(self.name)

    def rename(self, name, unit, categorical):
        """Take over what a row says; None leaves things as they are."""
        if name:
            self.name = name
            self.keys.append(name)
        self.unit = unit or self.unit
        self.categorical = self.categorical if categorical is None else categorical


def _matching(found, text, where):
    """The driver called `text`; exact names first, then without regard to case."""
    for same in (lambda key: key == text, lambda key: key.casefold() == text.casefold()):
        hits = [driver for driver in found if any(same(key) for key in driver.keys)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise InputError(
                "{}: '{}' fits several drivers: {}. Use the file name, or rename the layers.".format(
                    where, text, ", ".join("'{}' band {}".format(hit.path, hit.band) for hit in hits)
                )
            )
    raise InputError(
        "{}: there is no driver '{}'. The drivers are: {}.".format(where, text, ", ".join(d.name for d in found))
    )


def rows(cells, label):
    """(layer, name, unit, categorical) of each row of the matrix; empty name and unit as None."""
    found = []
    for number, row in enumerate(cells, 1):
        texts = ["" if cell is None else str(cell).strip() for cell in row]
        layer, name, unit, kind = texts + [""] * (len(HEADERS) - len(texts))
        if not layer:
            raise InputError(
                "{}, row {}: the layer is missing. Write which driver the row is about.".format(label, number)
            )
        if kind.casefold() not in _YES + _NO:
            raise InputError(
                "{}, row {}: '{}' in the column categorical is neither yes nor no. Rows have four columns: {}.".format(
                    label, number, kind, ", ".join(HEADERS)
                )
            )
        found.append((layer, name or None, unit or None, kind.casefold() in _YES if kind else None))
    return found


def listed(text):
    """Names in a text, separated by commas or semicolons."""
    return [name.strip() for name in (text or "").replace(";", ",").split(",") if name.strip()]
