"""Polygons and points from well-known binary, as GeoJSON-like geometries."""

import struct
from typing import Any, Dict, List, Tuple

import numpy as np

from ..errors import InputError

_POINT, _POLYGON, _MULTIPOINT, _MULTIPOLYGON, _COLLECTION, _CURVEPOLYGON = 1, 3, 4, 6, 7, 10

_HAS_SRID = 0x20000000


def geometry_from_wkb(wkb: bytes, source: str = "The layer") -> Dict[str, Any]:
    """A (multi)polygon or (multi)point as a GeoJSON-like dictionary; Z and M are dropped.

    Parameters
    ----------
    source : what messages call the layer.

    Raises
    ------
    InputError
        If the geometry is of another type or the bytes are damaged.
    """
    try:
        geometry, _ = _read(bytes(wkb), 0)
    except (struct.error, ValueError, IndexError, RecursionError) as error:
        raise InputError(
            "{}: a feature's geometry is damaged ({}). Repair it with 'Fix geometries'.".format(source, error)
        ) from error
    except _OtherType as other:
        raise InputError(
            "{}: a feature is not a polygon or point (well-known binary type {}). Convert curves with 'Segmentize' "
            "and collections with 'Multipart to singleparts'.".format(source, other)
        ) from None
    return geometry


class _OtherType(Exception):
    """A geometry of a type that is not read here: its number."""


def _read(data: bytes, at: int) -> Tuple[Dict[str, Any], int]:
    order = "<" if data[at] == 1 else ">"
    (code,) = struct.unpack_from(order + "I", data, at + 1)
    kind, dimensions = _kind(code)
    at += 9 if code & _HAS_SRID else 5
    if kind == _POINT:
        xy = np.frombuffer(data, order + "f8", dimensions, at)
        return {"type": "Point", "coordinates": (float(xy[0]), float(xy[1]))}, at + 8 * dimensions
    if kind == _POLYGON:
        rings, at = _rings(data, at, order, dimensions)
        return {"type": "Polygon", "coordinates": rings}, at
    if kind in (_MULTIPOLYGON, _MULTIPOINT):
        (count,) = struct.unpack_from(order + "I", data, at)
        at += 4
        parts: List[Any] = []
        for _ in range(count):
            part, at = _read(data, at)
            parts.append(part["coordinates"])
        return {"type": "MultiPolygon" if kind == _MULTIPOLYGON else "MultiPoint", "coordinates": parts}, at
    raise _OtherType(code)


def _kind(code: int) -> Tuple[int, int]:
    """Base type and number of coordinates, from ISO (1001 …) or EWKB (high bits) codes."""
    dimensions = 2
    if code & 0x80000000:
        dimensions += 1
    if code & 0x40000000:
        dimensions += 1
    code &= 0x0FFFFFFF
    dimensions += {0: 0, 1: 1, 2: 1, 3: 2}.get(code // 1000, 0)
    return code % 1000, dimensions


def _rings(data: bytes, at: int, order: str, dimensions: int) -> Tuple[List[List[Tuple[float, float]]], int]:
    (count,) = struct.unpack_from(order + "I", data, at)
    at += 4
    rings = []
    for _ in range(count):
        (points,) = struct.unpack_from(order + "I", data, at)
        at += 4
        xy = np.frombuffer(data, order + "f8", points * dimensions, at).reshape(points, dimensions)[:, :2]
        rings.append([(float(x), float(y)) for x, y in xy])
        at += 8 * points * dimensions
    return rings, at
