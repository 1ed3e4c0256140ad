"""The chain carbon:landcovertodrivers: land cover, stock, sink capacity, drivers."""

from chain import CHILD, INPUT, Chain, categorical, pool_unit, raster, year
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)


def landcover_to_drivers():
    """Land cover → stock → CAR → drivers."""
    chain = Chain(
        "Land cover \u2192 stock \u2192 CAR \u2192 drivers",
        "Carbon",
        {
            "ALG_DESC": "From land-cover maps of two or three dates, a table of carbon pools and driver rasters to "
            "carbon stock, carbon accumulation rate (CAR) and the drivers behind it (Geodetector, by ecosystem). "
            "Densities are in t C/ha, rates in t C/km2/yr, totals in Tg C. The end's land cover serves as the "
            "ecosystem map. There are reports of the stock, the sink capacity and the drivers. Xinjiang paper, "
            "eq. 4 to 7; Jiangsu paper, 2.3.1.",
            "ALG_CREATOR": "Carbon for QGIS contributors",
        },
    )
    chain.box("Inputs", -20, 20, 270, 720, "#e8f0e4")
    chain.box("Carbon stock by class (InVEST)", 290, 20, 640, 480, "#e3ecf5")
    chain.box("Sink capacity", 960, 20, 640, 480, "#f5ece3")
    chain.box("Drivers", 290, 520, 1310, 220, "#efe6f2")
    _landcover_inputs(chain)
    _landcover_steps(chain)
    chain.write("landcovertodrivers")


def _landcover_inputs(chain):
    kinds, integer = QgsProcessing.SourceType, QgsProcessingParameterNumber.Type.Integer
    tag = "if left empty, its tag CARBON_YEAR."
    pools = QgsProcessingParameterFile(
        "POOLS", "Carbon pools by class (table)", fileFilter="Tables (*.csv *.txt *.tsv)"
    )
    mask = QgsProcessingParameterFeatureSource("MASK", "Study area (mask)", [kinds.TypeVectorPolygon], optional=True)
    inputs = (
        (raster("LANDCOVER_START", "Land cover at the start"), "Class codes at the first date; the reference grid."),
        (year("YEAR_START", "Year of the start"), "Calendar year of the first land cover; " + tag),
        (raster("LANDCOVER_MIDDLE", "Land cover in between", True), "Class codes at a date in between; may be empty."),
        (year("YEAR_MIDDLE", "Year in between"), "Calendar year of the land cover in between; " + tag),
        (raster("LANDCOVER_END", "Land cover at the end"), "Class codes at the last date; also the map of ecosystems."),
        (year("YEAR_END", "Year of the end"), "Calendar year of the last land cover; " + tag),
        (pools, "One row per class: lucode, lulc_name, c_above, c_below, c_soil, c_dead."),
        pool_unit(),
        (
            QgsProcessingParameterMultipleLayers("DRIVERS", "Drivers", layerType=kinds.TypeRaster),
            "Driver rasters in any grid and CRS; each is named after its layer.",
        ),
        categorical(),
        (
            QgsProcessingParameterNumber("CLASSES", "Number of classes", integer, 10, minValue=2, maxValue=254),
            "Number of classes of each driver that is not categorical; at most its number of different values.",
        ),
        (mask, "Polygons to which everything is limited; may be empty."),
    )
    for row, (definition, help_text) in enumerate(inputs):
        chain.input(definition, 115, 100 + 68 * row, help_text)


def _landcover_steps(chain):
    mask = INPUT("MASK")
    stock = {
        "LANDCOVER": INPUT("LANDCOVER_START"), "YEAR": INPUT("YEAR_START"), "POOLS": INPUT("POOLS"),
        "POOLS_UNIT": INPUT("POOLS_UNIT"), "MASK": mask,
    }  # fmt: skip
    chain.step(
        "stock",
        "carbonstock",
        "Carbon stock, start and end",
        440,
        190,
        dict(stock, LANDCOVER_ALT=INPUT("LANDCOVER_END"), YEAR_ALT=INPUT("YEAR_END")),
        [
            ("TOTAL", "TOTAL_START", "Carbon density at the start (t C/ha)"),
            ("TOTAL_ALT", "TOTAL_END", "Carbon density at the end (t C/ha)"),
            ("TABLE", "STOCK_TABLE", "Stock by class"),
            ("TRANSITIONS", "TRANSITIONS", "Transitions"),
            ("REPORT", "STOCK_REPORT", "Report: stock"),
        ],
        "Density of each class from the pool table; totals from class counts.",
        needed=("TOTAL_START", "TOTAL_END"),
    )
    chain.step(
        "middle",
        "carbonstock",
        "Carbon stock in between",
        440,
        430,
        dict(stock, LANDCOVER_ALT=INPUT("LANDCOVER_MIDDLE"), YEAR_ALT=INPUT("YEAR_MIDDLE")),
        comment="Makes nothing if there is no land cover in between. Its map is not a result of the chain: a result "
        "can be skipped, and the date would silently be lost.",
    )
    chain.step(
        "car",
        "carbonaccumulation",
        "Carbon accumulation rate",
        1110,
        190,
        {
            "DENSITIES": [CHILD("stock", "TOTAL"), CHILD("middle", "TOTAL_ALT"), CHILD("stock", "TOTAL_ALT")],
            "ECOSYSTEMS_START": INPUT("LANDCOVER_START"),
            "ECOSYSTEMS_END": INPUT("LANDCOVER_END"),
            "CLASS_NAMES": INPUT("POOLS"),
            "MASK": mask,
        },
        [
            ("RATE", "RATE", "Carbon accumulation rate (t C/km2/yr)"),
            ("SINK_SOURCE", "SINK_SOURCE", "Sinks and sources"),
            ("TABLE", "INTERVALS", "Rates by interval"),
            ("ECOSYSTEMS_TABLE", "ECOSYSTEMS", "Change by ecosystem"),
            ("REPORT", "RATE_REPORT", "Report: sink capacity"),
        ],
        "Dates come from the tag CARBON_YEAR of each density.",
        needed=("RATE",),
    )
    chain.step(
        "stack",
        "driverstack",
        "Driver stack",
        440,
        660,
        {"DRIVERS": INPUT("DRIVERS"), "CATEGORICAL": INPUT("CATEGORICAL"), "REFERENCE": INPUT("LANDCOVER_START"),
         "MASK": mask},
        [("STACK", "STACK", "Driver stack")],
        "All drivers on the grid of the first land cover, one band each.",
        needed=("STACK",),
    )
    chain.step(
        "drivers",
        "geodetector",
        "Drivers of the sink capacity",
        1110,
        660,
        {
            "TARGET": CHILD("car", "RATE"),
            "STACK": CHILD("stack", "STACK"),
            "ECOSYSTEMS": INPUT("LANDCOVER_END"),
            "CLASS_NAMES": INPUT("POOLS"),
            "CLASSES": INPUT("CLASSES"),
            "MASK": mask,
        },
        [
            ("FACTORS", "FACTORS", "q of each driver"),
            ("INTERACTIONS", "INTERACTIONS", "q of each pair of drivers"),
            ("REPORT", "DRIVER_REPORT", "Report: drivers"),
        ],
        "Classes by natural breaks; q overall and by ecosystem.",
    )
