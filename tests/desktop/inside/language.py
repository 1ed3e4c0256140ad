"""What the window shows in the language of its options, and what is left of it when the plugin goes."""

import re

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QLabel, QTextBrowser, QTreeView
from qgis.utils import loadPlugin, reloadPlugin, startPlugin, unloadPlugin

CJK = re.compile("[\u4e00-\u9fff]")
ENGLISH = "3 Carbon stock and sink capacity"


def toolbox(desktop):
    """Titles of the groups and algorithms of the provider as the tree shows them."""
    panel = desktop.iface.mainWindow().findChild(object, "ProcessingToolbox")
    panel.show()
    desktop.settle()
    model = panel.findChild(QTreeView).model()
    tops = [model.index(row, 0) for row in range(model.rowCount())]
    (own,) = [index for index in tops if index.data() == "Carbon"]
    found = []
    for row in range(model.rowCount(own)):
        group = model.index(row, 0, own)
        found.append(group.data())
        found += [model.index(child, 0, group).data() for child in range(model.rowCount(group))]
    return found


def dialogs(desktop):
    """Of every dialog, the help and the labels of the parameters that have no Chinese."""
    english = []
    for algorithm in QgsApplication.processingRegistry().providerById("carbon").algorithms():
        dialog = desktop.open_algorithm(algorithm.id())
        titles = {definition.description() for definition in algorithm.parameterDefinitions()}
        labels = [label.text() for label in dialog.findChildren(QLabel)]
        shown = [text for text in labels if any(text.startswith(title) for title in titles)]
        shown += [browser.toPlainText() for browser in dialog.findChildren(QTextBrowser) if browser.toPlainText()]
        english += ["{}: {}".format(algorithm.id(), text) for text in shown if not CJK.search(text)]
        english += ["{}: nothing to read".format(algorithm.id())] if not shown else []
        dialog.close()
        dialog.deleteLater()
        desktop.settle(1)
    return english


def sample(desktop):
    """Names of the layers and of the chains that the sample puts into the project."""
    import processing

    processing.run("carbon:loadsampleproject", {"DATA": "plum_island", "CHAINS": True})
    models = QgsApplication.processingRegistry().providerById("project").algorithms()
    layers = [layer.name() for layer in QgsProject.instance().mapLayers().values()]
    return layers, [model.displayName() for model in models]


def unload_and_load(desktop):
    """A title without the plugin, and with it again."""
    unloadPlugin("carbon_qgis")
    without = QCoreApplication.translate("Carbon", ENGLISH)
    loadPlugin("carbon_qgis")
    startPlugin("carbon_qgis")
    again = QCoreApplication.translate("Carbon", ENGLISH)
    reloadPlugin("carbon_qgis")
    return without, again, QCoreApplication.translate("Carbon", ENGLISH)
