"""Between two tests: no dialogs, no layers, an empty search box."""

import qgis.utils
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QDialog, QDockWidget


def tidy(desktop):
    """Close every dialog, begin a new project, hide the panels that a test opened."""
    for dialog in desktop.visible(QDialog):
        dialog.close()
    if "carbon_qgis" not in qgis.utils.active_plugins:  # a test failed half-way
        qgis.utils.loadPlugin("carbon_qgis")
        qgis.utils.startPlugin("carbon_qgis")
    QgsProject.instance().clear()
    toolbox = desktop.iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
    toolbox.searchBox.clear()
    toolbox.hide()
    desktop.settle()
