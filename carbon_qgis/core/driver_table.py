"""Geodetector on a table: the columns of a point or polygon layer, one row per observation.

Numbers are classed as rasters are; text, and columns named as categorical, are strata as they stand. Text that is a
number in every row counts as numbers, with a note: so come the fields of a CSV file. Every row counts the same,
whatever the size of its polygon.
"""

import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .discretize import Distribution, classify
from .driver_classes import ClassedDriver, Classing
from .driver_detection import DetectionResult, check_drivers, require_strata, score_notes, scored, with_counts
from .driver_distributions import Continuous, class_all
from .errors import InputError
from .progress import Part, Progress, Silent, check_cancelled
from .results import Remark
from .strata_moments import accumulate
from .valid_cells import drawn


@dataclass(frozen=True)
class TableDriver:
    """A column that may explain Y: numbers, or text and other values that are strata as they stand."""

    name: str
    values: Sequence[Any]
    categorical: bool = False
    unit: str = ""


def detect_drivers_in_table(
    target: Sequence[Any],
    drivers: Sequence[TableDriver],
    classing: Optional[Classing] = None,
    ecosystems: Optional[Sequence[Any]] = None,
    target_name: str = "Y",
    target_unit: str = "",
    ecosystem_name: str = "",
    min_stratum_cells: int = 1,
    published_variance: str = "sample",
    keep_share: float = 1.0,
    seed: int = 0,
    progress: Optional[Progress] = None,
    threads: int = 1,
) -> DetectionResult:
    """Factor, interaction, ecological and risk detector of the rows of a table.

    Parameters
    ----------
    target : Y, n numbers; None, NaN and empty text are missing.
    drivers : at least one column of n values each. Rows with a missing value anywhere are left out of everything.
    ecosystems : n names or codes; each is analysed beside all rows together.
    keep_share, seed : simple random thinning of the rows, 1 uses all.

    Returns
    -------
    DetectionResult
        The same as of rasters; its cells are rows.

    Raises
    ------
    InputError
        Text in Y; a column of another length; no complete row; and all that rasters are refused for.
    Cancelled
    """
    progress, classing = progress or Silent(), classing or Classing()
    check_drivers([driver.name for driver in drivers], classing, keep_share)
    y = _numbers(target, target_name, required=True)
    columns = {driver.name: _column(driver, len(y)) for driver in drivers}
    if ecosystems is not None:
        columns[_ECOSYSTEMS] = _labels_of(ecosystems, ecosystem_name or "ecosystem", len(y))
    given = {target_name: target, **{driver.name: driver.values for driver in drivers}}
    numeric = [target_name] + [driver.name for driver in drivers if columns[driver.name].dtype.kind == "f"]
    kept, notes = _complete_rows(y, columns, target_name, ecosystem_name)
    notes = _text_note(given, numeric) + notes
    if keep_share < 1:
        kept &= drawn(np.arange(len(y)), keep_share, seed)
        text = "{:,} rows drawn at random (share {:g}, seed {})."
        notes.append(Remark(text.format(int(kept.sum()), keep_share, seed)))
        if not kept.any():
            raise InputError("No row was drawn of {:,}. Use a larger share.".format(len(y)))
    y = y[kept]
    columns = {name: values[kept] for name, values in columns.items()}
    check_cancelled(progress)
    progress.update(0.2, "Classing the drivers")
    centre = float(y.mean())
    classed, codes = _class(drivers, columns, classing, y - centre, progress, threads)
    eco, eco_names = None, None
    if ecosystems is not None:
        eco_names, eco = _strata(columns[_ECOSYSTEMS])
    check_cancelled(progress)
    progress.update(0.8, "Counting strata")
    moments = accumulate(codes, y - centre, eco, [d.classes for d in classed], len(eco_names) if eco_names else 1)
    scores = scored(moments, classed, eco_names, centre, min_stratum_cells, published_variance)
    return DetectionResult(
        scores=scores, drivers=with_counts(classed, moments), target_name=target_name, target_unit=target_unit,
        cells=len(y), cells_seen=len(kept), keep_share=keep_share, seed=seed, ecosystem_name=ecosystem_name,
        notes=notes + score_notes(scores),
    )  # fmt: skip


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ECOSYSTEMS = object()  # a key that no name of a driver can be


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value != value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _numbers(values: Sequence[Any], name: str, required: bool) -> Optional[np.ndarray]:
    """float64 with NaN where missing; None (or an error) where there is text that is no number."""
    for row, value in enumerate(values, 1):
        if not (_missing(value) or _is_number(value) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip()))):
            if required:
                raise InputError(
                    "The column '{}' is to be explained and must hold numbers; row {} holds '{}'. Choose another "
                    "column, or make a numeric one of it with the field calculator.".format(name, row, value)
                )
            return None
    numbers = np.array([np.nan if _missing(value) else float(value) for value in values], dtype=np.float64)
    infinite = np.flatnonzero(np.isinf(numbers))
    if infinite.size:
        raise InputError(
            "The column '{}' holds an infinite value in row {}. Empty that cell.".format(name, int(infinite[0]) + 1)
        )
    return numbers


def _text_note(columns: Mapping[str, Sequence[Any]], numeric: Sequence[str]) -> List[str]:
    """A note on columns of text that were read as numbers: what a CSV file gives where its types are not stated."""
    found = [name for name in numeric if any(isinstance(value, str) and value.strip() for value in columns[name])]
    if not found:
        return []
    return [
        "The text in {} was read as numbers. Name a column as categorical if its numbers are codes.".format(
            ", ".join("'{}'".format(name) for name in found)
        )
    ]


def _column(driver: TableDriver, rows: int) -> np.ndarray:
    """Numbers as float64, strata as an object array of texts (None: missing)."""
    if len(driver.values) != rows:
        raise InputError("The column '{}' has {:,} rows, but Y has {:,}.".format(driver.name, len(driver.values), rows))
    numbers = None if driver.categorical else _numbers(driver.values, driver.name, required=False)
    return _labels_of(driver.values, driver.name, rows) if numbers is None else numbers


def _labels_of(values: Sequence[Any], name: str, rows: int) -> np.ndarray:
    if len(values) != rows:
        raise InputError("The column '{}' has {:,} rows, but Y has {:,}.".format(name, len(values), rows))
    out = np.empty(rows, dtype=object)
    out[:] = [None if _missing(value) else _text(value) for value in values]
    return out


def _text(value: Any) -> str:
    """A code as text: 3 and 3.0 are one stratum."""
    if _is_number(value) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _complete_rows(y: np.ndarray, columns: Mapping[Any, np.ndarray], target_name: str, ecosystem_name: str):
    """Rows without a missing value, and a note on the others."""
    kept = ~np.isnan(y)
    gaps = {target_name: int((~kept).sum())}
    for name, values in columns.items():
        known = ~np.isnan(values) if values.dtype.kind == "f" else np.array([v is not None for v in values], dtype=bool)
        gaps[(ecosystem_name or "ecosystem") if name is _ECOSYSTEMS else name] = int((~known).sum())
        kept &= known
    lacking = ", ".join("{} {:,}".format(name, count) for name, count in gaps.items() if count)
    if not kept.any():
        raise InputError(
            "No row has a value in every column ({:,} rows read{}).".format(
                len(y), "; missing: " + lacking if lacking else ""
            )
        )
    left_out = len(y) - int(kept.sum())
    if not left_out:
        return kept, []
    return kept, ["{:,} of {:,} rows left out: a value is missing there ({}).".format(left_out, len(y), lacking)]


def _class(drivers, columns, classing, y, progress, threads) -> Tuple[List[ClassedDriver], List[np.ndarray]]:
    """Strata of every driver, and the stratum of every row, in the order of `drivers`."""
    numeric = [d for d in drivers if columns[d.name].dtype.kind == "f"]
    weights = y if classing.needs_y else None
    sources = [
        lambda d=d: Distribution.from_values(columns[d.name], weights, exact=classing.exact, name=d.name)
        for d in numeric
    ]
    made = class_all(
        [Continuous(d.name, d.name, d.unit) for d in numeric], sources, classing, Part(progress, (0.2, 0.8)), threads
    )
    by_name: Dict[str, ClassedDriver] = {driver.name: driver for driver, _ in made}
    classed, codes = [], []
    for driver in drivers:
        if driver.name in by_name:
            classed.append(by_name[driver.name])
            codes.append(classify(columns[driver.name], classed[-1].bounds))
            continue
        labels, code = _strata(columns[driver.name])
        require_strata(driver.name, labels, "complete row")
        classed.append(ClassedDriver(driver.name, driver.unit, "categories", tuple(labels)))
        codes.append(code)
    return classed, codes


def _strata(labels: np.ndarray) -> Tuple[List[str], np.ndarray]:
    """Different labels in order (numbers by size, before text), and the position of each row's."""
    ordered = sorted(set(labels), key=_order)
    position = {label: index for index, label in enumerate(ordered)}
    return ordered, np.array([position[label] for label in labels], dtype=np.int64)


def _order(label: str):
    try:
        number = float(label)
    except ValueError:
        number = np.nan
    return (0, number, label) if np.isfinite(number) else (1, 0.0, label)
