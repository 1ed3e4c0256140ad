"""Geodetector on rasters: drivers are classed, strata counted, q computed, overall and by ecosystem.

Xinjiang paper, 2.5 and 4.3. Up to three passes over the rasters: extremes and samples, histograms,
strata; regions that fit into memory are read once.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .class_names import class_band, class_names
from .discretize import classify
from .driver_classes import ClassedDriver, Classing
from .driver_distributions import Continuous, centre_of_y, class_columns, survey
from .errors import InputError
from .geodetector import GeodetectorResult, factor_and_interaction
from .progress import Progress, Silent, check_cancelled
from .raster.blocks import Totals
from .raster.grid import Grid
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.scan import present_codes
from .raster.settings import EngineSettings
from .raster.source import Band, raster_info
from .results import Remark
from .stack import layer_name
from .strata_moments import Moments, accumulate
from .unflagged_classes import unflagged_note
from .valid_cells import Columns, ValidCells, joint_note, require_joint

MAX_STRATA = 255
TARGET, ECOSYSTEMS = "target", "ecosystems"


@dataclass(frozen=True)
class Driver:
    """A driver raster: `band` says whether its values are classes already."""

    name: str
    band: Band
    unit: str = ""

    @property
    def column(self) -> str:
        """Name of its values among the inputs."""
        return "driver " + self.name


@dataclass
class DetectionResult:
    """A Geodetector run on rasters or a table: scores, the classes used, and what was left out.

    `cells` entered the analysis (cells of rasters, rows of a table), `cells_seen` were looked at. `grid` is None for
    a table.
    """

    scores: GeodetectorResult
    drivers: List[ClassedDriver]
    target_name: str
    target_unit: str
    cells: int
    cells_seen: int
    keep_share: float = 1.0
    seed: int = 0
    grid: Optional[Grid] = None
    ecosystem_name: str = ""
    notes: List[str] = field(default_factory=list)

    @property
    def best(self):
        """The overall score of the factor with the largest q; None where no q is defined (a constant Y)."""
        scores = [score for score in self.scores.scope().factors if not np.isnan(score.q)]
        return max(scores, key=lambda score: score.q) if scores else None


def detect_drivers(
    target: Band,
    drivers: Sequence[Driver],
    classing: Optional[Classing] = None,
    ecosystems: Optional[str] = None,
    target_name: str = "Y",
    target_unit: str = "",
    min_stratum_cells: int = 1,
    published_variance: str = "sample",
    mask: Optional[PolygonLayer] = None,
    keep_share: float = 1.0,
    seed: int = 0,
    progress: Optional[Progress] = None,
    settings: Optional[EngineSettings] = None,
    ecosystem_names: Optional[Mapping[int, str]] = None,
) -> DetectionResult:
    """Factor, interaction, ecological and risk detector of Y = `target`.

    Parameters
    ----------
    target : the raster to explain; its grid is the reference.
    drivers : at least one; continuous ones are classed by `classing`, categorical ones taken as they are.
    ecosystems : raster of classes; every class is analysed beside the whole region.
    ecosystem_names : name by ecosystem code; they go before those that the raster carries.
    keep_share, seed : simple random thinning, 1 uses every cell (equal-size sampling per stratum would bias q).

    Raises
    ------
    InputError
        No driver, two of one name, Y among the drivers, a constant driver, more classes than values, strata of one
        cell only, bounds for a driver that is not there.
    RasterError, GridError, Cancelled
    """
    progress, settings = progress or Silent(), settings or EngineSettings()
    classing = classing or Classing()
    check_drivers([driver.name for driver in drivers], classing, keep_share)
    _check_not_target(target, drivers)
    inputs = _aligned(target, drivers, ecosystems, mask, progress, settings)
    cells = ValidCells(inputs, settings, progress, keep_share, seed)
    continuous = [Continuous(d.column, d.name, d.unit) for d in drivers if not d.band.categorical]
    sizes = {name: space.size for name, space in inputs.spaces.items()}
    seen = survey(
        cells, [d.column for d in continuous], sizes, TARGET, (0.0, 0.35), "Reading Y and the drivers"
    )  # fmt: skip
    titles = {TARGET: target_name, ECOSYSTEMS: "ecosystems", **{d.column: d.name for d in drivers}}
    require_joint(seen["cells"], {name: seen["valid " + name] for name in inputs.bands}, titles)
    centre = centre_of_y(seen)
    made = class_columns(cells, seen, continuous, classing, TARGET, centre)
    by_name = {driver.name: driver for driver, _ in made}
    classed = [by_name[d.name] if d.name in by_name else _categorical(d, seen, inputs) for d in drivers]
    eco_codes = _present(seen, ECOSYSTEMS, inputs) if ecosystems else []
    params = _CountParams.build(inputs, seen, drivers, classed, eco_codes, centre)
    moments = cells.reduce(_count, params, (0.7, 1.0), "Counting strata")
    check_cancelled(progress)
    names = class_names(ecosystems, ecosystem_names) if ecosystems else {}
    notes = list(inputs.notes)
    unflagged = (unflagged_note(d.name, d.band, d.unit) for d in drivers if not d.band.categorical)
    notes.extend(note for note in unflagged if note)
    if keep_share < 1:
        text = "{:,} cells drawn at random (share {:g}, seed {})."
        notes.append(Remark(text.format(seen["cells"], keep_share, seed)))
    else:
        notes.extend(joint_note(seen["cells"], seen["valid " + TARGET], target_name))
    result = DetectionResult(
        scores=scored(
            moments, classed, _distinct_names(eco_codes, names) if ecosystems else None, centre, min_stratum_cells,
            published_variance,
        ),
        drivers=with_counts(classed, moments), target_name=target_name, target_unit=target_unit, cells=seen["cells"],
        cells_seen=inputs.grid.cells, keep_share=keep_share, seed=seed, grid=inputs.grid,
        ecosystem_name=layer_name(ecosystems) if ecosystems else "", notes=notes,
    )  # fmt: skip
    result.notes.extend(score_notes(result.scores))
    return result


# What rasters and tables share.


def check_drivers(names: Sequence[str], classing: Classing, keep_share: float) -> None:
    """Raise `InputError` for no driver, two of one name, bounds for an unknown driver, a share outside (0, 1]."""
    if not names:
        raise InputError("Give at least one driver.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("Two drivers are called '{}'. Give each driver its own name.".format("', '".join(twice)))
    unknown = sorted(set(classing.given) - set(names))
    if unknown:
        raise InputError(
            "Class bounds are given for '{}', which is not among the drivers: {}. Correct the name or leave the bounds "
            "out.".format("', '".join(unknown), ", ".join(names))
        )
    if not 0 < keep_share <= 1:
        raise InputError("The share of cells to use must be above 0 and at most 1; got {}.".format(keep_share))


def scored(
    moments: Moments, classed: Sequence[ClassedDriver], ecosystem_names: Optional[Sequence[str]], centre: float,
    min_stratum_cells: int, published_variance: str,
) -> GeodetectorResult:  # fmt: skip
    """The detectors on counted strata."""
    return factor_and_interaction(
        moments,
        [driver.name for driver in classed],
        ecosystem_names,
        min_stratum_cells=min_stratum_cells,
        centre=centre,
        published_variance=published_variance,
        stratum_names=[driver.labels for driver in classed],
    )


def with_counts(classed: Sequence[ClassedDriver], moments: Moments) -> List[ClassedDriver]:
    """The drivers with the cells of each class as counted: a histogram's bins may lie across a bound."""
    return [
        replace(driver, counts=sums.n.sum(axis=0)) for driver, sums in zip(classed, moments.factors)
    ]


def require_strata(name: str, labels: Sequence[str], where: str) -> None:
    """Raise `InputError` unless a driver whose values are classes has 2 to `MAX_STRATA` of them."""
    if len(labels) > MAX_STRATA:
        raise InputError(
            "Driver '{}' is taken as categorical and has {:,} different values; at most {} strata are possible. Is it "
            "a continuous driver?".format(name, len(labels), MAX_STRATA)
        )
    if len(labels) < 2:
        raise InputError(
            "Driver '{}' has the one class '{}' in every {}: it explains nothing. Leave it out.".format(
                name, labels[0], where
            )
        )


def score_notes(scores: GeodetectorResult) -> List[str]:
    """The notes of a result in few sentences: what repeats over factors, pairs and ecosystems is said once."""
    notes, single, undefined = [], {}, {}
    for note in scores.notes:
        one = re.fullmatch(r"'(.+)' has one stratum (overall|in '.+'): its q is 0\.", note)
        none = re.fullmatch(r"q of '.+' is not defined (overall|in '.+') \(NaN\): .+\.", note)
        if one:
            single.setdefault(one.group(1), []).append(one.group(2))
        elif none:
            undefined.setdefault(none.group(1), []).append(note)
        else:
            notes.append(note)
    for factor, places in single.items():
        every = len(places) > 1 and len(places) >= sum(scope.cells > 1 for scope in scores.scopes[1:])
        where = "in every ecosystem" if every else _few(places, 6)
        notes.append("'{}' has one stratum {}: its q is 0 there.".format(factor, where))
    for where, several in undefined.items():
        text = (
            "q is not defined (NaN) for {} factors and pairs {}: their strata are too small (all of one cell, or below "
            "the minimum), or Y is constant in those that are left."
        )
        notes.append(several[0] if len(several) == 1 else text.format(len(several), where))
    return notes + _one_cell_notes(scores)


def _one_cell_notes(scores: GeodetectorResult) -> List[str]:
    whole = scores.scope()
    factors = ["'{}' {:,}".format(s.factor, s.one_cell_strata) for s in whole.factors if s.one_cell_strata]
    pairs = sum(score.one_cell_strata for score in whole.pairs)
    if not factors and not pairs:
        return []
    found = ["single factors: " + _few(factors)] if factors else []
    if pairs:
        found.append("crossed factors: {:,} in all pairs".format(pairs))
    if scores.min_stratum_cells > 1:
        rest = "They are left out, as are all strata below {} cells.".format(scores.min_stratum_cells)
    else:
        rest = "They are kept, as in the original software, and raise q a little; a minimum of 2 cells leaves them out."
    return ["Strata of one cell ({}). {}".format("; ".join(found), rest)]


def _few(items: Sequence[str], most: int = 12) -> str:
    more = " and {} more".format(len(items) - most) if len(items) > most else ""
    return ", ".join(items[:most]) + more


# Rasters.


def _check_not_target(target: Band, drivers: Sequence[Driver]) -> None:
    for driver in drivers:
        if (driver.band.path, driver.band.index) == (target.path, target.index):
            raise InputError(
                "Driver '{}' is the raster that is to be explained ({}): it would explain itself. Leave it out.".format(
                    driver.name, target.describe()
                )
            )


def _aligned(target: Band, drivers: Sequence[Driver], ecosystems: Optional[str], mask, progress, settings):
    bands = {TARGET: target}
    bands.update({driver.column: _with_codes(driver.band, settings) for driver in drivers})
    if ecosystems:
        bands[ECOSYSTEMS] = class_band(ecosystems, progress, settings)
    return align_inputs(bands, target.path, mask=mask)


def _with_codes(band: Band, settings) -> Band:
    """A categorical band with the codes that occur in it, where they are not one byte."""
    if not band.categorical or band.known_codes or raster_info(band.path).dtypes[band.index - 1] == "uint8":
        return band
    return replace(band, known_codes=tuple(present_codes(band.path, band.index, settings=settings)))


def _present(seen: Totals, name: str, inputs: AlignedInputs) -> List[int]:
    return sorted(inputs.spaces[name].by_code(seen["codes " + name]))


def _categorical(driver: Driver, seen: Totals, inputs: AlignedInputs) -> ClassedDriver:
    codes = _present(seen, driver.column, inputs)
    labels = _distinct_names(codes, class_names(driver.band.path))
    require_strata(driver.name, labels, "valid cell")
    return ClassedDriver(driver.name, driver.unit, "categories", tuple(labels))


def _distinct_names(codes: Sequence[int], names: Dict[int, str]) -> List[str]:
    """Name of each code; the code beside it where two codes share a name."""
    plain = [names.get(code, str(code)) for code in codes]
    return [
        "{} ({})".format(name, code) if plain.count(name) > 1 else name for code, name in zip(codes, plain)
    ]


@dataclass(frozen=True)
class _CountParams:
    names: Tuple[str, ...]
    bounds: Tuple[Optional[np.ndarray], ...]
    recode: Dict[str, np.ndarray]
    class_counts: Tuple[int, ...]
    ecosystems: int
    centre: float

    @classmethod
    def build(cls, inputs: AlignedInputs, seen: Totals, drivers, classed, eco_codes, centre: float):
        recode = {
            driver.column: _positions(inputs.spaces[driver.column], _present(seen, driver.column, inputs))
            for driver in drivers
            if driver.band.categorical
        }
        if eco_codes:
            recode[ECOSYSTEMS] = _positions(inputs.spaces[ECOSYSTEMS], eco_codes)
        return cls(
            tuple(driver.column for driver in drivers),
            tuple(result.bounds for result in classed),
            recode,
            tuple(result.classes for result in classed),
            len(eco_codes),
            centre,
        )


def _positions(space, codes: Sequence[int]) -> np.ndarray:
    """Index of the code space → position of its code in `codes`."""
    table = np.zeros(space.size, np.uint8)
    index = space.index_of()
    for position, code in enumerate(codes):
        table[index[code]] = position
    return table


def _count(columns: Columns, params: _CountParams):
    codes = []
    for name, bounds in zip(params.names, params.bounds):
        codes.append(params.recode[name][columns[name]] if bounds is None else classify(columns[name], bounds))
    ecosystems = params.recode[ECOSYSTEMS][columns[ECOSYSTEMS]] if params.ecosystems else None
    y = columns[TARGET].astype(np.float64) - params.centre
    return accumulate(codes, y, ecosystems, params.class_counts, max(1, params.ecosystems))
