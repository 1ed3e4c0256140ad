"""Parameters of CASA by vegetation class: maximum light use efficiency, and percentiles of NDVI and SR."""

import os
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .casa import CellClasses, simple_ratio
from .class_tables import CODE, NAME
from .errors import InputError, TableError
from .tables import TextTable, read_table

#: The table that ships: codes of the IGBP legend (MODIS MCD12Q1), ε_max of Zhu et al. (2006) for China.
DEFAULT_TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "casa_parameters.csv")
DEFAULT_LEGEND = "IGBP legend of MODIS MCD12Q1"

EPS_MAX = ("eps_max", "epsilon_max", "lue_max", "eps_max_g_C_MJ")
NDVI_LOW = ("ndvi_low", "ndvi_min", "ndvi_5")
NDVI_HIGH = ("ndvi_high", "ndvi_max", "ndvi_95")
SR_LOW = ("sr_low", "sr_min", "sr_5")
SR_HIGH = ("sr_high", "sr_max", "sr_95")
#: g C/MJ; the highest published values for C4 crops stay below 4.
LARGEST_EPS = 5.0
#: Bins of the NDVI histogram from −1 to 1: a percentile is exact to 0.00025.
BINS = 8192


@dataclass(frozen=True)
class ClassParameters:
    """One vegetation class; None where the table has no value."""

    name: str
    eps_max: float
    ndvi_low: Optional[float] = None
    ndvi_high: Optional[float] = None
    sr_low: Optional[float] = None
    sr_high: Optional[float] = None


@dataclass
class CasaParameters:
    """The parameter table, by class code. `is_default` where it is the one that ships."""

    source: str
    classes: Dict[int, ClassParameters]
    is_default: bool = False
    notes: List[str] = field(default_factory=list)

    def require_codes(self, counts: Mapping[int, int], landcover: str) -> None:
        """Raise `TableError` listing every code of the vegetation map (code -> cells) that the table lacks."""
        missing = sorted((int(code), int(n)) for code, n in counts.items() if n and code not in self.classes)
        if missing:
            listed = ", ".join("{} ({:,} {})".format(c, n, "cell" if n == 1 else "cells") for c, n in missing[:60])
            more = " and {} more codes".format(len(missing) - 60) if len(missing) > 60 else ""
            hint = " It is the table that ships, with the codes of the {}.".format(DEFAULT_LEGEND)
            raise TableError(
                "{} has class codes that {} does not list: {}{}.{} Add a row for each (columns code, name, eps_max), "
                "or make them nodata.".format(landcover, self.source, listed, more, hint if self.is_default else "")
            )


def read_parameters(source: Union[str, TextTable, None] = None) -> CasaParameters:
    """Read a parameter table; the one that ships if none is given.

    Columns: `code` (or lucode, value), `eps_max` in g C/MJ, optional `name`, `ndvi_low`, `ndvi_high`, `sr_low` and
    `sr_high`. Percentiles may be empty; both of a pair or neither.

    Raises
    ------
    TableError
        A column is missing; a code twice; an eps_max outside 0 to 5; an NDVI outside -1 to 1, an SR below 0; one
        percentile of a pair without the other, or the low one not below the high one.
    """
    is_default = source is None
    source = DEFAULT_TABLE if source is None else source
    columns = (CODE, EPS_MAX)
    table = source if isinstance(source, TextTable) else read_table(source, columns, (NAME, NDVI_LOW, NDVI_HIGH))
    table.require(*columns)
    classes = {}
    for code, row in table.unique_integers(CODE).items():
        eps = table.number(row, EPS_MAX)
        if not 0 <= eps <= LARGEST_EPS:
            problem = "'{}' is not an efficiency from 0 to {:g} g C/MJ.".format(table.text(row, EPS_MAX), LARGEST_EPS)
            raise table.cell_error(row, EPS_MAX, problem, "Write it in g C per MJ, such as 0.542.")
        name = table.text(row, NAME) if table.find(NAME) else ""
        ndvi = _pair(table, row, NDVI_LOW, NDVI_HIGH, -1.0, 1.0)
        ratios = _pair(table, row, SR_LOW, SR_HIGH, 0.0, float("inf"))
        classes[code] = ClassParameters(name or "Class {}".format(code), eps, *ndvi, *ratios)
    return CasaParameters(table.name, classes, is_default)


def _pair(table: TextTable, row, low, high, smallest: float, largest: float) -> Tuple[Optional[float], ...]:
    values = []
    for column in (low, high):
        empty = table.find(column) is None or not table.text(row, column)
        values.append(None if empty else table.number(row, column))
    filled = [column for column, value in zip((low, high), values) if value is not None]
    if len(filled) == 1:
        problem = "'{}' has no counterpart in '{}'.".format(
            table.text(row, filled[0]), (high if filled[0] is low else low)[0]
        )
        raise table.cell_error(row, filled[0], problem, "Fill both of them, or neither.")
    if not filled:
        return None, None
    for column, value in zip((low, high), values):
        if not smallest <= value <= largest:
            problem = "'{}' is out of range.".format(table.text(row, column))
            raise table.cell_error(row, column, problem, "NDVI lies between -1 and 1 (not × 10000), SR is 0 or more.")
    if values[0] >= values[1]:
        problem = "'{}' is not above the low percentile '{}'.".format(table.text(row, high), table.text(row, low))
        raise table.cell_error(row, high, problem, "The high percentile must be larger; are the columns swapped?")
    return tuple(values)


def ndvi_bins(ndvi: np.ndarray) -> np.ndarray:
    """Histogram bin (0 … BINS − 1) of NDVI values in [−1, 1]."""
    return np.minimum(((ndvi + 1.0) * (BINS / 2)).astype(np.intp), BINS - 1)


def histogram_percentile(counts: np.ndarray, percent: float) -> float:
    """Percentile of the NDVI counted in `counts` (BINS,), linear within a bin.

    It lies where `percent` of the values are below; within one bin, 0.00025, of the percentile of the values.
    """
    below = np.cumsum(counts)
    target = below[-1] * percent / 100.0
    at = int(np.searchsorted(below, target, side="left"))
    at = max(at, int(np.flatnonzero(counts)[0]))
    start = below[at] - counts[at]
    share = (target - start) / counts[at]
    return (at + min(max(share, 0.0), 1.0)) * (2.0 / BINS) - 1.0


@dataclass(frozen=True)
class FittedClass:
    """The parameters that one class is computed with, and where its percentiles come from."""

    code: int
    parameters: ClassParameters
    months: int
    from_table: bool


def fit_classes(
    parameters: CasaParameters, histograms: Mapping[int, np.ndarray], percents: Sequence[float]
) -> Dict[int, FittedClass]:
    """Percentiles of every class that occurs: those of the table, else of the NDVI histograms.

    SR percentiles without a value of their own are those of NDVI, as SR. A class with eps_max 0 needs none.

    Parameters
    ----------
    histograms : NDVI counts (BINS,) by class code, all months and years together.
    percents : low and high percentile, such as 5 and 95.

    Raises
    ------
    InputError
        A class whose NDVI hardly varies, so that its percentiles do not differ.
    """
    fitted, flat = {}, []
    for code, counts in sorted(histograms.items()):
        given = parameters.classes[code]
        low, high = given.ndvi_low, given.ndvi_high
        if low is None:
            low, high = (histogram_percentile(counts, percent) for percent in percents)
        if high - low < 4.0 / BINS:
            if given.eps_max > 0:
                flat.append("{} '{}' ({:.3f})".format(code, given.name, low))
            low = high = None
        ratios = (given.sr_low, given.sr_high)
        if ratios[0] is None and low is not None:
            ratios = tuple(float(simple_ratio(np.float64(min(value, 0.9999)))) for value in (low, high))
        used = ClassParameters(given.name, given.eps_max, low, high, *ratios)
        fitted[code] = FittedClass(code, used, int(counts.sum()), given.ndvi_low is not None)
    if flat:
        raise InputError(
            "The {:g} % and {:g} % percentiles of NDVI are equal in class {}: its FPAR cannot be scaled. Give the "
            "columns ndvi_low and ndvi_high in the parameter table for these classes, or use a larger area.".format(
                percents[0], percents[1], ", ".join(flat)
            )
        )
    return fitted


def lookup_tables(fitted: Mapping[int, FittedClass], index_of: Mapping[int, int], size: int) -> CellClasses:
    """Class parameters as tables (size,) by index of the class raster; NaN for indices without a class."""
    tables = np.full((5, size), np.nan)
    for code, item in fitted.items():
        used = item.parameters
        # A class without percentiles has eps_max 0: any will do, if only they are numbers.
        ndvi = (-1.0, 1.0) if used.ndvi_low is None else (used.ndvi_low, used.ndvi_high)
        ratios = (0.0, 1.0) if used.sr_low is None else (used.sr_low, used.sr_high)
        tables[:, index_of[code]] = (used.eps_max,) + ndvi + ratios
    return CellClasses(*tables)
