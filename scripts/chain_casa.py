"""The chain carbon:casacomparison: CASA, InVEST and the coupled model from one driver set (Xinjiang paper, Table 3)."""

from chain import CHILD, INPUT, STATIC, Chain, categorical, pool_unit, raster, year
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)

MASK = INPUT("MASK")
#: How far down the canvas each input lies: near the steps that read it, so that few connections cross a box.
INPUTS_AT = {
    "NDVI": 100, "PRE": 230, "RESIDENCE": 330, "POOLS": 400, "POOLS_UNIT": 470, "TEM": 540, "DRIVERS": 610,
    "SAMPLES": 690, "REFERENCE": 760, "CATEGORICAL": 830, "YEAR": 900, "MASK": 970, "LANDCOVER": 1040, "SOL": 1110,
    "PARAMETERS": 1180,
}  # fmt: skip
MONTHLY = (
    ("NDVI", "Monthly NDVI", "12 bands; the unit is 1.", "NDVI"),
    ("TEM", "Monthly mean temperature", "12 bands, degC.", "TEM"),
    ("PRE", "Monthly precipitation", "12 bands, mm per month.", "PRE"),
    ("SOL", "Monthly solar radiation", "12 bands, MJ/m2 per month.", "SOL"),
)


def casa_comparison():
    """CASA, InVEST and the coupled model."""
    chain = Chain(
        "CASA, InVEST and the coupled model",
        "Carbon",
        {
            "ALG_DESC": "Table 3 of the Xinjiang paper from one driver set: NPP by CASA, density by class (InVEST) and "
            "density by the coupled model, compared with a reference density on the cells that all cover. The coupled "
            "model is trained on samples of the reference, so its figures against it are fit; the held-out scores are "
            "in the training reports. NPP is a flux: it is compared as a pattern, or as a stock by a residence time.",
            "ALG_CREATOR": "Carbon for QGIS contributors",
        },
    )
    chain.box("Inputs", -20, 20, 270, 1230, "#e8f0e4")
    chain.box("The year of the drivers", 290, 20, 340, 1230, "#efe6f2")
    chain.box("NPP and density by class", 950, 120, 610, 510, "#e3ecf5")
    chain.box("Driver stack", 950, 900, 610, 350, "#f0f0ea")
    chain.box("Coupled model", 1610, 540, 780, 880, "#f7f3dc")
    chain.box("Comparison (Table 3)", 2440, 300, 620, 330, "#e4f1ef")
    _inputs(chain)
    _drivers(chain)
    _models(chain)
    _comparison(chain)
    chain.write("casacomparison")


def _inputs(chain):
    kinds = QgsProcessing.SourceType
    number = QgsProcessingParameterNumber
    tables = "Tables (*.csv *.txt *.tsv)"
    inputs = [(raster(name, title), help_text) for name, title, help_text, _ in MONTHLY]
    inputs += [
        (raster("LANDCOVER", "Land cover"), "Class codes; the vegetation classes of CASA and the classes of InVEST."),
        (
            QgsProcessingParameterFile(
                "PARAMETERS", "CASA parameters by class (table)", fileFilter=tables, optional=True
            ),
            "One row per class of the land cover: code, eps_max and more. If left empty, the plugin's own table.",
        ),
        (
            QgsProcessingParameterFile("POOLS", "Carbon pools by class (table)", fileFilter=tables),
            "One row per class: lucode and the pools that the reference holds.",
        ),
        pool_unit(),
        (
            QgsProcessingParameterMultipleLayers("DRIVERS", "Further drivers", layerType=kinds.TypeRaster),
            "Static drivers of the coupled model, such as elevation and slope.",
        ),
        categorical(),
        (raster("REFERENCE", "Reference density"), "Carbon density of the same pools; its unit is read from the band."),
        (year("YEAR", "Year", 2010), "Calendar year of all inputs."),
        (
            number("RESIDENCE", "Residence time of NPP (years)", type=number.Type.Double, optional=True, minValue=0.0),
            "If left empty, NPP is compared by its pattern only.",
        ),
        (
            number("SAMPLES", "Number of samples", type=number.Type.Integer, defaultValue=20000, minValue=100),
            "Cells drawn at random to train the coupled model.",
        ),
        (
            QgsProcessingParameterFeatureSource("MASK", "Study area (mask)", [kinds.TypeVectorPolygon], optional=True),
            "Polygons to which everything is limited; may be empty.",
        ),
    ]
    for definition, help_text in inputs:
        chain.input(definition, 115, INPUTS_AT[definition.name()], help_text)


def _drivers(chain):
    statistics = {
        "NDVI": ("max", 200, "The largest of the twelve months."),
        "TEM": ("mean", 620, "Mean of the twelve months."),
        "PRE": ("sum", 380, "Sum of the twelve months."),
        "SOL": ("sum", 1180, "Sum of the twelve months."),
    }
    for name, title, _, variable in MONTHLY:
        statistic, y, comment = statistics[name]
        chain.step(
            "year_" + name.lower(), "aggregatetime", title.replace("Monthly", "Annual"), 440, y,
            {"STEPS": [INPUT(name)], "VARIABLE": STATIC(variable), "STATISTIC": STATIC(statistic),
             "YEAR": INPUT("YEAR"), "MASK": MASK},
            comment=comment, note="right",
        )  # fmt: skip
    names = ["year_" + name.lower() for name, _, _, _ in MONTHLY]
    chain.step(
        "stack", "driverstack", "Driver stack", 1100, 1050,
        {"DRIVERS": [CHILD(name, "RESULT") for name in names] + [INPUT("DRIVERS")],
         "CATEGORICAL": INPUT("CATEGORICAL"), "REFERENCE": INPUT("REFERENCE"), "YEAR": INPUT("YEAR"), "MASK": MASK},
        [("STACK", "STACK", "Driver stack")], "All drivers on the grid of the reference.", needed=("STACK",),
        rows=0, note="results",
    )  # fmt: skip


def _models(chain):
    chain.step(
        "casa", "casanpp", "NPP (CASA)", 1100, 300,
        {"NDVI": INPUT("NDVI"), "TEMPERATURE": INPUT("TEM"), "PRECIPITATION": INPUT("PRE"), "RADIATION": INPUT("SOL"),
         "VEGETATION": INPUT("LANDCOVER"), "PARAMETERS": INPUT("PARAMETERS"), "MASK": MASK},
        [("NPP", "NPP", "Annual NPP (g C/m2/yr)"), ("REPORT", "NPP_REPORT", "Report: NPP")],
        "APAR times light use efficiency, month by month.", needed=("NPP",), rows=-100, note="right",
    )  # fmt: skip
    chain.step(
        "invest", "carbonstock", "Density by class (InVEST)", 1100, 540,
        {"LANDCOVER": INPUT("LANDCOVER"), "YEAR": INPUT("YEAR"), "POOLS": INPUT("POOLS"),
         "POOLS_UNIT": INPUT("POOLS_UNIT"), "MASK": MASK},
        [("TOTAL", "INVEST", "Carbon density by class (t C/ha)"), ("REPORT", "INVEST_REPORT", "Report: InVEST")],
        "One density per class.", needed=("INVEST",), rows=-100, note="right",
    )  # fmt: skip
    chain.step(
        "samples", "sampledensity", "Samples", 1760, 710,
        {"DENSITY": INPUT("REFERENCE"), "YEAR": INPUT("YEAR"), "STACK": CHILD("stack", "STACK"),
         "SIZE": INPUT("SAMPLES"), "SPLIT_BY": STATIC("blocks"), "MASK": MASK},
        [("SAMPLES", "SAMPLES_TABLE", "Samples")],
        "Random cells; whole spatial blocks are held out.", needed=("SAMPLES_TABLE",), note="results",
    )  # fmt: skip
    chain.step(
        "levels", "trainlevels", "Train density levels", 1760, 910, {"SAMPLES": CHILD("samples", "SAMPLES")},
        [("MODEL", "LEVEL_MODEL", "Level model"), ("REPORT", "LEVELS_REPORT", "Report: levels")],
        "CatBoost: low, medium, high.", needed=("LEVEL_MODEL",), rows=-100, note="results",
    )  # fmt: skip
    chain.step(
        "density", "traindensity", "Train density within levels", 1920, 1070,
        {"SAMPLES": CHILD("samples", "SAMPLES"), "LEVELS": CHILD("levels", "MODEL")},
        [("MODEL", "DENSITY_MODEL", "Density model"), ("REPORT", "DENSITY_REPORT", "Report: density within levels")],
        "Networks and a CatBoost model per level.", needed=("DENSITY_MODEL",), rows=0, note="right",
    )  # fmt: skip
    chain.step(
        "coupled", "estimatedensity", "Density by the coupled model", 1920, 1320,
        {"STACK": CHILD("stack", "STACK"), "LEVEL_MODEL": CHILD("levels", "MODEL"),
         "DENSITY_MODEL": CHILD("density", "MODEL"), "YEAR": INPUT("YEAR"), "MASK": MASK},
        [("DENSITY", "COUPLED", "Carbon density by the coupled model")],
        "Ratio 1: the models alone.", needed=("COUPLED",), rows=-40, note="results",
    )  # fmt: skip


def _comparison(chain):
    estimates = [CHILD("casa", "NPP"), CHILD("invest", "TOTAL"), CHILD("coupled", "DENSITY")]
    chain.step(
        "compare", "compareestimates", "Compare", 2590, 470,
        {"ESTIMATES": estimates, "REFERENCE": INPUT("REFERENCE"), "RESIDENCE_YEARS": INPUT("RESIDENCE"),
         "LABEL": STATIC("fit"), "MASK": MASK},
        [("TABLE", "COMPARISON", "Comparison (Table 3)"), ("PAIRS", "PAIRS", "Every pair"),
         ("REPORT", "COMPARISON_REPORT", "Report: comparison")],
        "All on the cells where every raster has data.", rows=-20, note="right",
    )  # fmt: skip
