"""Inputs for every stage that has to run on a cluster, and one call of each: for the tests and for the benchmark.

All rasters repeat one synthetic region, tile by tile, so that they can be of any size.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Callable, Dict, Optional

import numpy as np
import rasterio

from carbon_qgis.core import valid_cells
from carbon_qgis.core.accumulation import accumulation_rate
from carbon_qgis.core.casa_inputs import casa_series
from carbon_qgis.core.casa_npp import casa_npp
from carbon_qgis.core.classify_raster import CLASSIFIED, classify_raster
from carbon_qgis.core.coupled import CHECKSUM, fit_coupled, levels_checksum, read_coupled
from carbon_qgis.core.coupled_reliability import fit_reliability
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.density_stock import density_stock
from carbon_qgis.core.driver_classes import Classing
from carbon_qgis.core.driver_detection import Driver as RasterDriver
from carbon_qgis.core.driver_detection import detect_drivers
from carbon_qgis.core.ecosystem_stock import stock_by_ecosystem
from carbon_qgis.core.estimate_density import estimate_density
from carbon_qgis.core.forest_training import ROBUST, fit_forest, preset_options
from carbon_qgis.core.level_density_model import density_model_bytes
from carbon_qgis.core.level_density_options import density_options
from carbon_qgis.core.levels import level_bundle, level_options
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.predict_forest import predict_forest
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids
from carbon_qgis.core.table_stock import carbon_stock
from tests.core.casa_rasters import parameters, season
from tests.core.helpers import METRES_30, UTM, pool_table
from tests.synthetic_region import DRIVERS, NAMES, synthetic_region

TILE = 256
#: t/ha by class: above, below, soil, dead.
POOLS = pool_table({1: (2, 8, 40, 1), 2: (5, 6, 70, 1), 3: (30, 9, 90, 4), 4: (60, 16, 110, 6), 5: (90, 25, 140, 9)})
#: The robust preset, small enough for a test.
LEVELS = level_options("robust", iterations=25, depth=3, learning_rate=0.3, threads=1)
DENSITY = density_options("robust", epochs=4, layers=1, hidden=8, device="cpu")
DENSITY = replace(DENSITY, boost=replace(DENSITY.boost, iterations=25, depth=3, learning_rate=0.3, threads=1))
FACTORS = ("NDVI", "PRE", "TEM", "SM", "DEM")


class Inputs:
    """A folder with the inputs of all stages, each made when it is first asked for.

    Parameters
    ----------
    side : cells along each side of the rasters.
    pattern : cells along each side of the region that they repeat.
    model_side, monthly_side : the same as `side` for the stack that models read and for the 48 monthly bands of CASA.
    share : part of the tiles that hold data.
    """

    def __init__(self, folder, side: int, pattern: int = 0, model_side=0, monthly_side=0, share: float = 1.0):
        self.folder, self.side, self.pattern = Path(folder), side, pattern or side
        self.model_side, self.monthly_side, self.share = model_side or side, monthly_side or side, share
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    @property
    @lru_cache(maxsize=None)  # noqa: B019  (one region per test session)
    def region(self):
        return synthetic_region(self.pattern, self.pattern, seed=11)

    def raster(self, name, bands, dtype="float32", nodata=-9999.0, side=0, names=(), units=(), classes=(), **tags):
        """Write a raster that repeats `bands` (pattern x pattern each), a fortieth of its cells without data."""
        path = self.path(name)
        if Path(path).exists():
            return path
        side = side or self.side
        gap = np.random.default_rng(len(name)).random(bands[0].shape) < 0.025
        bands = [np.where(gap, nodata, band).astype(dtype) for band in bands]
        rng, partial = np.random.default_rng(3), path + ".part.tif"
        with rasterio.open(
            partial, "w", driver="GTiff", width=side, height=side, count=len(bands), dtype=dtype, nodata=nodata,
            crs=UTM, transform=rasterio.Affine(*METRES_30), tiled=True, blockxsize=TILE, blockysize=TILE,
            compress="deflate", ZLEVEL=1, BIGTIFF="IF_SAFER", SPARSE_OK=True, interleave="band",
        ) as dataset:  # fmt: skip
            for index in range(1, len(bands) + 1):
                dataset.set_band_description(index, names[index - 1] if names else "")
                dataset.set_band_unit(index, units[index - 1] if units else "")
                if classes and classes[index - 1]:
                    dataset.update_tags(index, CARBON_CATEGORICAL="1")
            dataset.update_tags(**{key: str(value) for key, value in tags.items()})
            for row in range(0, side, TILE):
                for col in range(0, side, TILE):
                    if rng.random() < self.share:
                        _write_tile(dataset, bands, row, col, side)
        Path(partial).rename(path)
        return path

    def cover(self, year: int) -> str:
        codes = self.region.drivers["GLC"].astype(np.uint8)
        if year > 2000:
            codes = np.where(np.roll(self.region.level, 3, axis=0) == 2, 4, codes)
        return self.raster("cover{}.tif".format(year), [codes], "uint8", 255, CARBON_YEAR=year)

    def density(self, year: int, factor: float = 1.0, pool: str = ""):
        values = self.region.truth * factor * (1 + (year - 2000) * np.linspace(-0.02, 0.03, self.pattern))
        tags = dict({"CARBON_YEAR": year}, **({"CARBON_POOL": pool} if pool else {}))
        name = "density{}{}.tif".format(pool, year)
        return density_raster(self.raster(name, [values], units=("t C/ha",), **tags))

    def driver(self, name: str) -> str:
        return self.raster("driver_{}.tif".format(name), [self.region.drivers[name]])

    def stack(self) -> str:
        bands = [self.region.drivers[name] for name in NAMES]
        units = ["" if categorical else unit for _, unit, categorical in DRIVERS]
        flags = [categorical for _, _, categorical in DRIVERS]
        more = dict(names=NAMES, units=units, classes=flags, CARBON_YEAR=2020)
        return self.raster("stack.tif", bands, side=self.model_side, **more)

    def samples(self, count: int):
        n = self.pattern
        pick = np.random.default_rng(0).choice(n * n, count, replace=False)
        row, column = np.divmod(pick, n)
        drivers = [Driver(name, "" if classes else unit, classes) for name, unit, classes in DRIVERS]
        places = dict(x=column * 30.0, y=-row * 30.0, block=block_ids(column, -row, n / 6))
        target = self.region.observed.ravel()[pick]
        return make_samples(drivers, self.region.features()[pick], target, "t C/ha", "soil", 2010, **places)

    @property
    @lru_cache(maxsize=None)  # noqa: B019
    def forest(self):
        return fit_forest(self.samples(1500), preset_options(ROBUST, trees=12)).forest

    @property
    @lru_cache(maxsize=None)  # noqa: B019
    def coupled(self):
        """Read from bundles, as a run reads it."""
        levels, density = Path(self.path("levels.carbonmodel")), Path(self.path("density.carbonmodel"))
        if not density.exists():
            samples = self.samples(1200)

            def fit(picked, progress=None):
                return fit_coupled(picked, levels=LEVELS, density=DENSITY)

            model = fit(samples)
            levels.write_bytes(level_bundle(model.levels))
            files = fit_reliability(samples, model, fit, k=2).files()
            extra = {CHECKSUM: levels_checksum(str(levels))}
            density.write_bytes(density_model_bytes(model.density, files, extra))
        return read_coupled(str(levels), str(density))

    def months(self) -> Dict[str, list]:
        """Paths of the four monthly variables of CASA."""
        side = min(self.pattern, self.monthly_side)
        arrays = season((side, side))
        names = ["2020-{:02d}".format(month) for month in range(1, 13)]
        return {name: [self.raster("months_{}.tif".format(name), list(bands), names=names, side=self.monthly_side)]
                for name, bands in arrays.items()}  # fmt: skip

    def vegetation(self) -> str:
        side = min(self.pattern, self.monthly_side)
        codes = self.region.drivers["GLC"][:side, :side]
        return self.raster("vegetation.tif", [codes], "uint8", 255, side=self.monthly_side)


def _write_tile(dataset, bands, row: int, col: int, side: int) -> None:
    height, width, n = min(TILE, side - row), min(TILE, side - col), len(bands[0])
    rows, cols = np.arange(row, row + height) % n, np.arange(col, col + width) % n
    for index, band in enumerate(bands, 1):
        dataset.write(band[np.ix_(rows, cols)], index, window=((row, row + height), (col, col + width)))


def _paths(folder: Path, *names: str) -> Dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder / (name.lower() + ".tif")) for name in names}


def carbonstock(inputs: Inputs, folder: Path, settings, progress=None):
    first, second = inputs.cover(2000), inputs.cover(2010)
    wanted = _paths(folder, "TOTAL", "TOTAL_ALT", "CHANGE")
    with OutputSet([first, second]) as outputs:
        return carbon_stock(first, POOLS, outputs, wanted, landcover_alt=second, settings=settings, progress=progress)


def densitystock(inputs: Inputs, folder: Path, settings, progress=None):
    pools = {"soil": inputs.density(2000), "above": inputs.density(2000, 0.3, "above")}
    with OutputSet([one.path for one in pools.values()]) as outputs:
        wanted = _paths(folder, "TOTAL", "STOCK")
        return density_stock(pools, outputs, wanted, settings=settings, progress=progress)


def carbonaccumulation(inputs: Inputs, folder: Path, settings, progress=None):
    densities = [inputs.density(year) for year in (2000, 2005, 2012)]
    with OutputSet([one.path for one in densities]) as outputs:
        wanted = _paths(folder, "RATE", "TREND")
        return accumulation_rate(densities, outputs, wanted, settings=settings, progress=progress)


def _detect(inputs: Inputs, settings, progress):
    drivers = [RasterDriver(name, Band(inputs.driver(name))) for name in FACTORS]
    drivers.append(RasterDriver("cover", Band(inputs.cover(2000), categorical=True)))
    target = Band(inputs.density(2000).path)
    return detect_drivers(
        target, drivers, Classing("natural", 6), target_name="C", settings=settings, progress=progress
    )


def geodetector(inputs: Inputs, folder: Path, settings, progress=None):
    """Streamed: the memory for kept cells is too small."""
    before, valid_cells.KEPT_SHARE = valid_cells.KEPT_SHARE, 0.0
    try:
        return _detect(inputs, settings, progress)
    finally:
        valid_cells.KEPT_SHARE = before


def geodetector_kept(inputs: Inputs, folder: Path, settings, progress=None):
    """With all valid cells brought to this machine."""
    return _detect(inputs, replace(settings, memory_mb=max(512, settings.memory_mb)), progress)


def predictforest(inputs: Inputs, folder: Path, settings, progress=None):
    stack, wanted = inputs.stack(), _paths(folder, "DENSITY", "CELL_CARBON", "LOW", "HIGH", "APPLICABILITY")
    with OutputSet([stack]) as outputs:
        return predict_forest(stack, inputs.forest, outputs, wanted, settings=settings, progress=progress)


def estimatedensity(inputs: Inputs, folder: Path, settings, progress=None):
    stack, wanted = inputs.stack(), _paths(folder, "DENSITY", "LEVELS", "APPLICABILITY", "MODEL_LOW", "MODEL_HIGH")
    with OutputSet([stack]) as outputs:
        return estimate_density([stack], inputs.coupled, outputs, wanted, settings=settings, progress=progress)


def classifydriver(inputs: Inputs, folder: Path, settings, progress=None):
    path = inputs.driver("PRE")
    with OutputSet([path]) as outputs:
        return classify_raster(
            Band(path), outputs, _paths(folder, CLASSIFIED), Classing("natural", 8), None, name="PRE", unit="mm",
            settings=settings, progress=progress,
        )  # fmt: skip


def stockbyecosystem(inputs: Inputs, folder: Path, settings, progress=None):
    densities = [inputs.density(2000), inputs.density(2012)]
    maps = [inputs.cover(2000), inputs.cover(2012)]
    return stock_by_ecosystem(densities, maps, settings=settings, progress=progress)


def casanpp(inputs: Inputs, folder: Path, settings, progress=None):
    rows = [(code, 0.4 + code / 20, 0.023, 0.634, 1.05, 4.46) for code in range(1, 6)]
    series, vegetation = casa_series(inputs.months()), inputs.vegetation()
    with OutputSet([vegetation]) as outputs:
        wanted = _paths(folder, "NPP", "NPP_MONTHLY")
        return casa_npp(series, vegetation, outputs, wanted, parameters(*rows), settings=settings, progress=progress)


CASES: Dict[str, Callable] = {
    case.__name__: case
    for case in (
        carbonstock, densitystock, carbonaccumulation, geodetector, geodetector_kept, predictforest, estimatedensity,
        classifydriver, stockbyecosystem, casanpp,
    )
}  # fmt: skip


def run_case(name: str, inputs: Inputs, folder, settings, progress: Optional[object] = None):
    """Run one stage; its result. Rasters go to `folder`."""
    return CASES[name](inputs, Path(folder), settings, progress)
