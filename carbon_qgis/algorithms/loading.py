"""What becomes of a layer that QGIS loads after a run: its style, its place in the layer tree, its column titles.

A post-processor is called in the main thread, when the layer is in the project: the one place of a run where layers,
the layer tree and the project may be touched.
"""

import math
import re
from typing import Dict, List, NamedTuple, Optional, Sequence

from qgis.core import (
    QgsClassificationEqualInterval,
    QgsClassificationQuantile,
    QgsEditorWidgetSetup,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsGraduatedSymbolRenderer,
    QgsLayerTreeGroup,
    QgsMarkerSymbol,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsSettings,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QColor, QFont, QFontMetrics

from ..core.colours import DIVERGING, SEQUENTIAL
from ..core.results import Column, Table

#: QGIS asks for a post-processor after the algorithm object is gone; only a module keeps it alive.
_KEPT: List[QgsProcessingLayerPostProcessorInterface] = []

_ORDER = "carbon/order"
_RESULTS_GROUP = "Processing/Configuration/RESULTS_GROUP_NAME"
_CLASSES = 5
#: More than the outputs of a step; more than those of all steps of a model.
_OUTPUTS, _STEP = 100, 10_000
#: Widths of columns in the attribute table, pixels.
_NARROW, _WIDE, _PADDING = 70, 360, 28
#: Rows whose texts are looked at for the width of a column.
_LOOKED_AT = 200


def forget() -> None:
    """Let go of the post-processors: the plugin is unloaded, and nobody knows how long this module stays."""
    _KEPT.clear()


class Looks(NamedTuple):
    """How a column of a table looks: its title, the decimals of its numbers, the longest text in it."""

    title: str
    decimals: Optional[int]
    longest: str


class Arrival(QgsProcessingLayerPostProcessorInterface):
    """Styles, titles and groups one layer.

    Parameters
    ----------
    group : name of the group in the layer tree.
    order : place among the outputs of the run; a smaller number lies higher in the group.
    style : QML file of a raster.
    columns : how the columns of a table look, by name.
    coloured_by : column that colours the points of a table.
    hidden : the layer arrives without its tick in the layer tree.
    """

    def __init__(
        self, group: str = "", order: int = 0, style: Optional[str] = None,
        columns: Optional[Dict[str, Looks]] = None, coloured_by: Optional[str] = None, hidden: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.group, self.order, self.hidden = group, order, hidden
        #: Whether QGIS itself puts layers into their groups in that order.
        self.qgis_sorts = False
        self._style, self._columns, self._coloured_by = style, columns, coloured_by
        _KEPT.append(self)

    def postProcessLayer(self, layer, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
        if self._style is not None:
            message, loaded = layer.loadNamedStyle(self._style)
            if not loaded:
                feedback.pushWarning(message)
        if self._columns is not None:
            _dress_columns(layer, self._columns)
        if self._coloured_by is not None:
            _colour_points(layer, self._coloured_by)
        layer.triggerRepaint()
        if context.project() is not None:
            _settle(context.project(), layer.id(), self)


def running_model(context: QgsProcessingContext) -> str:
    """Name of the model whose step is running; '' where an algorithm runs by itself."""
    name = context.expressionContext().variable("model_name")
    return name if isinstance(name, str) else ""


def step_order(working_order: int, context: QgsProcessingContext) -> int:
    """Place of the first output of a step within the group of its model: a smaller number lies higher.

    Of two steps by the same algorithm, the one that ran later has made QGIS note more layers, and lies higher.
    """
    return -_STEP * working_order - _OUTPUTS * min(len(context.layersToLoadOnCompletion()), _STEP // _OUTPUTS - 1)


def arrange(details, group: str, processor: Arrival, order: int) -> None:
    """Give the layer that `details` will load its group, its place and its post-processor."""
    processor.order = order
    processor.qgis_sorts = hasattr(details, "layerSortKey")  # QGIS 3.32 and later
    details.setPostProcessor(processor)
    regroup(details, group)
    if processor.qgis_sorts:
        details.layerSortKey = -order  # the layer with the largest key lies on top


def regroup(details, group: str) -> None:
    """Put the layer that `details` will load into this group, also if a step of a chain has chosen another one."""
    if hasattr(details, "groupName"):  # QGIS 3.32 and later; a model of the user's then takes the name off again
        details.groupName = group
    if isinstance(details.postProcessor(), Arrival):
        details.postProcessor().group = group


def _move_into_group(root: QgsLayerTreeGroup, layer_id: str, name: str, order: int) -> None:
    """Move the node of a layer into the group `name`, in the order of the outputs.

    QGIS adds a layer beside the current one, wherever that is. As later versions do, the group goes to the top of the
    tree, or into the group that the user has chosen for all results of Processing.
    """
    node = root.findLayer(layer_id)
    if node is None:
        return
    chosen = QgsSettings().value(_RESULTS_GROUP, "", str)
    above = (root.findGroup(chosen) if chosen else None) or root
    group = next((child for child in above.children() if _is_group(child, name)), None) or above.insertGroup(0, name)
    moved = node.clone()
    moved.setCustomProperty(_ORDER, order)
    group.insertChildNode(_place(group, order), moved)
    # Only now: a layer without any node would be taken out of the project.
    node.parent().removeChildNode(node)


def _settle(project: QgsProject, layer_id: str, arrival: Arrival) -> None:
    """Group, place and tick of a layer in the tree; a later QGIS puts it there only after its post-processor.

    Before 3.32 QGIS adds a layer beside the current one: it may be in the right group by chance, and anywhere in it.
    """

    def settle() -> None:
        node = None if sip.isdeleted(project) else project.layerTreeRoot().findLayer(layer_id)
        if node is None:
            return
        if arrival.hidden:
            node.setItemVisibilityChecked(False)
        if arrival.group and not (arrival.qgis_sorts and _is_group(node.parent(), arrival.group)):
            _move_into_group(project.layerTreeRoot(), layer_id, arrival.group, arrival.order)

    if project.layerTreeRoot().findLayer(layer_id) is not None:
        settle()
    else:
        QTimer.singleShot(0, settle)


def _is_group(node, name: str) -> bool:
    return isinstance(node, QgsLayerTreeGroup) and node.name() == name


def _place(group: QgsLayerTreeGroup, order: int) -> int:
    """Above the first layer of ours that belongs below; those of an earlier run stay below those of this one."""
    for position, child in enumerate(group.children()):
        # The node that is about to move may be here already; it has no place yet.
        if _ORDER in child.customProperties() and int(child.customProperty(_ORDER)) >= order:
            return position
    return len(group.children())


def looks_of(table: Table) -> Dict[str, Looks]:
    """How the columns of a table are shown: titles, decimals, and the longest text that wants room."""
    found = {}
    for index, column in enumerate(table.columns):
        values = [row[index] for row in table.rows if row[index] is not None]
        texts = [column.title] + ([str(value) for value in values[:_LOOKED_AT]] if column.kind == "text" else [])
        found[column.name] = Looks(
            column.title, _decimals(values) if column.kind == "number" else None, max(texts, key=len)
        )
    return found


def _decimals(values: Sequence[float]) -> Optional[int]:
    """Decimals that show six digits of the largest value; None where there are values that they would show as 0."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    if not sizes:
        return None
    decimals = min(9, max(0, 5 - math.floor(math.log10(max(sizes)))))
    return decimals if min(sizes) >= 0.5 * 10.0**-decimals else None


def _dress_columns(layer, looks: Dict[str, Looks]) -> None:
    """Titles of the columns, as wide as their texts, and numbers with as many digits as can be read."""
    metrics = QFontMetrics(QFont())
    config = layer.attributeTableConfig()
    config.update(layer.fields())
    columns = config.columns()
    for column in columns:
        look = looks.get(column.name)
        if look is None:
            continue
        index = layer.fields().indexOf(column.name)
        if look.title != column.name:
            layer.setFieldAlias(index, look.title)
        if look.decimals is not None:
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("Range", {"Precision": look.decimals}))
        column.width = min(_WIDE, max(_NARROW, metrics.horizontalAdvance(look.longest) + _PADDING))
    config.setColumns(columns)
    layer.setAttributeTableConfig(config)


def _colour_points(layer, column: str) -> None:
    """Points in the colours of the rasters: by quantiles, or, where values have both signs, symmetric about 0."""
    index = layer.fields().indexOf(column)
    low, high = layer.minimumValue(index), layer.maximumValue(index)
    signed = isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < 0 < high
    method = QgsClassificationEqualInterval() if signed else QgsClassificationQuantile()
    if signed:
        method.setSymmetricMode(True, 0.0, False)
    colours = DIVERGING if signed else SEQUENTIAL
    stops = [QgsGradientStop(i / (len(colours) - 1), QColor(colours[i])) for i in range(1, len(colours) - 1)]
    # The name of a column may hold blanks and brackets, which an expression takes only within quotes.
    renderer = QgsGraduatedSymbolRenderer('"{}"'.format(column.replace('"', '""')))
    renderer.setSourceSymbol(
        QgsMarkerSymbol.createSimple(
            {"name": "circle", "size": "1.8", "outline_color": "#666666", "outline_width": "0.1"}
        )
    )
    renderer.setSourceColorRamp(QgsGradientColorRamp(QColor(colours[0]), QColor(colours[-1]), False, stops))
    unit = re.search(r"[(\[]([^()\[\]]+)[)\]]$", Column(column, "number").title)
    method.setLabelFormat("%1 - %2" + (" " + unit.group(1) if unit else ""))
    method.setLabelPrecision(1)
    renderer.setClassificationMethod(method)
    renderer.updateClasses(layer, _CLASSES)
    if renderer.ranges():
        layer.setRenderer(renderer)
