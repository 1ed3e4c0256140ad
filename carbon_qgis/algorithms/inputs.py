"""The parameters of one run as plain Python values, read once, in the thread that may touch layers."""

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from qgis.core import (
    NULL,
    QgsApplication,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterNumber,
    QgsProperty,
    QgsRasterLayer,
)

from ..core.errors import InputError
from ..core.files_behind import behind_layer, behind_raster
from ..core.foreign_files import require_ends
from . import preferences
from .harmless import require_harmless_raster, require_harmless_vector
from .numbers import within_bounds, written_number
from .parameters import COMPRESSION, FROM_RASTER, UNIT
from .raster_files import flat, raster_file, raster_layer, resolved, static
from .vectors import VectorData, read_features

DESTINATIONS = ("rasterDestination", "vectorDestination", "sink", "fileDestination", "folderDestination")


class NamedPath(NamedTuple):
    """A raster of a multi-layer parameter: where it is, and the name of its layer."""

    path: str
    name: str


class Inputs:
    """Values of all parameters, by name.

    Rasters are paths that GDAL opens, vector layers are read on request, an empty optional parameter is
    None, and destinations are the paths the user will find (None if skipped).
    """

    def __init__(self, algorithm, parameters: Dict[str, Any], context: QgsProcessingContext):
        self._definitions = {definition.name(): definition for definition in algorithm.parameterDefinitions()}
        self._algorithm = algorithm
        self._parameters = parameters
        self._given = {
            name: _describe_parameter(definition, parameters[name], context)
            for name, definition in self._definitions.items()
            if name in parameters
        }
        self._feedback: Optional[QgsProcessingFeedback] = None
        self._sources: List[str] = []
        self._rasters: List[str] = []
        self._notes: Dict[str, str] = {}
        self._values: Dict[str, Any] = {}
        for name, definition in self._definitions.items():
            kind = definition.type()
            if kind in DESTINATIONS:
                # Resolved for good in the run's own context; until then only what the user typed.
                self._values[name] = given_destination(parameters.get(name))
            elif kind in _READERS:
                self._values[name] = _READERS[kind](self, definition, context)
            else:
                raise TypeError("{}: parameters of type '{}' have no reader".format(name, kind))

    def has(self, name: str) -> bool:
        """True if the algorithm declares a parameter of this name."""
        return name in self._values

    def given(self, name: str) -> bool:
        """True if the parameter has a value."""
        value = self._values[name]
        return value is not None and value != [] and value != ""

    def path(self, name: str) -> Optional[str]:
        """Path of a raster or file; None if an optional one was left empty."""
        return self._values[name]

    def rasters(self, name: str) -> List[NamedPath]:
        """Rasters of a multi-layer parameter, in the order given (match them by name, not by order)."""
        return self._values[name]

    def paths(self, name: str) -> List[str]:
        """Paths of a multi-layer parameter."""
        return [raster.path for raster in self._values[name]]

    def number(self, name: str) -> Optional[float]:
        """A number; None if an optional one was left empty."""
        return self._values[name]

    def integer(self, name: str) -> Optional[int]:
        """A whole number; None if an optional one was left empty."""
        value = self._values[name]
        return None if value is None else int(value)

    def boolean(self, name: str) -> bool:
        """A check box."""
        return self._values[name]

    def choice(self, name: str) -> Optional[str]:
        """The word chosen in a list."""
        return self._values[name]

    def choices(self, name: str) -> List[str]:
        """The words chosen in a list that takes several."""
        return self._values[name]

    def text(self, name: str) -> Optional[str]:
        """A text without outer blanks; None if empty."""
        return self._values[name]

    def fields(self, name: str) -> List[str]:
        """Names of fields."""
        return self._values[name]

    def field(self, name: str) -> Optional[str]:
        """Name of one field; None if an optional one was left empty."""
        return self._values[name][0] if self._values[name] else None

    def matrix(self, name: str) -> List[List[Any]]:
        """Rows of a table typed into the dialog; rows that are empty throughout are left out."""
        return self._values[name]

    def features(
        self, name: str, fields: Optional[Sequence[str]] = None, geometry: bool = True
    ) -> Optional[VectorData]:
        """Features of a vector parameter, read now; None if an optional one was left empty.

        `geometry=False` where only the attributes are needed. Polygons repaired are told in the notes of the run.
        """
        source = self._values[name]
        if source is None:
            return None
        data = read_features(source, self._feedback, fields, geometry)
        if data.repaired:
            self._notes[name] = (
                "The layer '{}': {:,} of {:,} polygons were not valid (they cross themselves, for example) and were "
                "repaired for this run; the layer is unchanged. 'Check validity' shows where, 'Fix geometries' repairs "
                "them for good.".format(data.name, data.repaired, len(data))
            )
        return data

    def source(self, name: str):
        """The `QgsFeatureSource` of a vector parameter, for readers of their own; None if it was left empty."""
        return self._values[name]

    def polygons(self, name: str, name_field: Optional[str] = None):
        """A polygon layer as the core takes it (`PolygonLayer`); None if an optional one was left empty."""
        data = self.features(name, [name_field] if name_field else [])
        return None if data is None else data.polygons(name_field)

    def destination(self, name: str) -> Optional[str]:
        """Path of an output; None if the user skipped it."""
        return self._values[name]

    def file_destinations(self) -> List[str]:
        """Paths of all outputs that are one file each."""
        kinds = {name: definition.type() for name, definition in self._definitions.items()}
        found = [(kinds[name], self._values[name]) for name in kinds if kinds[name] in DESTINATIONS]
        return [
            path for kind, path in found
            if path and (kind in ("rasterDestination", "fileDestination") or (kind == "sink" and is_plain_file(path)))
        ]  # fmt: skip

    def destinations(self, *names: str) -> Dict[str, Optional[str]]:
        """Paths of several outputs by name, as the core takes them; None for those skipped."""
        return {name: self._values[name] for name in names}

    def unit(self, name: str = UNIT) -> Optional[str]:
        """Density unit chosen; None where the raster's own is to be used."""
        return None if self._values[name] == FROM_RASTER else self._values[name]

    def settings(self):
        """Limits of this run (`EngineSettings`), from the advanced parameters and the settings of QGIS."""
        from ..core.raster.settings import EngineSettings

        limits = preferences.limits()
        threads = limits.threads or QgsApplication.maxThreads()
        compression = self._values.get(COMPRESSION) or "auto"
        return EngineSettings(limits.memory_mb, threads if threads > 0 else None, compression, limits.scheduler)

    def device(self, name: str) -> str:
        """Where networks run: the word chosen; for 'auto' the one of the plugin's settings, which may be 'auto' too."""
        return preferences.limits().device if self._values[name] == "auto" else self._values[name]

    def files_behind(self) -> List[str]:
        """Files that are read along with the rasters and layers of this run."""
        rasters = [path for source in self._rasters for path in behind_raster(source)]
        return rasters + [path for source in self._sources for path in behind_layer(source)]

    def source_paths(self) -> List[str]:
        """Every data source that this run reads, for the run record and the check of the outputs."""
        return list(self._sources)

    def notes(self) -> List[str]:
        """What the reading of the inputs has to tell the user, one note per parameter."""
        return list(self._notes.values())

    def label(self, name: str) -> str:
        """Title of a parameter and its name, as errors quote it."""
        return "{} ({})".format(self._definitions[name].description(), name)

    def open_for_run(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
        """Fix the destinations in the context of the run: layers to load are registered with it."""
        self._feedback = feedback
        for name, definition in self._definitions.items():
            if definition.type() in DESTINATIONS:
                self._values[name] = self._destination(definition, context)

    def as_given(self) -> Dict[str, Any]:
        """Parameters as the user gave them, for the run record.

        Layers are named by their source, numbers and empty values written in one way: a dialog, a script and the
        command that the history keeps of either pass the same run in different words.
        """
        return dict(self._given)

    def _destination(self, definition: QgsProcessingParameterDefinition, context: QgsProcessingContext):
        name = definition.name()
        if definition.type() == "sink" and not is_plain_file(given_destination(self._parameters.get(name))):
            return self._values[name]  # a memory or database table: its sink is made when it is filled
        if definition.type() in ("rasterDestination", "vectorDestination", "sink"):
            return self._algorithm.parameterAsOutputLayer(self._parameters, name, context) or None
        return self._algorithm.parameterAsFileOutput(self._parameters, name, context) or None

    # One reader per kind of parameter.

    def _raster(self, definition, context) -> Optional[str]:
        value = resolved(self._value(definition), context)
        if value is None or value == "":
            return None
        return self._raster_path(value, definition, context).path

    def _rasters(self, definition, context) -> List[NamedPath]:
        value = resolved(self._value(definition), context)
        items = flat(value if isinstance(value, (list, tuple)) else [value])
        return [self._raster_path(item, definition, context) for item in items if item is not None and item != ""]

    def _raster_path(self, value, definition, context) -> NamedPath:
        from ..core.stack import layer_name

        label = self.label(definition.name())
        layer = value if isinstance(value, QgsMapLayer) else None
        if isinstance(value, str):
            require_harmless_raster(label, value)
            path = raster_file(value, context)
            if path is not None:
                return self._reads(path, layer_name(path))
            layer = raster_layer(value, context)
        if layer is None or not isinstance(layer, QgsRasterLayer) or not layer.isValid():
            raise InputError(_why_no_raster(label, layer.source() if layer is not None else str(value), layer))
        if layer.dataProvider().name() != "gdal":
            raise InputError(
                "{}: the layer '{}' comes from the provider '{}'; only raster files that GDAL reads can be used. "
                "Save it as GeoTIFF first (Export > Save As).".format(label, layer.name(), layer.dataProvider().name())
            )
        path = layer.source().split("|option:", 1)[0]
        if os.path.exists(path):
            path = os.path.abspath(path)
        elif os.path.isabs(path) and not path.startswith("/vsi"):
            raise InputError("{}: the file '{}' of the layer '{}' is gone.".format(label, path, layer.name()))
        return self._reads(path, layer.name())

    def _reads(self, path: str, name: str) -> NamedPath:
        self._sources.append(path)
        self._rasters.append(path)
        return NamedPath(path, name)

    def _source(self, definition, context):
        value = self._value(definition)
        if value is None or value == "":
            return None
        name = definition.name()
        require_harmless_vector(self.label(name), value, context)
        source = self._algorithm.parameterAsSource(self._parameters, name, context)
        if source is None:
            raise InputError(
                "{}: '{}' is not a vector layer that QGIS can open.".format(self.label(name), _describe(value))
            )
        layer = self._algorithm.parameterAsVectorLayer(self._parameters, name, context)
        self._sources.append(layer.source() if layer is not None else str(_describe(value)))
        return source

    def _number(self, definition, context) -> Optional[float]:
        value = static(self._value(definition))
        if value in (None, ""):
            return None
        number = written_number(self.label(definition.name()), value)
        if number is None:
            number = self._algorithm.parameterAsDouble(self._parameters, definition.name(), context)
        return within_bounds(self.label(definition.name()), number, definition)

    def _band(self, definition, context) -> Optional[int]:
        if self._value(definition) in (None, ""):
            return None
        return self._algorithm.parameterAsInt(self._parameters, definition.name(), context)

    def _enum(self, definition, context):
        if definition.allowMultiple():
            return list(self._algorithm.parameterAsEnumStrings(self._parameters, definition.name(), context))
        return self._algorithm.parameterAsEnumString(self._parameters, definition.name(), context) or None

    def _boolean(self, definition, context) -> bool:
        return self._algorithm.parameterAsBoolean(self._parameters, definition.name(), context)

    def _text(self, definition, context) -> Optional[str]:
        return self._algorithm.parameterAsString(self._parameters, definition.name(), context).strip() or None

    def _file(self, definition, context) -> Optional[str]:
        path = self._algorithm.parameterAsFile(self._parameters, definition.name(), context)
        if not path:
            return None
        if not os.path.exists(path):
            raise InputError("{}: there is no file '{}'.".format(self.label(definition.name()), path))
        require_ends(path)
        path = os.path.abspath(path)
        self._sources.append(path)
        return path

    def _fields(self, definition, context) -> List[str]:
        read = getattr(self._algorithm, "parameterAsStrings", None) or self._algorithm.parameterAsFields
        return list(read(self._parameters, definition.name(), context))

    def _matrix(self, definition, context) -> List[List[Any]]:
        # A script may give a list of rows as well as the plain list of cells that QGIS makes.
        cells = flat(self._algorithm.parameterAsMatrix(self._parameters, definition.name(), context))
        headers = list(definition.headers())
        width = len(headers)
        rows = [list(cells[start : start + width]) for start in range(0, len(cells), width)]
        rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
        if rows and len(rows[-1]) < width:
            raise InputError(
                "{}: the last row has {} of {} values. Every row has the columns {}; leave a cell empty rather than "
                "out.".format(self.label(definition.name()), len(rows[-1]), width, ", ".join(headers))
            )
        return rows

    def _value(self, definition) -> Any:
        """What was given; the default where the parameter is not named at all.

        One that must have a value also takes its default for an empty one: a model hands that to a step for an input of
        its own that was not named. QGIS itself does so.
        """
        name = definition.name()
        given = self._parameters.get(name)
        optional = bool(definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional)
        if name in self._parameters and (optional or given is not None):
            return given
        return definition.defaultValue()


_READERS: Dict[str, Callable] = {
    "raster": Inputs._raster,
    "multilayer": Inputs._rasters,
    "source": Inputs._source,
    "vector": Inputs._source,
    "number": Inputs._number,
    "distance": Inputs._number,
    "band": Inputs._band,
    "enum": Inputs._enum,
    "boolean": Inputs._boolean,
    "string": Inputs._text,
    "file": Inputs._file,
    "field": Inputs._fields,
    "matrix": Inputs._matrix,
}


def given_destination(value: Any) -> Optional[str]:
    """Destination as typed: a path, 'memory:', 'TEMPORARY_OUTPUT', a database URI, or None."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    value = static(value)
    return str(value) if value else None


#: Formats that are one file, so that a new one can take the place of the old one in one step.
SINGLE_FILE_FORMATS = (".csv", ".gpkg", ".geojson", ".json", ".xlsx", ".ods")


def is_plain_file(destination: Optional[str]) -> bool:
    """True for a table destination that is one file of its own."""
    if not destination or destination == "TEMPORARY_OUTPUT" or "|" in destination:
        return False
    prefix, colon, _ = destination.partition(":")
    if colon and len(prefix) > 1:  # memory:, ogr:, postgis: ..., but not a drive letter
        return False
    return os.path.splitext(destination)[1].lower() in SINGLE_FILE_FORMATS


def _why_no_raster(label: str, text: str, layer) -> str:
    if layer is not None and not isinstance(layer, QgsRasterLayer):
        return "{}: the layer '{}' is not a raster.".format(label, layer.name())
    if os.path.isfile(text):
        return (
            "{}: '{}' cannot be opened as a raster: it is damaged, cut short or not in one of the formats that are "
            "read here. GeoTIFF always works.".format(label, text)
        )
    return "{}: there is no raster file or layer '{}'.".format(label, text)


def _describe_parameter(definition: QgsProcessingParameterDefinition, value: Any, context) -> Any:
    """A value as the run record has it; here and not in the run, since only this thread may look up layers."""
    found = _describe(value)
    if found is None or found == "" or found == []:
        return None
    if isinstance(found, (int, float)) and isinstance(definition, QgsProcessingParameterNumber):
        return found if definition.dataType() == QgsProcessingParameterNumber.Type.Integer else float(found)
    if isinstance(found, list):
        return [_source_of(item, context) for item in found]
    return _source_of(found, context)


def _source_of(value: Any, context: QgsProcessingContext) -> Any:
    """The source of a layer that is given by its id."""
    if not isinstance(value, str):
        return value
    project = context.project()
    layer = project.mapLayer(value) if project is not None else None
    layer = layer or context.temporaryLayerStore().mapLayer(value)
    return value if layer is None else layer.source()


def _describe(value: Any) -> Any:
    if isinstance(value, QgsMapLayer):
        return value.source()
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        return {"source": _describe(value.source), "selected_features_only": value.selectedFeaturesOnly}
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        return _describe(value.sink)
    if isinstance(value, QgsProperty):
        return value.staticValue() if not value.isActive() or not value.expressionString() else value.expressionString()
    if isinstance(value, (list, tuple)):
        return [_describe(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return None if value == NULL else str(value)
