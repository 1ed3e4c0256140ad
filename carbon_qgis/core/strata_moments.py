"""Counts and sums by stratum, crossed stratum and ecosystem: all that the Geodetector needs of the data.

The q statistic (Wang et al. 2010; eq. 7 of the Xinjiang paper) is a function of the number
of cells and the sum of Y in each stratum. These add over blocks, so a raster of any size is one streaming pass.

How one pass serves every pair of factors: a few *joint tables* of several factors (and the ecosystem) are counted,
chosen so that each pair is inside one of them; a pair is then a marginal of its table. Crossed strata are numbered
in mixed radix, never joined as text, so ("1", "11") and ("11", "1") stay apart. A table is kept small enough to stay
in the processor's cache, which is what makes counting fast.
"""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError

#: Cells counted at a time. Bounds the working memory (about 12 MB), and keeps the codes of a sub-block in cache.
SUB_BLOCK = 1 << 18
#: Bins of a joint table of three or more factors: 80,000 float64 are 640 kB, inside a second-level cache.
MAX_TABLE_BINS = 80_000
#: Bins of all pairs together. Beyond it (about 1 GB of sums) a factor is a continuous variable, not a classification.
MAX_PAIR_BINS = 50_000_000

Pair = Tuple[int, int]


@dataclass
class Sums:
    """Number of cells, sum of Y and sum of Y squared in each bin; three arrays of one shape.

    `n` is int64, `y` and `y2` are float64. The first axis is the ecosystem.
    """

    n: np.ndarray
    y: np.ndarray
    y2: np.ndarray

    @classmethod
    def zeros(cls, shape: Tuple[int, ...]) -> "Sums":
        """Nothing counted yet."""
        return cls(np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape))

    def __iadd__(self, other: "Sums") -> "Sums":
        self.n += other.n
        self.y += other.y
        self.y2 += other.y2
        return self

    def summed(self, axes: Tuple[int, ...]) -> "Sums":
        """The marginal over `axes`."""
        return Sums(self.n.sum(axis=axes), self.y.sum(axis=axes), self.y2.sum(axis=axes))

    def scope(self, ecosystem: Optional[int]) -> "Sums":
        """One ecosystem, or all of them together (None), as flat arrays of strata."""
        if ecosystem is None:
            part = self.summed((0,))
        else:
            part = Sums(self.n[ecosystem], self.y[ecosystem], self.y2[ecosystem])
        return Sums(np.ravel(part.n), np.ravel(part.y), np.ravel(part.y2))


@dataclass
class Moments:
    """Additive statistics of one block or of a whole region.

    Attributes
    ----------
    total : Sums, shape (E,)
        By ecosystem.
    factors : list of F Sums, shape (E, K_i)
        By ecosystem and stratum of each factor.
    pairs : dict (i, j), i < j, to Sums, shape (E, K_i, K_j)
        By ecosystem and crossed stratum.
    first, varies : arrays of shape (E,)
        A value of Y seen in each ecosystem (NaN: none yet), and whether another value was seen too. A constant Y is
        recognised by these, exactly; the difference of two rounded sums would call it variance.
    """

    total: Sums
    factors: List[Sums]
    pairs: Dict[Pair, Sums] = field(default_factory=dict)
    first: np.ndarray = field(default_factory=lambda: np.full(1, np.nan))
    varies: np.ndarray = field(default_factory=lambda: np.zeros(1, bool))

    @classmethod
    def zeros(cls, class_counts: Sequence[int], ecosystems: int = 1) -> "Moments":
        """Moments of no cell at all, for factors of `class_counts` strata and `ecosystems` (>= 1) ecosystems.

        Raises
        ------
        InputError
            If a count is below 1, or the crossed strata are too many to be held.
        """
        counts = _checked_counts(class_counts, ecosystems)
        return cls(
            total=Sums.zeros((ecosystems,)),
            factors=[Sums.zeros((ecosystems, k)) for k in counts],
            pairs={
                (i, j): Sums.zeros((ecosystems, counts[i], counts[j])) for i, j in combinations(range(len(counts)), 2)
            },
            first=np.full(ecosystems, np.nan),
            varies=np.zeros(ecosystems, bool),
        )

    @property
    def class_counts(self) -> Tuple[int, ...]:
        """Number of stratum codes of each factor, whether used or not."""
        return tuple(part.n.shape[1] for part in self.factors)

    @property
    def ecosystems(self) -> int:
        """Number of ecosystems (1: no division)."""
        return int(self.total.n.shape[0])

    def __iadd__(self, other: "Moments") -> "Moments":
        if (self.class_counts, self.ecosystems) != (other.class_counts, other.ecosystems):
            raise InputError(
                "Moments of different factors cannot be added: strata {} in {} ecosystem(s), and {} in {}.".format(
                    list(self.class_counts), self.ecosystems, list(other.class_counts), other.ecosystems
                )
            )
        self.total += other.total
        for mine, theirs in zip(self.factors, other.factors):
            mine += theirs
        for key, mine in self.pairs.items():
            mine += other.pairs[key]
        both = ~np.isnan(self.first) & ~np.isnan(other.first)
        self.varies |= other.varies | (both & (self.first != other.first))
        self.first = np.where(np.isnan(self.first), other.first, self.first)
        return self

    def __add__(self, other: "Moments") -> "Moments":
        result = Moments.zeros(self.class_counts, self.ecosystems)
        result += self
        result += other
        return result

    def is_constant(self, ecosystem: Optional[int] = None) -> bool:
        """Whether Y has one value only in an ecosystem, or overall (None). True for no cell."""
        if ecosystem is not None:
            return not bool(self.varies[ecosystem])
        seen = self.first[~np.isnan(self.first)]
        return not bool(self.varies.any()) and bool((seen == seen[:1]).all())


def accumulate(
    codes: Sequence[np.ndarray],
    y_centred: np.ndarray,
    ecosystems: Optional[np.ndarray],
    class_counts: Sequence[int],
    n_ecosystems: int = 1,
) -> Moments:
    """Count one block (or table) of valid cells.

    Parameters
    ----------
    codes : F integer arrays of shape (n,), best uint8
        Stratum of each cell for each factor, 0 .. class_counts[i] - 1. One mask for all factors has been applied.
    y_centred : float array of shape (n,)
        Y minus a constant near its mean, the same constant for all blocks: sums of squares keep their digits then.
    ecosystems : integer array of shape (n,), or None
        Ecosystem of each cell, 0 .. n_ecosystems - 1; None puts every cell into ecosystem 0.
    class_counts : F integers
    n_ecosystems : int

    Returns
    -------
    Moments

    Raises
    ------
    InputError
        Arrays of unequal length, a code outside its range, Y that is not finite, or too many crossed strata.
    """
    result = Moments.zeros(class_counts, n_ecosystems)
    counts = result.class_counts
    y = np.ascontiguousarray(y_centred, dtype=np.float64)
    _check_arrays(codes, y, ecosystems, counts, n_ecosystems)
    if y.size == 0:
        return result
    tables = plan_tables(counts, n_ecosystems)
    sums = [Sums.zeros((n_ecosystems * int(np.prod([counts[i] for i in table])),)) for table in tables]
    for start in range(0, y.size, SUB_BLOCK):
        part = slice(start, start + SUB_BLOCK)
        eco = None if ecosystems is None else ecosystems[part]
        weights = y[part]
        squares = weights * weights
        for table, into in zip(tables, sums):
            bins = _mixed_radix(codes, table, counts, part, eco, into.n.size)
            into.n += np.bincount(bins, minlength=into.n.size)
            into.y += np.bincount(bins, weights, minlength=into.n.size)
            into.y2 += np.bincount(bins, squares, minlength=into.n.size)
        _watch_variation(result, weights, eco)
    _fill(result, tables, sums)
    if not np.isfinite(result.total.y2).all():
        raise InputError(
            "Y holds {} value(s) that are not finite (NaN or infinite) or too large to square. "
            "Mask these cells for Y and all factors before counting.".format(int((~np.isfinite(y * y)).sum()))
        )
    return result


def plan_tables(class_counts: Sequence[int], n_ecosystems: int = 1) -> List[Tuple[int, ...]]:
    """Groups of factors counted together, so that every pair (or the only factor) is inside one group.

    Greedy: take the first pair that is still missing, then add the factor that brings most missing pairs, until
    `MAX_TABLE_BINS` would be passed. Six factors of ten strata need three tables of four factors.
    """
    factors = range(len(class_counts))
    if len(class_counts) == 1:
        return [(0,)]
    missing = set(combinations(factors, 2))
    tables = []
    while missing:
        group = list(min(missing))
        bins = n_ecosystems * class_counts[group[0]] * class_counts[group[1]]
        while True:
            gains = [
                (sum(tuple(sorted((i, j))) in missing for j in group), -class_counts[i], -i)
                for i in factors
                if i not in group and bins * class_counts[i] <= MAX_TABLE_BINS
            ]
            if not gains or max(gains)[0] == 0:
                break
            best = -max(gains)[2]
            group.append(best)
            bins *= class_counts[best]
        table = tuple(sorted(group))
        missing -= set(combinations(table, 2))
        tables.append(table)
    return tables


def _mixed_radix(
    codes: Sequence[np.ndarray],
    table: Tuple[int, ...],
    counts: Sequence[int],
    part: slice,
    eco: Optional[np.ndarray],
    size: int,
) -> np.ndarray:
    """Bin of each cell in a joint table, row-major over (ecosystem, factors of the table); intp, shape (n,)."""
    # The narrowest type that holds every bin: the arithmetic is bound by memory traffic.
    dtype = np.uint16 if size <= 1 << 16 else np.uint32
    head = codes[table[0]][part].astype(dtype)
    if eco is not None:
        head += eco.astype(dtype) * dtype(counts[table[0]])
    for i in table[1:]:
        head *= dtype(counts[i])
        head += codes[i][part].astype(dtype, copy=False)
    # bincount would convert at each of its three calls.
    return head.astype(np.intp)


def _watch_variation(result: Moments, y: np.ndarray, eco: Optional[np.ndarray]) -> None:
    """Note in which ecosystems Y takes more than one value; an ecosystem that varies is not looked at again."""
    for e in np.flatnonzero(~result.varies):
        values = y if eco is None else y[eco == e]
        if eco is None and e > 0:
            break
        if values.size:
            first = values[0] if np.isnan(result.first[e]) else result.first[e]
            result.first[e] = first
            result.varies[e] = bool((values != first).any())


def _fill(result: Moments, tables: Sequence[Tuple[int, ...]], sums: Sequence[Sums]) -> None:
    """Marginals of the joint tables: every pair from the first table that holds it, then factors, then totals."""
    counts = result.class_counts
    done = set()
    for table, flat in zip(tables, sums):
        shape = (result.ecosystems,) + tuple(counts[i] for i in table)
        cube = Sums(flat.n.reshape(shape), flat.y.reshape(shape), flat.y2.reshape(shape))
        for i, j in combinations(table, 2):
            if (i, j) not in done:
                done.add((i, j))
                others = tuple(axis for axis, k in enumerate(table, start=1) if k not in (i, j))
                result.pairs[(i, j)] += cube.summed(others)
        for axis, i in enumerate(table, start=1):
            if i not in done:
                done.add(i)
                result.factors[i] += cube.summed(tuple(a for a in range(1, len(shape)) if a != axis))
    result.total += result.factors[0].summed((1,))


def _checked_counts(class_counts: Sequence[int], ecosystems: int) -> List[int]:
    counts = [int(k) for k in class_counts]
    if not counts:
        raise InputError("The Geodetector needs at least one factor; none was given.")
    if min(counts) < 1 or ecosystems < 1:
        raise InputError(
            "Each factor needs at least one stratum and there must be at least one ecosystem; "
            "found strata {} and {} ecosystem(s).".format(counts, ecosystems)
        )
    bins = ecosystems * (sum(a * b for a, b in combinations(counts, 2)) + sum(counts))
    if bins > MAX_PAIR_BINS:
        raise InputError(
            "Strata {} in {} ecosystem(s) make {:,} crossed strata, more than {:,}. Class the factors first "
            "(10 natural-breaks classes are usual), or use fewer factors.".format(
                counts, ecosystems, bins, MAX_PAIR_BINS
            )
        )
    return counts


def _check_arrays(
    codes: Sequence[np.ndarray],
    y: np.ndarray,
    ecosystems: Optional[np.ndarray],
    counts: Sequence[int],
    n_ecosystems: int,
) -> None:
    if len(codes) != len(counts):
        raise InputError("{} factor arrays were given for {} class counts.".format(len(codes), len(counts)))
    if y.ndim != 1:
        raise InputError("Y must be one-dimensional (valid cells only); found shape {}.".format(y.shape))
    named = [("Factor {}".format(i + 1), code, k) for i, (code, k) in enumerate(zip(codes, counts))]
    if ecosystems is not None:
        named.append(("The ecosystem array", ecosystems, n_ecosystems))
    for name, code, k in named:
        if code.shape != y.shape:
            raise InputError("{} has shape {}, but Y has shape {}.".format(name, code.shape, y.shape))
        if code.dtype.kind not in "ui":
            raise InputError("{} must hold integer codes; found {}.".format(name, code.dtype))
        if code.size and (int(code.min()) < 0 or int(code.max()) >= k):
            raise InputError(
                "{} holds codes {} to {}, but its codes must be 0 to {}. Recode the strata, and mask nodata "
                "before counting.".format(name, int(code.min()), int(code.max()), k - 1)
            )
