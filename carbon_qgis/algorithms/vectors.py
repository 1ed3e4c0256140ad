"""QGIS features as the core takes them: well-known binary, plain attributes, and the CRS as WKT."""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFeatureSource,
    QgsGeometry,
    QgsProcessingFeedback,
)

from ..core.errors import Cancelled, InputError

#: Features between two looks at the cancel button.
_STRIDE = 256


@dataclass(frozen=True)
class VectorData:
    """Features in plain values.

    `wkb` and `rows` run in parallel; `wkb` entries are 2-D and without curves. A layer without geometry
    has empty `wkb` entries (b""). `skipped` counts features left out because they have no geometry.
    """

    name: str
    fields: Tuple[str, ...]
    wkb: Tuple[bytes, ...]
    rows: Tuple[Tuple[Any, ...], ...]
    crs_wkt: str
    skipped: int = 0

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
    source: QgsFeatureSource,
    feedback: Optional[QgsProcessingFeedback] = None,
    fields: Optional[Sequence[str]] = None,
) -> VectorData:
    """Read a feature source to the end.

    Parameters
    ----------
    fields : names of the attributes to keep; None keeps all.

    Raises
    ------
    Cancelled
        Once the user asked to stop.
    InputError
        If a field is not there.
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
    request = QgsFeatureRequest()
    request.setSubsetOfAttributes(kept, source.fields())
    indices = [available.index(name) for name in kept]
    spatial = source.sourceCrs().isValid() or source.hasFeatures() and _first_has_geometry(source)
    wkb, rows, skipped = [], [], 0
    for number, feature in enumerate(source.getFeatures(request)):
        if number % _STRIDE == 0 and feedback is not None and feedback.isCanceled():
            raise Cancelled()
        data = _plain_wkb(feature.geometry()) if feature.hasGeometry() else b""
        if spatial and not data:
            skipped += 1
            continue
        attributes = feature.attributes()
        wkb.append(data)
        rows.append(tuple(plain_value(attributes[index]) for index in indices))
    return VectorData(
        source.sourceName(), tuple(kept), tuple(wkb), tuple(rows), crs_wkt(source.sourceCrs()), skipped
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


def _first_has_geometry(source: QgsFeatureSource) -> bool:
    request = QgsFeatureRequest()
    request.setLimit(1)
    return any(feature.hasGeometry() for feature in source.getFeatures(request))
