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
    _tell_apart(found)
    for driver, (_, name, unit, kind) in zip(_of_rows(found, named, labels[0]), named):
        driver.rename(name, unit, kind)
    for name in categorical:
        _matching(found, name, labels[1], (lambda d: [d.name], lambda d: d.keys)).categorical = True
    return [DriverSource(d.path, d.band, d.name, d.unit, d.categorical) for d in found]


class _Found:
    """One band among the drivers; `keys` are the names of its layer and file, `name` is that of the driver."""

    def __init__(self, info, band, layer):
        from ...core.raster.source import is_plain_path
        from ...core.stack import driver_name, layer_name

        self.path, self.band, self.unit = info.path, band, None
        self.categorical = info.band_tags[band - 1].get("CARBON_CATEGORICAL") == "1"
        file, description = layer_name(info.path), info.descriptions[band - 1].strip()
        layer = layer if layer and is_plain_path(info.path) else file
        self.described = driver_name(description) if description else ""
        if info.count == 1:
            self.name = driver_name(layer)
            self.keys = [layer, file, os.path.basename(info.path)]
        else:
            self.name = driver_name(description) if description else "{}_{}".format(driver_name(layer), band)
            self.keys = [description, "{}_{}".format(layer, band), "{}_{}".format(file, band)]

    def rename(self, name, unit, categorical):
        """Take over what a row says; None leaves things as they are."""
        self.name, self.unit = name or self.name, unit or self.unit
        self.categorical = self.categorical if categorical is None else categorical


def _tell_apart(found):
    """In a model, the outputs of one algorithm's runs share a file name: the bands' names tell them apart."""
    names = [driver.name for driver in found]
    for driver in found:
        if names.count(driver.name) > 1 and driver.described:
            driver.name = driver.described
            driver.keys.append(driver.described)


def _of_rows(found, named, label):
    """The driver of each row. All are found before one is renamed: two drivers may exchange names."""
    taken = {}
    for row in named:
        driver = _matching(found, row[0], label, (lambda d: d.keys, lambda d: [d.name]))
        if driver in taken:
            raise InputError(
                "{}: '{}' and '{}' are the same driver. Give each driver one row.".format(label, taken[driver], row[0])
            )
        taken[driver] = row[0]
    return list(taken)


def _matching(found, text, label, ways):
    """The driver called `text` in the first way that finds one; last without regard to case."""
    plain = [lambda d, way=way: text in way(d) for way in ways]
    folded = [lambda d, way=way: text.casefold() in [name.casefold() for name in way(d)] for way in ways]
    for fits in plain + folded:
        hits = [driver for driver in found if fits(driver)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise InputError(
                "{}: '{}' fits several drivers: {}. Use the file name, or rename the layers.".format(
                    label, text, ", ".join("'{}' band {}".format(hit.path, hit.band) for hit in hits)
                )
            )
    raise InputError(
        "{}: there is no driver '{}'. The drivers are: {}.".format(label, text, ", ".join(d.name for d in found))
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
