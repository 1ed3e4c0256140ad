"""Carbon accumulation rate, CAR (Xinjiang paper, eq. 6).

CAR_k = ΔC_k / (ΔT · S_k), t C/km2/yr; positive is a sink, negative a source.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .density_input import DensityRaster
from .ecosystem_change import (
    EcosystemSums,
    change_by_ecosystem,
    class_picture,
    ecosystem_bands,
    sums_by_ecosystem,
)
from .errors import InputError
from .outputs import OutputSet
from .plausibility import loss_note, series_notes
from .progress import Progress, Silent
from .raster.blocks import Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.write import Picture, RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .trend import mann_kendall, smallest_p, theil_sen
from .units import T_KM2_YR, T_PER_TG

METHODS = ("endpoint", "mean_of_intervals")
OUTPUTS = ("RATE", "SINK_SOURCE", "TREND", "TREND_P")
PICTURE = " picture"
SOURCE, STABLE, SINK = 1, 2, 3
T_KM2_PER_T_HA = 100.0


@dataclass
class AccumulationResult:
    """Rates of a region, on the cells valid at every date.

    Stocks in t C, areas in km2, rates in t C/km2/yr (area-weighted means). `overviews` hold "rate", "first" and "last"
    (densities, t C/ha) and, with ecosystems, "ecosystem first" and "ecosystem last" (codes).
    """

    years: Tuple[int, ...]
    method: str
    deadband: float
    area_mode: str
    grid: Grid
    cells: int
    area_km2: float
    nodata_share: float
    stocks: Tuple[float, ...]
    mean_rate: float
    rate_range: Tuple[float, float]
    sink_area_km2: float
    source_area_km2: float
    stable_area_km2: float
    intervals: Table
    ecosystems: Optional[Table] = None
    ecosystem_names: Dict[int, str] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def change(self) -> float:
        """Stock at the last date minus stock at the first, t C."""
        return self.stocks[-1] - self.stocks[0]

    @property
    def legend_limit(self) -> float:
        """Rate that 98 % of the cells do not pass in size, for legends: a single extreme cell would bleach the rest."""
        sizes = np.abs(self.overviews["rate"])
        limit = float(np.nanpercentile(sizes, 98)) if np.isfinite(sizes).any() else 0.0
        return limit or max(abs(self.rate_range[0]), abs(self.rate_range[1]))


def accumulation_rate(
    densities: Sequence[DensityRaster],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    method: str = "endpoint",
    deadband: float = 0.0,
    ecosystems: Sequence[str] = (),
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    class_names: Optional[Mapping[int, str]] = None,
) -> AccumulationResult:
    """CAR between the first and the last of two or more dates.

    Parameters
    ----------
    densities : each with its year; order does not matter. The earliest gives the reference grid.
    destinations : paths by name: RATE (t C/km2/yr), SINK_SOURCE (1 source, 2 stable, 3 sink), TREND
        (Theil–Sen slope, t C/km2/yr) and TREND_P (Mann–Kendall p value); None is not written.
    method : 'endpoint': (last − first)/ΔT; 'mean_of_intervals': mean of the rates of the intervals.
        Both agree where intervals are equally long.
    deadband : rates from −deadband to +deadband (t C/km2/yr) count as stable.
    ecosystems : no, one (all dates) or two (first and last date) rasters of ecosystem classes.
    class_names : name by ecosystem code; they go before those that the rasters carry.

    Raises
    ------
    InputError
        Fewer than two dates, a date without a year, two rasters of one year (ΔT = 0), different pools; ecosystem
        maps in the wrong order.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    dated = _by_year(densities)
    _check(method, deadband, destinations, dated)
    years = tuple(density.year for density in dated)
    bands = {"density {}".format(d.year): d.band for d in dated}
    classes = ecosystem_bands(ecosystems, years, progress, settings, class_names)
    bands.update(classes.bands)
    inputs = align_inputs(bands, dated[0].path, mask=mask, area_mode=area_mode)
    params = _Params(years, method, deadband, tuple(inputs.spaces.values()), bool(destinations.get("TREND_P")),
                     bool(destinations.get("TREND")))
    writers = writers_for(_specs(destinations, years), inputs.grid, outputs, settings)
    pictures = {name + PICTURE: Picture(inputs.grid) for name in ("rate", "first", "last") + tuple(classes.bands)}
    run = run_blocks(
        inputs, _kernel, params, {**writers, **pictures}, progress, settings,
        bytes_per_cell=24 * len(years) + 40, message="Computing accumulation rates",
    )
    require_valid(run.partial["cells"], "the dates together")
    result = _result(run.partial, params, inputs, dated)
    if classes.bands:
        sums = EcosystemSums.of(run.partial, inputs.spaces, years)
        require_valid(int(sums.cells.sum()), "the densities and ecosystems together")
        result.ecosystems, result.ecosystem_names = change_by_ecosystem(sums, classes.names)
        result.notes += classes.notes + sums.notes(result.cells)
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    for name in ("first", "last"):
        result.overviews[name] = result.overviews[name] / np.float32(T_KM2_PER_T_HA)
    return result


def _by_year(densities: Sequence[DensityRaster]) -> List[DensityRaster]:
    if len(densities) < 2:
        raise InputError("An accumulation rate needs at least two dates; {} given.".format(len(densities)))
    undated = [density.path for density in densities if density.year is None]
    if undated:
        raise InputError(
            "The year of {} is not known: the raster has no tag CARBON_YEAR. Give a table of dates (columns raster, "
            "year), type its year, or set the year when the raster is made.".format(
                ", ".join("'{}'".format(p) for p in undated)
            )
        )
    ordered = sorted(densities, key=lambda density: density.year)
    for one, two in zip(ordered, ordered[1:]):
        if one.year == two.year:
            raise InputError(
                "'{}' and '{}' are both of {}: ΔT = 0, a rate does not exist. Correct the years or leave one "
                "out.".format(one.path, two.path, one.year)
            )
    return ordered


def _check(method: str, deadband: float, destinations, dated: Sequence[DensityRaster]) -> None:
    if method not in METHODS:
        raise InputError("'{}' is not a rate. Choose one of: {}.".format(method, ", ".join(METHODS)))
    if not 0 <= deadband < np.inf:
        raise InputError("The deadband must be zero or more, in t C/km2/yr; got {}.".format(deadband))
    pools = {density.pool for density in dated if density.pool}
    if len(pools) > 1:
        raise InputError(
            "The rasters are of different pools ({}). A rate compares one pool, or the total, at several "
            "dates.".format(", ".join(sorted(pools)))
        )
    if (destinations.get("TREND") or destinations.get("TREND_P")) and len(dated) < 3:
        raise InputError(
            "A trend needs at least three dates; {} given. Leave the trend outputs empty.".format(len(dated))
        )


@dataclass(frozen=True)
class _Params:
    years: Tuple[int, ...]
    method: str
    deadband: float
    spaces: tuple
    test_trend: bool
    slope: bool


def _specs(destinations, years) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    period = "{}-{}".format(years[0], years[-1])
    rate_tags = tags("carbon accumulation rate", T_KM2_YR, year=period)
    return {
        "RATE": (
            destinations.get("RATE"),
            RasterSpec(("carbon accumulation rate {}".format(period),), (T_KM2_YR,), tags=rate_tags),
        ),
        "SINK_SOURCE": (
            destinations.get("SINK_SOURCE"),
            RasterSpec(("1 source, 2 stable, 3 sink",), ("1",), "uint8", tags=tags("sink or source", year=period)),
        ),
        "TREND": (
            destinations.get("TREND"),
            RasterSpec(
                ("Theil-Sen slope {}".format(period),), (T_KM2_YR,),
                tags=tags("carbon density trend", T_KM2_YR, year=period),
            ),
        ),
        "TREND_P": (
            destinations.get("TREND_P"),
            RasterSpec(("Mann-Kendall p value",), ("1",), tags=tags("p value of the trend", "1", year=period)),
        ),
    }


def rates(values: np.ndarray, years: Sequence[int], method: str) -> np.ndarray:
    """CAR of each cell from densities (eq. 6).

    Parameters
    ----------
    values : (dates, …) in t C/km2, ascending years.

    Returns
    -------
    t C/km2/yr, shaped like one date.
    """
    if method == "endpoint":
        return (values[-1] - values[0]) / (years[-1] - years[0])
    steps = [(values[i + 1] - values[i]) / (years[i + 1] - years[i]) for i in range(len(years) - 1)]
    return np.mean(steps, axis=0)


def sink_or_source(rate: np.ndarray, deadband: float) -> np.ndarray:
    """1 source, 2 stable, 3 sink; NaN where the rate is NaN."""
    classes = np.where(rate > deadband, float(SINK), np.where(rate < -deadband, float(SOURCE), float(STABLE)))
    return np.where(np.isnan(rate), np.nan, classes)


def _kernel(block, params: _Params):
    """Rates, classes, trend and sums of one block."""
    values = np.stack([block["density {}".format(year)].astype(np.float64) for year in params.years])
    missing = np.isnan(values)
    partly = int((missing.any(axis=0) & ~missing.all(axis=0)).sum())
    values[:, missing.any(axis=0)] = np.nan
    rate = rates(values, params.years, params.method)
    classes = sink_or_source(rate, params.deadband)
    arrays = {"RATE": rate, "SINK_SOURCE": classes, "rate" + PICTURE: rate}
    arrays["first" + PICTURE], arrays["last" + PICTURE] = values[0], values[-1]
    if params.slope:
        arrays["TREND"] = theil_sen(values, params.years)
    if params.test_trend:
        arrays["TREND_P"] = mann_kendall(values)[1]
    valid = ~np.isnan(rate)
    area = block.area_array()[valid]
    inside = values[:, valid]
    partial = Totals(
        cells=int(valid.sum()),
        partly=partly,
        area=float(area.sum()),
        stocks=inside @ area,
        rate=float(rate[valid] @ area),
        classes=np.bincount(classes[valid].astype(np.intp), area, 4),
        extremes=Extremes.of(rate[valid]),
        negative=(inside < 0).sum(axis=1),
        **{"range {}".format(year): Extremes.of(row) for year, row in zip(params.years, inside)},
        interval_sinks=_interval_areas(inside, area, params),
    )
    if params.spaces:
        names = [name for name in ("ecosystem first", "ecosystem last") if name in block.values]
        index = [block[name] for name in names]
        for name, codes, space in zip(names, index, params.spaces):
            arrays[name + PICTURE] = class_picture(codes, space)
        partial["ecosystems"] = sums_by_ecosystem(index, params.spaces, values, rate, block.area_array(), valid)
    return arrays, partial


def _interval_areas(values: np.ndarray, area: np.ndarray, params: _Params) -> np.ndarray:
    """Sink and source area (km2) of each interval: (intervals, 2)."""
    out = np.zeros((len(params.years) - 1, 2))
    for i in range(len(params.years) - 1):
        rate = (values[i + 1] - values[i]) / (params.years[i + 1] - params.years[i])
        out[i] = area[rate > params.deadband].sum(), area[rate < -params.deadband].sum()
    return out


def _result(partial: Totals, params: _Params, inputs, dated: Sequence[DensityRaster]) -> AccumulationResult:
    stocks = tuple(float(stock) for stock in partial["stocks"])
    area = partial["area"]
    years = params.years
    classes = partial["classes"]
    return AccumulationResult(
        years=years,
        method=params.method,
        deadband=params.deadband,
        area_mode=inputs.areas.mode,
        grid=inputs.grid,
        cells=partial["cells"],
        area_km2=area,
        nodata_share=1 - partial["cells"] / inputs.grid.cells,
        stocks=stocks,
        mean_rate=partial["rate"] / area,
        rate_range=tuple(partial["extremes"]),
        sink_area_km2=float(classes[SINK]),
        source_area_km2=float(classes[SOURCE]),
        stable_area_km2=float(classes[STABLE]),
        intervals=_interval_table(stocks, area, years, partial["interval_sinks"]),
        notes=list(inputs.notes) + _notes(partial, params, dated),
    )


def _notes(partial: Totals, params: _Params, dated: Sequence[DensityRaster]) -> List[str]:
    notes = []
    if partial["partly"]:
        text = "Nodata differs between the dates: {:,} cells are valid at some dates only and count at none."
        notes.append(loss_note(text.format(partial["partly"]), partial["partly"], partial["cells"]))
    ranges = {year: tuple(v / T_KM2_PER_T_HA for v in partial["range {}".format(year)]) for year in params.years}
    pool = next((density.pool for density in dated if density.pool), None)
    notes += series_notes(ranges, pool, dict(zip(params.years, partial["negative"].tolist())))
    if params.test_trend and len(params.years) < 8:
        notes.append(Remark(
            "Mann-Kendall on {} dates: the smallest p value that can occur is {:.3g}.".format(
                len(params.years), smallest_p(len(params.years))
            )
        ))
    return notes


def _interval_table(stocks, area: float, years, areas: np.ndarray) -> Table:
    table = Table(
        "Carbon accumulation by interval",
        (
            Column("from_year", "integer"),
            Column("to_year", "integer"),
            Column("stock_from_Tg_C", "number", "stock at the start, Tg C"),
            Column("stock_to_Tg_C", "number", "stock at the end, Tg C"),
            Column("change_Tg_C", "number", "stock change, Tg C"),
            Column("mean_rate_t_C_km2_yr", "number", "area-weighted mean rate, t C/km2/yr"),
            Column("sink_area_km2", "number", "area with a rate above the deadband, km2"),
            Column("source_area_km2", "number", "area with a rate below minus the deadband, km2"),
        ),
    )
    spans = [(i, i + 1) for i in range(len(years) - 1)]
    for (i, j), (sink, source) in zip(spans, areas):
        change = stocks[j] - stocks[i]
        rate = change / area / (years[j] - years[i])
        row = [years[i], years[j], stocks[i] / T_PER_TG, stocks[j] / T_PER_TG, change / T_PER_TG, rate]
        table.rows.append(row + [float(sink), float(source)])
    return table
