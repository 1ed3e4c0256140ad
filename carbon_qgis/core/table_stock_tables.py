"""The tables of carbon stock by land cover: by class, and by transition between classes."""

from dataclasses import dataclass
from typing import List, Sequence

import numpy as np

from .pools import POOLS, PoolTable
from .raster.codes import CodeSpace
from .results import Column, Table

HA_PER_KM2 = 100.0


@dataclass(frozen=True)
class Joint:
    """Cells and areas (km2) by (index at the first date, index at the second)."""

    cells: np.ndarray
    area: np.ndarray


def class_table(joint: Joint, spaces: Sequence[CodeSpace], pools: PoolTable) -> Table:
    """Cells, area and stock of every class of the pool table, at one date or two, and the change (t C)."""
    two = len(spaces) == 2
    columns = [Column("code", "integer", "land-cover code"), Column("class", "text", "class name")]
    columns += _stock_columns("")
    if two:
        columns += _stock_columns("_alt")
        columns += [Column("change_t_C", "number", "stock at the second date minus stock at the first, t C")]
    table = Table("Carbon stock by land-cover class", tuple(columns))
    margins = [(joint.cells.sum(axis=1), joint.area.sum(axis=1)), (joint.cells.sum(axis=0), joint.area.sum(axis=0))]
    for code, density in zip(pools.codes.tolist(), pools.densities):
        row = [code, pools.name(code)]
        for axis, space in enumerate(spaces):
            index = space.index_of().get(code)
            cells, area = (0, 0.0) if index is None else (int(margins[axis][0][index]), float(margins[axis][1][index]))
            stocks = (area * density * HA_PER_KM2).tolist()
            row += [cells, area] + stocks + [sum(stocks)]
        if two:
            row.append(row[-1] - row[8])
        table.rows.append(row)
    return table


def _stock_columns(suffix: str) -> List[Column]:
    when = " at the second date" if suffix else ""
    columns = [
        Column("cells" + suffix, "integer", "cells" + when),
        Column("area_km2" + suffix, "number", "area, km2" + when),
    ]
    columns += [Column(p + "_t_C" + suffix, "number", "{} pool, t C{}".format(p, when)) for p in POOLS]
    return columns + [Column("total_t_C" + suffix, "number", "all pools, t C" + when)]


def transition_table(
    joint: Joint, spaces: Sequence[CodeSpace], pools: PoolTable, first: np.ndarray, second: np.ndarray
) -> Table:
    """Area and stock of every change of class that occurs.

    Parameters
    ----------
    first, second : density of all pools by index at each date, t C/ha.
    """
    table = Table(
        "Transitions between land-cover classes",
        (
            Column("from_code", "integer"),
            Column("from_class", "text"),
            Column("to_code", "integer"),
            Column("to_class", "text"),
            Column("cells", "integer"),
            Column("area_km2", "number", "area, km2"),
            Column("stock_from_t_C", "number", "stock before, t C"),
            Column("stock_to_t_C", "number", "stock after, t C"),
            Column("change_t_C", "number", "change, t C"),
        ),
    )
    index_1, index_2 = (space.index_of() for space in spaces)
    for one in pools.codes.tolist():
        for two in pools.codes.tolist():
            i, j = index_1.get(one), index_2.get(two)
            if i is None or j is None or joint.cells[i, j] == 0:
                continue
            area = float(joint.area[i, j])
            before, after = area * first[i] * HA_PER_KM2, area * second[j] * HA_PER_KM2
            stocks = [float(before), float(after), float(after - before)]
            classes = [one, pools.name(one), two, pools.name(two)]
            table.rows.append(classes + [int(joint.cells[i, j]), area] + stocks)
    return table
