"""The parameters by which an algorithm takes samples, and their reading into the core's `Samples`."""

from typing import Any, Dict, List, Sequence

from qgis.core import QgsFeatureRequest, QgsProcessing, QgsWkbTypes

from ...core.errors import InputError, TableError
from ...core.memory import require_memory
from ...core.progress import check_cancelled
from ...core.units import DENSITY_UNITS
from .. import parameters as declare
from ..parameters import tr
from ..vectors import UNCHECKED, plain_value

SAMPLES, TARGET, UNIT, DRIVERS = "SAMPLES", "TARGET", "UNIT", "DRIVERS"
CATEGORICAL, DROP_INVALID = "CATEGORICAL", "DROP_INVALID"
FROM_HEADER = "from_header"

#: Columns of a sample table without a unit that are read where they are there.
_KNOWN = ("x", "y", "block", "split", "weight", "pool", "year")
#: Features between two looks at the cancel button.
_STRIDE = 1024
#: Memory of one value while a table is read: a number of Python's own, twice in a list, and once in an array.
_BYTES_PER_VALUE = 64
#: No name of a block or a pool is longer.
_LONGEST_TEXT = 1000
#: More samples than a training of hours could use.
MOST_SAMPLES = 5_000_000
_PLAIN = (int, float, str, bool, type(None))


def declare_samples(algorithm) -> None:
    """Add SAMPLES and, under 'Advanced', what is needed for tables that 'Sample carbon density' did not make."""
    samples = declare.features(SAMPLES, tr("Samples"), tr(
        "Table or point layer with one row per sample, as 'Sample carbon density' makes it: a column 'density [unit]', "
        "and a column 'name [unit]' for every driver; the unit 'class' marks a driver whose values are codes of "
        "classes. The columns split (train, validation, test), block, weight, x and y are used where they are there. "
        "For a table of your own, name its fields under the advanced parameters."))  # fmt: skip
    samples.setDataTypes([QgsProcessing.SourceType.TypeVector])  # a table without geometry will do
    algorithm.add(samples)
    algorithm.add(declare.advanced(declare.field(TARGET, tr("Field of the carbon density"), tr(
        "Field that holds the carbon density, for a table of your own. If left empty, it is the column "
        "'density [unit]'."), SAMPLES, optional=True)))  # fmt: skip
    algorithm.add(declare.advanced(declare.choice(UNIT, tr("Unit of the carbon density"), tr(
        "'from_header' takes the unit in the name of the field, as in 'density [t C/ha]', and stops if there is none. "
        "1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2. Values are not converted."),
        (FROM_HEADER,) + tuple(DENSITY_UNITS))))  # fmt: skip
    algorithm.add(declare.advanced(declare.field(DRIVERS, tr("Driver fields"), tr(
        "Fields that explain the density. If left empty, every column 'name [unit]' beside the density is a driver."),
        SAMPLES, optional=True, multiple=True)))  # fmt: skip
    algorithm.add(declare.advanced(declare.field(CATEGORICAL, tr("Categorical driver fields"), tr(
        "Drivers whose values are codes of classes (land cover, soil type), beside those with the unit 'class'."),
        SAMPLES, optional=True, multiple=True)))  # fmt: skip
    algorithm.add(declare.advanced(declare.boolean(DROP_INVALID, tr("Leave out rows with missing values"), tr(
        "Otherwise a missing or infinite value stops the run and is counted by column."))))  # fmt: skip


def read_samples(p, progress=None):
    """The samples that the user chose, as `core.samples.Samples`; what was left out or assumed is in its notes.

    Raises
    ------
    TableError, UnitError
        See `core.samples.samples_from_columns`.
    InputError
        A field that is not there; more samples than fit into memory, before any is read.
    Cancelled
    """
    from ...core.foreign_files import holds_nul
    from ...core.samples import require_distinct, samples_from_columns, split_header

    source = p.source(SAMPLES)
    fields = [field.name() for field in source.fields()]
    chosen, target = p.fields(DRIVERS), p.field(TARGET)
    name = "'{}'".format(source.sourceName())
    require_distinct(fields, name)
    if any(holds_nul(path) for path in p.source_paths()):
        raise TableError(
            "{} holds a NUL character, at which a text or number is cut short: it is damaged, or no table. Export it "
            "again as CSV.".format(name)
        )
    absent = [name for name in chosen + p.fields(CATEGORICAL) + ([target] if target else []) if name not in fields]
    if absent:
        text = "{} has no field '{}'. Its fields are: {}."
        raise InputError(text.format(name, absent[0], ", ".join(fields) or "none"))
    wanted = set(chosen).union([target] if target else ())
    columns = read_columns(
        source, [f for f in fields if f in wanted or f in _KNOWN or split_header(f)[1] is not None], progress
    )
    unit = p.choice(UNIT)
    return samples_from_columns(
        columns, target, None if unit == FROM_HEADER else unit, chosen or None, p.fields(CATEGORICAL),
        p.boolean(DROP_INVALID), name,
    )  # fmt: skip


def read_columns(source, fields: Sequence[str], progress=None) -> Dict[str, List[Any]]:
    """Values of some fields of a feature source, by field; of a point layer also x and y unless it has such fields.

    Geometry is not decoded where it is not needed: 100,000 rows take about a second.
    """
    names = [field.name() for field in source.fields()]
    indices = [names.index(field) for field in fields]
    places = "x" not in names and "y" not in names and _is_of_points(source)
    request = QgsFeatureRequest()
    request.setSubsetOfAttributes(list(fields), source.fields())
    if not places:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    rows, points = [], []
    count = max(1, source.featureCount())
    if count > MOST_SAMPLES:
        raise InputError(
            "'{}' has {:,} rows; models are trained on at most {:,} samples, and on far fewer they are no worse. Draw "
            "a random part of them.".format(source.sourceName(), count, MOST_SAMPLES)
        )
    require_memory(
        count * max(1, len(fields)) * _BYTES_PER_VALUE,
        "Reading {:,} samples with {} columns".format(count, len(fields)),
        "Draw fewer samples, or name fewer driver fields.",
    )
    for number, feature in enumerate(source.getFeatures(request, UNCHECKED)):
        if number % _STRIDE == 0 and progress is not None:
            check_cancelled(progress)
            progress.update(min(1.0, number / count), tr("Reading the samples"))
        attributes = feature.attributes()
        rows.append([attributes[index] for index in indices])
        for field, value in zip(fields, rows[-1]):
            if isinstance(value, str) and len(value) > _LONGEST_TEXT:
                raise InputError(
                    "'{}', row {}: the field '{}' holds a text of {:,} characters. Samples are numbers and short "
                    "names: correct the table.".format(source.sourceName(), number + 1, field, len(value))
                )
        if places:
            points.append(_place(feature.geometry()))
    columns = {field: _plain(list(values)) for field, values in zip(fields, zip(*rows))}
    if places and points:
        columns["x"], columns["y"] = (list(values) for values in zip(*points))
    return columns if rows else {field: [] for field in fields}


def _is_of_points(source) -> bool:
    return QgsWkbTypes.geometryType(source.wkbType()) == QgsWkbTypes.GeometryType.PointGeometry


def _place(geometry):
    if geometry.isNull() or geometry.isEmpty():
        return None, None
    point = geometry.constGet() if not geometry.isMultipart() else geometry.constGet().geometryN(0)
    return point.x(), point.y()


def _plain(values: List[Any]) -> List[Any]:
    """Values without QGIS's NULL; looked at one by one only where there is something else than plain values."""
    if all(isinstance(value, _PLAIN) for value in values):
        return values
    return [plain_value(value) for value in values]
