"""The four real data sets of the accuracy table, each as `Samples` with its spatial blocks.

Every reader takes the folder that holds `africa20km`, `agbref_africa`, `amhara` and `xuancheng`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Tuple

import numpy as np

from carbon_qgis.core.samples import Driver, Samples, make_samples
from carbon_qgis.core.spatial_blocks import block_ids

#: Name and unit of the drivers of africa20km that are no classes.
AFRICA_DRIVERS = (
    ("PRE", "mm/yr"), ("TEM", "degC"), ("TEMN", "degC"), ("TEMSD", "degC"), ("NDVI", "1"), ("NDVISD", "1"),
    ("DEM", "m"), ("SLOPE", "%"), ("TWI", "1"),
)  # fmt: skip
AMHARA_DRIVERS = (
    ("dem", "km"), ("twi", "1"), ("slope", "%"), ("evi", "1"), ("aspect", "deg"), ("rfl_MIR", "1"), ("rfl_NIR", "1"),
    ("rfl_red", "1"), ("lst", "K"), ("lst_night", "K"),
)  # fmt: skip
XUANCHENG_DRIVERS = (
    ("plan.curvature", "1/m"), ("profile.curvature", "1/m"), ("slope", "deg"), ("temperature", "degC"),
    ("precipitation", "mm/yr"), ("twi", "1"), ("dem", "m"),
)  # fmt: skip
LAND_COVER = Driver("LULC", "", categorical=True)


@dataclass(frozen=True)
class DataSet:
    """One data set: its samples, what is predicted, and the classes whose means are the simplest model.

    `block_km` is the side of a spatial block. `classes(features)` gives a code per row.
    """

    name: str
    samples: Samples
    target: str
    block_km: float
    class_source: str
    classes: Callable[[np.ndarray], np.ndarray]

    @property
    def blocks(self) -> np.ndarray:
        """(n,) number of the spatial block of each row."""
        return self.samples.block


def africa20km(folder: Path) -> DataSet:
    """All 20 km cells of Africa with every driver: soil organic carbon 0-100 cm of 2010, t C/ha."""
    layers = [_raster(folder / "africa20km" / (name + ".tif"))[0] for name, _ in AFRICA_DRIVERS + (("LULC", ""),)]
    soc, transform = _raster(folder / "africa20km" / "SOC100_2010AD.tif")
    valid = np.isfinite(soc)
    for layer in layers:
        valid &= np.isfinite(layer)
    row, column = np.nonzero(valid)
    x, y = transform.c + transform.a * (column + 0.5), transform.f + transform.e * (row + 0.5)
    features = np.stack([layer[valid] for layer in layers], axis=1)
    samples = _samples(AFRICA_DRIVERS, features, soc[valid], "t C/ha", x, y, 500.0, LAND_COVER)
    return DataSet("africa20km", samples, "soil organic carbon 0-100 cm, 2010", 500.0, "GlobCover classes", _last)


def agbref_africa(folder: Path) -> DataSet:
    """2,137 cells of measured above-ground biomass, t/ha, with the drivers of africa20km and its land cover there."""
    table = _columns(folder / "agbref_africa" / "agb_points_drivers.csv")
    cover, transform = _raster(folder / "africa20km" / "LULC.tif")
    x, y = table["x"].astype(float), table["y"].astype(float)
    column = np.floor((x - transform.c) / transform.a).astype(int)
    row = np.floor((y - transform.f) / transform.e).astype(int)
    features = np.column_stack([table[name].astype(float) for name, _ in AFRICA_DRIVERS] + [cover[row, column]])
    target = table["AGB_T_HA"].astype(float)
    samples = _samples(AFRICA_DRIVERS, features, target, "t/ha", x, y, 300.0, LAND_COVER)
    return DataSet(
        "agbref_africa", samples, "above-ground biomass (dry matter), measured", 300.0, "GlobCover classes", _last
    )


def amhara(folder: Path) -> DataSet:
    """407 measured points of soil organic matter, dag/kg, with ten drivers and the soil type."""
    table = _columns(folder / "amhara" / "points_som.csv")
    soil = np.unique(table["soil"], return_inverse=True)[1].astype(float)
    features = np.column_stack([table[name].astype(float) for name, _ in AMHARA_DRIVERS] + [soil])
    samples = _samples(
        AMHARA_DRIVERS, features, table["SOM"].astype(float), "dag/kg", table["s1"].astype(float),
        table["s2"].astype(float), 15.0, Driver("soil", "", categorical=True),
    )  # fmt: skip
    return DataSet("amhara", samples, "soil organic matter, measured", 15.0, "soil types (no land cover)", _last)


def xuancheng(folder: Path) -> DataSet:
    """183 measured points of soil organic matter in the A horizon, g/kg, with seven drivers and no classes."""
    table = _columns(folder / "xuancheng" / "points_som.csv")
    features = np.column_stack([table[name].astype(float) for name, _ in XUANCHENG_DRIVERS])
    samples = _samples(
        XUANCHENG_DRIVERS, features, table["SOM_A_hori"].astype(float), "g/kg", table["s1"].astype(float),
        table["s2"].astype(float), 15.0,
    )  # fmt: skip
    return DataSet(
        "xuancheng", samples, "soil organic matter of the A horizon, measured", 15.0,
        "no classes: elevation below 50 m, to 200 m, above", _elevation_zones,
    )  # fmt: skip


#: Readers by name, in the order of the table.
DATA_SETS: Dict[str, Callable[[Path], DataSet]] = {
    "africa20km": africa20km, "agbref_africa": agbref_africa, "amhara": amhara, "xuancheng": xuancheng,
}  # fmt: skip


def _samples(drivers, features, target, unit, x, y, block_km, *categorical) -> Samples:
    drivers = tuple(Driver(name, driver_unit) for name, driver_unit in drivers) + categorical
    usable = np.isfinite(features).all(axis=1) & np.isfinite(target)
    x, y = np.asarray(x)[usable], np.asarray(y)[usable]
    block = block_ids(x, y, block_km * 1000.0)
    return make_samples(drivers, features[usable], np.asarray(target)[usable], unit, x=x, y=y, block=block)


def _last(features: np.ndarray) -> np.ndarray:
    return features[:, -1].astype(int)


def _elevation_zones(features: np.ndarray) -> np.ndarray:
    return np.digitize(features[:, -1], (50.0, 200.0))


def _raster(path: Path) -> Tuple[np.ndarray, "object"]:
    """The first band as float64 with NaN for nodata, and its affine transform."""
    import rasterio

    with rasterio.open(path) as source:
        return source.read(1, masked=True).astype(np.float64).filled(np.nan), source.transform


def _columns(path: Path) -> Dict[str, np.ndarray]:
    import pandas as pd

    table = pd.read_csv(path)
    return {name: table[name].to_numpy() for name in table.columns}
