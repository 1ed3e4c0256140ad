"""Table 2 of the Xinjiang paper, with both of its readings.

`stock_change` compares each year's own extent of an ecosystem; `mean_rate` averages the rate of
the cells of one mask. They can differ in sign: an ecosystem that shrinks loses stock while every cell of
it gains. The identity stock_change = persistent + gained − lost closes for each ecosystem.
"""

import os
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .class_names import class_band, class_names, merge_names
from .errors import InputError
from .progress import Progress
from .raster.blocks import Totals
from .raster.codes import CodeSpace
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .results import Column, Table
from .units import T_PER_TG


@dataclass
class EcosystemBands:
    """Ecosystem rasters as inputs of a run, and the names of their classes."""

    bands: Dict[str, Band] = field(default_factory=dict)
    names: Dict[int, str] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)


def ecosystem_bands(
    paths: Sequence[str],
    years: Sequence[int] = (),
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    names: Optional[Mapping[int, str]] = None,
) -> EcosystemBands:
    """Inputs 'ecosystem first' and, with two rasters, 'ecosystem last'.

    Parameters
    ----------
    paths : no, one or two rasters, in the order of their dates; empty ones are passed over.
    years : dates of the densities, ascending; a map tagged with another year is noted.
    names : name by code; they go before those that the maps carry.

    Raises
    ------
    InputError
        With more than two rasters, or where the tags say that the first is the later one.
    RasterError, Cancelled
    """
    paths = [path for path in paths if path]
    if len(paths) > 2:
        raise InputError(
            "Give one ecosystem raster, or one for the first and one for the last date; {} given.".format(len(paths))
        )
    result = EcosystemBands(notes=_date_notes(paths, years))
    for name, path in zip(("ecosystem first", "ecosystem last"), paths):
        result.bands[name] = class_band(path, progress, settings)
        merge_names(result.names, class_names(path, names), path)
    if len(paths) == 1:
        result.notes.append(
            "One ecosystem map serves all dates: its areas do not change, so nothing is gained or lost between "
            "ecosystems."
        )
    return result


def _date_notes(paths: Sequence[str], years: Sequence[int]) -> List[str]:
    """Compare the years that the maps carry with those of the densities."""
    tagged = [raster_info(path).year() for path in paths]
    if len(tagged) == 2 and None not in tagged and tagged[0] >= tagged[1]:
        raise InputError(
            "The ecosystem map of the start ('{}') is of {} and that of the end ('{}') of {}. Swap them, or give one "
            "map for all dates.".format(paths[0], tagged[0], paths[1], tagged[1])
        )
    if len(tagged) < 2 or not years:
        return []
    return [
        "The ecosystem map '{}' is of {} and stands for {}.".format(os.path.basename(path), year, wanted)
        for path, year, wanted in zip(paths, tagged, (years[0], years[-1]))
        if year is not None and year != wanted
    ]


def class_picture(index: np.ndarray, space: CodeSpace) -> np.ndarray:
    """Codes of a block of indices as float32, NaN without data: for pictures."""
    codes = np.full(space.size, np.nan, np.float32)
    for code, position in space.index_of().items():
        codes[position] = code
    return codes[index]


def sums_by_ecosystem(
    index: Sequence[np.ndarray],
    spaces: Sequence[CodeSpace],
    values: np.ndarray,
    rate: np.ndarray,
    area: np.ndarray,
    valid: np.ndarray,
) -> Totals:
    """Sums of one block by (index at the first date, index at the last).

    Parameters
    ----------
    index : one or two index blocks (rows, columns).
    values : densities (dates, rows, columns), t C/km2; only the first and last date are used.
    rate : t C/km2/yr; area : km2; valid : bool.

    Returns
    -------
    cells, area (km2), first and last (t C), rate (t C/yr): flat arrays of size_1 · size_2.
    """
    one, two = index[0][valid].astype(np.intp), index[-1][valid]
    size = spaces[0].size * spaces[-1].size
    joined = one * spaces[-1].size + two
    weights = area[valid]

    def total(numbers):
        return np.bincount(joined, numbers, size)

    return Totals(
        cells=np.bincount(joined, minlength=size),
        area=total(weights),
        first=total(values[0][valid] * weights),
        last=total(values[-1][valid] * weights),
        rate=total(rate[valid] * weights),
    )


@dataclass(frozen=True)
class EcosystemSums:
    """Sums over the region by (code at the first date, code at the last), each (classes, classes)."""

    codes: Tuple[int, ...]
    cells: np.ndarray
    area: np.ndarray
    first: np.ndarray
    last: np.ndarray
    rate: np.ndarray
    years: Tuple[int, ...]

    @classmethod
    def of(cls, partial: Totals, spaces: Dict[str, CodeSpace], years: Tuple[int, ...]) -> "EcosystemSums":
        """Pick the classes that occur out of a folded partial."""
        first, last = spaces["ecosystem first"], spaces.get("ecosystem last", spaces["ecosystem first"])
        sums = partial["ecosystems"]
        shape = (first.size, last.size)
        cells = sums["cells"].reshape(shape)
        index_1, index_2 = first.index_of(), last.index_of()
        # Only cells with a class at both dates: others are in no row.
        rows, columns = cells[:, list(index_2.values())].any(axis=1), cells[list(index_1.values())].any(axis=0)
        codes = sorted({code for code, i in index_1.items() if rows[i]} | {c for c, j in index_2.items() if columns[j]})

        def pick(name):
            table = np.zeros((len(codes), len(codes)))
            source = sums[name].reshape(shape)
            for i, one in enumerate(codes):
                for j, two in enumerate(codes):
                    if one in index_1 and two in index_2:
                        table[i, j] = source[index_1[one], index_2[two]]
            return table

        return cls(tuple(codes), pick("cells"), pick("area"), pick("first"), pick("last"), pick("rate"), years)

    def notes(self, cells: int) -> List[str]:
        """What the table leaves out."""
        missing = cells - int(self.cells.sum())
        if not missing:
            return []
        return [
            "{:,} of {:,} cells have a rate but no ecosystem at the first or the last date; they are in the totals and "
            "in no row of the ecosystem table.".format(missing, cells)
        ]


def change_by_ecosystem(sums: EcosystemSums, names: Dict[int, str]) -> Tuple[Table, Dict[int, str]]:
    """Table 2: a row per ecosystem and one for all; also the names used."""
    names = {code: names.get(code, str(code)) for code in sums.codes}
    table = Table("Change in stock and sink capacity by ecosystem", _columns())
    for k, code in enumerate(sums.codes):
        table.rows.append([code, names[code]] + _row(sums, k))
    table.rows.append([None, "all ecosystems"] + _overall(sums))
    return table, names


def _columns() -> Tuple[Column, ...]:
    return (
        Column("code", "integer", "ecosystem code"),
        Column("ecosystem", "text"),
        Column("area_first_km2", "number", "area at the first date, km2"),
        Column("area_last_km2", "number", "area at the last date, km2"),
        Column("area_change_km2", "number", "area change, km2"),
        Column("stock_first_Tg_C", "number", "stock at the first date on that date's extent, Tg C"),
        Column("stock_last_Tg_C", "number", "stock at the last date on that date's extent, Tg C"),
        Column("stock_change_Tg_C", "number", "stock change, each date's own extent, Tg C"),
        Column("persistent_Tg_C", "number", "change on cells of the ecosystem at both dates, Tg C"),
        Column("gained_Tg_C", "number", "stock of cells that became this ecosystem, Tg C"),
        Column("lost_Tg_C", "number", "former stock of cells that ceased to be this ecosystem, Tg C"),
        Column("mean_rate_final_t_C_km2_yr", "number", "mean rate on the last date's extent, t C/km2/yr"),
        Column("mean_rate_initial_t_C_km2_yr", "number", "mean rate on the first date's extent, t C/km2/yr"),
        Column("mean_rate_persistent_t_C_km2_yr", "number", "mean rate on cells of both extents, t C/km2/yr"),
    )


def _row(sums: EcosystemSums, k: int) -> List:
    area_1, area_2 = sums.area[k].sum(), sums.area[:, k].sum()
    first, last = sums.first[k].sum(), sums.last[:, k].sum()
    persistent = sums.last[k, k] - sums.first[k, k]
    gained = last - sums.last[k, k]
    lost = first - sums.first[k, k]
    tonnes = [first, last, last - first, persistent, gained, lost]
    return (
        [float(area_1), float(area_2), float(area_2 - area_1)]
        + [float(value) / T_PER_TG for value in tonnes]
        + [
            _mean(sums.rate[:, k].sum(), area_2),
            _mean(sums.rate[k].sum(), area_1),
            _mean(sums.rate[k, k], sums.area[k, k]),
        ]
    )


def _overall(sums: EcosystemSums) -> List:
    area, first, last = sums.area.sum(), sums.first.sum(), sums.last.sum()
    rate = _mean(sums.rate.sum(), area)
    change = float(last - first) / T_PER_TG
    stocks = [float(first) / T_PER_TG, float(last) / T_PER_TG, change]
    return [float(area), float(area), 0.0] + stocks + [change, 0.0, 0.0] + [rate] * 3


def _mean(total: float, area: float):
    return float(total / area) if area > 0 else None
