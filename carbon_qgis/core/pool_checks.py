"""Everything that is wrong or doubtful in a carbon pool table, in one list. It warns, it never edits.

Limits are wide on purpose: a finding asks for a second look, it does not judge. Their sources:

- biomass 600 and soil 2000 t C/ha: set by this project, far above what is usual;
- below/above ratio: medians in China's vegetation are 0.23 (forest), 0.73 (shrubland) and 6.0 (grassland; Wang et al.
  2014, PLoS ONE 9(4): e93566); the defaults of IPCC (2006), vol. 4, are 0.20-0.70 for forest (Table 4.4) and up to
  4.0 for grassland (Table 6.1); Mokany et al. (2006, Global Change Biology 12: 84-96) review all biomes;
- 10 t C/ha above ground as the line between woody and herbaceous classes: IPCC (2006) gives grassland at most
  6.2 t dry matter/ha above ground (Table 6.4), about 3 t C/ha;
- soil below 20 t C/ha in every class: IPCC (2006) reference stocks (0-30 cm, Table 2.3) are that low on dry or
  boreal sand only.
"""

import os
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Tuple

from .errors import TableError
from .pools import (
    CODE_COLUMN,
    NAME_COLUMNS,
    POOL_COLUMNS,
    POOLS,
    PoolTable,
    Source,
    class_name,
    no_pool_error,
    open_pool_table,
    pool_density,
)
from .results import Column, Table
from .tables import CellError, TextTable
from .units import T_HA, density_factor

MAX_BIOMASS = 600.0
MAX_SOIL = 2000.0
LOW_SOIL = 20.0
WOODY_ABOVE = 10.0
#: Plausible below/above ratio (lowest, highest) of woody and of herbaceous classes.
RATIO_WOODY = (0.05, 1.5)
RATIO_HERBACEOUS = (0.05, 12.0)

#: Warnings that a run tells one by one: a wrong unit makes one for every class.
MAX_TOLD = 8

SEVERITIES = ("error", "warning", "info")
COLUMNS = (
    Column("severity", "text", "error: the table cannot be used; warning: look again; info: good to know"),
    Column("line", "integer", "Line in the file, or row in the layer"),
    Column("class", "text", "Code and name of the class"),
    Column("column", "text", "Column of the table"),
    Column("found", "text", "What was found"),
    Column("advice", "text", "What to do"),
)


@dataclass
class PoolCheckResult:
    """What `check_pool_table` found.

    Attributes
    ----------
    source : file or layer name.
    unit : the unit that the values were taken to be in.
    classes : rows with a usable code.
    findings : table with `COLUMNS`, errors first, then by line.
    errors, warnings, infos : number of findings of each severity.
    """

    source: str
    unit: str
    classes: int
    findings: Table
    errors: int
    warnings: int
    infos: int

    @property
    def usable(self) -> bool:
        """True if nothing in the table would be refused."""
        return self.errors == 0


@dataclass(frozen=True)
class _Class:
    """A row with a usable code: its densities (t C/ha) by column, as far as they could be read."""

    line: int
    code: int
    label: str
    pools: Dict[str, float]

    def has(self, *columns: str) -> bool:
        return all(column in self.pools for column in columns)


class _Findings(List[Tuple]):
    """Rows of the table of findings."""

    def note(self, severity, found, advice, line=None, label="", column="") -> None:
        self.append((severity, line, label, column, found, advice))

    def of_class(self, severity, entry: _Class, column, found, advice) -> None:
        self.note(severity, found, advice, entry.line, entry.label, column)

    def of_error(self, error: TableError, label="", column="") -> None:
        if isinstance(error, CellError):
            self.note("error", error.problem, error.advice, error.line, label, error.column)
        else:
            self.note("error", str(error), "The table cannot be used before this is mended.", None, label, column)


def check_pool_table(
    source: Source,
    landcover_counts: Optional[Mapping[int, int]] = None,
    unit: str = T_HA,
    landcover_nodata: Optional[float] = None,
) -> PoolCheckResult:
    """Check a carbon pool table and collect every finding; nothing in the table's content makes it raise.

    Parameters
    ----------
    source : path of a delimited text file, or a table that was read already.
    landcover_counts : cell count by class code of a land cover, to find codes that only one of the two has.
    unit : carbon density unit of the values.
    landcover_nodata : nodata value of that land cover.

    Raises
    ------
    TableError
        Only if the file does not exist.
    UnitError
        `unit` is not a carbon density.
    """
    factor = density_factor(unit, T_HA)
    if isinstance(source, str) and not os.path.exists(source):
        raise TableError("The table {} does not exist. Check the path.".format(source))
    findings = _Findings()
    classes: List[_Class] = []
    name = source.name if isinstance(source, TextTable) else os.path.basename(source)
    try:
        table = open_pool_table(source)
    except TableError as error:
        findings.of_error(error)
    else:
        columns = _usable_columns(table, findings)
        if CODE_COLUMN in columns:
            classes = _read_classes(table, columns, factor, findings)
        _check_content(classes, columns, findings)
        if landcover_counts is not None and CODE_COLUMN in columns:
            _check_landcover(classes, landcover_counts, landcover_nodata, findings)
    return _result(name, unit, len(classes), findings)


def pool_doubts(pools: PoolTable) -> List[str]:
    """Implausible amounts of a table that was read, as sentences for the notes of a run; at most `MAX_TOLD` and one.

    Amounts of each class, pools that are 0 everywhere, columns that look swapped, and a unit that would fit better:
    what `check_pool_table` warns of, without the ratios between pools.
    """
    findings = _Findings()
    columns = [POOL_COLUMNS[POOLS.index(pool)] for pool in pools.pools_present]
    classes = [_class_of(pools, row, columns) for row in range(len(pools.codes))]
    for entry in classes:
        _check_amounts(entry, findings)
    _check_columns(classes, columns, findings)
    _check_unit(classes, findings)
    # What concerns the whole table first: it is the reason where every class is doubtful.
    warnings = sorted((row for row in findings if row[0] == "warning"), key=lambda row: bool(row[2]))
    told = [
        "{}: {} {}".format(", ".join(part for part in (pools.source, label, column) if part), found, advice)
        for _, _, label, column, found, advice in warnings[:MAX_TOLD]
    ]
    if len(warnings) > MAX_TOLD:
        more = "{}: {:,} more warnings like these; 'Check pool table' lists them all."
        told.append(more.format(pools.source, len(warnings) - MAX_TOLD))
    return told


def _class_of(pools: PoolTable, row: int, columns: List[str]) -> _Class:
    code = int(pools.codes[row])
    name = pools.name(code)
    label = "class {}".format(code) if name == str(code) else "class {} '{}'".format(code, name)
    densities = {column: float(pools.densities[row, POOL_COLUMNS.index(column)]) for column in columns}
    return _Class(0, code, label, densities)


def _result(name: str, unit: str, classes: int, findings: _Findings) -> PoolCheckResult:
    ordered = sorted(findings, key=lambda row: (SEVERITIES.index(row[0]), row[1] or 0))
    count = {severity: sum(row[0] == severity for row in ordered) for severity in SEVERITIES}
    table = Table("Pool table check", COLUMNS, ordered)
    return PoolCheckResult(name, unit, classes, table, count["error"], count["warning"], count["info"])


def _usable_columns(table: TextTable, findings: _Findings) -> Tuple[str, ...]:
    """Columns that are there once; what is missing or double is reported."""
    usable = []
    double = False
    for column in (CODE_COLUMN, *POOL_COLUMNS):
        try:
            if table.find(column) is not None:
                usable.append(column)
            elif column == CODE_COLUMN:
                table.require(CODE_COLUMN)
            else:
                advice = "The pool counts as 0 in every class. Add the column if it has carbon."
                findings.note("info", "The column is missing.", advice, column=column)
        except TableError as error:
            double = double or column != CODE_COLUMN
            findings.of_error(error, column=column)
    if not double and not set(usable) & set(POOL_COLUMNS):
        findings.of_error(no_pool_error(table))
    try:
        table.find(NAME_COLUMNS)
        usable.append("name")
    except TableError as error:
        findings.of_error(error)
    return tuple(usable)


def _read_classes(table: TextTable, columns: Tuple[str, ...], factor: float, findings: _Findings) -> List[_Class]:
    """Rows with a usable code; every cell that is not usable is reported."""
    classes: List[_Class] = []
    lines: Dict[int, int] = {}
    for row in table.rows:
        name = class_name(table, row) if "name" in columns else ""
        label = "{} {}".format(table.text(row, CODE_COLUMN), name).strip()
        pools = {}
        for column in [c for c in POOL_COLUMNS if c in columns]:
            try:
                pools[column] = pool_density(table, row, column) * factor
            except CellError as error:
                findings.of_error(error, label)
        try:
            code = table.integer(row, CODE_COLUMN)
        except CellError as error:
            findings.of_error(error, label)
            continue
        if code in lines:
            found = "Code {} is already in {} {}.".format(code, table.place, lines[code])
            findings.note("error", found, "Keep one row per code.", row.line, label, CODE_COLUMN)
            continue
        lines[code] = row.line
        classes.append(_Class(row.line, code, label, pools))
    return classes


def _check_content(classes: List[_Class], columns: Tuple[str, ...], findings: _Findings) -> None:
    for entry in classes:
        _check_amounts(entry, findings)
        _check_ratio(entry, findings)
    _check_columns(classes, [column for column in POOL_COLUMNS if column in columns], findings)
    _check_unit(classes, findings)


def _check_amounts(entry: _Class, findings: _Findings) -> None:
    """Plausibility of one class: amounts of biomass, soil carbon and dead matter."""
    pools = entry.pools
    above, below, soil, dead = (pools.get(column, 0.0) for column in POOL_COLUMNS)
    if above + below > MAX_BIOMASS:
        found = "Above and below together are {:g} t C/ha, more than {:g}.".format(above + below, MAX_BIOMASS)
        findings.of_class("warning", entry, "c_above", found, "Check the unit and the source of the values.")
    if soil > MAX_SOIL:
        found = "Soil carbon is {:g} t C/ha, more than {:g}.".format(soil, MAX_SOIL)
        findings.of_class("warning", entry, "c_soil", found, "Check the unit and the source of the value.")
    if dead > above + below + soil and entry.has(*POOL_COLUMNS):
        found = "Dead matter ({:g} t C/ha) exceeds the three other pools together ({:g}).".format(
            dead, above + below + soil
        )
        findings.of_class("warning", entry, "c_dead", found, "Check whether columns are swapped.")
    if pools and not any(pools.values()):
        advice = "Right for open water, ice or rock; otherwise fill in the densities."
        findings.of_class("info", entry, "", "All pools are 0.", advice)


def _check_ratio(entry: _Class, findings: _Findings) -> None:
    """Plausibility of the below/above ratio, and swapped columns that would explain it."""
    if not entry.has("c_above", "c_below"):
        return
    above, below = entry.pools["c_above"], entry.pools["c_below"]
    if above == below == 0:
        return
    if above == 0 or below == 0:
        found = "One of above ({:g}) and below ({:g} t C/ha) is 0, the other is not.".format(above, below)
        findings.of_class("warning", entry, "c_below", found, "Plants have shoots and roots: check both values.")
        return
    kind, (low, high) = ("woody", RATIO_WOODY) if above >= WOODY_ABOVE else ("herbaceous", RATIO_HERBACEOUS)
    ratio = below / above
    if low <= ratio <= high:
        return
    found = "Below/above is {:.2f}; {:g}-{:g} is usual for a {} class ({:g} t C/ha above ground).".format(
        ratio, low, high, kind, above
    )
    soil = entry.pools.get("c_soil")
    if ratio > high and soil is not None and 0 < soil < below:
        found = (
            "Below ({:g}) and soil ({:g} t C/ha) look swapped: roots hold more than the soil, "
            "and below/above is {:.2f} (with the two exchanged: {:.2f}).".format(below, soil, ratio, soil / above)
        )
        advice = "Compare both values with the source; exchange them in the table if they are swapped."
        findings.of_class("warning", entry, "c_below", found, advice)
        return
    swapped = ratio > high and RATIO_WOODY[0] <= above / below <= RATIO_WOODY[1] and below >= WOODY_ABOVE
    hint = " Are above and below swapped?" if swapped else ""
    findings.of_class("warning", entry, "c_below", found, "Check both values with the source." + hint)


def _check_columns(classes: List[_Class], present: List[str], findings: _Findings) -> None:
    """Pools that are zero in every class, and columns that look swapped in the whole table."""
    for column in present:
        values = [entry.pools[column] for entry in classes if column in entry.pools]
        if values and not any(values):
            found = "The pool is 0 in every class."
            findings.note("warning", found, "Fill it in, or remove the column.", column=column)
    for small, large in (("c_below", "c_soil"), ("c_dead", "c_soil")):
        pairs = [(e.pools[small], e.pools[large]) for e in classes if e.has(small, large)]
        pairs = [(a, b) for a, b in pairs if a > 0 and b > 0]
        if len(pairs) >= 3 and all(a > b for a, b in pairs):
            found = "{} exceeds {} in all {} classes that have both.".format(small, large, len(pairs))
            findings.note("warning", found, "Check whether the two columns are swapped.", column=small)


def _check_unit(classes: List[_Class], findings: _Findings) -> None:
    """Values that would fit another unit better."""
    totals = sorted(sum(entry.pools.values()) for entry in classes if any(entry.pools.values()))
    if not totals:
        return
    soils = [entry.pools["c_soil"] for entry in classes if entry.pools.get("c_soil")]
    if totals[len(totals) // 2] > MAX_BIOMASS + MAX_SOIL:
        found = "Half of the classes hold {:g} t C/ha or more.".format(totals[len(totals) // 2])
        findings.note("warning", found, "Are the values in t C/km2 or g C/m2? Then choose that unit.")
    elif len(soils) >= 2 and max(soils) < LOW_SOIL:
        found = "No class has {:g} t C/ha or more in the soil (the highest is {:g}).".format(LOW_SOIL, max(soils))
        findings.note("warning", found, "Are the values in kg C/m2? Then choose that unit.", column="c_soil")


def _check_landcover(
    classes: List[_Class], counts: Mapping[int, int], nodata: Optional[float], findings: _Findings
) -> None:
    """Codes that only the land cover or only the table has, and what else carbon stock would refuse of the two."""
    cells = {int(code): int(count) for code, count in counts.items() if count > 0}
    listed = {entry.code for entry in classes}
    if not cells:
        advice = "Choose another land cover, or a study area that it covers."
        findings.note("error", "The land cover has no valid cell.", advice)
    for code in sorted(set(cells) - listed):
        found = "{:,} {} of the land cover with code {}, which the table does not list.".format(
            cells[code], "cell" if cells[code] == 1 else "cells", code
        )
        advice = "Add a row for it, or set it to nodata in the land cover."
        findings.note("error", found, advice, label=str(code), column=CODE_COLUMN)
    for entry in classes:
        if entry.code == nodata:
            found = "The class is also the nodata value of the land cover: its cells would silently be left out."
            advice = "Change the nodata value of the raster, or remove the class from the table."
            findings.of_class("error", entry, CODE_COLUMN, found, advice)
        elif entry.code not in cells:
            found = "The class does not occur in the land cover."
            findings.of_class("info", entry, CODE_COLUMN, found, "Nothing to do, unless it should occur.")
