"""Tables of an ensemble: the totals of every run and year, once, and joined to the sets that a run belongs to."""

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .bundle import DriverStats
from .raster.grid import Grid
from .results import Column, Table
from .scenario_batch import file_name, key_of
from .scenario_matrix import Matrix, Run
from .units import T_PER_TG

HA_PER_KM2 = 100.0
PATHWAY = "pathway_"


class TableStock(NamedTuple):
    """Table-based stock of a land cover: t C and the area that has it."""

    total_t: float
    area_km2: float
    cells: int


def totals_table(
    matrix: Matrix, years: Sequence[int], entries: Mapping[str, Mapping[str, Any]], drivers: Sequence[DriverStats],
    stocks: Mapping[Tuple[str, int], TableStock],
) -> Table:  # fmt: skip
    """The long table: one row per distinct run and year.

    Parameters
    ----------
    entries : by 'run_year', with the plain values of `scenario_batch.plain_totals` under `totals`.
    stocks : table-based stock by pathway and year; joined to the runs whose groups all follow that pathway.
    """
    sets = _sets(matrix)
    first = entries[key_of(matrix.runs[0], years[0])]["totals"]
    extra = [name for name in ("inside_km2", "interval_width_t_C_ha") if name in first]
    table = Table(
        "Carbon of every run and year: {} runs, {} years".format(len(matrix.runs), len(years)),
        _columns(matrix, drivers, extra, bool(stocks)),
    )
    for run in matrix.runs:
        for year in years:
            totals = entries[key_of(run, year)]["totals"]
            row = [run.id, ";".join(sets[run.id])] + [run.pathway(group.name) for group in matrix.groups]
            row += [year] + _carbon(totals) + _outside(totals)
            row += [_extra(name, totals) for name in extra]
            if stocks:
                stock = _stock_of(run, year, stocks)
                row += [None, None] if stock is None else [stock.total_t, stock.area_km2]
            table.rows.append(row + [file_name(run, year, "DENSITY")])
    return table


def _columns(matrix: Matrix, drivers: Sequence[DriverStats], extra: Sequence[str], stocks: bool) -> Tuple[Column, ...]:
    columns = [Column("run", "text"), Column("sets", "text", "sets of runs that it belongs to")]
    columns += [Column(PATHWAY + group.name, "text") for group in matrix.groups]
    columns += [
        Column("year", "integer"), Column("total_t_C", "number"), Column("total_Tg_C", "number"),
        Column("mean_t_C_ha", "number", "area-weighted"), Column("valid_area_km2", "number"),
        Column("cells", "integer"), Column("minimum_t_C_ha", "number"), Column("maximum_t_C_ha", "number"),
        Column("outside_percent", "number", "cells where at least one driver is outside its training range"),
    ]  # fmt: skip
    columns += [Column("outside_{}_percent".format(driver.name), "number") for driver in drivers]
    words = {
        "inside_km2": Column("applicability_percent", "number", "area inside the area of applicability"),
        "interval_width_t_C_ha": Column("interval_width_t_C_ha", "number", "mean width of the prediction interval"),
    }
    columns += [words[name] for name in extra]
    if stocks:
        columns += [
            Column("table_stock_t_C", "number", "land cover and carbon pools, where all groups share one pathway"),
            Column("table_stock_area_km2", "number"),
        ]  # fmt: skip
    return tuple(columns) + (Column("file", "text", "raster in the folder"),)


def _carbon(totals: Mapping[str, Any]) -> List[Any]:
    total = totals["mean_t_C_ha"] * totals["area_km2"] * HA_PER_KM2
    return [total, total / T_PER_TG, totals["mean_t_C_ha"], totals["area_km2"], totals["cells"]] + totals[
        "range_t_C_ha"
    ]


def _outside(totals: Mapping[str, Any]) -> List[float]:
    cells = max(1, totals["cells"])
    each = [100.0 * (below + above) / cells for below, above in zip(totals["below"], totals["above"])]
    return [100.0 * totals["outside"] / cells] + each


def _extra(name: str, totals: Mapping[str, Any]) -> float:
    return 100.0 * totals[name] / totals["area_km2"] if name == "inside_km2" else totals[name]


def _sets(matrix: Matrix) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for row in matrix.rows:
        names = found.setdefault(row.run.id, [])
        if row.set not in names:
            names.append(row.set)
    return found


def _stock_of(run: Run, year: int, stocks: Mapping[Tuple[str, int], TableStock]) -> Optional[TableStock]:
    pathways = {pathway for _, pathway in run.pathways}
    return stocks.get((pathways.pop(), year)) if len(pathways) == 1 else None


def sets_table(matrix: Matrix, totals: Table) -> Table:
    """Totals joined to the sets: one row per member of a set and year."""
    groups = {group.name: group for group in matrix.groups}
    by_run: Dict[str, List[dict]] = {}
    for row in totals.as_dicts():
        by_run.setdefault(row["run"], []).append(row)
    table = Table(
        "Totals by set of runs",
        (
            Column("set", "text", "set of runs in which one group differs"), Column("focal_group", "text"),
            Column("pathway", "text", "of the focal group"), Column("common_pathway", "text", "of the other groups"),
            Column("run", "text"), Column("year", "integer"), Column("total_t_C", "number"),
            Column("total_Tg_C", "number"), Column("mean_t_C_ha", "number"),
        ),
    )  # fmt: skip
    for member in matrix.rows:
        own = member.run.pathway(member.focal) if member.focal in groups else ""
        for row in by_run[member.run.id]:
            carbon = [row[name] for name in ("year", "total_t_C", "total_Tg_C", "mean_t_C_ha")]
            table.rows.append([member.set, member.focal, own, member.common, member.run.id] + carbon)
    return table


def stock_table(stocks: Mapping[Tuple[str, int], TableStock], totals: Table, matrix: Matrix) -> Table:
    """Table-based stock of the land cover by pathway and year, beside the forest's run of that pathway alone."""
    shared = {}
    for row in totals.as_dicts():
        pathways = {row[PATHWAY + group.name] for group in matrix.groups}
        if len(pathways) == 1:
            shared[pathways.pop(), row["year"]] = row
    table = Table(
        "Stock by land cover and pool table, and by the forest",
        (
            Column("pathway", "text"), Column("year", "integer"), Column("table_stock_t_C", "number"),
            Column("table_stock_Tg_C", "number"), Column("table_area_km2", "number"),
            Column("table_mean_t_C_ha", "number"), Column("run", "text"), Column("forest_t_C", "number"),
            Column("forest_area_km2", "number"), Column("forest_mean_t_C_ha", "number"),
            Column("forest_to_table_percent", "number", "100 x forest mean / table mean"),
        ),
    )  # fmt: skip
    for (pathway, year), stock in sorted(stocks.items()):
        mean = stock.total_t / (stock.area_km2 * HA_PER_KM2)
        row = [pathway, year, stock.total_t, stock.total_t / T_PER_TG, stock.area_km2, mean]
        run = shared.get((pathway, year))
        if run is None:
            table.rows.append(row + [None] * 5)
            continue
        share = 100.0 * run["mean_t_C_ha"] / mean if mean else None
        table.rows.append(row + [run["run"], run["total_t_C"], run["valid_area_km2"], run["mean_t_C_ha"], share])
    return table


def area_notes(totals: Table, grid: Grid) -> List[str]:
    """A warning where runs do not share one valid area: their totals then differ for that alone."""
    cells = totals.column("cells")
    if min(cells) == max(cells):
        return []
    rows = sorted(zip(cells, totals.column("run"), totals.column("year")))
    return [
        "The runs do not share one valid area: {:,} cells in {} {}, {:,} in {} {} (of {:,}). Totals differ for that "
        "alone; compare means, or fill the nodata of the drivers.".format(*rows[0], *rows[-1], grid.cells)
    ]
