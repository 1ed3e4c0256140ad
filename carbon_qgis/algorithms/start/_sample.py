"""The sample data that ships with the plugin: titles, units, colours, and which file goes where in the chains."""

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from ..parameters import tr

PLUM_ISLAND, AFRICA = "plum_island", "africa20km"


@dataclass(frozen=True)
class SampleLayer:
    """One file. `classes` are (code, name, colour or None); a raster without them gets a ramp from low to high.

    The limits of a ramp are fixed, so that dates of one quantity have the same colours. Titles of drivers are the names
    by which stacks and models know them (a year in them is left out there), so their unit is in the legend alone.
    """

    file: str
    title: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    classes: Tuple[Tuple[int, str, Optional[str]], ...] = ()
    note: str = ""

    def is_raster(self) -> bool:
        """Whether it is a raster; everything else is a table."""
        return not self.file.endswith(".csv")


@dataclass(frozen=True)
class Region:
    """One folder of the sample. The first layer is the one that is shown."""

    folder: str
    title: str
    rights: str
    layers: Tuple[SampleLayer, ...]


def regions() -> Tuple[Region, ...]:
    """What the sample holds, titles in the language of QGIS."""
    return (_plum_island(), _africa())


def _plum_island() -> Region:
    # "Other" says nothing to the palette, which would make it blue like water.
    classes = ((1, tr("Forest"), None), (2, tr("Built"), None), (3, tr("Other"), "#d8cf9f"))
    return Region(
        PLUM_ISLAND,
        tr("Carbon sample: Plum Island (Massachusetts)"),
        "MassGIS, public; data set 'pie' of the R package lulcc (GPL >= 2). See SOURCE.txt.",
        (
            SampleLayer("landcover_1999.tif", tr("Land cover 1999"), classes=classes),
            SampleLayer("landcover_1991.tif", tr("Land cover 1991"), classes=classes),
            SampleLayer("landcover_1985.tif", tr("Land cover 1985"), classes=classes),
            SampleLayer("elevation.tif", tr("Elevation"), 0, 100, "m"),
            SampleLayer("slope.tif", tr("Slope"), 0, 15, "degree"),
            SampleLayer("distance_built_1985.tif", tr("Distance to built land 1985"), 0, 1000, "m"),
            SampleLayer("pools.csv", tr("Carbon pools by class (t C/ha, illustrative)")),
        ),
    )


def _globcover() -> Tuple[str, ...]:
    """Order of the classes of africa20km/LULC.tif: GlobCover 2009."""
    return (
        tr("Irrigated cropland"), tr("Rainfed cropland"), tr("Mosaic cropland / vegetation"),
        tr("Mosaic vegetation / cropland"), tr("Broadleaved evergreen forest"), tr("Broadleaved deciduous forest"),
        tr("Open deciduous forest / woodland"), tr("Needleleaved evergreen forest"), tr("Open needleleaved forest"),
        tr("Mixed forest"), tr("Mosaic forest / grassland"), tr("Mosaic grassland / forest"), tr("Shrubland"),
        tr("Grassland"), tr("Sparse vegetation"), tr("Flooded freshwater forest"),
        tr("Mangrove and flooded saline forest"), tr("Wetland grassland"), tr("Built-up land"), tr("Bare land"),
        tr("Water"), tr("Snow and ice"),
    )  # fmt: skip


def _africa() -> Region:
    landcover = tuple((code, name, None) for code, name in enumerate(_globcover(), 1))
    return Region(
        AFRICA,
        tr("Carbon sample: Africa (20 km)"),
        "Drivers: Envirometrix/PredictiveSoilMapping, CC BY-SA 4.0. Soil carbon: Sanderman, Hengl & Fiske (2017), MIT. "
        "See SOURCE.txt.",
        (
            SampleLayer("soil_density_2010.tif", tr("Soil carbon density 2010 (t C/ha)"), 20, 220, "t C/ha"),
            SampleLayer("soil_density_1990.tif", tr("Soil carbon density 1990 (t C/ha)"), 20, 220, "t C/ha"),
            SampleLayer("LULC.tif", "LULC", classes=landcover),
            SampleLayer("PRE.tif", "PRE", 0, 2500, "mm/yr"),
            SampleLayer("TEM.tif", "TEM", 20, 42, "degC"),
            SampleLayer("TEMN.tif", "TEMN", 8, 26, "degC"),
            SampleLayer("TEMSD.tif", "TEMSD", 1, 11, "degC"),
            SampleLayer("NDVI.tif", "NDVI", 0.1, 0.5, "1"),
            SampleLayer("NDVISD.tif", "NDVISD", 0, 0.15, "1"),
            SampleLayer("DEM.tif", "DEM", 0, 2000, "m"),
            SampleLayer("SLOPE.tif", "SLOPE", 0, 6, "%"),
            SampleLayer("TWI.tif", "TWI", 18, 26, "1"),
            SampleLayer("TEM_2020.vrt", "TEM 2020", 20, 42, "degC", note=tr("Illustrative: TEM + 0.5 degC.")),
            SampleLayer("records.csv", tr("Density records (illustrative)")),
            SampleLayer("pools.csv", tr("Soil carbon by class (t C/ha)")),
            SampleLayer("scenarios.csv", tr("Driver table of scenarios (illustrative)")),
        ),
    )


_DRIVERS = ("PRE", "TEM", "TEMN", "TEMSD", "NDVI", "NDVISD", "DEM", "SLOPE", "TWI", "LULC")

#: Model of the plugin -> folder of the sample, and what its inputs get: files of that folder by '@', or values.
CHAIN_INPUTS: Dict[str, Tuple[str, Dict[str, Any]]] = {
    "landcovertodrivers": (
        PLUM_ISLAND,
        {
            "LANDCOVER_START": "@landcover_1985.tif",
            "LANDCOVER_MIDDLE": "@landcover_1991.tif",
            "LANDCOVER_END": "@landcover_1999.tif",
            "POOLS": "@pools.csv",
            "DRIVERS": ["@elevation.tif", "@slope.tif", "@distance_built_1985.tif"],
        },
    ),
    "coupledcarbon": (
        AFRICA,
        {
            "RECORDS": "@records.csv",
            "DENSITY": "@soil_density_2010.tif",
            "YEAR": 2010,
            "DRIVERS": ["@{}.tif".format(name) for name in _DRIVERS],
            "DRIVERS_TARGET": ["@TEM_2020.vrt" if name == "TEM" else "@{}.tif".format(name) for name in _DRIVERS],
            "YEAR_TARGET": 2020,
            "SAMPLES": 5000,
        },
    ),
    "irfscenarios": (
        AFRICA,
        {
            "LANDCOVER": "@LULC.tif",
            "YEAR": 2010,
            "POOLS": "@pools.csv",
            "DRIVERS": ["@{}.tif".format(name) for name in _DRIVERS if name not in ("TEMSD", "LULC")],
            "DRIVER_TABLE": "@scenarios.csv",
            "GROUPS": "climate: TEM, TEMN; water: PRE; productivity: NDVI",
            "PATHWAYS": "SSP126, SSP245, SSP585",
            "YEARS": "2020, 2060, 20",
            "SAMPLES": 4000,
        },
    ),
}
