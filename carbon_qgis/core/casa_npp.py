"""NPP by CASA from monthly rasters: blocks of cells, one year after the other (Xinjiang paper, 4.1)."""

import os
import secrets
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .casa import K_VALUES, CasaYear, CellClasses, casa_year
from .casa_climate import DRIEST, MOIST, soil_respiration
from .casa_inputs import (
    NDVI,
    PRECIPITATION,
    RADIATION,
    TEMPERATURE,
    VARIABLES,
    CasaSeries,
    RespirationSeries,
    doubtful,
    require_plausible,
)
from .casa_parameters import DEFAULT_LEGEND, CasaParameters, fit_classes, lookup_tables
from .casa_results import MONTHLY_MEANS, CasaResult, casa_result, raster_specs
from .casa_survey import CasaGrid, chunks, survey_classes
from .class_names import class_band
from .ecosystem_change import class_picture
from .errors import InputError
from .month_bands import month_stack
from .outputs import OutputSet
from .plausibility import loss_note
from .progress import Part, Progress, Silent
from .raster.band_series import SeriesBand
from .raster.blocks import Block, Extremes, Totals, require_valid, run_blocks
from .raster.grid import Grid
from .raster.inputs import align_inputs
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .raster.write import Picture, writers_for
from .results import Remark
from .watch import Watch, Watched

#: Pictures of single years are kept for so many years at most.
MOST_YEAR_PICTURES = 12
_SURVEY_SHARE = 0.2


@dataclass(frozen=True)
class CasaOptions:
    """How CASA is computed.

    Parameters
    ----------
    k : constant of the second temperature stress: a key of `casa.K_VALUES`.
    percentiles : low and high percentile of NDVI in each class (%), where the table gives none.
    nep : whether NEP is computed; with a raster of respiration it is.
    """

    k: str = "usual"
    percentiles: Tuple[float, float] = (5.0, 95.0)
    nep: bool = False


@dataclass(frozen=True)
class _Params:
    run: str
    grid: CasaGrid
    series: CasaSeries
    tables: CellClasses
    k: float
    december: Optional[SeriesBand]
    respiration: Optional[RespirationSeries]
    nep: bool
    wanted: Mapping[str, int]
    watch: Watch


def casa_npp(
    series: CasaSeries,
    vegetation: str,
    outputs: OutputSet,
    destinations: Mapping[str, Optional[str]],
    parameters: CasaParameters,
    options: CasaOptions = CasaOptions(),  # noqa: B008  a frozen value
    december: Optional[str] = None,
    respiration: Optional[RespirationSeries] = None,
    mask: Optional[PolygonLayer] = None,
    area_mode: str = "auto",
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
) -> CasaResult:
    """Monthly and annual NPP on the grid of the first NDVI raster.

    A cell counts in a year if it has a class and every variable in each of the twelve months.

    Parameters
    ----------
    series : the monthly inputs, see `casa_inputs.casa_series`.
    vegetation : raster of vegetation classes.
    destinations : paths by name, see `casa_results.OUTPUTS`; None is not written.
    parameters : the table of classes.
    december : water stress of the December before the first year: the raster that an earlier run wrote, or one band. A
        year that follows another one in `series` takes that year's December.
    respiration : instead of the formula, for NEP = NPP − Rh.

    Raises
    ------
    InputError
        Values that the inputs cannot have (NDVI stored × 10000, kelvin); a class whose NDVI does not vary.
    TableError
        Classes of the map that the table lacks, with their cells.
    RasterError, GridError, OutputError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    _check(options, respiration, destinations)
    previous = _december(december) if december else None
    grid = _aligned(series, vegetation, previous, respiration, mask, area_mode, progress, settings)
    survey = survey_classes(grid, series, parameters, Part(progress, (0.0, _SURVEY_SHARE)), settings)
    parameters.require_codes(survey.cells, "The vegetation map '{}'".format(os.path.basename(vegetation)))
    fitted = fit_classes(parameters, survey.histograms, options.percentiles)
    nep = options.nep or respiration is not None or any(destinations.get(n) for n in ("NEP", "NEP_MONTHLY"))
    specs = {name: (destinations.get(name), spec) for name, spec in raster_specs(series).items()}
    writers = writers_for(specs, grid.layers.grid, outputs, settings)
    pictures = _pictures(grid.layers.grid, len(series.years), nep)
    params = _Params(
        secrets.token_hex(8), grid, series, lookup_tables(fitted, grid.space.index_of(), grid.space.size),
        K_VALUES[options.k], previous, respiration, nep,
        {name: len(writer.spec.descriptions) for name, writer in writers.items()}, Watch(),
    )  # fmt: skip
    partial = _run(params, {**writers, **{"picture " + name: p for name, p in pictures.items()}}, progress, settings)
    require_valid(int(partial["cells"].sum()), "the vegetation map and the monthly rasters together")
    result = casa_result(partial, series, grid.layers, fitted, nep)
    result.k, result.percentiles = params.k, tuple(options.percentiles)
    result.parameter_source, result.default_table = parameters.source, parameters.is_default
    result.respiration = "" if not nep else "formula" if respiration is None else "raster"
    result.overviews = {name: picture.overview() for name, picture in pictures.items()}
    result.notes = _notes(partial, params, parameters, survey.cells, result)
    return result


def _check(options: CasaOptions, respiration: Optional[RespirationSeries], destinations: Mapping) -> None:
    if options.k not in K_VALUES:
        raise InputError("'{}' is no constant of CASA. Choose one of: {}.".format(options.k, ", ".join(K_VALUES)))
    low, high = options.percentiles
    if not 0 <= low < high <= 100:
        raise InputError(
            "The percentiles of NDVI must be from 0 to 100, the low one below the high one; got {:g} and {:g}.".format(
                low, high
            )
        )
    if respiration is not None and not respiration.monthly and destinations.get("NEP_MONTHLY"):
        raise InputError(
            "Monthly NEP needs monthly respiration, but the raster has one band per year. Leave the monthly NEP empty, "
            "or give 12 bands per year."
        )


def _december(path: str) -> SeriesBand:
    """The band of December: the last month of a raster of months, or the only band."""
    info = raster_info(path)
    band = 1 if info.count == 1 else month_stack([path], "water stress of the year before").steps[-1].band
    return SeriesBand(path, band, info.scales[band - 1], info.offsets[band - 1])


def _aligned(series, vegetation, december, respiration, mask, area_mode, progress, settings) -> CasaGrid:
    """Everything on the grid of the first NDVI raster."""
    reference = series.bands[NDVI][0][0].path
    grid, infos = Grid.of(reference), series.infos
    extra = [december.path] if december else []
    extra += [band.path for bands in respiration.bands for band in bands] if respiration else []
    infos.update((path, raster_info(path)) for path in dict.fromkeys(extra))
    bands = {"vegetation": class_band(vegetation, progress, settings)}
    layers = align_inputs(bands, reference, mask=mask, area_mode=area_mode, grid=grid)
    monthly = align_inputs({path: Band(path) for path in infos}, reference, grid=grid)
    return CasaGrid.of(layers, monthly, infos)


def _pictures(grid: Grid, years: int, nep: bool) -> Dict[str, Picture]:
    pictures = {"npp": Picture(grid), "months": Picture(grid, 12), "classes": Picture(grid)}
    if nep:
        pictures["nep"] = Picture(grid)
    if 1 < years <= MOST_YEAR_PICTURES:
        pictures["years"] = Picture(grid, years)
    return pictures


def _run(params: _Params, writers, progress: Progress, settings: EngineSettings) -> Totals:
    # The outputs and the pictures; and, in blocks that are read as a whole, 48 bands of a year.
    bytes_per_cell = 4 * sum(params.wanted.values()) + 4 * (16 + len(params.series.years))
    bytes_per_cell += 20 if params.grid.striped else 260
    planned, settings = params.grid.planned, params.grid.limits(settings)
    units = planned.grid.cells * len(params.series.years)
    watched = Watched(Part(progress, (_SURVEY_SHARE, 1.0)), params.watch, units)
    return run_blocks(
        planned, _kernel, params, writers, watched, settings, bytes_per_cell=bytes_per_cell, message="Computing NPP"
    ).partial


class _Block:
    """Outputs, pictures and sums of one block while its years pass."""

    def __init__(self, params: _Params, block: Block):
        cells, years, size = block.height * block.width, len(params.series.years), params.grid.space.size
        self.params, self.size, self.area = params, size, block.area_array().reshape(-1)
        self.classes = np.zeros(cells, params.grid.space.dtype)
        self.arrays = {n: np.full((bands, cells), np.nan, np.float32) for n, bands in params.wanted.items()}
        self.months = np.zeros((12, cells), np.float32)
        self.annual = np.full((years, cells), np.nan, np.float32)
        self.nep = np.zeros(cells, np.float32)
        self.valid_years, self.nep_years = np.zeros(cells, np.int16), np.zeros(cells, np.int16)
        self.sums = Totals(
            cells=np.zeros(years, np.int64), area=np.zeros(years), nep_area=np.zeros(years),
            class_cells=np.zeros((years, size), np.int64), class_area=np.zeros((years, size)),
            class_npp=np.zeros((years, 12, size)), class_nep=np.zeros((years, size)),
            class_nep_area=np.zeros((years, size)), npp_range=Extremes(), nep_range=Extremes(), undated=0, partly=0,
            **{"month " + name: np.zeros((years, 12)) for name in MONTHLY_MEANS},
            **{"range " + name: Extremes() for name in VARIABLES},
        )  # fmt: skip

    def take(self, year: int, cells, index, inputs: Mapping[str, np.ndarray], found: CasaYear, respired) -> None:
        """Keep one chunk of one year: cells of the block and their class index; `respired` is Rh by month or year."""
        area, annual = self.area[cells], found.npp.sum(axis=0)
        monthly = {"NPP": found.npp, "APAR": found.apar, "epsilon": found.epsilon, "FPAR": found.fpar,
                   "water_stress": found.water_stress, **inputs}  # fmt: skip
        self._sum(year, index, area, annual, monthly)
        for name, values in (
            ("NPP_MONTHLY", found.npp), ("APAR", found.apar), ("EPSILON", found.epsilon),
            ("WATER_STRESS", found.water_stress),
        ):  # fmt: skip
            self._put(name, 12 * year, cells, values)
        self._put("NPP", year, cells, annual[np.newaxis])
        self.annual[year, cells] = annual
        self.months[:, cells] += found.npp
        self.valid_years[cells] += 1
        if respired is not None:
            self._nep(year, cells, index, found.npp, annual, respired)

    def _sum(self, year: int, index, area, annual, monthly) -> None:
        sums = self.sums
        sums["cells"][year] += area.size
        sums["area"][year] += area.sum()
        sums["npp_range"] += Extremes.of(annual)
        for name, values in monthly.items():
            sums["month " + name][year] += values @ area
            if name in VARIABLES:
                sums["range " + name] += Extremes(float(values.min()), float(values.max()))
        sums["class_cells"][year] += np.bincount(index, minlength=self.size)
        sums["class_area"][year] += np.bincount(index, area, self.size)
        for month, values in enumerate(monthly["NPP"]):
            sums["class_npp"][year, month] += np.bincount(index, values * area, self.size)

    def _nep(self, year: int, cells, index, npp, annual, respired) -> None:
        sums, by_month = self.sums, len(respired) == 12
        if by_month:
            exchange = npp - respired
            self._put("NEP_MONTHLY", 12 * year, cells, exchange)
            total = exchange.sum(axis=0)
        else:
            total = annual - respired[0]
        self._put("NEP", year, cells, total[np.newaxis])
        known = np.isfinite(total)
        area, index = self.area[cells][known], index[known]
        sums["nep_area"][year] += area.sum()
        sums["nep_range"] += Extremes.of(total)
        if by_month:
            sums["month NEP"][year] += exchange[:, known] @ area
            sums["month Rh"][year] += respired[:, known] @ area
        sums["class_nep"][year] += np.bincount(index, total[known] * area, self.size)
        sums["class_nep_area"][year] += np.bincount(index, area, self.size)
        self.nep[cells[known]] += total[known]
        self.nep_years[cells[known]] += 1

    def _put(self, name: str, band: int, cells: np.ndarray, values: np.ndarray) -> None:
        if name in self.arrays:
            self.arrays[name][band : band + len(values), cells] = values

    def finished(self, shape: Tuple[int, int]) -> Dict[str, np.ndarray]:
        """Every output and picture, shaped."""
        with np.errstate(invalid="ignore", divide="ignore"):
            made = {
                "npp": np.nansum(self.annual, axis=0, keepdims=True) / self.valid_years,
                "months": self.months / self.valid_years,
                "nep": (self.nep / self.nep_years)[np.newaxis],
            }
        made["years"] = self.annual
        made["classes"] = class_picture(self.classes, self.params.grid.space)[np.newaxis]
        arrays = dict(self.arrays, **{"picture " + name: values for name, values in made.items()})
        return {name: values.reshape((len(values),) + shape) for name, values in arrays.items()}


def _kernel(block: Block, params: _Params):
    """All years of one block, part by part."""
    state = _Block(params, block)
    for window in params.grid.parts(block):
        part = _Part.of(params, window, (window[0] - block.row) * block.width)
        state.classes[part.start : part.start + part.index.size] = part.index
        before = None
        if params.december is not None and part.inside.any():
            before = params.grid.read(params.run, window, [params.december], params.watch)[0]
        for year in range(len(params.series.years)):
            if year and not params.series.follows(year):
                before = None
            if part.inside.any():
                before = _year(part, params, state, year, before)
            params.watch.step(part.index.size)
    return state.finished(block.shape), state.sums


@dataclass(frozen=True)
class _Part:
    """Some rows of a block: `index` is the class of each cell, `start` the first cell in the block."""

    window: Tuple[int, int, int, int]
    start: int
    index: np.ndarray
    inside: np.ndarray

    @classmethod
    def of(cls, params: _Params, window, start: int) -> "_Part":
        """The classes of a window."""
        index = params.grid.classes(params.run, window)
        return cls(window, start, index, ~np.isnan(params.tables.eps_max)[index])


def _year(part: _Part, params: _Params, state: _Block, year: int, before) -> np.ndarray:
    """One year of one part; returns the water stress of its December, NaN where there is none."""

    def read(bands):
        return params.grid.read(params.run, part.window, bands, params.watch)

    values = {name: read(params.series.bands[name][year]) for name in VARIABLES}
    respired = None if params.respiration is None else read(params.respiration.bands[year])
    with_ndvi = part.inside & np.isfinite(values[NDVI]).all(axis=0)
    valid = with_ndvi.copy()
    for name in (TEMPERATURE, PRECIPITATION, RADIATION):
        valid &= np.isfinite(values[name]).all(axis=0)
    state.sums["partly"] += int((with_ndvi & ~valid).sum())
    december = np.full(part.index.size, np.nan, np.float32)
    for cells in chunks(np.flatnonzero(valid)):
        params.watch.check()
        inputs = {name: array[:, cells].astype(np.float64) for name, array in values.items()}
        for name, array in inputs.items():
            require_plausible(name, array, params.series.bands[name][year])
        np.clip(inputs[NDVI], -1.0, 1.0, out=inputs[NDVI])
        start = None if before is None else _checked_stress(before[cells], params)
        if start is not None:
            state.sums["undated"] += int(np.isnan(start).sum())
        classes = CellClasses(*(table[part.index[cells]] for table in _tables(params.tables)))
        found = casa_year(*(inputs[name] for name in VARIABLES), classes, params.k, start)
        rh = None
        if params.nep:
            rh = soil_respiration(inputs[TEMPERATURE], inputs[PRECIPITATION])
            rh = rh if respired is None else respired[:, cells].astype(np.float64)
        state.take(year, part.start + cells, part.index[cells], inputs, found, rh)
        december[cells] = found.water_stress[-1]
    return december


def _tables(tables: CellClasses) -> Sequence[np.ndarray]:
    return tables.eps_max, tables.ndvi_low, tables.ndvi_high, tables.sr_low, tables.sr_high


def _checked_stress(values: np.ndarray, params: _Params) -> np.ndarray:
    wrong = values[(values < DRIEST - 1e-3) | (values > MOIST + 1e-3)]
    if wrong.size:
        raise InputError(
            "The water stress of the year before, '{}' band {}, has the value {:.6g}; it lies between 0.5 and 1. Give "
            "the water stress that an earlier run wrote.".format(
                os.path.basename(params.december.path), params.december.index, float(wrong[0])
            )
        )
    return np.clip(values.astype(np.float64), DRIEST, MOIST)


def _notes(
    partial: Totals, params: _Params, parameters: CasaParameters, cells: Mapping[int, int], result: CasaResult
) -> List[str]:
    notes = list(dict.fromkeys(params.grid.layers.notes + params.grid.series.notes)) + list(params.series.notes)
    if params.respiration is not None:
        notes += params.respiration.notes
    if parameters.is_default:
        read = "; ".join("{} {}".format(code, parameters.classes[code].name) for code in sorted(cells))
        text = "No parameter table was given: class codes were read by the {} ({}). Give a table for another legend."
        notes.append(text.format(DEFAULT_LEGEND, read))
    if partial["partly"]:
        text = "{:,} cells{} have a class and NDVI, but no whole year of temperature, precipitation and radiation."
        note = text.format(partial["partly"], " and years" if len(params.series.years) > 1 else "")
        notes.append(loss_note(note, partial["partly"], sum(result.cells)))
    if partial["undated"]:
        text = "{:,} cells have no water stress in the December before a year: that of the year itself was taken."
        notes.append(Remark(text.format(partial["undated"])))
    if result.nep and min(partial["nep_area"] / np.maximum(partial["area"], 1e-12)) < 1 - 1e-9:
        notes.append(Remark("Respiration is nodata in part of the cells: NEP covers less than NPP."))
    return notes + doubtful({name: tuple(partial["range " + name]) for name in VARIABLES})
