"""Land cover as ecosystem classes by a reclass table (Xinjiang paper, 2.1)."""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .class_names import class_names_tag
from .class_tables import EcosystemTable
from .landcover_codes import areas_by_index, code_totals, counts_by_code, landcover_band, require_codes
from .outputs import OutputSet
from .progress import Progress, Silent
from .raster.blocks import Block, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import NODATA, RasterSpec, tags, writers_for
from .results import Column, Remark, Table

#: Destination that `ecosystem_classes` knows.
OUTPUTS = ("ECOSYSTEMS",)


@dataclass
class EcosystemClassesResult:
    """Ecosystem classes of a land cover. `classes` has a row per ecosystem of the table, `codes` one per code found."""

    grid: Grid
    area_mode: str
    valid_cells: int
    area_km2: float
    nodata_share: float
    classes: Table
    codes: Table
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)
    ranges: Dict[str, Tuple[float, float]] = field(default_factory=dict)


def ecosystem_classes(
    landcover: str,
    table: EcosystemTable,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    year: Optional[int] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> EcosystemClassesResult:
    """Reclassify a land cover: ids of the table in the cells, their names in a tag (see `class_names.class_names`).

    Parameters
    ----------
    landcover : raster of class codes; its grid is that of the output.
    destinations : path of 'ECOSYSTEMS': uint8, or uint16 where an id is above 254.
    year : tag of the output.
    mask : only cells inside are counted and written.

    Raises
    ------
    TableError
        Codes that the table does not list (all of them, with cell counts).
    InputError
        A land cover of several bands; a nodata value that is also a class of the table.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    source = landcover_band(landcover, ((r.low, r.high) for r in table.ranges), table.source)
    inputs = align_inputs({"landcover": source}, mask=mask, area_mode=area_mode)
    spec = _spec(table, year)
    params = _Params(_lookup(table, inputs, spec.dtype), spec.dtype)
    writers = writers_for({"ECOSYSTEMS": (destinations.get("ECOSYSTEMS"), spec)}, inputs.grid, outputs, settings)
    run = run_blocks(
        inputs, _kernel, params, writers, progress, settings, bytes_per_cell=16, message="Reclassifying the land cover"
    )
    found = counts_by_code(run.partial, inputs.spaces["landcover"], run.unknown.get("landcover", {}))
    require_codes(table.require_codes, found, landcover)
    require_valid(sum(found.values()), "'{}'".format(landcover))
    result = _result(table, inputs, run.partial, found)
    if writers:
        result.overviews = {"ECOSYSTEMS": writers["ECOSYSTEMS"].overview()[0]}
    return result


class _Params:
    """Ecosystem id by index, and the type they are stored in."""

    def __init__(self, table: np.ndarray, dtype: str):
        self.table, self.dtype = table.astype(dtype), dtype


def _kernel(block: Block, params: _Params):
    """Ids of one block, and cells and areas by index."""
    index = block["landcover"]
    return {"ECOSYSTEMS": np.take(params.table, index)}, code_totals(block, index, params.table.size)


def _lookup(table: EcosystemTable, inputs: AlignedInputs, dtype: str) -> np.ndarray:
    space = inputs.spaces["landcover"]
    return space.table(table.mapping(space.codes), NODATA[dtype], np.int64)


def _spec(table: EcosystemTable, year: Optional[int]) -> RasterSpec:
    names = class_names_tag({number: table.names[number] for number in sorted(table.names)})
    return RasterSpec(
        descriptions=("ecosystem",), units=("",), dtype="uint8" if max(table.names) <= 254 else "uint16",
        tags={**tags("ecosystem class", year=year), **names},
        band_tags=({"CARBON_CATEGORICAL": "1"},),
    )


def _result(table: EcosystemTable, inputs: AlignedInputs, totals, found: Dict[int, int]) -> EcosystemClassesResult:
    index = inputs.spaces["landcover"].index_of()
    by_index = areas_by_index(totals, inputs.areas.constant)
    area = {code: float(by_index[index[code]]) for code in found}
    cells, total_area = sum(found.values()), sum(area.values())
    result = EcosystemClassesResult(
        inputs.grid, inputs.areas.mode, cells, total_area, 1 - cells / inputs.grid.cells,
        _class_table(), _code_table(), notes=list(inputs.notes) + list(table.notes),
    )
    belongs = table.mapping(found)
    for code in found:
        result.codes.rows.append([code, belongs[code], table.names[belongs[code]], found[code], area[code]])
    for number, name in sorted(table.names.items()):
        codes = [code for code in found if belongs[code] == number]
        here = sum(found[code] for code in codes)
        square = sum(area[code] for code in codes)
        result.classes.rows.append([number, name, here, square, 100 * square / total_area])
    absent = [row[1] for row in result.classes.rows if not row[2]]
    if absent:
        result.notes.append(Remark("Not in this land cover: {}.".format(", ".join(absent))))
    present = [row[0] for row in result.classes.rows if row[2]]
    result.ranges = {"ECOSYSTEMS": (float(min(present)), float(max(present)))}
    return result


def _class_table() -> Table:
    return Table(
        "Ecosystem classes",
        (
            Column("id", "integer", "value in the raster"),
            Column("ecosystem", "text", "name of the ecosystem"),
            Column("cells", "integer", "cells"),
            Column("area_km2", "number", "area, km2"),
            Column("share_percent", "number", "share of the valid area, %"),
        ),
    )


def _code_table() -> Table:
    return Table(
        "Land-cover codes",
        (
            Column("code", "integer", "land-cover code"),
            Column("id", "integer", "value in the raster"),
            Column("ecosystem", "text", "name of the ecosystem"),
            Column("cells", "integer", "cells"),
            Column("area_km2", "number", "area, km2"),
        ),
    )
