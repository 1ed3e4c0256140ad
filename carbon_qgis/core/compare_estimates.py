"""Estimates of carbon against a reference and each other (Xinjiang paper, Table 3, Fig. 8; Jiangsu paper, Fig. 4).

All are compared on the cells where every one of them has data, on one grid and in t C/ha, so that no estimate is judged
on easier ground than another. A flux (NPP) is no stock: it is multiplied by a residence time that the user states, or
compared as a pattern only, by its correlation.
"""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .assess_accuracy import found_scatter, scatter_counts, scatter_edges
from .errors import InputError, UnitError
from .log_histogram import LogHistogram
from .outputs import OutputSet
from .pair_moments import Moments
from .progress import Part, Progress, Silent
from .raster.align import COARSENING_RATIO, cells_per_cell
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid, require_overlap
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import Picture, RasterSpec, tags, writers_for
from .results import Column, Remark, Table
from .units import G_M2_YR, T_HA, T_KM2_YR, T_PER_TG, density_factor, flux_factor, parse_density_unit
from .validation import AccuracyMetrics, check_label, metrics_of, re_threshold

#: t C/ha/yr in 1 t C/km2/yr.
T_HA_PER_T_KM2 = 0.01
REFERENCE = "reference"
STOCK, BY_RESIDENCE, PATTERN = "stock", "residence time", "pattern only"
HA_PER_KM2 = 100.0
PICTURE = " picture"
_MOST = 12


@dataclass(frozen=True)
class Estimate:
    """One estimate: a density, or a flux with or without a residence time in years. `band.factor` brings it to t C/ha.

    `kind` is STOCK, BY_RESIDENCE or PATTERN; `unit` is that of the file.
    """

    name: str
    band: Band
    unit: str
    kind: str = STOCK
    residence_years: Optional[float] = None
    pool: Optional[str] = None
    year: Optional[int] = None

    @property
    def path(self) -> str:
        """The file."""
        return self.band.path


def read_estimate(
    path: str, name: str, unit: Optional[str] = None, residence_years: Optional[float] = None
) -> Estimate:
    """Describe one estimate.

    Parameters
    ----------
    unit : None reads it from the raster; a density unit, or `g C/m2/yr` or `t C/km2/yr` for a flux.
    residence_years : for a flux; None compares its pattern only.

    Raises
    ------
    UnitError
        A unit that is neither a density nor a flux of carbon.
    InputError
        Several bands; a residence time that is not above 0.
    """
    info = raster_info(path)
    if info.count != 1:
        raise InputError("'{}' has {} bands; an estimate has one. Extract the band first.".format(path, info.count))
    stated = unit or info.units[0] or info.tag("CARBON_UNIT") or ""
    pool, year = info.tag("CARBON_POOL") or None, info.year()
    density = parse_density_unit(stated)
    if density is not None:
        return Estimate(name, Band(path, factor=density_factor(density, T_HA)), density, pool=pool, year=year)
    flux = flux_factor(stated, T_KM2_YR)
    if flux is None:
        raise UnitError(
            "The unit of '{}' is '{}', which is neither a carbon density ({}) nor a flux ({}). State its unit.".format(
                path, stated or "not stated", "t C/ha …", ", ".join((G_M2_YR, T_KM2_YR))
            )
        )
    if residence_years is None:
        return Estimate(name, Band(path, factor=flux * T_HA_PER_T_KM2), stated, PATTERN, None, pool, year)
    if not residence_years > 0:
        raise InputError("The residence time must be above 0 years; got {:g}.".format(residence_years))
    factor = flux * T_HA_PER_T_KM2 * residence_years
    return Estimate(name, Band(path, factor=factor), stated, BY_RESIDENCE, residence_years, pool, year)


@dataclass
class Comparison:
    """Estimates against a reference. Densities in t C/ha.

    `metrics` and `per_cell` by estimate (None for a pattern): per hectare, and of the carbon of whole cells (t C per
    cell). `correlation` by pair of names, the reference included. `overviews` by name, and "<name> − reference".
    """

    estimates: Tuple[Estimate, ...]
    reference: Estimate
    reference_is_first: bool
    label: str
    metrics: Dict[str, Optional[AccuracyMetrics]]
    per_cell: Dict[str, Optional[AccuracyMetrics]]
    correlation: Dict[Tuple[str, str], Optional[float]]
    table: Table
    pairs: Table
    grid: Grid
    area_mode: str
    cells: int
    area_km2: float
    edges: np.ndarray
    scatters: Dict[str, np.ndarray]
    differences: Dict[str, Tuple[float, float]]
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)


def compare_estimates(
    estimates: Sequence[Estimate],
    reference: Optional[Estimate],
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    label: str,
    threshold: Optional[float] = None,
    weight_by_area: bool = True,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> Comparison:
    """Compare estimates with a reference, or with the first of them where there is none.

    Parameters
    ----------
    estimates : two or more without a reference, one or more with it; names differ.
    destinations : paths of difference rasters by name of the estimate (estimate − reference, t C/ha).
    label : 'fit' or 'held-out', for the metrics against the reference.
    threshold : t C/ha; references not above it have no relative error. By default 1 % of the mean reference.

    Raises
    ------
    InputError
        Too few or too many estimates, names or files twice, a reference that is a pattern, a difference of a pattern.
    UnitError, RasterError, GridError, OutputError, Cancelled
    """
    check_label(label)
    progress, settings = progress or Silent(), settings or EngineSettings()
    first = reference is None
    if first:
        _require(len(estimates) >= 2, "Give at least two estimates, or an estimate and a reference.")
        reference, estimates = estimates[0], estimates[1:]
    _check(estimates, reference, destinations)
    everything = (reference,) + tuple(estimates)
    bands = {estimate.name: estimate.band for estimate in everything}
    inputs = align_inputs(bands, _coarsest(everything), mask=mask, area_mode=area_mode)
    names = tuple(bands)
    survey = run_blocks(
        inputs, _survey, _Params(names, weight_by_area), progress=Part(progress, (0.0, 0.4)), settings=settings,
        message="Comparing means and ranges", bytes_per_cell=40 * len(names) + 60,
    ).partial  # fmt: skip
    require_valid(survey["cells"], "all estimates and the reference together")
    edges = _edges(survey, everything)
    params = _Params(names, weight_by_area, edges, re_threshold(survey["pair", names[0], names[1]].mean_reference,
                                                               threshold))  # fmt: skip
    writers = writers_for(_specs(everything, destinations), inputs.grid, outputs, settings)
    pictures = {name + PICTURE: Picture(inputs.grid) for name in names}
    stocks = [estimate.name for estimate in estimates if estimate.kind != PATTERN]
    pictures.update({_difference(name) + PICTURE: Picture(inputs.grid) for name in stocks})
    run = run_blocks(
        inputs, _compare, params, {**writers, **pictures}, Part(progress, (0.4, 1.0)), settings,
        message="Computing differences", bytes_per_cell=60 * len(names) + 80,
    ).partial  # fmt: skip
    result = _result(everything, first, label, survey, run, params, inputs)
    result.overviews = {name[: -len(PICTURE)]: picture.overview()[0] for name, picture in pictures.items()}
    return result


@dataclass(frozen=True)
class _Params:
    """`names` with the reference first."""

    names: Tuple[str, ...]
    weight_by_area: bool
    edges: Optional[np.ndarray] = None
    threshold: float = 0.0


def _difference(name: str) -> str:
    return name + " − reference"


def _require(condition: bool, text: str) -> None:
    if not condition:
        raise InputError(text)


def _check(estimates: Sequence[Estimate], reference: Estimate, destinations) -> None:
    everything = (reference,) + tuple(estimates)
    _require(bool(estimates), "Give at least one estimate to compare with the reference.")
    _require(len(estimates) <= _MOST, "{} estimates are given; at most {} fit.".format(len(estimates), _MOST))
    names = [estimate.name for estimate in everything]
    twice = sorted({name for name in names if names.count(name) > 1})
    _require(not twice, "Two rasters are named '{}'. Give each estimate a name of its own.".format("".join(twice[:1])))
    paths = [estimate.path for estimate in everything]
    same = sorted({path for path in paths if paths.count(path) > 1})
    _require(not same, "'{}' is given twice: it would agree with itself.".format("".join(same[:1])))
    _require(
        reference.kind != PATTERN,
        "The reference '{}' is a flux ({}). Give a density as reference, or a residence time.".format(
            reference.name, reference.unit
        ),
    )
    for estimate in estimates:
        if estimate.kind == PATTERN and destinations.get(estimate.name):
            raise InputError(
                "'{}' is a flux ({}): it has no difference from a stock. Give a residence time, or leave the "
                "difference out.".format(estimate.name, estimate.unit)
            )


def _coarsest(everything: Sequence[Estimate]) -> str:
    """Raster on whose grid all are compared: the coarsest invents no detail."""
    home = everything[0].path
    for estimate in everything[1:]:
        own, other = Grid.of(home), Grid.of(estimate.path)
        require_overlap(own, other, home, estimate.path)
        if cells_per_cell(own, other) > COARSENING_RATIO:
            home = estimate.path
    return home


def _specs(everything: Sequence[Estimate], destinations) -> Dict[str, Tuple[Optional[str], RasterSpec]]:
    return {
        _difference(estimate.name): (
            destinations.get(estimate.name),
            RasterSpec(
                ("{} minus {}".format(estimate.name, everything[0].name),), (T_HA,),
                tags=tags("difference of carbon density", T_HA, pool=estimate.pool, year=estimate.year), smooth=True,
            ),
        )
        for estimate in everything[1:]
    }  # fmt: skip


def _values(block: Block, names: Sequence[str]) -> Tuple[Dict[str, np.ndarray], np.ndarray]:
    """All rasters (float64) and where every one of them has data."""
    planes = {name: block[name].astype(np.float64) for name in names}
    valid = np.ones(block.shape, dtype=bool)
    for plane in planes.values():
        valid &= ~np.isnan(plane)
    return planes, valid


def _survey(block: Block, params: _Params):
    planes, valid = _values(block, params.names)
    area = block.area_array()[valid]
    rows = {name: plane[valid] for name, plane in planes.items()}
    weight = area if params.weight_by_area else None
    sums = Totals(cells=int(valid.sum()), area=float(area.sum()))
    for name, plane in planes.items():
        sums["alone", name] = int((~np.isnan(plane)).sum()) - len(area)
        sums["carbon", name] = float(rows[name] @ area) * HA_PER_KM2
        sums["range", name] = Extremes.of(rows[name])
        sums["histogram", name] = LogHistogram.of(rows[name])
    for one, two in combinations(params.names, 2):
        sums["pair", one, two] = Moments.of(rows[one], rows[two], weight)
    return {}, sums


def _compare(block: Block, params: _Params):
    planes, valid = _values(block, params.names)
    area = block.area_array()[valid]
    weight = area if params.weight_by_area else None
    home = params.names[0]
    reference = planes[home]
    arrays = {name + PICTURE: np.where(valid, plane, np.nan) for name, plane in planes.items()}
    sums, r = Totals(), reference[valid]
    for name in params.names[1:]:
        difference = np.where(valid, planes[name] - reference, np.nan)
        arrays[_difference(name)] = arrays[_difference(name) + PICTURE] = difference
        p = planes[name][valid]
        sums["hectare", name] = Moments.of(r, p, weight, params.threshold)
        hectares = area * HA_PER_KM2
        sums["cell", name] = Moments.of(r * hectares, p * hectares, None, 0.0)
        sums["scatter", name] = scatter_counts(r, p, params.edges)
        sums["difference", name] = Extremes.of(difference)
    return arrays, sums


def _edges(survey: Totals, everything: Sequence[Estimate]) -> np.ndarray:
    """Edges of all scatters: from 0, or the smallest value, to where 99.9 % of the cells of the stocks lie below."""
    stocks = [estimate.name for estimate in everything if estimate.kind != PATTERN]
    low = min(survey["range", name][0] for name in stocks)
    return scatter_edges(low, max(survey["histogram", name].quantile(0.999) for name in stocks))


def _result(everything, first: bool, label: str, survey: Totals, run: Totals, params: _Params, inputs) -> Comparison:
    reference, estimates = everything[0], everything[1:]
    metrics, cells = {}, {}
    for estimate in estimates:
        pattern, name = estimate.kind == PATTERN, estimate.name
        plain = dict(weighted=params.weight_by_area)
        metrics[name] = None if pattern else metrics_of(run["hectare", name], label, params.threshold, **plain)
        cells[name] = None if pattern else metrics_of(run["cell", name], label, 0.0, weighted=False)
    pairs = {key[1:]: value for key, value in survey.items() if key[0] == "pair"}
    correlation = {names: metrics_of(moments, label, 0.0).r for names, moments in pairs.items()}
    result = Comparison(
        tuple(estimates), reference, first, label, metrics, cells, correlation,
        _table(everything, metrics, cells, correlation, survey, label), _pair_table(everything, pairs, label),
        inputs.grid, inputs.areas.mode, survey["cells"], survey["area"], params.edges,
        {e.name: found_scatter(run["scatter", e.name], params.edges, survey["cells"]).counts for e in estimates},
        {e.name: tuple(run["difference", e.name]) for e in estimates},
    )  # fmt: skip
    result.notes = list(inputs.notes) + _notes(everything, survey, first)
    return result


def _table(everything, metrics, cells, correlation, survey: Totals, label: str) -> Table:
    """The paper's Table 3, and totals."""
    columns = (
        Column("estimate", "text"), Column("kind", "text", "stock, flux by residence time, or pattern only"),
        Column("label", "text", "fit or held-out"), Column("n", "integer", "cells with data in all rasters"),
        Column("r", "number", "Pearson's correlation with the reference"),
        Column("R2", "number", "1 - SSE/SST"), Column("r_squared", "number", "square of r"),
        Column("MAE_t_C_ha", "number"), Column("RMSE_t_C_ha", "number"),
        Column("bias_t_C_ha", "number", "estimate - reference"), Column("MAE_t_C_cell", "number", "per whole cell"),
        Column("RMSE_t_C_cell", "number", "per whole cell"), Column("mean_RE", "number"),
        Column("accuracy", "number", "1 - mean RE"), Column("mean_t_C_ha", "number", "area-weighted"),
        Column("total_Tg_C", "number", "of the compared cells"),
        Column("total_bias_percent", "number", "total against that of the reference"),
    )  # fmt: skip
    home = everything[0].name
    table, total = Table("Estimates against '{}'".format(home), columns), survey["carbon", home]
    for estimate in everything:
        name, pattern = estimate.name, estimate.kind == PATTERN
        m, c = metrics.get(name), cells.get(name)
        r = 1.0 if name == home else correlation[home, name]
        carbon = None if pattern else survey["carbon", name]
        row: List[object] = [name, estimate.kind, label if name != home else REFERENCE, survey["cells"], r]
        row += [None] * 8 if m is None else [m.r_squared, m.correlation_squared, m.mae, m.rmse, m.bias, c.mae, c.rmse,
                                             m.mean_re]  # fmt: skip
        row += [None if m is None else m.accuracy]
        row += [None if pattern else carbon / survey["area"] / HA_PER_KM2, None if pattern else carbon / T_PER_TG]
        row += [None if pattern or name == home or not total else 100.0 * (carbon / total - 1.0)]
        table.rows.append(row)
    return table


def _pair_table(everything, pairs: Mapping[Tuple[str, str], Moments], label: str) -> Table:
    columns = (
        Column("first", "text"), Column("second", "text"), Column("r", "number", "Pearson's correlation"),
        Column("RMSD_t_C_ha", "number", "root mean square difference"),
        Column("mean_difference_t_C_ha", "number", "second - first"),
    )  # fmt: skip
    patterns = {estimate.name for estimate in everything if estimate.kind == PATTERN}
    table = Table("Every pair", columns)
    for (one, two), moments in pairs.items():
        m = metrics_of(moments, label, 0.0)
        stocks = not patterns.intersection((one, two))
        table.rows.append([one, two, m.r, m.rmse if stocks else None, m.bias if stocks else None])
    return table


def _notes(everything: Sequence[Estimate], survey: Totals, first: bool) -> List[str]:
    notes = []
    if first:
        text = "No reference was given: all are compared with the first, '{}'."
        notes.append(Remark(text.format(everything[0].name)))
    for estimate in everything:
        alone = survey["alone", estimate.name]
        if alone:
            text = "{:,} cells of '{}' have no data in another raster and are not compared."
            notes.append(Remark(text.format(alone, estimate.name)))
        if estimate.kind == PATTERN:
            text = "'{}' is a flux ({}): only its pattern is compared, by correlation; it has no total or bias."
            notes.append(text.format(estimate.name, estimate.unit))
        elif estimate.kind == BY_RESIDENCE:
            text = "'{}' is a flux ({}) times a residence time of {:g} years: its level rests on that number."
            notes.append(text.format(estimate.name, estimate.unit, estimate.residence_years))
    years = sorted({estimate.year for estimate in everything if estimate.year is not None})
    if len(years) > 1:
        listed = ", ".join(str(year) for year in years)
        notes.append("The rasters are of different years ({}): what changed in between counts as error.".format(listed))
    pools = sorted({estimate.pool for estimate in everything if estimate.pool and estimate.kind != PATTERN})
    if len(pools) > 1:
        notes.append("The rasters are of different pools ({}). Were two mixed up?".format(", ".join(pools)))
    return notes
