"""The Modeler chains of the plugin, laid out on the canvas and written as .model3 files."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsProcessing,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelComment,
    QgsProcessingModelGroupBox,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)
from qgis.PyQt.QtCore import QPointF, QSizeF  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

Source = QgsProcessingModelChildParameterSource
INPUT, CHILD = Source.fromModelParameter, Source.fromChildOutput
STATIC = Source.fromStaticValue


class Chain:
    """A model under construction: inputs, steps, outputs and boxes at given places."""

    def __init__(self, name, group, help_text):
        self.model = QgsProcessingModelAlgorithm(name, group)
        self.help = dict(help_text)
        self.order = []

    def input(self, definition, x, y, help_text):
        """A parameter of the model."""
        definition.setHelp(help_text)
        self.help[definition.name()] = help_text
        self.order.append(definition.name())
        component = QgsProcessingModelParameter(definition.name())
        component.setPosition(QPointF(x, y))
        component.setSize(QSizeF(220, 34))
        self.model.addModelParameter(definition, component)

    def step(self, child_id, algorithm, title, x, y, sources, outputs=(), comment="", needed=()):
        """One algorithm. `outputs` are (output of the algorithm, name, title) that become results of the model.

        An output that a later step reads must not be skipped: QGIS would then not make it at all. `needed` names
        those; they are mandatory.
        """
        child = QgsProcessingModelChildAlgorithm("carbon:" + algorithm)
        if child.algorithm() is None:
            raise SystemExit("carbon:{} does not exist".format(algorithm))
        known = {definition.name() for definition in child.algorithm().parameterDefinitions()}
        unknown = set(sources) - known
        if unknown:
            raise SystemExit("carbon:{} has no parameter {}".format(algorithm, ", ".join(sorted(unknown))))
        child.setChildId(child_id)
        child.setDescription(title)
        child.setPosition(QPointF(x, y))
        child.setSize(QSizeF(260, 44))
        for name, values in sources.items():
            child.addParameterSources(name, values if isinstance(values, list) else [values])
        for definition in child.algorithm().parameterDefinitions():
            # The Modeler wants a value for every mandatory parameter; the default is what a run would take.
            default = definition.defaultValue()
            if definition.name() not in sources and not definition.isDestination() and default is not None:
                child.addParameterSources(definition.name(), [STATIC(default)])
        child.setModelOutputs(self._outputs(child_id, outputs, known, algorithm, x, y, needed))
        if comment:
            note = QgsProcessingModelComment(comment)
            note.setPosition(QPointF(x, y - 85))
            note.setSize(QSizeF(260, 62))
            child.setComment(note)
        self.model.addChildAlgorithm(child)

    def _outputs(self, child_id, outputs, known, algorithm, x, y, needed):
        made = {}
        for row, (source, name, title) in enumerate(outputs):
            if source not in known:
                raise SystemExit("carbon:{} has no output {}".format(algorithm, source))
            output = QgsProcessingModelOutput(name, title)
            output.setChildId(child_id)
            output.setChildOutputName(source)
            output.setMandatory(name in needed)
            output.setPosition(QPointF(x + 320, y - 60 + 46 * row))
            output.setSize(QSizeF(250, 34))
            made[name] = output
        return made

    def box(self, title, x, y, width, height, colour):
        """A coloured frame behind a part of the chain; x, y is its upper left corner."""
        box = QgsProcessingModelGroupBox(title)
        box.setPosition(QPointF(x + width / 2, y + height / 2))  # the canvas places everything by its middle
        box.setSize(QSizeF(width, height))
        box.setColor(QColor(colour))
        self.model.addGroupBox(box)

    def write(self, name):
        """Write the model as carbon_qgis/modeler/<name>.model3."""
        path = os.path.join(ROOT, "carbon_qgis", "modeler", name + ".model3")
        self.model.setHelpContent(self.help)
        self.model.setParameterOrder(self.order)
        problems = [
            message for child in self.model.childAlgorithms() for message in self.model.validateChildAlgorithm(child)[1]
        ]
        if problems:
            raise SystemExit("{}: {}".format(name, "; ".join(problems)))
        if not self.model.toFile(path):
            raise SystemExit("{} cannot be written".format(path))
        print(os.path.relpath(path, ROOT))


def raster(name, title, optional=False):
    """A raster input."""
    return QgsProcessingParameterRasterLayer(name, title, optional=optional)


def year(name, title, optional=True):
    """A year input."""
    kind = QgsProcessingParameterNumber.Type.Integer
    return QgsProcessingParameterNumber(name, title, type=kind, optional=optional, minValue=1, maxValue=9999)


def landcover_to_drivers():
    """Land cover → stock → CAR → drivers."""
    chain = Chain(
        "Land cover \u2192 stock \u2192 CAR \u2192 drivers",
        "Carbon",
        {
            "ALG_DESC": "From land-cover maps of two or three dates, a table of carbon pools and driver rasters to "
            "carbon stock, carbon accumulation rate (CAR) and the drivers behind it (Geodetector, by ecosystem). "
            "Densities are in t C/ha, rates in t C/km2/yr, totals in Tg C. The end's land cover serves as the "
            "ecosystem map. Every step writes a report. Xinjiang paper, eq. 4 to 7; Jiangsu paper, 2.3.1.",
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
    kinds = QgsProcessing.SourceType
    tag = "if left empty, its tag CARBON_YEAR."
    pools = QgsProcessingParameterFile(
        "POOLS", "Carbon pools by class (table, t C/ha)", fileFilter="Tables (*.csv *.txt *.tsv)"
    )
    mask = QgsProcessingParameterFeatureSource("MASK", "Study area (mask)", [kinds.TypeVectorPolygon], optional=True)
    inputs = (
        (raster("LANDCOVER_START", "Land cover at the start"), "Class codes at the first date; the reference grid."),
        (year("YEAR_START", "Year of the start"), "Calendar year of the first land cover; " + tag),
        (raster("LANDCOVER_MIDDLE", "Land cover in between", True), "Class codes at a date in between; may be empty."),
        (year("YEAR_MIDDLE", "Year in between"), "Calendar year of the land cover in between; " + tag),
        (raster("LANDCOVER_END", "Land cover at the end"), "Class codes at the last date; also the map of ecosystems."),
        (year("YEAR_END", "Year of the end"), "Calendar year of the last land cover; " + tag),
        (pools, "One row per class: lucode, c_above, c_below, c_soil, c_dead in t C/ha."),
        (
            QgsProcessingParameterMultipleLayers("DRIVERS", "Drivers", layerType=kinds.TypeRaster),
            "Driver rasters in any grid and CRS; each is named after its layer.",
        ),
        (mask, "Polygons to which everything is limited; may be empty."),
    )
    for row, (definition, help_text) in enumerate(inputs):
        chain.input(definition, 115, 100 + 68 * row, help_text)


def _landcover_steps(chain):
    mask = INPUT("MASK")
    stock = {"LANDCOVER": INPUT("LANDCOVER_START"), "YEAR": INPUT("YEAR_START"), "POOLS": INPUT("POOLS"), "MASK": mask}
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
        {"DRIVERS": INPUT("DRIVERS"), "REFERENCE": INPUT("LANDCOVER_START"), "MASK": mask},
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
            "MASK": mask,
        },
        [
            ("FACTORS", "FACTORS", "q of each driver"),
            ("INTERACTIONS", "INTERACTIONS", "q of each pair of drivers"),
            ("REPORT", "DRIVER_REPORT", "Report: drivers"),
        ],
        "Ten classes by natural breaks; q overall and by ecosystem.",
    )


def main():
    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    application = QgsApplication([], False)
    application.initQgis()
    from carbon_qgis.provider import CarbonProvider

    provider = CarbonProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    if provider.problems:
        raise SystemExit("; ".join(provider.problems))
    landcover_to_drivers()
    sys.stdout.flush()
    os._exit(0)  # QGIS's own teardown may crash after a script; everything is written


if __name__ == "__main__":
    main()
