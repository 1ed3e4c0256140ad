"""A Modeler chain under construction: inputs, steps, outputs and boxes at given places on the canvas."""

import os
import sys
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from qgis.core import (  # noqa: E402
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelComment,
    QgsProcessingModelGroupBox,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QPointF, QSizeF  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

Source = QgsProcessingModelChildParameterSource
INPUT, CHILD = Source.fromModelParameter, Source.fromChildOutput
STATIC = Source.fromStaticValue
#: Where a comment stands: above its step, above its right part (connections then come from above), or above its
#: results; the middle of the comment from that of the step or from the first result, width and height.
NOTES = {"above": (0, -85, 260, 62), "right": (75, -91, 190, 74), "results": (320, -56, 250, 62)}


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

    def step(
        self, child_id, algorithm, title, x, y, sources, outputs=(), comment="", needed=(), rows=-60, note="above"
    ):  # fmt: skip
        """One algorithm. `outputs` are (output of the algorithm, name, title) that become results of the model.

        An output that a later step reads must not be skipped: QGIS would then not make it at all. `needed` names
        those; they are mandatory. `rows` is how far the first of the results lies below the step, `note` where the
        comment stands (see `NOTES`).
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
        child.setModelOutputs(self._outputs(child_id, outputs, known, algorithm, x, y + rows, needed))
        if comment:
            right, below, width, height = NOTES[note]
            box = QgsProcessingModelComment(comment)
            box.setPosition(QPointF(x + right, y + below + (rows if note == "results" else 0)))
            box.setSize(QSizeF(width, height))
            child.setComment(box)
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
            output.setPosition(QPointF(x + 320, y + 46 * row))
            output.setSize(QSizeF(250, 34))
            made[name] = output
        return made

    def box(self, title, x, y, width, height, colour):
        """A coloured frame behind a part of the chain; x, y is its upper left corner."""
        box = QgsProcessingModelGroupBox(title)
        box.setPosition(QPointF(x + width / 2, y + height / 2))  # the canvas places everything by its middle
        box.setSize(QSizeF(width, height))
        box.setColor(QColor(colour))
        values = box.toVariant()
        values["uuid"] = "{{{}}}".format(uuid.uuid5(uuid.NAMESPACE_URL, title))  # the same in every build
        box.loadVariant(values)
        self.model.addGroupBox(box)

    def _enclose_inputs(self):
        """Make the frame 'Inputs' as high as the inputs in it, however many there are."""
        lowest = max(one.position().y() for one in self.model.parameterComponents().values())
        for box in [one for one in self.model.groupBoxes() if one.description() == "Inputs"]:
            top, width = box.position().y() - box.size().height() / 2, box.size().width()
            height = max(box.size().height(), lowest + 50 - top)
            box.setPosition(QPointF(box.position().x(), top + height / 2))
            box.setSize(QSizeF(width, height))
            self.model.addGroupBox(box)  # takes the place of the one with the same uuid

    def write(self, name):
        """Write the model as carbon_qgis/modeler/<name>.model3."""
        self._enclose_inputs()
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


def choice(name, title, words, default):
    """A list of fixed words."""
    return QgsProcessingParameterEnum(name, title, options=list(words), defaultValue=default, usesStaticStrings=True)


def pool_unit():
    """The unit of the table of carbon pools, and its help."""
    words = ("kg C/m2", "t C/ha", "t C/km2", "g C/m2")
    return choice("POOLS_UNIT", "Unit of the pool table", words, "t C/ha"), "Unit of the densities in the table."


def categorical():
    """The names of the drivers that are classes, and its help."""
    definition = QgsProcessingParameterString("CATEGORICAL", "Categorical drivers", "", optional=True)
    return definition, "Names of drivers that hold class codes (land cover, soil type), separated by commas."


def year(name, title, default=None):
    """A year input. One without a default is optional: the dialog would show the year 1."""
    kind, optional = QgsProcessingParameterNumber.Type.Integer, default is None
    return QgsProcessingParameterNumber(name, title, kind, default, optional, minValue=1, maxValue=9999)
