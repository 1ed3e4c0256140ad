"""Geodetector: how much of Y a classed factor, or two together, explain.

q = 1 - sum N_h var_h / (N var), population variances (eq. 7 of the Xinjiang paper; Wang et al. 2010). The data come
as `strata_moments.Moments`; the tests of significance are in `geodetector_tests`, the tables in `geodetector_tables`.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import geodetector_tests as tests
from .errors import InputError
from .strata_moments import Moments, Sums, accumulate

OVERALL = "overall"
#: |q12 - (q1 + q2)| up to which two factors count as independent; also the margin of "equal" in the other types.
TOLERANCE = 1e-9
INTERACTION_TYPES = ("weaken_nonlinear", "weaken_univariate", "enhance_bivariate", "independent", "enhance_nonlinear")
#: A variance below this share of the mean square about the centre is not resolved by float64 sums.
_RESOLVED = 1e-12

_NAN = float("nan")


@dataclass(frozen=True)
class FactorScore:
    """Factor detector: one factor in one scope (overall or an ecosystem). NaN where q is not defined.

    `cells` and `strata` are those that entered q (N and L), `dropped_cells` those in strata below the minimum;
    `one_cell_strata` counts them before dropping. `log_p_f` is a natural logarithm; None: no test (one stratum).
    """

    factor: str
    q: float
    cells: int
    strata: int
    one_cell_strata: int
    dropped_cells: int
    ssw: float
    q_adj: float
    q_expected: float
    unreliable: bool
    p_f: Optional[float] = None
    log_p_f: Optional[float] = None
    p_published: Optional[float] = None


@dataclass(frozen=True)
class PairScore:
    """Interaction detector: two factors crossed, in one scope. `kind` is one of INTERACTION_TYPES, or None."""

    first: str
    second: str
    q1: float
    q2: float
    q12: float
    kind: Optional[str]
    cells: int
    strata: int
    one_cell_strata: int
    dropped_cells: int
    q_adj: float
    q_expected: float
    unreliable: bool


@dataclass(frozen=True)
class Scope:
    """All scores of the whole region or of one ecosystem; mean and (population) sd of Y, in Y's unit."""

    name: str
    cells: int
    mean: float
    sd: float
    factors: Tuple[FactorScore, ...]
    pairs: Tuple[PairScore, ...]


@dataclass(frozen=True)
class GeodetectorResult:
    """Everything that the tables, figures and report of a Geodetector run are written from.

    `scopes[0]` is overall; one scope per ecosystem follows, if any were given.
    """

    scopes: Tuple[Scope, ...]
    factor_names: Tuple[str, ...]
    moments: Moments = field(repr=False)
    centre: float = 0.0
    min_stratum_cells: int = 1
    published_variance: str = "sample"
    stratum_names: Tuple[Tuple[str, ...], ...] = ()
    notes: Tuple[str, ...] = ()

    def scope(self, name: str = OVERALL) -> Scope:
        """A scope by its name."""
        for scope in self.scopes:
            if scope.name == name:
                return scope
        raise InputError("There is no '{}' in the result. It holds: {}.".format(name, [s.name for s in self.scopes]))

    def matrix(self, name: str = OVERALL) -> np.ndarray:
        """q on the diagonal and q12 below it, NaN above: the triangle of a heat map, shape (F, F)."""
        scope = self.scope(name)
        size = len(self.factor_names)
        values = np.full((size, size), np.nan)
        np.fill_diagonal(values, [score.q for score in scope.factors])
        for (i, j), score in zip(combinations(range(size), 2), scope.pairs):
            values[j, i] = score.q12
        return values


def factor_and_interaction(
    moments: Moments,
    factor_names: Sequence[str],
    ecosystem_names: Optional[Sequence[str]] = None,
    min_stratum_cells: int = 1,
    centre: float = 0.0,
    published_variance: str = "sample",
    stratum_names: Optional[Sequence[Sequence[str]]] = None,
) -> GeodetectorResult:
    """Factor and interaction detector, overall and in each ecosystem.

    Parameters
    ----------
    moments : Moments
        Of all cells, from `strata_moments.accumulate`.
    factor_names : F names
    ecosystem_names : E names, or None for the whole region only
    min_stratum_cells : int
        Strata with fewer cells leave the analysis with their cells, and N and the variance follow. 1 keeps all, as
        the original software does; 2 drops strata of one cell, as other packages do.
    centre : float
        What was subtracted from Y before counting (Y's unit); means and `p_published` need it back.
    published_variance : 'sample' or 'population'
        Variance in the non-centrality of `p_published`: peers differ.
    stratum_names : per factor the name of each code, or None to use the codes

    Returns
    -------
    GeodetectorResult
        A constant Y gives NaN and a note, and so do, inside an ecosystem or a pair, strata of one cell only.

    Raises
    ------
    InputError
        No valid cells; names that do not fit; overall, a factor whose strata all hold one cell (q is 1 whatever
        the data) or are all below the minimum.
    """
    names = tuple(factor_names)
    ecosystems = tuple(ecosystem_names or ())
    _check_options(moments, names, ecosystems, min_stratum_cells, published_variance)
    notes: List[str] = []
    tested: List[Optional[tuple]] = []  # what p_published needs, in the order of scopes and factors
    options = (min_stratum_cells, centre, published_variance, tested)
    scopes = [_score_scope(moments, None, OVERALL, names, options, notes)]
    for e, name in enumerate(ecosystems):
        scopes.append(_score_scope(moments, e, str(name), names, options, notes))
    labels = tuple(tuple(str(label) for label in part) for part in stratum_names or ())
    scored = _with_published_p(scopes, tested)
    return GeodetectorResult(
        scored, names, moments, centre, min_stratum_cells, published_variance, labels, tuple(notes)
    )


def geodetector_arrays(
    y: np.ndarray,
    factors: Mapping[str, np.ndarray],
    ecosystems: Optional[np.ndarray] = None,
    **options: Any,
) -> GeodetectorResult:
    """Geodetector of a table: Y, classed factors (any codes or labels) and optionally an ecosystem for each row.

    Rows where Y or a numeric factor is NaN are left out of everything, and counted in the notes. `options` are those
    of `factor_and_interaction` (`min_stratum_cells`, `published_variance`).
    """
    if not factors:
        raise InputError("The Geodetector needs at least one factor; none was given.")
    y = np.asarray(y, dtype=np.float64)
    columns = [np.asarray(column) for column in factors.values()]
    if ecosystems is not None:
        columns.append(np.asarray(ecosystems))
    valid = np.isfinite(y)
    for name, column in zip(list(factors) + ["ecosystems"], columns):
        if column.shape != y.shape:
            raise InputError("'{}' has shape {}, but Y has shape {}.".format(name, column.shape, y.shape))
        if column.dtype.kind == "f":
            valid &= np.isfinite(column)
    y = y[valid]
    if not y.size:
        raise InputError("No row has both Y and all factors ({} rows read).".format(valid.size))
    coded = [np.unique(column[valid], return_inverse=True) for column in columns]
    centre = float(y.mean())
    codes = [code for _, code in coded]
    counts = [len(labels) for labels, _ in coded]
    eco, n_eco, eco_names = None, 1, None
    if ecosystems is not None:
        eco, n_eco, eco_names = codes.pop(), counts.pop(), [str(label) for label in coded[-1][0]]
    moments = accumulate(codes, y - centre, eco, counts, n_eco)
    labels = [[str(label) for label in values] for values, _ in coded[: len(codes)]]
    result = factor_and_interaction(
        moments, list(factors), eco_names, centre=centre, stratum_names=labels, **options
    )
    missing = int(valid.size - y.size)
    if missing:
        note = "{} of {} rows left out: Y or a factor is missing there.".format(missing, valid.size)
        result = GeodetectorResult(**{**vars(result), "notes": (note,) + result.notes})
    return result


def interaction_type(q1: float, q2: float, q12: float, tolerance: float = TOLERANCE) -> Optional[str]:
    """Name of the interaction (Wang et al. 2010), from the q of two factors and of their crossing.

    `independent`: q12 = q1 + q2. `enhance_nonlinear`: q12 above the sum. `enhance_bivariate`: above the larger q, below
    the sum. `weaken_univariate`: between the two. `weaken_nonlinear`: below the smaller.

    Equality (within `tolerance`) is looked at first, so a factor with q = 0 that adds nothing is `independent`; q12
    equal to the larger or smaller q (a factor nested in the other) is `weaken_univariate`: the second one adds nothing.
    Crossing can only refine strata, so both `weaken` types arise only where small crossed strata are dropped.
    None where a q is NaN.
    """
    if np.isnan(q1) or np.isnan(q2) or np.isnan(q12):
        return None
    if abs(q12 - (q1 + q2)) <= tolerance:
        return "independent"
    if q12 > q1 + q2:
        return "enhance_nonlinear"
    if q12 > max(q1, q2) + tolerance:
        return "enhance_bivariate"
    return "weaken_univariate" if q12 >= min(q1, q2) - tolerance else "weaken_nonlinear"


@dataclass
class _Split:
    """Variance of Y within and between some strata, those below the minimum left out."""

    n: int
    strata: int
    one_cell_strata: int
    dropped: int
    sst: float
    ssw: float
    q: float
    kept: np.ndarray
    why: str = ""


def _split(sums: Sums, minimum: int, constant: bool) -> _Split:
    kept = sums.n >= max(1, minimum)
    count, y = sums.n[kept].astype(np.float64), sums.y[kept]
    n, y2 = int(sums.n[kept].sum()), float(sums.y2[kept].sum())
    split = _Split(
        n, int(kept.sum()), int((sums.n == 1).sum()), int(sums.n.sum()) - n, _NAN, _NAN, _NAN, kept
    )
    if n == 0:
        split.why = "no stratum has {} cells or more".format(minimum) if sums.n.any() else "it holds no valid cell"
        return split
    split.sst = y2 - float(y.sum()) ** 2 / n
    split.ssw = min(max(0.0, y2 - float((y * y / count).sum())), split.sst)
    if constant or not split.sst > _RESOLVED * y2:
        split.why = "Y is constant"
    elif split.strata == n:
        split.why = "each of its {} strata holds one cell".format(n)
    else:
        split.q = 0.0 if split.strata == 1 else 1.0 - split.ssw / split.sst
        return split
    split.ssw = _NAN
    return split


def _score_scope(moments, ecosystem, name, factor_names, options, notes) -> Scope:
    """Scores of one scope; what could not be computed goes into `notes`, or is refused if overall."""
    minimum, centre, published, tested = options
    total = moments.total.scope(ecosystem)
    n, y, y2 = int(total.n.sum()), float(total.y.sum()), float(total.y2.sum())
    constant = moments.is_constant(ecosystem)
    where = "overall" if ecosystem is None else "in '{}'".format(name)
    if n and constant:
        notes.append("Y is constant {} ({} cells): q is not defined there (NaN).".format(where, n))
    elif not n:
        notes.append("There is no valid cell {}: q is not defined there (NaN).".format(where))
    factors = []
    for i, factor in enumerate(factor_names):
        sums = moments.factors[i].scope(ecosystem)
        split = _split(sums, minimum, constant)
        if split.why and n and not constant:
            if ecosystem is None and split.why != "Y is constant":
                raise InputError(
                    "Factor '{}' cannot be analysed: {} ({} cells in all). Use fewer, larger classes{}.".format(
                        factor, split.why, n, " or a smaller minimum of cells per stratum" if minimum > 1 else ""
                    )
                )
            notes.append("q of '{}' is not defined {} (NaN): {}.".format(factor, where, split.why))
        elif split.strata == 1 and not split.why:
            notes.append("'{}' has one stratum {}: its q is 0.".format(factor, where))
        factors.append(_factor_score(factor, split))
        tested.append(None if split.why else _published_f(split, sums, centre, published))
    pairs = []
    for i, j in combinations(range(len(factor_names)), 2):
        split = _split(moments.pairs[(i, j)].scope(ecosystem), minimum, constant)
        if split.why and n and not constant:
            notes.append(
                "q of '{}' x '{}' is not defined {} (NaN): {}.".format(
                    factor_names[i], factor_names[j], where, split.why
                )
            )
        pairs.append(_pair_score(factors[i], factors[j], split))
    mean = y / n + centre if n else _NAN
    sd = 0.0 if constant else float(np.sqrt(max(0.0, y2 / n - (y / n) ** 2)))
    return Scope(name, n, mean, sd if n else _NAN, tuple(factors), tuple(pairs))


def _common(split: _Split) -> dict:
    adjusted = _NAN if split.why else tests.q_adjusted(split.q, split.n, split.strata)
    return dict(
        cells=split.n, strata=split.strata, one_cell_strata=split.one_cell_strata, dropped_cells=split.dropped,
        q_adj=adjusted, q_expected=tests.q_expected(split.n, split.strata),
        unreliable=bool(split.why) or tests.is_unreliable(split.n, split.strata),
    )  # fmt: skip


def _factor_score(factor: str, split: _Split) -> FactorScore:
    p_f = log_p_f = None
    if not split.why:
        log_p_f = tests.log_p_central(split.ssw / split.sst, split.q, split.n, split.strata)
        p_f = None if log_p_f is None else float(np.exp(log_p_f))
    return FactorScore(factor=factor, q=split.q, ssw=split.ssw, p_f=p_f, log_p_f=log_p_f, **_common(split))


def _published_f(split: _Split, sums: Sums, centre: float, published: str) -> Optional[tuple]:
    count = sums.n[split.kept]
    variance = split.sst / (split.n - 1 if published == "sample" else split.n)
    return tests.published_f(split.q, split.n, count, sums.y[split.kept] / count + centre, variance)


def _with_published_p(scopes: Sequence[Scope], tested: Sequence[Optional[tuple]]) -> Tuple[Scope, ...]:
    """The scopes with p_published of every factor: computed for all at once, which costs a fraction of one by one."""
    values = iter(tests.p_published(tested))
    return tuple(
        replace(scope, factors=tuple(replace(score, p_published=next(values)) for score in scope.factors))
        for scope in scopes
    )


def _pair_score(first: FactorScore, second: FactorScore, split: _Split) -> PairScore:
    kind = interaction_type(first.q, second.q, split.q)
    return PairScore(first.factor, second.factor, first.q, second.q, split.q, kind, **_common(split))


def _check_options(moments, names, ecosystems, minimum, published) -> None:
    if len(names) != len(moments.factors) or len(set(names)) != len(names):
        raise InputError(
            "{} different factor names are needed; found {}.".format(len(moments.factors), list(names))
        )
    if ecosystems and (len(ecosystems) != moments.ecosystems or OVERALL in ecosystems):
        raise InputError(
            "{} ecosystem names are needed, none of them '{}'; found {}.".format(
                moments.ecosystems, OVERALL, list(ecosystems)
            )
        )
    if minimum < 1:
        raise InputError("The minimum of cells per stratum must be 1 or more; found {}.".format(minimum))
    if published not in ("sample", "population"):
        raise InputError("The variance of p_published is 'sample' or 'population'; found '{}'.".format(published))
    if int(moments.total.n.sum()) == 0:
        raise InputError(
            "No cell has a value in Y and in all {} factors: check that the layers overlap and their nodata.".format(
                len(names)
            )
        )
