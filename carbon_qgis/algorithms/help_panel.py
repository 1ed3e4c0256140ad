"""The help beside a dialog: what the algorithm does, what goes in, what comes out, made from its definitions.

In the desktop only: `qgis_process` prints the help as it is, tags and all.
"""

from html import escape
from typing import List

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
)

from .parameters import tr

_Flag = QgsProcessingParameterDefinition.Flag


def help_for_panel(algorithm: QgsProcessingAlgorithm, text: str) -> str:
    """`text` and the help of every parameter as HTML in the desktop; elsewhere `text` itself."""
    if QgsApplication.platform() != "desktop":
        return text
    definitions = algorithm.parameterDefinitions()
    parts = _paragraphs(text)
    goes_in = [definition for definition in definitions if not definition.isDestination()]
    comes_out = [definition for definition in definitions if definition.isDestination()]
    plain = [definition for definition in goes_in if not definition.flags() & _Flag.FlagAdvanced]
    advanced = [definition for definition in goes_in if definition.flags() & _Flag.FlagAdvanced]
    parts += _section(tr("What goes in"), plain)
    parts += _section(tr("Advanced parameters"), advanced)
    parts += _section(tr("What comes out"), comes_out)
    outputs = algorithm.outputDefinitions()
    numbers = [output.description() for output in outputs if isinstance(output, QgsProcessingOutputNumber)]
    if numbers:
        parts.append("<p><b>{}</b><br>{}</p>".format(tr("Numbers"), escape("; ".join(numbers))))
    return "".join(parts)


def _paragraphs(text: str) -> List[str]:
    """The description, its source in a paragraph of its own."""
    described, mark, source = text.partition(tr("Source: "))
    return ["<p>{}</p>".format(escape(part.strip())) for part in (described, mark + source) if part.strip()]


def _section(title: str, definitions: List[QgsProcessingParameterDefinition]) -> List[str]:
    if not definitions:
        return []
    parts = ["<h3>{}</h3>".format(title)]
    for definition in definitions:
        name = "<b>{}</b>".format(escape(definition.description()))
        if definition.flags() & _Flag.FlagOptional:
            name += " <i>({})</i>".format(tr("optional"))
        parts.append("<p>{}</p>".format("<br>".join(filter(None, (name, escape(definition.help()))))))
    return parts
