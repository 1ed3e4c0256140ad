"""The inputs of the cases: a part of the sample data, and what the algorithms themselves make of it."""

import os
import shutil

import numpy as np
import rasterio
from rasterio.windows import Window, transform

from tests.faults.cases import DRIVERS, GROUPS

#: Part of Africa: (column, row, width, height).
_PART = (60, 60, 270, 260)
_SAMPLE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "carbon_qgis", "sample"
)


def make_inputs(folder):
    """Fill `folder` with what needs no algorithm."""
    os.makedirs(folder)
    africa, plum = os.path.join(_SAMPLE, "africa20km"), os.path.join(_SAMPLE, "plum_island")
    for name in DRIVERS + ("LULC",):
        _cut(os.path.join(africa, name + ".tif"), os.path.join(folder, name + ".tif"))
    for year in ("1990", "2010"):
        target = os.path.join(folder, "soil_{}.tif".format(year))
        _cut(os.path.join(africa, "soil_density_{}.tif".format(year)), target)
    _changed(os.path.join(folder, "TEM.tif"), os.path.join(folder, "TEM_later.tif"), lambda values: values + 1)
    os.makedirs(os.path.join(folder, "later"))
    shutil.copy(os.path.join(folder, "TEM_later.tif"), os.path.join(folder, "later", "TEM.tif"))
    _changed(os.path.join(folder, "soil_1990.tif"), os.path.join(folder, "soil_other.tif"), lambda values: values * 1.1)
    for name in ("pools.csv", "records.csv", "scenarios.csv"):
        shutil.copy(os.path.join(africa, name), folder)
    for year in ("1985", "1999"):
        shutil.copy(os.path.join(plum, "landcover_{}.tif".format(year)), os.path.join(folder, "cover_" + year + ".tif"))
    for name in ("elevation.tif", "slope.tif"):
        shutil.copy(os.path.join(plum, name), folder)
    shutil.copy(os.path.join(plum, "pools.csv"), os.path.join(folder, "cover_pools.csv"))
    _tables(folder)
    _months(folder)
    _casa(folder)
    _coarse(folder)


def _cut(source, target):
    with rasterio.open(source) as raster:
        window = Window(*_PART)
        profile = {**raster.profile, "width": _PART[2], "height": _PART[3]}
        profile["transform"] = transform(window, raster.transform)
        with rasterio.open(target, "w", **profile) as made:
            made.write(raster.read(window=window))
            made.update_tags(**{key: value for key, value in raster.tags().items() if key.startswith("CARBON")})
            for band in raster.indexes:
                made.set_band_unit(band, raster.units[band - 1] or "")
                made.set_band_description(band, raster.descriptions[band - 1] or "")


def _changed(source, target, change):
    with rasterio.open(source) as raster:
        values = raster.read(masked=True)
        with rasterio.open(target, "w", **raster.profile) as made:
            made.write(np.ma.filled(change(values), raster.nodata).astype(raster.dtypes[0]))
            made.set_band_unit(1, raster.units[0] or "")
            made.update_tags(**{key: value for key, value in raster.tags().items() if key.startswith("CARBON")})


def _codes(folder):
    with rasterio.open(os.path.join(folder, "LULC.tif")) as raster:
        return np.unique(raster.read(1, masked=True).compressed()).tolist()


def _text(folder, name, lines):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


def _tables(folder):
    codes = _codes(folder)
    _text(folder, "ecosystems.csv", ["code,ecosystem"] + ["{},Kind {}".format(c, i % 5) for i, c in enumerate(codes)])
    grades = ["{},{},n{}".format(code, 1 + number % 4, code) for number, code in enumerate(codes)]
    _text(folder, "grades.csv", ["code,grade,name"] + grades)
    files = os.path.join(folder, "scenario_files")
    os.makedirs(files)
    for name in ("TEM_SSP126_2020", "TEM_SSP126_2030", "DEM"):
        shutil.copy(os.path.join(folder, name.split("_")[0] + ".tif"), os.path.join(files, name + ".tif"))


def _write(path, bands, like, unit="", names=()):
    with rasterio.open(like) as raster:
        profile = {"driver": "GTiff", "crs": raster.crs, "transform": raster.transform, "dtype": bands.dtype}
    with rasterio.open(path, "w", count=bands.shape[0], height=bands.shape[1], width=bands.shape[2], **profile) as made:
        made.write(bands)
        for band in range(1, bands.shape[0] + 1):
            made.set_band_unit(band, unit)
            if names:
                made.set_band_description(band, names[band - 1])


def _months(folder):
    rng = np.random.default_rng(5)
    names = ["2010-{:02d}".format(month) for month in range(1, 13)]
    values = rng.random((12, _PART[3], _PART[2]), np.float32) * 100
    _write(os.path.join(folder, "months.tif"), values, os.path.join(folder, "PRE.tif"), "mm", names)


def _casa(folder):
    from tests.core.casa_rasters import dates, season

    like, shape = os.path.join(folder, "PRE.tif"), (90, 80)
    for name, values in season(shape).items():
        short = {"NDVI": "ndvi", "temperature": "tem", "precipitation": "pre", "radiation": "sol"}[name]
        unit = {"ndvi": "", "tem": "degC", "pre": "mm", "sol": "MJ/m2/month"}[short]
        _write(os.path.join(folder, "casa_{}.tif".format(short)), values, like, unit, dates(2010))
    _write(os.path.join(folder, "casa_cover.tif"), np.ones((1,) + shape, np.uint8), like)
    header = "code,name,eps_max,ndvi_low,ndvi_high,sr_low,sr_high"
    _text(folder, "casa.csv", [header, "1,Grass,0.542,0.023,0.634,1.05,4.46"])
    _text(folder, "casa_pools.csv", ["lucode,c_soil", "1,61.5"])


def _coarse(folder):
    with rasterio.open(os.path.join(folder, "PRE.tif")) as raster:
        step = rasterio.Affine(raster.transform.a * 10, 0, raster.transform.c, 0, raster.transform.e * 10,
                               raster.transform.f)  # fmt: skip
        values = raster.read(1, masked=True).filled(500)[::10, ::10].astype("float32")
        options = {"driver": "GTiff", "crs": raster.crs, "transform": step, "dtype": "float32", "count": 1}
    with rasterio.open(
        os.path.join(folder, "coarse.tif"), "w", height=values.shape[0], width=values.shape[1], **options
    ) as made:
        made.write(values, 1)
        made.set_band_unit(1, "mm/yr")


def make_models(folder, run):
    """Fill `folder/made` with a stack, samples, models and tables.

    Parameters
    ----------
    run : (algorithm, parameters) runs it, or raises.
    """
    os.makedirs(os.path.join(folder, "made"))

    def made(name):
        return os.path.join(folder, "made", name)

    def at(name):
        return os.path.join(folder, name)

    run("driverstack", {"DRIVERS": [at(name + ".tif") for name in DRIVERS], "STACK": made("stack.tif")})
    run("sampledensity", {"DENSITY": at("soil_2010.tif"), "STACK": made("stack.tif"), "SIZE": 1500,
                          "SPLIT_BY": "blocks", "SAMPLES": made("samples.csv")})  # fmt: skip
    run("trainlevels", {"SAMPLES": made("samples.csv"), "ITERATIONS": 30, "MODEL": made("levels.carbonmodel")})
    run("traindensity", {"SAMPLES": made("samples.csv"), "LEVELS": made("levels.carbonmodel"), "FORM": "catboost",
                         "TREES": 30, "MODEL": made("density.carbonmodel")})  # fmt: skip
    run("trainforest", {"SAMPLES": made("samples.csv"), "TREES": 6, "MODEL": made("forest.carbonmodel")})
    run("densityseries", {"RECORDS": at("records.csv"), "TABLE": made("series.csv")})
    run("runscenarios", {"DRIVER_TABLE": at("scenarios.csv"), "MODEL": made("forest.carbonmodel"), "GROUPS": GROUPS,
                         "PATHWAYS": "SSP126, SSP585", "YEARS": "2020, 2030, 10", "ENSEMBLE": at("ensemble"),
                         "TOTALS": made("totals.csv")})  # fmt: skip
