"""QGIS features as the core takes them: well-known binary, plain attributes, and the CRS as WKT."""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsWkbTypes,
)

from ..core.errors import Cancelled, InputError

#: Features between two looks at the cancel button.
_STRIDE = 256
#: For every `getFeatures` of a feature source. Without it QGIS throws at an invalid geometry, by default and in C++:
#: the exception passes through the frames of Python, no `finally` runs, and QGIS crashes later. Geometries are looked
#: at here instead, where they matter.
UNCHECKED = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks


@dataclass(frozen=True)
class VectorData:
    """Features in plain values.

    `wkb` and `rows` run in parallel; `wkb` entries are 2-D and without curves. A layer without geometry
    has empty `wkb` entries (b""). `skipped` counts features left out because they have no geometry, `repaired`
    those whose polygon was invalid and is given in a valid form.
    """

    name: str
    fields: Tuple[str, ...]
    wkb: Tuple[bytes, ...]
    rows: Tuple[Tuple[Any, ...], ...]
    crs_wkt: str
    skipped: int = 0
    repaired: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, field: str) -> List[Any]:
        """Values of one field, in feature order; None where empty.

        Raises
        ------
        InputError
            If the layer has no such field.
        """
        if field not in self.fields:
            raise InputError(
                "The layer '{}' has no field '{}'. Its fields are: {}.".format(
                    self.name, field, ", ".join(self.fields) or "none"
                )
            )
        index = self.fields.index(field)
        return [row[index] for row in self.rows]

    def as_dicts(self) -> List[Dict[str, Any]]:
        """One dictionary of attributes per feature."""
        return [dict(zip(self.fields, row)) for row in self.rows]

    def polygons(self, name_field: Optional[str] = None):
        """The layer as a `PolygonLayer` of the core: a mask, or zones named by `name_field`."""
        from ..core.raster.polygons import PolygonLayer

        names: Tuple[str, ...] = ()
        if name_field:
            names = tuple("" if value is None else str(value) for value in self.column(name_field))
        return PolygonLayer(self.wkb, self.crs_wkt, names, "The layer '{}'".format(self.name))


def read_features(
    source: QgsProcessingFeatureSource,
    feedback: Optional[QgsProcessingFeedback] = None,
    fields: Optional[Sequence[str]] = None,
    geometry: bool = True,
) -> VectorData:
    """Read a feature source to the end.

    Parameters
    ----------
    fields : names of the attributes to keep; None keeps all.
    geometry : False for attributes alone: features without geometry then count like all others.

    Raises
    ------
    Cancelled
        Once the user asked to stop.
    InputError
        If a field is not there, or twice, or a polygon is invalid and cannot be repaired (naming layer and feature).
    """
    available = [field.name() for field in source.fields()]
    kept = list(available if fields is None else fields)
    absent = [name for name in kept if name not in available]
    if absent:
        raise InputError(
            "The layer '{}' has no field {}. Its fields are: {}.".format(
                source.sourceName(), ", ".join("'{}'".format(name) for name in absent), ", ".join(available) or "none"
            )
        )
    twice = [name for name in dict.fromkeys(kept) if available.count(name) > 1]
    if twice:
        raise InputError(
            "The layer '{}' has the field '{}' {} times. Rename or delete one of them.".format(
                source.sourceName(), twice[0], available.count(twice[0])
            )
        )
    request = QgsFeatureRequest()
    request.setSubsetOfAttributes(kept, source.fields())
    spatial = geometry and source.wkbType() != QgsWkbTypes.Type.NoGeometry
    if not spatial:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    indices = [available.index(name) for name in kept]
    wkb, rows, skipped, repaired = [], [], 0, 0
    for number, feature in enumerate(source.getFeatures(request, UNCHECKED)):
        if number % _STRIDE == 0 and feedback is not None and feedback.isCanceled():
            raise Cancelled()
        data = b""
        if spatial:
            shape, changed = _valid(feature.geometry(), source.sourceName(), feature.id())
            data = _plain_wkb(shape)
            if not data:
                skipped += 1
                continue
            repaired += changed
        attributes = feature.attributes()
        wkb.append(data)
        rows.append(tuple(plain_value(attributes[index]) for index in indices))
    return VectorData(
        source.sourceName(), tuple(kept), tuple(wkb), tuple(rows), crs_wkt(source.sourceCrs()), skipped, repaired
    )


def crs_wkt(crs: QgsCoordinateReferenceSystem) -> str:
    """WKT of a CRS, '' if it is not valid."""
    if not crs.isValid():
        return ""
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)


def plain_value(value: Any) -> Any:
    """An attribute as a Python value: None for NULL, ISO text for dates and times."""
    if value is None or value == NULL:
        return None
    if isinstance(value, (bool, int, float, str, bytes)):
        return value
    if hasattr(value, "isNull") and value.isNull():
        return None
    if hasattr(value, "toString") and hasattr(value, "isValid"):
        from qgis.PyQt.QtCore import Qt

        return value.toString(Qt.DateFormat.ISODate)
    return value


def _plain_wkb(geometry: QgsGeometry) -> bytes:
    """2-D well-known binary with curves replaced by segments; b'' for an empty geometry."""
    abstract = geometry.constGet()
    if abstract is None or abstract.isEmpty():
        return b""
    straight = abstract.segmentize() if abstract.hasCurvedSegments() else abstract.clone()
    straight.dropZValue()
    straight.dropMValue()
    return bytes(straight.asWkb())


def _valid(geometry: QgsGeometry, layer: str, feature_id: int) -> Tuple[QgsGeometry, bool]:
    """A geometry whose polygons are valid, and whether it had to be repaired.

    A polygon that crosses itself covers what lies an odd number of times inside its line. Parts of a multipolygon
    are repaired one by one and united: repaired together, they would be cut out where they overlap.
    """
    if geometry.type() != QgsWkbTypes.GeometryType.PolygonGeometry or geometry.isEmpty() or geometry.isGeosValid():
        return geometry, False
    parts = [part for piece in geometry.asGeometryCollection() for part in piece.makeValid().asGeometryCollection()]
    areas = [part for part in parts if part.type() == QgsWkbTypes.GeometryType.PolygonGeometry and part.area() > 0]
    united = QgsGeometry.unaryUnion(areas) if areas else QgsGeometry()
    if united.isEmpty() or not united.isGeosValid():
        raise InputError(
            "The layer '{}': the polygon of the feature {} is not valid and cannot be repaired: it has no area, or its "
            "corners are no numbers. Delete or redraw it.".format(layer, feature_id)
        )
    return united, True
