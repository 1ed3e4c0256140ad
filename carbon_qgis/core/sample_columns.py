"""The columns of a sample table: numbers, unit, weights, blocks and parts of a split, checked as they are read."""

import re
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import TableError, UnitError
from .units import DENSITY_UNITS, parse_density_unit

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLITS = (TRAIN, VALIDATION, TEST)

_HEADER = re.compile(r"^\s*(?P<name>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*$")
_RENAMED = re.compile(r"(?<=\])_\d+$")
#: numpy gives every row of a column of texts the room of the longest one.
_LONGEST_NUMBER = 400
_MISSING = ("", "na", "n/a", "nan", "null", "none")


def split_header(header: str) -> Tuple[str, Optional[str]]:
    """Name and unit of a column `name [unit]`; the unit is None without brackets."""
    match = _HEADER.match(header)
    return (match.group("name"), match.group("unit").strip()) if match else (header.strip(), None)


def require_distinct(headers: Sequence[str], source: str) -> None:
    """Raise `TableError` if two columns have one name: which of them is meant, nobody can tell.

    QGIS calls the second `PRE [mm]_1`.
    """
    plain = [_RENAMED.sub("", header.strip()) for header in headers]
    twice = [header for header in dict.fromkeys(plain) if plain.count(header) > 1]
    if twice:
        raise TableError(
            "{} has the column '{}' {} times. Rename or delete one of them.".format(
                source, twice[0], plain.count(twice[0])
            )
        )


def column_numbers(values: Sequence[Any], header: str, source: str) -> np.ndarray:
    """float64; NaN where missing."""
    if not any(isinstance(value, str) and len(value) > _LONGEST_NUMBER for value in values):
        try:
            return np.array(values, dtype=np.float64)  # numbers, None, and text that is a number in every row
        except (TypeError, ValueError):
            pass  # an empty text, or a text that is none: looked at one by one
    out = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        if value is None or (isinstance(value, str) and value.strip().lower() in _MISSING):
            continue
        try:
            out[row] = float(value)
        except (TypeError, ValueError):
            raise TableError(
                "{}: the column '{}' must hold numbers, with a point as decimal sign; row {} holds '{}'. Give classes "
                "as numbers (codes).".format(source, header, row + 1, value)
            ) from None
    return out


def usable_rows(numbers: Mapping[str, np.ndarray], rows: int, drop: bool, source: str) -> Tuple[np.ndarray, List[str]]:
    """Rows with a finite value in every column, and a note on the others."""
    kept, gaps = np.ones(rows, dtype=bool), []
    for header, values in numbers.items():
        finite = np.isfinite(values)
        if not finite.all():
            gaps.append("'{}' {:,}".format(header, int((~finite).sum())))
        kept &= finite
    lost = rows - int(kept.sum())
    if not lost:
        return kept, []
    found = "{:,} of {:,} rows have a missing or infinite value ({})".format(lost, rows, ", ".join(gaps))
    if lost == rows:
        raise TableError("{}: {}. No row is left.".format(source, found))
    if not drop:
        text = "{}: {}. Complete them, or choose to leave such rows out."
        raise TableError(text.format(source, found))
    return kept, ["{}; they are left out.".format(found)]


def density_unit_of(target: str, unit: Optional[str], source: str) -> str:
    """Canonical unit of the density: the one stated, else that of its header."""
    stated = unit if unit is not None else split_header(target)[1]
    canonical = parse_density_unit(stated)
    if canonical is None:
        raise UnitError(
            "{}: the unit of '{}' is not known to be a carbon density{}. State it (one of: {}).".format(
                source, target, ": it is '{}'".format(stated) if stated else "", ", ".join(DENSITY_UNITS)
            )
        )
    return canonical


def weight_column(extra: Mapping[str, np.ndarray], kept: np.ndarray, source: str) -> Optional[np.ndarray]:
    """Weights, checked to be positive; None without such a column."""
    if "weight" not in extra:
        return None
    weight = extra["weight"][kept]
    if (weight <= 0).any():
        raise TableError(
            "{}: the column 'weight' holds {:g}. The weight of a sample is a positive number; correct the column, or "
            "rename it if it is something else.".format(source, weight[weight <= 0][0])
        )
    return weight


def _texts(columns: Mapping[str, Sequence[Any]], name: str, kept: np.ndarray) -> Optional[List[str]]:
    """A column as text, '' where missing; None where there is no such column or all of it is empty."""
    if name not in columns:
        return None
    texts = ["" if v is None or v != v else str(v).strip() for v, keep in zip(columns[name], kept.tolist()) if keep]
    return texts if any(texts) else None


def split_column(columns: Mapping[str, Sequence[Any]], kept: np.ndarray, source: str) -> Optional[np.ndarray]:
    """Parts of the split in lower case; None without such a column."""
    texts = _texts(columns, "split", kept)
    if texts is None:
        return None
    words = {text: text.lower() for text in set(texts)}
    unknown = sorted(text for text, word in words.items() if word not in SPLITS)
    if unknown:
        raise TableError(
            "{}: the column 'split' holds '{}'. It may hold {}; correct it, or rename the column if it is something "
            "else.".format(source, unknown[0], ", ".join(SPLITS))
        )
    return np.array([words[text] for text in texts])


def block_column(columns: Mapping[str, Sequence[Any]], kept: np.ndarray, source: str) -> Optional[np.ndarray]:
    """Numbers of the spatial blocks; names are numbered in their order. None without such a column."""
    texts = _texts(columns, "block", kept)
    if texts is None:
        return None
    if not all(texts):
        raise TableError("{}: {:,} rows have no 'block'. Give all or none.".format(source, texts.count("")))
    if max(map(len, texts)) <= _LONGEST_NUMBER:
        try:
            numbers = np.array(texts, dtype=np.float64)
            if (numbers == np.floor(numbers)).all():
                return numbers.astype(np.int64)
        except ValueError:
            pass  # blocks may have names
    order = {text: number for number, text in enumerate(sorted(set(texts)))}
    return np.array([order[text] for text in texts], dtype=np.int64)


def pool_of(columns: Mapping[str, Sequence[Any]], kept: np.ndarray, source: str) -> Optional[str]:
    """The pool of all rows; None where it is not stated."""
    found = sorted(set(_texts(columns, "pool", kept) or ()).difference({""}))
    if len(found) > 1:
        raise TableError(
            "{} holds samples of several pools ({}). One model learns one pool: filter the table.".format(
                source, ", ".join(found)
            )
        )
    return found[0] if found else None


def year_of(columns: Mapping[str, Sequence[Any]], kept: np.ndarray) -> Optional[int]:
    """The year, if all rows are of one."""
    found = set(_texts(columns, "year", kept) or ()).difference({""})
    text = found.pop() if len(found) == 1 else ""
    return int(float(text)) if re.fullmatch(r"-?\d{1,5}(\.0*)?", text) else None
