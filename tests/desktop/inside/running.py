"""Running algorithms by the Run and Cancel buttons of their dialogs."""

import os

from processing.core.ProcessingResults import resultsList
from qgis.core import (
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtWidgets import QDockWidget, QTextEdit


def run(desktop, algorithm, parameters, picture=None, seconds=300):
    """Run it from its dialog: what came, what the log says, what is in the project and in the Results Viewer."""
    pages = len(resultsList.getResults())
    dialog = desktop.open_algorithm(algorithm, parameters)
    end = desktop.run(dialog, seconds)
    log = _log(dialog)
    if picture:
        desktop.screenshot(picture + "_log.png")
    dialog.close()
    desktop.wait_for(lambda: not desktop.iface.mapCanvas().isDrawing(), "the map")
    if picture:
        desktop.screenshot(picture + "_map.png")
    docks = desktop.iface.mainWindow().findChildren(QDockWidget)
    viewer = next(dock for dock in docks if type(dock).__name__ == "ResultsDock")
    return {
        "ok": end["ok"],
        "results": end["results"],
        "log": log,
        "layers": layers(),
        "pages": [[page.name, page.filename] for page in resultsList.getResults()[pages:]],
        "viewer": viewer.treeResults.topLevelItem(0).text(0) if viewer.isVisible() else None,
    }


def layers():
    """Every layer of the project: its title, kind, groups from the top, tick, renderer and legend; from the top."""
    found = []
    for node in QgsProject.instance().layerTreeRoot().findLayers():
        layer, groups, above = node.layer(), [], node.parent()
        while isinstance(above, QgsLayerTreeGroup) and above.parent() is not None:
            groups.insert(0, above.name())
            above = above.parent()
        raster = isinstance(layer, QgsRasterLayer)
        found.append({
            "title": layer.name(),
            "valid": layer.isValid(),
            "raster": raster,
            "groups": groups,
            "shown": node.itemVisibilityChecked(),
            "renderer": layer.renderer().type() if raster else None,
            "legend": [text for text, _ in layer.renderer().legendSymbologyItems()] if raster else [],
        })  # fmt: skip
    return found


def cancel(desktop, algorithm, parameters, after=1.0, picture=None):
    """Start it, click Cancel once the progress has passed `after` percent: what the dialog says, and how far it was."""
    dialog = desktop.open_algorithm(algorithm, parameters)
    seen, ends = [], []
    dialog.algorithmFinished.connect(lambda ok, results: ends.append(ok))
    desktop.click(dialog.runButton())
    feedback = desktop.wait_for(lambda: dialog.feedback or desktop.told.message_boxes, "the start of the run")
    if isinstance(feedback, list):
        raise RuntimeError("The run did not start: " + feedback[-1])
    feedback.progressChanged.connect(seen.append)
    desktop.wait_for(lambda: ends or any(percent > after for percent in seen), "progress beyond {} %".format(after))
    if picture:
        desktop.screenshot(picture + "_running.png")
    before = len(seen)
    desktop.click(dialog.cancelButton())
    # QGIS 3.40 does not tell of the end of a run that was cancelled; Run can be clicked again in all.
    desktop.wait_for(lambda: ends or dialog.runButton().isEnabled(), "the end of the cancelled run")
    desktop.settle()
    if picture:
        desktop.screenshot(picture + "_cancelled.png")
    found = {
        "ok": any(ends),
        "percent": seen[:before],
        "percent_after": seen[before:],
        "log": _log(dialog),
        "run": dialog.runButton().isEnabled(),
        "layers": layers(),
    }
    dialog.close()
    return found


def sparse_landcover(desktop, path, side):
    """A land cover of class 1 that holds hardly a byte, and takes a while to go through."""
    from osgeo import gdal, osr

    driver = gdal.GetDriverByName("GTiff")
    raster = driver.Create(path, side, side, 1, gdal.GDT_Byte, ["TILED=YES", "SPARSE_OK=TRUE", "COMPRESS=DEFLATE"])
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32719)
    raster.SetProjection(crs.ExportToWkt())
    raster.SetGeoTransform((300000, 30, 0, 7000000, 0, -30))
    return os.path.getsize(path)


def _log(dialog):
    """The text of the Log tab."""
    return dialog.findChild(QTextEdit, "txtLog").toPlainText()
