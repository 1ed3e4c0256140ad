"""Natural breaks (Fisher-Jenks): the classes with the smallest sum of squares within them, exactly.

The optimum over all partitions of sorted values x with weights w into k runs is a dynamic programme
(W. D. Fisher 1958, J. Am. Stat. Assoc. 53, 789-798):

    D_h[j] = min over i < j of D_(h-1)[i] + cost(i, j),    cost(i, j) = S2 - S1 ** 2 / W over x[i:j]

The best cut never moves left when j moves right, so a layer needs O(n log n) costs: the cut of the
middle j halves the search of the others. All j of one halving depth are searched in one numpy call.

Where there are many values, most cuts can be ruled out before any of them is tried. On a coarse grid of
positions a second programme that *leaves out* the grid step a cut falls in gives a lower bound of the cost
before and after every cut; a cut whose two bounds exceed the cost of a partition already known cannot be
part of the optimum. What remains are narrow windows, and the programme inside them is exact.

Exact means to double precision: it holds while no class lies more than about 1e5 of its own widths from the
median of the values (beyond, say two modes 1e6 deviations apart, the sum of squares may be 1e-4 above). One value
far outside (1e9 deviations) widens the windows: the result stays right and takes seconds for millions of values.
"""

from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from .errors import InputError

if TYPE_CHECKING:
    from .discretize import Distribution

DIRECT = 4096  # up to this many values the whole programme costs less than bounding it first
LONG_SEARCH = 1024  # mean length above which slices beat one gathered search

_Positions = Union[int, slice, np.ndarray]


class _Sums(NamedTuple):
    """Prefix sums of w, w x and w x^2 at the positions a class may start or end at."""

    weight: np.ndarray
    first: np.ndarray
    second: np.ndarray

    def at(self, positions: _Positions) -> "_Sums":
        return _Sums(self.weight[positions], self.first[positions], self.second[positions])

    def reversed(self) -> "_Sums":
        """The same values from the largest to the smallest (only differences are ever used)."""
        return _Sums(-self.weight[::-1], -self.first[::-1], -self.second[::-1])

    def between(self, start: _Positions, end: _Positions) -> np.ndarray:
        """Cost of one class from `start` to `end` (exclusive); 0 where it is empty."""
        weight, first = self.weight[end] - self.weight[start], self.first[end] - self.first[start]
        # Rounding may leave a cost just below 0; a cell weighs 1, so 0.5 stands only for an empty class.
        return np.maximum(self.second[end] - self.second[start] - first * first / np.maximum(weight, 0.5), 0.0)


def natural_breaks(distribution: "Distribution", k: int, name: Optional[str] = None) -> np.ndarray:
    """Upper bounds of the `k` classes with the smallest within-class sum of squares.

    Parameters
    ----------
    distribution
        Sorted distinct values, or fine bins, with their counts. The result is the exact optimum of what is
        given: build it with ``exact=True`` for the optimum of the raw values themselves.
    k
        Number of classes, 1 to the number of distinct values.
    name
        Name of the driver for messages.

    Returns
    -------
    numpy.ndarray
        float64, shape (k,), ascending; values that occur in the data, the last one the maximum. A bound
        belongs to the class below it.

    Raises
    ------
    InputError
        If `k` is below 1 or above the number of distinct values.
    """
    _check(distribution, k, name)
    return distribution.high[_Programme(distribution, k).cuts(k)[1:] - 1]


def natural_breaks_all(distribution: "Distribution", kmax: int, name: Optional[str] = None) -> Dict[int, np.ndarray]:
    """`natural_breaks` for every k from 2 to `kmax` from one run.

    Returns
    -------
    dict
        k -> float64 bounds, shape (k,). Stops at the number of distinct values where that is below `kmax`.
    """
    kmax = min(int(kmax), distribution.values.size)
    _check(distribution, kmax, name)
    programme = _Programme(distribution, kmax)
    return {k: distribution.high[programme.cuts(k)[1:] - 1] for k in range(2, kmax + 1)}


def _check(distribution: "Distribution", k: int, name: Optional[str]) -> None:
    distinct = distribution.values.size
    if not 1 <= k <= distinct:
        driver = "the driver" if name is None else f"driver '{name}'"
        raise InputError(f"{k} natural classes were asked for, but {driver} has {distinct} distinct values: "
                         f"ask for 2 to {distinct} classes.")


class _Programme:
    """The dynamic programme on one distribution, for every number of classes up to `kmax`."""

    def __init__(self, distribution: "Distribution", kmax: int):
        self._n = distribution.values.size
        self._sums = _prefix_sums(distribution.values, distribution.counts)
        self._windowed = self._n > DIRECT
        if self._windowed:
            self._grid = _grid(distribution.values, self._sums.weight, kmax)
            coarse, step = self._sums.at(self._grid), np.diff(self._grid)
            self._resume = _resume(step)
            self._before, self._coarse_cuts = _lower_bounds(coarse, self._resume, kmax)
            backward = _lower_bounds(coarse.reversed(), _resume(step[::-1]), kmax - 1)[0]
            self._after = [bound[::-1] for bound in backward]
            # Rounding must never rule out the optimum: each of the costs in a bound errs by a few units of the sums.
            span = float(self._sums.second[-1] - self._sums.second[0])
            self._slack = (4 * kmax + 16) * np.finfo(float).eps * span
        else:
            self._layers = _all_layers(self._sums, kmax)

    def cuts(self, k: int) -> np.ndarray:
        """Positions 0 = c_0 < c_1 < ... < c_k = n of the optimum with `k` classes."""
        if k == 1:
            return np.array([0, self._n])
        if self._windowed:
            return _in_windows(self._sums, self._windows(k))
        return _trace([(h, self._layers[h]) for h in range(2, k + 1)], self._n)

    def _windows(self, k: int) -> List[Tuple[int, int]]:
        """First and last position that the h-th cut, h = 1 ... k - 1, may take."""
        grid = self._grid
        known = self._known(_trace([(1, cut) for cut in self._coarse_cuts[:k - 1]], grid.size - 1))
        windows, floor = [], 0
        for h in range(1, k):
            bound = self._before[h - 1][:-1] + self._after[k - h - 1][self._resume]
            possible = np.flatnonzero(bound <= known + self._slack)
            low = max(int(grid[possible[0]]), floor + 1)
            high = min(int(grid[possible[-1] + 1]), self._n - (k - h))
            windows.append((low, high))
            floor = low
        return windows


    def _known(self, steps: np.ndarray) -> float:
        """Cost of a partition: every cut of the coarse programme at the best place within its step."""
        cuts = self._grid[steps]
        for h in range(1, cuts.size - 1):
            low, high = max(self._grid[steps[h]], cuts[h - 1]), min(self._grid[steps[h] + 1], cuts[h + 1])
            places = np.arange(low, high + 1)
            around = self._sums.between(cuts[h - 1], places) + self._sums.between(places, cuts[h + 1])
            cuts[h] = places[np.argmin(around)]
        return float(self._sums.between(cuts[:-1], cuts[1:]).sum())


def _prefix_sums(values: np.ndarray, counts: np.ndarray) -> _Sums:
    """Sums that start at the median, so that neither an offset nor an outlier drowns the bulk in rounding."""
    counts = counts.astype(np.float64)
    weight = np.concatenate(([0.0], np.cumsum(counts)))
    middle = min(int(np.searchsorted(weight, weight[-1] / 2)), values.size - 1)
    x = values - values[middle]
    x = np.ldexp(x, -int(np.frexp(np.abs(x[[0, -1]]).max())[1]))  # a power of two: exact, and squares cannot overflow
    moment = x * counts
    return _Sums(weight, _outward(moment, middle), _outward(moment * x, middle))


def _outward(terms: np.ndarray, middle: int) -> np.ndarray:
    """Prefix sums (n + 1) that are 0 at `middle` and grow to both sides."""
    return np.concatenate((-_cumulate(terms[:middle][::-1])[::-1], [0.0], _cumulate(terms[middle:])))


def _cumulate(terms: np.ndarray) -> np.ndarray:
    """Cumulative sum whose rounding errors are summed and given back (Knuth's two-sum on every step)."""
    if terms.size == 0:
        return terms.astype(np.float64)
    total = np.cumsum(terms)
    before = np.concatenate(([0.0], total[:-1]))
    added = total - before
    error = (before - (total - added)) + (terms - added)
    return total + np.cumsum(error)


def _grid(values: np.ndarray, weight: np.ndarray, kmax: int) -> np.ndarray:
    """Positions for the bounds: dense where leaving a step out would cost most.

    A step of w cells, left out at the edge of a class as wide as the optimum makes it (its width goes with the
    density ** -1/3, Panter and Dite 1951), costs w ** (1/3) * width ** (2/3) to the same power everywhere.
    """
    half = max(1024, min(8192, values.size // 64))
    fine = _mixed_positions(values, weight, 8 * half)
    cells, width = np.diff(weight[fine]), np.diff(values[np.minimum(fine, values.size - 1)])
    measure = np.concatenate(([0.0], np.cumsum(np.cbrt(cells * width * width))))
    by_cost = fine[np.searchsorted(measure, np.linspace(0.0, measure[-1], half + 1))]
    return np.union1d(by_cost, _mixed_positions(values, weight, half))


def _mixed_positions(values: np.ndarray, weight: np.ndarray, steps: int) -> np.ndarray:
    """0 ... n in about `steps` steps: half of them equal in cells, half in value."""
    by_count = np.searchsorted(weight, np.linspace(0.0, weight[-1], steps // 2 + 1))
    by_value = np.searchsorted(values, np.linspace(values[0], values[-1], steps // 2 + 1))
    return np.unique(np.concatenate((by_count, by_value, [0, values.size])))


def _resume(step: np.ndarray) -> np.ndarray:
    """Grid position where the next class starts for certain, for a cut in each step.

    A cut in a step of several positions may be inside it; in a step of one it is at its start.
    """
    return np.arange(step.size) + (step > 1)


def _all_layers(sums: _Sums, kmax: int) -> Dict[int, np.ndarray]:
    """Best last cut of h classes that end at j, for h = 2 ... kmax: arrays that start at j = h."""
    n = sums.weight.size - 1
    cost, cuts = sums.between(0, np.arange(1, n + 1)), {}
    for h in range(2, kmax + 1):
        cost, cuts[h] = _layer(sums.at(slice(h - 1, n)), cost[:n - h + 1], h - 1, sums, h, n)
    return cuts


def _lower_bounds(sums: _Sums, resume: np.ndarray, kmax: int) -> Tuple[List[np.ndarray], List[np.ndarray]]:
    """For h = 1 ... kmax: less than h classes before each grid position can cost, and the cuts of h >= 2.

    A cut inside a step leaves that step out of both classes, which can only lower the cost.
    """
    last = sums.weight.size - 1
    bounds, cuts = [sums.between(0, np.arange(last + 1))], []
    for _ in range(2, kmax + 1):
        cost, cut = _layer(sums.at(resume), bounds[-1][:-1], 0, sums, 1, last)
        bounds.append(np.concatenate(([0.0], cost)))
        cuts.append(cut)
    return bounds, cuts


def _in_windows(sums: _Sums, windows: List[Tuple[int, int]]) -> np.ndarray:
    """The programme with every cut confined to its window."""
    n = sums.weight.size - 1
    start, stop = windows[0]
    cost, layers = sums.between(0, np.arange(start, stop + 1)), []
    for low, high in windows[1:] + [(n, n)]:
        cost, cut = _layer(sums.at(slice(start, start + cost.size)), cost, start, sums, low, high)
        layers.append((low, cut))
        start = low
    return _trace(layers, n)


def _trace(layers: List[Tuple[int, np.ndarray]], end: int) -> np.ndarray:
    """Cuts from the last layer back to the first; a layer is (its first end position, its cuts)."""
    cuts = [end]
    for low, cut in reversed(layers):
        cuts.append(int(cut[max(cuts[-1] - low, 0)]))
    return np.array([0] + cuts[::-1])


def _layer(starts: _Sums, previous: np.ndarray, start: int, sums: _Sums, low: int,
           high: int) -> Tuple[np.ndarray, np.ndarray]:
    """One layer of the programme: ends `low` ... `high`, cuts from `start` on (`start` < `low`).

    Parameters
    ----------
    starts
        Sums at the start of the new class for a cut at `start`, `start` + 1, ...
    previous
        Cost of the classes before these cuts.

    Returns
    -------
    tuple
        Cost and best cut for each end; of equal cuts the first.
    """
    base = previous - starts.second
    size = high - low + 1
    cost, cut = np.empty(size + 1), np.zeros(size + 1, dtype=np.int64)  # entry 0: left of all ends
    stride = 1 << (size.bit_length() - 1)
    while stride:
        nodes = np.arange(stride, size + 1, 2 * stride)
        ends = nodes + (low - 1)
        left = cut[nodes - stride]
        right = np.full(nodes.size, previous.size - 1)
        inner = nodes + stride <= size
        right[inner] = cut[nodes[inner] + stride]
        right = np.minimum(right, ends - (1 + start))
        least, cut[nodes] = _search(base, starts, sums.at(ends), left, right)
        cost[nodes] = least + sums.second[ends]
        stride >>= 1
    return np.maximum(cost[1:], 0.0), cut[1:] + start


def _search(base: np.ndarray, starts: _Sums, ends: _Sums, left: np.ndarray,
            right: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Smallest base[i] - S1^2 / W for i in left ... right of every end, and its first i."""
    length = right - left + 1
    stop = np.cumsum(length)
    if stop[-1] > LONG_SEARCH * length.size:
        return _search_slices(base, starts, ends, left, right)
    begin = stop - length
    index = np.arange(stop[-1]) + np.repeat(left - begin, length)
    first = np.repeat(ends.first, length)
    first -= starts.first[index]
    weight = np.repeat(ends.weight, length)
    weight -= starts.weight[index]
    value = base[index] - _gain(first, weight)
    least = np.minimum.reduceat(value, begin)
    hits = np.flatnonzero(value == np.repeat(least, length))
    return least, index[hits[np.searchsorted(hits, begin)]]


def _search_slices(base: np.ndarray, starts: _Sums, ends: _Sums, left: np.ndarray,
                   right: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """`_search` for few ends with long searches each: views instead of gathered copies."""
    least, found = np.empty(left.size), np.empty(left.size, dtype=np.int64)
    for node, (low, high) in enumerate(zip(left.tolist(), (right + 1).tolist())):
        value = base[low:high] - _gain(ends.first[node] - starts.first[low:high],
                                       ends.weight[node] - starts.weight[low:high])
        best = int(np.argmin(value))
        least[node], found[node] = value[best], low + best
    return least, found


def _gain(first: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """S1^2 / W in place; 0 for the empty class that a step left out may leave (a cell weighs 1)."""
    first *= first
    first /= np.maximum(weight, 0.5, out=weight)
    return first
