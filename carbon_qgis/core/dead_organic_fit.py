"""Fitting the coefficients of dead organic matter to a reference: least squares weighted by area, never below 0."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Dict, List, Optional, Sequence

import numpy as np

from .class_names import class_names
from .dead_organic_coefficients import CoefficientTable
from .progress import Progress
from .raster.blocks import Totals, require_valid, run_blocks
from .raster.inputs import AlignedInputs
from .raster.settings import EngineSettings
from .validation import re_threshold

#: Names of the inputs beside the pools.
LANDCOVER, REFERENCE = "land cover", "reference"
#: Where coefficients come from.
DERIVED_SHARE, GIVEN, TABLE, FITTED, FITTED_BY_CLASS = "derived", "given", "table", "fitted", "fitted by class"
#: A class with fewer cells takes the coefficients of all cells.
FEWEST_CELLS = 30
#: Stands for all classes in `Coefficients.fitted_cells`.
CLASS_ALL = -1


@dataclass
class Coefficients:
    """Coefficients by index of the class (or one row for all): (classes, pools), NaN for classes that have none.

    `fitted_cells` are by class code; `threshold` is that of the relative error of a fit, t C/km2.
    """

    values: np.ndarray
    source: str
    names: Dict[int, str] = field(default_factory=dict)
    fitted_cells: Dict[int, int] = field(default_factory=dict)
    require: Optional[CoefficientTable] = None
    threshold: float = 0.0
    notes: List[str] = field(default_factory=list)


def fit_coefficients(
    inputs: AlignedInputs, names: Sequence[str], landcover: Optional[str], progress: Progress, settings: EngineSettings
) -> Coefficients:
    """Coefficients of 0 or more fitted over all cells, and by class where there is a land cover.

    Parameters
    ----------
    inputs : the pools `names` and `REFERENCE` in one unit, with areas, and `LANDCOVER` where `landcover` is its path.

    Raises
    ------
    RasterError
        If no cell is valid in all of them.
    Cancelled
    """
    size = inputs.spaces[LANDCOVER].size if landcover is not None else 1
    sums = run_blocks(
        inputs, _products, (names, size), progress=progress, settings=settings, message="Fitting coefficients",
        bytes_per_cell=24 * len(names) + 80,
    ).partial  # fmt: skip
    require_valid(int(sums["cells"].sum()), "all pools and the reference together")
    everything = nonnegative_least_squares(sums["products"].sum(axis=0), sums["targets"].sum(axis=0))
    mean = sums["reference"].sum() / sums["area"].sum()
    found = Coefficients(everything[np.newaxis], FITTED, threshold=re_threshold(mean))
    if not everything.any():
        found.notes.append("The fit gives 0 for every pool: the reference does not grow with any of them.")
    if landcover is None:
        found.fitted_cells = {CLASS_ALL: int(sums["cells"].sum())}
        return found
    found.source, found.names = FITTED_BY_CLASS, class_names(landcover)
    found.values = np.full((size, len(names)), np.nan)
    few = []
    for code, index in inputs.spaces[LANDCOVER].index_of().items():
        found.values[index] = everything  # a class without a single reference cell may still be mapped
        cells = int(sums["cells"][index])
        if cells >= FEWEST_CELLS:
            found.values[index] = nonnegative_least_squares(sums["products"][index], sums["targets"][index])
            found.fitted_cells[code] = cells
        elif cells:
            few.append("{} ({})".format(found.names.get(code, code), cells))
    if few:
        found.notes.append(
            "Classes with fewer than {} cells take the coefficients fitted to all cells: {}.".format(
                FEWEST_CELLS, ", ".join(few)
            )
        )
    return found


def _products(block, params):
    """Sums of products of pools and reference by class, weighted by area."""
    names, size = params
    values = np.stack([block[name].astype(np.float64) for name in names])
    target = block[REFERENCE].astype(np.float64)
    valid = ~(np.isnan(values).any(axis=0) | np.isnan(target))
    index = np.zeros(int(valid.sum()), np.intp)
    if LANDCOVER in block.values:
        index = block[LANDCOVER][valid].astype(np.intp)
    x, y, area = values[:, valid], target[valid], block.area_array()[valid]

    def summed(weights: np.ndarray) -> np.ndarray:
        return np.bincount(index, weights, size)

    pools = range(len(names))
    return {}, Totals(
        cells=np.bincount(index, minlength=size),
        area=summed(area),
        reference=summed(y * area),
        products=np.stack([np.stack([summed(x[i] * x[j] * area) for j in pools], -1) for i in pools], -2),
        targets=np.stack([summed(x[i] * y * area) for i in pools], -1),
    )


def nonnegative_least_squares(products: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Coefficients b ≥ 0 that minimise ‖Xb − y‖² from the sums XᵀX and Xᵀy.

    Every set of non-zero coefficients is tried, which for three pools is eight: the minimum is exact.

    Parameters
    ----------
    products : (k, k) XᵀWX, k small.
    targets : (k,) XᵀWy.

    Returns
    -------
    (k,) float64; 0 for columns of zeros.
    """
    count = len(targets)
    scale = np.sqrt(np.diag(products))
    usable = [i for i in range(count) if scale[i] > 0]
    best, least = np.zeros(count), 0.0
    for size in range(1, len(usable) + 1):
        for chosen in combinations(usable, size):
            rows = list(chosen)
            unit = scale[rows]
            matrix = products[np.ix_(rows, rows)] / np.outer(unit, unit)
            # Two pools that are proportional share the coefficient instead of cancelling each other.
            solved = np.linalg.lstsq(matrix, targets[rows] / unit, rcond=1e-10)[0] / unit
            if (solved < 0).any():
                continue
            whole = np.zeros(count)
            whole[rows] = solved
            loss = float(whole @ products @ whole - 2 * whole @ targets)
            if loss < least * (1 + 1e-12):
                best, least = whole, loss
    return best
