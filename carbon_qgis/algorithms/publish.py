"""From the result of a run to what QGIS shows: layers, tables, styles, numbers, and the run record."""

import math
import os
import shutil
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingUtils,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..core.errors import OutputError
from ..core.outputs import OutputSet, failure, writing
from ..core.progress import Part, Progress, check_cancelled
from ..core.record import repeatable
from ..core.results import Table
from ..core.tables import csv_parts, without_formulas
from . import loading
from .inputs import Inputs, is_plain_file
from .parameters import FIGURES, REPORT, tr

#: Rows of a table between two looks at the cancel button, and between two lines in the log.
_STRIDE, _LINE = 1000, 20_000


class Places(NamedTuple):
    """Where the rows of a table lie: positions of its columns x and y, their CRS, the column that colours them."""

    x: int
    y: int
    crs_wkt: str
    coloured_by: Optional[str] = None

    def crs(self) -> QgsCoordinateReferenceSystem:
        """The CRS as QGIS has it."""
        crs = QgsCoordinateReferenceSystem.fromWkt(self.crs_wkt)
        if crs.isValid() and not crs.toWkt():
            # QGIS remembers every CRS by its WKT, and one that a thread has made is empty once that thread is gone.
            QgsCoordinateReferenceSystem.invalidateCache()
            crs = QgsCoordinateReferenceSystem.fromWkt(self.crs_wkt)
        return crs


class Outputs:
    """What one run hands back. Outputs that the user skipped may be named; they are passed over."""

    def __init__(self, notes: Sequence[str] = ()):
        self.notes: List[str] = list(notes)
        self.messages: List[str] = []
        self.rasters: Dict[str, Optional[str]] = {}
        self.raster_files: Dict[str, Optional[str]] = {}
        self.tables: Dict[str, Table] = {}
        self.places: Dict[str, Places] = {}
        self.files: List[str] = []
        self.recorded_files: List[str] = []
        self.pages: Dict[str, Any] = {}
        self.values: Dict[str, Any] = {}
        self.facts: Dict[str, Any] = {}

    def raster(self, name: str, style: Optional[str] = None) -> "Outputs":
        """A raster that the core wrote, with its style as QML text."""
        self.rasters[name] = style
        return self

    def raster_file(self, path: str, style: Optional[str] = None) -> "Outputs":
        """A raster that the core wrote into an output folder: it also gets its style and its run record."""
        self.raster_files[path] = style
        return self

    def table(self, name: str, table: Table) -> "Outputs":
        """A table to be written to the destination that the user chose."""
        self.tables[name] = table
        return self

    def points(
        self, name: str, table: Table, x: str, y: str, crs_wkt: str, coloured_by: Optional[str] = None
    ) -> "Outputs":
        """A table to be written as a point layer; `x`, `y` name the columns of the coordinates."""
        names = [column.name for column in table.columns]
        self.places[name] = Places(names.index(x), names.index(y), crs_wkt, coloured_by)
        return self.table(name, table)

    def file(self, name: str) -> "Outputs":
        """A report, a folder or another file that the core wrote."""
        self.files.append(name)
        return self

    def recorded_file(self, name: str) -> "Outputs":
        """A model or a table that the core wrote to the destination `name`: it also gets its run record."""
        self.recorded_files.append(name)
        return self.file(name)

    def page(self, name: str, page: Any) -> "Outputs":
        """A report page (`core.report.page.Page`) for the HTML destination `name`, and for the folder of figures."""
        self.pages[name] = page
        return self

    def number(self, name: str, value: Optional[float]) -> "Outputs":
        """A number output; left out where it is unknown."""
        if value is not None and math.isfinite(value):
            self.values[name] = float(value)
        return self

    def say(self, message: str) -> "Outputs":
        """A line for the log."""
        self.messages.append(message)
        return self

    def fact(self, name: str, value: Any) -> "Outputs":
        """Something for the run record: grid, units, seed, model metrics."""
        self.facts[name] = value
        return self


def write_file_outputs(
    published: Outputs, inputs: Inputs, outputs: OutputSet, context, progress: Optional[Progress] = None
) -> List[str]:
    """Write styles and file tables into `outputs`; paths of the rasters, tables and models that want a run record."""
    recorded = [path for path in map(inputs.destination, published.recorded_files) if path is not None]
    rasters = [(inputs.destination(name), style) for name, style in published.rasters.items()]
    for path, style in rasters + list(published.raster_files.items()):
        if path is None:
            continue
        recorded.append(path)
        if style is not None:
            outputs.text(style_path(path), style)
    files = [(name, inputs.destination(name)) for name in published.tables if is_plain_file(inputs.destination(name))]
    for (name, path), part in zip(files, _parts(progress, [published.tables[name] for name, _ in files])):
        table = published.tables[name]
        _write_table_file(table, path, outputs.path(path), context, published.places.get(name), part)
        recorded.append(path)
    return recorded


def written_reports(published: Outputs, inputs: Inputs) -> List[str]:
    """Paths of the reports of this run: they too want a run record, of a run that writes nothing else the only one."""
    names = list(dict.fromkeys(list(published.pages) + [name for name in published.files if name == REPORT]))
    return [path for path in map(inputs.destination, names) if path is not None]


def write_pages(
    published: Outputs, record: Dict[str, Any], inputs: Inputs, outputs: OutputSet, progress: Optional[Progress] = None
) -> None:
    """Write the reports with their run record, and their figures where a folder is given.

    A run that is repeated writes the same report: when it ran and how long it took is in the run records alone.
    """
    for number, (name, page) in enumerate(published.pages.items()):
        if progress is not None:
            check_cancelled(progress)
            progress.update(number / len(published.pages), tr("Writing the report"))
        page.run_record(repeatable(record))
        path, folder = inputs.destination(name), inputs.destination(FIGURES) if inputs.has(FIGURES) else None
        if path is not None:
            outputs.text(path, page.html(_figure_told(progress, number, len(published.pages))))
        if folder is not None:
            outputs.folder(folder)
            page.save_figures(lambda file, content, folder=folder: outputs.bytes(os.path.join(folder, file), content))
    published.files += [name for name in list(published.pages) + [FIGURES] if inputs.has(name) and published.pages]


def fill_sinks(
    algorithm, published: Outputs, parameters, inputs: Inputs, context, progress: Optional[Progress] = None
) -> Dict[str, str]:
    """Fill the tables that go to memory or a database; their ids by parameter name."""
    filled = {}
    tables = {name: inputs.destination(name) for name in published.tables}
    tables = {name: where for name, where in tables.items() if where is not None and not is_plain_file(where)}
    parts = _parts(progress, [published.tables[name] for name in tables])
    for (name, destination), part in zip(tables.items(), parts):
        table = published.tables[name]
        fields = table_fields(table, texts=False)  # QGIS 3.40 warns of each text that a layer cannot keep
        places = published.places.get(name)
        crs = places.crs() if places else QgsCoordinateReferenceSystem()
        sink, identifier = algorithm.parameterAsSink(parameters, name, context, fields, _geometry(places), crs)
        if sink is None:
            raise OutputError(
                "The table '{}' cannot be written to '{}'. Choose a file or another table.".format(
                    table.title, destination
                )
            )
        _fill(sink, table, fields, destination, places, part)
        filled[name] = identifier
    return filled


def results(published: Outputs, inputs: Inputs, filled: Dict[str, str]) -> Dict[str, Any]:
    """The dictionary that `processAlgorithm` returns."""
    found: Dict[str, Any] = dict(published.values)
    for name in list(published.rasters) + list(published.tables) + published.files:
        destination = inputs.destination(name)
        if destination is not None:
            found[name] = destination
    found.update(filled)
    return found


def prepare_loading(algorithm, published: Outputs, found: Dict[str, Any], inputs: Inputs, context) -> None:
    """Group, style and title the layers that QGIS loads after the run.

    Those of all steps of a model lie in one group, later ones in the working order above earlier ones; what is made
    for later steps alone is not shown.
    """
    _forget_absent(algorithm, found, inputs, context)
    model = loading.running_model(context)
    group = "Carbon - " + (model or algorithm.title())
    places = [definition.name() for definition in algorithm.destinationParameterDefinitions()]
    above = loading.step_order(algorithm.WORKING_ORDER, context) if model else 0
    for name in list(published.rasters) + list(published.tables):
        identifier = found.get(name)
        if not identifier or not context.willLoadLayerOnCompletion(identifier):
            continue
        if name in published.rasters:
            style = None if published.rasters[name] is None else style_path(identifier)
            hidden = bool(model) and algorithm.INTERMEDIATE
            processor = loading.Arrival(style=style, hidden=hidden)
        else:
            coloured_by = published.places[name].coloured_by if name in published.places else None
            processor = loading.Arrival(columns=loading.looks_of(published.tables[name]), coloured_by=coloured_by)
        details = context.layerToLoadOnCompletionDetails(identifier)
        loading.arrange(details, group, processor, above + places.index(name))


def _forget_absent(algorithm, found: Dict[str, Any], inputs: Inputs, context: QgsProcessingContext) -> None:
    """Take back the layers of outputs that were asked for but not made: QGIS would report each as a failure."""
    names = [definition.name() for definition in algorithm.destinationParameterDefinitions()]
    absent = {inputs.destination(name) for name in names if name not in found}
    loading = context.layersToLoadOnCompletion()
    if absent.intersection(loading):
        context.setLayersToLoadOnCompletion({key: value for key, value in loading.items() if key not in absent})


def style_path(raster: str) -> str:
    """Where QGIS looks for the default style of a raster."""
    return os.path.splitext(raster)[0] + ".qml"


def table_fields(table: Table, texts: bool = True) -> QgsFields:
    """Fields of a table layer: longlong, double or string; with their titles and descriptions where it keeps `texts`.

    A layer in memory or in a database gets its titles when it is loaded.
    """
    kinds = _field_types()
    fields = QgsFields()
    for column in table.columns:
        field = QgsField(column.name, kinds[column.kind])
        if texts and column.title != column.name:
            field.setAlias(column.title)
        if texts:
            field.setComment(column.description)
        fields.append(field)
    return fields


def _write_table_file(
    table: Table, final: str, temporary: str, context: QgsProcessingContext, places: Optional[Places],
    progress: Optional[Progress],
) -> None:  # fmt: skip
    """Write to `temporary` what will be `final`, and read it back: OGR reports a full disk to nobody."""
    suffix = os.path.splitext(final)[1].lower()
    _tell(progress, table, 0)
    if suffix == ".csv":
        # OGR rounds numbers to 15 digits and quotes integers.
        with writing(final), open(temporary, "wb") as stream:
            written_rows = 0
            for part in csv_parts(table, _STRIDE):
                _tell(progress, table, written_rows)
                stream.write(part)
                written_rows += _STRIDE
        return
    layer_name = os.path.splitext(os.path.basename(final))[0]
    written = temporary
    if suffix in (".xlsx", ".ods"):
        # GDAL's zip writer stumbles over a name that holds the suffix twice, as that of the neighbour does.
        written = QgsProcessingUtils.generateTempFilename("table" + suffix)
        table = without_formulas(table) if suffix == ".ods" else table
    try:
        _write_and_count(table, written, final, layer_name, context, places, progress)
        if written != temporary:
            with writing(final):
                shutil.copyfile(written, temporary)
    finally:
        if written != temporary and os.path.exists(written):
            os.remove(written)


def _write_and_count(table: Table, written: str, final: str, layer_name: str, context, places, progress) -> None:
    try:
        _write_with_ogr(table, written, layer_name, context, places, progress)
    except OutputError as error:
        raise failure(final, str(error).replace(written, final)) from error
    found = QgsVectorLayer(written, layer_name, "ogr")
    count = found.featureCount() if found.isValid() else 0
    # A spreadsheet without rows has nothing to open; a header taken for a row is harmless.
    if count < len(table.rows):
        raise failure(final, "{} of {} rows arrived".format(max(0, count), len(table.rows)))


def _write_with_ogr(
    table: Table, path: str, layer_name: str, context: QgsProcessingContext, places: Optional[Places],
    progress: Optional[Progress],
) -> None:  # fmt: skip
    fields = table_fields(table)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = QgsVectorFileWriter.driverForExtension(os.path.splitext(path)[1])
    options.layerName = layer_name
    options.fileEncoding = "UTF-8"
    crs = places.crs() if places else QgsCoordinateReferenceSystem()
    writer = QgsVectorFileWriter.create(path, fields, _geometry(places), crs, context.transformContext(), options)
    if writer.hasError() == QgsVectorFileWriter.WriterError.NoError:
        _fill(writer, table, fields, path, places, progress)
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise OutputError(writer.errorMessage().strip(" ."))
    del writer  # closes the file


def _fill(
    sink: QgsFeatureSink, table: Table, fields: QgsFields, destination: Optional[str], places: Optional[Places] = None,
    progress: Optional[Progress] = None,
) -> None:  # fmt: skip
    for number, row in enumerate(table.rows):
        if number % _STRIDE == 0:
            _tell(progress, table, number)
        feature = QgsFeature(fields)
        feature.setAttributes([_attribute(value) for value in row])
        if places:
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(row[places.x], row[places.y])))
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise OutputError(
                "A row of the table '{}' cannot be written to '{}': {}".format(
                    table.title, destination or "memory", sink.lastError() or "no reason given"
                )
            )
    sink.flushBuffer()


def _parts(progress: Optional[Progress], tables: Sequence[Table]) -> List[Optional[Progress]]:
    """A share of the progress for each table, by its rows."""
    ends = [0.0]
    for table in tables:
        ends.append(ends[-1] + max(1, len(table.rows)))
    spans = zip(ends, ends[1:])
    return [None if progress is None else Part(progress, (a / ends[-1], b / ends[-1])) for a, b in spans]


def _figure_told(progress: Optional[Progress], page: int, pages: int):
    """What a page calls after each of its figures, with the share that is drawn."""
    if progress is None:
        return None

    def told(share: float) -> None:
        check_cancelled(progress)
        progress.update((page + share) / pages)

    return told


def _tell(progress: Optional[Progress], table: Table, done: int) -> None:
    """Say how far the writing of a long table is, and stop if the user asked for it."""
    if progress is None:
        return
    check_cancelled(progress)
    count, line = len(table.rows), None
    if done % _LINE == 0 and count >= _LINE:
        line = tr("Writing '{}': {:,} of {:,} rows").format(table.title, done, count)
    progress.update(min(1.0, done / count) if count else 1.0, line)


def _attribute(value: Any) -> Any:
    if hasattr(value, "item"):  # numpy scalar
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def _field_types() -> Dict[str, Any]:
    if Qgis.QGIS_VERSION_INT >= 33800:
        from qgis.PyQt.QtCore import QMetaType

        kinds = QMetaType.Type
        return {"integer": kinds.LongLong, "number": kinds.Double, "text": kinds.QString}
    from qgis.PyQt.QtCore import QVariant

    return {"integer": QVariant.LongLong, "number": QVariant.Double, "text": QVariant.String}


def _geometry(places: Optional[Places]) -> Any:
    kinds = Qgis.WkbType if hasattr(Qgis, "WkbType") else QgsWkbTypes.Type  # 3.30 and later
    return kinds.Point if places else kinds.NoGeometry
