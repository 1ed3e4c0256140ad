"""Names of ecosystem and land-cover classes: of a table that the user gives, and of what GDAL knows of a raster."""

from typing import Dict, List, Sequence, Tuple

from . import parameters as declare
from .parameters import tr

CLASS_NAMES = "CLASS_NAMES"
#: An attribute table with more rows is not one of classes.
_MOST_ROWS = 65536
_NAME_COLUMNS = ("name", "class_name", "lulc_name", "class", "classname", "description", "label")


def class_names_table():
    """The optional table of class names."""
    return declare.table_file(CLASS_NAMES, tr("Names of the classes (table)"), tr(
        "Text table with a code (lucode, code or value) and a name (LULC_name, name or class) in each row; a table of "
        "carbon pools will do. If left empty: the names that the raster carries, else the codes."),
        optional=True)  # fmt: skip


def given_names(p, rasters: Sequence[str]) -> Tuple[Dict[int, str], List[str]]:
    """Code → name of the table; without a table the category names in `rasters`. Also notes.

    Names in the tag CARBON_CLASSES of a raster are read by the core, and go before its category names.
    """
    from ..core.class_names import class_names
    from ..core.class_tables import read_class_names

    if p.path(CLASS_NAMES):
        names, source = read_class_names(p.path(CLASS_NAMES))
        missing = "'{}' has no column with names (LULC_name, name or class): the classes are shown by their codes."
        return names, [] if names else [missing.format(source)]
    found: Dict[int, str] = {}
    for path in rasters:
        if not class_names(path):
            for code, name in category_names(path).items():
                found.setdefault(code, name)
    return found, []


def category_names(path: str) -> Dict[int, str]:
    """Code → name from the category names of a raster's first band, else from its attribute table; may be empty."""
    from osgeo import gdal

    from ..core.foreign_files import RASTER_FORMATS

    try:
        dataset = gdal.OpenEx(path, gdal.OF_RASTER, allowed_drivers=list(RASTER_FORMATS))
    except RuntimeError:  # where somebody has switched GDAL's exceptions on
        dataset = None
    if dataset is None:
        return {}  # the core opens it too, and says what is wrong with it
    band = dataset.GetRasterBand(1)
    band.GetMetadata()  # only then does GDAL read the names that stand in an .aux.xml file beside a GeoTIFF
    named = {code: name.strip() for code, name in enumerate(band.GetCategoryNames() or ()) if name and name.strip()}
    return named or _attribute_names(band.GetDefaultRAT(), gdal)


def _attribute_names(table, gdal) -> Dict[int, str]:
    if table is None:
        return {}
    columns = range(table.GetColumnCount())
    titles = [table.GetNameOfCol(column).strip().casefold() for column in columns]
    uses = [table.GetUsageOfCol(column) for column in columns]
    codes = [c for c in columns if uses[c] in (gdal.GFU_MinMax, gdal.GFU_Min) or titles[c] == "value"]
    names = [c for c in columns if uses[c] == gdal.GFU_Name] or [c for c in columns if titles[c] in _NAME_COLUMNS]
    if not codes or not names or table.GetRowCount() > _MOST_ROWS:
        return {}
    found = {}
    for row in range(table.GetRowCount()):
        name, code = table.GetValueAsString(row, names[0]).strip(), table.GetValueAsDouble(row, codes[0])
        if name and code.is_integer():  # not so for NaN and infinite ones
            found[int(code)] = name
    return found
