"""Synthetic monthly rasters for the tests of CASA: made up, no measurement."""

import numpy as np
import rasterio

from carbon_qgis.core.casa import CellClasses, casa_year
from carbon_qgis.core.casa_inputs import VARIABLES, casa_series
from carbon_qgis.core.casa_npp import casa_npp
from carbon_qgis.core.casa_parameters import read_parameters
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.text_tables import TextTable

KM = (1000.0, 0.0, 500000.0, 0.0, -1000.0, 4000000.0)
GRASS = (0.542, 0.023, 0.634, 1.05, 4.46)
EXAMPLE = (-15, -10, 0, 9, 16, 21, 23, 21, 15, 7, -3, -11)


def write(path, bands, names=(), unit="", nodata=None, crs="EPSG:32650", transform=KM, **options):
    """Write (bands, rows, columns); the path as text."""
    bands = np.asarray(bands)
    bands = bands[np.newaxis] if bands.ndim == 2 else bands
    count, height, width = bands.shape
    scale = options.pop("scale", None)
    with rasterio.open(
        str(path), "w", driver="GTiff", width=width, height=height, count=count, dtype=bands.dtype, crs=crs,
        transform=rasterio.Affine(*transform), nodata=nodata, **options,
    ) as dataset:  # fmt: skip
        dataset.write(bands)
        for band in range(1, count + 1):
            if names:
                dataset.set_band_description(band, names[band - 1])
            if unit:
                dataset.set_band_unit(band, unit)
        if scale:
            dataset.scales = (scale,) * count
    return str(path)


def read(path):
    """All bands, NaN where masked."""
    with rasterio.open(path) as dataset:
        return dataset.read(masked=True).astype(float).filled(np.nan)


def dates(*years):
    """Band names of whole years."""
    return ["{}-{:02d}".format(year, month) for year in years for month in range(1, 13)]


def season(shape=(3, 4), years=1, seed=0):
    """Arrays by variable (12 · years, rows, columns), float32; the winter is below 0 degC, some below -10."""
    generator = np.random.default_rng(seed)
    wave = -np.cos(2 * np.pi * np.arange(12 * years) / 12)[:, np.newaxis, np.newaxis]
    noise = generator.random((4, 12 * years) + shape)
    arrays = {
        "NDVI": 0.4 + 0.3 * wave + 0.2 * (noise[0] - 0.5),
        "temperature": 5 + 17 * wave + 8 * (noise[1] - 0.5),
        "precipitation": np.maximum(0.0, 45 + 40 * wave + 60 * (noise[2] - 0.6)),
        "radiation": 430 + 220 * wave + 60 * noise[3],
    }
    return {name: values.astype(np.float32) for name, values in arrays.items()}


def example():
    """The example year of METHODS in every cell: grass, NDVI 0.5 in July."""
    ndvi = np.full((12, 1, 2), 0.3, np.float32)
    ndvi[6] = 0.5
    tem = np.broadcast_to(np.array(EXAMPLE, np.float32)[:, np.newaxis, np.newaxis], (12, 1, 2))
    return {"NDVI": ndvi, "temperature": tem, "precipitation": np.full((12, 1, 2), 40, np.float32),
            "radiation": np.full((12, 1, 2), 620, np.float32)}  # fmt: skip


def parameters(*rows):
    """A parameter table from (code, eps_max, ndvi_low, ndvi_high, sr_low, sr_high)."""
    header = ("code", "eps_max", "ndvi_low", "ndvi_high", "sr_low", "sr_high")
    return read_parameters(TextTable.from_rows("classes.csv", header, rows))


class Casa:
    """A folder of inputs, and runs of the stage on them."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = 0

    def rasters(self, arrays, names=(), **options):
        """Write the four variables; their paths."""
        return {name: [write(self.folder / (name + ".tif"), arrays[name], names, **options)] for name in VARIABLES}

    def vegetation(self, codes, nodata=255, dtype=np.uint8, **options):
        """Write a map of classes; its path."""
        return write(self.folder / "vegetation.tif", np.asarray(codes, dtype), nodata=nodata, **options)

    def run(self, rasters, vegetation, table, names=("NPP", "NPP_MONTHLY"), units=None, **options):
        """Run; the result and the paths of the outputs."""
        self.runs += 1
        made = {name: str(self.folder / "{}_{}.tif".format(name, self.runs)) for name in names}
        series = casa_series(rasters, **({"units": units} if units else {}))
        inputs = [path for paths in rasters.values() for path in paths] + [vegetation]
        with OutputSet(inputs) as outputs:
            return casa_npp(series, vegetation, outputs, made, table, **options), made


def plain(arrays, k=1.184, grass=GRASS):
    """CASA of whole arrays without rasters: (12, rows, columns) of NPP."""
    shape = arrays["NDVI"].shape[1:]
    flat = [values.reshape(12, -1).astype(float) for values in arrays.values()]
    classes = CellClasses(*(np.full(flat[0].shape[1], value) for value in grass))
    return casa_year(*flat, classes, k).npp.reshape((12,) + shape)
