"""The chain carbon:irfscenarios: InVEST, a random forest, scenarios and elasticity (Jiangsu paper)."""

from chain import CHILD, INPUT, STATIC, Chain, categorical, pool_unit, raster, year
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

MASK = INPUT("MASK")


def irf_scenarios():
    """I-RF scenarios."""
    chain = Chain(
        "I-RF scenarios",
        "Carbon",
        {
            "ALG_DESC": "InVEST and a random forest under pathways (Jiangsu paper): carbon by land-cover class, a "
            "forest trained on it with drivers, its density for every combination of pathways and year of the driver "
            "table, trends, maps and the elasticity of carbon. The forest learns what InVEST says, so its scores say "
            "how well that is met, not how true it is. Densities are in t C/ha, stocks in Tg C.",
            "ALG_CREATOR": "Carbon for QGIS contributors",
        },
    )
    chain.box("Inputs", -20, 20, 270, 930, "#e8f0e4")
    chain.box("Carbon by class and drivers", 290, 20, 640, 430, "#e3ecf5")
    chain.box("Random forest (I-RF)", 940, 20, 640, 930, "#f7f3dc")
    chain.box("Scenarios", 1630, 20, 640, 930, "#f5ece3")
    _inputs(chain)
    _base(chain)
    _forest(chain)
    _scenarios(chain)
    chain.write("irfscenarios")


def _inputs(chain):
    kinds = QgsProcessing.SourceType
    number = QgsProcessingParameterNumber
    tables = "Tables (*.csv *.txt *.tsv)"
    inputs = (
        (raster("LANDCOVER", "Land cover of the base year"), "Class codes; the reference grid."),
        (year("YEAR", "Base year", 2010), "Calendar year of the land cover and the drivers."),
        (
            QgsProcessingParameterFile("POOLS", "Carbon pools by class (table)", fileFilter=tables),
            "One row per class: lucode, c_above, c_below, c_soil, c_dead.",
        ),
        pool_unit(),
        (
            QgsProcessingParameterMultipleLayers("DRIVERS", "Drivers of the base year", layerType=kinds.TypeRaster),
            "Driver rasters; the names of the layers are the variables of the driver table.",
        ),
        categorical(),
        (
            QgsProcessingParameterFile("DRIVER_TABLE", "Driver table of the scenarios", fileFilter=tables),
            "variable, scenario, year, path: see 'Driver table of scenarios'.",
        ),
        (
            QgsProcessingParameterString(
                "GROUPS", "Groups of drivers", "climate: PRE, TEM; AGPP: AGPP; population: PD"
            ),
            "Variables that follow one pathway together, such as 'climate: PRE, TEM; AGPP: AGPP; population: PD'.",
        ),
        (
            QgsProcessingParameterString("PATHWAYS", "Pathways", "SSP126, SSP245, SSP585"),
            "Names of the pathways as in the driver table, from low to high.",
        ),
        (
            QgsProcessingParameterString("YEARS", "Years (first, last, step)", "", optional=True),
            "Years to compute, such as '2020, 2060, 5' (first, last, step); if left empty, those of the driver table.",
        ),
        (
            number("SAMPLES", "Number of samples", type=number.Type.Integer, defaultValue=20000, minValue=100),
            "Cells drawn at random to train the forest.",
        ),
        (
            QgsProcessingParameterFeatureSource("MASK", "Study area (mask)", [kinds.TypeVectorPolygon], optional=True),
            "Polygons to which everything is limited; may be empty.",
        ),
    )
    for row, (definition, help_text) in enumerate(inputs):
        chain.input(definition, 115, 100 + 82 * row, help_text)


def _base(chain):
    chain.step(
        "invest", "carbonstock", "Density by class (InVEST)", 440, 190,
        {"LANDCOVER": INPUT("LANDCOVER"), "YEAR": INPUT("YEAR"), "POOLS": INPUT("POOLS"),
         "POOLS_UNIT": INPUT("POOLS_UNIT"), "MASK": MASK},
        [("TOTAL", "INVEST", "Carbon density by class (t C/ha)"), ("REPORT", "INVEST_REPORT", "Report: InVEST")],
        "What the forest learns.", needed=("INVEST",),
    )  # fmt: skip
    chain.step(
        "stack", "driverstack", "Driver stack of the base year", 440, 380,
        {"DRIVERS": INPUT("DRIVERS"), "CATEGORICAL": INPUT("CATEGORICAL"), "REFERENCE": INPUT("LANDCOVER"),
         "YEAR": INPUT("YEAR"), "MASK": MASK},
        [("STACK", "STACK", "Driver stack")], "Drivers on the grid of the land cover.", needed=("STACK",),
    )  # fmt: skip


def _forest(chain):
    chain.step(
        "samples", "sampledensity", "Samples", 1090, 190,
        {"DENSITY": CHILD("invest", "TOTAL"), "YEAR": INPUT("YEAR"), "STACK": CHILD("stack", "STACK"),
         "SIZE": INPUT("SAMPLES"), "SPLIT_BY": STATIC("blocks"), "MASK": MASK},
        [("SAMPLES", "SAMPLES_TABLE", "Samples")], "Random cells; whole blocks are held out.",
        needed=("SAMPLES_TABLE",),
    )  # fmt: skip
    chain.step(
        "forest", "trainforest", "Train the forest", 1090, 400,
        {"SAMPLES": CHILD("samples", "SAMPLES"), "TARGET_KIND": STATIC("model")},
        [("MODEL", "FOREST", "Random forest"), ("REPORT", "FOREST_REPORT", "Report: forest")],
        "Robust preset; scores on held-out blocks.", needed=("FOREST",),
    )  # fmt: skip
    chain.step(
        "predict", "predictforest", "Density of the base year", 1090, 610,
        {"STACK": CHILD("stack", "STACK"), "MODEL": CHILD("forest", "MODEL"), "MASK": MASK},
        [("DENSITY", "PREDICTED", "Carbon density by the forest (t C/ha)")], "The forest on its own year.",
        needed=("PREDICTED",),
    )  # fmt: skip
    chain.step(
        "compare", "compareestimates", "Forest against InVEST", 1090, 830,
        {"ESTIMATES": [CHILD("predict", "DENSITY")], "REFERENCE": CHILD("invest", "TOTAL"), "LABEL": STATIC("fit"),
         "MASK": MASK},
        [("TABLE", "COMPARISON", "Forest against InVEST (fit)"), ("REPORT", "COMPARISON_REPORT", "Report: comparison")],
        "Fit: the forest has seen a part of it.",
    )  # fmt: skip


def _scenarios(chain):
    chain.step(
        "runs", "runscenarios", "Run scenarios", 1780, 230,
        {"DRIVER_TABLE": INPUT("DRIVER_TABLE"), "MODEL": CHILD("forest", "MODEL"), "GROUPS": INPUT("GROUPS"),
         "PATHWAYS": INPUT("PATHWAYS"), "YEARS": INPUT("YEARS"), "MASK": MASK},
        [("ENSEMBLE", "ENSEMBLE", "Folder of the ensemble"), ("TOTALS", "TOTALS", "Totals by run and year"),
         ("BIAS", "BIAS", "Drivers against the training"), ("REPORT", "RUNS_REPORT", "Report: scenarios")],
        "Every run and year once; a stopped ensemble resumes.", needed=("ENSEMBLE", "TOTALS"),
    )  # fmt: skip
    chain.step(
        "charts", "scenariocharts", "Charts", 1780, 520,
        {"TOTALS": CHILD("runs", "TOTALS"), "ENSEMBLE": CHILD("runs", "ENSEMBLE"),
         "DRIVER_TABLE": INPUT("DRIVER_TABLE")},
        [("REPORT", "CHARTS_REPORT", "Report: charts")], "Trends by set, maps, drivers.",
    )  # fmt: skip
    chain.step(
        "elasticity", "elasticity", "Elasticity", 1780, 760,
        {"TOTALS": CHILD("runs", "TOTALS"), "DRIVER_TABLE": INPUT("DRIVER_TABLE"), "GROUPS": INPUT("GROUPS"),
         "ENSEMBLE": CHILD("runs", "ENSEMBLE"), "MASK": MASK},
        [("TABLE", "ELASTICITY", "Elasticity by group and year"),
         ("REPORT", "ELASTICITY_REPORT", "Report: elasticity")],
        "Low against high pathway, the other groups in between.",
    )  # fmt: skip
