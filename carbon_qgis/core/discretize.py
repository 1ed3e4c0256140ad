"""Classes of a continuous driver: the distribution of its values, and the bounds of the classes.

A class is named by its upper bound, and the upper bound belongs to it: class 0 holds x <= breaks[0], class h
holds breaks[h - 1] < x <= breaks[h]. Bounds come as an ascending float64 array whose last entry is the maximum.
"""

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import numpy as np

from .errors import InputError
from .natural_breaks import natural_breaks

METHODS = ("natural", "quantile", "equal", "geometric", "sd")
MAX_CLASSES = 255  # codes and the code of nodata fit one byte
MAX_BINS = 65536
LARGEST = 1e150  # squares of larger values, and sums of them, are beyond float64
_BLOCK = 1 << 16  # cells whose values and codes stay in the processor's cache


@dataclass(frozen=True)
class Distribution:
    """Sorted distinct values of a driver, or the cells of its fine histogram.

    Attributes
    ----------
    values
        float64, shape (n,), ascending: distinct values, or the mean of the values in each bin.
    counts
        int64, shape (n,): cells with each value.
    low, high
        float64, shape (n,): smallest and largest value in each bin; equal to `values` where they are distinct
        values. Class bounds are taken from `high`, so they occur in the data.
    sum_y, sst
        float64, shape (n,): sum of centred Y over the cells of each value, and the sum of squares of Y about its
        mean; None without Y.
    """

    values: np.ndarray
    counts: np.ndarray
    low: np.ndarray
    high: np.ndarray
    sum_y: Optional[np.ndarray] = None
    sst: Optional[float] = None

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(self.counts.sum())

    @property
    def minimum(self) -> float:
        return float(self.low[0])

    @property
    def maximum(self) -> float:
        return float(self.high[-1])

    @property
    def exact(self) -> bool:
        """True where every entry is one value, not a bin of several."""
        return bool((self.low == self.high).all())

    @property
    def mean(self) -> float:
        return float(np.average(self.values, weights=self.counts))

    @property
    def sd(self) -> float:
        """Population standard deviation (of the bin means where bins are used)."""
        return float(np.sqrt(np.average((self.values - self.mean) ** 2, weights=self.counts)))

    @classmethod
    def from_values(cls, x: np.ndarray, y: Optional[np.ndarray] = None, max_bins: int = MAX_BINS,
                    exact: bool = False, name: Optional[str] = None) -> "Distribution":
        """Distribution of the valid values of `x`, any shape.

        Parameters
        ----------
        x
            Values of the driver; NaN is dropped, with its `y`.
        y
            Same shape, what the driver is to explain; its NaN are dropped too. The sums are of y minus its mean.
        max_bins, exact
            Distinct values are kept if there are `max_bins` of them at most, or if `exact`; else they go into
            `max_bins` mixed bins (`mixed_edges`).
        name
            Name of the driver for messages, here and in all functions below.

        Raises `InputError` if no value is valid, one is infinite or beyond 1e150, or the shapes differ.
        """
        x, y = _valid(x, y, name)
        _check_not_empty(x, name)
        if y is not None:
            y = np.zeros(y.size) if y.min() == y.max() else y - y.mean()  # a constant's mean may round
        x, y, sst = _sorted(x, y)
        first = np.concatenate(([0], np.flatnonzero(x[1:] != x[:-1]) + 1))
        if not exact and first.size > max_bins:
            first = np.unique(np.searchsorted(x, _edges_of_sorted(x[0], x[-1], x, max_bins)[:-1], side="right"))
            first = np.union1d(first[first < x.size], [0])
        counts, low, high, sum_x, sum_y = _bins_of_sorted(x, y, first)
        # Rounding may push a mean neither out of its bin nor away from a single value.
        return cls(np.clip(sum_x / counts, low, high), counts, low, high, sum_y, sst)


class HistogramBuilder:
    """The distribution of rasters too big to hold: add block after block, merge, in any order.

    `edges` are ascending (`mixed_edges`). A bin holds its upper edge; the outer bins hold what lies beyond too.
    """

    def __init__(self, edges: np.ndarray):
        self.edges = np.asarray(edges, dtype=np.float64)
        if self.edges.ndim != 1 or self.edges.size < 2 or not (np.diff(self.edges) > 0).all():
            raise InputError("Bin edges must be at least two ascending numbers.")
        bins = self.edges.size - 1
        self.counts = np.zeros(bins, dtype=np.int64)
        self.low, self.high = np.full(bins, np.inf), np.full(bins, -np.inf)
        self._offset = np.zeros(bins)  # sum of x minus the lower edge: small numbers, so little rounding
        self._sum_y = np.zeros(bins)
        self._square_y, self._with_y = 0.0, None

    def add(self, x: np.ndarray, y: Optional[np.ndarray] = None, name: Optional[str] = None) -> None:
        """Add a block of values, and of centred y in every call or in none; pairs with NaN are dropped."""
        self._expect_y(y is not None)
        x, y = _valid(x, y, name)
        if x.size == 0:
            return
        x, y, square = _sorted(x, y)
        start = np.concatenate(([0], np.searchsorted(x, self.edges[1:-1], side="right"), [x.size]))
        used = np.flatnonzero(start[1:] > start[:-1])
        counts, low, high, sum_x, sum_y = _bins_of_sorted(x, y, start[used])
        self.counts[used] += counts
        self.low[used] = np.minimum(self.low[used], low)
        self.high[used] = np.maximum(self.high[used], high)
        self._offset[used] += sum_x - counts * self.edges[used]
        if sum_y is not None:
            self._sum_y[used] += sum_y
            self._square_y += square

    def merge(self, other: "HistogramBuilder") -> None:
        """Add what another builder with the same edges has seen."""
        if not np.array_equal(self.edges, other.edges):
            raise InputError("Histograms with different bin edges cannot be merged: build both with the same edges.")
        self._expect_y(other._with_y)
        self.counts += other.counts
        self.low, self.high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        self._offset += other._offset
        self._sum_y += other._sum_y
        self._square_y += other._square_y

    def distribution(self, name: Optional[str] = None) -> Distribution:
        """Everything seen so far; empty bins are left out."""
        used = np.flatnonzero(self.counts)
        _check_not_empty(used, name)
        counts, low, high = self.counts[used], self.low[used], self.high[used]
        values = np.clip(self.edges[used] + self._offset[used] / counts, low, high)
        if not self._with_y:
            return Distribution(values, counts, low, high)
        sst = float(self._square_y - self._sum_y.sum() ** 2 / counts.sum())
        sst = sst if sst > 1e-13 * self._square_y else 0.0  # what is left of a constant is rounding
        return Distribution(values, counts, low, high, self._sum_y[used], sst)

    def _expect_y(self, with_y: Optional[bool]) -> None:
        if None not in (with_y, self._with_y) and self._with_y != with_y:
            raise InputError("Y must come with every block of a histogram or with none.")
        self._with_y = self._with_y if with_y is None else with_y


def mixed_edges(minimum: float, maximum: float, sample: np.ndarray, bins: int = MAX_BINS) -> np.ndarray:
    """Edges of at most `bins` bins from `minimum` to `maximum`, of three kinds.

    A quarter equal in width, which keeps outliers apart; a quarter equal in cells of a sample, for the bulk; and
    half as dense as the classes of natural breaks would be (density ** 1/3, Panter and Dite 1951), without which
    heavy tails cost up to 1e-4 of the optimal sum of squares; with it, natural breaks are within 1e-6.
    Raises `InputError` if the limits are not finite, not ascending, or larger than can be computed with.
    """
    if not -np.inf < minimum < maximum < np.inf:
        raise InputError(f"A histogram from {minimum} to {maximum} is not possible: give two finite, ascending limits.")
    _check_size("A driver", minimum, maximum)
    sample = np.asarray(sample).ravel()
    sample = np.sort(sample[(sample >= minimum) & (sample <= maximum)])
    return _edges_of_sorted(minimum, maximum, sample, bins)


def classify(x: np.ndarray, breaks: np.ndarray) -> np.ndarray:
    """Class codes 0 ... k - 1 of `x`, any shape; k where `x` is NaN. Values above the last bound get k - 1.

    Same as ``np.searchsorted(breaks[:-1], x, side="left")``, by comparisons: quicker for few classes. The codes
    have the shape of `x` and are uint8, or uint16 where k is above 255.
    """
    x, breaks = np.asarray(x), np.asarray(breaks, dtype=np.float64)
    k = breaks.size
    codes = np.zeros(x.shape, dtype=np.uint8 if k <= MAX_CLASSES else np.uint16)
    flat, out = np.ascontiguousarray(x).reshape(-1), codes.reshape(-1)
    if flat.dtype not in (np.float32, np.float64):
        flat = flat.astype(np.float64, copy=False)
    inner = _largest_at_most(breaks[:-1], flat.dtype)
    for start in range(0, flat.size, _BLOCK):
        block, code = flat[start:start + _BLOCK], out[start:start + _BLOCK]
        if k > MAX_CLASSES:
            code[:] = np.searchsorted(inner, block, side="left")
        else:
            for bound in inner:
                code += block > bound
        missing = np.isnan(block)
        if missing.any():
            code[missing] = k
    return codes


def breaks(distribution: Distribution, method: str, k: Optional[int], given: Optional[Sequence[float]] = None,
           name: Optional[str] = None) -> np.ndarray:
    """Upper bounds of the classes of a driver.

    Parameters
    ----------
    method
        - ``natural``: the smallest sum of squares within the classes (Fisher-Jenks, exact).
        - ``quantile``: bound i is the smallest value with at least i / k of the cells at or below it.
        - ``equal``: min + (max - min) i / k.
        - ``geometric``: min (max / min) ** (i / k) where all values have one sign; where zero lies among them the
          values are first shifted so that the smallest is 1 % of the range, whatever the unit:
          min - s + s 101 ** (i / k), s = (max - min) / 100.
        - ``sd``: classes one standard deviation wide around the mean: mean + (i - k / 2) sd, i = 1 ... k - 1, so
          the mean is a bound for an even k and the middle of a class for an odd one.
        - ``given``: the bounds in `given`, kept as they are also where a class is empty, so that two dates can
          share them; k is ignored.
    k
        Number of classes, 2 to 255. Except for ``given``, empty classes are joined with the class above and
        equal quantile bounds are taken once, so the result may be shorter than k.
    The result is float64 and strictly ascending; its last entry is the maximum (or the last given bound).

    Raises
    ------
    InputError
        A driver with one value; k out of range; more natural classes than distinct values; an unknown method; given
        bounds that are not ascending or end below the maximum.
    """
    check_not_constant(distribution, name)
    check_method(method, METHODS + ("given",))
    if method == "given":
        return _given(distribution, given, name)
    check_class_count(k, name)
    if method == "natural":
        return natural_breaks(distribution, int(k), name)
    return _without_empty(distribution, np.append(_INNER[method](distribution, int(k)), distribution.maximum))


def check_method(method: str, known: Sequence[str] = METHODS) -> None:
    """Raise `InputError` unless `method` is one of `known`."""
    if method not in known:
        raise InputError(f"Unknown classification method '{method}': choose one of {', '.join(known)}.")


def check_class_count(k: Optional[int], name: Optional[str] = None) -> None:
    """Raise `InputError` unless `k` is a whole number from 2 to 255."""
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 2 <= k <= MAX_CLASSES:
        raise InputError(f"{k} classes were asked for {_driver(name)}: the number of classes must be a whole number "
                         f"from 2 to {MAX_CLASSES}.")


def class_counts(distribution: Distribution, bounds: np.ndarray) -> np.ndarray:
    """Cells in each class, int64, shape of `bounds`; exact where no bound lies inside a bin."""
    place = np.searchsorted(distribution.values, bounds, side="right")
    place[-1] = distribution.values.size
    cells = np.concatenate(([0], np.cumsum(distribution.counts)))
    return np.diff(cells[place], prepend=0)


def _driver(name: Optional[str]) -> str:
    return "the driver" if name is None else f"driver '{name}'"


def _check_not_empty(valid: np.ndarray, name: Optional[str]) -> None:
    if valid.size == 0:
        raise InputError(f"{_driver(name)} has no valid value: check its nodata value and that it overlaps the rest.")


def check_not_constant(distribution: Distribution, name: Optional[str] = None) -> None:
    """Raise `InputError` for a driver with a single value."""
    if distribution.values.size < 2:
        raise InputError(f"{_driver(name)} has one value ({distribution.minimum:g} in all {distribution.n} cells): it "
                         "cannot be put into classes and explains nothing. Leave it out.")


def _valid(x: np.ndarray, y: Optional[np.ndarray], name: Optional[str]) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """x and y as 1-D arrays, y in float64, without the pairs that have a NaN."""
    x = np.asarray(x)
    if x.dtype.kind == "b" or x.dtype == np.float16:
        x = x.astype(np.float32)
    if y is not None:
        y = np.asarray(y)
        if y.shape != x.shape:
            raise InputError(f"{_driver(name)} has shape {x.shape} but Y has {y.shape}: they must be the same cells.")
        y = y.ravel().astype(np.float64)
    x = x.ravel()
    missing = np.isnan(x) if x.dtype.kind == "f" else np.zeros(x.size, dtype=bool)
    if y is not None:
        missing |= np.isnan(y)
    if missing.any():
        x, y = x[~missing], None if y is None else y[~missing]
    for what, array in ((_driver(name), x), ("Y", y)):
        if array is not None and array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InputError(f"{what} has {int((~np.isfinite(array)).sum())} infinite values: set them to nodata.")
        if array is not None and array.dtype == np.float64 and array.size:
            _check_size(what, float(array.min()), float(array.max()))
    return x, y


def _check_size(what: str, minimum: float, maximum: float) -> None:
    if max(-minimum, maximum) > LARGEST:
        raise InputError(f"{what} has values from {minimum:g} to {maximum:g}: beyond {LARGEST:g} they cannot be "
                         "computed with. If one of them stands for nodata, declare it as the raster's nodata value.")


def _sorted(x: np.ndarray, y: Optional[np.ndarray]) -> Tuple[np.ndarray, Optional[np.ndarray], Optional[float]]:
    """x ascending, y in the same order, and the sum of squares of y."""
    # 8- and 16-bit integers are sorted by radix under 'stable'.
    kind = "stable" if x.dtype.kind in "iu" and x.dtype.itemsize <= 2 else "quicksort"
    if y is None:
        return np.sort(x, kind=kind), None, None
    order = np.argsort(x, kind=kind)
    return x[order], y[order], float(np.dot(y, y))


def _edges_of_sorted(minimum: float, maximum: float, ordered: np.ndarray, bins: int) -> np.ndarray:
    quarter = max(bins // 4, 1)
    base = _plain_edges(minimum, maximum, ordered, 2 * quarter)
    cells = np.diff(np.searchsorted(ordered, base, side="right"))
    measure = np.concatenate(([0.0], np.cumsum(np.cbrt(cells * np.diff(base) ** 2))))
    by_cost = np.interp(np.linspace(0.0, measure[-1], max(bins - 2 * quarter, 0) + 2)[1:-1], measure, base)
    return np.unique(np.concatenate((_plain_edges(minimum, maximum, ordered, quarter), by_cost)))


def _plain_edges(minimum: float, maximum: float, ordered: np.ndarray, steps: int) -> np.ndarray:
    """`steps` equal widths and as many equal counts."""
    edges = np.linspace(float(minimum), float(maximum), steps + 1)
    at = np.linspace(0, ordered.size - 1, steps + 1)[1:-1].astype(np.int64) if ordered.size else []
    return np.unique(np.concatenate((edges, ordered[at].astype(np.float64))))


def _bins_of_sorted(x: np.ndarray, y: Optional[np.ndarray], first: np.ndarray) -> tuple:
    """Counts, lowest and highest value, and sums of the runs of sorted `x` that start at `first`."""
    counts = np.diff(np.append(first, x.size))
    low, high = x[first].astype(np.float64), x[first + counts - 1].astype(np.float64)
    sum_x = np.add.reduceat(x, first, dtype=np.float64)
    return counts, low, high, sum_x, None if y is None else np.add.reduceat(y, first)


def _largest_at_most(bounds: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The largest number of `dtype` not above each bound: x > bound is the same for all x of that type."""
    with np.errstate(over="ignore"):
        rounded = bounds.astype(dtype)
    above = rounded.astype(np.float64) > bounds
    rounded[above] = np.nextafter(rounded[above], dtype.type(-np.inf))
    return rounded


def _quantile(distribution: Distribution, k: int) -> np.ndarray:
    cells = np.cumsum(distribution.counts)
    # In whole numbers: i n / k in floating point may fall on the wrong side of a count.
    return distribution.high[np.searchsorted(cells * k, np.arange(1, k) * cells[-1])]


def _equal(distribution: Distribution, k: int) -> np.ndarray:
    return np.linspace(distribution.minimum, distribution.maximum, k + 1)[1:-1]


def _geometric(distribution: Distribution, k: int) -> np.ndarray:
    low, high, share = distribution.minimum, distribution.maximum, np.arange(1, k) / k
    if low > 0 or high < 0:
        size = np.exp(np.log(abs(low)) * (1 - share) + np.log(abs(high)) * share)
        return size if low > 0 else -size
    step = (high - low) / 100
    return low - step + step * 101.0 ** share


def _standard_deviation(distribution: Distribution, k: int) -> np.ndarray:
    return distribution.mean + (np.arange(1, k) - k / 2) * distribution.sd


_INNER = {"quantile": _quantile, "equal": _equal, "geometric": _geometric, "sd": _standard_deviation}


def _without_empty(distribution: Distribution, bounds: np.ndarray) -> np.ndarray:
    """Bounds strictly ascending up to the maximum, without those that close an empty class."""
    bounds = np.unique(np.minimum(bounds, distribution.maximum))
    return bounds[class_counts(distribution, bounds) > 0]


def _given(distribution: Distribution, given: Optional[Sequence[float]], name: Optional[str]) -> np.ndarray:
    bounds = np.array([] if given is None else given, dtype=np.float64).ravel()
    listed = ", ".join(f"{bound:g}" for bound in bounds)
    if not 2 <= bounds.size <= MAX_CLASSES:
        raise InputError(f"{bounds.size} class bounds were given for {_driver(name)}: give the upper bounds of 2 to "
                         f"{MAX_CLASSES} classes.")
    if not np.isfinite(bounds).all() or not (np.diff(bounds) > 0).all():
        raise InputError(f"The class bounds given for {_driver(name)} are not in ascending order: {listed}. Give each "
                         "upper bound once, from the smallest to the largest.")
    # A bound typed as 0.1 means the 0.1 of the raster, whose 32-bit form is a little larger.
    single = bounds.astype(np.float32).astype(np.float64)
    bounds = np.where((single > bounds) & np.isin(single, distribution.high), single, bounds)
    if bounds[-1] < distribution.maximum:
        raise InputError(f"The class bounds given for {_driver(name)} end at {bounds[-1]:g}, but its largest value is "
                         f"{distribution.maximum:g}: add an upper bound of at least that.")
    return bounds
