"""Parameters, one function per kind, each with the help that the dialog and `qgis_process help` show.

Names that recur are constants here; functions for parameters that recur bring their own name, title and help.
"""

from typing import Any, Optional, Sequence

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMatrix,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.units import DENSITY_UNITS, T_HA
from .layer_parameters import FeaturesParameter, RasterParameter, RastersParameter

LANDCOVER, POOLS, POOLS_UNIT, STACK = "LANDCOVER", "POOLS", "POOLS_UNIT", "STACK"
DENSITY, DENSITIES, UNIT = "DENSITY", "DENSITIES", "UNIT"
MASK, ZONES, ZONE_FIELD = "MASK", "ZONES", "ZONE_FIELD"
MODEL, SEED, PRESET, REPORT, FIGURES = "MODEL", "SEED", "PRESET", "REPORT", "FIGURES"
COMPRESSION, CELL_AREA = "COMPRESSION", "CELL_AREA"

FROM_RASTER = "from_raster"
CELL_AREA_MODES = ("auto", "projected", "ellipsoidal")
COMPRESSION_CHOICES = ("auto", "zstd", "deflate", "lzw")

_Flag = QgsProcessingParameterDefinition.Flag


def tr(text: str) -> str:
    """`text` in the language of QGIS."""
    return QCoreApplication.translate("Carbon", text)


def advanced(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """The parameter, moved under 'Advanced parameters'."""
    parameter.setFlags(parameter.flags() | _Flag.FlagAdvanced)
    return parameter


def raster(name: str, title: str, help: str, optional: bool = False) -> QgsProcessingParameterDefinition:
    """One raster layer or file."""
    return _with_help(RasterParameter(name, title, optional=optional), help)


def rasters(
    name: str, title: str, help: str, optional: bool = False, minimum: int = 1
) -> QgsProcessingParameterDefinition:
    """Several raster layers or files."""
    parameter = RastersParameter(
        name, title, layerType=QgsProcessing.SourceType.TypeRaster, optional=optional
    )
    if not optional:
        parameter.setMinimumNumberInputs(minimum)
    return _with_help(parameter, help)


def polygons(name: str, title: str, help: str, optional: bool = True) -> QgsProcessingParameterDefinition:
    """A polygon layer."""
    kinds = [QgsProcessing.SourceType.TypeVectorPolygon]
    return _with_help(FeaturesParameter(name, title, kinds, optional=optional), help)


def features(name: str, title: str, help: str, optional: bool = False) -> QgsProcessingParameterDefinition:
    """A point or polygon layer."""
    kinds = [QgsProcessing.SourceType.TypeVectorPoint, QgsProcessing.SourceType.TypeVectorPolygon]
    return _with_help(FeaturesParameter(name, title, kinds, optional=optional), help)


def mask() -> QgsProcessingParameterDefinition:
    """The optional study area that every raster stage takes."""
    return polygons(
        MASK,
        tr("Study area (mask)"),
        tr(
            "Polygons to which the computation is limited: a cell counts if its centre lies in one of them. Any CRS. "
            "If left empty, the whole raster is used."
        ),
    )


def zones() -> QgsProcessingParameterDefinition:
    """Optional zone polygons for totals by region."""
    return polygons(
        ZONES,
        tr("Zones"),
        tr("Polygons, such as counties or catchments, for which totals are also given. Any CRS. May be left empty."),
    )


def zone_field() -> QgsProcessingParameterDefinition:
    """The field that names the zones."""
    return field(
        ZONE_FIELD,
        tr("Name of the zones (field)"),
        tr(
            "Field of the zone layer that names each zone; polygons with the same name are one zone. If left empty, "
            "all polygons together are one zone."
        ),
        parent=ZONES,
        optional=True,
    )


def field(
    name: str, title: str, help: str, parent: str, optional: bool = False, multiple: bool = False, numeric: bool = False
) -> QgsProcessingParameterDefinition:
    """A field, or several, of the layer in the parameter `parent`."""
    kinds = QgsProcessingParameterField.DataType
    parameter = QgsProcessingParameterField(
        name,
        title,
        parentLayerParameterName=parent,
        type=kinds.Numeric if numeric else kinds.Any,
        allowMultiple=multiple,
        optional=optional,
    )
    return _with_help(parameter, help)


def table_file(name: str, title: str, help: str, optional: bool = False) -> QgsProcessingParameterDefinition:
    """A text table. A file and not a layer: QGIS guesses the encoding, separator and decimal sign of CSV layers."""
    parameter = QgsProcessingParameterFile(
        name,
        title,
        behavior=QgsProcessingParameterFile.Behavior.File,
        optional=optional,
        fileFilter=tr("Tables") + " (*.csv *.txt *.tsv)",
    )
    return _with_help(parameter, help)


def folder(name: str, title: str, help: str, optional: bool = False) -> QgsProcessingParameterDefinition:
    """An existing folder to read from."""
    parameter = QgsProcessingParameterFile(
        name, title, behavior=QgsProcessingParameterFile.Behavior.Folder, optional=optional
    )
    return _with_help(parameter, help)


def model_file(name: str, title: str, help: str, optional: bool = False) -> QgsProcessingParameterDefinition:
    """A model bundle to read."""
    parameter = QgsProcessingParameterFile(
        name, title, behavior=QgsProcessingParameterFile.Behavior.File, optional=optional, fileFilter=_model_filter()
    )
    return _with_help(parameter, help)


def model_output(name: str, title: str, help: str) -> QgsProcessingParameterDefinition:
    """A model bundle to write, through `OutputSet.bytes`."""
    parameter = QgsProcessingParameterFileDestination(name, title, fileFilter=_model_filter())
    return _with_help(parameter, help)


def pool_table(name: str = POOLS, optional: bool = False) -> QgsProcessingParameterDefinition:
    """The table of carbon pools by land-cover class."""
    return table_file(
        name,
        tr("Carbon pools by class (table)"),
        tr(
            "Text table with one row per land-cover class: its code and its carbon density above ground, below ground, "
            "in soil and in dead matter, in t C/ha unless another unit is chosen. Columns: lucode, LULC_name, c_above, "
            "c_below, c_soil, c_dead. Comma, semicolon or tab; UTF-8 or GB 18030; decimal commas where the separator "
            "is not a comma."
        ),
        optional=optional,
    )


def pool_unit(name: str = POOLS_UNIT) -> QgsProcessingParameterDefinition:
    """Unit of the densities in the table of carbon pools."""
    help = tr("Unit of the densities in the table. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2.")
    return choice(name, tr("Unit of the pool table"), help, DENSITY_UNITS, T_HA)


def number(
    name: str,
    title: str,
    help: str,
    default: Optional[float] = None,
    optional: bool = False,
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
) -> QgsProcessingParameterDefinition:
    """A number; give its unit in the title."""
    kind = QgsProcessingParameterNumber.Type.Double
    return _number(kind, name, title, help, default, optional, minimum, maximum)


def integer(
    name: str,
    title: str,
    help: str,
    default: Optional[int] = None,
    optional: bool = False,
    minimum: Optional[int] = None,
    maximum: Optional[int] = None,
) -> QgsProcessingParameterDefinition:
    """A whole number."""
    kind = QgsProcessingParameterNumber.Type.Integer
    return _number(kind, name, title, help, default, optional, minimum, maximum)


def year(name: str, title: str, help: str = "", optional: bool = True) -> QgsProcessingParameterDefinition:
    """A calendar year; by default read from the raster's tag CARBON_YEAR."""
    help = help or tr("Calendar year of the raster. If left empty, it is read from the raster's tag CARBON_YEAR.")
    return integer(name, title, help, optional=optional, minimum=1, maximum=9999)


def seed() -> QgsProcessingParameterDefinition:
    """The seed of all random numbers of a run."""
    return integer(
        SEED, tr("Random seed"), tr("Same seed, same input: same result. It is kept in the run record."), 1, minimum=0
    )


def boolean(name: str, title: str, help: str, default: bool = False) -> QgsProcessingParameterDefinition:
    """A check box."""
    return _with_help(QgsProcessingParameterBoolean(name, title, defaultValue=default), help)


def choice(
    name: str,
    title: str,
    help: str,
    words: Sequence[str],
    default: Optional[Any] = None,
    multiple: bool = False,
    optional: bool = False,
) -> QgsProcessingParameterDefinition:
    """A list of fixed words; the first is the default unless one is named. The help lists them."""
    if default is None and not optional:
        default = words[0]
    parameter = QgsProcessingParameterEnum(
        name,
        title,
        options=list(words),
        allowMultiple=multiple,
        defaultValue=default,
        optional=optional,
        usesStaticStrings=True,
    )
    accepted = tr("Accepted words (the word itself, no number): {}.").format(", ".join(words))
    return _with_help(parameter, "{} {}".format(help, accepted))


def density_unit(name: str = UNIT, help: str = "") -> QgsProcessingParameterDefinition:
    """Unit of a density raster, by default the one it carries."""
    help = help or tr(
        "Unit of the density values. 'from_raster' takes the unit written in the raster (band unit or tag CARBON_UNIT) "
        "and stops if there is none. 1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2."
    )
    return choice(name, tr("Unit of carbon density"), help, (FROM_RASTER,) + tuple(DENSITY_UNITS))


def text(
    name: str, title: str, help: str, default: str = "", optional: bool = False, multiline: bool = False
) -> QgsProcessingParameterDefinition:
    """A text."""
    parameter = QgsProcessingParameterString(
        name, title, defaultValue=default, multiLine=multiline, optional=optional
    )
    return _with_help(parameter, help)


def matrix(
    name: str, title: str, help: str, headers: Sequence[str], optional: bool = False, default: Sequence[Any] = ()
) -> QgsProcessingParameterDefinition:
    """A small table typed into the dialog; on the command line its cells in rows, separated by commas."""
    parameter = QgsProcessingParameterMatrix(
        name, title, numberRows=1, headers=list(headers), defaultValue=list(default), optional=optional
    )
    return _with_help(parameter, "{} {}".format(help, tr("Columns: {}.").format(", ".join(headers))))


def raster_output(
    name: str, title: str, help: str, optional: bool = False, by_default: Optional[bool] = None
) -> QgsProcessingParameterDefinition:
    """A GeoTIFF to write. Optional ones are not made unless asked for."""
    parameter = QgsProcessingParameterRasterDestination(name, title, optional=optional)
    parameter.setCreateByDefault(not optional if by_default is None else by_default)
    return _with_help(parameter, help)


def table_output(
    name: str, title: str, help: str, optional: bool = True, by_default: bool = True
) -> QgsProcessingParameterDefinition:
    """A table to write: a layer in memory, a file (.csv, .gpkg, .xlsx ...) or a database table."""
    parameter = QgsProcessingParameterFeatureSink(
        name, title, QgsProcessing.SourceType.TypeVector, optional=optional, createByDefault=by_default
    )
    return _with_help(parameter, help)


def report_output(name: str = REPORT, title: str = "") -> QgsProcessingParameterDefinition:
    """The HTML report; QGIS shows it in the Results Viewer."""
    parameter = QgsProcessingParameterFileDestination(
        name, title or tr("Report"), fileFilter=tr("HTML files") + " (*.html)", optional=True, createByDefault=True
    )
    return _with_help(parameter, tr("Page with the numbers, figures, settings and warnings of this run."))


def figures_output() -> QgsProcessingParameterDefinition:
    """Folder for the figures of the report."""
    parameter = QgsProcessingParameterFolderDestination(
        FIGURES, tr("Folder for figures"), optional=True, createByDefault=False
    )
    return _with_help(parameter, tr("If given, the figures of the report are also saved here as PNG and SVG."))


def folder_output(
    name: str, title: str, help: str, optional: bool = False, by_default: bool = True
) -> QgsProcessingParameterDefinition:
    """A folder for several files; what is there already stays unless the algorithm says otherwise."""
    parameter = QgsProcessingParameterFolderDestination(name, title, optional=optional, createByDefault=by_default)
    return _with_help(parameter, help)


def compression() -> QgsProcessingParameterDefinition:
    """Compression of the rasters written (advanced)."""
    help = tr("Compression of the rasters written. 'auto' is ZSTD where GDAL has it, else DEFLATE; all are lossless.")
    return advanced(choice(COMPRESSION, tr("Compression"), help, COMPRESSION_CHOICES))


def cell_area() -> QgsProcessingParameterDefinition:
    """How the area of a cell is measured (advanced)."""
    help = tr(
        "How the area of a cell is measured. 'projected' multiplies the cell's sides in the units of the CRS; "
        "'ellipsoidal' measures each cell on the ellipsoid and works in degrees too; 'auto' takes 'ellipsoidal' where "
        "the two differ by more than 0.5 %. The mode used is in every total."
    )
    return advanced(choice(CELL_AREA, tr("Cell area"), help, CELL_AREA_MODES))


def _model_filter() -> str:
    return tr("Carbon models") + " (*.carbonmodel)"


def _number(kind, name, title, help, default, optional, minimum, maximum):
    parameter = QgsProcessingParameterNumber(name, title, type=kind, defaultValue=default, optional=optional)
    if minimum is not None:
        parameter.setMinimum(minimum)
    if maximum is not None:
        parameter.setMaximum(maximum)
    return _with_help(parameter, help)


def _with_help(parameter: QgsProcessingParameterDefinition, help: str) -> QgsProcessingParameterDefinition:
    if not help.strip():
        raise ValueError("The parameter {} has no help".format(parameter.name()))
    parameter.setHelp(help.strip())
    return parameter
