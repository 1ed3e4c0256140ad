"""The Geodetector's result as tables: factors, interactions, ecological detector, stratum means, risk detector.

Missing values are None with a reason beside them; a unit of Y, where one is known, is in the column's name.
"""

from itertools import combinations
from typing import Iterator, Optional

import numpy as np

from . import geodetector_tests as tests
from .geodetector import INTERACTION_TYPES, GeodetectorResult
from .results import Column, Table
from .strata_moments import Sums

#: A share within strata below this is rounding: the factor leaves nothing unexplained.
_RESOLVED = 1e-12


def factor_table(result: GeodetectorResult) -> Table:
    """Factor detector, one row per scope and factor."""
    columns = (
        _text("ecosystem"), _text("factor"), _number("q", "share of the variance of Y explained, 0 to 1"),
        _number("q_adj", "q less what that many strata explain by chance"),
        _number("p_F", "central F test: for judging"), _number("log10_p_F", "also where p_F is below 1e-308"),
        _number("p_published", "non-central F test of the original software: for matching published numbers"),
        _count("strata"), _count("cells"), _count("one_cell_strata"), _count("dropped_cells"),
        _number("q_expected", "q expected from chance alone"), _text("reliable", "yes: q_expected is at most 0.05"),
    )  # fmt: skip
    rows = [
        (scope.name, s.factor, _or_none(s.q), _or_none(s.q_adj), s.p_f,
         None if s.log_p_f is None or np.isinf(s.log_p_f) else s.log_p_f / np.log(10.0), s.p_published,
         s.strata, s.cells, s.one_cell_strata, s.dropped_cells, _or_none(s.q_expected), _yes(not s.unreliable))
        for scope in result.scopes for s in scope.factors
    ]  # fmt: skip
    return Table("Factor detector", columns, rows)


def interaction_table(result: GeodetectorResult) -> Table:
    """Interaction detector, one row per scope and pair of factors."""
    columns = (
        _text("ecosystem"), _text("factor_1"), _text("factor_2"), _number("q_1"), _number("q_2"),
        _number("q_12", "share of the variance of Y explained by the crossed strata"),
        _text("type", ", ".join(INTERACTION_TYPES)), _number("q_12_adj"), _count("strata"), _count("cells"),
        _count("one_cell_strata"), _count("dropped_cells"), _number("q_expected"), _text("reliable"),
    )  # fmt: skip
    rows = [
        (scope.name, s.first, s.second, _or_none(s.q1), _or_none(s.q2), _or_none(s.q12), s.kind,
         _or_none(s.q_adj), s.strata, s.cells, s.one_cell_strata, s.dropped_cells, _or_none(s.q_expected),
         _yes(not s.unreliable))
        for scope in result.scopes for s in scope.pairs
    ]  # fmt: skip
    return Table("Interaction detector", columns, rows)


def ecological_table(result: GeodetectorResult, alpha: float = 0.05) -> Table:
    """Ecological detector (see `geodetector_tests.ecological_tests`), one row per scope and pair of factors."""
    columns = (
        _text("ecosystem"), _text("factor_1"), _text("factor_2"), _number("F"), _number("p_two_sided"),
        _text("significant", "p_two_sided is below {:g}".format(alpha)), _text("explains_more"),
        _number("p_published", "upper tail, as in the original software"), _text("significant_published"),
        _text("reason", "why there is no test"),
    )  # fmt: skip
    pairs = [
        (scope, a, b) for scope in result.scopes for a, b in combinations(scope.factors, 2)
    ]
    # A rest that is rounding only counts as none.
    rest = [[s.ssw if not s.q >= 1.0 - _RESOLVED else 0.0 for s in pair[1:]] for pair in pairs]
    test = tests.ecological_tests(
        np.array([a.cells for _, a, _ in pairs]), np.array([r[0] for r in rest]),
        np.array([b.cells for _, _, b in pairs]), np.array([r[1] for r in rest]),
    )  # fmt: skip
    rows = []
    for k, (scope, a, b) in enumerate(pairs):
        two, one = test.p_two_sided[k], test.p_published[k]
        more = None if np.isnan(a.q) or np.isnan(b.q) or a.q == b.q else (a.factor if a.q > b.q else b.factor)
        rows.append(
            (scope.name, a.factor, b.factor, _or_none(test.f[k]), _or_none(two), _below(two, alpha), more,
             _or_none(one), _below(one, alpha), test.reason[k] or None)
        )  # fmt: skip
    return Table("Ecological detector", columns, rows)


def stratum_table(result: GeodetectorResult, unit: str = "") -> Table:
    """Risk detector, first half: cells, mean and sample sd of Y of each stratum that holds cells."""
    end = " ({})".format(unit) if unit else ""
    columns = (
        _text("ecosystem"), _text("factor"), _text("stratum"), _count("cells"), _number("mean" + end),
        _number("sd" + end, "sample standard deviation; empty for one cell"),
    )  # fmt: skip
    rows = [
        (scope, factor, name, int(n), float(mean + result.centre), _or_none(np.sqrt(var)))
        for scope, factor, names, count, means, variance in _strata(result)
        for name, n, mean, var in zip(names, count, means, variance)
    ]
    return Table("Stratum means", columns, rows)


def risk_table(result: GeodetectorResult, unit: str = "", alpha: float = 0.05) -> Table:
    """Risk detector, second half: Welch's t between the strata of each factor, one row per pair of strata."""
    columns = (
        _text("ecosystem"), _text("factor"), _text("stratum_1"), _text("stratum_2"),
        _number("difference" + (" ({})".format(unit) if unit else ""), "mean of stratum 1 minus mean of stratum 2"),
        _number("t"), _number("df"), _number("p", "two-sided, not corrected for the number of pairs"),
        _text("significant", "p is below {:g}".format(alpha)), _text("reason", "why there is no test"),
    )  # fmt: skip
    rows = []
    for scope, factor, names, count, means, variance in _strata(result):
        test = tests.welch_tests(count, means, variance)
        for k, (i, j) in enumerate(zip(test.first, test.second)):
            rows.append(
                (scope, factor, names[i], names[j], float(means[i] - means[j]), _or_none(test.t[k]),
                 _or_none(test.df[k]), _or_none(test.p[k]), _below(test.p[k], alpha), test.reason[k] or None)
            )  # fmt: skip
    return Table("Risk detector", columns, rows)


def _strata(result: GeodetectorResult) -> Iterator[tuple]:
    for position, scope in enumerate(result.scopes):
        for i, factor in enumerate(result.factor_names):
            sums = result.moments.factors[i].scope(None if position == 0 else position - 1)
            used = np.flatnonzero(sums.n)
            means, variance = tests.stratum_statistics(Sums(sums.n[used], sums.y[used], sums.y2[used]))
            names = [result.stratum_names[i][k] if result.stratum_names else str(k) for k in used]
            yield scope.name, factor, names, sums.n[used], means, variance


def _text(name: str, description: str = "") -> Column:
    return Column(name, "text", description)


def _number(name: str, description: str = "") -> Column:
    return Column(name, "number", description)


def _count(name: str, description: str = "") -> Column:
    return Column(name, "integer", description)


def _or_none(value: float) -> Optional[float]:
    return None if np.isnan(value) else float(value)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _below(p: float, alpha: float) -> Optional[str]:
    return None if np.isnan(p) else _yes(p < alpha)
