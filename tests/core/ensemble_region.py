"""A small province with future drivers of three pathways, a forest trained on its present, and its driver table."""

import csv
import os
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.forest import forest_bundle
from carbon_qgis.core.forest_training import ROBUST, fit_forest, preset_options
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids

PATHWAYS = ("SSP126", "SSP245", "SSP585")
GROUPS = "climate: PRE, TEM; AGPP: AGPP; population: PD"
DRIVERS = (Driver("NDVI", "1"), Driver("PRE", "mm"), Driver("TEM", "degC"), Driver("AGPP", "g C/m2/yr"),
           Driver("PD", "1/km2"), Driver("DEM", "m"))  # fmt: skip
STATIC = ("NDVI", "DEM")
UNITS = {driver.name: driver.unit for driver in DRIVERS}
#: What a pathway adds by the decade.
TREND = {"SSP126": 0.2, "SSP245": 0.5, "SSP585": 1.0}


def present(side, seed=0):
    """Drivers of the training year, (side, side) float32 each, and the density."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    noise = lambda: rng.normal(0, 0.05, (side, side))  # noqa: E731
    drivers = {
        "NDVI": 0.3 + 0.4 * x + noise(), "PRE": 1000 + 200 * y + 100 * noise(), "TEM": 15 + 2 * x + noise(),
        "AGPP": 900 + 300 * (1 - y) + 100 * noise(), "PD": 100 + 900 * x * y + 50 * noise(),
        "DEM": 50 + 100 * y + 20 * noise(),
    }  # fmt: skip
    drivers = {name: values.astype("f4") for name, values in drivers.items()}
    density = (20 + 60 * drivers["NDVI"] + 0.03 * drivers["AGPP"] - 2.0 * (drivers["TEM"] - 15)
               - 0.01 * drivers["PD"] + 0.01 * drivers["PRE"])  # fmt: skip
    return drivers, density.astype(float)


def future(drivers, name, pathway, year):
    """A driver in a year of a pathway; the first year, 2020, is the present."""
    step = TREND[pathway] * (year - 2020) / 10.0
    change = {"PRE": 15 * step, "TEM": 0.3 * step, "AGPP": 20 * step, "PD": -10 * step}[name]
    return drivers[name] + np.float32(change)


def write_raster(path, values, unit="", tile=0, **profile):
    """A GeoTIFF of 1 km cells; NaN becomes nodata."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    values = np.atleast_2d(values)
    options = dict(driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="float32",
                   nodata=-9999.0, crs="EPSG:32650", transform=from_origin(500000, 3700000, 1000, 1000))  # fmt: skip
    options.update(profile)
    if tile:
        options.update(tiled=True, blockxsize=tile, blockysize=tile)
    with rasterio.open(path, "w", **options) as made:
        filled = np.where(np.isnan(values), options["nodata"], values) if values.dtype.kind == "f" else values
        made.write(filled.astype(options["dtype"]), 1)
        made.set_band_unit(1, unit)
    return str(path)


def train(folder, side, trees=8, seed=0, name="forest.carbonmodel", most=1200):
    """A robust forest on some of the cells of the present, with spatial blocks; its path."""
    drivers, density = present(side, seed)
    row, col = np.divmod(np.arange(side * side), side)
    picked = np.random.default_rng(seed + 1).choice(side * side, min(most, side * side // 2), replace=False)
    features = np.column_stack([drivers[d.name].ravel() for d in DRIVERS]).astype(float)
    x, y = col * 1000.0, -row * 1000.0
    places = dict(x=x, y=y, block=block_ids(x, y, 1000.0 * max(4, side // 5)))
    samples = make_samples(DRIVERS, features, density.ravel(), "t C/ha", "total", 2020, **places).take(picked)
    forest = fit_forest(samples, preset_options(ROBUST, trees=trees)).forest
    path = Path(folder) / name
    path.write_bytes(forest_bundle(forest))
    return str(path)


def write_drivers(folder, side, years, holes=True, **profile):
    """Rasters of all drivers and their table `drivers.csv`; its path."""
    drivers, _ = present(side)
    rows = []
    if holes:
        drivers["DEM"][: side // 8, : side // 8] = np.nan  # sea
    for name in STATIC:
        write_raster(str(Path(folder) / "drivers" / (name + ".tif")), drivers[name], UNITS[name], **profile)
        rows.append((name, "*", "*", "drivers/{}.tif".format(name)))
    for name in ("PRE", "TEM", "AGPP", "PD"):
        for pathway in PATHWAYS:
            for year in years:
                file = "drivers/{}_{}_{}.tif".format(name, pathway, year)
                write_raster(str(Path(folder) / file), future(drivers, name, pathway, year), UNITS[name], **profile)
                rows.append((name, pathway, year, file))
    return write_table(folder, rows)


def write_table(folder, rows, name="drivers.csv", header=("variable", "scenario", "year", "path")):
    """A driver table."""
    path = str(Path(folder) / name)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header] + list(rows))
    return path
