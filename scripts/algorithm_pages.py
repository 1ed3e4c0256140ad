"""The algorithm reference as Markdown, from the parameter definitions themselves: docs/algorithms/*.md."""

import math
from typing import Any, Dict, Iterable, List, Sequence

from qgis.core import QgsApplication, QgsProcessingParameterDefinition

from carbon_qgis.core.dependencies import PACKAGES

FLAG = QgsProcessingParameterDefinition.Flag

#: Parameter type of QGIS -> what a user gives.
TYPES = {
    "raster": "raster", "multilayer": "rasters", "source": "vector layer or table", "vector": "vector layer",
    "number": "number", "distance": "number", "band": "band number", "enum": "word", "boolean": "yes / no",
    "string": "text", "file": "file", "field": "field", "matrix": "table",
}  # fmt: skip
#: Destination and output types -> what comes out.
OUTPUTS = {
    "rasterDestination": "raster (GeoTIFF)", "sink": "table", "vectorDestination": "vector layer",
    "fileDestination": "file", "folderDestination": "folder", "outputNumber": "number", "outputString": "text",
    "outputRaster": "raster", "outputVector": "table", "outputHtml": "file (HTML)", "outputFile": "file",
    "outputFolder": "folder", "outputMultilayer": "layers",
}  # fmt: skip
HEAD = "<!-- Written by scripts/build-docs from the parameter definitions. Do not edit by hand. -->"


def pages(provider) -> Dict[str, str]:
    """File name -> text: a page per algorithm and chain of `provider`, and index.md."""
    algorithms = sorted(provider.algorithms(), key=lambda algorithm: (algorithm.group(), algorithm.displayName()))
    found = {algorithm.name() + ".md": algorithm_page(algorithm) for algorithm in algorithms}
    found["index.md"] = index_page(algorithms)
    return found


def index_page(algorithms: Iterable[Any]) -> str:
    """The list of all algorithms by group, in working order."""
    lines = [HEAD, "", "# Algorithm reference", ""]
    lines.append(
        "One page per algorithm and chain, written from the definitions that QGIS itself shows. Names in capitals are "
        "what `qgis_process` and scripts use."
    )
    group = None
    for algorithm in algorithms:
        if algorithm.group() != group:
            group = algorithm.group()
            lines += ["", "## " + group, "", "| algorithm | id | what it does |", "|---|---|---|"]
        link = "[{}]({}.md)".format(algorithm.displayName(), algorithm.name())
        lines.append("| {} | `{}` | {} |".format(link, algorithm.id(), _cell(_first_sentence(algorithm))))
    return "\n".join(lines) + "\n"


def algorithm_page(algorithm) -> str:
    """The page of one algorithm or chain."""
    definitions = algorithm.parameterDefinitions()
    inputs = [definition for definition in definitions if not definition.isDestination()]
    destinations = [definition for definition in definitions if definition.isDestination()]
    plain = [definition for definition in inputs if not definition.flags() & FLAG.FlagAdvanced]
    folded = [definition for definition in inputs if definition.flags() & FLAG.FlagAdvanced]
    lines = [HEAD, "", "# " + algorithm.displayName(), ""]
    lines += ["`{}`, group *{}*".format(algorithm.id(), algorithm.group()), ""]
    lines += [algorithm.shortHelpString().strip(), ""]
    steps = _steps(algorithm)
    if steps:
        lines += ["## Steps", ""] + steps + [""]
    if plain:
        lines += ["## Inputs", ""] + _input_table(plain) + [""]
    if folded:
        lines += ["## Advanced", ""] + _input_table(folded) + [""]
    lines += ["## Outputs", ""] + _output_table(algorithm, destinations) + [""]
    lines += ["## Command", "", "```", _command(algorithm, inputs, destinations), "```", ""]
    lines += _packages(algorithm)
    tags = [tag for tag in algorithm.tags() if tag]
    if tags:
        lines += ["Found by: {}.".format(", ".join(dict.fromkeys(tags))), ""]
    return "\n".join(lines)


def _packages(algorithm) -> List[str]:
    """What must be installed, by the names that installers know; of a chain, what its steps need."""
    steps = sorted({child.algorithmId() for child in getattr(algorithm, "childAlgorithms", dict)().values()})
    # From the registry: a child's own object dies with the child.
    found = [QgsApplication.processingRegistry().algorithmById(step) for step in steps]
    makers = [algorithm] + [step for step in found if step is not None]
    needed = list(dict.fromkeys(name for maker in makers for name in getattr(maker, "REQUIRES", ())))
    lines = []
    if needed:
        text = "Needs the Python packages {} ([how to install them](../installing.md#the-packages))."
        lines += [text.format(_names(needed)), ""]
    sometimes = [name for maker in makers for name in getattr(maker, "MAY_REQUIRE", ())]
    if sometimes:
        lines += ["The default, and most choices, need {} besides.".format(_names(sometimes)), ""]
    drawing = [name for maker in makers for name in _of_report(maker) if name not in needed]
    if drawing:
        lines += ["{} {} besides.".format("Reports need" if steps else "Its report needs", _names(drawing)), ""]
    return lines


def _of_report(algorithm) -> Sequence[str]:
    drawn = algorithm.parameterDefinition("REPORT") is not None
    return getattr(algorithm, "REPORT_REQUIRES", ()) if drawn else ()


def _names(packages: Sequence[str]) -> str:
    """Names for pip: `sklearn` is another package there."""
    return ", ".join("`{}`".format(PACKAGES[name].pip) for name in dict.fromkeys(packages))


def _input_table(definitions: Sequence[Any]) -> List[str]:
    lines = ["| name | title | type | default | what it is |", "|---|---|---|---|---|"]
    for definition in definitions:
        lines.append(
            "| `{}` | {} | {} | {} | {} |".format(
                definition.name(), _cell(definition.description()), _cell(_kind(definition)), _default(definition),
                _cell(_without_words(definition)),
            )  # fmt: skip
        )
    return lines


def _without_words(definition) -> str:
    """The help without its list of words, which stands in the column of the type."""
    return definition.help().split("Accepted words (the word itself")[0].strip()


def _output_table(algorithm, destinations: Sequence[Any]) -> List[str]:
    lines = ["| name | title | type | made | what it is |", "|---|---|---|---|---|"]
    for definition in destinations:
        optional = bool(definition.flags() & FLAG.FlagOptional)
        made = "always" if not optional else ("unless skipped" if definition.createByDefault() else "if asked for")
        lines.append(
            "| `{}` | {} | {} | {} | {} |".format(
                definition.name(), _cell(definition.description()), OUTPUTS[definition.type()], made,
                _cell(definition.help()),
            )  # fmt: skip
        )
    named = {definition.name() for definition in destinations}
    for output in algorithm.outputDefinitions():
        if output.name() not in named:
            kind = OUTPUTS[output.type()]
            lines.append("| `{}` | {} | {} | always | |".format(output.name(), _cell(output.description()), kind))
    return lines


def _kind(definition) -> str:
    kind = TYPES[definition.type()]
    if definition.type() == "number":
        kind = _number_kind(definition)
    elif definition.type() == "enum":
        words = ", ".join("`{}`".format(word) for word in definition.options())
        kind = "{}: {}".format("words" if definition.allowMultiple() else "word", words)
    elif definition.type() == "field" and definition.allowMultiple():
        kind = "fields"
    elif definition.type() == "file" and definition.behavior() == definition.Behavior.Folder:
        kind = "folder"
    elif definition.type() == "matrix":
        kind = "table with the columns {}".format(", ".join(definition.headers()))
    return kind + (", optional" if definition.flags() & FLAG.FlagOptional else "")


def _number_kind(definition) -> str:
    whole = definition.dataType() == definition.Type.Integer
    low, high = definition.minimum(), definition.maximum()
    # QGIS stands for "no limit" with the ends of its number types.
    low_text = _number(low) if low > -2147483647 else ""
    high_text = _number(high) if high < 2147483647 else ""
    kind = "whole number" if whole else "number"
    if low_text and high_text:
        return "{} from {} to {}".format(kind, low_text, high_text)
    if low_text:
        return "{} from {}".format(kind, low_text)
    return "{} up to {}".format(kind, high_text) if high_text else kind


def _default(definition) -> str:
    value = definition.defaultValue()
    if value is None or value == "" or value == []:
        return ""
    if definition.type() == "boolean":
        return "yes" if value in (True, "true", "True", 1) else "no"
    values = value if isinstance(value, (list, tuple)) else [value]
    return _cell(", ".join("`{}`".format(_number(item)) for item in values))


def _number(value: Any) -> str:
    """A number without needless digits, anything else as text."""
    if isinstance(value, float) and math.isfinite(value):
        return "{:.10g}".format(value)
    return str(value)


def _steps(algorithm) -> List[str]:
    """The steps of a chain in the order in which they run, as far as their links fix one; by title otherwise."""
    children = getattr(algorithm, "childAlgorithms", None)
    if children is None:
        return []
    waiting = dict(sorted(children().items(), key=lambda item: item[1].description()))
    depends = {name: set(algorithm.dependsOnChildAlgorithms(name)) for name in waiting}
    lines: List[str] = []
    done: set = set()
    while waiting:
        name = next(name for name in waiting if depends[name] <= done)
        child = waiting.pop(name)
        done.add(name)
        identifier = child.algorithmId()
        link = "`{}`".format(identifier)
        if identifier.startswith("carbon:"):
            link = "[{}]({}.md)".format(link, identifier.split(":", 1)[1])
        lines.append("{}. {}: {}".format(len(lines) + 1, child.description(), link))
    return lines


def _command(algorithm, inputs: Sequence[Any], destinations: Sequence[Any]) -> str:
    """The shortest run: what must be given, and every output that is made unless it is skipped."""
    parts = ["qgis_process run " + algorithm.id()]
    for definition in inputs:
        if not definition.flags() & FLAG.FlagOptional and definition.defaultValue() in (None, "", []):
            parts.append("--{}=...".format(definition.name()))
    for definition in destinations:
        if not definition.flags() & FLAG.FlagOptional:
            parts.append("--{}=...".format(definition.name()))
    return " ".join(parts)


def _first_sentence(algorithm) -> str:
    return algorithm.shortHelpString().strip().split(". ")[0].rstrip(".") + "."


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
