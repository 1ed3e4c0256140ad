"""The pictures of the documentation, taken inside QGIS by scripts/build_screenshots.py; one function for each part."""

import os

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapLayerType,
    QgsProcessingContext,
    QgsProject,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QImage, QPainter
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QGraphicsView, QSplitter, QTreeView, QWidget

#: The main chain as 'Load sample project' stores it.
CHAIN = "project:Land cover → stock → CAR → drivers"


def sample_project(desktop, folder, data):
    """The window after 'Load sample project', and the models of the project in the toolbox; the data go to `data`."""
    _panels(desktop)
    dialog = desktop.open_algorithm("carbon:loadsampleproject")
    desktop.screenshot(os.path.join(folder, "load-sample.png"), dialog)
    dialog.close()
    dialog = desktop.open_algorithm("carbon:loadsampleproject", {"FOLDER": data})
    dialog.runAlgorithm()
    dialog.close()
    _map_is_drawn(desktop)
    _expand(_toolbox(desktop), ("Project models",))
    desktop.screenshot(os.path.join(folder, "sample-project.png"))


def toolbox(desktop, folder):
    """The groups of the toolbox."""
    dock = _toolbox(desktop)
    tree = dock.algorithmTree
    tree.collapseAll()
    carbon = _find(tree, "Carbon")
    tree.expandRecursively(carbon)
    dock.setFloating(True)
    dock.resize(430, 1190)
    desktop.settle()
    tree.scrollTo(carbon, tree.ScrollHint.PositionAtTop)
    desktop.screenshot(os.path.join(folder, "toolbox.png"), tree)
    dock.setFloating(False)


def algorithm_dialog(desktop, folder, data):
    """The dialog of 'Carbon stock by land-cover class', filled in."""
    plum = os.path.join(data, "plum_island")
    dialog = desktop.open_algorithm("carbon:carbonstock", {
        "LANDCOVER": os.path.join(plum, "landcover_1985.tif"), "POOLS": os.path.join(plum, "pools.csv"),
        "LANDCOVER_ALT": os.path.join(plum, "landcover_1999.tif"),
    })  # fmt: skip
    dialog.resize(1060, 780)
    desktop.screenshot(os.path.join(folder, "dialog-carbonstock.png"), dialog)
    dialog.close()


def main_chain(desktop, folder, results):
    """The main chain: its dialog as it opens, the map after Run; log, Results Viewer and reports of a run into files.

    The run into files comes first, and its layers are taken away: the map is that of a run with nothing changed.
    """
    names = {
        "stock:TOTAL_START": "carbon_density_1985.tif", "stock:TOTAL_END": "carbon_density_1999.tif",
        "stock:STOCK_TABLE": "stock_by_class.csv", "stock:STOCK_REPORT": "report_stock.html",
        "stock:TRANSITIONS": "transitions.csv",
        "car:RATE": "accumulation_rate.tif", "car:SINK_SOURCE": "sinks_and_sources.tif",
        "car:INTERVALS": "intervals.csv", "car:RATE_REPORT": "report_sink_capacity.html",
        "stack:STACK": "drivers.tif", "drivers:FACTORS": "drivers_q.csv",
        "drivers:INTERACTIONS": "drivers_interactions.csv", "drivers:DRIVER_REPORT": "report_drivers.html",
    }  # fmt: skip
    _panels(desktop)
    # A chain of the project names its outputs by their titles.
    shipped = QgsApplication.processingRegistry().algorithmById("carbon:landcovertodrivers")
    titles = {one.name(): one.description() for one in shipped.destinationParameterDefinitions()}
    dialog = _chain_dialog(desktop, {
        "{}:{}".format(name.split(":")[0], titles[name]): os.path.join(results, file) for name, file in names.items()
    })  # fmt: skip
    desktop.run(dialog, 300)
    dialog.showLog()
    desktop.screenshot(os.path.join(folder, "dialog-chain-log.png"), dialog)
    dialog.close()
    viewer = _dock(desktop, "ResultsDock")
    viewer.show()
    viewer.setFloating(True)
    viewer.resize(640, 220)
    desktop.screenshot(os.path.join(folder, "results-viewer.png"), viewer)
    viewer.setFloating(False)
    viewer.hide()
    _remove_results(desktop)
    dialog = _chain_dialog(desktop, {})
    desktop.screenshot(os.path.join(folder, "dialog-chain.png"), dialog)
    desktop.run(dialog, 300)
    dialog.close()
    viewer.hide()
    _toolbox(desktop).hide()
    _zoom_to(desktop, "accumulation")
    desktop.screenshot(os.path.join(folder, "car-map.png"))
    _toolbox(desktop).show()


def _chain_dialog(desktop, values):
    dialog = desktop.open_algorithm(CHAIN, values)
    dialog.resize(1060, 780)
    dialog.move(100, 40)
    desktop.settle()
    return dialog


def _remove_results(desktop):
    """Take the layers of a run out of the project again."""
    root = QgsProject.instance().layerTreeRoot()
    for group in [one for one in root.findGroups() if one.name().startswith("Carbon - ")]:
        QgsProject.instance().removeMapLayers([node.layerId() for node in group.findLayers()])
        root.removeChildNode(group)
    desktop.settle()


def modeler(desktop, folder):
    """The canvas of each chain of the project as a picture, and the Modeler with the main chain."""
    from processing.modeler.ModelerDialog import ModelerDialog

    chains = QgsApplication.processingRegistry().providerById("carbon").algorithms()
    for shipped in [one for one in chains if one.groupId() == "chains"]:
        stem = shipped.name()
        model = QgsApplication.processingRegistry().algorithmById("project:" + shipped.displayName())
        window = ModelerDialog.create(model.create())
        window.resize(1400, 680)
        window.show()
        desktop.settle()
        scene = window.findChildren(QGraphicsView)[0].scene()
        _paint(scene, os.path.join(folder, "modeler-{}.png".format(stem)))
        if stem == "landcovertodrivers":
            view = window.findChildren(QGraphicsView)[0]
            view.fitInView(scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)
            view.centerOn(scene.itemsBoundingRect().center())
            desktop.screenshot(os.path.join(folder, "modeler-window.png"), window)
            _step(desktop, folder, window.model(), "car", "modeler-step.png")
        window.setDirty(False) if hasattr(window, "setDirty") else None
        window.close()


def _step(desktop, folder, model, child, picture):
    """The dialog of one step of a model."""
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog

    dialog = ModelerParametersDialog(model.childAlgorithm(child).algorithm(), model, child)
    dialog.resize(900, 640)
    dialog.show()
    desktop.screenshot(os.path.join(folder, picture), dialog)
    dialog.close()


def batch(desktop, folder, data):
    """The batch dialog with the land cover of three years."""
    from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog

    plum = os.path.join(data, "plum_island")
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonstock")
    dialog = BatchAlgorithmDialog(algorithm, desktop.iface.mainWindow())
    dialog.show()
    panel = dialog.mainWidget()
    shown = [one for one in algorithm.parameterDefinitions()]
    columns = {one.name(): number for number, one in enumerate(shown)}
    for _ in range(2):
        panel.addRow()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    for row, year in enumerate((1985, 1991, 1999)):
        for name, value in (("LANDCOVER", "landcover_{}.tif".format(year)), ("POOLS", "pools.csv")):
            wrapper = panel.wrappers[row][columns[name]]
            wrapper.setParameterValue(_layer_or_file(os.path.join(plum, value)), context)
    dialog.resize(1250, 420)
    for name, width in (("LANDCOVER", 260), ("POOLS", 330), ("MASK", 140)):
        panel.tblParameters.setColumnWidth(columns[name], width)
    desktop.screenshot(os.path.join(folder, "batch.png"), dialog)
    dialog.close()


def _layer_or_file(path):
    """The id of the raster layer of this file, as choosing it from the list gives it; else the file."""
    layers = QgsProject.instance().mapLayers().values()
    found = [one.id() for one in layers if one.type() == QgsMapLayerType.RasterLayer and one.source() == path]
    return found[0] if found else path


def options(desktop, folder):
    """Options > Processing, the provider unfolded."""

    def picture(dialog):
        page = next(one for one in dialog.findChildren(QWidget) if type(one).__name__ == "ConfigOptionsPage")
        tree = page.findChildren(QTreeView)[0]
        _unfold(tree, ("Providers", "Carbon"))
        dialog.findChild(QSplitter).setSizes([210, 820])
        desktop.screenshot(os.path.join(folder, "options.png"), dialog)

    desktop.with_window(
        lambda: desktop.iface.showOptionsDialog(desktop.iface.mainWindow(), "processingOptions"), QDialog, picture
    )


def history(desktop, folder, data):
    """Processing > History, after a run of 'Carbon stock by land-cover class'."""
    plum = os.path.join(data, "plum_island")
    dialog = desktop.open_algorithm("carbon:carbonstock", {
        "LANDCOVER": os.path.join(plum, "landcover_1985.tif"), "POOLS": os.path.join(plum, "pools.csv"),
    })  # fmt: skip
    desktop.run(dialog, 300)
    dialog.close()

    def picture(dialog):
        dialog.resize(1000, 420)
        for tree in dialog.findChildren(QTreeView):
            tree.expandToDepth(1)
        desktop.screenshot(os.path.join(folder, "history.png"), dialog)
        dialog.close()

    desktop.with_window(lambda: desktop.menu("Processing", "History"), QDialog, picture)


def what(desktop):
    """Version of QGIS, and what the desktop can do: for whoever looks for a picture that is not there."""
    return {"qgis": Qgis.QGIS_VERSION, "hands": [name for name in dir(desktop) if not name.startswith("_")]}


def _panels(desktop):
    """Layers and toolbox only: the browser panel would show folders of this machine."""
    for dock in desktop.iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() in ("Browser", "Browser2", "LayerOrder", "Overview", "theBookmarksDock"):
            dock.hide()
    toolbox = _toolbox(desktop)
    toolbox.searchBox.clear()
    desktop.iface.mainWindow().showMaximized()
    desktop.iface.mainWindow().resizeDocks(
        [_dock(desktop, "Layers", "objectName"), toolbox], [440, 330], Qt.Orientation.Horizontal
    )
    desktop.settle()


def _dock(desktop, name, by="class"):
    docks = desktop.iface.mainWindow().findChildren(QDockWidget)
    return next(one for one in docks if name == (type(one).__name__ if by == "class" else one.objectName()))


def _toolbox(desktop):
    dock = _dock(desktop, "ProcessingToolbox", "objectName")
    dock.show()
    desktop.settle()
    return dock


def _find(tree, title, above=None):
    model = tree.model()
    rows = range(model.rowCount(above) if above is not None else model.rowCount())
    indexes = [model.index(row, 0, above) if above is not None else model.index(row, 0) for row in rows]
    return next(one for one in indexes if one.data() == title)


def _expand(dock, titles):
    tree = dock.algorithmTree
    tree.collapseAll()
    index = None
    for title in titles:
        index = _find(tree, title, index)
        tree.expand(index)
        for row in range(tree.model().rowCount(index)):
            tree.expand(tree.model().index(row, 0, index))
    tree.scrollTo(index, tree.ScrollHint.PositionAtTop)


def _unfold(tree, titles):
    tree.collapseAll()
    index = None
    for title in titles:
        index = _find(tree, title, index)
        tree.expand(index)
    tree.scrollTo(index, tree.ScrollHint.PositionAtTop)
    tree.resizeColumnToContents(0)


def _map_is_drawn(desktop):
    canvas = desktop.iface.mapCanvas()
    desktop.iface.messageBar().clearWidgets()  # PROJ's advice on grids that this machine has not
    canvas.refresh()
    desktop.settle()
    desktop.wait_for(lambda: not canvas.isDrawing(), "the map")
    desktop.settle()


def _zoom_to(desktop, words):
    """Show the layer whose name has these words alone, unfolded, in the middle of the map."""
    root = QgsProject.instance().layerTreeRoot()
    titles = [node.layer().name() for node in root.findLayers()]
    if not any(words in title.lower().replace("_", " ") for title in titles):
        raise LookupError("No layer is called '{}': {}".format(words, ", ".join(titles)))
    for node in root.findLayers():
        wanted = words in node.layer().name().lower().replace("_", " ")
        node.setItemVisibilityChecked(wanted)
        node.setExpanded(wanted)
        node.parent().setExpanded(wanted or any(one.isVisible() for one in node.parent().findLayers()))
        if wanted:
            layer = node.layer()
    QgsProject.instance().setCrs(layer.crs())
    extent = layer.extent()
    extent.scale(1.1)
    desktop.iface.mapCanvas().setReferencedExtent(QgsReferencedRectangle(extent, layer.crs()))
    _map_is_drawn(desktop)


def _paint(scene, path, scale=0.75):
    rectangle = scene.itemsBoundingRect().adjusted(-15, -15, 15, 15)
    size = QSize(int(rectangle.width() * scale), int(rectangle.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(0, 0, size.width(), size.height()), rectangle)
    painter.end()
    if not image.save(path):
        raise OSError("The picture cannot be written: " + path)
