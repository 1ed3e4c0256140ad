"""The chain carbon:coupledcarbon: records and drivers to density, stock and sink capacity of one pool."""

from chain import CHILD, INPUT, STATIC, Chain, categorical, raster, year
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

MASK = INPUT("MASK")
#: How far down the canvas each input lies: near the steps that read it, so that few connections cross a box.
INPUTS_AT = {
    "RECORDS": 170, "YEAR_TARGET": 260, "DRIVERS": 370, "YEAR": 580, "MASK": 640, "SAMPLES": 710, "DENSITY": 780,
    "CATEGORICAL": 870, "POOL": 970, "DRIVERS_TARGET": 1060,
}  # fmt: skip


def coupled_carbon():
    """Coupled carbon density."""
    chain = Chain(
        "Coupled carbon density",
        "Carbon",
        {
            "ALG_DESC": "The coupled model of one carbon pool (ARIMA, CatBoost levels, networks within levels): from "
            "records of the density by year, a density raster of the base year and driver rasters of the base year and "
            "of another year to the density of both years, the stock and the carbon accumulation rate between them. "
            "Densities are in the unit of the density raster, stocks in Tg C, rates in t C/km2/yr. Run it once per "
            "pool, then 'Assemble carbon pools'. Xinjiang paper, eq. 1 to 6.",
            "ALG_CREATOR": "Carbon for QGIS contributors",
        },
    )
    chain.box("Inputs", -20, 20, 270, 1090, "#e8f0e4")
    chain.box("Density by year (ARIMA, eq. 1)", 290, 20, 1290, 305, "#e3ecf5")
    chain.box("Drivers of both years", 290, 330, 620, 780, "#efe6f2")
    chain.box("Samples of the base year", 950, 780, 630, 330, "#f0f0ea")
    chain.box("Training on the base year (CatBoost, RNN, eq. 2)", 1610, 20, 630, 1090, "#f7f3dc")
    chain.box("Density of both years (eq. 3)", 2270, 20, 630, 1090, "#f5ece3")
    chain.box("Accuracy, stock and sink capacity (eq. 4 to 8)", 2930, 20, 630, 1170, "#e4f1ef")
    _inputs(chain)
    _series(chain)
    _drivers(chain)
    _training(chain)
    _estimates(chain)
    _products(chain)
    chain.write("coupledcarbon")


def _inputs(chain):
    kinds = QgsProcessing.SourceType
    integer = QgsProcessingParameterNumber.Type.Integer
    tables = "Tables (*.csv *.txt *.tsv)"
    inputs = (
        (
            QgsProcessingParameterFile("RECORDS", "Records of the density (table)", fileFilter=tables),
            "One row per record: year, pool, value, unit, optional weight. Every year from the first to the last.",
        ),
        (raster("DENSITY", "Carbon density of the base year"), "Raster of one pool; its unit is read from the band."),
        (
            QgsProcessingParameterString("POOL", "Carbon pool", optional=True),
            "Pool of the density raster, as in the records: above, below, soil, dead, total or another name. May be "
            "left empty where the raster says it (tag CARBON_POOL) or the records are of one pool.",
        ),
        (year("YEAR", "Base year", 2010), "Calendar year of the density raster."),
        (
            QgsProcessingParameterMultipleLayers("DRIVERS", "Drivers of the base year", layerType=kinds.TypeRaster),
            "Driver rasters in any grid and CRS; each is named after its layer.",
        ),
        (year("YEAR_TARGET", "Other year", 2020), "Calendar year to estimate, such as a year to come."),
        (
            QgsProcessingParameterMultipleLayers(
                "DRIVERS_TARGET", "Drivers of the other year", layerType=kinds.TypeRaster
            ),
            "The same drivers for the other year, in the same units; static ones are given again.",
        ),
        categorical(),
        (
            QgsProcessingParameterNumber("SAMPLES", "Number of samples", integer, 20000, minValue=100),
            "Cells drawn at random to train on; all cells where the raster has fewer.",
        ),
        (
            QgsProcessingParameterFeatureSource("MASK", "Study area (mask)", [kinds.TypeVectorPolygon], optional=True),
            "Polygons to which everything is limited; may be empty.",
        ),
    )
    for definition, help_text in inputs:
        chain.input(definition, 115, INPUTS_AT[definition.name()], help_text)


def _series(chain):
    chain.step(
        "series", "densityseries", "Density series", 440, 190, {"RECORDS": INPUT("RECORDS")},
        [("TABLE", "SERIES", "Density by year (kg C/m2)"), ("REPORT", "SERIES_REPORT", "Report: density series")],
        "Mean, n and standard error of the records of each year and pool.", needed=("SERIES",), rows=-80,
    )  # fmt: skip
    chain.step(
        "forecast", "forecastdensity", "Forecast", 1100, 290,
        {"INPUT": CHILD("series", "TABLE"), "POOLS_USED": INPUT("POOL"), "LAST_YEAR": INPUT("YEAR_TARGET")},
        [("TABLE", "FORECAST", "Density by year, forecast (kg C/m2)"),
         ("REPORT", "FORECAST_REPORT", "Report: forecast")],
        "Known years as observed, later ones forecast with intervals.", needed=("FORECAST",), rows=-80, note="results",
    )  # fmt: skip


def _drivers(chain):
    shared = {"CATEGORICAL": INPUT("CATEGORICAL"), "REFERENCE": INPUT("DENSITY"), "MASK": MASK}
    chain.step(
        "stack", "driverstack", "Driver stack of the base year", 440, 480,
        {"DRIVERS": INPUT("DRIVERS"), "YEAR": INPUT("YEAR"), **shared},
        [("STACK", "STACK", "Driver stack, base year")],
        "All drivers on the grid of the density raster.", needed=("STACK",), rows=-80,
    )  # fmt: skip
    chain.step(
        "stack_target", "driverstack", "Driver stack of the other year", 440, 1000,
        {"DRIVERS": INPUT("DRIVERS_TARGET"), "YEAR": INPUT("YEAR_TARGET"), **shared},
        [("STACK", "STACK_TARGET", "Driver stack, other year")],
        "The same names: drivers are matched by name.", needed=("STACK_TARGET",), rows=0, note="right",
    )  # fmt: skip


def _training(chain):
    chain.step(
        "samples", "sampledensity", "Samples", 1100, 990,
        {"DENSITY": INPUT("DENSITY"), "POOL": INPUT("POOL"), "YEAR": INPUT("YEAR"), "STACK": CHILD("stack", "STACK"),
         "FORECAST": CHILD("forecast", "TABLE"), "SIZE": INPUT("SAMPLES"), "SPLIT_BY": STATIC("blocks"), "MASK": MASK},
        [("SAMPLES", "SAMPLES_TABLE", "Samples"), ("REPORT", "SAMPLES_REPORT", "Report: samples")],
        "Random cells; whole spatial blocks are held out.", needed=("SAMPLES_TABLE",), rows=-100, note="results",
    )  # fmt: skip
    chain.step(
        "levels", "trainlevels", "Train density levels", 1760, 230, {"SAMPLES": CHILD("samples", "SAMPLES")},
        [("MODEL", "LEVEL_MODEL", "Level model"), ("REPORT", "LEVELS_REPORT", "Report: levels")],
        "CatBoost: low, medium, high.", needed=("LEVEL_MODEL",), rows=-100,
    )  # fmt: skip
    chain.step(
        "density", "traindensity", "Train density within levels", 1760, 1000,
        {"SAMPLES": CHILD("samples", "SAMPLES"), "LEVELS": CHILD("levels", "MODEL")},
        [("MODEL", "DENSITY_MODEL", "Density model"), ("REPORT", "DENSITY_REPORT", "Report: density within levels")],
        "Networks and a CatBoost model per level.", needed=("DENSITY_MODEL",), rows=-20, note="results",
    )  # fmt: skip


def _estimates(chain):
    shared = {
        "LEVEL_MODEL": CHILD("levels", "MODEL"), "DENSITY_MODEL": CHILD("density", "MODEL"),
        "FORECAST": CHILD("forecast", "TABLE"), "BASE_YEAR": INPUT("YEAR"), "MASK": MASK,
    }  # fmt: skip
    chain.step(
        "estimate", "estimatedensity", "Density of the base year", 2420, 260,
        {"STACK": CHILD("stack", "STACK"), "YEAR": INPUT("YEAR"), **shared},
        [("DENSITY", "ESTIMATE", "Carbon density, base year"), ("REPORT", "ESTIMATE_REPORT", "Report: base year")],
        "Ratio 1: the models alone.", needed=("ESTIMATE",), rows=-100,
    )  # fmt: skip
    chain.step(
        "estimate_target", "estimatedensity", "Density of the other year", 2420, 490,
        {"STACK": CHILD("stack_target", "STACK"), "YEAR": INPUT("YEAR_TARGET"), **shared},
        [("DENSITY", "ESTIMATE_TARGET", "Carbon density, other year"),
         ("REPORT", "TARGET_REPORT", "Report: other year")],
        "The models on the drivers of that year, times the ratio of the forecast.", needed=("ESTIMATE_TARGET",),
        rows=-80, note="results",
    )  # fmt: skip


def _products(chain):
    both = [CHILD("estimate", "DENSITY"), CHILD("estimate_target", "DENSITY")]
    chain.step(
        "accuracy", "assessaccuracy", "Accuracy of the base year", 3080, 270,
        {"DENSITY": CHILD("estimate", "DENSITY"), "REFERENCE": INPUT("DENSITY"), "LABEL": STATIC("fit"), "MASK": MASK},
        [("TABLE", "ACCURACY", "Accuracy (fit)"), ("REPORT", "ACCURACY_REPORT", "Report: accuracy")],
        "Against the raster that was learnt from: fit, not proof. The held-out scores are in the training reports.",
    )  # fmt: skip
    chain.step(
        "stock", "assemblepools", "Carbon stock", 3080, 870, {"DENSITIES": both, "MASK": MASK},
        [("TABLE", "STOCK_TABLE", "Stock by pool and year"), ("REPORT", "STOCK_REPORT", "Report: stock")],
        "Totals of both years, Tg C.", rows=-80, note="right",
    )  # fmt: skip
    chain.step(
        "car", "carbonaccumulation", "Carbon accumulation rate", 3080, 990, {"DENSITIES": both, "MASK": MASK},
        [("RATE", "RATE", "Carbon accumulation rate (t C/km2/yr)"), ("SINK_SOURCE", "SINK_SOURCE", "Sinks and sources"),
         ("TABLE", "INTERVALS", "Rates by interval"), ("REPORT", "RATE_REPORT", "Report: sink capacity")],
        "Dates come from the tag CARBON_YEAR of each density.", rows=0, note="results",
    )  # fmt: skip
